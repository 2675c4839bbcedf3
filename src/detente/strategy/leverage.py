"""Leverage: what each side holds over the other, case by case, and who has the upper hand.

Each lever is put on top of the policies in force on the day, at the margin and in full, in the first year
and after some years. In the first year a cost counts for the part of the year in which it is felt: the
holder's from the day the lever is in force, the target's once stocks are gone as well.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from detente.core.errors import InvalidLever
from detente.strategy.armed import Armed, Counted
from detente.strategy.bench import Answer, Bench, require_labels
from detente.strategy.cases import Case, cases
from detente.strategy.flips import Flip
from detente.strategy.lever_table import LeverTable
from detente.strategy.nash import Progress, quiet
from detente.strategy.upper_hand import Comparison, Verdict, verdict


@dataclass(frozen=True)
class Row:
    """A line of the table.

    Attributes:
        armed: the lever and its law.
        margin: by horizon: cost of the first point, or of the first percent withheld; None where costs are
            stated or it was not asked for.
        full: by horizon, in full.
        ends: by horizon: lowest and highest hold over all cases solved, points; None where none is.
        flip: of its key assumption in the first horizon; None where it may not be used or was not searched.
    """

    armed: Armed
    margin: tuple[Answer | None, ...]
    full: tuple[Counted, ...]
    ends: tuple[tuple[float, float] | None, ...]
    flip: Flip | None


@dataclass(frozen=True)
class Leverage:
    """The answer.

    Attributes:
        sides: first and second.
        rows: levers, in file order.
        horizons: cases by horizon, the central one first.
        comparisons: by horizon, case by case.
        verdicts: by horizon; overall: over all cases of all horizons.
        flips: of the strongest lever of each side in the first horizon, over every assumption that fits it.
        contenders: ids of the levers solved in every case; the rest are too weak to decide.
        solves: equilibria solved.
    """

    sides: tuple[str, str]
    rows: tuple[Row, ...]
    horizons: tuple[tuple[Case, ...], ...]
    comparisons: tuple[tuple[Comparison, ...], ...]
    verdicts: tuple[Verdict, ...]
    overall: Verdict
    flips: Mapping[str, tuple[Flip, ...]]
    contenders: tuple[str, ...]
    solves: int


def leverage(
    armed: Sequence[Armed],
    bench: Bench,
    sides: tuple[str, str],
    *,
    years: Sequence[float | None] = (1.0, 3.0),
    brief: bool = False,
    progress: Progress = quiet,
) -> Leverage:
    """What each side holds over the other.

    Args:
        armed: levers with their law.
        bench: solves them.
        sides: whom the question is about; levers of others take no part.
        years: horizons, in models that have one; None for the long run.
        brief: fewer cases and no searches.
        progress: told what is going on.

    Raises:
        InvalidLever: a lever on labels or goods that the world lacks, or a side without levers.
    """
    armed = [one for one in armed if {one.lever.holder, one.lever.target} == set(sides)]
    for side in sides:
        if not any(one.lever.holder == side for one in armed):
            raise InvalidLever(
                f"no lever of {side}",
                where="levers.yaml",
                why="who has the upper hand is asked of two sides that hold something over each other",
                instead=f"a lever with holder {side}",
            )
    for one in armed:
        require_labels(one.lever, bench.world)
    table = LeverTable(armed, bench, sides, progress)
    horizons = cases(bench.world, bench.model, years, sides, brief=brief)
    total = sum(map(len, horizons))
    first = [case for listed in horizons for case in listed if case.factor in ("central", "sourced ranges")]
    for number, case in enumerate(first, start=1):
        progress(f"leverage: case {number} of {total}, {_in_words(case)}")
        table.solve(case, armed)
    table.deciding = deciding = table.contenders(first)
    others = [case for listed in horizons for case in listed if case not in first]
    for number, case in enumerate(others, start=len(first) + 1):
        progress(f"leverage: case {number} of {total}, {_in_words(case)}")
        table.solve(case, deciding)
    progress("leverage: at the margin")
    margins = [{} if brief else table.margin(listed[0]) for listed in horizons]
    comparisons = tuple(tuple(table.compared(case, deciding) for case in listed) for listed in horizons)
    names = {one.lever.id: one.lever.name for one in armed}
    verdicts = tuple(verdict(listed, *sides, names, _when(listed[0].case)) for listed in comparisons)
    flips: dict[str, tuple[Flip, ...]] = {}
    key_flips: dict[str, Flip] = {}
    if not brief:
        central = horizons[0][0]
        for one in armed:
            if one.usable:
                progress(f"leverage: where {one.lever.id} flips the ranking")
                key_flips[one.lever.id] = table.key_flip(one, central)
        for side, hold in (comparisons[0][0].holds or {}).items():
            best = next((one for one in armed if one.lever.id == hold.lever), None)
            if best is not None:
                progress(f"leverage: what {side}'s strongest lever turns on")
                flips[side] = tuple(table.flip(best, central, name) for name in table.assumptions(best))
    rows = tuple(
        Row(
            one,
            tuple(margin.get(one.lever.id) for margin in margins),
            tuple(table.cost(listed[0], one) for listed in horizons),
            tuple(table.ends(listed, one) for listed in horizons),
            key_flips.get(one.lever.id),
        )
        for one in armed
    )
    return Leverage(
        sides,
        rows,
        tuple(map(tuple, horizons)),
        comparisons,
        verdicts,
        verdict([one for listed in comparisons for one in listed], *sides, names),
        flips,
        tuple(one.lever.id for one in deciding),
        bench.solves,
    )


def _when(case: Case) -> str:
    if case.years is None:
        return "in the long run"
    return "within the first year" if case.years == 1 else f"after {case.years:g} years"


def _in_words(case: Case) -> str:
    return f"{_when(case)}: {case.label}"
