"""Events of the record for a study, and odds from a case of one."""

from __future__ import annotations

import json
from datetime import date

import pytest

from detente.analysis.markets import markets, occasions_of, odds_from_move
from detente.cli.main import _run
from detente.core.errors import InvalidOption, NotIdentified
from detente.record.files import load_record
from detente.talks.markets.implied import Stated
from detente.talks.markets.synthetic import PLANTED_PERCENT, SERIES

ON = date(2026, 10, 8)


@pytest.fixture(scope="module")
def record():
    return load_record("us-china")


@pytest.fixture(scope="module")
def found(record):
    return markets(record, "synthetic", ON)


def test_a_duty_counts_when_it_became_known(record):
    days = {o.entry: o.day for o in occasions_of(record, ["duties"], ON)}
    assert days["measure-us-section-301-china-four-year-review"] == date(2024, 9, 13)
    one = occasions_of(record, ["talk-busan-summit"], ON)
    assert [(o.day, o.group) for o in one] == [(date(2025, 10, 30), "talk-busan-summit")]


def test_nothing_after_the_day_is_an_event(record):
    for name in ("duties", "threats", "deals", "leaders", "controls"):
        assert all(o.day <= date(2025, 5, 1) for o in occasions_of(record, [name], date(2025, 5, 1)))
    with pytest.raises(InvalidOption):
        occasions_of(record, ["talk-busan-summit"], date(2025, 5, 1))
    with pytest.raises(InvalidOption):
        occasions_of(record, ["source-cnn-buenos-aires"], ON)


def test_what_is_planted_at_the_records_events_is_found(found):
    rows = {row["group"]: row for row in found["groups"] if row["series"] == "portfolio"}
    for group in ("duties", "deals"):
        assert rows[group]["p_holm"] < 0.05
        assert rows[group]["car_percent"] * PLANTED_PERCENT[group] > 0
    assert rows["leaders"]["p_holm"] > 0.05
    assert found["planted_percent"]["deals"] == PLANTED_PERCENT["deals"]


def test_a_move_of_the_study_gives_odds(found):
    stated = Stated(
        {"extension": 0.5, "lapse": 0.5}, {SERIES[0]: {"extension": (6.0, 8.0), "lapse": (-8.0, -6.0)}}
    )
    odds = odds_from_move(found, "agreement-osaka-truce", stated)
    assert odds["outcomes"][0]["after_share"] > 0.5
    assert (
        odds["outcomes"][0]["low_share"]
        < odds["outcomes"][0]["after_share"]
        < odds["outcomes"][0]["high_share"]
    )
    with pytest.raises(InvalidOption):
        odds_from_move(found, "talk-nowhere", stated)
    with pytest.raises(NotIdentified):
        odds_from_move(
            found, "agreement-osaka-truce", Stated(stated.before, {"gold": stated.sensitivities[SERIES[0]]})
        )


ODDS = """\
odds_before: {extension: 0.5, lapse: 0.5}
sensitivities_percent:
  made-up exporters: {extension: [6, 8], lapse: [-8, -6]}
"""


def test_the_command_reads_odds_from_a_file(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "odds.yaml").write_text(ODDS, encoding="utf-8")
    arguments = ["markets", "us-china", "synthetic", "--odds", "odds.yaml", "--move", "agreement-osaka-truce"]
    assert _run([*arguments, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)["data"]["implied_odds"]
    assert found["entry"] == "agreement-osaka-truce"
    assert sum(row["after_share"] for row in found["outcomes"]) == pytest.approx(1, abs=1e-3)
    assert _run(arguments) == 0
    assert "What the move at agreement-osaka-truce says of the odds" in capsys.readouterr().out
    (tmp_path / "odds.yaml").write_text(ODDS.replace("[6, 8]", "[-9, 8]"), encoding="utf-8")
    assert _run([*arguments, "--json"]) == 2
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "not_identified"
