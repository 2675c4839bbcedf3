"""The event study finds what was planted, and nothing in noise at about the nominal rate."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.core.errors import InvalidOption, InvalidPrices, MissingData, NotIdentified, UnknownName
from detente.talks.markets.implied import Stated, implied_odds, read_stated
from detente.talks.markets.prices import Returns, read_prices, returns_of
from detente.talks.markets.study import Design, Occasion, holm, study
from detente.talks.markets.synthetic import MARKET, SERIES, synthetic_prices

SINCE = date(2018, 1, 1)
DESIGN = Design(model="market", market=MARKET, estimation_days=60)


def occasions(rng, n, group="deals", span=900):
    days = rng.choice(np.arange(130, span, 12), size=n, replace=False)
    return [Occasion(SINCE + timedelta(days=int(d)), group, f"{group}-{k}") for k, d in enumerate(days)]


def made(found, planted, seed):
    table = synthetic_prices(found, planted, since=SINCE, to=SINCE + timedelta(days=950), seed=seed)
    return returns_of(table, "made-up")


def portfolio(answer, group):
    return next(r for r in answer["groups"] if r["group"] == group and r["series"] == "portfolio")


@pytest.mark.slow
def test_noise_is_called_news_about_as_often_as_the_test_says():
    """120 studies with nothing planted, clustered volatility, heavy tails; nominal 10 percent."""
    placebo = t = 0
    trials = 120
    for seed in range(trials):
        events = occasions(np.random.default_rng(1000 + seed), 12)
        row = portfolio(study(made(events, {}, seed), events, DESIGN, seed), "deals")
        placebo += row["p_placebo"] < 0.10
        t += row["p_t"] < 0.10
    assert 0.04 <= placebo / trials <= 0.18
    assert 0.04 <= t / trials <= 0.18


@pytest.mark.parametrize(("planted", "sign"), [(2.0, 1), (-1.5, -1)])
def test_a_planted_jump_is_found_with_its_size(planted, sign):
    inside, found = 0, []
    for seed in range(20):
        events = occasions(np.random.default_rng(seed), 12)
        row = portfolio(study(made(events, {"deals": planted}, seed), events, DESIGN, seed), "deals")
        assert row["p_holm"] < 0.05
        assert sign * row["car_percent"] > 0
        inside += row["low_percent"] <= planted <= row["high_percent"]
        found.append(row["car_percent"])
    assert np.mean(found) == pytest.approx(planted, abs=0.2)
    assert inside >= 14  # nominal 18 of 20


def test_moves_of_both_signs_show_in_the_unsigned_test_alone():
    events = occasions(np.random.default_rng(3), 12)
    half = [Occasion(o.day, "deals" if k % 2 else "threats", o.entry) for k, o in enumerate(events)]
    returns = made(half, {"deals": 3.0, "threats": -3.0}, 5)
    row = portfolio(study(returns, events, DESIGN), "deals")
    assert row["p_placebo_unsigned"] < 0.01
    assert row["p_placebo"] > 0.05


def test_events_that_overlap_are_one_case_and_a_mixed_one_counts_for_none():
    day = SINCE + timedelta(days=400)
    far = occasions(np.random.default_rng(1), 6)
    near = [
        Occasion(day, "deals", "a"),
        Occasion(day, "threats", "b"),
        Occasion(day + timedelta(days=1), "deals", "c"),
    ]
    events = [o for o in far if abs((o.day - day).days) > 10] + near
    answer = study(made(events, {}, 2), events, DESIGN)
    (case,) = [c for c in answer["cases"] if "a" in c["entries"]]
    assert case["entries"] == ["a", "b", "c"]
    assert case["groups"] == ["deals", "threats"]
    row = portfolio(answer, "deals")
    assert row["n"] == len(events) - 3
    assert row["mixed_n"] == 1
    assert portfolio(answer, "threats")["n"] == 0


def test_days_of_other_events_stay_out_of_the_estimate():
    """Jumps of known other events neither bias nor blur; where the events are not named they do."""
    means, errors = {False: [], True: []}, {False: [], True: []}
    for seed in range(8):
        events = occasions(np.random.default_rng(seed), 10)
        others = [Occasion(o.day - timedelta(days=6), "threats", o.entry + "-before") for o in events]
        returns = made(others, {"threats": 4.0}, seed)
        for named in (False, True):
            answer = study(returns, [*events, *others] if named else events, DESIGN)
            means[named].append(portfolio(answer, "deals")["car_percent"])
            cases = [c for c in answer["cases"] if c["groups"] == ["deals"]]
            errors[named].append(np.mean([c["se_percent"] for c in cases]))
    assert abs(np.mean(means[True])) < 0.3
    assert np.mean(means[False]) < np.mean(means[True])
    assert np.mean(errors[True]) < 0.9 * np.mean(errors[False])


def test_a_series_that_is_the_market_leaves_nothing():
    """With returns of exactly a + b m there is nothing abnormal and no variance to test with: left out."""
    events = occasions(np.random.default_rng(2), 5)
    returns = made(events, {}, 3)
    market = returns.column(MARKET)
    exact = Returns(returns.days, (MARKET, "copy"), np.column_stack([market, 0.001 + 2 * market]))
    answer = study(exact, events, DESIGN)
    assert all(abs(c["car_percent"]) < 1e-6 for c in answer["cases"])


def test_two_cases_are_shown_and_not_tested():
    events = occasions(np.random.default_rng(2), 2)
    row = portfolio(study(made(events, {"deals": 3.0}, 3), events, DESIGN), "deals")
    assert row["p_t"] is None
    assert "fewer than 3" in row["note"]


@settings(deadline=None)
@given(st.lists(st.floats(1e-6, 1), min_size=1, max_size=12))
def test_holm_never_lowers_a_p_value_and_keeps_their_order(p):
    adjusted = holm(p)
    assert all(a >= b - 1e-15 for a, b in zip(adjusted, p, strict=True))
    assert all(a <= 1 for a in adjusted)
    order = np.argsort(p, kind="stable")
    assert all(adjusted[i] <= adjusted[j] + 1e-12 for i, j in pairwise(order))


@pytest.mark.parametrize(
    "options",
    [
        {"window": (2, 1)},
        {"window": (0, 50)},
        {"estimation_days": 10},
        {"gap_days": -1},
        {"model": "oracle"},
        {"model": "market"},
    ],
)
def test_designs_that_cannot_be_are_refused(options):
    with pytest.raises(InvalidOption):
        Design(**options)


def test_no_event_inside_the_prices_is_an_error():
    events = [Occasion(date(1999, 1, 1), "deals", "x")]
    with pytest.raises(InvalidOption, match="none with a window"):
        study(made(events, {}, 0), events, DESIGN)
    with pytest.raises(UnknownName):
        study(made(events, {}, 0), events, Design(model="market", market="nothing"))


def write(path, rows, header="date,series,price"):
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return path


def good(n=80):
    return [f"{SINCE + timedelta(days=k)},A,{100 + k % 7}" for k in range(n)]


@pytest.mark.parametrize(
    ("rows", "header", "line", "words"),
    [
        ([], "date;series;price", 1, "no column"),
        (good(), "day,series,price", 1, "no column"),
        ([*good(3), "2018-13-01,A,5"], "date,series,price", 5, "date"),
        ([*good(3), "2019-01-01junk,A,5"], "date,series,price", 5, "date"),
        ([*good(3), "01/02/2019,A,5"], "date,series,price", 5, "date"),
        ([*good(3), "2019-01-01,A,five"], "date,series,price", 5, "price"),
        ([*good(3), "2019-01-01,A,"], "date,series,price", 5, "price"),
        ([*good(3), "2019-01-01,A,-1"], "date,series,price", 5, "above zero"),
        ([*good(3), "2019-01-01,A,inf"], "date,series,price", 5, "not a number"),
        ([*good(3), "2019-01-01,,5"], "date,series,price", 5, "no name"),
        ([*good(3), "2018-01-02,A,5"], "date,series,price", 3, "twice"),
    ],
)
def test_bad_files_are_refused_with_their_line(tmp_path, rows, header, line, words):
    with pytest.raises(InvalidPrices, match=words) as caught:
        read_prices(write(tmp_path / "p.csv", rows, header))
    assert caught.value.where == f"p.csv:{line}"


def test_too_short_holed_missing_and_foreign_files_are_refused(tmp_path):
    with pytest.raises(InvalidPrices, match="needs at least"):
        read_prices(write(tmp_path / "a.csv", good(20)))
    holed = [*good(80), *(f"{date(2019, 1, 1) + timedelta(days=k)},A,5" for k in range(40))]
    with pytest.raises(InvalidPrices, match="no price between"):
        read_prices(write(tmp_path / "b.csv", holed))
    with pytest.raises(InvalidPrices, match="nothing is to study"):
        read_prices(write(tmp_path / "h.csv", []))
    still = [f"{SINCE + timedelta(days=k)},A,{100 + k // 3}" for k in range(90)]
    with pytest.raises(InvalidPrices, match="price of the day before on 67 percent"):
        read_prices(write(tmp_path / "s.csv", still))
    timed = [row.replace(",A", "T00:00:00Z,A") for row in good()]
    assert len(read_prices(write(tmp_path / "t.csv", timed)).days) == len(good()) - 1
    with pytest.raises(MissingData):
        read_prices(tmp_path / "none.csv")
    with pytest.raises(InvalidPrices, match="neither"):
        read_prices(write(tmp_path / "c.xlsx", good()))
    (tmp_path / "d.parquet").write_bytes(b"not parquet")
    with pytest.raises(InvalidPrices, match="cannot be read"):
        read_prices(tmp_path / "d.parquet")
    with pytest.raises(UnknownName):
        read_prices(write(tmp_path / "e.csv", good()), ["B"])


def test_csv_and_parquet_give_the_same_returns(tmp_path):
    table = synthetic_prices([], since=SINCE, to=SINCE + timedelta(days=200))
    table.write_csv(tmp_path / "p.csv")
    table.write_parquet(tmp_path / "p.parquet")
    one, other = read_prices(tmp_path / "p.csv"), read_prices(tmp_path / "p.parquet")
    assert one.series == other.series == tuple(sorted((MARKET, *SERIES)))
    assert one.days == other.days
    np.testing.assert_allclose(one.values, other.values, atol=1e-12)


def test_days_without_a_price_of_every_series_are_left_out_and_counted(tmp_path):
    rows = [*good(80), *(row.replace(",A,", ",B,") for row in good(80) if "2018-02-01" not in row)]
    found = read_prices(write(tmp_path / "p.csv", rows))
    assert found.dropped_days == 1
    assert date(2018, 2, 1) not in found.days


@settings(max_examples=40, deadline=None)
@given(st.floats(0.05, 0.95), st.floats(0.05, 0.95), st.floats(1, 10))
def test_a_move_made_by_odds_gives_those_odds_back(before, after, gap):
    stated = Stated({"a": before, "b": 1 - before}, {"s": {"a": (gap, gap), "b": (0.0, 0.0)}})
    found = implied_odds(stated, {"s": ((after - before) * gap, 1e-6)})
    assert found["outcomes"][0]["after_share"] == pytest.approx(after, abs=1e-3)
    assert sum(row["after_share"] for row in found["outcomes"]) == pytest.approx(1, abs=1e-3)


def test_three_outcomes_need_two_series_and_give_back_what_made_the_moves():
    before, after = np.array([0.5, 0.3, 0.2]), np.array([0.6, 0.35, 0.05])
    table = {"s": (1.0, -2.0, -6.0), "t": (0.5, 3.0, -1.0), "u": (2.0, 0.0, -3.0)}
    stated = Stated(
        dict(zip("abc", before, strict=True)),
        {name: {k: (v, v) for k, v in zip("abc", row, strict=True)} for name, row in table.items()},
    )
    moves = {name: (float((after - before) @ np.array(row)), 0.01) for name, row in table.items()}
    found = implied_odds(stated, moves)
    assert [row["after_share"] for row in found["outcomes"]] == pytest.approx(list(after), abs=1e-3)
    single = Stated(stated.before, {"s": stated.sensitivities["s"]})
    with pytest.raises(NotIdentified, match="1 series for 3 outcomes"):
        implied_odds(single, moves)


@pytest.mark.parametrize(
    ("row", "move", "words"),
    [
        ({"a": (1.0, 1.0), "b": (1.0, 1.0)}, 0.5, "tell the outcomes apart"),
        ({"a": (-1.0, 3.0), "b": (0.0, 1.0)}, 0.2, "tell the outcomes apart"),
        ({"a": (1.0, 1.0), "b": (0.0, 0.0)}, 5.0, "odds of"),
    ],
)
def test_odds_that_are_not_identified_are_refused(row, move, words):
    with pytest.raises(NotIdentified, match=words):
        implied_odds(Stated({"a": 0.5, "b": 0.5}, {"s": row}), {"s": (move, 0.1)})
    with pytest.raises(NotIdentified, match="series"):
        implied_odds(Stated({"a": 0.5, "b": 0.5}, {"s": row}), {"other": (move, 0.1)})


def test_ranges_and_noise_widen_the_range():
    def width(row, se):
        found = implied_odds(Stated({"a": 0.5, "b": 0.5}, {"s": row}), {"s": (0.5, se)})["outcomes"][0]
        return found["high_share"] - found["low_share"]

    sharp = width({"a": (2.0, 2.0), "b": (0.0, 0.0)}, 0.01)
    ranged = width({"a": (1.5, 2.5), "b": (-0.2, 0.2)}, 0.01)
    noisy = width({"a": (2.0, 2.0), "b": (0.0, 0.0)}, 0.4)
    assert sharp < ranged < noisy


@pytest.mark.parametrize(
    "text",
    [
        "odds_before: {a: 0.5, b: 0.5}\n",
        "odds_before: {a: 0.5, b: 0.6}\nsensitivities_percent: {s: {a: 1, b: 2}}\n",
        "odds_before: {a: 1.5, b: -0.5}\nsensitivities_percent: {s: {a: 1, b: 2}}\n",
        "odds_before: {a: 1.0}\nsensitivities_percent: {s: {a: 1}}\n",
        "odds_before: {a: 0.5, b: 0.5}\nsensitivities_percent: {}\n",
        "odds_before: {a: 0.5, b: 0.5}\nsensitivities_percent: {s: {a: 1}}\n",
        "odds_before: {a: 0.5, b: 0.5}\nsensitivities_percent: {s: {a: [2, 1], b: 0}}\n",
        "odds_before: {a: 0.5, b: 0.5}\nsensitivities_percent: {s: {a: much, b: 0}}\n",
        "odds_before: {a: 0.5, b: 0.5}\nsensitivities_percent: {s: {a: 1, b: 0}}\nmore: 1\n",
        "[1, 2]\n",
    ],
)
def test_a_file_of_odds_that_cannot_be_is_refused(tmp_path, text):
    path = tmp_path / "odds.yaml"
    path.write_text(text)
    with pytest.raises(InvalidOption):
        read_stated(path)


def test_a_file_of_odds_is_read(tmp_path):
    path = tmp_path / "odds.yaml"
    path.write_text("odds_before: {a: 0.7, b: 0.3}\nsensitivities_percent: {s: {a: [0.5, 1.5], b: -4}}\n")
    assert read_stated(path).sensitivities["s"] == {"a": (0.5, 1.5), "b": (-4.0, -4.0)}
    with pytest.raises(MissingData):
        read_stated(tmp_path / "none.yaml")
