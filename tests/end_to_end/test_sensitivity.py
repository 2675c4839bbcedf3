"""`detente spread`, `detente exposure` and `what-if --decompose` from words to one JSON object."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from detente.cli.main import _run
from detente.economy.certificate import NotSolved
from detente.economy.exposure import Cut, cut_percent, exposure
from detente.economy.models import INPUT_OUTPUT
from detente.economy.prepare import Prepared, prepare
from detente.economy.solve import solve_prepared
from detente.economy.synthetic import synthetic_world
from detente.policy import SectorPolicy


def answer(capsys: pytest.CaptureFixture[str], *words: str, status: int = 0) -> dict[str, Any]:
    assert _run([*words, "--json"]) == status
    return json.loads(capsys.readouterr().out)


def test_spread_prints_intervals_and_shares(capsys: pytest.CaptureFixture[str]) -> None:
    words = (
        "spread",
        "--duty",
        "USA:CHN=30",
        "--duty",
        "CHN:USA=10",
        "--elasticities",
        "U4",
        "--show",
        "USA,CHN",
    )
    told = answer(capsys, *words, "--theta-scale", "0.5", "--theta-scale", "1")
    assert told["schema"] == "detente/spread/1"
    data = told["data"]
    assert data["runs"] == data["certified"] == 8
    for row in data["economies"].values():
        assert row["lowest"] < row["median"] < row["highest"] < 0
        assert sum(row["variance_shares"].values()) == pytest.approx(1.0)
    assert _run([*words, "--theta-scale", "1"]) == 0
    assert "Share of the variance" in capsys.readouterr().out


def test_spread_draws_from_standard_errors(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "errors.csv"
    path.write_text("set,sector,standard_error\nU4,C26,1.5\nU4,C13T15,1.0\n", encoding="utf-8")
    words = [
        "spread",
        "--duty",
        "USA:CHN=30",
        "--model",
        "armington",
        "--elasticities",
        "U4",
        "--theta-scale",
        "1",
    ]
    words += [
        "--closure",
        "fixed_to_world_income",
        "--revenue-use",
        "rebated",
        "--standard-errors",
        str(path),
    ]
    data = answer(capsys, *words, "--draws", "5", "--seed", "3")["data"]
    assert data["runs"] == 5
    assert data["economies"]["USA"]["variance_shares"]["sampling_share"] == pytest.approx(1.0)
    path.write_text("set,sector,standard_error\nU4,C26,much\n", encoding="utf-8")
    error = answer(capsys, *words, status=2)["error"]
    assert error["code"] == "malformed_file"
    assert error["where"].endswith("errors.csv:2")


@pytest.mark.parametrize(
    "words",
    [
        ["spread", "--duty", "USA:CHN=30", "--draws", "4"],
        ["spread", "--duty", "USA:CHN=30", "--closure", "none"],
        ["spread", "--duty", "USA:CHN=30", "--show", "XXX"],
        ["spread", "--duty", "USA:CHN=30", "--measure", "flows_percent"],
        ["spread", "--duty", "USA:CHN=30", "--standard-errors", "no-such-file.csv"],
        ["exposure", "XXX"],
        ["exposure", "USA", "--on", "XXX"],
        ["exposure", "USA", "--top", "0"],
    ],
)
def test_mistakes_leave_with_two_and_say_what_instead(
    capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    error = answer(capsys, *words, status=2)["error"]
    assert error["what"]
    assert error["instead"]


def test_exposure_ranks_partners_and_cuts_them(capsys: pytest.CaptureFixture[str]) -> None:
    told = answer(capsys, "exposure", "USA", "--top", "2")
    assert told["schema"] == "detente/exposure/1"
    entries = told["data"]["economies"]["USA"]
    assert [entry["partner"] for entry in entries] == ["CHN", "CAN"]
    for entry in entries:
        for side in ("supplier", "market"):
            margin, cut = entry[f"{side}_percent_per_cost_percent"], entry[f"{side}_cut_percent"]
            assert cut < margin < 0
    certificate = told["provenance"]["certificate"]["gradient"]
    assert certificate["adjoint_residual"] <= 1e-10
    assert certificate["checked_against_differences"]
    assert _run(["exposure", "USA", "--top", "1"]) == 0
    assert "China" in capsys.readouterr().out


def test_exposure_by_sector_adds_up_to_the_partner(capsys: pytest.CaptureFixture[str]) -> None:
    whole = answer(capsys, "exposure", "USA", "--top", "1")["data"]["economies"]["USA"][0]
    sectors = answer(capsys, "exposure", "USA", "--on", "CHN")["data"]["economies"]["USA"]
    assert len({entry["sector"] for entry in sectors}) == len(sectors) > 20
    total = sum(entry["supplier_percent_per_cost_percent"] for entry in sectors)
    assert total == pytest.approx(whole["supplier_percent_per_cost_percent"], rel=1e-9)


def test_exposure_is_the_slope_of_whole_solves_and_a_cut_ends_the_flow() -> None:
    world = synthetic_world(4, 3, 3)
    prepared = prepare(INPUT_OUTPUT, world)
    assert isinstance(prepared, Prepared)
    policy = SectorPolicy.duties(world.economies, world.sectors, {("E00", "E01"): 0.2})
    found = exposure(prepared, policy)
    assert not isinstance(found, NotSolved)
    step = 1e-4
    ends = []
    for sign in (1, -1):
        moved = SectorPolicy(
            world.economies, world.sectors, policy.duty_change, policy.non_tariff_cost.copy()
        )
        moved.non_tariff_cost[2, 1, 0] += sign * step
        outcome = solve_prepared(prepared, moved, tolerance=1e-12)
        assert not isinstance(outcome, NotSolved)
        ends.append(outcome.values("real_income_percent"))
    slope = (ends[0] - ends[1]) / (2 * 100 * step)
    assert found.supplier[2, 1, 0] == pytest.approx(slope[2], rel=1e-4)
    assert found.market[1, 2, 0] == pytest.approx(slope[1], rel=1e-4)
    (ended,) = cut_percent(prepared, policy, [Cut("E02", "E01", "S00")])
    assert not isinstance(ended, NotSolved)
    # A cut is more than nothing and no more than a hundred times a percent at the margin.
    assert 100 * found.supplier[2, 1, 0] < ended[2] < 0


def test_what_if_divides_the_change_of_real_income(capsys: pytest.CaptureFixture[str]) -> None:
    data = answer(capsys, "what-if", "--duty", "USA:CHN=30", "--decompose")["data"]
    row = data["decomposition"]["economies"]["USA"]
    assert row["real_income_percent"] == pytest.approx(data["economies"]["USA"]["real_income_percent"])
    points = [value for name, value in row.items() if name.endswith("_points")]
    assert np.sum(points) == pytest.approx(row["real_income_percent"], abs=1e-9)
    assert abs(row["remainder_points"]) < 1e-4
    assert _run(["what-if", "--duty", "USA:CHN=30", "--decompose"]) == 0
    assert "terms of trade" in capsys.readouterr().out
