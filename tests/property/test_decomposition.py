"""The parts of a change of real income add up to it, and mean what they are called."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from detente.economy.certificate import NotSolved
from detente.economy.decompose import PARTS, Decomposition, decompose
from detente.economy.models import ARMINGTON, INPUT_OUTPUT, KRUGMAN, SPECIFIC_FACTORS, InputOutput, Model
from detente.economy.prepare import Prepared, prepare
from detente.economy.synthetic import synthetic_world
from detente.economy.world import World
from detente.policy import Instrument, QuantityRule, Rent, SectorPolicy


def ready(world: World, *, model: Model = INPUT_OUTPUT, **options: object) -> Prepared:
    prepared = prepare(model, world, **options)  # pyright: ignore[reportArgumentType]
    assert isinstance(prepared, Prepared)
    return prepared


def decomposed(prepared: Prepared, policy: SectorPolicy) -> Decomposition:
    result = decompose(prepared, policy)
    assert isinstance(result, Decomposition), result
    return result


def war(world: World, size: float) -> SectorPolicy:
    policy = SectorPolicy.duties(world.economies, world.sectors, {("E00", "E01"): size, ("E01", "E00"): size})
    policy.non_tariff_cost[2, 0] = 0.2 * size
    return policy


@pytest.mark.parametrize("closure", ["fixed_to_world_income", "balanced"])
@pytest.mark.parametrize("use", ["rebated", "government"])
@pytest.mark.parametrize("size", [0.1, 1.45])
def test_the_parts_add_up_to_the_exact_change(closure: str, use: str, size: float) -> None:
    world = synthetic_world(4, 3, 3)
    result = decomposed(ready(world, closure=closure, revenue_use=use), war(world, size))
    np.testing.assert_allclose(
        sum(result.points.values()) + result.remainder_points, result.exact_percent, atol=1e-12
    )
    assert np.abs(result.remainder_points).max() < 1e-4
    assert np.abs(result.exact_percent).max() > 0.01
    for name in PARTS:
        moves = np.abs(result.points[name]).max()
        absent = name in ("transfers", "profits") or (name == "revenue_kept" and use == "rebated")
        assert moves < 1e-9 if absent else moves > 1e-4, name


def test_a_small_shock_gives_the_first_order_terms() -> None:
    world = synthetic_world(4, 3, 3)
    policy = SectorPolicy.duties(world.economies, world.sectors, {("E00", "E01"): 1e-4})
    result = decomposed(ready(world), policy)
    for name in ("terms_of_trade", "volume_of_trade"):
        expected = result.outcome.values(f"{name}_percent")
        np.testing.assert_allclose(result.points[name], expected, atol=1e-3 * np.abs(expected).max())


def every_lever(world: World) -> SectorPolicy:
    """Taxes, subsidies, a limit with each kind of owner, a floor and a duty at once."""
    policy = war(world, 0.3)
    policy.export_tax[2, 1] = 0.2
    policy.production_subsidy[3, 0] = 0.1
    flows = [("E01", "E00"), ("E02", "E00"), ("E03", "E01"), ("E00", "E03")]
    rules = tuple(
        QuantityRule(Instrument.QUANTITY_LIMIT, "E03", *flow, {"S00": 1.0}, 0.5, rent=rent)
        for flow, rent in zip(flows, Rent, strict=True)
    )
    return replace(policy, quantities=rules)


@pytest.mark.parametrize("model", [INPUT_OUTPUT, SPECIFIC_FACTORS])
@pytest.mark.parametrize("closure", ["fixed_to_wage:E01", "balanced"])
def test_the_parts_add_up_under_every_lever(model: InputOutput, closure: str) -> None:
    world = synthetic_world(4, 3, 3)
    result = decomposed(ready(world, model=model, closure=closure), every_lever(world))
    assert np.abs(result.remainder_points).max() < 1e-3
    # A rule that another's law makes sends rent abroad.
    assert np.abs(result.points["transfers"]).max() > 1e-3


def test_profits_have_a_part_where_there_are_some() -> None:
    world = synthetic_world(4, 3, 3)
    result = decomposed(ready(world, model=KRUGMAN), war(world, 0.5))
    assert np.abs(result.points["profits"]).max() > 1e-4
    assert np.abs(result.remainder_points).max() < 1e-3
    assert np.abs(decomposed(ready(world, model=ARMINGTON), war(world, 0.5)).points["profits"]).max() == 0


def test_a_cost_nobody_receives_falls_on_its_buyer() -> None:
    world = synthetic_world(4, 3, 3)
    policy = SectorPolicy.none(world.economies, world.sectors)
    policy.non_tariff_cost[2, 0] = 0.1
    result = decomposed(ready(world), policy)
    assert result.points["non_tariff_costs"][2] < -1e-3
    np.testing.assert_allclose(np.delete(result.points["non_tariff_costs"], 2), 0.0, atol=1e-12)


def test_without_duties_there_is_no_volume_term() -> None:
    """Duties' volume term is nothing where there are no duties before or after."""
    world = synthetic_world(4, 3, 3, duties=0.0)
    policy = SectorPolicy.none(world.economies, world.sectors)
    policy.non_tariff_cost[2, 0] = 0.1
    result = decomposed(ready(world), policy)
    np.testing.assert_allclose(result.points["volume_of_trade"], 0.0, atol=1e-12)


def test_no_shock_has_no_parts() -> None:
    world = synthetic_world(3, 2, 1)
    result = decomposed(ready(world), SectorPolicy.none(world.economies, world.sectors))
    for values in (*result.points.values(), result.exact_percent, result.remainder_points):
        np.testing.assert_allclose(values, 0.0, atol=1e-9)
    shown = result.to_dict(["E01"])
    assert set(shown["economies"]["E01"]) == {
        "real_income_percent",
        "remainder_points",
        *(f"{name}_points" for name in PARTS),
    }


def test_what_has_no_equilibrium_has_no_parts() -> None:
    world = synthetic_world(3, 2, 3, deficits=1.5, home=0.3)
    prepared = ready(world)
    poorest = int((prepared.parameters.deficit / prepared.parameters.value_added).argmin())
    policy = SectorPolicy.none(world.economies, world.sectors)
    policy.duty_change[:, poorest] = 100.0
    cost = policy.non_tariff_cost.copy()
    cost[:, poorest] = 100.0
    policy.duty_change[poorest, poorest] = cost[poorest, poorest] = 0.0
    assert isinstance(decompose(prepared, replace(policy, non_tariff_cost=cost)), NotSolved)
