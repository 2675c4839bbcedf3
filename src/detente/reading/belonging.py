"""Which act an amount belongs to when it stands outside the act's own clause: in a relative clause, or in a bare sentence after it."""

from __future__ import annotations

import re

from detente.reading.amounts import Amount, find_amounts
from detente.reading.clauses import Parsed
from detente.reading.scheme import Act
from detente.reading.when import BREAK

_TAKES = frozenset(["measure", "suspension", "agreement", "ruling", "threat", "market_move", "company_move"])
"""Acts that have a size; what is said keeps to the words said."""
_SIZE = re.compile(r"percent|points|[A-Z]{3}(?:/\w+)?")
"""Units by which a bare sentence says how large the thing before it is."""


def with_rest_of_sentence(parsed: Parsed, acts: list[Act]) -> list[Act]:
    """Give each amount that no act of the sentence has taken to the act it follows without a break."""
    able = [a for a in acts if a.act in _TAKES]
    if not able:
        return acts
    for act in able:
        own = [a for a in act.amounts if not _aside(parsed.text, act, a)]
        act.amounts = own or act.amounts
    taken = {(a.start, a.end) for act in acts for a in act.amounts}
    for amount in find_amounts(parsed.text, parsed.sentence.start, parsed.sentence.end):
        if (amount.start, amount.end) in taken or any(
            act.extent[0] <= amount.start < act.extent[1] for act in acts
        ):
            continue
        before = [
            a
            for a in able
            if a.extent[1] <= amount.start and not BREAK.search(parsed.text[a.extent[1] - 1 : amount.start])
        ]
        if before:
            nearest = max(before, key=lambda a: a.extent[1])
            nearest.amounts = [*nearest.amounts, amount]
    return acts


_ASIDE = re.compile(
    r"\b(?:in (?:answer|return|response|reply|exchange|retaliation) (?:to|for)|along with|on top of|removing|despite|compared (?:with|to)"
    r"|(?:hours|days|weeks) after)\b"
)


def _aside(text: str, act: Act, amount: Amount) -> bool:
    """Whether an amount stands in words about another thing: "cut its duty to 15% in return for $250 billion"."""
    return act.extent[0] < amount.start and _ASIDE.search(text[act.extent[0] : amount.start]) is not None


def bare_sentence(parsed: Parsed, before: Act | None) -> bool:
    """Take a sentence without a verb ("$16.6 billion in all.") into the act told just before it.

    Returns:
        Whether it did.
    """
    if before is None or before.act not in _TAKES or any(c.verb.finite for c in parsed.clauses):
        return False
    if not re.fullmatch(r"\s*", parsed.text[before.evidence[-1][1] : parsed.sentence.start]):
        return False
    amounts = find_amounts(parsed.text, parsed.sentence.start, parsed.sentence.end)
    if not any(_SIZE.fullmatch(a.unit) for a in amounts):
        return False
    before.amounts = _together(before.amounts, amounts)
    before.evidence = [*before.evidence, (parsed.sentence.start, parsed.sentence.end)]
    return True


def _together(here: list[Amount], more: list[Amount]) -> list[Amount]:
    known = {(a.value, a.unit) for a in here}
    return here + [a for a in more if (a.value, a.unit) not in known]
