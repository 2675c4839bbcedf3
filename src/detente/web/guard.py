"""What stands before every request: who may ask, how much, how often; and the headers of every answer."""

from __future__ import annotations

import hmac
import time
from collections import OrderedDict
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

import anyio
import anyio.to_thread
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from detente.web.errors import Failure, as_response
from detente.web.settings import Settings, is_loopback
from detente.web.store import Store
from detente.web.users import COOKIE, User, let_in, seal_of_token

CONTENT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "connect-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "content-security-policy": CONTENT_POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
}
SAFE = ("GET", "HEAD", "OPTIONS")
UPLOADS = ("/api/v1/inbox/readings",)
"""Paths that take the larger bodies."""
OPEN = ("/healthz", "/sign-in")
"""Paths for those who are not signed in."""
CLIENTS_KEPT = 10_000
SESSION_KEPT_SECONDS = 5.0
"""For how long a session is taken for what it was."""


class TooLarge(Exception):
    """A body that grew beyond its limit while it was read."""


class Guard:
    """The outermost layer of the server.

    Args:
        app: what it guards.
        settings: host, limits and keys.
        store: with the sessions.
    """

    def __init__(self, app: ASGIApp, settings: Settings, store: Store) -> None:
        self.app, self.settings, self.store = app, settings, store
        self._sessions: OrderedDict[str, tuple[float, dict[str, Any] | None]] = OrderedDict()
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Guard one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        refusal = self._refusal(scope, headers)
        if refusal is None and self.settings.guarded:
            refusal = await self._signed_in(scope, headers)
        if refusal is not None:
            response: Response = as_response(refusal)
            if refusal.code == "not_signed_in" and "text/html" in headers.get("accept", ""):
                response = RedirectResponse("/sign-in", 303)
            await response(scope, receive, _with_headers(send))
            return
        limit = self._limit(scope["path"])
        body = _Counted(receive, limit)

        async def sending(message: Message) -> None:
            if not body.over:  # what was made of half a body is not an answer
                await send(message)

        with suppress(TooLarge):
            await self.app(scope, body, _with_headers(sending))
        if body.over:
            await as_response(_too_large(limit))(scope, receive, _with_headers(send))

    async def _signed_in(self, scope: Scope, headers: Headers) -> Failure | None:
        """Find the user by token or session; a change by a session must show that its page sent it."""
        path: str = scope["path"]
        if path in OPEN or path.startswith("/static/"):
            return None
        scheme, _, token = headers.get("authorization", "").partition(" ")
        user = None
        if scheme.lower() == "bearer":
            user = await anyio.to_thread.run_sync(let_in, self.settings.keys, token.strip())
        else:
            cookie = Request(scope).cookies.get(COOKIE)
            found = await self._session(cookie) if cookie else None
            if found is not None:
                user = User(found["user"], found["role"], found["csrf"])
                sent = headers.get("x-csrf-token", "")
                if scope["method"] not in SAFE and not hmac.compare_digest(sent, user.csrf):
                    return Failure(
                        "not_allowed",
                        "a change without its page's mark",
                        where="X-CSRF-Token",
                        why="it may come from another site",
                        instead="the workbench's own pages, or a token in Authorization",
                    )
        if user is None:
            return Failure(
                "not_signed_in",
                path,
                where="Authorization",
                why="this server is shared, and nobody is signed in",
                instead="/sign-in, or `Authorization: Bearer TOKEN`",
            )
        scope.setdefault("state", {})["user"] = user
        return None

    async def _session(self, cookie: str) -> dict[str, Any] | None:
        seal = seal_of_token(cookie)
        kept = self._sessions.get(seal)
        if kept is None or kept[0] < time.monotonic():
            kept = (
                time.monotonic() + SESSION_KEPT_SECONDS,
                await anyio.to_thread.run_sync(self.store.session, seal),
            )
            self._sessions[seal] = kept
            while len(self._sessions) > CLIENTS_KEPT:
                self._sessions.popitem(last=False)
        return kept[1]

    def _limit(self, path: str) -> int:
        limits = self.settings.limits
        return limits.upload_bytes if path in UPLOADS else limits.body_bytes

    def _refusal(self, scope: Scope, headers: Headers) -> Failure | None:
        host = headers.get("host", "")
        if self.settings.public:
            if host != urlsplit(self.settings.public).netloc:
                return Failure(
                    "not_allowed",
                    f"host {host!r}",
                    where="Host",
                    why="this server has another address",
                    instead=self.settings.public,
                )
        elif self.settings.loopback and not is_loopback(_bare(host)):
            # A page of elsewhere whose name was made to point here (DNS rebinding) is told by its name.
            return Failure(
                "not_allowed",
                f"host {host!r}",
                where="Host",
                why="this server answers to this machine alone",
                instead=self.settings.address,
            )
        if scope["method"] not in SAFE and _foreign(headers, host):
            return Failure(
                "not_allowed",
                f"a {scope['method']} from another site",
                where="Origin",
                why="only pages of this server may change anything",
                instead="the workbench's own pages, or a client without a browser",
            )
        try:
            length = int(headers.get("content-length") or 0)
        except ValueError:
            length = 0
        if length > self._limit(scope["path"]):
            return _too_large(self._limit(scope["path"]))
        if self.settings.guarded and not self._allowed(_client(scope)):
            return Failure(
                "too_many_requests",
                "too many requests",
                where=scope["path"],
                why=f"at most {self.settings.limits.requests_a_second:g} a second are taken from one client",
                instead="ask again in a second",
            )
        return None

    def _allowed(self, client: str) -> bool:
        """Whether a client's bucket holds a request more; it fills at the rate of the limits."""
        limits, now = self.settings.limits, time.monotonic()
        held, since = self._buckets.pop(client, (float(limits.burst), now))
        held = min(float(limits.burst), held + (now - since) * limits.requests_a_second)
        self._buckets[client] = (max(held - 1, 0.0), now)
        while len(self._buckets) > CLIENTS_KEPT:
            self._buckets.popitem(last=False)
        return held >= 1


def _bare(host: str) -> str:
    """A Host header without its port."""
    if host.startswith("["):
        return host[1:].split("]")[0]
    return host.rsplit(":", 1)[0] if ":" in host else host


def _foreign(headers: Headers, host: str) -> bool:
    """Whether a browser says that another site sent this."""
    site = headers.get("sec-fetch-site")
    if site is not None and site not in ("same-origin", "none"):
        return True
    origin = headers.get("origin")
    return origin is not None and urlsplit(origin).netloc != host


def _client(scope: Scope) -> str:
    client = scope.get("client")
    return client[0] if client else ""


def _too_large(limit: int) -> Failure:
    return Failure(
        "too_large",
        "the body of the request",
        where="body",
        why=f"at most {limit:,} bytes are taken",
        instead="a smaller one, or several",
    )


class _Counted:
    """A body that is cut off where it grows beyond its limit."""

    def __init__(self, receive: Receive, limit: int) -> None:
        self._receive, self._left = receive, limit
        self.over = False

    async def __call__(self) -> Message:
        message = await self._receive()
        self._left -= len(message.get("body", b""))
        if self._left < 0:
            self.over = True
            raise TooLarge
        return message


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            found = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                found.setdefault(name, value)
            found.setdefault("cache-control", "no-store")
        await send(message)

    return sending
