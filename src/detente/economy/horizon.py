"""One policy through time: elasticities that grow and factors that free themselves, year by year.

A short run differs from a long one twice. Buyers switch slowly: Boehm, Levchenko and Pandalai-Nayar (2023,
AER 113:4) estimate that trade before duty answers a duty with an elasticity of -0.76 in the year after it and
of -1.75 to -2.25 after seven to ten years. In these models that elasticity is -(1 + theta), so theta is -0.24
at first. And factors are tied to their sectors: of value added only a share m moves, the rest earns what its
sector earns (`models.input_output`, specific factors). Lowering theta alone is not a short run.

    elasticity after h years   -0.76 (long / -0.76)^((h - 1) / (last - 1)), constant after the last year
    mobile share after h years  s (1 - (1 - a)^h) + (1 - s) (1 - (1 - d)^h)

with s labour's share, a the part of the labour that wants to move and does so in a year, d the part of
capital that is worn out and placed anew. Each year is an equilibrium of its own, not a path of expectations.
Prices are flexible in every year: with elasticities below one sellers bear more of a duty at first than they
were seen to in 2018-19, when buyers bore nearly all of it. `border_price_percent` shows how much.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from detente.core.errors import InvalidOption
from detente.economy.assumptions import SMALLEST_THETA, Closure, ClosureRule, RevenueUse
from detente.economy.certificate import NotSolved
from detente.economy.models import InputOutput
from detente.economy.outcome import Outcome
from detente.economy.solve import solve
from detente.economy.world import World
from detente.policy import SectorPolicy

SCHEMES = ("estimate", "scaled")

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Adjustment:
    """How fast an economy adjusts.

    Attributes:
        scheme: "estimate" takes the published elasticities for every goods sector; "scaled" lets each
            sector's sigma grow to that of the world's set in the same proportion, services in both.
        first_year: elasticity of trade before duty in the first year.
        long_run: the same in the long run.
        last_year: year from which the long run holds.
        labour_share: s.
        labour_moves: a, by year. That labour adjusts slowly is estimated by Artuc, Chaudhuri and McLaren
            (2010, AER 100:3); the number is assumed.
        capital_moves: d, by year: a usual rate of depreciation; assumed.
    """

    scheme: str = "estimate"
    first_year: float = -0.76
    long_run: float = -2.0
    last_year: float = 8.5
    labour_share: float = 0.6
    labour_moves: float = 0.3
    capital_moves: float = 0.08

    def __post_init__(self) -> None:
        shares = (self.labour_share, self.labour_moves, self.capital_moves)
        if self.scheme not in SCHEMES:
            raise InvalidOption(
                f"scheme {self.scheme!r}", why="no such scheme", instead=f"one of {', '.join(SCHEMES)}"
            )
        falls = self.long_run <= self.first_year < 0 and self.last_year > 1
        if not (falls and all(0 < share <= 1 for share in shares)):
            raise InvalidOption(
                f"elasticities {self.first_year:g} to {self.long_run:g} in {self.last_year:g} years, "
                f"shares {shares}",
                why="trade falls with duties, more so later, and shares lie in (0, 1]",
                instead="negative elasticities, the later one larger in size; shares above 0 and at most 1",
            )

    def trade_elasticity(self, years: float) -> float:
        """Elasticity of trade before duty with respect to one plus the duty, after so many years."""
        way = min(1.0, (years - 1) / (self.last_year - 1))
        return self.first_year * (self.long_run / self.first_year) ** way

    def theta(self, years: float, long_run_theta: np.ndarray, services: np.ndarray) -> np.ndarray:
        """sigma - 1 by sector after so many years [J].

        Args:
            years: since the policy.
            long_run_theta: of the world's set [J].
            services: True for services [J].
        """
        now = self.trade_elasticity(years)
        scaled = (1 + long_run_theta) * now / self.long_run - 1
        theta = scaled if self.scheme == "scaled" else np.where(services, scaled, -now - 1)
        small = np.abs(theta) < SMALLEST_THETA
        return np.where(small, np.where(theta < 0, -SMALLEST_THETA, SMALLEST_THETA), theta)

    def mobile_share(self, years: float) -> float:
        """Share of value added that has become free to move."""
        labour = 1 - (1 - self.labour_moves) ** years
        capital = 1 - (1 - self.capital_moves) ** years
        return self.labour_share * labour + (1 - self.labour_share) * capital


@dataclass(frozen=True)
class Year:
    """The economy so many years after a policy.

    Attributes:
        years: since the policy.
        trade_elasticity: of goods, before duty.
        mobile_share: of value added.
        outcome: the equilibrium, or why there is none.
    """

    years: float
    trade_elasticity: float
    mobile_share: float
    outcome: Outcome | NotSolved


def through_time(
    world: World,
    policy: SectorPolicy,
    years: Sequence[float] = (1, 2, 3, 5, 7, 10),
    *,
    adjustment: Adjustment | None = None,
    elasticities: str | None = None,
    closure: ClosureRule | str = Closure.FIXED_TO_WORLD_INCOME,
    revenue_use: RevenueUse | str = RevenueUse.REBATED,
    progress: Progress = lambda _: None,
) -> tuple[Year, ...]:
    """A policy's equilibria after some years, each certified or without numbers.

    Args:
        world, policy, closure, revenue_use: see `solve`.
        years: from one on, rising.
        adjustment: speeds; the published ones by default.
        elasticities: the world's set whose services (and, scaled, goods) the long run has.
        progress: told which year is being solved.

    Raises:
        InvalidOption: years below one or out of order.
        UnknownName, LabelMismatch, InvalidPolicy: see `solve`.
    """
    if not years or any(y < 1 for y in years) or sorted(set(years)) != list(years):
        raise InvalidOption(
            f"years {', '.join(f'{y:g}' for y in years)}",
            why="they count from the policy, from one on, each once and rising",
            instead="1,3,10",
        )
    speeds = adjustment or Adjustment()
    name = world.default_elasticities if elasticities is None else elasticities
    services = np.isin(world.sectors, world.services)
    if name not in world.elasticities:
        # The solver names the sets there are.
        solve("input-output", world, policy, elasticities=name)
    long_run = np.asarray(world.elasticities[name], dtype=float)
    sets = {_set(y): speeds.theta(y, long_run, services) for y in years}
    world = replace(world, elasticities={**world.elasticities, **sets})
    result = []
    for y in years:
        progress(f"year {y:g}: solving")
        share = speeds.mobile_share(y)
        outcome = solve(
            InputOutput(share),
            world,
            policy,
            closure=closure,
            revenue_use=revenue_use,
            elasticities=_set(y),
        )
        result.append(Year(y, speeds.trade_elasticity(y), share, outcome))
    return tuple(result)


def _set(years: float) -> str:
    return f"after {years:g} years"


def supply_shares(outcome: Outcome, importer: str) -> tuple[np.ndarray, np.ndarray]:
    """Share of each supplier in an economy's spending by sector, before and after [N, J]."""
    row = outcome.world.economies.index(importer)
    before, after = (
        state.paid[row] / np.where(state.spending[row] > 0, state.spending[row], 1.0)
        for state in (outcome.before, outcome.after)
    )
    return before, after


def output_gains(outcome: Outcome, sectors: np.ndarray) -> np.ndarray:
    """Change of what each economy makes in some sectors, at baseline prices, USD million a year [N].

    Args:
        outcome: the equilibrium.
        sectors: True for the sectors meant [J].
    """
    return ((outcome.after.quantity - outcome.before.quantity).sum(axis=0) * sectors).sum(axis=1)


def border_price_percent(outcome: Outcome, importer: str, exporter: str) -> float:
    """Change of the price before duty of one economy's goods at another's border, over the buyer's consumer
    prices: what of a duty the seller bears. Weighted with baseline flows; NaN where nothing is traded.
    """
    world = outcome.world
    pair = world.economies.index(importer), world.economies.index(exporter)
    goods = ~np.isin(world.sectors, world.services)
    flows, quantity = ([getattr(s, name)[pair] for s in (outcome.before, outcome.after)] for name in WORTH)
    traded = goods & (quantity[0] > 0) & (quantity[1] > 0)
    if not traded.any():
        return float("nan")
    price = np.log((flows[1] / quantity[1] * quantity[0] / flows[0])[traded])
    own = outcome.after.consumer_prices[pair[0]] / outcome.before.consumer_prices[pair[0]]
    return float(100 * np.expm1(np.average(price, weights=flows[0][traded]) - np.log(own)))


WORTH = ("flows", "quantity")
