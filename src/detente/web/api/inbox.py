"""Inbox: articles in, proposals out, decisions into a dispute folder; history and undo; news by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, File, Form, UploadFile
from pydantic import BaseModel, ConfigDict, Field

from detente.core.errors import CannotWrite
from detente.core.results import envelope
from detente.web import inbox
from detente.web.api.what_if import Word
from detente.web.errors import Failure
from detente.web.state import Shared, State
from detente.web.users import Editor, Reader

router = APIRouter(prefix="/api/v1", tags=["inbox"])

READ_SECONDS = 120.0
Fields = dict[Annotated[str, Field(max_length=200)], Annotated[str, Field(max_length=20_000)]]


def own_folder(state: State, dispute: str | None) -> tuple[str, Path]:
    """A dispute that may be written, by name; the first of one's own by default.

    Raises:
        CannotWrite: it is a shipped one, or there is none of one's own.
    """
    own = state.disputes.folders
    name = dispute or next(iter(own), "")
    if name not in own:
        state.disputes.record(name or None)  # a name that is nowhere is another mistake
        raise CannotWrite(
            f"dispute {name or 'none'}",
            where="dispute",
            why="shipped disputes are never written",
            instead="a folder of one's own: POST /api/v1/disputes makes one, or `detente new`",
        )
    return name, own[name]


@router.post("/inbox/readings", status_code=201)
async def read(
    state: Shared,
    user: Editor,
    files: Annotated[list[UploadFile] | None, File(description="Text, HTML, PDF, mail or feed.")] = None,
    text: Annotated[str, Form(max_length=500_000)] = "",
    dispute: Annotated[str, Form(max_length=200)] = "",
    published: Annotated[str, Form(max_length=40)] = "",
) -> dict[str, Any]:
    """Read articles; nothing is written to the record."""
    name, folder = own_folder(state, dispute)
    uploads: list[inbox.Upload] = [(f.filename or "", await f.read()) for f in files or [] if f.size != 0]
    if text.strip():
        uploads.append(("pasted text", text.encode()))
    if not uploads or len(uploads) > inbox.MOST_FILES:
        raise Failure(
            "invalid_request",
            f"{len(uploads)} articles",
            where="files",
            why=f"one to {inbox.MOST_FILES} are read at a time",
            instead="files, or text",
        )
    found = await state.background.run(
        inbox.read_uploads, uploads, str(folder), published or None, seconds=READ_SECONDS
    )
    reading = await state.answers.work(
        lambda: state.store.keep_reading(name, user.name, found["reading"], found["texts"])
    )
    return reading_answer(state, reading)


def reading_answer(state: State, reading: str) -> dict[str, Any]:
    """One reading with its envelope.

    Raises:
        Failure: there is none.
    """
    row = state.store.reading(reading)
    if row is None:
        raise Failure(
            "not_found",
            f"reading {reading}",
            where="reading",
            why="there is none",
            instead="/api/v1/inbox/readings",
        )
    made = {key: {k: v for k, v in d.items() if k != "reading"} for key, d in row["decisions"].items()}
    data = {key: row[key] for key in ("id", "dispute", "by", "made", "texts")}
    return envelope("reading", {"reading": reading}, {**data, "reading": row["data"], "decisions": made})


@router.get("/inbox/readings")
async def readings(state: Shared, _: Reader, dispute: Word | None = None) -> dict[str, Any]:
    """Readings of a dispute, the newest first."""

    def make() -> dict[str, Any]:
        name, _ = own_folder(state, dispute)
        rows = [
            {
                "id": row["id"],
                "by": row["by"],
                "made": row["made"],
                "files": [article["file"] for article in row["data"]["articles"]],
                "proposals": len(row["data"]["proposals"]),
            }
            for row in state.store.all_readings(name)
        ]
        return envelope("readings", {"dispute": name}, {"readings": rows})

    return await state.answers.work(make)


@router.get("/inbox/readings/{reading}")
async def one(state: Shared, _: Reader, reading: Word) -> dict[str, Any]:
    """One reading: texts, proposals, decisions."""
    return await state.answers.work(lambda: reading_answer(state, reading))


class Decision(BaseModel):
    """What is decided on a proposal; fields are YAML."""

    model_config = ConfigDict(extra="forbid")

    proposal: Word
    accept: bool
    fields: Fields = {}


@router.post("/inbox/readings/{reading}/decisions", status_code=201)
async def decision(state: Shared, user: Editor, reading: Word, asked: Decision) -> dict[str, Any]:
    """Accept a proposal into the record, changed or as it is, or reject it."""

    def make() -> dict[str, Any]:
        row = reading_answer(state, reading)["data"]
        name, folder = own_folder(state, row["dispute"])
        data = inbox.decide_one(
            state.store,
            name,
            folder,
            {"id": row["id"], "data": row["reading"]},
            asked.proposal,
            asked.accept,
            asked.fields,
            user.name,
        )
        for item in data["written"]:
            item["file"] = str(Path(item["file"]).relative_to(folder))
        return envelope("decision", {"reading": reading, **asked.model_dump()}, data)

    return await state.answers.work(make)


class NewDispute(BaseModel):
    """A folder of one's own: a copy of a dispute, or two sides with nothing on record yet."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(max_length=60, examples=["my-dispute"])]
    source: Annotated[Word | None, Field(description="The dispute to copy.", examples=["us-china"])] = None
    parties: Annotated[list[Word], Field(max_length=2, examples=[["CHN", "AUS"]])] = []
    title: Annotated[str | None, Field(max_length=200)] = None


@router.post("/disputes", status_code=201)
async def new(state: Shared, user: Editor, asked: NewDispute) -> dict[str, Any]:
    """Make a folder that may be written."""

    def make() -> dict[str, Any]:
        state.disputes.make(asked.name, asked.source, asked.parties, asked.title)
        record = state.disputes.record(asked.name)
        data = {"name": asked.name, "title": record.settings.title, "entries": len(record.entries)}
        return envelope("new", asked.model_dump(), data)

    return await state.answers.work(make)


class NewEntry(BaseModel):
    """An entry by hand; fields are YAML."""

    model_config = ConfigDict(extra="forbid")

    kind: Word
    id: Word
    fields: Fields
    dispute: Word | None = None


@router.post("/entries", status_code=201)
async def add(state: Shared, user: Editor, asked: NewEntry) -> dict[str, Any]:
    """Add an entry to a dispute folder."""

    def make() -> dict[str, Any]:
        name, folder = own_folder(state, asked.dispute)
        data = inbox.add_by_hand(state.store, name, folder, asked.kind, asked.id, asked.fields, user.name)
        return envelope("add", asked.model_dump() | {"dispute": name}, data)

    return await state.answers.work(make)


class News(BaseModel):
    """News by hand as the form of the Inbox has it: plain words, several people or claims one a line."""

    model_config = ConfigDict(extra="forbid")

    kind: Word
    fields: Fields
    dispute: Word | None = None


@router.post("/news", status_code=201)
async def news(state: Shared, user: Editor, asked: News) -> dict[str, Any]:
    """Add news to a dispute folder; an error names the field of the form."""

    def make() -> dict[str, Any]:
        name, folder = own_folder(state, asked.dispute)
        data = inbox.add_news(state.store, name, folder, asked.kind, asked.fields, user.name)
        return envelope("news", asked.model_dump() | {"dispute": name}, data)

    return await state.answers.work(make)


class Edit(BaseModel):
    """Fields of an entry, as YAML by path, and the version that was seen."""

    model_config = ConfigDict(extra="forbid")

    fields: Annotated[Fields, Field(min_length=1)]
    version: Word
    dispute: Word | None = None


@router.patch("/entries/{entry}")
async def edit(state: Shared, user: Editor, entry: Word, asked: Edit) -> dict[str, Any]:
    """Change fields of an entry; refused with 409 where somebody has changed it since."""

    def make() -> dict[str, Any]:
        name, folder = own_folder(state, asked.dispute)
        data = inbox.edit_by_hand(state.store, name, folder, entry, asked.fields, asked.version, user.name)
        return envelope("edit", asked.model_dump() | {"dispute": name, "entry": entry}, data)

    return await state.answers.work(make)


@router.get("/history")
async def history(state: Shared, _: Reader, dispute: Word | None = None) -> dict[str, Any]:
    """What was done to a dispute folder here, the newest first."""

    def make() -> dict[str, Any]:
        name, _ = own_folder(state, dispute)
        rows = [
            {key: row[key] for key in ("id", "what", "by", "at", "undone")} | {"files": list(row["files"])}
            for row in state.store.all_changes(name)
        ]
        return envelope("history", {"dispute": name}, {"changes": rows})

    return await state.answers.work(make)


@router.post("/history/{change}/undo")
async def undo(state: Shared, user: Editor, change: int, dispute: Word | None = None) -> dict[str, Any]:
    """Undo a change, if nothing it touched has changed since."""

    def make() -> dict[str, Any]:
        name, folder = own_folder(state, dispute)
        data = inbox.undo(state.store, name, folder, change, user.name)
        return envelope("undo", {"dispute": name, "change": change}, data)

    return await state.answers.work(make)
