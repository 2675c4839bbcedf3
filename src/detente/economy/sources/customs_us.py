"""US imports and calculated duty of 2024 by HS10 and partner, from the Census Bureau's customs records."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from detente.core.errors import LabelMismatch
from detente.economy.sources import labels
from detente.economy.sources.goods import Concordance
from detente.economy.sources.icio import raw_file

FOLDER = "us_imports_2024_hs10"
MFN_FILE = "tariffs_us/mfn_rates_2025.csv"
YEAR = 2024
BASIS = (
    "US imports for consumption 2024, customs value, US Census Bureau; an EU member carries the lines of "
    "the EU as a whole, so read shares of it and not levels"
)


@dataclass(frozen=True)
class UsCustoms:
    """US imports by line and partner.

    Attributes:
        codes: HS10, sorted [line].
        sector: sector index, -1 for chapters 98-99 and electricity [line].
        steps: by which step of the concordance each line was placed [line].
        value, duty: partner -> USD million [line]. Partners are labels of the world, "EU" and "ALL".
        members: partner -> names of the files behind it.
    """

    codes: tuple[str, ...]
    sector: np.ndarray
    steps: tuple[str, ...]
    value: dict[str, np.ndarray]
    duty: dict[str, np.ndarray]
    members: dict[str, tuple[str, ...]]

    def by_sector(self, partner: str) -> tuple[np.ndarray, np.ndarray]:
        """Customs value and calculated duty by sector, USD million [sector], goods with a sector only."""
        placed = self.sector >= 0
        count = len(labels.SECTORS)
        value = np.bincount(self.sector[placed], self.value[partner][placed], minlength=count)
        duty = np.bincount(self.sector[placed], self.duty[partner][placed], minlength=count)
        return value, duty

    def placed_by_step(self) -> dict[str, float]:
        """Share of all import value that each step of the concordance placed."""
        total: dict[str, float] = {}
        for step, value in zip(self.steps, self.value["ALL"], strict=True):
            total[step] = total.get(step, 0.0) + float(value)
        whole = sum(total.values())
        return {step: amount / whole for step, amount in sorted(total.items())}


def read_us_customs(data_dir: Path, concordance: Concordance) -> UsCustoms:
    """All partner files.

    Raises:
        LabelMismatch: a file whose country code no map names.
    """
    frames: dict[str, list[pl.DataFrame]] = {}
    members: dict[str, list[str]] = {}
    folder = raw_file(data_dir, FOLDER)
    for path in sorted(folder.glob("*.parquet")):
        frame = pl.read_parquet(path, columns=["CTY_NAME", "CTY_CODE", "HS10", "imports", "duty"])
        code = path.stem[-4:]
        if code not in labels.CENSUS_ECONOMIES:
            raise LabelMismatch(
                f"country code {code} of {path.name}",
                why="no label of the world is mapped to it",
                instead="add it to the map of Census country codes",
            )
        label = labels.CENSUS_ECONOMIES[code]
        frames.setdefault(label, []).append(frame.select("HS10", "imports", "duty"))
        members.setdefault(label, []).append(str(frame["CTY_NAME"][0]).title())
    codes = sorted(set().union(*(frame["HS10"].to_list() for parts in frames.values() for frame in parts)))
    place = {code: row for row, code in enumerate(codes)}
    value: dict[str, np.ndarray] = {}
    duty: dict[str, np.ndarray] = {}
    for label, parts in frames.items():
        value[label], duty[label] = np.zeros(len(codes)), np.zeros(len(codes))
        for frame in parts:
            rows = np.fromiter((place[code] for code in frame["HS10"]), dtype=np.int64, count=len(frame))
            np.add.at(value[label], rows, frame["imports"].to_numpy() / 1e6)
            np.add.at(duty[label], rows, frame["duty"].to_numpy() / 1e6)
    # Slovakia stands in the EU file too; the total must not count it twice.
    summed = [label for label in value if label != "SVK"]
    value["ALL"] = np.sum([value[label] for label in summed], axis=0)
    duty["ALL"] = np.sum([duty[label] for label in summed], axis=0)
    sector, steps = concordance.us(codes)
    return UsCustoms(
        tuple(codes), sector, tuple(steps), value, duty, {key: tuple(names) for key, names in members.items()}
    )


def us_proxies(economies: tuple[str, ...], customs: UsCustoms) -> dict[str, str]:
    """Economies without a file of their own -> whose lines stand in: the EU's, or all partners'."""
    proxies: dict[str, str] = {}
    for label in economies:
        if label not in customs.value and label != "USA":
            proxies[label] = "EU" if label in labels.EU_MEMBERS else "ALL"
    return proxies


def read_us_mfn(data_dir: Path) -> dict[str, np.ndarray]:
    """US most-favoured-nation rates of 2025 by HS8: `codes`, `rate` (fractions), `kind`.

    A specific duty has no ad valorem part in the file; its rate is the file's and `kind` says so.
    """
    frame = pl.read_csv(raw_file(data_dir, MFN_FILE), infer_schema_length=0).sort("hs8")
    rate = frame["mfn_rate"].cast(pl.Float64, strict=False).fill_null(np.nan).to_numpy()
    return {
        "codes": np.array(frame["hs8"].to_list(), dtype="U8"),
        "rate": np.round(rate, 6).astype(np.float32),
        "kind": np.array(frame["rate_type"].to_list(), dtype="U10"),
    }
