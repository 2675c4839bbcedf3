"""The record as it stood on a day: what was public by then and nothing later.

Whoever must not see the future (a forecast of a past day, a backtest) is given `known(record, day)`, in which
later entries, steps, outcomes and resolutions do not exist. Titles and summaries are written with hindsight:
they are labels, and no rule may read them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import lru_cache
from hashlib import sha256
from typing import Any

from detente.core.days import known_by_day, parse_moment
from detente.core.places import zone_of
from detente.record.asof import known_moment
from detente.record.entries import (
    Agreement,
    Assessment,
    Authority,
    Claim,
    Demand,
    Entry,
    Measure,
    Position,
    Precondition,
    Source,
    Talk,
    Term,
    Threat,
)
from detente.record.files import Record


class _ByIdentity:
    """A record as part of a cache key: by its identity."""

    def __init__(self, record: Record) -> None:
        self.record = record

    def __hash__(self) -> int:
        return id(self.record.entries)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _ByIdentity) and other.record.entries is self.record.entries


@lru_cache(maxsize=64)
def _known(record: _ByIdentity, day: date) -> Record:
    whole = record.record
    entries = {}
    for key, entry in whole.entries.items():
        seen = _seen(whole, entry, day)
        if seen is not None:
            entries[key] = seen
    settings = replace(whole.settings, checked_to=min(whole.settings.checked_to, day.isoformat()))
    files = {key: whole.files[key] for key in entries if key in whole.files}
    mark = sha256(f"{whole.digest} known {day}".encode()).hexdigest()
    return replace(whole, settings=settings, entries=entries, files=files, digest=mark)


def known(record: Record, day: date) -> Record:
    """The record as it was known by the end of the day (UTC).

    Entries that became public later are left out. Of the others: measures keep the steps and exemptions
    public by then, and a later withdrawal is undone; a threat, demand or precondition settled later is open;
    an agreement has the end it was given, its terms are promised until their day; an assessment settled
    later is open; a talk that was still ahead is planned. An outcome whose day the record does not give
    counts as not yet known.
    """
    return _known(_ByIdentity(record), day)


def is_public(text: str | None, party: str | None, day: date) -> bool:
    """Whether something public at a written moment was known by the end of the day; nothing written is."""
    return text is None or known_by_day(parse_moment(text, zone_of(party) if party else "UTC"), day)


def end_as_known(agreement: Agreement, day: date | None) -> str | None:
    """The end an agreement had, as known by the day: as scheduled until it was known to end otherwise."""
    if day is None or agreement.end_known is None or is_public(agreement.end_known, None, day):
        return agreement.end
    return agreement.scheduled_end


def _party(entry: Entry) -> str | None:
    return entry.parties[0] if entry.parties else None


def _seen(record: Record, entry: Any, day: date) -> Any | None:
    if isinstance(entry, Source):
        return entry if is_public(entry.published, None, day) else None
    if isinstance(entry, Measure):
        return _measure(entry, day)
    if isinstance(entry, Position):
        stances = tuple(s for s in entry.stances if is_public(s.since, entry.side, day))
        return replace(entry, stances=stances) if stances else None
    if isinstance(entry, Authority):
        usable = tuple(u for u in entry.usable if is_public(u.known or u.since, entry.party, day))
        return replace(entry, usable=usable) if usable else None
    if not is_public(entry.known or entry.date, _party(entry), day):
        return None
    change = _CHANGES.get(type(entry))
    return change(record, entry, day) if change else entry


def _measure(measure: Measure, day: date) -> Measure | None:
    party = measure.imposing
    states = []
    for state in measure.states:
        if not known_by_day(known_moment(state, party), day):
            continue
        if state.withdrawn is not None and not is_public(state.withdrawn, party, day):
            state = replace(state, withdrawn=None)
        states.append(state)
    if not states:
        return None
    exemptions = tuple(e for e in measure.exemptions if is_public(e.known or e.since, party, day))
    if len(states) == len(measure.states) and exemptions == measure.exemptions:
        return measure if tuple(states) == measure.states else replace(measure, states=tuple(states))
    return replace(measure, states=tuple(states), exemptions=exemptions)


def _threat(record: Record, threat: Threat, day: date) -> Threat:
    settled = threat.outcome_date is not None and is_public(threat.outcome_date, threat.by.side, day)
    if threat.outcome == "open" or settled:
        return threat
    return replace(threat, outcome="open", outcome_date=None, outcome_cause=None)


def _demand(record: Record, demand: Demand, day: date) -> Demand:
    if demand.outcome == "open":
        return demand
    cause = record.get(demand.outcome_cause) if demand.outcome_cause else None
    if isinstance(cause, Entry) and (cause.known or cause.date) and _seen(record, cause, day) is not None:
        return demand
    return replace(demand, outcome="open", outcome_cause=None)


def _precondition(record: Record, entry: Precondition, day: date) -> Precondition:
    if entry.outcome == "open" or (entry.until and is_public(entry.until, entry.by.side, day)):
        return entry
    return replace(entry, outcome="open", until=None)


def _agreement(record: Record, entry: Agreement, day: date) -> Agreement:
    terms = tuple(_term(term, day) for term in entry.terms)
    return replace(entry, end=end_as_known(entry, day), end_known=None, terms=terms, outcome="")


def _term(term: Term, day: date) -> Term:
    since = term.state_since or term.due
    deliveries = tuple(d for d in term.deliveries if is_public(d.known or d.to, term.by, day))
    if term.state in ("promised", "unknown") or (since is not None and is_public(since, term.by, day)):
        return replace(term, deliveries=deliveries, note="")
    return replace(term, state="promised", state_since=None, deliveries=deliveries, note="")


def _claim(record: Record, claim: Claim, day: date) -> Claim:
    standing = tuple(s for s in claim.standing if is_public(s.since, claim.by.side, day))
    return claim if standing == claim.standing else replace(claim, standing=standing or claim.standing[:1])


def _talk(record: Record, talk: Talk, day: date) -> Talk:
    ahead = not is_public(talk.date, _party(talk), day)
    if not ahead or talk.state in ("planned", "unknown"):
        return talk
    return replace(talk, state="planned", readouts=(), outcome="", length_minutes=None)


def _assessment(record: Record, entry: Assessment, day: date) -> Assessment:
    settled = entry.resolvable_by is not None and is_public(entry.resolvable_by, None, day)
    if entry.resolution == "open" or settled:
        return entry
    return replace(entry, resolution="open", resolution_note="")


_CHANGES: dict[type, Callable[[Record, Any, date], Any]] = {
    Threat: _threat,
    Demand: _demand,
    Precondition: _precondition,
    Agreement: _agreement,
    Claim: _claim,
    Talk: _talk,
    Assessment: _assessment,
}

