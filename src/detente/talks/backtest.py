"""Backtest: stand on each decision day with what was known by its end, give odds, and be scored.

The answer to every question comes from the whole record; every forecaster is called with the record cut to
the day. It is called with the whole record too, and refused if that changes its odds: it has read the future.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from detente.core.errors import DateBeforeRecord, InvalidDate, UsesTheFuture
from detente.record.as_known import as_known
from detente.record.files import Record
from detente.talks.forecasters import Forecaster
from detente.talks.happened import first_day, last_checked
from detente.talks.questions import WORDS, Asked, Question, ask
from detente.talks.scoring import (
    BLOCK_DAYS,
    FLOOR,
    LEVEL,
    brier,
    calibration,
    clipped,
    compare,
    log_score,
)

REFERENCES = ("base_rate", "nothing_changes")


@dataclass(frozen=True)
class Scored:
    """A question, its answer and each forecaster's odds."""

    asked: Asked
    odds: Mapping[str, float]

    def as_dict(self) -> dict[str, Any]:
        """As JSON."""
        question = self.asked.question
        happened = self.asked.happened
        return {
            "kind": question.kind,
            "asked": question.asked.isoformat(),
            "until": question.until.isoformat(),
            "about": question.about or None,
            "happened": happened,
            "by": self.asked.by or None,
            "odds_share": {name: round(p, 4) for name, p in self.odds.items()},
            "brier": None
            if happened is None
            else {name: round(brier(clipped(p), happened), 4) for name, p in self.odds.items()},
            "log": None
            if happened is None
            else {name: round(log_score(clipped(p), happened), 4) for name, p in self.odds.items()},
        }


def odds_without_the_future(
    name: str, forecaster: Forecaster, record: Record, view: Record, question: Question, guard: bool
) -> float:
    """The odds a forecaster gives on the record cut to the day.

    Raises:
        UsesTheFuture: with the whole record in hand it answers otherwise.
        ValueError: what it gives is no probability.
    """
    odds = float(forecaster(view, question))
    if not 0.0 <= odds <= 1.0:
        raise ValueError(f"{name} gave {odds} to {question.id}: not a probability")
    if guard and abs(float(forecaster(record, question)) - odds) > 1e-9:
        raise UsesTheFuture(
            f"forecaster {name!r} on {question.asked}",
            where=question.id,
            why="its odds change when it is handed entries that became public after the day it stands on",
            instead="cut the record first: detente.record.as_known.as_known(record, question.asked)",
        )
    return odds


def run_backtest(
    record: Record,
    forecasters: Mapping[str, Forecaster],
    since: date | None = None,
    to: date | None = None,
    *,
    guard: bool = True,
    wanted: Callable[[Question], bool] = lambda _: True,
    progress: Callable[[int, int], None] | None = None,
) -> list[Scored]:
    """Ask every question of the rules in [since, to] and have each forecaster answer it.

    Args:
        forecasters: name -> callable of (record, question).
        since, to: first and last decision day; the whole record by default.
        wanted: which of the rules' questions to ask; all by default.
        guard: call each with the whole record too and refuse one whose odds change.
        progress: told (done, all) after each day.

    Raises:
        InvalidDate: the days run backwards, or no question falls between them.
        DateBeforeRecord: the last day is before the record begins.
        UsesTheFuture: a forecaster read what was not yet known.
    """
    first, last = first_day(record), last_checked(record)
    since, to = since or first, min(to or last, last)
    if to < first:
        raise DateBeforeRecord(
            f"{to} is before the record begins", where="--to", why=f"it begins on {first}", instead=str(last)
        )
    if since > to:
        raise InvalidDate(
            f"from {since} to {to}",
            where="--from",
            why=f"no day is left between them; the record was checked to {last}",
            instead=f"--from {first} --to {last}",
        )
    questions = [asked for asked in ask(record, since, to) if wanted(asked.question)]
    if not questions:
        raise InvalidDate(
            f"from {since} to {to}",
            where="--from",
            why="no decision day falls between them: the first of a month, or 30 or 7 days before an end",
            instead=f"--from {first} --to {last}",
        )
    found = []
    view, cut_to = record, None
    for number, asked in enumerate(questions, start=1):
        day = asked.question.asked
        if day != cut_to:
            view, cut_to = as_known(record, day), day
        odds = {
            name: odds_without_the_future(name, forecaster, record, view, asked.question, guard)
            for name, forecaster in forecasters.items()
        }
        found.append(Scored(asked, odds))
        if progress is not None:
            progress(number, len(questions))
    return found


def summary(scored: list[Scored]) -> dict[str, Any]:
    """Scores of a backtest: all questions, each kind, calibration, and what cannot be told apart.

    Open questions are listed and not scored.
    """
    closed = [s for s in scored if s.asked.happened is not None]
    names = list(scored[0].odds) if scored else []
    kinds = [kind for kind in WORDS if any(s.asked.question.kind == kind for s in scored)]
    groups = {"all": closed} | {k: [s for s in closed if s.asked.question.kind == k] for k in kinds}
    table = [
        {
            "kind": kind,
            "words": WORDS.get(kind, "every question"),
            "n": len(group),
            "happened_n": sum(bool(s.asked.happened) for s in group),
            "open_n": sum(
                s.asked.happened is None and kind in ("all", s.asked.question.kind) for s in scored
            ),
            "forecasters": _scores(group, names) if group else {},
        }
        for kind, group in groups.items()
    ]
    return {
        "rules": {
            "decision_days": "first of every month from 90 days after the record begins; 30 and 7 days "
            "before the end of a truce; the day after a threat with a day",
            "odds_scored_between_share": [FLOOR, 1 - FLOOR],
            "interval_level_share": LEVEL,
            "block_days": BLOCK_DAYS,
        },
        "n": len(closed),
        "open_n": len(scored) - len(closed),
        "table": table,
        "calibration": {
            name: calibration([s.odds[name] for s in closed], [bool(s.asked.happened) for s in closed])
            for name in names
        },
        "not_told_apart": _not_told_apart(table),
    }


def _scores(group: list[Scored], names: list[str]) -> dict[str, Any]:
    return compare(
        {name: [s.odds[name] for s in group] for name in names},
        [bool(s.asked.happened) for s in group],
        [s.asked.question.asked for s in group],
        REFERENCES,
    )


def _not_told_apart(table: list[dict[str, Any]]) -> list[dict[str, str]]:
    """Every forecaster and kind whose score the interval does not tell from the base rate's."""
    return [
        {"kind": row["kind"], "forecaster": name, "from": "base_rate"}
        for row in table
        for name, scores in row["forecasters"].items()
        if "base_rate" in scores["differences"] and not scores["differences"]["base_rate"]["told_apart"]
    ]
