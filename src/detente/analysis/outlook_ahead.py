"""The outlook of a brief: fewer runs, the long run only, kept in the cache by what it rests on.

It shares nothing with the rest of a brief, so where there is a second processor it is found in a process
beside, which leaves it in the cache: run as a program, this module does just that.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from detente import __version__
from detente.analysis.outlook import Asked, outlook_of
from detente.core.caches import cache_folder
from detente.core.days import parse_day
from detente.core.errors import CannotWrite, DetenteError
from detente.core.fingerprint import fingerprint
from detente.core.results import to_json, write_together
from detente.record.as_known import as_known
from detente.record.asof import AsOf, Assume
from detente.record.files import Record, load_record
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
    asked, file = _asked(record, asof)
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


def _asked(record: Record, asof: AsOf) -> tuple[Asked, Path]:
    """The question of a brief's day, and where its answer is kept."""
    day = min(asof.on, asof.known_by) if asof.known_by else asof.on
    asked = replace(AHEAD, day=day, assume=(asof.assume.value,) if asof.assume else ())
    key = fingerprint(as_known(record, day).digest, asked, program(), __version__)[:32]
    return asked, cache_folder() / "outlook" / f"brief-{key}.json"


@contextmanager
def found_beside(record: Record, asof: AsOf) -> Iterator[Callable[[], object]]:
    """While the block runs, the outlook is found by a process beside; calling what is given waits for it.

    There is none where the answer is kept already or there is one processor. One that fails leaves nothing,
    and the outlook is then found here.
    """
    if (os.cpu_count() or 1) < 2 or _asked(record, asof)[1].exists():
        yield lambda: None
        return
    process = subprocess.Popen(
        [sys.executable, "-m", "detente.analysis.outlook_ahead", str(record.folder), *arguments_of(asof)],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        yield process.wait
    finally:
        process.kill()
        process.wait()


def arguments_of(asof: AsOf) -> list[str]:
    """A brief's day as arguments of this program."""
    known_by = asof.known_by.isoformat() if asof.known_by else ""
    return [asof.on.isoformat(), known_by, asof.assume.value if asof.assume else ""]


def asof_of(arguments: list[str]) -> AsOf:
    """The day that `arguments_of` wrote."""
    on, known_by, assume = arguments
    known = parse_day(known_by) if known_by else None
    return AsOf(parse_day(on), known, Assume(assume) if assume else None)


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


if __name__ == "__main__":
    outlook_ahead(load_record(sys.argv[1]), asof_of(sys.argv[2:]))
