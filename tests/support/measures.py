"""Measures and records made in memory, for tests of time that need thousands of them."""

from __future__ import annotations

from dataclasses import replace

from detente.record.entries import GoodsScope, Instrument, Measure, State
from detente.record.files import Record, load_record


def measure_of(states: list[State], party: str = "USA") -> Measure:
    """A duty on all goods of the other side with this life."""
    return Measure(
        schema=1, kind="measure", id="measure-life", title="A duty", imposing=party,
        targets=("CHN" if party == "USA" else "USA",), instrument=Instrument.IMPORT_DUTY, authority="Act",
        layer="life", scope=GoodsScope(all_goods=True), states=tuple(states),
    )  # fmt: skip


def record_with(*measures: Measure) -> Record:
    """A record of these measures alone, with the settings of the shipped dispute."""
    record = load_record("us-china")
    settings = replace(record.settings, checked_to="2026-12-31")
    return replace(record, settings=settings, entries={m.id: m for m in measures}, lists={}, aliases={})
