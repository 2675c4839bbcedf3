"""Talks, agreements and rulings: what passes between sides, and what courts decide."""

from __future__ import annotations

import re

from detente.reading.clauses import Clause
from detente.reading.context import Context, countries_in
from detente.reading.lexicon import AGREE, COURT, DEAL, GOODS, HOLD, MEASURE, RULE, TALK_CORE
from detente.reading.measures import COMES_INTO_FORCE
from detente.reading.passages import DISPUTE
from detente.reading.told import Event, head_of, is_official, object_of

_COURTESY = re.compile(
    (
        r"\b(?:stay(?:ing)? in (?:touch|contact|close)|keep (?:in touch|talking|channels"
        r"|communication|lines)|maintain (?:communication|contact|dialogue)|remain in (?:touch"
        r"|contact)|disagree|speak again)\b"
    ),
    re.I,
)


def ruling(clause: Clause, context: Context) -> Event | None:
    """A court, panel or arbiter decides."""
    lemma = clause.verb.lemma
    if lemma not in RULE:
        return None
    subject_is_court = bool(COURT.search(head_of(clause)[-80:])) or any(
        a.role == "court" or COURT.search(f"{a.name} {a.role}") for a in clause.actors[:1]
    )
    by_court = clause.verb.passive and re.search(
        r"\bby (?:the |a |an )?(?:[\w.’'-]+ ){0,5}?(?:court|panel|judge|tribunal|circuit|arbitrator)",
        clause.rest,
        re.I,
    )
    if not DISPUTE.search(clause.parsed.sentence.text if clause.parsed else "") and context.trade < 2:
        return None
    stayed = (
        clause.verb.passive
        and lemma in ("stay", "vacate", "overturn", "reverse", "annul", "quash")
        and re.search(r"\b(?:order|ruling|judgment|injunction|decision)\b", clause.front, re.I)
    )
    if not (subject_is_court and not clause.verb.passive) and not by_court and not stayed:
        return None
    if lemma == "put" and not re.search(r"\bon hold\b", clause.rest[:60]):
        return None
    if lemma in (
        "say",
        "hold",
        "side",
        "grant",
        "find",
        "decide",
        "order",
        "declare",
        "conclude",
    ) and not DISPUTE.search(clause.parsed.sentence.text if clause.parsed else ""):
        return None
    if clause.verb.infinitive and clause.governor is not None and clause.governor.verb.lemma in RULE:
        return None
    return Event(
        "ruling",
        modality="planned"
        if clause.verb.modal == "will"
        else "forecast"
        if clause.verb.modal or clause.verb.infinitive
        else "",
    )


def talk(clause: Clause, context: Context) -> Event | None:
    """A contact between sides, held, planned or proposed."""
    lemma, rest = clause.verb.lemma, object_of(clause)
    if (
        lemma in ("travel", "fly", "head")
        and clause.verb.form == "s"
        and is_official(clause)
        and re.search(
            r"\bfor (?:\w+ ){0,3}(?:talks|negotiations|meetings?|consultations)\b", clause.rest[:120]
        )
    ):
        return Event("talk", modality="planned")
    if clause.verb.negated and not clause.verb.modal:
        return None
    if (
        lemma in ("ask", "request", "seek", "propose", "invite", "offer", "suggest")
        and re.match(
            r"\s*(?:[A-Z][\w.’'-]+ |the |for |to |a |an |new |more |formal |urgent |United |States ){0,6}(?:talks|meeting|call|consultations|negotiations|summit|round)\b",
            clause.rest,
        )
        and is_official(clause)
    ):
        return Event("talk", modality="wished")
    front_countries = (
        {a.country for a in countries_in(clause.parsed.text, *clause.subject)} if clause.parsed else set()
    )
    between_sides = (
        (len(front_countries) >= 2 and any(a.kind in ("group", "pair") for a in clause.actors))
        or len({a.country for a in clause.actors if a.country}) >= 2
        or any(a.kind == "pair" for a in clause.actors)
    )
    if lemma in (
        "meet",
        "talk",
        "speak",
        "negotiate",
        "confer",
        "discuss",
        "sit",
        "phone",
        "telephone",
        "consult",
        "convene",
        "reconvene",
        "exchange",
        "visit",
        "host",
        "receive",
        "greet",
    ):
        joined = re.match(
            (
                r"\s*(?:\w+ ){0,3}?(?:with|to|by (?:phone|telephone|video)|down with|down"
                r"|together|face[- ]to[- ]face|on the (?:phone|sidelines))\b"
            ),
            rest,
        )
        if re.match(
            (
                r"\s*(?:\w+ ){0,2}(?:to|with) (?:the )?(?:reporters|journalists|press|lawmakers"
                r"|farmers|investors|parliament|media|television|broadcasters|CNBC|Reuters"
                r"|Bloomberg|Fox)"
            ),
            rest,
        ):
            return None
        partner = any(
            a.kind in ("person", "institution", "country", "group", "pair") and a.end - clause.verb.end < 130
            for a in clause.objects
        )
        partner = (
            partner or "counterpart" in rest or re.search(r"\b(?:each other|one another)\b", rest) is not None
        )
        if lemma in (
            "meet",
            "discuss",
            "visit",
            "host",
            "receive",
            "greet",
            "phone",
            "telephone",
            "sit",
            "negotiate",
            "reconvene",
            "convene",
            "confer",
            "consult",
            "exchange",
        ):
            fits = (partner or between_sides or (bool(clause.actors) and joined)) and (
                is_official(clause) or between_sides
            )
        else:
            fits = bool(joined) and (partner or between_sides) and is_official(clause)
        if (
            lemma in ("talk", "speak")
            and between_sides
            and (joined or re.match(r"\s*(?:this|last|next|on|again|by|late|early|in|for|\W|$)", rest))
        ):
            fits = True
        if lemma == "exchange" and not re.search(r"views|letters|phone", rest):
            return None
        if lemma == "meet" and re.match(
            (
                r"\s*(?:the )?(?:conditions?|demands?|targets?|requirements?|standards?"
                r"|commitments?|needs|obligations?)"
            ),
            rest,
        ):
            return None
        if lemma in ("host", "visit", "receive") and not (partner or TALK_CORE.search(rest)):
            return None
        if fits and _one_country(clause, context):
            return None
        return Event("talk") if fits else None
    if (
        lemma
        in HOLD
        | {"take", "agree", "call", "fly", "travel", "send", "write", "launch", "invite", "propose", "attend"}
        and TALK_CORE.search(rest[:75])
        and not clause.verb.passive
    ):
        if lemma == "call" and not re.match(r"\s*(?:a|an) ", rest):
            return None
        if lemma == "take" and not re.match(r"\s*part in", rest):
            return None
        if lemma in ("have",) and not re.match(
            (
                r"\s*(?:a|an|another|their|several|two|three|its|held|in-depth|constructive"
                r"|candid|\w+ed|\w+ful|\w+ive|further|face)\b"
            ),
            rest,
        ):
            return None
        if lemma in (
            "end",
            "agree",
            "send",
            "write",
            "launch",
            "open",
            "invite",
            "propose",
        ) and not is_official(clause):
            return None
        if (
            re.search(
                r"\b(?:for|against|to end|press|news) (?:the )?(?:talks|briefing|conference)", rest[:30]
            )
            and lemma == "call"
        ):
            return None
        if (is_official(clause) or between_sides or not clause.actors) and not _internal(rest):
            return Event("talk", lasting=lemma in ("continue",) or clause.verb.progressive)
        return None
    if (
        lemma == "spend"
        and re.match(r"\s*(?:\w+ )?(?:hours|days|minutes|an hour|a day)\b.{0,20}\bwith\b", rest)
        and is_official(clause)
    ):
        return Event("talk")
    met = re.search(
        r"\bwith\b.{3,80}\b(?:in|during|at) (?:a|an|their) (?:\w+ )?(?:call|meeting|conversation|dinner|lunch)\b",
        clause.rest[:160],
    )
    if met and is_official(clause) and lemma not in HOLD:
        return Event("talk")
    if (
        lemma == "see"
        and clause.verb.infinitive
        and is_official(clause)
        and any(a.kind == "person" for a in clause.objects)
    ):
        return Event("talk", modality="planned")
    if (
        lemma == "be"
        and TALK_CORE.search(head_of(clause)[-60:])
        and re.match(
            r"\s*(?:now |still |already )?(?:under ?way|ongoing|active|going on|in progress|continuing)\b",
            clause.rest,
        )
    ):
        return Event("talk", lasting=True)
    if (
        lemma == "be"
        and re.match(
            r"\s*in [A-Z].{0,60}\bfor (?:\w+ ){0,3}(?:talks|negotiations|meetings?|consultations)\b",
            clause.rest,
        )
        and is_official(clause)
    ):
        return Event("talk")
    if (
        lemma == "expect"
        and clause.verb.passive
        and re.search(
            r"\bfor (?:\w+ ){0,3}(?:talks|negotiations|meetings?|consultations)\b", clause.rest[:90]
        )
    ):
        return Event("talk", modality="planned")
    if lemma in ("arrive", "leave", "travel", "fly", "head") and _to_other_capital(clause):
        return Event("talk", modality="planned")
    head = head_of(clause)[-90:]
    if TALK_CORE.search(head) and not re.search(r"\b(?:trade war|dispute)\b", head[-12:]):
        if (
            clause.verb.passive
            and lemma in HOLD | {"plan", "expect", "set", "arrange", "agree", "slate"}
            and lemma not in ("hail",)
        ):
            return Event(
                "talk",
                modality="planned"
                if lemma in ("plan", "schedule", "set", "arrange", "slate", "expect")
                else "",
            )
        if not clause.verb.passive and (
            lemma
            in (
                "resume",
                "begin",
                "start",
                "continue",
                "conclude",
                "collapse",
                "last",
                "reopen",
                "proceed",
                "restart",
                "end",
                "open",
                "break",
                "stall",
                "run",
                "wrap",
            )
            or (lemma == "take" and re.match(r"\s*place", clause.rest))
            or (lemma == "go" and re.match(r"\s*(?:on|ahead)", clause.rest))
        ):
            return Event("talk", lasting=lemma in ("continue", "go", "stall", "run"))
    return None


def _to_other_capital(clause: Clause) -> bool:
    """An official on the way to the other side's capital."""
    persons = [a for a in clause.actors if a.kind == "person" and a.official and a.country]
    places = [
        a
        for a in clause.objects
        if a.kind in ("place", "country") and a.country and a.start - clause.verb.end < 40
    ]
    return bool(persons and places and places[0].country != persons[0].country)


def _one_country(clause: Clause, context: Context) -> bool:
    """A meeting inside one government, or between firms alone, is no talk of the dispute."""
    named = [a for a in (*clause.actors, *clause.objects) if a.kind != "place"]
    if any(a.kind == "pair" for a in named):
        return False
    countries = {a.country for a in named if a.country}
    return (
        len(countries) == 1 and len([a for a in named if a.country]) >= 2 and "counterpart" not in clause.rest
    )


def _internal(rest: str) -> bool:
    return bool(
        re.search(
            (
                r"\b(?:cabinet|press|news|board|emergency cabinet|party|staff|earnings|town hall"
                r"|annual) (?:meeting|conference|call)"
            ),
            rest,
            re.I,
        )
    )


def agreement(clause: Clause, context: Context) -> Event | None:
    """A deal, truce, framework or joint statement."""
    lemma, rest = clause.verb.lemma, object_of(clause)
    if clause.verb.negated or _COURTESY.search(rest):
        return None
    between = (
        any(a.kind == "pair" for a in clause.actors)
        or len({a.country for a in clause.actors if a.country}) >= 2
    )
    if lemma == "agree":
        if re.match(r"\s*(?:that|with (?:the )?(?:idea|view|analysts?))\b", rest) and not between:
            return None
        if not (is_official(clause) or between):
            return None
        if re.match(
            (
                r"\s*to (?:hold|meet|continue|resume|restart|start|begin|launch"
                r"|keep)\b[^.]{0,40}(?:talks|meeting|negotiat|dialogue|consult|meet|round|discuss)"
            ),
            rest,
        ):
            return Event("talk", modality="agreed")
        sentence = clause.parsed.sentence.text if clause.parsed else ""
        if not (
            DISPUTE.search(sentence)
            or DEAL.search(rest)
            or MEASURE.search(rest)
            or GOODS.search(rest)
            or "trade" in sentence
        ):
            return None
        if between or DEAL.search(rest) or re.match(r"\s*(?:on|upon)\b", rest):
            return Event("agreement", modality="agreed")
        return None
    if lemma == "settle" and between and re.match(r"\s*(?:that\b|(?:\w+ )?disputes?\b)", clause.rest):
        return Event("agreement", modality="" if "dispute" in rest[:30] else "agreed")
    if (
        lemma == "settle"
        and between
        and re.match(
            r"\s*on (?:a|an|the) (?:\w+ )?(?:tariff|duty|rate|deal|framework|cap|quota)", clause.rest
        )
    ):
        return Event("agreement", modality="agreed")
    if (
        lemma == "have"
        and (between or is_official(clause))
        and not clause.verb.negated
        and re.match(
            r"\s*(?:now )?(?:a|an) (?:\w+ ){0,3}(?:deal|agreement|framework|accord|understanding|consensus)\b",
            clause.rest,
        )
    ):
        return Event("agreement", modality="agreed") if between else None
    if (
        lemma in ("hold", "last", "stand")
        and not clause.verb.passive
        and re.search(r"\b(?:truce|ceasefire|pause|deal|agreement|accord)\b", head_of(clause)[-70:], re.I)
        and re.match(r"\s*(?:\W|until|for|so far|through|$)", clause.rest)
    ):
        return Event("agreement", lasting=True)
    if lemma in ("aim", "hope", "seek", "push") and between and DEAL.search(rest[:40]):
        return Event("agreement", modality="wished")
    leaves = lemma in ("withdraw", "pull", "exit", "walk") and re.search(
        r"\b(?:from|out of|away from)\b", rest[:40]
    )
    if leaves and DEAL.search(rest[:90]):
        return Event("agreement")
    if (
        lemma == "be"
        and DEAL.search(head_of(clause)[-30:])
        and re.match(r"\s*(?:now )?(?:done|struck|sealed|agreed)\b", clause.rest)
    ):
        return Event("agreement", modality="agreed")
    if (
        lemma in AGREE
        and not clause.verb.passive
        and DEAL.search(rest[:80])
        and lemma not in ("accept", "adopt", "approve", "endorse")
    ):
        if not (is_official(clause) or between or not clause.actors):
            return None
        if lemma == "sign" and re.search(r"\border\b", rest[:40]):
            return None
        return Event("agreement", modality="" if lemma in ("sign", "ratify", "ink") else "agreed")
    if clause.verb.passive and lemma in AGREE and DEAL.search(head_of(clause)[-60:]):
        return Event("agreement", modality="" if lemma in ("sign", "ratify", "ink") else "agreed")
    if (
        not clause.verb.passive
        and DEAL.search(head_of(clause)[-50:])
        and (
            lemma in ("expire", "lapse", "collapse")
            or (lemma in ("take", "come", "enter", "go") and COMES_INTO_FORCE.match(clause.rest))
        )
        and not re.search(r"\btariffs?|dut(?:y|ies)\b", head_of(clause)[-25:])
    ):
        return Event("agreement", lasting=lemma in ("take", "come", "enter", "go"))
    if lemma in ("release", "issue", "publish") and re.search(r"\bjoint (?:statement|communiqu)", rest[:50]):
        return Event("agreement", modality="")
    return None
