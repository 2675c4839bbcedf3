"""Average duties against what others published and what was collected."""

from __future__ import annotations

from datetime import date
from functools import cache

import pytest

from detente.analysis.averages import By, averages
from detente.record.files import load_record
from detente.schedules import schedule_of

FIRST, LAST = date(2025, 1, 19), date(2026, 9, 30)
PARTNERS = ("VNM", "IND", "THA", "IDN", "KHM", "BGD", "CHL", "PAK", "LKA")


@cache
def answer(exporter, by=By.IMPORTS, importer="USA", first=FIRST, last=LAST):
    return averages(load_record("us-china"), importer, exporter, by, first, last)


def comparable(exporter):
    series = answer(exporter)["published"]
    return [row for row in series if row["series"] == "trade-war-redux" and row["comparable"]]


def test_china_is_within_a_point_of_the_outside_series_on_every_comparable_day():
    rows = comparable("CHN")
    assert len(rows) == 11
    assert {row["date"]: row["difference_points"] for row in rows if abs(row["difference_points"]) > 1} == {}


@pytest.mark.parametrize("exporter", PARTNERS)
def test_nine_other_partners_are_within_a_point(exporter):
    rows = comparable(exporter)
    assert len(rows) >= 12
    assert {row["date"]: row["difference_points"] for row in rows if abs(row["difference_points"]) > 1} == {}


@pytest.mark.parametrize("exporter", ["EUN", "JPN", "KOR", "CHE", "TWN"])
def test_partners_with_ceilings_are_within_a_point_where_no_ceiling_counts(exporter):
    rows = comparable(exporter)
    assert len(rows) >= 7
    assert {row["date"]: row["difference_points"] for row in rows if abs(row["difference_points"]) > 1} == {}


def test_every_point_that_is_not_comparable_says_why():
    for exporter in ("CHN", *PARTNERS, "JPN", "EUN"):
        for row in answer(exporter)["published"]:
            assert row["comparable"] or row["why"], row


def test_duty_collected_in_2024():
    """10.87 percent, of which the record's law explains 12.4: goods under exclusions paid less."""
    data = answer("CHN")
    assert data["base"]["percent"] == pytest.approx(10.866, abs=1e-3)
    rows = answer("CHN", first=date(2024, 1, 1), last=date(2024, 12, 31))["rows"]
    days = [(date.fromisoformat(r["to"]) - date.fromisoformat(r["from"])).days + 1 for r in rows]
    by_law = sum(d * r["statutory_percent"] for d, r in zip(days, rows, strict=True)) / sum(days)
    assert by_law == pytest.approx(12.39, abs=0.05)


def test_the_base_day_is_the_base():
    for exporter in ("CHN", "VNM", "EUN"):
        row = answer(exporter)["rows"][0]
        assert row["change_points"] == 0
        assert row["total_percent"] == answer(exporter)["base"]["percent"]


def test_weights_sum_to_one_and_are_named():
    from detente.analysis.averages import weighting

    schedule = schedule_of("USA")
    seen = set()
    for by in By:
        weights = weighting(schedule, "CHN", by)
        assert weights.share.sum() == pytest.approx(1)
        assert weights.share.min() >= 0
        seen.add(weights.basis)
    assert len(seen) == len(By)


def test_three_averages_are_three_numbers():
    day = date(2025, 5, 20)
    levels = {by: answer("CHN", by, first=day, last=day)["rows"][0]["statutory_percent"] for by in By}
    assert len({round(level, 1) for level in levels.values()}) == 3
    assert levels[By.SIMPLE] > levels[By.EXPORTS_BY_SECTOR] > levels[By.IMPORTS]


def test_chinese_duties_stand_beside_piie():
    data = answer("USA", importer="CHN", first=date(2018, 1, 22), last=date(2026, 9, 30))
    first = {row["from"]: row for row in data["rows"]}
    assert first["2025-05-14"]["change_points"] == pytest.approx(12.22, abs=0.05)
    theirs = [row for row in data["published"] if row["series"] == "PIIE"]
    assert len(theirs) >= 10
    # Their workbook is the source of the lists, so the rises of 2018 agree up to the weights.
    rise = {row["date"]: (row["theirs_percent"], row["ours_percent"]) for row in theirs}
    for series in (0, 1):
        assert rise["2018-08-23"][series] - rise["2018-07-01"][series] == pytest.approx(7.6, abs=0.6)


def test_past_an_expiry_the_average_is_unknown_and_a_branch_is_not():
    from detente.record.asof import Assume

    record = load_record("us-china")
    day = date(2026, 11, 20)
    unknown = averages(record, "CHN", "USA", By.IMPORTS, day, day)["rows"][0]
    assert unknown["state"] == "unknown"
    assert unknown["total_percent"] is None
    lapsed, extended = (
        averages(record, "CHN", "USA", By.IMPORTS, day, day, assume=branch)["rows"][0]["change_points"]
        for branch in Assume
    )
    assert lapsed - extended == pytest.approx(24, abs=0.5)
