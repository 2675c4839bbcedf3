"""From an agenda to the packages of a play: those worth offering, what they do, what each is worth."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from detente.core.errors import InvalidTalks
from detente.strategy.agenda import Agenda, Option, Step
from detente.strategy.agenda import Package as Chosen
from detente.strategy.packages import efficient
from detente.talks.game import Change, Lever, Package
from detente.talks.settings import Constituency, Talks
from detente.talks.state import LeverState

MOST_PACKAGES = 60
"""Packages kept for a play: the frontier of each number of issues first, then single issues."""
WHOLE_SHARE = 2 / 3
"""A package is a whole deal where it settles so much of the agenda, duties of both sides among it."""


class Worths(Protocol):
    """What packages and rises of levers are worth: made by the economy, or given."""

    def packages(self, numbers: np.ndarray) -> np.ndarray:
        """Gains over the status quo of the day, percent of real income a year [package, side]."""
        ...

    def levers(self, rises: Sequence[tuple[Lever, float]]) -> np.ndarray:
        """The same for levers raised alone to a level [rise, side]."""
        ...


@dataclass(frozen=True)
class Weigher:
    """Judges packages for those at home.

    Attributes:
        talks: groups and how far they reach.
        levers, states: as of the first day.
    """

    talks: Talks
    levers: Mapping[str, Lever]
    states: Mapping[str, LeverState]

    def passes(self, side: str, changes: Sequence[Change]) -> float:
        """Chance that a side's groups let a package pass."""
        given = self.talks.ratification
        groups = [group for group in self.talks.constituencies if group.side == side]
        total = sum(group.weight for group in groups)
        if not groups or total <= 0:
            return given["base"]
        scores = {group.name: self._likes(group, changes) for group in groups}
        balance = sum(group.weight * scores[group.name] for group in groups) / total
        chance = min(1.0, max(0.0, given["base"] + given["reach"] * balance))
        for group in groups:
            if group.veto and scores[group.name] < 0:
                chance *= given["veto"]
        return chance

    def _likes(self, group: Constituency, changes: Sequence[Change]) -> float:
        """Whether a group is for a package (1), against it (-1) or neither, by what it does to levers."""
        eases = {"duty": False, "control": False}
        for change in changes:
            lever = self.levers[change.lever]
            if lever.side == group.side and change.level < self.states[change.lever].level:
                eases["duty" if lever.on_trade else "control"] = True
        score = 0.0
        for want in group.wants:
            verb, _, what = want.partition("_")
            if eases["duty" if what == "duties" else "control"]:
                score += 1.0 if verb in ("lower", "fewer") else -1.0
        return max(-1.0, min(1.0, score))


def packages_of(
    agenda: Agenda,
    worths: Worths,
    levers: Mapping[str, Lever],
    states: Mapping[str, LeverState],
    talks: Talks,
    extension_days: int,
) -> dict[str, Package]:
    """The packages of a play by key, an extension first where a clock runs.

    Raises:
        InvalidTalks: nothing to settle and no clock to extend.
    """
    weigher = Weigher(talks, levers, states)
    found: dict[str, Package] = {}
    if extension_days:
        key = f"extend {extension_days} days"
        nothing = dict.fromkeys(agenda.sides, 0.0)
        found[key] = Package(
            key, "extension", {}, (), extension_days, nothing, dict.fromkeys(agenda.sides, 1.0)
        )
    numbers = agenda.allowed if agenda.issues else np.zeros((0, 0), dtype=int)
    numbers = numbers[(numbers != 0).any(axis=1)] if len(numbers) else numbers
    if not len(numbers) and not found:
        raise InvalidTalks(
            f"nothing to talk about on {agenda.asof.on}",
            where=agenda.file,
            why="no package changes anything and no clock runs",
            instead="another day, or an agenda with options that change something on it",
        )
    if len(numbers):
        gains = worths.packages(numbers)
        for row in _kept(numbers, gains):
            chosen = agenda.at(numbers[row])
            worth = dict(zip(agenda.sides, map(float, gains[row]), strict=True))
            one = package_of(agenda, chosen, worth, levers, states, weigher, extension_days)
            found[one.key] = one
    return found


def _kept(numbers: np.ndarray, gains: np.ndarray) -> list[int]:
    """Rows of the frontier for each number of issues settled, then the single options."""
    settled = (numbers != 0).sum(axis=1)
    kept: dict[int, None] = {}
    everywhere = efficient(gains)
    better = everywhere[np.argsort(-gains[everywhere].min(axis=1), kind="stable")]
    kept.update(dict.fromkeys(map(int, better[: MOST_PACKAGES // 3])))
    for count in sorted(set(settled.tolist())):
        rows = np.flatnonzero(settled == count)
        front = rows[efficient(gains[rows])]
        front = front[np.argsort(-gains[front].min(axis=1), kind="stable")]
        share = max(4, MOST_PACKAGES // (2 * int(settled.max())))
        kept.update(dict.fromkeys(map(int, front[:share])))
    kept.update(dict.fromkeys(map(int, np.flatnonzero(settled == 1))))
    return list(kept)[:MOST_PACKAGES]


def package_of(
    agenda: Agenda,
    chosen: Chosen,
    worth: Mapping[str, float],
    levers: Mapping[str, Lever],
    states: Mapping[str, LeverState],
    weigher: Weigher,
    extension_days: int,
) -> Package:
    """A package of the agenda as the game has it."""
    options = agenda.options_of(chosen)
    changes = tuple(
        change
        for _, option in options
        for step in option.steps
        if (change := _change(step, option, levers, states)) is not None
    )
    settled = {issue.id: option.id for issue, option in options}
    duties = {levers[c.lever].side for c in changes if levers[c.lever].on_trade}
    whole = len(settled) >= WHOLE_SHARE * len(agenda.issues) and duties == set(agenda.sides)
    crosses = frozenset(
        line.side
        for line in agenda.red_lines
        if any(settled.get(issue) in never for issue, never in line.never.items())
    )
    return Package(
        key=key_of(settled),
        kind="full" if whole else "partial",
        options=settled,
        changes=changes,
        extends_days=0 if whole else extension_days,
        worth=dict(worth),
        ratified={side: weigher.passes(side, changes) for side in agenda.sides},
        rounds=math.ceil(len(settled) * weigher.talks.rounds_an_issue["full" if whole else "partial"]),
        crosses=crosses,
    )


def key_of(options: Mapping[str, str]) -> str:
    """The key of a package: `issue=option;...` in the agenda's order."""
    return ";".join(f"{issue}={option}" for issue, option in options.items())


def _change(
    step: Step, option: Option, levers: Mapping[str, Lever], states: Mapping[str, LeverState]
) -> Change | None:
    """What a step does to its lever; None where it moves none."""
    lever = levers.get(step.measure)
    if lever is None:
        return None
    now = states[lever.id].level
    if step.change == "end":
        return Change(lever.id, 0.0, "remove")
    if step.change == "suspend":
        return Change(lever.id, 0.0, "suspend")
    if step.change == "ease":
        return Change(lever.id, now / 2, "licence")
    if step.change in ("cut_to", "raise_to"):
        level = (step.rate_percent or 0.0) if lever.is_duty else now / 2
        how = "impose" if level > now else ("suspend" if "suspend" in option.title else "remove")
        return Change(lever.id, level, how)
    return Change(lever.id, 1.0, "impose") if step.change == "begin" else None
