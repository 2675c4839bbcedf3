"""Entries of a record to search, filter and open."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from detente.core.errors import InvalidOption
from detente.economy.prepare import Kept
from detente.record.commit import version_of
from detente.record.entries import KINDS, Entry, Source
from detente.record.export.plain import plain
from detente.record.files import Record
from detente.record.origins import independent_origins


def search(
    record: Record,
    words: str = "",
    *,
    kind: str | None = None,
    party: str | None = None,
    since: str | None = None,
    to: str | None = None,
    conflicts: bool = False,
    unverified: bool = False,
) -> list[dict[str, Any]]:
    """Summaries of the entries in which every word stands, the newest first.

    Args:
        words: by blanks; looked for in every text of an entry, whatever its case.
        kind, party: only these.
        since, to: only entries dated from, and to, a day.
        conflicts, unverified: only entries with sources that differ; only those nobody has checked.

    Raises:
        InvalidOption: no such kind.
    """
    if kind is not None and kind not in KINDS:
        raise InvalidOption(f"kind {kind!r}", where="kind", why="no such kind", instead=", ".join(KINDS))
    wanted = words.lower().split()
    texts = _texts_of(record)
    found = []
    for entry in record.entries.values():
        day = entry.date or ""
        if (
            (kind is not None and entry.kind != kind)
            or (since is not None and day < since)
            or (to is not None and (not day or day[: len(to)] > to))
            or (conflicts and not getattr(entry, "conflicts", ()))
            or (unverified and entry.verification.value != "unverified")
            or (party is not None and party not in texts[entry.id])
        ):
            continue
        if wanted:
            text = " ".join(texts[entry.id]).lower()
            if not all(word in text for word in wanted):
                continue
        found.append(summary(record, entry))
    return sorted(found, key=lambda e: (e["date"] or "", e["id"]), reverse=True)


def summary(record: Record, entry: Entry) -> dict[str, Any]:
    """An entry in one line of a table."""
    fact = not isinstance(entry, Source)
    return {
        "id": entry.id,
        "kind": entry.kind,
        "title": entry.title,
        "date": entry.date,
        "verification": entry.verification.value,
        "sources": len(entry.sources),
        "independent_origins": independent_origins(record, entry) if fact else None,
        "conflicts": len(entry.conflicts) if fact else 0,
    }


_TEXTS = Kept(8)


def _texts_of(record: Record) -> dict[str, list[str]]:
    """Every text of every entry, kept as long as the record is."""
    return _TEXTS.get(record, (), lambda: {e.id: _texts(plain(e)) for e in record.entries.values()})


def _texts(node: Any) -> list[str]:
    found: list[str] = []
    pending = [node]
    while pending:
        value = pending.pop()
        if isinstance(value, dict):
            pending += value.values()
        elif isinstance(value, list):
            pending += value
        elif value is not None:
            found.append(str(value))
    return found


def opened(record: Record, entry_id: str) -> dict[str, Any]:
    """One entry whole: its fields, its sources, what it points at and what points at it, its version.

    Raises:
        InvalidOption: there is none of that id or alias.
    """
    entry = record.get(entry_id)
    if entry is None:
        raise InvalidOption(
            f"no entry {entry_id!r}",
            where="entry",
            why=f"{record.settings.name} has none of that id or alias",
            instead="an id that a search finds",
        )
    file = record.files[entry.id]
    text = (record.folder / file).read_bytes()
    cited = [record.get(citation.source) for citation in entry.sources]
    return {
        **summary(record, entry),
        "fields": plain(entry),
        "cited": [plain(source) for source in cited if source is not None],
        "points_at": [summary(record, other) for other in _pointed(record, entry)],
        "pointed_at_by": [summary(record, other) for other in pointing(record, entry.id)],
        "file": file,
        "yaml": text.decode("utf-8"),
        "version": version_of(text),
        "writable": False,
    }


def _pointed(record: Record, entry: Entry) -> Iterator[Entry]:
    seen = {entry.id}
    for text in _texts_of(record)[entry.id]:
        other = record.get(text)
        if isinstance(other, Entry) and not isinstance(other, Source) and other.id not in seen:
            seen.add(other.id)
            yield other


def pointing(record: Record, entry_id: str) -> Iterator[Entry]:
    """Entries that name this one."""
    for name, texts in _texts_of(record).items():
        if name != entry_id and entry_id in texts:
            yield record.entries[name]
