"""One change of duties or costs through the world economy, from words like `USA:CHN:C26=30`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from detente.analysis.baseline import weights_of
from detente.analysis.costs import MODEL
from detente.core.errors import DetenteError, InvalidOption, UnknownEconomy, UnknownSector, UnsolvableShock
from detente.core.places import name_of
from detente.core.products import Scope, normalise_hs
from detente.core.results import envelope
from detente.economy.certificate import NotSolved
from detente.economy.decompose import Decomposition, decompose
from detente.economy.prepare import Prepared, prepare
from detente.economy.solve import solve
from detente.economy.world import World
from detente.economy.worlds import load_world, world_hash
from detente.policy import Instrument, Policy, PolicyRow


def parse_change(text: str, flag: str, instrument: Instrument, world: World) -> PolicyRow:
    """A policy row from `IMPORTER:EXPORTER[:SECTOR or hsCODE]=NUMBER`.

    Raises:
        InvalidOption: another form, or not a number.
        UnknownEconomy, UnknownSector: a label the world does not have.
    """
    flow, sign, number = text.partition("=")
    parts = flow.split(":")
    if not sign or len(parts) not in (2, 3):
        raise InvalidOption(
            f"{flag} {text}",
            where=flag,
            why="not IMPORTER:EXPORTER=NUMBER",
            instead=f"{flag} USA:CHN=30, {flag} USA:CHN:C26=30 or {flag} USA:CHN:hs8517=30",
        )
    try:
        value = float(number)
    except ValueError:
        raise InvalidOption(
            f"{flag} {text}", where=flag, why=f"{number!r} is not a number", instead="30"
        ) from None
    importer, exporter = (_economy(label, flag, world) for label in parts[:2])
    scope, share = Scope.everything(), None
    if len(parts) == 3 and parts[2].lower().startswith("hs"):
        scope = Scope(include=frozenset({normalise_hs(parts[2][2:], where=flag)}))
    elif len(parts) == 3:
        if parts[2] not in world.sectors:
            raise UnknownSector(
                f"sector {parts[2]!r}",
                where=flag,
                why=f"world {world.name} has no such sector",
                instead=f"one of {', '.join(world.sectors)}",
            )
        share = {parts[2]: 1.0}
    return PolicyRow(instrument, importer, importer, exporter, scope, value, sector_share=share)


def _economy(label: str, flag: str, world: World) -> str:
    if label not in world.economies:
        raise UnknownEconomy(
            f"economy {label!r}",
            where=flag,
            why=f"world {world.name} has no such economy",
            instead=f"one of {', '.join(world.economies)}",
        )
    return label


def what_if(
    duties: tuple[str, ...],
    costs: tuple[str, ...] = (),
    *,
    world_name: str = "icio2022",
    closure: str = "fixed_to_world_income",
    revenue_use: str = "rebated",
    elasticities: str | None = None,
    theta_scale: float = 1.0,
    show: str = "USA,CHN",
    parts: bool = False,
    progress: Callable[[str], None] = lambda _: None,
) -> dict[str, Any]:
    """The answer of `detente what-if`, with its envelope; with `parts`, where real income comes from too.

    Raises:
        UnsolvableShock: no certified equilibrium was found; there are no numbers then.
        InvalidOption, UnknownEconomy, UnknownSector, UnknownName: bad input.
    """
    try:
        return _what_if(
            duties, costs, world_name, closure, revenue_use, elasticities, theta_scale, show, parts, progress
        )
    except DetenteError as error:
        error.where = error.where or _flag(error)
        raise


def _flag(error: DetenteError) -> str:
    """The option an error of the economy is about; the economy itself knows no command line."""
    for words, flag in (
        ("closure", "--closure"),
        ("revenue use", "--revenue-use"),
        ("theta_scale", "--theta-scale"),
        ("elasticities", "--elasticities"),
        ("non_tariff_cost", "--cost"),
    ):
        if words in error.what:
            return flag
    return "--duty"


def _what_if(
    duties: tuple[str, ...],
    costs: tuple[str, ...],
    world_name: str,
    closure: str,
    revenue_use: str,
    elasticities: str | None,
    theta_scale: float,
    show: str,
    parts: bool,
    progress: Callable[[str], None],
) -> dict[str, Any]:
    progress("world: loading")
    world = load_world(world_name)
    rows = [parse_change(text, "--duty", Instrument.IMPORT_DUTY, world) for text in duties]
    rows += [parse_change(text, "--cost", Instrument.NON_TARIFF_COST, world) for text in costs]
    shown = (
        list(world.economies)
        if "all" in show.split(",")
        else [_economy(s.strip(), "--show", world) for s in show.split(",")]
    )
    policy = Policy(tuple(rows)).on(weights_of(world_name))
    progress("world economy: solving")
    outcome = solve(
        MODEL,
        world,
        policy,
        closure=closure,
        revenue_use=revenue_use,
        elasticities=elasticities,
        theta_scale=theta_scale,
    )
    if isinstance(outcome, NotSolved):
        raise UnsolvableShock(
            f"no certified equilibrium: {outcome.reason.value.replace('_', ' ')}",
            where="--duty",
            why=outcome.message,
            instead="a smaller shock, another closure, or a larger --theta-scale",
        )
    data = outcome.to_dict(shown, sectors=True)
    if parts:
        progress("world economy: solving on the way")
        prepared = prepare(
            MODEL,
            world,
            closure=closure,
            revenue_use=revenue_use,
            elasticities=elasticities,
            theta_scale=theta_scale,
        )
        assert isinstance(prepared, Prepared)
        divided = decompose(prepared, policy)
        data["decomposition"] = divided.to_dict(shown) if isinstance(divided, Decomposition) else None
    data["names"] = {label: name_of(label) for label in shown}
    query = {
        "duty": list(duties),
        "cost": list(costs),
        "world": world_name,
        "closure": closure,
        "revenue_use": revenue_use,
        "elasticities": outcome.elasticities,
        "theta_scale": theta_scale,
        "show": shown,
        "decompose": parts,
    }
    provenance = {
        "world_hash": world_hash(world_name),
        "model": outcome.model,
        "certificate": outcome.certificate.to_dict(),
    }
    return envelope("what-if", query, data, provenance=provenance)
