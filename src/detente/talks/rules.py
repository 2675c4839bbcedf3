"""What a side may do on a day: which moves the protocol allows, and why it refuses the others."""

from __future__ import annotations

from datetime import date

from detente.core.errors import InvalidAgenda
from detente.core.places import name_of
from detente.strategy.agenda import KEEP
from detente.talks.game import LEVELS, Channel, Condition, Game, Package, makes_whole, soft_clock
from detente.talks.moves import Move, MoveKind
from detente.talks.state import ChannelState, TalksState

TEXT_LEVELS = ("deputy", "minister")
"""Levels whose meetings work on a text."""
SIGNING = "signing"
NOT_BEFORE_CONTACT = ("asks_first", "no_first_cut")
"""Conditions that bind a side's own moves, and stand before no contact or signature."""
INSULT_DAYS = 14
LEADERS_DAYS = 45
FRESH_DAYS = 30
TOGETHER_DAYS = 14
BROKEN_OFF_DAYS = 30
"""Talks that broke off rest for so many days at least; on record 40 after 9 May 2019."""


def health(channel: Channel, now: ChannelState, day: date) -> float:
    """Health of a channel on a day: it halves with every half-life without use."""
    if now.last is None:
        return now.health
    return now.health * 0.5 ** ((day - now.last).days / channel.half_life_days)


def holds(game: Game, state: TalksState, condition: Condition) -> bool:
    """Whether what a side requires is so on the day."""
    other = game.other(condition.by)
    if condition.kind == "no_ultimatum":
        return all(threat.by != other for threat in state.threats)
    if condition.kind == "no_humiliation":
        last = state.accused.get(other)
        return last is None or (state.day - last).days > INSULT_DAYS
    if condition.kind == "staff_first":
        return _met_below(game, state, len(LEVELS) - 1, 60)
    if condition.kind in ("first_move", "no_first_cut"):
        start = game.start.levers
        return any(state.levers[lever.id].level < start[lever.id].level for lever in game.own_levers[other])
    if condition.kind == "asks_first":
        return any(now.asked_by == other for now in state.channels.values())
    if condition.kind == "leaders_first":
        return any(
            now.last is not None and (state.day - now.last).days <= LEADERS_DAYS
            for key, now in state.channels.items()
            if game.channels[key].level == "leader"
        )
    raise AssertionError(condition.kind)


def _met_below(game: Game, state: TalksState, rank: int, within_days: int) -> bool:
    return any(
        game.channels[key].rank < rank and now.last is not None and (state.day - now.last).days <= within_days
        for key, now in state.channels.items()
    )


def prepared(game: Game, state: TalksState, channel: Channel) -> bool:
    """Whether the levels below have met, as the channel needs it."""
    return not channel.prepared_by or any(
        game.channels[key].level in channel.prepared_by
        and now.last is not None
        and (state.day - now.last).days <= channel.prepared_days
        for key, now in state.channels.items()
    )


def blocking(game: Game, state: TalksState, side: str, channel: Channel) -> list[Condition]:
    """Open conditions of a side that stand before a contact on this channel and do not hold."""
    if channel.track != "official":
        return []
    return [
        condition
        for key in sorted(state.conditions)
        if (condition := game.conditions[key]).by == side
        and condition.before != SIGNING
        and condition.kind not in NOT_BEFORE_CONTACT
        and LEVELS.index(condition.before) <= channel.rank
        and not holds(game, state, condition)
    ]


def in_session(game: Game, state: TalksState) -> Channel | None:
    """The official channel that meets on the day, the highest; None where none does."""
    found = None
    for key, now in state.channels.items():
        if now.meeting == state.day:
            channel = game.channels[key]
            if channel.track == "official" and (found is None or channel.rank > found.rank):
                found = channel
    return found


def kind_of(game: Game, state: TalksState, package: Package) -> str:
    """The kind of a package on the day: a part that with those signed settles the agenda is a whole deal."""
    if package.kind != "partial" or not state.signed:
        return package.kind
    settled = game.signed_options(state.signed) | dict(package.options)
    sides = {
        game.levers[change.lever].side
        for signed in (*(game.package(key) for key in state.signed), package)
        for change in signed.changes
        if game.levers[change.lever].on_trade
    }
    return "full" if makes_whole(len(settled), len(game.issues), sides == set(game.sides)) else "partial"


def rounds_held(state: TalksState, channel: Channel) -> int:
    """Rounds that have worked on a text, the meeting under way among them where its level does."""
    return state.rounds + (channel.level in TEXT_LEVELS)


def may_sign(game: Game, state: TalksState, channel: Channel, package: Package) -> bool:
    """Whether a level may sign a package, and nobody's condition before signing stands in the way."""
    return (
        kind_of(game, state, package) in channel.decides
        and rounds_held(state, channel) >= package.rounds
        and all(
            holds(game, state, condition)
            for key in sorted(state.conditions)
            if (condition := game.conditions[key]).before == SIGNING
            and condition.kind not in NOT_BEFORE_CONTACT
        )
    )


def refusal(game: Game, state: TalksState, move: Move) -> str:
    """Why a move cannot be made on the day; empty where it can."""
    if move.by not in game.sides:
        return f"{move.by} is no side of this dispute"
    return _CHECKS[move.kind](game, state, move)


def _wait(game: Game, state: TalksState, move: Move) -> str:
    return ""


def _channel(game: Game, move: Move) -> Channel | None:
    return game.channels.get(move.what)


def _ask(game: Game, state: TalksState, move: Move) -> str:
    channel = _channel(game, move)
    if channel is None:
        return f"no channel {move.what!r}: {', '.join(game.channels)}"
    if channel.track == "back":
        return "a back channel holds no meetings: send an emissary"
    now = state.channels[channel.id]
    if now.meeting is not None and now.meeting >= state.day:
        return f"a meeting is set for {now.meeting}"
    if now.asked_by:
        return f"{now.asked_by} has asked already"
    if move.day is not None and move.day <= state.day:
        return f"{move.day} is not after {state.day}"
    for key in sorted(state.conditions):
        condition = game.conditions[key]
        binds = condition.by == move.by and condition.kind == "asks_first"
        if binds and channel.track == "official" and LEVELS.index(condition.before) <= channel.rank:
            return f"you have said that the other side must ask: {condition.title}; waive it first"
    return ""


def _answer(game: Game, state: TalksState, move: Move) -> str:
    channel = _channel(game, move)
    if channel is None:
        return f"no channel {move.what!r}: {', '.join(game.channels)}"
    if state.channels[channel.id].asked_by != game.other(move.by):
        return "the other side has not asked for this contact"
    return ""


def _agree(game: Game, state: TalksState, move: Move) -> str:
    why = _answer(game, state, move)
    if why:
        return why
    channel = game.channels[move.what]
    if not prepared(game, state, channel):
        return f"nobody has prepared it: {' or '.join(channel.prepared_by)} level has not met lately"
    blocked = blocking(game, state, move.by, channel)
    if blocked:
        return f"your own condition stands: {blocked[0].title or blocked[0].kind}; waive it first"
    return ""


def _call_off(game: Game, state: TalksState, move: Move) -> str:
    channel = _channel(game, move)
    if channel is None:
        return f"no channel {move.what!r}: {', '.join(game.channels)}"
    meeting = state.channels[channel.id].meeting
    return "" if meeting is not None and meeting >= state.day else "no meeting is set"


def package_refusal(game: Game, state: TalksState, side: str, key: str) -> str:
    """Why a side can neither offer nor accept a package on the day, whoever meets; empty where it can."""
    try:
        package = game.package(key)
    except KeyError:
        return f"no package {key!r}"
    except InvalidAgenda as error:
        return f"{error.what}: {error.why}"
    if package.crosses:
        return crossed(game, side, package)
    again = state.settled & package.options.keys()
    if again:
        return f"it settles again what is signed: {', '.join(sorted(again))}"
    if game.composer is not None and key not in game.packages:
        return "; ".join(game.composer.unmet(package.options, game.signed_options(state.signed)))
    return ""


def crossed(game: Game, side: str, package: Package) -> str:
    """Whose red lines a package crosses, as one side is told: with its option and why."""
    kept = {issue: package.options.get(issue, KEEP) for issue in game.issues}
    why = [
        f"{'you never sign' if owner == side else name_of(owner) + ' never signs'} "
        f"{game.titles.get(issue, issue)}: {game.titles.get(f'{issue}={option}', option)} ({reason})"
        for issue, option in kept.items()
        for owner, reason in game.red_lines.get(f"{issue}={option}", ())
    ]
    whose = "your own red line" if side in package.crosses else "a red line of the other side"
    return f"it crosses {whose}" + (f": {'; '.join(why)}" if why else "")


def _emissary(game: Game, state: TalksState, move: Move) -> str:
    channel = _channel(game, move)
    if channel is None or channel.track == "official":
        named = [c.id for c in game.channels.values() if c.track != "official"]
        return f"{move.what!r} is no unofficial channel: {', '.join(named) or 'there is none'}"
    return package_refusal(game, state, move.by, move.package) if move.package else ""


def _offer(game: Game, state: TalksState, move: Move) -> str:
    if in_session(game, state) is None:
        return "no official meeting today: ask for one, or send an emissary"
    return package_refusal(game, state, move.by, move.what)


def _accept(game: Game, state: TalksState, move: Move) -> str:
    if in_session(game, state) is None:
        return "no official meeting today"
    offer = state.offers.get(game.other(move.by))
    if offer is None:
        return "the other side has no offer on the table"
    return package_refusal(game, state, move.by, offer.package)


def _sign_in_part(game: Game, state: TalksState, move: Move) -> str:
    why = _accept(game, state, move) or package_refusal(game, state, move.by, move.what)
    if why:
        return why
    offered = game.package(state.offers[game.other(move.by)].package).options
    part = game.package(move.what)
    if part.kind != "partial" or not part.options.items() < offered.items():
        return "it is not a part of what the other side offers"
    return ""


def _reject(game: Game, state: TalksState, move: Move) -> str:
    return "" if game.other(move.by) in state.offers else "the other side has no offer on the table"


def _extend(game: Game, state: TalksState, move: Move) -> str:
    clock = state.clocks.get(move.what)
    if clock is None:
        return f"no clock {move.what!r} runs: {', '.join(state.clocks) or 'none does'}"
    if game.clocks[move.what].kind == "hard":
        return "the law ends it; nobody can extend it"
    if game.clocks[move.what].kind == "soft":
        return "a day set in words is no law: set another, or let it pass"
    if move.by not in clock.expires:
        return "nothing of yours hangs on it"
    if move.by in clock.offered:
        return "you have offered that already"
    return "" if move.days > 0 else "days must be above 0"


def _pledge(game: Game, state: TalksState, move: Move) -> str:
    why = _extend(game, state, move)
    if not why and move.what in state.pledges.get(move.by, {}):
        return "you have pledged that already"
    return why


def _set_day(game: Game, state: TalksState, move: Move) -> str:
    if soft_clock(move.by) in state.clocks:
        return "a day that you set is open already"
    return "" if move.day is not None and move.day > state.day else "a day after today is needed"


def _disown(game: Game, state: TalksState, move: Move) -> str:
    channel = _channel(game, move)
    if channel is None or not channel.deniable:
        named = [c.id for c in game.channels.values() if c.deniable]
        return f"nothing said on {move.what!r} can be denied, but on: {', '.join(named) or 'no channel'}"
    offer = state.offers.get(move.by)
    return "" if offer is not None and offer.channel == move.what else "you have sent no offer through it"


def _together(game: Game, state: TalksState, move: Move) -> str:
    why = package_refusal(game, state, move.by, move.what)
    if why:
        return why
    package = game.package(move.what)
    sides = {game.levers[change.lever].side for change in package.changes}
    if len(sides) < 2 or any(change.how not in ("suspend", "licence") for change in package.changes):
        return "steps on the same day are such as both can take back: each suspends or licenses something"
    return ""


def _walk_out(game: Game, state: TalksState, move: Move) -> str:
    return "talks are broken off already" if state.broken_off_by else ""


def _own_lever(game: Game, move: Move) -> str:
    lever = game.levers.get(move.what)
    if lever is None or lever.side != move.by:
        own = ", ".join(lever.id for lever in game.own_levers[move.by])
        return f"{move.what!r} is none of your levers: {own}"
    return ""


def _threaten(game: Game, state: TalksState, move: Move) -> str:
    why = _raise(game, state, move)
    if why:
        return why
    if move.day is None or move.day <= state.day:
        return "a threat needs a day after today"
    if any(threat.by == move.by and threat.lever == move.what for threat in state.threats):
        return "that threat is open already"
    return ""


def _withdraw(game: Game, state: TalksState, move: Move) -> str:
    found = any(threat.by == move.by and threat.lever == move.what for threat in state.threats)
    return "" if found else "you have made no such threat"


def _raise(game: Game, state: TalksState, move: Move) -> str:
    why = _own_lever(game, move)
    if why:
        return why
    lever = game.levers[move.what]
    now = state.levers[move.what].level
    if any(step.lever == move.what for step in state.pending):
        return "a step on it is decided already"
    if move.level <= now:
        return f"{move.level:g} is not above {now:g}, which is in force"
    if not lever.steps:
        return "no authority on the day reaches it"
    if move.level > lever.steps[-1]:
        return f"the authority reaches {lever.steps[-1]:g} at most"
    return ""


def _impose(game: Game, state: TalksState, move: Move) -> str:
    why = _own_lever(game, move)
    if not why and not game.levers[move.what].is_duty:
        why = "it is no duty: restrict"
    return why or _raise(game, state, move)


def _restrict(game: Game, state: TalksState, move: Move) -> str:
    why = _own_lever(game, move)
    if not why and game.levers[move.what].is_duty:
        why = "it is a duty: impose"
    return why or _raise(game, state, move)


def _lower(game: Game, state: TalksState, move: Move) -> str:
    why = _own_lever(game, move)
    if why:
        return why
    now = state.levers[move.what].level
    if not 0 <= move.level < now:
        return f"{move.level:g} is not below {now:g}, which is in force"
    for key in sorted(state.conditions):
        condition = game.conditions[key]
        if condition.by == move.by and condition.kind == "no_first_cut" and not holds(game, state, condition):
            return (
                f"you have said that nothing is lowered alone: {condition.title}; waive it, or step together"
            )
    return ""


def _suspend(game: Game, state: TalksState, move: Move) -> str:
    return _lower(game, state, move) or ("" if move.days > 0 else "a suspension needs its days")


def _licence(game: Game, state: TalksState, move: Move) -> str:
    why = _own_lever(game, move)
    if not why and game.levers[move.what].is_duty:
        why = "it is a duty: suspend or remove"
    return why or _lower(game, state, move)


def _deny(game: Game, state: TalksState, move: Move) -> str:
    for claim in state.claims:
        if claim.id == move.what:
            if claim.by == move.by:
                return "it is your own claim"
            return "" if claim.standing == "open" else f"it is {claim.standing} already"
    return f"no claim {move.what!r}"


def _claim(game: Game, state: TalksState, move: Move) -> str:
    known = ("talks", "progress", "goodwill")
    return "" if move.what in known else f"a claim is about one of {', '.join(known)}"


def _require(game: Game, state: TalksState, move: Move) -> str:
    condition = game.conditions.get(move.what)
    if condition is None or condition.by != move.by:
        return f"{move.what!r} is no condition of yours"
    return "it is open already" if move.what in state.conditions else ""


def _waive(game: Game, state: TalksState, move: Move) -> str:
    condition = game.conditions.get(move.what)
    if condition is None or condition.by != move.by:
        return f"{move.what!r} is no condition of yours"
    return "" if move.what in state.conditions else "it is not open"


_CHECKS = {
    MoveKind.WAIT: _wait,
    MoveKind.ACCUSE: _wait,
    MoveKind.ASK: _ask,
    MoveKind.AGREE: _agree,
    MoveKind.DECLINE: _answer,
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
    MoveKind.RESTRICT: _restrict,
    MoveKind.SUSPEND: _suspend,
    MoveKind.REMOVE: _lower,
    MoveKind.LICENCE: _licence,
    MoveKind.CLAIM: _claim,
    MoveKind.DENY: _deny,
    MoveKind.REQUIRE: _require,
    MoveKind.WAIVE: _waive,
}
