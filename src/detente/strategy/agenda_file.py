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
    red_lines:
      - {side: CHN, never: {technology: [law]}, entry: red-line-china-development-right}
    war:
      - since: 2025-04-11
        title: duties at their highest
        steps: [{by: USA, does: WORDS, measure: measure-..., raise_to: 125, within_days: 0}]

`keep` is the first option of every issue and is not written, unless it needs a title.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from detente.core.days import parse_day
from detente.core.errors import DetenteError, InvalidAgenda
from detente.core.products import Scope, normalise_hs
from detente.core.yaml12 import Lines, read_yaml
from detente.policy import Instrument, PolicyRow, Rent, Unit
from detente.record.authorities import authority_of
from detente.record.entries import Authority, Measure
from detente.record.files import Record
from detente.strategy.agenda import CHANGES, KEEP, Issue, Option, RedLine, Step, War
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
    return _Reader(record, lines, shown).agenda(document)


class _Reader:
    def __init__(self, record: Record, lines: Lines, shown: str) -> None:
        self.record, self.lines, self.shown = record, lines, shown
        self.sides = record.settings.parties

    def where(self, *path: str | int) -> str:
        return f"{self.shown}:{line_of(self.lines, *path)}"

    def wrong(self, what: str, path: Path_, why: str, instead: str) -> InvalidAgenda:
        return InvalidAgenda(what, where=self.where(*path), why=why, instead=instead)

    def agenda(self, document: Any) -> AgendaFile:
        given = self.mapping(document, (), ("issues",), ("red_lines", "war"))
        issues = [self.issue(one, ("issues", at)) for at, one in enumerate(self.list(given, "issues", ()))]
        if not issues:
            raise self.wrong("no issues", ("issues",), "nothing to settle", "one issue or more")
        ids = [issue.id for issue in issues]
        for at, name in enumerate(ids):
            if name in ids[:at]:
                raise self.wrong(f"issue {name} twice", ("issues", at), "an id is used once", "another id")
        lines = [
            self.red_line(one, ("red_lines", at)) for at, one in enumerate(self.list(given, "red_lines", ()))
        ]
        wars = [self.war(one, ("war", at)) for at, one in enumerate(self.list(given, "war", ()))]
        self.require_links(issues, lines)
        return AgendaFile(tuple(issues), tuple(lines), tuple(wars), self.shown)

    def issue(self, given: Any, path: Path_) -> Issue:
        fields = self.mapping(given, path, ("id", "title", "options"), ("entries", "keep"))
        keep = Option(KEEP, str(fields.get("keep") or "as it is"), where=self.where(*path))
        options = [
            self.option(one, (*path, "options", at))
            for at, one in enumerate(self.list(fields, "options", path))
        ]
        ids = [option.id for option in options]
        for at, name in enumerate(ids):
            if name == KEEP or name in ids[:at]:
                raise self.wrong(
                    f"option {name}",
                    (*path, "options", at),
                    "every issue has it by itself" if name == KEEP else "stands twice",
                    "another id",
                )
        if not options:
            raise self.wrong(
                f"issue {fields['id']} without options", (*path, "options"), "nothing to choose between",
                "one option besides keep, or no such issue",
            )  # fmt: skip
        return Issue(
            str(fields["id"]),
            str(fields["title"]),
            (keep, *options),
            self.entries(fields, path),
            self.where(*path),
        )

    def option(self, given: Any, path: Path_) -> Option:
        fields = self.mapping(
            given, path, ("id", "title"), ("steps", "worth", "needs", "entries", "since", "until")
        )
        steps = [
            self.step(one, (*path, "steps", at)) for at, one in enumerate(self.list(fields, "steps", path))
        ]
        worth = self.mapping(fields.get("worth") or {}, (*path, "worth"), (), self.sides)
        needs = self.choices(fields.get("needs") or {}, (*path, "needs"))
        if not steps:
            raise self.wrong(f"option {fields['id']} without steps", path, "nobody does anything",
                             "steps: [{by: SIDE, does: WORDS, within_days: 30}]")  # fmt: skip
        return Option(
            id=str(fields["id"]),
            title=str(fields["title"]),
            steps=tuple(steps),
            worth={side: self.worth(one, (*path, "worth", side)) for side, one in worth.items()},
            needs=needs,
            entries=self.entries(fields, path),
            since=self.day(fields, "since", path),
            until=self.day(fields, "until", path),
            where=self.where(*path),
        )

    def worth(self, given: Any, path: Path_) -> Sourced:
        return read_sourced(given, self.where(*path), units=("percent", "usd_million", "usd_billion"))

    def step(self, given: Any, path: Path_) -> Step:
        fields = self.mapping(
            given,
            path,
            ("by", "does", "within_days"),
            ("measure", "instrument", "authority", "levers", *CHANGES),
        )
        by = str(fields["by"])
        if by not in self.sides:
            raise self.wrong(f"by {by}", (*path, "by"), "not a party to the dispute", " or ".join(self.sides))
        days = fields["within_days"]
        if isinstance(days, bool) or not isinstance(days, int) or days < 0:
            raise self.wrong(f"within_days {days!r}", (*path, "within_days"), "not a number of days", "30")
        changes = [name for name in CHANGES if name in fields]
        measure = str(fields.get("measure") or "")
        if len(changes) != (1 if measure else 0):
            raise self.wrong(
                f"a step with {', '.join(changes) or 'no change'}",
                path,
                "a step on a measure says one thing that happens to it; others none",
                f"measure and one of {', '.join(CHANGES)}",
            )
        entry = self.entry(measure, Measure, path) if measure else None
        if entry is not None and entry.imposing != by:
            raise self.wrong(f"by {by}", (*path, "by"), f"{measure} is a measure of {entry.imposing}",
                             entry.imposing)  # fmt: skip
        rate = self.rate(fields, changes, path)
        levers = [
            self.lever(one, by, (*path, "levers", at))
            for at, one in enumerate(self.list(fields, "levers", path))
        ]
        return Step(
            by=by,
            does=str(fields["does"]),
            within_days=days,
            measure=measure,
            change=changes[0] if changes else "",
            rate_percent=rate,
            instrument=str(fields.get("instrument") or (entry.instrument.value if entry else "other")),
            authority=self.authority(fields, entry, path),
            levers=tuple(levers),
        )

    def rate(self, fields: Mapping[str, Any], changes: Sequence[str], path: Path_) -> float | None:
        if not changes:
            return None
        value = fields[changes[0]]
        if changes[0] in ("cut_to", "raise_to"):
            if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
                raise self.wrong(
                    f"{changes[0]} {value!r}", (*path, changes[0]), "not a rate in percent", "10"
                )
            return float(value)
        if value is not True:
            raise self.wrong(
                f"{changes[0]} {value!r}", (*path, changes[0]), "it is true or not there", "true"
            )
        return None

    def authority(self, fields: Mapping[str, Any], measure: Measure | None, path: Path_) -> str:
        """The authority written, else the first that the measure rests on."""
        given = str(fields.get("authority") or "")
        if given.startswith("authority-"):
            self.entry(given, Authority, (*path, "authority"))
        if given or measure is None:
            return given
        found = authority_of(self.record, measure)
        return found[0].id if found else measure.authority

    def lever(self, given: Any, by: str, path: Path_) -> PolicyRow:
        fields = self.mapping(
            given,
            path,
            ("instrument", "importer", "exporter", "value"),
            ("unit", "hs", "sectors", "rent", "because"),
        )
        try:
            scope, share = Scope.everything(), None
            if "hs" in fields:
                codes = [normalise_hs(str(code), where="") for code in self.list(fields, "hs", path)]
                scope = Scope(include=frozenset(codes))
            elif "sectors" in fields:
                share = {str(name): 1.0 for name in self.list(fields, "sectors", path)}
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
            raise self.wrong(error.what, path, error.why, error.instead) from None
        except ValueError as error:
            kinds = ", ".join(member.value for member in Instrument)
            raise self.wrong(f"a lever of {given}", path, str(error), f"instrument: one of {kinds}") from None

    def red_line(self, given: Any, path: Path_) -> RedLine:
        fields = self.mapping(given, path, ("side", "never"), ("entry", "because"))
        side = str(fields["side"])
        if side not in self.sides:
            raise self.wrong(f"side {side}", (*path, "side"), "not a party to the dispute",
                             " or ".join(self.sides))  # fmt: skip
        entry, because = str(fields.get("entry") or ""), str(fields.get("because") or "")
        if not entry and not because:
            raise self.wrong("a red line without its ground", path, "who says so?",
                             "entry: ID of the record, or because: WORDS")  # fmt: skip
        if entry:
            self.entry(entry, object, (*path, "entry"))
        never = self.choices(fields["never"], (*path, "never"))
        return RedLine(side, never, entry, because, self.where(*path))

    def war(self, given: Any, path: Path_) -> War:
        fields = self.mapping(given, path, ("since", "title", "steps"), ("entries",))
        steps = [
            self.step(one, (*path, "steps", at)) for at, one in enumerate(self.list(fields, "steps", path))
        ]
        return War(
            self.day(fields, "since", path),
            str(fields["title"]),
            tuple(steps),
            self.entries(fields, path),
            self.where(*path),
        )

    def choices(self, given: Any, path: Path_) -> dict[str, tuple[str, ...]]:
        if not isinstance(given, Mapping):
            raise self.wrong(f"{given!r}", path, "not issues with their options", "{ISSUE: [OPTION, ...]}")
        return {str(k): tuple(map(str, self.list(given, k, path))) for k in given}

    def require_links(self, issues: Sequence[Issue], lines: Sequence[RedLine]) -> None:
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

    def entries(self, fields: Mapping[str, Any], path: Path_) -> tuple[str, ...]:
        names = [str(name) for name in self.list(fields, "entries", path)]
        for at, name in enumerate(names):
            self.entry(name, object, (*path, "entries", at))
        return tuple(names)

    def entry(self, name: str, kind: type[Any], path: Path_) -> Any:
        found = self.record.get(name)
        if not isinstance(found, kind) or found is None:
            raise self.wrong(
                name,
                path,
                "the record has no such entry" if found is None else f"it is a {found.kind}",
                "the id of an entry of the dispute",
            )
        return found

    def day(self, fields: Mapping[str, Any], name: str, path: Path_) -> str:
        given = fields.get(name)
        return parse_day(str(given), where=self.where(*path, name)).isoformat() if given else ""

    def mapping(
        self, given: Any, path: Path_, needed: Sequence[str], more: Sequence[str]
    ) -> Mapping[str, Any]:
        known = (*needed, *more)
        if not isinstance(given, Mapping):
            raise self.wrong(f"{given!r}", path, "not keys and values", f"{', '.join(known)}: ...")
        for name in given:
            if name not in known:
                raise self.wrong(f"{name}", (*path, name), "no such key here", f"one of {', '.join(known)}")
        for name in needed:
            if given.get(name) in (None, ""):
                raise self.wrong(f"no {name}", path, "it is needed here", f"{name}: ...")
        return given

    def list(self, given: Mapping[str, Any], name: str, path: Path_) -> list[Any]:
        value = given.get(name)
        if value is None:
            return []
        if not isinstance(value, list):
            raise self.wrong(f"{name}: {value!r}", (*path, name), "not a list", f"{name}: [...]")
        return value
