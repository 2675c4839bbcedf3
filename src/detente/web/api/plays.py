"""Talks with a person at the table: one move at a time, from the analysis's own seat."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from detente.core.errors import StaleVersion
from detente.core.results import envelope, to_json
from detente.web import seats
from detente.web.api.what_if import Day, Word
from detente.web.errors import Failure
from detente.web.state import Shared, State
from detente.web.users import Editor, Reader

router = APIRouter(prefix="/api/v1", tags=["talks"])

MOST_MOVES = 500
Line = Annotated[str, Field(max_length=1000, examples=["ask ministers", "wait 10"])]
Lines = Annotated[list[Line], Field(max_length=MOST_MOVES)]


class Setup(BaseModel):
    """What is played: the day, the side that the person takes, and who plays the other."""

    model_config = ConfigDict(extra="forbid")

    dispute: Word = "us-china"
    on: Annotated[Day | None, Field(description="Default: the last day to which the record was checked.")] = (
        None
    )
    known_by: Day | None = None
    assume: Literal["lapsed", "extended"] | None = None
    side: Annotated[Word, Field(examples=["USA"])]
    opponent: Annotated[Word | None, Field(description="A negotiator; default: the dispute's own.")] = None
    days: Annotated[int, Field(ge=1, le=3650)] = 180
    seed: Annotated[int, Field(ge=0, le=2**53)] = 0


class Turn(Setup):
    """A setup and all moves so far."""

    moves: Lines = []


class Link(Setup):
    """A setup and all moves so far, as the query of a link."""

    m: Lines = []


class MoveIn(BaseModel):
    """A move as typed, on the version of the play that was seen."""

    model_config = ConfigDict(extra="forbid")

    move: Line
    version: int


class Back(BaseModel):
    """The version of the play that was seen."""

    model_config = ConfigDict(extra="forbid")

    version: int


class PackageIn(BaseModel):
    """A package put together."""

    model_config = ConfigDict(extra="forbid")

    package: Annotated[
        Line, Field(description="ISSUE=OPTION ISSUE=OPTION, or a key of one that an answer named.")
    ]


async def at_table(state: State, work: Any, setup: dict[str, Any], *more: Any) -> Any:
    """What a function of `seats` gives, from the process that holds the games."""
    return await state.table.run(work, dict(state.disputes.folders), setup, *more)


def setup_of(state: State, asked: Setup) -> dict[str, Any]:
    """A setup as it is kept: with its day named.

    Raises:
        UnknownDispute: no such dispute.
    """
    setup = asked.model_dump(include=set(seats.SETUP))
    record = state.disputes.sound(asked.dispute)
    return {**setup, "on": asked.on or record.settings.checked_to}


def link_of(setup: dict[str, Any], moves: list[str]) -> str:
    """The query of a link that plays the same again."""
    return urlencode(
        [*((key, value) for key, value in setup.items() if value is not None), *(("m", m) for m in moves)]
    )


def shown(row: dict[str, Any]) -> dict[str, Any]:
    """A play as the API shows it."""
    turn = row["turn"]["data"]
    story = [{"after_moves": number, **said} for number, news in enumerate(row["news"]) for said in news]
    data = {
        **{key: row[key] for key in ("id", "by", "made", "version", "setup", "moves")},
        "story": story,
        "turn": turn,
        "links": {
            "replay": f"/talks/replay?{link_of(row['setup'], row['moves'])}",
            "saved": f"/api/v1/plays/{row['id']}/saved.json",
        },
    }
    return envelope("play", {"play": row["id"]}, data, provenance=row["turn"]["provenance"])


def found(state: State, play: str) -> dict[str, Any]:
    """A play, or 404."""
    row = state.store.play(play)
    if row is None:
        raise Failure("not_found", f"play {play}", where="play", why="there is none", instead="/api/v1/plays")
    return row


@router.post("/talks/turn")
async def turn(asked: Turn, state: Shared) -> dict[str, Any]:
    """Where talks stand after these moves: the next question, or how they ended. Nothing is kept."""
    setup = await state.answers.work(lambda: setup_of(state, asked))
    return await at_table(state, seats.turn, setup, asked.moves)


@router.post("/plays", status_code=201)
async def begin(asked: Setup, state: Shared, user: Editor) -> dict[str, Any]:
    """Begin a play."""
    setup = await state.answers.work(lambda: setup_of(state, asked))
    first = await at_table(state, seats.turn, setup, [])
    news = [first["data"]["news"]]
    made = await state.answers.work(lambda: state.store.keep_play(setup, news, first, user.name))
    return await play(made, state, user)


@router.get("/plays")
async def plays(state: Shared, _: Reader) -> dict[str, Any]:
    """Plays, the newest first."""
    rows = await state.answers.work(state.store.all_plays)
    listed = [
        {
            **{key: row[key] for key in ("id", "by", "made", "version", "setup")},
            "moves": len(row["moves"]),
            "over": row["turn"]["data"]["over"],
            "ended": (row["turn"]["data"]["transcript"] or {}).get("ended"),
            "day": (row["turn"]["data"]["board"] or {}).get("day"),
        }
        for row in rows
    ]
    return envelope("plays", {}, {"plays": listed})


@router.get("/plays/{play}")
async def play(play: Word, state: Shared, _: Reader) -> dict[str, Any]:
    """One play: where it stands, what may be done, what happened."""
    return shown(await state.answers.work(lambda: found(state, play)))


@router.post("/plays/{play}/moves", status_code=201)
async def move(play: Word, asked: MoveIn, state: Shared, user: Editor) -> dict[str, Any]:
    """Make a move; one that cannot be made is an error, and the moves before it stand."""
    row = await state.answers.work(lambda: _seen(state, play, asked.version))
    if len(row["moves"]) >= MOST_MOVES:
        raise Failure(
            "invalid_request",
            f"move {MOST_MOVES + 1}",
            where="move",
            why=f"a play has at most {MOST_MOVES}",
            instead="another play",
        )
    moves = [*row["moves"], asked.move]
    after = await at_table(state, seats.turn, row["setup"], moves)
    news = [*row["news"], after["data"]["news"]]
    return await _kept(state, user, play, asked.version, row, moves, news, after)


@router.post("/plays/{play}/back")
async def back(play: Word, asked: Back, state: Shared, user: Editor) -> dict[str, Any]:
    """Take the last move back."""
    row = await state.answers.work(lambda: _seen(state, play, asked.version))
    if not row["moves"]:
        raise Failure(
            "invalid_request", "no move", where="play", why="none was made yet", instead="a move first"
        )
    moves = row["moves"][:-1]
    before = await at_table(state, seats.turn, row["setup"], moves)
    return await _kept(state, user, play, asked.version, row, moves, row["news"][:-1], before)


@router.post("/plays/{play}/weigh")
async def weigh(play: Word, asked: PackageIn, state: Shared, _: Reader) -> dict[str, Any]:
    """A package before it is offered: what it says, is worth, and why it could not be signed."""
    row = await state.answers.work(lambda: found(state, play))
    data = await at_table(state, seats.weigh, row["setup"], row["moves"], asked.package)
    return envelope("talks-package", {"play": play, "package": asked.package}, data)


@router.get("/plays/{play}/saved.json")
async def saved(play: Word, state: Shared, _: Reader) -> Response:
    """The play as a file that `detente talks play --replay` plays again, byte for byte."""
    row = await state.answers.work(lambda: found(state, play))
    document = await at_table(state, seats.saved, row["setup"], row["moves"])
    headers = {"content-disposition": f'attachment; filename="play-{play}.json"'}
    return Response(to_json(document) + "\n", media_type="application/json", headers=headers)


def _seen(state: State, play: str, version: int) -> dict[str, Any]:
    row = found(state, play)
    if row["version"] != version:
        raise StaleVersion(
            f"version {version}", where="version", why="somebody has moved since", instead="look at it again"
        )
    return row


async def _kept(
    state: State,
    user: Any,
    name: str,
    version: int,
    row: dict[str, Any],
    moves: list[str],
    news: list[Any],
    after: dict[str, Any],
) -> dict[str, Any]:
    if after["provenance"] != row["turn"]["provenance"]:
        raise StaleVersion(
            f"play {name}",
            where="play",
            why="the record has changed since it began, so that the same moves would be another play",
            instead="a new play",
        )
    await state.answers.work(lambda: state.store.move_play(name, version, moves, news, after))
    return await play(name, state, user)
