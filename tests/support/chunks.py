"""Work for sweeps that processes started afresh can import."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import polars as pl

SCHEMA = {"run": pl.Int32, "square": pl.Int64}


def squares(runs):
    """The square of each run."""
    return pl.DataFrame({"run": list(runs), "square": [run * run for run in runs]}, schema=SCHEMA)


class Counting:
    """Squares, with a note for every chunk worked out."""

    def __init__(self, notes):
        self.notes = str(notes)

    def __call__(self, runs):
        Path(self.notes, f"{runs.start}-{os.getpid()}-{time.monotonic_ns()}").write_text("")
        return squares(runs)


class Fatal(Counting):
    """The worker that takes the chunk of run 20 kills itself, once."""

    def __call__(self, runs):
        mark = Path(self.notes, "killed")
        if 20 in runs and not mark.exists():
            mark.write_text("")
            os.kill(os.getpid(), signal.SIGKILL)
        return super().__call__(runs)
