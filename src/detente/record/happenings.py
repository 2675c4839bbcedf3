"""Beside measures: agreements, talks, rulings, moves of markets and firms, pressure at home."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, ClassVar, Literal

from detente.record.measures import Quantity
from detente.record.parts import DateText, Entry, Id, OneOrMore, Part, Party, Person, PositiveWhole


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Delivery(Part):
    """How much of a promised quantity was delivered by a day, by one count.

    Attributes:
        amount: delivered from the start of the promise's period to the end of `to`.
        counted_by: whose count: customs of a side, shipments inspected, orders reported by traders.
        known: when the count was public; `to` where not given.
    """

    amount: float
    unit: str
    to: DateText
    counted_by: str
    known: DateText | None = None
    source: Id
    note: str = ""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Term(Part):
    """One obligation or term of an agreement.

    Attributes:
        verb: the legal verb where the effect turns on it, with the original (e.g. "suspend 暂停实施").
        state: how it stands from `state_since` (else `due`) on; before that it is promised.
        deliveries: counts of what was delivered of `quantity`, in the order of time.
    """

    by: Party
    does: str
    instrument: str = ""
    measure: Id | None = None
    effect: Literal["suspends", "removes", "ceases", "keeps", "reduces", "commits", "licenses", "other"] = (
        "other"
    )
    verb: str = ""
    points: float | None = None
    quantity: Quantity | None = None
    deliveries: tuple[Delivery, ...] = ()
    due: DateText | None = None
    state: Literal["promised", "done", "part_done", "not_done", "disputed", "unknown"] = "unknown"
    state_since: DateText | None = None
    note: str = ""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Agreement(Entry):
    """An agreement, truce, framework or joint statement.

    Attributes:
        form: joint_statement, framework, truce, signed_agreement, fact_sheets (no joint text), ...
        start, end: when it holds; half-open; end open where none is set.
        scheduled_end: the end it was first given, where it ended on another day.
        end_known: when `end` became public, where that was later than the agreement itself; until then
            `scheduled_end` is its end, or none.
        terms: who does what; what is suspended and what is removed.
        outcome: how it ended, over time, in words.
    """

    kind: Literal["agreement"]
    form: Literal[
        "joint_statement", "framework", "truce", "signed_agreement", "fact_sheets", "understanding", "other"
    ]
    start: DateText
    end: DateText | None = None
    scheduled_end: DateText | None = None
    end_known: DateText | None = None
    terms: tuple[Term, ...] = ()
    outcome: str = ""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Readout(Part):
    """What one side published about a talk: our paraphrase, and what it leaves out."""

    side: Party
    says: str
    leaves_out: str = ""
    source: Id | None = None


class Level(StrEnum):
    """The level of a talk, from low to high."""

    STAFF = "staff"
    AMBASSADOR = "ambassador"
    DEPUTY = "deputy"
    MINISTER = "minister"
    LEADER = "leader"


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Talk(Entry):
    """A contact: call, meeting, round, letter or public post addressed to the other side."""

    needs_date: ClassVar[bool] = True

    kind: Literal["talk"]
    date_precision: Literal["minute", "day", "month", "about"] = "day"
    place: str = ""
    mode: Literal["in_person", "phone", "video", "letter", "post"]
    track: Literal["official", "business", "party"]
    level: Level
    state: Literal["held", "planned", "called_off", "unknown"] = "held"
    participants: Annotated[tuple[Person, ...], OneOrMore]
    asked_by: Party | None = None
    length_minutes: PositiveWhole | None = None
    readouts: tuple[Readout, ...] = ()
    outcome: str = ""
    first_since: Id | None = None


class Effect(StrEnum):
    """What a ruling does to a measure."""

    VOIDS = "voids"
    UPHOLDS = "upholds"
    ENJOINS = "enjoins"
    STAYS_RULING = "stays_ruling"
    REFUNDS = "refunds"


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class RulingEffect(Part):
    """What a ruling does to one measure."""

    measure: Id
    effect: Effect
    since: DateText
    reaches_back_to: DateText | None = None
    for_whom: str = "everyone"
    stayed: bool = False
    note: str = ""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Ruling(Entry):
    """A decision of a court or panel."""

    needs_date: ClassVar[bool] = True

    kind: Literal["ruling"]
    court: str
    case: str
    holds: str
    vote: str = ""
    effects: tuple[RulingEffect, ...] = ()
    refunds: str = ""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class MarketMove(Entry):
    """A move in a market that people tied to the dispute."""

    needs_date: ClassVar[bool] = True

    kind: Literal["market_move"]
    market: str
    change: str
    value: float | None = None
    unit: str = ""
    attributed_to: str = ""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class CompanyMove(Entry):
    """A firm or an industry moving production, sourcing, prices or investment."""

    needs_date: ClassVar[bool] = True

    kind: Literal["company_move"]
    who: str
    does: str
    modality: Literal["done", "under_way", "planned", "considered", "reported"] = "reported"


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class DomesticPressure(Entry):
    """Pressure at home: slump, weak consumption, industry or consumer groups, opinion, legislature."""

    kind: Literal["domestic_pressure"]
    side: Party
    who: str
    wants: str = ""
    state: str = ""
