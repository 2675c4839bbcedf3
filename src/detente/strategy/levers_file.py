"""The levers of a dispute: what each side holds over the other, from `levers.yaml` in the dispute's folder.

Two kinds. A lever that the world economy can carry has `moves` (policy rows) and `full`, how far it can go:
points of duty, or the share of a flow that is withheld. Any other has its costs stated as sourced ranges,
in USD billion a year. docs/leverage.md has the format; every range is a `sourced.Sourced`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from detente.core.errors import InvalidLever
from detente.core.yaml12 import Lines, read_yaml
from detente.policy import Instrument, Rent
from detente.strategy.sourced import Sourced, line_of, read_sourced

FILE = "levers.yaml"

POINTS, WITHHELD = "points", "share_withheld"
UNITS = {Instrument.IMPORT_DUTY: POINTS, Instrument.EXPORT_TAX: POINTS, Instrument.QUANTITY_LIMIT: WITHHELD}
"""How far a lever goes, by the instrument of its moves."""

MARGIN = {POINTS: 1.0, WITHHELD: 0.01}
"""A lever at the margin: one point of duty, one percent of the flow withheld."""

TURNS_ON = ("trade elasticity", "substitution", "size", "substitutes", "stated cost")
"""The assumption that the rank of a lever is searched over."""

MONEY = ("usd_billion",)

LEVER_KEYS = {
    *("id", "holder", "target", "name", "group", "because", "notes", "measures", "turns_on"),
    *("moves", "full", "stocks_weeks", "substitutes_share", "spillover"),
    *("cost_to_target", "cost_to_holder", "cost_to_target_later", "cost_to_holder_later"),
    *("authorities", "legal", "notice_weeks"),
}
MOVE_KEYS = {"instrument", "importer", "exporter", "sectors", "hs", "rent"}


@dataclass(frozen=True)
class Move:
    """One policy row of a lever, of the lever's size.

    Attributes:
        instrument: import_duty, export_tax or quantity_limit.
        importer, exporter: labels; ALL where the instrument takes it.
        sectors, hs: goods; all goods where both are empty.
        rent: who gets what withheld goods become worth; firms in the importing economy by default.
    """

    instrument: Instrument
    importer: str
    exporter: str
    sectors: tuple[str, ...]
    hs: tuple[str, ...]
    rent: Rent | None


@dataclass(frozen=True)
class Lever:
    """Something that one side can do to the other.

    Attributes:
        id, name, group: label, plain name, and the heading it stands under.
        holder, target: who has it, whom it is meant to hurt.
        because: what makes it a lever.
        moves: for the economy; empty where costs are stated.
        full: how far it can go, in points or share withheld; None where costs are stated.
        stocks_weeks: how long the target lives on stocks and goods on the way.
        substitutes_share: of what is withheld, replaced from elsewhere within twelve months; None where the
            economy answers (duties).
        cost_to_target, cost_to_holder: USD billion a year; None where the economy answers.
        cost_to_target_later, cost_to_holder_later: the same after years; None for the same as at first.
        spillover: on third countries, in words, where costs are stated.
        authorities: ids of the record's authorities that it may rest on.
        legal: the step in law where the record has no authority for it.
        notice_weeks: until it is in force, where the record has no authority for it.
        measures: ids of measures of the record that use it already.
        turns_on: one of `TURNS_ON`.
        notes: more words.
        where: file and line.
    """

    id: str
    name: str
    group: str
    holder: str
    target: str
    because: str
    moves: tuple[Move, ...]
    full: Sourced | None
    stocks_weeks: Sourced
    substitutes_share: Sourced | None
    cost_to_target: Sourced | None
    cost_to_holder: Sourced | None
    cost_to_target_later: Sourced | None
    cost_to_holder_later: Sourced | None
    spillover: str
    authorities: tuple[str, ...]
    legal: str
    notice_weeks: Sourced | None
    measures: tuple[str, ...]
    turns_on: str
    notes: tuple[str, ...]
    where: str

    @property
    def in_economy(self) -> bool:
        """Whether the world economy carries it."""
        return bool(self.moves)

    @property
    def unit(self) -> str:
        """points, share_withheld, or usd_billion where costs are stated."""
        return MONEY[0] if self.full is None else self.full.unit


@dataclass(frozen=True)
class LeverFile:
    """All levers of a dispute.

    Attributes:
        levers: in file order.
        splits: shipped splits of the world that the moves need.
        accessed: day on which sources were read, as written.
        shown: the file's name in errors.
    """

    levers: tuple[Lever, ...]
    splits: tuple[str, ...]
    accessed: str
    shown: str


def read_levers(folder: Path) -> LeverFile:
    """The levers of a dispute's folder.

    Raises:
        InvalidLever: no such file, a key that a lever does not have or lacks, an id twice, goods or units
            that do not fit the instrument.
        InvalidRange: a range that cannot be.
        MalformedFile, DuplicateKey: not YAML, or a key twice.
    """
    shown = f"{folder.name}/{FILE}"
    path = folder / FILE
    if not path.is_file():
        raise InvalidLever(
            f"{folder.name} names no levers",
            where=shown,
            why="who holds what over whom is data of the dispute, and the file is not there",
            instead=f"write {FILE} beside dispute.yaml; docs/leverage.md has the format",
        )
    document, lines = read_yaml(path, shown=shown)
    listed = document.get("levers") if isinstance(document, Mapping) else None
    if not isinstance(listed, list) or not listed or set(document) - {"levers", "splits", "accessed"}:
        raise InvalidLever(
            "no list of levers", where=f"{shown}:1", why="the file has levers, splits and accessed",
            instead="levers: [{id: ..., holder: ..., target: ..., ...}]",
        )  # fmt: skip
    levers = tuple(_Reader(given, shown, lines, ("levers", at)).lever() for at, given in enumerate(listed))
    seen: set[str] = set()
    for lever in levers:
        if lever.id in seen:
            raise InvalidLever(
                f"lever {lever.id}", where=lever.where, why="the id stands twice", instead="another id"
            )
        seen.add(lever.id)
    splits = tuple(str(name) for name in document.get("splits") or ())
    return LeverFile(levers, splits, str(document.get("accessed") or ""), shown)


class _Reader:
    """One lever of the file, field by field, each error with its line."""

    def __init__(self, given: Any, shown: str, lines: Lines, path: tuple[str | int, ...]) -> None:
        self.shown, self.lines, self.path = shown, lines, path
        if not isinstance(given, Mapping):
            raise self._error(f"{given!r}", "a lever is a mapping", "{id: ..., holder: ..., ...}")
        self.given = given
        strange = sorted(set(map(str, given)) - LEVER_KEYS)
        if strange:
            raise self._error(
                f"key {strange[0]!r}",
                f"a lever has {', '.join(sorted(LEVER_KEYS))}",
                "one of these",
                strange[0],
            )

    def _where(self, *keys: str | int) -> str:
        return f"{self.shown}:{line_of(self.lines, *self.path, *keys)}"

    def _error(self, what: str, why: str, instead: str, *keys: str | int) -> InvalidLever:
        return InvalidLever(what, where=self._where(*keys), why=why, instead=instead)

    def _text(self, key: str, *, needed: bool = False) -> str:
        value = self.given.get(key)
        if value is None and needed:
            raise self._error(f"a lever without {key}", "it needs one", f"{key}: ...")
        if value is not None and not isinstance(value, str):
            raise self._error(f"{key} {value!r}", "not words", f"{key}: words", key)
        if needed and not (value or "").strip():
            raise self._error(f"{key} is empty", "it needs one", f"{key}: ...", key)
        return value or ""

    def _texts(self, key: str) -> tuple[str, ...]:
        value = self.given.get(key) or []
        if not isinstance(value, list) or any(not isinstance(one, str) for one in value):
            raise self._error(f"{key} {value!r}", "not a list of words", f"{key}: [...]", key)
        return tuple(value)

    def _range(self, key: str, units: tuple[str, ...], lowest: float, highest: float) -> Sourced | None:
        if self.given.get(key) is None:
            return None
        return read_sourced(self.given[key], self._where(key), units=units, lowest=lowest, highest=highest)

    def lever(self) -> Lever:
        """The lever, checked."""
        moves = self._moves()
        unit = UNITS[moves[0].instrument] if moves else ""
        top = 0.99 if unit == WITHHELD else 1000.0
        full = self._range("full", (unit,), 0.0, top) if moves else None
        # A cost may be negative: some levers serve their holder.
        costs = {
            key: self._range(key, MONEY, -1e5, 1e5)
            for key in ("cost_to_target", "cost_to_holder", "cost_to_target_later", "cost_to_holder_later")
        }
        self._require_one_kind(bool(moves), full, costs)
        stocks = self._range("stocks_weeks", ("weeks",), 0.0, 1000.0)
        if stocks is None:
            raise self._error(
                "a lever without stocks_weeks", "weeks to bite need it", "stocks_weeks: {low: 0, ...}"
            )
        holder, target = self._text("holder", needed=True), self._text("target", needed=True)
        if holder == target:
            raise self._error(
                f"{holder} over itself", "a lever is one side's over the other", "two sides", "target"
            )
        authorities, legal = self._texts("authorities"), self._text("legal")
        notice = self._range("notice_weeks", ("weeks",), 0.0, 1000.0)
        if bool(authorities) == bool(legal) or (legal and notice is None):
            raise self._error(
                "a lever with both or neither of authorities and legal" if bool(authorities) == bool(legal)
                else "legal without notice_weeks",
                "the step in law comes from the record's authorities, or is stated with its notice",
                "authorities: [authority-...], or legal: words and notice_weeks: {...}",
            )  # fmt: skip
        return Lever(
            id=self._text("id", needed=True),
            name=self._text("name", needed=True),
            group=self._text("group", needed=True),
            holder=holder,
            target=target,
            because=self._text("because", needed=True),
            moves=moves,
            full=full,
            stocks_weeks=stocks,
            substitutes_share=self._range("substitutes_share", ("share",), 0.0, 1.0),
            **costs,
            spillover=self._text("spillover"),
            authorities=authorities,
            legal=legal,
            notice_weeks=notice,
            measures=self._texts("measures"),
            turns_on=self._turns_on(moves, unit),
            notes=self._texts("notes"),
            where=self._where(),
        )

    def _turns_on(self, moves: tuple[Move, ...], unit: str) -> str:
        default = "stated cost" if not moves else "trade elasticity" if unit == POINTS else "size"
        value = self._text("turns_on") or default
        fits = {"": ("stated cost",), POINTS: ("trade elasticity", "size"), WITHHELD: TURNS_ON[:4]}[unit]
        if value not in fits:
            raise self._error(
                f"turns_on {value!r}",
                "not an assumption of this lever",
                f"one of {', '.join(fits)}",
                "turns_on",
            )
        return value

    def _require_one_kind(
        self, carried: bool, full: Sourced | None, costs: Mapping[str, Sourced | None]
    ) -> None:
        stated = [key for key, value in costs.items() if value is not None]
        if carried and (full is None or stated):
            raise self._error(
                f"moves with {stated[0]}" if stated else "moves without full",
                "the economy answers what it costs; how far it can go is stated",
                "full: {low: ..., unit: points or share_withheld, ...}, and no cost",
                *stated[:1],
            )
        if not carried and {"cost_to_target", "cost_to_holder"} - set(stated):
            raise self._error(
                "a lever without moves and without both costs",
                "either the economy carries it or its costs are stated",
                "moves: [...] and full, or cost_to_target and cost_to_holder",
            )

    def _moves(self) -> tuple[Move, ...]:
        listed = self.given.get("moves") or []
        if not isinstance(listed, list):
            raise self._error(f"moves {listed!r}", "not a list", "moves: [{instrument: ..., ...}]", "moves")
        found = tuple(self._move(given, at) for at, given in enumerate(listed))
        if len({UNITS[move.instrument] for move in found}) > 1:
            raise self._error(
                "moves of two units",
                "one size moves all of them",
                "duties in one lever, limits in another",
                "moves",
            )
        return found

    def _move(self, given: Any, at: int) -> Move:
        keys = ("moves", at)
        if (
            not isinstance(given, Mapping)
            or set(given) - MOVE_KEYS
            or {"instrument", "importer", "exporter"} - set(given)
        ):
            raise self._error(
                f"move {given!r}", f"it has {', '.join(sorted(MOVE_KEYS))}",
                "{instrument: import_duty, importer: USA, exporter: CHN, sectors: [C26]}", *keys,
            )  # fmt: skip
        instruments = {member.value: member for member in UNITS}
        rents = {member.value: member for member in Rent}
        name, rent = str(given["instrument"]), given.get("rent")
        if name not in instruments or (rent is not None and rent not in rents):
            raise self._error(
                f"instrument {name!r}" if name not in instruments else f"rent {rent!r}",
                "not one that a lever takes",
                f"one of {', '.join(instruments if name not in instruments else rents)}",
                *keys,
            )
        goods = {key: given.get(key) or [] for key in ("sectors", "hs")}
        if any(not isinstance(value, list) for value in goods.values()) or all(goods.values()):
            raise self._error(
                "goods of a move", "a list of sectors or one of HS codes", "sectors: [C26]", *keys
            )
        instrument = instruments[name]
        limit = instrument is Instrument.QUANTITY_LIMIT
        return Move(
            instrument,
            str(given["importer"]),
            str(given["exporter"]),
            tuple(str(one) for one in goods["sectors"]),
            tuple(str(one) for one in goods["hs"]),
            (rents[rent] if rent is not None else Rent.IMPORTER) if limit else None,
        )
