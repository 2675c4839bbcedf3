"""`detente review` as a person uses it: one key a proposal, at a terminal."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
from pathlib import Path

import pytest
from tests.support.reading import ARTICLE

from detente.cli.main import _run

PATIENCE_SECONDS = 0.3


@pytest.fixture
def reading(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    Path("article.txt").write_text(ARTICLE, encoding="utf-8")
    assert _run(["new", "mine", "--from", "us-china"]) == 0
    assert _run(["read", "article.txt", "--out", "reading.json"]) == 0
    capsys.readouterr()
    return tmp_path


def at_a_terminal(keys: str, **environment: str) -> tuple[int, str]:
    """Exit status and what stood on the screen after these keys were typed."""
    ours, theirs = pty.openpty()
    running = subprocess.Popen(
        [sys.executable, "-m", "detente", "review", "reading.json", "--to", "mine"],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env=os.environ | environment,
        close_fds=True,
    )
    os.close(theirs)
    screen = ""
    answered = 0
    try:
        while True:
            ready, _, _ = select.select([ours], [], [], PATIENCE_SECONDS)
            if not ready:
                # Keys typed before the terminal listens are lost, as a person's would be: typed again.
                asked = screen.count("[q]uit")
                if asked > answered and answered < len(keys):
                    os.write(ours, keys[asked - 1].encode())
                continue
            try:
                more = os.read(ours, 4096).decode(errors="replace")
            except OSError:  # how Linux says that the other end is closed
                break
            if not more:
                break
            screen += more
            answered = screen.count("[q]uit") - 1
    finally:
        os.close(ours)
        status = running.wait(timeout=60)
    return status, screen


def record() -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in Path("mine").rglob("*.yaml")}


def written_since(before: dict[Path, bytes]) -> list[Path]:
    return [path for path, content in record().items() if before.get(path) != content]


def test_accept_skip_reject_and_quit(reading):
    before = record()
    status, screen = at_a_terminal("asrq")
    assert status == 0
    assert screen.count("[q]uit") == 4
    assert screen.count("wrote ") == len(written_since(before)) == 2  # what it confirms, and its source


def test_quitting_at_once_writes_nothing(reading):
    before = record()
    status, _ = at_a_terminal("q")
    assert status == 0
    assert record() == before


def test_edit_changes_the_entry_that_is_written(reading):
    editor = Path("editor.py")
    editor.write_text(
        "import sys\n"
        "path = sys.argv[1]\n"
        "open(path, 'w', encoding='utf-8').write('title: A title of my own\\n')\n",
        encoding="utf-8",
    )
    before = record()
    status, _ = at_a_terminal("ssse", EDITOR=f"{sys.executable} {editor.resolve()}")
    assert status == 0
    texts = [path.read_text(encoding="utf-8") for path in written_since(before)]
    assert any("title: A title of my own" in text for text in texts)


def test_without_a_terminal_it_says_what_to_write(reading, capsys):
    status = _run(["review", "reading.json", "--to", "mine", "--json"])
    assert status == 2
    assert "--accept" in capsys.readouterr().out
