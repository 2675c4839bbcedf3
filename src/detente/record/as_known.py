"""The record as it stood: everything that became public after a day is taken out.

`AsOf` answers what held on a day as known on another. A forecast needs more: no later entry, state, outcome
or standing may reach it by any way, so it is given a record that holds none. Words inside an entry (summary,
notes) are written with hindsight and stay; nothing computes with them.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date
from functools import lru_cache
from typing import Any

from detente.core.days import known_by_day, parse_day, parse_moment
from detente.core.fingerprint import fingerprint
from detente.core.places import zone_of
from detente.record.asof import known_moment, moment_of
from detente.record.entries import (
    Agreement,
    Assessment,
    Authority,
    Claim,
    Demand,
    Entry,
    Exemption,
    Measure,
    Position,
    Precondition,
    Source,
    State,
    Talk,
    Term,
    Threat,
)
from detente.record.files import Record


def as_known(record: Record, day: date) -> Record:
    """The record as it was known at the end of a day.

    Two records that differ only in what became public later give equal ones, digest included.

    Args:
        record: the whole record.
        day: last day of knowledge; also the day to which the result counts as checked.
    """
    kept: dict[str, Any] = {}
    for name, entry in record.entries.items():
        if not isinstance(entry, Source):
            then = _entry(record, entry, day)
            if then is not None:
                kept[name] = then
    cited = {citation.source for entry in kept.values() for citation in entry.sources}
    sources = {n: e for n, e in record.entries.items() if isinstance(e, Source) and n in cited}
    # In the order of names: a file added later must not change the order of what was there before.
    entries = dict(sorted({**sources, **kept}.items()))
    names = {entry.scope.list_file for entry in kept.values() if isinstance(entry, Measure)}
    names |= {
        part.list_file
        for entry in kept.values()
        if isinstance(entry, Measure)
        for part in [*entry.exemptions, *(s.scope for s in entry.states if s.scope)]
    }
    lists = {name: table for name, table in sorted(record.lists.items()) if name in names}
    checked_to = min(parse_day(record.settings.checked_to), day).isoformat()
    settings = replace(record.settings, checked_to=checked_to)
    known = replace(
        record,
        settings=settings,
        entries=entries,
        files={name: record.files[name] for name in entries},
        lists=lists,
        aliases={old: new for old, new in sorted(record.aliases.items()) if new in entries},
    )
    return replace(known, digest=_digest(known))


def end_as_known(agreement: Agreement, day: date) -> str | None:
    """The end an agreement had, as known by the day: as scheduled until it was known to end otherwise."""
    if agreement.end_known is None or known_by_day(parse_moment(agreement.end_known), day):
        return agreement.end
    return agreement.scheduled_end


def _public(text: str | None, zone: str, day: date) -> bool:
    return text is not None and known_by_day(parse_moment(text, zone), day)


def _entry(record: Record, entry: Entry, day: date) -> Entry | None:
    """The entry as it stood on the day; None where it was not yet known."""
    if isinstance(entry, Measure):
        return _measure(entry, day)
    if isinstance(entry, Authority):
        stretches = tuple(
            s for s in entry.usable if known_by_day(moment_of(s.known or s.since, entry.party), day)
        )
        return replace(entry, usable=stretches) if stretches else None
    zone = zone_of(entry.parties[0]) if entry.parties else "UTC"
    if isinstance(entry, Position):
        stances = tuple(s for s in entry.stances if _public(s.since, zone, day))
        return replace(entry, stances=stances) if stances else None
    start = entry.start if isinstance(entry, Agreement) else None
    if not _public(entry.known or entry.date or start, zone, day):
        return None
    return _without_hindsight(record, entry, zone, day)


def _without_hindsight(record: Record, entry: Entry, zone: str, day: date) -> Entry:
    """An entry known by the day, with what was found out later taken back."""
    if isinstance(entry, Talk) and entry.state in ("held", "called_off"):
        if _public(entry.date, zone, day):
            return entry
        return replace(entry, state="planned", readouts=(), outcome="", length_minutes=None)
    if isinstance(entry, Threat):
        dated = entry.outcome_date is not None
        settled = _public(entry.outcome_date, zone, day) if dated else _settled(record, entry, day)
        if not settled:
            return replace(entry, outcome="open", outcome_date=None, outcome_cause=None)
        cause = record.get(entry.outcome_cause) if entry.outcome_cause else None
        late = cause is not None and _entry(record, cause, day) is None
        return replace(entry, outcome_cause=None) if late else entry
    if isinstance(entry, Demand):
        settled = _settled(record, entry, day)
        return entry if settled else replace(entry, outcome="open", outcome_cause=None)
    if isinstance(entry, Precondition):
        return entry if _public(entry.until, zone, day) else replace(entry, outcome="open", until=None)
    if isinstance(entry, Claim):
        standing = tuple(s for s in entry.standing if _public(s.since, zone, day))
        same = standing == entry.standing
        return entry if same else replace(entry, standing=standing or entry.standing[:1])
    if isinstance(entry, Assessment):
        settled = _public(entry.resolvable_by, zone, day)
        return entry if settled else replace(entry, resolution="open", resolution_note="")
    if isinstance(entry, Agreement):
        terms = tuple(_term(term, day) for term in entry.terms)
        end = end_as_known(entry, day)
        end_known = entry.end_known if end == entry.end else None
        return replace(entry, end=end, end_known=end_known, terms=terms, outcome="")
    return entry


def _term(term: Term, day: date) -> Term:
    zone = zone_of(term.by)
    deliveries = tuple(d for d in term.deliveries if _public(d.known or d.to, zone, day))
    if _public(term.state_since or term.due, zone, day):
        return replace(term, deliveries=deliveries)
    return replace(term, deliveries=deliveries, state="promised", state_since=None)


def _settled(record: Record, entry: Threat | Demand, day: date) -> bool:
    """Whether what settled an entry without a day of its own was known: a cause younger than the entry.

    A cause that was there before, such as a measure that was changed again, does not say when.
    """
    cause = record.get(entry.outcome_cause) if entry.outcome_cause else None
    if cause is None or _entry(record, cause, day) is None or not cause.date or not entry.date:
        return False
    return parse_moment(cause.date).at >= parse_moment(entry.date).at


def _measure(measure: Measure, day: date) -> Measure | None:
    party = measure.imposing
    known = [state for state in measure.states if known_by_day(known_moment(state, party), day)]
    if not known:
        return None
    states = tuple(_not_yet_withdrawn(state, party, day) for state in known)
    exemptions = tuple(e for e in measure.exemptions if _exempt(e, party, day))
    if states == measure.states and exemptions == measure.exemptions:
        return measure
    return replace(measure, states=states, exemptions=exemptions)


def _not_yet_withdrawn(state: State, party: str, day: date) -> State:
    if state.withdrawn and not known_by_day(moment_of(state.withdrawn, party), day):
        return replace(state, withdrawn=None)
    return state


def _exempt(exemption: Exemption, party: str, day: date) -> bool:
    return known_by_day(moment_of(exemption.known or exemption.since, party), day)


def _digest(record: Record) -> str:
    """SHA-256 over what is left: entries, lists and settings."""
    lists = [
        (name, hashlib.sha256((record.folder / "lists" / name).read_bytes()).hexdigest())
        for name in record.lists
    ]
    return fingerprint(record.settings, [_seal(entry) for entry in record.entries.values()], lists)


@lru_cache(maxsize=16384)
def _seal(entry: Entry) -> str:
    """Fingerprint of one entry; entries compare by identity, and most are the same on every day."""
    return fingerprint(entry)
