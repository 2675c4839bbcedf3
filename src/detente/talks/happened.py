"""What happened, counted by rule from a record: contacts, new duties, deals, truces, threats.

Each rule reads dates, kinds and numbers, never words, so that anyone who applies it to the same record gets
the same list. To stand on a past day hand in `record.as_known.as_known(record, day)`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from detente.core.days import parse_day, parse_moment
from detente.core.errors import DateBeforeRecord
from detente.core.places import zone_of
from detente.record.asof import known_moment, moment_of
from detente.record.entries import (
    Agreement,
    Entry,
    Instrument,
    Level,
    Measure,
    Position,
    Source,
    State,
    Status,
    Talk,
    Threat,
)
from detente.record.files import Record

EPISODE_DAYS = 14
"""Rises less than this apart belong to one episode: one side's step and the other's answer."""
LEVELS = [level.value for level in Level]
TRUCE_FORMS = ("truce", "joint_statement", "fact_sheets", "signed_agreement")
TRUCE_EFFECTS = ("suspends", "removes", "keeps", "reduces", "ceases")
CONTROLS = (Instrument.EXPORT_CONTROL, Instrument.ENTITY_RESTRICTION, Instrument.USE_CONTROL)


@dataclass(frozen=True)
class Event:
    """Something that happened on a day.

    Attributes:
        day: when it took effect or took place.
        known: when it became public.
        side: whose act it was; empty where both took part.
        entry: id of the entry.
        points: the rise in percentage points, for a duty with one rate.
    """

    day: date
    known: date
    side: str
    entry: str
    points: float | None = None


@dataclass(frozen=True)
class Spell:
    """A stretch of days, half-open; `end` None is still running. `how` says how it ended."""

    start: date
    end: date | None
    entry: str
    how: str = ""

    def days(self, to: date) -> int:
        """Days of the stretch up to a day, inclusive."""
        last = to + timedelta(days=1)
        return max(0, (min(self.end or last, last) - self.start).days)

    def holds(self, day: date) -> bool:
        """Whether the day lies in it."""
        return self.start <= day and (self.end is None or day < self.end)


def first_day(record: Record) -> date:
    """The day of the oldest event; a stance may be older than the dispute and does not count.

    Raises:
        DateBeforeRecord: nothing dated is on record, or was by the day to which it was cut.
    """
    days = [
        parse_moment(entry.date).day
        for entry in record.entries.values()
        if isinstance(entry, Entry) and entry.date and not isinstance(entry, Position | Source)
    ]
    if not days:
        raise DateBeforeRecord(
            f"{record.settings.checked_to} is before the record begins",
            where=record.settings.name,
            why="no dated event was on record by that day",
            instead="a later day, or a record with events: `detente add`",
        )
    return min(days)


def contacts(record: Record, level: str) -> list[Event]:
    """Official contacts held at a level or above, in person, by phone or by video; one a day, oldest first.

    A public post or a letter is no contact of two.
    """
    wanted = LEVELS[LEVELS.index(level) :]
    found: dict[date, Event] = {}
    for talk in record.of(Talk):
        two_way = talk.track == "official" and talk.mode in ("in_person", "phone", "video")
        if two_way and talk.state == "held" and talk.level.value in wanted:
            day = parse_moment(talk.date or "").day
            public = parse_moment(talk.known or talk.date or "").day
            found.setdefault(day, Event(day, public, "", talk.id))
    return [found[day] for day in sorted(found)]


def new_duties(record: Record, side: str | None = None) -> list[Event]:
    """New or higher import duties of one side on the other's goods, by the day each took effect.

    Counts duties aimed at the other side by name that enter the economy; duties on all origins alike and
    anti-dumping cases are not steps between the two. A list that replaces another counts where its mean
    rate is higher.
    """
    sides = record.settings.parties
    found = []
    for measure in record.of(Measure):
        if measure.instrument is not Instrument.IMPORT_DUTY or not measure.in_economy:
            continue
        if measure.imposing not in ((side,) if side else sides):
            continue
        if not {p for p in sides if p != measure.imposing} & set(measure.targets):
            continue
        before = _replaced_level(record, measure)
        for state in sorted(measure.states, key=lambda s: moment_of(s.effective, measure.imposing).at):
            if state.withdrawn:
                continue
            level = _level(record, measure, state)
            if state.status is Status.IN_FORCE and level > before:
                found.append(
                    Event(
                        moment_of(state.effective, measure.imposing).day,
                        known_moment(state, measure.imposing).day,
                        measure.imposing,
                        measure.id,
                        None if state.rate_percent is None else round(level - before, 6),
                    )
                )
            if state.status in (Status.IN_FORCE, Status.CEASED, Status.EXPIRED, Status.REVOKED):
                before = level if state.status is Status.IN_FORCE else 0.0
    return sorted(found, key=lambda event: (event.day, event.known, event.entry))


def _level(record: Record, measure: Measure, state: State) -> float:
    if state.rate_percent is not None:
        return state.rate_percent
    scope = state.scope or measure.scope
    if scope.list_file is None:
        return 0.0
    groups = record.lists[scope.list_file].goods(scope.where_list)
    lines = sum(len(goods) for _, goods in groups)
    return sum((rate or 0.0) * len(goods) for rate, goods in groups) / lines if lines else 0.0


def _replaced_level(record: Record, measure: Measure) -> float:
    """Mean rate of the measure that this one replaces; 0 where it replaces none."""
    for other in record.of(Measure):
        if other.imposing != measure.imposing or other.instrument is not measure.instrument:
            continue
        for number, state in enumerate(other.states):
            if state.status is Status.REPLACED and state.cause == measure.id and number:
                return _level(record, other, other.states[number - 1])
    return 0.0


def episodes(events: Iterable[Event]) -> list[Event]:
    """The first event of each episode: those less than `EPISODE_DAYS` after the last one go on with it."""
    found: list[Event] = []
    last: date | None = None
    for event in sorted(events, key=lambda e: e.day):
        if last is None or (event.day - last).days >= EPISODE_DAYS:
            found.append(event)
        last = event.day
    return found


def new_controls(record: Record, side: str | None = None) -> list[Event]:
    """Days on which a side put a new export control, listing of firms or limit on use into force."""
    sides = record.settings.parties
    days: dict[tuple[str, date], Event] = {}
    for measure in record.of(Measure):
        if measure.instrument not in CONTROLS or measure.imposing not in sides:
            continue
        if side is not None and measure.imposing != side:
            continue
        begun = [s for s in measure.states if s.status is Status.IN_FORCE and not s.withdrawn]
        if begun:
            at = moment_of(begun[0].effective, measure.imposing).day
            public = known_moment(begun[0], measure.imposing).day
            days.setdefault((measure.imposing, at), Event(at, public, measure.imposing, measure.id))
    return sorted(days.values(), key=lambda event: (event.day, event.side))


def deals(record: Record) -> list[Event]:
    """Truces, and other agreements of both sides with a term that suspends, removes, keeps or reduces."""
    found = []
    for entry in record.of(Agreement):
        if set(record.settings.parties) <= set(entry.parties) and _on_tariffs(entry):
            day = parse_moment(entry.date or entry.start).day
            found.append(Event(day, parse_moment(entry.known or entry.date or entry.start).day, "", entry.id))
    return sorted(found, key=lambda event: (event.day, event.entry))


def _on_tariffs(entry: Agreement) -> bool:
    suspends = any(term.effect in TRUCE_EFFECTS for term in entry.terms)
    return entry.form == "truce" or (entry.form in TRUCE_FORMS and suspends)


def truces(record: Record) -> list[Spell]:
    """Stretches in which an agreement on tariffs held, by agreement.

    A dated one holds to its end as the record knows it, one without end until the first new duty after it.
    """
    rises = new_duties(record)
    found = []
    for entry in record.of(Agreement):
        if not (set(record.settings.parties) <= set(entry.parties) and _on_tariffs(entry)):
            continue
        start = parse_moment(entry.start).day
        end, how = None, ""
        if entry.end:
            end, how = parse_moment(entry.end).day, "end"
        else:
            broken = next((event for event in rises if event.day > start), None)
            if broken is not None:
                end, how = broken.day, "new_duty"
        found.append(Spell(start, end, entry.id, how))
    return sorted(found, key=lambda spell: (spell.start, spell.entry))


def truce_days(record: Record, since: date, to: date) -> set[date]:
    """The days in [since, to] on which a truce ran."""
    found: set[date] = set()
    for spell in truces(record):
        last = min(spell.end - timedelta(days=1), to) if spell.end else to
        first = max(spell.start, since)
        found.update(first + timedelta(days=k) for k in range((last - first).days + 1))
    return found


def threats(record: Record, side: str | None = None) -> list[Spell]:
    """Threats as stretches from the day they were made to the day they ended; `how` is the outcome."""
    found = []
    for threat in record.of(Threat):
        if side is not None and threat.by.side != side:
            continue
        start = parse_moment(threat.date or "", zone_of(threat.by.side or "")).day
        end = parse_moment(threat.outcome_date).day if threat.outcome_date else None
        found.append(Spell(start, end, threat.id, threat.outcome if end else "open"))
    return sorted(found, key=lambda spell: (spell.start, spell.entry))


def last_checked(record: Record) -> date:
    """The last day to which the record was checked."""
    return parse_day(record.settings.checked_to)
