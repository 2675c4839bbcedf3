"""What both would sign, short, for a brief: only where it is certified, else why there is none."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from detente.analysis.bargains import Question, bargained
from detente.analysis.term_sheet import answered
from detente.core.errors import DetenteError, InvalidAgenda
from detente.record.asof import AsOf
from detente.record.files import Record

SHOWN = 12
"""Steps listed, those worth most to the two together first."""


def signable(
    record: Record, asof: AsOf, world: str, progress: Callable[[str], None] = lambda words: None
) -> dict[str, Any]:
    """The deal of the egalitarian rule over the status quo, without ranges over assumptions.

    Returns:
        `deal`, None with the reason in `why` where there is no agenda, no package or no certificate.
    """
    try:
        question = Question(world=world, ranges=False)
        sheet = bargained(record, asof, question, progress)
        data = answered(sheet, question, progress)["data"]
    except InvalidAgenda as error:
        return {"deal": None, "why": f"{error.what}: {error.why}"}
    except DetenteError as error:
        return {"deal": None, "why": f"{error.what}: {error.why}" if error.why else error.what}
    if data["agreement"] is None:
        return {"deal": None, "why": data["answer"]}
    if not data["certificate"]["certified"]:
        return {"deal": None, "why": "the bargain found is not certified"}
    terms = sorted(data["agreement"]["terms"], key=_weight)
    return {
        "why": None,
        "deal": {
            "answer": data["answer"],
            "packages_that_can_be_signed": data["packages_that_can_be_signed"],
            "issues": len(data["issues"]),
            "settled": len(terms),
            "shown": min(SHOWN, len(terms)),
            "aims": data["aims"],
            "terms": [
                {
                    "title": term["title"],
                    "option_title": term["option_title"],
                    "steps": [
                        {
                            "by": step["by"],
                            "does": step["does"],
                            "power": step["authority"]["title"],
                            "risk": step["authority"]["litigation_risk"],
                            "by_day": step["by_day"],
                        }
                        for step in term["steps"]
                    ],
                    "worth": term["worth_in_the_deal"],
                    "entries": term["entries"],
                }
                for term in terms[:SHOWN]
            ],
            "sides": data["agreement"]["sides"],
            "red_lines": [
                {key: line[key] for key in ("side", "because", "entry", "packages_excluded")}
                for line in data["red_lines"]
            ],
            "certificate": {
                key: data["certificate"][key]
                for key in (
                    "certified",
                    "distance_to_frontier_percent",
                    "distinct_policies",
                    "worst_residual",
                )
            },
        },
    }


def _weight(term: dict[str, Any]) -> float:
    return -sum(abs(one["central_percent"]) for one in term["worth_in_the_deal"].values())
