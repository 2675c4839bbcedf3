"""The What if page: the controls, and the results of up to four scenarios."""

from __future__ import annotations

import json
from datetime import date
from functools import cache
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from markupsafe import Markup
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import HTMLResponse

from detente.analysis.baseline import kept_world
from detente.analysis.what_if_day import starts
from detente.brief import maps
from detente.core.days import parse_day
from detente.core.errors import DetenteError
from detente.core.places import name_of
from detente.economy.worlds import sector_names
from detente.record.change import dispute_economies
from detente.record.files import Record
from detente.web import drawings
from detente.web.api.what_if import (
    Day,
    Scenario,
    WhatIf,
    Word,
    answer,
    asked_of,
    estimates_beside_ours,
    link_of,
    question_of,
    range_of,
)
from detente.web.disputes import asof_of, first_day_of
from detente.web.errors import told
from detente.web.export.document import MEASURES
from detente.web.links import MOST_SCENARIOS, scenarios_of
from detente.web.pages import environment, render
from detente.web.state import Shared, State

router = APIRouter(include_in_schema=False)

INSTRUMENTS = (
    ("import_duty", "Import duty, points added"),
    ("export_tax", "Export tax"),
    ("non_tariff_cost", "Trade cost"),
    ("quantity_limit", "Limit: at most"),
    ("quantity_floor", "Purchases: at least"),
    ("subsidy", "Subsidy by the seller's side"),
    ("exemption_share", "Share of added duty not levied"),
)
CLOSURES = (("fixed_to_world_income", "deficits fixed to world income"), ("balanced", "balanced trade"))
MODELS = ("input-output", "specific-factors", "armington", "krugman")


class Named(Scenario):
    """A scenario with its name on the page."""

    name: Annotated[str, Field(max_length=60)] = "A"


class Asked(BaseModel):
    """What the page sends when something is let go."""

    model_config = ConfigDict(extra="forbid")

    dispute: Word
    on: Day
    known_by: Day | None = None
    assume: Literal["lapsed", "extended"] | None = None
    scenarios: list[Named] = Field(min_length=1, max_length=MOST_SCENARIOS)
    selected: int = Field(0, ge=0, lt=MOST_SCENARIOS)
    range: bool = False

    def requests(self) -> list[tuple[str, WhatIf]]:
        """Name and request of each scenario."""
        common = {"dispute": self.dispute, "on": self.on, "known_by": self.known_by, "assume": self.assume}
        return [
            (s.name, WhatIf.model_validate({**s.model_dump(exclude={"name"}), **common}))
            for s in self.scenarios
        ]


@router.get("/what-if")
async def page(
    request: Request,
    state: Shared,
    dispute: Word | None = None,
    on: Day | None = None,
    known_by: Day | None = None,
    assume: str | None = None,
    s: Annotated[list[str] | None, Query()] = None,
) -> HTMLResponse:
    """The page, with the results of its link already on it."""
    chosen = dispute or state.disputes.names[0]
    record = await state.answers.work(lambda: state.disputes.sound(chosen))
    day = on or record.settings.checked_to
    context: dict[str, Any] = {
        "problem": None,
        "results": "",
        "starts": [],
        "state": "",
        "has_lapse": False,
    }
    links = s or []
    try:
        asof_of(record, day, known_by, assume)
        requests = asked_of(chosen, day, known_by, assume or None, links)
        question = question_of(state.disputes, requests[0][2])
        context["starts"] = await state.answers.work(lambda: starts(question))
        context["has_lapse"] = any(start.key == "lapse" for start in context["starts"])
        named = [(name, one) for name, _, one in requests]
        context["results"] = await _results(state, record, named, 0, None)
    except DetenteError as error:
        context["problem"] = told(error)
    context["state"] = Markup(
        _script_json(
            {
                "dispute": chosen,
                "on": day,
                "known_by": known_by,
                "assume": assume or None,
                "scenarios": [] if context["problem"] else scenarios_of(links),
            }
        )
    )
    base = {"dispute": chosen, "on": day} | ({"known_by": known_by} if known_by else {})
    world = kept_world()
    parties = record.settings.parties
    names = sector_names(world.name)
    return render(
        request,
        "what_if.html.j2",
        shapes=maps.shapes(),
        title=record.settings.title,
        on=day,
        assume=assume or "",
        dispute=chosen,
        disputes=state.disputes.titles,
        first_day=first_day_of(record) or "",
        directions=(parties, parties[::-1]),
        sectors=[label for label in world.sectors if label not in world.services],
        sector_names=names,
        instruments=INSTRUMENTS,
        buyers=_buyers(world.economies, dispute_economies(record)),
        models=MODELS,
        closures=CLOSURES,
        elasticities=[name for name in world.elasticities if name != world.default_elasticities],
        link=urlencode([*base.items(), *(("s", words) for words in links)]),
        base_link=urlencode([*base.items(), *(("s", words) for words in links)]),
        **context,
    )


@router.post("/what-if/results")
async def results(asked: Asked, state: Shared, request: Request) -> HTMLResponse:
    """The part of the page that changes."""
    record = await state.answers.work(lambda: state.disputes.sound(asked.dispute))
    selected = min(asked.selected, len(asked.scenarios) - 1)
    caller = request if asked.range else None
    return HTMLResponse(await _results(state, record, asked.requests(), selected, caller))


@router.get("/what-if/estimates")
async def estimates_part(state: Shared, on: Day | None = None) -> HTMLResponse:
    """Published estimates beside ours; those of the day shown first."""
    found = (await estimates_beside_ours(state))["data"]["estimates"]
    ranked = sorted(found, key=lambda e: abs((_day(e["ours"]["on"]) - _day(on or e["ours"]["on"])).days))
    return HTMLResponse(environment().get_template("estimates.html.j2").render(estimates=ranked))


def _day(text: str) -> date:
    return parse_day(text, where="on")


async def _results(
    state: State, record: Record, requests: list[tuple[str, WhatIf]], selected: int, ranged: Request | None
) -> Markup:
    """The results; with ranges where the request that wants them is given."""
    parties = record.settings.parties
    directions = (parties, parties[::-1])
    scenarios = [await _scenario(state, name, one, ranged, parties) for name, one in requests]
    solved = [s for s in scenarios if s["answer"]]
    chosen = scenarios[selected]
    first = requests[0][1]
    context: dict[str, Any] = {"map": "", "map_legend": [], "rows": [], "sector_values": {}}
    if chosen["answer"]:
        rows = drawings.economy_rows(chosen["answer"], chosen["range"])
        picture, legend = drawings.gains_map(rows, parties)
        context = {
            "map": picture,
            "map_legend": legend,
            "rows": rows,
            "sector_values": drawings.sector_values(chosen["answer"], parties),
        }
    page = environment().get_template("what_if_results.html.j2")
    return Markup(
        page.render(
            scenarios=scenarios,
            solved=solved,
            selected=selected,
            ranges=[s["range"] for s in solved],
            variants=next((len(s["range"]["variants"]) for s in solved if s["range"]), 0),
            rank=chosen["range"]["who_is_hurt_more"] if chosen["range"] else None,
            drivers=chosen["range"]["drivers"] if chosen["range"] else None,
            parties=parties,
            directions=directions,
            on=first.on or record.settings.checked_to,
            flow_year=kept_world(first.world).flow_year,
            measures=MEASURES,
            sector_names=sector_names(first.world),
            drawings=drawings,
            link=link_of(requests),
            duties_json=Markup(_script_json(chosen["answer"]["data"]["duties"])) if chosen["answer"] else "",
            **context,
        )
    )


async def _scenario(
    state: State, name: str, one: WhatIf, ranged: Request | None, parties: tuple[str, str]
) -> dict[str, Any]:
    """A scenario's answer and range as the template takes them, or the problem in their place."""
    try:
        found = await answer(state, one)
        spread = (await range_of(state, one, ranged))["data"] if ranged else None
    except DetenteError as error:
        return {"name": name, "answer": None, "range": None, "problem": told(error), "plain": False}
    data = found["data"]
    against = data["against_day"] or data
    reach = {
        party: spread["economies"][party]["real_income_against_day_percent"] if spread else None
        for party in parties
    }
    return {
        "name": name,
        "answer": found,
        "range": spread,
        "problem": None,
        "plain": not one.changes and one.start == "today",
        "change": {party: against["economies"][party] for party in parties},
        "pairs": {pair["importer"] + pair["exporter"]: pair for pair in against["pairs"]},
        "duties": data["duties"],
        "reach": reach,
        "residual": max(found["provenance"]["certificate"]["residuals"].values(), default=0.0),
    }


def _script_json(value: Any) -> str:
    """JSON that no HTML reader can take for the end of a script."""
    text = json.dumps(value, ensure_ascii=False)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


@cache
def _buyers(economies: tuple[str, ...], first: tuple[str, ...]) -> list[tuple[str, str]]:
    """Labels and names to choose from: the sides, groups, then all by name."""
    sides = [(label, name_of(label)) for label in first if label in economies]
    groups = [("EUN", "European Union"), ("OTHERS", "all others"), ("ALL", "everyone")]
    rest = sorted(((label, name_of(label)) for label in economies if label not in first), key=lambda e: e[1])
    return [*sides, *groups, *rest]
