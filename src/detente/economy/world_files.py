"""Write a world to a folder that `load_world` reads, whole or not at all."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from detente.core.errors import CannotWrite
from detente.core.results import write_together
from detente.economy.identities import accounts
from detente.economy.sources.archive import hash_arrays, npz_bytes
from detente.economy.world import World
from detente.economy.worlds import LINE_FILES, SHIPPED, world_folder

KEPT_FILES = ("mfn_usa.npz", "households.yaml")


def save_world(
    world: World,
    folder: Path,
    *,
    lines_from: str | Path | None = None,
    line_sectors: Mapping[str, np.ndarray] | None = None,
) -> dict[str, Any]:
    """Write world.npz and provenance.yaml, and the HS lines of the world it was made from.

    Args:
        world: accounts that hold (they need not balance to the last digit).
        folder: made if it is not there; files in it are replaced.
        lines_from: a world whose HS lines, rates and households go along; None for none.
        line_sectors: importer -> new sector index of each of its lines [line]; needed with `lines_from` where
            the sectors are not the same.

    Returns:
        world, folder, world_hash, economies, sectors, `gap` (the largest relative gap of the accounts).

    Raises:
        InvalidWorld: accounts that cannot hold.
        CannotWrite: the folder is that of a shipped world, or cannot be written.
    """
    if folder.resolve().is_relative_to(SHIPPED.resolve()):
        raise CannotWrite(
            f"{folder} holds a shipped world",
            where=str(folder),
            why="shipped worlds are never written",
            instead="another folder",
        )
    gap = accounts(world).gap
    files: dict[str, dict[str, np.ndarray]] = {"world.npz": world_arrays(world)}
    copies: list[Path] = []
    if lines_from is not None:
        source = world_folder(lines_from)
        copies = [source / name for name in KEPT_FILES if (source / name).exists()]
        for importer, (file, _, _) in LINE_FILES.items():
            if (source / file).exists():
                with np.load(source / file) as archive:
                    arrays = {member: archive[member] for member in archive.files}
                if line_sectors is not None:
                    arrays["sector"] = line_sectors[importer].astype(arrays["sector"].dtype)
                files[file] = arrays
    hashed = dict(files)
    for path in copies:
        if path.suffix == ".npz":
            with np.load(path) as archive:
                hashed[path.name] = {member: archive[member] for member in archive.files}
    digest = hash_arrays(hashed)
    document = {
        **{key: value for key, value in world.provenance.items() if key not in _OWN_KEYS},
        "world": world.name,
        "world_hash": digest,
        "base_day": world.base_day,
        "flow_year": world.flow_year,
        "default_elasticities": world.default_elasticities,
        "critical_inputs": {label: float(value) for label, value in world.critical_inputs.items()},
    }
    contents: dict[Path, str | bytes] = {folder / file: npz_bytes(arrays) for file, arrays in files.items()}
    contents |= {folder / path.name: path.read_bytes() for path in copies}
    contents[folder / "provenance.yaml"] = yaml.safe_dump(
        plain(document), sort_keys=False, allow_unicode=True, width=110
    )
    stale = [
        name
        for name in (*(row[0] for row in LINE_FILES.values()), *KEPT_FILES)
        if folder / name not in contents
    ]
    write_together(contents)
    for name in stale:
        (folder / name).unlink(missing_ok=True)
    return {
        "world": world.name,
        "folder": str(folder),
        "world_hash": digest,
        "economies": len(world.economies),
        "sectors": len(world.sectors),
        "accounts_gap": float(f"{gap:.3g}"),
    }


_OWN_KEYS = (
    "world",
    "world_hash",
    "base_day",
    "flow_year",
    "default_elasticities",
    "critical_inputs",
    "households",
)


def world_arrays(world: World) -> dict[str, np.ndarray]:
    """The arrays of world.npz, in double precision."""
    arrays = {
        "economies": np.array(world.economies),
        "sectors": np.array(world.sectors),
        "services": np.array(world.services, dtype=f"U{max([1, *map(len, world.services)])}"),
        "flows": world.flows,
        "duty": world.duty,
        "value_added_share": world.value_added_share,
        "input_share": world.input_share,
        "final_share": world.final_share,
    }
    if world.customs_ratio is not None:
        arrays["customs_ratio"] = world.customs_ratio
    return arrays | {f"theta_{name}": np.asarray(values) for name, values in world.elasticities.items()}


def plain(value: Any) -> Any:
    """Mappings, sequences and numbers as YAML's own."""
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, np.generic):
        return value.item()
    return value
