"""Moves within the law of a day: which authorities count, and what bounds they give over duties in force."""

import datetime
from dataclasses import replace

import numpy as np
import pytest

from detente.analysis.games import Setting, bargain, nash, optimal
from detente.core.errors import InvalidGame, InvalidOption
from detente.economy.prepare import prepare
from detente.economy.synthetic import synthetic_world
from detente.record.asof import AsOf
from detente.record.files import load_record
from detente.strategy.aims import real_income
from detente.strategy.arena import arena
from detente.strategy.authorities import Step
from detente.strategy.choice import choice, rates_of
from detente.strategy.limits import DutyLaw, duty_law, limited
from detente.strategy.optimal import best_response


def law(day, side="USA", partners=("CHN",), **given):
    asked = {"alike": False, "by_sector": False} | given
    return duty_law(load_record("us-china"), AsOf(datetime.date.fromisoformat(day)), side, partners, **asked)


def short(one):
    return {step.authority.removeprefix("authority-us-") for step in one.steps}


def test_the_law_of_a_day_by_partner_goods_and_time():
    assert "ieepa-duties" in short(law("2025-04-10"))
    assert "ieepa-duties" not in short(law("2026-02-21"))
    assert short(law("2026-03-01")) == {"section-301", "section-338"}
    assert short(law("2026-03-01", by_sector=True)) == {"section-232", "section-301", "section-338"}
    assert short(law("2026-03-01", within_days=30)) == {"section-338"}
    assert short(law("2026-03-01", within_days=0)) == set()
    assert short(law("2026-03-01", alike=True, within_days=0)) == {"section-122"}


def test_a_cap_counts_what_the_authority_carries_already():
    one = law("2026-03-01", alike=True, within_days=0)
    assert one.steps[0].cap_percent == 15
    assert one.room_points == 5  # 10 in force
    assert law("2026-03-01", within_days=30).room_points == 50
    assert np.isinf(law("2026-03-01").room_points)
    assert np.isinf(law("2025-06-05", side="CHN", partners=("USA",)).room_points)


def test_a_side_without_authorities_on_record_has_no_moves():
    with pytest.raises(InvalidGame, match="no authority of DEU"):
        law("2026-03-01", side="DEU")


STEP = Step("authority-x", "X", "yes", "low", 10.0, 10.0, 0, 0, None, "", "2020-01-01")


@pytest.fixture(scope="module")
def world():
    return synthetic_world(3, 4, 2, zero_flows=0.0)


def test_bounds_are_points_over_what_is_in_force(world):
    in_force = world.duty + 0.2
    one = limited(
        choice(world, "E00", "partner-sector"), world, in_force, world.duty, DutyLaw("E00", (STEP,), {}), 10.0
    )
    now = one.rates_percent(np.zeros(one.size))
    lowest, highest = one.rates_percent(one.lower), one.rates_percent(one.upper)
    for name, rate in now.items():
        assert highest[name] == pytest.approx(rate + 10)
        assert lowest[name] == pytest.approx(rate - 20)


def test_a_uniform_move_keeps_every_good_within_the_law(world):
    in_force = world.duty + np.linspace(0, 0.3, 4)
    one = limited(choice(world, "E00"), world, in_force, world.duty, DutyLaw("E00", (STEP,), {}), 10.0)
    rates = rates_of(world)
    rates[0, 0] = np.log1p(in_force[0])
    moved = np.expm1(one.put(rates, one.upper))[0, 0]
    mask = one.index[0] >= 0
    rise = (moved - in_force[0])[mask]
    assert rise.max() == pytest.approx(0.1)
    assert rise.min() > 0
    assert one.take(one.put(rates, one.upper)) == pytest.approx(one.upper)
    # Some good has nothing to take back, so nothing can be taken off all of them.
    assert one.lower[0] == 0


def test_no_law_and_nothing_to_take_back_is_an_empty_set_of_moves(world):
    with pytest.raises(InvalidGame, match="no move for E00"):
        limited(choice(world, "E00"), world, world.duty, world.duty, DutyLaw("E00", (), {"a": "no"}), 10.0)


@pytest.mark.parametrize("model", ["armington", "input-output"])
def test_a_best_response_over_duties_in_force_is_certified_and_stops_at_the_cap(world, model):
    game = arena(prepare(model, world, closure="balanced"), [real_income("E00")])
    in_force = world.duty + 0.05
    own = replace(STEP, room_points=1.0)
    one = limited(
        choice(world, "E00", "sector"), world, in_force, world.duty, DutyLaw("E00", (own,), {}), 10.0
    )
    rates = rates_of(world)
    rates[0] = np.log1p(np.where(world.duty > 0, in_force, world.duty))
    found = best_response(game, "E00", one, rates=rates)
    assert found.certificate.certified
    assert found.aim_percent >= found.start_percent
    assert {row["bound"] for row in found.to_dict()["at_bound"]} <= {"upper", "lower"}
    assert (found.entries <= one.upper + 1e-12).all()


def test_a_day_without_a_record_is_refused():
    with pytest.raises(InvalidOption, match="--on"):
        optimal("USA", Setting(on="2026-03-01"))


@pytest.mark.slow
def test_games_of_a_day_name_the_authorities_and_keep_to_them():
    setting = Setting(against=("USA", "CHN"), dispute="us-china", on="2026-03-01", within_days=30)
    answer, status = nash(("USA", "CHN"), replace(setting, closure="balanced"), starts=2)
    assert status == 0
    sides = answer["data"]["law"]["sides"]
    assert [step["authority"] for step in sides["USA"]["steps"]] == ["authority-us-section-338"]
    allowed = answer["data"]["law"]["allowed_percent"]["USA"]
    war = answer["data"]["equilibria"][0]
    for name, rate in war["sides"]["USA"]["rates_percent"].items():
        assert allowed["lowest"][name] - 1e-6 <= rate <= allowed["highest"][name] + 1e-6
    deal, _ = bargain(("USA", "CHN"), replace(setting, closure="balanced"))
    gains = [one["gain_percent"] for one in deal["data"]["sides"].values()]
    assert min(gains) >= -1e-6
