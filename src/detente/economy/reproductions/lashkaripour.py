"""The global tariff war of Lashkaripour (2021): Nash duties by formula, 44 economies and 16 sectors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from detente.economy.counterfactual import TOLERANCE, at_baseline
from detente.economy.models.base import Levers
from detente.economy.models.final_goods import ARMINGTON, baseline_parameters
from detente.economy.models.formula_duties import FORMULA_DUTIES, formula_parameters
from detente.economy.reproductions.case import Computed, data_file
from detente.economy.search import Found, Layout, find
from detente.economy.worlds import load_world


@dataclass(frozen=True)
class Setting:
    """What a war starts from.

    Attributes:
        labels: of the economies.
        flows: trade before duty [importer, exporter, sector].
        duty: applied duties [importer, exporter, sector].
        theta: trade elasticities [sector].
        services: True for sectors of services [sector].
    """

    labels: tuple[str, ...]
    flows: np.ndarray
    duty: np.ndarray
    theta: np.ndarray
    services: np.ndarray


def war(setting: Setting, *, balanced: bool, taxed: np.ndarray) -> tuple[Found, Found]:
    """The baseline, with its deficits or without, and the war in which all set duties by formula.

    Args:
        setting: flows, applied duties and elasticities.
        balanced: remove deficits first.
        taxed: sectors on which war duties fall; applied duties go either way [sector].

    Raises:
        UnsolvableShock: the baseline has no certified equilibrium.
    """
    trade = baseline_parameters(setting.flows, setting.duty, setting.theta, profits=False, balanced=balanced)
    base = Levers.of(setting.duty)
    before = at_baseline(ARMINGTON, trade, base)
    model, parameters = FORMULA_DUTIES, formula_parameters(trade, taxed)
    layout = Layout.of(model, len(setting.labels), len(setting.theta))
    start = model.start(parameters)
    # The search starts where all charge the same: from the applied duties the first step would be too long.
    flat = before.under(model.levers(np, start, parameters))
    start |= before.layout.split(flat.point)
    near = model.preconditioner(model.factor(parameters, start), parameters)
    after = find(
        model, layout, lambda _: parameters, layout.stack(start), near,
        levers=base, tolerance=TOLERANCE, accept=TOLERANCE,
    )  # fmt: skip
    return before.found, after


def run(case: Mapping[str, Any], data_dir: Path | None) -> Computed:
    """Every experiment for every economy and their simple mean.

    Raises:
        MissingData: the data file is not there.
    """
    result = Computed()
    for name, rule in case["experiments"].items():
        setting = _icio() if rule.get("world") == "icio2022" else _wiod(case, data_dir, rule)
        taxed = ~setting.services if rule.get("goods_only") else np.ones(len(setting.theta), dtype=bool)
        before, after = war(setting, balanced=not rule.get("deficits_kept", False), taxed=taxed)
        result.certificates[name] = {
            "baseline": before.certificate.to_dict(),
            "war": after.certificate.to_dict(),
        }
        for quantity in rule.get("quantities", ("tariff", "welfare")):
            values = (
                None if after.equilibrium is None else _value(quantity, before.equilibrium, after.equilibrium)
            )
            for place, label in enumerate(setting.labels):
                result.numbers[name, label, quantity] = None if values is None else float(values[place])
            result.numbers[name, "average", quantity] = None if values is None else float(values.mean())
    return result


def _value(quantity: str, before: Any, after: Any) -> np.ndarray:
    """A quantity by economy, percent [N]."""
    if quantity in ("rate", "tariff"):
        return 100 * after.duty.max(axis=(1, 2))
    real = after.household_income / after.consumer_prices
    return 100 * (real / (before.household_income / before.consumer_prices) - 1)


def _wiod(case: Mapping[str, Any], data_dir: Path | None, rule: Mapping[str, Any]) -> Setting:
    with np.load(data_file(case, data_dir)) as archive:
        flows, duty = archive["flows"], archive["applied_tariff"]
        theta, sectors = archive["elasticity_IS"].copy(), archive["sectors"]
        labels = tuple(str(label) for label in archive["economies"])
    services = np.array([str(sector) in case["services"] for sector in sectors])
    theta[services] = case["services_elasticity"]
    if rule["flows"] == "with_duty":
        flows = flows / (1 + duty)
    return Setting(labels, flows, duty, theta, services)


def _icio() -> Setting:
    world = load_world("icio2022")
    theta = np.asarray(world.elasticities[world.default_elasticities], dtype=float)
    return Setting(world.economies, world.flows, world.duty, theta, np.isin(world.sectors, world.services))
