"""What a government may do on a day: its legal powers, how far they reach, and which it has in use.

Entries of kind `authority` hold the powers; whether one may be used is read like a measure's state: as of
a day, as known on a day. Nothing here is advice; `usable: contested` says that a court or the text leaves
it open, and `litigation_risk` how a new use would stand.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from detente.core.days import Moment
from detente.record.asof import AsOf, MeasureState, Standing, moment_of, state_of
from detente.record.entries import Authority, Instrument, Measure, Usability, Usable
from detente.record.files import Record


@dataclass(frozen=True)
class Power:
    """A legal power of a government as it stands on a day.

    Attributes:
        authority: the entry: statute, scope, cap, notice, duration, needs.
        stretch: whether it may be used, since when and why; None before its first known stretch.
        changes: later stretches that are known on the day.
        uses: states of the measures that rest on it and bind, are suspended or are in doubt on the day.
    """

    authority: Authority
    stretch: Usability | None
    changes: tuple[Usability, ...]
    uses: tuple[MeasureState, ...]

    @property
    def party(self) -> str:
        """Whose power it is."""
        return self.authority.party

    @property
    def usable(self) -> Usable:
        """Whether it may be used on the day; no before its first stretch."""
        return self.stretch.usable if self.stretch else Usable.NO

    @property
    def since(self) -> Moment | None:
        """Since when the answer holds."""
        return moment_of(self.stretch.since, self.party) if self.stretch else None

    def allows(self, instrument: Instrument, rate_percent: float | None = None) -> bool:
        """Whether the text reaches an instrument, and a duty of that height; contested powers count."""
        if self.usable is Usable.NO or instrument not in self.authority.instruments:
            return False
        cap = self.authority.cap_percent
        return rate_percent is None or cap is None or rate_percent <= cap

    def soonest(self, opened: date) -> date:
        """First day on which a use opened that day can bite: typical practice, else the least notice."""
        days = self.authority.typical_days or self.authority.notice_days or 0
        return opened + timedelta(days=days)

    def latest_end(self, start: date) -> date | None:
        """The day on which a use that begins then must end without a renewal; None where nothing ends it."""
        longest = self.authority.duration_days
        return start + timedelta(days=longest) if longest else None


IN_USE = ("in_force", "suspended", "stayed", Standing.UNKNOWN.value)
"""States of a measure that count as a use of its authority."""


def powers_on(record: Record, asof: AsOf, party: str | None = None) -> list[Power]:
    """Every power on record as it stands on the day, in file order.

    Args:
        party: only this government's.
    """
    standings = [state_of(m, asof, record.settings.checked_to) for m in record.of(Measure)]
    in_use = [s for s in standings if s.status in IN_USE]
    return [
        _power(authority, asof, in_use)
        for authority in record.of(Authority)
        if party in (None, authority.party)
    ]


def _power(authority: Authority, asof: AsOf, in_use: list[MeasureState]) -> Power:
    party = authority.party
    instant = asof.instant(party)
    known = [s for s in authority.usable if asof.knows(moment_of(s.known or s.since, party))]
    begun = [s for s in known if moment_of(s.since, party).at < instant]
    later = tuple(s for s in known if moment_of(s.since, party).at >= instant)
    uses = tuple(s for s in in_use if rests_on(s.measure, authority))
    return Power(authority, begun[-1] if begun else None, later, uses)


def rests_on(measure: Measure, authority: Authority) -> bool:
    """Whether a measure names the authority, by any of the names that measures use for it."""
    return measure.imposing == authority.party and any(
        re.search(rf"(?<!\w){re.escape(name)}(?!\w)", measure.authority) for name in authority.names
    )


def authority_of(record: Record, measure: Measure) -> list[Authority]:
    """The authorities that a measure rests on; empty where none is on record."""
    return [authority for authority in record.of(Authority) if rests_on(measure, authority)]


def able(
    record: Record,
    party: str,
    instrument: Instrument,
    asof: AsOf,
    *,
    rate_percent: float | None = None,
    against_one: bool = False,
) -> list[Power]:
    """Powers by which a government could act on the day, the soonest to bite first.

    Args:
        rate_percent: height of the duty wanted, where it is one.
        against_one: leave out powers that must treat all partners alike.
    """
    found = [
        power
        for power in powers_on(record, asof, party)
        if power.allows(instrument, rate_percent)
        and not (against_one and power.authority.against == "all_partners")
    ]
    return sorted(found, key=lambda power: (power.soonest(asof.on), power.authority.id))
