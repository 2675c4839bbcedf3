"""What is said, as an act of its own: denial, accusation, demand, threat, precondition, red line, position, claim, assessment.

A frame of speech gives the speaker and the words. Who speaks decides first: an expert judges, a side states.
What a side says is read in this order: denial, red line, precondition, threat, accusation, demand, position,
claim. The modality follows from the act.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from detente.reading.attribution import Frame
from detente.reading.clauses import Parsed
from detente.reading.context import Context
from detente.reading.lexicon import (
    ACCUSE,
    CLAIM,
    COURT,
    DEAL,
    DENY,
    DUTIES,
    FORWARD,
    GOODS,
    SAY,
    TALK_CORE,
    THINK,
    word_set,
)
from detente.reading.phrases import (
    BEFORE_TALK,
    CALL,
    DEMAND,
    EXPECTED,
    FACT,
    FIRST_MUST,
    GOOD_NEWS,
    KEPT,
    ONUS,
    OTHERS_DEEDS,
    POSITION,
    RED_LINE,
    SUFFERS,
    THREAT,
    TOPIC,
    UNTRUE,
    WHOEVER,
    WRONG,
)


@dataclass(frozen=True)
class Statement:
    """What a frame of speech amounts to."""

    act: str
    modality: str
    unsure: tuple[str, ...] = ()


_ASSERTING = word_set(
    "say state tell write post announce declare add note report signal confirm describe thank"
)
_NEWS_ONLY = word_set("report publish")


def side_like(frame: Frame) -> bool:
    """Whether a side speaks, in its own name or under its label."""
    return frame.kind in ("official", "expert")


def statement_of(frame: Frame, parsed: Parsed, context: Context, *, told: str | None) -> Statement | None:
    """What a frame amounts to.

    Args:
        told: the act that the content tells outright (a measure, a talk), if any.
    """
    words = parsed.text[frame.content[0] : frame.content[1]]
    whole = parsed.sentence.text
    lemma = frame.lemma
    if frame.kind == "media":
        return None
    if [a.name for a in frame.speakers] in (["I"], ["People"], ["people"]) and not side_like(frame):
        return None
    if frame.kind == "expert":
        if lemma not in SAY | THINK | {"according", "label"}:
            return None
        return _judged(words, lemma, whole)
    if any(COURT.search(f"{a.name} {a.role}") for a in frame.speakers):
        return None
    side = frame.kind == "official"
    if context.trade < 2 and not (TOPIC.search(whole) or GOODS.search(whole)):
        return None
    if (
        side
        and lemma in ("expect", "insist")
        and BEFORE_TALK.search(f"{words} ")
        and re.search(r"\bbefore\b", words)
    ):
        return Statement("precondition", "conditional")
    if side and lemma == "expect" and EXPECTED.match(words):
        return Statement("demand", "wished")
    if side and lemma in ("expect", "forecast", "predict", "anticipate", "project", "estimate") and not told:
        return _judged(words, lemma, whole)
    if side and lemma in ("express", "voice", "convey", "lodge"):
        if told == "measure":
            return None
        if re.search(
            r"\b(?:concern|protest|dissatisfaction|opposition|displeasure|objection|complaint|regret)s?\b",
            words[:70],
        ):
            return Statement("accusation", "done")
        return (
            Statement("position", "opinion")
            if re.search(r"\b(?:hope|willing|readiness|confidence|interest|support)\w*\b", words[:70])
            else None
        )
    if lemma == "rule":
        return Statement("position", "opinion") if side and re.match(r"\s*out\b", words) else None
    if (
        side
        and lemma == "tell"
        and re.match(r"\s*(?:the )?(?:[A-Z][\w.’'-]+ ){1,4}(?:not )?to (?!reporters)[a-z]+\b", words)
    ):
        return Statement("demand", "wished")
    if (
        side
        and lemma == "want"
        and re.match(
            r"\s*(?:a|an|the|more|fair|better) (?:\w+ ){0,3}(?:deal|agreement|accord|dialogue|talks|solution|relationship)\b",
            words,
        )
    ):
        return Statement("position", "opinion")
    if side and lemma in SAY and ONUS.search(words):
        return Statement("demand", "wished")
    if side and lemma not in DENY and FIRST_MUST.search(words):
        return Statement("precondition", "conditional")
    if (
        side
        and lemma in ("reiterate", "repeat", "renew", "reaffirm", "stress", "express")
        and CALL.match(words)
    ):
        return Statement("demand", "wished")
    if side and _must_of_other(frame, parsed):
        return Statement("demand", "wished")
    by_verb = _by_verb(frame, words, whole, side)
    if by_verb is not None:
        return by_verb
    if frame.kind == "home" and (
        lemma in _PRESSING or re.search(r"\b(?:should|must|ought|needs? to|has to)\b", words)
    ):
        return Statement("domestic_pressure", "wished")
    if frame.kind == "home" and lemma in SAY | CLAIM and SUFFERS.search(words):
        return Statement("domestic_pressure", "in_force")
    if (
        frame.kind == "unknown"
        and lemma == "see"
        and re.search(r"\b(?:slow|grow|ris|fall|shrink)ing\b|\bgrowth\b|\binflation\b", words)
    ):
        return Statement("assessment", "forecast")
    if frame.kind in ("home", "firm", "unknown"):
        return _judged(words, lemma, whole) if frame.kind == "unknown" and lemma in _JUDGING else None
    stated = _stated(words, lemma, whole, told)
    plain = stated is None or (stated.act == "position" and lemma in CLAIM)
    if plain and not told and lemma in _ASSERTING | CLAIM and _others_deed(frame, parsed):
        return Statement("claim", "done")
    return stated


def _others_deed(frame: Frame, parsed: Parsed) -> bool:
    """Whether the words tell, as done, what another side did."""
    speaker = frame.speakers[0].country if frame.speakers else ""
    for clause in parsed.clauses:
        if (
            not frame.covers(clause.verb.at)
            or not clause.actors
            or clause.verb.modal
            or not clause.verb.finite
        ):
            continue
        doer = clause.actors[0]
        if (
            speaker
            and doer.country
            and doer.country != speaker
            and (clause.verb.perfect or clause.verb.form == "past")
        ):
            return not clause.verb.negated
    return False


def _must_of_other(frame: Frame, parsed: Parsed) -> bool:
    """Whether the words say what the other side should or must do."""
    speaker = frame.speakers[0].country if frame.speakers else ""
    for clause in parsed.clauses:
        if frame.covers(clause.verb.at) and clause.verb.modal in ("should", "must") and clause.actors:
            doer = clause.actors[0]
            if doer.country and doer.country != speaker and not clause.verb.passive:
                return True
    return False


_PRESSING = word_set("urge demand ask call want press push appeal implore insist")
_JUDGING = word_set(
    "expect forecast predict estimate project reckon anticipate foresee think believe argue calculate"
)
_RELEVANT_MIN = 12


def _judged(words: str, lemma: str, whole: str) -> Statement | None:
    if len(words.strip()) < _RELEVANT_MIN or not (TOPIC.search(whole) or lemma in _JUDGING):
        return None
    if lemma in _JUDGING and re.match(r"\s*(?:to \w+|(?:\w+ ){0,2}details)\b", words):
        return None
    forward = FORWARD.search(words) or lemma in (
        "expect",
        "forecast",
        "predict",
        "project",
        "anticipate",
        "foresee",
        "warn",
        "caution",
        "fear",
    )
    unsure = (
        ("drop",)
        if re.search(
            r"\bdrop (?:\w+[ ,-]+){0,9}(?:tariffs?|duties|curbs|sanctions)\b(?! (?:to|from|by)\b)", words
        )
        else ()
    )
    return Statement("assessment", "forecast" if forward else "opinion", unsure)


def _by_verb(frame: Frame, words: str, whole: str, side: bool) -> Statement | None:
    """Acts that the verb of saying names by itself."""
    lemma, verb = frame.lemma, frame.clause.verb if frame.clause else None
    if verb is None:
        return None
    negated = verb.negated
    if lemma in DENY and not negated:
        if lemma == "dismiss" and re.match(
            r"\s*(?:the |a )?(?:minister|official|chief|staff|case|complaint|appeal)", words
        ):
            return None
        return (
            Statement("denial", "done")
            if side or (lemma == "deny" and frame.speakers[0].kind != "unknown")
            else None
        )
    if lemma == "reject" and not negated and side:
        if re.search(
            (
                r"\b(?:claims?|accusations?|reports?|allegations?|charges?|suggestions?"
                r"|assertions?|criticisms?|account|notion|idea that|version|characteri[sz]ation"
                r"|findings?)\b"
            ),
            words[:70],
        ):
            return Statement("denial", "done")
        return Statement("position", "opinion")
    if lemma in ACCUSE and not negated:
        if lemma == "charge" and not re.search(r"\bthat\b|\bwith\b", words[:30]):
            return None
        if lemma in ("protest",) and not side:
            return None
        return Statement("accusation", "done") if side else None
    if lemma == "threaten" and not negated:
        return Statement("threat", "conditional" if _IF.search(whole) else "threatened") if side else None
    if (
        lemma
        in (
            "urge",
            "demand",
            "request",
            "press",
            "push",
            "ask",
            "call",
            "appeal",
            "implore",
            "exhort",
            "insist",
            "want",
            "require",
            "invite",
            "pressure",
        )
        and side
    ):
        return _asked(lemma, words, whole, verb.passive)
    if lemma in ("refuse", "decline") and side:
        if re.search(r"\b(?:to comment|comment|to say|to be named|to give)\b", words[:40]):
            return None
        if re.search(r"\b(?:until|unless|before|while|as long as|without)\b", words) and re.search(
            rf"{TALK_CORE.pattern}|\b(?:negotiate|sign|meet|talk|return)\b", words, re.I
        ):
            return Statement("precondition", "conditional")
        return Statement("position", "opinion")
    if lemma in ("oppose", "welcome", "support", "resist", "regret", "applaud") and side:
        return Statement("position", "opinion")
    return None


_WAITS = re.compile(
    r"\b(?:only (?:if|when|after|once|on)|unless|as long as)\b|"
    r"\b(?:no|not|cannot|n['’]t|never|refus\w+)\b.{0,90}\b(?:until|before|while)\b",
    re.I,
)
_IF = re.compile(
    r"\b(?:if|unless|(?-i:Should) \w+|should (?:the|it|they|talks|(?-i:[A-Z]\w+))\b|without a deal|in the event|until)\b",
    re.I,
)


def _asked(lemma: str, words: str, whole: str, passive: bool) -> Statement | None:
    if lemma == "call":
        if re.match(r"\s*(?:on|upon|for)\b", words):
            return Statement("demand", "wished")
        if re.match(r"\s*(?:off|back|in|up|a|an|him|her|them)\b", words):
            return None
        if WRONG.search(words):
            return Statement("accusation", "done")
        if (
            re.match(
                r"\s*(?:it|this|that|the (?:move|step|decision|deal|news|ruling|call|talks|agreement))\b",
                words,
            )
            and "“" not in words
            and '"' not in words
        ):
            return Statement("position", "opinion")
        return (
            Statement("accusation", "done")
            if WRONG.search(words)
            or (
                re.search(r"[“\"]", words)
                and re.search(
                    r"\b(?:move|step|decision|action|tariffs?|dut|plan|practice|curbs?|ban|measure)",
                    words,
                    re.I,
                )
            )
            else None
        )
    if lemma in (
        "ask",
        "want",
        "press",
        "push",
        "request",
        "pressure",
        "invite",
        "appeal",
        "require",
        "insist",
    ):
        if re.search(
            r"\b(?:request for comment|the WTO|World Trade Organi[sz]ation|reporters|its (?:firms|companies|airlines)|carriers|airlines)\b",
            words[:60],
        ):
            return None
        if lemma == "ask" and re.match(r"\s*(?:about|whether|if|by|when|why|how|what)\b", words):
            return None
        if lemma == "insist" and re.match(r"\s*(?:up)?on (?!talks|dialogue|its|their|his)", words):
            return Statement("demand", "wished") if TOPIC.search(whole) else None
        if lemma == "insist":
            return (
                Statement("demand", "wished")
                if re.search(
                    (
                        r"\b(?:must|should|that (?:\w+ ){1,4}(?:withdraw|lift|remove|stop|open"
                        r"|honou?r|drop|cut|respect))\b"
                    ),
                    words,
                )
                else None
            )
        if (
            re.match(
                r"\s*(?:[A-Z][\w.’'-]+ |the |for |to |a |an |new |more |formal |urgent |United |States ){0,6}(?:talks|meeting|call|consultations|negotiations|summit|round)\b",
                words,
            )
            and "end" not in words[:20]
        ):
            return None
        if lemma == "want":
            return (
                Statement("demand", "wished")
                if re.match(
                    r"\s*(?:the |an? )?(?:[A-Z][\w.’'-]+ ?){1,4}(?:side |government )?to\b"
                    r"|\s*(?:the|all|its|their|those|an?) (?:[\w-]+ ){0,4}?(?:dut(?:y|ies)|tariffs?|levy|levies|curbs|controls|ban|restrictions|sanctions) (?:to be )?(?:cut|lifted|removed|scrapped|dropped|gone|lowered|withdrawn|halved|eased)\b",
                    words,
                )
                else None
            )
        if lemma in ("press", "push") and not re.match(r"\s*(?:hard )?(?:on |for |the |[A-Z])", words):
            return None
        if lemma == "request" and TALK_CORE.search(words[:40]):
            return Statement("demand", "wished")
        return Statement("demand", "wished") if TOPIC.search(whole) else None
    if lemma == "demand" or lemma in ("urge", "implore", "exhort"):
        return Statement("demand", "wished")
    return None


def _stated(words: str, lemma: str, whole: str, told: str | None) -> Statement | None:
    """What a side states, by its content."""
    if len(words.strip()) < _RELEVANT_MIN:
        return None
    if re.search(r"\brequest for comment\b", whole):
        return None
    conditional = bool(_IF.search(words)) or WHOEVER.match(words) is not None
    if UNTRUE.search(words):
        return Statement("denial", "done")
    if RED_LINE.search(words):
        return Statement("red_line", "opinion")
    if (
        BEFORE_TALK.search(words)
        and (not told or (told in ("talk", "agreement") and _WAITS.search(words)))
        and (
            TALK_CORE.search(words)
            or DEAL.search(words)
            or re.search(r"\bmeet\b|condition|\btable\b|\bsign|negotiat|\btalk about", words)
        )
    ):
        return Statement("precondition", "conditional")
    threatening = THREAT.search(words)
    if re.search(
        r"\b(?:not|no plans?|never|rule[sd]? out|without)\b[^.,;]{0,30}\b(?:retaliat|countermeasure|respond|hit back|escalat)",
        words,
    ):
        return Statement("position", "opinion")
    if (
        threatening
        and (
            lemma in ("warn", "threaten", "vow", "caution")
            or conditional
            or re.search(
                (
                    r"countermeasure|retaliat|respond|consequence|hit back|fight|in kind|reserves? "
                    r"the right|necessary (?:\w+ )?(?:measures|means|steps)|all options|an option|under consideration|hesitate"
                    r"|resolute|heavy price"
                ),
                words,
                re.I,
            )
        )
        and (told != "measure" or conditional or lemma in ("warn", "threaten", "vow"))
    ):
        return Statement("threat", "conditional" if conditional else "threatened")
    if (
        lemma in ("warn", "threaten")
        and re.match(r"\s*(?:[\w’' ]{2,25} )?(?:of|about|with) ", words)
        and DUTIES.search(words[:60])
    ):
        return Statement("threat", "conditional" if conditional else "threatened")
    if lemma == "warn" and not told:
        return (
            Statement("threat", "conditional" if conditional else "threatened")
            if threatening
            else Statement("claim", "done")
            if WRONG.search(words)
            else None
        )
    if WRONG.search(words) and not told:
        return Statement("accusation", "done")
    if told:
        return None
    if DEMAND.search(words):
        return Statement("demand", "wished")
    if GOOD_NEWS.search(words) and not re.search(
        r"\b(?:hop(?:e|es|ed)|ready|willing|open to|wants? to (?:see|work|continue))\b", words
    ):
        return Statement("claim", "done")
    if KEPT.search(words):
        return Statement("claim", "done")
    if POSITION.search(words):
        return Statement("position", "opinion")
    if FACT.search(words) and (lemma in CLAIM or (lemma in _ASSERTING and OTHERS_DEEDS.search(words))):
        return Statement("claim", "done")
    return None
