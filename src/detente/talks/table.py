"""From an agenda to the packages of a play: those worth offering, what they do, what each is worth."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from detente.core.errors import InvalidAgenda, InvalidTalks
from detente.strategy.agenda import KEEP, Agenda, Option, Step, never_signed
from detente.strategy.agenda import Package as Chosen
from detente.strategy.packages import efficient
from detente.talks.game import Change, Lever, Package, key_of, makes_whole
from detente.talks.settings import Constituency, Talks
from detente.talks.state import LeverState

MOST_PACKAGES = 80
MOST_OF_A_SIZE = 6
"""Packages kept for a play, in all and of each number of issues."""
WEIGHTS = 11
"""Weights between the sides, from all on one to all on the other, by which packages are put together."""


class Worths(Protocol):
    """What packages and rises of levers are worth: made by the economy, or given."""

    def packages(self, numbers: np.ndarray) -> np.ndarray:
        """Gains over the status quo of the day, percent of real income a year [package, side]."""
        ...

    def levers(self, rises: Sequence[tuple[Lever, float]]) -> np.ndarray:
        """The same for levers raised alone to a level [rise, side]."""
        ...

    def abroad(self, rises: Sequence[tuple[Lever, float]], partners: Sequence[str]) -> np.ndarray:
        """What levers raised alone are worth to third countries [rise, partner]."""
        ...

    def growth(self) -> dict[str, tuple[tuple[float, float], ...]]:
        """Side -> (years from now, factor on the cost of duties as supply chains adjust)."""
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
        InvalidAgenda: red lines that together leave an issue without an option.
    """
    _require_options(agenda)
    weigher = Weigher(talks, levers, states)
    found: dict[str, Package] = {}
    if extension_days:
        key = f"extend {extension_days} days"
        nothing = dict.fromkeys(agenda.sides, 0.0)
        found[key] = Package(
            key, "extension", {}, (), extension_days, nothing, dict.fromkeys(agenda.sides, 1.0)
        )
    chosen = candidates(agenda, worths) if agenda.issues else []
    if not chosen and not found:
        raise InvalidTalks(
            f"nothing to talk about on {agenda.asof.on}",
            where=agenda.file,
            why="no package changes anything and no clock runs",
            instead="another day, or an agenda with options that change something on it",
        )
    if chosen:
        numbers = np.array([agenda.numbers(agenda.package(one)) for one in chosen])
        for one, gains in zip(chosen, worths.packages(numbers), strict=True):
            worth = dict(zip(agenda.sides, map(float, gains), strict=True))
            package = package_of(agenda, agenda.package(one), worth, levers, states, weigher, extension_days)
            found[package.key] = package
    return found


@dataclass(frozen=True)
class AtTheTable:
    """Puts packages together issue by issue, of what is on the table on the day (`game.Composer`).

    Attributes:
        agenda: of the day: options that no authority of the day reaches are not in it.
        worths: what a package is worth.
        weigher: judges it for those at home.
        extension_days: by how much a part extends the clocks.
    """

    agenda: Agenda
    worths: Worths
    weigher: Weigher
    extension_days: int

    def compose(self, options: Mapping[str, str]) -> Package:
        """The package of these options.

        Raises:
            InvalidAgenda: no such issue or option on the day, or nothing is settled.
        """
        agenda, weigher = self.agenda, self.weigher
        chosen = agenda.package(options)
        if chosen == agenda.status_quo:
            raise InvalidAgenda(
                "a package that settles nothing",
                where=agenda.file,
                why="every issue is kept as it is",
                instead="an option of one of " + ", ".join(issue.id for issue in agenda.issues),
            )
        gains = self.worths.packages(np.array([agenda.numbers(chosen)]))[0]
        worth = dict(zip(agenda.sides, map(float, gains), strict=True))
        held = (weigher.levers, weigher.states, weigher)
        return package_of(agenda, chosen, worth, *held, self.extension_days)

    def unmet(self, options: Mapping[str, str], signed: Mapping[str, str]) -> list[str]:
        """What options need besides what is signed and do not have, in words."""
        agenda = self.agenda
        have = {**signed, **options}
        return [
            f"{issue.title}: {option.title} needs {' or '.join(f'{other}={one}' for one in allowed)}"
            for issue, option in agenda.options_of(agenda.package(options))
            for other, allowed in option.needs.items()
            if have.get(other, KEEP) not in agenda.fitting(other, allowed)
        ]


def _require_options(agenda: Agenda) -> None:
    for name, lines in never_signed(agenda).items():
        issue = next(one for one in agenda.issues if one.id == name)
        if len(lines) == len(issue.options):
            places = dict.fromkeys(f"{line.side} at {line.where}" for line in lines.values())
            raise InvalidAgenda(
                f"contradictory red lines on {name}",
                where=issue.where or agenda.file,
                why=f"together they leave none of its {len(lines)} options: {', '.join(places)}",
                instead="an option that no red line names",
            )


def candidates(agenda: Agenda, worths: Worths) -> list[dict[str, str]]:
    """Packages worth a word, by the sum of what their options are worth alone.

    For weights between the sides from all on one to all on the other: options are added, the best first, with
    what they need, as long as the weighted sum rises; every step on the way is a package. With them every
    option alone with what it needs. None crosses a red line.

    Returns:
        issue -> option, at most `MOST_PACKAGES`: of each number of issues those that no other beats.
    """
    never = {(issue, option) for line in agenda.red_lines for issue, o in line.never.items() for option in o}
    options = [(i.id, o.id) for i in agenda.issues for o in i.options[1:] if (i.id, o.id) not in never]
    bundles = {pair: bundle for pair in options if (bundle := _with_needs(agenda, {}, pair, never))}
    if not bundles:
        return []
    alone = _alone(agenda, worths, options)
    must = _musts(agenda, never)
    found: dict[frozenset[tuple[str, str]], None] = {}
    for pair in bundles:
        if (bundle := _with_needs(agenda, must, pair, never)) is not None:
            found.setdefault(frozenset(bundle.items()))
    for weight in np.linspace(0.0, 1.0, WEIGHTS):
        weights = np.array([weight, 1 - weight])
        chosen: dict[str, str] = dict(must)
        while True:
            grown = [
                more for pair in bundles
                if pair[0] not in chosen and (more := _with_needs(agenda, chosen, pair, never))
            ]  # fmt: skip
            if not grown:
                break
            best = max(grown, key=lambda more: weights @ _sum(alone, more) / len(more))
            if weights @ (_sum(alone, best) - _sum(alone, chosen)) <= 0:
                break
            chosen = best
            found.setdefault(frozenset(chosen.items()))
    order = {issue.id: at for at, issue in enumerate(agenda.issues)}
    listed = [dict(sorted(one, key=lambda pair: order[pair[0]])) for one in found]
    gains = np.array([_sum(alone, one) for one in listed])
    return [listed[row] for row in _kept(np.array([len(one) for one in listed]), gains)]


def _musts(agenda: Agenda, never: set[tuple[str, str]]) -> dict[str, str]:
    """Options of issues that a side does not accept to be left as they are, with what they need."""
    found: dict[str, str] = {}
    for issue in agenda.issues:
        if (issue.id, KEEP) in never and issue.id not in found:
            for option in issue.options[1:]:
                grown = _with_needs(agenda, found, (issue.id, option.id), never)
                if grown is not None:
                    found = grown
                    break
    return found


def _alone(
    agenda: Agenda, worths: Worths, options: Sequence[tuple[str, str]]
) -> dict[tuple[str, str], np.ndarray]:
    """What each option is worth by itself, whatever it needs."""
    numbers = np.zeros((len(options), len(agenda.issues)), dtype=int)
    places = {issue.id: at for at, issue in enumerate(agenda.issues)}
    for row, (issue, option) in enumerate(options):
        numbers[row, places[issue]] = agenda.issues[places[issue]].number(option)
    return dict(zip(options, worths.packages(numbers), strict=True))


def _sum(alone: Mapping[tuple[str, str], np.ndarray], chosen: Mapping[str, str]) -> np.ndarray:
    return sum((alone[pair] for pair in chosen.items()), np.zeros(2))


def _with_needs(
    agenda: Agenda, chosen: Mapping[str, str], pair: tuple[str, str], never: set[tuple[str, str]]
) -> dict[str, str] | None:
    """What was chosen with one more option and all that it needs; None where they cannot go together."""
    known = {issue.id: issue for issue in agenda.issues}
    found = dict(chosen)
    todo = [pair]
    while todo:
        issue, option = todo.pop()
        if found.get(issue, option) != option or (issue, option) in never:
            return None
        found[issue] = option
        for other, allowed in known[issue].options[known[issue].number(option)].needs.items():
            fitting = agenda.fitting(other, allowed)
            now = found.get(other, KEEP)
            if now in fitting:
                continue
            there = [o for o in allowed if other in known and known[other].number(o) > 0]
            there = [o for o in there if (other, o) not in never]
            if now != KEEP or not there:
                return None
            todo.append((other, there[0]))
    return found


def _kept(settled: np.ndarray, gains: np.ndarray) -> list[int]:
    """Rows of the frontier for each number of issues settled, the best for the worse-off side first."""
    kept: dict[int, None] = {}
    for count in sorted(set(settled.tolist())):
        rows = np.flatnonzero(settled == count)
        front = rows[efficient(gains[rows])]
        front = front[np.argsort(-gains[front].min(axis=1), kind="stable")]
        kept.update(dict.fromkeys(map(int, front[:MOST_OF_A_SIZE])))
    single = np.flatnonzero(settled == settled.min())
    kept.update(dict.fromkeys(map(int, single)))
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
    whole = makes_whole(len(settled), len(agenda.issues), duties == set(agenda.sides))
    on_table = {issue.id for issue in agenda.issues}
    crosses = frozenset(
        line.side
        for line in agenda.red_lines
        if any(settled.get(issue, KEEP) in never for issue, never in line.never.items() if issue in on_table)
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
