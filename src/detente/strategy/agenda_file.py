"""Reading an agenda from YAML, every error with its file and line.

    issues:
      - id: us-fentanyl-duty
        title: US duty over fentanyl
        entries: [measure-us-ieepa-fentanyl-duty-china]
        options:
          - id: halved
            title: halved to 10 percent
            steps:
              - {by: USA, does: lowers it to 10 percent, measure: measure-us-ieepa-fentanyl-duty-china,
                 cut_to: 10, within_days: 10}
            needs: {precursors: [controlled]}
            worth:
              CHN: {low: 0, central: 0.01, high: 0.02, unit: percent, because: WORDS, assumed: true}
              USA: {cost_of: cn-fentanyl}
    red_lines:
      - {side: CHN, never: {technology: [law]}, entry: red-line-china-development-right}
    war:
      - since: 2025-04-11
        title: duties at their highest
        steps: [{by: USA, does: WORDS, measure: measure-..., raise_to: 125, within_days: 0}]

`keep` is the first option of every issue and is not written, unless it needs a title. A worth that is what a
lever costs the side names the lever: its range stands in levers.yaml alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from detente.core.days import parse_day
from detente.core.errors import DetenteError, InvalidAgenda
from detente.core.products import Scope, normalise_hs
from detente.core.yaml12 import Lines, read_yaml
from detente.policy import Instrument, PolicyRow, Rent, Unit
from detente.record.authorities import authority_of
from detente.record.checks import Problem
from detente.record.entries import Authority, Measure
from detente.record.files import Record
from detente.strategy.agenda import CHANGES, KEEP, Issue, Option, RedLine, Step, War
from detente.strategy.levers_file import LeverFile, read_levers
from detente.strategy.sourced import Sourced, line_of, read_sourced

FILE = "agenda.yaml"
GUIDE = "docs/deals.md"

Path_ = tuple[str | int, ...]


@dataclass(frozen=True)
class AgendaFile:
    """An agenda as written, of no day.

    Attributes:
        issues: with every option, `keep` first.
        red_lines, wars: as written.
        file: shown in errors.
    """

    issues: tuple[Issue, ...]
    red_lines: tuple[RedLine, ...]
    wars: tuple[War, ...]
    file: str


def agenda_path(record: Record, given: str | None = None) -> Path:
    """The agenda's file: the one given, else that of the dispute.

    Raises:
        InvalidAgenda: there is none.
    """
    path = Path(given).expanduser() if given else record.folder / FILE
    if not path.is_file():
        raise InvalidAgenda(
            f"no agenda at {given}" if given else f"dispute {record.settings.name} has no agenda",
            where=str(given or f"{record.folder.name}/{FILE}"),
            why="issues, their options and who acts are in a file that is not there",
            instead=f"write {FILE} into the dispute's folder, or --agenda FILE; {GUIDE} shows the form, and "
            "us-china ships one (`detente new MINE --from us-china`)",
        )
    return path


def read_agenda(path: Path, record: Record) -> AgendaFile:
    """An agenda's file, checked against the record it names.

    Raises:
        MalformedFile, DuplicateKey: not YAML.
        InvalidAgenda, InvalidRange: with file and line.
    """
    inside = path.is_relative_to(record.folder)
    shown = f"{record.folder.name}/{path.relative_to(record.folder)}" if inside else str(path)
    document, lines = read_yaml(path, shown=shown)
    return _Reader(record, lines, shown).read(document)


def agenda_problems(record: Record) -> list[Problem]:
    """What is wrong with the agenda in a dispute's folder; nothing where there is none."""
    path = record.folder / FILE
    if not path.is_file():
        return []
    try:
        read_agenda(path, record)
    except DetenteError as error:
        return [Problem("agenda holds", f"{error.what}: {error.why}", error.where, FILE)]
    return []


class _Reader:
    def __init__(self, record: Record, lines: Lines, shown: str) -> None:
        self.record, self.lines, self.shown = record, lines, shown
        self.sides = record.settings.parties

    def _where(self, *path: str | int) -> str:
        return f"{self.shown}:{line_of(self.lines, *path)}"

    def _wrong(self, what: str, path: Path_, why: str, instead: str) -> InvalidAgenda:
        return InvalidAgenda(what, where=self._where(*path), why=why, instead=instead)

    def read(self, document: Any) -> AgendaFile:
        """The whole file; see `read_agenda`."""
        given = self._mapping(document, (), ("issues",), ("red_lines", "war"))
        issues = [self._issue(one, ("issues", at)) for at, one in enumerate(self._list(given, "issues", ()))]
        if not issues:
            raise self._wrong("no issues", ("issues",), "nothing to settle", "one issue or more")
        ids = [issue.id for issue in issues]
        for at, name in enumerate(ids):
            if name in ids[:at]:
                raise self._wrong(f"issue {name} twice", ("issues", at), "an id is used once", "another id")
        lines = [
            self._red_line(one, ("red_lines", at))
            for at, one in enumerate(self._list(given, "red_lines", ()))
        ]
        wars = [self._war(one, ("war", at)) for at, one in enumerate(self._list(given, "war", ()))]
        self._require_links(issues, lines)
        return AgendaFile(tuple(issues), tuple(lines), tuple(wars), self.shown)

    def _issue(self, given: Any, path: Path_) -> Issue:
        fields = self._mapping(given, path, ("id", "title", "options"), ("entries", "keep"))
        keep = Option(KEEP, str(fields.get("keep") or "as it is"), where=self._where(*path))
        options = [
            self._option(one, (*path, "options", at))
            for at, one in enumerate(self._list(fields, "options", path))
        ]
        ids = [option.id for option in options]
        for at, name in enumerate(ids):
            if name == KEEP or name in ids[:at]:
                raise self._wrong(
                    f"option {name}",
                    (*path, "options", at),
                    "every issue has it by itself" if name == KEEP else "stands twice",
                    "another id",
                )
        if not options:
            raise self._wrong(
                f"issue {fields['id']} without options", (*path, "options"), "nothing to choose between",
                "one option besides keep, or no such issue",
            )  # fmt: skip
        return Issue(
            str(fields["id"]),
            str(fields["title"]),
            (keep, *options),
            self._entries(fields, path),
            self._where(*path),
        )

    def _option(self, given: Any, path: Path_) -> Option:
        fields = self._mapping(
            given, path, ("id", "title"), ("steps", "worth", "needs", "entries", "since", "until")
        )
        steps = [
            self._step(one, (*path, "steps", at)) for at, one in enumerate(self._list(fields, "steps", path))
        ]
        worth = self._mapping(fields.get("worth") or {}, (*path, "worth"), (), self.sides)
        needs = self._choices(fields.get("needs") or {}, (*path, "needs"))
        if not steps:
            raise self._wrong(f"option {fields['id']} without steps", path, "nobody does anything",
                             "steps: [{by: SIDE, does: WORDS, within_days: 30}]")  # fmt: skip
        return Option(
            id=str(fields["id"]),
            title=str(fields["title"]),
            steps=tuple(steps),
            worth={side: self._worth(side, one, (*path, "worth", side)) for side, one in worth.items()},
            needs=needs,
            entries=self._entries(fields, path),
            since=self._day(fields, "since", path),
            until=self._day(fields, "until", path),
            where=self._where(*path),
        )

    def _worth(self, side: str, given: Any, path: Path_) -> Sourced:
        if isinstance(given, Mapping) and "cost_of" in given:
            return self._cost_of(side, str(self._mapping(given, path, ("cost_of",), ())["cost_of"]), path)
        return read_sourced(given, self._where(*path), units=("percent", "usd_million", "usd_billion"))

    def _cost_of(self, side: str, name: str, path: Path_) -> Sourced:
        """What a lever of the dispute costs the side by its own statement, which an option gives back."""
        lever = next((one for one in self.levers.levers if one.id == name), None)
        if lever is None:
            known = ", ".join(one.id for one in self.levers.levers)
            raise self._wrong(
                f"lever {name}", path, f"{self.levers.shown} has no such lever", f"one of {known}"
            )
        costs = {lever.target: lever.cost_to_target, lever.holder: lever.cost_to_holder}
        if (cost := costs.get(side)) is None:
            why = (
                "its costs come out of the economy"
                if side in costs
                else f"it is not between {side} and another"
            )
            raise self._wrong(f"cost of {name} to {side}", path, why, "a lever with stated costs, or a range")
        return cost

    @cached_property
    def levers(self) -> LeverFile:
        """The dispute's levers, whose costs a worth may name."""
        return read_levers(self.record.folder)

    def _step(self, given: Any, path: Path_) -> Step:
        fields = self._mapping(
            given,
            path,
            ("by", "does", "within_days"),
            ("measure", "instrument", "authority", "levers", *CHANGES),
        )
        by = str(fields["by"])
        if by not in self.sides:
            raise self._wrong(
                f"by {by}", (*path, "by"), "not a party to the dispute", " or ".join(self.sides)
            )
        days = fields["within_days"]
        if isinstance(days, bool) or not isinstance(days, int) or days < 0:
            raise self._wrong(f"within_days {days!r}", (*path, "within_days"), "not a number of days", "30")
        changes = [name for name in CHANGES if name in fields]
        measure = str(fields.get("measure") or "")
        if len(changes) != (1 if measure else 0):
            raise self._wrong(
                f"a step with {', '.join(changes) or 'no change'}",
                path,
                "a step on a measure says one thing that happens to it; others none",
                f"measure and one of {', '.join(CHANGES)}",
            )
        entry = self._entry(measure, Measure, path) if measure else None
        if entry is not None and entry.imposing != by:
            raise self._wrong(f"by {by}", (*path, "by"), f"{measure} is a measure of {entry.imposing}",
                             entry.imposing)  # fmt: skip
        rate = self._rate(fields, changes, path)
        levers = [
            self._lever(one, by, (*path, "levers", at))
            for at, one in enumerate(self._list(fields, "levers", path))
        ]
        return Step(
            by=by,
            does=str(fields["does"]),
            within_days=days,
            measure=measure,
            change=changes[0] if changes else "",
            rate_percent=rate,
            instrument=str(fields.get("instrument") or (entry.instrument.value if entry else "other")),
            authority=self._authority(fields, entry, path),
            levers=tuple(levers),
        )

    def _rate(self, fields: Mapping[str, Any], changes: Sequence[str], path: Path_) -> float | None:
        if not changes:
            return None
        value = fields[changes[0]]
        if changes[0] in ("cut_to", "raise_to"):
            if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
                raise self._wrong(
                    f"{changes[0]} {value!r}", (*path, changes[0]), "not a rate in percent", "10"
                )
            return float(value)
        if value is not True:
            raise self._wrong(
                f"{changes[0]} {value!r}", (*path, changes[0]), "it is true or not there", "true"
            )
        return None

    def _authority(self, fields: Mapping[str, Any], measure: Measure | None, path: Path_) -> str:
        """The authority written, else the first that the measure rests on."""
        given = str(fields.get("authority") or "")
        if given.startswith("authority-"):
            self._entry(given, Authority, (*path, "authority"))
        if given or measure is None:
            return given
        found = authority_of(self.record, measure)
        return found[0].id if found else measure.authority

    def _lever(self, given: Any, by: str, path: Path_) -> PolicyRow:
        fields = self._mapping(
            given,
            path,
            ("instrument", "importer", "exporter", "value"),
            ("unit", "hs", "sectors", "rent", "because"),
        )
        try:
            scope, share = Scope.everything(), None
            if "hs" in fields:
                codes = [normalise_hs(str(code), where="") for code in self._list(fields, "hs", path)]
                scope = Scope(include=frozenset(codes))
            elif "sectors" in fields:
                share = {str(name): 1.0 for name in self._list(fields, "sectors", path)}
            return PolicyRow(
                instrument=Instrument(str(fields["instrument"])),
                controller=by,
                importer=str(fields["importer"]),
                exporter=str(fields["exporter"]),
                scope=scope,
                value=float(fields["value"]),
                unit=Unit(str(fields.get("unit") or Unit.PERCENT_OF_VALUE)),
                sector_share=share,
                rent=Rent(str(fields["rent"])) if "rent" in fields else None,
            )
        except DetenteError as error:
            raise self._wrong(error.what, path, error.why, error.instead) from None
        except ValueError as error:
            kinds = ", ".join(member.value for member in Instrument)
            raise self._wrong(
                f"a lever of {given}", path, str(error), f"instrument: one of {kinds}"
            ) from None

    def _red_line(self, given: Any, path: Path_) -> RedLine:
        fields = self._mapping(given, path, ("side", "never"), ("entry", "because"))
        side = str(fields["side"])
        if side not in self.sides:
            raise self._wrong(f"side {side}", (*path, "side"), "not a party to the dispute",
                             " or ".join(self.sides))  # fmt: skip
        entry, because = str(fields.get("entry") or ""), str(fields.get("because") or "")
        if not entry and not because:
            raise self._wrong("a red line without its ground", path, "who says so?",
                             "entry: ID of the record, or because: WORDS")  # fmt: skip
        if entry:
            self._entry(entry, object, (*path, "entry"))
        never = self._choices(fields["never"], (*path, "never"))
        return RedLine(side, never, entry, because, self._where(*path))

    def _war(self, given: Any, path: Path_) -> War:
        fields = self._mapping(given, path, ("since", "title", "steps"), ("entries",))
        steps = [
            self._step(one, (*path, "steps", at)) for at, one in enumerate(self._list(fields, "steps", path))
        ]
        return War(
            self._day(fields, "since", path),
            str(fields["title"]),
            tuple(steps),
            self._entries(fields, path),
            self._where(*path),
        )

    def _choices(self, given: Any, path: Path_) -> dict[str, tuple[str, ...]]:
        if not isinstance(given, Mapping):
            raise self._wrong(f"{given!r}", path, "not issues with their options", "{ISSUE: [OPTION, ...]}")
        return {str(k): tuple(map(str, self._list(given, k, path))) for k in given}

    def _require_links(self, issues: Sequence[Issue], lines: Sequence[RedLine]) -> None:
        known = {issue.id: [option.id for option in issue.options] for issue in issues}
        links = [
            (option.needs, f"{issue.id} {option.id} needs", option.where)
            for issue in issues
            for option in issue.options
        ]
        links += [(line.never, f"red line of {line.side}: never", line.where) for line in lines]
        for choices, words, where in links:
            for issue, options in choices.items():
                for option in options:
                    if option not in known.get(issue, ()):
                        raise InvalidAgenda(
                            f"{words} {issue} {option}",
                            where=where,
                            why="no such option" if issue in known else "no such issue",
                            instead=f"one of {', '.join(known.get(issue, known))}",
                        )

    def _entries(self, fields: Mapping[str, Any], path: Path_) -> tuple[str, ...]:
        names = [str(name) for name in self._list(fields, "entries", path)]
        for at, name in enumerate(names):
            self._entry(name, object, (*path, "entries", at))
        return tuple(names)

    def _entry(self, name: str, kind: type[Any], path: Path_) -> Any:
        found = self.record.get(name)
        if not isinstance(found, kind) or found is None:
            raise self._wrong(
                name,
                path,
                "the record has no such entry" if found is None else f"it is a {found.kind}",
                "the id of an entry of the dispute",
            )
        return found

    def _day(self, fields: Mapping[str, Any], name: str, path: Path_) -> str:
        given = fields.get(name)
        return parse_day(str(given), where=self._where(*path, name)).isoformat() if given else ""

    def _mapping(
        self, given: Any, path: Path_, needed: Sequence[str], more: Sequence[str]
    ) -> Mapping[str, Any]:
        known = (*needed, *more)
        if not isinstance(given, Mapping):
            raise self._wrong(f"{given!r}", path, "not keys and values", f"{', '.join(known)}: ...")
        for name in given:
            if name not in known:
                raise self._wrong(f"{name}", (*path, name), "no such key here", f"one of {', '.join(known)}")
        for name in needed:
            if given.get(name) in (None, ""):
                raise self._wrong(f"no {name}", path, "it is needed here", f"{name}: ...")
        return given

    def _list(self, given: Mapping[str, Any], name: str, path: Path_) -> list[Any]:
        value = given.get(name)
        if value is None:
            return []
        if not isinstance(value, list):
            raise self._wrong(f"{name}: {value!r}", (*path, name), "not a list", f"{name}: [...]")
        return value
