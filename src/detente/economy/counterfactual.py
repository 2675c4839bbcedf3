"""A model at its baseline, and its equilibrium under levers, for models that bring their own data.

`solve` does the same for a World and a Policy. Both search and certify with `search.find`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import root_scalar

from detente.core.errors import UnsolvableShock
from detente.economy.models.base import Levers, Linear, Model
from detente.economy.models.dense import COMPLEX_STEP
from detente.economy.search import Found, Layout, find

TOLERANCE = 1e-10


@dataclass(frozen=True)
class Baseline:
    """A model ready to be shocked.

    Attributes:
        model: the system.
        parameters: without a shock.
        layout: how unknown blocks are stacked.
        near: an approximate inverse Jacobian at the baseline.
        levers: of the baseline [N, N, J].
        point: stacked unknowns of the baseline.
        found: the certified baseline.
    """

    model: Model
    parameters: Any
    layout: Layout
    near: Linear
    levers: Levers
    found: Found

    @property
    def equilibrium(self) -> Any:
        """Quantities of the baseline."""
        return self.found.equilibrium

    def under(self, levers: Levers, *, tolerance: float = TOLERANCE) -> Found:
        """The equilibrium under levers: certified, or without quantities and with the reason."""
        return find(
            self.model,
            self.layout,
            lambda part: self.model.shocked(np, self.parameters, levers.part_of_the_way(self.levers, part)),
            self.found.point,
            self.near,
            levers=levers,
            tolerance=tolerance,
            accept=tolerance,
        )


def at_baseline(model: Model, parameters: Any, levers: Levers) -> Baseline:
    """Factor a model at its baseline and certify that no shock changes nothing, or solve for the baseline.

    Args:
        model: the system.
        parameters: without a shock.
        levers: of the baseline [N, N, J].

    Raises:
        UnsolvableShock: the baseline has no certified equilibrium.
    """
    economies, _, sectors = levers.duty.shape
    layout = Layout.of(model, economies, sectors)
    start = layout.stack(model.start(parameters))
    near = model.preconditioner(model.factor(parameters, layout.split(start)), parameters)
    found = find(
        model, layout, lambda _: parameters, start, near,
        levers=levers, tolerance=TOLERANCE / 100, accept=TOLERANCE,
    )  # fmt: skip
    if found.equilibrium is None:
        raise UnsolvableShock(
            f"the baseline of {model.name}", why=found.message, instead="data whose accounts hold"
        )
    if np.abs(found.point - start).max(initial=0.0) > 1e-6:
        near = model.preconditioner(model.factor(parameters, layout.split(found.point)), parameters)
    return Baseline(model, parameters, layout, near, levers, found)


@dataclass(frozen=True)
class Best:
    """A rate at which a value stops rising.

    Attributes:
        rate: as a fraction.
        found: the certified equilibrium there.
        slope: derivative of the value in the rate there.
        curvature: change of the slope per unit of rate; negative at a maximum.
    """

    rate: float
    found: Found
    slope: float
    curvature: float


def slope(
    baseline: Baseline,
    found: Found,
    levers_at: Callable[[Any], Levers],
    rate: float,
    value: Callable[[Any], Any],
) -> float:
    """Derivative of a value of the equilibrium in one rate.

    The equilibrium moves by the implicit function theorem, with the model's own Jacobian at the point;
    derivatives in the rate are complex steps, exact to rounding.

    Args:
        baseline: the model.
        found: the certified equilibrium at `rate`.
        levers_at: levers at a rate, which may be complex.
        rate: where.
        value: a scalar of an equilibrium, written without branches on values.
    """
    model, split = baseline.model, baseline.layout.split
    stepped = levers_at(rate + 1j * COMPLEX_STEP)
    moved = model.shocked(np, baseline.parameters, stepped)
    real = model.shocked(np, baseline.parameters, levers_at(rate))
    pushed = {
        name: row.imag / COMPLEX_STEP for name, row in model.residual(np, split(found.point), moved).items()
    }
    exact = model.preconditioner(model.factor(real, split(found.point)), real)
    answer = baseline.layout.stack(exact.apply(pushed))
    there = split(found.point - 1j * COMPLEX_STEP * answer)
    return float(value(model.equilibrium(np, there, moved, stepped)).imag / COMPLEX_STEP)


def best_rate(
    baseline: Baseline,
    levers_at: Callable[[Any], Levers],
    value: Callable[[Any], Any],
    *,
    start: float = 0.05,
    largest: float = 3.0,
) -> Best:
    """The rate at which a value of the equilibrium is largest, as the zero of its derivative.

    Args:
        baseline: the model, whose Jacobian must be exact where it is factored.
        levers_at: levers at a rate, which may be complex.
        value: a scalar of an equilibrium.
        start: rate from which the search goes up, doubling, until the value falls.
        largest: rate beyond which it is not followed.

    Raises:
        UnsolvableShock: no certified equilibrium on the way, or the value never falls.
    """

    def at(rate: float) -> tuple[Found, float]:
        found = baseline.under(levers_at(rate), tolerance=TOLERANCE / 100)
        if found.equilibrium is None:
            raise UnsolvableShock(f"a rate of {100 * rate:.3g}%", why=found.message, instead="a lower rate")
        return found, slope(baseline, found, levers_at, rate, value)

    low, high = 0.0, start
    while at(high)[1] > 0:
        low, high = high, 2 * high
        if high > largest:
            raise UnsolvableShock(
                f"the best rate up to {100 * largest:g}%",
                why="the value still rises",
                instead="a higher limit",
            )
    if low == 0.0 and not at(low)[1] > 0:
        raise UnsolvableShock("the best rate", why="the value falls from the start", instead="no duty")
    rate = float(root_scalar(lambda given: at(given)[1], bracket=(low, high), xtol=1e-12).root)
    found, steep = at(rate)
    step = 1e-4
    return Best(rate, found, steep, (at(rate + step)[1] - at(rate - step)[1]) / (2 * step))
