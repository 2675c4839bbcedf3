"""What `detente check --strict` asks beyond soundness: the habits that make a record worth trusting."""

from __future__ import annotations

from collections.abc import Iterator

from detente.record.checks import Problem, references
from detente.record.entries import Entry, Measure, Source, Verification
from detente.record.files import Record
from detente.record.origins import ONE_ORIGIN, independent_origins, marked_as_one


def strict_problems(record: Record) -> list[Problem]:
    """Problems that leave a record sound but not yet one to put a name to."""
    return [problem for rule in _RULES for problem in rule(record)]


def _facts(record: Record) -> list[Entry]:
    return [entry for entry in record.entries.values() if not isinstance(entry, Source)]


def _verified(record: Record) -> Iterator[Problem]:
    for entry in _facts(record):
        if entry.verification is Verification.UNVERIFIED:
            where = record.where(entry.id, "verification")
            yield Problem("verified", "nobody has checked it against its sources", where, entry.id)


def _two_origins(record: Record) -> Iterator[Problem]:
    for entry in _facts(record):
        if entry.sources and independent_origins(record, entry) < 2 and not marked_as_one(entry):
            words = f"its sources go back to one origin, and no note holds the words {ONE_ORIGIN!r}"
            yield Problem("two origins, or marked as one", words, record.where(entry.id, "sources"), entry.id)


def _opened(record: Record) -> Iterator[Problem]:
    for entry in _facts(record):
        sources = [record.get(citation.source) for citation in entry.sources]
        read = any(isinstance(source, Source) and source.opened for source in sources)
        if sources and not read and entry.verification is Verification.CHECKED:
            words = "called checked, but none of its sources was opened"
            yield Problem("verified", words, record.where(entry.id, "sources"), entry.id)


def _cited(record: Record) -> Iterator[Problem]:
    cited = {target for entry in record.entries.values() for _, target in references(entry)}
    cited |= {line.source for line in record.settings.trade}
    cited |= {record.aliases[target] for target in cited if target in record.aliases}
    for entry in record.of(Source):
        if entry.id not in cited:
            yield Problem("every source is cited", "no entry cites it", record.where(entry.id), entry.id)


def _own_names(record: Record) -> Iterator[Problem]:
    for entry in record.entries.values():
        for path, target in references(entry):
            if target in record.aliases:
                words = f"{target} is now {record.aliases[target]}"
                yield Problem("ids as they are now", words, record.where(entry.id, *path), entry.id)


def _lists_used(record: Record) -> Iterator[Problem]:
    used = set()
    for measure in record.of(Measure):
        scopes = [measure.scope, *measure.exemptions, *(s.scope for s in measure.states if s.scope)]
        used |= {scope.list_file for scope in scopes}
    for name in record.lists:
        if name not in used:
            yield Problem(
                "every list is used", "no measure names it", f"{record.folder.name}/lists/{name}", ""
            )


_RULES = (_verified, _two_origins, _opened, _cited, _own_names, _lists_used)
