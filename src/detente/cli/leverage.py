"""The command leverage: who holds what over whom, and who has the upper hand."""

from __future__ import annotations

import click

from detente.cli.figure import FIGURE, require_figure, write_figure
from detente.cli.record import ASSUME, DISPUTE, JSON, KNOWN_BY, ON, print_json, query_days


@click.command()
@DISPUTE
@ON
@KNOWN_BY
@ASSUME
@click.option("--world", default="icio2022", show_default=True, help="A shipped world or a folder.")
@click.option(
    "--model", default="input-output", show_default=True, help="Those without a horizon have one long run."
)
@click.option("--years", default="1,3", show_default=True, help="Horizons: years since the lever, by comma.")
@click.option("--quick", is_flag=True, help="Fewer settings, and no search for where rankings flip.")
@FIGURE
@JSON
def leverage(
    dispute: str,
    on: str | None,
    known_by: str | None,
    assume: str | None,
    world: str,
    model: str,
    years: str,
    quick: bool,
    figure: str | None,
    as_json: bool,
) -> None:
    """What each side holds over the other on a day, and who has the upper hand.

    Every lever of the dispute's levers.yaml: the step in law, weeks until it bites, what it costs them and
    us at the margin and in full, at once and later, third countries, substitutes, and where the ranking
    flips.

    Example: detente leverage us-china --on 2025-06-05
    """
    from detente.analysis.leverage import leverage as answer_of
    from detente.cli.progress import Progress
    from detente.core.errors import InvalidOption
    from detente.record.checks import require_sound
    from detente.record.files import load_record

    record = load_record(dispute)
    require_sound(record)
    asof = query_days(record, on, known_by, assume)
    try:
        counted = [float(year) for year in years.split(",")]
    except ValueError:
        raise InvalidOption(
            f"--years {years}", where="--years", why="not numbers by comma", instead="--years 1,3"
        ) from None
    path = require_figure(figure)
    with Progress() as progress:
        answer = answer_of(
            record, asof, world_name=world, model=model, years=counted, brief=quick, progress=progress
        )
    if path is not None:
        from detente.brief.leverage import bars

        write_figure(path, bars(answer["data"]), "leverage", answer["data"], answer["query"])
    if as_json:
        print_json(answer)
    else:
        from detente.cli.leverage_text import print_leverage

        print_leverage(answer["data"])
