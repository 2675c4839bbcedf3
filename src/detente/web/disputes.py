"""The disputes and worlds a server may open: the shipped ones, and folders named when it started."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path

from detente.analysis.state import first_day
from detente.core.days import parse_day
from detente.core.errors import (
    CannotWrite,
    DetenteError,
    InvalidOption,
    InvalidRecord,
    UnknownDispute,
    UnknownName,
)
from detente.economy.worlds import list_worlds
from detente.record.asof import AsOf, Assume
from detente.record.checks import require_sound
from detente.record.files import Record, load_record, shipped_disputes
from detente.record.folders import copy_dispute, new_dispute
from detente.web.settings import Settings

NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
BASE_DAY = "2025-01-19"
"""Of the shipped world, whose duties a record's changes are counted from."""


class Disputes:
    """Records by name; a request can never name a path.

    Args:
        settings: with the folders that may be written.
    """

    def __init__(self, settings: Settings) -> None:
        self._named, self._home = settings.folders, settings.home
        self._sound: set[str] = set()

    @property
    def folders(self) -> dict[str, Path]:
        """Folders that may be written: those named at the start, then those made from a page."""
        made = sorted(self._home.glob("*/dispute.yaml")) if self._home else []
        return {**self._named, **{p.parent.name: p.parent for p in made if p.parent.name not in self._named}}

    def make(self, name: str, source: str | None, parties: Sequence[str], title: str | None) -> Path:
        """Make a folder of one's own, as a copy of a dispute or for two sides with nothing on record yet.

        Raises:
            CannotWrite: there is one of that name, or this server makes none.
            InvalidOption: no name for a folder, or neither a source nor two sides.
            UnknownDispute: no such source.
        """
        if self._home is None:
            raise CannotWrite(
                f"dispute {name}",
                where="name",
                why="this server makes no folders",
                instead="`detente new NAME`, then `detente serve --dispute NAME`",
            )
        if not NAME.fullmatch(name) or name in shipped_disputes():
            raise InvalidOption(
                f"name {name!r}",
                where="name",
                why="a shipped dispute has it" if name in shipped_disputes() else "it is no name of a folder",
                instead="small letters, digits and hyphens, such as my-dispute",
            )
        if name in self.folders:
            raise CannotWrite(
                f"{name} exists", where="name", why="nothing is overwritten", instead="another name"
            )
        target = str(self._home / name)
        try:
            if source is not None:
                return copy_dispute(target, str(self.record(source).folder))
            if len(parties) == 2:
                return new_dispute(target, (parties[0], parties[1]), title, BASE_DAY, None)
        except CannotWrite as error:
            error.what, error.where = error.what.replace(target, name), "name"
            raise
        raise InvalidOption(
            f"{len(parties)} sides",
            where="parties",
            why="a dispute is copied, or begun between two sides",
            instead='"source": "us-china", or "parties": ["CHN", "AUS"]',
        )

    @property
    def names(self) -> list[str]:
        """Folders of one's own first, then the shipped ones, the one checked last before others."""
        shipped = [name for name in shipped_disputes() if name not in self.folders]
        return [*self.folders, *sorted(shipped, key=lambda n: _shipped(n).settings.checked_to, reverse=True)]

    @property
    def titles(self) -> list[tuple[str, str]]:
        """Name and title of each, as people choose them; one's own by both."""
        found = []
        for name in self.names:
            try:
                title = self.record(name).settings.title.replace(" - ", " – ")
            except DetenteError:  # a folder that somebody is in the middle of changing
                title = name
            found.append((name, f"{title} ({name})" if name in self.folders and title != name else title))
        return found

    def record(self, name: str | None) -> Record:
        """The record of that name, as its files stand now; the first of `names` where none is given.

        Raises:
            UnknownDispute: no such name here.
        """
        chosen = name or self.names[0]
        if chosen in self.folders:
            return load_record(str(self.folders[chosen]))
        if chosen in shipped_disputes():
            return _shipped(chosen)
        raise UnknownDispute(
            f"no dispute {chosen!r}",
            where="dispute",
            why="this server serves none of that name",
            instead=f"one of {', '.join(self.names)}; `detente serve --dispute FOLDER` adds a folder",
        )

    def sound(self, name: str | None) -> Record:
        """As `record`, checked for what would make numbers wrong."""
        record = self.record(name)
        if record.digest not in self._sound:
            require_sound(record)
            self._sound.add(record.digest)
        return record


def first_day_of(record: Record) -> date | None:
    """The day on which a record begins; None where nothing dated is on it yet."""
    try:
        return first_day(record)
    except InvalidRecord:
        return None


@lru_cache(maxsize=16)
def _shipped(name: str) -> Record:
    """Shipped disputes never change while a server runs."""
    return load_record(name)


def asof_of(record: Record, on: str | None, known_by: str | None, assume: str | None) -> AsOf:
    """The days of a question, the last day checked by default.

    Raises:
        InvalidDate, InvalidOption: not days, or no such branch.
    """
    if assume and assume not in set(Assume):
        raise InvalidOption(
            f"assume {assume!r}", where="assume", why="no such branch", instead="lapsed or extended"
        )
    return AsOf(
        on=parse_day(on or record.settings.checked_to, where="on"),
        known_by=parse_day(known_by, where="known_by") if known_by else None,
        assume=Assume(assume) if assume else None,
    )


def require_world(name: str) -> str:
    """A world's name, if it is a shipped one.

    Raises:
        UnknownName: it is not.
    """
    if name not in list_worlds():
        raise UnknownName(
            f"no world {name!r}",
            where="world",
            why="this server serves shipped worlds",
            instead=f"one of {', '.join(list_worlds())}",
        )
    return name
