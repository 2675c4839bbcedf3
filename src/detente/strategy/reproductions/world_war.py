"""The global tariff war of Lashkaripour (2021) on the shipped world, by search instead of by formula.

The paper's formula leaves input-output links out. With them no solution is published: here every economy sets
one duty on all imports of goods, each the best answer to the others', certified like any war. The same war
without inputs stands beside the formula's duties and says how near they are to an equilibrium.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np

from detente.core.errors import InvalidOption
from detente.economy.prepare import Prepared, prepare
from detente.economy.replicate import compared, read_case
from detente.economy.reproductions.case import Computed
from detente.economy.worlds import load_world
from detente.strategy.aims import real_income
from detente.strategy.arena import arena
from detente.strategy.choice import choice
from detente.strategy.nash import nash

CASE = "lashkaripour-2021"
PARTS = {"war-with-inputs": "input-output", "war-without-inputs": "armington"}
"""Part -> model."""

Progress = Callable[[str], None]


def replicate_world_war(
    part: str,
    progress: Progress = lambda words: None,
    *,
    time_limit_seconds: float | None = None,
) -> dict[str, Any]:
    """One war of all economies, cell by cell; see `economy.replicate.replicate`.

    Raises:
        InvalidOption: part.
    """
    if part not in PARTS:
        raise InvalidOption(
            repr(part), where="--part", why="not a part of this case", instead=f"one of {', '.join(PARTS)}"
        )
    facts = read_case(CASE)
    deadline = np.inf if time_limit_seconds is None else time.monotonic() + time_limit_seconds
    world = load_world(facts["games_world"])
    prepared = prepare(PARTS[part], world, closure="balanced")
    assert isinstance(prepared, Prepared)
    game = nash(
        arena(prepared, [real_income(label) for label in world.economies]),
        [choice(world, label, "uniform") for label in world.economies],
        deadline=deadline,
        progress=progress,
    )
    war, name = game.wars[0], part.replace("-", "_")
    result = Computed()
    for label in world.economies:
        result.numbers[name, label, "rate"] = 100 * float(np.expm1(war.entries[label][0]))
        result.numbers[name, label, "welfare"] = war.aims_percent[label]
    for quantity in ("rate", "welfare"):
        each = [result.numbers[name, label, quantity] for label in world.economies]
        result.numbers[name, "average", quantity] = float(np.mean(np.array(each, dtype=float)))
    result.certificates[name] = game.to_dict() | {
        "largest_regret_percent": max((one.percent for one in war.regrets.values()), default=None),
    }
    shown = {**facts, "model": PARTS[part], "experiments": {name: facts["games"][name]}, "published": {}}
    answer = compared({**shown, "notes": {name: facts["games_note"]}}, result)
    return {**answer, "part": part, "in_time": game.in_time}
