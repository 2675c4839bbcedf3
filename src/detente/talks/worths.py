"""What packages and rises of levers are worth, from the economy: solved once, side by side, and kept."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from detente import __version__
from detente.core.errors import UnknownEconomy, UnsolvableShock
from detente.core.products import Scope
from detente.economy.batch import solve_many
from detente.economy.certificate import NotSolved
from detente.economy.horizon import through_time
from detente.policy import Instrument, PolicyRow, SectorPolicy
from detente.strategy.agenda import Agenda, Step
from detente.strategy.payoffs import Payoffs, lapse_policy, policy_after
from detente.talks.game import Lever

YEARS = (1.0, 2.0, 3.0)
"""Years after a lapse whose costs are compared."""
LEAST_COST_PERCENT = 1e-3
"""A first year's cost below this, percent of real income, is too small to compare others with."""
MOST_GROWTH = 5.0


@dataclass(frozen=True)
class EconomyWorths:
    """Worths by certified equilibria of a world.

    Attributes:
        payoffs: of the day's agenda.
    """

    payoffs: Payoffs

    def packages(self, numbers: np.ndarray) -> np.ndarray:
        """Gains over the status quo of the day, percent of the sides' aims [package, side]."""
        quo = self.payoffs.economy([self.payoffs.agenda.status_quo])[0]
        return self.payoffs.of_all(numbers) - quo

    def levers(self, rises: Sequence[tuple[Lever, float]]) -> np.ndarray:
        """The same for levers raised alone to a level [rise, side]."""
        payoffs = self.payoffs
        quo = payoffs.economy([payoffs.agenda.status_quo])[0]
        return np.array([self._raised(lever, level) - quo for lever, level in rises])

    def abroad(self, rises: Sequence[tuple[Lever, float]], partners: Sequence[str]) -> np.ndarray:
        """What levers raised alone to a level are worth to third countries [rise, partner].

        Percent of real income a year against the policy of the day.

        Raises:
            UnknownEconomy: a partner that is no economy of the world.
            UnsolvableShock: a rise without a certified equilibrium.
        """
        payoffs = self.payoffs
        economies = payoffs.prepared.world.economies
        for name in partners:
            if name not in economies:
                raise UnknownEconomy(
                    repr(name), where="talks.yaml, partners",
                    why=f"the world {payoffs.prepared.world.name} does not have it",
                    instead=", ".join(economies),
                )  # fmt: skip
        asof, sides = payoffs.agenda.asof, payoffs.agenda.sides
        steps = [[], *([raising(lever, level, sides)] for lever, level in rises)]
        policies = [policy_after(payoffs.record, asof, one, economies).on(payoffs.weights) for one in steps]
        seal = f"{__version__} abroad {payoffs.prepared.world.name} {payoffs.prepared.model.name} {partners}"
        keys = [_seal(seal, policy) for policy in policies]
        kept = payoffs.kept.get(keys)
        missing = {k: p for k, p in zip(keys, policies, strict=True) if k not in kept}
        if missing:
            rows = [economies.index(name) for name in partners]
            payoffs.progress("payoffs: what duties are worth to third countries")
            taken = solve_many(
                payoffs.prepared, list(missing.values()),
                lambda outcome: [100 * (float(outcome.real_household_income()[row]) - 1) for row in rows],
            )  # fmt: skip
            fresh = {}
            for key, one in zip(missing, taken, strict=True):
                if isinstance(one, NotSolved):
                    raise UnsolvableShock(
                        "a duty raised", why=f"it has no certified equilibrium: {one.message}",
                        instead="another model, or no partners in talks.yaml",
                    )  # fmt: skip
                fresh[key] = one
            payoffs.kept.put(fresh)
            kept = {**kept, **fresh}
        table = np.array([kept[key] for key in keys]).reshape(len(keys), len(partners))
        return table[1:] - table[0]

    def growth(self) -> dict[str, tuple[tuple[float, float], ...]]:
        """Side -> (years from now, cost of a lapse of all clocks then over its cost at once).

        The horizon of the economy: buyers switch and factors move, so what a duty costs changes with time
        (`economy.horizon`). Empty where no clock runs; a side that a lapse costs next to nothing at first, or
        a year without a certified equilibrium, leaves the factor at one.
        """
        payoffs = self.payoffs
        asof, prepared = payoffs.agenda.asof, payoffs.prepared
        economies = prepared.world.economies
        lapse = lapse_policy(payoffs.record, asof, economies)
        if lapse is None:
            return {}
        now = policy_after(payoffs.record, asof, [], economies)
        income = [self._incomes(policy.on(payoffs.weights)) for policy in (now, lapse)]
        if any(one is None for one in income):
            return {}
        before, after = (np.array(one) for one in income)
        cost = before - after
        found = {}
        for place, side in enumerate(payoffs.agenda.sides):
            first = cost[0, place]
            if first > LEAST_COST_PERCENT:
                factors = np.clip(cost[:, place] / first, 0.0, MOST_GROWTH)
                found[side] = tuple(
                    (year - YEARS[0], float(f)) for year, f in zip(YEARS, factors, strict=True)
                )
        return found

    def _incomes(self, policy: SectorPolicy) -> list[list[float]] | None:
        """Real incomes of the sides after each of `YEARS`, percent of the baseline [year, side]."""
        payoffs = self.payoffs
        world, sides = payoffs.prepared.world, payoffs.agenda.sides
        name = world.provenance.get("world_hash") or world.name
        key = _seal(f"{__version__} horizon {name} {YEARS} {sides}", policy)
        kept = payoffs.kept.get([key])
        if kept:
            row = kept[key]
            return [list(row[at * len(sides) :][: len(sides)]) for at in range(len(YEARS))]
        payoffs.progress("payoffs: what a lapse costs as supply chains adjust")
        found = []
        for year in through_time(world, policy, YEARS):
            if isinstance(year.outcome, NotSolved):
                return None
            income = year.outcome.real_household_income()
            found.append([100 * (float(income[world.economies.index(side)]) - 1) for side in sides])
        payoffs.kept.put({key: [number for row in found for number in row]})
        return found

    def _raised(self, lever: Lever, level: float) -> np.ndarray:
        payoffs = self.payoffs
        step = raising(lever, level, payoffs.agenda.sides)
        economies = payoffs.prepared.world.economies
        return payoffs.of_policy(policy_after(payoffs.record, payoffs.agenda.asof, [step], economies))


def _seal(words: str, policy: SectorPolicy) -> bytes:
    """The key of a policy's duties under a question."""
    seal = hashlib.sha256(words.encode())
    seal.update(np.ascontiguousarray(policy.duty_change.round(12) + 0.0).tobytes())
    return seal.digest()


def raising(lever: Lever, level: float, sides: Sequence[str]) -> Step:
    """The step that puts a lever of duty at a level: a measure of the record, or a new duty on all goods."""
    other = next(side for side in sides if side != lever.side)
    if lever.measures:
        return Step(
            lever.side, lever.title, 0, lever.measures[0], "raise_to", level, "import_duty", lever.authority
        )
    row = PolicyRow(
        instrument=Instrument.IMPORT_DUTY,
        controller=lever.side,
        importer=lever.side,
        exporter=other,
        scope=Scope(True, frozenset(), frozenset()),
        value=level,
    )
    return Step(lever.side, lever.title, 0, "", "", None, "import_duty", lever.authority, (row,))


@dataclass(frozen=True)
class GivenWorths:
    """Worths given by hand: of options by themselves, and of a point of any duty.

    Attributes:
        agenda: whose options' own worths count, in percent.
        cost_a_point: side that sets a duty -> side -> percent of real income a year for each point of it.
    """

    agenda: Agenda
    cost_a_point: Mapping[str, Mapping[str, float]]

    def packages(self, numbers: np.ndarray) -> np.ndarray:
        """Gains of packages: the options' own worths, and ten points for each duty they cut or end."""
        found = np.zeros((len(numbers), len(self.agenda.sides)))
        for at, row in enumerate(numbers):
            for _, option in self.agenda.options_of(self.agenda.at(row)):
                for place, side in enumerate(self.agenda.sides):
                    if side in option.worth:
                        found[at, place] += option.worth[side].central
                    for step in option.steps:
                        if step.instrument == "import_duty" and step.change in ("end", "cut_to"):
                            points = 10.0
                            found[at, place] += points * self.cost_a_point[step.by][side]
        return found

    def levers(self, rises: Sequence[tuple[Lever, float]]) -> np.ndarray:
        """Losses from levers raised alone."""
        sides = self.agenda.sides
        return np.array(
            [[-self.cost_a_point[lever.side][side] * level for side in sides] for lever, level in rises]
        )

    def abroad(self, rises: Sequence[tuple[Lever, float]], partners: Sequence[str]) -> np.ndarray:
        """Third countries neither gain nor lose."""
        return np.zeros((len(rises), len(partners)))

    def growth(self) -> dict[str, tuple[tuple[float, float], ...]]:
        """Costs stay as they are."""
        return {}
