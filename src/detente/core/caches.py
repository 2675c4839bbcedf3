"""Where caches live: the platform's cache folder, or `$DETENTE_CACHE`. Never beside the code."""

from __future__ import annotations

import os
from pathlib import Path


def cache_folder() -> Path:
    """The cache folder; it may not exist yet."""
    chosen = os.environ.get("DETENTE_CACHE")
    if chosen:
        return Path(chosen).expanduser()
    from platformdirs import user_cache_path

    return user_cache_path("detente", appauthor=False)
