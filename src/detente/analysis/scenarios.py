"""The what-ifs of a brief as policies: as today, every clock lapses, base day, peak, further decoupling."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from detente.analysis.clocks import renewed
from detente.analysis.duties import all_goods_percent, direction_key
from detente.core.days import parse_day
from detente.core.products import Scope
from detente.policy import Instrument, Policy, PolicyRow
from detente.record.asof import AsOf, Assume, MeasureState, Standing, state_of
from detente.record.compile import compile_policy, duty_states
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


def dispute_economies(record: Record) -> tuple[str, ...]:
    """The parties and the territories whose goods their measures treat like theirs (Hong Kong, Macau)."""
    return (*record.settings.parties, *record.settings.territories)


def change_from_base(
    record: Record, asof: AsOf, economies: tuple[str, ...], *, everyone: bool = False
) -> Policy:
    """compile(D) - compile(base day); exactly no row on the base day itself.

    Args:
        everyone: with the parties' duties on all other origins too; else only those on each other.
    """
    among = None if everyone else dispute_economies(record)
    base = AsOf(parse_day(record.settings.base_day))
    return compile_policy(record, asof, economies, among=among) - compile_policy(
        record, base, economies, among=among
    )


def lapse_day(record: Record, asof: AsOf) -> date | None:
    """The day on which the last duty clock running on the day asked runs out; None where none runs."""
    running = [
        clock.expires.day
        for importer, exporter in _flows(record)
        for standing in duty_states(record, importer, exporter, asof)
        if (clock := renewed(standing, asof)).in_force and clock.expires is not None
    ]
    return max(running) if running else None


def _flows(record: Record) -> tuple[tuple[str, str], tuple[str, str]]:
    first, second = record.settings.parties
    return (first, second), (second, first)


def lapsed_asof(record: Record, asof: AsOf) -> AsOf | None:
    """The question "what holds once every clock of today has run out", on the law known today."""
    last = lapse_day(record, asof)
    if last is None:
        return None
    knowledge = min(asof.on, asof.known_by) if asof.known_by else asof.on
    # Two days on: a clock that stops at noon of its last day in its own zone has run out everywhere.
    return AsOf(date.fromordinal(last.toordinal() + 1), knowledge, Assume.LAPSED, law_by=knowledge)


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
        for importer, exporter in _flows(record)
    }


def _zero(record: Record) -> dict[str, float]:
    return {direction_key(importer, exporter): 0.0 for importer, exporter in _flows(record)}


def unknown_duties(record: Record, asof: AsOf) -> list[MeasureState]:
    """Duties of any importer whose state is unknown on the day."""
    bare = replace(asof, assume=None)
    found = [
        state_of(measure, bare, record.settings.checked_to)
        for measure in record.of(Measure)
        if measure.instrument is MeasureInstrument.IMPORT_DUTY and measure.in_economy
    ]
    return [standing for standing in found if standing.status == Standing.UNKNOWN]
