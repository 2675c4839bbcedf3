"""Deadlines on record: clocks that run out, steps that will take effect, terms and threats due, talks set."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from detente.core.days import Moment, known_by_day, last_instant, parse_moment
from detente.core.places import the, zone_of
from detente.record.as_known import end_as_known
from detente.record.asof import known_moment, moment_of
from detente.record.entries import (
    Agreement,
    Assessment,
    Entry,
    Measure,
    Precondition,
    RedLine,
    State,
    Talk,
    Threat,
)
from detente.record.files import Record


@dataclass(frozen=True)
class Deadline:
    """Something that falls due.

    Attributes:
        entry: whose it is.
        part: which part of the entry, e.g. `states.2.expires`; with the id it never changes.
        kind: one word: expiry, effective, term, threat, talk, exemption, agreement, precondition,
            red_line, forecast.
        what: one line.
        at: when, in the zone of the law or the source.
        overtaken: it will not happen as set: replaced, withdrawn, called off or settled before.
        note: what follows, in words.
    """

    entry: Entry
    part: str
    kind: str
    what: str
    at: Moment
    overtaken: bool = False
    note: str = ""


def deadlines(record: Record, since: date, known_by: date | None = None) -> list[Deadline]:
    """Every deadline that falls on `since` or later, soonest first.

    Args:
        since: first day wanted, in the deadline's own zone.
        known_by: only what was public by the end of this day (UTC).
    """
    found = []
    for entry in record.entries.values():
        for deadline in _of(entry, known_by):
            if last_instant(deadline.at).date() > since or deadline.at.day >= since:
                found.append(deadline)
    return sorted(found, key=lambda d: (d.at.at, d.entry.id, d.part))


def _known(text: str | None, zone: str, known_by: date | None) -> bool:
    return known_by is None or text is None or known_by_day(parse_moment(text, zone), known_by)


def _of(entry: Entry, known_by: date | None) -> Iterator[Deadline]:
    zone = zone_of(entry.parties[0]) if entry.parties else "UTC"
    if isinstance(entry, Measure):
        yield from _measure(entry, known_by)
    elif not _known(entry.known or entry.date, zone, known_by):
        return
    elif isinstance(entry, Agreement):
        end = end_as_known(entry, known_by) if known_by else entry.end
        if end:
            yield Deadline(entry, "end", "agreement", f"Ends: {entry.title}", parse_moment(end, zone))
        for number, term in enumerate(entry.terms):
            if term.due:
                words = f"Due from {the(term.by)}: {term.does}"
                at = parse_moment(term.due, zone_of(term.by))
                settled = term.state == "done"
                yield Deadline(entry, f"terms.{number}.due", "term", words, at, settled, term.note)
    elif isinstance(entry, Threat):
        if entry.deadline:
            at = parse_moment(entry.deadline, zone_of(entry.by.side or ""))
            over = entry.outcome != "open"
            yield Deadline(entry, "deadline", "threat", f"Threat due: {entry.would_do}", at, over)
    elif isinstance(entry, Talk):
        if entry.state in ("planned", "called_off"):
            at = parse_moment(entry.date or "", zone)
            over = entry.state == "called_off"
            yield Deadline(entry, "date", "talk", f"Talk: {entry.title}", at, over, entry.place)
    elif isinstance(entry, Precondition | RedLine):
        if entry.until:
            at = parse_moment(entry.until, zone_of(entry.by.side or ""))
            over = isinstance(entry, Precondition) and entry.outcome != "open"
            yield Deadline(entry, "until", entry.kind, f"Ends: {entry.title}", at, over)
    elif isinstance(entry, Assessment) and entry.resolvable_by:
        over = entry.resolution != "open"
        at = parse_moment(entry.resolvable_by, "UTC")
        yield Deadline(entry, "resolvable_by", "forecast", f"Can be settled: {entry.title}", at, over)


def _measure(measure: Measure, known_by: date | None) -> Iterator[Deadline]:
    party = measure.imposing

    def public(text: str | None) -> bool:
        return _known(text, zone_of(party), known_by)

    known = [
        (number, state)
        for number, state in enumerate(measure.states)
        if known_by is None or known_by_day(known_moment(state, party), known_by)
    ]
    for number, state in known:
        off = state.withdrawn is not None and public(state.withdrawn)
        begins = moment_of(state.effective, party)
        if begins.at > known_moment(state, party).at:
            words = f"{measure.title}: {_stands(state)}"
            yield Deadline(measure, f"states.{number}.effective", "effective", words, begins, off, state.note)
        if state.expires:
            ends = moment_of(state.expires, party)
            later = (moment_of(s.effective, party).at for n, s in known if n > number and not s.withdrawn)
            over = off or any(at <= ends.at for at in later)
            after = state.on_expiry
            then = f"then {_words(after.status)}" if after else ""
            if after and after.rate_percent is not None:
                then += f" at {after.rate_percent:g} percent"
            note = ". ".join(filter(None, (then, after.note if after else "")))
            words = f"Runs out: {measure.title} ({_stands(state)})"
            yield Deadline(measure, f"states.{number}.expires", "expiry", words, ends, over, note)
    for number, exemption in enumerate(measure.exemptions):
        if exemption.until and public(exemption.known or exemption.since):
            at = moment_of(exemption.until, party)
            words = f"Exemption ends: {measure.title}"
            yield Deadline(measure, f"exemptions.{number}.until", "exemption", words, at, note=exemption.why)


def _stands(state: State) -> str:
    rate = f" at {state.rate_percent:g} percent" if state.rate_percent is not None else ""
    return _words(state.status) + rate


def _words(status: str) -> str:
    return status.replace("_", " ")
