"""What each policy of a path costs and moves: one certified equilibrium for each policy and horizon.

Every number is a change against the policy of the first day under the same horizon. Nothing is interpolated:
a policy on a horizon is solved, or it has no numbers. The first year has the elasticities and factors tied to
their sectors of `economy.horizon` after one year; the long run those of the world's own set.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np

from detente.core.errors import UnsolvableShock
from detente.economy.assumptions import trade_elasticities
from detente.economy.batch import solve_many
from detente.economy.certificate import NotSolved
from detente.economy.horizon import Adjustment
from detente.economy.models import InputOutput
from detente.economy.outcome import Outcome
from detente.economy.prepare import Prepared, prepare
from detente.economy.world import World
from detente.policy import SectorPolicy, Weights

LONG_RUN = "long_run"
FIRST_YEAR = "first_year"
HORIZONS = (FIRST_YEAR, LONG_RUN)

MEASURES = ("real_income_percent", "prices_percent", "imports_usd_million", "trade_usd_million")
"""What is kept of an equilibrium, for each party: real income and consumer prices over own wages against the
world's baseline, goods imported from the other party, and goods traded between the two."""


@dataclass(frozen=True)
class Setting:
    """What is assumed of the economy.

    Attributes:
        world_name: a shipped world or a folder.
        splits: shipped splits applied to it, in order, so that controlled goods are sectors of their own.
        scheme: speed of the first year, see `economy.horizon.Adjustment`.
        elasticities, theta_scale, closure, revenue_use: of the long run; the last two of both.
    """

    world_name: str = "icio2022"
    splits: tuple[str, ...] = ()
    scheme: str = "estimate"
    elasticities: str | None = None
    theta_scale: float = 1.0
    closure: str = "fixed_to_world_income"
    revenue_use: str = "rebated"


@dataclass(frozen=True)
class Answer:
    """What an equilibrium comes to.

    Attributes:
        numbers: party -> measure -> value.
        residual: largest relative residual of its certificate.
    """

    numbers: Mapping[str, Mapping[str, float]]
    residual: float

    def as_row(self) -> list[float]:
        """The numbers in the order of parties and `MEASURES`, then the residual: to be kept."""
        return [*(one[name] for one in self.numbers.values() for name in MEASURES), self.residual]

    @classmethod
    def of_row(cls, row: Sequence[float], parties: Sequence[str]) -> Answer:
        """The answer of a row that was kept."""
        values = iter(row)
        return cls({party: {name: next(values) for name in MEASURES} for party in parties}, row[-1])


@dataclass(frozen=True)
class Answers:
    """What the economy said.

    Attributes:
        plain: horizon -> policy -> its answer, or why there is none.
        sourced: the same as buyers act on the odds; empty where there was no time.
        solved: equilibria solved.
    """

    plain: Mapping[str, Mapping[str, Answer | str]]
    sourced: Mapping[str, Mapping[str, Answer | str]]
    solved: int


def theta_of(world: World, setting: Setting, horizon: str) -> np.ndarray:
    """Trade elasticities of a horizon [sector].

    Raises:
        UnknownName: elasticities that the world does not have.
    """
    if horizon == LONG_RUN:
        return trade_elasticities(world, setting.elasticities, setting.theta_scale)[1]
    name, _ = trade_elasticities(world, setting.elasticities, 1.0)
    services = np.isin(world.sectors, world.services)
    long_run = np.asarray(world.elasticities[name], dtype=float)
    return Adjustment(scheme=setting.scheme).theta(1, long_run, services)


def prepared_for(world: World, setting: Setting, horizon: str) -> Prepared:
    """The world ready for a horizon.

    Raises:
        UnsolvableShock: its baseline has no certified equilibrium.
    """
    common: dict[str, Any] = {"closure": setting.closure, "revenue_use": setting.revenue_use}
    if horizon == FIRST_YEAR:
        speeds = Adjustment(scheme=setting.scheme)
        theta = theta_of(world, setting, horizon)
        world = replace(world, elasticities={**world.elasticities, FIRST_YEAR: theta})
        ready = prepare(InputOutput(speeds.mobile_share(1)), world, elasticities=FIRST_YEAR, **common)
    else:
        ready = prepare(
            "input-output",
            world,
            elasticities=setting.elasticities,
            theta_scale=setting.theta_scale,
            **common,
        )
    if isinstance(ready, NotSolved):
        raise UnsolvableShock(f"the world's baseline, {horizon}", why=ready.message, instead="another world")
    return ready


@lru_cache(maxsize=4)
def _ready(setting: Setting, horizon: str) -> Prepared:
    """What a worker keeps from task to task."""
    return prepared_for(world_of(setting)[0], setting, horizon)


@lru_cache(maxsize=2)
def world_of(setting: Setting) -> tuple[World, Weights]:
    """The world of a setting with its splits, and HS weights on its sectors.

    Raises:
        UnknownName: no such world or split.
    """
    from detente.economy.splits import apply_split
    from detente.economy.worlds import load_weights, load_world

    world, weights = load_world(setting.world_name), load_weights(setting.world_name)
    for name in setting.splits:
        world, weights, _ = apply_split(world, weights, name)
    return world, weights


def answer_of(outcome: Outcome, parties: tuple[str, str]) -> Answer:
    """The numbers of an equilibrium that an outlook keeps."""
    first, second = parties

    def number(measure: str, *labels: str) -> float:
        found = outcome.at(measure, *labels)
        return float("nan") if found is None else found

    flows = {
        (a, b): number("bilateral_goods_usd_million", a, b) for a, b in ((first, second), (second, first))
    }
    both = sum(flows.values())
    numbers = {
        party: {
            "real_income_percent": number("real_income_percent", party),
            "prices_percent": number("consumer_prices_relative_to_own_wages_percent", party),
            "imports_usd_million": flows[party, other],
            "trade_usd_million": both,
        }
        for party, other in (parties, parties[::-1])
    }
    return Answer(numbers, outcome.certificate.largest)


@dataclass(frozen=True)
class Solve:
    """A task for a worker: policies on one horizon of one world.

    Attributes:
        setting, horizon: which economy.
        parties: whose numbers are kept.
        policies: on the world's sectors.
    """

    setting: Setting
    horizon: str
    parties: tuple[str, str]
    policies: tuple[SectorPolicy, ...]


def work_out(task: Solve) -> list[Answer | str]:
    """The answers of a task, each certified by itself.

    Returns:
        An answer, or the reason there is none, in the order of the policies.
    """
    ready = _ready(task.setting, task.horizon)
    found = solve_many(ready, task.policies, lambda outcome: answer_of(outcome, task.parties))
    return [one.message if isinstance(one, NotSolved) else one for one in found]


def against(value: Answer, reference: Answer) -> dict[str, dict[str, float]]:
    """Percent changes of every number between two answers on one horizon."""
    changes: dict[str, dict[str, float]] = {}
    for party, numbers in value.numbers.items():
        before = reference.numbers[party]
        changes[party] = {
            name: 100 * ((1 + number / 100) / (1 + before[name] / 100) - 1)
            if name.endswith("_percent")
            else 100 * (number / before[name] - 1)
            for name, number in numbers.items()
        }
    return changes
