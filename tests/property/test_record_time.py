"""What held on a day is a function of what was known: random lives of a measure, random edits to them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.support.measures import measure_of, record_with

from detente.core.days import Moment, Precision, known_by_day, parse_moment
from detente.record.asof import AsOf, Assume, Standing, known_moment, moment_of, state_of
from detente.record.collection import collections_on, turning_days
from detente.record.entries import Exemption, OnExpiry, State, Status

FIRST, LAST = date(2024, 1, 1), date(2026, 12, 31)  # a leap day lies inside
DAYS = st.dates(FIRST, LAST)
HOURS = st.sampled_from(["", " 00:00", " 00:01", " 12:01", " 13:01", " 23:59"])
PARTIES = st.sampled_from(["USA", "CHN"])
RATES = st.sampled_from([0.0, 7.5, 10.0, 24.0, 34.0, 125.0])
STATUSES = st.sampled_from([Status.IN_FORCE, Status.SUSPENDED, Status.CEASED, Status.ANNOUNCED])


@st.composite
def states(draw):
    """One state: begins on a day, known some days before or after, may run out, may be withdrawn."""
    begins = draw(DAYS)
    known = begins + timedelta(days=draw(st.integers(-90, 60)))
    lasts = draw(st.none() | st.integers(1, 400))
    called_off = draw(st.none() | st.none() | st.integers(0, 60))
    status = draw(STATUSES)
    return State(
        status=status,
        rate_percent=draw(RATES) if status is Status.IN_FORCE else None,
        effective=begins.isoformat() + draw(HOURS),
        known=known.isoformat(),
        expires=(begins + timedelta(days=lasts)).isoformat() if lasts else None,
        on_expiry=OnExpiry(status=Status.IN_FORCE, rate_percent=draw(RATES)) if lasts else None,
        withdrawn=(known + timedelta(days=called_off)).isoformat() if called_off is not None else None,
    )


LIVES = st.lists(states(), min_size=1, max_size=6)


def answer(measure, asof):
    """How a measure stands, without the numbers of its states."""
    found = state_of(measure, asof, "2026-12-31")
    return (found.status, found.state, found.rate_percent, found.since, found.expires, found.message)


@settings(max_examples=60, deadline=None)
@given(LIVES, LIVES, PARTIES, DAYS, DAYS)
def test_what_becomes_known_later_changes_no_earlier_answer(life, news, party, on, known_by):
    late = [s for s in news if not known_by_day(known_moment(s, party), known_by)]
    asof = AsOf(on, known_by)
    assert answer(measure_of(life, party), asof) == answer(measure_of([*life, *late], party), asof)


def _called_off(state, party, known_by):
    return state.withdrawn is not None and known_by_day(moment_of(state.withdrawn, party), known_by)


@settings(max_examples=60, deadline=None)
@given(LIVES, PARTIES, DAYS, DAYS)
def test_only_what_was_known_is_asked(life, party, on, known_by):
    known = [s for s in life if known_by_day(known_moment(s, party), known_by)]
    assume(known)
    then = AsOf(on, known_by)
    off = [
        s
        if s.withdrawn and known_by_day(moment_of(s.withdrawn, party), known_by)
        else replace(s, withdrawn=None)
        for s in known
    ]
    asked, only = state_of(measure_of(life, party), then), state_of(measure_of(off, party), AsOf(on))
    assert (asked.status, asked.rate_percent) == (only.status, only.rate_percent)


@settings(max_examples=60, deadline=None)
@given(LIVES, LIVES, PARTIES, DAYS)
def test_steps_that_begin_later_change_no_earlier_day(life, plans, party, on):
    asof = AsOf(on)
    later = [s for s in plans if moment_of(s.effective, party).at >= asof.instant(party)]
    assert answer(measure_of(life, party), asof) == answer(measure_of([*life, *later], party), asof)


@settings(max_examples=60, deadline=None)
@given(LIVES, PARTIES, DAYS, st.randoms())
def test_the_order_in_the_file_does_not_matter(life, party, on, random):
    keys = {(moment_of(s.effective, party).at, known_moment(s, party).at) for s in life}
    assume(len(keys) == len(life))
    shuffled = random.sample(life, len(life))
    assert answer(measure_of(life, party), AsOf(on)) == answer(measure_of(shuffled, party), AsOf(on))


@settings(max_examples=60, deadline=None)
@given(LIVES, PARTIES, DAYS)
def test_nothing_changes_between_the_moments_of_a_life(life, party, on):
    measure = measure_of(life, party)
    now, after = AsOf(on), AsOf(on + timedelta(days=1))
    texts = [t for s in life for t in (s.effective, s.expires) if t]
    moved = any(now.instant(party) <= moment_of(t, party).at < after.instant(party) for t in texts)
    # An expiry at the first instant after a day is over at the end of the next, not of that day.
    moved |= any(moment_of(t, party).at == now.instant(party) for t in texts)
    assume(not moved)
    assert answer(measure, now) == answer(measure, after)


@settings(max_examples=60, deadline=None)
@given(LIVES, PARTIES, DAYS)
def test_past_an_expiry_the_last_value_is_never_the_answer(life, party, on):
    found = state_of(measure_of(life, party), AsOf(on))
    if found.state is not None and found.state.expires:
        over = moment_of(found.state.expires, party).at < AsOf(on).instant(party)
        assert over == (found.status == Standing.UNKNOWN)
        if over:
            assert found.rate_percent is None
            assert found.message
            lapsed = state_of(measure_of(life, party), AsOf(on, assume=Assume.LAPSED))
            extended = state_of(measure_of(life, party), AsOf(on, assume=Assume.EXTENDED))
            assert lapsed.rate_percent == found.state.on_expiry.rate_percent
            assert extended.rate_percent == found.state.rate_percent


@settings(max_examples=60, deadline=None)
@given(RATES, DAYS, st.integers(1, 200), st.integers(1, 200), PARTIES)
def test_suspend_then_resume_restores(rate, start, until_pause, pause, party):
    begins = start.isoformat()
    stops = (start + timedelta(days=until_pause)).isoformat()
    resumes = (start + timedelta(days=until_pause + pause)).isoformat()
    on = State(status=Status.IN_FORCE, rate_percent=rate, effective=begins)
    off = State(
        status=Status.SUSPENDED, effective=stops, expires=resumes,
        on_expiry=OnExpiry(status=Status.IN_FORCE, rate_percent=rate),
    )  # fmt: skip
    back = State(status=Status.IN_FORCE, rate_percent=rate, effective=resumes)
    before, during, after = (
        date.fromisoformat(stops) - timedelta(days=1), date.fromisoformat(stops), date.fromisoformat(resumes),
    )  # fmt: skip
    resumed = measure_of([on, off, back], party)
    lapsed = measure_of([on, off], party)
    first = state_of(resumed, AsOf(before))
    assert (first.in_force, first.rate_percent) == (True, rate)
    assert not state_of(resumed, AsOf(during)).in_force
    assert state_of(resumed, AsOf(after)).rate_percent == rate
    # With nothing signed, the lapse of the pause gives back the same rate and no other.
    again = state_of(lapsed, AsOf(after, assume=Assume.LAPSED))
    assert (again.in_force, again.rate_percent) == (True, rate)


@settings(max_examples=60, deadline=None)
@given(LIVES, PARTIES, DAYS, DAYS, st.none() | DAYS)
def test_owed_collected_and_refundable_are_one_account(life, party, on, known_by, voided):
    if voided is not None:
        struck = State(
            status=Status.STRUCK_DOWN, effective=max(voided, on).isoformat(), known=voided.isoformat(),
            voided_from=voided.isoformat(), still_collected=True,
        )  # fmt: skip
        life = [*life, struck]
    origin = "CHN" if party == "USA" else "USA"
    record = record_with(measure_of(life, party))
    late = max(on, known_by)
    for item in collections_on(record, party, origin, AsOf(on, late)):
        if not item.known:
            continue
        gap = item.collected_percent - item.owed_percent
        assert item.refundable_percent - item.due_percent == pytest.approx(gap)
        assert min(item.refundable_percent, item.due_percent) == 0
    # What customs took on a day does not depend on what was learned after it.
    then = {c.measure.id: c.collected_percent for c in collections_on(record, party, origin, AsOf(on, on))}
    now = {c.measure.id: c.collected_percent for c in collections_on(record, party, origin, AsOf(on, late))}
    for key in then.keys() & now.keys():
        if then[key] is not None and now[key] is not None:
            assert then[key] == now[key]


@settings(max_examples=60, deadline=None)
@given(LIVES, PARTIES, DAYS, st.integers(0, 120), st.integers(-30, 90))
def test_the_three_numbers_change_on_turning_days_alone(life, party, since, lasts, lag):
    exemption = Exemption(
        hs=("8517",), since=since.isoformat(), until=(since + timedelta(days=lasts + 1)).isoformat(),
        known=(since + timedelta(days=lag)).isoformat(),
    )  # fmt: skip
    measure = replace(measure_of(life, party), exemptions=(exemption,))
    record = record_with(measure)
    origin = "CHN" if party == "USA" else "USA"
    turns = set(turning_days([measure], [], FIRST, LAST))

    def numbers(day):
        found = collections_on(record, party, origin, AsOf(day))
        return [(c.known, c.owed_percent, c.collected_percent, c.backdated) for c in found]

    day = since
    for _ in range(40):
        after = day + timedelta(days=1)
        if after > LAST:
            break
        assert after in turns or numbers(day) == numbers(after), after
        day = after


@settings(max_examples=60, deadline=None)
@given(DAYS)
def test_a_bare_day_is_known_on_itself_in_every_zone(day):
    for zone in ("America/New_York", "Asia/Shanghai", "UTC", "Pacific/Auckland"):
        moment = parse_moment(day.isoformat(), zone)
        assert known_by_day(moment, day)
        assert not known_by_day(moment, day - timedelta(days=1))
        month = Moment(moment.at.replace(day=1), Precision.MONTH)
        last = (moment.at.replace(day=28) + timedelta(days=4)).replace(day=1).date() - timedelta(days=1)
        assert known_by_day(month, last)
        assert not known_by_day(month, last - timedelta(days=1))


def truce(begins, ends, known):
    """Ten percent in a pause of a duty of 34."""
    return State(
        status=Status.IN_FORCE, rate_percent=10, effective=begins, known=known, expires=ends,
        on_expiry=OnExpiry(status=Status.IN_FORCE, rate_percent=34),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("day", "known_by", "status", "until"),
    [
        ("2025-08-10", None, "in_force", "2025-08-12"),
        ("2025-08-11", None, "in_force", "2025-11-10"),  # the new truce began before the old one ended
        ("2025-08-12", None, "in_force", "2025-11-10"),
        ("2025-08-12", "2025-08-08", "unknown", "2025-08-12"),  # as it looked before the new one was signed
        ("2025-11-09", None, "in_force", "2025-11-10"),
        ("2025-11-10", None, "unknown", "2025-11-10"),
    ],
)
def test_overlapping_truces(day, known_by, status, until):
    measure = measure_of(
        [truce("2025-05-14", "2025-08-12", "2025-05-12"), truce("2025-08-11", "2025-11-10", "2025-08-09")]
    )
    asof = AsOf(date.fromisoformat(day), date.fromisoformat(known_by) if known_by else None)
    found = state_of(measure, asof)
    assert (found.status, found.state.expires) == (status, until)


@pytest.mark.parametrize(("party", "last_day"), [("USA", date(2025, 5, 13)), ("CHN", date(2025, 5, 13))])
def test_a_day_ends_in_the_zone_of_whose_law_it_is(party, last_day):
    """14 May 00:01 in New York is 12:01 of that day in Beijing: on both sides day 13 is still the old law."""
    cut = State(status=Status.IN_FORCE, rate_percent=10, effective="2025-05-14 00:01 America/New_York")
    high = State(status=Status.IN_FORCE, rate_percent=125, effective="2025-04-12")
    measure = measure_of([high, cut], party)
    assert state_of(measure, AsOf(last_day)).rate_percent == 125
    assert state_of(measure, AsOf(last_day + timedelta(days=1))).rate_percent == 10


def test_one_instant_can_fall_on_two_days():
    """23:00 on the 12th in New York is the 13th in Beijing: the same law holds a day later there."""
    step = State(status=Status.IN_FORCE, rate_percent=10, effective="2025-05-12 23:00 America/New_York")
    american, chinese = measure_of([step], "USA"), measure_of([step], "CHN")
    assert state_of(american, AsOf(date(2025, 5, 12))).in_force
    assert state_of(chinese, AsOf(date(2025, 5, 12))).status == Standing.NOT_YET
    assert state_of(chinese, AsOf(date(2025, 5, 13))).in_force


@pytest.mark.parametrize("day", ["2024-02-28", "2024-02-29", "2024-03-01"])
def test_a_leap_day_is_a_day(day):
    step = State(status=Status.IN_FORCE, rate_percent=10, effective="2024-02-29")
    found = state_of(measure_of([step]), AsOf(date.fromisoformat(day)))
    assert found.in_force == (day >= "2024-02-29")


@pytest.mark.parametrize(("assume", "status"), [(None, "in_force"), (Assume.LAPSED, "in_force")])
def test_without_an_end_nothing_runs_out(assume, status):
    """An end that nobody set is no expiry: the state holds, whatever is assumed of expiries."""
    step = State(status=Status.IN_FORCE, rate_percent=10, effective="2024-02-29")
    found = state_of(measure_of([step]), AsOf(date(2199, 12, 31), assume=assume))
    assert (found.status, found.rate_percent, found.expires) == (status, 10, None)


@pytest.mark.parametrize(("day", "status"), [("2025-07-31", "in_force"), ("2025-08-01", "unknown")])
def test_an_end_known_to_the_month_is_in_doubt_from_its_first_day(day, status):
    step = State(
        status=Status.IN_FORCE, rate_percent=10, effective="2025-05-14", expires="2025-08",
        on_expiry=OnExpiry(status=Status.EXPIRED),
    )  # fmt: skip
    assert state_of(measure_of([step]), AsOf(date.fromisoformat(day))).status == status
