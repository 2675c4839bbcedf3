"""The upper hand in the brief: what is shown, kept by content, and left out without a lever file."""

import json
from datetime import date
from types import SimpleNamespace

import pytest

from detente.analysis import upper_hand as module
from detente.analysis.upper_hand import largest, upper_hand
from detente.brief.leverage import bar_chart, bars
from detente.record.asof import AsOf
from detente.record.files import load_record


def lever(name, holder, target, cost, own, **more):
    return {
        "id": name,
        "name": f"Lever {name}",
        "holder": holder,
        "target": target,
        "basis": "stated",
        "usable": True,
        "in_full": [{"solved": True, "cost_to_target_percent": cost, "cost_to_holder_percent": own}],
    } | more


DATA = {
    "sides": ["USA", "CHN"],
    "levers": [
        lever("a", "USA", "CHN", 0.3, 0.1),
        lever("b", "USA", "CHN", 0.5, -0.1),
        lever("c", "USA", "CHN", 0.9, 0.1, usable=False),
        lever("d", "CHN", "USA", 0.2, 0.1),
        lever("e", "CHN", "USA", 0.2, 0.1, in_full=[{"solved": False, "message": "not certified"}]),
    ],
}


def test_the_largest_levers_are_usable_and_certified():
    assert [one["id"] for one in largest(DATA, "USA")] == ["b", "a"]
    assert [one["id"] for one in largest(DATA, "CHN")] == ["d"]
    assert largest(DATA, "USA", 1)[0]["id"] == "b"


def test_bars_tell_both_costs_and_stand_alone():
    words = str(bar_chart(DATA))
    assert "Lever b: China +0.500, United States \N{MINUS SIGN}0.100 percent." in words
    assert "Lever c" not in words
    assert "Lever e" not in words
    alone = bars(DATA)
    assert alone.startswith("<svg")
    assert "<style>" in alone


@pytest.fixture
def answer(monkeypatch, tmp_path):
    monkeypatch.setenv("DETENTE_CACHE", str(tmp_path))
    calls = []

    def solved(record, asof, **given):
        calls.append(asof)
        one = {"years": 1.0, "verdict": {"holds": False}, "cases": [{"strongest": None}]}
        data = DATA | {"upper_hand": {"sentence": "x"}, "solves": 1, "reading": "", "horizons": [one]}
        data |= {"left_out": []}
        return {"data": data, "provenance": {"certificate": {"certified": True}, "entries": []}}

    monkeypatch.setattr(module, "leverage", solved)
    return SimpleNamespace(calls=calls, folder=tmp_path)


def test_the_answer_is_kept_by_what_it_rests_on(answer):
    record = load_record("us-china")
    first = upper_hand(record, AsOf(date(2025, 6, 5)), "icio2022")
    again = upper_hand(record, AsOf(date(2025, 6, 5)), "icio2022")
    assert first == again
    assert len(answer.calls) == 1
    upper_hand(record, AsOf(date(2025, 6, 6)), "icio2022")
    assert len(answer.calls) == 2
    kept = list((answer.folder / "leverage").glob("*.json"))
    assert len(kept) == 2
    kept[0].write_text("torn", encoding="utf-8")
    kept[1].write_text("torn", encoding="utf-8")
    assert upper_hand(record, AsOf(date(2025, 6, 5)), "icio2022") == json.loads(json.dumps(first))


def test_duties_of_unknown_state_are_taken_to_have_lapsed_and_said_so(answer):
    record = load_record("us-china")
    found = upper_hand(record, AsOf(date(2027, 6, 5)), "icio2022")
    assert found["assumed_here"]
    assert found["assume"] == "lapsed"


def test_a_dispute_without_levers_has_no_upper_hand(tmp_path):
    assert upper_hand(SimpleNamespace(folder=tmp_path), AsOf(date(2025, 6, 5)), "icio2022") is None
