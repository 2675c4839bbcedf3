"""Parts for the table: how far to concede, what to accept, what to offer.

A share is of the most that any negotiable package could bring a side: 1 asks for its best, 0 takes anything
that is no loss.
"""

from __future__ import annotations

from detente.talks.game import Package
from detente.talks.payoffs import gain
from detente.talks.rules import health
from detente.talks.sides.view import View

LAST_DAYS = 14
"""The stretch before a clock in which a deadline player gives way (Roth, Murnighan and Schoumaker 1988)."""
OPENING = 0.9
"""Share that a deadline player asks for until then. Assumed."""
DENIABLE = 0.5
"""How much of a concession that came by a deniable word is answered, the channel in full health. Assumed."""
PRESSURE_WEIGHT = 1.0
"""Share of its best gain that a side gives up for each such gain that duties have cost it. Assumed."""


def firm(view: View) -> float:
    """Holds out for what its type keeps to, whatever the day."""
    return max(view.type.reserve, 0.85)


def patient(view: View) -> float:
    """Gives way by half of what is left with every `patience_days`, and faster as duties cost it more."""
    elapsed = (view.state.day - view.game.start.day).days
    reserve = reserve_of(view)
    return reserve + (1 - reserve) * 0.5 ** (elapsed / view.type.patience_days)


def at_the_deadline(view: View) -> float:
    """Gives way as a patient side does, and fast in the last days before a clock."""
    left = view.days_to_bargain
    reserve = reserve_of(view)
    if left is None:
        return patient(view)
    early = max(reserve, min(OPENING, patient(view)))
    return reserve + (early - reserve) * min(1.0, max(0, left) / LAST_DAYS)


def reciprocal(view: View) -> float:
    """Tit for tat at the table: meets the other's last offer halfway, and never goes first."""
    reserve = reserve_of(view)
    own = view.state.offers.get(view.side)
    asked = _share(view, own.package) if own is not None else 1.0
    theirs = view.state.offers.get(view.other)
    if theirs is None:
        return max(reserve, min(asked, patient(view)))
    heard = 1.0
    channel = view.game.channels[theirs.channel]
    if channel.deniable:
        heard = DENIABLE * health(channel, view.state.channels[channel.id], view.state.day)
    shown = heard * max(0.0, _share(view, theirs.package)) + (1 - heard) * asked
    return max(reserve, min(1.0, (asked + shown) / 2))


def reserve_of(view: View) -> float:
    """The least share of its best gain that a side takes: less as duties and falling prices cost it more."""
    best = view.best
    if best <= 0:
        return 0.0
    cost = PRESSURE_WEIGHT * view.state.pressure[view.side] / best
    scare = view.game.market_weight.get(view.side, 0.0) * max(0.0, -view.state.market)
    return max(0.0, view.type.reserve - cost - scare)


def _share(view: View, package: str) -> float:
    best = view.best
    return view.gain(view.game.package(package)) / best if best > 0 else 0.0


def enough(view: View, package: Package, asked: float) -> bool:
    """Takes what brings the share asked for; an extension where no deal is in reach and a clock presses."""
    if package.kind == "extension":
        return view.clock_presses and view.lapse_loss >= 0
    worth = view.gain(package)
    return worth >= asked * view.best and worth >= 0


def best_for_both(view: View, asked: float) -> Package | None:
    """Of what brings itself the share asked for, what the other side likes best."""
    least = asked * view.best
    other = view.other
    found, most = None, float("-inf")
    for package in view.deals:
        if view.gain(package) >= max(0.0, least) - 1e-12:
            worth = package.worth[other]
            if worth > most:
                found, most = package, worth
    return found if found is not None and not (most < 0 and asked < 1) else view.extension


def own_best(view: View, asked: float) -> Package | None:
    """The package that is worth most to itself, and nothing else."""
    return view.best_deal(view.side)


def by_belief(view: View, asked: float) -> Package | None:
    """Own gain times the chance, by its beliefs about the other's type, that the other takes it."""
    game, other = view.game, view.other
    best = view.best_deal(other)
    top = gain(game, other, view.state, best) if best is not None else 0.0
    beliefs = view.state.beliefs[view.side]
    found, most = None, 0.0
    for package in view.deals:
        own = view.gain(package)
        if own <= most:
            continue
        theirs = gain(game, other, view.state, package)
        share = theirs / top if top > 0 else 0.0
        chance = sum(beliefs[t.name] for t in game.types[other] if theirs >= 0 and share >= t.reserve)
        value = own * chance * package.ratified[other] * package.ratified[view.side]
        if value > most:
            found, most = package, value
    return found if found is not None else view.extension
