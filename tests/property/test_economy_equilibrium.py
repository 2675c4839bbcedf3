"""The solver against an independent, slow statement of the equilibrium, and what must hold for any world."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.core.errors import InvalidWorld
from detente.economy import search
from detente.economy.assumptions import Closure, FixedTo, RevenueUse
from detente.economy.balance import rebalance
from detente.economy.certificate import NotSolved
from detente.economy.identities import accounts
from detente.economy.levers import applied
from detente.economy.models import INPUT_OUTPUT, InputOutput
from detente.economy.outcome import Outcome
from detente.economy.prepare import Prepared, prepare
from detente.economy.search import Layout
from detente.economy.solve import solve
from detente.economy.synthetic import synthetic_world
from detente.economy.world import World
from detente.policy import SectorPolicy

SETTINGS = settings(max_examples=20, deadline=None, derandomize=True)
SEEDS = st.integers(0, 10_000)
CLOSURES = st.sampled_from(list(Closure))
USES = st.sampled_from(list(RevenueUse))


def small_world(seed: int) -> World:
    return synthetic_world(2 + seed % 4, 2 + seed % 3, seed)


def shock(world: World, seed: int, size: float = 0.6) -> SectorPolicy:
    """Random duty changes of both signs and non-tariff costs."""
    draw = np.random.default_rng(seed + 1)
    policy = SectorPolicy.none(world.economies, world.sectors)
    goods = ~np.isin(world.sectors, world.services)
    policy.duty_change[:] = np.where(goods, size * (draw.random(policy.duty_change.shape) - 0.2), 0.0)
    policy.non_tariff_cost[:] = 0.1 * size * draw.random(policy.duty_change.shape)
    own = np.arange(len(world.economies))
    policy.duty_change[own, own] = 0.0
    policy.non_tariff_cost[own, own] = 0.0
    return policy


def solved(
    world: World, policy: SectorPolicy, *, model: InputOutput = INPUT_OUTPUT, **options: object
) -> Outcome:
    outcome = solve(model, world, policy, **options)  # pyright: ignore[reportArgumentType]
    assert isinstance(outcome, Outcome), outcome
    return outcome


def household_rule(world: World, use: RevenueUse) -> tuple[np.ndarray, np.ndarray]:
    """Shares of household and government spending, from the data by loops."""
    n, j = world.final_share.shape
    household, public = np.zeros((n, j)), np.zeros((n, j))
    for a in range(n):
        wages = sum(world.value_added_share[a, s] * world.flows[:, a, s].sum() for s in range(j))
        revenue = sum(world.duty[a, i, s] * world.flows[a, i, s] for i in range(n) for s in range(j))
        deficit = world.flows[a].sum() - world.flows[:, a].sum()
        served = sum(world.final_share[a, s] for s in range(j) if world.sectors[s] in world.services)
        for s in range(j):
            alpha = world.final_share[a, s]
            if use is RevenueUse.REBATED:
                household[a, s] = public[a, s] = alpha
                continue
            public[a, s] = alpha / served if world.sectors[s] in world.services else 0.0
            household[a, s] = (alpha * (wages + revenue + deficit) - public[a, s] * revenue) / (
                wages + deficit
            )
        if (household[a] < 0).any():
            household[a] = public[a] = world.final_share[a]
    return household, public


def plain_equilibrium(
    world: World, wage: np.ndarray, duty: np.ndarray, cost: np.ndarray, use: RevenueUse, deficit: np.ndarray
) -> dict[str, np.ndarray]:
    """Prices, spending and flows in levels at given wages, by plain repetition. Shares no code with the
    package: costs, prices, spending and labour demand are written out from the model's statement."""
    n, j = world.final_share.shape
    theta = world.elasticities[world.default_elasticities]
    gross_spending = (world.flows * (1 + world.duty)).sum(axis=1)
    price = np.ones((n, j))
    for _ in range(2000):
        unit_cost = np.ones((n, j))
        for a in range(n):
            for s in range(j):
                unit_cost[a, s] = wage[a] ** world.value_added_share[a, s]
                for k in range(j):
                    unit_cost[a, s] *= price[a, k] ** world.input_share[a, k, s]
        pull = np.zeros((n, n, j))
        for a in range(n):
            for i in range(n):
                for s in range(j):
                    base = world.flows[a, i, s] * (1 + world.duty[a, i, s]) / gross_spending[a, s]
                    kappa = (1 + duty[a, i, s]) * (1 + cost[a, i, s]) / (1 + world.duty[a, i, s])
                    pull[a, i, s] = base * (kappa * unit_cost[i, s]) ** -theta[s]
        new = pull.sum(axis=1) ** (-1 / theta)
        change, price = np.abs(new - price).max(), new
        if change < 1e-15:
            break
    share = pull / pull.sum(axis=1, keepdims=True)
    value_added = (world.value_added_share * world.flows.sum(axis=0)).sum(axis=1)
    household, public = household_rule(world, use)
    spending = gross_spending.copy()
    for _ in range(5000):
        flows = share * spending[:, None, :] / (1 + duty)
        sales = flows.sum(axis=0)
        revenue = (flows * duty).sum(axis=(1, 2))
        own = wage * value_added + deficit + (revenue if use is RevenueUse.REBATED else 0.0)
        new = household * own[:, None]
        if use is RevenueUse.GOVERNMENT:
            new = new + public * revenue[:, None]
        for a in range(n):
            for k in range(j):
                new[a, k] += sum(world.input_share[a, k, s] * sales[a, s] for s in range(j))
        change, spending = np.abs(new / spending - 1).max(), new
        if change < 1e-15:
            break
    index = np.exp((household * np.log(price)).sum(axis=1))
    payroll = (world.value_added_share * sales).sum(axis=1)
    return {"price": price, "flows": flows, "payroll": payroll, "wages": wage * value_added,
            "real": own / index, "revenue": revenue, "income": own}  # fmt: skip


@SETTINGS
@given(SEEDS, CLOSURES, USES)
def test_outcome_meets_the_conditions_in_levels(seed: int, closure: Closure, use: RevenueUse) -> None:
    """At the solver's wages, the plain statement gives the same prices and flows, and labour clears."""
    world = small_world(seed)
    policy = shock(world, seed)
    outcome = solved(world, policy, closure=closure, revenue_use=use)
    deficit = world.flows.sum(axis=(1, 2)) - world.flows.sum(axis=(0, 2))
    deficit = deficit * (closure is Closure.FIXED_TO_WORLD_INCOME)
    duty = np.maximum(0.0, world.duty + policy.duty_change)
    found = plain_equilibrium(world, outcome.after.wage, duty, policy.non_tariff_cost, use, deficit)
    before = plain_equilibrium(world, outcome.before.wage, world.duty, 0 * duty, use, deficit)
    np.testing.assert_allclose(outcome.after.price, found["price"], rtol=1e-8)
    np.testing.assert_allclose(outcome.after.flows, found["flows"], rtol=1e-7)
    np.testing.assert_allclose(found["payroll"], found["wages"], rtol=1e-8)
    np.testing.assert_allclose(found["wages"].sum(), accounts(world).value_added.sum(), rtol=1e-9)
    real = 100 * (found["real"] / before["real"] - 1)
    np.testing.assert_allclose(outcome.values("real_income_percent"), real, atol=1e-6)


@SETTINGS
@given(SEEDS, CLOSURES, USES)
def test_no_shock_changes_nothing(seed: int, closure: Closure, use: RevenueUse) -> None:
    world = small_world(seed)
    outcome = solved(
        world, SectorPolicy.none(world.economies, world.sectors), closure=closure, revenue_use=use
    )
    for old, new in ((outcome.before.wage, outcome.after.wage), (outcome.before.price, outcome.after.price)):
        np.testing.assert_allclose(new / old, 1, atol=1e-12)
    assert np.abs(outcome.values("real_income_percent")).max() < 1e-10
    if closure is Closure.FIXED_TO_WORLD_INCOME:
        np.testing.assert_allclose(outcome.before.wage, 1, atol=1e-12)
        np.testing.assert_allclose(outcome.before.flows, world.flows, rtol=1e-12)


@SETTINGS
@given(SEEDS, USES, st.floats(1e-3, 1e3))
def test_the_unit_of_money_does_not_matter(seed: int, use: RevenueUse, scale: float) -> None:
    world = small_world(seed)
    policy = shock(world, seed)
    one = solved(world, policy, revenue_use=use)
    other = solved(replace(world, flows=world.flows * scale), policy, revenue_use=use)
    np.testing.assert_allclose(one.after.wage, other.after.wage, rtol=1e-9)
    np.testing.assert_allclose(one.after.price, other.after.price, rtol=1e-9)


@SETTINGS
@given(SEEDS, CLOSURES, USES)
def test_the_redundant_market_clears_and_accounts_close(seed: int, closure: Closure, use: RevenueUse) -> None:
    world = small_world(seed)
    outcome = solved(world, shock(world, seed), closure=closure, revenue_use=use)
    after, books = outcome.after, accounts(world)
    income = after.wages.sum()
    assert outcome.certificate.walras < 1e-10
    np.testing.assert_allclose(after.value_added.sum(axis=1), after.wages, rtol=1e-9)
    np.testing.assert_allclose(after.flows.sum(axis=0), after.sales, rtol=1e-12)
    np.testing.assert_allclose(
        (after.flows * after.duty).sum(axis=(1, 2)), after.revenue, atol=1e-12 * income
    )
    # Final spending is what is left after inputs; it must equal everything households and government have.
    inputs = np.einsum("nkj,nj->nk", books.input_share, after.sales)
    np.testing.assert_allclose((after.spending - inputs).sum(axis=1), after.final_income, rtol=1e-8)
    np.testing.assert_allclose(after.trade_gap, 0, atol=1e-10 * income)
    if closure is Closure.BALANCED:
        np.testing.assert_allclose(after.flows.sum(axis=(1, 2)), after.sales.sum(axis=1), rtol=1e-9)
    expected = after.wages + after.deficit + (after.revenue if use is RevenueUse.REBATED else 0)
    np.testing.assert_allclose(after.household_income, expected, rtol=1e-12)


@SETTINGS
@given(SEEDS, USES)
def test_the_order_of_labels_does_not_matter(seed: int, use: RevenueUse) -> None:
    world = small_world(seed)
    policy = shock(world, seed)
    draw = np.random.default_rng(seed)
    rows, columns = draw.permutation(len(world.economies)), draw.permutation(len(world.sectors))
    pairs = np.ix_(rows, rows, columns)
    turned = replace(
        world,
        economies=tuple(world.economies[r] for r in rows),
        sectors=tuple(world.sectors[c] for c in columns),
        flows=world.flows[pairs],
        duty=world.duty[pairs],
        value_added_share=world.value_added_share[np.ix_(rows, columns)],
        input_share=world.input_share[np.ix_(rows, columns, columns)],
        final_share=world.final_share[np.ix_(rows, columns)],
        elasticities={name: theta[columns] for name, theta in world.elasticities.items()},
    )
    here = solved(world, policy, revenue_use=use)
    # The policy keeps the order of the first world: it is joined by label.
    there = solved(turned, policy, revenue_use=use)
    for label in world.economies:
        one, other = (o.at("real_income_percent", label) for o in (here, there))
        assert one == pytest.approx(other, abs=1e-7)


def all_duties(world: World, rate: float) -> SectorPolicy:
    pairs = [(a, b) for a in world.economies for b in world.economies if a != b]
    return SectorPolicy.duties(world.economies, world.sectors, dict.fromkeys(pairs, rate))


@SETTINGS
@given(SEEDS, st.sampled_from([10.0, 100.0, 1e4]), USES)
def test_prohibitive_duties_solve_under_balanced_trade(seed: int, rate: float, use: RevenueUse) -> None:
    world = synthetic_world(3, 3, seed, deficits=0.01)
    outcome = solved(world, all_duties(world, rate), closure="balanced", revenue_use=use)
    assert outcome.certificate.certified
    assert np.isfinite(outcome.values("real_income_percent")).all()


@SETTINGS
@given(SEEDS, st.sampled_from([1.5, 10.0, 1e4]), USES)
def test_one_pair_may_stop_trading_with_deficits_fixed(seed: int, rate: float, use: RevenueUse) -> None:
    world = synthetic_world(5, 3, seed, deficits=0.02)
    war = {("E00", "E01"): rate, ("E01", "E00"): rate}
    outcome = solved(world, SectorPolicy.duties(world.economies, world.sectors, war), revenue_use=use)
    assert outcome.certificate.certified


@SETTINGS
@given(SEEDS, st.sampled_from([10.0, 1e4]), USES)
def test_with_deficits_fixed_the_end_of_trade_may_have_no_answer(
    seed: int, rate: float, use: RevenueUse
) -> None:
    """A fixed surplus must still be earned; where that takes all income there is no equilibrium."""
    world = synthetic_world(3, 3, seed, deficits=0.01)
    outcome = solve(INPUT_OUTPUT, world, all_duties(world, rate), revenue_use=use)
    if isinstance(outcome, NotSolved):
        assert "balanced" in outcome.message
    else:
        assert outcome.certificate.certified


@SETTINGS
@given(SEEDS)
def test_duties_never_fall_below_zero(seed: int) -> None:
    world = small_world(seed)
    free = all_duties(world, -1.0)
    outcome = solved(world, free)
    assert outcome.after.duty.min() == outcome.after.duty.max() == 0.0
    np.testing.assert_allclose(outcome.after.revenue, 0, atol=1e-9 * outcome.after.wages.sum())
    exact = replace(free, duty_change=-world.duty)
    np.testing.assert_allclose(outcome.after.wage, solved(world, exact).after.wage, rtol=1e-10)


@pytest.mark.parametrize("use", list(RevenueUse))
def test_a_far_shock_is_approached_in_stages(use: RevenueUse) -> None:
    """300 % on all goods trade, deficits fixed: solved in stages, and right by the plain statement."""
    world = synthetic_world(3, 3, 351, deficits=0.01)
    policy = all_duties(world, 3.0)
    outcome = solved(world, policy, revenue_use=use)
    assert outcome.certificate.continuation_steps > 0
    deficit = world.flows.sum(axis=(1, 2)) - world.flows.sum(axis=(0, 2))
    duty = outcome.after.duty
    found = plain_equilibrium(world, outcome.after.wage, duty, 0 * duty, use, deficit)
    np.testing.assert_allclose(found["payroll"], found["wages"], rtol=1e-8)


@SETTINGS
@given(SEEDS, USES, st.booleans(), st.sampled_from([1.0, 0.6]), st.booleans())
def test_the_factored_jacobian_is_the_jacobian(
    seed: int, use: RevenueUse, shocked: bool, mobile_share: float, named_price: bool
) -> None:
    """The preconditioner undoes the residual's central difference, at the baseline and away from it."""
    world = small_world(seed)
    n, j = world.final_share.shape
    model = InputOutput(mobile_share)
    layout = Layout.of(model, n, j)
    theta = world.elasticities["mixed"]
    closure = FixedTo("wage", world.economies[-1]) if named_price else Closure.FIXED_TO_WORLD_INCOME
    parameters = model.parameters(accounts(world), theta, use, closure)
    point = np.zeros(layout.size)
    if shocked:
        policy = shock(world, seed)
        policy.export_tax[0, 1:] = 0.3
        outcome = solved(world, policy, model=model, revenue_use=use, closure=closure)
        point = outcome.point
        parameters = model.shocked(np, parameters, applied(world, policy)[0])
    near = model.preconditioner(model.factor(parameters, layout.split(point)), parameters)
    direction = np.random.default_rng(seed).standard_normal(layout.size)
    step = 1e-6
    ahead, behind = (
        layout.stack(model.residual(np, layout.split(point + sign * step * direction), parameters))
        for sign in (1, -1)
    )
    slope = (ahead - behind) / (2 * step)
    back = layout.stack(near.apply(layout.split(slope)))
    np.testing.assert_allclose(back, direction, atol=2e-4)
    # The transpose: <a, J^-1 b> = <J^-T a, b>, several directions at once as one by one.
    draw = np.random.default_rng(seed + 1)
    left, right = draw.standard_normal((2, layout.size, 3))
    forward = layout.stack(near.apply(layout.split(right)))
    backward = layout.stack(near.apply_transposed(layout.split(left)))
    np.testing.assert_allclose(left.T @ forward, backward.T @ right, atol=1e-3 * np.abs(forward).max())
    one = layout.stack(near.apply(layout.split(right[:, 1])))
    np.testing.assert_allclose(one, forward[:, 1], atol=1e-4 * np.abs(forward).max())


@SETTINGS
@given(SEEDS, CLOSURES)
def test_a_disturbed_baseline_is_re_solved(seed: int, closure: Closure) -> None:
    world = small_world(seed)
    draw = np.random.default_rng(seed)
    disturbed = replace(world, flows=world.flows * np.exp(0.2 * draw.standard_normal(world.flows.shape)))
    again, report = rebalance(disturbed, closure=closure)
    assert report.gap_before > 1e-3 > 1e-9 > report.gap_after
    assert report.certificate is not None
    assert report.largest_flow_change_percent > 0
    same, nothing = rebalance(world)
    assert same is world
    assert nothing.certificate is None
    outcome = solved(again, SectorPolicy.none(again.economies, again.sectors), closure=closure)
    np.testing.assert_allclose(outcome.before.flows, again.flows, rtol=1e-7)


@SETTINGS
@given(SEEDS)
def test_a_government_takes_nothing_it_cannot_spend(seed: int) -> None:
    """Household shares reproduce the baseline's final spending, sector by sector."""
    world = small_world(seed)
    prepared = prepare(INPUT_OUTPUT, world, revenue_use=RevenueUse.GOVERNMENT)
    assert isinstance(prepared, Prepared)
    p, books = prepared.parameters, accounts(world)
    final = p.household_share * (books.value_added + books.deficit)[:, None]
    final = final + p.revenue_share * books.revenue[:, None]
    np.testing.assert_allclose(final, books.final_share * books.income[:, None], rtol=1e-9)
    np.testing.assert_allclose(p.household_share.sum(axis=1), 1, rtol=1e-12)


@SETTINGS
@given(SEEDS)
def test_what_did_not_converge_has_no_numbers(seed: int) -> None:
    world = small_world(seed)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(search, "LIMIT", 1)
        patch.setattr(search, "FRESH_FACTORS", 0)
        patch.setattr(search, "SMALLEST_STAGE", 0.5)
        failed = solve(INPUT_OUTPUT, world, shock(world, seed, 3.0))
    assert isinstance(failed, NotSolved)
    assert not failed.solved
    assert not failed.certificate.certified
    assert set(vars(failed)) == {"reason", "message", "certificate"}
    assert set(failed.to_dict()) == {"solved", "reason", "message", "certificate"}


@SETTINGS
@given(SEEDS, st.sampled_from([1.0, 0.6]), USES)
def test_identical_halves_of_an_economy_change_nothing_real(
    seed: int, mobile_share: float, use: RevenueUse
) -> None:
    """Halves that trade with each other as at home are the whole."""
    world, model = small_world(seed), InputOutput(mobile_share)
    policy = shock(world, seed)
    parts = [0, *range(len(world.economies))]
    share = np.ones(len(parts))
    share[:2] = 0.5
    halved = replace(
        world,
        economies=("half", *world.economies),
        flows=world.flows[np.ix_(parts, parts)] * (share[:, None] * share[None, :])[:, :, None],
        duty=world.duty[np.ix_(parts, parts)],
        value_added_share=world.value_added_share[parts],
        input_share=world.input_share[parts],
        final_share=world.final_share[parts],
    )
    raised = SectorPolicy(
        halved.economies,
        halved.sectors,
        policy.duty_change[np.ix_(parts, parts)],
        policy.non_tariff_cost[np.ix_(parts, parts)],
    )
    whole = solved(world, policy, model=model, revenue_use=use)
    halves = solved(halved, raised, model=model, revenue_use=use)
    expected = whole.real_household_income()[parts]
    np.testing.assert_allclose(halves.real_household_income(), expected, rtol=1e-8)
    np.testing.assert_allclose(halves.after.price, whole.after.price[parts], rtol=1e-8)


@SETTINGS
@given(SEEDS, st.sampled_from([1.0, 0.6]))
def test_a_closed_economy_is_unmoved_by_the_duties_of_others(seed: int, mobile_share: float) -> None:
    """As its trade goes to nothing, so does what others' duties do to it; with none at all it has no wage
    in the others' money, and is refused."""
    world = small_world(seed)
    policy = shock(world, seed)
    policy.duty_change[0] = policy.duty_change[:, 0] = 0.0
    policy.non_tariff_cost[0] = policy.non_tariff_cost[:, 0] = 0.0
    away = np.arange(len(world.economies)) != 0

    def moved(cost: float) -> float:
        """What the others' duties do to the economy once its trade bears this cost."""
        costs = policy.non_tariff_cost.copy()
        apart = replace(policy, duty_change=0 * policy.duty_change, non_tariff_cost=costs)
        costs[0, away] = costs[away, 0] = cost
        at_war = replace(apart, duty_change=policy.duty_change)
        model = InputOutput(mobile_share)
        one, two = (
            solved(world, each, model=model, closure="balanced").real_household_income()[0]
            for each in (apart, at_war)
        )
        return abs(two / one - 1)

    gaps = [moved(cost) for cost in (0.5, 5.0, 50.0)]
    # What others' duties do may change its sign on the way, so that only the end is compared.
    assert gaps[2] <= max(gaps[:2]) / 2 + 1e-9
    assert gaps[2] < 1e-3
    flows = world.flows.copy()
    flows[0, away] = flows[away, 0] = 0.0
    with pytest.raises(InvalidWorld, match="no trade between"):
        solve(INPUT_OUTPUT, replace(world, flows=flows), policy)
