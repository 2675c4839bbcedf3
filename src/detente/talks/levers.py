"""From the record to levers: what each side could move on a day, how it stands, and which clocks run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from detente.core.errors import UnknownState
from detente.record.asof import AsOf, MeasureState, Standing, moment_of, state_of
from detente.record.authorities import Power, powers_on, rests_on
from detente.record.change import renewed
from detente.record.entries import Agreement, Instrument, Measure, Status, Usable
from detente.record.files import Record
from detente.talks.effects import end_clock, suspension_clock
from detente.talks.game import Clock, Lever, soft_clock
from detente.talks.state import ClockState, LeverState, Pending

NEW_DUTY_STEPS = (10.0, 25.0, 50.0)
"""Points of duty that a new use may take up to its cap. Assumed: steps of the size of 2018 to 2025."""
CONTROLS = (
    Instrument.EXPORT_CONTROL,
    Instrument.USE_CONTROL,
    Instrument.ENTITY_RESTRICTION,
    Instrument.PORT_FEE,
    Instrument.IMPORT_BAN,
)
CUT_DAYS = 14
"""A cut or suspension that is law and bites within so many days counts as made: talks go on from it. Geneva
was signed on 12 May 2025 and bit on the 14th; Busan was law on 4 November and bit on the 10th."""
MOST_NEW = 4
"""New uses of authorities kept for each side, those that bite soonest."""


@dataclass(frozen=True)
class Held:
    """Levers with their states, the clocks that run, and steps that are decided and bite later."""

    levers: dict[str, Lever]
    states: dict[str, LeverState]
    clocks: dict[str, Clock]
    clock_states: dict[str, ClockState]
    pending: tuple[Pending, ...]


def read_levers(view: Record, asof: AsOf, named: Iterable[str]) -> Held:
    """Levers of both sides on a day.

    A lever is a measure of one side that bears on the other and that the agenda names, a clock holds, or that
    falls on all goods; and each soonest new use of an authority that may be used on the day.

    Args:
        view: the record cut to what was known.
        asof: the day; `assume` says what to make of a clock that has run out with no successor.
        named: ids of measures that the agenda or the settings name.

    Raises:
        UnknownState: a clock ran out before the day and the record does not say what followed.
    """
    powers = {side: powers_on(view, asof, side) for side in view.settings.parties}
    levers: dict[str, Lever] = {}
    states: dict[str, LeverState] = {}
    expiries: dict[str, dict[str, date]] = {}
    wanted = set(named)
    pending: list[Pending] = []
    for measure in view.of(Measure):
        decided = _decided(measure, asof)
        if not _bears(view, measure, measure.id in wanted or decided is not None):
            continue
        standing = _standing(view, measure, asof)
        if measure.id not in wanted and decided is None and not _moves(measure, standing):
            continue
        _require_known(standing)
        lever = _lever(measure, standing, powers[measure.imposing], decided)
        state, expires = _stands(lever, standing)
        if expires is None:
            state, expires = _called_off(view, measure, lever, state, asof)
        if decided is not None:
            pending.append(decided)
        if expires is not None and state.clock:
            expiries.setdefault(state.clock, {})[lever.side] = expires
        levers[lever.id], states[lever.id] = lever, state
    clocks, clock_states = _clocks(levers, states, expiries)
    for side in view.settings.parties:
        for lever in _new_uses(side, powers[side], levers, asof.on):
            levers[lever.id], states[lever.id] = lever, LeverState(0.0)
    for side in view.settings.parties:
        clocks[soft_clock(side)] = Clock(soft_clock(side), "soft")
    for lever in levers.values():
        clocks[end_clock(lever.id)] = Clock(end_clock(lever.id), "hard")
        clocks[suspension_clock(lever.id)] = Clock(suspension_clock(lever.id), "extendable")
    return Held(levers, states, clocks, clock_states, tuple(pending))


def _bears(view: Record, measure: Measure, named: bool) -> bool:
    """Whether a measure of one side bears on the other: by name, or on all alike where it is no mere duty."""
    sides = view.settings.parties
    if measure.imposing not in sides:
        return False
    other = {side for side in sides if side != measure.imposing}
    if other & set(measure.targets):
        return True
    return "ALL" in measure.targets and (named or measure.instrument is not Instrument.IMPORT_DUTY)


def _moves(measure: Measure, standing: MeasureState) -> bool:
    """Whether a measure that nobody named is a lever: a clock holds it, or it is a duty on all goods."""
    if standing.status not in (Status.IN_FORCE, Status.SUSPENDED, Standing.UNKNOWN):
        return False
    if measure.instrument not in (*CONTROLS, Instrument.IMPORT_DUTY):
        return False
    if standing.expires is not None and standing.state is not None and standing.state.on_expiry is not None:
        return True
    return measure.instrument is Instrument.IMPORT_DUTY and measure.in_economy and standing.scope.all_goods


def _require_known(standing: MeasureState) -> None:
    if standing.status == Standing.UNKNOWN:
        raise UnknownState(
            f"{standing.measure.title}: {standing.message}",
            where=standing.measure.id,
            why="its clock lies in the past and the record does not say what followed, so talks cannot start",
            instead="--assume lapsed, or --assume extended",
        )


def _standing(view: Record, measure: Measure, asof: AsOf) -> MeasureState:
    """How a measure stands for talks: with the clock that counts, and with a cut that is about to bite."""
    standing = renewed(state_of(measure, asof, view.settings.checked_to), asof)
    known = min(asof.on, asof.known_by or asof.on)
    for state in standing.pending:
        day = moment_of(state.effective, measure.imposing).day
        if not state.withdrawn and (day - asof.on).days <= CUT_DAYS:
            then = AsOf(day, known, asof.assume, law_by=known)
            cut = renewed(state_of(measure, then, view.settings.checked_to), then)
            if cut.status != Standing.UNKNOWN and _level(cut) < _level(standing):
                return cut
    return standing


def _level(standing: MeasureState) -> float:
    """Points of duty of one rate, else whether it is in force."""
    if not standing.in_force:
        return 0.0
    return 1.0 if standing.rate_percent is None else standing.rate_percent


def _decided(measure: Measure, asof: AsOf) -> Pending | None:
    """A duty or control that is law by the day and bites later; None where there is none, or it lowers it."""
    duty = measure.instrument is Instrument.IMPORT_DUTY and measure.in_economy
    if not duty and measure.instrument not in CONTROLS:
        return None
    standing = state_of(measure, asof)
    now = (standing.rate_percent or 0.0) if standing.in_force else 0.0
    if not duty:
        now = 1.0 if standing.in_force else 0.0
    for state in standing.pending:
        rate = state.rate_percent if duty else 1.0
        if rate is None and not standing.in_force:
            rate = 1.0  # A list with a rate for each line: the part of it in force.
        if state.status is Status.IN_FORCE and rate is not None and rate > now and not state.withdrawn:
            ends = moment_of(state.expires, measure.imposing).day if state.expires else None
            day = moment_of(state.effective, measure.imposing).day
            return Pending(measure.imposing, measure.id, rate, day, ends)
    return None


def _called_off(
    view: Record, measure: Measure, lever: Lever, state: LeverState, asof: AsOf
) -> tuple[LeverState, date | None]:
    """A rise that a truce put off comes back at the end of the truce: it is suspended until then."""
    off = [s.rate_percent or 0.0 for s in measure.states if s.withdrawn and s.status is Status.IN_FORCE]
    rise = max(off, default=0.0) - state.level
    if not lever.is_duty or rise <= 0:
        return state, None
    for agreement in view.of(Agreement):
        for term in agreement.terms:
            until = term.due or agreement.end
            if term.measure != measure.id or term.effect != "keeps" or until is None:
                continue
            day = moment_of(until, measure.imposing).day
            if day > asof.on:
                return LeverState(state.level, rise, clock=day.isoformat()), day
    return state, None


def _lever(measure: Measure, standing: MeasureState, powers: list[Power], decided: Pending | None) -> Lever:
    power = next((p for p in powers if rests_on(measure, p.authority)), None)
    one_rate = standing.rate_percent is not None or standing.scope.list_file is None
    points = measure.instrument is Instrument.IMPORT_DUTY and one_rate
    rate = standing.rate_percent if standing.in_force else 0.0
    steps: tuple[float, ...] = ()
    if power is None or power.usable is not Usable.NO:
        cap = power.authority.cap_percent if power is not None else None
        steps = (
            _steps(measure, max(rate or 0.0, decided.level if decided else 0.0), cap) if points else (1.0,)
        )
    return Lever(
        id=measure.id,
        side=measure.imposing,
        instrument=measure.instrument.value if points or measure.instrument is not Instrument.IMPORT_DUTY
        else "listed_duty",
        title=measure.title,
        topics=measure.topics,
        measures=(measure.id,),
        authority=power.authority.id if power is not None else "",
        steps=steps,
        notice_days=0 if power is None else power.authority.notice_days or 0,
        contested=power is not None and power.usable is Usable.CONTESTED,
        broad=standing.scope.all_goods,
        aimed="ALL" not in measure.targets,
    )  # fmt: skip


def _steps(measure: Measure, rate: float, cap: float | None) -> tuple[float, ...]:
    """Rates above the present one: those it has had, and ten and twenty-five points more."""
    had = {s.rate_percent for s in measure.states if s.rate_percent is not None and s.rate_percent > rate}
    most = cap if cap is not None else float("inf")
    steps = {*had, rate + 10, rate + 25, *(() if cap is None else (cap,))}
    return tuple(sorted(step for step in steps if rate < step <= most))


def _stands(lever: Lever, standing: MeasureState) -> tuple[LeverState, date | None]:
    """A lever's state and the day on which its clock has run out."""
    state = standing.state
    if lever.is_duty:
        level = (standing.rate_percent or 0.0) if standing.in_force else 0.0
    else:
        level = 1.0 if standing.in_force else 0.0
    if standing.expires is None or state is None or state.on_expiry is None:
        return LeverState(level), None
    if standing.status not in (Status.IN_FORCE, Status.SUSPENDED):
        return LeverState(level), None
    after = state.on_expiry
    if after.status == Status.IN_FORCE:
        later = (after.rate_percent if after.rate_percent is not None else level) if lever.is_duty else 1.0
    else:
        later = 0.0
    day = standing.expires.day
    if later > level:
        return LeverState(level, later - level, clock=day.isoformat()), day
    if later < level:
        return LeverState(level, clock=end_clock(lever.id), ends=True), day
    return LeverState(level), None


def _clocks(
    levers: Mapping[str, Lever],
    states: Mapping[str, LeverState],
    expiries: Mapping[str, dict[str, date]],
) -> tuple[dict[str, Clock], dict[str, ClockState]]:
    clocks, running = {}, {}
    for name, expires in expiries.items():
        behind = tuple(m for key, s in states.items() if s.clock == name for m in levers[key].measures)
        ends = any(s.ends for s in states.values() if s.clock == name)
        clocks[name] = Clock(name, "hard" if ends else "extendable", behind)
        running[name] = ClockState(expires, {})
    return clocks, running


def _new_uses(side: str, powers: list[Power], levers: Mapping[str, Lever], on: date) -> list[Lever]:
    """New uses of a side's authorities, the soonest to bite first; none where a lever rests on it already."""
    held = {
        lever.authority for lever in levers.values() if lever.side == side and lever.broad and lever.steps
    }
    found: list[tuple[int, Lever]] = []
    for power in powers:
        authority = power.authority
        instruments = set(authority.instruments)
        if power.usable is Usable.NO:
            continue
        if Instrument.IMPORT_DUTY in instruments:
            if authority.id in held:
                continue
            cap = authority.cap_percent
            steps = NEW_DUTY_STEPS if cap is None else tuple({*(s for s in NEW_DUTY_STEPS if s < cap), cap})
            instrument = Instrument.IMPORT_DUTY
        elif instruments & set(CONTROLS):
            steps = (0.25, 0.5, 0.75, 1.0)
            instrument = next(one for one in CONTROLS if one in instruments)
        else:
            continue
        notice = (power.soonest(on) - on).days
        lever = Lever(
            id=authority.id,
            side=side,
            instrument=instrument.value,
            title=f"{'a new duty' if instrument is Instrument.IMPORT_DUTY else 'further controls'} under "
            f"{authority.names[0] if authority.names else authority.title}",
            authority=authority.id,
            steps=tuple(sorted(steps)),
            notice_days=notice,
            duration_days=authority.duration_days,
            contested=power.usable is Usable.CONTESTED,
            broad=instrument is Instrument.IMPORT_DUTY,
        )
        found.append((notice, lever))
    found.sort(key=lambda pair: (pair[0], pair[1].id))
    return [lever for _, lever in found[:MOST_NEW]]


def last_length(view: Record, asof: AsOf, clock: Clock) -> int:
    """Days of the suspension that a clock ends: what a usual extension would be."""
    lengths = []
    for name in clock.entries:
        measure = view.get(name)
        if isinstance(measure, Measure):
            standing = _standing(view, measure, asof)
            if standing.since is not None and standing.expires is not None:
                lengths.append((standing.expires.day - standing.since.day).days)
    return max(sorted(set(lengths)), key=lengths.count, default=90)


def with_length(clock: Clock, days: int) -> Clock:
    """The clock with another usual extension."""
    return replace(clock, extension_days=days)
