"""What the law of a day leaves a side to do: steps by which a lever may be used, room left in duties.

An authority that may not be used, or binds single firms, opens nothing. One that must treat all partners
alike opens nothing against one of them. Where the text caps a duty, what the same authority carries already
comes off.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from detente.core.errors import InvalidLever
from detente.record.asof import AsOf
from detente.record.authorities import Power, powers_on
from detente.record.compile import applies_to
from detente.record.entries import Authority, Instrument, Usable
from detente.record.files import Record

DAYS_A_WEEK = 7.0


@dataclass(frozen=True)
class Step:
    """One authority that a move may rest on, as it stands on a day.

    Attributes:
        authority: id; title: its name.
        usable: yes or contested.
        litigation_risk: low, medium or high.
        cap_percent: highest duty that the text allows; None without a cap.
        room_points: of the cap, not in use on the day; None without a cap.
        days: from opening to effect: usual practice, else the least notice.
        notice_days: the least notice in the text; None where there is none.
        duration_days: longest life of one use; None where nothing ends it.
        needs: what must come first.
        since: from when the answer holds.
    """

    authority: str
    title: str
    usable: str
    litigation_risk: str
    cap_percent: float | None
    room_points: float | None
    days: int
    notice_days: int | None
    duration_days: int | None
    needs: str
    since: str

    @property
    def weeks(self) -> float:
        """Weeks from opening to effect."""
        return self.days / DAYS_A_WEEK

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {**vars(self), "weeks": self.weeks}


@dataclass(frozen=True)
class Law:
    """What law a lever has on a day.

    Attributes:
        steps: authorities that may be used, the soonest to bite first.
        closed: authorities named that open nothing, with the reason in words.
    """

    steps: tuple[Step, ...]
    closed: dict[str, str]

    @property
    def usable(self) -> bool:
        """Whether some authority may be used."""
        return bool(self.steps)

    def within(self, weeks: float, size: float) -> Step | None:
        """The step that does most within so many weeks: its points, times the weeks they are in force.

        Args:
            weeks: the time there is.
            size: points wanted: no step need go further.
        """

        def done(step: Step) -> float:
            far = size if step.room_points is None else min(size, step.room_points)
            return far * (weeks - step.weeks)

        timely = [step for step in self.steps if step.weeks < weeks]
        return max(timely, key=done, default=None)


def law_of(
    record: Record, asof: AsOf, holder: str, target: str, named: Sequence[str], where: str = ""
) -> Law:
    """The steps by which a side may use a lever against another on a day.

    Args:
        named: ids of the authorities it may rest on.
        where: file and line of the lever, for errors.

    Raises:
        InvalidLever: an id that is no authority of the holder on record.
    """
    powers = {power.authority.id: power for power in powers_on(record, asof, holder)}
    for name in named:
        if name not in powers:
            known = [one.id for one in record.of(Authority) if one.party == holder]
            raise InvalidLever(
                f"authority {name!r}",
                where=where,
                why=f"no authority of {holder} of that id is on record",
                instead=f"one of {', '.join(known) or 'none'}, or the step in words under `legal`",
            )
    steps, closed = [], {}
    for name in named:
        power = powers[name]
        reason = _closed(power)
        if reason:
            closed[name] = reason
        else:
            steps.append(step_of(power, target))
    steps.sort(key=lambda step: (step.days, step.authority))
    return Law(tuple(steps), closed)


def _closed(power: Power) -> str:
    """Why an authority opens nothing against one partner; empty where it does."""
    if power.usable is Usable.NO:
        return power.stretch.why if power.stretch else "not yet in force"
    if power.authority.against == "all_partners":
        return "it must treat all partners alike"
    return ""


def step_of(power: Power, target: str) -> Step:
    """An authority as a step against a partner."""
    entry = power.authority
    used = in_use_percent(power, target)
    return Step(
        entry.id,
        entry.title,
        power.usable.value,
        power.stretch.litigation_risk.value if power.stretch and power.stretch.litigation_risk else "unknown",
        entry.cap_percent,
        None if entry.cap_percent is None else max(0.0, entry.cap_percent - used),
        entry.typical_days or entry.notice_days or 0,
        entry.notice_days,
        entry.duration_days,
        entry.needs,
        power.stretch.since if power.stretch else "",
    )


def in_use_percent(power: Power, target: str) -> float:
    """Highest duty on all goods that the authority carries on a partner on the day, percent."""
    rates = [
        use.rate_percent or 0.0
        for use in power.uses
        if use.in_force
        and use.measure.instrument is Instrument.IMPORT_DUTY
        and use.scope.all_goods
        and applies_to(use.measure, target)
    ]
    return max(rates, default=0.0)


def state_of_measures(
    record: Record, asof: AsOf, ids: Sequence[str], where: str = ""
) -> list[dict[str, Any]]:
    """How measures that use a lever already stand on the day.

    Raises:
        InvalidLever: an id that is no measure on record.
    """
    from detente.record.asof import state_of
    from detente.record.entries import Measure

    found = []
    for name in ids:
        entry = record.get(name)
        if not isinstance(entry, Measure):
            raise InvalidLever(
                f"measure {name!r}",
                where=where,
                why="no measure of that id is on record",
                instead="an id of one",
            )
        standing = state_of(entry, asof, record.settings.checked_to)
        found.append(
            {
                "id": entry.id,
                "title": entry.title,
                "state": str(standing.status),
                "until": standing.expires.text() if standing.expires else None,
            }
        )
    return found
