"""Worlds, tables and files that cannot be: one clear error each, and nothing written."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from tests.support.tables import ECONOMIES, Blocks, icio_rows, wiod_sheet, write_csv

from detente.core.errors import DetenteError, InvalidOption, InvalidWorld, LabelMismatch, MissingData
from detente.economy.aggregate import aggregate
from detente.economy.identities import accounts
from detente.economy.load_file import load_file, read_duties, read_map
from detente.economy.solve import solve
from detente.economy.sources.gravity import gravity_world
from detente.economy.sources.oecd_csv import read_oecd
from detente.economy.sources.pymrio import read_pymrio
from detente.economy.sources.tables import Table, world_from_table
from detente.economy.sources.wiod import read_wiod
from detente.economy.split import Part, split_sector
from detente.economy.synthetic import synthetic_world
from detente.economy.world import World
from detente.economy.world_files import save_world
from detente.policy import SectorPolicy


def good() -> World:
    return synthetic_world(4, 3, 1)


def changed(world: World, field: str, place: tuple[int, ...], value: float) -> World:
    array = getattr(world, field).copy()
    array[place] = value
    return replace(world, **{field: array})


WORLDS: list[tuple[str, Callable[[], World], str]] = [
    ("negative flow", lambda: changed(good(), "flows", (0, 1, 0), -1.0), "flows"),
    ("flow not a number", lambda: changed(good(), "flows", (0, 1, 0), np.nan), "finite"),
    ("infinite duty", lambda: changed(good(), "duty", (0, 1, 0), np.inf), "finite"),
    ("negative duty", lambda: changed(good(), "duty", (0, 1, 0), -0.1), "duty"),
    ("duty at home", lambda: changed(good(), "duty", (0, 0, 0), 0.1), "duty"),
    ("negative share", lambda: changed(good(), "value_added_share", (0, 0), -0.1), "value_added_share"),
    ("cost shares over one", lambda: changed(good(), "value_added_share", (0, 0), 0.95), "sum to"),
    ("no final shares", lambda: replace(good(), final_share=np.zeros((4, 3))), "final_share"),
    ("too few labels", lambda: replace(good(), economies=("E00", "E01", "E02")), "shape"),
    ("another unit", lambda: replace(good(), unit="EUR million"), "USD million"),
    ("critical stranger", lambda: replace(good(), critical_inputs={"nowhere": 0.5}), "nowhere"),
    ("critical negative", lambda: replace(good(), critical_inputs={"S01": -0.5}), "-0.5"),
    ("critical nan", lambda: replace(good(), critical_inputs={"S01": float("nan")}), "nan"),
]


@pytest.mark.parametrize(("make", "word"), [row[1:] for row in WORLDS], ids=[row[0] for row in WORLDS])
def test_accounts_that_cannot_hold(make: Callable[[], World], word: str, tmp_path: Path) -> None:
    world = make()
    with pytest.raises(InvalidWorld, match=word):
        accounts(world)
    with pytest.raises(InvalidWorld, match=word):
        save_world(world, tmp_path / "bad")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("closure", ["fixed_to_world_income", "balanced"])
def test_an_economy_that_trades_with_nobody_is_named(closure: str) -> None:
    world = synthetic_world(4, 3, 1, deficits=0.0)
    flows = world.flows.copy()
    flows[3, :3], flows[:3, 3] = 0.0, 0.0
    closed = replace(world, flows=flows)
    policy = SectorPolicy.duties(world.economies, world.sectors, {("E00", "E01"): 0.1})
    with pytest.raises(InvalidWorld, match="E03") as refused:
        solve("input-output", closed, policy, closure=closure)
    assert "does not move them" in refused.value.instead


@pytest.mark.parametrize("theta", [0.0, -0.24, np.nan])
def test_theta_that_the_model_forbids(theta: float) -> None:
    world = replace(good(), elasticities={"bad": np.array([4.0, theta, 4.0])}, default_elasticities="bad")
    policy = SectorPolicy.none(world.economies, world.sectors)
    with pytest.raises(InvalidWorld, match="S01"):
        solve("input-output", world, policy)


def edited(rows: list[list[str]], change: Callable[[list[list[str]]], object]) -> list[list[str]]:
    change(rows)
    return rows


def drop(rows: list[list[str]], label: str) -> None:
    rows[:] = [row for row in rows if row[0] != label]


TABLES: list[tuple[str, Callable[[list[list[str]]], object], type[DetenteError], str]] = [
    ("empty", lambda rows: rows.clear(), InvalidWorld, "empty"),
    ("header only", lambda rows: rows.__delitem__(slice(1, None)), InvalidWorld, "rows missing"),
    ("no final use", lambda rows: [row.__delitem__(slice(10, None)) for row in rows], InvalidWorld, "final"),
    ("wrong columns", lambda rows: rows[0].__setitem__(1, "what"), InvalidWorld, "what"),
    ("duplicate column", lambda rows: rows[0].__setitem__(2, rows[0][1]), LabelMismatch, "more than once"),
    ("duplicate row", lambda rows: rows.insert(2, rows[1]), InvalidWorld, "twice"),
    ("a word", lambda rows: rows[1].__setitem__(2, "n/a"), InvalidWorld, "n/a"),
    ("not a number", lambda rows: rows[1].__setitem__(2, "nan"), InvalidWorld, "nan"),
    ("short row", lambda rows: rows[3].pop(), InvalidWorld, "values"),
    ("missing seller", lambda rows: drop(rows, "USA_A01"), InvalidWorld, "USA_A01"),
    ("missing value added", lambda rows: drop(rows, "VA"), InvalidWorld, "VA"),
    ("unknown seller", lambda rows: rows[1].__setitem__(0, "MARS_A01"), InvalidWorld, "MARS_A01"),
]


@pytest.mark.parametrize(
    ("change", "error", "word"), [(c, e, w) for _, c, e, w in TABLES], ids=[name for name, _, _, _ in TABLES]
)
def test_oecd_tables_that_cannot_be(tmp_path: Path, change, error, word) -> None:
    path = write_csv(tmp_path / "2020_SML.csv", edited(icio_rows(Blocks()), change))
    with pytest.raises(error, match=word) as refused:
        load_file(path, "oecd-icio")
    assert isinstance(refused.value, DetenteError)


def test_downloads_that_broke_off(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "2020_SML.csv", icio_rows(Blocks()))
    whole = path.read_bytes()
    for cut in (0.3, 0.6, 0.97):
        path.write_bytes(whole[: int(cut * len(whole))])
        with pytest.raises(InvalidWorld, match="broke off"):
            read_oecd(path)
    archive = tmp_path / "tables.zip"
    with zipfile.ZipFile(archive, "w") as made:
        made.writestr("2020_SML.csv", whole)
        made.writestr("2021_SML.csv", whole)
    with pytest.raises(MissingData, match="2 tables"):
        read_oecd(archive)
    with pytest.raises(MissingData, match="0 tables"):
        read_oecd(archive, year=1999)
    archive.write_bytes(archive.read_bytes()[:-50])
    with pytest.raises(InvalidWorld, match="zip"):
        read_oecd(archive, year=2020)
    with pytest.raises(MissingData, match="no file"):
        read_oecd(tmp_path / "none.csv")


def test_wiod_tables_that_cannot_be(tmp_path: Path) -> None:
    def write(rows: list[list[object]]) -> Path:
        return write_csv(tmp_path / "w.csv", [["" if c is None else str(c) for c in row] for row in rows])

    with pytest.raises(InvalidWorld, match="empty"):
        read_wiod(write([]))
    with pytest.raises(InvalidWorld, match="not a table of WIOD"):
        read_wiod(write([["a", "b"], ["c", "d"]]))
    with pytest.raises(InvalidWorld, match="rows missing"):
        read_wiod(write(wiod_sheet(Blocks())[:9]))
    with pytest.raises(InvalidWorld, match="twice"):
        read_wiod(write([*wiod_sheet(Blocks())[:7], wiod_sheet(Blocks())[6]]))
    for suffix, content in ((".dta", b"no stata"), (".xlsx", b"PK no excel")):
        path = tmp_path / f"w{suffix}"
        path.write_bytes(content)
        with pytest.raises(InvalidWorld, match="whole"):
            read_wiod(path)
    path = tmp_path / "w.RData"
    path.write_bytes(b"RDX")
    with pytest.raises(InvalidWorld, match="save RData as csv"):
        read_wiod(path)


def test_a_broken_binary_workbook(tmp_path: Path) -> None:
    pytest.importorskip("python_calamine")
    (tmp_path / "w.xlsb").write_bytes(b"no excel")
    with pytest.raises(InvalidWorld, match="whole"):
        read_wiod(tmp_path / "w.xlsb")


def test_pymrio_objects_that_cannot_be() -> None:
    pairs = pd.MultiIndex.from_product([("A", "B"), ("x",)])
    kinds = pd.MultiIndex.from_product([("A", "B"), ("final",)])
    square, final = np.eye(2), np.ones((2, 2))
    sales = pd.DataFrame(square, index=pairs, columns=pairs)
    with pytest.raises(InvalidWorld, match="without Z or Y"):
        read_pymrio(SimpleNamespace(Z=sales, Y=None))
    twice = pd.MultiIndex.from_tuples([("A", "x"), ("A", "x")])
    with pytest.raises(LabelMismatch, match="more than once"):
        read_pymrio(
            SimpleNamespace(
                Z=pd.DataFrame(square, index=twice, columns=twice),
                Y=pd.DataFrame(final, index=twice, columns=kinds),
            )
        )
    elsewhere = pd.MultiIndex.from_product([("A", "MARS"), ("final",)])
    with pytest.raises(LabelMismatch, match="MARS"):
        read_pymrio(SimpleNamespace(Z=sales, Y=pd.DataFrame(final, index=pairs, columns=elsewhere)))


ROW = {"exporter": "A", "importer": "B", "year": 2000, "trade": 1.0, "Y": 5.0, "E": 5.0}


@pytest.mark.parametrize(
    ("rows", "options", "error", "word"),
    [
        ([], {}, InvalidWorld, "column"),
        ([{"from": "A"}], {}, InvalidWorld, "exporter"),
        ([ROW | {"trade": -1.0}], {}, InvalidWorld, "never negative"),
        ([ROW | {"trade": float("nan")}], {}, InvalidWorld, "finite"),
        ([ROW, ROW], {}, LabelMismatch, "more than once"),
        ([ROW, ROW | {"year": 2001}], {}, InvalidWorld, "2 years"),
        ([ROW], {"year": 1990}, InvalidWorld, "no year 1990"),
        ([ROW], {"sigma": 1.0}, InvalidWorld, "sigma"),
        ([ROW], {"sigma": -2.0}, InvalidWorld, "sigma"),
        ([ROW, ROW | {"importer": "A", "Y": 6.0}], {}, LabelMismatch, "agree"),
        ([ROW | {"E": 0.5}], {}, InvalidWorld, "at home"),
        ([ROW | {"dist": 1.0}], {"costs": {"dist": -1.0}}, InvalidWorld, "output of"),
    ],
)
def test_gravity_frames_that_cannot_be(rows, options, error, word) -> None:
    frame = {key: [row[key] for row in rows] for key in rows[0]} if rows else {}
    with pytest.raises(error, match=word):
        gravity_world(frame, **({"sigma": 5.0} | options))


def test_files_beside_a_table_that_cannot_be(tmp_path: Path) -> None:
    table = write_csv(tmp_path / "2020.csv", icio_rows(Blocks()))

    def file(text: str) -> Path:
        path = tmp_path / "beside.csv"
        path.write_text(text, encoding="utf-8")
        return path

    with pytest.raises(InvalidWorld, match="no column duty"):
        read_duties(file("importer,exporter,sector\n"), ECONOMIES, ("A01",))
    with pytest.raises(LabelMismatch, match="MARS"):
        read_duties(file("importer,exporter,sector,duty\nMARS,USA,A01,0.1\n"), ECONOMIES, ("A01",))
    with pytest.raises(InvalidWorld, match="never negative"):
        read_duties(file("importer,exporter,sector,duty\nUSA,CHN,A01,-0.1\n"), ECONOMIES, ("A01",))
    with pytest.raises(InvalidWorld, match="finite"):
        read_duties(file("importer,exporter,sector,duty\nUSA,CHN,A01,ten\n"), ECONOMIES, ("A01",))
    with pytest.raises(LabelMismatch, match="C26"):
        load_file(table, "oecd-icio", theta=str(file("sector,theta\nA01,4\n")))
    with pytest.raises(InvalidOption, match="positive"):
        load_file(table, "oecd-icio", theta="-1")
    with pytest.raises(LabelMismatch, match="twice"):
        read_map(file("label,group\nA,X\nA,Y\n"))
    with pytest.raises(LabelMismatch, match="Z9"):
        load_file(table, "oecd-icio", services=("Z9",))
    with pytest.raises(InvalidWorld, match="use or drop"):
        load_file(table, "oecd-icio", inventories="burn")
    with pytest.raises(InvalidOption, match="sigma"):
        load_file(table, "gravity")


def test_tables_without_final_use_or_with_twin_labels() -> None:
    shapes = ((2, 2, 1), (2, 2, 1), (2, 1, 1), (2, 1), (2, 1))
    blank = Table(("A", "A"), ("x",), *(np.ones(shape) for shape in shapes))
    options = {"name": "t", "year": 1, "theta": {"f": np.ones(1)}, "default_elasticities": "f"}
    with pytest.raises(LabelMismatch, match="more than once"):
        world_from_table(blank, **options)
    empty = replace(blank, economies=("A", "B"), final=np.zeros((2, 1)), inventories=np.zeros((2, 2, 1)))
    with pytest.raises(InvalidWorld, match="no final use in A"):
        world_from_table(empty, **options)
    with pytest.raises(InvalidWorld, match="not finite"):
        world_from_table(replace(empty, value_added=np.full((2, 1), np.nan)), **options)


@pytest.mark.parametrize(
    ("sector", "parts", "error", "word"),
    [
        ("S9", {"a": Part(share=0.5)}, LabelMismatch, "S9"),
        ("S00", {"a": Part(share=1.5)}, InvalidWorld, "between 0 and 1"),
        ("S00", {"a": Part(share=-0.1)}, InvalidWorld, "between 0 and 1"),
        ("S00", {"a": Part(share=float("nan"))}, InvalidWorld, "between 0 and 1"),
        ("S00", {"a": Part(share=0.6), "b": Part(share=0.6)}, InvalidWorld, "1.2"),
        ("S00", {"a": Part(share=0.6), "S00": Part(share=0.3)}, InvalidWorld, "0.9"),
        ("S00", {"a": Part(), "b": Part()}, InvalidWorld, "without a share"),
        ("S00", {"S01": Part(share=0.5)}, LabelMismatch, "S01"),
        ("S00", {"a": Part(share=0.5, users={"nobody": 1.0})}, LabelMismatch, "nobody"),
        ("S00", {"a": Part(share=0.5, inputs={"nothing": 1.0})}, LabelMismatch, "nothing"),
        ("S00", {"a": Part(share=0.5, duty_weight=-1.0)}, InvalidWorld, "negative"),
        ("S00", {"a": Part(share=0.9, users={"S01": 1.0, "others": 0.0})}, InvalidWorld, "find no users"),
    ],
)
def test_splits_that_cannot_be(sector, parts, error, word) -> None:
    with pytest.raises(error, match=word):
        split_sector(good(), sector, parts)


def test_merges_that_cannot_be() -> None:
    with pytest.raises(LabelMismatch, match="MARS"):
        aggregate(good(), economies={"MARS": "X"})
    with pytest.raises(LabelMismatch, match="goods and not on services"):
        aggregate(good(), sectors={"S01": "ALL", "S02": "ALL"})


def test_shipped_worlds_are_never_written() -> None:
    from detente.economy.worlds import world_folder

    with pytest.raises(DetenteError, match="shipped"):
        save_world(good(), world_folder("icio2022"))
