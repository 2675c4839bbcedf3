"""Proposals against a record: which entry each one confirms, updates, ends, contradicts or denies, or that it is new.

The record is only read. Where an article's words and the legal text differ, the difference is flagged and the
text governs; where the article tells as standing what the law has ended, it is behind the law.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, timedelta
from typing import Any

from detente.core.days import parse_moment
from detente.reading.article import Article
from detente.reading.lexicon import word_set
from detente.reading.scheme import HOLDS, Act
from detente.record.entries import Denial, Measure, Source, Status, Talk
from detente.record.files import Record

KINDS = {
    "talk": ("talk",), "measure": ("measure",), "threat": ("threat",), "suspension": ("measure", "agreement", "talk"), "agreement": ("agreement",),
    "claim": ("claim",), "denial": ("denial", "claim"), "accusation": ("claim",), "demand": ("demand",), "precondition": ("precondition",),
    "red_line": ("red_line",), "ruling": ("ruling",), "assessment": ("assessment",), "position": ("position", "precondition"),
    "market_move": ("market_move",), "company_move": ("company_move",), "domestic_pressure": ("domestic_pressure",),
}  # fmt: skip
"""Act -> kinds of entry it may be about."""
ENOUGH = 1.0
WINDOW_DAYS = 45
LASTING_WINDOW_DAYS = 500
_LIFT = word_set("lift remove scrap abolish repeal revoke cancel end rescind terminate eliminate roll")
_LOOSE = word_set("lift remove drop scrap cut lower reduce slash eliminate roll")
_STOPWORDS = word_set(
    "the and for with that this from has have had was were will would its their his her they "
    "said says say on in of to a an by at as it is are be been not but"
    " than more which who after before about into over also new year last week day country "
    "side sides both two one other"
)


@dataclass(frozen=True)
class _Card:
    """What is compared of an entry."""

    entry: Any
    words: frozenset[str]
    labels: frozenset[str]
    day: date | None
    last: date | None
    numbers: frozenset[float]


def _stems(text: str) -> frozenset[str]:
    found = set()
    for word in re.findall(r"[^\W\d_][\w’'-]+", text.lower()):
        word = re.sub(r"(?:['’]s|s|ed|ing)$", "", word)
        if len(word) > 2 and word not in _STOPWORDS:
            found.add(word)
    return frozenset(found)


def _texts(part: Any) -> list[str]:
    """The words of an entry, its links, sources and notes left out."""
    found: list[str] = []
    for item in fields(part):
        if item.name in ("sources", "links", "notes", "schema", "kind", "id", "conflicts"):
            continue
        value = getattr(part, item.name)
        for one in value if isinstance(value, tuple) else (value,):
            if isinstance(one, str):
                found.append(one)
            elif is_dataclass(one) and not isinstance(one, type):
                found += _texts(one)
    return found


class Linker:
    """A record made ready to be compared with proposals.

    Args:
        record: the dispute's record.
    """

    def __init__(self, record: Record) -> None:
        self.record = record
        self.cards: dict[str, list[_Card]] = {}
        frequency: Counter[str] = Counter()
        for entry in record.entries.values():
            if isinstance(entry, Source):
                continue
            card = self._card(entry)
            self.cards.setdefault(entry.kind, []).append(card)
            frequency.update(card.words)
        total = sum(map(len, self.cards.values()))
        self.weight = {word: math.log(1 + total / n) for word, n in frequency.items()}

    def _card(self, entry: Any) -> _Card:
        text = " ".join(_texts(entry))
        labels = set(entry.parties) | set(re.findall(r"\b[A-Z]{3}\b", text))
        day = parse_moment(entry.date).day if entry.date else None
        last = parse_moment(entry.end_date).day if entry.end_date else day
        if isinstance(entry, Measure):
            days = [parse_moment(s.effective).day for s in entry.states]
            day, last = min([d for d in (day, *days) if d]), max(days)
        return _Card(
            entry,
            _stems(text),
            frozenset(labels),
            day,
            last,
            frozenset(float(n) for n in re.findall(r"\b\d+(?:\.\d+)?\b", text)),
        )

    def link(self, act: Act, proposal: dict[str, Any], article: Article) -> None:
        """Fill in `effect`, and add to `unsure` what a person should weigh."""
        day = self._day(proposal, article)
        card = self._best(act, proposal, article, day)
        if card is None:
            proposal["effect"] = {"kind": "new", "entry": None}
            return
        kind, notes = self._effect(act, proposal, card, day)
        proposal["effect"] = {"kind": kind, "entry": card.entry.id}
        proposal["unsure"] += notes
        if proposal["date"] is None or not isinstance(proposal["date"], str):
            self._propose_day(proposal, card)

    @staticmethod
    def _day(proposal: dict[str, Any], article: Article) -> date | None:
        if isinstance(proposal["date"], str) and len(proposal["date"]) == 10:
            return date.fromisoformat(proposal["date"])
        return article.published

    def _best(self, act: Act, proposal: dict[str, Any], article: Article, day: date | None) -> _Card | None:
        words = _stems(
            " ".join(article.text[s:e] for s, e in act.evidence)
            + " "
            + " ".join(a["name"] for a in proposal["actors"])
        )
        labels = {a["country"] for a in proposal["actors"] if a["country"]}
        numbers = {float(a["value"]) for a in proposal["amounts"]}
        best, most = None, ENOUGH
        for kind in KINDS[act.act]:
            for card in self.cards.get(kind, ()):
                score = self._score(card, words, labels, numbers, day, kind)
                if score > most:
                    best, most = card, score
        return best

    def _score(
        self,
        card: _Card,
        words: frozenset[str],
        labels: set[Any],
        numbers: set[float],
        day: date | None,
        kind: str,
    ) -> float:
        if labels and card.labels and not labels & card.labels:
            return 0.0
        near = self._nearness(card, day, kind)
        if near == 0.0:
            return 0.0
        shared = sum(self.weight.get(w, 1.0) for w in words & card.words)
        norm = math.sqrt(sum(self.weight.get(w, 1.0) ** 2 for w in words)) * math.sqrt(len(card.words) + 8)
        return 4 * shared / norm + near + 0.3 * bool(numbers & card.numbers) if norm else 0.0

    @staticmethod
    def _nearness(card: _Card, day: date | None, kind: str) -> float:
        if day is None or card.day is None:
            return 0.25
        first, last = card.day, card.last or card.day
        if kind in ("measure", "position", "agreement", "precondition", "demand", "domestic_pressure"):
            if first - timedelta(days=3) <= day <= last + timedelta(days=LASTING_WINDOW_DAYS):
                return 0.45 if abs((day - first).days) <= 7 else 0.2
            return 0.0
        apart = 0 if first <= day <= last else min(abs((day - first).days), abs((day - last).days))
        return (
            0.7
            if apart == 0
            else 0.5
            if apart <= 3
            else 0.25
            if apart <= 14
            else 0.1
            if apart <= WINDOW_DAYS
            else 0.0
        )

    def _effect(
        self, act: Act, proposal: dict[str, Any], card: _Card, day: date | None
    ) -> tuple[str, list[str]]:
        entry, notes = card.entry, []
        if act.act == "denial":
            return ("confirms" if isinstance(entry, Denial) else "denies"), notes
        if isinstance(entry, Measure):
            return self._measure_effect(act, proposal, entry, day)
        if isinstance(entry, Talk) and act.act == "suspension":
            return "updates", notes
        differing = self._differing(proposal, card)
        if differing:
            return "contradicts", [differing]
        if isinstance(entry, Talk) and act.modality == "done" and entry.state == "planned":
            return "updates", notes
        if (
            isinstance(proposal["date"], str)
            and len(proposal["date"]) == 10
            and card.day
            and proposal["date"] != str(entry.date)[:10]
            and card.day == card.last
        ):
            return "updates", [f"the entry has {entry.date}, the article {proposal['date']}"]
        return "confirms", notes

    @staticmethod
    def _differing(proposal: dict[str, Any], card: _Card) -> str:
        """A figure that the entry gives a little differently: 80 here, 80.5 there."""
        for amount in proposal["amounts"]:
            value = float(amount["value"])
            if value in card.numbers or amount["unit"] not in ("percent", "points"):
                continue
            near = [n for n in card.numbers if 0 < abs(n - value) <= 0.04 * max(n, value) and n > 2]
            if near:
                return f"{value:g} {amount['unit']} here, {near[0]:g} in the record"
        return ""

    def _measure_effect(
        self, act: Act, proposal: dict[str, Any], entry: Measure, day: date | None
    ) -> tuple[str, list[str]]:
        state = self._state(entry, day)
        notes = self._against_law(act, entry, state, day)
        rates = {float(a["value"]) for a in proposal["amounts"] if a["unit"] == "percent"}
        known = {s.rate_percent for s in entry.states if s.rate_percent is not None}
        status = state.status if state else None
        if act.topic in _LIFT and act.modality == "done" and act.act == "measure":
            gone = status not in (Status.IN_FORCE, None)
            return ("confirms" if gone else "ends"), notes
        if act.act == "suspension":
            halted = status == Status.SUSPENDED or (state is not None and state.suspended_points is not None)
            return ("confirms" if halted else "updates"), notes
        if act.modality == "in_force" and status is not None and status is not Status.IN_FORCE:
            return "contradicts", notes
        if rates and known and not rates & known:
            return "updates", notes
        return "confirms", notes

    @staticmethod
    def _state(entry: Measure, day: date | None) -> Any:
        begun = [s for s in entry.states if day is None or parse_moment(s.effective).day <= day]
        return begun[-1] if begun else None

    @staticmethod
    def _against_law(act: Act, entry: Measure, state: Any, day: date | None) -> list[str]:
        notes: list[str] = []
        if state is None:
            return notes
        since = parse_moment(state.effective).text()
        if act.topic in _LOOSE and state.suspended_points is not None:
            removed = f" and {state.removed_points:g} removed" if state.removed_points else ""
            until = f" until {state.expires}" if state.expires else ""
            notes.append(
                f"loose wording: the article says {act.topic!r}; in law "
                f"{state.suspended_points:g} points are suspended{until}{removed} "
                f"({entry.id}, since {since}); the text governs"
            )
        elif act.topic in _LOOSE and state.status is Status.SUSPENDED:
            notes.append(
                f"loose wording: the article says {act.topic!r}; in law it is suspended "
                f"({entry.id}, since {since}); the text governs"
            )
        if (
            act.modality in HOLDS
            and act.act == "measure"
            and act.topic not in _LIFT
            and state.status not in (Status.IN_FORCE, Status.ANNOUNCED, Status.SUSPENDED)
        ):
            notes.append(
                f"behind the law: {entry.id} is {state.status.value.replace('_', ' ')} since {since}"
            )
        elif (
            act.modality == "in_force"
            and state.status is Status.SUSPENDED
            and act.act == "measure"
            and act.topic not in _LIFT | _LOOSE
        ):
            notes.append(f"behind the law: {entry.id} is suspended since {since}")
        return notes

    @staticmethod
    def _propose_day(proposal: dict[str, Any], card: _Card) -> None:
        """The entry's day as a candidate, marked so; the date stays open."""
        if card.entry.date is None or proposal["date"] is None:
            return
        candidates = proposal["date"]["candidates"]
        if card.entry.date not in candidates:
            candidates.append(card.entry.date)
        proposal["date"]["proposed_by"] = card.entry.id
