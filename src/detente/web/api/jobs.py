"""Jobs: long questions that a worker answers, with progress, cancel and resume; answers are kept for good."""

from __future__ import annotations

from typing import Any, Literal

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict

from detente.analysis.baseline import kept_world_hash
from detente.core.results import envelope
from detente.web.answers import seal_of
from detente.web.api.what_if import Word
from detente.web.disputes import asof_of
from detente.web.errors import Failure
from detente.web.questions import QUESTIONS, OnRecord, checked
from detente.web.state import Shared, State
from detente.web.users import Editor, Reader

router = APIRouter(prefix="/api/v1", tags=["jobs"])


class JobIn(BaseModel):
    """A long question: its kind, and what its command takes."""

    model_config = ConfigDict(extra="forbid")

    kind: Literal["leverage", "term-sheet", "curves", "nash", "bargain", "optimal", "talks", "outlook"]
    question: dict[str, Any] = {}


def shown(job: dict[str, Any]) -> dict[str, Any]:
    """A job as the API shows it."""
    keys = ("id", "kind", "question", "state", "progress", "made", "ended", "by", "result", "error")
    return {key: job[key] for key in keys if key in job}


def found(state: State, job: str) -> dict[str, Any]:
    """A job, or 404."""
    one = state.store.job(job)
    if one is None:
        raise Failure("not_found", f"job {job}", where="job", why="there is none", instead="/api/v1/jobs")
    return one


@router.post("/jobs", status_code=202)
async def submit(asked: JobIn, state: Shared, user: Editor) -> dict[str, Any]:
    """Begin a long question; asked before on the same data, its job of then is given."""

    def make() -> dict[str, Any]:
        wanted = checked(QUESTIONS[asked.kind], asked.question)
        digest = None
        if isinstance(wanted, OnRecord):
            record = state.disputes.sound(wanted.dispute)
            asof_of(record, wanted.on, getattr(wanted, "known_by", None), None)
            digest = record.digest
        question = {**asked.question, "_record": digest, "_world": kept_world_hash()}
        seal = seal_of(f"job {asked.kind}", question)
        job = state.store.submit(asked.kind, seal, asked.question, user.name)
        return envelope("job", asked.model_dump(mode="json"), shown(job))

    return await state.answers.work(make)


@router.get("/jobs")
async def jobs(state: Shared, _: Reader) -> dict[str, Any]:
    """Jobs, the newest first."""
    rows = await state.answers.work(state.store.all_jobs)
    return envelope("jobs", {}, {"jobs": [shown(row) for row in rows]})


@router.get("/jobs/{job}")
async def job(job: Word, state: Shared, _: Reader) -> dict[str, Any]:
    """One job: how far it is, and its result when it is done."""
    one = await state.answers.work(lambda: found(state, job))
    return envelope("job", {"job": job}, shown(one))


@router.post("/jobs/{job}/cancel")
async def cancel(job: Word, state: Shared, _: Editor) -> dict[str, Any]:
    """Stop a job."""

    def make() -> dict[str, Any]:
        found(state, job)
        state.store.cancel(job)
        return envelope("job", {"job": job}, shown(found(state, job)))

    return await state.answers.work(make)


@router.post("/jobs/{job}/resume")
async def resume(job: Word, state: Shared, _: Editor) -> dict[str, Any]:
    """Let a job that failed or was cancelled go on."""

    def make() -> dict[str, Any]:
        found(state, job)
        state.store.resume(job)
        return envelope("job", {"job": job}, shown(found(state, job)))

    return await state.answers.work(make)
