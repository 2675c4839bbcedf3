"""Inbox, history and editing over the web: nothing is lost, nothing hostile gets far."""

from __future__ import annotations

import io
import json
import zipfile
import zlib

import pytest
from fastapi.testclient import TestClient
from tests.support.reading import ARTICLE
from tests.support.web import own_settings

from detente.record.checks import check_record
from detente.record.files import contents, load_record
from detente.web.app import create_app
from detente.web.settings import Settings


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    return tmp_path_factory.mktemp("web")


@pytest.fixture(scope="module")
def client(place):
    app = create_app(own_settings(place))
    with TestClient(app, base_url="http://127.0.0.1", raise_server_exceptions=False) as c:
        yield c


@pytest.fixture(scope="module")
def reading(client):
    answer = client.post("/api/v1/inbox/readings", data={"text": ARTICLE, "published": "2025-05-23"})
    assert answer.status_code == 201, answer.text
    return answer.json()["data"]


def test_an_article_becomes_proposals_whose_words_can_be_found(client, reading):
    assert reading["reading"]["proposals"]
    for proposal in reading["reading"]["proposals"]:
        for evidence in proposal["evidence"]:
            assert reading["texts"][evidence["file"]][evidence["start"] : evidence["end"]].strip()
    page = client.get(f"/inbox/{reading['id']}")
    assert page.text.count("<mark>") >= len(reading["reading"]["proposals"])


def test_accept_edit_reject_and_undo_leave_the_record_as_it_was(client, reading, place):
    folder = place / "mine"
    before = contents(folder)
    path = f"/api/v1/inbox/readings/{reading['id']}/decisions"
    first, second = (p["id"] for p in reading["reading"]["proposals"][:2])
    answer = client.post(path, json={"proposal": first, "accept": True, "fields": {"title": "Changed first"}})
    assert answer.status_code == 201, answer.text
    entry = answer.json()["data"]["written"][-1]["entry"]
    assert load_record(str(folder)).entries[entry].title == "Changed first"
    assert not [p for p in check_record(load_record(str(folder))) if entry in p.where]
    again = client.post(path, json={"proposal": first, "accept": False})
    assert again.status_code == 409
    assert again.json()["error"]["code"] == "stale_version"
    assert client.post(path, json={"proposal": second, "accept": False}).status_code == 201
    assert client.post(path, json={"proposal": "p-none", "accept": True}).status_code == 422
    (change, *_) = client.get("/api/v1/history").json()["data"]["changes"]
    assert entry in change["what"]
    assert client.post(f"/api/v1/history/{change['id']}/undo").status_code == 200
    assert contents(folder) == before
    assert client.post(f"/api/v1/history/{change['id']}/undo").status_code == 409
    assert client.post(path, json={"proposal": first, "accept": True}).status_code == 201
    (change, *_) = client.get("/api/v1/history").json()["data"]["changes"]
    assert client.post(f"/api/v1/history/{change['id']}/undo").status_code == 200


def test_news_by_hand_is_checked_added_changed_and_undone(client, place):
    fields = {
        "title": "A thaw is near",
        "date": "2024-03-01",
        "by": "{name: A. Minister, side: AUS}",
        "says": "A thaw is near",
        "standing": "[{since: 2024-03-01, status: open}]",
    }
    asked = {"kind": "claim", "id": "claim-thaw-is-near", "fields": fields}
    bad = client.post("/api/v1/entries", json={**asked, "fields": {**fields, "by": "[1"}})
    assert bad.status_code == 422
    assert client.post("/api/v1/entries", json=asked).status_code == 201
    assert client.post("/api/v1/entries", json=asked).status_code == 422
    one = client.get("/api/v1/entries/claim-thaw-is-near", params={"dispute": "mine"}).json()["data"]
    assert one["writable"]
    edit = {"fields": {"says": '"A thaw is here"'}, "version": one["version"]}
    first = client.patch("/api/v1/entries/claim-thaw-is-near", json=edit)
    assert first.status_code == 200
    second = client.patch("/api/v1/entries/claim-thaw-is-near", json=edit)
    assert second.status_code == 409
    assert first.json()["data"]["version"] in second.json()["error"]["what"]
    changes = client.get("/api/v1/history").json()["data"]["changes"]
    added = next(c for c in changes if c["what"] == "added claim-thaw-is-near")
    changed = next(c for c in changes if c["what"].startswith("changed claim-thaw-is-near"))
    assert client.post(f"/api/v1/history/{added['id']}/undo").status_code == 409
    assert client.post(f"/api/v1/history/{changed['id']}/undo").status_code == 200
    assert client.post(f"/api/v1/history/{added['id']}/undo").status_code == 200
    assert "claim-thaw-is-near" not in load_record(str(place / "mine")).entries


def test_shipped_disputes_are_never_written(tmp_path):
    settings = Settings(store=f"sqlite:///{tmp_path / 'store.sqlite'}")
    with TestClient(create_app(settings), base_url="http://127.0.0.1") as client:
        for answer in (
            client.post("/api/v1/inbox/readings", data={"text": ARTICLE, "dispute": "us-china"}),
            client.post(
                "/api/v1/entries",
                json={"kind": "claim", "id": "claim-x", "fields": {}, "dispute": "us-china"},
            ),
            client.patch("/api/v1/entries/claim-x", json={"fields": {"says": "x"}, "version": "0"}),
            client.get("/api/v1/history"),
        ):
            assert answer.status_code == 409
            assert answer.json()["error"]["code"] == "cannot_write"
        assert "A folder of your own" in client.get("/inbox").text


def hostile():
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", b"0" * 50_000_000)
    stream = zlib.compress(b"0 0 m " * 8_000_000)
    pdf = b"%PDF-1.4\n1 0 obj<</Length " + str(len(stream)).encode() + b"/Filter/FlateDecode>>stream\n"
    yield "bomb.zip", bomb.getvalue()
    yield "bomb.pdf", pdf + stream + b"\nendstream endobj\n%%EOF"
    yield "deep.html", b"<html>" + b"<div>" * 200_000 + b"x"
    yield "nul.txt", b"\0" * 10_000
    yield "empty.txt", b"   "
    yield (
        "xml.xml",
        (
            b'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "aaaaaaaaaa">'
            + b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9))
            + b"]><rss><channel><item><title>&j;</title></item></channel></rss>"
        ),
    )
    yield "../../../etc/passwd", b"\xff\xfe\x00"


@pytest.mark.parametrize(("name", "content"), list(hostile()), ids=lambda v: v if isinstance(v, str) else "")
def test_hostile_files_are_one_error_and_the_server_goes_on(client, name, content):
    answer = client.post("/api/v1/inbox/readings", files=[("files", (name, content))])
    assert answer.status_code in (201, 422, 503), answer.text
    if answer.status_code != 201:
        assert set(answer.json()) == {"error"}
        assert "/tmp" not in answer.text
    assert client.get("/healthz").status_code == 200


def test_scripts_in_an_article_are_words(client):
    html = (
        f"<html><head><title>x</title></head><body><p>{ARTICLE}</p><script>alert(2)</script>"
        "<img src=x onerror=alert(3)><p>He said &lt;script&gt;alert(4)&lt;/script&gt;.</p></body></html>"
    )
    answer = client.post("/api/v1/inbox/readings", files=[("files", ('<img src=x onerror="a">.html', html))])
    assert answer.status_code == 201, answer.text
    page = client.get(f"/inbox/{answer.json()['data']['id']}").text
    assert "<script>alert" not in page
    assert "<img" not in page


def test_200_megabytes_are_refused_before_they_are_read(client):
    def stream():
        yield b"--b\r\nContent-Disposition: form-data; name=files; filename=a.txt\r\n\r\n"
        for _ in range(200):
            yield b"a" * 1_000_000

    headers = {"content-type": "multipart/form-data; boundary=b"}
    answer = client.post("/api/v1/inbox/readings", content=stream(), headers=headers)
    assert answer.status_code == 413
    told = client.post("/api/v1/inbox/readings", content=b"x", headers={"content-length": "200000000"})
    assert told.status_code == 413
    assert json.loads(told.text)["error"]["code"] == "too_large"


def test_without_a_folder_one_is_made_from_the_page_and_found_again(tmp_path):
    plain = Settings(store=f"sqlite:///{tmp_path / 'store.sqlite'}", home=tmp_path / "home", workers=0)
    with TestClient(create_app(plain), base_url="http://127.0.0.1") as client:
        assert "Make the folder" in client.get("/inbox").text
        assert client.post("/api/v1/inbox/readings", data={"text": ARTICLE}).status_code == 409
        made = client.post("/api/v1/disputes", json={"name": "copied", "source": "china-australia"})
        assert made.status_code == 201, made.text
        assert made.json()["data"]["entries"] == len(load_record("china-australia").entries)
        fresh = client.post("/api/v1/disputes", json={"name": "fresh", "parties": ["EUN", "CHN"]})
        assert fresh.json()["data"]["entries"] == 0
        for page in (
            "/inbox?dispute=fresh",
            "/today?dispute=fresh",
            "/what-if?dispute=fresh",
            "/record?dispute=fresh",
        ):
            assert client.get(page).status_code == 200, page
    with TestClient(create_app(plain), base_url="http://127.0.0.1") as client:
        read = client.post("/api/v1/inbox/readings", data={"text": ARTICLE, "dispute": "copied"})
        assert read.status_code == 201, read.text
        path = f"/api/v1/inbox/readings/{read.json()['data']['id']}/decisions"
        proposal = read.json()["data"]["reading"]["proposals"][0]["id"]
        assert client.post(path, json={"proposal": proposal, "accept": True}).status_code == 201
    assert len(load_record(str(tmp_path / "home" / "copied")).entries) > made.json()["data"]["entries"]


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"name": "mine", "source": "china-australia"}, 409),
        ({"name": "us-china", "source": "china-australia"}, 422),
        ({"name": "../../etc", "source": "china-australia"}, 422),
        ({"name": "a/b", "parties": ["CHN", "AUS"]}, 422),
        ({"name": ".hidden", "parties": ["CHN", "AUS"]}, 422),
        ({"name": "fine", "source": "/etc"}, 404),
        ({"name": "fine"}, 422),
        ({"name": "fine", "parties": ["CHN", "CHN"]}, 422),
        ({"name": "fine", "parties": ["CHN", "XYZ"]}, 422),
    ],
)
def test_a_folder_is_made_nowhere_but_at_home(client, place, asked, status):
    answer = client.post("/api/v1/disputes", json=asked)
    assert answer.status_code == status, answer.text
    assert set(answer.json()["error"]) == {"code", "what", "where", "why", "instead"}
    assert str(place) not in answer.text
    assert not (place / "home").exists() or not list((place / "home").iterdir())
