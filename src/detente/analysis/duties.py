"""Duties of one side on the other on a day: by layer, in total, and on a good that anyone can check."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np

from detente.core.days import parse_day
from detente.core.products import Cover
from detente.policy import LineSet
from detente.record.asof import AsOf, Assume, MeasureState, Standing
from detente.record.compile import Layer, duty_states, layers_on, stack
from detente.record.entries import Measure
from detente.record.files import LineItem, Record

NEW_SINCE = date(2025, 1, 20)
"""Layers imposed from this day on are the "additional" ones; older ones are in the base."""


def direction_key(importer: str, exporter: str) -> str:
    """How a direction is named in JSON."""
    return f"{importer}_on_{exporter}"


def direction(
    record: Record,
    importer: str,
    exporter: str,
    asof: AsOf,
    lines: LineSet,
    base_percent: float,
) -> dict[str, Any]:
    """Duties of the importer on the exporter's goods, by layer and in total.

    Args:
        lines: the importer's trade by HS line, the weights of every average here.
        base_percent: trade-weighted duty of the base day on the same lines, in percent.

    Returns:
        state (known or unknown) and message; layers; the three totals, None where unknown; and, where
        unknown, the two branches with the totals of each. The points on all goods stay known where every
        unknown layer is on listed goods.
    """
    states = duty_states(record, importer, exporter, asof)
    unknown = [s for s in states if s.status == Standing.UNKNOWN]
    in_force = stack(record, [s for s in states if s.in_force], asof)
    result: dict[str, Any] = {
        "state": "unknown" if unknown else "known",
        "message": "; ".join(f"{s.measure.title}: {s.message}" for s in unknown),
        "layers": [_layer(layer, lines, exporter) for layer in in_force]
        + [_unknown_layer(record, s, asof, lines, exporter) for s in unknown],
        "weights": lines.basis,
        "base_percent": round(base_percent, 4),
        **_totals(record, importer, exporter, asof, lines, base_percent, None if unknown else in_force),
    }
    if unknown and not any(s.scope.all_goods for s in unknown):
        # Only averages are in doubt: no layer on all goods is among those whose state is unknown.
        result["all_goods_additional_percent"] = all_goods_percent([layer.standing for layer in in_force])
    if unknown:
        result["branches"] = {
            branch.value: _totals(
                record,
                importer,
                exporter,
                replace(asof, assume=branch),
                lines,
                base_percent,
                layers_on(record, importer, exporter, replace(asof, assume=branch)),
            )
            for branch in Assume
        }
    return result


def _totals(
    record: Record,
    importer: str,
    exporter: str,
    asof: AsOf,
    lines: LineSet,
    base_percent: float,
    layers: list[Layer] | None,
) -> dict[str, float | None]:
    if layers is None:
        return {
            "all_goods_additional_percent": None,
            "trade_weighted_additional_points": None,
            "trade_weighted_total_percent": None,
        }
    # What the base holds was charged that day, whatever was known of it by the day of knowledge.
    base_day = AsOf(parse_day(record.settings.base_day))
    before = rate_by_line(layers_on(record, importer, exporter, base_day), lines)
    now = rate_by_line(layers, lines)
    value = lines.values(exporter)
    total = float(value.sum())
    # The floor at zero is applied sector by sector in the economy; here the change is of the average.
    points = float(((now - before) * value).sum()) / total if total > 0 else 0.0
    return {
        "all_goods_additional_percent": all_goods_percent([layer.standing for layer in layers]),
        "trade_weighted_additional_points": round(points, 4),
        "trade_weighted_total_percent": round(base_percent + points, 4),
    }


def all_goods_percent(states: list[MeasureState]) -> float:
    """Sum of the rates of layers on all goods imposed since 2025-01-20, before exemptions."""
    rates = [s.rate_percent or 0.0 for s in states if s.in_force and is_new(s.measure) and s.scope.all_goods]
    return round(sum(rates), 6)


def is_new(measure: Measure) -> bool:
    """Whether the measure was first announced on or after 2025-01-20."""
    return measure.date is not None and measure.date >= NEW_SINCE.isoformat()


def rate_by_line(layers: list[Layer], lines: LineSet) -> np.ndarray:
    """Sum of the layers' rates on each HS line, in percent [line]."""
    rates = np.zeros(len(lines.codes))
    for layer in layers:
        for scope, rate in layer.pieces:
            rates += rate * lines.index.mask(scope)
    return rates


def _layer(layer: Layer, lines: LineSet, exporter: str) -> dict[str, Any]:
    held = np.zeros(len(lines.codes), dtype=bool)
    for scope, _ in layer.pieces:
        held |= lines.index.mask(scope)
    value = lines.values(exporter)
    rates = rate_by_line([layer], lines)[held]
    if not rates.size:
        rates = np.array([rate for _, rate in layer.pieces])
    standing = layer.standing
    state = standing.state
    return {
        **_layer_head(standing),
        "rate_percent": standing.rate_percent,
        "rate_percent_range": [round(float(rates.min()), 6), round(float(rates.max()), 6)],
        "covered_trade_share": round(float(value[held].sum() / value.sum()), 6),
        "suspended_points": state.suspended_points if state else None,
        "removed_points": state.removed_points if state else None,
    }


def _unknown_layer(
    record: Record, standing: MeasureState, asof: AsOf, lines: LineSet, exporter: str
) -> dict[str, Any]:
    extended = replace(
        standing, status="in_force", rate_percent=standing.state.rate_percent if standing.state else None
    )
    (layer,) = stack(record, [extended], asof)
    shown = _layer(layer, lines, exporter)
    return shown | {
        "state": "unknown",
        "rate_percent": None,
        "rate_percent_range": None,
        "message": standing.message,
        "if_lapsed_percent": standing.lapse_rate_percent,
        "if_extended_percent": extended.rate_percent,
    }


def _layer_head(standing: MeasureState) -> dict[str, Any]:
    measure, state = standing.measure, standing.state
    return {
        "authority": measure.authority,
        "layer": measure.layer,
        "title": measure.title,
        "scope": scope_words(standing),
        "all_goods": standing.scope.all_goods,
        "imposed_since_base": is_new(measure),
        "from": standing.since.text() if standing.since else None,
        "until": standing.expires.text() if standing.expires else None,
        "state": standing.status,
        "verb": state.verb if state else "",
        "entries": [e for e in (measure.id, state.cause if state else None) if e],
    }


def scope_words(standing: MeasureState) -> str:
    """The goods of a measure in words."""
    measure, scope = standing.measure, standing.scope
    if scope.all_goods:
        words = "all goods"
    elif scope.list_file:
        words = f"list {scope.list_file.removesuffix('.csv')}"
    elif scope.hs:
        words = "HS " + ", ".join(scope.hs[:8]) + (" ..." if len(scope.hs) > 8 else "")
    else:
        words = scope.words
    if measure.exemptions:
        words += ", with exemptions"
    if measure.stacking.yields_to:
        words += f", not on {', '.join(measure.stacking.yields_to).replace('_', ' ')} goods"
    return words


def line_item(
    record: Record, item: LineItem, asof: AsOf, most_favoured_percent: float | None
) -> dict[str, Any]:
    """The stack of duties on one good: MFN, then each layer that falls on it.

    A code too short to decide is reported as such, and the total is then None.
    """
    result: dict[str, Any] = {
        "item": item.name,
        "importer": item.importer,
        "exporter": item.exporter,
        "hs": item.hs,
        "note": item.note,
    }
    states = duty_states(record, item.importer, item.exporter, asof)
    lines: list[dict[str, Any]] = []
    if most_favoured_percent is not None:
        lines.append(
            {
                "authority": "MFN",
                "rate_percent": most_favoured_percent,
                "entries": [],
                "why": "most-favoured-nation rate",
            }
        )
    unsure = most_favoured_percent is None
    for layer in stack(record, [s for s in states if s.in_force], asof):
        covers = [(scope.cover(item.hs), rate) for scope, rate in layer.pieces]
        unsure = unsure or any(cover is Cover.PART for cover, _ in covers)
        rate = sum(rate for cover, rate in covers if cover is Cover.YES)
        if rate:
            lines.append(
                {
                    "authority": layer.measure.authority,
                    "rate_percent": rate,
                    "entries": [layer.measure.id],
                    "why": scope_words(layer.standing),
                }
            )
    unknown = [s for s in states if s.status == Standing.UNKNOWN]
    total = None if unsure or unknown else round(sum(line["rate_percent"] for line in lines), 6)
    message = "; ".join(f"{s.measure.authority}: {s.message}" for s in unknown)
    return result | {"lines": lines, "total_percent": total, "message": message}
