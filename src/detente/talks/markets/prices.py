"""Price series from a file: long tables with the columns date, series and price."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from detente.core.errors import InvalidPrices, MissingData, UnknownName

if TYPE_CHECKING:
    import polars as pl

COLUMNS = ("date", "series", "price")
LEAST_DAYS = 60
LONGEST_GAP_DAYS = 15
"""Longer than any holiday: a hole in the file, not in trading."""


MOST_STILL = 0.5
"""Share of days without a change of price up to which a series counts as traded."""


@dataclass(frozen=True)
class Returns:
    """Logarithmic returns on the days on which every series has a price.

    Attributes:
        days: trading days, rising [T]; a return is from the day before in this list.
        series: names [S].
        values: log returns [T, S].
        dropped_days: days left out because a series has no price on them.
    """

    days: tuple[date, ...]
    series: tuple[str, ...]
    values: np.ndarray
    dropped_days: int = 0

    def position(self, day: date) -> int | None:
        """The first trading day on or after the day; None where there is none."""
        at = int(np.searchsorted(np.array([d.toordinal() for d in self.days]), day.toordinal()))
        return at if at < len(self.days) else None

    def column(self, name: str) -> np.ndarray:
        """Returns of one series [T].

        Raises:
            UnknownName: no such series.
        """
        if name not in self.series:
            raise UnknownName(
                f"series {name!r}", where="--market", why="not in the file", instead=", ".join(self.series)
            )
        return self.values[:, self.series.index(name)]


def read_prices(path: Path, series: Sequence[str] = ()) -> Returns:
    """Returns from a CSV (UTF-8, a header, commas) or Parquet file with the columns date, series, price.

    Args:
        path: ends in .csv or .parquet. Dates are `2025-06-05`, prices above zero; other columns are ignored.
        series: names to read; none takes all.

    Raises:
        MissingData: no such file.
        InvalidPrices: not such a table; a date, price or row that cannot be, with its line; too few days; a
            hole in a series.
        UnknownName: a series that the file does not hold.
    """
    import polars as pl

    if not path.is_file():
        raise MissingData(
            f"no file {path.name!r}", where="PRICES", why="nothing is there", instead="a CSV or Parquet file"
        )
    if path.suffix.lower() not in (".csv", ".parquet"):
        raise InvalidPrices(
            f"{path.name}",
            where="PRICES",
            why="neither .csv nor .parquet",
            instead="date,series,price as CSV",
        )
    try:
        if path.suffix.lower() == ".csv":
            table = pl.read_csv(path, infer_schema_length=0)
        else:
            table = pl.read_parquet(path)
    except (pl.exceptions.PolarsError, OSError, UnicodeDecodeError) as error:
        raise InvalidPrices(
            f"{path.name} cannot be read", where=path.name, why=str(error).splitlines()[0],
            instead="a table with the columns date, series, price",
        ) from None  # fmt: skip
    return returns_of(_checked(table, path.name), path.name, series)


def _checked(table: pl.DataFrame, name: str) -> pl.DataFrame:
    """The three columns as date, text and number; the first wrong row is named."""
    import polars as pl

    missing = [column for column in COLUMNS if column not in table.columns]
    if missing:
        raise InvalidPrices(
            f"no column {missing[0]!r}",
            where=f"{name}:1",
            why=f"the file has {', '.join(table.columns) or 'no columns'}",
            instead=",".join(COLUMNS),
        )
    typed = table.select(
        pl.col("date")
        .cast(pl.Utf8)
        .str.strip_chars()
        .str.extract(r"^(\d{4}-\d{2}-\d{2})(?:[T ][\d:.+Z-]*)?$")
        .str.to_date("%Y-%m-%d", strict=False)
        .alias("date"),
        pl.col("series").cast(pl.Utf8).alias("series"),
        pl.col("price").cast(pl.Float64, strict=False).alias("price"),
    )
    tests = (
        (pl.col("date").is_null(), "date", "not a day", "2025-06-05"),
        (pl.col("series").is_null() | (pl.col("series") == ""), "series", "no name", "S&P 500"),
        (pl.col("price").is_null() | ~pl.col("price").is_finite(), "price", "not a number", "5939.30"),
        (pl.col("price") <= 0, "price", "a price is above zero; a yield is none", "5939.30"),
        (pl.struct("date", "series").is_duplicated(), "date", "the day stands twice for this series", "once"),
    )
    for wrong, column, why, instead in tests:
        rows = typed.with_row_index("row").filter(wrong)
        if len(rows):
            row = int(rows["row"][0])
            raise InvalidPrices(
                f"{column} {table[column][row]!r}", where=f"{name}:{row + 2}", why=why, instead=instead
            )
    return typed


def returns_of(table: pl.DataFrame, name: str, series: Sequence[str] = ()) -> Returns:
    """Log returns of a checked table of prices.

    Raises:
        UnknownName: a series that the table does not hold.
        InvalidPrices: too few days in common, or a hole.
    """
    held = sorted(table["series"].unique().to_list())
    if not held:
        raise InvalidPrices(
            "a header and no rows", where=name, why="nothing is to study", instead="a row a day and series"
        )
    for wanted in series:
        if wanted not in held:
            raise UnknownName(
                f"series {wanted!r}", where=name, why="not in the file", instead=", ".join(held)
            )
    names = tuple(dict.fromkeys(series)) or tuple(held)
    wide = table.pivot(on="series", index="date", values="price").sort("date").select("date", *names)
    full = wide.drop_nulls()
    if len(full) < LEAST_DAYS:
        raise InvalidPrices(
            f"{len(full)} days on which {', '.join(names)} all have a price",
            where=name,
            why=f"a study needs at least {LEAST_DAYS}",
            instead="longer series, or fewer of them with --series",
        )
    days = full["date"].to_list()
    for before, after in pairwise(days):
        if (after - before).days > LONGEST_GAP_DAYS:
            raise InvalidPrices(
                f"no price between {before} and {after}",
                where=name,
                why=f"more than {LONGEST_GAP_DAYS} days without trading",
                instead="fill the hole, or give the stretches as files of their own",
            )
    values = np.diff(np.log(full.select(names).to_numpy()), axis=0)
    for series_name, still in zip(names, (values == 0).mean(axis=0).tolist(), strict=True):
        if still > MOST_STILL:
            raise InvalidPrices(
                f"{series_name} has the price of the day before on {100 * still:.0f} percent of its days",
                where=name,
                why="prices that seldom move are no daily market: their spread would be told too small",
                instead="a series that trades every day, or fewer of them with --series",
            )
    return Returns(tuple(days[1:]), names, values, len(wide) - len(full))
