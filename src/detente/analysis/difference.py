"""Two days side by side: what the law was on each, what changed, why, and which of it is law."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from detente.analysis.changes import changed
from detente.analysis.duties import all_goods_percent, direction_key
from detente.core.days import parse_moment
from detente.record.asof import AsOf, Standing
from detente.record.compile import duty_states
from detente.record.entries import Entry, Source, Status
from detente.record.files import Record

BINDING = frozenset(
    {
        Status.IN_FORCE, Status.SUSPENDED, Status.STAYED, Status.STRUCK_DOWN, Status.REVOKED, Status.CEASED,
        Status.EXPIRED, Status.REPLACED,
    }
)  # fmt: skip
"""States that a legal act brings about; the others bind nobody yet."""


def difference(record: Record, first: date, asof: AsOf) -> dict[str, Any]:
    """What differs between the ends of two days, both as known by one day.

    Args:
        first: the earlier day; `asof.on` is the later one.

    Returns:
        totals on all goods on both days by direction; law (binding changes, each with verb, cause and the
        entry behind it), not_law (threats, probes, announcements), exemptions, backdated steps, undecided,
        rulings, agreements, talk.

    Raises:
        InvalidOption: the first day is after the second.
        DateBeforeRecord: a day before the record begins.
    """
    moves = changed(record, first, asof)
    law = sorted(
        (_explained(record, move) for move in moves["law"]),
        key=lambda move: (parse_moment(move["effective"]).at, move["id"]),
    )
    return {
        "dispute": moves["dispute"],
        "from": first.isoformat(),
        "to": asof.on.isoformat(),
        "known_by": asof.known_by.isoformat() if asof.known_by else None,
        "checked_to": moves["checked_to"],
        "all_goods_additional_percent": {
            direction_key(importer, exporter): {
                "before": _total(record, importer, exporter, replace(asof, on=first)),
                "after": _total(record, importer, exporter, asof),
            }
            for importer, exporter in _flows(record)
        },
        "law": [move for move in law if move["is_law"]],
        "not_law": [move for move in law if not move["is_law"]],
        "exemptions": [row | {"why_entry": _why(record, row["cause"])} for row in moves["exemptions"]],
        "backdated": [row | {"why": _why(record, row["cause"])} for row in moves["backdated"]],
        "undecided": [_explained(record, move) for move in moves["undecided"]],
        "rulings": moves["rulings"],
        "agreements": moves["agreements"],
        "talk": moves["talk"],
    }


def _flows(record: Record) -> tuple[tuple[str, str], tuple[str, str]]:
    one, other = record.settings.parties
    return (one, other), (other, one)


def _total(record: Record, importer: str, exporter: str, asof: AsOf) -> float | None:
    states = duty_states(record, importer, exporter, asof)
    if any(s.status == Standing.UNKNOWN and s.scope.all_goods for s in states):
        return None
    return all_goods_percent(record, states)


def _explained(record: Record, move: dict[str, Any]) -> dict[str, Any]:
    return move | {
        "is_law": move["after"]["state"] in BINDING,
        "why": _why(record, move["cause"]),
        "steps": [step | {"why": _why(record, step["cause"])} for step in move["steps"]],
    }


def _why(record: Record, cause: str | None) -> dict[str, Any] | None:
    entry = record.get(cause) if cause else None
    if not isinstance(entry, Entry):
        return None
    return {
        "id": entry.id,
        "kind": entry.kind,
        "title": entry.title,
        "date": entry.published if isinstance(entry, Source) else entry.date,
        "form": entry.form if isinstance(entry, Source) else None,
    }
