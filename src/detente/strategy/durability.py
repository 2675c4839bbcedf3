"""The patience a side needs to keep a truce, and what a clock does to it.

A side lives, in percent of its aim a year, at v_T while the truce is kept, at v_D while it breaks it unseen,
at v_P while it is punished. A breach is seen after L years; false alarms start a punishment at the rate f a
year; a punishment is talked out of at the rate r a year. With rho the rate at which it discounts the future,

    rho V_T = v_T - f (V_T - V_P)            rho V_P = v_P + r (V_T - V_P)
    V_T - V_P = G = (v_T - v_P) / (rho + f + r)

and it keeps the truce where breaking it does not pay:

    (e^(rho L) - 1) / rho  (v_D - v_T + f G)  <=  G                                                   (1)

The left side over G rises in rho, so there is one bound; with f = r = 0 it is that of the textbook,

    e^(-rho L) >= (v_D - v_T) / (v_D - v_P).                                                          (2)

A truce with a clock runs out every H years and is renewed with chance p; else v_L holds, from which talks
lead back at the rate r as well. With h left on the clock it is worth, and breaking it brings,

    W(h) = int_0^h e^(-(rho+f)u) (v_T + f V_P) du + e^(-(rho+f)h) [p W(H) + (1-p) V_L]
    D(h) = v_D (1 - e^(-rho L))/rho + e^(-rho L) V_P                                       where h >= L
    D(h) = v_D (1 - e^(-rho h))/rho + e^(-rho h) [p D'(L-h) + (1-p) U(L-h)]                where h < L
    rho V_P = v_P + r (W(H) - V_P)           rho V_L = v_L + r (W(H) - V_L)

D'(l) goes on as D does with l of the lag left at the start of a new clock; U(l) is the lapse, lived through
until the breach is seen after l, and then punishment:

    U(l) = int_0^l e^(-rho u) [v_L e^(-r u) + v_T (1 - e^(-r u))] du + e^(-rho l) V_P

The truce holds where W(h) >= D(h) at every h; a lapse takes the sting out of a punishment
that comes after it. With p = 0 and f = r = 0 the bound is, at h = L,

    rho = log(1 + (v_L - v_P) / (v_D - v_T)) / L:                                                     (3)

where a lapse is as bad as a punishment, no patience keeps a truce that is sure to run out.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from detente.core.errors import InvalidGame

HIGHEST = 200.0
"""Discount rate a year at which the search ends: hardly a week ahead counts."""

LOWEST = 1e-6
POINTS = 65
QUARTER = 0.25


@dataclass(frozen=True)
class Stakes:
    """What one side lives at, percent of its aim a year.

    Attributes:
        keep: v_T, while the truce is kept.
        breach: v_D, while it alone breaks it, unseen.
        punished: v_P, while it is punished.
        lapsed: v_L, after the clock has run out without renewal; the same as punished by default.
    """

    keep: float
    breach: float
    punished: float
    lapsed: float | None = None

    @property
    def temptation(self) -> float:
        """v_D - v_T."""
        return self.breach - self.keep

    @property
    def after_lapse(self) -> float:
        """v_L."""
        return self.punished if self.lapsed is None else self.lapsed


@dataclass(frozen=True)
class Terms:
    """How breaches are seen and talked out of.

    Attributes:
        lag_years: L, until a breach is seen.
        false_alarms_a_year: f, disputes over breaches that were none, which start a punishment.
        returns_a_year: r, at which a punishment is talked out of; 0 is never.
        clock_years: H; None for a truce without an end.
        renewal_share: p, the chance that it is renewed.
    """

    lag_years: float
    false_alarms_a_year: float = 0.0
    returns_a_year: float = 0.0
    clock_years: float | None = None
    renewal_share: float = 1.0

    def __post_init__(self) -> None:
        rates = (self.false_alarms_a_year, self.returns_a_year)
        sound = 0 < self.lag_years < np.inf and all(0 <= rate < np.inf for rate in rates)
        clock = self.clock_years is None or 0 < self.clock_years < np.inf
        if not sound or not clock or not 0 <= self.renewal_share <= 1:
            raise InvalidGame(
                f"a truce with {self}",
                where="durability",
                why="lags and clocks are above zero, rates at or above it, and a chance lies in [0, 1]",
                instead="for example a lag of 0.08 years and a clock of 0.25",
            )


@dataclass(frozen=True)
class Needed:
    """The patience a side needs.

    Attributes:
        discount_rate_a_year: the highest rho at which it keeps the truce; inf where it keeps it anyway, NaN
            where no patience is enough.
        why: in words.
    """

    discount_rate_a_year: float
    why: str

    @property
    def factor_per_quarter(self) -> float | None:
        """The least weight of the next quarter against this one; 0 where none is needed, None for never."""
        rate = self.discount_rate_a_year
        return None if np.isnan(rate) else float(np.exp(-rate * QUARTER))

    def holds_for(self, factor_per_quarter: float) -> bool:
        """Whether a side of that patience keeps the truce."""
        needed = self.factor_per_quarter
        return needed is not None and factor_per_quarter >= needed

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        rate = self.discount_rate_a_year
        return {
            "factor_per_quarter": self.factor_per_quarter,
            "discount_rate_a_year": float(rate) if np.isfinite(rate) else None,
            "why": self.why,
        }


def needed_patience(stakes: Stakes, terms: Terms) -> Needed:
    """The highest discount rate at which a side keeps the truce; equations in the module's docstring."""
    if stakes.temptation <= 0:
        return Needed(np.inf, "breaking it brings nothing even while unseen")
    if stakes.keep <= stakes.punished:
        return Needed(np.nan, "punishment is no worse than the truce")

    def slack(rho: float) -> float:
        return margin(stakes, terms, rho)

    highest = _last_that_holds(slack)
    if highest is None:
        return Needed(
            np.nan, "no patience is enough: what would punish a breach comes anyway, or is talked away"
        )
    if highest >= HIGHEST:
        return Needed(np.inf, "the first week of punishment outweighs the breach")
    return Needed(highest, "a breach pays a side that discounts the future more than this")


def margin(stakes: Stakes, terms: Terms, rho: float) -> float:
    """What keeping the truce is worth more than breaking it, percent-years; the least over the clock."""
    if terms.clock_years is None:
        gap = (stakes.keep - stakes.punished) / (rho + terms.false_alarms_a_year + terms.returns_a_year)
        growth = np.expm1(rho * terms.lag_years) / rho
        return float(gap - growth * (stakes.temptation + terms.false_alarms_a_year * gap))
    left = np.linspace(0.0, terms.clock_years, POINTS)[1:]
    # The weakest moment is as long before the end as a breach stays unseen.
    left = np.unique(np.append(left, min(terms.lag_years, terms.clock_years)))
    kept, broken = _on_the_clock(stakes, terms, rho, left)
    return float((kept - broken).min())


def _on_the_clock(
    stakes: Stakes, terms: Terms, rho: float, left: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """W(h) and D(h) with h years left."""
    assert terms.clock_years is not None
    f, r, p, whole = (
        terms.false_alarms_a_year, terms.returns_a_year, terms.renewal_share, terms.clock_years
    )  # fmt: skip

    def spell(h: np.ndarray | float) -> tuple[Any, Any]:
        decay = np.exp(-(rho + f) * h)
        return (1 - decay) / (rho + f), decay

    # W(H), V_P and V_L solve three linear equations.
    during, after = spell(whole)
    matrix = np.array(
        [
            [1 - p * after, -during * f, -(1 - p) * after],
            [-r, rho + r, 0.0],
            [-r, 0.0, rho + r],
        ]
    )
    start, punished, lapsed = np.linalg.solve(
        matrix, np.array([during * stakes.keep, stakes.punished, stakes.after_lapse])
    )
    during, after = spell(left)
    kept = during * (stakes.keep + f * punished) + after * (p * start + (1 - p) * lapsed)
    broken = np.array([_broken(stakes, terms, rho, float(h), float(punished)) for h in left])
    return kept, broken


def _broken(stakes: Stakes, terms: Terms, rho: float, left: float, punished: float) -> float:
    """D(h): the breach runs to the end of the lag, through every expiry on the way, each survived with p."""
    lag, p, r = terms.lag_years, terms.renewal_share, terms.returns_a_year

    def discounted(since: float, until: float) -> float:
        return float(np.exp(-rho * since) - np.exp(-rho * until)) / rho

    caught = float(np.exp(-rho * lag)) * punished
    value, alive, at, end = 0.0, 1.0, 0.0, left
    while end < lag - 1e-12 and alive > 0:
        value += alive * stakes.breach * discounted(at, end)
        rest = lag - end
        gone = float(-np.expm1(-(rho + r) * rest)) / (rho + r)
        lapse = stakes.keep * discounted(end, lag)
        lapse += float(np.exp(-rho * end)) * (stakes.after_lapse - stakes.keep) * gone
        value += alive * (1 - p) * (lapse + caught)
        alive, at, end = alive * p, end, end + (terms.clock_years or np.inf)
    return value + alive * (stakes.breach * discounted(at, lag) + caught)


def _last_that_holds(slack: Callable[[float], float]) -> float | None:
    """The rate up to which the truce holds from the most patient side on; None where not even there."""
    if slack(LOWEST) < 0:
        return None
    rates = np.geomspace(LOWEST, HIGHEST, 200)
    below = LOWEST
    for rate in rates[1:]:
        if slack(float(rate)) < 0:
            return _root(slack, below, float(rate))
        below = float(rate)
    return HIGHEST


def _root(function: Callable[[float], float], low: float, high: float) -> float:
    """Where a function changes sign, by halving."""
    sign = function(low) >= 0
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (middle, high) if (function(middle) >= 0) == sign else (low, middle)
    return (low + high) / 2


def renewal_needed(stakes: Stakes, terms: Terms, rho: float) -> float | None:
    """The least chance of renewal at which a side of that discount rate keeps a truce with a clock.

    None where it does not even if renewal is sure.
    """

    def slack(share: float) -> float:
        return margin(stakes, replace(terms, renewal_share=share), rho)

    if stakes.temptation <= 0 or slack(0.0) >= 0:
        return 0.0
    if slack(1.0) < 0:
        return None
    return _root(slack, 0.0, 1.0)
