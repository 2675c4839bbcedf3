"""What holds of wars and best responses in any world: no levers, Lerner, elasticities, who plays."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from detente.core.errors import InvalidGame, InvalidOption
from detente.economy.prepare import Prepared, prepare
from detente.economy.synthetic import synthetic_world
from detente.strategy.aims import real_income
from detente.strategy.arena import GeneralArena, arena
from detente.strategy.choice import REST, choice, rates_of
from detente.strategy.implied import implied
from detente.strategy.nash import nash
from detente.strategy.optimal import best_response
from detente.strategy.steps import Steps

SIDES = ("E00", "E01")


def ready(world, model: str = "input-output", **options) -> Prepared:
    prepared = prepare(model, world, closure="balanced", **options)
    assert isinstance(prepared, Prepared)
    return prepared


def fought(prepared: Prepared, grain: str = "uniform", sides=SIDES, **options):
    world = prepared.world
    return nash(
        arena(prepared, [real_income(side) for side in sides]),
        [choice(world, side, grain, **options) for side in sides],
    )


@pytest.fixture(scope="module")
def world():
    return synthetic_world(4, 3, 1)


class Cut(Exception):
    """The search is cut off."""


@pytest.mark.parametrize("cut_after", ["best responses in turn", "regret of E00", "regret of E01"])
def test_a_war_that_was_cut_off_goes_on_and_ends_as_it_would_have(world, tmp_path, monkeypatch, cut_after):
    prepared = ready(world)
    seats = arena(prepared, [real_income(side) for side in SIDES])
    choices = [choice(world, side, "sector") for side in SIDES]
    whole = nash(seats, choices)
    steps = Steps(tmp_path / "game")

    def cut(words):
        if cut_after in words:
            raise Cut

    if "in turn" in cut_after:
        monkeypatch.setattr("detente.strategy.settle.SETTLED", 1e-300)
        with pytest.raises(Cut):
            nash(seats, choices, steps=steps, progress=cut)
        assert not list(tmp_path.glob("game/*.npz"))
        monkeypatch.undo()
    else:
        with pytest.raises(Cut):
            nash(seats, choices, steps=steps, progress=cut)
        assert (tmp_path / "game" / "reached.npz").exists()
    before = len(list(tmp_path.glob("game/*.npz")))
    told: list[str] = []
    again = nash(seats, choices, steps=steps, progress=told.append)
    assert len(list(tmp_path.glob("game/*.npz"))) > before
    if before:
        assert not [words for words in told if "starts, all sides" in words]
    assert (cut_after == "regret of E01") == ("war: regret of E00" not in told)
    for one, other in zip(whole.wars, again.wars, strict=True):
        assert np.abs(one.rates - other.rates).max() < 1e-6
        assert one.aims_percent == pytest.approx(other.aims_percent, abs=1e-7)
        assert other.certified
        assert one.found_from == other.found_from
    last: list[str] = []
    done = nash(seats, choices, steps=steps, progress=last.append)
    assert last == []
    assert done.wars[0].aims_percent == pytest.approx(again.wars[0].aims_percent, abs=1e-7)
    (tmp_path / "game" / "reached.npz").write_bytes(b"half a file")
    assert nash(seats, choices, steps=steps).certified
    steps.clear()
    assert not (tmp_path / "game").exists()


def test_without_room_between_its_bounds_nothing_changes(world):
    base = replace(world, duty=np.zeros_like(world.duty))
    game = fought(ready(base), highest=0.0)
    assert game.certified
    for war in game.wars:
        assert max(abs(value) for value in war.aims_percent.values()) < 1e-8
        assert all(np.all(entries == 0) for entries in war.entries.values())


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_wars_of_two_three_and_all_are_certified(seed):
    world = synthetic_world(4, 3, seed)
    for sides in (SIDES, ("E00", "E01", "E02"), world.economies):
        game = fought(ready(world), "sector", sides)
        assert game.certified
        assert all(regret.starts >= 20 for war in game.wars for regret in war.regrets.values())
        assert game.evaluations > 0


def test_best_responses_in_turn_end_where_all_at_once_do(world, monkeypatch):
    prepared = ready(world)
    together = fought(prepared, "partner-sector")
    from detente.strategy import settle

    def nowhere(*given, **options):
        found = implied(*given, **options)
        found.settled[:] = False
        found.moves[:] = np.inf
        return found

    monkeypatch.setattr(settle, "implied", nowhere)
    in_turn = fought(prepared, "partner-sector")
    assert in_turn.certified
    assert in_turn.wars[0].rounds > 0
    for side in SIDES:
        ours, other = together.wars[0].entries[side], in_turn.wars[0].entries[side]
        np.testing.assert_allclose(ours, other, atol=1e-4)


def test_each_side_s_elasticities_move_the_answer(world):
    """Buyers of what a side imports turn away sooner where theta is higher: it can charge less."""
    first = fought(ready(world), "sector").wars[0]
    doubled = fought(ready(world, theta_scale=2.0), "sector").wars[0]
    for side in SIDES:
        assert np.median(doubled.entries[side]) < 0.75 * np.median(first.entries[side])
    # One sector's elasticity alone: its own rate falls.
    theta = world.elasticities[world.default_elasticities].copy()
    theta[0] *= 2
    one = replace(world, elasticities={"one": theta}, default_elasticities="one")
    moved = fought(ready(one), "sector").wars[0]
    for side in SIDES:
        assert moved.entries[side][0] < first.entries[side][0] - 0.01


def test_lerner_a_rise_of_all_duties_and_export_taxes_changes_no_trade():
    # Goods alone: on services nothing can be charged.
    world = synthetic_world(3, 3, 1, services=0, deficits=0.0)
    prepared = ready(world)
    game = arena(prepared, [real_income(side) for side in SIDES])
    rates = rates_of(world)
    draw = np.random.default_rng(0)
    foreign = (1 - np.eye(3))[:, :, None]
    rates += 0.2 * draw.random(rates.shape) * foreign
    raised = rates.copy()
    # E00 takes ten percent less on every export and asks ten percent more on every import.
    raised[0, 0] += np.log(1.1) * foreign[0]
    raised[1, :, 0] -= np.log(1.1) * foreign[:, 0]
    before, after = game.values(rates[None])[0], game.values(raised[None])[0]
    np.testing.assert_allclose(after, before, atol=1e-7)


def test_with_export_taxes_one_is_held_and_the_war_is_certified(world):
    game = fought(ready(world), "sector", export_taxes=True)
    assert game.certified
    for one in game.choices:
        assert (~one.free).sum() == 1
        entries = game.wars[0].entries[one.side]
        assert entries[~one.free] == 0.0
        assert np.abs(entries[one.free]).max() > 0.01


def test_partners_of_a_group_are_charged_alike(world):
    groups = {"near": ["E01"], "far": ["E02", "E03"]}
    one = choice(world, "E00", "partner", groups=groups)
    assert set(one.names) == {"duty near *", "duty far *"}
    other = choice(world, "E00", "partner", groups={"near": ["E01"]})
    assert set(other.names) == {"duty near *", f"duty {REST} *"}
    best = best_response(arena(ready(world), [real_income("E00")]), "E00", one)
    assert best.certificate.certified
    with pytest.raises(InvalidOption, match="two groups"):
        choice(world, "E00", "partner", groups={"a": ["E01"], "b": ["E01"]})
    with pytest.raises(InvalidOption, match="charges all partners alike"):
        choice(world, "E00", "sector", groups=groups)


def test_shut_borders_are_an_equilibrium_of_their_own_and_not_the_war():
    """Two economies, one duty each: where the other lets nothing in, nothing can be paid for."""
    world = synthetic_world(2, 2, 1, services=0, zero_flows=0.0, deficits=0.0)
    theta = {"high": np.full(2, 12.0)}
    world = replace(world, elasticities=theta, default_elasticities="high")
    game = fought(ready(world, "armington"))
    assert game.certified
    assert [bool(war.autarkic) for war in game.wars] == [False, True]
    assert game.wars[1].found_from == ("prohibitive duties",)
    assert game.war is game.wars[0]
    labels = [one["label"] for one in game.to_dict()["equilibria"]]
    assert labels == ["trading equilibrium", "autarkic equilibrium"]


def test_all_second_derivatives_agree_with_the_general_way(world):
    prepared = ready(world)
    quick, slow = arena(prepared, [real_income("E00")]), GeneralArena(prepared, [real_income("E00")])
    levers = choice(world, "E00", "sector")
    rates = rates_of(world)
    ours = quick.hessian(rates, np.ones(1), levers)
    other = slow.hessian(rates, np.ones(1), levers)
    assert ours is not None
    assert other is not None
    np.testing.assert_allclose(ours, other, rtol=1e-3, atol=1e-4)


def test_two_sides_named_twice_are_no_war(world):
    with pytest.raises(InvalidGame):
        arena(ready(world), [real_income("E00"), real_income("E00")])
