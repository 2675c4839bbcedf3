"""What every model states: its unknown blocks, its residual, its linearisation, its quantities."""

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType
from typing import Any, Protocol

import numpy as np

from detente.economy.assumptions import RevenueUse
from detente.economy.identities import Accounts
from detente.economy.world import World

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
class Levers:
    """What governments set, at its level in force; arrays are [importer, exporter, sector].

    Attributes:
        duty: applied ad valorem duties as fractions of customs value.
        cost: non-tariff costs, ad valorem, as fractions; 0 at the baseline.
    """

    duty: Any
    cost: Any

    @classmethod
    def of_base(cls, world: World) -> Levers:
        """Those of the world's base day."""
        return cls(world.duty, np.zeros_like(world.duty))

    def part_of_the_way(self, base: Levers, part: float) -> Levers:
        """Levers between `base` (part 0) and these (part 1), in equal steps of the logs of gross rates."""
        if part == 1.0:
            return self

        def between(old: np.ndarray, new: np.ndarray) -> np.ndarray:
            return (1 + old) * np.exp(part * (np.log1p(new) - np.log1p(old))) - 1

        return Levers(between(base.duty, self.duty), between(base.cost, self.cost))


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

    @property
    def final_income(self) -> np.ndarray:
        """Final spending of households and government: wages, revenue and deficit [N]."""
        return self.wages + self.revenue + self.deficit

    @property
    def trade_gap(self) -> np.ndarray:
        """Imports less exports less the deficit imposed [N]: zero in an equilibrium."""
        return self.flows.sum(axis=(1, 2)) - self.flows.sum(axis=(0, 2)) - self.deficit


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

    def parameters(
        self, books: Accounts, theta: np.ndarray, revenue_use: RevenueUse, *, balanced: bool
    ) -> Any:
        """Arrays of the no-shock system; `balanced` sets every deficit to zero."""
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

    def walras(self, unknowns: Unknowns, parameters: Any) -> float:
        """The redundant equation's residual over world wage income."""
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
