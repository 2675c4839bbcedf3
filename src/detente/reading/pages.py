"""HTML pages, PDFs, feeds and mail turned into articles."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import date
from email.message import EmailMessage
from typing import Any

from detente.reading.article import Article, decode, unreadable
from detente.reading.lexicon import word_set

_BLOCKS = word_set(
    "address article aside blockquote body br dd div dl dt fieldset figcaption figure footer "
    "form h1 h2 h3 h4 h5 h6"
    " header hr li main nav ol p pre section table td th tr ul"
)
_UNSEEN = word_set("script style noscript template head svg iframe object button select textarea")
_ASIDE = word_set("nav footer aside form header")
LARGEST_PDF_PAGES = 400


def read_html(html: str, name: str, url: str = "") -> Article:
    """A page: all its visible text in order; what is not the article's body is set aside.

    Raises:
        UnreadableArticle: the page has no visible text.
    """
    from lxml import html as lxml_html

    try:
        tree = lxml_html.document_fromstring(
            _without_declaration(html), parser=lxml_html.HTMLParser(huge_tree=True)
        )
    except (ValueError, AssertionError) as error:
        raise unreadable(name, f"the page is broken: {error}") from None
    except Exception as error:  # lxml's parser errors share no class with ValueError
        raise unreadable(name, f"the page is broken: {error}") from None
    blocks = list(_visible(tree))
    if not blocks:
        raise unreadable(name, "no visible text on the page", "the page's text, if a script draws it")
    body = _body_of(html)
    text, aside = _laid_out(blocks, body)
    published, source = _published(tree)
    return Article(
        file=name,
        text=text,
        title=_meta(tree, "og:title") or (tree.findtext(".//title") or "").strip(),
        published=published,
        published_by=source,
        publisher=_meta(tree, "og:site_name"),
        url=url or _meta(tree, "og:url"),
        form="html",
        set_aside=tuple(aside),
    )


def _without_declaration(html: str) -> str:
    return re.sub(r"^\s*<\?xml[^>]*\?>", "", html)


def _visible(tree: Any) -> Iterator[tuple[str, bool]]:
    """Each block of visible text, and whether it stands in a menu, footer or the like."""
    words: list[str] = []
    aside = False

    def _flush() -> Iterator[tuple[str, bool]]:
        block = re.sub(r"\s+", " ", "".join(words)).strip()
        words.clear()
        if block:
            yield block, aside

    stack: list[tuple[Any, bool, bool]] = [(tree, False, False)]
    while stack:
        node, done, inside = stack.pop()
        tag = node.tag if isinstance(node.tag, str) else ""
        if done:
            if tag in _BLOCKS:
                yield from _flush()
                aside = inside
            if node.tail:
                words.append(node.tail)
            continue
        if not tag or tag in _UNSEEN or node.get("hidden") is not None or "display:none" in _style(node):
            if node.tail:
                words.append(node.tail)
            continue
        if tag in _BLOCKS:
            yield from _flush()
        within = inside or tag in _ASIDE or node.get("role") in ("navigation", "contentinfo", "complementary")
        stack.append((node, True, inside))
        aside = within
        if node.text:
            words.append(node.text)
        stack.extend((child, False, within) for child in reversed(node))
    yield from _flush()


def _style(node: Any) -> str:
    return (node.get("style") or "").replace(" ", "").lower()


def _body_of(html: str) -> set[str] | None:
    """The paragraphs of the article's body as trafilatura finds them; None where it finds none."""
    import trafilatura

    try:
        found = trafilatura.extract(
            html, include_comments=False, include_tables=True, favor_recall=True, with_metadata=False
        )
    except Exception:  # a broken page must not stop a run: all visible text is read instead
        return None
    lines = {_plain(line) for line in (found or "").splitlines()} - {""}
    return lines if sum(map(len, lines)) >= 200 else None


def _plain(words: str) -> str:
    return re.sub(r"\W+", "", words).lower()


def _laid_out(
    blocks: list[tuple[str, bool]], body: set[str] | None
) -> tuple[str, list[tuple[int, int, str]]]:
    text, aside = "", []
    whole = "\n".join(body) if body else ""
    for block, in_menu in blocks:
        start = len(text)
        text += block + "\n\n"
        plain = _plain(block)
        if in_menu and (body is None or plain not in body):
            aside.append((start, start + len(block), "menu or footer"))
        elif body is not None and plain not in body and not (len(plain) > 20 and plain in whole):
            aside.append((start, start + len(block), "outside the article"))
    return text, aside


def _meta(tree: Any, *names: str) -> str:
    for name in names:
        for found in tree.xpath(
            f"//meta[@property='{name}' or @name='{name}' or @itemprop='{name}']/@content"
        ):
            if found.strip():
                return found.strip()
    return ""


def _published(tree: Any) -> tuple[date | None, str]:
    """The page's own day of publication, from its metadata."""
    written = [
        _meta(
            tree, "article:published_time", "datePublished", "dc.date", "date", "pubdate", "parsely-pub-date"
        )
    ]
    written += re.findall(r'"datePublished"\s*:\s*"([^"]+)"', " ".join(tree.xpath("//script/text()")))
    written += tree.xpath("//time/@datetime")
    for words in written:
        day = iso_day(words)
        if day:
            return day, "page"
    return None, ""


def iso_day(words: str) -> date | None:
    """The day at the head of an ISO 8601 text."""
    found = re.match(r"\s*(\d{4})-(\d{2})-(\d{2})", words)
    try:
        return date(*map(int, found.groups())) if found else None
    except ValueError:
        return None


def read_pdf(content: bytes, name: str, url: str = "") -> Article:
    """A PDF's text; words cut at a line's end are joined, and lines of a paragraph run on.

    Raises:
        UnreadableArticle: it is locked, broken, or holds pictures only.
    """
    import logging

    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        reader = PdfReader(io.BytesIO(content))
        if reader.is_encrypted and not reader.decrypt(""):
            raise unreadable(name, "the PDF is locked", "a copy without a password")
        pages = [page.extract_text() or "" for page in reader.pages[:LARGEST_PDF_PAGES]]
        info = reader.metadata
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, RecursionError, OSError) as error:
        raise unreadable(name, f"the PDF is broken: {error}") from None
    text = re.sub(r"(\w)-\n(?=[a-z])", r"\1", "\n\n".join(_without_running_heads(pages)))
    if not re.search(r"\w", text):
        raise unreadable(name, "the PDF holds no text, only pictures", "a PDF with a text layer")
    title = (info.title or "") if info else ""
    return Article(file=name, text=text, title=title, url=url, form="pdf")


def _without_running_heads(pages: list[str]) -> list[str]:
    """Pages less the first or last line where most pages share it (figures aside)."""
    split = [page.strip().splitlines() for page in pages]
    for position in (0, -1):
        heads = [re.sub(r"\d+", "", lines[position]).strip() for lines in split if lines]
        common = {head for head in heads if len(pages) >= 3 and heads.count(head) > len(pages) / 2}
        for lines in split:
            if lines and re.sub(r"\d+", "", lines[position]).strip() in common:
                lines.pop(position)
    return ["\n".join(lines) for lines in split]


def read_feed(content: bytes, name: str) -> Iterator[Article]:
    """The items of an RSS or Atom feed, one article each.

    Raises:
        UnreadableArticle: it cannot be parsed, or holds no items.
    """
    from lxml import etree  # pyright: ignore[reportAttributeAccessIssue]

    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, huge_tree=False)
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise unreadable(name, f"the feed is broken: {error}") from None
    if root is None:
        raise unreadable(name, "the feed is broken")
    items = root.xpath("//*[local-name()='item' or local-name()='entry']")
    if not items:
        raise unreadable(name, "the feed holds no items")
    channel = root.xpath("//*[local-name()='channel']")
    publisher = _child(root, "title") or _child(channel[0] if channel else None, "title")
    for number, item in enumerate(items, 1):
        title = _child(item, "title")
        body = max((_child(item, tag) for tag in ("encoded", "content", "description", "summary")), key=len)
        text = _plain_html(body)
        if not (title or text):
            continue
        links = item.xpath("./*[local-name()='link']")
        link = (links[0].get("href") or links[0].text or "").strip() if links else ""
        yield Article(
            file=f"{name}#{number}",
            text=f"{title}\n\n{text}" if title else text,
            title=title,
            published=_feed_day(item),
            published_by="feed",
            publisher=publisher,
            url=link,
            form="feed",
        )


def _child(node: Any, tag: str) -> str:
    if node is None:
        return ""
    found = node.xpath(f"./*[local-name()='{tag}']")
    return "".join(found[0].itertext()).strip() if found else ""


def _feed_day(item: Any) -> date | None:
    for tag in ("pubDate", "published", "date", "updated"):
        words = _child(item, tag)
        day = iso_day(words) or _mail_day(words)
        if day:
            return day
    return None


def _mail_day(words: str) -> date | None:
    from email.utils import parsedate_to_datetime

    try:
        return parsedate_to_datetime(words).date()
    except (ValueError, TypeError, IndexError):
        return None


def _plain_html(words: str) -> str:
    """Text of an HTML fragment, a paragraph a block; plain text comes back as it was."""
    if "<" not in words:
        return words
    from lxml import html as lxml_html

    tree = lxml_html.fromstring(f"<div>{words}</div>")
    return "\n\n".join(block for block, _ in _visible(tree))


def read_mail(content: bytes, name: str) -> Iterator[Article]:
    """The messages of a mailbox or of one mail, one article each.

    Raises:
        UnreadableArticle: no message in it has text.
    """
    from email import message_from_bytes
    from email.policy import default

    parts = re.split(rb"(?m)^From .*\r?\n", content)[1:] if content.startswith(b"From ") else [content]
    found = False
    for number, part in enumerate(parts, 1):
        message = message_from_bytes(part, policy=default)
        text = _mail_text(message)
        if not text.strip():
            continue
        found = True
        title = str(message.get("Subject") or "").strip()
        yield Article(
            file=f"{name}#{number}" if len(parts) > 1 else name,
            text=text,
            title=title,
            published=_mail_day(str(message.get("Date") or "")),
            published_by="mail",
            publisher=str(message.get("From") or ""),
            form="mail",
        )
    if not found:
        raise unreadable(name, "no message in it has text")


def _mail_text(message: EmailMessage) -> str:
    try:
        body = message.get_body(preferencelist=("plain", "html"))
    except (AttributeError, KeyError):
        return ""
    if body is None:
        return ""
    payload = body.get_payload(decode=True)
    text = decode(payload if isinstance(payload, bytes) else b"", body.get_content_charset())
    return _plain_html(text) if body.get_content_type() == "text/html" else text
