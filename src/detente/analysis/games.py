"""Best responses, trade wars and bargains between named sides, as the commands give them."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from detente.analysis.baseline import weights_for
from detente.analysis.scenarios import change_from_base
from detente.analysis.state import require_days
from detente.core.days import parse_day
from detente.core.errors import InvalidOption, UnsolvableShock
from detente.core.results import envelope
from detente.economy.certificate import NotSolved
from detente.economy.models.registry import model_named
from detente.economy.prepare import Prepared, prepare
from detente.economy.worlds import load_world
from detente.record.asof import AsOf, Assume
from detente.record.compile import compile_policy
from detente.record.files import load_record
from detente.strategy.aims import Aim, read_aims, real_income
from detente.strategy.arena import Arena
from detente.strategy.arena import arena as arena_of
from detente.strategy.bargain import Talks
from detente.strategy.choice import DUTY, Choice, choice, rates_of
from detente.strategy.limits import DutyLaw, duty_law, limited
from detente.strategy.lobby import calibrate, read_duties, with_weights
from detente.strategy.nash import nash as find_wars
from detente.strategy.optimal import best_response
from detente.strategy.retaliation import first_move
from detente.strategy.steps import NONE, Steps

Progress = Callable[[str], None]

EVERYBODY = ("all",)
"""In place of sides: every economy of the world."""

BOUND = (
    "an unconstrained optimum or war is a bound on what duties could do in this model, never a forecast: "
    "governments act within their law, and for more than this aim"
)


WITHIN_LAW = (
    "moves are within the authorities of the day, over the duties then in force; what a side would gain most "
    "from within its law is still no forecast: governments act for more than this aim"
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
        dispute: whose record limits moves to the law of a day; None for rates without limits of law.
        on, known_by, assume: the day asked about, see the record's commands.
        within_days: leave out authorities that take longer from opening to effect.
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
    dispute: str | None = None
    on: str | None = None
    known_by: str | None = None
    assume: str | None = None
    within_days: int | None = None

    def deadline(self) -> float:
        """When to stop, on the monotonic clock.

        Raises:
            InvalidOption: a limit that is no time.
        """
        limit = self.time_limit_seconds
        if limit is None:
            return np.inf
        if not 0 < limit < np.inf:
            raise InvalidOption(
                f"time limit {limit:g} s",
                where="--time-limit",
                why="it is no time",
                instead="a number of seconds above zero",
            )
        return time.monotonic() + limit


def optimal(
    side: str, setting: Setting, progress: Progress = lambda words: None, *, lobby_from: str | None = None
) -> tuple[dict[str, Any], int]:
    """The best response of one side while all others keep their duties: the answer and the exit status.

    Args:
        side, setting: whose, on what.
        progress: told what is going on.
        lobby_from: a file of observed non-cooperative duties by sector; the side's sector weights are those
            that fit their pattern best.

    Raises:
        MalformedFile, InvalidGame, UnknownSector: see `strategy.lobby`.
    """
    deadline = setting.deadline()
    duties = None if lobby_from is None else read_duties(Path(lobby_from))
    seats = seated((side,), setting, progress)
    arena, fitted = seats.arena, None
    if duties is not None:
        fitted = calibrate(arena.prepared, side, duties, progress=progress)
        arena = arena_of(arena.prepared, [with_weights(arena.aims[0], fitted)])
    progress(f"optimal: best duties of {side}")
    found = best_response(arena, side, seats.choices[0], rates=seats.rates, deadline=deadline)
    answer = {**_about(arena, setting), **found.to_dict(), **seats.to_dict()}
    answer["lobby"] = None if fitted is None else fitted.to_dict()
    query = {"side": side, "lobby_from": lobby_from}
    return _envelope("optimal", query, setting, arena, answer), _status(found.certificate.in_time)


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
    steps: Steps = NONE,
) -> tuple[dict[str, Any], int]:
    """The trade war of several sides, or with `first` what one of two does who moves first.

    Args:
        steps: finished steps of this very question, from which a search that was cut off goes on.

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
    seats = seated(sides, setting, progress)
    arena, choices = seats.arena, seats.choices
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
            arena, by_side[first], by_side[other], answer, factor=factor, rates=seats.rates, deadline=deadline
        )  # fmt: skip
        data = {**_about(arena, setting), **move.to_dict(by_side), **seats.to_dict()}
        return _envelope("nash", query, setting, arena, data), _status(move.in_time)
    game = find_wars(
        arena,
        choices,
        starts=starts,
        checks=checks,
        rates=seats.rates,
        deadline=deadline,
        progress=progress,
        steps=steps,
    )
    data = {**_about(arena, setting), **game.to_dict(), **seats.to_dict()}
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
    seats = seated(sides, setting, progress)
    arena, choices = seats.arena, seats.choices
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
        game = find_wars(arena, choices, starts=2, rates=seats.rates, deadline=deadline, progress=progress)
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
        quo = arena.values(seats.rates[None])[0].tolist() if least is None else least
        least = [max(a, b) for a, b in zip(quo, floor, strict=True)]
    talks = Talks(arena, choices, outside=least, rates=seats.rates, deadline=deadline, progress=progress)
    deal = talks.deal(rule)
    data = {**_about(arena, setting), **deal.to_dict(choices), **seats.to_dict()}
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


@dataclass(frozen=True)
class Seats:
    """Who plays, with what, from where.

    Attributes:
        arena: aims of the sides.
        choices: their levers.
        rates: in force at the start, logs of gross rates.
        laws: of the sides, where the record limits their moves.
        on: the day of that law.
    """

    arena: Arena
    choices: list[Choice]
    rates: np.ndarray
    laws: tuple[DutyLaw, ...] = ()
    on: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """For JSON: what moves are limited by, and how to read them."""
        if not self.laws:
            return {"law": None, "bound": BOUND}
        return {
            "law": {
                "on": self.on,
                "sides": {law.side: law.to_dict() for law in self.laws},
                "in_force_percent": {one.side: one.rates_percent(np.zeros(one.size)) for one in self.choices},
                "allowed_percent": {
                    one.side: {
                        "lowest": one.rates_percent(one.lower),
                        "highest": one.rates_percent(one.upper),
                    }
                    for one in self.choices
                },
            },
            "bound": WITHIN_LAW,
        }


def seated(sides: Sequence[str], setting: Setting, progress: Progress) -> Seats:
    """The arena of these sides, the levers of each, and the duties they start from.

    Raises:
        UnsolvableShock: the world has no certified baseline under the closure.
        InvalidGame: a side that law leaves no move.
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
    if setting.dispute is None:
        require_no_day(setting)
        return Seats(arena, choices, rates_of(world))
    return within_law(Seats(arena, choices, rates_of(world)), setting, progress)


def require_no_day(setting: Setting) -> None:
    """Refuse a day without a record to read it in.

    Raises:
        InvalidOption: naming the option.
    """
    for name, flag in (
        ("on", "--on"),
        ("known_by", "--known-by"),
        ("assume", "--assume"),
        ("within_days", "--within"),
    ):
        if getattr(setting, name) is not None:
            raise InvalidOption(
                f"{flag} {getattr(setting, name)}",
                where=flag,
                why="the law of a day is read in a record",
                instead="--dispute us-china as well",
            )


def within_law(seats: Seats, setting: Setting, progress: Progress) -> Seats:
    """The same seats with every side held to its law of a day, over the duties then in force.

    Raises:
        UnknownDispute, InvalidDate, DateBeforeRecord, UnknownState: of the record.
        InvalidGame: a side without authority or without a move.
    """
    assert setting.dispute is not None
    progress("record: the law of the day")
    record = load_record(setting.dispute)
    asof = AsOf(
        parse_day(record.settings.checked_to if setting.on is None else setting.on, where="--on"),
        None if setting.known_by is None else parse_day(setting.known_by, where="--known-by"),
        None if setting.assume is None else Assume(setting.assume),
    )
    require_days(record, asof)
    world = seats.arena.prepared.world
    weights = weights_for(record, str(setting.world))
    today = change_from_base(record, asof, world.economies, everyone=True).on(weights)
    base = AsOf(parse_day(record.settings.base_day))
    without = (-compile_policy(record, base, world.economies)).on(weights)
    rates = rates_of(world, today)
    in_force, floor = np.expm1(rates[DUTY]), np.maximum(0.0, world.duty + without.duty_change)
    laws, choices = [], []
    for one in seats.choices:
        partners = [p for p in setting.against or world.economies if p != one.side]
        law = duty_law(
            record,
            asof,
            one.side,
            partners,
            alike=setting.against is None and setting.grain in ("uniform", "sector"),
            by_sector="sector" in setting.grain or setting.sectors is not None,
            within_days=setting.within_days,
        )
        laws.append(law)
        choices.append(limited(one, world, in_force, floor, law, setting.highest_percent / 100))
    return Seats(seats.arena, choices, rates, tuple(laws), asof.on.isoformat())


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
