"""Levers through the world economy, from words like `USA:CHN:C26=30`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from detente.analysis.baseline import weights_of
from detente.analysis.lever_words import policy_in_words
from detente.core.errors import DetenteError, UnknownEconomy, UnsolvableShock
from detente.core.places import name_of
from detente.core.results import envelope
from detente.economy.certificate import NotSolved
from detente.economy.decompose import Decomposition, decompose
from detente.economy.prepare import Prepared, prepare
from detente.economy.solve import solve
from detente.economy.worlds import load_world, world_hash

Levers = Mapping[str, Sequence[str]]


def what_if(
    levers: Levers,
    transit: Sequence[str] = (),
    *,
    model: str = "input-output",
    world_name: str = "icio2022",
    closure: str = "fixed_to_world_income",
    revenue_use: str = "rebated",
    elasticities: str | None = None,
    theta_scale: float = 1.0,
    show: str = "USA,CHN",
    parts: bool = False,
    progress: Callable[[str], None] = lambda _: None,
) -> dict[str, Any]:
    """The answer of `detente what-if`, with its envelope.

    Args:
        levers: name of a lever -> its words, see `lever_words.FORMS`.
        transit: see `lever_words.policy_in_words`.
        model, world_name, closure, revenue_use, elasticities, theta_scale: see `economy.solve`.
        show: labels of economies by comma; "all" for all.
        parts: also where real income comes from.
        progress: told what is going on.

    Raises:
        UnsolvableShock: no certified equilibrium was found; there are no numbers then.
        InvalidOption, InvalidPolicy, UnknownEconomy, UnknownSector, UnknownName: bad input.
    """
    assumptions = {
        "model": model,
        "closure": closure,
        "revenue_use": revenue_use,
        "elasticities": elasticities,
        "theta_scale": theta_scale,
    }
    try:
        return _what_if(levers, transit, world_name, assumptions, show, parts, progress)
    except DetenteError as error:
        error.where = error.where or flag_of(error, levers)
        raise


def flag_of(error: DetenteError, levers: Levers) -> str:
    """The option an error of the economy is about; the economy itself knows no command line."""
    for words, flag in (
        ("closure", "--closure"),
        ("revenue use", "--revenue-use"),
        ("theta_scale", "--theta-scale"),
        ("elasticities", "--elasticities"),
        ("non-tariff cost", "--cost"),
        ("export tax", "--export-tax"),
        ("model", "--model"),
        ("scheme", "--scheme"),
        ("years", "--years"),
    ):
        if words in error.what:
            return flag
    return f"--{next((name for name, texts in levers.items() if texts), 'duty')}"


def _what_if(
    levers: Levers,
    transit: Sequence[str],
    world_name: str,
    assumptions: dict[str, Any],
    show: str,
    parts: bool,
    progress: Callable[[str], None],
) -> dict[str, Any]:
    progress("world: loading")
    world = load_world(world_name)
    shown = list(world.economies) if "all" in show.split(",") else [s.strip() for s in show.split(",")]
    for label in shown:
        if label not in world.economies:
            raise UnknownEconomy(
                f"economy {label!r}",
                where="--show",
                why=f"world {world.name} has no such economy",
                instead=f"one of {', '.join(world.economies)}",
            )
    policy = policy_in_words(levers, transit, world).on(weights_of(world_name))
    progress("world economy: solving")
    outcome = solve(world=world, policy=policy, **assumptions)
    if isinstance(outcome, NotSolved):
        raise UnsolvableShock(
            f"no certified equilibrium: {outcome.reason.value.replace('_', ' ')}",
            where=flag_of(UnsolvableShock(""), levers),
            why=outcome.message,
            instead="a smaller shock, another closure, or a larger --theta-scale",
        )
    data = outcome.to_dict(shown, sectors=True)
    if parts:
        progress("world economy: solving on the way")
        prepared = prepare(world=world, **assumptions)
        assert isinstance(prepared, Prepared)
        divided = decompose(prepared, policy)
        data["decomposition"] = divided.to_dict(shown) if isinstance(divided, Decomposition) else None
    data["names"] = {label: name_of(label) for label in shown}
    query = {
        **{name.replace("-", "_"): list(words) for name, words in levers.items() if words},
        **({"transit": list(transit)} if transit else {}),
        "world": world_name,
        **assumptions,
        "elasticities": outcome.elasticities,
        "show": shown,
        "decompose": parts,
    }
    query.setdefault("duty", [])
    query.setdefault("cost", [])
    provenance = {
        "world_hash": world_hash(world_name),
        "model": outcome.model,
        "certificate": outcome.certificate.to_dict(),
    }
    return envelope("what-if", query, data, provenance=provenance)
