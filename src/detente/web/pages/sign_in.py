"""Signing in and out of a shared server."""

from __future__ import annotations

import secrets
import time
from collections import deque
from typing import Annotated

import anyio.to_thread
from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from detente.web.pages import render
from detente.web.state import Shared
from detente.web.users import COOKIE, SESSION_SECONDS, let_in, seal_of_token

router = APIRouter(include_in_schema=False)

TRIES_A_MINUTE = 20
"""Of all clients together: a password is tried slowly."""
_tries: deque[float] = deque(maxlen=TRIES_A_MINUTE)


@router.get("/sign-in")
async def form(request: Request) -> Response:
    """The form."""
    return render(request, "sign_in.html.j2", problem="")


@router.post("/sign-in")
async def sign_in(request: Request, state: Shared, given: Annotated[str, Form(max_length=500)]) -> Response:
    """Open a session for whoever shows a token or the password."""
    now = time.monotonic()
    if len(_tries) == TRIES_A_MINUTE and now - _tries[0] < 60:
        response = render(request, "sign_in.html.j2", problem="Too many tries: wait a minute.")
        response.status_code = 429
        return response
    user = await anyio.to_thread.run_sync(let_in, state.settings.keys, given)
    if user is None:
        _tries.append(now)
        response = render(request, "sign_in.html.j2", problem="No such token or password.")
        response.status_code = 401
        return response
    cookie, csrf = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
    await anyio.to_thread.run_sync(
        state.store.open_session, seal_of_token(cookie), user.name, user.role, csrf, SESSION_SECONDS
    )
    response = RedirectResponse("/", 303)
    response.set_cookie(
        COOKIE,
        cookie,
        max_age=int(SESSION_SECONDS),
        httponly=True,
        samesite="strict",
        secure=state.settings.public.startswith("https:"),
    )
    return response


@router.post("/sign-out")
async def sign_out(request: Request, state: Shared) -> Response:
    """End the session."""
    cookie = request.cookies.get(COOKIE)
    if cookie:
        await anyio.to_thread.run_sync(state.store.close_session, seal_of_token(cookie))
    response = RedirectResponse("/sign-in", 303)
    response.delete_cookie(COOKIE)
    return response
