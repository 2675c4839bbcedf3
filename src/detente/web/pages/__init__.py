"""The pages: templates over the API's answers, and the files they load."""

from __future__ import annotations

import hashlib
import re
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from detente import __version__
from detente.brief import formats
from detente.brief.page import templates_of
from detente.core.places import the
from detente.web.users import user_of

HERE = Path(__file__).resolve().parent.parent
ASSETS = HERE / "assets"
BRIEF_ASSETS = HERE.parent / "brief" / "assets"
A_YEAR = "public, max-age=31536000, immutable"

NAVIGATION = (
    ("/today", "Today"),
    ("/what-if", "What if"),
    ("/strategy", "Strategy"),
    ("/talks", "Talks"),
    ("/inbox", "Inbox"),
    ("/record", "Record"),
)
"""Path and name of every page, in the order of the bar."""


class _Kept(StaticFiles):
    """Files whose address changes when they do, so that a browser may keep them."""

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        """As Starlette's, with leave to keep it."""
        response = super().file_response(*args, **kwargs)
        response.headers["cache-control"] = A_YEAR
        return response

    async def get_response(self, path: str, scope: Scope) -> Response:
        """The file behind `DIGEST/NAME`."""
        return await super().get_response(path.partition("/")[2] or path, scope)


@cache
def assets_digest() -> str:
    """Changes whenever a style or script changes."""
    seal = hashlib.sha256()
    for path in sorted([*ASSETS.iterdir(), BRIEF_ASSETS / "style.css"]):
        seal.update(path.name.encode() + path.read_bytes())
    return seal.hexdigest()[:12]


def assets() -> StaticFiles:
    """Styles and scripts."""
    app = _Kept(directory=ASSETS)
    app.all_directories = [*app.all_directories, BRIEF_ASSETS]
    return app


@cache
def environment() -> Environment:
    """Templates with the brief's way to write numbers and days."""
    found = templates_of("detente.web")
    found.filters.update(the=the, n=number, stop=stopped, said=said)
    found.globals.update(
        navigation=NAVIGATION,
        version=__version__,
        asset=lambda name: f"/static/{assets_digest()}/{name}",
        DRIVERS={**formats.DRIVERS, "model": "the model"},
    )
    return found


def number(value: float | None, kind: str) -> Markup | str:
    """A number rounded for reading; a dash with its reason where there is none."""
    if value is None:
        return Markup('<span class="quiet" title="not defined">–</span>')
    return formats.FORMATS[kind](float(value))


def stopped(text: str) -> str:
    """The words with a full stop, or what else they end with."""
    words = text.rstrip()
    return words if words.endswith((".", "?", "!")) else f"{words}."


_LABEL = re.compile(r"[a-z]+(_[a-z]+)+")


def said(text: str) -> str:
    """A field of an entry as people read it: names for labels, days in words, `in_force` as `in force`."""
    return formats.plain_words(text) if _LABEL.fullmatch(text) else formats.prose(text)


def render(request: Request, template: str, **context: Any) -> HTMLResponse:
    """A page or a part of one."""
    page = environment().get_template(template)
    return HTMLResponse(page.render(path=request.url.path, user=user_of(request), **context))
