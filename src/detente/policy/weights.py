"""HS weights: trade by line, and what part of a sector a set of goods makes up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from detente.core.errors import MissingData
from detente.core.products import CodeIndex, Scope


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
