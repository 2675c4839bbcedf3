"""Finite games of two sides: every equilibrium in pure and mixed strategies, by supports.

For supports I of the first side and J of the second, of one size, the other's mix must leave each side
indifferent over its own support:

    A[I, J] y = v,  sum y = 1        B[I, J]' x = w,  sum x = 1

with x, y at or above zero and no better reply outside the support. In a game without ties these are all
equilibria, and their number is odd; `degenerate` says where ties may hide more.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from detente.core.errors import InvalidGame
from detente.strategy.agenda import KEEP, Issue, Package
from detente.strategy.payoffs import Payoffs

TOLERANCE = 1e-9
MOST = 12
"""Strategies a side up to which supports are gone through."""


@dataclass(frozen=True)
class FiniteGame:
    """A game in matrices.

    Attributes:
        first, second: payoffs of the two sides, percent of their aims [m, n].
        rows, columns: names of their strategies.
    """

    first: np.ndarray
    second: np.ndarray
    rows: tuple[str, ...]
    columns: tuple[str, ...]

    def __post_init__(self) -> None:
        shape = (len(self.rows), len(self.columns))
        if self.first.shape != shape or self.second.shape != shape or 0 in shape:
            raise InvalidGame(
                f"payoffs {self.first.shape} and {self.second.shape} for {shape} strategies",
                where="game",
                why="both sides' payoffs are over the same strategies, one or more each",
                instead="matrices of one shape",
            )


@dataclass(frozen=True)
class Equilibrium:
    """A pair of mixes from which neither side gains by changing its own.

    Attributes:
        first, second: weights on strategies, each summing to one.
        values: payoffs of the two sides, percent.
        regret: largest gain of a side by a pure strategy, percent: zero but for rounding.
    """

    first: np.ndarray
    second: np.ndarray
    values: tuple[float, float]
    regret: float

    @property
    def pure(self) -> bool:
        """Whether neither side mixes."""
        return bool(self.first.max() > 1 - TOLERANCE and self.second.max() > 1 - TOLERANCE)

    def to_dict(self, game: FiniteGame) -> dict[str, Any]:
        """For JSON: weights on the strategies that are played."""
        return {
            "pure": self.pure,
            "first": {n: float(x) for n, x in zip(game.rows, self.first, strict=True) if x > TOLERANCE},
            "second": {n: float(y) for n, y in zip(game.columns, self.second, strict=True) if y > TOLERANCE},
            "values_percent": list(self.values),
            "regret_percent": self.regret,
        }


def equilibria(game: FiniteGame) -> list[Equilibrium]:
    """All equilibria whose supports are of one size, pure ones first.

    Raises:
        InvalidGame: too many strategies for going through all supports.
    """
    m, n = game.first.shape
    if max(m, n) > MOST:
        raise InvalidGame(
            f"{m} by {n} strategies",
            where="game",
            why=f"supports are gone through up to {MOST} a side",
            instead="fewer issues or options on each side",
        )
    found: list[Equilibrium] = []
    left = undominated(game)
    for size in range(1, min(map(len, left)) + 1):
        for rows, columns in _supports(*left, size):
            one = _on(game, rows, columns)
            if one is not None and not any(_same(one, other) for other in found):
                found.append(one)
    return found


def degenerate(game: FiniteGame) -> bool:
    """Whether a pure strategy of one side has more than one best reply, so that equilibria may be missing."""
    ties = (
        (np.abs(game.first - game.first.max(axis=0)) <= TOLERANCE).sum(axis=0).max() > 1,
        (np.abs(game.second - game.second.max(axis=1, keepdims=True)) <= TOLERANCE).sum(axis=1).max() > 1,
    )
    return any(bool(tie) for tie in ties)


def undominated(game: FiniteGame) -> tuple[list[int], list[int]]:
    """Strategies that are left when those that another always beats are taken out again and again.

    No equilibrium plays any other.
    """
    rows, columns = list(range(len(game.rows))), list(range(len(game.columns)))
    while True:
        first, second = game.first[np.ix_(rows, columns)], game.second[np.ix_(rows, columns)]
        beaten, worse = _beaten(first), _beaten(second.T)
        if not beaten and not worse:
            return rows, columns
        rows = [row for r, row in enumerate(rows) if r not in beaten]
        columns = [column for c, column in enumerate(columns) if c not in worse]


def _beaten(payoffs: np.ndarray) -> list[int]:
    """Rows that another row exceeds everywhere."""
    return [at for at, row in enumerate(payoffs) if (payoffs - row > TOLERANCE).all(axis=1).any()]


def _supports(
    rows: Sequence[int], columns: Sequence[int], size: int
) -> Iterator[tuple[tuple[int, ...], tuple[int, ...]]]:
    return itertools.product(itertools.combinations(rows, size), itertools.combinations(columns, size))


def _on(game: FiniteGame, rows: tuple[int, ...], columns: tuple[int, ...]) -> Equilibrium | None:
    """The equilibrium on these supports; None where there is none."""
    part = np.ix_(rows, columns)
    second = _indifferent(game.first[part])
    first = _indifferent(game.second[part].T)
    if first is None or second is None:
        return None
    x, y = np.zeros(game.first.shape[0]), np.zeros(game.first.shape[1])
    x[list(rows)], y[list(columns)] = first, second
    values = (float(x @ game.first @ y), float(x @ game.second @ y))
    regret = max(float((game.first @ y).max()) - values[0], float((x @ game.second).max()) - values[1])
    return Equilibrium(x, y, values, regret) if regret <= TOLERANCE else None


def _indifferent(payoffs: np.ndarray) -> np.ndarray | None:
    """The other's mix that makes all rows worth the same; None where there is none above zero."""
    size = len(payoffs)
    system = np.zeros((size + 1, size + 1))
    system[:size, :size], system[:size, size], system[size, :size] = payoffs, -1.0, 1.0
    try:
        mix = np.linalg.solve(system, np.append(np.zeros(size), 1.0))[:size]
    except np.linalg.LinAlgError:
        return None
    return mix if (mix > TOLERANCE).all() else None


def _same(one: Equilibrium, other: Equilibrium) -> bool:
    return bool(
        np.allclose(one.first, other.first, atol=1e-7) and np.allclose(one.second, other.second, atol=1e-7)
    )


def agenda_game(payoffs: Payoffs, issues: Sequence[str] | None = None) -> FiniteGame:
    """Each side chooses alone, on the issues where it alone acts: the agenda without a signature.

    Links between issues are promises and do not bind here.

    Args:
        payoffs: worths of the agenda's packages.
        issues: only these; all on which one side acts alone by default.

    Raises:
        InvalidGame: a side has nothing to choose.
    """
    agenda = payoffs.agenda
    own: list[list[Issue]] = [[], []]
    for issue in agenda.issues:
        actors = {step.by for option in issue.options[1:] for step in option.steps}
        if len(actors) == 1 and (issues is None or issue.id in issues):
            own[agenda.sides.index(actors.pop())].append(issue)
    for side, mine in zip(agenda.sides, own, strict=True):
        if not mine:
            raise InvalidGame(
                f"no issue on which {side} acts alone",
                where=agenda.file,
                why="a game needs something to choose for each side",
                instead="issues of both sides",
            )
    plans = [list(itertools.product(*(issue.options for issue in mine))) for mine in own]
    packages = [
        agenda.package({i.id: o.id for i, o in zip((*own[0], *own[1]), (*a, *b), strict=True)})
        for a in plans[0]
        for b in plans[1]
    ]
    values = payoffs.of_all(np.array([agenda.numbers(package) for package in packages]))
    shape = (len(plans[0]), len(plans[1]))
    names = [
        tuple(
            ", ".join(f"{i.id} {o.id}" for i, o in zip(mine, plan, strict=True) if o.id != KEEP) or KEEP
            for plan in all_plans
        )
        for mine, all_plans in zip(own, plans, strict=True)
    ]
    return FiniteGame(values[:, 0].reshape(shape), values[:, 1].reshape(shape), names[0], names[1])


def package_played(payoffs: Payoffs, game: FiniteGame, one: Equilibrium) -> Package | None:
    """The package that a pure equilibrium comes to; None where a side mixes."""
    if not one.pure:
        return None
    chosen = {}
    for names, weights in ((game.rows, one.first), (game.columns, one.second)):
        plan = names[int(weights.argmax())]
        chosen |= dict(part.split(" ", 1) for part in plan.split(", ") if part != KEEP)
    return payoffs.agenda.package(chosen)
