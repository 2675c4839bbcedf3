"""Lines and tables on a terminal. Small on purpose: `detente status` must answer in half a second."""

from __future__ import annotations

import shutil
import textwrap
import unicodedata
from collections.abc import Sequence

import click

WIDTH_IN_A_PIPE = 160
NARROWEST_COLUMN = 8


def say(words: str = "") -> None:
    """A line on stdout."""
    click.echo(words)


def heading(words: str, rest: str = "") -> None:
    """A bold line, with plain words after it."""
    click.echo(click.style(words, bold=True) + rest)


def number(value: float | None, unit: str = "") -> str:
    """A number without needless digits; the word unknown for None."""
    return "unknown" if value is None else f"{value:g}{unit}"


def width(words: str) -> int:
    """Columns that words take on a terminal: two for a Chinese character."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in words)


def table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Columns as wide as needed; the widest wrap where the terminal is too narrow."""
    widths = [max(width(row[n]) for row in [columns, *rows]) for n in range(len(columns))]
    room = max(60, shutil.get_terminal_size((WIDTH_IN_A_PIPE, 40)).columns) - 2 * (len(columns) - 1)
    while sum(widths) > room and max(widths) > NARROWEST_COLUMN:
        widths[widths.index(max(widths))] -= 1
    for position, row in enumerate([columns, *rows]):
        cells = [
            textwrap.wrap(cell, room) or [""] if width(cell) > room else [cell]
            for cell, room in zip(row, widths, strict=True)
        ]
        for line in range(max(len(cell) for cell in cells)):
            parts = [c[line] if line < len(c) else "" for c in cells]
            text = "  ".join(p + " " * (w - width(p)) for p, w in zip(parts, widths, strict=True)).rstrip()
            click.echo(click.style(text, bold=True) if position == 0 else text)
