"""A number that is not known well: low, central and high, its unit, and who says so.

    - {low: 20, central: 35, high: 50, unit: usd_billion, per: year,
       because: tuition and living of students from China in the US,
       sources: [{by: NAFSA, url: https://..., seen: 2026-11-24, says: 43.8 billion}]}

Every range states why it is what it is. One without sources is an assumption and says `assumed: true`. Two
sources by the same hand are one origin.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from detente.core.days import parse_day
from detente.core.errors import DetenteError, InvalidRange
from detente.core.yaml12 import Lines

LEVELS = ("low", "central", "high")

FORM = (
    "{low: 1, central: 2, high: 3, unit: usd_million, per: year, because: WORDS, "
    "sources: [{by: WHO, url: https://..., seen: 2026-11-24, says: WORDS}]}"
)
"""A range as it should be written."""


@dataclass(frozen=True)
class Origin:
    """Who states a number, and where.

    Attributes:
        by: the author or office that made the number, not who passed it on.
        url: where it was read; empty for a source of the record or from memory.
        seen: day on which it was read, as written; empty where it was not.
        says: what it says, in our words.
        record: id of a source entry of the record; empty where there is none.
    """

    by: str
    url: str = ""
    seen: str = ""
    says: str = ""
    record: str = ""

    def to_dict(self) -> dict[str, str]:
        """For JSON: the fields that are given."""
        return {key: value for key, value in vars(self).items() if value}


@dataclass(frozen=True)
class Sourced:
    """A range with its unit and sources.

    Attributes:
        low, central, high: in rising order.
        unit: what is counted: usd_million, percent, share, weeks, ...
        because: why these numbers.
        per: per what: year, once, student, ...; empty where the unit says it all.
        sources: who states it; empty for an assumption.
        assumed: True where it rests on no source.
    """

    low: float
    central: float
    high: float
    unit: str
    because: str
    per: str = ""
    sources: tuple[Origin, ...] = ()
    assumed: bool = False

    def __post_init__(self) -> None:
        levels = (self.low, self.central, self.high)
        what = f"range {self.low:g}, {self.central:g}, {self.high:g}"
        if not np.isfinite(levels).all() or not self.low <= self.central <= self.high:
            raise InvalidRange(what, why="low, central and high are numbers in rising order", instead=FORM)
        if not self.unit or not self.because.strip():
            raise InvalidRange(what, why="no unit, or no word on why", instead=FORM)
        if bool(self.sources) == self.assumed:
            raise InvalidRange(
                what,
                why="it names sources and says it is assumed" if self.assumed else "no source",
                instead="sources: [{by: WHO, ...}], or assumed: true with the reason in `because`",
            )

    @property
    def origins(self) -> int:
        """How many independent hands state it."""
        return len({source.by.casefold() for source in self.sources})

    @property
    def levels(self) -> dict[str, float]:
        """Level -> number."""
        return {level: getattr(self, level) for level in LEVELS}

    def times(self, factor: float, unit: str = "") -> Sourced:
        """The range in another unit, or scaled by a number; a negative one turns it round."""
        ends = sorted((factor * self.low, factor * self.high))
        return replace(self, low=ends[0], central=factor * self.central, high=ends[1], unit=unit or self.unit)

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            **self.levels,
            "unit": self.unit,
            "per": self.per,
            "because": self.because,
            "assumed": self.assumed,
            "origins": self.origins,
            "sources": [source.to_dict() for source in self.sources],
        }


def exactly(number: float, unit: str, because: str, *sources: Origin, per: str = "") -> Sourced:
    """A number without spread; assumed where no source is given."""
    return Sourced(number, number, number, unit, because, per, sources, not sources)


def read_sourced(
    given: Any,
    where: str,
    *,
    units: tuple[str, ...] = (),
    lowest: float = -np.inf,
    highest: float = np.inf,
) -> Sourced:
    """A range as a YAML file has it.

    Args:
        given: the mapping read from the file.
        where: file and line, for errors.
        units: those that make sense here; any where empty.
        lowest, highest: bounds that all three numbers keep.

    Raises:
        InvalidRange: a key it does not have or lacks, numbers out of order or out of bounds, another unit, no
            source.
    """
    if not isinstance(given, Mapping):
        raise InvalidRange(f"{given!r}", where=where, why="a bare number has no source", instead=FORM)
    known = {*LEVELS, "unit", "per", "because", "sources", "assumed"}
    strange = sorted(set(map(str, given)) - known)
    missing = [key for key in (*LEVELS, "unit", "because") if key not in given]
    if strange or missing:
        raise InvalidRange(
            f"a range with {', '.join(strange)}" if strange else f"a range without {', '.join(missing)}",
            where=where,
            why=f"it has {', '.join(sorted(known))}" if strange else "it needs them",
            instead=FORM,
        )
    levels = {level: _number(given[level], level, where) for level in LEVELS}
    unit = str(given["unit"])
    if units and unit not in units:
        raise InvalidRange(
            f"unit {unit!r}",
            where=where,
            why="not a unit of this field",
            instead=f"one of {', '.join(units)}",
        )
    for level, number in levels.items():
        if not lowest <= number <= highest:
            raise InvalidRange(
                f"{level} {number:g}",
                where=where,
                why=f"it lies between {lowest:g} and {highest:g}",
                instead="a number within",
            )
    listed = given.get("sources") or []
    if not isinstance(listed, list):
        raise InvalidRange(f"sources {listed!r}", where=where, why="not a list", instead=FORM)
    try:
        return Sourced(
            **levels,
            unit=unit,
            because=str(given["because"] or ""),
            per=str(given.get("per") or ""),
            sources=tuple(_origin(one, where) for one in listed),
            assumed=_flag(given.get("assumed", False), where),
        )
    except InvalidRange as error:
        raise InvalidRange(error.what, where=where, why=error.why, instead=error.instead) from None


def _number(given: Any, level: str, where: str) -> float:
    if isinstance(given, bool) or not isinstance(given, int | float):
        raise InvalidRange(f"{level} {given!r}", where=where, why="not a number", instead=f"{level}: 1.5")
    return float(given)


def _flag(given: Any, where: str) -> bool:
    if not isinstance(given, bool):
        raise InvalidRange(f"assumed {given!r}", where=where, why="true or false", instead="assumed: true")
    return given


def _origin(given: Any, where: str) -> Origin:
    fields = ("by", "url", "seen", "says", "record")
    if not isinstance(given, Mapping) or set(given) - set(fields) or not given.get("by"):
        raise InvalidRange(
            f"source {given!r}",
            where=where,
            why=f"a source has {', '.join(fields)}, and needs `by`",
            instead="{by: WHO, url: https://..., seen: 2026-11-24, says: WORDS}",
        )
    origin = Origin(**{key: str(value) for key, value in given.items()})
    if origin.seen:
        try:
            parse_day(origin.seen)
        except DetenteError as error:
            raise InvalidRange(
                f"seen {origin.seen!r}", where=where, why=error.why, instead=error.instead
            ) from None
    return origin


def line_of(lines: Lines, *path: str | int) -> int:
    """Line of a key, or of the nearest key above it."""
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path, 1)
