"""Accounts that do not balance, made to: the baseline re-solved without a shock."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from detente.core.errors import UnsolvableShock
from detente.economy.assumptions import Closure, ClosureRule, RevenueUse, choose_closure, is_balanced
from detente.economy.certificate import Certificate, NotSolved
from detente.economy.identities import BALANCE_TOLERANCE, accounts
from detente.economy.models import INPUT_OUTPUT, Model
from detente.economy.prepare import prepare
from detente.economy.world import World


@dataclass(frozen=True)
class Rebalanced:
    """How far a re-solved baseline lies from the accounts it came from.

    Attributes:
        gap_before, gap_after: largest relative gap of spending against use.
        largest_flow_change_percent: among flows of at least a millionth of world wage income.
        value_added_change_percent: economy label -> change.
        certificate: of the re-solved baseline; None where nothing had to be done.
    """

    gap_before: float
    gap_after: float
    largest_flow_change_percent: float
    value_added_change_percent: dict[str, float]
    certificate: Certificate | None

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "gap_before": self.gap_before,
            "gap_after": self.gap_after,
            "largest_flow_change_percent": self.largest_flow_change_percent,
            "value_added_change_percent": dict(self.value_added_change_percent),
            "certificate": None if self.certificate is None else self.certificate.to_dict(),
        }


def rebalance(
    world: World,
    *,
    closure: ClosureRule | str = Closure.FIXED_TO_WORLD_INCOME,
    elasticities: str | None = None,
    model: Model | str = INPUT_OUTPUT,
) -> tuple[World, Rebalanced]:
    """A world whose flows are an equilibrium of its own shares and duties, and how far they moved.

    A world that balances to 1e-12 is returned as it is. With closure `balanced` the deficits are
    removed on the way. Shares and duties stay; the result depends on the elasticities used, which
    govern how buyers respond to the prices that clear the accounts.

    Raises:
        UnsolvableShock: no certified baseline was found.
        UnknownName, InvalidWorld: see `prepare`.
    """
    books = accounts(world)
    labels = world.economies
    wants_balance = is_balanced(choose_closure(closure, world)) and np.abs(books.deficit).max() > 0
    if books.gap < BALANCE_TOLERANCE and not wants_balance:
        return world, Rebalanced(books.gap, books.gap, 0.0, dict.fromkeys(labels, 0.0), None)
    prepared = prepare(
        model, world, closure=closure, revenue_use=RevenueUse.REBATED, elasticities=elasticities
    )
    if isinstance(prepared, NotSolved):
        raise UnsolvableShock(
            f"baseline of {world.name}", why=prepared.message, instead="correct the accounts"
        )
    origin = {**world.provenance, "rebalanced": f"flows re-solved, closure {prepared.closure}"}
    result = replace(
        world,
        flows=prepared.baseline.flows,
        input_share=books.input_share,
        final_share=books.final_share,
        provenance={key: value for key, value in origin.items() if key != "world_hash"},
    )
    moved = 100 * (prepared.baseline.wages / books.value_added - 1)
    report = Rebalanced(
        books.gap,
        accounts(result).gap,
        prepared.moved_percent,
        dict(zip(labels, moved.tolist(), strict=True)),
        prepared.certificate,
    )
    return result, report
