"""Running the server: the port is taken before anything is said, the address is printed when it answers."""

from __future__ import annotations

import os
import signal
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

from detente.core.errors import InvalidOption
from detente.web.settings import Settings, require_safe


def listening(settings: Settings) -> socket.socket:
    """A socket bound to the address.

    Raises:
        InvalidOption: the port is taken, or the address is none of this machine.
    """
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    found = socket.socket(family, socket.SOCK_STREAM)
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        found.bind((settings.host, settings.port))
        found.listen(1024)
    except OSError as error:
        found.close()
        taken = settings.port and "in use" in (error.strerror or "")
        raise InvalidOption(
            f"port {settings.port} of {settings.host}",
            where="--port" if taken else "--host",
            why="it is taken by another program" if taken else error.strerror or str(error),
            instead=f"--port {settings.port + 1}" if taken else "--host 127.0.0.1",
        ) from None
    return found


def serve(settings: Settings, ready: Callable[[str], None]) -> None:
    """Serve until stopped.

    Args:
        settings: where and what; port 0 takes any that is free.
        ready: told the address when the server answers.

    Raises:
        InvalidOption: an address that cannot be served, or not safely.
    """
    require_safe(settings)
    bound = listening(settings)
    settings = settings.on_port(bound.getsockname()[1])
    children = [child for _ in range(settings.processes - 1) if (child := _beside(settings, bound))]
    try:
        _run(settings, bound, ready)
    finally:
        for child in children:
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGTERM)
        for child in children:
            with suppress(ChildProcessError):
                os.waitpid(child, 0)


def _beside(settings: Settings, bound: socket.socket) -> int:
    """Another process that answers on the same socket; its number, in the process that began it."""
    parent = os.getpid()
    child = os.fork()
    if child:
        return child

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        os._exit(0)  # whoever began this one is gone

    threading.Thread(target=watch, daemon=True).start()
    try:
        _run(replace(settings, workers=0), bound, lambda _: None)
    finally:
        os._exit(0)


def _run(settings: Settings, bound: socket.socket, ready: Callable[[str], None]) -> None:
    import uvicorn

    from detente.web.app import create_app

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            if self.started:
                ready(settings.address)

    config = uvicorn.Config(
        create_app(settings), log_level="warning", access_log=False, server_header=False, proxy_headers=False
    )
    Server(config).run(sockets=[bound])
