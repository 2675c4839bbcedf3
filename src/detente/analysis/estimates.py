"""Published answers to shocks on record, each beside ours to the same shock on the same day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from detente.analysis.baseline import kept_world_hash
from detente.analysis.what_if_day import Question, what_if_on_day
from detente.core.days import parse_day
from detente.core.errors import DetenteError
from detente.core.places import name_of
from detente.core.results import envelope
from detente.core.yaml12 import parse_yaml
from detente.record.asof import AsOf
from detente.record.files import Record, load_record


@cache
def published_estimates(dispute: str = "us-china") -> tuple[dict[str, Any], ...]:
    """The estimates of a dispute's shocks as they ship, with sources; see cases/published-estimates.yaml."""
    path = files("detente.cases") / "published-estimates.yaml"
    document, _ = parse_yaml(path.read_text(encoding="utf-8"), "published-estimates.yaml")
    return tuple(e for e in document["estimates"] if e["ours"]["dispute"] == dispute)


def beside_ours(estimate: Mapping[str, Any], record: Record, **assumptions: Any) -> dict[str, Any]:
    """One estimate, each number with `ours_percent` against the world's base day; None without a solution.

    Args:
        estimate: as shipped.
        record: of the dispute whose shock it is.
        assumptions: model, closure and others of `Question`.
    """
    ours = estimate["ours"]
    question = Question(record, AsOf(parse_day(str(ours["on"]))), start=ours["start"], **assumptions)
    try:
        economies = what_if_on_day(question)["data"]["economies"]
    except DetenteError:
        economies = None
    numbers = [
        {
            **number,
            "name": name_of(number["economy"]),
            "ours_percent": economies[number["economy"]][number["beside"]] if economies else None,
        }
        for number in estimate["numbers"]
    ]
    return {**estimate, "ours": {**ours, "on": str(ours["on"])}, "numbers": numbers}


def as_answer(found: Sequence[Mapping[str, Any]], record: Record, **assumptions: Any) -> dict[str, Any]:
    """Estimates beside ours, with their envelope."""
    query = {"dispute": record.settings.name, **assumptions}
    provenance = {"record_hash": record.digest, "world_hash": kept_world_hash(), "model": Question().model}
    return envelope("published-estimates", query, {"estimates": list(found)}, provenance=provenance)


def estimates(dispute: str = "us-china", **assumptions: Any) -> dict[str, Any]:
    """Every published estimate of a dispute's shocks beside ours, with its envelope."""
    record = load_record(dispute)
    found = [beside_ours(e, record, **assumptions) for e in published_estimates(dispute)]
    return as_answer(found, record, **assumptions)
