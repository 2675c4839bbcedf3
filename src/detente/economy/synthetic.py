"""Made-up worlds whose accounts balance: for tests, benchmarks and examples, never for a brief."""

from __future__ import annotations

import numpy as np
from scipy.sparse.csgraph import connected_components

from detente.economy.world import World


def synthetic_world(
    economies: int,
    sectors: int,
    seed: int = 0,
    *,
    services: int = 1,
    zero_flows: float = 0.1,
    deficits: float = 0.05,
    duties: float = 0.1,
    home: float = 2.0,
) -> World:
    """A random world that balances to rounding.

    Args:
        economies, sectors: its size, at least two economies.
        seed: of the random numbers.
        services: how many of the sectors, the last ones, are services without duties.
        zero_flows: part of the foreign flows that do not exist.
        deficits: size of trade deficits over income.
        duties: largest base duty, as a fraction.
        home: domestic over foreign purchases, roughly.
    """
    draw = np.random.default_rng(seed)
    labour = 0.2 + 0.6 * draw.random((economies, sectors))
    inputs = draw.random((economies, sectors, sectors)) ** 3
    inputs *= ((1 - labour) / inputs.sum(axis=1))[:, None, :]
    final = draw.random((economies, sectors)) ** 2 + 0.01
    final /= final.sum(axis=1, keepdims=True)
    duty = duties * draw.random((economies, economies, sectors))
    own = np.arange(economies)
    duty[own, own] = 0.0
    duty[:, :, sectors - services :] = 0.0
    share = _shares(draw, economies, sectors, zero_flows, home)
    gap = deficits * draw.standard_normal(economies)
    spending = _spending(share / (1 + duty), labour, inputs, final, duty, gap)
    names = tuple(f"E{index:02d}" for index in range(economies))
    labels = tuple(f"S{index:02d}" for index in range(sectors))
    return World(
        name=f"synthetic-{economies}x{sectors}-{seed}",
        economies=names,
        sectors=labels,
        services=labels[sectors - services :],
        flows=share / (1 + duty) * spending[:, None, :] * 1e6,
        duty=duty,
        value_added_share=labour,
        input_share=inputs,
        final_share=final,
        elasticities={"mixed": 1.5 + 8 * draw.random(sectors), "four": np.full(sectors, 4.0)},
        default_elasticities="mixed",
        base_day="2000-01-01",
        flow_year=2000,
        households=dict.fromkeys(names[:-1], 1e6),
        provenance={"from": "random numbers"},
    )


def _shares(
    draw: np.random.Generator, economies: int, sectors: int, zero_flows: float, home: float
) -> np.ndarray:
    """Spending shares by exporter [importer, exporter, sector], larger for larger and nearer sellers."""
    size = np.exp(draw.standard_normal(economies))
    foreign = np.exp(draw.standard_normal((economies, economies, sectors))) * size[None, :, None]
    kept = draw.random(foreign.shape) >= zero_flows
    own = np.arange(economies)
    kept[own, own] = False
    # Whoever sells nothing to the others has no income at which trade balances: each then buys of the next.
    if connected_components(kept.any(axis=2), connection="strong")[0] > 1:
        kept[own, (own + 1) % economies, 0] = True
    foreign *= kept
    bias = home * np.exp(0.5 * draw.standard_normal((economies, sectors)))
    foreign[own, own] = (foreign.sum(axis=1) + 0.1 * size[:, None]) * bias
    return foreign / foreign.sum(axis=1, keepdims=True)


def _spending(
    net: np.ndarray,
    labour: np.ndarray,
    inputs: np.ndarray,
    final: np.ndarray,
    duty: np.ndarray,
    gap: np.ndarray,
) -> np.ndarray:
    """Spending [N, J] at which use equals spending, with total income one.

    X = g Y + alpha (b Y + R + D) is linear and holds for any scale; the scale replaces the redundant
    equation. Deficits, `gap` over wage income before they are made to sum to zero, are halved until every
    economy keeps a fifth of its wages and every cell is positive.
    """
    n, j = labour.shape
    size = n * j
    sold = net.transpose(1, 2, 0)
    by_cell = np.zeros((n, j, n, j))
    for sector in range(j):
        by_cell[:, sector, :, sector] = sold[:, sector, :]
    sales = by_cell.reshape(size, size)
    use = np.einsum("nkj,njx->nkx", inputs, sales.reshape(n, j, size))
    use += final[:, :, None] * np.einsum("nj,njx->nx", labour, sales.reshape(n, j, size))[:, None, :]
    revenue = (net * duty).sum(axis=1)
    for importer in range(n):
        columns = slice(importer * j, (importer + 1) * j)
        use[importer][:, columns] += final[importer][:, None] * revenue[importer][None, :]
    income = (labour.reshape(size) @ sales)[None, :]
    matrix = np.eye(size) - use.reshape(size, size) + np.ones((size, 1)) * income
    spending = np.linalg.solve(matrix, np.ones(size)).reshape(n, j)
    wages = (labour * np.einsum("nij,nj->ij", net, spending)).sum(axis=1)
    deficits = gap * wages - wages * (gap * wages).sum() / wages.sum()
    while True:
        right = (final * deficits[:, None]).reshape(size) + 1.0
        spending = np.linalg.solve(matrix, right).reshape(n, j)
        earned = (labour * np.einsum("nij,nj->ij", net, spending)).sum(axis=1)
        if (spending > 0).all() and (earned + deficits > 0.2 * earned).all():
            return spending
        deficits = deficits / 2
