"""Reading a dispute folder: entries, lists, aliases and settings, every error with its file and line.

A folder of a thousand files takes seconds to read and check, so a record is kept ready to use: for the
shipped disputes in an index made when the package is built, for all others in the cache folder. YAML and
pydantic are loaded only when files are read afresh.
"""

from __future__ import annotations

import hashlib
import os
import pickle
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, TypeVar

from detente import __version__
from detente.core.caches import cache_folder
from detente.core.errors import (
    DetenteError,
    InvalidEntry,
    MalformedFile,
    UnknownDispute,
)
from detente.record.entries import KINDS, Measure
from detente.record.lists import ListTable
from detente.record.parts import check_hs

SHIPPED = Path(__file__).resolve().parent.parent / "disputes"
INDEX_SUFFIX = ".index"
"""A shipped dispute's index lies beside its folder: us-china.index."""
SCHEMA_MODULES = ("entries", "files", "happenings", "lists", "measures", "parts", "statements")
NOT_ENTRIES = ("dispute.yaml", "aliases.yaml")

_E = TypeVar("_E")


@dataclass(frozen=True)
class LineItem:
    """A good that anyone can check: shown with its whole stack of duties."""

    name: str
    importer: str
    exporter: str
    hs: str
    note: str = ""


@dataclass(frozen=True)
class Settings:
    """What `dispute.yaml` says of a dispute as a whole.

    Attributes:
        name, title: the folder's name and a plain title.
        parties: the two sides, in the order in which they are shown.
        territories: whose goods the parties' measures treat like a party's own (Hong Kong, Macau).
        base_day: day whose duties the world's base holds.
        checked_to: last day to which the record was checked against the news.
        line_items: goods shown with their whole stack.
        further_decoupling: the named what-if of that name: costs and the shares they fall on, sourced.
    """

    name: str
    title: str
    parties: tuple[str, str]
    territories: tuple[str, ...]
    base_day: str
    checked_to: str
    line_items: tuple[LineItem, ...]
    further_decoupling: dict[str, Any]


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
        return _load(folder, _signature(folder))
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


def _code_signature() -> str:
    """Changes whenever the code that reads entries changes."""
    here = Path(__file__).parent
    seal = hashlib.sha256(__version__.encode())
    for path in sorted(here / f"{name}.py" for name in SCHEMA_MODULES):
        seal.update(path.read_bytes())
    return seal.hexdigest()


def _signature(folder: Path) -> str:
    """Changes whenever a file of the folder, or the code that reads it, changes."""
    seal = hashlib.sha256(f"{folder} {_code_signature()}".encode())
    for entry in _files(folder):
        stat = entry.stat()
        seal.update(f"{entry.path} {stat.st_mtime_ns} {stat.st_size}\n".encode())
    return seal.hexdigest()


@lru_cache(maxsize=8)
def _load(folder: Path, signature: str) -> Record:
    indexed = _from_index(folder)
    if indexed is not None:
        return indexed
    cached = cache_folder() / "records" / f"{signature}.pickle"
    try:
        return pickle.loads(cached.read_bytes())
    except Exception:
        record = _read(folder)
    _keep(cached, record)
    return record


def _from_index(folder: Path) -> Record | None:
    """The index of a shipped dispute, if it was made from these very files by this very code.

    In a working copy any file newer than the index makes it stale. Where the package is installed for
    good its files are not edited, and their times say nothing; names and sizes must agree.
    """
    index = folder.with_suffix(INDEX_SUFFIX)
    try:
        age = index.stat().st_mtime_ns
        entries = _files(folder)
        with index.open("rb") as stream:
            code, sizes = pickle.load(stream)
            installed = "site-packages" in index.parts or "dist-packages" in index.parts
            same = code == _code_signature() and sizes == _sizes(folder, entries)
            if not same or not (installed or all(entry.stat().st_mtime_ns <= age for entry in entries)):
                return None
            record = pickle.load(stream)
    except Exception:
        return None
    return replace(record, folder=folder)


def _sizes(folder: Path, entries: list[os.DirEntry[str]]) -> dict[str, int]:
    skip = len(str(folder)) + 1
    return {entry.path[skip:]: entry.stat().st_size for entry in entries}


def write_index(folder: Path) -> Path:
    """Make the index of a shipped dispute; called when the package is built."""
    folder = folder.resolve()
    index = folder.with_suffix(INDEX_SUFFIX)
    header = (_code_signature(), _sizes(folder, _files(folder)))
    record = _read(folder)
    with index.open("wb") as stream:
        pickle.dump(header, stream, protocol=pickle.HIGHEST_PROTOCOL)
        pickle.dump(record, stream, protocol=pickle.HIGHEST_PROTOCOL)
    return index


def _keep(cached: Path, record: Record) -> None:
    """Store for next time; a cache that cannot be written only costs time."""
    try:
        cached.parent.mkdir(parents=True, exist_ok=True)
        for old in sorted(cached.parent.glob("*.pickle"), key=lambda p: p.stat().st_mtime)[:-15]:
            old.unlink(missing_ok=True)
        partial = cached.with_suffix(f".{os.getpid()}.partial")
        partial.write_bytes(pickle.dumps(record, protocol=pickle.HIGHEST_PROTOCOL))
        partial.replace(cached)
    except OSError:
        return


def _read(folder: Path) -> Record:
    from detente.core.yaml12 import read_yaml

    entries: dict[str, Any] = {}
    files: dict[str, str] = {}
    for path, shown in _entry_files(folder):
        document, lines = read_yaml(path, shown=shown)
        entry = validate(document, lines, shown)
        if entry.id in entries:
            raise InvalidEntry(
                f"id {entry.id!r} stands twice",
                where=f"{shown}:{lines.get(('id',), 1)}",
                why=f"{files[entry.id]} has it already",
                instead="give this entry another id; ids are never reused",
            )
        if path.stem != entry.id:
            raise InvalidEntry(
                f"file {path.name} holds {entry.id}",
                where=shown,
                why="a file is named after its entry",
                instead=f"{entry.id}.yaml",
            )
        entries[entry.id] = entry
        files[entry.id] = str(path.relative_to(folder))
    return Record(
        folder=folder,
        settings=_read_settings(folder),
        entries=entries,
        files=files,
        lists=_read_lists(folder, entries.values()),
        aliases=_read_aliases(folder),
        digest=_digest(folder),
    )


def _entry_files(folder: Path) -> Iterator[tuple[Path, str]]:
    for entry in _files(folder):
        path = Path(entry.path)
        if path.suffix != ".csv" and path.name not in NOT_ENTRIES and path.parent.name != "lists":
            yield path, f"{folder.name}/{path.relative_to(folder)}"


def _digest(folder: Path) -> str:
    seal = hashlib.sha256()
    for entry in _files(folder):
        path = Path(entry.path)
        seal.update(str(path.relative_to(folder)).encode() + b"\0" + path.read_bytes() + b"\0")
    return seal.hexdigest()


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
    field = ".".join(str(part) for part in first["loc"]) or "entry"
    more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
    given = "" if isinstance(first.get("input"), dict) else f": {first.get('input')!r}"
    return InvalidEntry(
        f"{field}{given if first['type'] != 'missing' else ''}",
        where=f"{shown}:{lines.get(path, 1)}",
        why=first["msg"].removeprefix("Value error, ") + more,
        instead="see docs/record-schema.md for the fields of each kind",
    )


def _read_lists(folder: Path, entries: Iterable[Any]) -> dict[str, ListTable]:
    """Every list of the folder, with the sets of goods that measures ask for made ready."""
    lists = {
        p.name: ListTable(p, f"{folder.name}/lists/{p.name}") for p in sorted(folder.glob("lists/*.csv"))
    }
    for entry in entries:
        if isinstance(entry, Measure):
            scopes = [entry.scope, *entry.exemptions, *(s.scope for s in entry.states if s.scope)]
            for scope in scopes:
                # A filter on a column that is not there is reported by `detente check`, with its line.
                if scope.list_file in lists and set(scope.where_list) <= set(lists[scope.list_file].columns):
                    lists[scope.list_file].goods(scope.where_list)
    return lists


def _read_settings(folder: Path) -> Settings:
    from detente.core.yaml12 import read_yaml

    shown = f"{folder.name}/dispute.yaml"
    document, lines = read_yaml(folder / "dispute.yaml", shown=shown)
    from detente.core.days import parse_day

    try:
        for field in ("base_day", "checked_to"):
            parse_day(str(document[field]), where=f"{shown}:{lines.get((field,), 1)}")
        for field in ("name", "title"):
            if not isinstance(document[field], str):
                raise ValueError(f"{field} is not text")
        for number, item in enumerate(document["line_items"]):
            _require_code(item["hs"], f"{shown}:{lines.get(('line_items', number, 'hs'), 1)}")
        items = tuple(LineItem(**item) for item in document["line_items"])
        first, second = document["parties"]
        return Settings(
            name=document["name"],
            title=document["title"],
            parties=(first, second),
            territories=tuple(document.get("territories") or ()),
            base_day=document["base_day"],
            checked_to=document["checked_to"],
            line_items=items,
            further_decoupling=document.get("further_decoupling") or {},
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


def _read_aliases(folder: Path) -> dict[str, str]:
    path = folder / "aliases.yaml"
    if not path.exists():
        return {}
    from detente.core.yaml12 import read_yaml

    document, _ = read_yaml(path, shown=f"{folder.name}/aliases.yaml")
    if not isinstance(document or {}, dict):
        raise MalformedFile(
            "aliases.yaml is not a mapping",
            where=f"{folder.name}/aliases.yaml:1",
            why="it holds old ids and what they are now",
            instead="old-id: new-id",
        )
    return dict(document or {})
