"""Systems of blocks coupled by trade: sweeps and factors give what the dense matrix gives."""

from __future__ import annotations

import numpy as np
import pytest

from detente.economy.models.coupled import ACCURACY, MOST_SWEEPS, Swept, Whole, coupled


def system(seed: int, *, mixing: float, home: float) -> tuple[np.ndarray, np.ndarray]:
    """Trade [J, N, N] whose rows sum to one, and mixing [N, J, J] whose rows sum to `mixing`."""
    draw = np.random.default_rng(seed)
    trade = draw.random((3, 5, 5)) + home * np.eye(5)
    trade /= trade.sum(axis=2, keepdims=True)
    blocks = draw.random((5, 3, 3))
    blocks *= mixing / blocks.sum(axis=2, keepdims=True)
    return trade.astype(np.float32), blocks.astype(np.float32)


def dense(trade: np.ndarray, left: np.ndarray | None, right: np.ndarray | None) -> np.ndarray:
    """I - L T R by loops, row and column (economy, sector)."""
    sectors, economies, _ = trade.shape
    size = economies * sectors
    whole = np.eye(size)
    for n in range(economies):
        for m in range(economies):
            across = np.diag(trade[:, n, m].astype(float))
            if left is not None:
                across = left[n] @ across
            if right is not None:
                across = across @ right[m]
            whole[n * sectors : (n + 1) * sectors, m * sectors : (m + 1) * sectors] -= across
    return whole


@pytest.mark.parametrize("side", ["left", "right"])
@pytest.mark.parametrize("transposed", [False, True])
@pytest.mark.parametrize("kind", [Swept, Whole])
def test_a_solve_is_that_of_the_dense_matrix(side: str, transposed: bool, kind: type) -> None:
    trade, blocks = system(1, mixing=0.6, home=4.0)
    left, right = (blocks, None) if side == "left" else (None, blocks)
    matrix = dense(trade, left, right)
    wanted = np.random.default_rng(2).standard_normal((5, 3, 4))
    expected = np.linalg.solve(matrix.T if transposed else matrix, wanted.reshape(15, 4))
    found = kind(trade, left, right).solve(wanted.astype(np.float32), transposed=transposed)
    error = ACCURACY if kind is Swept else 3e-6
    np.testing.assert_allclose(found.reshape(15, 4), expected, atol=error * np.abs(expected).max())


def test_sweeps_are_few_where_economies_deal_with_themselves() -> None:
    few, many = (Swept(t, None, b).sweeps for t, b in (system(1, mixing=0.5, home=h) for h in (20.0, 0.0)))
    assert few < many <= MOST_SWEEPS


def test_where_sweeps_hardly_help_the_whole_is_factored() -> None:
    assert isinstance(coupled(*_args(system(1, mixing=0.5, home=4.0))), Swept)
    trade, blocks = system(1, mixing=0.98, home=0.0)
    solver = coupled(trade, None, blocks)
    assert isinstance(solver, Whole)
    expected = np.linalg.solve(dense(trade, None, blocks), np.ones(15))
    found = solver.solve(np.ones((5, 3, 1), dtype=np.float32))
    np.testing.assert_allclose(found.ravel(), expected, rtol=1e-3)


def _args(pair: tuple[np.ndarray, np.ndarray]) -> tuple[np.ndarray, None, np.ndarray]:
    return pair[0], None, pair[1]


def test_a_system_that_is_singular_is_left_to_the_factors() -> None:
    trade, blocks = system(1, mixing=1.0, home=0.0)
    assert isinstance(coupled(trade, blocks, None), Whole)


def test_without_trade_there_is_nothing_to_sweep() -> None:
    trade, blocks = system(1, mixing=0.5, home=0.0)
    alone = trade * np.eye(5, dtype=np.float32)
    assert Swept(alone, None, blocks).sweeps == 1
