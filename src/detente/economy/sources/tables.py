"""Inter-country input-output tables of any publisher, summed row by row to what a world needs.

A reader hands over rows of sales: who sells, and to which users and final buyers. `Sums` adds them up
without ever holding the table (4,050 x 4,500 numbers in the OECD's), and `world_from_table` makes the
accounts of a world from the result, saying in a report what it had to do.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from detente.core.errors import InvalidWorld, LabelMismatch
from detente.economy.identities import accounts
from detente.economy.sources.accounts import balanced_accounts, moved_shares
from detente.economy.world import World

INVENTORIES = ("use", "drop")


@dataclass(frozen=True)
class Table:
    """An inter-country table, summed. Money in the table's own unit.

    Attributes:
        economies, sectors: labels.
        flows: sales for inputs and final use without changes in inventories [importer, exporter, sector].
        inventories: changes in inventories and valuables, of either sign [importer, exporter, sector].
        inputs: spending of user j on input k [N, k, j].
        final: final use without changes in inventories [N, sector].
        value_added: at basic prices [N, sector].
        other_costs: rows that are neither inputs nor value added (taxes less subsidies on products,
            transport margins, adjustments) -> cost of each user [N, sector].
        left_out: rows and columns outside the accounts of a world (taxes on final use, discrepancies)
            -> their sum.
        output: gross output as published [N, sector]; None where the table states none.
        notes: what the reader did.
    """

    economies: tuple[str, ...]
    sectors: tuple[str, ...]
    flows: np.ndarray
    inventories: np.ndarray
    inputs: np.ndarray
    final: np.ndarray
    value_added: np.ndarray
    other_costs: Mapping[str, np.ndarray] = field(default_factory=dict)
    left_out: Mapping[str, float] = field(default_factory=dict)
    output: np.ndarray | None = None
    notes: tuple[str, ...] = ()


class Sums:
    """Rows of an inter-country table, added up as they are read.

    Args:
        economies, sectors: labels of the result.
        users: (economy, sector) of each column of inputs.
        finals: (economy, is a change in inventories) of each column of final use.
    """

    def __init__(
        self,
        economies: Sequence[str],
        sectors: Sequence[str],
        users: Sequence[tuple[str, str]],
        finals: Sequence[tuple[str, bool]],
    ) -> None:
        self.economies, self.sectors = tuple(economies), tuple(sectors)
        self._economy = {label: n for n, label in enumerate(self.economies)}
        self._sector = {label: j for j, label in enumerate(self.sectors)}
        n, j = len(self.economies), len(self.sectors)
        self._users = np.array([self._economy[e] * j + self._sector[s] for e, s in users], dtype=np.int64)
        self._finals = np.array([self._economy[e] for e, _ in finals], dtype=np.int64)
        self._stock = np.array([stock for _, stock in finals], dtype=bool)
        self.flows, self.inventories = np.zeros((n, n, j)), np.zeros((n, n, j))
        self.inputs, self.final = np.zeros((n, j, j)), np.zeros((n, j))

    def add(self, economy: str, sector: str, to_users: np.ndarray, to_finals: np.ndarray) -> None:
        """One seller's row: sales to every user and every final buyer, in the order of the columns."""
        i, k = self._economy[economy], self._sector[sector]
        bought = self.by_user(to_users)
        used = np.bincount(self._finals, np.where(self._stock, 0.0, to_finals), len(self.economies))
        stocks = np.bincount(self._finals, np.where(self._stock, to_finals, 0.0), len(self.economies))
        self.inputs[:, k, :] += bought
        self.final[:, k] += used
        self.flows[:, i, k] += bought.sum(axis=1) + used
        self.inventories[:, i, k] += stocks

    def by_user(self, values: np.ndarray) -> np.ndarray:
        """A row over the columns of inputs, by economy and sector [N, J]."""
        size = len(self.economies) * len(self.sectors)
        return np.bincount(self._users, values, size).reshape(len(self.economies), -1)


def world_from_table(
    table: Table,
    *,
    name: str,
    year: int,
    theta: Mapping[str, np.ndarray],
    default_elasticities: str,
    services: Sequence[str] = (),
    duty: np.ndarray | None = None,
    inventories: str = "use",
    usd_million_per_unit: float = 1.0,
    source: str = "",
) -> tuple[World, dict[str, Any]]:
    """A balanced world, and what was done to the table on the way.

    Changes in inventories are final use (`use`) or left out (`drop`). A flow that is still negative after all
    users and buyers are added up becomes zero. Costs that are neither inputs nor value added are booked
    with value added. Gross output is what is sold; input and final shares then move by the least
    Kullback-Leibler change that makes use equal absorption, holding value added over output.

    Args:
        table: see `Table`.
        name: of the world.
        year: of the flows.
        theta: name of a set -> trade elasticities [J].
        default_elasticities: the set used unless another is asked for.
        services: sectors on which no duty falls.
        duty: base duties as fractions [N, N, J]; none where the table is all there is.
        inventories: `use` or `drop`.
        usd_million_per_unit: of the table's money.
        source: where the table comes from, for the provenance.

    Returns:
        The world and a report for people: negative flows, other costs, what was left out, discrepancies,
        the largest shares moved and the change of GDP by economy.

    Raises:
        InvalidWorld: numbers that are not finite or an option that cannot be.
        LabelMismatch: duplicate labels, or services that are not sectors.
    """
    _check(table, services, inventories)
    scale = usd_million_per_unit
    raw = (table.flows + table.inventories if inventories == "use" else table.flows) * scale
    flows = np.maximum(raw, 0.0)
    other = sum((costs for costs in table.other_costs.values()), np.zeros_like(table.value_added))
    earned = (table.value_added + other) * scale
    inputs = np.maximum(table.inputs, 0.0) * scale
    cost = earned + inputs.sum(axis=1)
    sold = np.where(cost > 0, cost, 1.0)
    final = np.maximum(table.final + (table.inventories.sum(axis=1) if inventories == "use" else 0.0), 0.0)
    buyers = final.sum(axis=1, keepdims=True)
    if (buyers <= 0).any():
        _refuse(
            name,
            f"no final use in {table.economies[int(np.argmin(buyers))]}",
            why="income must be spent on something",
            instead="a table with final use of every economy",
        )
    duty = np.zeros_like(flows) if duty is None else duty
    books = balanced_accounts(
        table.economies,
        table.sectors,
        flows,
        duty,
        np.where(cost > 0, np.maximum(earned, 0.0) / sold, 0.0),
        inputs / sold[:, None, :],
        final / buyers,
    )
    report = _report(table, raw, earned, cost, other * scale, inventories, scale)
    gdp = earned.sum(axis=1)
    change = 100 * ((books.value_added_share * flows.sum(axis=0)).sum(axis=1) / gdp - 1)
    report["gdp_change_percent"] = {
        label: round(float(change[n]), 4)
        for label, n in sorted(
            zip(table.economies, range(len(change)), strict=True), key=lambda pair: -abs(change[pair[1]])
        )
    }
    report["repaired_value_added_shares"] = [f"{label} {sector}" for label, sector in books.repaired]
    report["shares_moved_over_50_percent"] = moved_shares(table.economies, table.sectors, books)[:20]
    world = World(
        name=name,
        economies=table.economies,
        sectors=table.sectors,
        services=tuple(services),
        flows=flows,
        duty=duty,
        value_added_share=books.value_added_share,
        input_share=books.input_share,
        final_share=books.final_share,
        elasticities=dict(theta),
        default_elasticities=default_elasticities,
        flow_year=year,
        provenance={"from": source, "steps": list(table.notes), "build": report},
    )
    accounts(world)
    return world, report


def _check(table: Table, services: Sequence[str], inventories: str) -> None:
    for kind, labels in (("economies", table.economies), ("sectors", table.sectors)):
        require_unique(labels, kind)
    strangers = [label for label in services if label not in table.sectors]
    if strangers:
        raise LabelMismatch(
            f"services {', '.join(strangers)}",
            why="they are not sectors of the table",
            instead=f"of {', '.join(table.sectors[:6])}, ...",
        )
    if inventories not in INVENTORIES:
        raise InvalidWorld(f"inventories {inventories!r}", why="no such treatment", instead="use or drop")
    for what in ("flows", "inventories", "inputs", "final", "value_added"):
        if not np.isfinite(getattr(table, what)).all():
            raise InvalidWorld(
                f"{what} of the table hold numbers that are not finite",
                why="a sum of sales needs every one of them",
                instead="0 for no sale",
            )


def require_unique(labels: Sequence[str], kind: str) -> None:
    """Refuse labels that occur twice.

    Raises:
        LabelMismatch: naming them.
    """
    twice = sorted({label for label in labels if labels.count(label) > 1})
    if twice or not labels:
        raise LabelMismatch(
            f"{kind}: {', '.join(twice) + ' more than once' if twice else 'no labels'}",
            why="arrays are joined by label",
            instead="each label once",
        )


def _report(
    table: Table,
    raw: np.ndarray,
    earned: np.ndarray,
    cost: np.ndarray,
    other: np.ndarray,
    inventories: str,
    scale: float,
) -> dict[str, Any]:
    """What the table held that a world does not, USD million."""
    n, i, k = np.unravel_index(int(raw.argmin()), raw.shape)
    negative = raw < 0
    sold = raw.sum(axis=0)
    gap = np.abs(sold - cost) / np.maximum(np.maximum(sold, cost), 1e-300)
    row, column = np.unravel_index(int(np.argmax(gap * (cost > 1e-6 * cost.sum()))), gap.shape)
    report: dict[str, Any] = {
        "inventories": {
            "treatment": "final use" if inventories == "use" else "left out",
            "rises_musd": round(scale * float(np.maximum(table.inventories, 0).sum()), 3),
            "falls_musd": round(scale * float(np.minimum(table.inventories, 0).sum()), 3),
        },
        "negative_flows_set_to_zero": {
            "count": int(negative.sum()),
            "sum_musd": round(float(raw[negative].sum()), 3),
            "share_of_sales_percent": round(float(-100 * raw[negative].sum() / raw.sum()), 6),
            "largest": (
                f"{table.economies[n]} from {table.economies[i]} {table.sectors[k]} {raw[n, i, k]:.4g}"
                if negative.any()
                else None
            ),
        },
        "negative_inputs_set_to_zero_musd": round(scale * float(np.minimum(table.inputs, 0).sum()), 3),
        "negative_value_added_replaced": [
            f"{table.economies[n]} {table.sectors[k]}" for n, k in np.argwhere(earned < 0)
        ],
        "costs_booked_with_value_added": {
            label: round(scale * float(costs.sum()), 3) for label, costs in table.other_costs.items()
        },
        "other_costs_share_of_value_added_percent": round(float(100 * other.sum() / earned.sum()), 4),
        "left_out_musd": {label: round(scale * value, 3) for label, value in table.left_out.items()},
        "largest_gap_of_sales_and_cost": {
            "where": f"{table.economies[row]} {table.sectors[column]}",
            "share_percent": round(float(100 * gap[row, column]), 6),
        },
    }
    if table.output is not None:
        published = table.output * scale
        off = np.abs(published - sold) / np.maximum(published, 1e-300) * (published > 1e-6 * published.sum())
        row, column = np.unravel_index(int(np.argmax(off)), off.shape)
        report["largest_gap_of_sales_and_published_output"] = {
            "where": f"{table.economies[row]} {table.sectors[column]}",
            "share_percent": round(float(100 * off[row, column]), 6),
        }
    return report


def _refuse(name: str, what: str, *, why: str, instead: str) -> None:
    raise InvalidWorld(what, where=f"world {name}", why=why, instead=instead)
