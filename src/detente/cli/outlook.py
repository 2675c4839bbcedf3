"""The command `detente outlook`: a model's odds from a day on."""

from __future__ import annotations

import click

from detente.cli.record import DISPUTE, JSON, print_json


@click.command()
@DISPUTE
@click.option("--from", "day", metavar="DAY", help="The day stood on; default: the record's last.")
@click.option("--days", default=180, show_default=True, help="How far ahead.")
@click.option("--runs", default=10_000, show_default=True, help="Plays of the game.")
@click.option("--seed", default=1, show_default=True, help="Of chance; the same seed gives the same runs.")
@click.option(
    "--assume",
    multiple=True,
    metavar="WORD",
    help="lapsed or extended past a clock; or NAME=VALUE: lapse=0.1, tie_months=6, negotiators=hardliner.",
)
@click.option(
    "--workers",
    type=click.IntRange(1, 512),
    metavar="N",
    help="Local processes; default: the machine's processors.",
)
@click.option("--scheduler", metavar="ADDRESS", help="A Dask scheduler, tcp://host:8786.")
@click.option("--varied-runs", type=int, metavar="N", help="Runs for what it turns on; 0 leaves that out.")
@click.option("--time-limit", type=float, metavar="SECONDS", help="Then give the best so far (exit 3).")
@click.option("--world", default="icio2022", show_default=True, help="A shipped world or a folder.")
@click.option("--no-economy", is_flag=True, help="Odds only.")
@click.option("--fresh", is_flag=True, help="Work out runs again that were kept.")
@JSON
def outlook(
    dispute: str,
    day: str | None,
    days: int,
    runs: int,
    seed: int,
    assume: tuple[str, ...],
    workers: int | None,
    scheduler: str | None,
    varied_runs: int | None,
    time_limit: float | None,
    world: str,
    no_economy: bool,
    fresh: bool,
    as_json: bool,
) -> int:
    """Odds of a deal, an extension, a lapse, an escalation, from a day on, and what each does to trade.

    A model's odds under stated assumptions: plays of the game from the record as it was known on the day,
    put through the world economy. Odds are rounded to 5 points; --json keeps them raw.

    Example: detente outlook us-china --from 2025-06-05 --days 90 --runs 1000
    """
    from detente.analysis.outlook import Asked
    from detente.analysis.outlook import outlook_of as answer_of
    from detente.cli.progress import Progress
    from detente.core.days import parse_day
    from detente.core.errors import InvalidOption
    from detente.record.checks import require_sound
    from detente.record.files import load_record

    if varied_runs is not None and varied_runs < 0:
        raise InvalidOption(f"{varied_runs}", where="--varied-runs", why="it is zero or more", instead="200")
    record = load_record(dispute)
    require_sound(record)
    first = parse_day(day if day is not None else record.settings.checked_to, where="--from")
    asked = Asked(
        first,
        days,
        runs,
        seed,
        assume,
        workers,
        scheduler,
        time_limit,
        "none" if no_economy else "full",
        varied_runs,
        world=world,
        fresh=fresh,
    )
    with Progress() as progress:
        found, status = answer_of(record, asked, progress)
    if as_json:
        print_json(found)
    else:
        from detente.cli.outlook_text import print_outlook

        print_outlook(found["data"])
    return status
