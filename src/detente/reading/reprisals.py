"""Striking back, and measures that are only weighed or prepared."""

from __future__ import annotations

import re

from detente.reading.clauses import Clause
from detente.reading.lexicon import DUTIES, MEASURE
from detente.reading.told import Event, is_official, object_of


def reprisal_in(clause: Clause) -> Event | None:
    """Striking back, and what is only weighed: threats, unless it has been done with a measure."""
    lemma, verb, words = clause.verb.lemma, clause.verb, object_of(clause)
    if (
        lemma in ("consider", "weigh", "mull", "explore", "study", "float", "contemplate")
        and not verb.passive
    ):
        aimed = DUTIES.search(words) or re.search(
            r"\b(?:bans?|curbs?|sanctions?|restrictions?|controls?|limits|countermeasures)\b", words, re.I
        )
        return Event("threat", modality="threatened") if aimed and is_official(clause) else None
    if lemma in ("prepare", "ready", "draft", "plan") and not verb.passive:
        aimed = DUTIES.search(words) or re.search(
            r"\b(?:bans?|curbs?|sanctions?|restrictions?|controls?|countermeasures)\b", words, re.I
        )
        return (
            Event("measure", modality="planned")
            if aimed and is_official(clause) and not re.match(r"\s*(?:for|to)\b", words)
            else None
        )
    back = re.match(r"\s*(?:back|in kind|with|against|proportion\w*|firmly|\W|$)", clause.rest)
    if lemma in ("retaliate", "respond", "strike", "hit", "fight", "react") and back and is_official(clause):
        if lemma in ("strike", "hit", "fight") and not re.match(r"\s*back\b", clause.rest):
            return None
        if verb.modal or verb.infinitive:
            return Event("threat", modality="threatened")
        return Event("measure", lasting=True) if MEASURE.search(words) else None
    return None
