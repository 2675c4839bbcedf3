"""A world map of gains and losses as inline SVG: the Equal Earth projection of Natural Earth outlines."""

from __future__ import annotations

import json
import math
from functools import cache
from importlib.resources import files
from typing import Any

from markupsafe import Markup

from detente.brief.formats import signed
from detente.brief.svg import drawing, tag

WIDTH, HEIGHT = 960, 440
MERIDIAN = 11.0
"""The middle of the map: no country but a few islands is cut by its edge."""
UNITS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0)


def equal_earth(longitude: float, latitude: float) -> tuple[float, float]:
    """The Equal Earth projection (Savric, Patterson and Jenny 2018), in radii of the sphere."""
    a1, a2, a3, a4 = 1.340264, -0.081106, 0.000893, 0.003796
    lam, phi = math.radians(longitude), math.radians(latitude)
    t = math.asin(math.sqrt(3) / 2 * math.sin(phi))
    s = t * t
    slope = a1 + 3 * a2 * s + s**3 * (7 * a3 + 9 * a4 * s)
    x = 2 * math.sqrt(3) * lam * math.cos(t) / (3 * slope)
    y = t * (a1 + a2 * s + s**3 * (a3 + a4 * s))
    return x, y


@cache
def outlines() -> tuple[tuple[str, str], ...]:
    """Economy label and path of every outline, Antarctica left out."""
    raw = json.loads((files("detente.brief") / "assets" / "outlines.json").read_text(encoding="utf-8"))
    found = []
    for feature in raw["features"]:
        if feature["properties"]["name"] == "Antarctica":
            continue
        shape = feature["geometry"]
        polygons = [shape["coordinates"]] if shape["type"] == "Polygon" else shape["coordinates"]
        path = "".join(_ring(ring) for polygon in polygons for ring in polygon)
        if path:
            found.append((feature["id"], path))
    return tuple(found)


def _ring(ring: list[list[float]]) -> str:
    points: list[tuple[int, int]] = []
    for longitude, latitude in _unbroken(ring):
        x, y = equal_earth(longitude - MERIDIAN, latitude)
        point = (round(WIDTH / 2 + x * WIDTH / 5.42), round(HEIGHT * 0.56 - y * WIDTH / 5.42))
        if not points or point != points[-1]:
            points.append(point)
    if len(points) < 4:
        return ""
    start, *rest = points
    steps, (x0, y0) = [], start
    for x, y in rest:
        steps.append(f"{x - x0} {y - y0}")
        x0, y0 = x, y
    return f"M{start[0]} {start[1]}l{' '.join(steps)}z"


def _unbroken(ring: list[list[float]]) -> list[tuple[float, float]]:
    """A ring without jumps from one edge of the map to the other, on the side where most of it lies."""
    found: list[tuple[float, float]] = []
    for longitude, latitude in ring:
        while found and longitude - found[-1][0] > 180:
            longitude -= 360
        while found and longitude - found[-1][0] < -180:
            longitude += 360
        found.append((longitude, latitude))
    middle = sum(x for x, _ in found) / len(found) - MERIDIAN
    turn = 360 * round(middle / 360)
    return [(x - turn, y) for x, y in found]


def unit(rows: list[dict[str, Any]]) -> float:
    """Width of a colour class in percent, so that about a fifth of the countries lie in the outer ones."""
    sizes = sorted(abs(row["real_income_percent"]["central"] or 0.0) for row in rows)
    reach = sizes[int(0.8 * (len(sizes) - 1))] / 2 if sizes else 0.01
    return next((u for u in UNITS if u >= reach), UNITS[-1])


STILL_PERCENT = 1e-6
"""A change no larger is none: solutions are certified to some 1e-8 percent, and nobody reads less."""


def is_still(*values: float | None) -> bool:
    """Whether there are numbers, and none of them is a change."""
    known = [value for value in values if value is not None]
    return bool(known) and all(abs(value) <= STILL_PERCENT for value in known)


def shade(value: float | None, width: float) -> str:
    """Class of a value: three steps of loss, three of gain; still where nothing changes."""
    if value is None:
        return "none"
    if is_still(value):
        return "still"
    step = min(3, int(abs(value) / width) + 1)
    return f"{'loss' if value < 0 else 'gain'}{step}"


def legend(width: float, rows: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """Classes and the percent each stands for, from the largest loss to the largest gain; no change where
    an economy has none."""
    one, two = f"{width:g}", f"{2 * width:g}"
    shades = {shade(row["real_income_percent"]["central"], width) for row in rows}
    still = [("still", "no change")] if "still" in shades else []
    if shades <= {"still", "none"}:
        return still
    return [
        ("loss3", f"loses {two} percent or more"),
        ("loss2", f"loses {one} to {two}"),
        ("loss1", f"loses less than {one}"),
        ("gain1", f"gains less than {one}"),
        ("gain2", f"gains {one} to {two}"),
        ("gain3", f"gains {two} percent or more"),
        *still,
    ]


def shapes() -> Markup:
    """Every outline once, to be used by each map of the page."""
    paths = [tag("path", id=f"o{n}", d=path) for n, (_, path) in enumerate(outlines())]
    inside = tag("defs", Markup("").join([*paths, _hatch()]))
    return tag("svg", inside, width=0, height=0, class_="shapes", aria_hidden="true", focusable="false")


def _hatch() -> Markup:
    stroke = tag("path", d="M0 0V5", class_="hatch")
    size = {"id": "hatch", "width": 5, "height": 5, "patternUnits": "userSpaceOnUse"}
    return tag("pattern", stroke, patternTransform="rotate(45)", **size)


def gains_map(
    rows: list[dict[str, Any]],
    width: float,
    key: str,
    parties: list[str],
    title: str = "Gains and losses of third countries, today's duties",
) -> Markup:
    """Third countries coloured by real income; hatched where the sign turns over the variants."""
    by_label = {row["economy"]: row for row in rows}
    parts: list[Markup] = []
    for n, (label, _) in enumerate(outlines()):
        row = by_label.get(label)
        value = row["real_income_percent"]["central"] if row else None
        look = "rest" if label == "ROW" or row is None else shade(value, width)
        if label in parties:
            look = f"p{parties.index(label) + 1}-fill"
        parts.append(tag("use", href=f"#o{n}", class_=f"land {look}"))
        if row and label not in ("ROW", *parties) and look != "still" and not row["sign_holds"]:
            parts.append(tag("use", href=f"#o{n}", class_="unsure"))
    about = "Third countries by change of real income, percent. " + _ends(rows, parties)
    return drawing(f"map-{key}", title, about, WIDTH, HEIGHT, parts, "map")


def _ends(rows: list[dict[str, Any]], parties: list[str]) -> str:
    others = [
        r for r in rows if r["economy"] not in parties and r["real_income_percent"]["central"] is not None
    ]
    if not others:
        return ""
    if is_still(*(r["real_income_percent"]["central"] for r in others)):
        return "Nothing changes."
    low, high = others[:3], others[-3:][::-1]
    words = [f"{r['name']} {signed(r['real_income_percent']['central'], 2)}" for r in (*high, *low)]
    return f"Largest gains: {', '.join(words[:3])}. Largest losses: {', '.join(words[3:])}."
