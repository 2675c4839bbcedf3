"""Jobs over the web: asked once, shown by kind; what is answered is the analysis's own object."""

from __future__ import annotations

import re
import shutil
from datetime import date

import pytest
from fastapi.testclient import TestClient
from tests.support.levers import duty, stated, write
from tests.support.web import own_settings

from detente.analysis.leverage import leverage
from detente.brief import formats
from detente.record.asof import AsOf
from detente.record.files import SHIPPED, load_record
from detente.web.app import create_app
from detente.web.questions import QUESTIONS, checked
from detente.web.tasks import TASKS
from detente.web.worker import work

DAY = {"dispute": "us-china", "on": "2025-06-05"}
ASKED = [
    ("nash", {"sides": ["USA", "CHN"], "starts": 1, "checks": 1}, "trading equilibrium"),
    ("optimal", {"sides": ["USA"]}, "A certified optimum"),
    ("bargain", {"sides": ["USA", "CHN"], "frontier": 2}, "Points of the frontier"),
    ("talks", {**DAY, "runs": 3, "days": 60}, "plays ended"),
    ("term-sheet", {**DAY, "offer": {"us-fentanyl-duty": "ten"}}, "The offer"),
    ("outlook", {**DAY, "runs": 2, "days": 40}, "Our odds beside"),
]


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    return create_app(own_settings(tmp_path_factory.mktemp("jobs"), workers=0))


@pytest.fixture(scope="module")
def client(app):
    with TestClient(app, base_url="http://127.0.0.1") as found:
        yield found


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "question", "words"), ASKED, ids=[kind for kind, _, _ in ASKED])
def test_every_kind_of_answer_has_its_page(app, client, kind, question, words):
    job = client.post("/api/v1/jobs", json={"kind": kind, "question": question}).json()["data"]
    assert job["state"] == "queued"
    store = app.state.detente.store
    assert store.claim("test", (kind,))["id"] == job["id"]
    store.finish(job["id"], "test", TASKS[kind](question, {}, lambda _: None))
    page = client.get(f"/strategy/{job['id']}")
    assert page.status_code == 200
    assert words.lower() in page.text.lower()
    assert not re.search(r"<style|style=|\son\w+=", page.text)
    answer = client.get(f"/api/v1/jobs/{job['id']}").json()["data"]["result"]
    assert set(answer) >= {"schema", "query", "data", "provenance"}


@pytest.mark.slow
def test_leverage_is_shown_with_its_ranges(app, client, tmp_path):
    folder = tmp_path / "mine"
    shutil.copytree(SHIPPED / "china-australia", folder)
    write(folder, duty("cn", "CHN", "AUS"), stated("au", "AUS", "CHN", 2, 1))
    found = leverage(load_record(str(folder)), AsOf(date(2021, 6, 1)), years=(1.0, None), brief=True)
    job = client.post("/api/v1/jobs", json={"kind": "leverage", "question": {"dispute": "mine"}}).json()[
        "data"
    ]
    store = app.state.detente.store
    store.claim("test", ("leverage",))
    store.finish(job["id"], "test", found)
    page = client.get(f"/strategy/{job['id']}")
    assert page.status_code == 200
    assert page.text.count('class="whisker"') == 2 * 3 * 2  # two levers, wide and narrow, three lines each
    assert "Long run" in page.text
    words = re.sub(r"<[^>]*>", "", page.text)
    for lever in found["data"]["levers"]:
        low, high = lever["in_full"][0]["hold_range_points"]
        assert f"{formats.FORMATS['worth'](low)} to {formats.FORMATS['worth'](high)}" in words
    assert found["data"]["upper_hand"]["sentence"][:40] in words


@pytest.mark.slow
def test_a_war_that_was_cut_off_goes_on_with_what_was_finished(app, client, tmp_path, monkeypatch):
    monkeypatch.setenv("DETENTE_CACHE", str(tmp_path))
    asked = {"kind": "nash", "question": {"sides": ["AUS", "CHN"], "starts": 1, "checks": 1}}
    job = client.post("/api/v1/jobs", json=asked).json()["data"]
    row = app.state.detente.store.job(job["id"])
    kept = tmp_path / "jobs" / row["seal"]

    def cut(words):
        if "regret of CHN" in words:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        TASKS["nash"](row["question"], {}, cut, kept)
    assert sorted(path.name for path in kept.iterdir()) == ["equilibrium-0-0-AUS.npz", "reached.npz"]
    store, folders = app.state.detente.store, {}
    told: list[str] = []
    monkeypatch.setattr(store, "beat", lambda job, worker, words: told.append(words) or True)
    work(store, store.claim("test", ("nash",)), "test", folders)
    done = store.job(job["id"])
    assert (done["state"], done["error"]) == ("done", None)
    assert done["result"]["data"]["equilibria"][0]["certified"] is False  # one check is too few
    assert not [words for words in told if words and ("starts" in words or "AUS" in words)]
    assert not kept.exists()


def test_the_same_question_is_one_job(client):
    asked = {"kind": "bargain", "question": {"sides": ["USA", "CHN"]}}
    first, second = (client.post("/api/v1/jobs", json=asked).json()["data"]["id"] for _ in range(2))
    assert first == second
    other = client.post("/api/v1/jobs", json={**asked, "question": {"sides": ["USA", "JPN"]}}).json()["data"]
    assert other["id"] != first
    assert client.get("/strategy").text.count(first) == 1
    assert client.post(f"/api/v1/jobs/{first}/cancel").json()["data"]["state"] == "cancelled"
    assert client.post(f"/api/v1/jobs/{first}/resume").json()["data"]["state"] == "queued"
    assert client.get("/strategy/none").status_code == 404


def test_a_job_that_failed_says_why(app, client):
    job = client.post("/api/v1/jobs", json={"kind": "optimal", "question": {"sides": ["XXX"]}}).json()["data"]
    store = app.state.detente.store
    assert store.claim("test", ("optimal",))["id"] == job["id"]
    error = {"code": "unknown_economy", "what": "economy 'XXX'", "where": "", "why": "none", "instead": "USA"}
    store.finish(job["id"], "test", None, error)
    page = client.get(f"/strategy/{job['id']}/part").text
    assert "Economy" in page
    assert "Go on" in page


def test_a_question_on_no_dispute_of_ours_is_refused(client):
    asked = {"kind": "leverage", "question": {"dispute": "/etc"}}
    assert client.post("/api/v1/jobs", json=asked).status_code == 404
    assert client.post("/api/v1/jobs", json={"kind": "magic"}).status_code == 422


WRONG = [
    ("nash", {}, "question.sides"),
    ("nash", {"sides": "USA,CHN"}, "question.sides"),
    ("nash", {"sides": []}, "question.sides"),
    ("nash", {"sides": ["USA", 3]}, "question.sides.1"),
    ("nash", {"sides": ["USA", "CHN"], "starts": "many"}, "question.starts"),
    ("nash", {"sides": ["USA", "CHN"], "checks": 0}, "question.checks"),
    ("nash", {"sides": ["USA", "CHN"], "model": "oracle"}, "question.model"),
    ("nash", {"sides": ["USA", "CHN"], "world": "../etc"}, "world"),
    ("nash", {"sides": ["USA", "CHN"], "aims": "/etc/passwd"}, "question.aims"),
    ("nash", {"sides": ["USA", "CHN"], "time_limit_seconds": -1}, "question.time_limit_seconds"),
    ("optimal", {"sides": ["USA", "CHN"]}, "question.sides"),
    ("curves", {"sides": ["USA"]}, "question.sides"),
    ("bargain", {"sides": ["USA", "CHN"], "rule": "utilitarian"}, "question.rule"),
    ("bargain", {"sides": ["USA", "CHN"], "grain": "fine"}, "question.grain"),
    ("term-sheet", {**DAY, "offer": ["ten"]}, "question.offer"),
    ("term-sheet", {**DAY, "outside": "peace"}, "question.outside"),
    ("leverage", {**DAY, "assume": "peace"}, "question.assume"),
    ("leverage", {**DAY, "on": "soon"}, "on"),
    ("talks", {**DAY, "runs": 1e9}, "question.runs"),
    ("outlook", {**DAY, "days": -3}, "question.days"),
    ("outlook", {**DAY, "dispute": ["us-china"]}, "question.dispute"),
]


@pytest.mark.parametrize(("kind", "question", "where"), WRONG)
def test_a_question_of_the_wrong_form_is_refused_at_once(client, kind, question, where):
    before = client.get("/api/v1/jobs").json()["data"]["jobs"]
    answer = client.post("/api/v1/jobs", json={"kind": kind, "question": question})
    assert answer.status_code == 422, answer.text
    error = answer.json()["error"]
    assert set(error) == {"code", "what", "where", "why", "instead"}
    assert error["where"] == where
    assert client.get("/api/v1/jobs").json()["data"]["jobs"] == before


def test_the_form_offers_only_what_is_taken(client):
    page = client.get("/strategy").text
    for name, field in (("rule", "rule"), ("outside", "outside"), ("grain", "grain")):
        select = re.search(rf'<select id="a-{name}".*?</select>', page, re.S)
        assert select
        words = re.findall(r'<option(?: value="([^"]*)")?>([^<]*)<', select[0])
        kind = "term-sheet" if name == "outside" else "bargain"
        for value, shown in words:
            given = {field: value or shown} | ({} if kind == "term-sheet" else {"sides": ["USA", "CHN"]})
            assert checked(QUESTIONS[kind], given)


def test_every_kind_has_its_form():
    assert set(QUESTIONS) == set(TASKS)
