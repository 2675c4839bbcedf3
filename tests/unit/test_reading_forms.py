"""Every form of article: HTML, PDF, feeds, mail, mixed encodings, broken files."""

from __future__ import annotations

from datetime import date

import pytest

from detente.core.errors import UnreadableArticle
from detente.reading.article import articles_in, decode, looks_english

BODY = (
    "China raised its duties on American beef to 22 percent on Monday, its commerce ministry said. "
    "The step answers American tariffs on Chinese steel, which took effect last week."
)
PAGE = f"""<!doctype html><html><head><title>Duties up</title>
<meta property="article:published_time" content="2025-05-13T08:00:00Z">
<meta property="og:site_name" content="The Desk">
<script>var tariff = "99%";</script></head><body><nav><a href="/">Home</a> <a href="/s">Sport</a></nav>
<article><h1>Duties up</h1><p>{BODY}</p><p>{BODY.replace("beef", "pork")}</p>
<p>{BODY.replace("beef", "maize")}</p></article>
<footer>Imprint and cookies policy</footer></body></html>"""


def only(content, name="a"):
    (article,) = articles_in(content, name)
    return article


def test_a_page_keeps_its_body_and_sets_aside_the_rest():
    article = only(PAGE.encode())
    assert article.form == "html"
    assert article.published == date(2025, 5, 13)
    assert article.publisher == "The Desk"
    assert BODY in article.text
    assert "99%" not in article.text
    aside = {article.text[start:end] for start, end, _ in article.set_aside}
    assert any("Imprint" in words for words in aside)
    assert not any("raised" in words for words in aside)


@pytest.mark.parametrize(
    "page", ["<html><p>Broken <b>page", "<div><p>a</p", "<html><body>" + "<div>" * 200 + "deep words"]
)
def test_broken_pages_are_read_as_far_as_they_go(page):
    assert only(page.encode()).text.strip()


def test_a_feed_gives_an_article_an_item():
    feed = f"""<?xml version="1.0"?><rss version="2.0"><channel><title>Desk</title>
    <item><title>One</title><description>{BODY}</description>
    <pubDate>Tue, 13 May 2025 08:00:00 GMT</pubDate></item>
    <item><title>Two</title><description>&lt;p&gt;{BODY}&lt;/p&gt;</description></item></channel></rss>"""
    first, second = articles_in(feed.encode(), "feed.xml")
    assert (first.file, second.file) == ("feed.xml#1", "feed.xml#2")
    assert first.published == date(2025, 5, 13)
    assert BODY in second.text
    assert "<p>" not in second.text


def test_a_feed_opens_no_outside_file():
    feed = b"""<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/hostname">]>
    <rss><channel><item><title>A tariff &x;</title><description>Words</description></item></channel></rss>"""
    assert only(feed).text.startswith("A tariff")


def test_mail_and_mailboxes():
    head = "From: Desk <d@example.org>\r\nSubject: Duties\r\nDate: Tue, 13 May 2025 08:00:00 +0000"
    mail = f"{head}\r\n\r\n{BODY}\r\n"
    assert only(mail.encode()).published == date(2025, 5, 13)
    box = f"From d Tue May 13\n{mail}\nFrom d Tue May 13\n{mail}"
    assert [a.file for a in articles_in(box.encode(), "box")] == ["box#1", "box#2"]


def test_a_pdf():
    pypdf = pytest.importorskip("pypdf")
    import io

    from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

    writer = pypdf.PdfWriter()
    page = writer.add_blank_page(400, 400)
    font = DictionaryObject(
        {NameObject("/Type"): NameObject("/Font"), NameObject("/Subtype"): NameObject("/Type1"),
         NameObject("/BaseFont"): NameObject("/Helvetica")}
    )  # fmt: skip
    fonts = DictionaryObject({NameObject("/F1"): writer._add_object(font)})
    page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts})
    stream = DecodedStreamObject()
    stream.set_data(b"BT /F1 12 Tf 20 300 Td (China raised its duties.) Tj ET")
    page[NameObject("/Contents")] = writer._add_object(stream)
    out = io.BytesIO()
    writer.write(out)
    assert "China raised its duties." in only(out.getvalue()).text


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("Zölle – “so”".encode(), "Zölle – “so”"),
        ("Zölle".encode("utf-8-sig"), "Zölle"),
        ("Zölle".encode("utf-16"), "Zölle"),
        (b"A caf\xe9 and a " + "café".encode(), "A café and a café"),
        (b"\x93So\x94 he said", "“So” he said"),
    ],
)
def test_mixed_encodings(content, text):
    assert decode(content) == text


@pytest.mark.parametrize(
    ("content", "why"),
    [(b"", "empty"), (b"  \n", "empty"), (b"\x89PNG\0\0", "not text"), (b"%PDF-1.7 rubbish", "PDF"),
     (b"....", "no words"), (b"<html><script>x</script></html>", "no visible text")],
)  # fmt: skip
def test_what_gives_no_article(content, why):
    with pytest.raises(UnreadableArticle) as caught:
        list(articles_in(content, "a"))
    assert why in str(caught.value)


def test_other_languages_are_known_as_such():
    assert looks_english(BODY)
    assert not looks_english(
        "China erhöhte am Montag seine Zölle auf amerikanisches Rindfleisch und Schweinefleisch."
    )
