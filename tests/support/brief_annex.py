"""Blocks of the annex of a small made-up brief: what both would sign, and how good the odds were."""

from __future__ import annotations

from typing import Any


def both_would_sign(state: str) -> dict[str, Any]:
    if state == "unknown":
        return {"deal": None, "why": "what is in force on the day is unknown; ask for a branch"}
    worth = {"low_percent": 0.01, "central_percent": 0.02, "high_percent": 0.03}
    side = {
        "aim_percent": 0.1,
        "outside_option_percent": -0.2,
        "gain": {"low_percent": 0.2, "central_percent": 0.3, "high_percent": 0.4},
        "most_it_could_gain_percent": 0.5,
    }
    step = {
        "by": "USA",
        "does": "ends the duty over fentanyl",
        "power": "Emergency powers",
        "risk": "high",
        "by_day": "2025-06-20",
    }
    return {
        "why": None,
        "deal": {
            "answer": "Both would sign a package on 1 of 2 issues.",
            "packages_that_can_be_signed": 4,
            "issues": 2,
            "settled": 1,
            "shown": 1,
            "aims": [],
            "terms": [
                {
                    "title": "US duty over fentanyl",
                    "option_title": "ended",
                    "steps": [step, {**step, "does": "says so", "risk": None, "by_day": "2025-06-30"}],
                    "worth": {"USA": worth, "CHN": worth},
                    "entries": ["measure-us-ieepa-fentanyl-duty-china"],
                }
            ],
            "sides": {"USA": side, "CHN": side},
            "red_lines": [
                {"side": "CHN", "because": "not up for trade", "entry": "", "packages_excluded": 3}
            ],
            "certificate": {
                "certified": True,
                "distance_to_frontier_percent": 0.0,
                "distinct_policies": 2,
                "worst_residual": 1e-12,
            },
        },
    }


def track_record() -> dict[str, Any]:
    """Scores of a few settled questions."""
    score = {"mean": 0.1404, "low": 0.0983, "high": 0.1821}
    apart = {"base_rate": {"told_apart": True}}
    return {
        "n": 12,
        "from": "2018-05-01",
        "kinds": [
            {
                "kind": "all",
                "words": "every question",
                "n": 12,
                "happened_n": 3,
                "forecasters": {
                    "base_rate": {"brier": score, "differences": {}},
                    "hazards": {"brier": score, "differences": apart},
                },
            }
        ],
        "analysts": {"n": 2, "not_scored_n": 5, "all": {"brier": 0.31}},
        "outlook": {
            "n": 7,
            "runs": 300,
            "forecasters": {
                "base_rate": {"brier": score, "differences": {}},
                "outlook": {"brier": score, "differences": {"base_rate": {"told_apart": False}}},
            },
        },
    }
