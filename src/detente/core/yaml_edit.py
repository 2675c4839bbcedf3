"""Changing one value of a YAML text and nothing else: comments, order and quotes stay as they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import yaml

from detente.core.errors import InternalError, InvalidOption
from detente.core.yaml12 import parse_yaml

WIDTH = 110

Path = tuple[str | int, ...]


def set_value(text: str, path: Path, value: Any, label: str) -> str:
    """The text with one value set; every other character stays.

    Args:
        text: a YAML document that is a mapping.
        path: keys and positions down to the value, e.g. ("states", 0, "rate_percent"). The last may be new:
            a new key of a mapping, or the next position of a list.
        value: plain Python: text, numbers, true or false, None, lists, mappings.
        label: how the document is named in errors.

    Raises:
        InvalidOption: the path leads nowhere.
    """
    before, _ = parse_yaml(text, label)
    expected = _changed(before, path, value, label)
    spot = _find(_compose(text), path)
    return _checked(_spliced(text, spot, path[-1], value), expected, path, label)


def remove_value(text: str, key: str, label: str) -> str:
    """The text without one top-level field.

    Raises:
        InvalidOption: there is no such field.
    """
    before, _ = parse_yaml(text, label)
    if not isinstance(before, dict) or key not in before:
        raise _nowhere((key,), label)
    expected = {name: value for name, value in before.items() if name != key}
    root = _compose(text)
    pair = next(pair for pair in root.value if pair[0].value == key)
    start = text.rfind("\n", 0, pair[0].start_mark.index) + 1
    end = text.find("\n", _end(text, pair[1]))
    return _checked(text[:start] + text[end + 1 if end >= 0 else len(text) :], expected, (key,), label)


@dataclass(frozen=True)
class _Spot:
    """Where a change goes: the parent, the key node and the value node, the last two None where new."""

    parent: Any
    key: Any | None
    value: Any | None


def _compose(text: str) -> Any:
    # The loader in Python gives positions in characters.
    return yaml.compose(text, Loader=yaml.SafeLoader)


def _find(node: Any, path: Path) -> _Spot:
    *above, last = path
    for step in above:
        if isinstance(node, yaml.MappingNode):
            node = next(value for key, value in node.value if key.value == step)
        else:
            node = node.value[int(step)]
    if isinstance(node, yaml.MappingNode):
        pair = next(((k, v) for k, v in node.value if k.value == last), (None, None))
        return _Spot(node, *pair)
    position = int(last)
    return _Spot(node, None, node.value[position] if position < len(node.value) else None)


def _spliced(text: str, spot: _Spot, last: str | int, value: Any) -> str:
    parent = spot.parent
    if parent.flow_style:
        return _spliced_flow(text, spot, last, value)
    column = parent.start_mark.column
    new = _block({last: value} if isinstance(parent, yaml.MappingNode) else [value], column)
    if spot.value is not None:
        whole = spot.key if spot.key is not None else spot.value
        start = whole.start_mark.index
        if spot.key is None:
            start = text.rfind("-", 0, start)
        return text[:start] + new + text[_end(text, spot.value) :]
    at = _end(text, parent)
    line_end = text.find("\n", at)
    line_end = len(text) if line_end < 0 else line_end
    return text[:line_end] + "\n" + " " * column + new + text[line_end:]


def _spliced_flow(text: str, spot: _Spot, last: str | int, value: Any) -> str:
    if spot.value is not None:
        start, end = spot.value.start_mark.index, spot.value.end_mark.index
        glue = "" if spot.key is None or start > spot.key.end_mark.index + 1 else " "
        return text[:start] + glue + _flow(value) + text[end:]
    new = _flow(value) if isinstance(last, int) else f"{last}: {_flow(value)}"
    at = spot.parent.end_mark.index - 1
    held = text[spot.parent.start_mark.index + 1 : at].rstrip()
    at = spot.parent.start_mark.index + 1 + len(held)
    glue = "" if not held else " " if held.endswith(",") else ", "
    return text[:at] + glue + new + text[at:]


def _block(part: Any, column: int) -> str:
    """A pair or a list item as block YAML, its later lines indented to the column."""
    dumped = yaml.dump(
        part,
        Dumper=_Dumper,
        default_flow_style=None,
        sort_keys=False,
        allow_unicode=True,
        width=WIDTH - column,
    )
    if not isinstance(part, list) and dumped.startswith("{"):  # a mapping of plain values is put in braces
        ((key, value),) = part.items()
        dumped = f"{key}: {_flow(value)}"
    elif isinstance(part, list) and dumped.startswith("["):
        dumped = f"- {_flow(part[0])}"
    return dumped.rstrip("\n").replace("\n", "\n" + " " * column)


def _flow(value: Any) -> str:
    dumped = yaml.dump(
        value, Dumper=_Dumper, default_flow_style=True, sort_keys=False, allow_unicode=True, width=10**9
    )
    return dumped.removesuffix("\n").removesuffix("\n...")


class _Dumper(yaml.SafeDumper):
    """Writes lists inside mappings with their dashes indented, and never an anchor."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        """Indent lists too."""
        super().increase_indent(flow, False)

    def ignore_aliases(self, data: Any) -> bool:
        """Write what stands twice twice."""
        return True


def _end(text: str, node: Any) -> int:
    """Where a node's own characters end: a block's mark lies past the comments that follow it."""
    if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        return _end(text, last[1] if isinstance(last, tuple) else last)
    end = node.end_mark.index
    if isinstance(node, yaml.ScalarNode) and node.style in ("|", ">"):
        return len(text[:end].rstrip("\n"))
    return end


def _changed(document: Any, path: Path, value: Any, label: str) -> Any:
    """The document with the value set, for comparison."""
    first, *rest = path
    if isinstance(document, dict) and isinstance(first, str):
        if rest and first not in document:
            raise _nowhere(path, label)
        return {
            **document,
            first: _changed(document.get(first), tuple(rest), value, label) if rest else value,
        }
    if isinstance(document, list) and isinstance(first, int) and 0 <= first <= len(document) - bool(rest):
        new = _changed(document[first], tuple(rest), value, label) if rest else value
        return [*document[:first], new, *document[first + 1 :]]
    raise _nowhere(path, label)


def _checked(text: str, expected: Any, path: Path, label: str) -> str:
    """The new text, once it is sure that it says what was meant."""
    found, _ = parse_yaml(text, label)
    if found != expected:
        raise InternalError(
            f"{'.'.join(map(str, path))} could not be set without touching the rest",
            where=label,
            why="the text is laid out in a way the editor does not know",
            instead="edit the file by hand, and please report it",
        )
    return text


def _nowhere(path: Path, label: str) -> InvalidOption:
    return InvalidOption(
        f"no field {'.'.join(map(str, path))}",
        where=label,
        why="the path leads to nothing that is there",
        instead="a field, or states.0.rate_percent for a field of the first state",
    )
