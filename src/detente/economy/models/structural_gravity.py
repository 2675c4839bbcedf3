"""Structural gravity of one sector as gegravity 0.3 simulates it, in exact hat algebra.

Yotov, Piermartini, Monteiro and Larch (2016), "An Advanced Guide to Trade Policy Analysis: The Structural
Gravity Model", and Herman (2021). Importer j, exporter i; X are baseline flows whose rows and columns add up
to expenditure E_j and output Y_i, T_ij the change of trade costs to the power 1 - sigma:

    outward  a_i sum_j T_ij X_ij b_j = Y_i        p_i = a_i^(1 / (1 - sigma)),   Y'_i = p_i Y_i
    inward   b_j sum_i T_ij X_ij a_i = E_j        P_j = b_j^(-1 / (1 - sigma)),  E'_j = p_j E_j
    b = 1 for the reference importer, whose prices are the numeraire

a and b are the changes of outward and inward multilateral resistance to the power sigma - 1. gegravity holds
the shares of output and expenditure at their baseline in these two conditions, so incomes move with prices
but do not feed back into demand; `armington` lets them. There is no revenue: a duty is a cost like any other.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from types import ModuleType
from typing import Any

import numpy as np

from detente.core.errors import InvalidOption, InvalidWorld
from detente.economy.assumptions import Closure, ClosureRule, RevenueUse
from detente.economy.identities import Accounts, require_connected
from detente.economy.levers import Levers
from detente.economy.models.base import Block, DutiesAndCostsOnly, Equilibrium, Unknowns
from detente.economy.models.dense import Factored


@dataclass(frozen=True)
class Parameters:
    """Arrays of one system; pair arrays are [importer, exporter].

    Attributes:
        flows: baseline flows X [N, N].
        pull: flows at the new trade costs, T X [N, N].
        theta: sigma - 1.
        expenditure: E [N].
        output: Y [N].
        base_gross: one plus the baseline duty [N, N].
        reference: True for the importer whose price index is the numeraire [N].
    """

    flows: Any
    pull: Any
    theta: Any
    expenditure: Any
    output: Any
    base_gross: Any
    reference: Any


@dataclass(frozen=True)
class StructuralGravity(DutiesAndCostsOnly):
    """Multilateral resistances at given margins. Unknowns are the logs of b (inward) and a (outward).

    Attributes:
        reference: label of the numeraire's importer; None for the largest.
    """

    reference: str | None = None

    @property
    def name(self) -> str:
        """Name by which outcomes cite the model."""
        return "structural-gravity" + (f" (reference={self.reference})" if self.reference else "")

    @property
    def blocks(self) -> tuple[Block, ...]:
        """inward, outward."""
        return (
            Block("inward", ("economy",), "purchases add up to expenditure; the numeraire"),
            Block("outward", ("economy",), "sales add up to output"),
        )

    def parameters(
        self, books: Accounts, theta: np.ndarray, revenue_use: RevenueUse, closure: ClosureRule
    ) -> Parameters:
        """The no-shock system of a world of one sector.

        Raises:
            InvalidWorld: more than one sector, or economies without trade between them.
            InvalidOption: revenue to the government, another closure, or an unknown reference.
        """
        world = books.world
        if len(world.sectors) != 1:
            raise InvalidWorld(
                f"{len(world.sectors)} sectors",
                where=f"world {world.name}",
                why="structural gravity has one sector",
                instead="the world aggregated to one sector, or the model armington",
            )
        fixed = closure is Closure.FIXED_TO_WORLD_INCOME
        if revenue_use is not RevenueUse.REBATED or not fixed:
            raise InvalidOption(
                f"revenue use {revenue_use}" if fixed else f"closure {closure}",
                why="structural gravity has no revenue, and spending stays in proportion to output",
                instead="the defaults, or the model armington",
            )
        require_connected(world.flows[:, :, 0], world.economies)
        expenditure = books.world.flows.sum(axis=(1, 2))
        if self.reference is not None and self.reference not in world.economies:
            raise InvalidOption(
                f"reference {self.reference}",
                where=f"world {world.name}",
                why="not among its economies",
                instead=f"one of {', '.join(world.economies)}",
            )
        place = int(expenditure.argmax()) if self.reference is None else world.economies.index(self.reference)
        flows = world.flows[:, :, 0]
        return Parameters(
            flows=flows,
            pull=flows,
            theta=float(theta[0]),
            expenditure=expenditure,
            output=flows.sum(axis=0),
            base_gross=1 + world.duty[:, :, 0],
            reference=np.arange(len(flows)) == place,
        )

    def shocked(self, xp: ModuleType, parameters: Parameters, levers: Levers) -> Parameters:
        """Parameters with these levers in force; duties and costs alike."""
        p = parameters
        kappa = (1 + levers.duty[:, :, 0]) * (1 + levers.cost[:, :, 0]) / p.base_gross
        return replace(p, pull=p.flows * xp.exp(-p.theta * xp.log(kappa)))

    def start(self, parameters: Parameters) -> Unknowns:
        """The baseline itself."""
        return {block.name: np.zeros_like(parameters.output) for block in self.blocks}

    def residual(self, xp: ModuleType, unknowns: Unknowns, parameters: Parameters) -> Unknowns:
        """Log of purchases over expenditure and of sales over output, by block name."""
        p = parameters
        inward, outward = unknowns["inward"], unknowns["outward"]
        bought = inward + xp.log(p.pull @ xp.exp(outward)) - xp.log(p.expenditure)
        sold = outward + xp.log(xp.exp(inward) @ p.pull) - xp.log(p.output)
        return {"inward": xp.where(p.reference, inward, bought), "outward": sold}

    def judged(self, unknowns: Unknowns, parameters: Parameters) -> tuple[Unknowns, float]:
        """Residual by block, and the reference importer's purchases less its expenditure, over world output,
        which is not solved for."""
        p = parameters
        bought = np.exp(unknowns["inward"]) * (p.pull @ np.exp(unknowns["outward"]))
        gap = float(np.abs(bought - p.expenditure)[p.reference].max() / p.output.sum())
        return self.residual(np, unknowns, p), gap

    def factor(self, parameters: Parameters, unknowns: Unknowns) -> Unknowns:
        """The point itself: the Jacobian holds the elasticity, so variants share no factors."""
        return unknowns

    def preconditioner(self, factors: Unknowns, parameters: Parameters) -> Factored:
        """The whole Jacobian in closed form at the point, factored."""
        p, own = parameters, np.eye(len(parameters.output))
        flows = np.exp(factors["inward"])[:, None] * p.pull * np.exp(factors["outward"])
        inward = {"inward": own.copy(), "outward": flows / flows.sum(axis=1, keepdims=True)}
        inward["outward"][p.reference] = 0.0
        outward = {"inward": (flows / flows.sum(axis=0)).T, "outward": own}
        return Factored.of_rows({"inward": inward, "outward": outward})

    def equilibrium(
        self, xp: ModuleType, unknowns: Unknowns, parameters: Parameters, levers: Levers
    ) -> Equilibrium:
        """Quantities of the point. Flows add up to baseline output and expenditure; wages are output at new
        prices, household income expenditure at them."""
        p = parameters
        price = xp.exp(-unknowns["outward"] / p.theta)
        consumer = xp.exp(unknowns["inward"] / p.theta)
        flows = xp.exp(unknowns["inward"])[:, None] * p.pull * xp.exp(unknowns["outward"])
        output = price * p.output
        return Equilibrium(
            wage=price,
            price=consumer[:, None],
            unit_cost=price[:, None],
            spending=(price * p.expenditure)[:, None],
            sales=output[:, None],
            flows=flows[:, :, None],
            duty=levers.duty,
            revenue=0.0 * output,
            wages=output,
            deficit=p.expenditure - p.output,
            household_income=price * p.expenditure,
            household_share=xp.ones_like(output)[:, None],
            value_added=output[:, None],
            consumer_prices=consumer,
            export_tax=levers.export_tax,
            rents=0.0 * output,
            rent_from_abroad=0.0 * output,
            labour=xp.ones_like(output)[:, None],
            quantity=(flows / price)[:, :, None] / (1 + levers.cost),
            paid=flows[:, :, None] * (1 + levers.duty),
            received=flows[:, :, None],
        )


STRUCTURAL_GRAVITY = StructuralGravity()
