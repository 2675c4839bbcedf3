"""The what-ifs of a brief as policies: as today, every clock lapses, base day, peak, further decoupling."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from detente.analysis.duties import all_goods_percent, direction_key
from detente.core.days import parse_day
from detente.core.products import Scope
from detente.policy import Instrument, Policy, PolicyRow
from detente.record.asof import AsOf, Assume, MeasureState, Standing, state_of
from detente.record.change import change_from_base, flows, lapsed_asof
from detente.record.compile import duty_states
from detente.record.entries import Instrument as MeasureInstrument
from detente.record.entries import Measure
from detente.record.files import Record


@dataclass(frozen=True)
class Scenario:
    """A named what-if.

    Attributes:
        key, name: short key and plain name.
        legal: what the law says of it, in a sentence.
        policy: change from the world's base day, in HS terms.
        all_goods_percent: sum of the rates on all goods by direction, None where it is not a duty path.
    """

    key: str
    name: str
    legal: str
    policy: Policy
    all_goods_percent: dict[str, float] | None


def scenarios(record: Record, asof: AsOf, economies: tuple[str, ...]) -> list[Scenario]:
    """The what-ifs of a brief on a day, each as a change from the base day.

    All but one hold the duties of the two parties on each other and leave those on other origins at the
    base day, so that what they cost is what the dispute costs; one adds the duties on everyone else.

    Raises:
        UnknownState: a duty's time has run out and nothing is assumed.
    """
    today = change_from_base(record, asof, economies)
    found = [
        Scenario(
            "today",
            "As today",
            "The duties in force between the two, those on all origins included as they fall on the other.",
            today,
            _rates(record, asof),
        )
    ]
    lapsed = lapsed_asof(record, asof)
    if lapsed is not None:
        found.append(
            Scenario(
                "lapse",
                "Every clock lapses",
                "The legal consequence if nobody signs anything: what was suspended returns, what was "
                "removed does not, what has a statutory end ends.",
                change_from_base(record, lapsed, economies),
                _rates(record, lapsed),
            )
        )
    name = f"Back to {parse_day(record.settings.base_day):%-d %B %Y}"
    found.append(Scenario("base", name, "Every later duty goes.", Policy(), _zero(record)))
    peak = peak_day(record)
    if peak is not None and peak <= asof.on:
        at_peak = AsOf(peak, asof.known_by)
        found.append(
            Scenario(
                "peak",
                f"Full snap to the rates of {peak:%-d %B %Y}",
                "Not the legal default: those rises were removed, not suspended, and would need new orders.",
                change_from_base(record, at_peak, economies),
                _rates(record, at_peak),
            )
        )
    further = record.settings.further_decoupling
    if further:
        found.append(
            Scenario(
                "decoupling",
                "Further decoupling (rough)",
                f"Not law: today's duties, and a trade cost of {further['cost_percent']:g} percent on named "
                "goods.",
                today + Policy(decoupling_rows(further)),
                None,
            )
        )
    found.append(
        Scenario(
            "everyone",
            "As today, with the duties on everyone else",
            "Adds every other duty on record: what the two impose on all origins and on third countries.",
            change_from_base(record, asof, economies, everyone=True),
            _rates(record, asof),
        )
    )
    return found


def peak_day(record: Record) -> date | None:
    """The first day on which the all-goods rates of the two sides together stood highest."""
    days = sorted(
        {
            _first_whole_day(state.effective)
            for measure in record.of(Measure)
            if measure.instrument is MeasureInstrument.IMPORT_DUTY and measure.scope.all_goods
            for state in measure.states
            if not state.withdrawn
        }
    )
    if not days:
        return None
    heights = {day: sum(_rates(record, AsOf(day, None, Assume.LAPSED)).values()) for day in days}
    top = max(heights.values())
    return next(day for day in days if heights[day] == top) if top > 0 else None


def _first_whole_day(effective: str) -> date:
    return parse_day(effective[:10])


def decoupling_rows(further: dict[str, Any]) -> tuple[PolicyRow, ...]:
    """A named trade cost on named goods, both ways, as policy rows."""
    return tuple(
        PolicyRow(
            instrument=Instrument.NON_TARIFF_COST,
            controller=flow["exporter"],
            importer=flow["importer"],
            exporter=flow["exporter"],
            scope=Scope(include=frozenset(str(code) for code in flow["hs"])),
            value=float(further["cost_percent"]),
        )
        for flow in further["flows"]
    )


def _rates(record: Record, asof: AsOf) -> dict[str, float]:
    return {
        direction_key(importer, exporter): all_goods_percent(
            record, duty_states(record, importer, exporter, asof)
        )
        for importer, exporter in flows(record)
    }


def _zero(record: Record) -> dict[str, float]:
    return {direction_key(importer, exporter): 0.0 for importer, exporter in flows(record)}


def unknown_duties(record: Record, asof: AsOf) -> list[MeasureState]:
    """Duties of any importer whose state is unknown on the day."""
    bare = replace(asof, assume=None)
    found = [
        state_of(measure, bare, record.settings.checked_to)
        for measure in record.of(Measure)
        if measure.instrument is MeasureInstrument.IMPORT_DUTY and measure.in_economy
    ]
    return [standing for standing in found if standing.status == Standing.UNKNOWN]
