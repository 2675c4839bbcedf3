"""The scorer: its table, its sums, and that it leaves texts of other matters alone."""

from __future__ import annotations

import math

import pytest

from detente.reading.article import Article
from detente.reading.cues import classes_in
from detente.reading.filling import SCORED
from detente.reading.propose import read_article
from detente.reading.scheme import ACTS
from detente.reading.scorer import BIAS, TEXT, likely, weights


def test_a_word_is_known_in_its_forms_and_phrases() -> None:
    assert "bar" in classes_in("The port turned away two ships")
    assert "ease" in classes_in("It lifted the levies")
    assert classes_in("Zyx") == set()


def test_every_act_has_a_bias() -> None:
    assert set(weights()[BIAS]) == {*ACTS, TEXT, *SCORED.values()}


def test_a_chance_is_the_logistic_of_the_sum() -> None:
    table = {BIAS: {"talk": -1.0}, "meet": {"talk": 2.5}, "bar": {"talk": 9.0}}
    assert likely({"meet", "unknown"}, ["talk"], table)["talk"] == pytest.approx(1 / (1 + math.exp(-1.5)))


def test_a_match_report_tells_no_act() -> None:
    text = (
        "The league's panel cut the goalkeeper's ban to two games. The coach accused the referee of bias. "
        "Talks between the club and the players resume on Monday. Fans demanded their money back."
    )
    assert read_article(Article(file="match", text=text)).proposals == []
