"""A workbench for tests: in this process, on a port of its own."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from detente.web.app import create_app
from detente.web.serve import listening
from detente.web.settings import Settings


@contextmanager
def running(settings: Settings) -> Iterator[str]:
    """The address of a server of these settings while it runs."""
    bound = listening(settings)
    settings = settings.on_port(bound.getsockname()[1])
    config = uvicorn.Config(create_app(settings), log_level="error", access_log=False, ws="none")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]}, daemon=True)
    thread.start()
    while not server.started and thread.is_alive():
        thread.join(0.02)
    try:
        yield settings.address.rstrip("/")
    finally:
        server.should_exit = True
        thread.join(10)
        bound.close()
