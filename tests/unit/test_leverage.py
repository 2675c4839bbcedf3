"""Levers of a file, the law of a day, the words of the answer, and the search for flips."""

import datetime

import pytest
from tests.support.levers import armed, bench, duty, lever, small_world, span, stated, withheld, write

from detente.core.errors import InvalidLever, InvalidRange
from detente.record.asof import AsOf
from detente.record.files import load_record
from detente.strategy.authorities import law_of, state_of_measures
from detente.strategy.cases import Case
from detente.strategy.flips import flip
from detente.strategy.levers_file import read_levers
from detente.strategy.upper_hand import Comparison, Hold, strongest, verdict

SIDES = ("E00", "E01")


def test_the_shipped_levers_are_sound():
    record = load_record("us-china")
    file = read_levers(record.folder)
    assert {one.holder for one in file.levers} == {"USA", "CHN"}
    asof = AsOf(datetime.date(2025, 6, 5))
    for one in file.levers:
        law_of(record, asof, one.holder, one.target, one.authorities, one.where)
        state_of_measures(record, asof, one.measures, one.where)
        for value in (one.full, one.cost_to_target, one.cost_to_holder, one.substitutes_share):
            assert value is None or value.assumed or value.origins >= 1


BROKEN = [
    (duty("a", "E00", "E01").replace("import_duty", "import_ban"), "instrument 'import_ban'", 11),
    (duty("a", "E00", "E01").replace("holder: E00\n", "holder: E01\n"), "E01 over itself", 4),
    (duty("a", "E00", "E01").replace("    because: made up\n", ""), "a lever without because", 2),
    (duty("a", "E00", "E01").replace("points", "weeks"), "unit 'weeks'", 12),
    (duty("a", "E00", "E01").replace("    legal: none needed\n", ""), "both or neither", 2),
    (duty("a", "E00", "E01") + "\n    colour: red", "key 'colour'", 13),
    (
        duty("a", "E00", "E01") + "\n    cost_to_target: " + span(1, 2, 3, "usd_billion"),
        "moves with cost",
        13,
    ),
    (duty("a", "E00", "E01") + "\n    turns_on: luck", "turns_on 'luck'", 13),
    (withheld("a", "E00", "E01", "S01").replace("0.25,", "1.25,", 1), "low 1.25", 12),
    (stated("a", "E00", "E01", 1, 1).replace("usd_billion", "euro", 1), "unit 'euro'", 11),
    (lever("a", "E00", "E01", ""), "without moves and without both costs", 2),
    (duty("a", "E00", "E01") + duty("a", "E01", "E00"), "lever a", 13),
]


@pytest.mark.parametrize(("text", "what", "line"), BROKEN)
def test_a_bad_file_names_its_line(tmp_path, text, what, line):
    with pytest.raises((InvalidLever, InvalidRange)) as caught:
        write(tmp_path / "d", text)
    assert what in caught.value.what
    assert caught.value.where == f"d/levers.yaml:{line}"
    assert caught.value.instead


def test_a_dispute_without_levers_says_what_to_write(tmp_path):
    with pytest.raises(InvalidLever) as caught:
        read_levers(tmp_path)
    assert "levers.yaml" in caught.value.where
    assert "docs/leverage.md" in caught.value.instead


def test_labels_that_the_world_lacks_are_refused_with_the_line(tmp_path):
    from detente.strategy.leverage import leverage

    file = write(tmp_path / "d", duty("a", "E00", "E01"), withheld("b", "E01", "E00", "S99"))
    with pytest.raises(InvalidLever) as caught:
        leverage(armed(file), bench(small_world()), SIDES)
    assert "S99" in caught.value.what
    assert caught.value.where.startswith("d/levers.yaml:")


def test_a_side_without_levers_is_refused(tmp_path):
    from detente.strategy.leverage import leverage

    with pytest.raises(InvalidLever, match="no lever of E01"):
        leverage(armed(write(tmp_path, duty("a", "E00", "E01"))), bench(small_world()), SIDES)


def step_ids(law):
    return [step.authority for step in law.steps]


@pytest.mark.parametrize(
    ("day", "usable"), [("2025-04-10", True), ("2026-02-19", True), ("2026-03-01", False)]
)
def test_the_emergency_act_carries_duties_until_the_ruling(day, usable):
    record = load_record("us-china")
    named = ["authority-us-ieepa-duties", "authority-us-section-338", "authority-us-section-122"]
    law = law_of(record, AsOf(datetime.date.fromisoformat(day)), "USA", "CHN", named)
    assert ("authority-us-ieepa-duties" in step_ids(law)) == usable
    # Section 122 must treat all alike, so it opens nothing against one partner.
    assert "alike" in law.closed["authority-us-section-122"]
    tariff_act = next(step for step in law.steps if step.authority.endswith("338"))
    assert (tariff_act.cap_percent, tariff_act.days) == (50, 30)


def test_the_step_taken_does_most_within_the_time_there_is():
    record = load_record("us-china")
    named = ["authority-us-section-301", "authority-us-section-338"]
    law = law_of(record, AsOf(datetime.date(2026, 3, 1)), "USA", "CHN", named)
    # 50 points after 30 days, or any number after 134.
    assert law.within(52, 60.0).authority == "authority-us-section-338"
    assert law.within(52, 200.0).authority == "authority-us-section-301"
    assert law.within(5, 200.0).authority == "authority-us-section-338"
    assert law.within(1, 60.0) is None


def test_an_authority_that_is_not_on_record_is_refused():
    record = load_record("us-china")
    with pytest.raises(InvalidLever, match="no authority of CHN"):
        law_of(record, AsOf(datetime.date(2026, 3, 1)), "CHN", "USA", ["authority-us-section-301"])


def comparison(first: float, second: float, factor: str = "central", lever: str = "x") -> Comparison:
    case = Case(factor, factor, 1.0, "set")
    return Comparison(case, {"E00": Hold(lever, first), "E01": Hold("y", second)})


NAMES = {"x": "Duties", "y": "US Treasuries sold"}


def test_words_are_said_only_where_they_hold_everywhere():
    same = [comparison(2, 1), comparison(3, 1, "closure")]
    assert verdict(same, *SIDES, NAMES).side == "E00"
    assert "all 2 settings (by 1 to 2 points)" in verdict(same, *SIDES, NAMES).sentence
    mixed = [*same, comparison(1, 2, "trade elasticity")]
    found = verdict(mixed, *SIDES, NAMES)
    assert not found.holds
    assert found.turns_on == ("the trade elasticity (US Treasuries sold)",)
    assert "1 of 3 settings differ" in found.sentence


def test_what_is_not_certified_keeps_the_answer_open():
    case = Case("closure", "balanced", 1.0, "set")
    found = verdict([comparison(2, 1), Comparison(case, None, "no")], *SIDES, NAMES)
    assert not found.holds
    assert "1 not certified" in found.sentence
    assert found.solved == 1


def test_no_hold_at_all():
    assert "Neither" in verdict([comparison(0, 0), comparison(0, 0)], *SIDES, NAMES).sentence


def test_a_lever_that_hurts_its_holder_more_is_not_used():
    assert strongest({"a": -1.0, "b": -0.1}) == Hold("", 0.0)
    assert strongest({}) == Hold("", 0.0)
    assert strongest({"a": 1.0, "b": 2.0}) == Hold("b", 2.0)


def test_the_flip_nearest_to_the_central_value_is_found():
    found = flip(lambda x: (x - 0.3) * (x - 3.0), (0.1, 1.0, 10.0), 2.0, "size", "x")
    assert found.value == pytest.approx(3.0, rel=0.02)
    assert found.leads is False
    assert found.searched == (0.1, 10.0)


def test_no_flip_and_points_without_an_answer():
    assert flip(lambda x: 1.0, (1.0, 2.0), 1.5, "size", "x").value is None
    found = flip(lambda x: float("nan") if x > 1.5 else 1.0, (1.0, 2.0), 1.0, "size", "x")
    assert found.value is None
    assert found.searched == (1.0, 1.0)
    assert found.tried == (2, 1)
    assert flip(lambda x: float("nan"), (1.0,), 1.0, "size", "x").leads is None
