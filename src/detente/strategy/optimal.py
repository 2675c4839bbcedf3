"""Best response: the duties that serve one side's aim best while all others keep theirs.

The unconstrained optimum is a bound on what a side could gain, never a forecast.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from detente.core.errors import UnsolvableShock
from detente.economy.assumptions import trade_elasticities
from detente.economy.certificate import NotSolved
from detente.economy.outcome import Outcome
from detente.economy.prepare import Prepared
from detente.economy.solve import solve_prepared
from detente.strategy.arena import MANY, Arena, only, require_bounded
from detente.strategy.ascend import Ascent, ascend, free_entries
from detente.strategy.choice import AT_BOUND, Choice, policy_of, rates_of
from detente.strategy.implied import implied

GRADIENT_TOLERANCE = 1e-6
"""Largest slope of the aim in a free rate at an optimum: percent of real income per point."""

PRECISION = 1e-6
"""Move of a rate, in logs of gross rates, at which a search ends."""

CURVATURE_TOLERANCE = 1e-7
"""Second derivatives of the aim over the size of flows above this, in a direction of free rates, are no
maximum."""


@dataclass(frozen=True)
class OptimumCertificate:
    """What is known of a best response.

    Attributes:
        projected_gradient: largest slope of the aim in a rate that no bound holds, percent per point.
        largest_curvature: largest second derivative of the aim over directions of free rates, percent per
            log squared; None where it was not found.
        largest_relative_curvature: the same over the sizes of the flows under the rates, by which it is
            judged: a flow of next to nothing bends an aim next to nothing.
        curvature_by: "all second derivatives" or "sampled directions".
        gradient_gap: gap of the slopes to a central difference along a random direction, over the size of
            the slope.
        evaluations: equilibria solved.
        in_time: False where the time limit cut the search short.
        seconds: wall time.
    """

    projected_gradient: float
    largest_curvature: float | None
    largest_relative_curvature: float | None
    curvature_by: str
    gradient_gap: float
    evaluations: int
    in_time: bool
    seconds: float

    @property
    def certified(self) -> bool:
        """True for a local maximum by first and second order, its slopes confirmed by differences."""
        relative = self.largest_relative_curvature
        second = relative is not None and relative <= CURVATURE_TOLERANCE
        first = self.projected_gradient <= GRADIENT_TOLERANCE and self.gradient_gap <= 1e-4
        return bool(first and second)

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "certified": self.certified,
            "projected_gradient_percent_per_point": self.projected_gradient,
            "tolerance": GRADIENT_TOLERANCE,
            "largest_curvature": self.largest_curvature,
            "largest_relative_curvature": self.largest_relative_curvature,
            "curvature_by": self.curvature_by,
            "gradient_gap": self.gradient_gap,
            "evaluations": self.evaluations,
            "in_time": self.in_time,
            "seconds": self.seconds,
        }


@dataclass(frozen=True)
class Optimum:
    """A side's best response.

    Attributes:
        choice: the levers it may set.
        rates: logs of gross rates of everybody [lever, importer, exporter, sector].
        entries: of the side [K].
        aim_percent: the aim there; start_percent: where it started from.
        outcome: the certified equilibrium.
        certificate: of the optimum.
    """

    choice: Choice
    rates: np.ndarray
    entries: np.ndarray
    aim_percent: float
    start_percent: float
    outcome: Outcome
    certificate: OptimumCertificate

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "side": self.choice.side,
            "aim_percent": self.aim_percent,
            "aim_at_start_percent": self.start_percent,
            "rates_percent": self.choice.rates_percent(self.entries),
            "at_bound": self.choice.at_bound(self.entries),
            "notes": list(self.choice.notes),
            "certificate": self.certificate.to_dict(),
            "outcome_certificate": self.outcome.certificate.to_dict(),
        }


def guessed_curvature(prepared: Prepared, choice: Choice) -> np.ndarray:
    """Minus second derivatives of real income, about: 100 theta times each flow's part of income [K]."""
    world = prepared.world
    _, theta = trade_elasticities(
        world, prepared.elasticities, prepared.theta_scale, lowest=prepared.model.lowest_theta
    )
    flows = prepared.baseline.flows / prepared.baseline.household_income[choice.row]
    size = choice.gathered(np.stack([100 * np.abs(theta) * flows] * 2))
    return np.maximum(size, 1e-9 * size.max())


def held(choice: Choice, entries: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Bounds, with entries that a normalisation holds bound to where they are."""
    return (
        np.where(choice.free, choice.lower, entries),
        np.where(choice.free, choice.upper, entries),
    )


def climb(
    arena: Arena,
    side: int,
    choice: Choice,
    rates: np.ndarray,
    *,
    start: np.ndarray | None = None,
    curvature: np.ndarray | None = None,
    precision: float = PRECISION,
    gain: float = 0.0,
    deadline: float = np.inf,
    steps: int = 300,
) -> Ascent:
    """A side's best entries while others' rates stay, from the entries in force or from a start.

    Raises:
        UnsolvableShock: the start has no certified equilibrium.
    """
    entries = choice.take(rates) if start is None else start
    lower, upper = held(choice, entries)

    def function(given: np.ndarray) -> tuple[float, np.ndarray] | None:
        found = arena.slopes(choice.put(rates, given), [side])
        return None if found is None else (float(found.values[0]), choice.gathered(found.slopes[0]))

    if curvature is None:
        # Of very many entries a guess that learns is cheaper.
        wanted = choice.size <= MANY and time.monotonic() < deadline
        second = arena.hessian(choice.put(rates, entries), only(arena, side), choice) if wanted else None
        curvature = -second if second is not None else np.diag(guessed_curvature(arena.prepared, choice))
    found = ascend(
        function,
        entries,
        lower,
        upper,
        curvature,
        precision=precision,
        noise=arena.noise,
        gain=gain,
        deadline=deadline,
        steps=steps,
    )
    if found is None:
        raise UnsolvableShock(
            f"the duties that {choice.side} would start from",
            why="they have no certified equilibrium",
            instead="a start with lower duties",
        )
    return found


def best_response(
    arena: Arena,
    side: str,
    choice: Choice,
    *,
    rates: np.ndarray | None = None,
    deadline: float = np.inf,
) -> Optimum:
    """The best duties of one side, others' as in `rates` (by default those of the base day).

    Where the deadline cuts the search short, the best so far is given, not certified.

    Raises:
        InvalidGame: a problem without a bound.
        UnsolvableShock: no certified equilibrium at the start or at the end.
    """
    began = time.perf_counter()
    require_bounded(arena.prepared, [choice])
    place = [aim.side for aim in arena.aims].index(side)
    rates = rates_of(arena.prepared.world) if rates is None else rates
    start = float(arena.values(rates[None])[0, place])
    found = _best(arena, place, choice, rates, deadline)
    at = choice.put(rates, found.point)
    slope = arena.own(rates, [place], [choice], found.point[None])
    sizes = np.ones(choice.size)
    if np.isfinite(slope.slopes[0]).all():
        found = replace(found, slope=slope.slopes[0][0], value=float(slope.values[0, 0]))
        sizes = slope.sizes[0][0]
    second = second_order(arena, place, choice, at, found, sizes, deadline)
    certificate = OptimumCertificate(
        projected_gradient=projected_gradient(choice, found.point, found.slope),
        largest_curvature=second.largest,
        largest_relative_curvature=second.relative,
        curvature_by=second.by,
        gradient_gap=gradient_gap(arena, place, choice, at, found),
        evaluations=found.evaluations + 1 + second.evaluations,
        in_time=found.in_time,
        seconds=time.perf_counter() - began,
    )
    return Optimum(choice, at, found.point, found.value, start, outcome_at(arena.prepared, at), certificate)


def _best(arena: Arena, place: int, choice: Choice, rates: np.ndarray, deadline: float) -> Ascent:
    """The best entries found from those in force, none and random ones; climbed where they do not settle."""
    entries = choice.take(rates)
    draw = np.random.default_rng(0)
    high = np.minimum(choice.upper, np.maximum(np.log(3.0), choice.lower))
    starts = [entries, np.clip(0.0 * entries, choice.lower, choice.upper)]
    starts.append(choice.lower + (high - choice.lower) * draw.random(choice.size))
    starts = [np.where(choice.free, start, entries) for start in starts]
    found = implied(
        arena, rates, [place], [choice], np.array(starts), tolerance=PRECISION / 10, deadline=deadline
    )
    settled = np.flatnonzero(found.settled)
    if settled.size:
        ends = arena.at(rates, [choice], found.entries[settled])[:, place]
        top = settled[int(np.nanargmax(ends))]
        if found.values[:, 0].max() <= np.nanmax(ends) + max(arena.noise, 1e-9):
            none = np.zeros(choice.size)
            return Ascent(
                found.entries[top], float(np.nanmax(ends)), none, 0.0, np.eye(choice.size),
                found.evaluations, found.in_time,
            )  # fmt: skip
    best = int(found.values[:, 0].argmax())
    start = found.best[best] if np.isfinite(found.values[best, 0]) else entries
    climbed = climb(arena, place, choice, rates, start=start, deadline=deadline)
    for _ in range(2):
        if not climbed.in_time or _projected(climbed, choice) <= GRADIENT_TOLERANCE / 2:
            break
        again = climb(arena, place, choice, rates, start=climbed.point, deadline=deadline)
        climbed = replace(again, evaluations=climbed.evaluations + again.evaluations)
    return replace(climbed, evaluations=found.evaluations + climbed.evaluations)


def outcome_at(prepared: Prepared, rates: np.ndarray) -> Outcome:
    """The certified outcome at rates in force.

    Raises:
        UnsolvableShock: there is none.
    """
    outcome = solve_prepared(prepared, policy_of(prepared.world, rates))
    if isinstance(outcome, NotSolved):
        raise UnsolvableShock("the duties found", why=outcome.message, instead="lower bounds on duties")
    return outcome


def projected_gradient(choice: Choice, entries: np.ndarray, slope: np.ndarray) -> float:
    """Largest slope in a rate that no bound holds, percent of real income per point of the rate."""
    free = choice.free & free_entries(entries, slope, choice.lower, choice.upper)
    return float(np.abs(0.01 * slope / np.exp(entries))[free].max(initial=0.0))


def _projected(found: Ascent, choice: Choice) -> float:
    return projected_gradient(choice, found.point, found.slope)


SAMPLED = 12
"""Directions sampled where all second derivatives cost too much."""


@dataclass(frozen=True)
class Curvature:
    """Second derivatives of an aim over directions of entries inside their bounds.

    Attributes:
        largest: percent per log squared; None where it was not found.
        relative: the same over the sizes of the flows under the rates; about -1 at a plain optimum.
        by: how.
        evaluations: slopes taken.
    """

    largest: float | None
    relative: float | None
    by: str
    evaluations: int


def second_order(
    arena: Arena,
    side: int,
    choice: Choice,
    rates: np.ndarray,
    found: Ascent,
    sizes: np.ndarray,
    deadline: float,
) -> Curvature:
    """Largest second derivative over directions of entries inside their bounds; `sizes` as in `Own`."""
    inside = choice.free & (found.point > choice.lower + AT_BOUND) & (found.point < choice.upper - AT_BOUND)
    where = np.flatnonzero(inside)
    if not where.size:
        return Curvature(0.0, 0.0, "no free rates", 0)
    matrix = arena.hessian(rates, only(arena, side), choice) if time.monotonic() < deadline else None
    scale = 1 / np.sqrt(np.maximum(sizes[where], 1e-300))
    if matrix is not None:
        own = matrix[np.ix_(where, where)]
        relative = float(np.linalg.eigvalsh(own * np.outer(scale, scale))[-1])
        largest = float(np.linalg.eigvalsh(own)[-1])
        return Curvature(largest, relative, "all second derivatives", choice.size)
    draw = np.random.default_rng(0)
    largest = relative = -np.inf
    for count in range(0, 2 * SAMPLED, 2):
        if time.monotonic() > deadline:
            return Curvature(None, None, "sampled directions", count)
        direction = np.zeros(choice.size)
        direction[where] = scale * draw.standard_normal(len(where))
        room = np.minimum(found.point - choice.lower, choice.upper - found.point)[where]
        length = min(1e-2, float((room / np.abs(direction[where])).min())) / np.abs(direction).max()
        ends = [
            arena.slopes(choice.put(rates, found.point + sign * length * direction), [side])
            for sign in (1, -1)
        ]
        if any(end is None for end in ends):
            return Curvature(None, None, "sampled directions", count + 2)
        ahead, behind = (choice.gathered(end.slopes[0]) for end in ends)  # pyright: ignore[reportOptionalMemberAccess]
        change = float((ahead - behind) @ direction) / (2 * length)
        largest = max(largest, change / float(direction @ direction))
        relative = max(relative, change / float((sizes * direction) @ direction))
    return Curvature(float(largest), float(relative), "sampled directions", 2 * SAMPLED)


def gradient_gap(arena: Arena, side: int, choice: Choice, rates: np.ndarray, found: Ascent) -> float:
    """Gap of the slope of the aim to a central difference near the optimum, over the slope's size."""
    draw = np.random.default_rng(1)
    # Off the optimum, where the slope is not zero.
    offset = 0.05 * draw.standard_normal(choice.size) * choice.free
    there = np.clip(found.point + offset, choice.lower + 2e-3, choice.upper - 2e-3)
    direction = draw.standard_normal(choice.size) * choice.free
    direction = direction / np.abs(direction).max(initial=1.0)
    ends = np.stack([there + sign * 1e-3 * direction for sign in (1, -1, 0.5, -0.5)])
    values = arena.at(rates, [choice], ends)[:, side]
    slopes = arena.slopes(choice.put(rates, there), [side])
    if slopes is None or not np.isfinite(values).all():
        return float("inf")
    # Two steps, so that the error of the difference falls with the fourth power.
    wide, narrow = (values[0] - values[1]) / 2e-3, (values[2] - values[3]) / 1e-3
    terms = choice.gathered(slopes.slopes[0]) * direction
    size = float(np.sqrt((terms**2).sum()))
    gap = abs((4 * narrow - wide) / 3 - terms.sum())
    return float(gap / size) if size > 0 else float(gap)
