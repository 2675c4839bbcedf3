"""Numbers behind the pictures of strategy: best replies, ladder of retaliation, frontier of packages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from detente.analysis.bargains import Sheet
from detente.analysis.games import Setting, seated
from detente.core.errors import InvalidOption
from detente.strategy.agenda import Package
from detente.strategy.arena import Arena
from detente.strategy.choice import Choice, rates_of
from detente.strategy.optimal import best_response

Progress = Callable[[str], None]

CURVE_PERCENT = (0.0, 10.0, 20.0, 35.0, 50.0, 75.0, 100.0, 150.0)
"""Duties of the other side at which a best reply is found."""

RUNGS_POINTS = (10.0, 20.0, 34.0, 54.0, 84.0, 104.0, 125.0, 145.0)
"""Rungs of retaliation, points above the base day: heights of February to April 2025, both sides alike."""

CLOUD = 4000
"""Packages drawn beside the frontier, at random where there are more (seed 1)."""


def duel(sides: Sequence[str], setting: Setting, progress: Progress) -> tuple[Arena, list[Choice]]:
    """An arena of two sides that set one uniform duty each on the other's goods.

    Raises:
        InvalidOption: not two sides.
    """
    from dataclasses import replace

    if len(sides) != 2:
        raise InvalidOption(
            f"sides {', '.join(sides)}", where="--figure", why="the picture is of two", instead="USA,CHN"
        )
    if setting.dispute is not None:
        raise InvalidOption(
            "--figure with --dispute", where="--figure", why="the picture is of rates without limits of law",
            instead="--figure alone, or --dispute alone",
        )  # fmt: skip
    seats = seated(tuple(sides), replace(setting, grain="uniform", against=tuple(sides)), progress)
    return seats.arena, seats.choices


def reaction_curves(
    sides: Sequence[str],
    setting: Setting,
    progress: Progress = lambda words: None,
    *,
    only: str | None = None,
) -> dict[str, Any]:
    """Each side's best uniform duty on the other's goods at each duty of the other, percent.

    Args:
        only: one of the two, where the other's curve is not wanted.

    Returns:
        by side: points {other_percent, best_percent, certified}.
    """
    deadline = setting.deadline()
    arena, choices = duel(sides, setting, progress)
    world = arena.prepared.world
    curves: dict[str, Any] = {}
    for at, side in enumerate(sides):
        if only not in (None, side):
            continue
        other = choices[1 - at]
        points = []
        for number, percent in enumerate(CURVE_PERCENT, start=1):
            progress(f"curve of {side}: {number} of {len(CURVE_PERCENT)}")
            rates = other.put(rates_of(world), np.full(other.size, np.log1p(percent / 100)))
            found = best_response(arena, side, choices[at], rates=rates, deadline=deadline)
            points.append(
                {
                    "other_percent": percent,
                    "best_percent": float(100 * np.expm1(found.entries[0])),
                    "certified": found.certificate.certified,
                }
            )
        curves[side] = points
    return {"sides": list(sides), "curves": curves, **_about(arena)}


def escalation_ladder(
    sides: Sequence[str], setting: Setting, progress: Progress = lambda words: None
) -> dict[str, Any]:
    """Both sides' aims at each rung, where either adds that many points on the other's goods.

    Returns:
        rungs {added_points, aims_percent by side}; one without a certified equilibrium is left out and named.
    """
    arena, choices = duel(sides, setting, progress)
    base = rates_of(arena.prepared.world)
    taxed = np.zeros_like(base)
    for one in choices:
        taxed = one.put(taxed, np.ones(one.size))
    rates = [np.log1p(np.expm1(base) + taxed * points / 100) for points in (0.0, *RUNGS_POINTS)]
    progress(f"ladder: {len(rates)} equilibria")
    values = arena.values(np.array(rates))
    solved = [bool(np.isfinite(row).all()) for row in values]
    rungs = [
        {
            "added_points": points,
            "aims_percent": dict(zip(sides, map(float, row), strict=True)),
        }
        for points, row, ok in zip(RUNGS_POINTS, values[1:], solved[1:], strict=True)
        if ok
    ]
    missing = [p for p, ok in zip(RUNGS_POINTS, solved[1:], strict=True) if not ok]
    return {
        "sides": list(sides),
        "rungs": rungs,
        "rungs_not_solved_points": missing,
        "duties_of_the_base_day": dict(zip(sides, map(float, values[0]), strict=True)),
        **_about(arena),
    }


def frontier_picture(sheet: Sheet, offer: Package | None = None) -> dict[str, Any]:
    """Packages, frontier, outside options, the deal and an offer, as worths of the two sides, percent.

    Raises:
        InvalidOption: more than two sides.
    """
    sides = sheet.agenda.sides
    values = sheet.table.values
    rows = np.arange(len(values))
    if len(rows) > CLOUD:
        rows = np.sort(np.random.default_rng(1).choice(rows, CLOUD, replace=False))
    frontier = sheet.bargain.frontier
    ordered = frontier[np.argsort(values[frontier, 0])]
    marks = [
        {"name": name.replace("-", " "), "kind": "outside", "at": list(map(float, at))}
        for name, at in sheet.outside.items()
    ]
    if sheet.bargain.package is not None:
        marks.append(
            {"name": f"{sheet.bargain.rule} deal", "kind": "deal", "at": values[sheet.bargain.row].tolist()}
        )
    if offer is not None:
        worth = sheet.payoffs.worth(offer)
        marks.append({"name": "offer", "kind": "offer", "at": [worth[side].central for side in sides]})
    return {
        "dispute": sheet.agenda.dispute,
        "on": sheet.agenda.asof.on.isoformat(),
        "sides": list(sides),
        "packages": values[rows].round(6).tolist(),
        "packages_in_all": len(values),
        "frontier": values[ordered].tolist(),
        "marks": marks,
        "certified": sheet.bargain.certified,
    }


def _about(arena: Arena) -> dict[str, Any]:
    prepared = arena.prepared
    return {
        "world": prepared.world.name,
        "model": prepared.model.name,
        "closure": prepared.closure.value,
        "elasticities": prepared.elasticities,
        "theta_scale": prepared.theta_scale,
        "aims": [aim.to_dict() for aim in arena.aims],
    }
