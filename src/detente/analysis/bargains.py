"""A bargain over the issues of a dispute on a day: question, worths, outside options and the choice."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from detente.analysis.baseline import weights_for
from detente.analysis.costs import Variant
from detente.analysis.rates import EU
from detente.analysis.state import require_days
from detente.analysis.what_if import flag_of
from detente.core.errors import DetenteError, InvalidOption, UnknownEconomy, UnsolvableShock
from detente.core.places import the
from detente.economy.certificate import NotSolved
from detente.economy.models.registry import model_named
from detente.economy.prepare import Prepared, prepare
from detente.economy.sources.labels import EU_MEMBERS
from detente.economy.world import World
from detente.economy.worlds import load_world
from detente.policy import SectorPolicy
from detente.record.asof import AsOf
from detente.record.files import Record
from detente.strategy.agenda import Agenda
from detente.strategy.aims import Aim, read_aims, real_income
from detente.strategy.on_the_table import agenda_of
from detente.strategy.packages import Bargain, Table, settle
from detente.strategy.payoffs import Payoffs, lapse_policy, war_policy

Progress = Callable[[str], None]

AIMS = "aims.yaml"
"""What the parties want, in a dispute's folder; real income where there is none."""

REAL_INCOME = "real-income"

OUTSIDE = ("status-quo", "lapse", "war")


@dataclass(frozen=True)
class Question:
    """What a term sheet is asked of.

    Attributes:
        agenda: a file instead of the dispute's own; None for that.
        rule, outside: of the bargain.
        red_lines: side -> least change of its aim against the base day, percent.
        world, model, closure, revenue_use, elasticities, theta_scale: as `games.Setting`.
        aims: a file; None for the dispute's own, "real-income" for nothing else.
        ranges: whether the deal is put through the other assumptions too.
        durability: whether to ask what patience each side needs to keep it.
        offer: issue -> option of an offer to be judged; None for none.
        continuous: issues whose duty may stand at any rate, beside the options.
        time_limit_seconds: after which the packages valued by then are settled over; None for no limit.
    """

    agenda: str | None = None
    rule: str = "egalitarian"
    outside: str = "status-quo"
    red_lines: Mapping[str, float] | None = None
    world: str = "icio2022"
    model: str = "input-output"
    closure: str = "fixed_to_world_income"
    revenue_use: str = "rebated"
    elasticities: str | None = None
    theta_scale: float = 1.0
    aims: str | None = None
    ranges: bool = True
    durability: bool = False
    offer: Mapping[str, str] | None = None
    continuous: tuple[str, ...] = ()
    time_limit_seconds: float | None = None


@dataclass(frozen=True)
class Sheet:
    """A bargain with what it was made from.

    Attributes:
        payoffs: worths, of the central assumptions.
        table: all packages that can be signed.
        bargain: the rule's choice.
        outside: name of an outside option -> worth to each side, percent [S].
        used: name of the one in use.
        seconds: what it took.
        in_time: False where the time ran out before every package was valued.
    """

    payoffs: Payoffs
    table: Table
    bargain: Bargain
    outside: dict[str, np.ndarray]
    used: str
    seconds: float
    in_time: bool

    @property
    def agenda(self) -> Agenda:
        """What is on the table."""
        return self.payoffs.agenda


def bargained(
    record: Record, asof: AsOf, question: Question, progress: Progress = lambda words: None
) -> Sheet:
    """The bargain over every package of the day.

    Where the time limit is reached, the packages whose policies are solved by then are the table, and
    `in_time` is False.

    Raises:
        DateBeforeRecord: the day is before the record's first entry.
        InvalidAgenda, InvalidRange, MalformedFile: the agenda.
        InvalidOption: rule, outside option, or an outside option that the day does not have.
        InvalidGame: red lines on outcomes that no package keeps.
        UnsolvableShock: a package without a certified equilibrium.
    """
    began = time.perf_counter()
    if question.outside not in OUTSIDE:
        raise InvalidOption(
            f"outside option {question.outside!r}",
            where="--outside",
            why="no such one",
            instead=f"one of {', '.join(OUTSIDE)}",
        )
    require_days(record, asof)
    progress("agenda: options of the day")
    agenda = agenda_of(record, asof, question.agenda)
    payoffs = payoffs_of(record, agenda, question, progress)
    outside = outside_options(payoffs)
    if question.outside not in outside:
        raise InvalidOption(
            f"outside option {question.outside}",
            where="--outside",
            why="no clock runs on the day"
            if question.outside == "lapse"
            else "the agenda names no war known then",
            instead=f"one of {', '.join(outside)}",
        )
    values = payoffs.of_all(agenda.allowed)
    known = np.isfinite(values).all(axis=1)
    table = Table(agenda, agenda.allowed[known], values[known])
    lines = question.red_lines or {}
    for label in lines:
        if label not in agenda.sides:
            raise InvalidOption(f"red line of {label}", where="--red-line", why="not at the table",
                                instead=f"one of {', '.join(agenda.sides)}")  # fmt: skip
    floors = [lines.get(side, -np.inf) for side in agenda.sides] if lines else None
    bargain = settle(table, question.rule, outside[question.outside], floors)
    seconds = time.perf_counter() - began
    return Sheet(payoffs, table, bargain, outside, question.outside, seconds, bool(known.all()))


def payoffs_of(record: Record, agenda: Agenda, question: Question, progress: Progress) -> Payoffs:
    """Worths of the agenda's packages in the world and model asked for.

    Raises:
        UnknownEconomy: a side that the world does not hold as one economy.
    """
    prepared = prepared_for(question)
    for side in agenda.sides:
        require_side(side, prepared.world)
    own = record.folder / AIMS
    path = own if question.aims is None else Path(question.aims)
    aims: Sequence[Aim] = (
        [real_income(side) for side in agenda.sides]
        if question.aims == REAL_INCOME or (question.aims is None and not own.is_file())
        else read_aims(path, agenda.sides)
    )
    limit = question.time_limit_seconds
    if limit is not None and not 0 < limit < np.inf:
        raise InvalidOption(
            f"time limit {limit:g} s",
            where="--time-limit",
            why="it is no time",
            instead="a number of seconds above zero",
        )
    deadline = np.inf if limit is None else time.monotonic() + limit
    weights = weights_for(record, question.world)
    return Payoffs(record, agenda, prepared, aims, weights, progress, deadline=deadline)


def require_side(side: str, world: World) -> None:
    """Refuse a side whose income the world does not hold as one number.

    Raises:
        UnknownEconomy: it is not there; of the European Union, how to merge its members is said.
    """
    if side in world.economies:
        return
    union = side == EU and set(EU_MEMBERS) & set(world.economies)
    raise UnknownEconomy(
        f"{the(side)}, a side of the dispute",
        where=f"world {world.name}",
        why="it holds the members one by one" if union else "it has no such economy",
        instead=f"`detente world merge --economies {EU}=EU --out eu27`, then --world eu27 (if there is one)"
        if union
        else "--world FOLDER, a world that has it (docs/worlds.md)",
    )


def prepared_for(question: Question, variant: Variant | None = None) -> Prepared:
    """The world and model asked for, or under one variant's assumptions.

    Raises:
        UnknownName, InvalidOption: naming the flag.
        UnsolvableShock: no certified baseline.
    """
    try:
        prepared = _prepare(question, variant)
    except DetenteError as error:
        error.where = error.where or flag_of(error, {})
        raise
    if isinstance(prepared, NotSolved):
        raise UnsolvableShock("the baseline", why=prepared.message, instead="another closure")
    return prepared


def _prepare(question: Question, variant: Variant | None) -> Prepared | NotSolved:
    return prepare(
        model_named(question.model),
        load_world(question.world),
        closure=variant.closure if variant else question.closure,
        revenue_use=variant.revenue_use if variant else question.revenue_use,
        elasticities=variant.elasticities if variant else question.elasticities,
        theta_scale=variant.theta_scale if variant else question.theta_scale,
    )


def outside_policies(payoffs: Payoffs) -> dict[str, SectorPolicy]:
    """What holds without a deal: the status quo goes on, every clock lapses, or the war."""
    agenda, economies = payoffs.agenda, payoffs.prepared.world.economies
    found = {"status-quo": payoffs.policy(agenda.status_quo)}
    lapse = lapse_policy(payoffs.record, agenda.asof, economies)
    if lapse is not None:
        found["lapse"] = lapse.on(payoffs.weights)
    if agenda.war is not None:
        war = war_policy(payoffs.record, agenda.asof, agenda.war, economies)
        found["war"] = war.on(payoffs.weights)
    return found


def outside_options(payoffs: Payoffs) -> dict[str, np.ndarray]:
    """What each outside option is worth to each side, percent [S]."""
    policies = outside_policies(payoffs)
    return dict(zip(policies, payoffs.of_sectors(list(policies.values())), strict=True))
