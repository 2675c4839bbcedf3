"""Entries that an answer names, with their titles and sources, so that every claim can be followed up."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from detente.record.entries import Entry, Source
from detente.record.files import Record


def cited_entries(record: Record, data: Any) -> dict[str, dict[str, Any]]:
    """Every entry whose id stands anywhere in an answer, sources left out.

    Returns:
        id -> kind, title, date, verification and the ids of its sources, in order of id.
    """
    found: dict[str, dict[str, Any]] = {}
    for name in sorted(set(_texts(data))):
        entry = record.get(name)
        if isinstance(entry, Entry) and not isinstance(entry, Source):
            found[entry.id] = {
                "kind": entry.kind,
                "title": entry.title,
                "date": entry.date,
                "verification": entry.verification.value,
                "sources": list(dict.fromkeys(citation.source for citation in entry.sources)),
            }
    return found


def _texts(node: Any) -> Iterator[str]:
    if isinstance(node, str):
        yield node
    elif isinstance(node, dict):
        for value in node.values():
            yield from _texts(value)
    elif isinstance(node, list):
        for value in node:
            yield from _texts(value)
