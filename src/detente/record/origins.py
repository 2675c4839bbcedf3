"""How many sources of an entry are independent: by ultimate origin, not by address."""

from __future__ import annotations

from detente.record.entries import Entry, Source
from detente.record.files import Record

ONE_ORIGIN = "one origin"
"""An entry that rests on one origin says so in a note that holds these words."""


def independent_origins(record: Record, entry: Entry) -> int:
    """Number of ultimate origins among an entry's sources; two pages that repeat one story are one."""
    origins: set[str] = set()
    for citation in entry.sources:
        source = record.get(citation.source)
        seen: set[str] = set()
        while isinstance(source, Source) and source.republishes and source.id not in seen:
            seen.add(source.id)
            source = record.get(source.republishes) or source
        if isinstance(source, Source):
            origins.add(source.origin)
    return len(origins)


def marked_as_one(entry: Entry) -> bool:
    """Whether the entry says that all it rests on comes from one origin."""
    return any(ONE_ORIGIN in note.lower() for note in entry.notes)
