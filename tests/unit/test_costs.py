"""Ranges, drivers and rankings over variants, on a small made-up world."""

from __future__ import annotations

import numpy as np
import pytest

from detente.analysis import costs
from detente.analysis.what_if import what_if
from detente.core.errors import UnsolvableShock
from detente.economy.certificate import Certificate, NotSolved, Reason
from detente.economy.synthetic import synthetic_world
from detente.policy import SectorPolicy

WORLD = synthetic_world(4, 3, 7)
ONE, OTHER = WORLD.economies[:2]
PARTIES = (ONE, OTHER)


def war(rate):
    return SectorPolicy.duties(WORLD.economies, WORLD.sectors, {(ONE, OTHER): rate, (OTHER, ONE): rate})


def failed():
    certificate = Certificate(Reason.NOT_CONVERGED, {}, 1.0, 1.0, 1e-10, 9, 9, 9, 0, 0, 0.1)
    return NotSolved(Reason.NOT_CONVERGED, "no equilibrium found: take a smaller shock", certificate)


@pytest.fixture(scope="module")
def result():
    none = SectorPolicy.none(WORLD.economies, WORLD.sectors)
    return costs.run(WORLD, {"today": war(0.3), "base": none})


def test_the_central_variant_comes_first_and_every_factor_is_there(result):
    assert result.variants[0].factor == "central"
    factors = {v.factor for v in result.variants}
    assert {"theta scale", "closure", "revenue use"} <= factors
    assert not any(v.elasticities.endswith("_winsorised") for v in result.variants)


def test_no_shock_costs_nothing_in_any_variant(result):
    assert np.abs(result.real_income("base")).max() < 1e-9
    ranked = costs.who_is_hurt_more(result, "base", PARTIES)
    assert ranked["holds"] is False


def test_the_range_holds_the_central_number(result):
    for party in PARTIES:
        found = costs.party_costs(result, "today", None, party)["real_income_percent"]
        assert found["low"] <= found["central"] <= found["high"]


def test_the_driver_is_the_factor_with_the_widest_spread(result):
    values = np.zeros(len(result.variants))
    for number, variant in enumerate(result.variants):
        if variant.factor == "closure":
            values[number] = -2.0
        if variant.factor == "revenue use":
            values[number] = 0.5
    driver = costs.largest_driver(result, values)
    assert driver is not None
    assert driver["factor"] == "closure"
    assert driver["spread_points"] == 2.0


def test_changes_against_another_scenario_compound():
    assert costs.against(np.array([-1.0]), np.array([-1.0]))[0] == pytest.approx(0)
    assert costs.against(np.array([0.0]), np.array([-50.0]))[0] == pytest.approx(100)


def test_a_ranking_is_said_only_where_it_holds(result, monkeypatch):
    incomes = np.zeros((len(result.variants), len(WORLD.economies)))
    incomes[:, 0], incomes[:, 1] = -1.0, -0.5
    monkeypatch.setattr(costs.Run, "real_income", lambda *_: incomes)
    assert costs.who_is_hurt_more(result, "today", PARTIES)["holds"] is True
    incomes[-1, 1] = -3.0
    ranked = costs.who_is_hurt_more(result, "today", PARTIES)
    assert ranked["holds"] is False
    assert len(ranked["turns_on"]) == 1
    assert ranked["turns_on"][0] == result.variants[-1].label


def test_a_variant_that_does_not_solve_has_a_reason_and_no_number(monkeypatch):
    real = costs.solve

    def sometimes(model, world, policy, **kwargs):
        return failed() if kwargs["theta_scale"] == 0.5 else real(model, world, policy, **kwargs)

    monkeypatch.setattr(costs, "solve", sometimes)
    numbers = costs.scenario_numbers(costs.run(WORLD, {"today": war(0.3)}), "today", PARTIES, None)
    (lost,) = [v for v in numbers["variants"] if v["theta_scale"] == 0.5]
    assert lost["real_income_percent"] is None
    assert len(numbers["not_solved"]) == 1
    assert numbers["parties"][ONE]["real_income_percent"]["central"] is not None


def numbers_in(part):
    if isinstance(part, dict):
        return [n for value in part.values() for n in numbers_in(value)]
    if isinstance(part, list):
        return [n for value in part for n in numbers_in(value)]
    return [part] if isinstance(part, int | float) and not isinstance(part, bool) else []


def test_a_central_case_that_does_not_solve_has_no_numbers_anywhere(monkeypatch):
    monkeypatch.setattr(costs, "solve", lambda *_, **__: failed())
    numbers = costs.scenario_numbers(costs.run(WORLD, {"today": war(0.3)}), "today", PARTIES, None)
    assert numbers["solved"] is False
    assert numbers_in(numbers) == []


def test_what_if_refuses_instead_of_guessing(monkeypatch):
    import detente.analysis.what_if

    monkeypatch.setattr(detente.analysis.what_if, "solve", lambda *_, **__: failed())
    with pytest.raises(UnsolvableShock) as caught:
        what_if({"duty": ("USA:CHN=30",)})
    assert caught.value.exit_status == 2
