"""Answers about words and contacts as text. Every number here is in the JSON of the same command."""

from __future__ import annotations

from typing import Any

from detente.cli.terminal import heading, say, table
from detente.core.places import name_of


def _words(text: str) -> str:
    return text.replace("_", " ")


def print_claims(data: dict[str, Any]) -> None:
    """`detente claims` for a reader."""
    known = f", as known by {data['known_by']}" if data["known_by"] else ""
    heading(
        f"Claims on {data['on']}", f"{known}: {len(data['pairs'])}; record checked to {data['checked_to']}"
    )
    for pair in data["pairs"]:
        say()
        claim = pair["claim"]
        heading(
            f"{claim['date']}  {claim['by']}",
            f"  [{_words(pair['state'])} since {pair['since']}]  {claim['id']}",
        )
        say(f"  says: {claim['says']}")
        if claim["chain"]:
            say("  chain: " + " > ".join(_step(step) for step in claim["chain"]))
        for other in pair["against"]:
            say(f"  {other['relation']}: {other['by']}, {other['date']}: {other['says']}  {other['id']}")
        if pair["cause"] and pair["cause"]["id"] not in {other["id"] for other in pair["against"]}:
            say(f"  by: {pair['cause']['title']}  {pair['cause']['id']}")
        for step in pair["later"]:
            cause = f": {step['cause']['title']}" if step["cause"] else ""
            say(f"  later, {step['since']}: {_words(step['state'])}{cause}")
    say()
    heading("Contradictions inside one side", f" ({len(data['contradictions_inside_one_side'])})")
    for found in data["contradictions_inside_one_side"]:
        say(f"{found['side']}  {found['first']['date']}  {found['first']['by']}: {found['first']['says']}")
        say(f"     {found['second']['date']}  {found['second']['by']}: {found['second']['says']}")
    say()
    heading("Talks told by one side only or not alike", f" ({len(data['one_sided_readouts'])})")
    for talk in data["one_sided_readouts"]:
        silent = ", ".join(map(name_of, talk["silent"]))
        say(f"{talk['date']}  {talk['title']}{f' (no account on record from: {silent})' if silent else ''}")
        for readout in talk["readouts"]:
            if readout["leaves_out"]:
                say(f"    {readout['side']} leaves out: {readout['leaves_out']}")
    say()
    heading("How claims of each side stand", "  (claims on record, not a sample)")
    for side in data["consistency_by_side"]:
        for group in ("statements", "accusations"):
            counts = side[group]
            parts = [f"{count} {_words(name)}" for name, count in counts.items() if name != "n" and count]
            say(f"{name_of(side['side'])}, {group}: {', '.join(parts) or 'none'} (n = {counts['n']})")


def _step(step: dict[str, Any]) -> str:
    to = f" {step['to']}" if step["to"] else ""
    return f"{step['who']} {step['verb']}{to}"


def print_first_since(data: dict[str, Any]) -> None:
    """`detente first-since` for a reader."""
    heading(data["pattern"], f"  to {data['on']}; {data['n']} on record since {data['record_from']}")
    last, before = data["last"], data["before"]
    if last is None:
        say("never, on this record")
        return
    say(f"last: {last['date']}  {last['title']}  ({data['days_since_last']} days before)  {last['id']}")
    if before is None:
        say(f"the first on this record, which begins on {data['record_from']}")
    else:
        say(f"first since: {before['date']}  {before['title']}  ({data['gap_days']} days)  {before['id']}")


def print_analogues(data: dict[str, Any]) -> None:
    """`detente analogues` for a reader."""
    heading(f"{data['when']}, then {data['then']} within {data['within_days']} days", f"  to {data['on']}")
    rows = [
        (
            case["date"],
            case["title"],
            "open" if case["followed"] is None else ("yes" if case["followed"] else "no"),
            f"{case['after_days']} days: {case['by']['title']}" if case["by"] else "",
        )
        for case in data["cases"]
    ]
    if rows:
        table(("date", "case", "followed", "by"), rows)
    share, base = data["followed_share"], data["base_rate"]
    if share is None:
        say("no closed case on record")
        return
    followed = f"{data['followed_n']} of {data['n']} closed cases"
    say(f"{followed} (about {100 * share:.0f} percent); {data['open_n']} open")
    if base["hit_share"] is not None:
        say(
            f"any day of that stretch: {base['hit_days']} of {base['days']} windows"
            f" (about {100 * base['hit_share']:.0f} percent)"
        )
