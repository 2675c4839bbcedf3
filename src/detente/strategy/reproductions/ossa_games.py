"""The games of Ossa (2014): optimal duties, the trade war of all regions, and trade talks."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from detente.core.errors import InvalidOption
from detente.economy.prepare import Prepared, prepare
from detente.economy.replicate import compared, read_case
from detente.economy.reproductions.case import Computed, data_file
from detente.economy.sources.arrays import ossa2014
from detente.strategy.aims import Aim, Term
from detente.strategy.arena import Arena, arena
from detente.strategy.bargain import Deal, Talks
from detente.strategy.choice import choice
from detente.strategy.nash import War, nash
from detente.strategy.optimal import best_response

CASE = "ossa-2014"
PARTS = ("unilateral", "war", "talks")
WEIGHTS = ("base", "political")

Progress = Callable[[str], None]


def replicate_games(
    part: str,
    weights: str,
    data_dir: Path,
    progress: Progress = lambda words: None,
    *,
    time_limit_seconds: float | None = None,
) -> dict[str, Any]:
    """One part with one set of lobby weights, compared cell by cell; see `economy.replicate.replicate`.

    Raises:
        InvalidOption: part, weights.
        MissingData: the data are not in the folder.
    """
    for name, given, known in (("--part", part, PARTS), ("--weights", weights, WEIGHTS)):
        if given not in known:
            raise InvalidOption(
                repr(given), where=name, why="not a part of this case", instead=f"one of {', '.join(known)}"
            )
    facts = read_case(CASE)
    data_file(facts, data_dir)
    world = ossa2014(data_dir)
    with np.load(data_file(facts, data_dir)) as archive:
        lobby = archive[f"lambda_{weights}"]
        stored = archive["mfn_optimal_tariff_political"]
    prepared = prepare("krugman", world)
    assert isinstance(prepared, Prepared)
    aims = [
        Aim(
            region,
            (
                Term(
                    "sector_income",
                    because=f"the {weights} lobby weights of the paper",
                    sector_weights=dict(zip(world.sectors, map(float, row), strict=True)),
                ),
            ),
        )
        for region, row in zip(world.economies, lobby, strict=True)
    ]
    deadline = np.inf if time_limit_seconds is None else time.monotonic() + time_limit_seconds
    result = Computed()
    play = {"unilateral": _unilateral, "war": _war, "talks": _talks}[part]
    known = stored if weights == "political" else None
    play(arena(prepared, aims), facts["labels"], f".{weights}", result, known, deadline, progress)
    games = {name for name, _, _ in result.numbers}
    shown = {
        **facts,
        "experiments": {name: facts["games"][name.split(".")[0]] for name in sorted(games)},
        "quantities": facts["game_quantities"],
        "published": facts["game_published"],
        "notes": facts["game_notes"],
    }
    answer = compared(shown, result)
    return {**answer, "part": part, "weights": weights, "in_time": time.monotonic() <= deadline}


def _unilateral(
    arena: Arena,
    labels: Mapping[str, str],
    weights: str,
    result: Computed,
    stored: np.ndarray | None,
    deadline: float,
    progress: Progress,
) -> None:
    world = arena.prepared.world
    for game, grain in (("unilateral", "partner-sector"), ("mfn", "sector")):
        certificates: dict[str, Any] = {}
        for row, region in enumerate(world.economies):
            progress(f"{game}: {labels[region]}")
            options = choice(world, region, grain)
            best = best_response(arena, region, options, deadline=deadline)
            certificates[labels[region]] = best.certificate.to_dict() | {
                "at_bound": options.at_bound(best.entries)
            }
            cell = (game + weights, labels[region])
            result.numbers[*cell, "median_rate"] = 100 * float(np.median(np.expm1(best.entries)))
            result.numbers[*cell, "own_welfare"] = best.aim_percent
            if stored is not None and grain == "sector":
                gaps = 100 * np.abs(np.expm1(best.entries) - stored[:, row])
                result.numbers[*cell, "largest_gap_to_stored"] = float(gaps.max())
        result.certificates[game + weights] = certificates
        _average(result, game + weights, list(labels.values()), ("median_rate", "own_welfare"))


def _war(
    arena: Arena,
    labels: Mapping[str, str],
    weights: str,
    result: Computed,
    stored: np.ndarray | None,
    deadline: float,
    progress: Progress,
) -> None:
    world = arena.prepared.world
    choices = [choice(world, region) for region in world.economies]
    game = nash(arena, choices, starts=1, deadline=deadline, progress=progress)
    war, name = game.wars[0], "war" + weights
    _by_region(result, name, labels, war)
    result.certificates[name] = {
        "certified": war.certified,
        "rounds": war.rounds,
        "evaluations": game.evaluations,
        "seconds": game.seconds,
        "regrets": {labels[region]: one.to_dict() for region, one in war.regrets.items()},
        "at_bound": {labels[one.side]: one.at_bound(war.entries[one.side]) for one in choices},
        "equilibrium": war.outcome.certificate.to_dict(),
    }


def _talks(
    arena: Arena,
    labels: Mapping[str, str],
    weights: str,
    result: Computed,
    stored: np.ndarray | None,
    deadline: float,
    progress: Progress,
) -> None:
    world = arena.prepared.world
    choices = [choice(world, region) for region in world.economies]
    deal = Talks(arena, choices, deadline=deadline, progress=progress).deal("egalitarian", checks=1)
    name = "talks" + weights
    _by_region(result, name, labels, deal)
    result.certificates[name] = {
        "certified": deal.certified,
        "distance_to_frontier_percent": deal.distance_percent,
        "starts": deal.starts,
        "seconds": deal.seconds,
        "equilibrium": deal.outcome.certificate.to_dict(),
    }


def _by_region(result: Computed, name: str, labels: Mapping[str, str], end: War | Deal) -> None:
    """Rates, aims and real income in which a war or talks end, region by region and on average."""
    real = end.outcome["real_income_percent"]
    for region, label in labels.items():
        result.numbers[name, label, "median_rate"] = 100 * float(np.median(np.expm1(end.entries[region])))
        result.numbers[name, label, "welfare"] = end.aims_percent[region]
        result.numbers[name, label, "real_income"] = float(real.loc[region])
    _average(result, name, list(labels.values()), ("median_rate", "welfare", "real_income"))


def _average(result: Computed, game: str, regions: list[str], quantities: tuple[str, ...]) -> None:
    for quantity in quantities:
        numbers = [result.numbers[game, region, quantity] for region in regions]
        result.numbers[game, "average", quantity] = float(np.mean(np.array(numbers, dtype=float)))
