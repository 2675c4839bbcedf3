"""Answers about law over time as text. Every number here is in the JSON of the same command."""

from __future__ import annotations

from typing import Any

from detente.cli.terminal import heading, number, say, table
from detente.core.places import name_of


def print_owed(data: dict[str, Any]) -> None:
    """`detente owed` for a reader."""
    flow = f"{name_of(data['importer'])} on goods of {name_of(data['exporter'])}"
    known = f", as known by {data['known_by']}" if data["known_by"] else ""
    what = f", HS {data['hs']}" if data["hs"] else ""
    loaded = f", loaded by {data['loaded']}" if data["loaded"] else ""
    heading(flow, f"{what}, entered {data['from']} to {data['to']}{loaded}{known}")
    say(
        "percent of customs value; refundable: collected and not owed; contested: a ruling that does not bind"
    )
    by_measure: dict[str, list[dict[str, Any]]] = {}
    for span in data["spans"]:
        by_measure.setdefault(span["measure"], []).append(span)
    if not by_measure:
        say("no duty was owed or collected")
    totals = {total["measure"]: total for total in data["totals"]}
    for measure, spans in by_measure.items():
        say()
        heading(spans[0]["title"], f"  {measure}")
        rows = [
            (
                span["from"],
                span["to"],
                _rate(span, "owed_percent"),
                _rate(span, "collected_percent"),
                _rate(span, "refundable_percent"),
                number(span["contested_percent"]) if span["contested_percent"] else "",
                span["refundable_since"] or "",
                span["why"],
            )
            for span in spans
        ]
        columns = ("from", "to", "owed", "collected", "refundable", "contested", "known since", "why")
        table(columns, rows)
        total = totals[measure]
        if "owed_usd_million" in total:
            say(
                f"USD million: owed {total['owed_usd_million']:,.0f}, collected "
                f"{total['collected_usd_million']:,.0f}, refundable {total['refundable_usd_million']:,.0f}"
                f" ({data['basis']})"
            )


def _rate(span: dict[str, Any], name: str) -> str:
    if span[name] is not None:
        return number(span[name])
    return "by list" if span["rate_by_list"] else "unknown"
