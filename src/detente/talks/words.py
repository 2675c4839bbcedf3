"""Moves as people type them: `impose LEVER 34`, `ask ministers`, `extend 2025-08-12 90`, `wait 10`."""

from __future__ import annotations

from datetime import date, timedelta

from detente.core.days import parse_day
from detente.core.errors import DetenteError, InvalidDate, InvalidOption
from detente.strategy.agenda import KEEP
from detente.talks.game import Game, key_of, options_in, soft_clock
from detente.talks.legal import legal
from detente.talks.moves import Move, MoveKind
from detente.talks.sides.person import Waiting
from detente.talks.state import TalksState

PACKAGED = (MoveKind.OFFER, MoveKind.TOGETHER, MoveKind.SIGN_IN_PART)
"""Moves about a package: a kept one by its key, or any put together as ISSUE=OPTION ISSUE=OPTION."""
TABLE = (MoveKind.ACCEPT, MoveKind.SIGN_IN_PART, MoveKind.REJECT, MoveKind.OFFER)
"""Moves that only a meeting allows: listed first."""
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
    if text.strip().isdigit():
        return _numbered(game, state, side, int(text), where)
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
    if kind in PACKAGED and rest:
        return Move(kind, side, package_key(game, text.split(maxsplit=1)[1], where))
    if kind is MoveKind.EMISSARY and len(rest) > 1:
        return Move(kind, side, rest[0], package_key(game, text.split(maxsplit=2)[2], where))
    if kind in PLAIN:
        _no_more(rest, where)
        return Move(kind, side)
    if kind is MoveKind.SET_DAY and len(rest) == 1 and rest[0].count("-") == 2:
        return Move(kind, side, soft_clock(side), day=_day(rest[0], where))
    if kind is MoveKind.ACCUSE:
        return Move(kind, side, "breach", words=" ".join(rest))
    if not rest:
        usual = [move.what for move in legal(game, state, side) if move.kind is kind]
        raise InvalidOption(
            text, where=where, why=f"{word} needs to say of what", instead=", ".join(usual) or FORM
        )
    what, more = _object(game, " ".join(rest))
    return _with(game, state, side, kind, what, more, where)


def _object(game: Game, text: str) -> tuple[str, list[str]]:
    """What a move is done with (an id, which may hold blanks, or a word) and the words after it."""
    known = (*game.clocks, *game.conditions, *game.levers, *game.channels)
    found = max((key for key in known if f"{text} ".startswith(f"{key} ")), key=len, default=text.split()[0])
    return found, text[len(found) :].split()


def _numbered(game: Game, state: TalksState, side: str, number: int, where: str) -> Move:
    options = listed(game, state, side)
    if not 1 <= number <= len(options):
        raise InvalidOption(
            str(number), where=where, why="no move of that number", instead=f"1 to {len(options)}"
        )
    return options[number - 1]


def _with(
    game: Game, state: TalksState, side: str, kind: MoveKind, what: str, rest: list[str], where: str
) -> Move:
    usual = next(
        (m for m in legal(game, state, side) if m.kind is kind and m.what == what), Move(kind, side, what)
    )
    level, day, days = usual.level, usual.day, usual.days
    for given in rest:
        if given.endswith("d") and given[:-1].isdigit():
            days = _whole(given[:-1], where)
        elif given.count("-") == 2:
            day = _day(given, where)
        elif kind in LEVELLED:
            level = _number(given, where)
        elif kind in (MoveKind.EXTEND, MoveKind.PLEDGE):
            days = _whole(given, where)
        else:
            raise InvalidOption(repr(given), where=where, why="not understood", instead=FORM)
    return Move(kind, side, what, "", level, day, days)


def listed(game: Game, state: TalksState, side: str) -> list[Move]:
    """Moves that a side may make, in the order in which they are numbered for a person: the table's first."""
    options = [move for move in legal(game, state, side) if move.kind is not MoveKind.WAIT]
    return sorted(options, key=lambda move: move.kind not in TABLE)


def package_key(game: Game, text: str, where: str = "--move") -> str:
    """The key of a package as typed: a kept one's, or options issue by issue, in any order.

    Raises:
        InvalidOption: not a package, options not on the table, or nothing settled. A red line is no error
            here: `rules.package_refusal` says so.
    """
    if text in game.packages:
        return text
    chosen: dict[str, str] = {}
    for part in text.replace(";", " ").replace(",", " ").split():
        issue, sign, option = part.partition("=")
        if not sign or not option or chosen.get(issue, option) != option:
            why = (
                "an issue given twice" if sign and option else "not ISSUE=OPTION, and no package of that name"
            )
            raise InvalidOption(repr(part), where=where, why=why, instead=_example(game))
        chosen[issue] = option
    _require_on_table(game, chosen, where)
    ordered = {issue: chosen[issue] for issue in game.issues if chosen.get(issue, KEEP) != KEEP}
    key = key_of(ordered)
    try:
        game.package(key)
    except KeyError:
        why = (
            "every issue is kept as it is" if not ordered else "no such package, and this game composes none"
        )
        raise InvalidOption(repr(text), where=where, why=why, instead=_example(game)) from None
    except DetenteError as error:
        raise InvalidOption(error.what, where=where, why=error.why, instead=error.instead) from None
    return key


def _require_on_table(game: Game, chosen: dict[str, str], where: str) -> None:
    for issue, option in chosen.items():
        known = options_on(game, issue)
        if option in known:
            continue
        gone = game.off_table.get(f"{issue}={option}", "")
        what = f"no such option of {issue}" if known else "no such issue on the table"
        raise InvalidOption(
            f"{issue}={option}", where=where, why=f"not on the table: {gone}" if gone else what,
            instead=", ".join(known or game.issues) or "another day: nothing is to be settled on this one",
        )  # fmt: skip


def options_on(game: Game, issue: str) -> list[str]:
    """Options of an issue on the table, `keep` first."""
    return [key.partition("=")[2] for key in game.does if key.partition("=")[0] == issue]


def _example(game: Game) -> str:
    key = next((key for key in game.packages if options_in(key)), "")
    return f"as in: offer {key.replace(';', ' ')}" if key else "a package of the list"


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
    if move.kind is MoveKind.SET_DAY:
        return f"{move.kind.value} {move.day}"
    parts = [move.kind.value, move.what, move.package]
    if move.kind in LEVELLED:
        parts.append(f"{move.level:g}")
    if move.day is not None and move.kind in (MoveKind.ASK, MoveKind.THREATEN):
        parts.append(move.day.isoformat())
    if move.days:
        parts.append(f"{move.days}d")
    return " ".join(part for part in parts if part)
