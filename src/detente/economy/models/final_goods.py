"""Armington and Krugman, trade in final goods, as the solver sees them; equations in `final_goods_system`."""

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType
from typing import ClassVar

import numpy as np

from detente.core.errors import InvalidOption, InvalidWorld
from detente.economy.assumptions import ClosureRule, FixedTo, RevenueUse, is_balanced
from detente.economy.identities import Accounts, require_connected
from detente.economy.levers import Levers
from detente.economy.models import final_goods_system as system
from detente.economy.models.base import Block, Equilibrium, Unknowns
from detente.economy.models.dense import DenseModel
from detente.economy.models.final_goods_system import Parameters


@dataclass(frozen=True)
class FinalGoodsEquilibrium(Equilibrium):
    """An equilibrium with profits by sector; value added is all sales.

    Attributes:
        profits: by economy and sector [N, J].
    """

    profits: np.ndarray

    @property
    def final_income(self) -> np.ndarray:
        """Final spending: wages, profits, revenue and deficit [N]."""
        return self.household_income


@dataclass(frozen=True)
class FinalGoods(DenseModel):
    """A model of trade in final goods. Unknowns are logs of hats by economy: wage, income (all spending).

    All sales of a world count as final, so input-output links play no part.

    Attributes:
        name: by which outcomes cite the model.
        profits: True for Krugman: firms are given in number and keep one part in sigma of sales.
    """

    name: str
    profits: bool

    system: ClassVar[ModuleType] = system

    @property
    def blocks(self) -> tuple[Block, ...]:
        """wage, income."""
        return (
            Block(
                "wage", ("economy",), "labour is paid its share of sales; world wage income is the numeraire"
            ),
            Block("income", ("economy",), "spending is wages, profits, revenue and deficit"),
        )

    def parameters(
        self, books: Accounts, theta: np.ndarray, revenue_use: RevenueUse, closure: ClosureRule
    ) -> Parameters:
        """The no-shock system of a world.

        Raises:
            InvalidOption: revenue to the government.
            InvalidWorld: economies without trade between them.
        """
        if revenue_use is not RevenueUse.REBATED:
            raise InvalidOption(
                f"revenue use {revenue_use}",
                why=f"the model {self.name} gives duty revenue to households",
                instead='revenue_use="rebated", or the model input-output',
            )
        if isinstance(closure, FixedTo):
            raise InvalidOption(
                f"closure {closure}",
                why=f"the model {self.name} fixes deficits to world income",
                instead="fixed_to_world_income or balanced, or the model input-output",
            )
        world = books.world
        require_connected(world.flows.sum(axis=2), world.economies)
        return baseline_parameters(
            world.flows, world.duty, theta, profits=self.profits, balanced=is_balanced(closure)
        )

    def start(self, parameters: Parameters) -> Unknowns:
        """The baseline itself."""
        return {block.name: np.zeros_like(parameters.spending) for block in self.blocks}

    def equilibrium(
        self, xp: ModuleType, unknowns: Unknowns, parameters: Parameters, levers: Levers
    ) -> FinalGoodsEquilibrium:
        """Quantities of the point, in the unit of the flows."""
        p = parameters
        s = system.terms(xp, unknowns, p)
        wage = xp.exp(unknowns["wage"])
        log_price = -xp.log(s.reach).T / p.theta
        flows = p.net_pull * s.cost_pull[:, None, :] * s.weight[:, :, None]
        sales = s.sales.T
        return FinalGoodsEquilibrium(
            wage=wage,
            price=xp.exp(log_price),
            unit_cost=wage[:, None] * xp.ones_like(sales),
            spending=p.spending_share * s.spending[:, None],
            sales=sales,
            flows=flows.transpose(1, 2, 0),
            duty=levers.duty,
            revenue=s.revenue,
            wages=s.wages,
            deficit=p.deficit,
            household_income=s.wages + s.profits + s.revenue + p.deficit,
            household_share=p.spending_share,
            value_added=sales,
            consumer_prices=xp.exp(xp.sum(p.spending_share * log_price, axis=1)),
            export_tax=levers.export_tax,
            rents=xp.zeros_like(s.revenue),
            rent_from_abroad=xp.zeros_like(s.revenue),
            labour=p.labour_share * sales / xp.sum(p.labour_share * sales, axis=1)[:, None],
            quantity=(flows / wage[None, None, :]).transpose(1, 2, 0) / (1 + levers.cost),
            paid=flows.transpose(1, 2, 0) * (1 + levers.duty),
            received=flows.transpose(1, 2, 0),
            profits=(1 - p.labour_share) * sales,
        )


def baseline_parameters(
    flows: np.ndarray, duty: np.ndarray, theta: np.ndarray, *, profits: bool, balanced: bool = False
) -> Parameters:
    """The no-shock system of any set of economies; incomes follow from the flows.

    Args:
        flows: trade before duty, home sales on the diagonal [importer, exporter, sector].
        duty: baseline duties as fractions [importer, exporter, sector].
        theta: trade elasticity sigma - 1 [sector].
        profits: True for Krugman, False for Armington.
        balanced: set every deficit to zero.

    Raises:
        InvalidOption: sigma at or below one.
        InvalidWorld: negative flows, an economy that buys or earns nothing.
    """
    if not (np.isfinite(theta).all() and (theta > 0).all()):
        raise InvalidOption(
            f"sigma {1 + float(np.min(theta)):g}",
            why="sigma must exceed one: at or below it firms have no price and buyers no price index",
            instead="sigma = 1 + theta above one in every sector",
        )
    gross = flows * (1 + duty)
    by_sector = gross.sum(axis=1)
    spending = by_sector.sum(axis=1)
    if not np.isfinite(gross).all() or (flows < 0).any() or (spending <= 0).any():
        raise InvalidWorld(
            "flows of trade in final goods",
            why="a flow is negative or not a number, or an economy buys nothing, not even at home",
            instead="flows at or above zero, with home sales on the diagonal",
        )
    bought = by_sector > 0
    share = gross / np.where(bought, by_sector, 1.0)[:, None, :]
    own = np.arange(len(spending))
    # Where nothing is bought the own share is one, so that a price is defined.
    share[own, own] += ~bought
    labour_share = theta / (1 + theta) if profits else np.ones_like(theta)
    labour_income = (labour_share * flows.sum(axis=0)).sum(axis=1)
    if (labour_income <= 0).any():
        raise InvalidWorld(
            "an economy that sells nothing", why="it has no income", instead="merge it with another"
        )
    deficit = flows.sum(axis=(1, 2)) - flows.sum(axis=(0, 2))
    pull = np.ascontiguousarray(share.transpose(2, 0, 1))
    base_gross = np.ascontiguousarray((1 + duty).transpose(2, 0, 1))
    return Parameters(
        supplier_share=pull,
        base_gross=base_gross,
        pull=pull,
        net_pull=pull / base_gross,
        theta=theta,
        labour_share=labour_share,
        spending_share=by_sector / spending[:, None],
        spending=spending,
        labour_income=labour_income,
        deficit=np.zeros_like(deficit) if balanced else deficit,
        redundant=np.arange(len(spending)) == int(labour_income.argmax()),
    )


def government_welfare(
    before: FinalGoodsEquilibrium, after: FinalGoodsEquilibrium, weights: np.ndarray
) -> np.ndarray:
    """What a government with lobby weights maximises, new over baseline [N] (Ossa 2014).

    {sum_s L_s [X'_s + d'_s R'] / sum_s L_s [X_s + d_s R]} / P, with X sales by sector, R duty revenue and d
    the sector's part of the wage bill. With weights of one and no deficit it is real income.

    Args:
        before, after: the two equilibria.
        weights: L by economy and sector [N, J].
    """

    def objective(state: FinalGoodsEquilibrium) -> np.ndarray:
        payroll = state.sales - state.profits
        part = payroll / payroll.sum(axis=1, keepdims=True)
        return (weights * (state.sales + part * state.revenue[:, None])).sum(axis=1)

    prices = after.consumer_prices / before.consumer_prices
    return objective(after) / objective(before) / prices


ARMINGTON = FinalGoods("armington", profits=False)
KRUGMAN = FinalGoods("krugman", profits=True)
