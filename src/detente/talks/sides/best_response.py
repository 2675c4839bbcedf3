"""Parts of the best responder: each act by its expected worth against beliefs, one step ahead."""

from __future__ import annotations

from detente.talks.game import Package
from detente.talks.moves import Move, MoveKind
from detente.talks.payoffs import gain
from detente.talks.rules import refusal
from detente.talks.sides.bargaining import by_belief, enough
from detente.talks.sides.conduct import answers_in_kind
from detente.talks.sides.view import View

LOOK_EVERY_DAYS = 15
"""How often it looks for an act of pressure that pays."""


def chance_taken(view: View, package: Package) -> float:
    """Chance, by its beliefs, that the other side's type takes a package and those at home let both sign."""
    game, other = view.game, view.other
    if other in package.crosses:
        return 0.0
    theirs = gain(game, other, view.state, package)
    best = view.best_deal(other)
    top = gain(game, other, view.state, best) if best is not None else 0.0
    share = theirs / top if top > 0 else 0.0
    beliefs = view.state.beliefs[view.side]
    taken = sum(beliefs[t.name] for t in game.types[other] if theirs >= 0 and share >= t.reserve)
    return taken * package.ratified[other] * package.ratified[view.side]


def waiting_worth(view: View) -> float:
    """Expected worth of its own next offer, were it to answer with one."""
    package = by_belief(view, 0.0)
    if package is None or package.kind == "extension":
        return 0.0
    return chance_taken(view, package) * view.gain(package)


def accepts_best(view: View, package: Package, asked: float) -> bool:
    """Takes a package that is worth at least what its own best offer is expected to bring."""
    if package.kind == "extension":
        return enough(view, package, asked)
    worth = view.gain(package) * package.ratified[view.side] * package.ratified[view.other]
    return worth >= 0 and worth >= waiting_worth(view)


def best_package(view: View, asked: float) -> Package | None:
    """The package of the highest expected worth."""
    return by_belief(view, asked)


def best_pressure(view: View) -> list[Move]:
    """Answers in kind, and raises a lever only where the answer of the other side leaves it better off."""
    answer = answers_in_kind(view)
    if answer or (view.state.day - view.game.start.day).days % LOOK_EVERY_DAYS:
        return answer
    game = view.game
    best, found = 0.0, None
    for lever in game.own_levers[view.side]:
        now = view.state.levers[lever.id].level
        for step in lever.steps:
            if step <= now:
                continue
            kind = MoveKind.IMPOSE if lever.is_duty else MoveKind.RESTRICT
            move = Move(kind, view.side, lever.id, level=step)
            worth = -game.cost[view.side].get(lever.id, 0.0) * (step - now) - _answer_cost(view)
            if worth > best and not refusal(game, view.state, move):
                best, found = worth, move
    return [found] if found is not None else []


def _answer_cost(view: View) -> float:
    """What the other side's answer is expected to cost: its chance times its strongest next step."""
    game = view.game
    strongest = 0.0
    for lever in game.own_levers[view.other]:
        now = view.state.levers[lever.id].level
        higher = [step for step in lever.steps if step > now]
        if higher:
            strongest = max(strongest, game.cost[view.side].get(lever.id, 0.0) * (higher[0] - now))
    return game.hazards.matched[view.other] * strongest
