"""Fetching: robots, limits, private addresses, redirects; against a server on the loopback."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from detente.core.errors import FetchRefused
from detente.reading.fetch import Limits, fetch, is_public

PAGES = {
    "/robots.txt": (200, b"User-agent: *\nDisallow: /closed\n", {}),
    "/open": (
        200,
        b"<html><body><p>Tariffs rose.</p></body></html>",
        {"Content-Type": "text/html; charset=utf-8"},
    ),
    "/closed": (200, b"secret", {}),
    "/moved": (302, b"", {"Location": "/open"}),
    "/loop": (302, b"", {"Location": "/loop"}),
    "/inside": (302, b"", {"Location": "http://10.0.0.1/"}),
    "/to-closed": (302, b"", {"Location": "/closed"}),
    "/to-file": (302, b"", {"Location": "file:///etc/hostname"}),
    "/large": (200, b"x" * 50_000, {}),
    "/gone": (404, b"", {}),
}


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        status, body, headers = PAGES.get(self.path, (404, b"", {}))
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words):
        """Silence."""


@pytest.fixture(scope="module")
def server():
    httpd = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=httpd.serve_forever, daemon=True)
    thread.start()
    yield f"127.0.0.1:{httpd.server_port}"
    httpd.shutdown()
    httpd.server_close()


def limits(server, **more):
    return Limits(allow=frozenset([server]), seconds=5, **more)


def test_an_allowed_page_is_fetched(server):
    page = fetch(f"http://{server}/moved", limits(server))
    assert page.url.endswith("/open")
    assert b"Tariffs rose" in page.content
    assert page.charset == "utf-8"


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("/closed", "robots"),
        ("/to-closed", "robots"),
        ("/loop", "redirects"),
        ("/inside", "private network"),
        ("/to-file", "only http"),
        ("/gone", "404"),
    ],
)
def test_what_is_refused(server, path, why):
    with pytest.raises(FetchRefused) as caught:
        fetch(f"http://{server}{path}", limits(server))
    assert why in caught.value.why


def test_too_large_is_refused(server):
    with pytest.raises(FetchRefused, match="larger than"):
        fetch(f"http://{server}/large", limits(server, bytes=10_000))


def test_loopback_is_refused_unless_allowed(server):
    with pytest.raises(FetchRefused, match="private network"):
        fetch(f"http://{server}/open", Limits(seconds=5))


def test_a_name_that_means_a_private_address_is_refused():
    with pytest.raises(FetchRefused, match="private network"):
        fetch(
            "http://news.example/",
            Limits(seconds=5),
            resolver=lambda host, port: ["93.184.216.34", "192.168.1.5"],
        )


def test_the_connection_goes_to_the_address_that_was_checked(server):
    """A name that answers differently the second time gains nothing: it is resolved anew and checked anew."""
    answers = [["127.0.0.1"], ["169.254.169.254"]]
    host = f"localhost:{server.split(':')[1]}"

    def rebinding(name, port):
        return answers.pop(0) if len(answers) > 1 else answers[0]

    with pytest.raises(FetchRefused):
        fetch(f"http://{host}/open", Limits(seconds=2), resolver=rebinding)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "192.168.0.1",
        "169.254.169.254",
        "0.0.0.0",
        "::1",
        "fe80::1%eth0",
        "::ffff:10.0.0.1",
        "64:ff9b::a00:1",
        "2002:7f00:1::",
        "224.0.0.1",
        "100.64.0.1",
    ],
)
def test_private_addresses(address):
    assert not is_public(address)


def test_public_addresses():
    assert is_public("93.184.216.34")
    assert is_public("2606:2800:220:1::1")


@pytest.mark.parametrize(
    "url", ["ftp://example.org/", "http://", "http://user:word@example.org/", "http://example.org:99999/"]
)
def test_addresses_that_are_none(url):
    with pytest.raises(FetchRefused):
        fetch(url)
