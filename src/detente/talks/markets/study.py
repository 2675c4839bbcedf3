"""Event study: abnormal returns around events, with inference that holds for few, near and volatile ones.

Abnormal return = return less what the market model (or the mean) of the days before gives; MacKinlay (1997).

    market model  r_t = a + b m_t + e_t on L trading days that end G before the window
    CAR = sum over the window of r_t - a - b m_t
    var(CAR) = s^2 (W + W^2/L + (sum (m_t - mbar))^2 / Sxx)      W days; the mean model has no last term

- Days of any event's window are left out of every estimation.
- Events whose windows overlap are one case, with the union of their windows; a case that holds events of
  several groups is listed and counts for none of them.
- Several series: their equal-weighted mean is one portfolio, so that what is common to them is counted once.
- Across cases: the mean of CAR / se, tested with its own spread (Boehmer, Musumeci and Poulsen 1991), t with
  n - 1 degrees; and a placebo test: as many cases at random days with the same windows, outside the events'.
- Several groups or series: p values by Holm (1979) beside the plain ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from detente.core.errors import InvalidOption
from detente.talks.markets.prices import Returns

MODELS = ("market", "mean")
PLACEBOS = 2000
LEAST_CASES = 3


@dataclass(frozen=True)
class Occasion:
    """An event as a study takes it: its day, its group, its entry."""

    day: date
    group: str
    entry: str


@dataclass(frozen=True)
class Design:
    """How a study is set up.

    Attributes:
        window: first and last trading day around an event; 0 is the first on or after its day.
        estimation_days: L; gap_days: G, trading days.
        model: market (needs `market`) or mean.
        market: name of the series that stands for the market.
    """

    window: tuple[int, int] = (0, 1)
    estimation_days: int = 120
    gap_days: int = 5
    model: str = "mean"
    market: str | None = None

    def __post_init__(self) -> None:
        first, last = self.window
        faults = (
            (not -20 <= first <= last <= 20, "--window", f"{first},{last}", "0,1"),
            (self.estimation_days < 30, "--estimation", f"{self.estimation_days}", "120"),
            (self.gap_days < 0, "--gap", f"{self.gap_days}", "5"),
            (self.model not in MODELS, "--model", self.model, " or ".join(MODELS)),
            (
                self.model == "market" and not self.market,
                "--model",
                "market without --market",
                "--market NAME",
            ),
        )
        for wrong, flag, given, instead in faults:
            if wrong:
                why = (
                    "a study needs a window near the event, 30 days or more before it, and a model it can fit"
                )
                raise InvalidOption(given, where=flag, why=why, instead=instead)


@dataclass(frozen=True)
class Case:
    """One event, or several whose windows overlap.

    Attributes:
        first, last: positions of the window, inclusive.
        occasions: the events in it.
        car, se: cumulative abnormal log return and its standard error [series]; the portfolio's is last.
        df: degrees of freedom of the estimation.
    """

    first: int
    last: int
    occasions: tuple[Occasion, ...]
    car: np.ndarray
    se: np.ndarray
    df: int

    @property
    def groups(self) -> set[str]:
        """Groups of its events; a case of several tells nothing of any one of them."""
        return {occasion.group for occasion in self.occasions}


def study(returns: Returns, occasions: Sequence[Occasion], design: Design, seed: int = 0) -> dict[str, Any]:
    """The event study of all groups and series.

    Returns:
        design; groups: [{group, series, n, mixed_n, car_percent, low_percent, high_percent, p_t, p_placebo,
        p_placebo_unsigned, p_holm, note}], 90 percent intervals; cases: each with its CAR; left_out: events
        without a window and why; placebo_draws.

    Raises:
        InvalidOption: no event can be studied.
        UnknownName: the market is not in the file.
    """
    own, market = _columns(returns, design)
    table = np.column_stack([own, own.mean(axis=1)])
    names = (*(s for s in returns.series if s != design.market), "portfolio")
    groups = list(dict.fromkeys(o.group for o in occasions))
    spans, left_out = _spans(returns, occasions, design)
    if not spans:
        raise InvalidOption(
            f"{len(occasions)} events, none with a window in the prices",
            where="PRICES",
            why=f"prices run from {returns.days[0]} to {returns.days[-1]}, and {design.estimation_days} days "
            "must come before an event",
            instead="longer series, a shorter --estimation, or other --events",
        )
    usable = np.ones(len(returns.days), bool)
    for first, last, _ in spans:
        usable[first : last + 1] = False
    cases = []
    for first, last, members in spans:
        fitted = _fit(table, market, usable, first, last, design)
        if fitted is None:
            left_out += [_out(o, "too few days before it outside other events") for o in members]
        else:
            cases.append(Case(first, last, members, *fitted))
    placebo = _placebo_pool(table, market, usable, design)
    rng = np.random.default_rng(seed)
    rows = [
        _row(group, name, k, [c for c in cases if c.groups == {group}], placebo, rng)
        | {"mixed_n": sum(group in c.groups and len(c.groups) > 1 for c in cases)}
        for group in groups
        for k, name in enumerate(names)
        if name == "portfolio" or len(names) > 2
    ]
    _holm(rows)
    return {
        "design": {
            "window_trading_days": list(design.window),
            "estimation_trading_days": design.estimation_days,
            "gap_trading_days": design.gap_days,
            "model": design.model,
            "market": design.market,
            "series": list(names[:-1]),
            "from": returns.days[0].isoformat(),
            "to": returns.days[-1].isoformat(),
            "dropped_days": returns.dropped_days,
        },
        "groups": rows,
        "cases": [_case(c, returns, names) for c in cases],
        "left_out": left_out,
        "placebo_draws": PLACEBOS,
        "placebo_days": len(placebo[0]),
    }


def _columns(returns: Returns, design: Design) -> tuple[np.ndarray, np.ndarray | None]:
    if design.market is None:
        return returns.values, None
    market = returns.column(design.market)
    own = [k for k, name in enumerate(returns.series) if name != design.market]
    if not own:
        raise InvalidOption(
            "only the market itself",
            where="--market",
            why="nothing is left to study",
            instead="another series",
        )
    return returns.values[:, own], market if design.model == "market" else None


def _spans(
    returns: Returns, occasions: Sequence[Occasion], design: Design
) -> tuple[list[tuple[int, int, tuple[Occasion, ...]]], list[dict[str, Any]]]:
    """Windows of the events, those that overlap as one; and the events without one."""
    placed, left_out = [], []
    for occasion in sorted(occasions, key=lambda o: (o.day, o.entry)):
        at = returns.position(occasion.day) if occasion.day >= returns.days[0] else None
        if at is None:
            left_out.append(_out(occasion, "outside the prices"))
            continue
        first, last = at + design.window[0], at + design.window[1]
        if first - design.gap_days - design.estimation_days < 0 or last >= len(returns.days):
            left_out.append(_out(occasion, "its window or the days before it are not in the prices"))
        else:
            placed.append((first, last, (occasion,)))
    spans: list[tuple[int, int, tuple[Occasion, ...]]] = []
    for first, last, members in placed:
        if spans and first <= spans[-1][1]:
            spans[-1] = (spans[-1][0], max(last, spans[-1][1]), spans[-1][2] + members)
        else:
            spans.append((first, last, members))
    return spans, left_out


def _out(occasion: Occasion, why: str) -> dict[str, Any]:
    return {"entry": occasion.entry, "group": occasion.group, "day": occasion.day.isoformat(), "why": why}


def _fit(
    table: np.ndarray,
    market: np.ndarray | None,
    usable: np.ndarray,
    first: int,
    last: int,
    design: Design,
) -> tuple[np.ndarray, np.ndarray, int] | None:
    """CAR and its standard error by series over a window, and degrees of freedom; None with too few days."""
    end = first - design.gap_days
    before = np.flatnonzero(usable[max(0, end - design.estimation_days) : end]) + max(
        0, end - design.estimation_days
    )
    if len(before) < design.estimation_days // 2:
        return None
    y, window = table[before], table[first : last + 1]
    n, w = len(before), last - first + 1
    mean = y.mean(axis=0)
    if market is None:
        df = n - 1
        residual = y - mean
        car = (window - mean).sum(axis=0)
        spread = w + w * w / n
    else:
        x, m = market[before], market[first : last + 1]
        centred = x - x.mean()
        sxx = float(centred @ centred)
        if sxx <= 0:
            return None
        slope = centred @ (y - mean) / sxx
        df = n - 2
        residual = y - mean - np.outer(centred, slope)
        car = (window - mean - np.outer(m - x.mean(), slope)).sum(axis=0)
        spread = w + w * w / n + float((m - x.mean()).sum()) ** 2 / sxx
    variance = (residual**2).sum(axis=0) / df
    if (variance <= 0).any():
        return None
    return car, np.sqrt(variance * spread), df


def _placebo_pool(
    table: np.ndarray, market: np.ndarray | None, usable: np.ndarray, design: Design
) -> tuple[np.ndarray, np.ndarray]:
    """Positions outside all events that could be cases, and their CAR over se [position, series]."""
    width = design.window[1] - design.window[0]
    found, values = [], []
    for first in range(design.gap_days + design.estimation_days, len(table) - width):
        if not usable[first : first + width + 1].all():
            continue
        fitted = _fit(table, market, usable, first, first + width, design)
        if fitted is not None:
            found.append(first)
            values.append(fitted[0] / fitted[1])
    return np.array(found), np.array(values).reshape(len(found), table.shape[1])


def _row(
    group: str,
    name: str,
    k: int,
    cases: list[Case],
    placebo: tuple[np.ndarray, np.ndarray],
    rng: np.random.Generator,
) -> dict[str, Any]:
    """One group on one series."""
    from scipy.special import stdtr, stdtrit

    n = len(cases)
    row: dict[str, Any] = {"group": group, "series": name, "n": n}
    empty = ("car_percent", "low_percent", "high_percent", "p_t", "p_placebo", "p_placebo_unsigned", "p_holm")
    if n == 0:
        return row | dict.fromkeys(empty) | {"note": "no event of this group has a window in the prices"}
    car = np.array([c.car[k] for c in cases])
    scaled = np.array([c.car[k] / c.se[k] for c in cases])
    if n < LEAST_CASES:
        row |= dict.fromkeys(empty) | {"note": f"fewer than {LEAST_CASES} cases: see each of them"}
        return row | {"car_percent": _percent(car.mean())}
    error = scaled.std(ddof=1) / np.sqrt(n)
    t = float(scaled.mean() / error) if error > 0 else 0.0
    # The interval is for the mean CAR with the spread of the scaled ones, at the cases' mean standard error.
    half = float(stdtrit(n - 1, 0.95) * error * np.mean([c.se[k] for c in cases]))
    pool = placebo[1][:, k]
    signed = unsigned = None
    if len(pool) >= 5 * n:
        draws = pool[rng.integers(0, len(pool), size=(PLACEBOS, n))]
        signed = (1 + int((np.abs(draws.mean(axis=1)) >= abs(scaled.mean())).sum())) / (PLACEBOS + 1)
        unsigned = (1 + int(((draws**2).mean(axis=1) >= (scaled**2).mean()).sum())) / (PLACEBOS + 1)
    return row | {
        "car_percent": _percent(car.mean()),
        "low_percent": _percent(car.mean() - half),
        "high_percent": _percent(car.mean() + half),
        "p_t": round(float(2 * stdtr(n - 1, -abs(t))), 4),
        "p_placebo": None if signed is None else round(signed, 4),
        "p_placebo_unsigned": None if unsigned is None else round(unsigned, 4),
        "p_holm": None,
        "note": "" if signed is not None else "too few days outside the events for a placebo test",
    }


def holm(p: Sequence[float]) -> list[float]:
    """P values adjusted for their number, Holm (1979)."""
    order = np.argsort(p)
    adjusted = np.empty(len(p))
    running = 0.0
    for rank, k in enumerate(order):
        running = max(running, min(1.0, (len(p) - rank) * p[k]))
        adjusted[k] = running
    return [float(v) for v in adjusted]


def _holm(rows: list[dict[str, Any]]) -> None:
    tested = [row for row in rows if row["p_placebo"] is not None]
    for row, value in zip(tested, holm([row["p_placebo"] for row in tested]), strict=True):
        row["p_holm"] = round(value, 4)


def _case(case: Case, returns: Returns, names: tuple[str, ...]) -> dict[str, Any]:
    from scipy.special import stdtr

    t = case.car[-1] / case.se[-1]
    of_series = {
        name: {"car_percent": _percent(case.car[k]), "se_percent": _percent(case.se[k])}
        for k, name in enumerate(names)
    }
    return {
        "from": returns.days[case.first].isoformat(),
        "to": returns.days[case.last].isoformat(),
        "entries": [o.entry for o in case.occasions],
        "groups": sorted({o.group for o in case.occasions}),
        "car_percent": _percent(case.car[-1]),
        "se_percent": _percent(case.se[-1]),
        "p_t": round(float(2 * stdtr(case.df, -abs(t))), 4),
        "series": of_series,
    }


def _percent(value: float) -> float:
    """A log return as a percent change."""
    return round(float(100 * np.expm1(value)), 4)
