"""Files of What if: the scenarios of a link as CSV, XLSX, DOCX, JSON, SVG or a Python script."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query
from starlette.responses import Response

from detente.core.results import envelope, to_json
from detente.economy.worlds import sector_names
from detente.web import drawings
from detente.web.api.what_if import Day, Word, answer, asked_of, link_of, range_of
from detente.web.errors import Failure
from detente.web.export.document import note
from detente.web.export.picture import standalone
from detente.web.export.script import script
from detente.web.export.tables import Named, long_csv, workbook
from detente.web.links import MOST_SCENARIOS
from detente.web.state import Shared, State

router = APIRouter(prefix="/api/v1", tags=["what if"])

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "json": "application/json",
    "svg": "image/svg+xml",
    "py": "text/x-python; charset=utf-8",
}
Kind = Literal["csv", "xlsx", "docx", "json", "svg", "py"]
Chart = Literal["incomes", "map", "flows", "sectors"]


@router.get(
    "/what-if/export.{kind}",
    response_class=Response,
    responses={200: {"content": {name.split(";")[0]: {} for name in TYPES.values()}}},
)
async def export(
    state: Shared,
    kind: Annotated[Kind, Path()],
    dispute: Word | None = None,
    on: Day | None = None,
    known_by: Day | None = None,
    assume: Literal["lapsed", "extended"] | None = None,
    s: Annotated[list[str] | None, Query(max_length=MOST_SCENARIOS)] = None,
    scenario: Annotated[int, Query(ge=0, lt=MOST_SCENARIOS)] = 0,
    chart: Chart = "incomes",
) -> Response:
    """The scenarios of a link as a file; a picture is of the scenario chosen, or of all where it compares."""
    asked = asked_of(dispute, on, known_by, assume, s or [])
    if scenario >= len(asked):
        raise Failure(
            "invalid_request",
            f"scenario {scenario}",
            where="scenario",
            why=f"the link has {len(asked)}, counted from 0",
            instead="scenario=0",
        )
    requests = [(name, one) for name, _, one in asked]
    answers: list[Named] = [(name, await answer(state, one)) for name, one in requests]
    record = state.disputes.record(dispute) if dispute else None
    parties = record.settings.parties if record else ("USA", "CHN")
    names = sector_names(requests[0][1].world)
    link = link_of(requests)
    content: bytes
    if kind == "csv":
        content = long_csv(answers)
    elif kind == "xlsx":
        content = await state.answers.work(lambda: workbook(answers, parties, names))
    elif kind == "docx":
        ranges = [(await range_of(state, one))["data"] for _, one in requests]
        title = record.settings.title if record else "the world economy"
        content = await state.answers.work(lambda: note(title, answers, parties, ranges, link))
    elif kind == "py":
        content = script(answers, state.disputes.folders)
    elif kind == "json":
        found = [{"name": name, "answer": one} for name, one in answers]
        content = to_json(
            envelope("what-ifs", {"link": link}, {"scenarios": found}, provenance=answers[0][1]["provenance"])
        ).encode()
    else:
        content = standalone(await _picture(state, chart, requests, answers, scenario, parties, names), 1.0)
    name = chart if kind == "svg" else "what-if"
    headers = {"content-disposition": f'attachment; filename="detente-{name}.{kind}"'}
    return Response(content, media_type=TYPES[kind], headers=headers)


async def _picture(
    state: State,
    chart: Chart,
    requests: list[tuple[str, Any]],
    answers: list[Named],
    scenario: int,
    parties: tuple[str, str],
    names: dict[str, str],
) -> Any:
    chosen = answers[scenario][1]
    if chart == "incomes":
        ranges = [(await range_of(state, one))["data"] for _, one in requests]
        named = [{"name": name, "answer": one} for name, one in answers]
        return drawings.incomes(named, ranges, parties, narrow=False)
    if chart == "map":
        spread = (await range_of(state, requests[scenario][1]))["data"]
        return drawings.gains_map(drawings.economy_rows(chosen, spread), parties)[0]
    if chart == "sectors":
        return drawings.sectors(chosen, parties, names, narrow=False)
    found = drawings.flows(chosen, parties, narrow=False)
    if found is None:
        raise Failure(
            "invalid_request",
            "the flows",
            where="chart",
            why="nothing is changed, so no flow changes",
            instead="a scenario with a change",
        )
    return found
