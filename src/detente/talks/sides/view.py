"""What a side sees when it decides: the state, its own type, its own chance; never the other side's type."""

from __future__ import annotations

from dataclasses import dataclass

from detente.talks.draws import SideDraws
from detente.talks.game import LEVELS, Channel, Game, Package, SideType
from detente.talks.payoffs import gain, lapse_loss
from detente.talks.rules import in_session
from detente.talks.state import TalksState

MEETING_FRESH_DAYS = 14
STALL_DAYS = 45
HALF_A_YEAR_DAYS = 182
BELIEVED = 0.5
"""Credit from which a day set in words presses. Assumed."""
PRESSING_DAYS = 28
"""Days before a clock runs out from which an extension is talked about."""


@dataclass(frozen=True, slots=True)
class View:
    """What one side knows on a day.

    Attributes:
        game: what stays the same.
        state: where talks stand.
        side: whose view it is.
        type: its own type.
        draws: its own numbers for the day.
    """

    game: Game
    state: TalksState
    side: str
    type: SideType
    draws: SideDraws

    @property
    def other(self) -> str:
        """The other side."""
        return self.game.other(self.side)

    @property
    def session(self) -> Channel | None:
        """The official channel that meets today."""
        return in_session(self.game, self.state)

    def gain(self, package: Package) -> float:
        """What a package is worth to it, percent of real income a year."""
        return gain(self.game, self.side, self.state, package)

    @property
    def reach(self) -> int:
        """Rounds that a text may take to be ready before a clock, or in half a year: those held and to come.

        To come are as many as a usual rate of contacts brings, and one more for those who hurry.
        """
        left = self.days_left
        days = HALF_A_YEAR_DAYS if left is None else min(left, HALF_A_YEAR_DAYS)
        rate = sum(self.game.hazards.contact.values())
        return self.state.rounds + 1 + round(rate * days)

    @property
    def deals(self) -> tuple[Package, ...]:
        """Deals within reach that no red line rules out and that settle nothing again."""
        within = self.game.within(self.reach)
        settled = self.state.settled
        return tuple(p for p in within if not settled & p.options.keys()) if settled else within

    def best_deal(self, side: str) -> Package | None:
        """The deal within reach that is worth most to a side; None where there is none."""
        if not self.state.settled:
            return self.game.best_for(side, self.reach)
        return max(self.deals, key=lambda package: package.worth[side], default=None)

    @property
    def best(self) -> float:
        """The most that any deal within reach could bring it."""
        package = self.best_deal(self.side)
        return max(0.0, self.gain(package)) if package is not None else 0.0

    @property
    def lapse_loss(self) -> float:
        """What it loses if all clocks run out now."""
        return lapse_loss(self.game, self.side, self.state)

    @property
    def days_left(self) -> int | None:
        """Days to the first clock that can be extended; None where none runs."""
        days = [
            (day - self.state.day).days
            for key, clock in self.state.clocks.items()
            if self.game.clocks[key].kind == "extendable"
            for day in clock.expires.values()
        ]
        return min(days) if days else None

    @property
    def days_to_bargain(self) -> int | None:
        """Days to the first day that presses a side at the table; None where none does.

        That of a clock which can be extended; that on which the law ends a duty of its own, which is no chip
        from then on; one set in words, while its setter is believed.
        """
        days = [
            (day - self.state.day).days
            for key, clock in self.state.clocks.items()
            for setter, day in clock.expires.items()
            if self._presses(self.game.clocks[key].kind, setter)
        ]
        return min(days) if days else None

    def _presses(self, kind: str, setter: str) -> bool:
        if kind == "soft":
            return self.state.credibility[setter] >= BELIEVED
        return kind == "extendable" or setter == self.side

    @property
    def clock_presses(self) -> bool:
        """Whether a clock that can be extended runs out within weeks."""
        left = self.days_left
        return left is not None and left <= PRESSING_DAYS

    @property
    def extension(self) -> Package | None:
        """The extension on the table; None where no clock that can be extended runs out within weeks.

        Both extensions on record were agreed in the last two weeks: nobody adds to time that is there.
        """
        if not self.clock_presses:
            return None
        return next((p for p in self.game.packages.values() if p.kind == "extension"), None)

    def days_since_contact(self, level: str | None = None) -> int | None:
        """Days since the last official contact, at a level or above it; None where there was none."""
        rank = 0 if level is None else LEVELS.index(level)
        days = [
            (self.state.day - now.last).days
            for key, now in self.state.channels.items()
            if now.last is not None
            and self.game.channels[key].track == "official"
            and self.game.channels[key].rank >= rank
        ]
        return min(days) if days else None

    @property
    def meeting_near(self) -> bool:
        """Whether an official contact is set, or was lately."""
        if any(
            now.meeting is not None and self.game.channels[key].track == "official"
            for key, now in self.state.channels.items()
        ):
            return True
        since = self.days_since_contact()
        return since is not None and since <= MEETING_FRESH_DAYS
