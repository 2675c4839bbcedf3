"""Contested and second-hand: claims with what stands against them, contradictions, one-sided readouts.

The record never decides between a claim and its denial. Both are given in the record's own words, with
their dates and chains; the state is the one in force on the day, and what happened later is apart.
"""

from __future__ import annotations

from itertools import combinations
from typing import Any

from detente.analysis.state import known_on, require_days
from detente.core.days import parse_moment
from detente.core.errors import UnknownTopic
from detente.record.asof import AsOf
from detente.record.entries import Claim, ClaimStanding, ClaimStatus, Denial, Relation, Statement, Talk
from detente.record.files import Record
from detente.record.origins import independent_origins

OPEN = (
    ClaimStatus.OPEN,
    ClaimStatus.UNCONFIRMED,
    ClaimStatus.DENIED,
    ClaimStatus.PARTLY_CONFIRMED,
)
"""States in which a claim is not settled: a denial does not settle it."""


def contested(
    record: Record,
    asof: AsOf,
    *,
    only_open: bool = False,
    side: str | None = None,
    topic: str | None = None,
) -> dict[str, Any]:
    """Claims known on the day with what stands against each, newest first, and what follows from them.

    Args:
        only_open: leave out claims that are settled on the day.
        side: only claims by this side.
        topic: only claims with this topic.

    Returns:
        pairs; contradictions inside one side; one-sided readouts; consistency by side (counts with n).

    Raises:
        DateBeforeRecord: the day is before the first entry.
        UnknownTopic: no claim known on the day has the topic.
    """
    require_days(record, asof)
    said = [c for c in record.of(Claim) if known_on(c, asof)]
    topics = sorted({name for claim in said for name in claim.topics})
    if topic is not None and topic not in topics:
        raise UnknownTopic(
            f"topic {topic!r}",
            where="--topic",
            why=f"no claim known on {asof.on} has it",
            instead=f"one of: {', '.join(topics)}" if topics else "a later day",
        )
    pairs = [_pair(record, claim, asof) for claim in said]
    shown = [
        pair
        for pair in pairs
        if (not only_open or pair["open"])
        and side in (None, pair["claim"]["side"])
        and (topic is None or topic in pair["claim"]["topics"])
    ]
    return {
        "dispute": record.settings.name,
        "on": asof.on.isoformat(),
        "known_by": asof.known_by.isoformat() if asof.known_by else None,
        "checked_to": record.settings.checked_to,
        "pairs": sorted(shown, key=lambda p: (p["claim"]["date"], p["claim"]["id"]), reverse=True),
        "contradictions_inside_one_side": contradictions(record, asof),
        "one_sided_readouts": one_sided_readouts(record, asof),
        "consistency_by_side": consistency(pairs),
    }


def _standing_on(claim: Claim, asof: AsOf) -> tuple[ClaimStanding, list[ClaimStanding]]:
    """Where a claim stands on the day, and the steps that came later (as far as they are known)."""
    steps = [s for s in claim.standing if asof.knows(parse_moment(s.since))]
    now = [s for s in steps if parse_moment(s.since).day <= asof.on]
    later = [s for s in steps if parse_moment(s.since).day > asof.on]
    return (now[-1] if now else claim.standing[0]), later


def _pair(record: Record, claim: Claim, asof: AsOf) -> dict[str, Any]:
    now, later = _standing_on(claim, asof)
    return {
        "claim": statement(record, claim),
        "against": [
            statement(record, entry) | {"relation": relation}
            for entry, relation in _against(record, claim)
            if known_on(entry, asof)
        ],
        "state": now.status.value,
        "open": now.status in OPEN,
        "since": now.since,
        "cause": _cause(record, now.cause),
        "later": [
            {"since": step.since, "state": step.status.value, "cause": _cause(record, step.cause)}
            for step in later
        ],
    }


def statement(record: Record, entry: Statement) -> dict[str, Any]:
    """Who said what when, by which chain, in the record's words."""
    return {
        "id": entry.id,
        "kind": entry.kind,
        "date": entry.date,
        "title": entry.title,
        "by": entry.by.name,
        "office": entry.by.office,
        "side": entry.by.side,
        "to": entry.to,
        "says": entry.says,
        "accusation": isinstance(entry, Claim) and entry.accusation,
        "chain": [
            {"who": s.who, "side": s.side, "verb": s.verb, "to": s.to, "channel": s.channel}
            for s in entry.chain
        ],
        "topics": list(entry.topics),
        "verification": entry.verification.value,
        "independent_origins": independent_origins(record, entry),
    }


def _against(record: Record, claim: Claim) -> list[tuple[Statement, str]]:
    """Statements against a claim: denials of it, and whatever is linked as contradicting it, either way."""
    found: dict[str, tuple[Statement, str]] = {}
    for denial in record.of(Denial):
        if claim.id in denial.denies:
            found[denial.id] = (denial, "denies")
    for link in claim.links:
        other = record.get(link.entry)
        if link.relation is Relation.CONTRADICTS and isinstance(other, Statement):
            found.setdefault(other.id, (other, "contradicts"))
    for other in record.of(Statement):
        for link in other.links:
            if link.entry == claim.id and link.relation in (Relation.CONTRADICTS, Relation.DENIES):
                found.setdefault(other.id, (other, link.relation.value))
    return sorted(found.values(), key=lambda pair: (pair[0].date or "", pair[0].id))


def _cause(record: Record, entry_id: str | None) -> dict[str, Any] | None:
    entry = record.get(entry_id) if entry_id else None
    if entry is None:
        return None
    return {"id": entry.id, "kind": entry.kind, "title": entry.title, "date": getattr(entry, "date", None)}


def contradictions(record: Record, asof: AsOf) -> list[dict[str, Any]]:
    """Pairs of statements of one side that contradict each other, oldest first."""
    said = {s.id: s for s in record.of(Statement) if known_on(s, asof) and s.by.side}
    found = []
    for one, other in combinations(said.values(), 2):
        linked = any(
            link.entry == b.id and link.relation in (Relation.CONTRADICTS, Relation.DENIES)
            for a, b in ((one, other), (other, one))
            for link in a.links
        )
        if linked and one.by.side == other.by.side:
            first, second = sorted((one, other), key=lambda s: (s.date or "", s.id))
            found.append(
                {
                    "side": one.by.side,
                    "first": statement(record, first),
                    "second": statement(record, second),
                }
            )
    return sorted(found, key=lambda c: (c["first"]["date"], c["first"]["id"]))


def one_sided_readouts(record: Record, asof: AsOf) -> list[dict[str, Any]]:
    """Official talks of which only one side's account is on record, or whose accounts leave things out."""
    parties = set(record.settings.parties)
    found = []
    for talk in record.of(Talk):
        if not known_on(talk, asof) or talk.state != "held" or talk.track != "official" or not talk.readouts:
            continue
        published = {readout.side for readout in talk.readouts}
        silent = sorted(parties - published)
        omissions = [r for r in talk.readouts if r.leaves_out]
        if silent or omissions:
            found.append(
                {
                    "id": talk.id,
                    "date": talk.date,
                    "title": talk.title,
                    "silent": silent,
                    "readouts": [
                        {"side": r.side, "says": r.says, "leaves_out": r.leaves_out} for r in talk.readouts
                    ],
                }
            )
    return sorted(found, key=lambda t: (t["date"], t["id"]))


def consistency(pairs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """By side: how its claims stand on the day, counts with n; accusations apart, for few admit a fault.

    Claims chosen for a record are not a sample of what a side says: the counts describe the record.
    """
    sides = sorted({pair["claim"]["side"] for pair in pairs if pair["claim"]["side"]})
    found = []
    for side in sides:
        own = [pair for pair in pairs if pair["claim"]["side"] == side]
        groups = {
            "statements": [p for p in own if not p["claim"]["accusation"]],
            "accusations": [p for p in own if p["claim"]["accusation"]],
        }
        found.append({"side": side, "n": len(own)} | {name: _count(group) for name, group in groups.items()})
    return found


def _count(pairs: list[dict[str, Any]]) -> dict[str, int]:
    states = [pair["state"] for pair in pairs]
    return {"n": len(pairs)} | {status.value: states.count(status.value) for status in ClaimStatus}
