"""The charts of a brief as inline SVG, each in a wide and a narrow design.

They are written by hand: colours are classes, so that dark mode and print follow the stylesheet; type keeps
its size on a phone because the narrow design is drawn for 360 units; and a brief draws in milliseconds.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from markupsafe import Markup

from detente.brief.choose import LEVELS
from detente.brief.formats import day, short, signed
from detente.brief.svg import Scale, drawing, group, line, mark, month_ticks, tag, text, ticks
from detente.core.places import name_of

NARROW, WIDE = 360, 1140
COLOURS = ("p1", "p2")


def legend(parties: list[str], x: float, y: float, gap: float = 120) -> Markup:
    """Marks and names of the two parties."""
    parts = []
    for n, party in enumerate(parties):
        at = x + n * gap
        parts += [mark(n, at + 5, y - 4), text(at + 15, y, name_of(party))]
    return group(parts)


def range_chart(
    branch: dict[str, Any], key: str, parties: list[str], base_day: str, domain: tuple[float, float]
) -> Markup:
    """Real income by scenario and party: a mark for the central number, a bar from low to high."""
    shown = [s for s in branch["scenarios"] if s["numbers"]["solved"] and s["key"] != "base"]
    marks = ticks(*domain, about=4)
    x = Scale((marks[0], marks[-1]), (14, NARROW - 58))
    top = 30
    height = top + 54 * len(shown) + 40
    bottom = height - 40
    parts = [legend(parties, 8, 14)]
    for value in marks:
        parts.append(line(x(value), top, x(value), bottom, "zero" if value == 0 else "grid"))
        parts.append(text(x(value), bottom + 15, _tick(value), "tick", "middle"))
    parts.append(text(8, height - 6, f"Real income, percent against {day(base_day)}", "tick"))
    told = []
    for n, scenario in enumerate(shown):
        y = top + 54 * n + 14
        parts.append(text(8, y, scenario["name"], "strong halo"))
        for p, party in enumerate(parties):
            spread = scenario["numbers"]["parties"][party]["real_income_percent"]
            parts.append(_range_row(x, y + 13 + 16 * p, p, spread))
            told.append(
                f"{scenario['name']}, {name_of(party)}: {signed(spread['central'], 2)} percent, "
                f"range {signed(spread['low'], 2)} to {signed(spread['high'], 2)}."
            )
    title = "Real income by scenario: central number and range over the variants"
    return drawing(f"range-{key}", title, " ".join(told), NARROW, height, parts, "")


def _tick(value: float) -> str:
    return "0" if value == 0 else signed(value, 2).rstrip("0").rstrip(".")


def _range_row(x: Scale, y: float, party: int, spread: dict[str, float]) -> Markup:
    colour = COLOURS[party]
    low, high = x(spread["low"]), x(spread["high"])
    bar = tag("rect", x=low, y=y - 3, width=max(high - low, 1.0), height=6, class_=f"{colour}-band")
    value = text(NARROW - 4, y + 4, signed(spread["central"], 2), f"{colour}-text num", "end")
    return group([bar, mark(party, x(spread["central"]), y), value])


def income_domain(branches: dict[str, Any], parties: list[str]) -> tuple[float, float]:
    """One scale for every branch, so that two pictures can be compared."""
    values = [0.0]
    for branch in branches.values():
        for scenario in branch["scenarios"]:
            if scenario["numbers"]["solved"]:
                for party in parties:
                    spread = scenario["numbers"]["parties"][party]["real_income_percent"]
                    values += [spread["low"], spread["high"]]
    return min(values), max(values)


def _point(text_day: str) -> date:
    return date.fromisoformat(text_day[:10])


def duty_chart(data: dict[str, Any], narrow: bool) -> Markup | None:
    """All-goods points of both sides over time, truces shaded, the law's lapse dashed ahead.

    Returns:
        None where the record holds no change up to the day shown.
    """
    rows = data["history"]
    if len(rows) < 3:
        return None
    keys = list(data["state"]["duties"])
    clock = next((c for c in data["state"]["clocks"] if c["kind"] == "duties"), None)
    frame = _Frame(rows, clock, keys, narrow)
    shades, named = _shades(data["truces"], frame)
    parts = [*shades, *frame.axes()]
    told = []
    for p, key in enumerate(keys):
        parts += frame.series(rows, key, p)
        if clock:
            parts += frame.ahead(rows[-1][key], clock["if_lapses"][key], p, _point(clock["expires"]))
        told.append(_story(rows, key))
    parts += frame.labels(rows, keys, clock)
    told += [f"Shaded {letter}: {t['title']}." for letter, t in named]
    title = "Duties added on all goods since the base day, in percentage points"
    about = " ".join(told)
    name = "duties-narrow" if narrow else "duties-wide"
    return drawing(name, title, about, frame.width, frame.height, parts, name.split("-")[1])


def truce_letters(data: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """The truces that the chart shades, by letter."""
    if len(data["history"]) < 3:
        return []
    first, last = _point(data["history"][0]["date"]), _point(data["on"])
    ended = [
        t for t in data["truces"] if t["end"] and _point(t["end"]) > first and _point(t["start"]) <= last
    ]
    return list(zip("ABCDEFGHIJKLMNOPQRSTUVWXYZ", sorted(ended, key=lambda t: t["start"]), strict=False))


def _story(rows: list[dict[str, Any]], key: str) -> str:
    importer, exporter = key.split("_on_")
    steps = [
        f"{day(r['date'])} {'unknown' if r[key] is None else short(r[key])}"
        for n, r in enumerate(rows)
        if n == 0 or r[key] != rows[n - 1][key]
    ]
    return f"{name_of(importer)} on goods of {name_of(exporter)}: {'; '.join(steps)}."


class _Frame:
    """Axes and lines of the duty chart."""

    def __init__(
        self, rows: list[dict[str, Any]], clock: dict[str, Any] | None, keys: list[str], narrow: bool
    ) -> None:
        self.width, self.height = (NARROW, 300) if narrow else (WIDE, 300)
        self.first, self.last = _point(rows[0]["date"]), _point(rows[-1]["date"])
        self.on = self.last
        if clock:
            reach = (_point(clock["expires"]) - self.first).days
            self.last = _point(clock["expires"]) + timedelta(days=max(14, reach // 10))
        values = [r[k] for r in rows for k in keys if r[k] is not None]
        values += list((clock or {"if_lapses": {}})["if_lapses"].values())
        self.ticks = ticks(0, max([10.0, *(v for v in values if v is not None)]), 5)
        self.narrow = narrow
        days = (0.0, float((self.last - self.first).days or 1))
        self.x_days = Scale(days, (34, self.width - (66 if narrow else 190)))
        self.y = Scale((0, self.ticks[-1]), (self.height - 28, 34))

    def x(self, when: date) -> float:
        """Horizontal place of a day."""
        return self.x_days((when - self.first).days)

    def axes(self) -> list[Markup]:
        """Both axes with their labels."""
        parts = []
        end = self.x(self.last)
        for value in self.ticks:
            y = self.y(value)
            parts.append(line(34, y, end, y, "zero" if value == 0 else "grid"))
            parts.append(text(28, y + 4, short(value), "tick num", "end"))
        parts.append(text(0, 14, "points", "tick"))
        for when in month_ticks(self.first, self.last, 4 if self.narrow else 11):
            x = self.x(when)
            parts.append(line(x, self.height - 28, x, self.height - 23, "axis"))
            parts.append(text(x, self.height - 9, f"{when:%b %Y}", "tick", "middle"))
        today = self.x(self.on)
        parts.append(line(today, 24, today, self.height - 28, "today"))
        return parts

    def series(self, rows: list[dict[str, Any]], key: str, party: int) -> list[Markup]:
        """The steps of one side; where the law is unknown the line stops."""
        parts, path, pen = [], "", False
        lift = -1.5 if party == 0 else 1.5
        for n, row in enumerate(rows):
            until = _point(rows[n + 1]["date"]) if n + 1 < len(rows) else self.on
            if row[key] is None:
                parts.append(
                    text(self.x(_point(row["date"])), self.y(0) - 6, "unknown" if pen else "", "tick")
                )
                pen = False
                continue
            y = self.y(row[key]) + lift
            x1, x2 = self.x(_point(row["date"])), self.x(until)
            path += f"{'L' if pen else 'M'}{x1:.1f},{y:.1f}L{x2:.1f},{y:.1f}"
            pen = True
        parts.append(tag("path", d=path, class_=f"{COLOURS[party]}-line"))
        return parts

    def ahead(self, now: float | None, after: float | None, party: int, expiry: date) -> list[Markup]:
        """Dashed: today's points to the expiry, then what the law says if nobody signs."""
        if now is None or after is None:
            return []
        lift = -1.5 if party == 0 else 1.5
        y1, y2, x = self.y(now) + lift, self.y(after) + lift, self.x(expiry)
        corners = ((self.x(self.on), y1), (x, y1), (x, y2), (self.x(self.last), y2))
        path = "M" + "L".join(f"{a:.1f},{b:.1f}" for a, b in corners)
        return [tag("path", d=path, class_=f"{COLOURS[party]}-line dashed")]

    def labels(
        self, rows: list[dict[str, Any]], keys: list[str], clock: dict[str, Any] | None
    ) -> list[Markup]:
        """Names at the ends of the lines and the highest number of each side."""
        parts, ends = [], []
        for p, key in enumerate(keys):
            importer = name_of(key.split("_on_")[0])
            end = clock["if_lapses"][key] if clock else rows[-1][key]
            known = [(r[key], r["date"]) for r in rows if r[key] is not None]
            top, when = max(known)
            if end is not None:
                words = short(end) if self.narrow else f"{importer} {short(end)}"
                ends.append([self.y(end) + 4, p, words])
            if top > (end or 0):
                x = self.x(_point(when))
                parts.append(text(x, self.y(top) - 7, short(top), f"{COLOURS[p]}-text num strong halo"))
        ends.sort()
        if len(ends) == 2 and ends[1][0] - ends[0][0] < 15:
            ends[0][0] -= (15 - (ends[1][0] - ends[0][0])) / 2
            ends[1][0] = ends[0][0] + 15
        parts += [text(self.x(self.last) + 6, y, w, f"{COLOURS[p]}-text strong") for y, p, w in ends]
        shown = legend([k.split("_on_")[0] for k in keys], 60, 14, 120 if self.narrow else 170)
        return [shown, *parts]


def _shades(truces: list[dict[str, Any]], frame: _Frame) -> tuple[list[Markup], list[tuple[str, dict]]]:
    data = {"truces": truces, "on": frame.on.isoformat(), "history": [{"date": frame.first.isoformat()}] * 3}
    named = truce_letters(data)
    parts = []
    for letter, truce in named:
        start = max(frame.x(_point(truce["start"])), frame.x(frame.first))
        end = min(frame.x(_point(truce["end"])), frame.x(frame.last))
        box = {"x": start, "y": 24, "width": end - start, "height": frame.height - 52}
        parts.append(tag("rect", class_="truce", **box))
        parts.append(text((start + end) / 2, 36, letter, "tick strong halo", "middle"))
    return parts, named


def talk_chart(talks: list[dict[str, Any]], on: str, narrow: bool) -> Markup | None:
    """Talks held, a tick for each, by level over time."""
    dated = [t for t in talks if t["date"]]
    if not dated:
        return None
    width, height = (NARROW if narrow else WIDE), 30 * len(LEVELS) + 30
    first, last = date(_point(_whole(dated[0]["date"])).year, 1, 1), _point(on)
    left = 88 if narrow else 110
    x = Scale((0, (last - first).days or 1), (left, width - 12))
    parts, told = [], []
    for n, level in enumerate(LEVELS):
        y = 30 * n + 16
        own = [t for t in dated if t["level"] == level]
        parts.append(line(left, y, width - 12, y, "grid"))
        parts.append(text(0, y + 4, level, "strong"))
        for talk in own:
            at = x((_point(_whole(talk["date"])) - first).days)
            parts.append(line(at, y - 9, at, y + 9, "talk" if talk["track"] == "official" else "talk other"))
        told.append(f"{level}: {len(own)}")
    base = 30 * len(LEVELS) + 6
    for when in month_ticks(first, last, 4 if narrow else 9):
        at = x((when - first).days)
        parts.append(line(at, base - 6, at, base - 1, "axis"))
        words = f"{when:%Y}" if when.month == 1 else f"{when:%b %Y}"
        parts.append(text(at, base + 14, words, "tick", "middle"))
    name = "talks-narrow" if narrow else "talks-wide"
    about = f"Talks on record from {day(first.isoformat())} to {day(on)}, by level: {', '.join(told)}."
    return drawing(name, "Talks held, by level", about, width, height, parts, name.split("-")[1])


def _whole(text_day: str) -> str:
    """The first day of a month where only the month is on record."""
    return text_day if len(text_day) > 7 else f"{text_day}-01"


def sector_chart(
    rows: list[dict[str, Any]], names: dict[str, str], parties: list[str], key: str, narrow: bool
) -> Markup:
    """Value added by sector, both parties, bars from a common zero."""
    width = NARROW if narrow else WIDE
    values = [row["by_party"][p]["value_added_percent"] or 0.0 for row in rows for p in parties]
    marks = ticks(min(0.0, *values), max(0.0, *values), 4 if narrow else 8)
    left, step, drop = (10, 38, 16) if narrow else (300, 22, 0)
    x = Scale((marks[0], marks[-1]), (left, width - 20))
    top, bottom = 26, 26 + step * len(rows)
    parts = [legend(parties, 0, 14, 120 if narrow else 170)]
    for value in marks:
        parts.append(line(x(value), top, x(value), bottom, "zero" if value == 0 else "grid"))
        parts.append(text(x(value), bottom + 16, _tick(value), "tick", "middle"))
    for n, row in enumerate(rows):
        y = top + step * n + drop
        label = str(names.get(row["sector"], row["sector"]))
        parts.append(text(0, y + (-2 if narrow else 14), label, "halo"))
        for p, party in enumerate(parties):
            value = row["by_party"][party]["value_added_percent"]
            if value is not None:
                a, b = sorted((x(0), x(value)))
                bar = {"x": a, "y": y + 3 + 8 * p, "width": max(b - a, 0.5), "height": 7}
                parts.append(tag("rect", class_=f"{COLOURS[p]}-fill", **bar))
    about = "Value added by sector, percent, for both parties; every number is in the table below."
    name = f"sectors-{key}-{'narrow' if narrow else 'wide'}"
    return drawing(name, "Value added by sector", about, width, bottom + 26, parts, name.rsplit("-", 1)[1])
