"""A scenario's words in an address make the same scenario again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detente.core.errors import InvalidOption
from detente.web.links import PLAIN, scenario_of, scenario_words, scenarios_of

labels = st.sampled_from(["USA", "CHN", "EUN", "ALL"]) | st.just(["JPN", "KOR"])
changes = st.fixed_dictionaries(
    {
        "instrument": st.sampled_from(["import_duty", "quantity_limit"]),
        "importer": labels,
        "exporter": labels,
        "scope": st.sampled_from(["all", "C26", ["8517", "8541"]]),
        "value": st.integers(-9999, 9999).map(lambda n: n / 10),
    },
    optional={"unit": st.sampled_from(["share", "percent_of_value"])},
)


@given(
    st.fixed_dictionaries(
        {
            "name": st.sampled_from(["A", "Ten more", "Ärger & Co"]),
            "start": st.sampled_from(["today", "lapse"]),
            "closure": st.sampled_from(["fixed_to_world_income", "fixed_to_wage:CHN"]),
            "theta_scale": st.sampled_from([1.0, 0.5]),
            "changes": st.lists(changes, max_size=4),
        }
    )
)
def test_words_and_back(scenario):
    assert scenario_of(scenario_words(scenario)) == {**PLAIN, **scenario}


def test_a_name_cannot_break_out_of_its_part():
    words = scenario_words({"name": "x;start=lapse\n", "changes": []})
    assert scenario_of(words)["start"] == "today"


@pytest.mark.parametrize(
    "words",
    ["nonsense", "start", "c=import_duty:USA", "c=import_duty:USA:CHN:all:ten", "theta_scale=x", "x=1"],
)
def test_other_words_are_refused(words):
    with pytest.raises(InvalidOption) as caught:
        scenario_of(words)
    assert caught.value.where == "s"


def test_at_most_four():
    assert [s["name"] for s in scenarios_of([])] == ["A"]
    with pytest.raises(InvalidOption):
        scenarios_of([""] * 5)
