"""Forecasters that a backtest scores: the base rate, nothing changes, hazards, or any callable of one's own.

A forecaster is called with a record and a question and gives the odds of yes. It may be given the whole
record or one cut to the question's day, and must answer both alike: `talks.backtest` scores it on the cut one
and refuses it where the two differ.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from detente.core.days import parse_day, parse_moment
from detente.record.as_known import as_known
from detente.record.entries import Talk, Threat
from detente.record.files import Record
from detente.talks.evidence import ends_of
from detente.talks.happened import LEVELS, first_day, threats, truces
from detente.talks.posteriors import Rate
from detente.talks.priors import Priors, priors_from
from detente.talks.questions import KINDS, Question


@dataclass(frozen=True, eq=False)
class _Held:
    """A record as a cache key: by identity, and held so that the identity stays its own."""

    record: Record

    def __hash__(self) -> int:
        return id(self.record)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Held) and other.record is self.record


@lru_cache(maxsize=16)
def _cut_held(held: _Held, day: date) -> Record:
    return as_known(held.record, day)


def _cut(record: Record, day: date) -> Record:
    """The record as known on the day; several questions of a day share one."""
    return _cut_held(_Held(record), day)


CONTACTS = {
    "leaders_30": "leader", "leaders_90": "leader", "ministers_30": "minister", "deputies_30": "deputy",
}  # fmt: skip
"""Questions about contacts -> the lowest level that counts."""

Forecaster = Callable[[Record, Question], float]
"""(record, question) -> odds of yes, between 0 and 1."""

SURE = 0.95
"""What a forecaster that is sure says: the last step of odds rounded to five points."""


def base_rate(record: Record, question: Question) -> float:
    """How often the same question was answered with yes before: what is known by the day, and no model.

    For a question with a window, of all windows of its length that began on a first of the month and closed
    by the day; for one about an end, of all such ends settled by the day. Half a yes and half a no to start.
    """
    yes, n = cases_before(record, question)
    return (yes + 0.5) / (n + 1.0)


def cases_before(record: Record, question: Question) -> tuple[int, int]:
    """How often the same question was answered with yes before, and how often it could be asked.

    Windows longer than a month overlap, for one begins with every month.
    """
    view = _cut(record, question.asked)
    if question.kind in KINDS:
        return _windows(view, question)
    kind = "threat" if question.kind == "threat_by_its_day" else "truce"
    rows = [r for r in ends_of(view.settings.parties, True, (kind,)) if r.settled_by(question.asked)]
    return sum(r.outcome in ("extended", "settled", "by_the_day") for r in rows), len(rows)


def _windows(view: Record, question: Question) -> tuple[int, int]:
    kind = KINDS[question.kind]
    days = [event.day for event in kind.events(view) if event.day <= question.asked]
    length = timedelta(days=kind.days)
    begun = first_day(view)
    starts = [
        start
        for year in range(begun.year, question.asked.year + 1)
        for month in range(1, 13)
        if begun <= (start := date(year, month, 1)) and start + length <= question.asked
    ]
    yes = sum(any(start < day <= start + length for day in days) for start in starts)
    return yes, len(starts)


def nothing_changes(record: Record, question: Question) -> float:
    """What is in force stays, what is law or planned for a day comes on it, and nothing else happens."""
    view = _cut(record, question.asked)
    if question.kind == "truce_goes_on":
        return SURE
    if question.kind == "threat_by_its_day":
        return 1 - SURE
    return SURE if _on_the_calendar(view, question) else 1 - SURE


def _on_the_calendar(view: Record, question: Question) -> bool:
    """Whether something that answers yes is already law, or planned, for a day in the window."""
    events = KINDS[question.kind].events
    if question.kind in ("new_duty_30", "new_duty_90", "new_control_30", "change_30"):
        ahead = [event.day for event in events(view)]
        return any(question.asked < day <= question.until for day in ahead)
    level = CONTACTS.get(question.kind)
    return level is not None and any(
        talk.state == "planned"
        and talk.level.value in LEVELS[LEVELS.index(level) :]
        and question.asked < parse_moment(talk.date or "").day <= question.until
        for talk in view.of(Talk)
    )


def hazards(record: Record, question: Question) -> float:
    """Our priors put to the question: rates that forget, a truce or none, what is already law, open threats.

    Contacts, controls and deals: the odds of at least one event of a Gamma-Poisson rate. A new duty: the rate
    of days in truce for the days a truce will run, of days without for the rest, mixed by the odds that a
    truce that ends in the window goes on; one already in law counts as sure; an open threat about tariffs
    with a day in the window adds the odds that such threats are kept. A truce and a threat: the shares of
    `truce_end` and `deadline_kept`.
    """
    view = _cut(record, question.asked)
    priors = _priors(_Held(view), question.asked)
    if question.kind == "truce_goes_on":
        return 1 - priors.share("truce_end").mean("lapsed")
    if question.kind == "threat_by_its_day":
        return priors.share("deadline_kept").mean("by_the_day")
    if question.kind in ("new_duty_30", "new_duty_90"):
        return _new_duty(view, question, priors)
    if question.kind == "change_30":
        return 1 - (1 - _new_duty(view, question, priors)) * _none(priors.rate("deal"), question.days)
    if question.kind in CONTACTS:
        return priors.rate(f"contact_{CONTACTS[question.kind]}").within(question.days)
    name = {"new_control_30": "new_control", "deal_90": "deal"}[question.kind]
    if question.kind == "new_control_30" and _on_the_calendar(view, question):
        return SURE
    return priors.rate(name).within(question.days)


@lru_cache(maxsize=16)
def _priors(held: _Held, day: date) -> Priors:
    return priors_from(held.record, day)


def _new_duty(view: Record, question: Question, priors: Priors) -> float:
    if _on_the_calendar(view, question):
        return SURE
    window = [question.asked + timedelta(days=k) for k in range(1, question.days + 1)]
    spells = truces(view)
    quiet = sum(any(spell.holds(day) for spell in spells) for day in window)
    ends_inside = any(
        spell.end is not None and question.asked < spell.end <= question.until and spell.holds(question.asked)
        for spell in spells
    )
    goes_on = 1 - priors.share("truce_end").mean("lapsed")
    truce, war = priors.rate("new_duty_in_truce"), priors.rate("new_duty_without_truce")
    none = _none(truce, quiet) * _none(war, question.days - quiet)
    if ends_inside:
        none = goes_on * _none(truce, question.days) + (1 - goes_on) * none
    for spell in threats(view):
        entry = view.get(spell.entry)
        if isinstance(entry, Threat) and spell.end is None and entry.deadline and "tariffs" in entry.topics:
            due = parse_moment(entry.deadline).day
            if question.asked < due <= question.until:
                none *= 1 - priors.share("deadline_kept").mean("by_the_day")
    return 1 - none


def _none(rate: Rate, days: int) -> float:
    return 1 - rate.within(days)


def from_outlook(outlook: Callable[[Record, date, int], Mapping[str, Any]]) -> Forecaster:
    """A forecaster from an outlook: a callable (record, day, days ahead) -> the data of `detente outlook`.

    It is asked once a day, for `OUTLOOK_DAYS` or the question's window if longer. What it does not speak of
    it answers with the base rate.
    """

    @lru_cache(maxsize=64)
    def data(held: _Held, day: date, ahead: int) -> Mapping[str, Any]:
        return outlook(held.record, day, ahead)

    def odds(record: Record, question: Question) -> float:
        view = _cut(record, question.asked)
        if question.kind not in OUTLOOK_KINDS:
            return base_rate(view, question)
        ahead = max(question.days, OUTLOOK_DAYS)
        return outlook_odds(data(_Held(view), question.asked, ahead)["events_by_date"], question)

    return odds


def outlook_odds(events_by_date: Sequence[Mapping[str, Any]], question: Question) -> float:
    """The odds that an outlook gives to a question of `OUTLOOK_KINDS`: by the window's last day shown.

    Args:
        events_by_date: of `detente outlook` from the day on which the question is asked.
    """
    name = OUTLOOK_KINDS[question.kind]
    row = next(
        (r for r in reversed(events_by_date) if parse_day(str(r["date"])[:10]) <= question.until), None
    )
    share = float(row[name]) if row else 0.0
    return 1 - share if question.kind == "truce_goes_on" else share


OUTLOOK_DAYS = 92
"""Long enough for every window of the monthly questions."""
OUTLOOK_KINDS = {
    **CONTACTS,
    "new_duty_30": "new_duty",
    "new_duty_90": "new_duty",
    "new_control_30": "new_control",
    "deal_90": "signed",
    "change_30": "change",
    "truce_goes_on": "lapse",
}
"""Kinds of questions that an outlook speaks of -> the event in its runs (`outlook_events`)."""

BUILT_IN: dict[str, Forecaster] = {
    "base_rate": base_rate,
    "nothing_changes": nothing_changes,
    "hazards": hazards,
}
"""The forecasters that every backtest scores."""
