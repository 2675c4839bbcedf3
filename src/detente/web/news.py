"""News by hand: what the form of the Inbox asks for each kind, in plain words, and the entry it becomes."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args, get_type_hints

from detente.core.days import parse_moment
from detente.core.errors import InvalidDate, InvalidOption
from detente.core.places import NAMES, is_place, name_of
from detente.record.entries import ClaimStatus, Entry, Level, Talk
from detente.record.files import Record

Person = dict[str, str]
LONGEST_TITLE = 160


@dataclass(frozen=True)
class Field:
    """One question of the form.

    Attributes:
        name: of the input, and of the entry's field that it fills.
        label, hint: what the person reads.
        input: a line, a text, a day, a choice, people one a line, a speaker, or claims of the record.
        choices: values of a choice; the first is chosen.
    """

    name: str
    label: str
    input: Literal["line", "text", "day", "choice", "people", "speaker", "side", "claims"] = "line"
    hint: str = ""
    choices: tuple[str, ...] = ()
    required: bool = True


def _choices(entry: type[Entry], field: str) -> tuple[str, ...]:
    return get_args(get_type_hints(entry)[field])


SPEAKER = (
    Field("by", "Who said it", "speaker", "a name of the record, or another"),
    Field("office", "Office", required=False),
    Field("side", "Side", "side", "left open, that of a name of the record", required=False),
)
SAYS = Field("says", "What was said", "text", "in our words, not in theirs")
FORM: Mapping[str, tuple[Field, ...]] = {
    "claim": (
        *SPEAKER,
        SAYS,
        Field("status", "Where it stands", "choice", choices=tuple(ClaimStatus)),
    ),
    "talk": (
        Field("mode", "How", "choice", choices=_choices(Talk, "mode")),
        Field("track", "Track", "choice", choices=_choices(Talk, "track")),
        Field("level", "Level", "choice", choices=tuple(reversed(Level))),
        Field("state", "Held or planned", "choice", choices=_choices(Talk, "state")),
        Field("participants", "Who took part", "people", "one a line: name, side; or name, office, side"),
        Field("place", "Place", required=False),
        Field("outcome", "What came of it", "text", required=False),
    ),
    "threat": (
        *SPEAKER,
        SAYS,
        Field("would_do", "What would be done", "text"),
        Field("unless", "Unless", required=False),
        Field("deadline", "By when", "day", required=False),
    ),
    "denial": (*SPEAKER, SAYS, Field("denies", "What is denied", "claims", "one or several of the record")),
}
"""Kind of an entry -> what is asked beside its title and day."""
COMMON = (Field("title", "Title"), Field("date", "Day", "day"))


def speakers(record: Record) -> dict[str, Person]:
    """Everybody whom a record names, by name: as named last."""
    found: dict[str, Person] = {}
    for entry in sorted(record.entries.values(), key=lambda entry: entry.date or ""):
        people = (getattr(entry, "by", None), *getattr(entry, "participants", ()))
        for person in people:
            if person is not None:
                parts = {"name": person.name, "office": person.office, "side": person.side or ""}
                found[person.name] = {key: text for key, text in parts.items() if text}
    return dict(sorted(found.items()))


def document_of(record: Record, kind: str, given: Mapping[str, str]) -> dict[str, Any]:
    """The fields of an entry from what a person filled in.

    Args:
        given: name of a field -> its text; several claims or people stand one a line.

    Raises:
        InvalidOption: a field that is missing or cannot be understood; `where` is its name.
    """
    if kind not in FORM:
        raise _wrong("kind", kind, "no such kind in the form", f"one of {', '.join(FORM)}")
    fields = {field.name: field for field in (*COMMON, *FORM[kind])}
    for name in given:
        if name not in fields:
            raise _wrong(name, given[name], "no such field", f"one of {', '.join(fields)}")
    texts = {name: given.get(name, "").replace("\r\n", "\n").strip() for name in fields}
    for name, field in fields.items():
        if field.required and not texts[name]:
            raise _wrong(name, field.label, "it is empty", field.hint or "some words")
        if field.input == "choice" and texts[name] not in field.choices:
            raise _wrong(name, texts[name], "no such choice", f"one of {', '.join(field.choices)}")
    if not 3 <= len(texts["title"]) <= LONGEST_TITLE or "\n" in texts["title"]:
        why = f"a title is one line of 3 to {LONGEST_TITLE} letters"
        raise _wrong("title", texts["title"], why, "a shorter or longer one")
    known = speakers(record)
    found: dict[str, Any] = {}
    for name, field in fields.items():
        if texts[name] and field.input not in ("speaker", "side") and name != "office":
            found[name] = _read(field, texts[name], record, known)
    if "by" in fields:
        found["by"] = _speaker(texts, known)
    if "status" in found:
        found["standing"] = [{"since": found["date"], "status": found.pop("status")}]
    return found


def entry_id(record: Record, kind: str, title: str) -> str:
    """An id that is free, from the words of a title."""
    plain = unicodedata.normalize("NFD", title.lower()).encode("ascii", "ignore").decode()
    words = re.sub(r"[^a-z]+", "-", plain).strip("-")[:60].strip("-") or "by-hand"
    name, number = f"{kind}-{words}", 2
    taken = set(record.entries)
    while name in taken:
        name, number = f"{kind}-{words}-{number}", number + 1
    return name


def _read(field: Field, text: str, record: Record, known: Mapping[str, Person]) -> Any:
    if field.input == "day":
        try:
            parse_moment(text)
        except InvalidDate as error:
            raise _wrong(field.name, text, error.why, error.instead) from None
    if field.input == "people":
        return [_person(field.name, line, known) for line in _lines(text)]
    if field.input == "claims":
        for line in _lines(text):
            if line not in record.entries:
                raise _wrong(field.name, line, "it is not on record", "a claim of this dispute")
        return _lines(text)
    return text


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _speaker(texts: Mapping[str, str], known: Mapping[str, Person]) -> Person:
    if len(texts["by"].splitlines()) > 1:
        raise _wrong("by", texts["by"], "it is more than one line", "one name")
    parts = {"name": texts["by"], "office": texts["office"], "side": texts["side"]}
    parts["side"] = _side("side", parts["side"]) if parts["side"] else ""
    return {**known.get(texts["by"], {}), **{key: text for key, text in parts.items() if text}}


def _person(where: str, line: str, known: Mapping[str, Person]) -> Person:
    """`Name`, `Name, side`, `Name, office, side` or `Name (side)`, with the side as a label or by name."""
    bracketed = re.fullmatch(r"(.*)\(([^()]*)\)", line)
    name, *more = (part.strip() for part in (bracketed.groups() if bracketed else line.split(",")))
    if not name:
        raise _wrong(where, line, "it has no name", "A. Minister, China")
    side = _side(where, more.pop()) if more else ""
    given = {"name": name, "office": ", ".join(more), "side": side}
    return {**known.get(name, {}), **{key: text for key, text in given.items() if text}}


def _side(where: str, text: str) -> str:
    labels = {words.lower(): label for label, words in NAMES.items()}
    label = labels.get(text.lower(), text.upper())
    if not is_place(label):
        raise _wrong(where, text, "it is no side that is known", f"{name_of('USA')} or USA, for one")
    return label


def _wrong(where: str, what: str, why: str, instead: str) -> InvalidOption:
    return InvalidOption(what[:80], where=where, why=why, instead=instead)
