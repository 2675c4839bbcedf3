"""One file of settings of talks: its fields read one by one, each error with file and line."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from detente.core.errors import InvalidTalks
from detente.core.yaml12 import Lines, read_yaml
from detente.record.files import Record

FILE = "talks.yaml"
TOP = (
    "channels", "half_life_days", "types", "negotiator", "negotiators", "ratification", "hazards",
    "conditions", "constituencies", "forecasts", "controls", "threats", "extension_days",
    "market_moves", "market_weight", "rounds_an_issue", "partners",
)  # fmt: skip


def document_of(path: Path, shown: str) -> tuple[dict[str, Any], Lines, str]:
    """A file as a mapping, its lines, and the name it is shown by.

    Raises:
        MalformedFile, DuplicateKey: not YAML.
        InvalidTalks: no mapping.
    """
    document, lines = read_yaml(path, shown=shown)
    if not isinstance(document, dict):
        raise InvalidTalks(
            "not settings of talks", where=f"{shown}:1", why="a mapping is needed", instead="channels: [...]"
        )
    return document, lines, shown


class Reader:
    """The settings of one file and the record they speak of; every error names the line.

    Raises:
        InvalidTalks: a field at the top that nobody knows.
    """

    def __init__(self, record: Record, document: dict[str, Any], lines: Lines, shown: str) -> None:
        self.record, self.document, self.lines, self.shown = record, document, lines, shown
        for name in document:
            if name not in TOP:
                raise self.wrong(name, (name,), "no such field", f"one of {', '.join(TOP)}")

    def wrong(self, what: str, path: tuple[str | int, ...], why: str, instead: str) -> InvalidTalks:
        """An error at a place of the file."""
        while path and path not in self.lines:
            path = path[:-1]
        return InvalidTalks(what, where=f"{self.shown}:{self.lines.get(path, 1)}", why=why, instead=instead)

    def fields(
        self, given: Any, path: tuple[str | int, ...], needed: Sequence[str], may: Sequence[str] = ()
    ) -> dict[str, Any]:
        """A mapping with the fields it needs, those it may have, and none besides."""
        if not isinstance(given, dict):
            raise self.wrong(
                repr(given), path, "a mapping is needed", "{" + ": ..., ".join(needed) + ": ...}"
            )
        for name in needed:
            if name not in given:
                raise self.wrong(str(path[-1]), path, f"it lacks {name!r}", f"{name}: ...")
        for name in given:
            if name not in (*needed, *may):
                known = ", ".join((*needed, *may))
                raise self.wrong(str(name), (*path, name), "no such field", f"one of {known}")
        return given

    def number(
        self, given: Any, path: tuple[str | int, ...], low: float = 0.0, high: float = float("inf")
    ) -> float:
        """A number between two bounds."""
        if isinstance(given, bool) or not isinstance(given, int | float) or not low <= given <= high:
            raise self.wrong(
                f"{path[-1]}: {given!r}", path, f"a number from {low:g} to {high:g} is needed", "0.5"
            )
        return float(given)

    def word(self, given: Any, path: tuple[str | int, ...], known: Sequence[str]) -> str:
        """One of some words."""
        if given not in known:
            raise self.wrong(f"{path[-1]}: {given!r}", path, "no such word", f"one of {', '.join(known)}")
        return str(given)

    def words(self, given: Any, path: tuple[str | int, ...], known: Sequence[str]) -> tuple[str, ...]:
        """Some of some words."""
        if not isinstance(given, list):
            raise self.wrong(f"{path[-1]}: {given!r}", path, "a list is needed", f"[{known[0]}]")
        return tuple(self.word(one, path, known) for one in given)

    def side(self, given: Any, path: tuple[str | int, ...]) -> str:
        """One of the two sides."""
        return self.word(given, path, self.record.settings.parties)

    def entry(self, given: Any, path: tuple[str | int, ...], kind: type[Any] | None = None) -> str:
        """The id of an entry of the record, of a kind where one is asked for."""
        found = self.record.get(str(given)) if given else None
        if found is None or (kind is not None and not isinstance(found, kind)):
            raise self.wrong(str(given), path, "the record has no such entry", "the id of an entry")
        return found.id
