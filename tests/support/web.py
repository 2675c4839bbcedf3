"""A client of a workbench with a folder of one's own and a store beside it."""

from __future__ import annotations

import shutil
from pathlib import Path

from detente.record.files import SHIPPED
from detente.web.settings import Settings


def own_settings(place: Path, **more: object) -> Settings:
    """Settings with a copy of a small shipped dispute, named mine, and a store of its own."""
    folder = place / "mine"
    if not folder.exists():
        shutil.copytree(SHIPPED / "china-australia", folder)
    given: dict[str, object] = {"folders": {"mine": folder}, "store": f"sqlite:///{place / 'store.sqlite'}"}
    return Settings(**{**given, **more})  # pyright: ignore[reportArgumentType]
