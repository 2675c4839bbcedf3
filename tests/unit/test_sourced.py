"""Ranges with sources: order, units, reasons, origins, and errors that name file and line."""

import pytest

from detente.core.errors import InvalidRange
from detente.core.yaml12 import parse_yaml
from detente.strategy.sourced import Origin, Sourced, exactly, line_of, read_sourced

GOOD = """
cost: {low: 1, central: 2.5, high: 4, unit: usd_billion, per: year, because: two counts,
  sources: [{by: Census, url: "https://census.gov", seen: "2026-11-24", says: 2 billion},
            {by: census, says: the same again}, {by: OECD}]}
"""


def changed(**keys):
    document = parse_yaml(GOOD, "f.yaml")[0]["cost"]
    return {key: value for key, value in (document | keys).items() if value is not None}


def test_a_range_is_read_with_its_sources_and_counts_origins_once():
    document, lines = parse_yaml(GOOD, "f.yaml")
    read = read_sourced(document["cost"], f"f.yaml:{line_of(lines, 'cost')}", units=("usd_billion",))
    assert (read.low, read.central, read.high) == (1, 2.5, 4)
    assert read.per == "year"
    assert not read.assumed
    assert (len(read.sources), read.origins) == (3, 2)
    assert read.to_dict()["sources"][2] == {"by": "OECD"}


@pytest.mark.parametrize(
    ("keys", "why"),
    [
        ({"low": 3}, "rising order"),
        ({"central": "two"}, "not a number"),
        ({"high": True}, "not a number"),
        ({"unit": "eur"}, "not a unit"),
        ({"because": " "}, "no word on why"),
        ({"because": None}, "needs them"),
        ({"sources": None}, "no source"),
        ({"sources": "OECD"}, "not a list"),
        ({"sources": [{"url": "x"}]}, "needs `by`"),
        ({"sources": [{"by": "x", "seen": "soon"}]}, ""),
        ({"assumed": True}, "says it is assumed"),
        ({"assumed": "yes"}, "true or false"),
        ({"middle": 2}, "it has"),
        ({"low": -1}, "between 0 and 10"),
        ({"high": 11}, "between 0 and 10"),
        ({"high": float("inf")}, "between 0 and 10"),
    ],
)
def test_what_a_range_cannot_be_is_said_with_its_place(keys, why):
    with pytest.raises(InvalidRange) as caught:
        read_sourced(changed(**keys), "f.yaml:7", units=("usd_billion",), lowest=0, highest=10)
    assert caught.value.where == "f.yaml:7"
    assert why in caught.value.why


@pytest.mark.parametrize("given", [3, "3", None, [1, 2, 3]])
def test_a_bare_number_has_no_source(given):
    with pytest.raises(InvalidRange):
        read_sourced(given, "f.yaml:1")


def test_scaling_keeps_the_order():
    cost = Sourced(1, 2, 4, "usd_billion", "why", sources=(Origin("OECD"),))
    assert cost.times(-2).levels == {"low": -8, "central": -4, "high": -2}
    assert cost.times(1000, "usd_million").unit == "usd_million"


def test_a_number_without_source_is_an_assumption():
    assert exactly(3, "weeks", "a guess").assumed
    assert not exactly(3, "weeks", "as printed", Origin("OECD")).assumed
