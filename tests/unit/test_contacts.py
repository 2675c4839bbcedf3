"""When something last happened, and what followed the last times."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.dispute import write_dispute

from detente.analysis.contacts import analogues, first_since, parse_pattern
from detente.core.errors import InvalidOption
from detente.record.asof import AsOf
from detente.record.files import load_record


def talk(slug, day, level, mode="phone", extra=""):
    return f"""\
schema: 1
id: talk-{slug}
kind: talk
title: Talk {slug}
date: {day}
mode: {mode}
track: official
level: {level}
participants: [{{name: Wang Wu, side: CHN}}]
sources: [{{source: source-gazette}}]
{extra}"""


DAYS = [
    ("one", "2025-01-10", "deputy", "phone"),
    ("two", "2025-01-20", "minister", "in_person"),
    ("three", "2025-03-01", "deputy", "video"),
    ("four", "2025-06-01", "deputy", "phone"),
    ("five", "2025-06-15", "minister", "in_person"),
    ("six", "2026-01-25", "deputy", "phone"),
]


@pytest.fixture
def record(tmp_path):
    entries = {f"talk-{slug}": talk(slug, *rest) for slug, *rest in DAYS}
    entries["talk-off"] = talk("off", "2025-07-01", "minister", "in_person", "state: called_off\n")
    entries["talk-post"] = talk("post", "2025-07-02", "leader", "post")
    return load_record(str(write_dispute(tmp_path / "d", entries, checked_to="2026-01-31")))


def asked(record, text, day, **more):
    return first_since(record, parse_pattern(text, "PATTERN"), AsOf(date.fromisoformat(day), **more))


@pytest.mark.parametrize(
    ("day", "last", "before", "gap"),
    [
        ("2025-01-19", None, None, None),
        ("2025-01-20", "talk-two", None, None),
        ("2025-06-14", "talk-two", None, None),
        ("2025-06-15", "talk-five", "talk-two", 146),
        ("2025-07-01", "talk-five", "talk-two", 146),  # a meeting called off is none
    ],
)
def test_the_last_time_and_the_time_before(record, day, last, before, gap):
    found = asked(record, "level=minister", day)
    assert (found["last"] or {}).get("id") == last
    assert (found["before"] or {}).get("id") == before
    assert found["gap_days"] == gap


def test_alternatives_levels_upwards_and_people(record):
    assert asked(record, "level=deputy,mode=phone|video", "2025-03-02")["last"]["id"] == "talk-three"
    assert asked(record, "level=deputy,mode=phone", "2025-03-02")["last"]["id"] == "talk-one"
    assert asked(record, "level=minister+", "2025-07-03")["last"]["id"] == "talk-five"  # a post is no contact
    assert asked(record, "level=leader,mode=post", "2025-07-03")["last"]["id"] == "talk-post"
    assert asked(record, "person=wang", "2025-03-02")["n"] == 3
    assert asked(record, "person=nobody", "2025-03-02")["n"] == 0


@pytest.mark.parametrize(
    "text", ["", "level", "level=", "level=emperor", "weather=fine", "level=leader,level=staff", "mode=fax"]
)
def test_patterns_that_cannot_be(text):
    with pytest.raises(InvalidOption) as caught:
        parse_pattern(text, "PATTERN")
    assert caught.value.instead


def followed(record, within, day="2026-01-31", last=None):
    when, then = parse_pattern("level=deputy", "--when"), parse_pattern("level=minister", "--then")
    return analogues(record, when, then, within, AsOf(date.fromisoformat(day)), last)


def test_what_followed_the_last_times(record):
    found = followed(record, 14)
    assert [c["followed"] for c in found["cases"]] == [True, False, True, None]
    assert [c["after_days"] for c in found["cases"]] == [10, None, 14, None]
    assert (found["n"], found["followed_n"], found["followed_share"], found["open_n"]) == (3, 2, 0.65, 1)
    assert [c["followed"] for c in followed(record, 13)["cases"]] == [True, False, False, None]


def test_a_window_that_reaches_past_the_day_is_open_unless_it_was_hit(record):
    assert [c["followed"] for c in followed(record, 14, "2025-06-14")["cases"]][-1] is None
    assert [c["followed"] for c in followed(record, 14, "2025-06-15")["cases"]][-1] is True
    assert [c["followed"] for c in followed(record, 14, "2025-03-14")["cases"]][-1] is None
    assert [c["followed"] for c in followed(record, 14, "2025-03-15")["cases"]][-1] is False


def test_only_the_newest_cases(record):
    found = followed(record, 14, last=2)
    assert [c["id"] for c in found["cases"]] == ["talk-four", "talk-six"]
    assert (found["n"], found["open_n"]) == (1, 1)
    for value in (0, -1):
        with pytest.raises(InvalidOption):
            followed(record, 14, last=value)
        with pytest.raises(InvalidOption):
            followed(record, value)


def test_the_base_rate_counts_every_window_of_the_stretch(record):
    base = followed(record, 14, "2025-02-28")["base_rate"]
    # Windows from 10 January to 14 February; the meeting of 20 January is hit from 10 to 19 January.
    assert (base["days"], base["hit_days"]) == (36, 10)


@given(st.integers(1, 400), st.integers(1, 400))
def test_longer_windows_never_follow_less(tmp_path_factory, one, other):
    record = _shared(tmp_path_factory)
    short, long = sorted((one, other))
    hits = [sum(c["followed"] is True for c in followed(record, days)["cases"]) for days in (short, long)]
    assert hits[0] <= hits[1]


_kept = []


def _shared(factory):
    if not _kept:
        entries = {f"talk-{slug}": talk(slug, *rest) for slug, *rest in DAYS}
        _kept.append(load_record(str(write_dispute(factory.mktemp("shared") / "d", entries))))
    return _kept[0]


def test_leap_days_count(tmp_path):
    entries = {
        "talk-a": talk("a", "2024-02-28", "deputy"),
        "talk-b": talk("b", "2024-03-01", "minister", "in_person"),
    }
    record = load_record(str(write_dispute(tmp_path / "leap", entries)))
    (case,) = followed(record, 5, "2024-06-01")["cases"]
    assert case["after_days"] == 2 == (date(2024, 3, 1) - date(2024, 2, 28)) // timedelta(days=1)
