"""Deadlines as an iCalendar file (RFC 5545), to subscribe to or to import.

A deadline with an hour is a moment in its legal zone, whose rules the file carries; one without is a whole
day; one known to the month is that month. Its UID is made of the dispute, the entry's id and the field, which
never change, so that a newer file moves an event and does not double it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from detente import __version__
from detente.core.days import Moment, Precision, end_of_utc_day, last_instant, parse_day
from detente.record.deadlines import Deadline
from detente.record.entries import Source
from detente.record.files import Record

OCTETS_A_LINE = 75


def calendar_text(record: Record, found: Iterable[Deadline]) -> str:
    """The calendar of some deadlines; the same record gives the same text.

    Args:
        record: where they are from; its last checked day is the stamp of every event.
    """
    listed = list(found)
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:-//Detente//detente {__version__}//EN",
        "CALSCALE:GREGORIAN",
        f"X-WR-CALNAME:{_escaped(record.settings.title)}: deadlines",
        *_zones(deadline.at for deadline in listed),
    ]
    for deadline in listed:
        lines += _event(record, deadline)
    lines.append("END:VCALENDAR")
    return "".join(_folded(line) + "\r\n" for line in lines)


def _event(record: Record, deadline: Deadline) -> list[str]:
    entry = deadline.entry
    stamp = end_of_utc_day(parse_day(record.settings.checked_to))
    cited = [record.get(citation.source) for citation in entry.sources]
    page = next((source.url for source in cited if isinstance(source, Source) and source.url), "")
    about = [deadline.note, f"Entry {entry.id}, {deadline.part.replace('.', ' ')}."]
    if deadline.at.precision is Precision.MINUTE:
        about.append(f"{deadline.at.text()}.")
    elif deadline.at.precision is Precision.MONTH:
        about.append("The day within the month is not known.")
    return [
        "BEGIN:VEVENT",
        f"UID:{entry.id}.{deadline.part}@{record.settings.name}.detente",
        f"DTSTAMP:{stamp:%Y%m%dT%H%M%SZ}",
        *_when(deadline.at),
        f"SUMMARY:{_escaped(deadline.what)}",
        f"DESCRIPTION:{_escaped(' '.join(filter(None, about)))}",
        f"CATEGORIES:{deadline.kind.upper()}",
        f"STATUS:{'CANCELLED' if deadline.overtaken else 'CONFIRMED'}",
        "TRANSP:TRANSPARENT",
        *([f"URL:{page}"] if page else []),
        "END:VEVENT",
    ]


def _when(at: Moment) -> list[str]:
    if at.precision is Precision.MINUTE:
        return [f"DTSTART;TZID={at.at.tzinfo}:{at.at:%Y%m%dT%H%M%S}"]
    end = last_instant(at).date()
    return [f"DTSTART;VALUE=DATE:{at.day:%Y%m%d}", f"DTEND;VALUE=DATE:{end:%Y%m%d}"]


def _zones(moments: Iterable[Moment]) -> Iterator[str]:
    """The rules of every zone used, for the years from one before to one after."""
    years: dict[str, set[int]] = {}
    for at in moments:
        if at.precision is Precision.MINUTE:
            years.setdefault(str(at.at.tzinfo), set()).add(at.day.year)
    for name in sorted(years):
        yield "BEGIN:VTIMEZONE"
        yield f"TZID:{name}"
        first, last = min(years[name]) - 1, max(years[name]) + 1
        yield from _onset(datetime(first, 1, 1, tzinfo=UTC), None, ZoneInfo(name))
        for change in _changes(ZoneInfo(name), first, last):
            yield from _onset(change, change - timedelta(seconds=1), ZoneInfo(name))
        yield "END:VTIMEZONE"


def _changes(zone: ZoneInfo, first: int, last: int) -> Iterator[datetime]:
    """Instants (UTC) at which the zone's offset changes, to the minute."""
    day = datetime(first, 1, 1, tzinfo=UTC)
    while day.year <= last:
        after = day + timedelta(days=1)
        if day.astimezone(zone).utcoffset() != after.astimezone(zone).utcoffset():
            low, high = day, after
            while high - low > timedelta(minutes=1):
                middle = low + timedelta(minutes=(high - low) // timedelta(minutes=2))
                same = middle.astimezone(zone).utcoffset() == day.astimezone(zone).utcoffset()
                low, high = (middle, high) if same else (low, middle)
            yield high
        day = after


def _onset(instant: datetime, before: datetime | None, zone: ZoneInfo) -> list[str]:
    """One rule: from this instant on, this offset."""
    now = instant.astimezone(zone)
    old = (before or instant).astimezone(zone)
    kind = "DAYLIGHT" if now.dst() else "STANDARD"
    local = (instant + (old.utcoffset() or timedelta())).replace(tzinfo=None)  # as the clocks stood before
    return [
        f"BEGIN:{kind}",
        f"DTSTART:{local:%Y%m%dT%H%M%S}",
        f"TZOFFSETFROM:{_offset(old)}",
        f"TZOFFSETTO:{_offset(now)}",
        f"TZNAME:{now.tzname()}",
        f"END:{kind}",
    ]


def _offset(moment: datetime) -> str:
    minutes = int((moment.utcoffset() or timedelta()).total_seconds()) // 60
    sign = "-" if minutes < 0 else "+"
    return f"{sign}{abs(minutes) // 60:02d}{abs(minutes) % 60:02d}"


def _escaped(text: str) -> str:
    """TEXT as RFC 5545 has it."""
    flat = " ".join(text.split())
    return flat.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")


def _folded(line: str) -> str:
    """A line in pieces of at most 75 octets, no character cut."""
    pieces, piece, size = [], "", 0
    for character in line:
        octets = len(character.encode())
        if size + octets > OCTETS_A_LINE:
            pieces.append(piece)
            piece, size = " ", 1
        piece += character
        size += octets
    return "\r\n".join([*pieces, piece])


def first_day_wanted(record: Record, since: str | None) -> date:
    """The first day of a calendar: the day given, or the last day to which the record was checked."""
    return parse_day(since or record.settings.checked_to, where="--since")
