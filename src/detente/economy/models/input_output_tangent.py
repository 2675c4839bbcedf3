"""What a small change of duties or taxes does at an equilibrium of the input-output model, by hand.

The linearisation is that of `input_output_factor`, in double precision and read backwards: a scalar with
weights on incomes, prices, revenue and sales is worth so much per unit of each unknown (`pulled`), the
multipliers l of the equations solve J' l = that, and what is left is worth so much per log of each gross
duty and tax (`in_duties`, `in_taxes`). With the flow C at customs value, S of it the seller's, pi the share
of spending and k over sellers,

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

from detente.economy.models.input_output_system import Parameters, by_pair, shares, terms

Unknowns = dict[str, np.ndarray]


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


class Tangent:
    """The linearised system at one equilibrium.

    Attributes:
        share: of suppliers in spending, customs, seller: flows [J, importer, exporter].
        income, household_income, revenue: [N].
        sales, spending, value_added: [N, J].
    """

    def __init__(self, parameters: Parameters, unknowns: Unknowns) -> None:
        """At the unknowns of an equilibrium; parameters with the levers in force.

        Quantity rules and critical inputs must be absent.
        """
        assert parameters.cells is None
        assert not parameters.nests
        self.parameters = p = parameters
        s = terms(np, unknowns, p)
        pair = by_pair(np, unknowns, s, p)
        self.share = shares(np, unknowns, s, p)
        self.customs, self.seller = pair.customs, pair.seller
        self.taxed = pair.seller is not pair.customs
        self.income, self.household_income, self.revenue = s.income, s.household_income, s.revenue
        self.sales, self.spending, self.deficit = s.sales, s.spending, s.deficit
        self.value_added = s.value_added_share * s.sales
        self.labour, self.inputs = s.value_added_share, s.input_share
        self.price = unknowns["price"]
        self._theta = p.theta[:, None, None]
        self._imports = self.customs.sum(axis=2)
        self._exports = self.customs.sum(axis=1)
        if p.mobile is not None:
            earned = p.sector_value_added * np.exp(unknowns["value_added"])
            paid = p.mobile * earned
            self._earned, self._paid = earned, paid / paid.sum(axis=1, keepdims=True)

    def of_equations(self, multipliers: Unknowns) -> tuple[Worth, np.ndarray]:
        """What each quantity is worth to l'F, and the pull on seller's costs of the price equation [N, J, d].

        Own terms of the unknowns are left to `transposed`.
        """
        p = self.parameters
        wage, spending = multipliers["wage"], multipliers["spending"]
        n, j, d = spending.shape
        worth = Worth.none(n, j, d)
        bought = np.where(p.bought, 1.0, 0.0) / np.where(p.bought, self.spending, 1.0)
        short = bought[:, :, None] * spending
        worth.household_income -= (p.household_share[:, :, None] * short).sum(axis=1)
        kept = (p.revenue_share[:, :, None] * short).sum(axis=1)
        worth.revenue += p.rebated * worth.household_income - (1 - p.rebated) * kept
        worth.income += worth.household_income
        worth.sales -= np.matmul(self.inputs.transpose(0, 2, 1), short)
        world = p.value_added.sum()
        if p.mobile is None:
            counted = np.where(p.redundant[:, None], 0.0, wage)
            worth.income += counted / self.income[:, None] + wage[p.redundant] / world
            payroll = self.value_added.sum(axis=1)
            worth.sales -= self.labour[:, :, None] * (counted / payroll[:, None])[:, None, :]
        else:
            earned = multipliers["value_added"]
            worth.income += earned[p.redundant] / world
            counts = np.where((p.sector_value_added > 0) & ~p.redundant, self.labour, 0.0)
            added = np.where(self.value_added > 0, self.value_added, 1.0)
            worth.sales -= (counts / added)[:, :, None] * earned
        return worth, multipliers["price"]

    def pulled(self, worth: Worth, of_price: np.ndarray | None = None) -> Unknowns:
        """What each unknown is worth, given what quantities are and the weight of the price equation."""
        p = self.parameters
        by_seller, by_buyer = self._flows(worth)
        felt = self._theta * by_buyer
        if of_price is not None:
            felt = felt - of_price.transpose(1, 0, 2)
        cost = np.matmul(self.share.transpose(0, 2, 1), felt) - self._theta * by_seller
        cost = cost.transpose(1, 0, 2)
        pulled = {
            "price": worth.price + np.matmul(self.inputs, cost),
            "spending": by_buyer.transpose(1, 0, 2) + worth.revenue[:, None, :] * self.spending[:, :, None],
        }
        by_factor = self.labour[:, :, None] * cost
        if p.mobile is None:
            pulled["wage"] = by_factor.sum(axis=1) + worth.income * self.income[:, None]
        else:
            mobile = p.mobile[:, :, None]
            pulled["wage"] = (mobile * by_factor).sum(axis=1)
            pulled["value_added"] = (1 - mobile) * by_factor + worth.income[:, None, :] * self._earned[
                :, :, None
            ]
        owed = (self.deficit[:, None] * worth.household_income).sum(axis=0)
        if p.deficit_wage is not None:
            pulled["wage"] = pulled["wage"] + p.deficit_wage[:, None] * owed
        if p.deficit_price is not None:
            pulled["price"] = pulled["price"] + p.deficit_price[:, :, None] * owed
        return pulled

    def transposed(self, multipliers: Unknowns) -> Unknowns:
        """J' l for columns of multipliers, J the Jacobian of the residual in the unknowns."""
        p = self.parameters
        pulled = self.pulled(*self.of_equations(multipliers))
        pulled["price"] = pulled["price"] + multipliers["price"]
        pulled["spending"] = pulled["spending"] + multipliers["spending"]
        if p.mobile is not None:
            wage, earned = multipliers["wage"], multipliers["value_added"]
            pulled["wage"] = pulled["wage"] + wage
            own = np.where(p.redundant[:, :, None], 0.0, earned) - self._paid[:, :, None] * wage[:, None, :]
            pulled["value_added"] = pulled["value_added"] + own
        return pulled

    def _flows(self, worth: Worth) -> tuple[np.ndarray, np.ndarray]:
        """sum of m over importers [J, exporter, d] and over exporters [J, importer, d]."""
        revenue = worth.revenue
        sales = worth.sales.transpose(1, 0, 2)
        customs, seller = self.customs, self.seller
        if not self.taxed:
            # Sellers get customs value: the exporter's treasury takes nothing.
            by_buyer = np.matmul(customs, sales) - self._imports[:, :, None] * revenue[None]
            by_seller = self._exports[:, :, None] * sales - np.matmul(customs.transpose(0, 2, 1), revenue)
            return by_seller, by_buyer
        by_buyer = np.matmul(seller, sales - revenue[None]) + np.matmul(customs, revenue)
        by_buyer = by_buyer - self._imports[:, :, None] * revenue[None]
        by_seller = self._exports[:, :, None] * revenue[None]
        by_seller = by_seller - np.matmul(customs.transpose(0, 2, 1), revenue)
        by_seller = by_seller + self.sales.T[:, :, None] * (sales - revenue[None])
        return by_seller, by_buyer

    def _moved(
        self, worth: Worth, column: int, importer: Any, exporter: Any
    ) -> tuple[np.ndarray, np.ndarray]:
        """m and its seller's part of flows [J, importer, exporter] for one scalar, in a window of them."""
        revenue = worth.revenue[:, column]
        customs = self.customs[:, importer, exporter]
        sales = worth.sales[:, :, column].T[:, None, exporter]
        if not self.taxed:
            return customs * (sales - revenue[importer][:, None]), customs * (sales - revenue[exporter])
        sold = self.seller[:, importer, exporter] * (sales - revenue[exporter])
        return customs * (revenue[exporter] - revenue[importer][:, None]) + sold, sold

    def in_duties(self, worth: Worth, of_price: np.ndarray, column: int, importer: Any) -> np.ndarray:
        """Slope of one scalar in the log of each gross duty of some importers [J, importer, exporter].

        Args:
            worth: of quantities, what the equations take taken off.
            of_price: minus the multipliers of the price equation [N, J, d].
            column: of the scalar.
            importer: a slice of positions.
        """
        share, theta = self.share[:, importer], self._theta
        moved, _ = self._moved(worth, column, importer, slice(None))
        paid = -of_price[importer, :, column].T[:, :, None]
        return share * (theta * moved.sum(axis=2, keepdims=True) + paid) - (1 + theta) * moved

    def in_taxes(self, worth: Worth, of_price: np.ndarray, column: int, exporter: Any) -> np.ndarray:
        """Slope of one scalar in the log of each gross export tax of some exporters; as `in_duties`."""
        share, theta = self.share[:, :, exporter], self._theta
        everything = slice(None)
        by_buyer = self._moved(worth, column, everything, everything)[0].sum(axis=2, keepdims=True)
        moved, sold = self._moved(worth, column, everything, exporter)
        paid = -of_price[:, :, column].T[:, :, None]
        return share * (theta * by_buyer + paid) - theta * moved - sold
