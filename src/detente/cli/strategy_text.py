"""Answers about strategy as text. Every number here is in the JSON of the same command."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from detente.cli.terminal import heading, say, table

SHOWN = 12
"""Rates of a side that are listed."""

LISTED = 6
"""Sides up to which the rates of each are listed; all are in the JSON."""


def print_optimal(data: dict[str, Any]) -> None:
    """`detente optimal` for a reader."""
    _print_setting(data)
    proof = data["certificate"]
    say(
        f"{data['side']}: aim {data['aim_percent']:+.4f}% of real income "
        f"({data['aim_at_start_percent']:+.4f}% at the duties in force); {_word(proof['certified'])}"
    )
    if data.get("lobby"):
        _print_lobby(data["lobby"])
    _print_rates(data["side"], data)
    say(
        f"largest slope {proof['projected_gradient_percent_per_point']:.1e}% a point; "
        f"{proof['evaluations']} equilibria, {proof['seconds']:.1f} s"
    )
    _print_end(data)


def print_nash(data: dict[str, Any]) -> None:
    """`detente nash` for a reader."""
    _print_setting(data)
    for number, war in enumerate(data["equilibria"], start=1):
        heading(f"{number}. {war['label']}, {_word(war['certified'])}")
        rows = [
            (
                side,
                f"{one['aim_percent']:+.4f}",
                f"{_median(one['rates_percent']):.2f}",
                "-" if one["regret"] is None else f"{one['regret']['regret_percent']:.1e}",
            )
            for side, one in war["sides"].items()
        ]
        table(("side", "aim %", "median rate %", "regret %"), rows)
        for side, one in war["sides"].items() if len(war["sides"]) <= LISTED else ():
            _print_rates(side, one)
        if war["autarkic_pairs"]:
            pairs = [" and ".join(pair) for pair in war["autarkic_pairs"]]
            say(f"hardly trade any more: {', '.join(pairs[:SHOWN])}{' ...' if len(pairs) > SHOWN else ''}")
        say(f"found from: {', '.join(war['found_from'])}")
    if data["starts_unsettled"]:
        say(f"best responses did not settle from: {', '.join(data['starts_unsettled'])}")
    if not data["unique_trading_equilibrium"]:
        say("there is not one trading equilibrium: none of these is the trade war")
    _print_end(data)


def print_first_move(data: dict[str, Any]) -> None:
    """`detente nash --first` for a reader."""
    _print_setting(data)
    moves = f"{data['leader']} moves first, {data['follower']} answers: {data['answer']}"
    say(f"{moves}; {_word(data['certified'])}")
    for side, one in data["sides"].items():
        say(f"{side}: aim {one['aim_percent']:+.4f}%")
        _print_rates(side, one)
    _print_end(data)


def print_bargain(data: dict[str, Any]) -> None:
    """`detente bargain` for a reader."""
    _print_setting(data)
    say(f"{data['rule']} deal, {_word(data['certified'])}")
    rows = [
        (
            side,
            f"{one['aim_percent']:+.4f}",
            f"{one['outside_option_percent']:+.4f}",
            f"{one['gain_percent']:+.4f}",
            f"{_median(one['rates_percent']):.2f}",
        )
        for side, one in data["sides"].items()
    ]
    table(("side", "aim %", "without a deal %", "gain %", "median rate %"), rows)
    for side, one in data["sides"].items():
        _print_rates(side, one)
    if data.get("frontier"):
        heading("Frontier")
        sides = list(data["sides"])
        points = [
            (*(f"{point['aims_percent'][side]:+.4f}" for side in sides), _word(point["certified"]))
            for point in data["frontier"]
        ]
        table((*(f"{side} %" for side in sides), ""), points)
    say(f"distance to the frontier at most {data['distance_to_frontier_percent']:.1e}%")
    _print_end(data)


def _print_setting(data: Mapping[str, Any]) -> None:
    low, high = data["bounds_percent"]
    say(
        f"{data['model']} on {data['world']}; elasticities {data['elasticities']} x {data['theta_scale']:g}; "
        f"closure {data['closure']}; duties {data['grain']}, {low:g}% to {high:g}%"
    )


def _print_rates(side: str, one: Mapping[str, Any]) -> None:
    rates = list(one["rates_percent"].items())
    rows = [(name, f"{rate:.2f}") for name, rate in rates[:SHOWN]]
    table((f"{side} sets", "rate %"), rows)
    if len(rates) > SHOWN:
        say(f"... and {len(rates) - SHOWN} more; all in --json")
    if one["at_bound"]:
        names = [f"{row['lever']} ({row['bound']})" for row in one["at_bound"]]
        say(f"at a bound: {', '.join(names[:SHOWN])}{' ...' if len(names) > SHOWN else ''}")


def _print_lobby(fit: Mapping[str, Any]) -> None:
    """Weights fitted to observed duties, and how well they do."""
    heading(f"{fit['side']}'s lobby weights", f", {_word(fit['certified'])}")
    observed, fitted = fit["observed_percent"], fit["fitted_percent"]
    rows = [
        (sector, f"{weight:.3f}", f"{observed[sector]:.2f}", f"{fitted[sector]:.2f}")
        for sector, weight in fit["weights"].items()
    ]
    table(("sector", "weight", "observed %", "fitted %"), rows)
    fits = [
        f"{name} {'none: a flat pattern' if fit[key] is None else format(fit[key], '.3f')}"
        for name, key in (("correlation", "correlation"), ("R2", "r_squared"))
    ]
    say(f"{', '.join(fits)} of the patterns; level gap {fit['level_gap_points']:+.2f} points")


def _print_law(law: Mapping[str, Any]) -> None:
    """By which authorities each side may move on the day, and what is closed to it."""
    for side, one in law["sides"].items():
        heading(f"{side}'s law on {law['on']}")
        rows = [
            (
                step["title"],
                step["usable"],
                step["litigation_risk"],
                "none" if step["cap_percent"] is None else f"{step['cap_percent']:g}%",
                "-" if step["room_points"] is None else f"{step['room_points']:g}",
                f"{step['days']} days",
                "no end" if step["duration_days"] is None else f"{step['duration_days']} days",
            )
            for step in one["steps"]
        ]
        if rows:
            table(("authority", "usable", "risk in court", "cap", "points left", "to effect", "lasts"), rows)
        for name, why in one["closed"].items():
            say(f"closed: {name.removeprefix('authority-')}: {why}")


def _print_end(data: Mapping[str, Any]) -> None:
    if data.get("law"):
        _print_law(data["law"])
    for note in data.get("notes", ()):
        say(f"note: {note}")
    say(f"note: {data['bound']}")


def _median(rates: Mapping[str, float]) -> float:
    ordered = sorted(rates.values())
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


def _word(certified: bool) -> str:
    return "certified" if certified else "NOT certified"
