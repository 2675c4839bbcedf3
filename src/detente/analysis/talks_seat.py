"""A person's seat at the table, one move at a time: what a front end drives.

    seat = sit("us-china", Setup(date(2025, 5, 14)), "USA")      # slow: payoffs; keep it
    turn = seat.turn([])                                         # quick and pure: the first question
    turn = seat.turn(["ask ministers"])                          # the question after that move
    seat.weigh(["ask ministers"], "us-fentanyl-duty=ten ...")    # a package before it is offered

The whole state of a play is its setup and the moves so far: both are in every answer under `play`. Nothing
else need be kept. The same setup and moves give the same answer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from detente.analysis.talks import WHAT_IT_IS, Setup, game_of, require_seed, require_side
from detente.core.errors import InvalidOption
from detente.core.results import envelope
from detente.record.files import load_record
from detente.talks.board import board, choices, issues, put_together
from detente.talks.game import Game
from detente.talks.legal import check
from detente.talks.moves import Event, Move
from detente.talks.run import Transcript, play
from detente.talks.sides.named import negotiator
from detente.talks.sides.person import Person, Waiting
from detente.talks.sides.view import View
from detente.talks.story import sentence
from detente.talks.transcripts import as_data
from detente.talks.words import package_key, parse_move

Progress = Callable[[str], None]

SETTINGS = ("talks", "agenda", "aims", "world", "model")
"""Parts of a setup that a saved play names, in the order of `Setup`; files by their path."""
MOST_DAYS = 3650


class _Asked(Exception):
    """The moves given are used up: the next question is this."""

    def __init__(self, view: View, at_the_table: bool) -> None:
        super().__init__()
        self.view, self.at_the_table = view, at_the_table


@dataclass(frozen=True)
class Seat:
    """One side of a game, for a person; a negotiator plays the other.

    Attributes:
        game: what is played; packages of any options can be put together in it.
        side: the person's.
        days: the play's length.
        seed: chance is drawn from it.
        header: how it was set up, as in a saved play.
    """

    game: Game
    side: str
    days: int
    seed: int
    header: dict[str, Any]

    @property
    def others(self) -> dict[str, Any]:
        """The negotiator of the other side, by side."""
        game = self.game
        return {s: negotiator(game.negotiators[s]) for s in game.sides if s != self.side}

    def turn(self, moves: Sequence[str]) -> dict[str, Any]:
        """Where the play stands after these moves: the next question, or how it ended.

        Args:
            moves: all so far, as typed or as `move` of an answer's `moves`; none for the first question.

        Returns:
            an object of schema `detente/talks-turn/1`; see docs/talks.md.

        Raises:
            InvalidOption: one of them is no move; IllegalMove: the protocol does not allow it on its day.
        """
        events: list[Event] = []
        told, view, at_the_table, transcript = self._played(moves, events)
        data: dict[str, Any] = {
            "what_it_is": WHAT_IT_IS,
            "over": transcript is not None,
            "at_the_table": at_the_table,
            "news": [
                {"day": e.day.isoformat(), "kind": e.move.kind.value if e.move else e.kind.value, "by": e.by,
                 "says": says}
                for e in events[told:]
                if (says := sentence(self.game, e))
            ],
            "board": None if view is None else board(view),
            "moves": [] if view is None else choices(view),
            "issues": [] if view is None else issues(self.game, view.state),
            "transcript": None if transcript is None else as_data(self.game, transcript),
        }  # fmt: skip
        query = {**self.header, "moves": list(moves)}
        data["play"] = query
        return envelope("talks-turn", query, data, provenance={"record_hash": self.header["record_hash"]})

    def weigh(self, moves: Sequence[str], package: str) -> dict[str, Any]:
        """A package put together, before it is offered: in words, its worth, and why it could not be signed.

        Args:
            moves: as of `turn`.
            package: `ISSUE=OPTION ISSUE=OPTION`, or the key of a kept one.

        Raises:
            InvalidOption: no such options; the play is over; IllegalMove: one of the moves.
        """
        _, view, _, _ = self._played(moves, [])
        if view is None:
            raise InvalidOption(package, where="package", why="the play is over", instead="fewer moves")
        return put_together(view, package_key(self.game, package, "package"))

    def _played(
        self, moves: Sequence[str], events: list[Event]
    ) -> tuple[int, View | None, bool, Transcript | None]:
        """Events told before the last move, the view of the next question, and the play where it is over."""
        lines = iter(enumerate(moves, start=1))
        told = 0

        def answer(view: View, at_the_table: bool) -> Move | Waiting:
            nonlocal told
            number, line = next(lines, (0, ""))
            if not number:
                raise _Asked(view, at_the_table)
            told = len(events)
            move = parse_move(view.game, view.state, view.side, line, f"move {number}")
            if isinstance(move, Move):
                check(view.game, view.state, move)
            return move

        sides = {**self.others, self.side: Person(answer)}
        try:
            transcript = play(self.game, sides, self.seed, 0, self.days, events=events)
        except _Asked as asked:
            return told, asked.view, asked.at_the_table, None
        left = sum(1 for _ in lines)
        if left:
            raise InvalidOption(
                f"{left} moves more", where=f"move {len(moves) - left + 1}",
                why="the play is over before them", instead="the moves up to there",
            )  # fmt: skip
        return told, None, False, transcript


def sit(
    dispute: str,
    setup: Setup,
    side: str,
    *,
    days: int = 180,
    seed: int = 0,
    progress: Progress = lambda words: None,
) -> Seat:
    """A seat in a dispute's talks on a day.

    Raises:
        What `game_of` raises; UnknownEconomy for the side; InvalidOption for the days.
    """
    if not 1 <= days <= MOST_DAYS:
        raise InvalidOption(f"{days}", where="--days", why=f"from 1 to {MOST_DAYS}", instead="180")
    require_seed(seed)
    record = load_record(dispute)
    require_side(record, side)
    game = game_of(record, setup, progress, composes=True)
    header = {
        "dispute": game.dispute,
        "from": setup.day.isoformat(),
        "known_by": setup.known_by.isoformat() if setup.known_by else None,
        "assume": setup.assume.value if setup.assume else None,
        "sides": dict(setup.sides or {}),
        "as": side,
        "days": days,
        "seed": seed,
        **{name: getattr(setup, name) for name in SETTINGS},
        "record_hash": record.digest,
    }
    return Seat(game, side, days, seed, header)
