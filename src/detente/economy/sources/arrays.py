"""Worlds from the raw data folder's arrays: for tests, replications and comparison, none of them shipped.

Each function reads one folder or file of the raw data and returns arrays joined by label. Where a source has
flows and no inputs, the world has none: value added is the whole cost, and final spending is absorption.
Services keep the duties that a source puts on them only where its own study uses them (`wiod2014`,
`ossa2014`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from detente.core.errors import InvalidWorld, LabelMismatch
from detente.economy.sources.icio import raw_file
from detente.economy.world import World

WIOD_FILE = "worlds/wiod2014_flows_44x16.npz"
ICIO2017_FOLDER = "worlds/icio2017_7x44"
CDP_FOLDER = "cdp2000"
LIBERATION_FOLDER = "liberation_day"
OSSA_FILE = "ossa_2014/ossa_2014.npz"
WIOD_SERVICES = "Services (aggregate)"
ICIO2017_GOODS = 22
CDP_GOODS = 12


def without_inputs(
    name: str,
    economies: tuple[str, ...],
    sectors: tuple[str, ...],
    flows: np.ndarray,
    duty: np.ndarray,
    theta: Mapping[str, np.ndarray],
    default: str,
    **more: Any,
) -> World:
    """A world whose sectors use no inputs: final shares are those of absorption with duty.

    Args:
        name, economies, sectors: of the world.
        flows: USD million before duty [importer, exporter, sector].
        duty: fractions [importer, exporter, sector].
        theta: name of a set -> [sector].
        default: the set used unless another is asked for.
        more: further fields of World.

    Raises:
        InvalidWorld: an economy that buys nothing.
    """
    spending = (flows * (1 + duty)).sum(axis=1)
    total = spending.sum(axis=1, keepdims=True)
    if (total <= 0).any():
        raise InvalidWorld(
            f"{economies[int(np.argmin(total))]} buys nothing",
            where=f"world {name}",
            why="final shares are shares of what an economy buys",
            instead="leave the economy out",
        )
    shape = (len(economies), len(sectors))
    return World(
        name=name,
        economies=economies,
        sectors=sectors,
        services=more.pop("services", ()),
        flows=flows,
        duty=duty,
        value_added_share=np.ones(shape),
        input_share=np.zeros((*shape, shape[1])),
        final_share=spending / total,
        elasticities=dict(theta),
        default_elasticities=default,
        **more,
    )


def wiod2014(data_dir: Path) -> World:
    """WIOD 2016, year 2014, 44 economies x 16 sectors, with duties and elasticities; no inputs."""
    with np.load(raw_file(data_dir, WIOD_FILE)) as archive:
        arrays = {name: archive[name] for name in archive.files}
    flows = arrays["flows"]
    duty = arrays["applied_tariff"].copy()
    own = np.arange(len(flows))
    duty[own, own] = 0.0
    return without_inputs(
        "wiod2014",
        tuple(arrays["economies"].tolist()),
        tuple(arrays["sectors"].tolist()),
        flows,
        duty,
        {key.removeprefix("elasticity_"): arrays[key] for key in arrays if key.startswith("elasticity_")},
        "IS",
        services=(WIOD_SERVICES,),
        base_day="2014-12-31",
        flow_year=2014,
        provenance={"from": WIOD_FILE, "terms": "WIOD 2016: CC BY 4.0"},
    )


def icio2017(data_dir: Path) -> World:
    """7 economies x 44 sectors of 2017 with inputs and duties before the tariff war; accounts as filed."""
    folder = raw_file(data_dir, ICIO2017_FOLDER)
    trade = pl.read_csv(folder / "TradeFlow2017.csv")
    economies = tuple(sorted(trade["iso_o"].unique().to_list()))
    numbers = sorted(trade["indcode"].unique().to_list())
    sectors = tuple(f"I{number:02d}" for number in numbers)
    flows = _placed(trade, ["iso_d", "iso_o", "indcode"], "tradevalue", (economies, economies, numbers))
    duty = _placed(
        pl.read_csv(folder / "tariff_prewar2017.csv"),
        ["iso_d", "iso_o", "indcode"],
        "AHS_simple",
        (economies, economies, numbers),
    )
    value_added = _placed(
        pl.read_csv(folder / "vashare.csv"), ["iso_o", "indcode"], "vashare", (economies, numbers)
    )
    inputs = _placed(
        pl.read_csv(folder / "IOshare.csv"),
        ["iso_o", "input_ind", "output_ind"],
        "valueshare",
        (economies, numbers, numbers),
    )
    final = _placed(
        pl.read_csv(folder / "finalshare.csv"), ["iso_o", "input_ind"], "finalshare", (economies, numbers)
    )
    elasticities = pl.read_csv(folder / "cal_elasticities.csv").rename(
        lambda name: name.strip().lstrip("\ufeff")
    )
    theta = _placed(
        elasticities.select(
            pl.col("industry"),
            pl.col("\\theta").cast(pl.Utf8).str.strip_chars().cast(pl.Float64).alias("theta"),
        ),
        ["industry"],
        "theta",
        (numbers,),
    )
    own = np.arange(len(economies))
    duty[own, own] = 0.0
    duty[:, :, ICIO2017_GOODS:] = 0.0
    return World(
        name="icio2017",
        economies=economies,
        sectors=sectors,
        services=sectors[ICIO2017_GOODS:],
        flows=flows,
        duty=duty,
        value_added_share=value_added,
        # The file's input shares are of input spending, not of output: a column adds up to one.
        input_share=inputs / inputs.sum(axis=1, keepdims=True) * (1 - value_added)[:, None, :],
        final_share=final / final.sum(axis=1, keepdims=True),
        elasticities={"file": theta},
        default_elasticities="file",
        base_day="2017-12-31",
        flow_year=2017,
        provenance={"from": ICIO2017_FOLDER, "terms": "source unnamed there; tests only"},
    )


def cdp2000(data_dir: Path) -> World:
    """Caliendo, Dvorkin, Parro (2019): 50 US states and 37 economies x 22 sectors, 2000; no duties.

    Labour and structures are one factor here; the source's shares of structures are left out.
    """
    folder = raw_file(data_dir, CDP_FOLDER)
    trade = pl.read_parquet(folder / "bilateral_trade.parquet")
    regions = tuple(trade["source"].unique(maintain_order=True).to_list())
    sectors = tuple(trade["sector"].unique(maintain_order=True).to_list())
    flows = _placed(trade, ["destination", "source", "sector"], "value", (regions, regions, sectors))
    value_added = _placed(
        pl.read_parquet(folder / "value_added_share.parquet"),
        ["region", "sector"],
        "value",
        (regions, sectors),
    )
    coefficients = pl.read_parquet(folder / "io_coefficients.parquet")
    countries = tuple(sorted(coefficients["country"].unique().to_list()))
    by_country = _placed(
        coefficients,
        ["country", "source_sector", "dest_sector"],
        "value",
        (countries, sectors, sectors),
    )
    # The states share the country's technology; every label that is no country is a state.
    place = [countries.index(region if region in countries else "United States") for region in regions]
    inputs = by_country[place]
    inputs = inputs / inputs.sum(axis=1, keepdims=True) * (1 - value_added)[:, None, :]
    output = flows.sum(axis=0)
    spending = flows.sum(axis=1)
    use = np.einsum("nkj,nj->nk", inputs, output)
    final = np.maximum(spending - use, 0.0)
    dispersion = _placed(
        pl.read_parquet(folder / "sectoral_dispersion.parquet"), ["sector"], "value", (sectors,)
    )
    return World(
        name="cdp2000",
        economies=regions,
        sectors=sectors,
        services=sectors[CDP_GOODS:],
        flows=flows,
        duty=np.zeros_like(flows),
        value_added_share=value_added,
        input_share=inputs,
        final_share=final / final.sum(axis=1, keepdims=True),
        elasticities={"CP": 1 / dispersion},
        default_elasticities="CP",
        base_day="2000-12-31",
        flow_year=2000,
        provenance={
            "from": CDP_FOLDER,
            "terms": "Caliendo, Dvorkin and Parro 2019; tests only",
            "steps": ["final use is absorption less inputs, zero where that is negative"],
        },
    )


def liberation_day(data_dir: Path) -> World:
    """194 economies of 2023, one sector, no prior duties.

    Sales at home are E less imports with E = GDP + imports - exports, zero where that is negative. The
    study's shares of sales earned at home (its nu) belong to its own model and are not in these accounts.
    """
    folder = raw_file(data_dir, LIBERATION_FOLDER)
    labels = pl.read_csv(folder / "country_labels.csv").sort("iso_code")
    economies = tuple(labels["iso3"].to_list())
    gdp = pl.read_csv(folder / "gdp.csv")["gdp"].to_numpy() / 1e6
    exported = pl.read_csv(folder / "trade_cepii.csv").fill_null(0.0).to_numpy().astype(np.float64) / 1e3
    if exported.shape != (len(economies), len(economies)) or len(gdp) != len(economies):
        raise LabelMismatch(
            f"{exported.shape[0]} rows of trade, {len(gdp)} of GDP, {len(economies)} labels",
            where=LIBERATION_FOLDER,
            why="one of each for every economy",
            instead="the files of one release",
        )
    flows = exported.T.copy()
    own = np.arange(len(economies))
    flows[own, own] = 0.0
    spending = gdp + flows.sum(axis=1) - flows.sum(axis=0)
    flows[own, own] = np.maximum(spending - flows.sum(axis=1), 0.0)
    return without_inputs(
        "liberation-day",
        economies,
        ("all",),
        flows[:, :, None],
        np.zeros((*flows.shape, 1)),
        {"study": np.array([4.0])},
        "study",
        base_day="2023-12-31",
        flow_year=2023,
        provenance={"from": LIBERATION_FOLDER, "terms": "CEPII BACI 2023, WDI, USTR; tests only"},
    )


def ossa2014(data_dir: Path) -> World:
    """Ossa (2014): 7 regions x 33 industries, no inputs, net exports purged; theta is sigma - 1."""
    with np.load(raw_file(data_dir, OSSA_FILE)) as archive:
        arrays = {name: archive[name] for name in archive.files}
    # [exporter, importer, industry] there; [importer, exporter, sector] here.
    return without_inputs(
        "ossa2014",
        tuple(arrays["regions"].tolist()),
        tuple(arrays["sectors"].tolist()),
        arrays["trade"].transpose(1, 0, 2).copy(),
        arrays["tariff"].transpose(1, 0, 2).copy(),
        {"Ossa": arrays["sigma"] - 1},
        "Ossa",
        base_day="2007-12-31",
        flow_year=2007,
        provenance={"from": OSSA_FILE, "terms": "GTAP underneath: tests only, never shipped"},
    )


ARRAY_WORLDS: Mapping[str, Callable[[Path], World]] = {
    "wiod2014": wiod2014,
    "icio2017": icio2017,
    "cdp2000": cdp2000,
    "liberation-day": liberation_day,
    "ossa2014": ossa2014,
}


def _placed(
    frame: pl.DataFrame, keys: list[str], value: str, axes: tuple[tuple[Any, ...] | list[Any], ...]
) -> np.ndarray:
    """A long table as an array with the labels of `axes`; every cell must be there once.

    Raises:
        LabelMismatch: a label without a place, or a cell missing or repeated.
    """
    places = [{label: n for n, label in enumerate(axis)} for axis in axes]
    shape = tuple(len(axis) for axis in axes)
    strangers = [
        str(label)
        for key, place in zip(keys, places, strict=True)
        for label in frame[key].unique().to_list()
        if label not in place
    ]
    if strangers or len(frame) != int(np.prod(shape)):
        raise LabelMismatch(
            f"column {value}: {len(frame)} rows",
            why=f"{' x '.join(map(str, shape))} cells are wanted"
            + (f"; labels without a place: {', '.join(strangers[:5])}" if strangers else ""),
            instead="one row for each cell",
        )
    index = tuple(
        np.array([place[label] for label in frame[key]]) for key, place in zip(keys, places, strict=True)
    )
    result = np.full(shape, np.nan)
    result[index] = frame[value].to_numpy().astype(np.float64)
    if np.isnan(result).any():
        raise LabelMismatch(
            f"column {value}: cells repeat or hold no number", why="each cell once", instead="a whole table"
        )
    return result
