"""The hand-over between the record and the economy: a table of instruments in HS terms.

The record compiles a `Policy`; `Policy.on(weights)` aggregates it to the sectors of a world, with the
weights that the world ships. Rows add up, ad valorem on customs value; nothing is compounded.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property

import numpy as np

from detente.core.errors import InvalidPolicy, LabelMismatch, MissingData
from detente.core.products import CodeIndex, Scope


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


@dataclass(frozen=True)
class LineSet:
    """One importer's trade by HS line and exporter: the weights of its average duties.

    Attributes:
        importer: economy label.
        codes: HS codes [line], sorted.
        sector: index into the world's sectors [line]; -1 where a line maps to no goods sector.
        value_musd: exporter -> trade value in USD million, customs basis [line].
        year: year of the values.
        basis: one line saying what the values are.
        proxy: exporters without a file of their own -> the label whose lines stand in for them.
    """

    importer: str
    codes: tuple[str, ...]
    sector: np.ndarray
    value_musd: Mapping[str, np.ndarray]
    year: int
    basis: str
    proxy: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def index(self) -> CodeIndex:
        """The codes, ready to be searched."""
        return CodeIndex(self.codes)

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """Exporters with lines of their own."""
        return tuple(self.value_musd)

    @cached_property
    def _by_sector(self) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Lines by sector: order, sectors present, where each starts, values [line, exporter]."""
        order = np.argsort(self.sector, kind="stable")
        order = order[self.sector[order] >= 0]
        present, starts = np.unique(self.sector[order], return_index=True)
        values = np.stack([self.value_musd[label][order] for label in self.labels], axis=1)
        return order, present, starts, values

    @cached_property
    def _shares(self) -> dict[Scope, np.ndarray]:
        return {}

    def sector_shares(self, scope: Scope) -> np.ndarray:
        """Share of each sector's value that a scope holds, for every exporter of `labels` [exporter, sector].

        A sector the exporter does not sell in gets the share of the lines.
        """
        if scope not in self._shares:
            order, present, starts, values = self._by_sector
            inside = self.index.mask(scope)[order].astype(float)
            total = np.add.reduceat(values, starts, axis=0)
            held = np.add.reduceat(values * inside[:, None], starts, axis=0)
            simple = np.add.reduceat(inside, starts) / np.diff([*starts, len(order)])
            share = np.where(total > 0, held / np.where(total > 0, total, 1.0), simple[:, None])
            result = np.zeros((len(self.labels), int(present.max()) + 1))
            result[:, present] = share.T
            self._shares[scope] = result
        return self._shares[scope]

    def label_of(self, exporter: str) -> str:
        """The exporter, or the label that stands in for it.

        Raises:
            MissingData: there are no lines for this exporter.
        """
        label = exporter if exporter in self.value_musd else self.proxy.get(exporter, "")
        if label not in self.value_musd:
            raise MissingData(
                f"no HS lines of {self.importer}'s imports from {exporter}",
                where="HS weights",
                why="a duty on part of the goods needs the trade it falls on, line by line",
                instead=f"one of {', '.join(sorted(self.value_musd))}",
            )
        return label

    def values(self, exporter: str) -> np.ndarray:
        """Values by line for an exporter, or for the label that stands in for it.

        Raises:
            MissingData: there are no lines for this exporter.
        """
        return self.value_musd[self.label_of(exporter)]


@dataclass(frozen=True)
class Weights:
    """HS weights of a world: what turns a duty by HS line into a duty by sector.

    Attributes:
        economies, sectors: labels of the world.
        goods: indices of the goods sectors; duties fall on these only.
        lines: importer -> LineSet.
    """

    economies: tuple[str, ...]
    sectors: tuple[str, ...]
    goods: tuple[int, ...]
    lines: Mapping[str, LineSet]


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
            row, column = _index(economies, importer), _index(economies, exporter)
            if isinstance(value, Mapping):
                for sector, number in value.items():
                    policy.duty_change[row, column, _index(sectors, sector)] = number
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


def _index(labels: tuple[str, ...], label: str) -> int:
    try:
        return labels.index(label)
    except ValueError:
        raise LabelMismatch(
            f"{label!r} is not a label of this world",
            why=f"it has {', '.join(labels[:5])}, ...",
            instead="one of its labels",
        ) from None


@dataclass(frozen=True)
class Policy:
    """A table of policy rows in HS terms; see the module's docstring."""

    rows: tuple[PolicyRow, ...] = ()

    def __add__(self, other: Policy) -> Policy:
        return Policy(self.rows + other.rows)

    def __neg__(self) -> Policy:
        return Policy(tuple(replace(row, value=-row.value) for row in self.rows))

    def __sub__(self, other: Policy) -> Policy:
        """What must be added to `other` to get this: rows in both cancel, the rest stay."""
        gone: dict[tuple[object, ...], list[PolicyRow]] = {}
        for row in other.rows:
            gone.setdefault(row.key, []).append(row)
        kept: list[PolicyRow] = []
        for row in self.rows:
            same = gone.get(row.key, [])
            if row in same:
                same.remove(row)
            else:
                kept.append(row)
        rest = tuple(row for rows in gone.values() for row in rows)
        return Policy(tuple(kept)) + -Policy(rest)

    def between(self, importer: str, exporter: str) -> Policy:
        """The rows on one flow."""
        return Policy(tuple(r for r in self.rows if r.importer == importer and r.exporter == exporter))

    def rate_by_line(self, lines: LineSet, exporter: str) -> np.ndarray:
        """Added duty in percent on each HS line of `lines` from `exporter` [line]."""
        total = np.zeros(len(lines.codes))
        for row in self.rows:
            if (row.instrument, row.importer, row.exporter) == (
                Instrument.IMPORT_DUTY,
                lines.importer,
                exporter,
            ):
                total += row.value * lines.index.mask(row.scope)
        return total

    def on(self, weights: Weights) -> SectorPolicy:
        """Aggregate to a world's sectors with its HS weights.

        A duty becomes the value-weighted mean over the sector's HS lines; a sector the exporter does
        not sell in gets the simple mean over its lines. An instrument the economy cannot take yet
        is an error, never dropped.

        Raises:
            LabelMismatch: an economy is not in the world.
            MissingData: a row on part of the goods and no HS lines for the pair.
            InvalidPolicy: an instrument that the economy does not take.
        """
        result = SectorPolicy.none(weights.economies, weights.sectors)
        for row in self.rows:
            importer = _index(weights.economies, row.importer)
            exporter = _index(weights.economies, row.exporter)
            share = _coverage(row, weights)
            if row.instrument is Instrument.IMPORT_DUTY:
                result.duty_change[importer, exporter] += share * row.value / 100
            elif row.instrument is Instrument.NON_TARIFF_COST:
                cost = 1 + result.non_tariff_cost[importer, exporter]
                result.non_tariff_cost[importer, exporter] = cost * (1 + share * row.value / 100) - 1
            else:
                raise InvalidPolicy(
                    f"instrument {row.instrument}",
                    where=", ".join(row.entries),
                    why="the economy takes import_duty and non_tariff_cost",
                    instead="leave the row out, or state its cost as a non_tariff_cost",
                )
        return result


def _coverage(row: PolicyRow, weights: Weights) -> np.ndarray:
    """Share of each sector's flow that a row covers [sector]."""
    covered = np.zeros(len(weights.sectors))
    if row.sector_share is not None:
        for sector, value in row.sector_share.items():
            covered[_index(weights.sectors, sector)] = value
        return covered
    if row.scope.whole:
        covered[np.asarray(weights.goods)] = 1.0
        return covered
    if row.importer not in weights.lines:
        raise MissingData(
            f"no HS lines of {row.importer}'s imports",
            where=", ".join(row.entries),
            why="a duty on part of the goods needs the trade it falls on, line by line",
            instead=f"an importer with lines: {', '.join(weights.lines)}",
        )
    lines = weights.lines[row.importer]
    share = lines.sector_shares(row.scope)[lines.labels.index(lines.label_of(row.exporter))]
    covered[: len(share)] = share
    services = np.setdiff1d(np.arange(len(covered)), np.asarray(weights.goods))
    covered[services] = 0.0
    return covered
