"""Commitments and compliance: who promised what by when, what was done, and who says who broke it."""

from __future__ import annotations

from typing import Any

from detente.analysis.contested import statement
from detente.analysis.state import known_on, require_days
from detente.core.days import last_instant, parse_moment
from detente.core.errors import InvalidOption
from detente.record.as_known import end_as_known
from detente.record.asof import AsOf, moment_of
from detente.record.entries import Agreement, Claim, Delivery, Denial, Term
from detente.record.files import Record
from detente.record.origins import independent_origins


def commitments(
    record: Record,
    asof: AsOf,
    *,
    agreement: str | None = None,
    party: str | None = None,
    purchases: bool = False,
) -> dict[str, Any]:
    """Terms of every agreement known on the day, how each stands, and the accusations of breach.

    Args:
        agreement: id of one agreement.
        party: only what this party promised.
        purchases: only promised quantities.

    Returns:
        agreements, oldest first, each with terms, accusations and counts by party.

    Raises:
        InvalidOption: no agreement of that id is known on the day.
        DateBeforeRecord: the day is before the first entry.
    """
    require_days(record, asof)
    known = [a for a in record.of(Agreement) if known_on(a, asof)]
    wanted = record.get(agreement) if agreement else None
    if agreement is not None and wanted not in known:
        raise InvalidOption(
            f"agreement {agreement!r}",
            where="--agreement",
            why=f"no agreement of that id was known on {asof.on}",
            instead=", ".join(sorted(a.id for a in known)) or "a later day",
        )
    shown = []
    for entry in sorted(known, key=lambda a: (a.date or a.start, a.id)):
        if wanted is not None and entry is not wanted:
            continue
        terms = [
            _term(record, entry, number, term, asof)
            for number, term in enumerate(entry.terms)
            if party in (None, term.by) and (term.quantity is not None or not purchases)
        ]
        if terms or (wanted is not None and not purchases):
            shown.append(_agreement(record, entry, terms, asof))
    return {
        "dispute": record.settings.name,
        "on": asof.on.isoformat(),
        "known_by": asof.known_by.isoformat() if asof.known_by else None,
        "checked_to": record.settings.checked_to,
        "agreements": shown,
    }


def _agreement(record: Record, entry: Agreement, terms: list[dict[str, Any]], asof: AsOf) -> dict[str, Any]:
    sides = sorted({term["by"] for term in terms})
    return {
        "id": entry.id,
        "title": entry.title,
        "form": entry.form,
        "date": entry.date,
        "start": entry.start,
        "end": end_as_known(entry, min(asof.on, asof.known_by or asof.on)),
        "independent_origins": independent_origins(record, entry),
        "terms": terms,
        "by_party": {side: _counted([t["state"] for t in terms if t["by"] == side]) for side in sides},
        "accusations": accusations(record, entry, asof),
    }


def _counted(states: list[str]) -> dict[str, int]:
    return {"n": len(states)} | {state: states.count(state) for state in sorted(set(states))}


def state_of_term(term: Term, asof: AsOf) -> str:
    """How a term stands on the day: as recorded from `state_since` (else `due`) on, promised before.

    Where neither day is on record the state is known only as of the last check.
    """
    since = term.state_since or term.due
    if since is None or term.state in ("promised", "unknown"):
        return term.state
    moment = moment_of(since, term.by)
    return term.state if moment.day <= asof.on and asof.knows(moment) else "promised"


def _term(record: Record, entry: Agreement, number: int, term: Term, asof: AsOf) -> dict[str, Any]:
    state = state_of_term(term, asof)
    late = (
        term.due is not None
        and last_instant(moment_of(term.due, term.by)) <= asof.instant(term.by)
        and state in ("promised", "unknown", "part_done", "not_done")
    )
    found = {
        "number": number,
        "by": term.by,
        "does": term.does,
        "effect": term.effect,
        "verb": term.verb,
        "points": term.points,
        "measure": term.measure,
        "due": term.due,
        "state": state,
        "state_since": term.state_since,
        "past_due": late,
        "note": term.note,
        "promised": None,
        "deliveries": [],
    }
    if term.quantity is not None:
        found["promised"] = {
            "amount": term.quantity.amount, "unit": term.quantity.unit, "period": term.quantity.period
        }  # fmt: skip
        found["deliveries"] = [
            _delivery(term, delivery) for delivery in term.deliveries if _public(delivery, asof)
        ]
    return found


def _public(delivery: Delivery, asof: AsOf) -> bool:
    public = parse_moment(delivery.known or delivery.to)
    return public.day <= asof.on and asof.knows(public)


def _delivery(term: Term, delivery: Delivery) -> dict[str, Any]:
    same_unit = term.quantity is not None and term.quantity.unit == delivery.unit
    return {
        "amount": delivery.amount,
        "unit": delivery.unit,
        "to": delivery.to,
        "counted_by": delivery.counted_by,
        "known": delivery.known or delivery.to,
        "source": delivery.source,
        "of_promise_share": (
            round(delivery.amount / term.quantity.amount, 4)
            if term.quantity is not None and same_unit and term.quantity.amount > 0
            else None
        ),
        "note": delivery.note,
    }


def accusations(record: Record, agreement: Agreement, asof: AsOf) -> list[dict[str, Any]]:
    """Who says that whom broke an agreement, oldest first, with the denials and where each stands."""
    denials = [d for d in record.of(Denial) if known_on(d, asof)]
    found = []
    for claim in record.of(Claim):
        if claim.breach_of is None or record.get(claim.breach_of) is not agreement:
            continue
        if not known_on(claim, asof):
            continue
        steps = [s for s in claim.standing if parse_moment(s.since).day <= asof.on]
        found.append(
            statement(record, claim)
            | {
                "breached_by": claim.breached_by,
                "state": (steps[-1] if steps else claim.standing[0]).status.value,
                "denials": [statement(record, d) for d in denials if claim.id in d.denies],
            }
        )
    return sorted(found, key=lambda c: (c["date"], c["id"]))
