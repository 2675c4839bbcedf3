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
from detente.reading.headlines import Headlines, speaks_of
from detente.reading.lexicon import DUTIES, word_set
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
ENOUGH = 1.03
RARE = 5.0
"""Weight of a word that no entry has: near that of a word which one entry has."""

LASTING = frozenset(
    ["demand", "precondition", "red_line", "position", "claim", "company_move", "domestic_pressure"]
)
"""Kinds of what a side holds to or goes on with: told again on another day, it is the same."""

SIGNED_DAYS = frozenset(["agreement", "ruling"])
"""Kinds of which two sides have one a day at most: told with the day of an entry, it is that entry."""

WINDOW_DAYS = 45
LASTING_WINDOW_DAYS = 500
_LIFT = word_set("lift remove scrap abolish repeal revoke cancel end rescind terminate eliminate roll")
_EXCEPTION = re.compile(r"\b(?:duty-free|exempt\w*|exclusions?|waivers?|exceptions?|reprieve)\b", re.I)
"""Whoever ends one of these lets the measure bite; it is not lifted."""

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
    title: frozenset[str]
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


def _could_be(entry: Measure, doers: set[str], told: str) -> bool:
    """Whether an act of these governments in these words can be about a measure."""
    return (not doers or entry.imposing in doers) and speaks_of(entry.instrument, told)


_ON_GOODS = re.compile(rf"{DUTIES.pattern}|\b(?:goods|imports|exports|products)\b", re.I)


class Linker:
    """A record made ready to be compared with proposals.

    Args:
        record: the dispute's record.
    """

    def __init__(self, record: Record) -> None:
        self.record = record
        self.headlines = Headlines(record)
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
        self._titles = {
            card.title: self._total(card.title) for cards in self.cards.values() for card in cards
        }

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
            _stems(" ".join((entry.title, *entry.aliases))),
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
        told = article.text[slice(*act.extent)]
        kind, notes = self._effect(act, proposal, card, day, told)
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
        told = " ".join(article.text[s:e] for s, e in act.evidence)
        by_rate = self._by_headline(act, proposal, article, day)
        if by_rate is not None:
            return by_rate
        words = _stems(told + " " + " ".join(a["name"] for a in proposal["actors"]))
        total = self._total(words)
        doers = {a["country"] for a in proposal["actors"] if a["role"] == "by" and a["country"]}
        labels = {a["country"] for a in proposal["actors"] if a["country"]}
        numbers = {float(a["value"]) for a in proposal["amounts"]}
        best, most = None, ENOUGH
        for kind in KINDS[act.act]:
            for card in self.cards.get(kind, ()):
                if isinstance(card.entry, Measure) and not _could_be(card.entry, doers, told):
                    continue
                score = self._score(card, words, total, labels, numbers, day, kind)
                if (
                    kind in SIGNED_DAYS
                    and proposal["date"] == str(card.day)
                    and labels
                    and labels <= card.labels
                ):
                    score += ENOUGH
                if score > most:
                    best, most = card, score
        return best

    def _by_headline(
        self, act: Act, proposal: dict[str, Any], article: Article, day: date | None
    ) -> _Card | None:
        """The entry behind a printed rate that is the sum of a side's duties on all goods."""
        if act.act not in ("measure", "suspension"):
            return None
        told = article.text[slice(*act.extent)]
        by = next((a["country"] for a in proposal["actors"] if a["role"] == "by" and a["country"]), None)
        on = next((a["country"] for a in proposal["actors"] if a["role"] == "on" and a["country"]), None)
        if by is None or not _ON_GOODS.search(told):
            return None
        others = [on] if on else [label for label in self.record.settings.parties if label != by]
        rates = [a for a in proposal["amounts"] if a["unit"] == "percent"]
        before = {float(a["value"]) for a in rates if a["role"] == "before"}
        after = {float(a["value"]) for a in rates if a["role"] in ("after", "level")}
        for other in others:
            change = self.headlines.told(by, other, before_percent=before, after_percent=after, day=day)
            if change is not None:
                return next(card for card in self.cards["measure"] if card.entry is change.entry)
        return None

    def _score(
        self,
        card: _Card,
        words: frozenset[str],
        total: float,
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
        numbered = 0.3 * bool(numbers & card.numbers)
        told = self._part(words & card.words, total)
        return told + 1.5 * self._part(card.title & words, self._titles[card.title]) + near + numbered

    def _total(self, words: frozenset[str]) -> float:
        """What some words weigh together, rare words more."""
        return sum(self.weight.get(w, RARE) for w in words)

    def _part(self, shared: frozenset[str], total: float) -> float:
        """The part of some words' weight that shared ones make up."""
        return self._total(shared) / total if total else 0.0

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
        self, act: Act, proposal: dict[str, Any], card: _Card, day: date | None, told: str
    ) -> tuple[str, list[str]]:
        entry, notes = card.entry, []
        if act.act == "denial":
            return ("confirms" if isinstance(entry, Denial) else "denies"), notes
        if isinstance(entry, Measure):
            return self._measure_effect(act, proposal, entry, day, told)
        if isinstance(entry, Talk) and act.act == "suspension":
            return "updates", notes
        differing = self._differing(proposal, card)
        if differing:
            return "contradicts", [differing]
        if isinstance(entry, Talk) and act.modality == "done" and entry.state == "planned":
            return "updates", notes
        if (
            entry.kind not in LASTING
            and isinstance(proposal["date"], str)
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
        self, act: Act, proposal: dict[str, Any], entry: Measure, day: date | None, told: str
    ) -> tuple[str, list[str]]:
        state = self._state(entry, day)
        notes = self._against_law(act, entry, state, day)
        rates = {float(a["value"]) for a in proposal["amounts"] if a["unit"] == "percent"}
        known = {s.rate_percent for s in entry.states if s.rate_percent is not None}
        known |= self.headlines.sums(entry)
        status = state.status if state else None
        lifted = act.topic in _LIFT and not _EXCEPTION.search(told)
        if lifted and act.modality == "done" and act.act == "measure":
            gone = status not in (Status.IN_FORCE, None)
            return ("confirms" if gone else "ends"), notes
        if act.act == "suspension":
            halted = status == Status.SUSPENDED or (state is not None and state.suspended_points is not None)
            return ("confirms" if halted else "updates"), notes
        if act.modality == "in_force" and status is not None and status is not Status.IN_FORCE:
            return "contradicts", notes
        if rates and known and not rates & known:
            return "updates", notes
        if rates and act.modality == "in_force" and state is not None and day is not None:
            standing = {state.rate_percent} | self.headlines.standing(entry, day)
            levels = {float(a["value"]) for a in proposal["amounts"] if a["role"] == "level"} & rates
            if levels and not levels & standing:
                shown = ", ".join(f"{one:g}" for one in sorted(n for n in standing if n is not None))
                since = parse_moment(state.effective).text()
                notes.append(f"behind the law: {shown} percent since {since} ({entry.id})")
                return "contradicts", notes
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
