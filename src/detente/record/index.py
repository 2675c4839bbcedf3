"""What has been read once, kept by content hash in one SQLite file: entries, lists and whole records.

The key of a value is the SHA-256 of the bytes it was made from and of the code that read them, so nothing
kept can be stale. There are two such files of one form: `records.index` beside the shipped disputes, made
when the package is built and only read, and `records.sqlite` in the cache folder. Where the second cannot be
written, what was read is kept in memory; a damaged file is thrown away and made afresh. Two processes may use
one file at once: SQLite locks it, and a value that cannot be stored in time is only read again later.
"""

from __future__ import annotations

import hashlib
import pickle
import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import Any

from detente import __version__
from detente.core.caches import cache_folder

SHIPPED_INDEX = Path(__file__).resolve().parent.parent / "disputes" / "records.index"
RECORDS_KEPT = 16
PARTS_KEPT = 60_000
FORM = 1
"""Raised when the tables change; an index of another form is made afresh."""
TABLES = f"""
DROP TABLE IF EXISTS records;
DROP TABLE IF EXISTS parts;
CREATE TABLE records (key BLOB PRIMARY KEY, value BLOB NOT NULL);
CREATE TABLE parts (key BLOB PRIMARY KEY, value BLOB NOT NULL);
PRAGMA user_version = {FORM};
"""
KEYS_AT_ONCE = 500
LOCK_SECONDS = 5.0
PROTOCOL = pickle.HIGHEST_PROTOCOL


@cache
def code_seal() -> bytes:
    """Changes whenever the code that reads entries changes."""
    here = Path(__file__).resolve().parent
    seal = hashlib.sha256(__version__.encode())
    for path in sorted([*here.glob("*.py"), *(here.parent / "core").glob("*.py")]):
        seal.update(path.name.encode() + path.read_bytes())
    return seal.digest()


def key_of(content: bytes) -> bytes:
    """The key of what is made from these bytes by this code."""
    return hashlib.sha256(code_seal() + content).digest()


class Index:
    """One SQLite file of values by content hash.

    Args:
        path: the file.
        fixed: the file is only read, and never made or mended.
    """

    def __init__(self, path: Path, *, fixed: bool = False) -> None:
        self.path, self.fixed = path, fixed
        self._memory: dict[tuple[str, bytes], Any] = {}
        self._in_file = True

    def record(self, key: bytes) -> Any | None:
        """The whole record of that key; None where it is not kept."""
        return self._values("records", [key]).get(key)

    def parts(self, keys: Iterable[bytes]) -> dict[bytes, Any]:
        """Entries and lists of those keys, as far as they are kept."""
        return self._values("parts", list(keys))

    def keep(self, records: Mapping[bytes, Any], parts: Mapping[bytes, Any]) -> None:
        """Store for next time; where no file can be written, for as long as this process runs."""
        if self.fixed:
            return
        if self._in_file:
            self._in_file = self._store({"records": records, "parts": parts})
        if not self._in_file:
            self._memory.update({("parts", key): value for key, value in parts.items()})

    def _store(self, tables: Mapping[str, Mapping[bytes, Any]]) -> bool:
        """Write to the file; False where that cannot be."""
        try:
            with closing(self._connect()) as connection, connection:
                for table, most in (("records", RECORDS_KEPT), ("parts", PARTS_KEPT)):
                    rows = ((key, pickle.dumps(value, PROTOCOL)) for key, value in tables[table].items())
                    connection.executemany(f"INSERT OR REPLACE INTO {table} VALUES (?, ?)", rows)
                    connection.execute(
                        f"DELETE FROM {table} WHERE rowid <= (SELECT max(rowid) FROM {table}) - ?", (most,)
                    )
        except OSError:
            return False
        except sqlite3.DatabaseError as error:
            if "locked" in str(error):
                return True  # another process is at it: what is read now is read again next time
            return _is_damage(error) and self._throw_away()
        return True

    def _values(self, table: str, keys: list[bytes]) -> dict[bytes, Any]:
        found = {key: self._memory[table, key] for key in keys if (table, key) in self._memory}
        if found:
            return found
        try:
            if not self.path.exists():
                return found
            with closing(self._connect()) as connection:
                for start in range(0, len(keys), KEYS_AT_ONCE):
                    some = keys[start : start + KEYS_AT_ONCE]
                    query = f"SELECT key, value FROM {table} WHERE key IN ({','.join('?' * len(some))})"
                    found.update((key, pickle.loads(value)) for key, value in connection.execute(query, some))
        except OSError:
            return {}
        except Exception as error:  # a damaged file or value, whatever reading it raised
            if _is_damage(error):
                self._throw_away()
            return {}
        return found

    def _connect(self) -> sqlite3.Connection:
        """The file opened, its tables there. Nothing stays open between two uses: processes may fork."""
        if self.fixed:
            return sqlite3.connect(f"{self.path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(self.path, timeout=LOCK_SECONDS)
        try:
            if connection.execute("PRAGMA user_version").fetchone()[0] != FORM:
                connection.executescript(TABLES)
        except BaseException:
            connection.close()
            raise
        return connection

    def _throw_away(self) -> bool:
        """Remove a damaged file, to be made afresh; whether that could be done."""
        if self.fixed:
            return False
        try:
            self.path.unlink(missing_ok=True)
        except OSError:
            return False
        return True


def _is_damage(error: Exception) -> bool:
    """Whether a file is broken, and not only locked or out of reach."""
    return not isinstance(error, sqlite3.OperationalError) or "no such" in str(error)


@cache
def _index(path: Path, fixed: bool) -> Index:
    return Index(path, fixed=fixed)


def indexes() -> tuple[Index, Index]:
    """The shipped index and the one in the cache folder, in the order in which to look."""
    return _index(SHIPPED_INDEX, True), _index(cache_folder() / "records.sqlite", False)
