"""Grading a reader against a gold folder: precision, recall and F1 per field, modality confusion, invented facts.

The rules are those of `docs/gold-format.md`. What is graded is the JSON form of proposals, so that rules and
language models are graded alike.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from detente.reading.gold import GoldAct, GoldItem
from detente.reading.lexicon import word_set
from detente.reading.scheme import HOLDS

LONGEST_SPAN = 600
EVENTS = word_set("talk measure suspension agreement ruling market_move company_move")
"""Acts whose modality is not fixed by the act."""
NOT_YET = word_set("planned conditional threatened forecast wished")


@dataclass
class Counts:
    """Hits, false and missed ones of a field."""

    right: int = 0
    false: int = 0
    missed: int = 0

    def as_dict(self) -> dict[str, float | int | None]:
        """Precision, recall and F1; None where there is nothing to divide by."""
        precision = self.right / (self.right + self.false) if self.right + self.false else None
        recall = self.right / (self.right + self.missed) if self.right + self.missed else None
        f1 = (
            2 * self.right / (2 * self.right + self.false + self.missed)
            if self.right + self.false + self.missed
            else None
        )
        return {
            "precision_share": precision, "recall_share": recall, "f1_share": f1,
            "right": self.right, "false": self.false, "missed": self.missed,
        }  # fmt: skip


@dataclass
class Tally:
    """All counts of a grading."""

    acts: Counts = field(default_factory=Counts)
    by_act: dict[str, Counts] = field(default_factory=dict)
    modality_right: int = 0
    modality_all: int = 0
    modality_cost: int = 0
    event_right: int = 0
    event_all: int = 0
    confusion: Counter[tuple[str, str]] = field(default_factory=Counter)
    dates: Counts = field(default_factory=Counts)
    dates_end_to_end: Counts = field(default_factory=Counts)
    amounts: Counts = field(default_factory=Counts)
    amounts_end_to_end: Counts = field(default_factory=Counts)
    amounts_without_role: Counts = field(default_factory=Counts)
    actors: Counts = field(default_factory=Counts)
    names_right: int = 0
    names_all: int = 0
    attribution_right: int = 0
    attribution_all: int = 0
    condition: Counts = field(default_factory=Counts)
    unsure_right: int = 0
    unsure_all: int = 0
    invented: int = 0
    facts: int = 0
    ahead_as_holding: int = 0
    texts: int = 0
    texts_without_act: int = 0
    false_in_empty: int = 0


Proposal = Mapping[str, Any]


def grade(items: Iterable[GoldItem], proposals: Mapping[str, Sequence[Proposal]]) -> Tally:
    """Count a reader's proposals against the gold.

    Args:
        proposals: item id -> its proposals in the JSON form of `detente read`.
    """
    tally = Tally()
    for item in items:
        _grade_item(item, list(proposals.get(item.id, ())), tally)
    return tally


def _grade_item(item: GoldItem, found: list[Proposal], tally: Tally) -> None:
    tally.texts += 1
    pairs = pair(item.acts, found)
    paired_found = {p for _, p in pairs}
    paired_gold = {g for g, _ in pairs}
    for number, proposal in enumerate(found):
        _invented_words(item, proposal, tally)
        if number not in paired_found:
            tally.acts.false += 1
            tally.by_act.setdefault(proposal["act"], Counts()).false += 1
    if not any(not act.optional for act in item.acts) and not item.acts:
        tally.texts_without_act += 1
        tally.false_in_empty += len(found)
    for number, act in enumerate(item.acts):
        if number not in paired_gold and not act.optional:
            tally.acts.missed += 1
            tally.by_act.setdefault(act.act, Counts()).missed += 1
            tally.dates_end_to_end.missed += not act.day_optional
            tally.amounts_end_to_end.missed += sum(not a.get("optional") for a in act.amounts)
    for g, p in pairs:
        act, proposal = item.acts[g], found[p]
        _invented_against(act, proposal, tally)
        if act.optional:
            continue
        tally.acts.right += 1
        tally.by_act.setdefault(act.act, Counts()).right += 1
        _grade_pair(item, act, proposal, tally)


def pair(gold: Sequence[GoldAct], found: Sequence[Proposal]) -> list[tuple[int, int]]:
    """Gold acts and proposals one to one: as many as can be, and of those the ones that agree most."""
    if not gold or not found:
        return []
    import numpy as np
    from scipy.optimize import linear_sum_assignment

    worth = np.zeros((len(gold), len(found)))
    for g, act in enumerate(gold):
        for p, proposal in enumerate(found):
            if proposal["act"] in act.acts and _overlap(act, proposal):
                agree = (proposal["act"] == act.act) + (
                    proposal["modality"] in act.modalities(proposal["act"])
                )
                agree += _amounts(act, proposal, Counts()) > 0
                agree += _date(proposal) in act.dates if act.dates else _date(proposal) is None
                worth[g, p] = 100 + agree + 0.5 * (not act.optional)
    rows, columns = linear_sum_assignment(-worth)
    return [(int(g), int(p)) for g, p in zip(rows, columns, strict=True) if worth[g, p] > 0]


def _overlap(act: GoldAct, proposal: Proposal) -> bool:
    for evidence in proposal["evidence"]:
        start, end = evidence["start"], evidence["end"]
        if end - start > LONGEST_SPAN:
            continue
        for first, last in act.spans:
            shared = min(end, last) - max(start, first)
            if shared > 0 and 2 * shared >= min(end - start, last - first):
                return True
    return False


def _date(proposal: Proposal) -> str | None:
    return proposal["date"] if isinstance(proposal.get("date"), str) else None


def _grade_pair(item: GoldItem, act: GoldAct, proposal: Proposal, tally: Tally) -> None:
    _modality(act, proposal, tally)
    _dates(item, act, proposal, tally)
    _amounts(act, proposal, tally.amounts)
    _amounts(act, proposal, tally.amounts_end_to_end)
    _amounts(act, proposal, tally.amounts_without_role, with_role=False)
    _actors(act, proposal, tally)
    chain, wanted = proposal.get("attribution") or [], act.attribution
    tally.attribution_all += 1
    tally.attribution_right += len(chain) == len(wanted) and all(map(same_name, chain, wanted))
    _condition(item, act, proposal, tally)
    if act.unsure:
        tally.unsure_all += 1
        tally.unsure_right += bool(proposal.get("unsure"))


def _modality(act: GoldAct, proposal: Proposal, tally: Tally) -> None:
    right = proposal["modality"] in act.modalities(proposal["act"])
    wrongly_holds = not right and proposal["modality"] in HOLDS and act.modality in NOT_YET
    tally.modality_all += 1
    tally.modality_right += right
    tally.modality_cost += 0 if right else 2 if wrongly_holds else 1
    tally.ahead_as_holding += wrongly_holds
    if act.act in EVENTS:
        tally.event_all += 1
        tally.event_right += right
    if not right:
        tally.confusion[act.modality, proposal["modality"]] += 1
    else:
        tally.confusion[proposal["modality"], proposal["modality"]] += 1


def _day_matches(item: GoldItem, day: str, gold: str) -> bool:
    if day == gold:
        return True
    if len(gold) == 7 and day.startswith(gold):
        return (
            day in item.text or bool(re.search(rf"\b{int(day[8:10])}\b", item.text))
            if len(day) == 10
            else False
        )
    return False


def _dates(item: GoldItem, act: GoldAct, proposal: Proposal, tally: Tally) -> None:
    day = _date(proposal)
    for counts in (tally.dates, tally.dates_end_to_end):
        if day is None:
            counts.missed += not act.day_optional
        elif act.dates and any(_day_matches(item, day, gold) for gold in act.dates):
            counts.right += 1
        else:
            counts.false += 1
            counts.missed += not act.day_optional


def _amounts(act: GoldAct, proposal: Proposal, counts: Counts, *, with_role: bool = True) -> int:
    left = list(act.amounts)
    hits = 0
    for amount in proposal.get("amounts") or ():
        match = next((gold for gold in left if _same_amount(gold, amount, with_role)), None)
        if match is not None:
            left.remove(match)
            if not match.get("optional"):
                counts.right += 1
            hits += 1
        else:
            counts.false += 1
    counts.missed += sum(not gold.get("optional") for gold in left)
    return hits


def _same_amount(gold: Mapping[str, Any], amount: Mapping[str, Any], with_role: bool) -> bool:
    wanted, given = float(gold["value"]), float(amount["value"])
    if gold["unit"] != amount["unit"] or abs(given - wanted) > 0.005 * max(abs(wanted), 1e-9):
        return False
    return not with_role or amount["role"] in {gold["role"], *(gold.get("also") or ())}


def _actors(act: GoldAct, proposal: Proposal, tally: Tally) -> None:
    left = list(act.actors)
    for actor in proposal.get("actors") or ():
        match = next((g for g in left if _same_actor(g, actor, act.act)), None)
        if match is None:
            tally.actors.false += 1
            continue
        left.remove(match)
        tally.actors.right += not match.get("optional")
        if match.get("name"):
            tally.names_all += 1
            tally.names_right += same_name(str(match["name"]), str(actor.get("name") or ""))
    tally.actors.missed += sum(not g.get("optional") for g in left)


def _same_actor(gold: Mapping[str, Any], actor: Mapping[str, Any], act: str) -> bool:
    roles = {gold.get("role")}
    if act == "talk" and gold.get("role") in ("by", "with"):
        roles = {"by", "with"}
    if actor.get("role") not in roles:
        return False
    if gold.get("country"):
        return gold["country"] == actor.get("country")
    return not actor.get("country") and (
        not gold.get("name") or same_name(str(gold["name"]), str(actor.get("name") or ""))
    )


_TITLES = word_set("the a an mr mrs ms dr president minister secretary premier prime vice of s")


def same_name(one: str, other: str) -> bool:
    """Whether the words of one name are all in the other's, case and titles aside."""
    first = set(re.findall(r"\w+", one.lower())) - _TITLES
    second = set(re.findall(r"\w+", other.lower())) - _TITLES
    if not first or not second:
        return one.strip().lower() == other.strip().lower() or bool(
            set(re.findall(r"\w+", one.lower())) & set(re.findall(r"\w+", other.lower()))
        )
    return first <= second or second <= first


def _condition(item: GoldItem, act: GoldAct, proposal: Proposal, tally: Tally) -> None:
    words = proposal.get("condition")
    if not words:
        tally.condition.missed += act.condition is not None
        return
    start = item.text.find(words)
    if act.condition is not None and start >= 0:
        shared = min(start + len(words), act.condition[1]) - max(start, act.condition[0])
        if 2 * shared >= min(len(words), act.condition[1] - act.condition[0]):
            tally.condition.right += 1
            return
    tally.condition.false += 1
    tally.condition.missed += act.condition is not None


def _invented_words(item: GoldItem, proposal: Proposal, tally: Tally) -> None:
    """Numbers and names that the text does not hold."""
    from detente.reading.numerals import numbers_in

    held = numbers_in(item.text)
    for amount in proposal.get("amounts") or ():
        tally.facts += 1
        tally.invented += not any(abs(float(amount["value"]) - n) <= 0.005 * max(n, 1e-9) for n in held)
    words = set(re.findall(r"\w+", f"{item.text} {item.title}".lower()))
    names = [a.get("name") for a in proposal.get("actors") or ()] + list(proposal.get("attribution") or ())
    for name in names:
        if name:
            tally.facts += 1
            tally.invented += not set(re.findall(r"\w+", name.lower())) <= words
    tally.facts += 1  # the status
    tally.facts += _date(proposal) is not None


def _invented_against(act: GoldAct, proposal: Proposal, tally: Tally) -> None:
    """A day where gold has none or another; a status of done or in force where gold looks ahead (twice)."""
    day = _date(proposal)
    if day is not None and not any(day[:7] == g[:7] and (day == g or len(g) == 7) for g in act.dates):
        tally.invented += 1
    if (
        proposal["modality"] in HOLDS
        and act.modality in NOT_YET
        and proposal["modality"] not in act.modalities(proposal["act"])
    ):
        tally.invented += 2


def report(tally: Tally) -> dict[str, Any]:
    """The figures of a grading, as `detente grade --json` prints them."""

    def _share(right: int, total: int) -> float | None:
        return right / total if total else None

    return {
        "texts": tally.texts,
        "texts_without_act": tally.texts_without_act,
        "acts": tally.acts.as_dict(),
        "acts_by_kind": {act: counts.as_dict() for act, counts in sorted(tally.by_act.items())},
        "modality": {
            "right_share": _share(tally.modality_right, tally.modality_all),
            "right_with_double_cost_share": 1 - tally.modality_cost / tally.modality_all
            if tally.modality_all
            else None,
            "events_right_share": _share(tally.event_right, tally.event_all),
            "pairs": tally.modality_all,
            "ahead_as_holding": tally.ahead_as_holding,
            "confusion": [
                {"gold": gold, "given": given, "count": n}
                for (gold, given), n in sorted(tally.confusion.items())
            ],
        },
        "dates": {**tally.dates.as_dict(), "end_to_end": tally.dates_end_to_end.as_dict()},
        "amounts": {
            **tally.amounts.as_dict(),
            "without_role": tally.amounts_without_role.as_dict(),
            "end_to_end": tally.amounts_end_to_end.as_dict(),
        },
        "actors": {**tally.actors.as_dict(), "names_right_share": _share(tally.names_right, tally.names_all)},
        "attribution": {"right_share": _share(tally.attribution_right, tally.attribution_all)},
        "condition": tally.condition.as_dict(),
        "unsure": {"flagged_share": _share(tally.unsure_right, tally.unsure_all), "acts": tally.unsure_all},
        "invented_facts": {
            "share": _share(tally.invented, tally.facts),
            "invented": tally.invented,
            "facts": tally.facts,
        },
        "false_acts": {
            "per_100_texts": 100 * tally.acts.false / tally.texts if tally.texts else None,
            "per_100_texts_without_act": 100 * tally.false_in_empty / tally.texts_without_act
            if tally.texts_without_act
            else None,
        },
    }
