"""The one JSON contract of every command, and files that are written whole or not at all."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from detente import __version__
from detente.core.errors import CannotWrite


def envelope(
    name: str,
    query: Mapping[str, Any],
    data: Any,
    *,
    version: int = 1,
    provenance: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """The object every `--json` prints.

    Args:
        name: the schema's name; it becomes `detente/NAME/VERSION`.
        query: the question as understood, defaults filled in.
        data: the answer.
        version: the schema's version; within one, fields are added and never changed.
        provenance: record_hash, world_hash, model, certificate, entries; absent ones are null.
    """
    origin: dict[str, Any] = {
        "record_hash": None,
        "world_hash": None,
        "model": None,
        "certificate": None,
        "entries": [],
    }
    origin.update(provenance or {})
    return {
        "schema": f"detente/{name}/{version}",
        "detente": __version__,
        "query": dict(query),
        "data": data,
        "provenance": origin,
    }


def to_json(obj: Any, *, indent: int | None = 2) -> str:
    """JSON text of a contract object. NaN and infinity are refused: no such number is an answer."""
    return json.dumps(obj, indent=indent, ensure_ascii=False, allow_nan=False)


def require_writable(target: Path) -> None:
    """Refuse early a file that cannot be written, before minutes are spent on its content.

    Raises:
        CannotWrite: the target is a folder or a device, or no folder above it may be written to.
    """
    above = target.parent
    while not above.exists() and above != above.parent:
        above = above.parent
    why = ""
    if target.is_dir():
        why = "it is a folder"
    elif target.exists() and not target.is_file():
        why = "it is a device or a pipe, and a file is put in place by renaming"
    elif not above.is_dir():
        why = f"{above} is not a folder"
    elif not _takes_files(above):
        why = f"{above} may not be written to"
    if why:
        raise CannotWrite(
            f"{target} cannot be written",
            where=str(target),
            why=why,
            instead="name a file in a folder you may write to",
        )


def _takes_files(folder: Path) -> bool:
    """Whether a file can be made there; permissions alone do not say (root, read-only file systems)."""
    import tempfile

    try:
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


def write_together(files: Mapping[Path, str | bytes]) -> None:
    """Write several files so that either all of them change or none does.

    Each is first written beside its target and flushed; only when every one stands complete are
    they renamed into place. A failure on the way restores what stood there before.

    Raises:
        CannotWrite: a folder is missing or not writable, or the disk is full.
    """
    import tempfile  # only who writes pays for it

    staged: list[tuple[Path, Path]] = []
    replaced: list[tuple[Path, bytes | None]] = []
    target = Path()
    try:
        for target, content in files.items():
            target.parent.mkdir(parents=True, exist_ok=True)
            if target.exists() and not target.is_file():
                raise IsADirectoryError(f"{target} is a folder or a device")
            handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
            staged.append((Path(name), target))
            with os.fdopen(handle, "wb") as stream:
                stream.write(content.encode() if isinstance(content, str) else content)
                stream.flush()
                os.fsync(stream.fileno())
        umask = os.umask(0)
        os.umask(umask)
        for temporary, target in staged:
            replaced.append((target, target.read_bytes() if target.exists() else None))
            temporary.chmod(0o666 & ~umask)
            temporary.replace(target)
    except OSError as error:
        for path, before in reversed(replaced[:-1]):
            if before is None:
                path.unlink(missing_ok=True)
            else:
                path.write_bytes(before)
        raise CannotWrite(
            f"{target} cannot be written",
            where=str(target),
            why=error.strerror or str(error),
            instead="name a file in a folder you may write to",
        ) from error
    finally:
        for temporary, _ in staged:
            temporary.unlink(missing_ok=True)
