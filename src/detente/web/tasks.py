"""Long questions that run as jobs: each by its name, from what was asked to the analysis's own answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from detente.analysis import games
from detente.core.errors import InvalidOption
from detente.strategy.steps import Steps
from detente.web.background import disputes_of
from detente.web.disputes import asof_of, require_world

Progress = Callable[[str], None]
Folders = Mapping[str, Path]

SETTING = ("model", "closure", "revenue_use", "elasticities", "theta_scale", "grain", "export_taxes")
SECONDS = 600.0
"""After which a game gives the best it has."""
MOST_RUNS = 20_000
ON_RECORDS = ("leverage", "term-sheet", "talks", "outlook")
"""Kinds whose answer rests on a record."""


def _setting(asked: Mapping[str, Any]) -> games.Setting:
    chosen = {key: asked[key] for key in SETTING if asked.get(key) is not None}
    for key in ("against", "sectors"):
        if asked.get(key):
            chosen[key] = tuple(asked[key])
    world = require_world(str(asked.get("world") or "icio2022"))
    limit = min(float(asked.get("time_limit_seconds") or SECONDS), SECONDS)
    return games.Setting(world=world, time_limit_seconds=limit, **chosen)


def _sides(asked: Mapping[str, Any]) -> tuple[str, ...]:
    sides = asked.get("sides") or ()
    if not isinstance(sides, list | tuple) or not all(isinstance(s, str) for s in sides) or not sides:
        raise InvalidOption(f"{sides!r}", where="sides", why="not labels", instead='["USA", "CHN"]')
    return tuple(sides)


def nash(
    asked: Mapping[str, Any], _: Folders, progress: Progress, kept: Path | None = None
) -> dict[str, Any]:
    """A trade war, as `detente nash`; finished steps are kept, so that one cut off goes on."""
    starts, checks = int(asked.get("starts") or 3), int(asked.get("checks") or 20)
    steps = Steps(kept)
    found, _status = games.nash(
        _sides(asked),
        _setting(asked),
        starts=min(starts, 20),
        checks=min(checks, 200),
        progress=progress,
        steps=steps,
    )
    steps.clear()
    return found


def optimal(asked: Mapping[str, Any], _: Folders, progress: Progress) -> dict[str, Any]:
    """One side's best response, as `detente optimal`."""
    return games.optimal(_sides(asked)[0], _setting(asked), progress)[0]


def bargain(asked: Mapping[str, Any], _: Folders, progress: Progress) -> dict[str, Any]:
    """The deal of several sides with points of the frontier, as `detente bargain`."""
    return games.bargain(
        _sides(asked),
        _setting(asked),
        rule=str(asked.get("rule") or "egalitarian"),
        outside=str(asked.get("outside") or "status-quo"),
        frontier=min(int(asked.get("frontier") or 0), 21),
        progress=progress,
    )[0]


def leverage(asked: Mapping[str, Any], folders: Folders, progress: Progress) -> dict[str, Any]:
    """What each side holds over the other on a day, as `detente leverage`."""
    from detente.analysis.leverage import leverage as leverage_of

    record = disputes_of(folders).sound(asked.get("dispute"))
    asof = asof_of(record, asked.get("on"), asked.get("known_by"), asked.get("assume"))
    return leverage_of(record, asof, progress=progress)


def term_sheet(asked: Mapping[str, Any], folders: Folders, progress: Progress) -> dict[str, Any]:
    """The package both sides would sign on a day, as `bargain --dispute`, and its picture's numbers."""
    from detente.analysis.curves import frontier_picture
    from detente.analysis.term_sheet import Question, answered, bargained

    record = disputes_of(folders).sound(asked.get("dispute"))
    asof = asof_of(record, asked.get("on"), asked.get("known_by"), asked.get("assume"))
    rule, outside = str(asked.get("rule") or "egalitarian"), str(asked.get("outside") or "status-quo")
    offer = dict(asked.get("offer") or {}) or None
    question = Question(rule=rule, outside=outside, offer=offer)
    sheet = bargained(record, asof, question, progress)
    answer = answered(sheet, question, progress)
    progress("the frontier")
    marked = sheet.agenda.package(offer) if offer else None
    return {**answer, "picture": frontier_picture(sheet, marked)}


def curves(asked: Mapping[str, Any], _: Folders, progress: Progress) -> dict[str, Any]:
    """Best replies of two sides to each other's duty, as `detente nash --figure` draws them."""
    from detente.analysis.curves import reaction_curves
    from detente.core.results import envelope

    sides = _sides(asked)
    data = reaction_curves(sides, _setting({**asked, "grain": "uniform"}), progress)
    return envelope("reaction-curves", dict(asked), data, provenance={"model": asked.get("model")})


def talks(asked: Mapping[str, Any], folders: Folders, progress: Progress) -> dict[str, Any]:
    """Plays of talks from a day on, as `detente talks simulate`, one of them told."""
    from detente.analysis.talks import Setup, simulate

    disputes = disputes_of(folders)
    record = disputes.sound(asked.get("dispute"))
    asof = asof_of(record, asked.get("on"), asked.get("known_by"), asked.get("assume"))
    runs = min(int(asked.get("runs") or 200), MOST_RUNS)
    return simulate(
        str(record.folder),
        Setup(asof.on, asof.known_by, asof.assume),
        days=int(asked.get("days") or 180),
        runs=runs,
        seed=int(asked.get("seed") or 0),
        shown=min(int(asked.get("run") or 0), runs - 1),
        progress=progress,
    )


def outlook(asked: Mapping[str, Any], folders: Folders, progress: Progress) -> dict[str, Any]:
    """Odds from a day on, as `detente outlook`; finished chunks are kept, so that one cut off goes on."""
    from detente.analysis.outlook import Asked, outlook_of

    record = disputes_of(folders).sound(asked.get("dispute"))
    asof = asof_of(record, asked.get("on"), None, None)
    assume = (str(asked["assume"]),) if asked.get("assume") else ()
    runs = min(int(asked.get("runs") or 2000), MOST_RUNS)
    wanted = Asked(
        asof.on,
        days=int(asked.get("days") or 180),
        runs=runs,
        assume=assume,
        workers=1,
        time_limit_seconds=SECONDS,
        economy="brief",
    )
    return outlook_of(record, wanted, progress)[0]


TASKS: Mapping[str, Callable[..., dict[str, Any]]] = {
    "nash": nash,
    "optimal": optimal,
    "bargain": bargain,
    "leverage": leverage,
    "term-sheet": term_sheet,
    "curves": curves,
    "talks": talks,
    "outlook": outlook,
}
"""Kind of a job -> what it runs, on the question, the folders and a way to tell how far it is."""
KEEPS = ("nash",)
"""Kinds that take a folder for their finished steps; outlooks, leverage and deals keep their own."""
