import pytest

from detente.core.errors import DuplicateKey, MalformedFile
from detente.core.yaml12 import parse_yaml, read_yaml


def test_norway_dates_and_codes_stay_text():
    document, _ = parse_yaml("a: NO\nb: 2025-01-02\nc: yes\nd: 0101\ne: 12.5\nf: true\ng: null\nh: '7'", "t")
    assert document == {
        "a": "NO", "b": "2025-01-02", "c": "yes", "d": "0101", "e": 12.5, "f": True, "g": None, "h": "7",
    }  # fmt: skip


def test_a_duplicate_key_is_an_error_with_its_line():
    with pytest.raises(DuplicateKey) as caught:
        parse_yaml("a: 1\nb:\n  c: 1\n  c: 2\n", "file.yaml")
    assert caught.value.where == "file.yaml:4"


def test_broken_yaml_names_the_line():
    with pytest.raises(MalformedFile) as caught:
        parse_yaml("a: [1, 2\nb: 3\n", "file.yaml")
    assert caught.value.where.startswith("file.yaml:")


def test_lines_of_nested_keys_are_known():
    _, lines = parse_yaml("a: 1\nstates:\n  - rate: 1\n  - rate: 2\n", "t")
    assert lines[("states", 1, "rate")] == 4


def test_a_file_that_is_not_utf8_is_refused(tmp_path):
    path = tmp_path / "x.yaml"
    path.write_bytes(b"a: \xff\xfe")
    with pytest.raises(MalformedFile):
        read_yaml(path)
