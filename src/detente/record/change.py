"""The duties of a day against those of the base day, as they are and once every clock has run out."""

from __future__ import annotations

from datetime import date

from detente.core.days import parse_day
from detente.policy import Policy
from detente.record.asof import AsOf, Assume, MeasureState, state_of
from detente.record.compile import compile_policy, duty_states
from detente.record.files import Record


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


def renewed(standing: MeasureState, asof: AsOf) -> MeasureState:
    """The state whose clock counts: a step that is law by the day asked and takes over in time renews it."""
    knowledge = min(asof.on, asof.known_by) if asof.known_by else asof.on
    while standing.expires is not None and standing.in_force:
        after = state_of(standing.measure, AsOf(standing.expires.day, knowledge, law_by=knowledge))
        if after.number == standing.number or not after.in_force:
            break
        standing = after
    return standing


def flows(record: Record) -> tuple[tuple[str, str], tuple[str, str]]:
    """The two flows between the parties, (importer, exporter)."""
    first, second = record.settings.parties
    return (first, second), (second, first)


def lapse_day(record: Record, asof: AsOf) -> date | None:
    """The day on which the last duty clock running on the day asked runs out; None where none runs."""
    running = [
        clock.expires.day
        for importer, exporter in flows(record)
        for standing in duty_states(record, importer, exporter, asof)
        if (clock := renewed(standing, asof)).in_force and clock.expires is not None
    ]
    return max(running) if running else None


def lapsed_asof(record: Record, asof: AsOf) -> AsOf | None:
    """The question "what holds once every clock of today has run out", on the law known today."""
    last = lapse_day(record, asof)
    if last is None:
        return None
    knowledge = min(asof.on, asof.known_by) if asof.known_by else asof.on
    # Two days on: a clock that stops at noon of its last day in its own zone has run out everywhere.
    return AsOf(date.fromordinal(last.toordinal() + 1), knowledge, Assume.LAPSED, law_by=knowledge)
