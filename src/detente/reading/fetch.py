"""Fetching one page: the only place in `reading` that opens the network.

A page is fetched only where robots.txt allows it, within limits of time and size, and never from an
address inside a private network. Names are resolved once and the connection goes to the very address
that was checked, so a name that answers differently the second time gains nothing; every redirect is
checked like the first address.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import SplitResult, urljoin, urlsplit

from detente import __version__
from detente.core.errors import FetchRefused

USER_AGENT = f"detente/{__version__}"
REDIRECTS = 5
ROBOTS_BYTES = 500_000
_CHUNK = 65_536

Resolver = Callable[[str, int], list[str]]


@dataclass(frozen=True)
class Limits:
    """What a fetch may take.

    Attributes:
        seconds: for everything together, robots and redirects included.
        bytes: of the page.
        allow: host:port pairs that may lie in a private network (a newsroom's own server, a test).
    """

    seconds: float = 20.0
    bytes: int = 10_000_000
    allow: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Page:
    """A page as fetched: its final address, its bytes, and the charset its header names."""

    url: str
    content: bytes
    charset: str | None


def resolve(host: str, port: int) -> list[str]:
    """All addresses of a host name.

    Raises:
        OSError: the name has none.
    """
    return list(
        dict.fromkeys(str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
    )


def is_public(address: str) -> bool:
    """Whether an address lies on the open internet, also when it is wrapped in an IPv6 one."""
    ip = ipaddress.ip_address(address.split("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        wrapped = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if wrapped is None and ip in ipaddress.ip_network("64:ff9b::/96"):
            wrapped = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if wrapped is not None:
            return is_public(str(wrapped))
    return ip.is_global and not ip.is_multicast


class _Pinned(http.client.HTTPConnection):
    """A connection to one checked address, under the name that was asked for."""

    def __init__(self, url: SplitResult, address: str, seconds: float) -> None:
        self.secure = url.scheme == "https"
        self.address = address
        super().__init__(str(url.hostname), url.port or (443 if self.secure else 80), timeout=seconds)

    def connect(self) -> None:
        """Connect to the address itself, not to what the name may mean by now."""
        self.sock = socket.create_connection((self.address, self.port), self.timeout)
        if self.secure:
            self.sock = ssl.create_default_context().wrap_socket(self.sock, server_hostname=self.host)


def fetch(url: str, limits: Limits | None = None, resolver: Resolver = resolve) -> Page:
    """Fetch one page.

    Raises:
        FetchRefused: robots, a private address, a redirect that loops or leaves http, a limit, no answer.
    """
    limits = limits or Limits()
    deadline = time.monotonic() + limits.seconds
    for _ in range(REDIRECTS + 1):
        parts = _checked(url)
        _ask_robots(parts, limits, deadline, resolver)
        status, headers, content = _get(parts, limits, limits.bytes, deadline, resolver)
        if status in (301, 302, 303, 307, 308) and headers.get("Location"):
            url = urljoin(url, headers["Location"])
            continue
        if status != 200:
            raise _refused(url, f"the server answered {status}", "the address of a page that is there")
        return Page(url, content, headers.get_content_charset())
    raise _refused(url, f"more than {REDIRECTS} redirects", "the page's final address")


def _refused(url: str, why: str, instead: str) -> FetchRefused:
    return FetchRefused(url, where="URL", why=why, instead=instead)


def _checked(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as error:
        raise _refused(url, str(error), "a whole http or https address") from None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise _refused(url, "only http and https pages are fetched", "a whole http or https address")
    if parts.username or parts.password:
        raise _refused(url, "it carries a name or password", "save the page and read the file")
    return parts


def _ask_robots(parts: SplitResult, limits: Limits, deadline: float, resolver: Resolver) -> None:
    """Refuse what robots.txt disallows; a missing one allows, a broken server does not."""
    from urllib.robotparser import RobotFileParser

    address = f"{parts.scheme}://{parts.netloc}/robots.txt"
    for _ in range(REDIRECTS + 1):
        status, headers, content = _get(_checked(address), limits, ROBOTS_BYTES, deadline, resolver)
        if status in (301, 302, 303, 307, 308) and headers.get("Location"):
            address = urljoin(address, headers["Location"])
            continue
        if 400 <= status < 500:
            return
        if status != 200:
            break
        rules = RobotFileParser()
        rules.parse(content.decode("utf-8", errors="replace").splitlines())
        if rules.can_fetch(USER_AGENT, parts.geturl()):
            return
        raise _refused(parts.geturl(), "robots.txt disallows it", "save the page by hand and read the file")
    raise _refused(parts.geturl(), "robots.txt cannot be read", "try later, or save the page by hand")


def _get(
    parts: SplitResult, limits: Limits, most: int, deadline: float, resolver: Resolver
) -> tuple[int, http.client.HTTPMessage, bytes]:
    url = parts.geturl()
    address = _address(parts, limits, resolver)
    connection = _Pinned(parts, address, _left(deadline, url))
    try:
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("GET", target, headers={"User-Agent": USER_AGENT, "Accept-Encoding": "identity"})
        response = connection.getresponse()
        content = bytearray()
        while chunk := response.read(_CHUNK):
            content += chunk
            if len(content) > most:
                raise _refused(url, f"it is larger than {most:,} bytes", "save the part you need as a file")
            if connection.sock is not None:
                connection.sock.settimeout(_left(deadline, url))
        return response.status, response.headers, bytes(content)
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise _refused(url, f"no answer: {error}", "try later, or save the page by hand") from None
    finally:
        connection.close()


def _left(deadline: float, url: str) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise _refused(url, "it took too long", "try later, or save the page by hand")
    return left


def _address(parts: SplitResult, limits: Limits, resolver: Resolver) -> str:
    """The address to connect to: all of a host's addresses must be public, or the host allowed."""
    host, port = str(parts.hostname), parts.port or (443 if parts.scheme == "https" else 80)
    try:
        addresses = resolver(host, port)
    except (OSError, UnicodeError) as error:
        raise _refused(parts.geturl(), f"the name is not known: {error}", "check the address") from None
    if not addresses:
        raise _refused(parts.geturl(), "the name has no address", "check the address")
    if f"{host}:{port}" not in limits.allow and not all(is_public(address) for address in addresses):
        raise _refused(
            parts.geturl(), "it lies in a private network", "a public page, or allow this host by name"
        )
    return addresses[0]
