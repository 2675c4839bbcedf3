"""Build `usa.npz`: what US duties by line need beside the world's weights. The same bytes on every run.

    python -m detente.economy.sources.schedules DATA [USMCA_SHARES.csv]

DATA is the raw data folder (docs/data.md). USMCA_SHARES.csv holds the share of 2024 imports from Canada and
Mexico that claimed the USMCA, by HS10 (`hts10, cty_code, usmca_share`); without it the shares of the shipped
file are kept.
"""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

import numpy as np
import polars as pl

from detente.core.results import write_together
from detente.economy.sources.archive import npz_bytes

SHIPPED = Path(__file__).resolve().parents[2] / "schedules"
IMPORTS = "us_imports_2024_hs10"
RATES = "tariffs_us/mfn_rates_2025.csv"
PLAIN = ("free", "ad_valorem")

# Partners whose goods pay the general rate: no trade agreement, no duty of Section 301 in 2024.
GENERAL_RATE_PARTNERS = (
    "0003", "4120", "4419", "4039", "5880", "5830", "6141", "5330", "5490", "5600", "5520",
)  # fmt: skip

CENSUS_LABELS = {"0003": "EU"}
USMCA = {"1220": "CAN", "2010": "MEX"}


def build(data: Path, usmca_shares: Path | None) -> bytes:
    """The archive: codes [line]; value and duty by partner, USD million; general rates that are not plain."""
    labels = _labels(data)
    frames = {
        path.stem[-4:]: pl.read_parquet(path, columns=["HS10", "imports", "duty"]).sort("HS10")
        for path in sorted((data / IMPORTS).glob("*.parquet"))
    }
    codes = sorted(set().union(*(frame["HS10"].to_list() for frame in frames.values())))
    place = {code: row for row, code in enumerate(codes)}
    arrays: dict[str, np.ndarray] = {"codes": np.array(codes, dtype="S10")}
    for census, frame in frames.items():
        label = labels[census]
        rows = np.fromiter((place[code] for code in frame["HS10"]), dtype=np.int32, count=len(frame))
        arrays[f"row_{label}"] = rows
        arrays[f"value_{label}"] = (frame["imports"].to_numpy() / 1e6).astype(np.float32)
        arrays[f"duty_{label}"] = (frame["duty"].to_numpy() / 1e6).astype(np.float32)
    arrays |= _not_plain(data, frames)
    arrays |= _usmca(usmca_shares, place)
    return npz_bytes(arrays)


def _labels(data: Path) -> dict[str, str]:
    table = pl.read_csv(data / IMPORTS / "CensusCountryMapping.csv", infer_schema_length=0)
    return dict(zip(table["CTY_CODE"], table["ISO3"], strict=True)) | CENSUS_LABELS


def _not_plain(data: Path, frames: dict[str, pl.DataFrame]) -> dict[str, np.ndarray]:
    """General rates that are specific, compound or otherwise not a percentage, with their equivalents."""
    table = pl.read_csv(data / RATES, infer_schema_length=0).filter(~pl.col("rate_type").is_in(PLAIN))
    trade = (
        pl.concat([frames[census] for census in GENERAL_RATE_PARTNERS])
        .with_columns(pl.col("HS10").str.slice(0, 8).alias("hs8"))
        .group_by("hs8")
        .agg(pl.col("imports").sum(), pl.col("duty").sum())
    )
    joined = table.join(trade, on="hs8", how="left").sort("hs8")
    value = joined["imports"].fill_null(0.0).to_numpy()
    duty = joined["duty"].fill_null(0.0).to_numpy()
    return {
        "text_codes": np.array(joined["hs8"].to_list(), dtype="S8"),
        "text": np.array(joined["rate_raw"].to_list(), dtype="U"),
        "equivalent": np.where(value > 0, duty / np.where(value > 0, value, 1.0), np.nan).astype(np.float32),
        "equivalent_value": (value / 1e6).astype(np.float32),
    }


def _usmca(path: Path | None, place: dict[str, int]) -> dict[str, np.ndarray]:
    if path is None:
        with np.load(SHIPPED / "usa.npz") as archive:
            return {name: archive[name] for name in archive.files if name.startswith("usmca_")}
    table = pl.read_csv(path, infer_schema_length=0)
    found = {}
    for census, label in USMCA.items():
        shares = np.zeros(len(place), dtype=np.float32)
        for code, share in table.filter(pl.col("cty_code") == census).select("hts10", "usmca_share").rows():
            if code in place and share not in (None, "", "NA"):
                shares[place[code]] = round(float(share), 4)
        found[f"usmca_{label}"] = shares
    return found


def main() -> None:
    """Write the archive where it is shipped and print its hash."""
    content = build(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else None)
    write_together({SHIPPED / "usa.npz": content})
    print(len(content), hashlib.sha256(content).hexdigest())


if __name__ == "__main__":
    main()
