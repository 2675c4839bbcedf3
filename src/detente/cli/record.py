"""Commands that ask the record: status, changed, timeline, check."""

from __future__ import annotations

from typing import Any

import click

JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON object to stdout.")
DISPUTE = click.argument("dispute")
ON = click.option("--on", metavar="DAY", help="The day asked about; default: the last day checked.")
KNOWN_BY = click.option(
    "--known-by", metavar="DAY", help="Only what was public by the end of this day (UTC)."
)
ASSUME = click.option(
    "--assume",
    type=click.Choice(["lapsed", "extended"]),
    help="Branch to take past an expiry without successor.",
)


def query_days(record: Any, on: str | None, known_by: str | None, assume: str | None) -> Any:
    """The two days of a question, defaults filled in."""
    from detente.core.days import parse_day
    from detente.record.asof import AsOf, Assume

    return AsOf(
        on=parse_day(record.settings.checked_to if on is None else on, where="--on"),
        known_by=None if known_by is None else parse_day(known_by, where="--known-by"),
        assume=Assume(assume) if assume else None,
    )


def print_json(obj: Any) -> None:
    """One JSON object on stdout."""
    from detente.core.results import to_json

    click.echo(to_json(obj))


@click.command()
@DISPUTE
@ON
@KNOWN_BY
@ASSUME
@JSON
def status(dispute: str, on: str | None, known_by: str | None, assume: str | None, as_json: bool) -> None:
    """What is in force on a day, both ways, with clocks, controls, talks and claims.

    Example: detente status us-china --on 2025-05-20
    """
    from detente.analysis.baseline import status_of
    from detente.record.checks import require_sound
    from detente.record.files import load_record

    record = load_record(dispute)
    require_sound(record)
    asof = query_days(record, on, known_by, assume)
    answer = status_of(record, asof)
    if as_json:
        print_json(answer)
    else:
        from detente.cli.text import print_status

        print_status(answer["data"])


@click.command()
@DISPUTE
@click.option("--since", required=True, metavar="DAY", help="What changed after this day.")
@ON
@KNOWN_BY
@ASSUME
@JSON
def changed(
    dispute: str, since: str, on: str | None, known_by: str | None, assume: str | None, as_json: bool
) -> None:
    """What changed since a day, law apart from talk.

    Example: detente changed us-china --since 2025-06-03 --on 2025-06-05
    """
    from detente.analysis.changes import changed as changes_since
    from detente.core.days import parse_day
    from detente.core.results import envelope
    from detente.record.files import load_record

    record = load_record(dispute)
    asof = query_days(record, on, known_by, assume)
    data = changes_since(record, parse_day(since, where="--since"), asof)
    if as_json:
        query = {"dispute": dispute, "since": since, "on": asof.on.isoformat(), "known_by": known_by}
        print_json(envelope("changed", query, data, provenance={"record_hash": record.digest}))
    else:
        from detente.cli.text import print_changed

        print_changed(data)


@click.command()
@DISPUTE
@ON
@KNOWN_BY
@click.option("--since", metavar="DAY", help="Leave out what is older.")
@JSON
def timeline(dispute: str, on: str | None, known_by: str | None, since: str | None, as_json: bool) -> None:
    """Every event of a dispute, oldest first.

    Example: detente timeline us-china --since 2025-04-01 --on 2025-06-05
    """
    from detente.analysis.changes import timeline as rows_of
    from detente.analysis.state import require_days
    from detente.core.days import parse_day
    from detente.core.errors import InvalidOption
    from detente.core.results import envelope
    from detente.record.files import load_record

    record = load_record(dispute)
    asof = query_days(record, on, known_by, None)
    require_days(record, asof)
    first = None if since is None else parse_day(since, where="--since")
    if first is not None and first > asof.on:
        raise InvalidOption(
            f"since {since}", where="--since", why=f"it is after {asof.on}", instead="an earlier day"
        )
    rows = rows_of(record, asof, first)
    if as_json:
        query = {"dispute": dispute, "on": asof.on.isoformat(), "since": since, "known_by": known_by}
        print_json(envelope("timeline", query, {"events": rows}, provenance={"record_hash": record.digest}))
    else:
        from detente.cli.text import print_timeline

        print_timeline(rows)


@click.command()
@DISPUTE
@click.option(
    "--strict",
    is_flag=True,
    help="Also: nothing unverified, two origins or marked as one, no source or list left unused.",
)
@click.option(
    "--against", metavar="DISPUTE", help="An earlier state of the record: ids must still name what they did."
)
@JSON
def check(dispute: str, strict: bool, against: str | None, as_json: bool) -> int:
    """Check a record: every entry sourced, spans sane, links resolve, ids never reused, nothing twice.

    Leaves with status 2 when something is wrong.
    """
    from dataclasses import asdict

    from detente.analysis.state import unverified
    from detente.core.results import envelope
    from detente.record.checks import check_record
    from detente.record.entries import Source
    from detente.record.files import load_record
    from detente.record.identity import identity_problems
    from detente.record.origins import independent_origins
    from detente.record.strict import strict_problems
    from detente.strategy.agenda_file import agenda_problems

    record = load_record(dispute)
    problems = check_record(record) + agenda_problems(record)
    if strict:
        problems += strict_problems(record)
    if against is not None:
        problems += identity_problems(record, load_record(against))
    facts = [e for e in record.entries.values() if not isinstance(e, Source)]
    kinds: dict[str, int] = {}
    for entry in record.entries.values():
        kinds[entry.kind] = kinds.get(entry.kind, 0) + 1
    origins = [independent_origins(record, e) for e in facts]
    data = {
        "dispute": record.settings.name,
        "entries": len(record.entries),
        "by_kind": kinds,
        "two_or_more_origins": sum(n >= 2 for n in origins),
        "one_origin": sum(n == 1 for n in origins),
        "unverified": unverified(record),
        "conflicts_stored": sum(len(e.conflicts) for e in facts),
        "checked_to": record.settings.checked_to,
        "problems": [asdict(p) for p in problems],
    }
    if as_json:
        print_json(
            envelope(
                "check",
                {"dispute": dispute, "strict": strict, "against": against},
                data,
                provenance={"record_hash": record.digest},
            )
        )
    else:
        from detente.cli.text import print_check

        print_check(data)
    return 2 if problems else 0
