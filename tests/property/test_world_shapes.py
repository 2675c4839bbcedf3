"""Merging and splitting: totals stay, a split merged is the world again, equal shocks do not see a split."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.economy.aggregate import aggregate
from detente.economy.identities import accounts
from detente.economy.models import INPUT_OUTPUT
from detente.economy.outcome import Outcome
from detente.economy.solve import solve
from detente.economy.split import Part, split_sector
from detente.economy.synthetic import synthetic_world
from detente.economy.world import World
from detente.policy import SectorPolicy

seeds = st.integers(0, 10_000)


def small(seed: int) -> World:
    world = synthetic_world(4, 4, seed, duties=0.2)
    return replace(world, customs_ratio=1 + 0.1 * np.random.default_rng(seed).random(world.flows.shape))


def same(one: World, other: World, *, rel: float = 1e-9) -> None:
    assert one.economies == other.economies
    assert one.sectors == other.sectors
    assert one.services == other.services
    for name in ("flows", "duty", "value_added_share", "input_share", "final_share", "customs_ratio"):
        assert getattr(one, name) == pytest.approx(getattr(other, name), rel=rel, abs=1e-12), name
    for key, theta in one.elasticities.items():
        assert theta == pytest.approx(other.elasticities[key], rel=rel)


@given(seeds)
@settings(max_examples=25, deadline=None)
def test_merging_keeps_every_total_and_the_balance(seed: int) -> None:
    world = small(seed)
    before = accounts(world)
    merged = aggregate(
        world, economies={"E00": "BLOC", "E02": "BLOC"}, sectors={"S00": "GOODS", "S01": "GOODS"}
    )
    assert merged.economies == ("BLOC", "E01", "E03")
    after = accounts(merged)
    assert after.gap < 1e-10
    inside = (world.flows * world.duty)[np.ix_([0, 2], [0, 2])].sum()
    assert after.income == pytest.approx(
        [before.income[[0, 2]].sum(), before.income[1], before.income[3]], rel=1e-10
    )
    assert after.value_added.sum() == pytest.approx(before.value_added.sum() + inside, rel=1e-12)
    assert after.revenue.sum() == pytest.approx(before.revenue.sum() - inside, rel=1e-12)
    assert after.spending.sum() == pytest.approx(before.spending.sum(), rel=1e-12)
    assert after.deficit[1:] == pytest.approx(before.deficit[[1, 3]], rel=1e-9, abs=1e-6)
    # Revenue of a pair that is still a pair, sector by sector.
    paid = (world.flows * world.duty)[1, 3]
    again = (merged.flows * merged.duty)[1, 2]
    assert again == pytest.approx([paid[0] + paid[1], paid[2], paid[3]], rel=1e-10)


@given(seeds, st.integers(0, 3))
@settings(max_examples=25, deadline=None)
def test_a_split_merged_is_the_world_again(seed: int, s: int) -> None:
    world = small(seed)
    random = np.random.default_rng(seed)
    sector = world.sectors[s]
    first = random.uniform(0, 0.6, (4, 4))
    parts = {
        "part": Part(
            share=first,
            duty_weight=random.uniform(0, 3, (4, 4)),
            users={"S01": 3.0, "final": 0.3, "others": 0.8},
            inputs={"S02": 2.0},
            elasticity=0.2,
        ),
        "other": Part(share=random.uniform(0, 0.4, (4, 4)) * (1 - first)),
    }
    split = split_sector(world, sector, parts)
    assert split.sectors == (*world.sectors[:s], "part", "other", sector, *world.sectors[s + 1 :])
    assert split.critical_inputs == {"part": 0.2}
    assert accounts(split).gap < 1e-10
    assert (split.input_share >= 0).all()
    again = aggregate(split, sectors={"part": sector, "other": sector})
    same(again, world)
    assert not again.critical_inputs


def response(world: World, policy: SectorPolicy) -> Outcome:
    outcome = solve(INPUT_OUTPUT, world, policy)
    assert isinstance(outcome, Outcome), outcome
    return outcome


@given(seeds)
@settings(max_examples=15, deadline=None)
def test_equal_shocks_do_not_see_a_split_that_all_exporters_share(seed: int) -> None:
    """Shares by importer and intensities by user may be any; supplier shares are the parent's."""
    world = small(seed)
    random = np.random.default_rng(seed)
    by_importer = np.repeat(random.uniform(0.1, 0.7, (4, 1)), 4, axis=1)
    split = split_sector(
        world, "S01", {"part": Part(share=by_importer, users={"S00": 4.0, "final": 0.5}), "S01": Part()}
    )
    pairs = {("E00", "E01"): 0.4, ("E01", "E00"): 0.3}
    one = response(world, SectorPolicy.duties(world.economies, world.sectors, pairs))
    two = response(split, SectorPolicy.duties(split.economies, split.sectors, pairs))
    assert two.values("real_income_percent") == pytest.approx(
        one.values("real_income_percent"), rel=1e-6, abs=1e-7
    )
    merged = two.after.flows[:, :, 1] + two.after.flows[:, :, 2]
    assert merged == pytest.approx(one.after.flows[:, :, 1], rel=1e-7, abs=1e-3)


@given(seeds)
@settings(max_examples=10, deadline=None)
def test_merging_identical_halves_changes_nothing(seed: int) -> None:
    """Two sectors that are alike respond as their sum."""
    world = small(seed)
    halves = split_sector(world, "S02", {"left": Part(share=0.5), "right": Part(share=0.5)})
    merged = aggregate(halves, sectors={"left": "S02", "right": "S02"})
    pairs = {("E02", "E03"): 0.25}
    one = response(halves, SectorPolicy.duties(halves.economies, halves.sectors, pairs))
    two = response(merged, SectorPolicy.duties(merged.economies, merged.sectors, pairs))
    assert one.values("real_income_percent") == pytest.approx(
        two.values("real_income_percent"), rel=1e-6, abs=1e-7
    )
