"""Steps on the same day: proposed where a condition bars the table, joined where both gain."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from detente.talks.draws import NEVER, QUIET
from detente.talks.game import Condition
from detente.talks.moves import Move, MoveKind
from detente.talks.protocol import act
from detente.talks.rules import TOGETHER_DAYS
from detente.talks.sides.leaving import stays_away
from detente.talks.sides.named import negotiator
from detente.talks.sides.view import View
from detente.talks.state import Standing
from detente.talks.synthetic import synthetic_game

BASE = synthetic_game()
SOFT, FIRM = BASE.types["AAA"]
FIRST = Condition("you first", "BBB", "first_move", "deputy", "the other side lowers something first")
GAME = replace(BASE, conditions={**BASE.conditions, FIRST.id: FIRST})
BARRED = replace(GAME.start, conditions=frozenset({FIRST.id}))


def contacts(state, side, kind=SOFT, game=GAME, name="tit-for-tat"):
    """What a side that wants a contact today does."""
    return negotiator(name).contact(View(game, state, side, kind, replace(NEVER, contact=0.0, spare=0.0)))


def steps(moves):
    return [move.what for move in moves if move.kind is MoveKind.TOGETHER]


def test_you_move_first_is_untied_by_a_step_of_both_on_one_day():
    proposed = contacts(BARRED, "AAA")
    assert steps(proposed) == ["licences"]  # Worth 0.09 to the two; the other reversible one is worth 0.08.
    state, _ = act(GAME, BARRED, proposed[0], QUIET)
    assert not steps(contacts(state, "AAA"))
    joined = contacts(state, "BBB")
    assert steps(joined) == ["licences"]
    after, events = act(GAME, state, joined[0], QUIET)
    assert [event.note for event in events if event.kind.value == "signed"] == ["together"]
    assert after.standing is Standing.PARTIAL_DEAL
    assert after.levers["AAA:chips"].level == after.levers["BBB:metals"].level == 0.25


def test_nobody_proposes_it_where_a_meeting_can_be_had():
    moves = contacts(GAME.start, "AAA")
    assert moves
    assert not steps(moves)


def test_a_hawkish_side_and_a_hardliner_neither_propose_nor_join():
    assert not steps(contacts(BARRED, "AAA", FIRM))
    state, _ = act(GAME, BARRED, Move(MoveKind.TOGETHER, "AAA", "licences"), QUIET)
    assert not steps(contacts(state, "BBB", FIRM))
    assert not steps(contacts(state, "BBB", SOFT, name="hardliner"))


@pytest.mark.parametrize("loser", ["AAA", "BBB"])
def test_it_is_nothing_that_costs_either(loser):
    packages = {
        key: replace(package, worth={**package.worth, loser: -0.01}) for key, package in GAME.packages.items()
    }
    game = replace(GAME, packages=packages)
    assert not steps(contacts(BARRED, "AAA", game=game))
    state, _ = act(game, BARRED, Move(MoveKind.TOGETHER, "AAA", "licences"), QUIET)
    assert not steps(contacts(state, "BBB", game=game))


def test_a_proposal_grows_old_and_one_who_broke_off_joins_none():
    state, _ = act(GAME, BARRED, Move(MoveKind.TOGETHER, "AAA", "licences"), QUIET)
    for days, there in ((TOGETHER_DAYS, ["licences"]), (TOGETHER_DAYS + 1, [])):
        later = replace(state, day=state.day + timedelta(days=days))
        assert steps(contacts(later, "BBB")) == there
    off = replace(state, standing=Standing.BREAKDOWN, broken_off_by="BBB")
    assert stays_away(View(GAME, off, "BBB", SOFT, NEVER))
    assert not steps(contacts(off, "BBB"))
