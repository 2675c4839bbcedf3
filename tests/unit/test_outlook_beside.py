"""Odds beside base rates: the same questions as the track record's, with cases and what the range says."""

from datetime import date

import pytest

from detente.record.as_known import as_known
from detente.record.files import load_record
from detente.talks.forecasters import base_rate, hazards
from detente.talks.outlook_beside import beside_base_rates
from detente.talks.outlook_events import EVENTS
from detente.talks.questions import KINDS, Question

DAY = date(2025, 8, 1)


@pytest.fixture(scope="module")
def view():
    return as_known(load_record("us-china"), DAY)


def rows(share):
    return [
        {"date": day, **dict.fromkeys(EVENTS, share)}
        for day in ("2025-08-01", "2025-08-12", "2025-08-31", "2025-10-30")
    ]


def test_every_question_that_closes_in_the_time_is_set_beside_its_base_rate(view):
    found = {row["kind"]: row for row in beside_base_rates(view, DAY, 92, rows(0.25))}
    assert set(found) == {*KINDS, "truce_goes_on"}
    leaders = found["leaders_30"]
    question = Question("leaders_30", DAY, date(2025, 8, 31))
    assert leaders["until"] == "2025-08-31"
    assert leaders["outlook_share"] == 0.25
    assert leaders["base_rate_share"] == base_rate(view, question)
    assert leaders["base_rate_share"] == pytest.approx((leaders["yes_n"] + 0.5) / (leaders["n"] + 1))
    assert leaders["hazards_share"] == hazards(view, question)
    assert found["truce_goes_on"]["until"] == "2025-08-12"
    assert found["truce_goes_on"]["outlook_share"] == 0.75
    few = beside_base_rates(view, DAY, 30, rows(0.25))
    assert {row["kind"] for row in few} == {k for k, kind in KINDS.items() if kind.days == 30} | {
        "truce_goes_on"
    }
    assert not beside_base_rates(view, DAY, 5, rows(0.25))


def test_odds_differ_where_they_lie_outside_the_range_of_the_cases(view):
    for share in (0.0, 0.1, 0.25, 0.9):
        for row in beside_base_rates(view, DAY, 92, rows(share)):
            inside = row["low_share"] <= row["outlook_share"] <= row["high_share"]
            assert row["differs"] is not inside
            assert row["low_share"] <= row["yes_n"] / row["n"] <= row["high_share"]
    never = {row["kind"]: row for row in beside_base_rates(view, DAY, 92, rows(0.0))}
    assert never["leaders_30"]["differs"]


def test_windows_that_overlap_count_as_the_third_that_stands_alone(view):
    found = {row["kind"]: row for row in beside_base_rates(view, DAY, 92, rows(0.25))}
    short, long = found["new_duty_30"], found["new_duty_90"]
    width = {row["kind"]: row["high_share"] - row["low_share"] for row in (short, long)}
    share = long["yes_n"] / long["n"]
    alone = (share * (1 - share) / long["n"]) ** 0.5 * 2 * 1.6449
    assert width["new_duty_90"] > 1.4 * alone
