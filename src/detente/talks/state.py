"""Where talks stand at the end of a day. Nothing in a state ever changes: `protocol.step` makes the next one.

Mappings in a state are plain dictionaries for speed. States share them, and nobody writes to them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Standing(StrEnum):
    """How talks stand: what last decided them. The same words say why a play ended."""

    NONE = "none"
    EXTENSION = "extension"
    PARTIAL_DEAL = "partial_deal"
    DEAL = "deal"
    LAPSE = "lapse"
    ESCALATION = "escalation"
    BREAKDOWN = "breakdown"


@dataclass(frozen=True, slots=True)
class LeverState:
    """How a lever stands.

    Attributes:
        level: points of duty in force; of a control the part in force, 0 to 1.
        suspended: what returns when its clock runs out.
        removed: what was taken away since the start and does not return.
        clock: id of the clock that holds the suspension, or ends what is in force; empty where none does.
        ends: whether the clock ends what is in force; else it brings back what is suspended.
    """

    level: float
    suspended: float = 0.0
    removed: float = 0.0
    clock: str = ""
    ends: bool = False

    @property
    def after_lapse(self) -> float:
        """Its level once the clock has run out: what was suspended returns, what was removed does not."""
        return 0.0 if self.ends else self.level + self.suspended


@dataclass(frozen=True, slots=True)
class ClockState:
    """A clock by side: each side's law is its own, and one may extend alone.

    Attributes:
        expires: side -> first day on which its part has run out.
        offered: side -> days by which it has said that it would extend.
        extensions: how often both extended.
    """

    expires: Mapping[str, date]
    offered: Mapping[str, int]
    extensions: int = 0


@dataclass(frozen=True, slots=True)
class ChannelState:
    """How a channel stands.

    Attributes:
        health: 0 dead, 1 in regular use.
        last: day of the last contact; None where there was none.
        meeting: day set for the next one; None where none is set.
        asked_by: who asked and waits for an answer; empty where nobody does.
        asked_day: the day asked for.
    """

    health: float
    last: date | None = None
    meeting: date | None = None
    asked_by: str = ""
    asked_day: date | None = None


@dataclass(frozen=True, slots=True)
class Offer:
    """A package on the table.

    Attributes:
        package: its key.
        day: when it was made.
        channel: through which.
    """

    package: str
    day: date
    channel: str


@dataclass(frozen=True, slots=True)
class ThreatState:
    """A threat that is open.

    Attributes:
        by: who threatens.
        lever: with what.
        level: how high.
        due: when it is to be carried out.
        since: when it was made.
    """

    by: str
    lever: str
    level: float
    due: date
    since: date


@dataclass(frozen=True, slots=True)
class Pending:
    """A step that is decided and bites later.

    Attributes:
        by, lever, level: as of the move.
        day: when it bites.
        ends: when the authority's longest use is over; None where it sets no end.
    """

    by: str
    lever: str
    level: float
    day: date
    ends: date | None = None


@dataclass(frozen=True, slots=True)
class ClaimState:
    """A public claim.

    Attributes:
        id: a number in the play, as text.
        by, about: who says it about what.
        day: when.
        true: whether it holds in the play; None where it has no content.
        standing: open, confirmed, denied, contradicted or without_content, as in a record.
    """

    id: str
    by: str
    about: str
    day: date
    true: bool | None
    standing: str = "open"


@dataclass(frozen=True, slots=True)
class TalksState:
    """Where talks stand at the end of a day.

    Attributes:
        day: the day.
        levers: lever id -> how it stands.
        policy: the label of what is in force: the key of the economy's answers.
        clocks: clock id -> how it stands.
        channels: channel id -> how it stands.
        offers: side -> its offer on the table.
        beliefs: side -> type of the other side -> probability.
        threats, pending, claims: what is open.
        conditions: ids of preconditions that are open.
        together: side -> (package, day) of a step it would take if the other takes its own on the same day.
        accused: side -> day on which it last accused the other.
        raised: side -> (day, lever) of its last decision to raise one.
        agreed: key of a package agreed below the level that may sign it; empty where none is.
        rounds: official meetings below the leaders that have worked on the text since the last signature.
        signed: keys of packages signed, in order.
        settled: issues that are settled.
        standing, since: how talks stand, and since when.
        broken_off_by: who broke talks off; empty where nobody did.
        credibility: side -> 0 to 1: how far its threats and claims are believed.
        appeals: lever that a court struck down, the ruling stayed -> day of the last word on it.
        struck: side -> day on which a court last struck down a duty of its on all goods for good.
        pledges: side -> clock -> days by which it has said in public that it will extend.
        partners: third country -> how it answers: watches, supports, opposes, diverts or retaliates.
        pressure: side -> what duties have cost it since the start, percent of a year's real income.
        market: change of share prices since the start that the play's news accounts for, percent.
    """

    day: date
    levers: Mapping[str, LeverState]
    policy: str
    clocks: Mapping[str, ClockState]
    channels: Mapping[str, ChannelState]
    offers: Mapping[str, Offer]
    beliefs: Mapping[str, Mapping[str, float]]
    threats: tuple[ThreatState, ...]
    pending: tuple[Pending, ...]
    claims: tuple[ClaimState, ...]
    conditions: frozenset[str]
    together: Mapping[str, tuple[str, date]]
    accused: Mapping[str, date]
    raised: Mapping[str, tuple[date, str]]
    agreed: str
    rounds: int
    signed: tuple[str, ...]
    settled: frozenset[str]
    standing: Standing
    since: date
    broken_off_by: str
    credibility: Mapping[str, float]
    appeals: Mapping[str, date]
    struck: Mapping[str, date]
    pledges: Mapping[str, Mapping[str, int]]
    partners: Mapping[str, str]
    pressure: Mapping[str, float]
    market: float

    def next_day(self, day: date, pressure: Mapping[str, float]) -> TalksState:
        """The same on another day; written out, for it is what most days come to."""
        return TalksState(
            day, self.levers, self.policy, self.clocks, self.channels, self.offers, self.beliefs,
            self.threats, self.pending, self.claims, self.conditions, self.together, self.accused,
            self.raised, self.agreed, self.rounds, self.signed, self.settled, self.standing, self.since,
            self.broken_off_by, self.credibility, self.appeals, self.struck, self.pledges, self.partners,
            pressure, self.market,
        )  # fmt: skip


STATUS_QUO = "status-quo"
WATCHES, SUPPORTS, OPPOSES = "watches", "supports", "opposes"
DIVERTS, RETALIATES = "diverts", "retaliates"
"""How a third country answers."""


def policy_label(levers: Mapping[str, LeverState], start: Mapping[str, LeverState]) -> str:
    """What is in force, as a label: the levers whose level differs from the start, `lever=level;...`.

    Equal labels are equal policies; `status-quo` is the policy of the first day.
    """
    changed = [
        f"{lever}={state.level:g}"
        for lever, state in sorted(levers.items())
        if state.level != start[lever].level
    ]
    return ";".join(changed) or STATUS_QUO


def levels_of(label: str) -> dict[str, float]:
    """Levers and levels of a policy label: the inverse of `policy_label`."""
    if label == STATUS_QUO:
        return {}
    pairs = (part.rpartition("=") for part in label.split(";"))
    return {lever: float(level) for lever, _, level in pairs}
