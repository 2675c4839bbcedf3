"""A lever with the law of a day: how far it goes, when it is felt, and what it then costs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from detente.economy.certificate import NotSolved
from detente.strategy.authorities import Law, Step
from detente.strategy.bench import Effect
from detente.strategy.cases import SHIFTED_FROM, Case, at
from detente.strategy.levers_file import POINTS, Lever
from detente.strategy.sourced import LEVELS

WEEKS = 52.0
"""In a year; a lever that bites later than that has no part in the first."""


@dataclass(frozen=True)
class Armed:
    """A lever with the law of the day.

    Attributes:
        lever: what it is.
        law: its authorities; None where the step in law is stated in the file.
        step: the authority it goes by; None where the step is stated, or none may be used within a year.
        in_use: measures that use it already.
    """

    lever: Lever
    law: Law | None
    step: Step | None
    in_use: tuple[dict[str, Any], ...] = ()

    @property
    def usable(self) -> bool:
        """Whether it can be in force within a year."""
        if self.law is None:
            return self.lever.notice_weeks is not None and self.lever.notice_weeks.low < WEEKS
        return self.step is not None

    @property
    def cap(self) -> float:
        """Points that law leaves; infinite without a cap."""
        room = None if self.step is None else self.step.room_points
        return np.inf if room is None or self.lever.unit != POINTS else room

    def notice(self, case: Case) -> float:
        """Weeks until it is in force."""
        if self.step is not None:
            return self.step.weeks
        stated = self.lever.notice_weeks
        if not self.usable:
            return 0.0  # what it would cost if law allowed it
        return WEEKS if stated is None else at(stated, case, self.lever.holder, high_favours=False)

    def size(self, case: Case) -> float:
        """How far it goes in a case, within the law."""
        assert self.lever.full is not None
        return min(self.cap, at(self.lever.full, case, self.lever.holder))

    def replaced(self, case: Case) -> float:
        """Share of what is withheld that comes from elsewhere within twelve months."""
        share = self.lever.substitutes_share
        return 0.0 if share is None else at(share, case, self.lever.holder, high_favours=False)

    def felt(self, case: Case) -> tuple[float, float]:
        """Part of the first year in which target and holder feel it; 1 and 1 later."""
        if case.years is None or case.years >= SHIFTED_FROM:
            return 1.0, 1.0
        notice = self.notice(case)
        stocks = at(self.lever.stocks_weeks, case, self.lever.holder, high_favours=False)
        return max(0.0, 1 - (notice + stocks) / WEEKS), max(0.0, 1 - notice / WEEKS)

    def weeks_to_bite(self) -> dict[str, float]:
        """Notice and stocks together, at each level."""
        notice = self.lever.notice_weeks
        return {
            level: getattr(self.lever.stocks_weeks, level)
            + (self.step.weeks if self.step else getattr(notice, level) if notice else 0.0)
            for level in LEVELS
        }


@dataclass(frozen=True)
class Cost:
    """What a lever costs in a case, as counted: within the first year, or in a year later.

    Attributes:
        target_percent, holder_percent: of real income.
        target_usd_million, holder_usd_million: in money.
        effect: of the economy, as yearly rates once it bites; None where costs are stated.
    """

    target_percent: float
    holder_percent: float
    target_usd_million: float
    holder_usd_million: float
    effect: Effect | None

    @property
    def hold(self) -> float:
        """Cost to the target less cost to the holder, points."""
        return self.target_percent - self.holder_percent

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "solved": True,
            "cost_to_target_percent": self.target_percent,
            "cost_to_holder_percent": self.holder_percent,
            "cost_to_target_usd_million": self.target_usd_million,
            "cost_to_holder_usd_million": self.holder_usd_million,
            "hold_points": self.hold,
            "yearly_rate": None if self.effect is None else self.effect.to_dict(),
        }


Counted = Cost | NotSolved
