"""The outlook's odds beside how often the same came about before, and where the two differ.

Asked are the questions of the track record (`talks.questions`), so what is shown here is what is scored
there. The base rate knows no model and no day; the outlook knows where talks stand. Neither is right because
the other differs: a reader is told, with the number of cases.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from detente.record.files import Record
from detente.talks.evidence import ends_of
from detente.talks.forecasters import base_rate, cases_before, hazards, outlook_odds
from detente.talks.questions import KINDS, WORDS, Question
from detente.talks.scoring import LEVEL, wilson

MONTH_DAYS = 30


def beside_base_rates(
    view: Record, day: date, days: int, events_by_date: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """Each question whose window closes in the time: odds, base rate with cases and range, hazards.

    Args:
        view: the record as known on the day.
        day, days: first day and length of the outlook.
        events_by_date: of the outlook.
    """
    found = []
    for question in _questions(view, day, days):
        yes, n = cases_before(view, question)
        # Windows of three months that begin with every month overlap: a third of them stands alone.
        alone = min(1.0, MONTH_DAYS / question.days) if question.kind in KINDS else 1.0
        low, high = wilson(yes * alone, n * alone)
        odds = outlook_odds(events_by_date, question)
        found.append(
            {
                "kind": question.kind,
                "words": WORDS[question.kind],
                "until": question.until.isoformat(),
                "outlook_share": odds,
                "base_rate_share": base_rate(view, question),
                "yes_n": yes,
                "n": n,
                "low_share": low,
                "high_share": high,
                "interval_level_share": LEVEL,
                "hazards_share": hazards(view, question),
                "differs": not low <= odds <= high,
            }
        )
    return found


def _questions(view: Record, day: date, days: int) -> Iterator[Question]:
    for name, kind in KINDS.items():
        if kind.days <= days:
            yield Question(name, day, day + timedelta(days=kind.days))
    last = day + timedelta(days=days)
    for row in ends_of(view.settings.parties, True, ("truce",)):
        if row.set_known <= day < row.due <= last and not row.settled_by(day):
            yield Question("truce_goes_on", day, row.due, row.id)
