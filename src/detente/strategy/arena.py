"""The aims of several governments at any duties and export taxes, with their slopes.

Two ways to the same numbers. `GeneralArena` takes any model: it solves for the equilibrium and gets the
slope of each aim in all levers by an adjoint solve. `finalgoods.FinalGoodsArena` has the equations of trade
in final goods and their derivatives by hand, for many points at once: a millisecond each on a small world.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from detente.core.errors import InvalidGame
from detente.economy.assumptions import trade_elasticities
from detente.economy.certificate import NotSolved
from detente.economy.models.input_output import InputOutput
from detente.economy.outcome import Outcome
from detente.economy.prepare import Prepared
from detente.economy.solve import solve_prepared
from detente.strategy.aims import Aim, require_sense, value
from detente.strategy.choice import Choice, policy_of


@dataclass(frozen=True)
class Slopes:
    """Aims of all sides at one point.

    Attributes:
        values: percent of real income, in the order of the sides [S].
        slopes: of each aim in the log of each gross rate [S, lever, importer, exporter, sector].
    """

    values: np.ndarray
    slopes: np.ndarray


class Arena(Protocol):
    """Aims at rates in force; rates are logs of gross rates [lever, importer, exporter, sector]."""

    prepared: Prepared
    aims: tuple[Aim, ...]
    noise: float
    """Size of rounding in an aim, percent."""

    def values(self, rates: np.ndarray) -> np.ndarray:
        """Aims at many points [B, ...] -> [B, S]; NaN where there is no certified equilibrium."""
        ...

    def slopes(self, rates: np.ndarray, sides: Sequence[int] | None = None) -> Slopes | None:
        """Aims and their slopes at one point, of these sides or all; None without an equilibrium."""
        ...

    def hessian(self, rates: np.ndarray, weights: np.ndarray, choice: Choice) -> np.ndarray | None:
        """Second derivatives of the weighted sum of aims [S] in the entries of a choice [K, K].

        None where they cost too much, or there is no equilibrium.
        """
        ...


class GeneralArena:
    """Any model: equilibria by the solver, slopes by its adjoint."""

    noise = 1e-8

    def __init__(self, prepared: Prepared, aims: Sequence[Aim]) -> None:
        self.prepared, self.aims = prepared, tuple(aims)

    def outcome(self, rates: np.ndarray) -> Outcome | None:
        """The certified outcome at rates in force."""
        found = solve_prepared(self.prepared, policy_of(self.prepared.world, rates))
        return None if isinstance(found, NotSolved) else found

    def values(self, rates: np.ndarray) -> np.ndarray:
        """Aims at many points; see `Arena`."""
        from detente.economy.batch import solve_many

        policies = [policy_of(self.prepared.world, one) for one in rates]
        found = solve_many(self.prepared, policies, lambda o: [float(value(aim, o)) for aim in self.aims])
        none = [np.nan] * len(self.aims)
        return np.array([none if isinstance(row, NotSolved) else row for row in found])

    def slopes(self, rates: np.ndarray, sides: Sequence[int] | None = None) -> Slopes | None:
        """Aims and slopes at one point; see `Arena`."""
        from detente.core.errors import UnsolvableShock
        from detente.economy.adjoint import gradients

        wanted = list(range(len(self.aims))) if sides is None else list(sides)
        policy = policy_of(self.prepared.world, rates)
        objectives = [_objective(self.aims[side]) for side in wanted]
        try:
            found = gradients(self.prepared, policy, objectives, check=False)
        except UnsolvableShock:
            return None
        if isinstance(found, NotSolved):
            return None
        gross = np.exp(rates)
        slopes = [np.stack([one.levers.duty, one.levers.export_tax]) * gross for one in found]
        return Slopes(np.array([one.value for one in found]), np.stack(slopes))

    def hessian(self, rates: np.ndarray, weights: np.ndarray, choice: Choice) -> np.ndarray | None:
        """By central differences of the slopes, for at most `FEW` entries; see `Arena`."""
        return None if choice.size > FEW else differenced(self, rates, weights, choice)


def only(arena: Arena, side: int) -> np.ndarray:
    """Weights of one aim alone [S]."""
    return np.eye(len(arena.aims))[side]


FEW = 4
"""Entries up to which second derivatives are taken by differences of a general model's slopes."""

STEP = 1e-4


def differenced(arena: Arena, rates: np.ndarray, weights: np.ndarray, choice: Choice) -> np.ndarray | None:
    """Second derivatives of the weighted sum of aims by central differences of its slopes [K, K].

    One-sided at a bound.
    """
    entries, wanted = choice.take(rates), np.flatnonzero(weights)
    rows = []
    for k in range(choice.size):
        ends, at = [], []
        for sign in (1, -1):
            moved = entries.copy()
            moved[k] = np.clip(moved[k] + sign * STEP, choice.lower[k], choice.upper[k])
            found = arena.slopes(choice.put(rates, moved), [int(side) for side in wanted])
            if found is None:
                return None
            ends.append(choice.gathered(np.tensordot(weights[wanted], found.slopes, axes=1)))
            at.append(moved[k])
        rows.append((ends[0] - ends[1]) / (at[0] - at[1]) if at[0] > at[1] else np.zeros(choice.size))
    matrix = np.array(rows)
    return (matrix + matrix.T) / 2


def _objective(aim: Aim) -> Any:
    return lambda outcome: value(aim, outcome)


def arena(prepared: Prepared, aims: Sequence[Aim], *, lines: int = 0) -> Arena:
    """The quickest way to these aims in this model.

    Args:
        prepared: the world and its assumptions.
        aims: of each side; then those of red lines, which may belong to any side.
        lines: how many of the last aims are those of red lines.

    Raises:
        UnknownEconomy, UnknownSector, InvalidGame: see `aims.require_sense`; a side named twice.
    """
    from detente.strategy.final_goods import FinalGoodsArena

    sides = [aim.side for aim in aims][: len(aims) - lines]
    if not sides or len(set(sides)) < len(sides):
        raise InvalidGame(
            f"sides {', '.join(sides) or 'none'}",
            where="SIDES",
            why="a game needs sides, each of them once",
            instead="for example USA,CHN",
        )
    model = prepared.model
    short_run = isinstance(model, InputOutput) and model.mobile_share < 1
    for aim in aims:
        require_sense(aim, prepared.world, prepared.baseline, short_run=short_run)
    return (
        FinalGoodsArena(prepared, aims)
        if FinalGoodsArena.takes(prepared, aims)
        else GeneralArena(prepared, aims)
    )


def require_bounded(prepared: Prepared, choices: Sequence[Choice]) -> None:
    """Refuse duties on goods whose buyers have nowhere to go: their best rate has no bound.

    Raises:
        InvalidGame: theta at or below zero on a sector that a side may tax; levers the model lacks.
    """
    _, theta = trade_elasticities(
        prepared.world, prepared.elasticities, prepared.theta_scale, lowest=prepared.model.lowest_theta
    )
    for one in choices:
        used = np.asarray((one.index >= 0).any(axis=(0, 1)))
        loose = [prepared.world.sectors[j] for j in np.flatnonzero(used & (theta <= 0))]
        if loose:
            raise InvalidGame(
                f"the best duties of {one.side} on {', '.join(loose[:5])}",
                where=f"levers of {one.side}",
                why="theta is at or below zero there: buyers do not turn away, and the higher the duty the "
                "better, without a bound",
                instead="long-run elasticities, or sectors with theta above zero",
            )
        if (one.index[1] >= 0).any() and "taxes" not in prepared.model.instruments:
            raise InvalidGame(
                f"export taxes in the model {prepared.model.name}",
                where=f"levers of {one.side}",
                why="it takes import duties and non-tariff costs only",
                instead="the model input-output or specific-factors",
            )
