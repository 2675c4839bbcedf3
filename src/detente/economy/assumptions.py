"""What a solution assumes beside the accounts: closure, use of duty revenue, trade elasticities.

Each choice has a name; an unknown name is an error that lists the choices.
"""

from __future__ import annotations

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


class RevenueUse(StrEnum):
    """What duty revenue does.

    REBATED: households receive it as income and spend it by the final shares.
    GOVERNMENT: the government spends it on services, by the economy's final shares among services;
        it is outside household income.
    """

    REBATED = "rebated"
    GOVERNMENT = "government"


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
            instead=f"one of {', '.join(member.value for member in kind)}",
        ) from None


def trade_elasticities(world: World, name: str | None, scale: float = 1.0) -> tuple[str, np.ndarray]:
    """Name and values of theta = sigma - 1 [sector], `scale` applied to every sector, services included.

    Args:
        world: the world whose sets are searched.
        name: a set, or None for the world's default.
        scale: factor on theta, for the spread over elasticities.

    Raises:
        UnknownName: the world has no such set.
        InvalidOption: the scale is not a positive number.
        InvalidWorld: the set is not one positive finite number per sector.
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
            why="theta must stay positive: at or below zero the model has no equilibrium it can certify",
            instead="a positive number, for example 0.5",
        )
    theta = np.asarray(world.elasticities[name], dtype=float)
    bad = [
        f"{label} {value:g}"
        for label, value in zip(world.sectors, theta, strict=False)
        if not (np.isfinite(value) and value > 0)
    ]
    if theta.shape != (len(world.sectors),) or bad:
        raise InvalidWorld(
            f"elasticities {name!r}: {', '.join(bad) or f'shape {theta.shape}'}",
            where=f"world {world.name}",
            why="theta must be one positive finite number per sector",
            instead="sigma minus one, above zero, for every sector; Armington short-run values "
            "below zero need a model with fixed factors",
        )
    return name, theta * scale
