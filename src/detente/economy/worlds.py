"""Worlds on disk: baselines, HS weights and line tables, loaded in well under a tenth of a second.

A world is a shipped name or a folder with world.npz. Only NumPy and YAML are needed to read one; the build
(`detente world build`) is another module.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from detente.core.errors import InvalidWorld, UnknownName
from detente.economy.sources.archive import hash_arrays
from detente.economy.sources.labels import SECTOR_NAMES, SERVICES
from detente.economy.world import World
from detente.policy import LineSet, Weights

SHIPPED = Path(__file__).resolve().parent.parent / "worlds"
DEFAULT_WORLD = "icio2022"
DEFAULT_ELASTICITIES = "FGO_ICIO"
ARRAY_FILES = ("world.npz", "hs_usa.npz", "hs_china.npz", "mfn_usa.npz")
_BASIS_USA = (
    "US imports for consumption 2024 by HS10, customs value, US Census Bureau; EU members carry the lines of "
    "the EU as a whole and partners without a file those of all partners: read their shares, not their levels"
)
_BASIS_CHINA = (
    "China's imports from the United States 2017 by HS8, ITC Trade Map via Bown, Jung and Zhang (2019)"
)
LINE_FILES = {"USA": ("hs_usa.npz", 2024, _BASIS_USA), "CHN": ("hs_china.npz", 2017, _BASIS_CHINA)}
"""Importer -> file of its HS lines, their year, and what the values are."""


@dataclass(frozen=True)
class LineTable:
    """Numbers by HS line.

    Attributes:
        codes: HS codes, sorted [line].
        columns: name -> array [line].
        about: what the columns are, their units and weights.
    """

    codes: np.ndarray
    columns: Mapping[str, np.ndarray]
    about: Mapping[str, str]


def list_worlds() -> tuple[str, ...]:
    """Names of the shipped worlds."""
    return tuple(sorted(path.name for path in SHIPPED.iterdir() if (path / "world.npz").exists()))


def world_folder(name: str | Path = DEFAULT_WORLD) -> Path:
    """The folder of a shipped world, or the folder given.

    Raises:
        UnknownName: neither a shipped world nor a folder with a world in it.
    """
    for folder in (SHIPPED / str(name), Path(name)):
        if (folder / "world.npz").exists():
            return folder
    raise UnknownName(
        f"no world {str(name)!r}",
        where="--world",
        why="neither a shipped world nor a folder that holds world.npz",
        instead=f"one of {', '.join(list_worlds())}",
    )


def load_world(name: str | Path = DEFAULT_WORLD, *, services_theta: float | None = None) -> World:
    """A balanced baseline.

    Args:
        name: a shipped world or a folder that `build_world` wrote.
        services_theta: theta of services in every set; the shipped value is 4.

    Raises:
        UnknownName: no such world.
        InvalidWorld: `services_theta` is not positive.
    """
    folder = world_folder(name)
    with np.load(folder / "world.npz") as archive:
        arrays = {member: archive[member] for member in archive.files}
    economies = tuple(arrays["economies"].tolist())
    sectors = tuple(arrays["sectors"].tolist())
    theta = {
        member.removeprefix("theta_"): values
        for member, values in arrays.items()
        if member.startswith("theta_")
    }
    services = tuple(arrays["services"].tolist()) if "services" in arrays else (SERVICES,)
    if services_theta is not None:
        if not services_theta > 0:
            raise InvalidWorld(
                f"theta of services {services_theta}", why="it must be positive", instead="for example 4"
            )
        for values in theta.values():
            values[[sectors.index(label) for label in services]] = services_theta
    document = _document(folder)
    households, sources = _households(folder)
    provenance = {**document, "households": sources}
    ratio = arrays.get("customs_ratio")
    world = World(
        name=document.get("world", folder.name),
        economies=economies,
        sectors=sectors,
        services=services,
        flows=arrays["flows"].astype(np.float64),
        duty=arrays["duty"].astype(np.float64),
        value_added_share=arrays["value_added_share"],
        input_share=arrays["input_share"],
        final_share=arrays["final_share"],
        elasticities=theta,
        default_elasticities=document.get("default_elasticities", DEFAULT_ELASTICITIES),
        base_day=document.get("base_day", ""),
        flow_year=int(document.get("flow_year", 0)),
        customs_ratio=None if ratio is None else ratio.astype(np.float64),
        households=households,
        critical_inputs=document.get("critical_inputs", {}),
        provenance=provenance,
    )
    for array in (world.flows, world.duty, world.value_added_share, world.input_share, world.final_share):
        array.flags.writeable = False
    return world


def load_base_duty(name: str | Path = DEFAULT_WORLD) -> np.ndarray:
    """Duties of the base day alone, fractions [importer, exporter, sector]."""
    with np.load(world_folder(name) / "world.npz") as archive:
        return archive["duty"].astype(np.float64)


def load_flows(name: str | Path = DEFAULT_WORLD) -> np.ndarray:
    """Flows at basic prices, USD million [importer, exporter, sector]."""
    with np.load(world_folder(name) / "world.npz") as archive:
        return archive["flows"].astype(np.float64)


def load_flow(name: str | Path, importer: str, exporter: str) -> np.ndarray:
    """What one economy buys of another, USD million at basic prices [sector].

    Raises:
        ValueError: the world has no such economy.
    """
    with np.load(world_folder(name) / "world.npz") as archive:
        labels = archive["economies"].tolist()
        return archive["flows"][labels.index(importer), labels.index(exporter)].astype(np.float64)


def load_weights(name: str | Path = DEFAULT_WORLD) -> Weights:
    """HS weights of a world: US imports of 2024 by HS10, China's imports from the US of 2017 by HS8.

    Values of a partner are read when first asked for. A world without lines can take duties on whole
    sectors only.
    """
    folder = world_folder(name)
    with np.load(folder / "world.npz") as archive:
        economies, sectors = tuple(archive["economies"].tolist()), tuple(archive["sectors"].tolist())
        services = archive["services"].tolist() if "services" in archive.files else [SERVICES]
    lines = {
        importer: _line_set(folder / file, importer, year, basis)
        for importer, (file, year, basis) in LINE_FILES.items()
        if (folder / file).exists()
    }
    goods = tuple(j for j, sector in enumerate(sectors) if sector not in services)
    return Weights(economies, sectors, goods, lines)


def load_us_lines_china(name: str | Path = DEFAULT_WORLD) -> LineTable:
    """US imports from China of 2024 by HS10: `value_musd`, `duty_musd` (calculated), `sector`."""
    with np.load(world_folder(name) / "hs_usa.npz") as archive:
        rows = archive["row_CHN"]
        codes = archive["codes"][rows].astype("U10")
        columns = {
            "value_musd": archive["value_CHN"].astype(np.float64),
            "duty_musd": archive["duty_CHN"].astype(np.float64),
            "sector": archive["sector"][rows].astype(np.int64),
        }
    return LineTable(
        codes,
        columns,
        {
            "value_musd": "customs value, imports for consumption 2024, USD million, US Census Bureau",
            "duty_musd": "calculated duty of 2024, USD million, US Census Bureau",
            "sector": "index of the world's sector; -1 for chapters 98-99",
        },
    )


def load_mfn_usa(name: str | Path = DEFAULT_WORLD) -> LineTable:
    """US most-favoured-nation rates of 2025 by HS8: `rate` as a fraction, `kind` of the rate."""
    with np.load(world_folder(name) / "mfn_usa.npz") as archive:
        columns = {"rate": archive["rate"].astype(np.float64), "kind": archive["kind"]}
        codes = archive["codes"]
    return LineTable(
        codes,
        columns,
        {
            "rate": "ad valorem part as a fraction; specific and other kinds have more than it shows",
            "kind": "free, ad_valorem, specific, compound or other",
        },
    )


def load_china_rates(name: str | Path = DEFAULT_WORLD) -> LineTable:
    """China's rates by HS8: `mfn_2018`, `mfn_2019`, `on_usa_2019` as fractions, `value_musd`, `sector`.

    The world's base duty on US goods is `on_usa_2019` by sector times `about["scale_to_2025"]`.
    """
    with np.load(world_folder(name) / "hs_china.npz") as archive:
        codes = archive["codes"].astype("U8")
        value = np.zeros(len(codes))
        value[archive["row_USA"]] = archive["value_USA"]
        columns = {
            key: archive[key].astype(np.float64) for key in ("mfn_2018", "mfn_2019", "on_usa_2019")
        } | {"value_musd": value, "sector": archive["sector"].astype(np.int64)}
        scale = float(archive["scale_to_2025"].ravel()[0])
    return LineTable(
        codes,
        columns,
        {
            "mfn_2018": "rate of 1 January 2018 on every origin, fraction",
            "mfn_2019": "rate of 1 June 2019 on every origin but the US, fraction",
            "on_usa_2019": "rate of 1 June 2019 on US goods, fraction",
            "value_musd": "China's imports from the US in 2017, USD million, ITC Trade Map",
            "scale_to_2025": repr(scale),
        },
    )


def sector_names(name: str | Path = DEFAULT_WORLD) -> dict[str, str]:
    """Sector label -> plain name; parts of a split by the name in its file."""
    folder = world_folder(name)
    splits = _document(folder).get("splits", [])
    known = SECTOR_NAMES | {row["part"]: row["name"] for split in splits for row in split["parts"]}
    with np.load(folder / "world.npz") as archive:
        return {str(code): known.get(str(code), str(code)) for code in archive["sectors"]}


def world_hash(name: str | Path = DEFAULT_WORLD) -> str:
    """sha256 over the arrays of a world as they lie on disk; provenance holds the same."""
    files: dict[str, dict[str, np.ndarray]] = {}
    folder = world_folder(name)
    for file in ARRAY_FILES:
        if not (folder / file).exists():
            continue  # a world of one's own has no HS lines
        with np.load(folder / file) as archive:
            files[file] = {member: archive[member] for member in archive.files}
    return hash_arrays(files)


def build_world(name: str, data_dir: Path, out_dir: Path) -> dict[str, Any]:
    """Build a world's files from raw data; see `detente.economy.sources.build` and `.sources.arrays`.

    Raises:
        UnknownName: no recipe for such a world.
    """
    from detente.economy.sources.arrays import ARRAY_WORLDS
    from detente.economy.sources.build import build_world as build

    if name not in ARRAY_WORLDS:
        return build(name, data_dir, out_dir)
    from detente.economy.world_files import save_world

    return save_world(ARRAY_WORLDS[name](data_dir), out_dir)


class _StoredLines(Mapping[str, np.ndarray]):
    """Trade by HS line and partner, read from the archive when asked for."""

    def __init__(self, path: Path, count: int) -> None:
        self._path, self._count = path, count
        with zipfile.ZipFile(path) as archive:
            names = [member.removesuffix(".npy") for member in archive.namelist()]
        found = (member.removeprefix("value_") for member in names if member.startswith("value_"))
        self._labels = dict.fromkeys(found)
        self._read: dict[str, np.ndarray] = {}

    def __getitem__(self, label: str) -> np.ndarray:
        if label not in self._labels:
            raise KeyError(label)
        if label not in self._read:
            with np.load(self._path) as archive:
                values = np.zeros(self._count)
                values[archive[f"row_{label}"]] = archive[f"value_{label}"]
            values.flags.writeable = False
            self._read[label] = values
        return self._read[label]

    def __contains__(self, label: object) -> bool:
        return label in self._labels

    def __iter__(self) -> Iterator[str]:
        return iter(self._labels)

    def __len__(self) -> int:
        return len(self._labels)


def _line_set(path: Path, importer: str, year: int, basis: str) -> LineSet:
    with np.load(path) as archive:
        codes = tuple(archive["codes"].astype(f"U{archive['codes'].dtype.itemsize}").tolist())
        sector = archive["sector"].astype(np.int64)
        proxy: dict[str, str] = {}
        if "proxy_for" in archive.files:
            proxy = dict(zip(archive["proxy_for"].tolist(), archive["proxy_by"].tolist(), strict=True))
    return LineSet(importer, codes, sector, _StoredLines(path, len(codes)), year, basis, proxy)


def _document(folder: Path) -> dict[str, Any]:
    path = folder / "provenance.yaml"
    return _read_document(path, path.stat().st_mtime_ns) if path.exists() else {}


@lru_cache(maxsize=8)
def _read_document(path: Path, _: int) -> dict[str, Any]:
    """Kept by path and time of writing: the shipped one takes longer to read than the arrays."""
    from detente.core.yaml12 import read_yaml

    return read_yaml(path, shown=path.name)[0]


def _households(folder: Path) -> tuple[dict[str, float], dict[str, Any]]:
    """Numbers of households, and where each stands."""
    from detente.core.yaml12 import read_yaml

    path = folder / "households.yaml"
    if not path.exists():
        return {}, {}
    document = read_yaml(path, shown=path.name)[0]
    rows = document["households"]
    return {label: float(row["number"]) for label, row in rows.items()}, dict(rows)
