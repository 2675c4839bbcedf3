"""The spread over assumptions: every combination as it is by itself, variance divided exactly."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from detente.core.errors import InvalidOption, UnknownName, UnsolvableShock
from detente.economy import uncertainty
from detente.economy.certificate import NotSolved
from detente.economy.models import INPUT_OUTPUT
from detente.economy.outcome import Outcome
from detente.economy.prepare import Prepared, prepare
from detente.economy.solve import solve, solve_prepared
from detente.economy.synthetic import synthetic_world
from detente.economy.uncertainty import CAUSES, Design, complete_design, spread, variance_shares, with_theta
from detente.economy.world import World
from detente.policy import SectorPolicy


def world_and_policy() -> tuple[World, SectorPolicy]:
    world = synthetic_world(4, 3, 3)
    return world, SectorPolicy.duties(
        world.economies, world.sectors, {("E00", "E01"): 0.5, ("E01", "E00"): 0.3}
    )


def test_every_combination_is_the_solve_by_itself() -> None:
    world, policy = world_and_policy()
    result = spread(world, policy)
    assert result.values.shape == (1, 2, 3, 1, 2, 2, 4)
    assert not result.failures
    assert result.largest_residual <= 1e-10
    places = itertools.product(*(range(len(result.levels[cause])) for cause in CAUSES))
    for place in places:
        chosen = {cause: result.levels[cause][at] for cause, at in zip(CAUSES, place, strict=True)}
        alone = solve(
            chosen["model"],
            world,
            policy,
            elasticities=chosen["elasticities"],
            theta_scale=chosen["theta_scale"],
            closure=chosen["closure"],
            revenue_use=chosen["revenue_use"],
        )
        assert isinstance(alone, Outcome)
        np.testing.assert_allclose(result.values[place], alone.values("real_income_percent"), atol=1e-7)


def test_shares_of_variance_add_to_one_and_follow_the_causes() -> None:
    world, policy = world_and_policy()
    told = spread(world, policy).to_dict(["E00", "E01"])
    for row in told["economies"].values():
        shares = row["variance_shares"]
        assert sum(shares.values()) == pytest.approx(1.0, abs=1e-12)
        assert all(share >= -1e-12 for share in shares.values())
        assert shares["model_share"] == shares["sampling_share"] == 0.0
        assert row["lowest"] <= row["low_5"] <= row["median"] <= row["high_95"] <= row["highest"]
        assert row["largest_cause"] in CAUSES


def test_variance_of_a_known_function_is_divided_as_it_must_be() -> None:
    """y = 3 a + b + 2 a b over a, b in {-1, 1}: variances 9, 1 and 4."""
    a, b = np.meshgrid([-1.0, 1.0], [-1.0, 1.0], indexing="ij")
    y = (3 * a + b + 2 * a * b).reshape(1, 2, 2, 1, 1, 1)
    shares = variance_shares(y)
    assert shares["elasticities"] == pytest.approx(9 / 14)
    assert shares["theta_scale"] == pytest.approx(1 / 14)
    assert shares["interactions"] == pytest.approx(4 / 14)
    assert set(variance_shares(np.ones((1, 2, 2, 1, 1, 1))).values()) == {None}


def test_models_are_a_cause() -> None:
    """Inputs multiply what duties cost: with models combined, most of the spread is theirs."""
    world, policy = world_and_policy()
    design = Design(models=("input-output", "armington"), theta_scales=(1.0,), revenue_uses=("rebated",))
    result = spread(world, policy, design)
    assert not result.failures
    shares = result.to_dict(["E00"])["economies"]["E00"]["variance_shares"]
    assert shares["model_share"] > 0.01
    assert sum(shares.values()) == pytest.approx(1.0)
    alone = solve("armington", world, policy, elasticities="four", closure="balanced")
    assert isinstance(alone, Outcome)
    place = (
        1,
        result.levels["elasticities"].index("four"),
        0,
        0,
        result.levels["closure"].index("balanced"),
        0,
    )
    np.testing.assert_allclose(result.values[place], alone.values("real_income_percent"), atol=1e-7)


def test_draws_are_seeded_and_follow_the_standard_errors() -> None:
    world, policy = world_and_policy()
    errors = {"mixed": 0.3 * world.elasticities["mixed"]}
    one_cause = {"elasticities": ("mixed",), "theta_scales": (1.0,), "revenue_uses": ("rebated",)}
    design = Design(standard_errors=errors, draws=40, seed=4, closures=("balanced",), **one_cause)  # pyright: ignore[reportArgumentType]
    first, again = spread(world, policy, design), spread(world, policy, design)
    np.testing.assert_array_equal(first.values, again.values)
    other = Design(standard_errors=errors, draws=40, seed=5, closures=("balanced",), **one_cause)  # pyright: ignore[reportArgumentType]
    assert not np.array_equal(first.values, spread(world, policy, other).values)
    shares = first.to_dict(["E00"])["economies"]["E00"]["variance_shares"]
    assert shares["sampling_share"] == pytest.approx(1.0)
    factor = uncertainty._log_normal(  # pyright: ignore[reportPrivateUsage]
        np.array([0.3]), np.random.default_rng(0).standard_normal((200_000, 1))
    )
    assert factor.mean() == pytest.approx(1.0, abs=0.003)
    assert factor.std() == pytest.approx(0.3, abs=0.003)


@pytest.mark.parametrize("closure", ["fixed_to_world_income", "balanced"])
def test_other_elasticities_on_a_prepared_world_are_those_of_a_world_prepared_with_them(closure: str) -> None:
    world, policy = world_and_policy()
    prepared = prepare(INPUT_OUTPUT, world, closure=closure, elasticities="four")
    expected = solve(INPUT_OUTPUT, world, policy, closure=closure, elasticities="mixed")
    assert isinstance(prepared, Prepared)
    assert isinstance(expected, Outcome)
    moved = with_theta(prepared, world.elasticities["mixed"])
    assert isinstance(moved, Prepared)
    outcome = solve_prepared(moved, policy)
    assert isinstance(outcome, Outcome)
    for name in ("real_income_percent", "sector_sales_percent"):
        np.testing.assert_allclose(outcome.values(name), expected.values(name), atol=1e-6)


def test_combinations_without_an_equilibrium_have_no_numbers_and_are_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world, policy = world_and_policy()
    whole = spread(world, policy)

    def sometimes(prepared: Prepared, policy: SectorPolicy) -> Outcome | NotSolved:
        outcome = solve_prepared(prepared, policy)
        assert isinstance(outcome, Outcome)
        if prepared.closure == "balanced" and prepared.parameters.theta[0] < 3:
            return NotSolved(outcome.certificate.reason, "made to fail", outcome.certificate)
        return outcome

    monkeypatch.setattr(uncertainty, "solve_prepared", sometimes)
    broken = spread(world, policy)
    told = broken.to_dict(["E00"])
    assert 0 < len(broken.failures) < broken.runs
    assert told["certified"] == broken.runs - len(broken.failures)
    assert told["failures"][0]["reason"] == "made to fail"
    assert told["left_out_of_shares"]
    assert sum(told["economies"]["E00"]["variance_shares"].values()) == pytest.approx(1.0)
    kept = np.isfinite(broken.values)
    np.testing.assert_array_equal(broken.values[kept], whole.values[kept])
    complete, _ = complete_design(broken.levels, broken.values)
    assert np.isfinite(complete).all()


def test_nothing_solved_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    world, policy = world_and_policy()
    outcome = solve(INPUT_OUTPUT, world, policy)
    assert isinstance(outcome, Outcome)
    failed = NotSolved(outcome.certificate.reason, "made to fail", outcome.certificate)
    monkeypatch.setattr(uncertainty, "solve_prepared", lambda *_: failed)
    with pytest.raises(UnsolvableShock, match="made to fail"):
        spread(world, policy)


def test_the_caller_s_mistakes_are_errors() -> None:
    world, policy = world_and_policy()
    errors = {"mixed": np.ones(3)}
    for design in (
        Design(theta_scales=()),
        Design(theta_scales=(1.0, 1.0)),
        Design(theta_scales=(0.0,)),
        Design(draws=3),
        Design(standard_errors=errors),
        Design(standard_errors={"mixed": np.ones(2)}, draws=3),
        Design(standard_errors={"mixed": -np.ones(3)}, draws=3),
        Design(standard_errors=errors, draws=10_000),
    ):
        with pytest.raises(InvalidOption):
            spread(world, policy, design)
    for design in (
        Design(models=("none",)),
        Design(elasticities=("none",)),
        Design(closures=("none",)),
        Design(revenue_uses=("none",)),
    ):
        with pytest.raises(UnknownName):
            spread(world, policy, design)
    with pytest.raises(InvalidOption):
        spread(world, policy, measure="flows_usd_million")
