"""Unit cost: Cobb-Douglas over value added and inputs, with critical inputs in CES nests around it."""

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np

from detente.economy.identities import Accounts


@dataclass(frozen=True)
class Nest:
    """One critical input, against everything that stands inside its nest.

    Attributes:
        sector: position of the input.
        elasticity: eta, of substitution between the input and the rest of unit cost.
        share: cost share of the input in its nest at the baseline [N, user].
    """

    sector: int
    elasticity: float
    share: np.ndarray

    @classmethod
    def of(cls, books: Accounts) -> tuple[Nest, ...]:
        """The nests of a world's critical inputs, in the order of its sectors; the first is innermost.

        Nests of one elasticity are one flat CES over all of them.
        """
        world = books.world
        # At one the nest is Cobb-Douglas, which the bundle already is.
        ordered = [(world.sectors.index(k), float(v)) for k, v in world.critical_inputs.items() if v != 1.0]
        inside = 1 - sum((books.input_share[:, k] for k, _ in ordered), start=np.zeros_like(books.sales))
        nests = []
        for sector, elasticity in sorted(ordered):
            own = books.input_share[:, sector]
            inside = inside + own
            share = own / np.where(inside > 0, inside, 1.0)
            # Where an input is the whole cost there is nothing to substitute: it stays in the bundle.
            nests.append(cls(sector, elasticity, np.where(share < 1, share, 0.0)))
        return tuple(nests)


def unit_cost(
    xp: ModuleType,
    factor_price: Any,
    log_price: Any,
    value_added_share: Any,
    input_share: Any,
    nests: tuple[Nest, ...],
) -> tuple[Any, Any, Any]:
    """Log unit cost [N, J] and the cost shares at these prices.

    Args:
        xp: array namespace.
        factor_price: log price of value added [N, 1] or [N, J].
        log_price: of inputs [N, J].
        value_added_share: baseline b [N, J].
        input_share: baseline g [N, input, user].
        nests: critical inputs; without any, shares are the baseline's.

    Returns:
        (log cost, b, g): by Shephard's lemma the shares are also the derivatives of log cost.
    """
    log_cost = value_added_share * factor_price + xp.matmul(log_price[:, None, :], input_share)[:, 0, :]
    if not nests:
        return log_cost, value_added_share, input_share
    sectors = range(input_share.shape[1])
    of_nest = {nest.sector: nest for nest in nests}
    in_nest = [(of_nest[k].share > 0) if k in of_nest else None for k in sectors]
    outside = sum(
        xp.where(in_nest[nest.sector], input_share[:, nest.sector], 0.0) * log_price[:, nest.sector, None]
        for nest in nests
    )
    weight = 1.0 - sum(xp.where(in_nest[nest.sector], input_share[:, nest.sector], 0.0) for nest in nests)
    log_cost = (log_cost - outside) / weight
    scale = 1.0 / weight
    taken: dict[int, Any] = {}
    for nest in nests:
        rho, price = 1 - nest.elasticity, log_price[:, nest.sector, None]
        rest = (1 - nest.share) * xp.exp(rho * log_cost)
        own = nest.share * xp.exp(rho * price)
        share = own / (rest + own)
        log_cost = xp.where(nest.share > 0, xp.log(rest + own) / rho, log_cost)
        scale = scale * (1 - share)
        taken = {sector: held * (1 - share) for sector, held in taken.items()}
        taken[nest.sector] = share
    rows = [
        xp.where(in_nest[k], taken[k], input_share[:, k] * scale) if k in taken else input_share[:, k] * scale
        for k in sectors
    ]
    return log_cost, value_added_share * scale, xp.stack(rows, axis=1)
