"""Checks of the law inside a measure: points that add up, and a life within what its authority allows."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from detente.record.asof import moment_of
from detente.record.authorities import authority_of
from detente.record.entries import Authority, Measure, State, Status
from detente.record.files import Record

Finding = tuple[Measure, int, str]
"""(measure, number of the state, what is wrong)."""

TOLERANCE_POINTS = 1e-9


def points_that_do_not_add_up(record: Record) -> Iterator[Finding]:
    """Suspended and removed points must account for the whole of a cut; a lapse gives back the former alone.

    before.rate + before.suspended = after.rate + after.suspended + after.removed
    on_expiry.rate = rate + suspended
    """
    for measure in record.of(Measure):
        live = [(n, s) for n, s in enumerate(measure.states) if not s.withdrawn]
        for (_, before), (number, after) in pairwise(live):
            parts = after.suspended_points is not None or after.removed_points is not None
            if not parts or before.rate_percent is None or after.rate_percent is None:
                continue
            if before.status is not Status.IN_FORCE or after.status is not Status.IN_FORCE:
                continue
            had, has = _with_suspended(before), _with_suspended(after) + (after.removed_points or 0.0)
            if abs(had - has) > TOLERANCE_POINTS:
                words = f"{had:g} points stood before, {has:g} are accounted for (rate, suspended, removed)"
                yield measure, number, words
        for number, state in live:
            returns = state.on_expiry.rate_percent if state.on_expiry else None
            if state.suspended_points is None or state.rate_percent is None or returns is None:
                continue
            if abs(returns - _with_suspended(state)) > TOLERANCE_POINTS:
                words = (
                    f"a lapse returns {_with_suspended(state):g} by its points, on_expiry says {returns:g}"
                )
                yield measure, number, words


def _with_suspended(state: State) -> float:
    return (state.rate_percent or 0.0) + (state.suspended_points or 0.0)


def beyond_the_authority(record: Record) -> Iterator[Finding]:
    """A duty above its authority's cap, or a clock longer than the authority's longest use.

    A measure that rests on several authorities needs only one that allows it.
    """
    for measure in record.of(Measure):
        authorities = authority_of(record, measure)
        for number, state in enumerate(measure.states if authorities else ()):
            excesses = [_excess(measure, state, authority) for authority in authorities]
            if state.status is Status.IN_FORCE and all(excesses):
                yield measure, number, excesses[0]


def _excess(measure: Measure, state: State, authority: Authority) -> str:
    cap, longest = authority.cap_percent, authority.duration_days
    if cap is not None and state.rate_percent is not None and state.rate_percent > cap:
        return f"{state.rate_percent:g} percent is above the {cap:g} that {authority.id} allows"
    if longest is not None and state.expires is not None:
        party = measure.imposing
        days = (moment_of(state.expires, party).day - moment_of(state.effective, party).day).days
        if days > longest:
            return f"{days} days are more than the {longest} that {authority.id} allows"
    return ""
