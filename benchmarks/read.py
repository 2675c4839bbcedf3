"""How fast articles are read, and in how much memory: `python benchmarks/read.py [COUNT] [WORKERS]`.

The articles are put together from the tuned gold texts, each as long as a newspaper's: 4,500 characters.
"""

from __future__ import annotations

import os
import resource
import sys
import tempfile
import time
from pathlib import Path

from detente.reading.gold import SHIPPED_GOLD, read_gold
from detente.reading.read import Options, read_all

CHARACTERS = 4500


def write_articles(folder: Path, count: int) -> None:
    """Articles of texts from the tuned gold, no two alike."""
    texts = [item.text for item in read_gold(SHIPPED_GOLD / "tuned")]
    for number in range(count):
        article, step = (
            f"BEIJING, May {1 + number % 28}, 2025 (Desk) - Number {number}.\n\n",
            1 + number // len(texts),
        )
        at = number
        while len(article) < CHARACTERS:
            article += texts[at % len(texts)] + "\n"
            at += step
        (folder / f"{number:05}.txt").write_text(article, encoding="utf-8")


def start_load() -> float:
    """Processes that compete for the machine; the clock means little where they are more than its cores."""
    return os.getloadavg()[0]


def main() -> None:
    """Write, read, report."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    workers = int(sys.argv[2]) if len(sys.argv) > 2 else 2
    with tempfile.TemporaryDirectory() as name:
        os.environ["DETENTE_CACHE"] = f"{name}/cache"
        folder = Path(name, "articles")
        folder.mkdir()
        write_articles(folder, count)
        start = time.perf_counter()
        reading = read_all([str(folder)], Options(dispute="us-china"), workers=workers)
        read = time.perf_counter() - start
        data = reading.data()
        total = time.perf_counter() - start
    memory = max(
        resource.getrusage(who).ru_maxrss / 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    spent = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    processor = sum(use.ru_utime + use.ru_stime for use in spent)
    print(f"{count} articles, {workers} processes: read {read:.1f} s, with grouping {total:.1f} s")
    print(
        f"processor time {processor:.1f} s, so {processor / workers:.1f} s on {workers} idle cores; "
        f"load now {start_load():.1f}"
    )
    print(f"{len(data['proposals'])} proposals; largest process {memory:.0f} MB")


if __name__ == "__main__":
    main()
