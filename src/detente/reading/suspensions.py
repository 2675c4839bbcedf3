"""Suspensions: a measure, talk or agreement paused, postponed or called off, or a pause prolonged."""

from __future__ import annotations

import re

from detente.reading.clauses import Clause
from detente.reading.context import Context
from detente.reading.lexicon import (
    DEAL,
    DUTIES,
    MEASURE,
    PAUSE,
    SUSPEND,
    TALK_CORE,
)
from detente.reading.told import (
    Event,
    head_of,
    object_of,
    official_or_passive,
    passive_head,
    whole_of,
)

FLOWS = re.compile(
    (
        r"\b(?:import|export|shipment|sale|purchase|licen[cs]e|suppl(?:y|ies)|registration"
        r"|approval|flight|visa|deliver(?:y|ies)|permit|processing|intake|order)s?\b"
    ),
    re.I,
)


def suspension(clause: Clause, context: Context) -> Event | None:
    """A measure, talk or agreement paused, postponed or called off, or a pause prolonged."""
    lemma = clause.verb.lemma
    words = passive_head(clause) if clause.verb.passive else object_of(clause)
    temporarily = re.search(r"\btemporar(?:y|ily)\b", whole_of(clause)) is not None
    if (
        lemma in ("lift", "cut", "lower", "reduce", "drop", "remove", "roll")
        and temporarily
        and MEASURE.search(words)
    ):
        return Event("suspension", lasting=True, unsure=("drop",) if lemma == "drop" else ())
    about_talks = TALK_CORE.search(words) is not None
    if about_talks and (
        lemma in ("terminate", "scrap", "drop")
        or (lemma in ("break", "put", "call", "cut") and re.match(r"\s*(?:off|back)\b", clause.rest))
    ):
        return Event("suspension")
    if (
        lemma == "put"
        and not clause.verb.passive
        and re.search(r"\bon (?:ice|hold)\b", clause.rest[:90])
        and MEASURE.search(clause.rest[:70])
    ):
        return Event("suspension", lasting=True)
    if lemma == "be" and re.match(r"\s*(?:now |still )?(?:on (?:hold|ice)|in abeyance)\b", clause.rest):
        head = head_of(clause)[-80:]
        if MEASURE.search(head):
            return Event("suspension", lasting=True)
        return Event("suspension") if TALK_CORE.search(head) else None
    if (
        lemma in ("put", "keep", "hold", "hit", "press")
        and re.search(
            r"\b(?:in abeyance|on (?:the )?(?:back ?burner|shelf)|(?:the )?pause(?: button)? on)\b",
            clause.rest[:110],
        )
        and (MEASURE.search(about := clause.rest[:120] + head_of(clause)[-80:]) or TALK_CORE.search(about))
    ):
        return Event("suspension", lasting=True)
    if lemma in ("put", "break") and re.match(r"\s*(?:off|back|on (?:ice|hold))\b", clause.rest):
        object_words = clause.rest[:90] if not clause.verb.passive else head_of(clause)[-120:]
        if (
            MEASURE.search(object_words)
            or TALK_CORE.search(object_words)
            or DEAL.search(object_words)
            or "package" in object_words
        ):
            return Event("suspension", lasting=True)
    if lemma not in SUSPEND:
        return None
    if lemma in ("extend", "prolong"):
        return (
            Event("suspension", lasting=True)
            if PAUSE.search(words) or re.search(r"exemption|exclusion|waiver", words)
            else None
        )
    if lemma == "hold":
        return (
            Event("suspension", lasting=True)
            if re.match(r"\s*(?:off|back)\b", clause.rest) and MEASURE.search(clause.rest[:90])
            else None
        )
    if lemma == "push":
        return (
            Event("suspension", lasting=True)
            if re.match(r"\s*(?:back|off)\b", clause.rest)
            and (MEASURE.search(clause.rest[:90]) or TALK_CORE.search(clause.rest[:90]))
            else None
        )
    if lemma == "call":
        return (
            Event("suspension")
            if re.match(r"\s*off\b", clause.rest)
            or (clause.verb.passive and re.match(r"\s*off\b", clause.rest))
            else None
        )
    if lemma in ("stay", "waive"):
        return None
    if lemma in ("stop", "halt", "interrupt", "abandon", "cancel"):
        if TALK_CORE.search(words) and official_or_passive(clause):
            return Event("suspension")
        if lemma == "halt" and DUTIES.search(words):
            return Event("suspension", lasting=True)
        return None
    if (
        lemma in ("pause", "suspend")
        and re.match(
            r"\s*(?:most|some|all|many|half) of (?:his|her|its|their|the)\b|\s*(?:them|it)\b", clause.rest
        )
        and clause.parsed
        and DUTIES.search(clause.parsed.sentence.text)
    ):
        return Event("suspension", lasting=True)
    goods = FLOWS.search(words)
    measure = MEASURE.search(words)
    talk = TALK_CORE.search(words) or DEAL.search(words)
    if (
        goods
        and lemma in ("suspend", "freeze", "pause")
        and (not measure or goods.start() < measure.start())
        and not re.search(
            r"\b(?:dut(?:y|ies)|tariffs?|ban|control|curb|restriction|requirement)s?\b", words[:60], re.I
        )
    ):
        return Event("measure", lasting=True) if official_or_passive(clause) else None
    if TALK_CORE.search(words[:60]) and not DUTIES.search(words):
        return Event("suspension") if official_or_passive(clause) or not clause.actors else None
    if measure or talk:
        return Event("suspension", lasting=True) if official_or_passive(clause) or not clause.actors else None
    return None
