"""Aims, levers, best responses, wars and bargains on small worlds."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from detente.core.errors import InvalidGame, InvalidOption, UnknownEconomy, UnknownSector
from detente.economy.prepare import Prepared, prepare
from detente.economy.synthetic import synthetic_world
from detente.strategy.aims import Aim, Term, read_aims, real_income
from detente.strategy.arena import GeneralArena, arena
from detente.strategy.bargain import Talks
from detente.strategy.certify import regret
from detente.strategy.choice import choice, put_all, rates_of
from detente.strategy.input_output import InputOutputArena
from detente.strategy.nash import nash
from detente.strategy.optimal import best_response
from detente.strategy.retaliation import answered, first_move

SIDES = ("E00", "E01")


def ready(model: str = "armington", **options) -> Prepared:
    prepared = prepare(model, synthetic_world(3, 3, 1), closure="balanced", **options)
    assert isinstance(prepared, Prepared)
    return prepared


def played(prepared: Prepared, grain: str = "uniform", **options):
    world = prepared.world
    return arena(prepared, [real_income(side) for side in SIDES]), [
        choice(world, side, grain, **options) for side in SIDES
    ]


@pytest.fixture(scope="module")
def prepared() -> Prepared:
    return ready()


@pytest.fixture(scope="module")
def war(prepared):
    return nash(*played(prepared, "partner-sector"))


def test_best_duty_of_a_small_country_is_what_theory_says():
    # Nobody abroad notices E00: with one theta its best uniform duty is one over theta (export supply is
    # elastic, and its own goods have the elasticity of demand 1 + theta).
    world = synthetic_world(3, 2, 4, services=1, zero_flows=0.0, deficits=0.0, duties=0.0)
    flows = world.flows.copy()
    flows[0] *= 1e-6
    flows[:, 0] *= 1e-6
    # Goods alone, so that no untaxed services keep a part of trade out.
    small = replace(
        world,
        sectors=world.sectors[:1],
        services=(),
        flows=flows[:, :, :1],
        duty=world.duty[:, :, :1],
        value_added_share=np.ones((3, 1)),
        input_share=np.zeros((3, 1, 1)),
        final_share=np.ones((3, 1)),
        elasticities={"four": np.array([4.0])},
        default_elasticities="four",
    )
    found = prepare("armington", small, closure="balanced")
    assert isinstance(found, Prepared)
    best = best_response(arena(found, [real_income("E00")]), "E00", choice(small, "E00", "uniform"))
    assert best.certificate.certified
    assert np.expm1(best.entries[0]) == pytest.approx(1 / 4, rel=1e-3)


@pytest.mark.parametrize("model", ["armington", "krugman"])
def test_slopes_by_hand_are_those_of_the_adjoint(model):
    prepared = ready(model)
    terms = Term("sector_income", sector_weights={"S00": 1.7, "S02": 0.2})
    wanted = terms if model == "krugman" else Term("real_income")
    sides = [Aim("E00", (wanted,)), real_income("E01")]
    by_hand = arena(prepared, sides)
    rates = rates_of(prepared.world)
    foreign = (1 - np.eye(3))[:, :, None] * (np.arange(3) < 2)
    rates[0] += 0.4 * np.random.default_rng(0).random(rates[0].shape) * foreign
    ours, other = by_hand.slopes(rates), GeneralArena(prepared, sides).slopes(rates)
    assert ours is not None
    assert other is not None
    assert not isinstance(by_hand, GeneralArena)
    np.testing.assert_allclose(ours.values, other.values, atol=1e-7)
    np.testing.assert_allclose(ours.slopes[:, 0] * foreign, other.slopes[:, 0] * foreign, atol=1e-7)


@pytest.mark.parametrize("model", ["input-output", "specific-factors"])
@pytest.mark.parametrize("closure", ["balanced", "fixed_to_wage:E01", "fixed_to_consumer_prices:E02"])
@pytest.mark.parametrize("revenue_use", ["rebated", "government"])
@pytest.mark.parametrize("taxes", [0.0, 0.2])
def test_slopes_with_inputs_by_hand_are_those_of_the_adjoint(model, closure, revenue_use, taxes):
    world = synthetic_world(4, 3, 1)
    prepared = prepare(model, world, closure=closure, revenue_use=revenue_use)
    assert isinstance(prepared, Prepared)
    terms = (
        Term("real_income"),
        Term("revenue", 0.3),
        Term("employment", 0.02, sectors=("S01",)),
        Term("lead", 0.1, sectors=("S00",)),
    )
    sides = [Aim("E00", terms), real_income("E01")]
    by_hand, general = arena(prepared, sides), GeneralArena(prepared, sides)
    assert isinstance(by_hand, InputOutputArena)
    draw = np.random.default_rng(0)
    foreign = (1 - np.eye(4))[:, :, None] * (np.arange(3) < 2)
    rates = rates_of(world)
    rates[0] += 0.5 * draw.random(rates[0].shape) * foreign
    rates[1] += taxes * draw.random(rates[0].shape) * foreign
    ours, other = by_hand.slopes(rates), general.slopes(rates)
    assert ours is not None
    assert other is not None
    np.testing.assert_allclose(ours.values, other.values, atol=1e-10)
    np.testing.assert_allclose(ours.slopes * foreign, other.slopes * foreign, atol=1e-7)
    choices = [choice(world, side, export_taxes=True) for side in SIDES]
    entries = np.concatenate([one.take(rates) for one in choices])[None]
    np.testing.assert_allclose(put_all(choices, rates, entries[0]), rates, atol=1e-15)
    own = by_hand.own(rates, [0, 1], choices, entries)
    np.testing.assert_allclose(own.values[0], ours.values, atol=1e-10)
    for place, one in enumerate(choices):
        np.testing.assert_allclose(own.slopes[place][0], one.gathered(ours.slopes[place]), atol=1e-9)
    slow = general.own(rates, [0, 1], choices, entries)
    for place in range(2):
        np.testing.assert_allclose(own.sizes[place], slow.sizes[place], rtol=1e-9)


def test_a_step_by_the_slope_leads_back_from_prohibitive_duties(prepared, war):
    # There the slope is next to nothing, and so is the flow: their ratio is not.
    game, choices = played(prepared, "partner-sector")
    for place, one in enumerate(choices):
        rates = one.put(war.war.rates, np.full(one.size, np.log(11.0)))
        own = game.own(war.war.rates, [place], [one], one.take(rates)[None])
        best = np.expm1(war.war.entries[one.side])
        assert np.abs(own.slopes[0]).max() < 0.1
        np.testing.assert_allclose(10 + own.steps[0][0], best, atol=2.0)


def test_war_is_certified_and_costs_more_than_unilateral_optimum(prepared, war):
    assert war.certified
    assert war.war is not None
    assert war.war.found_from == war.starts
    game, choices = played(prepared, "partner-sector")
    alone = best_response(game, "E00", choices[0])
    assert alone.certificate.certified
    assert alone.aim_percent > war.war.aims_percent["E00"]


def test_regret_is_found_away_from_the_equilibrium(prepared, war):
    game, choices = played(prepared, "partner-sector")
    moved = war.war.entries["E00"] + 0.1
    found = regret(game, 0, choices[0], choices[0].put(war.war.rates, moved))
    assert not found.certified
    assert found.percent > 1e-3
    assert found.by_coordinates_percent > 1e-4
    few = regret(game, 0, choices[0], war.war.rates, checks=3)
    assert few.percent <= 1e-4
    assert not few.certified


@pytest.mark.parametrize("scale", [2.0])
def test_doubled_elasticities_move_the_answers(war, scale):
    other = nash(*played(ready(theta_scale=scale), "partner-sector"), checks=1)
    ours, theirs = war.war.entries["E00"], other.wars[0].entries["E00"]
    assert np.median(theirs) < 0.7 * np.median(ours)


def test_a_bound_that_binds_is_listed(prepared):
    game, choices = played(prepared, highest=0.1)
    best = best_response(game, "E00", choices[0])
    assert best.certificate.certified
    assert [row["bound"] for row in choices[0].at_bound(best.entries)] == ["upper"]
    assert best.certificate.projected_gradient == 0.0


@pytest.mark.parametrize("rule", ["egalitarian", "kalai-smorodinsky", "nash"])
def test_deals_are_on_the_frontier_and_share_as_the_rule_says(prepared, rule):
    talks = Talks(*played(prepared, "partner"))
    deal = talks.deal(rule)
    assert deal.certified
    gains = np.array([deal.aims_percent[side] - deal.outside_percent[side] for side in SIDES])
    weights = np.array([deal.weights[side] for side in SIDES])
    assert (gains > 0).all()
    if rule == "egalitarian":
        assert gains[0] == pytest.approx(gains[1], abs=1e-5)
    elif rule == "kalai-smorodinsky":
        assert gains[0] / talks.ideals()[0] == pytest.approx(gains[1] / talks.ideals()[1], abs=1e-4)
    else:
        assert weights[0] * gains[0] == pytest.approx(weights[1] * gains[1], rel=1e-3)


def test_frontier_falls(prepared):
    points = Talks(*played(prepared, "partner")).frontier(4)
    assert all(point.certified for point in points)
    first, second = (np.array([point.aims_percent[side] for point in points]) for side in SIDES)
    assert (np.diff(first) > 0).all()
    assert (np.diff(second) < 0).all()


def test_talks_with_outside_options_that_no_deal_meets(prepared):
    with pytest.raises(InvalidGame, match="outside options"):
        Talks(*played(prepared), outside=[3.0, 3.0]).deal()


def test_a_red_line_is_kept_or_there_is_no_deal(prepared):
    aims = [real_income(side) for side in SIDES]
    line = Aim("E00", (Term("revenue", because="public money"),))
    choices = [choice(prepared.world, side, "partner") for side in SIDES]
    free = Talks(arena(prepared, aims), choices).deal()
    held = arena(prepared, [*aims, line], lines=1)
    before = held.values(free.rates[None])[0, 2]
    deal = Talks(held, choices, floors=[before + 0.2]).deal()
    assert deal.certified
    assert held.values(deal.rates[None])[0, 2] >= before + 0.2 - 1e-4
    assert deal.aims_percent["E01"] < free.aims_percent["E01"]
    with pytest.raises(InvalidGame, match="red lines"):
        Talks(held, choices, floors=[50.0]).deal()


def test_who_moves_first(prepared, war):
    game, choices = played(prepared, "uniform")
    simultaneous = nash(game, choices, checks=1).wars[0].aims_percent["E00"]
    lead = first_move(game, *choices, "optimal")
    assert lead.certified
    assert lead.aims_percent["E00"] >= simultaneous - 1e-6
    copied = first_move(game, *choices, "reciprocal")
    assert copied.certified
    assert copied.entries["E00"][0] < lead.entries["E00"][0]


def test_a_reciprocal_answer_adds_the_same_points(prepared):
    world = prepared.world
    game, _ = played(prepared)
    leader, follower = choice(world, "E00", "partner"), choice(world, "E01", "partner-sector")
    rates = rates_of(world)
    entries = leader.take(rates)
    at = answered(game, leader, follower, rates, entries + 0.2, "proportional", 0.5)
    added = np.expm1(leader.put(rates, entries + 0.2)[0, 0, 1]) - world.duty[0, 1]
    taxed = follower.index[0, 0] >= 0
    given = np.expm1(at[0, 1, 0]) - world.duty[1, 0]
    np.testing.assert_allclose(given[taxed], 0.5 * added[taxed], atol=1e-12)


def test_errors_say_what_to_write_instead(prepared):
    world = prepared.world
    with pytest.raises(InvalidGame, match="lobby weights"):
        arena(prepared, [Aim("E00", (Term("sector_income", sector_weights={"S00": 2.0}),))])
    with pytest.raises(InvalidGame, match="without weight"):
        arena(prepared, [Aim("E00", (Term("real_income", 0.0),))])
    with pytest.raises(InvalidGame, match="sectors"):
        arena(prepared, [Aim("E00", (Term("employment"),))])
    with pytest.raises(InvalidGame, match="sides"):
        arena(prepared, [real_income("E00"), real_income("E00")])
    with pytest.raises(UnknownEconomy):
        arena(prepared, [real_income("XXX")])
    with pytest.raises(UnknownSector):
        choice(world, "E00", sectors=["S99"])
    with pytest.raises(InvalidGame, match="no lever"):
        choice(world, "E00", sectors=["S02"])
    with pytest.raises(InvalidOption):
        choice(world, "E00", lowest=-0.5)
    game, choices = played(prepared, export_taxes=True)
    with pytest.raises(InvalidGame, match="export taxes"):
        best_response(game, "E00", choices[0])
    with pytest.raises(InvalidGame, match="a war of"):
        nash(game, choices[:1])


def test_duties_without_a_bound_are_refused():
    world = synthetic_world(3, 3, 1)
    loose = replace(world, elasticities={"short": np.array([-0.24, 3.0, 3.0])}, default_elasticities="short")
    prepared = prepare("specific-factors", loose)
    assert isinstance(prepared, Prepared)
    game = arena(prepared, [real_income("E00")])
    with pytest.raises(InvalidGame, match="best duties of E00 on S00"):
        best_response(game, "E00", choice(loose, "E00", "sector"))


def test_aims_are_read_with_their_reasons(tmp_path):
    path = tmp_path / "aims.yaml"
    path.write_text(
        "E00:\n  - {aim: real_income, because: what households buy}\n"
        "  - {aim: employment, sectors: [S01], weight: 0.02, because: reshoring}\n"
    )
    first, second = read_aims(path, SIDES)
    assert [term.kind for term in first.terms] == ["real_income", "employment"]
    assert second == real_income("E01")
    path.write_text("E00:\n  - {aim: real_income, weight: 1}\n")
    with pytest.raises(InvalidGame, match="because"):
        read_aims(path, SIDES)
    path.write_text("E00:\n  - {aim: real_income, because: x, wieght: 1}\n")
    with pytest.raises(InvalidGame, match=r"aims\.yaml:2"):
        read_aims(path, SIDES)


def test_curvature_is_sampled_where_all_of_it_costs_too_much(prepared, monkeypatch):
    monkeypatch.setattr("detente.strategy.arena.FEW", 0)
    game, choices = played(prepared, "partner-sector")
    slow = GeneralArena(prepared, game.aims)
    best = best_response(slow, "E00", choices[0])
    assert best.certificate.curvature_by == "sampled directions"
    assert json.loads(json.dumps(best.to_dict(), allow_nan=False))["certificate"]["certified"] is True
    quick = best_response(game, "E00", choices[0])
    assert best.aim_percent == pytest.approx(quick.aim_percent, abs=1e-6)


def test_time_limit_gives_the_best_so_far_uncertified(prepared):
    game, choices = played(prepared, "partner-sector")
    cut = nash(game, choices, deadline=0.0)
    assert not cut.in_time
    assert not cut.certified
