"""The worker processes of a server: started with it, started again when one ends, ended with it."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from contextlib import suppress

import anyio
import anyio.to_thread

from detente.web.settings import Settings
from detente.web.store import Store

LOOK_SECONDS = 0.5


class Workers:
    """As many workers as the settings say; none is started before there is a job."""

    def __init__(self, settings: Settings, store: Store) -> None:
        self._settings, self._store = settings, store
        self._running: list[subprocess.Popen[str]] = []

    async def watch(self) -> None:
        """Keep the workers running."""
        try:
            while self._settings.workers:
                self._running = [one for one in self._running if one.poll() is None]
                lacking = self._settings.workers - len(self._running)
                if lacking and await anyio.to_thread.run_sync(self._store.any_live):
                    self._running += [self._start() for _ in range(lacking)]
                await asyncio.sleep(LOOK_SECONDS)
        finally:
            self.stop()

    def _start(self) -> subprocess.Popen[str]:
        found = subprocess.Popen(
            [sys.executable, "-m", "detente.web.worker"], stdin=subprocess.PIPE, text=True
        )
        assert found.stdin is not None
        told = {
            "store": self._store.address,
            "folders": {n: str(p) for n, p in self._settings.folders.items()},
            "home": str(self._settings.home) if self._settings.home else None,
        }
        found.stdin.write(json.dumps(told) + "\n")
        found.stdin.close()
        return found

    def stop(self) -> None:
        """End them; what they were at waits for the next server."""
        for one in self._running:
            one.terminate()
        for one in self._running:
            with suppress(subprocess.TimeoutExpired):
                one.wait(5)
        self._running = []
