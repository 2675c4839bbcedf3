"""The answer of leverage as text. Every number here is in the JSON of the same command."""

from __future__ import annotations

from typing import Any

from detente.cli.terminal import heading, say, table
from detente.core.places import name_of


def print_leverage(data: dict[str, Any]) -> None:
    """`detente leverage` for a reader."""
    say(f"Leverage on {data['on']}; {data['model']} on {data['world']}; {data['solves']} equilibria")
    say()
    heading("Upper hand: ", data["upper_hand"]["sentence"])
    if not data["upper_hand"]["holds"]:
        for sentence in data["upper_hand"]["by_horizon"]:
            say(f"  {sentence}")
    titles = [_title(one["years"]) for one in data["horizons"]]
    for side in data["sides"]:
        levers = [one for one in data["levers"] if one["holder"] == side]
        if not levers:
            continue
        say()
        other = next(one for one in data["sides"] if one != side)
        heading(
            f"{name_of(side)} over {name_of(other)}",
            ": cost to them / cost to us, percent of real income; below zero is a gain",
        )
        columns = ("lever", "by", "weeks", "in full", "margin", *titles, "others $bn", "replaced", "flips at")
        table(columns, [_row(one) for one in levers])
    _print_law(data)
    _print_turns(data)
    for one in data["left_out"]:
        say(f"left out: {one['name']}: {one['why']}")
    say()
    say(f"note: {data['reading']}")


def _title(years: float | None) -> str:
    return "long run" if years is None else "first year" if years == 1 else f"year {years:g}"


def _row(one: dict[str, Any]) -> tuple[str, ...]:
    usable = one["usable"]
    weeks = one["weeks_to_bite"]
    name = one["name"] + (" *" if one["basis"] == "stated" else "") + ("" if usable else " (not usable)")
    by = one["law"]["by"] or ("stated" if one["law"]["words"] else "-")
    return (
        name,
        by.removeprefix("authority-"),
        "-" if weeks is None else f"{weeks['low']:.0f}-{weeks['central']:.0f}-{weeks['high']:.0f}",
        _size(one),
        " ".join(_pair(answer, 4) for answer in one["at_the_margin"][:1]) or "-",
        *(_pair(answer, 3) for answer in one["in_full"]),
        _others(one),
        _share(one["substitutes"].get("central")),
        _flip(one["flip"]),
    )


def _size(one: dict[str, Any]) -> str:
    size = one["full_within_law"]
    if size is None:
        return "stated"
    words = f"{size:g} points" if one["unit"] == "points" else f"{100 * size:g}% withheld"
    return words + (" (cap)" if one["held_by_cap"] else "")


def _pair(answer: dict[str, Any], digits: int) -> str:
    if not answer["solved"]:
        return "not certified"
    costs = answer["cost_to_target_percent"], answer["cost_to_holder_percent"]
    # Rounding leaves no minus before a zero.
    return " / ".join(f"{round(cost, digits) + 0.0:.{digits}f}" for cost in costs)


def _others(one: dict[str, Any]) -> str:
    rate = one["in_full"][0].get("yearly_rate")
    return "-" if rate is None else f"{rate['cost_to_others_usd_million'] / 1000:+.1f}"


def _share(value: float | None) -> str:
    return "-" if value is None else f"{100 * value:.0f}%"


def _flip(found: dict[str, Any] | None) -> str:
    if found is None:
        return "-"
    if found["leads_at_central"] is None:
        return "not certified"
    if found["value"] is None:
        ends = found["searched"]
        return f"{found['assumption']}: none" + ("" if ends is None else f" in {ends[0]:.2g}-{ends[1]:.2g}")
    return f"{found['assumption']} {found['value']:.2g} (now {found['central']:.2g})"


def _print_law(data: dict[str, Any]) -> None:
    """The steps in law of the day, one line an authority."""
    steps: dict[str, tuple[str, ...]] = {}
    closed: dict[str, str] = {}
    for one in data["levers"]:
        closed |= one["law"]["closed"]
        for step in one["law"]["steps"]:
            cap = "none" if step["cap_percent"] is None else f"{step['cap_percent']:g}%"
            if step["room_points"] is not None and step["room_points"] < step["cap_percent"]:
                cap += f", {step['room_points']:g} left"
            lasts = "no end" if step["duration_days"] is None else f"{step['duration_days']} days"
            steps[step["authority"]] = (
                step["title"], step["usable"], step["litigation_risk"], cap, f"{step['days']} days", lasts
            )  # fmt: skip
    if steps:
        say()
        heading("The step in law")
        table(("authority", "usable", "risk in court", "cap", "to effect", "lasts"), list(steps.values()))
    for name, why in closed.items():
        if name not in steps:
            say(f"closed: {name.removeprefix('authority-')}: {why}")


def _print_turns(data: dict[str, Any]) -> None:
    names = {one["id"]: one["name"] for one in data["levers"]}
    central = data["horizons"][0]["cases"][0].get("strongest") or {}
    for side, flips in data["strongest_turn_on"].items():
        say()
        lever = central[side]["lever"]
        heading(
            f"{name_of(side)}'s strongest lever", f": {names[lever]}; against the other side's it flips at"
        )
        rows = [(one["assumption"], one["unit"], f"{one['central']:.3g}", _at(one)) for one in flips]
        table(("assumption", "unit", "central", "flips at"), rows)


def _at(found: dict[str, Any]) -> str:
    if found["value"] is not None:
        return f"{found['value']:.3g}"
    ends = found["searched"]
    return "not certified" if ends is None else f"nowhere from {ends[0]:.3g} to {ends[1]:.3g}"
