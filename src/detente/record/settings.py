"""What `dispute.yaml` says of a dispute as a whole: its parties, its days, goods to show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from detente.core.days import parse_day
from detente.core.errors import DetenteError, MalformedFile
from detente.record.parts import check_hs

REQUIRED = ("name", "title", "parties", "base_day", "checked_to", "line_items")
"""Fields that `dispute.yaml` must have."""


@dataclass(frozen=True)
class LineItem:
    """A good that anyone can check: shown with its whole stack of duties."""

    name: str
    importer: str
    exporter: str
    hs: str
    note: str = ""


@dataclass(frozen=True)
class Preference:
    """What goods of one side pay the other under an agreement, in place of the general (MFN) rate.

    Attributes:
        importer, exporter: labels.
        hs: prefixes of the goods.
        percent: the rate.
        since: first day.
        name: what the agreement is called.
        entry: id of the agreement's entry.
    """

    importer: str
    exporter: str
    hs: tuple[str, ...]
    percent: float
    since: str
    name: str
    entry: str


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
        preferences: rates under agreements between the two, for goods of which they are on record.
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
    preferences: tuple[Preference, ...]
    trade: tuple[TradeLine, ...]
    limits: tuple[str, ...]

    def preference(self, importer: str, exporter: str, code: str, on: date) -> Preference | None:
        """The latest preference on record that holds for a code on a day."""
        found = [
            p
            for p in self.preferences
            if (p.importer, p.exporter) == (importer, exporter)
            and code.startswith(p.hs)
            and parse_day(p.since) <= on
        ]
        return max(found, key=lambda p: p.since) if found else None


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
        preferences: list[dict[str, Any]] = list(document.get("preferences") or ())
        for number, item in enumerate(preferences):
            parse_day(str(item["since"]), where=f"{shown}:{lines.get(('preferences', number, 'since'), 1)}")
            for code in item["hs"]:
                _require_code(code, f"{shown}:{lines.get(('preferences', number, 'hs'), 1)}")
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
            preferences=tuple(Preference(**{**item, "hs": tuple(item["hs"])}) for item in preferences),
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
