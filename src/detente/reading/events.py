"""What a clause tells outright: the rules of `talks`, `measures` and `home`, tried in order; the first that fits names the act."""

from __future__ import annotations

from collections.abc import Callable

from detente.reading.clauses import Clause
from detente.reading.context import Context
from detente.reading.home import company_move, domestic_pressure, market_move, revised_forecast
from detente.reading.measures import measure
from detente.reading.nominal import nominal
from detente.reading.suspensions import suspension
from detente.reading.talks import agreement, ruling, talk
from detente.reading.told import Event


def event_of(clause: Clause, context: Context) -> Event | None:
    """The act that a clause tells, or None."""
    for rule in _RULES:
        found = rule(clause, context)
        if found is not None:
            return found
    return None


_RULES: tuple[Callable[[Clause, Context], Event | None], ...] = (
    ruling, revised_forecast, market_move, nominal, suspension, talk, agreement, domestic_pressure, company_move, measure,
)  # fmt: skip
