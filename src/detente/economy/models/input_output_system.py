"""The multi-sector model with input-output linkages of Caliendo and Parro (2015), in exact hat algebra.

Equations (their 10-15; hats are new over baseline), importer n, exporter i, sector j, input k:

    price     P_nj = [sum_i pi_nij (kappa_nij c_ij)^-theta_j]^(-1/theta_j),  c_nj = v_nj^b prod_k P_nk^g_nkj
    spending  X'_nj = sum_k g_njk Y'_nk + F'_nj,  Y'_ij = sum_n pi'_nij X'_nj / [(1 + t') (1 + e') q'^a]_nij
    wage      w_n sum_j m_nj VA_nj = sum_j m_nj b_nj Y'_nj, but for one economy; there world income = baseline

kappa = (1 + t')(1 + e')(1 + cost') q' / (1 + t): the duty t falls on customs value, the export tax e on the
seller's price, a non-tariff cost is an iceberg (a resource cost; nobody receives it), and q is the price of
a licence under a quantity rule (`levers`). The wage equation is labour-market clearing, which with the
spending equations is the same as each economy's trade balance. It is stated for all economies but the one
with the largest value added: that one is redundant by Walras' law, serves as the check, and gives its place
to the numeraire (with specific factors, the value-added equation of the largest cell does).

Factors. Where all value added is mobile, v_nj = w_n and m = 1. With factors specific to the sector (short
run), v_nj = w_n^m (VA'_nj / VA_nj)^(1 - m), and

    value added  VA'_nj = b_nj Y'_nj

is a block of its own: the specific factor's income moves with the sector's value added.

Critical inputs enter unit cost by CES instead, each against everything else in it:
c = [(1 - a) c_rest^(1 - eta) + a P_k^(1 - eta)]^(1 / (1 - eta)), a the baseline cost share, so that cost
shares b and g move with prices. eta below one: what cannot be had is not replaced.

Final spending F': revenue rebated, F' = alpha (income + rents + R' + D); revenue to the government,
F' = h (income + rents + D) + s R', with h the household shares that reproduce the baseline's final spending.

    licence   quantity = bound, for the rules that bind (the complementarity is `complementarity`'s)
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from types import ModuleType
from typing import Any, NamedTuple

import numpy as np

from detente.economy.assumptions import ClosureRule, FixedTo, RevenueUse, is_balanced
from detente.economy.identities import Accounts
from detente.economy.levers import Cells, Levers, Rules
from detente.economy.models.base import scattered
from detente.economy.models.licences import Licensed, licensed, to_households, to_treasuries
from detente.economy.models.unit_cost import Nest, unit_cost


@dataclass(frozen=True)
class Parameters:
    """Arrays of one input-output system. Pair arrays lie [sector, importer, exporter] for matrix products.

    Attributes:
        supplier_share: baseline shares of spending pi [J, N, N].
        base_gross: one plus the baseline duty [J, N, N].
        pull: pi kappa^-theta without licences, the shares before costs respond [J, N, N].
        customs_pull: pull / (1 + t'), what of it is customs value [J, N, N].
        seller_pull: pull / [(1 + t') (1 + e')], what of it reaches the seller [J, N, N]; the same object
            as customs_pull where no seller's price is taxed.
        theta: trade elasticity sigma - 1 [J].
        value_added_share: b [N, J].
        input_share: g [N, input, user].
        household_share: sector shares of household spending [N, J].
        revenue_share: sector shares of spending out of duty revenue [N, J].
        rebated: 1.0 where revenue is household income, 0.0 where it is the government's.
        value_added: baseline income of factors [N].
        sector_value_added: the same by sector [N, J].
        mobile: share of value added that moves between sectors [N, J]; None where all of it does.
        nests: critical inputs, from the innermost.
        deficit: D [N], in the units of value_added.
        deficit_wage, deficit_price: weights of log wages [N] and log prices [N, J] in the price that
            deficits are fixed to; None where that is world income.
        spending: baseline spending at duty-inclusive prices [N, J].
        bought: spending > 0 [N, J].
        redundant: True for the equation that is the check: the wage of one economy [N], or with specific
            factors the value added of one cell [N, J].
        cells: flows under quantity rules that bind; None where there are none.
        cell_gross: 1 + t', 1 + e' and 1 + cost' of the cells [3, C].
        notes: what had to be arranged, in words.
    """

    supplier_share: np.ndarray
    base_gross: np.ndarray
    pull: np.ndarray
    customs_pull: np.ndarray
    seller_pull: np.ndarray
    theta: np.ndarray
    value_added_share: np.ndarray
    input_share: np.ndarray
    household_share: np.ndarray
    revenue_share: np.ndarray
    rebated: float
    value_added: np.ndarray
    sector_value_added: np.ndarray
    mobile: np.ndarray | None
    nests: tuple[Nest, ...]
    deficit: np.ndarray
    deficit_wage: np.ndarray | None
    deficit_price: np.ndarray | None
    spending: np.ndarray
    bought: np.ndarray
    redundant: np.ndarray
    cells: Cells | None = None
    cell_gross: np.ndarray | None = None
    notes: tuple[str, ...] = ()


class Terms(NamedTuple):
    """Quantities that the equations share; see `terms`."""

    unit_cost: Any
    value_added_share: Any
    input_share: Any
    reach: Any
    cost_pull: Any
    price_index: Any
    spending: Any
    weight: Any
    sales: Any
    revenue: Any
    rents: Any
    income: Any
    deficit: Any
    household_income: Any
    final: Any
    quantity: Any


def baseline_parameters(
    books: Accounts,
    theta: np.ndarray,
    revenue_use: RevenueUse,
    closure: ClosureRule,
    mobile_share: float = 1.0,
) -> Parameters:
    """The no-shock system of a baseline.

    Args:
        books: accounts of the world.
        theta: trade elasticities [J].
        revenue_use: who spends duty revenue.
        closure: what deficits are tied to.
        mobile_share: share of value added that moves between sectors, in (0, 1].
    """
    household, public, notes = spending_shares(books, revenue_use)
    share = np.ascontiguousarray(books.supplier_share.transpose(2, 0, 1))
    gross = np.ascontiguousarray((1 + books.world.duty).transpose(2, 0, 1))
    net = share / gross
    priced_by_wage = priced_by_goods = None
    if isinstance(closure, FixedTo):
        here = np.array([label == closure.economy for label in books.world.economies], dtype=float)
        priced_by_wage = here if closure.price == "wage" else None
        priced_by_goods = here[:, None] * household if closure.price == "consumer_prices" else None
    sector_value_added = books.value_added_share * books.sales
    return Parameters(
        supplier_share=share,
        base_gross=gross,
        pull=share,
        customs_pull=net,
        seller_pull=net,
        theta=theta,
        value_added_share=books.value_added_share,
        input_share=np.ascontiguousarray(books.input_share),
        household_share=household,
        revenue_share=public,
        rebated=float(revenue_use is RevenueUse.REBATED),
        value_added=books.value_added,
        sector_value_added=sector_value_added,
        mobile=None if mobile_share == 1.0 else np.full_like(sector_value_added, mobile_share),
        nests=Nest.of(books),
        deficit=np.zeros_like(books.deficit) if is_balanced(closure) else books.deficit,
        deficit_wage=priced_by_wage,
        deficit_price=priced_by_goods,
        spending=books.spending,
        bought=books.spending > 0,
        redundant=_largest(books.value_added if mobile_share == 1.0 else sector_value_added),
        notes=notes,
    )


def _largest(values: np.ndarray) -> np.ndarray:
    """True at the largest value only."""
    return np.arange(values.size).reshape(values.shape) == int(values.argmax())


def ruled(parameters: Parameters, rules: Rules) -> Parameters:
    """Parameters with quantity rules in force; `shocked` comes after."""
    cells = rules.cells if rules.cells.count else None
    if rules.closed is None:
        return replace(parameters, cells=cells)
    left = 1.0 - rules.closed.transpose(2, 0, 1)
    return replace(parameters, cells=cells, supplier_share=parameters.supplier_share * left)


def shocked(xp: ModuleType, parameters: Parameters, levers: Levers) -> Parameters:
    """Parameters with these levers in force."""
    p = parameters
    gross = contiguous(xp, (1 + levers.duty).transpose(2, 0, 1))
    kappa = gross * (1 + levers.cost).transpose(2, 0, 1) / p.base_gross
    # A traced array may stand for any number; only numbers can be seen to be zero.
    taxed = None
    if xp is not np or np.any(levers.export_tax):
        taxed = (1 + levers.export_tax).transpose(2, 0, 1)
        kappa = kappa * taxed
    pull = p.supplier_share * power(xp, kappa, -p.theta[:, None, None])
    customs = pull / gross
    of_cells = None
    if p.cells is not None:
        at = (p.cells.importer, p.cells.exporter, p.cells.sector)
        of_cells = 1 + xp.stack([levers.duty[at], levers.export_tax[at], levers.cost[at]])
    return replace(
        p,
        pull=pull,
        customs_pull=customs,
        seller_pull=customs if taxed is None else customs / taxed,
        cell_gross=of_cells,
    )


def licences_at(
    xp: ModuleType, p: Parameters, licence: Any, weight: Any, cost: Any, cost_pull: Any
) -> Licensed:
    """What licences change in the cells, at given spending over suppliers' sums [J, N] and costs."""
    cells = p.cells
    assert cells is not None
    n, i, j = cells.importer, cells.exporter, cells.sector
    pulled = weight[j, n] * cost_pull[j, i]
    return licensed(
        xp,
        cells,
        p.cell_gross,
        p.theta[j],
        licence,
        buyer=pulled * p.pull[j, n, i],
        seller=pulled * p.seller_pull[j, n, i],
        cost=cost[i, j],
    )


def terms(xp: ModuleType, unknowns: dict[str, Any], parameters: Parameters) -> Terms:
    """The pieces of the system at given unknowns.

    Shares are normalised by the suppliers' own sum, not by the price unknown, so that what buyers
    spend and what sellers and treasuries receive agree at every iterate.
    """
    p = parameters
    log_wage, log_price = unknowns["wage"], unknowns["price"]
    if p.mobile is None:
        factor_price = log_wage[:, None]
        income = p.value_added * xp.exp(log_wage)
    else:
        earned = unknowns["value_added"]
        factor_price = p.mobile * log_wage[:, None] + (1 - p.mobile) * earned
        income = xp.sum(p.sector_value_added * xp.exp(earned), axis=1)
    log_cost, labour, inputs = unit_cost(
        xp, factor_price, log_price, p.value_added_share, p.input_share, p.nests
    )
    cost_pull = xp.exp(-p.theta * log_cost).T
    pulled = reach = xp.matmul(p.pull, cost_pull[:, :, None])[:, :, 0]
    if p.cells is not None:
        reach = reach + _licensed_reach(xp, p, unknowns["licence"], cost_pull)
    price_index = -xp.log(reach.T) / p.theta
    spending = p.spending * xp.exp(unknowns["spending"])
    weight = spending.T / reach
    sales = (cost_pull * xp.matmul(weight[:, None, :], p.seller_pull)[:, 0, :]).T
    unlicensed = weight * pulled
    customs = xp.matmul(p.customs_pull, cost_pull[:, :, None])[:, :, 0] * weight
    revenue = xp.sum(unlicensed - customs, axis=0)
    if p.seller_pull is not p.customs_pull:
        shipped = cost_pull * xp.matmul(weight[:, None, :], p.customs_pull)[:, 0, :]
        revenue = revenue + xp.sum(shipped - sales.T, axis=0)
    rents, quantity = 0.0, None
    if p.cells is not None:
        cells = p.cells
        extra = licences_at(xp, p, unknowns["licence"], weight, log_cost, cost_pull)
        sales = scattered(xp, sales, (cells.exporter, cells.sector), extra.seller)
        revenue = scattered(xp, revenue, cells.importer, extra.duty)
        revenue = scattered(xp, revenue, cells.exporter, extra.export_tax)
        revenue = revenue + to_treasuries(xp, cells, extra.rent)
        rents = to_households(xp, cells, extra.rent, len(p.value_added))
        quantity = xp.matmul(extra.quantity * cells.customs, cells.rule)
    deficit = p.deficit
    if p.deficit_wage is not None:
        deficit = deficit * xp.exp(xp.sum(p.deficit_wage * log_wage))
    if p.deficit_price is not None:
        deficit = deficit * xp.exp(xp.sum(p.deficit_price * log_price))
    household_income = income + deficit + rents + p.rebated * revenue
    final = p.household_share * household_income[:, None]
    final = final + p.revenue_share * ((1.0 - p.rebated) * revenue)[:, None]
    return Terms(
        log_cost,
        labour,
        inputs,
        reach,
        cost_pull,
        price_index,
        spending,
        weight,
        sales,
        revenue,
        rents,
        income,
        deficit,
        household_income,
        final,
        quantity,
    )


class ByPair(NamedTuple):
    """Money by flow [J, importer, exporter]: what buyers pay, its customs value, what sellers receive."""

    buyer: Any
    customs: Any
    seller: Any


def by_pair(xp: ModuleType, unknowns: dict[str, Any], s: Terms, parameters: Parameters) -> ByPair:
    """Money by flow at the point of `terms`; customs and seller are one array where they agree."""
    p = parameters
    pulled = s.cost_pull[:, None, :] * s.weight[:, :, None]
    buyer, customs = p.pull * pulled, p.customs_pull * pulled
    seller = customs if p.seller_pull is p.customs_pull else p.seller_pull * pulled
    if p.cells is None:
        return ByPair(buyer, customs, seller)
    place = (p.cells.sector, p.cells.importer, p.cells.exporter)
    extra = licences_at(xp, p, unknowns["licence"], s.weight, s.unit_cost, s.cost_pull)
    return ByPair(
        scattered(xp, buyer, place, extra.buyer),
        scattered(xp, customs, place, extra.customs),
        scattered(xp, seller, place, extra.seller),
    )


def shares(xp: ModuleType, unknowns: dict[str, Any], s: Terms, parameters: Parameters) -> Any:
    """Suppliers' shares of spending [J, importer, exporter] at the point of `terms`."""
    p = parameters
    share = p.pull * (s.cost_pull[:, None, :] / s.reach[:, :, None])
    if p.cells is None:
        return share
    place = (p.cells.sector, p.cells.importer, p.cells.exporter)
    extra = licences_at(xp, p, unknowns["licence"], s.weight, s.unit_cost, s.cost_pull)
    spent = (s.weight * s.reach)[place[:2]]
    return scattered(xp, share, place, extra.buyer / xp.where(spent > 0, spent, 1.0))


def _licensed_reach(xp: ModuleType, p: Parameters, licence: Any, cost_pull: Any) -> Any:
    """What licences take from (or add to) the suppliers' sum [J, N]."""
    cells = p.cells
    assert cells is not None
    n, i, j = cells.importer, cells.exporter, cells.sector
    loss = p.pull[j, n, i] * cost_pull[j, i] * xp.expm1(-p.theta[j] * xp.matmul(cells.rule, licence))
    return scattered(xp, xp.zeros((len(p.theta), len(p.value_added))), (j, n), loss)


def settled_spending(parameters: Parameters) -> np.ndarray:
    """Log of the spending that meets use at the baseline's prices and wages over the data's [N, J].

    A start for accounts that do not balance: some published tables hold a token flow of a dollar where
    use is in billions. Spending is linear in itself there, with inputs below output, so plain repetition
    closes in on it.
    """
    p = parameters
    nothing = np.zeros_like(p.spending)
    still = {"wage": np.zeros_like(p.value_added), "price": nothing, "value_added": nothing}
    log_spending = np.zeros_like(p.spending)
    for _ in range(60):
        s = terms(np, {**still, "spending": log_spending}, p)
        use = np.matmul(s.input_share, s.sales[:, :, None])[:, :, 0] + s.final
        known = p.bought & (use > 0)
        ratio = np.where(known, use, 1.0) / np.where(known, p.spending, 1.0)
        before, log_spending = log_spending, np.where(known, np.log(ratio), log_spending)
        if np.abs(log_spending - before).max() < 1e-6:
            break
    return log_spending


def residual_and_excess(
    xp: ModuleType, unknowns: dict[str, Any], parameters: Parameters
) -> tuple[dict[str, Any], Any]:
    """Residual by block, and excess demand in money: for labour [N], or for factors by sector [N, J].

    The excess at the redundant equation is not solved for: it is the Walras check.
    """
    p = parameters
    s = terms(xp, unknowns, p)
    demand = xp.matmul(s.input_share, s.sales[:, :, None])[:, :, 0] + s.final
    at_spending = gap(xp, demand / xp.where(p.bought, s.spending, 1.0))
    at_spending = xp.where(p.bought, at_spending, unknowns["spending"])
    value_added = s.value_added_share * s.sales
    numeraire = xp.sum(s.income) / p.value_added.sum() - 1.0
    residual = {"price": unknowns["price"] - s.price_index, "spending": at_spending}
    if p.mobile is None:
        payroll = xp.sum(value_added, axis=1)
        residual["wage"] = xp.where(p.redundant, numeraire, gap(xp, payroll / s.income))
        excess = payroll - s.income
    else:
        earns = p.sector_value_added > 0
        earned = p.sector_value_added * xp.exp(unknowns["value_added"])
        wages = xp.sum(p.mobile * p.sector_value_added, axis=1) * xp.exp(unknowns["wage"])
        residual["wage"] = gap(xp, xp.sum(p.mobile * earned, axis=1) / wages)
        ratio = value_added / xp.where(earns, earned, 1.0)
        at_earned = xp.where(earns, gap(xp, ratio), unknowns["value_added"])
        residual["value_added"] = xp.where(p.redundant, numeraire, at_earned)
        excess = value_added - earned
    if p.cells is not None:
        residual["licence"] = gap(xp, s.quantity / p.cells.bound)
    return residual, excess


def power(xp: ModuleType, base: Any, exponent: Any) -> Any:
    """A power of positive numbers; by logs where it is differentiated, so that the slope is found with it."""
    return base**exponent if xp is np else xp.exp(exponent * xp.log(base))


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
