"""Posteriors of shares, rates and lengths: what was counted, how sure that makes one, and draws from it.

A share over k outcomes has a Dirichlet posterior (Beta where k is 2), a rate a Gamma posterior with Poisson
counts, both conjugate: start plus weighted counts. Gelman et al., Bayesian Data Analysis (3rd ed.), 2.6, 3.4.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

Number = int | float


@dataclass(frozen=True)
class Evidence:
    """A group of cases that a posterior counts.

    Attributes:
        id, name, url: the source; `record` is the dispute's own.
        known: the day from which it may be used; None for the record, which is cut to the day by itself.
        n: cases, before weighting.
        counts: outcome -> cases (a share); {"events": e, "days": d} (a rate), both after forgetting.
        values: lengths in days, for a length.
        weight: what a case counts beside one of the dispute's own.
        stands_for: which cases these are.
        cases: ids of the entries or rows counted.
    """

    id: str
    name: str
    known: date | None
    n: float
    counts: Mapping[str, float]
    weight: float
    stands_for: str = ""
    url: str = ""
    values: tuple[float, ...] = ()
    cases: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "id": self.id,
            "name": self.name,
            "url": self.url or None,
            "known": self.known.isoformat() if self.known else None,
            "n": self.n,
            "counts": {key: round(value, 4) for key, value in self.counts.items()},
            "days": list(self.values),
            "weight": self.weight,
            "stands_for": self.stands_for,
            "cases": list(self.cases),
        }


@dataclass(frozen=True)
class Share:
    """What becomes of a case: a Dirichlet posterior over outcomes.

    Attributes:
        id, what: its name and what it is about.
        alpha: outcome -> start plus weighted cases; all above zero.
        start: outcome -> pseudo-cases assumed before any case.
        evidence: what was counted.
    """

    id: str
    what: str
    alpha: Mapping[str, float]
    start: Mapping[str, float]
    evidence: tuple[Evidence, ...]

    @property
    def n(self) -> float:
        """Cases of the dispute's own, unweighted."""
        return sum(e.n for e in self.evidence if e.known is None)

    @property
    def effective_n(self) -> float:
        """Weighted cases, without the start."""
        return sum(self.alpha.values()) - sum(self.start.values())

    def mean(self, outcome: str) -> float:
        """Posterior mean: also the predictive probability of the outcome for the next case."""
        return self.alpha[outcome] / sum(self.alpha.values())

    def interval(self, outcome: str, level: float = 0.8) -> tuple[float, float]:
        """Central posterior interval of an outcome's share: its marginal is a Beta."""
        from scipy.special import betaincinv

        own = self.alpha[outcome]
        rest = sum(self.alpha.values()) - own
        low, high = (1 - level) / 2, (1 + level) / 2
        return float(betaincinv(own, rest, low)), float(betaincinv(own, rest, high))

    def draw(self, rng: np.random.Generator) -> dict[str, float]:
        """One set of shares from the posterior: outcome -> share, summing to 1."""
        values = rng.dirichlet(list(self.alpha.values()))
        return dict(zip(self.alpha, (float(v) for v in values), strict=True))

    def as_dict(self) -> dict[str, Any]:
        """As JSON, with 80 percent intervals."""
        return {
            "id": self.id,
            "form": "share",
            "what": self.what,
            "n": self.n,
            "effective_n": round(self.effective_n, 3),
            "outcomes": {
                outcome: {
                    "mean_share": round(self.mean(outcome), 4),
                    "low_share": round(self.interval(outcome)[0], 4),
                    "high_share": round(self.interval(outcome)[1], 4),
                }
                for outcome in self.alpha
            },
            "start": dict(self.start),
            "evidence": [e.as_dict() for e in self.evidence],
        }


@dataclass(frozen=True)
class Rate:
    """How often something happens: a Gamma posterior of events per day.

    Attributes:
        events, days: start plus weighted counts.
        start: {"events": e, "days": d} assumed before any count.
    """

    id: str
    what: str
    events: float
    days: float
    start: Mapping[str, float]
    evidence: tuple[Evidence, ...]

    @property
    def n(self) -> float:
        """Events of the dispute's own, unweighted and without forgetting."""
        return sum(e.n for e in self.evidence if e.known is None)

    @property
    def per_day(self) -> float:
        """Posterior mean of events per day: the hazard for what can happen at any time."""
        return self.events / self.days

    def within(self, days: Number) -> float:
        """Predictive probability of at least one event in so many days: 1 - (d / (d + t))^e."""
        return 1.0 - (self.days / (self.days + days)) ** self.events

    def interval(self, days: Number, level: float = 0.8) -> tuple[float, float]:
        """Posterior interval of the probability of at least one event in so many days."""
        from scipy.special import gammaincinv

        ends = [float(gammaincinv(self.events, q)) / self.days for q in ((1 - level) / 2, (1 + level) / 2)]
        return 1 - float(np.exp(-ends[0] * days)), 1 - float(np.exp(-ends[1] * days))

    def draw(self, rng: np.random.Generator) -> float:
        """One rate per day from the posterior."""
        return float(rng.gamma(self.events, 1.0 / self.days))

    def as_dict(self) -> dict[str, Any]:
        """As JSON, with the odds of at least one event in 30 and 90 days."""
        return {
            "id": self.id,
            "form": "rate",
            "what": self.what,
            "n": self.n,
            "events": round(self.events, 4),
            "days": round(self.days, 2),
            "events_per_year": round(365.25 * self.per_day, 4),
            "within_30_days_share": round(self.within(30), 4),
            "within_90_days_share": round(self.within(90), 4),
            "interval_90_days_share": [round(end, 4) for end in self.interval(90)],
            "start": dict(self.start),
            "evidence": [e.as_dict() for e in self.evidence],
        }


@dataclass(frozen=True)
class Lengths:
    """How long something takes: the weighted empirical distribution of lengths in days."""

    id: str
    what: str
    evidence: tuple[Evidence, ...]

    def _points(self) -> tuple[np.ndarray, np.ndarray]:
        values = [value for e in self.evidence for value in e.values]
        weights = [e.weight for e in self.evidence for _ in e.values]
        order = np.argsort(values, kind="stable")
        return np.asarray(values, float)[order], np.asarray(weights, float)[order]

    @property
    def n(self) -> float:
        """Cases of the dispute's own."""
        return sum(e.n for e in self.evidence if e.known is None)

    @property
    def empty(self) -> bool:
        """Whether nothing was counted: then it has no quantiles and no draws."""
        return not any(e.weight and e.values for e in self.evidence)

    def quantile(self, q: float) -> float:
        """The smallest length with at least a share q of the weight at or below it.

        Raises:
            ValueError: nothing was counted.
        """
        if self.empty:
            raise ValueError(f"{self.id}: no case is known")
        values, weights = self._points()
        reached = np.cumsum(weights) / weights.sum()
        return float(values[min(int(np.searchsorted(reached, q - 1e-12)), len(values) - 1)])

    def mean(self) -> float:
        """Weighted mean in days."""
        values, weights = self._points()
        return float(np.average(values, weights=weights))

    def draw(self, rng: np.random.Generator) -> float:
        """One length in days, drawn by weight."""
        values, weights = self._points()
        return float(rng.choice(values, p=weights / weights.sum()))

    def as_dict(self) -> dict[str, Any]:
        """As JSON, with quartiles."""
        return {
            "id": self.id,
            "form": "days",
            "what": self.what,
            "n": self.n,
            "median_days": None if self.empty else self.quantile(0.5),
            "quartile_days": None if self.empty else [self.quantile(0.25), self.quantile(0.75)],
            "evidence": [e.as_dict() for e in self.evidence],
        }
