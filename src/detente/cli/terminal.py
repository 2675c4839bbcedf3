"""Lines and tables on a terminal. Small on purpose: `detente status` must answer in half a second."""

from __future__ import annotations

import shutil
import textwrap
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


def table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Columns as wide as needed; the widest wrap where the terminal is too narrow."""
    widths = [max(len(row[n]) for row in [columns, *rows]) for n in range(len(columns))]
    room = max(60, shutil.get_terminal_size((WIDTH_IN_A_PIPE, 40)).columns) - 2 * (len(columns) - 1)
    while sum(widths) > room and max(widths) > NARROWEST_COLUMN:
        widths[widths.index(max(widths))] -= 1
    for position, row in enumerate([columns, *rows]):
        cells = [
            textwrap.wrap(cell, width) or [""] if len(cell) > width else [cell]
            for cell, width in zip(row, widths, strict=True)
        ]
        for line in range(max(len(cell) for cell in cells)):
            parts = [(c[line] if line < len(c) else "").ljust(w) for c, w in zip(cells, widths, strict=True)]
            text = "  ".join(parts).rstrip()
            click.echo(click.style(text, bold=True) if position == 0 else text)
