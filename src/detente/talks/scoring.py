"""Scores of probability forecasts, with intervals that know that neighbours in time are not independent.

Brier (1950): (p - y)^2, and Good (1952): -ln of the odds given to what happened. Both are proper: the
expected score is least where the odds are one's own. Means carry percentile intervals of a circular block
bootstrap over calendar time (Politis and Romano 1992); a difference between two forecasters is taken question
by question first, so that what is hard for both cancels.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

FLOOR = 0.02
"""Odds are scored inside [FLOOR, 1 - FLOOR]: one certain miss would outweigh every other question."""
BLOCK_DAYS = 365
"""Length of a block: four times the longest window asked about, so that overlapping windows and long quarrels
stay together. On made-up series whose memory is 40 days, nominal 90 percent intervals cover 88 percent
with a year, 82 with half a year, 48 with single questions (tests/property/test_scoring.py)."""
LEVEL = 0.9
LEAST_QUESTIONS = 20
"""With fewer questions a difference is never said to be told apart, whatever its interval."""
DRAWS = 2000
BINS = ((0.0, 0.2), (0.2, 0.4), (0.4, 0.6), (0.6, 0.8), (0.8, 1.0))


def clipped(odds: float) -> float:
    """Odds as they are scored.

    Raises:
        ValueError: not a probability.
    """
    if not 0.0 <= odds <= 1.0:
        raise ValueError(f"{odds} is not a probability")
    return min(max(odds, FLOOR), 1.0 - FLOOR)


def brier(odds: float, happened: bool) -> float:
    """Brier score of one forecast: 0 is best, 0.25 is what odds of one half always get."""
    return (odds - happened) ** 2


def log_score(odds: float, happened: bool) -> float:
    """Logarithmic score of one forecast in nats: 0 is best, 0.693 is what odds of one half always get."""
    return float(-np.log(odds if happened else 1.0 - odds))


SCORES = {"brier": brier, "log": log_score}


@dataclass(frozen=True)
class Interval:
    """A mean with its interval and the number of questions and of blocks behind it."""

    mean: float
    low: float
    high: float
    n: int
    blocks: int

    @property
    def beats_zero(self) -> bool:
        """Whether the interval leaves out zero: a difference that can be told from none."""
        return self.low > 0 or self.high < 0

    def as_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "mean": round(self.mean, 4),
            "low": round(self.low, 4),
            "high": round(self.high, 4),
            "n": self.n,
            "blocks": self.blocks,
        }


def block_interval(
    values: Sequence[float],
    days: Sequence[date],
    *,
    block_days: int = BLOCK_DAYS,
    level: float = LEVEL,
    draws: int = DRAWS,
    seed: int = 0,
) -> Interval:
    """Mean of values dated in time, with a percentile interval from the circular block bootstrap.

    Calendar time from the first to the last day is a ring; blocks of so many days are drawn with replacement
    until they cover its length, each with all the values in it; both ends are then moved out for the number
    of blocks, without which few blocks cover too little. With fewer than three blocks in the data
    there is no interval: both ends are the widest the values allow.

    Raises:
        ValueError: nothing to score, or the lengths differ.
    """
    if not values or len(values) != len(days):
        raise ValueError("one day for each value, and at least one")
    value = np.asarray(values, float)
    at = np.array([day.toordinal() for day in days])
    at -= at.min()
    length = int(at.max()) + 1
    blocks = int(np.ceil(length / block_days))
    mean = float(value.mean())
    if blocks < 3:
        return Interval(mean, float(value.min()), float(value.max()), len(value), blocks)
    totals = np.bincount(at, weights=value, minlength=length)
    counts = np.bincount(at, minlength=length)
    ring_totals = np.concatenate([[0.0], np.cumsum(np.tile(totals, 2))])
    ring_counts = np.concatenate([[0], np.cumsum(np.tile(counts, 2))])
    starts = np.random.default_rng(seed).integers(0, length, size=(draws, blocks))
    total = (ring_totals[starts + block_days] - ring_totals[starts]).sum(axis=1)
    count = (ring_counts[starts + block_days] - ring_counts[starts]).sum(axis=1)
    means = total[count > 0] / count[count > 0]
    ends = np.quantile(means, [(1 - level) / 2, (1 + level) / 2])
    low, high = mean + (ends - mean) * _few_blocks(blocks, level)
    return Interval(mean, float(low), float(high), len(value), blocks)


def _few_blocks(blocks: int, level: float) -> float:
    """How much wider an interval must be where few blocks stand behind it: Student's t over the normal."""
    from scipy.special import ndtri, stdtrit

    quantile = (1 + level) / 2
    return float(stdtrit(blocks - 1, quantile) / ndtri(quantile) * np.sqrt(blocks / (blocks - 1)))


def calibration(odds: Sequence[float], happened: Sequence[bool]) -> list[dict[str, Any]]:
    """Of the times odds in a bin were given, how often it happened; with the Wilson 90 percent interval."""
    rows = []
    for low, high in BINS:
        chosen = [k for k, p in enumerate(odds) if low <= p < high or (high == 1.0 and p == 1.0)]
        hits = sum(happened[k] for k in chosen)
        ends = wilson(hits, len(chosen))
        rows.append(
            {
                "from_share": low,
                "to_share": high,
                "n": len(chosen),
                "mean_odds_share": round(float(np.mean([odds[k] for k in chosen])), 4) if chosen else None,
                "happened_share": round(hits / len(chosen), 4) if chosen else None,
                "low_share": round(ends[0], 4) if chosen else None,
                "high_share": round(ends[1], 4) if chosen else None,
            }
        )
    return rows


def wilson(hits: float, n: float, z: float = 1.6449) -> tuple[float, float]:
    """Wilson (1927) score interval of a share; the whole of [0, 1] where nothing was counted."""
    if n == 0:
        return 0.0, 1.0
    share = hits / n
    centre = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z * np.sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    low = 0.0 if hits == 0 else max(0.0, float(centre - half))
    return low, 1.0 if hits == n else min(1.0, float(centre + half))


def compare(
    odds: Mapping[str, Sequence[float]],
    happened: Sequence[bool],
    days: Sequence[date],
    against: Sequence[str],
    *,
    seed: int = 0,
) -> dict[str, dict[str, Any]]:
    """Scores of forecasters on the same questions, and their paired differences from each in `against`.

    Args:
        odds: forecaster -> odds, in the order of the questions.
        happened, days: answer and asking day of each question.
        against: forecasters that every other is set against; a difference below zero is better than they.

    Returns:
        forecaster -> {brier, log: Interval as JSON; differences: {other: {brier, log, told_apart}}}.
    """
    scored = {
        name: {
            kind: [rule(clipped(p), y) for p, y in zip(row, happened, strict=True)]
            for kind, rule in SCORES.items()
        }
        for name, row in odds.items()
    }
    found: dict[str, dict[str, Any]] = {}
    for name, own in scored.items():
        found[name] = {kind: block_interval(own[kind], days, seed=seed).as_dict() for kind in SCORES}
        found[name]["differences"] = {
            other: _difference(own, scored[other], days, seed)
            for other in against
            if other != name and other in scored
        }
    return found


def _difference(
    own: Mapping[str, Sequence[float]], other: Mapping[str, Sequence[float]], days: Sequence[date], seed: int
) -> dict[str, Any]:
    row: dict[str, Any] = {}
    apart = []
    for kind in SCORES:
        gap = [a - b for a, b in zip(own[kind], other[kind], strict=True)]
        interval = block_interval(gap, days, seed=seed)
        row[kind] = interval.as_dict()
        apart.append(interval.beats_zero and interval.blocks >= 3 and interval.n >= LEAST_QUESTIONS)
    return row | {"told_apart": all(apart)}
