"""Writing entries by hand: a new one, one field of an old one, another id for it.

Shipped disputes are never written. An entry is checked before a byte of it reaches the folder; an edit
changes the field it names and leaves every other character, comments included, as it was.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from detente.core.days import parse_moment
from detente.core.errors import CannotWrite, InvalidEntry, InvalidOption, StaleVersion
from detente.core.yaml12 import Lines, parse_yaml
from detente.core.yaml_edit import remove_value, set_value
from detente.record.checks import references
from detente.record.commit import commit, version_of, writing
from detente.record.entries import KINDS, SCHEMA_VERSION
from detente.record.files import SHIPPED, Record, find_dispute, load_record, validate

FOLDERS = {kind: ("denials" if kind == "denial" else f"{kind}s") for kind in KINDS} | {
    "authority": "authorities",
}
"""Kind -> folder name."""
FIXED_FIELDS = ("id", "kind", "schema")


@dataclass(frozen=True)
class Written:
    """What was written.

    Attributes:
        file: the entry's file.
        version: its version now; hand it in with the next edit.
    """

    file: Path
    version: str


def own_folder(dispute: str, where: str) -> Path:
    """The folder of a dispute that may be written.

    Raises:
        CannotWrite: it is a shipped one.
    """
    root = find_dispute(dispute).resolve()
    if root.is_relative_to(SHIPPED):
        raise CannotWrite(
            f"{dispute} is a shipped dispute",
            where=where,
            why="shipped disputes are read-only",
            instead=f"`detente new my-dispute --from {dispute}`, then {where} my-dispute",
        )
    return root


def new_document(kind: str, pairs: tuple[tuple[str, str], ...]) -> dict[str, Any]:
    """An entry as a mapping, from `field=value` pairs; values are YAML ("[a, b]", "{k: v}", text).

    Raises:
        InvalidOption: an unknown kind, or a field given twice.
    """
    if kind not in KINDS:
        raise InvalidOption(f"kind {kind!r}", where="KIND", why="no such kind", instead=", ".join(KINDS))
    document: dict[str, Any] = {"schema": SCHEMA_VERSION, "kind": kind}
    for field, text in pairs:
        if field in document:
            raise InvalidOption(
                f"{field} twice", where=f"--set {field}", why="one value a field", instead="give it once"
            )
        document[field], _ = parse_yaml(text, f"--set {field}")
    return document


def add_entry(folder: str, document: dict[str, Any]) -> Written:
    """Check an entry and write it to a dispute folder, by kind and year.

    Raises:
        CannotWrite: the folder is a shipped dispute.
        InvalidEntry: the entry breaks the schema, or its id is or was another's.
    """
    root = own_folder(folder, "--to")
    entry = validate(document, {}, "the new entry")
    with writing(root):
        record = load_record(folder)
        _require_free(record, entry.id)
        _require_links(record, entry, {}, "the new entry")
        year = str(parse_moment(entry.date).day.year) if entry.date else "undated"
        name = f"{FOLDERS[entry.kind]}/{year}/{entry.id}.yaml"
        text = entry_text(document)
        commit(root, {name: text})
    return Written(root / name, version_of(text.encode()))


def edit_entry(
    folder: str,
    entry_id: str,
    changes: Mapping[str, str],
    removed: tuple[str, ...] = (),
    version: str | None = None,
) -> Written:
    """Set or remove fields of one entry; comments, order and all else in its file stay.

    Args:
        changes: path -> value as YAML, e.g. {"states.0.rate_percent": "20"}.
        removed: top-level fields to take out.
        version: the version the caller saw; the edit is refused where the file has changed since.

    Raises:
        StaleVersion: somebody else has changed the entry since.
        InvalidEntry: the entry would break the schema, or cite what is not there; nothing is written.
        InvalidOption: no such entry or field, or a field that never changes.
        CannotWrite: a shipped dispute.
    """
    root = own_folder(folder, "--in")
    with writing(root):
        record = load_record(folder)
        name = _file_of(record, entry_id)
        before = (root / name).read_bytes()
        now = version_of(before)
        if version is not None and version != now:
            raise StaleVersion(
                f"{entry_id} is at version {now}",
                where="--if-version",
                why=f"it has changed since version {version} was read",
                instead="look at it again, then edit that version",
            )
        shown = f"{root.name}/{name}"
        text = before.decode("utf-8")
        for path, value in changes.items():
            keys = _keys(path)
            if keys[0] in FIXED_FIELDS:
                raise InvalidOption(
                    f"{keys[0]} of {entry_id}",
                    where=f"--set {path}",
                    why="ids never change, nor does what they name",
                    instead="`detente edit ... --rename` keeps the old id as an alias",
                )
            text = set_value(text, keys, parse_yaml(value, f"--set {path}")[0], shown)
        for field in removed:
            text = remove_value(text, field, shown)
        document, lines = parse_yaml(text, shown)
        _require_links(record, validate(document, lines, shown), lines, shown)
        commit(root, {name: text})
    return Written(root / name, version_of(text.encode()))


def rename_entry(folder: str, entry_id: str, new_id: str) -> Written:
    """Give an entry another id; the old one stays valid as an alias and is never used again.

    Raises:
        InvalidOption: no such entry.
        InvalidEntry: the new id is or was another's, or is none of this kind.
        CannotWrite: a shipped dispute.
    """
    root = own_folder(folder, "--in")
    with writing(root):
        record = load_record(folder)
        old_name = _file_of(record, entry_id)
        old_id = Path(old_name).stem
        _require_free(record, new_id)
        change: dict[str, str | None] = {}
        for name in record.files.values():
            text = (root / name).read_text(encoding="utf-8")
            fresh = _with_id(text, old_id, new_id, f"{root.name}/{name}")
            if fresh != text:
                change[name] = fresh
        renamed = change.pop(old_name)
        validate(*parse_yaml(renamed or "", old_name), old_name)
        new_name = PurePosixPath(old_name).with_name(f"{new_id}.yaml").as_posix()
        change[new_name] = renamed
        change["aliases.yaml"] = _with_alias(root, old_id, new_id)
        change[old_name] = None
        commit(root, change)
    return Written(root / new_name, version_of((renamed or "").encode()))


def _with_id(text: str, old: str, new: str, shown: str) -> str:
    """The text with every field that holds the old id holding the new one."""
    if old not in text:
        return text
    document, lines = parse_yaml(text, shown)
    for path in lines:
        value = document
        for step in path:
            value = value[step]
        if value == old:
            text = set_value(text, path, new, shown)
    return text


def _with_alias(root: Path, old: str, new: str) -> str:
    path = root / "aliases.yaml"
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    aliases = parse_yaml(text, path.name)[0] or {}
    for name, target in aliases.items():
        if target == old:
            text = set_value(text, (name,), new, path.name)
    if not aliases:
        return f"{text.rstrip()}\n{old}: {new}\n".lstrip("\n")
    return set_value(text, (old,), new, path.name)


def _file_of(record: Record, entry_id: str) -> str:
    entry = record.get(entry_id)
    if entry is None:
        raise InvalidOption(
            f"no entry {entry_id!r}",
            where="ENTRY",
            why=f"{record.settings.name} has none of that id or alias",
            instead="an id; `detente timeline` and `detente export` show them",
        )
    return record.files[entry.id]


def _keys(path: str) -> tuple[str | int, ...]:
    steps = [int(step) if step.isdigit() else step for step in path.split(".")]
    if "" in steps:
        raise InvalidOption(
            f"field {path!r}", where="--set", why="a step of it is empty", instead="states.0.rate_percent=20"
        )
    return tuple(steps)


def _require_free(record: Record, entry_id: str) -> None:
    if entry_id in record.aliases:
        raise InvalidEntry(
            f"id {entry_id!r} was another entry's",
            where=f"{record.folder.name}/aliases.yaml",
            why="ids are never reused",
            instead="another id",
        )
    if entry_id in record.entries:
        raise InvalidEntry(
            f"id {entry_id!r} is taken",
            where=record.where(entry_id),
            why="ids are never reused",
            instead="another id, or edit that file",
        )


def _require_links(record: Record, entry: Any, lines: Lines, shown: str) -> None:
    for path, target in references(entry):
        if record.get(target) is None and target != entry.id:
            line = f":{lines[path]}" if path in lines else ""
            raise InvalidEntry(
                f"{target} is not in the record",
                where=shown + line,
                why="an entry may only cite what is there",
                instead="add that source or entry first, or leave it out",
            )


def entry_text(document: dict[str, Any]) -> str:
    """An entry as YAML text, fields in the order given."""
    from ruamel.yaml import YAML

    writer = YAML()
    writer.default_flow_style = False
    writer.width = 110
    stream = io.StringIO()
    writer.dump(document, stream)
    return stream.getvalue()
