"""Pictures of strategy: drawn whole with their numbers, or not at all."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pytest

from detente.analysis.curves import escalation_ladder, reaction_curves
from detente.analysis.games import Setting
from detente.brief.strategy_charts import frontier_chart, ladder_picture, reaction_picture
from detente.cli.main import _run

SIDES = ("USA", "CHN")


def test_the_ladder_goes_down_rung_by_rung_and_is_drawn() -> None:
    data = escalation_ladder(SIDES, Setting())
    assert [rung["added_points"] for rung in data["rungs"]] == sorted(
        r["added_points"] for r in data["rungs"]
    )
    assert data["rungs"][0]["added_points"] == 10
    assert data["rungs"][-1]["added_points"] == 145
    for side in SIDES:
        incomes = [rung["aims_percent"][side] for rung in data["rungs"]]
        assert np.all(np.diff(incomes) < 0)
    root = ET.fromstring(str(ladder_picture(data)))
    words = "".join(root.itertext())
    assert "United States" in words
    assert f"{data['rungs'][-1]['aims_percent']['CHN']:+.2f}" in words


def test_the_command_writes_picture_and_numbers_together(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    figure = tmp_path / "reply.svg"
    assert _run(["optimal", "USA", "--against", "CHN", "--figure", str(figure)]) == 0
    twin = json.loads(figure.with_suffix(".json").read_text(encoding="utf-8"))
    assert twin["schema"] == "detente/reaction-curves/1"
    curve = twin["data"]["curves"]["USA"]
    assert all(point["certified"] for point in curve)
    ET.parse(figure)
    # A best reply found for the picture is the one the command gives by itself.
    alone = reaction_curves(SIDES, Setting(), only="USA")
    assert alone["curves"]["USA"] == curve
    capsys.readouterr()
    assert _run(["optimal", "USA", "--against", "CHN", "--figure", str(tmp_path / "x.png")]) == 2
    (tmp_path / "taken.json").mkdir()
    assert _run(["nash", "USA,CHN", "--figure", str(tmp_path / "taken.svg")]) == 2
    assert not (tmp_path / "taken.svg").exists()
    assert _run(["bargain", "USA,CHN", "--figure", str(tmp_path / "f.svg")]) == 2


def test_a_frontier_with_marks_on_one_spot_and_no_frontier_at_all() -> None:
    data = {
        "dispute": "made-up", "on": "2025-05-10", "sides": ["USA", "CHN"], "packages": [[0, 0], [1, 2]],
        "packages_in_all": 2, "frontier": [],
        "marks": [
            {"name": "status quo", "kind": "outside", "at": [0.0, 0.0]},
            {"name": "war", "kind": "outside", "at": [0.0, 0.0]},
        ],
    }  # fmt: skip
    words = "".join(ET.fromstring(str(frontier_chart(data))).itertext())
    assert "status quo, war" in words


def test_curves_of_one_side_stand_alone() -> None:
    data = {"sides": ["USA", "CHN"], "curves": {"CHN": [
        {"other_percent": 0.0, "best_percent": 5.0, "certified": True},
        {"other_percent": 50.0, "best_percent": 6.0, "certified": True}]}}  # fmt: skip
    words = "".join(ET.fromstring(str(reaction_picture(data, [[5.0, 5.0]]))).itertext())
    assert "war 5 / 5" in words
    assert "Best reply of United States" not in words
