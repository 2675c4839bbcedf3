"""The API: answers are the analysis's own, failures have one shape, no request reaches where it may not."""

from __future__ import annotations

import csv
import io
import json
import re
import socket
import subprocess
import sys
import zipfile
from datetime import date

import pytest
from fastapi.testclient import TestClient

from detente.analysis.what_if_day import Question, range_on_day, what_if_on_day
from detente.record.asof import AsOf
from detente.record.files import load_record
from detente.web.app import create_app
from detente.web.settings import Limits, Settings

TEN = {
    "instrument": "import_duty",
    "importer": "USA",
    "exporter": "CHN",
    "scope": "C26",
    "value": 10,
    "unit": "percent_of_value",
}
ASKED = {"dispute": "us-china", "on": "2025-06-05", "changes": [TEN]}


@pytest.fixture(scope="module")
def client():
    with TestClient(create_app(Settings()), base_url="http://127.0.0.1", raise_server_exceptions=False) as c:
        yield c


def close(ours, theirs, place=""):
    """Two JSON values that agree to 1e-9, seconds apart."""
    if isinstance(theirs, dict):
        assert set(ours) == set(theirs), place
        for key in theirs:
            if key != "seconds":
                close(ours[key], theirs[key], f"{place}/{key}")
    elif isinstance(theirs, list):
        assert len(ours) == len(theirs), place
        for n, pair in enumerate(zip(ours, theirs, strict=True)):
            close(*pair, f"{place}/{n}")
    elif isinstance(theirs, float) and isinstance(ours, int | float):
        assert ours == pytest.approx(theirs, abs=1e-9), place
    else:
        assert ours == theirs, place


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"start": "lapse", "closure": "balanced"},
        {"model": "armington", "theta_scale": 0.5},
        {"changes": [{"instrument": "quantity_limit", "importer": "USA", "exporter": "CHN", "scope": "C26",
                      "value": 0.2, "unit": "share"}]},
        {"changes": [{**TEN, "importer": "EUN", "scope": ["C26", "C29"]}, {**TEN, "scope": "8517"}]},
    ],
)  # fmt: skip
def test_what_if_equals_the_python_api(client, more):
    asked = ASKED | more
    answer = client.post("/api/v1/what-if", json=asked)
    assert answer.status_code == 200
    settings = {k: v for k, v in more.items() if k != "changes"}
    question = Question(load_record("us-china"), AsOf(date(2025, 6, 5)), **settings)
    close(answer.json(), json.loads(json.dumps(what_if_on_day(question, asked["changes"]))))
    assert answer.json()["schema"] == "detente/what-if/1"


def test_range_equals_the_python_api(client):
    answer = client.post("/api/v1/what-if/range", json=ASKED).json()
    question = Question(load_record("us-china"), AsOf(date(2025, 6, 5)))
    close(answer, json.loads(json.dumps(range_on_day(question, [TEN]))))


def test_without_a_dispute_it_is_the_base_day(client):
    answer = client.post("/api/v1/what-if", json={"changes": [TEN]}).json()
    assert answer["query"]["dispute"] is None
    assert answer["data"]["economies"]["USA"]["real_income_percent"] != 0


BAD = [
    ("POST", "/api/v1/what-if", {"dispute": "atlantis"}, 404, "unknown_dispute"),
    ("POST", "/api/v1/what-if", {"dispute": "/etc"}, 404, "unknown_dispute"),
    ("POST", "/api/v1/what-if", {"dispute": "../us-china"}, 404, "unknown_dispute"),
    ("POST", "/api/v1/what-if", {"world": "/tmp"}, 422, "unknown_name"),
    ("POST", "/api/v1/what-if", {**ASKED, "on": "tomorrow"}, 422, "invalid_date"),
    ("POST", "/api/v1/what-if", {**ASKED, "on": "2017-01-01"}, 422, "date_before_record"),
    ("POST", "/api/v1/what-if", {**ASKED, "on": "2026-11-22"}, 422, "unknown_state"),
    ("POST", "/api/v1/what-if", {**ASKED, "start": "peace"}, 422, "invalid_option"),
    ("POST", "/api/v1/what-if", {**ASKED, "model": "mine"}, 422, "unknown_name"),
    ("POST", "/api/v1/what-if", {**ASKED, "model": "labour-supply"}, 422, "invalid_world"),
    ("POST", "/api/v1/what-if", {**ASKED, "closure": "open"}, 422, "unknown_name"),
    ("POST", "/api/v1/what-if", {**ASKED, "theta_scale": -1}, 422, "invalid_option"),
    ("POST", "/api/v1/what-if", {**ASKED, "changes": [{**TEN, "importer": "XXX"}]}, 422, "unknown_economy"),
    ("POST", "/api/v1/what-if", {**ASKED, "changes": [{**TEN, "scope": "C99"}]}, 422, "unknown_sector"),
    ("POST", "/api/v1/what-if", {**ASKED, "changes": [{**TEN, "value": -500}]}, 422, "invalid_policy"),
    ("POST", "/api/v1/what-if", {**ASKED, "changes": [{"value": 1}]}, 422, "invalid_request"),
    ("POST", "/api/v1/what-if", {**ASKED, "extra": 1}, 422, "invalid_request"),
    ("POST", "/api/v1/what-if", [], 422, "invalid_request"),
    ("GET", "/api/v1/what-if?s=nonsense", None, 422, "invalid_option"),
    ("GET", "/api/v1/claims?topic=nonsense", None, 404, "unknown_topic"),
    ("GET", "/api/v1/what-if/export.pdf", None, 422, "invalid_request"),
    ("GET", "/api/v1/what-if/export.csv?scenario=3", None, 422, "invalid_request"),
    ("GET", "/api/v1/nothing", None, 404, "not_found"),
    ("GET", "/nothing", None, 404, "not_found"),
    ("GET", "/static/x/../../settings.py", None, 404, "not_found"),
    ("DELETE", "/api/v1/what-if", None, 405, "method_not_allowed"),
]


@pytest.mark.parametrize(("method", "path", "body", "status", "code"), BAD)
def test_bad_input_is_one_shape(client, method, path, body, status, code):
    answer = client.request(method, path, json=body)
    assert answer.status_code == status
    one_shape(answer, code)


def one_shape(answer, code):
    found = answer.json()
    assert set(found) == {"error"}
    assert set(found["error"]) == {"code", "what", "where", "why", "instead"}
    assert found["error"]["code"] == code
    assert found["error"]["where"]
    assert found["error"]["instead"]
    assert "--" not in found["error"]["where"]


def test_broken_json_is_one_shape(client):
    answer = client.post("/api/v1/what-if", content=b"{", headers={"content-type": "application/json"})
    assert answer.status_code == 400
    one_shape(answer, "bad_request")


def test_nan_is_no_number(client):
    body = json.dumps(ASKED).replace("10", "NaN")
    answer = client.post("/api/v1/what-if", content=body, headers={"content-type": "application/json"})
    assert answer.status_code in (400, 422)
    assert set(answer.json()) == {"error"}


def test_a_body_too_large_is_refused_told_or_not(client):
    big = b" " * (Limits().body_bytes + 1)
    one_shape(client.post("/api/v1/what-if", content=big), "too_large")

    def untold():
        for _ in range(40):
            yield big[: len(big) // 20]

    answer = client.post("/api/v1/what-if", content=untold(), headers={"content-type": "application/json"})
    assert answer.status_code == 413
    one_shape(answer, "too_large")


def test_our_own_bug_is_500_and_says_nothing_of_the_machine(client, monkeypatch):
    def broken(*_):
        raise RuntimeError("/secret/path")

    monkeypatch.setattr("detente.web.api.what_if.what_if_on_day", broken)
    answer = client.post("/api/v1/what-if", json={**ASKED, "on": "2025-06-06"})
    assert answer.status_code == 500
    one_shape(answer, "internal_error")
    assert "secret" not in answer.text


def test_pages_load_nothing_from_elsewhere(client):
    page = client.get("/what-if?dispute=us-china&on=2025-06-05")
    assert page.status_code == 200
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    loaded = re.findall(r'(?:src|href)="([^"]+)"', re.sub(r"<a .*?>", "", page.text))
    assert all(address.startswith(("/", "#")) for address in loaded)
    assert not re.search(r"\son\w+=|style=", page.text)
    for address in {a for a in loaded if a.startswith("/static")}:
        assert client.get(address).status_code == 200
        assert "immutable" in client.get(address).headers["cache-control"]


def test_other_sites_can_neither_post_nor_pose_as_this_one(client):
    for headers in ({"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}):
        answer = client.post("/api/v1/what-if", json=ASKED, headers=headers)
        assert answer.status_code == 403
        one_shape(answer, "not_allowed")
    assert client.get("/healthz", headers={"host": "evil.example"}).status_code == 403
    fine = client.post("/api/v1/what-if", json={}, headers={"origin": "http://127.0.0.1"})
    assert fine.status_code == 200


def test_a_link_makes_the_same_numbers_again(client):
    link = {
        "dispute": "us-china",
        "on": "2025-06-05",
        "s": ["name=A;c=import_duty:USA:CHN:C26:10", "start=lapse"],
    }
    answer = client.get("/api/v1/what-if", params=link).json()
    first, second = answer["data"]["scenarios"]
    direct = client.post("/api/v1/what-if", json=ASKED).json()
    close(first["answer"]["data"], direct["data"])
    assert second["answer"]["data"]["start"]["key"] == "lapse"
    again = client.get("/api/v1/what-if", params=link | {"s": [first["link"], second["link"]]}).json()
    close(again["data"], answer["data"])


def test_exports_hold_the_same_numbers(client, tmp_path):
    link = {"dispute": "us-china", "on": "2025-06-05", "s": ["name=%3DTen;c=import_duty:USA:CHN:C26:10"]}
    data = client.post("/api/v1/what-if", json=ASKED).json()["data"]
    ours = data["against_day"]["economies"]["USA"]["real_income_percent"]

    def export(kind, **more):
        found = client.get(f"/api/v1/what-if/export.{kind}", params=link | more)
        assert found.status_code == 200, found.text
        assert "attachment" in found.headers["content-disposition"]
        return found.content

    rows = list(csv.DictReader(io.StringIO(export("csv").decode())))
    wanted = ("day", "USA", "real_income_percent", "")
    (row,) = [r for r in rows if (r["against"], r["economy"], r["measure"], r["partner"]) == wanted]
    assert float(row["value"]) == ours
    assert not row["scenario"].startswith("=")
    assert json.loads(export("json"))["data"]["scenarios"][0]["answer"]["data"]["economies"]

    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(export("xlsx")))
    assert book.sheetnames == ["Summary", "Economies", "Sectors", "Flows", "Duties", "How"]
    cells = {(r[0].value, r[1].value): r[2].value for r in book["Summary"].iter_rows(min_row=2)}
    assert cells[("United States", "real_income_percent")] == ours
    assert all(c.data_type != "f" for s in book for r in s.iter_rows() for c in r)

    words = zipfile.ZipFile(io.BytesIO(export("docx"))).read("word/document.xml").decode()
    assert "What was asked" in words
    assert "/what-if?" in words

    path = tmp_path / "scenario.py"
    path.write_bytes(export("py"))
    done = subprocess.run([sys.executable, str(path)], capture_output=True, text=True, check=True)
    assert float(re.findall(r"'USA': (-?[\d.e-]+)", done.stdout)[0]) == pytest.approx(ours, abs=1e-9)

    from lxml import etree

    for chart in ("incomes", "map", "flows", "sectors"):
        picture = export("svg", chart=chart)
        assert etree.fromstring(picture).tag.endswith("svg")
        assert b"var(--" not in picture


def test_published_estimates_stand_beside_ours(client):
    from detente.analysis.estimates import published_estimates

    shipped = published_estimates()
    assert all(e["address"].startswith("https://") and e["differs"] and e["numbers"] for e in shipped)
    assert len({e["id"] for e in shipped}) == len(shipped)


def test_the_description_names_every_failure(client):
    description = client.get("/openapi.json").json()
    assert client.get("/healthz").json()["status"] == "ok"
    for path, methods in description["paths"].items():
        if path.startswith("/api/v1"):
            for method in methods.values():
                assert {"404", "422"} <= set(method["responses"])
                assert method["responses"]["422"]["content"]["application/json"]["schema"]["$ref"].endswith(
                    "ErrorShape"
                )


def test_a_taken_port_and_an_open_host_are_refused(capsys):
    from detente.cli.main import _run

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        assert _run(["serve", "--no-browser", "--port", str(taken.getsockname()[1])]) == 2
    assert "taken" in capsys.readouterr().err
    assert _run(["serve", "--no-browser", "--port", "0", "--host", "0.0.0.0"]) == 2
    assert "--host" in capsys.readouterr().err
