"""Duties by line on a terminal."""

from __future__ import annotations

from typing import Any

from detente.cli.terminal import heading, number, say, table
from detente.core.places import the

MOST_CODES_SHOWN = 6


def dotted(code: str) -> str:
    """An HS code as people write it: 7326.90.8688."""
    return ".".join(part for part in (code[:4], code[4:6], code[6:]) if part)


def print_rate(data: dict[str, Any]) -> None:
    """One stack of duties, or each distinct one."""
    heading(
        f"{the(data['importer'])} on goods of {the(data['exporter'])}, HS {dotted(data['hs'])},"
        f" at the end of {data['on']}"
    )
    if data["message"]:
        say(data["message"])
    for stack in data["stacks"]:
        if len(data["stacks"]) > 1:
            say()
            claims = f", goods that claim the {stack['claims']}" if stack["claims"] else ""
            heading(_codes(stack["codes"]) + claims)
        _stack(stack)
    say()
    _shared(data)


def _codes(codes: list[str]) -> str:
    shown = ", ".join(dotted(code) for code in codes[:MOST_CODES_SHOWN])
    more = len(codes) - MOST_CODES_SHOWN
    return f"{shown} and {more} more" if more > 0 else shown


def _stack(stack: dict[str, Any]) -> None:
    rows = []
    for line in stack["lines"]:
        about = "about " if line["estimated"] else ""
        rows.append((line["authority"], about + number(line["rate_percent"]), line["why"]))
    if stack["total_percent"] is not None:
        total = number(stack["total_percent"])
    elif stack["branches"]:
        total = " or ".join(f"{number(value)} if {name}" for name, value in stack["branches"].items())
    else:
        total = f"not known; {number(stack['covered_percent'])} and what is not covered"
    table(("duty", "percent", "why"), [*rows, ("total", total, "percent of customs value")])
    reasons = [row for row in stack["not_applied"] if row["rule"] != "other_goods"]
    if reasons:
        say("not paid:")
        for row in reasons:
            say(f"  {row['title']}: {row['why']}")
    rest = len(stack["not_applied"]) - len(reasons)
    if rest:
        say(f"  and {rest} duties in force on other goods")
    if stack["not_covered"]:
        say("not covered, and not in the total:")
        for row in stack["not_covered"]:
            say(f"  {row['authority']}: {row['why']}")


def _shared(data: dict[str, Any]) -> None:
    vat = data.get("vat")
    if vat:
        rates = " or ".join(number(rate) for rate in vat["possible_percent"])
        with_duty = vat["with_duty_percent"]
        total = f"; with the duty {number(with_duty)} percent" if with_duty is not None else ""
        say(f"apart: value-added tax of {rates} percent on value plus duty{total}")
    for parcel in data["small_parcels"]:
        say(f"small parcels ({parcel['state'].replace('_', ' ')}): {parcel['why']}")
    for note in data["notes"]:
        say(f"note: {note}")


def print_panel(data: dict[str, Any]) -> None:
    """Rows of the panel: line, stretch of time, duty and what it is made of."""
    rows = [
        (
            dotted(row["hs"]),
            row["from"],
            row["to"] or "",
            number(row["general_percent"]),
            number(row["added_percent"]),
            number(row["total_percent"]),
            ", ".join(
                f"{duty['entry'].removeprefix('measure-')} {number(duty['rate_percent'])}"
                for duty in row["duties"]
            ),
        )
        for row in data["rows"]
    ]
    table(("line", "from", "to", "general", "added", "total", "duties"), rows)
    say(f"{len(rows)} rows; percent of customs value; the record was checked to {data['checked_to']}")


def print_average(data: dict[str, Any]) -> None:
    """The average after each change, and what others published."""
    heading(f"{the(data['importer'])} on goods of {the(data['exporter'])}, average by {data['by']}")
    say(f"weights: {data['weights']}")
    if data["base"]:
        say(f"base: {number(round(data['base']['percent'], 2))} percent, {data['base']['what']}")
    rows = [
        (
            row["from"],
            row["to"],
            *(_two(row[k]) for k in ("change_points", "total_percent", "statutory_percent")),
        )
        for row in data["rows"]
    ]
    heads = ("from", "to", f"points since {data['base_day']}", "base and points", "by law, with general duty")
    table(heads, rows)
    if data["published"]:
        say()
        heading("published beside ours")
        shown = []
        for row in data["published"]:
            unit = "points" if "theirs_points" in row else "percent"
            theirs, ours = _two(row[f"theirs_{unit}"]), _two(row[f"ours_{unit}"])
            shown.append(
                (row["series"], row["date"], unit, theirs, ours, _two(row["difference_points"]), row["why"])
            )
        table(("series", "day", "in", "theirs", "ours", "difference", "why"), shown)


def _two(value: float | None) -> str:
    return "unknown" if value is None else f"{value:.2f}"


def print_portfolio(data: dict[str, Any]) -> None:
    """Rows with their bills, then totals by scenario."""
    rows = [
        (
            dotted(row["hs"]),
            row["origin"],
            f"{row['annual_value_usd']:,.0f}",
            _span(row, "rate_percent", ".4g"),
            _span(row, "bill_usd"),
            _span(row, "change_since_usd") if data["since"] else "",
            _span(row, "refundable_usd"),
        )
        for row in data["rows"]
    ]
    totals = data["totals"]
    change = f"change since {data['since']}" if data["since"] else ""
    last = (
        "total",
        "",
        f"{totals['annual_value_usd']:,.0f}",
        "",
        _span(totals, "bill_usd"),
        _span(totals, "change_since_usd") if data["since"] else "",
        _span(totals, "refundable_usd"),
    )
    heading(f"duty bill of {the(data['importer'])} at the end of {data['on']}, USD a year")
    table(("line", "origin", "value", "percent", "bill", change, "claim back"), [*rows, last])
    say()
    shown = [(s["name"], _span(s, "bill_usd"), _span(s, "change_usd")) for s in data["scenarios"]]
    table(("scenario", "bill", "change from today"), shown)
    uncovered = sorted({name for row in data["rows"] for name in row["not_covered"]})
    if uncovered:
        say(f"not covered, and not in any bill: {', '.join(uncovered)}")
    say(data["basis"])


def _span(row: dict[str, Any], name: str, form: str = ",.0f") -> str:
    head, unit = name.rsplit("_", 1)
    low, high = row[f"{head}_low_{unit}"], row[f"{head}_high_{unit}"]
    if low is None or high is None:
        return "not known"
    return f"{low:{form}}" if low == high else f"{low:{form}} to {high:{form}}"
