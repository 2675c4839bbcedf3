"""Policy rows: one instrument on one flow and one set of goods."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from detente.core.errors import InvalidPolicy
from detente.core.products import Scope


class Instrument(StrEnum):
    """What a policy row does. Two enter the economy today: duties and non-tariff costs."""

    IMPORT_DUTY = "import_duty"
    EXPORT_TAX = "export_tax"
    NON_TARIFF_COST = "non_tariff_cost"
    QUANTITY_LIMIT = "quantity_limit"
    QUANTITY_FLOOR = "quantity_floor"
    SUBSIDY = "subsidy"
    EXEMPTION_SHARE = "exemption_share"


class Unit(StrEnum):
    """The unit of a row's value. Percent of customs value for duties and costs."""

    PERCENT_OF_VALUE = "percent_of_value"
    SHARE = "share"
    USD_MILLION = "usd_million"


@dataclass(frozen=True)
class PolicyRow:
    """One instrument on one pair and one set of goods.

    Attributes:
        instrument: what it does.
        controller: the economy whose law it is (a US rule can bind Taiwan's sales to China).
        importer, exporter: economy labels; the goods flow from exporter to importer.
        scope: goods by HS, less exemptions.
        value: size in `unit`; for a duty, percent of customs value added to other rows.
        unit: unit of `value`.
        since: ISO day from which it holds.
        entries: ids of the record entries it rests on.
        sector_share: optional share in [0, 1] of each world sector's flow that the row covers, for goods
            no HS list describes; sectors not named are not covered. None: the scope decides.
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

    @property
    def key(self) -> tuple[object, ...]:
        """What tells rows apart at little cost: two equal rows have equal keys."""
        return (self.instrument, self.importer, self.exporter, self.value, self.entries)

    def __post_init__(self) -> None:
        if not np.isfinite(self.value):
            raise InvalidPolicy(
                f"a {self.instrument} of {self.value}",
                where=", ".join(self.entries),
                why="the value is not a finite number",
                instead="give a number",
            )
        if self.importer == self.exporter:
            raise InvalidPolicy(
                f"a {self.instrument} of {self.importer} on itself",
                where=", ".join(self.entries),
                why="importer and exporter are the same economy",
                instead="name two economies",
            )
