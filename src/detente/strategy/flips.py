"""Where a ranking flips: the value of an assumption at which a difference changes sign, found by a search.

The assumption is tried on a grid around its central value; between the nearest pair of points with
different signs it is halved until the value is known to a few percent. Points without a certified answer
take no part.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

PRECISION = 0.02
"""Width of the last bracket over its upper end."""

HALVINGS = 12


@dataclass(frozen=True)
class Flip:
    """The result of a search.

    Attributes:
        assumption: what was varied; unit: of its values.
        central: its value in the central setting.
        value: at which the sign changes, nearest to the central value; None where it does not in the range.
        searched: lowest and highest value with a certified answer; None where there was none.
        leads: whether the difference is above zero at the central value; None where that is not certified.
        tried: points tried, and how many had no certified answer.
    """

    assumption: str
    unit: str
    central: float
    value: float | None
    searched: tuple[float, float] | None
    leads: bool | None
    tried: tuple[int, int]

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "assumption": self.assumption,
            "unit": self.unit,
            "central": self.central,
            "value": self.value,
            "searched": None if self.searched is None else list(self.searched),
            "leads_at_central": self.leads,
            "tried": self.tried[0],
            "not_certified": self.tried[1],
        }


def flip(
    difference: Callable[[float], float],
    grid: Sequence[float],
    central: float,
    assumption: str,
    unit: str,
    *,
    known: dict[float, float] | None = None,
) -> Flip:
    """The value nearest to the central one at which a difference changes sign.

    Args:
        difference: at a value of the assumption; NaN where it is not certified.
        grid: values to try; the central one is added.
        central: value of the central setting.
        assumption, unit: names.
        known: values that need no search: value -> difference.
    """
    found = dict(known or {})
    failed = 0

    def at(value: float) -> float:
        nonlocal failed
        if value not in found:
            found[value] = float(difference(value))
            failed += bool(np.isnan(found[value]))
        return found[value]

    here = at(central)
    solved = [value for value in sorted({*grid, central}) if not np.isnan(at(value))]
    ends = (solved[0], solved[-1]) if solved else None
    if np.isnan(here):
        return Flip(assumption, unit, central, None, ends, None, (len(found), failed))
    pairs = [(low, high) for low, high in itertools.pairwise(solved) if (at(low) > 0) != (at(high) > 0)]
    value = None
    if pairs:
        value = _halved(at, *min(pairs, key=lambda pair: min(abs(end - central) for end in pair)))
    return Flip(assumption, unit, central, value, ends, here > 0, (len(found), failed))


def _halved(at: Callable[[float], float], low: float, high: float) -> float:
    """A change of sign between two values, to `PRECISION`."""
    above = at(low) > 0
    for _ in range(HALVINGS):
        if high - low <= PRECISION * high:
            break
        middle = float(np.sqrt(low * high)) if low > 0 else (low + high) / 2
        value = at(middle)
        if np.isnan(value):
            break
        if (value > 0) == above:
            low = middle
        else:
            high = middle
    return (low + high) / 2
