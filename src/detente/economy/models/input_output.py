"""The input-output model as the solver sees it; equations in `input_output_system`.

Two members of one family: `input-output`, where every factor moves between sectors (long run, Eaton-Kortum
or Armington), and `specific-factors`, where part of value added is tied to its sector (short run,
Armington: elasticities of substitution below one are allowed).
"""

from __future__ import annotations

from types import ModuleType

import numpy as np

from detente.core.errors import InvalidOption
from detente.economy.assumptions import ClosureRule, RevenueUse
from detente.economy.identities import Accounts, require_connected
from detente.economy.levers import Levers, Rules
from detente.economy.models import input_output_system as system
from detente.economy.models.base import Block, Equilibrium, Licence, Unknowns, scattered
from detente.economy.models.input_output_factor import Blocks, Preconditioner, factor_blocks
from detente.economy.models.input_output_system import Parameters
from detente.economy.models.licences import from_abroad


class InputOutput:
    """Caliendo and Parro (2015). Unknowns are logs of hats: wage [N], price [N, J], spending [N, J],
    with specific factors value_added [N, J], and a licence price for each quantity rule that binds.

    Args:
        mobile_share: share of value added that moves between sectors, in (0, 1].
    """

    def __init__(self, mobile_share: float = 1.0) -> None:
        if not 0 < mobile_share <= 1:
            raise InvalidOption(
                f"mobile_share {mobile_share}",
                why="it is the share of value added that moves between sectors",
                instead="a number above 0 and at most 1, for example 0.6, labour's share",
            )
        self.mobile_share = mobile_share

    @property
    def name(self) -> str:
        """Name by which outcomes cite the model."""
        if self.mobile_share == 1.0:
            return "input-output"
        return f"specific-factors (mobile share {self.mobile_share:g})"

    @property
    def instruments(self) -> frozenset[str]:
        """Taxes on sellers and rules of quantity."""
        return frozenset({"taxes", "rules"})

    @property
    def lowest_theta(self) -> float:
        """0, or -1 with specific factors: there goods are Armington and sigma may lie below one."""
        return 0.0 if self.mobile_share == 1.0 else -1.0

    @property
    def blocks(self) -> tuple[Block, ...]:
        """The unknown blocks."""
        blocks = (
            Block("wage", ("economy",), "labour market clears; world income is the numeraire"),
            Block("price", ("economy", "sector"), "price index of each sector's suppliers"),
            Block("spending", ("economy", "sector"), "spending is intermediate plus final use"),
        )
        if self.mobile_share < 1.0:
            earned = "a sector's factors earn its value added"
            blocks += (Block("value_added", ("economy", "sector"), earned),)
        return (*blocks, Block("licence", ("rule",), "a binding rule's quantity is at its bound"))

    def parameters(
        self, books: Accounts, theta: np.ndarray, revenue_use: RevenueUse, closure: ClosureRule
    ) -> Parameters:
        """The no-shock system.

        Raises:
            InvalidWorld: economies without trade between them.
        """
        require_connected(books.world.flows.sum(axis=2), books.world.economies)
        return system.baseline_parameters(books, theta, revenue_use, closure, self.mobile_share)

    def ruled(self, parameters: Parameters, rules: Rules) -> Parameters:
        """Parameters with quantity rules in force."""
        return system.ruled(parameters, rules)

    def shocked(self, xp: ModuleType, parameters: Parameters, levers: Levers) -> Parameters:
        """Parameters with these levers in force."""
        return system.shocked(xp, parameters, levers)

    def start(self, parameters: Parameters) -> Unknowns:
        """A point to search from where the accounts do not balance."""
        still = np.zeros_like(parameters.value_added), np.zeros_like(parameters.spending)
        return {
            "wage": still[0],
            "price": still[1],
            "spending": system.settled_spending(parameters),
            "value_added": still[1],
        }

    def residual(self, xp: ModuleType, unknowns: Unknowns, parameters: Parameters) -> Unknowns:
        """Relative residual of each equation, by block name; zero at an equilibrium."""
        return system.residual_and_excess(xp, unknowns, parameters)[0]

    def judged(self, unknowns: Unknowns, parameters: Parameters) -> tuple[Unknowns, float]:
        """Residual by block, and excess demand where the redundant equation stands, over world income."""
        residual, excess = system.residual_and_excess(np, unknowns, parameters)
        return residual, float(np.abs(excess[parameters.redundant]).max() / parameters.value_added.sum())

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
        pair = system.by_pair(xp, unknowns, s, p)
        flows = system.contiguous(xp, pair.customs.transpose(1, 2, 0))
        value_added = s.value_added_share * s.sales
        mobile = value_added if p.mobile is None else p.mobile * value_added
        rents, abroad, place, lost = s.rents, 0.0, (), 0.0
        if p.cells is not None:
            extra = system.licences_at(xp, p, unknowns["licence"], s.weight, s.unit_cost, s.cost_pull)
            abroad = from_abroad(xp, p.cells, extra.border_rent)
            # A dissipated rent uses up goods on the way, as an iceberg does.
            place, lost = (p.cells.importer, p.cells.exporter, p.cells.sector), extra.lost
        nothing = xp.zeros_like(s.income)
        sold = flows if pair.seller is pair.customs else xp.transpose(pair.seller, (1, 2, 0))
        shipped = sold / (xp.exp(s.unit_cost) * (1 + levers.cost))
        if p.cells is not None:
            shipped = scattered(xp, shipped, place, shipped[place] * lost)
        return Equilibrium(
            wage=xp.exp(unknowns["wage"]),
            price=xp.exp(unknowns["price"]),
            unit_cost=xp.exp(s.unit_cost),
            spending=s.spending,
            sales=s.sales,
            flows=flows,
            duty=levers.duty,
            revenue=s.revenue,
            wages=s.income,
            deficit=s.deficit + nothing,
            household_income=s.household_income,
            household_share=p.household_share,
            consumer_prices=xp.exp(xp.sum(p.household_share * unknowns["price"], axis=1)),
            value_added=value_added,
            export_tax=levers.export_tax,
            rents=rents + nothing,
            rent_from_abroad=abroad + nothing,
            labour=mobile / xp.sum(mobile, axis=1)[:, None],
            quantity=shipped,
            paid=system.contiguous(xp, pair.buyer.transpose(1, 2, 0)),
            received=sold,
        )

    def licences(self, unknowns: Unknowns, parameters: Parameters) -> tuple[Licence, ...]:
        """What each binding quantity rule does, for people."""
        p, cells = parameters, parameters.cells
        if cells is None:
            return ()
        s = system.terms(np, unknowns, p)
        extra = system.licences_at(np, p, unknowns["licence"], s.weight, s.unit_cost, s.cost_pull)
        rents = cells.customs @ extra.rent
        each = zip(cells.labels, unknowns["licence"], cells.bound, s.quantity, rents, cells.rent, strict=True)
        return tuple(
            Licence(
                label,
                True,
                float(100 * np.expm1(price)),
                float(bound),
                float(quantity),
                float(rent),
                owner,
            )
            for label, price, bound, quantity, rent, owner in each
        )


INPUT_OUTPUT = InputOutput()
"""Every factor mobile: the long run."""

SPECIFIC_FACTORS = InputOutput(mobile_share=0.6)
"""The short run: labour, about three fifths of value added, moves; capital stays in its sector."""
