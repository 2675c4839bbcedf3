"""Best responses, trade wars and bargains between named sides, as the commands give them."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from detente.core.errors import InvalidOption, UnsolvableShock
from detente.core.results import envelope
from detente.economy.certificate import NotSolved
from detente.economy.models.registry import model_named
from detente.economy.prepare import Prepared, prepare
from detente.economy.worlds import load_world
from detente.strategy.aims import Aim, read_aims, real_income
from detente.strategy.arena import Arena
from detente.strategy.arena import arena as arena_of
from detente.strategy.bargain import Talks
from detente.strategy.choice import Choice, choice
from detente.strategy.nash import nash as find_wars
from detente.strategy.optimal import best_response
from detente.strategy.retaliation import first_move

Progress = Callable[[str], None]

EVERYBODY = ("all",)
"""In place of sides: every economy of the world."""

BOUND = (
    "an unconstrained optimum or war is a bound on what duties could do in this model, never a forecast: "
    "governments act within their law, and for more than this aim"
)


@dataclass(frozen=True)
class Setting:
    """What a game is played on, as asked.

    Attributes:
        world, model, closure, revenue_use, elasticities, theta_scale: as `what-if`.
        aims: a file of aims; every side wants real income where there is none.
        grain: how fine duties are.
        against: partners whose goods they fall on; None for all.
        sectors: goods they fall on; None for all.
        groups: partners charged alike, by name of the group, where the grain tells partners apart.
        export_taxes: whether sides set export taxes too.
        lowest_percent, highest_percent: bounds of rates.
        time_limit_seconds: after which the best so far is given; None for no limit.
    """

    world: str | Path = "icio2022"
    model: str = "input-output"
    closure: str = "fixed_to_world_income"
    revenue_use: str = "rebated"
    elasticities: str | None = None
    theta_scale: float = 1.0
    aims: str | None = None
    grain: str = "uniform"
    against: tuple[str, ...] | None = None
    sectors: tuple[str, ...] | None = None
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    export_taxes: bool = False
    lowest_percent: float = 0.0
    highest_percent: float = 1000.0
    time_limit_seconds: float | None = None

    def deadline(self) -> float:
        """When to stop, on the monotonic clock.

        Raises:
            InvalidOption: a limit that is no time.
        """
        limit = self.time_limit_seconds
        if limit is None:
            return np.inf
        if not limit > 0:
            raise InvalidOption(
                f"time limit {limit:g} s",
                where="--time-limit",
                why="it is no time",
                instead="a number of seconds above zero",
            )
        return time.monotonic() + limit


def optimal(
    side: str, setting: Setting, progress: Progress = lambda words: None
) -> tuple[dict[str, Any], int]:
    """The best response of one side while all others keep their duties: the answer and the exit status."""
    deadline = setting.deadline()
    arena, choices = seated((side,), setting, progress)
    progress(f"optimal: best duties of {side}")
    found = best_response(arena, side, choices[0], deadline=deadline)
    answer = {**_about(arena, setting), **found.to_dict(), "bound": BOUND}
    return _envelope("optimal", {"side": side}, setting, arena, answer), _status(found.certificate.in_time)


def nash(
    sides: Sequence[str],
    setting: Setting,
    *,
    starts: int = 3,
    checks: int = 20,
    first: str | None = None,
    answer: str = "optimal",
    factor: float = 1.0,
    progress: Progress = lambda words: None,
) -> tuple[dict[str, Any], int]:
    """The trade war of several sides, or with `first` what one of two does who moves first.

    Raises:
        InvalidOption: `first` is not one of two sides, starts or checks below one.
    """
    deadline = setting.deadline()
    if starts < 1 or checks < 1:
        raise InvalidOption(
            f"{starts} starts and {checks} checks",
            where="--starts, --checks",
            why="one of each at least",
            instead="1 or more",
        )
    arena, choices = seated(sides, setting, progress)
    query = {"sides": list(sides), "starts": starts, "checks": checks, "first": first, "answer": answer}
    if first is not None:
        if first not in sides or len(sides) != 2:
            raise InvalidOption(
                f"{first!r}",
                where="--first",
                why="it is one of two sides",
                instead=f"one of {', '.join(sides)}",
            )
        by_side = {one.side: one for one in choices}
        other = next(label for label in sides if label != first)
        move = first_move(
            arena, by_side[first], by_side[other], answer, factor=factor, deadline=deadline
        )  # fmt: skip
        data = {**_about(arena, setting), **move.to_dict(by_side), "bound": BOUND}
        return _envelope("nash", query, setting, arena, data), _status(move.in_time)
    game = find_wars(arena, choices, starts=starts, checks=checks, deadline=deadline, progress=progress)
    data = {**_about(arena, setting), **game.to_dict(), "bound": BOUND}
    return _envelope("nash", query, setting, arena, data), _status(game.in_time)


def bargain(
    sides: Sequence[str],
    setting: Setting,
    *,
    rule: str = "egalitarian",
    outside: str = "status-quo",
    red_lines: Mapping[str, float] | None = None,
    frontier: int = 0,
    progress: Progress = lambda words: None,
) -> tuple[dict[str, Any], int]:
    """The deal of several sides by a rule, and points of the frontier.

    Args:
        sides, setting: who and on what.
        rule: one of `strategy.bargain.RULES`.
        outside: "status-quo", or "war" for the trade war of the same sides with the same levers.
        red_lines: side -> the least value of its aim, percent.
        frontier: points of the Pareto frontier.

    Raises:
        InvalidOption: rule, outside.
        UnsolvableShock: there is no single certified war to fall back on.
    """
    deadline = setting.deadline()
    arena, choices = seated(sides, setting, progress)
    lines = dict(red_lines or {})
    for label in lines:
        if label not in sides:
            raise InvalidOption(
                f"red line of {label}",
                where="--red-line",
                why="not at the table",
                instead=f"one of {', '.join(sides)}",
            )
    least = None
    if outside == "war":
        game = find_wars(arena, choices, starts=2, deadline=deadline, progress=progress)
        if game.war is None or not game.war.certified:
            raise UnsolvableShock(
                "the war that talks would fall back on",
                why="there is no single certified trading equilibrium",
                instead="--outside status-quo",
            )
        least = [game.war.aims_percent[side] for side in sides]
    elif outside != "status-quo":
        raise InvalidOption(
            f"outside option {outside!r}", where="--outside", why="no such one", instead="status-quo or war"
        )
    if lines:
        # A floor on one's own aim: nothing below it is signed, so it is where the side would walk away.
        floor = [lines.get(side, -np.inf) for side in sides]
        quo = [0.0] * len(sides) if least is None else least
        least = [max(a, b) for a, b in zip(quo, floor, strict=True)]
    talks = Talks(arena, choices, outside=least, deadline=deadline, progress=progress)
    deal = talks.deal(rule)
    data = {**_about(arena, setting), **deal.to_dict(choices), "bound": BOUND}
    if frontier:
        data["frontier"] = [
            {
                "aims_percent": point.aims_percent,
                "certified": point.certified,
                "distance_to_frontier_percent": point.distance_percent,
            }
            for point in talks.frontier(frontier)
        ]
    query = {
        "sides": list(sides), "rule": rule, "outside": outside, "red_lines": lines, "frontier": frontier
    }  # fmt: skip
    return _envelope("bargain", query, setting, arena, data), _status(deal.in_time)


def seated(sides: Sequence[str], setting: Setting, progress: Progress) -> tuple[Arena, list[Choice]]:
    """The arena of these sides and the levers of each.

    Raises:
        UnsolvableShock: the world has no certified baseline under the closure.
    """
    progress("preparing the world")
    world = load_world(setting.world)
    sides = world.economies if tuple(sides) == EVERYBODY else sides
    prepared: Prepared | NotSolved = prepare(
        model_named(setting.model),
        world,
        closure=setting.closure,
        revenue_use=setting.revenue_use,
        elasticities=setting.elasticities,
        theta_scale=setting.theta_scale,
    )
    if isinstance(prepared, NotSolved):
        raise UnsolvableShock("the baseline", why=prepared.message, instead="another closure")
    aims: tuple[Aim, ...] = (
        tuple(real_income(side) for side in sides)
        if setting.aims is None
        else read_aims(Path(setting.aims), sides)
    )
    arena = arena_of(prepared, aims)
    choices = [
        choice(
            world,
            side,
            setting.grain,
            partners=None if setting.against is None else [p for p in setting.against if p != side],
            sectors=setting.sectors,
            groups=setting.groups,
            export_taxes=setting.export_taxes,
            lowest=setting.lowest_percent / 100,
            highest=setting.highest_percent / 100,
        )
        for side in sides
    ]
    return arena, choices


def _about(arena: Arena, setting: Setting) -> dict[str, Any]:
    prepared = arena.prepared
    return {
        "world": prepared.world.name,
        "model": prepared.model.name,
        "closure": prepared.closure.value,
        "revenue_use": prepared.revenue_use.value,
        "elasticities": prepared.elasticities,
        "theta_scale": prepared.theta_scale,
        "grain": setting.grain,
        "groups": {name: list(labels) for name, labels in setting.groups.items()},
        "bounds_percent": [setting.lowest_percent, setting.highest_percent],
        "aims": [aim.to_dict() for aim in arena.aims],
    }


def _status(in_time: bool) -> int:
    """0, or 3 where the time limit cut the search short."""
    return 0 if in_time else 3


def _envelope(
    name: str, query: Mapping[str, Any], setting: Setting, arena: Arena, data: dict[str, Any]
) -> dict[str, Any]:
    asked = {key: getattr(setting, key) for key in setting.__dataclass_fields__}
    asked["world"] = str(setting.world)
    prepared = arena.prepared
    provenance = {
        "world_hash": prepared.world.provenance.get("world_hash"),
        "model": prepared.model.name,
        "certificate": data.get("certificate", {"certified": data.get("certified")}),
    }
    return envelope(name, {**query, **asked}, data, provenance=provenance)
