"""Measures and suspensions: duties, bans, controls, legal steps; imposed, changed, repealed, paused."""

from __future__ import annotations

import re

from detente.reading.clauses import Clause
from detente.reading.context import Context
from detente.reading.lexicon import (
    DEAL,
    DUTIES,
    FIRMS,
    GOODS,
    IMPOSE,
    LEGAL_STEP,
    MEASURE,
    PAUSE,
    TALK_CORE,
    word_set,
)
from detente.reading.reprisals import reprisal_in
from detente.reading.suspensions import FLOWS
from detente.reading.told import (
    Event,
    by_another,
    head_of,
    is_official,
    object_of,
)

RAISE = word_set(
    "impose levy slap introduce place put apply enact raise increase hike double triple "
    "quadruple set charge implement adopt extend expand widen tighten"
    " enforce activate collect add restrict ban prohibit bar block blacklist curb limit cap "
    "halt sanction stop order require target list designate"
    " reinstate restore reimpose tax penalise penalize freeze withhold renew keep maintain "
    "retain subsidise subsidize strip notify hit strike"
)


REPEAL = word_set(
    "lift remove scrap abolish repeal revoke withdraw cancel end rescind terminate eliminate "
    "waive exempt exclude lapse expire restore resume reopen"
)


CUT = word_set("cut lower reduce slash drop ease halve relax loosen trim")


STEP = word_set(
    "open launch initiate start file lodge bring begin request issue sign grant approve appeal "
    "challenge complain publish seek clear give release detain seize"
)


ANNOUNCE = word_set("announce unveil propose publish outline finalise finalize draft decide confirm")


_HARM_TRADE = re.compile(
    (
        r"\b(?:airline|carrier|bank|importer|tanker|compan|firm|entit|exporter|vessel|ship|chip|good|product|bank|official|student"
        r"|supplier|mill|plant|item|technolog|software|equipment|magnet|mineral|rare earth|cargo)"
    ),
    re.I,
)


COMES_INTO_FORCE = re.compile(
    (
        r"^\s*(?:\w+ )?(?:(?:take|took|taken|taking)?\s*effect|into (?:force|effect)|in (?:force"
        r"|effect|place)|in\b(?= (?:on|at|from|this|last))|live)\b"
    ),
    re.I,
)


_CATENATIVE = word_set(
    "refuse deny seek begin start decide request propose announce plan agree threaten offer decline want hope"
)


def measure(clause: Clause, context: Context) -> Event | None:
    """An act of policy or law imposed, changed or repealed; a formal legal step."""
    lemma, verb = clause.verb.lemma, clause.verb
    if lemma in ("buy", "purchase", "invest", "contribute", "spend", "import") and any(
        a.kind == "country" for a in clause.actors
    ):
        bound = verb.modal == "will" or any(
            g.verb.lemma in ("agree", "commit", "pledge", "undertake", "promise") for g in clause.chain
        )
        return (
            Event("measure")
            if bound and (re.search(r"\d", clause.rest[:80]) or GOODS.search(clause.rest[:60]))
            else None
        )
    if lemma in ("bring", "phase", "usher") and re.match(
        r"\s*in (?:an?|new|extra|fresh|its|the|\d)", clause.rest
    ):
        return (
            Event("measure", lasting=True)
            if MEASURE.search(object_of(clause)[:70]) and _doer(clause)
            else None
        )
    if lemma in _CATENATIVE and re.match(r"\s*to \w", clause.rest):
        return None
    reprisal = reprisal_in(clause)
    if reprisal is not None:
        return reprisal
    standing_duty = _standing_duty(clause)
    if standing_duty is not None:
        return standing_duty
    if lemma not in IMPOSE | REPEAL | CUT | STEP | RAISE | ANNOUNCE | {
        "pay",
        "leave",
        "require",
        "ask",
        "tell",
        "instruct",
    }:
        return None
    if (
        not verb.passive
        and _RATE_ON.match(clause.rest)
        and lemma in RAISE | {"have", "order", "add", "leave", "pay", "announce", "charge", "want"}
    ):
        return Event("measure", lasting=True) if _doer(clause) or lemma == "pay" else None
    if lemma in ("pay", "leave"):
        return (
            Event("measure", lasting=True)
            if DUTIES.search(clause.rest[:50]) and re.search(r"\d ?(?:%|per ?cent)", clause.rest[:70])
            else None
        )
    taken_off = lemma in ("take", "strike", "remove", "delete", "drop") and re.search(
        r"\b(?:off|from) (?:its|the|a|their) (?:\w+ ){0,3}?(?:black)?list\b", clause.rest[:90]
    )
    if taken_off and is_official(clause):
        return Event("measure")
    if (
        lemma == "ask"
        and re.match(r"\s*the (?:WTO|World Trade Organi[sz]ation|court|panel)\b", clause.rest)
        and is_official(clause)
    ):
        return Event("measure")
    if lemma in ("ask", "tell", "instruct"):
        own = re.match(
            r"\s*(?:its |the |domestic |state |Chinese |American )*(?:\w+ )?(?:firms|companies|carriers|airlines|importers|exporters|banks|buyers|refiners|mills|traders|makers|customs|ports|utilities|operators)\b",
            clause.rest,
        )
        ordered = re.search(
            r"\bto (?:stop|halt|cease|avoid|cut|suspend|not|refrain)", clause.rest[:80]
        ) or re.search(r"\bnot to\b", clause.rest[:60])
        return Event("measure", lasting=True) if own and ordered and is_official(clause) else None
    if (
        lemma == "take"
        and re.search(
            r"\bto (?:Geneva|the WTO|the World Trade Organi[sz]ation|court|arbitration|a panel)\b",
            clause.rest[:60],
        )
        and is_official(clause)
    ):
        return Event("measure")
    if lemma == "have" and re.match(r"\s*(?:now )?done away with\b", clause.rest):
        return Event("measure") if MEASURE.search(clause.rest[:80]) and _doer(clause) else None
    if lemma in ("take", "come", "enter", "go", "kick"):
        if (
            MEASURE.search(head_of(clause)[-90:])
            and COMES_INTO_FORCE.match(clause.rest)
            and not DEAL.search(head_of(clause)[-18:])
        ):
            return Event("measure", lasting=True)
        return None
    if lemma in ("remain", "stay"):
        standing = re.match(r"\s*(?:in (?:place|force|effect)|at \d|unchanged)", clause.rest)
        return Event("measure", lasting=True) if standing and MEASURE.search(head_of(clause)[-60:]) else None
    if (
        lemma in ("end", "terminate", "lift", "cancel")
        and not verb.passive
        and PAUSE.search(object_of(clause)[:50])
        and is_official(clause)
    ):
        return Event("suspension")
    if lemma in ("expire", "lapse"):
        return (
            Event("measure")
            if MEASURE.search(head_of(clause)[-60:]) and not PAUSE.search(head_of(clause)[-30:])
            else None
        )
    if lemma == "give" and re.search(r"\b(?:nod|green light|go-ahead|blessing)\b", clause.rest[:40]):
        return (
            Event("measure", modality="planned")
            if MEASURE.search(clause.rest[:110]) and _doer(clause)
            else None
        )
    if verb.passive:
        if by_another(clause):
            return None
        words = head_of(clause)[-110:]
        if not (
            MEASURE.search(words)
            or (
                lemma
                in (
                    "ban",
                    "bar",
                    "block",
                    "prohibit",
                    "restrict",
                    "halt",
                    "stop",
                    "suspend",
                    "blacklist",
                    "sanction",
                    "add",
                    "list",
                    "exempt",
                )
                and (GOODS.search(words) or FIRMS.search(words))
            )
        ) and (not LEGAL_STEP.search(words) or lemma not in STEP | {"terminate", "extend"}):
            return None
        if lemma in (
            "put",
            "place",
            "set",
            "take",
            "bring",
            "give",
            "keep",
            "hit",
            "seek",
            "face",
            "target",
        ) and not DUTIES.search(words + clause.rest[:40]):
            return None
    else:
        words = object_of(clause)
        if not _measure_object(lemma, words, clause):
            return None
        if not _doer(clause):
            return None
    found = _measure_event(lemma, clause, words)
    chamber = re.search(
        r"\b(?:senate|parliament|house|congress|assembly|bundestag|lawmakers|legislature|chamber|knesset|duma|diet)\b",
        clause.front,
        re.I,
    )
    if chamber and lemma in ("approve", "pass", "adopt", "back", "endorse"):
        return Event("measure", modality="planned")
    return found


_RATE_ON = re.compile(
    r"\s*(?:up |another |an additional |an extra |a further |a |its |only )*\d[\d.]*\s?(?:%|per ?cent)\s+(?:on|upon|to)\b|\s*\d[\d.]*\s?(?:%|per ?cent) (?:duty|tariff|levy)"
)
_MOVES = re.compile(
    r"\s*(?:\w+ly )?(?:(?:back|up|down) )?(?:from|to|by|at|back|up|down|in (?:force|place|effect)|on)?\s*(?:about |only )?\d"
)


def _standing_duty(clause: Clause) -> Event | None:
    """A duty told of as the subject: it rises, stays, continues, is to fall, or goods are subject to it."""
    lemma, head = clause.verb.lemma, head_of(clause)[-100:]
    if clause.verb.passive:
        return None
    if (
        lemma == "apply"
        and re.match(r"\s*to\b", clause.rest)
        and re.search(r"\b(?:quota|ban|licen[cs]\w+|rule|requirement|cap)\b", head)
    ):
        return Event("measure", lasting=True)
    duty = DUTIES.search(head[-60:]) is not None and not PAUSE.search(head[-25:])
    if (
        lemma == "be"
        and re.match(r"\s*(?:now |also |therefore )?subject to\b", clause.rest)
        and MEASURE.search(clause.rest[:80])
    ):
        return Event("measure", lasting=True)
    if (
        lemma == "be"
        and duty
        and re.match(
            r"\s*(?:now |still )?(?:in (?:force|place|effect)|at \d|\d+ ?(?:%|per cent))", clause.rest
        )
    ):
        return Event("measure", lasting=True)
    if not duty and not (
        lemma in ("stay", "remain") and re.match(r"\s*at \d[\d.]* ?(?:%|per ?cent)", clause.rest)
    ):
        return None
    if lemma in ("stay", "remain", "continue", "stand"):
        gone = re.match(
            r"\s*(?:a |an |the |un|in (?:doubt|question|dispute)|high|low|suspended)", clause.rest
        )
        return None if gone else Event("measure", lasting=True)
    if lemma in (
        "go",
        "rise",
        "fall",
        "drop",
        "jump",
        "climb",
        "return",
        "double",
        "revert",
        "apply",
        "start",
        "begin",
        "come",
    ) and (_MOVES.match(clause.rest) or lemma in ("double", "apply", "start", "begin", "return")):
        return Event("measure", lasting=True)
    return None


def _doer(clause: Clause) -> bool:
    """Whether the subject can make policy."""
    if any(a.official for a in clause.actors) or any(
        a.kind == "institution" and a.role != "media" for a in clause.actors
    ):
        return True
    front = clause.front
    return bool(
        re.search(
            (
                r"\b(?:order|decree|notice|rule|government|authorities|customs|administration"
                r"|ministry|commission|announcement|proclamation|law|act|bill|parliament"
                r"|regulator|agency|council|it|he|she|they|capital|bloc|congress|senate|office"
                r"|department|bureau)\b"
            ),
            front,
            re.I,
        )
    ) and not any(
        a.kind in ("company", "media") or (a.kind == "group" and not a.official) for a in clause.actors
    )


def _measure_object(lemma: str, words: str, clause: Clause) -> bool:
    if lemma == "lift" and re.match(r"\s*(?:hopes?|sentiment|spirits|mood|shares|stocks|prices)", words):
        return False
    if lemma == "cut" and re.match(r"\s*off\b", words):
        return bool(GOODS.search(words))
    duty, measure, goods = DUTIES.search(words), MEASURE.search(words), GOODS.search(words)
    if lemma in (
        "open",
        "launch",
        "initiate",
        "start",
        "begin",
        "file",
        "lodge",
        "bring",
        "request",
        "terminate",
    ):
        return bool(LEGAL_STEP.search(words[:70])) and not TALK_CORE.search(words[:25])
    if lemma in ("appeal", "challenge", "complain", "investigate", "probe"):
        return (lemma in ("investigate", "probe") and bool(goods)) or (
            bool(re.search(r"\b(?:ruling|decision|duties|tariffs?|WTO|court|measure)", words))
            and lemma in ("appeal", "challenge", "complain")
        )
    if lemma in (
        "ban",
        "bar",
        "block",
        "prohibit",
        "restrict",
        "curb",
        "limit",
        "cap",
        "blacklist",
        "sanction",
        "tax",
        "halt",
        "stop",
        "withhold",
        "detain",
        "seize",
        "exempt",
        "strip",
    ):
        return bool(goods or measure or _HARM_TRADE.search(words[:70]))
    if lemma in ("require", "need"):
        return bool(
            re.search(
                r"\b(?:licen[cs]es?|deposits?|permits?|approvals?|registration|guarantees?|certificates?)\b",
                words[:60],
            )
        )
    if lemma == "order" and duty:
        return True
    if lemma in ("order", "require", "tell"):
        return bool(_HARM_TRADE.search(words[:60])) and bool(
            re.search(
                (
                    r"\bto (?:stop|halt|cease|obtain|get|seek|register|apply|divest|sell|leave"
                    r"|pay|use|hold)|licen[cs]e|permit"
                ),
                words,
            )
        )
    if lemma in ("add", "place", "put", "list", "designate") and re.search(
        r"\b(?:entity list|list|blacklist|control list)\b", words, re.I
    ):
        return True
    if lemma == "give" and re.match(
        r"\s*(?:\w+ ){0,3}?(?:assurances?|details|hints?|signals?|explanations?|reasons?)\b", words
    ):
        return False
    if lemma in ("sign", "issue", "publish", "grant", "approve", "adopt", "give", "clear", "release"):
        return bool(
            re.search(
                (
                    r"\b(?:order|proclamation|decree|licen[cs]es?|exemptions?|exclusions?"
                    r"|waivers?|permits?|rules?|regulation|sanctions?|package|controls?|curbs?|conditions|tariffs?|dut(?:y|ies)|quota|notice"
                    r"|shipments?|subsid\w+|list|ban|measures?|bill|law)\b"
                ),
                words[:70],
                re.I,
            )
        ) and not DEAL.search(words[:40])
    if lemma in (
        "announce",
        "unveil",
        "propose",
        "outline",
        "finalise",
        "finalize",
        "draft",
        "decide",
        "confirm",
        "notify",
        "set",
        "seek",
        "target",
    ):
        return bool(duty) or bool(
            re.search(
                (
                    r"\b(?:export|import|licen[cs]\w+|quota|safeguard|anti-dumping|countervailing"
                    r"|ban|sanctions|restrictions|controls|curbs|subsid\w+|countermeasures)\b"
                ),
                words[:70],
                re.I,
            )
        )
    if lemma in (
        "face",
        "hit",
        "strike",
        "apply",
        "charge",
        "collect",
        "have",
        "keep",
        "maintain",
        "retain",
        "put",
        "place",
        "set",
        "add",
        "double",
        "increase",
        "raise",
        "extend",
        "expand",
        "renew",
    ):
        return bool(duty) or bool(
            measure
            and re.search(
                (
                    r"ban|curb|control|restriction|licen|quota|sanction|limit|subsid|list"
                    r"|requirement|safeguard|price"
                ),
                measure[0],
                re.I,
            )
        )
    if lemma in ("withdraw", "cancel", "end", "resume", "restore", "reopen", "refuse", "deny", "stop"):
        return bool(measure) or bool(
            FLOWS.search(words[:60]) and lemma in ("resume", "restore", "reopen", "cancel", "refuse", "deny")
        )
    return bool(duty or measure)


def _measure_event(lemma: str, clause: Clause, words: str) -> Event:
    to_level = re.search(r"\bto (?:\w+ ){0,3}?\d", clause.rest[:140]) is not None
    if lemma == "drop":
        return Event("measure", lasting=to_level, unsure=("drop",) if not to_level else ())
    if lemma == "lift":
        return Event("measure", lasting=to_level, unsure=())
    if lemma in CUT:
        return Event("measure", lasting=True)
    if lemma in REPEAL or lemma in STEP:
        return Event("measure", lasting=False)
    if lemma in ANNOUNCE:
        return Event("measure", modality="wished" if lemma == "propose" else "planned")
    return Event("measure", lasting=True)
