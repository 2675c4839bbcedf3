"""Answers kept by what was asked: the SHA-256 of the question, the record, the world and this version."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import threading
from collections import OrderedDict
from collections.abc import Callable, Coroutine, Mapping
from typing import Any

import anyio
import anyio.to_thread

from detente import __version__

ANSWERS_KEPT = 256


def seal_of(name: str, question: Mapping[str, Any]) -> str:
    """The key of an answer: the same for the same question on the same data by the same code."""
    text = json.dumps([__version__, name, question], sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


class Answers:
    """A memory of answers, and as many at work at once as there are processors.

    More threads would not answer sooner: they would take turns, and every caller would wait for all.
    """

    def __init__(self, size: int = ANSWERS_KEPT) -> None:
        self._size = size
        self._held: OrderedDict[str, Any] = OrderedDict()
        self._coming: dict[str, asyncio.Future[Any]] = {}
        self._lock = threading.Lock()
        self._seats: anyio.CapacityLimiter | None = None

    async def get(self, name: str, question: Mapping[str, Any], make: Callable[[], Any]) -> Any:
        """The answer kept for this question, or the one that `make` gives, in a thread of its own."""
        held = self.kept(name, question)
        if held is None:
            held = await self.work(make)
            self.keep(name, question, held)
        return held

    async def once(
        self, name: str, question: Mapping[str, Any], begin: Callable[[], Coroutine[Any, Any, Any]]
    ) -> Any:
        """The answer kept, or the one on its way for whoever asked first, or that of `begin`."""
        held = self.kept(name, question)
        if held is not None:
            return held
        seal = seal_of(name, question)
        if seal not in self._coming:
            task = asyncio.ensure_future(begin())
            self._coming[seal] = task
            task.add_done_callback(lambda _: self._coming.pop(seal, None))
        made = await asyncio.shield(self._coming[seal])
        self.keep(name, question, made)
        return made

    def kept(self, name: str, question: Mapping[str, Any]) -> Any | None:
        """The answer kept for this question; None where there is none."""
        seal = seal_of(name, question)
        with self._lock:
            if seal in self._held:
                self._held.move_to_end(seal)
            return self._held.get(seal)

    def keep(self, name: str, question: Mapping[str, Any], made: Any) -> None:
        """Keep an answer; what was asked for longest ago goes."""
        with self._lock:
            self._held[seal_of(name, question)] = made
            while len(self._held) > self._size:
                self._held.popitem(last=False)

    async def work(self, make: Callable[[], Any]) -> Any:
        """What `make` gives, in a thread, when a processor is free."""
        if self._seats is None:
            self._seats = anyio.CapacityLimiter(max(os.cpu_count() or 1, 1))
        return await anyio.to_thread.run_sync(make, limiter=self._seats)
