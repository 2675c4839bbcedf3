"""Owed, collected and refundable by measure and day, in percent and in money, on one flow."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import numpy as np

from detente.analysis.duties import rate_by_line
from detente.analysis.state import require_day
from detente.core.errors import InvalidOption
from detente.core.products import Cover, Scope
from detente.policy import LineSet
from detente.record.asof import AsOf
from detente.record.collection import Collection, collections_on, refundable_since, turning_days
from detente.record.compile import Layer, applies_to, duty_measures, joined, list_goods
from detente.record.entries import Exemption, Ruling
from detente.record.files import Record

DAYS_A_YEAR = 365.0


def owed_and_collected(
    record: Record,
    importer: str,
    exporter: str,
    first: date,
    asof: AsOf,
    *,
    lines: LineSet | None = None,
    code: str | None = None,
    measure: str | None = None,
) -> dict[str, Any]:
    """Every duty on a flow over a stretch of days of entry, cut where any of the numbers changes.

    Money takes the trade of the weights' year as if unchanged: an upper bound where duties cut trade.

    Args:
        first: first day of entry; `asof.on` is the last.
        lines: the importer's trade by HS line, for amounts; None gives rates alone.
        code: HS code to answer for; rates are then those on that code.
        measure: id of one measure to answer for.

    Returns:
        spans (measure, from, to, the three numbers, why), totals by measure, basis of the amounts.

    Raises:
        InvalidOption: `first` is after the last day, or `measure` is not a duty on this flow.
        DateBeforeRecord: `first` lies before the record.
    """
    if first > asof.on:
        raise InvalidOption(
            f"from {first}", where="--from", why=f"it is after {asof.on}", instead="an earlier day"
        )
    require_day(record, first, "--from")
    aimed = [m for m in duty_measures(record) if m.imposing == importer and applies_to(m, exporter)]
    if measure is not None and measure not in {m.id for m in aimed}:
        raise InvalidOption(
            f"measure {measure!r}",
            where="--measure",
            why=f"it is no duty of {importer} on goods of {exporter} in this record",
            instead="the id of one, as `detente owed` without --measure lists them",
        )
    days = turning_days(aimed, record.of(Ruling), first, asof.on)
    open_spans: dict[str, dict[str, Any]] = {}
    spans: list[dict[str, Any]] = []
    for day, last in _stretches(days, asof.on):
        items = collections_on(record, importer, exporter, replace(asof, on=day))
        rows = {
            row["measure"]: row
            for item in items
            if measure in (None, item.measure.id) and (row := _row(record, item, code)) is not None
        }
        amounts = _amounts(items, lines, exporter) if lines else {}
        for key in list(open_spans):
            if key not in rows or not _same(open_spans[key], rows[key]):
                spans.append(open_spans.pop(key))
        for key, row in rows.items():
            span = open_spans.setdefault(key, row | {"from": day.isoformat(), "days": 0})
            length = (last - day).days + 1
            span["to"] = last.isoformat()
            span["days"] += length
            for name, yearly in amounts.get(key, {}).items():
                span[name] = span.get(name, 0.0) + yearly * length / DAYS_A_YEAR
    spans.extend(open_spans.values())
    for span in spans:
        for name in AMOUNTS:
            if name in span:
                span[name] = round(span[name], 3)
    spans.sort(key=lambda s: (s["measure"], s["from"]))
    return {
        "dispute": record.settings.name,
        "importer": importer,
        "exporter": exporter,
        "from": first.isoformat(),
        "to": asof.on.isoformat(),
        "known_by": asof.known_by.isoformat() if asof.known_by else None,
        "hs": code,
        "loaded": asof.loaded,
        "checked_to": record.settings.checked_to,
        "spans": spans,
        "totals": _totals(spans),
        "basis": f"trade of {lines.year} as if unchanged: an upper bound" if lines else None,
    }


AMOUNTS = ("owed_usd_million", "collected_usd_million", "refundable_usd_million", "due_usd_million")


def _stretches(days: list[date], last: date) -> Iterator[tuple[date, date]]:
    ends = [day - timedelta(days=1) for day in days[1:]] + [last]
    yield from zip(days, ends, strict=True)


def _row(record: Record, item: Collection, code: str | None) -> dict[str, Any] | None:
    if code is not None:
        item = replace(item, backdated=tuple(e for e in item.backdated if _touches(record, item, e, code)))
    owed, collected = item.owed_percent, item.collected_percent
    note = ""
    if code is not None:
        owed, collected = _on_code(item.owed, code), _on_code(item.collected, code)
        if not item.known:
            owed = collected = None
        elif owed is None or collected is None:
            note = f"{code} is too short to tell"
        elif not owed and not collected:
            return None
    gap = None if owed is None or collected is None else collected - owed
    return {
        "measure": item.measure.id,
        "title": item.measure.title,
        "authority": item.measure.authority,
        "known": item.known,
        "rate_by_list": code is None and item.known and (owed is None or collected is None),
        "owed_percent": _rounded(owed),
        "collected_percent": _rounded(collected),
        "refundable_percent": None if gap is None else _rounded(max(gap, 0.0)),
        "due_percent": None if gap is None else _rounded(max(-gap, 0.0)),
        "contested_percent": _rounded(owed) if item.contested else 0.0,
        "why": note or _why(item),
        "cause": item.void.cause
        if item.void
        else (item.standing.state.cause if item.standing.state else None),
        "refundable_since": refundable_since(item),
        "rulings": [ruling.id for ruling, _ in item.contested],
        "backdated_exemptions": [
            {
                "list": exemption.list_file,
                "hs": list(exemption.hs),
                "kept": dict(exemption.where_list),
                "since": exemption.since,
                "known": exemption.known,
                "basis": exemption.basis,
                "cause": exemption.cause,
                "why": exemption.why,
            }
            for exemption in item.backdated
        ],
    }


def _touches(record: Record, item: Collection, exemption: Exemption, code: str) -> bool:
    """Whether an exemption takes out a code, or part of it."""
    listed = exemption.list_file is not None
    goods = joined(list_goods(record, exemption, item.measure.id)) if listed else frozenset(exemption.hs)
    return Scope(include=frozenset(goods)).cover(code) is not Cover.NO


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 6)


def _on_code(layer: Layer | None, code: str) -> float | None:
    """The layer's rate on a code in percent; None where the code is too short to tell."""
    if layer is None:
        return 0.0
    covers = [(scope.cover(code), rate) for scope, rate in layer.pieces]
    if any(cover is Cover.PART and rate for cover, rate in covers):
        return None
    return sum(rate for cover, rate in covers if cover is Cover.YES)


def _why(item: Collection) -> str:
    if not item.known:
        return item.standing.message or "state unknown"
    parts = []
    if item.void is not None:
        parts.append(f"void from {item.void.voided_from}")
    elif item.standing.state is not None and item.owed is None:
        parts.append(item.standing.status.replace("_", " "))
    if item.contested:
        whom = sorted({"stayed" if e.stayed else f"for {e.for_whom}" for _, e in item.contested})
        parts.append(f"a ruling would void it ({', '.join(whom)})")
    parts.extend(f"exempt from {e.since}, published {e.known}: {e.why}" for e in item.backdated)
    return "; ".join(parts)


def _same(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return all(one[key] == value for key, value in other.items())


def _amounts(items: list[Collection], lines: LineSet, exporter: str) -> dict[str, dict[str, float]]:
    """USD million a year by measure, line by line; nothing for a measure whose state is unknown."""
    value = lines.values(exporter)
    found = {}
    for item in items:
        if not item.known:
            continue
        owed = rate_by_line([item.owed] if item.owed else [], lines)
        collected = rate_by_line([item.collected] if item.collected else [], lines)
        parts = (owed, collected, np.maximum(collected - owed, 0.0), np.maximum(owed - collected, 0.0))
        found[item.measure.id] = {
            name: float((rates * value).sum()) / 100 for name, rates in zip(AMOUNTS, parts, strict=True)
        }
    return found


def _totals(spans: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Amounts by measure over the whole stretch; a measure with a span of unknown state says so."""
    found: dict[str, dict[str, Any]] = {}
    for span in spans:
        total = found.setdefault(
            span["measure"], {"measure": span["measure"], "title": span["title"], "known": True}
        )
        total["known"] = total["known"] and span["known"]
        for name in AMOUNTS:
            if name in span:
                total[name] = round(total.get(name, 0.0) + span[name], 3)
    return list(found.values())
