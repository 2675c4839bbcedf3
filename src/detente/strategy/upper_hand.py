"""Who has the upper hand, in words only where it holds across every case shown.

    hold of a lever = cost to its target - cost to its holder,     each in percent of the side's real income

Where both sides use their strongest levers, side A loses o_A + d_B (its own cost and the other's blow) and
side B o_B + d_A. A loses less exactly where d_A - o_A > d_B - o_B: the side with the larger hold has the
upper hand. A side need not use a lever that hurts itself more than the other, so a hold is at least zero.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from detente.core.places import the
from detente.strategy.cases import Case

EVEN = 1e-6
"""Gap of holds, percentage points, below which they are even."""


@dataclass(frozen=True)
class Hold:
    """The strongest lever of a side in a case.

    Attributes:
        lever: its id; empty where every lever hurts its holder more, or none may be used.
        points: cost to the target less cost to the holder, percentage points of real income.
    """

    lever: str
    points: float


@dataclass(frozen=True)
class Comparison:
    """Both sides in one case.

    Attributes:
        case: the setting.
        holds: by side; None where a lever that may decide has no certified equilibrium.
        why: what was not certified.
    """

    case: Case
    holds: Mapping[str, Hold] | None
    why: str = ""

    def gap(self, first: str, second: str) -> float:
        """Hold of the first less that of the second, points; NaN where not solved."""
        if self.holds is None:
            return float("nan")
        return self.holds[first].points - self.holds[second].points

    def to_dict(self, first: str, second: str) -> dict[str, Any]:
        """For JSON."""
        head = {**self.case.to_dict(), "solved": self.holds is not None}
        if self.holds is None:
            return {**head, "message": self.why}
        return {
            **head,
            "strongest": {
                side: {"lever": hold.lever or None, "hold_points": hold.points}
                for side, hold in self.holds.items()
            },
            "gap_points": self.gap(first, second),
            "upper_hand": _leader(self.gap(first, second), first, second),
        }


def strongest(holds: Mapping[str, float]) -> Hold:
    """The largest hold of a side's levers that may be used; nothing where none is above zero."""
    if not holds or max(holds.values()) <= 0:
        return Hold("", 0.0)
    lever = max(holds, key=lambda name: holds[name])
    return Hold(lever, holds[lever])


def _leader(gap: float, first: str, second: str) -> str | None:
    return None if not abs(gap) > EVEN else first if gap > 0 else second


@dataclass(frozen=True)
class Verdict:
    """The answer over some comparisons.

    Attributes:
        side: who has the upper hand in every case; None where nobody has in all.
        sentence: in words; where nobody has, what it turns on.
        turns_on: factors of the cases that differ from the central one, in their order.
        gaps: smallest and largest size of the gap over cases solved, points; None where none is.
        cases, solved: how many.
    """

    side: str | None
    sentence: str
    turns_on: tuple[str, ...]
    gaps: tuple[float, float] | None
    cases: int
    solved: int

    @property
    def holds(self) -> bool:
        """Whether one side has the upper hand in every case."""
        return self.side is not None

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "holds": self.holds,
            "side": self.side,
            "sentence": self.sentence,
            "turns_on": list(self.turns_on),
            "gap_points": None if self.gaps is None else list(self.gaps),
            "cases": self.cases,
            "solved": self.solved,
        }


def verdict(
    compared: Sequence[Comparison], first: str, second: str, names: Mapping[str, str], when: str = ""
) -> Verdict:
    """Who has the upper hand, if one side has it in every case.

    Args:
        compared: cases, the central one first.
        first, second: the sides.
        names: of levers, by id.
        when: words that end the sentence: "in the first year".
    """
    gaps = np.array([one.gap(first, second) for one in compared])
    leaders = [None if np.isnan(gap) else _leader(gap, first, second) for gap in gaps]
    solved = int(np.isfinite(gaps).sum())
    when = f" {when}" if when else ""
    sizes = np.abs(gaps[np.isfinite(gaps)])
    ends = (float(sizes.min()), float(sizes.max())) if solved else None
    central = leaders[0] if leaders else None
    if solved and ends is not None and ends[1] <= EVEN and solved == len(compared):
        return Verdict(
            None, f"Neither side has a hold over the other{when}.", (), ends, len(compared), solved
        )
    if central is not None and all(one == central for one in leaders):
        other = second if central == first else first
        assert ends is not None
        sentence = (
            f"{_capital(the(central))} has the upper hand{when}: where both use their strongest levers it "
            f"loses a smaller share of its income than {the(other)} in all {len(compared)} settings (by "
            f"{ends[0]:.2g} to {ends[1]:.2g} points){_levers(compared, central, other, names)}."
        )
        return Verdict(central, sentence, (), ends, len(compared), solved)
    differ = [one for one, leader in zip(compared, leaders, strict=True) if leader != central]
    turns = tuple(dict.fromkeys(_turns_on(one, first, second, names) for one in differ))
    head = "no side has the upper hand" if central is None else f"{the(central)} has it"
    count = f"{len(differ)} of {len(compared)} settings differ"
    if solved < len(compared):
        count += f", {len(compared) - solved} not certified"
    sentence = (
        f"Not settled{when}: {head} in the central setting, and it turns on {_list(turns) or 'the setting'} "
        f"({count})."
    )
    return Verdict(None, sentence, turns, ends, len(compared), solved)


def _turns_on(one: Comparison, first: str, second: str, names: Mapping[str, str]) -> str:
    """The factor of a case that differs, with the lever that leads in it."""
    factor = "the horizon" if one.case.factor == "central" else f"the {one.case.factor}"
    if one.holds is None:
        return f"{factor} (not certified)"
    leader = _leader(one.gap(first, second), first, second)
    lever = one.holds[leader].lever if leader else ""
    return f"{factor} ({_inside(names[lever])})" if lever else factor


def _levers(compared: Sequence[Comparison], leader: str, other: str, names: Mapping[str, str]) -> str:
    """The strongest lever of each, where it is the same in every case."""
    words = []
    for side in (leader, other):
        used = {one.holds[side].lever for one in compared if one.holds is not None}
        if len(used) == 1 and (lever := used.pop()):
            words.append(f"the strongest lever of {the(side)} is {_inside(names[lever])}")
    return f"; {' and '.join(words)}" if words else ""


def _list(words: Sequence[str]) -> str:
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"


def _inside(name: str) -> str:
    """A name as it stands inside a sentence: "US Treasuries sold" keeps its capitals."""
    return name if name[1:2].isupper() else name[:1].lower() + name[1:]


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
