"""The data of a brief: everything the page shows, computed once, as one object."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from detente.analysis import costs
from detente.analysis.baseline import DEFAULT_WORLD, status_of, trade_of, weights_for
from detente.analysis.changes import agreements_in_play, changed
from detente.analysis.citations import cited_entries
from detente.analysis.duties import all_goods_percent, direction_key
from detente.analysis.outlook_ahead import outlook_ahead
from detente.analysis.scenarios import Scenario, scenarios, unknown_duties
from detente.analysis.signable import signable
from detente.analysis.state import first_day, known_on, require_days, talk_summary, unverified
from detente.analysis.track_record import track_record_on
from detente.analysis.upper_hand import upper_hand
from detente.analysis.words import bottom_line, law_lines, say_and_not
from detente.core.days import parse_day, parse_moment
from detente.core.results import envelope
from detente.economy.world import World
from detente.economy.worlds import load_world, sector_names, world_hash
from detente.policy import Policy, Weights
from detente.record.asof import AsOf, Assume
from detente.record.compile import duty_states
from detente.record.entries import Agreement, Assessment, Entry, Instrument, Measure, Source, Talk, Threat
from detente.record.files import Record

DAYS_BACK = 14
"""What "changed since" means where neither a day nor an earlier brief is given."""

Progress = Callable[[str], None]


def briefing(
    record: Record,
    asof: AsOf,
    since: date | None = None,
    *,
    world_name: str = DEFAULT_WORLD,
    progress: Progress = lambda _: None,
    wait_for_outlook: Callable[[], object] = lambda: None,
) -> dict[str, Any]:
    """The whole brief as one JSON object.

    Args:
        since: what changed after this day; by default two weeks before.
        progress: called with a line of words before each long step.
        wait_for_outlook: called before the outlook is asked for; see `outlook_ahead.found_beside`.

    Raises:
        DateBeforeRecord: the day is before the record's first entry.
    """
    day = picture_of_day(record, asof, since, world_name=world_name, progress=progress)
    progress("world: loading")
    world = load_world(world_name)
    branches = _branches(record, asof)
    missing = _without_trade(record, world_name)
    cost = {} if missing else _costs(record, branches, world, progress)
    hand = None if missing else upper_hand(record, asof, world_name, progress)
    signed = _both_would_sign(record, branches, missing, world_name, progress)
    progress("outlook: in a process beside")
    wait_for_outlook()
    ahead = outlook_ahead(record, asof, progress)
    progress("brief: words and tables")
    data: dict[str, Any] = {
        **day["data"],
        "costs": cost,
        "upper_hand": hand,
        "say": say_and_not(record, day["data"]["state"]),
        "assessments": assessments(record, asof),
        "outlook": ahead,
        "both_would_sign": signed,
        "track_record": track_record_on(record, min(asof.on, asof.known_by or asof.on)),
        "method": method(record, world),
        "limits": [*LIMITS, *record.settings.limits],
        "not_computed": [
            *missing,
            *([] if hand else [f"Who has the upper hand: no levers of {record.settings.name} on file."]),
        ],
    }
    data["entries"] = cited_entries(record, data)
    provenance = {
        **day["provenance"],
        "world_hash": world_hash(world_name),
        "model": costs.MODEL,
        "certificate": _certificate(cost),
    }
    return envelope("brief", day["query"], data, provenance=provenance)


def picture_of_day(
    record: Record,
    asof: AsOf,
    since: date | None = None,
    *,
    world_name: str = DEFAULT_WORLD,
    progress: Progress = lambda _: None,
) -> dict[str, Any]:
    """What a brief says of a day without putting anything through the economy, with its envelope.

    Args:
        since, progress: see `briefing`.

    Raises:
        DateBeforeRecord: the day is before the record's first entry.
    """
    require_days(record, asof)
    since = since or asof.on - timedelta(days=DAYS_BACK)
    changes = changed(record, max(since, first_day(record)), asof)
    progress("record: state of play")
    state = status_of(record, asof, world_name)["data"]
    data: dict[str, Any] = {
        **{key: state[key] for key in ("dispute", "title", "on", "known_by", "assume")},
        "parties": list(record.settings.parties),
        "freshness": _freshness(record, state),
        "bottom_line": bottom_line(state, changes),
        "changed": changes,
        "state": state,
        "law": law_lines(record, asof, state, trade_of(record, *record.settings.parties, world_name).lines),
        "calendar": calendar(record, asof, state),
        "history": history(record, asof),
        "truces": truces(record, asof),
        "talks": [talk_summary(t) for t in sorted(_talks(record, asof), key=lambda t: t.date or "")],
        "method": {"base_day": record.settings.base_day},
        "sources": sources(record, asof),
    }
    data["entries"] = cited_entries(record, data)
    query = {
        "dispute": record.settings.name,
        "on": asof.on.isoformat(),
        "known_by": asof.known_by.isoformat() if asof.known_by else None,
        "assume": asof.assume.value if asof.assume else None,
        "since": since.isoformat(),
    }
    entries = {e for d in state["duties"].values() for layer in d["layers"] for e in layer["entries"]}
    provenance = {"record_hash": record.digest, "entries": sorted(entries)}
    return envelope("day", query, data, provenance=provenance)


def _both_would_sign(
    record: Record, branches: dict[str, AsOf], missing: list[str], world_name: str, progress: Progress
) -> dict[str, Any]:
    """The short term sheet of the day; only where costs can be computed and the law of the day is known."""
    if missing or len(branches) > 1:
        why = (
            "costs are not computed"
            if missing
            else "what is in force on the day is unknown; ask for a branch"
        )
        return {"deal": None, "why": why}
    (asof,) = branches.values()
    return signable(record, asof, world_name, progress)


def _without_trade(record: Record, world_name: str) -> list[str]:
    """Why costs cannot be computed, in sentences; empty where they can."""
    first, second = record.settings.parties
    flows = ((first, second), (second, first))
    return [
        f"What it costs and whom is not computed: {trade.basis}."
        for trade in (trade_of(record, *flow, world_name) for flow in flows)
        if trade.lines is None
    ]


def _certificate(cost: dict[str, Any]) -> Any | None:
    """Of the first solution shown; None where nothing was solved."""
    first = next(iter(cost.values()), None)
    return None if first is None else first["scenarios"][0]["numbers"].get("certificate")


def _branches(record: Record, asof: AsOf) -> dict[str, AsOf]:
    """One branch where every duty is known or a branch is assumed; both where the record cannot say."""
    if asof.assume is not None or not unknown_duties(record, asof):
        return {asof.assume.value if asof.assume else "known": asof}
    return {branch.value: replace(asof, assume=branch) for branch in Assume}


def _costs(record: Record, branches: dict[str, AsOf], world: World, progress: Progress) -> dict[str, Any]:
    """Every what-if of the day through the economy, branch by branch, solved in one run."""
    weights = weights_for(record, world.name)
    found = {name: scenarios(record, asof, world.economies) for name, asof in branches.items()}
    policies = {
        f"{name} {scenario.key}": scenario.policy.on(weights)
        for name, listed in found.items()
        for scenario in listed
    }
    result = costs.run(world, policies, progress=progress)
    parties = record.settings.parties
    return {
        name: {
            "reference": f"long-run changes from the duties of {record.settings.base_day}",
            "central": result.variants[0].as_dict(),
            "variants": [v.as_dict() for v in result.variants],
            "scenarios": [
                {
                    "key": s.key,
                    "name": s.name,
                    "legal": s.legal,
                    "all_goods_percent": s.all_goods_percent,
                    "duty_change_points": _duty_change(s, weights, parties),
                    "numbers": costs.scenario_numbers(result, f"{name} {s.key}", parties, f"{name} today"),
                }
                for s in listed
            ],
        }
        for name, listed in found.items()
    }


def _duty_change(scenario: Scenario, weights: Weights, parties: tuple[str, str]) -> dict[str, float]:
    """Trade-weighted change of the duties of each side from the base day, in points."""
    first, second = parties
    found = {}
    for importer, exporter in ((first, second), (second, first)):
        line_set = weights.between(importer, exporter)
        duties = Policy(tuple(r for r in scenario.policy.rows if r.instrument == "import_duty"))
        value = line_set.values(exporter)
        rates = duties.rate_by_line(line_set, exporter)
        found[direction_key(importer, exporter)] = float((rates * value).sum() / value.sum())
    return found


def _freshness(record: Record, state: dict[str, Any]) -> dict[str, Any]:
    past = state["past_checked_days"]
    words = f"Record checked to {state['checked_to']}; {state['unverified_count']} entries unverified."
    if past:
        words += f" The day shown is {past} days past the last check: what happened since is not on record."
    return {
        "checked_to": state["checked_to"],
        "past_checked_days": past,
        "unverified_count": state["unverified_count"],
        "unverified": unverified(record),
        "entries": len(record.entries),
        "sentence": words,
    }


def _talks(record: Record, asof: AsOf) -> list[Talk]:
    return [t for t in record.of(Talk) if known_on(t, asof) and t.state == "held"]


def assessments(record: Record, asof: AsOf) -> list[dict[str, Any]]:
    """Named judgements made by the day, newest first."""
    found = [a for a in record.of(Assessment) if known_on(a, asof)]
    return [
        {
            "id": a.id,
            "date": a.date,
            "by": a.by.name,
            "office": a.by.office,
            "says": a.says,
            "readings": list(a.readings),
            "resolvable_by": a.resolvable_by,
        }
        for a in sorted(found, key=lambda a: a.date or "", reverse=True)
    ]


def calendar(record: Record, asof: AsOf, state: dict[str, Any]) -> list[dict[str, Any]]:
    """What is due after the day, soonest first: clocks, steps already in law, threats, terms."""
    rows = [{"date": c["expires"][:10], "what": c["what"], "entries": c["entries"]} for c in state["clocks"]]
    knowledge = min(asof.on, asof.known_by) if asof.known_by else asof.on
    then = AsOf(asof.on, knowledge)
    for threat in record.of(Threat):
        if threat.deadline and known_on(threat, then) and parse_moment(threat.deadline).day > asof.on:
            rows.append(
                {
                    "date": threat.deadline[:10],
                    "what": f"threat due: {threat.would_do}",
                    "entries": [threat.id],
                }
            )
    for agreement in record.of(Agreement):
        if not known_on(agreement, then):
            continue
        for term in agreement.terms:
            if term.due and parse_moment(term.due).day > asof.on:
                words = f"due from {term.by}: {term.does}"
                rows.append({"date": term.due[:10], "what": words, "entries": [agreement.id]})
    seen: set[tuple[str, str]] = set()
    unique = []
    for row in sorted(rows, key=lambda r: (r["date"], r["what"])):
        if (row["date"], row["what"]) not in seen:
            seen.add((row["date"], row["what"]))
            unique.append(row)
    return unique


def history(record: Record, asof: AsOf) -> list[dict[str, Any]]:
    """All-goods rates of each side on every day on which one changed, to the day asked."""
    first, second = record.settings.parties
    flows = ((first, second), (second, first))
    days = {parse_day(record.settings.base_day), asof.on}
    for measure in record.of(Measure):
        if measure.instrument is Instrument.IMPORT_DUTY and measure.scope.all_goods:
            for state in measure.states:
                days.add(parse_moment(state.effective).day)
                if state.expires:
                    days.add(parse_moment(state.expires).day)
    rows = []
    for day in sorted(d for d in days if d <= asof.on):
        at = AsOf(day, asof.known_by, asof.assume)
        row: dict[str, Any] = {"date": day.isoformat()}
        for importer, exporter in flows:
            states = duty_states(record, importer, exporter, at)
            known = all(s.status != "unknown" for s in states)
            row[direction_key(importer, exporter)] = all_goods_percent(record, states) if known else None
        rows.append(row)
    return rows


def truces(record: Record, asof: AsOf) -> list[dict[str, Any]]:
    """Truces and joint statements that hold duties down, with their spans, for shading."""
    in_play = {a.id for a in agreements_in_play(record, asof)}
    return [
        {
            "id": a.id,
            "title": a.title,
            "start": a.start[:10],
            "end": a.end[:10] if a.end else None,
            "holds": a.id in in_play,
        }
        for a in record.of(Agreement)
        if known_on(a, asof) and a.form in ("truce", "joint_statement", "signed_agreement", "fact_sheets")
    ]


LIMITS = [
    "No exchange rate, no money, no unemployment and no uncertainty channel: wages clear every market.",
    "The economy compares long-run balances: labour moves freely between sectors, so it is no forecast of a "
    "first year, and lowering the elasticities alone does not make it one.",
    "Flows are those of 2022 and input shares those of 2020; duties start from 19 January 2025.",
    "One services sector: nothing here shows a change inside services.",
    "Export and use controls, licences, visas and screening are listed, not priced; only duties and a named "
    "trade cost go through the economy.",
    "A model with fixed supply in each seller cannot show bystanders exporting more to everyone, as was seen "
    "in 2018-19.",
    "Duty revenue is at statutory rates.",
    "Elasticities are halved and quartered, never raised: a central number lies near one end of its range.",
    "Where the government spends the revenue, household income leaves out what it buys: a lower bound.",
    "Entries are written with hindsight: --known-by holds back events and states, not words inside an entry.",
    "Exclusions described in words below ten digits are not in the averages.",
]


def method(record: Record, world: World) -> dict[str, Any]:
    """How the numbers were made, with the equation's source."""
    return {
        "model": costs.MODEL,
        "sentence": (
            "Multi-sector general equilibrium with input-output links in exact hat algebra (Caliendo and "
            f"Parro 2015), {len(world.economies)} economies and {len(world.sectors)} sectors; deficits fixed "
            "to world income unless said otherwise; every solution certified to 1e-10."
        ),
        "world": world.name,
        "flow_year": world.flow_year,
        "base_day": world.base_day,
        "unit": world.unit,
        "sector_names": sector_names(world.name),
        "central": costs.variants(world)[0].as_dict(),
        "variants": len(costs.variants(world)),
        "households": {k: v for k, v in world.households.items() if k in record.settings.parties},
    }


def sources(record: Record, asof: AsOf) -> list[dict[str, Any]]:
    """Sources cited by entries of the day or earlier, with the day each was read."""
    cited: dict[str, int] = {}
    for entry in record.entries.values():
        if isinstance(entry, Source) or not isinstance(entry, Entry) or not known_on(entry, asof):
            continue
        for citation in entry.sources:
            cited[citation.source] = cited.get(citation.source, 0) + 1
    found = [(record.get(name), count) for name, count in cited.items()]
    return [
        {
            "id": s.id,
            "title": s.title,
            "publisher": s.publisher,
            "url": s.url,
            "published": s.published,
            "accessed": s.accessed,
            "form": s.form,
            "origin": s.origin,
            "opened": s.opened,
            "cited_by": count,
        }
        for s, count in sorted(
            found, key=lambda pair: (pair[0].publisher, pair[0].id) if pair[0] else ("", "")
        )
        if s is not None
    ]
