"""JSON Schema for editors: every shipped entry is valid by it, and the mistakes it can see it does see."""

from __future__ import annotations

import json

import pytest
from jsonschema import Draft202012Validator
from tests.support.dispute import TALK, TRUCE

from detente.cli.main import _run
from detente.core.yaml12 import parse_yaml, read_yaml
from detente.record.entries import KINDS
from detente.record.files import NOT_ENTRIES, SHIPPED, load_record, shipped_disputes
from detente.record.schema import dispute_schema, editor_files, entry_schema, kind_schema


def problems(schema, document):
    return [error.message for error in Draft202012Validator(schema).iter_errors(document)]


def test_the_schemas_are_schemas():
    for schema in (entry_schema(), dispute_schema(), *(kind_schema(kind) for kind in KINDS)):
        Draft202012Validator.check_schema(schema)


@pytest.mark.parametrize("name", shipped_disputes())
def test_every_shipped_entry_is_valid_by_the_schema_of_its_kind(name):
    validators = {kind: Draft202012Validator(kind_schema(kind)) for kind in KINDS}
    record = load_record(name)
    wrong = []
    for entry_id, file in record.files.items():
        document, _ = read_yaml(record.folder / file)
        wrong += [f"{file}: {e.message[:200]}" for e in validators[document["kind"]].iter_errors(document)]
        assert document["id"] == entry_id
    assert wrong == []
    settings, _ = read_yaml(record.folder / "dispute.yaml")
    assert problems(dispute_schema(), settings) == []


@pytest.mark.parametrize(
    ("text", "change"),
    [
        (TALK, ("mode: phone", "mode: telepathy")),
        (TALK, ("mode: phone\n", "")),
        (TALK, ("mode: phone", "mode: phone\ncolour: red")),
        (TALK, ("date: 2018-01-10", "date: 10 January")),
        (TALK, ("id: talk-first-contact", "id: Talk First")),
        (TALK, ("side: USA", "side: US")),
        (TALK, ("title: First contact", "title: ab")),
        (TALK, ("participants: [{name: A. Person, side: USA}]", "participants: []")),
        (TALK, ("kind: talk", "kind: rumour")),
        (TALK, ("schema: 1", "schema: 2")),
        (TRUCE, ("rate_percent: 125", "rate_percent: -1")),
        (TRUCE, ("rate_percent: 125", "rate_percent: high")),
        (TRUCE, ("status: in_force", "status: maybe")),
    ],
)
def test_a_mistake_that_reading_refuses_the_schema_of_any_entry_sees_too(text, change):
    assert problems(entry_schema(), parse_yaml(text, "x")[0]) == []
    broken = text.replace(*change, 1)
    assert broken != text
    assert problems(entry_schema(), parse_yaml(broken, "x")[0])


def test_fields_carry_their_explanations():
    state = kind_schema("measure")["$defs"]["State"]
    assert "snaps back" in state["properties"]["suspended_points"]["description"]
    assert "legal or administrative force" in kind_schema("measure")["description"]
    assert kind_schema("talk")["properties"]["known"]["description"]


def test_the_editor_is_pointed_at_every_entry_file():
    wanted = json.loads(editor_files()[".vscode/settings.json"])
    (globs,) = [g for g in wanted["yaml.schemas"].values() if len(g) > 1]
    folders = {glob.split("/")[1] for glob in globs}
    for name in shipped_disputes():
        held = {p.relative_to(SHIPPED / name).parts[0] for p in (SHIPPED / name).rglob("*.yaml")}
        assert held - set(NOT_ENTRIES) <= folders


def test_the_command_prints_and_writes(capsys, tmp_path):
    assert _run(["schema", "talk"]) == 0
    assert json.loads(capsys.readouterr().out) == kind_schema("talk")
    assert _run(["schema"]) == 0
    assert json.loads(capsys.readouterr().out) == entry_schema()
    assert _run(["schema", "--out", str(tmp_path / "s")]) == 0
    assert {p.name for p in (tmp_path / "s").iterdir()} == {
        f"{name}.schema.json" for name in (*KINDS, "entry", "dispute")
    }
    assert _run(["schema", "rumour"]) == 2
