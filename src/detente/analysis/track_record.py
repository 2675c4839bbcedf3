"""The track record of our odds: the backtest, named analysts, and what cannot be told from the base rate.

A backtest takes seconds, so that of each shipped dispute is kept beside the code, question by question, and a
test runs it again. A page of an earlier day shows of it what was asked and settled by then.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from detente.core.days import parse_day
from detente.record.files import SHIPPED, Record
from detente.talks.analysts import analysts
from detente.talks.backtest import Scored, run_backtest, summary
from detente.talks.evidence import FOLDER
from detente.talks.forecasters import BUILT_IN, OUTLOOK_KINDS, Forecaster, from_outlook
from detente.talks.happened import first_day, last_checked
from detente.talks.questions import Asked, Question
from detente.talks.scoring import FLOOR

OUTLOOK_RUNS = 300
COLUMNS = ("kind", "asked", "until", "about", "happened", "by", "settled")


def track_record(
    record: Record,
    since: date | None = None,
    to: date | None = None,
    *,
    forecasters: Mapping[str, Forecaster] = BUILT_IN,
    questions: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> dict[str, Any]:
    """Scores of every forecaster and of named analysts on decision days in [since, to].

    Args:
        forecasters: name -> callable of (record, question); must answer from what was known on the day.
        questions: every question with its answer and odds too.

    Raises:
        InvalidDate, DateBeforeRecord, UsesTheFuture: as `talks.backtest.run_backtest`.
    """
    scored = run_backtest(record, forecasters, since, to, progress=progress)
    return scored_record(record, scored, since, to, questions=questions)


def scored_record(
    record: Record,
    scored: list[Scored],
    since: date | None = None,
    to: date | None = None,
    *,
    questions: bool = False,
) -> dict[str, Any]:
    """The answer of `track_record` from questions already asked and answered."""
    first, last = since or first_day(record), min(to or last_checked(record), last_checked(record))
    return {
        "dispute": record.settings.name,
        "from": first.isoformat(),
        "to": last.isoformat(),
        "checked_to": record.settings.checked_to,
        **summary(scored),
        "analysts": analysts(record, first, last),
        "questions": [item.as_dict() for item in scored] if questions else [],
    }


def outlook_backtest(
    record: Record,
    since: date | None = None,
    to: date | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> list[Scored]:
    """The backtest of the kinds an outlook speaks of, its odds beside the others'; takes minutes.

    The outlook is handed the whole record, for its settings name entries of all years, and cuts it to the day
    itself. It runs without its economic fans, which no question asks for.
    """
    from detente.analysis.outlook import Asked as OutlookAsked
    from detente.analysis.outlook import outlook_of

    def outlook(view: Record, day: date, ahead: int) -> Mapping[str, Any]:
        asked = OutlookAsked(day, ahead, OUTLOOK_RUNS, workers=1, economy="none", varied_runs=0)
        return outlook_of(record, asked)[0]["data"]

    return run_backtest(
        record,
        {**BUILT_IN, "outlook": from_outlook(outlook)},
        since,
        to,
        guard=False,
        wanted=lambda question: question.kind in OUTLOOK_KINDS,
        progress=progress,
    )


def stored_file(record: Record, of: str = "") -> Path:
    """Where the backtest of a shipped dispute is kept; `of` is "-outlook" for the one with the outlook."""
    return FOLDER / f"backtest-{record.settings.name}{of}.csv"


def to_csv(scored: list[Scored]) -> str:
    """A backtest as text: a row a question, a column of odds a forecaster."""
    out = io.StringIO()
    names = list(scored[0].odds)
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([*COLUMNS, *names])
    for item in scored:
        question, asked = item.asked.question, item.asked
        answer = "" if asked.happened is None else "yes" if asked.happened else "no"
        row = [question.kind, question.asked, question.until, question.about, answer, asked.by]
        writer.writerow([*row, asked.settled or "", *(f"{item.odds[name]:.6f}" for name in names)])
    return out.getvalue()


def stored_backtest(record: Record, on: date, of: str = "") -> list[Scored]:
    """The kept backtest of a shipped dispute as it stood on a day; empty for a folder of one's own.

    Holds the questions asked and settled by the end of the day. `of`: see `stored_file`.
    """
    path = stored_file(record, of)
    if record.folder.parent != SHIPPED or not path.exists():
        return []
    found = []
    with path.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            if not row["settled"] or parse_day(row["settled"]) > on:
                continue
            question = Question(row["kind"], parse_day(row["asked"]), parse_day(row["until"]), row["about"])
            asked = Asked(question, row["happened"] == "yes", row["by"], parse_day(row["settled"]))
            odds = {name: float(p) for name, p in row.items() if name not in COLUMNS}
            found.append(Scored(asked, odds))
    return found


def track_record_on(record: Record, on: date) -> dict[str, Any] | None:
    """The block of a brief: scores of the questions settled by the day; None where no backtest is kept."""
    scored = stored_backtest(record, on)
    if not scored:
        return None
    found = summary(scored)
    return {
        "n": found["n"],
        "from": min(s.asked.question.asked for s in scored).isoformat(),
        "odds_scored_between_share": [FLOOR, 1 - FLOOR],
        "interval_level_share": found["rules"]["interval_level_share"],
        "kinds": [row for row in found["table"] if row["n"]],
        "not_told_apart": found["not_told_apart"],
        "analysts": analysts(record, first_day(record), on),
        "outlook": _outlook_on(record, on),
    }


def _outlook_on(record: Record, on: date) -> dict[str, Any] | None:
    """The outlook's score over all that it speaks of and was settled by the day, beside the base rate's."""
    scored = stored_backtest(record, on, "-outlook")
    if not scored:
        return None
    every = summary(scored)["table"][0]
    return {"n": every["n"], "runs": OUTLOOK_RUNS, "forecasters": every["forecasters"]}
