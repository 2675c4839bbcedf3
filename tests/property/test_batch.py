"""Many policies side by side give what each gives by itself, and one that fails leaves the others whole."""

from __future__ import annotations

import numpy as np
import pytest

from detente.core.errors import InvalidOption, InvalidPolicy
from detente.economy.batch import solve_many
from detente.economy.certificate import NotSolved
from detente.economy.models import INPUT_OUTPUT
from detente.economy.outcome import Outcome
from detente.economy.prepare import Prepared, prepare
from detente.economy.solve import solve_prepared
from detente.economy.synthetic import synthetic_world
from detente.economy.world import World
from detente.policy import SectorPolicy


def ready(world: World, **options: object) -> Prepared:
    prepared = prepare(INPUT_OUTPUT, world, **options)  # pyright: ignore[reportArgumentType]
    assert isinstance(prepared, Prepared)
    return prepared


def random_policies(world: World, count: int, largest: float = 1.5) -> list[SectorPolicy]:
    draw = np.random.default_rng(7)
    policies = []
    for _ in range(count):
        policy = SectorPolicy.none(world.economies, world.sectors)
        policy.duty_change[0, 1] = largest * draw.random(len(world.sectors))
        policy.duty_change[1, 0] = largest * draw.random(len(world.sectors))
        policy.non_tariff_cost[2, 1] = 0.1 * draw.random()
        policies.append(policy)
    return policies


@pytest.mark.parametrize("backend", ["numpy", "jax"])
@pytest.mark.parametrize("closure", ["fixed_to_world_income", "balanced"])
def test_side_by_side_is_one_by_one(backend: str, closure: str) -> None:
    world = synthetic_world(4, 3, 3)
    prepared = ready(world, closure=closure)
    policies = random_policies(world, 7)
    together = solve_many(prepared, iter(policies), backend=backend, chunk=3)
    assert len(together) == 7
    for policy, one in zip(policies, together, strict=True):
        alone = solve_prepared(prepared, policy)
        assert isinstance(one, Outcome)
        assert isinstance(alone, Outcome)
        assert one.certificate.certified
        assert one.notes == alone.notes
        for name in ("real_income_percent", "flows_usd_million", "duty_revenue_usd_million_a_month"):
            expected = alone.values(name)
            size = np.nanmax(np.abs(expected))
            np.testing.assert_allclose(one.values(name), expected, atol=1e-8 * size, rtol=1e-7)


@pytest.mark.parametrize("backend", ["numpy", "jax"])
def test_a_batch_never_dies_on_one_policy(backend: str) -> None:
    """A surplus that cannot be earned has no equilibrium; the policies beside it keep theirs."""
    world = synthetic_world(3, 2, 3, deficits=1.5, home=0.3)
    prepared = ready(world)
    poorest = int((prepared.parameters.deficit / prepared.parameters.value_added).argmin())
    hopeless = SectorPolicy.none(world.economies, world.sectors)
    hopeless.duty_change[:, poorest] = 100.0
    hopeless.non_tariff_cost[:, poorest] = 100.0
    hopeless.duty_change[poorest, poorest] = hopeless.non_tariff_cost[poorest, poorest] = 0.0
    mild = random_policies(world, 4, 0.3)
    results = solve_many(
        prepared, [*mild[:2], hopeless, *mild[2:]], lambda o: o.values("real_income_percent"), backend=backend
    )
    assert isinstance(results[2], NotSolved)
    assert results[2].message
    assert not results[2].certificate.certified
    for place, policy in zip((0, 1, 3, 4), mild, strict=True):
        alone = solve_prepared(prepared, policy)
        assert isinstance(alone, Outcome)
        np.testing.assert_allclose(results[place], alone.values("real_income_percent"), atol=1e-7)


def test_what_does_not_converge_side_by_side_is_solved_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    world = synthetic_world(4, 3, 3)
    prepared = ready(world)
    policies = random_policies(world, 3)
    monkeypatch.setattr("detente.economy.batch.STEPS", 2)
    for policy, one in zip(policies, solve_many(prepared, policies), strict=True):
        alone = solve_prepared(prepared, policy)
        assert isinstance(one, Outcome)
        assert isinstance(alone, Outcome)
        np.testing.assert_array_equal(one.after.wage, alone.after.wage)


def test_the_caller_s_mistakes_are_errors() -> None:
    world = synthetic_world(3, 2, 1)
    prepared = ready(world)
    bad = SectorPolicy.none(world.economies, world.sectors)
    bad.duty_change[0, 1, 0] = np.nan
    with pytest.raises(InvalidPolicy):
        solve_many(prepared, [bad])
    for options in ({"backend": "fortran"}, {"chunk": 0}):
        with pytest.raises(InvalidOption):
            solve_many(prepared, [], **options)  # pyright: ignore[reportArgumentType]
    assert solve_many(prepared, []) == []
