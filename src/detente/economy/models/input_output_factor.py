"""Linearisation of the input-output model, solved block by block: the preconditioner of every solve.

The system is never taken whole. Prices are eliminated given the border (one block, N J square, see
`coupled`), spending given prices and the border (another), and what is left is the border: N wages, N
revenues and, with factors specific to sectors, N J incomes of value added. The two large blocks hold neither
the trade elasticities nor the closure nor the use of revenue, so they are taken once per world for every
variant; single precision is enough, since the residual decides when a solve is done.

With e = b dlog v + G dlog P the change of unit costs, v the price of value added, pi the shares, F the
flows sellers receive, T and E the revenue by flow of buyers' and of sellers' treasuries, X spending, Y sales:

    price        (I - pi G) dlog P = r_P + pi b dlog v,           dlog v = m dlog w + (1 - m) dlog VA
    spending     (I - X^-1 g F') dlog X = r_X + X^-1 [g dY_e + h dI + q dR]
                 dY_e = F' theta (pi e) - theta Y e,              dI = w VA dlog w, or VA dlog VA by sector
    wage         dlog w - sum_j b dY / wVA = r_w,                 dY = F' dlog X + dY_e
                 (specific factors: dlog w - sum_j m VA dlog VA / sum_j m VA = r_w)
    value added  dlog VA - dY / Y = r_VA
    revenue      dR = sum_j T.(dlog X + theta pi e) - theta (T e), and E by seller likewise

q = h with revenue rebated, the government's shares otherwise. Money is in units of world income. Rents of
licences count as the buyers' or sellers' revenue here, and cost shares of critical inputs as fixed: the
residual corrects both.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from detente.economy.models.coupled import SINGLE, Solver, coupled, factored, solved
from detente.economy.models.input_output_system import Parameters, by_pair, shares, terms

SMALLEST_SPENDING = 1e-30
"""Share of world income under which a cell is treated as not bought in the preconditioner."""


@dataclass(frozen=True)
class Blocks:
    """The price and spending blocks at one point of one world, and the arrays they came from.

    Pair arrays are single precision [sector, importer, exporter]; money over world income.

    Attributes:
        share: pi, spending shares [J, N, N].
        flows: F, what sellers receive [J, N, N].
        duties: T, revenue of the buyer's treasury [J, N, N].
        taxes: E, revenue of the seller's treasury [J, N, N]; None where there is none.
        labour: b, value-added share of cost [N, J].
        inputs: g [N, input, user].
        inputs_over_spending: g / X by input [N, input, user].
        inverse_spending: 1 / X, zero where nothing is bought [N, J].
        sales: Y [N, J].
        income: of factors [N].
        deficit: as imposed [N].
        price, spending: the two large systems, N J unknowns each.
    """

    share: np.ndarray
    flows: np.ndarray
    duties: np.ndarray
    taxes: np.ndarray | None
    labour: np.ndarray
    inputs: np.ndarray
    inputs_over_spending: np.ndarray
    inverse_spending: np.ndarray
    sales: np.ndarray
    income: np.ndarray
    deficit: np.ndarray
    price: Solver
    spending: Solver


def factor_blocks(parameters: Parameters, unknowns: dict[str, np.ndarray]) -> Blocks:
    """Linearise prices and spending at a point."""
    p = parameters
    s = terms(np, unknowns, p)
    world_income = p.value_added.sum()
    pair = by_pair(np, unknowns, s, p)
    flows = pair.seller / world_income
    spending = s.spending / world_income
    duties = (pair.buyer - pair.customs) / world_income
    taxed = p.cells is not None or p.seller_pull is not p.customs_pull
    taxes = ((pair.customs - pair.seller) / world_income).astype(SINGLE) if taxed else None
    bought = spending > SMALLEST_SPENDING
    inverse = np.where(bought, 1.0, 0.0) / np.where(bought, spending, 1.0)
    inputs = np.ascontiguousarray(s.input_share).astype(SINGLE)
    over = (s.input_share * inverse[:, :, None]).astype(SINGLE)
    share = shares(np, unknowns, s, p).astype(SINGLE)
    return Blocks(
        share,
        flows.astype(SINGLE),
        duties.astype(SINGLE),
        taxes,
        s.value_added_share.astype(SINGLE),
        inputs,
        over,
        inverse.astype(SINGLE),
        (s.sales / world_income).astype(SINGLE),
        (s.income / world_income).astype(SINGLE),
        s.deficit / world_income,
        coupled(share, None, np.ascontiguousarray(inputs.transpose(0, 2, 1))),
        coupled(np.ascontiguousarray(flows.astype(SINGLE).transpose(0, 2, 1)), over, None),
    )


class Preconditioner:
    """An approximate inverse of the Jacobian for one set of elasticities, closure and use of revenue.

    Built from `Blocks`, which variants of one world share; `apply` solves J d = r to single precision
    where the blocks were taken, and approximately elsewhere.
    """

    def __init__(self, blocks: Blocks, parameters: Parameters) -> None:
        p = parameters
        self.blocks = blocks
        self.economies, self.sectors = p.value_added_share.shape
        self.theta = p.theta.astype(SINGLE)
        self.labour = blocks.labour
        self.household = p.household_share.astype(SINGLE)
        spent = p.rebated * p.household_share + (1 - p.rebated) * p.revenue_share
        self.revenue_share = spent.astype(SINGLE)
        self.redundant = p.redundant
        self.mobile = None if p.mobile is None else p.mobile.astype(SINGLE)
        self.value_added = self.labour * blocks.sales
        self.earns = self.value_added > 0
        self.priced_deficit: np.ndarray | None = None
        if p.deficit_wage is not None:
            self.priced_deficit = np.outer(blocks.deficit, p.deficit_wage).astype(SINGLE)
        self.revenue_of_buyer = blocks.duties.sum(axis=2).T
        self.revenue_of_seller = None if blocks.taxes is None else blocks.taxes.sum(axis=1)
        self.incomes = 0 if self.mobile is None else self.economies * self.sectors
        self._border()

    def _on_purchases(self, change: np.ndarray) -> np.ndarray:
        """Revenue [N, d] from changes of purchases by sector and buyer [J, N, d]."""
        revenue = (self.revenue_of_buyer.T[:, :, None] * change).sum(axis=0)
        taxes = self.blocks.taxes
        return revenue if taxes is None else revenue + np.matmul(taxes.transpose(0, 2, 1), change).sum(axis=0)

    def _on_sellers(self, change: np.ndarray) -> np.ndarray:
        """Revenue [N, d] from changes of flows by sector and seller [J, N, d]."""
        revenue = np.matmul(self.blocks.duties, change).sum(axis=0)
        if self.revenue_of_seller is not None:
            revenue = revenue + (self.revenue_of_seller[:, :, None] * change).sum(axis=0)
        return revenue

    def _responses(self, cost: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """dY_e [N, J, d] and dR at fixed spending [N, d], from cost changes e [N, J, d]."""
        k = self.blocks
        by_sector = cost.transpose(1, 0, 2)
        theta = self.theta[:, None, None]
        felt = theta * np.matmul(k.share, by_sector)
        scaled = theta * by_sector
        sales = np.matmul(k.flows.transpose(0, 2, 1), felt).transpose(1, 0, 2)
        sales = sales - k.sales[:, :, None] * scaled.transpose(1, 0, 2)
        return sales, self._on_purchases(felt) - self._on_sellers(scaled)

    def _sold(self, spending: np.ndarray) -> np.ndarray:
        """F' dlog X [N, J, d]."""
        flows = self.blocks.flows.transpose(0, 2, 1)
        return np.matmul(flows, spending.transpose(1, 0, 2)).transpose(1, 0, 2)

    def _given(
        self, border: np.ndarray, price: np.ndarray | float = 0.0, spending: np.ndarray | float = 0.0
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Prices, spending [N, J, d], dY_e and dR at fixed spending, given the border's unknowns [border, d]
        and right-hand sides of the price and spending blocks [N, J, d]."""
        k, n, j, m = self.blocks, self.economies, self.sectors, self.incomes
        wage, revenue = border[m : m + n], border[m + n :]
        if self.mobile is None:
            income, driven = k.income[:, None] * wage, wage[:, None, :]
        else:
            specific, mobile = border[:m].reshape(n, j, -1), self.mobile[:, :, None]
            income = (self.value_added[:, :, None] * specific).sum(axis=1)
            driven = mobile * wage[:, None, :] + (1 - mobile) * specific
        if self.priced_deficit is not None:
            income = income + self.priced_deficit @ wage
        pushed = self.labour[:, :, None] * driven
        felt = np.matmul(k.share, pushed.transpose(1, 0, 2)).transpose(1, 0, 2)
        price = k.price.solve(np.ascontiguousarray(price + felt))
        sales, collected = self._responses(pushed + np.matmul(k.inputs.transpose(0, 2, 1), price))
        spent = self.household[:, :, None] * income[:, None, :]
        spent += self.revenue_share[:, :, None] * revenue[:, None, :]
        right = spending + np.matmul(k.inputs_over_spending, sales) + k.inverse_spending[:, :, None] * spent
        return price, k.spending.solve(right), sales, collected

    def _border(self) -> None:
        """The border's inverse; where the border is narrow, also how prices and spending answer to it."""
        n, m = self.economies, self.incomes
        price, spending, sales, collected = self._given(np.eye(m + 2 * n, dtype=SINGLE))
        border = np.zeros((m + 2 * n, m + 2 * n), dtype=SINGLE if m else float)
        self._border_of_labour(border, sales + self._sold(spending))
        border[m + n :] = -collected - self._on_purchases(spending.transpose(1, 0, 2))
        border[m + n :, m + n :] += np.eye(n)
        self.border = factored(border)
        # A wide one takes longer to read than the sweeps that find its answers take.
        self.of_border = None if m else (price, spending)

    def _border_of_labour(self, border: np.ndarray, sales_of: np.ndarray) -> None:
        """Rows of wages and of value added."""
        k, n, j, m = self.blocks, self.economies, self.sectors, self.incomes
        wages = slice(m, m + n)
        if self.mobile is None:
            border[wages] = -(self.labour[:, :, None] * sales_of).sum(axis=1) / k.income[:, None]
            border[wages, wages] += np.eye(n)
            border[wages][self.redundant] = np.concatenate([k.income, np.zeros(n)])
            return
        border[:m] = -self._earned(sales_of).reshape(m, -1)
        border[:m, :m] += np.eye(m)
        # The redundant cell's row is the numeraire: world income.
        border[:m][self.redundant.ravel()] = np.concatenate([self.value_added.ravel(), np.zeros(2 * n)])
        border[wages, wages] = np.eye(n)
        paid = self.mobile * self.value_added
        paid = paid / paid.sum(axis=1, keepdims=True)
        for economy in range(n):
            border[m + economy, economy * j : (economy + 1) * j] = -paid[economy]

    def _earned(self, sales: np.ndarray) -> np.ndarray:
        """dY / Y where anything is earned, but in the redundant cell [N, J, d]."""
        sold = self.blocks.sales
        return np.where(self.earns & ~self.redundant, 1.0, 0.0).astype(SINGLE)[:, :, None] * (
            sales / np.where(self.earns, sold, 1.0).astype(SINGLE)[:, :, None]
        )

    def apply(self, residual: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        """The step d with J d = residual, by block.

        Blocks may carry a last axis of directions, solved together.
        """
        k, n, m = self.blocks, self.economies, self.incomes
        at = self._columns(residual)
        price = k.price.solve(at["price"].astype(SINGLE))
        sales, revenue = self._responses(np.matmul(k.inputs.transpose(0, 2, 1), price))
        right = at["spending"].astype(SINGLE) + np.matmul(k.inputs_over_spending, sales)
        spending = k.spending.solve(right)
        sales = sales + self._sold(spending)
        at_revenue = self._on_purchases(spending.transpose(1, 0, 2)) + revenue
        if self.mobile is None:
            payroll = (self.labour[:, :, None] * sales).sum(axis=1) / k.income[:, None]
            at_wage = at["wage"] + np.where(self.redundant[:, None], 0.0, payroll)
            right = np.concatenate([at_wage, at_revenue])
        else:
            at_income = at["value_added"] + self._earned(sales)
            right = np.concatenate([at_income.reshape(m, -1), at["wage"], at_revenue]).astype(SINGLE)
        border = solved(self.border, right)
        single = border.astype(SINGLE)
        if self.of_border is None:
            price, spending, *_ = self._given(
                single, at["price"].astype(SINGLE), at["spending"].astype(SINGLE)
            )
        else:
            price, spending = price + self.of_border[0] @ single, spending + self.of_border[1] @ single
        step = {"value_added": border[:m], "wage": border[m : m + n], "price": price, "spending": spending}
        return {name: step[name].reshape(value.shape) for name, value in residual.items()}

    def apply_transposed(self, gradient: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        """The multipliers l with J' l = gradient, by block: `apply` read backwards, at the same cost."""
        k, n, m = self.blocks, self.economies, self.incomes
        at = self._columns(gradient)
        price, spending = at["price"].astype(SINGLE), at["spending"].astype(SINGLE)
        if self.of_border is None:
            nothing = np.zeros_like(spending), np.zeros((n, spending.shape[2]), dtype=SINGLE)
            border = self._border_transposed(*self._given_transposed(price, spending, *nothing)).astype(float)
        else:
            of_price, of_spending = self.of_border
            border = np.tensordot(of_price, price, axes=((0, 1), (0, 1))).astype(float)
            border += np.tensordot(of_spending, spending, axes=((0, 1), (0, 1))).astype(float)
        border[m : m + n] += at["wage"]
        if m:
            border[:m] += at["value_added"].reshape(m, -1)
        border = solved(self.border, border.astype(self.border[0].dtype), transposed=True)
        revenue = border[m + n :].astype(SINGLE)
        if self.mobile is None:
            paid = np.where(self.redundant[:, None], 0.0, border[:n]) / k.income[:, None]
            sales = (self.labour[:, :, None] * paid[:, None, :]).astype(SINGLE)
        else:
            sales = self._earned(border[:m].reshape(n, self.sectors, -1).astype(SINGLE))
        price, bought, _ = self._given_transposed(price, spending, sales, revenue)
        multipliers = {
            "value_added": border[:m],
            "wage": border[m : m + n],
            "price": price,
            "spending": bought,
        }
        return {name: multipliers[name].reshape(value.shape) for name, value in gradient.items()}

    def _given_transposed(
        self, price: np.ndarray, spending: np.ndarray, sales: np.ndarray, revenue: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Weights on right-hand sides of the price and spending blocks and on cost changes, from weights on
        prices, spending, sales [N, J, d] and revenue [N, d]."""
        k = self.blocks
        bought = spending + self._on_purchases_transposed(revenue).transpose(1, 0, 2)
        bought += np.matmul(k.flows, sales.transpose(1, 0, 2)).transpose(1, 0, 2)
        bought = k.spending.solve(bought, transposed=True)
        sales = sales + np.matmul(k.inputs_over_spending.transpose(0, 2, 1), bought)
        cost = self._responses_transposed(sales, revenue)
        return k.price.solve(price + np.matmul(k.inputs, cost), transposed=True), bought, cost

    def _border_transposed(self, price: np.ndarray, bought: np.ndarray, cost: np.ndarray) -> np.ndarray:
        """Weights on the border's unknowns [border, d], where incomes are of sectors; see `_given`."""
        n, m, share = self.economies, self.incomes, self.blocks.share
        assert self.mobile is not None
        felt = np.matmul(share.transpose(0, 2, 1), price.transpose(1, 0, 2)).transpose(1, 0, 2)
        driven = self.labour[:, :, None] * (cost + felt)
        spent = self.blocks.inverse_spending[:, :, None] * bought
        income = (self.household[:, :, None] * spent).sum(axis=1)
        mobile = self.mobile[:, :, None]
        specific = (1 - mobile) * driven + self.value_added[:, :, None] * income[:, None, :]
        wage = (mobile * driven).sum(axis=1)
        if self.priced_deficit is not None:
            wage = wage + self.priced_deficit.T @ income
        revenue = (self.revenue_share[:, :, None] * spent).sum(axis=1)
        return np.concatenate([specific.reshape(m, -1), wage.reshape(n, -1), revenue])

    def _columns(self, blocks: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Blocks with their directions, one where none are given, on a last axis."""
        n, j = self.economies, self.sectors
        return {
            name: value.reshape((n, -1) if name == "wage" else (n, j, -1)) for name, value in blocks.items()
        }

    def _on_purchases_transposed(self, revenue: np.ndarray) -> np.ndarray:
        """What `_on_purchases` does, transposed: [N, d] -> [J, N, d]."""
        felt = self.revenue_of_buyer.T[:, :, None] * revenue
        taxes = self.blocks.taxes
        return felt if taxes is None else felt + np.matmul(taxes, revenue[None])

    def _on_sellers_transposed(self, revenue: np.ndarray) -> np.ndarray:
        """What `_on_sellers` does, transposed: [N, d] -> [J, N, d]."""
        felt = np.matmul(self.blocks.duties.transpose(0, 2, 1), revenue[None])
        if self.revenue_of_seller is not None:
            felt = felt + self.revenue_of_seller[:, :, None] * revenue
        return felt

    def _responses_transposed(self, sales: np.ndarray, revenue: np.ndarray) -> np.ndarray:
        """What `_responses` does, transposed: weights on dY_e [N, J, d] and dR [N, d] -> on e [N, J, d]."""
        k = self.blocks
        by_sector = sales.transpose(1, 0, 2)
        felt = np.matmul(k.flows, by_sector) + self._on_purchases_transposed(revenue)
        cost = np.matmul(k.share.transpose(0, 2, 1), felt) - k.sales.T[:, :, None] * by_sector
        cost = cost - self._on_sellers_transposed(revenue)
        return (self.theta[:, None, None] * cost).transpose(1, 0, 2)
