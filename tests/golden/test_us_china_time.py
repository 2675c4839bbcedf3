"""The shipped record on each side of every step, and the facts that hang on hours, rulings and promises."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import cache

import pytest

from detente.analysis.commitments import commitments
from detente.analysis.contacts import analogues, first_since, parse_pattern
from detente.analysis.contested import contested
from detente.analysis.difference import difference
from detente.analysis.owed import owed_and_collected
from detente.analysis.state import still_collected
from detente.core.days import parse_moment
from detente.record.asof import AsOf, moment_of, state_of
from detente.record.authorities import able, powers_on
from detente.record.entries import Instrument, Measure, Talk
from detente.record.files import load_record


@cache
def record():
    return load_record("us-china")


def day(text):
    return date.fromisoformat(text)


def test_the_day_before_of_and_after_every_step_of_every_measure():
    """Told by the calendar alone: on its day a step governs, unless another of that day begins later."""
    steps = 0
    for measure in record().of(Measure):
        live = [(n, s) for n, s in enumerate(measure.states) if not s.withdrawn]
        days = [(moment_of(s.effective, measure.imposing).day, n) for n, s in live]
        for begins, number in days:
            last_of_day = max(n for d, n in days if d == begins)
            next_day = min((d for d, _ in days if d > begins), default=None)
            assert state_of(measure, AsOf(begins)).number == last_of_day, measure.id
            assert state_of(measure, AsOf(begins - timedelta(days=1))).number != number, measure.id
            after = begins + timedelta(days=1)
            if next_day is None or next_day > after:
                assert state_of(measure, AsOf(after)).number == last_of_day, measure.id
            steps += 1
    assert steps > 250


def test_every_clock_runs_out_on_its_day_and_not_the_day_before():
    clocks = 0
    for measure in record().of(Measure):
        for number, state in enumerate(measure.states):
            if not state.expires or state.withdrawn:
                continue
            ends = moment_of(state.expires, measure.imposing)
            # The end is exclusive: at 00:00 the day before is the last, and the day itself is free of it.
            found = state_of(measure, AsOf(ends.day))
            before = state_of(measure, AsOf(ends.day - timedelta(days=1)))
            if before.number == number:
                assert before.status == state.status.value, measure.id
            if found.number == number:
                assert found.status == "unknown", measure.id
            clocks += 1
    assert clocks > 20


def test_the_chinese_cut_of_november_falls_at_13_01_in_beijing():
    farm = record().get("measure-china-duty-us-farm-goods-10")
    (cut,) = [s for s in farm.states if s.status.value == "ceased"]
    instant = moment_of(cut.effective, "CHN").at
    assert instant.astimezone(UTC) == datetime(2025, 11, 10, 5, 1, tzinfo=UTC)
    american = record().get("measure-us-ieepa-fentanyl-duty-china").states[2]
    assert moment_of(american.effective, "USA").at == instant  # 00:01 in New York, after summer time
    assert "停止" in cut.verb
    assert state_of(farm, AsOf(day("2025-11-09"))).rate_percent == 10
    assert state_of(farm, AsOf(day("2025-11-10"))).status == "ceased"


def test_the_surcharge_ends_at_one_past_midnight_after_150_days():
    surcharge = record().get("measure-us-section-122-surcharge")
    first = surcharge.states[0]
    begins, ends = (parse_moment(text, "America/New_York") for text in (first.effective, first.expires))
    assert (ends.day - begins.day).days == 150
    assert ends.text() == "2026-07-24 00:01 America/New_York"
    assert state_of(surcharge, AsOf(day("2026-07-23"))).rate_percent == 10
    assert state_of(surcharge, AsOf(day("2026-07-24"))).status == "expired"


def spans(first, last, *, measure=None, known_by=None, code=None, loaded=None, flow=("USA", "CHN")):
    asof = AsOf(day(last), day(known_by) if known_by else None, loaded=loaded)
    found = owed_and_collected(record(), *flow, day(first), asof, measure=measure, code=code)["spans"]
    return [
        (s["from"], s["to"], s["owed_percent"], s["collected_percent"], s["refundable_percent"])
        for s in found
    ]


FENTANYL, RECIPROCAL = "measure-us-ieepa-fentanyl-duty-china", "measure-us-ieepa-reciprocal-duty-china"


def test_the_emergency_duties_were_collected_to_23_february_and_never_owed():
    assert spans("2025-01-20", "2026-03-01", measure=FENTANYL) == [
        ("2025-02-04", "2025-03-03", 0, 10, 10),
        ("2025-03-04", "2025-11-09", 0, 20, 20),
        ("2025-11-10", "2026-02-23", 0, 10, 10),
    ]


def test_before_the_ruling_the_same_duties_were_owed():
    assert spans("2025-11-01", "2025-12-01", measure=FENTANYL, known_by="2026-02-19") == [
        ("2025-11-01", "2025-11-09", 20, 20, 0),
        ("2025-11-10", "2025-12-01", 10, 10, 0),
    ]


def test_telephones_were_exempt_six_days_before_it_was_published():
    found = spans("2025-04-01", "2025-04-20", measure=RECIPROCAL, code="8517130000", known_by="2025-06-01")
    assert found == [
        ("2025-04-05", "2025-04-08", 0, 10, 10),
        ("2025-04-09", "2025-04-09", 0, 84, 84),
        ("2025-04-10", "2025-04-10", 0, 125, 125),
    ]
    as_it_looked = spans(
        "2025-04-09", "2025-04-09", measure=RECIPROCAL, code="8517130000", known_by="2025-04-10"
    )
    assert as_it_looked == [("2025-04-09", "2025-04-09", 84, 84, 0)]


@pytest.mark.parametrize(
    ("measure", "loaded", "entered", "percent"),
    [
        (FENTANYL, "2025-01-31", "2025-02-20", None),
        (FENTANYL, "2025-02-01", "2025-02-20", 10),  # loaded in the course of the day
        (FENTANYL, "2025-01-31", "2025-03-06", None),
        (FENTANYL, "2025-01-31", "2025-03-07", 20),
        (RECIPROCAL, "2025-04-04", "2025-05-20", None),
        (RECIPROCAL, "2025-04-09", "2025-05-01", 10),
        (RECIPROCAL, "2025-04-10", "2025-05-01", 125),
        (RECIPROCAL, "2025-04-04", "2025-06-16", 10),
        ("measure-china-duty-all-us-goods", "2025-04-09", "2025-05-13", None),
        ("measure-china-duty-all-us-goods", "2025-04-10", "2025-05-13", 125),
        ("measure-us-section-301-china-list-3", "2019-05-09", "2019-06-14", 10),
        ("measure-us-section-301-china-list-3", "2019-05-09", "2019-06-15", 25),
    ],
)
def test_goods_that_were_on_their_way(measure, loaded, entered, percent):
    found = state_of(record().get(measure), AsOf(day(entered), loaded=loaded))
    assert found.rate_percent == percent


@pytest.mark.parametrize(
    ("on", "known_by", "taken"),
    [
        ("2026-02-19", None, False),
        ("2026-02-20", None, True),
        ("2026-02-23", None, True),
        ("2026-02-24", None, False),
        ("2026-02-23", "2026-02-19", False),  # nobody knew yet that it was void
    ],
)
def test_void_and_still_collected_for_four_days(on, known_by, taken):
    found = still_collected(record(), AsOf(day(on), day(known_by) if known_by else None))
    assert (FENTANYL in {item["id"] for item in found}) == taken
    if taken:
        (item,) = [i for i in found if i["id"] == FENTANYL]
        assert (item["rate_percent"], item["stops"][:10]) == (10, "2026-02-24")


def test_a_stayed_ruling_contests_and_voids_nothing():
    asof = AsOf(day("2026-06-01"))
    found = owed_and_collected(
        record(), "USA", "CHN", day("2026-06-01"), asof, measure="measure-us-section-122-surcharge"
    )
    (span,) = found["spans"]
    assert (span["owed_percent"], span["refundable_percent"], span["contested_percent"]) == (10, 0, 10)
    assert span["rulings"] == ["ruling-cit-section-122"]


def test_each_side_says_the_other_broke_geneva():
    (found,) = commitments(record(), AsOf(day("2025-06-05")), agreement="agreement-geneva-joint-statement")[
        "agreements"
    ]
    blamed = {(a["side"], a["breached_by"]) for a in found["accusations"]}
    assert blamed == {("USA", "CHN"), ("CHN", "USA")}
    trump = next(a for a in found["accusations"] if a["id"] == "claim-trump-china-violated-geneva")
    assert trump["state"] == "denied"
    assert [d["date"] for d in trump["denials"]] == ["2025-06-02"]
    verbs = {(t["by"], t["verb"]) for t in found["terms"] if t["points"]}
    assert {("USA", "suspend 暂停实施"), ("USA", "remove 取消")} <= verbs


def test_soybeans_promised_and_bought():
    asof = AsOf(day("2026-01-31"))
    (busan,) = commitments(record(), asof, agreement="agreement-busan-arrangement", purchases=True)[
        "agreements"
    ]
    first, second = busan["terms"][:2]
    assert (first["promised"]["amount"], first["due"], first["state"]) == (12, "2025-12-31", "done")
    shares = [d["of_promise_share"] for d in first["deliveries"]]
    assert shares[0] < 0.03
    assert shares[-1] == 1
    assert second["promised"]["amount"] == 25
    on_the_due_day = commitments(record(), AsOf(day("2025-12-31")), purchases=True)["agreements"]
    term = next(a for a in on_the_due_day if a["id"] == busan["id"])["terms"][0]
    assert (term["state"], term["past_due"]) == ("promised", True)


def test_leaders_spoke_in_june_for_the_first_time_since_january():
    found = first_since(record(), parse_pattern("level=leader,mode=phone", ""), AsOf(day("2025-06-05")))
    assert (found["last"]["date"], found["before"]["date"], found["gap_days"]) == (
        "2025-06-05",
        "2025-01-17",
        139,
    )


def test_a_first_since_in_an_entry_points_back():
    linked = [t for t in record().of(Talk) if t.first_since]
    assert linked
    for talk in linked:
        before = record().get(talk.first_since)
        assert parse_moment(before.date).day < parse_moment(talk.date).day, talk.id


def test_a_base_rate_never_counts_an_open_window():
    when, then = parse_pattern("level=deputy,mode=phone|video", ""), parse_pattern("level=minister+", "")
    found = analogues(record(), when, then, 30, AsOf(day("2025-06-03")))
    assert found["n"] + found["open_n"] == len(found["cases"])
    assert all(c["date"] <= "2025-06-03" for c in found["cases"])


def test_april_has_claim_and_denial_of_equal_rank():
    pairs = contested(record(), AsOf(day("2025-04-24")), only_open=True)["pairs"]
    talks = next(p for p in pairs if p["claim"]["id"] == "claim-trump-talks-with-china-active")
    denials = {a["id"] for a in talks["against"] if a["relation"] == "denies"}
    assert {"denial-mfa-no-tariff-talks", "denial-mofcom-groundless-talks"} <= denials
    inside = contested(record(), AsOf(day("2025-04-24")))["contradictions_inside_one_side"]
    assert ("USA", "claim-trump-talks-with-china-active", "claim-bessent-not-yet-talking") in {
        (c["side"], *sorted((c["first"]["id"], c["second"]["id"]), reverse=True)) for c in inside
    }


@pytest.mark.parametrize(
    ("on", "usable"),
    [
        ("2025-01-31", "contested"),
        ("2025-02-01", "yes"),
        ("2025-05-28", "contested"),
        ("2026-02-19", "contested"),
        ("2026-02-20", "no"),
        ("2026-10-08", "no"),
    ],
)
def test_the_emergency_act_is_no_power_to_lay_duties_from_20_february_2026(on, usable):
    found = {p.authority.id: p for p in powers_on(record(), AsOf(day(on)))}
    assert found["authority-us-ieepa-duties"].usable == usable


def test_what_can_carry_sixty_percent_on_china_alone():
    def names(on):
        found = able(
            record(), "USA", Instrument.IMPORT_DUTY, AsOf(day(on)), rate_percent=60, against_one=True
        )
        return {p.authority.id for p in found}

    assert "authority-us-ieepa-duties" in names("2025-04-09")
    assert names("2026-03-01") == {
        "authority-us-section-232", "authority-us-section-301", "authority-us-trade-remedies",
    }  # fmt: skip


def test_every_fact_of_an_authority_has_two_origins():
    from detente.record.entries import Authority
    from detente.record.origins import independent_origins

    for authority in record().of(Authority):
        assert independent_origins(record(), authority) >= 2, authority.id


def test_geneva_day_in_one_diff():
    found = difference(record(), day("2025-05-13"), AsOf(day("2025-05-14")))
    assert found["all_goods_additional_percent"] == {
        "USA_on_CHN": {"before": 145, "after": 30},
        "CHN_on_USA": {"before": 125, "after": 10},
    }
    moves = {m["id"]: m for m in found["law"]}
    assert moves["measure-china-duty-all-us-goods"]["why"]["id"] == "agreement-geneva-joint-statement"
    assert "暂停" in moves["measure-china-duty-all-us-goods"]["verb"]
