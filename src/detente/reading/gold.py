"""Gold folders: texts and the acts a careful person finds in them, in the format of `docs/gold-format.md`."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from detente.core.days import parse_day
from detente.core.errors import DetenteError, InvalidGold
from detente.core.yaml12 import read_yaml
from detente.reading.article import Article
from detente.reading.lexicon import word_set
from detente.reading.scheme import ACTS, MODALITIES

SHIPPED_GOLD = Path(__file__).with_name("gold")
_FIELDS = word_set("id style dispute language published publisher title text hard acts")
_ACT_FIELDS = word_set("act modality actors attribution date amounts condition evidence also unsure optional")


@dataclass(frozen=True)
class GoldAct:
    """An act as the gold has it; `also` holds other readings that are as good.

    Attributes:
        spans: the evidence as spans of the text.
        dates: the days or months that count as right; empty where no day is settled.
        day_optional: giving no day is right too.
    """

    act: str
    modality: str
    spans: tuple[tuple[int, int], ...]
    actors: tuple[dict[str, Any], ...] = ()
    attribution: tuple[str, ...] = ()
    dates: tuple[str, ...] = ()
    day_optional: bool = True
    amounts: tuple[dict[str, Any], ...] = ()
    condition: tuple[int, int] | None = None
    unsure: tuple[str, ...] = ()
    optional: bool = False
    also: tuple[dict[str, Any], ...] = field(default=())

    @property
    def acts(self) -> set[str]:
        """The act types that count as right."""
        return {self.act} | {other["act"] for other in self.also if "act" in other}

    def modalities(self, act: str) -> set[str]:
        """The modalities that count as right; a reading that names another act brings its own."""
        found = {self.modality}
        found |= {
            other["modality"] for other in self.also if "modality" in other and other.get("act", act) == act
        }
        return found


@dataclass(frozen=True)
class GoldItem:
    """One text of a gold folder."""

    id: str
    style: str
    dispute: str
    text: str
    title: str
    published: date | None
    publisher: str
    acts: tuple[GoldAct, ...]

    def article(self) -> Article:
        """The text as the reader gets it."""
        return Article(
            file=self.id,
            text=self.text,
            title=self.title,
            published=self.published,
            published_by="given" if self.published else "",
            publisher=self.publisher,
        )


def read_gold(folder: Path) -> list[GoldItem]:
    """All items of a gold folder, by id.

    Raises:
        InvalidGold: the folder is missing or empty, or an item breaks the format; with file and line.
    """
    files = sorted(folder.rglob("*.yaml")) if folder.is_dir() else []
    if not files:
        raise InvalidGold(
            f"{folder} holds no gold",
            where="--gold",
            why="there is no .yaml file in it",
            instead="a folder in the format of docs/gold-format.md",
        )
    items = [_item(path) for path in files]
    seen: set[str] = set()
    for item in items:
        if item.id in seen:
            raise InvalidGold(
                f"id {item.id!r} stands twice", where=str(folder), why="ids are unique", instead="rename one"
            )
        seen.add(item.id)
    return items


def _item(path: Path) -> GoldItem:
    try:
        document, lines = read_yaml(path, shown=path.name)
    except DetenteError as error:
        raise InvalidGold(error.what, where=error.where, why=error.why, instead=error.instead) from None
    if not isinstance(document, dict):
        raise _wrong(path, 1, "not an item", "an item is a mapping of fields")
    for name in document:
        if name not in _FIELDS:
            raise _wrong(path, lines.get((name,), 1), f"field {name!r}", "there is no such field")
    text = document.get("text")
    if document.get("id") != path.stem or not isinstance(text, str):
        raise _wrong(path, 1, "id or text", "the id is the file's name, and text is a block of text")
    acts = tuple(_act(path, text, act, n, lines) for n, act in enumerate(document.get("acts") or []))
    published = document.get("published")
    return GoldItem(
        id=path.stem,
        style=str(document.get("style") or ""),
        dispute=str(document.get("dispute") or ""),
        text=text,
        title=str(document.get("title") or ""),
        published=parse_day(str(published), where=f"{path.name}:{lines.get(('published',), 1)}")
        if published
        else None,
        publisher=str(document.get("publisher") or ""),
        acts=acts,
    )


def _wrong(path: Path, line: int, what: str, why: str) -> InvalidGold:
    return InvalidGold(what, where=f"{path.name}:{line}", why=why, instead="see docs/gold-format.md")


def _act(path: Path, text: str, act: Any, n: int, lines: dict[Any, int]) -> GoldAct:
    line = lines.get(("acts", n), 1)
    if not isinstance(act, dict):
        raise _wrong(path, line, "an act", "an act is a mapping of fields")
    for name in act:
        if name not in _ACT_FIELDS:
            raise _wrong(path, line, f"field {name!r}", "there is no such field of an act")
    also = tuple(act.get("also") or ())
    for reading in (act, *also):
        if reading.get("act", ACTS[0]) not in ACTS:
            raise _wrong(path, line, f"act {reading['act']!r}", f"one of {', '.join(ACTS)}")
        if reading.get("modality", MODALITIES[0]) not in MODALITIES:
            raise _wrong(path, line, f"modality {reading['modality']!r}", f"one of {', '.join(MODALITIES)}")
    spans = []
    for words in act.get("evidence") or ():
        if text.count(words) != 1:
            raise _wrong(
                path,
                line,
                f"evidence {words[:60]!r}",
                f"it stands {text.count(words)} times in the text, not once",
            )
        spans.append((text.index(words), text.index(words) + len(words)))
    if not spans:
        raise _wrong(path, line, "an act without evidence", "each act names the words it rests on")
    condition = act.get("condition")
    dates = [reading["date"] for reading in (act, *also) if isinstance(reading.get("date"), str)]
    return GoldAct(
        act=act["act"],
        modality=act["modality"],
        spans=tuple(spans),
        actors=tuple(act.get("actors") or ()),
        attribution=tuple(act.get("attribution") or ()),
        dates=tuple(dates),
        day_optional=any(not isinstance(r.get("date"), str) for r in (act, *also) if r is act or "date" in r),
        amounts=tuple(act.get("amounts") or ()),
        condition=(text.index(condition), text.index(condition) + len(condition))
        if condition and condition in text
        else None,
        unsure=tuple(act.get("unsure") or ()),
        optional=bool(act.get("optional")),
        also=also,
    )
