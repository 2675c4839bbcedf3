"""Setting one value of a YAML text: the new document is as meant, and every other line is as it was."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.core.errors import InvalidOption
from detente.core.yaml12 import parse_yaml
from detente.core.yaml_edit import remove_value, set_value
from detente.record.files import SHIPPED

FILES = sorted(SHIPPED.rglob("*.yaml"))
TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["C"]), max_size=200)
SCALARS = st.one_of(
    TEXT,
    st.sampled_from(
        ["NO", "2025-01-01", "0123", "a: b", "# not a comment", "- dash", "it's", "x\ny", "null", ""]
    ),
    st.integers(-(10**6), 10**6),
    st.floats(-1e6, 1e6, allow_nan=False).map(lambda x: round(x, 3)),
    st.booleans(),
    st.none(),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "b", "c"]), inner, max_size=3)
    ),
    max_leaves=6,
)


def paths(part, path=()):
    """Every path of a document, and the next free place of every list."""
    if isinstance(part, dict):
        for key, value in part.items():
            yield (*path, key)
            yield from paths(value, (*path, key))
        yield (*path, "new_field")
    elif isinstance(part, list):
        for number, value in enumerate(part):
            yield (*path, number)
            yield from paths(value, (*path, number))
        yield (*path, len(part))


def comments(text):
    return [line.strip() for line in text.splitlines() if line.strip().startswith("#")]


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_any_value_of_any_shipped_file_can_be_set(data):
    text = data.draw(st.sampled_from(FILES)).read_text(encoding="utf-8")
    document, lines = parse_yaml(text, "x")
    path = data.draw(st.sampled_from(list(paths(document))))
    value = data.draw(VALUES)
    edited = set_value(text, path, value, "x")  # it checks itself that the document is as meant
    found, _ = parse_yaml(edited, "x")
    for step in path:
        found = found[step]
    assert found == value or (value is None and found in (None, ""))
    # Lines before the field, comments among them, are untouched.
    first = lines.get(path, lines.get(path[:1], 1))
    assert edited.splitlines()[: first - 1] == text.splitlines()[: first - 1]
    again = set_value(edited, path, value, "x")
    assert parse_yaml(again, "x")[0] == parse_yaml(edited, "x")[0]


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_field_set_and_taken_out_leaves_the_text_as_it_was(data):
    text = data.draw(st.sampled_from(FILES)).read_text(encoding="utf-8")
    value = data.draw(VALUES)
    there = set_value(text, ("a_new_field",), value, "x")
    assert remove_value(there, "a_new_field", "x").rstrip("\n") == text.rstrip("\n")
    assert comments(there)[: len(comments(text))] == comments(text)


COMMENTED = """\
# head
id: talk-x  # the id
people:   # who came
  - {name: A, side: USA}  # first
  # between
  - name: B
    side: CHN   # second
text: >
  folded
  words

# before the end
last: [1, 2, ]   # a list
"""


@pytest.mark.parametrize(
    ("path", "value", "old", "new"),
    [
        (("id",), "talk-y", "id: talk-x", "id: talk-y"),
        (("people", 0, "side"), "AUS", "side: USA}", "side: AUS}"),
        (("people", 1, "side"), "AUS", "side: CHN", "side: AUS"),
        (("people", 0, "office"), "none", "side: USA}", "side: USA, office: none}"),
        (("last", 2), 3, "[1, 2, ]", "[1, 2, 3 ]"),
        (("text",), "plain", "text: >\n  folded\n  words\n", "text: plain\n"),
    ],
)
def test_comments_beside_the_value_stay(path, value, old, new):
    assert set_value(COMMENTED, path, value, "x") == COMMENTED.replace(old, new)


@pytest.mark.parametrize("path", [("nothing", "here"), ("people", 9), ("people", 0, "name", "x"), ("id", 0)])
def test_a_path_to_nothing_is_refused(path):
    with pytest.raises(InvalidOption):
        set_value(COMMENTED, path, 1, "x")
    with pytest.raises(InvalidOption):
        remove_value(COMMENTED, "nothing", "x")


def test_a_file_without_a_last_line_end_takes_a_field():
    assert set_value("a: 1", ("b",), 2, "x") == "a: 1\nb: 2"
