"""Amounts: value, unit, role."""

from __future__ import annotations

import pytest

from detente.reading.amounts import find_amounts
from detente.reading.numerals import number, numbers_in


def amounts(text):
    return [(a.value, a.unit, a.role) for a in find_amounts(text, 0, len(text))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("cut its tariffs from 145% to 30%", [(145, "percent", "before"), (30, "percent", "after")]),
        ("raise duties to 50 percent from 25 percent", [(50, "percent", "after"), (25, "percent", "before")]),
        ("a 25% tariff", [(25, "percent", "level")]),
        ("a duty of thirty-four percent", [(34, "percent", "level")]),
        ("a tariff of between 10 and 15 percent", [(10, "percent", "level"), (15, "percent", "level")]),
        (
            "lower the duty by 24 percentage points for 90 days",
            [(24, "points", "change"), (90, "day", "duration")],
        ),
        ("within 90 days", [(90, "day", "duration")]),
        ("a tariff of up to 25%", [(25, "percent", "cap")]),
        ("shares fell 3.2%", [(3.2, "percent", "change")]),
        ("goods worth $2.5 billion", [(2.5e9, "USD", "value")]),
        ("US$3.5bn and €20 million", [(3.5e9, "USD", "value"), (2e7, "EUR", "value")]),
        ("buy 25 million tonnes of soybeans", [(25e6, "tonne", "volume")]),
        ("put 15 companies on a list", [(15, "firm", "count")]),
        ("the index lost 300 points", [(300, "index_points", "change")]),
    ],
)
def test_amounts(text, expected):
    assert amounts(text) == expected


@pytest.mark.parametrize(
    "text", ["90 days ago", "a 40-year-old plant", "section 232 goods", "the two countries", "in 2025"]
)
def test_what_is_no_amount(text):
    assert amounts(text) == []


def test_numbers_in_words():
    assert number("ninety") == 90
    assert number("twenty-five") == 25
    assert 2.5e9 in numbers_in("worth $2.5 billion")
    with pytest.raises(ValueError, match="not a number"):
        number("many")
