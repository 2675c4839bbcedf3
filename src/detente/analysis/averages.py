"""Average duties over time, each named by its weights; and published averages set beside them.

    added(t)     = sum over lines of weight x (duties of the record on the line on day t)
    change(t)    = added(t) - added(base day)
    statutory(t) = sum over lines of weight x (general duty + duties of the record)
    total(t)     = base + change(t), by imports alone; base is what was collected in the weights' year (US) or
                   the world's average of the base day (China)

Weights: `imports`, the importer's imports by line; `simple`, every line alike; `exports-by-sector`, the
exporter's sales to the world by sector of the world model, and imports within a sector.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from detente.analysis.baseline import trade_of, weights_of
from detente.analysis.rates import EU, EU_STANDS_FOR, general_rate, require_pair, require_schedule
from detente.analysis.state import require_day
from detente.core.days import parse_day
from detente.core.errors import InvalidOption, MissingData
from detente.core.products import CodeIndex
from detente.economy.sources.labels import EU_MEMBERS
from detente.economy.worlds import DEFAULT_WORLD, load_flows
from detente.record.asof import AsOf, Assume
from detente.record.compile import computable_duties
from detente.record.files import Record
from detente.record.panel import Duties, change_days
from detente.schedules import Schedule

PUBLISHED = Path(__file__).resolve().parent.parent / "cases" / "averages"


class By(StrEnum):
    """What an average is weighted with."""

    IMPORTS = "imports"
    SIMPLE = "simple"
    EXPORTS_BY_SECTOR = "exports-by-sector"


@dataclass(frozen=True)
class Weighting:
    """Weights of lines that sum to one, and what they are."""

    share: np.ndarray
    basis: str


@dataclass(frozen=True)
class _Question:
    record: Record
    importer: str
    exporter: str
    weights: Weighting
    duties: Duties
    claiming: Duties
    claimed: np.ndarray
    schedule: Schedule
    known_by: date | None
    assume: Assume | None

    @property
    def origin(self) -> str:
        """The exporter as the record knows it: one member for the Union."""
        return EU_STANDS_FOR if self.exporter == EU else self.exporter

    def added(self, day: date) -> np.ndarray:
        """Duties of the record [line], percent; NaN where unknown. Goods that claim a preference by share."""
        return self.added_on(AsOf(day, self.known_by, self.assume))

    def added_on(self, asof: AsOf) -> np.ndarray:
        """The same for a day and what was known of it."""
        without = self.duties.on(self.origin, asof)[0]
        if not self.claimed.any():
            return without
        return (1 - self.claimed) * without + self.claimed * self.claiming.on(self.origin, asof)[0]

    def mean(self, rates: np.ndarray) -> float | None:
        """Weighted mean, None where a line with weight is not known."""
        counted = self.weights.share > 0
        if np.isnan(rates[counted]).any():
            return None
        return float((rates[counted] * self.weights.share[counted]).sum())


def averages(
    record: Record,
    importer: str,
    exporter: str,
    by: By,
    first: date,
    last: date,
    *,
    known_by: date | None = None,
    assume: Assume | None = None,
) -> dict[str, Any]:
    """The average duty after each legal change from the first day to the last.

    Raises:
        UnknownEconomy, MissingData: no such flow, or no lines of trade for it.
        InvalidOption: the last day is before the first.
        DateBeforeRecord: the first day, or the day of knowledge, is before the record.
    """
    if last < first:
        raise InvalidOption(
            f"from {first} to {last}", where="--to", why="it ends before it begins", instead="a later day"
        )
    require_pair(record, importer, exporter)
    require_day(record, first, "--from")
    if known_by is not None:
        require_day(record, known_by, "--known-by")
    schedule = require_schedule(record, importer)
    partner = "EU" if exporter in (EU, *EU_MEMBERS) and "EU" in schedule.partners else exporter
    index = CodeIndex(schedule.trade_codes)
    weights = weighting(schedule, partner, by)
    question = _Question(
        record,
        importer,
        exporter,
        weights,
        Duties(record, importer, index),
        Duties(record, importer, index, claims=True),
        schedule.claimed_share(partner),
        schedule,
        known_by,
        assume,
    )
    base_day = parse_day(record.settings.base_day)
    # What the base holds was charged that day, whatever was known of it by the day of knowledge.
    before = question.added_on(AsOf(base_day))
    base = _base(record, schedule, importer, exporter, partner) if by is By.IMPORTS else None
    days = change_days(computable_duties(record, importer), question.origin, first, last)
    rows: list[dict[str, Any]] = []
    for day, end in zip(days, [*days[1:], last + timedelta(days=1)], strict=True):
        added = question.added(day)
        change = question.mean(added - before)
        row = {
            "from": day.isoformat(),
            "to": (end - timedelta(days=1)).isoformat(),
            "change_points": _rounded(change),
            "statutory_percent": _rounded(question.mean(added + _general(question, day))),
            "total_percent": _rounded(None if base is None or change is None else base["percent"] + change),
            "state": "unknown" if change is None else "known",
        }
        if rows and all(rows[-1][key] == row[key] for key in row if key not in ("from", "to")):
            rows[-1]["to"] = row["to"]
        else:
            rows.append(row)
    return {
        "importer": importer,
        "exporter": exporter,
        "by": by.value,
        "weights": weights.basis,
        "base_day": base_day.isoformat(),
        "base": base,
        "rows": rows,
        "published": published(question, partner, by, before, first, last),
        "published_about": _about(),
        "checked_to": record.settings.checked_to,
    }


def weighting(schedule: Schedule, partner: str, by: By) -> Weighting:
    """Weights of the schedule's lines for a partner.

    Raises:
        MissingData: no trade by line with the partner, or no sector flows of it.
    """
    value = schedule.trade(partner).value
    year = "2024" if schedule.importer == "USA" else "2017"
    source = "US Census Bureau" if schedule.importer == "USA" else "ITC Trade Map via Bown, Jung and Zhang"
    if by is By.IMPORTS:
        basis = f"{schedule.importer}'s imports from {partner} of {year} by line, customs value, {source}"
        return Weighting(value / value.sum(), basis)
    codes = schedule.trade_codes
    goods = np.array([code < "98" for code in codes], dtype=float)
    if by is By.SIMPLE:
        return Weighting(goods / goods.sum(), f"every line of {schedule.importer}'s imports alike")
    world = weights_of()
    sector = world.lines[schedule.importer].sector
    if tuple(world.lines[schedule.importer].codes) != tuple(codes):
        raise MissingData(
            "lines of the world and of the schedule differ",
            where=f"world {DEFAULT_WORLD}",
            why="sectors are joined to lines by code",
            instead="build the world and the schedule from the same data",
        )
    exports = _exports(partner, world.economies)
    share = np.zeros(len(codes))
    for place in range(len(exports)):
        lines = sector == place
        if exports[place] <= 0 or not lines.any():
            continue
        within = np.where(lines, value, 0.0)
        within = within / within.sum() if within.sum() > 0 else lines / lines.sum()
        share += exports[place] * within
    basis = f"{partner}'s sales of goods to the world by sector; within a sector, imports of {year}"
    return Weighting(share / share.sum(), basis)


def _exports(partner: str, economies: tuple[str, ...]) -> np.ndarray:
    """An economy's sales to all others by sector, USD million [sector]."""
    members = [label for label in EU_MEMBERS if label in economies] if partner == "EU" else [partner]
    if any(label not in economies for label in members):
        raise MissingData(
            f"no sales of {partner} by sector",
            where=f"world {DEFAULT_WORLD}",
            why="the world does not hold this economy by itself",
            instead="--by imports",
        )
    flows = load_flows(DEFAULT_WORLD)
    inside = np.array([label in members for label in economies])
    return flows[~inside][:, inside].sum(axis=(0, 1))


def _base(
    record: Record, schedule: Schedule, importer: str, exporter: str, partner: str
) -> dict[str, Any] | None:
    """The level that changes are added to."""
    if importer == "USA":
        trade = schedule.trade(partner)
        return {
            "percent": round(100 * float(trade.duty.sum() / trade.value.sum()), 4),
            "what": "calculated duty over customs value, US imports for consumption of 2024",
        }
    found = trade_of(record, importer, exporter)
    if found.base_percent is None:
        return None
    what = "average of the base day in the world model, scaled to the level PIIE gives for January 2025"
    return {"percent": round(found.base_percent, 4), "what": what}


@cache
def _general_by_line(schedule: Schedule, exporter: str, day: date) -> np.ndarray:
    """General duty [line]; lines without one, and chapters 98 and 99, count as zero."""
    rates = [
        general_rate(schedule, schedule.importer, exporter, c, day).percent for c in schedule.trade_codes
    ]
    return np.array([0.0 if rate is None else rate for rate in rates])


def _general(question: _Question, day: date) -> np.ndarray:
    # Chinese rates change once in the data; asking for a day of either stretch reads the table once.
    stretch = date(2018, 1, 1) if question.importer == "CHN" and day < date(2018, 7, 1) else date(2019, 6, 1)
    return (1 - question.claimed) * _general_by_line(question.schedule, question.exporter, stretch)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


def published(
    question: _Question, partner: str, by: By, before: np.ndarray, first: date, last: date
) -> list[dict[str, Any]]:
    """Averages that others published for the flow, ours on the same day beside them, and why they differ.

    A rise in points weighted with imports stands beside our rise by imports alone; a level beside our level
    by law, whatever the weights.
    """
    found = []
    for series, day, value, unit, why in _published_points(question.importer, partner):
        if not first <= day <= last or (unit == "points" and by is not By.IMPORTS):
            continue
        added = question.added(day)
        ours = question.mean(added - before if unit == "points" else added + _general(question, day))
        found.append(
            {
                "series": series,
                "date": day.isoformat(),
                f"theirs_{unit}": value,
                f"ours_{unit}": _rounded(ours),
                "difference_points": None if ours is None else round(ours - value, 4),
                "comparable": unit == "points" and not why,
                "why": why,
            }
        )
    return found


@cache
def _notes() -> dict[str, Any]:
    from detente.core.yaml12 import read_yaml

    return read_yaml(PUBLISHED / "notes.yaml", shown="cases/averages/notes.yaml")[0]


def _about() -> dict[str, Any]:
    """What each published series is, and where it is from."""
    return {name: {"what": series["what"], "source": series["source"]} for name, series in _notes().items()}


@cache
def _published_points(importer: str, partner: str) -> list[tuple[str, date, float, str, str]]:
    notes = _notes()
    points: list[tuple[str, date, float, str, str]] = []
    for row in _rows("piie.csv"):
        if (row["importer"], row["exporter"]) == (importer, partner):
            why = notes["PIIE"]["why"]
            points.append(("PIIE", parse_day(row["date"]), float(row["percent"]), "percent", why))
    for row in _rows("trade-war-redux.csv") if importer == "USA" else ():
        if row["exporter"] == partner:
            applies = [
                note["why"]
                for note in notes["trade-war-redux"]["notes"]
                if row["date"] in note["dates"]
                and (note["exporters"] == "ALL" or partner in note["exporters"])
            ]
            why = "; ".join(applies)
            points.append(("trade-war-redux", parse_day(row["date"]), float(row["points"]), "points", why))
    return points


def _rows(name: str) -> list[dict[str, str]]:
    with (PUBLISHED / name).open(encoding="utf-8") as stream:
        return list(csv.DictReader(stream))
