"""Lobby weights found from a pattern of duties: known weights come back, and what cannot be is refused."""

import numpy as np
import pytest

from detente.core.errors import InvalidGame, MalformedFile, UnknownSector
from detente.economy.prepare import prepare
from detente.economy.synthetic import synthetic_world
from detente.strategy.aims import Aim, Term
from detente.strategy.arena import arena
from detente.strategy.choice import choice
from detente.strategy.lobby import calibrate, read_duties
from detente.strategy.optimal import best_response


@pytest.fixture(scope="module")
def prepared():
    return prepare("krugman", synthetic_world(3, 5, 4, zero_flows=0.0), closure="balanced")


def best(prepared, weights):
    aim = Aim("E00", (Term("sector_income", sector_weights=weights),))
    found = best_response(arena(prepared, [aim]), "E00", choice(prepared.world, "E00", "sector"))
    return {name.split()[-1]: rate for name, rate in found.choice.rates_percent(found.entries).items()}


def test_weights_that_made_a_pattern_fit_it(prepared):
    observed = best(prepared, {"S00": 1.2, "S01": 0.9, "S02": 0.8, "S03": 1.1})
    # The level is not fitted: observed duties at half of it have the same pattern.
    found = calibrate(prepared, "E00", {name: rate / 2 for name, rate in observed.items()})
    assert found.certified
    assert found.correlation > 0.98
    assert found.r_squared > 0.9
    assert found.level_gap_points == pytest.approx(
        np.mean(list(found.fitted_percent.values())) - np.mean(list(observed.values())) / 2
    )
    assert found.weights["S00"] > found.weights["S02"]
    assert np.mean(list(found.weights.values())) == pytest.approx(1)
    plain = calibrate(prepared, "E00", {name: rate / 2 for name, rate in observed.items()}, steps=1)
    assert found.r_squared > plain.r_squared


def test_a_model_without_sector_income_is_refused():
    world = synthetic_world(3, 4, 4, zero_flows=0.0)
    with pytest.raises(InvalidGame, match="lobby weights"):
        calibrate(prepare("armington", world, closure="balanced"), "E00", {"S00": 10, "S01": 20})


@pytest.mark.parametrize(
    ("observed", "error"),
    [({"S99": 1, "S00": 2}, UnknownSector), ({"S00": 1}, InvalidGame), ({"S00": 0, "S01": 0}, InvalidGame)],
)
def test_patterns_that_cannot_be(prepared, observed, error):
    with pytest.raises(error):
        calibrate(prepared, "E00", observed)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("sector,rate\nC26,5\n", 1),
        ("sector,rate_percent\nC26,5\nC26,6\n", 3),
        ("sector,rate_percent\nC26,-1\n", 2),
    ],
)
def test_files_of_duties_name_their_line(tmp_path, text, line):
    path = tmp_path / "duties.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(MalformedFile) as caught:
        read_duties(path)
    assert caught.value.where.endswith(f"duties.csv:{line}")


def test_a_file_of_duties_is_read(tmp_path):
    path = tmp_path / "duties.csv"
    path.write_text("sector,rate_percent\nC26,5\nC29,2.5\n", encoding="utf-8")
    assert read_duties(path) == {"C26": 5, "C29": 2.5}
