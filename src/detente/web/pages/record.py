"""Record: search and filter entries, open one with its sources, conflicts, deadlines, track record."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from markupsafe import Markup
from starlette.responses import HTMLResponse

from detente.brief.figures import Figures
from detente.brief.page import environment_of
from detente.record.entries import KINDS
from detente.web.api import record as api
from detente.web.api.what_if import Word
from detente.web.pages import render
from detente.web.state import Shared

router = APIRouter(include_in_schema=False)

A_PAGE = 50


@router.get("/record")
async def page(
    request: Request,
    state: Shared,
    dispute: Word | None = None,
    q: Annotated[str, Query(max_length=200)] = "",
    kind: Word | None = None,
    party: Word | None = None,
    since: Word | None = None,
    to: Word | None = None,
    conflicts: bool = False,
    unverified: bool = False,
    offset: Annotated[int, Query(ge=0, le=100_000)] = 0,
) -> HTMLResponse:
    """Entries found, and what falls due."""
    name = dispute or state.disputes.names[0]
    filters: dict[str, Any] = {
        "q": q,
        "kind": kind or None,
        "party": party or None,
        "since": since or None,
        "to": to or None,
        "conflicts": conflicts,
        "unverified": unverified,
    }
    found = await api.entries(state, name, **filters, offset=offset, limit=A_PAGE)
    due = await api.deadlines(state, name)
    record = state.disputes.record(name)
    asked = {"dispute": name, **{k: v for k, v in filters.items() if v}}
    return render(
        request,
        "record.html.j2",
        title=record.settings.title,
        dispute=name,
        disputes=state.disputes.titles,
        filters=filters,
        kinds=list(KINDS),
        parties=record.settings.parties,
        found=found["data"],
        due=[d for d in due["data"]["deadlines"] if not d["overtaken"]][:12],
        query=urlencode(asked),
        a_page=A_PAGE,
        offset=offset,
    )


@router.get("/track-record")
async def scores(request: Request, asked: api.Days) -> HTMLResponse:
    """How good our odds were."""
    answer = await api.track_record(asked)
    data = {"track_record": answer["data"], "on": answer["query"]["on"], "sources": []}
    figures = Figures({"data": data}, entries_at=f"/record/{asked.dispute}/")
    block = environment_of(figures).get_template("track_record.html.j2").render(data=data)
    return render(request, "track_record.html.j2", block=Markup(block), dispute=asked.dispute)


@router.get("/record/{dispute}/{entry}")
async def one(request: Request, state: Shared, dispute: Word, entry: Word) -> HTMLResponse:
    """One entry whole."""
    answer = await state.answers.work(lambda: api.entry_answer(state, dispute, entry))
    return render(request, "entry.html.j2", dispute=dispute, data=answer["data"], query=answer["query"])
