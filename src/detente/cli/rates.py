"""Commands about duties by line of goods: rate, average, portfolio."""

from __future__ import annotations

from typing import Any

import click

from detente.cli.record import ASSUME, DISPUTE, JSON, KNOWN_BY, ON, print_json, query_days

IMPORTER = click.option("--importer", metavar="LABEL", help="Whose duties; default: the first party.")
EXPORTER = click.option("--exporter", metavar="LABEL", help="Whose goods; default: the other party.")


def flow_asked(record: Any, importer: str | None, exporter: str | None = None) -> tuple[str, str]:
    """Labels of importer and exporter, each defaulting to a party of the dispute."""
    first, second = record.settings.parties
    buyer = (importer or (second if (exporter or "").upper() == first else first)).upper()
    return buyer, (exporter or (first if buyer == second else second)).upper()


def read_record(dispute: str) -> Any:
    """A record that is sound, or the error that says where it is not."""
    from detente.record.checks import require_sound
    from detente.record.files import load_record

    record = load_record(dispute)
    require_sound(record)
    return record


def days_of(asof: Any) -> dict[str, Any]:
    """The two days of a question and the branch, as a query shows them."""
    return {
        "on": asof.on.isoformat(),
        "known_by": asof.known_by.isoformat() if asof.known_by else None,
        "assume": asof.assume.value if asof.assume else None,
    }


def cited(lines: Any) -> list[str]:
    """Ids of all entries that lines rest on, sorted."""
    return sorted({entry for line in lines for entry in line["entries"]})


@click.command()
@DISPUTE
@IMPORTER
@EXPORTER
@click.option("--hs", required=True, metavar="CODE", help="HS code, 2 to 10 digits, with or without dots.")
@ON
@KNOWN_BY
@ASSUME
@click.option(
    "--content-share",
    type=float,
    metavar="SHARE",
    help="Share of value that is metal, where a duty falls on metal content; default: the list's mean.",
)
@JSON
def rate(
    dispute: str,
    importer: str | None,
    exporter: str | None,
    hs: str,
    on: str | None,
    known_by: str | None,
    assume: str | None,
    content_share: float | None,
    as_json: bool,
) -> None:
    """The duties on a good on a day: the general rate and every duty on top, with reasons.

    A code shorter than the lines that decide shows each distinct stack. Rates are ad valorem on customs value
    and add up; what is not covered is named, and is not in the total.

    Example: detente rate us-china --importer USA --exporter CHN --hs 7326.90.8688 --on 2025-05-20
    """
    from detente.analysis.rates import rate_of
    from detente.core.errors import InvalidOption
    from detente.core.results import envelope

    if content_share is not None and not 0 <= content_share <= 1:
        raise InvalidOption(
            f"--content-share {content_share:g}",
            where="--content-share",
            why="a share of value lies between 0 and 1",
            instead="--content-share 0.4",
        )
    record = read_record(dispute)
    asof = query_days(record, on, known_by, assume)
    importer, exporter = flow_asked(record, importer, exporter)
    data = rate_of(record, importer, exporter, hs, asof, content_share=content_share)
    if as_json:
        query = {"dispute": dispute} | {key: data[key] for key in ("importer", "exporter", "hs")}
        query |= days_of(asof) | {"content_share": content_share}
        entries = cited(line for stack in data["stacks"] for line in stack["lines"])
        provenance = {"record_hash": record.digest, "entries": entries}
        print_json(envelope("rate", query, data, provenance=provenance))
    else:
        from detente.cli.rates_text import print_rate

        print_rate(data)


@click.command()
@DISPUTE
@IMPORTER
@EXPORTER
@click.option(
    "--by",
    type=click.Choice(["imports", "simple", "exports-by-sector"]),
    default="imports",
    show_default=True,
    help="What the average is weighted with.",
)
@click.option("--from", "first", metavar="DAY", help="First day; default: the base day of the dispute.")
@click.option("--to", "last", metavar="DAY", help="Last day; default: the last day checked.")
@KNOWN_BY
@ASSUME
@JSON
def average(
    dispute: str,
    importer: str | None,
    exporter: str | None,
    by: str,
    first: str | None,
    last: str | None,
    known_by: str | None,
    assume: str | None,
    as_json: bool,
) -> None:
    """The average duty on a flow after each legal change, by name of its weights.

    Published averages stand beside ours on their days, with why they differ.

    Example: detente average us-china --by imports --from 2025-01-19 --to 2026-08-31
    """
    from detente.analysis.averages import By, averages
    from detente.analysis.state import first_day
    from detente.core.days import parse_day
    from detente.core.results import envelope
    from detente.record.asof import Assume

    record = read_record(dispute)
    start = parse_day(record.settings.base_day if first is None else first, where="--from")
    if first is None:
        start = max(start, first_day(record))
    end = parse_day(record.settings.checked_to if last is None else last, where="--to")
    known = None if known_by is None else parse_day(known_by, where="--known-by")
    branch = Assume(assume) if assume else None
    flow = flow_asked(record, importer, exporter)
    data = averages(record, *flow, By(by), start, end, known_by=known, assume=branch)
    if as_json:
        query = {"dispute": dispute, "importer": flow[0], "exporter": flow[1], "by": by}
        query |= {"from": start.isoformat(), "to": end.isoformat(), "known_by": known_by, "assume": assume}
        print_json(envelope("average", query, data, provenance={"record_hash": record.digest}))
    else:
        from detente.cli.rates_text import print_average

        print_average(data)


@click.command()
@DISPUTE
@click.argument("file", type=click.Path(dir_okay=False))
@IMPORTER
@ON
@click.option("--since", metavar="DAY", help="Show the change of the bill since this day.")
@KNOWN_BY
@ASSUME
@JSON
def portfolio(
    dispute: str,
    file: str,
    importer: str | None,
    on: str | None,
    since: str | None,
    known_by: str | None,
    assume: str | None,
    as_json: bool,
) -> None:
    """The duty bill of a list of goods: today, since a day, in each scenario, and what can be claimed back.

    FILE is a CSV with the columns hs, origin and annual_value_usd. A bad row stops the command with its line.

    Example: detente portfolio us-china lines.csv --on 2026-03-01 --since 2025-01-19
    """
    from pathlib import Path

    from detente.analysis.portfolio import portfolio as bills_of
    from detente.analysis.portfolio import read_portfolio
    from detente.cli.progress import Progress
    from detente.core.days import parse_day
    from detente.core.results import envelope

    record = read_record(dispute)
    asof = query_days(record, on, known_by, assume)
    start = None if since is None else parse_day(since, where="--since")
    importer, _ = flow_asked(record, importer)
    rows = read_portfolio(Path(file), importer, record)
    with Progress() as progress:
        data = bills_of(record, rows, importer, asof, start, progress)
    if as_json:
        query = {"dispute": dispute, "file": file, "importer": importer, "since": since}
        provenance = {"record_hash": record.digest, "entries": cited(data["rows"])}
        print_json(envelope("portfolio", query | days_of(asof), data, provenance=provenance))
    else:
        from detente.cli.rates_text import print_portfolio

        print_portfolio(data)
