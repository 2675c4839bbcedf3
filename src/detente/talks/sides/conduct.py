"""Parts away from the table: contacts, clocks, pressure, words in public."""

from __future__ import annotations

from datetime import date, timedelta

from detente.talks.game import Channel, soft_clock
from detente.talks.moves import Move, MoveKind
from detente.talks.rules import FRESH_DAYS, blocking, health, holds, kind_of, prepared, refusal, rounds_held
from detente.talks.sides.leaving import stays_away
from detente.talks.sides.together import joins, proposes_together
from detente.talks.sides.view import STALL_DAYS, View

THREAT_DAYS = 21
"""Days from a threat to its day, where nobody says otherwise."""
URGENT_DAYS = 21
MOST_URGENT = 4.0
"""How much more often than usual a side asks for a contact in the last weeks of a clock. Assumed."""
UNDER_WAY_DAYS = 7
"""Usual notice of a meeting: what was asked for in so many days before the first is under way on it."""
MOST_UNDER_WAY = 0.5
PLEDGE_DAYS = 14
"""Days before a clock runs out on which a side may say that it will extend. Assumed; 12 and 48 on record."""
PLEDGED = 0.25
"""How much less likely a side lets run out what it has said that it would extend. Assumed."""
PLEDGED_TO = 0.5
"""How much less likely it does where the other has said so. Assumed."""
COLD_HEALTH = 0.25
COLD_DAYS = 7
"""A channel below this health takes so many days more to bring about a meeting. Assumed."""
SOFT_SHARE = 0.2
"""Share of a side's claims that name a day instead. Assumed."""
SOFT_DAYS = 21
AGREED_URGENT = 3.0
"""The same while something agreed waits for its signature. Assumed."""
CALM = 0.6
"""How much less often a side threatens, or does what it threatened, around a meeting. Assumed."""
PROVOKED = 1.5
"""How much more often a side threatens within a month of being accused. Assumed."""
CONTROL_ANSWERED = 0.5
"""How often a control is answered for each time a duty is. Assumed: listings often pass without an answer."""


def keeps_in_touch(view: View) -> list[Move]:
    """Answers what it is asked, and asks at its usual rate: in bursts, and more often near a clock.

    A call of the leaders that lower levels have to prepare is asked for once their staff has met. Steps on
    one day are joined where they help, and proposed where a condition bars the contact that it would ask for.
    """
    moves = asks_rarely(view) or joins(view)
    if moves or stays_away(view):
        return moves
    if prepared_for := _leaders_next(view):
        return prepared_for
    rate = view.game.hazards.contact[view.side]
    if view.state.day == view.game.start.day:
        # Contacts that were asked for in the last days and that nobody knows of are under way.
        rate = min(MOST_UNDER_WAY, rate * _urgency(view) * UNDER_WAY_DAYS)
    elif view.draws.contact < rate * max(MOST_URGENT, view.game.hazards.most_after):
        rate *= _urgency(view)
    return _ask(view) if view.draws.contact < rate else []


def _leaders_next(view: View) -> list[Move]:
    """Asks for the leaders on the day after staff met, where they have not spoken since."""
    game, state = view.game, view.state
    for staff in game.official["staff"]:
        met = state.channels[staff].last
        if met is None or (state.day - met).days != 1:
            continue
        for leaders in game.official["leader"]:
            last = state.channels[leaders].last
            move = Move(MoveKind.ASK, view.side, leaders, day=_day(view, game.channels[leaders]))
            free = not refusal(game, state, move)
            if free and not blocking(game, state, view.other, game.channels[leaders]):
                return [] if last is not None and last >= met else [move]
    return []


def asks_rarely(view: View) -> list[Move]:
    """Answers what it is asked and never asks first."""
    moves: list[Move] = []
    for key, now in view.state.channels.items():
        if now.asked_by and now.asked_by != view.side:
            moves += _answer(view, view.game.channels[key])
    return moves


def _urgency(view: View) -> float:
    """How much more often than usual a side asks: by the days since the last contact, or near a clock."""
    left = view.days_left
    if left is not None and left <= URGENT_DAYS:
        return MOST_URGENT
    since = view.days_since_contact("deputy")
    usual = 1.0
    if since is not None:
        usual = next((f for most, f in view.game.hazards.contact_after if since <= most), 1.0)
    return max(usual, AGREED_URGENT) if view.state.agreed else usual


def _answer(view: View, channel: Channel) -> list[Move]:
    if stays_away(view) or not prepared(view.game, view.state, channel):
        return [Move(MoveKind.DECLINE, view.side, channel.id)]
    blocked = blocking(view.game, view.state, view.side, channel)
    if not blocked:
        return [Move(MoveKind.AGREE, view.side, channel.id)]
    if view.draws.react < _softening(view):
        waived = [Move(MoveKind.WAIVE, view.side, condition.id) for condition in blocked]
        return [*waived, Move(MoveKind.AGREE, view.side, channel.id)]
    return [Move(MoveKind.DECLINE, view.side, channel.id)]


def _softening(view: View) -> float:
    """Chance that a condition is given up for one contact: higher as duties cost more and a clock nears.

    Conditions stated in April 2025 stood in the way until May; threats of August and October did not keep
    ministers from Madrid and Kuala Lumpur. The two chances are assumed from these few cases.
    """
    left = view.days_left
    near = 0.7 if left is not None and left <= URGENT_DAYS else 0.4
    best = view.best
    cost = view.state.pressure[view.side] / best if best > 0 else 0.0
    return min(0.9, near + cost) / view.type.hawk


def _ask(view: View) -> list[Move]:
    """Asks at a level drawn as contacts on record were, or lower where that cannot be; else sends word.

    What is agreed goes to the lowest level that may sign it.
    """
    game, state = view.game, view.state
    for channel in _by_choice(view):
        move = Move(MoveKind.ASK, view.side, channel.id, day=_day(view, channel))
        if refusal(game, state, move) or not prepared(game, state, channel):
            continue
        if not blocking(game, state, view.other, channel):
            return [move]
        if steps := proposes_together(view):
            return steps
    for channel in game.channels.values():
        if channel.track != "official":
            return [Move(MoveKind.EMISSARY, view.side, channel.id)]
    return []


def _by_choice(view: View) -> list[Channel]:
    """Official channels in the order in which a side tries them."""
    game = view.game
    official = [c for c in game.channels.values() if c.track == "official"]
    official.sort(key=lambda channel: -channel.rank)
    agreed = game.package(view.state.agreed) if view.state.agreed else None
    if agreed is not None:
        kind = kind_of(game, view.state, agreed)
        able = [
            c for c in reversed(official)
            if kind in c.decides and rounds_held(view.state, c) >= agreed.rounds
        ]  # fmt: skip
        if able:
            return [*able, *(c for c in official if c not in able)]
    drawn, reached = "", 0.0
    for level, share in game.hazards.contact_levels.items():
        reached += share
        drawn = level
        if view.draws.spare < reached:
            break
    first = [c for c in official if c.level == drawn]
    below = [c for c in official if first and c.rank < first[0].rank]
    if drawn == "leader":
        # What staff can prepare goes to staff, and the leaders are asked for after it.
        below.sort(key=lambda channel: channel.rank)
    return [*first, *below]


def _day(view: View, channel: Channel) -> date:
    left = view.days_left
    wanted = channel.notice_days
    if health(channel, view.state.channels[channel.id], view.state.day) < COLD_HEALTH:
        wanted += COLD_DAYS
    if view.state.day == view.game.start.day:
        wanted = 1 + int(view.draws.react * wanted)  # Asked for some days ago.
    if left is not None and 2 < left <= wanted:
        wanted = left - 2
    return view.state.day + timedelta(days=max(1, wanted))


def extends_in_time(view: View) -> list[Move]:
    """Extends its part of a clock in the last days, unless it lets the clock run out; may say so before."""
    moves = []
    side, today = view.side, view.state.day
    days_before = 2 if view.game.sides[0] == side else 1
    for key, clock in view.state.clocks.items():
        day = clock.expires.get(side)
        left = 0 if day is None else (day - today).days
        if left not in (days_before, PLEDGE_DAYS):
            continue
        open_ = view.game.clocks[key].kind == "extendable" and side not in clock.offered
        if not open_ or _lets_it_lapse(view, key):
            continue
        said = view.state.pledges.get(side, {}).get(key)
        if left == days_before:
            days = said or view.game.clocks[key].extension_days
            moves.append(Move(MoveKind.EXTEND, side, key, days=days))
        elif said is None and view.session is None and view.meeting_near:
            moves.append(Move(MoveKind.PLEDGE, side, key, days=view.game.clocks[key].extension_days))
    return moves


def _lets_it_lapse(view: View, clock: str) -> bool:
    chance = view.game.hazards.lapse * view.type.hawk
    since = view.days_since_contact()
    if since is None or since > STALL_DAYS or view.state.broken_off_by:
        chance *= 2
    elif since <= FRESH_DAYS:
        chance /= 2
    if clock in view.state.pledges.get(view.side, {}):
        chance *= PLEDGED
    if clock in view.state.pledges.get(view.other, {}):
        chance *= PLEDGED_TO
    return view.draws.carry_out < min(0.95, chance)


def presses(view: View) -> list[Move]:
    """Answers a raise in kind, carries its threats out or lets them go, and threatens at its usual rate."""
    return _react(view) or _replace(view) or _carry_out(view) or _threaten(view) or _control(view)


def answers_in_kind(view: View) -> list[Move]:
    """Answers a raise in kind and starts none, but for controls and listings at its usual rate."""
    return _react(view) or _replace(view) or _carry_out(view) or _control(view)


def _replace(view: View) -> list[Move]:
    """Puts the soonest other duty on all goods in the place of one that a court struck down for good."""
    struck = view.state.struck.get(view.side)
    if struck is None or (view.state.day - struck).days != 1:
        return []
    if view.draws.react >= view.game.hazards.replaced:
        return []
    ready = sorted(
        (lever for lever in view.game.own_levers[view.side] if lever.is_duty and lever.broad and lever.steps),
        key=lambda lever: (lever.notice_days, lever.id),
    )
    for lever in ready:
        move = Move(MoveKind.IMPOSE, view.side, lever.id, level=lever.steps[0])
        if not lever.contested and not refusal(view.game, view.state, move):
            return [move]
    return []


def sets_a_day(view: View) -> list[Move]:
    """Names a day in words for an agreement, where none runs and talks are on: no law hangs on it."""
    if view.draws.signal >= SOFT_SHARE * view.game.hazards.claim[view.side]:
        return []
    if view.days_to_bargain is not None or not view.meeting_near or view.session is not None:
        return []
    day = view.state.day + timedelta(days=SOFT_DAYS)
    move = Move(MoveKind.SET_DAY, view.side, soft_clock(view.side), day=day)
    return [] if refusal(view.game, view.state, move) else [move]


def _react(view: View) -> list[Move]:
    theirs = view.state.raised.get(view.other)
    if theirs is None or (view.state.day - theirs[0]).days > 1:
        return []
    own = view.state.raised.get(view.side)
    if own is not None and own[0] >= theirs[0]:
        return []
    duty = view.game.levers[theirs[1]].on_trade
    chance = view.game.hazards.matched[view.side] * view.type.hawk * (1.0 if duty else CONTROL_ANSWERED)
    if view.draws.react >= min(0.98, chance):
        return []
    return _alike(view, theirs[1]) or _raise(view, duty)


def _alike(view: View, theirs: str) -> list[Move]:
    """The same in return: a duty on all goods for one, at the step nearest to theirs."""
    game, state = view.game, view.state
    theirs_now = max(
        [state.levers[theirs].level, *(step.level for step in state.pending if step.lever == theirs)]
    )
    best, found = float("inf"), None
    for lever in game.own_levers[view.side]:
        if not (lever.is_duty and lever.broad and game.levers[theirs].broad):
            continue
        for step in lever.steps:
            move = Move(MoveKind.IMPOSE, view.side, lever.id, level=step)
            if step <= state.levers[lever.id].level or refusal(game, state, move):
                continue
            gap = abs(step - theirs_now) + lever.notice_days
            if gap < best:
                best, found = gap, move
    return [found] if found is not None else []


def _raise(view: View, duty: bool) -> list[Move]:
    """The next step up on the lever of a kind that costs the other side most for what it costs itself.

    Where it has none of that kind, of the other.
    """
    return _strongest(view, duty) or _strongest(view, not duty)


def _strongest(view: View, duty: bool) -> list[Move]:
    best, found = float("-inf"), None
    game = view.game
    for lever in game.own_levers[view.side]:
        if lever.on_trade is not duty:
            continue
        now = view.state.levers[lever.id].level
        higher = [step for step in lever.steps if step > now]
        if not higher:
            continue
        kind = MoveKind.IMPOSE if lever.is_duty else MoveKind.RESTRICT
        move = Move(kind, view.side, lever.id, level=higher[0])
        if refusal(game, view.state, move):
            continue
        rise = higher[0] - now
        own = game.cost[view.side].get(lever.id, 0.0) * rise
        theirs = game.cost[view.other].get(lever.id, 0.0) * rise
        worth = theirs - own - 0.001 * lever.notice_days
        if worth > best:
            best, found = worth, move
    return [found] if found is not None else []


def _carry_out(view: View) -> list[Move]:
    for threat in view.state.threats:
        if threat.by != view.side or (threat.due - view.state.day).days > 1:
            continue
        chance = min(0.95, view.game.hazards.carried_out[view.side] * view.type.hawk)
        if view.meeting_near:
            chance *= CALM / 2
        if view.draws.carry_out < chance:
            kind = MoveKind.IMPOSE if view.game.levers[threat.lever].is_duty else MoveKind.RESTRICT
            move = Move(kind, view.side, threat.lever, level=threat.level)
            if not refusal(view.game, view.state, move):
                return [move]
        if view.meeting_near:
            return [Move(MoveKind.WITHDRAW, view.side, threat.lever)]
    return []


def _threaten(view: View) -> list[Move]:
    rate = view.game.hazards.threat[view.side] * view.type.hawk
    if view.draws.press >= rate * PROVOKED:
        return []
    if view.meeting_near:
        rate *= CALM
    accused = view.state.accused.get(view.other)
    if accused is not None and (view.state.day - accused).days <= FRESH_DAYS:
        rate *= PROVOKED
    if view.draws.press >= rate:
        return []
    raising = _strongest(view, True)
    if not raising:
        return []
    day = view.state.day + timedelta(days=THREAT_DAYS)
    threat = Move(MoveKind.THREATEN, view.side, raising[0].what, level=raising[0].level, day=day)
    return [] if refusal(view.game, view.state, threat) else [threat]


def _control(view: View) -> list[Move]:
    """A new control or listing at the side's usual rate; these seldom come with a threat before them."""
    rate = view.game.hazards.control[view.side] * view.type.hawk
    if view.draws.control >= rate or view.session is not None:
        return []
    for lever in view.game.own_levers[view.side]:
        now = view.state.levers[lever.id]
        higher = [step for step in lever.steps if step > now.level]
        # A new control breaks no truce; putting back on what is suspended would.
        if lever.on_trade or not higher or now.suspended:
            continue
        move = Move(MoveKind.RESTRICT, view.side, lever.id, level=higher[0])
        if not refusal(view.game, view.state, move):
            return [move]
    return []


def quiet(view: View) -> list[Move]:
    """Says nothing in public but denies what it must while its own condition stands."""
    return _denials(view)


def protests(view: View) -> list[Move]:
    """Accuses after a raise that the other side began, and denies while its own condition stands."""
    return _denials(view) + _accusation(view)


def _accusation(view: View) -> list[Move]:
    """Two days after a raise, unless its own came before and is what was answered."""
    theirs, own = view.state.raised.get(view.other), view.state.raised.get(view.side)
    if theirs is None or (view.state.day - theirs[0]).days != 2:
        return []
    began = own is None or own[0] > theirs[0] or (theirs[0] - own[0]).days > FRESH_DAYS
    # Of two on one day the first side in the record's order moved first.
    if own is not None and own[0] == theirs[0]:
        began = view.side != view.game.sides[0]
    return [Move(MoveKind.ACCUSE, view.side, "breach")] if began else []


def speaks(view: View) -> list[Move]:
    """Claims progress at its usual rate, accuses after a raise, denies while its own condition stands.

    Where no clock runs it may name a day in words instead of a claim.
    """
    moves = protests(view)
    if any(move.kind is MoveKind.ACCUSE for move in moves):
        return moves
    if day := sets_a_day(view):
        return [*moves, *day]
    if view.draws.signal < view.game.hazards.claim[view.side]:
        about = "talks" if view.meeting_near else ("progress" if view.state.offers else "goodwill")
        moves.append(Move(MoveKind.CLAIM, view.side, about))
    return moves


def _denials(view: View) -> list[Move]:
    if not view.state.claims:
        return []
    mine = [
        key
        for key in view.state.conditions
        if (condition := view.game.conditions[key]).by == view.side
        and not holds(view.game, view.state, condition)
    ]
    moves = []
    for claim in view.state.claims:
        if claim.by != view.other or claim.standing != "open" or claim.day != view.state.day:
            continue
        untrue = claim.true is False
        chance = view.game.hazards.denied if untrue or mine else 0.0
        if view.draws.spare < chance:
            moves.append(Move(MoveKind.DENY, view.side, claim.id))
            # What is denied cannot stand as an offer: word sent through an envoy was never sent.
            offer = view.state.offers.get(view.side)
            if offer is not None and view.game.channels[offer.channel].deniable and len(moves) == 1:
                moves.append(Move(MoveKind.DISOWN, view.side, offer.channel))
    return moves
