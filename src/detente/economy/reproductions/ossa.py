"""Equilibria of Ossa (2014) at given duties: 7 regions, 33 industries, profits, lobby weights."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from detente.economy.counterfactual import Baseline, at_baseline
from detente.economy.models.base import Levers
from detente.economy.models.final_goods import (
    KRUGMAN,
    FinalGoodsEquilibrium,
    baseline_parameters,
    government_welfare,
)
from detente.economy.reproductions.case import Computed, data_file


def run(case: Mapping[str, Any], data_dir: Path | None) -> Computed:
    """Every experiment for every region.

    Raises:
        MissingData: the data file is not there.
    """
    with np.load(data_file(case, data_dir)) as archive:
        arrays = {name: archive[name] for name in archive.files}
    regions = [str(region) for region in arrays["regions"]]
    baseline = prepare(arrays)
    result = Computed()
    for name, rule in case["experiments"].items():
        duty = baseline.levers.duty.copy()
        row = regions.index(rule["importer"])
        if "points" in rule:
            duty[row, regions.index(rule["exporter"])] += rule["points"] / 100
        else:
            duty[row] = arrays["mfn_optimal_tariff_political"][:, row]
            duty[row, row] = 0.0
        found = baseline.under(Levers.of(duty))
        result.certificates[name] = found.certificate.to_dict()
        values = (
            None
            if found.equilibrium is None
            else quantities(baseline.equilibrium, found.equilibrium, arrays["lambda_political"])
        )
        for place, region in enumerate(regions):
            for quantity in case["quantities"]:
                number = None if values is None else float(values[quantity][place])
                result.numbers[name, case["labels"][region], quantity] = number
    return result


def prepare(arrays: Mapping[str, np.ndarray]) -> Baseline:
    """The factual duties as a baseline; the arrays lie [exporter, importer, industry]."""
    flows, duty = (arrays[name].transpose(1, 0, 2) for name in ("trade", "tariff"))
    parameters = baseline_parameters(flows, duty, arrays["sigma"] - 1, profits=True)
    return at_baseline(KRUGMAN, parameters, Levers.of(duty))


def quantities(before: FinalGoodsEquilibrium, after: Any, lobby_weights: np.ndarray) -> dict[str, np.ndarray]:
    """Percent changes by region [N]."""
    prices = after.consumer_prices / before.consumer_prices
    own = np.arange(len(prices))

    def trade(state: FinalGoodsEquilibrium, axis: int) -> np.ndarray:
        foreign = state.flows.copy()
        foreign[own, own] = 0.0
        return foreign.sum(axis=(axis, 2))

    ratios = {
        "welfare": after.household_income / before.household_income / prices,
        "government": government_welfare(before, after, lobby_weights),
        "wage": after.wage / before.wage,
        "prices": prices,
        "profits": after.profits.sum(axis=1) / before.profits.sum(axis=1),
        "imports": trade(after, 1) / trade(before, 1),
        "exports": trade(after, 0) / trade(before, 0),
    }
    return {name: 100 * (ratio - 1) for name, ratio in ratios.items()}
