"""Entries as plain mappings, as they would stand in YAML: what a field leaves at its default is left out."""

from __future__ import annotations

from dataclasses import MISSING, fields, is_dataclass
from enum import Enum
from typing import Any

from detente.record.files import Record


def plain(value: Any) -> Any:
    """A part of an entry as text, numbers, lists and mappings."""
    if is_dataclass(value) and not isinstance(value, type):
        shown = {}
        for item in fields(value):
            own = getattr(value, item.name)
            factory = item.default_factory
            default = factory() if factory is not MISSING else item.default
            if is_dataclass(own) and item.default is MISSING and factory is not MISSING:
                own_plain = plain(own)
                if own_plain:
                    shown[item.name] = own_plain
            elif own is not None and (default is MISSING or own != default):
                shown[item.name] = plain(own)
        return shown
    if isinstance(value, tuple):
        return [plain(element) for element in value]
    if isinstance(value, dict):
        return {key: plain(element) for key, element in value.items()}
    return value.value if isinstance(value, Enum) else value


def whole_record(record: Record) -> dict[str, Any]:
    """Everything in a record but the rows of its lists: settings, entries in file order, aliases."""
    return {
        "settings": plain(record.settings),
        "entries": [plain(entry) for entry in record.entries.values()],
        "files": dict(record.files),
        "aliases": dict(record.aliases),
        "lists": sorted(record.lists),
    }
