"""Who moves first: one side sets its duties knowing how the other will answer.

    none          the other keeps its duties
    reciprocal    the other adds as many points on the first's goods as the first added on its goods
    proportional  the same times a factor
    optimal       the other answers with its best response

A reciprocal or proportional answer raises the duty of the answering side by the first side's change on it,
sector by sector, meaned over goods by the first side's imports where the answer is coarser than the duties.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import numpy as np

from detente.core.errors import InvalidGame, InvalidOption
from detente.economy.outcome import Outcome
from detente.strategy.arena import Arena, only, require_bounded
from detente.strategy.ascend import ascend
from detente.strategy.choice import DUTY, Choice, rates_of
from detente.strategy.optimal import GRADIENT_TOLERANCE, climb, held, outcome_at, projected_gradient

ANSWERS = ("none", "reciprocal", "proportional", "optimal")

MOST_LED = 24
"""Entries of a leader up to which the answer to each is solved."""

STEP = 1e-3
"""Step of the slope of an answered aim, in logs of gross rates: the answer is solved to less than this."""


@dataclass(frozen=True)
class FirstMove:
    """A leader's best duties given how the follower answers.

    Attributes:
        leader, follower: labels.
        answer: one of `ANSWERS`.
        entries: of each, by label.
        rates: logs of gross rates of everybody.
        aims_percent: of each, by label.
        projected_gradient: largest slope of the leader's aim, the answer included, in a rate that no bound
            holds, percent per point.
        in_time: False where the time ran out.
        outcome: the certified equilibrium.
        seconds: wall time.
    """

    leader: str
    follower: str
    answer: str
    entries: dict[str, np.ndarray]
    rates: np.ndarray
    aims_percent: dict[str, float]
    projected_gradient: float
    in_time: bool
    outcome: Outcome
    seconds: float

    @property
    def certified(self) -> bool:
        """True where the leader's aim is level in every rate that no bound holds."""
        return self.projected_gradient <= 10 * GRADIENT_TOLERANCE and self.in_time

    def to_dict(self, choices: dict[str, Choice]) -> dict[str, Any]:
        """For JSON."""
        return {
            "leader": self.leader,
            "follower": self.follower,
            "answer": self.answer,
            "certified": self.certified,
            "projected_gradient_percent_per_point": self.projected_gradient,
            "in_time": self.in_time,
            "seconds": self.seconds,
            "sides": {
                side: {
                    "aim_percent": self.aims_percent[side],
                    "rates_percent": one.rates_percent(self.entries[side]),
                    "at_bound": one.at_bound(self.entries[side]),
                }
                for side, one in choices.items()
            },
            "outcome_certificate": self.outcome.certificate.to_dict(),
        }


def answered(
    arena: Arena,
    leader: Choice,
    follower: Choice,
    rates: np.ndarray,
    entries: np.ndarray,
    answer: str,
    factor: float = 1.0,
) -> np.ndarray:
    """Rates of everybody once the follower has answered the leader's entries.

    Args:
        arena: with the follower's aim where the answer is optimal.
        leader, follower: their levers.
        rates: in force before, logs of gross rates.
        entries: of the leader.
        answer: one of `ANSWERS`.
        factor: of a proportional answer.
    """
    moved = leader.put(rates, entries)
    if answer == "none":
        return moved
    if answer == "optimal":
        place = [aim.side for aim in arena.aims].index(follower.side)
        found = climb(arena, place, follower, moved, precision=1e-8)
        return follower.put(moved, found.point)
    times = 1.0 if answer == "reciprocal" else factor
    before, after = np.exp(rates[DUTY, leader.row]), np.exp(moved[DUTY, leader.row])
    points = times * (after - before)[follower.row]
    # The follower's duties on the leader's goods, sector by sector, then as coarse as its levers are.
    wanted = np.exp(moved)
    wanted[DUTY, follower.row, leader.row] = np.maximum(1.0, wanted[DUTY, follower.row, leader.row] + points)
    level = np.log(wanted)
    if follower.over is not None:
        level[DUTY, follower.row] -= follower.over[DUTY]
    own = follower.index[DUTY, leader.row] >= 0
    kept = follower.take(moved)
    flows = arena.prepared.baseline.flows[follower.row, leader.row]
    for entry in np.unique(follower.index[DUTY, leader.row][own]):
        cells = follower.index[DUTY, leader.row] == entry
        weight = flows[cells] if flows[cells].sum() > 0 else np.ones(cells.sum())
        kept[entry] = np.average(level[DUTY, follower.row, leader.row][cells], weights=weight)
    return follower.put(moved, np.clip(kept, follower.lower, follower.upper))


def first_move(
    arena: Arena,
    leader: Choice,
    follower: Choice,
    answer: str,
    *,
    factor: float = 1.0,
    rates: np.ndarray | None = None,
    deadline: float = np.inf,
) -> FirstMove:
    """The leader's best duties given how the follower answers.

    Raises:
        InvalidOption: answer, factor.
        InvalidGame: a leader with more entries than can be searched, one side on both seats, a problem
            without a bound.
    """
    began = time.perf_counter()
    if answer not in ANSWERS or not (np.isfinite(factor) and factor >= 0):
        raise InvalidOption(
            f"answer {answer!r} times {factor:g}",
            where="--answer, --factor",
            why="no such answer" if answer not in ANSWERS else "the factor must be a number at or above zero",
            instead=f"one of {', '.join(ANSWERS)}",
        )
    if leader.side == follower.side:
        raise InvalidGame(
            f"{leader.side} answering itself",
            where="--first",
            why="two sides are needed",
            instead="a leader and a follower",
        )
    if leader.size > MOST_LED:
        raise InvalidGame(
            f"a leader with {leader.size} duties",
            where=f"levers of {leader.side}",
            why=f"the answer to each has to be solved; up to {MOST_LED} can be",
            instead="uniform duties, by sector or by partner",
        )
    require_bounded(arena.prepared, [leader, follower])
    rates = rates_of(arena.prepared.world) if rates is None else rates
    sides = [aim.side for aim in arena.aims]
    place = sides.index(leader.side)

    def value(entries: np.ndarray) -> float:
        at = answered(arena, leader, follower, rates, entries, answer, factor)
        return float(arena.values(at[None])[0, place])

    def function(entries: np.ndarray) -> tuple[float, np.ndarray] | None:
        here, slope = value(entries), np.zeros(leader.size)
        if not np.isfinite(here):
            return None
        for k in np.flatnonzero(leader.free):
            ends = [entries.copy(), entries.copy()]
            ends[0][k], ends[1][k] = (
                min(entries[k] + STEP, leader.upper[k]),
                max(entries[k] - STEP, leader.lower[k]),
            )
            slope[k] = (value(ends[0]) - value(ends[1])) / (ends[0][k] - ends[1][k])
        return here, slope

    start = leader.take(rates)
    lower, upper = held(leader, start)
    curvature = np.diag(_own_curvature(arena, place, leader, rates))
    found = ascend(
        function,
        start,
        lower,
        upper,
        curvature,
        precision=1e-6,
        noise=arena.noise,
        deadline=deadline,
    )
    if found is None:
        raise InvalidGame(
            "the duties in force", why="they and the answer have no certified equilibrium", instead="others"
        )
    at = answered(arena, leader, follower, rates, found.point, answer, factor)
    values = arena.values(at[None])[0]
    return FirstMove(
        leader.side,
        follower.side,
        answer,
        {leader.side: found.point, follower.side: follower.take(at)},
        at,
        {side: float(values[sides.index(side)]) for side in (leader.side, follower.side)},
        projected_gradient(leader, found.point, found.slope),
        found.in_time,
        outcome_at(arena.prepared, at),
        time.perf_counter() - began,
    )


def _own_curvature(arena: Arena, place: int, choice: Choice, rates: np.ndarray) -> np.ndarray:
    second = arena.hessian(rates, only(arena, place), choice)
    size = np.ones(choice.size) if second is None else np.abs(np.diag(second))
    return np.maximum(size, 1e-6 * size.max())
