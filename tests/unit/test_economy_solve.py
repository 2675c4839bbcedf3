"""Options, errors, closures and measures of the economy."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from detente.core.errors import (
    InvalidOption,
    InvalidPolicy,
    InvalidWorld,
    LabelMismatch,
    UnknownEconomy,
    UnknownName,
)
from detente.economy.certificate import NotSolved, Reason
from detente.economy.identities import accounts
from detente.economy.models import INPUT_OUTPUT, model_named
from detente.economy.outcome import MEASURES, Outcome
from detente.economy.prepare import Prepared, forget, prepare
from detente.economy.solve import solve
from detente.economy.synthetic import synthetic_world
from detente.economy.world import World
from detente.economy.worlds import load_world
from detente.policy import SectorPolicy


@pytest.fixture(scope="module")
def world() -> World:
    return synthetic_world(4, 3, 5)


def duties(world: World, importer: int, exporter: int, rate: float) -> SectorPolicy:
    pair = (world.economies[importer], world.economies[exporter])
    return SectorPolicy.duties(world.economies, world.sectors, {pair: rate})


def solved(world: World, policy: SectorPolicy, **options: object) -> Outcome:
    outcome = solve(INPUT_OUTPUT, world, policy, **options)  # pyright: ignore[reportArgumentType]
    assert isinstance(outcome, Outcome), outcome
    return outcome


@pytest.mark.parametrize(
    ("options", "error", "named"),
    [
        ({"closure": "open"}, UnknownName, "balanced"),
        ({"revenue_use": "burnt"}, UnknownName, "government"),
        ({"elasticities": "ABC"}, UnknownName, "mixed"),
        ({"theta_scale": 0.0}, InvalidOption, "positive"),
        ({"theta_scale": -1.0}, InvalidOption, "positive"),
        ({"theta_scale": float("nan")}, InvalidOption, "positive"),
        ({"tolerance": 1e-6}, InvalidOption, "certified"),
    ],
)
def test_bad_options_list_the_choices(
    world: World, options: dict[str, object], error: type[Exception], named: str
) -> None:
    with pytest.raises(error, match=named):
        solved(world, duties(world, 0, 1, 0.1), **options)


def test_an_unknown_model_lists_the_models(world: World) -> None:
    assert model_named("input-output") is INPUT_OUTPUT
    with pytest.raises(UnknownName, match="input-output"):
        solve("gravity", world, duties(world, 0, 1, 0.1))


@pytest.mark.parametrize("value", [0.0, -1.0, np.nan, np.inf])
def test_elasticities_must_be_positive(world: World, value: float) -> None:
    theta = world.elasticities["four"].copy()
    theta[1] = value
    with pytest.raises(InvalidWorld, match="S01"):
        solved(replace(world, elasticities={"mixed": theta}), duties(world, 0, 1, 0.1))


def test_labels_must_join(world: World) -> None:
    policy = SectorPolicy.none(("E00", "E01", "E02", "XXX"), world.sectors)
    with pytest.raises(LabelMismatch, match="the policy lacks E03; the world lacks XXX"):
        solved(world, policy)
    short = SectorPolicy.none(world.economies, world.sectors[:2])
    with pytest.raises(LabelMismatch, match="the policy lacks S02"):
        solved(world, short)
    wrong = replace(SectorPolicy.none(world.economies, world.sectors), duty_change=np.zeros((4, 4, 2)))
    with pytest.raises(LabelMismatch, match="shape"):
        solved(world, wrong)


def test_policies_that_cannot_be(world: World) -> None:
    bad = SectorPolicy.none(world.economies, world.sectors)
    bad.duty_change[0, 1, 0] = np.nan
    with pytest.raises(InvalidPolicy, match="finite"):
        solved(world, bad)
    own = SectorPolicy.none(world.economies, world.sectors)
    own.duty_change[2, 2, 0] = 0.1
    with pytest.raises(InvalidPolicy, match="E02"):
        solved(world, own)
    free = SectorPolicy.none(world.economies, world.sectors)
    free.non_tariff_cost[0, 1, 0] = -1.0
    with pytest.raises(InvalidPolicy, match="-100"):
        solved(world, free)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (lambda w: {"flows": -w.flows}, "flows"),
        (lambda w: {"flows": w.flows * np.nan}, "finite"),
        (lambda w: {"duty": w.duty - 1}, "duty"),
        (lambda w: {"flows": w.flows[:, :, :2]}, "shape"),
        (lambda w: {"value_added_share": w.value_added_share * 0.9}, "sum to"),
        (lambda w: {"unit": "EUR"}, "USD million"),
    ],
)
def test_worlds_that_cannot_be(world: World, change: object, named: str) -> None:
    with pytest.raises(InvalidWorld, match=named):
        accounts(replace(world, **change(world)))  # pyright: ignore[reportCallIssue]


def test_services_pay_no_duty(world: World) -> None:
    outcome = solved(world, duties(world, 0, 1, 0.5))
    assert outcome.after.duty[0, 1, 2] == world.duty[0, 1, 2] == 0
    assert any("services" in note for note in outcome.notes)
    goods = SectorPolicy.duties(world.economies, world.sectors, {("E00", "E01"): {"S00": 0.5, "S01": 0.5}})
    other = solved(world, goods)
    assert other.notes == ()
    np.testing.assert_allclose(other.after.wage, outcome.after.wage, rtol=1e-10)


def test_a_zero_flow_stays_zero() -> None:
    world = synthetic_world(4, 3, 8, zero_flows=0.4)
    assert (world.flows == 0).any()
    outcome = solved(world, duties(world, 0, 1, -1.0))
    assert (outcome.after.flows[world.flows == 0] == 0).all()
    assert outcome.at("flows_percent", *_labels_of_zero(world)) is None


def _labels_of_zero(world: World) -> tuple[str, str, str]:
    importer, exporter, sector = np.argwhere(world.flows == 0)[0]
    return world.economies[importer], world.economies[exporter], world.sectors[sector]


def test_sectors_without_output_or_value_added_solve() -> None:
    """An economy that makes nothing in a sector, and one whose sector employs nobody."""
    world = synthetic_world(3, 4, 2)
    shares, inputs = world.value_added_share.copy(), world.input_share.copy()
    shares[0, 1] = 0.0
    inputs[0, :, 1] /= inputs[0, :, 1].sum()
    flows = world.flows.copy()
    flows[:, 1, 0] = 0.0
    changed = replace(world, flows=flows, value_added_share=shares, input_share=inputs)
    outcome = solved(changed, duties(changed, 0, 2, 0.5))
    assert outcome.baseline_moved_percent > 0
    assert any("re-solved" in note for note in outcome.notes)
    assert outcome.at("employment_percent", "E01", "S00") is None
    json.dumps(outcome.to_dict(sectors=True), allow_nan=False)


def test_a_sector_nobody_buys_is_left_alone() -> None:
    world = synthetic_world(3, 3, 4)
    final, inputs, flows = world.final_share.copy(), world.input_share.copy(), world.flows.copy()
    final[1, 0] = 0.0
    final /= final.sum(axis=1, keepdims=True)
    inputs[1, 0] = 0.0
    inputs[1] *= (1 - world.value_added_share[1]) / inputs[1].sum(axis=0)
    flows[1, :, 0] = 0.0
    changed = replace(world, flows=flows, final_share=final, input_share=inputs)
    outcome = solved(changed, duties(changed, 0, 2, 0.5))
    assert outcome.after.spending[1, 0] == 0


def test_use_without_a_supplier_is_refused(world: World) -> None:
    flows = world.flows.copy()
    flows[1, :, 0] = 0.0
    with pytest.raises(InvalidWorld, match="E01 uses S00"):
        accounts(replace(world, flows=flows))


def test_a_surplus_beyond_earnings_is_named() -> None:
    """An economy bound to a surplus of most of its income cannot earn it once its markets are closed."""
    world = synthetic_world(3, 2, 3, deficits=1.5, home=0.3)
    books = accounts(world)
    poorest = int((books.deficit / books.value_added).argmin())
    assert books.deficit[poorest] < -0.3 * books.value_added[poorest]
    label = world.economies[poorest]
    closed = {(other, label): 100.0 for other in world.economies if other != label}
    policy = SectorPolicy.none(world.economies, world.sectors)
    policy += SectorPolicy.duties(world.economies, world.sectors, closed)
    policy.non_tariff_cost[:, poorest] = 100.0
    policy.non_tariff_cost[poorest, poorest] = 0.0
    outcome = solve(INPUT_OUTPUT, world, policy)
    assert isinstance(outcome, NotSolved), outcome.values("real_income_percent")
    assert outcome.reason in (Reason.NEGATIVE_INCOME, Reason.NOT_CONVERGED, Reason.NOT_FINITE)
    assert isinstance(solve(INPUT_OUTPUT, world, policy, closure="balanced"), Outcome)


def test_preparing_twice_is_free(world: World) -> None:
    forget()
    one, two = prepare("input-output", world), prepare(INPUT_OUTPUT, world, closure="fixed_to_world_income")
    assert isinstance(one, Prepared)
    assert one is two
    assert one.moved_percent == 0.0
    assert not one.start.any()
    other = prepare(INPUT_OUTPUT, world, elasticities="four")
    assert isinstance(other, Prepared)
    assert other.preconditioner.blocks is one.preconditioner.blocks  # pyright: ignore[reportAttributeAccessIssue]
    assert prepare(INPUT_OUTPUT, replace(world)) is not one


def test_closures_and_uses_differ_and_say_so(world: World) -> None:
    policy = duties(world, 0, 1, 0.5)
    found = {
        (closure, use): solved(world, policy, closure=closure, revenue_use=use)
        for closure in ("fixed_to_world_income", "balanced")
        for use in ("rebated", "government")
    }
    numbers = {key: outcome.at("real_income_percent", "E00") for key, outcome in found.items()}
    assert len({round(number or 0, 6) for number in numbers.values()}) == 4
    for (closure, use), outcome in found.items():
        told = outcome.assumptions
        assert (told["closure"], told["revenue_use"]) == (closure, use)
        assert told["unit"] == "USD million"
        assert outcome.certificate.certified


def test_measures_by_label(world: World) -> None:
    outcome = solved(world, duties(world, 0, 1, 0.5))
    frame = outcome.dataset
    assert set(frame.data_vars) == set(MEASURES) == set(outcome.names)
    assert outcome.real_income.sel(economy="E00").item() == outcome.at("real_income_percent", "E00")
    assert frame["flows_usd_million"].dims == ("importer", "exporter", "sector")
    balance = frame["bilateral_goods_balance_usd_million"]
    np.testing.assert_allclose(balance.values, -balance.values.T, atol=1e-9)
    imports = frame["flows_usd_million"].sum(("exporter", "sector")).values
    own = np.einsum("nnj->n", frame["flows_usd_million"].values)
    np.testing.assert_allclose(frame["imports_usd_million"].values, imports - own)
    assert outcome.at("real_income_usd_per_household", "E03") is None
    gain = outcome.at("real_income_usd_million", "E00")
    assert gain is not None
    assert outcome.at("real_income_usd_per_household", "E00") == pytest.approx(gain)
    with pytest.raises(UnknownName, match="real_income_percent"):
        outcome.values("utility")
    with pytest.raises(UnknownEconomy, match="E00"):
        outcome.at("real_income_percent", "ZZZ")


def test_customs_basis_scales_what_is_shown(world: World) -> None:
    ratio = np.ones_like(world.flows)
    ratio[0, 1, :2] = 1.25
    policy = duties(world, 0, 1, 0.5)
    basic, customs = solved(world, policy), solved(replace(world, customs_ratio=ratio), policy)
    np.testing.assert_allclose(basic.after.wage, customs.after.wage, rtol=1e-12)
    here, there = (o.at("bilateral_goods_usd_million", "E00", "E01") or 0 for o in (basic, customs))
    assert there == pytest.approx(1.25 * here)
    revenue = [o.at("duty_revenue_usd_million_a_month", "E00") or 0 for o in (basic, customs)]
    assert revenue[1] > revenue[0]


def test_json_has_no_nan_and_carries_its_certificate(world: World) -> None:
    outcome = solved(world, duties(world, 0, 1, 0.5))
    told = outcome.to_dict(["E00", "E03"], sectors=True)
    text = json.dumps(told, allow_nan=False)
    assert set(told["economies"]) == {"E00", "E03"}
    assert told["economies"]["E03"]["real_income_usd_per_household"] is None
    assert told["certificate"]["certified"] is True
    assert set(told["certificate"]["residuals"]) == {"wage", "price", "spending"}
    assert told["pairs"][0]["importer"] == "E00"
    assert "NaN" not in text
    with pytest.raises(UnknownEconomy):
        outcome.to_dict(["ZZZ"])


def test_a_duty_raises_revenue_and_cuts_its_flow(world: World) -> None:
    outcome = solved(world, duties(world, 0, 1, 0.3))
    assert (outcome.at("bilateral_goods_percent", "E00", "E01") or 0) < 0
    before, after = (
        outcome.at(f"duty_revenue{when}_usd_million_a_month", "E00") or 0 for when in ("_before", "")
    )
    assert after > before > 0


def test_first_order_terms_approach_the_exact_change() -> None:
    """For a small change the first-order welfare terms and exact real income agree."""
    world = synthetic_world(3, 3, 11, deficits=0.0)
    outcome = solved(world, duties(world, 0, 1, 1e-5), closure="balanced")
    exact = outcome.values("real_income_percent")
    np.testing.assert_allclose(
        outcome.values("welfare_first_order_percent"), exact, atol=2e-3 * abs(exact).max()
    )


@pytest.mark.parametrize("closure", ["fixed_to_world_income", "balanced"])
@pytest.mark.parametrize("rates", [(0.30, 0.10), (1.45, 1.25), (10.0, 10.0)])
def test_the_shipped_world_solves_in_few_steps(closure: str, rates: tuple[float, float]) -> None:
    """Steps, not milliseconds: at most eight readings of factors that were taken once."""
    world = shipped_world()
    change = {("USA", "CHN"): rates[0], ("CHN", "USA"): rates[1]}
    outcome = solved(world, SectorPolicy.duties(world.economies, world.sectors, change), closure=closure)
    proof = outcome.certificate
    assert proof.factor_reads <= 8
    assert proof.factorisations == proof.continuation_steps == 0
    assert proof.largest < 1e-10
    for economy in ("USA", "CHN"):
        assert -1.0 < (outcome.at("real_income_percent", economy) or 0) < 0.0


def test_no_shock_on_the_shipped_world_is_the_data() -> None:
    world = shipped_world()
    assert accounts(world).gap < 1e-12
    outcome = solved(world, SectorPolicy.none(world.economies, world.sectors))
    assert outcome.certificate.iterations == 0
    assert outcome.baseline_moved_percent == 0.0
    np.testing.assert_allclose(outcome.after.flows, world.flows, rtol=1e-12)
    assert not outcome.values("real_income_percent").any()


@cache
def shipped_world() -> World:
    return load_world("icio2022")
