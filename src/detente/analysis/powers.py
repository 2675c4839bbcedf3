"""What each government may use on a day: cap, notice, duration, scope, risk, and since when it may not."""

from __future__ import annotations

from typing import Any

from detente.analysis.state import require_days
from detente.record.asof import AsOf
from detente.record.authorities import Power, powers_on
from detente.record.files import Record
from detente.record.origins import independent_origins


def authorities_on(record: Record, asof: AsOf, party: str | None = None) -> dict[str, Any]:
    """The powers of the governments on record, those that may be used first.

    Raises:
        DateBeforeRecord: the day is before the first entry.
    """
    require_days(record, asof)
    rank = {"yes": 0, "contested": 1, "no": 2}
    powers = [_shown(record, power, asof) for power in powers_on(record, asof, party)]
    return {
        "dispute": record.settings.name,
        "on": asof.on.isoformat(),
        "known_by": asof.known_by.isoformat() if asof.known_by else None,
        "party": party,
        "checked_to": record.settings.checked_to,
        "authorities": sorted(powers, key=lambda p: (p["party"], rank[p["usable"]], p["id"])),
    }


def _shown(record: Record, power: Power, asof: AsOf) -> dict[str, Any]:
    entry, stretch = power.authority, power.stretch
    return {
        "id": entry.id,
        "party": entry.party,
        "title": entry.title,
        "statute": entry.statute,
        "instruments": [instrument.value for instrument in entry.instruments],
        "usable": power.usable.value,
        "since": stretch.since if stretch else None,
        "for_what": stretch.for_what if stretch else "",
        "why": stretch.why if stretch else "not yet in force",
        "cause": stretch.cause if stretch else None,
        "litigation_risk": stretch.litigation_risk.value if stretch else None,
        "cap_percent": entry.cap_percent,
        "cap": entry.cap,
        "scope": entry.scope,
        "against": entry.against,
        "needs": entry.needs,
        "notice_days": entry.notice_days,
        "notice": entry.notice,
        "typical_days": entry.typical_days,
        "duration_days": entry.duration_days,
        "duration": entry.duration,
        "renewal": entry.renewal,
        "in_use": [
            {
                "id": use.measure.id,
                "title": use.measure.title,
                "state": str(use.status),
                "until": use.expires.text() if use.expires else None,
            }
            for use in power.uses
        ],
        "changes": [
            {"since": s.since, "usable": s.usable.value, "why": s.why, "cause": s.cause}
            for s in power.changes
        ],
        "history": [
            {"since": s.since, "usable": s.usable.value, "why": s.why, "cause": s.cause}
            for s in entry.usable
            if stretch is not None and s.since <= stretch.since
        ],
        "independent_origins": independent_origins(record, entry),
        "sources": list(dict.fromkeys(citation.source for citation in entry.sources)),
        "notes": list(entry.notes),
    }
