"""Pictures of strategy as SVG files that stand by themselves: reaction curves, frontier, ladder.

Drawn from the numbers of `analysis.curves` with the helpers and colours of the brief; each has a title and a
description for readers who cannot see it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from markupsafe import Markup

from detente.brief.charts import COLOURS, legend
from detente.brief.svg import Scale, drawing, line, mark, tag, text, ticks
from detente.core.places import name_of

WIDTH, HEIGHT = 640, 460
LEFT, RIGHT, TOP, BOTTOM = 62, 24, 48, 52

SHAPES = {"outside": 4.5, "deal": 7.0, "offer": 6.0}


def reaction_picture(data: Mapping[str, Any], equilibria: Sequence[Sequence[float]] = ()) -> Markup:
    """Both sides' best replies, the first side's duty to the right, the second's upwards.

    Args:
        data: see `curves.reaction_curves`; one side's curve alone is drawn too.
        equilibria: duties of the two in percent where a certified war stands.
    """
    first, second = data["sides"]
    points: dict[str, list[tuple[float, float]]] = {}
    for side, curve in data["curves"].items():
        pairs = [(p["other_percent"], p["best_percent"]) for p in curve]
        points[side] = [(best, other) for other, best in pairs] if side == first else pairs
    across = [x for curve in points.values() for x, _ in curve]
    up = [y for curve in points.values() for _, y in curve]
    frame = _Frame((0, max(across)), (0, max(up)))
    parts = frame.axes(
        f"Duty of {name_of(first)} on {name_of(second)}, percent",
        f"Duty of {name_of(second)} on {name_of(first)}, percent",
    )
    told = []
    for n, side in enumerate((first, second)):
        if side not in points:
            continue
        path = "M" + "L".join(f"{frame.x(x):.1f},{frame.y(y):.1f}" for x, y in points[side])
        parts.append(tag("path", d=path, class_=f"{COLOURS[n]}-line"))
        parts += [mark(n, frame.x(x), frame.y(y)) for x, y in points[side]]
        ends = [points[side][0], points[side][-1]]
        best = [end[n] for end in ends]
        told.append(f"Best reply of {name_of(side)}: {best[0]:.1f} percent where the other has none, "
                    f"{best[1]:.1f} at the other's highest.")  # fmt: skip
    for x, y in equilibria:
        at_x, at_y = frame.x(x), frame.y(y)
        parts.append(tag("circle", cx=at_x, cy=at_y, r=9, class_="ring"))
        parts.append(text(at_x + 13, at_y + 18, f"war {x:.0f} / {y:.0f}", "strong halo"))
        told.append(f"War at {x:.1f} and {y:.1f} percent.")
    shown = [side for side in (first, second) if side in points]
    parts.append(legend(shown, LEFT, 40, 150))
    title = "Best replies in duties on each other's goods"
    parts.append(text(8, 18, title, "strong"))
    return standalone(drawing("reaction", title, " ".join(told), WIDTH, HEIGHT, parts, ""))


def frontier_chart(data: Mapping[str, Any]) -> Markup:
    """Packages as dots, the frontier, outside options, the deal and an offer."""
    first, second = data["sides"]
    marks = data["marks"]
    spots = [*data["packages"], *data["frontier"], *(m["at"] for m in marks)]
    frame = _Frame((min(p[0] for p in spots), max(p[0] for p in spots)),
                   (min(p[1] for p in spots), max(p[1] for p in spots)))  # fmt: skip
    parts = frame.axes(
        f"Worth to {name_of(first)}, percent of its aim", f"Worth to {name_of(second)}, percent of its aim"
    )
    dots = [
        tag("circle", cx=frame.x(x), cy=frame.y(y), r=1.6, class_="dot")
        for x, y in _thinned(data["packages"], frame)
    ]
    parts += dots
    edge = data["frontier"]
    if edge:
        path = "M" + "L".join(f"{frame.x(x):.1f},{frame.y(y):.1f}" for x, y in edge)
        parts.append(tag("path", d=path, class_="edge"))
        parts += [tag("circle", cx=frame.x(x), cy=frame.y(y), r=2.6, class_="edge-dot") for x, y in edge]
    parts += _labelled(marks, frame)
    told = [f"{data['packages_in_all']} packages, {len(edge)} of them on the frontier."]
    told += [f"{m['name']}: {m['at'][0]:.3f} and {m['at'][1]:.3f} percent." for m in marks]
    title = f"What packages are worth to both, {data['dispute']} on {data['on']}"
    parts.append(text(8, 18, title, "strong"))
    parts.append(
        text(8, 36, "line: frontier above the outside option; dots: packages that can be signed", "tick")
    )
    return standalone(drawing("frontier", title, " ".join(told), WIDTH, HEIGHT, parts, ""))


def _labelled(marks: Sequence[Mapping[str, Any]], frame: _Frame) -> list[Markup]:
    """Marks with their names; marks on one spot share a label."""
    spots: dict[tuple[float, float], list[Mapping[str, Any]]] = {}
    for one in marks:
        spots.setdefault((round(frame.x(one["at"][0])), round(frame.y(one["at"][1]))), []).append(one)
    parts, taken = [], []
    for (x, y), here in sorted(spots.items()):
        kind = max((one["kind"] for one in here), key=lambda kind: SHAPES[kind])
        parts.append(tag("circle", cx=x, cy=y, r=SHAPES[kind], class_=f"mark-{kind}"))
        words = ", ".join(one["name"] for one in here)
        left = x > WIDTH * 0.66
        at = y + 4.0
        while any(abs(at - other) < 14 and abs(x - beside) < 170 for beside, other in taken):
            at += 14
        taken.append((x, at))
        parts.append(text(x - 12 if left else x + 12, at, words, "strong halo", "end" if left else None))
    return parts


def _thinned(points: Sequence[Sequence[float]], frame: _Frame) -> list[Sequence[float]]:
    """One point a spot of two units: more ink shows no more."""
    seen: dict[tuple[int, int], Sequence[float]] = {}
    for point in points:
        seen.setdefault((round(frame.x(point[0]) / 2), round(frame.y(point[1]) / 2)), point)
    return list(seen.values())


def ladder_picture(data: Mapping[str, Any]) -> Markup:
    """Real incomes of both as duties on each other climb, rung by rung."""
    sides, rungs = data["sides"], data["rungs"]
    values = [v for rung in rungs for v in rung["aims_percent"].values()]
    frame = _Frame((0, max(r["added_points"] for r in rungs)), (min([*values, 0.0]), max([*values, 0.0])))
    parts = frame.axes("Points added by each on the other's goods", "Aim, percent against the base day")
    told, ends = [], []
    for n, side in enumerate(sides):
        spots = [(rung["added_points"], rung["aims_percent"][side]) for rung in rungs]
        steps, last = f"M{frame.x(spots[0][0]):.1f},{frame.y(spots[0][1]):.1f}", spots[0]
        for spot in spots[1:]:
            x, before, after = frame.x(spot[0]), frame.y(last[1]), frame.y(spot[1])
            steps += f"L{x:.1f},{before:.1f}L{x:.1f},{after:.1f}"
            last = spot
        parts.append(tag("path", d=steps, class_=f"{COLOURS[n]}-line"))
        parts += [mark(n, frame.x(x), frame.y(y)) for x, y in spots]
        ends.append([frame.y(last[1]) - 10, n, f"{last[1]:+.2f}"])
        told.append(f"{name_of(side)}: " + "; ".join(f"{x:g} points {y:+.3f}" for x, y in spots) + ".")
    ends.sort()
    if len(ends) == 2 and ends[1][0] - ends[0][0] < 16:
        ends[1][0] += 34
    parts += [text(frame.x(frame.across[-1]) - 4, y, words, f"{COLOURS[n]}-text strong halo", "end")
              for y, n, words in ends]  # fmt: skip
    parts.append(legend(list(sides), LEFT, 40, 150))
    title = "The ladder of retaliation"
    parts.append(text(8, 18, title, "strong"))
    return standalone(drawing("ladder", title, " ".join(told), WIDTH, HEIGHT, parts, ""))


class _Frame:
    """Axes at round numbers."""

    def __init__(self, across: tuple[float, float], up: tuple[float, float]) -> None:
        self.across, self.up = ticks(*_opened(across), 6), ticks(*_opened(up), 6)
        self.x = Scale((self.across[0], self.across[-1]), (LEFT, WIDTH - RIGHT))
        self.y = Scale((self.up[0], self.up[-1]), (HEIGHT - BOTTOM, TOP + 10))

    def axes(self, below: str, beside: str) -> list[Markup]:
        """Grid, numbers, names of both axes."""
        parts = []
        for value in self.across:
            x = self.x(value)
            parts.append(line(x, TOP + 10, x, HEIGHT - BOTTOM, "zero" if value == 0 else "grid"))
            parts.append(text(x, HEIGHT - BOTTOM + 17, f"{value:g}", "tick", "middle"))
        for value in self.up:
            y = self.y(value)
            parts.append(line(LEFT, y, WIDTH - RIGHT, y, "zero" if value == 0 else "grid"))
            parts.append(text(LEFT - 8, y + 4, f"{value:g}", "tick", "end"))
        parts.append(text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 12, below, "tick", "middle"))
        middle = (TOP + HEIGHT - BOTTOM) / 2
        turned = tag("text", beside, x=16, y=middle, class_="tick", text_anchor="middle",
                     transform=f"rotate(-90 16 {middle:.0f})")  # fmt: skip
        return [*parts, turned]


def _opened(span: tuple[float, float]) -> tuple[float, float]:
    """A span with some width."""
    low, high = span
    return (low, high) if high > low else (low - 0.5, high + 0.5)


@cache
def _style() -> str:
    """The rules of the brief's stylesheet that its charts use, and those of the pictures here."""
    css = (files("detente.brief") / "assets" / "style.css").read_text(encoding="utf-8")
    colours, _, rest = css.partition("*{box-sizing")
    used = [row for row in rest.splitlines() if row.startswith((".chart", ".p1-", ".p2-", ".dashed"))]
    own = (
        ".chart{background:var(--paper)}.dot{fill:var(--soft);opacity:.35}.edge{fill:none;stroke:var(--ink);"
        "stroke-width:1.5}.edge-dot{fill:var(--ink)}.ring{fill:none;stroke:var(--ink);stroke-width:2}"
        ".mark-outside{fill:var(--paper);stroke:var(--ink);stroke-width:2}.mark-deal{fill:var(--p1)}"
        ".mark-offer{fill:var(--p2)}"
    )
    return "\n".join([colours, *used, own])


def standalone(picture: Markup) -> Markup:
    """An SVG with its style inside, to be kept as a file."""
    head, _, rest = str(picture).partition(">")
    return Markup(f"{head}><style>{_style()}</style>{rest}\n")
