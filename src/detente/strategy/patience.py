"""How much a government cares about the next quarter: its discount factor, and what domestic slack takes off.

    delta = d (1 - s_1) (1 - s_2) ...

with d the weight of the next quarter against this one in quiet times, and s the share that a slump at home
takes off it: a government whose people hurt now waits less long. Both are sourced ranges. A file of aims has

    CHN:
      terms:
        - {aim: real_income, weight: 1, because: what households can buy}
      patience:
        discount_per_quarter: {low: 0.96, central: 0.98, high: 0.99, unit: share, because: ..., assumed: true}
        slack:
          - {name: property slump, lost_share: {low: 0, central: 0.01, high: 0.03, unit: share, because: ...}}
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from detente.core.errors import InvalidGame
from detente.core.yaml12 import Lines
from detente.strategy.sourced import LEVELS, Sourced, line_of, read_sourced

FORM = "patience: {discount_per_quarter: {low: ..., ...}, slack: [{name: ..., lost_share: {low: ..., ...}}]}"


@dataclass(frozen=True)
class Slack:
    """One strain at home.

    Attributes:
        name: property slump, weak consumption, an election.
        lost_share: of the weight on the next quarter, in [0, 1).
    """

    name: str
    lost_share: Sourced


@dataclass(frozen=True)
class Patience:
    """What the next quarter is worth to a government against this one.

    Attributes:
        discount_per_quarter: weight of the next quarter in quiet times, in (0, 1).
        slack: strains that take from it.
    """

    discount_per_quarter: Sourced
    slack: tuple[Slack, ...] = ()

    def factor(self, level: str = "central") -> float:
        """The discount factor of a quarter; `low` is the least patient end: little weight, much slack."""
        other = {"low": "high", "central": "central", "high": "low"}[level]
        lost = [getattr(one.lost_share, other) for one in self.slack]
        return float(getattr(self.discount_per_quarter, level) * np.prod([1 - share for share in lost]))

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "discount_per_quarter": self.discount_per_quarter.to_dict(),
            "slack": [{"name": one.name, "lost_share": one.lost_share.to_dict()} for one in self.slack],
            "factor_per_quarter": {level: self.factor(level) for level in LEVELS},
        }


def read_patience(given: Any, shown: str, lines: Lines, path: tuple[str | int, ...]) -> Patience:
    """The patience of a side as a file of aims has it.

    Args:
        given: what stands under `patience`.
        shown: the file, for errors.
        lines: of the file's keys.
        path: of the key `patience`.

    Raises:
        InvalidGame: a key it does not have or lacks.
        InvalidRange: see `sourced.read_sourced`.
    """

    def where(*keys: str | int) -> str:
        return f"{shown}:{line_of(lines, *path, *keys)}"

    known = {"discount_per_quarter", "slack"}
    if not isinstance(given, Mapping) or set(given) - known or "discount_per_quarter" not in given:
        raise InvalidGame(
            "patience", where=where(), why=f"it has {' and '.join(sorted(known))}", instead=FORM
        )
    slack = given.get("slack") or []
    if not isinstance(slack, list) or any(
        not isinstance(one, Mapping) or set(one) != {"name", "lost_share"} for one in slack
    ):
        raise InvalidGame(
            "slack", where=where("slack"), why="a list of {name, lost_share} is needed", instead=FORM
        )
    below_one = float(np.nextafter(1.0, 0.0))
    return Patience(
        read_sourced(
            given["discount_per_quarter"],
            where("discount_per_quarter"),
            units=("share",),
            lowest=float(np.finfo(float).tiny),
            highest=below_one,
        ),
        tuple(
            Slack(
                str(one["name"]),
                read_sourced(
                    one["lost_share"], where("slack", at), units=("share",), lowest=0.0, highest=below_one
                ),
            )
            for at, one in enumerate(slack)
        ),
    )
