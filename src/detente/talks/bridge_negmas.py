"""The table of a game handed to NegMAS, as a second opinion on what two negotiators would agree on.

NegMAS (Mohammad, Nakadai and Greenwald 2021) plays one session of stacked alternating offers over the
packages, with its own negotiators: no clocks, channels, threats or votes. Extra `negmas`; nothing needs it.
"""

from __future__ import annotations

import importlib
import random
import warnings
from collections.abc import Mapping
from dataclasses import dataclass

from detente.core.errors import MissingData, UnknownName
from detente.talks.game import Game
from detente.talks.payoffs import gain

NEGOTIATORS = (
    "AspirationNegotiator",
    "NaiveTitForTatNegotiator",
    "BoulwareTBNegotiator",
    "ConcederTBNegotiator",
)
"""Negotiators of NegMAS that may be asked for."""


@dataclass(frozen=True)
class Session:
    """How a session ended.

    Attributes:
        package: key of the package agreed; None where none was.
        rounds: rounds used.
        gains: side -> what it is worth to it, percent of real income a year; empty without a package.
    """

    package: str | None
    rounds: int
    gains: Mapping[str, float]


def session(game: Game, names: Mapping[str, str], *, rounds: int = 100, seed: int = 0) -> Session:
    """One session over the packages that cross no red line.

    Args:
        names: side -> one of `NEGOTIATORS`.

    Raises:
        MissingData: NegMAS is not installed.
        UnknownName: no such negotiator.
    """
    for name in names.values():
        if name not in NEGOTIATORS:
            raise UnknownName(
                repr(name), where="names", why="not offered", instead=f"one of {', '.join(NEGOTIATORS)}"
            )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            negmas = importlib.import_module("negmas")
            sao = importlib.import_module("negmas.sao")
    except ImportError:
        raise MissingData(
            "NegMAS", where="talks.bridge_negmas", why="it is not installed",
            instead="pip install 'detente[negmas]'",
        ) from None  # fmt: skip
    random.seed(seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        keys = [p.key for p in game.packages.values() if not p.crosses and p.kind != "extension"]
        issue = negmas.make_issue(keys, name="package")
        mechanism = sao.SAOMechanism(issues=[issue], n_steps=rounds)
        for side in game.sides:
            worth = {(key,): gain(game, side, game.start, game.packages[key]) for key in keys}
            utility = negmas.MappingUtilityFunction(worth, issues=[issue], reserved_value=0.0)
            mechanism.add(getattr(sao, names[side])(name=side), ufun=utility)
        state = mechanism.run()
    agreed = state.agreement[0] if state.agreement is not None else None
    gains = {s: gain(game, s, game.start, game.packages[agreed]) for s in game.sides} if agreed else {}
    return Session(agreed, int(state.step), gains)
