"""Talks from a record of one's own, settings that cannot be, negotiators part by part, odds, the bridge."""

from __future__ import annotations

import importlib.util
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.dispute import TRUCE, duty, write_dispute

from detente.core.errors import DetenteError, InvalidAgenda, InvalidTalks, UnknownState
from detente.record.asof import AsOf, Assume
from detente.record.files import load_record
from detente.strategy.agenda_file import read_agenda
from detente.strategy.on_the_table import agenda_on
from detente.talks.draws import QUIET, SideDraws
from detente.talks.game import Condition
from detente.talks.moves import Move, MoveKind
from detente.talks.odds import row_in_words, to_five_points
from detente.talks.payoffs import gain, lapse_loss
from detente.talks.protocol import act, step
from detente.talks.run import play
from detente.talks.settings import read_talks
from detente.talks.sides.bargaining import at_the_deadline, patient, reciprocal
from detente.talks.sides.named import NEGOTIATORS, negotiator
from detente.talks.sides.view import View
from detente.talks.start import game_on
from detente.talks.state import STATUS_QUO, LeverState, Offer, Standing, levels_of, policy_label
from detente.talks.synthetic import TRUCE as CLOCK
from detente.talks.synthetic import synthetic_game, without_clock
from detente.talks.worths import GivenWorths

COST = {"USA": {"USA": 0.002, "CHN": 0.003}, "CHN": {"USA": 0.001, "CHN": 0.003}}
ANSWER = duty(
    "answer",
    """
  - {status: in_force, rate_percent: 10, announced: 2025-05-12, effective: 2025-05-14,
     suspended_points: 24, expires: 2025-08-12, on_expiry: {status: in_force, rate_percent: 34}}""",
    imposing="CHN",
    targets="[USA]",
)
AGENDA = """
issues:
  - id: duty
    title: US duty
    options:
      - id: none
        title: ended
        steps: [{by: USA, does: ends it, measure: measure-reciprocal, end: true, within_days: 9}]
        needs: {answer: [none]}
  - id: answer
    title: Chinese duty
    options:
      - id: none
        title: ended
        steps: [{by: CHN, does: ends it, measure: measure-answer, end: true, within_days: 9}]
        needs: {duty: [none]}
"""


def small_game(
    folder: Path,
    day: str,
    *,
    agenda: str = AGENDA,
    talks: str = "",
    assume: Assume | None = None,
    composes: bool = False,
):
    """A game on a small dispute written to a folder, worths by hand."""
    write_dispute(folder, {"measure-reciprocal": TRUCE, "measure-answer": ANSWER}, checked_to="2025-12-31")
    (folder / "agenda.yaml").write_text(agenda, encoding="utf-8")
    if talks:
        (folder / "talks.yaml").write_text(talks, encoding="utf-8")
    record = load_record(str(folder))
    on = date.fromisoformat(day)
    table = agenda_on(record, AsOf(on, on, assume), read_agenda(folder / "agenda.yaml", record))
    return game_on(record, on, table, GivenWorths(table, COST), assume=assume, composes=composes)


def test_a_dispute_of_ones_own_needs_no_settings(tmp_path):
    game = small_game(tmp_path / "mine", "2025-05-20")
    assert game.start.levers["measure-reciprocal"] == LeverState(10.0, 24.0, clock="2025-08-12")
    assert set(game.packages) == {"extend 90 days", "duty=none;answer=none"}
    assert game.packages["duty=none;answer=none"].kind == "full"
    sides = {side: negotiator(game.negotiators[side]) for side in game.sides}
    assert play(game, sides, 1, 0, days=30) == play(game, sides, 1, 0, days=30)


def test_a_clock_in_the_past_asks_which_branch(tmp_path):
    with pytest.raises(UnknownState) as caught:
        small_game(tmp_path / "past", "2025-09-01")
    assert "--assume" in caught.value.instead
    lapsed = small_game(tmp_path / "past", "2025-09-01", assume=Assume.LAPSED)
    assert lapsed.start.levers["measure-reciprocal"].level == 34
    extended = small_game(tmp_path / "past", "2025-09-01", assume=Assume.EXTENDED)
    assert extended.start.levers["measure-reciprocal"].level == 10


def test_a_record_that_ends_before_the_day(tmp_path):
    with pytest.raises(DetenteError, match="checked to 2025-12-31"):
        small_game(tmp_path / "short", "2026-02-01", assume=Assume.LAPSED)


def test_contradictory_red_lines_leave_only_time_or_nothing(tmp_path):
    lines = "red_lines:\n  - {side: USA, never: {duty: [none]}, because: its base}\n"
    game = small_game(tmp_path / "lines", "2025-05-20", agenda=AGENDA + lines)
    assert [p.kind for p in game.packages.values()] == ["extension"]
    both = lines + "  - {side: CHN, never: {duty: [keep]}, because: it must go}\n"
    with pytest.raises(InvalidAgenda, match="contradictory red lines on duty"):
        small_game(tmp_path / "both", "2025-05-20", agenda=AGENDA + both)
    with pytest.raises(InvalidTalks, match="nothing to talk about"):
        small_game(tmp_path / "nothing", "2025-05-01", agenda=AGENDA + lines)


def test_what_a_side_will_not_leave_as_it_is_is_in_every_deal(tmp_path):
    more = AGENDA + "red_lines:\n  - {side: CHN, never: {duty: [keep]}, because: it must go}\n"
    game = small_game(tmp_path / "must", "2025-05-20", agenda=more)
    deals = [p for p in game.packages.values() if p.kind != "extension"]
    assert deals
    assert all(p.options["duty"] == "none" and not p.crosses for p in deals)


def test_an_impossible_issue_is_an_error_with_its_line(tmp_path):
    with pytest.raises(InvalidAgenda) as caught:
        small_game(tmp_path / "odd", "2025-05-20", agenda=AGENDA.replace("measure-answer", "measure-nothing"))
    assert "agenda.yaml:" in caught.value.where


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("chanels: []", "no such field"),
        ("channels: [{id: a, title: b, track: official, level: king, because: c}]", "no such word"),
        ("channels: [{id: a, title: b, track: official, level: staff, because: c}]", "none of them may sign"),
        (
            "types: [{name: a, prior: 0.4, reserve: 0.1, patience_days: 9, hawk: 1, because: b}]",
            "add up to 0.4",
        ),
        ("types: {USA: []}", "none is given"),
        ("hazards: {incident: {per_day: 2, because: a}}", "number from 0 to 1"),
        ("hazards: {storm: {per_day: 0.1, because: a}}", "no such word"),
        ("conditions: {precondition-none: {kind: first_move, before: minister}}", "no such entry"),
        ("negotiators: {USA: {value: dove, because: a}}", "no such word"),
        ("negotiators: {AUS: {value: conceder, because: a}}", "no such word"),
        ("ratification: {base: 0.9}", "lacks"),
        ("- a list", "mapping"),
    ],
)
def test_settings_that_cannot_be(tmp_path, text, word):
    write_dispute(tmp_path / "own", {"measure-reciprocal": TRUCE})
    file = tmp_path / "own" / "talks.yaml"
    file.write_text(text + "\n", encoding="utf-8")
    with pytest.raises(InvalidTalks) as caught:
        read_talks(load_record(str(tmp_path / "own")))
    assert word in caught.value.why
    assert caught.value.where.startswith("own/talks.yaml:")
    assert caught.value.instead


@given(st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 500), min_size=1))
def test_odds_add_up_and_lie_on_the_grid(counts):
    if not sum(counts.values()):
        return
    odds = to_five_points(counts)
    assert sum(round(20 * share) for share in odds.values()) == 20
    assert all(abs(odds[k] - counts[k] / sum(counts.values())) < 0.05 for k in counts)


@given(st.dictionaries(st.sampled_from("abcde"), st.integers(0, 10_000), min_size=1))
def test_a_row_of_odds_adds_up_and_hides_nothing_that_happened(counts):
    if not sum(counts.values()):
        return
    row = row_in_words(counts)
    points = {"under 5%": 0, "over 95%": 100}
    assert sum(points[w] if w in points else int(w.rstrip("%")) for w in row.values()) == 100
    for name, words in row.items():
        assert (words == "0%") <= (counts[name] == 0)
        assert (words == "100%") <= (counts[name] == sum(counts.values()))


def test_policy_labels_and_their_inverse():
    start = {"a": LeverState(10.0), "b": LeverState(0.0)}
    assert policy_label(start, start) == STATUS_QUO
    assert levels_of(STATUS_QUO) == {}
    label = policy_label({"a": LeverState(34.0), "b": LeverState(0.5)}, start)
    assert levels_of(label) == {"a": 34.0, "b": 0.5}


def view_of(game, side="AAA", kind=0, **changes):
    """A view in which nothing happens by chance."""
    state = replace(game.start, **changes)
    return View(game, state, side, game.types[side][kind], SideDraws(*([0.999] * 9)))


def test_concessions_fall_with_time_cost_and_a_near_clock():
    game = synthetic_game()
    early, late = (view_of(game, day=game.start.day + timedelta(days=d)) for d in (5, 60))
    assert patient(late) < patient(early) <= 1
    last = view_of(game, day=game.start.day + timedelta(days=89))
    assert at_the_deadline(last) < at_the_deadline(late)
    hurt = view_of(game, day=late.state.day, pressure={"AAA": 0.02, "BBB": 0.0})
    assert patient(hurt) < patient(late)
    hard = view_of(game, kind=1, day=late.state.day)
    assert patient(hard) > patient(late)


def test_tit_for_tat_meets_the_other_halfway():
    game = synthetic_game()
    day = game.start.day
    theirs = {"BBB": Offer("half", day, "ministers")}
    generous = {"BBB": Offer("one way", day, "ministers")}
    assert reciprocal(view_of(game, offers=generous)) > reciprocal(view_of(game, offers=theirs))


def test_what_a_lapse_costs_and_what_a_deal_takes_back():
    game = synthetic_game()
    assert lapse_loss(game, "AAA", game.start) == pytest.approx(24 * (0.001 + 0.002))
    assert lapse_loss(without_clock(game), "AAA", without_clock(game).start) == 0
    before = gain(game, "BBB", game.start, game.packages["whole"])
    state, _ = act(game, game.start, Move(MoveKind.IMPOSE, "AAA", "AAA:duty", level=34.0), QUIET)
    state, _ = step(game, state, (), QUIET)
    after = gain(game, "BBB", state, game.packages["whole"])
    assert after == pytest.approx(before + 24 * 0.004)


def test_a_court_strikes_down_what_is_contested_and_it_does_not_come_back():
    game = synthetic_game()
    contested = replace(game.levers["AAA:duty"], contested=True)
    game = replace(
        game,
        levers={**game.levers, "AAA:duty": contested},
        hazards=replace(game.hazards, ruling=0.5, stayed=0.0),
    )
    struck, events = step(game, game.start, (), replace(QUIET, ruling=0.1))
    assert struck.levers["AAA:duty"] == LeverState(0.0)
    assert [event.kind.value for event in events] == ["ruling"]
    while CLOCK in struck.clocks:
        struck, _ = step(game, struck, (), QUIET)
    assert struck.levers["AAA:duty"].level == 0
    assert struck.levers["BBB:duty"].level == 34


def test_a_threat_let_pass_costs_credit_and_bars_ministers_meanwhile():
    condition = Condition("no ultimatum", "BBB", "no_ultimatum", "minister")
    game = synthetic_game(conditions=(condition,))
    due = game.start.day + timedelta(days=10)
    state, _ = act(game, game.start, Move(MoveKind.THREATEN, "AAA", "AAA:duty", level=34.0, day=due), QUIET)
    state, _ = act(game, state, Move(MoveKind.ASK, "AAA", "ministers"), QUIET)
    with pytest.raises(DetenteError, match="condition"):
        act(game, state, Move(MoveKind.AGREE, "BBB", "ministers"), QUIET)
    waived, _ = act(game, state, Move(MoveKind.WAIVE, "BBB", condition.id), QUIET)
    act(game, waived, Move(MoveKind.AGREE, "BBB", "ministers"), QUIET)
    while state.threats:
        state, _ = step(game, state, (), QUIET)
    assert state.credibility["AAA"] < game.start.credibility["AAA"]
    assert state.beliefs["BBB"]["firm"] > 0.5


def test_a_claim_may_be_denied_and_one_without_content_cannot_be_false():
    game = replace(synthetic_game(), market_moves={"claim": 1.0, "denial": -1.0})
    state, _ = act(game, game.start, Move(MoveKind.CLAIM, "AAA", "talks"), QUIET)
    assert state.claims[0].true is False
    assert state.market == pytest.approx(0.8)
    state, _ = act(game, state, Move(MoveKind.DENY, "BBB", state.claims[0].id), QUIET)
    assert state.claims[0].standing == "denied"
    assert state.market == pytest.approx(0.0)
    state, _ = act(game, state, Move(MoveKind.CLAIM, "AAA", "goodwill"), QUIET)
    assert (state.claims[1].true, state.claims[1].standing) == (None, "without_content")


def test_those_at_home_may_turn_a_signature_down():
    game = synthetic_game()
    state = replace(game.start, rounds=9)
    channels = {**state.channels, "ministers": replace(state.channels["ministers"], meeting=state.day)}
    state = replace(state, channels=channels)
    state, _ = act(game, state, Move(MoveKind.OFFER, "AAA", "half"), QUIET)
    passed, _ = act(game, state, Move(MoveKind.ACCEPT, "BBB"), replace(QUIET, votes=(0.89, 0.94)))
    assert passed.standing is Standing.PARTIAL_DEAL
    assert passed.levers["AAA:duty"] == LeverState(5.0, 29.0, clock=CLOCK)
    failed, events = act(game, state, Move(MoveKind.ACCEPT, "BBB"), replace(QUIET, votes=(0.91, 0.0)))
    assert failed.standing is Standing.NONE
    assert [event.kind.value for event in events][-1] == "not_ratified"


def test_a_part_of_an_offer_can_be_signed_but_no_other_package():
    game = synthetic_game()
    part = replace(
        game.packages["half"], key="part", options={"duty of AAA": "remove to 0"}, changes=(), rounds=0
    )
    game = replace(game, packages={**game.packages, "part": part})
    channels = {
        **game.start.channels,
        "ministers": replace(game.start.channels["ministers"], meeting=game.start.day),
    }
    state = replace(game.start, channels=channels)
    state, _ = act(game, state, Move(MoveKind.OFFER, "AAA", "whole"), QUIET)
    signed, _ = act(game, state, Move(MoveKind.SIGN_IN_PART, "BBB", "part"), QUIET)
    assert signed.standing is Standing.PARTIAL_DEAL
    with pytest.raises(DetenteError, match="not a part"):
        act(game, state, Move(MoveKind.SIGN_IN_PART, "BBB", "licences"), QUIET)
    with pytest.raises(DetenteError, match="red line"):
        act(game, state, Move(MoveKind.OFFER, "AAA", "no chips"), QUIET)


@pytest.mark.parametrize("name", sorted(NEGOTIATORS))
def test_nobody_signs_at_a_loss_where_nothing_was_raised(name):
    game = synthetic_game()
    calm = dict.fromkeys(game.sides, 0.0)
    game = replace(game, hazards=replace(game.hazards, threat=calm, control=calm, lapse=0.0))
    sides = {"AAA": NEGOTIATORS["hardliner"], "BBB": NEGOTIATORS[name]}
    for run in range(15):
        transcript = play(game, sides, 2, run)
        for key in transcript.final.signed:
            assert game.packages[key].worth["AAA"] >= 0
            assert game.packages[key].worth["BBB"] >= 0


@pytest.mark.skipif(importlib.util.find_spec("negmas") is None, reason="NegMAS is not installed")
def test_negmas_agrees_on_a_package_that_serves_both():
    from detente.talks.bridge_negmas import session

    game = synthetic_game()
    found = session(game, {"AAA": "AspirationNegotiator", "BBB": "NaiveTitForTatNegotiator"}, seed=3)
    assert found.package in game.packages
    assert not game.packages[found.package].crosses
    assert min(found.gains.values()) > 0
    with pytest.raises(DetenteError, match="not offered"):
        session(game, {"AAA": "Nobody", "BBB": "AspirationNegotiator"})
