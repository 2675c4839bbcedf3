"""The upper hand as a brief has it: the first year and the long run, kept by the content it rests on.

About 180 equilibria, a quarter of a minute on a quiet machine; the same record, day, world and code give
the same answer, so it is written to the cache folder once and read after that.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from detente import __version__
from detente.analysis.leverage import leverage
from detente.analysis.scenarios import unknown_duties
from detente.core.caches import cache_folder
from detente.core.errors import CannotWrite
from detente.core.results import to_json, write_together
from detente.economy.worlds import world_hash
from detente.record.asof import AsOf, Assume
from detente.record.files import Record
from detente.strategy.levers_file import FILE

YEARS = (1.0, None)
PACKAGE = Path(__file__).resolve().parent.parent
CODE = ("economy", "policy", "strategy", "analysis/leverage.py", "analysis/scenarios.py", "record/compile.py")
"""Parts of the package that an answer rests on."""

TOP = 5
"""Levers of a side that the brief shows, those that cost the other most."""


def upper_hand(
    record: Record, asof: AsOf, world_name: str, progress: Callable[[str], None] = lambda _: None
) -> dict[str, Any] | None:
    """The answer of `leverage` in brief, with the largest levers of each side; None without a lever file.

    Where the record cannot say which duties are in force, they are taken to have lapsed, and `assume` says
    so.

    Raises:
        InvalidLever, InvalidRange: the lever file, with file and line.
    """
    if not (record.folder / FILE).is_file():
        return None
    doubtful = asof.assume is None and bool(unknown_duties(record, asof))
    day = replace(asof, assume=Assume.LAPSED) if doubtful else asof
    answer = _kept(record, day, world_name, progress)
    data = answer["data"]
    rows = [one for side in data["sides"] for one in largest(data, side)]
    return {
        "assume": day.assume.value if day.assume else None,
        "assumed_here": doubtful,
        **{key: data[key] for key in ("sides", "upper_hand", "solves", "reading")},
        "horizons": [
            {"years": one["years"], **one["verdict"], "central": one["cases"][0].get("strongest")}
            for one in data["horizons"]
        ],
        "levers": rows,
        "left_out": data["left_out"],
        "certificate": answer["provenance"]["certificate"],
        "entries": answer["provenance"]["entries"],
    }


def largest(data: dict[str, Any], side: str, count: int | None = TOP) -> list[dict[str, Any]]:
    """A side's levers that may be used and have numbers, by what they cost the other, largest first."""
    found = [
        one
        for one in data["levers"]
        if one["holder"] == side and one["usable"] and one["in_full"][0]["solved"]
    ]
    found.sort(key=lambda one: -one["in_full"][0]["cost_to_target_percent"])
    return found[:count]


def _kept(record: Record, asof: AsOf, world_name: str, progress: Callable[[str], None]) -> dict[str, Any]:
    days = (asof.on, asof.known_by, asof.assume, asof.law_by)
    parts = (__version__, _code(), record.digest, world_hash(world_name), world_name, *days)
    name = hashlib.sha256("\n".join(map(str, parts)).encode()).hexdigest()
    path = cache_folder() / "leverage" / f"{name[:32]}.json"
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        pass
    answer = leverage(record, asof, world_name=world_name, years=YEARS, brief=True, progress=progress)
    try:
        write_together({path: to_json(answer)})
    except CannotWrite:
        progress("leverage: the cache folder cannot be written; the answer is not kept")
    return answer


@cache
def _code() -> str:
    """Hash of the code that an answer rests on."""
    digest = hashlib.sha256()
    for part in CODE:
        place = PACKAGE / part
        for file in sorted(place.rglob("*.py")) if place.is_dir() else [place]:
            digest.update(file.read_bytes())
    return digest.hexdigest()
