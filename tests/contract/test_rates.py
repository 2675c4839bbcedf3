"""The contract of the commands about duties by line: shapes, units, errors."""

from __future__ import annotations

import json

import pytest
from tests.support.dispute import duty, write_dispute

from detente.cli.main import _run


def call(capsys, *arguments):
    status = _run([*arguments, "--json"])
    return status, json.loads(capsys.readouterr().out)


STATES = "[{status: in_force, rate_percent: 25, announced: 2025-02-01, effective: 2025-02-04}]"
LINE = {"authority", "rate_percent", "entries", "why", "estimated"}


def test_a_rate_in_json(capsys):
    status, answer = call(capsys, "rate", "us-china", "--hs", "7326.90.8688", "--on", "2025-05-20")
    data = answer["data"]
    assert status == 0
    assert answer["query"]["hs"] == data["hs"] == "7326908688"
    assert answer["query"]["importer"] == "USA"
    assert all(set(line) == LINE for line in data["lines"])
    assert data["total_percent"] == pytest.approx(sum(line["rate_percent"] for line in data["lines"]))
    assert all({"authority", "entries", "rule", "why"} <= set(row) for row in data["not_applied"])
    cited = {entry for line in data["lines"] for entry in line["entries"]}
    assert set(answer["provenance"]["entries"]) == cited
    assert "measure-us-ieepa-fentanyl-duty-china" in cited
    assert answer["provenance"]["record_hash"]


def test_known_by_is_what_was_known_then(capsys):
    # The exemption of electronics of 11 April reaches back to 5 April; on the 10th nobody knew.
    arguments = ("rate", "us-china", "--hs", "8517.13.0000", "--on", "2025-04-10")
    _, then = call(capsys, *arguments, "--known-by", "2025-04-10")
    _, now = call(capsys, *arguments)
    assert then["data"]["total_percent"] == 145
    assert now["data"]["total_percent"] == 20


@pytest.mark.parametrize(
    ("arguments", "code", "where"),
    [
        (("--hs", "9999"), "invalid_option", "--hs"),
        (("--hs", "services"), "invalid_option", "--hs"),
        (("--hs", "851713000"), "invalid_option", "--hs"),
        (("--hs", "8517130000", "--on", "2025-02-30"), "invalid_date", "--on"),
        (("--hs", "8517130000", "--on", "2016-01-01"), "date_before_record", "--on"),
        (("--hs", "8517130000", "--exporter", "ATLANTIS"), "unknown_economy", "--exporter"),
        (
            ("--hs", "8517130000", "--importer", "USA", "--exporter", "USA"),
            "unknown_economy",
            "--exporter",
        ),
        (("--hs", "8517130000", "--importer", "FRA"), "missing_data", "--importer"),
        (("--hs", "8517130000", "--content-share", "40"), "invalid_option", "--content-share"),
    ],
)
def test_bad_questions_are_refused(capsys, arguments, code, where):
    status, answer = call(capsys, "rate", "us-china", *arguments)
    assert status == 2
    assert answer["error"]["code"] == code
    assert answer["error"]["where"] == where
    assert answer["error"]["instead"]


def test_the_text_names_every_duty(capsys):
    assert _run(["rate", "us-china", "--hs", "7326.90.8688", "--on", "2025-05-20"]) == 0
    words = capsys.readouterr().out
    assert "72.9" in words
    for name in ("MFN", "Section 301", "Section 232", "IEEPA (fentanyl)", "not covered", "never in force"):
        assert name in words


def test_a_panel_is_built_whole_and_answers(capsys, tmp_path, monkeypatch):
    monkeypatch.setenv("DETENTE_CACHE", str(tmp_path))
    question = ("panel", "query", "us-china", "--importer", "CHN", "--exporter", "USA", "--hs", "1201.90.20")
    status, answer = call(capsys, *question)
    assert status == 2
    assert answer["error"]["code"] == "missing_data"
    assert "detente panel build us-china --importer CHN" in answer["error"]["instead"]
    status, answer = call(capsys, "panel", "build", "us-china", "--importer", "CHN")
    assert status == 0
    assert answer["schema"] == "detente/panel-build/1"
    assert answer["data"]["lines"] > 8000
    assert not list((tmp_path / "panels").glob(".panel-*"))
    status, answer = call(capsys, *question, "--on", "2025-05-20")
    (row,) = answer["data"]["rows"]
    assert row["total_percent"] == 23
    assert (row["from"], row["to"]) == ("2025-05-14", "2025-11-09")
    assert {duty["entry"] for duty in row["duties"]} == set(answer["provenance"]["entries"])
    status, answer = call(capsys, *question, "--from", "2018-01-01")
    days = [(row["from"], row["to"]) for row in answer["data"]["rows"]]
    assert days == sorted(days)
    assert days[-1][1] is None
    status, answer = call(capsys, *question[:-1], "12", "--exporter", "FRA")
    assert (status, answer["error"]["code"]) == (2, "unknown_economy")
    status, answer = call(capsys, *question, "--on", "2025-05-20", "--to", "2025-06-01")
    assert (status, answer["error"]["code"]) == (2, "invalid_option")


HEAD = "hs,origin,annual_value_usd\n"


@pytest.fixture
def portfolio(tmp_path, capsys):
    """Writes rows to a file and asks for their bills."""

    def ask(text, *more):
        path = tmp_path / "lines.csv"
        path.write_text(text, encoding="utf-8")
        return call(capsys, "portfolio", "us-china", str(path), *more)

    return ask


def test_a_portfolio_in_json(portfolio):
    rows = "7326.90.8688,CHN,250000\n8517.13.0000,chn,1000000\n8517,CHN,1000\n"
    status, answer = portfolio(HEAD + rows, "--on", "2026-03-01", "--since", "2025-01-19")
    data = answer["data"]
    assert status == 0
    assert answer["schema"] == "detente/portfolio/1"
    bracket, phone, short = data["rows"]
    assert bracket["rate_percent"] == 77.9
    assert bracket["bill_usd"] == pytest.approx(194750)
    assert bracket["change_since_usd"] == pytest.approx(125000)
    assert phone["bill_usd"] == 0
    # A short code has no one bill, and so has no sum with it.
    assert short["bill_usd"] is None
    assert short["bill_low_usd"] < short["bill_high_usd"]
    assert data["totals"]["bill_usd"] is None
    for end in ("low", "high"):
        whole = sum(row[f"bill_{end}_usd"] for row in data["rows"])
        assert data["totals"][f"bill_{end}_usd"] == pytest.approx(whole, abs=0.05)
    keys = [scenario["key"] for scenario in data["scenarios"]]
    assert keys[0] == "today"
    assert {"lapse", "base", "peak"} <= set(keys)
    assert all(set(row["scenarios"]) == set(keys) for row in data["rows"])


def test_what_can_be_claimed_back_is_what_was_collected_under_void_authority(portfolio):
    rows = HEAD + "7326.90.8688,CHN,250000\n"
    _, before = portfolio(rows, "--on", "2026-02-19")
    assert before["data"]["totals"]["refundable_usd"] == 0
    _, after = portfolio(rows, "--on", "2026-06-01")
    # Fentanyl alone fell on steel: 10 points for 28 days, 20 for 251, 10 for 106, to 23 February 2026.
    owed_back = (10 * 28 + 20 * 251 + 10 * 106) / 365 / 100 * 250000
    assert after["data"]["totals"]["refundable_usd"] == pytest.approx(owed_back, abs=0.01)
    _, then = portfolio(rows, "--on", "2026-06-01", "--known-by", "2026-01-31")
    assert then["data"]["totals"]["refundable_usd"] == 0


def test_both_branches_of_a_portfolio(tmp_path, capsys):
    path = tmp_path / "beans.csv"
    path.write_text(HEAD + "12019011,USA,1000000\n", encoding="utf-8")
    arguments = ("portfolio", "us-china", str(path), "--importer", "CHN", "--on", "2026-11-20")
    _, answer = call(capsys, *arguments)
    assert answer["data"]["totals"]["bill_usd"] is None
    bills = {scenario["key"]: scenario["bill_usd"] for scenario in answer["data"]["scenarios"]}
    assert (bills["today"], bills["lapsed"], bills["extended"]) == (None, 370000, 130000)
    _, answer = call(capsys, *arguments, "--assume", "extended")
    assert answer["data"]["totals"]["bill_usd"] == 130000


@pytest.mark.parametrize(
    ("text", "line", "word"),
    [
        (HEAD + "8517130000,CHN,10\n99999999,CHN,5\n", 3, "99999999"),
        (HEAD + "8517130000,CHN,ten\n", 2, "annual_value_usd"),
        (HEAD + "8517130000,CHN,-1\n", 2, "annual_value_usd"),
        (HEAD + "8517130000,CHN,nan\n", 2, "annual_value_usd"),
        (HEAD + "8517130000,XXX,10\n", 2, "XXX"),
        (HEAD + "8517130000,USA,10\n", 2, "USA"),
        (HEAD + "phones,CHN,10\n", 2, "phones"),
        (HEAD + "8517130000,CHN\n", 2, "cells"),
        (HEAD + "8517130000,CHN,1,000\n", 2, "cells"),
        ("hs,origin\n8517130000,CHN\n", 1, "annual_value_usd"),
        (HEAD, 1, "no rows"),
        ("", 1, "no column"),
    ],
)
def test_bad_rows_stop_a_portfolio_with_file_and_line(portfolio, text, line, word):
    status, answer = portfolio(text)
    assert status == 2
    assert answer["error"]["code"] == "malformed_file"
    assert answer["error"]["where"].endswith(f"lines.csv:{line}")
    assert word in answer["error"]["what"]
    assert answer["error"]["instead"]


def test_a_dispute_of_others_is_pointed_to_its_own_flows(capsys, tmp_path):
    folder = write_dispute(tmp_path / "own", {"measure-a": duty("a", STATES)})
    for file in folder.rglob("*.yaml"):
        file.write_text(file.read_text().replace("USA", "EUN"))
    found = call(capsys, "rate", str(folder), "--hs", "8517", "--importer", "JPN")[1]["error"]
    assert found["instead"] == "--importer EUN --exporter CHN or --importer CHN --exporter EUN"
    days = ("--from", "2025-02-04", "--to", "2025-03-01")
    flow = ("--importer", "EUN", "--exporter", "CHN")
    status, answer = call(capsys, "average", str(folder), *flow, *days)
    assert (status, answer["error"]["code"]) == (2, "missing_data")
    assert answer["error"]["instead"] == "--importer CHN --exporter EUN"
