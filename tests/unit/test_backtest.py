"""The backtest: questions by rule, answers from the record, and forecasters that cannot see ahead."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from tests.support.dispute import TALK, TRUCE, write_dispute

from detente.analysis.track_record import (
    outlook_backtest,
    stored_backtest,
    to_csv,
    track_record,
    track_record_on,
)
from detente.analysis.track_record_page import page_and_backtests
from detente.analysis.track_record_text import markdown
from detente.core.errors import DateBeforeRecord, InvalidDate, UsesTheFuture
from detente.record.as_known import as_known
from detente.record.entries import Assessment
from detente.record.files import load_record
from detente.talks.analysts import _document, analysts, odds_of
from detente.talks.backtest import run_backtest, summary
from detente.talks.forecasters import (
    OUTLOOK_KINDS,
    SURE,
    base_rate,
    from_outlook,
    hazards,
    nothing_changes,
)
from detente.talks.happened import contacts
from detente.talks.outlook_events import EVENTS
from detente.talks.questions import KINDS, Question, ask

SINCE, TO = date(2025, 3, 1), date(2025, 9, 1)


@pytest.fixture(scope="module")
def record():
    return load_record("us-china")


def test_questions_are_answered_by_dates_in_the_record(record):
    answers = {a.question.id: a for a in ask(record, date(2018, 1, 22), date(2026, 10, 8))}
    june = answers["leaders_30-2025-06-01"]
    assert june.happened
    assert june.by == "talk-trump-xi-june-call"
    assert june.settled == date(2025, 6, 5)
    july = answers["leaders_30-2025-07-01"]
    assert july.happened is False
    assert july.settled == date(2025, 7, 31)
    assert answers["new_duty_30-2025-04-01"].happened
    assert answers["deal_90-2025-03-01"].happened
    assert answers["leaders_30-2026-10-01"].happened is None
    assert answers["truce_goes_on-2025-07-13-D2"].happened
    assert answers["threat_by_its_day-2019-08-24-D23"].happened is False
    assert "truce_goes_on-2025-11-03-D3" not in answers  # known since 30 October: no question any more


def test_nobody_picks_the_days(record):
    days = {a.question.asked for a in ask(record, SINCE, TO) if a.question.kind in KINDS}
    assert days == {date(2025, month, 1) for month in range(3, 10)}


def test_an_open_question_is_not_scored(record):
    scored = run_backtest(record, {"base_rate": base_rate}, date(2026, 9, 1), date(2026, 10, 8))
    found = summary(scored)
    assert found["open_n"] > 0
    assert found["n"] == sum(s.asked.happened is not None for s in scored)


def _sees_the_answer(record, question):
    """A forecaster that looks up what happens in the record it is handed."""
    hits = [e for e in contacts(record, "leader") if question.asked < e.day <= question.until]
    return 0.99 if hits else 0.01


def test_a_forecaster_that_reads_the_future_is_caught(record):
    with pytest.raises(UsesTheFuture) as caught:
        run_backtest(record, {"seer": _sees_the_answer}, SINCE, TO)
    assert caught.value.exit_status == 2
    assert "seer" in caught.value.what


def test_and_without_the_guard_it_finds_nothing_to_read(record):
    """Scored on the cut record, it never sees a contact that lies ahead."""
    scored = run_backtest(record, {"seer": _sees_the_answer}, SINCE, TO, guard=False)
    assert all(s.odds["seer"] == 0.01 for s in scored)


def test_odds_outside_zero_to_one_are_our_bug_and_said(record):
    with pytest.raises(ValueError, match="not a probability"):
        run_backtest(record, {"wild": lambda r, q: 1.5}, SINCE, TO)


@pytest.mark.parametrize("forecaster", [base_rate, nothing_changes, hazards])
def test_ours_answer_alike_whether_they_are_handed_the_future_or_not(record, forecaster):
    for kind in (*KINDS, "truce_goes_on", "threat_by_its_day"):
        for day in (date(2019, 5, 6), date(2025, 7, 13), date(2026, 3, 1)):
            question = Question(kind, day, date(day.year, day.month + 2, 1))
            odds = forecaster(record, question)
            assert odds == forecaster(as_known(record, day), question)
            assert 0 < odds < 1


def test_what_is_already_law_is_no_news(record):
    """The third step of the four-year review was law since 2024: a duty of January 2026 is no surprise."""
    question = Question("new_duty_90", date(2025, 12, 1), date(2026, 3, 1))
    assert nothing_changes(record, question) == SURE
    assert hazards(record, question) == SURE
    assert nothing_changes(record, Question("new_duty_30", date(2025, 6, 1), date(2025, 7, 1))) == 1 - SURE


def test_a_planned_meeting_is_on_the_calendar(record):
    question = Question("leaders_30", date(2026, 3, 14), date(2026, 4, 13))
    assert nothing_changes(record, question) == SURE  # it was called off later, and nobody knew


def test_a_base_rate_is_a_share_of_closed_windows(tmp_path):
    talks = {
        f"talk-{n}": TALK.replace("talk-first-contact", f"talk-{n}")
        .replace("level: staff", "level: leader")
        .replace("2018-01-10", day)
        for n, day in (("a", "2018-02-10"), ("b", "2018-04-10"))
    }
    record = load_record(str(write_dispute(tmp_path / "d", talks)))
    # Begins 10 January; windows of 30 days from 1 Feb, 1 Mar, 1 Apr close by 15 May: yes, no, yes.
    question = Question("leaders_30", date(2018, 5, 15), date(2018, 6, 14))
    assert base_rate(record, question) == pytest.approx((2 + 0.5) / (3 + 1))


def test_an_outlook_plugs_in(record):
    calls = []

    def outlook(view, day, ahead):
        calls.append((day, ahead))
        assert view.settings.checked_to <= day.isoformat()
        rows = [
            {"date": "2025-07-20", "lapse": 0.0, "leader": 0.1, "signed": 0.1, "new_duty": 0.05},
            {"date": "2025-08-12", "lapse": 0.3, "leader": 0.2, "signed": 0.7, "new_duty": 0.4},
        ]
        return {"events_by_date": rows}

    odds = from_outlook(outlook)
    question = Question("truce_goes_on", date(2025, 7, 13), date(2025, 8, 12), "D2")
    assert odds(record, question) == pytest.approx(0.7)
    assert odds(record, Question("new_duty_30", date(2025, 7, 13), date(2025, 8, 12))) == pytest.approx(0.4)
    assert odds(record, Question("leaders_30", date(2025, 7, 13), date(2025, 8, 11))) == pytest.approx(0.1)
    threat = Question("threat_by_its_day", date(2025, 7, 13), date(2025, 8, 12), "D28")
    assert odds(record, threat) == base_rate(record, threat)
    assert calls == [(date(2025, 7, 13), 92)]


def test_an_outlook_speaks_of_every_question_with_a_window():
    assert set(KINDS) <= set(OUTLOOK_KINDS)
    assert set(OUTLOOK_KINDS.values()) <= set(EVENTS)


@pytest.mark.parametrize(
    ("since", "to", "error"),
    [
        (date(2025, 9, 1), date(2025, 3, 1), InvalidDate),
        (date(2025, 3, 2), date(2025, 3, 20), InvalidDate),
        (None, date(2010, 1, 1), DateBeforeRecord),
        (date(2027, 1, 1), date(2028, 1, 1), InvalidDate),
    ],
)
def test_days_that_cannot_be_are_refused(record, since, to, error):
    with pytest.raises(error):
        run_backtest(record, {"base_rate": base_rate}, since, to)


def test_what_was_said_and_what_happened_is_listed(record):
    data = track_record(record, date(2025, 6, 1), date(2025, 6, 1), questions=True)
    text = markdown(data)
    assert "## What was said, and what happened" in text
    line = next(row for row in text.splitlines() if "talk-trump-xi-june-call" in row and "30 days" in row)
    assert line.startswith("| 2025-06-01 | the leaders meet or speak within 30 days | 2025-07-01 |")
    assert line.split("|")[-3].strip() == "yes"
    assert "What was said" not in markdown(data | {"questions": []})


def test_another_dispute_is_scored_by_the_same_rules(tmp_path):
    record = load_record(str(write_dispute(tmp_path / "d", {"measure-reciprocal": TRUCE})))
    data = track_record(record, date(2025, 1, 1), date(2025, 12, 1))
    duty = next(row for row in data["table"] if row["kind"] == "new_duty_30")
    assert duty["happened_n"] == 1
    assert track_record_on(record, date(2025, 12, 1)) is None


def test_the_block_of_an_earlier_day_holds_only_what_was_settled_by_then(record):
    day = date(2025, 6, 5)
    stored = stored_backtest(record, day)
    assert all(s.asked.settled is not None and s.asked.settled <= day for s in stored)
    assert max(s.asked.question.asked for s in stored) <= day
    block = track_record_on(record, day)
    later = track_record_on(record, date(2026, 10, 8))
    assert block is not None
    assert later is not None
    assert block["n"] == len(stored) < later["n"]


def test_analysts_are_scored_where_their_words_give_odds(record):
    found = analysts(record, date(2018, 1, 1), date(2026, 10, 8))
    assert {c["assessment"] for c in found["claims"]} == {e.id for e in record.of(Assessment) if e.forecast}
    assert found["n"] + found["not_scored_n"] == len(found["claims"])
    assert all(c["why_not"] for c in found["claims"] if c["brier"] is None)
    madrid = next(c for c in found["claims"] if c["claim"] == "TikTok is settled in Madrid")
    assert (madrid["odds_share"], madrid["happened"]) == (0.325, True)
    assert madrid["brier"] == pytest.approx((0.325 - 1) ** 2, abs=1e-4)
    early = analysts(record, date(2018, 1, 1), date(2025, 9, 14))
    unsettled = next(c for c in early["claims"] if c["claim"] == "TikTok is settled in Madrid")
    assert unsettled["brier"] is None
    assert "after the last day" in unsettled["why_not"]


def test_words_stand_for_the_middle_of_their_range():
    assert odds_of("likely") == pytest.approx(0.675)
    assert odds_of(0.667) == 0.667
    with pytest.raises(KeyError):
        odds_of("maybe")
    assert [sum(ends) for ends in _document()["words"].values()] == sorted(
        sum(ends) for ends in _document()["words"].values()
    )


def test_what_analysts_are_said_to_have_got_right_the_record_bears_out(record):
    """A claim scored as it happened is never one that the record resolved the other way."""
    for claim in _document()["claims"]:
        entry = record.get(claim["assessment"])
        assert entry is not None
        if "happened" in claim and entry.resolution in ("borne_out", "not_borne_out"):
            assert claim["happened"] == (entry.resolution == "borne_out"), claim["claim"]


@pytest.mark.slow
def test_the_kept_odds_of_the_outlook_are_near_those_it_gives(record):
    """Days of few runs and a game that changes: near is enough, far means the backtest must be run again."""
    day = date(2019, 8, 1)
    kept = {
        s.asked.question.id: s.odds["outlook"] for s in stored_backtest(record, date(2026, 10, 8), "-outlook")
    }
    again = outlook_backtest(record, day, day)
    assert {s.asked.question.kind for s in again} == set(KINDS)
    made = "run python -m detente.analysis.track_record_page docs/track-record.md --outlook"
    known = [scored for scored in again if scored.asked.question.id in kept]
    assert len(known) >= 4, made
    for scored in known:
        assert scored.odds["outlook"] == pytest.approx(kept[scored.asked.question.id], abs=0.15), made


@pytest.mark.slow
def test_what_comes_later_moves_no_odds_of_the_outlook(record):
    """The outlook is handed the whole record; without later contacts and rulings it says the same."""
    day = date(2019, 8, 1)
    gone = {
        name
        for name, entry in record.entries.items()
        if entry.kind in ("talk", "ruling") and (entry.date or "") > "2019-12-31"
    }
    before = replace(record, entries={n: e for n, e in record.entries.items() if n not in gone})
    odds = [
        {s.asked.question.id: s.odds["outlook"] for s in outlook_backtest(one, day, day)}
        for one in (record, before)
    ]
    assert len(gone) > 50
    assert odds[0] == odds[1]


@pytest.mark.slow
def test_the_page_and_the_kept_backtests_are_those_of_the_record(record):
    from pathlib import Path

    root = Path(__file__).resolve().parents[2]
    for path, text in page_and_backtests().items():
        file = path or root / "docs" / "track-record.md"
        made = "python -m detente.analysis.track_record_page docs/track-record.md"
        assert file.read_text(encoding="utf-8") == text, f"{file.name}: run {made}"


def test_a_backtest_as_text_comes_back_the_same(record):
    scored = run_backtest(record, {"base_rate": base_rate}, SINCE, date(2025, 3, 1), guard=False)
    lines = to_csv(scored).splitlines()
    assert lines[0].startswith("kind,asked,until,about,happened,by,settled,base_rate")
    assert len(lines) == len(scored) + 1
