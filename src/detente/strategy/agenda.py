"""What is on the table: issues, options, packages, red lines, links between issues, and outside options.

An agenda is a file (`agenda.yaml` in a dispute's folder, see `agenda_file`); on a day it holds the options
that change something on that day. The first option of every issue is `keep`: what holds on the day goes on.
A package takes one option of each issue; all `keep` is the status quo.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from detente.core.errors import InvalidAgenda
from detente.policy import PolicyRow
from detente.record.asof import AsOf
from detente.strategy.sourced import Sourced

KEEP = "keep"
"""Id of the option of every issue that changes nothing."""

MOST = 4_000_000
"""Packages that are looked at one by one; an agenda that leaves more is refused."""

CHANGES = ("cut_to", "raise_to", "end", "suspend", "ease", "begin")
"""What a step does to a measure of the record. `ease` lets the measure stand and gives licences under it;
`begin` is a commitment or a measure that does not bind yet. Only the first four touch a duty."""


@dataclass(frozen=True)
class Step:
    """What one side does under an option.

    Attributes:
        by: label of the side that acts.
        does: what, in words.
        within_days: days after signature by which it is done.
        measure: id of the record's measure that it changes or begins; empty where there is none.
        change: one of `CHANGES`; empty where there is no measure.
        rate_percent: of cut_to and raise_to.
        instrument: what kind of act: import_duty, export_control, purchase_commitment, ...
        authority: id of the record's authority by which it is done, or the power in words.
        levers: what it changes in the economy besides the record's duties.
    """

    by: str
    does: str
    within_days: int
    measure: str = ""
    change: str = ""
    rate_percent: float | None = None
    instrument: str = ""
    authority: str = ""
    levers: tuple[PolicyRow, ...] = ()

    @property
    def economic(self) -> bool:
        """Whether it may change what enters the economy."""
        return bool(self.levers) or (self.instrument == "import_duty" and bool(self.change))


@dataclass(frozen=True)
class Option:
    """One way to settle an issue.

    Attributes:
        id, title: short id and words.
        steps: who does what; none of `keep`.
        worth: side -> what it is worth to it beside the economy: percent of its aim, or money a year.
        needs: issue -> options of which one must be taken with it.
        entries: record entries it comes from.
        since: first day on which it can be on the table; empty is always.
        until: first day on which what it would bring holds already or no longer arises; empty is never.
        where: file and line.
    """

    id: str
    title: str
    steps: tuple[Step, ...] = ()
    worth: Mapping[str, Sourced] = field(default_factory=dict, hash=False)
    needs: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)
    entries: tuple[str, ...] = ()
    since: str = ""
    until: str = ""
    where: str = ""

    @property
    def economic(self) -> bool:
        """Whether it changes what enters the economy."""
        return any(step.economic for step in self.steps)


@dataclass(frozen=True)
class Issue:
    """Something to be settled, with its options, `keep` first.

    Attributes:
        id, title: short id and words.
        options: `keep` and what can be done instead.
        entries: record entries it comes from.
        where: file and line.
    """

    id: str
    title: str
    options: tuple[Option, ...]
    entries: tuple[str, ...] = ()
    where: str = ""

    def number(self, option: str) -> int:
        """Position of an option; -1 where it is not on the table."""
        return next((at for at, one in enumerate(self.options) if one.id == option), -1)


@dataclass(frozen=True)
class RedLine:
    """What a side never signs.

    Attributes:
        side: whose.
        never: issue -> options that it never accepts.
        entry: id of the record entry it rests on.
        because: why, in words.
        where: file and line.
    """

    side: str
    never: Mapping[str, tuple[str, ...]] = field(hash=False)
    entry: str = ""
    because: str = ""
    where: str = ""


@dataclass(frozen=True)
class War:
    """What sides fall back on where talks end in escalation, as threatened or done and known on a day.

    Attributes:
        since: first day on which it was known.
        title: words.
        steps: rates that measures are raised to, or levers.
        entries: where it comes from.
        where: file and line.
    """

    since: str
    title: str
    steps: tuple[Step, ...]
    entries: tuple[str, ...] = ()
    where: str = ""


@dataclass(frozen=True)
class Package:
    """One option of each issue.

    Attributes:
        options: ids, in the order of the agenda's issues.
    """

    options: tuple[str, ...]


@dataclass(frozen=True)
class Dropped:
    """An option that is not on the table on the day.

    Attributes:
        issue, option: ids.
        why: in words.
        holds: whether what it would bring about holds already, so that a link to it is met by `keep`.
    """

    issue: str
    option: str
    why: str
    holds: bool = False


@dataclass(frozen=True)
class Agenda:
    """What can be settled on a day.

    Attributes:
        dispute: name.
        asof: the day.
        sides: labels of the two parties.
        issues: those with something to settle on the day, each with `keep` first.
        red_lines: of the sides.
        war: the escalation known on the day; None where the file names none.
        dropped: options that the day has no use for, and why.
        file: where it was read.
    """

    dispute: str
    asof: AsOf
    sides: tuple[str, ...]
    issues: tuple[Issue, ...]
    red_lines: tuple[RedLine, ...] = ()
    war: War | None = None
    dropped: tuple[Dropped, ...] = ()
    file: str = ""

    @property
    def count(self) -> int:
        """Packages, forbidden ones too."""
        return int(np.prod([len(issue.options) for issue in self.issues], dtype=object))

    @property
    def status_quo(self) -> Package:
        """Everything as it is on the day."""
        return Package((KEEP,) * len(self.issues))

    def package(self, chosen: Mapping[str, str]) -> Package:
        """The package with these options, all other issues kept.

        Args:
            chosen: issue -> option.

        Raises:
            InvalidAgenda: no such issue or option on the day.
        """
        known = {issue.id: issue for issue in self.issues}
        for name, option in chosen.items():
            issue = known.get(name)
            if issue is None or issue.number(option) < 0:
                gone = next((d for d in self.dropped if (d.issue, d.option) == (name, option)), None)
                options = [o.id for o in issue.options] if issue else list(known)
                raise InvalidAgenda(
                    f"{name}: {option}",
                    where=self.file,
                    why=f"not on the table on {self.asof.on}" + (f": {gone.why}" if gone else ""),
                    instead=f"one of {', '.join(options)}",
                )
        return Package(tuple(chosen.get(issue.id, KEEP) for issue in self.issues))

    def chosen(self, package: Package) -> dict[str, str]:
        """Issue -> option where the package changes something."""
        pairs = zip(self.issues, package.options, strict=True)
        return {issue.id: option for issue, option in pairs if option != KEEP}

    def options_of(self, package: Package) -> list[tuple[Issue, Option]]:
        """The options that change something, with their issues."""
        found = []
        for issue, name in zip(self.issues, package.options, strict=True):
            at = issue.number(name)
            if at < 0:
                raise InvalidAgenda(f"{issue.id}: {name}", where=self.file, why="no such option",
                                    instead=f"one of {', '.join(o.id for o in issue.options)}")  # fmt: skip
            if at:
                found.append((issue, issue.options[at]))
        return found

    def steps(self, package: Package) -> list[tuple[Issue, Step]]:
        """Who does what under a package, the soonest first."""
        found = [(issue, step) for issue, option in self.options_of(package) for step in option.steps]
        return sorted(found, key=lambda pair: pair[1].within_days)

    def forbidden(self, package: Package) -> list[str]:
        """Why a package cannot be signed, in words; empty where it can."""
        chosen = dict(zip((issue.id for issue in self.issues), package.options, strict=True))
        why = [
            f"{line.side} never accepts {issue} {chosen[issue]}"
            + (f" ({line.entry})" if line.entry else f": {line.because}")
            for line in self.red_lines
            for issue, options in line.never.items()
            if chosen.get(issue) in options
        ]
        for issue, option in self.options_of(package):
            for other, allowed in option.needs.items():
                if chosen.get(other, KEEP) not in self.fitting(other, allowed):
                    why.append(f"{issue.id} {option.id} needs {other}: {' or '.join(allowed)}")
        return why

    def fitting(self, issue: str, options: Sequence[str]) -> tuple[str, ...]:
        """Options that meet a link; `keep` too where what is asked for holds already."""
        held = any(d.holds and d.issue == issue and d.option in options for d in self.dropped)
        return (*options, KEEP) if held else tuple(options)

    @cached_property
    def allowed(self) -> np.ndarray:
        """Every package that can be signed, as numbers of options [package, issue].

        Raises:
            InvalidAgenda: more packages than can be counted, or none.
        """
        return allowed_packages(self)

    def packages(self) -> Iterator[Package]:
        """Every package that can be signed."""
        for row in self.allowed:
            yield self.at(row)

    def at(self, row: Sequence[int] | np.ndarray) -> Package:
        """The package of numbers of options [issue]."""
        return Package(tuple(issue.options[int(n)].id for issue, n in zip(self.issues, row, strict=True)))

    def numbers(self, package: Package) -> np.ndarray:
        """Numbers of a package's options [issue]."""
        return np.array([i.number(o) for i, o in zip(self.issues, package.options, strict=True)], dtype=int)


def allowed_packages(agenda: Agenda) -> np.ndarray:
    """Packages that keep every red line and every link [package, issue]; see `Agenda.allowed`.

    Issue by issue: a link cuts as soon as both of its issues are in, so that what red lines and links leave
    is counted, not all that could be written down.
    """
    never, rows = never_signed(agenda), np.zeros((1, 0), dtype=np.int16)
    places = {issue.id: at for at, issue in enumerate(agenda.issues)}
    for at, issue in enumerate(agenda.issues):
        left = [n for n in range(len(issue.options)) if n not in never.get(issue.id, {})]
        if len(rows) * len(left) > MOST:
            raise InvalidAgenda(
                f"{agenda.count} packages",
                where=agenda.file,
                why=f"more than {MOST} are left to be looked at one by one",
                instead="fewer issues or options",
            )
        column = np.tile(np.array(left, dtype=np.int16), len(rows))[:, None]
        rows = np.concatenate([np.repeat(rows, len(left), axis=0), column], axis=1)
        for owner, number, other, options in _links(agenda):
            if max(places[owner], places.get(other, 0)) == at:
                rows = rows[_kept(agenda, rows, places, (owner, number, other, options))]
    if not len(rows):
        raise InvalidAgenda(
            "no package can be signed",
            where=agenda.file,
            why="red lines and links between issues leave nothing",
            instead="options that both sides could accept, or fewer red lines",
        )
    return rows


_Link = tuple[str, int, str, tuple[str, ...]]


def _links(agenda: Agenda) -> list[_Link]:
    """Issue, number of its option, the other issue, and the options of it that meet the link."""
    return [
        (issue.id, number, other, agenda.fitting(other, options))
        for issue in agenda.issues
        for number, option in enumerate(issue.options)
        for other, options in option.needs.items()
    ]


def _kept(agenda: Agenda, rows: np.ndarray, places: Mapping[str, int], link: _Link) -> np.ndarray:
    """Which rows keep a link [package]; an issue off the table is kept as it is."""
    owner, number, other, options = link
    place = places.get(other)
    if place is None:
        fits = np.full(len(rows), KEEP in options)
    else:
        numbers = [agenda.issues[place].number(name) for name in options]
        fits = np.isin(rows[:, place], [n for n in numbers if n >= 0])
    return (rows[:, places[owner]] != number) | fits


def never_signed(agenda: Agenda) -> dict[str, dict[int, RedLine]]:
    """Issue -> number of an option that some side never accepts -> its red line."""
    found: dict[str, dict[int, RedLine]] = {}
    for line in agenda.red_lines:
        for issue in agenda.issues:
            for option in line.never.get(issue.id, ()):
                number = issue.number(option)
                if number >= 0:
                    found.setdefault(issue.id, {}).setdefault(number, line)
    return found


def require_settleable(agenda: Agenda) -> None:
    """Refuse an agenda that no package can come from.

    Raises:
        InvalidAgenda: nothing to settle on the day; red lines that together leave an issue without an
            option; no package at all.
    """
    if not agenda.issues:
        raise InvalidAgenda(
            f"nothing to settle on {agenda.asof.on}",
            where=agenda.file,
            why="; ".join(f"{d.issue} {d.option}: {d.why}" for d in agenda.dropped[:4]) or "no issues",
            instead="another day, or options that change something on it",
        )
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
    if not agenda.allowed.any():
        raise InvalidAgenda(
            f"nothing to settle on {agenda.asof.on}",
            where=agenda.file,
            why="red lines and links between issues leave the status quo alone",
            instead="options that both sides could accept, or fewer red lines",
        )
