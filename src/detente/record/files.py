"""Reading a dispute folder: entries, lists, aliases and settings, every error with its file and line.

What was read once is kept by its content in an index (`record.index`), so that a folder of thousands of
entries answers at once and an edit costs the reading of one file. YAML and pydantic are loaded only when
files are read afresh.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from pathlib import Path, PurePosixPath
from typing import Any, TypeVar

from detente.core.errors import (
    DetenteError,
    InvalidEntry,
    MalformedFile,
    UnknownDispute,
)
from detente.record.commit import pending_change
from detente.record.entries import KINDS, Measure
from detente.record.index import SHIPPED_INDEX, Index, indexes, key_of
from detente.record.lists import ListTable, parse_list
from detente.record.settings import LineItem, Settings, read_settings

SHIPPED = Path(__file__).resolve().parent.parent / "disputes"
NOT_ENTRIES = ("dispute.yaml", "aliases.yaml", "agenda.yaml", "talks.yaml", "aims.yaml", "levers.yaml")
READING_TRIES = 5
PROBLEMS_SHOWN = 10

__all__ = ["SHIPPED", "LineItem", "Record", "Settings", "find_dispute", "load_record", "shipped_disputes"]

_E = TypeVar("_E")


@dataclass(frozen=True)
class Record:
    """A dispute's entries, validated.

    Attributes:
        folder: where it was read.
        settings: the dispute as a whole.
        entries: by id, in the order of their files.
        files: entry id -> file, relative to the folder.
        lists: list file name -> its goods.
        aliases: old id -> id.
        digest: SHA-256 over every file of the folder.
    """

    folder: Path
    settings: Settings
    entries: dict[str, Any]
    files: dict[str, str]
    lists: dict[str, ListTable]
    aliases: dict[str, str]
    digest: str

    def of(self, kind: type[_E]) -> list[_E]:
        """Entries of one class, in file order."""
        return [entry for entry in self.entries.values() if isinstance(entry, kind)]

    def get(self, entry_id: str) -> Any | None:
        """The entry of that id or alias; None where there is none."""
        return self.entries.get(self.aliases.get(entry_id, entry_id))

    def where(self, entry_id: str, *path: str | int) -> str:
        """file:line of an entry, or of the nearest known key inside it."""
        file = self.files[entry_id]
        shown = f"{self.folder.name}/{file}"
        from detente.core.yaml12 import read_yaml

        try:
            _, lines = read_yaml(self.folder / file, shown=shown)
        except (OSError, DetenteError):
            return shown
        keys = tuple(path)
        while keys and keys not in lines:
            keys = keys[:-1]
        return f"{shown}:{lines.get(keys, 1)}"


def shipped_disputes() -> list[str]:
    """Names of the disputes that ship with the package."""
    return sorted(p.name for p in SHIPPED.iterdir() if (p / "dispute.yaml").exists())


def find_dispute(dispute: str) -> Path:
    """The folder of a shipped name, or of a path.

    Raises:
        UnknownDispute: neither.
    """
    shipped = SHIPPED / dispute
    if "/" not in dispute and "\\" not in dispute and (shipped / "dispute.yaml").exists():
        return shipped
    folder = Path(dispute).expanduser()
    if (folder / "dispute.yaml").exists():
        return folder
    raise UnknownDispute(
        f"no dispute {dispute!r}",
        where="DISPUTE",
        why="it is neither a shipped name nor a folder with a dispute.yaml",
        instead=f"one of: {', '.join(shipped_disputes())}; or a folder made with `detente new`",
    )


def load_record(dispute: str) -> Record:
    """Read and validate a dispute.

    Raises:
        UnknownDispute, MalformedFile, DuplicateKey, InvalidEntry: with file and line.
    """
    folder = find_dispute(dispute).resolve()
    try:
        return _load(folder)
    except OSError as error:
        raise MalformedFile(
            "a file of the dispute cannot be read",
            where=str(error.filename or folder.name),
            why=error.strerror or str(error),
            instead="mend or remove it",
        ) from None


def _files(folder: Path) -> list[os.DirEntry[str]]:
    found = []
    pending = [str(folder)]
    while pending:
        with os.scandir(pending.pop()) as entries:
            for entry in entries:
                if entry.is_dir():
                    pending.append(entry.path)
                elif entry.name.endswith((".yaml", ".yml", ".csv")):
                    found.append(entry)
    return sorted(found, key=lambda entry: entry.path)


def contents(folder: Path) -> dict[str, bytes]:
    """Every file of a dispute by its path in the folder, in order.

    A file that another process renames while we look is looked for again.
    """
    skip = len(str(folder)) + 1
    for tries_left in reversed(range(READING_TRIES)):
        try:
            found = {}
            for entry in _files(folder):
                with open(entry.path, "rb", buffering=0) as stream:  # noqa: PTH123 (Path takes twice as long)
                    found[entry.path[skip:].replace(os.sep, "/")] = stream.read()
            for name, text in pending_change(folder).items():  # decided, and not yet carried out in full
                if text is None:
                    found.pop(name, None)
                else:
                    found[name] = text.encode()
            return dict(sorted(found.items()))
        except FileNotFoundError:
            if not tries_left:
                raise
    raise AssertionError


def digest_of(files: Mapping[str, bytes]) -> str:
    """SHA-256 over the names and contents of a dispute's files."""
    seal = hashlib.sha256()
    for name, content in files.items():
        seal.update(name.encode() + b"\0" + hashlib.sha256(content).digest())
    return seal.hexdigest()


@lru_cache(maxsize=8)
def _kept(folder: Path, digest: str) -> list[Record]:
    """A place in memory for the record of that folder and content; empty until it is read."""
    return []


def _load(folder: Path) -> Record:
    files = contents(folder)
    digest = digest_of(files)
    kept = _kept(folder, digest)
    if not kept:
        kept.append(_from_indexes(folder, files, digest))
    return kept[0]


def _from_indexes(folder: Path, files: Mapping[str, bytes], digest: str) -> Record:
    key = key_of(digest.encode())
    for index in indexes():
        record = index.record(key)
        if record is not None:
            return _in_folder(record, folder)
    _, index = indexes()
    record, parts = _read(folder, files, digest, index)
    index.keep({key: record}, parts)
    return record


def _in_folder(record: Record, folder: Path) -> Record:
    """A record as it was kept, at the place where it is now asked for."""
    for name, table in record.lists.items():
        table.place(folder / "lists" / name, f"{folder.name}/lists/{name}")
    return replace(record, folder=folder)


def write_shipped_index() -> Path:
    """Make the index of the shipped disputes; called when the package is built."""
    SHIPPED_INDEX.unlink(missing_ok=True)
    index = Index(SHIPPED_INDEX)
    for name in shipped_disputes():
        files = contents(SHIPPED / name)
        digest = digest_of(files)
        record, _ = _read(SHIPPED / name, files, digest, index)
        index.keep({key_of(digest.encode()): record}, {})
    return SHIPPED_INDEX


def _read(
    folder: Path, files: Mapping[str, bytes], digest: str, index: Index
) -> tuple[Record, dict[bytes, Any]]:
    """The record of a folder's files, and the parts of it that the index did not have."""
    keys = {name: key_of(content) for name, content in files.items() if _is_entry(name) or _is_list(name)}
    known = index.parts(keys.values())
    fresh: dict[bytes, Any] = {}
    entries: dict[str, Any] = {}
    places: dict[str, str] = {}
    for name in filter(_is_entry, files):
        entry = known.get(keys[name])
        if entry is None:
            entry = fresh[keys[name]] = _parse_entry(files[name], f"{folder.name}/{name}")
        _require_place(folder, name, entry, places)
        entries[entry.id] = entry
        places[entry.id] = name
    lists = {}
    for name in filter(_is_list, files):
        table = known.get(keys[name])
        if table is None:
            table = fresh[keys[name]] = parse_list(files[name], f"{folder.name}/{name}")
        file = name.removeprefix("lists/")
        lists[file] = ListTable(table, folder / name, f"{folder.name}/{name}")
    _ready_lists(lists, entries.values())
    record = Record(
        folder=folder,
        settings=read_settings(files["dispute.yaml"], f"{folder.name}/dispute.yaml"),
        entries=entries,
        files=places,
        lists=lists,
        aliases=_read_aliases(files.get("aliases.yaml"), f"{folder.name}/aliases.yaml"),
        digest=digest,
    )
    return record, fresh


def _is_entry(name: str) -> bool:
    path = PurePosixPath(name)
    return path.suffix != ".csv" and path.name not in NOT_ENTRIES and path.parent.name != "lists"


def _is_list(name: str) -> bool:
    return name.startswith("lists/") and name.endswith(".csv") and name.count("/") == 1


def _parse_entry(content: bytes, shown: str) -> Any:
    # YAML is loaded only when files are read afresh: a record that was kept answers at once.
    from detente.core.yaml12 import decode, parse_yaml

    document, lines = parse_yaml(decode(content, shown), shown)
    return validate(document, lines, shown)


def _require_place(folder: Path, name: str, entry: Any, places: Mapping[str, str]) -> None:
    shown = f"{folder.name}/{name}"
    if entry.id in places:
        from detente.core.yaml12 import read_yaml

        _, lines = read_yaml(folder / name, shown=shown)
        raise InvalidEntry(
            f"id {entry.id!r} stands twice",
            where=f"{shown}:{lines.get(('id',), 1)}",
            why=f"{places[entry.id]} has it already",
            instead="give this entry another id; ids are never reused",
        )
    if PurePosixPath(name).stem != entry.id:
        raise InvalidEntry(
            f"file {PurePosixPath(name).name} holds {entry.id}",
            where=shown,
            why="a file is named after its entry",
            instead=f"{entry.id}.yaml",
        )


@cache
def _validator(kind: str) -> Any:
    from pydantic import TypeAdapter

    return TypeAdapter(KINDS[kind])


def validate(document: Any, lines: dict[Any, int], shown: str) -> Any:
    """The entry of a YAML document.

    Raises:
        InvalidEntry: it breaks the schema; `lines` and `shown` say where.
    """
    # pydantic is loaded only when entries are read afresh: a cached record answers at once.
    from pydantic import ValidationError

    if not isinstance(document, dict):
        raise InvalidEntry(
            "not an entry",
            where=f"{shown}:1",
            why="an entry is a mapping of fields",
            instead="start with `schema: 1`, `id:`, `kind:`",
        )
    if isinstance(document.get("schema"), bool):
        raise InvalidEntry(
            f"schema: {document['schema']}",
            where=f"{shown}:{lines.get(('schema',), 1)}",
            why="the schema's version is a number",
            instead="schema: 1",
        )
    kind = document.get("kind")
    if kind not in KINDS:
        raise InvalidEntry(
            f"kind {kind!r}",
            where=f"{shown}:{lines.get(('kind',), 1)}",
            why="there is no such kind of entry",
            instead=f"one of {', '.join(KINDS)}",
        )
    try:
        return _validator(kind).validate_python(document)
    except ValidationError as error:
        raise _entry_error(error, lines, shown) from None


def _entry_error(error: Any, lines: dict[Any, int], shown: str) -> InvalidEntry:
    problems = error.errors(include_url=False)
    first = problems[0]
    path = tuple(first["loc"])
    while path and path not in lines:
        path = path[:-1]
    given = "" if isinstance(first.get("input"), dict) else f": {first.get('input')!r}"
    why = [_problem_words(first), *(f"{_field(p)}: {_problem_words(p)}" for p in problems[1:PROBLEMS_SHOWN])]
    if len(problems) > PROBLEMS_SHOWN:
        why.append(f"and {len(problems) - PROBLEMS_SHOWN} more")
    return InvalidEntry(
        f"{_field(first)}{given if first['type'] != 'missing' else ''}",
        where=f"{shown}:{lines.get(path, 1)}",
        why="; ".join(why),
        instead="see docs/record-schema.md for the fields of each kind",
    )


def _field(problem: Any) -> str:
    return ".".join(str(part) for part in problem["loc"]) or "entry"


def _problem_words(problem: Any) -> str:
    own = {"missing": "is missing", "unexpected_keyword_argument": "there is no such field"}
    return own.get(problem["type"]) or problem["msg"].removeprefix("Value error, ")


def _ready_lists(lists: Mapping[str, ListTable], entries: Iterable[Any]) -> None:
    """Make the sets of goods that measures ask for."""
    for entry in entries:
        if isinstance(entry, Measure):
            scopes = [entry.scope, *entry.exemptions, *(s.scope for s in entry.states if s.scope)]
            for scope in scopes:
                # A filter on a column that is not there is reported by `detente check`, with its line.
                if scope.list_file in lists and set(scope.where_list) <= set(lists[scope.list_file].columns):
                    lists[scope.list_file].goods(scope.where_list)


def _read_aliases(content: bytes | None, shown: str) -> dict[str, str]:
    if content is None:
        return {}
    from detente.core.yaml12 import decode, parse_yaml

    document, _ = parse_yaml(decode(content, shown), shown)
    if not isinstance(document or {}, dict):
        raise MalformedFile(
            "aliases.yaml is not a mapping",
            where=f"{shown}:1",
            why="it holds old ids and what they are now",
            instead="old-id: new-id",
        )
    return dict(document or {})
