"""Who breaks talks off, when, how often, and what follows."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from detente.record.as_known import as_known
from detente.record.files import load_record
from detente.talks.counted import broken_off_share, rounds_broken_off
from detente.talks.draws import NEVER, QUIET
from detente.talks.moves import Move, MoveKind
from detente.talks.protocol import act, night
from detente.talks.rules import BROKEN_OFF_DAYS, FRESH_DAYS
from detente.talks.run import moves_of, play
from detente.talks.sides.named import NEGOTIATORS, negotiator
from detente.talks.sides.view import View
from detente.talks.state import Offer, Standing
from detente.talks.synthetic import synthetic_game

GAME = synthetic_game()
SOFT, FIRM = GAME.types["AAA"]
SHARE = GAME.hazards.broken_off
LEAVE = Move(MoveKind.WALK_OUT, "BBB")


def scene(theirs: str = "one way", accused_days_ago: int | None = 5):
    """Ministers meet, both have made an offer, and AAA has accused BBB lately."""
    start = GAME.start
    now = replace(start.channels["ministers"], meeting=start.day)
    accused = {} if accused_days_ago is None else {"AAA": start.day - timedelta(days=accused_days_ago)}
    return replace(
        start,
        channels={**start.channels, "ministers": now},
        offers={
            "AAA": Offer(theirs, start.day, "ministers"),
            "BBB": Offer("whole", start.day, "ministers"),
        },
        accused=accused,
    )


def said(state, kind=FIRM, name="conceder", draw=0.0):
    """What BBB says at the table."""
    return negotiator(name).at_the_table(View(GAME, state, "BBB", kind, replace(NEVER, accept=draw)))


@pytest.mark.parametrize("name", sorted(NEGOTIATORS))
def test_a_hawkish_side_that_was_accused_leaves_an_offer_below_its_reserve(name):
    assert said(scene(), name=name) == LEAVE
    assert said(scene(), name=name, draw=SHARE * FIRM.hawk - 1e-9) == LEAVE
    assert said(scene(), name=name, draw=SHARE * FIRM.hawk) != LEAVE


def test_a_soft_side_leaves_only_as_a_hardliner():
    assert said(scene(), kind=SOFT) != LEAVE
    assert said(scene(), kind=SOFT, name="hardliner") == LEAVE
    assert said(scene(), kind=SOFT, name="hardliner", draw=SHARE * SOFT.hawk) != LEAVE


def test_nobody_leaves_unprovoked_nor_what_is_agreed_nor_time_nor_a_good_offer():
    assert said(scene(accused_days_ago=None)) != LEAVE
    assert said(scene(accused_days_ago=FRESH_DAYS)) == LEAVE
    assert said(scene(accused_days_ago=FRESH_DAYS + 1)) != LEAVE
    assert said(scene("whole")) != LEAVE
    assert said(scene("extend 90")) != LEAVE
    assert said(replace(scene(), agreed="whole")) != LEAVE
    raised = replace(scene(accused_days_ago=None), raised={"AAA": (GAME.start.day, "AAA:duty")})
    assert said(raised) == LEAVE
    unheard = replace(scene(), offers={"AAA": scene().offers["AAA"]})
    assert said(unheard) != LEAVE


def test_a_meeting_left_in_the_middle_was_held_and_talks_stay_off():
    state, events = act(GAME, scene(), LEAVE, QUIET)
    assert [event.kind.value for event in events] == ["move", "met"]
    assert (state.standing, state.broken_off_by) == (Standing.BREAKDOWN, "BBB")
    assert state.rounds == GAME.start.rounds + 1
    assert state.channels["ministers"].last == GAME.start.day
    assert state.channels["ministers"].health < GAME.start.channels["ministers"].health / 2
    assert not state.offers
    after, _ = night(GAME, state, QUIET)
    assert after.standing is Standing.BREAKDOWN
    assert after.channels["ministers"].last == GAME.start.day


def test_who_left_stays_away_until_it_has_cooled_down():
    state, _ = act(GAME, scene(), LEAVE, QUIET)
    keen = replace(NEVER, contact=0.0)
    asked, _ = act(GAME, state, Move(MoveKind.ASK, "AAA", "ministers"), QUIET)
    for days, answers, asks in ((BROKEN_OFF_DAYS - 1, "decline", False), (BROKEN_OFF_DAYS, "agree", True)):
        later = state.day + timedelta(days=days)
        moves = negotiator("conceder").contact(View(GAME, replace(asked, day=later), "BBB", FIRM, keen))
        assert [move.kind.value for move in moves] == [answers]
        moves = negotiator("conceder").contact(View(GAME, replace(state, day=later), "BBB", FIRM, keen))
        assert any(move.kind is MoveKind.ASK for move in moves) is asks
        other = negotiator("conceder").contact(View(GAME, replace(state, day=later), "AAA", FIRM, keen))
        assert any(move.kind is MoveKind.ASK for move in other)


def test_plays_break_off_now_and_then_and_alike_on_one_seed():
    sides = {"AAA": negotiator("hardliner"), "BBB": negotiator("deadline")}
    never = replace(GAME, hazards=replace(GAME.hazards, broken_off=0.0))
    often = replace(GAME, hazards=replace(GAME.hazards, broken_off=1.0))
    left = {}
    for name, game in (("never", never), ("often", often)):
        plays = [play(game, sides, 3, run, 200) for run in range(40)]
        assert plays == [play(game, sides, 3, run, 200) for run in range(40)]
        left[name] = sum(
            any(move.kind is MoveKind.WALK_OUT for _, move in moves_of(transcript)) for transcript in plays
        )
    assert left["never"] == 0
    assert 0 < left["often"] < 40


def test_the_chance_is_counted_from_rounds_known_by_the_day():
    record = load_record("us-china")
    counts = {}
    for day in (date(2019, 5, 20), date(2019, 6, 20)):
        counts[day] = rounds_broken_off(as_known(record, day), day)
    # The round of 9 May 2019, in which the duty rose: its sequel was open on 20 May.
    (before, held), (after, held_after) = counts.values()
    assert (before, after) == (0, 1)
    assert held_after > held
    view = as_known(record, date(2019, 6, 20))
    assert broken_off_share(view, date(2019, 6, 20)) == pytest.approx(1.5 / (held_after + 10))
    quiet = load_record("china-australia")
    assert broken_off_share(quiet, date(2024, 6, 1)) == pytest.approx(0.05)
