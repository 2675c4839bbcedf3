"""A page of the brief as text, and its numbers against the JSON."""

from __future__ import annotations

import ast
import re
from html.parser import HTMLParser
from typing import Any

from detente.brief.figures import resolve


class Page(HTMLParser):
    """What a page holds: numbers with their places, text, tags with their attributes, number cells."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.numbers: list[tuple[str, str, str]] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.cells: list[tuple[str, int]] = []
        self._number: tuple[str, str] | None = None
        self._cell = False
        self._quiet = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.tags.append((tag, found))
        self._quiet = tag == "style"
        if "data-path" in found:
            self._number = (found["data-path"] or "", found["data-value"] or "")
            if self._cell:
                words, count = self.cells[-1]
                self.cells[-1] = (words, count + 1)
        if tag == "td" and "num" in (found.get("class") or "").split():
            self._cell = True
            self.cells.append(("", 0))

    def handle_endtag(self, tag: str) -> None:
        if tag == "td":
            self._cell = False
        if tag == "style":
            self._quiet = False

    def handle_data(self, data: str) -> None:
        if self._quiet:
            return
        self.words.append(data)
        if self._number:
            self.numbers.append((*self._number, data))
            self._number = None
        elif self._cell:
            words, count = self.cells[-1]
            self.cells[-1] = (words + data, count)

    @property
    def text(self) -> str:
        """All words, spaces made single."""
        return " ".join(" ".join(self.words).split())


def check_numbers(brief: dict[str, Any], page: Page) -> None:
    """Every number shown is at its place in the JSON, and every number cell holds such a number or a word."""
    assert len(page.numbers) > 50
    for pointer, value, shown in page.numbers:
        found = resolve(brief, pointer)
        assert ast.literal_eval(value) == found, pointer
        assert shown.strip(), pointer
    for words, count in page.cells:
        assert count or re.search(r"unknown|as today|none held|not solved", words), words
        words = re.sub(r"unknown \(.*\)", "", words)
        assert not re.search(r"\d", words.replace("10 November 2026", "")), (
            f"a number without a place: {words!r}"
        )
