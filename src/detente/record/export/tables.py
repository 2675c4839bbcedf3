"""A record as tables: one of all entries, one for each kind, and one for each list that entries hold.

Tables join on `entry`, an entry's id; the elements of a list carry `number`, their place in it, from 0. A
part inside a part is spread over columns with dots (`scope.all_goods`); what is nested deeper, and the
mapping of a filter, is JSON text.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, get_args, get_type_hints

import polars as pl

from detente.record.entries import KINDS, Entry, Source
from detente.record.export.plain import plain
from detente.record.files import Record
from detente.record.origins import independent_origins

COMMON = tuple(item.name for item in fields(Entry))


def tables(record: Record) -> dict[str, pl.DataFrame]:
    """Table name -> rows: `entries`, then one a kind, then one a list of parts (`measure_states`)."""
    found: dict[str, pl.DataFrame] = {"entries": _entries(record)}
    for kind, kind_class in KINDS.items():
        own = [entry for entry in record.entries.values() if entry.kind == kind]
        plain_fields, lists = _split(kind_class, skip=COMMON)
        columns = {"entry": pl.String} | {name: _type(hint) for name, hint in plain_fields.items()}
        rows = [{"entry": e.id} | _row(e, plain_fields) for e in own]
        found[kind] = _table(rows, columns)
        for name, part in lists.items():
            found[f"{kind}_{name}"] = _list_table(own, name, part)
    _, common_lists = _split(Entry, skip=())
    for name, part in common_lists.items():
        found[name] = _list_table(list(record.entries.values()), name, part)
    return found


def csv_bytes(table: pl.DataFrame) -> bytes:
    """A table as UTF-8 CSV; a list of words in a cell is joined by "; "."""
    lists = [name for name, kind in table.schema.items() if isinstance(kind, pl.List)]
    return table.with_columns(pl.col(name).list.join("; ") for name in lists).write_csv().encode()


def parquet_bytes(table: pl.DataFrame) -> bytes:
    """A table as Parquet."""
    stream = io.BytesIO()
    table.write_parquet(stream)
    return stream.getvalue()


FORMATS = {"csv": csv_bytes, "parquet": parquet_bytes}


def table_files(record: Record, form: str, out: Path) -> Mapping[Path, bytes]:
    """The files of an export: one of all entries where `out` names a file, else a folder of all tables."""
    written = FORMATS[form]
    if out.suffix:
        return {out: written(_entries(record))}
    return {out / f"{name}.{form}": written(table) for name, table in tables(record).items()}


def _entries(record: Record) -> pl.DataFrame:
    """One row an entry: the common fields, how many origins, and what is its kind's own as JSON."""
    plain_fields, _ = _split(Entry, skip=())
    columns = {name: _type(hint) for name, hint in plain_fields.items()} | {
        "sources": pl.List(pl.String),
        "independent_origins": pl.Int64,
        "file": pl.String,
        "own_fields": pl.String,
    }
    rows = []
    for entry in record.entries.values():
        own = {name: value for name, value in plain(entry).items() if name not in COMMON}
        rows.append(
            _row(entry, plain_fields)
            | {
                "sources": [citation.source for citation in entry.sources],
                "independent_origins": None
                if isinstance(entry, Source)
                else independent_origins(record, entry),
                "file": record.files[entry.id],
                "own_fields": _json(own),
            }
        )
    return _table(rows, columns)


def _list_table(owners: list[Any], name: str, part: type[Any]) -> pl.DataFrame:
    plain_fields, lists = _split(part, skip=())
    columns = {"entry": pl.String, "number": pl.Int64}
    columns |= {field: _type(hint) for field, hint in plain_fields.items()} | dict.fromkeys(lists, pl.String)
    rows = [
        {"entry": owner.id, "number": number}
        | _row(element, plain_fields)
        | {field: _json(plain(getattr(element, field))) for field in lists}
        for owner in owners
        for number, element in enumerate(getattr(owner, name))
    ]
    return _table(rows, columns)


def _split(owner: type[Any], skip: tuple[str, ...]) -> tuple[dict[str, Any], dict[str, type[Any]]]:
    """Fields of a class: those of one cell (parts spread over dotted names), and lists of parts."""
    cells: dict[str, Any] = {}
    lists: dict[str, type[Any]] = {}
    hints = get_type_hints(owner, include_extras=False)
    for item in fields(owner):
        if item.name in skip:
            continue
        hint = _bare(hints[item.name])
        element = _bare(get_args(hint)[0]) if _is_list(hint) else None
        if element is not None and is_dataclass(element):
            lists[item.name] = element  # pyright: ignore[reportArgumentType]
        elif is_dataclass(hint):
            inner, inner_lists = _split(hint, skip=())  # pyright: ignore[reportArgumentType]
            cells |= {f"{item.name}.{name}": kind for name, kind in inner.items()}
            cells |= {f"{item.name}.{name}": dict for name in inner_lists}
        else:
            cells[item.name] = hint
    return cells, lists


def _bare(hint: Any) -> Any:
    """A type without its None."""
    arguments = [a for a in get_args(hint) if a is not type(None)]
    union = type(None) in get_args(hint)
    return arguments[0] if union and len(arguments) == 1 else hint


def _is_list(hint: Any) -> bool:
    return getattr(hint, "__origin__", None) is tuple


def _type(hint: Any) -> Any:
    if _is_list(hint):
        return pl.List(pl.String)
    return {bool: pl.Boolean, int: pl.Int64, float: pl.Float64}.get(hint, pl.String)


def _row(owner: Any, cells: dict[str, Any]) -> dict[str, Any]:
    row = {}
    for path, hint in cells.items():
        value = owner
        for step in path.split("."):
            value = None if value is None else getattr(value, step)
        shown = plain(value)
        if isinstance(shown, dict) or (isinstance(shown, list) and not _is_list(hint)):
            shown = _json(shown)
        elif _type(hint) == pl.String and shown is not None:
            shown = str(shown)
        elif hint is float and isinstance(shown, int):
            shown = float(shown)
        row[path] = shown
    return row


def _json(value: Any) -> str | None:
    return json.dumps(value, ensure_ascii=False) if value else None


def _table(rows: list[dict[str, Any]], columns: Mapping[str, Any]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=dict(columns))
