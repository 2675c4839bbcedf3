"""One writer at a time: a lock on a folder that the system lets go when its holder dies."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from detente.core.errors import CannotWrite

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None

LOCK_NAME = ".lock"
WAIT_SECONDS = 30.0
STEP_SECONDS = 0.02


@contextmanager
def exclusive(folder: Path, *, seconds: float = WAIT_SECONDS) -> Iterator[None]:
    """Hold the only right to write to a folder.

    Args:
        folder: the folder; the lock is a small file in it, which stays there.
        seconds: how long to wait for another writer.

    Raises:
        CannotWrite: another process kept the lock for longer, or the folder may not be written to.
    """
    path = folder / LOCK_NAME
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    except OSError as error:
        raise CannotWrite(
            f"{folder} cannot be written",
            where=str(path),
            why=error.strerror or str(error),
            instead="a folder you may write to",
        ) from error
    try:
        end = time.monotonic() + seconds
        while not _take(handle):
            if time.monotonic() > end:
                raise CannotWrite(
                    f"{folder} is being written by another process",
                    where=str(path),
                    why=f"it did not finish within {seconds:g} seconds",
                    instead="try again when it is done",
                )
            time.sleep(STEP_SECONDS)
        yield
    finally:
        os.close(handle)  # which also lets the lock go


def _take(handle: int) -> bool:
    try:
        if fcntl is not None:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        else:
            import msvcrt

            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)  # pyright: ignore[reportAttributeAccessIssue]
    except OSError:
        return False
    return True
