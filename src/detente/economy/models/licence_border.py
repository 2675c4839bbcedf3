"""Licence prices as a border on a model's preconditioner.

Quantity rules that bind add one unknown and one equation each. The model's own factors stay as they are:
the border's columns and rows are taken from the residual by differences, which is exact enough for a
preconditioner, and the Schur complement is as small as the number of rules.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from detente.economy.models.base import Linear, Model, Unknowns

LICENCE = "licence"
STEP = 1e-6


class LicenceBorder:
    """An approximate inverse Jacobian of a model with binding quantity rules."""

    def __init__(self, model: Model, near: Linear, parameters: Any, point: Unknowns) -> None:
        self.model, self.near, self.parameters, self.point = model, near, parameters, point
        self.here = model.residual(np, point, parameters)[LICENCE]
        count = point[LICENCE].size
        rows = []
        self.responses: list[Unknowns] = []
        for number in range(count):
            column = self._along({LICENCE: np.eye(count)[number]})
            response = near.apply({name: value for name, value in column.items() if name != LICENCE})
            self.responses.append(response)
            rows.append(column[LICENCE] - self._along(response)[LICENCE])
        self.schur = np.array(rows).T

    def _along(self, direction: Unknowns) -> Unknowns:
        """Derivative of the residual along a direction, by central differences."""

        def moved(step: float) -> Unknowns:
            point = {n: v + step * direction[n] if n in direction else v for n, v in self.point.items()}
            return self.model.residual(np, point, self.parameters)

        ahead, behind = moved(STEP), moved(-STEP)
        return {name: (ahead[name] - behind[name]) / (2 * STEP) for name in ahead}

    def apply(self, residual: Unknowns) -> Unknowns:
        """The step d with J d = residual. Blocks may carry a last axis of directions."""
        rest = {name: value for name, value in residual.items() if name != LICENCE}
        step = self.near.apply(rest)
        at = residual[LICENCE].reshape(len(self.responses), -1)
        columns = {name: value.reshape(*self.point[name].shape, -1) for name, value in step.items()}
        felt = np.stack([self._felt(columns, k) for k in range(at.shape[1])], axis=1)
        licence = np.linalg.lstsq(self.schur, at - felt, rcond=None)[0]
        for price, response in zip(licence, self.responses, strict=True):
            columns = {name: value - response[name][..., None] * price for name, value in columns.items()}
        found = {name: value.reshape(residual[name].shape) for name, value in columns.items()}
        return {**found, LICENCE: licence.reshape(residual[LICENCE].shape)}

    def _felt(self, columns: Unknowns, number: int) -> np.ndarray:
        """What one direction of the rest does to the licences' equations [rule]."""
        step = {name: value[..., number] for name, value in columns.items()}
        # A long step is scaled for the difference, so that it stays inside the region of the derivative.
        size = max(1.0, *(float(np.abs(value).max(initial=0.0)) for value in step.values())) / STEP
        there = {**self.point, **{name: self.point[name] + value / size for name, value in step.items()}}
        return (self.model.residual(np, there, self.parameters)[LICENCE] - self.here) * size

    def apply_transposed(self, gradient: Unknowns) -> Unknowns:
        """Multipliers l with J' l = gradient, but for what licences' equations pass to the rest.

        That part costs as many differences as unknowns; an iterative solver makes up for it in as many
        steps as there are rules.
        """
        rest = {name: value for name, value in gradient.items() if name != LICENCE}
        at = gradient[LICENCE].reshape(len(self.responses), -1)
        felt = np.zeros_like(at)
        for name, value in rest.items():
            weights = value.reshape(self.point[name].size, -1)
            felt += np.stack([r[name].ravel() for r in self.responses]) @ weights
        licence = np.linalg.lstsq(self.schur.T, at - felt, rcond=None)[0]
        return {**self.near.apply_transposed(rest), LICENCE: licence.reshape(gradient[LICENCE].shape)}
