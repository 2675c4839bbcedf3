"""What a state or a package is worth to a side: percent of real income a year, by a table made before."""

from __future__ import annotations

from datetime import date

from detente.talks.game import Game, Package
from detente.talks.state import DIVERTS, RETALIATES, TalksState

DAYS_A_YEAR = 365.0


def adjustment(game: Game, side: str, day: date) -> float:
    """Factor on the cost of duties to a side on a day, as supply chains adjust: 1 on the first day."""
    points = game.outside.get(side)
    if not points:
        return 1.0
    years = (day - game.start.day).days / DAYS_A_YEAR
    earlier = points[0]
    for point in points:
        if years <= point[0]:
            if point[0] == earlier[0]:
                return point[1]
            way = (years - earlier[0]) / (point[0] - earlier[0])
            return earlier[1] + way * (point[1] - earlier[1])
        earlier = point
    return earlier[1]


def flow(game: Game, side: str, state: TalksState) -> float:
    """What the policy in force is worth to a side against the first day's, percent of real income a year.

    Goods sent through a partner that diverts avoid part of the other side's duties; a partner that retaliates
    takes something of its own.
    """
    worth = _known(game, state, side) * adjustment(game, side, state.day)
    for name, stance in state.partners.items():
        partner = game.partners[name]
        if stance == RETALIATES:
            worth -= partner.costs.get(side, 0.0)
        elif stance == DIVERTS and partner.rerouted:
            worth += partner.rerouted * max(0.0, _theirs(game, side, state))
    return worth


def partner_gain(game: Game, partner: str, state: TalksState) -> float:
    """What the policy in force is worth to a third country, percent of its real income a year."""
    return _known(game, state, partner)


def _known(game: Game, state: TalksState, who: str) -> float:
    known = game.added_up.setdefault(state.policy, {})
    if who not in known:
        known[who] = -_cost(game, who, state)
    return known[who]


def _theirs(game: Game, side: str, state: TalksState) -> float:
    """What duties of the other side have come to cost a side since the first day."""
    key = (state.policy, side)
    known = game.by_the_other.get(key)
    if known is None:
        start, costs = game.start.levers, game.cost[side]
        known = game.by_the_other[key] = sum(
            costs.get(lever.id, 0.0) * (state.levers[lever.id].level - start[lever.id].level)
            for lever in game.own_levers[game.other(side)]
            if lever.on_trade
        )
    return known


def _cost(game: Game, side: str, state: TalksState) -> float:
    start = game.start.levers
    costs = game.cost.get(side, {})
    return sum(
        costs.get(lever, 0.0) * (now.level - start[lever].level)
        for lever, now in state.levers.items()
        if now is not start[lever]
    )


def lapse_loss(game: Game, side: str, state: TalksState) -> float:
    """What a side loses if every clock runs out now, percent of real income a year; 0 without clocks."""
    costs = game.cost[side]
    loss = sum(
        costs.get(lever, 0.0) * now.suspended
        for lever, now in state.levers.items()
        if now.suspended and now.clock
    )
    return loss * adjustment(game, side, state.day) if loss else 0.0


def gain(game: Game, side: str, state: TalksState, package: Package) -> float:
    """What a package is worth to a side against going on as things are, percent of real income a year.

    A deal, whole or in part, also takes back what was raised since the start; an extension alone does not.
    """
    if package.kind == "extension":
        return 0.0
    return package.worth[side] - min(0.0, _raised(game, side, state)) * adjustment(game, side, state.day)


def _raised(game: Game, side: str, state: TalksState) -> float:
    """Worth of what has been raised since the start; the part of a lapse is in it."""
    known = game.raised_worth.get(state.policy)
    if known is None:
        baseline = game.baseline
        rises = [(k, now.level - baseline[k]) for k, now in state.levers.items() if now.level > baseline[k]]
        known = game.raised_worth[state.policy] = {
            one: -sum(costs.get(lever, 0.0) * rise for lever, rise in rises)
            for one, costs in game.cost.items()
        }
    return known[side]
