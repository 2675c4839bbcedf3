"""The largest value of a smooth function between bounds: projected quasi-Newton steps.

Entries held at a bound by their slope stand still; the others move by the inverse of a curvature matrix that
starts from second derivatives, or from a guess of their diagonal, and learns from slopes (BFGS). Steps that
leave the bounds are cut off there; they count where the value rises.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.linalg import cho_factor, cho_solve

LONGEST = 0.7
"""Longest step of an entry, in logs of gross rates."""

ENOUGH = 1e-4
"""Part of the rise that the slope promises which a step must bring."""

STEPS = 300
STALLS = 3

Slope = Callable[[np.ndarray], tuple[float, np.ndarray] | None]
"""Value and slope at a point; None where there is none."""


@dataclass
class Ascent:
    """Where a search ended.

    Attributes:
        point, value, slope: there.
        step: the largest move that the curvature still asks for.
        curvature: minus second derivatives, as learnt [K, K].
        evaluations: of the function.
        in_time: False where the time ran out.
    """

    point: np.ndarray
    value: float
    slope: np.ndarray
    step: float
    curvature: np.ndarray
    evaluations: int
    in_time: bool


def free_entries(point: np.ndarray, slope: np.ndarray, lower: np.ndarray, upper: np.ndarray) -> np.ndarray:
    """Entries that no bound holds: inside, or with a slope that points inside."""
    return ~(((point <= lower) & (slope <= 0)) | ((point >= upper) & (slope >= 0)))


def ascend(
    function: Slope,
    start: np.ndarray,
    lower: np.ndarray,
    upper: np.ndarray,
    curvature: np.ndarray,
    *,
    precision: float,
    noise: float,
    gain: float = 0.0,
    deadline: float = np.inf,
    steps: int = STEPS,
) -> Ascent | None:
    """Climb from a start.

    Args:
        function: value and slope.
        start: between the bounds.
        lower, upper: bounds; equal ones hold an entry.
        curvature: minus second derivatives, or a guess: a matrix [K, K], made positive where it is not.
        precision: move, in logs of gross rates, at which the search ends.
        noise: rounding of the value.
        gain: rise still expected below which the search ends as well.
        deadline: `time.monotonic()` at which the best so far is given.
        steps: at most.

    Returns:
        Where it ended; None where the function has no value at the start.
    """
    here = np.clip(start, lower, upper)
    found = function(here)
    if found is None:
        return None
    value, slope = found
    matrix, count, stalls, in_time = positive(curvature), 1, 0, True
    asked = np.inf
    for _ in range(steps):
        free = free_entries(here, slope, lower, upper)
        direction = np.zeros_like(here)
        if free.any():
            direction[free] = _solve(matrix, slope, free)
            # An entry at its bound that the step would take outside has no say in the others' step.
            outward = ((here <= lower) & (direction < 0)) | ((here >= upper) & (direction > 0))
            if (outward & free).any():
                free &= ~outward
                direction[:] = 0.0
                if free.any():
                    direction[free] = _solve(matrix, slope, free)
        asked = float(np.abs(np.clip(here + direction, lower, upper) - here).max(initial=0.0))
        if asked <= precision or stalls >= STALLS or float(slope @ direction) <= 2 * gain:
            break
        if time.monotonic() > deadline:
            in_time = False
            break
        part = min(1.0, LONGEST / asked)
        for _ in range(30):
            there = np.clip(here + part * direction, lower, upper)
            tried = function(there)
            count += 1
            if tried is not None and tried[0] >= value + ENOUGH * float(slope @ (there - here)) - noise:
                break
            part /= 2 if tried is not None else 4
        else:
            # The learnt curvature misleads; one more chance with its diagonal alone.
            stalls += 1
            matrix = np.diag(np.diag(matrix))
            continue
        assert tried is not None
        matrix = learnt(matrix, there - here, slope - tried[1])
        stalls = stalls + 1 if tried[0] - value <= noise and asked > 100 * precision else 0
        here, (value, slope) = there, tried
    return Ascent(here, value, slope, asked, matrix, count, in_time)


def _solve(matrix: np.ndarray, slope: np.ndarray, free: np.ndarray) -> np.ndarray:
    where = np.flatnonzero(free)
    return cho_solve(cho_factor(matrix[np.ix_(where, where)]), slope[where])


def learnt(matrix: np.ndarray, step: np.ndarray, fall: np.ndarray) -> np.ndarray:
    """The curvature after a step along which the slope fell by `fall` (BFGS, damped as by Powell)."""
    along = matrix @ step
    expected = float(step @ along)
    if expected <= 0:
        return matrix
    seen = float(step @ fall)
    if seen < 0.2 * expected:
        mix = 0.8 * expected / (expected - seen)
        fall = mix * fall + (1 - mix) * along
        seen = float(step @ fall)
    return matrix - np.outer(along, along) / expected + np.outer(fall, fall) / seen


def positive(matrix: np.ndarray, least: float | None = None) -> np.ndarray:
    """The matrix, with eigenvalues at or below zero turned round, and none below `least`.

    By default the least is next to nothing beside the largest.
    """
    if least is None:
        try:
            cho_factor(matrix)
        except np.linalg.LinAlgError:
            pass
        else:
            return matrix
    values, vectors = np.linalg.eigh(matrix)
    size = np.abs(values)
    floor = 1e-8 * size.max(initial=1e-300) if least is None else least
    return (vectors * np.maximum(size, floor)) @ vectors.T
