"""Policies add up, cancel, and average as the arithmetic says."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detente.core.errors import InvalidPolicy, LabelMismatch, MissingData
from detente.core.products import Scope
from detente.policy import ALL, Instrument, LineSet, Policy, PolicyRow, Rent, SectorPolicy, Unit, Weights

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
    with pytest.raises(InvalidPolicy, match="share or usd_million"):
        PolicyRow(Instrument.QUANTITY_LIMIT, "CHN", "USA", "CHN", Scope.everything(), 10.0)
    limit = PolicyRow(Instrument.QUANTITY_LIMIT, "CHN", "USA", "CHN", Scope.everything(), 0.5, Unit.SHARE)
    with pytest.raises(InvalidPolicy, match="zero or more"):
        (-Policy((limit,))).on(WEIGHTS)
    with pytest.raises(InvalidPolicy, match="lies in"):
        PolicyRow(Instrument.EXEMPTION_SHARE, "USA", "USA", "CHN", Scope.everything(), 1.2, Unit.SHARE)


def test_every_instrument_reaches_the_sectors():
    def row(
        instrument: Instrument, value: float, unit: Unit = Unit.PERCENT_OF_VALUE, **other: str
    ) -> PolicyRow:
        ends = {"controller": "USA", "importer": "USA", "exporter": "CHN", **other}
        return PolicyRow(instrument, scope=Scope.everything(), value=value, unit=unit, **ends)

    policy = Policy(
        (
            row(Instrument.EXEMPTION_SHARE, 0.25, Unit.SHARE),
            row(Instrument.IMPORT_DUTY, 20.0),
            row(Instrument.EXPORT_TAX, 8.0),
            row(Instrument.SUBSIDY, 3.0),
            row(Instrument.SUBSIDY, 5.0, importer=ALL),
            row(Instrument.QUANTITY_LIMIT, 0.5, Unit.SHARE),
            row(Instrument.QUANTITY_FLOOR, 900.0, Unit.USD_MILLION),
        )
    ).on(WEIGHTS)
    goods = list(WEIGHTS.goods)
    assert policy.duty_change[0, 1, goods] == pytest.approx(0.15)
    assert policy.export_tax[0, 1, goods] == pytest.approx(0.05)
    assert policy.production_subsidy[1, goods] == pytest.approx(0.05)
    limit, floor = policy.quantities
    assert (limit.value, limit.rent, set(limit.coverage)) == (
        0.5,
        Rent.LICENCE_HOLDERS,
        {SECTORS[g] for g in goods},
    )
    assert (floor.is_floor, floor.rent, floor.unit) == (True, Rent.TREASURY, Unit.USD_MILLION)


def test_goods_in_transit_carry_the_rule_of_their_origin():
    rows = (
        duty(Scope.everything(), 20.0),
        PolicyRow(Instrument.QUANTITY_LIMIT, "CHN", "USA", "CHN", Scope.everything(), 0.5, Unit.SHARE),
    )
    both = Policy(rows).with_transit("CHN", ECONOMIES[2], 0.4)
    twins = [r for r in both.rows if r.exporter == ECONOMIES[2]]
    assert [(r.importer, r.value) for r in twins] == [
        ("USA", pytest.approx(8.0)),
        ("USA", pytest.approx(0.8)),
    ]
    assert Policy(rows).with_transit(ECONOMIES[2], "CHN", 0.4).rows == rows


def test_two_worlds_do_not_mix():
    with pytest.raises(LabelMismatch):
        SectorPolicy.none(ECONOMIES, SECTORS) + SectorPolicy.none(ECONOMIES, ("FARM", "IRON"))


def test_costs_compound_and_duties_add():
    cost = PolicyRow(Instrument.NON_TARIFF_COST, "CHN", "USA", "CHN", Scope.everything(), 10.0)
    both = Policy((cost, cost, duty(Scope.everything(), 10.0), duty(Scope.everything(), 5.0))).on(WEIGHTS)
    assert both.non_tariff_cost[0, 1, 0] == pytest.approx(0.21)
    assert both.duty_change[0, 1, 0] == pytest.approx(0.15)
