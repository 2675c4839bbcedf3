"""New dispute folders: from nothing, or as a copy of another."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

from detente.core.days import parse_day
from detente.core.errors import CannotWrite, InvalidOption
from detente.core.locks import LOCK_NAME
from detente.core.places import is_place, the
from detente.record.commit import JOURNAL_NAME
from detente.record.files import find_dispute, load_record
from detente.record.schema import EDITOR_FOLDER, editor_files

SETTINGS = """\
# What the dispute is as a whole; docs/record-schema.md names every field.
name: {name}
title: {title}
parties: [{first}, {second}]
# Whose goods the parties' measures treat like a party's own, e.g. [HKG, MAC].
territories: []
# The day whose duties the world economy's base holds.
base_day: {base_day}
# The last day to which this record was checked against the news; move it on when you have.
checked_to: {checked_to}
# Goods shown with their whole stack of duties: {{name: Barley, importer: CHN, exporter: AUS, hs: "10039000"}}
line_items: []
"""
ALIASES = """\
# Old ids and what they are now, one a line: old-id: new-id. An id given up for good has no value.
# An id that stood once is never used again.
"""


def new_dispute(
    name: str, parties: tuple[str, str], title: str | None, base_day: str, checked_to: str | None
) -> Path:
    """Make a dispute folder with nothing in it yet.

    Args:
        name: the folder to make.
        parties: labels of the two sides.
        title: a plain title; the two names by default.
        base_day: the day whose duties the world's base holds.
        checked_to: last day checked; today by default.

    Raises:
        CannotWrite: the folder exists, or cannot be made.
        InvalidOption: a label that is no place, or the same one twice.
    """
    for label in parties:
        if not is_place(label) or label == "ALL":
            raise InvalidOption(
                f"party {label!r}", where="--parties", why="no such label", instead="for example AUS,CHN"
            )
    if parties[0] == parties[1]:
        raise InvalidOption(
            f"{parties[0]} twice", where="--parties", why="a dispute has two sides", instead="AUS,CHN"
        )
    parse_day(base_day, where="--base-day")
    checked_to = checked_to or date.today().isoformat()
    parse_day(checked_to, where="--checked-to")
    first, second = (the(label) for label in parties)

    def fill(folder: Path) -> None:
        folder.mkdir(parents=True)
        words = title or f"{first[0].upper()}{first[1:]} and {second}"
        text = SETTINGS.format(
            name=json.dumps(Path(name).name, ensure_ascii=False),
            title=json.dumps(words, ensure_ascii=False),
            first=parties[0],
            second=parties[1],
            base_day=base_day,
            checked_to=checked_to,
        )
        (folder / "dispute.yaml").write_text(text, encoding="utf-8")
        (folder / "aliases.yaml").write_text(ALIASES, encoding="utf-8")

    return _make(name, fill)


def copy_dispute(name: str, source: str) -> Path:
    """Copy a dispute into a new folder of the user's.

    Raises:
        CannotWrite: the folder exists, or cannot be made.
    """
    origin = find_dispute(source)
    load_record(source)
    ignore = shutil.ignore_patterns(LOCK_NAME, JOURNAL_NAME, EDITOR_FOLDER, ".git")
    return _make(name, lambda folder: shutil.copytree(origin, folder, ignore=ignore))


def _make(name: str, fill: Callable[[Path], object]) -> Path:
    """Fill a folder beside its place, add what editors need, and move it there whole."""
    target = Path(name).expanduser()
    if target.exists():
        raise CannotWrite(
            f"{target} exists", where="NAME", why="nothing is overwritten", instead="another name"
        )
    partial = target
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        partial = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent)) / target.name
        fill(partial)
        for file, text in editor_files().items():
            (partial / file).parent.mkdir(parents=True, exist_ok=True)
            (partial / file).write_text(text, encoding="utf-8")
        partial.rename(target)
    except OSError as error:
        raise CannotWrite(
            f"{target} cannot be made",
            where="NAME",
            why=error.strerror or str(error),
            instead="a folder you may write to",
        ) from error
    finally:
        if partial is not target:
            shutil.rmtree(partial.parent, ignore_errors=True)
    return target
