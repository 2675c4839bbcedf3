"""Progress on stderr: one line that changes on a terminal, a line every two seconds elsewhere."""

from __future__ import annotations

import sys
import time
from types import TracebackType

QUIET_SECONDS = 2.0


class Progress:
    """Call it with words; it shows them on stderr without flooding a log."""

    def __init__(self) -> None:
        self._terminal = sys.stderr.isatty()
        self._last = time.monotonic()

    def __enter__(self) -> Progress:
        return self

    def __call__(self, words: str) -> None:
        if self._terminal:
            sys.stderr.write(f"\r\033[K{words}")
            sys.stderr.flush()
        elif time.monotonic() - self._last > QUIET_SECONDS:
            self._last = time.monotonic()
            sys.stderr.write(f"{words}\n")
            sys.stderr.flush()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._terminal:
            sys.stderr.write("\r\033[K")
            sys.stderr.flush()
