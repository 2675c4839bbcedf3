"""Trade with inputs by hand: equilibria, aims and slopes of many points side by side, without JAX.

Equations and slopes are those of `economy.models.input_output_many`. Points are searched side by side, each
from the equilibrium its caller knows near by; their multipliers too. A point that does not converge so is
solved by itself, in stages.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from detente.economy.certificate import NotSolved
from detente.economy.models.input_output import InputOutput
from detente.economy.models.input_output_many import Bundle, Pairs, Quantities, Worth
from detente.economy.models.input_output_system import Parameters
from detente.economy.prepare import TOLERANCE, Prepared
from detente.economy.quasi_newton import Effort, quasi_newton_columns
from detente.economy.solve import solve_prepared
from detente.strategy.aims import Aim, Term
from detente.strategy.arena import Own, Slopes, differenced_many, implied_steps
from detente.strategy.choice import DUTY, TAX, Choice, policy_of, put_all

KINDS = ("real_income", "revenue", "employment", "lead")
"""Terms of aims whose weights on quantities are written here; others go the general way."""

STEPS = 24
"""Steps side by side, after which a point is solved by itself."""

SIDE_BY_SIDE = 24
"""Points side by side."""

COLUMNS = 96
"""Multipliers side by side."""

SLOW, SLOW_POINTS = 4, 24
"""So many points that took more steps than this have new factors taken where the last of them ended."""

ADJOINT_TOLERANCE = 1e-10


@dataclass
class Known:
    """What is known of an equilibrium, to start others from: its point, and its multipliers [size, d]."""

    point: np.ndarray
    multipliers: np.ndarray


@dataclass
class Solved:
    """Equilibria of a bundle of points; those that have none are not among them.

    Attributes:
        places: of the points, among those asked for.
        bundle: the system there.
        points: stacked unknowns [size, B].
        quantities: there.
    """

    places: np.ndarray
    bundle: Bundle
    points: np.ndarray
    quantities: Quantities


class InputOutputArena:
    """Trade with inputs, aims of real income, revenue, employment or a lead."""

    noise = 1e-8

    def __init__(self, prepared: Prepared, aims: Sequence[Aim]) -> None:
        self.prepared, self.aims = prepared, tuple(aims)
        world, p = prepared.world, prepared.parameters
        self.rows = [world.economies.index(aim.side) for aim in aims]
        self.effort = Effort()
        self._near, self._slow = prepared.preconditioner, 0
        # As rates lie [importer, exporter, sector].
        self._base = np.ascontiguousarray(np.log(p.base_gross).transpose(1, 2, 0))
        self._share = np.ascontiguousarray(p.supplier_share.transpose(1, 2, 0))
        self._services = np.isin(world.sectors, world.services)
        self._fixed: tuple[np.ndarray, Parameters] | None = None

    @staticmethod
    def takes(prepared: Prepared, aims: Sequence[Aim]) -> bool:
        """Whether the model and the aims are of this kind."""
        plain = all(term.kind in KINDS for aim in aims for term in aim.terms)
        return plain and isinstance(prepared.model, InputOutput) and not prepared.parameters.nests

    def values(self, rates: np.ndarray) -> np.ndarray:
        """Aims at many points; see `arena.Arena`."""
        return np.concatenate([self.at(one, [], np.zeros((1, 0))) for one in rates])

    def at(self, rates: np.ndarray, choices: Sequence[Choice], entries: np.ndarray) -> np.ndarray:
        """Aims at many entries of some sides; see `arena.Arena`."""
        found = np.full((len(entries), len(self.aims)), np.nan)
        for start in range(0, len(entries), SIDE_BY_SIDE):
            some = self._solve(rates, choices, entries[start : start + SIDE_BY_SIDE])
            found[start + some.places] = self._values(some.quantities)
        return found

    def slopes(self, rates: np.ndarray, sides: Sequence[int] | None = None) -> Slopes | None:
        """Aims and slopes at one point; see `arena.Arena`."""
        some = self._solve(rates, [], np.zeros((1, 0)))
        if not len(some.places):
            return None
        wanted = list(range(len(self.aims)) if sides is None else sides)
        worth, multipliers, q = self._left(some, np.eye(len(self.aims))[wanted])
        prices = self.prepared.layout.split(multipliers)["price"]
        slopes = np.empty((len(wanted), *rates.shape))
        for column in range(len(wanted)):
            both = some.bundle.in_all(0, worth, prices, q, column)
            slopes[column] = [one.transpose(1, 2, 0) for one in both]
        return Slopes(self._values(some.quantities)[0, wanted], slopes)

    def own(
        self,
        rates: np.ndarray,
        sides: Sequence[int],
        choices: Sequence[Choice],
        entries: np.ndarray,
        near: Sequence[Any] | None = None,
    ) -> Own:
        """Aims of some sides at many of their entries and slopes in them; see `arena.Arena`."""
        weights = np.eye(len(self.aims))[list(sides)]
        return self._along(rates, weights, choices, entries, near)

    def hessian(self, rates: np.ndarray, weights: np.ndarray, choice: Choice) -> np.ndarray | None:
        """By differences of the slopes, many points side by side; see `arena.Arena`."""

        def along(entries: np.ndarray, near: Sequence[Known | None] | None) -> Own:
            return self._along(rates, weights[None], [choice], entries, near)

        here = along(choice.take(rates)[None], None)
        if here.points[0] is None:
            return None
        return differenced_many(
            lambda entries: along(entries, here.points * len(entries)).slopes[0],
            choice,
            choice.take(rates),
            here.slopes[0][0],
            here.sizes[0][0],
        )

    def _along(
        self,
        rates: np.ndarray,
        weights: np.ndarray,
        choices: Sequence[Choice],
        entries: np.ndarray,
        near: Sequence[Known | None] | None,
    ) -> Own:
        """Weighted sums of aims [rows of weights] and the slope of each in the entries of one choice."""
        layout, width = self.prepared.layout, len(weights)
        found = Own.empty(len(entries), choices)
        together = int(np.clip(COLUMNS // width, 1, SIDE_BY_SIDE))
        for start in range(0, len(entries), together):
            known = None if near is None else near[start : start + together]
            some = self._solve(rates, choices, entries[start : start + together], known)
            if not len(some.places):
                continue
            worth, multipliers, q = self._left(some, weights, known)
            prices = layout.split(multipliers)["price"]
            found.values[start + some.places] = self._values(some.quantities) @ weights.T
            for point, place in enumerate(start + some.places):
                own = slice(point * width, (point + 1) * width)
                found.points[place] = Known(some.points[:, point].copy(), multipliers[:, own].copy())
                for at, one in enumerate(choices):
                    cells = _cells(one, some, point, worth, prices, q, point * width + at)
                    found.slopes[at][place] = slopes = one.gathered_own(cells)
                    found.steps[at][place], found.sizes[at][place] = self._steps(one, some, point, slopes)
        return found

    def _steps(
        self, choice: Choice, some: Solved, point: int, slopes: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        row, q = choice.row, some.quantities
        flows, share = some.bundle.bought_from(point, row, q)
        taxed = np.any(choice.index[TAX] >= 0)
        sold = some.bundle.sold_to(point, row, q).T if taxed else np.zeros_like(flows.T)
        income = self.prepared.baseline.household_income[row]
        theta, total = some.bundle.parameters.theta, q.spending[row, :, point]
        return implied_steps(choice, theta, income, np.stack([flows.T, sold]), share.T, total, slopes)

    def _solve(
        self,
        rates: np.ndarray,
        choices: Sequence[Choice],
        entries: np.ndarray,
        near: Sequence[Known | None] | None = None,
    ) -> Solved:
        """Certified equilibria at rates in force but for entries of some sides [B, K]."""
        layout, count = self.prepared.layout, len(entries)
        bundle = self._bundle(rates, choices, entries)
        starts = np.repeat(self.prepared.start[:, None], count, axis=1)
        for column, known in enumerate(near or ()):
            if known is not None:
                starts[:, column] = known.point

        def residual(points: np.ndarray, searched: np.ndarray) -> np.ndarray:
            columns = np.flatnonzero(searched)
            part = bundle if len(columns) == count else bundle.only(columns)
            blocks = layout.split(np.ascontiguousarray(points[:, columns]))
            values = np.zeros_like(points)
            values[:, columns] = layout.stack(part.residual(blocks, part.quantities(blocks))[0])
            return values

        with np.errstate(all="ignore"):
            found = quasi_newton_columns(
                np,
                residual,
                lambda values: layout.stack(self._near.apply(layout.split(values))),
                starts,
                tolerance=TOLERANCE,
                limit=STEPS,
                effort=self.effort,
            )
            points, proved = np.ascontiguousarray(found.points), self._proved(bundle, found.points)
            for column in np.flatnonzero(~proved):
                moved = put_all(choices, rates, entries[column])
                alone = solve_prepared(self.prepared, policy_of(self.prepared.world, moved))
                if not isinstance(alone, NotSolved):
                    points[:, column] = alone.point
            proved = proved | self._proved(bundle, points)
        places = np.flatnonzero(proved)
        points = np.ascontiguousarray(points[:, places])
        part = bundle if len(places) == count else bundle.only(places)
        some = Solved(places, part, points, part.quantities(layout.split(points)))
        self._renew(some, found.steps, rates, choices, entries)
        return some

    def _proved(self, bundle: Bundle, points: np.ndarray) -> np.ndarray:
        """Which columns solve every equation, the redundant one too, with nobody's income negative."""
        layout = self.prepared.layout
        blocks = layout.split(np.ascontiguousarray(points))
        q = bundle.quantities(blocks)
        residual, excess = bundle.residual(blocks, q)
        norms = np.abs(layout.stack(residual)).max(axis=0)
        return (norms <= TOLERANCE) & (np.abs(excess) <= TOLERANCE) & (q.household_income > 0).all(axis=0)

    def _renew(
        self,
        some: Solved,
        steps: np.ndarray,
        rates: np.ndarray,
        choices: Sequence[Choice],
        entries: np.ndarray,
    ) -> None:
        """New factors once the old ones have served many points badly."""
        self._slow += int((steps > SLOW).sum())
        if self._slow < SLOW_POINTS or not len(some.places):
            return
        model: Any = self.prepared.model
        blocks = self.prepared.layout.split(some.points[:, -1].copy())
        parameters = self._shocked(put_all(choices, rates, entries[some.places[-1]]))
        self._near, self._slow = model.preconditioner(model.factor(parameters, blocks), parameters), 0

    def _bundle(self, rates: np.ndarray, choices: Sequence[Choice], entries: np.ndarray) -> Bundle:
        """The system at rates in force but for entries of some sides."""
        if self._fixed is None or not np.array_equal(self._fixed[0], rates):
            self._fixed = rates.copy(), self._shocked(rates)
        p = self._fixed[1]
        taxes = any(np.any(one.index[TAX] >= 0) for one in choices)
        if taxes or (len(choices) and p.seller_pull is not p.customs_pull):
            # A tax lies on every importer's row.
            each = [self._shocked(put_all(choices, rates, one)) for one in entries]
            rows = np.arange(rates.shape[1])
            names = ("pull", "customs_pull", "seller_pull")
            own = [np.stack([getattr(one, name) for one in each]) for name in names]
        else:
            rows = np.array(sorted(one.row for one in choices), dtype=int)
            own = self._own_rows(rates, choices, entries, rows)
        pull, customs = Pairs(p.pull, rows, own[0]), Pairs(p.customs_pull, rows, own[1])
        taxed = len(own) > 2 or p.seller_pull is not p.customs_pull
        seller = Pairs(p.seller_pull, rows, own[-1]) if taxed else customs
        return Bundle(p, pull, customs, seller)

    def _own_rows(
        self, rates: np.ndarray, choices: Sequence[Choice], entries: np.ndarray, rows: np.ndarray
    ) -> list[np.ndarray]:
        """Pull and customs pull of importers whose duties are their own at each point [B, J, rows, N]."""
        theta = self.prepared.parameters.theta
        duty = np.repeat(rates[DUTY, rows][None], len(entries), axis=0)
        at = 0
        for one in choices:
            place = int(np.searchsorted(rows, one.row))
            mask = one.index[DUTY] >= 0
            over = 0.0 if one.over is None else one.over[DUTY][mask]
            duty[:, place][:, mask] = entries[:, at : at + one.size][:, one.index[DUTY][mask]] + over
            at += one.size
        duty = np.where(self._services, self._base[rows], duty)
        pull = self._share[rows] * np.exp(-theta * (duty - self._base[rows]))
        return [np.ascontiguousarray(cells.transpose(0, 3, 1, 2)) for cells in (pull, pull * np.exp(-duty))]

    def _shocked(self, rates: np.ndarray) -> Parameters:
        """The system with rates in force."""
        p = self.prepared.parameters
        duty = np.where(self._services, self._base, rates[DUTY])
        pull = self._share * np.exp(-p.theta * (duty - self._base + rates[TAX]))
        arrays = [pull, pull * np.exp(-duty)]
        if rates[TAX].any():
            arrays.append(arrays[1] * np.exp(-rates[TAX]))
        arrays = [np.ascontiguousarray(cells.transpose(2, 0, 1)) for cells in arrays]
        return replace(p, pull=arrays[0], customs_pull=arrays[1], seller_pull=arrays[-1])

    def _left(
        self, some: Solved, weights: np.ndarray, near: Sequence[Known | None] | None = None
    ) -> tuple[Worth, np.ndarray, Quantities]:
        """What quantities are worth to weighted sums of aims [d, S] once the equations have taken their part,
        the multipliers, and the quantities; columns are d a point."""
        layout, width, count = self.prepared.layout, len(weights), len(some.places)
        bundle, every = some.bundle, np.arange(count)
        q = some.quantities.only(every, width)
        direct = self._direct(q, np.tile(weights, (count, 1)))
        right = layout.stack(bundle.pulled(direct, q))
        size = np.abs(right).max(axis=0)
        scale = np.where(size > 0, size, 1.0)
        wanted, start = right / scale, np.zeros_like(right)
        for point, place in enumerate(some.places):
            known = None if near is None else near[place]
            if known is not None and known.multipliers.shape[1] == width:
                own = slice(point * width, (point + 1) * width)
                start[:, own] = known.multipliers / scale[own]

        def residual(columns: np.ndarray, searched: np.ndarray) -> np.ndarray:
            part = layout.split(np.ascontiguousarray(columns))
            return layout.stack(bundle.transposed(part, q)) - wanted

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
        multipliers = np.where(found.norms <= ADJOINT_TOLERANCE, found.points, np.nan) * scale
        taken = bundle.of_equations(layout.split(np.ascontiguousarray(multipliers)), q)
        return direct.less(taken), multipliers, q

    def _values(self, q: Quantities) -> np.ndarray:
        """Aims [B, S], percent."""
        before, p = self.prepared.baseline, self.prepared.parameters
        values = np.zeros((q.income.shape[1], len(self.aims)))
        for at, (aim, row) in enumerate(zip(self.aims, self.rows, strict=True)):
            for term in aim.terms:
                places = self._places(term)
                if term.kind == "real_income":
                    prices = np.exp(p.household_share[row] @ q.price[row])
                    index = q.household_income[row] / before.household_income[row]
                    number = 100 * (index * before.consumer_prices[row] / prices - 1)
                elif term.kind == "revenue":
                    number = 100 * (q.revenue[row] - before.revenue[row]) / before.household_income[row]
                elif term.kind == "employment":
                    mobile = q.value_added[row] * _mobile(p, row)[:, None]
                    then = before.labour[row, places].sum()
                    number = 100 * (mobile[places].sum(axis=0) / mobile.sum(axis=0) / then - 1)
                else:
                    then = before.sales[row, places].sum() / before.sales[:, places].sum()
                    number = 100 * (_share(q.sales, row, places) - then)
                values[:, at] += term.weight * number
        return values

    def _direct(self, q: Quantities, weights: np.ndarray) -> Worth:
        """What quantities are worth to weighted sums of aims by themselves, one a column [columns, S]."""
        before, p = self.prepared.baseline, self.prepared.parameters
        worth = Worth.none(p.spending.shape[0], p.spending.shape[1], len(weights))
        for side in np.flatnonzero(weights.any(axis=0)):
            row, weight = self.rows[side], weights[:, side]
            for term in self.aims[side].terms:
                size, places = 100 * weight * term.weight, self._places(term)
                if term.kind == "real_income":
                    prices = np.exp(p.household_share[row] @ q.price[row])
                    each = size * before.consumer_prices[row] / prices / before.household_income[row]
                    worth.household_income[row] += each
                    worth.income[row] += each
                    worth.revenue[row] += p.rebated * each
                    worth.price[row] -= p.household_share[row][:, None] * each * q.household_income[row]
                elif term.kind == "revenue":
                    worth.revenue[row] += size / before.household_income[row]
                elif term.kind == "employment":
                    mobile = q.value_added[row] * _mobile(p, row)[:, None]
                    here = np.isin(np.arange(len(mobile)), places)[:, None]
                    share = mobile[places].sum(axis=0) / mobile.sum(axis=0)
                    each = (_mobile(p, row) * p.value_added_share[row])[:, None] / mobile.sum(axis=0)
                    worth.sales[row] += size / before.labour[row, places].sum() * each * (here - share)
                else:
                    total = q.sales[:, places].sum(axis=(0, 1))
                    worth.sales[row, places] += size / total
                    worth.sales[:, places] -= size * _share(q.sales, row, places) / total
        return worth

    def _places(self, term: Term) -> np.ndarray:
        return np.array([self.prepared.world.sectors.index(label) for label in term.sectors], dtype=int)


def _cells(
    choice: Choice,
    some: Solved,
    point: int,
    worth: Worth,
    prices: np.ndarray,
    q: Quantities,
    column: int,
) -> np.ndarray:
    """Slopes in own cells [lever, partner, J]."""
    row = choice.row
    if np.any(choice.index[TAX] >= 0):
        duties, taxes = some.bundle.in_all(point, worth, prices, q, column)
        return np.stack([duties[:, row].T, taxes[:, :, row].T])
    duties = some.bundle.in_duties(point, row, worth, prices, q, column).T
    return np.stack([duties, np.zeros_like(duties)])


def _mobile(p: Parameters, row: int) -> np.ndarray:
    """Share of value added that moves [J]."""
    return np.ones(len(p.theta)) if p.mobile is None else p.mobile[row]


def _share(sales: np.ndarray, row: int, places: np.ndarray) -> np.ndarray:
    return sales[row, places].sum(axis=0) / sales[:, places].sum(axis=(0, 1))
