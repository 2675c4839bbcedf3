"""The application: guard, API, pages and what they stand on."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import anyio
import anyio.to_thread
from fastapi import FastAPI
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware

from detente import __version__
from detente.web import errors
from detente.web.api import exports, inbox, jobs, plays, record, what_if
from detente.web.disputes import Disputes
from detente.web.guard import Guard
from detente.web.pages import assets, shell, sign_in, talks, today
from detente.web.pages import inbox as inbox_page
from detente.web.pages import jobs as jobs_page
from detente.web.pages import record as record_page
from detente.web.pages import what_if as what_if_page
from detente.web.settings import Settings
from detente.web.state import State
from detente.web.store import Store, default_address
from detente.web.workers import Workers

GZIP_FROM = 2000


def create_app(settings: Settings) -> FastAPI:
    """The workbench for these settings."""

    store = Store(settings.store or default_address())
    workers = Workers(settings, store)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        apart = (app.state.detente.background, app.state.detente.table)
        for one in apart:
            one.open()
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(anyio.to_thread.run_sync, _warm)
            tasks.start_soon(workers.watch)
            yield
            tasks.cancel_scope.cancel()
            for one in apart:
                one.close()
            store.close()

    app = FastAPI(
        title="Détente",
        version=__version__,
        summary="The workbench's API: what holds, what changed, what it costs, what if.",
        lifespan=lifespan,
        responses=errors.RESPONSES,
        docs_url=None,
        redoc_url=None,
        middleware=[
            Middleware(Guard, settings=settings, store=store),
            Middleware(GZipMiddleware, minimum_size=GZIP_FROM, compresslevel=4),
        ],
    )
    app.state.detente = State(settings, Disputes(settings), store, workers)
    errors.install(app)
    app.mount("/static", assets())

    @app.get("/healthz", tags=["server"])
    async def healthz() -> dict[str, Any]:
        """Whether the server answers."""
        return {"status": "ok", "detente": __version__}

    app.include_router(what_if.router)
    app.include_router(exports.router)
    for part in (record, inbox, jobs, plays):
        app.include_router(part.router)
    app.include_router(shell.router)
    app.include_router(what_if_page.router)
    app.include_router(today.router)
    for page in (record_page, inbox_page, jobs_page, talks, sign_in):
        app.include_router(page.router)
    return app


def _warm() -> None:
    """Prepare the shipped world before somebody asks."""
    from detente.analysis.what_if_day import Question

    Question().prepared()
