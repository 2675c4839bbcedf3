"""China - Australia: duties on key days, bans, and every command on a dispute that is not the first one."""

from __future__ import annotations

import json
from datetime import date

import pytest

from detente.analysis.baseline import status_of
from detente.analysis.briefing import briefing
from detente.brief.page import render
from detente.cli.main import _run
from detente.record.asof import AsOf, Assume
from detente.record.change import change_from_base
from detente.record.checks import check_record
from detente.record.files import load_record
from detente.record.strict import strict_problems


def record():
    return load_record("china-australia")


def status(day, known_by=None, assume=None):
    asof = AsOf(date.fromisoformat(day), date.fromisoformat(known_by) if known_by else None, assume)
    return status_of(record(), asof)["data"]


def total(day, good, **options):
    (item,) = [i for i in status(day, **options)["line_items"] if i["item"] == good]
    return item["total_percent"]


# Days and rates are those of the ministry's announcements: Nos. 14 and 15 of 2020 (barley), No. 59 of 2020
# and Nos. 6 and 7 of 2021 (wine), and the two rulings that ended them. 218.5 percent is also what the press
# made of the two deposits on wine together (South China Morning Post, 10 December 2020).
@pytest.mark.parametrize(
    ("good", "day", "percent"),
    [
        ("Barley", "2018-11-19", 0),
        ("Barley", "2020-05-18", 0),
        ("Barley", "2020-05-19", 80.5),
        ("Barley", "2023-08-04", 80.5),
        ("Barley", "2023-08-05", 0),
        ("Wine in bottles", "2020-11-27", 0),
        ("Wine in bottles", "2020-11-28", 212.1),
        ("Wine in bottles", "2020-12-10", 212.1),
        ("Wine in bottles", "2020-12-11", 218.5),
        ("Wine in bottles", "2021-03-27", 218.5),
        ("Wine in bottles", "2021-03-28", 218.4),
        ("Wine in bottles", "2024-03-28", 218.4),
        ("Wine in bottles", "2024-03-29", 0),
        ("Coking coal", "2021-01-01", 0),
    ],
)
def test_what_a_good_pays_on_the_day_before_of_and_after(good, day, percent):
    assert total(day, good) == percent


def test_barley_is_two_duties_that_add_up():
    (item,) = [i for i in status("2020-05-19")["line_items"] if i["item"] == "Barley"]
    assert [line["rate_percent"] for line in item["lines"]] == [0, 73.6, 6.9]


@pytest.mark.parametrize(
    ("hs", "day", "percents"),
    [
        ("1003.90.00", "2021-06-01", [0, 73.6, 6.9]),
        ("22042100", "2021-06-01", [0, 218.4]),
        ("1003", "2024-01-01", [0]),
        ("22042100", "2020-12-31", [0, 212.1, 6.4]),
        ("2701.12.10", "2021-06-01", [0]),
    ],
)
def test_the_rate_on_a_code_starts_from_the_free_trade_agreement(capsys, hs, day, percents):
    # Importer and exporter are the dispute's own parties where nothing is said.
    assert _run(["rate", "china-australia", "--hs", hs, "--on", day, "--json"]) == 0
    data = json.loads(capsys.readouterr().out)["data"]
    assert [line["rate_percent"] for line in data["lines"]] == percents
    assert data["total_percent"] == pytest.approx(sum(percents))
    assert data["lines"][0]["entries"] == ["agreement-china-australia-free-trade"]


def test_what_was_known_then():
    assert total("2021-06-01", "Wine in bottles", known_by="2020-12-01") == 212.1
    assert total("2023-12-01", "Barley", known_by="2023-08-03") == 80.5


def test_rates_by_company_stand_beside_the_one_in_use():
    measure = record().get("measure-china-wine-anti-dumping-australia")
    final = measure.states[2]
    assert final.rate_percent == 218.4
    assert all(rate in final.note for rate in ("175.6", "170.9", "116.2", "167.1", "218.4"))
    assert 175.6 in [reading.value for conflict in measure.conflicts for reading in conflict.readings]


def test_bans_and_suspensions_on_key_days():
    def held(day):
        return {
            c["id"]
            for c in status(day)["controls"]
            if c["instrument"] == "import_ban" and c["state"] == "in_force"
        }

    worst = held("2021-03-01")
    assert {m.removeprefix("measure-china-") for m in worst} >= {
        "coal-unwritten-ban-australia",
        "logs-suspended-australia",
        "lobster-unwritten-ban-australia",
        "cotton-unwritten-directive-australia",
        "beef-four-plants-suspended",
        "barley-cbh-suspended",
        "hay-permits-not-renewed-australia",
    }
    assert "measure-china-coal-unwritten-ban-australia" not in held("2023-03-14")
    assert "measure-china-logs-suspended-australia" not in held("2023-05-18")
    assert held("2024-12-19") == {"measure-china-lobster-unwritten-ban-australia"}
    assert held("2024-12-20") == set()


def test_both_disputes_know_nothing_of_each_other():
    for day in ("2020-06-01", "2021-06-01", "2024-06-01"):
        text = json.dumps(status(day))
        assert "USA" not in text
        assert "2025_01_20" in text  # a field of the first version of the answer; it counts, and says so
        assert status(day)["talks_by_level"]["leader"]["count_since_2025_01_20"] == 0
    assert status("2024-12-31")["talks_by_level"]["leader"]["count_since_headline"] == 6
    assert not set(record().entries) & set(load_record("us-china").entries)


def test_the_averages_follow_from_the_trade_on_record():
    """655 and 765 million dollars of barley and wine in 2019, over those and the world's flow of goods."""
    duties = status("2021-06-01")["duties"]["CHN_on_AUS"]
    barley, wine = (
        {layer["layer"]: layer for layer in duties["layers"]}[name]["covered_trade_share"]
        for name in ("anti_dumping_barley", "anti_dumping_wine")
    )
    assert barley / wine == pytest.approx(655 / 765, rel=1e-4)
    points = duties["trade_weighted_additional_points"]
    assert points == pytest.approx(80.5 * barley + 218.4 * wine, abs=1e-3)
    before = status("2020-05-18")["duties"]["CHN_on_AUS"]
    assert before["trade_weighted_additional_points"] == 0
    assert before["base_percent"] == duties["base_percent"]


def test_nothing_is_left_of_it_on_the_base_day():
    assert change_from_base(record(), AsOf(date(2025, 1, 19)), ("CHN", "AUS")).rows == ()
    assert change_from_base(record(), AsOf(date(2024, 12, 31)), ("CHN", "AUS")).rows == ()


def test_five_years_run_out_only_in_what_was_law():
    clocks = {c["expires"][:10] for c in status("2021-06-01")["clocks"]}
    assert clocks == {"2025-05-19", "2026-03-28"}
    assert status("2024-06-01")["clocks"] == []
    assert total("2021-06-01", "Barley", assume=Assume.LAPSED) == 80.5


def test_the_record_is_sound_and_strictly_so():
    assert check_record(record()) == []
    assert strict_problems(record()) == []


def test_the_brief_says_what_barley_and_wine_cost():
    brief = briefing(record(), AsOf(date(2021, 6, 1)))
    data = brief["data"]
    assert data["parties"] == ["CHN", "AUS"]
    assert "barley" in data["bottom_line"][1]
    assert "218.4 percent" in data["bottom_line"][1]
    certificate = brief["provenance"]["certificate"]
    assert certificate["certified"]
    assert max(certificate["residuals"].values()) <= 1e-10
    scenarios = {s["key"]: s["numbers"] for s in data["costs"]["known"]["scenarios"]}
    income = scenarios["today"]["parties"]["AUS"]["real_income_percent"]
    # Two goods of about one percent of the trade: Australia loses, and not much.
    assert -0.2 < income["low"] <= income["central"] <= income["high"] < 0
    assert scenarios["lapse"]["parties"]["AUS"]["real_income_percent"]["central"] == 0
    assert any("upper bound" in limit for limit in data["limits"])
    page = render(brief)
    assert "Extra duties are on listed goods only" in page
    assert "Added on all goods" not in page
    assert "United States on goods" not in page


@pytest.mark.parametrize(
    "arguments",
    [
        ("status", "--on", "2021-06-01"),
        ("status", "--on", "2025-06-01"),
        ("changed", "--since", "2020-05-01", "--on", "2020-12-31"),
        ("timeline", "--since", "2023-01-01"),
        ("check", "--strict"),
        ("claims", "--open"),
        ("diff", "2020-05-01", "2021-04-01"),
        ("owed", "--from", "2020-05-19", "--on", "2020-06-30"),
        ("authorities", "--on", "2021-06-01"),
        ("commitments",),
        ("first-since", "level=leader", "--on", "2022-11-15"),
    ],
)
def test_every_command_answers(capsys, arguments):
    name, *rest = arguments
    assert _run([name, "china-australia", *rest, "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["provenance"]["record_hash"] == record().digest
    assert _run([name, "china-australia", *rest]) == 0
    assert capsys.readouterr().out
