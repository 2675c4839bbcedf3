"""Solve a model on a world under a policy: a certified outcome, or the reason there is none."""

from __future__ import annotations

import numpy as np

from detente.core.errors import InvalidOption, InvalidPolicy, LabelMismatch
from detente.economy.assumptions import Closure, RevenueUse
from detente.economy.certificate import NotSolved
from detente.economy.models import Model
from detente.economy.models.base import Levers
from detente.economy.outcome import Outcome
from detente.economy.prepare import TOLERANCE, Prepared, prepare
from detente.economy.search import Found, find
from detente.economy.world import World
from detente.policy import SectorPolicy


def solve(
    model: Model | str,
    world: World,
    policy: SectorPolicy,
    *,
    closure: Closure | str = Closure.FIXED_TO_WORLD_INCOME,
    revenue_use: RevenueUse | str = RevenueUse.REBATED,
    elasticities: str | None = None,
    theta_scale: float = 1.0,
    tolerance: float = TOLERANCE,
) -> Outcome | NotSolved:
    """The equilibrium of a world under a policy.

    Args:
        model: a model or its name.
        world: baseline accounts; where they do not balance, the baseline is re-solved first and the
            outcome says so.
        policy: duty changes in fractions of customs value, added to the world's duties and floored at
            zero; and non-tariff costs.
        closure: what deficits are tied to.
        revenue_use: who spends duty revenue.
        elasticities: a set of the world; None for its default.
        theta_scale: factor on every theta.
        tolerance: largest relative residual of any equation; at most 1e-10 is certified.

    Returns:
        Outcome, or NotSolved, which has no numbers.

    Raises:
        LabelMismatch: the policy is on other economies or sectors.
        InvalidPolicy: a duty or cost that is not a number, a cost at or below -100 %, a measure of an
            economy on itself.
        UnknownName, InvalidOption, InvalidWorld: see `prepare`.
    """
    prepared = prepare(
        model,
        world,
        closure=closure,
        revenue_use=revenue_use,
        elasticities=elasticities,
        theta_scale=theta_scale,
    )
    policy = joined(world, policy)
    if isinstance(prepared, NotSolved):
        return prepared
    return solve_prepared(prepared, policy, tolerance=tolerance)


def solve_prepared(
    prepared: Prepared, policy: SectorPolicy, *, tolerance: float = TOLERANCE, part: float = 1.0
) -> Outcome | NotSolved:
    """The equilibrium of a prepared world under a policy, or part of the way to it; see `solve`."""
    if not 0 < tolerance <= TOLERANCE:
        raise InvalidOption(
            f"tolerance {tolerance}",
            why=f"no outcome is certified above {TOLERANCE:g}",
            instead=f"a number in (0, {TOLERANCE:g}]",
        )
    levers, notes = applied(prepared.world, joined(prepared.world, policy))
    base = Levers.of_base(prepared.world)
    levers = levers.part_of_the_way(base, part)
    found = find(
        prepared.model,
        prepared.layout,
        lambda part: prepared.model.shocked(np, prepared.parameters, levers.part_of_the_way(base, part)),
        prepared.start,
        prepared.preconditioner,
        levers=levers,
        tolerance=tolerance,
        accept=tolerance,
    )
    return outcome_of(prepared, found, notes)


def outcome_of(prepared: Prepared, found: Found, notes: tuple[str, ...]) -> Outcome | NotSolved:
    """What a search of a prepared world under a policy came to; `notes` are what the policy arranged."""
    if found.equilibrium is None:
        return NotSolved(found.certificate.reason, found.message, found.certificate)
    return Outcome(
        world=prepared.world,
        model=prepared.model.name,
        elasticities=prepared.elasticities,
        theta_scale=prepared.theta_scale,
        closure=prepared.closure,
        revenue_use=prepared.revenue_use,
        certificate=found.certificate,
        baseline_certificate=prepared.certificate,
        baseline_moved_percent=prepared.moved_percent,
        notes=prepared.notes + notes,
        before=prepared.baseline,
        after=found.equilibrium,
        point=found.point,
    )


def applied(world: World, policy: SectorPolicy) -> tuple[Levers, tuple[str, ...]]:
    """What a policy puts in force, and what was arranged, in words.

    A duty never falls below zero, and none falls on services or on domestic sales.
    """
    services = np.isin(world.sectors, world.services)
    change = np.where(services, 0.0, policy.duty_change)
    notes: tuple[str, ...] = ()
    if np.any(world.duty + change < 0):
        notes = ("duties that would fall below zero were set to zero",)
    if np.any(policy.duty_change[:, :, services]):
        notes += ("duty changes on services sectors were left out: no duty falls on services",)
    return Levers(np.maximum(0.0, world.duty + change), policy.non_tariff_cost), notes


def joined(world: World, policy: SectorPolicy) -> SectorPolicy:
    """The policy in the order of the world's labels, checked.

    Raises:
        LabelMismatch, InvalidPolicy: as `solve`.
    """
    shape = (len(policy.economies), len(policy.economies), len(policy.sectors))
    for name, array in (("duty_change", policy.duty_change), ("non_tariff_cost", policy.non_tariff_cost)):
        if array.shape != shape:
            raise LabelMismatch(
                f"{name} has shape {array.shape}",
                where=f"world {world.name}",
                why=f"the policy's labels need {shape}",
                instead="[importer, exporter, sector] in the order of the labels",
            )
    rows = _order(world.name, "economies", world.economies, policy.economies)
    columns = _order(world.name, "sectors", world.sectors, policy.sectors)
    if rows is not None or columns is not None:
        places = np.ix_(
            np.arange(shape[0]) if rows is None else rows,
            np.arange(shape[0]) if rows is None else rows,
            np.arange(shape[2]) if columns is None else columns,
        )
        policy = SectorPolicy(
            world.economies, world.sectors, policy.duty_change[places], policy.non_tariff_cost[places]
        )
    _check_numbers(world, policy)
    return policy


def _check_numbers(world: World, policy: SectorPolicy) -> None:
    own = np.arange(len(world.economies))
    for name, array in (("duty_change", policy.duty_change), ("non_tariff_cost", policy.non_tariff_cost)):
        if not np.isfinite(array).all():
            raise InvalidPolicy(f"{name} holds numbers that are not finite", instead="0 for no change")
        if np.any(array[own, own]):
            label = world.economies[int(np.flatnonzero(np.any(array[own, own], axis=1))[0])]
            raise InvalidPolicy(
                f"{name} of {label} on itself",
                why="domestic sales cross no border",
                instead="0 where importer and exporter are the same",
            )
    if (policy.non_tariff_cost <= -1).any():
        raise InvalidPolicy(
            f"a non-tariff cost of {100 * policy.non_tariff_cost.min():g}%",
            why="at -100% or below goods would cost nothing to move",
            instead="a cost above -100%",
        )


def _order(name: str, kind: str, ours: tuple[str, ...], theirs: tuple[str, ...]) -> np.ndarray | None:
    """Positions in the policy of the world's labels; None where the order is the same."""
    if ours == theirs:
        return None
    lacking = [label for label in ours if label not in set(theirs)]
    unknown = [label for label in theirs if label not in set(ours)]
    parts = []
    if lacking:
        parts.append(f"the policy lacks {', '.join(lacking)}")
    if unknown:
        parts.append(f"the world lacks {', '.join(unknown)}")
    if len(theirs) != len(set(theirs)):
        parts.append("the policy has a label twice")
    if parts:
        raise LabelMismatch(
            f"{kind} of the policy and of world {name} differ",
            why="; ".join(parts),
            instead="a policy compiled with the weights of this world",
        )
    return np.array([theirs.index(label) for label in ours])
