"""The record as it stood: nothing that became public later is left in it."""

from dataclasses import fields, is_dataclass
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.dispute import TALK, TRUCE, duty, write_dispute

from detente.core.days import parse_moment
from detente.core.places import zone_of
from detente.record.as_known import as_known
from detente.record.asof import AsOf, known_moment, state_of
from detente.record.authorities import powers_on
from detente.record.entries import Agreement, Authority, Claim, Measure, Talk, Threat
from detente.record.files import load_record

THREAT = """\
schema: 1
id: threat-more
kind: threat
title: More duties
date: 2025-05-20
by: {name: A. Person, side: USA}
says: more
would_do: fifty points
deadline: 2025-06-10
outcome: withdrawn
outcome_date: 2025-06-09
sources: [{source: source-gazette}]
"""

DAYS = [date(2018, 12, 2), date(2025, 5, 14), date(2025, 6, 5), date(2025, 10, 15)]


def test_later_entries_states_and_outcomes_are_gone(tmp_path):
    record = load_record(
        str(write_dispute(tmp_path / "d", {"measure-reciprocal": TRUCE, "threat-more": THREAT}))
    )
    before = as_known(record, date(2025, 6, 1))
    assert before.get("threat-more").outcome == "open"
    assert as_known(record, date(2025, 6, 9)).get("threat-more").outcome == "withdrawn"
    assert as_known(record, date(2025, 5, 1)).get("threat-more") is None
    assert before.settings.checked_to == "2025-06-01"


def test_entries_added_later_change_nothing_not_even_the_digest(tmp_path):
    entries = {"measure-reciprocal": TRUCE}
    day = date(2025, 6, 1)
    before = as_known(load_record(str(write_dispute(tmp_path / "d", entries))), day)
    later = {
        "measure-another": duty("another", "[{status: in_force, rate_percent: 9, effective: 2025-06-02}]"),
        "talk-later": TALK.replace("talk-first-contact", "talk-later").replace("2018-01-10", "2025-07-01"),
        "threat-more": THREAT.replace("2025-05-20", "2025-06-03"),
    }
    write_dispute(tmp_path / "d", {**entries, **later}, checked_to="2026-03-01")
    grown = load_record(str(tmp_path / "d"))
    after = as_known(grown, day)
    assert len(grown.entries) == len(before.entries) + 3
    assert list(after.entries) == list(before.entries)
    assert after.digest == before.digest
    assert as_known(grown, date(2025, 6, 2)).digest != before.digest


@pytest.mark.parametrize("day", DAYS)
def test_what_is_left_of_the_shipped_record_was_public_and_stands_as_it_did(day):
    record = load_record("us-china")
    then = as_known(record, day)
    end = day + timedelta(days=1)
    for measure in then.of(Measure):
        assert all(known_moment(s, measure.imposing).at.date() <= end for s in measure.states)
        whole = state_of(record.get(measure.id), AsOf(day, day))
        cut = state_of(measure, AsOf(day, day))
        assert (cut.status, cut.rate_percent) == (whole.status, whole.rate_percent)
    for talk in then.of(Talk):
        assert talk.state != "held" or parse_moment(talk.date, zone_of(talk.parties[0])).at.date() <= day
    for claim in then.of(Claim):
        assert claim.standing[-1].since[:10] <= day.isoformat() or len(claim.standing) == 1
    assert all(t.outcome_date is None or t.outcome_date <= day.isoformat() for t in then.of(Threat))
    assert {p.authority.id: p.usable for p in powers_on(then, AsOf(day))} == {
        p.authority.id: p.usable
        for p in powers_on(record, AsOf(day, day))
        if p.authority.id in {a.id for a in then.of(Authority)}
    }


def test_the_last_day_of_the_record_keeps_all_but_what_lies_ahead():
    record = load_record("us-china")
    last = date.fromisoformat(record.settings.checked_to)
    lost = set(record.entries) - set(as_known(record, last).entries)
    later = {name for name in lost if (record.entries[name].date or "") > last.isoformat()}
    assert all(record.entries[name].kind == "source" for name in lost - later)


def plain(value):
    """A part of a record as plain data; parts compare by identity."""
    if is_dataclass(value):
        return {f.name: plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return [plain(item) for item in value] if isinstance(value, tuple) else value


ANY_DAY = st.dates(date(2018, 1, 22), date(2026, 10, 8))


@settings(deadline=None, max_examples=10)
@given(ANY_DAY, ANY_DAY)
def test_measures_stand_as_the_question_with_two_days_says(day, on):
    """Two ways to one answer: the cut record alone, and the whole record asked with `known_by`."""
    record = load_record("us-china")
    then = as_known(record, day)
    for measure in record.of(Measure):
        before = state_of(measure, AsOf(on, known_by=day))
        seen = then.get(measure.id)
        if seen is None:
            assert before.state is None
        else:
            after = state_of(seen, AsOf(on))
            assert (after.status, after.rate_percent) == (before.status, before.rate_percent)


@settings(deadline=None, max_examples=10)
@given(ANY_DAY, ANY_DAY)
def test_knowing_by_two_days_is_knowing_by_the_earlier(one, two):
    record = load_record("us-china")
    twice, once = as_known(as_known(record, max(one, two)), min(one, two)), as_known(record, min(one, two))
    assert plain(twice.entries) == plain(once.entries)


@pytest.mark.parametrize(
    ("day", "end"),
    [(date(2018, 12, 5), "2019-03-01"), (date(2019, 5, 9), "2019-03-01"), (date(2019, 5, 10), "2019-05-10")],
)
def test_a_truce_has_the_end_it_was_given_until_it_is_broken(day, end):
    truce = as_known(load_record("us-china"), day).get("agreement-buenos-aires-truce")
    assert isinstance(truce, Agreement)
    assert truce.end == end


def test_what_settles_a_threat_is_its_own_day_and_no_measure_that_stood_before():
    threat = as_known(load_record("us-china"), date(2019, 5, 6)).get("threat-us-list-three-may")
    assert threat.outcome == "open"


def test_a_visit_called_off_later_is_still_planned():
    then = as_known(load_record("us-china"), date(2026, 3, 20))
    assert then.entries["talk-beijing-summit-spring-plan"].state == "planned"
    assert "talk-beijing-summit" not in then.entries
