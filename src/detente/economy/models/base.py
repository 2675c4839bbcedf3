"""What every model states: its unknown blocks, its residual, its linearisation, its quantities."""

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType
from typing import Any, Protocol

import numpy as np

from detente.economy.assumptions import ClosureRule, RevenueUse
from detente.economy.identities import Accounts
from detente.economy.levers import Levers, Rules

Unknowns = dict[str, Any]
"""Arrays by block name; unknowns are logs of new over baseline."""


@dataclass(frozen=True)
class Block:
    """One block of unknowns, each the log of new over baseline.

    Attributes:
        name: for example "wage".
        dims: its axes, of "economy" and "sector".
        equation: the condition whose residual carries the same name.
    """

    name: str
    dims: tuple[str, ...]
    equation: str


@dataclass(frozen=True)
class Licence:
    """What a quantity rule does at an equilibrium.

    Attributes:
        rule: its label.
        binds: whether the quantity stands at the bound.
        price_percent: of a licence, ad valorem on the value it is levied on; 0 where slack, negative for
            a floor (the implicit subsidy).
        bound_usd_million, quantity_usd_million: at baseline prices, customs basis.
        rent_usd_million: a year's rent; negative where it is a cost.
        rent: who owns or pays it.
    """

    rule: str
    binds: bool
    price_percent: float
    bound_usd_million: float
    quantity_usd_million: float
    rent_usd_million: float
    rent: str


@dataclass(frozen=True)
class Equilibrium:
    """One equilibrium. Prices are relative to the world's own baseline accounts; the numeraire is world
    wage income, so money is in the world's unit at unchanged world wage income.

    Attributes:
        wage: [N]; price, unit_cost: [N, J].
        spending: at duty-inclusive prices, by importer and sector [N, J].
        sales: before duty, by exporter and sector [N, J].
        flows: before duty [importer, exporter, sector].
        duty: applied duties as fractions [importer, exporter, sector].
        revenue: duty revenue [N].
        wages: wage income [N].
        deficit: imports less exports before duty, as imposed [N].
        household_income: wages and deficit, with revenue where it is rebated [N].
        household_share: sector shares of household spending [N, J].
        value_added: by economy and sector [N, J].
        consumer_prices: price index of household spending [N].
        export_tax: applied, as fractions of the seller's price [importer, exporter, sector].
        rents: licence rents received by households [N]; a floor's implicit subsidy is negative.
        rent_from_abroad: rents received on others' exports less those in own exports [N].
        labour: share of the economy's mobile labour in each sector [N, J].
        quantity: that arrives, at baseline prices, in the world's unit [importer, exporter, sector].
        paid: by buyers, with duties and licences of importers [importer, exporter, sector].
        received: by sellers, with what icebergs use up [importer, exporter, sector].

    Flows are at customs value: with export taxes and rents of licence holders abroad, before duty.
    Revenue is duty revenue, export taxes, less subsidies, and rents of the treasury.
    """

    wage: np.ndarray
    price: np.ndarray
    unit_cost: np.ndarray
    spending: np.ndarray
    sales: np.ndarray
    flows: np.ndarray
    duty: np.ndarray
    revenue: np.ndarray
    wages: np.ndarray
    deficit: np.ndarray
    household_income: np.ndarray
    household_share: np.ndarray
    value_added: np.ndarray
    consumer_prices: np.ndarray
    export_tax: np.ndarray
    rents: np.ndarray
    rent_from_abroad: np.ndarray
    labour: np.ndarray
    quantity: np.ndarray
    paid: np.ndarray
    received: np.ndarray

    @property
    def final_income(self) -> np.ndarray:
        """Final spending of households and government: wages, revenue, rents and deficit [N]."""
        return self.wages + self.revenue + self.rents + self.deficit

    @property
    def trade_gap(self) -> np.ndarray:
        """Imports less exports less the deficit imposed and rents from abroad [N]: zero in an equilibrium."""
        balance = self.flows.sum(axis=(1, 2)) - self.flows.sum(axis=(0, 2))
        return balance - self.deficit - self.rent_from_abroad


class Linear(Protocol):
    """An approximate inverse Jacobian. Blocks may carry a last axis of directions, solved together."""

    def apply(self, residual: Unknowns) -> Unknowns:
        """The step d with J d = residual."""
        ...

    def apply_transposed(self, gradient: Unknowns) -> Unknowns:
        """The multipliers l with J' l = gradient."""
        ...


class Model(Protocol):
    """An equilibrium system in exact hat algebra.

    `shocked`, `residual` and `equilibrium` are written once over an array namespace `xp` (NumPy for a
    solve), without branches on values and without assignment into arrays, so that another namespace can
    differentiate them.
    """

    @property
    def name(self) -> str:
        """Name by which outcomes cite the model."""
        ...

    @property
    def blocks(self) -> tuple[Block, ...]:
        """The unknown blocks, in the order in which they are stacked."""
        ...

    @property
    def instruments(self) -> frozenset[str]:
        """What it takes beside duties and costs, of "taxes" (on sellers) and "rules" (of quantity)."""
        ...

    @property
    def lowest_theta(self) -> float:
        """Trade elasticities must lie above this."""
        ...

    def parameters(
        self, books: Accounts, theta: np.ndarray, revenue_use: RevenueUse, closure: ClosureRule
    ) -> Any:
        """Arrays of the no-shock system."""
        ...

    def ruled(self, parameters: Any, rules: Rules) -> Any:
        """Parameters with quantity rules in force: part of their structure, not differentiated."""
        ...

    def shocked(self, xp: ModuleType, parameters: Any, levers: Levers) -> Any:
        """Parameters with these levers in force."""
        ...

    def start(self, parameters: Any) -> Unknowns:
        """A point to search from where the accounts do not balance."""
        ...

    def residual(self, xp: ModuleType, unknowns: Unknowns, parameters: Any) -> Unknowns:
        """Relative residual of each equation, by block name."""
        ...

    def judged(self, unknowns: Unknowns, parameters: Any) -> tuple[Unknowns, float]:
        """Residual by block, and the redundant equation's over world wage income: the Walras check."""
        ...

    def factor(self, parameters: Any, unknowns: Unknowns) -> Any:
        """The costly part of the linearisation at a point, shared by variants of one world."""
        ...

    def preconditioner(self, factors: Any, parameters: Any) -> Linear:
        """An approximate inverse Jacobian for these parameters."""
        ...

    def equilibrium(self, xp: ModuleType, unknowns: Unknowns, parameters: Any, levers: Levers) -> Equilibrium:
        """Quantities of the point, in the world's unit."""
        ...

    def licences(self, unknowns: Unknowns, parameters: Any) -> tuple[Licence, ...]:
        """What each binding quantity rule does, for people."""
        ...


class DutiesAndCostsOnly:
    """What a model states that takes import duties and non-tariff costs and nothing else."""

    @property
    def instruments(self) -> frozenset[str]:
        """None beside duties and costs."""
        return frozenset()

    @property
    def lowest_theta(self) -> float:
        """0: sigma must exceed one."""
        return 0.0

    def ruled(self, parameters: Any, rules: Rules) -> Any:
        """The parameters as they are."""
        return parameters

    def licences(self, unknowns: Unknowns, parameters: Any) -> tuple[Licence, ...]:
        """None."""
        return ()


def scattered(xp: ModuleType, array: Any, index: Any, values: Any) -> Any:
    """The array with values added at an index that may repeat; the array itself stays as it is."""
    if xp is np:
        result = array.copy()
        np.add.at(result, index, values)
        return result
    return array.at[index].add(values)
