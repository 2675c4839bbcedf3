"""The multi-sector model with input-output linkages of Caliendo and Parro (2015), in exact hat algebra.

Equations (their 10-15; hats are new over baseline), importer n, exporter i, sector j, input k:

    price     P_nj = [sum_i pi_nij (kappa_nij c_ij)^-theta_j]^(-1/theta_j),  c_nj = w_n^b_nj prod_k P_nk^g_nkj
    spending  X'_nj = sum_k g_njk Y'_nk + F'_nj,  Y'_ij = sum_n pi'_nij X'_nj / (1 + t'_nij)
    wage      w_n VA_n = sum_j b_nj Y'_nj, but for one economy; there sum_n w_n VA_n = sum_n VA_n

kappa = (1 + t')(1 + cost') / (1 + t): the duty falls on customs value, and a non-tariff cost is an
iceberg (a resource cost; nobody receives it). The wage equation is labour-market clearing, which with
the spending equations is the same as each economy's trade balance. It is stated for all economies but
the one with the largest value added: that one is redundant by Walras' law and serves as the check.

Final spending F': revenue rebated, F' = alpha (w VA + R' + D); revenue to the government,
F' = h (w VA + D) + s R', with h the household shares that reproduce the baseline's final spending.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from types import ModuleType
from typing import Any, NamedTuple

import numpy as np

from detente.economy.assumptions import RevenueUse
from detente.economy.identities import Accounts
from detente.economy.models.base import Levers


@dataclass(frozen=True)
class Parameters:
    """Arrays of one input-output system. Pair arrays lie [sector, importer, exporter] for matrix products.

    Attributes:
        supplier_share: baseline shares of spending pi [J, N, N].
        base_gross: one plus the baseline duty [J, N, N].
        pull: pi kappa^-theta, the shares before costs respond [J, N, N].
        net_pull: pull / (1 + t'), what of it reaches the seller [J, N, N].
        theta: trade elasticity sigma - 1 [J].
        value_added_share: b [N, J].
        input_share: g [N, input, user].
        household_share: sector shares of household spending [N, J].
        revenue_share: sector shares of spending out of duty revenue [N, J].
        rebated: 1.0 where revenue is household income, 0.0 where it is the government's.
        value_added: baseline wage income [N].
        deficit: D [N], in the units of value_added.
        spending: baseline spending at duty-inclusive prices [N, J].
        bought: spending > 0 [N, J].
        redundant: True for the economy whose wage equation is the check [N].
        notes: what had to be arranged, in words.
    """

    supplier_share: np.ndarray
    base_gross: np.ndarray
    pull: np.ndarray
    net_pull: np.ndarray
    theta: np.ndarray
    value_added_share: np.ndarray
    input_share: np.ndarray
    household_share: np.ndarray
    revenue_share: np.ndarray
    rebated: float
    value_added: np.ndarray
    deficit: np.ndarray
    spending: np.ndarray
    bought: np.ndarray
    redundant: np.ndarray
    notes: tuple[str, ...] = ()


class Terms(NamedTuple):
    """Quantities that the equations share; see `terms`."""

    unit_cost: Any
    reach: Any
    cost_pull: Any
    price_index: Any
    spending: Any
    weight: Any
    sales: Any
    revenue: Any
    wages: Any
    household_income: Any
    final: Any


def baseline_parameters(
    books: Accounts, theta: np.ndarray, revenue_use: RevenueUse, *, balanced: bool
) -> Parameters:
    """The no-shock system of a baseline.

    Args:
        books: accounts of the world.
        theta: trade elasticities [J].
        revenue_use: who spends duty revenue.
        balanced: set every deficit to zero.
    """
    household, public, notes = spending_shares(books, revenue_use)
    share = np.ascontiguousarray(books.supplier_share.transpose(2, 0, 1))
    gross = np.ascontiguousarray((1 + books.world.duty).transpose(2, 0, 1))
    return Parameters(
        supplier_share=share,
        base_gross=gross,
        pull=share,
        net_pull=share / gross,
        theta=theta,
        value_added_share=books.value_added_share,
        input_share=np.ascontiguousarray(books.input_share),
        household_share=household,
        revenue_share=public,
        rebated=float(revenue_use is RevenueUse.REBATED),
        value_added=books.value_added,
        deficit=np.zeros_like(books.deficit) if balanced else books.deficit,
        spending=books.spending,
        bought=books.spending > 0,
        redundant=np.arange(len(books.value_added)) == int(books.value_added.argmax()),
        notes=notes,
    )


def shocked(xp: ModuleType, parameters: Parameters, levers: Levers) -> Parameters:
    """Parameters with these levers in force."""
    gross = contiguous(xp, (1 + levers.duty).transpose(2, 0, 1))
    kappa = gross * (1 + levers.cost).transpose(2, 0, 1) / parameters.base_gross
    pull = parameters.supplier_share * kappa ** -parameters.theta[:, None, None]
    return replace(parameters, pull=pull, net_pull=pull / gross)


def terms(xp: ModuleType, unknowns: dict[str, Any], parameters: Parameters) -> Terms:
    """The pieces of the system at given unknowns.

    Shares are normalised by the suppliers' own sum, not by the price unknown, so that what buyers
    spend and what sellers and treasuries receive agree at every iterate.
    """
    p = parameters
    log_wage, log_price = unknowns["wage"], unknowns["price"]
    inputs = xp.matmul(log_price[:, None, :], p.input_share)[:, 0, :]
    log_cost = p.value_added_share * log_wage[:, None] + inputs
    cost_pull = xp.exp(-p.theta * log_cost).T
    reach = xp.matmul(p.pull, cost_pull[:, :, None])[:, :, 0]
    price_index = -xp.log(reach.T) / p.theta
    spending = p.spending * xp.exp(unknowns["spending"])
    weight = spending.T / reach
    sales = (cost_pull * xp.matmul(weight[:, None, :], p.net_pull)[:, 0, :]).T
    kept = xp.matmul(p.net_pull, cost_pull[:, :, None])[:, :, 0] * weight
    revenue = xp.sum(spending - kept.T, axis=1)
    wages = p.value_added * xp.exp(log_wage)
    household_income = wages + p.deficit + p.rebated * revenue
    final = p.household_share * household_income[:, None]
    final = final + p.revenue_share * ((1.0 - p.rebated) * revenue)[:, None]
    return Terms(
        log_cost,
        reach,
        cost_pull,
        price_index,
        spending,
        weight,
        sales,
        revenue,
        wages,
        household_income,
        final,
    )


def settled_spending(parameters: Parameters) -> np.ndarray:
    """Log of the spending that meets use at the baseline's prices and wages over the data's [N, J].

    A start for accounts that do not balance: some published tables hold a token flow of a dollar where
    use is in billions. Spending is linear in itself there, with inputs below output, so plain repetition
    closes in on it.
    """
    p = parameters
    still = {"wage": np.zeros_like(p.value_added), "price": np.zeros_like(p.spending)}
    log_spending = np.zeros_like(p.spending)
    for _ in range(60):
        s = terms(np, {**still, "spending": log_spending}, p)
        use = np.matmul(p.input_share, s.sales[:, :, None])[:, :, 0] + s.final
        known = p.bought & (use > 0)
        ratio = np.where(known, use, 1.0) / np.where(known, p.spending, 1.0)
        before, log_spending = log_spending, np.where(known, np.log(ratio), log_spending)
        if np.abs(log_spending - before).max() < 1e-6:
            break
    return log_spending


def residual_and_excess(
    xp: ModuleType, unknowns: dict[str, Any], parameters: Parameters
) -> tuple[dict[str, Any], Any]:
    """Residual by block, and the excess labour demand of every economy in money [N].

    The excess of the redundant economy is in no equation: it is the Walras check.
    """
    p = parameters
    s = terms(xp, unknowns, p)
    demand = xp.matmul(p.input_share, s.sales[:, :, None])[:, :, 0] + s.final
    at_spending = gap(xp, demand / xp.where(p.bought, s.spending, 1.0))
    at_spending = xp.where(p.bought, at_spending, unknowns["spending"])
    payroll = xp.sum(p.value_added_share * s.sales, axis=1)
    numeraire = xp.sum(s.wages) / p.value_added.sum() - 1.0
    at_wage = xp.where(p.redundant, numeraire, gap(xp, payroll / s.wages))
    at_price = unknowns["price"] - s.price_index
    return {"wage": at_wage, "price": at_price, "spending": at_spending}, payroll - s.wages


def contiguous(xp: ModuleType, array: Any) -> Any:
    """The array with its elements in the order of its axes, where the namespace leaves that to us."""
    return np.ascontiguousarray(array) if xp is np else array


def gap(xp: ModuleType, ratio: Any) -> Any:
    """Minus the log of demand over supply, continued in a straight line below one tenth.

    The log makes far points near-linear for the solver; the line keeps a number, of the right sign,
    where an iterate has negative demand. At a solution both are one minus the ratio.
    """
    low = 0.1
    return xp.where(ratio > low, -xp.log(xp.maximum(ratio, low)), -np.log(low) + (low - ratio) / low)


def spending_shares(
    books: Accounts, revenue_use: RevenueUse
) -> tuple[np.ndarray, np.ndarray, tuple[str, ...]]:
    """Shares of household spending and of spending out of revenue [N, J], and notes.

    With revenue to the government, households are given the shares that leave the baseline's final
    spending in each sector as it is: h = (alpha I - s R) / (w VA + D). Where services are too small to
    take the baseline's revenue (h would be negative), that government buys by the final shares instead.
    """
    alpha, world = books.final_share, books.world
    if revenue_use is RevenueUse.REBATED:
        return alpha, alpha, ()
    on_services = alpha * np.isin(world.sectors, world.services)
    total = on_services.sum(axis=1, keepdims=True)
    public = np.where(total > 0, on_services / np.where(total > 0, total, 1.0), alpha)
    own = books.value_added + books.deficit
    bought = alpha * books.income[:, None]
    household = (bought - public * books.revenue[:, None]) / np.where(own == 0, 1.0, own)[:, None]
    short = (household < 0).any(axis=1) & (own > 0)
    none = total[:, 0] <= 0
    by_final = short | none
    public = np.where(by_final[:, None], alpha, public)
    household = np.where(by_final[:, None], alpha, household)
    notes = tuple(
        f"the government of {world.economies[index]} spends duty revenue by the final shares: "
        + ("there is no services sector" if none[index] else "services cannot take the revenue")
        for index in np.flatnonzero(by_final)
    )
    return household, public, notes
