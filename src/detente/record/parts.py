"""What every entry is made of: checked fields, citations, links, conflicts, attribution chains."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any, ClassVar, Literal

from detente.core.days import MOMENT_FORM, parse_moment
from detente.core.errors import InvalidDate
from detente.core.places import PLACES, is_place

SCHEMA_VERSION = 1
HS_FORM = r"\d{2}|\d{4}|\d{6}|\d{8}|\d{10}"
ID_FORM = r"[a-z0-9]+(-[a-z0-9]+)+"


class Check:
    """A check on a field; a ValueError becomes an error with file and line.

    Args:
        check: gives the value back, or raises a ValueError.
        json_schema: as much of the check as JSON Schema can say, for editors.
    """

    def __init__(self, check: Callable[[Any], Any], **json_schema: Any) -> None:
        self.check = check
        self.json_schema = json_schema

    def __get_pydantic_core_schema__(self, source: Any, handler: Callable[[Any], Any]) -> Any:
        from pydantic_core import core_schema

        return core_schema.no_info_after_validator_function(self.check, handler(source))

    def __get_pydantic_json_schema__(self, schema: Any, handler: Callable[[Any], Any]) -> dict[str, Any]:
        return {**handler(schema), **self.json_schema}


def _check_date(text: str) -> str:
    try:
        parse_moment(text)
    except InvalidDate as error:
        raise ValueError(f"{error.what}; {error.why}; write {error.instead}") from None
    return text


def check_hs(text: str) -> str:
    """The code itself; a ValueError where it is not one."""
    if not re.fullmatch(HS_FORM, text):
        raise ValueError("an HS code here is 2, 4, 6, 8 or 10 digits, without dots and in quotes")
    return text


def _check_id(text: str) -> str:
    if not re.fullmatch(ID_FORM, text):
        raise ValueError("an id is kind-slug in lower case, e.g. measure-us-fentanyl-duty-china")
    return text


def _check_party(text: str) -> str:
    if not is_place(text):
        raise ValueError(
            "a party is a known three-letter label in capitals, e.g. USA, CHN, ALL (core/places.py)"
        )
    return text


def _check_title(text: str) -> str:
    if not 3 <= len(text) <= 160:
        raise ValueError("a title is one plain line of 3 to 160 characters")
    return text


def _check_some(items: tuple[Any, ...]) -> tuple[Any, ...]:
    if not items:
        raise ValueError("at least one is needed")
    return items


def _check_rate(value: float) -> float:
    if not 0 <= value <= 10000:
        raise ValueError("a rate is in percent of value, from 0 to 10000")
    return value


def _check_share(value: float) -> float:
    if not 0 < value <= 1:
        raise ValueError("a share is above 0 and at most 1")
    return value


def _check_positive(value: float) -> float:
    if not value > 0:
        raise ValueError("it must be above zero")
    return value


DateText = Annotated[str, Check(_check_date, pattern=MOMENT_FORM)]
HS = Annotated[str, Check(check_hs, pattern=f"^({HS_FORM})$")]
Id = Annotated[str, Check(_check_id, pattern=f"^{ID_FORM}$")]
Party = Annotated[str, Check(_check_party, enum=PLACES)]
Title = Annotated[str, Check(_check_title, minLength=3, maxLength=160)]
Rate = Annotated[float, Check(_check_rate, minimum=0, maximum=10000)]
Share = Annotated[float, Check(_check_share, exclusiveMinimum=0, maximum=1)]
Positive = Annotated[float, Check(_check_positive, exclusiveMinimum=0)]
PositiveWhole = Annotated[int, Check(_check_positive, exclusiveMinimum=0)]
OneOrMore = Check(_check_some, minItems=1)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Part:
    """Base: unknown fields are errors."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
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


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Link(Part):
    """A link to another entry."""

    entry: Id
    relation: Relation
    note: str = ""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Reading(Part):
    """One of several values that sources give for a field."""

    value: str | float
    sources: tuple[Id, ...]
    note: str = ""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
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
    readings: Annotated[tuple[Reading, ...], OneOrMore]


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Saying(Part):
    """One step of an attribution chain, outermost first: who says, to whom, by what channel."""

    who: str
    office: str = ""
    side: Party | None = None
    verb: str = "says"
    to: str = ""
    channel: str = ""
    source: Id | None = None


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Person(Part):
    """Someone who takes part or speaks, with the office held on that day."""

    name: str
    office: str = ""
    side: Party | None = None


class Verification(StrEnum):
    """How far an entry has been checked. `checked`: its sources were opened and bear it out."""

    CHECKED = "checked"
    UNVERIFIED = "unverified"


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
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
    title: Title
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


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
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
