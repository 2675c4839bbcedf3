"""When something last happened, and what followed the last times: questions to the dated events.

A pattern is written `field=value,field=value`; values may be alternatives, `mode=phone|video`, and a level
may be open upwards, `level=minister+`. The fields are those of `FIELDS`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from detente.analysis.state import events, first_day, known_on, require_days
from detente.core.days import parse_day, parse_moment
from detente.core.errors import InvalidOption
from detente.record.asof import AsOf
from detente.record.entries import KINDS, Entry, Level, Measure, Statement, Talk
from detente.record.files import Record

LEVELS = [level.value for level in Level]
LONGEST_WINDOW_DAYS = 36_525


def _sides(entry: Entry) -> set[str]:
    own = {entry.by.side} if isinstance(entry, Statement) else set()
    return {label for label in [*entry.parties, *own] if label is not None}


FIELDS: dict[str, Callable[[Entry], set[str]]] = {
    "kind": lambda e: {e.kind},
    "level": lambda e: {e.level.value} if isinstance(e, Talk) else set(),
    "mode": lambda e: {e.mode} if isinstance(e, Talk) else set(),
    "track": lambda e: {e.track} if isinstance(e, Talk) else set(),
    "state": lambda e: {e.state} if isinstance(e, Talk) else set(),
    "asked_by": lambda e: {e.asked_by.lower()} if isinstance(e, Talk) and e.asked_by else set(),
    "person": lambda e: {p.name.lower() for p in _people(e)},
    "side": lambda e: {label.lower() for label in _sides(e)},
    "topic": lambda e: set(e.topics),
    "instrument": lambda e: {e.instrument.value} if isinstance(e, Measure) else set(),
}
"""What a pattern may ask for, and how an entry answers."""

CHOICES = {"kind": list(KINDS), "level": LEVELS, "mode": ["in_person", "phone", "video", "letter", "post"]}


def _people(entry: Entry) -> list[Any]:
    if isinstance(entry, Talk):
        return list(entry.participants)
    return [entry.by] if isinstance(entry, Statement) else []


@dataclass(frozen=True)
class Pattern:
    """What an event must be: field -> accepted values, lower case."""

    text: str
    wanted: tuple[tuple[str, frozenset[str]], ...]

    def matches(self, entry: Entry) -> bool:
        """Whether an entry has an accepted value in every field; a person by any part of the name."""
        for field, accepted in self.wanted:
            has = FIELDS[field](entry)
            if field == "person":
                if not any(word in name for word in accepted for name in has):
                    return False
            elif not has & accepted:
                return False
        return True


def parse_pattern(text: str, where: str) -> Pattern:
    """A pattern from its written form.

    Unless it says otherwise it means official talks that were held in person, by phone or by video: a
    public post or a letter is no contact of two.

    Raises:
        InvalidOption: an unknown field or value, or one given twice.
    """
    wanted: dict[str, frozenset[str]] = {}
    for part in filter(None, (piece.strip() for piece in text.split(","))):
        field, sign, value = (piece.strip() for piece in part.partition("="))
        if field not in FIELDS or not sign or not value or field in wanted:
            raise InvalidOption(
                f"{part!r} in a pattern",
                where=where,
                why="a field given twice" if field in wanted else "not field=value with a known field",
                instead="level=deputy,mode=phone|video; fields: " + ", ".join(FIELDS),
            )
        accepted = {choice.strip().lower() for choice in value.split("|")}
        if field == "level":
            accepted = {lv for choice in accepted for lv in _levels(choice)}
        unknown = accepted - set(CHOICES.get(field, accepted))
        if unknown:
            raise InvalidOption(
                f"{field}={sorted(unknown)[0]}",
                where=where,
                why=f"there is no such {field}",
                instead=", ".join(CHOICES[field]),
            )
        wanted[field] = frozenset(accepted)
    if not wanted:
        raise InvalidOption(
            f"{text!r} asks for nothing", where=where, why="a pattern needs a field", instead="level=leader"
        )
    if "kind" not in wanted:
        wanted["kind"] = frozenset({"talk"})
    if wanted["kind"] == {"talk"}:
        wanted.setdefault("state", frozenset({"held"}))
        wanted.setdefault("track", frozenset({"official"}))
        wanted.setdefault("mode", frozenset({"in_person", "phone", "video"}))
    return Pattern(text, tuple(wanted.items()))


def _levels(choice: str) -> list[str]:
    if choice.endswith("+") and choice[:-1] in LEVELS:
        return LEVELS[LEVELS.index(choice[:-1]) :]
    return [choice]


def _matching(record: Record, pattern: Pattern, asof: AsOf) -> list[tuple[date, Entry]]:
    return [
        (parse_moment(entry.date or "").day, entry)
        for entry in events(record)
        if known_on(entry, asof) and pattern.matches(entry)
    ]


def _shown(day: date, entry: Entry) -> dict[str, Any]:
    return {
        "id": entry.id,
        "kind": entry.kind,
        "date": entry.date,
        "date_precision": entry.date_precision if isinstance(entry, Talk) else None,
        "title": entry.title,
        "level": entry.level.value if isinstance(entry, Talk) else None,
        "day": day.isoformat(),
    }


def first_since(record: Record, pattern: Pattern, asof: AsOf) -> dict[str, Any]:
    """The last time something happened to the end of the day, and the time before that.

    Returns:
        last and before (None where there is none), days_since_last, gap_days between the two, n in all and
        from when the record looks.

    Raises:
        DateBeforeRecord: the day is before the first entry.
    """
    require_days(record, asof)
    found = _matching(record, pattern, asof)
    last = found[-1] if found else None
    before = found[-2] if len(found) > 1 else None
    return {
        "dispute": record.settings.name,
        "on": asof.on.isoformat(),
        "known_by": asof.known_by.isoformat() if asof.known_by else None,
        "pattern": pattern.text,
        "wanted": {field: sorted(values) for field, values in pattern.wanted},
        "record_from": first_day(record).isoformat(),
        "checked_to": record.settings.checked_to,
        "n": len(found),
        "last": _shown(*last) if last else None,
        "days_since_last": (asof.on - last[0]).days if last else None,
        "before": _shown(*before) if before else None,
        "gap_days": (last[0] - before[0]).days if last and before else None,
    }


def analogues(
    record: Record, when: Pattern, then: Pattern, within_days: int, asof: AsOf, last: int | None = None
) -> dict[str, Any]:
    """The last times `when` happened, and whether `then` followed within so many days.

    A case whose window reaches past the day asked, or past the last check of the record, is open: it is
    listed and not counted, unless `then` has already followed. `base_rate` is the same count over windows
    that begin on every day of the same stretch, whether or not `when` happened.

    Args:
        last: number of cases, the newest; None takes all.

    Returns:
        cases; n closed cases, of which followed; the share rounded to 5 points; the base rate.

    Raises:
        InvalidOption: a window or a number of cases below 1, or a window of over a century.
        DateBeforeRecord: the day is before the first entry.
    """
    for value, flag in ((within_days, "--within"), (last, "--last")):
        if value is not None and value < 1:
            raise InvalidOption(f"{value}", where=flag, why="it counts from 1", instead="14")
    if within_days > LONGEST_WINDOW_DAYS:
        raise InvalidOption(
            f"{within_days} days", where="--within", why="longer than any dispute on record", instead="365"
        )
    require_days(record, asof)
    seen_to = min(asof.on, parse_day(record.settings.checked_to))
    starts = _matching(record, when, asof)
    followers = _matching(record, then, asof)
    cases = []
    for day, entry in starts if last is None else starts[-last:]:
        after = next(
            (
                (d, e)
                for d, e in followers
                if e.id != entry.id and day < d <= day + timedelta(days=within_days)
            ),
            None,
        )
        open_window = after is None and day + timedelta(days=within_days) > seen_to
        cases.append(
            _shown(day, entry)
            | {
                "followed": None if open_window else after is not None,
                "by": _shown(*after) if after else None,
                "after_days": (after[0] - day).days if after else None,
            }
        )
    closed = [case for case in cases if case["followed"] is not None]
    followed = sum(case["followed"] for case in closed)
    return {
        "dispute": record.settings.name,
        "on": asof.on.isoformat(),
        "known_by": asof.known_by.isoformat() if asof.known_by else None,
        "when": when.text,
        "then": then.text,
        "within_days": within_days,
        "cases": cases,
        "n": len(closed),
        "followed_n": followed,
        "followed_share": _to_five_points(followed, len(closed)),
        "open_n": len(cases) - len(closed),
        "base_rate": _base_rate(cases, followers, within_days, seen_to),
        "checked_to": record.settings.checked_to,
    }


def _base_rate(
    cases: list[dict[str, Any]], followers: list[tuple[date, Entry]], within_days: int, seen_to: date
) -> dict[str, Any]:
    """Share of all windows, one from each day between the first case and the last closed day, with a hit."""
    if not cases:
        return {"days": 0, "hit_days": 0, "hit_share": None}
    first = parse_day(cases[0]["day"])
    days = max(0, (seen_to - timedelta(days=within_days) - first).days + 1)
    hits = {day for day, _ in followers}
    hit_days = sum(
        any(first + timedelta(days=start + ahead) in hits for ahead in range(1, within_days + 1))
        for start in range(days)
    )
    return {"days": days, "hit_days": hit_days, "hit_share": _to_five_points(hit_days, days)}


def _to_five_points(part: int, whole: int) -> float | None:
    """A share rounded to 5 points; None of nothing."""
    return round(round(20 * part / whole) / 20, 2) if whole else None
