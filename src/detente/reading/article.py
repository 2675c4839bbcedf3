"""An article as read: its text, its day, where it is from. Offsets everywhere count into `text`.

For a plain text file, `text` is the file itself, decoded. For other forms it is the visible text of the
page, message or item, in order; `detente read --texts DIR` writes it out, so that offsets can be followed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from detente.core.errors import UnreadableArticle
from detente.reading.lexicon import word_set

LARGEST_BYTES = 30_000_000
_WINDOWS = {byte: bytes([byte]).decode("cp1252", errors="replace") for byte in range(128, 256)}


@dataclass(frozen=True)
class Article:
    """One article.

    Attributes:
        file: the name that evidence uses; parts of a mailbox or feed carry `#1`, `#2`, ...
        text: the text that offsets count into.
        title: the page's own title, where it has one outside the text.
        published: the day it was published, if it says so; else None.
        published_by: what says so: "given", "page", "feed", "mail", "dateline", or "".
        publisher, url: as far as the file says.
        form: text, html, pdf, feed or mail.
        set_aside: spans of `text` that are not the article (menus, adverts), each with a reason.
    """

    file: str
    text: str
    title: str = ""
    published: date | None = None
    published_by: str = ""
    publisher: str = ""
    url: str = ""
    form: str = "text"
    set_aside: tuple[tuple[int, int, str], ...] = field(default=())


def unreadable(
    file: str, why: str, instead: str = "save the article as text, HTML or PDF"
) -> UnreadableArticle:
    """The error of a file that gives no article."""
    return UnreadableArticle(f"{file} cannot be read", where=file, why=why, instead=instead)


def articles_of(path: Path, name: str | None = None) -> Iterator[Article]:
    """The articles in a file.

    Raises:
        UnreadableArticle: it is missing, too large, empty, locked, or not text.
    """
    shown = name or str(path)
    try:
        if path.stat().st_size > LARGEST_BYTES:
            raise unreadable(shown, f"it is larger than {LARGEST_BYTES:,} bytes", "a file of one article")
        content = path.read_bytes()
    except OSError as error:
        raise unreadable(shown, error.strerror or str(error), "a file that is there") from None
    yield from articles_in(content, shown)


def articles_in(content: bytes, name: str, charset: str | None = None, url: str = "") -> Iterator[Article]:
    """The articles in the bytes of a file or page; the form is told from the bytes, not from the name.

    Raises:
        UnreadableArticle: there is no text in them.
    """
    from detente.reading import pages

    if not content.strip():
        raise unreadable(name, "it is empty")
    form = form_of(content)
    if form == "pdf":
        yield pages.read_pdf(content, name, url)
    elif form == "":
        raise unreadable(name, "it is not text")
    elif form == "mail":
        yield from pages.read_mail(content, name)
    elif form == "feed":
        yield from pages.read_feed(content, name)
    elif form == "html":
        yield pages.read_html(decode(content, charset or _meta_charset(content[:2048])), name, url)
    else:
        text = decode(content, charset)
        if not re.search(r"\w", text):
            raise unreadable(name, "there are no words in it")
        yield Article(file=name, text=text, url=url)


_MAIL = re.compile(rb"From |(?:[A-Za-z-]+: .*\r?\n(?:[ \t].*\r?\n)*){3,}\r?\n")
_FEED = re.compile(rb"<(?:rss|feed|rdf:rdf)[\s>]")
_PAGE = re.compile(rb"<(?:!doctype html|html|head|body|article|div|p|h1)[\s>]")


def form_of(content: bytes) -> str:
    """The form that the first bytes of a file show: pdf, mail, feed, html or text; "" where it is no text."""
    head = content[:2048].lstrip(b"\xef\xbb\xbf \t\r\n")
    if head.startswith(b"%PDF"):
        return "pdf"
    if b"\0" in content[:4096] and not content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return ""
    if _MAIL.match(head):
        return "mail"
    low = head.lower()
    return "feed" if _FEED.search(low) else "html" if _PAGE.search(low) else "text"


def _meta_charset(head: bytes) -> str | None:
    found = re.search(rb"charset\s*=\s*[\"']?([A-Za-z0-9_-]+)", head)
    return found[1].decode("ascii") if found else None


def decode(content: bytes, charset: str | None = None) -> str:
    """Bytes as text. UTF-8 with stray Windows bytes is read as both; other encodings are guessed.

    A byte-order mark is taken off; line ends are kept, for offsets count them.
    """
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace")
    content = content.removeprefix(b"\xef\xbb\xbf")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        pass
    if charset and charset.lower().replace("_", "-") not in ("utf-8", "utf8"):
        try:
            return content.decode(charset)
        except (LookupError, UnicodeDecodeError):
            pass
    return _mixed(content)


def _mixed(content: bytes) -> str:
    """UTF-8 where it is UTF-8, Windows-1252 byte by byte where it is not; a wholly foreign text is guessed."""
    text = content.decode("utf-8", errors="surrogateescape")
    strays = sum("\udc80" <= char <= "\udcff" for char in text)
    others = sum(char > "\x7f" for char in text) - strays
    if strays > len(text) // 20 and not others:
        from charset_normalizer import from_bytes

        best = from_bytes(content[:200_000]).best()
        if best is not None:
            return content.decode(best.encoding, errors="replace")
    return re.sub("[\udc80-\udcff]", lambda found: _WINDOWS[ord(found[0]) - 0xDC00], text)


_ENGLISH = word_set("the of and to in a that on for is with by as at from was it has its be are were this")


def looks_english(text: str) -> bool:
    """Whether the rules can read this text: they know English only."""
    words = re.findall(r"[^\W\d_]+", text[:5000].lower())
    return not words or sum(word in _ENGLISH for word in words) >= 0.08 * len(words)
