"""The NAFTA experiment of Caliendo and Parro (2015): their data as a world, their tariffs as a policy."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from detente.core.errors import LabelMismatch
from detente.economy.certificate import NotSolved
from detente.economy.models import INPUT_OUTPUT
from detente.economy.outcome import Outcome
from detente.economy.reproductions.case import Computed, data_file
from detente.economy.solve import solve
from detente.economy.world import World
from detente.policy import SectorPolicy

GOODS = 20
"""Sectors 1-20 of the data are goods, the others services."""

MEASURE_OF: Mapping[str, str] = {
    "terms_of_trade": "terms_of_trade_percent",
    "volume_of_trade": "volume_of_trade_percent",
    "welfare": "welfare_first_order_percent",
    "real_wage": "real_wage_percent",
    "real_income": "real_income_percent",
}


def run(case: Mapping[str, Any], data_dir: Path | None) -> Computed:
    """Solve the experiment under both closures.

    Args:
        case: the case file.
        data_dir: folder of raw data.

    Returns:
        Numbers by (closure, region, quantity); certificates by closure, of baseline and experiment.

    Raises:
        MissingData: the data file is not there.
        LabelMismatch: its regions are not the case's.
    """
    world, policy = nafta(case, data_dir)
    result = Computed()
    for name, rule in case["experiments"].items():
        outcome = solve(INPUT_OUTPUT, world, policy, closure=rule["closure"])
        if isinstance(outcome, NotSolved):
            result.certificates[name] = {"baseline": None, "experiment": outcome.certificate.to_dict()}
            computed: dict[str, dict[str, float]] = {}
        else:
            result.certificates[name] = {
                "baseline": outcome.baseline_certificate.to_dict(),
                "experiment": outcome.certificate.to_dict(),
            }
            computed = _quantities(outcome, case["members"])
        for region in world.economies:
            for quantity in case["quantities"]:
                if quantity == "imports_from_partners" and region not in case["members"]:
                    continue
                result.numbers[name, region, quantity] = computed.get(quantity, {}).get(region)
    return result


def nafta(case: Mapping[str, Any], data_dir: Path | None) -> tuple[World, SectorPolicy]:
    """The world of 1993 and the tariff changes to 2005, in fractions."""
    path = data_file(case, data_dir)
    with np.load(path) as archive:
        arrays = {name: archive[name] for name in archive.files}
    names = arrays["regions"].tolist()
    if names != list(case["regions"]):
        raise LabelMismatch(
            f"regions of {case['data']['file']}",
            why=f"the case has {', '.join(case['regions'])}; the file {', '.join(names)}",
            instead="the file named in the case",
        )
    flows = arrays["trade_value"] / 1e6
    sales = flows.sum(axis=0)
    output = np.where(sales > 0, sales, 1.0)
    sectors = tuple(arrays["sectors"].tolist())
    economies = tuple(case["regions"].values())
    world = World(
        name=case["case"],
        economies=economies,
        sectors=sectors,
        services=sectors[GOODS:],
        flows=flows,
        duty=arrays["trade_tariff"],
        value_added_share=arrays["value_added"] / 1e6 / output,
        input_share=arrays["intermediate"] / 1e6 / output[:, None, :],
        final_share=arrays["final"] / arrays["final"].sum(axis=1, keepdims=True),
        elasticities={"CP": arrays["theta"]},
        default_elasticities="CP",
        base_day="1993-12-31",
        flow_year=1993,
        provenance={"from": case["data"]["from"]},
    )
    change = arrays["trade_tariff_cfl"] - arrays["trade_tariff"]
    return world, SectorPolicy(economies, sectors, change, np.zeros_like(change))


def _quantities(outcome: Outcome, members: list[str]) -> dict[str, dict[str, float]]:
    """Every quantity of the case by region."""
    labels = outcome.world.economies
    result = {
        quantity: dict(zip(labels, outcome.values(measure).tolist(), strict=True))
        for quantity, measure in MEASURE_OF.items()
    }
    inside = [labels.index(member) for member in members]
    imports = {}
    for importer in inside:
        partners = [exporter for exporter in inside if exporter != importer]
        new, old = (e.flows[importer, partners].sum() for e in (outcome.after, outcome.before))
        imports[labels[importer]] = 100 * float(new / old - 1)
    result["imports_from_partners"] = imports
    return result
