"""Anderson's quasi-Newton steps on a preconditioned system of equations.

Each step costs one residual and one application of the preconditioner. The secants of past steps
correct the preconditioner, so one taken at the baseline carries a solve to a distant shock.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

MEMORY = 16
"""Secants kept. Solves take six to fifteen steps, so in practice all of them."""

LONGEST_STEP = 1.0
"""Largest change of any log unknown in one step."""

PATIENCE = 7
"""Steps without halving the best residual after which the preconditioner is held to be too far away."""


@dataclass
class Effort:
    """What a solve cost.

    Attributes:
        iterations: quasi-Newton steps.
        evaluations: residuals computed.
        reads: applications of a preconditioner; each reads its two factors once.
        factorisations: factorisations made during the solve, beyond the prepared one.
    """

    iterations: int = 0
    evaluations: int = 0
    reads: int = 0
    factorisations: int = 0


@dataclass(frozen=True)
class Iterate:
    """The best point found.

    Attributes:
        point: the unknowns, stacked.
        norm: largest absolute residual there.
        finite: whether the search ended on numbers.
    """

    point: np.ndarray
    norm: float
    finite: bool


def quasi_newton(
    residual: Callable[[np.ndarray], np.ndarray],
    precondition: Callable[[np.ndarray], np.ndarray],
    start: np.ndarray,
    *,
    tolerance: float,
    limit: int,
    effort: Effort,
) -> Iterate:
    """Drive the largest residual below `tolerance`, or stop when steps no longer help.

    Args:
        residual: the equations at stacked unknowns.
        precondition: an approximate inverse Jacobian applied to a residual.
        start: stacked unknowns.
        tolerance: largest absolute residual accepted.
        limit: steps at most.
        effort: counted up in place.
    """
    point = best = start
    best_norm, marked, since = np.inf, np.inf, 0
    points: list[np.ndarray] = []
    steps: list[np.ndarray] = []
    for _ in range(limit + 1):
        value = residual(point)
        effort.evaluations += 1
        norm = float(np.max(np.abs(value), initial=0.0))
        if not np.isfinite(norm):
            return Iterate(best, best_norm, finite=False)
        if norm < best_norm:
            best, best_norm = point, norm
        if norm < tolerance:
            break
        since += 1
        if best_norm < marked / 2:
            marked, since = best_norm, 0
        if since > PATIENCE:
            break
        step = -precondition(value)
        effort.reads += 1
        effort.iterations += 1
        if not np.isfinite(step).all():
            return Iterate(best, best_norm, finite=False)
        move = _mixed(points, steps, point, step)
        points.append(point)
        steps.append(step)
        del points[: -MEMORY - 1], steps[: -MEMORY - 1]
        longest = float(np.max(np.abs(move), initial=0.0))
        point = point + move * min(1.0, LONGEST_STEP / max(longest, 1e-300))
    return Iterate(best, best_norm, finite=True)


def _mixed(
    points: list[np.ndarray], steps: list[np.ndarray], point: np.ndarray, step: np.ndarray
) -> np.ndarray:
    """Anderson's move: the step less what the secants of past steps explain of it."""
    if not points:
        return step
    secant = np.diff(np.array([*steps, step]), axis=0)
    travel = np.diff(np.array([*points, point]), axis=0)
    size = np.linalg.norm(secant, axis=1)
    keep = size > 0
    secant, travel = secant[keep] / size[keep, None], travel[keep] / size[keep, None]
    weight, *_ = np.linalg.lstsq(secant.T, step, rcond=1e-13)
    return step - weight @ (travel + secant)
