"""Rates that slopes imply: best responses of one side or of all at once, many starts side by side.

With M the flow under a duty t at customs value, the slope of real income in log(1 + t) is about

    -(1 + theta) M (t - t*)                                              per baseline income

where t* is the best rate: what little t* itself moves with t comes through the rest of the economy. So a
slope over that size is a step to t*, from near and from rates at which next to nothing is traded any more:
both fall together. The rates that imply themselves are found by quasi-Newton steps, for one side with the
others' rates held, or for all sides at once, where each side's slope is that of its own aim: an equilibrium
candidate in a handful of evaluations. Bounds are kept by the normal map: with P(z) the nearest rates inside
them, z - P(z) - step(P(z)) is zero exactly where no free rate moves and a held one is pushed outward.

Where an aim is not of this kind the steps may not settle; the caller then climbs by `ascend`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from detente.economy.quasi_newton import Effort, quasi_newton_columns
from detente.strategy.arena import Arena
from detente.strategy.choice import Choice

STEPS = 40
ATTEMPTS = 4

Progress = Callable[[int, float], None]
"""Called with evaluations so far and the largest move still asked for."""


@dataclass
class Implied:
    """Where searches ended, one a start.

    Attributes:
        entries: of all sides one after the other, logs of gross rates, where least is asked for [B, K].
        moves: largest move of a rate still asked for there, as a fraction of value [B]; inf without an
            equilibrium.
        settled: whether no more is asked for than was allowed [B].
        values: the largest value of each side's aim met on the way [B, sides].
        best: the entries at the largest value of the first side's aim [B, K].
        evaluations: equilibria solved, with the slopes of all sides.
        in_time: False where the time ran out.
    """

    entries: np.ndarray
    moves: np.ndarray
    settled: np.ndarray
    values: np.ndarray
    best: np.ndarray
    evaluations: int
    in_time: bool


class _OutOfTime(Exception):
    pass


def implied(
    arena: Arena,
    rates: np.ndarray,
    sides: Sequence[int],
    choices: Sequence[Choice],
    starts: np.ndarray,
    *,
    tolerance: float,
    gain: float = 0.0,
    known: Any = None,
    deadline: float = np.inf,
    progress: Progress = lambda count, move: None,
) -> Implied:
    """Search from many starts for entries from which no side's slope asks for a move.

    Args:
        arena: the aims.
        rates: of everybody else, logs of gross rates.
        sides, choices: who moves, and their levers.
        starts: entries of the sides one after the other, logs of gross rates [B, K].
        tolerance: largest move of a rate still asked for, as a fraction of value.
        gain: rise of aims still expected, percent, below which a search ends as well.
        known: an equilibrium near by, as `Own.points` has it.
        deadline: `time.monotonic()` at which the best so far is given.
        progress: called after each round of evaluations.
    """
    free = np.concatenate([one.free for one in choices])
    lower = np.where(free, np.expm1(np.concatenate([one.lower for one in choices])), -np.inf)
    upper = np.where(free, np.expm1(np.concatenate([one.upper for one in choices])), np.inf)
    count = len(starts)
    near: list[Any] = [known] * count
    result = Implied(
        starts.copy(),
        np.full(count, np.inf),
        np.zeros(count, dtype=bool),
        np.full((count, len(sides)), -np.inf),
        starts.copy(),
        0,
        True,
    )

    def inside(points: np.ndarray) -> np.ndarray:
        return np.clip(points, lower[:, None], upper[:, None])

    def residual(points: np.ndarray, searched: np.ndarray) -> np.ndarray:
        if time.monotonic() > deadline:
            raise _OutOfTime
        columns = np.flatnonzero(searched)
        kept = inside(points)
        at = np.log1p(kept[:, columns].T)
        own = arena.own(rates, sides, choices, at, [near[column] for column in columns])
        asked = np.zeros_like(points)
        for row, column in enumerate(columns):
            near[column] = own.points[row] if own.points[row] is not None else near[column]
            slopes = np.concatenate([one[row] for one in own.slopes])
            step = np.where(free, np.concatenate([one[row] for one in own.steps]), 0.0)
            step = _reaching(step, kept[:, column])
            asked[:, column] = points[:, column] - kept[:, column] - step
            move = float(np.abs(asked[:, column]).max(initial=0.0))
            if move < result.moves[column]:
                result.moves[column], result.entries[column] = move, at[row]
            moved = np.clip(kept[:, column] + step, lower, upper) - kept[:, column]
            if move <= tolerance or 0.5 * slopes @ (moved / np.exp(at[row])) <= gain:
                result.settled[column], result.entries[column] = True, at[row]
                asked[:, column] = 0.0
            if own.values[row, 0] > result.values[column, 0]:
                result.best[column] = at[row]
            result.values[column] = np.fmax(result.values[column], own.values[row])
        result.evaluations += len(columns)
        progress(result.evaluations, float(np.abs(asked[:, columns]).max(initial=0.0)))
        return asked

    def residual_of(rows: np.ndarray) -> Callable[[np.ndarray, np.ndarray], np.ndarray]:
        def some(points: np.ndarray, searched: np.ndarray) -> np.ndarray:
            whole, all_searched = np.zeros((len(free), count)), np.zeros(count, dtype=bool)
            whole[:, rows], all_searched[rows] = points, searched
            return residual(whole, all_searched)[:, rows]

        return some

    begin = np.expm1(starts.T)
    try:
        for _ in range(ATTEMPTS):
            rows = np.flatnonzero(~result.settled & ~np.isnan(begin).any(axis=0))
            if not rows.size:
                break
            quasi_newton_columns(
                np,
                residual_of(rows),
                lambda values: values,
                begin[:, rows],
                tolerance=tolerance,
                limit=STEPS,
                effort=Effort(),
                longest_step=np.inf,
            )
            # Again from where least was asked for, with no memory of the way there.
            begin = np.where(np.isfinite(result.moves), np.expm1(result.entries.T), np.nan)
    except _OutOfTime:
        result.in_time = False
    return result


def _reaching(step: np.ndarray, rates: np.ndarray) -> np.ndarray:
    """The steps, those upward and long taken in logs of gross rates instead.

    Where an aim wants a sector shut (a lobby's), the step asked for is the same far up; a small one is as it
    was, to second order.
    """
    long = np.maximum(step, 0.0)
    return step * (1 + rates) ** (long / (long + 0.1))
