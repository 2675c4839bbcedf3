"""Anderson's quasi-Newton steps on a preconditioned system of equations, for one system or many at once.

Each step costs one residual and one application of the preconditioner. The secants of past steps
correct the preconditioner, so one taken at the baseline carries a solve to a distant shock. Many systems
stand side by side as columns: the preconditioner then works on a matrix, and each column keeps secants of
its own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np

MEMORY = 16
"""Secants kept. Solves take six to fifteen steps, so in practice all of them."""

LONGEST_STEP = 1.0
"""Largest change of any log unknown in one step."""

PATIENCE = 7
"""Steps without halving the best residual after which the preconditioner is held to be too far away."""

PARALLEL = 1e-10
"""Part of a secant that must be new for it to be kept: below, it repeats older ones and adds noise."""


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


@dataclass(frozen=True)
class Iterates:
    """The best points found, one a column.

    Attributes:
        points: the unknowns [size, columns].
        norms: largest absolute residual of each [columns]; inf where the search never had numbers.
        finite: whether each search ended on numbers [columns].
        steps: quasi-Newton steps taken by each [columns].
    """

    points: Any
    norms: np.ndarray
    finite: np.ndarray
    steps: np.ndarray


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
    found = quasi_newton_columns(
        np,
        lambda points, _: residual(points[:, 0])[:, None],
        lambda values: precondition(values[:, 0])[:, None],
        start[:, None],
        tolerance=tolerance,
        limit=limit,
        effort=effort,
    )
    return Iterate(found.points[:, 0], float(found.norms[0]), bool(found.finite[0]))


def quasi_newton_columns(
    xp: ModuleType,
    residual: Callable[[Any, np.ndarray], Any],
    precondition: Callable[[Any], Any],
    start: Any,
    *,
    tolerance: float,
    limit: int,
    effort: Effort,
    longest_step: float = LONGEST_STEP,
) -> Iterates:
    """Drive the largest residual of every column below `tolerance`, each for itself.

    Args:
        xp: namespace of the arrays.
        residual: the equations at points [size, columns]; its second argument says which columns are
            still searched [columns], the others may be left as they come.
        precondition: an approximate inverse Jacobian applied to residuals [size, columns].
        start: stacked unknowns [size, columns].
        tolerance: largest absolute residual accepted.
        limit: steps at most.
        effort: counted up in place; one evaluation and one read for all columns together.
        longest_step: largest change of an unknown in one step.
    """
    columns = start.shape[1]
    points = best = start
    norms = marks = np.full(columns, np.inf)
    since, steps = np.zeros(columns, dtype=int), np.zeros(columns, dtype=int)
    finite = searched = np.ones(columns, dtype=bool)
    last: tuple[Any, Any] | None = None
    secants: list[tuple[Any, Any]] = []
    for turn in range(limit + 1):
        values = residual(points, searched)
        effort.evaluations += 1
        now = np.asarray(xp.max(xp.abs(values), axis=0))
        finite = finite & (np.isfinite(now) | ~searched)
        better = searched & (now < norms)
        best = points if better.all() else xp.where(better, points, best)
        norms = np.where(better, now, norms)
        halved = norms < marks / 2
        marks, since = np.where(halved, norms, marks), np.where(halved, 0, since + 1)
        searched = searched & finite & (norms >= tolerance) & (since <= PATIENCE)
        if turn == limit or not searched.any():
            break
        step = xp.where(searched, -precondition(values), 0.0)
        effort.reads += 1
        effort.iterations += 1
        whole = np.asarray(xp.all(xp.isfinite(step), axis=0))
        finite = finite & (whole | ~searched)
        searched = searched & finite
        steps = steps + searched
        if last is not None:
            secants = [*secants[1 - MEMORY :], _new_secant(xp, secants, step - last[0], points - last[1])]
        move = _mixed(xp, secants, step)
        last = step, points
        longest = xp.max(xp.abs(move), axis=0)
        reach = xp.minimum(1.0, longest_step / xp.maximum(longest, 1e-300))
        points = points + xp.where(searched, move * reach, 0.0)
    return Iterates(best, norms, finite, steps)


def _new_secant(xp: ModuleType, secants: list[tuple[Any, Any]], change: Any, travel: Any) -> tuple[Any, Any]:
    """The change of the step and the way travelled for it, less what older secants explain, scaled to one.

    Zero where nothing new is left.
    """
    size = xp.sqrt(xp.sum(change * change, axis=0))
    for old_change, old_travel in secants:
        part = xp.sum(old_change * change, axis=0)
        change, travel = change - old_change * part, travel - old_travel * part
    left = xp.sqrt(xp.sum(change * change, axis=0))
    scale = xp.where(left > PARALLEL * size, 1.0 / xp.where(left > 0, left, 1.0), 0.0)
    return change * scale, travel * scale


def _mixed(xp: ModuleType, secants: list[tuple[Any, Any]], step: Any) -> Any:
    """Anderson's move: the step less what the secants of past steps explain of it."""
    move = step
    for change, travel in secants:
        part = xp.sum(change * step, axis=0)
        step = step - change * part
        move = move - (change + travel) * part
    return move
