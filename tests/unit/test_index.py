"""The index: what was read once is kept by content, and a broken or locked index only costs time."""

from __future__ import annotations

import pickle
import shutil
import sqlite3
import subprocess
import sys
import time
from contextlib import closing

import pytest
from tests.support.dispute import TALK, TRUCE, write_dispute

from detente.record import files
from detente.record.files import contents, digest_of, load_record
from detente.record.index import Index, key_of


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """A cache folder of this test alone."""
    folder = tmp_path / "cache"
    monkeypatch.setenv("DETENTE_CACHE", str(folder))
    return folder


@pytest.fixture
def parsed(monkeypatch):
    """Names of the entry files that were read afresh."""
    names = []
    whole = files._parse_entry

    def noting(content, shown):
        names.append(shown.rsplit("/", 1)[1])
        return whole(content, shown)

    monkeypatch.setattr(files, "_parse_entry", noting)
    return names


def forget():
    """As a new process would: nothing in memory."""
    files._kept.cache_clear()
    files.indexes.__globals__["_index"].cache_clear()


def test_what_was_read_once_is_not_parsed_again(cache, parsed, tmp_path):
    folder = write_dispute(tmp_path / "d", {"measure-reciprocal": TRUCE}, {"a.csv": "hs\n8517\n"})
    first = load_record(str(folder))
    assert len(parsed) == 3
    forget()
    second = load_record(str(folder))
    assert len(parsed) == 3
    assert second.digest == first.digest
    assert second.entries.keys() == first.entries.keys()
    assert second.lists["a.csv"].goods({}) == ((None, frozenset({"8517"})),)


def test_an_edit_costs_the_reading_of_one_file(cache, parsed, tmp_path):
    folder = write_dispute(tmp_path / "d", {"measure-reciprocal": TRUCE})
    before = load_record(str(folder))
    parsed.clear()
    # The same length, so that only the content tells.
    (folder / "talk-first-contact.yaml").write_text(TALK.replace("First contact", "Third contact"))
    forget()
    after = load_record(str(folder))
    assert parsed == ["talk-first-contact.yaml"]
    assert after.get("talk-first-contact").title == "Third contact"
    assert after.digest != before.digest


def test_one_content_in_two_folders_is_two_records(cache, parsed, tmp_path):
    one = write_dispute(tmp_path / "one", {"measure-reciprocal": TRUCE}, {"a.csv": "hs,kind\n8517,x\n"})
    load_record(str(one))
    parsed.clear()
    forget()
    shutil.copytree(one, tmp_path / "two")
    copied = load_record(str(tmp_path / "two"))
    assert parsed == []
    assert copied.folder.name == "two"
    assert copied.where("measure-reciprocal", "layer").startswith("two/")
    shutil.rmtree(one)
    assert copied.lists["a.csv"].goods({"kind": "x"}) == ((None, frozenset({"8517"})),)


@pytest.mark.parametrize("damage", ["garbage", "cut", "tables gone", "value broken", "empty"])
def test_a_damaged_index_is_made_afresh(cache, parsed, tmp_path, damage):
    folder = write_dispute(tmp_path / "d", {"measure-reciprocal": TRUCE})
    load_record(str(folder))
    index = cache / "records.sqlite"
    if damage == "garbage":
        index.write_bytes(b"not a database at all" * 1000)
    elif damage == "cut":
        index.write_bytes(index.read_bytes()[: index.stat().st_size // 2])
    elif damage == "empty":
        index.write_bytes(b"")
    else:
        with closing(sqlite3.connect(index)) as connection, connection:
            if damage == "tables gone":
                connection.execute("DROP TABLE parts")
                connection.execute("DROP TABLE records")
            else:
                connection.execute("UPDATE records SET value = ?", (b"\x80\x05broken",))
                connection.execute("UPDATE parts SET value = ?", (b"\x80\x05broken",))
    forget()
    assert load_record(str(folder)).get("measure-reciprocal") is not None
    forget()
    assert load_record(str(folder)).get("measure-reciprocal") is not None
    parsed.clear()
    forget()
    load_record(str(folder))
    assert parsed == []


def test_where_the_cache_cannot_be_written_it_is_kept_in_memory(parsed, tmp_path, monkeypatch):
    blocked = tmp_path / "file"
    blocked.write_text("a file where a folder should be")
    monkeypatch.setenv("DETENTE_CACHE", str(blocked / "cache"))
    folder = write_dispute(tmp_path / "d", {"measure-reciprocal": TRUCE})
    load_record(str(folder))
    parsed.clear()
    (folder / "talk-first-contact.yaml").write_text(TALK.replace("First contact", "Third contact"))
    load_record(str(folder))
    assert parsed == ["talk-first-contact.yaml"]


def test_a_locked_index_is_waited_for_and_then_done_without(tmp_path, monkeypatch):
    monkeypatch.setattr("detente.record.index.LOCK_SECONDS", 0.05)
    index = Index(tmp_path / "records.sqlite")
    index.keep({}, {key_of(b"a"): "kept"})
    with closing(sqlite3.connect(tmp_path / "records.sqlite")) as other:
        other.execute("BEGIN EXCLUSIVE")
        index.keep({}, {key_of(b"b"): "lost"})
        assert index.parts([key_of(b"a")]) == {}
        other.rollback()
    assert index.parts([key_of(b"a"), key_of(b"b")]) == {key_of(b"a"): "kept"}


def test_an_index_keeps_the_latest_records_only(tmp_path):
    index = Index(tmp_path / "records.sqlite")
    keys = [key_of(str(n).encode()) for n in range(40)]
    for key in keys:
        index.keep({key: "record"}, {})
    held = [key for key in keys if index.record(key)]
    assert held == keys[-16:]


def test_a_shipped_index_is_only_read(tmp_path):
    path = tmp_path / "records.index"
    Index(path).keep({key_of(b"a"): "record"}, {})
    before = path.read_bytes()
    fixed = Index(path, fixed=True)
    assert fixed.record(key_of(b"a")) == "record"
    fixed.keep({key_of(b"b"): "record"}, {})
    assert path.read_bytes() == before
    path.write_bytes(b"broken" * 500)
    assert Index(path, fixed=True).record(key_of(b"a")) is None
    assert path.exists()


READER = (
    "import sys\nfrom detente.record.files import load_record\n"
    "for _ in range(5):\n    print(len(load_record(sys.argv[1]).entries))\n"
)


def test_several_processes_may_use_one_index(cache, tmp_path):
    folder = write_dispute(tmp_path / "d", {"measure-reciprocal": TRUCE})
    running = [
        subprocess.Popen([sys.executable, "-c", READER, str(folder)], stdout=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    for process in running:
        out, _ = process.communicate(timeout=60)
        assert (process.returncode, out.split()) == (0, ["3"] * 5)
    with closing(sqlite3.connect(cache / "records.sqlite")) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        (value,) = connection.execute("SELECT value FROM records").fetchone()
        assert len(pickle.loads(value).entries) == 3


def test_the_digest_tells_names_and_contents_apart(tmp_path):
    folder = write_dispute(tmp_path / "d", {})
    before = digest_of(contents(folder))
    (folder / "talk-first-contact.yaml").rename(folder / "talk-first-contact.yml")
    assert digest_of(contents(folder)) != before


@pytest.mark.slow
def test_five_thousand_entries_are_read_in_under_two_seconds(cache, tmp_path):
    talks = {
        f"talk-number-{n}": TALK.replace("talk-first-contact", f"talk-number-{n}").replace(
            "First contact", f"Contact {n}"
        )
        for n in range(5000)
    }
    folder = write_dispute(tmp_path / "d", talks)
    load_record(str(folder))
    forget()
    start = time.process_time()  # of this process, so that a busy machine does not count
    assert len(load_record(str(folder)).entries) == 5002
    assert time.process_time() - start < 2.0
