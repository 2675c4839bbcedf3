"""What a move says of the odds: prices as averages of what they would be under each outcome.

    move of series s = sum over outcomes k of (change of the odds of k) * (price of s if k were certain)

in percent, with changes that sum to zero: with as many series as outcomes less one, or more (then weighted
least squares), the changes follow. Sensitivities are stated by the user, as a number or a range; where they
do not decide the odds the answer is refused. Snowberg, Wolfers and Zitzewitz (2007) read elections off prices
in this way.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from detente.core.errors import InvalidOption, MissingData, NotIdentified
from detente.core.yaml12 import read_yaml

DRAWS = 4000
FLATTEST = 0.05
"""Sensitivities must not come nearer than this to saying nothing, over their ranges."""
LEAST_POINTS = 1e-6

Range = tuple[float, float]


@dataclass(frozen=True)
class Stated:
    """What the user states.

    Attributes:
        before: outcome -> odds before the move; sums to one.
        sensitivities: series -> outcome -> (low, high), percent: the price if the outcome were certain, over
            a base that is the same for all outcomes of a series.
    """

    before: Mapping[str, float]
    sensitivities: Mapping[str, Mapping[str, Range]]


def read_stated(path: Path) -> Stated:
    """Odds before and sensitivities from a YAML file with the keys odds_before and sensitivities_percent.

    Raises:
        MissingData: no such file.
        MalformedFile: not YAML.
        InvalidOption: keys or numbers that cannot be, by name.
    """
    if not path.is_file():
        raise MissingData(
            f"no file {path.name!r}", where="--odds", why="nothing is there", instead="see docs/markets.md"
        )
    document, _ = read_yaml(path, shown=path.name)
    if not isinstance(document, dict) or set(document) != {"odds_before", "sensitivities_percent"}:
        raise _bad(path.name, "its keys", "odds_before and sensitivities_percent, no others")
    before = document["odds_before"]
    if not isinstance(before, dict) or len(before) < 2 or not all(_is_number(v) for v in before.values()):
        raise _bad("odds_before", f"{before!r}", "{extension: 0.7, lapse: 0.3}: two outcomes or more")
    if any(v < 0 for v in before.values()) or abs(sum(before.values()) - 1) > 1e-9:
        raise _bad("odds_before", f"they sum to {sum(before.values()):g}", "odds from 0 to 1 that sum to 1")
    stated = document["sensitivities_percent"]
    if not isinstance(stated, dict) or not stated:
        raise _bad("sensitivities_percent", f"{stated!r}", "{S&P 500: {extension: 1, lapse: [-5, -3]}}")
    found = {}
    for series, row in stated.items():
        if not isinstance(row, dict) or set(row) != set(before):
            raise _bad(f"sensitivities of {series}", f"{row!r}", f"a number for each of {', '.join(before)}")
        found[str(series)] = {outcome: _range(series, outcome, value) for outcome, value in row.items()}
    return Stated({k: float(v) for k, v in before.items()}, found)


def _range(series: str, outcome: str, value: Any) -> Range:
    ends = value if isinstance(value, list) else [value, value]
    if len(ends) != 2 or not all(_is_number(v) and abs(v) < 100 for v in ends) or ends[0] > ends[1]:
        raise _bad(f"sensitivity of {series} to {outcome}", f"{value!r}", "a percent, or [low, high]")
    return float(ends[0]), float(ends[1])


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and bool(np.isfinite(value))


def _bad(where: str, what: str, instead: str) -> InvalidOption:
    return InvalidOption(what, where=f"--odds, {where}", why="odds cannot be read from it", instead=instead)


def implied_odds(
    stated: Stated, moves_percent: Mapping[str, tuple[float, float]], seed: int = 0
) -> dict[str, Any]:
    """Odds after a move, with the range that sensitivities and the noise of the move leave.

    Args:
        moves_percent: series -> (abnormal move, its standard error), percent; the stated series, or more.

    Returns:
        outcomes: [{outcome, before_share, after_share, low_share, high_share, shown_percent}], 90 percent
        ranges; outside_share: part of the draws in which an outcome's odds would lie outside 0 to 1.

    Raises:
        NotIdentified: too few series, sensitivities that do not tell the outcomes apart over their ranges,
            or a move that no odds can give.
    """
    outcomes = list(stated.before)
    series = list(stated.sensitivities)
    missing = [name for name in series if name not in moves_percent]
    if missing:
        raise NotIdentified(
            f"series {missing[0]!r}", where="--odds", why="the study has no move of it",
            instead=", ".join(moves_percent),
        )  # fmt: skip
    if len(series) < len(outcomes) - 1:
        raise NotIdentified(
            f"{len(series)} series for {len(outcomes)} outcomes",
            where="--odds",
            why="each series decides one number, and odds that sum to one have one less than outcomes",
            instead=f"sensitivities of {len(outcomes) - 1} series, or fewer outcomes",
        )
    low, high = (
        np.array([[stated.sensitivities[s][k][end] for k in outcomes] for s in series]) for end in (0, 1)
    )
    move = np.array([moves_percent[s][0] for s in series])
    error = np.array([max(moves_percent[s][1], 1e-9) for s in series])
    before = np.array([stated.before[k] for k in outcomes])
    rng = np.random.default_rng(seed)
    corners = rng.integers(0, 2, size=(DRAWS, *low.shape))
    inside = rng.uniform(size=(DRAWS, *low.shape))
    _require_identified((low + high) / 2, low + (high - low) * corners)
    centre = before + _change((low + high) / 2, move, error)
    if (centre < -1e-9).any() or (centre > 1 + 1e-9).any():
        worst = outcomes[int(np.argmax(np.maximum(-centre, centre - 1)))]
        raise NotIdentified(
            f"odds of {worst} of {100 * centre[outcomes.index(worst)]:.0f} percent",
            where="--odds",
            why="the move is larger than any odds of these outcomes can give: the sensitivities are too "
            "small, the odds before are wrong, or something else moved the price",
            instead="other sensitivities or odds before",
        )
    noise = rng.standard_normal((DRAWS, len(series))) * error
    draws = np.array(
        [before + _change(low + (high - low) * inside[k], move + noise[k], error) for k in range(DRAWS)]
    )
    outside = ((draws < 0) | (draws > 1)).any(axis=1).mean()
    ends = np.quantile(np.clip(draws, 0, 1), [0.05, 0.95], axis=0)
    return {
        "outcomes": [
            {
                "outcome": name,
                "before_share": round(float(before[k]), 4),
                "after_share": round(float(centre[k]), 4),
                "low_share": round(float(ends[0, k]), 4),
                "high_share": round(float(ends[1, k]), 4),
                "shown_percent": 5 * round(20 * float(centre[k])),
            }
            for k, name in enumerate(outcomes)
        ],
        "outside_share": round(float(outside), 4),
        "series": series,
        "moves_percent": {s: {"move": moves_percent[s][0], "se": moves_percent[s][1]} for s in series},
    }


def _differences(sensitivities: np.ndarray) -> np.ndarray:
    """Sensitivities over those of the last outcome [series, outcomes - 1]."""
    return sensitivities[:, :-1] - sensitivities[:, -1:]


def _change(sensitivities: np.ndarray, move: np.ndarray, error: np.ndarray) -> np.ndarray:
    """Change of the odds of every outcome that fits the moves best, weighted by their errors."""
    matrix = _differences(sensitivities) / error[:, None]
    found = np.linalg.lstsq(matrix, move / error, rcond=None)[0]
    return np.append(found, -found.sum())


def _require_identified(centre: np.ndarray, corners: np.ndarray) -> None:
    """Refuse sensitivities that somewhere in their ranges say nothing of some outcome.

    The smallest singular value of their differences must stay away from zero, and with as many series as
    unknowns their determinant must keep its sign.
    """
    at_centre = np.linalg.svd(_differences(centre), compute_uv=False)
    if at_centre[-1] < max(LEAST_POINTS, FLATTEST * at_centre[0] * 1e-3):
        raise _flat("the prices are the same under some outcomes")
    matrices = corners[:, :, :-1] - corners[:, :, -1:]
    smallest = np.linalg.svd(matrices, compute_uv=False)[:, -1]
    if smallest.min() < FLATTEST * at_centre[-1]:
        raise _flat("within the ranges stated the prices can be the same under some outcomes")
    if matrices.shape[1] == matrices.shape[2]:
        signs = np.sign(np.linalg.det(matrices))
        if (signs != signs[0]).any():
            raise _flat("within the ranges stated it can be either outcome that raises the price")


def _flat(why: str) -> NotIdentified:
    return NotIdentified(
        "sensitivities that do not tell the outcomes apart", where="--odds", why=why,
        instead="narrower ranges, or a series that the outcomes move apart",
    )  # fmt: skip
