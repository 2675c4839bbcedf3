"""The outlook as people call it: what it holds, what cannot reach it, and what is refused."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import replace

import pytest
from tests.support.brief import sample
from tests.support.dispute import duty, write_dispute
from tests.support.page import Page, check_numbers

from detente.analysis import outlook_ahead as outlook_of_briefs
from detente.analysis.outlook import Asked, outlook_of
from detente.analysis.outlook_ahead import arguments_of, asof_of, found_beside, outlook_ahead
from detente.brief import outlook_charts
from detente.brief.page import render
from detente.cli.main import _run
from detente.core.days import parse_day
from detente.record.asof import AsOf, Assume
from detente.record.files import SHIPPED, load_record
from detente.talks.questions import KINDS

TALK = """\
schema: 1
id: talk-added-later
kind: talk
title: A contact added later
date: 2025-06-10
mode: in_person
track: official
level: minister
participants: [{name: A. Person, side: CHN}, {name: B. Person, side: USA}]
parties: [CHN, USA]
topics: [tariffs]
sources: [{source: source-added-later}]
"""
DUTY = """\
schema: 1
id: measure-added-later
kind: measure
title: A duty added later
date: 2025-06-10
imposing: CHN
targets: [USA]
instrument: import_duty
authority: Trade remedies
layer: added
scope: {hs: ["0204"]}
states: [{status: in_force, rate_percent: 50, announced: 2025-06-10, effective: 2025-06-12}]
sources: [{source: source-added-later}]
"""
SOURCE = """\
schema: 1
id: source-added-later
kind: source
title: A source added later
form: official_statement
publisher: Ministry
accessed: 2026-11-22
origin: ministry
"""

TRUCE = (
    "[{status: in_force, rate_percent: 25, announced: 2025-02-01, effective: 2025-02-04}, "
    "{status: in_force, rate_percent: 10, announced: 2025-05-12, effective: 2025-05-14, "
    "expires: 2025-08-12, on_expiry: {status: in_force, rate_percent: 34}}]"
)


def call(capsys, *arguments):
    status = _run(["outlook", *arguments, "--json"])
    return status, json.loads(capsys.readouterr().out)


SMALL = ("--runs", "12", "--varied-runs", "0", "--workers", "1")


def test_the_answer_holds_what_the_contract_promises(capsys):
    status, found = call(capsys, "us-china", "--from", "2025-06-05", "--days", "90", *SMALL, "--no-economy")
    assert status == 0
    assert found["schema"] == "detente/outlook/1"
    data = found["data"]
    for row in data["outcomes_by_date"]:
        assert sum(row[n] for n in ("deal", "extension", "lapse", "escalation", "none")) == pytest.approx(1)
    assert data["outcomes_by_date"][0]["date"] == "2025-06-05"
    assert data["outcomes_by_date"][-1]["date"] == "2025-09-03"
    assert {"level", "by", "topics"} <= data["next_contact"].keys()
    assert {fan["quantity"] for fan in data["fans"]} == {"duty_percent"}
    assert all(item["evidence"] for item in data["base_rates"])
    assert data["what_it_is"].startswith("A model's odds")
    assert data["runs"] == 12
    again = call(capsys, "us-china", "--from", "2025-06-05", "--days", "90", *SMALL, "--no-economy")[1]
    assert again == found


def test_a_dispute_of_ones_own_without_an_agenda_has_odds_of_all_but_deals(tmp_path, capsys):
    folder = write_dispute(tmp_path / "own", {"measure-a": duty("a", TRUCE)})
    arguments = ("--from", "2025-06-05", "--days", "92", *SMALL, "--no-economy")
    status, found = call(capsys, str(folder), *arguments)
    assert status == 0
    data = found["data"]
    assert any("agenda.yaml" in note for note in data["left_out"])
    last = data["outcomes_by_date"][-1]
    assert last["deal"] == 0
    assert last["extension"] + last["lapse"] > 0.5


def test_a_dispute_of_the_european_union_is_played_on_a_world_that_has_it(tmp_path, capsys):
    folder = write_dispute(tmp_path / "own", {"measure-a": duty("a", TRUCE)})
    for file in folder.rglob("*.yaml"):
        file.write_text(file.read_text().replace("CHN", "EUN"))
    arguments = ("--from", "2025-06-05", "--days", "92", *SMALL, "--no-economy")
    status, refused = call(capsys, str(folder), *arguments)
    assert status == 2
    assert "--world" in refused["error"]["instead"]
    world = str(tmp_path / "with-eu")
    assert _run(["world", "merge", "--economies", "EUN=EU", "--out", world]) == 0
    capsys.readouterr()
    status, found = call(capsys, str(folder), *arguments, "--world", world)
    assert status == 0
    assert found["query"]["world"] == world
    assert sorted(found["data"]["parties"]) == ["EUN", "USA"]
    assert {fan["of"] for fan in found["data"]["fans"]} == {"USA_on_EUN", "EUN_on_USA"}


@pytest.mark.slow
def test_fans_are_shown_on_three_days_so_that_acting_on_odds_is_seen(capsys):
    flags = ["--from", "2025-06-05", "--days", "90", "--runs", "30", "--workers", "1", "--varied-runs", "0"]
    assert _run(["outlook", "us-china", *flags]) == 0
    lines = capsys.readouterr().out.partition("Fans:")[2].splitlines()
    assert re.findall(r"2025-\d\d-\d\d", lines[1])[0] == "2025-06-05"
    assert len(re.findall(r"2025-\d\d-\d\d", lines[1])) == 3
    fans = [line for line in lines if "CHN to USA" in line and "long run" in line]
    plain, on_odds = (re.split(r" {2,}", line)[3:6] for line in fans)
    assert plain[0] == "0.0"
    assert float(on_odds[0]) < 0


def test_one_run_for_one_day_is_an_answer_too(capsys):
    arguments = ("us-china", "--from", "2025-06-05", "--days", "1", "--runs", "1", "--workers", "1")
    status, found = call(capsys, *arguments, "--no-economy")
    assert status == 0
    data = found["data"]
    assert data["varied_runs"] == 1
    assert data["beside_base_rates"] == []
    assert [row["date"] for row in data["outcomes_by_date"]] == ["2025-06-05", "2025-06-06"]
    for row in data["triggers"]:
        assert set(row["error_points"].values()) == {None}
        assert row["told_apart"] is False


@pytest.mark.slow
def test_the_economy_is_solved_once_for_each_policy_and_certified(capsys):
    arguments = ("us-china", "--from", "2025-06-05", "--days", "80", *SMALL)
    _, found = call(capsys, *arguments)
    data, solved = found["data"], found["data"]["states_solved"]
    assert solved["policies"] >= 1
    assert solved["certified"] == solved["equilibria"] == 4 * solved["policies"]
    assert solved["worst_residual"] <= 1e-10
    kinds = {(fan["quantity"], fan["horizon"], fan["expectations"]) for fan in data["fans"]}
    assert {("imports_percent", "first_year", True), ("real_income_percent", "long_run", False)} <= kinds
    for fan in data["fans"]:
        if fan["quantity"] != "duty_percent" and not fan["expectations"]:
            assert fan["by_date"][0]["p50"] == pytest.approx(0, abs=1e-9)


@pytest.mark.slow
def test_what_is_added_to_the_record_later_changes_nothing(tmp_path):
    folder = tmp_path / "us-china"
    shutil.copytree(SHIPPED / "us-china", folder)
    asked = Asked(parse_day("2025-06-05"), days=60, runs=8, workers=1, economy="none", varied_runs=4)
    before, _ = outlook_of(load_record(str(folder)), asked)
    for name, text in (("talk", TALK), ("measure", DUTY), ("source", SOURCE)):
        (folder / f"{name}-added-later.yaml").write_text(text, encoding="utf-8")
    grown = load_record(str(folder))
    assert grown.get("measure-added-later") is not None
    after, _ = outlook_of(grown, asked)
    assert after == before
    later = Asked(parse_day("2025-06-20"), days=60, runs=8, workers=1, economy="none", varied_runs=0)
    changed, plain = outlook_of(grown, later)[0], outlook_of(load_record("us-china"), later)[0]
    assert changed["provenance"]["record_hash"] != plain["provenance"]["record_hash"]


@pytest.mark.parametrize(
    ("arguments", "code", "where"),
    [
        (("nowhere",), "unknown_dispute", ""),
        (("us-china", "--runs", "0"), "invalid_option", "--runs"),
        (("us-china", "--days", "0"), "invalid_option", "--days"),
        (("us-china", "--days", "-5"), "invalid_option", "--days"),
        (("us-china", "--seed", "-1"), "invalid_option", "--seed"),
        (("us-china", "--from", "2027-01-01"), "invalid_date", "--from"),
        (("us-china", "--from", "2010-01-01"), "date_before_record", "--from"),
        (("us-china", "--from", "June"), "invalid_date", "--from"),
        (("us-china", "--workers", "0", "--from", "2025-06-05"), "invalid_option", "--workers"),
        (("us-china", "--assume", "peace"), "invalid_option", "--assume"),
        (("us-china", "--assume", "lapse=2"), "invalid_option", "--assume"),
        (("us-china", "--assume", "tie_months=1"), "invalid_option", "--assume"),
        (("us-china", "--assume", "scheme=quick", "--no-economy"), "invalid_option", "--assume"),
        (("us-china", "--assume", "negotiators=nobody"), "unknown_name", ""),
        (("us-china", "--time-limit", "0"), "invalid_option", "--time-limit"),
        (("us-china", "--varied-runs", "-1"), "invalid_option", "--varied-runs"),
    ],
)
def test_what_cannot_be_is_refused_with_status_two(capsys, arguments, code, where):
    status, found = call(capsys, *arguments)
    assert status == 2
    assert found["error"]["code"] == code
    assert where in found["error"]["where"]
    assert found["error"]["instead"]


def test_a_time_limit_gives_the_best_so_far_and_status_three(capsys):
    arguments = ("us-china", "--from", "2025-06-05", "--days", "60", "--runs", "100000", "--workers", "1")
    status, found = call(capsys, *arguments, "--time-limit", "6", "--fresh")
    if status == 2:  # a machine so loaded that not one chunk was ready
        assert found["error"]["where"] == "--time-limit"
        return
    assert status == 3
    assert found["data"]["complete"] is False
    assert 0 < found["data"]["runs"] < 100_000


@pytest.mark.parametrize(
    "asof",
    [
        AsOf(parse_day("2025-06-05")),
        AsOf(parse_day("2025-12-01"), parse_day("2025-11-30")),
        AsOf(parse_day("2026-11-22"), assume=Assume.EXTENDED),
    ],
)
def test_the_process_beside_is_asked_the_same_day(asof):
    assert asof_of(arguments_of(asof)) == asof


@pytest.mark.slow
def test_the_brief_has_the_outlook_of_its_day_and_draws_it():
    record, asof = load_record("us-china"), AsOf(parse_day("2025-06-05"))
    with found_beside(record, asof) as wait:
        wait()
    with found_beside(record, asof) as wait:
        assert wait() is None, "the process beside left nothing"
    ahead = outlook_ahead(record, asof)
    assert ahead["missing"] == ""
    assert ahead["runs"] == 300
    assert sum(ahead["soon"]["outcomes"].values()) == pytest.approx(1)
    tree = str(outlook_charts.path_tree(ahead))
    assert tree.count("<circle") >= 5
    fan = outlook_charts.fan_chart(ahead, "duty_percent", "CHN_on_USA", 1, "China on United States")
    assert fan is not None
    assert str(fan).count("<polygon") == 2
    past = outlook_ahead(record, AsOf(parse_day("2030-01-01")))
    assert past["missing"].startswith("No odds:")


def test_the_page_says_what_no_change_means_and_sets_odds_beside_base_rates(monkeypatch):
    few = replace(outlook_of_briefs.AHEAD, runs=12, economy="none", varied_runs=4)
    monkeypatch.setattr(outlook_of_briefs, "AHEAD", few)
    ahead = outlook_ahead(load_record("us-china"), AsOf(parse_day("2025-06-05")))
    brief = sample()
    brief["data"]["outlook"] = ahead
    html = render(brief)
    check_numbers(brief, Page(html))
    assert "duties stay as they are, beyond what is already decided" in html
    for row in ahead["beside_base_rates"]:
        assert row["words"][1:] in html
    assert len(ahead["beside_base_rates"]) == len(KINDS) + 1
