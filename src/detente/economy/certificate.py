"""What a solve proves about its own result, or why it has none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np


class Reason(StrEnum):
    """Why a solve ended."""

    CONVERGED = "converged"
    NOT_CONVERGED = "not_converged"
    NOT_FINITE = "not_finite"
    NEGATIVE_INCOME = "negative_income"
    BASELINE_NOT_SOLVED = "baseline_not_solved"
    NO_SUPPLIER = "no_supplier"
    RULES_CYCLE = "rules_cycle"


REMEDY: Mapping[Reason, str] = {
    Reason.NOT_CONVERGED: "take a smaller shock, or the balanced closure: where duties shut out nearly all "
    "trade, fixed deficits may leave no equilibrium",
    Reason.NOT_FINITE: "check the size of duties and costs, and that every economy keeps "
    "a supplier of each sector",
    Reason.NEGATIVE_INCOME: "use the balanced closure: with deficits fixed, an economy's surplus exceeds "
    "what it earns under this shock",
    Reason.NO_SUPPLIER: "leave a supplier, or a limit above zero instead of an embargo",
    Reason.RULES_CYCLE: "drop a quantity rule that repeats or contradicts another",
    Reason.BASELINE_NOT_SOLVED: "use the closure fixed_to_world_income, or a world whose accounts balance",
}


@dataclass(frozen=True)
class Certificate:
    """Residuals and cost of one solve.

    Attributes:
        reason: why it ended; only `converged` comes with an outcome.
        residuals: block name -> largest relative residual of its equations.
        walras: residual of the redundant equation over world wage income.
        trade_balance: largest gap of an economy's imports less exports less deficit, over world wage
            income, taken from the flows themselves.
        tolerance: largest residual allowed.
        iterations: quasi-Newton steps.
        evaluations: residual evaluations.
        factor_reads: times the prepared factors were read.
        factorisations: factorisations made beyond the prepared one.
        continuation_steps: stages in which the shock was approached; 0 where it was taken at once.
        seconds: wall time.
    """

    reason: Reason
    residuals: Mapping[str, float]
    walras: float
    trade_balance: float
    tolerance: float
    iterations: int
    evaluations: int
    factor_reads: int
    factorisations: int
    continuation_steps: int
    seconds: float

    @property
    def certified(self) -> bool:
        """True where every residual and both checks are within the tolerance."""
        checks = [*self.residuals.values(), self.walras, self.trade_balance]
        return self.reason is Reason.CONVERGED and all(value <= self.tolerance for value in checks)

    @property
    def largest(self) -> float:
        """The largest relative residual of any equation."""
        return max(self.residuals.values(), default=float("inf"))

    def to_dict(self) -> dict[str, Any]:
        """For JSON; a residual that is not finite becomes None."""
        return {
            "certified": self.certified,
            "reason": self.reason.value,
            "residuals": {name: _number(value) for name, value in self.residuals.items()},
            "walras": _number(self.walras),
            "trade_balance": _number(self.trade_balance),
            "tolerance": self.tolerance,
            "iterations": self.iterations,
            "residual_evaluations": self.evaluations,
            "factor_reads": self.factor_reads,
            "factorisations": self.factorisations,
            "continuation_steps": self.continuation_steps,
            "seconds": self.seconds,
        }


@dataclass(frozen=True)
class NotSolved:
    """A shock without a certified equilibrium. It has no numbers but its certificate's.

    Attributes:
        reason: why.
        message: what happened and what to do instead.
        certificate: how far the search came.
    """

    reason: Reason
    message: str
    certificate: Certificate

    @property
    def solved(self) -> bool:
        """Always False."""
        return False

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "solved": False,
            "reason": self.reason.value,
            "message": self.message,
            "certificate": self.certificate.to_dict(),
        }


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
