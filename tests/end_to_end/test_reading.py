"""The reader from the command line: an article, the five shared ones, review into a dispute of one's own."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.support.reading import ARTICLE

from detente.cli.main import _run

SEEDS = Path(__file__).resolve().parents[2].parent / "shared" / "seeds"


def run(capsys, *arguments):
    status = _run([*map(str, arguments), "--json"])
    return status, json.loads(capsys.readouterr().out)


@pytest.fixture
def article(tmp_path):
    path = tmp_path / "article.txt"
    path.write_text(ARTICLE, encoding="utf-8")
    return path


def test_an_article_becomes_proposals(capsys, article):
    status, answer = run(capsys, "read", article)
    assert status == 0
    data = answer["data"]
    assert {p["act"] for p in data["proposals"]} >= {"measure", "denial", "demand", "threat"}
    fields = {
        "id",
        "act",
        "modality",
        "actors",
        "attribution",
        "date",
        "amounts",
        "condition",
        "evidence",
        "effect",
        "unsure",
    }
    assert all(set(p) == fields for p in data["proposals"])
    threat = next(p for p in data["proposals"] if p["act"] == "threat")
    assert threat["modality"] == "conditional"
    assert threat["condition"].startswith("unless")
    assert [d["reason"] for d in data["dropped"]] == ["advert"]


def test_evidence_is_offsets_into_the_text(capsys, article):
    _, answer = run(capsys, "read", article)
    for proposal in answer["data"]["proposals"]:
        for evidence in proposal["evidence"]:
            words = ARTICLE[evidence["start"] : evidence["end"]]
            assert words.endswith(".")


def test_one_bad_file_does_not_stop_a_run(capsys, article, tmp_path):
    (tmp_path / "empty.txt").write_text("", encoding="utf-8")
    (tmp_path / "picture.png").write_bytes(b"\x89PNG\0\0\0")
    status, answer = run(capsys, "read", tmp_path)
    assert status == 0
    assert len(answer["data"]["articles"]) == 1
    assert {Path(f["where"]).name for f in answer["data"]["failures"]} == {"empty.txt", "picture.png"}


def test_nothing_readable_is_exit_two(capsys, tmp_path):
    (tmp_path / "empty.txt").write_text("", encoding="utf-8")
    status, answer = run(capsys, "read", tmp_path)
    assert status == 2
    assert answer["error"]["code"] == "unreadable_article"


def test_review_writes_what_is_accepted_and_nothing_else(capsys, article, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    reading = tmp_path / "reading.json"
    _, answer = run(capsys, "read", article, "--out", reading)
    assert _run(["new", "mine", "--from", "us-china"]) == 0
    capsys.readouterr()
    demand = next(p for p in answer["data"]["proposals"] if p["act"] == "demand")
    before = {p: p.read_bytes() for p in Path("mine").rglob("*.yaml")}
    status, done = run(capsys, "review", reading, "--to", "mine", "--accept", demand["id"])
    assert status == 0
    written = {Path(w["file"]).resolve() for w in done["data"]["written"]}
    changed = {p.resolve() for p in Path("mine").rglob("*.yaml") if before.get(p) != p.read_bytes()}
    assert changed == written
    assert _run(["check", "mine"]) == 0


def test_review_refuses_a_shipped_dispute(capsys, article, tmp_path):
    reading = tmp_path / "reading.json"
    _, answer = run(capsys, "read", article, "--out", reading)
    status, done = run(
        capsys, "review", reading, "--to", "us-china", "--accept", answer["data"]["proposals"][0]["id"]
    )
    assert status == 2
    assert done["error"]["code"] == "cannot_write"


@pytest.fixture(scope="module")
def seeds():
    if not SEEDS.is_dir():
        pytest.skip("the five articles are not beside this copy")
    return SEEDS


def test_the_five_articles(capsys, seeds):
    status, answer = run(capsys, "read", seeds)
    assert status == 0
    data = answer["data"]
    first, second = (a["origin"] for a in data["articles"][:2])
    assert first == second, "two of them tell one story and descend from one agency"
    assert len({a["origin"] for a in data["articles"]}) == 4
    held = [
        p for p in data["proposals"] if p["modality"] == "in_force" and p["act"] in ("measure", "suspension")
    ]
    rates = {tuple(a["value"] for a in p["amounts"] if a["unit"] == "percent") for p in held}
    assert (145, 30) in rates
    assert (125, 10) in rates
    dropped = {d["reason"] for d in data["dropped"]}
    assert {"unrelated market prices", "embedded post", "repeated", "advert", "disclaimer"} <= dropped


def test_files_that_are_no_articles_are_named_on_stderr(capsys, article, tmp_path):
    (tmp_path / "rates.csv").write_text("hs,rate\n0101,10\n", encoding="utf-8")
    assert _run(["read", str(tmp_path), "--json"]) == 0
    shown = capsys.readouterr()
    assert "rates.csv" in shown.err
    assert [Path(f["where"]).name for f in json.loads(shown.out)["data"]["failures"]] == ["rates.csv"]
