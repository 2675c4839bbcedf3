"""Commands about what an answer turns on: spread, exposure."""

from __future__ import annotations

from typing import Any

import click

from detente.cli.record import JSON, print_json

DUTY = click.option(
    "--duty",
    "duties",
    multiple=True,
    metavar="IMPORTER:EXPORTER[:SECTOR]=POINTS",
    help="Points added to the duty on a flow, as in what-if. May repeat.",
)
COST = click.option(
    "--cost",
    "costs",
    multiple=True,
    metavar="IMPORTER:EXPORTER[:SECTOR]=PERCENT",
    help="A non-tariff cost in percent of value. May repeat.",
)
WORLD = click.option("--world", default="icio2022", show_default=True, help="A shipped world or a folder.")


@click.command()
@DUTY
@COST
@WORLD
@click.option("--model", "models", multiple=True, help="A model to combine; may repeat.")
@click.option("--elasticities", multiple=True, help="A set to combine; may repeat; default: every set.")
@click.option(
    "--theta-scale", "theta_scales", multiple=True, type=float, help="May repeat; default: .5 1 1.5."
)
@click.option("--closure", "closures", multiple=True, help="May repeat; default: every closure.")
@click.option("--revenue-use", "revenue_uses", multiple=True, help="May repeat; default: both.")
@click.option("--standard-errors", metavar="FILE", help="CSV of set, sector, standard_error of elasticities.")
@click.option("--draws", type=click.IntRange(min=2), help="Draws from the standard errors; default: 8.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Of the draws.")
@click.option("--measure", default="real_income_percent", show_default=True, help="A measure by economy.")
@click.option("--show", multiple=True, default=("USA,CHN",), show_default=True, help="Economies, by comma.")
@JSON
def spread(as_json: bool, **options: Any) -> None:
    """How far the answer to a shock moves with what is assumed, and which assumption moves it.

    Example: detente spread --duty USA:CHN=30 --duty CHN:USA=10
    """
    from detente.analysis.sensitivity import spread as answer_of
    from detente.cli.progress import Progress

    duties, costs, world = (options.pop(name) for name in ("duties", "costs", "world"))
    with Progress() as progress:
        answer = answer_of(duties, costs, world_name=world, progress=progress, **options)
    if as_json:
        print_json(answer)
    else:
        from detente.cli.sensitivity_text import print_spread

        print_spread(answer["data"])


@click.command()
@click.argument("economies", nargs=-1)
@click.option("--on", metavar="PARTNER", help="One partner, sector by sector.")
@click.option("--top", default=8, show_default=True, help="Partners shown for each economy.")
@DUTY
@COST
@WORLD
@click.option("--closure", default="fixed_to_world_income", show_default=True, help="Or: balanced.")
@click.option("--revenue-use", default="rebated", show_default=True, help="Or: government.")
@click.option("--elasticities", help="A set of the world; default: its own.")
@click.option("--theta-scale", default=1.0, show_default=True, help="Factor on every trade elasticity.")
@JSON
def exposure(economies: tuple[str, ...], as_json: bool, **options: Any) -> None:
    """Who depends on whom: at the margin, and where the trade ends altogether.

    Example: detente exposure USA CHN --top 5
    """
    from detente.analysis.sensitivity import exposure as answer_of
    from detente.cli.progress import Progress

    duties, costs, world = (options.pop(name) for name in ("duties", "costs", "world"))
    with Progress() as progress:
        answer = answer_of(
            economies or ("USA", "CHN"), duties, costs, world_name=world, progress=progress, **options
        )
    if as_json:
        print_json(answer)
    else:
        from detente.cli.sensitivity_text import print_exposure

        print_exposure(answer["data"])
