"""A policy on the sectors of a world: what the economy takes in."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from detente.core.errors import InvalidPolicy, LabelMismatch
from detente.policy.rows import ALL, QUANTITIES, Instrument, Rent, Unit


@dataclass(frozen=True)
class QuantityRule:
    """A quantity limit (at most) or floor (at least) on the goods of a flow.

    Quantities are valued at the baseline's prices. In units of `share` every sector has a rule of its
    own, relative to its baseline quantity; in USD million one rule holds for the sum over sectors.
    Where the rule covers part of a sector, the rest of the sector keeps its baseline quantity in the
    bound: a ban on goods that make up a fifth of a sector limits it to four fifths.

    Attributes:
        instrument: quantity_limit or quantity_floor.
        controller: whose law it is.
        importer, exporter: economy labels; "ALL" sums over every other economy.
        coverage: sector -> share of the flow's goods that the rule covers, in [0, 1].
        value: the bound, in `unit`; 0 closes the flow of goods covered.
        unit: share of the baseline quantity, or USD million at baseline prices, customs basis.
        rent: who gets what the licence is worth (limit), or pays the implicit subsidy (floor).
        entries: record entries it rests on.
    """

    instrument: Instrument
    controller: str
    importer: str
    exporter: str
    coverage: Mapping[str, float]
    value: float
    unit: Unit = Unit.SHARE
    rent: Rent = Rent.LICENCE_HOLDERS
    entries: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        where = ", ".join(self.entries)
        if self.instrument not in QUANTITIES or self.unit is Unit.PERCENT_OF_VALUE:
            raise InvalidPolicy(
                f"a {self.instrument} in {self.unit}",
                where=where,
                why="a quantity rule is a limit or a floor, in shares or USD million",
                instead="quantity_limit or quantity_floor, unit share or usd_million",
            )
        if not (np.isfinite(self.value) and self.value >= 0):
            raise InvalidPolicy(
                f"a {self.instrument} of {self.value:g}",
                where=where,
                why="a quantity is zero or more",
                instead="0 for an embargo, 0.5 for half of the baseline quantity",
            )
        bad = {sector: share for sector, share in self.coverage.items() if not 0 <= share <= 1}
        if bad:
            raise InvalidPolicy(
                f"coverage {bad}", where=where, why="a share lies in [0, 1]", instead="0.2 for a fifth"
            )

    @property
    def is_floor(self) -> bool:
        """Whether the rule asks for at least this much."""
        return self.instrument is Instrument.QUANTITY_FLOOR

    @property
    def label(self) -> str:
        """For people: instrument, flow and sectors."""
        sectors = "+".join(self.coverage)
        return f"{self.instrument.value} {self.importer}:{self.exporter}:{sectors}"


@dataclass(frozen=True)
class SectorPolicy:
    """A policy on a world's sectors: what the economy takes in.

    Attributes:
        economies, sectors: labels.
        duty_change: change of the ad valorem duty as a fraction [importer, exporter, sector], to be
            added to the world's base duty and floored at zero there.
        non_tariff_cost: ad valorem trade cost as a fraction [importer, exporter, sector]; 0 is none; a
            cut in existing costs (market opening) is negative.
        export_tax: ad valorem tax on the seller's price as a fraction [importer, exporter, sector], to
            the exporter's treasury; a negative one is an export subsidy.
        production_subsidy: fraction of the seller's price paid by the treasury on all sales, at home and
            abroad [economy, sector]; below 1; a negative one is a production tax.
        quantities: limits and floors.
    """

    economies: tuple[str, ...]
    sectors: tuple[str, ...]
    duty_change: np.ndarray
    non_tariff_cost: np.ndarray
    export_tax: np.ndarray = field(default=None)  # pyright: ignore[reportAssignmentType]
    production_subsidy: np.ndarray = field(default=None)  # pyright: ignore[reportAssignmentType]
    quantities: tuple[QuantityRule, ...] = ()

    def __post_init__(self) -> None:
        n, j = len(self.economies), len(self.sectors)
        if self.export_tax is None:
            object.__setattr__(self, "export_tax", np.zeros((n, n, j)))
        if self.production_subsidy is None:
            object.__setattr__(self, "production_subsidy", np.zeros((n, j)))

    @property
    def digest(self) -> bytes:
        """The same for policies that are the same to the last digit."""
        seal = hashlib.sha256(repr((self.economies, self.sectors, self.quantities)).encode())
        for array in (self.duty_change, self.non_tariff_cost, self.export_tax, self.production_subsidy):
            seal.update(np.ascontiguousarray(array).tobytes())
        return seal.digest()

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
        """Both at once: duties, taxes and subsidies add, costs compound, limits and floors all hold."""
        if (self.economies, self.sectors) != (other.economies, other.sectors):
            raise LabelMismatch(
                "two policies on different worlds",
                why="their economies or sectors differ",
                instead="compile both with the weights of one world",
            )
        return SectorPolicy(
            self.economies,
            self.sectors,
            self.duty_change + other.duty_change,
            (1 + self.non_tariff_cost) * (1 + other.non_tariff_cost) - 1,
            self.export_tax + other.export_tax,
            self.production_subsidy + other.production_subsidy,
            self.quantities + other.quantities,
        )


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
            instead="one of its labels" if label != ALL else "a named economy: this instrument takes no ALL",
        ) from None
