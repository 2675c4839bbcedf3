"""What the news prints of a duty, against the law: "from 145% to 30%" is a sum of layers that no one entry holds.

A government's duties on all goods of another add up to a headline rate. Each change of that sum has a day and
an entry that brought most of it about; a rate in an article that is such a sum is about that entry.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property, lru_cache

from detente.core.days import parse_moment
from detente.reading.lexicon import DUTIES
from detente.record.entries import Measure, Status
from detente.record.files import Record
from detente.record.measures import Instrument

CLOSE_POINTS = 0.5
"""How far from the sum a printed rate may lie, in percentage points: the news rounds."""

AHEAD = timedelta(days=45)
BEHIND = timedelta(days=500)
"""How long before its day a change may be told, and how long after."""

_WORDS = {
    Instrument.DE_MINIMIS: r"parcels?|de minimis|postal|packages|low-value",
    Instrument.PORT_FEE: r"port (?:fees?|charges?)|ships?|vessels?",
    Instrument.VISA_RESTRICTION: r"visas?|students?",
    Instrument.INVESTMENT_SCREENING: r"invest\w*",
    Instrument.PURCHASE_COMMITMENT: r"buy\w*|purchas\w+|bought",
    Instrument.IMPORT_BAN: r"imports?|ban\w*|registrations?|deliver\w+",
    Instrument.EXPORT_CONTROL: r"exports?|licen[cs]\w+|controls?|curbs?|restrict\w+|suppl\w+|ship\w*|s[oe]l[dl]\w*|sales?",
    Instrument.USE_CONTROL: r"us(?:e|ing)|ban\w*|guidance|restrict\w+",
    Instrument.ENTITY_RESTRICTION: r"list\w*|sanction\w*|entit(?:y|ies)|compan(?:y|ies)|firms?|blacklist\w*",
    Instrument.IMPORT_DUTY: rf"{DUTIES.pattern}|anti-?dumping|countervailing|probes?|investigat\w+|%|per ?cent",
}
_PATTERNS = {
    instrument: re.compile(rf"\b(?:{words})\b" if instrument is not Instrument.IMPORT_DUTY else words, re.I)
    for instrument, words in _WORDS.items()
}


@lru_cache(maxsize=1024)
def speaks_of(instrument: Instrument, words: str) -> bool:
    """Whether words could be about such an instrument; any words could be about `other` ones."""
    pattern = _PATTERNS.get(instrument)
    return pattern is None or pattern.search(words) is not None


@dataclass(frozen=True)
class Change:
    """One change of the headline rate of an importer on all goods of an exporter.

    Attributes:
        day: from which it bites, in the importer's zone.
        before_percent, after_percent: the sum of its duties on all goods.
        entry: the measure that changed most.
    """

    day: date
    before_percent: float
    after_percent: float
    entry: Measure


class Headlines:
    """Headline rates of a record, by importer and exporter."""

    def __init__(self, record: Record) -> None:
        self._record = record
        self._changes: dict[tuple[str, str], list[Change]] = {}

    @cached_property
    def _broad(self) -> list[Measure]:
        return [
            measure
            for measure in self._record.of(Measure)
            if measure.instrument is Instrument.IMPORT_DUTY and measure.scope.all_goods
        ]

    def changes(self, importer: str, exporter: str) -> list[Change]:
        """Every change of the sum, in order of days."""
        key = importer, exporter
        if key not in self._changes:
            self._changes[key] = list(self._of(importer, exporter))
        return self._changes[key]

    def _of(self, importer: str, exporter: str) -> Iterable[Change]:
        layers = [m for m in self._broad if m.imposing == importer and _falls_on(m, exporter)]
        days = sorted({parse_moment(s.effective).day for m in layers for s in m.states})
        before = dict.fromkeys((m.id for m in layers), 0.0)
        for day in days:
            after = {m.id: _rate_percent(m, day) for m in layers}
            moved = max(layers, key=lambda m: abs(after[m.id] - before[m.id]))
            if after != before:
                yield Change(day, sum(before.values()), sum(after.values()), moved)
            before = after

    def sums(self, entry: Measure) -> set[float]:
        """Headline rates that the entry brought about, percent."""
        exporters = self._record.settings.parties if "ALL" in entry.targets else entry.targets
        return {
            change.after_percent
            for exporter in exporters
            for change in self.changes(entry.imposing, exporter)
            if change.entry is entry
        }

    def standing(self, entry: Measure, day: date) -> set[float]:
        """Headline rates in force on a day that the entry is part of, percent."""
        exporters = self._record.settings.parties if "ALL" in entry.targets else entry.targets
        begun = [
            [change for change in self.changes(entry.imposing, exporter) if change.day <= day]
            for exporter in exporters
            if exporter != entry.imposing
        ]
        return {changes[-1].after_percent for changes in begun if changes}

    def told(
        self,
        importer: str,
        exporter: str,
        *,
        before_percent: set[float],
        after_percent: set[float],
        day: date | None,
    ) -> Change | None:
        """The change that printed rates are about: the nearest day among those whose sums fit.

        Args:
            before_percent, after_percent: rates told as the old and as the new level; each that is given must
                be a sum before, or after, the change.
            day: of the act, or of the article; None fits any.
        """
        if not after_percent:
            return None
        fitting = [
            change
            for change in self.changes(importer, exporter)
            if _near(change.after_percent, after_percent)
            and (not before_percent or _near(change.before_percent, before_percent))
            and (day is None or change.day - AHEAD <= day <= change.day + BEHIND)
        ]
        if day is None:
            return fitting[-1] if fitting else None
        return min(fitting, key=lambda change: abs((day - change.day).days), default=None)


def _falls_on(measure: Measure, exporter: str) -> bool:
    return exporter in measure.targets or (
        "ALL" in measure.targets and exporter not in measure.except_targets
    )


def _rate_percent(measure: Measure, day: date) -> float:
    """Of the last state that had begun on the day; 0 where it is not in force."""
    begun = [s for s in measure.states if not s.withdrawn and parse_moment(s.effective).day <= day]
    if not begun or begun[-1].status is not Status.IN_FORCE:
        return 0.0
    return begun[-1].rate_percent or 0.0


def _near(sum_percent: float, told_percent: set[float]) -> bool:
    return any(abs(sum_percent - one) <= CLOSE_POINTS for one in told_percent)
