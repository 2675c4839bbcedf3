"""Strategy: leverage, trade wars and deals as jobs, with how far they are and what they found."""

from __future__ import annotations

import re
from typing import Any

from fastapi import APIRouter, Request
from markupsafe import Markup
from starlette.responses import HTMLResponse

from detente.brief import outlook_charts
from detente.brief.strategy_charts import frontier_chart, reaction_picture
from detente.web import drawings
from detente.web.api import jobs as api
from detente.web.api.what_if import Word
from detente.web.pages import environment, render
from detente.web.state import Shared
from detente.web.users import Reader

router = APIRouter(include_in_schema=False)

NAMES = {
    "leverage": "Leverage: who holds what over whom",
    "term-sheet": "Deal: the package both sides would sign, as a term sheet",
    "curves": "Reaction curves: best replies in duties",
    "nash": "Trade war: duties no side gains by changing",
    "bargain": "Deal in duties alone",
    "optimal": "Best response of one side",
    "talks": "Talks played forward, one play told",
    "outlook": "Outlook: odds from a day on",
}
KINDS = ("leverage", "term-sheet", "curves", "nash", "bargain", "optimal")
"""Jobs of the page Strategy; those of talks are on Talks."""


@router.get("/strategy")
async def page(request: Request, state: Shared, user: Reader) -> HTMLResponse:
    """What can be asked, and the jobs there are."""
    jobs = [job for job in (await api.jobs(state, user))["data"]["jobs"] if job["kind"] in KINDS]
    record = state.disputes.record(None)
    return render(
        request,
        "strategy.html.j2",
        jobs=jobs,
        names={kind: NAMES[kind] for kind in KINDS},
        disputes=state.disputes.titles,
        on=record.settings.checked_to,
        parties=record.settings.parties,
    )


@router.get("/strategy/{job}")
async def one(request: Request, state: Shared, user: Reader, job: Word) -> HTMLResponse:
    """One job with its result."""
    row = (await api.job(job, state, user))["data"]
    return render(request, "job.html.j2", job=row, names=NAMES, **_shown(row))


@router.get("/strategy/{job}/part")
async def part(state: Shared, user: Reader, job: Word) -> HTMLResponse:
    """What changes while a job runs."""
    row = (await api.job(job, state, user))["data"]
    template = environment().get_template("job_part.html.j2")
    return HTMLResponse(template.render(job=row, user=user, **_shown(row)))


def _shown(job: dict[str, Any]) -> dict[str, Any]:
    """The data of a job's answer and its picture; None before there are any."""
    charts = {"drawings": drawings, "outlook_charts": outlook_charts}
    result = job.get("result")
    if not result:
        return {"result": None, "picture": None, **charts}
    picture = None
    if job["kind"] == "term-sheet":
        picture = frontier_chart(result["picture"])
    elif job["kind"] == "curves":
        picture = reaction_picture(result["data"])
    # Pictures of strategy carry a style of their own for files; pages have theirs, and take no inline one.
    plain = Markup(re.sub(r"<style.*?</style>", "", str(picture), flags=re.S)) if picture else None
    return {"result": result["data"], "picture": plain, **charts}
