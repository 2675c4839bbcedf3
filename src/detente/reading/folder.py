"""Which files of a folder are articles: by suffix where it says so, else by the bytes.

Text, HTML, PDF, feeds, mail and mailboxes are read. Tables, settings, code and pictures that lie beside them are
left, each with its reason; a file that is named outright is read all the same.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

from detente.reading.article import decode, form_of
from detente.reading.lexicon import word_set

_ARTICLES = word_set(
    ".txt .text .md .markdown .rst .htm .html .xhtml .shtml .mhtml .pdf .rss .atom .eml .mbox .mbx"
)
_DATA = word_set(
    ".csv .tsv .tab .psv .json .jsonl .ndjson .geojson .jsonld .yaml .yml .toml .ini .cfg .conf .properties .lock"
    " .xls .xlsx .ods .parquet .feather .arrow .sqlite .db .dta .sav .rds .sql .xsd .xsl .xslt .svg .bib .log"
)
_CODE = word_set(
    ".py .pyi .js .mjs .ts .css .scss .map .sh .bat .r .do .jl .m .c .h .cpp .java .go .rs .rb .tex .ipynb"
)
_HEAD_BYTES = 65_536
_SEPARATORS = ",\t;|"
_SETTING = re.compile(r"\s*(?:-\s|[\w.-]+\s*[:=](?:\s|$)|\[[\w.-]+\]$|#)")


def files_of(folder: Path) -> Iterator[tuple[Path, str]]:
    """The files of a folder and of those in it, in order of their names, hidden ones left out.

    Each comes with why it is no article, "" for one that may be.
    """
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        if not any(part.startswith(".") for part in path.relative_to(folder).parts):
            yield path, why_not(path)


def why_not(path: Path) -> str:
    """Why a file is not read as an article unless it is named outright; "" where it is."""
    suffix = path.suffix.lower()
    if suffix in _ARTICLES:
        return ""
    if suffix in _DATA:
        return f"{suffix} holds data"
    if suffix in _CODE:
        return f"{suffix} holds code"
    try:
        with path.open("rb") as stream:
            head = stream.read(_HEAD_BYTES)
    except OSError:
        return ""  # reading it says why
    return _by_bytes(head)


def _by_bytes(head: bytes) -> str:
    """Why bytes under a name that says nothing are no article."""
    form = form_of(head)
    if form == "":
        return "it is not text"
    if form != "text":
        return ""
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith(b"<?xml") or re.match(rb"<[a-zA-Z]", start):
        return "it is XML, neither a page nor a feed"
    if start.startswith(b"#!"):
        return "it holds code"
    text = decode(head)
    if _is_json(text, cut=len(head) == _HEAD_BYTES):
        return "it is JSON"
    lines = [line for line in text.splitlines() if line.strip()]
    if len(lines) == 0:
        return ""
    if _is_table(lines):
        return "it is a table"
    if len(lines) >= 3 and sum(_SETTING.match(line) is not None for line in lines) > 0.8 * len(lines):
        return "it holds settings"
    return ""


def _is_json(text: str, *, cut: bool) -> bool:
    """Whether a text, or its first line where the end was cut off, is an object or a list."""
    text = text.strip().removeprefix("\ufeff")
    if not text.startswith(("{", "[")):
        return False
    for part in (text, text.splitlines()[0]):
        try:
            json.loads(part)
        except (ValueError, RecursionError):
            continue
        return True
    return cut and re.match(r"[\[{]\s*[\"\[{\d]", text) is not None


def _is_table(lines: list[str]) -> bool:
    """Whether all lines hold the same number of separators, and none ends as a sentence does."""
    lines = lines[:200][:-1] or lines
    if len(lines) < 2 or any(line.rstrip().endswith((".", "!", "?", ":")) for line in lines[1:]):
        return False
    return any(
        (count := lines[0].count(separator)) and all(line.count(separator) == count for line in lines)
        for separator in _SEPARATORS
    )
