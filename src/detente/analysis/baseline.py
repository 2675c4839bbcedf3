"""The shipped world's part in the state of play: trade weights, base duties, MFN rates."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from detente.analysis.state import state_of_play
from detente.core.errors import MissingData
from detente.core.results import envelope
from detente.economy.worlds import DEFAULT_WORLD, load_base_duty, load_china_rates, load_mfn_usa, load_weights
from detente.policy import LineSet, Weights
from detente.record.asof import AsOf
from detente.record.files import Record


@cache
def weights_of(world: str = DEFAULT_WORLD) -> Weights:
    """HS weights of a shipped world, read once."""
    return load_weights(world)


def lines_of(importer: str, world: str = DEFAULT_WORLD) -> LineSet:
    """An importer's trade by HS line.

    Raises:
        MissingData: the world ships no lines of this importer.
    """
    lines = weights_of(world).lines
    if importer not in lines:
        raise MissingData(
            f"no HS lines of {importer}'s imports",
            where=f"world {world}",
            why="averages need the trade line by line",
            instead=f"a dispute between {' and '.join(lines)}",
        )
    return lines[importer]


def base_percent(importer: str, exporter: str, world: str = DEFAULT_WORLD) -> float:
    """Average duty of the world's base day on a flow, percent, weighted with the importer's HS lines."""
    weights = weights_of(world)
    duty = load_base_duty(world)[weights.economies.index(importer), weights.economies.index(exporter)]
    lines = lines_of(importer, world)
    value = lines.values(exporter)
    # Chapters 98 and 99 belong to no sector; they enter free of duty and count in the weights.
    rates = np.where(lines.sector >= 0, duty[np.maximum(lines.sector, 0)], 0.0)
    return 100 * float((rates * value).sum() / value.sum())


@cache
def _most_favoured_tables(world: str, importer: str) -> dict[str, float]:
    if importer == "USA":
        table = load_mfn_usa(world)
        plain = np.isin(table.columns["kind"], ["free", "ad_valorem"])
        pairs = zip(table.codes.tolist(), table.columns["rate"].tolist(), plain.tolist(), strict=True)
        return {code: 100 * rate for code, rate, known in pairs if known}
    if importer == "CHN":
        table = load_china_rates(world)
        rates = table.columns["mfn_2019"].tolist()
        return {code: 100 * rate for code, rate in zip(table.codes.tolist(), rates, strict=True)}
    return {}


def most_favoured_percent(importer: str, code: str, world: str = DEFAULT_WORLD) -> float | None:
    """MFN rate of an HS code of 8 or 10 digits in percent; None where it is not ad valorem or not known.

    Nomenclatures change at eight digits: a line that is not in the table takes the rate of its six-digit
    subheading where all lines of that subheading pay the same.
    """
    table = _most_favoured_tables(world, importer)
    rate = table.get(code[:8])
    if rate is None:
        siblings = {round(value, 6) for line, value in table.items() if line.startswith(code[:6])}
        rate = siblings.pop() if len(siblings) == 1 else None
    return None if rate is None else round(rate, 4)


def status_of(record: Record, asof: AsOf, world: str = DEFAULT_WORLD) -> dict[str, Any]:
    """The full answer of `detente status`, with its envelope."""
    data = state_of_play(
        record,
        asof,
        lambda importer: lines_of(importer, world),
        lambda importer, exporter: base_percent(importer, exporter, world),
        lambda importer, code: most_favoured_percent(importer, code, world),
    )
    query = {
        "dispute": record.settings.name,
        "on": asof.on.isoformat(),
        "known_by": asof.known_by.isoformat() if asof.known_by else None,
        "assume": asof.assume.value if asof.assume else None,
    }
    entries = sorted({e for d in data["duties"].values() for layer in d["layers"] for e in layer["entries"]})
    return envelope("status", query, data, provenance={"record_hash": record.digest, "entries": entries})
