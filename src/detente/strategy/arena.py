"""The aims of several governments at any duties and export taxes, with their slopes.

Three ways to the same numbers. `GeneralArena` takes any model: it solves for the equilibrium and gets the
slope of each aim in all levers by an adjoint solve. `final_goods.FinalGoodsArena` and
`input_output.InputOutputArena` have the derivatives of their models by hand and take many points side by
side: a millisecond each on a small world of final goods, five at 77 x 23 with inputs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from detente.core.errors import InvalidGame, UnsolvableShock
from detente.economy.assumptions import trade_elasticities
from detente.economy.certificate import NotSolved
from detente.economy.models.input_output import InputOutput
from detente.economy.outcome import Outcome
from detente.economy.prepare import Prepared
from detente.economy.solve import solve_prepared
from detente.strategy.aims import Aim, require_sense, value
from detente.strategy.choice import Choice, policy_of, put_all


@dataclass(frozen=True)
class Slopes:
    """Aims of all sides at one point.

    Attributes:
        values: percent of real income, in the order of the sides [S].
        slopes: of each aim in the log of each gross rate [S, lever, importer, exporter, sector].
    """

    values: np.ndarray
    slopes: np.ndarray


@dataclass(frozen=True)
class Own:
    """Aims of some sides at many points, and what their own levers do to them.

    Attributes:
        values: percent of real income; NaN where there is no certified equilibrium [B, sides].
        slopes: of each side's aim in the log of each of its own gross rates [B, K] each.
        steps: how far each own rate is from what the slopes imply, fractions of value [B, K] each.
        sizes: about minus the second derivative of real income in each own rate, near and far from the
            optimum [B, K] each; see `implied_steps`.
        points: the equilibria, to start others from; None where there is none [B].
    """

    values: np.ndarray
    slopes: list[np.ndarray]
    steps: list[np.ndarray]
    sizes: list[np.ndarray]
    points: list[Any]

    @classmethod
    def empty(cls, count: int, choices: Sequence[Choice]) -> Own:
        """Nothing known yet of so many points."""
        slopes, steps, sizes = ([np.full((count, one.size), np.nan) for one in choices] for _ in range(3))
        return cls(np.full((count, len(choices)), np.nan), slopes, steps, sizes, [None] * count)


class Arena(Protocol):
    """Aims at rates in force; rates are logs of gross rates [lever, importer, exporter, sector]."""

    prepared: Prepared
    aims: tuple[Aim, ...]
    noise: float
    """Size of rounding in an aim, percent."""

    def values(self, rates: np.ndarray) -> np.ndarray:
        """Aims at many points [B, ...] -> [B, S]; NaN where there is no certified equilibrium."""
        ...

    def at(self, rates: np.ndarray, choices: Sequence[Choice], entries: np.ndarray) -> np.ndarray:
        """Aims at many entries of some sides one after the other [B, K], others' rates as given -> [B, S]."""
        ...

    def slopes(self, rates: np.ndarray, sides: Sequence[int] | None = None) -> Slopes | None:
        """Aims and their slopes at one point, of these sides or all; None without an equilibrium."""
        ...

    def own(
        self,
        rates: np.ndarray,
        sides: Sequence[int],
        choices: Sequence[Choice],
        entries: np.ndarray,
        near: Sequence[Any] | None = None,
    ) -> Own:
        """Aims of sides at many of their entries [B, K] and their slopes in own levers.

        Args:
            rates: of everybody else, logs of gross rates.
            sides, choices: whose aims, and the levers of each.
            entries: of these sides one after the other [B, K].
            near: for each point an equilibrium to start from, as an earlier answer gave it, or None.
        """
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
        outcome = self.outcome(rates)
        wanted = range(len(self.aims)) if sides is None else sides
        return None if outcome is None else self._slopes(outcome, rates, wanted)

    def _slopes(self, outcome: Outcome, rates: np.ndarray, sides: Sequence[int]) -> Slopes | None:
        from detente.economy.adjoint import gradients

        policy = policy_of(self.prepared.world, rates)
        objectives = [_objective(self.aims[side]) for side in sides]
        try:
            found = gradients(self.prepared, policy, objectives, outcome=outcome, check=False)
        except UnsolvableShock:
            return None
        if isinstance(found, NotSolved):
            return None
        gross = np.exp(rates)
        slopes = [np.stack([one.levers.duty, one.levers.export_tax]) * gross for one in found]
        return Slopes(np.array([one.value for one in found]), np.stack(slopes))

    def at(self, rates: np.ndarray, choices: Sequence[Choice], entries: np.ndarray) -> np.ndarray:
        """Aims at many entries of some sides; see `Arena`."""
        return self.values(put_all(choices, rates, entries))

    def own(
        self,
        rates: np.ndarray,
        sides: Sequence[int],
        choices: Sequence[Choice],
        entries: np.ndarray,
        near: Sequence[Any] | None = None,
    ) -> Own:
        """Point by point; see `Arena`."""
        found = Own.empty(len(entries), choices)
        for at, given in enumerate(entries):
            here = put_all(choices, rates, given)
            outcome = self.outcome(here)
            if outcome is None:
                continue
            slope = self._slopes(outcome, here, sides)
            if slope is None:
                continue
            found.values[at] = slope.values
            for place, one in enumerate(choices):
                found.slopes[place][at] = own = one.gathered(slope.slopes[place])
                found.steps[place][at], found.sizes[place][at] = self._steps(one, outcome, own)
        return found

    def _steps(self, choice: Choice, outcome: Outcome, slopes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        prepared, after, row = self.prepared, outcome.after, choice.row
        _, theta = trade_elasticities(
            prepared.world, prepared.elasticities, prepared.theta_scale, lowest=prepared.model.lowest_theta
        )
        total = after.spending[row]
        share = (after.flows * (1 + after.duty))[row] / np.where(total > 0, total, 1.0)
        flows = np.stack([after.flows[row], after.flows[:, row]])
        income = prepared.baseline.household_income[row]
        return implied_steps(choice, theta, income, flows, share, total, slopes)

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


MANY = 256
"""Entries above which second derivatives are taken by differences to one side."""


def differenced_many(
    slopes: Callable[[np.ndarray], np.ndarray],
    choice: Choice,
    entries: np.ndarray,
    here: np.ndarray,
    sizes: np.ndarray,
) -> np.ndarray | None:
    """As `differenced`, with slopes of many points side by side.

    Of the two differences that give one second derivative, that of the smaller flow's slope is taken: a slope
    is known to a part of its own flow.

    Args:
        slopes: in the entries of the choice, at many of them [B, K] -> [B, K].
        choice: in what.
        entries: where [K].
        here: slopes there [K].
        sizes: of the flows under the entries [K].
    """
    each = np.arange(choice.size)
    up = np.repeat(entries[None], choice.size, axis=0)
    down = up.copy()
    up[each, each] = np.minimum(entries + STEP, choice.upper)
    down[each, each] = np.maximum(entries - STEP, choice.lower)
    if choice.size > MANY:
        # To one side, upward where there is room.
        room = (up > entries).any(axis=1)
        up = np.where(np.expand_dims(room, 1), up, down)
        down = np.repeat(entries[None], choice.size, axis=0)
        ahead, behind = slopes(up), np.repeat(here[None], choice.size, axis=0)
    else:
        ahead, behind = slopes(up), slopes(down)
    if not (np.isfinite(ahead).all() and np.isfinite(behind).all()):
        return None
    gaps = up[each, each] - down[each, each]
    matrix = (ahead - behind) / np.where(gaps != 0, gaps, 1.0)[:, None]
    return np.where(sizes[:, None] >= sizes, matrix, matrix.T)


def implied_steps(
    choice: Choice,
    theta: np.ndarray,
    income: float,
    customs: np.ndarray,
    share: np.ndarray,
    total: np.ndarray,
    slopes: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """How far a side's rates are from what their slopes imply, and the sizes by which slopes fall [K] each.

    A duty turns buyers from a flow M to the other suppliers of its sector, which take it up by their shares
    pi of spending, and to other sectors: per point of rates t the slopes of real income fall by about

        100 [(1 + theta) M dt - theta M sum_k pi_k dt_k - M sum over all spending of its part dt]

    over income, k over the partners of the sector. The step undoes the slope by that matrix, which is
    diagonal but for one row and column a sector; a size is its diagonal.

    Args:
        choice: the levers.
        theta: [J].
        income: of the side at the baseline.
        customs: flows under own levers at customs value [lever, partner, J].
        share: of partners in own spending by sector [partner, J].
        total: own spending by sector [J].
        slopes: in the logs of gross rates [K].
    """
    flow = 100 * choice.by_sector(customs) / income
    part = choice.by_sector(np.stack([share, np.zeros_like(share)]))
    of_all = part @ total / total.sum()
    straight = ((1 + theta) * flow).sum(axis=1)
    there = straight > 0
    turned = np.column_stack([theta * flow, flow.sum(axis=1)])
    weight = np.column_stack([part, of_all])
    sizes = np.maximum(straight - (turned * weight).sum(axis=1), 0.0)
    over = np.where(there, 1.0, 0.0) / np.where(there, straight, 1.0)
    first = over * slopes
    shared = np.linalg.solve(np.eye(weight.shape[1]) - weight.T @ (over[:, None] * turned), weight.T @ first)
    return first + over * (turned @ shared), sizes


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
    from detente.strategy.input_output import InputOutputArena

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
    for by_hand in (FinalGoodsArena, InputOutputArena):
        if by_hand.takes(prepared, aims):
            return by_hand(prepared, aims)
    return GeneralArena(prepared, aims)


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
