"""Duties that no slope asks any side to change: where a start leads.

All sides move at once by the rates their slopes imply (`implied`). Where those steps do not settle, best
responses follow in turn.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from detente.core.errors import UnsolvableShock
from detente.strategy.arena import Arena
from detente.strategy.ascend import Ascent
from detente.strategy.choice import Choice, put_all
from detente.strategy.implied import implied
from detente.strategy.optimal import climb
from detente.strategy.steps import NONE, Steps

SETTLED = 1e-7
"""Largest move of a rate in a round, in logs of gross rates, at which best responses have settled."""

ROUNDS = 200

Progress = Callable[[str], None]


def quiet(words: str) -> None:
    """No progress shown."""


class Player:
    """A side and what it has learnt of its own curvature."""

    def __init__(self, arena: Arena, place: int, choice: Choice) -> None:
        self.arena, self.place, self.choice = arena, place, choice
        self.curvature: np.ndarray | None = None

    def respond(self, rates: np.ndarray, precision: float, deadline: float) -> tuple[np.ndarray, Ascent]:
        """Everybody's rates with this side's best ones, others' given."""
        found = climb(
            self.arena,
            self.place,
            self.choice,
            rates,
            curvature=self.curvature,
            precision=precision,
            deadline=deadline,
            steps=60,
        )
        self.curvature = found.curvature
        return self.choice.put(rates, found.point), found


@dataclass(frozen=True)
class Reached:
    """Where a start led.

    Attributes:
        start: its name.
        rates: logs of gross rates of everybody.
        rounds: of best responses in turn; 0 where all sides moved at once.
        settled: whether nothing moves any more.
    """

    start: str
    rates: np.ndarray
    rounds: int
    settled: bool


def reach(
    arena: Arena,
    players: Sequence[Player],
    named: Sequence[tuple[str, np.ndarray]],
    deadline: float,
    progress: Progress,
    steps: Steps = NONE,
    step: str = "reached",
) -> tuple[list[Reached], list[str], int]:
    """Where the starts lead, all sides moving at once, the names of those that did not settle, and the
    equilibria solved.

    A start that does not settle so is followed by best responses in turn.

    Args:
        steps, step: where what was reached is kept, and under which name.
    """
    kept = steps.get(step)
    if kept is not None:
        plain = [kept[key].tolist() for key in ("starts", "rounds", "settled")]
        rows = [Reached(s, r, n, done) for s, n, done, r in zip(*plain, kept["rates"], strict=True)]
        return rows, kept["unsettled"].tolist(), int(kept["evaluations"])
    reached, unsettled, count = _reach(arena, players, named, deadline, progress)
    if reached and time.monotonic() <= deadline:
        found = {
            "starts": [one.start for one in reached],
            "rates": [one.rates for one in reached],
            "rounds": [one.rounds for one in reached],
            "settled": [one.settled for one in reached],
            "unsettled": np.array(unsettled, dtype=str),
            "evaluations": count,
        }
        steps.put(step, found)
    return reached, unsettled, count


def _reach(
    arena: Arena,
    players: Sequence[Player],
    named: Sequence[tuple[str, np.ndarray]],
    deadline: float,
    progress: Progress,
) -> tuple[list[Reached], list[str], int]:
    choices = [player.choice for player in players]
    progress(f"war: {len(named)} starts, all sides at once")
    found = implied(
        arena,
        named[0][1],
        list(range(len(players))),
        choices,
        np.stack([np.concatenate([one.take(start) for one in choices]) for _, start in named]),
        tolerance=SETTLED,
        deadline=deadline,
        progress=lambda count, move: progress(
            f"war: {count} points, largest move asked for {100 * move:.2g} points"
        ),
    )
    reached, unsettled, count = [], [], found.evaluations
    for row, (name, start) in enumerate(named):
        rates = put_all(choices, start, found.entries[row])
        if found.settled[row]:
            reached.append(Reached(name, rates, 0, settled=True))
            continue
        progress(f"war: best responses in turn from {name}")
        try:
            settled = in_turn(players, start if np.isinf(found.moves[row]) else rates, deadline, progress)
        except UnsolvableShock:
            unsettled.append(name)
            continue
        count += settled[3]
        if not settled[2]:
            unsettled.append(name)
        if settled[2] or not reached:
            reached.append(Reached(name, *settled[:3]))
        if time.monotonic() > deadline:
            break
    return reached, unsettled, count


def in_turn(
    players: Sequence[Player], rates: np.ndarray, deadline: float, progress: Progress = quiet
) -> tuple[np.ndarray, int, bool, int]:
    """Best responses in turn until no rate moves: rates, rounds, whether they settled, equilibria solved."""
    moved, evaluations = np.inf, 0
    for count in range(1, ROUNDS + 1):
        before = rates
        # Early rounds need no more digits than the others' next move leaves.
        precision = max(SETTLED / 3, min(1e-2, 0.1 * moved))
        for player in players:
            rates, found = player.respond(rates, precision, deadline)
            evaluations += found.evaluations
            if not found.in_time:
                return rates, count, False, evaluations
        moved = float(np.abs(rates - before).max())
        progress(f"round {count}, largest move {100 * moved:.2g}%")
        if moved <= SETTLED and precision < SETTLED:
            return rates, count, True, evaluations
    return rates, ROUNDS, False, evaluations
