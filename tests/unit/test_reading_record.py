"""Articles against each other and against the record: origins, events, conflicts; a run that goes on."""

from __future__ import annotations

import signal
import subprocess
import sys
from datetime import date

from tests.support.reading import ARTICLE

from detente.reading import read
from detente.reading.article import Article
from detente.reading.grouping import groups_of, origins_of
from detente.reading.link import Linker
from detente.reading.propose import read_article
from detente.reading.read import MANY_FILES, Journal, Options, read_all, read_one
from detente.record.files import load_record

LONG = (
    "The ministry in Beijing said the step answers American curbs and was weighed with care over many weeks. "
    * 4
)


def reading(file, text, day="2025-06-06", linker=None):
    article = Article(file=file, text=text)
    return read_article(article, published=date.fromisoformat(day), linker=linker)


def test_copies_have_one_origin_and_differing_figures_are_shown():
    one = reading("a", "China raised its duty on American beef to 80% on Thursday. " + LONG)
    two = reading("b", "China raised its duty on American beef to 80.5% on Thursday. " + LONG)
    three = reading(
        "c", "India cut its tariff on American almonds to 10% on Monday. Traders in Delhi were glad."
    )
    origins = origins_of([one, two, three])
    assert origins["a"] == origins["b"] != origins["c"]
    group = next(g for g in groups_of([one, two, three]) if g["act"] == "measure" and len(g["files"]) == 2)
    assert group["origins"] == 1
    conflict = next(c for c in group["conflicts"] if c["field"].startswith("amount"))
    assert {r["value"] for r in conflict["readings"]} == {80, 80.5}


def test_a_talk_on_record_is_confirmed_and_a_new_one_is_new():
    linker = Linker(load_record("us-china"))
    text = (
        "President Donald Trump and Chinese President Xi Jinping spoke by phone for 90 minutes on Thursday."
    )
    (known,) = reading("a", text, linker=lambda sides: linker).proposals
    assert known["effect"] == {"kind": "confirms", "entry": "talk-trump-xi-june-call"}
    text = "Brazil's trade minister met Chile's in Santiago on Monday to discuss copper tariffs."
    for proposal in reading("b", text, "2031-01-08", linker=lambda sides: linker).proposals:
        assert proposal["effect"] == {"kind": "new", "entry": None}


def test_an_interrupted_run_goes_on(tmp_path):
    files = []
    for number in range(MANY_FILES):
        path = tmp_path / f"{number:02}.txt"
        path.write_text(ARTICLE + f"Number {number}.", encoding="utf-8")
        files.append(str(path))
    options = Options()
    journal = Journal(files, options)
    first = read_all(files[:1], options).articles
    first[0].notes.append("read before")
    journal.add(files[0], first, None)
    whole = read_all(files, options, workers=1)
    assert "read before" in whole.articles[0].notes
    assert len(whole.articles) == MANY_FILES
    assert not journal.path.exists()


KILLED_AFTER = 10
KILLED = f"""
import os, signal, sys
from detente.reading.read import Options, read_all

def say(words):
    if words.startswith("read {KILLED_AFTER} "):
        os.kill(os.getpid(), signal.SIGKILL)

read_all(sys.argv[1:], Options(), say, workers=1)
"""


def test_a_killed_run_reads_nothing_twice_and_gives_the_same_answer(tmp_path, monkeypatch):
    monkeypatch.setenv("DETENTE_CACHE", str(tmp_path / "cache"))
    files = []
    for number in range(MANY_FILES):
        path = tmp_path / f"{number:02}.txt"
        path.write_text(ARTICLE.replace("145%", f"{145 + number}%"), encoding="utf-8")
        files.append(str(path))
    killed = subprocess.run([sys.executable, "-c", KILLED, *files], check=False)
    assert killed.returncode == -signal.SIGKILL
    with Journal(files, Options()).path.open("a", encoding="utf-8") as journal:
        journal.write('\n["half a li')  # what a power cut leaves of the line being written
    seen = []

    def counted(name, options):
        seen.append(name)
        return read_one(name, options)

    monkeypatch.setattr(read, "read_one", counted)
    resumed = read_all(files, Options(), workers=1)
    assert seen == files[KILLED_AFTER:]
    monkeypatch.setenv("DETENTE_CACHE", str(tmp_path / "another"))
    seen.clear()
    assert resumed.data() == read_all(files, Options(), workers=1).data()
    assert seen == files
