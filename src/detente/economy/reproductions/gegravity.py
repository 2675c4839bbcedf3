"""gegravity's own example: a trade agreement between Canada and Japan on its sample of 30 economies."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from detente.economy.certificate import NotSolved
from detente.economy.gravity import GravityModel
from detente.economy.models import ARMINGTON
from detente.economy.reproductions.case import Computed, shipped_file
from detente.economy.solve import solve
from detente.policy import SectorPolicy


def run(case: Mapping[str, Any], data_dir: Path | None) -> Computed:
    """Every experiment for every economy; the sample ships, so `data_dir` is not read."""
    frame = pl.read_csv(shipped_file(case))
    changed = with_agreement(frame, case["pair"], case["covariate"])
    result = Computed()
    for name, rule in case["experiments"].items():
        model = GravityModel(
            frame, costs=rule["costs"], sigma=float(case["sigma"]), reference=case["reference"]
        )
        if rule.get("feedback"):
            values, result.certificates[name] = _with_feedback(model, changed)
        else:
            simulation = model.simulate(changed)
            values, result.certificates[name] = simulation.results, dict(simulation.certificate)
        for place, label in enumerate(model.world.economies):
            for quantity, numbers in values.items():
                result.numbers[name, label, quantity] = float(numbers[place])
    return result


def with_agreement(frame: pl.DataFrame, pair: list[str], covariate: str) -> pl.DataFrame:
    """The frame with a covariate set to one between two economies, both ways."""
    between = pl.col("importer").is_in(pair) & pl.col("exporter").is_in(pair)
    between = between & (pl.col("importer") != pl.col("exporter"))
    return frame.with_columns(pl.when(between).then(1).otherwise(pl.col(covariate)).alias(covariate))


def _with_feedback(
    model: GravityModel, changed: pl.DataFrame
) -> tuple[Mapping[str, np.ndarray], dict[str, Any]]:
    """The shock in Armington on the fitted baseline, percent; prices over the reference importer's."""
    cost = model.levers(changed).cost
    world = model.world
    policy = SectorPolicy(world.economies, world.sectors, np.zeros_like(cost), cost)
    outcome = solve(ARMINGTON, world, policy)
    if isinstance(outcome, NotSolved):
        return {}, outcome.certificate.to_dict()
    before, after = outcome.before, outcome.after
    anchor = after.consumer_prices[model.baseline.parameters.reference][0]
    ratios = {
        "gdp": after.wage / after.consumer_prices,
        "terms_of_trade": after.wage / after.consumer_prices,
        "factory_gate_price": after.wage / anchor,
        "inward_resistance": after.consumer_prices / anchor,
        "output": after.wages / before.wages / anchor,
        "expenditure": after.household_income / before.household_income / anchor,
        "foreign_exports": outcome.trade(after).sum(axis=0) / outcome.trade(before).sum(axis=0) / anchor,
        "foreign_imports": outcome.trade(after).sum(axis=1) / outcome.trade(before).sum(axis=1) / anchor,
        "intranational_trade": np.einsum("nnj->n", after.flows) / np.einsum("nnj->n", before.flows) / anchor,
    }
    return {name: 100 * (ratio - 1) for name, ratio in ratios.items()}, outcome.certificate.to_dict()
