"""OECD's Inter-Country Input-Output tables as published: `YYYY_SML.csv` and the extended `YYYY.csv`.

Rows are `ARG_A01` and so on, then TLS, VA and OUT; columns the same labels, then final use `ARG_HFCE`,
NPISH, GGFC, GFCF, INVNT, DPABR, then OUT. Editions of 2021, 2023 and 2025, plain or inside OECD's zip.
The extended tables hold Chinese and Mexican activity in two parts each (CN1 without and CN2 with export
processing, MX1 without and MX2 with global manufacturing) while final buyers are CHN and MEX: the parts
are added up, for an economy without final buyers has no income to spend. The file is read line by line.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

import numpy as np

from detente.core.errors import InvalidWorld, MissingData
from detente.economy.sources.tables import Sums, Table, require_unique

PARTS = {"CN1": "CHN", "CN2": "CHN", "CN3": "CHN", "CN4": "CHN"} | {
    "MX1": "MEX", "MX2": "MEX", "MX3": "MEX"
}  # fmt: skip
FINAL_USE = ("HFCE", "NPISH", "GGFC", "GFCF", "INVNT", "DPABR", "NONRES", "FD", "P33")
STOCKS = "INVNT"
TOTALS = ("OUT", "OUTPUT", "TOTAL")
VALUE_ADDED = ("VA", "VALU")
DISCREPANCY = "DISC"
TAXES = re.compile(r"^(TLS|[A-Z0-9]{3}_TAXSUB|TAXSUB)$")


def read_oecd(path: Path, *, year: int | None = None) -> Table:
    """Read one year's table.

    Args:
        path: the csv, or OECD's zip of several years.
        year: which csv of a zip.

    Raises:
        MissingData: no such file, or no such year in the zip.
        InvalidWorld: not a table of this format, cut short, or a cell that is not a number.
        LabelMismatch: labels that occur twice.
    """
    with _opened(path, year) as (stream, shown):
        header = _cells(stream.readline())
        if len(header) < 4:
            raise InvalidWorld(
                f"{shown} is empty" if not any(header) else f"{shown} has {len(header)} columns",
                where=shown,
                why="an inter-country table has a column for every user and final buyer",
                instead="OECD's YYYY_SML.csv or YYYY.csv",
            )
        columns = header[1:]
        require_unique(columns, f"columns of {shown}")
        return _summed(stream, columns, shown)


def _summed(stream: TextIO, columns: list[str], shown: str) -> Table:
    users, finals, total, off = _places(columns, shown)
    pairs = [_split(columns[place]) for place in users]
    buyers = [columns[place].split("_", 1) for place in finals]
    bought = [PARTS.get(economy, economy) for economy, _ in buyers]
    sectors = tuple(dict.fromkeys(sector for _, sector in pairs))
    economies = tuple(dict.fromkeys(economy for economy, _ in pairs))
    lost = [label for label in economies if label not in bought]
    if lost:
        raise InvalidWorld(
            f"no final use of {', '.join(lost)}",
            where=shown,
            why="every economy needs columns of final use",
            instead=f"columns like {lost[0]}_HFCE",
        )
    stocks = [(economy, kind == STOCKS) for economy, (_, kind) in zip(bought, buyers, strict=True)]
    sums = Sums(economies, sectors, pairs, stocks)
    rows: dict[str, np.ndarray] = {}
    seen: set[str] = set()
    discrepancy, blanks = 0.0, 0
    for number, line in enumerate(stream, start=2):
        if not line.strip():
            continue
        label, values, empty = _numbers(line, len(columns), f"{shown}:{number}")
        blanks += empty
        if label in seen:
            raise InvalidWorld(f"row {label} twice", where=f"{shown}:{number}", why="one row for each seller")
        seen.add(label)
        if label in (*TOTALS, *VALUE_ADDED) or TAXES.match(label):
            rows[label] = values
            continue
        economy, sector = _split(label)
        if economy not in economies or sector not in sectors:
            raise InvalidWorld(
                f"row {label}",
                where=f"{shown}:{number}",
                why="no column of inputs carries this label",
                instead="the same labels on rows and columns",
            )
        sums.add(economy, sector, values[users], values[finals])
        discrepancy += float(values[off].sum()) if off else 0.0
    _require_rows(rows, seen, {columns[place] for place in users}, shown)
    return _table(sums, rows, users, finals, total, discrepancy, blanks)


def _table(
    sums: Sums,
    rows: dict[str, np.ndarray],
    users: list[int],
    finals: list[int],
    total: list[int],
    discrepancy: float,
    blanks: int,
) -> Table:
    def row(names: Sequence[str]) -> np.ndarray:
        found = [sums.by_user(values[users]) for label, values in rows.items() if label in names]
        return np.sum(found, axis=0)

    taxes = [label for label in rows if TAXES.match(label)]
    costs = {"TLS, taxes less subsidies on products": row(taxes)} if taxes else {}
    left = {"taxes less subsidies on final use": float(sum(rows[label][finals].sum() for label in taxes))}
    if discrepancy:
        left["discrepancy column"] = discrepancy
    notes = ["TLS of industries is booked with value added; on final use it is left out"]
    if blanks:
        notes.append(f"{blanks} empty cells read as 0")
    output = row(TOTALS) if any(label in rows for label in TOTALS) else None
    return Table(
        sums.economies,
        sums.sectors,
        sums.flows,
        sums.inventories,
        sums.inputs,
        sums.final,
        row(VALUE_ADDED),
        costs,
        left,
        output,
        tuple(notes),
    )


def _places(columns: list[str], shown: str) -> tuple[list[int], list[int], list[int], list[int]]:
    """Which columns are inputs, final use, totals and discrepancies."""
    users: list[int] = []
    finals: list[int] = []
    totals: list[int] = []
    off: list[int] = []
    for place, label in enumerate(columns):
        head, _, rest = label.partition("_")
        if label in TOTALS:
            totals.append(place)
        elif DISCREPANCY in (head, rest):
            off.append(place)
        elif rest in FINAL_USE:
            finals.append(place)
        elif head and rest:
            users.append(place)
        else:
            raise InvalidWorld(
                f"column {label!r}",
                where=shown,
                why="it is neither ECONOMY_SECTOR nor final use nor a total",
                instead=f"final use is one of {', '.join(FINAL_USE)}",
            )
    if not users or not finals:
        raise InvalidWorld(
            f"{len(users)} columns of inputs and {len(finals)} of final use",
            where=shown,
            why="an inter-country table has both",
            instead="OECD's YYYY_SML.csv or YYYY.csv",
        )
    return users, finals, totals, off


def _require_rows(rows: dict[str, np.ndarray], seen: set[str], wanted: set[str], shown: str) -> None:
    """Every seller and the value added must have been there, else the file was cut short."""
    missing = sorted(wanted - seen)
    value_added = any(label in rows for label in VALUE_ADDED)
    if missing or not value_added:
        raise InvalidWorld(
            f"rows missing: {', '.join(missing[:5]) or 'VA'}{', ...' if len(missing) > 5 else ''}",
            where=shown,
            why=f"{len(missing)} sellers have columns and no rows"
            if missing
            else "without value added nothing is earned",
            instead="the whole file; a download that broke off ends early",
        )


def _split(label: str) -> tuple[str, str]:
    """Economy, parts joined, and sector."""
    economy, _, sector = label.partition("_")
    return PARTS.get(economy, economy), sector


def _cells(line: str) -> list[str]:
    return [cell.strip().strip('"') for cell in line.lstrip("\ufeff").strip("\r\n").split(",")]


def _numbers(line: str, count: int, where: str) -> tuple[str, np.ndarray, int]:
    """Label, values and how many of them were empty cells."""
    label, *cells = _cells(line)
    if len(cells) != count:
        raise InvalidWorld(
            f"row {label or '(no label)'} has {len(cells)} values",
            where=where,
            why=f"the header has {count} columns",
            instead="the whole file; a download that broke off ends inside a row",
        )
    try:
        return label, _finite(np.array(cells, dtype=np.float64)), 0
    except ValueError:
        pass
    empty = sum(cell == "" for cell in cells)
    try:
        return label, _finite(np.array([float(cell or 0) for cell in cells])), empty
    except ValueError:
        bad = next(cell for cell in cells if cell and not _is_number(cell))
        raise InvalidWorld(
            f"{bad!r} in row {label}", where=where, why="it is not a finite number", instead="0 for no sale"
        ) from None


def _finite(values: np.ndarray) -> np.ndarray:
    if not np.isfinite(values).all():
        raise ValueError("not finite")
    return values


def _is_number(cell: str) -> bool:
    try:
        return bool(np.isfinite(float(cell)))
    except ValueError:
        return False


@contextmanager
def _opened(path: Path, year: int | None) -> Iterator[tuple[TextIO, str]]:
    """The csv as text, and how to name it."""
    if not path.is_file():
        raise MissingData(
            f"no file {path}", why="there is nothing to read", instead="the path of the csv or zip"
        )
    if path.suffix.lower() != ".zip":
        with path.open(encoding="utf-8-sig", newline="") as stream:
            yield stream, path.name
        return
    try:
        archive = zipfile.ZipFile(path)
    except zipfile.BadZipFile as bad:
        raise InvalidWorld(
            f"{path.name} is not a whole zip file", where=str(path), why=str(bad), instead="fetch it again"
        ) from None
    with archive:
        members = [name for name in archive.namelist() if name.lower().endswith(".csv")]
        chosen = [name for name in members if year is None or str(year) in Path(name).name]
        if len(chosen) != 1:
            raise MissingData(
                f"{len(chosen)} tables {f'of {year} ' if year else ''}in {path.name}",
                why="one table makes a world",
                instead=f"--year, of {', '.join(Path(name).name for name in members) or 'none'}",
            )
        with archive.open(chosen[0]) as raw, io.TextIOWrapper(raw, encoding="utf-8-sig") as stream:
            yield stream, Path(chosen[0]).name
