"""What `dispute.yaml` says of a dispute as a whole: its parties, its days, goods to show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from detente.core.days import parse_day
from detente.core.errors import DetenteError, MalformedFile
from detente.record.parts import check_hs

REQUIRED = ("name", "title", "parties", "base_day", "checked_to", "line_items")
"""Fields that `dispute.yaml` must have."""


@dataclass(frozen=True)
class LineItem:
    """A good that anyone can check: shown with its whole stack of duties.

    Attributes:
        name, importer, exporter, hs, note: the good and the flow.
        ordinary_percent: what it pays before any extra duty, where that is not the MFN rate of the world's
            tables, e.g. 0 under a trade agreement.
        ordinary_name: what that rate is called.
    """

    name: str
    importer: str
    exporter: str
    hs: str
    note: str = ""
    ordinary_percent: float | None = None
    ordinary_name: str = ""


@dataclass(frozen=True)
class TradeLine:
    """What one side sold the other of a listed good, where no world has that trade line by line.

    Attributes:
        importer, exporter: labels.
        hs: the good.
        usd_million: value of the year, USD million.
        year: which year.
        source: id of the source entry.
        note: how the number was made.
    """

    importer: str
    exporter: str
    hs: str
    usd_million: float
    year: int
    source: str
    note: str = ""


@dataclass(frozen=True)
class Settings:
    """What `dispute.yaml` says of a dispute as a whole.

    Attributes:
        name, title: the folder's name and a plain title.
        parties: the two sides, in the order in which they are shown.
        territories: whose goods the parties' measures treat like a party's own (Hong Kong, Macau).
        base_day: day whose duties the world's base holds.
        headline_since: duties first announced from this day on are the "additional" ones of headlines;
            by default the day after the base day.
        checked_to: last day to which the record was checked against the news.
        line_items: goods shown with their whole stack.
        further_decoupling: the named what-if of that name: costs and the shares they fall on, sourced.
        trade: values of listed goods, for flows whose lines the world does not ship.
        limits: what a reader of a brief on this dispute must be told besides the limits of all briefs.
    """

    name: str
    title: str
    parties: tuple[str, str]
    territories: tuple[str, ...]
    base_day: str
    checked_to: str
    headline_since: str
    line_items: tuple[LineItem, ...]
    further_decoupling: dict[str, Any]
    trade: tuple[TradeLine, ...]
    limits: tuple[str, ...]


def read_settings(content: bytes, shown: str) -> Settings:
    """The settings in a `dispute.yaml`.

    Args:
        content: the file.
        shown: how it is named in errors.

    Raises:
        MalformedFile, InvalidDate: with the line.
    """
    # YAML is loaded only when files are read afresh: a record that was kept answers at once.
    from detente.core.yaml12 import decode, parse_yaml

    document, lines = parse_yaml(decode(content, shown), shown)
    try:
        for field in (
            "base_day",
            "checked_to",
            *(("headline_since",) if "headline_since" in document else ()),
        ):
            parse_day(str(document[field]), where=f"{shown}:{lines.get((field,), 1)}")
        for field in ("name", "title"):
            if not isinstance(document[field], str):
                raise ValueError(f"{field} is not text")
        for name in ("line_items", "trade"):
            for number, item in enumerate(document.get(name) or ()):
                _require_code(item["hs"], f"{shown}:{lines.get((name, number, 'hs'), 1)}")
        items = tuple(LineItem(**item) for item in document["line_items"])
        first, second = document["parties"]
        return Settings(
            name=document["name"],
            title=document["title"],
            parties=(first, second),
            territories=tuple(document.get("territories") or ()),
            base_day=document["base_day"],
            checked_to=document["checked_to"],
            headline_since=document.get("headline_since") or _day_after(document["base_day"]),
            line_items=items,
            further_decoupling=document.get("further_decoupling") or {},
            trade=tuple(TradeLine(**line) for line in document.get("trade") or ()),
            limits=tuple(document.get("limits") or ()),
        )
    except DetenteError:
        raise
    except (KeyError, TypeError, ValueError) as error:
        raise MalformedFile(
            f"dispute.yaml: {'no ' if isinstance(error, KeyError) else ''}{error}",
            where=f"{shown}:{lines.get((), 1)}",
            why="it needs name, title, parties, base_day, checked_to, line_items",
            instead="copy the shipped one with `detente new`",
        ) from None


def _require_code(code: Any, where: str) -> None:
    # core.products is not used here: it needs NumPy, which the build of the index goes without.
    try:
        check_hs(str(code))
    except ValueError as error:
        raise MalformedFile(
            f"{code!r} is not an HS code", where=where, why=str(error), instead='hs: "8517130000"'
        ) from None


def _day_after(day: str) -> str:
    return (parse_day(day) + timedelta(days=1)).isoformat()
