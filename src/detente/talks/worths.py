"""What packages and rises of levers are worth, from the economy: solved once, side by side, and kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from detente.core.products import Scope
from detente.policy import Instrument, PolicyRow
from detente.strategy.agenda import Agenda, Step
from detente.strategy.payoffs import Payoffs, policy_after
from detente.talks.game import Lever


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

    def _raised(self, lever: Lever, level: float) -> np.ndarray:
        payoffs = self.payoffs
        step = raising(lever, level, payoffs.agenda.sides)
        economies = payoffs.prepared.world.economies
        return payoffs.of_policy(policy_after(payoffs.record, payoffs.agenda.asof, [step], economies))


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
