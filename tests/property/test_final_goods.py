"""Armington and Krugman: against the input-output model without inputs, in loops, and on any world."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.core.errors import InvalidOption, InvalidWorld
from detente.economy.counterfactual import at_baseline
from detente.economy.models import ARMINGTON, INPUT_OUTPUT, KRUGMAN, FinalGoods, Levers
from detente.economy.models.final_goods import baseline_parameters, government_welfare
from detente.economy.models.formula_duties import FORMULA_DUTIES, DutiesFirst, formula_parameters
from detente.economy.outcome import Outcome
from detente.economy.solve import solve
from detente.economy.synthetic import synthetic_world
from detente.economy.world import World
from detente.policy import SectorPolicy

SETTINGS = settings(max_examples=15, deadline=None, derandomize=True)
SEEDS = st.integers(0, 10_000)
MODELS = st.sampled_from([ARMINGTON, KRUGMAN])


def small_world(seed: int) -> World:
    return synthetic_world(2 + seed % 4, 1 + seed % 3, seed, services=0)


def shock(world: World, seed: int) -> SectorPolicy:
    draw = np.random.default_rng(seed + 1)
    policy = SectorPolicy.none(world.economies, world.sectors)
    foreign = (1 - np.eye(len(world.economies)))[:, :, None]
    policy.duty_change[:] = 0.5 * draw.random(policy.duty_change.shape) * foreign
    policy.non_tariff_cost[:] = 0.05 * draw.random(policy.duty_change.shape) * foreign
    return policy


def solved(model: Any, world: World, policy: SectorPolicy, **options: Any) -> Outcome:
    outcome = solve(model, world, policy, **options)
    assert isinstance(outcome, Outcome), outcome
    return outcome


def without_inputs(world: World) -> World:
    spending = (world.flows * (1 + world.duty)).sum(axis=1)
    return replace(
        world,
        value_added_share=np.ones_like(world.value_added_share),
        input_share=np.zeros_like(world.input_share),
        final_share=spending / spending.sum(axis=1, keepdims=True),
    )


@SETTINGS
@given(SEEDS, st.sampled_from(["fixed_to_world_income", "balanced"]))
def test_armington_is_the_input_output_model_without_inputs(seed: int, closure: str) -> None:
    world = without_inputs(small_world(seed))
    policy = shock(world, seed)
    plain = solved(ARMINGTON, world, policy, closure=closure)
    full = solved(INPUT_OUTPUT, world, policy, closure=closure)
    for name in ("real_income_percent", "wage_percent", "imports_percent", "sector_prices_percent"):
        np.testing.assert_allclose(plain.values(name), full.values(name), rtol=1e-7, atol=1e-7)


@SETTINGS
@given(SEEDS)
def test_krugman_meets_its_equations_in_loops(seed: int) -> None:
    world = small_world(seed)
    policy = shock(world, seed)
    outcome = solved(KRUGMAN, world, policy)
    e, sigma = outcome.after, 1 + world.elasticities[world.default_elasticities]
    n, j = world.final_share.shape
    duty = world.duty + policy.duty_change
    share_of_wages = (sigma - 1) / sigma
    before = (share_of_wages * world.flows.sum(axis=0)).sum(axis=1)
    deficit = world.flows.sum(axis=(1, 2)) - world.flows.sum(axis=(0, 2))
    spending = (world.flows * (1 + world.duty)).sum(axis=(1, 2))
    income = [
        e.wage[i] * before[i]
        + sum(e.flows[m, i, s] / sigma[s] for m in range(n) for s in range(j))
        + sum(duty[i, k, s] * e.flows[i, k, s] for k in range(n) for s in range(j))
        + deficit[i]
        for i in range(n)
    ]
    np.testing.assert_allclose(e.household_income, income, rtol=1e-8)
    for i in range(n):
        payroll = sum(share_of_wages[s] * e.flows[m, i, s] for m in range(n) for s in range(j))
        assert payroll == pytest.approx(e.wage[i] * before[i], rel=1e-8)
        for s in range(j):
            pull = []
            for k in range(n):
                kappa = (
                    (1 + duty[i, k, s]) * (1 + policy.non_tariff_cost[i, k, s]) / (1 + world.duty[i, k, s])
                )
                old = world.flows[i, k, s] * (1 + world.duty[i, k, s])
                pull.append(old * (kappa * e.wage[k]) ** (1 - sigma[s]))
            old_spending = (world.flows[i, :, s] * (1 + world.duty[i, :, s])).sum()
            assert e.price[i, s] == pytest.approx(
                (sum(pull) / old_spending) ** (1 / (1 - sigma[s])), rel=1e-8
            )
            bought = old_spending * income[i] / spending[i]
            for k in range(n):
                expected = bought * pull[k] / sum(pull) / (1 + duty[i, k, s])
                assert e.flows[i, k, s] == pytest.approx(expected, rel=1e-7)
    assert (e.wage * before).sum() == pytest.approx(before.sum(), rel=1e-9)


@SETTINGS
@given(SEEDS, MODELS)
def test_no_shock_unit_of_money_and_halves(seed: int, model: FinalGoods) -> None:
    world = small_world(seed)
    still = solved(model, world, SectorPolicy.none(world.economies, world.sectors))
    np.testing.assert_allclose(still.values("real_income_percent"), 0.0, atol=1e-10)
    policy = shock(world, seed)
    real = solved(model, world, policy).values("real_income_percent")
    dearer = replace(world, flows=3e5 * world.flows)
    np.testing.assert_allclose(solved(model, dearer, policy).values("real_income_percent"), real, atol=1e-7)
    n = len(world.economies)
    parts = np.array([*range(n), n - 1])
    weight = np.where(parts == n - 1, 0.5, 1.0)
    place = np.ix_(parts, parts)
    flows, duty = world.flows[place] * (weight[:, None] * weight)[:, :, None], world.duty[place]
    theta = world.elasticities[world.default_elasticities]
    halves = at_baseline(
        model, baseline_parameters(flows, duty, theta, profits=model.profits), Levers.of(duty)
    )
    levers = Levers.of(duty + policy.duty_change[place], policy.non_tariff_cost[place])
    e = halves.under(levers).equilibrium
    assert e is not None
    before = halves.equilibrium.household_income
    np.testing.assert_allclose(
        100 * (e.household_income / before / e.consumer_prices - 1), real[parts], atol=1e-6
    )


@pytest.mark.parametrize("model", [ARMINGTON, KRUGMAN])
def test_a_nearly_closed_economy_is_unmoved_and_a_closed_one_refused(model: FinalGoods) -> None:
    world = small_world(6)
    flows = world.flows.copy()
    flows[0, 1:] *= 1e-9
    flows[1:, 0] *= 1e-9
    policy = shock(world, 6)
    outcome = solved(model, replace(world, flows=flows), policy)
    assert outcome.values("real_income_percent")[0] == pytest.approx(0.0, abs=1e-6)
    assert np.abs(outcome.values("real_income_percent")[1:]).max() > 1e-3
    flows[0, 1:] = flows[1:, 0] = 0.0
    with pytest.raises(InvalidWorld, match="no trade between E00 and"):
        solve(model, replace(world, flows=flows), policy)


@SETTINGS
@given(SEEDS, MODELS)
def test_the_closed_form_factor_undoes_the_residual_s_derivative(seed: int, model: FinalGoods) -> None:
    world = small_world(seed)
    policy = shock(world, seed)
    theta = world.elasticities[world.default_elasticities]
    p = baseline_parameters(world.flows, world.duty, theta, profits=model.profits)
    moved = model.shocked(np, p, Levers.of(world.duty + policy.duty_change, policy.non_tariff_cost))
    draw = np.random.default_rng(seed)
    point, way = (
        {k: s * draw.standard_normal(len(p.spending)) for k in ("wage", "income")} for s in (0.05, 1.0)
    )
    stepped = {k: point[k] + 1e-30j * way[k] for k in point}
    change = {k: v.imag / 1e-30 for k, v in model.residual(np, stepped, moved).items()}
    back = model.preconditioner(model.factor(moved, point), moved).apply(change)
    for name, value in back.items():
        np.testing.assert_allclose(value, way[name], rtol=1e-7, atol=1e-7)


@SETTINGS
@given(SEEDS)
def test_responses_to_duties_are_those_of_the_residual(seed: int) -> None:
    world = small_world(seed)
    theta = world.elasticities[world.default_elasticities]
    trade = baseline_parameters(world.flows, world.duty, theta, profits=False)
    p = formula_parameters(trade, np.arange(len(theta)) > 0 if len(theta) > 1 else np.ones(1, dtype=bool))
    draw = np.random.default_rng(seed)
    n = len(trade.spending)
    point = {name: 0.05 * draw.standard_normal(n) for name in ("wage", "income", "duty")}
    way = draw.standard_normal(n)
    moved = FORMULA_DUTIES.residual(np, {**point, "duty": point["duty"] + 1e-30j * way}, p)
    for name, matrix in DutiesFirst(FORMULA_DUTIES, point, p)._of_duty.items():
        np.testing.assert_allclose(matrix @ way, moved[name].imag / 1e-30, rtol=1e-8, atol=1e-10)


def test_government_with_even_weights_sees_real_income_where_trade_balances() -> None:
    world = small_world(10)
    outcome = solved(KRUGMAN, world, shock(world, 10), closure="balanced")
    even = government_welfare(outcome.before, outcome.after, np.ones_like(world.final_share))  # pyright: ignore
    np.testing.assert_allclose(100 * (even - 1), outcome.values("real_income_percent"), atol=1e-8)


@pytest.mark.parametrize("theta", [0.0, -0.24, np.nan])
def test_sigma_must_exceed_one(theta: float) -> None:
    flows = np.ones((2, 2, 1))
    with pytest.raises(InvalidOption, match="sigma"):
        baseline_parameters(flows, 0 * flows, np.array([theta]), profits=True)


def test_sigma_near_one_is_solved() -> None:
    world = replace(small_world(9), elasticities={"low": np.full(1, 0.2)}, default_elasticities="low")
    assert solved(KRUGMAN, world, shock(world, 9)).certificate.certified


def test_revenue_to_the_government_is_refused() -> None:
    world = small_world(1)
    with pytest.raises(InvalidOption, match="households"):
        solve(KRUGMAN, world, shock(world, 1), revenue_use="government")
