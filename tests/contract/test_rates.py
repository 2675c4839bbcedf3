"""The contract of the commands about duties by line: shapes, units, errors."""

from __future__ import annotations

import json

import pytest

from detente.cli.main import _run


def call(capsys, *arguments):
    status = _run([*arguments, "--json"])
    return status, json.loads(capsys.readouterr().out)


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
        (("--hs", "8517130000", "--exporter", "USA"), "unknown_economy", "--exporter"),
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
