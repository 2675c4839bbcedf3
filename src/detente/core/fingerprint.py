"""One text for one content: what caches are told apart by."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Set
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any


def plain(value: Any) -> Any:
    """A tree of dataclasses, mappings and sequences as lists, strings and numbers; sets in order.

    Mappings keep their order: two that differ in it alone may be played differently.
    """
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, type):
        return value.__qualname__
    if is_dataclass(value):
        return [type(value).__name__, *(plain(getattr(value, field.name)) for field in fields(value))]
    if isinstance(value, Mapping):
        return [[str(key), plain(item)] for key, item in value.items()]
    if isinstance(value, Set):
        return sorted(str(plain(item)) for item in value)
    if isinstance(value, list | tuple | range):
        return [plain(item) for item in value]
    return value


def fingerprint(*values: Any) -> str:
    """SHA-256 over the contents of some values; what JSON has no word for counts by its text."""
    return hashlib.sha256(json.dumps(plain(values), ensure_ascii=False, default=str).encode()).hexdigest()
