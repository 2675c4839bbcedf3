"""Elastic labour supply, income earned at the destination, and duties passed on more than one for one.

Ignatenko, Lashkaripour, Macedoni and Simonovska (2025), "Making America great again? The economic impacts of
Liberation Day tariffs", Journal of International Economics 157:104138, in exact hat algebra. Importer i,
exporter j; X is trade before duty, home sales on the diagonal:

    a_ij = lambda_ij (c_j / s_j^psi)^-eps kappa_ij^(-eps phi_i),   lambda'_ij = a_ij / sum_k a_ik
    c_j = w_j^b P_j^(1-b),   s_j = (w_j / P_j)^(1-b) L_j,          X'_ij = lambda'_ij E_i Ehat_i / (1 + t'_ij)

    wage    w_j L_j Y_j = b sum_i (1 - nu_i) X'_ij + nu_j sum_k X'_jk; in one economy the numeraire instead
    income  E_i Ehat_i = R_i + w_i L_i Y_i + (1 - b) sum_n (1 - nu_n) X'_ni + T_i (sum w L Y / sum Y)
    labour  L_i = [w_i (1 - tau0_i) / ((1 - tau_i) P_i)]^kappa,  tau_i = R_i / (w_i L_i Y_i) where revenue
            relieves the income tax, and L_i = (w_i / P_i)^kappa where it is a lump sum
    price   P_i = (Ehat_i / w_i)^(1 - phi_i) (sum_j a_ij)^(-1/eps)

nu_i is the part of what is sold in i that is earned in i; b the labour share of costs (1: no intermediates,
and c, s do not hold the price). kappa_ij = (1 + t')(1 + cost') / (1 + t). R is duty revenue, tau0 that of the
baseline. The numeraire keeps baseline spending at its price, sum (P - 1) E = 0, or the wage bill at its wage,
sum (w - 1) Y = 0. The wage equation left out is redundant and serves as the check.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from types import ModuleType
from typing import Any, NamedTuple

import numpy as np

from detente.economy.models.base import Levers
from detente.economy.models.dense import Factored
from detente.economy.models.input_output_system import gap


@dataclass(frozen=True)
class Parameters:
    """Arrays of one system. Pair arrays are [importer, exporter].

    Attributes:
        share: lambda, baseline spending shares [N, N].
        base_gross: one plus the baseline duty [N, N].
        pull: lambda kappa^(-eps phi), the shares before costs respond [N, N].
        net_pull: pull / (1 + t'), what of it reaches the seller [N, N].
        trade_elasticity: eps.
        supply_elasticity: kappa.
        scale_elasticity: psi.
        pass_through: phi [N].
        destination_share: nu [N].
        labour_share: b of production costs.
        spending: E, baseline spending at duty-inclusive prices [N].
        labour_income: Y, baseline wage income [N].
        base_tax: tau0, baseline duty revenue over wage income [N].
        transfer: T, in units of world wage income [N]; sums to zero.
        relief: 1.0 where revenue relieves the income tax, 0.0 where it is a lump sum.
        price_numeraire: 1.0 where spending keeps its price, 0.0 where the wage bill keeps its wage.
        redundant: True for the economy whose wage equation is the check [N].
    """

    share: Any
    base_gross: Any
    pull: Any
    net_pull: Any
    trade_elasticity: Any
    supply_elasticity: Any
    scale_elasticity: Any
    pass_through: Any
    destination_share: Any
    labour_share: Any
    spending: Any
    labour_income: Any
    base_tax: Any
    transfer: Any
    relief: Any
    price_numeraire: Any
    redundant: Any


class Terms(NamedTuple):
    """Quantities that the equations share; see `terms`."""

    cost: Any
    cost_pull: Any
    reach: Any
    weight: Any
    spending: Any
    bought: Any
    earned: Any
    payroll: Any
    revenue: Any
    wages: Any
    transfer: Any


def shocked(xp: ModuleType, parameters: Parameters, levers: Levers) -> Parameters:
    """Parameters with these levers in force; levers are [N, N, 1]."""
    p = parameters
    gross = 1 + levers.duty[:, :, 0]
    kappa = gross * (1 + levers.cost[:, :, 0]) / p.base_gross
    pull = p.share * xp.exp(-(p.trade_elasticity * p.pass_through)[:, None] * xp.log(kappa))
    return replace(p, pull=pull, net_pull=pull / gross)


def terms(xp: ModuleType, unknowns: dict[str, Any], parameters: Parameters) -> Terms:
    """The pieces of the system at given unknowns.

    `cost` is the log of c / s^psi; `bought` purchases before duty by importer; `earned` what exporters keep
    of their sales after the destination's part, home sales included.
    """
    p = parameters
    wage, income, labour = unknowns["wage"], unknowns["income"], unknowns["labour"]
    materials = 1 - p.labour_share
    cost = p.labour_share * wage + materials * unknowns["price"]
    cost = cost - p.scale_elasticity * (materials * (wage - unknowns["price"]) + labour)
    cost_pull = xp.exp(-p.trade_elasticity * cost)
    reach = p.pull @ cost_pull
    spending = p.spending * xp.exp(income)
    weight = spending / reach
    bought = weight * (p.net_pull @ cost_pull)
    earned = cost_pull * (((1 - p.destination_share) * weight) @ p.net_pull)
    payroll = p.labour_share * earned + p.destination_share * bought
    wages = p.labour_income * xp.exp(wage + labour)
    transfer = p.transfer * (xp.sum(wages) / xp.sum(p.labour_income))
    return Terms(
        cost, cost_pull, reach, weight, spending, bought, earned, payroll, spending - bought, wages, transfer
    )


def residual_and_excess(
    xp: ModuleType, unknowns: dict[str, Any], parameters: Parameters
) -> tuple[dict[str, Any], Any]:
    """Residual by block, and the excess labour demand of every economy in money [N]."""
    p = parameters
    s = terms(xp, unknowns, p)
    wage, income, price = unknowns["wage"], unknowns["income"], unknowns["price"]
    dear = xp.sum((xp.exp(price) - 1) * p.spending) / xp.sum(p.spending)
    paid = xp.sum((xp.exp(wage) - 1) * p.labour_income) / xp.sum(p.labour_income)
    numeraire = p.price_numeraire * dear + (1 - p.price_numeraire) * paid
    received = s.revenue + s.wages + (1 - p.labour_share) * s.earned + s.transfer
    relief = gap(xp, (1 - s.revenue / s.wages) / (1 - p.base_tax))
    basket = (1 - p.pass_through) * (income - wage) - xp.log(s.reach) / p.trade_elasticity
    residual = {
        "wage": xp.where(p.redundant, numeraire, gap(xp, s.payroll / s.wages)),
        "income": gap(xp, received / s.spending),
        "labour": unknowns["labour"] - p.supply_elasticity * (p.relief * relief + wage - price),
        "price": price - basket,
    }
    return residual, s.payroll - s.wages


def factor(parameters: Parameters, unknowns: dict[str, Any]) -> Factored:
    """The Jacobian in closed form at a point near an equilibrium, factored.

    With F the flows, A the new shares and e, c the log changes of incomes and of exporters' costs,
    dlog F_ij = e_i - eps c_j + eps (A c)_i; c is linear in wages, labour and prices.
    """
    p = parameters
    s = terms(np, unknowns, p)
    n, eps = len(s.wages), p.trade_elasticity
    own = np.eye(n)
    share = p.pull * s.cost_pull / s.reach[:, None]
    flows = p.net_pull * s.cost_pull * s.weight[:, None]
    kept = ((1 - p.destination_share)[:, None] * flows).T
    bought_of_cost = eps * (s.bought[:, None] * share - flows)
    earned_of_cost = eps * (kept @ share - np.diag(s.earned))
    payroll_of_income = p.labour_share * kept + np.diag(p.destination_share * s.bought)
    payroll_of_cost = p.labour_share * earned_of_cost + p.destination_share[:, None] * bought_of_cost
    received = s.revenue + s.wages + (1 - p.labour_share) * s.earned + s.transfer
    pooled = p.transfer[:, None] * s.wages / p.labour_income.sum()
    received_of_income = np.diag(s.revenue) + (1 - p.labour_share) * kept
    received_of_cost = (1 - p.labour_share) * earned_of_cost - bought_of_cost
    tax = s.revenue / s.wages
    relieved = p.supply_elasticity * p.relief / (1 - tax)

    def by_cost(of_cost: np.ndarray) -> dict[str, np.ndarray]:
        materials = 1 - p.labour_share
        return {
            "wage": of_cost * (p.labour_share - p.scale_elasticity * materials),
            "labour": -p.scale_elasticity * of_cost,
            "price": of_cost * materials * (1 + p.scale_elasticity),
        }

    wage = by_cost(-payroll_of_cost / s.payroll[:, None])
    wage["income"] = -payroll_of_income / s.payroll[:, None]
    wage["wage"] += own
    wage["labour"] += own
    for name, block in wage.items():
        block[p.redundant] = 0.0
        if name == "price":
            block[p.redundant] = p.price_numeraire * p.spending * np.exp(unknowns["price"]) / p.spending.sum()
        if name == "wage":
            paid = p.labour_income * np.exp(unknowns["wage"]) / p.labour_income.sum()
            block[p.redundant] = (1 - p.price_numeraire) * paid
    income = by_cost(-received_of_cost / received[:, None])
    income["income"] = own - received_of_income / received[:, None]
    for name in ("wage", "labour"):
        income[name] -= (np.diag(s.wages) + pooled) / received[:, None]
    labour = by_cost((relieved / s.wages)[:, None] * bought_of_cost)
    labour["income"] = -np.diag(relieved * tax)
    labour["wage"] += np.diag(relieved * tax - p.supply_elasticity)
    labour["labour"] += own + np.diag(relieved * tax)
    labour["price"] += p.supply_elasticity * own
    price = by_cost(-share)
    price["income"] = -np.diag(1 - p.pass_through)
    price["wage"] += np.diag(1 - p.pass_through)
    price["price"] += own
    return Factored.of_rows({"wage": wage, "income": income, "labour": labour, "price": price})
