"""The law of the dispute on known days, as the shipped record has it. Each number is a published fact."""

from __future__ import annotations

from datetime import date
from functools import cache

import numpy as np
import pytest

from detente.analysis.baseline import status_of, weights_of
from detente.analysis.scenarios import scenarios
from detente.record.asof import AsOf, Assume
from detente.record.change import change_from_base
from detente.record.files import load_record


@cache
def record():
    return load_record("us-china")


@cache
def state(day, known_by=None, assume=None):
    asof = AsOf(date.fromisoformat(day), date.fromisoformat(known_by) if known_by else None, assume)
    return status_of(record(), asof)["data"]


def all_goods(data):
    return tuple(data["duties"][key]["all_goods_additional_percent"] for key in ("USA_on_CHN", "CHN_on_USA"))


@pytest.mark.parametrize(
    ("day", "usa", "china"),
    [
        ("2025-01-19", 0, 0),
        ("2025-02-03", 0, 0),
        ("2025-02-04", 10, 0),
        ("2025-03-03", 10, 0),
        ("2025-03-04", 20, 0),
        ("2025-04-04", 20, 0),
        ("2025-04-05", 30, 0),
        ("2025-04-09", 104, 0),
        ("2025-04-10", 145, 84),
        ("2025-04-11", 145, 84),
        ("2025-04-12", 145, 125),
        ("2025-04-30", 145, 125),
        ("2025-05-13", 145, 125),
        ("2025-05-14", 30, 10),
        ("2025-05-20", 30, 10),
        ("2025-08-12", 30, 10),
        ("2025-11-09", 30, 10),
        ("2025-11-10", 20, 10),
        ("2025-12-01", 20, 10),
        ("2026-02-19", 20, 10),
        ("2026-02-20", 0, 10),  # void in law; customs went on collecting until the 24th
        ("2026-02-23", 0, 10),
        ("2026-02-24", 10, 10),
        ("2026-07-23", 10, 10),
        ("2026-07-24", 12.5, 10),
        ("2026-10-08", 12.5, 10),
    ],
)
def test_all_goods_points_on_each_side_of_every_step(day, usa, china):
    assert all_goods(state(day)) == (usa, china)


@pytest.mark.parametrize(
    ("day", "expiry", "days_left", "usa", "china"),
    [
        ("2025-05-20", "2025-08-12", 84, 54, 34),
        ("2025-06-05", "2025-08-12", 68, 54, 34),
        ("2025-08-20", "2025-11-10", 82, 54, 34),
        ("2025-10-31", "2025-11-10", 10, 54, 34),  # Busan was announced the day before, and not yet law
        ("2025-12-01", "2026-11-10", 344, 44, 34),
        ("2026-10-08", "2026-11-10", 33, 12.5, 34),
    ],
)
def test_a_lapse_returns_the_24_points_and_no_more(day, expiry, days_left, usa, china):
    (clock,) = [c for c in state(day)["clocks"] if c["kind"] == "duties" and c["expires"].startswith(expiry)]
    assert clock["days_left"] == days_left
    assert clock["if_lapses"] == {"USA_on_CHN": usa, "CHN_on_USA": china}


def test_a_step_that_is_law_renews_its_clock():
    """On 11 August 2025 the US order was signed and the Chinese announcement was still to come."""
    clocks = {c["expires"][:10]: c for c in state("2025-08-11")["clocks"] if c["all_goods"]}
    assert list(clocks) == ["2025-08-12", "2025-11-10"]
    assert "USA on CHN" not in clocks["2025-08-12"]["what"]
    assert clocks["2025-08-12"]["if_lapses"] == {"USA_on_CHN": 30, "CHN_on_USA": 34}
    assert clocks["2025-11-10"]["if_lapses"] == {"USA_on_CHN": 54, "CHN_on_USA": 34}


def test_what_follows_by_law_counts_in_a_lapse():
    (clock,) = [c for c in state("2026-07-23")["clocks"] if c["expires"].startswith("2026-07-24")]
    assert clock["if_lapses"] == {"USA_on_CHN": 12.5, "CHN_on_USA": 10}


def test_knowledge_of_a_day_does_not_move_the_base():
    for day in ("2018-09-24", "2020-03-01"):
        then, now = state(day, known_by=day), state(day)
        for key in ("USA_on_CHN", "CHN_on_USA"):
            totals = [s["duties"][key]["trade_weighted_total_percent"] for s in (then, now)]
            assert totals[0] == pytest.approx(totals[1], abs=0.5)


def test_points_on_all_goods_are_known_where_only_lists_are_in_doubt():
    duties = state("2028-01-02")["duties"]["USA_on_CHN"]
    assert duties["state"] == "unknown"
    assert duties["all_goods_additional_percent"] == 12.5
    assert duties["trade_weighted_total_percent"] is None


def test_no_step_hides_behind_the_last():
    from detente.analysis.changes import changed

    found = changed(record(), date(2025, 4, 1), AsOf(date(2025, 4, 10)))
    (move,) = [m for m in found["law"] if m["id"] == "measure-us-ieepa-reciprocal-duty-china"]
    assert [s["rate_percent"] for s in move["steps"]] == [10, 84, 125]


def test_sources_that_print_145_on_a_lapse_are_stored_beside_the_law():
    (clock,) = [c for c in state("2025-05-20")["clocks"] if c["kind"] == "duties"]
    readings = [str(r["value"]) for c in clock["conflicts"] for r in c["readings"]]
    assert any("145" in reading for reading in readings)


def test_past_the_expiry_the_chinese_side_is_unknown_and_both_branches_are_given():
    duties = state("2026-11-22")["duties"]["CHN_on_USA"]
    assert duties["state"] == "unknown"
    assert duties["all_goods_additional_percent"] is None
    assert "expiry 2026-11-10 passed, no successor recorded; record knows to 2026-10-08" in duties["message"]
    assert {k: v["all_goods_additional_percent"] for k, v in duties["branches"].items()} == {
        "lapsed": 34,
        "extended": 10,
    }
    assert all_goods(state("2026-11-22", assume=Assume.LAPSED)) == (12.5, 34)


def test_what_was_known_then():
    assert all_goods(state("2025-05-20", known_by="2025-05-01")) == (145, 125)
    # The ruling of February 2026 was not known in December; nor was the extension of August in July.
    assert all_goods(state("2025-08-20", known_by="2025-07-31"))[0] is None


def test_past_the_last_check_nobody_says_that_nothing_changed():
    from detente.analysis.changes import changed
    from detente.analysis.words import bottom_line

    asof = AsOf(date(2026, 11, 22))
    words = bottom_line(state("2026-11-22"), changed(record(), date(2026, 11, 8), asof))
    assert (
        "what happened after 8 October 2026 is not on record" in words[0].lower()
        or "What happened" in words[0]
    )
    assert "no duty" not in words[0].lower()
    assert "34 points if lapsed, 10 points if extended" in words[1]


def stack(day, item):
    (found,) = [i for i in state(day)["line_items"] if i["item"].startswith(item)]
    return found["total_percent"]


@pytest.mark.parametrize(
    ("day", "item", "percent"),
    [
        ("2025-05-20", "Smartphone", 20),
        ("2025-05-20", "Toy", 30),
        ("2025-05-20", "Upholstered", 55),
        ("2025-06-03", "Steel bracket", 72.9),
        ("2025-06-05", "Steel bracket", 97.9),
        ("2026-09-18", "Steel bracket", 77.9),
        ("2025-05-20", "Soybeans", 23),
        ("2025-11-09", "Soybeans", 23),
        ("2025-11-10", "Soybeans", 13),  # from 13:01 in Beijing
        ("2025-12-01", "Soybeans", 13),
    ],
)
def test_goods_anyone_can_check(day, item, percent):
    assert stack(day, item) == pytest.approx(percent)


def test_the_shipped_record_is_sound():
    from detente.record.checks import check_record

    assert check_record(record()) == []


def test_the_base_day_changes_nothing_at_all():
    base = AsOf(date.fromisoformat(record().settings.base_day))
    weights = weights_of()
    for everyone in (False, True):
        policy = change_from_base(record(), base, weights.economies, everyone=everyone)
        assert policy.rows == ()
        assert not policy.on(weights).duty_change.any()


def test_headline_and_average_are_two_numbers():
    duties = state("2025-04-30")["duties"]["USA_on_CHN"]
    assert duties["all_goods_additional_percent"] == 145
    # PIIE puts the rise at 103 points on other weights; a fifth of trade is exempt from the larger layer.
    assert 95 < duties["trade_weighted_additional_points"] < 115
    assert duties["trade_weighted_total_percent"] == pytest.approx(
        duties["base_percent"] + duties["trade_weighted_additional_points"], abs=1e-3
    )


def test_what_ifs_of_a_brief():
    economies = weights_of().economies
    found = {s.key: s for s in scenarios(record(), AsOf(date(2025, 6, 5)), economies)}
    assert list(found) == ["today", "lapse", "base", "peak", "decoupling", "everyone"]
    assert found["today"].all_goods_percent == {"USA_on_CHN": 30, "CHN_on_USA": 10}
    assert found["lapse"].all_goods_percent == {"USA_on_CHN": 54, "CHN_on_USA": 34}
    assert found["peak"].all_goods_percent == {"USA_on_CHN": 145, "CHN_on_USA": 125}
    assert found["base"].policy.rows == ()
    flows = {(r.importer, r.exporter) for r in found["today"].policy.rows}
    assert flows == {("USA", "CHN"), ("CHN", "USA"), ("USA", "HKG")}
    change = found["decoupling"].policy.on(weights_of())
    assert np.count_nonzero(change.non_tariff_cost) > 4
    assert change.non_tariff_cost.max() <= 0.5 + 1e-12
