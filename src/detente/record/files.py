"""Reading a dispute folder: entries, lists, aliases and settings, every error with its file and line."""

from __future__ import annotations

import csv
import hashlib
import pickle
from collections.abc import Iterator
from dataclasses import dataclass
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
from detente.core.yaml12 import Lines, read_yaml
from detente.record.entries import KINDS

SHIPPED = Path(__file__).resolve().parent.parent / "disputes"
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
        base_day: day whose duties the world's base holds.
        checked_to: last day to which the record was checked against the news.
        line_items: goods shown with their whole stack.
        further_decoupling: the named what-if of that name: costs and the shares they fall on, sourced.
    """

    name: str
    title: str
    parties: tuple[str, str]
    base_day: str
    checked_to: str
    line_items: tuple[LineItem, ...]
    further_decoupling: dict[str, Any]


@dataclass(frozen=True)
class Record:
    """A dispute's entries, validated.

    Attributes:
        settings: the dispute as a whole.
        entries: by id, in the order of their files.
        places: entry id -> (file shown in errors, lines of its keys).
        lists: list file name -> rows.
        aliases: old id -> id.
        digest: SHA-256 over every file of the folder.
    """

    settings: Settings
    entries: dict[str, Any]
    places: dict[str, tuple[str, Lines]]
    lists: dict[str, tuple[dict[str, str], ...]]
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
        name, lines = self.places[entry_id]
        keys = tuple(path)
        while keys and keys not in lines:
            keys = keys[:-1]
        return f"{name}:{lines.get(keys, 1)}"


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
    """Read and validate a dispute. Shipped and user folders are cached by the content of their files.

    Raises:
        UnknownDispute, MalformedFile, DuplicateKey, InvalidEntry: with file and line.
    """
    folder = find_dispute(dispute)
    return _load(folder, _signature(folder))


def _files(folder: Path) -> list[Path]:
    return sorted(p for p in folder.rglob("*") if p.suffix in (".yaml", ".yml", ".csv"))


def _signature(folder: Path) -> str:
    """Changes whenever a file of the folder, or the code that reads it, changes."""
    seal = hashlib.sha256(f"{__version__} {folder}".encode())
    code = sorted(Path(__file__).parent.glob("*.py"))
    for path in [*_files(folder), *code]:
        stat = path.stat()
        seal.update(f"{path} {stat.st_mtime_ns} {stat.st_size}\n".encode())
    return seal.hexdigest()


@lru_cache(maxsize=8)
def _load(folder: Path, signature: str) -> Record:
    cached = cache_folder() / "records" / f"{signature}.pickle"
    try:
        return pickle.loads(cached.read_bytes())
    except Exception:
        record = _read(folder)
    _keep(cached, record)
    return record


def _keep(cached: Path, record: Record) -> None:
    """Store for next time; a cache that cannot be written only costs time."""
    try:
        cached.parent.mkdir(parents=True, exist_ok=True)
        for old in sorted(cached.parent.glob("*.pickle"), key=lambda p: p.stat().st_mtime)[:-15]:
            old.unlink(missing_ok=True)
        partial = cached.with_suffix(f".{id(record)}.partial")
        partial.write_bytes(pickle.dumps(record, protocol=pickle.HIGHEST_PROTOCOL))
        partial.replace(cached)
    except OSError:
        return


def _read(folder: Path) -> Record:
    entries: dict[str, Any] = {}
    places: dict[str, tuple[str, Lines]] = {}
    for path, shown in _entry_files(folder):
        document, lines = read_yaml(path, shown=shown)
        entry = validate(document, lines, shown)
        if entry.id in entries:
            raise InvalidEntry(
                f"id {entry.id!r} stands twice",
                where=f"{shown}:{lines.get(('id',), 1)}",
                why=f"{places[entry.id][0]} has it already",
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
        places[entry.id] = (shown, lines)
    lists = {
        p.name: _read_list(p, f"{folder.name}/lists/{p.name}") for p in sorted(folder.glob("lists/*.csv"))
    }
    return Record(
        settings=_read_settings(folder),
        entries=entries,
        places=places,
        lists=lists,
        aliases=_read_aliases(folder),
        digest=_digest(folder),
    )


def _entry_files(folder: Path) -> Iterator[tuple[Path, str]]:
    for path in _files(folder):
        if path.suffix != ".csv" and path.name not in NOT_ENTRIES and path.parent.name != "lists":
            yield path, f"{folder.name}/{path.relative_to(folder)}"


def _digest(folder: Path) -> str:
    seal = hashlib.sha256()
    for path in _files(folder):
        seal.update(str(path.relative_to(folder)).encode() + b"\0" + path.read_bytes() + b"\0")
    return seal.hexdigest()


@cache
def _validator(kind: str) -> Any:
    from pydantic import TypeAdapter

    return TypeAdapter(KINDS[kind])


def validate(document: Any, lines: Lines, shown: str) -> Any:
    """The entry of a YAML document.

    Raises:
        InvalidEntry: it breaks the schema; `lines` and `shown` say where.
    """
    # pydantic is loaded only when entries are read afresh: a cached record answers at once.
    from pydantic import ValidationError

    if not isinstance(document, dict):
        raise InvalidEntry(
            "not an entry",
            where=shown,
            why="an entry is a mapping of fields",
            instead="start with `schema: 1`, `id:`, `kind:`",
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


def _entry_error(error: Any, lines: Lines, shown: str) -> InvalidEntry:
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


def _read_list(path: Path, shown: str) -> tuple[dict[str, str], ...]:
    with path.open(encoding="utf-8", newline="") as stream:
        reader = csv.DictReader(stream)
        if "hs" not in (reader.fieldnames or []):
            raise MalformedFile(
                "a list without a column `hs`",
                where=f"{shown}:1",
                why="the goods are named by that column",
                instead="hs,rate_percent,note",
            )
        rows = tuple(dict(row) for row in reader)
    for number, row in enumerate(rows, start=2):
        code = row["hs"] or ""
        if not (code.isascii() and code.isdigit() and len(code) in (2, 4, 6, 8, 10)):
            raise MalformedFile(
                f"{code!r} is not an HS code",
                where=f"{shown}:{number}",
                why="2, 4, 6, 8 or 10 digits without dots",
                instead="85171300",
            )
    return rows


def _read_settings(folder: Path) -> Settings:
    shown = f"{folder.name}/dispute.yaml"
    document, lines = read_yaml(folder / "dispute.yaml", shown=shown)
    try:
        items = tuple(LineItem(**item) for item in document["line_items"])
        first, second = document["parties"]
        return Settings(
            name=document["name"],
            title=document["title"],
            parties=(first, second),
            base_day=document["base_day"],
            checked_to=document["checked_to"],
            line_items=items,
            further_decoupling=document.get("further_decoupling") or {},
        )
    except DetenteError:
        raise
    except (KeyError, TypeError, ValueError) as error:
        raise MalformedFile(
            f"dispute.yaml: {error}",
            where=f"{shown}:{lines.get((), 1)}",
            why="it needs name, title, parties, base_day, checked_to, line_items",
            instead="copy the shipped one with `detente new`",
        ) from None


def _read_aliases(folder: Path) -> dict[str, str]:
    path = folder / "aliases.yaml"
    if not path.exists():
        return {}
    document, _ = read_yaml(path, shown=f"{folder.name}/aliases.yaml")
    return dict(document or {})
