"""The scorer: its table, its sums, and that it leaves texts of other matters alone."""

from __future__ import annotations

import math

import pytest

from detente.reading.acts import read_sentences
from detente.reading.article import Article
from detente.reading.context import context_of
from detente.reading.cues import classes_in
from detente.reading.filling import SAID, SCORED, UNSURE, filled
from detente.reading.passages import split_passages
from detente.reading.propose import read_article
from detente.reading.scheme import ACTS, HOLDS
from detente.reading.scorer import BIAS, TEXT, likely, weights
from detente.reading.when import Stamps


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


DISPUTE = " The tariff dispute between Brazil and the European Union goes on, and exporters count the duties."


def _added(sentence: str) -> list[tuple[str, str]]:
    found = read_article(Article(file="x", text=sentence + DISPUTE)).proposals
    return [(p["act"], p["modality"]) for p in found if UNSURE in p["unsure"]]


@pytest.mark.parametrize(
    "sentence",
    [
        "Brussels is in no hurry to sign a deal with Brazil.",
        "The commission has recommended that a duty of 12% be imposed on Brazilian poultry.",
        "Brazil will let in European cheese again if the certificates are dropped.",
        "Brussels might turn away Brazilian beef in the spring.",
    ],
)
def test_an_added_act_that_lies_ahead_never_holds(sentence: str) -> None:
    assert not [
        (act, modality) for act, modality in _added(sentence) if modality in HOLDS and act not in SAID
    ]


def test_a_sentence_without_a_saying_keeps_the_speaker_before_it() -> None:
    text = (
        "The Brazilian trade ministry said that the duty on poultry was unjust. Free trade needs no threats."
    )
    article = Article(file="x", text=text + DISPUTE)
    sentences, _ = split_passages(article)
    context = context_of(article)
    second = list(read_sentences(context, sentences, Stamps(context)))[1]
    voices = [second.frames, second.carried, second.before]
    made = filled("position", second.parsed, voices, second.cues, context, weights())
    assert made is not None
    assert [actor.country for actor in made.by] == ["BRA"]


def test_what_the_rules_find_is_kept() -> None:
    sentence = "Brazil raised its duty on European wine to 30% on 2 June 2025."
    found = read_article(Article(file="x", text=sentence + DISPUTE)).proposals
    assert ("measure", "in_force") in [(p["act"], p["modality"]) for p in found if UNSURE not in p["unsure"]]


def test_the_senate_is_of_the_country_named_before_it() -> None:
    found = read_article(
        Article(file="x", text="Mexico's Senate approved tariffs of 50% on goods from China on Wednesday.")
    )
    assert found.proposals[0]["actors"][0]["country"] == "MEX"
