"""Two pages of the documentation that are made from the code and the record: schema and timing log."""

from __future__ import annotations

import inspect
from dataclasses import fields, is_dataclass
from enum import StrEnum
from typing import Any, get_args, get_type_hints

from detente.record import entries, parts, settings
from detente.record.entries import KINDS, Entry, Instrument, Measure
from detente.record.files import Record
from detente.record.parts import Part


def schema_markdown() -> str:
    """The entry schema as a page: every kind, every field, every allowed word."""
    lines = [
        "# The entry schema, version 1",
        "",
        "Made from `detente/record/entries.py` by `python -m detente.record.describe schema`; a test keeps",
        "the two the same. One entry a file, in YAML with 1.2 rules: `NO` is text, a key stands once, dates",
        "are text. Dates: `2025-05-14`, `2025-05`, or `2025-05-14 00:01 America/New_York`. Files lie at",
        "`DISPUTE/KIND(plural)/YEAR/ID.yaml`; a folder has `dispute.yaml`, may have `aliases.yaml` and",
        "`lists/*.csv` (column `hs`, and `rate_percent` where the list carries rates).",
        "",
        "## Every entry",
        "",
        *_class(Entry),
    ]
    for kind, entry_class in KINDS.items():
        lines += ["", f"## {kind}", "", *_class(entry_class, without=Entry)]
    pieces = [
        found
        for _, found in inspect.getmembers(entries, inspect.isclass)
        if issubclass(found, Part) and not issubclass(found, Entry) and found is not Part
    ]
    lines += ["", "# Parts of entries"]
    for part in sorted(pieces, key=lambda c: c.__name__):
        lines += ["", f"## {part.__name__}", "", *_class(part)]
    words = [
        found
        for _, found in inspect.getmembers(entries, inspect.isclass)
        if issubclass(found, StrEnum)
        and found is not StrEnum
        and found.__module__.startswith("detente.record.")
    ]
    lines += ["", "# Words with a fixed meaning"]
    for found in sorted(words, key=lambda c: c.__name__):
        choices = ", ".join(f"`{member.value}`" for member in found)
        lines += ["", f"**{found.__name__}**: {inspect.cleandoc(found.__doc__ or '')}", "", choices]
    lines += ["", "# The file dispute.yaml", ""]
    for found in (settings.Settings, settings.LineItem, settings.Preference, settings.TradeLine):
        lines += [f"## {found.__name__}", "", *_class(found), ""]
    lines += [
        "# The file aliases.yaml",
        "",
        "Old ids and what they are now: `old-id: new-id`. An id given up for good has no value. No id is",
        "used twice; `detente check` says where one is.",
    ]
    return "\n".join(lines).rstrip() + "\n"


def _class(found: type[Any], without: type[Any] | None = None) -> list[str]:
    doc = inspect.cleandoc(found.__doc__ or "")
    skip = {f.name for f in fields(without)} if without is not None else set()
    hints = get_type_hints(found, include_extras=True)
    rows = [doc, "", "| field | type | required |", "|---|---|---|"]
    for item in fields(found):
        if item.name in skip and item.name != "kind":
            continue
        asked = item.name in settings.REQUIRED if found is settings.Settings else _required(item)
        needed = "yes" if asked else ""
        rows.append(f"| `{item.name}` | {_type(hints[item.name])} | {needed} |")
    return rows


def _required(item: Any) -> bool:
    from dataclasses import MISSING

    return item.default is MISSING and item.default_factory is MISSING


def _type(hint: Any) -> str:
    """A type in words that a person who writes YAML knows."""
    if hint is type(None):
        return ""
    if hint is parts.DateText:
        return "date"
    if hint is parts.Id:
        return "id"
    if hint is parts.HS:
        return "HS code in quotes"
    if hint is parts.Party:
        return "party"
    name = getattr(hint, "__name__", "")
    arguments = [a for a in get_args(hint) if a is not Ellipsis]
    if isinstance(hint, type) and (is_dataclass(hint) or issubclass(hint, StrEnum)):
        return name
    if name == "tuple" or "tuple[" in str(hint)[:8]:
        return f"list of {_type(arguments[0])}"
    if "Literal" in str(hint)[:20]:
        return ", ".join(f"`{a}`" for a in arguments)
    if "Annotated" in str(hint)[:20]:
        return _type(arguments[0])
    if arguments and "dict" not in name:
        return " or ".join(filter(None, (_type(a) for a in arguments)))
    return {"str": "text", "float": "number", "int": "whole number", "bool": "true or false"}.get(name, name)


def timing_markdown(record: Record) -> str:
    """The timing log: the four days of every step of every duty, its cause, and its sources."""
    lines = [
        "# Timing log",
        "",
        f"Made from the record of `{record.settings.name}` by `python -m detente.record.describe timing`; a",
        "test keeps the two the same. `effective` is what duties are computed from: the moment the law names",
        "in its own zone. Where other data sets date a step otherwise, the entry stores that as a conflict.",
        "",
        "| measure | state | percent | announced | in law | effective | expires | withdrawn | cause |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    duties = [m for m in record.of(Measure) if m.instrument is Instrument.IMPORT_DUTY]
    for measure in sorted(duties, key=lambda m: (m.imposing, m.date or "", m.id)):
        for state in measure.states:
            rate = f"{state.rate_percent:g}" if state.rate_percent is not None else "by list"
            rate = rate if state.status == "in_force" else ""
            cells = (
                measure.id, state.status.value, rate, state.announced, state.in_law, state.effective,
                state.expires, state.withdrawn, state.cause,
            )  # fmt: skip
            lines.append("| " + " | ".join(str(cell or "") for cell in cells) + " |")
    conflicts = [(m, c) for m in duties for c in m.conflicts]
    lines += [
        "",
        "## Other readings stored",
        "",
        "| measure | field | in use | others | why |",
        "|---|---|---|---|---|",
    ]
    for measure, conflict in conflicts:
        others = "; ".join(f"{r.value} ({', '.join(r.sources)})" for r in conflict.readings)
        why = " ".join(conflict.why.split())
        lines.append(f"| {measure.id} | {conflict.field} | {conflict.in_use} | {others} | {why} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    import sys

    from detente.record.files import load_record

    page = sys.argv[1] if len(sys.argv) > 1 else "schema"
    sys.stdout.write(schema_markdown() if page == "schema" else timing_markdown(load_record("us-china")))
