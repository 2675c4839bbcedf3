"""Hostile uploads: an answer or one error, shown as words alone, and a server that goes on."""

from __future__ import annotations

import gzip
import html.parser
import io
import zipfile
from itertools import pairwise

import pytest
from fastapi.testclient import TestClient
from tests.support.reading import ARTICLE
from tests.support.web import own_settings

from detente.record.files import contents
from detente.web.app import create_app
from detente.web.inbox import MOST_ARTICLES

FOLLOWED = ("href", "src", "action", "formaction", "data", "xlink:href", "poster", "srcdoc", "background")
ACTIVE = ("iframe", "object", "embed", "svg", "math", "base", "img", "video", "audio")
OURS = ("/", "#", "?", "https://", "http://")


class Page(html.parser.HTMLParser):
    """What a browser would run or follow in a page that is not ours."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ACTIVE:
            self.found.append(tag)
        for name, value in attrs:
            if name.startswith("on") or (name == "style"):
                self.found.append(f"{tag} {name}")
            if name in FOLLOWED and not (value or "").startswith(OURS):
                self.found.append(f"{tag} {name}={value}")
        if tag == "script" and not any(name == "src" for name, _ in attrs):
            self.found.append("script")


def page_of(body: str) -> bytes:
    paragraphs = "".join(f"<p>{words}</p>" for words in ARTICLE.split("\n\n"))
    return f"<html><head><title>x</title>{body}</head><body>{paragraphs}{body}</body></html>".encode()


def zipped(name: str, content: bytes) -> bytes:
    found = io.BytesIO()
    with zipfile.ZipFile(found, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return found.getvalue()


def nested(depth: int) -> bytes:
    content = zipped("a.txt", b"0" * 10_000_000)
    for _ in range(depth):
        content = zipped("../../a.zip", content)
    return content


def entities(levels: int) -> bytes:
    names = "abcdefghijkl"[:levels]
    told = "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in pairwise(names))
    item = f"<item><title>&{names[-1]};</title><description>{ARTICLE}</description></item>"
    head = f'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "lol">{told}]>'
    return f"{head}<rss><channel>{item}</channel></rss>".encode()


OUTSIDE = (
    b'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    b"<rss><channel><item><title>Duties</title><description>&x;</description></item></channel></rss>"
)
SVG = (
    b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(2)</script>'
    b"<text>Duties</text></svg>"
)
WORDS = f"<p>{ARTICLE}</p>".encode()

PAGES = {
    "javascript link": '<a href="javascript:alert(1)">US raises duties on China</a>',
    "data link": '<a href="data:text/html,<script>alert(1)</script>">talks</a>',
    "canonical": '<link rel="canonical" href="javascript:alert(1)"><meta name="url" content="data:,x">',
    "site name": '<meta property="og:site_name" content="&lt;img src=x onerror=alert(1)&gt;">',
    "title": '<meta property="og:title" content="&quot;&gt;&lt;svg onload=alert(1)&gt;">',
    "author": '<meta name="author" content="&lt;iframe src=javascript:alert(1)&gt;">',
    "svg": SVG.decode(),
    "iframe": '<iframe src="javascript:alert(1)" srcdoc="<script>alert(2)</script>"></iframe>',
    "handlers": '<p onclick="alert(1)" onmouseover=alert(2)>Said <b onfocus=alert(3) autofocus>he</b></p>',
    "escaped": "<p>He said &lt;svg/onload=alert(1)&gt;&lt;iframe srcdoc=x&gt; to China.</p>",
    "json-ld": '<script type="application/ld+json">{"headline": "<img src=x onerror=alert(1)>"}</script>',
    "base": '<base href="https://evil.example/"><meta http-equiv="refresh" content="0;url=javascript:a()">',
    "template": "{{ 7 * 7 }} {% raw %} ${7*7} <p>{{ config }}</p>",
    "broken": '<p title="><img onerror=a()>"><![CDATA[<img src=x>]]><!--><svg onload=alert(1)></svg>-->',
}
NAMES = [
    "../../../etc/passwd", "..\\..\\windows\\win.ini", "/etc/cron.d/x.html", "a\x00b.html",
    "a\r\nSet-Cookie: x=1.html",     "\x1b[31mred.txt",
    "\u202etxt.exe", "<svg onload=alert(1)>.html", "'\"&#.txt", ".", "..", " ", "a" * 900,
    "con.txt", "#2", "%2e%2e%2fetc",
]  # fmt: skip
FILES = {
    "entity bomb": ("feed.xml", entities(10), "application/rss+xml"),
    "entities, few": ("feed.rss", entities(3), "application/xml"),
    "outside entity": ("feed.xml", OUTSIDE, "text/xml"),
    "nested zip": ("a.zip", nested(6), "application/zip"),
    "zip named as text": ("a.txt", nested(2), "text/plain"),
    "zip named as PDF": ("a.pdf", nested(1), "application/pdf"),
    "gzip": ("a.html", gzip.compress(b"0" * 20_000_000), "text/html"),
    "svg": ("a.svg", SVG, "image/svg+xml"),
    "page told to be a PDF": ("a.pdf", WORDS, "application/pdf"),
    "page told to be a picture": ("a.png", WORDS, "image/png"),
    "picture told to be a page": ("a.html", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40, "text/html"),
    "PDF told to be a text": ("a.txt", b"%PDF-1.7\n1 0 obj<<>>endobj", "text/plain"),
    "nonsense type": ("a.html", WORDS, "x/y; charset=<script>"),
    "unknown charset": ("a.html", b"<meta charset='zip'>" + WORDS, "text/html; charset=rot13"),
    "half a letter": ("a.txt", "é".encode("utf-16")[:-1] + b"\xd8", "text/plain"),
    "mail in mail": (
        "a.eml",
        b"".join(b"Content-Type: message/rfc822\r\n\r\n" for _ in range(400)) + b"Subject: x\r\n\r\nx",
        "message/rfc822",
    ),
    "mail of many parts": (
        "a.eml",
        b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n' + b"--b\r\n\r\nx\r\n" * 5_000,
        "message/rfc822",
    ),
}


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    return tmp_path_factory.mktemp("hostile")


@pytest.fixture(scope="module")
def client(place):
    app = create_app(own_settings(place, workers=0))
    with TestClient(app, base_url="http://127.0.0.1", raise_server_exceptions=False) as found:
        yield found


def upload(client, place, name, content, kind="text/html"):
    """Send one file and look at all that comes of it; the answer."""
    before = contents(place / "mine")
    answer = client.post(
        "/api/v1/inbox/readings", files=[("files", (name, content, kind))], data={"published": "2025-05-23"}
    )
    assert answer.status_code in (201, 422), answer.text
    assert str(place) not in answer.text
    assert "/tmp" not in answer.text
    assert "root:x:" not in answer.text
    assert contents(place / "mine") == before
    if answer.status_code == 422:
        assert set(answer.json()["error"]) == {"code", "what", "where", "why", "instead"}
        assert answer.json()["error"]["code"] != "internal_error"
    else:
        data = answer.json()["data"]
        for page in (f"/inbox/{data['id']}", "/inbox"):
            shown = client.get(page)
            assert shown.status_code == 200, page
            assert Page(shown.text).found == []
    return answer


@pytest.mark.parametrize("body", PAGES.values(), ids=PAGES)
def test_what_a_page_would_do_is_only_words(client, place, body):
    answer = upload(client, place, "a.html", page_of(body))
    assert answer.status_code == 201, answer.text
    data = answer.json()["data"]
    assert data["reading"]["proposals"]
    path = f"/api/v1/inbox/readings/{data['id']}/decisions"
    one = client.post(path, json={"proposal": data["reading"]["proposals"][0]["id"], "accept": True})
    assert one.status_code == 201, one.text
    for written in one.json()["data"]["written"]:  # its source too
        shown = client.get(f"/record/mine/{written['entry']}")
        assert shown.status_code == 200
        assert Page(shown.text).found == []
    (change, *_) = client.get("/api/v1/history").json()["data"]["changes"]
    assert client.post(f"/api/v1/history/{change['id']}/undo").status_code == 200


@pytest.mark.parametrize("name", NAMES, ids=lambda name: ascii(name)[:40])
def test_a_name_is_only_a_name(client, place, name):
    answer = upload(client, place, name, f"{ARTICLE}\n".encode(), "text/plain")
    if answer.status_code == 201:
        (shown,) = answer.json()["data"]["texts"]
        assert shown.isprintable()
        assert not set(shown) & set("/\\<>\"'&")
        assert 0 < len(shown) <= 100


@pytest.mark.parametrize(("name", "content", "kind"), FILES.values(), ids=FILES)
def test_a_file_is_what_it_holds_or_an_error(client, place, name, content, kind):
    answer = upload(client, place, name, content, kind)
    assert len(answer.content) < 100_000 + 20 * len(content)  # nothing unfolds on and on
    assert client.get("/healthz").status_code == 200


def test_a_mailbox_of_very_many_is_refused(client):
    box = b"From x\nSubject: s\n\nDuties rise.\n\n" * (MOST_ARTICLES + 1)
    answer = client.post("/api/v1/inbox/readings", files=[("files", ("a.mbox", box, "application/mbox"))])
    assert answer.status_code == 422, answer.text[:300]
    assert "articles" in answer.json()["error"]["what"]
