"""Work of seconds in a process of its own, so that answers of milliseconds never wait for it."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable, Mapping
from concurrent.futures import CancelledError, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from starlette.requests import Request

from detente.core.errors import DetenteError
from detente.web.disputes import Disputes

NICENESS = 5
MOST_MEMORY_BYTES = 6_000_000_000
"""Of address space, of which NumPy and its like take much more than they use."""
LOOK_SECONDS = 0.25


class Gone(Exception):
    """Whoever asked has left."""


class TooSlow(DetenteError):
    """Work that took more time or memory than it may."""

    code = "too_slow"


class Background:
    """One worker process, started when it is first needed."""

    def __init__(self) -> None:
        self._pool: ProcessPoolExecutor | None = None
        self._closed = False

    async def run(
        self,
        work: Callable[..., Any],
        *arguments: Any,
        request: Request | None = None,
        seconds: float = 600.0,
    ) -> Any:
        """What a module's function gives, from the worker.

        Args:
            work, arguments: what can be pickled.
            request: whose answer it is; when its client leaves, work not begun is dropped.
            seconds: after which the worker is ended with whatever it does.

        Raises:
            Gone: the client left before the work began, or the server stops.
            TooSlow: it took longer, or more memory than a worker may have.
        """
        if self._closed:
            raise Gone
        if self._pool is None:
            self._pool = ProcessPoolExecutor(1, mp_context=get_context("spawn"), initializer=_begin)
        future = self._pool.submit(work, *arguments)
        end = time.monotonic() + seconds
        try:
            while not future.done():
                if time.monotonic() > end:
                    self._kill()
                    raise _died()
                with suppress(TimeoutError):
                    await asyncio.wait_for(asyncio.shield(asyncio.wrap_future(future)), LOOK_SECONDS)
                if request is not None and await request.is_disconnected() and future.cancel():
                    raise Gone
            return future.result()
        except (BrokenProcessPool, BrokenPipeError) as error:
            self._forget()
            raise _died() from error
        except CancelledError:
            raise Gone from None
        except MemoryError:
            raise _died() from None
        finally:
            future.cancel()

    def _kill(self) -> None:
        processes = list(getattr(self._pool, "_processes", {}).values())
        self._forget()
        for process in processes:
            process.kill()

    def _forget(self) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)
            self._pool = None

    def open(self) -> None:
        """Take work."""
        self._closed = False

    def close(self) -> None:
        """Drop what is waiting and let the worker go."""
        self._closed = True
        self._forget()


def _died() -> TooSlow:
    return TooSlow(
        "this",
        where="request",
        why="it took more time or memory than it may",
        instead="less at a time",
    )


def _begin() -> None:
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the server's to handle
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    with suppress(ImportError, ValueError, OSError):  # not on Windows
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY_BYTES, MOST_MEMORY_BYTES))


@cache
def _disputes(folders: tuple[tuple[str, Path], ...]) -> Disputes:
    from detente.web.settings import Settings

    return Disputes(Settings(folders=dict(folders)))


def disputes_of(folders: Mapping[str, Path]) -> Disputes:
    """The disputes of a server, in its worker."""
    return _disputes(tuple(folders.items()))
