"""Changes as a page or a script gives them, to policy rows.

A change is {instrument, importer, exporter, scope, value, unit}; see `Change`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from detente.core.errors import InvalidOption, InvalidPolicy, UnknownEconomy, UnknownSector
from detente.core.products import Scope, normalise_hs
from detente.economy.sources.labels import EU_MEMBERS
from detente.economy.world import World
from detente.policy import ALL, Instrument, PolicyRow, Rent, Unit
from detente.policy.rows import UNITS

Change = Mapping[str, Any]
"""Keys: instrument, importer, exporter, value; and, with defaults, scope ("all"), unit (the instrument's
first), controller (whose law it is), rent (who gets what a licence is worth)."""

FIELDS = ("instrument", "importer", "exporter", "scope", "value", "unit", "controller", "rent")
OTHERS = "OTHERS"
"""Every economy that is neither a party to the dispute nor one of its territories."""
MOST_CHANGES = 500
POINTS = {"points": Unit.PERCENT_OF_VALUE, "percent": Unit.PERCENT_OF_VALUE}
"""Other words for a unit: points of duty are percent of customs value."""
TAKES_ALL = (Instrument.SUBSIDY, Instrument.QUANTITY_LIMIT, Instrument.QUANTITY_FLOOR)
"""Instruments in which ALL is one rule on a sum; in others it is each economy in turn."""
BY_IMPORTER = (
    Instrument.IMPORT_DUTY,
    Instrument.NON_TARIFF_COST,
    Instrument.EXEMPTION_SHARE,
    Instrument.QUANTITY_FLOOR,
)
"""Instruments that are the importer's law unless said otherwise; the others are the exporter's."""


def rows_of(changes: Sequence[Change], world: World, apart: Sequence[str] = ()) -> list[PolicyRow]:
    """Policy rows of changes, groups of economies and lists of goods told apart.

    Args:
        changes: see `Change`. An importer or exporter is a label, EUN for the members of the European
            Union, OTHERS, ALL, or a list of these. A scope is "all", a sector of the world, an HS code, or a
            list of these.
        world: whose labels are meant.
        apart: the parties and territories that OTHERS leaves out.

    Raises:
        InvalidOption: a field that is missing, unknown or of another form; too many changes.
        UnknownEconomy, UnknownSector: a label the world does not have.
        InvalidPolicy: numbers that cannot be.
    """
    if len(changes) > MOST_CHANGES:
        raise InvalidOption(
            f"{len(changes)} changes",
            where="changes",
            why=f"at most {MOST_CHANGES} are taken at once",
            instead="one change on a list of goods instead of many",
        )
    found: list[PolicyRow] = []
    for number, change in enumerate(changes):
        where = f"changes[{number}]"
        try:
            found += _rows(change, where, world, apart)
        except InvalidPolicy as error:
            error.where = error.where or where
            raise
    return found


def _rows(change: Change, where: str, world: World, apart: Sequence[str]) -> list[PolicyRow]:
    unknown = [key for key in change if key not in FIELDS]
    if unknown:
        _refuse(f"field {unknown[0]!r}", where, "no such field of a change", f"one of {', '.join(FIELDS)}")
    for key in ("instrument", "importer", "exporter", "value"):
        if change.get(key) in (None, "", []):
            _refuse(f"no {key}", f"{where}.{key}", "a change needs one", _EXAMPLE)
    instrument = _member(Instrument, change["instrument"], f"{where}.instrument")
    unit = _unit(change.get("unit"), instrument, f"{where}.unit")
    value = _number(change["value"], f"{where}.value")
    one = instrument in TAKES_ALL
    importers = _economies(change["importer"], f"{where}.importer", world, apart, one)
    exporters = _economies(change["exporter"], f"{where}.exporter", world, apart, one)
    goods = _goods(change.get("scope"), f"{where}.scope", world)
    rent = None if not change.get("rent") else _member(Rent, change["rent"], f"{where}.rent")
    owner = change.get("controller")
    controller = None if not owner else _economies(owner, f"{where}.controller", world, apart, False)[0]
    rows = [
        PolicyRow(
            instrument,
            controller or (importer if instrument in BY_IMPORTER else exporter),
            importer,
            exporter,
            scope,
            value,
            unit,
            sector_share=share,
            rent=rent,
        )
        for importer in importers
        for exporter in exporters
        if importer != exporter or len(importers) == len(exporters) == 1
        for scope, share in goods
    ]
    if not rows:
        _refuse(
            f"{change['importer']} and {change['exporter']}",
            where,
            "no economy is left that trades with another",
            "two different economies",
        )
    return rows


_EXAMPLE = (
    '{"instrument": "import_duty", "importer": "USA", "exporter": "CHN", "scope": "C26", "value": 10, '
    '"unit": "percent_of_value"}'
)


def _economies(given: Any, where: str, world: World, apart: Sequence[str], one: bool) -> list[str]:
    """Labels meant; `one` keeps ALL as it is."""
    words = given if isinstance(given, list | tuple) else str(given).split(",")
    found: list[str] = []
    for word in words:
        label = str(word).strip()
        if label == ALL:
            found += [ALL] if one else list(world.economies)
        elif label == OTHERS:
            found += [name for name in world.economies if name not in apart]
        elif label in ("EUN", "EU") and label not in world.economies:
            found += [name for name in EU_MEMBERS if name in world.economies]
        elif label in world.economies:
            found.append(label)
        else:
            raise UnknownEconomy(
                f"economy {label!r}",
                where=where,
                why=f"world {world.name} has no such economy",
                instead=f"EUN, OTHERS, ALL, or one of {', '.join(world.economies)}",
            )
    return list(dict.fromkeys(found))


def _goods(given: Any, where: str, world: World) -> list[tuple[Scope, dict[str, float] | None]]:
    """The goods meant, as rows of their own: all; sectors of the world; HS codes together."""
    words = given if isinstance(given, list | tuple) else str(given or "all").split(",")
    names = [str(word).strip() for word in words] or ["all"]
    if any(name.lower() in ("all", "") for name in names):
        return [(Scope.everything(), None)]
    sectors = {name: 1.0 for name in names if name in world.sectors}
    codes = [name for name in names if name not in world.sectors]
    found: list[tuple[Scope, dict[str, float] | None]] = [(Scope.everything(), sectors)] if sectors else []
    bare = [code.lower().removeprefix("hs") for code in codes]
    for name, code in zip(codes, bare, strict=True):
        if not code[:1].isdigit():
            raise UnknownSector(
                f"goods {name!r}",
                where=where,
                why=f"neither an HS code nor a sector of world {world.name}",
                instead=f"all, an HS code such as 8517, or one of {', '.join(world.sectors)}",
            )
    if bare:
        found.append((Scope(include=frozenset(normalise_hs(code, where=where) for code in bare)), None))
    return found


def _member(kind: Any, given: Any, where: str) -> Any:
    try:
        return kind(str(given))
    except ValueError:
        raise InvalidOption(
            f"{given!r}",
            where=where,
            why=f"no such {where.rsplit('.', 1)[-1]}",
            instead=f"one of {', '.join(member.value for member in kind)}",
        ) from None


def _unit(given: Any, instrument: Instrument, where: str) -> Unit:
    units = UNITS[instrument]
    if not given:
        return units[0]
    return POINTS.get(str(given)) or _member(Unit, given, where)


def _number(given: Any, where: str) -> float:
    try:
        if isinstance(given, bool):
            raise ValueError
        return float(given)
    except (TypeError, ValueError):
        return _refuse(f"{given!r}", where, "it is not a number", "a number, e.g. 10")


def _refuse(what: str, where: str, why: str, instead: str) -> Any:
    raise InvalidOption(what, where=where, why=why, instead=instead)
