"""Whether ids still name what they named in an earlier state of a record."""

from __future__ import annotations

from collections.abc import Iterator

from detente.record.checks import Problem
from detente.record.entries import Entry
from detente.record.files import Record


def identity_problems(record: Record, earlier: Record) -> Iterator[Problem]:
    """Ids that were lost without an alias, and ids that now name something else.

    An entry counts as another one where its kind has changed, or where its title, its day and all its
    sources have: corrections change one or two of these, never all.

    Args:
        earlier: the record to hold it against, e.g. the one it was copied from, or an older checkout.
    """
    for old in earlier.entries.values():
        if old.id in record.aliases:
            continue
        now = record.entries.get(old.id)
        if now is None:
            words = f"{old.id} is gone, and aliases.yaml does not say what became of it"
            yield Problem("ids stay", words, f"{record.folder.name}/aliases.yaml", old.id)
        elif _another(old, now):
            words = f"{old.id} was {old.title!r} in {earlier.settings.name}"
            yield Problem("ids are never reused", words, record.where(old.id, "id"), old.id)


def _another(old: Entry, now: Entry) -> bool:
    if old.kind != now.kind:
        return True
    cited = {citation.source for citation in old.sources} & {citation.source for citation in now.sources}
    return old.title != now.title and (old.date or "")[:10] != (now.date or "")[:10] and not cited
