"""YAML as entries use it: 1.2 scalars, duplicate keys refused, dates kept as text, lines known.

`NO` is Norway and stays text; only true, false, null and plain numbers change type. A date stays a
string until `core.days` reads it.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

from detente.core.errors import DuplicateKey, MalformedFile

_LOADER: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_INTEGER = re.compile(r"^[-+]?\d+$")
_FLOAT = re.compile(r"^[-+]?(\.\d+|\d+(\.\d*)?)([eE][-+]?\d+)?$")
_CONSTANTS = {"true": True, "false": False, "null": None, "~": None, "": None}

Lines = dict[tuple[str | int, ...], int]


def read_yaml(path: Path, *, shown: str = "") -> tuple[Any, Lines]:
    """A YAML document as plain Python, and the line of every key.

    Args:
        path: the file.
        shown: how the file is named in errors; the path itself by default.

    Returns:
        The document, and a map from key path, e.g. ("states", 0, "rate_percent"), to line (from 1).

    Raises:
        MalformedFile: not there, a folder, not UTF-8, not YAML, or more than one document.
        DuplicateKey: a key stands twice in one mapping.
    """
    label = shown or str(path)
    try:
        content = path.read_bytes()
    except OSError as error:
        raise MalformedFile(
            "a file that cannot be read",
            where=label,
            why=error.strerror or str(error),
            instead="a YAML file that you may read",
        ) from None
    return parse_yaml(decode(content, label), label)


def decode(content: bytes, label: str) -> str:
    """UTF-8 text of a file; `label` names it in errors.

    Raises:
        MalformedFile: not UTF-8.
    """
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise MalformedFile(
            "not UTF-8 text", where=f"{label}:1", why=str(error), instead="save the file as UTF-8"
        ) from None


def parse_yaml(text: str, label: str) -> tuple[Any, Lines]:
    """As `read_yaml`, from text; `label` names it in errors."""
    loader = _LOADER(text)
    try:
        node = loader.get_single_node()
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f":{mark.line + 1}" if mark else f":{text.count(chr(10), 0, _position(error)) + 1}"
        raise MalformedFile(
            "not valid YAML",
            where=f"{label}{line}",
            why=str(getattr(error, "problem", None) or error),
            instead="check indentation, quotes and colons on that line",
        ) from None
    finally:
        loader.dispose()
    lines: Lines = {}
    if node is None:
        return None, lines
    return _plain(node, (), lines, label), lines


DEEPEST = 40
"""Nesting beyond this is no entry; it also stops a document that refers to itself."""


def _position(error: Exception) -> int:
    return int(getattr(error, "position", 0) or 0)


def _plain(node: Any, path: tuple[str | int, ...], lines: Lines, label: str) -> Any:
    line = node.start_mark.line + 1
    lines[path] = line
    if len(path) > DEEPEST:
        raise MalformedFile(
            "nested too deep, or a document that refers to itself",
            where=f"{label}:{line}",
            why=f"entries have at most {DEEPEST} levels",
            instead="write the values out",
        )
    if isinstance(node, yaml.ScalarNode):
        return _scalar(node)
    if isinstance(node, yaml.SequenceNode):
        return [_plain(child, (*path, i), lines, label) for i, child in enumerate(node.value)]
    mapping: dict[str, Any] = {}
    for key_node, value_node in node.value:
        key = str(key_node.value)
        line = key_node.start_mark.line + 1
        if key in mapping:
            raise DuplicateKey(
                f"key {key!r} stands twice",
                where=f"{label}:{line}",
                why="the second would silently replace the first",
                instead="keep one of them",
            )
        mapping[key] = _plain(value_node, (*path, key), lines, label)
        lines[(*path, key)] = line
    return mapping


def _scalar(node: Any) -> Any:
    text: str = node.value
    if node.style in ("'", '"', "|", ">"):  # quoted or block text is text
        return text
    if text.lower() in _CONSTANTS and (text.islower() or text in ("", "~")):
        return _CONSTANTS[text.lower()]
    if _INTEGER.match(text) and not (len(text.lstrip("+-")) > 1 and text.lstrip("+-")[0] == "0"):
        return int(text)
    if _FLOAT.match(text) and not _INTEGER.match(text):
        return float(text)
    return text
