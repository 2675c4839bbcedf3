"""npz archives that are the same bytes on every run."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Mapping
from typing import Any

import numpy as np

# Zip members carry a date; a fixed one makes the archive a function of its arrays alone.
_FIXED_DATE = (2025, 1, 19, 0, 0, 0)


def npz_bytes(arrays: Mapping[str, np.ndarray]) -> bytes:
    """A compressed npz archive with sorted members and fixed dates.

    Args:
        arrays: name -> array of numbers or fixed-width text; no Python objects.
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name in sorted(arrays):
            member = io.BytesIO()
            np.lib.format.write_array(member, np.ascontiguousarray(arrays[name]), allow_pickle=False)
            info = zipfile.ZipInfo(f"{name}.npy", date_time=_FIXED_DATE)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            archive.writestr(info, member.getvalue())
    return buffer.getvalue()


def hash_arrays(files: Mapping[str, Mapping[str, Any]]) -> str:
    """sha256 over every array of every file: names, types, shapes and bytes, in sorted order.

    Args:
        files: file name -> (array name -> array).
    """
    digest = hashlib.sha256()
    for file in sorted(files):
        for name in sorted(files[file]):
            array = np.ascontiguousarray(files[file][name])
            digest.update(f"{file}/{name}/{array.dtype.str}/{array.shape}".encode())
            digest.update(array.tobytes())
    return digest.hexdigest()
