"""A table of policy rows, and its way to the sectors of a world."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from detente.core.errors import InvalidPolicy, MissingData
from detente.policy.rows import Instrument, PolicyRow
from detente.policy.sectors import SectorPolicy, position
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
        not sell in gets the simple mean over its lines. An instrument the economy cannot take yet
        is an error, never dropped.

        Raises:
            LabelMismatch: an economy is not in the world.
            MissingData: a row on part of the goods and no HS lines for the pair.
            InvalidPolicy: an instrument that the economy does not take.
        """
        result = SectorPolicy.none(weights.economies, weights.sectors)
        for row in self.rows:
            importer = position(weights.economies, row.importer)
            exporter = position(weights.economies, row.exporter)
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
    share = lines.sector_shares(row.scope)[lines.labels.index(lines.label_of(row.exporter))]
    covered[: len(share)] = share
    services = np.setdiff1d(np.arange(len(covered)), np.asarray(weights.goods))
    covered[services] = 0.0
    return covered
