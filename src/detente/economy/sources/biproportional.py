"""Balancing: the least change, in the Kullback-Leibler sense, that makes accounts add up.

For each economy, a table of spending [input, users and final demand] with given row sums (absorption
with duty) and column sums (each user's outlay on inputs, and income) is scaled row by row and column by
column. The limit is the table with these margins nearest to the start in relative entropy.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from detente.core.errors import InvalidWorld


@dataclass(frozen=True)
class Balanced:
    """A balanced table and how it was reached.

    Attributes:
        table: spending [N, input, user + final].
        iterations: sweeps over rows and columns.
        residual: largest relative distance of a row sum from its target.
    """

    table: np.ndarray
    iterations: int
    residual: float


def balance(
    start: np.ndarray,
    rows: np.ndarray,
    columns: np.ndarray,
    *,
    tolerance: float = 1e-13,
    most: int = 200_000,
) -> Balanced:
    """Scale `start` to the margins.

    Args:
        start: non-negative spending [N, K, C].
        rows: row sums to reach [N, K].
        columns: column sums to reach [N, C].
        tolerance: largest relative residual of a row that is accepted.
        most: sweeps after which it gives up.

    Raises:
        InvalidWorld: the margins do not agree, or no table with this pattern of zeros has them.
    """
    if rows.min() < 0 or columns.min() < 0 or start.min() < 0:
        raise InvalidWorld("a negative margin or cell", where="balancing", why="spending cannot be negative")
    gap = np.abs(rows.sum(axis=1) / columns.sum(axis=1) - 1).max()
    if gap > 1e-11:
        raise InvalidWorld(
            "margins of two different totals", where="balancing", why=f"they differ by {gap:.2g} of the total"
        )
    row_factor = np.ones_like(rows)
    column_factor = np.ones_like(columns)
    row_sum = start.sum(axis=2)
    residual = np.inf
    for sweep in range(1, most + 1):
        row_sum = np.einsum("nkc,nc->nk", start, column_factor)
        residual = float(np.max(np.abs(row_factor * row_sum - rows) / np.maximum(rows, 1e-300)))
        if sweep > 1 and residual < tolerance:
            table = start * row_factor[:, :, None] * column_factor[:, None, :]
            return Balanced(table, sweep, residual)
        row_factor = rows / np.where(row_sum > 0, row_sum, 1.0)
        column_sum = np.einsum("nkc,nk->nc", start, row_factor)
        column_factor = columns / np.where(column_sum > 0, column_sum, 1.0)
    worst = np.unravel_index(np.argmax(np.abs(row_factor * row_sum - rows) / rows), rows.shape)
    raise InvalidWorld(
        f"balancing stopped after {most} sweeps at a residual of {residual:.2g}",
        where=f"economy {worst[0]}, sector {worst[1]}",
        why="the zeros of the start do not allow these margins",
    )
