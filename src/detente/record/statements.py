"""Who says what: claims, denials, threats, demands, conditions, positions, judgements."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, ClassVar, Literal

from detente.record.parts import DateText, Entry, Id, OneOrMore, Part, Party, Person


class ClaimStatus(StrEnum):
    """Where a claim stands. The record never decides who is right."""

    OPEN = "open"
    CONFIRMED_BY_OTHER_SIDE = "confirmed_by_other_side"
    DENIED = "denied"
    CONTRADICTED_BY_ACT = "contradicted_by_act"
    PARTLY_CONFIRMED = "partly_confirmed"
    UNCONFIRMED = "unconfirmed"
    WITHDRAWN = "withdrawn"
    WITHOUT_CONTENT = "without_content"


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class ClaimStanding(Part):
    """Where a claim stood from a day on, and what moved it."""

    since: DateText
    status: ClaimStatus
    cause: Id | None = None


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Statement(Entry):
    """Base of what someone said: by whom, and what, in our words."""

    needs_date: ClassVar[bool] = True

    by: Person
    says: str
    to: str = ""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Claim(Statement):
    """A statement of fact by a side that another may confirm or deny (accusations included).

    Attributes:
        accusation: whether it blames the other side.
        breach_of: agreement that it says was broken; then `breached_by` says by whom.
    """

    kind: Literal["claim"]
    accusation: bool = False
    breach_of: Id | None = None
    breached_by: Party | None = None
    standing: Annotated[tuple[ClaimStanding, ...], OneOrMore]

    def __post_init__(self) -> None:
        super().__post_init__()
        if (self.breach_of is None) != (self.breached_by is None):
            raise ValueError("breach_of and breached_by go together")


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Denial(Statement):
    """A denial, of equal rank with what it denies."""

    kind: Literal["denial"]
    denies: Annotated[tuple[Id, ...], OneOrMore]


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Threat(Statement):
    """A threat or warning: what, by when, unless what; and how it ended."""

    kind: Literal["threat"]
    would_do: str
    unless: str = ""
    deadline: DateText | None = None
    outcome: Literal["open", "executed", "executed_in_part", "withdrawn", "postponed", "lapsed"] = "open"
    outcome_date: DateText | None = None
    outcome_cause: Id | None = None


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Demand(Statement):
    """Something one side asks of the other."""

    kind: Literal["demand"]
    of: Party
    outcome: Literal["open", "met", "met_in_part", "refused", "dropped"] = "open"
    outcome_cause: Id | None = None


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Precondition(Statement):
    """What a side says must hold before it talks or signs."""

    kind: Literal["precondition"]
    before: str
    until: DateText | None = None
    outcome: Literal["open", "met", "waived", "dropped"] = "open"


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class RedLine(Statement):
    """What a side says it will not trade."""

    kind: Literal["red_line"]
    issue: str
    until: DateText | None = None


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Stance(Part):
    """A side's stance from a day on."""

    since: DateText
    stance: str
    source: Id | None = None


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Position(Entry):
    """A side's stance on an issue over time; also its standing aims."""

    kind: Literal["position"]
    side: Party
    issue: str
    stances: Annotated[tuple[Stance, ...], OneOrMore]


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Assessment(Statement):
    """A named analyst's judgement or forecast, and when it can be settled."""

    kind: Literal["assessment"]
    forecast: bool = False
    readings: tuple[str, ...] = ()
    """Several readings where the words are ambiguous."""
    resolvable_by: DateText | None = None
    resolution: Literal["open", "borne_out", "not_borne_out", "mixed", "not_resolvable"] = "open"
    resolution_note: str = ""
