"""A play told: who said or did what on which day, and why it ended."""

from __future__ import annotations

from datetime import date

from detente.core.places import name_of
from detente.talks.game import Game, Lever, Package, options_in, soft_clock
from detente.talks.moves import Event, EventKind, Move, MoveKind
from detente.talks.run import Transcript
from detente.talks.state import Standing

WHY = {
    Standing.NONE: "nothing was decided",
    Standing.EXTENSION: "the truce was extended",
    Standing.PARTIAL_DEAL: "they signed a part",
    Standing.DEAL: "they signed a deal",
    Standing.LAPSE: "the clock ran out and what was suspended came back",
    Standing.ESCALATION: "duties went up",
    Standing.BREAKDOWN: "talks were broken off",
}
"""Each standing in words."""

MOST_NAMED = 6
"""Steps of a side that are named."""
HOW = {"suspend": "suspends", "remove": "lowers", "licence": "eases", "impose": "puts on"}
TOLD_BY_EVENT = (MoveKind.EXTEND, MoveKind.CALL_OFF)
"""Moves of which what became of them is told, an event of its own."""
CLAIMS = {
    "talks": "says in public that talks are going on",
    "progress": "says in public that there is progress",
    "goodwill": "speaks in public of good relations, without content",
}


def told(game: Game, transcript: Transcript) -> list[tuple[date, str]]:
    """(day, sentence) for every event worth telling, in order."""
    found = []
    for event in transcript.events:
        words = sentence(game, event)
        if words:
            found.append((event.day, words))
    return found


def ending(game: Game, transcript: Transcript) -> str:
    """Why it ended: what last decided how talks stand, with its day and the act that did it."""
    day, standing = transcript.standings[-1]
    if standing is Standing.NONE:
        return f"By {transcript.end} {WHY[standing]}: {_undecided(game, transcript)}."
    acts = [
        words
        for event in transcript.events
        if _decides(event, standing) and abs((event.day - day).days) <= 1 and (words := sentence(game, event))
    ]
    what = f" {acts[-1]}" if acts else ""
    return f"By {transcript.end} {WHY[standing]} ({day}).{what}"


DECIDE = {
    Standing.EXTENSION: (EventKind.EXTENDED,),
    Standing.PARTIAL_DEAL: (EventKind.SIGNED,),
    Standing.DEAL: (EventKind.SIGNED,),
    Standing.LAPSE: (EventKind.LAPSED,),
    Standing.ESCALATION: (EventKind.IN_FORCE,),
}
"""Events that bring a standing about; a breakdown is a move."""


def _decides(event: Event, standing: Standing) -> bool:
    if standing is Standing.BREAKDOWN:
        return event.move is not None and event.move.kind is MoveKind.WALK_OUT
    return event.kind in DECIDE.get(standing, ())


def _undecided(game: Game, transcript: Transcript) -> str:
    """How far talks came that decided nothing."""
    met = sum(
        event.kind is EventKind.MET and game.channels[event.what].track == "official"
        for event in transcript.events
    )
    if not met:
        return "no official meeting was held"
    held = f"{met} official meeting{'s' if met > 1 else ''} held"
    if transcript.final.agreed:
        return f"{held}, and what was agreed in principle was not signed"
    offers = any(e.move is not None and e.move.kind is MoveKind.OFFER for e in transcript.events)
    return f"{held}, and no offer was taken" if offers else f"{held}, and nobody made an offer"


def sentence(game: Game, event: Event) -> str:
    """One event in words; empty where it goes without saying."""
    if event.kind is EventKind.MOVE:
        assert event.move is not None
        if event.move.kind in TOLD_BY_EVENT:
            return ""
        return move_words(game, event.move)
    by = name_of(event.by) if event.by in game.sides else event.by
    what = thing(game, event.what)
    if event.kind is EventKind.MET:
        channel = game.channels[event.what]
        people = " and ".join(channel.people[s] for s in game.sides if s in channel.people)
        who = f"{channel.title} ({people})" if people else channel.title
        return f"{_capital(who)} meet."
    words = {
        EventKind.NOT_MET: f"The meeting of {what} does not take place: {by} calls it off.",
        EventKind.SIGNED: f"Signed{' on the same day, neither first' if event.note else ''}: {what}.",
        EventKind.AGREED: f"Agreed in principle, for those who may sign it: {what}.",
        EventKind.NOT_RATIFIED: f"{by} cannot get it past those at home: {what}.",
        EventKind.EXTENDED: f"The truce is extended: {what}{_days(event.note)}.",
        EventKind.EXTENDED_ALONE: f"{by} extends its own part{_days(event.note)}; the other has not yet.",
        EventKind.LAPSED: f"The clock has run out: {what} of {by} is at {_level(game, event)}.",
        # A control bites the day after it is decided, which has been told.
        EventKind.IN_FORCE: f"In force: {what} of {by} at {_level(game, event)}."
        if _is_duty(game, event.what)
        else "",
        EventKind.THREAT_PASSED: f"The day of {by}'s threat passes and nothing is done: {what}.",
        EventKind.CLAIM_CONFIRMED: f"What {by} said of talks is borne out: the two are in touch.",
        EventKind.CLAIM_CONTRADICTED: f"Nothing followed what {by} said of talks: it stands contradicted.",
        EventKind.PLEDGE_BROKEN: f"{by} had pledged to extend and did not: {what}. Its word counts for less.",
        EventKind.DAY_PASSED: f"The day set by {by} passes: no law hangs on it; its word counts for less.",
        EventKind.RULING: f"A court strikes down for good: {what}.",
        EventKind.RULING_STAYED: f"A court strikes down {what}; stayed, the last word due by {event.note}.",
        EventKind.UPHELD: f"The last court lets stand: {what}.",
        EventKind.PARTNER: _partner(event),
        EventKind.INCIDENT: "An incident nobody at the table wanted"
        + (f" puts off the meeting of {what}." if what else " strains relations."),
        EventKind.CONDITION_MET: f"A condition of {by} is met: {what}.",
    }
    return words.get(event.kind, "")


def move_words(game: Game, move: Move) -> str:
    """One move in words."""
    by, what = name_of(move.by), thing(game, move.what)
    level = level_words(game.levers[move.what], move.level) if move.what in game.levers else ""
    words = {
        MoveKind.ASK: f"{by} asks for a contact of {what} on {move.day}.",
        MoveKind.AGREE: f"{by} agrees to meet: {what}.",
        MoveKind.DECLINE: f"{by} declines: {what}.",
        MoveKind.EMISSARY: f"{by} sends word through {what}, to be denied if asked"
        f"{': ' + thing(game, move.package) if move.package else ''}.",
        MoveKind.OFFER: f"{by} offers: {what}.",
        MoveKind.ACCEPT: f"{by} accepts.",
        MoveKind.EXTEND: f"{by} extends its own part of {what} by {move.days} days.",
        MoveKind.CALL_OFF: f"{by} calls the meeting off: {what}.",
        MoveKind.PLEDGE: f"{by} says in public that it will extend its part of {what} by {move.days} days.",
        MoveKind.SET_DAY: f"{by} wants it settled by {move.day}, in words alone.",
        MoveKind.DISOWN: f"{by} disowns what it said through {what}: nobody spoke for it.",
        MoveKind.SIGN_IN_PART: f"{by} would sign a part: {what}.",
        MoveKind.REJECT: f"{by} rejects the offer.",
        MoveKind.TOGETHER: f"{by} would take this step if the other takes its own on the same day: {what}.",
        MoveKind.WALK_OUT: f"{by} breaks talks off.",
        MoveKind.THREATEN: f"{by} threatens {what}, {level}, by {move.day}.",
        MoveKind.WITHDRAW: f"{by} withdraws its threat: {what}.",
        MoveKind.IMPOSE: f"{by} decides on {what}, {level}.",
        MoveKind.RESTRICT: f"{by} puts on {what}, {level}.",
        MoveKind.SUSPEND: f"{by} suspends part of {what}, to {level}, for {move.days} days.",
        MoveKind.REMOVE: f"{by} lowers {what} for good, to {level}.",
        MoveKind.LICENCE: f"{by} gives licences under {what}.",
        MoveKind.ACCUSE: f"{by} accuses the other of a breach.",
        MoveKind.CLAIM: f"{by} {CLAIMS.get(move.what, 'speaks in public')}.",
        MoveKind.DENY: f"{by} denies it: there are no such talks.",
        MoveKind.REQUIRE: f"{by} sets a condition: {what}.",
        MoveKind.WAIVE: f"{by} gives up a condition: {what}.",
    }
    said = f" \u201c{move.words}\u201d" if move.words else ""
    return words.get(move.kind, "") + said


def thing(game: Game, key: str) -> str:
    """A lever, package, channel, clock or condition in words."""
    if not key:
        return ""
    if key in game.packages or options_in(key):
        return package_words(game, game.package(key))
    for table in (game.channels, game.levers, game.conditions):
        if key in table:
            return table[key].title or key
    if key in game.clocks:
        soft = next((side for side in game.sides if key == soft_clock(side)), "")
        return f"the day set by {name_of(soft)}" if soft else f"the clock of {key}"
    return ", ".join(thing(game, part) for part in key.split(", ")) if ", " in key else key


def package_words(game: Game, package: Package) -> str:
    """A package by what each side does; of a long one the first steps of each, and how many more."""
    if package.kind == "extension":
        return f"{package.extends_days} days more on the clock"
    parts = []
    for side in game.sides:
        steps = [what for by, what in steps_of(game, package) if by == side]
        if steps:
            left = len(steps) - MOST_NAMED
            more = f", and {left} more step{'s' if left > 1 else ''}" if left > 0 else ""
            parts.append(f"{name_of(side)} {', '.join(steps[:MOST_NAMED])}{more}")
    return "; ".join(parts) or package.key


def steps_of(game: Game, package: Package) -> list[tuple[str, str]]:
    """(side, what it does) for each step of a package; what it does to levers where none is in words."""
    found = []
    for issue, option in package.options.items():
        key = f"{issue}={option}"
        if key in game.does:
            found += game.does[key]
    return found or [
        (lever.side, f"{HOW[change.how]} {lever.title} ({level_words(lever, change.level)})")
        for change in package.changes
        for lever in (game.levers[change.lever],)
    ]


def level_words(lever: Lever, level: float) -> str:
    """The level of a lever in words: percent of a duty, the part in force of a control or list."""
    if lever.is_duty:
        return f"{level:g} percent"
    return "in full" if level >= 1 else ("none" if level == 0 else f"{level:.0%} of it")


def _is_duty(game: Game, key: str) -> bool:
    return key in game.levers and game.levers[key].is_duty


def _level(game: Game, event: Event) -> str:
    lever = game.levers.get(event.what)
    return "" if lever is None else level_words(lever, float(event.note or 0))


PARTNER = {
    "supports": "loses by the rise of duties ({gain} percent of its income a year) and speaks for a deal",
    "opposes": "loses by the fall of duties ({gain} percent of its income a year) and speaks against more",
    "diverts": "gains from the duties in force ({gain} percent of its income a year): goods go through it",
    "retaliates": "answers a clause that shuts it out with measures of its own",
    "watches": "has nothing more to answer",
}
"""What a third country does, in words."""


def _partner(event: Event) -> str:
    if event.kind is not EventKind.PARTNER:
        return ""
    stance, _, gain = event.note.partition(" ")
    return f"{name_of(event.what)} {PARTNER[stance].format(gain=f'{float(gain):+.2f}')}."


def _days(note: str) -> str:
    return f" by {note} days" if note else ""


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
