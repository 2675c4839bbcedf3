"""Solved numbers kept by the content of what was solved, in memory and in the cache folder."""

from __future__ import annotations

import sqlite3
import struct
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from detente.core.caches import cache_folder

FILE = "payoffs.sqlite"
AT_ONCE = 500


class Kept:
    """Rows of numbers by key. A cache that cannot be read or written only costs time.

    Args:
        folder: where the file lies; None keeps in memory alone.
    """

    def __init__(self, folder: Path | None = None, *, on_disk: bool = True) -> None:
        self._memory: dict[bytes, tuple[float, ...]] = {}
        self._path = (folder or cache_folder()) / FILE if on_disk else None

    def get(self, keys: Sequence[bytes]) -> dict[bytes, tuple[float, ...]]:
        """Those of the keys that are kept."""
        missing = [key for key in keys if key not in self._memory]
        if missing and self._path is not None and self._path.exists():
            self._memory.update(self._read(missing))
        return {key: self._memory[key] for key in keys if key in self._memory}

    def put(self, rows: Mapping[bytes, Iterable[float]]) -> None:
        """Keep rows."""
        fresh = {key: tuple(map(float, row)) for key, row in rows.items()}
        self._memory.update(fresh)
        if self._path is None or not fresh:
            return
        packed = [(key, struct.pack(f"<{len(row)}d", *row)) for key, row in fresh.items()]
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with _Opened(self._path) as base:
                base.execute("CREATE TABLE IF NOT EXISTS kept (key BLOB PRIMARY KEY, row BLOB NOT NULL)")
                base.executemany("INSERT OR REPLACE INTO kept VALUES (?, ?)", packed)
        except (OSError, sqlite3.Error):
            return

    def _read(self, keys: Sequence[bytes]) -> dict[bytes, tuple[float, ...]]:
        assert self._path is not None
        found: dict[bytes, tuple[float, ...]] = {}
        try:
            with _Opened(self._path) as base:
                for at in range(0, len(keys), AT_ONCE):
                    part = keys[at : at + AT_ONCE]
                    marks = ",".join("?" * len(part))
                    for key, row in base.execute(f"SELECT key, row FROM kept WHERE key IN ({marks})", part):
                        found[key] = struct.unpack(f"<{len(row) // 8}d", row)
        except (OSError, sqlite3.Error, struct.error):
            return {}
        return found


class _Opened:
    """A connection that is committed and closed."""

    def __init__(self, path: Path) -> None:
        self._base = sqlite3.connect(path, timeout=5)

    def __enter__(self) -> sqlite3.Connection:
        return self._base

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is None:
            self._base.commit()
        self._base.close()
