"""Seats at the table of talks, held in a process of their own: a game is made once and played move by move.

What a play is lies in its setup and moves, which the store keeps; a seat is only ever a quicker way to them.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from detente.analysis.talks import Setup
from detente.analysis.talks_seat import Seat, sit
from detente.web.background import disputes_of
from detente.web.disputes import asof_of

SEATS_HELD = 3
"""A game holds the world it is played in: some 200 MB."""
SETUP = ("dispute", "on", "known_by", "assume", "side", "opponent", "days", "seed")
"""What a play is set up by."""

Folders = Mapping[str, Path]


def turn(folders: Folders, setup: Mapping[str, Any], moves: Sequence[str]) -> dict[str, Any]:
    """Where a play stands after these moves, as `Seat.turn` answers.

    Raises:
        What `sit` and `Seat.turn` raise.
    """
    return _seat(folders, setup).turn(moves)


def weigh(folders: Folders, setup: Mapping[str, Any], moves: Sequence[str], package: str) -> dict[str, Any]:
    """A package before it is offered, as `Seat.weigh` answers.

    Raises:
        What `sit` and `Seat.weigh` raise.
    """
    return _seat(folders, setup).weigh(moves, package)


def retold(
    folders: Folders, setup: Mapping[str, Any], moves: Sequence[str]
) -> tuple[dict[str, Any], list[list[dict[str, Any]]]]:
    """Where a play stands after these moves, and the news after each of them, those before the first ahead.

    Raises:
        What `sit` and `Seat.turn` raise.
    """
    seat = _seat(folders, setup)
    answers = [seat.turn(moves[:count]) for count in range(len(moves) + 1)]
    return answers[-1], [answer["data"]["news"] for answer in answers]


def saved(folders: Folders, setup: Mapping[str, Any], moves: Sequence[str]) -> dict[str, Any]:
    """A play as `detente talks play --save` writes it, and `--replay` takes it.

    Raises:
        What `sit` and `Seat.turn` raise.
    """
    from detente.analysis.talks_play import Desk, played

    lines = ((f"move {number}", line) for number, line in enumerate(moves, start=1))
    desk = Desk(lines, _quiet, _quiet, None, [])
    found = played(_seat(folders, setup), desk)
    if found.error is not None:
        raise found.error
    return found.document()


def _quiet(*_: object) -> None:
    """Nothing is shown."""


def _seat(folders: Folders, setup: Mapping[str, Any]) -> Seat:
    """The seat of a setup in the record as it stands, held or made."""
    record = disputes_of(folders).sound(setup["dispute"])
    key = (record.digest, *(setup.get(name) for name in SETUP))
    if key not in _HELD:
        asof = asof_of(record, setup["on"], setup.get("known_by"), setup.get("assume"))
        other = next((party for party in record.settings.parties if party != setup["side"]), "")
        sides = {other: setup["opponent"]} if setup.get("opponent") else None
        made = sit(
            str(record.folder),
            Setup(asof.on, asof.known_by, asof.assume, sides),
            setup["side"],
            days=setup["days"],
            seed=setup["seed"],
            progress=_quiet,
        )
        _HELD[key] = made
        while len(_HELD) > SEATS_HELD:
            _HELD.popitem(last=False)
    _HELD.move_to_end(key)
    return _HELD[key]


_HELD: OrderedDict[tuple[Any, ...], Seat] = OrderedDict()
