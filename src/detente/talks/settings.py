"""Reading talks.yaml: channels, types, conditions, constituencies and rates, every number with its reason.

The shipped `reference/talks.yaml` holds what is used where a dispute's own file says nothing. Errors carry
the file and line; an unknown field is an error.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from detente.core.errors import InvalidTalks
from detente.record.entries import Assessment, DomesticPressure, Precondition, Threat
from detente.record.files import Record
from detente.talks.game import LEVELS, Channel, Partner, SideType
from detente.talks.settings_file import FILE, Reader, document_of

DEFAULTS = Path(__file__).resolve().parent / "reference" / FILE
TRACKS = ("official", "business", "party", "back")
KINDS = ("extension", "partial", "full")
CONDITIONS = (
    "no_ultimatum", "staff_first", "first_move", "asks_first", "no_first_cut", "no_humiliation",
    "leaders_first",
)  # fmt: skip
WANTS = ("lower_duties", "keep_duties", "fewer_controls", "keep_controls")
"""What a group at home may want: of duties and of controls, its own side's."""

HAZARDS = (
    "incident", "audience_cost", "denied", "replaced", "ruling", "stayed", "upheld", "lapse", "threat",
    "control", "carried_out", "matched", "claim", "contact",
    "broken_off",
)  # fmt: skip
"""Rates that may be given: four with no count behind them, and others in the place of a prior."""
NEWS = (
    "threat", "escalation", "breakdown", "partial", "full", "extension", "claim", "accusation", "denial",
)  # fmt: skip
"""What share prices answer."""


@dataclass(frozen=True)
class Constituency:
    """A group at home whose word counts when a package is to pass.

    Attributes:
        side, name: whose home, and who.
        wants: some of `WANTS`.
        weight: how much it counts beside the others of its side.
        veto: whether a package against it seldom passes.
        entry: id of the record entry that it rests on; empty where there is none.
        because: why, in words.
    """

    side: str
    name: str
    wants: tuple[str, ...]
    weight: float
    veto: bool
    entry: str
    because: str


@dataclass(frozen=True)
class Number:
    """A number with its reason."""

    value: float
    because: str


@dataclass(frozen=True)
class Talks:
    """What talks.yaml says, the dispute's over the shipped one.

    Attributes:
        channels: in order.
        types: side -> its possible types.
        negotiators: side -> name.
        conditions: precondition id -> (kind, before).
        constituencies: of both sides.
        controls: measure or authority id -> side -> percent of real income a year in full.
        threats: threat id -> (lever, level).
        forecasts: assessment id -> (side, move as typed) for each of its readings.
        ratification: base, reach, veto.
        rounds_an_issue: kind of package -> rounds of ministers or deputies for each issue it settles.
        hazards: name -> number.
        market_moves: news -> percent change of share prices.
        market_weight: side -> share of its demand given up for each percent that shares fall.
        partners: third countries that answer.
        extension_days: 0 where the last suspension's length is used.
        sources: parameter -> reason.
    """

    channels: tuple[Channel, ...]
    types: Mapping[str, tuple[SideType, ...]]
    negotiators: Mapping[str, str]
    conditions: Mapping[str, tuple[str, str]]
    constituencies: tuple[Constituency, ...]
    controls: Mapping[str, Mapping[str, float]]
    threats: Mapping[str, tuple[str, float]]
    forecasts: Mapping[str, tuple[tuple[str, str], ...]]
    ratification: Mapping[str, float]
    rounds_an_issue: Mapping[str, float]
    hazards: Mapping[str, Number]
    market_moves: Mapping[str, float]
    market_weight: Mapping[str, float]
    extension_days: int
    partners: tuple[Partner, ...] = ()
    sources: Mapping[str, str] = field(default_factory=dict)


def read_talks(record: Record, file: str | None = None, view: Record | None = None) -> Talks:
    """The settings of a dispute: its own talks.yaml, or a file given, over the shipped one.

    Args:
        record: the whole record, whose entries of all years the settings may name.
        file: settings in place of the dispute's own.
        view: the record as known on the day played from. Of the dispute's own settings those whose reason
            names what became public later do not count yet, and the shipped ones stand for them. A file
            that is given counts whole: it is the user's assumption.

    Raises:
        MalformedFile, DuplicateKey: not YAML.
        InvalidTalks: a field or a number that cannot be, with file and line.
    """
    path = Path(file).expanduser() if file else record.folder / FILE
    if file and not path.is_file():
        raise InvalidTalks(f"no file {file}", where="--talks", why="it is not there", instead=f"a {FILE}")
    base = Reader(record, *document_of(DEFAULTS, FILE))
    shown = file or f"{record.folder.name}/{FILE}"
    own = Reader(record, *document_of(path, shown)) if path.is_file() else base
    whole = _settings(record, base, own)
    if view is None or file or own is base:
        return whole
    return _settings(record, base, _as_known(view, base, own))


NAMES = re.compile(r"[a-z]+(?:-[a-z0-9]+)+")
DAYS = re.compile(r"\d{4}-\d{2}-\d{2}")


def _as_known(view: Record, base: Reader, own: Reader) -> Reader:
    """The dispute's settings without those of a later day."""

    def late(fields: Mapping[str, Any]) -> bool:
        text = f"{fields.get('because', '')} {fields.get('entry', '')}"
        ids = (name for name in NAMES.findall(text) if own.record.get(name) is not None)
        later = any(day > view.settings.checked_to for day in DAYS.findall(text))
        return later or any(view.get(name) is None for name in ids)

    kept = dict(own.document)
    for name in ("negotiators", "market_weight", "hazards"):
        if kept.get(name):
            kept[name] = {key: one for key, one in kept[name].items() if not late(one)}
    for name in ("constituencies", "partners"):
        if kept.get(name):
            kept[name] = [fields for fields in kept[name] if not late(fields)]
    types, sides = kept.get("types"), own.record.settings.parties
    if types:
        by_side = types if isinstance(types, dict) else dict.fromkeys(sides, types)
        usual = base.document["types"]
        kept["types"] = {
            side: usual if any(late(one) for one in kinds or ()) else kinds for side, kinds in by_side.items()
        }
    return Reader(own.record, kept, own.lines, own.shown)


def _settings(record: Record, base: Reader, own: Reader) -> Talks:
    def of(name: str) -> tuple[Reader, Any]:
        reader = own if name in own.document else base
        return reader, reader.document.get(name)

    sides = record.settings.parties
    sources: dict[str, str] = {}
    reader, given = of("half_life_days")
    half_life = _number(reader, given, ("half_life_days",), sources, low=1)
    channels = tuple(
        _channel(of("channels")[0], one, ("channels", at), half_life.value, sources)
        for at, one in enumerate(_list(*of("channels"), "channels"))
    )
    if not any(channel.decides for channel in channels):
        raise of("channels")[0].wrong(
            "channels", ("channels",), "none of them may sign anything", "decides: [extension, partial]"
        )
    reader, given = of("types")
    types = _types(reader, given, sides, sources)
    return Talks(
        channels=channels,
        types=types,
        negotiators=_negotiators(*of("negotiators"), *of("negotiator"), sides, sources),
        conditions=_conditions(*of("conditions")),
        constituencies=_constituencies(*of("constituencies"), sources),
        controls=_controls(*of("controls"), sides, sources),
        threats=_threats(*of("threats")),
        forecasts=_forecasts(*of("forecasts")),
        ratification=_ratification(*of("ratification"), sources),
        rounds_an_issue=_rounds(*of("rounds_an_issue"), sources),
        hazards=_hazards(base, own, sources),
        market_moves=_market_moves(*of("market_moves")),
        market_weight=_market_weight(*of("market_weight"), sources),
        extension_days=int(of("extension_days")[1] or 0),
        partners=_partners(*of("partners"), sides, sources),
        sources=sources,
    )


def _list(reader: Reader, given: Any, name: str) -> list[Any]:
    if given is not None and not isinstance(given, list):
        raise reader.wrong(name, (name,), "a list is needed", f"{name}: [...]")
    return given or []


def _number(
    reader: Reader, given: Any, path: tuple[str | int, ...], sources: dict[str, str], low: float = 0.0
) -> Number:
    fields = reader.fields(given, path, ("value", "because"))
    sources[str(path[-1])] = str(fields["because"])
    return Number(reader.number(fields["value"], (*path, "value"), low), str(fields["because"]))


def _channel(
    reader: Reader, given: Any, path: tuple[str | int, ...], half_life: float, sources: dict[str, str]
) -> Channel:
    may = ("decides", "deniable", "notice_days", "gain", "prepared_by", "prepared_days")
    fields = reader.fields(given, path, ("id", "title", "track", "level", "because"), may)
    sources[f"channel {fields['id']}"] = str(fields["because"])
    return Channel(
        id=str(fields["id"]),
        title=str(fields["title"]),
        track=reader.word(fields["track"], (*path, "track"), TRACKS),
        level=reader.word(fields["level"], (*path, "level"), LEVELS),
        decides=frozenset(reader.words(fields.get("decides", []), (*path, "decides"), KINDS)),
        deniable=bool(fields.get("deniable", False)),
        notice_days=int(reader.number(fields.get("notice_days", 7), (*path, "notice_days"), 1, 365)),
        half_life_days=half_life,
        gain=reader.number(fields.get("gain", 0.5), (*path, "gain"), 0, 1),
        prepared_by=reader.words(fields.get("prepared_by", []), (*path, "prepared_by"), LEVELS),
        prepared_days=int(reader.number(fields.get("prepared_days", 60), (*path, "prepared_days"), 1, 3650)),
    )


def _types(
    reader: Reader, given: Any, sides: Sequence[str], sources: dict[str, str]
) -> dict[str, tuple[SideType, ...]]:
    by_side: dict[str, Any] = given if isinstance(given, dict) else dict.fromkeys(sides, given)
    found = {}
    for side in sides:
        path: tuple[str | int, ...] = ("types", side) if isinstance(given, dict) else ("types",)
        if not by_side.get(side):
            raise reader.wrong(f"types of {side}", path, "none is given", "at least one type a side")
        kinds = []
        for at, one in enumerate(by_side.get(side) or []):
            needed = ("name", "prior", "reserve", "patience_days", "hawk", "because")
            fields = reader.fields(one, (*path, at), needed)
            sources[f"type {fields['name']} of {side}"] = str(fields["because"])
            kinds.append(
                SideType(
                    str(fields["name"]),
                    reader.number(fields["prior"], (*path, at, "prior"), 0, 1),
                    reader.number(fields["reserve"], (*path, at, "reserve"), 0, 1),
                    reader.number(fields["patience_days"], (*path, at, "patience_days"), 1),
                    reader.number(fields["hawk"], (*path, at, "hawk"), 0.01, 100),
                )
            )
        total = sum(kind.prior for kind in kinds)
        if abs(total - 1) > 1e-9:
            raise reader.wrong(
                f"priors of {side}", path, f"they add up to {total:g}", "priors that add up to 1"
            )
        found[side] = tuple(kinds)
    return found


def _negotiators(
    reader: Reader, given: Any, plain: Reader, default: Any, sides: Sequence[str], sources: dict[str, str]
) -> dict[str, str]:
    # Named here, so that settings do not import every negotiator.
    from detente.talks.sides.named import NEGOTIATORS

    fields = plain.fields(default, ("negotiator",), ("value", "because"))
    named = dict.fromkeys(sides, plain.word(fields["value"], ("negotiator", "value"), list(NEGOTIATORS)))
    sources["negotiator"] = str(fields["because"])
    for side, one in (given or {}).items():
        path = ("negotiators", side)
        reader.side(side, path)
        fields = reader.fields(one, path, ("value", "because"))
        named[side] = reader.word(fields["value"], (*path, "value"), list(NEGOTIATORS))
        sources[f"negotiator of {side}"] = str(fields["because"])
    return named


def _conditions(reader: Reader, given: Any) -> dict[str, tuple[str, str]]:
    found = {}
    for name, one in (given or {}).items():
        path = ("conditions", name)
        fields = reader.fields(one, path, ("kind", "before"))
        kind = reader.word(fields["kind"], (*path, "kind"), CONDITIONS)
        before = reader.word(fields["before"], (*path, "before"), (*LEVELS, "signing"))
        found[reader.entry(name, path, Precondition)] = (kind, before)
    return found


def _constituencies(reader: Reader, given: Any, sources: dict[str, str]) -> tuple[Constituency, ...]:
    found = []
    for at, one in enumerate(_list(reader, given, "constituencies")):
        path = ("constituencies", at)
        fields = reader.fields(one, path, ("side", "name", "wants", "weight", "because"), ("veto", "entry"))
        entry = fields.get("entry", "")
        sources[f"group {fields['name']}"] = str(fields["because"])
        found.append(
            Constituency(
                reader.side(fields["side"], (*path, "side")),
                str(fields["name"]),
                reader.words(fields["wants"], (*path, "wants"), WANTS),
                reader.number(fields["weight"], (*path, "weight"), 0, 100),
                bool(fields.get("veto", False)),
                reader.entry(entry, (*path, "entry"), DomesticPressure) if entry else "",
                str(fields["because"]),
            )
        )
    return tuple(found)


def _controls(
    reader: Reader, given: Any, sides: Sequence[str], sources: dict[str, str]
) -> dict[str, dict[str, float]]:
    found = {}
    for name, one in (given or {}).items():
        path = ("controls", name)
        fields = reader.fields(one, path, ("cost_percent", "because"))
        costs = reader.fields(fields["cost_percent"], (*path, "cost_percent"), (), sides)
        sources[f"control {name}"] = str(fields["because"])
        found[reader.entry(name, path)] = {
            side: reader.number(cost, (*path, "cost_percent", side), -10, 10) for side, cost in costs.items()
        }
    return found


def _partners(
    reader: Reader, given: Any, sides: Sequence[str], sources: dict[str, str]
) -> tuple[Partner, ...]:
    """Third countries: what each answers to, and how much its answer weighs."""
    found: dict[str, Partner] = {}
    for at, one in enumerate(_list(reader, given, "partners")):
        path = ("partners", at)
        fields = reader.fields(
            one, path, ("id", "because"), ("against", "cost_percent", "rerouted_share", "voice_share")
        )
        name = str(fields["id"])
        if name in sides or name in found:
            why = "it is a side of the dispute" if name in sides else "it is given twice"
            raise reader.wrong(name, (*path, "id"), why, "a third country, once")
        against = fields.get("against", [])
        if not isinstance(against, list) or not all("=" in str(clause) for clause in against):
            raise reader.wrong(
                f"against: {against!r}", (*path, "against"), "clauses are needed", "[ISSUE=OPTION]"
            )
        costs = reader.fields(fields.get("cost_percent", {}), (*path, "cost_percent"), (), sides)
        sources[f"partner {name}"] = str(fields["because"])
        found[name] = Partner(
            id=name,
            against=frozenset(map(str, against)),
            costs={s: reader.number(c, (*path, "cost_percent", s), 0, 10) for s, c in costs.items()},
            rerouted=reader.number(fields.get("rerouted_share", 0), (*path, "rerouted_share"), 0, 1),
            voice=reader.number(fields.get("voice_share", 0), (*path, "voice_share"), 0, 1),
        )
    return tuple(found.values())


def _threats(reader: Reader, given: Any) -> dict[str, tuple[str, float]]:
    found = {}
    for name, one in (given or {}).items():
        path = ("threats", name)
        fields = reader.fields(one, path, ("lever", "level"))
        lever = reader.entry(fields["lever"], (*path, "lever"))
        level = reader.number(fields["level"], (*path, "level"), 0, 10000)
        found[reader.entry(name, path, Threat)] = (lever, level)
    return found


def _forecasts(reader: Reader, given: Any) -> dict[str, tuple[tuple[str, str], ...]]:
    found = {}
    for name, readings in (given or {}).items():
        path: tuple[str | int, ...] = ("forecasts", name)
        entry = reader.entry(name, path, Assessment)
        moves = []
        for at, one in enumerate(readings if isinstance(readings, list) else []):
            fields = reader.fields(one, (*path, at), ("side", "move"))
            moves.append((reader.side(fields["side"], (*path, at, "side")), str(fields["move"])))
        said = reader.record.entries[entry].readings
        if len(moves) != len(said):
            raise reader.wrong(
                name,
                path,
                f"{len(moves)} moves for {len(said)} readings",
                "one move for each reading, in order",
            )
        found[entry] = tuple(moves)
    return found


def _ratification(reader: Reader, given: Any, sources: dict[str, str]) -> dict[str, float]:
    fields = reader.fields(given, ("ratification",), ("base", "reach", "veto", "because"))
    sources["ratification"] = str(fields["because"])
    names = ("base", "reach", "veto")
    return {name: reader.number(fields[name], ("ratification", name), 0, 1) for name in names}


def _rounds(reader: Reader, given: Any, sources: dict[str, str]) -> dict[str, float]:
    fields = reader.fields(given, ("rounds_an_issue",), ("partial", "full", "because"))
    sources["rounds_an_issue"] = str(fields["because"])
    return {
        name: reader.number(fields[name], ("rounds_an_issue", name), 0, 20) for name in ("partial", "full")
    }


def _hazards(base: Reader, own: Reader, sources: dict[str, str]) -> dict[str, Number]:
    found = {}
    for reader in (base, own):
        for name, one in (reader.document.get("hazards") or {}).items():
            path = ("hazards", name)
            reader.word(name, path, HAZARDS)
            fields = reader.fields(one, path, ("because",), ("per_day", "value"))
            given = [key for key in ("per_day", "value") if key in fields]
            if len(given) != 1:
                raise reader.wrong(name, path, "one number is needed", "per_day: 0.01, or value: 0.5")
            number = reader.number(fields[given[0]], (*path, given[0]), 0, 1)
            sources[name] = str(fields["because"])
            found[name] = Number(number, str(fields["because"]))
    return found


def _market_moves(reader: Reader, given: Any) -> dict[str, float]:
    found = {}
    for name, one in (given or {}).items():
        path = ("market_moves", name)
        found[reader.word(name, path, NEWS)] = reader.number(one, path, -100, 100)
    return found


def _market_weight(reader: Reader, given: Any, sources: dict[str, str]) -> dict[str, float]:
    found = {}
    for side, one in (given or {}).items():
        path = ("market_weight", side)
        fields = reader.fields(one, path, ("value", "because"))
        sources[f"market weight of {side}"] = str(fields["because"])
        found[reader.side(side, path)] = reader.number(fields["value"], (*path, "value"), 0, 1)
    return found
