"""What each kind of move does to the state of talks: one function a kind, all of them pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from detente.talks.draws import Draws
from detente.talks.effects import (
    DISOWNED_HEALTH,
    discredit,
    ease,
    move_market,
    put,
    set_level,
    sign,
    stand,
    suspension_clock,
    unpledged,
    without,
    without_agreed_extension,
)
from detente.talks.game import Game, Package, soft_clock
from detente.talks.moves import Event, EventKind, Move, MoveKind
from detente.talks.partners import voices
from detente.talks.rules import TEXT_LEVELS, TOGETHER_DAYS, health, in_session, kind_of, may_sign
from detente.talks.state import (
    ChannelState,
    ClaimState,
    ClockState,
    LeverState,
    Offer,
    Pending,
    Standing,
    TalksState,
    ThreatState,
)

Events = tuple[Event, ...]
Act = Callable[[Game, TalksState, Move, Draws], tuple[TalksState, Events]]


def _ask(game: Game, state: TalksState, move: Move, draws: Draws) -> tuple[TalksState, Events]:
    channel = game.channels[move.what]
    day = move.day or state.day + timedelta(days=channel.notice_days)
    now = replace(state.channels[channel.id], asked_by=move.by, asked_day=day)
    return replace(state, channels=put(state.channels, channel.id, now)), ()


def _agree(game: Game, state: TalksState, move: Move, draws: Draws) -> tuple[TalksState, Events]:
    now = state.channels[move.what]
    day = max(now.asked_day or state.day, state.day + timedelta(days=1))
    set_ = ChannelState(now.health, now.last, meeting=day)
    return replace(state, channels=put(state.channels, move.what, set_)), ()


def _decline(game: Game, state: TalksState, move: Move, draws: Draws) -> tuple[TalksState, Events]:
    now = replace(state.channels[move.what], asked_by="", asked_day=None)
    return replace(state, channels=put(state.channels, move.what, now)), ()


def _call_off(game: Game, state: TalksState, move: Move, draws: Draws) -> tuple[TalksState, Events]:
    now = state.channels[move.what]
    after = ChannelState(now.health / 2, now.last)
    event = Event(state.day, EventKind.NOT_MET, move.by, move.what)
    return replace(state, channels=put(state.channels, move.what, after)), (event,)


def _emissary(game: Game, state: TalksState, move: Move, draws: Draws) -> tuple[TalksState, Events]:
    channel = game.channels[move.what]
    channels = put(state.channels, channel.id, ease(channel, state.channels[channel.id], state.day))
    state = replace(state, channels=channels)
    if move.package:
        offer = Offer(move.package, state.day, channel.id)
        state = replace(state, offers=put(state.offers, move.by, offer))
    return state, ()


def _offer(game: Game, state: TalksState, move: Move, draws: Draws) -> tuple[TalksState, Events]:
    """An offer at the table. One that gives the other side less than the last one made there costs credit."""
    channel = in_session(game, state)
    assert channel is not None
    last, other = state.offers.get(move.by), game.other(move.by)
    if last is not None and not game.channels[last.channel].deniable:
        worse = game.package(move.what).worth[other] < game.package(last.package).worth[other]
        if worse and game.package(move.what).kind != "extension":
            state = discredit(game, state, move.by)
    return replace(state, offers=put(state.offers, move.by, Offer(move.what, state.day, channel.id))), ()


def _accept(game: Game, state: TalksState, move: Move, draws: Draws) -> tuple[TalksState, Events]:
    """What came by a deniable word is agreed in principle at most: it may never have been said."""
    offer = state.offers[game.other(move.by)]
    package = game.package(offer.package)
    if game.channels[offer.channel].deniable:
        return _in_principle(state, package)
    return _close(game, state, package, draws)


def _in_principle(state: TalksState, package: Package) -> tuple[TalksState, Events]:
    state = replace(state, agreed=package.key, offers={})
    return state, (Event(state.day, EventKind.AGREED, what=package.key),)


def _sign_in_part(game: Game, state: TalksState, move: Move, draws: Draws) -> tuple[TalksState, Events]:
    return _close(game, state, game.package(move.what), draws)


def _close(game: Game, state: TalksState, package: Package, draws: Draws) -> tuple[TalksState, Events]:
    """Both want it: signed where the level may and those at home agree, else agreed in principle."""
    channel = in_session(game, state)
    assert channel is not None
    if not may_sign(game, state, channel, package):
        return _in_principle(state, package)
    heard = voices(game, state)
    for side, vote in zip(game.sides, draws.votes, strict=True):
        if vote >= package.ratified[side] + heard:
            state = replace(discredit(game, state, side), agreed="", offers={})
            return state, (Event(state.day, EventKind.NOT_RATIFIED, side, package.key),)
    state = move_market(game, sign(game, state, package), kind_of(game, state, package))
    kind = EventKind.EXTENDED if package.kind == "extension" else EventKind.SIGNED
    return state, (Event(state.day, kind, what=package.key),)


def _reject(game: Game, state: TalksState, move: Move, draws: Draws) -> tuple[TalksState, Events]:
    return replace(state, offers=without(state.offers, game.other(move.by))), ()


def _extend(game: Game, state: TalksState, move: Move, draws: Draws) -> tuple[TalksState, Events]:
    """A side extends its own part. When the last one does, the clock is extended for all by the shortest."""
    clock = state.clocks[move.what]
    offered = put(clock.offered, move.by, move.days)
    if move.what in state.pledges.get(move.by, {}):
        state = replace(state, pledges=unpledged(state, move.by, move.what))
    if set(offered) < set(clock.expires):
        expires = put(clock.expires, move.by, clock.expires[move.by] + timedelta(days=move.days))
        after = ClockState(expires, offered, clock.extensions)
        event = Event(state.day, EventKind.EXTENDED_ALONE, move.by, move.what, note=str(move.days))
        return replace(state, clocks=put(state.clocks, move.what, after)), (event,)
    days = min(offered.values())
    expires = {
        side: day + timedelta(days=days - (offered[side] if side != move.by else 0))
        for side, day in clock.expires.items()
    }
    after = ClockState(expires, {}, clock.extensions + 1)
    state = without_agreed_extension(game, replace(state, clocks=put(state.clocks, move.what, after)))
    state = move_market(game, stand(state, Standing.EXTENSION, state.day), "extension")
    return state, (Event(state.day, EventKind.EXTENDED, what=move.what, note=str(days)),)


def _pledge(game: Game, state: TalksState, move: Move, draws: Draws) -> tuple[TalksState, Events]:
    """Said in public: it binds by what breaking it costs (`effects.break_pledge`), not in law."""
    own = {**state.pledges.get(move.by, {}), move.what: move.days}
    return replace(state, pledges=put(state.pledges, move.by, own)), ()


def _set_day(game: Game, state: TalksState, move: Move, draws: Draws) -> tuple[TalksState, Events]:
    assert move.day is not None
    clock = ClockState({move.by: move.day}, {})
    return replace(state, clocks=put(state.clocks, soft_clock(move.by), clock)), ()


def _disown(game: Game, state: TalksState, move: Move, draws: Draws) -> tuple[TalksState, Events]:
    """It was never said: no credit is lost for it, but the channel is spent."""
    now = state.channels[move.what]
    channels = put(state.channels, move.what, replace(now, health=now.health * DISOWNED_HEALTH))
    return replace(state, channels=channels, offers=without(state.offers, move.by)), ()


def _together(game: Game, state: TalksState, move: Move, draws: Draws) -> tuple[TalksState, Events]:
    """A step each on the same day: neither moves first. Both saying so within two weeks brings it about."""
    waiting = state.together.get(game.other(move.by))
    fresh = waiting is not None and (state.day - waiting[1]).days <= TOGETHER_DAYS
    if not fresh or waiting is None or waiting[0] != move.what:
        return replace(state, together=put(state.together, move.by, (move.what, state.day))), ()
    state = sign(game, state, game.package(move.what))
    return state, (Event(state.day, EventKind.SIGNED, what=move.what, note="together"),)


def _walk_out(game: Game, state: TalksState, move: Move, draws: Draws) -> tuple[TalksState, Events]:
    """Talks are off, and with them all that was set or said. A meeting left in the middle was held."""
    session = in_session(game, state)
    channels = {
        key: ChannelState(now.health / 3, now.last) if game.channels[key].track == "official" else now
        for key, now in state.channels.items()
    }
    events: Events = ()
    if session is not None:
        left = health(session, state.channels[session.id], state.day) / 3
        channels[session.id] = ChannelState(left, last=state.day)
        events = (Event(state.day, EventKind.MET, what=session.id),)
    state = replace(
        state, channels=channels, offers={}, together={}, agreed="", broken_off_by=move.by,
        rounds=state.rounds + (session is not None and session.level in TEXT_LEVELS),
    )  # fmt: skip
    return move_market(game, stand(state, Standing.BREAKDOWN, state.day), "breakdown"), events


def _threaten(game: Game, state: TalksState, move: Move, draws: Draws) -> tuple[TalksState, Events]:
    assert move.day is not None
    threat = ThreatState(move.by, move.what, move.level, move.day, state.day)
    state = replace(state, threats=(*state.threats, threat))
    return move_market(game, state, "threat", move.by), ()


def _withdraw(game: Game, state: TalksState, move: Move, draws: Draws) -> tuple[TalksState, Events]:
    left = tuple(t for t in state.threats if not (t.by == move.by and t.lever == move.what))
    return replace(state, threats=left), ()


def _impose(game: Game, state: TalksState, move: Move, draws: Draws) -> tuple[TalksState, Events]:
    lever = game.levers[move.what]
    day = state.day + timedelta(days=max(1, lever.notice_days))
    new_use = not lever.measures
    ends = day + timedelta(days=lever.duration_days) if new_use and lever.duration_days else None
    step = Pending(move.by, lever.id, move.level, day, ends)
    left = tuple(t for t in state.threats if not (t.by == move.by and t.lever == move.what))
    raised = put(state.raised, move.by, (state.day, lever.id))
    # What was agreed and not yet signed does not outlive a new duty.
    agreed = "" if lever.on_trade else state.agreed
    state = replace(state, pending=(*state.pending, step), threats=left, raised=raised, agreed=agreed)
    return move_market(game, state, "escalation"), ()


def _suspend(game: Game, state: TalksState, move: Move, draws: Draws) -> tuple[TalksState, Events]:
    now = state.levers[move.what]
    fall = now.level - move.level
    key = now.clock if now.clock and not now.ends else suspension_clock(move.what)
    if key not in state.clocks:
        ends = state.day + timedelta(days=move.days)
        state = replace(state, clocks=put(state.clocks, key, ClockState({move.by: ends}, {})))
    after = LeverState(move.level, now.suspended + fall, now.removed, key)
    return set_level(game, state, put(state.levers, move.what, after)), ()


def _remove(game: Game, state: TalksState, move: Move, draws: Draws) -> tuple[TalksState, Events]:
    now = state.levers[move.what]
    after = LeverState(move.level, now.suspended, now.removed + now.level - move.level, now.clock, now.ends)
    return set_level(game, state, put(state.levers, move.what, after)), ()


def _licence(game: Game, state: TalksState, move: Move, draws: Draws) -> tuple[TalksState, Events]:
    after = replace(state.levers[move.what], level=move.level)
    return set_level(game, state, put(state.levers, move.what, after)), ()


def _accuse(game: Game, state: TalksState, move: Move, draws: Draws) -> tuple[TalksState, Events]:
    state = replace(state, accused=put(state.accused, move.by, state.day))
    return move_market(game, state, "accusation", move.by), ()


def _claim(game: Game, state: TalksState, move: Move, draws: Draws) -> tuple[TalksState, Events]:
    """A claim of talks or progress holds or does not; goodwill has no content that anyone could check."""
    met = [now.last for now in state.channels.values() if now.last is not None]
    recent = any((state.day - day).days <= 14 for day in met)
    holds = {"talks": recent, "progress": bool(state.agreed or state.offers), "goodwill": None}[move.what]
    number = str(sum(1 for c in state.claims) + 1)
    taken = {c.id for c in state.claims}
    while number in taken:
        number = str(int(number) + 1)
    standing = "without_content" if holds is None else "open"
    claim = ClaimState(number, move.by, move.what, state.day, holds, standing)
    state = replace(state, claims=(*state.claims, claim))
    return move_market(game, state, "claim", move.by), ()


def _deny(game: Game, state: TalksState, move: Move, draws: Draws) -> tuple[TalksState, Events]:
    """A denial ranks with what it denies: the two stand side by side; markets take back what they gave."""
    claims = tuple(replace(c, standing="denied") if c.id == move.what else c for c in state.claims)
    return move_market(game, replace(state, claims=claims), "denial", move.by), ()


def _require(game: Game, state: TalksState, move: Move, draws: Draws) -> tuple[TalksState, Events]:
    return replace(state, conditions=state.conditions | {move.what}), ()


def _waive(game: Game, state: TalksState, move: Move, draws: Draws) -> tuple[TalksState, Events]:
    return replace(state, conditions=state.conditions - {move.what}), ()


ACTS: dict[MoveKind, Act] = {
    MoveKind.ASK: _ask,
    MoveKind.AGREE: _agree,
    MoveKind.DECLINE: _decline,
    MoveKind.CALL_OFF: _call_off,
    MoveKind.EMISSARY: _emissary,
    MoveKind.OFFER: _offer,
    MoveKind.ACCEPT: _accept,
    MoveKind.SIGN_IN_PART: _sign_in_part,
    MoveKind.REJECT: _reject,
    MoveKind.EXTEND: _extend,
    MoveKind.PLEDGE: _pledge,
    MoveKind.SET_DAY: _set_day,
    MoveKind.DISOWN: _disown,
    MoveKind.TOGETHER: _together,
    MoveKind.WALK_OUT: _walk_out,
    MoveKind.THREATEN: _threaten,
    MoveKind.WITHDRAW: _withdraw,
    MoveKind.IMPOSE: _impose,
    MoveKind.RESTRICT: _impose,
    MoveKind.SUSPEND: _suspend,
    MoveKind.REMOVE: _remove,
    MoveKind.LICENCE: _licence,
    MoveKind.ACCUSE: _accuse,
    MoveKind.CLAIM: _claim,
    MoveKind.DENY: _deny,
    MoveKind.REQUIRE: _require,
    MoveKind.WAIVE: _waive,
}
"""What each kind does."""
