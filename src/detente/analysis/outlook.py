"""The answer of `detente outlook`: a record and a day become a game, runs of it odds, and odds fans."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from pathlib import Path
from typing import Any

from detente.analysis.baseline import trade_of, weights_for
from detente.analysis.talks import Setup, game_of
from detente.core.caches import cache_folder
from detente.core.errors import InvalidOption, UnsolvableShock
from detente.core.results import envelope
from detente.economy.horizon import Adjustment
from detente.economy.splits import list_splits, read_split
from detente.economy.worlds import DEFAULT_WORLD, world_hash
from detente.record.as_known import as_known
from detente.record.asof import Assume
from detente.record.entries import Measure, Talk
from detente.record.files import Record, load_record
from detente.talks.expectations import SHORTEST_TIE_MONTHS, TIE_MONTHS
from detente.talks.game import Game
from detente.talks.outlook import Outlook, Question, deadline, swept_runs
from detente.talks.outlook_answers import through_the_economy
from detente.talks.outlook_beside import beside_base_rates
from detente.talks.outlook_economy import HORIZONS, LONG_RUN, Answer, Answers, Setting, world_of
from detente.talks.outlook_mix import at_record_rates, mix_of
from detente.talks.outlook_runs import OUTCOME_WORDS, day_of
from detente.talks.outlook_states import CONTROLS, SHUT_OUT, States
from detente.talks.outlook_sweep import Pool, pool_of, sweep_each
from detente.talks.outlook_turns import Variation, acts, assumptions, effects
from detente.talks.priors import priors_from
from detente.talks.sides.named import negotiator

Progress = Callable[[str], None]

VARIED_RUNS = 100
"""Runs behind what an outlook turns on: some fifty variations, each of so many."""

WHAT_IT_IS = (
    "A model's odds under stated assumptions, not a forecast of what anybody will do: how often plays of the "
    "game, started from the record as it was known on the day, ended so."
)

LIMITS = [
    "Odds are shares of runs of one game; that the game itself is wrong is not in them.",
    "Economic fans spread over paths only; elasticities, closure and use of revenue are held at their "
    "central values, and the brief's cost table shows how far those move a number.",
    "The first year has published short-run elasticities and flexible prices: sellers bear more of a duty "
    "than they were seen to in 2018-19.",
    "Controls bind the goods of the side that sets them; reach beyond its border is not counted.",
    "Before the world's base day its duties stand in for those of the day, and its trade is of later years.",
]


@dataclass(frozen=True)
class Asked:
    """An outlook as asked.

    Attributes:
        day: stood on.
        days, runs, seed: of the sweep.
        assume: `lapsed`, `extended`, or NAME=VALUE, in the order given.
        workers, scheduler: see `talks.outlook_sweep.pool_of`.
        time_limit_seconds: then the best so far.
        economy: `full`, `brief` (long run only, fewer policies, no sourcing) or `none`.
        varied_runs: runs for what it turns on; 0 leaves it out, None chooses.
        acts_only: whether assumptions are left out there.
        world: a shipped world or a folder.
        fresh: whether finished chunks are worked out again.
    """

    day: date
    days: int = 180
    runs: int = 10_000
    seed: int = 1
    assume: tuple[str, ...] = ()
    workers: int | None = None
    scheduler: str | None = None
    time_limit_seconds: float | None = None
    economy: str = "full"
    varied_runs: int | None = None
    acts_only: bool = False
    world: str = DEFAULT_WORLD
    fresh: bool = False


@dataclass(frozen=True)
class _Assumed:
    """What `--assume` came to."""

    branch: Assume | None
    hazards: Mapping[str, float]
    tie_months: float
    shut_out: float
    scheme: str
    mix: tuple[str, ...] | None


def outlook(dispute: str, asked: Asked, progress: Progress = lambda _: None) -> tuple[dict[str, Any], int]:
    """The outlook of a dispute from a day, with its envelope, and the exit status: 0, or 3 past the time.

    Raises:
        InvalidOption: days, runs, seed, workers, an unreachable scheduler, an unknown assumption.
        InvalidDate, DateBeforeRecord: a day the record does not reach.
        UnknownState: a clock lies in the past and no branch is assumed.
        UnknownDispute, InvalidAgenda, InvalidTalks, UnsolvableShock: see `analysis.talks.game_of`.
    """
    return outlook_of(load_record(dispute), asked, progress)


def outlook_of(
    record: Record, asked: Asked, progress: Progress = lambda _: None
) -> tuple[dict[str, Any], int]:
    """The same for a record already read."""
    until = deadline(_positive(asked.time_limit_seconds))
    _require_counts(asked)
    assumed = _assumptions(asked.assume)
    view = as_known(record, asked.day)
    game = game_of(record, Setup(asked.day, assume=assumed.branch, world=asked.world), progress)
    mix = dict.fromkeys(game.sides, assumed.mix) if assumed.mix else mix_of(game)
    game = at_record_rates(game, mix)
    game = replace(game, hazards=_hazards(game, assumed.hazards))
    splits = _splits(view, game, asked)
    setting = Setting(world_name=asked.world, splits=splits, scheme=assumed.scheme)
    small = asked.economy == "brief"
    question = Question(
        game,
        mix,
        asked.seed,
        asked.runs,
        asked.days,
        setting,
        assumed.tie_months,
        horizons=(LONG_RUN,) if small else HORIZONS,
        sourcing=not small,
        most_policies=30 if small else 80,
        least_runs=50 if small else 100,
    )
    pool = pool_of(asked.workers, asked.scheduler)
    try:
        return _worked_out(record, view, question, asked, assumed, pool, until, progress)
    finally:
        pool.close()


def _worked_out(
    record: Record,
    view: Record,
    question: Question,
    asked: Asked,
    assumed: _Assumed,
    pool: Pool,
    until: float | None,
    progress: Progress,
) -> tuple[dict[str, Any], int]:
    root = cache_folder() / "outlook"
    if asked.fresh:
        _forget(question.folder(root))
    swept = swept_runs(question, pool, root, until=until, progress=progress)
    if not swept.runs:
        raise InvalidOption(
            f"--time-limit {asked.time_limit_seconds:g}",
            where="--time-limit",
            why="not one chunk of runs was ready by then",
            instead="a longer time, or more workers",
        )
    states = _states(view, question, assumed)
    first, second = question.game.sides
    base = {i: trade_of(view, i, e, asked.world).base_percent for i, e in ((first, second), (second, first))}
    found = Outlook(question, swept, states, base)
    answers, why_not = None, ""
    if asked.economy == "none":
        why_not = "not asked for"
    else:
        try:
            answers = through_the_economy(found, pool, until=until, progress=progress)
            why_not = "" if answers is not None else "the time limit was reached"
        except UnsolvableShock as error:
            why_not = f"{error.what}: {error.why}"
    turns = _turns(question, swept.rows, swept.runs, asked, pool, root, until, progress)
    complete = swept.complete and not why_not.startswith("the time") and turns["complete"]
    data = {
        "dispute": view.settings.name,
        "title": view.settings.title,
        "parties": [first, second],
        "from": asked.day.isoformat(),
        "to": day_of(asked.day, asked.days),
        "what_it_is": WHAT_IT_IS,
        "runs": swept.runs,
        "runs_asked": asked.runs,
        "complete": complete,
        "clocks": [
            {"id": key, "kind": question.game.clocks[key].kind,
             "expires": {side: day.isoformat() for side, day in sorted(clock.expires.items())}}
            for key, clock in question.game.start.clocks.items()
        ],
        "outcome_words": OUTCOME_WORDS,
        "outcomes_by_date": found.outcomes_by_date(),
        "events_by_date": (events := found.events_by_date()),
        "beside_base_rates": beside_base_rates(view, asked.day, asked.days, events),
        "next_contact": {**found.next_contact(), "topics": _topics(view)},
        "tree": found.tree(answers),
        "fans": found.fans(answers),
        "fans_without_economy_because": why_not,
        "triggers": turns["triggers"],
        "turns_on": [row for row in turns["assumptions"][:3] if row["moves_points"] > 0],
        "assumptions_varied": turns["assumptions"],
        "varied_runs": turns["runs"],
        "states_solved": _solved(found, answers),
        "assumptions": _assumed_data(question, assumed),
        "base_rates": priors_from(view, asked.day).as_dict()["quantities"],
        "left_out": list(question.game.left_out),
        "limits": LIMITS,
    }  # fmt: skip
    query = {
        "dispute": view.settings.name,
        "from": asked.day.isoformat(),
        "days": asked.days,
        "runs": asked.runs,
        "seed": asked.seed,
        "assume": list(asked.assume),
        "world": asked.world,
        "time_limit_seconds": asked.time_limit_seconds,
    }
    provenance = {
        "record_hash": view.digest,
        "world_hash": world_hash(asked.world),
        "model": "input-output",
        "certificate": {"worst_residual": data["states_solved"]["worst_residual"]},
        "entries": sorted({name for lever in question.game.levers.values() for name in lever.measures}),
    }
    return envelope("outlook", query, data, provenance=provenance), 0 if complete else 3


def _positive(seconds: float | None) -> float | None:
    if seconds is not None and not seconds > 0:
        raise InvalidOption(f"{seconds:g}", where="--time-limit", why="it is above zero", instead="60")
    return seconds


def _require_counts(asked: Asked) -> None:
    for value, flag, most in ((asked.runs, "--runs", 1_000_000), (asked.days, "--days", 3650)):
        if not 1 <= value <= most:
            raise InvalidOption(f"{value}", where=flag, why=f"from 1 to {most:,}", instead="180")
    if asked.seed < 0:
        raise InvalidOption(f"{asked.seed}", where="--seed", why="it is zero or more", instead="1")


HAZARDS = (
    "ruling", "incident", "lapse", "threat", "control", "carried_out", "matched", "claim", "contact",
    "denied", "audience_cost",
)  # fmt: skip


def _assumptions(given: Sequence[str]) -> _Assumed:
    """What `--assume` asks for.

    Raises:
        InvalidOption: neither a branch nor NAME=VALUE with a known name and a number in its range.
    """
    found = _Assumed(None, {}, TIE_MONTHS, SHUT_OUT, "estimate", None)
    names = [*HAZARDS, "tie_months", "shut_out", "scheme", "negotiators"]
    for text in given:
        name, sign, value = (part.strip() for part in text.partition("="))
        if not sign and name in {branch.value for branch in Assume}:
            found = replace(found, branch=Assume(name))
        elif sign and name == "negotiators":
            for one in (chosen := tuple(filter(None, value.split("|")))):
                negotiator(one)
            found = replace(found, mix=chosen or None)
        elif sign and name == "scheme":
            found = replace(found, scheme=_scheme(value))
        elif sign and name in names:
            tie = name == "tie_months"
            number = _number(text, value, SHORTEST_TIE_MONTHS if tie else 0.0, 600.0 if tie else 1.0)
            if name in HAZARDS:
                found = replace(found, hazards={**found.hazards, name: number})
            else:
                found = replace(found, **{name: number})
        else:
            raise InvalidOption(
                repr(text),
                where="--assume",
                why="neither a branch nor an assumption with its value",
                instead="lapsed, extended, or NAME=VALUE with one of " + ", ".join(names),
            )
    return found


def _scheme(name: str) -> str:
    try:
        return Adjustment(scheme=name).scheme
    except InvalidOption as error:
        raise InvalidOption(error.what, where="--assume", why=error.why, instead=error.instead) from None


def _number(text: str, value: str, low: float, high: float) -> float:
    try:
        number = float(value)
    except ValueError:
        number = float("nan")
    if not low <= number <= high:
        raise InvalidOption(
            repr(text),
            where="--assume",
            why=f"a number from {low:.3g} to {high:g} is needed",
            instead=f"{text.partition('=')[0].strip()}={12 if high > 1 else 0.1}",
        )
    return number


def _hazards(game: Game, given: Mapping[str, float]) -> Any:
    """The game's hazards with those assumed in place: of both sides where a hazard is a side's."""
    known = {field.name for field in fields(game.hazards)}
    changes: dict[str, Any] = {}
    for name, number in given.items():
        if name in known:
            usual = getattr(game.hazards, name)
            changes[name] = dict.fromkeys(usual, number) if isinstance(usual, Mapping) else number
    return replace(game.hazards, **changes)


def _splits(view: Record, game: Game, asked: Asked) -> tuple[str, ...]:
    """Shipped splits of the world with goods that a control of either side may be on."""
    if asked.economy == "none" or asked.world != DEFAULT_WORLD:
        return ()
    codes = {str(code) for flow in view.settings.further_decoupling.get("flows", ()) for code in flow["hs"]}
    codes |= {
        code
        for lever in game.levers.values()
        if lever.instrument in CONTROLS
        for name in lever.measures
        if isinstance(measure := view.get(name), Measure)
        for code in measure.scope.hs
    }
    found = []
    for name in list_splits():
        goods = [good for part in read_split(name).parts for good in part.hs]
        if any(code.startswith(good) or good.startswith(code) for code in codes for good in goods):
            found.append(name)
    # Electric cars and their batteries are bought by many and controlled as goods of trade, not as inputs.
    return tuple(name for name in found if name in ("rare-earths", "ai-chips"))


def _states(view: Record, question: Question, assumed: _Assumed) -> States:
    setting = question.setting
    weights = world_of(setting)[1] if setting.splits else weights_for(view, setting.world_name)
    parts = {part.label: part.hs for name in setting.splits for part in read_split(name).parts if part.hs}
    start = {name: state.level for name, state in question.game.start.levers.items()}
    return States(view, question.first_day, question.game.levers, start, weights, parts, assumed.shut_out)


def _turns(
    question: Question,
    rows: Any,
    runs: int,
    asked: Asked,
    pool: Pool,
    root: Path,
    until: float | None,
    progress: Progress,
) -> dict[str, Any]:
    """What the odds turn on, the most first: acts as triggers, and assumptions."""
    number = min(runs, VARIED_RUNS if asked.varied_runs is None else asked.varied_runs)
    found: dict[str, list[dict[str, Any]]] = {"act": [], "assumption": []}
    complete = True
    if number:
        varied = [*acts(question.work), *(() if asked.acts_only else assumptions(question.work))]
        works = [(v.work, replace(question, game=v.work.game, mix=v.work.mix).folder(root)) for v in varied]
        tables = sweep_each(works, number, pool, until=until, progress=progress)
        complete = all(table is not None for table in tables)
        for one, table in zip(varied, tables, strict=True):
            if table is not None:
                found[one.about].append(_effect(one, effects(rows, table, number, asked.days)))
    for listed in found.values():
        listed.sort(key=lambda row: -row["moves_points"])
    return {
        "triggers": found["act"],
        "assumptions": found["assumption"],
        "runs": number,
        "complete": complete,
    }


def _effect(one: Variation, moved: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """A variation's effect: points by outcome, and half the sum of their sizes."""
    total = sum(abs(cell["change"]) for cell in moved.values()) / 2
    most = max(moved, key=lambda outcome: abs(moved[outcome]["change"]))
    error = moved[most]["error"]
    return {
        "key": one.key,
        "words": one.words,
        "change_points": {name: 100 * cell["change"] for name, cell in moved.items()},
        "error_points": {
            name: None if cell["error"] is None else 100 * cell["error"] for name, cell in moved.items()
        },
        "moves_points": 100 * total,
        "most_on": most,
        "told_apart": error is not None and abs(moved[most]["change"]) > 2 * error,
    }


def _topics(view: Record) -> list[dict[str, Any]]:
    """Share of official talks held so far that were on a topic, with n: the record's own base rate."""
    held = [t for t in view.of(Talk) if t.state == "held" and t.track == "official"]
    counts = Counter(topic for talk in held for topic in set(talk.topics))
    return [
        {"topic": topic, "share": count / len(held), "n": len(held)} for topic, count in counts.most_common(6)
    ]


def _solved(found: Outlook, answers: Answers | None) -> dict[str, Any]:
    tables = [] if answers is None else [*answers.plain.values(), *answers.sourced.values()]
    every = [one for by_key in tables for one in by_key.values()]
    solved = [one for one in every if isinstance(one, Answer)]
    reasons = Counter(one for one in every if isinstance(one, str))
    return {
        "policies": len(found.keys),
        "runs_of_fans": found.fan_runs,
        "horizons": [] if answers is None else list(answers.plain),
        "equilibria": len(every),
        "certified": len(solved),
        "worst_residual": max((one.residual for one in solved), default=None),
        "not_solved": [{"reason": reason, "n": count} for reason, count in reasons.most_common()],
        "interpolated": 0,
    }


def _assumed_data(question: Question, assumed: _Assumed) -> dict[str, Any]:
    game = question.game
    hazards = {field.name: getattr(game.hazards, field.name) for field in fields(game.hazards)}
    return {
        "negotiators": {
            side: {name: count / len(names) for name, count in Counter(names).items()}
            for side, names in question.mix.items()
        },
        "hazards": {k: dict(v) if isinstance(v, Mapping) else v for k, v in hazards.items()},
        "types": {
            side: [{"name": t.name, "prior": t.prior, "reserve": t.reserve, "patience_days": t.patience_days,
                    "hawk": t.hawk} for t in kinds]
            for side, kinds in game.types.items()
        },
        "packages": len(game.packages),
        "tie_months": question.tie_months,
        "shut_out_share": assumed.shut_out,
        "scheme": assumed.scheme,
        "splits": list(question.setting.splits),
        "sources": dict(game.sources),
    }  # fmt: skip


def _forget(folder: Path) -> None:
    for file in folder.glob("runs-*.parquet"):
        file.unlink(missing_ok=True)
