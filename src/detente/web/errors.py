"""Every failure as one object: {error: {code, what, where, why, instead}}, with its HTTP status."""

from __future__ import annotations

import re
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from detente.core.errors import DetenteError
from detente.web.background import Gone

STATUS = {
    "internal_error": 500,
    "unknown_dispute": 404,
    "unknown_topic": 404,
    "not_found": 404,
    "stale_version": 409,
    "cannot_write": 409,
    "not_signed_in": 401,
    "not_allowed": 403,
    "too_large": 413,
    "too_many_requests": 429,
    "too_slow": 503,
}
"""Code of an error -> HTTP status; every other mistake of the user's is 422."""

_FLAG = re.compile(r"--([a-z][a-z-]*)")


class Failure(DetenteError):
    """A request that cannot be, for a reason of the web's own."""

    def __init__(self, code: str, what: str, *, where: str, why: str, instead: str) -> None:
        super().__init__(what, where=where, why=why, instead=instead)
        self.code = code


class ErrorParts(BaseModel):
    """What was given, where, why it cannot be, and what to write instead."""

    code: str
    what: str
    where: str
    why: str
    instead: str


class ErrorShape(BaseModel):
    """The one shape of every failure."""

    error: ErrorParts


RESPONSES: dict[int | str, dict[str, Any]] = {
    status: {"model": ErrorShape, "description": words}
    for status, words in {
        400: "The request is not understood",
        401: "Not signed in",
        403: "Not allowed",
        404: "Nothing there",
        409: "It has changed since, or cannot be written",
        413: "Too large",
        422: "Bad input, or an unsolvable shock",
        429: "Too many requests",
        503: "It took more time or memory than it may",
    }.items()
}
"""Failures for the API's description."""


def told(error: DetenteError) -> dict[str, str]:
    """An error's parts; flags of the command line are named as fields of a request."""
    return {key: _FLAG.sub(lambda m: m[1].replace("-", "_"), text) for key, text in error.as_dict().items()}


def as_response(error: DetenteError, status: int | None = None) -> JSONResponse:
    """An error as its object and status."""
    return JSONResponse({"error": told(error)}, status or STATUS.get(error.code, 422))


def answered(request: Request, error: DetenteError, status: int | None = None) -> Response:
    """As `as_response`; as a page where a person opened one."""
    opened = request.method == "GET" and "text/html" in request.headers.get("accept", "")
    if not opened or request.url.path.startswith(("/api/", "/openapi")):
        return as_response(error, status)
    from detente.web.pages import render

    page = render(request, "error.html.j2", failure=told(error))
    page.status_code = status or STATUS.get(error.code, 422)
    return page


def failure_for(status: int, path: str) -> Failure:
    """The error of a status that the framework found."""
    words = {
        400: ("bad_request", "the request", "it is not understood", "JSON as /openapi.json has it"),
        404: ("not_found", path, "there is no such page or object", "/ or /openapi.json"),
        405: (
            "method_not_allowed",
            path,
            "it does not take this method",
            "a method that /openapi.json names",
        ),
        413: ("too_large", "the body", "it is larger than is taken", "a smaller one"),
        415: ("bad_request", "the body", "it is of another type", "application/json"),
    }
    code, what, why, instead = words.get(
        status, ("bad_request", path, f"HTTP status {status}", "see /openapi.json")
    )
    return Failure(code, what, where=path, why=why, instead=instead)


def install(app: FastAPI) -> None:
    """Answer every exception of an application in the one shape."""

    @app.exception_handler(DetenteError)
    async def _ours(request: Request, error: DetenteError) -> Response:
        return answered(request, error)

    @app.exception_handler(RequestValidationError)
    async def _invalid(request: Request, error: RequestValidationError) -> Response:
        first = error.errors()[0]
        where = _place(first.get("loc", ()))
        malformed = first["type"] == "json_invalid"
        found = Failure(
            "bad_request" if malformed else "invalid_request",
            f"{where}: {_shown(first.get('input'))}",
            where=where,
            why="it is not JSON" if malformed else str(first["msg"]),
            instead="a body as /openapi.json has it",
        )
        return answered(request, found, 400 if malformed else 422)

    @app.exception_handler(HTTPException)
    async def _http(request: Request, error: HTTPException) -> Response:
        response = answered(request, failure_for(error.status_code, request.url.path), error.status_code)
        response.headers.update(error.headers or {})
        return response

    @app.exception_handler(Gone)
    async def _gone(_: Request, __: Exception) -> Response:
        return Response(status_code=499)  # nobody is there to read it

    @app.exception_handler(Exception)
    async def _bug(request: Request, error: Exception) -> Response:  # the server logs where it was
        found = Failure(
            "internal_error",
            type(error).__name__,
            where=request.url.path,
            why="this is a fault in detente, not in what you gave",
            instead="please report it with what you asked",
        )
        return answered(request, found)


def _place(loc: Any) -> str:
    """`body.changes[0].value` from a path of steps."""
    words = ""
    for step in loc:
        words += f"[{step}]" if isinstance(step, int) else f".{step}" if words else str(step)
    return words or "request"


def _shown(given: Any) -> str:
    text = repr(given)
    return text if len(text) <= 80 else text[:77] + "..."
