"""Loaders: a small table written in a publisher's format comes back as the world it was made from."""

from __future__ import annotations

import csv
import zipfile
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import polars as pl
import pytest
from tests.support.tables import (
    ECONOMIES,
    Blocks,
    icio_rows,
    wiod_coded,
    wiod_sheet,
    write_csv,
    write_xlsb,
)

from detente.economy.identities import accounts
from detente.economy.sources.arrays import ARRAY_WORLDS
from detente.economy.sources.gravity import GravityColumns, gravity_world
from detente.economy.sources.isic import services_among, shipped_sector
from detente.economy.sources.oecd_csv import read_oecd
from detente.economy.sources.pymrio import read_pymrio
from detente.economy.sources.tables import Table, world_from_table
from detente.economy.sources.wiod import read_wiod
from detente.economy.world_files import save_world
from detente.economy.worlds import load_weights, load_world, world_hash

THETA = {"four": np.full(3, 4.0)}


@pytest.fixture(scope="module")
def blocks() -> Blocks:
    return Blocks()


def made(table: Table, **options):
    return world_from_table(
        table, name="small", year=2020, theta=THETA, default_elasticities="four", **options
    )


def is_the_world(table: Table, blocks: Blocks) -> None:
    """The table gives back the flows and the shares of the world behind the blocks."""
    world, report = made(table)
    assert world.economies == ECONOMIES
    assert world.flows == pytest.approx(blocks.world.flows, rel=1e-10)
    assert world.value_added_share == pytest.approx(blocks.world.value_added_share, rel=1e-9)
    assert world.input_share == pytest.approx(blocks.world.input_share, rel=1e-9)
    assert world.final_share == pytest.approx(blocks.world.final_share, rel=1e-9)
    assert accounts(world).gap < 1e-10
    assert report["largest_gap_of_sales_and_cost"]["share_percent"] == pytest.approx(0, abs=1e-6)
    assert max(abs(change) for change in report["gdp_change_percent"].values()) < 1e-6


@pytest.mark.parametrize("extended", [False, True])
def test_oecd_csv(tmp_path: Path, blocks: Blocks, extended: bool) -> None:
    path = write_csv(tmp_path / "2020_SML.csv", icio_rows(blocks, extended=extended))
    table = read_oecd(path)
    is_the_world(table, blocks)
    assert table.left_out["taxes less subsidies on final use"] == pytest.approx(6.0)
    assert sum(costs.sum() for costs in table.other_costs.values()) == pytest.approx(blocks.taxes.sum())


def test_oecd_zip_holds_several_years(tmp_path: Path, blocks: Blocks) -> None:
    write_csv(tmp_path / "2020_SML.csv", icio_rows(blocks))
    with zipfile.ZipFile(tmp_path / "2016-2022_SML.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(tmp_path / "2020_SML.csv", "2020_SML.csv")
        archive.writestr("2021_SML.csv", "not this one")
    is_the_world(read_oecd(tmp_path / "2016-2022_SML.zip", year=2020), blocks)


def test_inventories_are_kept_or_dropped_and_negative_flows_reported(tmp_path: Path) -> None:
    stocks = Blocks(stocks=0.0)
    stocks.final[0, 1, 2, 2] -= 2.0 * stocks.world.flows[2, 0, 1]
    path = write_csv(tmp_path / "2020_SML.csv", icio_rows(stocks))
    kept, report = made(read_oecd(path))
    assert report["negative_flows_set_to_zero"]["count"] == 1
    assert report["negative_flows_set_to_zero"]["largest"].startswith("USA from AUS C26")
    assert kept.flows[2, 0, 1] == 0
    dropped, other = made(read_oecd(path), inventories="drop")
    assert dropped.flows == pytest.approx(stocks.world.flows)
    assert other["inventories"]["falls_musd"] == pytest.approx(-2 * stocks.world.flows[2, 0, 1], rel=1e-3)
    for world in (kept, dropped):
        assert accounts(world).gap < 1e-10


@pytest.mark.parametrize("form", ["csv", "xlsx", "xlsb", "dta", "coded.csv"])
def test_wiod_in_every_form(tmp_path: Path, blocks: Blocks, form: str) -> None:
    path = tmp_path / f"WIOT2014.{form}"
    if form == "csv":
        write_csv(path, [["" if c is None else str(c) for c in row] for row in wiod_sheet(blocks)])
    elif form == "xlsx":
        import openpyxl

        book = openpyxl.Workbook()
        for row in wiod_sheet(blocks):
            book.worksheets[0].append(row)
        book.save(path)
    elif form == "xlsb":
        pytest.importorskip("python_calamine")
        write_xlsb(path, wiod_sheet(blocks))
    else:
        header, rows = wiod_coded(blocks)
        if form == "dta":
            names = [f"v{name}" if name[-1].isdigit() else name for name in header]
            pd.DataFrame(rows, columns=names).to_stata(path, write_index=False, version=118)
        else:
            write_csv(path, [header, *[list(map(str, row)) for row in rows]])
    table = read_wiod(path)
    is_the_world(table, blocks)
    assert table.other_costs["IntTTM, international transport margins"].sum() == pytest.approx(
        0.4 * blocks.taxes.sum()
    )
    assert table.left_out["TXSP of final use"] == pytest.approx(15.0)


def system(blocks: Blocks) -> SimpleNamespace:
    """Z, Y and x as pymrio holds them."""
    pairs = pd.MultiIndex.from_product([ECONOMIES, ("a", "b", "c")], names=["region", "sector"])
    kinds = pd.MultiIndex.from_product(
        [ECONOMIES, ("Final consumption", "Gross fixed capital formation", "Changes in inventories")]
    )
    return SimpleNamespace(
        Z=pd.DataFrame(blocks.inputs.reshape(9, 9), index=pairs, columns=pairs),
        Y=pd.DataFrame(blocks.final.reshape(9, 9), index=pairs, columns=kinds),
        x=pd.DataFrame({"indout": blocks.world.flows.sum(axis=0).reshape(-1)}, index=pairs),
    )


@pytest.mark.parametrize("with_output", [True, False])
def test_pymrio_objects(blocks: Blocks, with_output: bool) -> None:
    given = system(blocks)
    if not with_output:
        del given.x
    is_the_world(read_pymrio(given), blocks)
    shuffled = system(blocks)
    shuffled.Z = shuffled.Z.iloc[:, ::-1]
    is_the_world(read_pymrio(shuffled), blocks)


@pytest.mark.filterwarnings("ignore")
def test_pymrio_itself() -> None:
    pymrio = pytest.importorskip("pymrio")
    given = pymrio.load_test()
    exports = [pair for pair in given.Y.columns if pair[1] == "Export"]
    given.Y = given.Y.drop(columns=exports)
    table = read_pymrio(given)
    sectors = len(table.sectors)
    world, report = world_from_table(
        table, name="test", year=2010, theta={"four": np.full(sectors, 4.0)}, default_elasticities="four"
    )
    assert world.flows.sum() == pytest.approx(given.Z.to_numpy().sum() + given.Y.to_numpy().sum(), rel=1e-6)
    assert accounts(world).gap < 1e-10
    assert report["inventories"]["rises_musd"] >= 0


def gravity_rows(seed: int = 0) -> list[dict[str, object]]:
    random = np.random.default_rng(seed)
    output = {"AAA": 100.0, "BBB": 60.0, "CCC": 40.0}
    spent = {"AAA": 90.0, "BBB": 70.0, "CCC": 60.0}
    return [
        {
            "exporter": a,
            "importer": b,
            "year": 2006,
            "trade": float(random.uniform(1, 5)),
            "Y": output[a],
            "E": spent[b],
            "lndist": float(random.uniform(5, 9)),
            "international": int(a != b),
        }
        for a in output
        for b in spent
        if a != b or seed
    ]


@pytest.mark.parametrize("kind", ["pandas", "polars", "csv", "mapping"])
def test_gravity_frames_of_every_kind(tmp_path: Path, kind: str) -> None:
    rows = gravity_rows()
    frame: object = pl.DataFrame(rows)
    if kind == "pandas":
        frame = pd.DataFrame(rows)
    elif kind == "mapping":
        frame = {name: [row[name] for row in rows] for name in rows[0]}
    elif kind == "csv":
        frame = tmp_path / "gravity.csv"
        with frame.open("w", newline="") as stream:
            writer = csv.DictWriter(stream, rows[0])
            writer.writeheader()
            writer.writerows(rows)
    world, report = gravity_world(frame, sigma=5, columns=GravityColumns(), year=2006)
    assert world.elasticities["sigma - 1"] == pytest.approx([4.0])
    assert report["home_sales_found_for"] == ["AAA", "BBB", "CCC"]
    assert world.flows.sum(axis=1)[:, 0] == pytest.approx([90.0, 70.0, 60.0])
    abroad = {(row["importer"], row["exporter"]): row["trade"] for row in rows}
    assert world.flows[0, 1, 0] == pytest.approx(abroad["AAA", "BBB"])


def test_fitted_gravity_solves_for_multilateral_resistance() -> None:
    """X P Pi / (Y E T) is one number: the equations that define the resistances."""
    rows = gravity_rows(1)
    costs = {"lndist": -0.8, "international": -1.2}
    world, report = gravity_world(pl.DataFrame(rows), sigma=6, costs=costs)
    flows = world.flows[:, :, 0]
    output, spent = np.array([100.0, 60.0, 40.0]), np.array([90.0, 70.0, 60.0]) * 200 / 220
    assert report["expenditure_scaled_by"] == pytest.approx(200 / 220)
    assert flows.sum(axis=0) == pytest.approx(output)
    assert flows.sum(axis=1) == pytest.approx(spent)
    trade_cost = np.zeros((3, 3))
    for row in rows:
        place = [["AAA", "BBB", "CCC"].index(str(row[key])) for key in ("importer", "exporter")]
        trade_cost[tuple(place)] = np.exp(-0.8 * row["lndist"] - 1.2 * row["international"])
    ratio = flows / (trade_cost * output[None, :] * spent[:, None])
    assert ratio[0, 0] * ratio[1, 1] == pytest.approx(ratio[0, 1] * ratio[1, 0])
    assert ratio[0, 2] * ratio[2, 1] == pytest.approx(ratio[0, 1] * ratio[2, 2])


@pytest.mark.parametrize("name", list(ARRAY_WORLDS))
def test_arrays_of_the_raw_data(data_dir: Path, name: str) -> None:
    world = ARRAY_WORLDS[name](data_dir)
    books = accounts(world)
    assert books.income.min() > 0
    assert (np.asarray(world.elasticities[world.default_elasticities]) > 0).all()
    assert world.duty.min() == 0


def test_a_world_saved_is_the_world_loaded(tmp_path: Path, blocks: Blocks) -> None:
    world, _ = made(read_pymrio(system(blocks)), services=("c",))
    done = save_world(world, tmp_path / "mine")
    again = load_world(tmp_path / "mine")
    assert done["world_hash"] == world_hash(tmp_path / "mine")
    assert again.services == ("c",)
    assert again.default_elasticities == "four"
    assert again.customs_ratio is None
    np.testing.assert_array_equal(again.flows, world.flows)
    np.testing.assert_array_equal(again.elasticities["four"], world.elasticities["four"])
    weights = load_weights(tmp_path / "mine")
    assert weights.goods == (0, 1)
    assert not weights.lines


@pytest.mark.parametrize(
    ("code", "sector"),
    [("A01", "A01_02"), ("C10-C12", "C10T12"), ("C31_C32", "C31T33"), ("B", "B05_06"), ("C24A", "C24"),
     ("D35", "SERV"), ("T", "SERV"), ("C302T309", "C30"), ("food", None), ("A01_02", "A01_02")],
)  # fmt: skip
def test_isic_codes(code: str, sector: str | None) -> None:
    assert shipped_sector(code) == sector
    assert services_among([code]) == ((code,) if sector == "SERV" else ())
