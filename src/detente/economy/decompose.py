"""Where a change of real income comes from, adding up to the exact change.

Along a path of equilibria from the baseline to the shock, household real income W = I / P of economy n
changes at every point by (the envelope theorem; importer n, exporter i, sector j, M flows before duty,
t duties, c unit costs, kappa non-tariff costs, R revenue, D deficit)

    I dlog W =  sum_{i != n, j} [M_inj dlog c_nj - M_nij dlog c_ij]     terms of trade
              + sum_ij t_nij [dM_nij - M_nij dlog c_ij]                 volume of trade: duties on what moves
              - sum_ij (1 + t_nij) M_nij dlog kappa_nij                 non-tariff costs, a waste
              + dD                                                      transfers from abroad
              - [dR - R dlog P_government]                              revenue the government keeps

with every quantity at that point, not at the baseline. The terms are integrated over equilibria that are
each certified, by the trapezoid rule refined with Romberg's until they stop moving; what is left between
their sum and the exact change is shown as the remainder. Small shocks give the first-order terms of
Caliendo and Parro (2015), see `first_order`. As with any path, another order of events would divide the
same total otherwise: here all levers move together, in equal steps of logs of gross rates.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from detente.economy.certificate import NotSolved
from detente.economy.first_order import abroad
from detente.economy.levers import Levers, applied
from detente.economy.models.base import Equilibrium
from detente.economy.outcome import Outcome
from detente.economy.prepare import Prepared
from detente.economy.solve import joined, solve_prepared
from detente.policy import SectorPolicy

PARTS = ("terms_of_trade", "volume_of_trade", "non_tariff_costs", "transfers", "revenue_kept")
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
    """
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
    levers: Levers
    public_prices: np.ndarray
    kept: float

    @classmethod
    def of(cls, prepared: Prepared, state: Equilibrium, levers: Levers) -> _Point:
        """The point of an equilibrium under its levers."""
        p = prepared.parameters
        prices = (p.revenue_share * np.log(state.price)).sum(axis=1)
        return cls(state, levers, prices, 1.0 - p.rebated)


def _integrated(path: dict[float, _Point]) -> np.ndarray:
    """The parts by the trapezoid rule over the path's points, as contributions to log real income [5, N]."""
    places = sorted(path)
    total = np.zeros((len(PARTS), len(path[0.0].state.revenue)))
    for left, right in pairwise(places):
        total += _stretch(path[left], path[right])
    return total


def _stretch(a: _Point, b: _Point) -> np.ndarray:
    """One stretch: mean weight times change, for each term [5, N]."""
    income = a.state.household_income, b.state.household_income
    cost = np.log(b.state.unit_cost) - np.log(a.state.unit_cost)
    kappa = np.log1p(b.levers.cost) - np.log1p(a.levers.cost)

    def mean(left: np.ndarray, right: np.ndarray) -> np.ndarray:
        """Mean of two arrays by economy first, each over its income."""
        wide = (slice(None),) + (None,) * (left.ndim - 1)
        return (left / income[0][wide] + right / income[1][wide]) / 2

    trade = abroad(a.state.flows), abroad(b.state.flows)
    sold = mean(trade[0].sum(axis=0), trade[1].sum(axis=0))
    bought = mean(*trade)
    taxed = mean(a.state.duty * a.state.flows, b.state.duty * b.state.flows)
    duty = mean(a.state.duty, b.state.duty)
    paid = mean((1 + a.state.duty) * a.state.flows, (1 + b.state.duty) * b.state.flows)
    one = np.ones_like(income[0])
    revenue = mean(a.state.revenue, b.state.revenue) * (b.public_prices - a.public_prices)
    return np.stack(
        [
            (sold * cost).sum(axis=1) - np.einsum("nij,ij->n", bought, cost),
            (duty * (b.state.flows - a.state.flows)).sum(axis=(1, 2)) - np.einsum("nij,ij->n", taxed, cost),
            -(paid * kappa).sum(axis=(1, 2)),
            mean(one, one) * (b.state.deficit - a.state.deficit),
            -a.kept * (mean(one, one) * (b.state.revenue - a.state.revenue) - revenue),
        ]
    )
