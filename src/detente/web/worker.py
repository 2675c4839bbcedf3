"""A worker: takes jobs from the store one by one, says how far it is, and stops where it is told to.

Run as `python -m detente.web.worker`, told as JSON on standard input where the store and the folders are.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
import traceback
from pathlib import Path
from typing import Any

from detente.core.caches import cache_folder
from detente.core.errors import DetenteError, InternalError
from detente.web.disputes import Disputes
from detente.web.settings import Settings
from detente.web.store import Store
from detente.web.tasks import KEEPS, TASKS

BEAT_SECONDS = 1.0
IDLE_SECONDS = 0.5
NICENESS = 5


class _Beat(threading.Thread):
    """Keeps a job's heart beating; ends the whole process when the job is to stop.

    Work that is in the middle of a solve cannot be broken off from inside.
    """

    def __init__(self, store: Store, job: str, worker: str) -> None:
        super().__init__(daemon=True)
        self.store, self.job, self.worker = store, job, worker
        self.words: str | None = None
        self.over = threading.Event()

    def run(self) -> None:
        """Beat until the job is over."""
        while not self.over.wait(BEAT_SECONDS):
            if not self.store.beat(self.job, self.worker, self.words) and not self.over.is_set():
                self.store.finish(self.job, self.worker)
                os._exit(0)


def work(store: Store, job: dict[str, Any], worker: str, folders: dict[str, Path]) -> None:
    """Do one job and store its end."""
    beat = _Beat(store, job["id"], worker)
    beat.start()

    def progress(words: str) -> None:
        beat.words = words

    try:
        kind = job["kind"]
        more = {"kept": cache_folder() / "jobs" / job["seal"]} if kind in KEEPS else {}
        result, error = TASKS[kind](job["question"], folders, progress, **more), None
    except DetenteError as found:
        result, error = None, found.as_dict()
    except Exception as found:
        traceback.print_exc()
        bug = InternalError(
            type(found).__name__,
            where=job["kind"],
            why="this is a fault in detente, not in what you gave",
            instead="please report it with what you asked",
        )
        result, error = None, bug.as_dict()
    beat.over.set()
    beat.join()
    store.finish(job["id"], worker, result, error)


def main() -> None:
    """Work until the server that started this process is gone."""
    told = json.loads(sys.stdin.readline())
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    store = Store(told["store"])
    home = Path(told["home"]) if told["home"] else None
    disputes = Disputes(Settings(folders={n: Path(p) for n, p in told["folders"].items()}, home=home))
    worker, parent = f"{os.uname().nodename}:{os.getpid()}", os.getppid()
    while os.getppid() == parent:
        job = store.claim(worker, TASKS)
        if job is None:
            time.sleep(IDLE_SECONDS)
        else:
            work(store, job, worker, disputes.folders)


if __name__ == "__main__":
    main()
