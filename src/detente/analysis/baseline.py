"""The shipped world's part in the state of play: trade weights, base duties, MFN rates."""

from __future__ import annotations

from functools import cache
from typing import Any

from detente.analysis.state import state_of_play
from detente.core.results import envelope
from detente.economy.worlds import load_base_rates, load_most_favoured, load_weights
from detente.policy import LineSet, Weights
from detente.record.asof import AsOf
from detente.record.files import Record

DEFAULT_WORLD = "icio2022"


@cache
def weights_of(world: str) -> Weights:
    """HS weights of a shipped world, read once."""
    return load_weights(world)


def lines_of(importer: str, world: str = DEFAULT_WORLD) -> LineSet:
    """An importer's trade by HS line."""
    return weights_of(world).lines[importer]


def status_of(record: Record, asof: AsOf, world: str = DEFAULT_WORLD) -> dict[str, Any]:
    """The full answer of `detente status`, with its envelope."""
    data = state_of_play(
        record,
        asof,
        lambda importer: lines_of(importer, world),
        lambda importer, exporter: load_base_rates(world)[f"{importer}_on_{exporter}"],
        lambda importer, code: load_most_favoured(world, importer, code),
    )
    query = {
        "dispute": record.settings.name,
        "on": asof.on.isoformat(),
        "known_by": asof.known_by.isoformat() if asof.known_by else None,
        "assume": asof.assume.value if asof.assume else None,
    }
    entries = sorted({e for d in data["duties"].values() for layer in d["layers"] for e in layer["entries"]})
    return envelope("status", query, data, provenance={"record_hash": record.digest, "entries": entries})
