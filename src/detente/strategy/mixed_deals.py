"""Deals over options and duties at once: some duties may stand at any rate, other issues keep their options.

For every combination of the other options that changes the economy, the aims are solved on a grid of the
free rates; what lies between is read off a spline to find candidates, and every number that is reported is
solved at its own rates. The rule is then climbed from the best candidate by solved points alone, step by step
to a hundredth of a point. The certificate is the largest gain of all sides at once found by solved points:
from the best candidates of every combination and by moves from the deal itself.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from detente.core.errors import InvalidAgenda
from detente.record.asof import state_of
from detente.record.entries import Measure
from detente.strategy.agenda import Issue, Package, Step
from detente.strategy.bargain import DISTANCE_TOLERANCE, NOTHING
from detente.strategy.packages import Table, efficient
from detente.strategy.payoffs import Payoffs, policy_after

GRID = {1: 11, 2: 5, 3: 4}
"""Points a free rate, by how many rates are free."""

MESH = {1: 401, 2: 61, 3: 21}
FINEST = 0.01
"""Step of the last moves, percentage points."""

CANDIDATES = 12


@dataclass(frozen=True)
class Slider:
    """A duty that may stand at any rate.

    Attributes:
        issue: whose options are its lowest and its present rate.
        step: what is done, for the term sheet.
        low, high: bounds, percent: the lowest option and the rate of the day.
    """

    issue: Issue
    step: Step
    low: float
    high: float


@dataclass(frozen=True)
class Mixed:
    """A deal over options and rates.

    Attributes:
        package: options of the other issues; the free ones are at `keep` here.
        rates_percent: by issue of a free duty.
        worth, gains: by side, percent.
        distance_percent: largest gain of all sides at once that was found.
        interpolation_error_percent: largest gap of the spline to solved points between those of the grid.
        equilibria: solved or taken from the cache.
        checks: solved points from which more for all was looked for.
    """

    package: Package
    rates_percent: Mapping[str, float]
    worth: dict[str, float]
    gains: dict[str, float]
    distance_percent: float
    interpolation_error_percent: float
    equilibria: int
    checks: int

    @property
    def certified(self) -> bool:
        """True where nothing better for all was found."""
        return self.distance_percent <= DISTANCE_TOLERANCE and self.checks > 0

    def to_dict(self) -> dict[str, Any]:
        """The numbers, for JSON; the package by the caller."""
        return {
            "rates_percent": dict(self.rates_percent),
            "worth_percent": self.worth,
            "gain_percent": self.gains,
            "certified": self.certified,
            "distance_to_frontier_percent": self.distance_percent,
            "tolerance_percent": DISTANCE_TOLERANCE,
            "interpolation_error_percent": self.interpolation_error_percent,
            "equilibria": self.equilibria,
            "checks": self.checks,
        }


def slider(payoffs: Payoffs, name: str) -> Slider:
    """The free duty of an issue.

    Raises:
        InvalidAgenda: no such issue on the day, or not one whose options all cut or end one duty.
    """
    agenda = payoffs.agenda
    issue = next((one for one in agenda.issues if one.id == name), None)
    if issue is None:
        raise InvalidAgenda(f"issue {name}", where="--continuous", why=f"not on the table {agenda.asof.on}",
                            instead=f"of {', '.join(one.id for one in agenda.issues)}")  # fmt: skip
    steps = [step for option in issue.options[1:] for step in option.steps]
    one_each = all(len(option.steps) == 1 for option in issue.options[1:])
    cuts = one_each and all(step.change in ("cut_to", "end", "suspend") for step in steps)
    measure = payoffs.record.get(steps[0].measure)
    rate = None
    if isinstance(measure, Measure):
        rate = state_of(measure, agenda.asof, payoffs.record.settings.checked_to).rate_percent
    if not cuts or len({step.measure for step in steps}) != 1 or rate is None:
        raise InvalidAgenda(
            f"issue {name}",
            where="--continuous",
            why="its options do not all cut one duty of one rate",
            instead="an issue about one duty",
        )
    low = min(step.rate_percent or 0.0 for step in steps)
    return Slider(issue, steps[-1], low, rate)


@dataclass
class _Space:
    """The other issues' combinations and the aims at free rates."""

    payoffs: Payoffs
    sliders: Sequence[Slider]
    rest: np.ndarray

    def steps(self, row: np.ndarray, rates: np.ndarray) -> list[Step]:
        """What is done: the row's options, and each free duty at its rate."""
        done = [step for _, step in self.payoffs.agenda.steps(self.payoffs.agenda.at(row)) if step.economic]
        for one, rate in zip(self.sliders, rates, strict=True):
            if rate < one.high - 1e-12:
                kind = "cut_to" if rate > 0 else "end"
                done.append(
                    Step(one.step.by, one.step.does, one.step.within_days, one.step.measure, kind,
                         float(rate) if rate > 0 else None, one.step.instrument, one.step.authority)
                )  # fmt: skip
        return done

    def values(self, row: np.ndarray, points: np.ndarray) -> np.ndarray:
        """Aims in the economy at rates [P, k] -> [P, S]."""
        record, asof = self.payoffs.record, self.payoffs.agenda.asof
        economies = self.payoffs.prepared.world.economies
        policies = [policy_after(record, asof, self.steps(row, rates), economies) for rates in points]
        return self.payoffs.of_policies(policies)


def mixed_deal(
    payoffs: Payoffs,
    table: Table,
    names: Sequence[str],
    rule: str,
    outside: np.ndarray,
) -> Mixed | None:
    """The deal of a rule over options and free duties; None where nothing beats the outside option.

    Links between issues that the free duties are part of count as met at their lowest rates.

    Raises:
        InvalidAgenda: see `slider`; more than three.
    """
    if not 1 <= len(set(names)) == len(names) <= 3:
        raise InvalidAgenda(f"{len(names)} free duties", where="--continuous", why="one to three, each once",
                            instead="us-reciprocal-duty,china-all-goods-duty")  # fmt: skip
    sliders = [slider(payoffs, name) for name in names]
    columns = [payoffs.agenda.issues.index(one.issue) for one in sliders]
    lowest = [len(one.issue.options) - 1 for one in sliders]
    rows = table.numbers[(table.numbers[:, columns] == lowest).all(axis=1)].copy()
    rows[:, columns] = 0
    space = _Space(payoffs, sliders, rows)
    before = payoffs.solved + payoffs.reused
    combos, offsets = _combinations(space)
    axes = [np.linspace(one.low, one.high, GRID[len(sliders)]) for one in sliders]
    grid = np.array(list(itertools.product(*axes)))
    mesh_axes = [np.linspace(one.low, one.high, MESH[len(sliders)]) for one in sliders]
    mesh = np.array(list(itertools.product(*mesh_axes)))
    read = [_spline(axes, space.values(row, grid)) for row in combos]
    surfaces = [one(mesh) for one in read]
    found = _candidates(surfaces, offsets, outside, rule)
    if found is None:
        return None
    score, (combo, offset, point) = found
    exact = lambda points: space.values(combos[combo], points) + offset[0]  # noqa: E731
    rates, mine = _climb(exact, mesh[point], sliders, score, outside)
    gains = mine - outside
    if gains.min() <= NOTHING:
        return None
    distance, checks = _distance(
        space, combos, offsets, surfaces, mesh, mine, sliders, rates, combo, offset[0]
    )
    draw = np.random.default_rng(1)
    between = np.array([[draw.uniform(one.low, one.high) for one in sliders] for _ in range(6)])
    gap = float(np.abs(read[combo](between) - space.values(combos[combo], between)).max())
    chosen = rows[offset[1]]
    sides = payoffs.agenda.sides
    return Mixed(
        package=payoffs.agenda.at(chosen),
        rates_percent=dict(zip(names, map(float, rates), strict=True)),
        worth=dict(zip(sides, map(float, mine), strict=True)),
        gains=dict(zip(sides, map(float, gains), strict=True)),
        distance_percent=distance,
        interpolation_error_percent=gap,
        equilibria=payoffs.solved + payoffs.reused - before,
        checks=checks,
    )


def _combinations(space: _Space) -> tuple[list[np.ndarray], list[list[tuple[np.ndarray, int]]]]:
    """Rows that differ in the economy, and for each the own worths that no others beat."""
    payoffs, issues = space.payoffs, space.payoffs.agenda.issues
    own = np.zeros((len(space.rest), len(payoffs.agenda.sides)))
    for at, issue in enumerate(issues):
        beside = np.array([[payoffs.own(o, s).central for s in payoffs.agenda.sides] for o in issue.options])
        own += beside[space.rest[:, at]]
    economic = [at for at, issue in enumerate(issues) if any(o.economic for o in issue.options)]
    keys = space.rest[:, economic].copy()
    for column, at in enumerate(economic):
        plain = [n for n, option in enumerate(issues[at].options) if not option.economic]
        keys[np.isin(keys[:, column], plain), column] = 0
    combos: list[np.ndarray] = []
    offsets: list[list[tuple[np.ndarray, int]]] = []
    for key in np.unique(keys, axis=0):
        where = np.flatnonzero((keys == key).all(axis=1))
        best = where[efficient(own[where])]
        row = np.zeros(len(issues), dtype=int)
        row[economic] = key
        combos.append(row)
        offsets.append([(own[at], int(at)) for at in best])
    return combos, offsets


def _spline(axes: Sequence[np.ndarray], values: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
    from scipy.interpolate import RegularGridInterpolator

    shape = (*(len(axis) for axis in axes), values.shape[1])
    return RegularGridInterpolator(tuple(axes), values.reshape(shape), method="cubic")


Score = Callable[[np.ndarray], np.ndarray]


def _candidates(
    surfaces: Sequence[np.ndarray], offsets: Sequence[Sequence[tuple[np.ndarray, int]]], outside: np.ndarray,
    rule: str,
) -> tuple[Score, tuple[int, tuple[np.ndarray, int], int]] | None:  # fmt: skip
    """The rule's score of gains, and the best combination, own worths and mesh point by it."""
    every = [
        (combo, one, surface + one[0] - outside)
        for combo, (surface, own) in enumerate(zip(surfaces, offsets, strict=True))
        for one in own
    ]
    ideals = np.zeros(len(outside))
    for _, _, gains in every:
        signed = gains[(gains > NOTHING).all(axis=1)]
        if len(signed):
            ideals = np.maximum(ideals, signed.max(axis=0))
    if not (ideals > 0).all():
        return None
    score = _score(rule, ideals)
    best, found = -np.inf, None
    for combo, one, gains in every:
        scores = score(gains)
        at = int(scores.argmax())
        if scores[at] > best:
            best, found = float(scores[at]), (combo, one, at)
    return None if found is None else (score, found)


def _score(rule: str, ideals: np.ndarray) -> Score:
    if rule == "nash":
        return lambda gains: np.where(
            (gains > 0).all(axis=1), np.log(np.maximum(gains, 1e-300)).sum(axis=1), -np.inf
        )
    weights = ideals if rule == "kalai-smorodinsky" else np.ones_like(ideals)
    # A trace of the sum settles ties towards efficiency.
    return lambda gains: (gains / weights).min(axis=1) + 1e-6 * (gains / weights).sum(axis=1)


def _climb(
    exact: Callable[[np.ndarray], np.ndarray], start: np.ndarray, sliders: Sequence[Slider], score: Score,
    outside: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:  # fmt: skip
    """Solved moves along every direction of the rates, finer where none helps."""
    low = np.array([one.low for one in sliders])
    high = np.array([one.high for one in sliders])
    moves = np.array([m for m in itertools.product((-1.0, 0.0, 1.0), repeat=len(sliders)) if any(m)])
    here, mine = start, exact(start[None])[0]
    step = (high - low) / (MESH[len(sliders)] - 1)
    while step.max() > FINEST:
        there = np.clip(here + moves * step, low, high)
        values = exact(there)
        scores = score(values - outside)
        at = int(scores.argmax())
        if scores[at] > float(score((mine - outside)[None])[0]) + 1e-12:
            here, mine = there[at], values[at]
        else:
            step = step / 2
    return here, mine


def _distance(
    space: _Space, combos: Sequence[np.ndarray], offsets: Sequence[Sequence[tuple[np.ndarray, int]]],
    surfaces: Sequence[np.ndarray], mesh: np.ndarray, mine: np.ndarray, sliders: Sequence[Slider],
    rates: np.ndarray, combo: int, own: np.ndarray,
) -> tuple[float, int]:  # fmt: skip
    """The largest common gain over the deal at solved points, and how many were looked at."""
    tried: list[tuple[float, int, np.ndarray, np.ndarray]] = []
    for number, (surface, chosen) in enumerate(zip(surfaces, offsets, strict=True)):
        for offset, _ in chosen:
            common = (surface + offset - mine).min(axis=1)
            for at in np.argsort(-common)[:2]:
                tried.append((float(common[at]), number, offset, mesh[at]))
    tried.sort(key=lambda one: -one[0])
    best, checks = 0.0, 0
    for _, number, offset, point in tried[:CANDIDATES]:
        values = space.values(combos[number], point[None])[0] + offset
        best, checks = max(best, float((values - mine).min())), checks + 1
    low, high = np.array([one.low for one in sliders]), np.array([one.high for one in sliders])
    for size in (5.0, 1.0, 0.2, 0.05):
        moves = np.concatenate([size * np.eye(len(sliders)), -size * np.eye(len(sliders))])
        there = np.clip(rates + moves, low, high)
        values = space.values(combos[combo], there) + own
        best, checks = max(best, float((values - mine).min(axis=1).max())), checks + len(there)
    return max(0.0, best), checks


def terms_of(mixed: Mixed, sliders: Sequence[Slider]) -> list[dict[str, Any]]:
    """The free duties of a deal as terms, those left as they are apart."""
    return [
        {
            "issue": one.issue.id,
            "by": one.step.by,
            "does": f"sets the duty ({one.issue.title}) at {mixed.rates_percent[one.issue.id]:.1f} percent, "
            f"from {one.high:g}",
            "rate_percent": mixed.rates_percent[one.issue.id],
            "from_percent": one.high,
            "authority": one.step.authority,
            "within_days": one.step.within_days,
        }
        for one in sliders
        if mixed.rates_percent[one.issue.id] < one.high - FINEST
    ]
