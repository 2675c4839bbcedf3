"""Sourcing under odds: buyers act on the duties they expect, not on those of the day alone.

Goods are ordered before they enter and a tie to a supplier outlasts an order, so a pause with a chance of
lapse does not restore trade. Policies follow a Markov process, as tariffs do in Alessandria, Khan,
Khederlarian, Ruhl and Steinberg (JIE 155, 2025), with the transition odds Q of one step of two months counted
from the outlook's own paths. An order placed in policy s meets policy r with the odds

    W = (1 - b) (I - b Q)^-1 Q = (1 - b) sum over k >= 1 of b^(k-1) Q^k

b the chance that a tie outlasts a step (discounting in it): ties last 1 / (1 - b) steps. The duty acted on
is the one that gives a seller the same expected profit, which falls with (1 + t)^-sigma, as in Handley and
Limao (2017, AER 107:9):

    (1 + t*_s)^-sigma = sum over r of W_sr (1 + t_r)^-sigma,     sigma = 1 + theta of the sector

Where a policy never ends W is the identity and t* = t; where it ends for certain within a step, t* is the
duty of what follows. Quantity limits and costs are taken as they stand: only duties are expected.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from detente.core.errors import InvalidOption
from detente.policy import SectorPolicy

STEP_DAYS = 60
"""Days of a step: about what passes between an order and its entry by sea. Assumed."""

DAYS_A_MONTH = 365 / 12

SHORTEST_TIE_MONTHS = STEP_DAYS / DAYS_A_MONTH
"""An order alone: no tie is shorter than a step."""

TIE_MONTHS = 12.0
"""Mean life of a tie to a supplier, in months: an assumption, varied in the outlook's list."""


@dataclass(frozen=True)
class Odds:
    """Transition odds between policies.

    Attributes:
        keys: of the policies, in the order of rows and columns.
        step: odds of a policy a step later [from, to].
        counted: steps counted in each row; 0 where a policy was seen on the last day only and is
            taken to stay.
    """

    keys: tuple[str, ...]
    step: np.ndarray
    counted: np.ndarray

    def met(self, tie_months: float = TIE_MONTHS) -> np.ndarray:
        """Odds of the policy that orders placed under each policy meet [from, to]; W of the module.

        Args:
            tie_months: mean life of a tie; at least one step, of two months.

        Raises:
            InvalidOption: less than a step.
        """
        shortest = SHORTEST_TIE_MONTHS
        if not tie_months >= shortest:
            raise InvalidOption(
                f"ties of {tie_months:g} months",
                where="--assume tie_months",
                why=f"an order alone takes about {shortest:.1f}",
                instead="12",
            )
        stays = 1 - shortest / tie_months
        size = len(self.keys)
        return (1 - stays) * np.linalg.solve(np.eye(size) - stays * self.step, self.step)


def transitions(paths: Iterable[Sequence[str]]) -> Odds:
    """Odds of a step, counted.

    Args:
        paths: policies of each path, one key a step, the first day's first.
    """
    number: dict[str, int] = {}
    counts: dict[tuple[int, int], int] = {}
    for path in paths:
        places = [number.setdefault(key, len(number)) for key in path]
        for pair in pairwise(places):
            counts[pair] = counts.get(pair, 0) + 1
    size = len(number)
    table = np.zeros((size, size))
    for (start, end), count in counts.items():
        table[start, end] = count
    counted = table.sum(axis=1)
    table[counted == 0, counted == 0] = 1.0
    return Odds(tuple(number), table / np.where(counted > 0, counted, 1.0)[:, None], counted)


def expected_duty(duties: np.ndarray, odds: np.ndarray, theta: np.ndarray) -> np.ndarray:
    """The certain duty with the same expected profit of a seller.

    Args:
        duties: duty in force, fractions [policy, importer, exporter, sector].
        odds: of meeting each policy [policy].
        theta: trade elasticity [sector]; sigma = 1 + theta.

    Returns:
        Duties as fractions [importer, exporter, sector].
    """
    sigma = 1 + theta
    kept = np.flatnonzero(odds > 0)
    if len(kept) == 1:
        return duties[kept[0]]
    # Logs first: with a sigma of ten, (1 + t)^-sigma of a high duty is small but must not vanish.
    profit = np.exp(-sigma * np.log1p(duties[kept]))
    mean = np.tensordot(odds[kept], profit, axes=1)
    return np.expm1(-np.log(mean) / sigma)


def acted_on(
    policies: Mapping[str, SectorPolicy],
    base_duty: np.ndarray,
    odds: Odds,
    theta: np.ndarray,
    tie_months: float = TIE_MONTHS,
) -> dict[str, SectorPolicy]:
    """Each policy as buyers act on it.

    Args:
        policies: by key, all of `odds.keys`.
        base_duty: of the world, fractions [importer, exporter, sector]; changes are added, floored at zero.
        odds: of a step.
        theta: trade elasticity [sector].
        tie_months: mean life of a tie to a supplier.
    """
    met = odds.met(tie_months)
    changes = np.array([policies[key].duty_change for key in odds.keys])
    moved = np.any(changes != changes[0], axis=(0, 3))
    rows, columns = np.nonzero(moved)
    # Most flows are the same under every policy: only the others are worked on.
    duties = np.maximum(base_duty[rows, columns] + changes[:, rows, columns], 0.0)
    found = {}
    for place, key in enumerate(odds.keys):
        change = policies[key].duty_change.copy()
        if len(rows):
            duty = expected_duty(duties[:, None], met[place], theta)[0]
            change[rows, columns] = duty - base_duty[rows, columns]
        found[key] = replace(policies[key], duty_change=change)
    return found
