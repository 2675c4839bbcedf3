"""The keys of `detente review`: a accept, e edit, r reject, s leave for later, q stop here."""

from __future__ import annotations

import sys
from typing import Any

import click

from detente.cli.reading_text import proposal_lines
from detente.core.errors import InvalidOption


def ask(reading: dict[str, Any]) -> dict[str, dict[str, Any] | None]:
    """Show each proposal and take one key.

    Raises:
        InvalidOption: there is no keyboard to ask.
    """
    if not sys.stdin.isatty():
        raise InvalidOption(
            "no keyboard",
            where="review",
            why="input is not a terminal",
            instead="--accept ID and --reject ID",
        )
    choices: dict[str, dict[str, Any] | None] = {}
    for number, proposal in enumerate(reading["proposals"], 1):
        click.echo(f"\n{number} of {len(reading['proposals'])}")
        for line in proposal_lines(proposal):
            click.echo(f"  {line}")
        click.echo("  [a]ccept  [e]dit  [r]eject  [s]kip  [q]uit ", nl=False)
        key = _key()
        click.echo(key)
        if key == "q":
            break
        if key == "a":
            choices[proposal["id"]] = {}
        elif key == "r":
            choices[proposal["id"]] = None
        elif key == "e":
            choices[proposal["id"]] = _edited(proposal)
    return choices


def _key() -> str:
    while True:
        key = click.getchar().lower()
        if key in "aersq" and key:
            return key


def _edited(proposal: dict[str, Any]) -> dict[str, Any]:
    """Fields to change, as YAML lines `field: value`, in the person's own editor."""
    from detente.core.yaml12 import parse_yaml

    head = "# Fields of the entry to set or change, one a line; docs/record-schema.md lists them.\n"
    head += "".join(f"# {line}\n" for line in proposal_lines(proposal))
    text = click.edit(f"{head}title: \n", extension=".yaml") or ""
    document, _ = parse_yaml(text, "the edit")
    return {k: v for k, v in (document or {}).items() if v is not None}
