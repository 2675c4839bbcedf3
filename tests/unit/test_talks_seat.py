"""A person's seat: packages put together issue by issue, and a play driven one move at a time."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pytest
from tests.unit.test_talks import small_game

from detente.analysis.talks_seat import Seat
from detente.core.errors import DetenteError, InvalidOption
from detente.talks.draws import QUIET
from detente.talks.legal import IllegalMove, legal
from detente.talks.moves import Move, MoveKind
from detente.talks.protocol import act
from detente.talks.rules import refusal
from detente.talks.story import package_words, sentence
from detente.talks.synthetic import synthetic_game
from detente.talks.words import package_key, parse_move, written

AGENDA = """
issues:
  - id: duty
    title: US duty
    options:
      - {id: five, title: cut to 5 percent, steps: [{by: USA, does: suspends the duty down to 5 percent, measure: measure-reciprocal, cut_to: 5, within_days: 9}]}
      - id: none
        title: ended
        steps: [{by: USA, does: ends its duty, measure: measure-reciprocal, end: true, within_days: 9}]
        needs: {answer: [none]}
  - id: answer
    title: Chinese duty
    options:
      - {id: none, title: ended, steps: [{by: CHN, does: ends its duty, measure: measure-answer, end: true, within_days: 9}]}
  - id: visas
    title: Visas
    options:
      - {id: opened, title: opened, steps: [{by: CHN, does: opens visas, within_days: 9}]}
      - {id: ten, title: "back to 10 percent", until: 2025-01-01, steps: [{by: CHN, does: nothing, within_days: 9}]}
red_lines:
  - {side: CHN, never: {visas: [opened]}, because: a sovereign matter}
"""  # noqa: E501


@pytest.fixture
def game(tmp_path):
    """A small dispute in which any package can be put together."""
    return small_game(tmp_path / "mine", "2025-05-20", agenda=AGENDA, composes=True)


def at_the_table(game):
    """The state of a day on which the leaders meet."""
    now = replace(game.start.channels["leaders"], meeting=game.start.day)
    return replace(game.start, channels={**game.start.channels, "leaders": now})


def test_any_options_make_a_package_in_any_order_and_the_same_key(game):
    key = package_key(game, "answer=none  duty=none")
    assert key == package_key(game, "duty=none;answer=none") == "duty=none;answer=none"
    mixed = package_key(game, "answer=none duty=five")
    assert mixed not in game.packages
    package = game.package(mixed)
    assert {change.lever: change.level for change in package.changes} == {
        "measure-reciprocal": 5.0, "measure-answer": 0.0,
    }  # fmt: skip
    # Worths by hand are sums of the options': five points are ten by that rule, so both cuts count.
    alone = [game.package(key) for key in ("duty=five", "answer=none")]
    for side in game.sides:
        assert package.worth[side] == pytest.approx(sum(one.worth[side] for one in alone))
    assert package_words(game, package) == (
        "United States suspends the duty down to 5 percent; China ends its duty"
    )


def test_a_package_put_together_is_offered_accepted_and_signed(game):
    state = at_the_table(game)
    offer = parse_move(game, state, "USA", "offer answer=none duty=five")
    state, events = act(game, state, offer, QUIET)
    assert sentence(game, events[0]) == (
        "United States offers: United States suspends the duty down to 5 percent; China ends its duty."
    )
    state = replace(state, rounds=game.package(offer.what).rounds)
    state, events = act(game, state, Move(MoveKind.ACCEPT, "CHN"), QUIET)
    assert [event.kind.value for event in events] == ["move", "signed"]
    assert state.levers["measure-reciprocal"].level == 5
    assert state.levers["measure-answer"].level == 0
    again = Move(MoveKind.OFFER, "USA", "duty=none;answer=none")
    assert "settles again" in refusal(game, replace(state, channels=at_the_table(game).channels), again)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("offer", "what"),
        ("offer duty", "ISSUE=OPTION"),
        ("offer duty=", "ISSUE=OPTION"),
        ("offer duty=five duty=none", "twice"),
        ("offer tax=none", "no such issue"),
        ("offer duty=forty", "no such option"),
        ("offer visas=ten", "settled or gone since"),
        ("offer duty=keep", "every issue is kept"),
        ("99", "no move of that number"),
        ("emissary envoys duty=forty", "no such option"),
    ],
)
def test_what_is_no_package_is_a_clear_error(game, text, word):
    with pytest.raises(InvalidOption, match=word) as caught:
        parse_move(game, at_the_table(game), "USA", text)
    assert caught.value.exit_status == 2
    assert caught.value.instead


def test_red_lines_and_links_are_told_in_words(game):
    state = at_the_table(game)
    with pytest.raises(IllegalMove, match=r"China never signs Visas: opened \(a sovereign matter\)"):
        act(game, state, parse_move(game, state, "USA", "offer visas=opened"), QUIET)
    with pytest.raises(IllegalMove, match="you never sign"):
        act(game, state, parse_move(game, state, "CHN", "offer visas=opened"), QUIET)
    with pytest.raises(IllegalMove, match="US duty: ended needs answer=none"):
        act(game, state, parse_move(game, state, "USA", "offer duty=none"), QUIET)
    # Once the link is met by what is signed, the option can stand alone.
    state = replace(state, signed=("answer=none",), settled=frozenset({"answer"}))
    assert not refusal(game, state, Move(MoveKind.OFFER, "USA", "duty=none"))


def test_a_cut_in_a_package_never_raises_what_was_lowered_meanwhile(game):
    state, _ = act(game, game.start, Move(MoveKind.REMOVE, "USA", "measure-reciprocal", level=2.0), QUIET)
    state = replace(at_the_table(game), levers=state.levers, policy=state.policy, rounds=9)
    for move in (Move(MoveKind.OFFER, "USA", "duty=five"), Move(MoveKind.ACCEPT, "CHN")):
        state, _ = act(game, state, move, QUIET)
    assert state.signed
    assert state.levers["measure-reciprocal"].level == 2


HEADER = {"dispute": "synthetic", "record_hash": "0"}
MOVES = ["ask ministers 2025-05-20", "wait 20", "offer half", "wait 3"]


def test_a_play_goes_on_move_by_move_from_nothing_but_its_moves():
    seat = Seat(synthetic_game(), "AAA", 60, 4, HEADER)
    for count in range(len(MOVES) + 1):
        turn = seat.turn(MOVES[:count])
        assert json.loads(json.dumps(turn)) == turn
        assert turn == seat.turn(MOVES[:count])
        assert turn["data"]["play"]["moves"] == MOVES[:count]
        if turn["data"]["over"]:
            break
        state_day = turn["data"]["board"]["day"]
        assert date.fromisoformat(state_day) >= synthetic_game().start.day
        # Every move that is listed can be made.
        for one in turn["data"]["moves"]:
            assert one["says"]
            assert seat.turn([*MOVES[:count], one["move"]])
            if one["number"] is not None:
                numbered = seat.turn([*MOVES[:count], str(one["number"])])["data"]
                assert numbered["board"] == seat.turn([*MOVES[:count], one["move"]])["data"]["board"]


def test_the_end_is_told_and_moves_past_it_are_refused():
    seat = Seat(synthetic_game(), "AAA", 20, 4, HEADER)
    over = seat.turn([])
    lines: list[str] = []
    while not over["data"]["over"]:
        lines.append("wait 400")
        over = seat.turn(lines)
    assert over["data"]["transcript"]["ended"]["says"]
    assert over["data"]["moves"] == []
    with pytest.raises(InvalidOption, match="the play is over"):
        seat.turn([*lines, "wait"])
    with pytest.raises(InvalidOption, match="the play is over"):
        seat.weigh(lines, "half")
    with pytest.raises(DetenteError, match="move 1"):
        seat.turn(["dance"])


def test_a_package_is_weighed_before_it_is_offered(game):
    seat = Seat(game, "USA", 60, 0, HEADER)
    fine = seat.weigh([], "answer=none duty=five")
    assert fine["refused"] is None
    assert set(fine["gain_percent"]) == {"USA", "CHN"}
    assert "sovereign" in seat.weigh([], "visas=opened")["refused"]


def test_every_move_reads_back_as_it_is_written_whatever_blanks_its_object_holds():
    game = synthetic_game()
    state, _ = act(game, game.start, Move(MoveKind.SUSPEND, "AAA", "AAA:chips", level=0.0, days=90), QUIET)
    state, _ = act(game, state, Move(MoveKind.SET_DAY, "AAA", "AAA day", day=date(2025, 7, 1)), QUIET)
    moves = [move for move in legal(game, state, "AAA") if move.kind is not MoveKind.WAIT]
    assert any(" " in move.what for move in moves if move.kind is MoveKind.EXTEND)
    for move in moves:
        read = parse_move(game, state, "AAA", written(move))
        assert replace(read, words=move.words) == replace(move, what=move.what or read.what)
