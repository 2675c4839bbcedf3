"""Talks: a person plays a side, replays a play move by move, or has talks played forward as a job."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import groupby
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from markupsafe import Markup
from starlette.responses import HTMLResponse

from detente.core.errors import DetenteError
from detente.talks.sides.named import NEGOTIATORS
from detente.web import seats
from detente.web.api import jobs as jobs_api
from detente.web.api import plays as api
from detente.web.api.what_if import Word
from detente.web.errors import told
from detente.web.pages import environment, render
from detente.web.pages.jobs import NAMES
from detente.web.state import Shared, State
from detente.web.users import Reader

router = APIRouter(include_in_schema=False)

KINDS = ("talks", "outlook")
"""Jobs of this page."""
MOVES = {
    "offer": "Make an offer",
    "accept": "Accept",
    "sign_in_part": "Sign a part",
    "reject": "Reject",
    "ask": "Ask for a meeting",
    "agree": "Agree to meet",
    "decline": "Decline to meet",
    "call_off": "Call a meeting off",
    "emissary": "Send an emissary",
    "extend": "Extend a clock",
    "together": "Step together",
    "suspend": "Suspend a measure",
    "remove": "Lower or end a measure",
    "licence": "Give licences",
    "impose": "Raise a duty",
    "restrict": "Add a control",
    "threaten": "Threaten",
    "withdraw": "Withdraw a threat",
    "accuse": "Accuse of a breach",
    "claim": "Claim in public",
    "deny": "Deny in public",
    "require": "Set a condition",
    "waive": "Give up a condition",
    "walk_out": "Break talks off",
}
"""Kinds of moves in words, in the order of the page."""
CLOCKS = {
    "extendable": "may be extended",
    "hard": "cannot be extended",
    "soft": "a day set in words",
}
HEALTH = ((0.6, "good"), (0.25, "cool"), (0.0, "cold"))
"""Least health of a channel -> its word."""


@router.get("/talks")
async def page(request: Request, state: Shared, user: Reader) -> HTMLResponse:
    """Plays, and what can be begun."""
    played = (await api.plays(state, user))["data"]["plays"]
    jobs = [job for job in (await jobs_api.jobs(state, user))["data"]["jobs"] if job["kind"] in KINDS]
    sides = []
    for name, title in state.disputes.titles:
        try:
            settings = state.disputes.record(name).settings
        except DetenteError:
            continue
        sides.append((name, title, settings.parties, settings.checked_to))
    return render(
        request,
        "talks.html.j2",
        plays=[{**row, "made": _moment(row["made"])} for row in played],
        sides=sides,
        negotiators=[(one.name, one.title) for one in NEGOTIATORS.values()],
        jobs=jobs,
        names={kind: NAMES[kind] for kind in KINDS},
        disputes=state.disputes.titles,
        on=sides[0][3] if sides else "",
        parties=sides[0][2] if sides else (),
    )


def _moment(seconds: float) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%-d %B %Y, %H:%M} UTC"


@router.get("/talks/replay")
async def replay(
    request: Request,
    state: Shared,
    asked: Annotated[api.Link, Query()],
) -> HTMLResponse:
    """A play made again from its link, to be stepped through."""
    setup = await state.answers.work(lambda: api.setup_of(state, asked))
    last, news = await api.at_table(state, seats.retold, setup, asked.m)
    row = {
        "id": "",
        "by": "",
        "made": 0.0,
        "version": 0,
        "setup": setup,
        "moves": asked.m,
        "news": news,
        "turn": last,
    }
    return render(request, "replay.html.j2", **_context(state, api.shown(row)["data"]))


@router.get("/talks/{play}")
async def one(request: Request, state: Shared, user: Reader, play: Word) -> HTMLResponse:
    """One play."""
    data = (await api.play(play, state, user))["data"]
    return render(request, "play.html.j2", **_context(state, data))


@router.get("/talks/{play}/part")
async def part(state: Shared, user: Reader, play: Word) -> HTMLResponse:
    """What changes with a move."""
    data = (await api.play(play, state, user))["data"]
    template = environment().get_template("play_part.html.j2")
    return HTMLResponse(Markup(template.render(user=user, **_context(state, data))))


@router.post("/talks/{play}/weigh")
async def weigh(state: Shared, user: Reader, play: Word, asked: api.PackageIn) -> HTMLResponse:
    """A package before it is offered, in words."""
    template = environment().get_template("weighed.html.j2")
    try:
        package = (await api.weigh(play, asked, state, user))["data"]
    except DetenteError as error:
        return HTMLResponse(template.render(problem=told(error), package=None))
    return HTMLResponse(template.render(problem=None, package=package))


def _context(state: State, data: dict[str, Any]) -> dict[str, Any]:
    parties = state.disputes.record(data["setup"]["dispute"]).settings.parties
    side = data["setup"]["side"]
    return {
        "play": data,
        "turn": data["turn"],
        "board": data["turn"]["board"],
        "parties": parties,
        "side": side,
        "other": next((party for party in parties if party != side), ""),
        "title": state.disputes.record(data["setup"]["dispute"]).settings.title,
        "story": [(day, list(rows)) for day, rows in groupby(data["story"], key=lambda said: said["day"])],
        "pending": _pending(data),
        "choices": _choices(data["turn"]["moves"]),
        "CLOCKS": CLOCKS,
        "health": health_words,
    }


def _pending(data: dict[str, Any]) -> list[str]:
    """The last moves, of which nothing has been told yet."""
    told = max((said["after_moves"] for said in data["story"]), default=0)
    since = data["moves"][told:]
    waits = [number for number, line in enumerate(since, start=1) if line.split()[:1] == ["wait"]]
    return since[waits[-1] if waits else 0 :]


def _choices(moves: Sequence[dict[str, Any]]) -> list[tuple[str, str, list[dict[str, Any]]]]:
    """Kind, its words, and the moves of it, in the order of `MOVES`."""
    by_kind: dict[str, list[dict[str, Any]]] = {}
    for move in moves:
        by_kind.setdefault(move["kind"], []).append(move)
    return [(kind, words, by_kind[kind]) for kind, words in MOVES.items() if kind in by_kind]


def health_words(share: float) -> str:
    """The health of a channel in a word."""
    return next(words for least, words in HEALTH if share >= least)
