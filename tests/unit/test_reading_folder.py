"""What `read FOLDER` takes: forms of article, by suffix or by bytes; the rest is left with its reason."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.support.reading import ARTICLE

from detente.core.errors import UnreadableArticle
from detente.reading.folder import why_not
from detente.reading.read import Options, read_all

PAGE = f"<html><body><p>{ARTICLE}</p></body></html>"
FEED = (
    "<?xml version='1.0'?><rss><channel><item><title>A</title>"
    f"<description>{ARTICLE}</description></item></channel></rss>"
)
MAIL = f"From: a@example.org\nTo: b@example.org\nSubject: Duties\n\n{ARTICLE}"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.txt", ARTICLE),
        ("A.TXT", ARTICLE),
        ("a.md", ARTICLE),
        ("a.html", PAGE),
        ("a.aspx", PAGE),
        ("page", PAGE),
        ("feed.xml", FEED),
        ("a.eml", MAIL),
        ("inbox", f"From a Mon May 12\n{MAIL}"),
        ("story", ARTICLE),
        ("2025-05-12.final", ARTICLE),
        ("short", "China raised its duties on beef.\nIts ministry said so on Monday, in Beijing."),
        ("lines", "Duties rise, again, in May.\nBeef costs more, pork less, as ever.\nSo it goes, on, on."),
        ("bracket", "[Beijing] China raised its duties on beef to 22 percent on Monday, its ministry said."),
    ],
)  # fmt: skip
def test_articles_of_every_form_are_taken(tmp_path, name, content):
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    assert why_not(path) == ""


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("rates.csv", "a,b\n1,2\n", "data"),
        ("RATES.CSV", "a,b\n1,2\n", "data"),
        ("answer.json", "{}", "data"),
        ("entry.yaml", "kind: measure\n", "data"),
        ("make.py", "print('tariff')\n", "code"),
        ("rates", "hs,rate,country\n0101,10,China\n0102,25,China\n", "table"),
        ("export", "hs\trate\n0101\t10\n0102\t25\n", "table"),
        ("answer", '{"act": "measure",\n "words": "China raised its duties"}', "JSON"),
        ("lines.out", '{"act": "measure"}\n{"act": "talk"}\n', "JSON"),
        ("settings", "kind: measure\nid: a\ndate: 2025-05-12\n", "settings"),
        ("sitemap.xml", "<?xml version='1.0'?><urlset><url>x</url></urlset>", "XML"),
        ("run", "#!/bin/sh\necho tariff\n", "code"),
        ("picture.png", "\x89PNG\0\0", "not text"),
    ],
)
def test_what_is_no_article_is_left_with_its_reason(tmp_path, name, content, why):
    path = tmp_path / name
    path.write_bytes(content.encode("latin-1"))
    assert why in why_not(path)


def test_a_folder_lists_what_it_left_and_a_named_file_is_read(tmp_path):
    (tmp_path / "a.txt").write_text(ARTICLE, encoding="utf-8")
    (tmp_path / "b").mkdir()
    table = tmp_path / "b" / "rates.csv"
    table.write_text("China raised its duties,22\nChina cut its duties,11\n", encoding="utf-8")
    (tmp_path / ".hidden.csv").write_text("a,b", encoding="utf-8")
    reading = read_all([str(tmp_path)], Options())
    assert [Path(a.file).name for a in reading.articles] == ["a.txt"]
    (left,) = reading.data()["failures"]
    assert left["where"] == str(table)
    both = read_all([str(tmp_path), str(table)], Options())
    assert [Path(a.file).name for a in both.articles] == ["a.txt", "rates.csv"]
    assert both.data()["failures"] == []


def test_a_folder_of_data_alone_says_why(tmp_path):
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(UnreadableArticle) as caught:
        read_all([str(tmp_path)], Options())
    assert "2 files" in str(caught.value)
    assert "data" in caught.value.why
