"""What holds for every registered model on a world of one sector."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from detente.economy.batch import solve_many
from detente.economy.certificate import NotSolved
from detente.economy.models import MODELS
from detente.economy.outcome import Outcome
from detente.economy.prepare import Prepared, prepare
from detente.economy.solve import solve
from detente.economy.synthetic import synthetic_world
from detente.economy.world import World
from detente.policy import SectorPolicy

NAMES = sorted(MODELS)
RATES = ((0.1, 0.1), (1.45, 1.25), (10.0, 10.0), (100.0, 100.0))


@pytest.fixture(scope="module")
def world() -> World:
    return synthetic_world(5, 1, 3, services=0)


def duties(world: World, there: float, back: float) -> SectorPolicy:
    pair = {("E00", "E01"): there, ("E01", "E00"): back}
    return SectorPolicy.duties(world.economies, world.sectors, pair)


@pytest.mark.parametrize("name", NAMES)
def test_shocks_of_any_size_are_certified_and_none_changes_nothing(world: World, name: str) -> None:
    for there, back in RATES:
        outcome = solve(name, world, duties(world, there, back))
        assert isinstance(outcome, Outcome), outcome
        assert outcome.certificate.certified
        assert np.isfinite(outcome.values("real_income_percent")).all()
    still = solve(name, world, duties(world, 0.0, 0.0))
    assert isinstance(still, Outcome)
    np.testing.assert_allclose(still.values("real_income_percent"), 0.0, atol=1e-10)
    np.testing.assert_allclose(still.after.flows, world.flows, rtol=1e-10)


@pytest.mark.parametrize("name", NAMES)
def test_the_order_of_labels_does_not_matter(world: World, name: str) -> None:
    order = np.array([3, 0, 4, 2, 1])
    place = np.ix_(order, order)
    other = replace(
        world,
        economies=tuple(world.economies[i] for i in order),
        flows=world.flows[place],
        duty=world.duty[place],
        value_added_share=world.value_added_share[order],
        input_share=world.input_share[order],
        final_share=world.final_share[order],
    )
    policy = duties(world, 0.4, 0.2)
    plain, turned = solve(name, world, policy), solve(name, other, policy)
    assert isinstance(plain, Outcome)
    assert isinstance(turned, Outcome)
    for label in world.economies:
        assert turned.at("real_income_percent", label) == pytest.approx(
            plain.at("real_income_percent", label), abs=1e-7
        )


@pytest.mark.parametrize("name", NAMES)
def test_batches_give_what_single_solves_give(world: World, name: str) -> None:
    prepared = prepare(name, world)
    assert isinstance(prepared, Prepared)
    policies = [duties(world, *rates) for rates in RATES]
    together = solve_many(prepared, policies, lambda outcome: outcome.values("real_income_percent"))
    for policy, found in zip(policies, together, strict=True):
        alone = solve(name, world, policy)
        assert isinstance(alone, Outcome)
        assert not isinstance(found, NotSolved)
        np.testing.assert_allclose(found, alone.values("real_income_percent"), atol=1e-6)


@pytest.mark.parametrize("name", NAMES)
def test_elasticities_of_a_variant_count(world: World, name: str) -> None:
    policy = duties(world, 0.4, 0.2)
    one, other = (solve(name, world, policy, theta_scale=scale) for scale in (1.0, 0.5))
    assert isinstance(one, Outcome)
    assert isinstance(other, Outcome)
    gap = one.values("real_income_percent") - other.values("real_income_percent")
    assert np.abs(gap).max() > 1e-3
    assert other.certificate.evaluations <= one.certificate.evaluations + 4


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in NAMES if name != "input-output"])
def test_gradients_in_all_duties_agree_with_differences(world: World, name: str) -> None:
    from detente.economy.adjoint import gradient, measure

    prepared = prepare(name, world)
    assert isinstance(prepared, Prepared)
    found = gradient(prepared, duties(world, 0.3, 0.1), measure("real_income_percent", "E00"))
    assert not isinstance(found, NotSolved)
    assert found.certificate.checked
    assert found.certificate.factor_reads <= 30
    assert abs(found["duty"].sel(importer="E00", exporter="E01").item()) > 1e-3
