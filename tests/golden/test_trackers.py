"""The log of tracker errors holds: each row stands in the tracker's file, and the law's day in the record."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from detente.record.files import load_record

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "trackers.md").read_text(encoding="utf-8")
REVISIONS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in PAGE.splitlines()
    if re.match(r"\| (20\d\d_)?rev_\d+ \|", line)
]


@pytest.mark.parametrize("row", REVISIONS, ids=lambda row: row[0])
def test_each_revision_is_dated_otherwise_than_the_law(row, data_dir):
    revision, its_day, its_step, law, measure = row
    with (data_dir / "tariffs_us" / "revision_dates.csv").open(encoding="utf-8") as stream:
        found = next(r for r in csv.DictReader(stream) if r["revision"] == revision)
    assert found["effective_date"] == its_day
    assert its_step in found["policy_event"]
    steps = [s.effective[:10] for s in load_record("us-china").get(measure).states if not s.withdrawn]
    assert law in steps
    assert its_day != law


def test_the_log_is_not_empty():
    assert len(REVISIONS) >= 9


def test_every_entry_named_is_in_the_record():
    record = load_record("us-china")
    kinds = "measure|agreement|claim|threat|ruling|market-move"
    named = set(re.findall(rf"\b(?:{kinds})-[a-z0-9-]+[a-z0-9]", PAGE))
    assert named
    assert [name for name in sorted(named) if record.get(name) is None] == []


def test_the_dates_of_country_by_time_stand_in_the_file(data_dir):
    section = PAGE.split("## Steps dated by announcement")[1].split("## ")[0]
    days = re.findall(r"^\| (20\d\d-\d\d-\d\d) \|", section, flags=re.M)
    with (data_dir / "tariffs_us" / "country-by-time.csv").open(encoding="utf-8") as stream:
        theirs = {r["date"] for r in csv.DictReader(stream) if r["country_name"] == "CHINA"}
    assert set(days) <= theirs
    assert len(days) == 6
