"""Where a change of real income comes from, adding up to the exact change.

Along a path of equilibria from the baseline to the shock, household real income W = I / P of economy n
changes at every point by (the envelope theorem; importer n, exporter i, sector j)

    I dlog W =  sum_{i != n, j} [V_inj dlog p_inj - V_nij dlog p_nij]             terms of trade
              + sum_ij (G - V)_nij dlog Q_nij + sum_mj (V - S)_mnj dlog Q_mnj      volume of trade
              + sum_mj (profits / sales)_nj S_mnj dlog (Q kappa)_mnj              profits
              - sum_ij V_nij dlog kappa_nij + sum_mj (V - S)_mnj dlog kappa_mnj   non-tariff costs
              + dD + d(rents from abroad)                                         transfers
              - [dR - R dlog P_government]                                        revenue kept

where buyers pay G, V is customs value, sellers receive S, Q is the quantity that arrives, kappa the iceberg
and p = V / (Q kappa) the price at the border without it. G - V is duty and the rent of importers, V - S taxes
on sellers and rents of licence holders: what the wedges earn on goods that move. Profits are those of
Krugman's model: sales shift to sectors with larger margins. Revenue kept is the government's. Every quantity
is at its point, not at the baseline. The terms are integrated over equilibria that are each certified, by the
trapezoid rule refined with Romberg's until they stop moving; what is left between their sum and the exact
change is shown as the remainder. Small changes of duties give the first-order terms of Caliendo and Parro
(2015), see `first_order`. As with any path, another order of events would divide the same total otherwise:
here all levers move together, in equal steps of logs of gross rates, and bounds of quantity rules in logs of
quantity.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from detente.core.errors import InvalidOption
from detente.economy.certificate import NotSolved
from detente.economy.first_order import abroad
from detente.economy.levers import Levers, applied
from detente.economy.models.base import Equilibrium
from detente.economy.outcome import Outcome
from detente.economy.prepare import Prepared
from detente.economy.solve import joined, solve_prepared
from detente.policy import SectorPolicy

PARTS = (
    "terms_of_trade",
    "volume_of_trade",
    "profits",
    "non_tariff_costs",
    "transfers",
    "revenue_kept",
)
"""The parts, in order."""

SETTLED_POINTS = 1e-4
"""Change of any part between two refinements, in percentage points, at which they have settled."""

MOST_HALVINGS = 7
"""Refinements at most: 128 stretches of the path."""


@dataclass(frozen=True)
class Decomposition:
    """Parts of the change of household real income, in percentage points of it.

    Attributes:
        outcome: the equilibrium.
        exact_percent: the exact change [N].
        points: part -> its contribution [N]; see the module.
        remainder_points: what the parts leave of the exact change [N].
        equilibria: certified points of the path.
        settled_points: largest change of a part at the last refinement.
    """

    outcome: Outcome
    exact_percent: np.ndarray
    points: dict[str, np.ndarray]
    remainder_points: np.ndarray
    equilibria: int
    settled_points: float

    def to_dict(self, economies: Iterable[str] | None = None) -> dict[str, Any]:
        """For JSON, by economy label."""
        labels = self.outcome.world.economies
        chosen = labels if economies is None else economies
        rows = {label: self.outcome.where("real_income_percent", label)[0] for label in chosen}
        return {
            "equilibria": self.equilibria,
            "settled_points": self.settled_points,
            "economies": {
                label: {
                    "real_income_percent": float(self.exact_percent[row]),
                    **{f"{name}_points": float(self.points[name][row]) for name in PARTS},
                    "remainder_points": float(self.remainder_points[row]),
                }
                for label, row in rows.items()
            },
        }


def decompose(prepared: Prepared, policy: SectorPolicy) -> Decomposition | NotSolved:
    """The exact change of real income under a policy, by where it comes from.

    Returns:
        NotSolved where the policy, or a point on the way to it, has no certified equilibrium.

    Raises:
        InvalidOption: the model's welfare is more than real income (labour supply), or it has no prices of
            goods (structural gravity).
    """
    if not hasattr(prepared.parameters, "supplier_share"):
        raise InvalidOption(
            f"the parts of real income in the model {prepared.model.name}",
            why="its welfare is not household income over prices",
            instead="the model input-output, specific-factors, armington or krugman",
        )
    outcome = solve_prepared(prepared, policy)
    if isinstance(outcome, NotSolved):
        return outcome
    levers = applied(prepared.world, joined(prepared.world, policy))[0]
    base = Levers.of_base(prepared.world)
    path = {0.0: _Point.of(prepared, outcome.before, base), 1.0: _Point.of(prepared, outcome.after, levers)}
    table = [[_integrated(path)]]
    moved = np.inf
    for halvings in range(1, MOST_HALVINGS + 1):
        for part in np.arange(1, 2**halvings, 2) / 2**halvings:
            between = solve_prepared(prepared, policy, part=float(part))
            if isinstance(between, NotSolved):
                return between
            there = levers.part_of_the_way(base, float(part))
            path[float(part)] = _Point.of(prepared, between.after, there)
        row = [_integrated(path)]
        for order, coarser in enumerate(table[-1], start=1):
            row.append(row[-1] + (row[-1] - coarser) / (4**order - 1))
        moved = 100 * float(np.abs(row[-1] - table[-1][-1]).max())
        table.append(row)
        if moved < SETTLED_POINTS:
            break
    log_change = np.log(outcome.real_household_income())
    exact = 100 * np.expm1(log_change)
    # Contributions to the log of real income, scaled alike to the percent change.
    scale = np.where(log_change == 0, 100.0, exact / np.where(log_change == 0, 1.0, log_change))
    points = {name: values * scale for name, values in zip(PARTS, table[-1][-1], strict=True)}
    remainder = exact - sum(points.values())
    return Decomposition(outcome, exact, points, remainder, len(path), moved)


@dataclass(frozen=True)
class _Point:
    """One equilibrium of the path and what the terms need of it."""

    state: Equilibrium
    cost: np.ndarray
    border_price: np.ndarray
    margin: np.ndarray
    public_prices: np.ndarray
    kept: float

    @classmethod
    def of(cls, prepared: Prepared, state: Equilibrium, levers: Levers) -> _Point:
        """The point of an equilibrium under its levers; prices and costs in logs."""
        p = prepared.parameters
        rebated = getattr(p, "rebated", 1.0)
        bought = p.revenue_share if rebated < 1 else np.zeros_like(state.price)
        moves = state.quantity > 0
        arriving = np.where(moves, state.quantity, 1.0)
        # Dissipated rent is a cost on the way, and so what sellers receive over what the goods cost shows it.
        wasted = np.where(moves, state.received / (arriving * state.unit_cost[None]), 1 + levers.cost)
        # A flow that stopped has no price; the seller's cost stands in, weighed with a flow of nothing.
        price = np.where(moves, state.flows / (arriving * wasted), state.unit_cost[None])
        sales = np.where(state.sales > 0, state.sales, 1.0)
        margin = getattr(state, "profits", np.zeros_like(sales)) / sales
        prices = (bought * np.log(state.price)).sum(axis=1)
        return cls(state, np.log(wasted), np.log(price), margin, prices, 1.0 - rebated)


def _integrated(path: dict[float, _Point]) -> np.ndarray:
    """The parts by the trapezoid rule over the path's points, as contributions to log real income [6, N]."""
    places = sorted(path)
    total = np.zeros((len(PARTS), len(path[0.0].state.revenue)))
    for left, right in pairwise(places):
        total += _stretch(path[left], path[right])
    return total


def _stretch(a: _Point, b: _Point) -> np.ndarray:
    """One stretch: mean weight times change, for each term [6, N]."""
    one, two = a.state, b.state
    # Buyers' treasuries and households are those of axis 0, sellers' those of axis 1.
    income = one.household_income, two.household_income
    price, cost = b.border_price - a.border_price, b.cost - a.cost
    moved = two.quantity - one.quantity

    def mean(left: np.ndarray, right: np.ndarray, axis: int) -> np.ndarray:
        """Mean of two arrays, each over the income of the economy on an axis."""
        wide = tuple(slice(None) if k == axis else None for k in range(left.ndim))
        return (left / income[0][wide] + right / income[1][wide]) / 2

    def each(value: np.ndarray, quantity: np.ndarray) -> np.ndarray:
        """Value by unit that arrives; nothing where nothing does."""
        return np.where(quantity > 0, value, 0.0) / np.where(quantity > 0, quantity, 1.0)

    def bought(values: np.ndarray) -> np.ndarray:
        """By buyer [N]."""
        return values.sum(axis=(1, 2))

    def sold(values: np.ndarray) -> np.ndarray:
        """By seller [N]."""
        return values.sum(axis=(0, 2))

    trade = abroad(one.flows), abroad(two.flows)
    duties = one.paid - one.flows, two.paid - two.flows
    taxes = one.flows - one.received, two.flows - two.received
    profits = a.margin[None] * one.received, b.margin[None] * two.received

    def moving(values: tuple[np.ndarray, np.ndarray], axis: int) -> np.ndarray:
        """What a value by unit brings on the change of quantity."""
        return mean(each(values[0], one.quantity), each(values[1], two.quantity), axis) * moved

    unit = np.ones_like(income[0])
    received = two.deficit + two.rent_from_abroad - one.deficit - one.rent_from_abroad
    revenue = mean(one.revenue, two.revenue, 0) * (b.public_prices - a.public_prices)
    return np.stack(
        [
            sold(mean(*trade, 1) * price) - bought(mean(*trade, 0) * price),
            bought(moving(duties, 0)) + sold(moving(taxes, 1)),
            sold(moving(profits, 1) + mean(*profits, 1) * cost),
            sold(mean(*taxes, 1) * cost) - bought(mean(one.flows, two.flows, 0) * cost),
            mean(unit, unit, 0) * received,
            -a.kept * (mean(unit, unit, 0) * (two.revenue - one.revenue) - revenue),
        ]
    )
