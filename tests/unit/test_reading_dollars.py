"""Whose dollar a "$" is: by the text's signs, its home, its sides."""

from __future__ import annotations

import pytest
from tests.support.reading import read_text


def units(text, **extra):
    return [a["unit"] for p in read_text(text, **extra).proposals for a in p["amounts"]]


def told(country, other, amount, head=""):
    return f"{head}{country} imposed duties on {amount} of goods from {other} on Monday, its government said."


@pytest.mark.parametrize(
    ("country", "publisher", "code"),
    [
        ("Canada", "Canadian Grain Weekly", "CAD"),
        ("Australia", "Australian Farm Post", "AUD"),
        ("New Zealand", "New Zealand Dairy News", "NZD"),
        ("Hong Kong", "Hong Kong Harbour Post", "HKD"),
        ("Singapore", "Singapore Port Gazette", "SGD"),
    ],
)
def test_a_bare_dollar_is_the_home_s_one(country, publisher, code):
    text = told(country, "China", "$30 million")
    assert units(text, publisher=publisher) == [code]
    assert units(text.replace("$30 million", "30 million dollars"), publisher=publisher) == [code]
    assert units(text, publisher="World Trade Wire") == ["USD"]


@pytest.mark.parametrize("head", ["OTTAWA, May 12 - ", "TORONTO, May 12 - "])
def test_a_dateline_tells_the_home(head):
    assert units(told("Canada", "China", "$30 million", head)) == ["CAD"]


def test_an_agency_s_dateline_does_not():
    assert units(told("Canada", "China", "$30 million", "OTTAWA, May 12 (Reuters) - ")) == ["USD"]


def test_the_speakers_tell_the_home():
    text = told("Australia", "China", "$30 million")
    assert units(f"{text} Prime Minister Anthony Albanese said it was fair.") == ["AUD"]
    assert units(f"{text} President Xi Jinping met Prime Minister Anthony Albanese.")[:1] == ["USD"]


def test_an_american_side_keeps_the_american_dollar():
    assert units(told("Canada", "the United States", "$30 million"), publisher="Canadian Grain Weekly") == [
        "USD"
    ]
    assert units(told("The United States", "Canada", "$30 million", "OTTAWA, May 12 - ")) == ["USD"]


def test_the_text_s_own_signs_come_first():
    american = told("Canada", "the United States", "$30 million") + " That is about US$22 million."
    assert units(american, publisher="Canadian Grain Weekly")[0] == "CAD"
    own = told("Canada", "China", "$30 million") + " That is about C$41 million."
    assert units(own, publisher="Canadian Grain Weekly")[0] == "USD"


@pytest.mark.parametrize(("sign", "code"), [("$", "CAD"), ("US$", "USD")])
def test_both_ends_of_a_range_are_one_currency(sign, code):
    text = f"Canada raised its import duty on Chinese ships from {sign}10 million to 15 million on Monday."
    assert units(text, publisher="Canadian Grain Weekly") == [code, code]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("A$30 million", "AUD"), ("C$30 million", "CAD"), ("NZ$30 million", "NZD"), ("HK$30 million", "HKD"),
        ("S$30 million", "SGD"), ("US$30 million", "USD"), ("NT$30 million", "TWD"),
        ("NZD 30 million", "NZD"),
        ("30 million Australian dollars", "AUD"), ("30 million Canadian dollars", "CAD"),
        ("30 million New Zealand dollars", "NZD"), ("30 million Hong Kong dollars", "HKD"),
        ("30 million Singapore dollars", "SGD"), ("30 million US dollars", "USD"),
        ("30 million dollars", "USD"),
    ],
)  # fmt: skip
def test_named_dollars(words, code):
    assert units(told("India", "China", words)) == [code]
