"""What a lever does in a case: to its target, to its holder, to everybody else.

Every number is the difference of two certified equilibria of the same case, with and without the lever, on
top of the policies in force on the day. A lever whose equilibrium is not certified has a reason and no
numbers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from detente.core.errors import DetenteError, InvalidLever
from detente.core.products import Scope, normalise_hs
from detente.economy.batch import solve_many
from detente.economy.certificate import NotSolved
from detente.economy.outcome import Outcome
from detente.economy.prepare import Prepared, prepare
from detente.economy.solve import solve_prepared
from detente.economy.world import World
from detente.policy import ALL, Instrument, Policy, PolicyRow, QuantityRule, Rent, SectorPolicy, Unit, Weights
from detente.strategy.cases import SET, Case, model_of, substitution_of, theta_of
from detente.strategy.levers_file import Lever
from detente.strategy.nash import Progress, quiet

CLOSEST = 1e-6
"""Least share of a flow left: less has no equilibrium where an input cannot be replaced."""

SHOWN = 3
"""Third countries named on either end."""


@dataclass(frozen=True)
class Effect:
    """What a lever costs, as yearly rates once it bites; a cost below zero is a gain.

    Attributes:
        target_percent, holder_percent: of real income of today.
        target_usd_million, holder_usd_million: the same in money.
        spillover_usd_million: cost to all others together.
        others_percent: the hardest hit and the largest winners among them, cost in percent.
        diverted_share: of what the target no longer sells to the holder, sold elsewhere; None where it sells
            no less.
        residual: largest relative residual of the two equilibria.
    """

    target_percent: float
    holder_percent: float
    target_usd_million: float
    holder_usd_million: float
    spillover_usd_million: float
    others_percent: Mapping[str, float]
    diverted_share: float | None
    residual: float

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "solved": True,
            "cost_to_target_percent": self.target_percent,
            "cost_to_holder_percent": self.holder_percent,
            "cost_to_target_usd_million": self.target_usd_million,
            "cost_to_holder_usd_million": self.holder_usd_million,
            "cost_to_others_usd_million": self.spillover_usd_million,
            "cost_to_others_percent": dict(self.others_percent),
            "diverted_share": self.diverted_share,
            "residual": self.residual,
        }


Answer = Effect | NotSolved


def policy_of(
    lever: Lever,
    size: float,
    replaced: float,
    weights: Weights,
    today: Outcome | None = None,
    rent: str = "",
) -> SectorPolicy:
    """The policy of a lever of some size.

    Args:
        lever: with moves.
        size: points, or the share of the flow withheld.
        replaced: share of what is withheld that comes from elsewhere within twelve months; it loosens the
            limit, since where it comes from is not stated.
        weights: of the world, split as the moves need.
        today: the equilibrium whose quantities a share is of; the world's baseline by default.
        rent: owner of what withheld goods become worth, instead of the lever's own.

    Raises:
        InvalidLever: labels or goods that the world does not have.
    """
    rows, rules = [], []
    for move in lever.moves:
        limit = move.instrument is Instrument.QUANTITY_LIMIT
        try:
            row = PolicyRow(
                move.instrument,
                lever.holder,
                move.importer,
                move.exporter,
                Scope(include=frozenset(normalise_hs(code) for code in move.hs))
                if move.hs
                else Scope.everything(),
                0.0 if limit else size,
                Unit.SHARE if limit else Unit.PERCENT_OF_VALUE,
                sector_share=dict.fromkeys(move.sectors, 1.0) or None,
                rent=Rent(rent) if limit and rent else move.rent,
            )
            found = Policy((row,)).on(weights)
        except DetenteError as error:
            raise InvalidLever(
                f"lever {lever.id}: {error.what}", where=lever.where, why=error.why, instead=error.instead
            ) from None
        if limit:
            withheld = size * (1 - replaced)
            rules += [_of_today(rule, withheld, today) for rule in found.quantities if withheld > 0]
        else:
            rows.append(row)
    found = Policy(tuple(rows)).on(weights)
    return replace(found, quantities=tuple(one for listed in rules for one in listed))


def _of_today(rule: QuantityRule, withheld: float, today: Outcome | None) -> list[QuantityRule]:
    """A limit by sector on what is left of today's quantity, the goods that the lever leaves alone
    included."""
    found = []
    for sector, covered in rule.coverage.items():
        ratio = 1.0 if today is None else _ratio(today, rule, sector)
        left = max(CLOSEST, (1 - covered * withheld) * ratio)
        found.append(replace(rule, coverage={sector: 1.0}, value=left))
    return found


def _ratio(today: Outcome, rule: QuantityRule, sector: str) -> float:
    """Quantity of a flow today over that of the baseline, customs basis."""
    world = today.world
    own = np.eye(len(world.economies), dtype=bool)
    flow = ~own
    if rule.importer != ALL:
        flow = flow & (np.array(world.economies) == rule.importer)[:, None]
    if rule.exporter != ALL:
        flow = flow & (np.array(world.economies) == rule.exporter)[None, :]
    at = world.sectors.index(sector)
    basis = 1.0 if world.customs_ratio is None else world.customs_ratio[:, :, at]
    now, then = (
        float((state.quantity[:, :, at] * basis)[flow].sum()) for state in (today.after, today.before)
    )
    return now / then if then > 0 else 1.0


def require_labels(lever: Lever, world: World) -> None:
    """Refuse a lever on economies or sectors that the world lacks.

    Raises:
        InvalidLever: with the lever's file and line.
    """
    labels = [lever.holder, lever.target]
    labels += [label for move in lever.moves for label in (move.importer, move.exporter) if label != ALL]
    strange = [label for label in labels if label not in world.economies]
    goods = [sector for move in lever.moves for sector in move.sectors if sector not in world.sectors]
    if strange or goods:
        raise InvalidLever(
            f"lever {lever.id}: {(strange or goods)[0]!r}",
            where=lever.where,
            why=f"world {world.name} has no such {'economy' if strange else 'sector'}",
            instead=f"one of {', '.join(world.economies if strange else world.sectors)}",
        )


class Bench:
    """Solves levers case by case, keeping what cases share, and counts what it solved.

    Args:
        world: split as the levers need.
        weights: its HS weights.
        today: policies in force, as changes from the world's base day.
        model: its name.
        ranges: critical input -> level -> elasticity of substitution.
        holders: critical input -> side whose lever it is.
        progress: called with words.
    """

    def __init__(
        self,
        world: World,
        weights: Weights,
        today: SectorPolicy,
        model: str,
        ranges: Mapping[str, Mapping[str, float]],
        holders: Mapping[str, str],
        progress: Progress = quiet,
    ) -> None:
        self.world, self.weights, self.today, self.model = world, weights, today, model
        self.ranges, self.holders, self.progress = ranges, holders, progress
        self.solves = 0
        self._worlds: dict[tuple[Any, ...], World] = {}
        self._before: dict[int, Outcome | NotSolved] = {}
        self._prepared: list[Prepared] = []
        self._answers: dict[tuple[Any, ...], Answer] = {}

    def prepared(self, case: Case) -> Prepared | NotSolved:
        """The world under a case's assumptions."""
        eta = substitution_of(case, self.ranges, self.holders)
        key = (case.years, *sorted(eta.items()))
        if key not in self._worlds:
            self._worlds[key] = replace(
                self.world, elasticities=dict(self.world.elasticities), critical_inputs=eta
            )
        world = self._worlds[key]
        name = f"{SET} {case.elasticities} {case.scheme} {case.scale!r}"
        # Sets are added to the one world of a horizon: factors, which hold no elasticities, belong to it.
        world.elasticities.setdefault(name, theta_of(case, self.world))  # pyright: ignore[reportAttributeAccessIssue]
        return prepare(
            model_of(case, self.model),
            world,
            closure=case.closure,
            revenue_use=case.revenue_use,
            elasticities=name,
        )

    def effects(self, case: Case, wanted: Sequence[tuple[Lever, float, float]]) -> list[Answer]:
        """Effects of levers in a case.

        Args:
            wanted: lever, size, share replaced.

        Raises:
            InvalidLever: goods that the world does not have, or an instrument that the model does not take.
        """
        prepared = self.prepared(case)
        if isinstance(prepared, NotSolved):
            return [prepared] * len(wanted)
        if id(prepared) not in self._before:
            # Kept, so that no other case is given its id.
            self._prepared.append(prepared)
            self._before[id(prepared)] = self._solve(prepared, [self.today])[0]
        before = self._before[id(prepared)]
        if isinstance(before, NotSolved):
            return [before] * len(wanted)
        keys = [(id(prepared), case.rent, lever.id, size, replaced) for lever, size, replaced in wanted]
        new = {key: one for key, one in zip(keys, wanted, strict=True) if key not in self._answers}
        policies = [
            self.today + policy_of(lever, size, replaced, self.weights, before, case.rent)
            for lever, size, replaced in new.values()
        ]
        for (key, (lever, _, _)), after in zip(new.items(), self._solve(prepared, policies), strict=True):
            self._answers[key] = effect(before, after, lever)
        return [self._answers[key] for key in keys]

    def one(self, case: Case, lever: Lever, size: float, replaced: float) -> Answer:
        """The effect of one lever in a case."""
        return self.effects(case, [(lever, size, replaced)])[0]

    def income(self, case: Case) -> np.ndarray:
        """Real income today, USD million [N]; NaN where the case has no certified equilibrium."""
        self.effects(case, [])
        prepared = self.prepared(case)
        before = prepared if isinstance(prepared, NotSolved) else self._before[id(prepared)]
        if isinstance(before, NotSolved):
            return np.full(len(self.world.economies), np.nan)
        return _income(before)

    def _solve(self, prepared: Prepared, policies: Sequence[SectorPolicy]) -> list[Outcome | NotSolved]:
        self.solves += len(policies)
        found: list[Outcome | NotSolved | None] = [
            solve_prepared(prepared, policy) if policy.quantities else None for policy in policies
        ]
        # Side by side where there are no quantity rules, which are searched one by one.
        rest = iter(solve_many(prepared, [policy for policy in policies if not policy.quantities]))
        return [next(rest) if one is None else one for one in found]


def _income(outcome: Outcome) -> np.ndarray:
    """Real income of households at the prices of the baseline, USD million [N]."""
    return outcome.before.household_income * (1 + outcome.values("real_income_percent") / 100)


def effect(before: Outcome, after: Outcome | NotSolved, lever: Lever) -> Answer:
    """What changed between two equilibria of one case, as the costs of a lever."""
    if isinstance(after, NotSolved):
        return after
    world = before.world
    old, new = _income(before), _income(after)
    cost, percent = old - new, 100 * (1 - new / old)
    target, holder = (world.economies.index(label) for label in (lever.target, lever.holder))
    others = [n for n in range(len(world.economies)) if n not in (target, holder)]
    order = sorted(others, key=lambda n: -percent[n])
    named = dict.fromkeys([*order[:SHOWN], *order[-SHOWN:]])
    return Effect(
        target_percent=float(percent[target]),
        holder_percent=float(percent[holder]),
        target_usd_million=float(cost[target]),
        holder_usd_million=float(cost[holder]),
        spillover_usd_million=float(cost[others].sum()),
        others_percent={world.economies[n]: float(percent[n]) for n in named},
        diverted_share=_diverted(before, after, holder, target),
        residual=max(one.certificate.largest for one in (before, after)),
    )


def _diverted(before: Outcome, after: Outcome, holder: int, target: int) -> float | None:
    """Share of the target's lost sales of goods to the holder that it sells to other economies, at base
    prices."""
    goods = ~np.isin(before.world.sectors, before.world.services)
    old, new = ((one.after.quantity[:, target] * goods).sum(axis=1) for one in (before, after))
    lost = float(old[holder] - new[holder])
    elsewhere = [n for n in range(len(old)) if n not in (holder, target)]
    if not lost > 1e-9 * float(old.sum()):
        return None
    return float(np.clip((new[elsewhere] - old[elsewhere]).sum() / lost, 0.0, 1.0))
