"""A JSON request to a model's endpoint, within a time and size limit."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import Any
from urllib.parse import urlsplit

from detente.core.errors import ModelFailed
from detente.reading.models.protocol import Settings

LARGEST_ANSWER_BYTES = 5_000_000


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """A key must not travel to another address."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        """Follow none."""
        return


def post(settings: Settings, path: str, body: dict[str, Any]) -> dict[str, Any]:
    """The answer to a JSON request.

    Raises:
        ModelFailed: no answer in time, an error, a redirect, or an answer that is no JSON object.
    """
    address = settings.url.rstrip("/") + path
    if urlsplit(address).scheme not in ("http", "https"):
        raise failed(settings, f"{settings.url!r} is no http address")
    headers = {"Content-Type": "application/json"}
    if settings.key:
        headers["Authorization"] = f"Bearer {settings.key}"
    request = urllib.request.Request(address, json.dumps(body).encode(), headers, method="POST")
    opener = urllib.request.build_opener(_NoRedirects, urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=settings.timeout_seconds) as response:
            content = response.read(LARGEST_ANSWER_BYTES + 1)
    except urllib.error.HTTPError as error:
        error.close()
        raise failed(settings, f"the endpoint answered {error.code}") from None
    except (OSError, ValueError) as error:
        raise failed(settings, f"no answer within {settings.timeout_seconds:g} seconds: {error}") from None
    if len(content) > LARGEST_ANSWER_BYTES:
        raise failed(settings, "the answer is too large")
    try:
        answer = json.loads(content)
    except ValueError:
        raise failed(settings, "the endpoint's answer is no JSON") from None
    if not isinstance(answer, dict):
        raise failed(settings, "the endpoint's answer is no JSON object")
    return answer


def failed(settings: Settings, why: str) -> ModelFailed:
    """The error of a model that gave nothing usable."""
    return ModelFailed(
        f"model {settings.model}", where="--model", why=why, instead="try again, another model, or the rules"
    )


def count(part: Any, name: str) -> int:
    """A number of tokens; 0 where the endpoint gives none."""
    value = part.get(name) if isinstance(part, dict) else None
    return value if isinstance(value, int) and value >= 0 else 0
