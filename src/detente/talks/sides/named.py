"""The negotiators by name, each a list of parts."""

from __future__ import annotations

from detente.core.errors import UnknownName
from detente.talks.sides.bargaining import (
    at_the_deadline,
    best_for_both,
    by_belief,
    enough,
    firm,
    own_best,
    patient,
    reciprocal,
)
from detente.talks.sides.best_response import accepts_best, best_package, best_pressure
from detente.talks.sides.conduct import (
    answers_in_kind,
    asks_rarely,
    extends_in_time,
    keeps_in_touch,
    presses,
    protests,
    quiet,
    speaks,
)
from detente.talks.sides.leaving import leaves, leaves_if_hawkish
from detente.talks.sides.negotiator import Negotiator

NEGOTIATORS: dict[str, Negotiator] = {
    negotiator.name: negotiator
    for negotiator in (
        Negotiator(
            "tit-for-tat",
            "meets the other's last offer halfway, answers a raise in kind and starts none",
            reciprocal, enough, best_for_both, leaves_if_hawkish,
            keeps_in_touch, extends_in_time, answers_in_kind, protests,
        ),
        Negotiator(
            "hardliner",
            "asks for its best and holds out, threatens, never asks for a meeting",
            firm, enough, own_best, leaves, asks_rarely, extends_in_time, presses, speaks,
        ),
        Negotiator(
            "deadline",
            "gives way slowly and fast in the last two weeks before a clock; threatens and claims progress",
            at_the_deadline, enough, best_for_both, leaves_if_hawkish,
            keeps_in_touch, extends_in_time, presses, speaks,
        ),
        Negotiator(
            "conceder",
            "gives way steadily, faster the more duties cost it",
            patient, enough, best_for_both, leaves_if_hawkish,
            keeps_in_touch, extends_in_time, answers_in_kind, quiet,
        ),
        Negotiator(
            "bayesian",
            "learns the other's type from its moves and offers what is worth most times its chance",
            patient, enough, by_belief, leaves_if_hawkish,
            keeps_in_touch, extends_in_time, answers_in_kind, speaks,
        ),
        Negotiator(
            "best-responder",
            "takes the act with the highest expected worth against its beliefs, one step ahead",
            patient, accepts_best, best_package, leaves_if_hawkish,
            keeps_in_touch, extends_in_time, best_pressure, quiet,
        ),
    )
}  # fmt: skip


def negotiator(name: str) -> Negotiator:
    """The negotiator of that name.

    Raises:
        UnknownName: there is none.
    """
    if name not in NEGOTIATORS:
        raise UnknownName(
            f"negotiator {name!r}",
            where="--sides",
            why="there is no such negotiator",
            instead=f"one of {', '.join(NEGOTIATORS)}",
        )
    return NEGOTIATORS[name]
