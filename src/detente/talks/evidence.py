"""Reference classes that ship: counts of other cases, and trade-talk deadlines coded by hand.

`reference/base_rates.yaml` holds quantities, their starts, and counts by source; `reference/deadlines.csv`
one row for every end that was set: when, for what day, and what became of it. Each has the day from which it
was known, so that a forecast of a past day can leave out what came later.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from detente.core.days import parse_day
from detente.core.errors import InvalidEntry
from detente.core.yaml12 import read_yaml

FOLDER = Path(__file__).resolve().parent / "reference"
KINDS = ("truce", "exclusions", "delay", "purchases", "threat")
OUTCOMES = {
    "truce": ("extended", "settled", "lapsed"),
    "exclusions": ("extended", "settled", "lapsed"),
    "delay": ("extended", "settled", "lapsed"),
    "purchases": ("extended", "settled", "lapsed"),
    "threat": ("by_the_day", "later", "never"),
}
COLUMNS = (
    "id", "parties", "kind", "what", "set_known", "due", "outcome", "outcome_known", "next_due", "entries",
    "sources", "note",
)  # fmt: skip


@dataclass(frozen=True)
class SetEnd:
    """An end that was set for a truce, a suspension, a promise or a threat, and what became of it.

    Attributes:
        set_known: when it was known that this end was set.
        due: the day: the first on which what was suspended would return, or what was threatened begin.
        outcome: one of `OUTCOMES`; empty while open.
        outcome_known: when the outcome was known; an extension may be known before the end.
        next_due: the new end, where there is one.
        entries: ids of the record's entries that bear it out.
    """

    id: str
    parties: frozenset[str]
    kind: str
    what: str
    set_known: date
    due: date
    outcome: str
    outcome_known: date | None
    next_due: date | None
    entries: tuple[str, ...]
    sources: str
    note: str

    def settled_by(self, day: date) -> bool:
        """Whether the outcome was known by the end of the day."""
        return self.outcome_known is not None and self.outcome_known <= day


@cache
def set_ends() -> tuple[SetEnd, ...]:
    """The shipped rows, oldest first; see `read_set_ends`."""
    return read_set_ends(FOLDER / "deadlines.csv")


def read_set_ends(path: Path) -> tuple[SetEnd, ...]:
    """Rows of a deadlines file.

    Raises:
        InvalidEntry: a column is missing, a word or a day is not one, days are out of order; with the line.
    """
    with path.open(encoding="utf-8", newline="") as stream:
        reader = csv.DictReader(stream)
        missing = set(COLUMNS) - set(reader.fieldnames or ())
        if missing:
            raise _bad(
                path, 1, f"no column {sorted(missing)[0]!r}", "the columns are fixed", ",".join(COLUMNS)
            )
        rows = [_row(path, number, row) for number, row in enumerate(reader, start=2)]
    return tuple(sorted(rows, key=lambda row: (row.due, row.id)))


def _row(path: Path, number: int, row: dict[str, str]) -> SetEnd:
    where = f"{path.name}:{number}"

    def day(name: str) -> date | None:
        return parse_day(row[name], where=where) if row[name] else None

    kind, outcome = row["kind"], row["outcome"]
    if kind not in KINDS:
        raise _bad(path, number, f"kind {kind!r}", "no such kind of deadline", ", ".join(KINDS))
    if outcome and outcome not in OUTCOMES[kind]:
        raise _bad(path, number, f"outcome {outcome!r}", f"not one of a {kind}", ", ".join(OUTCOMES[kind]))
    set_known, due, outcome_known = day("set_known"), day("due"), day("outcome_known")
    if set_known is None or due is None or bool(outcome) != (outcome_known is not None):
        raise _bad(path, number, row["id"], "a day is missing", "set_known, due; outcome with outcome_known")
    if due <= set_known or (outcome_known is not None and outcome_known < set_known):
        raise _bad(path, number, row["id"], "days run backwards", "set_known before due and outcome_known")
    return SetEnd(
        id=row["id"],
        parties=frozenset(row["parties"].split(";")),
        kind=kind,
        what=row["what"],
        set_known=set_known,
        due=due,
        outcome=outcome,
        outcome_known=outcome_known,
        next_due=day("next_due"),
        entries=tuple(filter(None, row["entries"].split(";"))),
        sources=row["sources"],
        note=row["note"],
    )


def _bad(path: Path, number: int, what: str, why: str, instead: str) -> InvalidEntry:
    return InvalidEntry(what, where=f"{path.name}:{number}", why=why, instead=instead)


def ends_of(parties: Iterable[str], own: bool, kinds: Iterable[str]) -> list[SetEnd]:
    """Rows of these kinds between these parties (own), or of everyone else (others)."""
    sides, wanted = frozenset(parties), set(kinds)
    return [row for row in set_ends() if row.kind in wanted and (row.parties == sides) is own]


@cache
def quantities() -> tuple[dict[str, Any], ...]:
    """The shipped quantities: what each is, its start, its own counting rule and its sources."""
    document, _ = read_yaml(FOLDER / "base_rates.yaml", shown="base_rates.yaml")
    return tuple(document["quantities"])
