"""Parts that break talks off: whether a side leaves the table today, and how long it stays away."""

from __future__ import annotations

from detente.talks.rules import BROKEN_OFF_DAYS, FRESH_DAYS
from detente.talks.sides.bargaining import reserve_of
from detente.talks.sides.view import View
from detente.talks.state import Standing


def leaves(view: View) -> bool:
    """Breaks off by chance once both offers are made, the other's is below its reserve, and it was provoked.

    The chance is that of a round on record, in proportion to how hawkish the side is. It never leaves what is
    agreed, nor an offer of more time.
    """
    state = view.state
    if state.agreed or state.broken_off_by or view.side not in state.offers:
        return False
    offer = state.offers.get(view.other)
    if offer is None or view.draws.accept >= view.game.hazards.broken_off * view.type.hawk:
        return False
    package = view.game.package(offer.package)
    worse = view.gain(package) < reserve_of(view) * view.best
    return package.kind != "extension" and worse and _provoked(view)


def leaves_if_hawkish(view: View) -> bool:
    """The same where its type is hawkish; else it stays."""
    return view.type.hawk > 1 and leaves(view)


def _provoked(view: View) -> bool:
    """Whether the other side has raised something, accused or threatened it lately."""
    state, other = view.state, view.other
    raised = state.raised.get(other)
    days = [raised[0]] if raised is not None else []
    if other in state.accused:
        days.append(state.accused[other])
    days += [threat.since for threat in state.threats if threat.by == other]
    return any((state.day - day).days <= FRESH_DAYS for day in days)


def stays_away(view: View) -> bool:
    """Whether it broke talks off and has not cooled down: it asks nobody and agrees to no contact."""
    state = view.state
    return (
        state.broken_off_by == view.side
        and state.standing is Standing.BREAKDOWN
        and (state.day - state.since).days < BROKEN_OFF_DAYS
    )
