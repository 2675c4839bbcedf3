import pytest

from detente.core.errors import CannotWrite
from detente.core.results import envelope, to_json, write_together


def test_both_files_are_written_whole(tmp_path):
    one, two = tmp_path / "a" / "x.html", tmp_path / "a" / "x.json"
    write_together({one: "page", two: b"data"})
    assert (one.read_text(), two.read_bytes()) == ("page", b"data")
    assert sorted(p.name for p in one.parent.iterdir()) == ["x.html", "x.json"]


def test_a_failure_changes_nothing(tmp_path):
    one = tmp_path / "x.html"
    one.write_text("before")
    blocked = tmp_path / "x.json"
    blocked.mkdir()
    with pytest.raises(CannotWrite) as caught:
        write_together({one: "after", blocked: "data"})
    assert one.read_text() == "before"
    assert "x.json" in caught.value.where
    assert sorted(p.name for p in tmp_path.iterdir()) == ["x.html", "x.json"]


def test_no_number_that_is_none_reaches_json():
    with pytest.raises(ValueError, match="JSON"):
        to_json(envelope("status", {}, {"rate": float("nan")}))


def test_the_envelope_has_the_contract_s_keys():
    answer = envelope("status", {"on": "2025-05-20"}, {})
    assert set(answer) == {"schema", "detente", "query", "data", "provenance"}
    assert answer["schema"] == "detente/status/1"
    assert set(answer["provenance"]) == {"record_hash", "world_hash", "model", "certificate", "entries"}
