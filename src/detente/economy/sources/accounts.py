"""From flows and shares that disagree (other years, other sources) to one set of accounts that adds up."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from detente.core.errors import InvalidWorld
from detente.economy.sources.biproportional import balance

MOVED_LIMIT = 0.5


@dataclass(frozen=True)
class Accounts:
    """Balanced accounts.

    Attributes:
        value_added_share [N, J], input_share [N, k, j], final_share [N, J]: see World.
        start_inputs, start_final: the same shares before balancing.
        spending: spending on each share after balancing, USD million [N, k, users + final].
        iterations, residual: of the balancing.
        negative_cells: cells of [economy, sector] in which the shares imply final use below zero.
        negative_share: their sum over world final spending.
        repaired: economy and sector of the shares that were repaired.
    """

    value_added_share: np.ndarray
    input_share: np.ndarray
    final_share: np.ndarray
    start_inputs: np.ndarray
    start_final: np.ndarray
    spending: np.ndarray
    iterations: int
    residual: float
    negative_cells: int
    negative_share: float
    repaired: list[tuple[str, str]]


def repair_value_added(
    economies: tuple[str, ...],
    sectors: tuple[str, ...],
    value_added: np.ndarray,
    inputs: np.ndarray,
    output: np.ndarray,
) -> tuple[np.ndarray, np.ndarray, list[tuple[str, str]]]:
    """Replace value-added shares of zero, holding each economy's value added.

    A zero is a negative or missing value that the source cut off. It becomes the output-weighted mean of the
    other economies in the sector, and the economy's other shares fall by one common factor so that its value
    added stays. Sectors without output take that mean of technology as a whole; nothing depends on them.

    Args:
        economies: labels [N].
        sectors: labels [J].
        value_added: [N, J].
        inputs: [N, k, j].
        output: gross output [N, J].
    """
    value_added, inputs = value_added.copy(), inputs.copy()
    sound = (value_added > 0) & (output > 0)
    weights = np.where(sound, output, 0.0)
    made = weights.sum(axis=0, keepdims=True)
    weights /= np.where(made > 0, made, 1.0)
    mean_value_added = (weights * value_added).sum(axis=0)
    mean_inputs = np.einsum("nj,nkj->kj", weights, inputs)
    repaired: list[tuple[str, str]] = []
    for n, label in enumerate(economies):
        empty = output[n] <= 0
        value_added[n, empty] = mean_value_added[empty]
        inputs[n][:, empty] = mean_inputs[:, empty]
        broken = (value_added[n] <= 0) & ~empty
        if not broken.any():
            continue
        total = value_added[n] @ output[n]
        added = mean_value_added[broken] @ output[n, broken]
        new = np.where(broken, mean_value_added, value_added[n] * (1 - added / total))
        new[empty] = value_added[n, empty]
        outlay = inputs[n].sum(axis=0)
        inputs[n] *= (1 - new) / np.where(outlay > 0, outlay, 1.0)
        value_added[n] = new
        repaired += [(label, sectors[j]) for j in np.flatnonzero(broken)]
    return value_added, inputs, repaired


def balanced_accounts(
    economies: tuple[str, ...],
    sectors: tuple[str, ...],
    flows: np.ndarray,
    duty: np.ndarray,
    value_added: np.ndarray,
    inputs: np.ndarray,
    final: np.ndarray,
) -> Accounts:
    """Move input and final shares as little as possible so that absorption equals use in every cell.

    Held: flows, hence gross output; value added by economy and sector; duties; D = imports - exports.

    Args:
        economies: labels [N].
        sectors: labels [J].
        flows: before duty, USD million [importer, exporter, J].
        duty: fractions [importer, exporter, J].
        value_added, inputs, final: shares [N, J], [N, k, j], [N, J].

    Raises:
        InvalidWorld: no balanced accounts exist with these margins.
    """
    output = flows.sum(axis=0)
    value_added, inputs, repaired = repair_value_added(economies, sectors, value_added, inputs, output)
    absorption = (flows * (1 + duty)).sum(axis=1)
    outlay = (1 - value_added) * output
    # I = VA + R + D: what is absorbed with duty less what producers spend on inputs.
    income = absorption.sum(axis=1) - outlay.sum(axis=1)
    if (income <= 0).any():
        poor = economies[int(np.argmin(income))]
        raise InvalidWorld(
            f"{poor} has no income left to spend",
            where="balancing",
            why="its producers spend more on inputs than the economy absorbs",
            instead="merge it into another economy, or correct its flows",
        )
    use = np.concatenate([inputs * output[:, None, :], (final * income[:, None])[:, :, None]], axis=2)
    implied = absorption - use[:, :, :-1].sum(axis=2)
    negative = implied < 0
    # A sector that is absorbed but that the shares show no use for goes to final demand.
    orphan = (use.sum(axis=2) <= 0) & (absorption > 0)
    use[:, :, -1] = np.where(orphan, absorption, use[:, :, -1])
    columns = np.concatenate([outlay, income[:, None]], axis=1)
    result = balance(use, absorption, columns)
    table = result.table
    positive = output > 0
    new_inputs = np.where(
        positive[:, None, :], table[:, :, :-1] / np.where(positive, output, 1.0)[:, None, :], inputs
    )
    new_final = table[:, :, -1] / table[:, :, -1].sum(axis=1, keepdims=True)
    # Last digit: outlay shares and value added add up to one exactly.
    total = new_inputs.sum(axis=1)
    new_inputs *= np.where(total > 0, (1 - value_added) / np.where(total > 0, total, 1.0), 1.0)[:, None, :]
    return Accounts(
        value_added,
        new_inputs,
        new_final,
        inputs,
        final,
        table,
        result.iterations,
        result.residual,
        int(negative.sum()),
        float(-implied[negative].sum() / income.sum()),
        repaired,
    )


def moved_shares(
    economies: tuple[str, ...], sectors: tuple[str, ...], accounts: Accounts
) -> list[dict[str, str | float]]:
    """Every share that moved by more than half, largest spending first."""
    before = np.concatenate([accounts.start_inputs, accounts.start_final[:, :, None]], axis=2)
    after = np.concatenate([accounts.input_share, accounts.final_share[:, :, None]], axis=2)
    change = np.where(before > 0, after / np.where(before > 0, before, 1.0) - 1, 0.0)
    users = (*sectors, "final")
    rows: list[dict[str, str | float]] = []
    for n, k, u in np.argwhere((np.abs(change) > MOVED_LIMIT) & (np.maximum(accounts.spending, 0) > 0)):
        rows.append(
            {
                "economy": economies[n],
                "input": sectors[k],
                "user": users[u],
                "before": round(float(before[n, k, u]), 6),
                "after": round(float(after[n, k, u]), 6),
                "change_percent": round(float(change[n, k, u]) * 100, 1),
                "spending_musd": round(float(accounts.spending[n, k, u]), 1),
            }
        )
    return sorted(
        rows, key=lambda row: (-float(row["spending_musd"]), str(row["economy"]), str(row["input"]))
    )
