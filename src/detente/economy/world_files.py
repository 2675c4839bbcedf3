"""Write a world to a folder that `load_world` reads, whole or not at all."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from detente.core.errors import CannotWrite, LabelMismatch
from detente.core.results import write_together
from detente.economy.identities import accounts
from detente.economy.sources.archive import hash_arrays, npz_bytes
from detente.economy.world import World
from detente.economy.worlds import LINE_FILES, SHIPPED, world_folder
from detente.policy import LineSet, Weights

KEPT_FILES = ("mfn_usa.npz", "households.yaml")


def save_world(
    world: World, folder: Path, *, weights: Weights | None = None, lines_from: str | Path | None = None
) -> dict[str, Any]:
    """Write world.npz and provenance.yaml, and the HS lines of the world.

    Args:
        world: accounts that hold (they need not balance to the last digit).
        folder: made if it is not there; files in it are replaced.
        weights: HS lines of the world; None for none.
        lines_from: the world the lines come from, whose rates by line and households go along.

    Returns:
        world, folder, world_hash, economies, sectors, `accounts_gap` (the largest relative gap).

    Raises:
        InvalidWorld: accounts that cannot hold.
        LabelMismatch: weights of another world.
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
    source = None if lines_from is None else world_folder(lines_from)
    files = {"world.npz": world_arrays(world)}
    if weights is not None:
        if (weights.economies, weights.sectors) != (world.economies, world.sectors):
            raise LabelMismatch(
                "weights of another world", why="their labels differ", instead="weights made with the world"
            )
        for importer, (file, _, _) in LINE_FILES.items():
            if importer in weights.lines:
                files[file] = _line_arrays(weights.lines[importer], source, file)
    copies = [] if source is None else [source / name for name in KEPT_FILES if (source / name).exists()]
    hashed = dict(files)
    for path in copies:
        if path.suffix == ".npz":
            hashed[path.name] = _arrays(path)
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
    write_together(contents)
    for name in (*(file for file, _, _ in LINE_FILES.values()), *KEPT_FILES):
        if folder / name not in contents:
            (folder / name).unlink(missing_ok=True)
    return {
        "world": world.name,
        "folder": str(folder),
        "world_hash": digest,
        "economies": len(world.economies),
        "sectors": len(world.sectors),
        "accounts_gap": float(f"{gap:.3g}"),
    }


def _line_arrays(lines: LineSet, source: Path | None, file: str) -> dict[str, np.ndarray]:
    """HS lines as `load_weights` reads them, with the source's rates by line where the codes are its own."""
    arrays: dict[str, np.ndarray] = {}
    if source is not None and (source / file).exists():
        there = _arrays(source / file)
        if there["codes"].astype(str).tolist() == list(lines.codes):
            drop = ("row_", "value_", "proxy_", "codes", "sector")
            arrays = {name: values for name, values in there.items() if not name.startswith(drop)}
            if "duty_CHN" in arrays and "CHN" not in lines.value_musd:
                del arrays["duty_CHN"]
    arrays["codes"] = np.array(lines.codes, dtype="S10")
    arrays["sector"] = lines.sector.astype(np.int16)
    arrays["proxy_for"] = np.array(list(lines.proxy), dtype="U16")
    arrays["proxy_by"] = np.array(list(lines.proxy.values()), dtype="U16")
    for label in lines.value_musd:
        values = lines.value_musd[label]
        rows = np.flatnonzero(values > 0)
        arrays[f"row_{label}"] = rows.astype(np.uint16)
        arrays[f"value_{label}"] = values[rows].astype(np.float32)
    return arrays


def _arrays(path: Path) -> dict[str, np.ndarray]:
    with np.load(path) as archive:
        return {name: archive[name] for name in archive.files}


def describe_world(world: World, weights: Weights) -> dict[str, Any]:
    """What a world holds, for people.

    Args:
        world: the baseline.
        weights: its HS weights.
    """
    books = accounts(world)
    size = np.argsort(-books.value_added)[:10]
    goods = [j for j, label in enumerate(world.sectors) if label not in world.services]
    own = np.arange(len(world.economies))
    trade = world.flows.sum() - world.flows[own, own].sum()
    theta = np.asarray(world.elasticities[world.default_elasticities])
    return {
        "world": world.name,
        "flow_year": world.flow_year,
        "base_day": world.base_day,
        "unit": world.unit,
        "economies": list(world.economies),
        "sectors": list(world.sectors),
        "services": list(world.services),
        "gross_output_usd_million": round(float(books.sales.sum()), 1),
        "value_added_usd_million": round(float(books.value_added.sum()), 1),
        "trade_usd_million": round(float(trade), 1),
        "duty_revenue_usd_million": round(float(books.revenue.sum()), 1),
        "largest_by_value_added_percent": {
            world.economies[n]: round(float(100 * books.value_added[n] / books.value_added.sum()), 2)
            for n in size
        },
        "accounts_gap": float(f"{books.gap:.3g}"),
        "elasticity_sets": list(world.elasticities),
        "default_elasticities": world.default_elasticities,
        "theta_goods_range": [round(float(theta[goods].min()), 3), round(float(theta[goods].max()), 3)]
        if goods
        else [],
        "critical_inputs": dict(world.critical_inputs),
        "customs_ratio": world.customs_ratio is not None,
        "hs_lines": {importer: len(lines.codes) for importer, lines in weights.lines.items()},
        "splits": [
            {"split": row["split"], "title": row["title"]} for row in world.provenance.get("splits", [])
        ],
        "steps": list(world.provenance.get("steps", [])),
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
