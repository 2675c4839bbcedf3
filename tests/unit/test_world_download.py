"""Fetching from a server on this machine that drops connections, lies, and does not do ranges."""

from __future__ import annotations

import contextlib
import hashlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from detente.core.errors import CannotFetch, InvalidOption, UnknownName
from detente.economy.sources.download import PUBLISHED, fetch

BODY = bytes(range(256)) * 2000
CHECKSUM = f"sha256:{hashlib.sha256(BODY).hexdigest()}"


class Server:
    """What the server does next, and what it was asked."""

    def __init__(self) -> None:
        self.body = BODY
        self.tag = '"one"'
        self.cut_after: list[int | None] = []
        self.ranges = True
        self.codes: list[int] = []
        self.kind = "application/zip"
        self.asked: list[str | None] = []
        self.url = ""


@pytest.fixture
def server() -> Iterator[Server]:
    state = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            span = self.headers.get("Range")
            state.asked.append(span)
            code = state.codes.pop(0) if state.codes else 200
            if code >= 400:
                self.send_error(code)
                return
            start = 0
            fresh = self.headers.get("If-Range") in (None, state.tag)
            if span and state.ranges and fresh:
                start = int(span.removeprefix("bytes=").rstrip("-"))
                if start >= len(state.body):
                    self.send_error(416)
                    return
                self.send_response(206)
                self.send_header("Content-Range", f"bytes {start}-{len(state.body) - 1}/{len(state.body)}")
            else:
                self.send_response(200)
            self.send_header("Content-Length", str(len(state.body) - start))
            self.send_header("Content-Type", state.kind)
            if state.tag:
                self.send_header("ETag", state.tag)
            self.end_headers()
            stop = state.cut_after.pop(0) if state.cut_after else None
            self.wfile.write(state.body[start:] if stop is None else state.body[start : start + stop])
            if stop is not None:
                self.wfile.flush()
                self.connection.close()

        def log_message(self, format: str, *args: object) -> None:
            pass

        def finish(self) -> None:
            with contextlib.suppress(OSError, ValueError):
                super().finish()

    httpd = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    httpd.handle_error = lambda request, client_address: None
    thread = threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    state.url = f"http://127.0.0.1:{httpd.server_address[1]}/table.zip"
    yield state
    httpd.shutdown()
    httpd.server_close()
    thread.join()


def get(server: Server, folder: Path, **options):
    options = {"checksum": CHECKSUM, "wait_seconds": 0.0, "timeout_seconds": 5.0} | options
    return fetch("table.zip", folder, url=server.url, **options)


def test_a_file_comes_whole_and_is_not_fetched_twice(server: Server, tmp_path: Path) -> None:
    report = get(server, tmp_path)
    assert (tmp_path / "table.zip").read_bytes() == BODY
    assert (report["bytes"], report["checksum"], report["fetched"]) == (len(BODY), "compared", True)
    assert not list(tmp_path.glob("*.part*"))
    assert get(server, tmp_path)["fetched"] is False
    assert len(server.asked) == 1


def test_dropped_connections_are_taken_up_where_they_broke(server: Server, tmp_path: Path) -> None:
    server.cut_after = [100_000, 150_000]
    get(server, tmp_path)
    assert (tmp_path / "table.zip").read_bytes() == BODY
    assert server.asked[0] is None
    assert server.asked[1] is not None
    assert server.asked[1] != server.asked[2]


def test_a_later_command_goes_on(server: Server, tmp_path: Path) -> None:
    server.cut_after = [200_000]
    with pytest.raises(CannotFetch, match="goes on where it stopped"):
        get(server, tmp_path, attempts=1)
    kept = (tmp_path / "table.zip.part").stat().st_size
    assert 0 < kept <= 200_000
    report = get(server, tmp_path)
    assert report["resumed_from"] == kept
    assert (tmp_path / "table.zip").read_bytes() == BODY


def test_a_server_without_ranges_sends_all_again(server: Server, tmp_path: Path) -> None:
    server.ranges = False
    server.cut_after = [100_000]
    get(server, tmp_path)
    assert (tmp_path / "table.zip").read_bytes() == BODY


def test_a_file_that_changed_in_between_starts_again(server: Server, tmp_path: Path) -> None:
    server.cut_after = [100_000]
    with pytest.raises(CannotFetch):
        get(server, tmp_path, attempts=1)
    server.body, server.tag = BODY[::-1], '"two"'
    get(server, tmp_path, checksum=f"sha256:{hashlib.sha256(BODY[::-1]).hexdigest()}")
    assert (tmp_path / "table.zip").read_bytes() == BODY[::-1]


def test_wrong_bytes_are_thrown_away(server: Server, tmp_path: Path) -> None:
    server.body = b"x" * len(BODY)
    with pytest.raises(CannotFetch, match="not those expected"):
        get(server, tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_part_longer_than_the_file_is_begun_again(server: Server, tmp_path: Path) -> None:
    server.cut_after = [300_000]
    with pytest.raises(CannotFetch):
        get(server, tmp_path, attempts=1)
    server.body = BODY[:100_000]
    get(server, tmp_path, checksum=f"sha256:{hashlib.sha256(BODY[:100_000]).hexdigest()}")
    assert (tmp_path / "table.zip").read_bytes() == BODY[:100_000]


def test_a_web_page_and_a_missing_file_are_no_table(server: Server, tmp_path: Path) -> None:
    server.kind = "text/html"
    with pytest.raises(CannotFetch, match="web page"):
        get(server, tmp_path)
    server.kind, server.codes = "application/zip", [404]
    with pytest.raises(CannotFetch, match="404"):
        get(server, tmp_path)
    server.codes = [503, 503]
    assert get(server, tmp_path)["fetched"]


def test_offline_is_said_clearly(server: Server, tmp_path: Path) -> None:
    free = "http://127.0.0.1:9/table.zip"
    with pytest.raises(CannotFetch, match="is there a network") as refused:
        fetch("table.zip", tmp_path, url=free, attempts=2, wait_seconds=0.0, timeout_seconds=2.0)
    assert "browser" in refused.value.instead
    assert refused.value.exit_status == 2
    assert not list(tmp_path.iterdir())


def test_without_a_checksum_the_report_says_so(server: Server, tmp_path: Path) -> None:
    report = get(server, tmp_path, checksum="")
    assert report["checksum"] == "none known"
    assert f"sha256:{report['sha256']}" == CHECKSUM


@pytest.mark.parametrize(
    ("name", "options", "error", "word"),
    [
        ("nothing", {}, UnknownName, "oecd-icio"),
        ("x", {"url": "file:///etc/hosts"}, InvalidOption, "http"),
        ("x", {"url": "http://127.0.0.1/x", "checksum": "md5:12"}, InvalidOption, "sha256"),
    ],
)
def test_requests_that_cannot_be(tmp_path: Path, name, options, error, word) -> None:
    with pytest.raises(error, match=word):
        fetch(name, tmp_path, **options)


def test_known_addresses_say_where_they_were_seen() -> None:
    for entry in PUBLISHED.values():
        assert entry.url.startswith("https://")
        assert "unverified" in entry.seen
        assert entry.terms
        if entry.checksum:
            assert entry.size
