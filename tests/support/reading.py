"""An article for tests of the reader, in words of our own, and short ways to read one."""

from __future__ import annotations

from datetime import date

from detente.reading.article import Article
from detente.reading.propose import ArticleReading, read_article

ARTICLE = """GENEVA, May 12, 2025 - The US cut its tariffs on Chinese goods from 145% to 30% on Monday.

China's commerce ministry denied that any promise had been made. It urged Washington to withdraw the duties.

President Trump threatened to raise tariffs on China to 80% unless a deal is signed by July 1.

Subscribe to our newsletter for more.
"""


def read_text(
    text: str, published: str | None = "2025-05-14", title: str = "", publisher: str = ""
) -> ArticleReading:
    """The reading of a text published on a day."""
    day = date.fromisoformat(published) if published else None
    article = Article(file="a.txt", text=text, title=title, publisher=publisher)
    return read_article(article, published=day)


def acts_in(text: str, published: str | None = "2025-05-14", **extra: str) -> list[tuple[str, str]]:
    """(act, modality) of each proposal."""
    return [(p["act"], p["modality"]) for p in read_text(text, published, **extra).proposals]
