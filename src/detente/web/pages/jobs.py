"""Strategy: leverage, trade wars and deals as jobs, with how far they are and what they found."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from detente.web.api import jobs as api
from detente.web.api.what_if import Word
from detente.web.pages import environment, render
from detente.web.state import Shared
from detente.web.users import Reader

router = APIRouter(include_in_schema=False)

NAMES = {
    "leverage": "Leverage: who holds what over whom",
    "nash": "Trade war: duties no side gains by changing",
    "bargain": "Deal: what all sides would sign",
    "optimal": "Best response of one side",
}


@router.get("/strategy")
async def page(request: Request, state: Shared, user: Reader) -> HTMLResponse:
    """What can be asked, and the jobs there are."""
    jobs = (await api.jobs(state, user))["data"]["jobs"]
    record = state.disputes.record(None)
    return render(
        request,
        "strategy.html.j2",
        jobs=jobs,
        names=NAMES,
        disputes=state.disputes.names,
        on=record.settings.checked_to,
        parties=record.settings.parties,
    )


@router.get("/strategy/{job}")
async def one(request: Request, state: Shared, user: Reader, job: Word) -> HTMLResponse:
    """One job with its result."""
    row = (await api.job(job, state, user))["data"]
    return render(request, "job.html.j2", job=row, names=NAMES, result=result_of(row))


@router.get("/strategy/{job}/part")
async def part(state: Shared, user: Reader, job: Word) -> HTMLResponse:
    """What changes while a job runs."""
    row = (await api.job(job, state, user))["data"]
    template = environment().get_template("job_part.html.j2")
    return HTMLResponse(template.render(job=row, result=result_of(row), user=user))


def result_of(job: dict[str, Any]) -> Any:
    """The data of a job's answer; None before there is one."""
    return job["result"]["data"] if job.get("result") else None
