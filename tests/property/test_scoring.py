"""Scores are proper, and intervals cover what they say, also where neighbours in time hang together."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.talks.scoring import (
    FLOOR,
    SCORES,
    block_interval,
    brier,
    calibration,
    clipped,
    compare,
    log_score,
    wilson,
)

ODDS = st.floats(0.01, 0.99)
START = date(2018, 1, 1)


@settings(deadline=None)
@given(ODDS, ODDS, st.sampled_from(sorted(SCORES)))
def test_nobody_gains_by_saying_other_odds_than_their_own(own, said, kind):
    """Proper: the score expected under one's own odds is least when they are said."""
    score = SCORES[kind]

    def expected(odds):
        return own * score(odds, True) + (1 - own) * score(odds, False)

    assert expected(own) <= expected(said) + 1e-12
    if abs(own - said) > 1e-3:
        assert expected(own) < expected(said)


@settings(deadline=None)
@given(st.floats(0, 1), st.booleans())
def test_scored_odds_stay_off_the_ends(odds, happened):
    p = clipped(odds)
    assert FLOOR <= p <= 1 - FLOOR
    assert 0 <= brier(p, happened) < 1
    assert 0 < log_score(p, happened) <= -np.log(FLOOR) + 1e-12


@pytest.mark.parametrize("odds", [-0.1, 1.1, float("nan")])
def test_what_is_no_probability_is_refused(odds):
    with pytest.raises(ValueError, match="not a probability"):
        clipped(odds)


def _series(rng, days, memory_days):
    """Values of an AR(1) sampled every ten days, with mean zero and this memory."""
    n = days // 10
    keep = np.exp(-10 / memory_days)
    values = np.empty(n)
    values[0] = rng.normal()
    for t in range(1, n):
        values[t] = keep * values[t - 1] + np.sqrt(1 - keep**2) * rng.normal()
    return list(values), [START + timedelta(days=10 * k) for k in range(n)]


def _coverage(block_days, trials=250):
    rng = np.random.default_rng(7)
    hits = 0
    for trial in range(trials):
        values, days = _series(rng, 3650, 40)
        found = block_interval(values, days, block_days=block_days, draws=300, seed=trial)
        hits += found.low <= 0 <= found.high
    return hits / trials


def test_blocks_cover_where_single_questions_would_not():
    """Nominal 90 percent: single questions give far too narrow an interval, long blocks nearly the right."""
    with_blocks, without = _coverage(365), _coverage(10)
    assert 0.83 <= with_blocks <= 0.97
    assert without < 0.72


def test_an_interval_does_not_depend_on_the_order_of_the_questions():
    rng = np.random.default_rng(1)
    values, days = _series(rng, 2000, 30)
    order = rng.permutation(len(values))
    one = block_interval(values, days)
    other = block_interval([values[k] for k in order], [days[k] for k in order])
    assert one.mean == pytest.approx(other.mean)
    assert (one.low, one.high) == pytest.approx((other.low, other.high))


def test_too_short_a_time_gives_the_widest_interval_and_tells_nothing_apart():
    days = [START + timedelta(days=k) for k in range(60)]
    found = block_interval([0.1] * 59 + [0.5], days)
    assert (found.low, found.high) == (0.1, 0.5)
    happened = [k % 2 == 0 for k in range(60)]
    scores = compare(
        {"sure": [float(y) for y in happened], "base_rate": [0.5] * 60}, happened, days, ["base_rate"]
    )
    assert not scores["sure"]["differences"]["base_rate"]["told_apart"]


def test_nothing_to_score_is_refused():
    with pytest.raises(ValueError, match="at least one"):
        block_interval([], [])


def test_a_better_forecaster_is_told_apart_and_an_equal_one_is_not():
    rng = np.random.default_rng(3)
    days = [START + timedelta(days=10 * k) for k in range(300)]
    truth = rng.uniform(0.05, 0.95, 300)
    happened = list(rng.uniform(size=300) < truth)
    odds = {"base_rate": [0.5] * 300, "knows": list(truth), "noise": list(0.5 + 0.001 * rng.normal(size=300))}
    found = compare(odds, happened, days, ["base_rate"])
    assert found["knows"]["differences"]["base_rate"]["told_apart"]
    assert found["knows"]["differences"]["base_rate"]["brier"]["high"] < 0
    assert not found["noise"]["differences"]["base_rate"]["told_apart"]


def test_calibration_counts_every_forecast_once():
    rng = np.random.default_rng(5)
    odds = [*rng.uniform(size=500), 0.0, 0.2, 1.0]
    happened = [bool(y) for y in rng.uniform(size=503) < odds]
    rows = calibration(odds, happened)
    assert sum(row["n"] for row in rows) == 503
    for row in rows:
        assert row["low_share"] <= row["happened_share"] <= row["high_share"]
        assert row["low_share"] - 0.05 <= row["mean_odds_share"] <= row["high_share"] + 0.05


@settings(deadline=None)
@given(st.integers(0, 60), st.integers(0, 60))
def test_wilson_holds_the_share(hits, others):
    low, high = wilson(hits, hits + others)
    share = hits / (hits + others) if hits + others else 0.5
    assert 0 <= low <= share <= high <= 1
