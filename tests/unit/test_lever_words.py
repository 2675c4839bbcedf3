"""Levers in words become the rows they say."""

from __future__ import annotations

import pytest

from detente.analysis.baseline import weights_of
from detente.analysis.lever_words import FORMS, LEVERS, policy_in_words, row_in_words
from detente.core.errors import InvalidOption, InvalidPolicy
from detente.economy.levers import applied
from detente.economy.worlds import load_world
from detente.policy import ALL, Instrument, Rent, Unit

WORLD = load_world("icio2022")


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("limit", "CHN:TWN:C26=0.2@USA/treasury", ("USA", "CHN", "TWN", 0.2, Unit.SHARE, Rent.TREASURY)),
        ("limit", "ALL:CHN:C24=65bn", ("CHN", ALL, "CHN", 65_000.0, Unit.USD_MILLION, None)),
        ("floor", "CHN:USA=250mn", ("CHN", "CHN", "USA", 250.0, Unit.USD_MILLION, None)),
        ("subsidy", "ALL:CHN:C29=10", ("CHN", ALL, "CHN", 10.0, Unit.PERCENT_OF_VALUE, None)),
        ("exempt", "USA:CHN=0.25", ("USA", "USA", "CHN", 0.25, Unit.SHARE, None)),
        ("cost", "USA:CHN=-5", ("USA", "USA", "CHN", -5.0, Unit.PERCENT_OF_VALUE, None)),
    ],
)
def test_words_become_rows(name: str, text: str, expected: tuple[object, ...]) -> None:
    row = row_in_words(text, name, WORLD)
    assert (row.controller, row.importer, row.exporter, row.value, row.unit, row.rent) == expected
    assert row.instrument is LEVERS[name]


def test_every_lever_says_how_it_is_written() -> None:
    assert set(FORMS) == set(LEVERS)
    assert set(LEVERS.values()) == set(Instrument)


def test_transit_gives_the_place_passed_through_its_share() -> None:
    policy = policy_in_words({"duty": ("USA:CHN=30",)}, ("HKG:CHN=0.4",), WORLD)
    assert [(row.exporter, row.value) for row in policy.rows] == [("CHN", 30.0), ("HKG", 12.0)]


@pytest.mark.parametrize("text", ["USA:CHN=1e9", "USA:CHN=10001", "USA:CHN=-1e9"])
def test_a_duty_beyond_any_in_force_is_refused(text: str) -> None:
    with pytest.raises(InvalidOption, match="10,000 percent"):
        row_in_words(text, "duty", WORLD)
    assert row_in_words("USA:CHN=10000", "duty", WORLD).value == 10_000.0


def test_a_floor_beyond_all_that_is_made_is_refused_before_a_solve() -> None:
    made = WORLD.flows[:, WORLD.economies.index("USA")].sum()
    for part, refused in ((0.99, False), (1.01, True)):
        policy = policy_in_words({"floor": (f"CHN:USA={part * made:.0f}mn",)}, (), WORLD)
        if refused:
            with pytest.raises(InvalidPolicy, match="all goods and services"):
                applied(WORLD, policy.on(weights_of("icio2022")))
        else:
            applied(WORLD, policy.on(weights_of("icio2022")))
