"""Trade with inputs by hand: equilibria, aims and slopes of many points side by side, without JAX.

Equations are those of `economy.models.input_output_system`, their linearisation that of
`economy.models.input_output_tangent`. Points are searched side by side, each from the equilibrium its caller
knows near by; their multipliers too. A point that does not converge so is solved by itself, in stages.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from detente.economy.certificate import NotSolved
from detente.economy.models.input_output import InputOutput
from detente.economy.models.input_output_system import Parameters, terms
from detente.economy.models.input_output_tangent import Tangent, Worth
from detente.economy.prepare import TOLERANCE, Prepared
from detente.economy.quasi_newton import Effort, quasi_newton_columns
from detente.economy.solve import solve_prepared
from detente.strategy.aims import Aim, Term
from detente.strategy.arena import Own, Slopes, differenced_many, sizes_of
from detente.strategy.choice import DUTY, TAX, Choice, policy_of

KINDS = ("real_income", "revenue", "employment", "lead")
"""Terms of aims whose weights on quantities are written here; others go the general way."""

STEPS = 24
"""Steps side by side, after which a point is solved by itself."""

SIDE_BY_SIDE = 24
"""Points side by side: their flows fill 50 MB at 77 x 23."""

SLOW, SLOW_POINTS = 4, 24
"""So many points that took more steps than this have new factors taken where the last of them ended."""

ADJOINT_TOLERANCE = 1e-10


@dataclass
class State:
    """An equilibrium: stacked unknowns, and the system with its levers in force."""

    point: np.ndarray
    parameters: Parameters


@dataclass
class Known:
    """What is known of an equilibrium, to start others from: its point, and its multipliers [size, d]."""

    point: np.ndarray
    multipliers: np.ndarray


class InputOutputArena:
    """Trade with inputs, aims of real income, revenue, employment or a lead."""

    noise = 1e-8

    def __init__(self, prepared: Prepared, aims: Sequence[Aim]) -> None:
        self.prepared, self.aims = prepared, tuple(aims)
        world, p = prepared.world, prepared.parameters
        self.rows = [world.economies.index(aim.side) for aim in aims]
        self.effort = Effort()
        self._near, self._slow = prepared.preconditioner, 0
        self._base = np.log(p.base_gross)
        self._services = np.isin(world.sectors, world.services)
        self._customs = p.supplier_share / p.base_gross

    @staticmethod
    def takes(prepared: Prepared, aims: Sequence[Aim]) -> bool:
        """Whether the model and the aims are of this kind."""
        plain = all(term.kind in KINDS for aim in aims for term in aim.terms)
        return plain and isinstance(prepared.model, InputOutput) and not prepared.parameters.nests

    def values(self, rates: np.ndarray) -> np.ndarray:
        """Aims at many points; see `arena.Arena`."""
        found = np.full((len(rates), len(self.aims)), np.nan)
        for at in range(0, len(rates), SIDE_BY_SIDE):
            for row, state in enumerate(self._solve(rates[at : at + SIDE_BY_SIDE])):
                if state is not None:
                    found[at + row] = self._values(state)
        return found

    def slopes(self, rates: np.ndarray, sides: Sequence[int] | None = None) -> Slopes | None:
        """Aims and slopes at one point; see `arena.Arena`."""
        (state,) = self._solve(rates[None])
        if state is None:
            return None
        wanted = list(range(len(self.aims)) if sides is None else sides)
        weights = np.eye(len(self.aims))[wanted]
        tangent = self._tangent(state)
        worth, prices, _ = self._left([tangent], weights)[0]
        slopes = np.empty((len(wanted), *rates.shape))
        everybody = slice(None)
        for column in range(len(wanted)):
            duties = tangent.in_duties(worth, prices, column, everybody)
            taxes = tangent.in_taxes(worth, prices, column, everybody)
            slopes[column, DUTY], slopes[column, TAX] = duties.transpose(1, 2, 0), taxes.transpose(1, 2, 0)
        return Slopes(self._values(state)[wanted], slopes)

    def own(
        self,
        rates: np.ndarray,
        sides: Sequence[int],
        choices: Sequence[Choice],
        near: Sequence[Any] | None = None,
    ) -> Own:
        """Aims of some sides at many points and their slopes in own entries; see `arena.Arena`."""
        weights = np.eye(len(self.aims))[list(sides)]
        return self._along(rates, weights, choices, near)

    def hessian(self, rates: np.ndarray, weights: np.ndarray, choice: Choice) -> np.ndarray | None:
        """By central differences of the slopes, many points side by side; see `arena.Arena`."""
        here = self._along(rates[None], weights[None], [choice], None)
        if here.points[0] is None:
            return None

        def slopes(points: np.ndarray) -> np.ndarray:
            return self._along(points, weights[None], [choice], here.points * len(points)).slopes[0]

        return differenced_many(slopes, rates, choice, here.slopes[0][0], here.sizes[0][0])

    def _along(
        self,
        rates: np.ndarray,
        weights: np.ndarray,
        choices: Sequence[Choice],
        near: Sequence[Known | None] | None,
    ) -> Own:
        """Weighted sums of aims [rows of weights] and the slope of each in the entries of its choice."""
        count = len(rates)
        values = np.full((count, len(weights)), np.nan)
        slopes = [np.full((count, one.size), np.nan) for one in choices]
        sizes = [np.full((count, one.size), np.nan) for one in choices]
        points: list[Any] = [None] * count
        together = max(1, SIDE_BY_SIDE // max(1, len(weights) // 4))
        for start in range(0, count, together):
            places = range(start, min(count, start + together))
            known = [None if near is None else near[at] for at in places]
            states = self._solve(rates[start : start + together], known)
            solved = [(at, state) for at, state in zip(places, states, strict=True) if state is not None]
            tangents = [self._tangent(state) for _, state in solved]
            left = self._left(tangents, weights, [known[at - start] for at, _ in solved])
            for (at, state), tangent, (worth, prices, multipliers) in zip(
                solved, tangents, left, strict=True
            ):
                points[at] = Known(state.point, multipliers)
                values[at] = weights @ self._values(state)
                for column, one in enumerate(choices):
                    slopes[column][at] = one.gathered_own(_cells(one, tangent, worth, prices, column))
                    sizes[column][at] = self._sizes(one, tangent)
        return Own(values, slopes, sizes, points)

    def _sizes(self, choice: Choice, tangent: Tangent) -> np.ndarray:
        row = choice.row
        flows = np.stack([tangent.customs[:, row].T, tangent.customs[:, :, row].T])
        income = self.prepared.baseline.household_income[row]
        share, spending = tangent.share[:, row].T, tangent.spending[row]
        return sizes_of(choice, tangent.parameters.theta, income, flows, share, spending)

    def _solve(self, rates: np.ndarray, near: Sequence[Known | None] | None = None) -> list[State | None]:
        """Certified equilibria at rates in force [B, ...]; None where there is none."""
        prepared, layout = self.prepared, self.prepared.layout
        model: Any = prepared.model
        shocked = [self._shocked(one) for one in rates]
        known = [None] * len(rates) if near is None else near
        starts = [prepared.start if one is None else one.point for one in known]

        def residual(points: np.ndarray, searched: np.ndarray) -> np.ndarray:
            values = np.zeros_like(points)
            for column in np.flatnonzero(searched):
                point = layout.split(np.ascontiguousarray(points[:, column]))
                values[:, column] = layout.stack(model.residual(np, point, shocked[column]))
            return values

        with np.errstate(all="ignore"):
            found = quasi_newton_columns(
                np,
                residual,
                lambda values: layout.stack(self._near.apply(layout.split(values))),
                np.stack(starts, axis=1),
                tolerance=TOLERANCE,
                limit=STEPS,
                effort=self.effort,
            )
        states: list[State | None] = []
        for column, parameters in enumerate(shocked):
            state = State(np.ascontiguousarray(found.points[:, column]), parameters)
            if not (found.norms[column] <= TOLERANCE and self._proved(state)):
                state = self._alone(rates[column], parameters)
            states.append(state)
        self._renew(states, found.steps)
        return states

    def _proved(self, state: State) -> bool:
        """The redundant equation holds and nobody's income is negative."""
        blocks = self.prepared.layout.split(state.point)
        _, walras = self.prepared.model.judged(blocks, state.parameters)
        return walras <= TOLERANCE and bool((terms(np, blocks, state.parameters).household_income > 0).all())

    def _alone(self, rates: np.ndarray, parameters: Parameters) -> State | None:
        found = solve_prepared(self.prepared, policy_of(self.prepared.world, rates))
        return None if isinstance(found, NotSolved) else State(found.point, parameters)

    def _renew(self, states: Sequence[State | None], steps: np.ndarray) -> None:
        """New factors once the old ones have served many points badly."""
        self._slow += int((steps > SLOW).sum())
        known = [state for state in states if state is not None]
        if self._slow < SLOW_POINTS or not known:
            return
        model: Any = self.prepared.model
        blocks, parameters = self.prepared.layout.split(known[-1].point), known[-1].parameters
        self._near, self._slow = model.preconditioner(model.factor(parameters, blocks), parameters), 0

    def _shocked(self, rates: np.ndarray) -> Parameters:
        """The system with rates in force: flows that keep their rates keep their arrays' numbers."""
        p, base = self.prepared.parameters, self._base
        duty = np.where(self._services, base.transpose(1, 2, 0), rates[DUTY])
        theta = p.theta[:, None, None]
        taxed = bool(rates[TAX].any())
        moved = duty != base.transpose(1, 2, 0)
        rows = np.flatnonzero((moved | (rates[TAX] != 0)).any(axis=(1, 2)))
        pull, customs = p.supplier_share.copy(), self._customs.copy()
        there = np.ascontiguousarray(duty[rows].transpose(2, 0, 1))
        tax = rates[TAX][rows].transpose(2, 0, 1)
        pull[:, rows] *= np.exp(-theta * (there - base[:, rows] + tax))
        customs[:, rows] = pull[:, rows] * np.exp(-there)
        seller = customs
        if taxed:
            seller = customs.copy()
            seller[:, rows] *= np.exp(-tax)
        return replace(p, pull=pull, customs_pull=customs, seller_pull=seller)

    def _tangent(self, state: State) -> Tangent:
        return Tangent(state.parameters, self.prepared.layout.split(state.point))

    def _left(
        self, tangents: Sequence[Tangent], weights: np.ndarray, near: Sequence[Known | None] | None = None
    ) -> list[tuple[Worth, np.ndarray, np.ndarray]]:
        """Of each point: what quantities are worth to weighted sums of aims [d, S] once the equations have
        taken their part, the weight left on the price equation, and the multipliers [size, d]."""
        if not tangents:
            return []
        layout, width = self.prepared.layout, len(weights)
        direct = [self._direct(one, weights) for one in tangents]
        right = np.concatenate(
            [layout.stack(one.pulled(worth)) for one, worth in zip(tangents, direct, strict=True)], axis=1
        )
        size = np.abs(right).max(axis=0)
        scale = np.where(size > 0, size, 1.0)
        wanted, start = right / scale, np.zeros_like(right)
        parts = [slice(at * width, (at + 1) * width) for at in range(len(tangents))]
        for own, known in zip(parts, near or [], strict=False):
            if known is not None and known.multipliers.shape[1] == width:
                start[:, own] = known.multipliers / scale[own]

        def residual(columns: np.ndarray, searched: np.ndarray) -> np.ndarray:
            values = np.zeros_like(columns)
            for own, tangent in zip(parts, tangents, strict=True):
                if searched[own].any():
                    part = layout.split(np.ascontiguousarray(columns[:, own]))
                    values[:, own] = layout.stack(tangent.transposed(part)) - wanted[:, own]
            return values

        near_by = self._near
        found = quasi_newton_columns(
            np,
            residual,
            lambda values: layout.stack(near_by.apply_transposed(layout.split(values))),
            start,
            tolerance=ADJOINT_TOLERANCE,
            limit=2 * STEPS,
            effort=self.effort,
            longest_step=np.inf,
        )
        points = np.where(found.norms <= ADJOINT_TOLERANCE, found.points, np.nan) * scale
        left = []
        for own, tangent, worth in zip(parts, tangents, direct, strict=True):
            multipliers = np.ascontiguousarray(points[:, own])
            taken, prices = tangent.of_equations(layout.split(multipliers))
            left.append((worth.less(taken), -prices, multipliers))
        return left

    def _values(self, state: State) -> np.ndarray:
        """Aims [S], percent."""
        blocks = self.prepared.layout.split(state.point)
        s = terms(np, blocks, state.parameters)
        before, p = self.prepared.baseline, state.parameters
        places = self._places
        values = np.zeros(len(self.aims))
        for at, (aim, row) in enumerate(zip(self.aims, self.rows, strict=True)):
            for term in aim.terms:
                if term.kind == "real_income":
                    prices = np.exp(p.household_share[row] @ blocks["price"][row])
                    index = s.household_income[row] / before.household_income[row]
                    number = 100 * (index * before.consumer_prices[row] / prices - 1)
                elif term.kind == "revenue":
                    number = 100 * (s.revenue[row] - before.revenue[row]) / before.household_income[row]
                elif term.kind == "employment":
                    mobile = _mobile(p, s.value_added_share * s.sales)[row]
                    then = before.labour[row, places(term)].sum()
                    number = 100 * (mobile[places(term)].sum() / mobile.sum() / then - 1)
                else:
                    now, then = (_share(sales, row, places(term)) for sales in (s.sales, before.sales))
                    number = 100 * (now - then)
                values[at] += term.weight * number
        return values

    def _direct(self, tangent: Tangent, weights: np.ndarray) -> Worth:
        """What quantities are worth to weighted sums of aims [d, S] by themselves."""
        before, p = self.prepared.baseline, tangent.parameters
        worth = Worth.none(len(tangent.sales), len(tangent.parameters.theta), len(weights))
        for column, side in np.argwhere(weights != 0):
            row = self.rows[side]
            for term in self.aims[side].terms:
                size = 100 * weights[column, side] * term.weight
                places = self._places(term)
                if term.kind == "real_income":
                    prices = np.exp(p.household_share[row] @ tangent.price[row])
                    index = before.consumer_prices[row] / prices / before.household_income[row]
                    worth.household_income[row, column] += size * index
                    worth.income[row, column] += size * index
                    worth.revenue[row, column] += p.rebated * size * index
                    level = size * index * tangent.household_income[row]
                    worth.price[row, :, column] -= level * p.household_share[row]
                elif term.kind == "revenue":
                    worth.revenue[row, column] += size / before.household_income[row]
                elif term.kind == "employment":
                    mobile = _mobile(p, tangent.value_added)[row]
                    here = np.isin(np.arange(len(mobile)), places)
                    share = mobile[places].sum() / mobile.sum()
                    each = _mobile(p, tangent.labour)[row] * (here - share) / mobile.sum()
                    worth.sales[row, :, column] += size / before.labour[row, places].sum() * each
                else:
                    total = tangent.sales[:, places].sum()
                    worth.sales[row, places, column] += size / total
                    worth.sales[:, places, column] -= size * _share(tangent.sales, row, places) / total
        return worth

    def _places(self, term: Term) -> np.ndarray:
        return np.array([self.prepared.world.sectors.index(label) for label in term.sectors], dtype=int)


def _cells(choice: Choice, tangent: Tangent, worth: Worth, prices: np.ndarray, column: int) -> np.ndarray:
    """Slopes in own cells [lever, partner, J]."""
    row, used = choice.row, np.any(choice.index >= 0, axis=(1, 2)).tolist()
    here = slice(row, row + 1)
    cells = np.zeros(choice.index.shape)
    if used[DUTY]:
        cells[DUTY] = tangent.in_duties(worth, prices, column, here)[:, 0].T
    if used[TAX]:
        cells[TAX] = tangent.in_taxes(worth, prices, column, here)[:, :, 0].T
    return cells


def _mobile(p: Parameters, value_added: np.ndarray) -> np.ndarray:
    return value_added if p.mobile is None else p.mobile * value_added


def _share(sales: np.ndarray, row: int, places: np.ndarray) -> float:
    return float(sales[row, places].sum() / sales[:, places].sum())
