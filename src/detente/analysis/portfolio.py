"""Goods, origins and yearly values: today's duty bill, what it was, what it may become, what can come back.

    bill(D)    = sum over rows of yearly value x duty on D / 100
    claim back = sum over days of entry to D of yearly value x refundable(day) / 100 / 365

Yearly values stand as if no duty moved them. A code shorter than the lines that decide has a lowest and a
highest duty, and so has every sum with it. Refundable is collected above what was owed, as known on the day
asked (`record/collection.py`).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from detente.analysis.rates import EU, EU_STANDS_FOR, rate_of, require_pair
from detente.analysis.scenarios import peak_day, unknown_duties
from detente.analysis.state import require_day, require_days
from detente.core.days import parse_day
from detente.core.errors import DetenteError, InvalidOption, MalformedFile
from detente.core.products import CodeIndex, normalise_hs
from detente.record.asof import AsOf, moment_of
from detente.record.change import lapsed_asof
from detente.record.collection import collections_on, turning_days
from detente.record.compile import applies_to, duty_measures
from detente.record.entries import Ruling
from detente.record.files import Record
from detente.record.rates import branches, finest_codes
from detente.schedules import schedule_of

COLUMNS = ("hs", "origin", "annual_value_usd")
DAYS_A_YEAR = 365.0


@dataclass(frozen=True)
class Row:
    """One row of a portfolio: where it stands in the file, HS digits, origin, yearly customs value in USD."""

    where: str
    hs: str
    origin: str
    value_usd: float


@dataclass(frozen=True)
class Range:
    """Lowest and highest value of a number; equal where the code decides; None where it is not known."""

    low: float | None
    high: float | None

    @classmethod
    def of(cls, values: Sequence[float | None]) -> Range:
        """The range of several values; unknown if one of them is."""
        known = [value for value in values if value is not None]
        return cls(min(known), max(known)) if known and len(known) == len(values) else cls(None, None)

    def times(self, factor: float) -> Range:
        """The range with both ends multiplied by a factor that is not negative."""
        return Range(*(None if end is None else end * factor for end in (self.low, self.high)))

    def fields(self, name: str, digits: int = 2) -> dict[str, float | None]:
        """As fields of a contract object: the number where the ends agree, and both ends."""
        low, high = (None if end is None else round(end, digits) for end in (self.low, self.high))
        head, unit = name.rsplit("_", 1)
        return {name: low if low == high else None, f"{head}_low_{unit}": low, f"{head}_high_{unit}": high}


def total(ranges: Sequence[Range]) -> Range:
    """Sum of ranges; unknown if one of them is."""
    ends = zip(*((r.low, r.high) for r in ranges), strict=True)
    return Range(*(None if None in end else sum(x for x in end if x is not None) for end in ends))


def read_portfolio(path: Path, importer: str, record: Record) -> list[Row]:
    """The rows of a CSV file with the columns hs, origin and annual_value_usd.

    Raises:
        MalformedFile: it cannot be read, lacks a column or has a bad row; `where` is file and line.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise _unreadable(str(path), error) from None
    return rows_in(text, str(path), importer, record)


def rows_in(text: str, shown: str, importer: str, record: Record) -> list[Row]:
    """As `read_portfolio`, of the text of a file that `shown` names."""
    try:
        reader = csv.DictReader(io.StringIO(text, newline=""), restkey="more")
        names = [name.strip().lower() for name in reader.fieldnames or []]
        reader.fieldnames = names
        lines = [(reader.line_num, row) for row in reader]
    except csv.Error as error:
        raise _unreadable(shown, error) from None
    missing = [column for column in COLUMNS if column not in names]
    if missing or not lines:
        raise MalformedFile(
            f"no column {missing[0]}" if missing else "no rows",
            where=f"{shown}:1",
            why=f"it has {', '.join(names) or 'nothing'}",
            instead=f"{','.join(COLUMNS)}, then 7326.90.8688,CHN,250000",
        )
    return [_row(f"{shown}:{number}", row, importer, record) for number, row in lines]


def _unreadable(shown: str, error: Exception) -> MalformedFile:
    return MalformedFile(
        f"{shown} cannot be read",
        where=shown,
        why=str(getattr(error, "strerror", None) or error),
        instead=f"a UTF-8 CSV file with the columns {', '.join(COLUMNS)}",
    )


def _row(where: str, row: dict[str, Any], importer: str, record: Record) -> Row:
    if "more" in row or any(row[column] is None for column in COLUMNS):
        raise MalformedFile(
            "a row with another number of cells than the head",
            where=where,
            why="cells cannot be told apart",
            instead="quote cells that hold a comma",
        )
    text = row["annual_value_usd"].strip()
    try:
        value = float(text)
        if not 0 <= value < 1e15:
            raise ValueError("it is not an amount from 0 up")
    except ValueError as error:
        raise MalformedFile(
            f"annual_value_usd {text!r}", where=where, why=str(error), instead="a plain number, 250000"
        ) from None
    origin = row["origin"].strip().upper()
    try:
        hs = normalise_hs(row["hs"], where=where)
        require_pair(record, importer, origin)
        schedule = schedule_of(importer)
        if schedule is not None:
            schedule.lines(hs, where=where, finer=finest_codes(record, importer))
    except DetenteError as error:
        raise MalformedFile(error.what, where=where, why=error.why, instead=error.instead) from None
    return Row(where, hs, origin, value)


def portfolio(
    record: Record,
    rows: Sequence[Row],
    importer: str,
    asof: AsOf,
    since: date | None,
    progress: Callable[[str], None] = lambda words: None,
) -> dict[str, Any]:
    """Bills of a portfolio on a day, since another, in scenarios, and what can be claimed back.

    Raises:
        DateBeforeRecord: a day before the record.
        InvalidOption: `since` is after the day.
    """
    require_days(record, asof)
    if since is not None:
        require_day(record, since, "--since")
        if since > asof.on:
            raise InvalidOption(
                f"--since {since}", where="--since", why=f"it is after {asof.on}", instead="an earlier day"
            )
    cases = {"today": ("as today", asof)} | _scenarios(record, importer, asof)
    if since is not None:
        cases["since"] = (f"as on {since}", AsOf(since, asof.known_by, asof.assume))
    bills: dict[str, list[Range]] = {}
    answers: dict[tuple[str, str], dict[str, Any]] = {}
    for key, (words, case) in cases.items():
        progress(words)
        bills[key] = []
        for row in rows:
            found = rate_of(record, importer, row.origin, row.hs, case)
            if key == "today":
                answers[row.origin, row.hs] = found
            rates = Range.of([stack["total_percent"] for stack in found["stacks"]])
            bills[key].append(rates.times(row.value_usd / 100))
    progress("what can be claimed back")
    back = claim_back(record, rows, importer, asof)
    shown = [
        {
            "where": row.where,
            "hs": row.hs,
            "origin": row.origin,
            "annual_value_usd": row.value_usd,
            **_rates(answers[row.origin, row.hs]),
            **bills["today"][number].fields("bill_usd"),
            **({} if since is None else _change(bills, number, "since").fields("change_since_usd")),
            "scenarios": {key: bills[key][number].fields("bill_usd") for key in cases if key != "since"},
            **back[number].fields("refundable_usd"),
        }
        for number, row in enumerate(rows)
    ]
    now = total(bills["today"])
    return {
        "importer": importer,
        "on": asof.on.isoformat(),
        "since": since.isoformat() if since else None,
        "rows": shown,
        "totals": {
            "annual_value_usd": round(sum(row.value_usd for row in rows), 2),
            **now.fields("bill_usd"),
            **({} if since is None else _difference(now, total(bills["since"])).fields("change_since_usd")),
            **total(back).fields("refundable_usd"),
        },
        "scenarios": [
            {
                "key": key,
                "name": words,
                "on": case.on.isoformat(),
                **total(bills[key]).fields("bill_usd"),
                **_difference(total(bills[key]), now).fields("change_usd"),
            }
            for key, (words, case) in cases.items()
            if key != "since"
        ],
        "basis": "yearly values as if no duty moved them; refunds by day of entry, as known on the day asked",
        "checked_to": record.settings.checked_to,
    }


def _scenarios(record: Record, importer: str, asof: AsOf) -> dict[str, tuple[str, AsOf]]:
    """What may follow: both branches of what is unknown, every clock lapsed, the base day, the peak."""
    found = {}
    doubtful = any(s.measure.imposing == importer for s in unknown_duties(record, asof))
    if asof.assume is None and doubtful:
        words = {"lapsed": "what is unknown has lapsed", "extended": "what is unknown was extended"}
        found = {key: (words[key], branch) for key, branch in branches(asof).items()}
    lapsed = lapsed_asof(record, asof)
    if lapsed is not None:
        found["lapse"] = (f"every clock of today lapses, as on {lapsed.on}", lapsed)
    base = parse_day(record.settings.base_day)
    found["base"] = (f"back to {base}", AsOf(base))
    peak = peak_day(record)
    if peak is not None and peak <= asof.on:
        found["peak"] = (f"back to the rates of {peak}", AsOf(peak, asof.known_by))
    return found


def _rates(answer: dict[str, Any]) -> dict[str, Any]:
    stacks = answer["stacks"]
    uncovered = sorted({row["authority"] for stack in stacks for row in stack["not_covered"]})
    return {
        **Range.of([stack["total_percent"] for stack in stacks]).fields("rate_percent", 4),
        "state": answer["state"],
        "estimated": any(line["estimated"] for stack in stacks for line in stack["lines"]),
        "not_covered": uncovered,
        "entries": sorted({e for stack in stacks for line in stack["lines"] for e in line["entries"]}),
    }


def _difference(one: Range, other: Range) -> Range:
    """Change from the second to the first, end by end: the same lines pay the low and the high of both."""
    pairs = ((one.low, other.low), (one.high, other.high))
    ends = [None if a is None or b is None else a - b for a, b in pairs]
    return Range.of(ends)


def _change(bills: dict[str, list[Range]], number: int, key: str) -> Range:
    return _difference(bills["today"][number], bills[key][number])


def claim_back(record: Record, rows: Sequence[Row], importer: str, asof: AsOf) -> list[Range]:
    """What was collected above what was owed on each row's goods, entries to the day asked, USD.

    Only measures that are void, as known on the day, count: rates that were cut later stand.
    """
    knowledge = min(asof.on, asof.known_by) if asof.known_by else asof.on
    schedule = schedule_of(importer)
    finest = finest_codes(record, importer)
    back = [Range(0.0, 0.0)] * len(rows)
    for origin in sorted({row.origin for row in rows}):
        mine = [n for n, row in enumerate(rows) if row.origin == origin]
        lines = {n: schedule.lines(rows[n].hs, finer=finest) if schedule else (rows[n].hs,) for n in mine}
        index = CodeIndex(tuple(sorted({code for codes in lines.values() for code in codes})))
        percent_days = _refundable(record, importer, origin, index, replace(asof, known_by=knowledge))
        place = {code: number for number, code in enumerate(index.codes)}
        for n in mine:
            found = [float(percent_days[place[code]]) for code in lines[n]]
            back[n] = Range.of(found).times(rows[n].value_usd / 100 / DAYS_A_YEAR)
    return back


def _refundable(record: Record, importer: str, exporter: str, index: CodeIndex, asof: AsOf) -> np.ndarray:
    """Refundable percent times days, summed over days of entry [line]."""
    origin = EU_STANDS_FOR if exporter == EU else exporter
    aimed = [m for m in duty_measures(record) if m.imposing == importer and applies_to(m, origin)]
    starts = [
        moment_of(state.voided_from, m.imposing).day for m in aimed for state in m.states if state.voided_from
    ]
    summed = np.zeros(len(index.codes))
    if not starts or min(starts) > asof.on:
        return summed
    days = turning_days(aimed, record.of(Ruling), min(starts), asof.on)
    for day, end in zip(days, [*days[1:], asof.on + timedelta(days=1)], strict=True):
        for item in collections_on(record, importer, origin, replace(asof, on=day)):
            if item.void is None or item.collected is None:
                continue
            owed = item.owed.rates(index) if item.owed is not None else 0.0
            summed += np.maximum(item.collected.rates(index) - owed, 0.0) * (end - day).days
    return summed
