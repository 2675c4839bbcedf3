"""Commands about worlds, from a file to an answer."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from tests.support.tables import Blocks, icio_rows, write_csv

from detente.cli.main import _run
from detente.economy.worlds import load_weights, load_world


def call(capsys, *arguments: str):
    """Exit status and the JSON object on stdout."""
    status = _run([*arguments, "--json"])
    return status, json.loads(capsys.readouterr().out)


def test_a_table_becomes_a_world_that_answers(capsys, tmp_path: Path) -> None:
    table = write_csv(tmp_path / "2020_SML.csv", icio_rows(Blocks()))
    status, answer = call(
        capsys, "world", "load", str(table), "--format", "oecd-icio", "--out", str(tmp_path / "mine")
    )
    assert status == 0, answer
    assert answer["data"]["world"] == "2020_sml"
    assert answer["data"]["report"]["elasticities"] == "FGO_ICIO of icio2022 by ISIC division"
    status, shown = call(capsys, "world", "show", str(tmp_path / "mine"))
    assert shown["data"]["services"] == ["H49"]
    assert shown["data"]["flow_year"] == 2020
    assert shown["provenance"]["world_hash"] == answer["provenance"]["world_hash"]
    status, result = call(
        capsys, "what-if", "--world", str(tmp_path / "mine"), "--duty", "USA:CHN=20", "--show", "USA,CHN"
    )
    assert status == 0, result
    assert result["data"]["economies"]["CHN"]["real_income_percent"] < 0


def test_duties_and_theta_of_ones_own(capsys, tmp_path: Path) -> None:
    table = write_csv(tmp_path / "2020.csv", icio_rows(Blocks(), extended=True))
    (tmp_path / "duties.csv").write_text("importer,exporter,sector,duty\nUSA,CHN,C26,0.25\n")
    (tmp_path / "theta.csv").write_text("sector,theta\nA01,3\nC26,5\nH49,4\n")
    status, answer = call(
        capsys,
        *("world", "load", str(table), "--format", "oecd-icio", "--out", str(tmp_path / "mine")),
        *("--duties", str(tmp_path / "duties.csv"), "--theta", str(tmp_path / "theta.csv")),
    )
    assert status == 0, answer
    world = load_world(tmp_path / "mine")
    assert world.duty[2, 1, 1] == 0.25
    assert world.elasticities["given"].tolist() == [3, 5, 4]
    assert answer["data"]["accounts_gap"] < 1e-10


def test_split_update_and_merge_make_folders_that_what_if_takes(capsys, tmp_path: Path) -> None:
    status, made = call(capsys, "world", "split", "evs-batteries", "--out", str(tmp_path / "ev"))
    assert status == 0, made
    world, weights = load_world(tmp_path / "ev"), load_weights(tmp_path / "ev")
    assert world.critical_inputs == {"C27_BAT": 0.2}
    assert weights.sectors == world.sectors
    shipped = load_weights().lines["USA"]
    again = weights.lines["USA"]
    assert again.codes == shipped.codes
    np.testing.assert_allclose(again.values("CHN"), shipped.values("CHN"), rtol=1e-6)
    np.testing.assert_allclose(again.values("DEU"), shipped.values("DEU"), rtol=1e-6)
    status, merged = call(
        capsys,
        *("world", "merge", "--world", str(tmp_path / "ev"), "--out", str(tmp_path / "small")),
        *("--economies", "EU=EU", "--sectors", "C29=C29,C29_EV"),
    )
    assert status == 0, merged
    assert merged["data"]["economies"] == 51
    assert "EU" in load_world(tmp_path / "small").economies
    assert load_weights(tmp_path / "small").lines["USA"].values("EU").sum() > 0
    status, updated = call(
        capsys,
        *("world", "update", "--world", str(tmp_path / "small"), "--out", str(tmp_path / "new")),
        *("--flow", "USA:CHN:C26=100000", "--basis", "flow"),
    )
    assert status == 0, updated
    assert updated["data"]["totals"][0]["after_musd"] == pytest.approx(100_000)
    assert updated["data"]["effect_on_30_10"]["after"]["CHN_real_income_percent"] < 0
    assert _run(["what-if", "--world", str(tmp_path / "new"), "--duty", "USA:CHN:hs850760=20"]) == 0


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("world", "load", "none.csv", "--format", "oecd-icio", "--out", "x"), "missing_data"),
        (("world", "load", "none.csv", "--format", "excel", "--out", "x"), "unknown_name"),
        (("world", "load", "none.csv", "--format", "gravity", "--out", "x"), "invalid_option"),
        (("world", "fetch", "none"), "unknown_name"),
        (("world", "split", "none", "--out", "x"), "unknown_name"),
        (("world", "update", "--out", "x"), "invalid_option"),
        (("world", "update", "--flow", "USA=1", "--out", "x"), "invalid_option"),
        (("world", "merge", "--economies", "EU=AUT,XXX", "--out", "x"), "label_mismatch"),
        (("world", "show", "none"), "unknown_name"),
    ],
)
def test_bad_questions_leave_with_two_and_write_nothing(
    capsys, tmp_path, monkeypatch, arguments, code
) -> None:
    monkeypatch.chdir(tmp_path)
    status, answer = call(capsys, *arguments)
    assert status == 2
    assert answer["error"]["code"] == code
    assert not list(tmp_path.iterdir())


def test_raw_arrays_become_worlds(capsys, data_dir: Path, tmp_path: Path) -> None:
    arguments = ("world", "build", "icio2017", "--data", str(data_dir), "--out", str(tmp_path / "seven"))
    status, answer = call(capsys, *arguments)
    assert status == 0, answer
    assert load_world(tmp_path / "seven").economies == ("BRA", "CHN", "EU", "IND", "JPN", "ROW", "USA")
    status, answer = call(capsys, "world", "list")
    assert {"icio2022"} <= set(answer["data"]["worlds"])
    assert "rare-earths" in answer["data"]["splits"]
