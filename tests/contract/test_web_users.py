"""Shared use: refused without keys, roles kept, changes marked, tries and rates limited."""

from __future__ import annotations

import re

import pytest
import yaml
from fastapi.testclient import TestClient
from tests.support.web import own_settings

from detente.cli.main import _run
from detente.core.errors import InvalidOption
from detente.web.app import create_app
from detente.web.settings import Limits, Settings, require_safe
from detente.web.users import keys_of, new_token

TOKENS = {role: new_token(f"{role}-one:{role}") for role in ("reader", "editor")}
EDIT = {"fields": {"title": '"x"'}, "version": "0", "dispute": "mine"}


@pytest.fixture(scope="module")
def keys(tmp_path_factory):
    path = tmp_path_factory.mktemp("keys") / "tokens.yaml"
    path.write_text("\n".join(line for _, line in TOKENS.values()) + "\n", encoding="utf-8")
    return keys_of(path, {"DETENTE_PASSWORD": "correct horse battery"})


@pytest.fixture(scope="module")
def app(tmp_path_factory, keys):
    place = tmp_path_factory.mktemp("shared")
    return create_app(
        own_settings(place, host="0.0.0.0", keys=keys, limits=Limits(requests_a_second=1000, burst=1000))
    )


@pytest.fixture
def client(app):
    with TestClient(app, base_url="http://detente.example", follow_redirects=False) as c:
        yield c


def bearer(role):
    return {"authorization": f"Bearer {TOKENS[role][0]}"}


def test_beyond_loopback_nothing_starts_without_keys(keys):
    for settings in (Settings(host="0.0.0.0"), Settings(public="https://detente.example")):
        with pytest.raises(InvalidOption):
            require_safe(settings)
    require_safe(Settings(host="0.0.0.0", keys=keys))
    require_safe(Settings(host="127.0.0.1"))


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "::", "example.org"])
def test_the_command_refuses_to_be_open(capsys, monkeypatch, host):
    monkeypatch.delenv("DETENTE_PASSWORD", raising=False)
    assert _run(["serve", "--no-browser", "--port", "0", "--host", host]) == 2
    assert "DETENTE_PASSWORD" in capsys.readouterr().err


def test_nobody_gets_past_without_signing_in(client):
    assert client.get("/healthz").status_code == 200
    assert client.get("/sign-in").status_code == 200
    page = client.get("/what-if", headers={"accept": "text/html"})
    assert (page.status_code, page.headers["location"]) == (303, "/sign-in")
    for path in ("/api/v1/disputes", "/openapi.json", "/api/v1/jobs"):
        answer = client.get(path)
        assert answer.status_code == 401
        assert answer.json()["error"]["code"] == "not_signed_in"
    assert client.get("/api/v1/disputes", headers={"authorization": "Bearer wrong"}).status_code == 401


def test_readers_look_and_editors_change(client):
    assert client.get("/api/v1/disputes", headers=bearer("reader")).status_code == 200
    asked = {"dispute": "mine", "on": "2021-06-01"}
    assert client.post("/api/v1/what-if", json=asked, headers=bearer("reader")).status_code == 200
    changes = [
        ("PATCH", "/api/v1/entries/claim-wine-dumped", EDIT),
        ("POST", "/api/v1/entries", {"kind": "claim", "id": "claim-x", "fields": {}, "dispute": "mine"}),
        ("POST", "/api/v1/history/1/undo", None),
        ("POST", "/api/v1/jobs", {"kind": "nash", "question": {"sides": ["USA", "CHN"]}}),
        ("POST", "/api/v1/jobs/x/cancel", None),
        ("POST", "/api/v1/inbox/readings/x/decisions", {"proposal": "p", "accept": True}),
    ]
    for method, path, body in changes:
        refused = client.request(method, path, json=body, headers=bearer("reader"))
        assert refused.status_code == 403, path
        assert refused.json()["error"]["code"] == "not_allowed"
    stale = client.patch("/api/v1/entries/claim-wine-dumped", json=EDIT, headers=bearer("editor"))
    assert stale.status_code == 409
    upload = client.post("/api/v1/inbox/readings", data={"text": "x"}, headers=bearer("reader"))
    assert upload.status_code == 403


def test_a_session_must_mark_its_changes(client):
    wrong = client.post("/sign-in", data={"given": "wrong horse"})
    assert wrong.status_code == 401
    signed = client.post("/sign-in", data={"given": "correct horse battery"})
    assert signed.status_code == 303
    cookie = signed.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    page = client.get("/record?dispute=mine")
    mark = re.search(r'name="csrf" content="([^"]+)"', page.text)[1]
    path = "/api/v1/entries/claim-wine-dumped"
    assert client.patch(path, json=EDIT).status_code == 403
    assert client.patch(path, json=EDIT, headers={"x-csrf-token": "other"}).status_code == 403
    assert client.patch(path, json=EDIT, headers={"x-csrf-token": mark}).status_code == 409
    foreign = {"x-csrf-token": mark, "origin": "https://evil.example"}
    assert client.patch(path, json=EDIT, headers=foreign).status_code == 403
    assert client.post("/sign-out", headers={"x-csrf-token": mark}).status_code == 303


def test_a_public_address_is_the_only_one(tmp_path, keys):
    settings = own_settings(tmp_path, public="https://detente.example", keys=keys)
    with TestClient(create_app(settings), base_url="https://detente.example") as client:
        assert client.get("/healthz").status_code == 200
        assert client.get("/healthz", headers={"host": "evil.example"}).status_code == 403
        signed = client.post("/sign-in", data={"given": "correct horse battery"}, follow_redirects=False)
        assert "secure" in signed.headers["set-cookie"].lower()


def test_a_client_that_asks_too_often_waits(tmp_path, keys):
    settings = own_settings(tmp_path, host="0.0.0.0", keys=keys, limits=Limits(requests_a_second=1, burst=5))
    with TestClient(create_app(settings), base_url="http://detente.example") as client:
        found = [client.get("/healthz") for _ in range(8)]
        assert [answer.status_code for answer in found[:5]] == [200] * 5
        assert found[-1].status_code == 429
        assert found[-1].json()["error"]["code"] == "too_many_requests"


def test_passwords_are_tried_slowly(app, monkeypatch):
    monkeypatch.setattr("detente.web.pages.sign_in.TRIES_A_MINUTE", 3)
    monkeypatch.setattr("detente.web.pages.sign_in._tries", __import__("collections").deque(maxlen=3))
    with TestClient(app, base_url="http://detente.example") as client:
        found = [client.post("/sign-in", data={"given": f"guess {n}"}).status_code for n in range(5)]
    assert found == [401, 401, 401, 429, 429]


def test_bad_keys_are_named(tmp_path, capsys):
    with pytest.raises(InvalidOption):
        keys_of(None, {"DETENTE_PASSWORD": "short"})
    with pytest.raises(InvalidOption):
        new_token("ana:owner")
    path = tmp_path / "tokens.yaml"
    path.write_text("- {name: ana, role: owner, sha256: x}\n", encoding="utf-8")
    with pytest.raises(InvalidOption):
        keys_of(path, {})
    assert _run(["serve", "--new-token", "ana:editor"]) == 0
    line = capsys.readouterr().out.splitlines()[-1]
    assert yaml.safe_load(line)[0]["role"] == "editor"
