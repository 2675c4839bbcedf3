"""Solve a model on a world under a policy: a certified outcome, or the reason there is none."""

from __future__ import annotations

import numpy as np

from detente.core.errors import InvalidOption, InvalidPolicy, LabelMismatch
from detente.economy.assumptions import Closure, ClosureRule, RevenueUse
from detente.economy.certificate import NotSolved
from detente.economy.levers import Levers, Rules, applied
from detente.economy.models import Model
from detente.economy.outcome import Outcome
from detente.economy.prepare import TOLERANCE, Prepared, prepare
from detente.economy.rules import Ruled, find_under_rules
from detente.economy.world import World
from detente.policy import SectorPolicy


def solve(
    model: Model | str,
    world: World,
    policy: SectorPolicy,
    *,
    closure: ClosureRule | str = Closure.FIXED_TO_WORLD_INCOME,
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
    levers, rules, notes = applied(prepared.world, joined(prepared.world, policy))
    _require_instruments(prepared.model, levers, rules)
    levers = levers.part_of_the_way(Levers.of_base(prepared.world), part)
    ruled = find_under_rules(prepared, levers, rules.part_of_the_way(part), tolerance)
    return outcome_of(prepared, ruled, notes)


def _require_instruments(model: Model, levers: Levers, rules: Rules) -> None:
    """Raises: InvalidPolicy, where the model does not take what the policy asks for."""
    asked = {"taxes": bool(np.any(levers.export_tax)), "rules": rules.any}
    words = {"taxes": "export taxes and production subsidies", "rules": "quantity limits and floors"}
    for name in (name for name, used in asked.items() if used and name not in model.instruments):
        raise InvalidPolicy(
            f"{words[name]} in the model {model.name}",
            why="it takes import duties and non-tariff costs only",
            instead="the model input-output or specific-factors",
        )


def outcome_of(prepared: Prepared, ruled: Ruled, notes: tuple[str, ...]) -> Outcome | NotSolved:
    """What a search of a prepared world under a policy came to; `notes` are what the policy arranged."""
    found = ruled.found
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
        binding=ruled.binding,
        licences=ruled.licences,
    )


def joined(world: World, policy: SectorPolicy) -> SectorPolicy:
    """The policy in the order of the world's labels, checked.

    Raises:
        LabelMismatch, InvalidPolicy: as `solve`.
    """
    shape = (len(policy.economies), len(policy.economies), len(policy.sectors))
    for name in ("duty_change", "non_tariff_cost", "export_tax", "production_subsidy"):
        array = getattr(policy, name)
        needed = shape[1:] if name == "production_subsidy" else shape
        if array.shape != needed:
            raise LabelMismatch(
                f"{name} has shape {array.shape}",
                where=f"world {world.name}",
                why=f"the policy's labels need {needed}",
                instead="[importer, exporter, sector], for subsidies [economy, sector], in the order "
                "of the labels",
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
            world.economies,
            world.sectors,
            policy.duty_change[places],
            policy.non_tariff_cost[places],
            policy.export_tax[places],
            policy.production_subsidy[places[0].reshape(-1), :][:, places[2].reshape(-1)],
            policy.quantities,
        )
    _check_numbers(world, policy)
    return policy


def _check_numbers(world: World, policy: SectorPolicy) -> None:
    own = np.arange(len(world.economies))
    # A high base duty can be taken off whole; what lies below zero after that is floored.
    level = {"duty_change": world.duty, "non_tariff_cost": 0.0, "export_tax": 0.0}
    for name in ("duty_change", "non_tariff_cost", "export_tax", "production_subsidy"):
        array = getattr(policy, name)
        if not np.isfinite(array).all():
            raise InvalidPolicy(f"{name} holds numbers that are not finite", instead="0 for no change")
        if name != "production_subsidy" and np.any(array[own, own]):
            label = world.economies[int(np.flatnonzero(np.any(array[own, own], axis=1))[0])]
            raise InvalidPolicy(
                f"{name} of {label} on itself",
                why="domestic sales cross no border",
                instead="0 where importer and exporter are the same",
            )
        if name == "production_subsidy":
            if (array >= 1).any():
                raise InvalidPolicy(
                    f"a production subsidy of {100 * array.max():g}%",
                    why="at 100% or more goods would cost nothing",
                    instead="a subsidy below 100% of the seller's price",
                )
        elif (array + level[name] < -1).any() or (name != "duty_change" and (array <= -1).any()):
            raise InvalidPolicy(
                f"{WORDS[name]} of {100 * array.min():g}%",
                why="below -100% of value there is nothing left to take off"
                if name == "duty_change"
                else "at -100% or below goods would cost nothing to move",
                instead="a change of at least -100%"
                if name == "duty_change"
                else f"{WORDS[name]} above -100%",
            )


WORDS = {
    "duty_change": "a duty change",
    "non_tariff_cost": "a non-tariff cost",
    "export_tax": "an export tax",
}


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
