"""Times the panel: building all US duties by line, partner and time, and asking it. Prints one JSON object.

    python benchmarks/panel.py

Runs in a cache of its own, in processes of its own, so that start-up is counted as a user meets it.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time

QUESTION = ("panel", "query", "us-china", "--hs", "7326.90.8688", "--exporter", "CHN", "--json")


def run(arguments: tuple[str, ...], cache: str) -> tuple[float, str]:
    """Seconds of a command, and what it printed."""
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "detente", *arguments],
        env=os.environ | {"DETENTE_CACHE": cache},
        capture_output=True,
        text=True,
        check=True,
    )
    return time.perf_counter() - start, done.stdout


def main() -> None:
    """Build once, ask five times."""
    with tempfile.TemporaryDirectory() as cache:
        build, printed = run(("panel", "build", "us-china", "--json"), cache)
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        data = json.loads(printed)["data"]
        asked = sorted(run(QUESTION, cache)[0] for _ in range(5))
    print(
        json.dumps(
            {
                "build_seconds": round(build, 2),
                "build_processor_seconds": round(used.ru_utime + used.ru_stime, 2),
                "peak_memory_mb": used.ru_maxrss // 1024,
                "rows": data["rows"],
                "disk_mb": round(data["bytes"] / 1e6, 1),
                "query_seconds_median": round(asked[2], 3),
            }
        )
    )


if __name__ == "__main__":
    main()
