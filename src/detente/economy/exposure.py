"""Who depends on whom: the first-order matrix of real income against costs of trade, and exact full cuts.

First order: by how many percent household real income of an economy falls when goods of a supplier cost one
percent more to bring to it (a resource cost), or its own goods one percent more to bring to a market. One
adjoint solve an economy gives its whole row, every partner and sector. A full cut is another question with
another answer: what the economy loses where the flow ends, exactly, everything else adjusting. The ratio of
the two says how replaceable a partner is; neither can be told from the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from detente.economy.adjoint import GradientCertificate, gradients, measure
from detente.economy.batch import solve_many
from detente.economy.certificate import NotSolved
from detente.economy.outcome import Outcome
from detente.economy.prepare import Prepared
from detente.economy.solve import joined, solve_prepared
from detente.policy import Instrument, QuantityRule, SectorPolicy


@dataclass(frozen=True)
class Exposure:
    """First-order dependence of some economies on all partners, by sector.

    In percent of household real income per percent of additional cost; negative is a loss.

    Attributes:
        outcome: the equilibrium it is taken at.
        economies: whose real income, the first axis.
        supplier: cost on the partner's goods on the way to the economy [economy, partner, sector].
        market: cost on the economy's goods on the way to the partner [economy, partner, sector].
        anywhere: cost on the partner's goods on the way to every other economy [economy, partner, sector].
        certificate: of the adjoint solves.
    """

    outcome: Outcome
    economies: tuple[str, ...]
    supplier: np.ndarray
    market: np.ndarray
    anywhere: np.ndarray
    certificate: GradientCertificate


def exposure(
    prepared: Prepared, policy: SectorPolicy, economies: Sequence[str] | None = None
) -> Exposure | NotSolved:
    """The first-order exposure of economies (all by default) at the equilibrium under a policy."""
    labels = prepared.world.economies
    chosen = tuple(labels if economies is None else economies)
    objectives = [measure("real_income_percent", label) for label in chosen]
    found = gradients(prepared, policy, objectives, check=len(chosen) == 1)
    if isinstance(found, NotSolved):
        return found
    n, j = len(labels), len(prepared.world.sectors)
    supplier, market, anywhere = (np.zeros((len(chosen), n, j)) for _ in range(3))
    abroad = 1.0 - np.eye(n)
    for row, (label, result) in enumerate(zip(chosen, found, strict=True)):
        own = labels.index(label)
        cost = result.levers.cost * abroad[:, :, None] / 100
        supplier[row], market[row], anywhere[row] = cost[own], cost[:, own], cost.sum(axis=0)
    return Exposure(found[0].outcome, chosen, supplier, market, anywhere, found[0].certificate)


@dataclass(frozen=True)
class Cut:
    """A flow that ends: all goods, or one sector's.

    Attributes:
        importer, exporter: of the flow.
        sector: label, or None for all of them.
    """

    importer: str
    exporter: str
    sector: str | None = None


def cut_percent(
    prepared: Prepared, policy: SectorPolicy, cuts: Iterable[Cut]
) -> list[np.ndarray | NotSolved]:
    """Exact change of household real income of every economy where a flow ends, against the policy alone.

    Returns:
        For each cut percent by economy [N], or the reason there is no equilibrium.
    """
    world = prepared.world
    policy = joined(world, policy)
    before = solve_prepared(prepared, policy)
    listed = list(cuts)
    if isinstance(before, NotSolved):
        return [before] * len(listed)
    start = before.real_household_income()
    return solve_many(
        prepared,
        (policy_with(policy, cut) for cut in listed),
        lambda outcome: 100 * (outcome.real_household_income() / start - 1),
    )


def policy_with(policy: SectorPolicy, cut: Cut) -> SectorPolicy:
    """The policy, and the flow of a cut under an embargo."""
    sectors = policy.sectors if cut.sector is None else (cut.sector,)
    embargo = QuantityRule(
        Instrument.QUANTITY_LIMIT,
        cut.exporter,
        cut.importer,
        cut.exporter,
        dict.fromkeys(sectors, 1.0),
        0.0,
    )
    return replace(policy, quantities=(*policy.quantities, embargo))
