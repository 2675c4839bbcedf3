"""Any IOSystem of pymrio as a table; pymrio itself is not imported.

Read are `Z` (rows and columns by region and sector), `Y` (rows likewise, columns by region and category)
and, if it is there, `x`. What of a sector's output `x` its inputs do not explain is its value added, taxes
on products included: extensions are not read, for their rows differ from table to table.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from detente.core.errors import InvalidWorld, LabelMismatch
from detente.economy.sources.tables import Sums, Table, require_unique

STOCK_WORDS = ("inventor", "valuables", "stock")


def read_pymrio(system: Any) -> Table:
    """The table of an IOSystem.

    Args:
        system: a pymrio.IOSystem, or any object with its Z, Y and, optionally, x.

    Raises:
        InvalidWorld: Z or Y is missing, or holds numbers that are not finite.
        LabelMismatch: rows and columns do not carry the same labels.
    """
    sales, final = getattr(system, "Z", None), getattr(system, "Y", None)
    if sales is None or final is None:
        raise InvalidWorld(
            "an input-output system without Z or Y",
            why="inputs and final use make the flows",
            instead="call its calc_all(), or give both",
        )
    users = [(str(pair[0]), str(pair[1])) for pair in sales.columns]
    sellers = [(str(pair[0]), str(pair[1])) for pair in sales.index]
    require_unique(["/".join(pair) for pair in sellers], "rows of Z")
    if sellers != [(str(pair[0]), str(pair[1])) for pair in final.index]:
        raise LabelMismatch("rows of Y", why="they are not those of Z", instead="the same order of labels")
    if sorted(sellers) != sorted(users):
        raise LabelMismatch("columns of Z", why="they are not its rows", instead="a square Z")
    regions = tuple(dict.fromkeys(region for region, _ in sellers))
    sectors = tuple(dict.fromkeys(sector for _, sector in sellers))
    buyers = [(str(pair[0]), _is_stock(pair)) for pair in final.columns]
    strangers = sorted({region for region, _ in buyers} - set(regions))
    if strangers:
        raise LabelMismatch(
            f"final use of {', '.join(strangers)}",
            why="no seller is of that region",
            instead="drop export columns, or give the region rows",
        )
    sums = Sums(regions, sectors, users, buyers)
    flows, used = sales.to_numpy(dtype=np.float64), final.to_numpy(dtype=np.float64)
    for row, (region, sector) in enumerate(sellers):
        sums.add(region, sector, flows[row], used[row])
    order = [users.index(seller) for seller in sellers] if users != sellers else slice(None)
    sold = flows.sum(axis=1) + used.sum(axis=1)
    total = getattr(system, "x", None)
    stated = sold if total is None else np.asarray(total, dtype=np.float64).reshape(-1)
    value_added = np.zeros(len(users))
    value_added[order] = stated
    output = value_added.copy()
    value_added -= flows.sum(axis=0)
    notes = ("value added is output less inputs, taxes on products included",)
    return Table(
        regions,
        sectors,
        sums.flows,
        sums.inventories,
        sums.inputs,
        sums.final,
        sums.by_user(value_added),
        output=None if total is None else sums.by_user(output),
        notes=notes,
    )


def _is_stock(label: Any) -> bool:
    text = " ".join(str(part) for part in label[1:]).lower()
    return text in ("invnt", "inven") or any(word in text for word in STOCK_WORDS)
