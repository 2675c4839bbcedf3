"""Sourcing under odds lies between the policies it expects, and meets both ends exactly."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.core.errors import InvalidOption
from detente.economy.prepare import prepare
from detente.economy.solve import solve_prepared
from detente.economy.synthetic import synthetic_world
from detente.policy import SectorPolicy
from detente.talks.expectations import Odds, acted_on, expected_duty, transitions

WORLD = synthetic_world(4, 3, 2)
PAUSE = SectorPolicy.duties(WORLD.economies, WORLD.sectors, {("E00", "E01"): {"S00": 0.1}})
LAPSE = SectorPolicy.duties(WORLD.economies, WORLD.sectors, {("E00", "E01"): {"S00": 0.6, "S01": 0.3}})
POLICIES = {"pause": PAUSE, "lapse": LAPSE}
THETA = WORLD.elasticities["mixed"]


def odds(lapse):
    """A pause that lapses with some chance a step; a lapse that stays."""
    return Odds(("pause", "lapse"), np.array([[1 - lapse, lapse], [0.0, 1.0]]), np.array([1.0, 1.0]))


def trade(policy):
    outcome = solve_prepared(prepare("armington", WORLD), policy)
    return outcome.at("bilateral_goods_usd_million", "E00", "E01")


def sourced(lapse, tie_months=12.0):
    return acted_on(POLICIES, WORLD.duty, odds(lapse), THETA, tie_months)


@pytest.mark.parametrize("months", [2, 6, 60])
def test_a_pause_that_never_lapses_has_the_pauses_trade_and_a_certain_lapse_the_lapses(months):
    assert trade(sourced(0.0, months)["pause"]) == pytest.approx(trade(PAUSE), rel=1e-9)
    assert trade(sourced(1.0, months)["pause"]) == pytest.approx(trade(LAPSE), rel=1e-9)
    assert trade(sourced(0.5, months)["lapse"]) == pytest.approx(trade(LAPSE), rel=1e-9)


def test_trade_under_a_pause_falls_as_its_lapse_becomes_likelier_and_ties_longer():
    by_chance = [trade(sourced(chance)["pause"]) for chance in (0.0, 0.02, 0.1, 0.5, 1.0)]
    assert by_chance == sorted(by_chance, reverse=True)
    assert by_chance[0] > by_chance[1] * 1.0001
    by_tie = [trade(sourced(0.05, months)["pause"]) for months in (2, 6, 24)]
    assert by_tie == sorted(by_tie, reverse=True)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.floats(-0.5, 3.0), min_size=2, max_size=5),
    st.integers(0, 10**6),
    st.floats(-0.3, 20.0),
)
def test_the_duty_acted_on_lies_between_those_expected_and_equals_what_all_share(rates, seed, theta):
    weights = np.random.default_rng(seed).dirichlet(np.ones(len(rates)))
    duties = np.array(rates)[:, None]
    duty = float(expected_duty(duties, weights, np.array([theta]))[0])
    seen = duties[weights > 0]
    assert seen.min() - 1e-9 <= duty <= seen.max() + 1e-9
    same = float(expected_duty(np.full_like(duties, 0.3), weights, np.array([theta]))[0])
    assert same == pytest.approx(0.3, abs=1e-12)


@given(st.integers(2, 6), st.integers(0, 10**6), st.floats(2.0, 100.0))
def test_odds_met_are_odds(size, seed, months):
    draw = np.random.default_rng(seed)
    step = draw.dirichlet(np.ones(size), size)
    met = Odds(tuple("abcdef"[:size]), step, np.ones(size)).met(months)
    assert met.sum(axis=1) == pytest.approx(np.ones(size))
    assert met.min() > -1e-12


def test_odds_are_counted_and_what_was_never_left_stays():
    found = transitions([["a", "a", "b"], ["a", "b", "b"], ["a", "a", "c"]])
    assert found.keys == ("a", "b", "c")
    assert found.step[0] == pytest.approx([0.4, 0.4, 0.2])
    assert found.step[2] == pytest.approx([0.0, 0.0, 1.0])
    assert found.counted.tolist() == [5.0, 1.0, 0.0]


def test_ties_shorter_than_an_order_are_refused():
    with pytest.raises(InvalidOption):
        odds(0.1).met(0.5)
