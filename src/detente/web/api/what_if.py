"""What if: changes on top of a day, the range of the answer, and several side by side."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from detente.analysis.baseline import kept_world_hash
from detente.analysis.estimates import as_answer, beside_ours, published_estimates
from detente.analysis.what_if_day import Question, range_on_day, starts, what_if_on_day
from detente.core.errors import InvalidOption
from detente.core.results import envelope
from detente.policy import Instrument, Rent
from detente.web.background import disputes_of
from detente.web.disputes import Disputes, asof_of, require_world
from detente.web.links import MOST_SCENARIOS, scenario_words, scenarios_of
from detente.web.state import Shared, State

router = APIRouter(prefix="/api/v1", tags=["what if"])

Labels = str | Annotated[list[str], Field(min_length=1, max_length=100)]
Word = Annotated[str, Field(max_length=200)]
Day = Annotated[str, Field(max_length=40, examples=["2025-06-05"])]


class ChangeIn(BaseModel):
    """One change of policy; for duties, points added to what is in force."""

    model_config = ConfigDict(extra="forbid")

    instrument: Instrument
    importer: Labels = Field(description="A label, EUN, OTHERS, ALL, or a list of these.", examples=["USA"])
    exporter: Labels = Field(examples=["CHN"])
    scope: Annotated[Labels | None, Field(description="all, a sector, an HS code, or a list.")] = "all"
    value: float = Field(allow_inf_nan=False, examples=[10])
    unit: Literal["percent_of_value", "points", "percent", "share", "usd_million"] | None = None
    controller: Word | None = None
    rent: Rent | None = None


class Scenario(BaseModel):
    """What is changed, on what, and under which assumptions."""

    model_config = ConfigDict(extra="forbid")

    start: Annotated[Word, Field(description="today, lapse, base, peak, decoupling or everyone.")] = "today"
    changes: list[ChangeIn] = Field(default_factory=list, max_length=500)
    world: Word = "icio2022"
    model: Word = "input-output"
    closure: Word = "fixed_to_world_income"
    revenue_use: Word = "rebated"
    elasticities: Word | None = None
    theta_scale: Annotated[float, Field(allow_inf_nan=False)] = 1.0


class WhatIf(Scenario):
    """A scenario on a day of a dispute; without a dispute, on the world's base day."""

    dispute: Word | None = None
    on: Annotated[Day | None, Field(description="Default: the last day to which the record was checked.")] = (
        None
    )
    known_by: Day | None = None
    assume: Literal["lapsed", "extended"] | None = None
    show: list[Word] = Field(default_factory=list, max_length=100)


def question_of(disputes: Disputes, asked: WhatIf) -> Question:
    """The question of the analysis that a request asks.

    Raises:
        DetenteError: a name or day that is not there.
    """
    record = disputes.sound(asked.dispute) if asked.dispute else None
    return Question(
        record=record,
        asof=asof_of(record, asked.on, asked.known_by, asked.assume) if record else None,
        start=asked.start,
        world_name=require_world(asked.world),
        model=asked.model,
        closure=asked.closure,
        revenue_use=asked.revenue_use,
        elasticities=asked.elasticities or None,
        theta_scale=asked.theta_scale,
        show=tuple(asked.show),
    )


def changes_of(asked: Scenario) -> list[dict[str, Any]]:
    """The changes as the analysis takes them."""
    return [change.model_dump(mode="json", exclude_none=True) for change in asked.changes]


def _key(question: Question, asked: WhatIf) -> dict[str, Any]:
    return {
        **asked.model_dump(mode="json"),
        "on": str(question.asof.on) if question.asof else None,
        "record": question.record.digest if question.record else None,
        "world_hash": kept_world_hash(question.world_name),
    }


async def answer(state: State, asked: WhatIf) -> dict[str, Any]:
    """The answer to a request, kept by its content."""
    question = await state.answers.work(lambda: question_of(state.disputes, asked))
    key = _key(question, asked)
    return await state.answers.get("what-if", key, lambda: what_if_on_day(question, changes_of(asked)))


async def range_of(state: State, asked: WhatIf, request: Request | None = None) -> dict[str, Any]:
    """The range of a request's answer, kept by its content; it takes seconds, so a worker finds it."""
    question = await state.answers.work(lambda: question_of(state.disputes, asked))
    key = _key(question, asked)
    kept = state.answers.kept("range", key)
    if kept is None:
        kept = await state.background.run(_range, dict(state.disputes.folders), asked, request=request)
        state.answers.keep("range", key, kept)
    return kept


def _range(folders: dict[str, Path], asked: WhatIf) -> dict[str, Any]:
    return range_on_day(question_of(disputes_of(folders), asked), changes_of(asked))


def _estimate(folders: dict[str, Path], number: int) -> dict[str, Any]:
    record = disputes_of(folders).record(ESTIMATES_OF)
    return beside_ours(published_estimates(ESTIMATES_OF)[number], record)


@router.post("/what-if")
async def what_if(asked: WhatIf, state: Shared) -> dict[str, Any]:
    """Put changes on top of a day through the world economy."""
    return await answer(state, asked)


@router.post("/what-if/range")
async def what_if_range(asked: WhatIf, state: Shared, request: Request) -> dict[str, Any]:
    """How far the answer moves over elasticities, closures, uses of revenue and models."""
    return await range_of(state, asked, request)


@router.get("/what-if")
async def what_ifs(
    state: Shared,
    dispute: Word | None = None,
    on: Day | None = None,
    known_by: Day | None = None,
    assume: Literal["lapsed", "extended"] | None = None,
    s: Annotated[list[str] | None, Query(max_length=MOST_SCENARIOS)] = None,
) -> dict[str, Any]:
    """The scenarios of a link to the What if page, each with its answer."""
    asked = asked_of(dispute, on, known_by, assume, s or [])
    found = [{"name": name, "link": words, "answer": await answer(state, one)} for name, words, one in asked]
    query: dict[str, Any] = {"dispute": dispute, "on": on, "known_by": known_by, "assume": assume}
    query["scenarios"] = [item["link"] for item in found]
    return envelope("what-ifs", query, {"scenarios": found}, provenance=found[0]["answer"]["provenance"])


@router.get("/what-if/starts")
async def what_if_starts(
    state: Shared,
    dispute: Word | None = None,
    on: Day | None = None,
    known_by: Day | None = None,
    assume: Literal["lapsed", "extended"] | None = None,
) -> dict[str, Any]:
    """What changes can be put on, on a day."""
    asked = WhatIf(dispute=dispute, on=on, known_by=known_by, assume=assume)
    question = await state.answers.work(lambda: question_of(state.disputes, asked))
    found = await state.answers.work(lambda: starts(question))
    data = {"starts": [{"key": s.key, "name": s.name, "legal": s.legal} for s in found]}
    record = question.record
    query = {"dispute": dispute, "on": on, "known_by": known_by, "assume": assume}
    provenance = {"record_hash": record.digest if record else None}
    return envelope("what-if-starts", query, data, provenance=provenance)


@router.get("/published-estimates")
async def estimates_beside_ours(state: Shared) -> dict[str, Any]:
    """Published answers to shocks on record, each beside ours to the same shock."""
    record = state.disputes.record(ESTIMATES_OF)
    key = {"record": record.digest, "world_hash": kept_world_hash()}

    async def begin() -> dict[str, Any]:
        # One at a time, so that the range of a scenario waits for one of them at most.
        numbers = range(len(published_estimates(ESTIMATES_OF)))
        found = [await state.background.run(_estimate, dict(state.disputes.folders), n) for n in numbers]
        return as_answer(found, record)

    return await state.answers.once("estimates", key, begin)


ESTIMATES_OF = "us-china"
"""The dispute whose shocks were published."""


def asked_of(
    dispute: str | None, on: str | None, known_by: str | None, assume: str | None, links: list[str]
) -> list[tuple[str, str, WhatIf]]:
    """Name, words and request of every scenario of a link."""
    found = []
    for scenario in scenarios_of(links):
        name = scenario.pop("name")
        common = {"dispute": dispute, "on": on, "known_by": known_by, "assume": assume}
        try:
            request = WhatIf.model_validate({**scenario, **common})
        except ValidationError as error:
            raise _misread(error) from None
        found.append((name, scenario_words({"name": name, **scenario}), request))
    return found


def _misread(error: ValidationError) -> InvalidOption:
    """A link whose parts are there and cannot be."""
    first = error.errors()[0]
    place = ".".join(str(step) for step in first["loc"])
    return InvalidOption(
        f"{place}: {str(first.get('input'))[:80]!r}",
        where="s",
        why=first["msg"],
        instead="start=today;c=import_duty:USA:CHN:C26:10",
    )


def link_of(requests: list[tuple[str, WhatIf]]) -> str:
    """The query of a link that makes these scenarios again."""
    first = requests[0][1]
    common = {"dispute": first.dispute, "on": first.on, "known_by": first.known_by, "assume": first.assume}
    parts = [(key, value) for key, value in common.items() if value]
    for name, one in requests:
        scenario = one.model_dump(mode="json", exclude_none=True)
        parts.append(("s", scenario_words({"name": name, **scenario})))
    return urlencode(parts)
