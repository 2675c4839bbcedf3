"""Taxes, subsidies, quantity rules, specific factors and critical inputs: what must hold on any world."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from detente.core.errors import InvalidPolicy, InvalidWorld, LabelMismatch, UnknownName
from detente.economy.certificate import NotSolved, Reason
from detente.economy.models import INPUT_OUTPUT, SPECIFIC_FACTORS, InputOutput
from detente.economy.outcome import Outcome
from detente.economy.solve import solve
from detente.economy.synthetic import synthetic_world
from detente.economy.world import World
from detente.policy import ALL, Instrument, QuantityRule, Rent, SectorPolicy, Unit

SETTINGS = settings(max_examples=12, deadline=None, derandomize=True)
SEEDS = st.integers(0, 5_000)
RENTS = st.sampled_from(list(Rent))
MODELS = st.sampled_from([INPUT_OUTPUT, SPECIFIC_FACTORS])


def small_world(seed: int, **changes: object) -> World:
    """A random world in which the flows that the tests regulate exist; others may be zero."""
    world = synthetic_world(3 + seed % 3, 2 + seed % 3, seed)
    while not (world.flows[[0, 1, 2], [1, 2, 0], 0] > 0).all():
        seed += 10_007
        world = synthetic_world(len(world.economies), len(world.sectors), seed)
    return replace(world, **changes)


def nothing(world: World) -> SectorPolicy:
    return SectorPolicy.none(world.economies, world.sectors)


def solved(
    world: World, policy: SectorPolicy, model: InputOutput = INPUT_OUTPUT, **options: object
) -> Outcome:
    outcome = solve(model, world, policy, **options)  # pyright: ignore[reportArgumentType]
    assert isinstance(outcome, Outcome), outcome
    return outcome


def limit(
    world: World, value: float, *, flow: tuple[int, int] = (0, 1), sector: int = 0, **other: object
) -> QuantityRule:
    importer, exporter = (world.economies[k] for k in flow)
    fields = {
        "instrument": Instrument.QUANTITY_LIMIT,
        "controller": exporter,
        "importer": importer,
        "exporter": exporter,
        "coverage": {world.sectors[sector]: 1.0},
        "value": value,
        **other,
    }
    return QuantityRule(**fields)  # pyright: ignore[reportArgumentType]


def under(world: World, *rules: QuantityRule) -> SectorPolicy:
    return replace(nothing(world), quantities=rules)


def same(one: Outcome, two: Outcome, rtol: float = 1e-7) -> None:
    np.testing.assert_allclose(one.real_household_income(), two.real_household_income(), rtol=rtol)
    np.testing.assert_allclose(one.after.flows, two.after.flows, rtol=1e-6, atol=1e-9 * two.after.flows.max())


@SETTINGS
@given(SEEDS, MODELS, RENTS)
def test_a_limit_equals_the_tax_its_licence_price_is(seed: int, model: InputOutput, rent: Rent) -> None:
    """A licence held abroad is an export tax of that size, one held at home a duty, one lost an iceberg."""
    world = small_world(seed)
    rule = limit(world, 0.6, rent=rent)
    outcome = solved(world, under(world, rule), model)
    (licence,) = outcome.licences
    assert licence.binds
    assert licence.price_percent > 0
    assert licence.quantity_usd_million == pytest.approx(0.6 * world.flows[0, 1, 0], rel=1e-9)
    assert outcome.after.quantity[0, 1, 0] == pytest.approx(0.6 * world.flows[0, 1, 0], rel=1e-9)
    tax = nothing(world)
    price = licence.price_percent / 100
    if rent in (Rent.LICENCE_HOLDERS, Rent.TREASURY):
        tax.export_tax[0, 1, 0] = price
    elif rent is Rent.DISSIPATED:
        tax.non_tariff_cost[0, 1, 0] = price
    else:
        tax.duty_change[0, 1, 0] = (1 + world.duty[0, 1, 0]) * (1 + price) - 1 - world.duty[0, 1, 0]
    same(outcome, solved(world, tax, model))


@SETTINGS
@given(SEEDS, RENTS, RENTS)
def test_rules_on_one_flow_compound(seed: int, first: Rent, second: Rent) -> None:
    """A pair's limit and a limit on all exports both bind: on the shared flow their prices multiply."""
    world = small_world(seed)
    pair = limit(world, 0.3, rent=first)
    total = limit(world, 0.6, importer=ALL, rent=second)
    outcome = solved(world, under(world, pair, total))
    one, two = outcome.licences
    # Where the pair is most of what is sold, its own limit does for both.
    assert one.binds or two.binds
    assume(one.binds and two.binds)
    assert outcome.after.quantity[0, 1, 0] == pytest.approx(0.3 * world.flows[0, 1, 0], rel=1e-9)
    sold = np.delete(outcome.after.quantity[:, 1, 0], 1).sum()
    assert sold == pytest.approx(0.6 * np.delete(world.flows[:, 1, 0], 1).sum(), rel=1e-9)
    # The same as taxes and costs: the total's price on every flow, the pair's on top of it.
    tax = nothing(world)
    away = np.arange(len(world.economies)) != 1
    for rent, price, rows in ((second, two.price_percent, away), (first, one.price_percent, np.arange(1))):
        if rent is Rent.IMPORTER:
            gross = (1 + world.duty[rows, 1, 0] + tax.duty_change[rows, 1, 0]) * (1 + price / 100)
            tax.duty_change[rows, 1, 0] = gross - 1 - world.duty[rows, 1, 0]
        elif rent is Rent.DISSIPATED:
            tax.non_tariff_cost[rows, 1, 0] = (1 + tax.non_tariff_cost[rows, 1, 0]) * (1 + price / 100) - 1
        else:
            tax.export_tax[rows, 1, 0] = (1 + tax.export_tax[rows, 1, 0]) * (1 + price / 100) - 1
    same(outcome, solved(world, tax))
    received = outcome.after.sales.sum() + outcome.after.revenue.sum() + outcome.after.rents.sum()
    np.testing.assert_allclose(outcome.after.spending.sum(), received, rtol=1e-10)


@SETTINGS
@given(SEEDS, MODELS)
def test_a_floor_equals_the_subsidy_that_meets_it(seed: int, model: InputOutput) -> None:
    world = small_world(seed)
    floor = limit(
        world,
        1.5 * world.flows[0, 1, 0],
        instrument=Instrument.QUANTITY_FLOOR,
        unit=Unit.USD_MILLION,
        controller=world.economies[1],
        rent=Rent.TREASURY,
    )
    outcome = solved(world, under(world, floor), model)
    (licence,) = outcome.licences
    assert licence.price_percent < 0
    assert licence.rent_usd_million < 0
    assert licence.quantity_usd_million == pytest.approx(1.5 * world.flows[0, 1, 0], rel=1e-9)
    subsidy = nothing(world)
    subsidy.export_tax[0, 1, 0] = licence.price_percent / 100
    same(outcome, solved(world, subsidy, model))


@SETTINGS
@given(SEEDS, RENTS)
def test_a_slack_limit_has_price_zero_and_changes_nothing(seed: int, rent: Rent) -> None:
    world = small_world(seed)
    outcome = solved(world, under(world, limit(world, 1.01, rent=rent)))
    (licence,) = outcome.licences
    assert (licence.binds, licence.price_percent, licence.rent_usd_million) == (False, 0.0, 0.0)
    np.testing.assert_allclose(outcome.real_household_income(), 1.0, atol=1e-10)


@SETTINGS
@given(SEEDS)
def test_an_embargo_is_the_limit_of_limits(seed: int) -> None:
    world = small_world(seed)
    closed = solved(world, under(world, limit(world, 0.0)))
    assert closed.after.flows[0, 1, 0] == 0.0
    gaps = [
        np.abs(
            solved(world, under(world, limit(world, share))).real_household_income()
            / closed.real_household_income()
            - 1
        ).max()
        for share in (1e-2, 1e-4, 1e-6)
    ]
    assert gaps[2] <= gaps[1] <= gaps[0]
    # With trade elasticity theta the gap falls with share ** (theta / (1 + theta)).
    assert gaps[2] < 0.3 * gaps[0]


@SETTINGS
@given(SEEDS)
def test_a_bilateral_embargo_and_its_limit_on_a_sum(seed: int) -> None:
    """A limit on all exports of a sector is one price; closing every buyer closes the sum."""
    world = small_world(seed)
    exporter = world.economies[1]
    total = limit(world, 0.5, importer=ALL)
    outcome = solved(world, under(world, total))
    (licence,) = outcome.licences
    sold = np.delete(world.flows[:, 1, 0], 1).sum()
    assert licence.bound_usd_million == pytest.approx(0.5 * sold)
    np.testing.assert_array_equal(outcome.after.quantity[:, 1, 0] > 0, world.flows[:, 1, 0] > 0)
    shut = solved(world, under(world, limit(world, 0.0, importer=ALL)))
    assert np.delete(shut.after.flows[:, 1, 0], 1).max() == 0.0
    assert shut.after.flows[1, 1, 0] > 0
    assert exporter in total.label


@SETTINGS
@given(SEEDS, MODELS, st.floats(0.05, 0.4))
def test_lerner_a_uniform_export_tax_is_a_uniform_duty(seed: int, model: InputOutput, rate: float) -> None:
    """With balanced trade, taxing all exports does what taxing all imports does (all sectors tradable)."""
    base = small_world(seed)
    base = replace(base, services=(), duty=np.zeros_like(base.duty))
    duty, tax = nothing(base), nothing(base)
    duty.duty_change[0, 1:] = rate
    tax.export_tax[1:, 0] = rate
    one = solved(base, duty, model, closure="balanced")
    two = solved(base, tax, model, closure="balanced")
    np.testing.assert_allclose(one.real_household_income(), two.real_household_income(), rtol=1e-8)


@SETTINGS
@given(SEEDS, MODELS)
def test_a_production_subsidy_and_the_same_tax_on_every_sale_cancel(seed: int, model: InputOutput) -> None:
    world = small_world(seed)
    policy = nothing(world)
    policy.production_subsidy[1, 0] = 0.2
    outcome = solved(world, policy, model)
    assert outcome.after.revenue[1] < outcome.before.revenue[1]
    assert outcome.after.sales[1, 0] > outcome.before.sales[1, 0]
    policy.export_tax[np.arange(len(world.economies)) != 1, 1, 0] = 1 / 0.8 - 1
    at_home = solved(world, policy, model)
    assert at_home.after.flows[1, 1, 0] > world.flows[1, 1, 0]


@SETTINGS
@given(SEEDS, MODELS, RENTS)
def test_money_goes_round(seed: int, model: InputOutput, rent: Rent) -> None:
    """Everything paid is received, whatever is in force at once."""
    world = small_world(seed)
    policy = under(
        world,
        limit(world, 0.5, rent=rent),
        limit(world, 0.7, flow=(1, 2), controller=world.economies[0], rent=Rent.TREASURY),
        limit(world, 1.3, flow=(2, 0), instrument=Instrument.QUANTITY_FLOOR, rent=Rent.IMPORTER),
    )
    policy.duty_change[0, 1, 0] = 0.3
    policy.export_tax[2, 1] = 0.1
    policy.production_subsidy[2, 0] = 0.15
    outcome = solved(world, policy, model)
    for equilibrium in (outcome.before, outcome.after):
        received = equilibrium.sales.sum() + equilibrium.revenue.sum() + equilibrium.rents.sum()
        np.testing.assert_allclose(equilibrium.spending.sum(), received, rtol=1e-10)
        world_income = equilibrium.wages.sum()
        np.testing.assert_allclose(equilibrium.trade_gap / world_income, 0.0, atol=1e-10)
        np.testing.assert_allclose(equilibrium.value_added.sum(axis=1), equilibrium.wages, rtol=1e-9)


@SETTINGS
@given(SEEDS, MODELS, st.sampled_from(["wage", "consumer_prices"]))
def test_deficits_follow_the_price_they_are_fixed_to(seed: int, model: InputOutput, price: str) -> None:
    world = small_world(seed)
    label = world.economies[-1]
    policy = nothing(world)
    policy.duty_change[0, 1, 0] = 0.5
    outcome = solved(world, policy, model, closure=f"fixed_to_{price}:{label}")
    after = outcome.after.wage if price == "wage" else outcome.after.consumer_prices
    np.testing.assert_allclose(outcome.after.deficit, outcome.before.deficit * after[-1], rtol=1e-9)
    assert outcome.to_dict()["closure"] == f"fixed_to_{price}:{label}"


def test_the_shorter_the_run_the_less_labour_moves() -> None:
    world = small_world(7)
    policy = nothing(world)
    policy.duty_change[0, 1:, 0] = 0.5
    moved = []
    for share in (0.2, 0.6, 0.95, 1.0):
        outcome = solved(world, policy, InputOutput(share))
        moved.append(np.abs(outcome.after.labour - outcome.before.labour).sum())
    assert moved == sorted(moved)
    near = solved(world, policy, InputOutput(1 - 1e-9)).real_household_income()
    np.testing.assert_allclose(near, solved(world, policy).real_household_income(), rtol=1e-7)


def test_short_run_elasticities_need_fixed_factors() -> None:
    world = small_world(3)
    world = replace(
        world, elasticities={"short": np.full(len(world.sectors), -0.24)}, default_elasticities="short"
    )
    policy = nothing(world)
    policy.duty_change[0, 1, 0] = 0.3
    with pytest.raises(InvalidWorld, match="sector-specific factors"):
        solve(INPUT_OUTPUT, world, policy)
    outcome = solved(world, policy, SPECIFIC_FACTORS)
    # Demand below one: buyers pay more in all for the dearer goods.
    before, after = outcome.before.spending[0, 0], outcome.after.spending[0, 0]
    share = (outcome.after.flows * (1 + outcome.after.duty))[0, 1, 0] / after
    assert share > (outcome.before.flows * (1 + outcome.before.duty))[0, 1, 0] / before
    shut = solve(SPECIFIC_FACTORS, world, under(world, limit(world, 0.0)))
    assert isinstance(shut, NotSolved)
    assert shut.reason is Reason.NO_SUPPLIER


@pytest.mark.parametrize("elasticity", [0.0, 0.2, 0.999])
def test_a_critical_input_is_missed_more_the_less_it_can_be_replaced(elasticity: float) -> None:
    world = small_world(11)
    critical = replace(world, critical_inputs={world.sectors[0]: elasticity})
    same(solved(critical, nothing(critical)), solved(world, nothing(world)))
    scarce = [limit(world, 0.05, flow=(0, k)) for k in range(1, len(world.economies))]
    loss = 1 - solved(critical, under(critical, *scarce)).real_household_income()[0]
    replaceable = 1 - solved(world, under(world, *scarce)).real_household_income()[0]
    assert loss > replaceable if elasticity < 0.9 else loss == pytest.approx(replaceable, rel=0.05)


def test_nests_of_one_elasticity_are_one_nest() -> None:
    """The order in which critical inputs are nested does not matter when they share an elasticity."""
    world = small_world(11)
    policy = nothing(world)
    policy.duty_change[0, 1] = 0.8
    both = replace(world, critical_inputs={world.sectors[0]: 0.3, world.sectors[1]: 0.3})
    names = tuple(reversed(world.sectors))
    turned = replace(
        both,
        sectors=names,
        flows=world.flows[:, :, ::-1],
        duty=world.duty[:, :, ::-1],
        value_added_share=world.value_added_share[:, ::-1],
        input_share=world.input_share[:, ::-1, ::-1],
        final_share=world.final_share[:, ::-1],
        elasticities={k: v[::-1] for k, v in world.elasticities.items()},
    )
    one = solved(both, policy)
    two = solved(turned, replace(policy, sectors=names, duty_change=policy.duty_change[:, :, ::-1]))
    np.testing.assert_allclose(one.real_household_income(), two.real_household_income(), rtol=1e-9)


def test_a_closed_sole_supplier_is_said_so() -> None:
    world = small_world(5)
    flows = world.flows.copy()
    flows[0, np.arange(len(world.economies)) != 1, 0] = 0.0
    alone = replace(world, flows=flows)
    result = solve(INPUT_OUTPUT, alone, under(alone, limit(alone, 0.0)))
    assert isinstance(result, NotSolved)
    assert result.reason is Reason.NO_SUPPLIER
    assert world.sectors[0] in result.message
    assert "residuals" not in result.to_dict() or result.to_dict()["solved"] is False


def test_rules_that_cannot_be_are_refused() -> None:
    world = small_world(4)
    with pytest.raises(InvalidPolicy, match="zero or more"):
        limit(world, -0.1)
    with pytest.raises(InvalidPolicy, match="quantity_limit or quantity_floor"):
        limit(world, 0.5, unit=Unit.PERCENT_OF_VALUE)
    with pytest.raises(InvalidPolicy, match="lies in"):
        limit(world, 0.5, coverage={world.sectors[0]: 1.5})
    with pytest.raises(LabelMismatch):
        solve(INPUT_OUTPUT, world, under(world, limit(world, 0.5, coverage={"XYZ": 1.0})))
    with pytest.raises(UnknownName, match="LABEL"):
        solve(INPUT_OUTPUT, world, nothing(world), closure="fixed_to_wage:XYZ")
    flows = world.flows.copy()
    flows[0, 1, 0] = 0.0
    empty = replace(world, flows=flows)
    floor = limit(world, 2.0, instrument=Instrument.QUANTITY_FLOOR, unit=Unit.USD_MILLION)
    with pytest.raises(InvalidPolicy, match="no such flow"):
        solve(INPUT_OUTPUT, empty, under(empty, floor))
    free = nothing(world)
    free.production_subsidy[0, 0] = 1.0
    with pytest.raises(InvalidPolicy, match="cost nothing"):
        solve(INPUT_OUTPUT, world, free)
    below = nothing(world)
    below.duty_change[0, 1, 0] = -1.5
    with pytest.raises(InvalidPolicy, match="-150%"):
        solve(INPUT_OUTPUT, world, below)


@pytest.mark.slow
@pytest.mark.parametrize(("model", "critical"), [(INPUT_OUTPUT, True), (SPECIFIC_FACTORS, False)])
def test_gradients_hold_with_every_lever_in_force(model: InputOutput, critical: bool) -> None:
    """The adjoint gradient meets whole solves with quantity rules, taxes, nests and fixed factors at once."""
    from detente.economy.adjoint import gradient
    from detente.economy.prepare import Prepared, prepare

    world = small_world(8, critical_inputs={small_world(8).sectors[0]: 0.2} if critical else {})
    policy = under(world, limit(world, 0.5), limit(world, 0.8, flow=(1, 2), rent=Rent.IMPORTER))
    policy.export_tax[2, 0] = 0.1
    policy.duty_change[0, 1:] += 0.2
    prepared = prepare(model, world, closure=f"fixed_to_wage:{world.economies[1]}")
    assert isinstance(prepared, Prepared)

    def real_income(outcome: Outcome) -> object:
        return outcome.real_household_income()[0]

    found = gradient(prepared, policy, real_income)
    assert not isinstance(found, NotSolved)
    step, taxed = 1e-5, []
    for sign in (1, -1):
        nearby = replace(policy, export_tax=policy.export_tax.copy())
        nearby.export_tax[2, 0, 0] += sign * step
        taxed.append(solved(world, nearby, model, closure=prepared.closure).real_household_income()[0])
    slope = (taxed[0] - taxed[1]) / (2 * step)
    assert found.levers.export_tax[2, 0, 0] == pytest.approx(slope, rel=1e-4, abs=1e-8)
