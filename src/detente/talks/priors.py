"""Priors of talks on a day: what became of earlier cases, from the record and from reference classes.

`priors_for(record, day)` gives every quantity of `reference/base_rates.yaml` as it could be known on that
day: the dispute's own cases counted by rule from the record cut to the day, other cases by the day their
source was published, each with its weight. See docs/base-rates.md.

    priors = priors_for(record, date(2025, 6, 5))
    priors.share("truce_end").mean("extended")      # odds that a truce goes on at its end
    priors.rate("contact_leader").within(30)        # odds of a leaders' contact in 30 days
    priors.days("answer_lag").quantile(0.5)
    priors.share("truce_end").draw(rng)             # one draw for a simulated path
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from detente.core.days import parse_day, parse_moment
from detente.core.errors import InvalidOption
from detente.record.as_known import as_known
from detente.record.entries import Effect, Ruling
from detente.record.files import Record
from detente.talks.evidence import SetEnd, ends_of, quantities
from detente.talks.happened import (
    Event,
    contacts,
    deals,
    episodes,
    first_day,
    new_controls,
    new_duties,
    threats,
    truce_days,
)
from detente.talks.posteriors import Evidence, Lengths, Rate, Share

SCALES = ("start", "half_lives")
"""Names that `weights` may hold beside sources: factors on every start, on every half-life."""
ANSWER_DAYS = 60
"""An answer to a new duty is the other side's next one within so many days."""


@dataclass(frozen=True)
class Priors:
    """Posteriors of every quantity on a day.

    Attributes:
        on: the day; nothing that became public later has entered.
        shares, rates, lengths: by the quantity's id.
    """

    on: date
    shares: Mapping[str, Share]
    rates: Mapping[str, Rate]
    lengths: Mapping[str, Lengths]

    def share(self, name: str) -> Share:
        """The share of that id.

        Raises:
            KeyError: there is none.
        """
        return self.shares[name]

    def rate(self, name: str) -> Rate:
        """The rate of that id.

        Raises:
            KeyError: there is none.
        """
        return self.rates[name]

    def days(self, name: str) -> Lengths:
        """The length of that id.

        Raises:
            KeyError: there is none.
        """
        return self.lengths[name]

    def as_dict(self) -> dict[str, Any]:
        """As JSON: every quantity with its evidence."""
        every = [*self.shares.values(), *self.rates.values(), *self.lengths.values()]
        return {"on": self.on.isoformat(), "quantities": [item.as_dict() for item in every]}


def priors_for(
    record: Record,
    on: date,
    known_by: date | None = None,
    *,
    weights: Mapping[str, float] | None = None,
) -> Priors:
    """Priors on a day, as known by then.

    Args:
        record: the whole record, or one already cut.
        on: the day to stand on.
        known_by: last day of knowledge, if earlier.
        weights: source id -> weight in place of the shipped one; `start` scales every start, `half_lives`
            every half-life.

    Raises:
        DateBeforeRecord: the day is before the record begins.
        InvalidOption: a weight of an unknown source, or below zero.
    """
    day = min(on, known_by or on)
    return priors_from(as_known(record, day), day, weights=weights)


def priors_from(view: Record, day: date, *, weights: Mapping[str, float] | None = None) -> Priors:
    """Priors from a record that `as_known` has already cut to the day; see `priors_for`."""
    changed = _checked(weights or {})
    counter = _Counter(view, day, changed.get("half_lives", 1.0))
    shares, rates, lengths = {}, {}, {}
    for quantity in quantities():
        name = quantity["id"]
        evidence = tuple(counter.evidence(quantity, changed))
        start = {k: v * changed.get("start", 1.0) for k, v in quantity.get("start", {}).items()}
        if quantity["form"] == "share":
            alpha = {
                outcome: start[outcome] + sum(e.weight * e.counts.get(outcome, 0.0) for e in evidence)
                for outcome in quantity["outcomes"]
            }
            shares[name] = Share(name, quantity["what"], alpha, start, evidence)
        elif quantity["form"] == "rate":
            events = start["events"] + sum(e.weight * e.counts["events"] for e in evidence)
            days = start["days"] + sum(e.weight * e.counts["days"] for e in evidence)
            rates[name] = Rate(name, quantity["what"], events, days, start, evidence)
        else:
            lengths[name] = Lengths(name, quantity["what"], evidence)
    return Priors(day, shares, rates, lengths)


def sensitivity(view: Record, day: date) -> list[dict[str, Any]]:
    """How the odds of each quantity move with every judgement behind them, the largest move first.

    Each source is left out, halved and doubled, the starts and the half-lives are halved and doubled, one at
    a time; a share is judged by its first outcome, a rate by the odds of an event in 90 days.
    """
    central = _headline(priors_from(view, day))
    sources = [source["id"] for quantity in quantities() for source in quantity.get("sources", ())]
    found = []
    for name in (*SCALES, *sources):
        default = 1.0 if name in SCALES else _weight_of(name)
        for factor in (0.5, 2.0) if name in SCALES else (0.0, 0.5, 2.0):
            moved = _headline(priors_from(view, day, weights={name: default * factor}))
            found += [
                {
                    "quantity": key,
                    "turned": name,
                    "weight": default * factor,
                    "central_share": round(central[key], 4),
                    "share": round(moved[key], 4),
                    "move_points": round(100 * (moved[key] - central[key]), 2),
                }
                for key in central
                if abs(moved[key] - central[key]) > 1e-9
            ]
    return sorted(found, key=lambda row: (-abs(row["move_points"]), row["quantity"], row["turned"]))


def _headline(priors: Priors) -> dict[str, float]:
    shares = {name: share.mean(next(iter(share.alpha))) for name, share in priors.shares.items()}
    return shares | {name: rate.within(90) for name, rate in priors.rates.items()}


def _weight_of(source: str) -> float:
    return next(float(s["weight"]) for q in quantities() for s in q.get("sources", ()) if s["id"] == source)


def _checked(weights: Mapping[str, float]) -> dict[str, float]:
    known = {source["id"] for quantity in quantities() for source in quantity.get("sources", ())} | set(
        SCALES
    )
    for name, weight in weights.items():
        if name not in known:
            raise InvalidOption(
                f"weight of {name!r}", where="weights", why="no such source", instead=", ".join(sorted(known))
            )
        if not 0 <= weight < float("inf") or (name in SCALES and weight == 0):
            raise InvalidOption(
                f"weight {weight:g} of {name!r}",
                where="weights",
                why="a weight is zero or more; starts and half-lives are scaled by a number above zero",
                instead="0.5",
            )
    return {name: float(weight) for name, weight in weights.items()}


class _Counter:
    """Counts of a record cut to a day."""

    def __init__(self, view: Record, day: date, half_lives: float) -> None:
        self.view, self.day, self.first, self.half_lives = view, day, first_day(view), half_lives
        self.checked_to = min(day, parse_day(view.settings.checked_to))
        self.every_day = _every_day(self.first, self.checked_to)
        self.in_truce = truce_days(view, self.first, self.checked_to)
        self.duties = self._past(new_duties(view))

    def evidence(self, quantity: Mapping[str, Any], weights: Mapping[str, float]) -> Iterable[Evidence]:
        """What a quantity counts: the record's own cases first, then each source known by the day."""
        own = quantity.get("own")
        if own is not None:
            yield self._own(quantity, own)
        for source in quantity.get("sources", ()):
            weight = weights.get(source["id"], float(source["weight"]))
            if "rule" in source:
                yield self._of_others(quantity, source, weight)
            elif parse_day(source["known"]) <= self.day:
                values = tuple(float(v) for v in source.get("days", ()))
                yield Evidence(
                    source["id"], source["name"], parse_day(source["known"]), float(source["n"]),
                    {k: float(v) for k, v in source.get("counts", {}).items()}, weight,
                    source["stands_for"], source.get("url", ""), values,
                )  # fmt: skip

    def _own(self, quantity: Mapping[str, Any], own: Mapping[str, Any]) -> Evidence:
        name = f"the record of {self.view.settings.name}"
        if own["rule"] in ("deadlines", "notice"):
            ends = ends_of(self.view.settings.parties, True, own["kinds"])
            return self._ends(quantity, "record", f"{name}, deadlines", None, ends, 1.0)
        if quantity["form"] == "share":
            counts, cases = self._threat_counts()
            return Evidence("record", name, None, sum(counts.values()), counts, 1.0, cases=cases)
        if quantity["form"] == "days":
            pairs = self._answers() if own["rule"] == "answers" else self._to_effect()
            values = tuple(float(days) for _, days in pairs)
            cases = tuple(entry for entry, _ in pairs)
            return Evidence("record", name, None, len(pairs), {}, 1.0, values=values, cases=cases)
        events, days = self._exposure(own)
        half_life = self.half_lives * quantity["half_life_days"] if "half_life_days" in quantity else None
        counts = {
            "events": sum(self._decay(event.day, half_life) for event in events),
            "days": self._days(days, half_life),
        }
        cases = tuple(event.entry for event in events)
        return Evidence("record", name, None, len(events), counts, 1.0, cases=cases)

    def _of_others(self, quantity: Mapping[str, Any], source: Mapping[str, Any], weight: float) -> Evidence:
        ends = ends_of(self.view.settings.parties, False, source["kinds"])
        own_kinds = set((quantity.get("own") or {}).get("kinds", ()))
        extra = set(source["kinds"]) - own_kinds
        ends += ends_of(self.view.settings.parties, True, extra)
        return self._ends(
            quantity, source["id"], source["name"], self.first, ends, weight, source["stands_for"]
        )

    def _ends(
        self,
        quantity: Mapping[str, Any],
        name: str,
        words: str,
        known: date | None,
        ends: list[SetEnd],
        weight: float,
        stands_for: str = "",
    ) -> Evidence:
        settled = [row for row in ends if row.settled_by(self.day)]
        cases = tuple(row.id for row in settled)
        if quantity["form"] == "days":
            extended = [row for row in settled if row.outcome == "extended" and row.outcome_known]
            values = tuple(float(max(0, (row.due - row.outcome_known).days)) for row in extended)  # type: ignore[operator]
            cases = tuple(row.id for row in extended)
            return Evidence(name, words, known, len(values), {}, weight, stands_for, "", values, cases)
        counts = {
            outcome: float(sum(row.outcome == outcome for row in settled)) for outcome in quantity["outcomes"]
        }
        return Evidence(name, words, known, len(settled), counts, weight, stands_for, "", (), cases)

    def _exposure(self, own: Mapping[str, Any]) -> tuple[list[Event], Iterable[date]]:
        """Events of a rule, and the days on which they could have happened."""
        rule = own["rule"]
        if rule == "threats_ended":
            return self._threat_ends(own["outcomes"])
        if rule == "new_duties":
            wanted = [e for e in episodes(self.duties) if self._truce_before(e) is own["truce"]]
            return wanted, [d for d in self.every_day if (d in self.in_truce) is own["truce"]]
        found = {
            "contacts": lambda: contacts(self.view, own["level"]),
            "controls": lambda: new_controls(self.view),
            "deals": lambda: deals(self.view),
            "threats_made": lambda: [Event(s.start, s.start, "", s.entry) for s in threats(self.view)],
            "rulings": self._rulings,
        }
        return self._past(found[rule]()), self.every_day

    def _past(self, events: list[Event]) -> list[Event]:
        return [event for event in events if event.day <= self.checked_to]

    def _truce_before(self, event: Event) -> bool:
        """Whether a truce ran on the eve: the duty that ends one happened in it."""
        return event.day - timedelta(days=1) in self.in_truce

    def _rulings(self) -> list[Event]:
        found = []
        for ruling in self.view.of(Ruling):
            if any(effect.effect is Effect.VOIDS for effect in ruling.effects):
                day = parse_moment(ruling.date or "").day
                found.append(Event(day, day, "", ruling.id))
        return sorted(found, key=lambda event: event.day)

    def _threat_counts(self) -> tuple[dict[str, float], tuple[str, ...]]:
        settled = [
            s for s in threats(self.view) if s.how in ("executed", "executed_in_part", "withdrawn", "lapsed")
        ]
        done = sum(s.how.startswith("executed") for s in settled)
        counts = {"carried_out": float(done), "not_carried_out": float(len(settled) - done)}
        return counts, tuple(s.entry for s in settled)

    def _threat_ends(self, outcomes: Iterable[str]) -> tuple[list[Event], list[date]]:
        wanted = set(outcomes)
        ended, days = [], []
        for spell in threats(self.view):
            last = min(spell.end or self.checked_to, self.checked_to)
            days += list(_every_day(spell.start, last)) or [spell.start]
            if spell.end is not None and spell.end <= self.checked_to and spell.how in wanted:
                ended.append(Event(spell.end, spell.end, "", spell.entry))
        return ended, days

    def _answers(self) -> list[tuple[str, int]]:
        duties = self.duties
        found = []
        for event in duties:
            later = [
                o for o in duties if o.side != event.side and 0 <= (o.day - event.day).days <= ANSWER_DAYS
            ]
            first = not any(
                o.side != event.side and 0 <= (event.day - o.day).days <= ANSWER_DAYS for o in duties
            )
            same_day = any(o.day == event.day and o.side != event.side for o in duties)
            if later and (first or (same_day and event.side == self.view.settings.parties[0])):
                found.append((event.entry, min((o.day - event.day).days for o in later)))
        return found

    def _to_effect(self) -> list[tuple[str, int]]:
        return [
            (s.entry, (s.end - s.start).days)
            for s in threats(self.view)
            if s.end is not None and s.how in ("executed", "executed_in_part")
        ]

    def _decay(self, day: date, half_life: float | None) -> float:
        return 1.0 if half_life is None else 0.5 ** ((self.day - day).days / half_life)

    def _days(self, days: Iterable[date], half_life: float | None) -> float:
        return sum(self._decay(day, half_life) for day in days)


def _every_day(first: date, last: date) -> list[date]:
    return [first + timedelta(days=k) for k in range((last - first).days + 1)]
