"""The Liberation Day tables of Ignatenko et al. (2025) against their printed numbers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from detente.core.errors import MalformedFile
from detente.economy.models.labour_supply import welfare
from detente.economy.replicate import read_case, replicate
from detente.economy.reproductions import ignatenko

CASE = "ignatenko-2025"


@pytest.mark.data
def test_every_printed_cell_is_met(data_dir: Path) -> None:
    result = replicate(CASE, data_dir)
    assert [cell["id"] for cell in result["cells"] if cell["verdict"] == "differs"] == []
    assert result["summary"]["match"] == 62


@pytest.mark.data
def test_parameters_derived_from_the_data(data_dir: Path) -> None:
    data = ignatenko.read(read_case(CASE), data_dir)
    main = ignatenko.Variant(data, {})
    rest = data.labels.index("CHN")
    us = data.labels.index("USA")
    assert main.destination_share[rest] == pytest.approx(0.114335, abs=5e-7)
    assert main.destination_share[us] == pytest.approx(0.270471, abs=5e-7)
    assert main.pass_through[us] == pytest.approx(1.4328, abs=5e-5)
    assert main.pass_through[rest] == pytest.approx(1.1507, abs=5e-5)
    assert int((data.home_sales == 0).sum()) == 2


@pytest.mark.data
@pytest.mark.parametrize("variant", ["main", "intermediates"])
def test_the_own_optimum_beats_its_neighbours_and_the_formula(data_dir: Path, variant: str) -> None:
    case = read_case(CASE)
    reading = ignatenko.Variant(ignatenko.read(case, data_dir), case["variants"][variant] or {})
    us = reading.data.us

    def value(rate: float) -> float:
        found = reading.baseline.under(reading.levers(rate, 0.0), tolerance=1e-12)
        assert found.equilibrium is not None
        return float(welfare(reading.parameters, reading.baseline.equilibrium, found.equilibrium)[us][0])

    found, rates = ignatenko._best(reading, "USA", reading.parameters.spending)
    best, rate = value(rates["USA"]), rates["USA"]
    assert found.certificate.certified
    assert best > max(value(rate - 0.002), value(rate + 0.002))
    assert best > max(value(t) for t in np.arange(0.02, 0.60, 0.02))
    assert best > value(reading.formula_rate("spending"))


def test_a_table_of_the_wrong_size_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "liberation_day"
    folder.mkdir()
    (folder / "country_labels.csv").write_text("iso3,iso_code\nUSA,1\nCHN,2\n")
    (folder / "trade_cepii.csv").write_text("a,b\n,1\n2,\n3,\n")
    (folder / "gdp.csv").write_text("gdp\n1\n1\n")
    (folder / "tariffs.csv").write_text("t\n0\n.1\n")
    with pytest.raises(MalformedFile, match="3 x 2"):
        replicate(CASE, tmp_path)
