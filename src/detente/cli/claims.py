"""Commands about words and contacts: claims, first-since, analogues."""

from __future__ import annotations

import click

from detente.cli.record import DISPUTE, JSON, KNOWN_BY, ON, print_json, query_days

PATTERN_HELP = """A PATTERN is field=value,field=value with the fields kind, level, mode, track, state,
    asked_by, person, side, topic, instrument. Alternatives: mode=phone|video; upwards: level=minister+.
    Without a kind it means official talks that were held in person, by phone or by video."""


@click.command()
@DISPUTE
@click.option("--open", "only_open", is_flag=True, help="Leave out claims that are settled on the day.")
@click.option("--side", metavar="PLACE", help="Only claims by this side.")
@click.option("--topic", metavar="WORD", help="Only claims on this topic.")
@ON
@KNOWN_BY
@JSON
def claims(
    dispute: str,
    only_open: bool,
    side: str | None,
    topic: str | None,
    on: str | None,
    known_by: str | None,
    as_json: bool,
) -> None:
    """Who says what, what stands against it, by which chain, and what happened later.

    With them: contradictions inside one side, talks with one side's account only, and how often the claims
    of each side on record were later confirmed, denied or contradicted.

    Example: detente claims us-china --open --on 2025-06-03
    """
    from detente.analysis.contested import contested
    from detente.cli.law import require_place
    from detente.core.results import envelope
    from detente.record.files import load_record

    record = load_record(dispute)
    asof = query_days(record, on, known_by, None)
    if side is not None:
        require_place(side, "--side")
    data = contested(record, asof, only_open=only_open, side=side, topic=topic)
    if as_json:
        query = {
            "dispute": dispute, "open": only_open, "side": side, "topic": topic, "on": asof.on.isoformat(),
            "known_by": known_by,
        }  # fmt: skip
        entries = sorted(pair["claim"]["id"] for pair in data["pairs"])
        origin = {"record_hash": record.digest, "entries": entries}
        print_json(envelope("claims", query, data, provenance=origin))
    else:
        from detente.cli.claims_text import print_claims

        print_claims(data)


@click.command(name="first-since", epilog=PATTERN_HELP)
@DISPUTE
@click.argument("pattern")
@ON
@KNOWN_BY
@JSON
def first_since(dispute: str, pattern: str, on: str | None, known_by: str | None, as_json: bool) -> None:
    """When something last happened to the end of a day, and the time before that.

    \b
    Example:
      detente first-since us-china "level=leader,mode=phone" --on 2025-06-05
      detente first-since us-china "kind=agreement" --on 2025-05-12
    """
    from detente.analysis.contacts import first_since as first_since_of
    from detente.analysis.contacts import parse_pattern
    from detente.core.results import envelope
    from detente.record.files import load_record

    record = load_record(dispute)
    asof = query_days(record, on, known_by, None)
    data = first_since_of(record, parse_pattern(pattern, "PATTERN"), asof)
    if as_json:
        query = {"dispute": dispute, "pattern": pattern, "on": asof.on.isoformat(), "known_by": known_by}
        entries = [event["id"] for event in (data["last"], data["before"]) if event]
        origin = {"record_hash": record.digest, "entries": entries}
        print_json(envelope("first-since", query, data, provenance=origin))
    else:
        from detente.cli.claims_text import print_first_since

        print_first_since(data)


@click.command(epilog=PATTERN_HELP)
@DISPUTE
@click.option("--when", required=True, metavar="PATTERN", help="The event that starts a case.")
@click.option("--then", "follower", required=True, metavar="PATTERN", help="The event that may follow.")
@click.option("--within", "within_days", type=int, default=30, show_default=True, help="Days to wait for it.")
@click.option("--last", type=int, help="Only the newest cases; default: all.")
@ON
@KNOWN_BY
@JSON
def analogues(
    dispute: str,
    when: str,
    follower: str,
    within_days: int,
    last: int | None,
    on: str | None,
    known_by: str | None,
    as_json: bool,
) -> None:
    """What followed the last times something happened: cases, n, and the rate beside the base rate.

    Few cases are few cases: shares are rounded to 5 points and stand beside their n.

    Example: detente analogues us-china --when level=deputy+ --then level=leader --within 30 --on 2025-06-03
    """
    from detente.analysis.contacts import analogues as analogues_of
    from detente.analysis.contacts import parse_pattern
    from detente.core.results import envelope
    from detente.record.files import load_record

    record = load_record(dispute)
    asof = query_days(record, on, known_by, None)
    start, end = parse_pattern(when, "--when"), parse_pattern(follower, "--then")
    data = analogues_of(record, start, end, within_days, asof, last)
    if as_json:
        query = {
            "dispute": dispute, "when": when, "then": follower, "within": within_days, "last": last,
            "on": asof.on.isoformat(), "known_by": known_by,
        }  # fmt: skip
        entries = [case["id"] for case in data["cases"]]
        origin = {"record_hash": record.digest, "entries": entries}
        print_json(envelope("analogues", query, data, provenance=origin))
    else:
        from detente.cli.claims_text import print_analogues

        print_analogues(data)
