"""Claims with what stands against them, and what happened later, on a small dispute."""

from datetime import date

import pytest
from tests.support.dispute import write_dispute

from detente.analysis.commitments import commitments
from detente.analysis.contested import contested
from detente.core.errors import DateBeforeRecord, InvalidOption, UnknownTopic
from detente.record.asof import AsOf
from detente.record.files import load_record


def claim(slug, day, side, standing, extra=""):
    return f"""\
schema: 1
id: claim-{slug}
kind: claim
title: Claim {slug}
date: {day}
by: {{name: Speaker of {side}, side: {side}}}
says: The {slug} is so.
topics: [{slug}]
standing: {standing}
sources: [{{source: source-gazette}}]
{extra}"""


ENTRIES = {
    "claim-deal": claim(
        "deal", "2025-05-10", "USA",
        "[{since: 2025-05-10, status: open}, {since: 2025-05-12, status: denied, cause: denial-deal},"
        " {since: 2025-06-01, status: confirmed_by_other_side, cause: claim-yes}]",
    ),
    "claim-yes": claim("yes", "2025-06-01", "CHN", "[{since: 2025-06-01, status: open}]"),
    "claim-waiting": claim(
        "waiting", "2025-05-11", "USA", "[{since: 2025-05-11, status: open}]",
        "links: [{entry: claim-deal, relation: contradicts}]\n",
    ),
    "claim-broken": claim(
        "broken", "2025-05-30", "USA", "[{since: 2025-05-30, status: open}]",
        "accusation: true\nbreach_of: agreement-truce\nbreached_by: CHN\n",
    ),
    "denial-deal": """\
schema: 1
id: denial-deal
kind: denial
title: There is no deal
date: 2025-05-12
by: {name: Spokesperson, side: CHN}
says: There is no deal.
denies: [claim-deal]
sources: [{source: source-gazette}]
""",
    "denial-broken": """\
schema: 1
id: denial-broken
kind: denial
title: We kept our word
date: 2025-06-02
by: {name: Spokesperson, side: CHN}
says: We kept our word.
denies: [claim-broken]
sources: [{source: source-gazette}]
""",
    "agreement-truce": """\
schema: 1
id: agreement-truce
kind: agreement
title: A truce
date: 2025-05-12
form: joint_statement
start: 2025-05-14
terms:
  - {by: CHN, does: Suspends 24 points, effect: suspends, verb: suspend 暂停, due: 2025-05-14, state: done}
  - by: CHN
    does: Buys ten
    effect: commits
    quantity: {amount: 10, unit: ships}
    due: 2025-12-31
    state: not_done
    state_since: 2026-01-15
    deliveries:
      - {amount: 4, unit: ships, to: 2025-10-31, counted_by: customs, source: source-gazette}
      - {amount: 8, unit: ships, to: 2025-12-31, known: 2026-01-10, counted_by: customs,
         source: source-gazette}
sources: [{source: source-gazette}]
""",
    "talk-call": """\
schema: 1
id: talk-call
kind: talk
title: A call
date: 2025-05-09
mode: phone
track: official
level: minister
participants: [{name: B, side: USA}]
readouts: [{side: CHN, says: It was asked for by the other side., leaves_out: the duties}]
sources: [{source: source-gazette}]
""",
}  # fmt: skip


@pytest.fixture
def record(tmp_path):
    return load_record(str(write_dispute(tmp_path / "d", ENTRIES)))


def pair(data, name):
    return next(p for p in data["pairs"] if p["claim"]["id"] == name)


@pytest.mark.parametrize(
    ("day", "state", "still_open", "against", "later"),
    [
        ("2025-05-10", "open", True, [], ["denied", "confirmed_by_other_side"]),
        ("2025-05-11", "open", True, ["claim-waiting"], ["denied", "confirmed_by_other_side"]),
        ("2025-05-12", "denied", True, ["claim-waiting", "denial-deal"], ["confirmed_by_other_side"]),
        ("2025-05-31", "denied", True, ["claim-waiting", "denial-deal"], ["confirmed_by_other_side"]),
        ("2025-06-01", "confirmed_by_other_side", False, ["claim-waiting", "denial-deal"], []),
    ],
)
def test_a_claim_before_of_and_after_each_turn(record, day, state, still_open, against, later):
    found = pair(contested(record, AsOf(date.fromisoformat(day))), "claim-deal")
    assert (found["state"], found["open"]) == (state, still_open)
    assert [a["id"] for a in found["against"]] == against
    assert [step["state"] for step in found["later"]] == later


def test_what_was_not_known_yet_is_left_out(record):
    found = pair(contested(record, AsOf(date(2025, 5, 12), date(2025, 5, 12))), "claim-deal")
    assert (found["state"], found["later"]) == ("denied", [])


def test_open_leaves_out_what_is_settled(record):
    names = {p["claim"]["id"] for p in contested(record, AsOf(date(2025, 6, 5)), only_open=True)["pairs"]}
    assert names == {"claim-yes", "claim-waiting", "claim-broken"}
    chinese = contested(record, AsOf(date(2025, 6, 5)), side="CHN")["pairs"]
    assert [p["claim"]["id"] for p in chinese] == ["claim-yes"]
    assert [p["claim"]["id"] for p in contested(record, AsOf(date(2025, 6, 5)), topic="deal")["pairs"]] == [
        "claim-deal"
    ]


def test_a_topic_of_no_claim_known_by_then_is_refused_with_those_there_are(record):
    with pytest.raises(UnknownTopic) as caught:
        contested(record, AsOf(date(2025, 6, 5)), topic="nonsense")
    assert caught.value.where == "--topic"
    known = caught.value.instead.removeprefix("one of: ").split(", ")
    assert "deal" in known
    for topic in known:
        assert contested(record, AsOf(date(2025, 6, 5)), topic=topic)["pairs"]


def test_contradictions_inside_one_side(record):
    (found,) = contested(record, AsOf(date(2025, 5, 11)))["contradictions_inside_one_side"]
    assert (found["side"], found["first"]["id"], found["second"]["id"]) == (
        "USA",
        "claim-deal",
        "claim-waiting",
    )
    assert contested(record, AsOf(date(2025, 5, 10)))["contradictions_inside_one_side"] == []


def test_a_readout_of_one_side_alone(record):
    (found,) = contested(record, AsOf(date(2025, 5, 11)))["one_sided_readouts"]
    assert (found["id"], found["silent"]) == ("talk-call", ["USA"])
    assert found["readouts"][0]["leaves_out"] == "the duties"


def test_consistency_counts_with_n(record):
    sides = {s["side"]: s for s in contested(record, AsOf(date(2025, 6, 5)))["consistency_by_side"]}
    assert sides["USA"]["n"] == 3
    assert sides["USA"]["statements"]["confirmed_by_other_side"] == 1
    assert sides["USA"]["accusations"]["n"] == 1
    for side in sides.values():
        for group in ("statements", "accusations"):
            assert sum(v for k, v in side[group].items() if k != "n") == side[group]["n"]


def test_before_the_record(record):
    with pytest.raises(DateBeforeRecord):
        contested(record, AsOf(date(2017, 1, 1)))


def terms(record, day, **more):
    (agreement,) = commitments(record, AsOf(date.fromisoformat(day)), **more)["agreements"]
    return agreement


@pytest.mark.parametrize(
    ("day", "states", "past_due", "delivered"),
    [
        ("2025-05-13", ["promised", "promised"], [False, False], []),
        ("2025-05-14", ["done", "promised"], [False, False], []),
        ("2025-10-31", ["done", "promised"], [False, False], [0.4]),
        ("2025-12-30", ["done", "promised"], [False, False], [0.4]),
        ("2025-12-31", ["done", "promised"], [False, True], [0.4]),
        ("2026-01-10", ["done", "promised"], [False, True], [0.4, 0.8]),
        ("2026-01-15", ["done", "not_done"], [False, True], [0.4, 0.8]),
    ],
)
def test_a_promise_on_each_side_of_its_days(record, day, states, past_due, delivered):
    found = terms(record, day)["terms"]
    assert [t["state"] for t in found] == states
    assert [t["past_due"] for t in found] == past_due
    assert [d["of_promise_share"] for d in found[1]["deliveries"]] == delivered
    assert found[0]["verb"] == "suspend 暂停"


def test_who_says_who_broke_it(record):
    assert terms(record, "2025-05-29")["accusations"] == []
    (before,) = terms(record, "2025-06-01")["accusations"]
    assert (before["side"], before["breached_by"], before["denials"]) == ("USA", "CHN", [])
    (after,) = terms(record, "2025-06-02")["accusations"]
    assert [d["id"] for d in after["denials"]] == ["denial-broken"]


def test_purchases_alone_and_unknown_agreements(record):
    assert len(terms(record, "2025-06-01", purchases=True)["terms"]) == 1
    assert commitments(record, AsOf(date(2025, 6, 1)), party="USA")["agreements"] == []
    with pytest.raises(InvalidOption, match="agreement-none"):
        commitments(record, AsOf(date(2025, 6, 1)), agreement="agreement-none")
    with pytest.raises(InvalidOption, match="agreement-truce"):
        commitments(record, AsOf(date(2025, 5, 1)), agreement="agreement-truce")
