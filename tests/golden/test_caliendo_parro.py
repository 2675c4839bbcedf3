"""The NAFTA experiment of Caliendo and Parro (2015) against its printed numbers."""

from __future__ import annotations

from pathlib import Path

import pytest

from detente.economy.replicate import replicate

CASE = "caliendo-parro-2015"


@pytest.mark.data
def test_every_published_cell_matches(data_dir: Path) -> None:
    result = replicate(CASE, data_dir)
    cells = {cell["id"]: cell for cell in result["cells"]}
    assert len(cells) == len(result["cells"])
    assert result["summary"] == {"match": 15, "differs": 0, "not_published": 301}
    # Three digits of the same experiment, from a separate computation with the authors' data.
    expected = {
        "MEX": (-0.412, 1.724, 1.312, 1.715, 118.3),
        "CAN": (-0.108, 0.044, -0.064, 0.323, 11.1),
        "USA": (0.044, 0.041, 0.085, 0.112, 40.5),
    }
    names = ("terms_of_trade", "volume_of_trade", "welfare", "real_wage", "imports_from_partners")
    for region, numbers in expected.items():
        for name, number in zip(names, numbers, strict=True):
            slack = 0.05 if name == "imports_from_partners" else 0.00051
            assert cells[f"zero_deficit.{region}.{name}"]["computed"] == pytest.approx(number, abs=slack)
    assert cells["zero_deficit.MEX.real_income"]["computed"] == pytest.approx(0.007, abs=0.0005)


@pytest.mark.data
def test_all_regions_under_both_closures_are_certified(data_dir: Path) -> None:
    result = replicate(CASE, data_dir)
    for closure in ("zero_deficit", "with_deficit"):
        regions = {cell["region"] for cell in result["cells"] if cell["closure"] == closure}
        assert len(regions) == 31
        for stage in ("baseline", "experiment"):
            certificate = result["certificates"][closure][stage]
            assert certificate["certified"]
            assert max(certificate["residuals"].values()) < 1e-10
    assert all(isinstance(cell["computed"], float) for cell in result["cells"])


@pytest.mark.data
def test_the_reference_program_is_met_with_deficits(data_dir: Path) -> None:
    cells = [cell for cell in replicate(CASE, data_dir)["cells"] if cell["reference"] is not None]
    assert len(cells) == 12
    for cell in cells:
        assert cell["verdict"] == "not_published"
        assert cell["computed"] == pytest.approx(cell["reference"], abs=0.0055), cell["id"]
