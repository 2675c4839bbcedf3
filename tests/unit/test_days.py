from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detente.core.days import (
    Precision,
    Span,
    end_of_day,
    end_of_utc_day,
    last_instant,
    parse_day,
    parse_moment,
)
from detente.core.errors import InvalidDate


def test_a_moment_keeps_its_zone_and_precision():
    moment = parse_moment("2025-05-14 00:01 America/New_York")
    assert moment.at.astimezone(UTC) == datetime(2025, 5, 14, 4, 1, tzinfo=UTC)
    assert moment.precision is Precision.MINUTE
    assert parse_moment("2025-05").precision is Precision.MONTH


def test_a_day_without_zone_is_in_the_zone_given():
    assert parse_moment("2025-05-14", "Asia/Shanghai").at.astimezone(UTC).day == 13


@pytest.mark.parametrize("text", ["14 May 2025", "2025-13-01", "2025-02-29", "2025-5-1", "", "2025-05 10:00"])
def test_other_forms_are_refused_with_a_remedy(text):
    with pytest.raises(InvalidDate) as caught:
        parse_moment(text)
    assert caught.value.instead


def test_an_unknown_zone_is_refused():
    with pytest.raises(InvalidDate, match="time zone"):
        parse_moment("2025-05-14 00:01 Mars/Olympus")


def test_the_end_of_a_day_depends_on_the_zone():
    day = date(2025, 8, 11)
    assert end_of_day(day, "Asia/Shanghai") < end_of_utc_day(day) < end_of_day(day, "America/New_York")


def test_leap_day_and_month_end():
    assert parse_day("2024-02-29") == date(2024, 2, 29)
    assert last_instant(parse_moment("2024-02")) == datetime(
        2024, 3, 1, tzinfo=parse_moment("2024-02").at.tzinfo
    )


@given(st.dates(date(2018, 1, 1), date(2030, 1, 1)))
def test_a_day_survives_the_round_trip(day):
    assert parse_day(day.isoformat()) == day
    assert parse_moment(parse_moment(day.isoformat()).text()).day == day


@given(st.lists(st.datetimes(datetime(2018, 1, 1), datetime(2030, 1, 1)), min_size=4, max_size=4))
def test_spans_are_half_open_and_overlap_both_ways(moments):
    a, b, c, d = (m.replace(tzinfo=UTC) for m in moments)
    one, other = Span(min(a, b), max(a, b)), Span(min(c, d), max(c, d))
    assert one.overlaps(other) == other.overlaps(one)
    if one.end is not None and one.start < one.end:
        assert one.holds(one.start)
        assert not one.holds(one.end)
