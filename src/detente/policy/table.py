"""A table of policy rows, and its way to the sectors of a world."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from detente.core.errors import InvalidPolicy, MissingData
from detente.policy.rows import ALL, QUANTITIES, Instrument, PolicyRow, Rent, Unit
from detente.policy.sectors import QuantityRule, SectorPolicy, position
from detente.policy.weights import LineSet, Weights


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
        not sell in gets the simple mean over its lines. Exemption shares cut the duties of the table
        itself, in whatever order the rows stand.

        Raises:
            LabelMismatch: an economy is not in the world, or ALL where the instrument needs a name.
            MissingData: a row on part of the goods and no HS lines for the pair.
            InvalidPolicy: a quantity below zero (a limit subtracted from a policy without it).
        """
        result = SectorPolicy.none(weights.economies, weights.sectors)
        levied = np.ones_like(result.duty_change)
        quantities: list[QuantityRule] = []
        for row in self.rows:
            share = _coverage(row, weights)
            if row.instrument in QUANTITIES:
                _named(row, weights)
                quantities.append(_quantity_rule(row, share, weights))
                continue
            exporter = position(weights.economies, row.exporter)
            if row.instrument is Instrument.SUBSIDY and row.importer == ALL:
                result.production_subsidy[exporter] += share * row.value / 100
                continue
            cell = (position(weights.economies, row.importer), exporter)
            if row.instrument is Instrument.IMPORT_DUTY:
                result.duty_change[cell] += share * row.value / 100
            elif row.instrument is Instrument.NON_TARIFF_COST:
                cost = 1 + result.non_tariff_cost[cell]
                result.non_tariff_cost[cell] = cost * (1 + share * row.value / 100) - 1
            elif row.instrument is Instrument.EXPORT_TAX:
                result.export_tax[cell] += share * row.value / 100
            elif row.instrument is Instrument.SUBSIDY:
                result.export_tax[cell] -= share * row.value / 100
            else:
                levied[cell] *= 1 - share * row.value
        result.duty_change[:] *= levied
        return replace(result, quantities=tuple(quantities))

    def with_transit(self, economy: str, via: str, share: float) -> Policy:
        """The same rules on goods that pass through a third place.

        Customs law follows origin, trade statistics often the last place of shipment: part of what
        leaves Hong Kong was made in China, and part of what is sold to it goes on there. Every row on
        `economy` as buyer or seller gets a twin on `via`, sized by `share`; rows between the two and
        rows that name ALL get none.

        Args:
            economy: the origin or destination that the rules name, for example CHN.
            via: the place passed through, for example HKG.
            share: part of the trade of `via` that is really the other's, in [0, 1].

        Raises:
            InvalidPolicy: the share is outside [0, 1].
        """
        if not 0 <= share <= 1:
            raise InvalidPolicy(
                f"a transit share of {share:g}", why="a share lies in [0, 1]", instead="0.4 for two fifths"
            )
        twins = []
        for row in self.rows:
            ends = {row.importer: "importer", row.exporter: "exporter"}
            if economy not in ends or via in ends or ALL in ends or row.unit is Unit.USD_MILLION:
                continue
            value = row.value * share
            if row.instrument in QUANTITIES:
                value = 1 + share * (row.value - 1)
            twins.append(replace(row, value=value, **{ends[economy]: via}))
        return self + Policy(tuple(twins))


def _named(row: PolicyRow, weights: Weights) -> None:
    """Check the labels of a quantity row, where ALL may stand for one of the two.

    Raises:
        LabelMismatch: an economy is not in the world.
    """
    for label in (row.controller, row.importer, row.exporter):
        if label != ALL:
            position(weights.economies, label)


def _quantity_rule(row: PolicyRow, share: np.ndarray, weights: Weights) -> QuantityRule:
    fallback = Rent.LICENCE_HOLDERS if row.instrument is Instrument.QUANTITY_LIMIT else Rent.TREASURY
    covered = {s: float(c) for s, c in zip(weights.sectors, share, strict=True) if c > 0}
    return QuantityRule(
        row.instrument,
        row.controller,
        row.importer,
        row.exporter,
        covered,
        row.value,
        row.unit,
        row.rent or fallback,
        row.entries,
    )


def _coverage(row: PolicyRow, weights: Weights) -> np.ndarray:
    """Share of each sector's flow that a row covers [sector]."""
    covered = np.zeros(len(weights.sectors))
    if row.sector_share is not None:
        for sector, value in row.sector_share.items():
            covered[position(weights.sectors, sector)] = value
        return covered
    if row.scope.whole:
        covered[np.asarray(weights.goods)] = 1.0
        return covered
    try:
        lines = weights.between(row.importer, row.exporter)
    except MissingData as error:
        error.where = ", ".join(row.entries) or error.where
        raise
    share = lines.sector_share(row.scope, row.exporter)
    goods = np.asarray(weights.goods)
    goods = goods[goods < len(share)]
    covered[goods] = share[goods]
    return covered
