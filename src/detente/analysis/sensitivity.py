"""What an answer turns on, and who depends on whom: `detente spread` and `detente exposure`."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from detente.analysis.baseline import weights_of
from detente.analysis.costs import MODEL
from detente.analysis.lever_words import policy_in_words
from detente.core.errors import InvalidOption, MalformedFile, UnknownEconomy, UnsolvableShock
from detente.core.places import name_of
from detente.core.results import envelope
from detente.economy.certificate import NotSolved
from detente.economy.prepare import Prepared, prepare
from detente.economy.uncertainty import Design
from detente.economy.uncertainty import spread as spread_of
from detente.economy.world import World
from detente.economy.worlds import load_world, world_hash
from detente.policy import SectorPolicy

Progress = Callable[[str], None]


def policy_of(duties: Sequence[str], costs: Sequence[str], world_name: str, world: World) -> SectorPolicy:
    """The policy that `--duty` and `--cost` words say.

    Raises:
        InvalidOption, UnknownEconomy, UnknownSector: bad input.
    """
    return policy_in_words({"duty": duties, "cost": costs}, (), world).on(weights_of(world_name))


def economies_of(words: Sequence[str], flag: str, world: World) -> list[str]:
    """Economy labels, given one by one or by comma, each once.

    Raises:
        UnknownEconomy: a label the world does not have, or none at all.
    """
    labels = [label.strip() for word in words for label in word.split(",") if label.strip()]
    if not labels:
        raise UnknownEconomy(f"{','.join(words)!r}", where=flag, why="it names no economy", instead="USA")
    for label in labels:
        if label not in world.economies:
            raise UnknownEconomy(
                f"economy {label!r}",
                where=flag,
                why=f"world {world.name} has no such economy",
                instead=f"one of {', '.join(world.economies)}",
            )
    return list(dict.fromkeys(labels))


def one_economy(label: str, flag: str, world: World) -> str:
    """The economy of that label.

    Raises:
        UnknownEconomy: the world does not have it, or several are named.
    """
    found = economies_of([label], flag, world)
    if len(found) > 1:
        raise UnknownEconomy(label, where=flag, why="one economy is asked for", instead=found[0])
    return found[0]


def spread(
    duties: Sequence[str],
    costs: Sequence[str] = (),
    *,
    world_name: str = "icio2022",
    elasticities: Sequence[str] = (),
    theta_scales: Sequence[float] = (),
    closures: Sequence[str] = (),
    revenue_uses: Sequence[str] = (),
    models: Sequence[str] = (),
    standard_errors: str | None = None,
    draws: int | None = None,
    seed: int = 0,
    measure: str = "real_income_percent",
    show: Sequence[str] = ("USA,CHN",),
    progress: Progress = lambda _: None,
) -> dict[str, Any]:
    """The answer of `detente spread`, with its envelope; what is left empty takes the design's default.

    Raises:
        UnsolvableShock: no combination has a certified equilibrium.
        InvalidOption, UnknownEconomy, UnknownSector, UnknownName, MalformedFile: bad input.
    """
    world = load_world(world_name)
    shown = economies_of(show, "--show", world)
    if draws is not None and standard_errors is None:
        raise InvalidOption(
            f"--draws {draws}",
            where="--draws",
            why="draws are taken from the standard errors of elasticities",
            instead="--standard-errors FILE with columns set, sector, standard_error",
        )
    errors = {} if standard_errors is None else read_standard_errors(Path(standard_errors), world)
    design = Design(
        models=tuple(models) or Design.models,
        elasticities=tuple(elasticities) or None,
        theta_scales=tuple(theta_scales) or Design.theta_scales,
        closures=tuple(closures) or Design.closures,
        revenue_uses=tuple(revenue_uses) or Design.revenue_uses,
        standard_errors=errors,
        draws=1 if standard_errors is None else (8 if draws is None else draws),
        seed=seed,
    )
    policy = policy_of(duties, costs, world_name, world)
    result = spread_of(world, policy, design, measure=measure, progress=progress)
    data = result.to_dict(shown)
    data["names"] = {label: name_of(label) for label in shown}
    query = {
        "duty": list(duties),
        "cost": list(costs),
        "world": world_name,
        "measure": measure,
        "standard_errors": standard_errors,
        "draws": design.draws,
        "seed": seed,
        "show": shown,
    }
    certificate = {"certified": data["certified"], "largest_residual": data["largest_residual"]}
    provenance = {
        "world_hash": world_hash(world_name),
        "model": ", ".join(design.models),
        "certificate": certificate,
    }
    return envelope("spread", query, data, provenance=provenance)


def read_standard_errors(path: Path, world: World) -> dict[str, np.ndarray]:
    """Standard errors of theta from a CSV file with columns set, sector, standard_error; sectors not named
    have none.

    Raises:
        MalformedFile: no such file, other columns, an unknown set or sector, or not a number.
    """
    found: dict[str, np.ndarray] = {}
    columns = "set, sector, standard_error"
    try:
        with path.expanduser().open(encoding="utf-8", newline="") as stream:
            rows = list(csv.DictReader(stream))
    except OSError as error:
        raise MalformedFile(
            "standard errors", where=str(path), why=str(error.strerror), instead=f"a CSV file with {columns}"
        ) from None
    for line, row in enumerate(rows, start=2):
        try:
            name, sector, value = row["set"], row["sector"], float(row["standard_error"])
            theta, place = world.elasticities[name], world.sectors.index(sector)
        except (KeyError, ValueError, TypeError) as error:
            raise MalformedFile(
                f"standard errors: {error}",
                where=f"{path}:{line}",
                why=f"a row needs {columns} of world {world.name}",
                instead=f"sets {', '.join(world.elasticities)}; sectors {', '.join(world.sectors)}",
            ) from None
        found.setdefault(name, np.zeros_like(theta))[place] = value
    return found


def exposure(
    economies: Sequence[str],
    duties: Sequence[str] = (),
    costs: Sequence[str] = (),
    *,
    world_name: str = "icio2022",
    closure: str = "fixed_to_world_income",
    revenue_use: str = "rebated",
    elasticities: str | None = None,
    theta_scale: float = 1.0,
    on: str | None = None,
    top: int = 8,
    progress: Progress = lambda _: None,
) -> dict[str, Any]:
    """The answer of `detente exposure`, with its envelope: partners of each economy, or sectors of one.

    Raises:
        UnsolvableShock: no certified equilibrium to start from.
        InvalidOption, UnknownEconomy, UnknownSector, UnknownName: bad input.
    """
    from detente.economy.exposure import exposure as exposure_of

    if top < 1:
        raise InvalidOption(f"--top {top}", where="--top", why="at least one partner", instead="--top 8")
    world = load_world(world_name)
    chosen = economies_of(economies, "ECONOMIES", world)
    partner = None if on is None else one_economy(on, "--on", world)
    prepared = prepare(
        MODEL,
        world,
        closure=closure,
        revenue_use=revenue_use,
        elasticities=elasticities,
        theta_scale=theta_scale,
    )
    policy = policy_of(duties, costs, world_name, world)
    progress("world economy: gradients")
    found = prepared if isinstance(prepared, NotSolved) else exposure_of(prepared, policy, chosen)
    if isinstance(prepared, NotSolved) or isinstance(found, NotSolved):
        reason = prepared if isinstance(prepared, NotSolved) else found
        assert isinstance(reason, NotSolved)
        raise UnsolvableShock(
            "no certified equilibrium to take exposure at",
            where="--duty",
            why=reason.message,
            instead="a smaller shock, or another closure",
        )
    data: dict[str, Any] = {"economies": {}, "names": {}}
    for row, label in enumerate(found.economies):
        lines = {
            "supplier": found.supplier[row],
            "market": found.market[row],
            "anywhere": found.anywhere[row],
        }
        progress(f"{name_of(label)}: full cuts")
        if partner is None:
            data["economies"][label] = _by_partner(prepared, policy, label, lines, top)
        elif partner != label:
            data["economies"][label] = _by_sector(prepared, policy, label, partner, lines)
        data["names"][label] = name_of(label)
    seen = {entry["partner"] for rows in data["economies"].values() for entry in rows}
    data["names"] |= {label: name_of(label) for label in sorted(seen)}
    query = {
        "economies": chosen,
        "on": partner,
        "top": top,
        "duty": list(duties),
        "cost": list(costs),
        "world": world_name,
        "closure": closure,
        "revenue_use": revenue_use,
        "elasticities": prepared.elasticities,
        "theta_scale": theta_scale,
    }
    provenance = {
        "world_hash": world_hash(world_name),
        "model": found.outcome.model,
        "certificate": {
            "equilibrium": found.outcome.certificate.to_dict(),
            "gradient": found.certificate.to_dict(),
        },
    }
    return envelope("exposure", query, data, provenance=provenance)


def _by_partner(
    prepared: Prepared, policy: SectorPolicy, label: str, lines: dict[str, np.ndarray], top: int
) -> list[dict[str, Any]]:
    """The partners whose trade matters most at the margin, all sectors together, with full cuts."""
    totals = {name: values.sum(axis=1) for name, values in lines.items()}
    order = np.argsort(totals["supplier"] + totals["market"])
    labels = prepared.world.economies
    partners = [labels[place] for place in order if labels[place] != label][:top]
    return _entries(prepared, policy, label, [(p, None) for p in partners], totals)


def _by_sector(
    prepared: Prepared, policy: SectorPolicy, label: str, partner: str, lines: dict[str, np.ndarray]
) -> list[dict[str, Any]]:
    """One partner sector by sector, with full cuts."""
    place = prepared.world.economies.index(partner)
    by_sector = {name: values[place] for name, values in lines.items()}
    return _entries(prepared, policy, label, [(partner, s) for s in prepared.world.sectors], by_sector)


def _entries(
    prepared: Prepared,
    policy: SectorPolicy,
    label: str,
    asked: list[tuple[str, str | None]],
    lines: dict[str, np.ndarray],
) -> list[dict[str, Any]]:
    from detente.economy.exposure import Cut, cut_percent

    world = prepared.world
    own = world.economies.index(label)
    cuts = [Cut(label, partner, sector) for partner, sector in asked]
    cuts += [Cut(partner, label, sector) for partner, sector in asked]
    ended = [
        None if isinstance(result, NotSolved) else float(result[own])
        for result in cut_percent(prepared, policy, cuts)
    ]
    entries = []
    for number, (partner, sector) in enumerate(asked):
        place = world.economies.index(partner) if sector is None else world.sectors.index(sector)
        entries.append(
            {
                "partner": partner,
                "sector": sector,
                "supplier_percent_per_cost_percent": float(lines["supplier"][place]),
                "market_percent_per_cost_percent": float(lines["market"][place]),
                "anywhere_percent_per_cost_percent": float(lines["anywhere"][place]),
                "supplier_cut_percent": ended[number],
                "market_cut_percent": ended[number + len(asked)],
            }
        )
    return entries
