"""The disputes and worlds a server may open: the shipped ones, and folders named when it started."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from detente.core.days import parse_day
from detente.core.errors import InvalidOption, UnknownDispute, UnknownName
from detente.economy.worlds import list_worlds
from detente.record.asof import AsOf, Assume
from detente.record.checks import require_sound
from detente.record.files import Record, load_record, shipped_disputes
from detente.web.settings import Settings


class Disputes:
    """Records by name; a request can never name a path.

    Args:
        settings: with the folders that may be written.
    """

    def __init__(self, settings: Settings) -> None:
        self.folders: dict[str, Path] = settings.folders
        self._sound: set[str] = set()

    @property
    def names(self) -> list[str]:
        """Folders of one's own first, then the shipped ones, the one checked last before others."""
        shipped = [name for name in shipped_disputes() if name not in self.folders]
        return [*self.folders, *sorted(shipped, key=lambda n: _shipped(n).settings.checked_to, reverse=True)]

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
