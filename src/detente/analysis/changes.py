"""What changed between two days, law apart from talk; and the dispute from its first day on."""

from __future__ import annotations

from datetime import date
from typing import Any

from detente.analysis.state import events, known_on, require_day, require_days
from detente.core.days import parse_moment
from detente.core.errors import InvalidOption
from detente.record.asof import AsOf, MeasureState, Standing, known_moment, moment_of, state_of
from detente.record.entries import Agreement, Entry, Measure, Ruling, Talk
from detente.record.files import Record
from detente.record.origins import independent_origins

LAW_KINDS = ("measure", "ruling", "agreement")


def changed(record: Record, since: date, asof: AsOf) -> dict[str, Any]:
    """Everything that changed after `since` and to the end of the day asked.

    Returns:
        law: measures whose state, rate or clock differs, with both states and the cause, and rulings;
        exemptions: goods taken out of a duty, or put back, in those days; backdated: steps published in
        those days that reach back before them; talk: every other entry of those days; undecided: states
        that became unknown.

    Raises:
        InvalidOption: `since` is after the day asked.
        DateBeforeRecord: `since` lies before the first entry.
    """
    if since > asof.on:
        raise InvalidOption(
            f"since {since}",
            where="--since",
            why=f"it is after {asof.on}, the day up to which changes are asked for",
            instead=f"a day to {asof.on}, or a later --on",
        )
    require_day(record, since, "--since")
    require_days(record, asof)
    before = AsOf(since, asof.known_by, asof.assume)
    moves = [_move(record, measure, before, asof) for measure in record.of(Measure)]
    law = [m for m in moves if m is not None]
    fresh = [e for e in events(record) if known_on(e, asof) and not known_on(e, before)]
    rulings = [_event(record, e) for e in fresh if isinstance(e, Ruling)]
    rest = [_event(record, e) for e in fresh if not isinstance(e, Measure | Ruling)]
    return {
        "dispute": record.settings.name,
        "since": since.isoformat(),
        "on": asof.on.isoformat(),
        "checked_to": record.settings.checked_to,
        "law": [m for m in law if m["after"]["state"] != Standing.UNKNOWN],
        "undecided": [m for m in law if m["after"]["state"] == Standing.UNKNOWN],
        "exemptions": _exemptions(record, before, asof),
        "backdated": _backdated(record, before, asof),
        "rulings": rulings,
        "agreements": [r for r in rest if r["kind"] == "agreement"],
        "talk": [r for r in rest if r["kind"] != "agreement"],
    }


def _move(record: Record, measure: Measure, before: AsOf, after: AsOf) -> dict[str, Any] | None:
    old = state_of(measure, before, record.settings.checked_to)
    new = state_of(measure, after, record.settings.checked_to)
    if _key(old) == _key(new):
        return None
    state = new.state
    return {
        "id": measure.id,
        "title": measure.title,
        "imposing": measure.imposing,
        "instrument": measure.instrument.value,
        "authority": measure.authority,
        "targets": list(measure.targets),
        "all_goods": new.scope.all_goods,
        "before": _standing(old),
        "steps": _steps_between(measure, before, after),
        "after": _standing(new),
        "cause": state.cause if state else None,
        "verb": state.verb if state else "",
        "in_law": state.in_law if state else None,
        "effective": state.effective if state else None,
        "message": new.message,
        "note": state.note if state else "",
        "verification": measure.verification.value,
        "independent_origins": independent_origins(record, measure),
    }


def _steps_between(measure: Measure, before: AsOf, after: AsOf) -> list[dict[str, Any]]:
    """Every state that began between the two days, so that none hides behind the last."""
    party = measure.imposing
    return [
        {
            "state": state.status.value,
            "rate_percent": state.rate_percent,
            "effective": state.effective,
            "in_law": state.in_law,
            "cause": state.cause,
            "verb": state.verb,
            "voided_from": state.voided_from,
        }
        for state in measure.states
        if before.instant(party) <= moment_of(state.effective, party).at < after.instant(party)
        and after.knows(known_moment(state, party))
        and not (state.withdrawn and after.knows(moment_of(state.withdrawn, party)))
    ]


def _between(text: str | None, party: str, before: AsOf, after: AsOf) -> bool:
    return text is not None and before.instant(party) <= moment_of(text, party).at < after.instant(party)


def _exemptions(record: Record, before: AsOf, after: AsOf) -> list[dict[str, Any]]:
    """Exemptions that begin, end or are published between the two days, those of one act together."""
    found: dict[tuple[object, ...], dict[str, Any]] = {}
    for measure in record.of(Measure):
        party = measure.imposing
        for exemption in measure.exemptions:
            published = exemption.known or exemption.since
            if not after.knows(moment_of(published, party)):
                continue
            if _between(exemption.until, party, before, after):
                change = "ends"
            elif _between(exemption.since, party, before, after):
                change = "begins"
            elif _between(published, party, before, after):
                change = "reaches_back"
            else:
                continue
            goods = (exemption.list_file, exemption.hs, tuple(sorted(exemption.where_list.items())))
            key = (change, party, *goods, exemption.since, exemption.until, exemption.known)
            row = {
                "change": change,
                "imposing": party,
                "list": exemption.list_file,
                "kept": dict(exemption.where_list),
                "hs": list(exemption.hs),
                "since": exemption.since,
                "until": exemption.until,
                "known": published,
                "basis": exemption.basis,
                "cause": exemption.cause,
                "why": exemption.why,
                "measures": [],
            }
            found.setdefault(key, row)["measures"].append(measure.id)
    return sorted(found.values(), key=lambda row: (row["known"], row["since"], row["why"]))


def _backdated(record: Record, before: AsOf, after: AsOf) -> list[dict[str, Any]]:
    """Steps of measures that were published between the two days and took effect before the first."""
    found = []
    for measure in record.of(Measure):
        party = measure.imposing
        for state in measure.states:
            known = known_moment(state, party)
            withdrawn = state.withdrawn is not None and after.knows(moment_of(state.withdrawn, party))
            reaches_back = moment_of(state.effective, party).at < before.instant(party)
            if withdrawn or not reaches_back or not _between(known.text(), party, before, after):
                continue
            if after.knows(known):
                found.append(
                    {
                        "id": measure.id,
                        "title": measure.title,
                        "imposing": party,
                        "state": state.status.value,
                        "rate_percent": state.rate_percent,
                        "effective": state.effective,
                        "known": known.text(),
                        "cause": state.cause,
                        "verb": state.verb,
                        "note": state.note,
                    }
                )
    return sorted(found, key=lambda row: (row["known"], row["id"]))


def _key(standing: MeasureState) -> tuple[object, ...]:
    return (standing.status, standing.number, standing.rate_percent)


def _standing(standing: MeasureState) -> dict[str, Any]:
    return {
        "state": str(standing.status),
        "rate_percent": standing.rate_percent,
        "suspended_points": standing.state.suspended_points if standing.state else None,
        "until": standing.expires.text() if standing.expires else None,
    }


def _event(record: Record, entry: Entry) -> dict[str, Any]:
    return {
        "id": entry.id,
        "kind": entry.kind,
        "date": entry.date,
        "title": _title(entry),
        "summary": entry.summary,
        "parties": list(entry.parties),
        "topics": list(entry.topics),
        "verification": entry.verification.value,
        "independent_origins": independent_origins(record, entry),
        "conflicts": len(entry.conflicts),
    }


def _title(entry: Entry) -> str:
    """The title; a contact that was planned or called off says so."""
    if isinstance(entry, Talk) and entry.state != "held":
        state = "whether it was held is not on record" if entry.state != "called_off" else "called off"
        return f"{entry.title} ({state})"
    return entry.title


def timeline(record: Record, asof: AsOf, since: date | None = None) -> list[dict[str, Any]]:
    """Every event to the day, oldest first: entries, and each step of each measure as its own row."""
    rows: list[dict[str, Any]] = []
    for entry in events(record):
        if isinstance(entry, Measure):
            rows.extend(_steps(record, entry, asof))
        elif known_on(entry, asof):
            rows.append(_event(record, entry))
    if since is not None:
        rows = [row for row in rows if (row["date"] or "")[:10] >= since.isoformat()]
    return sorted(rows, key=lambda row: (row["date"] or "", row["id"]))


def _steps(record: Record, measure: Measure, asof: AsOf) -> list[dict[str, Any]]:
    steps = []
    instant = asof.instant(measure.imposing)
    for state in measure.states:
        effective = parse_moment(state.effective)
        known = parse_moment(state.known or state.announced or state.in_law or state.effective)
        if state.withdrawn or not asof.knows(known) or effective.at >= instant:
            continue
        rate = f", {state.rate_percent:g} percent" if state.rate_percent is not None else ""
        steps.append(
            _event(record, measure)
            | {
                "date": effective.day.isoformat(),
                "title": f"{measure.title}: {state.status.value.replace('_', ' ')}{rate}",
                "summary": state.note,
                "cause": state.cause,
                "announced": state.announced,
                "in_law": state.in_law,
                "effective": state.effective,
            }
        )
    return steps


def agreements_in_play(record: Record, asof: AsOf) -> list[Agreement]:
    """Agreements that have begun and not ended by the day."""
    day = asof.on
    return [
        a
        for a in record.of(Agreement)
        if known_on(a, asof)
        and parse_moment(a.start).day <= day
        and (a.end is None or parse_moment(a.end).day > day)
    ]
