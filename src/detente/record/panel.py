"""All duties of an importer by line, origin and time, as intervals in which nothing changes.

A day counts at its end in the importer's zone. Rates can change only where a measure's state or an exemption
begins or ends, so a line's duties are worked out on those days and equal neighbours are joined. What a line
pays is kept as a stack: the set of (measure, rate) that adds up to its duty.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date

import numpy as np

from detente.core.products import CodeIndex
from detente.record.asof import AsOf, MeasureState, Standing, moment_of, state_of
from detente.record.compile import applies_to, computable_duties, exemptions_on, lifted_by_claim, stack
from detente.record.entries import Measure
from detente.record.files import Record
from detente.record.rates import whole_goods

Stack = tuple[tuple[str, float | None], ...]
"""(measure id, rate in percent) of the duties on a line; a rate of None: the state is unknown."""


@dataclass(frozen=True)
class Intervals:
    """Duties of one origin: one row for every line and stretch of time.

    Attributes:
        line: index of the line [row].
        first: first day, as days since 1970-01-01 [row].
        end: first day after it, or -1 where nothing on record ends it [row].
        stack: key of `Duties.stacks` [row].
    """

    line: np.ndarray
    first: np.ndarray
    end: np.ndarray
    stack: np.ndarray


@dataclass
class Duties:
    """Works out duties by line; what many origins or days share is worked out once.

    Attributes:
        record, importer: whose duties.
        index: the lines.
        claims: whether goods that qualify under a trade agreement claim it.
        stacks: key -> the duties that add up; key 0 is none.
    """

    record: Record
    importer: str
    index: CodeIndex
    claims: bool = False
    stacks: dict[int, Stack] = field(default_factory=lambda: {0: ()})
    _memo: dict[object, tuple[np.ndarray, np.ndarray]] = field(default_factory=dict)

    def on(self, origin: str, asof: AsOf) -> tuple[np.ndarray, np.ndarray]:
        """Added duty in percent [line], NaN where unknown; and the key of its stack [line]."""
        checked_to = self.record.settings.checked_to
        states = [
            state_of(m, asof, checked_to)
            for m in self._measures
            if applies_to(m, origin) and not (self.claims and lifted_by_claim(m, asof))
        ]
        states = [s for s in states if s.in_force or s.status == Standing.UNKNOWN]
        # In an equal set of states, exemptions included, every line pays the same.
        key = tuple((s.measure.id, s.number, s.status, self._exemptions(s, asof)) for s in states)
        if key not in self._memo:
            self._memo[key] = self._work_out(states, asof)
        return self._memo[key]

    def intervals(self, origin: str, first: date, last: date, also: Iterable[date] = ()) -> Intervals:
        """Duties of an origin from the first day to the last, both inclusive.

        Args:
            also: days on which intervals are cut in any case.
        """
        days = change_days(self._measures, origin, first, last)
        cuts = {day for day in also if first < day <= last}
        days = sorted({*days, *cuts})
        keys = np.stack([self.on(origin, AsOf(day))[1] for day in days])
        begins = np.ones(keys.shape, dtype=bool)
        begins[1:] = keys[1:] != keys[:-1]
        begins[[day in cuts for day in days]] = True
        line, step = np.nonzero(begins.T)
        starts = np.array([(day - date(1970, 1, 1)).days for day in days])
        end = np.full(len(line), -1)
        same = line[:-1] == line[1:]
        end[:-1][same] = starts[step[1:]][same]
        return Intervals(line, starts[step], end, keys[step, line])

    @property
    def _measures(self) -> list[Measure]:
        return computable_duties(self.record, self.importer)

    def _exemptions(self, standing: MeasureState, asof: AsOf) -> tuple[int, ...]:
        held = exemptions_on(self.record, standing.measure, asof)
        return tuple(n for n, e in enumerate(standing.measure.exemptions) if any(e is h for h in held))

    def _work_out(self, states: list[MeasureState], asof: AsOf) -> tuple[np.ndarray, np.ndarray]:
        layers = stack(self.record, [s for s in states if s.in_force], asof)
        unknown = [s for s in states if s.status == Standing.UNKNOWN]
        total = np.zeros(len(self.index.codes))
        key = np.zeros(len(self.index.codes), dtype=np.uint64)
        columns: list[tuple[str, np.ndarray]] = []
        for layer in layers:
            rates = np.round(layer.rates(self.index), 6)
            columns.append((layer.measure.id, rates))
            total += rates
            key += _keys(layer.measure.id, rates)
        for standing in unknown:
            touched = np.where(self.index.mask(whole_goods(self.record, standing)), np.nan, 0.0)
            columns.append((standing.measure.id, touched))
            total += touched
            key += _keys(standing.measure.id, touched)
        for value, line in zip(*np.unique(key, return_index=True), strict=True):
            if int(value) not in self.stacks:
                self.stacks[int(value)] = tuple(_parts(columns, int(line)))
        return total, key


def _parts(columns: list[tuple[str, np.ndarray]], line: int) -> Iterator[tuple[str, float | None]]:
    for measure, rates in columns:
        if rates[line] != 0:
            yield measure, None if np.isnan(rates[line]) else float(rates[line])


def _keys(measure: str, rates: np.ndarray) -> np.ndarray:
    """A number of 64 bits for each (measure, rate); sums of them tell stacks apart [line]."""
    keys = np.zeros(len(rates), dtype=np.uint64)
    values, where = np.unique(rates, return_inverse=True)
    codes = np.array(
        [
            0 if value == 0 else int.from_bytes(hashlib.blake2b(f"{measure} {value}".encode()).digest()[:8])
            for value in values
        ],
        dtype=np.uint64,
    )
    keys += codes[where]
    return keys


def change_days(measures: Iterable[Measure], origin: str, first: date, last: date) -> list[date]:
    """The first day, and every day in [first, last] on which a duty on an origin may change."""
    days = {first}
    for measure in measures:
        if not applies_to(measure, origin):
            continue
        texts = [t for s in measure.states for t in (s.effective, s.expires)]
        texts += [t for e in measure.exemptions for t in (e.since, e.until)]
        texts.append(measure.preference.since if measure.preference else None)
        days.update(moment_of(text, measure.imposing).day for text in texts if text)
    return sorted(day for day in days if first <= day <= last)
