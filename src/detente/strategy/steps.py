"""Finished steps of a long search, kept so that a search cut off goes on from the last of them."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np

Arrays = dict[str, np.ndarray]


class Steps:
    """Steps by name, each some named arrays; without a folder nothing is kept.

    A folder belongs to one question on one world by one version. One that cannot be read or written only
    costs time.

    Args:
        folder: where they lie; made when the first is kept.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder

    def get(self, name: str) -> Arrays | None:
        """What was found in that step; None where it is still to be done."""
        if self._folder is None:
            return None
        try:
            with np.load(self._folder / f"{name}.npz", allow_pickle=False) as found:
                return {key: found[key] for key in found.files}
        except (OSError, ValueError, KeyError, zipfile.BadZipFile):
            return None

    def put(self, name: str, found: Mapping[str, Any]) -> None:
        """Keep a step, whole or not at all."""
        if self._folder is None:
            return
        partial = self._folder / f".{uuid4().hex}.npz"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            arrays: dict[str, Any] = {key: np.asarray(value) for key, value in found.items()}
            np.savez(partial, **arrays)
            partial.replace(self._folder / f"{name}.npz")
        except OSError:
            partial.unlink(missing_ok=True)

    def clear(self) -> None:
        """Forget all: the search is over."""
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)


NONE = Steps()
"""Nothing is kept."""
