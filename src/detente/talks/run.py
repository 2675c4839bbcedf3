"""Playing talks forward: two negotiators, a seed, and a transcript of who did what on which day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from detente.talks.draws import Draws, draw_days, generator
from detente.talks.game import Game, SideType
from detente.talks.moves import Event, EventKind, Move
from detente.talks.protocol import act, night
from detente.talks.rules import in_session
from detente.talks.sides.view import View
from detente.talks.state import Standing, TalksState


class Player(Protocol):
    """Whoever plays a side: a negotiator made of parts, a person, or a replay of one."""

    @property
    def name(self) -> str:
        """As in transcripts."""
        ...

    def moves(self, view: View) -> list[Move]:
        """Moves on a day outside a meeting, in their order."""
        ...

    def at_the_table(self, view: View) -> Move | None:
        """One word in a meeting; None where nothing new is said."""
        ...


ROUNDS = 3
"""How often each side has the word in a day of meetings."""


@dataclass(frozen=True, slots=True)
class Transcript:
    """One play.

    Attributes:
        seed, run: what chance was drawn from.
        negotiators: side -> name.
        types: side -> the type that it had, which the other side did not know.
        start, end: first and last day.
        events: all that happened, in order.
        policies: (day, label of the policy in force) from each day on that it changed; the first day is one.
        standings: (day, how talks stand) from each day on that it changed; the first day is one.
        final: the last state.
    """

    seed: int
    run: int
    negotiators: Mapping[str, str]
    types: Mapping[str, str]
    start: date
    end: date
    events: tuple[Event, ...]
    policies: tuple[tuple[date, str], ...]
    standings: tuple[tuple[date, Standing], ...]
    final: TalksState

    @property
    def why(self) -> Standing:
        """Why it ended: what last decided how talks stand; none where nothing did."""
        return self.standings[-1][1]

    def standing_on(self, day: date) -> Standing:
        """How talks stood at the end of a day."""
        return [standing for since, standing in self.standings if since <= day][-1]

    def contacts(self) -> list[tuple[date, str]]:
        """(day, channel) of every contact that was held."""
        return [(event.day, event.what) for event in self.events if event.kind is EventKind.MET]


def draw_types(game: Game, uniform: Sequence[float]) -> dict[str, SideType]:
    """The sides' types from one uniform number each."""
    drawn = {}
    for side, number in zip(game.sides, uniform, strict=True):
        reached = 0.0
        for kind in game.types[side]:
            reached += kind.prior
            drawn[side] = kind
            if number < reached:
                break
    return drawn


def play(
    game: Game,
    sides: Mapping[str, Player],
    seed: int,
    run: int = 0,
    days: int = 180,
    types: Mapping[str, SideType] | None = None,
    start: TalksState | None = None,
    events: list[Event] | None = None,
) -> Transcript:
    """One play from the first day on, for so many days or until a whole deal is signed.

    Args:
        sides: side -> its negotiator.
        seed, run: chance is spawned from the two, so any run can be played alone.
        types: the sides' types; drawn from their priors where not given.
        start: a state to go on from, in place of the game's first.
        events: a list that is filled as things happen, for whoever looks on.
    """
    source = generator(seed, run)
    drawn = draw_types(game, source.random(2).tolist())
    have = dict(types) if types is not None else drawn
    state = game.start if start is None else start
    happened = [] if events is None else events
    policies = [(state.day, state.policy)]
    standings = [(state.day, state.standing)]
    for draws in draw_days(source, days):
        if state.standing is Standing.DEAL:
            break
        state = play_day(game, sides, have, state, draws, happened)
        if state.policy != policies[-1][1]:
            policies.append((state.day, state.policy))
        if state.standing is not standings[-1][1]:
            standings.append((state.since, state.standing))
    return Transcript(
        seed,
        run,
        {side: sides[side].name for side in game.sides},
        {side: have[side].name for side in game.sides},
        policies[0][0],
        state.day,
        tuple(happened),
        tuple(policies),
        tuple(standings),
        state,
    )


def play_day(
    game: Game,
    sides: Mapping[str, Player],
    types: Mapping[str, SideType],
    state: TalksState,
    draws: Draws,
    events: list[Event],
) -> TalksState:
    """One day: each side's moves in turn, a meeting where one is set, and the night."""
    for side, own in zip(game.sides, draws.sides, strict=True):
        for move in sides[side].moves(View(game, state, side, types[side], own)):
            state, happened = act(game, state, move, draws)
            events.extend(happened)
    if in_session(game, state) is not None:
        state = meet(game, sides, types, state, draws, events)
    state, happened = night(game, state, draws)
    events.extend(happened)
    return state


def meet(
    game: Game,
    sides: Mapping[str, Player],
    types: Mapping[str, SideType],
    state: TalksState,
    draws: Draws,
    events: list[Event],
) -> TalksState:
    """A meeting: the sides have the word in turn until something is agreed or nothing new is said."""
    settled = (EventKind.SIGNED, EventKind.EXTENDED, EventKind.AGREED, EventKind.NOT_RATIFIED)
    for _ in range(ROUNDS):
        silent = True
        for side, own in zip(game.sides, draws.sides, strict=True):
            move = sides[side].at_the_table(View(game, state, side, types[side], own))
            if move is None:
                continue
            silent = False
            state, happened = act(game, state, move, draws)
            events.extend(happened)
            over = in_session(game, state) is None  # Called off, or walked out of.
            if over or any(event.kind in settled for event in happened):
                return state
        if silent:
            return state
    return state


def moves_of(transcript: Transcript) -> list[tuple[date, Move]]:
    """Every move of a play with its day, in order: what a replay needs besides the numbers drawn."""
    return [(event.day, event.move) for event in transcript.events if event.move is not None]
