"""A person plays a side, from the terminal or a script; what was done can be saved and played again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from detente.analysis.talks import Setup, game_of
from detente.analysis.talks_seat import SETTINGS, Seat
from detente.core.days import parse_day
from detente.core.errors import DetenteError, MalformedFile
from detente.core.results import to_json, write_together
from detente.record.asof import Assume
from detente.record.files import load_record
from detente.talks.game import Game
from detente.talks.legal import check
from detente.talks.moves import Event, Move
from detente.talks.run import Transcript, play
from detente.talks.sides.named import negotiator
from detente.talks.sides.person import Person, Replayed, Waiting
from detente.talks.sides.view import View
from detente.talks.transcripts import SCHEMA, as_data, read_saved, turns_data, turns_of
from detente.talks.words import parse_move

Progress = Callable[[str], None]


ASKS = ("moves", "state", "issues", "help")
"""Words that ask and move nothing; `weigh PACKAGE` is one more."""


class Stopped(Exception):
    """The person leaves before the last day."""


@dataclass
class Desk:
    """Where a person's moves come from.

    Attributes:
        lines: moves as typed, one a line.
        show: called with the view and what happened since the last turn, before each question.
        tell: called with a question of the person's that is no move (`ASKS`), and the view.
        complain: called with an error a person may mend; None where the first error ends the play.
        waits_at_end: whether a person whose lines are over waits to the last day; else they leave.
        day: the last day on which the person was asked.
    """

    lines: Iterator[tuple[str, str]]
    show: Callable[[View, list[Event], bool], None]
    tell: Callable[[str, View], None]
    complain: Callable[[DetenteError], None] | None
    events: list[Event]
    waits_at_end: bool = False
    day: date | None = None
    _told: int = 0

    def answer(self, view: View, at_the_table: bool) -> Move | Waiting:
        """The next move, asked for until it is one that can be made."""
        news = self.events[self._told :]
        self._told = len(self.events)
        self.day = view.state.day
        while True:
            self.show(view, news, at_the_table)
            news = []
            where, line = next(self.lines, ("", ""))
            if not where:
                if self.waits_at_end:
                    return Waiting(date.max)
                raise Stopped
            line = line.strip()
            if not line or line.startswith("#"):
                continue
            if line in ("quit", "exit"):
                raise Stopped
            try:
                word = line.split()[0].lower()
                if word in ASKS or word == "weigh":
                    self.tell(line, view)
                    continue
                move = parse_move(view.game, view.state, view.side, line, where)
                if isinstance(move, Move):
                    check(view.game, view.state, move)
                return move
            except DetenteError as error:
                if self.complain is None:
                    raise
                self.complain(error)


@dataclass(frozen=True)
class Played:
    """A play with a person in it.

    Attributes:
        game, transcript: what was played.
        person: with the turns.
        header: how it was set up, for the saved file.
        error: the line of a script at which it stopped; None where it went to the end or the person left.
    """

    game: Game
    transcript: Transcript
    person: Person | Replayed
    header: dict[str, Any]
    error: DetenteError | None = None

    def document(self) -> dict[str, Any]:
        """The saved file: the setup, the person's turns, and the whole transcript."""
        return {
            "schema": SCHEMA,
            **self.header,
            "turns": turns_data(dict(self.person.turns)),
            "transcript": as_data(self.game, self.transcript),
        }


def played(seat: Seat, desk: Desk) -> Played:
    """A person plays one side, a negotiator the other, to the end or until the person leaves.

    A line of a script that is no move, or none the protocol allows, stops the play there: what was played
    until then is given with the error.
    """
    game, sides, header = seat.game, seat.others, dict(seat.header)
    person = Person(desk.answer)
    try:
        transcript = play(game, {**sides, seat.side: person}, seat.seed, 0, seat.days, events=desk.events)
        return Played(game, transcript, person, header)
    except (Stopped, DetenteError) as reason:
        # Playing again up to the day left is the same play: nothing of it is lost.
        header["days"] = ((desk.day or game.start.day) - game.start.day).days + 1
        again = Replayed(dict(person.turns))
        transcript = play(game, {**sides, seat.side: again}, seat.seed, 0, header["days"])
        error = reason if isinstance(reason, DetenteError) else None
        return Played(game, transcript, person, header, error)


def save(path: Path, found: Played) -> None:
    """Write a play to a file, whole or not at all."""
    write_together({path: to_json(found.document()) + "\n"})


def replayed(path: Path, dispute: str | None = None, progress: Progress = lambda words: None) -> Played:
    """A saved play played again, move by move.

    Args:
        dispute: in place of the one named in the file: a folder, where it was one.

    Raises:
        MalformedFile: not a saved play, of another record, or it comes out otherwise.
    """
    saved = read_saved(path)
    try:
        setup = Setup(
            parse_day(saved["from"]),
            parse_day(saved["known_by"]) if saved["known_by"] else None,
            Assume(saved["assume"]) if saved["assume"] else None,
            saved["sides"],
            *(saved[name] for name in SETTINGS),
        )
        name, side, days, seed = saved["dispute"], saved["as"], int(saved["days"]), int(saved["seed"])
    except (KeyError, TypeError, ValueError) as error:
        raise _not_so(path, f"it lacks {error}") from None
    record = load_record(dispute or name)
    if record.digest != saved.get("record_hash"):
        raise _not_so(path, "the record has changed since: its hash is another")
    game = game_of(record, setup, progress, composes=True)
    sides = {s: negotiator(game.negotiators[s]) for s in game.sides if s != side}
    person = Replayed(turns_of(saved["turns"], side, str(path)))
    transcript = play(game, {**sides, side: person}, seed, 0, days)
    found = Played(game, transcript, person, {key: saved[key] for key in _header_keys(saved)})
    if to_json(found.document()) + "\n" != path.read_text(encoding="utf-8"):
        raise _not_so(path, "the same moves do not give the same play: the program or its data have changed")
    return found


def _header_keys(saved: dict[str, Any]) -> list[str]:
    return [key for key in saved if key not in ("schema", "turns", "transcript")]


def _not_so(path: Path, why: str) -> MalformedFile:
    return MalformedFile(
        str(path), where="--replay", why=why, instead="the record and version it was made with"
    )


def script_lines(text: str, name: str) -> Iterator[tuple[str, str]]:
    """Lines of a script with where they stand."""
    for number, line in enumerate(text.splitlines(), start=1):
        yield f"{name}:{number}", line
