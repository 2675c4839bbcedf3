"""What an outlook turns on: one assumption at a time, and one act on the first day, by the same draws.

Each variation plays the first runs of the sweep again with one thing changed. Run by run nothing else
differs, chance included, so a difference of odds has the small error of paired runs:

    change in odds of an outcome = mean over runs of (with - without),    error = its deviation / sqrt(runs)

Assumptions are halved and doubled, or moved over a stated range; acts are moves that the protocol allows on
the first day. An act says what would follow in the game if it were done, not how likely it is to be done.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
import polars as pl

from detente.talks.draws import QUIET
from detente.talks.game import Game
from detente.talks.legal import legal
from detente.talks.moves import MoveKind
from detente.talks.outlook_runs import OUTCOME_OF, OUTCOMES, STANDING, Runs, values_on
from detente.talks.protocol import act

ACTS = (
    MoveKind.IMPOSE,
    MoveKind.RESTRICT,
    MoveKind.THREATEN,
    MoveKind.REMOVE,
    MoveKind.SUSPEND,
    MoveKind.LICENCE,
    MoveKind.WALK_OUT,
    MoveKind.ACCUSE,
    MoveKind.WAIVE,
    MoveKind.EXTEND,
)
"""Moves tried as acts of the first day; of each kind one for each side, on the lever that moves most."""

WORDS = {
    "ruling": "how often courts strike down contested duties",
    "stayed": "chance that a ruling against a duty is stayed",
    "upheld": "chance that a stayed ruling stands in the last court",
    "replaced": "chance that another duty takes the place of one struck down",
    "incident": "how often an incident sets channels back",
    "lapse": "chance that a side lets its part of a clock run out",
    "threat": "how often sides threaten",
    "control": "how often sides tighten controls",
    "carried_out": "chance that a threat is carried out",
    "matched": "chance that a rise is answered in kind",
    "claim": "how often sides make claims",
    "contact": "how often sides ask for contact",
    "denied": "chance that a claim is denied",
    "audience_cost": "what backing down costs at home",
}


@dataclass(frozen=True)
class Variation:
    """One thing changed.

    Attributes:
        key: name and direction, `hazard lapse x2`.
        about: `assumption` or `act`.
        words: in words.
        work: the runs with it changed.
    """

    key: str
    about: str
    words: str
    work: Runs


def assumptions(work: Runs) -> Iterator[Variation]:
    """One assumption at a time."""
    game = work.game
    # Shares of levels add up to one: there is no half or double of them.
    for name in (field.name for field in fields(game.hazards) if field.name != "contact_levels"):
        for factor in (0.5, 2.0):
            changed = _scaled(getattr(game.hazards, name), factor)
            if changed != getattr(game.hazards, name):
                hazards = replace(game.hazards, **{name: changed})
                words = f"{WORDS.get(name, name.replace('_', ' '))}, {_times(factor)}"
                yield Variation(
                    f"hazard {name} x{factor:g}",
                    "assumption",
                    words,
                    _with(work, replace(game, hazards=hazards)),
                )
    for name, words in (
        ("patience_days", "patience of both sides"),
        ("reserve", "what both sides hold out for"),
    ):
        for factor in (0.5, 2.0):
            types = {
                side: tuple(replace(t, **{name: _bounded(name, getattr(t, name) * factor)}) for t in kinds)
                for side, kinds in game.types.items()
            }
            if types != dict(game.types):
                yield Variation(
                    f"type {name} x{factor:g}",
                    "assumption",
                    f"{words}, {_times(factor)}",
                    _with(work, replace(game, types=types)),
                )
    for factor in (0.5, 2.0):
        cost = {side: _scaled(costs, factor, most=None) for side, costs in game.cost.items()}
        yield Variation(
            f"cost x{factor:g}",
            "assumption",
            f"what duties and controls cost both sides, {_times(factor)}",
            _with(work, replace(game, cost=cost)),
        )
    passed = {
        key: replace(package, ratified=dict.fromkeys(package.ratified, 1.0))
        for key, package in game.packages.items()
    }
    yield Variation(
        "ratified", "assumption", "every package passes at home", _with(work, replace(game, packages=passed))
    )
    for name in dict.fromkeys(n for side in game.sides for n in work.mix[side]):
        if any(tuple(work.mix[side]) != (name,) for side in game.sides):
            yield Variation(
                f"negotiators {name}",
                "assumption",
                f"both sides negotiate as {name}",
                replace(work, mix=dict.fromkeys(game.sides, (name,))),
            )


def acts(work: Runs) -> Iterator[Variation]:
    """One act on the first day."""
    game = work.game
    for side in game.sides:
        best: dict[MoveKind, Any] = {}
        for move in legal(game, game.start, side):
            if move.kind in ACTS and (
                move.kind not in best or _size(game, move) > _size(game, best[move.kind])
            ):
                best[move.kind] = move
        for kind, move in best.items():
            state, _ = act(game, game.start, move, QUIET)
            title = game.levers[move.what].title if move.what in game.levers else move.what
            words = f"{side}: {kind.value.replace('_', ' ')} {title}".rstrip()
            if move.what in game.levers and kind in (MoveKind.IMPOSE, MoveKind.RESTRICT, MoveKind.THREATEN):
                unit = " points" if game.levers[move.what].is_duty else " of a whole control"
                words += f", {move.level:g}{unit}"
            yield Variation(
                f"{side} {kind.value} {move.what}", "act", words, _with(work, replace(game, start=state))
            )


def effects(
    base: pl.DataFrame, varied: pl.DataFrame, runs: int, day: int
) -> dict[str, dict[str, float | None]]:
    """Change in the odds of each outcome at the end of a day, with its error, both as shares.

    One run has no error: None.

    Args:
        base, varied: rows of runs 0 to `runs` - 1.
    """
    words = {standing.value: outcome for standing, outcome in OUTCOME_OF.items()}
    then, now = (
        np.array([words[str(w)] for w in values_on(table, STANDING, runs, [day])[:, 0]])
        for table in (base, varied)
    )
    found = {}
    for outcome in OUTCOMES:
        gap = (now == outcome).astype(float) - (then == outcome)
        error = float(gap.std(ddof=1) / np.sqrt(runs)) if runs > 1 else None
        found[outcome] = {"change": float(gap.mean()), "error": error}
    return found


def _with(work: Runs, game: Game) -> Runs:
    return replace(work, game=game)


def _size(game: Game, move: Any) -> float:
    """How much a move does, to choose one of a kind: costs of its lever by its change."""
    if move.what not in game.levers:
        return 0.0
    change = abs(move.level - game.start.levers[move.what].level)
    return change * sum(abs(costs.get(move.what, 0.0)) for costs in game.cost.values())


def _scaled(value: Any, factor: float, most: float | None = 1.0) -> Any:
    if isinstance(value, tuple):
        return value  # A shape over days, not a rate.
    if isinstance(value, Mapping):
        return {key: _scaled(one, factor, most) for key, one in value.items()}
    return value * factor if most is None else min(most, value * factor)


def _bounded(name: str, value: float) -> float:
    return min(1.0, value) if name == "reserve" else value


def _times(factor: float) -> str:
    return "halved" if factor == 0.5 else "doubled" if factor == 2 else f"times {factor:g}"
