"""Whole Jacobians of small systems, factored: the preconditioner of models of a few unknowns an economy.

A Jacobian is a table of blocks, one row a residual block and one column an unknown block, in closed form or
by complex steps of the residual itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any, ClassVar

import numpy as np
from scipy.linalg import get_lapack_funcs

from detente.economy.levers import Levers
from detente.economy.models.base import DutiesAndCostsOnly, Unknowns

COMPLEX_STEP = 1e-30
"""Imaginary step: its square vanishes beside one, so the derivative has no error but rounding."""

Rows = Mapping[str, Mapping[str, np.ndarray]]
"""Residual block -> unknown block -> matrix. A pair left out is zero."""


class Factored:
    """A Jacobian factored whole, for one or many right-hand sides."""

    def __init__(self, matrix: np.ndarray, sizes: Mapping[str, int]) -> None:
        """Factor a matrix whose rows and columns are stacked blocks.

        Args:
            matrix: square [size, size].
            sizes: block name -> number of unknowns, in order.
        """
        self._sizes = dict(sizes)
        (getrf,) = get_lapack_funcs(("getrf",), (matrix,))
        self._factors, self._pivots, _ = getrf(matrix)
        (self._getrs,) = get_lapack_funcs(("getrs",), (matrix,))

    @classmethod
    def of_rows(cls, rows: Rows) -> Factored:
        """Factor a table of blocks; each row must hold its own diagonal block."""
        sizes = {name: row[name].shape[0] for name, row in rows.items()}
        start, at = {}, 0
        for name, size in sizes.items():
            start[name], at = at, at + size
        matrix = np.zeros((at, at), order="F")
        for name, row in rows.items():
            for other, block in row.items():
                down = slice(start[name], start[name] + sizes[name])
                matrix[down, start[other] : start[other] + sizes[other]] = block
        return cls(matrix, sizes)

    @classmethod
    def by_complex_steps(cls, residual: Callable[[Unknowns], Unknowns], point: Unknowns) -> Factored:
        """Factor the Jacobian of a residual that is analytic at a point; one evaluation an unknown."""
        sizes = {name: np.size(value) for name, value in point.items()}
        columns = []
        for name, value in point.items():
            for index in range(np.size(value)):
                stepped = {other: np.asarray(v, dtype=complex) for other, v in point.items()}
                stepped[name].reshape(-1)[index] += 1j * COMPLEX_STEP
                answer = residual(stepped)
                columns.append(
                    np.concatenate([np.imag(answer[row]).reshape(-1) for row in sizes]) / COMPLEX_STEP
                )
        return cls(np.array(columns).T, sizes)

    def apply(self, residual: Unknowns) -> Unknowns:
        """The step d with J d = residual. Blocks may carry a last axis of directions."""
        return self._solve(residual, transposed=False)

    def apply_transposed(self, gradient: Unknowns) -> Unknowns:
        """The multipliers l with J' l = gradient."""
        return self._solve(gradient, transposed=True)

    def _solve(self, blocks: Unknowns, *, transposed: bool) -> Unknowns:
        right = np.concatenate([blocks[name].reshape(size, -1) for name, size in self._sizes.items()])
        answer = self._getrs(self._factors, self._pivots, right, trans=int(transposed))[0]
        result, at = {}, 0
        for name, size in self._sizes.items():
            result[name] = answer[at : at + size].reshape(blocks[name].shape)
            at += size
        return result


class DenseModel(DutiesAndCostsOnly):
    """What models share whose equations stand in a module and whose whole Jacobian is factored.

    Attributes:
        system: the module, with `shocked`, `residual_and_excess` and `factor`.
    """

    system: ClassVar[ModuleType]

    def shocked(self, xp: ModuleType, parameters: Any, levers: Levers) -> Any:
        """Parameters with these levers in force."""
        return self.system.shocked(xp, parameters, levers)

    def residual(self, xp: ModuleType, unknowns: Unknowns, parameters: Any) -> Unknowns:
        """Relative residual of each equation, by block name; zero at an equilibrium."""
        return self.system.residual_and_excess(xp, unknowns, parameters)[0]

    def judged(self, unknowns: Unknowns, parameters: Any) -> tuple[Unknowns, float]:
        """Residual by block, and excess demand where the redundant equation stands, over world income."""
        residual, excess = self.system.residual_and_excess(np, unknowns, parameters)
        return residual, float(np.abs(excess[parameters.redundant]).max() / parameters.labour_income.sum())

    def factor(self, parameters: Any, unknowns: Unknowns) -> Unknowns:
        """The point itself: the Jacobian holds the elasticities, so variants share no factors."""
        return unknowns

    def preconditioner(self, factors: Unknowns, parameters: Any) -> Factored:
        """The whole Jacobian in closed form at the point, factored."""
        return self.system.factor(parameters, factors)
