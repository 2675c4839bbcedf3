"""Everything a solve needs that does not depend on the policy, computed once and kept.

Factors are kept by world (they hold no elasticities); what depends on elasticities, closure and use of
revenue by variant. Both memories are small and hold the worlds they belong to.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np

from detente.economy.assumptions import (
    Closure,
    ClosureRule,
    RevenueUse,
    choose,
    choose_closure,
    is_balanced,
    trade_elasticities,
)
from detente.economy.certificate import Certificate, NotSolved, Reason
from detente.economy.identities import BALANCE_TOLERANCE, Accounts, accounts, require_connected
from detente.economy.levers import Levers
from detente.economy.models import Model, model_named
from detente.economy.models.base import Equilibrium, Linear
from detente.economy.search import Found, Layout, find
from detente.economy.world import World

TOLERANCE = 1e-10
WORLDS_KEPT = 4
VARIANTS_KEPT = 24

FAR_FROM_BALANCE = 0.01
"""Relative gap of the accounts beyond which the search for a baseline starts from settled spending."""

FAR = 0.25
"""Largest log distance of any unknown between a variant's baseline and the point of the factors it would
share; beyond it, solves would need twice the steps, and the variant gets factors of its own."""

T = TypeVar("T")


@dataclass(frozen=True)
class Prepared:
    """A world ready to be shocked under one set of assumptions.

    Attributes:
        world, model, closure, revenue_use: as asked.
        elasticities, theta_scale: name of the set and the factor on it.
        parameters: the model's no-shock system.
        layout: how unknown blocks are stacked.
        preconditioner: approximate inverse Jacobian at the baseline.
        start: stacked unknowns of the baseline; zero where the accounts balance as they stand.
        baseline: the equilibrium that shocks are measured against.
        certificate: the baseline's.
        moved_percent: largest change of a flow of at least a millionth of world wage income between the
            accounts and the baseline; 0 where they balance.
        notes: arrangements made, in words.
    """

    world: World
    model: Model
    closure: ClosureRule
    revenue_use: RevenueUse
    elasticities: str
    theta_scale: float
    parameters: Any
    layout: Layout
    preconditioner: Linear
    start: np.ndarray
    baseline: Equilibrium
    certificate: Certificate
    moved_percent: float
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Shared:
    """What the variants of one world share.

    Attributes:
        books: accounts of the world.
        factors: the model's factors.
        point: stacked unknowns where they were taken.
    """

    books: Accounts
    factors: Any
    point: np.ndarray


class Kept:
    """A small memory that drops what was used longest ago. Keys start with the object they belong to."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._held: OrderedDict[tuple[Any, ...], tuple[object, Any]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, owner: object, key: tuple[Any, ...], make: Callable[[], T]) -> T:
        """What was made for this owner (the object itself, not its equal) and key, or make it now."""
        full = (id(owner), *key)
        with self._lock:
            if full in self._held:
                self._held.move_to_end(full)
                return self._held[full][1]
        made = make()
        with self._lock:
            # The owner is kept with the entry, so that its id is not given to another one.
            self._held[full] = (owner, made)
            while len(self._held) > self._size:
                self._held.popitem(last=False)
        return made

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._held.clear()


_FACTORS = Kept(WORLDS_KEPT)
_BALANCED = Kept(WORLDS_KEPT)
_VARIANTS = Kept(VARIANTS_KEPT)


def forget() -> None:
    """Drop every prepared world and its factors."""
    _FACTORS.clear()
    _BALANCED.clear()
    _VARIANTS.clear()


def prepare(
    model: Model | str,
    world: World,
    *,
    closure: ClosureRule | str = Closure.FIXED_TO_WORLD_INCOME,
    revenue_use: RevenueUse | str = RevenueUse.REBATED,
    elasticities: str | None = None,
    theta_scale: float = 1.0,
) -> Prepared | NotSolved:
    """Prepare a world for many solves; a second call with the same arguments is free.

    Returns:
        Prepared, or NotSolved where the baseline itself has no certified equilibrium.

    Raises:
        UnknownName: of model, closure, revenue use or elasticities.
        InvalidOption: theta_scale.
        InvalidWorld: accounts that cannot be solved from.
    """
    chosen = model_named(model)
    rule, use = choose_closure(closure, world), choose(RevenueUse, revenue_use)
    name, theta = trade_elasticities(world, elasticities, theta_scale, lowest=chosen.lowest_theta)
    key = (chosen.name, rule, use, name, float(theta_scale))
    return _VARIANTS.get(world, key, lambda: _prepare(chosen, world, rule, use, name, theta, theta_scale))


def _prepare(
    model: Model,
    world: World,
    closure: ClosureRule,
    use: RevenueUse,
    name: str,
    theta: np.ndarray,
    scale: float,
) -> Prepared | NotSolved:
    layout = Layout.of(model, len(world.economies), len(world.sectors))
    shared = _FACTORS.get(world, (model.name,), lambda: _factored(model, world, layout))
    if is_balanced(closure):
        # The first balanced variant of a world leaves its factors for the others.
        shared = _BALANCED.get(world, (model.name,), lambda: _at_balance(model, shared, theta, use, layout))
    books = shared.books
    parameters = model.parameters(books, theta, use, closure)
    near = model.preconditioner(shared.factors, parameters)
    # A world whose flows do not balance, or one stripped of its deficits, is solved without a shock first.
    found = find(
        model,
        layout,
        lambda _: parameters,
        shared.point,
        near,
        levers=Levers.of_base(world),
        tolerance=TOLERANCE / 100 if is_balanced(closure) else BALANCE_TOLERANCE,
        accept=TOLERANCE,
    )
    if found.equilibrium is None:
        message = f"the {closure} baseline of {world.name} has no certified equilibrium: {found.message}"
        return NotSolved(Reason.BASELINE_NOT_SOLVED, message, found.certificate)
    if np.abs(found.point - shared.point).max(initial=0.0) > FAR:
        near = model.preconditioner(model.factor(parameters, layout.split(found.point)), parameters)
    return Prepared(
        world,
        model,
        closure,
        use,
        name,
        scale,
        parameters,
        layout,
        near,
        found.point,
        found.equilibrium,
        found.certificate,
        _moved_percent(world, found),
        _notes(world, books, closure, parameters),
    )


def _factored(model: Model, world: World, layout: Layout) -> Shared:
    """Accounts and factors of a world as it stands. Any elasticities do: the factors do not hold them.

    Where the accounts are far from balance, the factors are taken at spending that meets use instead.
    """
    books, point = accounts(world), np.zeros(layout.size)
    require_connected(world.flows.sum(axis=2), world.economies)
    ones = np.ones(len(world.sectors))
    parameters = model.parameters(books, ones, RevenueUse.REBATED, Closure.FIXED_TO_WORLD_INCOME)
    if books.gap > FAR_FROM_BALANCE:
        point = layout.stack(model.start(parameters))
    return Shared(books, model.factor(parameters, layout.split(point)), point)


def _at_balance(model: Model, shared: Shared, theta: np.ndarray, use: RevenueUse, layout: Layout) -> Shared:
    """Factors where deficits are zero; those of the data where that point cannot be found."""
    parameters = model.parameters(shared.books, theta, use, Closure.BALANCED)
    found = find(
        model,
        layout,
        lambda _: parameters,
        shared.point,
        model.preconditioner(shared.factors, parameters),
        levers=Levers.of_base(shared.books.world),
        tolerance=TOLERANCE,
        accept=TOLERANCE,
    )
    if found.equilibrium is None:
        return shared
    return Shared(shared.books, model.factor(parameters, layout.split(found.point)), found.point)


def _moved_percent(world: World, found: Found) -> float:
    assert found.equilibrium is not None
    income = found.equilibrium.wages.sum()
    seen = world.flows > 1e-6 * income
    change = np.abs(found.equilibrium.flows - world.flows)[seen] / world.flows[seen]
    return 100 * float(change.max(initial=0.0)) if np.any(found.point) else 0.0


def _notes(world: World, books: Accounts, closure: ClosureRule, parameters: Any) -> tuple[str, ...]:
    notes = tuple(getattr(parameters, "notes", ()))
    if books.gap > TOLERANCE and not is_balanced(closure):
        notes += (
            f"the accounts of {world.name} do not balance (largest gap {100 * books.gap:.3g}% of a sector's "
            "spending); the baseline was re-solved first",
        )
    return notes
