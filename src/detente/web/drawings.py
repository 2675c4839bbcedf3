"""Pictures of the What if page as inline SVG, each in a wide and a narrow design; colours are classes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from markupsafe import Markup

from detente.brief import maps
from detente.brief.charts import NARROW, legend, sector_chart
from detente.brief.formats import fixed, signed
from detente.brief.svg import Scale, drawing, line, tag, text, ticks
from detente.core.places import name_of

WIDE = 760
FLOWS_SHOWN = 10


def incomes(
    scenarios: Sequence[dict[str, Any]],
    ranges: Sequence[dict[str, Any] | None],
    parties: Sequence[str],
    narrow: bool,
) -> Markup:
    """Real income against the day, percent: a bar a party and scenario, and its range where it is known.

    Args:
        scenarios: `name` and `answer` of each.
        ranges: data of each range, or None.
    """
    width = NARROW if narrow else WIDE
    left, right = (10, 62) if narrow else (150, 76)
    rows, values = [], [0.0]
    for scenario, spread in zip(scenarios, ranges, strict=True):
        for p, party in enumerate(parties):
            value = _income(scenario["answer"], party)
            low, high = _reach(spread, party)
            rows.append((scenario["name"], p, party, value, low, high))
            values += [v for v in (value, low, high) if v is not None]
    marks = ticks(min(values), max(values), 4 if narrow else 6)
    x = Scale((marks[0], marks[-1]), (left, width - right))
    step, head = (46, 18) if narrow else (42, 0)
    top, bottom = 28, 28 + (step + head) * len(scenarios)
    parts = [legend(list(parties), 4, 14, 120 if narrow else 170)]
    for value in marks:
        parts.append(line(x(value), top, x(value), bottom, "zero" if value == 0 else "grid"))
        parts.append(text(x(value), bottom + 15, _tick(value, marks), "tick", "middle"))
    told = []
    for n, (name, p, party, value, low, high) in enumerate(rows):
        y = top + (n // len(parties)) * (step + head) + head + 5 + 17 * p
        if p == 0:
            parts.append(
                text(4, y + (-7 if narrow else 15), _short(name, 40 if narrow else 20), "strong halo")
            )
        if value is None:
            parts.append(text(x(0) + 4, y + 11, "no solution", "tick"))
            continue
        a, b = sorted((x(0), x(value)))
        parts.append(tag("rect", x=a, y=y, width=max(b - a, 0.8), height=13, class_=f"p{p + 1}-fill"))
        if low is not None and high is not None:
            parts += [
                line(x(low), y + 6.5, x(high), y + 6.5, "whisker"),
                line(x(low), y + 2.5, x(low), y + 10.5, "whisker"),
                line(x(high), y + 2.5, x(high), y + 10.5, "whisker"),
            ]
        parts.append(text(width - 2, y + 11, signed(value, 2), f"p{p + 1}-text num strong", "end"))
        reach = "" if low is None else f", range {signed(low, 2)} to {signed(high or 0.0, 2)}"
        told.append(f"{name}, {name_of(party)}: {signed(value, 2)} percent{reach}.")
    parts.append(text(4, bottom + 34, "Change of real income, percent, against the day", "tick"))
    key = f"incomes-{'narrow' if narrow else 'wide'}"
    title = "Real income by scenario"
    return drawing(key, title, " ".join(told), width, bottom + 40, parts, key.split("-")[1])


def _income(answer: dict[str, Any] | None, party: str) -> float | None:
    if answer is None:
        return None
    data = answer["data"]
    against = data["against_day"]
    return (against or data)["economies"][party]["real_income_percent"]


def _reach(spread: dict[str, Any] | None, party: str) -> tuple[float | None, float | None]:
    if spread is None:
        return None, None
    found = spread["economies"][party]["real_income_against_day_percent"]
    return found["low"], found["high"]


def _short(words: str, most: int) -> str:
    return words if len(words) <= most else words[: most - 1] + "…"


def _tick(value: float, marks: Sequence[float]) -> str:
    digits = 0
    gap = abs(marks[1] - marks[0]) if len(marks) > 1 else 1.0
    while digits < 4 and abs(gap * 10**digits - round(gap * 10**digits)) > 1e-6:
        digits += 1
    return "0" if value == 0 else signed(value, digits)


def flows(answer: dict[str, Any], parties: Sequence[str], narrow: bool) -> Markup | None:
    """The flows of goods that change most in value, USD billion a year; None where none changes."""
    rows = answer["data"]["flows"][:FLOWS_SHOWN]
    if not rows:
        return None
    width = NARROW if narrow else WIDE
    values = [0.0, *(row["change_usd_million"] / 1000 for row in rows)]
    marks = ticks(min(values), max(values), 4 if narrow else 6)
    left, step, drop = (8, 36, 15) if narrow else (236, 22, 0)
    x = Scale((marks[0], marks[-1]), (left, width - (58 if narrow else 64)))
    top, bottom = 8, 8 + step * len(rows)
    parts = []
    for value in marks:
        parts.append(line(x(value), top, x(value), bottom, "zero" if value == 0 else "grid"))
        parts.append(text(x(value), bottom + 15, _tick(value, marks), "tick", "middle"))
    told = []
    for n, row in enumerate(rows):
        y = top + step * n + drop
        change = row["change_usd_million"] / 1000
        words = f"{name_of(row['exporter'])} to {name_of(row['importer'])}"
        parts.append(text(4, y + (-2 if narrow else 15), _short(words, 44 if narrow else 36), "halo"))
        a, b = sorted((x(0), x(change)))
        look = "gain-fill" if change > 0 else "loss-fill"
        parts.append(tag("rect", x=a, y=y + 4, width=max(b - a, 0.8), height=13, class_=look))
        parts.append(text(width - 2, y + 15, signed(change, 1), "num", "end"))
        told.append(
            f"{words}: {signed(change, 1)} billion, from {fixed(row['before_usd_million'] / 1000, 1)}."
        )
    parts.append(text(4, bottom + 33, "Change of goods trade, USD billion a year, against the day", "tick"))
    key = f"flows-{'narrow' if narrow else 'wide'}"
    return drawing(
        key, "Flows that change most", " ".join(told), width, bottom + 40, parts, key.split("-")[1]
    )


def economy_rows(answer: dict[str, Any], spread: dict[str, Any] | None) -> list[dict[str, Any]]:
    """Every economy with its change against the day, the largest loss first, as maps and tables take them."""
    data = answer["data"]
    source = (data["against_day"] or data)["economies"]
    rows = []
    for label, name in data["names"].items():
        value = source[label]["real_income_percent"]
        reach = spread["economies"][label] if spread else None
        found = reach["real_income_against_day_percent"] if reach else {"low": None, "high": None}
        rows.append(
            {
                "economy": label,
                "name": name,
                "real_income_percent": {"central": value, "low": found["low"], "high": found["high"]},
                "sign_holds": reach["sign_holds"] if reach else True,
                "still": maps.is_still(value, found["low"], found["high"]),
                "real_income_usd_million": source[label]["real_income_usd_million"],
                "goods_exports_usd_million": source[label]["goods_exports_usd_million"],
            }
        )
    return sorted(rows, key=lambda row: row["real_income_percent"]["central"] or 0.0)


def gains_map(rows: list[dict[str, Any]], parties: Sequence[str]) -> tuple[Markup, list[tuple[str, str]]]:
    """The map of gains and losses of third countries, and its legend."""
    others = [row for row in rows if row["economy"] not in parties]
    width = maps.unit(others)
    title = "Gains and losses of third countries, against the day"
    return maps.gains_map(rows, width, "what-if", list(parties), title=title), maps.legend(width, others)


def sectors(answer: dict[str, Any], parties: Sequence[str], names: dict[str, str], narrow: bool) -> Markup:
    """Value added by sector of both parties against the day, percent."""
    rows = [{"sector": s, "by_party": by_party} for s, by_party in sector_values(answer, parties).items()]
    return sector_chart(rows, names, list(parties), "what-if", narrow)


def sector_values(answer: dict[str, Any], parties: Sequence[str]) -> dict[str, dict[str, dict[str, Any]]]:
    """Sector -> party -> its measures against the day; parties without sectors in the answer are left out."""
    data = answer["data"]
    source = (data["against_day"] or data)["economies"]
    measures = ("sector_value_added_percent", "employment_percent", "sector_prices_percent")
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for party in parties:
        for sector in source[party].get(measures[0], {}):
            values = {name.removeprefix("sector_"): source[party][name][sector] for name in measures}
            found.setdefault(sector, {})[party] = values
    return found


def holds(data: dict[str, Any], narrow: bool) -> Markup:
    """What each lever holds within the first year, points of real income: a mark and its range, by side.

    Args:
        data: of the answer of leverage.
    """
    rows = {
        side: [
            (lever["name"], lever["in_full"][0]["hold_points"], lever["in_full"][0]["hold_range_points"])
            for lever in data["levers"]
            if lever["holder"] == side and lever["in_full"][0].get("hold_range_points")
        ]
        for side in data["sides"]
    }
    every = [0.0, *(v for found in rows.values() for _, _, reach in found for v in reach)]
    marks = ticks(min(every), max(every), 4 if narrow else 8)
    width, left = (NARROW, 10) if narrow else (WIDE, 330)
    x = Scale((marks[0], marks[-1]), (left, width - 56))
    step, head = (34, 24) if narrow else (20, 26)
    bottom = 10 + sum(head + step * len(found) for found in rows.values())
    parts, told, y = [], [], 10.0
    for value in marks:
        parts.append(line(x(value), 10, x(value), bottom, "zero" if value == 0 else "grid"))
        parts.append(text(x(value), bottom + 15, _tick(value, marks), "tick", "middle"))
    for n, (side, found) in enumerate(rows.items(), start=1):
        parts.append(text(4, y + 16, f"{name_of(side)} holds", f"p{n}-text strong halo"))
        y += head
        for name, central, (low, high) in found:
            at = y + (step - 8 if narrow else step / 2)
            parts.append(text(4, y + (12 if narrow else 14), _short(name, 52), "halo"))
            parts += [
                line(x(low), at, x(high), at, "whisker"),
                line(x(low), at - 4, x(low), at + 4, "whisker"),
                line(x(high), at - 4, x(high), at + 4, "whisker"),
                tag("circle", cx=x(central), cy=at, r=4, class_=f"p{n}-fill"),
                text(width - 2, at + 4, signed(central, 2), "num", "end"),
            ]
            told.append(f"{name}: {signed(central, 2)}, range {signed(low, 2)} to {signed(high, 2)} points.")
            y += step
    parts.append(text(4, bottom + 33, "Points of real income", "tick"))
    look = "narrow" if narrow else "wide"
    title = "What each lever holds, with its range"
    return drawing(f"holds-{look}", title, " ".join(told), width, bottom + 40, parts, f"{look} holds")
