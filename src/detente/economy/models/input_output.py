"""The input-output model as the solver sees it; equations in `input_output_system`."""

from __future__ import annotations

from types import ModuleType

import numpy as np

from detente.economy.assumptions import RevenueUse
from detente.economy.identities import Accounts
from detente.economy.models import input_output_system as system
from detente.economy.models.base import Block, Equilibrium, Levers, Unknowns
from detente.economy.models.input_output_factor import Blocks, Preconditioner, factor_blocks
from detente.economy.models.input_output_system import Parameters


class InputOutput:
    """Caliendo and Parro (2015). Unknowns are logs of hats: wage [N], price [N, J], spending [N, J]."""

    @property
    def name(self) -> str:
        """Name by which outcomes cite the model."""
        return "input-output"

    @property
    def blocks(self) -> tuple[Block, ...]:
        """wage, price, spending."""
        return (
            Block("wage", ("economy",), "labour market clears; world wage income is the numeraire"),
            Block("price", ("economy", "sector"), "price index of each sector's suppliers"),
            Block("spending", ("economy", "sector"), "spending is intermediate plus final use"),
        )

    def parameters(
        self, books: Accounts, theta: np.ndarray, revenue_use: RevenueUse, *, balanced: bool
    ) -> Parameters:
        """The no-shock system; `balanced` sets every deficit to zero."""
        return system.baseline_parameters(books, theta, revenue_use, balanced=balanced)

    def shocked(self, xp: ModuleType, parameters: Parameters, levers: Levers) -> Parameters:
        """Parameters with these levers in force."""
        return system.shocked(xp, parameters, levers)

    def start(self, parameters: Parameters) -> Unknowns:
        """A point to search from where the accounts do not balance."""
        still = np.zeros_like(parameters.value_added), np.zeros_like(parameters.spending)
        return {"wage": still[0], "price": still[1], "spending": system.settled_spending(parameters)}

    def residual(self, xp: ModuleType, unknowns: Unknowns, parameters: Parameters) -> Unknowns:
        """Relative residual of each equation, by block name; zero at an equilibrium."""
        return system.residual_and_excess(xp, unknowns, parameters)[0]

    def walras(self, unknowns: Unknowns, parameters: Parameters) -> float:
        """The one wage equation that is not solved: excess labour demand over world wage income."""
        _, excess = system.residual_and_excess(np, unknowns, parameters)
        return float(np.abs(excess[parameters.redundant]).max() / parameters.value_added.sum())

    def factor(self, parameters: Parameters, unknowns: Unknowns) -> Blocks:
        """Factors at a point, free of elasticities, closure and use of revenue where no shock is on."""
        return factor_blocks(parameters, unknowns)

    def preconditioner(self, factors: Blocks, parameters: Parameters) -> Preconditioner:
        """An approximate inverse Jacobian for these parameters."""
        return Preconditioner(factors, parameters)

    def equilibrium(
        self, xp: ModuleType, unknowns: Unknowns, parameters: Parameters, levers: Levers
    ) -> Equilibrium:
        """Quantities of the point, in the world's unit."""
        p = parameters
        s = system.terms(xp, unknowns, p)
        flows = p.net_pull * (s.cost_pull[:, None, :] * s.weight[:, :, None])
        return Equilibrium(
            wage=xp.exp(unknowns["wage"]),
            price=xp.exp(unknowns["price"]),
            unit_cost=xp.exp(s.unit_cost),
            spending=s.spending,
            sales=s.sales,
            flows=system.contiguous(xp, flows.transpose(1, 2, 0)),
            duty=levers.duty,
            revenue=s.revenue,
            wages=s.wages,
            deficit=p.deficit,
            household_income=s.household_income,
            household_share=p.household_share,
            value_added=p.value_added_share * s.sales,
            consumer_prices=xp.exp(xp.sum(p.household_share * unknowns["price"], axis=1)),
        )


INPUT_OUTPUT = InputOutput()
