"""Made-up prices with a known answer: for tests, examples and a first try. No market is meant.

A market and two series, weekdays, volatility that clusters (GARCH) and heavy tails (Student's t with 5
degrees); on the first trading day on or after an event of a group both series jump by what is planted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np

from detente.talks.markets.study import Occasion

if TYPE_CHECKING:
    import polars as pl

MARKET = "made-up market"
SERIES = ("made-up exporters", "made-up importers")
PLANTED_PERCENT = {"duties": -2.0, "threats": -2.0, "deals": 3.0, "leaders": 0.0, "controls": 0.0}


def synthetic_prices(
    occasions: Iterable[Occasion],
    planted_percent: Mapping[str, float] = PLANTED_PERCENT,
    *,
    since: date = date(2017, 1, 2),
    to: date = date(2026, 12, 31),
    seed: int = 0,
) -> pl.DataFrame:
    """Prices with the columns date, series, price.

    Args:
        planted_percent: group -> jump of both series on the event's first trading day; on a day with events
            of several groups the jumps add.
    """
    import polars as pl

    days = [since + timedelta(days=k) for k in range((to - since).days + 1)]
    days = [day for day in days if day.weekday() < 5]
    rng = np.random.default_rng(seed)
    market = _garch(rng, len(days), 0.010)
    jumps = np.zeros(len(days))
    at = np.array([day.toordinal() for day in days])
    for day, group in {(o.day, o.group) for o in occasions}:
        place = int(np.searchsorted(at, day.toordinal()))
        if place < len(days) and day >= since:
            jumps[place] += np.log1p(planted_percent.get(group, 0.0) / 100)
    columns = {MARKET: market}
    for name, slope in zip(SERIES, (1.2, 0.8), strict=True):
        columns[name] = 0.0001 + slope * market + _garch(rng, len(days), 0.008) + jumps
    return pl.concat(
        pl.DataFrame({"date": days, "series": name, "price": 100 * np.exp(np.cumsum(returns))})
        for name, returns in columns.items()
    )


def _garch(rng: np.random.Generator, n: int, daily: float) -> np.ndarray:
    """Returns with a daily standard deviation, persistent volatility and heavy tails [n]."""
    shocks = rng.standard_t(5, n) / np.sqrt(5 / 3)
    variance = np.empty(n)
    variance[0] = daily**2
    values = np.empty(n)
    for t in range(n):
        if t:
            variance[t] = daily**2 * 0.05 + 0.05 * values[t - 1] ** 2 + 0.90 * variance[t - 1]
        values[t] = np.sqrt(variance[t]) * shocks[t]
    return values
