"""Games as commands: certified in a fresh process, and cut short by a time limit."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest


def asked(*words):
    done = subprocess.run(
        [sys.executable, "-m", "detente", *words, "--json"], capture_output=True, text=True, check=False
    )
    return done.returncode, json.loads(done.stdout)


@pytest.mark.slow
def test_the_war_of_the_us_and_china_over_every_goods_sector_is_certified():
    code, answer = asked("nash", "USA,CHN", "--against", "USA,CHN", "--grain", "partner-sector")
    data = answer["data"]
    assert code == 0
    assert data["certified"]
    assert data["unique_trading_equilibrium"]
    (war,) = data["equilibria"]
    assert war["found_from"] == data["starts"]
    for side in war["sides"].values():
        assert len(side["rates_percent"]) == 22
        assert side["regret"]["starts"] >= 20
        assert side["regret"]["coordinates"] == 22


@pytest.mark.parametrize(
    "words",
    [
        ("nash", "USA,CHN"),
        ("optimal", "USA", "--grain", "partner-sector"),
        ("replicate", "lashkaripour-2021", "--part", "war-with-inputs"),
    ],
)
def test_a_time_limit_gives_the_best_found_and_exit_3(words):
    code, answer = asked(*words, "--time-limit", "0.01")
    data = answer["data"]
    assert code == 3
    if "cells" in data:
        (proof,) = data["certificates"].values()
        assert all(cell["computed"] is not None for cell in data["cells"])
    else:
        proof = data.get("certificate", data)
    assert proof["certified"] is False
    assert proof["in_time"] is False
