"""From a publisher's file to a world: which reader, which elasticities, which duties."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from detente.core.errors import InvalidOption, InvalidWorld, LabelMismatch, MissingData, UnknownName
from detente.economy.sources.gravity import gravity_world
from detente.economy.sources.isic import services_among, theta_from
from detente.economy.sources.oecd_csv import read_oecd
from detente.economy.sources.pymrio import read_pymrio
from detente.economy.sources.tables import Table, world_from_table
from detente.economy.sources.wiod import read_wiod
from detente.economy.world import World
from detente.economy.worlds import load_world

FORMATS = ("oecd-icio", "wiod", "pymrio", "gravity")
PLAIN_THETA = 4.0
"""Theta of every sector where sectors carry no ISIC codes and none is given (Simonovska and Waugh 2014)."""


def load_file(
    path: Path,
    form: str,
    *,
    name: str | None = None,
    year: int | None = None,
    theta: str | float | None = None,
    services: tuple[str, ...] | None = None,
    inventories: str = "use",
    usd_million_per_unit: float = 1.0,
    duties: Path | None = None,
    sigma: float | None = None,
    costs: Mapping[str, float] | None = None,
) -> tuple[World, dict[str, Any]]:
    """A world from one file.

    Args:
        path: the file; for pymrio the folder that its `save` wrote.
        form: one of `FORMATS`.
        name: of the world; default: the file's.
        year: of the table; default: the year in the file's name.
        theta: a number for all sectors, or the path of a csv with columns sector and theta; default: for ISIC
            codes the default set of icio2022 by division, else `PLAIN_THETA`.
        services: sectors on which no duty falls; default: by ISIC section, else none.
        inventories: `use` or `drop`, see `world_from_table`.
        usd_million_per_unit: of the table's money.
        duties: csv with columns importer, exporter, sector, duty (fractions); cells not named are free.
        sigma, costs: for gravity frames, see `gravity_world`.

    Raises:
        UnknownName: no such format.
        MissingData: no such file, or the package that reads it is not installed.
        InvalidOption, InvalidWorld, LabelMismatch: what cannot be read or cannot be.
    """
    if form not in FORMATS:
        raise UnknownName(
            f"format {form!r}", where="--format", why="no such format", instead=", ".join(FORMATS)
        )
    chosen = name or re.sub(r"\W+", "-", path.stem.lower()).strip("-") or form
    if form == "gravity":
        if sigma is None:
            raise InvalidOption(
                "no sigma", where="--sigma", why="a gravity frame holds none", instead="--sigma 5"
            )
        return gravity_world(
            path, sigma=sigma, year=year, costs=costs, usd_million_per_unit=usd_million_per_unit, name=chosen
        )
    readers: Mapping[str, Callable[[], Table]] = {
        "oecd-icio": lambda: read_oecd(path, year=year),
        "wiod": lambda: read_wiod(path),
        "pymrio": lambda: read_pymrio(_pymrio_system(path)),
    }
    table = readers[form]()
    found = re.findall(r"(?:19|20)\d\d", path.stem)
    key, values, words = elasticities_for(table.sectors, theta)
    world, report = world_from_table(
        table,
        name=chosen,
        year=year or (int(found[0]) if found else 0),
        theta={key: values},
        default_elasticities=key,
        services=services_among(table.sectors) if services is None else services,
        duty=None if duties is None else read_duties(duties, table.economies, table.sectors),
        inventories=inventories,
        usd_million_per_unit=usd_million_per_unit,
        source=f"{path.name}, format {form}",
    )
    return world, {"elasticities": words, "duties": duties.name if duties else "none", **report}


def elasticities_for(sectors: tuple[str, ...], theta: str | float | None) -> tuple[str, np.ndarray, str]:
    """Name of the set, theta by sector, and where it comes from.

    Raises:
        InvalidOption: a number that is not positive.
        LabelMismatch: a csv that lacks a sector.
    """
    if theta is None:
        shipped = load_world()
        default = shipped.elasticities[shipped.default_elasticities]
        by_division = theta_from(dict(zip(shipped.sectors, default.tolist(), strict=True)), sectors)
        if by_division is not None:
            words = f"{shipped.default_elasticities} of {shipped.name} by ISIC division"
            return shipped.default_elasticities, by_division, words
        theta = PLAIN_THETA
    try:
        number = float(theta)
    except ValueError:
        return "given", _theta_csv(Path(str(theta)), sectors), f"theta from {Path(str(theta)).name}"
    if not (np.isfinite(number) and number > 0):
        raise InvalidOption(f"theta {theta}", where="--theta", why="it must be positive", instead="4")
    return "given", np.full(len(sectors), number), f"theta {number:g} for every sector"


def read_duties(path: Path, economies: tuple[str, ...], sectors: tuple[str, ...]) -> np.ndarray:
    """Base duties from a csv with columns importer, exporter, sector, duty [importer, exporter, sector].

    Raises:
        MissingData, InvalidWorld: no file, a wrong column, a duty that is negative or no number.
        LabelMismatch: a label that the table does not have.
    """
    duty = np.zeros((len(economies), len(economies), len(sectors)))
    for number, row in enumerate(_rows(path, ("importer", "exporter", "sector", "duty")), start=2):
        where = f"{path.name}:{number}"
        strangers = [row[key] for key in ("importer", "exporter") if row[key] not in economies]
        strangers += [row["sector"]] if row["sector"] not in sectors else []
        if strangers:
            raise LabelMismatch(f"{', '.join(strangers)}", where=where, why="the table does not have it")
        value = _number(row["duty"], where)
        if value < 0:
            raise InvalidWorld(f"a duty of {value}", where=where, why="a base duty is never negative")
        place = economies.index(row["importer"]), economies.index(row["exporter"])
        duty[(*place, sectors.index(row["sector"]))] = value
    return duty


def read_map(path: Path) -> dict[str, str]:
    """A label map from a csv with columns label and group.

    Raises:
        MissingData, InvalidWorld: no file or a wrong column.
        LabelMismatch: a label twice.
    """
    result: dict[str, str] = {}
    for row in _rows(path, ("label", "group")):
        if row["label"] in result:
            raise LabelMismatch(f"{row['label']} twice", where=path.name, why="a label is of one group")
        result[row["label"]] = row["group"]
    return result


def _theta_csv(path: Path, sectors: tuple[str, ...]) -> np.ndarray:
    given = {
        row["sector"]: _number(row["theta"], f"{path.name}:{number}")
        for number, row in enumerate(_rows(path, ("sector", "theta")), start=2)
    }
    missing = [label for label in sectors if label not in given]
    if missing:
        raise LabelMismatch(
            f"no theta of {', '.join(missing[:8])}",
            where=path.name,
            why="every sector needs one",
            instead="add them",
        )
    return np.array([given[label] for label in sectors])


def _rows(path: Path, columns: tuple[str, ...]) -> list[dict[str, str]]:
    if not path.is_file():
        raise MissingData(f"no file {path}", why="there is nothing to read", instead="the path of a csv")
    with path.open(encoding="utf-8-sig", newline="") as stream:
        reader = csv.DictReader(stream)
        missing = [name for name in columns if name not in (reader.fieldnames or ())]
        if missing:
            raise InvalidWorld(
                f"no column {', '.join(missing)}",
                where=path.name,
                why=f"the file has {', '.join(reader.fieldnames or ()) or 'nothing'}",
                instead=f"a csv with columns {', '.join(columns)}",
            )
        return [{key: (row[key] or "").strip() for key in columns} for row in reader]


def _number(text: str, where: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not np.isfinite(value):
        raise InvalidWorld(f"{text!r}", where=where, why="it is not a finite number", instead="0.05, say")
    return value


def _pymrio_system(path: Path) -> Any:
    """What pymrio loads from the folder."""
    try:
        import pymrio  # pyright: ignore[reportMissingImports]
    except ImportError:
        raise MissingData(
            f"{path} is a folder of pymrio",
            why="pymrio is not installed",
            instead="pip install pymrio, or read_pymrio(system) in Python",
        ) from None
    try:
        return pymrio.load(path)
    except Exception as failure:
        raise InvalidWorld(
            f"{path} is not a folder that pymrio saved",
            why=str(failure) or type(failure).__name__,
            instead="IOSystem.save",
        ) from None
