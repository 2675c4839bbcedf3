"""The labour-supply model as the solver sees it; equations in `labour_supply_system`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from types import ModuleType
from typing import Any, ClassVar

import numpy as np

from detente.core.errors import InvalidOption, InvalidWorld, UnknownEconomy
from detente.economy.assumptions import Closure, ClosureRule, RevenueUse
from detente.economy.identities import Accounts, require_connected
from detente.economy.levers import Levers
from detente.economy.models import labour_supply_system as system
from detente.economy.models.base import Block, Equilibrium, Unknowns
from detente.economy.models.dense import DenseModel
from detente.economy.models.labour_supply_system import Parameters


@dataclass(frozen=True)
class LabourEquilibrium(Equilibrium):
    """An equilibrium with employment and payments for value added at the destination.

    Attributes:
        employment: labour supplied over the baseline's [N].
        payments_gap: purchases before duty less earnings and transfers [N]: zero in an equilibrium.
    """

    employment: np.ndarray
    payments_gap: np.ndarray

    @property
    def trade_gap(self) -> np.ndarray:
        """Purchases less what is earned from all sales and received as transfer [N]."""
        return self.payments_gap

    @property
    def final_income(self) -> np.ndarray:
        """Consumption: wages, revenue and transfer [N]."""
        return self.household_income


@dataclass(frozen=True)
class LabourSupply(DenseModel):
    """Ignatenko et al. (2025). Unknowns are logs of hats by economy: wage, income, labour, price.

    One sector. Trade elasticity eps is theta of the world's elasticities.

    Attributes:
        supply_elasticity: kappa, of labour to the net real wage; 0 fixes employment.
        scale: external economies; psi is this over eps.
        firm_pass_through: phi-tilde, duties into firm prices.
        destination_share: nu, the part of sales earned where they are sold: one number, or by label.
        labour_share: b of production costs; 1 is without intermediates.
        revenue: "income_tax_relief" or "lump_sum".
        numeraire: "prices" (baseline spending keeps its price) or "wages" (the wage bill keeps its wage).
    """

    supply_elasticity: float = 0.5
    scale: float = 0.67
    firm_pass_through: float = 1.0
    destination_share: float | Mapping[str, float] = field(default=0.0, hash=False)
    labour_share: float = 1.0
    revenue: str = "income_tax_relief"
    numeraire: str = "prices"

    system: ClassVar[ModuleType] = system

    def __post_init__(self) -> None:
        """Refuse what the equations have no meaning for."""
        check(
            self.supply_elasticity,
            self.scale,
            np.array(self._shares()),
            self.labour_share,
            self.revenue,
            self.numeraire,
        )

    def _shares(self) -> list[float]:
        given = self.destination_share
        return list(given.values()) if isinstance(given, Mapping) else [float(given)]

    @property
    def name(self) -> str:
        """Name by which outcomes cite the model; options that are not the defaults are part of it."""
        default = {f.name: f.default for f in fields(self)}
        own = [f"{k}={getattr(self, k)!r}" for k, v in default.items() if getattr(self, k) != v]
        return "labour-supply" + (f" ({', '.join(own)})" if own else "")

    @property
    def blocks(self) -> tuple[Block, ...]:
        """wage, income, labour, price."""
        return BLOCKS

    def parameters(
        self, books: Accounts, theta: np.ndarray, revenue_use: RevenueUse, closure: ClosureRule
    ) -> Parameters:
        """The no-shock system of a world of one sector.

        Raises:
            InvalidWorld: more than one sector.
            InvalidOption: revenue to the government, or the balanced closure.
            UnknownEconomy: a destination share of an economy that the world does not have.
        """
        world = books.world
        if len(world.sectors) != 1:
            raise InvalidWorld(
                f"{len(world.sectors)} sectors",
                where=f"world {world.name}",
                why="the labour-supply model has one sector",
                instead="the world aggregated to one sector, or the model input-output",
            )
        if revenue_use is not RevenueUse.REBATED:
            raise InvalidOption(
                f"revenue use {revenue_use}",
                why="in the labour-supply model revenue relieves the income tax or is a lump sum",
                instead='revenue_use="rebated" and LabourSupply(revenue="lump_sum") for a lump sum',
            )
        if closure is not Closure.FIXED_TO_WORLD_INCOME:
            raise InvalidOption(
                f"closure {closure}",
                why="transfers of the labour-supply model are not trade deficits: part "
                "of what is sold is earned where it is sold",
                instead="closure fixed_to_world_income",
            )
        given = self.destination_share
        if isinstance(given, Mapping):
            unknown = set(given) - set(world.economies)
            if unknown:
                raise UnknownEconomy(
                    f"destination shares of {', '.join(sorted(unknown))}",
                    where=f"world {world.name}",
                    why="not among its economies",
                    instead=f"some of {', '.join(world.economies)}",
                )
            share = np.array([float(given.get(label, 0.0)) for label in world.economies])
        else:
            share = np.full(len(world.economies), float(given))
        psi = self.scale / float(theta[0])
        return baseline_parameters(
            world.flows[:, :, 0],
            world.duty[:, :, 0],
            trade_elasticity=float(theta[0]),
            supply_elasticity=self.supply_elasticity,
            scale_elasticity=psi,
            pass_through=pass_through(share, psi, self.firm_pass_through),
            destination_share=share,
            labour_share=self.labour_share,
            revenue=self.revenue,
            numeraire=self.numeraire,
            labels=world.economies,
        )

    def start(self, parameters: Parameters) -> Unknowns:
        """The baseline itself: its accounts hold by construction."""
        return {block.name: np.zeros_like(parameters.spending) for block in BLOCKS}

    def equilibrium(
        self, xp: ModuleType, unknowns: Unknowns, parameters: Parameters, levers: Levers
    ) -> LabourEquilibrium:
        """Quantities of the point, in the unit of the flows."""
        p = parameters
        s = system.terms(xp, unknowns, p)
        flows = p.net_pull * s.cost_pull * s.weight[:, None]
        materials = (1 - p.labour_share) * s.earned
        return LabourEquilibrium(
            wage=xp.exp(unknowns["wage"]),
            price=xp.exp(unknowns["price"])[:, None],
            unit_cost=xp.exp(s.cost)[:, None],
            spending=s.spending[:, None],
            sales=xp.sum(flows, axis=0)[:, None],
            flows=flows[:, :, None],
            duty=levers.duty,
            revenue=s.revenue,
            wages=s.wages,
            deficit=xp.sum(flows, axis=1) - xp.sum(flows, axis=0),
            household_income=s.revenue + s.wages + s.transfer,
            household_share=xp.ones_like(s.spending)[:, None],
            value_added=s.wages[:, None],
            consumer_prices=xp.exp(unknowns["price"]),
            export_tax=levers.export_tax,
            rents=xp.zeros_like(s.revenue),
            rent_from_abroad=xp.zeros_like(s.revenue),
            labour=xp.ones_like(s.revenue)[:, None],
            quantity=(flows / xp.exp(s.cost))[:, :, None],
            paid=flows[:, :, None] * (1 + levers.duty),
            received=flows[:, :, None],
            employment=xp.exp(unknowns["labour"]),
            payments_gap=s.bought - s.payroll - materials - s.transfer,
        )


BLOCKS = (
    Block("wage", ("economy",), "labour is paid what sales leave for it; the numeraire"),
    Block("income", ("economy",), "spending is revenue, wages, sales of intermediates and transfer"),
    Block("labour", ("economy",), "labour supplied at the net real wage"),
    Block("price", ("economy",), "price index of what is bought"),
)


def pass_through(destination_share: np.ndarray, scale_elasticity: float, firm: float) -> np.ndarray:
    """phi_i = firm + (1 + psi) / (1 - nu_i) - psi - 1 [N]; psi is one over the dispersion of firms, theta."""
    return firm + (1 + scale_elasticity) / (1 - destination_share) - scale_elasticity - 1


def baseline_parameters(
    flows: np.ndarray,
    duty: np.ndarray,
    *,
    trade_elasticity: float,
    supply_elasticity: float,
    scale_elasticity: float,
    pass_through: np.ndarray,
    destination_share: np.ndarray,
    labour_share: float = 1.0,
    revenue: str = "income_tax_relief",
    numeraire: str = "prices",
    labels: Sequence[str] | None = None,
) -> Parameters:
    """The no-shock system of any set of economies; wages and transfers follow from the flows.

    Args:
        flows: trade before duty, home sales on the diagonal [importer, exporter].
        duty: baseline duties as fractions [importer, exporter].
        trade_elasticity: eps.
        supply_elasticity: kappa.
        scale_elasticity: psi.
        pass_through: phi [N].
        destination_share: nu [N].
        labour_share: b.
        revenue: "income_tax_relief" or "lump_sum".
        numeraire: "prices" or "wages".
        labels: names of the economies, for messages; by default their places.

    Raises:
        InvalidOption: a parameter outside its range.
        InvalidWorld: negative flows, an economy that buys nothing, earns nothing or trades with nobody.
    """
    if not trade_elasticity > 0:
        raise InvalidOption(
            f"trade elasticity {trade_elasticity:g}", why="eps must be positive", instead="for example 4"
        )
    check(supply_elasticity, scale_elasticity, destination_share, labour_share, revenue, numeraire)
    spending = (flows * (1 + duty)).sum(axis=1)
    bought = flows.sum(axis=1)
    if not np.isfinite(flows).all() or (flows < 0).any() or (spending <= 0).any():
        raise InvalidWorld(
            "flows of the labour-supply model",
            why="a flow is negative or not a number, or an economy buys nothing, not even at home",
            instead="flows at or above zero, with home sales on the diagonal",
        )
    require_connected(flows, labels or [f"economy {place}" for place in range(len(flows))])
    earned = ((1 - destination_share)[:, None] * flows).sum(axis=0)
    wages = labour_share * earned + destination_share * bought
    if (wages <= 0).any():
        raise InvalidWorld(
            "an economy without wage income", why="it sells nothing", instead="merge it with another"
        )
    revenues = spending - bought
    share = flows * (1 + duty) / spending[:, None]
    return Parameters(
        share=share,
        base_gross=1 + duty,
        pull=share,
        net_pull=share / (1 + duty),
        trade_elasticity=trade_elasticity,
        supply_elasticity=supply_elasticity,
        scale_elasticity=scale_elasticity,
        pass_through=pass_through,
        destination_share=destination_share,
        labour_share=labour_share,
        spending=spending,
        labour_income=wages,
        base_tax=revenues / wages,
        transfer=spending - revenues - wages - (1 - labour_share) * earned,
        relief=float(revenue == "income_tax_relief"),
        price_numeraire=float(numeraire == "prices"),
        redundant=np.arange(len(wages)) == int(wages.argmax()),
    )


def welfare(parameters: Parameters, before: LabourEquilibrium, after: LabourEquilibrium) -> Any:
    """Consumption less the pain of work, new over baseline [N].

    W = d C'/(C P) + (1 - d) w L / P with d = C / (C - kappa (1 - tau) Y / (1 + kappa)), C consumption, and
    tau the income tax that duty revenue replaces.
    """
    p = parameters
    tax = p.relief * (1 - (1 - after.revenue / after.wages) / (1 - p.base_tax))
    pain = p.supply_elasticity * (1 - tax) * before.wages / (1 + p.supply_elasticity)
    weight = before.household_income / (before.household_income - pain)
    consumed = after.household_income / before.household_income
    return (weight * consumed + (1 - weight) * after.wages / before.wages) / after.consumer_prices


def check(
    supply_elasticity: float,
    scale: float,
    destination_share: np.ndarray,
    labour_share: float,
    revenue: str,
    numeraire: str,
) -> None:
    """Refuse parameters for which the equations have no meaning.

    Raises:
        InvalidOption: naming the parameter and its range.
    """
    rules = (
        ("supply_elasticity", supply_elasticity, supply_elasticity >= 0, "zero or more"),
        ("scale", scale, scale >= 0, "zero or more"),
        (
            "destination_share",
            destination_share,
            bool(((destination_share >= 0) & (destination_share < 1)).all()),
            "at or above zero and below one",
        ),
        ("labour_share", labour_share, 0 < labour_share <= 1, "above zero, at most one"),
        ("revenue", revenue, revenue in ("income_tax_relief", "lump_sum"), "income_tax_relief or lump_sum"),
        ("numeraire", numeraire, numeraire in ("prices", "wages"), "prices or wages"),
    )
    for name, given, holds, instead in rules:
        if not holds:
            raise InvalidOption(
                f"{name} {given}", where="labour-supply", why="outside its range", instead=instead
            )


LABOUR_SUPPLY = LabourSupply()
