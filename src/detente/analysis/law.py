"""What a ruling puts at stake: points that fall with it, and what was paid under the measures it voids."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import numpy as np

from detente.analysis.duties import all_goods_percent, direction_key, rate_by_line
from detente.policy import LineSet
from detente.record.asof import AsOf, moment_of
from detente.record.collection import collections_on, turning_days
from detente.record.compile import layers_on
from detente.record.entries import Effect, Measure, Ruling
from detente.record.files import Record

DAYS_A_YEAR = 365.0


def at_stake(
    record: Record, ruling: Ruling, asof: AsOf, lines: LineSet | None, exporter: str
) -> dict[str, Any] | None:
    """What a ruling that voids duties would take away, on goods from one exporter.

    The amount takes the trade of the weights' year as if nothing had changed, so it is an upper bound: trade
    fell under the duties. None where the ruling voids no duty that fell on this flow.

    Returns:
        points that fall today, the measures, and the amount in USD million with its basis.
    """
    voided = [
        measure
        for effect in ruling.effects
        if effect.effect is Effect.VOIDS and isinstance(measure := record.get(effect.measure), Measure)
    ]
    names = {m.id for m in voided}
    importer = record.settings.parties[0]
    starts = [moment_of(m.states[0].effective, m.imposing).day for m in voided if exporter in m.targets]
    if not starts or lines is None:
        return None
    now = [s.standing for s in layers_on(record, importer, exporter, asof) if s.measure.id in names]
    paid = 0.0
    value = lines.values(exporter)
    days = turning_days(voided, (), min(starts), asof.on)
    ends = [*days[1:], asof.on + timedelta(days=1)]
    for day, end in zip(days, ends, strict=True):
        rates = np.zeros(len(value))
        for item in collections_on(record, importer, exporter, replace(asof, on=day)):
            if item.measure.id in names and item.collected is not None:
                rates += rate_by_line([item.collected], lines)
        paid += float((rates * value).sum()) / 100 * (end - day).days / DAYS_A_YEAR
    return {
        "direction": direction_key(importer, exporter),
        "all_goods_points": all_goods_percent(record, now),
        "measures": sorted(m.id for m in voided if exporter in m.targets),
        "paid_at_most_usd_million": round(paid, 1),
        "basis": f"rates of each day on the trade of {lines.year} as if unchanged: an upper bound",
    }
