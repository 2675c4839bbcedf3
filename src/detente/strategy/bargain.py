"""Which deal both would sign: efficient duties and other levers, shared out by a bargaining rule.

    egalitarian        all gain the same, in percent of their aims, and as much as can be
    kalai-smorodinsky  all gain the same part of the most that each could gain
    nash               the product of gains is largest

Gains are over the outside options. Efficiency is over the levers on the table alone: without payments.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from detente.core.errors import InvalidGame, InvalidOption, UnsolvableShock
from detente.economy.outcome import Outcome
from detente.strategy.arena import Arena, require_bounded
from detente.strategy.ascend import ascend
from detente.strategy.choice import Choice, rates_of
from detente.strategy.deals import Reached, Table, along_ray
from detente.strategy.optimal import outcome_at

RULES = ("egalitarian", "kalai-smorodinsky", "nash")

DISTANCE_TOLERANCE = 1e-4
"""Largest common gain, percent of every aim, that a certified deal leaves on the table."""

NOTHING = 1e-6
"""A common gain below this, percent, is none."""

CHECKS = 4


@dataclass(frozen=True)
class Deal:
    """A bargain.

    Attributes:
        rule: one of `RULES`, or "frontier".
        entries: of each side, by label.
        rates: logs of gross rates of everybody.
        aims_percent, outside_percent: of each side.
        weights: what a percent of each side's aim is worth at the deal, summing to one; normal to the
            frontier.
        distance_percent: the largest gain of every side at once that was still found.
        starts: points from which it was searched for, the deal's own among them.
        red_lines: shortfall of the largest broken red line, percent; 0 where all are kept.
        in_time: False where the time ran out.
        outcome: the certified equilibrium.
        seconds: wall time.
    """

    rule: str
    entries: dict[str, np.ndarray]
    rates: np.ndarray
    aims_percent: dict[str, float]
    outside_percent: dict[str, float]
    weights: dict[str, float]
    distance_percent: float
    starts: int
    red_lines: float
    in_time: bool
    outcome: Outcome
    seconds: float

    @property
    def certified(self) -> bool:
        """True where no common gain above the tolerance was found and no red line is broken."""
        return (
            self.distance_percent <= DISTANCE_TOLERANCE
            and self.red_lines <= DISTANCE_TOLERANCE
            and self.starts > 1
            and self.in_time
        )

    def to_dict(self, choices: Sequence[Choice]) -> dict[str, Any]:
        """For JSON."""
        return {
            "rule": self.rule,
            "certified": self.certified,
            "distance_to_frontier_percent": self.distance_percent,
            "tolerance_percent": DISTANCE_TOLERANCE,
            "starts": self.starts,
            "red_line_shortfall_percent": self.red_lines,
            "in_time": self.in_time,
            "seconds": self.seconds,
            "outcome_certificate": self.outcome.certificate.to_dict(),
            "sides": {
                one.side: {
                    "aim_percent": self.aims_percent[one.side],
                    "outside_option_percent": self.outside_percent[one.side],
                    "gain_percent": self.aims_percent[one.side] - self.outside_percent[one.side],
                    "weight_share": self.weights[one.side],
                    "rates_percent": one.rates_percent(self.entries[one.side]),
                    "at_bound": one.at_bound(self.entries[one.side]),
                }
                for one in choices
            },
        }


class Talks:
    """Sides at a table, with outside options and red lines.

    Args:
        arena: aims of the sides first, then of red lines.
        choices: levers of each side.
        outside: each side's aim where there is no deal, percent [S]; the status quo by default.
        floors: least values of the red lines' aims [A - S].
        rates: in force, logs of gross rates; by default of the base day.
        deadline: `time.monotonic()` at which the best so far is given.
        progress: called with words.

    Raises:
        InvalidGame: fewer than two sides; a problem without a bound.
    """

    def __init__(
        self,
        arena: Arena,
        choices: Sequence[Choice],
        *,
        outside: Sequence[float] | None = None,
        floors: Sequence[float] = (),
        rates: np.ndarray | None = None,
        deadline: float = np.inf,
        progress: Callable[[str], None] = lambda words: None,
    ) -> None:
        count = len(choices)
        sides = [one.side for one in choices]
        aims = [aim.side for aim in arena.aims]
        if count < 2 or aims[:count] != sides or len(aims) != count + len(floors):
            raise InvalidGame(
                f"talks of {', '.join(sides) or 'nobody'}",
                where="SIDES",
                why="talks need two sides or more, an aim for each, and a floor for each red line",
                instead="for example USA,CHN",
            )
        require_bounded(arena.prepared, choices)
        self.arena, self.choices, self.sides = arena, tuple(choices), sides
        rates = rates_of(arena.prepared.world) if rates is None else rates
        self.table = Table(arena, choices, rates, deadline)
        self.progress, self.deadline = progress, deadline
        status_quo = arena.values(rates[None])[0]
        if not np.isfinite(status_quo).all():
            raise UnsolvableShock(
                "the duties in force", why="they have no certified equilibrium", instead="others"
            )
        given = status_quo[:count] if outside is None else np.asarray(outside, dtype=float)
        if given.shape != (count,) or not np.isfinite(given).all():
            raise InvalidOption(
                f"outside options {outside}",
                where="--outside",
                why="one number a side is needed",
                instead="percent, by side",
            )
        self.outside = given
        self.origin = np.concatenate([given, np.asarray(floors, dtype=float)])
        self._ideals: np.ndarray | None = None
        self._common: Reached | None = None

    def ray(self, shares: np.ndarray) -> np.ndarray:
        """A ray over sides, still for red lines [A]."""
        return np.concatenate([shares, np.zeros(len(self.origin) - len(shares))])

    def common(self) -> Reached:
        """The most that all can gain alike.

        Raises:
            InvalidGame: even that leaves some side below its outside option, or breaks a red line.
        """
        if self._common is None:
            self.progress("talks: the most that all can gain alike")
            found = along_ray(self.table, self.origin, self.ray(np.ones(len(self.sides))))
            if found.shortfall > DISTANCE_TOLERANCE:
                raise InvalidGame(
                    "the red lines",
                    where="--red-line",
                    why=f"no deal keeps all of them: the best found is {found.shortfall:.3g}% short of one",
                    instead="red lines that can be kept together, or more levers on the table",
                )
            if found.in_time and found.s < -NOTHING:
                raise InvalidGame(
                    "these outside options",
                    where="--outside",
                    why=f"no deal is as good for all; the best found leaves one side {-found.s:.3g}% short",
                    instead="lower outside options, or more levers on the table",
                )
            self._common = found
        return self._common

    def ideals(self) -> np.ndarray:
        """The most that each side could gain while no other loses [S]."""
        if self._ideals is None:
            start, gains = self.common().entries, []
            for at, side in enumerate(self.sides):
                self.progress(f"talks: the most that {side} could gain")
                gains.append(along_ray(self.table, *self._alone(at), start=start).s)
            self._ideals = np.maximum(np.array(gains), NOTHING)
        return self._ideals

    def _alone(self, at: int) -> tuple[np.ndarray, np.ndarray]:
        ray = np.zeros(len(self.origin))
        ray[at] = 1.0
        return self.origin, ray

    def deal(self, rule: str = "egalitarian", *, checks: int = CHECKS) -> Deal:
        """The bargain by a rule.

        Args:
            rule: one of `RULES`.
            checks: other points from which gains for all are searched.

        Raises:
            InvalidOption: no such rule.
            InvalidGame: no deal is as good for all as having none.
        """
        began = time.perf_counter()
        if rule not in RULES:
            raise InvalidOption(
                f"rule {rule!r}", where="--rule", why="no such rule", instead=f"one of {', '.join(RULES)}"
            )
        found = self.common()
        if rule == "kalai-smorodinsky":
            found = along_ray(self.table, self.origin, self.ray(self.ideals()), start=found.entries)
        elif rule == "nash" and found.s > NOTHING:
            found = self._product(found)
        return self._certified(rule, found, began, checks)

    def frontier(self, points: int = 9, *, checks: int = 1) -> list[Deal]:
        """Deals along the Pareto frontier above the outside options, by rays between the sides' ideals.

        With two sides the rays turn from one side's gain to the other's; with more, each side in turn
        is favoured and the middle is shared.
        """
        ideals = self.ideals()
        count = len(self.sides)
        if count == 2:
            turns = np.linspace(0.02, 0.98, points)
            shares = [np.array([t, 1 - t]) for t in turns]
        else:
            shares = [np.full(count, 1.0)]
            shares += [1.0 + (points - 1.0) * (np.arange(count) == k) for k in range(count)]
        deals, start = [], self.common().entries
        for number, share in enumerate(shares, start=1):
            self.progress(f"talks: frontier {number} of {len(shares)}")
            began = time.perf_counter()
            found = along_ray(self.table, self.origin, self.ray(share * ideals), start=start)
            start = found.entries
            deals.append(self._certified("frontier", found, began, checks))
        return deals

    def _product(self, start: Reached) -> Reached:
        """The largest product of gains, from a point where all gain."""
        count, table = len(self.sides), self.table
        if len(self.origin) > count:
            raise InvalidOption(
                "the rule nash with red lines on outcomes",
                why="it is solved without constraints on outcomes",
                instead="red lines on levers, or the rule egalitarian or kalai-smorodinsky",
            )

        def function(entries: np.ndarray) -> tuple[float, np.ndarray] | None:
            found = table.slopes(entries)
            if found is None or (found[0] <= self.outside).any():
                return None
            gains = found[0] - self.outside
            return float(np.log(gains).sum()), (found[1] / gains[:, None]).sum(axis=0)

        gains = start.aims - self.outside
        slopes = table.slopes(start.entries)
        assert slopes is not None
        scaled = slopes[1] / gains[:, None]
        curvature = table.curvature(start.entries, 1 / gains) + scaled.T @ scaled
        found = ascend(
            function, start.entries, table.lower, table.upper, curvature, precision=1e-6,
            noise=self.arena.noise / float(gains.min()), gain=1e-10, deadline=table.deadline,
        )  # fmt: skip
        assert found is not None
        at = table.slopes(found.point)
        assert at is not None
        weights = 1 / (at[0] - self.outside)
        gain = float((at[0] - self.outside).min())
        return Reached(found.point, gain, at[0], weights / weights.sum(), 0.0, 0.0, found.in_time)

    def _certified(self, rule: str, found: Reached, began: float, checks: int) -> Deal:
        table, count = self.table, len(self.sides)
        self.progress(f"talks: distance of the {rule} deal to the frontier")
        distance, starts = self._distance(found, checks)
        rates = table.put(found.entries)
        total = found.weights[:count].sum()
        floors = np.maximum(0.0, self.origin[count:] - found.aims[count:])
        by_side = dict(zip(self.sides, table.take(found.entries), strict=True))
        return Deal(
            rule=rule,
            entries=by_side,
            rates=rates,
            aims_percent=dict(zip(self.sides, map(float, found.aims[:count]), strict=True)),
            outside_percent=dict(zip(self.sides, map(float, self.outside), strict=True)),
            weights=dict(zip(self.sides, map(float, found.weights[:count] / (total or 1.0)), strict=True)),
            distance_percent=distance,
            starts=starts,
            red_lines=float(floors.max(initial=0.0)),
            in_time=found.in_time and time.monotonic() <= self.deadline,
            outcome=outcome_at(self.arena.prepared, rates),
            seconds=time.perf_counter() - began,
        )

    def _distance(self, found: Reached, checks: int) -> tuple[float, int]:
        """The largest gain of all sides at once found from the deal and from other points, and how many.

        From the deal itself also by single moves without slopes.
        """
        table, count = self.table, len(self.sides)
        origin = np.concatenate([found.aims[:count], self.origin[count:]])
        ray = self.ray(np.ones(count))
        singles = []
        for step in (0.02, -0.02):
            moved = np.repeat(found.entries[None], table.size, axis=0)
            moved[np.arange(table.size), np.arange(table.size)] += step
            singles.append(np.clip(moved, table.lower, table.upper))
        values = table.values(np.concatenate(singles))
        kept = (values[:, count:] >= self.origin[count:] - DISTANCE_TOLERANCE).all(axis=1)
        common = np.where(kept, (values[:, :count] - found.aims[:count]).min(axis=1), -np.inf)
        best, starts = max(0.0, float(np.nanmax(common, initial=0.0))), 1
        draw = np.random.default_rng(2)
        spread = np.minimum(table.upper - table.lower, 0.3)
        points = [found.entries]
        points += [found.entries + spread * draw.uniform(-0.5, 0.5, table.size) for _ in range(checks)]
        for number, point in enumerate(points):
            if time.monotonic() > self.deadline:
                break
            try:
                again = along_ray(table, origin, ray, start=point)
            except UnsolvableShock:
                continue
            starts += number > 0
            if again.shortfall <= DISTANCE_TOLERANCE:
                best = max(best, again.s)
        return best, starts
