"""Patience needed to keep a truce: closed forms, limits, and the equations solved another way."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from detente.core.errors import InvalidGame
from detente.strategy.durability import Stakes, Terms, margin, needed_patience, renewal_needed

STAKES = Stakes(keep=0.5, breach=0.7, punished=0.1)


@given(st.floats(0.01, 2), st.floats(0.01, 2), st.floats(0.02, 1.0))
@settings(deadline=None, max_examples=60)
def test_grim_punishment_without_alarms_is_the_textbook_bound(gain: float, loss: float, lag: float) -> None:
    stakes = Stakes(keep=0.0, breach=gain, punished=-loss)
    rho = np.log((gain + loss) / gain) / lag
    assume(rho < 150)
    needed = needed_patience(stakes, Terms(lag))
    assert needed.discount_rate_a_year == pytest.approx(rho, rel=1e-6)
    assert needed.factor_per_quarter == pytest.approx((gain / (gain + loss)) ** (0.25 / lag), rel=1e-5)


@given(st.floats(0.05, 0.4), st.floats(0.02, 0.2))
@settings(deadline=None, max_examples=40)
def test_a_truce_sure_to_run_out_holds_only_for_what_a_lapse_leaves(left: float, lag: float) -> None:
    stakes = Stakes(keep=0.5, breach=0.7, punished=0.1, lapsed=0.1 + left)
    terms = Terms(lag, clock_years=0.25, renewal_share=0.0)
    rho = np.log(1 + left / 0.2) / lag
    assume(rho < 150)
    assert needed_patience(stakes, terms).discount_rate_a_year == pytest.approx(rho, rel=1e-6)
    same = Stakes(keep=0.5, breach=0.7, punished=0.1)
    assert needed_patience(same, terms).factor_per_quarter is None


@given(st.floats(0.0, 2.0), st.floats(0.0, 4.0), st.floats(0.02, 0.24), st.floats(0.01, 3.0))
@settings(deadline=None, max_examples=60)
def test_a_clock_that_is_always_renewed_is_no_clock(f: float, r: float, lag: float, rho: float) -> None:
    without = margin(STAKES, Terms(lag, f, r), rho)
    with_clock = margin(STAKES, Terms(lag, f, r, clock_years=0.25, renewal_share=1.0), rho)
    # The margin without a clock is over growth e^(rho L) of the lag.
    assert with_clock == pytest.approx(without * np.exp(-rho * lag), rel=1e-8, abs=1e-10)


def test_values_are_those_of_the_truce_lived_through_in_small_steps() -> None:
    f, r, lag, rho, step = 0.6, 1.5, 0.1, 0.8, 1e-4
    alive = {"truce": 1.0, "punished": 0.0}
    total = 0.0
    for n in range(int(60 / step)):
        weight = np.exp(-rho * n * step) * step
        total += weight * (alive["truce"] * STAKES.keep + alive["punished"] * STAKES.punished)
        moved = step * (r * alive["punished"] - f * alive["truce"])
        alive = {"truce": alive["truce"] + moved, "punished": alive["punished"] - moved}
    gap = (STAKES.keep - STAKES.punished) / (rho + f + r)
    assert total == pytest.approx((STAKES.keep - f * gap) / rho, rel=2e-4)
    breach = STAKES.breach * (1 - np.exp(-rho * lag)) / rho + np.exp(-rho * lag) * (
        (STAKES.keep - f * gap) / rho - gap
    )
    kept = (STAKES.keep - f * gap) / rho
    assert margin(STAKES, Terms(lag, f, r), rho) * np.exp(-rho * lag) == pytest.approx(
        kept - breach, rel=1e-9
    )


def test_lags_alarms_pardons_and_clocks_all_ask_for_more_patience() -> None:
    base = Terms(0.1, clock_years=0.25, renewal_share=0.9)
    rate = needed_patience(STAKES, base).discount_rate_a_year
    harder = [
        Terms(0.2, clock_years=0.25, renewal_share=0.9),
        Terms(0.1, 1.0, clock_years=0.25, renewal_share=0.9),
        Terms(0.1, 0.0, 4.0, clock_years=0.25, renewal_share=0.9),
        Terms(0.1, clock_years=0.25, renewal_share=0.5),
    ]
    for terms in harder:
        found = needed_patience(STAKES, terms).discount_rate_a_year
        assert np.isnan(found) or found < rate
    easier = needed_patience(STAKES, Terms(0.1, clock_years=1.0, renewal_share=0.9)).discount_rate_a_year
    assert easier > rate


def test_the_least_chance_of_renewal_is_where_the_margin_is_nothing() -> None:
    terms = Terms(0.1, clock_years=0.25)
    share = renewal_needed(STAKES, terms, 1.0)
    assert share is not None
    assert 0 < share < 1
    at = Terms(0.1, clock_years=0.25, renewal_share=share)
    assert margin(STAKES, at, 1.0) == pytest.approx(0, abs=1e-9)
    assert renewal_needed(Stakes(0.5, 0.4, 0.1), terms, 1.0) == 0.0
    assert renewal_needed(STAKES, terms, 100.0) is None


def test_corners() -> None:
    assert needed_patience(Stakes(0.5, 0.4, 0.1), Terms(0.1)).factor_per_quarter == 0.0
    assert needed_patience(Stakes(0.5, 0.7, 0.6), Terms(0.1)).factor_per_quarter is None
    # Pardoned before the lag has passed, a breach costs nothing worth the name.
    assert needed_patience(STAKES, Terms(1.0, 0.0, 100.0)).factor_per_quarter is None
    with pytest.raises(InvalidGame):
        Terms(0.0)
    with pytest.raises(InvalidGame):
        Terms(0.1, clock_years=0.25, renewal_share=1.5)
