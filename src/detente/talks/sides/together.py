"""Steps on the same day: what a side proposes where a condition bars the table, and what it answers."""

from __future__ import annotations

from detente.talks.game import Package
from detente.talks.moves import Move, MoveKind
from detente.talks.rules import TOGETHER_DAYS, refusal
from detente.talks.sides.leaving import stays_away
from detente.talks.sides.view import View


def proposes_together(view: View) -> list[Move]:
    """The steps by which both gain most together; none by a hawkish type or while it has proposed some."""
    own = view.state.together.get(view.side)
    open_ = own is not None and (view.state.day - own[1]).days <= TOGETHER_DAYS
    if view.type.hawk > 1 or open_:
        return []
    able = [package for package in view.game.packages.values() if _both_gain(view, package)]
    best = max(able, key=lambda package: (sum(package.worth.values()), package.key), default=None)
    return [Move(MoveKind.TOGETHER, view.side, best.key)] if best is not None else []


def joins(view: View) -> list[Move]:
    """Takes the step that the other side has proposed for the same day, where it gains by it."""
    theirs = view.state.together.get(view.other)
    if theirs is None or view.type.hawk > 1 or stays_away(view):
        return []
    if (view.state.day - theirs[1]).days > TOGETHER_DAYS:
        return []
    package = view.game.package(theirs[0])
    return [Move(MoveKind.TOGETHER, view.side, package.key)] if _both_gain(view, package) else []


def _both_gain(view: View, package: Package) -> bool:
    """Whether either gains by steps that both may take, as things are."""
    gains = package.worth[view.other] > 0 and view.gain(package) > 0
    return gains and not refusal(view.game, view.state, Move(MoveKind.TOGETHER, view.side, package.key))
