"""The record: what holds on a day, what changed, who says what, the duty on a good, entries, deadlines."""

from __future__ import annotations

import asyncio
from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from detente.analysis.baseline import status_of
from detente.analysis.briefing import picture_of_day
from detente.analysis.changes import changed as changes_since
from detente.analysis.changes import timeline as timeline_of
from detente.analysis.commitments import commitments as commitments_on
from detente.analysis.contested import contested
from detente.analysis.entries_list import opened, search
from detente.analysis.portfolio import portfolio as bills_of
from detente.analysis.portfolio import rows_in
from detente.analysis.powers import authorities_on
from detente.analysis.rates import rate_of
from detente.analysis.state import require_days
from detente.analysis.track_record import track_record_on
from detente.core.days import parse_day
from detente.core.errors import DetenteError, InvalidOption
from detente.core.results import envelope
from detente.record.asof import AsOf
from detente.record.deadlines import deadlines as deadlines_of
from detente.record.export.calendar import calendar_text, first_day_wanted
from detente.record.files import Record
from detente.web.api.what_if import Day, Word
from detente.web.disputes import asof_of, first_day_of
from detente.web.errors import Failure, told
from detente.web.state import Shared, State

router = APIRouter(prefix="/api/v1", tags=["record"])

Branch = Literal["lapsed", "extended"]
MOST_ENTRIES = 500


class Asked:
    """The days of a question on a dispute."""

    def __init__(
        self,
        state: Shared,
        dispute: Word | None = None,
        on: Day | None = None,
        known_by: Day | None = None,
        assume: Branch | None = None,
    ) -> None:
        self.state, self.dispute = state, dispute or state.disputes.names[0]
        self.on, self.known_by, self.assume = on, known_by, assume

    def record(self) -> Record:
        """The dispute, sound."""
        return self.state.disputes.sound(self.dispute)

    def asof(self, record: Record) -> AsOf:
        """The question's days, defaults filled in."""
        return asof_of(record, self.on, self.known_by, self.assume)

    async def answer(self, name: str, more: dict[str, Any], make: Any) -> Any:
        """`make(record, asof)`, kept by the record's content and what was asked."""

        def ready() -> tuple[Record, AsOf]:
            record = self.record()
            return record, self.asof(record)

        record, asof = await self.state.answers.work(ready)
        key = {"record": record.digest, "asof": str(asof), **more}
        return await self.state.answers.get(name, key, lambda: make(record, asof))


Days = Annotated[Asked, Depends()]


def _days(asof: AsOf) -> dict[str, Any]:
    return {
        "on": asof.on.isoformat(),
        "known_by": asof.known_by.isoformat() if asof.known_by else None,
        "assume": asof.assume.value if asof.assume else None,
    }


def _origin(record: Record, entries: list[str] | None = None) -> dict[str, Any]:
    return {"record_hash": record.digest, "entries": entries or []}


@router.get("/disputes")
async def disputes(state: Shared) -> dict[str, Any]:
    """The disputes that are served."""
    found = []
    for name in state.disputes.names:
        row: dict[str, Any] = {"name": name, "writable": name in state.disputes.folders}
        try:
            record = state.disputes.record(name)
        except DetenteError as error:
            found.append({**row, "problem": told(error)})
            continue
        settings, begins = record.settings, first_day_of(record)
        found.append(
            {
                **row,
                "title": settings.title,
                "parties": list(settings.parties),
                "first_day": begins.isoformat() if begins else None,
                "checked_to": settings.checked_to,
                "entries": len(record.entries),
            }
        )
    return envelope("disputes", {}, {"disputes": found})


@router.get("/today")
async def today(asked: Days, since: Day | None = None) -> dict[str, Any]:
    """All that holds on a day, and what changed since another."""
    start = parse_day(since, where="since") if since else None
    return await asked.answer(
        "today", {"since": since}, lambda record, asof: picture_of_day(record, asof, start)
    )


@router.get("/status")
async def status(asked: Days) -> dict[str, Any]:
    """As `detente status`."""
    return await asked.answer("status", {}, status_of)


@router.get("/changed")
async def changed(asked: Days, since: Day) -> dict[str, Any]:
    """As `detente changed`."""
    start = parse_day(since, where="since")

    def make(record: Record, asof: AsOf) -> dict[str, Any]:
        days = _days(asof)
        query = {"dispute": asked.dispute, "since": since, "on": days["on"], "known_by": days["known_by"]}
        return envelope("changed", query, changes_since(record, start, asof), provenance=_origin(record))

    return await asked.answer("changed", {"since": since}, make)


@router.get("/timeline")
async def timeline(asked: Days, since: Day | None = None) -> dict[str, Any]:
    """As `detente timeline`."""
    start = parse_day(since, where="since") if since else None

    def make(record: Record, asof: AsOf) -> dict[str, Any]:
        require_days(record, asof)
        if start is not None and start > asof.on:
            raise InvalidOption(
                f"since {since}", where="since", why=f"it is after {asof.on}", instead="an earlier day"
            )
        days = _days(asof)
        query = {"dispute": asked.dispute, "on": days["on"], "since": since, "known_by": days["known_by"]}
        data = {"events": timeline_of(record, asof, start)}
        return envelope("timeline", query, data, provenance=_origin(record))

    return await asked.answer("timeline", {"since": since}, make)


@router.get("/claims")
async def claims(
    asked: Days,
    open: bool = False,
    side: Word | None = None,
    topic: Word | None = None,
) -> dict[str, Any]:
    """As `detente claims`."""

    def make(record: Record, asof: AsOf) -> dict[str, Any]:
        data = contested(record, asof, only_open=open, side=side, topic=topic)
        days = _days(asof)
        query = {"dispute": asked.dispute, "open": open, "side": side, "topic": topic, "on": days["on"]}
        query["known_by"] = days["known_by"]
        entries = sorted(pair["claim"]["id"] for pair in data["pairs"])
        return envelope("claims", query, data, provenance=_origin(record, entries))

    return await asked.answer("claims", {"open": open, "side": side, "topic": topic}, make)


@router.get("/commitments")
async def commitments(asked: Days) -> dict[str, Any]:
    """As `detente commitments`."""

    def make(record: Record, asof: AsOf) -> dict[str, Any]:
        data = commitments_on(record, asof)
        days = _days(asof)
        query = {"dispute": asked.dispute, "agreement": None, "party": None, "purchases": False}
        query |= {"on": days["on"], "known_by": days["known_by"]}
        entries = [agreement["id"] for agreement in data["agreements"]]
        return envelope("commitments", query, data, provenance=_origin(record, entries))

    return await asked.answer("commitments", {}, make)


@router.get("/authorities")
async def authorities(asked: Days, party: Word | None = None) -> dict[str, Any]:
    """As `detente authorities`."""

    def make(record: Record, asof: AsOf) -> dict[str, Any]:
        data = authorities_on(record, asof, party)
        days = _days(asof)
        query = {"dispute": asked.dispute, "party": party, "on": days["on"], "known_by": days["known_by"]}
        entries = sorted(power["id"] for power in data["authorities"])
        return envelope("authorities", query, data, provenance=_origin(record, entries))

    return await asked.answer("authorities", {"party": party}, make)


@router.get("/rate")
async def rate(
    asked: Days,
    hs: Annotated[str, Query(max_length=40, examples=["7326.90.8688"])],
    importer: Word | None = None,
    exporter: Word | None = None,
    content_share: Annotated[float | None, Query(ge=0, le=1)] = None,
) -> dict[str, Any]:
    """As `detente rate`: the stack of duties on a good."""

    def make(record: Record, asof: AsOf) -> dict[str, Any]:
        buyer, seller = flow_asked(record, importer, exporter)
        data = rate_of(record, buyer, seller, hs, asof, content_share=content_share)
        query = {"dispute": asked.dispute, "importer": buyer, "exporter": seller, "hs": data["hs"]}
        query |= _days(asof) | {"content_share": content_share}
        entries = {e for stack in data["stacks"] for line in stack["lines"] for e in line["entries"]}
        return envelope("rate", query, data, provenance=_origin(record, sorted(entries)))

    more = {"hs": hs, "importer": importer, "exporter": exporter, "content_share": content_share}
    return await asked.answer("rate", more, make)


def flow_asked(record: Record, importer: str | None, exporter: str | None) -> tuple[str, str]:
    """Labels of importer and exporter, each defaulting to a party of the dispute."""
    first, second = record.settings.parties
    buyer = (importer or (second if (exporter or "").upper() == first else first)).upper()
    return buyer, (exporter or (first if buyer == second else second)).upper()


class Portfolio(BaseModel):
    """A list of goods as CSV text with the columns hs, origin and annual_value_usd."""

    model_config = ConfigDict(extra="forbid")

    csv: Annotated[str, Field(max_length=400_000)]
    dispute: Word | None = None
    importer: Word | None = None
    on: Day | None = None
    known_by: Day | None = None
    assume: Branch | None = None
    since: Day | None = None


@router.post("/portfolio")
async def portfolio(asked: Portfolio, state: Shared) -> dict[str, Any]:
    """As `detente portfolio`: the duty bill of a list of goods."""

    def make() -> dict[str, Any]:
        record = state.disputes.sound(asked.dispute)
        asof = asof_of(record, asked.on, asked.known_by, asked.assume)
        start: date | None = parse_day(asked.since, where="since") if asked.since else None
        importer, _ = flow_asked(record, asked.importer, None)
        data = bills_of(record, rows_in(asked.csv, "csv", importer, record), importer, asof, start)
        query = {"dispute": asked.dispute, "file": None, "importer": importer, "since": asked.since}
        entries = sorted({e for row in data["rows"] for e in row["entries"]})
        return envelope("portfolio", query | _days(asof), data, provenance=_origin(record, entries))

    return await state.answers.work(make)


@router.get("/entries")
async def entries(
    state: Shared,
    dispute: Word | None = None,
    q: Annotated[str, Query(max_length=200)] = "",
    kind: Word | None = None,
    party: Word | None = None,
    since: Day | None = None,
    to: Day | None = None,
    conflicts: bool = False,
    unverified: bool = False,
    offset: Annotated[int, Query(ge=0, le=100_000)] = 0,
    limit: Annotated[int, Query(ge=1, le=MOST_ENTRIES)] = 50,
) -> dict[str, Any]:
    """Entries in which all words stand, the newest first."""
    query = {"dispute": dispute or state.disputes.names[0], "q": q, "kind": kind, "party": party}
    query |= {"since": since, "to": to, "conflicts": conflicts, "unverified": unverified}

    def make() -> dict[str, Any]:
        record = state.disputes.record(dispute)
        for name, day in (("since", since), ("to", to)):
            if day:
                parse_day(day, where=name)
        found = search(
            record,
            q,
            kind=kind or None,
            party=party or None,
            since=since or None,
            to=to or None,
            conflicts=conflicts,
            unverified=unverified,
        )
        data = {"count": len(found), "offset": offset, "entries": found[offset : offset + limit]}
        return envelope("entries", query | {"limit": limit}, data, provenance=_origin(record))

    return await state.answers.work(make)


@router.get("/entries/{entry}")
async def one_entry(state: Shared, entry: Word, dispute: Word | None = None) -> dict[str, Any]:
    """One entry whole, with its sources and what points at it."""
    return await state.answers.work(lambda: entry_answer(state, dispute, entry))


def entry_answer(state: State, dispute: str | None, entry: str) -> dict[str, Any]:
    """One entry with its envelope."""
    name = dispute or state.disputes.names[0]
    record = state.disputes.record(name)
    if record.get(entry) is None:
        raise Failure(
            "not_found",
            f"entry {entry!r}",
            where="entry",
            why=f"{name} has none of that id or alias",
            instead=f"an id that /api/v1/entries?dispute={name} finds",
        )
    data = opened(record, entry) | {"writable": name in state.disputes.folders}
    query = {"dispute": name, "entry": entry}
    return envelope("entry", query, data, provenance=_origin(record, [str(data["id"])]))


@router.get("/track-record")
async def track_record(asked: Days) -> dict[str, Any]:
    """How good our odds were, on questions settled by the day; data is null where no backtest is kept."""

    def make(record: Record, asof: AsOf) -> dict[str, Any]:
        data = track_record_on(record, asof.on)
        query = {"dispute": asked.dispute, "on": asof.on.isoformat()}
        return envelope("track-record-on", query, data, provenance=_origin(record))

    return await asked.answer("track-record", {}, make)


@router.get("/deadlines")
async def deadlines(state: Shared, dispute: Word | None = None, since: Day | None = None) -> dict[str, Any]:
    """What falls due from a day on; by default from the last day checked."""

    def make() -> dict[str, Any]:
        record = state.disputes.record(dispute)
        found = deadlines_of(record, first_day_wanted(record, since), None)
        rows = [
            {
                "entry": item.entry.id,
                "part": item.part,
                "kind": item.kind,
                "what": item.what,
                "at": item.at.text(),
                "overtaken": item.overtaken,
                "note": item.note,
            }
            for item in found
        ]
        query = {"dispute": dispute or state.disputes.names[0], "since": since}
        return envelope("deadlines", query, {"deadlines": rows}, provenance=_origin(record))

    return await state.answers.work(make)


@router.get("/deadlines.ics", response_class=Response, responses={200: {"content": {"text/calendar": {}}}})
async def deadlines_feed(state: Shared, dispute: Word | None = None, since: Day | None = None) -> Response:
    """The same as a calendar that others subscribe to."""

    def make() -> str:
        record = state.disputes.record(dispute)
        return calendar_text(record, deadlines_of(record, first_day_wanted(record, since), None))

    text = await asyncio.to_thread(make)
    return Response(text, media_type="text/calendar; charset=utf-8")
