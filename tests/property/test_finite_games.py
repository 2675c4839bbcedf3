"""Finite games against nashpy: the same equilibria, and games built from the agenda."""

from __future__ import annotations

from datetime import date

import nashpy
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.analysis.bargains import Question, payoffs_of
from detente.core.errors import InvalidGame
from detente.record.asof import AsOf
from detente.record.files import load_record
from detente.strategy.finite_games import (
    FiniteGame,
    agenda_game,
    degenerate,
    equilibria,
    package_played,
)
from detente.strategy.on_the_table import agenda_of


def game(first: np.ndarray, second: np.ndarray) -> FiniteGame:
    rows, columns = first.shape
    return FiniteGame(
        first, second, tuple(f"r{n}" for n in range(rows)), tuple(f"c{n}" for n in range(columns))
    )


def by_nashpy(one: FiniteGame) -> list[tuple[np.ndarray, np.ndarray]]:
    # By vertices of the best-reply polytopes, another way than ours. Its enumeration of supports compares
    # floats, leaves some equilibria out in one of six such games, and then calls these degenerate.
    return list(nashpy.Game(one.first, one.second).vertex_enumeration())


def agree(one: FiniteGame) -> int:
    ours = [(e.first, e.second) for e in equilibria(one)]
    theirs = by_nashpy(one)
    assert len(ours) == len(theirs)
    for x, y in theirs:
        assert any(np.allclose(x, a, atol=1e-6) and np.allclose(y, b, atol=1e-6) for a, b in ours)
    return len(ours)


@given(st.integers(2, 4), st.integers(2, 4), st.integers(0, 10_000))
@settings(deadline=None, max_examples=60)
def test_games_without_ties_have_the_equilibria_of_nashpy_and_an_odd_number(
    m: int, n: int, seed: int
) -> None:
    draw = np.random.default_rng(seed)
    one = game(draw.normal(size=(m, n)), draw.normal(size=(m, n)))
    assert not degenerate(one)
    assert agree(one) % 2 == 1
    assert all(e.regret <= 1e-9 for e in equilibria(one))


def test_a_coordination_game_has_three_and_a_dilemma_one() -> None:
    assert agree(game(np.array([[2.0, 0.0], [0.0, 1.0]]), np.array([[1.0, 0.0], [0.0, 2.0]]))) == 3
    (dilemma,) = equilibria(game(np.array([[3.0, 0.0], [5.0, 1.0]]), np.array([[3.0, 5.0], [0.0, 1.0]])))
    assert dilemma.pure
    assert dilemma.values == (1.0, 1.0)


def test_ties_are_named_and_too_many_strategies_refused() -> None:
    assert degenerate(game(np.ones((2, 2)), np.ones((2, 2))))
    with pytest.raises(InvalidGame):
        equilibria(game(np.zeros((13, 2)), np.zeros((13, 2))))
    with pytest.raises(InvalidGame):
        game(np.zeros((0, 2)), np.zeros((0, 2)))


def test_the_agenda_without_a_signature_is_a_game_that_nashpy_solves_alike() -> None:
    record = load_record("us-china")
    agenda = agenda_of(record, AsOf(date(2025, 5, 10)))
    payoffs = payoffs_of(record, agenda, Question(), lambda words: None)
    one = agenda_game(payoffs, ["us-reciprocal-duty", "china-all-goods-duty", "china-farm-duties"])
    assert one.first.shape == (4, 8)
    found = equilibria(one)
    assert agree(one) >= 1
    # What is played is worth what the matrix says, solved as a package of its own.
    pure = next(e for e in found if e.pure)
    package = package_played(payoffs, one, pure)
    assert package is not None
    worth = payoffs.worth(package)
    assert [worth[side].central for side in agenda.sides] == pytest.approx(pure.values, abs=1e-9)
    with pytest.raises(InvalidGame):
        agenda_game(payoffs, ["us-reciprocal-duty"])
