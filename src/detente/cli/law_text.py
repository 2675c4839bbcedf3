"""Answers about law over time as text. Every number here is in the JSON of the same command."""

from __future__ import annotations

from typing import Any

from detente.cli.terminal import heading, number, say, table
from detente.cli.text import direction_words, print_decided, print_move
from detente.core.places import name_of

USABLE_WORDS = {"yes": "usable", "contested": "contested", "no": "not usable"}


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


def print_difference(data: dict[str, Any]) -> None:
    """`detente diff` for a reader."""
    known = f", as known by {data['known_by']}" if data["known_by"] else ""
    heading(f"From {data['from']} to {data['to']}", f"{known}; record checked to {data['checked_to']}")
    for key, totals in data["all_goods_additional_percent"].items():
        before, after = number(totals["before"]), number(totals["after"])
        say(f"{direction_words(key)}: {before} -> {after} points added on all goods since 20 January 2025")
    say()
    heading("Law")
    for move in data["law"]:
        _print_move(move)
    print_decided(data)
    if not (data["law"] or data["exemptions"] or data["backdated"] or data["rulings"]):
        say("no change on record")
    for title, moves in (("Not law", data["not_law"]), ("Unknown", data["undecided"])):
        if moves:
            say()
            heading(title)
            for move in moves:
                _print_move(move)
    say()
    heading("Agreements", f" ({len(data['agreements'])})")
    for event in data["agreements"]:
        say(f"{event['date']}  {event['title']}")
    say(f"and {len(data['talk'])} entries of talk: detente changed --since {data['from']}")


def _print_move(move: dict[str, Any]) -> None:
    print_move(move)
    verb = f"{move['verb']}; " if move["verb"] else ""
    why = move["why"]
    if move["message"]:
        say(f"    {move['message']}")
    elif why:
        say(f"    {verb}by {why['kind']}: {why['title']} ({why['date'] or 'undated'}; {why['id']})")


def print_commitments(data: dict[str, Any]) -> None:
    """`detente commitments` for a reader."""
    if not data["agreements"]:
        say("no such promise is on record on this day")
    for agreement in data["agreements"]:
        span = f"from {agreement['start'][:10]}" + (
            f" to {agreement['end'][:10]}" if agreement["end"] else ", no end set"
        )
        heading(agreement["title"], f"  {span}  {agreement['id']}")
        rows = [
            (
                str(term["number"] + 1),
                term["by"],
                term["does"],
                term["verb"] or term["effect"],
                (term["due"] or "")[:10],
                term["state"].replace("_", " ") + (", past due" if term["past_due"] else ""),
            )
            for term in agreement["terms"]
        ]
        table(("", "by", "does", "verb", "due", "state"), rows)
        for term in agreement["terms"]:
            for delivery in term["deliveries"]:
                share = delivery["of_promise_share"]
                of = "" if share is None else f", {100 * share:.0f} percent of the promise"
                amount = f"{delivery['amount']:g} {delivery['unit']}"
                by_whom = f"{delivery['counted_by']}; {delivery['source']}"
                say(f"  {term['number'] + 1}. {amount} by {delivery['to'][:10]}{of} ({by_whom})")
        for claim in agreement["accusations"]:
            say(f"  {claim['date']}  {claim['by']} ({claim['side']}) says {claim['breached_by']} broke it:")
            say(f"      {claim['says']}  [{claim['state'].replace('_', ' ')}]  {claim['id']}")
            for denial in claim["denials"]:
                say(f"      against: {denial['by']}, {denial['date']}: {denial['says']}  {denial['id']}")
        say()


def print_authorities(data: dict[str, Any]) -> None:
    """`detente authorities` for a reader."""
    heading(f"Authorities on {data['on']}", f"; record checked to {data['checked_to']}")
    if not data["authorities"]:
        say("none on record")
    for power in data["authorities"]:
        say()
        risk = f", litigation risk {power['litigation_risk']}" if power["litigation_risk"] else ""
        heading(
            f"{power['party']}  {power['title']}",
            f"  [{USABLE_WORDS[power['usable']]} since {power['since'] or 'never'}{risk}]  {power['id']}",
        )
        say(f"  {power['statute']}")
        say(f"  {power['why']}" + (f"  ({power['cause']})" if power["cause"] else ""))
        for name in ("scope", "cap", "needs", "notice", "duration", "renewal"):
            if power[name]:
                say(f"  {name}: {power[name]}")
        for use in power["in_use"][:6]:
            until = f", until {use['until'][:10]}" if use["until"] else ""
            say(f"  in use: {use['title']} ({use['state'].replace('_', ' ')}{until})")
        if len(power["in_use"]) > 6:
            say(f"  and {len(power['in_use']) - 6} more measures")
        for change in power["changes"]:
            say(f"  from {change['since']}: {USABLE_WORDS[change['usable']]}: {change['why']}")
