"""Accounting identities of a baseline: spending, sales, income, deficits, and whether they hold.

Arrays over pairs are [importer, exporter, sector]; money is in the world's unit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse.csgraph import connected_components

from detente.core.errors import InvalidWorld
from detente.economy.world import World

BALANCE_TOLERANCE = 1e-12
"""Largest relative gap of a baseline that is taken to balance already."""

SHARE_TOLERANCE = 1e-5
"""Largest gap of a column of cost shares from one that is rounding and may be rescaled away."""


@dataclass(frozen=True)
class Accounts:
    """What the flows, duties and shares of a world imply.

    Attributes:
        world: the world they are the accounts of.
        supplier_share: spending share of each exporter in the importer's sector [N, N, J]; where the
            importer buys nothing at all, its own share is 1, so that a price is defined.
        spending: spending at duty-inclusive prices by importer and sector [N, J].
        sales: sales by exporter and sector, before duty [N, J].
        value_added: wage income [N].
        revenue: duty revenue [N].
        deficit: imports less exports before duty [N]; sums to zero.
        value_added_share: value added over gross output [N, J].
        input_share: input costs over gross output [N, input k, user j]; with the value-added share
            it sums to one exactly.
        final_share: sector shares in final spending [N, J]; rows sum to one exactly.
        gap: largest relative gap of spending against intermediate plus final use.
    """

    world: World
    supplier_share: np.ndarray
    spending: np.ndarray
    sales: np.ndarray
    value_added: np.ndarray
    revenue: np.ndarray
    deficit: np.ndarray
    value_added_share: np.ndarray
    input_share: np.ndarray
    final_share: np.ndarray
    gap: float

    @property
    def income(self) -> np.ndarray:
        """Final spending: wages, revenue and deficit [N]."""
        return self.value_added + self.revenue + self.deficit


def accounts(world: World) -> Accounts:
    """The accounts of a world, with cost shares rescaled where they miss one by rounding.

    Raises:
        InvalidWorld: wrong shapes, numbers that are not finite, negative flows or duties, an economy
            without wage income, or cost shares that do not sum to one.
    """
    check_arrays(world)
    flows, duty = world.flows, world.duty
    gross = flows * (1 + duty)
    spending = gross.sum(axis=1)
    sales = flows.sum(axis=0)
    bought = spending > 0
    share = gross / np.where(bought, spending, 1.0)[:, None, :]
    own = np.arange(len(world.economies))
    share[own, own, :] += ~bought
    inputs = _rescaled_inputs(world, sales)
    final = world.final_share / world.final_share.sum(axis=1, keepdims=True)
    value_added = (world.value_added_share * sales).sum(axis=1)
    if (value_added <= 0).any():
        _refuse(
            world,
            f"no value added in {_named(world, value_added <= 0)}",
            why="wages are earned from value added",
            instead="merge these economies into another",
        )
    revenue = (flows * duty).sum(axis=(1, 2))
    deficit = flows.sum(axis=(1, 2)) - sales.sum(axis=1)
    use = np.einsum("nkj,nj->nk", inputs, sales) + final * (value_added + revenue + deficit)[:, None]
    gap = float(np.max(np.abs(use - spending)[bought] / spending[bought], initial=0.0))
    stranded = ~bought & (np.abs(use) > BALANCE_TOLERANCE * value_added.sum())
    if stranded.any():
        row, column = np.argwhere(stranded)[0]
        _refuse(
            world,
            f"{world.economies[row]} uses {world.sectors[column]} and buys it from nobody",
            why="use without a supplier has no price",
            instead="a flow, at home or from abroad, or no share in inputs and final spending",
        )
    return Accounts(
        world,
        share,
        spending,
        sales,
        value_added,
        revenue,
        deficit,
        world.value_added_share,
        inputs,
        final,
        gap,
    )


def require_connected(trade: np.ndarray, labels: Sequence[str]) -> None:
    """Refuse economies that trade with nobody, or groups without trade between them.

    Args:
        trade: flows [importer, exporter]; the diagonal does not matter.
        labels: of the economies.

    Raises:
        InvalidWorld: their wages relative to the others' are not determined.
    """
    groups, member = connected_components(trade > 0, directed=False)
    if groups > 1:
        largest = np.bincount(member).argmax()
        outside = [label for label, group in zip(labels, member, strict=True) if group != largest]
        raise InvalidWorld(
            f"no trade between {', '.join(outside)} and the others",
            why="wages are relative to those of trading partners; without any they are not determined",
            instead="leave them out (what others do does not move them), or merge them with another",
        )


def check_arrays(world: World) -> None:
    """Shapes, finiteness and signs of a world's arrays.

    Raises:
        InvalidWorld: naming the array and what it must be.
    """
    n, j = len(world.economies), len(world.sectors)
    shapes = {
        "flows": (n, n, j),
        "duty": (n, n, j),
        "value_added_share": (n, j),
        "input_share": (n, j, j),
        "final_share": (n, j),
    }
    for name, shape in shapes.items():
        array = getattr(world, name)
        if array.shape != shape:
            _refuse(
                world,
                f"{name} has shape {array.shape}",
                why=f"{n} economies and {j} sectors need {shape}",
                instead="arrays in the order of the labels",
            )
        if not np.isfinite(array).all():
            _refuse(world, f"{name} holds numbers that are not finite", why="", instead="0 for no flow")
    if world.unit != "USD million":
        _refuse(world, f"unit {world.unit!r}", why="outcomes are in USD million", instead="USD million")
    own = np.arange(n)
    rules = (
        ("flows", (world.flows < 0).any(), "a flow is never negative"),
        ("duty", (world.duty < 0).any(), "a base duty is never negative"),
        ("duty", (world.duty[own, own] != 0).any(), "domestic sales pay no duty"),
        ("value_added_share", (world.value_added_share < 0).any(), "a share is never negative"),
        ("final_share", (world.final_share.sum(axis=1) <= 0).any(), "final spending needs shares"),
    )
    for name, broken, why in rules:
        if broken:
            _refuse(world, name, why=why, instead="correct the source of the world")
    for label, elasticity in world.critical_inputs.items():
        if label not in world.sectors:
            _refuse(
                world,
                f"critical input {label!r}",
                why="it is not a sector of the world",
                instead=f"one of {', '.join(world.sectors[:5])}, ...",
            )
        if not (np.isfinite(elasticity) and elasticity >= 0):
            _refuse(
                world,
                f"elasticity {elasticity} of critical input {label}",
                why="an elasticity of substitution is zero or more",
                instead="for example 0.5",
            )


def _rescaled_inputs(world: World, sales: np.ndarray) -> np.ndarray:
    """Input shares scaled so that value added and inputs exhaust sales: published shares are rounded."""
    inputs = world.input_share.sum(axis=1)
    wanted = 1 - world.value_added_share
    empty = (inputs == 0) | (sales == 0)
    off = np.abs(inputs - wanted) * (sales > 0)
    if off.max() > SHARE_TOLERANCE:
        row, column = np.unravel_index(int(off.argmax()), off.shape)
        _refuse(
            world,
            f"cost shares of {world.economies[row]} {world.sectors[column]} sum to "
            f"{inputs[row, column] + world.value_added_share[row, column]:.6f}",
            why="value added and inputs must exhaust gross output",
            instead="shares that sum to one",
        )
    # Without the rescaling a sum of 1 + 4e-7 keeps the wage loop from closing below 1e-8.
    return world.input_share * np.where(empty, 1.0, wanted / np.where(inputs == 0, 1.0, inputs))[:, None, :]


def _named(world: World, mask: np.ndarray) -> str:
    return ", ".join(label for label, hit in zip(world.economies, mask, strict=True) if hit)


def _refuse(world: World, what: str, *, why: str, instead: str) -> None:
    raise InvalidWorld(what, where=f"world {world.name}", why=why, instead=instead)
