"""The same event told twice in one article is one act with two pieces of evidence."""

from __future__ import annotations

from detente.reading.lexicon import word_set
from detente.reading.scheme import Act

_KEEP = word_set("retain keep maintain remain stay continue")
"""Verbs by which a step lives on; what is kept is not what is taken away."""


def merged(found: list[Act]) -> list[Act]:
    """The same event told twice is one act with two pieces of evidence."""
    kept: list[Act] = []
    for act in found:
        twin = next((k for k in kept if _same_event(k, act)), None)
        if twin is None:
            kept.append(act)
            continue
        twin.evidence = [*twin.evidence, *[e for e in act.evidence if e not in twin.evidence]]
        twin.date = twin.date or act.date
        twin.with_ = twin.with_ or act.with_
        twin.on = twin.on or act.on
        known = {(a.value, a.unit, a.role) for a in twin.amounts}
        twin.amounts += [a for a in act.amounts if (a.value, a.unit, a.role) not in known]
    return kept


def _same_event(one: Act, other: Act) -> bool:
    if one.act != other.act or one.modality != other.modality:
        return False
    if one.evidence == other.evidence and one.extent == other.extent:
        return True
    days = {d.resolved for d in (one.date, other.date) if d is not None}
    if len(days) > 1 or one.evidence == other.evidence:
        return False
    amounts = {(a.value, a.unit) for a in one.amounts}
    others = {(a.value, a.unit) for a in other.amounts}
    if amounts and others and not (amounts <= others or others <= amounts):
        return False
    if (one.topic in _KEEP) != (other.topic in _KEEP):
        return False
    who, whom = _sides(one), _sides(other)
    if one.act == "talk":
        return bool(who & whom) and (len(days) == 1 or who == whom)
    if one.act in ("measure", "suspension", "agreement"):
        return who == whom and bool(amounts & others) and len(days) <= 1
    if one.act == "assessment":
        return bool(
            one.by
            and other.by
            and one.by[0].name == other.by[0].name
            and other.evidence[0][0] - one.evidence[-1][1] < 3
        )
    return False


def _sides(act: Act) -> frozenset[str]:
    return frozenset(a.country or a.name for a in (*act.by, *act.with_))
