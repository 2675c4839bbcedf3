"""The schema of entries as JSON Schema, for editors that check and complete YAML while it is typed.

Made from the same classes as the checks on reading. What JSON Schema cannot say (a real date, states in
order, links that resolve) is left to `detente check`.
"""

from __future__ import annotations

import inspect
import json
from dataclasses import is_dataclass
from functools import cache
from typing import Any

from detente.record import entries, settings
from detente.record.entries import KINDS

DIALECT = "https://json-schema.org/draft/2020-12/schema"
EDITOR_FOLDER = ".vscode"
ENTRY_FILE, DISPUTE_FILE = "entry.schema.json", "dispute.schema.json"


@cache
def kind_schema(kind: str) -> dict[str, Any]:
    """JSON Schema of one kind of entry.

    Raises:
        KeyError: there is no such kind.
    """
    from pydantic import TypeAdapter

    return _finished(TypeAdapter(KINDS[kind]).json_schema(), f"{kind} entry")


@cache
def entry_schema() -> dict[str, Any]:
    """JSON Schema of an entry of any kind: the field `kind` says which."""
    found: dict[str, Any] = {}
    rules = []
    for kind in KINDS:
        schema = dict(kind_schema(kind))
        found.update(schema.pop("$defs", {}))
        found[KINDS[kind].__name__] = {k: v for k, v in schema.items() if k != "$schema"}
        rules.append(
            {
                "if": {"properties": {"kind": {"const": kind}}, "required": ["kind"]},
                "then": {"$ref": f"#/$defs/{KINDS[kind].__name__}"},
            }
        )
    return {
        "$schema": DIALECT,
        "title": "Entry",
        "type": "object",
        "properties": {"kind": {"enum": list(KINDS), "description": "What kind of entry it is."}},
        "required": ["schema", "kind", "id", "title"],
        "allOf": rules,
        "$defs": dict(sorted(found.items())),
    }


def dispute_schema() -> dict[str, Any]:
    """JSON Schema of `dispute.yaml`."""
    from pydantic import TypeAdapter

    schema = TypeAdapter(settings.Settings).json_schema()
    schema["required"] = list(settings.REQUIRED)
    return _finished(schema, "dispute.yaml")


def editor_files() -> dict[str, str]:
    """Files that make VS Code (with its YAML extension) check a dispute folder: path -> text."""
    mapping = {
        f"./{EDITOR_FOLDER}/{ENTRY_FILE}": [f"/{folder}/**/*.yaml" for folder in _folders()],
        f"./{EDITOR_FOLDER}/{DISPUTE_FILE}": ["/dispute.yaml"],
    }
    wanted = {"yaml.schemas": mapping, "yaml.yamlVersion": "1.2"}
    return {
        f"{EDITOR_FOLDER}/{ENTRY_FILE}": _text(entry_schema()),
        f"{EDITOR_FOLDER}/{DISPUTE_FILE}": _text(dispute_schema()),
        f"{EDITOR_FOLDER}/settings.json": _text(wanted),
    }


def _folders() -> list[str]:
    from detente.record.write import FOLDERS

    return sorted(FOLDERS.values())


def _text(schema: dict[str, Any]) -> str:
    return json.dumps(schema, indent=1, ensure_ascii=False) + "\n"


def _finished(schema: dict[str, Any], title: str) -> dict[str, Any]:
    """The schema with the documentation of the code as descriptions, for hovers."""
    for name, part in schema.get("$defs", {}).items():
        _describe(part, _class(name))
    _describe(schema, _class(schema.get("title", "")))
    return {"$schema": DIALECT, **schema, "title": title}


def _class(name: str) -> type[Any] | None:
    found = getattr(entries, name, None) or getattr(settings, name, None)
    return found if isinstance(found, type) else None


def _describe(part: dict[str, Any], found: type[Any] | None) -> None:
    if found is None:
        return
    said: dict[str, str] = {}
    for owner in reversed(found.__mro__):
        if is_dataclass(owner):
            said.update(_attributes(inspect.getdoc(owner) or ""))
    part["description"] = (inspect.getdoc(found) or "").split("\n\n")[0].replace("\n", " ")
    for name, field in part.get("properties", {}).items():
        if name in said:
            field["description"] = said[name]


def _attributes(doc: str) -> dict[str, str]:
    """What a docstring says of each attribute."""
    _, _, listed = doc.partition("Attributes:\n")
    found: dict[str, str] = {}
    names: list[str] = []
    for line in listed.splitlines():
        head, colon, words = line.strip().partition(": ")
        if not line.startswith("    "):
            break
        if colon and not line.startswith("     "):
            names = [name.strip() for name in head.split(",")]
            found.update(dict.fromkeys(names, words))
        else:
            found.update({name: f"{found[name]} {line.strip()}" for name in names})
    return found
