"""Updating flows: totals met, margins held, the least change, and what stays."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.core.errors import InvalidWorld, LabelMismatch, UnknownName
from detente.economy.identities import accounts
from detente.economy.synthetic import synthetic_world
from detente.economy.update import FlowTotal, effect_of_update, list_updates, read_update, update_world
from detente.economy.world import World
from detente.economy.worlds import load_weights, load_world

seeds = st.integers(0, 10_000)


def small(seed: int) -> World:
    return synthetic_world(4, 4, seed, duties=0.2, zero_flows=0.0)


@given(seeds, st.floats(0.5, 1.4), st.floats(0.7, 1.3))
@settings(max_examples=25, deadline=None)
def test_totals_are_met_and_margins_held(seed: int, first: float, second: float) -> None:
    world = small(seed)
    totals = (
        FlowTotal("E00", "E01", first * world.flows[0, 1, [0, 2]].sum(), ("S00", "S02")),
        FlowTotal("E01", "E00", second * world.flows[1, 0, 1], ("S01",)),
    )
    done, report = update_world(world, totals)
    assert done.flows[0, 1, [0, 2]].sum() == pytest.approx(totals[0].value_musd, rel=1e-10)
    assert done.flows[1, 0, 1] == pytest.approx(totals[1].value_musd, rel=1e-10)
    assert done.flows.sum(axis=0) == pytest.approx(world.flows.sum(axis=0), rel=1e-9)
    assert done.flows.sum(axis=1) == pytest.approx(world.flows.sum(axis=1), rel=1e-9)
    np.testing.assert_array_equal(done.flows[:, :, 3], world.flows[:, :, 3])
    assert accounts(done).gap < 1e-10
    assert accounts(done).value_added == pytest.approx(accounts(world).value_added, rel=1e-9)
    assert max(map(abs, report["deficit_change_musd"].values())) < 1e-3


@given(seeds)
@settings(max_examples=15, deadline=None)
def test_no_other_flows_with_these_totals_are_nearer(seed: int) -> None:
    """Any move that keeps every margin and total raises the distance."""
    world = small(seed)
    total = FlowTotal("E00", "E01", 0.7 * world.flows[0, 1, [0, 1]].sum(), ("S00", "S01"))
    done, _ = update_world(world, (total,))
    random = np.random.default_rng(seed)

    def distance(flows: np.ndarray) -> float:
        return float((flows * np.log(flows / world.flows) - flows + world.flows).sum())

    best = distance(done.flows)
    for _ in range(10):
        flows = done.flows.copy()
        j = int(random.integers(2))
        (n, m), (i, k) = random.choice([1, 2, 3], 2, replace=False), random.choice(4, 2, replace=False)
        step = 0.01 * min(flows[n, i, j], flows[m, k, j])
        for row, column, sign in ((n, i, -1), (n, k, 1), (m, k, -1), (m, i, 1)):
            flows[row, column, j] += sign * step
        assert distance(flows) > best - 1e-9 * abs(best)


def test_the_totals_it_has_already_move_nothing() -> None:
    world = small(5)
    done, report = update_world(world, (FlowTotal("E00", "E01", float(world.flows[0, 1, :3].sum())),))
    assert done.flows == pytest.approx(world.flows, rel=1e-9)
    assert max(map(abs, report["gdp_change_percent"].values())) < 1e-6


def test_a_customs_total_counts_the_ratio_and_zeros_stay() -> None:
    world = synthetic_world(4, 4, 2, zero_flows=0.3)
    ratio = np.full(world.flows.shape, 1.25)
    world = replace(world, customs_ratio=ratio)
    n, i = next((n, i) for n, i in np.argwhere(world.flows[:, :, :3].sum(axis=2) > 0) if n != i)
    wanted = 1.1 * world.flows[n, i, :3].sum()
    total = FlowTotal(world.economies[n], world.economies[i], wanted, basis="customs")
    done, report = update_world(world, (total,))
    assert 1.25 * done.flows[n, i, :3].sum() == pytest.approx(total.value_musd)
    assert report["totals"][0]["after_musd"] == pytest.approx(total.value_musd, abs=0.1)
    assert ((done.flows == 0) == (world.flows == 0)).all()


@pytest.mark.parametrize(
    ("total", "error", "word"),
    [
        (FlowTotal("E00", "E09", 1.0), LabelMismatch, "E09"),
        (FlowTotal("E00", "E00", 1.0), LabelMismatch, "itself"),
        (FlowTotal("E00", "E01", 1.0, ("S9",)), LabelMismatch, "S9"),
        (FlowTotal("E00", "E01", 0.0), InvalidWorld, "positive"),
        (FlowTotal("E00", "E01", float("nan")), InvalidWorld, "positive"),
        (FlowTotal("E00", "E01", 1.0, basis="fob"), InvalidWorld, "customs"),
        (FlowTotal("E00", "E01", 1.0, composition="lines"), InvalidWorld, "lines"),
        (FlowTotal("E00", "E01", 1e12, ("S01",)), InvalidWorld, "smaller"),
    ],
)
def test_totals_that_cannot_be(total: FlowTotal, error: type[Exception], word: str) -> None:
    with pytest.raises(error, match=word):
        update_world(small(1), (total,))
    with pytest.raises(LabelMismatch, match="twice"):
        update_world(small(1), (FlowTotal("E00", "E01", 5.0), FlowTotal("E00", "E01", 6.0)))


def test_us_china_goods_of_2024() -> None:
    """A deficit of about 295 billion and 582 billion both ways, on a customs basis."""
    assert list_updates() == ("us-china-2024",)
    with pytest.raises(UnknownName, match="us-china-2024"):
        read_update("2024")
    world = load_world()
    _, totals = read_update("us-china-2024")
    done, report = update_world(world, totals, weights=load_weights())
    goods = [j for j, label in enumerate(world.sectors) if label not in world.services]
    us, china = world.economies.index("USA"), world.economies.index("CHN")
    customs = (done.flows * done.customs_ratio)[:, :, goods].sum(axis=2)
    assert customs[us, china] - customs[china, us] == pytest.approx(295_400, abs=100)
    assert customs[us, china] + customs[china, us] == pytest.approx(582_400, abs=100)
    assert max(map(abs, report["value_added_change_percent"].values())) < 1e-6
    assert accounts(done).gap < 1e-10
    effect = effect_of_update(world, done)
    for label in ("USA", "CHN"):
        before, after = (effect[key][f"{label}_real_income_percent"] for key in ("before", "after"))
        assert before < after < 0  # less trade to lose
