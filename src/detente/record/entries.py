"""The entry schema, version 1: what a record is made of. One entry a file, one class a kind.

Fields are grouped from the general to the particular. Dates are text in the forms of `core.days`.
The classes are plain dataclasses; `record.files` checks YAML against them with pydantic, which is
loaded only when a folder is read afresh.
Ids are `kind-slug` with no date, rate or path in them, and are never reused.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated, Any, ClassVar, Literal

from annotated_types import Ge, Gt, Le, Len

from detente.core.days import parse_moment
from detente.core.errors import InvalidDate

SCHEMA_VERSION = 1


class Check:
    """A check on a text field; a ValueError becomes an error with file and line."""

    def __init__(self, check: Callable[[str], str]) -> None:
        self.check = check

    def __get_pydantic_core_schema__(self, source: Any, handler: Callable[[Any], Any]) -> Any:
        from pydantic_core import core_schema

        return core_schema.no_info_after_validator_function(self.check, handler(source))


def _check_date(text: str) -> str:
    try:
        parse_moment(text)
    except InvalidDate as error:
        raise ValueError(f"{error.what}; {error.why}; write {error.instead}") from None
    return text


def _check_hs(text: str) -> str:
    if not re.fullmatch(r"\d{2}|\d{4}|\d{6}|\d{8}|\d{10}", text):
        raise ValueError("an HS code here is 2, 4, 6, 8 or 10 digits, without dots and in quotes")
    return text


def _check_id(text: str) -> str:
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)+", text):
        raise ValueError("an id is kind-slug in lower case, e.g. measure-us-fentanyl-duty-china")
    return text


def _check_party(text: str) -> str:
    if not re.fullmatch(r"[A-Z]{3}", text):
        raise ValueError("a party is a three-letter label in capitals, e.g. USA, CHN, ALL")
    return text


DateText = Annotated[str, Check(_check_date)]
HS = Annotated[str, Check(_check_hs)]
Id = Annotated[str, Check(_check_id)]
Party = Annotated[str, Check(_check_party)]
Texts = tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Part:
    """Base: unknown fields are errors."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}


# ---------------------------------------------------------------- shared parts


@dataclass(frozen=True, kw_only=True)
class Citation(Part):
    """A source of an entry, and which part of the entry it bears out.

    Attributes:
        source: id of a source entry.
        pinpoint: section, page or paragraph.
        supports: field paths or words saying what it bears out; empty means the whole entry.
        says: our paraphrase of what it says, where that differs or matters.
    """

    source: Id
    pinpoint: str = ""
    supports: tuple[str, ...] = ()
    says: str = ""


class Relation(StrEnum):
    """How one entry stands to another."""

    CONFIRMS = "confirms"
    DENIES = "denies"
    CONTRADICTS = "contradicts"
    RESPONDS_TO = "responds_to"
    REPLACES = "replaces"
    IMPLEMENTS = "implements"
    EXTENDS = "extends"
    PART_OF = "part_of"
    SAME_STORY = "same_story"
    UPDATES = "updates"
    OPPOSITE_OF = "opposite_of"
    RESOLVES = "resolves"
    RELATES_TO = "relates_to"


@dataclass(frozen=True, kw_only=True)
class Link(Part):
    """A link to another entry."""

    entry: Id
    relation: Relation
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Reading(Part):
    """One of several values that sources give for a field."""

    value: str | float
    sources: tuple[Id, ...]
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Conflict(Part):
    """Sources that disagree, kept side by side.

    Attributes:
        field: what they disagree on, as a field path or in words.
        in_use: the reading the entry carries.
        why: why that one is in use.
        readings: the others.
    """

    field: str
    in_use: str | float
    why: str
    readings: Annotated[tuple[Reading, ...], Len(1)]


@dataclass(frozen=True, kw_only=True)
class Saying(Part):
    """One step of an attribution chain, outermost first: who says, to whom, by what channel."""

    who: str
    office: str = ""
    side: Party | None = None
    verb: str = "says"
    to: str = ""
    channel: str = ""
    source: Id | None = None


@dataclass(frozen=True, kw_only=True)
class Person(Part):
    """Someone who takes part or speaks, with the office held on that day."""

    name: str
    office: str = ""
    side: Party | None = None


class Verification(StrEnum):
    """How far an entry has been checked. `checked`: its sources were opened and bear it out."""

    CHECKED = "checked"
    UNVERIFIED = "unverified"


@dataclass(frozen=True, kw_only=True)
class Entry(Part):
    """What every entry has.

    Attributes:
        id, kind, title: `kind-slug`; the kind; one plain line.
        summary: what happened, in our words.
        date: the main day (of a measure: announced; of a talk: when held).
        end_date: last day, for what lasts.
        known: when it became public; `date` where not given. Drives `--known-by`.
        parties: who it is between or about.
        sources, links, conflicts, chain: provenance.
        verification: checked, or unverified (counted and shown).
        aliases: other names in use for it.
        topics: short words: tariffs, rare_earths, chips, fentanyl, visas, ...
    """

    needs_date: ClassVar[bool] = False

    schema: Literal[1]
    kind: str
    id: Id
    title: Annotated[str, Len(3, 160)]
    summary: str = ""
    date: DateText | None = None
    end_date: DateText | None = None
    known: DateText | None = None
    parties: tuple[Party, ...] = ()
    sources: tuple[Citation, ...] = ()
    links: tuple[Link, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    chain: tuple[Saying, ...] = ()
    verification: Verification = Verification.CHECKED
    aliases: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        prefix = self.kind.replace("_", "-") + "-"
        if not self.id.startswith(prefix):
            raise ValueError(f"the id must start with {prefix}")
        if re.search(r"(19|20)\d{2}-\d{2}", self.id):
            raise ValueError("an id carries no date: dates are corrected, ids never change")
        if self.needs_date and self.date is None:
            raise ValueError(f"a {self.kind} needs a date")


# ---------------------------------------------------------------- measures


class Instrument(StrEnum):
    """What a measure does."""

    IMPORT_DUTY = "import_duty"
    EXPORT_CONTROL = "export_control"
    USE_CONTROL = "use_control"
    EXPORT_TAX = "export_tax"
    ENTITY_RESTRICTION = "entity_restriction"
    INVESTMENT_SCREENING = "investment_screening"
    VISA_RESTRICTION = "visa_restriction"
    PORT_FEE = "port_fee"
    DE_MINIMIS = "de_minimis"
    PURCHASE_COMMITMENT = "purchase_commitment"
    IMPORT_BAN = "import_ban"
    OTHER = "other"


class Status(StrEnum):
    """The state of a measure. Only `in_force` enters a policy."""

    THREATENED = "threatened"
    INVESTIGATED = "investigated"
    PROPOSED = "proposed"
    ANNOUNCED = "announced"
    AGREED = "agreed"
    IN_FORCE = "in_force"
    SUSPENDED = "suspended"
    STAYED = "stayed"
    STRUCK_DOWN = "struck_down"
    REVOKED = "revoked"
    CEASED = "ceased"
    EXPIRED = "expired"
    REPLACED = "replaced"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, kw_only=True)
class GoodsScope(Part):
    """Goods by HS. Exactly one of all_goods, hs or list; exemptions are separate.

    Attributes:
        all_goods: every good of the origins.
        hs: prefixes of 2 to 10 digits (a chapter is two digits).
        list_file: file under the dispute's `lists/` folder: column `hs`, optional `rate_percent`.
        where_list: optional filter, column -> value, on the list file's rows.
        words: scope as the text has it, where no HS list can hold it.
        content: what the rate falls on: full_value, or metal_content (then `content_share`).
        content_share: share of customs value that the duty falls on, with its source in notes.
    """

    all_goods: bool = False
    hs: tuple[HS, ...] = ()
    list_file: str | None = None
    where_list: dict[str, str] = field(default_factory=dict)
    words: str = ""
    content: Literal["full_value", "metal_content"] = "full_value"
    content_share: Annotated[float, Gt(0), Le(1)] | None = None

    def __post_init__(self) -> None:
        ways = sum((self.all_goods, bool(self.hs), self.list_file is not None))
        if ways > 1 or (ways == 0 and not self.words):
            raise ValueError("give exactly one of all_goods, hs, list_file (or words where no list exists)")


@dataclass(frozen=True, kw_only=True)
class Exemption(Part):
    """Goods taken out of a measure for a time. Backdated effect: `since` before `known`."""

    hs: tuple[HS, ...] = ()
    list_file: str | None = None
    where_list: dict[str, str] = field(default_factory=dict)
    since: DateText
    until: DateText | None = None
    known: DateText | None = None
    cause: Id | None = None
    basis: Literal["by_law", "on_application"] = "by_law"
    why: str = ""

    def __post_init__(self) -> None:
        if bool(self.hs) == (self.list_file is not None):
            raise ValueError("give exactly one of hs or list_file")


@dataclass(frozen=True, kw_only=True)
class Quantity(Part):
    """An amount promised or allowed, with its unit and period."""

    amount: float
    unit: str
    period: str = ""


@dataclass(frozen=True, kw_only=True)
class OnExpiry(Part):
    """What the law says follows when a state's time runs out and nobody signs anything."""

    status: Status
    rate_percent: float | None = None
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class State(Part):
    """One stretch of a measure's life.

    Four days: announced, in_law (signed or published), effective (bites), known (public; the day
    of announcement where not given). An effective day before the known one is backdated.

    Attributes:
        status: what it is in this stretch.
        scope: goods in this stretch, where they differ from the measure's.
        rate_percent: applied ad valorem rate; with a list that carries rates, leave it out.
        specific_rate: a rate that is not ad valorem, in words (a port fee per ton).
        quantity: for a purchase commitment or quota.
        effective: start, inclusive, in the imposing party's zone unless one is written.
        expires: scheduled end, exclusive; without it the state is open.
        on_expiry: the legal consequence of a lapse.
        suspended_points: part of the rate suspended (it snaps back on a lapse).
        removed_points: part taken away (it does not).
        verb: the legal verb where the effect turns on it, with the original (e.g. "suspend 暂停").
        cause: id of the entry or source that brought this state about.
        voided_from: for struck_down: the measure is void from this moment; owed becomes refundable.
        withdrawn: when this state was called off before it took effect.
    """

    status: Status
    scope: GoodsScope | None = None
    rate_percent: Annotated[float, Ge(0), Le(10000)] | None = None
    specific_rate: str = ""
    quantity: Quantity | None = None
    announced: DateText | None = None
    in_law: DateText | None = None
    effective: DateText
    known: DateText | None = None
    expires: DateText | None = None
    on_expiry: OnExpiry | None = None
    suspended_points: Annotated[float, Gt(0)] | None = None
    removed_points: Annotated[float, Gt(0)] | None = None
    verb: str = ""
    cause: Id | None = None
    voided_from: DateText | None = None
    withdrawn: DateText | None = None
    note: str = ""

    def __post_init__(self) -> None:
        if self.expires and self.on_expiry is None:
            raise ValueError("a state that expires must say on_expiry: what the law says then")
        if self.expires and parse_moment(self.expires).at <= parse_moment(self.effective).at:
            raise ValueError("expires is not after effective")


@dataclass(frozen=True, kw_only=True)
class Stacking(Part):
    """How a duty adds up with others on one line.

    Attributes:
        group: within a group only one layer is paid on a line: the one of lowest `priority`.
        priority: rank inside the group; 1 wins.
        yields_to: groups whose goods this duty does not fall on.
    """

    group: str | None = None
    priority: int = 1
    yields_to: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Measure(Entry):
    """An act of policy with legal or administrative force, its scope and its life.

    Attributes:
        imposing: whose law it is.
        targets: origins (duties) or destinations (export controls); ["ALL"] is everyone.
        except_targets: taken out of ALL.
        authority: the statute or power, as people name it ("IEEPA (fentanyl)", "Section 301").
        layer: short name of the layer in tables; measures of one layer must not overlap.
        states: its life, in order.
        in_economy: whether its duty enters a Policy; false with a reason in notes (no list, no data).
    """

    kind: Literal["measure"]
    imposing: Party
    targets: Annotated[tuple[Party, ...], Len(1)]
    except_targets: tuple[Party, ...] = ()
    instrument: Instrument
    authority: str
    layer: str
    scope: GoodsScope
    exemptions: tuple[Exemption, ...] = ()
    stacking: Stacking = field(default_factory=Stacking)
    states: Annotated[tuple[State, ...], Len(1)]
    in_economy: bool = True

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.instrument is Instrument.IMPORT_DUTY and self.in_economy:
            for number, state in enumerate(self.states):
                if (
                    state.status is Status.IN_FORCE
                    and state.rate_percent is None
                    and not self.scope.list_file
                ):
                    raise ValueError(f"states[{number}] is in force but has no rate_percent")


# ---------------------------------------------------------------- agreements, talks, words


@dataclass(frozen=True, kw_only=True)
class Term(Part):
    """One obligation or term of an agreement."""

    by: Party
    does: str
    instrument: str = ""
    measure: Id | None = None
    effect: Literal["suspends", "removes", "ceases", "keeps", "reduces", "commits", "licenses", "other"] = (
        "other"
    )
    points: float | None = None
    quantity: Quantity | None = None
    due: DateText | None = None
    state: Literal["promised", "done", "part_done", "not_done", "disputed", "unknown"] = "unknown"
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Agreement(Entry):
    """An agreement, truce, framework or joint statement.

    Attributes:
        form: joint_statement, framework, truce, signed_agreement, fact_sheets (no joint text), ...
        start, end: when it holds; half-open; end open where none is set.
        terms: who does what; what is suspended and what is removed.
        outcome: how it ended, over time, in words.
    """

    kind: Literal["agreement"]
    form: Literal[
        "joint_statement", "framework", "truce", "signed_agreement", "fact_sheets", "understanding", "other"
    ]
    start: DateText
    end: DateText | None = None
    terms: tuple[Term, ...] = ()
    outcome: str = ""


@dataclass(frozen=True, kw_only=True)
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


@dataclass(frozen=True, kw_only=True)
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
    participants: Annotated[tuple[Person, ...], Len(1)]
    asked_by: Party | None = None
    length_minutes: Annotated[int, Gt(0)] | None = None
    readouts: tuple[Readout, ...] = ()
    outcome: str = ""
    first_since: Id | None = None


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


@dataclass(frozen=True, kw_only=True)
class ClaimStanding(Part):
    """Where a claim stood from a day on, and what moved it."""

    since: DateText
    status: ClaimStatus
    cause: Id | None = None


@dataclass(frozen=True, kw_only=True)
class Statement(Entry):
    """Base of what someone said: by whom, and what, in our words."""

    needs_date: ClassVar[bool] = True

    by: Person
    says: str
    to: str = ""


@dataclass(frozen=True, kw_only=True)
class Claim(Statement):
    """A statement of fact by a side that another may confirm or deny (accusations included)."""

    kind: Literal["claim"]
    accusation: bool = False
    standing: Annotated[tuple[ClaimStanding, ...], Len(1)]


@dataclass(frozen=True, kw_only=True)
class Denial(Statement):
    """A denial, of equal rank with what it denies."""

    kind: Literal["denial"]
    denies: Annotated[tuple[Id, ...], Len(1)]


@dataclass(frozen=True, kw_only=True)
class Threat(Statement):
    """A threat or warning: what, by when, unless what; and how it ended."""

    kind: Literal["threat"]
    would_do: str
    unless: str = ""
    deadline: DateText | None = None
    outcome: Literal["open", "executed", "executed_in_part", "withdrawn", "postponed", "lapsed"] = "open"
    outcome_date: DateText | None = None
    outcome_cause: Id | None = None


@dataclass(frozen=True, kw_only=True)
class Demand(Statement):
    """Something one side asks of the other."""

    kind: Literal["demand"]
    of: Party
    outcome: Literal["open", "met", "met_in_part", "refused", "dropped"] = "open"
    outcome_cause: Id | None = None


@dataclass(frozen=True, kw_only=True)
class Precondition(Statement):
    """What a side says must hold before it talks or signs."""

    kind: Literal["precondition"]
    before: str
    until: DateText | None = None
    outcome: Literal["open", "met", "waived", "dropped"] = "open"


@dataclass(frozen=True, kw_only=True)
class RedLine(Statement):
    """What a side says it will not trade."""

    kind: Literal["red_line"]
    issue: str
    until: DateText | None = None


@dataclass(frozen=True, kw_only=True)
class Stance(Part):
    """A side's stance from a day on."""

    since: DateText
    stance: str
    source: Id | None = None


@dataclass(frozen=True, kw_only=True)
class Position(Entry):
    """A side's stance on an issue over time; also its standing aims."""

    kind: Literal["position"]
    side: Party
    issue: str
    stances: Annotated[tuple[Stance, ...], Len(1)]


@dataclass(frozen=True, kw_only=True)
class Assessment(Statement):
    """A named analyst's judgement or forecast, and when it can be settled."""

    kind: Literal["assessment"]
    forecast: bool = False
    readings: tuple[str, ...] = ()
    """Several readings where the words are ambiguous."""
    resolvable_by: DateText | None = None
    resolution: Literal["open", "borne_out", "not_borne_out", "mixed", "not_resolvable"] = "open"
    resolution_note: str = ""


class Effect(StrEnum):
    """What a ruling does to a measure."""

    VOIDS = "voids"
    UPHOLDS = "upholds"
    ENJOINS = "enjoins"
    STAYS_RULING = "stays_ruling"
    REFUNDS = "refunds"


@dataclass(frozen=True, kw_only=True)
class RulingEffect(Part):
    """What a ruling does to one measure."""

    measure: Id
    effect: Effect
    since: DateText
    reaches_back_to: DateText | None = None
    for_whom: str = "everyone"
    stayed: bool = False
    note: str = ""


@dataclass(frozen=True, kw_only=True)
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


@dataclass(frozen=True, kw_only=True)
class MarketMove(Entry):
    """A move in a market that people tied to the dispute."""

    needs_date: ClassVar[bool] = True

    kind: Literal["market_move"]
    market: str
    change: str
    value: float | None = None
    unit: str = ""
    attributed_to: str = ""


@dataclass(frozen=True, kw_only=True)
class CompanyMove(Entry):
    """A firm or an industry moving production, sourcing, prices or investment."""

    needs_date: ClassVar[bool] = True

    kind: Literal["company_move"]
    who: str
    does: str
    modality: Literal["done", "under_way", "planned", "considered", "reported"] = "reported"


@dataclass(frozen=True, kw_only=True)
class DomesticPressure(Entry):
    """Pressure at home: slump, weak consumption, industry or consumer groups, opinion, legislature."""

    kind: Literal["domestic_pressure"]
    side: Party
    who: str
    wants: str = ""
    state: str = ""


@dataclass(frozen=True, kw_only=True)
class Source(Entry):
    """Where something is from.

    Attributes:
        form: legal_text, official_statement, wire, newspaper, broadcaster, analysis, dataset,
            aggregator, article, social_post, book.
        publisher, url, published, accessed: as found.
        origin: the ultimate origin, a short name; sources of one origin count once.
        republishes: id of the source it repeats.
        affiliation: the government or firm it belongs to, if any.
        opened: false where it is known only through another page.
    """

    kind: Literal["source"]
    form: Literal[
        "legal_text", "official_statement", "wire", "newspaper", "broadcaster", "analysis", "dataset",
        "aggregator", "article", "social_post", "book",
    ]  # fmt: skip
    publisher: str
    url: str = ""
    published: DateText | None = None
    accessed: DateText
    origin: str
    republishes: Id | None = None
    affiliation: str = ""
    opened: bool = True
    through: str = ""
    """Where it was read when not at its own address (a stored copy, a quoting page)."""


KINDS: dict[str, type[Entry]] = {
    "measure": Measure,
    "agreement": Agreement,
    "talk": Talk,
    "claim": Claim,
    "denial": Denial,
    "threat": Threat,
    "demand": Demand,
    "precondition": Precondition,
    "red_line": RedLine,
    "position": Position,
    "assessment": Assessment,
    "ruling": Ruling,
    "market_move": MarketMove,
    "company_move": CompanyMove,
    "domestic_pressure": DomesticPressure,
    "source": Source,
}
"""Every kind of entry and its class."""
