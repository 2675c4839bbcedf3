"""The panel: the whole duty on every line from every partner over time, as Parquet files in the cache.

One file a partner, one row a line and stretch of time in which nothing changes, sorted by line and first day;
`stacks.parquet` holds what each stack is made of. A panel belongs to one record, by its digest.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from detente.analysis.rates import EU, EU_STANDS_FOR, general_rate, require_schedule
from detente.core.caches import cache_folder
from detente.core.errors import CannotWrite, MissingData, UnknownEconomy
from detente.core.products import CodeIndex, normalise_hs
from detente.record.files import Record
from detente.record.panel import Duties, Stack
from detente.record.rates import finest_codes
from detente.schedules import CHINA_SECOND_RATES, COLUMN_TWO_SINCE, Schedule

FIRST, LAST = date(2018, 1, 1), date(2026, 12, 31)
FORM = 1
"""Raised when the columns change; a panel of another form is built afresh."""
KEPT = 4
ROWS_A_GROUP = 16_384
EPOCH = date(1970, 1, 1)


def panel_folder(record: Record, importer: str) -> Path:
    """Where the panel of a record and importer lies or will lie."""
    return cache_folder() / "panels" / f"{importer}-{record.digest[:24]}-{FORM}"


def build_panel(record: Record, importer: str, progress: Callable[[str], None]) -> dict[str, Any]:
    """Build the panel of an importer into the cache, whole or not at all.

    Raises:
        MissingData: no schedule of the importer.
        CannotWrite: the cache folder cannot be written.
    """
    import polars as pl

    schedule = require_schedule(record, importer)
    codes = tuple(sorted({*schedule.codes, *finest_codes(record, importer)}))
    codes = tuple(code for code in codes if len(code) == len(schedule.codes[0]))
    duties = Duties(record, importer, CodeIndex(codes))
    folder = panel_folder(record, importer)
    rows = 0
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        partial = Path(tempfile.mkdtemp(prefix=".panel-", dir=folder.parent))
        try:
            for number, partner in enumerate(schedule.partners, start=1):
                progress(f"{number} of {len(schedule.partners)}: {partner}")
                frame = _partner(pl, duties, schedule, partner)
                frame.write_parquet(
                    partial / f"{partner}.parquet", compression="zstd", row_group_size=ROWS_A_GROUP
                )
                rows += len(frame)
            _stacks(pl, duties.stacks).write_parquet(partial / "stacks.parquet")
            about = {
                "record_hash": record.digest,
                "importer": importer,
                "partners": list(schedule.partners),
                "lines": len(codes),
                "rows": rows,
                "stacks": len(duties.stacks),
                "from": FIRST.isoformat(),
                "to": LAST.isoformat(),
                "checked_to": record.settings.checked_to,
            }
            (partial / "panel.json").write_text(json.dumps(about), encoding="utf-8")
            shutil.rmtree(folder, ignore_errors=True)
            partial.replace(folder)
        finally:
            shutil.rmtree(partial, ignore_errors=True)
    except OSError as error:
        raise CannotWrite(
            "the panel cannot be written",
            where=str(folder),
            why=error.strerror or str(error),
            instead="set DETENTE_CACHE to a folder you may write to",
        ) from error
    _prune(folder)
    size = sum(path.stat().st_size for path in folder.iterdir())
    return about | {"folder": str(folder), "bytes": size}


def _partner(pl: Any, duties: Duties, schedule: Schedule, partner: str) -> Any:
    origin = EU_STANDS_FOR if partner == "EU" else partner
    cuts = [CHINA_SECOND_RATES] if duties.importer == "CHN" else [COLUMN_TWO_SINCE.get(partner, FIRST)]
    found = duties.intervals(origin, FIRST, LAST, cuts)
    keys, where = np.unique(found.stack, return_inverse=True)
    added = np.array([_sum(duties.stacks[int(key)]) for key in keys])[where]
    general = np.empty(len(found.line))
    codes = duties.index.codes
    for since in sorted({FIRST, *cuts}):
        rates = [general_rate(schedule, duties.importer, partner, code, since).percent for code in codes]
        by_line = np.array([np.nan if rate is None else rate for rate in rates])
        now = found.first >= (since - EPOCH).days
        general[now] = by_line[found.line[now]]
    frame = pl.DataFrame(
        {
            "hs": pl.Series([*codes], dtype=pl.String).gather(found.line),
            "from": pl.Series(found.first.astype(np.int32)).cast(pl.Date),
            "until": pl.Series(found.end.astype(np.int32)).cast(pl.Date),
            "general_percent": general,
            "added_percent": added,
            "total_percent": np.round(general + added, 4),
            "stack": found.stack.astype(np.uint64),
        }
    )
    percents = ["general_percent", "added_percent", "total_percent"]
    return frame.with_columns(
        pl.col(percents).fill_nan(None),
        pl.when(pl.col("until") < EPOCH).then(None).otherwise(pl.col("until")).alias("until"),
    )


def _sum(stack: Stack) -> float:
    return round(sum(np.nan if rate is None else rate for _, rate in stack), 6)


def _stacks(pl: Any, stacks: dict[int, Stack]) -> Any:
    rows = [(key, measure, rate) for key, stack in sorted(stacks.items()) for measure, rate in stack]
    schema = {"stack": pl.UInt64, "measure": pl.String, "rate_percent": pl.Float64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _prune(folder: Path) -> None:
    others = [path for path in folder.parent.iterdir() if path.is_dir() and path != folder]
    for old in sorted(others, key=lambda path: path.stat().st_mtime)[: -KEPT + 1]:
        shutil.rmtree(old, ignore_errors=True)


def query_panel(
    record: Record, importer: str, exporter: str, code: str, first: date, last: date
) -> dict[str, Any]:
    """Rows of the panel for a code and partner that touch the days from first to last.

    Raises:
        MissingData: the panel of this record has not been built.
        UnknownEconomy: the panel has no such partner.
        InvalidOption: not an HS code.
    """
    import polars as pl

    hs = normalise_hs(code)
    folder = panel_folder(record, importer)
    if not (folder / "panel.json").exists():
        raise MissingData(
            f"no panel of {importer} for this state of the record",
            where=str(folder),
            why="it is built once for each state of the record",
            instead=f"detente panel build {record.settings.name} --importer {importer}",
        )
    about = json.loads((folder / "panel.json").read_text(encoding="utf-8"))
    partner = "EU" if exporter == EU and "EU" in about["partners"] else exporter
    if partner not in about["partners"]:
        raise UnknownEconomy(
            f"no {exporter} in the panel",
            where="--exporter",
            why="it holds the partners with trade by line",
            instead=f"one of {', '.join(about['partners'])}",
        )
    frame = (
        pl.scan_parquet(folder / f"{partner}.parquet")
        .filter(pl.col("hs") >= hs, pl.col("hs") < hs + ":")
        .filter(pl.col("from") <= last, pl.col("until").is_null() | (pl.col("until") > first))
        .collect()
    )
    wanted = frame["stack"].unique().to_list()
    parts = pl.read_parquet(folder / "stacks.parquet").filter(pl.col("stack").is_in(wanted))
    lines: dict[int, list[dict[str, Any]]] = {}
    for key, measure, rate in parts.rows():
        lines.setdefault(key, []).append({"entry": measure, "rate_percent": rate})
    rows = [
        {
            "hs": row["hs"],
            "from": row["from"].isoformat(),
            "to": (row["until"] - timedelta(days=1)).isoformat() if row["until"] else None,
            "general_percent": row["general_percent"],
            "added_percent": row["added_percent"],
            "total_percent": row["total_percent"],
            "duties": lines.get(row["stack"], []),
        }
        for row in frame.rows(named=True)
    ]
    return {"partner": partner, "rows": rows} | {key: about[key] for key in ("from", "to", "checked_to")}
