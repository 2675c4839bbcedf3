"""State of play of a dispute on a day: duties both ways, clocks, controls, law, talks, claims."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from detente.analysis.clocks import clocks
from detente.analysis.duties import Trade, direction, direction_key, is_new, line_item
from detente.core.days import end_of_day, parse_day, parse_moment
from detente.core.errors import DateBeforeRecord, InvalidRecord
from detente.core.places import zone_of
from detente.record.asof import AsOf, Standing, state_of
from detente.record.compile import applies_to
from detente.record.entries import (
    Claim,
    Denial,
    Entry,
    Instrument,
    Level,
    Measure,
    Position,
    Ruling,
    Source,
    Talk,
    Verification,
)
from detente.record.files import Record


def known_on(entry: Entry, asof: AsOf) -> bool:
    """Whether the entry had happened by the end of the day asked, and was known by then."""
    text = entry.date
    if text is None:
        return False
    zone_name = zone_of(entry.parties[0]) if entry.parties else "UTC"
    happened = parse_moment(text, zone_name)
    public = parse_moment(entry.known or text, zone_name)
    return happened.at < end_of_day(asof.on, zone_name) and asof.knows(public)


def events(record: Record) -> list[Entry]:
    """Entries that happened on a day, oldest first; sources are not events."""
    dated = [
        e for e in record.entries.values() if isinstance(e, Entry) and not isinstance(e, Source) and e.date
    ]
    return sorted(dated, key=lambda e: (parse_moment(e.date or "").at.replace(tzinfo=None), e.id))


def first_act(record: Record) -> Entry:
    """The oldest event; positions do not count, for a stance may be older than the dispute.

    Raises:
        InvalidRecord: nothing dated is on record yet.
    """
    for entry in events(record):
        if not isinstance(entry, Position):
            return entry
    raise InvalidRecord(
        f"{record.settings.name} holds no dated entry yet",
        where=record.folder.name,
        why="there is nothing to say of any day",
        instead=f"add one first: `detente add ... --to {record.folder.name}`",
    )


def first_day(record: Record) -> date:
    """The day on which the record begins."""
    return parse_moment(first_act(record).date or "").day


def require_days(record: Record, asof: AsOf) -> None:
    """Refuse a day, or a day of knowledge, before the record begins; see `require_day`."""
    require_day(record, asof.on)
    if asof.known_by is not None:
        require_day(record, asof.known_by, "--known-by")


def require_day(record: Record, on: date, where: str = "--on") -> None:
    """Refuse a day before the record begins.

    Raises:
        DateBeforeRecord: naming the first day.
    """
    day = first_day(record)
    if on < day:
        raise DateBeforeRecord(
            f"{on} is before the record begins",
            where=where,
            why=f"its first entry, {first_act(record).id}, is of {day}",
            instead=f"a day from {day} on",
        )


def state_of_play(
    record: Record,
    asof: AsOf,
    trade: Callable[[str, str], Trade],
    most_favoured: Callable[[str, str], float | None],
) -> dict[str, Any]:
    """Everything that holds on the day; the data of `detente status`.

    Args:
        trade: (importer, exporter) -> what its averages are weighted with.
        most_favoured: (importer, HS code) -> MFN rate in percent, None where not known.

    Raises:
        DateBeforeRecord: the day is before the first entry.
    """
    require_days(record, asof)
    first, second = record.settings.parties
    flows = ((first, second), (second, first))
    checked_to = parse_day(record.settings.checked_to)
    return {
        "dispute": record.settings.name,
        "title": record.settings.title,
        "on": asof.on.isoformat(),
        "known_by": asof.known_by.isoformat() if asof.known_by else None,
        "assume": asof.assume.value if asof.assume else None,
        "checked_to": record.settings.checked_to,
        "past_checked_days": max(0, (asof.on - checked_to).days),
        "unverified_count": len(unverified(record)),
        "headline": headline(record),
        "duties": {direction_key(i, e): direction(record, i, e, asof, trade(i, e)) for i, e in flows},
        "line_items": [
            line_item(record, item, asof, most_favoured(item.importer, item.hs))
            for item in record.settings.line_items
        ],
        "clocks": clocks(record, asof),
        "controls": controls(record, asof),
        "still_collected": still_collected(record, asof),
        "law": [_ruling(r) for r in record.of(Ruling) if known_on(r, asof)],
        "talks_by_level": talks_by_level(record, asof),
        "claims": claims(record, asof),
    }


def headline(record: Record) -> dict[str, Any]:
    """What headlines of this dispute count: layers since when, and whether any of them is on all goods."""
    first, second = record.settings.parties
    flows = ((first, second), (second, first))
    return {
        "since": record.settings.headline_since,
        "all_goods": any(
            measure.scope.all_goods and is_new(record, measure) and applies_to(measure, exporter)
            for importer, exporter in flows
            for measure in record.of(Measure)
            if measure.instrument is Instrument.IMPORT_DUTY and measure.imposing == importer
        ),
    }


def unverified(record: Record) -> list[str]:
    """Ids of entries whose facts nobody has checked yet."""
    return [e.id for e in record.entries.values() if e.verification is Verification.UNVERIFIED]


def controls(record: Record, asof: AsOf) -> list[dict[str, Any]]:
    """Measures other than duties that hold, are suspended, or whose state is unknown on the day."""
    shown = {"in_force", "suspended", "stayed", Standing.UNKNOWN.value, "announced"}
    found = []
    for measure in record.of(Measure):
        if measure.instrument is Instrument.IMPORT_DUTY:
            continue
        standing = state_of(measure, asof, record.settings.checked_to)
        if standing.status not in shown:
            continue
        found.append(
            {
                "id": measure.id,
                "title": measure.title,
                "imposing": measure.imposing,
                "targets": list(measure.targets),
                "instrument": measure.instrument.value,
                "state": str(standing.status),
                "from": standing.since.text() if standing.since else None,
                "until": standing.expires.text() if standing.expires else None,
                "message": standing.message,
                "verb": standing.state.verb if standing.state else "",
                "topics": list(measure.topics),
                "note": standing.state.note if standing.state else "",
            }
        )
    return sorted(found, key=lambda c: (c["imposing"], c["from"] or "", c["id"]))


def still_collected(record: Record, asof: AsOf) -> list[dict[str, Any]]:
    """Duties that are void on the day and that customs has not stopped taking."""
    found = []
    for measure in record.of(Measure):
        standing = state_of(measure, asof, record.settings.checked_to)
        if standing.state is None or not standing.state.still_collected or not standing.number:
            continue
        stops = standing.pending[0].effective if standing.pending else None
        found.append(
            {
                "id": measure.id,
                "title": measure.title,
                "imposing": measure.imposing,
                "state": str(standing.status),
                "rate_percent": measure.states[standing.number - 1].rate_percent,
                "void_from": standing.state.voided_from,
                "since": standing.since.text() if standing.since else None,
                "stops": stops,
                "cause": standing.state.cause,
            }
        )
    return sorted(found, key=lambda item: item["id"])


def _ruling(ruling: Ruling) -> dict[str, Any]:
    return {
        "id": ruling.id,
        "date": ruling.date,
        "court": ruling.court,
        "case": ruling.case,
        "title": ruling.title,
        "holds": ruling.holds,
        "refunds": ruling.refunds,
        "effects": [
            {
                "measure": e.measure,
                "effect": e.effect.value,
                "since": e.since,
                "reaches_back_to": e.reaches_back_to,
                "for_whom": e.for_whom,
                "stayed": e.stayed,
            }
            for e in ruling.effects
        ],
    }


def talk_summary(talk: Talk) -> dict[str, Any]:
    """A talk as the tables show it."""
    return {
        "id": talk.id,
        "date": talk.date,
        "title": talk.title,
        "level": talk.level.value,
        "track": talk.track,
        "mode": talk.mode,
        "place": talk.place,
        "asked_by": talk.asked_by,
        "length_minutes": talk.length_minutes,
        "state": talk.state,
        "participants": [f"{p.name} ({p.side})" if p.side else p.name for p in talk.participants],
        "topics": list(talk.topics),
        "outcome": talk.outcome,
        "readouts": [{"side": r.side, "says": r.says, "leaves_out": r.leaves_out} for r in talk.readouts],
    }


def talks_by_level(record: Record, asof: AsOf) -> dict[str, Any]:
    """By level: how many talks were held to the day, and the last one; and what is planned."""
    held = [t for t in record.of(Talk) if t.state == "held" and known_on(t, asof)]
    result: dict[str, Any] = {}
    for level in Level:
        at_level = sorted((t for t in held if t.level is level), key=lambda t: t.date or "")
        since = [t for t in at_level if (t.date or "") >= "2025-01-20"]
        last = at_level[-1] if at_level else None
        result[level.value] = {
            "count": len(at_level),
            "count_since_2025_01_20": len(since),
            "count_since_headline": sum((t.date or "") >= record.settings.headline_since for t in at_level),
            "last": talk_summary(last) if last else None,
            "days_since_last": (asof.on - parse_moment(last.date or "").day).days if last else None,
        }
    return result


def claims(record: Record, asof: AsOf) -> list[dict[str, Any]]:
    """Claims made by the day with where they stand on it, newest first, denials beside them."""
    denials = [d for d in record.of(Denial) if known_on(d, asof)]
    found = []
    for claim in record.of(Claim):
        if not known_on(claim, asof):
            continue
        standing = [s for s in claim.standing if parse_moment(s.since).day <= asof.on]
        now = standing[-1] if standing else claim.standing[0]
        found.append(
            {
                "id": claim.id,
                "date": claim.date,
                "title": claim.title,
                "by": claim.by.name,
                "office": claim.by.office,
                "side": claim.by.side,
                "says": claim.says,
                "accusation": claim.accusation,
                "standing": now.status.value,
                "cause": now.cause,
                "chain": [
                    {"who": step.who, "verb": step.verb, "to": step.to, "channel": step.channel}
                    for step in claim.chain
                ],
                "denials": [
                    {"id": d.id, "date": d.date, "by": d.by.name, "side": d.by.side, "says": d.says}
                    for d in denials
                    if claim.id in d.denies
                ],
                "answers": [
                    link.entry for link in claim.links if link.relation in ("contradicts", "responds_to")
                ],
            }
        )
    return sorted(found, key=lambda c: (c["date"] or "", c["id"]), reverse=True)
