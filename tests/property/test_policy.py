"""Policies add up, cancel, and average as the arithmetic says."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detente.core.errors import InvalidPolicy, LabelMismatch, MissingData
from detente.core.products import Scope
from detente.policy import Instrument, LineSet, Policy, PolicyRow, SectorPolicy, Weights

ECONOMIES, SECTORS = ("USA", "CHN", "MEX"), ("FARM", "IRON", "SERV")
CODES = ("0101210000", "1201900000", "7208100000", "7326908688", "9801001000")
LINES = LineSet(
    importer="USA",
    codes=CODES,
    sector=np.array([0, 0, 1, 1, -1]),
    value_musd={"CHN": np.array([1.0, 3.0, 2.0, 2.0, 5.0]), "MEX": np.array([0.0, 0.0, 1.0, 0.0, 0.0])},
    year=2024,
    basis="made up",
)
WEIGHTS = Weights(ECONOMIES, SECTORS, (0, 1), {"USA": LINES})
RATES = st.floats(0, 300)
SCOPES = st.one_of(
    st.just(Scope.everything()),
    st.frozensets(st.sampled_from(["01", "12", "72", "7326", "73269086"]), min_size=1).map(
        lambda codes: Scope(include=codes)
    ),
    st.frozensets(st.sampled_from(["01", "7326"])).map(lambda codes: Scope.everything(exempt=codes)),
)


def duty(scope, rate, importer="USA", exporter="CHN"):
    return PolicyRow(Instrument.IMPORT_DUTY, importer, importer, exporter, scope, rate)


ROWS = st.lists(st.builds(duty, SCOPES, RATES), max_size=6)


@given(ROWS)
def test_a_policy_less_itself_is_nothing(rows):
    policy = Policy(tuple(rows))
    assert (policy - policy).rows == ()


@given(ROWS, ROWS)
def test_differences_aggregate_like_the_policies(one, other):
    first, second = Policy(tuple(one)), Policy(tuple(other))
    apart = first.on(WEIGHTS).duty_change - second.on(WEIGHTS).duty_change
    assert np.allclose((first - second).on(WEIGHTS).duty_change, apart, atol=1e-12)


@given(ROWS)
def test_no_duty_falls_on_services_or_on_other_flows(rows):
    change = Policy(tuple(rows)).on(WEIGHTS).duty_change
    assert not change[:, :, 2].any()
    others = np.ones((3, 3), dtype=bool)
    others[0, 1] = False
    assert not change[others].any()


@given(ROWS)
def test_the_sector_average_is_the_average_of_the_lines(rows):
    policy = Policy(tuple(rows))
    by_line = policy.rate_by_line(LINES, "CHN")
    change = policy.on(WEIGHTS).duty_change[0, 1]
    value = LINES.values("CHN")
    whole = [r for r in rows if r.scope.whole]
    for sector in (0, 1):
        held = LINES.sector == sector
        mean = (by_line * value)[held].sum() / value[held].sum() / 100
        assert change[sector] == pytest.approx(mean, abs=1e-12)
    assert not rows or whole or change.max() <= sum(r.value for r in rows) / 100 + 1e-12


def test_known_average():
    change = Policy((duty(Scope(include=frozenset({"7326"})), 50.0),)).on(WEIGHTS).duty_change
    assert change[0, 1].tolist() == [0.0, 0.25, 0.0]


def test_a_sector_without_trade_takes_the_share_of_its_lines():
    change = Policy((duty(Scope(include=frozenset({"12"})), 10.0, exporter="MEX"),)).on(WEIGHTS).duty_change
    assert change[0, 2, 0] == pytest.approx(0.05)


def test_what_cannot_be_is_refused():
    with pytest.raises(InvalidPolicy):
        duty(Scope.everything(), float("nan"))
    with pytest.raises(InvalidPolicy):
        duty(Scope.everything(), 10.0, exporter="USA")
    listed = Scope(include=frozenset({"12"}))
    with pytest.raises(MissingData):
        Policy((duty(listed, 10.0, importer="CHN", exporter="USA"),)).on(WEIGHTS)
    with pytest.raises(LabelMismatch):
        Policy((duty(Scope.everything(), 10.0, exporter="XXX"),)).on(WEIGHTS)
    tax = PolicyRow(Instrument.EXPORT_TAX, "CHN", "USA", "CHN", Scope.everything(), 10.0)
    with pytest.raises(InvalidPolicy, match="export_tax"):
        Policy((tax,)).on(WEIGHTS)


def test_two_worlds_do_not_mix():
    with pytest.raises(LabelMismatch):
        SectorPolicy.none(ECONOMIES, SECTORS) + SectorPolicy.none(ECONOMIES, ("FARM", "IRON"))


def test_costs_compound_and_duties_add():
    cost = PolicyRow(Instrument.NON_TARIFF_COST, "CHN", "USA", "CHN", Scope.everything(), 10.0)
    both = Policy((cost, cost, duty(Scope.everything(), 10.0), duty(Scope.everything(), 5.0))).on(WEIGHTS)
    assert both.non_tariff_cost[0, 1, 0] == pytest.approx(0.21)
    assert both.duty_change[0, 1, 0] == pytest.approx(0.15)
