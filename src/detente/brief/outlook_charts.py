"""Pictures of an outlook: fans of quantiles over time, and the four paths as a tree."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from typing import Any

from markupsafe import Markup

from detente.brief.formats import day, fixed, signed
from detente.brief.svg import Scale, drawing, line, month_ticks, tag, text, ticks
from detente.core.places import name_of
from detente.talks.odds import in_words

WIDTH = 360
COLOURS = ("p1", "p2")

PATH_NAMES = {
    "deal": "A deal",
    "decoupling": "Tech decoupling",
    "lapse": "Duties rise",
    "holds": "The truce holds",
}


def fan_chart(outlook: dict[str, Any], quantity: str, of: str, party: int, title: str) -> Markup | None:
    """Median and the ranges of half and of nine in ten runs, by date; None where there are no numbers."""
    fans = [
        f for f in outlook["fans"] if (f["quantity"], f["of"]) == (quantity, of) and not f["expectations"]
    ]
    if not fans:
        return None
    fan = fans[0]
    rows = [row for row in fan["by_date"] if row["p50"] is not None]
    if len(rows) < 2:
        return None
    days = [date.fromisoformat(row["date"]) for row in rows]
    height, left, right, top, bottom = 170, 40, WIDTH - 58, 24, 140
    span = [row[p] for row in rows for p in ("p5", "p95")]
    marks = ticks(min(span), max(span) if max(span) > min(span) else min(span) + 1, 4)
    x = Scale((0, (days[-1] - days[0]).days or 1), (left, right))
    y = Scale((marks[0], marks[-1]), (bottom, top))
    at = [x((one - days[0]).days) for one in days]
    colour = COLOURS[party]
    parts = [text(0, 12, title, "strong")]
    for value in marks:
        parts.append(line(left, y(value), right, y(value), "zero" if value == 0 else "grid"))
        parts.append(text(left - 6, y(value) + 4, fixed(value, _digits(value)), "tick num", "end"))
    for when in month_ticks(days[0], days[-1], 4):
        place = x((when - days[0]).days)
        parts.append(line(place, bottom, place, bottom + 5, "axis"))
        parts.append(text(place, bottom + 19, f"{when:%b %Y}", "tick", "middle"))
    for low, high, faint in (("p5", "p95", True), ("p25", "p75", False)):
        upper = [f"{a:.1f},{y(row[high]):.1f}" for a, row in zip(at, rows, strict=True)]
        lower = [f"{a:.1f},{y(row[low]):.1f}" for a, row in zip(at, rows, strict=True)][::-1]
        points = " ".join([*upper, *lower])
        opacity = "0.45" if faint else None
        parts.append(tag("polygon", points=points, class_=f"{colour}-band", opacity=opacity))
    middle = "M" + "L".join(f"{a:.1f},{y(row['p50']):.1f}" for a, row in zip(at, rows, strict=True))
    parts.append(tag("path", d=middle, class_=f"{colour}-line"))
    last = rows[-1]
    ends: list[list[Any]] = [[y(last[p]) + 4, p] for p in ("p95", "p50", "p5")]
    for before, after in pairwise(ends):
        after[0] = max(after[0], before[0] + 12)
    for place, p in ends:
        words = fixed(last[p], 1) if quantity == "duty_percent" else signed(last[p], 2)
        parts.append(text(right + 5, place, words, f"{colour}-text num" + (" strong" if p == "p50" else "")))
    about = (
        f"{title}. Middle of {fan['n']} runs {day(rows[0]['date'])}: {fixed(rows[0]['p50'], 2)}; "
        f"{day(last['date'])}: {fixed(last['p50'], 2)}, nine in ten between {fixed(last['p5'], 2)} and "
        f"{fixed(last['p95'], 2)}."
    )
    return drawing(f"fan-{quantity}-{of}".replace("_", "-"), title, about, WIDTH, height, parts, "")


def _digits(value: float) -> int:
    """Digits that a round number of an axis needs."""
    return next((n for n in range(4) if abs(value - round(value, n)) < 1e-9), 4)


def path_tree(outlook: dict[str, Any]) -> Markup:
    """The four paths: where runs stand at the first clock, and where those end."""
    tree = outlook["tree"]
    order = ["deal", "holds", "lapse", "decoupling"]
    first = {b["path"]: b for b in tree["branches"]}
    last = {p["path"]: p for p in tree["paths"]}
    height, root, middle, end = 250, 26, 128, 236
    y = {path: 58 + 52 * n for n, path in enumerate(order)}
    parts = [
        text(0, 12, day(outlook["from"]), "tick"),
        text(middle, 12, day(tree["first_date"]), "tick", "middle"),
        text(end + 4, 12, day(tree["last_date"]), "tick"),
        text(middle, 26, "first clock" if tree["at"] == "the first clock" else "half way", "tick", "middle"),
    ]
    centre = (y["deal"] + y["decoupling"]) / 2
    told = []
    for path in order:
        branch = first.get(path)
        if branch is None:
            continue
        parts.append(_limb(root, centre, middle, y[path], branch["share"]))
        for leaf in branch["leads_to"]:
            parts.append(_limb(middle, y[path], end, y[leaf["path"]], branch["share"] * leaf["share"]))
    for path in order:
        branch = first.get(path)
        if branch is not None:
            parts.append(tag("circle", cx=middle, cy=y[path], r=3.5, class_="p1-fill"))
            parts.append(text(middle, y[path] - 9, in_words(branch["share"]), "num halo", "middle"))
        parts.append(tag("circle", cx=end, cy=y[path], r=4, class_="p1-fill"))
        parts.append(text(end + 9, y[path] - 3, in_words(last[path]["share"]), "num strong halo"))
        parts.append(text(end + 9, y[path] + 11, PATH_NAMES[path], "tick halo"))
        told.append(f"{PATH_NAMES[path]}: {in_words(last[path]['share'])} of {outlook['runs']} runs.")
    parts.append(tag("circle", cx=root, cy=centre, r=4, class_="p1-fill"))
    title = "Four paths, with the share of runs on each"
    return drawing("paths", title, " ".join(told), WIDTH, height, parts, "")


def _limb(x1: float, y1: float, x2: float, y2: float, share: float) -> Markup:
    """A limb as wide as the share of runs that take it."""
    half = (x1 + x2) / 2
    curve = f"M{x1:.1f},{y1:.1f}C{half:.1f},{y1:.1f} {half:.1f},{y2:.1f} {x2:.1f},{y2:.1f}"
    return tag("path", d=curve, class_="limb", stroke_width=f"{max(0.8, 16 * share):.1f}")


def party_title(party: str, other: str) -> str:
    """Title of a duty fan."""
    return f"{name_of(party)} on {name_of(other)}: duty, percent"
