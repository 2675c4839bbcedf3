"""Costs of levers by case, what they lead to, and where their rank flips."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from detente.core.errors import InvalidLever
from detente.economy.certificate import NotSolved
from detente.strategy.armed import Armed, Cost, Counted
from detente.strategy.bench import Answer, Bench
from detente.strategy.cases import SHIFTED_FROM, Case, at
from detente.strategy.flips import Flip, flip
from detente.strategy.levers_file import MARGIN, POINTS, Lever
from detente.strategy.nash import Progress
from detente.strategy.sourced import Sourced
from detente.strategy.upper_hand import Comparison, strongest

CONTENDER = 0.25
"""A lever may decide where its hold is this part or more of its side's strongest in a first case."""

MOST_POINTS = 200.0
SCALES = (0.25, 0.5, 1.0, 2.0, 4.0)
SUBSTITUTION = (0.02, 0.05, 0.2, 0.5, 0.95)
SHARES = (0.2, 0.4, 0.6, 0.8, 0.9, 0.95)


class LeverTable:
    """Costs of levers by case."""

    def __init__(
        self, armed: Sequence[Armed], bench: Bench, sides: tuple[str, str], progress: Progress
    ) -> None:
        self.armed, self.bench, self.sides, self.progress = armed, bench, sides, progress
        self.deciding: Sequence[Armed] = armed
        # Cases are told apart as objects; those that a search makes are kept, so that no id is given twice.
        self._costs: dict[tuple[int, str], Counted] = {}
        self._cases: list[Case] = []
        self._scaled: dict[tuple[float | None, float], Case] = {}

    def solve(self, case: Case, wanted: Sequence[Armed]) -> None:
        """Costs of some levers in a case."""
        self._cases.append(case)
        wanted = [one for one in wanted if (id(case), one.lever.id) not in self._costs]
        carried = [one for one in wanted if one.lever.in_economy]
        found = self.bench.effects(case, [(one.lever, one.size(case), one.replaced(case)) for one in carried])
        answers = {one.lever.id: answer for one, answer in zip(carried, found, strict=True)}
        for one in wanted:
            self._costs[id(case), one.lever.id] = self.counted(case, one, answers.get(one.lever.id))

    def counted(self, case: Case, one: Armed, answer: Answer | None) -> Counted:
        """A lever's cost in a case from the economy's answer, or from its stated costs."""
        target_felt, holder_felt = one.felt(case)
        if answer is None:
            target, holder = (
                self.stated(case, one, key, label)
                for key, label in (("cost_to_target", one.lever.target), ("cost_to_holder", one.lever.holder))
            )
            return Cost(
                target_felt * target[0], holder_felt * holder[0], target_felt * target[1],
                holder_felt * holder[1], None,
            )  # fmt: skip
        if isinstance(answer, NotSolved):
            return answer
        return Cost(
            target_felt * answer.target_percent,
            holder_felt * answer.holder_percent,
            target_felt * answer.target_usd_million,
            holder_felt * answer.holder_usd_million,
            answer,
        )

    def stated(self, case: Case, one: Armed, key: str, label: str) -> tuple[float, float]:
        """A stated cost in percent of real income and in USD million, yearly."""
        later = case.years is None or case.years >= SHIFTED_FROM
        given: Sourced | None = (getattr(one.lever, f"{key}_later") if later else None) or getattr(
            one.lever, key
        )
        assert given is not None
        # Low costs of its own serve the holder, high ones of the target do.
        usd = 1000 * at(given, case, one.lever.holder, high_favours=key == "cost_to_target")
        row = self.bench.world.economies.index(label)
        return 100 * usd / float(self.income(case)[row]), usd

    def income(self, case: Case) -> np.ndarray:
        """Real income today in the central setting of the case's horizon, USD million."""
        central = next(one for one in self._cases if one.years == case.years and one.factor == "central")
        return self.bench.income(central)

    def cost(self, case: Case, one: Armed) -> Counted:
        """What was solved."""
        return self._costs[id(case), one.lever.id]

    def margin(self, case: Case) -> dict[str, Answer]:
        """Each lever the economy carries, at the margin."""
        carried = [one for one in self.armed if one.lever.in_economy]
        found = self.bench.effects(case, [(one.lever, MARGIN[one.lever.unit], 0.0) for one in carried])
        return {one.lever.id: answer for one, answer in zip(carried, found, strict=True)}

    def contenders(self, first: Sequence[Case]) -> list[Armed]:
        """Levers that may be used and come near their side's strongest in some case."""
        found = set()
        for case in first:
            for side in self.sides:
                costs = {
                    one.lever.id: self.cost(case, one)
                    for one in self.armed
                    if one.usable and one.lever.holder == side
                }
                holds = {name: cost.hold for name, cost in costs.items() if isinstance(cost, Cost)}
                best = max(holds.values(), default=0.0)
                found |= {name for name, hold in holds.items() if hold > 0 and hold >= CONTENDER * best}
                found |= {name for name, cost in costs.items() if isinstance(cost, NotSolved)}
        return [one for one in self.armed if one.lever.id in found]

    def compared(self, case: Case, deciding: Sequence[Armed]) -> Comparison:
        """Both sides in a case."""
        holds = {}
        for side in self.sides:
            points: dict[str, float] = {}
            for one in deciding:
                if one.lever.holder != side or not one.usable:
                    continue
                cost = self.cost(case, one)
                if isinstance(cost, NotSolved):
                    return Comparison(case, None, f"{one.lever.id}: {cost.message}")
                points[one.lever.id] = cost.hold
            holds[side] = strongest(points)
        return Comparison(case, holds)

    def ends(self, listed: Sequence[Case], one: Armed) -> tuple[float, float] | None:
        """Lowest and highest hold of a lever over the cases of a horizon in which it was solved."""
        costs = [self._costs.get((id(case), one.lever.id)) for case in listed]
        holds = [cost.hold for cost in costs if isinstance(cost, Cost)]
        return (min(holds), max(holds)) if holds else None

    def rival(self, case: Case, side: str, rivals: Sequence[Armed]) -> float:
        """The strongest hold of the other side in a case, points; NaN where not certified."""
        points: dict[str, float] = {}
        for one in rivals:
            if one.usable and one.lever.holder != side:
                cost = self._costs.get((id(case), one.lever.id))
                if not isinstance(cost, Cost):
                    return float("nan")
                points[one.lever.id] = cost.hold
        return strongest(points).points

    def assumptions(self, one: Armed) -> list[str]:
        """What a lever's rank may turn on, its key assumption first."""
        lever = one.lever
        found = [lever.turns_on]
        if lever.in_economy:
            found += ["trade elasticity", "size"]
            found += ["substitution"] if self.parts(lever) else []
            found += ["substitutes"] if lever.substitutes_share is not None else []
        return list(dict.fromkeys(found))

    def parts(self, lever: Lever) -> list[str]:
        """Critical inputs that the lever moves."""
        return [s for move in lever.moves for s in move.sectors if s in self.bench.ranges]

    def key_flip(self, one: Armed, central: Case) -> Flip:
        """The flip of a lever's key assumption; for levers that may decide, of the next one where it has
        none."""
        found = self.flip(one, central, one.lever.turns_on)
        if found.value is None and one in self.deciding:
            for name in self.assumptions(one)[1:]:
                other = self.flip(one, central, name)
                if other.value is not None:
                    return other
        return found

    def flip(self, one: Armed, central: Case, assumption: str) -> Flip:
        """Where a lever overtakes the other side's strongest, or falls behind it, as one assumption
        varies."""
        rivals = [other for other in self.deciding if other.lever.holder != one.lever.holder]
        rival = self.rival(central, one.lever.holder, rivals)
        here = self.cost(central, one)
        known = here.hold - rival if isinstance(here, Cost) else float("nan")
        if assumption == "stated cost":
            return self._stated_flip(one, central, rival)
        value, grid, unit, changed = self._varied(one, central, assumption)

        def difference(x: float) -> float:
            case, size, replaced = changed(x)
            if assumption != "trade elasticity":
                return self._hold(case, one, self.bench.one(case, one.lever, size, replaced)) - rival
            # A scale of all trade elasticities moves the other side's levers too.
            self.solve(case, [one, *rivals])
            return self._hold(case, one, None) - self.rival(case, one.lever.holder, rivals)

        points = {value: known, **({0.0: -rival} if assumption == "size" else {})}
        return flip(difference, grid, value, assumption, unit, known=points)

    def _hold(self, case: Case, one: Armed, answer: Answer | None) -> float:
        cost = self.cost(case, one) if answer is None else self.counted(case, one, answer)
        return cost.hold if isinstance(cost, Cost) else float("nan")

    def _varied(
        self, one: Armed, central: Case, assumption: str
    ) -> tuple[float, Sequence[float], str, Callable[[float], tuple[Case, float, float]]]:
        """Central value, grid and unit of an assumption, and the setting at a value of it."""
        size, replaced = one.size(central), one.replaced(central)
        if assumption == "trade elasticity":

            def scaled(x: float) -> tuple[Case, float, float]:
                made = replace(central, factor=assumption, label=f"x {x:g}", scale=x)
                return self._scaled.setdefault((central.years, x), made), size, replaced

            return 1.0, SCALES, "times the central ones", scaled
        if assumption == "substitution":
            parts = self.parts(one.lever)
            if not parts:
                raise InvalidLever(
                    f"lever {one.lever.id} turns on substitution",
                    where=one.lever.where,
                    why="it moves no critical input of the world",
                    instead="turns_on: size, or a split whose part has an elasticity of substitution",
                )
            value = self.bench.ranges[parts[0]]["central"]
            if central.years is None or central.years >= SHIFTED_FROM:
                value = self.bench.ranges[parts[0]]["high"]

            def fixed(x: float) -> tuple[Case, float, float]:
                eta = dict.fromkeys(parts, x)
                return replace(central, factor=assumption, label=f"{x:g}", fixed=eta), size, replaced

            return value, SUBSTITUTION, "elasticity of substitution", fixed
        if assumption == "substitutes":
            return replaced, (0.0, *SHARES), "share replaced within 12 months", lambda x: (central, size, x)
        if one.lever.unit == POINTS:
            most = min(one.cap, MOST_POINTS)
            grid = [part * most for part in (0.25, 0.5, 1.0)]
            return size, grid, "points of duty", lambda x: (central, x, replaced)
        return size, SHARES, "share withheld", lambda x: (central, x, replaced)

    def _stated_flip(self, one: Armed, central: Case, rival: float) -> Flip:
        """The cost to the target at which a stated lever equals the rival: no search is needed."""
        cost = self.cost(central, one)
        felt, _ = one.felt(central)
        assert isinstance(cost, Cost)
        assert one.lever.cost_to_target is not None
        row = self.bench.world.economies.index(one.lever.target)
        income = float(self.income(central)[row])
        value = (rival + cost.holder_percent) / 100 * income / felt / 1000 if felt > 0 else None
        leads = None if np.isnan(rival) else cost.hold > rival
        if value is not None and not np.isfinite(value):
            value = None
        central_cost = one.lever.cost_to_target.central
        return Flip("stated cost", "usd_billion a year", central_cost, value, None, leads, (0, 0))
