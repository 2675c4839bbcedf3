"""Commands about worlds: list, show, check, build, fetch, load, merge, split, update."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from detente.cli.economy import DATA, data_folder
from detente.cli.record import JSON, print_json

OUT = click.option("--out", metavar="DIR", required=True, help="A folder for the world; made if needed.")
WORLD = click.option("--world", default="icio2022", show_default=True, help="A shipped world or a folder.")


@click.group()
def world() -> None:
    """Bring, build, change, check and describe worlds: baselines of the economy.

    A world is a shipped name or a folder; every command that takes --world takes either.
    """


@world.command("list")
@JSON
def list_shipped(as_json: bool) -> None:
    """Shipped worlds, their splits and updates, and tables that can be fetched."""
    from detente.core.results import envelope
    from detente.economy.sources.download import PUBLISHED
    from detente.economy.splits import list_splits
    from detente.economy.update import list_updates
    from detente.economy.worlds import list_worlds

    data = {
        "worlds": list(list_worlds()),
        "splits": list(list_splits()),
        "updates": list(list_updates()),
        "downloads": list(PUBLISHED),
    }
    if as_json:
        print_json(envelope("world-list", {}, data))
    else:
        for name, labels in data.items():
            click.echo(f"{name}: {', '.join(labels)}")


@world.command()
@click.argument("name", default="icio2022")
@JSON
def show(name: str, as_json: bool) -> None:
    """What a world holds: labels, years, totals, elasticity sets, critical inputs, and how it was made."""
    from detente.economy.world_files import describe_world
    from detente.economy.worlds import load_weights, load_world, world_hash

    data = describe_world(load_world(name), load_weights(name))
    _answer("world-show", {"world": name}, data, as_json, world_hash(name))


@world.command()
@click.argument("name", default="icio2022")
@JSON
def check(name: str, as_json: bool) -> int:
    """Prove the accounts of a world and print facts a person can compare.

    Leaves with status 2 when a check fails.
    """
    from detente.cli.progress import Progress
    from detente.core.results import envelope
    from detente.economy.world_check import check_world
    from detente.economy.worlds import load_weights, load_world, world_hash

    with Progress() as progress:
        progress("world: loading and checking")
        report = check_world(load_world(name), load_weights(name))
    if as_json:
        print_json(
            envelope("world-check", {"world": name}, report, provenance={"world_hash": world_hash(name)})
        )
    else:
        from detente.cli.economy_text import print_world_check

        print_world_check(report)
    return 0 if all(item["ok"] for item in report["checks"]) else 2


@world.command()
@click.argument("name", default="icio2022")
@DATA
@click.option("--out", metavar="DIR", help="A folder for the files made; default: build/NAME.")
@JSON
def build(name: str, data: str | None, out: str | None, as_json: bool) -> None:
    """Build a world's files from raw data, the same bytes every time.

    Example: detente world build icio2022 --data DIR
    """
    from detente.cli.progress import Progress
    from detente.economy.worlds import build_world

    folder = data_folder(data)
    target = Path(out).expanduser() if out else Path("build") / name
    with Progress() as progress:
        progress("world: building")
        report = build_world(name, folder, target)
    _answer("world-build", {"world": name, "out": str(target)}, report, as_json)


@world.command("fetch")
@click.argument("name")
@click.option("--out", metavar="DIR", help="A folder for the file; default: the cache.")
@click.option("--url", metavar="ADDRESS", help="Another address than the one known.")
@click.option("--checksum", metavar="KIND:HEX", help="sha256:... or sha1:... to hold it to; '' for none.")
@JSON
def fetch_table(name: str, out: str | None, url: str | None, checksum: str | None, as_json: bool) -> None:
    """Fetch a published table, or go on fetching it; `world list` names them.

    Example: detente world fetch oecd-icio-2016-2022 --out tables
    """
    from detente.cli.progress import Progress
    from detente.core.caches import cache_folder
    from detente.economy.sources.download import fetch

    folder = Path(out).expanduser() if out else cache_folder() / "tables"
    with Progress() as progress:
        report = fetch(name, folder, url=url, checksum=checksum, progress=progress)
    _answer("world-fetch", {"name": name, "out": str(folder), "url": url}, report, as_json)


@world.command("load")
@click.argument("file")
@click.option("--format", "form", required=True, help="oecd-icio, wiod, pymrio or gravity.")
@OUT
@click.option("--name", help="Of the world; default: the file's.")
@click.option("--year", type=int, help="Of the table; needed for a zip of several years.")
@click.option("--theta", metavar="NUMBER|CSV", help="Trade elasticity of all sectors, or a csv sector,theta.")
@click.option("--services", metavar="LABELS", help="Sectors without duties, by comma; default: by ISIC code.")
@click.option("--inventories", default="use", show_default=True, help="Changes in inventories: use or drop.")
@click.option("--duties", metavar="CSV", help="Base duties: importer,exporter,sector,duty as fractions.")
@click.option("--usd-million", default=1.0, show_default=True, help="USD million in one unit of the table.")
@click.option("--sigma", type=float, help="Elasticity of substitution, for a gravity frame.")
@click.option("--cost", "costs", multiple=True, metavar="COLUMN=BETA", help="Fit a gravity frame to costs.")
@JSON
def load_table(
    file: str,
    form: str,
    out: str,
    name: str | None,
    year: int | None,
    theta: str | None,
    services: str | None,
    inventories: str,
    duties: str | None,
    usd_million: float,
    sigma: float | None,
    costs: tuple[str, ...],
    as_json: bool,
) -> None:
    """Turn a publisher's table into a world in a folder, and say what was done to it.

    Example: detente world load tables/2022_SML.csv --format oecd-icio --out icio2022-full
    """
    from detente.cli.progress import Progress
    from detente.economy.load_file import load_file
    from detente.economy.world_files import save_world

    with Progress() as progress:
        progress(f"world: reading {Path(file).name}")
        made, report = load_file(
            Path(file).expanduser(),
            form,
            name=name,
            year=year,
            theta=theta,
            services=None if services is None else tuple(filter(None, services.split(","))),
            inventories=inventories,
            usd_million_per_unit=usd_million,
            duties=Path(duties).expanduser() if duties else None,
            sigma=sigma,
            costs=_pairs(costs, "--cost") or None,
        )
        saved = save_world(made, Path(out).expanduser())
    _answer("world-load", {"file": file, "format": form, "out": out}, {**saved, "report": report}, as_json)


@world.command("merge")
@WORLD
@OUT
@click.option("--economies", multiple=True, metavar="GROUP=A,B|CSV", help="A group or a csv label,group.")
@click.option("--sectors", multiple=True, metavar="GROUP=A,B|CSV", help="A group or a csv label,group.")
@click.option("--name", help="Of the result.")
@JSON
def merge(
    world: str,
    out: str,
    economies: tuple[str, ...],
    sectors: tuple[str, ...],
    name: str | None,
    as_json: bool,
) -> None:
    """Merge economies and sectors, accounts kept exact; options repeat. EU=EU stands for its members.

    Example: detente world merge --economies EU=EU --sectors METALS=C24,C25 --out small
    """
    from detente.economy.aggregate import aggregate, aggregate_weights
    from detente.economy.world_files import save_world
    from detente.economy.worlds import load_weights, load_world

    old, weights = load_world(world), load_weights(world)
    groups, kinds = _maps(economies, "--economies"), _maps(sectors, "--sectors")
    made = aggregate(old, economies=groups, sectors=kinds, name=name)
    merged = aggregate_weights(weights, economies=groups, sectors=kinds)
    saved = save_world(made, Path(out).expanduser(), weights=merged, lines_from=world)
    _answer("world-merge", {"world": world, "economies": groups, "sectors": kinds}, saved, as_json)


@world.command()
@click.argument("splits", nargs=-1, required=True)
@WORLD
@OUT
@click.option("--elasticity", default="central", show_default=True, help="low, central, high or a number.")
@click.option("--theta", default="central", show_default=True, help="Between origins; or: parent.")
@JSON
def split(splits: tuple[str, ...], world: str, out: str, elasticity: str, theta: str, as_json: bool) -> None:
    """Split sectors by shipped shares (`world list` names them) or by files of your own.

    Example: detente world split rare-earths ai-chips --out critical
    """
    from detente.cli.progress import Progress
    from detente.economy.splits import apply_split, read_split
    from detente.economy.world_files import save_world
    from detente.economy.worlds import load_weights, load_world

    made, weights = load_world(world), load_weights(world)
    parts: list[dict[str, Any]] = []
    with Progress() as progress:
        for name in splits:
            progress(f"world: splitting by {name}")
            made, weights, rows = apply_split(
                made, weights, read_split(name), elasticity=_level(elasticity), theta=_level(theta)
            )
            parts += rows
        saved = save_world(made, Path(out).expanduser(), weights=weights, lines_from=world)
    _answer("world-split", {"world": world, "splits": list(splits)}, {**saved, "parts": parts}, as_json)


@world.command("update")
@click.argument("name", required=False)
@WORLD
@OUT
@click.option(
    "--flow",
    "flows",
    multiple=True,
    metavar="IMPORTER:EXPORTER[:SECTOR]=USD_MILLION",
    help="A total to reach; goods where no sector is named. May repeat.",
)
@click.option("--basis", default="customs", show_default=True, help="Of --flow: customs or flow.")
@JSON
def update(name: str | None, world: str, out: str, flows: tuple[str, ...], basis: str, as_json: bool) -> None:
    """Bring named flows to newer totals, everything else moved as little as can be; says what moved.

    Example: detente world update us-china-2024 --out icio2024
    """
    from detente.cli.progress import Progress
    from detente.core.errors import InvalidOption
    from detente.economy.update import FlowTotal, effect_of_update, read_update, update_world
    from detente.economy.world_files import save_world
    from detente.economy.worlds import load_weights, load_world

    old, weights = load_world(world), load_weights(world)
    title, totals = read_update(name) if name else ("updated", ())
    for given, value in _pairs(flows, "--flow").items():
        pair = given.split(":")
        if len(pair) not in (2, 3):
            raise InvalidOption(given, where="--flow", why="a flow has an importer and an exporter")
        totals += (FlowTotal(pair[0], pair[1], value, tuple(pair[2:]), basis, source="command line"),)
    if not totals:
        raise InvalidOption(
            "nothing to update to", where="NAME", why="neither a name nor --flow", instead="us-china-2024"
        )
    with Progress() as progress:
        progress("world: updating")
        made, report = update_world(old, totals, weights=weights, name=f"{old.name}+{title}")
        if {"USA", "CHN"} <= set(old.economies):
            progress("world: the effect on a shock of 30 and 10 points")
            report["effect_on_30_10"] = effect_of_update(old, made)
        saved = save_world(made, Path(out).expanduser(), weights=weights, lines_from=world)
    _answer("world-update", {"world": world, "update": name}, {**saved, **report}, as_json)


def _answer(
    schema: str, query: dict[str, Any], data: dict[str, Any], as_json: bool, digest: str | None = None
) -> None:
    """Print an answer as the contract's object or line by line."""
    from detente.core.results import envelope

    if as_json:
        found = digest or data.get("world_hash")
        print_json(envelope(schema, query, data, provenance={"world_hash": found}))
    else:
        from detente.cli.economy_text import print_report

        print_report(data)


def _level(text: str) -> str | float:
    """A number, or the name of a level."""
    try:
        return float(text)
    except ValueError:
        return text


def _pairs(given: tuple[str, ...], flag: str) -> dict[str, float]:
    """KEY=NUMBER options."""
    from detente.core.errors import InvalidOption

    result: dict[str, float] = {}
    for text in given:
        key, _, number = text.partition("=")
        try:
            result[key.strip()] = float(number)
        except ValueError:
            raise InvalidOption(
                text, where=flag, why="not of the form KEY=NUMBER", instead="KEY=1.5"
            ) from None
    return result


def _maps(given: tuple[str, ...], flag: str) -> dict[str, str]:
    """GROUP=A,B options and csv files as one label map."""
    from detente.core.errors import LabelMismatch
    from detente.economy.load_file import read_map
    from detente.economy.sources.labels import EU_MEMBERS

    result: dict[str, str] = {}
    for text in given:
        group, sign, members = text.partition("=")
        if not sign:
            more = read_map(Path(text).expanduser())
        else:
            labels = EU_MEMBERS if members == "EU" else tuple(filter(None, members.split(",")))
            more = dict.fromkeys(labels, group)
        twice = set(more) & set(result)
        if twice:
            raise LabelMismatch(
                f"{', '.join(sorted(twice))} twice", where=flag, why="a label is of one group"
            )
        result |= more
    return result
