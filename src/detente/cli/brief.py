"""The command `detente brief`: one HTML page and its JSON twin."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from detente.cli.record import ASSUME, DISPUTE, JSON, KNOWN_BY, ON, print_json, query_days


@click.command()
@DISPUTE
@ON
@KNOWN_BY
@ASSUME
@click.option(
    "--since", metavar="DAY", help="What changed after this day; default: the last brief, or two weeks."
)
@click.option("--out", metavar="FILE.html", help="Where to write; FILE.json is written beside it.")
@JSON
def brief(
    dispute: str,
    on: str | None,
    known_by: str | None,
    assume: str | None,
    since: str | None,
    out: str | None,
    as_json: bool,
) -> None:
    """Write the brief on a dispute: one HTML page and its JSON twin, both whole or not at all.

    With --json the object is printed, and files are written only where --out names one.

    Example: detente brief us-china --on 2025-06-05 --out brief.html
    """
    from detente.analysis.briefing import briefing
    from detente.analysis.outlook_ahead import found_beside
    from detente.cli.progress import Progress
    from detente.core.days import parse_day
    from detente.core.results import require_writable, to_json, write_together
    from detente.record.checks import require_sound
    from detente.record.files import load_record

    page = _page("brief.html" if out is None and not as_json else out)
    if page is not None:
        require_writable(page)
        require_writable(page.with_suffix(".json"))
    record = load_record(dispute)
    require_sound(record)
    asof = query_days(record, on, known_by, assume)
    start = parse_day(since, where="--since") if since is not None else _last_brief(page, dispute, asof.on)
    with Progress() as progress, found_beside(record, asof) as wait:
        data = briefing(record, asof, start, progress=progress, wait_for_outlook=wait)
        if page is not None:
            from detente.brief.page import render

            progress("brief: drawing the page")
            write_together({page: render(data), page.with_suffix(".json"): to_json(data) + "\n"})
    if as_json:
        print_json(data)
    elif page is not None:
        click.echo(f"wrote {page} and {page.with_suffix('.json')}")


def _page(out: str | None) -> Path | None:
    from detente.core.errors import InvalidOption

    if out is None:
        return None
    page = Path(out).expanduser()
    if page.suffix.lower() not in (".html", ".htm"):
        raise InvalidOption(
            f"{out!r} is not an HTML file",
            where="--out",
            why="the brief is a page; its JSON twin takes the same name",
            instead=f"{page.with_suffix('.html') if page.name else 'brief.html'}",
        )
    return page


def _last_brief(page: Path | None, dispute: str, on: date) -> date | None:
    """The day of an earlier brief of this dispute that stands where this one will."""
    import json

    if page is None:
        return None
    try:
        earlier = json.loads(page.with_suffix(".json").read_text(encoding="utf-8"))
        day = date.fromisoformat(earlier["query"]["on"])
        same = earlier["query"]["dispute"] == dispute and earlier["schema"].startswith("detente/brief/")
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return day if same and day < on else None
