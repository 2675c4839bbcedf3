"""Gradients by one adjoint solve against central differences of whole solves."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from detente.economy import adjoint
from detente.economy.adjoint import Gradient, gradient, gradients, measure
from detente.economy.certificate import NotSolved
from detente.economy.models import INPUT_OUTPUT, Levers
from detente.economy.outcome import Outcome
from detente.economy.prepare import Prepared, prepare
from detente.economy.search import find
from detente.economy.solve import applied, solve_prepared
from detente.economy.synthetic import synthetic_world
from detente.economy.world import World
from detente.policy import SectorPolicy

STEP = 1e-5

OBJECTIVES = {
    "real income": measure("real_income_percent", "E00"),
    "a weighted sum of real incomes": lambda o: (
        o.real_household_income() @ np.linspace(1.0, 2.0, len(o.world.economies))
    ),
    "bilateral balance": measure("bilateral_goods_balance_usd_million", "E00", "E01"),
    "revenue": measure("duty_revenue_usd_million_a_month", "E01"),
    "a price": measure("sector_prices_percent", "E00", "S00"),
    "employment in sectors": lambda o: o.values("employment_percent")[0, :2].sum(),
    "a square of a real wage": lambda o: o.values("real_wage_percent")[1] ** 2,
}


def world_and_policy(seed: int = 3) -> tuple[World, SectorPolicy]:
    world = synthetic_world(4, 3, seed)
    policy = SectorPolicy.duties(
        world.economies, world.sectors, {("E00", "E01"): 0.4, ("E01", "E00"): 0.25, ("E02", "E01"): -0.02}
    )
    return world, policy


def ready(world: World, **options: object) -> Prepared:
    prepared = prepare(INPUT_OUTPUT, world, **options)  # pyright: ignore[reportArgumentType]
    assert isinstance(prepared, Prepared)
    return prepared


def solved(prepared: Prepared, policy: SectorPolicy) -> Outcome:
    outcome = solve_prepared(prepared, policy, tolerance=1e-12)
    assert isinstance(outcome, Outcome)
    return outcome


def found(result: Gradient | NotSolved) -> Gradient:
    assert isinstance(result, Gradient), result
    return result


@pytest.mark.parametrize("name", OBJECTIVES)
def test_a_gradient_in_duties_and_costs_is_the_slope_of_whole_solves(name: str) -> None:
    world, policy = world_and_policy()
    prepared, objective = ready(world), OBJECTIVES[name]
    result = found(gradient(prepared, policy, objective))
    assert result.certificate.checked
    assert result.certificate.adjoint_residual <= 1e-10
    assert result.value == pytest.approx(float(objective(solved(prepared, policy))), rel=1e-9)
    cells = [(0, 1, 0), (1, 0, 1), (2, 3, 0), (3, 0, 1)]
    size = np.abs(result.levers.duty).max()
    for lever in ("duty", "cost"):
        for cell in cells:
            ends = []
            for sign in (1, -1):
                change, cost = policy.duty_change.copy(), policy.non_tariff_cost.copy()
                (change if lever == "duty" else cost)[cell] += sign * STEP
                ends.append(float(objective(solved(prepared, replace_arrays(policy, change, cost)))))
            slope = (ends[0] - ends[1]) / (2 * STEP)
            here = getattr(result.levers, lever)[cell]
            assert here == pytest.approx(slope, rel=2e-5, abs=2e-6 * size)
            assert result[lever].values[cell] == here


def replace_arrays(policy: SectorPolicy, change: np.ndarray, cost: np.ndarray) -> SectorPolicy:
    return replace(policy, duty_change=change, non_tariff_cost=cost)


@pytest.mark.parametrize("closure", ["fixed_to_world_income", "balanced"])
@pytest.mark.parametrize("use", ["rebated", "government"])
def test_a_gradient_in_theta_holds_with_the_baseline_moving(closure: str, use: str) -> None:
    """The whole way: another theta means another preparation, another baseline where it is re-solved."""
    world, policy = world_and_policy()
    options = {"closure": closure, "revenue_use": use}
    objective = measure("real_income_percent", "E00")
    result = found(gradient(ready(world, **options), policy, objective, parameters=True))
    for sector in range(3):
        ends = []
        for sign in (1, -1):
            theta = world.elasticities["mixed"].copy()
            theta[sector] += sign * 1e-4
            other = replace(world, elasticities={"mixed": theta})
            ends.append(float(objective(solved(ready(other, **options), policy))))
        slope = (ends[0] - ends[1]) / 2e-4
        assert result.parameters["theta"][sector] == pytest.approx(slope, rel=1e-4, abs=1e-6)


@pytest.mark.parametrize("name", ["deficit", "input_share", "supplier_share", "value_added"])
def test_a_gradient_in_parameters_is_the_slope_with_baseline_and_shock_solved_anew(name: str) -> None:
    world, policy = world_and_policy()
    prepared = ready(world)
    objective = measure("real_income_percent", "E01")
    result = found(gradient(prepared, policy, objective, parameters=True))
    direction = np.random.default_rng(1).standard_normal(result.parameters[name].shape)
    direction *= 1e-3 * np.abs(getattr(prepared.parameters, name))
    # Parameters keep to their accounts: deficits sum to zero, cost shares to one.
    if name == "deficit":
        direction -= direction.mean()
    if name == "input_share":
        direction -= direction.mean(axis=1, keepdims=True)
    ends = []
    for sign in (1, -1):
        moved = replace(prepared.parameters, **{name: getattr(prepared.parameters, name) + sign * direction})
        ends.append(float(objective(both_solved(prepared, moved, policy))))
    assert (result.parameters[name] * direction).sum() == pytest.approx((ends[0] - ends[1]) / 2, rel=1e-4)


def both_solved(prepared: Prepared, parameters: object, policy: SectorPolicy) -> Outcome:
    """Baseline and shock with other parameters, each by a search of its own."""
    outcome = solved(prepared, policy)
    states = []
    for force in (Levers.of_base(prepared.world), applied(prepared.world, policy)[0]):
        shocked = INPUT_OUTPUT.shocked(np, parameters, force)  # pyright: ignore[reportArgumentType]
        end = find(
            INPUT_OUTPUT,
            prepared.layout,
            lambda _, shocked=shocked: shocked,
            prepared.start,
            prepared.preconditioner,
            levers=force,
            tolerance=1e-12,
            accept=1e-10,
        )
        assert end.equilibrium is not None, end.message
        states.append(end.equilibrium)
    return replace(outcome, before=states[0], after=states[1])


def test_several_gradients_at_once_are_those_one_by_one() -> None:
    world, policy = world_and_policy()
    prepared = ready(world)
    chosen = list(OBJECTIVES.values())
    together = gradients(prepared, policy, chosen, check=False)
    assert not isinstance(together, NotSolved)
    for objective, one in zip(chosen, together, strict=True):
        alone = found(gradient(prepared, policy, objective, check=False))
        size = np.abs(alone.levers.duty).max()
        np.testing.assert_allclose(one.levers.duty, alone.levers.duty, rtol=1e-7, atol=1e-8 * size)
        assert not one.certificate.checked


def test_a_first_order_prediction_meets_the_solve() -> None:
    """The gradient predicts a small change of many duties at once to second order."""
    world, policy = world_and_policy(5)
    prepared = ready(world)
    objective = measure("real_income_percent", "E02")
    here = found(gradient(prepared, policy, objective))
    draw = np.random.default_rng(0).random(policy.duty_change.shape)
    draw[np.arange(4), np.arange(4)] = 0.0
    draw[:, :, 2] = 0.0
    errors = []
    for size in (1e-2, 1e-3):
        moved = replace(policy, duty_change=policy.duty_change + size * draw)
        # The floor at zero is not in the gradient: compare duties in force.
        step = np.maximum(0, world.duty + moved.duty_change) - np.maximum(0, world.duty + policy.duty_change)
        told = here.value + (here.levers.duty * step).sum()
        errors.append(abs(float(objective(solved(prepared, moved))) - told))
    assert errors[1] < errors[0] / 50


def test_a_wrong_gradient_does_not_pass_its_check(monkeypatch: pytest.MonkeyPatch) -> None:
    world, policy = world_and_policy()
    prepared = ready(world)
    right = adjoint._Tangent.in_levers  # pyright: ignore[reportPrivateUsage]
    monkeypatch.setattr(
        adjoint._Tangent,  # pyright: ignore[reportPrivateUsage]
        "in_levers",
        lambda self, column: replace(right(self, column), cost=1.001 * right(self, column).cost),
    )
    with pytest.raises(adjoint.UnsolvableShock, match="differences"):
        gradient(prepared, policy, measure("real_income_percent", "E00"))
