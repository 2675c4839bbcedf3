"""The benchmarks' own tools: the peer iteration solves the same problem, the gravity world is one."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pytest
from benchmarks.growth import SIZES, Size, draw
from benchmarks.measure import Row
from benchmarks.peers import textbook
from benchmarks.rows import ready, solved
from benchmarks.worlds import dearer, gravity, war

from detente.economy.identities import accounts
from detente.economy.solve import applied
from detente.economy.synthetic import synthetic_world


def test_the_textbook_s_iteration_ends_at_our_equilibrium() -> None:
    world = synthetic_world(5, 3, 2)
    policy = war(world, 0.6, 0.3)
    theirs = textbook(world, applied(world, policy)[0].duty, tolerance=1e-9)
    assert theirs.excess < 1e-9
    ours = solved(ready(world), policy).real_household_income()
    np.testing.assert_allclose(theirs.real_income, ours, atol=1e-7)
    assert np.abs(ours - 1).max() > 1e-3


def test_the_gravity_world_balances_and_follows_distance() -> None:
    world, log_distance = gravity(12)
    books = accounts(world)
    np.testing.assert_allclose(books.deficit, 0.0, atol=1e-6 * books.value_added.min())
    trade = np.log(world.flows[:, :, 0]) + log_distance - 2.0 * np.eye(12)
    # What is left is an importer's and an exporter's part.
    left = trade - trade.mean(axis=0) - trade.mean(axis=1, keepdims=True) + trade.mean()
    np.testing.assert_allclose(left, 0.0, atol=1e-9)
    assert solved(ready(world), dearer(world)).at("real_income_percent", "C000") < 0  # pyright: ignore


def test_a_bar_is_met_or_missed() -> None:
    assert Row("a", 3.0, "ms", 4.0).within is True
    assert Row("a", 5.0, "ms", 4.0).within is False
    assert Row("a", 5.0, "ms").within is None
    assert Row("a", 2.0, "ms", peer=30.0).to_dict()["peer_over_ours"] == pytest.approx(15.0)


def test_the_drawing_has_every_curve(tmp_path: Path) -> None:
    sizes = [
        Size(curve, n, j, 0.01 * n * j, 0.001 * n * j, 1.0, 6) for curve, shapes in SIZES for n, j in shapes
    ]
    draw(sizes, tmp_path / "growth.svg")
    root = ET.parse(tmp_path / "growth.svg").getroot()
    words = {node.text for node in root.iter("{http://www.w3.org/2000/svg}text")}
    assert {curve for curve, _ in SIZES} <= words
    circles = list(root.iter("{http://www.w3.org/2000/svg}circle"))
    assert len(circles) == 2 * len(sizes)
