"""A workbench with a folder of one's own and a store beside it, and a page of it that must stay quiet."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from detente.record.files import SHIPPED
from detente.web.settings import Settings


def own_settings(place: Path, **more: object) -> Settings:
    """Settings with a copy of a small shipped dispute, named mine, and a store of its own."""
    folder = place / "mine"
    if not folder.exists():
        shutil.copytree(SHIPPED / "china-australia", folder)
    given: dict[str, object] = {
        "folders": {"mine": folder},
        "store": f"sqlite:///{place / 'store.sqlite'}",
        "home": place / "home",
    }
    return Settings(**{**given, **more})  # pyright: ignore[reportArgumentType]


@contextmanager
def quiet_page(browser: Any, address: str, width: int, *, inline: bool = False) -> Iterator[Any]:
    """A page that must say nothing on its console and ask nothing of other hosts.

    Args:
        inline: whether it may make files of its own (data: and blob: addresses).
    """
    context = browser.new_context(base_url=address, viewport={"width": width, "height": 900})
    opened = context.new_page()
    said: list[str] = []
    asked: list[str] = []
    opened.on("console", lambda message: said.append(message.text))
    opened.on("pageerror", lambda error: said.append(str(error)))
    opened.on("request", lambda request: asked.append(request.url))
    yield opened
    context.close()
    own = ("data:", "blob:") if inline else ()
    assert said == []
    assert {urlsplit(url).netloc for url in asked if not url.startswith(own)} == {urlsplit(address).netloc}
