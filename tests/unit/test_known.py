"""The record as known on a day holds nothing that became public later."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.core.days import known_by_day, parse_moment
from detente.record.asof import AsOf, known_moment, state_of
from detente.record.entries import Agreement, Assessment, Claim, Measure, Position, Talk, Threat
from detente.record.files import load_record
from detente.record.known import known

DAYS = st.dates(date(2018, 1, 22), date(2026, 10, 8))


def plain(value):
    """A part of a record as plain data; parts compare by identity."""
    if is_dataclass(value):
        return {f.name: plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return [plain(item) for item in value] if isinstance(value, tuple) else value


@settings(deadline=None, max_examples=40)
@given(DAYS)
def test_nothing_public_later_is_left(day):
    view = known(load_record("us-china"), day)
    for measure in view.of(Measure):
        assert all(known_by_day(known_moment(s, measure.imposing), day) for s in measure.states)
        withdrawn = [s.withdrawn for s in measure.states if s.withdrawn]
        assert all(parse_moment(text).day <= day for text in withdrawn)
    for threat in view.of(Threat):
        assert threat.outcome_date is None or parse_moment(threat.outcome_date).day <= day
    for entry in view.of(Assessment):
        assert entry.resolution == "open" or entry.resolvable_by is not None
    for claim in view.of(Claim):
        assert all(parse_moment(s.since).day <= day for s in claim.standing[1:])
    for position in view.of(Position):
        assert all(parse_moment(s.since).day <= day for s in position.stances)
    for talk in view.of(Talk):
        assert talk.state != "held" or parse_moment(talk.date or "").day <= day
    assert view.settings.checked_to <= day.isoformat()


@settings(deadline=None, max_examples=40)
@given(DAYS, DAYS)
def test_measures_stand_as_the_question_with_two_days_says(day, on):
    """Two ways to one answer: the view alone, and the whole record asked with `known_by`."""
    record = load_record("us-china")
    view = known(record, day)
    for measure in record.of(Measure):
        before = state_of(measure, AsOf(on, known_by=day))
        seen = view.get(measure.id)
        if seen is None:
            assert before.state is None
        else:
            after = state_of(seen, AsOf(on))
            assert (after.status, after.rate_percent) == (before.status, before.rate_percent)


@settings(deadline=None, max_examples=40)
@given(DAYS)
def test_knowing_twice_is_knowing_once(day):
    view = known(load_record("us-china"), day)
    again = known(view, day)
    assert plain(again.entries) == plain(view.entries)


@pytest.mark.parametrize(
    ("day", "end"),
    [(date(2018, 12, 5), "2019-03-01"), (date(2019, 5, 9), "2019-03-01"), (date(2019, 5, 10), "2019-05-10")],
)
def test_a_truce_has_the_end_it_was_given_until_it_is_broken(day, end):
    truce = known(load_record("us-china"), day).get("agreement-buenos-aires-truce")
    assert isinstance(truce, Agreement)
    assert truce.end == end


def test_a_talk_known_before_it_is_held_is_planned():
    view = known(load_record("us-china"), date(2026, 3, 20))
    assert view.entries["talk-beijing-summit-spring-plan"].state == "planned"
    assert "talk-beijing-summit" not in view.entries
