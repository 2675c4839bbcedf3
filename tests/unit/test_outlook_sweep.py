"""Chunks: whole or not at all, taken up again, the same whoever works them out, and dead workers survived."""

import os
import shutil
import time
from importlib import import_module
from pathlib import Path

import pytest

from detente.core.errors import InvalidOption
from detente.talks.outlook_sweep import Cluster, Here, Processes, pool_of, sweep

WORK = Path(__file__).parent.parent / "support" / "chunks.py"


@pytest.fixture
def chunks(tmp_path, monkeypatch):
    """The module of work to be done, at a place where processes started afresh find it."""
    folder = tmp_path / "modules"
    folder.mkdir()
    shutil.copy(WORK, folder / "chunk_work.py")
    monkeypatch.syspath_prepend(str(folder))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(folder), os.environ.get("PYTHONPATH", "")]))
    monkeypatch.delitem(__import__("sys").modules, "chunk_work", raising=False)
    return import_module("chunk_work")


def whole(rows, runs):
    assert rows["run"].to_list() == list(range(runs))
    assert rows["square"].to_list() == [run * run for run in range(runs)]


def test_a_second_sweep_works_out_only_what_is_missing(tmp_path, chunks):
    notes = tmp_path / "notes"
    notes.mkdir()
    first = sweep(chunks.Counting(notes), 45, Here(), tmp_path / "chunks", chunk_runs=10)
    whole(first.rows, 45)
    assert (first.complete, first.reused_chunks, len(list(notes.iterdir()))) == (True, 0, 5)
    files = sorted((tmp_path / "chunks").iterdir())
    files[1].unlink()
    files[3].write_bytes(files[3].read_bytes()[:100])
    again = sweep(chunks.Counting(notes), 45, Here(), tmp_path / "chunks", chunk_runs=10)
    whole(again.rows, 45)
    assert again.reused_chunks == 3
    assert len(list(notes.iterdir())) == 7
    assert again.rows.equals(first.rows)


def test_no_chunk_is_left_half_written(tmp_path, chunks):
    def breaks(runs):
        if runs.start == 20:
            raise RuntimeError("in the third chunk")
        return chunks.squares(runs)

    with pytest.raises(RuntimeError, match="third"):
        sweep(breaks, 40, Here(), tmp_path / "chunks", chunk_runs=10)
    assert [file.suffix for file in (tmp_path / "chunks").iterdir()] == [".parquet", ".parquet"]
    assert sweep(chunks.squares, 40, Here(), tmp_path / "chunks", chunk_runs=10).reused_chunks == 2


def test_a_time_limit_leaves_the_runs_that_are_ready(tmp_path, chunks):
    def slow(runs):
        time.sleep(0.02)
        return chunks.squares(runs)

    part = sweep(slow, 10_000, Here(), tmp_path, until=time.monotonic() + 0.1, chunk_runs=10)
    assert not part.complete
    assert 0 < part.runs < 10_000
    assert part.rows["run"].to_list() == list(range(part.runs))


def test_a_killed_local_process_costs_its_chunk_and_no_more(tmp_path, chunks):
    pool = Processes(1)
    try:
        done = sweep(chunks.Fatal(tmp_path), 40, pool, tmp_path / "chunks", chunk_runs=10)
    finally:
        pool.close()
    assert (tmp_path / "killed").exists()
    whole(done.rows, 40)


@pytest.mark.slow
def test_a_killed_worker_of_a_cluster_costs_its_chunk_and_no_more(tmp_path, chunks):
    distributed = pytest.importorskip("distributed")
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
        ) as cluster,
    ):
        pool = Cluster(cluster.scheduler_address)
        try:
            done = sweep(chunks.Fatal(tmp_path), 40, pool, tmp_path / "chunks", chunk_runs=10)
        finally:
            pool.close()
    assert (tmp_path / "killed").exists()
    whole(done.rows, 40)
    assert done.rows.equals(sweep(chunks.squares, 40, Here(), tmp_path / "here", chunk_runs=7).rows)


def test_the_flags_that_cannot_be_are_refused():
    with pytest.raises(InvalidOption, match="0 workers"):
        pool_of(0)
    with pytest.raises(InvalidOption, match="--workers and --scheduler"):
        pool_of(2, "tcp://127.0.0.1:1")
    assert isinstance(pool_of(1), Here)


def test_a_scheduler_that_does_not_answer_is_an_error_of_the_flag():
    pytest.importorskip("distributed")
    with pytest.raises(InvalidOption, match="no scheduler") as refused:
        pool_of(None, "tcp://127.0.0.1:9")
    assert refused.value.where == "--scheduler"
    with pytest.raises(InvalidOption, match="no scheduler"):
        pool_of(None, "nonsense://x")


@pytest.mark.slow
def test_plays_and_economic_numbers_are_the_same_here_in_processes_and_on_a_cluster(tmp_path):
    distributed = pytest.importorskip("distributed")
    from detente.economy.worlds import load_world
    from detente.policy import SectorPolicy
    from detente.talks.outlook_economy import Setting, Solve, work_out
    from detente.talks.outlook_runs import Runs
    from detente.talks.synthetic import synthetic_game

    game = synthetic_game()
    work = Runs(game, dict.fromkeys(game.sides, ("tit-for-tat", "hardliner")), 5, 100)
    world = load_world()
    policies = tuple(
        SectorPolicy.duties(world.economies, world.sectors, {("USA", "CHN"): rate}) for rate in (0.1, 0.4)
    )
    tasks = [Solve(Setting(), "long_run", ("USA", "CHN"), (policy,)) for policy in policies]

    def all_of(pool, name):
        rows = sweep(work, 10, pool, tmp_path / name, chunk_runs=4).rows
        answers = dict(pool.work(work_out, tasks))
        return rows, [answers[n][0] for n in range(len(tasks))]

    rows, answers = all_of(Here(), "here")
    local = Processes(1)
    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=1, processes=True, dashboard_address=None
    ) as cluster:
        pools = {"local": local, "cluster": Cluster(cluster.scheduler_address)}
        for name, pool in pools.items():
            other, numbers = all_of(pool, name)
            pool.close()
            assert other.equals(rows)
            for mine, theirs in zip(answers, numbers, strict=True):
                for party, values in mine.numbers.items():
                    assert theirs.numbers[party] == pytest.approx(values, rel=1e-9)
