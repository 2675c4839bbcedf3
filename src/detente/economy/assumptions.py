"""What a solution assumes beside the accounts: closure, use of duty revenue, trade elasticities.

Each choice has a name; an unknown name is an error that lists the choices.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

import numpy as np

from detente.core.errors import InvalidOption, InvalidWorld, UnknownName
from detente.economy.world import World


class Closure(StrEnum):
    """What a trade deficit is tied to.

    FIXED_TO_WORLD_INCOME: each economy's deficit keeps its value in units of world wage income,
        sum_n w_n VA_n, which is the numeraire.
    BALANCED: the baseline is first re-solved with every deficit zero; the shock is measured against that.
    """

    FIXED_TO_WORLD_INCOME = "fixed_to_world_income"
    BALANCED = "balanced"


PRICES = ("wage", "consumer_prices")


@dataclass(frozen=True)
class FixedTo:
    """Each economy's deficit keeps its value in units of one economy's price.

    Attributes:
        price: "wage" or "consumer_prices".
        economy: whose.
    """

    price: str
    economy: str

    @property
    def value(self) -> str:
        """As written: fixed_to_wage:CHN."""
        return f"fixed_to_{self.price}:{self.economy}"

    def __str__(self) -> str:
        return self.value


ClosureRule = Closure | FixedTo


def is_balanced(closure: ClosureRule) -> bool:
    """Whether deficits are zero."""
    return closure is Closure.BALANCED


def choose_closure(closure: ClosureRule | str, world: World) -> ClosureRule:
    """A closure by name: one of `Closure`, or fixed_to_wage:LABEL, fixed_to_consumer_prices:LABEL.

    Raises:
        UnknownName: no such closure, or the world has no such economy.
    """
    if isinstance(closure, str) and closure.startswith("fixed_to_") and ":" in closure:
        price, _, economy = closure.removeprefix("fixed_to_").partition(":")
        closure = FixedTo(price, economy)
    if not isinstance(closure, FixedTo):
        return choose(Closure, closure)
    if closure.price not in PRICES or closure.economy not in world.economies:
        raise UnknownName(
            f"closure {closure.value!r}",
            where=f"world {world.name}",
            why="no such price" if closure.price not in PRICES else f"no economy {closure.economy!r}",
            instead="fixed_to_wage:LABEL or fixed_to_consumer_prices:LABEL with a label of the world, "
            f"or {', '.join(member.value for member in Closure)}",
        )
    return closure


class RevenueUse(StrEnum):
    """What duty revenue does.

    REBATED: households receive it as income and spend it by the final shares.
    GOVERNMENT: the government spends it on services, by the economy's final shares among services;
        it is outside household income.
    """

    REBATED = "rebated"
    GOVERNMENT = "government"


SMALLEST_THETA = 1e-3
"""Nearer to zero than this, the price index of CES form loses its digits."""

Choice = TypeVar("Choice", Closure, RevenueUse)


def choose(kind: type[Choice], name: Choice | str) -> Choice:
    """The member of `kind` with this name.

    Raises:
        UnknownName: nothing carries the name.
    """
    try:
        return kind(name)
    except ValueError:
        what = "closure" if kind is Closure else "revenue use"
        raise UnknownName(
            f"{what} {name!r}",
            why="no such choice",
            instead=f"one of {', '.join(member.value for member in kind)}"
            + (", fixed_to_wage:LABEL, fixed_to_consumer_prices:LABEL" if kind is Closure else ""),
        ) from None


def trade_elasticities(
    world: World, name: str | None, scale: float = 1.0, *, lowest: float = 0.0
) -> tuple[str, np.ndarray]:
    """Name and values of theta = sigma - 1 [sector], `scale` applied to every sector, services included.

    Args:
        world: the world whose sets are searched.
        name: a set, or None for the world's default.
        scale: factor on theta, for the spread over elasticities.
        lowest: theta must lie above this: 0, or -1 in a model with Armington goods and fixed factors.

    Raises:
        UnknownName: the world has no such set.
        InvalidOption: the scale is not a positive number.
        InvalidWorld: the set is not one finite number above `lowest` per sector.
    """
    name = world.default_elasticities if name is None else name
    if name not in world.elasticities:
        raise UnknownName(
            f"elasticities {name!r}",
            where=f"world {world.name}",
            why="the world has no set of that name",
            instead=f"one of {', '.join(world.elasticities)}",
        )
    if not (np.isfinite(scale) and scale > 0):
        raise InvalidOption(
            f"theta_scale {scale}",
            why="theta_scale multiplies every theta; at or below zero it would turn them around",
            instead="a positive number, for example 0.5",
        )
    theta = np.asarray(world.elasticities[name], dtype=float)
    bad = [
        f"{label} {value:g}"
        for label, value in zip(world.sectors, theta, strict=False)
        if not (np.isfinite(value) and value > lowest and abs(value) >= SMALLEST_THETA)
    ]
    if theta.shape != (len(world.sectors),) or bad:
        raise InvalidWorld(
            f"elasticities {name!r}: {', '.join(bad) or f'shape {theta.shape}'}",
            where=f"world {world.name}",
            why="theta must be one positive finite number per sector"
            if lowest == 0
            else f"theta must be one finite number above {lowest:g} per sector, and not zero",
            instead="sigma minus one, above zero, for every sector; Armington short-run values "
            "below zero need the model with sector-specific factors"
            if lowest == 0
            else "sigma minus one; sigma must be positive, and one (Cobb-Douglas) is approached, not met",
        )
    return name, theta * scale
