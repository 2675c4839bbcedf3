"""Owed, collected, refundable: rulings, backdated acts and exemptions, goods in transit."""

from datetime import date

import pytest
from tests.support.dispute import duty, write_dispute

from detente.analysis.owed import owed_and_collected
from detente.core.errors import InvalidOption
from detente.record.asof import AsOf, state_of
from detente.record.collection import collections_on, refundable_since
from detente.record.files import load_record

ET = "America/New_York"

STRUCK = duty(
    "emergency",
    f"""
  - {{status: in_force, rate_percent: 20, announced: 2025-03-03, effective: 2025-03-04 00:01 {ET}}}
  - {{status: in_force, rate_percent: 10, announced: 2025-10-30, effective: 2025-11-10 00:01 {ET}}}
  - {{status: struck_down, announced: 2026-02-20, effective: 2026-02-20, voided_from: 2025-03-04 00:01 {ET},
     still_collected: true, cause: ruling-high-court}}
  - {{status: ceased, announced: 2026-02-20, effective: 2026-02-24 00:00 {ET}}}""",
)
RULING = """\
schema: 1
id: ruling-{slug}
kind: ruling
title: A court rules
date: {date}
parties: [USA]
court: Court
case: A v. B
holds: The duty is unlawful.
effects:
  - {{measure: measure-emergency, effect: {effect}, since: {date}, reaches_back_to: 2025-03-04, {more}}}
sources: [{{source: source-gazette}}]
"""
HIGH = RULING.format(slug="high-court", date="2026-02-20", effect="voids", more="stayed: false")
LOW = RULING.format(slug="low-court", date="2025-05-28", effect="voids", more="stayed: true")


def record_of(tmp_path, entries, **settings):
    return load_record(str(write_dispute(tmp_path / "d", entries, checked_to="2026-06-30", **settings)))


def struck(tmp_path):
    entries = {"measure-emergency": STRUCK, "ruling-high-court": HIGH, "ruling-low-court": LOW}
    return record_of(tmp_path, entries)


def on(record, day, known_by=None, **more):
    asof = AsOf(date.fromisoformat(day), date.fromisoformat(known_by) if known_by else None, **more)
    found = collections_on(record, "USA", "CHN", asof)
    return found[0] if found else None


@pytest.mark.parametrize(
    ("day", "collected"),
    [
        ("2025-03-04", 20),
        ("2025-11-09", 20),
        ("2025-11-10", 10),
        ("2026-02-19", 10),
        ("2026-02-20", 10),  # struck down, customs goes on
        ("2026-02-23", 10),
    ],
)
def test_a_void_duty_was_collected_and_never_owed(tmp_path, day, collected):
    item = on(struck(tmp_path), day)
    assert (item.owed_percent, item.collected_percent, item.refundable_percent) == (0, collected, collected)
    assert refundable_since(item) == "2026-02-20"


@pytest.mark.parametrize("day", ["2025-03-03", "2026-02-24", "2026-03-15"])
def test_outside_its_life_nothing_is_owed_or_collected(tmp_path, day):
    assert on(struck(tmp_path), day) is None


@pytest.mark.parametrize(("known_by", "rulings"), [("2025-05-27", 0), ("2025-05-28", 1), ("2026-02-19", 1)])
def test_before_the_last_ruling_was_known_the_duty_was_owed_and_contested(tmp_path, known_by, rulings):
    item = on(struck(tmp_path), "2025-04-15", known_by)
    assert (item.owed_percent, item.collected_percent, item.refundable_percent) == (20, 20, 0)
    assert len(item.contested) == rulings
    assert refundable_since(item) is None


def test_a_reversal_makes_the_duty_owed_again(tmp_path):
    back = RULING.format(slug="last-court", date="2026-05-01", effect="upholds", more="stayed: false")
    entries = {"measure-emergency": STRUCK, "ruling-high-court": HIGH, "ruling-last-court": back}
    record = record_of(tmp_path, entries)
    for known_by, owed in (("2026-02-19", 20), ("2026-02-20", 0), ("2026-04-30", 0), ("2026-05-01", 20)):
        item = on(record, "2025-04-15", known_by)
        assert (item.owed_percent, item.collected_percent) == (owed, 20), known_by


def test_what_is_laid_anew_after_a_ruling_stands_on_its_own(tmp_path):
    anew = f"  - {{status: in_force, rate_percent: 5, effective: 2026-03-15 00:01 {ET}}}\n"
    text = STRUCK.replace("sources:", anew + "sources:")
    assert anew in text
    record = record_of(tmp_path, {"measure-emergency": text, "ruling-high-court": HIGH})
    numbers = {}
    for day in ("2026-02-23", "2026-03-14", "2026-03-15", "2026-04-01", "2025-12-01"):
        item = on(record, day)
        numbers[day] = (item.owed_percent, item.collected_percent) if item else None
    assert numbers == {
        "2025-12-01": (0, 10), "2026-02-23": (0, 10), "2026-03-14": None, "2026-03-15": (5, 5),
        "2026-04-01": (5, 5),
    }  # fmt: skip


def test_a_ruling_that_upholds_ends_the_contest(tmp_path):
    upheld = RULING.format(slug="high-court", date="2026-02-20", effect="upholds", more="stayed: false")
    plain = duty("emergency", "[{status: in_force, rate_percent: 20, effective: 2025-03-04}]")
    entries = {"measure-emergency": plain, "ruling-high-court": upheld, "ruling-low-court": LOW}
    record = record_of(tmp_path, entries)
    assert len(on(record, "2025-04-15", "2026-02-19").contested) == 1
    assert on(record, "2025-04-15").contested == ()


def test_a_stay_leaves_a_duty_owed(tmp_path):
    plain = duty("emergency", "[{status: in_force, rate_percent: 20, effective: 2025-03-04}]")
    record = record_of(tmp_path, {"measure-emergency": plain, "ruling-low-court": LOW})
    item = on(record, "2025-06-15")
    assert (item.owed_percent, item.refundable_percent, len(item.contested)) == (20, 0, 1)


BACKDATED = duty(
    "deal",
    f"""
  - {{status: in_force, rate_percent: 25, announced: 2025-04-02, effective: 2025-04-05 00:01 {ET}}}
  - {{status: in_force, rate_percent: 15, announced: 2025-07-22, in_law: 2025-09-04, known: 2025-09-04,
     effective: 2025-08-07 00:01 {ET}}}""",
)


@pytest.mark.parametrize(
    ("day", "known_by", "numbers"),
    [
        ("2025-08-06", None, (25, 25, 0)),
        ("2025-08-07", None, (15, 25, 10)),
        ("2025-09-03", None, (15, 25, 10)),
        ("2025-09-04", None, (15, 15, 0)),
        ("2025-08-07", "2025-09-03", (25, 25, 0)),
    ],
)
def test_a_backdated_cut_makes_the_difference_refundable(tmp_path, day, known_by, numbers):
    item = on(record_of(tmp_path, {"measure-deal": BACKDATED}), day, known_by)
    assert (item.owed_percent, item.collected_percent, item.refundable_percent) == numbers


def test_a_backdated_rise_is_due(tmp_path):
    text = BACKDATED.replace("rate_percent: 15", "rate_percent: 40")
    item = on(record_of(tmp_path, {"measure-deal": text}), "2025-08-10")
    assert (item.owed_percent, item.collected_percent) == (40, 25)
    assert (item.refundable_percent, item.due_percent) == (0, 15)


EXEMPT = duty(
    "wide",
    f"[{{status: in_force, rate_percent: 84, announced: 2025-04-02, effective: 2025-04-05 00:01 {ET}}}]",
    extra=f"""\
exemptions:
  - {{hs: ["8517"], since: 2025-04-05 00:01 {ET}, known: 2025-04-11, why: telephones}}
""",
)


def test_a_backdated_exemption_is_refundable_on_its_goods_alone(tmp_path):
    record = record_of(tmp_path, {"measure-wide": EXEMPT})

    def spans(code):
        asof = AsOf(date(2025, 4, 20))
        found = owed_and_collected(record, "USA", "CHN", date(2025, 4, 1), asof, code=code)["spans"]
        return [(s["from"], s["to"], s["owed_percent"], s["collected_percent"]) for s in found]

    assert spans("8517130000") == [("2025-04-05", "2025-04-10", 0, 84)]
    assert spans("9503000073") == [("2025-04-05", "2025-04-20", 84, 84)]
    item = on(record, "2025-04-06")
    assert [e.why for e in item.backdated] == ["telephones"]
    assert refundable_since(item) == "2025-04-11"


FIRST = "  - {status: in_force, rate_percent: 10, announced: 2025-01-02, effective: 2025-01-05}\n"
AFLOAT = duty(
    "rise",
    f"""
{FIRST}  - {{status: in_force, rate_percent: 30, announced: 2025-04-02, effective: 2025-04-05 00:01 {ET},
     in_transit: {{loaded_before: 2025-04-05 00:01 {ET}, entered_before: 2025-05-27 00:01 {ET}}}}}""",
)


@pytest.mark.parametrize(
    ("loaded", "entered", "percent"),
    [
        ("2025-04-04", "2025-04-05", 10),
        ("2025-04-04", "2025-05-26", 10),
        ("2025-04-04", "2025-05-27", 30),
        ("2025-04-05", "2025-04-20", 30),  # loaded in the course of the day, after 00:01
        ("2025-04-05 00:00 America/New_York", "2025-04-20", 10),
        (None, "2025-04-20", 30),
    ],
)
def test_goods_on_their_way_meet_the_step_before(tmp_path, loaded, entered, percent):
    measure = record_of(tmp_path, {"measure-rise": AFLOAT}).get("measure-rise")
    assert state_of(measure, AsOf(date.fromisoformat(entered), loaded=loaded)).rate_percent == percent


def test_a_first_duty_spares_goods_on_their_way_whole(tmp_path):
    text = AFLOAT.replace(FIRST, "")
    measure = record_of(tmp_path, {"measure-rise": text}).get("measure-rise")
    assert state_of(measure, AsOf(date(2025, 4, 20), loaded="2025-04-01")).status == "not_yet"


def test_past_an_expiry_none_of_the_numbers_is_known(tmp_path):
    text = duty(
        "sunset",
        "[{status: in_force, rate_percent: 10, effective: 2026-02-24, expires: 2026-07-24,"
        " on_expiry: {status: expired}}]",
    )
    item = on(record_of(tmp_path, {"measure-sunset": text}), "2026-07-24")
    assert (item.known, item.owed_percent, item.refundable_percent) == (False, None, None)


def test_a_span_is_cut_only_where_a_number_changes(tmp_path):
    data = owed_and_collected(struck(tmp_path), "USA", "CHN", date(2025, 3, 1), AsOf(date(2026, 6, 1)))
    found = [(s["from"], s["to"], s["days"], s["refundable_percent"]) for s in data["spans"]]
    assert found == [("2025-03-04", "2025-11-09", 251, 20), ("2025-11-10", "2026-02-23", 106, 10)]


def test_refused_questions(tmp_path):
    record = struck(tmp_path)
    with pytest.raises(InvalidOption, match="from"):
        owed_and_collected(record, "USA", "CHN", date(2026, 1, 2), AsOf(date(2026, 1, 1)))
    with pytest.raises(InvalidOption, match="measure-none"):
        owed_and_collected(
            record, "USA", "CHN", date(2026, 1, 1), AsOf(date(2026, 1, 1)), measure="measure-none"
        )
