"""Today: the state of play of a dispute on any day, with a slider through time."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from markupsafe import Markup
from starlette.responses import HTMLResponse

from detente.brief import charts
from detente.brief.figures import Figures
from detente.brief.page import environment_of
from detente.core.days import parse_day
from detente.core.errors import DetenteError
from detente.record.entries import Measure
from detente.record.files import Record
from detente.web.api.record import Asked, Days, Portfolio, Word, portfolio, rate, today
from detente.web.api.what_if import Day
from detente.web.disputes import first_day_of
from detente.web.errors import told
from detente.web.pages import environment, render
from detente.web.state import Shared

router = APIRouter(include_in_schema=False)

BLOCKS = ("bottom_line", "changed", "in_force", "clocks", "law", "controls", "claims", "calendar")
"""Blocks of the brief that the page shows, in their order there."""
DAYS_AHEAD = 90
"""How far past the last check the slider goes."""


@router.get("/today")
async def page(request: Request, asked: Days, since: Day | None = None) -> HTMLResponse:
    """The page, with its day already on it."""
    record = await asked.state.answers.work(asked.record)
    asked.on = asked.on or record.settings.checked_to
    first = first_day_of(record) or parse_day(record.settings.base_day)
    last = parse_day(record.settings.checked_to) + timedelta(days=DAYS_AHEAD)
    parties = record.settings.parties
    return render(
        request,
        "today.html.j2",
        title=record.settings.title,
        dispute=asked.dispute,
        disputes=asked.state.disputes.titles,
        on=asked.on,
        known_by=asked.known_by or "",
        assume=asked.assume or "",
        since=since or "",
        first=first.isoformat(),
        days=(last - first).days,
        at=max(0, min((last - first).days, (parse_day(asked.on, where="on") - first).days)),
        steps=_steps(record, first, last),
        flows=(parties, parties[::-1]),
        goods=_goods(record),
        part=await _part(asked, since),
    )


def _goods(record: Record) -> list[tuple[str, str]]:
    """Codes and origins to begin with, of goods that the record shows with their stack."""
    importer = record.settings.parties[0]
    shown = [(item.hs, item.exporter) for item in record.settings.line_items if item.importer == importer]
    return shown[:3]


@router.get("/today/part")
async def part(asked: Days, since: Day | None = None) -> HTMLResponse:
    """What changes with the day."""
    return HTMLResponse(await _part(asked, since))


async def _part(asked: Asked, since: str | None) -> Markup:
    template = environment().get_template("today_part.html.j2")
    link = {"dispute": asked.dispute, "on": asked.on, "known_by": asked.known_by, "assume": asked.assume}
    query = urlencode({key: value for key, value in link.items() if value})
    try:
        answer = await today(asked, since)
        state = asked.state
        # Drawing a day takes a tenth of a second, so that it is kept too.
        key = {"dispute": asked.dispute, **answer["query"], "record": answer["provenance"]["record_hash"]}
        blocks = await state.answers.get("today-page", key, lambda: _blocks(answer, asked.dispute))
    except DetenteError as error:
        return Markup(template.render(problem=told(error), query=query, blocks="", answer=None))
    return Markup(template.render(problem=None, query=query, blocks=blocks, answer=answer))


def _blocks(answer: dict[str, Any], dispute: str) -> Markup:
    """The brief's own blocks over the day's data, entries linked to their pages."""
    figures = Figures(answer, entries_at=f"/record/{dispute}/")
    found = environment_of(figures)
    data = answer["data"]
    context = {"brief": answer, "data": data, "query": answer["query"], "parties": data["parties"]}
    parts = [found.get_template(f"{name}.html.j2").render(context) for name in BLOCKS]
    duties = charts.duty_chart(data, narrow=False), charts.duty_chart(data, narrow=True)
    talks = (
        charts.talk_chart(data["talks"], data["on"], narrow=False),
        charts.talk_chart(data["talks"], data["on"], narrow=True),
    )
    pictures = environment().get_template("today_pictures.html.j2")
    drawn = pictures.render(duties=duties, talks=talks, data=data, truces=charts.truce_letters(data))
    return Markup("".join([parts[0], drawn, *parts[1:]]))


def _steps(record: Record, first: date, last: date) -> str:
    """Days on which a duty or control changed, as offsets from the first, for the slider's buttons."""
    days = {
        (date.fromisoformat(state.effective[:10]) - first).days
        for measure in record.of(Measure)
        for state in measure.states
        if len(state.effective) >= 10
    }
    return ",".join(str(day) for day in sorted(d for d in days if 0 <= d <= (last - first).days))


@router.get("/today/rate")
async def rate_part(
    asked: Days, hs: str = "", importer: Word | None = None, exporter: Word | None = None
) -> HTMLResponse:
    """The stack of duties on a good."""
    template = environment().get_template("rate.html.j2")
    try:
        answer = await rate(asked, hs, importer, exporter)
    except DetenteError as error:
        return HTMLResponse(template.render(problem=told(error), data=None, dispute=asked.dispute))
    return HTMLResponse(template.render(problem=None, data=answer["data"], dispute=asked.dispute))


@router.post("/today/portfolio")
async def portfolio_part(asked: Portfolio, state: Shared) -> HTMLResponse:
    """The bill of a list of goods."""
    template = environment().get_template("portfolio.html.j2")
    try:
        answer = await portfolio(asked, state)
    except DetenteError as error:
        return HTMLResponse(template.render(problem=told(error), data=None))
    return HTMLResponse(template.render(problem=None, data=answer["data"]))
