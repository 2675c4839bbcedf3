"""Duties that every government sets by formula at once, solved together with the equilibrium they lead to.

Lashkaripour (2021), "The cost of a global tariff war: A sufficient statistics approach", Journal of
International Economics 131:103489. Each economy's Nash duty is uniform over partners and sectors and is the
inverse of what it would lose of its exports if they became dearer:

    t_i = 1 / sum_{n != i, j} r_nij theta_j (1 - lambda_nij)

r_nij are the shares of i's exports by destination and taxed sector, lambda_nij the part of n's spending on j
that goes to i, both at the equilibrium of the war. With the wage and income equations of `final_goods_system`
these are 3 N equations in wages, incomes and duties.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np

from detente.economy.assumptions import ClosureRule, RevenueUse
from detente.economy.identities import Accounts
from detente.economy.levers import Levers
from detente.economy.models import final_goods_system as system
from detente.economy.models.base import Block, DutiesAndCostsOnly, Unknowns
from detente.economy.models.final_goods import ARMINGTON, FinalGoodsEquilibrium
from detente.economy.models.final_goods_system import Parameters

FIRST_DUTY = 0.4
"""Rate from which the search starts; the unknown is the log of the duty over it."""


@dataclass(frozen=True)
class FormulaParameters:
    """An Armington system whose duties are unknown.

    Attributes:
        trade: the system without a shock.
        taxed: 1.0 for sectors on which duties fall [J].
        foreign: 1.0 where importer and exporter differ [N, N].
    """

    trade: Parameters
    taxed: Any
    foreign: Any


class FormulaDuties(DutiesAndCostsOnly):
    """Duties by formula with the equilibrium; a model of blocks wage, income and duty."""

    @property
    def name(self) -> str:
        """Name by which results cite the model."""
        return "armington with formula duties"

    @property
    def blocks(self) -> tuple[Block, ...]:
        """wage, income, duty."""
        duty = Block(
            "duty", ("economy",), "each duty is the inverse elasticity of foreign demand for exports"
        )
        return (*ARMINGTON.blocks, duty)

    def parameters(
        self, books: Accounts, theta: np.ndarray, revenue_use: RevenueUse, closure: ClosureRule
    ) -> FormulaParameters:
        """The system of a world, duties on its goods."""
        trade = ARMINGTON.parameters(books, theta, revenue_use, closure)
        return formula_parameters(trade, ~np.isin(books.world.sectors, books.world.services))

    def start(self, parameters: FormulaParameters) -> Unknowns:
        """The baseline with the same duty everywhere."""
        return {block.name: np.zeros_like(parameters.trade.spending) for block in self.blocks}

    def levers(self, xp: ModuleType, unknowns: Unknowns, parameters: FormulaParameters) -> Levers:
        """The duties of a point as levers [importer, exporter, sector]."""
        p = parameters
        rate = FIRST_DUTY * xp.exp(unknowns["duty"])
        duty = rate[:, None, None] * p.foreign[:, :, None] * p.taxed[None, None, :]
        return Levers.of(duty)

    def shocked(self, xp: ModuleType, parameters: FormulaParameters, levers: Levers) -> FormulaParameters:
        """The parameters as they are: duties are unknowns here."""
        return parameters

    def residual(self, xp: ModuleType, unknowns: Unknowns, parameters: FormulaParameters) -> Unknowns:
        """Relative residual of each equation, by block name."""
        p = parameters
        levers = self.levers(xp, unknowns, p)
        trade = system.shocked(xp, p.trade, levers)
        residual, _ = system.residual_and_excess(xp, unknowns, trade)
        s = system.terms(xp, unknowns, trade)
        share = trade.pull * s.cost_pull[:, None, :] / s.reach[:, :, None]
        exports = (
            trade.net_pull
            * s.cost_pull[:, None, :]
            * s.weight[:, :, None]
            * p.foreign
            * p.taxed[:, None, None]
        )
        lost = xp.sum(trade.theta[:, None, None] * exports * (1 - share), axis=(0, 1))
        elasticity = lost / xp.sum(exports, axis=(0, 1))
        return {**residual, "duty": unknowns["duty"] + np.log(FIRST_DUTY) + xp.log(elasticity)}

    def judged(self, unknowns: Unknowns, parameters: FormulaParameters) -> tuple[Unknowns, float]:
        """Residual by block, and the wage equation that is not solved: excess labour demand over income."""
        trade = system.shocked(np, parameters.trade, self.levers(np, unknowns, parameters))
        return self.residual(np, unknowns, parameters), ARMINGTON.judged(unknowns, trade)[1]

    def factor(self, parameters: FormulaParameters, unknowns: Unknowns) -> Unknowns:
        """The point itself."""
        return unknowns

    def preconditioner(self, factors: Unknowns, parameters: FormulaParameters) -> DutiesFirst:
        """Duties first, then wages and incomes at those duties."""
        return DutiesFirst(self, factors, parameters)

    def equilibrium(
        self, xp: ModuleType, unknowns: Unknowns, parameters: FormulaParameters, levers: Levers
    ) -> FinalGoodsEquilibrium:
        """Quantities of the point under its own duties; `levers` plays no part."""
        own = self.levers(xp, unknowns, parameters)
        return ARMINGTON.equilibrium(xp, unknowns, system.shocked(xp, parameters.trade, own), own)


class DutiesFirst:
    """An approximate inverse Jacobian that leaves out how the formula moves with wages, incomes and duties.

    What is left is triangular: a duty's equation has its own log alone, and wages and incomes follow from the
    Jacobian at given duties.
    """

    def __init__(self, model: FormulaDuties, point: Unknowns, parameters: FormulaParameters) -> None:
        p = parameters
        trade = system.shocked(np, p.trade, model.levers(np, point, p))
        self._trade = system.factor(trade, point)
        self._of_duty = _response_to_duties(trade, point, p, FIRST_DUTY * np.exp(point["duty"]))

    def apply(self, residual: Unknowns) -> Unknowns:
        """The step d with J d = residual, about."""
        duty = residual["duty"]
        rest = {name: residual[name] - matrix @ duty for name, matrix in self._of_duty.items()}
        return {**self._trade.apply(rest), "duty": duty}

    def apply_transposed(self, gradient: Unknowns) -> Unknowns:
        """The multipliers l with J' l = gradient, about."""
        trade = self._trade.apply_transposed({name: gradient[name] for name in self._of_duty})
        pushed = sum(matrix.T @ trade[name] for name, matrix in self._of_duty.items())
        return {**trade, "duty": gradient["duty"] - pushed}


def _response_to_duties(
    trade: Parameters, point: Unknowns, parameters: FormulaParameters, rate: np.ndarray
) -> dict[str, np.ndarray]:
    """Derivatives of the wage and income equations in the logs of duties [N, N].

    With g the log change of one plus the duty and own the home share, foreign flows move by
    -(1 + theta own) g and home flows by theta (1 - own) g.
    """
    p, s = parameters, system.terms(np, point, trade)
    n = len(rate)
    share = trade.pull * s.cost_pull[:, None, :] / s.reach[:, :, None]
    flows = trade.net_pull * s.cost_pull[:, None, :] * s.weight[:, :, None]
    own = np.einsum("jnn->jn", share)
    theta, taxed = trade.theta[:, None, None], p.taxed[:, None, None]
    foreign = -(1 + theta * own[:, :, None]) * p.foreign
    home = theta * (1 - own)[:, :, None] * np.eye(n)
    moved = flows * taxed * (foreign + home) * (rate / (1 + rate))[:, None]
    sold = np.tensordot(trade.labour_share, moved, axes=1).T
    profit = np.tensordot(1 - trade.labour_share, moved, axes=1).T
    received = s.wages + s.profits + s.revenue + trade.deficit
    wage = -sold / s.payroll[:, None]
    wage[trade.redundant] = 0.0
    income = -(profit - np.diag(moved.sum(axis=(0, 2)))) / received[:, None]
    return {"wage": wage, "income": income}


def formula_parameters(trade: Parameters, taxed: np.ndarray) -> FormulaParameters:
    """Duties by formula on an Armington system.

    Args:
        trade: the system without a shock.
        taxed: True for sectors on which duties fall [J].
    """
    return FormulaParameters(trade, taxed.astype(float), 1.0 - np.eye(len(trade.spending)))


FORMULA_DUTIES = FormulaDuties()
