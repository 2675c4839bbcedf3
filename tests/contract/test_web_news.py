"""News by hand: what an analyst fills in becomes an entry of the record, or one error at its field."""

from __future__ import annotations

import re

import pytest
from fastapi.testclient import TestClient
from tests.support.web import own_settings

from detente.record.checks import check_record
from detente.record.files import load_record
from detente.web.app import create_app
from detente.web.news import FORM, speakers

SAID = {"title": "A thaw is near", "date": "2024-03-01", "by": "A. Minister", "says": 'It: "is" [near]'}
TALK = {
    "title": "Ministers meet again",
    "date": "2024-03-02",
    "mode": "in_person",
    "track": "official",
    "level": "minister",
    "state": "held",
    "participants": "A. Minister, Australia\r\n\r\nB. Minister (CHN)\nD. Envoy, trade envoy, China\nC. Guest",
}


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    return tmp_path_factory.mktemp("news")


@pytest.fixture(scope="module")
def client(place):
    with TestClient(create_app(own_settings(place, workers=0)), base_url="http://127.0.0.1") as found:
        yield found


def send(client, kind, fields):
    return client.post("/api/v1/news", json={"kind": kind, "fields": fields})


def added(client, place, kind, fields):
    answer = send(client, kind, fields)
    assert answer.status_code == 201, answer.text
    record = load_record(str(place / "mine"))
    found = record.entries[answer.json()["data"]["entry"]]
    assert {one.rule for one in check_record(record) if one.entry == found.id} <= {"sourced"}  # unverified
    return found


def test_each_kind_becomes_the_entry_it_says(client, place):
    claim = added(client, place, "claim", {**SAID, "side": "AUS", "office": "trade", "status": "denied"})
    assert (claim.by.name, claim.by.office, claim.by.side, claim.says) == (
        "A. Minister", "trade", "AUS", 'It: "is" [near]',
    )  # fmt: skip
    assert [(one.since, one.status) for one in claim.standing] == [("2024-03-01", "denied")]
    assert claim.verification == "unverified"
    again = added(client, place, "claim", {**SAID, "status": "open"})  # the record knows the speaker now
    assert again.id == f"{claim.id}-2"
    assert again.by == claim.by or (again.by.office, again.by.side) == ("trade", "AUS")
    talk = added(client, place, "talk", TALK)
    assert [(one.name, one.side) for one in talk.participants] == [
        ("A. Minister", "AUS"), ("B. Minister", "CHN"), ("D. Envoy", "CHN"), ("C. Guest", None),
    ]  # fmt: skip
    assert talk.participants[2].office == "trade envoy"
    threat = added(client, place, "threat", {**SAID, "would_do": "Raise duties", "deadline": "2024-06-01"})
    assert (threat.would_do, threat.deadline, threat.unless) == ("Raise duties", "2024-06-01", "")
    denial = added(client, place, "denial", {**SAID, "denies": f"{claim.id}\n{again.id}"})
    assert denial.denies == (claim.id, again.id)


@pytest.mark.parametrize(
    ("kind", "change", "where"),
    [
        ("claim", {"title": ""}, "title"),
        ("claim", {"title": "ab"}, "title"),
        ("claim", {"title": "two\nlines"}, "title"),
        ("claim", {"date": "2024-02-30"}, "date"),
        ("claim", {"date": ""}, "date"),
        ("claim", {"by": "  "}, "by"),
        ("claim", {"says": ""}, "says"),
        ("claim", {"side": "Atlantis"}, "side"),
        ("claim", {"status": "true"}, "status"),
        ("claim", {"id": "claim-other"}, "id"),
        ("talk", {"participants": "A. Minister, Atlantis"}, "participants"),
        ("talk", {"participants": "(CHN)"}, "participants"),
        ("talk", {"mode": "pigeon"}, "mode"),
        ("threat", {"would_do": ""}, "would_do"),
        ("threat", {"would_do": "x", "deadline": "soon"}, "deadline"),
        ("denial", {"denies": "claim-nowhere"}, "denies"),
        ("rumour", {}, "kind"),
    ],
)
def test_a_mistake_is_one_error_at_its_field_and_nothing_is_written(client, place, kind, change, where):
    before = set(load_record(str(place / "mine")).entries)
    fields = {**(TALK if kind == "talk" else SAID), **({"status": "open"} if kind == "claim" else {})}
    answer = send(client, kind, {**fields, **change})
    assert answer.status_code == 422, answer.text
    assert answer.json()["error"]["where"] == where
    assert set(load_record(str(place / "mine")).entries) == before


def test_the_form_asks_in_plain_words(client, place):
    page = client.get("/inbox").text
    form = page[page.index('<form id="hand"') :].split("</form>")[0]
    assert "[{" not in form
    assert "{name" not in form
    for kind, fields in FORM.items():
        part = re.search(rf'<fieldset data-kind="{kind}".*?</fieldset>', form, re.S)
        assert part
        for field in fields:
            assert f'name="{field.name}"' in part[0]
            assert all(f'<option value="{choice}">' in part[0] for choice in field.choices)
    known = speakers(load_record(str(place / "mine")))
    assert known
    assert form.count("<option value=", form.index("<datalist"), form.index("</datalist>")) == len(known)
