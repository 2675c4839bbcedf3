"""Many runs in chunks, here, in local processes or on a Dask cluster; each finished chunk is kept as Parquet.

A run's chance is spawned from (seed, run) alone, so a chunk is the same whoever works it out and however runs
are cut up. A chunk is written whole (beside its place, then renamed) or not at all; a later sweep of the same
question takes the chunks that are there and works out the rest. A worker that dies takes only its own chunk
with it, which is given to another.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Protocol, TypeVar

import polars as pl

from detente import __version__
from detente.core.errors import InvalidOption, MissingData
from detente.core.results import write_together

CHUNK_RUNS = 250
"""Runs in a chunk: small enough that a time limit cuts near where it stands, large enough to hide the cost
of sending."""

TRIES = 3
"""Times that a pool of local processes is set up anew, or a chunk on a cluster tried again, after a death."""

CONNECT_SECONDS = 5

T = TypeVar("T")
Progress = Callable[[str], None]


class Pool(Protocol):
    """Whatever can work out tasks; results come as they are ready, with the position of their task."""

    name: str
    workers: int

    def work(
        self, function: Callable[[Any], T], tasks: Sequence[Any], until: float | None = None
    ) -> Iterator[tuple[int, T]]:
        """Each task's position and result, in any order.

        Args:
            function: importable where the workers are.
            tasks: its arguments.
            until: `time.monotonic()` at which to stop; what is not ready then is left out.
        """
        ...

    def close(self) -> None:
        """Let the workers go."""
        ...


def _late(until: float | None) -> bool:
    return until is not None and time.monotonic() >= until


@dataclass
class Here:
    """In this process, one task after the other."""

    name: str = "this process"
    workers: int = 1

    def work(
        self, function: Callable[[Any], T], tasks: Sequence[Any], until: float | None = None
    ) -> Iterator[tuple[int, T]]:
        """See `Pool`."""
        for number, task in enumerate(tasks):
            if _late(until):
                return
            yield number, function(task)

    def close(self) -> None:
        """See `Pool`."""


@dataclass
class Processes:
    """Local processes, started afresh (spawn), so that they hold nothing but what they are sent."""

    workers: int
    name: str = "local processes"
    _executor: ProcessPoolExecutor | None = None

    def work(
        self, function: Callable[[Any], T], tasks: Sequence[Any], until: float | None = None
    ) -> Iterator[tuple[int, T]]:
        """See `Pool`; a pool that broke because a worker died is set up anew for the tasks left."""
        left = dict(enumerate(tasks))
        for tries_left in reversed(range(TRIES + 1)):
            try:
                for number, result in self._round(function, dict(left), until):
                    del left[number]
                    yield number, result
                return
            except BrokenProcessPool:
                self.close()
                if not tries_left:
                    raise

    def _round(
        self, function: Callable[[Any], T], tasks: dict[int, Any], until: float | None
    ) -> Iterator[tuple[int, T]]:
        if self._executor is None:
            self._executor = ProcessPoolExecutor(self.workers, mp_context=get_context("spawn"))
        executor = self._executor
        # Not more is handed out than is being worked on: a time limit then waits for no queue.
        waiting, running = list(tasks), {}
        while waiting or running:
            while waiting and len(running) < 2 * self.workers and not _late(until):
                number = waiting.pop(0)
                running[executor.submit(function, tasks[number])] = number
            if not running:
                return
            left = None if until is None else max(0.0, until - time.monotonic())
            done, _ = wait(running, timeout=left, return_when=FIRST_COMPLETED)
            if not done:
                _drop(running)
                self.close()
                return
            for future in done:
                yield running.pop(future), future.result()

    def close(self) -> None:
        """See `Pool`."""
        if self._executor is not None:
            self._executor.shutdown(wait=False, cancel_futures=True)
            self._executor = None


def _drop(running: dict[Future[Any], int]) -> None:
    for future in running:
        future.cancel()


@dataclass
class Cluster:
    """Workers of a Dask scheduler, which need this package installed and nothing else."""

    address: str
    name: str = "Dask cluster"
    client: Any = field(default=None, repr=False)
    workers: int = 0

    def __post_init__(self) -> None:
        try:
            from distributed import Client
        except ImportError:
            raise MissingData(
                "Dask distributed is not installed",
                where="--scheduler",
                why="the cluster engine is an extra",
                instead="pip install 'detente[cluster]', or --workers N for local processes",
            ) from None
        if self.client is None:
            try:
                self.client = Client(self.address, timeout=CONNECT_SECONDS, set_as_default=False)
            except (OSError, TimeoutError, ValueError) as error:
                raise InvalidOption(
                    f"no scheduler at {self.address}",
                    where="--scheduler",
                    why=str(error) or "it did not answer",
                    instead="the address that `dask scheduler` prints, for example tcp://127.0.0.1:8786",
                ) from None
        # A worker without this package fails at every task, and a task that fails is tried for ever.
        versions = self._versions()
        self.workers = len(versions)
        if not self.workers:
            raise InvalidOption(
                f"the scheduler at {self.address} has no worker",
                where="--scheduler",
                why="nobody would do the work",
                instead=f"dask worker {self.address}",
            )
        others = {place: version for place, version in versions.items() if version != __version__}
        if others:
            place, version = next(iter(others.items()))
            self.client.close()
            raise InvalidOption(
                f"the worker {place} answers {str(version)!r}",
                where="--scheduler",
                why=f"runs are the same everywhere only with one version, here {__version__}",
                instead=f"install detente {__version__} on every worker",
            )

    def _versions(self) -> dict[str, Any]:
        """Version of this package on every worker; an exception where it cannot be loaded."""
        return self.client.run(_version_here, on_error="return")

    def work(
        self, function: Callable[[Any], T], tasks: Sequence[Any], until: float | None = None
    ) -> Iterator[tuple[int, T]]:
        """See `Pool`."""
        from distributed import as_completed

        futures = self.client.map(function, list(tasks), pure=False, retries=TRIES)
        place = {future.key: number for number, future in enumerate(futures)}
        left = None if until is None else max(0.0, until - time.monotonic())
        try:
            for future, result in as_completed(futures, self.client.loop, True, timeout=left):
                yield place[future.key], result
        except TimeoutError:
            return
        finally:
            self.client.cancel(futures)

    def close(self) -> None:
        """See `Pool`."""
        self.client.close()


def _version_here() -> str:
    return __version__


def pool_of(workers: int | None = None, scheduler: str | None = None) -> Pool:
    """The pool that the flags ask for.

    Args:
        workers: local processes; 1 works here; None takes the machine's processors.
        scheduler: address of a Dask scheduler.

    Raises:
        InvalidOption: fewer than one worker, both flags, no scheduler at the address.
        MissingData: a scheduler is named and Dask is not installed.
    """
    if workers is not None and scheduler is not None:
        raise InvalidOption(
            "--workers and --scheduler",
            where="--workers",
            why="local processes or a cluster, not both",
            instead="leave one out",
        )
    if scheduler is not None:
        return Cluster(scheduler)
    if workers is not None and workers < 1:
        raise InvalidOption(f"{workers} workers", where="--workers", why="it counts from 1", instead="2")
    number = workers or os.cpu_count() or 1
    return Here() if number == 1 else Processes(number)


@dataclass(frozen=True)
class Sweep:
    """What a sweep came to.

    Attributes:
        rows: all chunks' rows, in the order of runs.
        runs: how many runs they hold.
        complete: whether these are all that were asked for.
        reused_chunks: chunks that were there before.
    """

    rows: pl.DataFrame
    runs: int
    complete: bool
    reused_chunks: int


def sweep(
    work: Callable[[range], pl.DataFrame],
    runs: int,
    pool: Pool,
    folder: Path,
    *,
    until: float | None = None,
    chunk_runs: int = CHUNK_RUNS,
    progress: Progress = lambda _: None,
) -> Sweep:
    """The rows of runs 0 to `runs` - 1, from the folder's chunks and the pool's work.

    Args:
        work: rows of a range of runs, with a column `run`; must be importable where the pool's workers are.
        runs: how many.
        pool: who works.
        folder: chunks of this very question; made where it is not there.
        until: `time.monotonic()` at which to stop with what is there.
        chunk_runs: runs in a chunk.
        progress: told how far it is.

    Raises:
        CannotWrite: the folder cannot be written.
    """
    spans = [range(start, min(start + chunk_runs, runs)) for start in range(0, runs, chunk_runs)]
    files = [folder / f"runs-{span.start:07d}-{span.stop:07d}.parquet" for span in spans]
    found = {n: rows for n, file in enumerate(files) if (rows := _read(file)) is not None}
    reused = len(found)
    todo = [n for n in range(len(spans)) if n not in found]
    for number, rows in pool.work(work, [spans[n] for n in todo], until):
        found[todo[number]] = rows
        _write(files[todo[number]], rows)
        progress(f"outlook: {sum(len(spans[n]) for n in found):,} of {runs:,} runs ({pool.name})")
    done = sum(len(spans[n]) for n in found)
    rows = pl.concat([found[n] for n in sorted(found)]) if found else pl.DataFrame()
    return Sweep(rows, done, done == runs, reused)


def sweep_each(
    works: Sequence[tuple[Callable[[range], pl.DataFrame], Path]],
    runs: int,
    pool: Pool,
    *,
    until: float | None = None,
    progress: Progress = lambda _: None,
) -> list[pl.DataFrame | None]:
    """The first runs of several questions, each one chunk; None where the time ended first.

    Args:
        works: what gives a question's rows, and the folder of its chunks.
        runs, pool, until, progress: see `sweep`.
    """
    span = range(runs)
    files = [folder / f"runs-{span.start:07d}-{span.stop:07d}.parquet" for _, folder in works]
    found = [_read(file) for file in files]
    todo = [n for n, rows in enumerate(found) if rows is None]
    for number, rows in pool.work(_call, [(works[n][0], span) for n in todo], until):
        found[todo[number]] = rows
        _write(files[todo[number]], rows)
        progress(f"outlook: {sum(r is not None for r in found)} of {len(works)} variations ({pool.name})")
    return found


def _call(task: tuple[Callable[[range], pl.DataFrame], range]) -> pl.DataFrame:
    work, span = task
    return work(span)


def _read(file: Path) -> pl.DataFrame | None:
    """A finished chunk; None where there is none, or where it is not one."""
    if not file.exists():
        return None
    try:
        return pl.read_parquet(file)
    except (OSError, pl.exceptions.PolarsError):
        return None


def _write(file: Path, rows: pl.DataFrame) -> None:
    import io

    buffer = io.BytesIO()
    rows.write_parquet(buffer)
    write_together({file: buffer.getvalue()})
