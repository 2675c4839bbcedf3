"""Who serves demand in one year and in ten, what is sold elsewhere, who gains the output that moves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from detente.analysis.baseline import weights_of
from detente.analysis.lever_words import policy_in_words
from detente.analysis.sensitivity import one_economy
from detente.analysis.what_if import Levers, flag_of
from detente.core.errors import DetenteError, InvalidOption, UnsolvableShock
from detente.core.places import name_of
from detente.core.results import envelope
from detente.economy.certificate import NotSolved
from detente.economy.horizon import (
    Adjustment,
    Year,
    border_price_percent,
    output_gains,
    supply_shares,
    through_time,
)
from detente.economy.outcome import Outcome
from detente.economy.worlds import load_world, world_hash

TOP = 6
"""Suppliers, destinations and economies named; the rest are summed."""


def horizon(
    levers: Levers,
    *,
    importer: str,
    exporter: str,
    years: Sequence[float] = (1, 3, 10),
    scheme: str = "estimate",
    world_name: str = "icio2022",
    closure: str = "fixed_to_world_income",
    revenue_use: str = "rebated",
    elasticities: str | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> dict[str, Any]:
    """The answer of `detente horizon`, with its envelope.

    Args:
        levers: see `what_if`.
        importer: whose demand is shown by supplier.
        exporter: whose sales are shown by destination.
        years: since the policy, rising.
        scheme: see `economy.horizon.Adjustment`.
        world_name, closure, revenue_use, elasticities: see `economy.solve`.
        progress: told what is going on.

    Raises:
        UnsolvableShock: no year has a certified equilibrium.
        InvalidOption, InvalidPolicy, UnknownEconomy, UnknownSector, UnknownName: bad input.
    """
    world = load_world(world_name)
    buyer = one_economy(importer, "--importer", world)
    seller = one_economy(exporter, "--exporter", world)
    if buyer == seller:
        raise InvalidOption(
            f"{seller} sells to itself",
            where="--exporter",
            why="it buys as --importer",
            instead="two economies",
        )
    policy = policy_in_words(levers, (), world).on(weights_of(world_name))
    try:
        adjustment = Adjustment(scheme=scheme)
        found = through_time(
            world,
            policy,
            years,
            adjustment=adjustment,
            elasticities=elasticities,
            closure=closure,
            revenue_use=revenue_use,
            progress=progress,
        )
    except DetenteError as error:
        error.where = error.where or flag_of(error, levers)
        raise
    solved = [year for year in found if isinstance(year.outcome, Outcome)]
    if not solved:
        first = found[0].outcome
        assert isinstance(first, NotSolved)
        raise UnsolvableShock(
            "no year has a certified equilibrium",
            where="--duty",
            why=first.message,
            instead="a smaller shock, or --closure balanced",
        )
    data: dict[str, Any] = {
        "importer": buyer,
        "exporter": seller,
        "assumptions": {
            **adjustment.__dict__,
            "closure": closure,
            "revenue_use": revenue_use,
            "unit": world.unit,
        },
        "names": {label: name_of(label) for label in world.economies},
        "years": [_year(year, buyer, seller) for year in found],
    }
    query = {
        **{name.replace("-", "_"): list(words) for name, words in levers.items() if words},
        "importer": buyer,
        "exporter": seller,
        "years": list(years),
        "scheme": scheme,
        "world": world_name,
        "closure": closure,
        "revenue_use": revenue_use,
        "elasticities": elasticities,
    }
    certificates = [year.outcome.certificate.to_dict() for year in found]
    provenance = {
        "world_hash": world_hash(world_name),
        "model": "specific-factors",
        "certificate": {"years": certificates},
    }
    return envelope("horizon", query, data, provenance=provenance)


def _year(year: Year, importer: str, exporter: str) -> dict[str, Any]:
    """One year: incomes, the importer's suppliers, the exporter's markets, gains of output."""
    head = {
        "years": year.years,
        "trade_elasticity": year.trade_elasticity,
        "mobile_share": year.mobile_share,
        "solved": year.outcome.solved,
    }
    outcome = year.outcome
    if isinstance(outcome, NotSolved):
        return {**head, "message": outcome.message}
    world = outcome.world
    incomes = outcome.values("real_income_percent").tolist()
    goods = ~np.isin(world.sectors, world.services)
    made = outcome.after.quantity.sum(axis=0) < outcome.before.quantity.sum(axis=0)
    fallen = goods & made[world.economies.index(exporter)]
    price = border_price_percent(outcome, importer, exporter)
    return {
        **head,
        "real_income_percent": dict(zip(world.economies, incomes, strict=True)),
        "border_price_percent": price if np.isfinite(price) else None,
        "suppliers": _suppliers(outcome, importer, exporter, goods),
        "markets": _markets(outcome, exporter, goods),
        "output_gains_usd_million": _ranked(world.economies, output_gains(outcome, fallen), exporter),
        "sectors_that_move": [s for s, hit in zip(world.sectors, fallen, strict=True) if hit],
    }


def _suppliers(outcome: Outcome, importer: str, exporter: str, goods: np.ndarray) -> list[dict[str, Any]]:
    """Shares in the importer's spending by goods sector, duty included, in percent, and changes in points."""
    world = outcome.world
    before, after = supply_shares(outcome, importer)
    home, other = world.economies.index(importer), world.economies.index(exporter)
    rows = []
    for column in np.flatnonzero(goods):
        change = 100 * (after[:, column] - before[:, column])
        third = [i for i in np.argsort(-change) if i not in (home, other)][:TOP]
        rows.append(
            {
                "sector": world.sectors[column],
                "home_share_percent": float(100 * after[home, column]),
                "home_change_points": float(change[home]),
                "exporter_share_percent": float(100 * after[other, column]),
                "exporter_change_points": float(change[other]),
                "third_change_points": {world.economies[i]: float(change[i]) for i in third if change[i] > 0},
            }
        )
    return rows


def _markets(outcome: Outcome, exporter: str, goods: np.ndarray) -> list[dict[str, Any]]:
    """The exporter's goods by destination, home sales too: quantities at baseline prices, customs basis."""
    world = outcome.world
    column = world.economies.index(exporter)
    ratio = 1.0 if world.customs_ratio is None else world.customs_ratio[:, column]
    before, after = (
        (state.quantity[:, column] * ratio * goods).sum(axis=1) for state in (outcome.before, outcome.after)
    )
    return [
        {
            "destination": label,
            "before_usd_million": float(before[n]),
            "after_usd_million": float(after[n]),
            "change_usd_million": float(after[n] - before[n]),
        }
        for n, label in sorted(enumerate(world.economies), key=lambda place: -abs(after - before)[place[0]])
    ]


def _ranked(labels: Sequence[str], values: np.ndarray, first: str) -> dict[str, float]:
    """The exporter, then the largest gains."""
    order = [labels.index(first), *(int(i) for i in np.argsort(-values) if labels[i] != first)]
    return {labels[i]: float(values[i]) for i in order}
