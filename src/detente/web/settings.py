"""What a server is told when it starts, and what it refuses to start with."""

from __future__ import annotations

import ipaddress
import os
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from detente.core.errors import InvalidOption

if TYPE_CHECKING:
    from detente.web.users import Key

MEGABYTE = 1_000_000


@dataclass(frozen=True)
class Limits:
    """Sizes and rates beyond which a request is refused.

    Attributes:
        body_bytes: of a request's body; an upload has its own.
        upload_bytes: of an upload to the inbox, all files together.
        requests_a_second, burst: of one client, beyond loopback.
    """

    body_bytes: int = 1 * MEGABYTE
    upload_bytes: int = 20 * MEGABYTE
    requests_a_second: float = 20.0
    burst: int = 120


@dataclass(frozen=True)
class Settings:
    """How to serve.

    Attributes:
        host, port: where to listen.
        folders: name -> folder of disputes that may be written, besides the shipped ones.
        home: where folders made from a page lie, and are found again; None where none can be made.
        limits: see `Limits`.
        store: address of the database; empty for the user's own SQLite file.
        keys: what lets users in; none on loopback.
        public: address under which others know the server, where a proxy stands before it.
        workers: processes for long jobs.
        processes: that answer requests; more than one where many ask at once.
    """

    host: str = "127.0.0.1"
    port: int = 8765
    folders: dict[str, Path] = field(default_factory=dict)
    home: Path | None = None
    limits: Limits = Limits()
    store: str = ""
    keys: tuple[Key, ...] = ()
    public: str = ""
    workers: int = 1
    processes: int = 1

    @property
    def guarded(self) -> bool:
        """Whether users must sign in."""
        return bool(self.keys)

    @property
    def loopback(self) -> bool:
        """Whether only this machine can reach the server."""
        return is_loopback(self.host)

    def on_port(self, port: int) -> Settings:
        """The same on the port that was really taken."""
        return replace(self, port=port)

    @property
    def address(self) -> str:
        """Where a browser finds it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}/"


def default_home() -> Path:
    """Where folders made from a page lie: `$DETENTE_DISPUTES`, else the platform's folder for data."""
    chosen = os.environ.get("DETENTE_DISPUTES")
    if chosen:
        return Path(chosen).expanduser().resolve()
    from platformdirs import user_data_path

    return user_data_path("detente", appauthor=False) / "disputes"


def is_loopback(host: str) -> bool:
    """Whether an address reaches this machine alone; a name other than localhost may not."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def require_safe(settings: Settings) -> None:
    """Refuse to serve others without knowing who they are.

    Raises:
        InvalidOption: an address beyond loopback and nothing that tells users apart.
    """
    if (not settings.loopback or settings.public) and not settings.keys:
        raise InvalidOption(
            f"host {settings.public or settings.host}",
            where="--public-url" if settings.public else "--host",
            why="others could reach it, and nothing would tell who they are",
            instead="--host 127.0.0.1, or --tokens FILE, or DETENTE_PASSWORD in the environment",
        )
