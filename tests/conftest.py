"""Fixtures shared by all tests, and what happens when raw data or a browser is missing."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
WORKER = "PYTEST_XDIST_WORKER" in os.environ

os.environ.pop("COLUMNS", None)  # tables are as wide as in a pipe, whoever runs the tests
if WORKER:  # workers share the processors among them
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with slow tests first: a worker that begins one last keeps the others waiting."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


def _missing(what: str, reason: str) -> None:
    required = os.environ.get("DETENTE_REQUIRE", "").split(",")
    if what in required:
        pytest.fail(f"DETENTE_REQUIRE asks for {what}, but {reason}")
    pytest.skip(reason)


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """The folder of raw data: $DETENTE_DATA, or ../shared/data beside the clone."""
    folder = Path(os.environ.get("DETENTE_DATA") or ROOT.parent / "shared" / "data")
    if not (folder / "MANIFEST.md").exists():
        _missing("data", f"no raw data in {folder.name!r}: set DETENTE_DATA to the folder with MANIFEST.md")
    return folder


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of a headless Chromium."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        _missing("browser", "no Chromium on this machine: install the package chromium")
    return str(found)


@pytest.fixture
def postgres() -> Iterator[str]:
    """Address of an empty database on a real PostgreSQL server, named by $DETENTE_POSTGRES."""
    server = os.environ.get("DETENTE_POSTGRES")
    if not server:
        _missing("postgres", "no PostgreSQL server: set DETENTE_POSTGRES to the address of one for tests")
    import sqlalchemy as sa

    url = sa.make_url(str(server))
    admin = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    name = f"detente_test_{secrets.token_hex(6)}"
    with admin.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    yield url.set(database=name).render_as_string(hide_password=False)
    with admin.connect() as connection:
        connection.execute(sa.text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Any]:
    """A headless Chromium, one for all tests."""
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as engine:
        opened = engine.chromium.launch(executable_path=chromium, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture(autouse=True, scope="session")
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Tests keep their caches and stores to themselves; workers of one run share the cache."""
    own = tmp_path_factory.getbasetemp()
    cache = (own.parent if WORKER else own) / "cache"
    cache.mkdir(exist_ok=True)
    os.environ["DETENTE_CACHE"] = str(cache)
    os.environ["DETENTE_STORE"] = f"sqlite:///{tmp_path_factory.mktemp('store')}/workbench.sqlite"
