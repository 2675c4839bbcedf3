"""Questions to which the record later gives a yes or a no, asked on decision days fixed by a rule.

Two rules, so that nobody picks the days: the first of every month (will it happen within so many days?), and
thirty and seven days before each end that was set for a truce (will it go on?), or the day after a threat
with a day was made (will it be carried out by the day?). The answer is read from dates in the record by the
rules of `talks.happened`, never by judgement.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from detente.record.files import Record
from detente.talks.evidence import SetEnd, ends_of
from detente.talks.happened import (
    Event,
    contacts,
    deals,
    first_day,
    last_checked,
    new_controls,
    new_duties,
)

DAYS_BEFORE_END = (30, 7)
FIRST_WINDOW_AFTER_DAYS = 90
"""Monthly questions begin so many days after the record does: before that nothing can be known of rates."""


@dataclass(frozen=True)
class Question:
    """What is asked on a day. It holds nothing of the answer.

    Attributes:
        kind: what is asked, a key of `KINDS` or one of `truce_goes_on`, `threat_by_its_day`.
        asked: the day to stand on; what became public by its end may be used.
        until: last day that counts.
        about: id of the row of deadlines.csv that is asked about, for the two kinds with an end.
    """

    kind: str
    asked: date
    until: date
    about: str = ""

    @property
    def id(self) -> str:
        """Its name: kind, day and what it is about."""
        return "-".join(filter(None, (self.kind, self.asked.isoformat(), self.about)))

    @property
    def days(self) -> int:
        """Length of the window."""
        return (self.until - self.asked).days


@dataclass(frozen=True)
class Kind:
    """A kind of question with a window: its words, its length, and the events that answer it with yes."""

    words: str
    days: int
    events: Callable[[Record], list[Event]]


KINDS: dict[str, Kind] = {
    "leaders_30": Kind("the leaders meet or speak within 30 days", 30, lambda r: contacts(r, "leader")),
    "leaders_90": Kind("the leaders meet or speak within 90 days", 90, lambda r: contacts(r, "leader")),
    "ministers_30": Kind(
        "ministers or above meet or speak within 30 days", 30, lambda r: contacts(r, "minister")
    ),
    "deputies_30": Kind(
        "deputies or above meet or speak within 30 days", 30, lambda r: contacts(r, "deputy")
    ),
    "new_duty_30": Kind("a new or higher duty takes effect within 30 days", 30, new_duties),
    "new_duty_90": Kind("a new or higher duty takes effect within 90 days", 90, new_duties),
    "new_control_30": Kind("a new control or listing takes effect within 30 days", 30, new_controls),
    "deal_90": Kind("both sides agree on tariffs within 90 days", 90, deals),
    "change_30": Kind(
        "both sides agree on tariffs, or a new or higher duty takes effect, within 30 days",
        30,
        lambda r: sorted([*deals(r), *new_duties(r)], key=lambda event: (event.day, event.entry)),
    ),
}
"""Questions with a window, by name."""

WORDS = {name: kind.words for name, kind in KINDS.items()} | {
    "truce_goes_on": "the truce is extended or settled by its end",
    "threat_by_its_day": "the threat is carried out by the day it names",
}
"""What each kind asks, in words."""


@dataclass(frozen=True)
class Asked:
    """A question with its answer.

    Attributes:
        happened: None while the record does not reach its end.
        by: id of the entry, or of the row of deadlines.csv, that answers it.
        settled: the day on which the answer was known; None while open.
    """

    question: Question
    happened: bool | None
    by: str = ""
    settled: date | None = None


def decision_days(record: Record, since: date, to: date) -> list[date]:
    """The first of every month in [since, to], from 90 days after the record begins."""
    first = max(since, first_day(record) + timedelta(days=FIRST_WINDOW_AFTER_DAYS))
    months = ((y, m) for y in range(first.year, to.year + 1) for m in range(1, 13))
    return [day for day in (date(y, m, 1) for y, m in months) if first <= day <= to]


def ask(record: Record, since: date, to: date) -> list[Asked]:
    """Every question of the two rules asked in [since, to], with its answer from the whole record."""
    checked_to = last_checked(record)
    events = {name: kind.events(record) for name, kind in KINDS.items()}
    found = []
    for day in decision_days(record, since, to):
        for name, kind in KINDS.items():
            question = Question(name, day, day + timedelta(days=kind.days))
            found.append(_answered(question, events[name], checked_to))
    found += [asked for asked in _about_ends(record, checked_to) if since <= asked.question.asked <= to]
    return sorted(found, key=lambda asked: (asked.question.asked, asked.question.id))


def _answered(question: Question, events: list[Event], checked_to: date) -> Asked:
    hit = next((e for e in events if question.asked < e.day <= min(question.until, checked_to)), None)
    if hit is not None:
        return Asked(question, True, hit.entry, max(hit.day, hit.known))
    if question.until > checked_to:
        return Asked(question, None)
    return Asked(question, False, settled=question.until)


def _about_ends(record: Record, checked_to: date) -> Iterator[Asked]:
    first = first_day(record)
    for row in ends_of(record.settings.parties, True, ("truce", "threat")):
        known = row.outcome_known if row.outcome_known and row.outcome_known <= checked_to else None
        for day in _asking_days(row):
            if day < first or day > checked_to or (known is not None and known <= day):
                continue
            question = Question(
                "threat_by_its_day" if row.kind == "threat" else "truce_goes_on", day, row.due, row.id
            )
            if known is None:
                yield Asked(question, None)
            else:
                yes = row.outcome in ("extended", "settled", "by_the_day")
                yield Asked(question, yes, row.id, min(known, max(row.due, day)))


def _asking_days(row: SetEnd) -> list[date]:
    if row.kind == "threat":
        day = row.set_known + timedelta(days=1)
        return [day] if day < row.due else []
    days = [row.due - timedelta(days=before) for before in DAYS_BEFORE_END]
    return [day for day in days if day >= row.set_known]
