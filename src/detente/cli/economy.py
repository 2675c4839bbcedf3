"""Commands about the economy: what-if, world, replicate."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click

from detente.cli.record import JSON, print_json

DATA = click.option("--data", "data", metavar="DIR", help="Folder of raw data; default: $DETENTE_DATA.")


def data_folder(data: str | None) -> Path:
    """The folder of raw data.

    Raises:
        MissingData: neither --data nor $DETENTE_DATA names a folder.
    """
    from detente.core.errors import MissingData

    chosen = data or os.environ.get("DETENTE_DATA")
    folder = Path(chosen).expanduser() if chosen else None
    if folder is None or not folder.is_dir():
        raise MissingData(
            f"no folder of raw data{f' at {chosen}' if chosen else ''}",
            where="--data",
            why="this command reads raw data that the package does not ship",
            instead="--data DIR or DETENTE_DATA=DIR; docs/data.md says what to get where",
        )
    return folder


def _lever(name: str, words: str, metavar: str) -> Any:
    """An option of one lever; may repeat."""
    return click.option(f"--{name}", multiple=True, metavar=metavar, help=f"{words} May repeat.")


FLOW = "IMPORTER:EXPORTER[:SECTOR]"


@click.command("what-if")
@_lever(
    "duty",
    "Points added to the duty on a flow: USA:CHN=30, USA:CHN:C26=30, USA:CHN:hs8517=30.",
    f"{FLOW}=POINTS",
)
@_lever("cost", "A non-tariff cost in percent of value; below zero opens a market.", f"{FLOW}=PERCENT")
@_lever("export-tax", "A tax on the seller's price, to the exporter's treasury.", f"{FLOW}=PERCENT")
@_lever("subsidy", "Of the seller's price, by the exporter: ALL:CHN:C29=10 on all sales.", f"{FLOW}=PERCENT")
@_lever(
    "limit",
    "At most: 0.5 of the baseline quantity, 0 an embargo, 50bn in dollars; @USA whose rule it is, "
    "/licence_holders, /treasury, /importer or /dissipated who gets the rent.",
    f"{FLOW}=AMOUNT[@CONTROLLER][/OWNER]",
)
@_lever("floor", "At least, by an implicit subsidy: CHN:USA=200bn.", f"{FLOW}=AMOUNT[/PAYER]")
@_lever("exempt", "Share of the goods that escape the added duties.", f"{FLOW}=SHARE")
@_lever("transit", "Share of a place's trade that is really another's: HKG:CHN=0.4.", "VIA:OF=SHARE")
@click.option(
    "--model",
    default="input-output",
    show_default=True,
    help="Or: specific-factors (short run), armington, krugman, labour-supply.",
)
@click.option("--world", default="icio2022", show_default=True, help="A shipped world or a folder.")
@click.option(
    "--closure",
    default="fixed_to_world_income",
    show_default=True,
    help="Or: balanced, fixed_to_wage:LABEL, fixed_to_consumer_prices:LABEL.",
)
@click.option("--revenue-use", default="rebated", show_default=True, help="Or: government.")
@click.option("--elasticities", help="A set of the world; default: its own.")
@click.option("--theta-scale", default=1.0, show_default=True, help="Factor on every trade elasticity.")
@click.option(
    "--show",
    multiple=True,
    default=("USA,CHN",),
    show_default=True,
    help="Economies to show, by comma; may repeat; 'all' for all.",
)
@click.option("--decompose", is_flag=True, help="Divide the change of real income by where it comes from.")
@JSON
def what_if(
    transit: tuple[str, ...],
    model: str,
    world: str,
    closure: str,
    revenue_use: str,
    elasticities: str | None,
    theta_scale: float,
    show: tuple[str, ...],
    decompose: bool,
    as_json: bool,
    **levers: tuple[str, ...],
) -> None:
    """Put duties, taxes, costs, limits and purchases through the world economy.

    Example: detente what-if --duty USA:CHN=30 --duty CHN:USA=10
    """
    from detente.analysis.what_if import what_if as answer_of
    from detente.cli.progress import Progress

    with Progress() as progress:
        answer = answer_of(
            {name.replace("_", "-"): words for name, words in levers.items()},
            transit,
            model=model,
            world_name=world,
            closure=closure,
            revenue_use=revenue_use,
            elasticities=elasticities,
            theta_scale=theta_scale,
            show=",".join(show),
            parts=decompose,
            progress=progress,
        )
    if as_json:
        print_json(answer)
    else:
        from detente.cli.economy_text import print_what_if

        print_what_if(answer["data"])


@click.command()
@_lever("duty", "Points added to the duty on a flow, as in what-if.", f"{FLOW}=POINTS")
@_lever("cost", "A non-tariff cost in percent of value.", f"{FLOW}=PERCENT")
@_lever("export-tax", "A tax on the seller's price.", f"{FLOW}=PERCENT")
@_lever("limit", "At most so much, as in what-if.", f"{FLOW}=AMOUNT")
@click.option("--importer", required=True, help="Whose demand is shown by supplier.")
@click.option("--exporter", required=True, help="Whose sales are shown by destination.")
@click.option("--years", default="1,3,10", show_default=True, help="Years since the policy, by comma.")
@click.option(
    "--scheme",
    default="estimate",
    show_default=True,
    help="Published elasticities for all goods; or: scaled, each sector's own in proportion.",
)
@click.option("--world", default="icio2022", show_default=True, help="A shipped world or a folder.")
@click.option("--closure", default="fixed_to_world_income", show_default=True, help="As in what-if.")
@click.option("--revenue-use", default="rebated", show_default=True, help="Or: government.")
@click.option("--elasticities", help="A set of the world for the long run; default: its own.")
@JSON
def horizon(years: str, world: str, as_json: bool, **options: Any) -> None:
    """One policy after one year, three and ten: who serves demand, who gains the output that moves.

    Example: detente horizon --duty USA:CHN=30 --duty CHN:USA=10 --importer USA --exporter CHN
    """
    from detente.analysis.horizon import horizon as answer_of
    from detente.cli.progress import Progress
    from detente.core.errors import InvalidOption

    try:
        counted = [float(year) for year in years.split(",")]
    except ValueError:
        raise InvalidOption(
            f"--years {years}", where="--years", why="not numbers by comma", instead="--years 1,3,10"
        ) from None
    levers = {name: options.pop(name.replace("-", "_")) for name in ("duty", "cost", "export-tax", "limit")}
    with Progress() as progress:
        answer = answer_of(levers, years=counted, world_name=world, progress=progress, **options)
    if as_json:
        print_json(answer)
    else:
        from detente.cli.horizon_text import print_horizon

        print_horizon(answer["data"])


def _part_of(
    case: str | None, part: str, weights: str, data: str | None, limit: float | None, progress: Any
) -> dict[str, Any]:
    """A game of a case."""
    from detente.core.errors import InvalidOption
    from detente.strategy.reproductions import ossa_games, world_war

    if case == ossa_games.CASE:
        folder = data_folder(data)
        return ossa_games.replicate_games(part, weights, folder, progress, time_limit_seconds=limit)
    if case == world_war.CASE:
        return world_war.replicate_world_war(part, progress, time_limit_seconds=limit)
    raise InvalidOption(
        f"--part of {case}",
        why="this case has no games",
        instead=f"detente replicate {ossa_games.CASE} --part war",
    )


@click.command()
@click.argument("case", required=False)
@click.option(
    "--part",
    metavar="PART",
    help="A game: of ossa-2014 unilateral, war or talks; of lashkaripour-2021 war-with-inputs or "
    "war-without-inputs.",
)
@click.option("--weights", default="political", show_default=True, help="Lobby weights of a game: or base.")
@click.option("--time-limit", type=float, metavar="SECONDS", help="Of a game; then the best so far (exit 3).")
@DATA
@JSON
def replicate(
    case: str | None,
    part: str | None,
    weights: str,
    time_limit: float | None,
    data: str | None,
    as_json: bool,
) -> int:
    """Reproduce published tables and compare cell by cell; without CASE, all of them.

    Without CASE and without a folder of raw data, list the cases.

    Example: detente replicate caliendo-parro-2015 --data DIR

    Example: detente replicate ossa-2014 --part war --weights base --data DIR
    """
    from detente.cli.progress import Progress
    from detente.core.results import envelope
    from detente.economy.replicate import about_case, list_cases, read_case, replicate_all
    from detente.economy.replicate import replicate as run_case

    query: dict[str, Any] = {"case": case}
    with Progress() as progress:
        if part is not None:
            query |= {"part": part, "weights": weights, "time_limit_seconds": time_limit}
            result: dict[str, Any] = _part_of(case, part, weights, data, time_limit, progress)
        elif case is not None:
            shipped = "shipped" in read_case(case)["data"]
            progress(f"{case}: solving")
            result = run_case(case, None if shipped else data_folder(data))
        elif data is None and not os.environ.get("DETENTE_DATA"):
            result = {"cases": [about_case(name) for name in list_cases()]}
        else:
            result = {"cases": replicate_all(data_folder(data), progress)}
    if as_json:
        provenance = {"model": result.get("model"), "certificate": result.get("certificates")}
        print_json(envelope("replicate", query, result, provenance=provenance))
    else:
        from detente.cli.economy_text import print_cases, print_replication

        print_cases(result["cases"]) if case is None else print_replication(result)
    return 0 if result.get("in_time", True) else 3
