"""Makes docs/track-record.md and the kept backtests of shipped disputes.

    python -m detente.analysis.track_record_page docs/track-record.md
    python -m detente.analysis.track_record_page docs/track-record.md --outlook

Run it after a change of the record or of a rule; a test fails until it was. With --outlook the outlook of the
first dispute is run again on every decision day too, which takes minutes; without, its kept odds are shown.
"""

from __future__ import annotations

import sys
from pathlib import Path

from detente.analysis.track_record import (
    OUTLOOK_RUNS,
    outlook_backtest,
    scored_record,
    stored_backtest,
    stored_file,
    to_csv,
)
from detente.analysis.track_record_text import markdown, outlook_markdown
from detente.core.results import write_together
from detente.record.files import load_record, shipped_disputes
from detente.talks.backtest import Scored, run_backtest, summary
from detente.talks.forecasters import BUILT_IN
from detente.talks.happened import last_checked

HEAD = """\
<!-- Made by `python -m detente.analysis.track_record_page docs/track-record.md`; a test keeps it so. -->
"""
FIRST = "us-china"


def page_and_backtests(outlook: list[Scored] | None = None) -> dict[Path | None, str]:
    """Text of the page (under None) and of each kept backtest (under its file).

    Args:
        outlook: a new backtest with the outlook; the kept one where not given.
    """
    names = sorted(shipped_disputes(), key=lambda name: (name != FIRST, name))
    found: dict[Path | None, str] = {}
    pages = []
    for name in names:
        record = load_record(name)
        scored = run_backtest(record, BUILT_IN)
        found[stored_file(record)] = to_csv(scored)
        pages.append(markdown(scored_record(record, scored)))
        if name == FIRST:
            if outlook is not None:
                found[stored_file(record, "-outlook")] = to_csv(outlook)
            kept = outlook or stored_backtest(record, last_checked(record), "-outlook")
            if kept:
                pages.append(outlook_markdown(summary(kept), OUTLOOK_RUNS))
    return {None: HEAD + "\n".join(pages), **found}


def main(page: str, *flags: str) -> None:
    """Write the page and the backtests, all or none."""
    outlook = outlook_backtest(load_record(FIRST)) if "--outlook" in flags else None
    write_together({path or Path(page): text for path, text in page_and_backtests(outlook).items()})


if __name__ == "__main__":
    main(*sys.argv[1:])
