"""The talks commands: JSON, stories, scripts that replay bit for bit, and errors that can be acted on."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from detente.cli.main import _run

FROM = ("us-china", "--from", "2025-05-14")


def call(capsys, *arguments):
    """Exit status and the JSON object on stdout."""
    capsys.readouterr()
    status = _run(["talks", *arguments, "--json"])
    return status, json.loads(capsys.readouterr().out)


def test_a_simulation_adds_up_and_tells_one_play(capsys):
    status, answer = call(capsys, "simulate", *FROM, "--runs", "8", "--days", "120", "--seed", "5")
    assert status == 0
    assert answer["schema"] == "detente/talks-simulate/1"
    assert sum(answer["data"]["ended_share"].values()) == pytest.approx(1)
    told = answer["data"]["told"]
    assert told["from"] == "2025-05-14"
    assert all(event["day"] >= "2025-05-14" for event in told["events"])
    assert told["ended"]["why"] in answer["data"]["ended_share"]
    start = answer["data"]["start"]
    duty = next(one for one in start["levers"] if one["id"] == "measure-us-ieepa-reciprocal-duty-china")
    assert (duty["level"], duty["suspended"], duty["clock"]) == (10, 24, "2025-08-12")
    again = call(capsys, "simulate", *FROM, "--runs", "8", "--days", "120", "--seed", "5")[1]
    assert again["data"] == answer["data"]


def test_what_became_public_later_does_not_enter(capsys):
    data = call(capsys, "simulate", *FROM, "--runs", "1", "--days", "5")[1]["data"]
    days = [channel["last"] for channel in data["start"]["channels"] if channel["last"]]
    assert max(days) == "2025-05-10"
    clocks = {clock["id"]: clock["expires"] for clock in data["start"]["clocks"]}
    assert clocks["2025-08-12"] == {"USA": "2025-08-12", "CHN": "2025-08-12"}


def test_a_memo_has_three_replies_with_precedents_that_were_known(capsys):
    status, answer = call(
        capsys, "red-team", "us-china", "--as", "USA", "--on", "2025-06-05", "--runs", "60",
        "--move", "impose measure-us-ieepa-reciprocal-duty-china 34",
    )  # fmt: skip
    assert status == 0
    replies = answer["data"]["replies"]
    assert 1 <= len(replies) <= 3
    odds = [reply["odds_share"] for reply in replies]
    assert sum(odds) + answer["data"]["other_replies_share"] == pytest.approx(1)
    assert all(round(20 * share) == pytest.approx(20 * share) for share in odds)
    known = [entry["day"] for reply in replies for entry in reply["precedents"]]
    assert known
    assert max(known) <= "2025-06-05"
    raises = next(reply for reply in replies if reply["reply"] == "raises_duties")
    # The move is what brings it about, and the record has it so after most such moves.
    assert raises["odds_share"] > raises["without_move_share"]
    assert raises["like_n"] >= raises["followed_like_n"] > raises["like_n"] / 2
    assert answer["data"]["moves"][0]["says"].startswith("United States decides on US")


def test_a_memo_reads_as_one(capsys):
    assert _run([
        "talks", "red-team", "us-china", "--as", "USA", "--on", "2025-06-05", "--runs", "40",
        "--move", "impose measure-us-ieepa-reciprocal-duty-china 34",
    ]) == 0  # fmt: skip
    words = " ".join(capsys.readouterr().out.split())
    assert "if United States does this: United States decides on US" in words
    assert "1. Raises duties:" in words
    assert "(without it" in words
    assert "days with new duties of United States" in words
    assert "2025-04-12 Chinese duty on all US goods" in words
    assert _run(["talks", "red-team", "us-china", "--as", "CHN", "--on", "2025-06-05", "--runs", "20"]) == 0
    assert "China does nothing new. What United States likeliest does" in capsys.readouterr().out.replace(
        "\n", " "
    )


def test_a_forecast_with_two_readings_runs_both_ways(capsys):
    name = "assessment-nomura-sector-duties-and-tech"
    arguments = ("simulate", "us-china", "--days", "40", "--runs", "20", "--forecast", name)
    status, answer = call(capsys, *arguments, "--from", "2025-05-26")
    assert status == 0
    imposed, lifted = answer["data"]["forecast"]["readings"]
    assert imposed["move"].startswith("impose")
    assert lifted["move"].startswith("remove")
    assert imposed["ended_share"]["escalation"] > lifted["ended_share"]["escalation"]
    status, answer = call(capsys, *arguments, "--from", "2025-05-20")
    assert (status, answer["error"]["code"]) == (2, "invalid_option")


SCRIPT = """# wait for London, then sit at the table
ask ministers 2025-06-09
wait 200
wait 200
"""


@pytest.fixture
def script(tmp_path: Path) -> Path:
    """A script of a few moves."""
    path = tmp_path / "moves.txt"
    path.write_text(SCRIPT, encoding="utf-8")
    return path


def test_a_script_is_played_saved_and_replayed_byte_for_byte(capsys, tmp_path, script):
    saved = tmp_path / "mine.json"
    arguments = ["play", *FROM, "--as", "USA", "--days", "100", "--seed", "3"]
    status, answer = call(capsys, *arguments, "--script", str(script), "--save", str(saved))
    assert status == 0
    asked = [e for e in answer["data"]["transcript"]["events"] if e["by"] == "USA" and e["kind"] == "ask"]
    assert asked[0]["move"] == "ask ministers 2025-06-09"
    before = saved.read_bytes()
    assert _run(["talks", "play", "us-china", "--replay", str(saved)]) == 0
    assert saved.read_bytes() == before
    saved.write_bytes(before.replace(b'"seed": 3', b'"seed": 4'))
    status, answer = call(capsys, "play", "us-china", "--replay", str(saved))
    assert status == 2
    assert answer["error"]["code"] == "malformed_file"


def test_a_play_with_aims_of_ones_own_replays_with_them(capsys, tmp_path):
    aims = tmp_path / "aims.yaml"
    aims.write_text("USA:\n  - {aim: real_income, weight: 1, because: a test}\n", encoding="utf-8")
    saved = tmp_path / "own.json"
    arguments = ("play", *FROM, "--as", "CHN", "--days", "40", "--aims", str(aims), "--save", str(saved))
    script = tmp_path / "none.txt"
    script.write_text("wait 100\n", encoding="utf-8")
    assert call(capsys, *arguments, "--script", str(script))[0] == 0
    assert json.loads(saved.read_text(encoding="utf-8"))["aims"] == str(aims)
    assert _run(["talks", "play", "us-china", "--replay", str(saved)]) == 0


def test_a_bad_line_says_what_can_be_done_and_loses_nothing(capsys, tmp_path):
    path = tmp_path / "bad.txt"
    path.write_text("claim progress\nwait 1\nimpose measure-china-duty-all-us-goods 50\n", encoding="utf-8")
    saved = tmp_path / "kept.json"
    status, answer = call(
        capsys, "play", *FROM, "--as", "USA", "--days", "30", "--script", str(path), "--save", str(saved)
    )
    assert status == 2
    assert answer["error"]["code"] == "illegal_move"
    assert "none of your levers" in answer["error"]["why"]
    turns = json.loads(saved.read_text(encoding="utf-8"))["turns"]
    assert [move["kind"] for turn in turns for move in turn["moves"]] == ["claim"]
    assert _run(["talks", "play", "us-china", "--replay", str(saved)]) == 0


@pytest.mark.parametrize(
    ("arguments", "code", "word"),
    [
        (("simulate", "us-china", "--from", "2026-12-24"), "invalid_date", "checked to"),
        (("simulate", "us-china", "--from", "2017-01-01"), "date_before_record", ""),
        (("simulate", *FROM, "--sides", "USA=dove"), "unknown_name", "negotiator"),
        (("simulate", *FROM, "--sides", "AUS=hardliner"), "unknown_economy", "AUS"),
        (("simulate", *FROM, "--sides", "USA"), "invalid_option", "SIDE=NAME"),
        (("simulate", *FROM, "--runs", "0"), "invalid_option", "--runs"),
        (("red-team", "us-china", "--as", "AUS", "--on", "2025-06-05"), "unknown_economy", "AUS"),
        (
            ("red-team", "us-china", "--as", "USA", "--on", "2025-06-05", "--move", "dance"),
            "invalid_option",
            "",
        ),
        (
            ("red-team", "us-china", "--as", "USA", "--on", "2025-06-05", "--move", "accept"),
            "illegal_move",
            "",
        ),
        (("play", *FROM), "invalid_option", "--as"),
    ],
)
def test_bad_input_is_a_clear_error(capsys, arguments, code, word):
    status, answer = call(capsys, *arguments)
    assert status == 2
    assert answer["error"]["code"] == code
    assert answer["error"]["instead"]
    assert word in json.dumps(answer["error"])


def test_a_person_may_ask_where_talks_stand_and_what_a_package_is_worth(capsys, tmp_path):
    path = tmp_path / "asks.txt"
    path.write_text(
        "help\nstate\nmoves\nissues\nweigh us-fentanyl-duty=ten fentanyl-precursors=controlled\nwait 9\n",
        encoding="utf-8",
    )
    status = _run(["talks", "play", *FROM, "--as", "USA", "--days", "3", "--script", str(path)])
    said = capsys.readouterr()
    assert status == 0, said.err
    for words in (
        "may be extended",
        "24 points more suspended",
        "us-fentanyl-duty: US duty over fentanyl",
        "passes at home",
        "United States lowers the duty over fentanyl to 10 percent",
        "asks for a contact of ministers",
    ):
        assert words in " ".join(said.err.split())
    assert "nothing was decided" in said.out
