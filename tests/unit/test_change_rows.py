"""Changes as requests give them become policy rows, groups told apart, mistakes named."""

from __future__ import annotations

import pytest

from detente.analysis.change_rows import rows_of
from detente.core.errors import DetenteError
from detente.economy.sources.labels import EU_MEMBERS
from detente.economy.worlds import load_world
from detente.policy import ALL, Instrument, Rent, Unit


@pytest.fixture(scope="module")
def world():
    return load_world("icio2022")


def change(**given):
    return {"instrument": "import_duty", "importer": "USA", "exporter": "CHN", "value": 10} | given


def test_a_plain_change_is_one_row(world):
    (row,) = rows_of([change()], world)
    assert (row.instrument, row.importer, row.exporter, row.value) == (
        Instrument.IMPORT_DUTY,
        "USA",
        "CHN",
        10.0,
    )
    assert row.scope.whole
    assert row.unit is Unit.PERCENT_OF_VALUE
    assert row.controller == "USA"


def test_groups_become_a_row_each_and_nobody_trades_with_itself(world):
    eu = [label for label in EU_MEMBERS if label in world.economies]
    assert [r.importer for r in rows_of([change(importer="EUN")], world)] == eu
    everyone = rows_of([change(importer="ALL", exporter="ALL")], world)
    n = len(world.economies)
    assert len(everyone) == n * (n - 1)
    others = rows_of([change(importer="OTHERS")], world, apart=("USA", "CHN"))
    assert len(others) == n - 2
    assert [r.importer for r in rows_of([change(importer=["JPN", "EUN", "JPN"])], world)] == ["JPN", *eu]


def test_all_stays_all_where_it_is_one_rule_on_a_sum(world):
    (row,) = rows_of(
        [change(instrument="quantity_floor", importer="CHN", exporter="ALL", value=5000, unit="usd_million")],
        world,
    )
    assert row.exporter == ALL


@pytest.mark.parametrize(
    ("scope", "sectors", "codes"),
    [
        ("C26", {"C26"}, set()),
        (["C26", "C27"], {"C26", "C27"}, set()),
        ("8517.13, hs8541", set(), {"851713", "8541"}),
        (["C26", "8703"], {"C26"}, {"8703"}),
    ],
)
def test_goods_are_sectors_or_codes(world, scope, sectors, codes):
    rows = rows_of([change(scope=scope)], world)
    assert {s for r in rows for s in r.sector_share or ()} == sectors
    assert {c for r in rows for c in r.scope.include} == codes


def test_points_are_percent_of_value_and_quantities_have_an_owner(world):
    (row,) = rows_of([change(unit="points")], world)
    assert row.unit is Unit.PERCENT_OF_VALUE
    limit = change(instrument="quantity_limit", value=0.5, rent="treasury", controller="USA")
    (row,) = rows_of([limit], world)
    assert (row.unit, row.rent, row.controller) == (Unit.SHARE, Rent.TREASURY, "USA")


@pytest.mark.parametrize(
    ("given", "code", "where"),
    [
        ({"instrument": "tariff"}, "invalid_option", "changes[0].instrument"),
        ({"importer": "XXX"}, "unknown_economy", "changes[0].importer"),
        ({"exporter": ""}, "invalid_option", "changes[0].exporter"),
        ({"scope": "C99"}, "unknown_sector", "changes[0].scope"),
        ({"scope": "85x"}, "invalid_option", "changes[0].scope"),
        ({"value": "much"}, "invalid_option", "changes[0].value"),
        ({"value": True}, "invalid_option", "changes[0].value"),
        ({"value": float("nan")}, "invalid_policy", "changes[0]"),
        ({"unit": "euros"}, "invalid_option", "changes[0].unit"),
        ({"unit": "share"}, "invalid_policy", "changes[0]"),
        ({"exporter": "USA"}, "invalid_policy", "changes[0]"),
        ({"rate": 5}, "invalid_option", "changes[0]"),
        ({"rent": "nobody"}, "invalid_option", "changes[0].rent"),
    ],
)
def test_a_mistake_is_named_with_its_place(world, given, code, where):
    with pytest.raises(DetenteError) as caught:
        rows_of([change(**given)], world)
    assert caught.value.code == code
    assert caught.value.where == where
    assert caught.value.instead
