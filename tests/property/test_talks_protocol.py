"""The protocol of talks on random play: pure, replayable, red lines kept, only what was suspended returns."""

from __future__ import annotations

import copy
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.talks.draws import QUIET, draw_days, generator
from detente.talks.game import Condition
from detente.talks.legal import IllegalMove, legal
from detente.talks.moves import Move, MoveKind
from detente.talks.protocol import act, step
from detente.talks.rules import refusal
from detente.talks.run import moves_of, play
from detente.talks.sides.named import NEGOTIATORS
from detente.talks.state import Standing, TalksState, levels_of
from detente.talks.synthetic import TRUCE, synthetic_game

CONDITIONS = (
    Condition("no ultimatum", "BBB", "no_ultimatum", "minister"),
    Condition("staff first", "BBB", "staff_first", "leader"),
    Condition("you first", "BBB", "first_move", "minister"),
    Condition("leaders must speak", "AAA", "leaders_first", "signing"),
)
GAME = synthetic_game(conditions=CONDITIONS)
NAMES = sorted(NEGOTIATORS)


def _wander(seed: int, days: int):
    """States and moves of random legal play of both sides."""
    source = generator(seed, 0)
    state: TalksState = GAME.start
    for draws in draw_days(source, days):
        moves = []
        now = state
        for side in GAME.sides:
            options = legal(GAME, now, side)
            move = options[int(source.integers(len(options)))]
            moves.append(move)
            now, _ = act(GAME, now, move, draws)
        before = state
        state, events = step(GAME, before, moves, draws)
        yield before, moves, draws, state, events


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_a_step_is_pure_and_keeps_what_can_be_seen_to_hold(seed: int) -> None:
    for before, moves, draws, after, events in _wander(seed, 40):
        frozen = copy.deepcopy(before)
        again, events_again = step(GAME, before, moves, draws)
        assert before == frozen
        assert again == after
        assert events_again == events
        assert after.day == before.day + timedelta(days=1)
        assert levels_of(after.policy) == {
            key: now.level for key, now in after.levers.items() if now.level != GAME.start.levers[key].level
        }
        for now in after.levers.values():
            assert now.level >= 0
            assert now.suspended >= 0
        for beliefs in after.beliefs.values():
            assert sum(beliefs.values()) == pytest.approx(1)
        for expires in (d for c in after.clocks.values() for d in c.expires.values()):
            assert expires > after.day


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000), names=st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)))
def test_a_play_is_the_same_again_and_replays_move_by_move(seed: int, names: tuple[str, str]) -> None:
    sides = {side: NEGOTIATORS[name] for side, name in zip(GAME.sides, names, strict=True)}
    first = play(GAME, sides, seed, 3, days=120)
    assert play(GAME, sides, seed, 3, days=120) == first
    source = generator(seed, 3)
    source.random(2)
    state, made = GAME.start, moves_of(first)
    for draws in draw_days(source, 120):
        if state.standing is Standing.DEAL:
            break
        state, _ = step(GAME, state, [move for day, move in made if day == state.day], draws)
    assert state == first.final


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000), names=st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)))
def test_a_package_that_crosses_a_red_line_is_never_offered(seed: int, names: tuple[str, str]) -> None:
    sides = {side: NEGOTIATORS[name] for side, name in zip(GAME.sides, names, strict=True)}
    transcript = play(GAME, sides, seed, 0, days=180)
    named = {key for _, move in moves_of(transcript) for key in (move.what, move.package)}
    assert "no chips" not in named
    assert not any(move.what == "no chips" for move in legal(GAME, GAME.start, "AAA"))


def test_a_lapse_brings_back_what_was_suspended_and_not_what_was_removed() -> None:
    lever = "AAA:duty"
    state = GAME.start
    state, _ = act(GAME, state, Move(MoveKind.REMOVE, "AAA", lever, level=4.0), QUIET)
    assert state.levers[lever].removed == 6
    events = []
    while state.day < GAME.start.clocks[TRUCE].expires["AAA"]:
        state, happened = step(GAME, state, (), QUIET)
        events += happened
    assert state.levers[lever].level == 4 + 24
    assert state.levers["BBB:duty"].level == 10 + 24
    assert state.standing is Standing.LAPSE
    assert not state.clocks
    assert {event.what for event in events if event.kind.value == "lapsed"} == {"AAA:duty", "BBB:duty"}


def test_one_side_extends_alone_and_only_the_other_lapses() -> None:
    state, _ = act(GAME, GAME.start, Move(MoveKind.EXTEND, "BBB", TRUCE, days=90), QUIET)
    while state.day < GAME.start.clocks[TRUCE].expires["AAA"]:
        state, _ = step(GAME, state, (), QUIET)
    assert state.levers["AAA:duty"].level == 34
    assert state.levers["BBB:duty"].level == 10
    later = GAME.start.clocks[TRUCE].expires["BBB"] + timedelta(days=90)
    assert state.clocks[TRUCE].expires == {"BBB": later}


def test_both_extend_by_the_shorter() -> None:
    state = GAME.start
    for side, days in (("AAA", 30), ("BBB", 90)):
        state, _ = act(GAME, state, Move(MoveKind.EXTEND, side, TRUCE, days=days), QUIET)
    wanted = GAME.start.clocks[TRUCE].expires["AAA"] + timedelta(days=30)
    assert state.clocks[TRUCE].expires == {"AAA": wanted, "BBB": wanted}
    assert state.standing is Standing.EXTENSION


def test_a_use_with_a_longest_life_ends_by_itself() -> None:
    state, _ = act(GAME, GAME.start, Move(MoveKind.IMPOSE, "AAA", "AAA:surcharge", level=15.0), QUIET)
    state, _ = step(GAME, state, (), QUIET)
    assert state.levers["AAA:surcharge"].level == 15
    assert state.standing is Standing.ESCALATION
    clock = next(key for key in state.clocks if key != TRUCE)
    assert "nobody can extend" in refusal(GAME, state, Move(MoveKind.EXTEND, "AAA", clock, days=30))
    for _ in range(150):
        state, _ = step(GAME, state, (), QUIET)
    assert state.levers["AAA:surcharge"].level == 0


def test_the_bell_must_be_untied_before_ministers_meet_unless_both_step_at_once() -> None:
    ask = Move(MoveKind.ASK, "AAA", "ministers", day=date(2025, 5, 20))
    state, _ = act(GAME, GAME.start, ask, QUIET)
    agree = Move(MoveKind.AGREE, "BBB", "ministers")
    with pytest.raises(IllegalMove, match="condition"):
        act(GAME, state, agree, QUIET)
    for side in GAME.sides:
        state, _ = act(GAME, state, Move(MoveKind.TOGETHER, side, "half"), QUIET)
    state, events = step(GAME, state, (), QUIET)
    assert "you first" in {event.what for event in events}
    state, _ = act(GAME, state, agree, QUIET)
    assert state.channels["ministers"].meeting == date(2025, 5, 20)
    assert state.levers["AAA:duty"].suspended == state.levers["BBB:duty"].suspended == 29


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_what_is_refused_changes_nothing_and_what_is_listed_is_allowed(seed: int) -> None:
    for before, *_ in _wander(seed, 10):
        for side in GAME.sides:
            assert all(refusal(GAME, before, move) == "" for move in legal(GAME, before, side))
        with pytest.raises(IllegalMove):
            act(GAME, before, Move(MoveKind.IMPOSE, "AAA", "BBB:duty", level=50.0), QUIET)
