"""What the sides have said by the first day: threats, days set, conditions, accusations, claims."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

from detente.core.days import parse_moment
from detente.record.entries import Claim, Precondition, Threat
from detente.record.files import Record
from detente.talks.game import Condition, soft_clock
from detente.talks.levers import Held
from detente.talks.settings import Talks
from detente.talks.state import ClockState, ThreatState

OPEN_THREAT_DAYS = 45
"""An open threat without a day counts for so long: about half of those carried out were so by then."""


def soft_days_on(view: Record, day: date, settings: Talks, held: Held) -> dict[str, ClockState]:
    """Days that a side has set in words and that no lever hangs on: the next one of each side."""
    found: dict[str, ClockState] = {}
    for threat in view.of(Threat):
        side, due = threat.by.side, parse_moment(threat.deadline).day if threat.deadline else None
        words_only = threat.outcome == "open" and _lever_of(threat, settings, held) is None
        if not words_only or side not in view.settings.parties or due is None or due <= day:
            continue
        now = found.get(soft_clock(side))
        if now is None or due < now.expires[side]:
            found[soft_clock(side)] = ClockState({side: due}, {})
    return found


def threats_on(view: Record, day: date, settings: Talks, held: Held) -> tuple[ThreatState, ...]:
    """Threats open on the day, on the lever that the settings name, or a duty that its side could raise soon.

    Of several on one lever the first to come due counts.
    """
    found: dict[str, ThreatState] = {}
    for threat in view.of(Threat):
        side = threat.by.side
        made = parse_moment(threat.date or "").day
        if threat.outcome != "open" or side not in view.settings.parties or made > day:
            continue
        due = (
            parse_moment(threat.deadline).day if threat.deadline else made + timedelta(days=OPEN_THREAT_DAYS)
        )
        mapped = _lever_of(threat, settings, held)
        if mapped is None or due <= day:
            continue
        lever, level = mapped
        first = lever not in found or due < found[lever].due
        if first and lever in held.levers and level > held.states[lever].level:
            found[lever] = ThreatState(side, lever, level, due, made)
    return tuple(found.values())


def _lever_of(threat: Threat, settings: Talks, held: Held) -> tuple[str, float] | None:
    """With what a threat is made, and how high: as the settings say, else the next duty; None for neither."""
    return settings.threats.get(threat.id) or _next_duty(threat, held)


def _next_duty(threat: Threat, held: Held) -> tuple[str, float] | None:
    """The next step up on a duty of the side; None for a threat without a day or of another kind.

    A duty on the other side by name comes first, then a new one, then one on all origins; of those the one
    that bites soonest, and a broad one. How high a threat reaches stands in words, which nothing here reads.
    """
    if "tariffs" not in threat.topics or not threat.deadline:
        return None
    able = [
        (not lever.aimed, not lever.measures, lever.notice_days, not lever.broad, lever.id, min(higher))
        for lever in held.levers.values()
        if lever.side == threat.by.side
        and lever.on_trade
        and (higher := [step for step in lever.steps if step > held.states[lever.id].level])
        and not any(step.lever == lever.id for step in held.pending)
    ]
    return min(able)[4:] if able else None


def conditions_on(view: Record, day: date, settings: Talks) -> tuple[dict[str, Condition], list[str]]:
    """Preconditions open on the day that the settings map, and those they do not."""
    found: dict[str, Condition] = {}
    unmapped = []
    for entry in view.of(Precondition):
        side = entry.by.side
        over = entry.outcome != "open" or (entry.until and parse_moment(entry.until).day <= day)
        if over or side not in view.settings.parties:
            continue
        if entry.id in settings.conditions:
            kind, before = settings.conditions[entry.id]
            found[entry.id] = Condition(entry.id, side, kind, before, entry.title)
        else:
            unmapped.append(f"{entry.id}: no kind of condition in talks.yaml")
    return found, unmapped


def accused_on(view: Record, day: date) -> dict[str, date]:
    """Side -> day on which it last blamed the other."""
    found: dict[str, date] = {}
    for claim in view.of(Claim):
        if claim.accusation and claim.by.side in view.settings.parties:
            said = parse_moment(claim.date or "").day
            if said <= day:
                found[claim.by.side] = max(said, found.get(claim.by.side, said))
    return found


def credibility_of(view: Record, side: str) -> float:
    """Share of a side's settled claims not denied or contradicted, with one case each way assumed."""
    counts = Counter(
        claim.standing[-1].status.value
        for claim in view.of(Claim)
        if claim.by.side == side and not claim.accusation
    )
    good = counts["confirmed_by_other_side"] + counts["partly_confirmed"]
    bad = counts["denied"] + counts["contradicted_by_act"] + counts["withdrawn"]
    return (good + 1) / (good + bad + 2)
