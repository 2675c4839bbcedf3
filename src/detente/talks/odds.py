"""Odds as they are shown: counts of plays, rounded to five points so that they still add up to one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence


def to_five_points(counts: Mapping[str, float]) -> dict[str, float]:
    """Shares rounded to 0.05 that add up to 1 exactly: the largest remainders take what is left over.

    Args:
        counts: what happened how often; not all zero.
    """
    total = sum(counts.values())
    exact = {name: 20 * count / total for name, count in counts.items()}
    steps = {name: int(value) for name, value in exact.items()}
    left = 20 - sum(steps.values())
    for name in sorted(exact, key=lambda name: (steps[name] - exact[name], name))[:left]:
        steps[name] += 1
    return {name: step / 20 for name, step in steps.items()}


def shares(names: Sequence[str], seen: Sequence[str]) -> dict[str, float]:
    """Odds of each name, in order, from what was seen."""
    return to_five_points({name: float(seen.count(name)) for name in names})


def row_in_words(counts: Mapping[str, float]) -> dict[str, str]:
    """Shares of one whole as they are shown: in steps of 5 points that add up to 100.

    What happened in some run and rounds to nothing is `under 5%`, and counts as nothing in the sum.
    """
    steps, total = to_five_points(counts), sum(counts.values())
    found = {}
    for name, step in steps.items():
        some = 0 < counts[name] < total
        found[name] = (
            "under 5%" if some and step == 0 else "over 95%" if some and step == 1 else f"{100 * step:.0f}%"
        )
    return found


def in_words(share: float) -> str:
    """Odds as they are shown: to 5 points, never 0 or 100 of what happened or did not in some run."""
    if share <= 0:
        return "0%"
    if share >= 1:
        return "100%"
    points = 5 * round(20 * share)
    return "under 5%" if points == 0 else "over 95%" if points == 100 else f"{points}%"
