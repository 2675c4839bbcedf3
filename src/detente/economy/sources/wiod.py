"""WIOD's World Input-Output Tables, release of 2016, in the forms in which it is distributed.

- Excel (`WIOT2014_Nov16_ROW.xlsb`, or saved as xlsx or csv): codes of the users in row 3, economies in row 5,
  sellers from row 7, with four columns of labels.
- Stata (`WIOT2014_October16_ROW.dta`), and csv written from the R or Stata form: columns IndustryCode,
  IndustryDescription, Country, RNr, Year, then `AUS1` ... `ROW61` (with a leading v in Stata), TOT.

R's own `.RData` is not read: save it as csv. Users 1-56 are industries, 57-61 final use (households,
non-profit, government, investment, changes in inventories). The last rows are totals: GO is gross output;
VA value added; TXSP, EXP_adj, PURR, PURNR and IntTTM are costs without a seller in the table.
"""

from __future__ import annotations

import csv
import re
import struct
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from detente.core.errors import InvalidWorld, MissingData
from detente.economy.sources.tables import Sums, Table

FINAL_USE = ("CONS_h", "CONS_np", "CONS_g", "GFCF", "INVEN")
STOCKS = "INVEN"
OTHER_COSTS = {
    "TXSP": "TXSP, taxes less subsidies on products",
    "EXP_adj": "EXP_adj, cif-fob adjustment of exports",
    "PURR": "PURR, purchases of residents abroad",
    "PURNR": "PURNR, purchases of non-residents at home",
    "IntTTM": "IntTTM, international transport margins",
}
VALUE_ADDED, OUTPUT, INPUTS = "VA", "GO", "II_fob"
TOTAL = "TOT"
FORMS = (".xlsb", ".xlsx", ".csv", ".dta")
_COLUMN = re.compile(r"^v?([A-Z]{3})(\d+)$")

Row = tuple[str, str, np.ndarray]
"""Code, economy, values over the columns."""


def read_wiod(path: Path) -> Table:
    """Read one year's table.

    Raises:
        MissingData: no such file, or the package that reads xlsb is not installed.
        InvalidWorld: not a table of this format, or cut short.
    """
    if not path.is_file():
        raise MissingData(f"no file {path}", why="there is nothing to read", instead="the path of the table")
    suffix = path.suffix.lower()
    if suffix not in FORMS:
        raise InvalidWorld(
            f"{path.name}",
            where=str(path),
            why="WIOD's tables are read as xlsb, xlsx, dta or csv",
            instead="save RData as csv; unpack a zip first",
        )
    if suffix == ".dta":
        return _coded(_stata(path), path.name)
    rows = _csv(path) if suffix == ".csv" else _excel(path)
    first = next(rows, None)
    if first is None:
        raise InvalidWorld(f"{path.name} is empty", where=path.name, why="no rows", instead="the whole file")
    if "IndustryCode" in first:
        return _coded(_with_first(first, rows), path.name)
    return _sheet(rows, path.name)


def _sheet(rows: Iterator[list[Any]], shown: str) -> Table:
    """The layout of the Excel sheet; its first row is gone already."""
    head = [row for _, row in zip(range(5), rows, strict=False)]
    if len(head) < 5:
        raise _unknown(shown)
    codes, economies = ([str(cell or "").strip() for cell in head[row][4:]] for row in (1, 3))
    width = len(economies)
    body = (
        (str(row[0] or "").strip(), str(row[2] or "").strip(), _floats(row[4 : 4 + width], width, shown))
        for row in rows
        if len(row) > 4 and row[0]
    )
    return _sum(list(zip(economies, codes, strict=True)), body, shown)


def _coded(rows: Iterator[list[Any]], shown: str) -> Table:
    """The layout of the R and Stata forms: the number in a column's name is that of the seller's row."""
    header = [str(cell) for cell in next(rows)]
    try:
        code, country, number = (header.index(name) for name in ("IndustryCode", "Country", "RNr"))
    except ValueError:
        raise _unknown(shown) from None
    named = {place: match for place, name in enumerate(header) if (match := _COLUMN.match(name))}
    body = list(rows)
    of_number = {int(float(row[number])): str(row[code]) for row in body if str(row[country]) != TOTAL}
    first_final = max(of_number, default=0)
    pairs = []
    for match in named.values():
        place = int(match.group(2))
        beyond = place - first_final - 1
        if place not in of_number and not 0 <= beyond < len(FINAL_USE):
            raise _unknown(shown)
        pairs.append((match.group(1), of_number.get(place) or FINAL_USE[beyond]))
    places = list(named)
    sold = (
        (str(row[code]), str(row[country]), _floats([row[p] for p in places], len(places), shown))
        for row in body
    )
    return _sum(pairs, sold, shown)


def _sum(pairs: Sequence[tuple[str, str]], body: Iterator[Row], shown: str) -> Table:
    """Add the rows up; `pairs` are (economy, code) of the columns."""
    users = [place for place, (e, code) in enumerate(pairs) if e != TOTAL and code and code not in FINAL_USE]
    finals = [place for place, (e, code) in enumerate(pairs) if e != TOTAL and code in FINAL_USE]
    if not users or not finals:
        raise _unknown(shown)
    economies = tuple(dict.fromkeys(pairs[place][0] for place in users))
    sectors = tuple(dict.fromkeys(pairs[place][1] for place in users))
    columns = [pairs[place] for place in users]
    if len(set(columns)) < len(columns):
        raise InvalidWorld(f"columns of {shown} occur twice", where=shown, why="one column for each user")
    sums = Sums(economies, sectors, columns, [(pairs[p][0], pairs[p][1] == STOCKS) for p in finals])
    totals: dict[str, np.ndarray] = {}
    seen: set[tuple[str, str]] = set()
    for code, economy, values in body:
        if economy == TOTAL or code in (VALUE_ADDED, OUTPUT, INPUTS, *OTHER_COSTS):
            totals[code] = values
            continue
        if economy not in economies or code not in sectors:
            raise InvalidWorld(
                f"row {economy} {code}", where=shown, why="no column of inputs carries this label"
            )
        if (economy, code) in seen:
            raise InvalidWorld(f"row {economy} {code} twice", where=shown, why="one row for each seller")
        seen.add((economy, code))
        sums.add(economy, code, values[users], values[finals])
    missing = [f"{e} {s}" for e, s in columns if (e, s) not in seen]
    if missing or VALUE_ADDED not in totals:
        raise InvalidWorld(
            f"rows missing: {', '.join(missing[:5]) or VALUE_ADDED}",
            where=shown,
            why="the table was cut short, or is of another format",
            instead="the whole file",
        )
    costs = {name: sums.by_user(totals[code][users]) for code, name in OTHER_COSTS.items() if code in totals}
    left = {
        f"{code} of final use": float(totals[code][finals].sum()) for code in OTHER_COSTS if code in totals
    }
    output = sums.by_user(totals[OUTPUT][users]) if OUTPUT in totals else None
    notes = ("costs without a seller (TXSP, EXP_adj, PURR, PURNR, IntTTM) are booked with value added",)
    return Table(
        economies,
        sectors,
        sums.flows,
        sums.inventories,
        sums.inputs,
        sums.final,
        sums.by_user(totals[VALUE_ADDED][users]),
        costs,
        left,
        output,
        notes,
    )


def _floats(cells: Sequence[Any], width: int, shown: str) -> np.ndarray:
    if len(cells) < width:
        raise InvalidWorld(
            f"a row of {shown} has {len(cells)} values",
            where=shown,
            why=f"the header has {width} columns",
            instead="the whole file",
        )
    try:
        values = np.array([float(cell) if cell not in (None, "") else 0.0 for cell in cells])
    except ValueError as bad:
        raise InvalidWorld(str(bad), where=shown, why="sales are numbers", instead="0 for no sale") from None
    if not np.isfinite(values).all():
        raise InvalidWorld("a number that is not finite", where=shown, why="sales are finite", instead="0")
    return values


def _unknown(shown: str) -> InvalidWorld:
    return InvalidWorld(
        f"{shown} is not a table of WIOD 2016",
        where=shown,
        why="neither the sheet (codes in row 3, economies in row 5) nor columns IndustryCode, Country, RNr",
        instead="WIOT2014_Nov16_ROW.xlsb, WIOT2014_October16_ROW.dta, or a csv saved from one of them",
    )


def _with_first(first: list[Any], rows: Iterator[list[Any]]) -> Iterator[list[Any]]:
    yield first
    yield from rows


def _csv(path: Path) -> Iterator[list[Any]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        yield from csv.reader(stream)


def _excel(path: Path) -> Iterator[list[Any]]:
    """Rows of the first sheet."""
    try:
        if path.suffix.lower() == ".xlsx":
            import openpyxl

            book = openpyxl.load_workbook(path, read_only=True, data_only=True)
            for row in book.worksheets[0].iter_rows(values_only=True):
                yield list(row)
            book.close()
            return
        import python_calamine

        sheet = python_calamine.CalamineWorkbook.from_path(path).get_sheet_by_index(0)
        yield from sheet.to_python(skip_empty_area=False)
    except ImportError:
        raise MissingData(
            f"{path.name} is a binary workbook",
            where=str(path),
            why="xlsb is read by python-calamine, which is not installed",
            instead="pip install 'detente[worlds]', or save the sheet as xlsx or csv",
        ) from None
    except (zipfile.BadZipFile, OSError, KeyError) as bad:
        raise InvalidWorld(
            f"{path.name} is not a whole workbook", where=str(path), why=str(bad), instead="fetch it again"
        ) from None
    except Exception as bad:
        # calamine raises its own classes, which are importable only where it is installed.
        if type(bad).__module__.startswith("python_calamine"):
            raise InvalidWorld(
                f"{path.name} is not a whole workbook",
                where=str(path),
                why=str(bad),
                instead="fetch it again",
            ) from None
        raise


def _stata(path: Path) -> Iterator[list[Any]]:
    """Header and rows, 200 at a time."""
    from pandas.io.stata import StataReader

    try:
        with StataReader(path, chunksize=200) as chunks:
            for index, chunk in enumerate(chunks):
                if index == 0:
                    yield list(chunk.columns)
                for row in chunk.itertuples(index=False, name=None):
                    yield list(row)
    except (ValueError, LookupError, OSError, EOFError, struct.error) as bad:
        raise InvalidWorld(
            f"{path.name} is not a whole Stata file", where=str(path), why=str(bad), instead="fetch it again"
        ) from None
