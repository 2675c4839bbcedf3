"""Whole duties on goods on known days. Each total is a published fact or the sum of rates that are."""

from __future__ import annotations

from datetime import date
from functools import cache

import pytest

from detente.analysis.rates import rate_of
from detente.record.asof import AsOf
from detente.record.files import load_record


@cache
def record():
    return load_record("us-china")


def rate(importer, exporter, hs, day, **how):
    return rate_of(record(), importer, exporter, hs, AsOf(date.fromisoformat(day)), **how)


@pytest.mark.parametrize(
    ("exporter", "hs", "day", "percent"),
    [
        # Steel bracket: general 2.9, list 3, fentanyl on top of section 232, no reciprocal duty.
        ("CHN", "7326.90.8688", "2025-05-20", 72.9),
        ("CHN", "7326.90.8688", "2025-06-03", 72.9),
        ("CHN", "7326.90.8688", "2025-06-04", 97.9),
        ("CHN", "7326.90.8688", "2025-11-10", 87.9),
        # Goods outside the section 301 lists: telephones and toys.
        ("CHN", "8517.13.0000", "2025-05-20", 20),
        ("CHN", "8517.13.0000", "2025-12-01", 10),
        ("CHN", "8517.13.0000", "2026-03-01", 0),
        ("CHN", "9503.00.0073", "2025-04-09", 104),
        ("CHN", "9503.00.0073", "2025-04-30", 145),
        ("CHN", "9503.00.0073", "2025-05-20", 30),
        ("CHN", "9503.00.0073", "2025-12-01", 20),
        ("CHN", "9503.00.0073", "2026-03-01", 10),
        ("CHN", "9503.00.0073", "2026-08-01", 12.5),
        ("CHN", "9401.61.6011", "2025-05-20", 55),
        # Cotton shirt: 16.5 + 7.5 from China, 16.5 from Vietnam until April 2025.
        ("CHN", "6109.10.0012", "2019-08-31", 16.5),
        ("CHN", "6109.10.0012", "2019-09-01", 31.5),
        ("CHN", "6109.10.0012", "2024-06-01", 24),
        ("VNM", "6109.10.0012", "2024-06-01", 16.5),
        ("VNM", "6109.10.0012", "2025-06-01", 26.5),
        ("VNM", "6109.10.0012", "2025-08-20", 36.5),
        ("IND", "6109.10.0012", "2025-09-01", 66.5),
        ("IND", "6109.10.0012", "2026-02-10", 41.5),  # 18 was agreed; no instrument brought it
        # Four-year review: electric cars 27.5 to 102.5, syringes 0 to 100, chips 25 to 50.
        ("CHN", "8703.80.0000", "2018-07-05", 2.5),
        ("CHN", "8703.80.0000", "2024-09-26", 27.5),
        ("CHN", "8703.80.0000", "2024-09-27", 102.5),
        ("CHN", "9018.31.0040", "2024-09-26", 0),
        ("CHN", "9018.31.0040", "2024-09-27", 100),
        ("CHN", "8542.31.0040", "2018-08-22", 0),
        ("CHN", "8542.31.0040", "2024-12-31", 25),
        ("CHN", "8542.31.0040", "2025-01-01", 50),
        # Grid batteries: 10.9, then 48.4 in January 2026, 38.4 under section 122.
        ("CHN", "8507.60.0020", "2024-06-01", 10.9),
        ("CHN", "8507.60.0020", "2026-01-15", 48.4),
        ("CHN", "8507.60.0020", "2026-03-15", 38.4),
        ("CHN", "7208.51.0060", "2018-03-22", 0),
        ("CHN", "7208.51.0060", "2018-03-23", 25),
        # Hong Kong and Macau: both orders name Hong Kong, the fentanyl order not Macau.
        ("HKG", "9503.00.0073", "2025-05-20", 30),
        ("MAC", "9503.00.0073", "2025-05-20", 10),
        # Cars: 25 on top, then deals with the general duty inside.
        ("JPN", "8703.23.0190", "2025-05-01", 27.5),
        ("JPN", "8703.23.0190", "2025-09-17", 15),
        ("DEU", "8703.23.0190", "2025-07-17", 27.5),
        ("EUN", "8703.23.0190", "2025-09-17", 15),
        ("GBR", "8703.23.0190", "2025-06-29", 27.5),
        ("GBR", "8703.23.0190", "2025-07-01", 10),
        ("KOR", "8703.23.0190", "2025-12-17", 15),
        # Floors of 15 with the general duty inside, also where that is not ad valorem (wine, watches).
        ("EUN", "6109.10.0012", "2025-09-01", 16.5),
        ("EUN", "2204.21.5040", "2025-09-01", 15),
        ("CHE", "9102.11.6500", "2025-12-17", 15),
        # Computers are in no metals annex: only descriptions of parts name their heading.
        ("CHN", "8471.30.0100", "2026-05-01", 0),
        ("TWN", "8471.50.0150", "2026-05-01", 0),
        ("CHN", "7326.90.8688", "2026-09-18", 77.9),
        # Metals: the British rate, and Canada's.
        ("CAN", "7601.10.6000", "2025-09-17", 50),
        ("GBR", "7601.10.6000", "2025-09-17", 25),
        # Coffee of Brazil: 50 in August 2025, free from 13 November.
        ("BRA", "0901.11.0015", "2025-08-20", 50),
        ("BRA", "0901.11.0015", "2025-11-12", 50),
        ("BRA", "0901.11.0015", "2025-11-13", 0),
    ],
)
def test_us_duties(exporter, hs, day, percent):
    answer = rate("USA", exporter, hs, day)
    assert answer["total_percent"] == pytest.approx(percent), answer["lines"]


@pytest.mark.parametrize(
    ("hs", "day", "percent"),
    [
        ("12019011", "2018-07-05", 3),
        ("12019011", "2018-07-06", 28),
        ("12019011", "2019-09-01", 33),
        ("12019011", "2020-02-14", 30.5),
        ("12019011", "2020-03-02", 3),
        ("12019011", "2025-03-09", 3),
        ("12019011", "2025-03-10", 13),
        ("12019011", "2025-04-10", 97),
        ("12019011", "2025-04-12", 138),
        ("12019011", "2025-05-20", 23),
        ("12019011", "2025-11-09", 23),
        ("12019011", "2025-11-10", 13),  # from 13:01 Beijing; the day counts at its end
        ("87032362", "2018-06-30", 25),
        ("87032362", "2018-07-06", 40),
        ("87032362", "2018-12-31", 40),
        ("87032362", "2019-01-01", 15),
        ("88024010", "2025-04-20", 130),
        ("27111100", "2025-02-09", 0),
        ("27111100", "2025-02-10", 15),
    ],
)
def test_chinese_duties(hs, day, percent):
    assert rate("CHN", "USA", hs, day)["total_percent"] == pytest.approx(percent)


def test_value_added_tax_stands_apart():
    answer = rate("CHN", "USA", "88024010", "2025-04-20")
    assert answer["total_percent"] == 130
    assert answer["vat"]["rate_percent"] == 13
    assert answer["vat"]["with_duty_percent"] == pytest.approx(2.30 * 113 - 100)
    assert rate("CHN", "USA", "88024010", "2018-04-30")["vat"]["rate_percent"] == 17
    assert rate("CHN", "USA", "12019011", "2025-05-20")["vat"]["possible_percent"] == [9, 13]


def reasons(answer):
    return {row["entries"][0]: row for row in answer["not_applied"]}


def test_layers_that_do_not_apply_say_why():
    steel = reasons(rate("USA", "CHN", "7326908688", "2025-05-20"))
    assert steel["measure-us-ieepa-reciprocal-duty-china"]["rule"] == "yields"
    assert steel["measure-us-section-301-china-list-4b"]["rule"] == "not_in_force"
    assert "never in force" in steel["measure-us-section-301-china-list-4b"]["why"]
    phone = reasons(rate("USA", "CHN", "8517130000", "2025-05-20"))
    assert phone["measure-us-ieepa-reciprocal-duty-china"]["rule"] == "exempt"
    chip = reasons(rate("USA", "CHN", "8542310040", "2025-05-20"))
    assert chip["measure-us-section-301-china-list-2"]["rule"] == "replaced"
    after = reasons(rate("USA", "CHN", "9503000073", "2026-03-01"))
    assert after["measure-us-ieepa-fentanyl-duty-china"]["rule"] == "not_in_force"
    beans = reasons(rate("CHN", "USA", "12019011", "2025-05-20"))
    assert "waived on application" in beans["measure-china-duty-us-goods-301-response"]["why"]


def test_section_122_and_forced_labour_do_not_fall_on_section_232_goods():
    for day, measure in (
        ("2026-03-01", "measure-us-section-122-surcharge"),
        ("2026-08-01", "measure-us-section-301-forced-labour-duty-china"),
    ):
        assert reasons(rate("USA", "CHN", "7208510060", day))[measure]["rule"] == "yields"


def test_what_is_not_covered_is_named_and_never_silently_zero():
    solar = rate("USA", "VNM", "8541420010", "2024-06-01")
    named = {row["authority"] for row in solar["not_covered"]}
    assert {"Section 201", "anti-dumping and countervailing duties"} <= named
    assert "Section 201" not in {
        row["authority"] for row in rate("USA", "VNM", "9503000073", "2024-06-01")["not_covered"]
    }
    aluminium = rate("USA", "RUS", "7601106000", "2025-05-01")
    assert aluminium["total_percent"] is None
    assert aluminium["state"] == "not_covered"
    assert "column 2" in aluminium["not_covered"][0]["why"]


def test_goods_of_canada_and_mexico_pay_by_whether_they_claim_the_agreement():
    for day, claiming in (("2025-03-05", None), ("2025-05-20", 0)):
        answer = rate("USA", "CAN", "4202.92.3131", day)
        totals = {stack["claims"]: stack["total_percent"] for stack in answer["stacks"]}
        assert totals[None] == pytest.approx(17.6 + 25)
        assert totals["USMCA"] == (25 if claiming is None else claiming)
        assert answer["total_percent"] is None
        assert answer["state"] == "depends_on_claim"
    energy = rate("USA", "CAN", "2709.00.2090", "2025-05-20")["stacks"]
    assert {row["claims"]: [x["rate_percent"] for x in row["lines"][1:]] for row in energy} == {
        None: [10],
        "USMCA": [],
    }
    surcharge = rate("USA", "MEX", "4202.92.3131", "2026-03-01")["stacks"]
    assert {row["claims"]: row["total_percent"] for row in surcharge} == {None: 27.6, "USMCA": 0}


def test_a_duty_on_content_that_is_no_public_number_leaves_no_total():
    for stack in rate("USA", "MEX", "8703.23.0190", "2025-05-20")["stacks"]:
        assert stack["total_percent"] is None
        assert stack["state"] == "not_covered"
        assert "Section 232" in {row["authority"] for row in stack["not_covered"]}
        # Goods of Section 232 do not pay the fentanyl duty on Mexico.
        assert "IEEPA (fentanyl)" not in {line["authority"] for line in stack["lines"]}


def test_content_shares_are_estimates_unless_given():
    day, hs = "2025-09-01", "8418.99.8060"
    mean = rate("USA", "DEU", hs, day)
    given = rate("USA", "DEU", hs, day, content_share=0.4)
    by_authority = {line["authority"]: line for line in given["lines"]}
    assert by_authority["Section 232"]["rate_percent"] == pytest.approx(20)
    assert by_authority["IEEPA (reciprocal)"]["rate_percent"] == pytest.approx(0.6 * 15)
    assert any(line["estimated"] for line in mean["lines"])
    assert not any(line["estimated"] for line in given["lines"])


def test_past_an_expiry_both_branches_are_given():
    answer = rate("CHN", "USA", "12019011", "2026-11-20")
    assert answer["state"] == "unknown"
    assert answer["total_percent"] is None
    assert answer["branches"] == {"lapsed": 37, "extended": 13}


def test_a_code_too_short_lists_every_stack_and_picks_none():
    answer = rate("USA", "CHN", "8517", "2025-05-20")
    assert answer["state"] == "depends_on_line"
    assert answer["total_percent"] is None
    assert answer["lines"] is None
    totals = {stack["total_percent"] for stack in answer["stacks"]}
    assert len(answer["stacks"]) > 2
    assert {20.0, 45.0} <= totals
