"""Parts of a change of state: a lever moved, a channel used, a package signed, a mind changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import TypeVar

from detente.talks.game import Channel, Game, Package
from detente.talks.moves import Move, MoveKind
from detente.talks.rules import health, kind_of
from detente.talks.state import (
    ChannelState,
    ClockState,
    LeverState,
    Pending,
    Standing,
    TalksState,
    policy_label,
)

_V = TypeVar("_V")

HAWKISH = {
    MoveKind.IMPOSE: 1.0,
    MoveKind.RESTRICT: 1.0,
    MoveKind.THREATEN: 0.5,
    MoveKind.WALK_OUT: 0.7,
    MoveKind.CALL_OFF: 0.3,
    MoveKind.DECLINE: 0.3,
    MoveKind.ACCUSE: 0.2,
    MoveKind.REJECT: 0.2,
    MoveKind.REQUIRE: 0.2,
    MoveKind.CLAIM: -0.05,
    MoveKind.ASK: -0.1,
    MoveKind.WAIVE: -0.4,
    MoveKind.EMISSARY: -0.1,
    MoveKind.OFFER: -0.1,
    MoveKind.PLEDGE: -0.3,
    MoveKind.DISOWN: 0.3,
    MoveKind.SET_DAY: 0.1,
    MoveKind.SUSPEND: -1.0,
    MoveKind.REMOVE: -1.0,
    MoveKind.LICENCE: -1.0,
    MoveKind.WITHDRAW: -0.7,
}
"""e in P(move | type) proportional to hawk^e: what a move says of the one who makes it. Assumed."""


PLEDGE_BROKEN = 0.7
"""The same of a side that breaks its pledge. Assumed."""


def put(mapping: Mapping[str, _V], key: str, value: _V) -> dict[str, _V]:
    """The mapping with one value changed."""
    after = dict(mapping)
    after[key] = value
    return after


def without(mapping: Mapping[str, _V], key: str) -> dict[str, _V]:
    """The mapping less one key."""
    return {k: v for k, v in mapping.items() if k != key}


def stand(state: TalksState, standing: Standing, day: date) -> TalksState:
    """Talks stand otherwise from a day on."""
    return state if standing is state.standing else replace(state, standing=standing, since=day)


def set_level(game: Game, state: TalksState, levers: Mapping[str, LeverState]) -> TalksState:
    """The state with other levers, and the label of the policy that they make."""
    return replace(state, levers=levers, policy=policy_label(levers, game.start.levers))


def raise_lever(game: Game, state: TalksState, decided: Pending) -> TalksState:
    """A decided step bites. A use with a longest life gets a clock that ends it."""
    now = state.levers[decided.lever]
    if decided.ends is None:
        left = max(0.0, now.level + now.suspended - decided.level)
        after = LeverState(decided.level, left, now.removed, now.clock if left else "")
        return set_level(game, state, put(state.levers, decided.lever, after))
    clock = end_clock(decided.lever)
    state = replace(state, clocks=put(state.clocks, clock, ClockState({decided.by: decided.ends}, {})))
    after = LeverState(decided.level, 0.0, now.removed, clock, ends=True)
    return set_level(game, state, put(state.levers, decided.lever, after))


def end_clock(lever: str) -> str:
    """Id of the clock that ends a use of an authority at its longest."""
    return f"{lever} ends"


def suspension_clock(lever: str) -> str:
    """Id of the clock of a suspension that one side decides alone."""
    return f"{lever} suspended"


def ease(channel: Channel, now: ChannelState, day: date) -> ChannelState:
    """A channel after a contact: part of the way back to full health."""
    then = health(channel, now, day)
    return ChannelState(then + channel.gain * (1 - then), last=day)


def discredit(game: Game, state: TalksState, side: str) -> TalksState:
    """A side that did not do as it said is believed less."""
    credit = max(0.0, state.credibility[side] - game.hazards.audience_cost)
    return replace(state, credibility=put(state.credibility, side, credit))


BROKEN_WORD = 3.0
"""A pledge broken costs so many times what a threat let pass does. Assumed: the other side was given it."""
DISOWNED_HEALTH = 0.3
"""What is left of a channel whose word was disowned. Assumed: the next word through it is not trusted."""


def break_pledge(game: Game, state: TalksState, side: str, clock: str) -> TalksState:
    """A side did not extend as it had said: it costs credit, every official channel, and the other's mind."""
    for _ in range(round(BROKEN_WORD)):
        state = discredit(game, state, side)
    channels = {
        key: replace(now, health=now.health / 2) if game.channels[key].track == "official" else now
        for key, now in state.channels.items()
    }
    state = replace(state, channels=channels, pledges=unpledged(state, side, clock))
    return weigh(game, state, side, PLEDGE_BROKEN)


def unpledged(state: TalksState, side: str, clock: str) -> dict[str, Mapping[str, int]]:
    """The pledges less one."""
    return put(state.pledges, side, without(state.pledges.get(side, {}), clock))


def move_market(game: Game, state: TalksState, what: str, by: str = "") -> TalksState:
    """Share prices answer news; words count by the credit of the one who says them."""
    change = game.market_moves.get(what, 0.0) * (state.credibility[by] if by else 1.0)
    return replace(state, market=state.market + change) if change else state


def believe(game: Game, state: TalksState, move: Move) -> TalksState:
    """What the other side thinks of a side after its move: Bayes' rule over its types."""
    exponent = HAWKISH.get(move.kind)
    return state if exponent is None else weigh(game, state, move.by, exponent)


def weigh(game: Game, state: TalksState, side: str, exponent: float) -> TalksState:
    """What an act whose likelihood goes with hawk^exponent makes the other side think of its doer."""
    watcher = game.other(side)
    before = state.beliefs[watcher]
    if len(before) < 2:
        return state
    weights = {t.name: before[t.name] * t.hawk**exponent for t in game.types[side]}
    total = sum(weights.values())
    after = {name: weight / total for name, weight in weights.items()}
    return replace(state, beliefs=put(state.beliefs, watcher, after))


def without_agreed_extension(game: Game, state: TalksState) -> TalksState:
    """Time agreed in principle is given once the clock is extended: it waits for no signature any more."""
    agreed = game.package(state.agreed) if state.agreed else None
    return replace(state, agreed="") if agreed is not None and agreed.kind == "extension" else state


def sign(game: Game, state: TalksState, package: Package) -> TalksState:
    """A package takes effect: its steps, its time, and what was raised since the start comes back down."""
    levers = dict(state.levers)
    clocks = dict(state.clocks)
    if package.extends_days:
        for key, clock in state.clocks.items():
            if game.clocks[key].kind == "extendable":
                # Who has extended alone already gives no time twice.
                later = {
                    s: day + timedelta(days=package.extends_days - clock.offered.get(s, 0))
                    for s, day in clock.expires.items()
                }
                clocks[key] = ClockState(later, {}, clock.extensions + 1)
    if package.kind == "extension":
        state = without_agreed_extension(game, replace(state, clocks=clocks, offers={}))
        return stand(state, Standing.EXTENSION, state.day)
    start = game.start.levers
    for key, now in state.levers.items():
        if now.level > game.baseline[key]:
            level = game.baseline[key]
            levers[key] = start[key] if start[key].clock in clocks else LeverState(level)
    for change in package.changes:
        levers[change.lever] = _changed(levers[change.lever], change.level, change.how, clocks)
    kind = kind_of(game, state, package)
    if kind == "full":
        levers, clocks = _settle(levers, clocks)
    state = replace(
        state,
        clocks=clocks,
        offers={},
        together={},
        agreed="",
        rounds=0,
        signed=(*state.signed, package.key),
        settled=state.settled | frozenset(package.options),
        pending=tuple(p for p in state.pending if p in game.start.pending),
        threats=(),
        broken_off_by="",
    )
    standing = Standing.DEAL if kind == "full" else Standing.PARTIAL_DEAL
    return stand(set_level(game, state, levers), standing, state.day)


def _changed(now: LeverState, level: float, how: str, clocks: Mapping[str, ClockState]) -> LeverState:
    if how != "impose":
        level = min(level, now.level)  # What was lowered meanwhile stays so.
    fall = now.level - level
    if how == "suspend":
        held = now.clock or next(iter(clocks), "")
        return LeverState(level, now.suspended + max(0.0, fall), now.removed, held)
    if how == "remove":
        return LeverState(level, now.suspended, now.removed + max(0.0, fall), now.clock, now.ends)
    return LeverState(level, now.suspended, now.removed, now.clock, now.ends)


def _settle(
    levers: dict[str, LeverState], clocks: dict[str, ClockState]
) -> tuple[dict[str, LeverState], dict[str, ClockState]]:
    """A whole deal ends the clocks: what was suspended is removed. What the law ends, ends as before."""
    settled = {
        key: (LeverState(now.level, 0.0, now.removed + now.suspended) if now.clock and not now.ends else now)
        for key, now in levers.items()
    }
    return settled, {k: c for k, c in clocks.items() if any(now.clock == k for now in settled.values())}
