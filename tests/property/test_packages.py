"""Bargains over packages: efficient by a count of their own, whatever the numbers."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.core.errors import InvalidGame, InvalidOption
from detente.record.asof import AsOf
from detente.strategy.agenda import Agenda, Issue, Option, RedLine
from detente.strategy.bargain import RULES
from detente.strategy.packages import Table, efficient, excluded_by, settle


def agenda(*sizes: int) -> Agenda:
    issues = tuple(
        Issue(f"i{n}", f"issue {n}", tuple(Option("keep" if k == 0 else f"o{k}", "") for k in range(size)))
        for n, size in enumerate(sizes)
    )
    return Agenda("made-up", AsOf(date(2025, 5, 10)), ("AAA", "BBB"), issues)


def table(values: np.ndarray) -> Table:
    one = agenda(len(values))
    return Table(one, one.allowed, values)


worths = st.lists(
    st.tuples(*[st.floats(-1, 1, allow_nan=False).map(lambda x: round(x, 3))] * 2), min_size=2, max_size=40
).map(np.array)


@given(worths)
@settings(deadline=None, max_examples=80)
def test_efficient_rows_are_those_that_no_row_beats(values: np.ndarray) -> None:
    found = set(efficient(values).tolist())
    beaten = lambda a, b: (b >= a).all() and (b > a).any()  # noqa: E731
    for n, row in enumerate(values):
        if any(beaten(row, other) for other in values):
            assert n not in found
        else:
            assert any((values[m] == row).all() for m in found)


@given(worths, st.sampled_from(RULES))
@settings(deadline=None, max_examples=120)
def test_a_bargain_is_on_the_frontier_and_best_by_its_rule(values: np.ndarray, rule: str) -> None:
    outside = values[0]
    found = settle(table(values), rule, outside)
    gains = values - outside
    signed = gains[(gains > 1e-6).all(axis=1)]
    if not len(signed):
        assert found.package is None
        assert not found.certified
        return
    mine = np.array(list(found.gains.values()))
    assert found.certified
    assert not ((values - values[found.row] > 1e-9).all(axis=1)).any()
    ideals = signed.max(axis=0)
    score = {
        "egalitarian": lambda g: g.min(axis=-1),
        "kalai-smorodinsky": lambda g: (g / ideals).min(axis=-1),
        "nash": lambda g: g.prod(axis=-1),
    }[rule]
    assert score(mine) >= score(signed).max() - 1e-8
    assert found.lottery_gain_percent >= -1e-12


def test_a_lottery_over_two_packages_is_stated() -> None:
    found = settle(table(np.array([[0.0, 0.0], [1.0, 0.1], [0.1, 1.0]])), "egalitarian", [0.0, 0.0])
    assert min(found.gains.values()) == pytest.approx(0.1)
    assert found.lottery_gain_percent == pytest.approx(0.55 - 0.1)


def test_nothing_better_than_the_outside_option_is_no_deal() -> None:
    found = settle(table(np.array([[0.0, 0.0], [1.0, -0.1], [-0.1, 1.0]])), "nash", [0.0, 0.0])
    assert found.package is None
    assert found.gains == {}


def test_red_lines_on_outcomes_are_kept_and_never_priced() -> None:
    values = np.array([[0.0, 0.0], [5.0, 0.2], [0.3, 0.3]])
    assert settle(table(values), "nash", [0.0, 0.0]).row == 1
    assert settle(table(values), "nash", [0.0, 0.0], floors=[-np.inf, 0.25]).row == 2
    with pytest.raises(InvalidGame):
        settle(table(values), "nash", [0.0, 0.0], floors=[6.0, 0.25])
    with pytest.raises(InvalidOption):
        settle(table(values), "dictator", [0.0, 0.0])


def test_what_a_red_line_excludes_is_counted() -> None:
    one = replace(agenda(3, 2), red_lines=(RedLine("AAA", {"i0": ("o2",)}, because="said so"),))
    (row,) = excluded_by(one)
    assert row["packages_excluded"] == 2
    assert len(one.allowed) == 4


def test_nobody_signs_what_does_nothing() -> None:
    one = agenda(2, 2)
    assert one.allowed.tolist() == [[0, 0], [0, 1], [1, 0], [1, 1]]
    values = np.array([[0.0, 0.0], [0.0, 1e-9], [1.0, 1.0], [1.0, 1.0 + 1e-9]])
    found = settle(Table(one, one.allowed, values), "egalitarian", [0.0, 0.0])
    assert found.package is not None
    assert one.chosen(found.package) == {"i0": "o1"}
    assert found.certified
