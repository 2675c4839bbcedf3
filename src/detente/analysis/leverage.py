"""Who holds what over whom on a day: the levers of a dispute with the law of the day, through the economy."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from detente.analysis.baseline import weights_for
from detente.analysis.scenarios import change_from_base
from detente.analysis.state import require_days
from detente.analysis.what_if import flag_of
from detente.core.errors import DetenteError, InvalidLever, InvalidOption
from detente.core.results import envelope
from detente.economy.certificate import NotSolved
from detente.economy.horizon import Adjustment
from detente.economy.models.registry import model_named
from detente.economy.splits import apply_split, list_splits
from detente.economy.world import World
from detente.economy.worlds import load_world, world_hash
from detente.policy import Instrument, Weights
from detente.record.asof import AsOf
from detente.record.files import Record
from detente.strategy.armed import Armed, Counted
from detente.strategy.authorities import law_of, state_of_measures
from detente.strategy.bench import Answer, Bench
from detente.strategy.leverage import Leverage, Row
from detente.strategy.leverage import leverage as leverage_of
from detente.strategy.levers_file import MARGIN, POINTS, Lever, LeverFile, read_levers

DEFAULT_WORLD = "icio2022"
DEFAULT_MODEL = "input-output"
YEARS = (1.0, 3.0)
WEEKS_A_YEAR = 52.0

Progress = Callable[[str], None]

READING = (
    "Costs are changes of household real income against the same case without the lever, on top of the "
    "policies in force on the day. In the first year they count from when they are felt; later they are "
    "yearly rates. Levers are compared one by one: those of one side do not add up. Effects on security, "
    "technology and lives are not in income."
)


def leverage(
    record: Record,
    asof: AsOf,
    *,
    world_name: str = DEFAULT_WORLD,
    model: str = DEFAULT_MODEL,
    years: Sequence[float | None] = YEARS,
    brief: bool = False,
    progress: Progress = lambda _: None,
) -> dict[str, Any]:
    """The answer of `detente leverage`, with its envelope.

    Args:
        record, asof: the dispute, and the day whose law and policies hold.
        world_name, model: see `economy.solve`.
        years: horizons, rising, None for the long run last; models without a horizon have the long run alone.
        brief: fewer cases and no searches for where rankings flip.
        progress: told what is going on.

    Raises:
        DateBeforeRecord: the day is before the record.
        InvalidLever, InvalidRange: the lever file, with file and line.
        UnknownState: a duty's time has run out and nothing is assumed.
        InvalidOption, UnknownName: years, model, world.
    """
    require_days(record, asof)
    counted = [np.inf if year is None else year for year in years]
    if counted != sorted(set(counted)) or not counted or not counted[0] >= 1:
        raise InvalidOption(
            f"years {', '.join(f'{year:g}' for year in counted)}", where="--years",
            why="they count from when the lever is used, from one on, each once and rising", instead="1,3",
        )  # fmt: skip
    file = read_levers(record.folder)
    progress("leverage: world and splits")
    try:
        chosen, whole = model_named(model), load_world(world_name)
    except DetenteError as error:
        error.where = error.where or flag_of(error, {})
        raise
    world, weights, ranges = split_world(file, whole, weights_for(record, world_name))
    today = change_from_base(record, asof, world.economies, everyone=True).on(weights)
    first, second = record.settings.parties
    carried, left_out = [], []
    for lever in file.levers:
        why = _not_carried(lever, chosen.instruments, model)
        if why:
            left_out.append({"id": lever.id, "name": lever.name, "why": why})
        else:
            carried.append(arm(record, asof, lever))
    holders = {
        sector: lever.holder for lever in file.levers for move in lever.moves for sector in move.sectors
        if sector in ranges and move.instrument is Instrument.QUANTITY_LIMIT
    }  # fmt: skip
    bench = Bench(world, weights, today, model, ranges, holders, progress)
    found = leverage_of(carried, bench, (first, second), years=years, brief=brief, progress=progress)
    data: dict[str, Any] = {
        "dispute": record.settings.name,
        "on": asof.on.isoformat(),
        "sides": [first, second],
        "world": world.name,
        "model": model,
        "splits": list(file.splits),
        "levers_read": file.accessed,
        "reading": READING,
        "upper_hand": _upper_hand(found, left_out),
        "horizons": [
            {
                "years": listed[0].years,
                "trade_elasticity": _trade_elasticity(listed[0].years),
                "verdict": one.to_dict(),
                "cases": [case.to_dict(first, second) for case in compared],
            }
            for listed, one, compared in zip(found.horizons, found.verdicts, found.comparisons, strict=True)
        ],
        "levers": [_row(row, found) for row in found.rows],
        "left_out": left_out,
        "contenders": list(found.contenders),
        "strongest_turn_on": {side: [one.to_dict() for one in flips] for side, flips in found.flips.items()},
        "solves": found.solves,
    }
    query = {
        "dispute": record.settings.name,
        "on": asof.on.isoformat(),
        "known_by": asof.known_by.isoformat() if asof.known_by else None,
        "assume": asof.assume.value if asof.assume else None,
        "world": world_name,
        "model": model,
        "years": list(years),
        "brief": brief,
    }
    residuals = [
        effect["residual"]
        for row in data["levers"]
        for one in row["in_full"]
        if (effect := one.get("yearly_rate")) is not None
    ]
    entries = {step["authority"] for row in data["levers"] for step in row["law"]["steps"]}
    provenance = {
        "record_hash": record.digest,
        "world_hash": world_hash(world_name),
        "model": model,
        "certificate": {
            "certified": all(one["solved"] for row in data["levers"] for one in row["in_full"]),
            "largest_residual": max(residuals, default=None),
            "equilibria": found.solves,
        },
        "entries": sorted(entries | {use["id"] for row in data["levers"] for use in row["in_use"]}),
    }
    return envelope("leverage", query, data, provenance=provenance)


def split_world(
    file: LeverFile, world: World, weights: Weights
) -> tuple[World, Weights, dict[str, dict[str, float]]]:
    """The world split as a lever file asks, its weights, and the ranges of its critical inputs.

    Raises:
        InvalidLever: a split that is not shipped.
        LabelMismatch: a split of a sector that the world does not have.
    """
    ranges: dict[str, dict[str, float]] = {}
    for name in file.splits:
        if name not in list_splits():
            raise InvalidLever(
                f"split {name!r}",
                where=f"{file.shown}:1",
                why="no such split ships",
                instead=f"some of {', '.join(list_splits())}",
            )
        world, weights, report = apply_split(world, weights, name)
        ranges |= {row["part"]: row["elasticity_range"] for row in report if row["elasticity_range"]}
    return world, weights, ranges


def arm(record: Record, asof: AsOf, lever: Lever) -> Armed:
    """A lever with the law of the day and the measures that use it already.

    Raises:
        InvalidLever: an authority or measure that is not on record.
    """
    in_use = tuple(state_of_measures(record, asof, lever.measures, lever.where))
    if not lever.authorities:
        return Armed(lever, None, None, in_use)
    law = law_of(record, asof, lever.holder, lever.target, lever.authorities, lever.where)
    wanted = lever.full.central if lever.full is not None and lever.unit == POINTS else 1.0
    return Armed(lever, law, law.within(WEEKS_A_YEAR, wanted), in_use)


def _not_carried(lever: Lever, instruments: frozenset[str], model: str) -> str:
    for move in lever.moves:
        if move.instrument is Instrument.QUANTITY_LIMIT and "rules" not in instruments:
            return f"the model {model} takes no quantity limits"
        if move.instrument is Instrument.EXPORT_TAX and "taxes" not in instruments:
            return f"the model {model} takes no export taxes"
    return ""


def _trade_elasticity(years: float | None) -> float | None:
    return None if years is None else Adjustment().trade_elasticity(years)


def _upper_hand(found: Leverage, left_out: list[dict[str, str]]) -> dict[str, Any]:
    """The answer in words: over all horizons where it holds in all, else horizon by horizon."""
    whole = found.overall.to_dict()
    if left_out:
        whole["sentence"] += (
            f" Only levers that the model carries are compared; {len(left_out)} are left out."
        )
    whole["by_horizon"] = [one.sentence for one in found.verdicts]
    return whole


def _row(row: Row, found: Leverage) -> dict[str, Any]:
    one, lever = row.armed, row.armed.lever
    central = found.horizons[0][0]
    size = one.size(central) if lever.in_economy else None
    return {
        "id": lever.id,
        "name": lever.name,
        "group": lever.group,
        "holder": lever.holder,
        "target": lever.target,
        "because": lever.because,
        "basis": "world economy" if lever.in_economy else "stated",
        "usable": one.usable,
        "in_use": list(one.in_use),
        "unit": lever.unit,
        "full": None if lever.full is None else lever.full.to_dict(),
        "full_within_law": size,
        "held_by_cap": bool(lever.full is not None and size is not None and size < lever.full.central),
        "weeks_to_bite": one.weeks_to_bite() if one.usable else None,
        "stocks_weeks": lever.stocks_weeks.to_dict(),
        "law": {
            "words": lever.legal,
            "notice_weeks": lever.notice_weeks.to_dict() if lever.notice_weeks else None,
            "by": one.step.authority if one.step else None,
            "steps": [step.to_dict() for step in one.law.steps] if one.law else [],
            "closed": dict(one.law.closed) if one.law else {},
        },
        "substitutes": _substitutes(row),
        "margin": None if not lever.in_economy else MARGIN[lever.unit],
        "at_the_margin": [_answer(answer) for answer in row.margin if answer is not None],
        "in_full": [
            {
                "years": listed[0].years,
                **_answer(cost),
                "hold_range_points": None if ends is None else list(ends),
            }
            for listed, cost, ends in zip(found.horizons, row.full, row.ends, strict=True)
        ],
        "stated": {
            key: value.to_dict()
            for key in ("cost_to_target", "cost_to_holder", "cost_to_target_later", "cost_to_holder_later")
            if (value := getattr(lever, key)) is not None
        },
        "spillover": lever.spillover or None,
        "turns_on": lever.turns_on,
        "flip": None if row.flip is None else row.flip.to_dict(),
        "notes": list(lever.notes),
    }


def _substitutes(row: Row) -> dict[str, Any]:
    """What the target can put in place of what it loses: stated, or markets found elsewhere in the model."""
    lever = row.armed.lever
    if lever.substitutes_share is not None:
        return {"basis": "stated", **lever.substitutes_share.to_dict()}
    effect = getattr(row.full[0], "effect", None)
    if effect is None or effect.diverted_share is None:
        return {"basis": "unknown", "central": None}
    return {"basis": "sold elsewhere, by the model", "central": effect.diverted_share, "unit": "share"}


def _answer(answer: Answer | Counted) -> dict[str, Any]:
    if isinstance(answer, NotSolved):
        return {"solved": False, "message": answer.message}
    return answer.to_dict()
