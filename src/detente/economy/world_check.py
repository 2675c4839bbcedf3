"""Proof that a world's accounts hold, and published figures beside its own."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from detente.core.errors import UnknownName
from detente.core.yaml12 import read_yaml
from detente.economy.sources.labels import EU_MEMBERS
from detente.economy.world import World
from detente.economy.worlds import load_us_lines_china, world_folder
from detente.policy import SectorPolicy, Weights

ACCOUNTS_TOLERANCE = 1e-10
DUTY_LIMIT = 0.6
GDP_TOLERANCE = 0.005
SOLVER_TOLERANCE = 1e-9
CHECK_MODEL = "input-output"


def check_world(world: World, weights: Weights) -> dict[str, Any]:
    """Check a world and list its facts.

    Args:
        world: the baseline.
        weights: its HS weights.

    Returns:
        `checks`: name, ok, value, tolerance, detail; `facts`: fact, unit, ours, published, source, seen,
        difference_percent, note. A world without a file of published figures has no facts.
    """
    checks = [
        *_account_checks(world),
        *_label_checks(world, weights),
        *_duty_checks(world),
        *_elasticity_checks(world),
        *_solver_checks(world),
    ]
    return {
        "world": world.name,
        "ok": all(c["ok"] for c in checks),
        "checks": checks,
        "facts": facts(world, weights),
    }


def accounts(world: World) -> dict[str, np.ndarray]:
    """Absorption, output, value added, revenue, deficit and income implied by a world, USD million."""
    duty_paid = world.flows * world.duty
    output = world.flows.sum(axis=0)
    value_added = (world.value_added_share * output).sum(axis=1)
    revenue = duty_paid.sum(axis=(1, 2))
    deficit = world.flows.sum(axis=(1, 2)) - output.sum(axis=1)
    return {
        "absorption": (world.flows + duty_paid).sum(axis=1),
        "output": output,
        "value_added": value_added,
        "revenue": revenue,
        "deficit": deficit,
        "income": value_added + revenue + deficit,
    }


def _row(name: str, value: float, tolerance: float, detail: str, *, ok: bool | None = None) -> dict[str, Any]:
    passed = bool(value <= tolerance) if ok is None else ok
    return {
        "name": name,
        "ok": passed,
        "value": float(value),
        "tolerance": float(tolerance),
        "detail": detail,
    }


def _account_checks(world: World) -> list[dict[str, Any]]:
    """Use equals absorption, cost equals output, shares add up, deficits cancel."""
    book = accounts(world)
    use = (
        np.einsum("nkj,nj->nk", world.input_share, book["output"])
        + world.final_share * book["income"][:, None]
    )
    gap = np.abs(use - book["absorption"]) / book["absorption"]
    worst = np.unravel_index(np.argmax(gap), gap.shape)
    cost = np.abs(world.value_added_share + world.input_share.sum(axis=1) - 1).max()
    final = np.abs(world.final_share.sum(axis=1) - 1).max()
    arrays = (world.flows, world.duty, world.value_added_share, world.input_share, world.final_share)
    finite = all(np.isfinite(array).all() for array in arrays)
    lowest = min(float(array.min()) for array in arrays)
    where = f"largest in {world.economies[worst[0]]} {world.sectors[worst[1]]}"
    balance = abs(book["deficit"].sum()) / np.abs(book["deficit"]).sum()
    income = book["income"]
    spent = np.abs(
        book["absorption"].sum(axis=1) - (book["output"] * (1 - world.value_added_share)).sum(axis=1)
    )
    gap_income = np.abs(spent / income - 1).max()
    return [
        _row("every number is finite", 0.0 if finite else 1.0, 0.0, "flows, duties, shares"),
        _row("no number is negative", max(0.0, -lowest), 0.0, "flows, duties, shares"),
        _row("output = sales: use equals absorption with duty", gap.max(), ACCOUNTS_TOLERANCE, where),
        _row("income = spending", gap_income, ACCOUNTS_TOLERANCE, "I = value added + revenue + deficit"),
        _row("value added and inputs are the whole cost", cost, ACCOUNTS_TOLERANCE, "b + sum g = 1"),
        _row("final shares add up to one", final, ACCOUNTS_TOLERANCE, "by economy"),
        _row("deficits cancel over the world", balance, ACCOUNTS_TOLERANCE, "imports - exports before duty"),
        _row(
            "every economy has income",
            0.0,
            0.0,
            f"lowest {income.min():.0f} USD million",
            ok=bool(income.min() > 0),
        ),
    ]


def _label_checks(world: World, weights: Weights) -> list[dict[str, Any]]:
    """Labels are unique and those of the weights are the world's."""
    twice = len(world.economies) + len(world.sectors) - len(set(world.economies)) - len(set(world.sectors))
    same = (weights.economies, weights.sectors) == (world.economies, world.sectors)
    services = {world.sectors.index(label) for label in world.services}
    strays = 0
    for lines in weights.lines.values():
        strays += int((lines.sector >= len(world.sectors)).sum()) + int(
            np.isin(lines.sector, list(services)).sum()
        )
        strays += int(list(lines.codes) != sorted(set(lines.codes)))
    return [
        _row("labels are unique", float(twice), 0.0, f"{len(world.economies)} x {len(world.sectors)}"),
        _row("HS weights carry the world's labels", 0.0 if same else 1.0, 0.0, "economies and sectors"),
        _row(
            "HS lines are sorted, unique and in goods sectors", float(strays), 0.0, ", ".join(weights.lines)
        ),
    ]


def _duty_checks(world: World) -> list[dict[str, Any]]:
    """No duty on services or at home, and none above the limit without a named source."""
    services = [world.sectors.index(label) for label in world.services]
    diagonal = np.arange(len(world.economies))
    home = float(np.abs(world.duty[diagonal, diagonal]).max())
    named = set(world.provenance.get("duties_over_60_percent", {}))
    high = [
        f"{world.economies[n]} {world.economies[i]} {world.sectors[j]}"
        for n, i, j in np.argwhere(world.duty > DUTY_LIMIT)
    ]
    unnamed = [cell for cell in high if cell not in named]
    return [
        _row(
            "no duty on services",
            float(np.abs(world.duty[:, :, services]).max()),
            0.0,
            ", ".join(world.services),
        ),
        _row("no duty on home sales", home, 0.0, ""),
        _row(
            "no goods duty over 60 % without a named source",
            float(len(unnamed)),
            0.0,
            ", ".join(unnamed[:5]) or f"highest {100 * world.duty.max():.1f} %",
        ),
    ]


def _elasticity_checks(world: World) -> list[dict[str, Any]]:
    """Every set is positive everywhere and the default exists."""
    bad = [name for name, theta in world.elasticities.items() if not (np.isfinite(theta) & (theta > 0)).all()]
    known = world.default_elasticities in world.elasticities
    changes = world.provenance.get("build", {}).get("balancing", {}).get("gdp_change_percent_worst", {})
    largest = max((abs(float(change)) for change in changes.values()), default=0.0) / 100
    return [
        _row(
            "theta is positive in every set",
            float(len(bad)),
            0.0,
            ", ".join(bad) or f"{len(world.elasticities)} sets",
        ),
        _row("the default set exists", 0.0 if known else 1.0, 0.0, world.default_elasticities),
        _row(
            "balancing left GDP in place",
            largest,
            GDP_TOLERANCE,
            "largest change of an economy's value added",
        ),
    ]


def _solver_checks(world: World) -> list[dict[str, Any]]:
    """No shock gives no change, in a certified solution. Left out while the package has no solver."""
    try:
        solver: Callable[..., Any] = importlib.import_module("detente.economy.solve").solve
    except ImportError:
        return []
    outcome = solver(CHECK_MODEL, world, SectorPolicy.none(world.economies, world.sectors))
    if not outcome.solved:
        return [_row("no shock returns ones", np.inf, SOLVER_TOLERANCE, "no certified solution", ok=False)]
    change = float(np.abs(outcome.values("real_income_percent")).max()) / 100
    return [_row("no shock returns ones", change, SOLVER_TOLERANCE, f"real income, model {CHECK_MODEL}")]


def facts(world: World, weights: Weights) -> list[dict[str, Any]]:
    """Published figures beside the world's own; empty where the world ships none."""
    try:
        path = world_folder(world.name) / "facts.yaml"
    except UnknownName:
        return []  # a world built in memory
    if not path.exists():
        return []
    document = read_yaml(path, shown=path.name)[0]
    ours = _own_figures(world, weights)
    rows: list[dict[str, Any]] = []
    for row in document["facts"]:
        value, published = ours[row["id"]], float(row["published"])
        rows.append(
            {
                "fact": row["fact"],
                "unit": row["unit"],
                "ours": round(value, 3),
                "published": published,
                "difference_percent": round(100 * (value / published - 1), 1),
                "source": f"{row['source']}; accessed {document['accessed']}",
                "seen": bool(row["seen"]),
                "note": row["note"],
            }
        )
    return rows


def _own_figures(world: World, weights: Weights) -> dict[str, float]:
    """The world's figures under the ids of facts.yaml."""
    usa, china = world.economies.index("USA"), world.economies.index("CHN")
    goods = [j for j, label in enumerate(world.sectors) if label not in world.services]
    ratio = np.ones_like(world.flows) if world.customs_ratio is None else world.customs_ratio
    customs = (world.flows * ratio)[:, :, goods].sum(axis=2)
    flow = world.flows[:, :, goods].sum(axis=2)
    paid = (world.flows * world.duty)[:, :, goods].sum(axis=2)
    at_customs = (world.flows * ratio * world.duty)[:, :, goods].sum(axis=2)
    others = [i for i in range(len(world.economies)) if i not in (usa, china)]
    book = accounts(world)

    def total(values: np.ndarray, members: Sequence[str]) -> float:
        return float(sum(values[world.economies.index(label)] for label in members)) / 1e3

    figures = {
        "us_goods_from_china": float(customs[usa, china]),
        "us_goods_from_china_flow": float(flow[usa, china]),
        "us_goods_to_china": float(customs[china, usa]),
        "us_china_goods_deficit": float(customs[usa, china] - customs[china, usa]),
        "us_china_lines_2024": float(weights.lines["USA"].values("CHN").sum()),
        "us_duty_on_china_collected": _collected_on_china(world),
        "us_duty_on_china_customs": float(100 * at_customs[usa, china] / customs[usa, china]),
        "us_duty_on_china_flows": float(100 * paid[usa, china] / flow[usa, china]),
        "china_duty_on_us_lines": _on_lines(world, weights, "CHN", "USA"),
        "china_duty_on_others": float(100 * (paid[china, others] / flow[china, others].sum()).sum()),
        "china_duty_on_us_flows": float(100 * paid[china, usa] / flow[china, usa]),
    }
    for label in ("USA", "CHN", "EU", "IND", "JPN"):
        members = EU_MEMBERS if label == "EU" else (label,)
        figures[f"gdp_{label}"] = total(book["value_added"], members)
        figures[f"revenue_{label}"] = total(book["revenue"], members)
    return figures


def _collected_on_china(world: World) -> float:
    columns = load_us_lines_china(world.name).columns
    return float(100 * columns["duty_musd"].sum() / columns["value_musd"].sum())


def _on_lines(world: World, weights: Weights, importer: str, exporter: str) -> float:
    """Mean of the base duty over the importer's HS lines, percent; lines without a sector enter free."""
    duty = world.duty[world.economies.index(importer), world.economies.index(exporter)]
    lines = weights.lines[importer]
    value = lines.values(exporter)
    rate = np.where(lines.sector >= 0, duty[np.maximum(lines.sector, 0)], 0.0)
    return float(100 * (rate * value).sum() / value.sum())
