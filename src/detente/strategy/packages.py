"""Which package both would sign: bargaining rules over every package that red lines and links allow.

    egalitarian        the least gain is largest; among equals the next least (leximin)
    kalai-smorodinsky  the same over gains as parts of the most that each could gain while no other loses
    nash               the product of gains is largest

Gains are over an outside option. The packages are counted one by one, so nothing better is overlooked. A
finite set has gaps that a lottery over two packages could fill; none is offered, and what the best one
would add is stated.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from detente.core.errors import InvalidGame, InvalidOption
from detente.strategy.agenda import Agenda, Package, RedLine
from detente.strategy.bargain import DISTANCE_TOLERANCE, NOTHING, RULES

SAME = 1e-9
"""Gains closer than this, percent, are equal: solved numbers carry no more."""


@dataclass(frozen=True)
class Table:
    """Packages that can be signed and what they are worth.

    Attributes:
        agenda: what they are of.
        numbers: options of each package [package, issue].
        values: worth to each side against the base day, percent of its aim [package, side].
    """

    agenda: Agenda
    numbers: np.ndarray
    values: np.ndarray

    def frontier(self, least: np.ndarray) -> np.ndarray:
        """Rows that no other beats, among those at or above the least that each side must get."""
        rows = np.flatnonzero((self.values >= least - SAME).all(axis=1))
        return rows[efficient(self.values[rows])]

    def package(self, row: int) -> Package:
        """The package of a row."""
        return self.agenda.at(self.numbers[row])


def efficient(values: np.ndarray) -> np.ndarray:
    """Rows of values that no row weakly beats in all columns and strictly in one; of equal rows the first.

    Two columns take a sort; more take comparisons among what is left.
    """
    if values.shape[1] == 2:
        order = np.lexsort((-values[:, 1], -values[:, 0]))
        second = values[order, 1]
        before = np.concatenate([[-np.inf], np.maximum.accumulate(second)[:-1]])
        return np.sort(order[second > before + SAME])
    kept: list[int] = []
    for row in np.argsort(-values.sum(axis=1), kind="stable"):
        better = values[kept] >= values[row] - SAME
        if not kept or not better.all(axis=1).any():
            kept.append(int(row))
    return np.sort(np.array(kept, dtype=int))


@dataclass(frozen=True)
class Bargain:
    """A package by a rule.

    Attributes:
        rule: one of `bargain.RULES`.
        package: the one both would sign; None where none beats the outside option for all.
        row: its row of the table.
        gains: over the outside option, percent by side; empty without a package.
        outside: of each side, percent.
        ideals: the most each could gain while no other loses, percent by side.
        frontier: rows of the Pareto frontier above the outside option.
        lottery_gain_percent: what the best lottery over two packages would add to the least gain.
        distance_percent: largest gain of all sides at once over every package that can be signed.
        dominated: whether some package is better for one side, by more than is nothing, and no worse for any.
    """

    rule: str
    package: Package | None
    row: int
    gains: dict[str, float]
    outside: dict[str, float]
    ideals: dict[str, float]
    frontier: np.ndarray
    lottery_gain_percent: float
    distance_percent: float
    dominated: bool

    @property
    def certified(self) -> bool:
        """True where no package does better for all, by a count of all of them."""
        return self.package is not None and self.distance_percent <= DISTANCE_TOLERANCE and not self.dominated

    def to_dict(self) -> dict[str, Any]:
        """The certificate, for JSON."""
        return {
            "certified": self.certified,
            "distance_to_frontier_percent": self.distance_percent,
            "tolerance_percent": DISTANCE_TOLERANCE,
            "dominated": self.dominated,
            "method": "every package that can be signed was counted",
            "lottery_gain_percent": self.lottery_gain_percent,
        }


def settle(
    table: Table, rule: str, outside: Sequence[float] | np.ndarray, floors: Sequence[float] | None = None
) -> Bargain:
    """The package of a rule.

    Args:
        table: packages and worths.
        rule: one of `bargain.RULES`.
        outside: what each side has without a deal, percent [S].
        floors: the least that each side's worth may come to (red lines on outcomes), percent [S]; kept,
            never priced.

    Raises:
        InvalidOption: no such rule.
        InvalidGame: no package keeps the floors.
    """
    if rule not in RULES:
        raise InvalidOption(
            f"rule {rule!r}", where="--rule", why="no such rule", instead=f"one of {', '.join(RULES)}"
        )
    sides = table.agenda.sides
    given = np.asarray(outside, dtype=float)
    least = given if floors is None else np.maximum(given, np.asarray(floors, dtype=float))
    if floors is not None and not (table.values >= np.asarray(floors) - SAME).all(axis=1).any():
        raise InvalidGame(
            "the red lines on outcomes",
            where="--red-line",
            why="no package keeps all of them",
            instead="red lines that can be kept together, or more options on the table",
        )
    # A side that gains nothing at all does not sign.
    gains = table.values - given
    signed = np.flatnonzero(((table.values >= least - SAME) & (gains > NOTHING)).all(axis=1))
    frontier = table.frontier(least)
    by_side = dict(zip(sides, map(float, given), strict=True))
    if not len(signed):
        return Bargain(rule, None, -1, {}, by_side, {}, frontier, 0.0, 0.0, False)
    ideals = np.array([gains[signed, k].max() for k in range(len(sides))])
    best = _simplest(table, signed, signed[_best(rule, gains[signed], ideals)])
    mine = table.values[best]
    kept = (table.values >= least - SAME).all(axis=1)
    better = table.values[kept] - mine
    return Bargain(
        rule=rule,
        package=table.package(int(best)),
        row=int(best),
        gains=dict(zip(sides, map(float, gains[best]), strict=True)),
        outside=by_side,
        ideals=dict(zip(sides, map(float, ideals), strict=True)),
        frontier=frontier,
        lottery_gain_percent=_lottery(gains[frontier], float(gains[best].min())),
        distance_percent=max(0.0, float(better.min(axis=1).max())),
        dominated=bool(((better >= -SAME).all(axis=1) & (better > NOTHING).any(axis=1)).any()),
    )


def _simplest(table: Table, signed: np.ndarray, best: int) -> int:
    """Of packages worth the same to all, the one with fewest changes: nobody signs what does nothing."""
    same = signed[(np.abs(table.values[signed] - table.values[best]) <= NOTHING / 2).all(axis=1)]
    return int(same[np.count_nonzero(table.numbers[same], axis=1).argmin()])


def _best(rule: str, gains: np.ndarray, ideals: np.ndarray) -> int:
    """The row that the rule chooses among gains above zero; of equals the one of the larger sum."""
    if rule == "nash":
        first = np.log(gains).sum(axis=1)
        return int(np.lexsort((-gains.sum(axis=1), -first))[0])
    shares = gains / ideals if rule == "kalai-smorodinsky" else gains
    # Least gain first, then the next least; rounding is not allowed to decide.
    ordered = np.sort(shares, axis=1).round(9)
    keys = [-ordered[:, k] for k in range(ordered.shape[1] - 1, -1, -1)]
    return int(np.lexsort([-gains.sum(axis=1), *keys])[0])


def _lottery(gains: np.ndarray, least: float) -> float:
    """How much a lottery over two efficient packages could add to the least gain, percent; two sides only."""
    if gains.shape[1] != 2 or len(gains) < 2:
        return 0.0
    best = least
    for a in gains[gains[:, 0] > gains[:, 1]]:
        for b in gains[gains[:, 0] <= gains[:, 1]]:
            # The mix at which both gain alike.
            part = (b[1] - b[0]) / ((a[0] - a[1]) + (b[1] - b[0]))
            best = max(best, float(part * a[0] + (1 - part) * b[0]))
    return best - least


def excluded_by(agenda: Agenda) -> list[dict[str, Any]]:
    """For each red line that bears on the day: the options it takes away, and how many packages.

    Packages are those that it alone keeps from being signed.
    """
    from dataclasses import replace

    found = []
    for line in agenda.red_lines:
        options = _on_the_table(agenda, line)
        if not options:
            continue
        others = tuple(one for one in agenda.red_lines if one is not line)
        without = replace(agenda, red_lines=others)
        found.append(
            {
                "side": line.side,
                "never": options,
                "entry": line.entry,
                "because": line.because,
                "packages_excluded": len(without.allowed) - len(agenda.allowed),
            }
        )
    return found


def _on_the_table(agenda: Agenda, line: RedLine) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for issue in agenda.issues:
        options = [name for name in line.never.get(issue.id, ()) if issue.number(name) >= 0]
        if options:
            found[issue.id] = options
    return found
