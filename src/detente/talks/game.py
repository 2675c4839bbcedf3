"""What stays the same through a play: sides, levers, channels, packages, hazards and payoffs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Protocol

from detente.talks.state import TalksState

LEVELS = ("staff", "ambassador", "deputy", "minister", "leader")
"""Levels of a channel, from low to high, as in the record."""


@dataclass(frozen=True)
class Lever:
    """Something a side can move: a duty, a control, a listing, a fee; in force or not yet.

    Attributes:
        id: `SIDE:name`.
        side: whose law it is.
        instrument: as in the record; `listed_duty` where a list carries the rates, then its level is the part
            of the list in force.
        title: one line.
        topics: what it is about.
        measures: ids of the entries that it stands for; none where it would be new.
        authority: id of the power it rests on; empty where none is on record.
        steps: levels that a new use may take, low to high; empty where it cannot be raised.
        notice_days: days from a decision to its effect.
        duration_days: longest use without the legislature; None is no end.
        contested: whether a court may strike it down.
        broad: whether it falls on all goods of the other side.
        aimed: whether it names the other side; else it falls on all origins alike.
    """

    id: str
    side: str
    instrument: str
    title: str
    topics: tuple[str, ...] = ()
    measures: tuple[str, ...] = ()
    authority: str = ""
    steps: tuple[float, ...] = ()
    notice_days: int = 0
    duration_days: int | None = None
    contested: bool = False
    broad: bool = False
    aimed: bool = True

    @property
    def is_duty(self) -> bool:
        """Whether its level is in points of duty."""
        return self.instrument == "import_duty"

    @property
    def on_trade(self) -> bool:
        """Whether it is a duty at all, of one rate or of a list's."""
        return self.instrument in ("import_duty", "listed_duty")


@dataclass(frozen=True)
class Clock:
    """Something that runs out.

    Attributes:
        id: its name.
        kind: `hard` (the law ends it, nobody extends), `soft` (a day set in words, no law hangs on it),
            `extendable` (each side may extend its own part; all parts must be for the whole to go on).
        entries: ids behind it.
        extension_days: length of a usual extension.
    """

    id: str
    kind: str
    entries: tuple[str, ...] = ()
    extension_days: int = 90


def soft_clock(side: str) -> str:
    """Id of the clock of a day that a side set in words."""
    return f"{side} day"


@dataclass(frozen=True)
class Channel:
    """A way for the two to be in touch.

    Attributes:
        id: its name.
        title: in words.
        track: official, business, party or back.
        level: as in the record.
        decides: kinds of package it may sign: `extension`, `partial`, `full`; none where it only prepares.
        deniable: whether a side may deny what was said through it.
        people: side -> who speaks, by the last contact on record.
        notice_days: days between asking and meeting.
        half_life_days: days in which an unused channel's health halves.
        gain: part of the way to full health that a contact brings.
        prepared_by: levels of which one must have met within `prepared_days` before it meets.
        prepared_days: see there.
    """

    id: str
    title: str
    track: str
    level: str
    decides: frozenset[str] = frozenset()
    deniable: bool = False
    people: Mapping[str, str] = field(default_factory=dict)
    notice_days: int = 7
    half_life_days: float = 90.0
    gain: float = 0.5
    prepared_by: tuple[str, ...] = ()
    prepared_days: int = 60

    @cached_property
    def rank(self) -> int:
        """Position of its level."""
        return LEVELS.index(self.level)


@dataclass(frozen=True)
class Condition:
    """What a side says must hold before it talks.

    Attributes:
        id: id of the entry, or a name.
        by: whose.
        kind: no_ultimatum, staff_first, first_move (the other lowers something first), asks_first (the other
            asks for the contact), no_first_cut (nothing is lowered alone), no_humiliation, leaders_first.
        before: lowest level of the contacts that it stands before, or `signing`.
        title: in words.
    """

    id: str
    by: str
    kind: str
    before: str = "minister"
    title: str = ""


@dataclass(frozen=True)
class Change:
    """What a package does to one lever.

    Attributes:
        lever: its id.
        level: new level.
        how: `suspend` (returns on a lapse), `remove` (does not), `licence` or `impose`.
    """

    lever: str
    level: float
    how: str


@dataclass(frozen=True)
class Package:
    """A deal that could be signed.

    Attributes:
        key: its label.
        kind: `extension`, `partial` or `full`.
        options: issue -> option, for issues that it settles.
        changes: what it does to levers.
        extends_days: by how much it extends the running clocks; 0 where it ends them for good.
        worth: side -> gain over the first day's policy, percent of real income a year.
        ratified: side -> chance that those at home let it pass.
        rounds: official meetings below the leaders that its text takes.
        crosses: sides whose red lines it touches.
    """

    key: str
    kind: str
    options: Mapping[str, str]
    changes: tuple[Change, ...]
    extends_days: int
    worth: Mapping[str, float]
    ratified: Mapping[str, float]
    rounds: int = 0
    crosses: frozenset[str] = frozenset()


class Composer(Protocol):
    """Puts packages together that are not among those kept for a play."""

    def compose(self, options: Mapping[str, str]) -> Package:
        """The package of these options, its worth from the economy.

        Raises:
            InvalidAgenda: no such issue or option on the day, or nothing is settled.
        """
        ...

    def unmet(self, options: Mapping[str, str], signed: Mapping[str, str]) -> list[str]:
        """What options need besides what is signed and do not have, in words."""
        ...


def key_of(options: Mapping[str, str]) -> str:
    """The key of a package: `issue=option;...` in the agenda's order."""
    return ";".join(f"{issue}={option}" for issue, option in options.items())


def options_in(key: str) -> dict[str, str]:
    """Issue -> option of a key: the inverse of `key_of`; empty where it is none."""
    pairs = [part.partition("=") for part in key.split(";")]
    return {issue: option for issue, sign, option in pairs if sign} if all(p[1] for p in pairs) else {}


WHOLE_SHARE = 2 / 3
"""What settles so much of the agenda, duties of both sides among it, is a whole deal."""


def makes_whole(settled: int, issues: int, duties_of_both: bool) -> bool:
    """Whether so many issues settled make a whole deal."""
    return duties_of_both and settled >= WHOLE_SHARE * issues


@dataclass(frozen=True)
class SideType:
    """What the other side does not know of a side.

    Attributes:
        name: its name.
        prior: how likely the other side holds it before the play.
        reserve: least share of its best gain that it takes when no clock presses.
        patience_days: days in which what it asks for falls by half, no clock pressing.
        hawk: factor on how often it threatens and carries threats out.
    """

    name: str
    prior: float
    reserve: float
    patience_days: float
    hawk: float


@dataclass(frozen=True)
class Hazards:
    """Rates of what nobody decides, and of habits. Every number has its reason in `settings`.

    Attributes:
        ruling: chance a day that a court strikes down what is contested.
        stayed: chance that such a ruling is stayed until the last court has spoken.
        upheld: chance that the last court strikes down what was stayed.
        replaced: chance that its owner puts another duty in the place of one struck down for good.
        incident: chance a day of something nobody at the table wanted, which halves every channel's health.
        lapse: chance that a side lets a clock run out that it could extend.
        threat: side -> chance a day of a threat.
        control: side -> chance a day of a new control or listing.
        carried_out: side -> chance that a threat is carried out when due.
        matched: side -> chance that a raise is answered by one.
        claim: side -> chance a day of a public claim.
        contact: side -> chance a day of asking for a contact.
        contact_levels: level -> share of contacts.
        contact_after: (days since the last official contact, factor on `contact` up to then), rising; none
            where contacts come at one rate.
        denied: chance that a claim of talks is denied while a condition before them is open.
        audience_cost: credit lost by a threat let pass or a claim contradicted.
        broken_off: chance that a provoked round ends with talks broken off.
    """

    ruling: float
    incident: float
    lapse: float
    threat: Mapping[str, float]
    control: Mapping[str, float]
    carried_out: Mapping[str, float]
    matched: Mapping[str, float]
    claim: Mapping[str, float]
    contact: Mapping[str, float]
    contact_levels: Mapping[str, float]
    denied: float
    audience_cost: float
    stayed: float = 0.75
    upheld: float = 0.5
    replaced: float = 0.5
    broken_off: float = 0.0
    contact_after: tuple[tuple[int, float], ...] = ()

    @cached_property
    def most_after(self) -> float:
        """The highest factor of `contact_after`; 1 where there is none."""
        return max((factor for _, factor in self.contact_after), default=1.0)


@dataclass(frozen=True)
class Partner:
    """A third country: no side of the talks, it answers what the two do.

    Attributes:
        id: label of its economy.
        against: `issue=option` of clauses that shut it out; it retaliates against a deal with one of them.
        costs: side -> percent of real income a year that its retaliation costs that side.
        rerouted: share of what a duty costs the side it falls on that goods sent through it avoid, while it
            diverts.
        voice: what its support adds to the chance that a deal passes at home, and its opposition takes.
    """

    id: str
    against: frozenset[str] = frozenset()
    costs: Mapping[str, float] = field(default_factory=dict)
    rerouted: float = 0.0
    voice: float = 0.0


@dataclass(frozen=True)
class Game:
    """All that stays the same through a play.

    Attributes:
        dispute: its name.
        sides: the two, in the record's order.
        start: the first state.
        known_by: last day of what was known.
        levers, clocks, channels, conditions, packages: by id.
        issues: issues on the table.
        titles: issue, or `issue=option` -> words.
        does: `issue=option` -> (side, what it does) for each of its steps.
        red_lines: `issue=option` -> (side, why) for each side that never signs it.
        off_table: `issue=option` -> why it changes nothing, or cannot be had, on the first day.
        composer: puts together packages that are not kept; None where only those kept can be offered.
        types: side -> its possible types.
        hazards: see there.
        cost: side, and partner -> lever -> percent of real income a year that one unit of the lever costs it.
        partners: third countries that answer, by id.
        outside: side -> (years, factor) on the cost of duties as supply chains adjust, from 1 at no years.
        market_moves: event -> percent change of share prices.
        market_weight: side -> share of its demand given up for each percent that share prices fall.
        negotiators: side -> name of its negotiator.
        sources: parameter -> where it is from.
        left_out: what the record holds and the play has no place for, in words.
    """

    dispute: str
    sides: tuple[str, str]
    start: TalksState
    known_by: date
    levers: Mapping[str, Lever]
    clocks: Mapping[str, Clock]
    channels: Mapping[str, Channel]
    conditions: Mapping[str, Condition]
    packages: Mapping[str, Package]
    issues: tuple[str, ...]
    types: Mapping[str, tuple[SideType, ...]]
    hazards: Hazards
    cost: Mapping[str, Mapping[str, float]]
    partners: Mapping[str, Partner] = field(default_factory=dict)
    outside: Mapping[str, tuple[tuple[float, float], ...]] = field(default_factory=dict)
    market_moves: Mapping[str, float] = field(default_factory=dict)
    market_weight: Mapping[str, float] = field(default_factory=dict)
    negotiators: Mapping[str, str] = field(default_factory=dict)
    titles: Mapping[str, str] = field(default_factory=dict)
    does: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    red_lines: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    off_table: Mapping[str, str] = field(default_factory=dict)
    composer: Composer | None = field(default=None, compare=False, repr=False)
    sources: Mapping[str, str] = field(default_factory=dict)
    left_out: tuple[str, ...] = ()

    def other(self, side: str) -> str:
        """The other side."""
        first, second = self.sides
        return second if side == first else first

    @cached_property
    def composed(self) -> dict[str, Package]:
        """Packages put together in a play by key; filled as met, each is what its key says."""
        return {}

    def package(self, key: str) -> Package:
        """A package by its key: one of those kept, or one put together.

        Raises:
            KeyError: there is none, and nothing puts any together.
            InvalidAgenda: options that are not on the table.
        """
        found = self.packages.get(key) or self.composed.get(key)
        if found is None:
            if self.composer is None or not (options := options_in(key)):
                raise KeyError(key)
            found = self.composed[key] = self.composer.compose(options)
        return found

    def signed_options(self, signed: tuple[str, ...]) -> dict[str, str]:
        """Issue -> option of packages signed."""
        return {issue: option for key in signed for issue, option in self.package(key).options.items()}

    @cached_property
    def raised_worth(self) -> dict[str, dict[str, float]]:
        """Policy label -> side -> worth of what was raised, see `payoffs`; filled as met."""
        return {}

    @cached_property
    def by_the_other(self) -> dict[tuple[str, str], float]:
        """(Policy label, side) -> what the other side's duties have come to cost it; filled as met."""
        return {}

    @cached_property
    def official(self) -> dict[str, tuple[str, ...]]:
        """Level -> ids of its official channels."""
        found: dict[str, tuple[str, ...]] = dict.fromkeys(LEVELS, ())
        for channel in self.channels.values():
            if channel.track == "official":
                found[channel.level] += (channel.id,)
        return found

    @cached_property
    def added_up(self) -> dict[str, dict[str, float]]:
        """Policy label -> side or partner -> worth by the levers' costs; filled as met."""
        return {}

    @cached_property
    def baseline(self) -> dict[str, float]:
        """Lever -> its level on the first day, or the one that was law by then and bites later."""
        decided = {step.lever: step.level for step in self.start.pending}
        return {key: max(now.level, decided.get(key, 0.0)) for key, now in self.start.levers.items()}

    @cached_property
    def own_levers(self) -> dict[str, tuple[Lever, ...]]:
        """Side -> its levers, in order."""
        return {s: tuple(lever for lever in self.levers.values() if lever.side == s) for s in self.sides}

    @cached_property
    def negotiable(self) -> tuple[Package, ...]:
        """Packages that cross nobody's red line and that none of as few rounds beats for both sides."""
        open_ones = sorted(
            (p for p in self.packages.values() if not p.crosses),
            key=lambda p: (p.kind != "extension", p.rounds, -sum(p.worth.values()), p.key),
        )
        kept: list[Package] = []
        for package in open_ones:
            beaten = any(
                p.kind != "extension" and all(p.worth[s] >= package.worth[s] for s in self.sides)
                for p in kept
            )
            if package.kind == "extension" or not beaten:
                kept.append(package)
        return tuple(kept)

    @cached_property
    def _within(self) -> dict[int, tuple[Package, ...]]:
        deals = [p for p in self.negotiable if p.kind != "extension"]
        most = max((p.rounds for p in deals), default=0)
        return {rounds: tuple(p for p in deals if p.rounds <= rounds) for rounds in range(most + 1)}

    def within(self, rounds: int) -> tuple[Package, ...]:
        """Negotiable deals whose text takes no more rounds than these."""
        found = self._within
        return found[min(max(0, rounds), len(found) - 1)]

    @cached_property
    def _best(self) -> dict[tuple[str, int], Package | None]:
        return {
            (side, rounds): max(deals, key=lambda p: p.worth[side], default=None)
            for side in self.sides
            for rounds, deals in self._within.items()
        }

    def best_for(self, side: str, rounds: int) -> Package | None:
        """The deal within so many rounds that is worth most to a side; None where there is none."""
        return self._best[side, min(max(0, rounds), len(self._within) - 1)]
