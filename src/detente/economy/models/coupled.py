"""Large linear systems of one small dense block an economy, coupled by trade sector by sector.

    (I - L T R) x = r,    x, r [economy, sector]

T trades within sectors across economies [sector, N, N]; L and R mix sectors within economies [N, J, J]. An
economy deals mostly with itself, so its own block D_n = I - L_n T_nn R_n is inverted, and trade with others,
T0, is swept through

    t <- T0 (U r + V t),    x = E r + W t,    E = D^-1, U = R E, V = R E L, W = E L

until little of the error is left: about seven sweeps of N^2 J operations on arrays that stay in the
processor's cache, where a factorisation of the whole holds (N J)^2 numbers and is read from memory at every
step. The number of sweeps is fixed when the system is taken, from the rate at which they shrink the error.
Where they would shrink it too slowly, the whole is factored instead.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np
from scipy.linalg import get_lapack_funcs

SINGLE = np.float32

ACCURACY = 1e-4
"""What sweeps leave of an error: a residual decides when a solve is done, and more would save it no step."""

MOST_SWEEPS = 40
"""Sweeps beyond which factoring the whole is cheaper."""

TOGETHER = 64
"""Directions swept side by side: half a megabyte at 77 x 28, which a processor's cache holds."""

TRIALS = 24
"""Sweeps in which the rate shows."""


class Solver(Protocol):
    """A linear system, ready to be solved."""

    def solve(self, right: np.ndarray, *, transposed: bool = False) -> np.ndarray:
        """The solution for right-hand sides [N, J, directions], of the system or of its transpose."""
        ...


def coupled(trade: np.ndarray, left: np.ndarray | None, right: np.ndarray | None) -> Solver:
    """I - L T R, ready to be solved.

    Args:
        trade: T [J, N, N], single precision.
        left, right: L and R [N, J, J], single precision; exactly one of them None, for the identity.
    """
    swept = Swept(trade, left, right)
    return swept if swept.sweeps <= MOST_SWEEPS else Whole(trade, left, right)


class Swept:
    """The system solved by sweeps of trade with others.

    Attributes:
        sweeps: how many a solve takes; inf where they do not shrink the error.
    """

    def __init__(self, trade: np.ndarray, left: np.ndarray | None, right: np.ndarray | None) -> None:
        sectors, economies, _ = trade.shape
        own = np.arange(economies)
        at_home = trade[:, own, own].T
        inside = at_home[:, :, None] * right if left is None else left * at_home[:, None, :]
        with np.errstate(all="ignore"):
            self._e = _inverse(np.eye(sectors, dtype=SINGLE) - inside)
        self._u = self._e if right is None else np.matmul(right, self._e)
        self._w = self._e if left is None else np.matmul(self._e, left)
        self._v = self._u if left is None else self._w
        self._trade = trade.copy()
        self._trade[:, own, own] = 0.0
        self.sweeps = self._needed(economies, sectors)

    def _needed(self, economies: int, sectors: int) -> float:
        error = np.ones((economies, sectors, 1), dtype=SINGLE)
        sizes = []
        for _ in range(TRIALS):
            error = self._abroad(np.matmul(self._v, error), transposed=False)
            sizes.append(float(np.abs(error).max()))
            if not 0 < sizes[-1] < np.inf:
                break
            error /= sizes[-1]
        rate = max(sizes[-4:])
        if rate == 0:
            return 1
        return np.ceil(np.log(ACCURACY) / np.log(rate)) if rate < 1 else np.inf

    def _abroad(self, y: np.ndarray, *, transposed: bool) -> np.ndarray:
        trade = self._trade.transpose(0, 2, 1) if transposed else self._trade
        return np.matmul(trade, np.ascontiguousarray(y.transpose(1, 0, 2))).transpose(1, 0, 2)

    def solve(self, right: np.ndarray, *, transposed: bool = False) -> np.ndarray:
        """The solution for right-hand sides [N, J, directions], of the system or of its transpose."""
        if right.shape[2] > TOGETHER:
            parts = range(0, right.shape[2], TOGETHER)
            some = [self.solve(right[:, :, at : at + TOGETHER], transposed=transposed) for at in parts]
            return np.concatenate(some, axis=2)
        e, u, v, w = self._e, self._u, self._v, self._w
        if transposed:
            e, u, v, w = (m.transpose(0, 2, 1) for m in (e, w, v, u))
        start = np.matmul(u, right)
        abroad = self._abroad(start, transposed=transposed)
        for _ in range(int(self.sweeps)):
            abroad = self._abroad(start + np.matmul(v, abroad), transposed=transposed)
        return np.matmul(e, right) + np.matmul(w, abroad)


class Whole:
    """The system factored whole, N J square."""

    def __init__(self, trade: np.ndarray, left: np.ndarray | None, right: np.ndarray | None) -> None:
        sectors, economies, _ = trade.shape
        # Row (n, j), column (m, k), laid out by columns for LAPACK.
        columns = np.empty((economies, sectors, economies, sectors), dtype=trade.dtype)
        for other in range(economies):
            if left is not None:
                np.multiply(trade[:, :, other][:, :, None], left.transpose(2, 0, 1), out=columns[other])
            elif right is not None:
                np.multiply(trade[:, :, other].T[None], right[other].T[:, None, :], out=columns[other])
        size = economies * sectors
        flat = columns.reshape(size, size)
        np.negative(flat, out=flat)
        flat.reshape(-1)[:: size + 1] += 1
        self._factors = factored(flat.T)

    def solve(self, right: np.ndarray, *, transposed: bool = False) -> np.ndarray:
        """The solution for right-hand sides [N, J, directions], of the system or of its transpose."""
        flat = right.reshape(right.shape[0] * right.shape[1], -1)
        return solved(self._factors, flat, transposed=transposed).reshape(right.shape)


def factored(matrix: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """LU factors and pivots. A singular block gives steps that are not finite; the solve reports those."""
    (getrf,) = get_lapack_funcs(("getrf",), (matrix,))
    factors, pivots, _ = getrf(matrix, overwrite_a=True)
    return factors, pivots


def solved(
    factor: tuple[np.ndarray, np.ndarray], right: np.ndarray, *, transposed: bool = False
) -> np.ndarray:
    """Solve with LU factors, or with their transpose; the right-hand sides are columns."""
    (getrs,) = get_lapack_funcs(("getrs",), (factor[0],))
    return getrs(factor[0], factor[1], right, trans=int(transposed))[0]


def _inverse(blocks: np.ndarray) -> np.ndarray:
    """Inverses of [N, J, J]; not finite where one is singular."""
    try:
        return np.linalg.inv(blocks)
    except np.linalg.LinAlgError:
        return np.full_like(blocks, np.nan)
