"""Commands about the panel of all duties: panel build, panel query."""

from __future__ import annotations

import click

from detente.cli.rates import EXPORTER, IMPORTER, flow_asked, read_record
from detente.cli.record import DISPUTE, JSON, ON, print_json


@click.group()
def panel() -> None:
    """All duties by line, partner and time, kept as Parquet files in the cache.

    Examples:
      detente panel build us-china
      detente panel query us-china --exporter VNM --hs 8541.42 --on 2025-09-01
    """


@panel.command()
@DISPUTE
@IMPORTER
@JSON
def build(dispute: str, importer: str | None, as_json: bool) -> None:
    """Work out the duty on every line from every partner, 2018 to 2026, and keep it.

    Example: detente panel build us-china --importer USA
    """
    from detente.analysis.panel import build_panel
    from detente.cli.progress import Progress
    from detente.core.results import envelope

    record = read_record(dispute)
    importer, _ = flow_asked(record, importer)
    with Progress() as progress:
        data = build_panel(record, importer, progress)
    if as_json:
        query = {"dispute": dispute, "importer": importer}
        print_json(envelope("panel-build", query, data, provenance={"record_hash": record.digest}))
    else:
        click.echo(
            f"{data['rows']:,} rows of {data['lines']:,} lines and {len(data['partners'])} partners,"
            f" {data['bytes'] / 1e6:.0f} MB, in {data['folder']}"
        )


@panel.command()
@DISPUTE
@IMPORTER
@EXPORTER
@click.option("--hs", required=True, metavar="CODE", help="HS code, 2 to 10 digits, with or without dots.")
@ON
@click.option("--from", "first", metavar="DAY", help="First day, where --on is not given; default: 2018.")
@click.option("--to", "last", metavar="DAY", help="Last day; default: 2026.")
@JSON
def query(
    dispute: str,
    importer: str | None,
    exporter: str | None,
    hs: str,
    on: str | None,
    first: str | None,
    last: str | None,
    as_json: bool,
) -> None:
    """Duties on the lines of a code over time, from the panel.

    Example: detente panel query us-china --exporter CHN --hs 7326.90.8688
    """
    from detente.analysis.panel import FIRST, LAST, query_panel
    from detente.core.days import parse_day
    from detente.core.errors import InvalidOption
    from detente.core.results import envelope

    if on is not None and (first is not None or last is not None):
        raise InvalidOption(
            "--on with --from or --to",
            where="--on",
            why="one asks for a day, the others for a stretch of days",
            instead="--on alone, or --from and --to",
        )
    record = read_record(dispute)
    start = parse_day(on or first or FIRST.isoformat(), where="--on" if on else "--from")
    end = parse_day(on or last or LAST.isoformat(), where="--on" if on else "--to")
    if end < start:
        raise InvalidOption(
            f"from {start} to {end}", where="--to", why="it ends before it begins", instead="a later day"
        )
    importer, exporter = flow_asked(record, importer, exporter)
    data = query_panel(record, importer, exporter, hs, start, end)
    if as_json:
        asked = {"dispute": dispute, "importer": importer, "exporter": exporter, "hs": hs}
        asked |= {"from": start.isoformat(), "to": end.isoformat()}
        entries = sorted({duty["entry"] for row in data["rows"] for duty in row["duties"]})
        provenance = {"record_hash": record.digest, "entries": entries}
        print_json(envelope("panel-query", asked, data, provenance=provenance))
    else:
        from detente.cli.rates_text import print_panel

        print_panel(data)
