"""Gravity frames: one row for each exporter, importer and year, as gravity estimations use them.

Columns by default are those of gegravity's sample: exporter, importer, year, trade, Y (output of the
exporter), E (expenditure of the importer), and covariates. Two baselines can be made:

- observed: the trade of the frame. Sales at home are the rows in which exporter and importer agree, else
  E less imports, or Y less exports.
- fitted (`costs` given): structural gravity, X_ij = Y_i E_j T_ij / (Y Pi_i P_j) with
  T_ij = exp(sum beta x_ij) and multilateral resistances such that rows add up to Y_i and columns to E_j
  (Anderson and van Wincoop 2003, AER 93:1; Yotov, Piermartini, Monteiro and Larch 2016, eqs. 1-3). This is
  what gegravity's `build_baseline` solves for; here T is scaled to its margins by rows and columns, whose
  limit is the same X.

The world has one sector, no inputs and no duties; theta is sigma - 1. With fitted trade, output and
expenditure must have one total: expenditure is scaled to that of output, and the factor is reported.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from detente.core.errors import InvalidWorld, LabelMismatch, MissingData
from detente.economy.sources.biproportional import balance
from detente.economy.sources.tables import require_unique
from detente.economy.world import World

SECTOR = "all"


@dataclass(frozen=True)
class GravityColumns:
    """Names of the columns of a gravity frame."""

    exporter: str = "exporter"
    importer: str = "importer"
    year: str = "year"
    trade: str = "trade"
    output: str = "Y"
    expenditure: str = "E"


@dataclass(frozen=True)
class GravityFrame:
    """A gravity frame as arrays.

    Attributes:
        economies: labels, sorted.
        trade: before duty [importer, exporter]; NaN where there is no row.
        output, expenditure: [N]; NaN where the frame has none.
        covariates: name -> values [importer, exporter].
    """

    economies: tuple[str, ...]
    trade: np.ndarray
    output: np.ndarray
    expenditure: np.ndarray
    covariates: Mapping[str, np.ndarray]


def read_gravity(
    frame: Any,
    *,
    columns: GravityColumns | None = None,
    year: int | str | None = None,
    covariates: tuple[str, ...] = (),
) -> GravityFrame:
    """A frame, or a csv file of one, as arrays.

    Args:
        frame: pandas or polars DataFrame, a mapping of columns, or the path of a csv.
        columns: their names.
        year: which year; needed where the frame has several.
        covariates: columns of trade costs to keep.

    Raises:
        MissingData: no such file.
        InvalidWorld: a column is missing, rows repeat, or a number is negative or not finite.
    """
    names = columns or GravityColumns()
    table, shown = _columns_of(frame)
    needed = (names.exporter, names.importer, names.trade, *covariates)
    missing = [name for name in needed if name not in table]
    if missing:
        raise InvalidWorld(
            f"no column {', '.join(missing)}",
            where=shown,
            why=f"the frame has {', '.join(map(str, table))}",
            instead="name the columns with GravityColumns(...)",
        )
    keep = _rows_of_year(table, names.year, year, shown)
    exporter = [str(label) for label, kept in zip(table[names.exporter], keep, strict=True) if kept]
    importer = [str(label) for label, kept in zip(table[names.importer], keep, strict=True) if kept]
    if not exporter:
        raise InvalidWorld(f"no rows{f' of {year}' if year else ''}", where=shown, why="the frame is empty")
    require_unique([f"{a}->{b}" for a, b in zip(exporter, importer, strict=True)], f"pairs of {shown}")
    economies = tuple(sorted(set(exporter) | set(importer)))
    place = {label: n for n, label in enumerate(economies)}
    rows = np.array([place[label] for label in importer])
    cells = np.array([place[label] for label in exporter])

    def square(name: str) -> np.ndarray:
        result = np.full((len(economies), len(economies)), np.nan)
        result[rows, cells] = _numbers(table[name], keep, name, shown)
        return result

    trade = square(names.trade)
    if (trade < 0).any():
        n, i = np.argwhere(trade < 0)[0]
        raise InvalidWorld(
            f"trade of {trade[n, i]:g} from {economies[i]} to {economies[n]}",
            where=shown,
            why="a flow is never negative",
            instead="0 for no trade",
        )
    return GravityFrame(
        economies,
        trade,
        _by_economy(table, names.output, keep, cells, economies, shown),
        _by_economy(table, names.expenditure, keep, rows, economies, shown),
        {name: square(name) for name in covariates},
    )


def gravity_world(
    frame: Any,
    *,
    sigma: float,
    columns: GravityColumns | None = None,
    year: int | str | None = None,
    costs: Mapping[str, float] | None = None,
    usd_million_per_unit: float = 1.0,
    name: str = "gravity",
) -> tuple[World, dict[str, Any]]:
    """A one-sector world from a gravity frame; see the module's docstring for the two baselines.

    Args:
        frame: see `read_gravity`.
        sigma: elasticity of substitution between origins; theta is sigma - 1.
        columns: names of the columns.
        year: which year.
        costs: covariate -> coefficient beta of ln T; None for observed trade.
        usd_million_per_unit: of the frame's money.
        name: of the world.

    Returns:
        The world, and a report: rows missing, sales at home that had to be found, the factor on
        expenditure.

    Raises:
        InvalidWorld: sigma, missing rows of a fitted baseline, or accounts that cannot hold.
    """
    if not (np.isfinite(sigma) and sigma > 0 and sigma != 1):
        raise InvalidWorld(f"sigma {sigma}", why="sigma is positive and not 1", instead="for example 5")
    read = read_gravity(frame, columns=columns, year=year, covariates=tuple(costs or ()))
    labels = read.economies
    report: dict[str, Any] = {
        "baseline": "fitted" if costs else "observed",
        "pairs_missing": int(np.isnan(read.trade).sum()),
    }
    flows = _fitted(read, costs, report) if costs else _observed(read, report)
    flows = flows[:, :, None] * usd_million_per_unit
    shape = (len(labels), 1)
    world = World(
        name=name,
        economies=labels,
        sectors=(SECTOR,),
        services=(),
        flows=flows,
        duty=np.zeros_like(flows),
        value_added_share=np.ones(shape),
        input_share=np.zeros((*shape, 1)),
        final_share=np.ones(shape),
        elasticities={"sigma - 1": np.array([sigma - 1.0])},
        default_elasticities="sigma - 1",
        flow_year=int(str(year)) if str(year).isdigit() else 0,
        provenance={"from": "a gravity frame", "build": report},
    )
    return world, report


def _fitted(read: GravityFrame, costs: Mapping[str, float], report: dict[str, Any]) -> np.ndarray:
    """X_ij with the margins Y and E: the limit of scaling T by rows and columns."""
    for what, values in (("output", read.output), ("expenditure", read.expenditure)):
        lost = [label for label, value in zip(read.economies, values, strict=True) if not value > 0]
        if lost:
            raise InvalidWorld(
                f"no {what} of {', '.join(lost)}",
                why="a fitted baseline needs output and expenditure of every economy",
                instead="give both columns, or use observed trade",
            )
    log_cost = np.sum([beta * read.covariates[key] for key, beta in costs.items()], axis=0)
    holes = np.argwhere(~np.isfinite(log_cost))
    if len(holes):
        n, i = holes[0]
        raise InvalidWorld(
            f"{len(holes)} pairs without trade costs, the first {read.economies[i]} to {read.economies[n]}",
            why="structural gravity needs the cost of every pair, at home too",
            instead="rows for all pairs",
        )
    factor = float(read.output.sum() / read.expenditure.sum())
    report["expenditure_scaled_by"] = factor
    spread = np.exp(log_cost - log_cost.max())
    result = balance(spread[None], (read.expenditure * factor)[None], read.output[None])
    report["sweeps"] = result.iterations
    return result.table[0]


def _observed(read: GravityFrame, report: dict[str, Any]) -> np.ndarray:
    """Trade as given, with sales at home found where the frame has none."""
    flows = np.nan_to_num(read.trade, nan=0.0)
    own = np.arange(len(flows))
    missing = np.isnan(read.trade[own, own])
    abroad = flows.copy()
    abroad[own, own] = 0.0
    by_expenditure = read.expenditure - abroad.sum(axis=1)
    by_output = read.output - abroad.sum(axis=0)
    home = np.where(np.isfinite(by_expenditure), by_expenditure, by_output)
    found: list[str] = []
    for n in np.flatnonzero(missing):
        if not (np.isfinite(home[n]) and home[n] >= 0):
            raise InvalidWorld(
                f"no sales of {read.economies[n]} at home",
                why="no row for them, and expenditure or output does not give them"
                if not np.isfinite(home[n])
                else f"trade abroad exceeds expenditure or output by {-home[n]:g}",
                instead="a row with exporter and importer alike, or larger Y and E",
            )
        flows[n, n] = home[n]
        found.append(read.economies[n])
    report["home_sales_found_for"] = found
    return flows


def _columns_of(frame: Any) -> tuple[dict[str, Any], str]:
    """Columns by name, of a DataFrame, a mapping or a csv."""
    if isinstance(frame, str | Path):
        import polars

        path = Path(frame)
        if not path.is_file():
            raise MissingData(f"no file {path}", why="there is nothing to read", instead="the path of a csv")
        try:
            frame = polars.read_csv(path, infer_schema_length=None)
        except polars.exceptions.PolarsError as bad:
            raise InvalidWorld(
                f"{path.name} cannot be read", where=str(path), why=str(bad).splitlines()[0], instead="a csv"
            ) from None
        return {name: frame[name].to_list() for name in frame.columns}, path.name
    if isinstance(frame, Mapping):
        return {str(name): list(values) for name, values in frame.items()}, "frame"
    if hasattr(frame, "columns"):
        return {str(name): frame[name].to_list() for name in frame.columns}, "frame"
    raise InvalidWorld(
        f"a frame of type {type(frame).__name__}",
        why="it has no columns",
        instead="pandas or polars, a mapping of columns, or the path of a csv",
    )


def _rows_of_year(table: Mapping[str, Any], column: str, year: int | str | None, shown: str) -> list[bool]:
    count = len(next(iter(table.values()), ()))
    if column not in table:
        return [True] * count
    years = [str(value) for value in table[column]]
    distinct = sorted(set(years))
    if year is None:
        if len(distinct) > 1:
            raise InvalidWorld(
                f"{len(distinct)} years",
                where=shown,
                why="a world is of one year",
                instead=f"year=..., of {', '.join(distinct[:8])}",
            )
        return [True] * count
    if str(year) not in distinct:
        raise InvalidWorld(f"no year {year}", where=shown, why=f"the frame has {', '.join(distinct[:8])}")
    return [value == str(year) for value in years]


def _numbers(values: Any, keep: list[bool], name: str, shown: str) -> np.ndarray:
    try:
        result = np.array([float(v) for v, kept in zip(values, keep, strict=True) if kept])
    except (TypeError, ValueError):
        result = np.array([np.nan])
    if not np.isfinite(result).all():
        raise InvalidWorld(
            f"column {name} holds something that is not a finite number",
            where=shown,
            why="trade, output and costs are numbers",
            instead="0 for no trade, or leave the row out",
        )
    return result


def _by_economy(
    table: Mapping[str, Any],
    column: str,
    keep: list[bool],
    place: np.ndarray,
    economies: tuple[str, ...],
    shown: str,
) -> np.ndarray:
    """One value for each economy, which must be the same on all its rows [N]."""
    result = np.full(len(economies), np.nan)
    if column not in table:
        return result
    values = _numbers(table[column], keep, column, shown)
    for n, value in zip(place, values, strict=True):
        if not np.isnan(result[n]) and abs(result[n] - value) > 1e-9 * abs(value):
            raise LabelMismatch(
                f"{column} of {economies[n]} is {result[n]:g} and {value:g}",
                where=shown,
                why="it belongs to the economy and must agree on all rows",
                instead="one value for each economy and year",
            )
        result[n] = value
    return result
