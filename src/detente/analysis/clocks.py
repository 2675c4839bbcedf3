"""Clocks: what runs out when, and what the law says follows if nobody signs anything."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from detente.analysis.duties import all_goods_percent, direction_key
from detente.record.asof import AsOf, Assume, MeasureState, Standing, state_of
from detente.record.change import renewed
from detente.record.compile import duty_states
from detente.record.entries import Instrument, Measure
from detente.record.files import Record


def clocks(record: Record, asof: AsOf) -> list[dict[str, Any]]:
    """Every clock that runs on the day, soonest first.

    Duties that run out on one day lapse together; every other suspension has a clock of its own.
    `if_lapses` is the sum of the rates on all goods of each side right after the lapse, as the law
    known on the day has it: what was suspended returns, what was removed does not.
    """
    found = _duty_clocks(record, asof) + _other_clocks(record, asof)
    return sorted(found, key=lambda clock: (clock["expires"][:10], clock["kind"], clock["what"]))


def _directions(record: Record) -> tuple[tuple[str, str], tuple[str, str]]:
    first, second = record.settings.parties
    return (first, second), (second, first)


def _duty_clocks(record: Record, asof: AsOf) -> list[dict[str, Any]]:
    running: dict[date, list[tuple[str, MeasureState]]] = {}
    for importer, exporter in _directions(record):
        for standing in duty_states(record, importer, exporter, asof):
            current = renewed(standing, asof)
            if current.in_force and current.expires is not None:
                key = direction_key(importer, exporter)
                running.setdefault(current.expires.day, []).append((key, current))
    return [_duty_clock(record, asof, day, lapsing) for day, lapsing in running.items()]


def _duty_clock(
    record: Record, asof: AsOf, day: date, lapsing: list[tuple[str, MeasureState]]
) -> dict[str, Any]:
    first = min((s.expires for _, s in lapsing if s.expires), key=lambda moment: moment.at)
    return {
        "kind": "duties",
        "all_goods": any(s.scope.all_goods for _, s in lapsing),
        "what": "; ".join(f"{key.replace('_', ' ')}: {_ending(s)}" for key, s in lapsing),
        "expires": first.text(),
        "days_left": (day - asof.on).days,
        "if_lapses": lapse(record, asof, day),
        "removed_not_suspended_points": {
            key: s.state.removed_points for key, s in lapsing if s.state and s.state.removed_points
        },
        "consequence": "; ".join(
            dict.fromkeys(
                s.state.on_expiry.note
                for _, s in lapsing
                if s.state and s.state.on_expiry and s.state.on_expiry.note
            )
        ),
        "entries": [s.measure.id for _, s in lapsing],
        "conflicts": [
            {
                "field": conflict.field,
                "in_use": conflict.in_use,
                "why": conflict.why,
                "readings": [{"value": r.value, "sources": list(r.sources)} for r in conflict.readings],
            }
            for _, s in lapsing
            for conflict in s.measure.conflicts
            if "expir" in conflict.field or "lapse" in conflict.field
        ],
    }


def _ending(standing: MeasureState) -> str:
    state = standing.state
    if state and state.suspended_points:
        verb = f"; {state.verb}" if state.verb else ""
        return f"suspension of {state.suspended_points:g} points ({standing.measure.authority}{verb})"
    rate = f"{standing.rate_percent:g} percent " if standing.rate_percent is not None else ""
    return f"{rate}{standing.measure.authority}"


def lapse(record: Record, asof: AsOf, day: date) -> dict[str, float | None]:
    """All-goods rates of both sides on an expiry day if nothing is signed, as known on the day asked.

    Later extensions and rulings are left out, and so is what was announced and not yet signed: the question
    is what the law then on the books says. None where a side's state is unknown on the day asked.
    """
    knowledge = min(asof.on, asof.known_by) if asof.known_by else asof.on
    then = AsOf(day, knowledge, Assume.LAPSED, law_by=knowledge)
    rates: dict[str, float | None] = {}
    for importer, exporter in _directions(record):
        key = direction_key(importer, exporter)
        now = {s.measure.id: s for s in duty_states(record, importer, exporter, asof)}
        if any(s.status == Standing.UNKNOWN for s in now.values()):
            rates[key] = None
            continue
        after = duty_states(record, importer, exporter, then)
        # What ran out before the day asked stays in the branch that the caller assumed.
        settled = [now[s.measure.id] if now[s.measure.id].message else _lapsed(s, day) for s in after]
        rates[key] = all_goods_percent(record, settled)
    return rates


def _lapsed(standing: MeasureState, day: date) -> MeasureState:
    """A state whose clock runs out later on the same day counts as lapsed too."""
    after = standing.state.on_expiry if standing.state else None
    if standing.expires is not None and standing.expires.day == day and after is not None:
        return replace(standing, status=after.status, rate_percent=after.rate_percent)
    return standing


def _other_clocks(record: Record, asof: AsOf) -> list[dict[str, Any]]:
    now = {direction_key(i, e): _sum_or_none(record, i, e, asof) for i, e in _directions(record)}
    found = []
    for measure in record.of(Measure):
        if measure.instrument is Instrument.IMPORT_DUTY and measure.in_economy:
            continue
        standing = state_of(measure, asof, record.settings.checked_to)
        if standing.expires is None or standing.state is None or standing.status == Standing.UNKNOWN:
            continue
        after = standing.state.on_expiry
        found.append(
            {
                "kind": str(measure.instrument),
                "all_goods": False,
                "what": f"{measure.title}: {standing.state.verb or standing.status.replace('_', ' ')}",
                "expires": standing.expires.text(),
                "days_left": (standing.expires.day - asof.on).days,
                "if_lapses": now,
                "removed_not_suspended_points": {},
                "consequence": (f"{after.status.replace('_', ' ')}. {after.note}".strip() if after else ""),
                "entries": [measure.id],
                "conflicts": [],
            }
        )
    return found


def _sum_or_none(record: Record, importer: str, exporter: str, asof: AsOf) -> float | None:
    states = duty_states(record, importer, exporter, asof)
    if any(s.status == Standing.UNKNOWN for s in states):
        return None
    return all_goods_percent(record, states)
