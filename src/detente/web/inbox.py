"""From articles to entries: reading uploads, deciding on proposals, news by hand, and undoing any of it.

Everything that changes a record goes through the record's own writing, which checks it whole first; what a
change did to which file is kept, so that it can be undone as long as nobody has changed the file since.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from detente.analysis.entries_list import pointing
from detente.core.errors import DetenteError, InvalidOption, StaleVersion
from detente.core.yaml12 import parse_yaml
from detente.reading.read import Options, read_all
from detente.reading.review import decide, write_accepted
from detente.record.commit import commit, writing
from detente.record.entries import SCHEMA_VERSION
from detente.record.files import contents, load_record
from detente.record.write import add_entry, edit_entry
from detente.web.news import document_of, entry_id
from detente.web.store import Store

MOST_FILES = 50
MOST_ARTICLES = 500
"""Of all feeds and mailboxes of one upload together."""
MOST_LETTERS = 2_000_000
"""Of all texts of one upload together, as read."""

Upload = tuple[str, bytes]
"""Name of a file and its content."""


def read_uploads(uploads: Sequence[Upload], folder: str, published: str | None) -> dict[str, Any]:
    """Read uploaded articles against a dispute: the reading, and the texts that its evidence counts in.

    Raises:
        UnreadableArticle: nothing could be read at all.
    """
    from detente.core.days import parse_day

    with tempfile.TemporaryDirectory(prefix="detente-inbox-") as place:
        names: dict[str, str] = {}
        for number, (name, content) in enumerate(uploads):
            path = Path(place) / f"{number:03d}"
            path.write_bytes(content)
            names[str(path)] = _plain(name, number)
        texts = Path(place) / "texts"
        day = parse_day(published, where="published") if published else None
        options = Options(published=day, dispute=folder, texts=str(texts))
        try:
            reading = read_all(list(names), options, workers=1).data()
        except DetenteError as error:
            for path, name in names.items():
                error.what, error.where = (w.replace(path, name) for w in (error.what, error.where))
            raise
        found = {article["file"]: _text(texts, article["file"]) for article in reading["articles"]}
    articles = len(reading["articles"]) + len(reading["failures"])
    if articles > MOST_ARTICLES:
        raise InvalidOption(
            f"{articles:,} articles in this upload",
            where="files",
            why=f"a feed or a mailbox holds more than {MOST_ARTICLES}",
            instead="fewer articles at a time",
        )
    if sum(len(text) for text in found.values()) > MOST_LETTERS:
        raise InvalidOption(
            "the texts of this upload",
            where="files",
            why=f"they have more than {MOST_LETTERS:,} letters",
            instead="fewer articles at a time",
        )
    shown = _renamed([reading, found], names)
    return {"reading": shown[0], "texts": shown[1]}


def _plain(name: str, number: int) -> str:
    bare = name.replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(c for c in bare if c.isprintable() and c not in "<>\"'&#")[:100].strip()
    return kept or f"article {number + 1}"


def _text(folder: Path, file: str) -> str:
    """The text that `read` wrote for an article."""
    plain = "".join(c if c.isalnum() or c in "-._" else "_" for c in file)[-120:]
    path = folder / f"{plain}.txt"
    return path.read_bytes().decode("utf-8") if path.exists() else ""


def _renamed(node: Any, names: Mapping[str, str]) -> Any:
    """The same with the files of the upload under their own names, also where `#2` follows."""
    if isinstance(node, dict):
        return {_renamed(key, names): _renamed(value, names) for key, value in node.items()}
    if isinstance(node, list):
        return [_renamed(value, names) for value in node]
    if isinstance(node, str):
        for path, name in names.items():
            node = node.replace(path, name)
    return node


def decide_one(
    store: Store,
    dispute: str,
    folder: Path,
    reading: Mapping[str, Any],
    proposal: str,
    accepted: bool,
    fields: Mapping[str, str],
    by: str,
) -> dict[str, Any]:
    """Accept or reject one proposal; the first decision counts.

    Args:
        fields: field of the entry -> YAML, changed before it is written.

    Raises:
        StaleVersion: somebody has decided already.
        InvalidOption, InvalidEntry, CannotWrite: nothing is written.
    """
    words = tuple(f"{proposal}.{field}={value}" for field, value in fields.items())
    choices = decide(reading["data"], (proposal,) if accepted else (), () if accepted else (proposal,), words)
    store.reserve(reading["id"], proposal, accepted, by)
    if not accepted:
        return {"proposal": proposal, "accepted": False, "written": [], "change": None}
    try:
        before = contents(folder)
        written = write_accepted(reading["data"], str(folder), choices)
    except BaseException:
        store.release(reading["id"], proposal)
        raise
    files = {
        name: {"before": _decoded(before.get(name)), "after": (folder / name).read_text("utf-8")}
        for name in dict.fromkeys(str(Path(w["file"]).relative_to(folder)) for w in written)
    }
    what = f"accepted {', '.join(w['entry'] for w in written)}"
    change = store.keep_change(dispute, what, files, by)
    store.release(reading["id"], proposal, change)
    return {"proposal": proposal, "accepted": True, "written": written, "change": change}


def _decoded(content: bytes | None) -> str | None:
    return None if content is None else content.decode("utf-8")


def add_by_hand(
    store: Store, dispute: str, folder: Path, kind: str, entry: str, fields: Mapping[str, str], by: str
) -> dict[str, Any]:
    """Add an entry whose fields are YAML.

    Raises:
        InvalidEntry, InvalidOption, CannotWrite: nothing is written.
    """
    read = {field: parse_yaml(text, field)[0] for field, text in fields.items() if text.strip()}
    return _add(store, dispute, folder, {"id": entry, "kind": kind, **read}, by)


def add_news(
    store: Store, dispute: str, folder: Path, kind: str, given: Mapping[str, str], by: str
) -> dict[str, Any]:
    """Add an entry from what a person filled into the form of its kind; its id is made from the title.

    Raises:
        InvalidOption: `where` is the field of the form; nothing is written.
        InvalidEntry, CannotWrite: nothing is written.
    """
    record = load_record(str(folder))
    fields = document_of(record, kind, given)
    entry = entry_id(record, kind, fields["title"])
    return _add(store, dispute, folder, {"id": entry, "kind": kind, **fields}, by)


def _add(store: Store, dispute: str, folder: Path, fields: Mapping[str, Any], by: str) -> dict[str, Any]:
    document: dict[str, Any] = {"schema": SCHEMA_VERSION, "verification": "unverified", **fields}
    entry = document["id"]
    written = add_entry(str(folder), document)
    name = str(written.file.relative_to(folder))
    files = {name: {"before": None, "after": written.file.read_text("utf-8")}}
    change = store.keep_change(dispute, f"added {entry}", files, by)
    return {"entry": entry, "file": name, "version": written.version, "change": change}


def edit_by_hand(
    store: Store, dispute: str, folder: Path, entry: str, fields: Mapping[str, str], version: str, by: str
) -> dict[str, Any]:
    """Change fields of an entry, if it still is the version that was seen.

    Raises:
        StaleVersion: somebody has changed it since; nothing is written.
        InvalidEntry, InvalidOption, CannotWrite: nothing is written.
    """
    record = load_record(str(folder))
    name = record.files.get(entry)
    before = (folder / name).read_text("utf-8") if name else None
    written = edit_entry(str(folder), entry, dict(fields), version=version)
    name = str(written.file.relative_to(folder))
    files = {name: {"before": before, "after": written.file.read_text("utf-8")}}
    change = store.keep_change(dispute, f"changed {entry}: {', '.join(fields)}", files, by)
    return {"entry": entry, "file": name, "version": written.version, "change": change}


def undo(store: Store, dispute: str, folder: Path, number: int, by: str) -> dict[str, Any]:
    """Undo a change: every file as it was before, if nobody has changed one since.

    Raises:
        InvalidOption: no such change.
        StaleVersion: a file has changed since, another entry rests on what would go, or it is undone already.
    """
    change = store.change(number)
    if change is None or change["dispute"] != dispute:
        raise InvalidOption(
            f"change {number}", where="change", why="there is none", instead="one that the history shows"
        )
    if change["undone"]:
        raise StaleVersion(
            f"change {number}",
            where="change",
            why="it is undone already",
            instead="look at the history again",
        )
    with writing(folder):
        record = load_record(str(folder))
        gone = [Path(name).stem for name, texts in change["files"].items() if texts["before"] is None]
        for name, texts in change["files"].items():
            path = folder / name
            if not path.exists() or path.read_text("utf-8") != texts["after"]:
                raise StaleVersion(
                    name, where="change", why="it has changed since", instead="undo the later change first"
                )
        for entry in gone:
            resting = [other.id for other in pointing(record, entry) if other.id not in gone]
            if resting and not entry.startswith("source-"):
                raise StaleVersion(
                    entry, where="change", why=f"{resting[0]} rests on it", instead="undo that first"
                )
        back = {
            name: texts["before"]
            for name, texts in change["files"].items()
            if texts["before"] is not None or not _still_cited(record, Path(name).stem, gone)
        }
        commit(folder, back)
    files = {n: {"before": change["files"][n]["after"], "after": text} for n, text in back.items()}
    made = store.keep_change(dispute, f"undid: {change['what']}", files, by)
    store.mark_undone(number, made)
    store.mark_undone(made, made)
    return {"undone": number, "change": made}


def _still_cited(record: Any, entry: str, gone: Sequence[str]) -> bool:
    """Whether a source is cited by an entry that stays."""
    return any(other.id not in gone for other in pointing(record, entry))
