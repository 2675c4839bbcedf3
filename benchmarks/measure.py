"""Rows of the table, and how they are timed."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from detente.economy.prepare import Prepared


@dataclass(frozen=True)
class Row:
    """One line of the table.

    Attributes:
        name: what is measured.
        ours: our figure, in `unit`.
        unit: of `ours`, `bar` and `peer`.
        bar: most allowed; None where there is none.
        evaluations, factor_reads: of one solve; None where that is not what is measured.
        cpu: processor time of the same, in `unit`: on a busy machine the truer figure; None where not taken.
        residuals: our time over one NumPy residual of the same system in the same run.
        peer: the peer's figure for the same work; None where there is no peer.
        peer_name: the peer, and whether its figure was measured in this run or recorded before.
        note: what else to know.
        certificate: of a game: regrets, searches, evaluations; None elsewhere.
    """

    name: str
    ours: float
    unit: str
    bar: float | None = None
    evaluations: int | None = None
    factor_reads: int | None = None
    cpu: float | None = None
    residuals: float | None = None
    peer: float | None = None
    peer_name: str = ""
    note: str = ""
    certificate: dict[str, Any] | None = None

    @property
    def within(self) -> bool | None:
        """Whether the bar is met; None where there is none."""
        return None if self.bar is None else self.ours <= self.bar

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        ratio = None if self.peer is None else self.peer / self.ours
        return {**asdict(self), "within": self.within, "peer_over_ours": ratio}


def median_ms(work: Callable[[], object], repeat: int = 9) -> float:
    """Median wall time of warm calls, in milliseconds."""
    work()
    seconds = []
    for _ in range(repeat):
        began = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - began)
    return 1e3 * statistics.median(seconds)


def cpu_ms(work: Callable[[], object], repeat: int = 9) -> float:
    """Mean processor time of warm calls, in milliseconds."""
    work()
    began = time.process_time()
    for _ in range(repeat):
        work()
    return 1e3 * (time.process_time() - began) / repeat


def residual_ms(prepared: Prepared) -> float:
    """One NumPy residual at the baseline, in milliseconds."""
    blocks = prepared.layout.split(np.array(prepared.start))
    return median_ms(lambda: prepared.model.residual(np, blocks, prepared.parameters), 25)
