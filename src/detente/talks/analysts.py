"""Forecasts of named analysts, scored where their words give odds; the others listed with why not."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any

from detente.core.days import parse_day, parse_moment
from detente.core.yaml12 import read_yaml
from detente.record.entries import Assessment
from detente.record.files import Record
from detente.talks.evidence import FOLDER
from detente.talks.scoring import brier, clipped, log_score


@cache
def _document() -> dict[str, Any]:
    document, _ = read_yaml(FOLDER / "analysts.yaml", shown="analysts.yaml")
    return document


def odds_of(term: str | float) -> float:
    """The odds a term stands for: the middle of its range; a number stands for itself.

    Raises:
        KeyError: the table has no such term.
    """
    if isinstance(term, int | float):
        return float(term)
    low, high = _document()["words"][term]
    return (low + high) / 200


def analysts(record: Record, since: date, to: date) -> dict[str, Any]:
    """Scores of the analysts whose forecasts were made in [since, to].

    A forecast that the shipped table does not hold (an entry of one's own) is listed as not coded.

    Returns:
        claims: every claim, scored or with `why_not`; by_analyst: n and mean scores; all: the same of all,
        beside odds of one half.
    """
    forecasts = [
        entry
        for entry in record.of(Assessment)
        if entry.forecast and entry.date and since <= parse_moment(entry.date).day <= to
    ]
    rows = [row for entry in forecasts for row in _claims(entry, to)]
    scored = [row for row in rows if row["brier"] is not None]
    names = sorted({row["by"] for row in scored})
    return {
        "words_source": _document()["source"],
        "claims": rows,
        "n": len(scored),
        "not_scored_n": len(rows) - len(scored),
        "by_analyst": [_mean(name, [row for row in scored if row["by"] == name]) for name in names],
        "all": _mean("all", scored) if scored else None,
        "odds_of_one_half": {"brier": brier(0.5, True), "log": round(log_score(0.5, True), 4)},
    }


def _claims(entry: Assessment, to: date) -> list[dict[str, Any]]:
    coded = [claim for claim in _document()["claims"] if claim["assessment"] == entry.id]
    base = {"assessment": entry.id, "by": entry.by.name, "date": entry.date}
    if not coded:
        unknown = {"claim": entry.says, "why_not": "not coded: see talks/reference/analysts.yaml"}
        return [base | unknown | dict.fromkeys(("term", "odds_share", "happened", "brier", "log"))]
    return [base | _scored(claim, to) for claim in coded]


def _scored(claim: dict[str, Any], to: date) -> dict[str, Any]:
    term = claim.get("odds")
    odds = None if term is None else odds_of(term)
    happened, why_not = claim.get("happened"), claim.get("why_not")
    if happened is not None and parse_day(claim["known"]) > to:
        happened, why_not = None, f"settled on {claim['known']}, after the last day asked"
    return {
        "claim": claim["claim"],
        "term": term,
        "odds_share": odds,
        "happened": happened,
        **_scores(odds, happened),
        "why_not": why_not,
    }


def _scores(odds: float | None, happened: bool | None) -> dict[str, float | None]:
    if odds is None or happened is None:
        return {"brier": None, "log": None}
    return {
        "brier": round(brier(clipped(odds), happened), 4),
        "log": round(log_score(clipped(odds), happened), 4),
    }


def _mean(name: str, rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "by": name,
        "n": len(rows),
        "brier": round(sum(row["brier"] for row in rows) / len(rows), 4),
        "log": round(sum(row["log"] for row in rows) / len(rows), 4),
    }
