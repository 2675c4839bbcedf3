"""Labelled passages: running text of our own of which each sentence names the acts it tells, for `fitting` alone.

A file holds passages. A passage begins with `# STYLE DISPUTE PUBLISHED` (a day, or `-`), then has one line a sentence:
labels, a tab, the sentence; an empty line begins a paragraph. Labels are `-`, or acts as `act/modality` apart by blanks,
with `|` between readings that are as good and `?` after an act that careful people would differ on. Unlike the gold they
say nothing of actors, days and amounts, so no reader is graded on them.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

from detente.core.days import parse_day
from detente.core.errors import InvalidGold
from detente.reading.gold import SHIPPED_GOLD, GoldAct, GoldItem
from detente.reading.scheme import ACTS, MODALITIES

SHIPPED_LABELLED = SHIPPED_GOLD / "labelled"


def read_labelled(folder: Path = SHIPPED_LABELLED) -> list[GoldItem]:
    """The passages of a folder's `.txt` files, in order, named by file and line.

    Raises:
        InvalidGold: a line breaks the format; with file and line.
    """
    return [item for path in sorted(folder.glob("*.txt")) for item in _passages(path)]


def _passages(path: Path) -> list[GoldItem]:
    found: list[GoldItem] = []
    head: tuple[str, str, str, date | None] | None = None
    text, acts, gap = "", [], ""

    def _close() -> None:
        if head and text:
            name, style, dispute, published = head
            found.append(GoldItem(name, style, dispute, text, "", published, "", tuple(acts)))

    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        where = f"{path.name}:{number}"
        if line.startswith("#"):
            _close()
            head, text, acts, gap = _head(line, path.stem, number, where), "", [], ""
        elif not line.strip():
            gap = "\n\n"
        else:
            labels, _, sentence = line.partition("\t")
            if head is None or not sentence.strip():
                raise _wrong(where, line, "a sentence is labels, a tab and words, under a passage's head")
            text += (gap if text else "") + sentence.strip()
            span = (len(text) - len(sentence.strip()), len(text))
            acts += [_act(label, span, where) for label in labels.split() if label != "-"]
            gap = " "
    _close()
    return found


def _head(line: str, stem: str, number: int, where: str) -> tuple[str, str, str, date | None]:
    parts = line[1:].split()
    if len(parts) != 3:
        raise _wrong(where, line, "a passage's head is: # STYLE DISPUTE PUBLISHED")
    style, dispute, day = parts
    return f"{stem}-{number}", style, dispute, None if day == "-" else parse_day(day, where=where)


def _act(label: str, span: tuple[int, int], where: str) -> GoldAct:
    readings = []
    for reading in label.removesuffix("?").split("|"):
        act, _, modality = reading.partition("/")
        if act not in ACTS or modality not in MODALITIES:
            raise _wrong(where, label, "a label is act/modality in words of the scheme")
        readings.append({"act": act, "modality": modality})
    return GoldAct(**readings[0], spans=(span,), optional=label.endswith("?"), also=tuple(readings[1:]))


def _wrong(where: str, line: str, why: str) -> InvalidGold:
    return InvalidGold(f"labels {line[:60]!r}", where=where, why=why, instead="see docs/gold-format.md")
