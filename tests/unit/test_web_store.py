"""The store, in SQLite and in a real PostgreSQL: jobs, decisions, history, sessions; no work is lost."""

from __future__ import annotations

import threading
import time

import pytest
import sqlalchemy as sa

from detente.core.errors import InvalidOption, StaleVersion
from detente.web import store as module
from detente.web.store import Store


@pytest.fixture(params=["sqlite", "postgres"])
def store(request, tmp_path):
    if request.param == "sqlite":
        address = f"sqlite:///{tmp_path / 'deep' / 'store.sqlite'}"
    else:
        address = request.getfixturevalue("postgres")
    found = Store(address)
    yield found
    found.close()


def test_opening_again_finds_what_was_kept(store):
    job = store.submit("nash", "seal-a", {"sides": ["USA", "CHN"]}, "ana")
    again = Store(store.engine.url.render_as_string(hide_password=False))
    assert again.job(job["id"])["question"] == {"sides": ["USA", "CHN"]}
    assert again.submit("nash", "seal-a", {}, "ben")["id"] == job["id"]
    again.close()


def test_a_job_is_taken_by_one_worker_only(store):
    for n in range(12):
        store.submit("nash", f"seal-{n}", {}, "ana")
    taken: list[str] = []
    lock = threading.Lock()

    def work(name):
        while (job := store.claim(name, ("nash",))) is not None:
            with lock:
                taken.append(job["id"])

    threads = [threading.Thread(target=work, args=(f"w{n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(taken) == len(set(taken)) == 12


def test_a_job_whose_worker_died_is_taken_again_and_its_ghost_cannot_end_it(store, monkeypatch):
    job = store.submit("nash", "seal", {}, "ana")
    assert store.claim("first", ("nash",))["id"] == job["id"]
    assert store.claim("second", ("nash",)) is None
    monkeypatch.setattr(module, "STALE_SECONDS", -1.0)
    assert store.claim("second", ("nash",))["worker"] == "second"
    assert store.beat(job["id"], "first") is False
    store.finish(job["id"], "first", {"data": 1})
    assert store.job(job["id"])["state"] == "running"
    assert store.beat(job["id"], "second", "half way") is True
    store.finish(job["id"], "second", {"data": 2})
    assert store.job(job["id"])["result"] == {"data": 2}


def test_cancel_and_resume(store):
    job = store.submit("nash", "seal", {}, "ana")
    assert store.claim("an older worker", ("other",)) is None
    store.cancel(job["id"])
    assert store.job(job["id"])["state"] == "cancelled"
    store.resume(job["id"])
    assert store.claim("w", ("nash",))["id"] == job["id"]
    store.cancel(job["id"])
    assert store.beat(job["id"], "w") is False
    store.finish(job["id"], "w")
    assert store.job(job["id"])["state"] == "cancelled"
    assert store.submit("nash", "seal", {}, "ana")["state"] == "queued"


def test_only_the_first_decision_counts(store):
    reading = store.keep_reading("mine", "ana", {"proposals": []}, {})
    outcomes: list[str] = []

    def choose(who):
        try:
            store.reserve(reading, "p-1", True, who)
            outcomes.append(who)
        except StaleVersion:
            outcomes.append("conflict")

    threads = [threading.Thread(target=choose, args=(f"editor {n}",)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes.count("conflict") == 5
    assert store.reading(reading)["decisions"]["p-1"]["by"] in outcomes
    change = store.keep_change("mine", "accepted", {"a.yaml": {"before": None, "after": "x"}}, "ana")
    store.release(reading, "p-1", change)
    store.mark_undone(change, change)
    assert store.reading(reading)["decisions"] == {}


def test_sessions_end(store):
    store.open_session("seal", "ana", "editor", "mark", 60)
    assert store.session("seal")["role"] == "editor"
    store.open_session("old", "ben", "reader", "mark", -1)
    assert store.session("old") is None
    store.close_session("seal")
    assert store.session("seal") is None


def test_an_address_that_leads_nowhere_is_one_error(tmp_path):
    for address in (
        "nonsense",
        "postgresql+psycopg://nobody@127.0.0.1:1/none",
        "sqlite:////proc/none/x.sqlite",
    ):
        with pytest.raises(InvalidOption) as caught:
            Store(address)
        assert caught.value.where == "--store"


def test_opening_is_quick(tmp_path):
    address = f"sqlite:///{tmp_path / 'store.sqlite'}"
    Store(address)
    began = time.perf_counter()
    Store(address)
    assert time.perf_counter() - began < 1.0


def test_the_tables_declared_are_those_that_migrations_make(store):
    found = sa.inspect(store.engine)
    made = {
        name: {column["name"] for column in found.get_columns(name)}
        for name in found.get_table_names()
        if name != "alembic_version"
    }
    assert made == {name: set(table.c.keys()) for name, table in module.tables.tables.items()}
