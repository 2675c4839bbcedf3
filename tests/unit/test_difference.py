"""Two days side by side: what changed, why, which of it is law, and what reaches back."""

from datetime import date

import pytest
from tests.support.dispute import TRUCE, duty, write_dispute

from detente.analysis.changes import changed
from detente.analysis.difference import difference
from detente.core.errors import DateBeforeRecord, InvalidOption
from detente.record.asof import AsOf
from detente.record.files import load_record

LATE = duty(
    "deal",
    """
  - {status: in_force, rate_percent: 25, announced: 2025-04-02, effective: 2025-04-05}
  - {status: in_force, rate_percent: 15, announced: 2025-07-22, known: 2025-09-04, effective: 2025-08-07,
     verb: reduce 降低, cause: talk-first-contact, note: backdated}""",
    imposing="CHN",
    targets="[USA]",
    extra="""\
exemptions:
  - {hs: ["8517"], since: 2025-04-05, known: 2025-04-11, until: 2025-10-01, why: telephones}
""",
)
PLAN = duty("plan", "[{status: announced, announced: 2025-05-01, effective: 2025-05-01}]")


@pytest.fixture
def record(tmp_path):
    entries = {"measure-reciprocal": TRUCE, "measure-deal": LATE, "measure-plan": PLAN}
    return load_record(str(write_dispute(tmp_path / "d", entries)))


def between(record, first, second, known_by=None):
    asof = AsOf(date.fromisoformat(second), date.fromisoformat(known_by) if known_by else None)
    return difference(record, date.fromisoformat(first), asof)


def test_law_apart_from_announcements(record):
    found = between(record, "2025-04-30", "2025-05-14")
    assert [m["id"] for m in found["law"]] == ["measure-reciprocal"]
    assert [m["id"] for m in found["not_law"]] == ["measure-plan"]
    # New duties count as additional from their first announcement: the test's are of 1 February 2025.
    assert found["all_goods_additional_percent"]["USA_on_CHN"] == {"before": 125, "after": 10}


def test_the_cause_and_the_verb_stand_beside_a_change(record):
    (move,) = between(record, "2025-08-06", "2025-08-07")["law"]
    assert move["verb"] == "reduce 降低"
    why = move["why"]
    assert (why["id"], why["kind"], why["date"]) == ("talk-first-contact", "talk", "2018-01-10")


@pytest.mark.parametrize(
    ("first", "second", "published"),
    [
        ("2025-08-06", "2025-09-10", []),  # then it is a change like any other
        ("2025-08-07", "2025-09-03", []),
        ("2025-08-07", "2025-09-04", ["measure-deal"]),
        ("2025-09-03", "2025-09-04", ["measure-deal"]),
        ("2025-09-04", "2025-09-10", []),
    ],
)
def test_a_step_that_reaches_back_is_news_when_it_is_published(record, first, second, published):
    assert [row["id"] for row in between(record, first, second)["backdated"]] == published


@pytest.mark.parametrize(
    ("first", "second", "changes"),
    [
        ("2025-04-04", "2025-04-05", ["begins"]),
        ("2025-04-05", "2025-04-10", []),
        ("2025-04-05", "2025-04-11", ["reaches_back"]),
        ("2025-04-11", "2025-04-30", []),
        ("2025-09-30", "2025-10-01", ["ends"]),
    ],
)
def test_exemptions_that_begin_end_or_reach_back(record, first, second, changes):
    assert [row["change"] for row in between(record, first, second)["exemptions"]] == changes


def test_what_was_known_then_decides(record):
    assert between(record, "2025-04-05", "2025-04-20", "2025-04-10")["exemptions"] == []
    assert between(record, "2025-08-06", "2025-08-07", "2025-09-03")["law"] == []


def test_past_an_expiry_the_change_is_undecided(record):
    found = between(record, "2025-08-11", "2025-08-12")
    assert [m["id"] for m in found["undecided"]] == ["measure-reciprocal"]
    assert found["all_goods_additional_percent"]["USA_on_CHN"] == {"before": 10, "after": None}


def test_days_that_cannot_be_compared(record):
    with pytest.raises(InvalidOption):
        between(record, "2025-05-02", "2025-05-01")
    with pytest.raises(DateBeforeRecord):
        between(record, "2017-01-01", "2025-05-01")


def test_a_day_and_itself(record):
    found = between(record, "2025-05-14", "2025-05-14")
    parts = ("law", "not_law", "exemptions", "backdated", "undecided", "rulings", "agreements", "talk")
    assert [found[part] for part in parts] == [[]] * len(parts)


def test_changed_has_the_same_news(record):
    found = changed(record, date(2025, 9, 3), AsOf(date(2025, 10, 1)))
    assert [row["id"] for row in found["backdated"]] == ["measure-deal"]
    assert [row["change"] for row in found["exemptions"]] == ["ends"]
