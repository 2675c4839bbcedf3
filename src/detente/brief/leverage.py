"""The bars of leverage as inline SVG: what each lever costs its target and its holder within the first
year."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from detente.analysis.upper_hand import TOP, largest
from detente.brief.charts import COLOURS, NARROW
from detente.brief.formats import signed
from detente.brief.svg import Scale, drawing, line, tag, text, ticks
from detente.core.places import name_of

ROW, HEAD = 40, 26
LONGEST = 50

STYLE = (
    "svg{font:13px sans-serif;background:#fff}text{fill:#1a1a1a}.tick{font-size:11px;fill:#595959}"
    ".strong{font-weight:bold}.grid{stroke:#ddd}.zero{stroke:#595959}.p1-fill,.p1-band{fill:#1f5fa8}"
    ".p2-fill,.p2-band{fill:#b4451f}.p1-text{fill:#1f5fa8}.p2-text{fill:#b4451f}.num{font-size:12px}"
)
"""Of a picture that stands alone; on the page the stylesheet colours it."""


def bars(data: dict[str, Any], count: int | None = None) -> str:
    """The picture as a file of its own, every lever in it."""
    picture = bar_chart(data, count)
    inside = Markup("<style>{}</style><title").format(Markup(STYLE))
    return str(picture).replace("<title", str(inside), 1)


def bar_chart(data: dict[str, Any], count: int | None = TOP) -> Markup:
    """A bar for the cost to the target and one for the cost to the holder, lever by lever, side by side.

    Args:
        data: of the answer of leverage.
        count: levers of each side; None for all.
    """
    sides = data["sides"]
    chosen = {side: largest(data, side, count) for side in sides}
    costs = [0.0] + [
        one["in_full"][0][key]
        for listed in chosen.values()
        for one in listed
        for key in ("cost_to_target_percent", "cost_to_holder_percent")
    ]
    marks = ticks(min(costs), max(costs), about=4)
    x = Scale((marks[0], marks[-1]), (14, NARROW - 58))
    height = 14 + sum(HEAD + ROW * len(listed) for listed in chosen.values()) + 36
    bottom = height - 36
    parts = []
    for value in marks:
        parts.append(line(x(value), 8, x(value), bottom, "zero" if value == 0 else "grid"))
        parts.append(text(x(value), bottom + 14, f"{value:g}", "tick", "middle"))
    parts.append(text(8, height - 6, "Cost within the first year, percent of real income", "tick"))
    y, told = 14, []
    for side, listed in chosen.items():
        other = next(one for one in sides if one != side)
        parts.append(text(8, y + 10, f"{name_of(side)} over {name_of(other)}", "strong halo"))
        y += HEAD
        for one in listed:
            cost = one["in_full"][0]
            parts.append(text(8, y, _short(one), "tick halo"))
            for n, (label, key) in enumerate(
                ((other, "cost_to_target_percent"), (side, "cost_to_holder_percent"))
            ):
                parts += _bar(x, y + 5 + 12 * n, cost[key], COLOURS[sides.index(label)])
            told.append(
                f"{one['name']}: {name_of(other)} {signed(cost['cost_to_target_percent'], 3)}, "
                f"{name_of(side)} {signed(cost['cost_to_holder_percent'], 3)} percent."
            )
            y += ROW
    title = "Cost of each lever to both sides"
    return drawing("leverage", title, " ".join(told), NARROW, height, parts, "")


def _short(one: dict[str, Any]) -> str:
    """A lever's name as it fits over its bars; the description has it whole."""
    name = one["name"] if len(one["name"]) <= LONGEST else f"{one['name'][: LONGEST - 1].rstrip()}…"
    return name + (" *" if one["basis"] == "stated" else "")


def _bar(x: Scale, y: float, value: float, colour: str) -> list[Markup]:
    start, end = sorted((x(0.0), x(value)))
    return [
        tag("rect", x=start, y=y, width=max(end - start, 1.0), height=9, class_=f"{colour}-fill"),
        text(NARROW - 4, y + 9, signed(value, 3), f"{colour}-text num", "end"),
    ]
