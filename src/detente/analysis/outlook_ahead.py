"""The outlook of a brief: fewer runs, the long run only, kept in the cache by what it rests on."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from detente import __version__
from detente.analysis.outlook import Asked, outlook_of
from detente.core.caches import cache_folder
from detente.core.errors import CannotWrite, DetenteError
from detente.core.fingerprint import fingerprint
from detente.core.results import to_json, write_together
from detente.record.as_known import as_known
from detente.record.asof import AsOf
from detente.record.files import Record
from detente.talks.outlook import program

Progress = Callable[[str], None]

AHEAD = Asked(
    day=None,  # pyright: ignore[reportArgumentType]
    days=180,
    runs=300,
    workers=1,
    economy="brief",
    varied_runs=30,
    acts_only=True,
)
"""What a brief asks."""

KEPT = (
    "what_it_is", "from", "to", "runs", "clocks", "outcome_words", "outcomes_by_date", "events_by_date",
    "beside_base_rates", "next_contact", "tree", "fans", "fans_without_economy_because", "triggers",
    "varied_runs", "states_solved",
)  # fmt: skip


def outlook_ahead(record: Record, asof: AsOf, progress: Progress = lambda _: None) -> dict[str, Any]:
    """Odds of the next 30 and 180 days as of a brief's day; `missing` says why there are none.

    Nothing that became public after the day enters.
    """
    day = min(asof.on, asof.known_by) if asof.known_by else asof.on
    assume = (asof.assume.value,) if asof.assume else ()
    asked = replace(AHEAD, day=day, assume=assume)
    view = as_known(record, day)
    key = fingerprint(view.digest, asked, program(), __version__)[:32]
    file = cache_folder() / "outlook" / f"brief-{key}.json"
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        pass
    try:
        found, _ = outlook_of(record, asked, progress)
    except DetenteError as error:
        return {"missing": f"No odds: {error.what}; {error.why}."}
    data = {name: found["data"][name] for name in KEPT}
    data["missing"] = ""
    data["soon"] = _soon(data)
    data["triggers"] = [row for row in data["triggers"] if row["told_apart"]][:4]
    with suppress(CannotWrite):
        write_together({file: to_json(data) + "\n"})
    return data


def _soon(data: dict[str, Any]) -> dict[str, Any]:
    """Odds thirty days on."""
    row = data["outcomes_by_date"][_thirtieth(data["outcomes_by_date"])]
    events = data["events_by_date"][_thirtieth(data["events_by_date"])]
    return {
        "date": row["date"],
        "outcomes": {name: row[name] for name in ("deal", "extension", "lapse", "escalation", "none")},
        "events": {name: share for name, share in events.items() if name != "date"},
    }


def _thirtieth(rows: list[dict[str, Any]]) -> int:
    """Row of the day thirty days after the first."""
    wanted = (date.fromisoformat(rows[0]["date"]) + timedelta(days=30)).isoformat()
    return next(place for place, row in enumerate(rows) if row["date"] >= wanted)
