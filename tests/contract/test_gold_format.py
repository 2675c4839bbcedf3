"""The gold set keeps to docs/gold-format.md, and holds what it promises."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

from detente.core.days import parse_day
from detente.core.places import is_place
from detente.core.yaml12 import read_yaml

ROOT = Path(__file__).resolve().parents[2]
GOLD = ROOT / "src" / "detente" / "reading" / "gold"
FILES = sorted(GOLD.rglob("*.yaml"))

ITEM = {"id", "style", "dispute", "language", "published", "publisher", "title", "text", "hard", "acts"}
ACT = {
    "act", "modality", "actors", "attribution", "date", "amounts", "condition", "evidence", "also",
    "unsure", "optional",
}  # fmt: skip
MODALITIES = {
    "done", "in_force", "agreed", "planned", "conditional", "threatened", "forecast", "wished", "opinion",
}  # fmt: skip
ACTS = {
    "talk", "measure", "threat", "suspension", "agreement", "claim", "denial", "accusation", "demand",
    "precondition", "red_line", "ruling", "assessment", "position", "market_move", "company_move",
    "domestic_pressure",
}  # fmt: skip
STYLES = {
    "wire", "readout", "law_firm_note", "official_notice", "opinion", "bad_translation", "transcript",
    "market_report", "social_post", "newsletter", "parliament", "filing", "feature", "live_blog",
}  # fmt: skip
UNITS = {
    "percent", "points", "index_points", "USD", "EUR", "CNY", "GBP", "JPY", "KRW", "INR", "CAD", "AUD",
    "BRL", "RUB", "CHF", "MXN", "NZD", "HKD", "SGD", "tonne", "kg", "barrel", "bushel", "litre", "case",
    "head", "unit", "person", "firm", "vessel", "minute", "hour", "day", "week", "month", "year",
}  # fmt: skip
AMOUNT_ROLES = {
    "before", "after", "change", "level", "cap", "floor", "count", "duration", "volume", "value", "share",
}  # fmt: skip


@lru_cache
def item(path: Path) -> dict[str, Any]:
    """One gold file."""
    return read_yaml(path)[0]


def check_date(value: Any, text: str) -> None:
    """A day, a month, an open date with its words, or nothing."""
    if value is None:
        return
    if isinstance(value, dict):
        assert set(value) == {"words", "candidates", "resolved"}
        assert value["resolved"] is None
        assert value["words"] in text
        for candidate in value["candidates"]:
            first, _, last = candidate.partition("/")
            assert parse_day(first) <= parse_day(last or first)
    else:
        assert re.fullmatch(r"\d{4}-\d{2}(-\d{2})?", value)
        parse_day(value if len(value) == 10 else f"{value}-01")


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_items_keep_to_the_format(path):
    found = item(path)
    assert set(found) == ITEM
    assert found["id"] == path.stem
    assert re.fullmatch(r"[a-z0-9-]+", found["id"])
    assert re.fullmatch(r"[a-z0-9-]+", found["dispute"])
    assert found["style"] in STYLES
    assert found["language"].split(",")[0] == "en"
    assert found["text"].strip()
    if found["published"] is not None:
        parse_day(found["published"])


@pytest.mark.parametrize("path", [p for p in FILES if item(p)["acts"]], ids=lambda p: p.stem)
def test_acts_keep_to_the_format(path):
    text, title = item(path)["text"], item(path)["title"] or ""
    for act in item(path)["acts"]:
        assert set(act) <= ACT
        assert act["act"] in ACTS
        assert act["modality"] in MODALITIES
        assert act["evidence"]
        for words in act["evidence"]:
            assert text.count(words) == 1, words
        for words in [*act.get("unsure", []), act.get("condition") or ""]:
            assert words in text
        for name in act.get("attribution", []):
            assert name in text or name in title, name
        check_date(act.get("date"), text)
        for reading in act.get("also", []):
            assert set(reading) <= {"act", "modality", "date"}
            assert reading.get("act", "talk") in ACTS
            assert reading.get("modality", "done") in MODALITIES
            check_date(reading.get("date"), text)
        for actor in act.get("actors", []):
            assert set(actor) <= {"name", "role", "country", "optional"}
            assert actor["role"] in {"by", "with", "on"}
            assert actor.get("name") or actor.get("country")
            assert actor.get("country") is None or is_place(actor["country"])
            assert (actor.get("name") or "") in text
        for amount in act.get("amounts", []):
            assert set(amount) <= {"value", "unit", "role", "also", "optional"}
            assert isinstance(amount["value"], int | float)
            parts = amount["unit"].split("/")
            assert len(parts) <= 2
            assert set(parts) <= UNITS
            assert {amount["role"], *amount.get("also", [])} <= AMOUNT_ROLES


def test_the_vocabularies_are_those_of_the_page():
    page = (ROOT / "docs" / "gold-format.md").read_text(encoding="utf-8")
    for word in ACTS | MODALITIES | STYLES | UNITS | AMOUNT_ROLES:
        assert f"`{word}`" in page, word


def test_the_set_holds_what_it_promises():
    assert len(FILES) >= 150
    assert len({item(p)["id"] for p in FILES}) == len(FILES)
    assert len({item(p)["dispute"] for p in FILES} - {"none"}) >= 8
    assert {item(p)["style"] for p in FILES} == STYLES
    assert sum(not item(p)["acts"] for p in FILES) >= 40


def test_the_untouched_part_stands_by_itself():
    untouched = [item(p) for p in FILES if p.parent.name == "untouched"]
    assert len(untouched) >= 150
    assert len({i["dispute"] for i in untouched} - {"none"}) >= 8
    assert {i["style"] for i in untouched} == STYLES
    assert sum(not i["acts"] for i in untouched) >= 14
    assert {a["act"] for i in untouched for a in i["acts"]} == ACTS
    assert {a["modality"] for i in untouched for a in i["acts"]} == MODALITIES


def test_few_acts_are_optional():
    acts = [a for p in FILES for a in item(p)["acts"]]
    assert sum(bool(a.get("optional")) for a in acts) < 0.25 * len(acts)


def test_the_page_counts_the_set_right():
    page = (ROOT / "docs" / "gold-format.md").read_text(encoding="utf-8")
    acts = [a for p in FILES for a in item(p)["acts"]]
    untouched = [p for p in FILES if p.parent.name == "untouched"]
    for count, words in [
        (len(FILES), "texts"),
        (sum(not item(p)["acts"] for p in FILES), "of them without an act"),
        (len(FILES) - len(untouched), "to tune on"),
        (len(untouched), "untouched"),
        (len(acts), "acts"),
        (sum(bool(a.get("optional")) for a in acts), "of them optional"),
        (len({item(p)["dispute"] for p in FILES} - {"none"}), "disputes"),
    ]:
        assert f"{count} {words}" in " ".join(page.split()), (count, words)
