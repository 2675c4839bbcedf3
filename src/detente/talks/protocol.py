"""The protocol: how moves and a night change the state of talks. Every function here is pure.

    act    one move of one side, made on the state's day
    night  what happens as the day ends: clocks, decided steps, threats, courts, chance; then the next day
    step   all moves of a day in their order, then the night

Nothing is drawn here: the numbers that chance needs come in as `draws`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta

from detente.talks.acts import ACTS, Events
from detente.talks.draws import Draws
from detente.talks.effects import (
    believe,
    break_pledge,
    discredit,
    ease,
    put,
    raise_lever,
    set_level,
    stand,
    without,
)
from detente.talks.game import Game
from detente.talks.legal import check
from detente.talks.moves import Event, EventKind, Move, MoveKind
from detente.talks.partners import answer
from detente.talks.payoffs import DAYS_A_YEAR, flow
from detente.talks.rules import TEXT_LEVELS, holds
from detente.talks.state import RETALIATES, STATUS_QUO, LeverState, Standing, TalksState

ONE_DAY = timedelta(days=1)
CLAIM_DAYS = 14
"""After so many days without a contact a claim that talks go on stands contradicted by what was done."""
MET_ONCE = ("first_move", "leaders_first", "asks_first")
APPEAL_DAYS = 270
"""From a ruling that is stayed to the last court's word. Assumed: nine months; 268 days in one case."""
SOFT_HEALTH = 0.9
"""What is left of the leaders' channel once a day set in words has passed. Assumed."""


def step(game: Game, state: TalksState, moves: Iterable[Move], draws: Draws) -> tuple[TalksState, Events]:
    """A day: all moves in their order, then the night.

    Raises:
        IllegalMove: one of the moves; the state handed in is as it was.
    """
    events: Events = ()
    for move in moves:
        state, happened = act(game, state, move, draws)
        events += happened
    state, happened = night(game, state, draws)
    return state, events + happened


def act(game: Game, state: TalksState, move: Move, draws: Draws) -> tuple[TalksState, Events]:
    """One move, made on the state's day.

    Raises:
        IllegalMove: the protocol does not allow it.
    """
    check(game, state, move)
    made = Event(state.day, EventKind.MOVE, move.by, move.what, move)
    if move.kind is MoveKind.WAIT:
        return state, ()
    after, happened = ACTS[move.kind](game, state, move, draws)
    events = [made, *happened]
    if game.partners and (after.policy != state.policy or after.signed != state.signed):
        after = answer(game, after, events)
    return believe(game, after, move), tuple(events)


def night(game: Game, state: TalksState, draws: Draws) -> tuple[TalksState, Events]:
    """What happens between a day and the next; the state after is of the next day."""
    events: list[Event] = []
    before, today, tomorrow = state, state.day, state.day + ONE_DAY
    state = _meetings(game, state, events)
    if draws.ruling < game.hazards.ruling or draws.incident < game.hazards.incident:
        state = _chance(game, state, draws, events)
    pressure = state.pressure
    if state.policy != STATUS_QUO or RETALIATES in state.partners.values():
        pressure = {s: pressure[s] - min(0.0, flow(game, s, state)) / DAYS_A_YEAR for s in game.sides}
    state = state.next_day(tomorrow, pressure)
    if state.appeals:
        state = _last_word(game, state, draws, events)
    if state.pending:
        state = _decided(game, state, tomorrow, events)
    for clock, now in state.clocks.items():
        if min(now.expires.values()) <= tomorrow:
            state = _run_out(game, state, clock, tomorrow, events)
    if state.threats:
        state = _threats(game, state, tomorrow, events)
    if state.claims:
        state = _claims(game, state, today, events)
    if state.conditions:
        state = _conditions(game, state, events)
    if game.partners and state.policy != before.policy:
        state = answer(game, state, events)
    return state, tuple(events)


def _meetings(game: Game, state: TalksState, events: list[Event]) -> TalksState:
    for key, now in state.channels.items():
        if now.meeting is not None and now.meeting <= state.day:
            channel = game.channels[key]
            events.append(Event(state.day, EventKind.MET, what=key))
            works = channel.track == "official" and channel.level in TEXT_LEVELS
            state = replace(
                state,
                channels=put(state.channels, key, ease(channel, now, state.day)),
                rounds=state.rounds + works,
            )
            if channel.track == "official" and channel.decides and state.broken_off_by:
                state = replace(state, broken_off_by="")
                if state.standing is Standing.BREAKDOWN:
                    state = stand(state, Standing.NONE, state.day)
    return state


def _chance(game: Game, state: TalksState, draws: Draws, events: list[Event]) -> TalksState:
    if draws.ruling < game.hazards.ruling:
        struck = [
            key
            for key, lever in game.levers.items()
            if lever.contested and state.levers[key].level > 0 and key not in state.appeals
        ]
        if struck:
            # Given that there is a ruling, where its number fell in the chance is uniform again.
            stayed = draws.ruling / game.hazards.ruling < game.hazards.stayed
            state = _ruled(game, state, struck, stayed, events)
    if draws.incident < game.hazards.incident:
        channels = {key: replace(now, health=now.health / 2) for key, now in state.channels.items()}
        meeting = next((k for k, now in channels.items() if now.meeting and now.meeting > state.day), None)
        if meeting is not None:
            channels[meeting] = replace(channels[meeting], meeting=None)
        state = replace(state, channels=channels)
        events.append(Event(state.day, EventKind.INCIDENT, what=meeting or ""))
    return state


def _ruled(game: Game, state: TalksState, struck: list[str], stayed: bool, events: list[Event]) -> TalksState:
    """A court strikes levers down: at once, or, stayed, with the last court's word to come."""
    owners = ", ".join(sorted({game.levers[key].side for key in struck}))
    if stayed:
        due = state.day + timedelta(days=APPEAL_DAYS)
        events.append(Event(state.day, EventKind.RULING_STAYED, owners, ", ".join(struck), note=str(due)))
        return replace(state, appeals={**state.appeals, **dict.fromkeys(struck, due)})
    levers = dict(state.levers)
    for key in struck:
        levers[key] = LeverState(0.0)
    pending = tuple(p for p in state.pending if p.lever not in struck)
    gone = {key: day for key, day in state.appeals.items() if key not in struck}
    events.append(Event(state.day, EventKind.RULING, owners, ", ".join(struck)))
    struck_for = {game.levers[key].side: state.day for key in struck if game.levers[key].broad}
    state = replace(state, pending=pending, appeals=gone, struck={**state.struck, **struck_for})
    return set_level(game, state, levers)


def _last_word(game: Game, state: TalksState, draws: Draws, events: list[Event]) -> TalksState:
    """The last court speaks on what was stayed: it stands, or falls for good."""
    due = [key for key, day in state.appeals.items() if day <= state.day]
    if not due:
        return state
    state = replace(state, appeals={key: day for key, day in state.appeals.items() if key not in due})
    standing = [key for key in due if state.levers[key].level > 0]
    if standing and draws.votes[0] < game.hazards.upheld:
        return _ruled(game, state, standing, False, events)
    for key in standing:
        events.append(Event(state.day, EventKind.UPHELD, game.levers[key].side, key))
    return state


def _decided(game: Game, state: TalksState, day: date, events: list[Event]) -> TalksState:
    due = [p for p in state.pending if p.day <= day]
    if not due:
        return state
    state = replace(state, pending=tuple(p for p in state.pending if p.day > day))
    for decided in due:
        state = raise_lever(game, state, decided)
        now = state.levers[decided.lever]
        events.append(Event(day, EventKind.IN_FORCE, decided.by, decided.lever, note=f"{now.level:g}"))
        if game.levers[decided.lever].on_trade and now.level > game.baseline[decided.lever]:
            state = stand(state, Standing.ESCALATION, day)
    return state


def _run_out(game: Game, state: TalksState, clock: str, day: date, events: list[Event]) -> TalksState:
    """A clock's day has come for one side or both.

    Hard or extendable: the law acts by itself on what hangs on it, unless that side extended. Soft: no law
    acts; whoever set the day is believed less, and the leaders' channel suffers.
    """
    now = state.clocks[clock]
    due = {side for side, expires in now.expires.items() if expires <= day}
    if game.clocks[clock].kind == "soft":
        return _day_passed(game, state, clock, day, events)
    levers = dict(state.levers)
    returned = False
    for key, lever in state.levers.items():
        if lever.clock == clock and game.levers[key].side in due:
            levers[key] = LeverState(lever.after_lapse, removed=lever.removed)
            returned = returned or lever.suspended > 0
            side = game.levers[key].side
            events.append(Event(day, EventKind.LAPSED, side, key, note=f"{levers[key].level:g}"))
    state = set_level(game, state, levers)
    left = {side: expires for side, expires in now.expires.items() if side not in due}
    clocks = put(state.clocks, clock, replace(now, expires=left)) if left else without(state.clocks, clock)
    state = replace(state, clocks=clocks)
    for side in sorted(due):
        if clock in state.pledges.get(side, {}):
            state = break_pledge(game, state, side, clock)
            events.append(Event(day, EventKind.PLEDGE_BROKEN, side, clock))
    return stand(state, Standing.LAPSE, day) if returned else state


def _day_passed(game: Game, state: TalksState, clock: str, day: date, events: list[Event]) -> TalksState:
    """A day set in words passes: no law acts; it costs credit and something of the leaders' channel."""
    for side in sorted(state.clocks[clock].expires):
        state = discredit(game, state, side)
        events.append(Event(day, EventKind.DAY_PASSED, side, clock))
    channels = {
        key: replace(now, health=now.health * SOFT_HEALTH) if game.channels[key].level == "leader" else now
        for key, now in state.channels.items()
    }
    return replace(state, channels=channels, clocks=without(state.clocks, clock))


def _threats(game: Game, state: TalksState, day: date, events: list[Event]) -> TalksState:
    """Threats whose day has passed and which nobody carried out or withdrew cost credit."""
    for threat in state.threats:
        if threat.due < day:
            state = replace(state, threats=tuple(t for t in state.threats if t is not threat))
            state = discredit(game, state, threat.by)
            events.append(Event(day, EventKind.THREAT_PASSED, threat.by, threat.lever))
    return state


def _claims(game: Game, state: TalksState, today: date, events: list[Event]) -> TalksState:
    """An open claim that talks go on is confirmed by a contact, or contradicted by none in time.

    One of progress is settled by nothing that is done and forgotten after as long; goodwill has no content.
    """
    kept = []
    for claim in state.claims:
        if claim.standing not in ("open", "denied"):
            continue
        met = any(now.last is not None and now.last >= claim.day for now in state.channels.values())
        about_talks = claim.about == "talks"
        if about_talks and met:
            events.append(Event(today, EventKind.CLAIM_CONFIRMED, claim.by, claim.id))
            continue
        if (today - claim.day).days >= CLAIM_DAYS:
            if about_talks:
                state = discredit(game, state, claim.by)
                events.append(Event(today, EventKind.CLAIM_CONTRADICTED, claim.by, claim.id))
            continue
        kept.append(claim)
    return state if len(kept) == len(state.claims) else replace(state, claims=tuple(kept))


def _conditions(game: Game, state: TalksState, events: list[Event]) -> TalksState:
    """Conditions that one act meets for good are closed; the others stand, whether or not they hold."""
    for key in sorted(state.conditions):
        condition = game.conditions[key]
        if condition.kind in MET_ONCE and holds(game, state, condition):
            state = replace(state, conditions=state.conditions - {key})
            events.append(Event(state.day, EventKind.CONDITION_MET, condition.by, key))
    return state
