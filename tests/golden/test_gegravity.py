"""gegravity's example against what the package prints, and the model against its conditions."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest

from detente.core.errors import InvalidOption, InvalidWorld, LabelMismatch
from detente.economy.gravity import GravityModel
from detente.economy.models import StructuralGravity
from detente.economy.replicate import read_case, replicate
from detente.economy.reproductions.case import shipped_file
from detente.economy.solve import solve
from detente.economy.synthetic import synthetic_world
from detente.policy import SectorPolicy

CASE = read_case("gegravity")
COSTS = CASE["experiments"]["gegravity"]["costs"]


@pytest.fixture(scope="module")
def frame() -> pl.DataFrame:
    return pl.read_csv(shipped_file(CASE))


def test_every_printed_number_is_met() -> None:
    result = replicate("gegravity", None)
    assert [cell["id"] for cell in result["cells"] if cell["verdict"] == "differs"] == []
    assert result["summary"]["match"] == 103
    cells = {cell["id"]: cell for cell in result["cells"]}
    assert cells["gegravity.CAN.gdp"]["computed"] == pytest.approx(0.418261, abs=1e-6)
    assert cells["gegravity.JPN.terms_of_trade"]["computed"] == pytest.approx(0.053755, abs=1e-6)
    referred = [cell for cell in result["cells"] if cell["reference"] is not None]
    assert len(referred) == 120
    assert max(abs(cell["computed"] - cell["reference"]) for cell in referred) < 2e-6
    feedback = cells["general_equilibrium.CAN.gdp"]["computed"]
    assert feedback == pytest.approx(0.4283, abs=1e-3)


def test_resistances_meet_their_conditions_in_levels(frame: pl.DataFrame) -> None:
    model = GravityModel(frame, costs=COSTS, sigma=5.0, reference="DEU")
    n = len(model.world.economies)
    changed = frame.with_columns(pta=1 - pl.col("pta"))
    found = model.baseline.under(model.levers(changed))
    e = found.equilibrium
    assert e is not None
    a, b = e.wage ** (1 - 5.0), e.consumer_prices ** (5.0 - 1)
    row = {(r["importer"], r["exporter"]): r for r in changed.iter_rows(named=True)}
    labels = model.world.economies
    output = np.array([row[labels[0], label]["Y"] for label in labels], dtype=float)
    spent = np.array([row[label, labels[0]]["E"] for label in labels], dtype=float)
    cost = np.array(
        [[np.exp(sum(c * row[j, i][k] for k, c in COSTS.items())) for i in labels] for j in labels]
    )
    old = {(r["importer"], r["exporter"]): r for r in frame.iter_rows(named=True)}
    base = np.array(
        [[np.exp(sum(c * old[j, i][k] for k, c in COSTS.items())) for i in labels] for j in labels]
    )
    moved = model.world.flows[:, :, 0] * (cost / base) * b[:, None] * a
    np.testing.assert_allclose(moved.sum(axis=0) / output, moved.sum() / output.sum(), rtol=1e-9)
    np.testing.assert_allclose(moved.sum(axis=1) / spent, moved.sum() / spent.sum(), rtol=1e-9)
    assert b[labels.index("DEU")] == pytest.approx(1.0, abs=1e-12)
    assert moved.shape == (n, n)


def test_no_change_of_costs_changes_nothing(frame: pl.DataFrame) -> None:
    model = GravityModel(frame, costs=COSTS, sigma=5.0, reference="DEU")
    for values in model.simulate(frame).results.values():
        np.testing.assert_allclose(values, 0.0, atol=1e-9)


def test_frames_that_do_not_fit_are_refused(frame: pl.DataFrame) -> None:
    options: dict[str, Any] = {"costs": COSTS, "reference": "DEU"}
    with pytest.raises(InvalidOption, match="reference XXX"):
        GravityModel(frame, costs=COSTS, sigma=5.0, reference="XXX")
    with pytest.raises(InvalidWorld, match="sigma"):
        GravityModel(frame, sigma=1.0, **options)
    with pytest.raises(InvalidWorld, match="no column"):
        GravityModel(frame.drop("pta"), sigma=5.0, **options)
    fewer = frame.filter((pl.col("importer") != "USA") & (pl.col("exporter") != "USA"))
    with pytest.raises(LabelMismatch, match="USA"):
        GravityModel(frame, sigma=5.0, **options).simulate(fewer)


def test_on_a_world_gravity_needs_one_sector_and_has_no_revenue() -> None:
    policy = SectorPolicy.duties(("E00", "E01"), ("S00",), {("E00", "E01"): 0.2})
    world = synthetic_world(2, 1, 1, services=0)
    outcome = solve(StructuralGravity("E01"), world, policy)
    assert outcome.solved
    with pytest.raises(InvalidOption, match="balanced"):
        solve("structural-gravity", world, policy, closure="balanced")
    two = synthetic_world(2, 2, 1, services=0)
    with pytest.raises(InvalidWorld, match="2 sectors"):
        solve("structural-gravity", two, SectorPolicy.none(two.economies, two.sectors))
