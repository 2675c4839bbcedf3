"""Owed, collected, refundable: what a duty was by law, what customs took, and what can come back.

    collected(D)  = the rate in force on D as it was known on D, and, where a measure has been struck down
                    and customs has not stopped yet, the rate before
    owed(D, K)    = the rate in force on D as known on K; nothing from `voided_from` on once that is known
    refundable    = max(collected - owed, 0), good by good;  due = max(owed - collected, 0)

What a later ruling or a backdated act takes away changes what was owed, never what was collected. A ruling
that is stayed, or that holds for some only, changes neither: what it would void is contested.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from detente.core.days import Moment, parse_moment
from detente.record.asof import AsOf, MeasureState, Standing, known_moment, moment_of, state_of
from detente.record.compile import Layer, applies_to, duty_measures, stack
from detente.record.entries import Effect, Exemption, Measure, Ruling, RulingEffect, State
from detente.record.files import Record


@dataclass(frozen=True)
class Collection:
    """One duty on the goods of one origin entered on one day.

    Attributes:
        measure: the entry.
        owed, collected: the layer with its goods and rates, after stacking; None where nothing is.
        standing: how the measure stands on the day, as known.
        known: false where either is unknown (an expiry passed and nothing is assumed).
        void: the state that voids it on the day, as known.
        contested: rulings that would void it on the day but are stayed or hold for some only.
        backdated: exemptions that reach back to the day and were not known on it.
    """

    measure: Measure
    owed: Layer | None
    collected: Layer | None
    standing: MeasureState
    known: bool
    void: State | None
    contested: tuple[tuple[Ruling, RulingEffect], ...]
    backdated: tuple[Exemption, ...]

    @property
    def owed_percent(self) -> float | None:
        """Rate owed on goods in its scope; 0 where nothing is, None where unknown or carried by a list."""
        return _percent(self.owed) if self.known else None

    @property
    def collected_percent(self) -> float | None:
        """Rate collected on goods in its scope; 0 where nothing was, None where unknown or by list."""
        return _percent(self.collected) if self.known else None

    @property
    def refundable_percent(self) -> float | None:
        """What can come back on goods in scope on both counts; backdated exemptions are apart."""
        owed, collected = self.owed_percent, self.collected_percent
        if collected is None and self.known and self.owed is None:
            return None  # the whole of a rate that a list carries
        return None if owed is None or collected is None else max(collected - owed, 0.0)

    @property
    def due_percent(self) -> float | None:
        """What a backdated rise makes owed beyond what was collected."""
        owed, collected = self.owed_percent, self.collected_percent
        return None if owed is None or collected is None else max(owed - collected, 0.0)


def _percent(layer: Layer | None) -> float | None:
    return 0.0 if layer is None else layer.standing.rate_percent


def collections_on(record: Record, importer: str, origin: str, asof: AsOf) -> list[Collection]:
    """Every duty owed or collected on the goods of an origin entered on the day, in file order.

    Args:
        asof: `on` is the day of entry, `known_by` the day whose knowledge decides what was owed,
            `loaded` the day of loading where in-transit rules are to count.
    """
    aimed = [m for m in duty_measures(record) if m.imposing == importer and applies_to(m, origin)]
    then = replace(asof, known_by=_earlier(asof.on, asof.known_by))
    checked_to = record.settings.checked_to
    owed_states = {m.id: state_of(m, asof, checked_to) for m in aimed}
    taken_states = {m.id: _as_collected(state_of(m, then, checked_to), then) for m in aimed}
    void = {m.id: voided(record, m, asof) for m in aimed}
    owing = [s for s in owed_states.values() if s.in_force and void[s.measure.id] is None]
    owed = {layer.measure.id: layer for layer in stack(record, owing, asof)}
    taking = [s for s in taken_states.values() if s.in_force]
    taken = {layer.measure.id: layer for layer in stack(record, taking, then)}
    found = []
    for measure in aimed:
        key = measure.id
        doubtful = Standing.UNKNOWN in (owed_states[key].status, taken_states[key].status)
        if key in owed or key in taken or doubtful:
            found.append(
                Collection(
                    measure,
                    owed.get(key),
                    taken.get(key),
                    owed_states[key],
                    not doubtful,
                    void[key],
                    tuple(contested(record, measure, asof)) if key in owed else (),
                    tuple(_reaching_back(measure, asof, then)),
                )
            )
    return found


def _earlier(day: date, known_by: date | None) -> date:
    return day if known_by is None else min(day, known_by)


def _as_collected(standing: MeasureState, then: AsOf) -> MeasureState:
    """The state that customs acts on: what was struck down may still be collected."""
    if standing.state is None or not standing.state.still_collected or standing.number is None:
        return standing
    measure = standing.measure
    before = replace(measure, states=measure.states[: standing.number])
    return replace(state_of(before, then), measure=measure)


def voided(record: Record, measure: Measure, asof: AsOf) -> State | None:
    """The state by which a measure is void on the day, as known; None where it is not.

    A later ruling that upholds the measure undoes it, and a step that begins after the measure was struck
    down stands on its own.
    """
    party = measure.imposing
    governing = state_of(measure, asof).state
    for state in measure.states:
        if state.voided_from is None or not asof.knows(known_moment(state, party)):
            continue
        if state.withdrawn and asof.knows(moment_of(state.withdrawn, party)):
            continue
        if moment_of(state.voided_from, party).at >= asof.instant(party):
            continue
        struck = moment_of(state.effective, party).at
        if governing is not None and moment_of(governing.effective, party).at > struck:
            continue
        if not _upheld_after(record, measure, known_moment(state, party), asof):
            return state
    return None


def _upheld_after(record: Record, measure: Measure, struck: Moment, asof: AsOf) -> bool:
    return any(
        effect.effect is Effect.UPHOLDS and record.get(effect.measure) is measure
        for ruling in _rulings_known(record, measure, asof)
        if moment_of(ruling.date or "", measure.imposing).at > struck.at
        for effect in ruling.effects
    )


def _rulings_known(record: Record, measure: Measure, asof: AsOf) -> list[Ruling]:
    known = [
        ruling
        for ruling in record.of(Ruling)
        if asof.knows(moment_of(ruling.known or ruling.date or "", measure.imposing))
    ]
    return sorted(known, key=lambda ruling: (ruling.date or "", ruling.id))


def contested(record: Record, measure: Measure, asof: AsOf) -> Iterable[tuple[Ruling, RulingEffect]]:
    """Rulings known by then that would void the measure on the day, and do not do so for everyone.

    A later ruling that upholds the measure settles it.
    """
    party = measure.imposing
    found: list[tuple[Ruling, RulingEffect]] = []
    for ruling in _rulings_known(record, measure, asof):
        for effect in ruling.effects:
            if record.get(effect.measure) is not measure:
                continue
            if effect.effect is Effect.UPHOLDS:
                found.clear()
            reach = moment_of(effect.reaches_back_to or effect.since, party).at
            for_some = effect.stayed or effect.for_whom != "everyone"
            if effect.effect is Effect.VOIDS and for_some and reach < asof.instant(party):
                found.append((ruling, effect))
    return found


def _reaching_back(measure: Measure, asof: AsOf, then: AsOf) -> Iterable[Exemption]:
    party = measure.imposing
    instant = asof.instant(party)
    for exemption in measure.exemptions:
        public = moment_of(exemption.known or exemption.since, party)
        begun = moment_of(exemption.since, party).at < instant
        over = exemption.until is not None and moment_of(exemption.until, party).at < instant
        if begun and not over and asof.knows(public) and not then.knows(public):
            yield exemption


def refundable_since(item: Collection) -> str | None:
    """When it became public that what was collected on the day was not owed; None where all of it was."""
    party = item.measure.imposing
    if item.collected is None:
        return None
    if item.void is not None:
        return known_moment(item.void, party).text()
    state = item.standing.state
    lower = item.owed is None or (item.refundable_percent or 0) > 0
    if lower and state is not None:
        return known_moment(state, party).text()
    if item.backdated:
        return min(exemption.known or exemption.since for exemption in item.backdated)
    return None


def turning_days(
    measures: Iterable[Measure], rulings: Iterable[Ruling], first: date, last: date
) -> list[date]:
    """Days in [first, last] on which any of the three numbers may change; the first day is always one."""
    texts: list[str | None] = []
    for measure in measures:
        for state in measure.states:
            texts += [state.effective, state.expires, state.voided_from, state.withdrawn]
            texts += [state.known, state.announced, state.in_law]
            if state.in_transit:
                texts.append(state.in_transit.entered_before)
        for exemption in measure.exemptions:
            texts += [exemption.since, exemption.until, exemption.known]
    for ruling in rulings:
        texts += [ruling.date, ruling.known]
        texts += [t for effect in ruling.effects for t in (effect.reaches_back_to, effect.since)]
    days = {first, *(parse_moment(text).day for text in texts if text)}
    return sorted(day for day in days if first <= day <= last)
