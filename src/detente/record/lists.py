"""Lists of goods by HS: CSV files of a dispute, kept as the sets of goods that its measures ask for."""

from __future__ import annotations

import csv
import sys
from pathlib import Path
from typing import Any

from detente.core.errors import MalformedFile

GoodsByRate = tuple[tuple[float | None, frozenset[str]], ...]
"""(rate in percent, None where the list has none; HS codes), by rising rate."""

Filter = tuple[tuple[str, str], ...]
"""(column, value) pairs that rows must have, sorted."""


Columns = dict[str, tuple[str, ...]]
"""Column name -> its values, row by row."""


class ListTable:
    """A list of goods by HS, kept as the sets of goods that its measures ask for.

    The rows themselves are read again only for a filter that no entry uses.
    """

    def __init__(self, columns: Columns, path: Path, shown: str) -> None:
        self._goods: dict[Filter, GoodsByRate] = {}
        self._rows: Columns | None = columns
        self.columns = tuple(columns)
        self.place(path, shown)

    def place(self, path: Path, shown: str) -> None:
        """Say where the file is, and how it is named in errors."""
        self._path, self._shown = path, shown

    def goods(self, kept: dict[str, str]) -> GoodsByRate:
        """Codes by rate of the rows whose columns have the values asked for.

        Raises:
            KeyError: there is no such column.
        """
        wanted = tuple(sorted(kept.items()))
        if wanted not in self._goods:
            if self._rows is None:
                self._rows = parse_list(self._path.read_bytes(), self._shown)
            self._goods[wanted] = _goods_by_rate(self._rows, wanted)
        return self._goods[wanted]

    def __getstate__(self) -> dict[str, Any]:
        return self.__dict__ | {"_rows": None, "_path": Path(), "_shown": ""}


def _goods_by_rate(columns: Columns, kept: Filter) -> GoodsByRate:
    codes = columns["hs"]
    rates = columns.get("rate_percent", ("",) * len(codes))
    tests = [(columns[name], value) for name, value in kept]
    found: dict[str, set[str]] = {}
    for number, (code, rate) in enumerate(zip(codes, rates, strict=True)):
        if all(values[number] == value for values, value in tests):
            found.setdefault(rate, set()).add(code)
    by_rate = [(float(rate) if rate else None, frozenset(goods)) for rate, goods in found.items()]
    return tuple(sorted(by_rate, key=lambda pair: pair[0] or 0.0))


def parse_list(content: bytes, shown: str) -> Columns:
    """The columns of a list file.

    Args:
        content: the file.
        shown: how it is named in errors.

    Raises:
        MalformedFile: not a table, no column `hs`, a wrong code or rate; with the line.
    """
    try:
        text = content.decode("utf-8")
        reader = csv.DictReader(text.splitlines())
        names = list(reader.fieldnames or [])
        table = list(reader)
    except (UnicodeDecodeError, csv.Error) as error:
        raise MalformedFile(
            "not a table in UTF-8 text", where=f"{shown}:1", why=str(error), instead="save it as UTF-8 CSV"
        ) from None
    if "hs" not in names:
        raise MalformedFile(
            "a list without a column `hs`",
            where=f"{shown}:1",
            why="the goods are named by that column",
            instead="hs,rate_percent,note",
        )
    for number, row in enumerate(table, start=2):
        code, rate = row["hs"] or "", row.get("rate_percent") or "0"
        if not (code.isascii() and code.isdigit() and len(code) in (2, 4, 6, 8, 10)):
            raise MalformedFile(
                f"{code!r} is not an HS code",
                where=f"{shown}:{number}",
                why="2, 4, 6, 8 or 10 digits without dots",
                instead="85171300",
            )
        if not _is_rate(rate):
            raise MalformedFile(
                f"{rate!r} is not a rate",
                where=f"{shown}:{number}",
                why="a rate is in percent of value, from 0 to 10000",
                instead="25",
            )
    # One object per value that repeats keeps the index small.
    return {name: tuple(sys.intern(row[name] or "") for row in table) for name in names}


def _is_rate(text: str) -> bool:
    try:
        return 0 <= float(text) <= 10000
    except ValueError:
        return False
