"""The other side's likeliest replies to a move, by plays of the game, each with what it did before.

The move is made, then many plays go on from it; the first act of the other side that answers it within the
window is its reply. Odds are shares of plays. A precedent is an entry of the record known on the day.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from detente.core.days import parse_moment
from detente.record.entries import Agreement, Claim, Denial, Instrument, Measure, Precondition, Talk, Threat
from detente.record.files import Record
from detente.talks.draws import QUIET
from detente.talks.game import Game
from detente.talks.happened import new_controls, new_duties
from detente.talks.moves import EventKind, Move, MoveKind
from detente.talks.odds import to_five_points
from detente.talks.protocol import act
from detente.talks.run import Transcript, play
from detente.talks.sides.named import negotiator
from detente.talks.sides.negotiator import Negotiator
from detente.talks.state import TalksState

SILENT = "silent"
REPLIES = {
    "raises_duties": "raises duties",
    "restricts": "puts on controls or listings",
    "threatens": "threatens",
    "meets": "asks for or agrees to a meeting",
    "declines": "declines to meet, or calls a meeting off",
    "breaks_off": "breaks talks off",
    "signs": "signs, extends or steps back together",
    "lowers": "lowers or suspends something alone",
    "denies": "denies in public what was claimed",
    "accuses": "accuses in public",
    "claims": "speaks well of the talks in public",
    "pledges": "says in public that it will extend",
    "sets_a_day": "sets a day in words",
    "sends_word": "sends word through an envoy",
    "gives_up": "gives up a condition of its own",
    SILENT: "does nothing that answers it",
}
"""Kinds of reply, in words."""

OF_MOVE = {
    MoveKind.IMPOSE: "raises_duties",
    MoveKind.RESTRICT: "restricts",
    MoveKind.THREATEN: "threatens",
    MoveKind.ASK: "meets",
    MoveKind.AGREE: "meets",
    MoveKind.DECLINE: "declines",
    MoveKind.CALL_OFF: "declines",
    MoveKind.WALK_OUT: "breaks_off",
    MoveKind.ACCEPT: "signs",
    MoveKind.EXTEND: "signs",
    MoveKind.TOGETHER: "signs",
    MoveKind.SUSPEND: "lowers",
    MoveKind.REMOVE: "lowers",
    MoveKind.LICENCE: "lowers",
    MoveKind.DENY: "denies",
    MoveKind.ACCUSE: "accuses",
    MoveKind.CLAIM: "claims",
    MoveKind.PLEDGE: "pledges",
    MoveKind.SET_DAY: "sets_a_day",
    MoveKind.EMISSARY: "sends_word",
    MoveKind.DISOWN: "denies",
    MoveKind.WAIVE: "gives_up",
}
LIKES = {
    "raises_duties": "new duties",
    "restricts": "new controls and listings",
    "threatens": "threats",
    "accuses": "accusations",
    "claims": "claims",
    "denies": "denials",
    "lowers": "steps down alone",
    "signs": "agreements",
}
"""Kinds of a side's own acts whose earlier cases are followed up, in words."""
WORDS_ONLY = ("claims", "gives_up")
"""Replies that count only where no act follows: a condition is given up for the sake of what comes next."""
WINDOW_DAYS = 30
PRECEDENTS = 3


@dataclass(frozen=True)
class Reply:
    """One kind of reply.

    Attributes:
        kind: a key of `REPLIES`.
        odds: share of plays, rounded to five points.
        without: the same of plays in which the move is not made; None where no move is asked about.
        median_days: days from the move to it, in the plays where it came.
        example: the commonest act of that kind, as an id of what it was done with.
        precedents: entries of the record in which the side did the like, the latest first.
        n: how many such entries there are.
        followed, of: after how many of the first side's new duties it did so within 30 days, and of how many.
        like_followed, like_of: the same after its earlier acts like the move.
    """

    kind: str
    odds: float
    median_days: int | None
    example: str
    precedents: tuple[dict[str, Any], ...]
    n: int
    followed: int
    of: int
    without: float | None = None
    like_followed: int = 0
    like_of: int = 0


@dataclass(frozen=True)
class Memo:
    """What to expect of a move.

    Attributes:
        side, other: whose move, and who answers.
        moves: what is done; none asks what the other side does next by itself.
        runs: plays.
        replies: the three likeliest, likeliest first.
        rest: odds of all other replies together.
        like: earlier acts of the side like the move, in words; empty where there is no such kind.
    """

    side: str
    other: str
    moves: tuple[Move, ...]
    runs: int
    replies: tuple[Reply, ...]
    rest: float
    like: str = ""


def memo(
    record: Record,
    game: Game,
    side: str,
    moves: Sequence[Move],
    *,
    runs: int = 400,
    seed: int = 0,
    window_days: int = WINDOW_DAYS,
    negotiators: Mapping[str, Negotiator] | None = None,
) -> Memo:
    """The other side's three likeliest replies.

    Args:
        record: the record cut to the day (`as_known`).
        game: as on the day.
        side: whose move it is.
        moves: made on the first day, in their order.

    Raises:
        IllegalMove: one of the moves.
    """
    other = game.other(side)
    state = game.start
    for move in moves:
        state, _ = act(game, state, move, QUIET)
    sides = negotiators or {s: negotiator(game.negotiators[s]) for s in game.sides}

    def replies_from(start: TalksState) -> list[tuple[str, int, str]]:
        # The game's first state stays the yardstick of what has been raised, the move itself included.
        plays = (play(game, sides, seed, run, days=window_days, start=start) for run in range(runs))
        return [_first_reply(one, other) for one in plays]

    seen = replies_from(state)
    odds = _odds(seen)
    usual = _odds(replies_from(game.start)) if moves else None
    ranked = sorted(odds, key=lambda kind: (-_count(seen, kind), kind))[:3]
    kind = next((OF_MOVE[m.kind] for m in moves if OF_MOVE.get(m.kind) in LIKES), "")
    like = PRECEDENT[kind](record, side) if kind else []
    replies = tuple(
        _reply(record, other, one, odds[one], None if usual is None else usual.get(one, 0.0), seen, like)
        for one in ranked
    )
    rest = round(1 - sum(reply.odds for reply in replies), 2)
    return Memo(side, other, tuple(moves), runs, replies, rest, LIKES.get(kind, "") if like else "")


def _count(seen: Sequence[tuple[str, int, str]], kind: str) -> int:
    return sum(one == kind for one, _, _ in seen)


def _odds(seen: Sequence[tuple[str, int, str]]) -> dict[str, float]:
    return to_five_points({kind: float(_count(seen, kind)) for kind in dict.fromkeys(k for k, _, _ in seen)})


def _first_reply(transcript: Transcript, other: str) -> tuple[str, int, str]:
    """The first act of a side; kind words count only where there is no act."""
    words = (SILENT, -1, "")
    for event in transcript.events:
        if event.kind is EventKind.MOVE and event.by == other and event.move is not None:
            kind = OF_MOVE.get(event.move.kind)
            found = (kind or "", (event.day - transcript.start).days, event.what)
            if kind in WORDS_ONLY:
                words = found if words[0] == SILENT else words
            elif kind is not None:
                return found
    return words


def _reply(
    record: Record,
    side: str,
    kind: str,
    odds: float,
    without: float | None,
    seen: Sequence[tuple[str, int, str]],
    like: Sequence[tuple[date, str]],
) -> Reply:
    days = sorted(after for what, after, _ in seen if what == kind and after >= 0)
    whats = [what for k, _, what in seen if k == kind and what]
    found = sorted(PRECEDENT[kind](record, side), key=lambda pair: (pair[0], pair[1]), reverse=True)
    window = timedelta(days=WINDOW_DAYS)
    answers = [one for one in found if any(made <= one[0] <= made + window for made, _ in like)]
    shown = [_shown(record, entry, day) for day, entry in (*answers, *(o for o in found if o not in answers))]
    followed, of = _after_duties(record, side, found)
    like_days = {made for made, _ in like}
    named = whats and kind not in ("denies", "claims", "accuses")
    return Reply(
        kind,
        odds,
        days[len(days) // 2] if days else None,
        max(sorted(set(whats)), key=whats.count) if named else "",
        tuple(shown[:PRECEDENTS]),
        len(found),
        followed,
        of,
        without,
        sum(any(made <= day <= made + window for day, _ in found) for made in like_days),
        len(like_days),
    )


def _shown(record: Record, entry_id: str, day: date) -> dict[str, Any]:
    entry = record.entries[entry_id]
    return {"id": entry_id, "day": day.isoformat(), "title": entry.title, "kind": entry.kind}


Precedents = Callable[[Record, str], list[tuple[date, str]]]


def _duties(record: Record, side: str) -> list[tuple[date, str]]:
    return [(event.day, event.entry) for event in new_duties(record, side)]


def _controls(record: Record, side: str) -> list[tuple[date, str]]:
    return [(event.day, event.entry) for event in new_controls(record) if event.side == side]


def _threats(record: Record, side: str) -> list[tuple[date, str]]:
    return [(_day(t.date), t.id) for t in record.of(Threat) if t.by.side == side]


def _meetings(record: Record, side: str) -> list[tuple[date, str]]:
    held = [t for t in record.of(Talk) if t.state == "held" and t.track == "official"]
    held = [t for t in held if t.mode in ("in_person", "phone", "video")]
    asked = [t for t in held if t.asked_by not in (None, side)]
    return [(_day(t.date), t.id) for t in asked or held]


def _called_off(record: Record, side: str) -> list[tuple[date, str]]:
    return [(_day(t.date), t.id) for t in record.of(Talk) if t.state == "called_off"]


def _declined(record: Record, side: str) -> list[tuple[date, str]]:
    """Meetings called off, and conditions that it set before it would meet."""
    set_ = [(_day(p.date), p.id) for p in record.of(Precondition) if p.by.side == side and p.date]
    return _called_off(record, side) + set_


def _signed(record: Record, side: str) -> list[tuple[date, str]]:
    return [(_day(a.date or a.start), a.id) for a in record.of(Agreement)]


def _lowered(record: Record, side: str) -> list[tuple[date, str]]:
    """Suspensions and cuts of a side that no agreement of both brought about."""
    found = []
    for measure in record.of(Measure):
        if measure.imposing != side or measure.instrument is Instrument.OTHER:
            continue
        for state in measure.states:
            lowers = state.status.value in ("suspended", "ceased", "revoked", "withdrawn")
            if lowers and not isinstance(record.get(state.cause or ""), Agreement):
                found.append((_day(state.effective), measure.id))
    return found


def _denials(record: Record, side: str) -> list[tuple[date, str]]:
    return [(_day(d.date), d.id) for d in record.of(Denial) if d.by.side == side]


def _accusations(record: Record, side: str) -> list[tuple[date, str]]:
    return [(_day(c.date), c.id) for c in record.of(Claim) if c.by.side == side and c.accusation]


def _claims(record: Record, side: str) -> list[tuple[date, str]]:
    return [(_day(c.date), c.id) for c in record.of(Claim) if c.by.side == side and not c.accusation]


def _pledges(record: Record, side: str) -> list[tuple[date, str]]:
    """Agreements that begin where another ends: extensions that were spoken of."""
    ends = {_day(a.end) for a in record.of(Agreement) if a.end}
    return [(_day(a.date or a.start), a.id) for a in record.of(Agreement) if _day(a.start) in ends]


def _words_sent(record: Record, side: str) -> list[tuple[date, str]]:
    return [(_day(t.date), t.id) for t in record.of(Talk) if t.track in ("back", "business") and t.date]


def _given_up(record: Record, side: str) -> list[tuple[date, str]]:
    own = [p for p in record.of(Precondition) if p.by.side == side and p.outcome in ("waived", "dropped")]
    return [(_day(p.date), p.id) for p in own if p.date]


def _days_set(record: Record, side: str) -> list[tuple[date, str]]:
    return [(_day(t.date), t.id) for t in record.of(Threat) if t.by.side == side and t.deadline]


def _none(record: Record, side: str) -> list[tuple[date, str]]:
    return []


def _day(text: str | None) -> date:
    return parse_moment(text or "").day


PRECEDENT: dict[str, Precedents] = {
    "raises_duties": _duties,
    "restricts": _controls,
    "threatens": _threats,
    "meets": _meetings,
    "declines": _declined,
    "breaks_off": _called_off,
    "signs": _signed,
    "lowers": _lowered,
    "denies": _denials,
    "accuses": _accusations,
    "claims": _claims,
    "pledges": _pledges,
    "sets_a_day": _days_set,
    "sends_word": _words_sent,
    "gives_up": _given_up,
    SILENT: _none,
}


def _after_duties(record: Record, side: str, answers: Sequence[tuple[date, str]]) -> tuple[int, int]:
    """After how many of the other side's days of new duties an answer came in time, and of how many."""
    theirs = sorted({event.day for event in new_duties(record) if event.side not in ("", side)})
    days = [day for day, _ in answers]
    window = timedelta(days=WINDOW_DAYS)
    return sum(any(one <= day <= one + window for day in days) for one in theirs), len(theirs)
