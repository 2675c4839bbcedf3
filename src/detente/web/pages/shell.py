"""The way in."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import RedirectResponse, Response

from detente.web.pages import NAVIGATION

router = APIRouter(include_in_schema=False)


@router.get("/")
async def home() -> Response:
    """The first page."""
    return RedirectResponse(NAVIGATION[0][0], 307)
