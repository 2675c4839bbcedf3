"""Policy rows: one instrument on one flow and one set of goods."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from detente.core.errors import InvalidPolicy
from detente.core.products import Scope

ALL = "ALL"
"""Every other economy; for a production subsidy, every buyer, at home too."""


class Instrument(StrEnum):
    """What a policy row does.

    IMPORT_DUTY: on customs value, to the importer's treasury.
    EXPORT_TAX: on the seller's price, to the exporter's treasury.
    NON_TARIFF_COST: a resource cost of trading, paid to nobody.
    QUANTITY_LIMIT, QUANTITY_FLOOR: at most, at least this much.
    SUBSIDY: on the seller's price, from the exporter's treasury; to importer ALL on every sale.
    EXEMPTION_SHARE: share of the goods on which the policy's own duties are not levied.
    """

    IMPORT_DUTY = "import_duty"
    EXPORT_TAX = "export_tax"
    NON_TARIFF_COST = "non_tariff_cost"
    QUANTITY_LIMIT = "quantity_limit"
    QUANTITY_FLOOR = "quantity_floor"
    SUBSIDY = "subsidy"
    EXEMPTION_SHARE = "exemption_share"


QUANTITIES = (Instrument.QUANTITY_LIMIT, Instrument.QUANTITY_FLOOR)


class Unit(StrEnum):
    """The unit of a row's value.

    PERCENT_OF_VALUE: percent of customs value (duties) or of the seller's price (taxes, subsidies, costs).
    SHARE: fraction of the baseline quantity, or of goods exempt.
    USD_MILLION: a quantity at baseline prices, customs basis.
    """

    PERCENT_OF_VALUE = "percent_of_value"
    SHARE = "share"
    USD_MILLION = "usd_million"


class Rent(StrEnum):
    """Who owns what a licence is worth.

    LICENCE_HOLDERS: firms in the exporting economy. TREASURY: the controller's treasury.
    IMPORTER: firms in the importing economy. DISSIPATED: nobody; it is spent on getting the licence.
    """

    LICENCE_HOLDERS = "licence_holders"
    TREASURY = "treasury"
    IMPORTER = "importer"
    DISSIPATED = "dissipated"


@dataclass(frozen=True)
class PolicyRow:
    """One instrument on one pair and one set of goods.

    Attributes:
        instrument: what it does.
        controller: the economy whose law it is (a US rule can bind Taiwan's sales to China).
        importer, exporter: economy labels; the goods flow from exporter to importer. ALL where the
            instrument takes it: subsidies to every buyer, limits and floors on a sum.
        scope: goods by HS, less exemptions.
        value: size in `unit`; for a duty, percent of customs value added to other rows.
        unit: unit of `value`.
        since: ISO day from which it holds.
        entries: ids of the record entries it rests on.
        sector_share: optional share in [0, 1] of each world sector's flow that the row covers, for goods
            no HS list describes; sectors not named are not covered. None: the scope decides.
        rent: owner of a limit's rent or payer of a floor's cost; None: licence holders of a limit, the
            controller's treasury of a floor.
    """

    instrument: Instrument
    controller: str
    importer: str
    exporter: str
    scope: Scope
    value: float
    unit: Unit = Unit.PERCENT_OF_VALUE
    since: str = ""
    entries: tuple[str, ...] = ()
    sector_share: Mapping[str, float] | None = None
    rent: Rent | None = None

    @property
    def key(self) -> tuple[object, ...]:
        """What tells rows apart at little cost: two equal rows have equal keys."""
        return (self.instrument, self.importer, self.exporter, self.value, self.entries)

    def __post_init__(self) -> None:
        where = ", ".join(self.entries)
        if not np.isfinite(self.value):
            raise InvalidPolicy(
                f"a {self.instrument} of {self.value}",
                where=where,
                why="the value is not a finite number",
                instead="give a number",
            )
        if self.importer == self.exporter:
            raise InvalidPolicy(
                f"a {self.instrument} of {self.importer} on itself",
                where=where,
                why="importer and exporter are the same economy",
                instead="name two economies",
            )
        if self.unit not in UNITS[self.instrument]:
            raise InvalidPolicy(
                f"a {self.instrument} in {self.unit}",
                where=where,
                why="the instrument has no such unit",
                instead=f"unit {' or '.join(UNITS[self.instrument])}",
            )
        if self.instrument is Instrument.EXEMPTION_SHARE and not 0 <= self.value <= 1:
            raise InvalidPolicy(
                f"an exemption share of {self.value:g}",
                where=where,
                why="a share lies in [0, 1]",
                instead="0.4 where two fifths of the goods are exempt",
            )


UNITS: Mapping[Instrument, tuple[Unit, ...]] = {
    Instrument.IMPORT_DUTY: (Unit.PERCENT_OF_VALUE,),
    Instrument.EXPORT_TAX: (Unit.PERCENT_OF_VALUE,),
    Instrument.NON_TARIFF_COST: (Unit.PERCENT_OF_VALUE,),
    Instrument.QUANTITY_LIMIT: (Unit.SHARE, Unit.USD_MILLION),
    Instrument.QUANTITY_FLOOR: (Unit.SHARE, Unit.USD_MILLION),
    Instrument.SUBSIDY: (Unit.PERCENT_OF_VALUE,),
    Instrument.EXEMPTION_SHARE: (Unit.SHARE,),
}
"""Units that each instrument takes."""
