"""What cannot be written is refused before anything is computed, and no device is ever replaced."""

from __future__ import annotations

from pathlib import Path

import pytest

from detente.core.errors import CannotWrite
from detente.core.results import require_writable, write_together


def test_a_new_file_in_new_folders_is_fine_and_leaves_nothing(tmp_path):
    require_writable(tmp_path / "a" / "b.json")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("target", "why"),
    [("/dev/null", "device"), ("/proc/b.json", "may not be written"), (".", "folder"), ("file/b", "folder")],
)
def test_what_cannot_be_written_is_refused_early(tmp_path, monkeypatch, target, why):
    monkeypatch.chdir(tmp_path)
    Path("file").write_text("x", encoding="utf-8")
    with pytest.raises(CannotWrite) as caught:
        require_writable(Path(target))
    assert why in caught.value.why


def test_a_device_is_not_replaced_by_a_file(tmp_path):
    kept = tmp_path / "kept.json"
    kept.write_text("before", encoding="utf-8")
    with pytest.raises(CannotWrite):
        write_together({kept: "after", Path("/dev/null"): "x"})
    assert kept.read_text(encoding="utf-8") == "before"
    assert Path("/dev/null").is_char_device()
