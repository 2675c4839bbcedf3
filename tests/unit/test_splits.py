"""The shipped splits: sourced parts of icio2022, their lines, duties and users."""

from __future__ import annotations

import numpy as np
import pytest

from detente.core.errors import InvalidOption, InvalidWorld, LabelMismatch, UnknownName
from detente.core.products import Scope
from detente.economy.aggregate import aggregate, aggregate_weights
from detente.economy.identities import accounts
from detente.economy.splits import PartRule, apply_split, list_splits, read_split
from detente.economy.synthetic import synthetic_world
from detente.economy.world import World
from detente.economy.worlds import load_weights, load_world
from detente.policy import Weights

ONE = "parts: [{label: X, parent: C26, world_sales_usd_million: 1"


@pytest.fixture(scope="module")
def base() -> tuple[World, Weights]:
    return load_world(), load_weights()


@pytest.fixture(scope="module", params=list_splits())
def done(request, base) -> tuple[World, Weights, list[dict]]:
    return apply_split(*base, request.param)


def rule_of(world: World, label: str) -> PartRule:
    """The part's rule in the file that made the world."""
    (split,) = world.provenance["splits"]
    return next(part for part in read_split(split["split"]).parts if part.label == label)


def test_a_shipped_split_keeps_the_accounts_and_merges_back(done, base) -> None:
    world, _, report = done
    assert accounts(world).gap < 1e-10
    back = aggregate(world, sectors={row["part"]: row["parent"] for row in report})
    assert back.sectors == base[0].sectors
    for name in ("flows", "duty", "input_share", "final_share"):
        np.testing.assert_allclose(
            getattr(back, name), getattr(base[0], name), rtol=1e-9, atol=1e-14, err_msg=name
        )


def test_stated_sales_and_makers_are_reached(done) -> None:
    for row in done[2]:
        assert row["world_sales_musd"] == pytest.approx(row["world_sales_stated_musd"], rel=2e-3)
        part = rule_of(done[0], row["part"])
        for maker, share in part.makers.items():
            if maker in row["makers_percent"]:
                assert row["makers_percent"][maker] == pytest.approx(100 * share, rel=0.02)


def test_elasticities_come_from_the_range_of_the_file(done) -> None:
    world, _, report = done
    for row in report:
        if row["elasticity_range"]:
            assert world.critical_inputs[row["part"]] == row["elasticity_range"]["central"]
        else:
            assert row["part"] not in world.critical_inputs


def test_lines_follow_their_part(done, base) -> None:
    world, weights, report = done
    assert weights.sectors == world.sectors
    for row in report:
        place = world.sectors.index(row["part"])
        part = rule_of(world, row["part"])
        lines = weights.lines["USA"]
        mine = {code for code, sector in zip(lines.codes, lines.sector, strict=True) if sector == place}
        assert mine == {
            code
            for code, sector in zip(lines.codes, base[1].lines["USA"].sector, strict=True)
            if part.hs and code.startswith(part.hs) and base[0].sectors[max(sector, 0)] == part.parent
        }
    merged = aggregate_weights(weights, sectors={row["part"]: row["parent"] for row in report})
    np.testing.assert_array_equal(merged.lines["USA"].sector, base[1].lines["USA"].sector)
    assert merged.goods == base[1].goods


def test_a_duty_on_a_part_falls_on_the_part(base) -> None:
    _, weights, _ = apply_split(*base, "evs-batteries")
    share = weights.lines["USA"].sector_share(Scope(include=("850760",)), "CHN")
    assert share[weights.sectors.index("C27_BAT")] == pytest.approx(1.0)
    assert share[weights.sectors.index("C27")] == 0


def test_duties_of_the_parts_differ_as_the_lines_do(base) -> None:
    """Section 301 took 100 points on Chinese electric cars in 2024; the parent's revenue stays."""
    world, _, _ = apply_split(*base, "evs-batteries")
    n, i = (world.economies.index(label) for label in ("USA", "CHN"))
    part, rest = (world.sectors.index(label) for label in ("C29_EV", "C29"))
    assert world.duty[n, i, part] > 1.3 * world.duty[n, i, rest]
    paid = (world.flows * world.duty)[n, i, [part, rest]].sum()
    s = base[0].sectors.index("C29")
    assert paid == pytest.approx((base[0].flows * base[0].duty)[n, i, s], rel=1e-9)


@pytest.mark.parametrize("level", ["low", "high", 0.33])
def test_the_level_of_the_elasticity_is_a_choice(base, level) -> None:
    world, _, report = apply_split(*base, "ai-chips", elasticity=level)
    wanted = level if isinstance(level, float) else report[0]["elasticity_range"][level]
    assert world.critical_inputs == {"C26_AI": wanted}


@pytest.mark.parametrize(
    ("text", "error", "word"),
    [
        ("parts: []", InvalidWorld, "parts"),
        ("parts: [{label: X}]", InvalidWorld, "parent"),
        ("parts: [{label: X, parent: C26, world_sales_usd_million: -1}]", InvalidWorld, "positive"),
        ("parts: [{label: X, parent: Z9, world_sales_usd_million: 1}]", LabelMismatch, "Z9"),
        (f"{ONE}, makers: {{MARS: 1}}}}]", LabelMismatch, "MARS"),
        (f"{ONE}, makers: {{CHN: 1.5}}}}]", InvalidWorld, "1.5"),
        (f"{ONE}, elasticity: {{low: 1, central: 0.5, high: 2}}}}]", InvalidWorld, "order"),
    ],
)
def test_split_files_that_cannot_be(tmp_path, base, text, error, word) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(error, match=word):
        apply_split(*base, read_split(path))


@pytest.mark.parametrize(("theta", "wanted"), [("parent", None), ("high", 4.0), (2.0, 2.0)])
def test_the_elasticity_between_origins_is_a_choice(base, theta, wanted) -> None:
    """In every set, since it is the part's and no estimate of the sets."""
    world, _, report = apply_split(*base, "ai-chips", theta=theta)
    place, parent = world.sectors.index("C26_AI"), base[0].sectors.index("C26")
    assert report[0]["theta"] == wanted
    for name, values in world.elasticities.items():
        assert values[place] == (wanted or base[0].elasticities[name][parent])


def test_splits_by_name() -> None:
    assert list_splits() == ("ai-chips", "evs-batteries", "rare-earths")
    with pytest.raises(UnknownName, match="ai-chips"):
        read_split("chips")
    world = synthetic_world(3, 3)
    weights = Weights(world.economies, world.sectors, (0, 1), {})
    with pytest.raises(LabelMismatch, match="C26"):
        apply_split(world, weights, "ai-chips")
    with pytest.raises(InvalidOption, match="low"):
        apply_split(load_world(), load_weights(), "ai-chips", elasticity="tiny")
