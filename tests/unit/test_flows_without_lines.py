"""Disputes between sides whose trade no world ships line by line: all but averages, and why not."""

from __future__ import annotations

import json
from datetime import date

import pytest
from tests.support.dispute import duty, write_dispute

from detente.analysis.baseline import trade_of, weights_for
from detente.analysis.briefing import briefing
from detente.brief.page import render
from detente.cli.main import _run
from detente.core.errors import MissingData
from detente.record.asof import AsOf
from detente.record.checks import check_record
from detente.record.files import load_record
from detente.record.folders import new_dispute

STATES = "[{status: in_force, rate_percent: 80, announced: 2025-02-01, effective: 2025-02-04}]"
BARLEY = '{hs: ["10039000"]}'
TRADE = """\
trade:
  - {importer: CHN, exporter: AUS, hs: "10039000", usd_million: 655, year: 2019, source: %s}
"""


def dispute(tmp_path, parties, scope, trade=""):
    first, second = parties
    text = duty("grain", STATES, scope=scope, imposing=first, targets=f"[{second}]")
    folder = write_dispute(tmp_path / "d", {"measure-grain": text})
    settings = (folder / "dispute.yaml").read_text()
    settings = settings.replace("parties: [USA, CHN]", f"parties: [{first}, {second}]")
    settings = settings.partition("line_items:")[0] + "line_items: []\n" + trade
    (folder / "dispute.yaml").write_text(settings)
    return folder


@pytest.mark.parametrize("parties", [("EUN", "CHN"), ("CHN", "AUS")])
def test_status_and_brief_answer_and_say_what_is_missing(tmp_path, capsys, parties):
    folder = dispute(tmp_path, parties, BARLEY)
    assert _run(["status", str(folder), "--on", "2025-06-01", "--json"]) == 0
    (duties, other) = json.loads(capsys.readouterr().out)["data"]["duties"].values()
    assert duties["layers"][0]["rate_percent"] == 80
    assert duties["layers"][0]["covered_trade_share"] is None
    assert duties["trade_weighted_total_percent"] is None
    assert "ships no HS lines" in duties["weights"]
    assert _run(["status", str(folder), "--on", "2025-06-01"]) == 0
    record = load_record(str(folder))
    brief = briefing(record, AsOf(date(2025, 6, 1)))
    assert brief["data"]["costs"] == {}
    assert "not computed: no averages" in brief["data"]["not_computed"][0]
    assert "What it costs and whom is not computed" in render(brief)
    assert other["all_goods_additional_percent"] == 0


def test_a_value_on_record_makes_averages_and_costs(tmp_path):
    record = load_record(str(dispute(tmp_path, ("CHN", "AUS"), BARLEY, TRADE % "source-gazette")))
    assert check_record(record) == []
    lines = weights_for(record).between("CHN", "AUS")
    assert float(lines.values("AUS")[lines.codes.index("10039000")]) == 655
    assert not any(code.startswith("1003") for code in lines.codes if code != "10039000")
    assert trade_of(record, "CHN", "AUS").base_percent == pytest.approx(1.1, abs=0.3)
    with pytest.raises(MissingData):
        weights_for(record).between("AUS", "USA")


@pytest.mark.parametrize("scope", ['{hs: ["1001"]}', '{hs: ["1003", "2204"]}'])
def test_a_duty_on_goods_of_which_none_is_valued_is_not_taken_for_nothing(tmp_path, scope):
    record = load_record(str(dispute(tmp_path, ("CHN", "AUS"), scope, TRADE % "source-gazette")))
    known = scope != '{hs: ["1001"]}'
    assert (trade_of(record, "CHN", "AUS").lines is not None) is known


def test_a_value_without_a_source_on_record_is_a_problem(tmp_path):
    record = load_record(str(dispute(tmp_path, ("CHN", "AUS"), BARLEY, TRADE % "source-lost")))
    assert [p.rule for p in check_record(record)] == ["links resolve"]


def test_a_dispute_with_nothing_in_it_says_so(tmp_path, capsys):
    folder = new_dispute(str(tmp_path / "mine"), ("EUN", "CHN"), None, "2025-01-19", "2026-01-01")
    for arguments in (["status"], ["changed", "--since", "2025-01-01"], ["timeline"], ["brief"]):
        name, *rest = arguments
        assert _run([name, str(folder), *rest, "--json"]) == 2
        error = json.loads(capsys.readouterr().out)["error"]
        assert error["code"] == "invalid_record"
        assert "detente add" in error["instead"]
    assert _run(["check", str(folder), "--json"]) == 0


AGENDA = """\
issues:
  - id: grain
    title: The duty on grain
    entries: [measure-grain]
    options:
      - id: ended
        title: ended
        steps: [{by: EUN, does: ends the duty, measure: measure-grain, end: true, within_days: 30}]
"""


def test_the_union_as_a_side_needs_a_world_that_holds_it_as_one(tmp_path, capsys):
    """No crash where an agenda asks for the income of all members together: which world to make is said."""
    folder = dispute(tmp_path, ("EUN", "CHN"), "{all_goods: true}")
    (folder / "agenda.yaml").write_text(AGENDA, encoding="utf-8")
    arguments = ("bargain", "EUN,CHN", "--dispute", str(folder), "--on", "2025-06-01", "--json")
    assert _run(list(arguments)) == 2
    error = json.loads(capsys.readouterr().out)["error"]
    assert error["code"] == "unknown_economy"
    assert "detente world merge --economies EUN=EU" in error["instead"]
    merged = str(tmp_path / "eu27")
    assert _run(["world", "merge", "--economies", "EUN=EU", "--out", merged]) == 0
    capsys.readouterr()
    assert _run([*arguments, "--world", merged]) == 0, capsys.readouterr().out
    assert json.loads(capsys.readouterr().out)["query"]["world"] == merged
