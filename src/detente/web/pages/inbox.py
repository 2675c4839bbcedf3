"""Inbox: articles in, proposals with their words highlighted, decisions; news by hand; history and undo."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from typing import Any

from fastapi import APIRouter, Request
from markupsafe import Markup, escape
from starlette.responses import HTMLResponse

from detente.analysis.baseline import kept_world
from detente.core.errors import CannotWrite
from detente.core.places import is_place, name_of
from detente.reading.review import in_words
from detente.web.api import inbox as api
from detente.web.api.what_if import Word
from detente.web.errors import told
from detente.web.news import COMMON, FORM, speakers
from detente.web.pages import render
from detente.web.state import Shared
from detente.web.users import Reader

router = APIRouter(include_in_schema=False)

CONTEXT = 600
"""Letters of the article shown around the words a proposal rests on."""


@router.get("/inbox")
async def page(request: Request, state: Shared, _: Reader, dispute: Word | None = None) -> HTMLResponse:
    """Readings, the form, history."""
    try:
        name, _folder = api.own_folder(state, dispute)
    except CannotWrite as error:
        return render(
            request,
            "inbox_none.html.j2",
            problem=told(error) if dispute else None,
            sources=state.disputes.titles,
            places=_places(),
            own=list(state.disputes.folders),
        )
    record = await state.answers.work(lambda: state.disputes.record(name))
    readings = (await api.readings(state, _, name))["data"]["readings"]
    history = (await api.history(state, _, name))["data"]["changes"]
    return render(
        request,
        "inbox.html.j2",
        dispute=name,
        disputes=list(state.disputes.folders),
        sources=state.disputes.titles,
        places=_places(),
        readings=[row | {"made": _moment(row["made"])} for row in readings],
        history=[row | {"at": _moment(row["at"])} for row in history],
        common=COMMON,
        form=FORM,
        speakers=speakers(record),
        sides=[(label, name_of(label)) for label in record.settings.parties],
        claims=[(entry.id, entry.title) for entry in record.entries.values() if entry.kind == "claim"],
    )


@router.get("/inbox/{reading}")
async def one(request: Request, state: Shared, _: Reader, reading: Word) -> HTMLResponse:
    """One reading: every proposal beside the words it rests on."""
    answer = await state.answers.work(lambda: api.reading_answer(state, reading))
    data = answer["data"]
    proposals = [
        {
            **proposal,
            "words": in_words(proposal),
            "quotes": [_quote(data["texts"], evidence) for evidence in proposal["evidence"]],
            "decision": data["decisions"].get(proposal["id"]),
        }
        for proposal in data["reading"]["proposals"]
    ]
    return render(
        request,
        "reading.html.j2",
        data=data,
        made=_moment(data["made"]),
        proposals=proposals,
        texts=[
            (name, _marked(name, text, data["reading"]["proposals"])) for name, text in data["texts"].items()
        ],
    )


@cache
def _places() -> list[tuple[str, str]]:
    """Label and name of every economy of the shipped world, by name: what can be a side."""
    labels = [label for label in kept_world().economies if is_place(label)]
    return sorted(((label, name_of(label)) for label in (*labels, "EUN")), key=lambda found: found[1])


def _moment(seconds: float) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%-d %B %Y, %H:%M} UTC"


def _quote(texts: dict[str, str], evidence: dict[str, Any]) -> dict[str, Any]:
    """The words a proposal rests on, marked, with some of the article around them."""
    text, start, end = texts.get(evidence["file"], ""), evidence["start"], evidence["end"]
    first, last = max(0, start - CONTEXT // 3), min(len(text), end + CONTEXT // 3)
    marked = Markup("{}{}<mark>{}</mark>{}{}").format(
        "… " if first else "",
        text[first:start],
        text[start:end],
        text[end:last],
        " …" if last < len(text) else "",
    )
    return {"file": evidence["file"], "start": start, "end": end, "marked": marked}


def _marked(name: str, text: str, proposals: list[dict[str, Any]]) -> Markup:
    """A whole article, every word that a proposal rests on marked."""
    spans = sorted({(e["start"], e["end"]) for p in proposals for e in p["evidence"] if e["file"] == name})
    parts, at = [], 0
    for start, end in spans:
        if start < at:
            continue
        parts += [escape(text[at:start]), Markup("<mark>"), escape(text[start:end]), Markup("</mark>")]
        at = end
    return Markup("").join([*parts, escape(text[at:])])
