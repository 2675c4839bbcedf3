"""Whom a run of an outlook is negotiated by, and how often those act who act at all.

Nobody knows which kind of negotiator it faces, so a run draws one for each side. Some kinds never threaten
and some never ask for a contact, while the rates of the record are those of a side whoever spoke for it. So
that the mean over kinds is the record's rate, the kinds that do threaten, or ask, do so more often:

    rate of a kind that does = rate of the side / share of draws that do
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from detente.talks.game import Game
from detente.talks.sides.conduct import keeps_in_touch, presses
from detente.talks.sides.named import negotiator
from detente.talks.sides.negotiator import Negotiator

KINDS = ("tit-for-tat", "hardliner", "deadline", "conceder", "bayesian")
"""Negotiators that a side draws from, all alike: nobody knows which it faces. Assumed."""

OWN_SHARE = 5
"""Places among those draws for the negotiator that the dispute's talks.yaml names, with its reason: as many
as all others have together, so half of the runs and a little more."""


def mix_of(game: Game) -> dict[str, tuple[str, ...]]:
    """Side -> names of negotiators to draw from, all alike."""
    return {side: (game.negotiators[side],) * OWN_SHARE + KINDS for side in game.sides}


def at_record_rates(game: Game, mix: Mapping[str, Sequence[str]]) -> Game:
    """The game with rates of threats and of asking such that the mean over a mix is the side's own."""

    def raised(rates: Mapping[str, float], does: Callable[[Negotiator], bool]) -> dict[str, float]:
        found = {}
        for side, rate in rates.items():
            share = sum(does(negotiator(name)) for name in mix[side]) / len(mix[side])
            found[side] = min(1.0, rate / share) if share else rate
        return found

    hazards = replace(
        game.hazards,
        threat=raised(game.hazards.threat, lambda one: one.press is presses),
        contact=raised(game.hazards.contact, lambda one: one.contact is keeps_in_touch),
    )
    return replace(game, hazards=hazards)
