"""One table of ratios: our figures, the bars they are held to, and peers.

Everything is warm and certified to 1e-10 unless a row says otherwise. Leaves with status 1 where a bar is
missed.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from benchmarks import games, growth, rows
from benchmarks.measure import Row


def main() -> int:
    """Measure, print, draw."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON object instead of the table")
    parser.add_argument("--data", help="raw data, for the worlds of papers; default: $DETENTE_DATA")
    parser.add_argument("--peers", action="store_true", help="install and run gegravity beside, N = 30")
    parser.add_argument("--long", action="store_true", help="with --peers: N = 190 too, a minute more")
    parser.add_argument("--quick", action="store_true", help="fewer and smaller, for a glance")
    parser.add_argument("--games", choices=("all", "only", "none"), default="all", help="rows of strategy")
    parser.add_argument("--plot", metavar="FILE", help="measure how cost grows, and draw it as SVG")
    options = parser.parse_args()
    chosen = options.data or os.environ.get("DETENTE_DATA")
    data = Path(chosen).expanduser() if chosen else None
    table: list[Row] = []
    for row in _rows(data if data and data.is_dir() else None, options):
        table.append(row)
        print(f"{row.name}: {row.ours:.3g} {row.unit}", file=sys.stderr)
    sizes = growth.grow(quick=options.quick) if options.plot else []
    if options.plot:
        growth.draw(sizes, Path(options.plot))
    if options.json:
        answer = {
            "schema": "detente/benchmarks/1",
            "cores": os.cpu_count(),
            "load": os.getloadavg()[0],
            "blas_threads": os.environ.get("OPENBLAS_NUM_THREADS"),
            "rows": [row.to_dict() for row in table],
            "growth": [asdict(size) for size in sizes],
        }
        print(json.dumps(answer, indent=2, allow_nan=False))
    else:
        _print(table)
    return int(any(row.within is False for row in table))


def _rows(data: Path | None, options: argparse.Namespace) -> Iterator[Row]:
    if options.games != "only":
        yield from _solves(data, options)
    if options.games != "none":
        yield from games.played(data, quick=options.quick)


def _solves(data: Path | None, options: argparse.Namespace) -> Iterator[Row]:
    yield from rows.single_solves(data, beside=options.peers, long=options.long)
    yield from rows.preparation()
    yield from rows.cold_start()
    yield from rows.gradients()
    yield from rows.batches(100 if options.quick else 1000)


def _print(table: list[Row]) -> None:
    lines = [
        ("", "ours", "bar", "", "cpu", "evaluations", "reads", "in residuals", "peer", "peer / ours", "")
    ]
    for row in table:
        lines.append(
            (
                row.name,
                f"{row.ours:.3g} {row.unit}",
                "" if row.bar is None else f"{row.bar:g}",
                {None: "", True: "ok", False: "OVER"}[row.within],
                "" if row.cpu is None else f"{row.cpu:.3g}",
                "" if row.evaluations is None else str(row.evaluations),
                "" if row.factor_reads is None else str(row.factor_reads),
                "" if row.residuals is None else f"{row.residuals:,.0f}",
                "" if row.peer is None else f"{row.peer:,.3g} {row.unit}",
                "" if row.peer is None else f"{row.peer / row.ours:,.0f}",
                "; ".join(part for part in (row.peer_name, row.note) if part),
            )
        )
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    for line in lines:
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())


if __name__ == "__main__":
    sys.exit(main())
