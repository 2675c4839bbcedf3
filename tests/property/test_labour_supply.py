"""The labour-supply model against its equations written out in loops, and what must hold for any data."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.core.errors import InvalidOption, InvalidWorld
from detente.economy.counterfactual import Baseline, at_baseline, best_rate, slope
from detente.economy.models.base import Levers
from detente.economy.models.labour_supply import (
    LABOUR_SUPPLY,
    LabourSupply,
    baseline_parameters,
    pass_through,
    welfare,
)
from detente.economy.models.labour_supply_system import Parameters

SETTINGS = settings(max_examples=15, deadline=None, derandomize=True)
SEEDS = st.integers(0, 10_000)


def system(seed: int, n: int = 0, **options: Any) -> tuple[np.ndarray, np.ndarray, Parameters]:
    """Random flows [importer, exporter], base duties and the system of a random variant."""
    draw = np.random.default_rng(seed)
    n = n or 2 + seed % 4
    flows = np.exp(draw.standard_normal((n, n)))
    flows = (flows + flows.T) * (0.9 + 0.2 * draw.random((n, n)))
    flows[np.diag_indices(n)] = 6 * n * (0.5 + draw.random(n))
    duty = 0.1 * draw.random((n, n)) * (1 - np.eye(n))
    nu = 0.3 * draw.random(n)
    settings = {
        "trade_elasticity": 4.0,
        "supply_elasticity": 0.5,
        "scale_elasticity": 0.1,
        "destination_share": nu,
        "pass_through": pass_through(nu, 0.1, 0.25 + draw.random()),
        "labour_share": float(draw.choice([1.0, 0.5])),
        "revenue": str(draw.choice(["income_tax_relief", "lump_sum"])),
        "numeraire": str(draw.choice(["prices", "wages"])),
    }
    return flows, duty, baseline_parameters(flows, duty, **(settings | options))


def prepared(duty: np.ndarray, parameters: Parameters) -> Baseline:
    return at_baseline(LABOUR_SUPPLY, parameters, levers(duty))


def levers(duty: np.ndarray) -> Levers:
    return Levers.of(duty[:, :, None])


def shock(duty: np.ndarray, seed: int) -> np.ndarray:
    draw = np.random.default_rng(seed + 1)
    return duty + 0.5 * draw.random(duty.shape) * (1 - np.eye(len(duty)))


def solved(baseline: Baseline, duty: np.ndarray) -> Any:
    found = baseline.under(levers(duty))
    assert found.equilibrium is not None, found.message
    return found.equilibrium


@SETTINGS
@given(SEEDS)
def test_the_solution_meets_the_equations_in_loops(seed: int) -> None:
    flows, old, p = system(seed)
    new = shock(old, seed)
    e = solved(prepared(old, p), new)
    n, eps, b, psi = len(old), 4.0, p.labour_share, p.scale_elasticity
    w, price, labour = e.wage, e.consumer_prices, e.employment
    spending = (flows * (1 + old)).sum(axis=1)
    wages = b * ((1 - p.destination_share)[:, None] * flows).sum(axis=0) + p.destination_share * flows.sum(
        axis=1
    )
    np.testing.assert_allclose(wages, p.labour_income, rtol=1e-12)
    pull = np.zeros((n, n))
    for i in range(n):
        for j in range(n):
            cost = w[j] ** b * price[j] ** (1 - b)
            scale = (w[j] / price[j]) ** (1 - b) * labour[j]
            base = flows[i, j] * (1 + old[i, j]) / spending[i]
            kappa = (1 + new[i, j]) / (1 + old[i, j])
            pull[i, j] = base * (cost / scale**psi) ** -eps * kappa ** (-eps * p.pass_through[i])
    spent = e.spending[:, 0]
    traded = pull / pull.sum(axis=1, keepdims=True) * spent[:, None] / (1 + new)
    np.testing.assert_allclose(e.flows[:, :, 0], traded, rtol=1e-8)
    world = (w * labour * wages).sum() / wages.sum()
    for i in range(n):
        sold = sum((1 - p.destination_share[k]) * traded[k, i] for k in range(n))
        revenue = sum(new[i, j] * traded[i, j] for j in range(n))
        earned = w[i] * labour[i] * wages[i]
        sold_before = sum((1 - p.destination_share[k]) * flows[k, i] for k in range(n))
        base_revenue = (old[i] * flows[i]).sum()
        transfer = spending[i] - base_revenue - wages[i] - (1 - b) * sold_before
        assert earned == pytest.approx(b * sold + p.destination_share[i] * traded[i].sum(), rel=1e-8)
        assert spent[i] == pytest.approx(revenue + earned + (1 - b) * sold + transfer * world, rel=1e-8)
        net = (1 - base_revenue / wages[i]) / (1 - revenue / earned) if p.relief else 1.0
        assert labour[i] == pytest.approx((net * w[i] / price[i]) ** 0.5, rel=1e-8)
        basket = (spent[i] / spending[i] / w[i]) ** (1 - p.pass_through[i]) * pull[i].sum() ** (-1 / eps)
        assert price[i] == pytest.approx(basket, rel=1e-8)
    held = (price - 1) @ spending if p.price_numeraire else (w - 1) @ wages
    assert held == pytest.approx(0.0, abs=1e-8 * spending.sum())


@SETTINGS
@given(SEEDS)
def test_no_shock_gives_ones_and_money_has_no_unit(seed: int) -> None:
    _, old, p = system(seed)
    still = solved(prepared(old, p), old)
    for value in (still.wage, still.consumer_prices, still.employment):
        np.testing.assert_allclose(value, 1.0, atol=1e-12)
    new = shock(old, seed)
    e = solved(prepared(old, p), new)
    scaled = replace(
        p, spending=7e6 * p.spending, labour_income=7e6 * p.labour_income, transfer=7e6 * p.transfer
    )
    other = solved(prepared(old, scaled), new)
    np.testing.assert_allclose(other.wage, e.wage, rtol=1e-9)
    np.testing.assert_allclose(other.flows, 7e6 * e.flows, rtol=1e-9)


@SETTINGS
@given(SEEDS)
def test_identical_halves_of_an_economy_change_nothing_real(seed: int) -> None:
    """The halves trade with each other as at home."""
    flows, old, p = system(seed, n=4)
    new = shock(old, seed)
    whole = solved(prepared(old, p), new)
    parts = np.array([0, 1, 2, 3, 3])
    weight = np.array([1.0, 1.0, 1.0, 0.5, 0.5])
    split = flows[np.ix_(parts, parts)] * weight[:, None] * weight
    duty, raised = (d[np.ix_(parts, parts)] for d in (old, new))
    options = {
        "trade_elasticity": p.trade_elasticity,
        "supply_elasticity": p.supply_elasticity,
        "scale_elasticity": p.scale_elasticity,
        "destination_share": p.destination_share[parts],
        "pass_through": p.pass_through[parts],
        "labour_share": p.labour_share,
        "revenue": "income_tax_relief" if p.relief else "lump_sum",
        "numeraire": "prices" if p.price_numeraire else "wages",
    }
    halves = solved(prepared(duty, baseline_parameters(split, duty, **options)), raised)
    np.testing.assert_allclose(halves.wage, whole.wage[parts], rtol=1e-8)
    np.testing.assert_allclose(halves.consumer_prices, whole.consumer_prices[parts], rtol=1e-8)


def test_a_nearly_closed_economy_is_unmoved_by_others_duties() -> None:
    flows, old, _ = system(3, n=4)
    flows[0, 1:] *= 1e-9
    flows[1:, 0] *= 1e-9
    options: dict[str, Any] = {
        "trade_elasticity": 4.0, "supply_elasticity": 0.5, "scale_elasticity": 0.1,
        "pass_through": np.ones(4), "destination_share": np.zeros(4),
    }  # fmt: skip
    p = baseline_parameters(flows, old, **options)
    new = shock(old, 3)
    b = prepared(old, p)
    e = solved(b, new)
    assert welfare(p, b.equilibrium, e)[0] == pytest.approx(1.0, abs=1e-7)
    assert e.employment[0] == pytest.approx(1.0, abs=1e-7)
    assert abs(welfare(p, b.equilibrium, e)[1] - 1) > 1e-4
    flows[0, 1:] = flows[1:, 0] = 0.0
    with pytest.raises(InvalidWorld, match="no trade between A and"):
        baseline_parameters(flows, old, labels="ABCD", **options)


@SETTINGS
@given(SEEDS)
def test_the_closed_form_factor_undoes_the_residual_s_derivative(seed: int) -> None:
    _, old, p = system(seed)
    draw = np.random.default_rng(seed)
    names = [block.name for block in LABOUR_SUPPLY.blocks]
    moved = LABOUR_SUPPLY.shocked(np, p, levers(shock(old, seed)))
    point = {name: 0.05 * draw.standard_normal(len(old)) for name in names}
    way = {name: draw.standard_normal(len(old)) for name in names}
    stepped = {name: point[name] + 1e-30j * way[name] for name in names}
    change = {n: v.imag / 1e-30 for n, v in LABOUR_SUPPLY.residual(np, stepped, moved).items()}
    factors = LABOUR_SUPPLY.preconditioner(LABOUR_SUPPLY.factor(moved, point), moved)
    back = factors.apply(change)
    for name in names:
        np.testing.assert_allclose(back[name], way[name], rtol=1e-7, atol=1e-7)
    left = {name: draw.standard_normal(len(old)) for name in names}
    multipliers = factors.apply_transposed(left)
    product = sum((multipliers[n] * change[n]).sum() for n in names)
    assert product == pytest.approx(sum((left[n] * way[n]).sum() for n in names), rel=1e-7, abs=1e-7)


def test_the_slope_of_welfare_is_that_of_differences() -> None:
    _, old, p = system(11, n=5)
    b = prepared(old, p)

    def levers_at(rate: Any) -> Levers:
        raised = old + rate * (np.arange(5) == 2)[:, None] * (1 - np.eye(5))
        return levers(raised)

    def value(e: Any) -> Any:
        return welfare(p, b.equilibrium, e)[2]

    up, down = (b.under(levers_at(0.2 + h), tolerance=1e-12).equilibrium for h in (1e-4, -1e-4))
    found = b.under(levers_at(0.2), tolerance=1e-12)
    assert slope(b, found, levers_at, 0.2, value) == pytest.approx((value(up) - value(down)) / 2e-4, rel=1e-6)
    best = best_rate(b, levers_at, value)
    assert abs(best.slope) < 1e-9
    assert best.curvature < 0


def test_large_duties_are_certified() -> None:
    _, old, p = system(5, n=6)
    b = prepared(old, p)
    for rate in (1.45, 10.0, 100.0):
        new = old.copy()
        new[0, 1], new[1, 0] = rate, rate
        assert b.under(levers(new)).certificate.certified


@pytest.mark.parametrize(
    "options",
    [
        {"supply_elasticity": -0.1},
        {"scale": -0.1},
        {"destination_share": 1.0},
        {"destination_share": {"USA": -0.1}},
        {"labour_share": 0.0},
        {"labour_share": 1.1},
        {"revenue": "burnt"},
        {"numeraire": "gold"},
    ],
)
def test_parameters_without_meaning_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(InvalidOption, match=next(iter(options))):
        LabourSupply(**options)


def test_flows_without_meaning_are_refused() -> None:
    options: dict[str, Any] = {
        "trade_elasticity": 4.0, "supply_elasticity": 0.5, "scale_elasticity": 0.1,
        "pass_through": np.ones(2), "destination_share": np.zeros(2),
    }  # fmt: skip
    none = np.zeros((2, 2))
    for flows in (
        np.array([[1.0, -1.0], [1.0, 1.0]]),
        np.array([[0.0, 0.0], [1.0, 1.0]]),
        np.full((2, 2), np.nan),
    ):
        with pytest.raises(InvalidWorld):
            baseline_parameters(flows, none, **options)
    with pytest.raises(InvalidOption, match="eps"):
        baseline_parameters(np.ones((2, 2)), none, **(options | {"trade_elasticity": 0.0}))
