"""The shipped world's part in the state of play: trade weights, base duties, MFN rates."""

from __future__ import annotations

from dataclasses import replace
from functools import cache, lru_cache
from typing import Any

import numpy as np

from detente.analysis.duties import Trade
from detente.analysis.state import state_of_play
from detente.core.errors import MissingData
from detente.core.places import the
from detente.core.results import envelope
from detente.economy.world import World
from detente.economy.worlds import (
    DEFAULT_WORLD,
    load_base_duty,
    load_china_rates,
    load_flow,
    load_mfn_usa,
    load_weights,
    load_world,
    world_folder,
    world_hash,
)
from detente.policy import LineSet, Weights
from detente.record.asof import AsOf
from detente.record.compile import applies_to
from detente.record.entries import Instrument, Measure
from detente.record.files import Record
from detente.record.settings import TradeLine


def kept_world(name: str = DEFAULT_WORLD) -> World:
    """A world as `load_world` gives it, the same object each time, so that what is prepared for it is too."""
    folder = world_folder(name)
    return _kept_world(name, (folder / "world.npz").stat().st_mtime_ns)


@lru_cache(maxsize=4)
def _kept_world(name: str, _: int) -> World:
    return load_world(name)


def kept_world_hash(name: str = DEFAULT_WORLD) -> str:
    """As `world_hash`, computed once."""
    folder = world_folder(name)
    return _kept_world_hash(name, (folder / "world.npz").stat().st_mtime_ns)


@lru_cache(maxsize=4)
def _kept_world_hash(name: str, _: int) -> str:
    return world_hash(name)


@cache
def weights_of(world: str = DEFAULT_WORLD) -> Weights:
    """HS weights of a shipped world, read once."""
    return load_weights(world)


def weights_for(record: Record, world: str = DEFAULT_WORLD) -> Weights:
    """HS weights of a world, with flows of the dispute whose lines the world does not ship made up.

    Such a flow has the record's own values of listed goods (`trade` in dispute.yaml), and for the rest of
    each sector the world's flow.
    """
    weights = weights_of(world)
    made: dict[tuple[str, str], LineSet] = {}
    first, second = record.settings.parties
    for flow in ((first, second), (second, first)):
        if not _shipped(weights, *flow):
            lines = _made_lines(record, *flow, world)
            if lines is not None:
                made[flow] = lines
    return replace(weights, flows=made) if made else weights


def _shipped(weights: Weights, importer: str, exporter: str) -> bool:
    lines = weights.lines.get(importer)
    return lines is not None and (exporter in lines.value_musd or exporter in lines.proxy)


def _made_lines(record: Record, importer: str, exporter: str, world: str) -> LineSet | None:
    """Listed goods and the rest of each sector; None where the record values not every listed good."""
    weights = weights_of(world)
    if importer not in weights.economies or exporter not in weights.economies:
        return None
    valued = [t for t in record.settings.trade if (t.importer, t.exporter) == (importer, exporter)]
    places = [_sector_of(weights, line.hs) for line in valued]
    if not _all_valued(record, importer, exporter, valued) or -1 in places:
        return None
    flow = load_flow(world, importer, exporter)
    # No HS code begins with 00: these lines stand for the rest of a sector, and no list holds them.
    rows = [(f"00{j:02d}", j, float(flow[j])) for j in weights.goods]
    rows += [(line.hs, place, line.usd_million) for line, place in zip(valued, places, strict=True)]
    rows.sort()
    years = sorted({line.year for line in valued})
    basis = f"{record.settings.title.split(',')[0]}: trade by sector of world {world}"
    if years:
        span = f"{years[0]}" if len(years) == 1 else f"{years[0]} to {years[-1]}"
        basis = f"{len(valued)} listed goods at their values of {span}, the rest by sector of world {world}"
    return LineSet(
        importer,
        tuple(code for code, _, _ in rows),
        np.array([place for _, place, _ in rows]),
        {exporter: np.array([value for _, _, value in rows])},
        years[-1] if years else 0,
        f"{basis}; basic prices, listed goods from the record's sources",
    )


def _all_valued(record: Record, importer: str, exporter: str, valued: list[TradeLine]) -> bool:
    """Whether every duty on listed goods finds a valued good, so that none counts for nothing."""
    codes = [line.hs for line in valued]
    for measure in record.of(Measure):
        if not (
            measure.instrument is Instrument.IMPORT_DUTY
            and measure.in_economy
            and measure.imposing == importer
            and applies_to(measure, exporter)
        ):
            continue
        for scope in [measure.scope, *(s.scope for s in measure.states if s.scope)]:
            held = any(code.startswith(tuple(scope.hs)) for code in codes)
            if scope.list_file or (not scope.all_goods and not held):
                return False
    return True


def _sector_of(weights: Weights, code: str) -> int:
    """The sector in which most lines of a code lie, in any importer's table; -1 where none has it."""
    found: list[int] = []
    for lines in weights.lines.values():
        digits = min(len(code), 6)
        same = [n for n, line in enumerate(lines.codes) if line.startswith(code[:digits])]
        found += [int(lines.sector[n]) for n in same]
    return max(set(found), key=found.count) if found else -1


def trade_of(record: Record, importer: str, exporter: str, world: str = DEFAULT_WORLD) -> Trade:
    """What the averages of a flow are weighted with, and the base day's average duty on it.

    The base is that of the world, weighted with the same lines; chapters 98 and 99 belong to no sector,
    enter free of duty and count in the weights.
    """
    weights = weights_for(record, world)
    try:
        lines = weights.between(importer, exporter)
    except MissingData:
        why = (
            f"no averages: world {world} ships no HS lines of {the(importer)}'s imports from {the(exporter)}"
        )
        known = {importer, exporter} <= set(weights.economies)
        more = ", and dispute.yaml does not value every listed good" if known else ""
        return Trade(None, None, why + more)
    duty = load_base_duty(world)[weights.economies.index(importer), weights.economies.index(exporter)]
    value = lines.values(exporter)
    rates = np.where(lines.sector >= 0, duty[np.maximum(lines.sector, 0)], 0.0)
    return Trade(lines, 100 * float((rates * value).sum() / value.sum()), lines.basis)


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
        lambda importer, exporter: trade_of(record, importer, exporter, world),
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
