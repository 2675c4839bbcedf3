"""The part of the step function in which third countries answer: they support, oppose, divert or retaliate.

A partner's gain from the policy in force against the first day's comes from the economy (`Game.cost`). It
    retaliates   against a deal that is signed with a clause which shuts it out (`Partner.against`), for good
    diverts      where it gains: duties went up, goods go through it, and the duties bite less
    supports     where it loses because duties went up: it speaks for a deal
    opposes      where it loses because duties came down, and its own goods pay what theirs paid: against more
    watches      otherwise
"""

from __future__ import annotations

from dataclasses import replace

from detente.talks.effects import put
from detente.talks.game import Game
from detente.talks.moves import Event, EventKind
from detente.talks.payoffs import partner_gain
from detente.talks.state import DIVERTS, OPPOSES, RETALIATES, SUPPORTS, WATCHES, TalksState

NOTICED_PERCENT = 0.01
"""Change of its real income from which a partner answers. Assumed: less than this is not noticed."""


def answer(game: Game, state: TalksState, events: list[Event]) -> TalksState:
    """Each partner's answer to what is in force and what is signed."""
    for name in game.partners:
        before, after = state.partners[name], _stance(game, state, name)
        if after != before:
            state = replace(state, partners=put(state.partners, name, after))
            gain = partner_gain(game, name, state)
            events.append(Event(state.day, EventKind.PARTNER, what=name, note=f"{after} {gain:.4f}"))
    return state


def _stance(game: Game, state: TalksState, name: str) -> str:
    partner = game.partners[name]
    if state.partners[name] == RETALIATES:
        return RETALIATES
    if state.signed and partner.against:
        signed = game.signed_options(state.signed)
        if any(f"{issue}={option}" in partner.against for issue, option in signed.items()):
            return RETALIATES
    gain = partner_gain(game, name, state)
    if abs(gain) <= NOTICED_PERCENT:
        return WATCHES
    if gain > 0:
        return DIVERTS
    raised = any(
        now.level > game.baseline[key] and game.levers[key].on_trade for key, now in state.levers.items()
    )
    return SUPPORTS if raised else OPPOSES


def voices(game: Game, state: TalksState) -> float:
    """What partners that support a deal, less those that oppose one, add to its chance at home."""
    weighs = {SUPPORTS: 1.0, OPPOSES: -1.0}
    return sum(weighs.get(stance, 0.0) * game.partners[name].voice for name, stance in state.partners.items())
