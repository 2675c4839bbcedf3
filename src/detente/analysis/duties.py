"""Duties of one side on the other on a day: by layer, in total, and on a good that anyone can check."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from detente.core.days import parse_day
from detente.core.products import Cover
from detente.policy import LineSet
from detente.record.asof import AsOf, Assume, MeasureState, Standing
from detente.record.compile import Layer, duty_states, layers_on, stack
from detente.record.entries import Measure
from detente.record.files import LineItem, Record


def direction_key(importer: str, exporter: str) -> str:
    """How a direction is named in JSON."""
    return f"{importer}_on_{exporter}"


@dataclass(frozen=True)
class Trade:
    """What the averages of a flow are weighted with.

    Attributes:
        lines: the importer's trade by HS line; None where no world and no record has it.
        base_percent: trade-weighted duty of the base day on those lines, in percent.
        basis: what the lines are, or why there are none.
    """

    lines: LineSet | None
    base_percent: float | None
    basis: str


def direction(record: Record, importer: str, exporter: str, asof: AsOf, trade: Trade) -> dict[str, Any]:
    """Duties of the importer on the exporter's goods, by layer and in total.

    Args:
        trade: the weights of every average here; without lines every average is None.

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
        "layers": [_layer(record, layer, trade.lines, exporter) for layer in in_force]
        + [_unknown_layer(record, s, asof, trade.lines, exporter) for s in unknown],
        "weights": trade.basis,
        "base_percent": None if trade.base_percent is None else round(trade.base_percent, 4),
        **_totals(record, importer, exporter, asof, trade, None if unknown else in_force),
    }
    if unknown and not any(s.scope.all_goods for s in unknown):
        # Only averages are in doubt: no layer on all goods is among those whose state is unknown.
        certain = [layer.standing for layer in in_force]
        result["all_goods_additional_percent"] = all_goods_percent(record, certain)
    if unknown:
        result["branches"] = {
            branch.value: _totals(
                record,
                importer,
                exporter,
                replace(asof, assume=branch),
                trade,
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
    trade: Trade,
    layers: list[Layer] | None,
) -> dict[str, float | None]:
    lines, base_percent = trade.lines, trade.base_percent
    if layers is None or lines is None or base_percent is None:
        added = None if layers is None else all_goods_percent(record, [layer.standing for layer in layers])
        return {
            "all_goods_additional_percent": added,
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
        "all_goods_additional_percent": all_goods_percent(record, [layer.standing for layer in layers]),
        "trade_weighted_additional_points": round(points, 4),
        "trade_weighted_total_percent": round(base_percent + points, 4),
    }


def all_goods_percent(record: Record, states: list[MeasureState]) -> float:
    """Sum of the rates of layers on all goods imposed since the dispute's headline day, before exemptions."""
    rates = [
        s.rate_percent or 0.0
        for s in states
        if s.in_force and is_new(record, s.measure) and s.scope.all_goods
    ]
    return round(sum(rates), 6)


def is_new(record: Record, measure: Measure) -> bool:
    """Whether the measure was first announced on or after the dispute's headline day."""
    return measure.date is not None and measure.date >= record.settings.headline_since


def rate_by_line(layers: list[Layer], lines: LineSet) -> np.ndarray:
    """Sum of the layers' rates on each HS line, in percent [line]."""
    rates = np.zeros(len(lines.codes))
    for layer in layers:
        rates += layer.rates(lines.index)
    return rates


def _layer(record: Record, layer: Layer, lines: LineSet | None, exporter: str) -> dict[str, Any]:
    rates = [rate for _, rate in layer.pieces]
    if lines is not None:
        paid = rate_by_line([layer], lines)[_held(layer, lines)]
        rates = paid.tolist() or rates
    standing = layer.standing
    state = standing.state
    return {
        **_layer_head(record, standing),
        "rate_percent": standing.rate_percent,
        "rate_percent_range": [round(min(rates), 6), round(max(rates), 6)],
        "covered_trade_share": None if lines is None else _covered_share(layer, lines, exporter),
        "suspended_points": state.suspended_points if state else None,
        "removed_points": state.removed_points if state else None,
    }


def _unknown_layer(
    record: Record, standing: MeasureState, asof: AsOf, lines: LineSet | None, exporter: str
) -> dict[str, Any]:
    extended = replace(
        standing, status="in_force", rate_percent=standing.state.rate_percent if standing.state else None
    )
    (layer,) = stack(record, [extended], asof)
    shown = _layer(record, layer, lines, exporter)
    return shown | {
        "state": "unknown",
        "rate_percent": None,
        "rate_percent_range": None,
        "message": standing.message,
        "if_lapsed_percent": standing.lapse_rate_percent,
        "if_extended_percent": extended.rate_percent,
    }


def _held(layer: Layer, lines: LineSet) -> np.ndarray:
    """Lines on which the layer falls [line]."""
    held = np.zeros(len(lines.codes), dtype=bool)
    for scope, _ in layer.pieces:
        held |= lines.index.mask(scope)
    return held


def _covered_share(layer: Layer, lines: LineSet, exporter: str) -> float:
    value = lines.values(exporter)
    return round(float(value[_held(layer, lines)].sum() / value.sum()), 6)


def _layer_head(record: Record, standing: MeasureState) -> dict[str, Any]:
    measure, state = standing.measure, standing.state
    return {
        "authority": measure.authority,
        "layer": measure.layer,
        "title": measure.title,
        "scope": scope_words(standing),
        "all_goods": standing.scope.all_goods,
        "imposed_since_base": is_new(record, measure),
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
    preference = record.settings.preference(item.importer, item.exporter, item.hs, asof.on)
    if preference is not None:
        most_favoured_percent = preference.percent
        lines.append(
            {
                "authority": preference.name,
                "rate_percent": preference.percent,
                "entries": [preference.entry],
                "why": "rate under the agreement, in place of the general one",
            }
        )
    elif most_favoured_percent is not None:
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
