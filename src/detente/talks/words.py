"""Moves as people type them: `impose LEVER 34`, `ask ministers`, `extend 2025-08-12 90`, `wait 10`."""

from __future__ import annotations

from datetime import date, timedelta

from detente.core.days import parse_day
from detente.core.errors import InvalidDate, InvalidOption
from detente.talks.game import Game
from detente.talks.moves import Move, MoveKind
from detente.talks.rules import legal
from detente.talks.sides.person import Waiting
from detente.talks.state import TalksState

FORM = "KIND [WHAT] [LEVEL] [DAY or DAYSd], as in: threaten LEVER 125 2025-07-01; extend CLOCK 90d; wait 10"
LEVELLED = (
    MoveKind.IMPOSE, MoveKind.RESTRICT, MoveKind.THREATEN, MoveKind.SUSPEND, MoveKind.REMOVE,
    MoveKind.LICENCE,
)  # fmt: skip
PLAIN = (MoveKind.ACCEPT, MoveKind.REJECT, MoveKind.WALK_OUT, MoveKind.WAIT)


def parse_move(game: Game, state: TalksState, side: str, text: str, where: str = "--move") -> Move | Waiting:
    """A move from its written form; what is left out is as usual for that move on the day.

    Raises:
        InvalidOption: not a move. Whether the protocol allows it is another question (`rules.check`).
    """
    parts = text.split()
    if not parts:
        raise InvalidOption("no move", where=where, why="the line is empty", instead=FORM)
    word = parts[0].lower().replace("-", "_")
    if word not in {kind.value for kind in MoveKind}:
        raise InvalidOption(
            repr(parts[0]),
            where=where,
            why="no such kind of move",
            instead=", ".join(kind.value for kind in MoveKind),
        )
    kind = MoveKind(word)
    rest = parts[1:]
    if kind is MoveKind.WAIT:
        return Waiting(state.day + timedelta(days=_whole(rest[0], where)) if rest else None)
    if kind in PLAIN:
        _no_more(rest, where)
        return Move(kind, side)
    if kind is MoveKind.ACCUSE:
        return Move(kind, side, "breach", words=" ".join(rest))
    if not rest:
        usual = [move.what for move in legal(game, state, side) if move.kind is kind]
        raise InvalidOption(
            text, where=where, why=f"{word} needs to say of what", instead=", ".join(usual) or FORM
        )
    return _with(game, state, side, kind, rest[0], rest[1:], where)


def _with(
    game: Game, state: TalksState, side: str, kind: MoveKind, what: str, rest: list[str], where: str
) -> Move:
    usual = next(
        (m for m in legal(game, state, side) if m.kind is kind and m.what == what), Move(kind, side, what)
    )
    level, day, days = usual.level, usual.day, usual.days
    package = ""
    for given in rest:
        if kind is MoveKind.EMISSARY:
            package = given
        elif given.endswith("d") and given[:-1].isdigit():
            days = _whole(given[:-1], where)
        elif given.count("-") == 2:
            day = _day(given, where)
        elif kind in LEVELLED:
            level = _number(given, where)
        elif kind is MoveKind.EXTEND:
            days = _whole(given, where)
        else:
            raise InvalidOption(repr(given), where=where, why="not understood", instead=FORM)
    return Move(kind, side, what, package, level, day, days)


def _no_more(rest: list[str], where: str) -> None:
    if rest:
        raise InvalidOption(" ".join(rest), where=where, why="nothing follows this move", instead=FORM)


def _whole(given: str, where: str) -> int:
    if not given.isdigit() or int(given) < 1:
        raise InvalidOption(repr(given), where=where, why="a number of days from 1 is needed", instead="10")
    return int(given)


def _number(given: str, where: str) -> float:
    try:
        number = float(given)
    except ValueError:
        number = float("nan")
    if not 0 <= number < float("inf"):
        raise InvalidOption(repr(given), where=where, why="a level is a number from 0", instead="34")
    return number


def _day(given: str, where: str) -> date:
    try:
        return parse_day(given)
    except InvalidDate as error:
        raise InvalidOption(repr(given), where=where, why=error.why, instead=error.instead) from None


def written(move: Move) -> str:
    """A move in the form that `parse_move` reads."""
    parts = [move.kind.value, move.what, move.package]
    if move.kind in LEVELLED:
        parts.append(f"{move.level:g}")
    if move.day is not None and move.kind in (MoveKind.ASK, MoveKind.THREATEN):
        parts.append(move.day.isoformat())
    if move.days:
        parts.append(f"{move.days}d")
    return " ".join(part for part in parts if part)
