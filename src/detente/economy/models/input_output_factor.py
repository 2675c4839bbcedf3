"""Linearisation of the input-output model, factored block by block: the preconditioner of every solve.

The system is never factored whole. Prices are eliminated given wages (one dense block, N J square),
spending given prices, wages and revenue (another), and what is left is a border of N wages and N
revenues. The two large blocks hold neither the trade elasticities nor the closure nor the use of
revenue, so one factorisation per world serves every variant; single precision is enough, since the
residual decides when a solve is done.

With e = b dlog w + G dlog P the change of unit costs, pi the shares, F the flows net of duty, T the
duty revenue by flow, X spending, Y sales:

    price     (I - pi G) dlog P = r_P + pi b dlog w
    spending  (I - X^-1 g F') dlog X = r_X + X^-1 [g dY_e + h wVA dlog w + q dR]
              dY_e = F' theta (pi e) - theta Y e
    wage      dlog w - sum_j b dY / wVA = r_w,  dY = F' dlog X + dY_e
    revenue   dR = sum_j T.(dlog X + theta pi e) - theta (T e)

q = h with revenue rebated, the government's shares otherwise. Money is in units of world income.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.linalg import get_lapack_funcs

from detente.economy.models.input_output_system import Parameters, terms

SINGLE = np.float32
SMALLEST_SPENDING = 1e-30
"""Share of world income under which a cell is treated as not bought in the preconditioner."""


@dataclass(frozen=True)
class Blocks:
    """Factors of the price and spending blocks at one point of one world, and the arrays they came from.

    Pair arrays are single precision [sector, importer, exporter]; money over world income.

    Attributes:
        share: pi, spending shares [J, N, N].
        flows: F, flows net of duty [J, N, N].
        duties: T, duty revenue [J, N, N].
        inputs: g [N, input, user].
        inputs_over_spending: g / X by input [N, input, user].
        inverse_spending: 1 / X, zero where nothing is bought [N, J].
        sales: Y [N, J].
        wages: w VA [N].
        price_factor, spending_factor: LU factors with pivots, N J square.
    """

    share: np.ndarray
    flows: np.ndarray
    duties: np.ndarray
    inputs: np.ndarray
    inputs_over_spending: np.ndarray
    inverse_spending: np.ndarray
    sales: np.ndarray
    wages: np.ndarray
    price_factor: tuple[np.ndarray, np.ndarray]
    spending_factor: tuple[np.ndarray, np.ndarray]


def factor_blocks(parameters: Parameters, unknowns: dict[str, np.ndarray]) -> Blocks:
    """Linearise prices and spending at a point and factor the two blocks."""
    p = parameters
    s = terms(np, unknowns, p)
    world_income = p.value_added.sum()
    share = p.pull * (s.cost_pull[:, None, :] / s.reach[:, :, None])
    flows = p.net_pull * (s.cost_pull[:, None, :] * (s.weight / world_income)[:, :, None])
    spending = s.spending / world_income
    duties = share * spending.T[:, :, None] - flows
    bought = spending > SMALLEST_SPENDING
    inverse = np.where(bought, 1.0, 0.0) / np.where(bought, spending, 1.0)
    over = p.input_share * inverse[:, :, None]
    return Blocks(
        share.astype(SINGLE),
        flows.astype(SINGLE),
        duties.astype(SINGLE),
        p.input_share.astype(SINGLE),
        over.astype(SINGLE),
        inverse.astype(SINGLE),
        (s.sales / world_income).astype(SINGLE),
        (s.wages / world_income).astype(SINGLE),
        _factor(_price_block(share.astype(SINGLE), p.input_share.astype(SINGLE))),
        _factor(_spending_block(flows.astype(SINGLE), over.astype(SINGLE))),
    )


def _price_block(share: np.ndarray, inputs: np.ndarray) -> np.ndarray:
    """I - pi G [N J, N J], row (n, j), column (i, k): pi_nij g_ikj. Laid out by columns for LAPACK."""
    sectors, economies, _ = share.shape
    columns = np.empty((economies, sectors, economies, sectors), dtype=share.dtype)
    for exporter in range(economies):
        np.multiply(share[:, :, exporter].T[None], inputs[exporter][:, None, :], out=columns[exporter])
    return _one_less(columns)


def _spending_block(flows: np.ndarray, over: np.ndarray) -> np.ndarray:
    """I - X^-1 g F' [N J, N J], row (n, j), column (m, k): g_njk F_mnk / X_nj. Laid out by columns."""
    sectors, economies, _ = flows.shape
    columns = np.empty((economies, sectors, economies, sectors), dtype=flows.dtype)
    by_user = np.ascontiguousarray(over.transpose(2, 0, 1))
    for importer in range(economies):
        np.multiply(flows[:, importer, :, None], by_user, out=columns[importer])
    return _one_less(columns)


def _one_less(columns: np.ndarray) -> np.ndarray:
    size = columns.shape[0] * columns.shape[1]
    flat = columns.reshape(size, size)
    np.negative(flat, out=flat)
    flat.reshape(-1)[:: size + 1] += 1
    return flat.T


def _factor(matrix: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """LU factors and pivots. A singular block gives steps that are not finite; the solve reports those."""
    (getrf,) = get_lapack_funcs(("getrf",), (matrix,))
    factors, pivots, _ = getrf(matrix, overwrite_a=True)
    return factors, pivots


def _solve(
    factor: tuple[np.ndarray, np.ndarray], right: np.ndarray, *, transposed: bool = False
) -> np.ndarray:
    """Solve with LU factors, or with their transpose; the right-hand sides are columns."""
    (getrs,) = get_lapack_funcs(("getrs",), (factor[0],))
    return getrs(factor[0], factor[1], right, trans=int(transposed))[0]


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
        self.labour = p.value_added_share.astype(SINGLE)
        self.household = p.household_share.astype(SINGLE)
        spent = p.rebated * p.household_share + (1 - p.rebated) * p.revenue_share
        self.revenue_share = spent.astype(SINGLE)
        self.redundant = p.redundant
        self.revenue_of_buyer = blocks.duties.sum(axis=2).T
        self._border()

    def _solve(
        self, factor: tuple[np.ndarray, np.ndarray], right: np.ndarray, *, transposed: bool = False
    ) -> np.ndarray:
        """Solve with a factored block or its transpose; `right` is [N, J, directions]."""
        size = self.economies * self.sectors
        flat = right.reshape(size, -1)
        return _solve(factor, flat, transposed=transposed).reshape(right.shape)

    def _responses(self, cost: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """dY_e [N, J, d] and dR at fixed spending [N, d], from cost changes e [N, J, d]."""
        k = self.blocks
        by_sector = cost.transpose(1, 0, 2)
        theta = self.theta[:, None, None]
        felt = theta * np.matmul(k.share, by_sector)
        scaled = theta * by_sector
        sales = np.matmul(k.flows.transpose(0, 2, 1), felt).transpose(1, 0, 2)
        sales = sales - k.sales[:, :, None] * scaled.transpose(1, 0, 2)
        revenue = (self.revenue_of_buyer.T[:, :, None] * felt - np.matmul(k.duties, scaled)).sum(axis=0)
        return sales, revenue

    def _sold(self, spending: np.ndarray) -> np.ndarray:
        """F' dlog X [N, J, d]."""
        flows = self.blocks.flows.transpose(0, 2, 1)
        return np.matmul(flows, spending.transpose(1, 0, 2)).transpose(1, 0, 2)

    def _border(self) -> None:
        """Responses of prices and spending to each wage and each revenue, and the border's inverse."""
        k, n, j = self.blocks, self.economies, self.sectors
        own = np.eye(n, dtype=SINGLE)
        # pi b [N, J, N]: the direct effect of exporter i's wage on the price of (n, j).
        pushed = (k.share * self.labour.T[:, None, :]).transpose(1, 0, 2)
        self.price_of_wage = self._solve(k.price_factor, np.ascontiguousarray(pushed))
        cost = self.labour[:, :, None] * own[:, None, :]
        cost = cost + np.matmul(k.inputs.transpose(0, 2, 1), self.price_of_wage)
        sales, revenue = self._responses(cost)
        right = np.zeros((n, j, 2 * n), dtype=SINGLE)
        right[:, :, :n] = np.matmul(k.inputs_over_spending, sales)
        direct = k.inverse_spending * self.household * k.wages[:, None]
        right[:, :, :n] += direct[:, :, None] * own[:, None, :]
        right[:, :, n:] = (k.inverse_spending * self.revenue_share)[:, :, None] * own[:, None, :]
        self.spending_of_border = self._solve(k.spending_factor, right)
        sales_of = self._sold(self.spending_of_border)
        sales_of[:, :, :n] += sales
        payroll = (self.labour[:, :, None] * sales_of).sum(axis=1) / k.wages[:, None]
        border = np.zeros((2 * n, 2 * n))
        border[:n] = -payroll
        border[:n, :n] += np.eye(n)
        border[:n][self.redundant] = np.concatenate([k.wages, np.zeros(n)])
        border[n:] = -(self.revenue_of_buyer[:, :, None] * self.spending_of_border).sum(axis=1)
        border[n:, :n] -= revenue
        border[n:, n:] += np.eye(n)
        self.border = _factor(border)

    def apply(self, residual: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        """The step d with J d = residual, by block. Reads each of the two factors once.

        Blocks may carry a last axis of directions, solved together.
        """
        k, n = self.blocks, self.economies
        at = self._columns(residual)
        price = self._solve(k.price_factor, at["price"].astype(SINGLE))
        sales, revenue = self._responses(np.matmul(k.inputs.transpose(0, 2, 1), price))
        right = at["spending"].astype(SINGLE) + np.matmul(k.inputs_over_spending, sales)
        spending = self._solve(k.spending_factor, right)
        sales = sales + self._sold(spending)
        payroll = (self.labour[:, :, None] * sales).sum(axis=1) / k.wages[:, None]
        at_wage = at["wage"] + np.where(self.redundant[:, None], 0.0, payroll)
        at_revenue = (self.revenue_of_buyer[:, :, None] * spending).sum(axis=1) + revenue
        border = _solve(self.border, np.concatenate([at_wage, at_revenue]))
        single = border.astype(SINGLE)
        step = {
            "wage": border[:n],
            "price": price + self.price_of_wage @ single[:n],
            "spending": spending + self.spending_of_border @ single,
        }
        return {name: value.reshape(residual[name].shape) for name, value in step.items()}

    def apply_transposed(self, gradient: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        """The multipliers l with J' l = gradient, by block: `apply` read backwards, at the same cost."""
        k, n = self.blocks, self.economies
        at = self._columns(gradient)
        price, spending = at["price"].astype(SINGLE), at["spending"].astype(SINGLE)
        border = np.tensordot(self.spending_of_border, spending, axes=((0, 1), (0, 1))).astype(float)
        border[:n] += at["wage"] + np.tensordot(self.price_of_wage, price, axes=((0, 1), (0, 1)))
        border = _solve(self.border, border, transposed=True)
        paid = np.where(self.redundant[:, None], 0.0, border[:n]) / k.wages[:, None]
        sales = (self.labour[:, :, None] * paid[:, None, :]).astype(SINGLE)
        revenue = border[n:].astype(SINGLE)
        bought = spending + self.revenue_of_buyer[:, :, None] * revenue[:, None, :]
        bought += np.matmul(k.flows, sales.transpose(1, 0, 2)).transpose(1, 0, 2)
        bought = self._solve(k.spending_factor, bought, transposed=True)
        sales = sales + np.matmul(k.inputs_over_spending.transpose(0, 2, 1), bought)
        cost = self._responses_transposed(sales, revenue)
        price = self._solve(k.price_factor, price + np.matmul(k.inputs, cost), transposed=True)
        multipliers = {"wage": border[:n], "price": price, "spending": bought}
        return {name: value.reshape(gradient[name].shape) for name, value in multipliers.items()}

    def _columns(self, blocks: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Blocks with their directions, one where none are given, on a last axis."""
        n, j = self.economies, self.sectors
        shape = {"wage": (n, -1), "price": (n, j, -1), "spending": (n, j, -1)}
        return {name: blocks[name].reshape(shape[name]) for name in shape}

    def _responses_transposed(self, sales: np.ndarray, revenue: np.ndarray) -> np.ndarray:
        """What `_responses` does, transposed: weights on dY_e [N, J, d] and dR [N, d] -> on e [N, J, d]."""
        k = self.blocks
        theta = self.theta[:, None, None]
        by_sector = sales.transpose(1, 0, 2)
        felt = np.matmul(k.flows, by_sector) + self.revenue_of_buyer.T[:, :, None] * revenue
        cost = np.matmul(k.share.transpose(0, 2, 1), felt) - k.sales.T[:, :, None] * by_sector
        cost = cost - np.matmul(k.duties.transpose(0, 2, 1), revenue[None])
        return (theta * cost).transpose(1, 0, 2)
