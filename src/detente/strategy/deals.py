"""The search for deals: how far all sides can move along a ray of aims, and whether a point is efficient.

    max s   such that   u_k(x) >= o_k + s r_k  for every side,   u_l(x) >= floor_l  for every red line

over all levers x on the table, within their bounds. Solved by sequential quadratic steps: with A the slopes
of u and B minus the curvature of the Lagrangian sum_k a_k u_k, each step d and the weights a solve

    B d = A' a,   A d - r s = o - u,   r' a = 1,   a >= 0.

A red line is a constraint with r = 0: it is kept or there is no deal; it has no price.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.linalg import cho_factor, cho_solve

from detente.core.errors import UnsolvableShock
from detente.strategy.arena import MANY, Arena
from detente.strategy.ascend import LONGEST, learnt, positive
from detente.strategy.choice import Choice
from detente.strategy.optimal import guessed_curvature, held

STEPS = 150
ENOUGH = 1e-4
RIDGE = 1e-12
LEAST = 0.05
"""Curvature of a combined aim is taken to be at least this part of what real income's would be."""

CLOSE = 1e-7
"""Rise of s still expected, percent, at which a search ends."""

HELD_PENALTY = 10.0
"""What a percent short of a red line counts in the measure of progress, in percent of the common gain."""


class Table:
    """All levers on the table as one vector, and the aims and red lines at it."""

    def __init__(
        self, arena: Arena, choices: Sequence[Choice], rates: np.ndarray, deadline: float = np.inf
    ) -> None:
        self.arena, self.choices, self.rates = arena, tuple(choices), rates
        self.deadline = deadline
        self.evaluations = 0
        cuts = np.cumsum([0, *(one.size for one in choices)])
        self._parts = [slice(a, b) for a, b in itertools.pairwise(cuts)]
        self.size = int(cuts[-1])
        self.start = np.concatenate([one.take(rates) for one in choices])
        bounds = [held(one, one.take(rates)) for one in choices]
        self.lower = np.concatenate([low for low, _ in bounds])
        self.upper = np.concatenate([high for _, high in bounds])

    def put(self, entries: np.ndarray) -> np.ndarray:
        """Rates of everybody at given entries [..., K] -> [..., lever, importer, exporter, sector]."""
        rates = self.rates
        for one, part in zip(self.choices, self._parts, strict=True):
            # Each side's cells are its own, so the sides may be put in one after the other.
            given = entries[..., part]
            rates = one.put(rates, given) if entries.ndim == 1 else _put_each(one, rates, given)
        return rates

    def take(self, entries: np.ndarray) -> list[np.ndarray]:
        """Each side's own entries."""
        return [entries[part] for part in self._parts]

    def slopes(self, entries: np.ndarray) -> tuple[np.ndarray, np.ndarray] | None:
        """Aims [A] and their slopes in the entries [A, K]; None without an equilibrium."""
        self.evaluations += 1
        found = self.arena.slopes(self.put(entries))
        if found is None:
            return None
        rows = [np.concatenate([one.gathered(slope) for one in self.choices]) for slope in found.slopes]
        return found.values, np.array(rows)

    def values(self, entries: np.ndarray) -> np.ndarray:
        """Aims at many points [B, K] -> [B, A]."""
        self.evaluations += len(entries)
        step = 64
        parts = [self.arena.values(self.put(entries[at : at + step])) for at in range(0, len(entries), step)]
        return np.concatenate(parts)

    def curvature(self, entries: np.ndarray, weights: np.ndarray) -> np.ndarray:
        """Minus second derivatives of weighted aims: side by side where they are cheap, else guessed [K, K].

        What one side's levers do to the worth of another's is left to be learnt on the way.
        """
        matrix = np.zeros((self.size, self.size))
        rates = self.put(entries)
        for one, part in zip(self.choices, self._parts, strict=True):
            total = self.arena.hessian(rates, weights, one) if one.size <= MANY else None
            if total is None:
                matrix[part, part] = np.diag(guessed_curvature(self.arena.prepared, one) * weights.mean())
                continue
            # Measured against the guess, so that a flow of next to nothing does not ask for endless steps.
            scale = np.sqrt(guessed_curvature(self.arena.prepared, one) * weights.mean())
            ratio = positive(-total / np.outer(scale, scale), least=LEAST)
            matrix[part, part] = ratio * np.outer(scale, scale)
        return matrix


def _put_each(choice: Choice, rates: np.ndarray, entries: np.ndarray) -> np.ndarray:
    if rates.ndim == 4:
        return choice.put(rates, entries)
    return np.stack([choice.put(r, e) for r, e in zip(rates, entries, strict=True)])


@dataclass
class Reached:
    """Where a search along a ray ended.

    Attributes:
        entries: of the table [K].
        s: how far along the ray, percent.
        aims: percent [A].
        weights: a, what a percent of each aim is worth there; normal to the frontier [A].
        shortfall: largest gap to a red line, percent.
        expected: rise of s that the last step still promised.
        in_time: False where the time ran out.
    """

    entries: np.ndarray
    s: float
    aims: np.ndarray
    weights: np.ndarray
    shortfall: float
    expected: float
    in_time: bool


def along_ray(
    table: Table,
    origin: np.ndarray,
    ray: np.ndarray,
    *,
    start: np.ndarray | None = None,
    curvature: np.ndarray | None = None,
) -> Reached:
    """The point farthest along a ray of aims.

    Args:
        table: the levers.
        origin, ray: o and r over aims and red lines [A]; r is zero for red lines, at least zero else.
        start: entries to start from; those in force by default.
        curvature: minus that of the Lagrangian, if known.

    Raises:
        UnsolvableShock: the start has no certified equilibrium.
    """
    here = np.clip(table.start if start is None else start, table.lower, table.upper)
    found = table.slopes(here)
    if found is None:
        raise UnsolvableShock(
            "the duties that talks would start from",
            why="they have no certified equilibrium",
            instead="others",
        )
    aims, slopes = found
    moving = ray > 0
    weights = np.where(moving, 1.0, 0.0) / ray.sum()
    matrix = table.curvature(here, weights) if curvature is None else curvature
    in_time, expected, stalls, anew = True, np.inf, 0, -np.inf

    def merit(values: np.ndarray) -> float:
        common = ((values - origin)[moving] / ray[moving]).min()
        short = np.maximum(0.0, (origin - values)[~moving]).sum() if (~moving).any() else 0.0
        return float(common - HELD_PENALTY * short)

    now = merit(aims)
    for _ in range(STEPS):
        if time.monotonic() > table.deadline:
            in_time = False
            break
        direction, weights, expected, pulled = _step(
            matrix, slopes, aims - origin, ray, here, table.lower, table.upper, weights, now
        )
        asked = float(np.abs(direction).max(initial=0.0))
        if asked <= 1e-9 or expected <= CLOSE or stalls >= 2:
            # The end, if with fresh curvature there is none better.
            if now - anew <= CLOSE:
                break
            anew, stalls, matrix = now, 0, table.curvature(here, weights)
            continue
        direction = np.clip(direction, -LONGEST, LONGEST)
        part, tried, there = 1.0, None, here
        for _ in range(12):
            there = np.clip(here + part * direction, table.lower, table.upper)
            tried = table.slopes(there)
            needed = now + ENOUGH * part * expected - table.arena.noise
            if tried is not None and merit(tried[0]) < needed:
                # The aims bend away from their slopes, each in its own way: put that right once.
                bent = tried[0] - (aims + slopes @ (there - here))
                there = np.clip(there + _correction(pulled, slopes, bent, ray), table.lower, table.upper)
                tried = table.slopes(there)
            if tried is not None and merit(tried[0]) >= needed:
                break
            part, tried = part / 2, None
        if tried is None:
            stalls += 1
            matrix = table.curvature(here, weights) if stalls == 1 else 4 * matrix
            continue
        matrix = learnt(matrix, there - here, weights @ slopes - weights @ tried[1])
        here, (aims, slopes) = there, tried
        now = merit(aims)
    gaps = aims - origin
    short = float(np.maximum(0.0, -gaps[~moving]).max(initial=0.0))
    return Reached(here, float((gaps[moving] / ray[moving]).min()), aims, weights, short, expected, in_time)


def _step(
    matrix: np.ndarray,
    slopes: np.ndarray,
    gaps: np.ndarray,
    ray: np.ndarray,
    here: np.ndarray,
    lower: np.ndarray,
    upper: np.ndarray,
    weights: np.ndarray,
    now: float,
) -> tuple[np.ndarray, np.ndarray, float, np.ndarray]:
    """One quadratic step: move, weights, the rise of s it promises, and the pull of each aim [K, A]."""
    direction = np.zeros_like(here)
    pulls = np.zeros((len(here), len(ray)))
    free = upper > lower
    s = now
    for _ in range(6):
        where = np.flatnonzero(free)
        if not where.size:
            return np.zeros_like(here), weights, 0.0, pulls
        own = slopes[:, where]
        # All pulls at once: the columns of B^-1 A'.
        pulled = cho_solve(_factor(matrix[np.ix_(where, where)]), own.T)
        pulls = np.zeros((len(here), len(ray)))
        pulls[where] = pulled
        weights, s = _weights(own @ pulled, gaps, ray)
        direction = np.zeros_like(here)
        direction[where] = pulled @ weights
        pull = weights @ slopes
        outward = free & (((here <= lower) & (direction < 0)) | ((here >= upper) & (direction > 0)))
        inward = ~free & (upper > lower) & (
            ((here <= lower) & (pull > 0)) | ((here >= upper) & (pull < 0))
        )  # fmt: skip
        if not outward.any():
            if not inward.any():
                break
            free = free | inward
            continue
        free = free & ~outward
    return direction, weights, max(0.0, s - now), pulls


def _factor(matrix: np.ndarray) -> tuple[np.ndarray, bool]:
    """The matrix factored, a little lifted where rounding has made it singular."""
    size = float(np.trace(matrix)) / len(matrix)
    for lift in (0.0, 1e-10, 1e-7, 1e-4):
        try:
            return cho_factor(matrix + lift * size * np.eye(len(matrix)) if lift else matrix)
        except np.linalg.LinAlgError:
            continue
    return cho_factor(np.diag(np.diag(matrix)))


def _correction(pulls: np.ndarray, slopes: np.ndarray, bent: np.ndarray, ray: np.ndarray) -> np.ndarray:
    """The move that undoes by how much aims missed their slopes, but for a part along the ray."""
    count = len(ray)
    system = np.zeros((count + 1, count + 1))
    system[:count, :count] = slopes @ pulls
    system[:count, :count] += RIDGE * np.trace(system) / count * np.eye(count)
    system[:count, count], system[count, :count] = -ray, ray
    answer = np.linalg.lstsq(system, np.append(-bent, 0.0), rcond=None)[0]
    return pulls @ answer[:count]


def _weights(square: np.ndarray, gaps: np.ndarray, ray: np.ndarray) -> tuple[np.ndarray, float]:
    """Weights a >= 0 and s with Q a - r s = o - u on the aims that bind and r' a = 1."""
    count = len(ray)
    kept = np.ones(count, dtype=bool)
    weights, s = np.zeros(count), 0.0
    size = np.trace(square) / count
    for _ in range(2 * count):
        where = np.flatnonzero(kept)
        m = len(where)
        system = np.zeros((m + 1, m + 1))
        system[:m, :m] = square[np.ix_(where, where)] + RIDGE * size * np.eye(m)
        system[:m, m], system[m, :m] = -ray[where], ray[where]
        right = np.append(-gaps[where], 1.0)
        answer = np.linalg.lstsq(system, right, rcond=None)[0]
        weights = np.zeros(count)
        weights[where], s = answer[:m], float(answer[m])
        if m > 1 and weights.min() < 0 and (ray[kept] > 0).sum() > int(ray[weights.argmin()] > 0):
            kept[int(weights.argmin())] = False
            continue
        # An aim left out may fall short at this step; it then binds after all.
        short = gaps + square @ weights - ray * s
        worst = int(np.where(kept, np.inf, short).argmin())
        if kept.all() or short[worst] >= -1e-9:
            break
        kept[worst] = True
    return np.maximum(weights, 0.0), s
