"""What holds for every published case: its facts, its cells, and how it fails."""

from __future__ import annotations

from pathlib import Path

import pytest

from detente.core.errors import MissingData, UnknownName
from detente.economy.replicate import list_cases, read_case, replicate, replicate_all

NEEDS_DATA = [case for case in list_cases() if "shipped" not in read_case(case)["data"]]


@pytest.mark.parametrize("case", NEEDS_DATA)
def test_missing_data_say_what_to_get(case: str, tmp_path: Path) -> None:
    with pytest.raises(MissingData, match="DETENTE_DATA") as error:
        replicate(case, tmp_path)
    assert "--data" in error.value.instead


def test_an_unknown_case_lists_the_cases(tmp_path: Path) -> None:
    with pytest.raises(UnknownName, match="caliendo-parro-2015"):
        replicate("ossa-2035", tmp_path)


@pytest.mark.parametrize("case", list_cases())
def test_case_files_hold_their_facts(case: str) -> None:
    facts = read_case(case)
    for key in ("citation", "experiments", "quantities", "tolerance", "data"):
        assert facts[key]
    for experiment, rows in facts["published"].items():
        assert experiment in facts["experiments"]
        for row in rows.values():
            assert set(row) <= set(facts["quantities"])


def test_without_data_every_case_is_listed_with_what_it_lacks(tmp_path: Path) -> None:
    results = replicate_all(tmp_path)
    assert [result["case"] for result in results] == list(list_cases())
    lacking = [result["case"] for result in results if "missing" in result]
    assert lacking == NEEDS_DATA
    assert all("cells" not in result for result in results if "missing" in result)


@pytest.mark.data
@pytest.mark.parametrize("case", list_cases())
def test_cells_are_whole_and_certified(case: str, data_dir: Path) -> None:
    result = replicate(case, data_dir)
    cells = {cell["id"]: cell for cell in result["cells"]}
    assert len(cells) == len(result["cells"])
    for name, cell in cells.items():
        assert name == f"{cell['experiment']}.{cell['region']}.{cell['quantity']}"
        assert isinstance(cell["computed"], float), name
        assert cell["quantity"] in result["quantities"]
    published = {
        f"{experiment}.{region}.{quantity}"
        for experiment, regions in read_case(case)["published"].items()
        for region, quantities in regions.items()
        for quantity in quantities
    }
    assert published == {name for name, cell in cells.items() if cell["published"] is not None}
    assert all(proof["certified"] for proof in _proofs(result["certificates"]))


def _proofs(tree: dict[str, object]) -> list[dict[str, object]]:
    """Certificates of a result, however deep."""
    if "certified" in tree:
        return [tree]
    return [proof for part in tree.values() if isinstance(part, dict) for proof in _proofs(part)]
