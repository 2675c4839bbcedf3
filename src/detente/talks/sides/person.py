"""A side played by a person, or by what a person did before: moves from outside, checked one by one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from detente.talks.draws import QUIET
from detente.talks.moves import Move
from detente.talks.protocol import act
from detente.talks.sides.view import View
from detente.talks.state import TalksState

AT_THE_TABLE, BY_DAY = "table", "day"
LOOK_DAYS = (30, 14, 7, 3, 1)
"""Days before a clock runs out on which a person is asked, whatever they said about waiting."""

Turn = tuple[str, str, int]
"""A turn's day, where it is (`day` or `table`) and its number on that day."""


@dataclass(frozen=True)
class Waiting:
    """A person's answer: nothing more in this turn, and nothing until a day unless something happens."""

    until: date | None = None


Answer = Callable[[View, bool], Move | Waiting]
"""Asks a person for the next move; the second argument says whether they sit at the table."""


@dataclass
class Person:
    """A side whose moves a person gives.

    Attributes:
        answer: asks for the next move until it says to wait.
        name: as in transcripts.
        turns: what was done, turn by turn: with the seed it replays the play.
    """

    answer: Answer
    name: str = "person"
    turns: dict[Turn, tuple[Move, ...]] = field(default_factory=dict)
    _until: date | None = None
    _seen: tuple[object, ...] = ()
    _rounds: tuple[date | None, int] = (None, 0)

    def moves(self, view: View) -> list[Move]:
        """Asks, unless the person waits and nothing has happened."""
        if self._rests(view):
            return []
        return self._turn(view, BY_DAY, 0)

    def at_the_table(self, view: View) -> Move | None:
        """Asks for one word at the table."""
        day, number = self._rounds
        number = number + 1 if day == view.state.day else 0
        self._rounds = (view.state.day, number)
        made = self._turn(view, AT_THE_TABLE, number, most=1)
        return made[0] if made else None

    def _rests(self, view: View) -> bool:
        seen = _noticed(view.state, view.other)
        stirred, self._seen = seen != self._seen, seen
        left = view.days_left
        waits = self._until is not None and view.state.day < self._until
        return waits and not stirred and left not in LOOK_DAYS

    def _turn(self, view: View, where: str, number: int, most: int | None = None) -> list[Move]:
        made: list[Move] = []
        now = view
        while most is None or len(made) < most:
            answer = self.answer(now, where == AT_THE_TABLE)
            if isinstance(answer, Waiting):
                if answer.until is not None or where == BY_DAY:
                    self._until = answer.until or view.state.day + timedelta(days=1)
                break
            state, _ = act(now.game, now.state, answer, QUIET)
            now = View(now.game, state, now.side, now.type, now.draws)
            made.append(answer)
            # Written down at once: a person may leave in the middle of a turn.
            self.turns[(view.state.day.isoformat(), where, number)] = tuple(made)
        self._seen = _noticed(now.state, now.other)
        return made


def _noticed(state: TalksState, other: str) -> tuple[object, ...]:
    """What wakes a person who waits: words and acts of the other side, meetings, and what is in force."""
    asked = tuple(key for key, now in state.channels.items() if now.asked_by == other)
    return (
        asked,
        tuple(t for t in state.threats if t.by == other),
        state.policy,
        state.standing,
        state.raised.get(other),
        state.agreed,
        tuple(c.id for c in state.claims if c.by == other),
    )


@dataclass
class Replayed:
    """A side that does again what a person did.

    Attributes:
        turns: as `Person.turns`.
        name: as the person's.
    """

    turns: Mapping[Turn, tuple[Move, ...]]
    name: str = "person"
    _rounds: tuple[date | None, int] = (None, 0)

    def moves(self, view: View) -> list[Move]:
        """The moves of that day."""
        return list(self.turns.get((view.state.day.isoformat(), BY_DAY, 0), ()))

    def at_the_table(self, view: View) -> Move | None:
        """The word at the table of that day and round."""
        day, number = self._rounds
        number = number + 1 if day == view.state.day else 0
        self._rounds = (view.state.day, number)
        made = self.turns.get((view.state.day.isoformat(), AT_THE_TABLE, number), ())
        return made[0] if made else None
