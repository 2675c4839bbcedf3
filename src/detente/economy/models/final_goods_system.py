"""Trade in final goods: Armington, and Krugman with industry profits, in exact hat algebra.

Importer n, exporter i, sector j; X is trade before duty, E spending at duty-inclusive prices; hats are new
over baseline. Labour is mobile between sectors; b_j is its share of sales and the rest is profit:

    share   pi'_nij = pi_nij (kappa_nij w_i)^-theta_j / sum_k pi_nkj (kappa_nkj w_k)^-theta_j
    flow    X'_nij = pi'_nij mu_nj E_n Ehat_n / (1 + t'_nij)
    wage    w_i LI_i = sum_nj b_j X'_nij, but for one economy; there sum_i w_i LI_i = sum_i LI_i
    income  E_n Ehat_n = w_n LI_n + sum_mj (1 - b_j) X'_mnj + R'_n + D_n

Armington (1969), or Eaton and Kortum (2002): b = 1. Krugman with a fixed number of firms, as in Ossa (2014,
AER 104:4104): theta = sigma - 1 and b = (sigma - 1) / sigma, so that a sector's profits are its sales over
sigma. kappa = (1 + t')(1 + cost') / (1 + t). Spending shares mu are fixed. The numeraire is world wage income
and deficits keep their value in it.
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
    """Arrays of one system. Pair arrays lie [sector, importer, exporter] for matrix products.

    Attributes:
        supplier_share: baseline shares of spending pi [J, N, N].
        base_gross: one plus the baseline duty [J, N, N].
        pull: pi kappa^-theta, the shares before costs respond [J, N, N].
        net_pull: pull / (1 + t'), what of it reaches the seller [J, N, N].
        theta: trade elasticity sigma - 1 [J].
        labour_share: b, labour's share of sales [J].
        spending_share: mu [N, J].
        spending: E, baseline spending at duty-inclusive prices [N].
        labour_income: LI, baseline wage income [N].
        deficit: D [N], in units of world wage income.
        redundant: True for the economy whose wage equation is the check [N].
    """

    supplier_share: Any
    base_gross: Any
    pull: Any
    net_pull: Any
    theta: Any
    labour_share: Any
    spending_share: Any
    spending: Any
    labour_income: Any
    deficit: Any
    redundant: Any


class Terms(NamedTuple):
    """Quantities that the equations share; see `terms`."""

    cost_pull: Any
    reach: Any
    weight: Any
    spending: Any
    sales: Any
    kept: Any
    revenue: Any
    wages: Any
    payroll: Any
    profits: Any


def shocked(xp: ModuleType, parameters: Parameters, levers: Levers) -> Parameters:
    """Parameters with these levers in force; levers are [N, N, J]."""
    p = parameters
    gross = (1 + levers.duty).transpose(2, 0, 1)
    kappa = gross * (1 + levers.cost).transpose(2, 0, 1) / p.base_gross
    pull = p.supplier_share * xp.exp(-p.theta[:, None, None] * xp.log(kappa))
    return replace(p, pull=pull, net_pull=pull / gross)


def terms(xp: ModuleType, unknowns: dict[str, Any], parameters: Parameters) -> Terms:
    """The pieces of the system at given unknowns.

    By sector and economy [J, N]: `reach` the sum over suppliers, `sales` of exporters and `kept` purchases of
    importers, both before duty.
    """
    p = parameters
    cost_pull = xp.exp(-p.theta[:, None] * unknowns["wage"])
    reach = xp.matmul(p.pull, cost_pull[:, :, None])[:, :, 0]
    spending = p.spending * xp.exp(unknowns["income"])
    weight = (p.spending_share * spending[:, None]).T / reach
    sales = cost_pull * xp.matmul(weight[:, None, :], p.net_pull)[:, 0, :]
    kept = xp.matmul(p.net_pull, cost_pull[:, :, None])[:, :, 0] * weight
    revenue = spending - xp.sum(kept, axis=0)
    payroll = xp.sum(p.labour_share[:, None] * sales, axis=0)
    profits = xp.sum((1 - p.labour_share)[:, None] * sales, axis=0)
    wages = p.labour_income * xp.exp(unknowns["wage"])
    return Terms(cost_pull, reach, weight, spending, sales, kept, revenue, wages, payroll, profits)


def residual_and_excess(
    xp: ModuleType, unknowns: dict[str, Any], parameters: Parameters
) -> tuple[dict[str, Any], Any]:
    """Residual by block, and the excess labour demand of every economy in money [N]."""
    p = parameters
    s = terms(xp, unknowns, p)
    numeraire = xp.sum(s.wages) / xp.sum(p.labour_income) - 1.0
    received = s.wages + s.profits + s.revenue + p.deficit
    residual = {
        "wage": xp.where(p.redundant, numeraire, gap(xp, s.payroll / s.wages)),
        "income": gap(xp, received / s.spending),
    }
    return residual, s.payroll - s.wages


def factor(parameters: Parameters, unknowns: dict[str, Any]) -> Factored:
    """The Jacobian in closed form at a point near an equilibrium, factored.

    With e and x the log changes of spending and wages, F flows and A shares of a sector,
    dlog F_ni = e_n - theta x_i + theta (A x)_n.
    """
    p = parameters
    s = terms(np, unknowns, p)
    own = np.eye(len(s.wages))
    share = p.pull * s.cost_pull[:, None, :] / s.reach[:, :, None]
    flows = p.net_pull * s.cost_pull[:, None, :] * s.weight[:, :, None]
    received = s.wages + s.profits + s.revenue + p.deficit

    def sold(part: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Responses in spending and in wages of part_j of all sales [N, N]."""
        of_income = np.tensordot(part, flows, axes=1).T
        felt = part * p.theta
        of_wage = np.matmul(flows.transpose(0, 2, 1), felt[:, None, None] * share).sum(axis=0)
        return of_income, of_wage - np.diag(felt @ s.sales)

    payroll_of_income, payroll_of_wage = sold(p.labour_share)
    profits_of_income, profits_of_wage = sold(1 - p.labour_share)
    kept_of_wage = np.tensordot(p.theta, s.kept[:, :, None] * share - flows, axes=1)
    wage = {
        "wage": own - payroll_of_wage / s.payroll[:, None],
        "income": -payroll_of_income / s.payroll[:, None],
    }
    wage["wage"][p.redundant] = s.wages / p.labour_income.sum()
    wage["income"][p.redundant] = 0.0
    income = {
        "wage": -(np.diag(s.wages) + profits_of_wage - kept_of_wage) / received[:, None],
        "income": own - (profits_of_income + np.diag(s.revenue)) / received[:, None],
    }
    return Factored.of_rows({"wage": wage, "income": income})
