"""Every move that a side may make on a day, and the refusal of any other.

Why a move cannot be made is in `rules`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from detente.core.errors import DetenteError
from detente.talks.game import Game, soft_clock
from detente.talks.moves import Move, MoveKind
from detente.talks.rules import refusal
from detente.talks.state import TalksState


class IllegalMove(DetenteError):
    """A move that the protocol does not allow; nothing has changed."""

    code = "illegal_move"


def check(game: Game, state: TalksState, move: Move) -> None:
    """Refuse a move that the protocol does not allow.

    Raises:
        IllegalMove: what was tried, why it cannot be, and what can.
    """
    why = refusal(game, state, move)
    if why:
        kinds = sorted({m.kind.value for m in legal(game, state, move.by)}) if move.by in game.sides else []
        raise IllegalMove(
            f"{move.kind.value} {move.what}".strip(),
            where=f"{move.by}, {state.day}",
            why=why,
            instead=", ".join(kinds) or f"one of {', '.join(game.sides)}",
        )


def legal(game: Game, state: TalksState, side: str) -> list[Move]:
    """Moves that a side may make on the day: one of each kind and object, with usual levels and days."""
    return [move for move in _candidates(game, state, side) if not refusal(game, state, move)]


def _candidates(game: Game, state: TalksState, side: str) -> Iterator[Move]:
    yield Move(MoveKind.WAIT, side)
    for channel in game.channels.values():
        yield Move(MoveKind.ASK, side, channel.id, day=state.day + timedelta(days=channel.notice_days))
        for kind in (
            MoveKind.AGREE, MoveKind.DECLINE, MoveKind.CALL_OFF, MoveKind.EMISSARY, MoveKind.DISOWN,
        ):  # fmt: skip
            yield Move(kind, side, channel.id)
    for key, package in game.packages.items():
        if not package.crosses:
            for kind in (MoveKind.OFFER, MoveKind.SIGN_IN_PART, MoveKind.TOGETHER):
                yield Move(kind, side, key)
    yield Move(MoveKind.ACCEPT, side)
    yield Move(MoveKind.REJECT, side)
    for key in state.clocks:
        for kind in (MoveKind.EXTEND, MoveKind.PLEDGE):
            yield Move(kind, side, key, days=game.clocks[key].extension_days)
    yield Move(MoveKind.SET_DAY, side, soft_clock(side), day=state.day + timedelta(days=30))
    for lever in game.own_levers[side]:
        now = state.levers[lever.id].level
        for step in lever.steps:
            raising = MoveKind.IMPOSE if lever.is_duty else MoveKind.RESTRICT
            yield Move(raising, side, lever.id, level=step)
            yield Move(MoveKind.THREATEN, side, lever.id, level=step, day=state.day + timedelta(days=30))
        yield Move(MoveKind.WITHDRAW, side, lever.id)
        if now > 0:
            yield Move(MoveKind.SUSPEND, side, lever.id, level=now / 2 if lever.is_duty else 0.0, days=90)
            yield Move(MoveKind.REMOVE, side, lever.id, level=0.0)
            yield Move(MoveKind.LICENCE, side, lever.id, level=now / 2)
    yield Move(MoveKind.WALK_OUT, side)
    yield Move(MoveKind.ACCUSE, side)
    for about in ("talks", "progress", "goodwill"):
        yield Move(MoveKind.CLAIM, side, about)
    for claim in state.claims:
        yield Move(MoveKind.DENY, side, claim.id)
    for condition in game.conditions.values():
        yield Move(MoveKind.REQUIRE, side, condition.id)
        yield Move(MoveKind.WAIVE, side, condition.id)
