"""Writing entries by hand: a copy of a dispute to work in, and one new entry at a time.

Shipped disputes are never written. An entry is checked before a byte of it reaches the folder.
"""

from __future__ import annotations

import io
import shutil
from pathlib import Path
from typing import Any

from detente.core.days import parse_moment
from detente.core.errors import CannotWrite, InvalidEntry, InvalidOption
from detente.core.results import write_together
from detente.core.yaml12 import parse_yaml
from detente.record.checks import references
from detente.record.entries import KINDS, SCHEMA_VERSION
from detente.record.files import SHIPPED, find_dispute, load_record, validate

FOLDERS = {kind: ("denials" if kind == "denial" else f"{kind}s") for kind in KINDS} | {
    "authority": "authorities",
    "company_move": "company_moves",
    "domestic_pressure": "domestic_pressures",
}
"""Kind -> folder name."""


def copy_dispute(name: str, source: str) -> Path:
    """Copy a dispute into a new folder of the user's.

    Raises:
        CannotWrite: the folder exists, or cannot be made.
    """
    origin = find_dispute(source)
    load_record(source)
    target = Path(name).expanduser()
    if target.exists():
        raise CannotWrite(
            f"{target} exists", where="NAME", why="nothing is overwritten", instead="another name"
        )
    partial = target.with_name(f".{target.name}.partial")
    try:
        shutil.copytree(origin, partial)
        partial.rename(target)
    except OSError as error:
        shutil.rmtree(partial, ignore_errors=True)
        raise CannotWrite(
            f"{target} cannot be made",
            where="NAME",
            why=error.strerror or str(error),
            instead="a folder you may write to",
        ) from error
    return target


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


def add_entry(folder: str, document: dict[str, Any]) -> Path:
    """Check an entry and write it to a dispute folder, by kind and year.

    Raises:
        CannotWrite: the folder is a shipped dispute.
        InvalidEntry: the entry breaks the schema, or its id is taken.
    """
    root = find_dispute(folder)
    if root.resolve().is_relative_to(SHIPPED):
        raise CannotWrite(
            f"{folder} is a shipped dispute",
            where="--to",
            why="shipped disputes are read-only",
            instead="`detente new my-dispute --from us-china`, then --to my-dispute",
        )
    entry = validate(document, {}, "the new entry")
    record = load_record(folder)
    if record.get(entry.id) is not None:
        raise InvalidEntry(
            f"id {entry.id!r} is taken",
            where=record.where(entry.id),
            why="ids are never reused",
            instead="another id, or edit that file",
        )
    lost = [target for _, target in references(entry) if record.get(target) is None and target != entry.id]
    if lost:
        raise InvalidEntry(
            f"{lost[0]} is not in the record",
            where="the new entry",
            why="an entry may only cite what is there",
            instead="add that source or entry first, or leave it out",
        )
    year = str(parse_moment(entry.date).day.year) if entry.date else "undated"
    path = root / FOLDERS[entry.kind] / year / f"{entry.id}.yaml"
    write_together({path: entry_text(document)})
    return path


def entry_text(document: dict[str, Any]) -> str:
    """An entry as YAML text, fields in the order given."""
    from ruamel.yaml import YAML

    writer = YAML()
    writer.default_flow_style = False
    writer.width = 110
    stream = io.StringIO()
    writer.dump(document, stream)
    return stream.getvalue()
