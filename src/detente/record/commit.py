"""Writing to a dispute folder so that nothing is lost: one writer at a time, all of a change or none.

A change of one file is one rename. A change of several is first written down whole in a journal; whoever
reads the folder from then on sees it done, and the next writer finishes it if the first one died.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from detente.core.errors import CannotWrite
from detente.core.locks import exclusive
from detente.core.results import write_together

JOURNAL_NAME = ".journal"

Change = Mapping[str, str | None]
"""Path in the folder -> its new text; None removes the file."""


def version_of(content: bytes) -> str:
    """The version of a file: the first 16 digits of its SHA-256."""
    return hashlib.sha256(content).hexdigest()[:16]


@contextmanager
def writing(root: Path) -> Iterator[None]:
    """Be the only writer of a dispute folder; a change that another writer left half done is finished first.

    Raises:
        CannotWrite: the folder may not be written to, or another process keeps it.
    """
    with exclusive(root):
        pending = pending_change(root)
        if pending:
            _apply(root, pending)
        (root / JOURNAL_NAME).unlink(missing_ok=True)
        yield


def commit(root: Path, change: Change) -> None:
    """Write a change, all of it or none; only inside `writing`.

    Raises:
        CannotWrite: the folder is not writable, or the disk is full.
    """
    if len(change) > 1:
        write_together({root / JOURNAL_NAME: json.dumps(dict(change), ensure_ascii=False)})
    _apply(root, change)
    (root / JOURNAL_NAME).unlink(missing_ok=True)


def pending_change(root: Path) -> dict[str, str | None]:
    """A change that was decided and not yet carried out in full; empty as a rule."""
    try:
        return json.loads((root / JOURNAL_NAME).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise CannotWrite(
            "a journal that cannot be read",
            where=str(root / JOURNAL_NAME),
            why=str(error),
            instead="look at it and remove it",
        ) from error


def _apply(root: Path, change: Change) -> None:
    for name, text in change.items():
        if text is not None:
            write_together({root / name: text})
    for name, text in change.items():
        if text is None:
            (root / name).unlink(missing_ok=True)
