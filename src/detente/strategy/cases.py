"""The settings under which levers are compared: horizon, elasticities, closure, use of revenue, sourced
ranges.

    trade elasticity   k sigma_s(h), sigma_s(h) the sector's after h years (economy/horizon), k a scale
    substitution       of a critical input for others: its range in the first year; a level higher after that
    sourced ranges     each at its central value, or all at the ends that favour one side

A long run without years stands for models that have no horizon.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from detente.economy.assumptions import SMALLEST_THETA, Closure, RevenueUse
from detente.economy.horizon import Adjustment
from detente.economy.models import InputOutput
from detente.economy.models.base import Model
from detente.economy.models.registry import model_named
from detente.economy.world import World
from detente.policy import Rent
from detente.strategy.sourced import LEVELS, Sourced

SET = "of the case"
"""Name of the elasticities that a case makes."""

WITH_HORIZON = ("input-output", "specific-factors")

SHIFTED_FROM = 2.0
"""Years from which critical inputs are replaced more easily than in their first-year range."""

EASIEST = 1.0
"""Elasticity of substitution that stands above the highest of a range: Cobb-Douglas."""


@dataclass(frozen=True)
class Case:
    """One setting.

    Attributes:
        factor: what it changes against the central one.
        label: in words.
        years: since the lever was used; None in models without a horizon.
        elasticities: a set of the world.
        scheme: how elasticities grow over years, see `horizon.Adjustment`.
        scale: k, on every trade elasticity.
        closure, revenue_use: as `solve` takes them.
        substitution: low, central or high of the ranges of critical inputs.
        favour: side that sourced ranges favour; empty for their central values.
        rent: owner of what withheld goods become worth; empty for the one that the lever names.
        fixed: critical input -> elasticity of substitution, instead of its range.
    """

    factor: str
    label: str
    years: float | None
    elasticities: str
    scheme: str = "scaled"
    scale: float = 1.0
    closure: str = Closure.FIXED_TO_WORLD_INCOME.value
    revenue_use: str = RevenueUse.REBATED.value
    substitution: str = "central"
    favour: str = ""
    rent: str = ""
    fixed: Mapping[str, float] = field(default_factory=dict, hash=False)

    def level(self, holder: str, *, high_favours: bool = True) -> str:
        """Level of a range that belongs to a lever of this holder.

        Args:
            high_favours: whether more of it serves the holder.
        """
        if not self.favour:
            return "central"
        return "high" if (self.favour == holder) == high_favours else "low"

    def to_dict(self) -> dict[str, object]:
        """For JSON."""
        return {
            "factor": self.factor,
            "label": self.label,
            "years": self.years,
            "elasticities": self.elasticities,
            "scheme": self.scheme if self.years is not None else None,
            "elasticity_scale": self.scale,
            "closure": self.closure,
            "revenue_use": self.revenue_use,
            "substitution": self.substitution,
            "favour": self.favour or None,
            "rent": self.rent or None,
        }


def model_of(case: Case, name: str) -> Model:
    """The model of a case: factors as free to move as after its years, or the model as it is."""
    if case.years is None:
        return model_named(name)
    return InputOutput(Adjustment().mobile_share(case.years))


def theta_of(case: Case, world: World) -> np.ndarray:
    """sigma - 1 by sector in a case [J]."""
    long_run = np.asarray(world.elasticities[case.elasticities], dtype=float)
    if case.years is None:
        return case.scale * long_run
    services = np.isin(world.sectors, world.services)
    theta = case.scale * (1 + Adjustment(scheme=case.scheme).theta(case.years, long_run, services)) - 1
    small = np.abs(theta) < SMALLEST_THETA
    return np.where(small, np.where(theta < 0, -SMALLEST_THETA, SMALLEST_THETA), theta)


def substitution_of(
    case: Case, ranges: Mapping[str, Mapping[str, float]], holders: Mapping[str, str]
) -> dict[str, float]:
    """Elasticity of substitution of each critical input in a case.

    Args:
        ranges: input -> level -> elasticity, of the first year.
        holders: input -> side whose lever it is; where it is nobody's the central value stands.
    """
    later = case.years is None or case.years >= SHIFTED_FROM
    found = {}
    for part, levels in ranges.items():
        level = case.substitution
        if case.favour and part in holders:
            level = case.level(holders[part], high_favours=False)
        steps = [*(levels[one] for one in LEVELS), EASIEST]
        found[part] = case.fixed.get(part, steps[LEVELS.index(level) + later])
    return {part: eta for part, eta in found.items() if eta < EASIEST}


def world_of(
    case: Case,
    world: World,
    ranges: Mapping[str, Mapping[str, float]],
    holders: Mapping[str, str],
) -> World:
    """The world with the elasticities of a case, under the name `SET`."""
    return replace(
        world,
        elasticities={**world.elasticities, SET: theta_of(case, world)},
        critical_inputs=substitution_of(case, ranges, holders),
    )


def cases(
    world: World, model: str, years: Sequence[float | None], sides: tuple[str, str], *, brief: bool = False
) -> list[list[Case]]:
    """The settings of each horizon, the central one first.

    Args:
        world: with its sets of elasticities.
        model: its name; those without a horizon have one long run.
        years: since the levers were used; None for the long run.
        sides: whom the sourced ranges favour in turn.
        brief: leave out what seldom decides, or is among the sourced ranges: sets, the other scheme, use of
            revenue, substitution by itself, and with a horizon balanced trade.
    """
    horizons: list[float | None] = list(years) if model in WITH_HORIZON else [None]
    found = []
    for year in horizons:
        central = Case("central", "central", year, world.default_elasticities)
        listed = [central]
        if not brief:
            if year is not None:
                listed.append(
                    replace(central, factor="elasticities over years", label="one elasticity for all goods",
                            scheme="estimate")
                )  # fmt: skip
            listed += [
                replace(central, factor="elasticities", label=f"elasticities {name}", elasticities=name)
                for name in ends_of(world)
            ]
            listed.append(
                replace(central, factor="use of revenue", label="revenue spent by government",
                        revenue_use=RevenueUse.GOVERNMENT.value)
            )  # fmt: skip
        listed += [
            replace(central, factor="trade elasticity", label=f"trade elasticities x {scale:g}", scale=scale)
            for scale in (0.5, 2.0)
        ]
        if not brief or year is None:
            listed.append(
                replace(central, factor="closure", label="balanced trade", closure=Closure.BALANCED.value)
            )
        if not brief and model in WITH_HORIZON:
            owner = Rent.LICENCE_HOLDERS.value
            listed.append(
                replace(central, factor="rent of licences", label="rent of licences to sellers", rent=owner)
            )
        if world.critical_inputs and not brief:
            listed += [
                replace(central, factor="substitution", label=f"substitution of critical inputs {level}",
                        substitution=level)
                for level in ("low", "high")
            ]  # fmt: skip
        listed += [
            replace(central, factor="sourced ranges", label=f"sourced ranges that favour {side}", favour=side)
            for side in sides
        ]
        found.append(listed)
    return found


def ends_of(world: World) -> list[str]:
    """The sets with the lowest and the highest mean trade elasticity over goods traded, the default apart."""
    goods = ~np.isin(world.sectors, world.services)
    own = np.eye(len(world.economies), dtype=bool)
    weight = np.where(own[:, :, None], 0.0, world.flows).sum(axis=(0, 1)) * goods
    names = [name for name in world.elasticities if not name.endswith("_winsorised")]
    ordered = sorted(names, key=lambda name: float(np.asarray(world.elasticities[name]) @ weight))
    return [name for name in dict.fromkeys((ordered[0], ordered[-1])) if name != world.default_elasticities]


def at(value: Sourced, case: Case, holder: str, *, high_favours: bool = True) -> float:
    """A sourced range at a case's level."""
    return float(getattr(value, case.level(holder, high_favours=high_favours)))
