"""A policy through time: short runs differ in elasticities and in what can move."""

from __future__ import annotations

import numpy as np
import pytest

from detente.core.errors import InvalidOption, UnknownName
from detente.economy.horizon import (
    Adjustment,
    border_price_percent,
    output_gains,
    supply_shares,
    through_time,
)
from detente.economy.models import INPUT_OUTPUT, InputOutput
from detente.economy.outcome import Outcome
from detente.economy.solve import solve
from detente.economy.synthetic import synthetic_world
from detente.policy import SectorPolicy

WORLD = synthetic_world(4, 3, 5)
POLICY = SectorPolicy.duties(WORLD.economies, WORLD.sectors, {("E00", "E01"): 0.3})


def test_published_elasticities_are_met_at_both_ends() -> None:
    speeds = Adjustment()
    services = np.array([False, True])
    theta = np.array([5.0, 4.0])
    assert speeds.theta(1, theta, services)[0] == pytest.approx(-0.24)
    assert speeds.theta(10, theta, services)[0] == pytest.approx(1.0)
    scaled = Adjustment(scheme="scaled")
    np.testing.assert_allclose(scaled.theta(10, theta, services), theta)
    assert 1 + scaled.theta(1, theta, services)[0] == pytest.approx(6.0 * 0.76 / 2.0)
    falling = [speeds.trade_elasticity(y) for y in (1, 2, 4, 8, 12)]
    assert falling == sorted(falling, reverse=True)
    free = [speeds.mobile_share(y) for y in (1, 2, 4, 8, 100)]
    assert free == sorted(free)
    assert free[-1] == pytest.approx(1.0, abs=1e-3)


def test_theta_is_never_too_near_zero_to_be_solved() -> None:
    speeds = Adjustment()
    last = 1 + (speeds.last_year - 1) * np.log(1 / 0.76) / np.log(2.0 / 0.76)
    assert abs(speeds.theta(float(last), np.array([5.0]), np.array([False]))[0]) >= 1e-3


def test_each_year_is_the_equilibrium_of_its_own_assumptions() -> None:
    years = through_time(WORLD, POLICY, (1, 4, 10), adjustment=Adjustment(scheme="scaled"))
    for year in years:
        assert isinstance(year.outcome, Outcome), year.outcome
        assert year.outcome.certificate.certified
        again = solve(
            InputOutput(year.mobile_share),
            year.outcome.world,
            POLICY,
            elasticities=f"after {year.years:g} years",
        )
        assert isinstance(again, Outcome)
        np.testing.assert_array_equal(again.real_household_income(), year.outcome.real_household_income())
    trade = [y.outcome.after.quantity[0, 1].sum() for y in years if isinstance(y.outcome, Outcome)]
    assert trade == sorted(trade, reverse=True)


def test_shares_add_up_and_output_moves() -> None:
    outcome = solve(INPUT_OUTPUT, WORLD, POLICY)
    assert isinstance(outcome, Outcome)
    for shares in supply_shares(outcome, "E00"):
        np.testing.assert_allclose(shares.sum(axis=0), 1.0)
    goods = ~np.isin(WORLD.sectors, WORLD.services)
    gains = output_gains(outcome, goods)
    assert gains[0] > 0 > gains[1]
    assert border_price_percent(outcome, "E00", "E01") < 0
    still = solve(INPUT_OUTPUT, WORLD, SectorPolicy.none(WORLD.economies, WORLD.sectors))
    assert isinstance(still, Outcome)
    assert border_price_percent(still, "E00", "E01") == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize("years", [(), (0.5,), (3, 1), (1, 1)])
def test_years_that_cannot_be(years: tuple[float, ...]) -> None:
    with pytest.raises(InvalidOption, match="years"):
        through_time(WORLD, POLICY, years)


def test_speeds_that_cannot_be() -> None:
    with pytest.raises(InvalidOption, match="scheme"):
        Adjustment(scheme="guess")
    with pytest.raises(InvalidOption, match="larger in size"):
        Adjustment(first_year=-3.0)
    with pytest.raises(UnknownName):
        through_time(WORLD, POLICY, (1,), elasticities="mine")
