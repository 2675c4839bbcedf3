"""HS weights: trade by line, and what part of a sector a set of goods makes up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

import numpy as np

from detente.core.errors import MissingData
from detente.core.products import CodeIndex, Scope


@lru_cache(maxsize=8)
def _index_of(codes: tuple[str, ...]) -> CodeIndex:
    """Kept, since a world split into parts has the same lines, and what was searched in them stays true."""
    return CodeIndex(codes)


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
        return _index_of(self.codes)

    @cached_property
    def _by_sector(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Lines by sector: their order, the sectors present, where each starts."""
        order = np.argsort(self.sector, kind="stable")
        order = order[self.sector[order] >= 0]
        return order, *np.unique(self.sector[order], return_index=True)

    @cached_property
    def _weighed(self) -> dict[str, tuple[np.ndarray, np.ndarray]]:
        return {}

    def _weights_of(self, label: str) -> tuple[np.ndarray, np.ndarray]:
        """Weight of each line, by sector, and their sums [present]: values, or ones where all are zero."""
        if label not in self._weighed:
            order, _, starts = self._by_sector
            values = self.value_musd[label][order]
            sold = np.add.reduceat(values, starts) > 0
            weights = np.where(np.repeat(sold, np.diff([*starts, len(order)])), values, 1.0)
            self._weighed[label] = weights, np.add.reduceat(weights, starts)
        return self._weighed[label]

    @cached_property
    def _shares(self) -> dict[tuple[Scope, str], np.ndarray]:
        return {}

    def sector_share(self, scope: Scope, exporter: str) -> np.ndarray:
        """Share of each sector's value from an exporter that a scope holds [sector].

        A sector the exporter does not sell in gets the share of the lines.

        Raises:
            MissingData: there are no lines for this exporter.
        """
        key = scope, self.label_of(exporter)
        if key not in self._shares:
            order, present, starts = self._by_sector
            weights, total = self._weights_of(key[1])
            share = np.zeros(int(present.max()) + 1)
            share[present] = np.add.reduceat(weights * self.index.mask(scope)[order], starts) / total
            share.flags.writeable = False
            self._shares[key] = share
        return self._shares[key]

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
        flows: (importer, exporter) -> LineSet of that flow alone, where it has one.
    """

    economies: tuple[str, ...]
    sectors: tuple[str, ...]
    goods: tuple[int, ...]
    lines: Mapping[str, LineSet]
    flows: Mapping[tuple[str, str], LineSet] = field(default_factory=dict)

    def between(self, importer: str, exporter: str) -> LineSet:
        """The lines of a flow: its own, or its importer's.

        Raises:
            MissingData: there are none.
        """
        found = self.flows.get((importer, exporter)) or self.lines.get(importer)
        if found is None:
            raise MissingData(
                f"no HS lines of {importer}'s imports",
                where="HS weights",
                why="a duty on part of the goods needs the trade it falls on, line by line",
                instead=f"an importer with lines: {', '.join(self.lines)}",
            )
        found.label_of(exporter)
        return found
