"""The games of Ossa (2014): certified, and beside the published averages and the stored duties."""

from __future__ import annotations

import pytest

from detente.core.errors import InvalidOption
from detente.strategy.reproductions.ossa_games import replicate_games


def numbers(answer):
    return {cell["id"]: cell["computed"] for cell in answer["cells"]}


@pytest.mark.data
@pytest.mark.slow
def test_optimal_duties_are_those_stored_and_certified(data_dir):
    answer = replicate_games("unilateral", "political", data_dir)
    cells = numbers(answer)
    for game in ("unilateral.political", "mfn.political"):
        assert all(proof["certified"] for proof in answer["certificates"][game].values())
    # Japan's stored duty on rice stopped at 721%; its aim still rises a little beyond.
    gaps = {r: cells[f"mfn.political.{r}.largest_gap_to_stored"] for r in ("BRA", "CHN", "EU", "ROW", "USA")}
    assert max(gaps.values()) < 1.5
    assert cells["unilateral.political.average.median_rate"] == pytest.approx(62, abs=2)
    for region in ("BRA", "CHN", "EU", "IND", "JPN", "ROW", "USA"):
        own = (f"{game}.political.{region}.own_welfare" for game in ("unilateral", "mfn"))
        assert cells[next(own)] >= cells[next(own)] > 0


@pytest.mark.data
@pytest.mark.slow
def test_war_of_all_regions_is_certified_and_costs_what_was_published(data_dir):
    answer = replicate_games("war", "political", data_dir)
    cells, proof = numbers(answer), answer["certificates"]["war.political"]
    assert proof["certified"]
    assert all(one["starts"] >= 20 for one in proof["regrets"].values())
    assert cells["war.political.average.welfare"] == pytest.approx(-2.9, abs=0.1)


@pytest.mark.data
@pytest.mark.slow
def test_talks_raise_every_aim_alike(data_dir):
    answer = replicate_games("talks", "political", data_dir)
    cells = numbers(answer)
    assert answer["certificates"]["talks.political"]["certified"]
    gains = [cells[f"talks.political.{r}.welfare"] for r in ("BRA", "CHN", "EU", "IND", "JPN", "ROW", "USA")]
    assert max(gains) - min(gains) < 1e-4
    assert min(gains) == pytest.approx(0.5, abs=0.06)


@pytest.mark.data
def test_unknown_parts_are_refused(data_dir):
    with pytest.raises(InvalidOption, match="peace"):
        replicate_games("peace", "base", data_dir)
