"""Fetch a published table: checksum, resume, and a clear word when there is no network.

The only module of the economy that opens a connection. A file is first written as `NAME.part`, beside a note
of what the server said of it; a broken download goes on where it stopped if the server still has the same
bytes (`Range` with `If-Range`), and starts again if it does not or cannot. It becomes NAME only when its
length and its checksum are right.

The addresses below were not tried from here: each says where it and its checksum were seen. Publishers move
files; `--url` gives another address, and a file fetched by other means is as good.
"""

from __future__ import annotations

import hashlib
import http.client
import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from detente import __version__
from detente.core.errors import CannotFetch, InvalidOption, UnknownName

CHUNK = 1 << 16
ATTEMPTS = 5
WAIT_SECONDS = 1.0
TIMEOUT_SECONDS = 30.0


@dataclass(frozen=True)
class Published:
    """A file that a publisher distributes.

    Attributes:
        name: how `detente world fetch` calls it.
        file: name under which it is kept.
        url: its address.
        size: bytes, where known.
        checksum: "sha256:..." or "sha1:..." where known; empty where not.
        reader: format for `detente world load`.
        seen: where address and checksum were seen; none was tried from here.
        terms: licence.
    """

    name: str
    file: str
    url: str
    reader: str
    seen: str
    terms: str
    size: int | None = None
    checksum: str = ""


_OECD = "OECD: reuse with attribution"
_OECD_SEEN = (
    "edition of 2023; address as public readers of the tables (pymrio) hold it; unverified, no checksum known"
)

PUBLISHED: Mapping[str, Published] = {
    entry.name: entry
    for entry in (
        Published(
            "oecd-icio-2016-2022",
            "2016-2022_SML.zip",
            "https://webfs-sti.oecd.org/files/STI-PIE/ICIO/2025/2016-2022_SML.zip",
            "oecd-icio",
            "edition of 2025, files 2016_SML.csv to 2022_SML.csv; address, length and sha256 as a public "
            "repository records them for a copy of 18 May 2026; unverified here",
            _OECD,
            166_241_019,
            "sha256:46db55c45747e26dde5c1716d072b2aa74ace362a4424491ac646d2ab175befb",
        ),
        Published(
            "oecd-icio-2016-2020",
            "ICIO2023_2016-2020.zip",
            "https://stats.oecd.org/wbos/fileview2.aspx?IDFile=d1ab2315-298c-4e93-9a81-c6f2273139fe",
            "oecd-icio",
            _OECD_SEEN,
            _OECD,
        ),
        Published(
            "oecd-icio-2011-2015",
            "ICIO2023_2011-2015.zip",
            "https://stats.oecd.org/wbos/fileview2.aspx?IDFile=1f791bc6-befb-45c5-8b34-668d08a1702a",
            "oecd-icio",
            _OECD_SEEN,
            _OECD,
        ),
        Published(
            "wiod-2016-stata",
            "WIOTS_in_STATA.zip",
            "https://dataverse.nl/api/access/datafile/199103",
            "wiod",
            "DataverseNL, doi:10.34894/PJ2M1C; length and sha1 as public repositories have them; unverified "
            "here. Unpack it and load one .dta",
            "CC BY 4.0; cite Timmer, Dietzenbacher, Los, Stehrer and de Vries 2015",
            638_963_496,
            "sha1:cde6085d4233fec2356877aedf21d950de912b78",
        ),
        Published(
            "wiod-2016-excel",
            "WIOTS_in_EXCEL.zip",
            "https://dataverse.nl/api/access/datafile/199104",
            "wiod",
            "DataverseNL, doi:10.34894/PJ2M1C, as public readers of the tables name it; unverified, no "
            "checksum known. Unpack it and load one .xlsb",
            "CC BY 4.0; cite Timmer, Dietzenbacher, Los, Stehrer and de Vries 2015",
        ),
    )
}


def fetch(
    name: str,
    folder: Path,
    *,
    url: str | None = None,
    checksum: str | None = None,
    progress: Callable[[str], None] | None = None,
    attempts: int = ATTEMPTS,
    wait_seconds: float = WAIT_SECONDS,
    timeout_seconds: float = TIMEOUT_SECONDS,
) -> dict[str, Any]:
    """Fetch a published file, or go on fetching it.

    Args:
        name: one of `PUBLISHED`, or with `url` the name of the file to write.
        folder: where it goes.
        url: another address.
        checksum: "sha256:HEX" or "sha1:HEX" to hold it to; default: the one known for the name at its own
            address.
        progress: told how far it is.
        attempts: how often a broken connection is taken up again.
        wait_seconds: before the second attempt; doubled each time.
        timeout_seconds: of one read.

    Returns:
        file, bytes, sha256, checksum (`compared`, or `none known`), resumed_from, fetched (False where a file
        with the right checksum was there already), and the terms.

    Raises:
        UnknownName: no such name and no address.
        CannotFetch: no connection, an answer that is no file, or bytes that are not those expected.
    """
    entry = PUBLISHED.get(name)
    if entry is None and url is None:
        raise UnknownName(
            f"no download {name!r}",
            why="no address is known",
            instead=f"{', '.join(PUBLISHED)}, or --url ADDRESS",
        )
    address = url or (entry.url if entry else "")
    if urlsplit(address).scheme not in ("http", "https") or not urlsplit(address).hostname:
        raise InvalidOption(f"address {address!r}", where="--url", why="http or https is fetched")
    wanted = checksum if checksum is not None else (entry.checksum if entry and url is None else "")
    _require_checksum(wanted)
    file = entry.file if entry else Path(name).name
    target = folder / file
    state: dict[str, Any] = {
        "name": name,
        "file": str(target),
        "url": address,
        "terms": entry.terms if entry else "",
        "reader": entry.reader if entry else None,
        "seen": entry.seen if entry else "",
    }
    if target.exists() and wanted and _digest(target, wanted) == wanted:
        return state | _facts(target, wanted, fetched=False, resumed_from=0)
    folder.mkdir(parents=True, exist_ok=True)
    part = folder / f"{file}.part"
    resumed = _receive(address, part, bool(wanted), progress, attempts, wait_seconds, timeout_seconds)
    _require_bytes(part, wanted, entry.size if entry and url is None and not checksum else None, address)
    part.replace(target)
    _note(part).unlink(missing_ok=True)
    return state | _facts(target, wanted, fetched=True, resumed_from=resumed)


def _receive(
    url: str,
    part: Path,
    checked: bool,
    progress: Callable[[str], None] | None,
    attempts: int,
    wait_seconds: float,
    timeout_seconds: float,
) -> int:
    """Write the whole answer to `part`; from which byte on it was taken up again at first."""
    resumed: int | None = None
    problem = ""
    for attempt in range(attempts):
        if attempt:
            time.sleep(wait_seconds * 2 ** (attempt - 1))
        have = part.stat().st_size if part.exists() else 0
        note = _read_note(part) if have else {}
        # Bytes of two editions must not be joined: the server's tag or, at the end, the checksum shows it.
        if have and (note.get("url") != url or not (note.get("tag") or checked)):
            have, note = 0, {}
        if have and have == note.get("total"):
            return have if resumed is None else resumed
        try:
            start = _one_attempt(url, part, have, note, progress, timeout_seconds)
            resumed = start if resumed is None else resumed
            total = _read_note(part).get("total")
            size = part.stat().st_size
            if total is None or size == total:
                return resumed
            problem = f"the connection ended after {size:,} of {total:,} bytes"
        except urllib.error.HTTPError as answer:
            if answer.code == 416:  # what lies there is longer than the file: begin again
                part.unlink(missing_ok=True)
                problem = "the server has fewer bytes than were fetched before"
            elif answer.code in (408, 425, 429, 500, 502, 503, 504):
                problem = f"the server answers {answer.code} {answer.reason}"
            else:
                raise CannotFetch(
                    f"{url} answers {answer.code} {answer.reason}",
                    why="the publisher may have moved the file",
                    instead="--url NEW_ADDRESS, or fetch it with a browser and load the file",
                ) from None
        except (urllib.error.URLError, http.client.HTTPException, OSError) as failure:
            reason = failure.reason if isinstance(failure, urllib.error.URLError) else failure
            problem = str(reason) or type(failure).__name__
        if progress:
            progress(f"fetch: {problem}; attempt {attempt + 1} of {attempts}")
    kept = part.stat().st_size if part.exists() else 0
    raise CannotFetch(
        f"no whole file from {urlsplit(url).hostname}",
        where=url,
        why=f"{problem}; {attempts} attempts; "
        + (f"{kept:,} bytes are kept" if kept else "is there a network?"),
        instead="the same command again goes on where it stopped; or fetch it with a browser and load it",
    )


def _one_attempt(
    url: str,
    part: Path,
    have: int,
    note: Mapping[str, Any],
    progress: Callable[[str], None] | None,
    timeout_seconds: float,
) -> int:
    """One connection; the byte from which it wrote."""
    request = urllib.request.Request(url, headers={"User-Agent": f"detente/{__version__}"})
    if have:
        request.add_header("Range", f"bytes={have}-")
        if note.get("tag"):
            request.add_header("If-Range", note["tag"])
    with urllib.request.urlopen(request, timeout=timeout_seconds) as answer:
        start, total = _span(answer, have)
        kind = answer.headers.get_content_type()
        if kind == "text/html":
            raise CannotFetch(
                f"{url} answers with a web page",
                why="a page in place of the file: it was moved, or asks for something first",
                instead="fetch it with a browser and load the file",
            )
        tag = answer.headers.get("ETag") or answer.headers.get("Last-Modified") or ""
        # A weak tag may stand for other bytes.
        strong = "" if tag.startswith("W/") else tag
        _note(part).write_text(json.dumps({"url": url, "total": total, "tag": strong}), encoding="utf-8")
        done, told = start, time.monotonic()
        with part.open("r+b" if start else "wb") as stream:
            stream.seek(start)
            stream.truncate()
            while block := answer.read(CHUNK):
                stream.write(block)
                done += len(block)
                if progress and time.monotonic() - told > 1:
                    told = time.monotonic()
                    progress(f"fetch: {done / 1e6:.0f}{f' of {total / 1e6:.0f}' if total else ''} MB")
    return start


def _span(answer: Any, have: int) -> tuple[int, int | None]:
    """From which byte the answer starts, and how long the whole file is."""
    length = answer.headers.get("Content-Length")
    if answer.status == 206:
        span = answer.headers.get("Content-Range", "")
        first, _, whole = span.removeprefix("bytes ").partition("/")
        begin = first.partition("-")[0]
        if not begin.isdigit() or int(begin) > have:
            raise http.client.HTTPException(f"an answer for other bytes than asked for ({span or 'no span'})")
        return int(begin), int(whole) if whole.isdigit() else None
    # 200: the server does not do ranges, or the file changed. All of it comes again.
    return 0, int(length) if length and length.isdigit() else None


def _require_bytes(part: Path, checksum: str, size: int | None, url: str) -> None:
    """Length and checksum, or the file goes."""
    found = part.stat().st_size
    if size is not None and found != size:
        what, why = f"{found:,} bytes from {url}", f"{size:,} were expected"
    elif checksum and _digest(part, checksum) != checksum:
        what, why = (
            f"the bytes from {url} are not those expected",
            f"not {checksum}",
        )
    elif not found:
        what, why = f"an empty file from {url}", "nothing came"
    else:
        return
    part.unlink()
    _note(part).unlink(missing_ok=True)
    raise CannotFetch(
        what,
        where=url,
        why=f"{why}; a new edition, a page in place of the file, or damage on the way",
        instead="look at the address; --checksum '' takes what comes, and the report names its sha256",
    )


def _facts(target: Path, wanted: str, *, fetched: bool, resumed_from: int) -> dict[str, Any]:
    return {
        "bytes": target.stat().st_size,
        "sha256": _digest(target, "sha256:").removeprefix("sha256:"),
        "checksum": "compared" if wanted else "none known",
        "resumed_from": resumed_from,
        "fetched": fetched,
    }


def _require_checksum(text: str) -> None:
    kind, _, digits = text.partition(":")
    lengths = {"sha256": 64, "sha1": 40}
    if text and (len(digits) != lengths.get(kind) or set(digits.lower()) - set("0123456789abcdef")):
        raise InvalidOption(
            f"checksum {text!r}",
            where="--checksum",
            why="it names an algorithm and its digits",
            instead="sha256:... with 64 hexadecimal digits",
        )


def _digest(path: Path, checksum: str) -> str:
    """The file's checksum by the algorithm that `checksum` names."""
    kind = checksum.partition(":")[0]
    with path.open("rb") as stream:
        return f"{kind}:{hashlib.file_digest(stream, kind).hexdigest()}"


def _note(part: Path) -> Path:
    return part.with_name(f"{part.name}.json")


def _read_note(part: Path) -> dict[str, Any]:
    try:
        note = json.loads(_note(part).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return note if isinstance(note, dict) else {}
