"""Habits counted from a record cut to the day, beside the priors: bursts of contacts, breakdowns, rulings."""

from __future__ import annotations

import itertools
from datetime import date, timedelta

from detente.core.days import parse_moment
from detente.record.entries import Claim, Effect, Ruling, Talk
from detente.record.files import Record
from detente.talks.happened import contacts, new_duties, threats
from detente.talks.rules import BROKEN_OFF_DAYS, FRESH_DAYS, TEXT_LEVELS

STRETCHES = (14, 30, 60, 120, 240)
"""Days since the last contact by which their rate is told apart; beyond the last is one more stretch."""
MEETING_SPAN_DAYS = 5
"""Contacts less than so many days apart are one: a round and the calls around it."""
FEW_CONTACTS = 8
"""Below so many, contacts come at one rate."""
CONTACT_HALF_LIFE_DAYS = 365.0
"""As in base_rates.yaml, so that the factors average one over the days that the rate averages over."""
STAY_DAYS = 30
"""A ruling counts as stayed where a stay came within so many days."""


def contact_after(view: Record, day: date) -> tuple[tuple[int, float], ...]:
    """How contacts come by the days since the last one: (days up to, factor on their rate), rising.

    Talks come in bursts. In each stretch the rate is what the record shows, with one contact at the overall
    rate added, so that few cases move it little. The factors average one over past days, weighed as the rate
    itself weighs them: they say when contacts come, not how many.
    """
    met: list[date] = []
    for event in contacts(view, "deputy"):
        if event.day > day:
            break
        if met and (event.day - met[-1]).days < MEETING_SPAN_DAYS:
            met[-1] = event.day
        else:
            met.append(event.day)
    if len(met) < FEW_CONTACTS:
        return ()
    held, days, weight = ([0.0] * (len(STRETCHES) + 1) for _ in range(3))
    for start, end in itertools.pairwise([*met, day]):
        for passed in range(1, (end - start).days + 1):
            at = _stretch(passed)
            days[at] += 1
            weight[at] += 0.5 ** (((day - start).days - passed) / CONTACT_HALF_LIFE_DAYS)
    for start, end in itertools.pairwise(met):
        held[_stretch((end - start).days)] += 1
    overall = (len(met) - 1) / sum(days)
    rates = [(h + 1) / (d + 1 / overall) for h, d in zip(held, days, strict=True)]
    usual = sum(r * w for r, w in zip(rates, weight, strict=True)) / sum(weight)
    return tuple(zip((*STRETCHES, 10**6), (rate / usual for rate in rates), strict=True))


def _stretch(passed: int) -> int:
    return next((at for at, most in enumerate(STRETCHES) if passed <= most), len(STRETCHES))


def rounds_broken_off(view: Record, day: date) -> tuple[int, int]:
    """Rounds of ministers and deputies held under provocation: those that talks broke off after, and all.

    Provoked is a round within `FRESH_DAYS` after a new duty, a threat or an accusation, or about the day of
    one. The record names no breakdown: one is counted where a new duty took effect within days of the round
    and nobody met for `BROKEN_OFF_DAYS` after it, as after 9 May 2019. Rounds so near the day that their
    sequel is open do not count.
    """
    met = [event.day for event in contacts(view, "deputy")]
    raised = [event.day for event in new_duties(view)]
    blamed = [
        parse_moment(claim.date or "").day
        for claim in view.of(Claim)
        if claim.accusation and claim.by.side in view.settings.parties
    ]
    provoked = [*raised, *blamed, *(threat.start for threat in threats(view))]
    held: list[date] = []
    for talk in sorted(view.of(Talk), key=lambda talk: talk.date or ""):
        at_table = talk.track == "official" and talk.mode in ("in_person", "video")
        if talk.state == "held" and at_table and talk.level.value in TEXT_LEVELS:
            began = parse_moment(talk.date or "").day
            known = began + timedelta(days=BROKEN_OFF_DAYS) <= day
            if known and (not held or (began - held[-1]).days >= MEETING_SPAN_DAYS):
                held.append(began)
    held = [one for one in held if any(-MEETING_SPAN_DAYS < (one - p).days <= FRESH_DAYS for p in provoked)]
    broken = sum(
        any(0 <= (rise - began).days < MEETING_SPAN_DAYS for rise in raised)
        and not any(MEETING_SPAN_DAYS <= (one - began).days <= BROKEN_OFF_DAYS for one in met)
        for began in held
    )
    return broken, len(held)


def broken_off_share(view: Record, day: date) -> float:
    """Share of provoked rounds that talks broke off after, with half a case in ten assumed."""
    broken, held = rounds_broken_off(view, day)
    return (broken + 0.5) / (held + 10)


def voids(view: Record) -> list[tuple[Ruling, bool]]:
    """Rulings that void a duty, oldest first, and whether each was stayed soon after."""
    rulings = sorted(view.of(Ruling), key=lambda ruling: (ruling.date or "", ruling.id))
    stays = [
        (parse_moment(r.date or "").day, {e.measure for e in r.effects if e.effect is Effect.STAYS_RULING})
        for r in rulings
    ]
    found = []
    for ruling in rulings:
        struck = voided(ruling)
        if struck:
            made = parse_moment(ruling.date or "").day
            stayed = any(0 <= (day - made).days <= STAY_DAYS and struck & held for day, held in stays)
            found.append((ruling, stayed))
    return found


def voided(ruling: Ruling) -> set[str]:
    """Measures that a ruling voids."""
    return {effect.measure for effect in ruling.effects if effect.effect is Effect.VOIDS and effect.measure}


def ruling_shares(view: Record) -> tuple[float, float]:
    """Share of rulings against a duty that were stayed, and of duties so stayed that fell in the end.

    Half a case each way is assumed. A later ruling on the same duty that is not stayed is the last word; one
    that let the duty stand voids nothing and is not told apart from none, so that only falls are counted.
    """
    every = voids(view)
    stayed = sum(held for _, held in every)
    fell = sum(
        not held and any(early and voided(before) & voided(ruling) for before, early in every[:at])
        for at, (ruling, held) in enumerate(every)
    )
    return (stayed + 0.5) / (len(every) + 1), (fell + 0.5) / (fell + 1)
