"""Work of seconds in a process of its own, so that answers of milliseconds never wait for it."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Mapping
from concurrent.futures import CancelledError, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from starlette.requests import Request

from detente.core.errors import InternalError
from detente.web.disputes import Disputes

NICENESS = 10
LOOK_SECONDS = 0.25


class Gone(Exception):
    """Whoever asked has left."""


class Background:
    """One worker process, started when it is first needed."""

    def __init__(self) -> None:
        self._pool: ProcessPoolExecutor | None = None
        self._closed = False

    async def run(self, work: Callable[..., Any], *arguments: Any, request: Request | None = None) -> Any:
        """What a module's function gives, from the worker.

        Args:
            work, arguments: what can be pickled.
            request: whose answer it is; when its client leaves, work not begun is dropped.

        Raises:
            Gone: the client left before the work began, or the server stops.
            InternalError: the worker died.
        """
        if self._closed:
            raise Gone
        if self._pool is None:
            self._pool = ProcessPoolExecutor(1, mp_context=get_context("spawn"), initializer=_begin)
        future = self._pool.submit(work, *arguments)
        try:
            while not future.done():
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
        finally:
            future.cancel()

    def _forget(self) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)
            self._pool = None

    def close(self) -> None:
        """Drop what is waiting and let the worker go."""
        self._closed = True
        self._forget()


def _died() -> InternalError:
    return InternalError(
        "the worker process",
        where="range",
        why="it ended before it had answered",
        instead="ask again; report it if it happens twice",
    )


def _begin() -> None:
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the server's to handle
    if hasattr(os, "nice"):
        os.nice(NICENESS)


@cache
def _disputes(folders: tuple[tuple[str, Path], ...]) -> Disputes:
    from detente.web.settings import Settings

    return Disputes(Settings(folders=dict(folders)))


def disputes_of(folders: Mapping[str, Path]) -> Disputes:
    """The disputes of a server, in its worker."""
    return _disputes(tuple(folders.items()))
