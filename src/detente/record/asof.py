"""What held on day D, as known on day K: the state of each measure, its clock, and what a lapse means.

`on` means the end of that day in the imposing party's legal zone; `known_by` what was public by the end
of that day in UTC. Past an expiry with no successor the state is unknown, never the last value. Goods on
their way when a step began may be spared by it; they then meet the step before.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from detente.core.days import Moment, end_of_day, known_by_day, last_instant, parse_moment
from detente.core.errors import UnknownState
from detente.core.places import zone_of
from detente.record.entries import GoodsScope, Measure, State, Status


class Assume(StrEnum):
    """What to assume of a state whose time ran out with no successor on record."""

    LAPSED = "lapsed"
    EXTENDED = "extended"


class Standing(StrEnum):
    """How a measure stands on a day: a `Status`, or one of these two."""

    NOT_YET = "not_yet"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class AsOf:
    """A question's two days.

    Attributes:
        on: the day asked about.
        known_by: last day of knowledge; None is everything on record.
        assume: the branch to take past an expiry without successor.
        law_by: only steps that were law (signed or published) by the end of this day; None is all known.
        loaded: when the goods asked about were loaded for the last leg (a day is read as its end); they
            enter on the day asked. None asks about goods that no in-transit rule spares.
    """

    on: date
    known_by: date | None = None
    assume: Assume | None = None
    law_by: date | None = None
    loaded: str | None = None

    def instant(self, party: str) -> datetime:
        """The first instant after the day in that party's zone."""
        return end_of_day(self.on, zone_of(party))

    def is_law(self, state: State, party: str) -> bool:
        """Whether a step counts, where only what was law by a day does."""
        if self.law_by is None or state.in_law is None:
            return True
        return moment_of(state.in_law, party).at < end_of_day(self.law_by, zone_of(party))

    def spared(self, state: State, party: str) -> bool:
        """Whether goods loaded then and entered on the day asked escape this step by its in-transit rule."""
        rule = state.in_transit
        if self.loaded is None or rule is None:
            return False
        if last_instant(moment_of(self.loaded, party)) > moment_of(rule.loaded_before, party).at:
            return False
        return rule.entered_before is None or self.instant(party) <= moment_of(rule.entered_before, party).at

    def knows(self, moment: Moment) -> bool:
        """Whether something public at that moment was known."""
        return self.known_by is None or known_by_day(moment, self.known_by)


@dataclass(frozen=True)
class MeasureState:
    """How a measure stands on a day.

    Attributes:
        measure: the entry.
        status: a Status value, "not_yet" or "unknown".
        state: the state that governs; the one that ran out where unknown; None where not yet.
        number: its position among the measure's states.
        rate_percent: applied rate; None where unknown, where the list carries the rates, or not a duty.
        since: when this began.
        expires: scheduled end of what governs, if any.
        pending: known states that begin later.
        message: the words for an unknown state.
    """

    measure: Measure
    status: str
    state: State | None
    number: int | None
    rate_percent: float | None
    since: Moment | None
    expires: Moment | None
    pending: tuple[State, ...] = ()
    message: str = ""

    @property
    def scope(self) -> GoodsScope:
        """The goods it falls on in this stretch."""
        return (self.state.scope if self.state else None) or self.measure.scope

    @property
    def in_force(self) -> bool:
        """Whether it binds on the day."""
        return self.status == Status.IN_FORCE

    @property
    def lapse_rate_percent(self) -> float | None:
        """The rate if nobody signs anything when the clock runs out; 0 where the measure then ends."""
        if self.state is None or self.state.on_expiry is None:
            return None
        after = self.state.on_expiry
        return after.rate_percent if after.status == Status.IN_FORCE else 0.0


def moment_of(text: str, party: str) -> Moment:
    """A written moment, in the party's zone unless it names one."""
    return parse_moment(text, zone_of(party))


def known_moment(state: State, party: str) -> Moment:
    """When a state became public: `known`, else announced, else in law, else effective."""
    text = state.known or state.announced or state.in_law or state.effective
    return moment_of(text, party)


def state_of(measure: Measure, asof: AsOf, checked_to: str = "") -> MeasureState:
    """How one measure stands; see `MeasureState`. Never raises for a day past an expiry."""
    party = measure.imposing
    instant = asof.instant(party)
    known = [
        (number, state)
        for number, state in enumerate(measure.states)
        if asof.knows(known_moment(state, party))
        and asof.is_law(state, party)
        and not asof.spared(state, party)
        and not (state.withdrawn and asof.knows(moment_of(state.withdrawn, party)))
    ]
    begun = [pair for pair in known if moment_of(pair[1].effective, party).at < instant]
    pending = tuple(state for _, state in known if moment_of(state.effective, party).at >= instant)
    if not begun:
        return MeasureState(measure, Standing.NOT_YET, None, None, None, None, None, pending)
    number, state = max(
        begun,
        key=lambda pair: (
            moment_of(pair[1].effective, party).at,
            known_moment(pair[1], party).at,
            pair[0],
        ),
    )
    since = moment_of(state.effective, party)
    expires = moment_of(state.expires, party) if state.expires else None
    if expires is None or expires.at >= instant:
        return MeasureState(measure, state.status, state, number, state.rate_percent, since, expires, pending)
    return _past_expiry(measure, asof, state, number, expires, pending, checked_to)


def _past_expiry(
    measure: Measure,
    asof: AsOf,
    state: State,
    number: int,
    expires: Moment,
    pending: tuple[State, ...],
    checked_to: str,
) -> MeasureState:
    knows_to = checked_to or "its last entry"
    message = f"expiry {expires.day} passed, no successor recorded; record knows to {knows_to}"
    if asof.assume is Assume.EXTENDED:
        since = moment_of(state.effective, measure.imposing)
        return MeasureState(
            measure, state.status, state, number, state.rate_percent, since, None, pending, message
        )
    if asof.assume is Assume.LAPSED and state.on_expiry is not None:
        after = state.on_expiry
        return MeasureState(
            measure, after.status, state, number, after.rate_percent, expires, None, pending, message
        )
    return MeasureState(measure, Standing.UNKNOWN, state, number, None, expires, None, pending, message)


def require_known(states: list[MeasureState]) -> None:
    """Refuse to go on with a state that is unknown.

    Raises:
        UnknownState: naming the measure and the two branches.
    """
    for item in states:
        if item.status == Standing.UNKNOWN:
            raise UnknownState(
                f"{item.measure.title}: {item.message}",
                where=item.measure.id,
                why="the record does not say what followed, so no rate can be used",
                instead="--assume lapsed, or --assume extended",
            )
