"""Days, moments in a legal zone, and half-open spans: the only place where time is computed.

A day is written `2025-05-14`, a month `2025-05`. A moment may carry an hour and a zone:
`2025-05-14 00:01 America/New_York`. Without an hour it is the start of that day; without a zone it
is in the zone of the party whose law it is. Spans are half-open: the start is inside, the end is not.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from detente.core.errors import InvalidDate

MOMENT_FORM = r"^\d{4}-\d{2}(-\d{2})?([ T]\d{2}:\d{2})?( [A-Za-z_]+(/[A-Za-z_+\-0-9]+)*)?$"
"""The written form of a moment, for editors; `parse_moment` decides."""
_MOMENT = re.compile(
    r"^(?P<year>\d{4})-(?P<month>\d{2})(-(?P<day>\d{2}))?"
    r"([ T](?P<hour>\d{2}):(?P<minute>\d{2}))?( (?P<zone>[A-Za-z_]+(/[A-Za-z_+\-0-9]+)*))?$"
)


FIRST_YEAR, LAST_YEAR = 1900, 2200


class Precision(StrEnum):
    """How exactly a moment is known."""

    MINUTE = "minute"
    DAY = "day"
    MONTH = "month"


def parse_day(text: str, *, where: str = "") -> date:
    """A calendar day from `YYYY-MM-DD`.

    Raises:
        InvalidDate: another form, or a day the calendar does not have.
    """
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        raise InvalidDate(
            f"{text!r} is not a day",
            where=where,
            why="a day is written year-month-day",
            instead="for example 2025-06-05",
        )
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise InvalidDate(
            f"{text!r} is not a day", where=where, why=str(error), instead="for example 2025-06-05"
        ) from None
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise InvalidDate(
            f"{text!r} is out of reach",
            where=where,
            why=f"days run from {FIRST_YEAR} to {LAST_YEAR}",
            instead="for example 2025-06-05",
        )
    return day


@lru_cache(maxsize=64)
def zone(name: str) -> ZoneInfo:
    """The time zone of that IANA name.

    Raises:
        InvalidDate: there is none.
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise InvalidDate(
            f"{name!r} is not a time zone",
            why="zones are IANA names",
            instead="for example America/New_York or Asia/Shanghai",
        ) from None


@dataclass(frozen=True)
class Moment:
    """A point in time as the source gives it.

    Attributes:
        at: the instant, zoned; the first instant of the day or month where no hour is known.
        precision: minute, day or month.
    """

    at: datetime
    precision: Precision

    @property
    def day(self) -> date:
        """The calendar day in the moment's own zone."""
        return self.at.date()

    def text(self) -> str:
        """The moment as it is written in an entry."""
        if self.precision is Precision.MONTH:
            return f"{self.at:%Y-%m}"
        if self.precision is Precision.DAY:
            return f"{self.at:%Y-%m-%d}"
        return f"{self.at:%Y-%m-%d %H:%M} {self.at.tzinfo}"


@lru_cache(maxsize=8192)
def parse_moment(text: str, default_zone: str = "UTC") -> Moment:
    """A moment from its written form; see the module's docstring.

    Raises:
        InvalidDate: another form, a day the calendar does not have, or an unknown zone.
    """
    match = _MOMENT.match(text.strip())
    if match is None or (match["hour"] and not match["day"]):
        raise InvalidDate(
            f"{text!r} is not a date",
            why="a date is a day, a month, or a day with an hour and a zone",
            instead="2025-05-14, 2025-05, or 2025-05-14 00:01 America/New_York",
        )
    tz = zone(match["zone"] or default_zone)
    try:
        day = date(int(match["year"]), int(match["month"]), int(match["day"] or 1))
        clock = time(int(match["hour"]), int(match["minute"])) if match["hour"] else time(0, 0)
    except ValueError as error:
        raise InvalidDate(
            f"{text!r} is not a date", why=str(error), instead="for example 2025-05-14"
        ) from None
    precision = Precision.MINUTE if match["hour"] else Precision.DAY if match["day"] else Precision.MONTH
    return Moment(datetime.combine(day, clock, tz), precision)


def end_of_day(day: date, zone_name: str) -> datetime:
    """The first instant after the day in that zone: `--on D` asks what held just before it."""
    return datetime.combine(day + timedelta(days=1), time(0, 0), zone(zone_name))


def end_of_utc_day(day: date) -> datetime:
    """The first instant after the day in UTC: `--known-by K` asks what was known before it."""
    return datetime.combine(day + timedelta(days=1), time(0, 0), UTC)


def last_instant(moment: Moment) -> datetime:
    """The first instant after everything the moment may mean (its minute, day or month)."""
    if moment.precision is Precision.MINUTE:
        return moment.at
    if moment.precision is Precision.DAY:
        return moment.at + timedelta(days=1)
    days = calendar.monthrange(moment.at.year, moment.at.month)[1]
    return moment.at + timedelta(days=days)


def known_by_day(moment: Moment, day: date) -> bool:
    """Whether something public at that moment was known by the end of the day.

    An hour is compared in UTC. A bare day is the day on which it was published, wherever that was, and
    a bare month counts as known on its last day.
    """
    if moment.precision is Precision.MINUTE:
        return moment.at < end_of_utc_day(day)
    return (last_instant(moment) - timedelta(days=1)).date() <= day


@dataclass(frozen=True)
class Span:
    """A half-open stretch of time; `end` None is open."""

    start: datetime
    end: datetime | None

    def holds(self, instant: datetime) -> bool:
        """Whether the instant is inside: the start is, the end is not."""
        return self.start <= instant and (self.end is None or instant < self.end)

    def overlaps(self, other: Span) -> bool:
        """Whether the two share an instant."""
        return (other.end is None or self.start < other.end) and (self.end is None or other.start < self.end)
