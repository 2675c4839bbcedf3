"""The record over the web: the command line's objects, unchanged; entries, deadlines, pages of them."""

from __future__ import annotations

import json
import re

import pytest
from fastapi.testclient import TestClient

from detente.cli.main import _run
from detente.record.files import load_record
from detente.web.app import create_app
from detente.web.settings import Settings


@pytest.fixture(scope="module")
def client():
    with TestClient(create_app(Settings()), base_url="http://127.0.0.1", raise_server_exceptions=False) as c:
        yield c


TWINS = [
    ("status", {"on": "2025-05-20"}, ("status", "us-china", "--on", "2025-05-20")),
    (
        "status",
        {"on": "2026-11-20", "assume": "lapsed"},
        ("status", "us-china", "--on", "2026-11-20", "--assume", "lapsed"),
    ),
    (
        "changed",
        {"since": "2025-06-03", "on": "2025-06-05"},
        ("changed", "us-china", "--since", "2025-06-03", "--on", "2025-06-05"),
    ),
    (
        "timeline",
        {"since": "2025-06-01", "on": "2025-06-05"},
        ("timeline", "us-china", "--since", "2025-06-01", "--on", "2025-06-05"),
    ),
    (
        "claims",
        {"open": "true", "on": "2025-06-03"},
        ("claims", "us-china", "--open", "--on", "2025-06-03"),
    ),
    ("commitments", {"on": "2025-06-05"}, ("commitments", "us-china", "--on", "2025-06-05")),
    (
        "authorities",
        {"on": "2026-03-01", "party": "USA"},
        ("authorities", "us-china", "--on", "2026-03-01", "--party", "USA"),
    ),
    (
        "rate",
        {"hs": "7326.90.8688", "on": "2025-05-20"},
        ("rate", "us-china", "--hs", "7326.90.8688", "--on", "2025-05-20"),
    ),
    (
        "rate",
        {"hs": "12019011", "importer": "CHN", "on": "2025-11-10"},
        ("rate", "us-china", "--hs", "12019011", "--importer", "CHN", "--on", "2025-11-10"),
    ),
]


@pytest.mark.parametrize(("name", "params", "command"), TWINS)
def test_answers_are_those_of_the_command_line(client, capsys, name, params, command):
    assert _run([*command, "--json"]) == 0
    theirs = json.loads(capsys.readouterr().out)
    ours = client.get(f"/api/v1/{name}", params={"dispute": "us-china", **params})
    assert ours.status_code == 200
    assert ours.json() == theirs


def test_a_portfolio_is_the_command_lines(client, capsys, tmp_path):
    text = "hs,origin,annual_value_usd\n7326.90.8688,CHN,250000\n6109.10.0012,VNM,300000\n"
    path = tmp_path / "csv"
    path.write_text(text, encoding="utf-8")
    arguments = ["portfolio", "us-china", str(path), "--on", "2026-03-01", "--since", "2025-01-19", "--json"]
    assert _run(arguments) == 0
    theirs = json.loads(capsys.readouterr().out)["data"]
    body = {"dispute": "us-china", "csv": text, "on": "2026-03-01", "since": "2025-01-19"}
    ours = client.post("/api/v1/portfolio", json=body).json()["data"]
    for row in theirs["rows"]:
        row["where"] = row["where"].rsplit("/", 1)[-1]
    assert ours == theirs
    bad = client.post("/api/v1/portfolio", json={"csv": text.replace("VNM", "XXX")})
    assert bad.status_code == 422
    assert bad.json()["error"]["where"] == "csv:3"
    page = client.post("/today/portfolio", json=body)
    assert f"{theirs['totals']['bill_usd']:,.0f}" in page.text


def test_entries_are_found_opened_and_paged(client):
    record = load_record("us-china")
    every = client.get("/api/v1/entries", params={"dispute": "us-china", "limit": 1}).json()["data"]
    assert every["count"] == len(record.entries)
    found = client.get("/api/v1/entries", params={"q": "rare earth", "kind": "claim"}).json()["data"]
    assert 0 < found["count"] < every["count"]
    assert {e["kind"] for e in found["entries"]} == {"claim"}
    dates = [e["date"] for e in found["entries"]]
    assert dates == sorted(dates, reverse=True)
    span = client.get("/api/v1/entries", params={"since": "2025-05-01", "to": "2025-05-31"}).json()["data"]
    assert all("2025-05" <= e["date"][:7] <= "2025-05" for e in span["entries"])
    differ = client.get("/api/v1/entries", params={"conflicts": "true", "limit": 500}).json()["data"]
    assert differ["count"] == sum(bool(getattr(e, "conflicts", ())) for e in record.entries.values())
    one = client.get("/api/v1/entries/agreement-geneva-joint-statement").json()["data"]
    assert one["fields"]["terms"]
    assert "talk-geneva-round" in {e["id"] for e in one["points_at"]}
    assert one["cited"]
    assert one["version"]
    assert client.get("/api/v1/entries/claim-never-made").status_code == 404
    assert client.get("/record/us-china/claim-never-made").status_code == 404
    assert (
        client.get("/api/v1/entries", params={"kind": "rumour"}).json()["error"]["code"] == "invalid_option"
    )


def test_deadlines_are_a_calendar(client):
    icalendar = pytest.importorskip("icalendar")
    feed = client.get("/api/v1/deadlines.ics", params={"dispute": "us-china"})
    assert feed.headers["content-type"].startswith("text/calendar")
    events = icalendar.Calendar.from_ical(feed.text).walk("VEVENT")
    rows = client.get("/api/v1/deadlines", params={"dispute": "us-china"}).json()["data"]["deadlines"]
    assert len(events) == len(rows) > 0


@pytest.mark.parametrize(
    "path",
    [
        "/today?dispute=us-china&on=2025-06-05",
        "/today?dispute=us-china&on=2026-11-20",
        "/today?dispute=china-australia&on=2021-06-01",
        "/today/part?dispute=us-china&on=2025-06-05&since=2025-05-01",
        "/today/rate?dispute=us-china&hs=8517&on=2025-06-05",
        "/today/rate?dispute=us-china&hs=85x&on=2025-06-05",
        "/record?dispute=us-china&q=rare+earth&kind=claim&conflicts=true",
        "/record?dispute=china-australia&offset=50",
        "/track-record?dispute=us-china",
        "/track-record?dispute=china-australia&on=2021-06-01",
        "/api/v1/track-record?dispute=us-china",
    ],
)
def test_pages_answer(client, path):
    page = client.get(path)
    assert page.status_code == 200
    assert not re.search(r"\son\w+=|style=", page.text)
    assert not re.search(r">\s*None\s*<", page.text)


def test_every_kind_of_entry_has_a_page(client):
    record = load_record("us-china")
    kinds = {entry.kind: entry.id for entry in record.entries.values()}
    for entry in kinds.values():
        page = client.get(f"/record/us-china/{entry}")
        assert page.status_code == 200, entry
        assert entry in page.text


def test_links_of_today_lead_to_entries(client):
    page = client.get("/today?dispute=us-china&on=2025-06-05").text
    links = set(re.findall(r'href="(/record/us-china/[a-z-]+)"', page))
    assert len(links) > 50
    for link in sorted(links)[:10]:
        assert client.get(link).status_code == 200


PEOPLE = {"accept": "text/html,application/xhtml+xml"}


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/today?dispute=nope", 404),
        ("/today?dispute=us-china&on=31.6.2025", 422),
        ("/today?dispute=us-china&assume=maybe", 422),
        ("/what-if?dispute=nope", 404),
        ("/record?dispute=us-china&offset=-1", 422),
        ("/record?dispute=us-china&since=yesterday", 422),
        ("/record/us-china/claim-none", 404),
        ("/strategy/none", 404),
        ("/inbox/none", 404),
        ("/inbox?dispute=nope", 404),
        ("/track-record?dispute=nope", 404),
        ("/nowhere", 404),
    ],
)
def test_a_bad_address_is_a_page_for_people_and_one_shape_for_programs(client, path, status):
    page = client.get(path, headers=PEOPLE)
    assert page.status_code == status, page.text
    assert page.headers["content-type"].startswith("text/html")
    assert 'class="stale"' in page.text
    answer = client.get(path)
    assert answer.status_code == status
    assert set(answer.json()["error"]) == {"code", "what", "where", "why", "instead"}


@pytest.mark.parametrize(
    "words",
    [
        "c=import_duty:USA:CHN:all:nan",
        "c=import_duty:USA:CHN:all:1e999",
        "c=magic:USA:CHN:all:10",
        "c=import_duty:USA:CHN:all:10:stones",
        f"model={'x' * 300}",
        "theta_scale=inf",
        ";".join(["c=import_duty:USA:CHN:all:1"] * 501),
    ],
)
def test_a_link_that_cannot_be_is_said_and_never_our_fault(client, words):
    for path in ("/api/v1/what-if", "/api/v1/what-if/export.csv"):
        answer = client.get(path, params={"s": words})
        assert answer.status_code == 422, answer.text
        assert set(answer.json()["error"]) == {"code", "what", "where", "why", "instead"}
    page = client.get("/what-if", params={"s": words}, headers=PEOPLE)
    assert page.status_code == 200
    assert 'class="stale"' in page.text


def test_a_folder_that_cannot_be_read_spoils_no_other(tmp_path):
    folder = tmp_path / "broken"
    folder.mkdir()
    (folder / "dispute.yaml").write_text("parties: [", encoding="utf-8")
    settings = Settings(store=f"sqlite:///{tmp_path / 'store.sqlite'}", folders={"broken": folder}, workers=0)
    with TestClient(create_app(settings), base_url="http://127.0.0.1", raise_server_exceptions=False) as own:
        listed = own.get("/api/v1/disputes").json()["data"]["disputes"]
        assert "problem" in listed[0]
        assert {row["name"] for row in listed[1:]} == {"us-china", "china-australia"}
        assert own.get("/today?dispute=us-china", headers=PEOPLE).status_code == 200
        assert own.get("/today?dispute=broken", headers=PEOPLE).status_code == 422
