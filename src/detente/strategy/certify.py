"""Regret: what a side could still gain by other duties of its own, searched in two ways.

From duties far from the equilibrium by slopes, and coordinate by coordinate without them, so that an error
in a slope cannot certify itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from detente.core.errors import UnsolvableShock
from detente.strategy.arena import MANY, Arena, only
from detente.strategy.choice import Choice
from detente.strategy.implied import implied
from detente.strategy.optimal import climb

REGRET_TOLERANCE = 1e-4
"""Largest regret of a certified equilibrium, percent of the side's aim."""

STARTS = 20
"""Starts off the equilibrium that a certificate needs."""

ENOUGH = REGRET_TOLERANCE / 10
"""Rise still expected, percent, below which a search for regret ends."""

SETTLED_ENOUGH = 3e-4
"""Move of a rate, as a fraction of value, below which a search for regret ends: the rise still to be had is
half its square times the size of imports and elasticities, some 1e-6 percent."""

COORDINATE_STEPS = (0.05, -0.05, 0.005, -0.005)
"""Moves of one entry at a time, in logs of gross rates."""


@dataclass(frozen=True)
class Regret:
    """What a side could still gain.

    Attributes:
        percent: the largest gain found, percent of the aim's index; at least zero.
        starts: searches by slopes from other duties that were finished.
        by_coordinates_percent: the largest gain found without slopes.
        coordinates: entries that were moved one by one.
        evaluations: equilibria solved by the searches, with slopes.
        in_time: False where the time limit cut it short.
        better: the side's entries at the largest gain.
    """

    percent: float
    starts: int
    by_coordinates_percent: float
    coordinates: int
    evaluations: int
    in_time: bool
    better: np.ndarray

    @property
    def certified(self) -> bool:
        """True where enough was searched and nothing found."""
        return self.percent <= REGRET_TOLERANCE and self.starts >= STARTS and self.in_time

    @classmethod
    def of_arrays(cls, found: Mapping[str, np.ndarray]) -> Regret:
        """A regret from its parts as arrays."""
        parts: dict[str, Any] = {key: value if value.ndim else value.item() for key, value in found.items()}
        return cls(**parts)

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "certified": self.certified,
            "regret_percent": self.percent,
            "tolerance_percent": REGRET_TOLERANCE,
            "starts": self.starts,
            "by_coordinates_percent": self.by_coordinates_percent,
            "coordinates": self.coordinates,
            "evaluations": self.evaluations,
            "in_time": self.in_time,
        }


def regret(
    arena: Arena,
    side: int,
    choice: Choice,
    rates: np.ndarray,
    *,
    checks: int = STARTS,
    deadline: float = np.inf,
    seed: int = 1,
) -> Regret:
    """A side's regret at rates in force.

    The starts are searched side by side by the rates that slopes imply; one that does not settle so is
    climbed by itself.

    Args:
        arena, side, choice: whose.
        rates: logs of gross rates of everybody.
        checks: searches from other duties: none, twice the equilibrium's, and random ones up to 200%.
        deadline: `time.monotonic()` at which the search stops.
        seed: of random starts.
    """
    entries = choice.take(rates)
    here = arena.own(rates, [side], [choice], entries[None])
    base = float(here.values[0, 0])
    by_coordinates, moved = coordinate_gain(arena, side, choice, rates, base)
    best, better = by_coordinates, moved
    starts = np.array(_others(choice, entries, checks, seed))
    found = implied(
        arena, rates, [side], [choice], starts, tolerance=SETTLED_ENOUGH, gain=ENOUGH / 10,
        known=here.points[0], deadline=deadline,
    )  # fmt: skip
    finished, in_time, count = int(found.settled.sum()), found.in_time, found.evaluations
    top = int(found.values[:, 0].argmax())
    if found.values[top, 0] - base > best:
        best, better = float(found.values[top, 0] - base), found.best[top]
    left = np.flatnonzero(~found.settled) if in_time else ()
    # One curvature, that of the equilibrium, serves all climbs: they learn what differs.
    second = arena.hessian(rates, only(arena, side), choice) if len(left) and choice.size <= MANY else None
    for row in left:
        start = starts[row] if np.isinf(found.values[row, 0]) else found.best[row]
        try:
            climbed = climb(
                arena, side, choice, rates, start=start, precision=1e-3, gain=ENOUGH, steps=100,
                curvature=None if second is None else -second, deadline=deadline,
            )  # fmt: skip
        except UnsolvableShock:
            continue
        finished, count = finished + climbed.in_time, count + climbed.evaluations
        in_time = in_time and climbed.in_time
        if climbed.value - base > best:
            best, better = climbed.value - base, climbed.point
    return Regret(max(0.0, best), finished, by_coordinates, int(choice.free.sum()), count, in_time, better)


def _others(choice: Choice, entries: np.ndarray, count: int, seed: int) -> list[np.ndarray]:
    draw = np.random.default_rng(seed)
    high = np.minimum(choice.upper, np.maximum(np.log(3.0), choice.lower))
    found = [np.clip(np.zeros_like(entries), choice.lower, choice.upper)]
    found.append(np.clip(2 * entries, choice.lower, choice.upper))
    while len(found) < count:
        found.append(choice.lower + (high - choice.lower) * draw.random(choice.size) ** 2)
    return [np.where(choice.free, start, entries) for start in found[:count]]


def coordinate_gain(
    arena: Arena, side: int, choice: Choice, rates: np.ndarray, base: float
) -> tuple[float, np.ndarray]:
    """The largest gain from moving one entry, or all alike, without slopes, percent; and the entries then."""
    entries = choice.take(rates)
    moved = []
    for step in COORDINATE_STEPS:
        moved.append(np.clip(entries + step * choice.free, choice.lower, choice.upper))
        for k in np.flatnonzero(choice.free):
            one = entries.copy()
            one[k] = np.clip(one[k] + step, choice.lower[k], choice.upper[k])
            moved.append(one)
    gains = arena.at(rates, [choice], np.array(moved))[:, side] - base
    if np.isnan(gains).all():
        return -np.inf, entries
    best = int(np.nanargmax(gains))
    return float(gains[best]), moved[best]
