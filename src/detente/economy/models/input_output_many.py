"""Many points of the input-output system side by side, and what small changes do there, by hand.

Equations are those of `input_output_system`, their linearisation that of `input_output_factor`, here in
double precision with a last axis of columns. Points of one game differ in the duties of few importers: what
all others' rows do to a column is one matrix product for all columns, so that no array by flow is made for a
point.

A scalar with weights on incomes, prices, revenue and sales is worth so much per unit of each unknown
(`pulled`); the multipliers l of the equations solve J' l = that; what is left is worth so much per log of
each gross duty and tax (`in_duties`, `in_taxes`). With C the flow at customs value, S what of it the seller
gets, pi the share of spending and k over sellers,

    duty        l_P pi + theta pi sum_k m_k - (1 + theta) m
    export tax  l_P pi + theta pi sum_k m_k - theta m - s
    m = (v_R exporter - v_R importer) C + s,   s = (v_Y - v_R exporter) S

where v_Y is what a dollar of the seller's sales is worth, v_R a dollar of revenue.

`adjoint` says the same by JAX for any model and objective; a test holds the two together. Quantity rules and
critical inputs are left to it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from detente.economy.models.input_output_system import Parameters, gap

Unknowns = dict[str, np.ndarray]


class Pairs:
    """A matrix by sector over importers and exporters, some importers' rows of it each point's own."""

    def __init__(self, base: np.ndarray, rows: np.ndarray, own: np.ndarray) -> None:
        """Of rows common to all points [J, N, N], and of the others at each point [B, J, rows, N]."""
        self.base, self.rows, self.own = base.copy(), rows, own
        self.base[:, rows] = 0.0

    def times(self, x: np.ndarray) -> np.ndarray:
        """Sums over exporters [J, N, columns] -> [J, N, columns]; columns lie point by point."""
        found = np.matmul(self.base, x)
        count, sectors = self.own.shape[:2]
        if len(self.rows):
            each = x.shape[2] // max(count, 1)
            by_point = x.reshape(*x.shape[:2], count, each).transpose(2, 0, 1, 3)
            own = np.matmul(self.own, by_point).transpose(1, 2, 0, 3)
            found[:, self.rows] = own.reshape(sectors, len(self.rows), count * each)
        return found

    def back(self, y: np.ndarray) -> np.ndarray:
        """Sums over importers; as `times`."""
        found = np.matmul(self.base.transpose(0, 2, 1), y)
        count, sectors = self.own.shape[:2]
        if len(self.rows):
            each = y.shape[2] // max(count, 1)
            by_point = y[:, self.rows].reshape(sectors, len(self.rows), count, each).transpose(2, 0, 1, 3)
            own = np.matmul(self.own.transpose(0, 1, 3, 2), by_point).transpose(1, 2, 0, 3)
            found += own.reshape(found.shape)
        return found

    def row(self, point: int, importer: int) -> np.ndarray:
        """An importer's row at a point [J, N]."""
        place = np.flatnonzero(self.rows == importer)
        return self.own[point, :, place[0]] if len(place) else self.base[:, importer]

    def whole(self, point: int) -> np.ndarray:
        """All of it at a point [J, N, N]."""
        found = self.base.copy()
        found[:, self.rows] = self.own[point]
        return found

    def only(self, points: np.ndarray) -> Pairs:
        """The same at some of the points."""
        found = object.__new__(Pairs)
        found.base, found.rows, found.own = self.base, self.rows, self.own[points]
        return found


@dataclass
class Worth:
    """What one more unit of each quantity is worth to scalars, one a column; money in the world's unit.

    Attributes:
        income: of factors, household_income, revenue: of each economy [N, d].
        price: per log of each price [N, J, d].
        sales: [N, J, d].
    """

    income: np.ndarray
    household_income: np.ndarray
    revenue: np.ndarray
    price: np.ndarray
    sales: np.ndarray

    @classmethod
    def none(cls, economies: int, sectors: int, columns: int) -> Worth:
        """Nothing is worth anything yet."""
        by_economy = [np.zeros((economies, columns)) for _ in range(3)]
        return cls(*by_economy, *(np.zeros((economies, sectors, columns)) for _ in range(2)))

    def less(self, other: Worth) -> Worth:
        """This less another, quantity by quantity."""
        return Worth(*(getattr(self, name) - getattr(other, name) for name in Worth.__dataclass_fields__))


@dataclass
class Quantities:
    """Of many points; money in the world's unit, columns last.

    Attributes:
        price: logs, as given [N, J, B].
        cost_pull: unit cost to the power minus theta; reach: suppliers' sum; imports: at customs value, with
            home sales; weight: spending over reach [J, N, B].
        spending, sales, value_added: [N, J, B].
        income: of factors; household_income, revenue, deficit: [N, B].
        earned: income of value added where factors are specific [N, J, B].
    """

    price: np.ndarray
    cost_pull: np.ndarray
    reach: np.ndarray
    imports: np.ndarray
    weight: np.ndarray
    spending: np.ndarray
    sales: np.ndarray
    value_added: np.ndarray
    income: np.ndarray
    household_income: np.ndarray
    revenue: np.ndarray
    deficit: np.ndarray
    earned: np.ndarray | None

    def only(self, points: np.ndarray, times: int = 1) -> Quantities:
        """The same at some of the points, each several times."""
        held: dict[str, Any] = {name: getattr(self, name) for name in Quantities.__dataclass_fields__}
        for name, value in held.items():
            held[name] = None if value is None else np.repeat(value[..., points], times, axis=-1)
        return Quantities(**held)


class Bundle:
    """The system at points whose levers differ in some importers' rows."""

    def __init__(self, parameters: Parameters, pull: Pairs, customs: Pairs, seller: Pairs) -> None:
        """Of parameters with cells and nests absent; pair matrices as `Parameters` has them, `seller` the
        same object as `customs` where no seller is taxed."""
        assert parameters.cells is None
        assert not parameters.nests
        self.parameters, self.pull, self.customs, self.seller = parameters, pull, customs, seller
        self.taxed = seller is not customs
        self.theta = parameters.theta[:, None, None]

    def only(self, points: np.ndarray) -> Bundle:
        """The same at some of the points."""
        customs = self.customs.only(points)
        seller = self.seller.only(points) if self.taxed else customs
        return Bundle(self.parameters, self.pull.only(points), customs, seller)

    def quantities(self, unknowns: Unknowns) -> Quantities:
        """At unknowns with one column a point."""
        p = self.parameters
        wage, price = unknowns["wage"], unknowns["price"]
        earned = None
        if p.mobile is None:
            factor_price = wage[:, None]
            income = p.value_added[:, None] * np.exp(wage)
        else:
            moving = p.mobile[:, :, None]
            factor_price = moving * wage[:, None] + (1 - moving) * unknowns["value_added"]
            earned = p.sector_value_added[:, :, None] * np.exp(unknowns["value_added"])
            income = earned.sum(axis=1)
        cost = p.value_added_share[:, :, None] * factor_price
        cost = cost + np.matmul(p.input_share.transpose(0, 2, 1), price)
        cost_pull = np.exp(-self.theta * cost.transpose(1, 0, 2))
        reach = self.pull.times(cost_pull)
        spending = p.spending[:, :, None] * np.exp(unknowns["spending"])
        weight = spending.transpose(1, 0, 2) / reach
        sales = cost_pull * self.seller.back(weight)
        imports = self.customs.times(cost_pull) * weight
        revenue = spending.sum(axis=1) - imports.sum(axis=0)
        if self.taxed:
            revenue = revenue + (cost_pull * self.customs.back(weight) - sales).sum(axis=0)
        deficit = np.repeat(p.deficit[:, None], wage.shape[1], axis=1)
        if p.deficit_wage is not None:
            deficit = deficit * np.exp(p.deficit_wage @ wage)
        if p.deficit_price is not None:
            deficit = deficit * np.exp(np.tensordot(p.deficit_price, price, axes=((0, 1), (0, 1))))
        household = income + deficit + p.rebated * revenue
        sales = sales.transpose(1, 0, 2)
        added = p.value_added_share[:, :, None] * sales
        return Quantities(
            price, cost_pull, reach, imports, weight, spending, sales, added, income, household, revenue,
            deficit, earned,
        )  # fmt: skip

    def residual(self, unknowns: Unknowns, q: Quantities) -> tuple[Unknowns, np.ndarray]:
        """Relative residual by block, and excess demand at the redundant equation over world income [B]."""
        p = self.parameters
        final = p.household_share[:, :, None] * q.household_income[:, None]
        final = final + p.revenue_share[:, :, None] * ((1.0 - p.rebated) * q.revenue)[:, None]
        demand = np.matmul(p.input_share, q.sales) + final
        bought = p.bought[:, :, None]
        at_spending = gap(np, demand / np.where(bought, q.spending, 1.0))
        index = -(np.log(q.reach) / self.theta).transpose(1, 0, 2)
        residual = {
            "price": unknowns["price"] - index,
            "spending": np.where(bought, at_spending, unknowns["spending"]),
        }
        world = p.value_added.sum()
        numeraire = q.income.sum(axis=0) / world - 1.0
        if q.earned is None:
            payroll = q.value_added.sum(axis=1)
            residual["wage"] = np.where(p.redundant[:, None], numeraire, gap(np, payroll / q.income))
            excess = (payroll - q.income)[p.redundant][0]
        else:
            assert p.mobile is not None
            moving = p.mobile[:, :, None]
            wages = (p.mobile * p.sector_value_added).sum(axis=1)[:, None] * np.exp(unknowns["wage"])
            residual["wage"] = gap(np, (moving * q.earned).sum(axis=1) / wages)
            earns = (p.sector_value_added > 0)[:, :, None]
            ratio = q.value_added / np.where(earns, q.earned, 1.0)
            at_earned = np.where(earns, gap(np, ratio), unknowns["value_added"])
            residual["value_added"] = np.where(p.redundant[:, :, None], numeraire, at_earned)
            excess = (q.value_added - q.earned)[p.redundant][0]
        return residual, excess / world

    def of_equations(self, multipliers: Unknowns, q: Quantities) -> Worth:
        """What each quantity is worth to l'F, for columns of multipliers and quantities alike.

        Own terms of the unknowns are left to `transposed`, those of the price equation to `pulled`.
        """
        p = self.parameters
        wage, spending = multipliers["wage"], multipliers["spending"]
        worth = Worth.none(p.spending.shape[0], p.spending.shape[1], spending.shape[2])
        bought = p.bought[:, :, None]
        short = spending * (np.where(bought, 1.0, 0.0) / np.where(bought, q.spending, 1.0))
        worth.household_income -= (p.household_share[:, :, None] * short).sum(axis=1)
        kept = (p.revenue_share[:, :, None] * short).sum(axis=1)
        worth.revenue += p.rebated * worth.household_income - (1 - p.rebated) * kept
        worth.income += worth.household_income
        worth.sales -= np.matmul(p.input_share.transpose(0, 2, 1), short)
        world = p.value_added.sum()
        labour = p.value_added_share[:, :, None]
        if q.earned is None:
            counted = np.where(p.redundant[:, None], 0.0, wage)
            worth.income += counted / q.income + wage[p.redundant] / world
            worth.sales -= labour * (counted / q.value_added.sum(axis=1))[:, None, :]
        else:
            earned = multipliers["value_added"]
            worth.income += earned[p.redundant] / world
            counts = np.where((p.sector_value_added > 0) & ~p.redundant, 1.0, 0.0)[:, :, None]
            worth.sales -= counts * labour * earned / np.where(q.value_added > 0, q.value_added, 1.0)
        return worth

    def pulled(self, worth: Worth, q: Quantities, of_price: np.ndarray | None = None) -> Unknowns:
        """What each unknown is worth, given what quantities are and the multipliers of prices [N, J, d]."""
        p = self.parameters
        by_seller, by_buyer = self._flows(worth, q)
        felt = self.theta * by_buyer
        if of_price is not None:
            felt = felt - of_price.transpose(1, 0, 2)
        cost = q.cost_pull * self.pull.back(felt / q.reach) - self.theta * by_seller
        cost = cost.transpose(1, 0, 2)
        pulled = {
            "price": worth.price + np.matmul(p.input_share, cost),
            "spending": by_buyer.transpose(1, 0, 2) + worth.revenue[:, None, :] * q.spending,
        }
        by_factor = p.value_added_share[:, :, None] * cost
        if q.earned is None:
            pulled["wage"] = by_factor.sum(axis=1) + worth.income * q.income
        else:
            assert p.mobile is not None
            moving = p.mobile[:, :, None]
            pulled["wage"] = (moving * by_factor).sum(axis=1)
            pulled["value_added"] = (1 - moving) * by_factor + worth.income[:, None, :] * q.earned
        owed = (q.deficit * worth.household_income).sum(axis=0)
        if p.deficit_wage is not None:
            pulled["wage"] = pulled["wage"] + p.deficit_wage[:, None] * owed
        if p.deficit_price is not None:
            pulled["price"] = pulled["price"] + p.deficit_price[:, :, None] * owed
        return pulled

    def transposed(self, multipliers: Unknowns, q: Quantities) -> Unknowns:
        """J' l for columns of multipliers, J the Jacobian of the residual in the unknowns."""
        p = self.parameters
        pulled = self.pulled(self.of_equations(multipliers, q), q, multipliers["price"])
        pulled["price"] = pulled["price"] + multipliers["price"]
        pulled["spending"] = pulled["spending"] + multipliers["spending"]
        if q.earned is not None:
            assert p.mobile is not None
            wage, earned = multipliers["wage"], multipliers["value_added"]
            pulled["wage"] = pulled["wage"] + wage
            paid = p.mobile[:, :, None] * q.earned
            paid = paid / paid.sum(axis=1, keepdims=True)
            own = np.where(p.redundant[:, :, None], 0.0, earned) - paid * wage[:, None, :]
            pulled["value_added"] = pulled["value_added"] + own
        return pulled

    def _flows(self, worth: Worth, q: Quantities) -> tuple[np.ndarray, np.ndarray]:
        """sum of m over importers [J, exporter, d] and over exporters [J, importer, d]."""
        revenue, sales = worth.revenue[None], worth.sales.transpose(1, 0, 2)
        gain = sales - revenue if self.taxed else sales
        by_buyer = q.weight * self.seller.times(q.cost_pull * gain) - q.imports * revenue
        by_seller = q.sales.transpose(1, 0, 2) * gain - q.cost_pull * self.customs.back(q.weight * revenue)
        if self.taxed:
            by_buyer = by_buyer + q.weight * self.customs.times(q.cost_pull * revenue)
            by_seller = by_seller + q.cost_pull * self.customs.back(q.weight) * revenue
        return by_seller, by_buyer

    def in_duties(
        self, point: int, importer: int, worth: Worth, multipliers: np.ndarray, q: Quantities, column: int
    ) -> np.ndarray:
        """Slope of one scalar in the log of each gross duty of an importer [J, exporter].

        Args:
            point: whose duties.
            importer: position.
            worth: of quantities, what the equations take taken off.
            multipliers: of the price equation [N, J, d].
            q: quantities, one column a scalar.
            column: of the scalar.
        """
        cost, theta = q.cost_pull[:, :, column], self.theta[:, :, 0]
        share = self.pull.row(point, importer) * cost / q.reach[:, importer, column, None]
        weight, revenue = q.weight[:, importer, column, None], worth.revenue[:, column]
        customs = self.customs.row(point, importer) * cost * weight
        seller = self.seller.row(point, importer) * cost * weight if self.taxed else customs
        sold = seller * (worth.sales[:, :, column].T - revenue)
        moved = customs * (revenue - revenue[importer]) + sold
        paid = multipliers[importer, :, column, None]
        return share * (theta * moved.sum(axis=1, keepdims=True) + paid) - (1 + theta) * moved

    def in_all(
        self, point: int, worth: Worth, multipliers: np.ndarray, q: Quantities, column: int
    ) -> tuple[np.ndarray, np.ndarray]:
        """Slopes of one scalar in the logs of all gross duties and export taxes [J, importer, exporter];
        arguments as `in_duties`."""
        theta, revenue = self.theta, worth.revenue[:, column]
        cost = q.cost_pull[:, None, :, column]
        share = self.pull.whole(point) * cost / q.reach[:, :, None, column]
        paid = cost * q.weight[:, :, None, column]
        customs = self.customs.whole(point) * paid
        seller = self.seller.whole(point) * paid if self.taxed else customs
        sold = seller * (worth.sales[:, :, column].T - revenue)[:, None, :]
        moved = customs * (revenue[None, :] - revenue[:, None]) + sold
        prices = multipliers[:, :, column].T[:, :, None]
        turned = share * (theta * moved.sum(axis=2, keepdims=True) + prices) - theta * moved
        return turned - moved, turned - sold

    def bought_from(self, point: int, importer: int, q: Quantities) -> tuple[np.ndarray, np.ndarray]:
        """An importer's flows at customs value, and shares of its spending [J, exporter], of a point."""
        cost = q.cost_pull[:, :, point]
        flows = self.customs.row(point, importer) * cost * q.weight[:, importer, point, None]
        return flows, self.pull.row(point, importer) * cost / q.reach[:, importer, point, None]

    def sold_to(self, point: int, exporter: int, q: Quantities) -> np.ndarray:
        """An exporter's flows at customs value [J, importer], of a point."""
        cost: Any = q.cost_pull[:, exporter, point, None]
        return self.customs.whole(point)[:, :, exporter] * cost * q.weight[:, :, point]
