"""Long questions that run as jobs: each by its name, from what was asked to the analysis's own answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from detente.analysis import games
from detente.strategy.steps import Steps
from detente.web import questions
from detente.web.background import disputes_of
from detente.web.disputes import asof_of
from detente.web.questions import checked

Progress = Callable[[str], None]
Folders = Mapping[str, Path]

SETTING = ("model", "closure", "revenue_use", "elasticities", "theta_scale", "grain", "export_taxes")


def _setting(asked: questions.Game, **more: Any) -> games.Setting:
    chosen = {key: getattr(asked, key) for key in SETTING if getattr(asked, key) is not None}
    for key in ("against", "sectors"):
        if getattr(asked, key):
            chosen[key] = tuple(getattr(asked, key))
    return games.Setting(world=asked.world, time_limit_seconds=asked.time_limit_seconds, **{**chosen, **more})


def nash(
    given: Mapping[str, Any], _: Folders, progress: Progress, kept: Path | None = None
) -> dict[str, Any]:
    """A trade war, as `detente nash`; finished steps are kept, so that one cut off goes on."""
    asked = checked(questions.Nash, given)
    steps = Steps(kept)
    found, _status = games.nash(
        asked.sides,
        _setting(asked),
        starts=asked.starts,
        checks=asked.checks,
        progress=progress,
        steps=steps,
    )
    steps.clear()
    return found


def optimal(given: Mapping[str, Any], _: Folders, progress: Progress) -> dict[str, Any]:
    """One side's best response, as `detente optimal`."""
    asked = checked(questions.Optimal, given)
    return games.optimal(asked.sides[0], _setting(asked), progress)[0]


def bargain(given: Mapping[str, Any], _: Folders, progress: Progress) -> dict[str, Any]:
    """The deal of several sides with points of the frontier, as `detente bargain`."""
    asked = checked(questions.Bargain, given)
    return games.bargain(
        asked.sides,
        _setting(asked),
        rule=asked.rule,
        outside=asked.outside,
        frontier=asked.frontier,
        progress=progress,
    )[0]


def leverage(given: Mapping[str, Any], folders: Folders, progress: Progress) -> dict[str, Any]:
    """What each side holds over the other on a day, as `detente leverage`."""
    from detente.analysis.leverage import leverage as leverage_of

    asked = checked(questions.Leverage, given)
    record = disputes_of(folders).sound(asked.dispute)
    asof = asof_of(record, asked.on, asked.known_by, asked.assume)
    return leverage_of(record, asof, progress=progress)


def term_sheet(given: Mapping[str, Any], folders: Folders, progress: Progress) -> dict[str, Any]:
    """The package both sides would sign on a day, as `bargain --dispute`, and its picture's numbers."""
    from detente.analysis.curves import frontier_picture
    from detente.analysis.term_sheet import Question, answered, bargained

    asked = checked(questions.TermSheet, given)
    record = disputes_of(folders).sound(asked.dispute)
    asof = asof_of(record, asked.on, asked.known_by, asked.assume)
    offer = asked.offer or None
    question = Question(rule=asked.rule, outside=asked.outside, offer=offer)
    sheet = bargained(record, asof, question, progress)
    answer = answered(sheet, question, progress)
    progress("the frontier")
    marked = sheet.agenda.package(offer) if offer else None
    return {**answer, "picture": frontier_picture(sheet, marked)}


def curves(given: Mapping[str, Any], _: Folders, progress: Progress) -> dict[str, Any]:
    """Best replies of two sides to each other's duty, as `detente nash --figure` draws them."""
    from detente.analysis.curves import reaction_curves
    from detente.core.results import envelope

    asked = checked(questions.Curves, given)
    data = reaction_curves(asked.sides, _setting(asked, grain="uniform"), progress)
    return envelope("reaction-curves", dict(given), data, provenance={"model": asked.model})


def talks(given: Mapping[str, Any], folders: Folders, progress: Progress) -> dict[str, Any]:
    """Plays of talks from a day on, as `detente talks simulate`, one of them told."""
    from detente.analysis.talks import Setup, simulate

    asked = checked(questions.Played, given)
    record = disputes_of(folders).sound(asked.dispute)
    asof = asof_of(record, asked.on, asked.known_by, asked.assume)
    return simulate(
        str(record.folder),
        Setup(asof.on, asof.known_by, asof.assume),
        days=asked.days,
        runs=asked.runs,
        seed=asked.seed,
        shown=min(asked.run, asked.runs - 1),
        progress=progress,
    )


def outlook(given: Mapping[str, Any], folders: Folders, progress: Progress) -> dict[str, Any]:
    """Odds from a day on, as `detente outlook`; finished chunks are kept, so that one cut off goes on."""
    from detente.analysis.outlook import Asked, outlook_of

    asked = checked(questions.Outlook, given)
    record = disputes_of(folders).sound(asked.dispute)
    asof = asof_of(record, asked.on, None, None)
    assume = (asked.assume,) if asked.assume else ()
    wanted = Asked(
        asof.on,
        days=asked.days,
        runs=asked.runs,
        assume=assume,
        workers=1,
        time_limit_seconds=questions.SECONDS,
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
