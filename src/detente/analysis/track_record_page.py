"""Makes docs/track-record.md and the kept backtests of shipped disputes.

    python -m detente.analysis.track_record_page docs/track-record.md

Run it after a change of the record or of a rule; a test fails until it was.
"""

from __future__ import annotations

import sys
from pathlib import Path

from detente.analysis.track_record import scored_record, stored_file, to_csv
from detente.analysis.track_record_text import markdown
from detente.core.results import write_together
from detente.record.files import load_record, shipped_disputes
from detente.talks.backtest import run_backtest
from detente.talks.forecasters import BUILT_IN

HEAD = """\
<!-- Made by `python -m detente.analysis.track_record_page docs/track-record.md`; a test keeps it so. -->
"""
FIRST = "us-china"


def page_and_backtests() -> dict[Path | None, str]:
    """Text of the page (under None) and of each kept backtest (under its file)."""
    names = sorted(shipped_disputes(), key=lambda name: (name != FIRST, name))
    found: dict[Path | None, str] = {}
    pages = []
    for name in names:
        record = load_record(name)
        scored = run_backtest(record, BUILT_IN)
        found[stored_file(record)] = to_csv(scored)
        pages.append(markdown(scored_record(record, scored)))
    return {None: HEAD + "\n".join(pages), **found}


def main(page: str) -> None:
    """Write the page and the backtests, all or none."""
    write_together({path or Path(page): text for path, text in page_and_backtests().items()})


if __name__ == "__main__":
    main(sys.argv[1])
