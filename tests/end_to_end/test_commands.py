"""The README's commands, as a newcomer types them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
VENV = Path(sys.prefix)


def run(*arguments):
    # The tests may themselves run under make, whose variables would make the inner one talk.
    own = {
        name: value for name, value in os.environ.items() if name not in ("MAKELEVEL", "MAKEFLAGS", "MFLAGS")
    }
    return subprocess.run(arguments, capture_output=True, text=True, check=False, cwd=ROOT, env=own)


@pytest.mark.skipif(shutil.which("make") is None, reason="make is not on this machine")
@pytest.mark.skipif(not (VENV / ".installed").exists(), reason="not run from the venv that make made")
def test_make_brief_writes_two_pages_with_their_twins(tmp_path):
    done = run("make", "brief", f"VENV={VENV}", f"OUT={tmp_path}")
    assert done.returncode == 0, done.stderr
    names = {p.name for p in tmp_path.iterdir()}
    assert names == {"brief.html", "brief.json", "brief-2025-06-05.html", "brief-2025-06-05.json"}
    worked = json.loads((tmp_path / "brief-2025-06-05.json").read_text())
    latest = json.loads((tmp_path / "brief.json").read_text())
    assert worked["data"]["on"] == "2025-06-05"
    assert latest["data"]["on"] == latest["data"]["state"]["checked_to"]
    assert worked["data"]["bottom_line"] != latest["data"]["bottom_line"]
    certificate = worked["provenance"]["certificate"]
    assert certificate["certified"]
    assert max(certificate["residuals"].values()) <= 1e-10


@pytest.mark.skipif(shutil.which("make") is None, reason="make is not on this machine")
def test_too_old_a_python_is_one_line(tmp_path):
    old = tmp_path / "python3"
    old.write_text('#!/bin/sh\nif [ "$1" = --version ]; then echo Python 3.8.2; exit 0; fi\nexit 1\n')
    old.chmod(0o755)
    done = run("make", "brief", f"PYTHON={old}", f"VENV={tmp_path / 'venv'}", f"OUT={tmp_path / 'build'}")
    assert done.returncode != 0
    (line,) = done.stdout.strip().splitlines()
    assert "3.11" in line
    assert "3.8.2" in line
    assert not (tmp_path / "build").exists()


@pytest.mark.skipif(shutil.which("make") is None, reason="make is not on this machine")
def test_no_venv_module_is_one_line(tmp_path):
    bare = tmp_path / "python3"
    bare.write_text('#!/bin/sh\ncase "$2" in *venv*) exit 1;; esac\nexit 0\n')
    bare.chmod(0o755)
    done = run("make", "brief", f"PYTHON={bare}", f"VENV={tmp_path / 'venv'}", f"OUT={tmp_path / 'build'}")
    assert done.returncode != 0
    (line,) = done.stdout.strip().splitlines()
    assert "venv" in line


def test_the_command_runs_from_any_folder(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "detente", "status", "us-china", "--on", "2025-05-20"],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env={**os.environ, "DETENTE_CACHE": str(tmp_path / "cache")},
    )
    assert done.returncode == 0, done.stderr
    assert "30 points added by these layers" in done.stdout
    assert "the tariff is" not in done.stdout.lower()
