"""A policy on the sectors of a world: what the economy takes in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from detente.core.errors import LabelMismatch


@dataclass(frozen=True)
class SectorPolicy:
    """A policy on a world's sectors: what the economy takes in.

    Attributes:
        economies, sectors: labels.
        duty_change: change of the ad valorem duty as a fraction [importer, exporter, sector], to be
            added to the world's base duty and floored at zero there.
        non_tariff_cost: ad valorem trade cost as a fraction [importer, exporter, sector]; 0 is none.
    """

    economies: tuple[str, ...]
    sectors: tuple[str, ...]
    duty_change: np.ndarray
    non_tariff_cost: np.ndarray

    @classmethod
    def none(cls, economies: tuple[str, ...], sectors: tuple[str, ...]) -> SectorPolicy:
        """No change."""
        shape = (len(economies), len(economies), len(sectors))
        return cls(economies, sectors, np.zeros(shape), np.zeros(shape))

    @classmethod
    def duties(
        cls,
        economies: tuple[str, ...],
        sectors: tuple[str, ...],
        change: Mapping[tuple[str, str], float | Mapping[str, float]],
    ) -> SectorPolicy:
        """Duty changes as fractions by (importer, exporter): one number for all sectors, or by sector.

        Raises:
            LabelMismatch: an economy or sector is not in the world.
        """
        policy = cls.none(economies, sectors)
        for (importer, exporter), value in change.items():
            row, column = position(economies, importer), position(economies, exporter)
            if isinstance(value, Mapping):
                for sector, number in value.items():
                    policy.duty_change[row, column, position(sectors, sector)] = number
            else:
                policy.duty_change[row, column, :] = value
        return policy

    def __add__(self, other: SectorPolicy) -> SectorPolicy:
        if (self.economies, self.sectors) != (other.economies, other.sectors):
            raise LabelMismatch(
                "two policies on different worlds",
                why="their economies or sectors differ",
                instead="compile both with the weights of one world",
            )
        cost = (1 + self.non_tariff_cost) * (1 + other.non_tariff_cost) - 1
        return SectorPolicy(self.economies, self.sectors, self.duty_change + other.duty_change, cost)


def position(labels: tuple[str, ...], label: str) -> int:
    """Where a label stands.

    Raises:
        LabelMismatch: it is not among them.
    """
    try:
        return labels.index(label)
    except ValueError:
        raise LabelMismatch(
            f"{label!r} is not a label of this world",
            why=f"it has {', '.join(labels[:5])}, ...",
            instead="one of its labels",
        ) from None
