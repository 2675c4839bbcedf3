"""Talks as the commands give them: a record and a day become a game; plays become an answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from pathlib import Path
from typing import Any

from detente.analysis.bargains import Question, payoffs_of
from detente.analysis.state import require_day as require_begun
from detente.core.errors import InvalidOption, UnknownEconomy
from detente.core.results import envelope
from detente.record.as_known import as_known
from detente.record.asof import AsOf, Assume
from detente.record.files import Record, load_record
from detente.strategy.agenda_file import FILE as AGENDA
from detente.strategy.agenda_file import AgendaFile, agenda_path, read_agenda
from detente.strategy.on_the_table import agenda_on
from detente.talks.draws import QUIET
from detente.talks.game import Game
from detente.talks.moves import Move
from detente.talks.odds import shares
from detente.talks.protocol import act
from detente.talks.red_team import REPLIES, Memo, memo
from detente.talks.run import Transcript, play
from detente.talks.settings import read_talks
from detente.talks.sides.named import negotiator
from detente.talks.sides.person import Waiting
from detente.talks.start import game_on, require_day
from detente.talks.state import Standing, TalksState
from detente.talks.story import move_words, thing
from detente.talks.transcripts import as_data
from detente.talks.words import parse_move, written
from detente.talks.worths import EconomyWorths

Progress = Callable[[str], None]

AIMS = "aims.yaml"

WHAT_IT_IS = "odds of a model under stated assumptions: how often plays of it ended so, not what will happen"


@dataclass(frozen=True)
class Setup:
    """What a game is made from, as asked.

    Attributes:
        day: the play begins at the end of it, and knows nothing that became public later.
        known_by: last day of knowledge, if earlier.
        assume: what to make of a clock that ran out with no successor on record.
        sides: side -> negotiator in place of the dispute's.
        talks, agenda, aims: files in place of the dispute's own.
        world, model: of the payoffs.
    """

    day: date
    known_by: date | None = None
    assume: Assume | None = None
    sides: Mapping[str, str] | None = None
    talks: str | None = None
    agenda: str | None = None
    aims: str | None = None
    world: str = "icio2022"
    model: str = "input-output"


def game_of(
    record: Record, setup: Setup, progress: Progress = lambda words: None, *, composes: bool = False
) -> Game:
    """The game of a dispute on a day, its payoffs from the world economy.

    Args:
        composes: whether packages that are not kept can be put together, as a person may.

    Raises:
        InvalidDate, DateBeforeRecord: the day.
        InvalidAgenda, InvalidTalks, MalformedFile: a file, with its line.
        UnknownState: a clock lies in the past and nothing is assumed.
        UnknownName, UnknownEconomy: no such negotiator or side.
        UnsolvableShock: a package without a certified equilibrium.
    """
    require_begun(record, setup.day, "--from")
    require_day(record, setup.day)
    for side, name in (setup.sides or {}).items():
        if side not in record.settings.parties:
            raise UnknownEconomy(
                repr(side), where="--sides", why="no side of this dispute",
                instead=f"one of {', '.join(record.settings.parties)}",
            )  # fmt: skip
        negotiator(name)
    known = min(setup.day, setup.known_by or setup.day)
    view = as_known(record, known)
    asof = AsOf(setup.day, known, setup.assume)
    settings = read_talks(record, setup.talks, view)
    # The agenda names entries of later days too: by their states as known they are off the table.
    written = _agenda(record, setup.agenda)
    agenda = agenda_on(record, asof, written)
    question = Question(aims=aims_path(record, setup.aims), world=setup.world, model=setup.model)
    worths = EconomyWorths(payoffs_of(view, agenda, question, progress))
    game = game_on(
        record,
        setup.day,
        agenda,
        worths,
        known_by=setup.known_by,
        assume=setup.assume,
        talks=settings,
        negotiators=setup.sides,
        composes=composes,
    )
    if written.issues:
        return game
    note = f"{written.file} is not there or empty: sides can agree on more time, and on nothing else"
    return replace(game, left_out=(*game.left_out, note))


def _agenda(record: Record, given: str | None) -> AgendaFile:
    """The agenda as written; without one there are no issues, and only time can be agreed on."""
    if given is None and not (record.folder / AGENDA).is_file():
        return AgendaFile((), (), (), f"{record.folder.name}/{AGENDA}")
    return read_agenda(agenda_path(record, given), record)


def aims_path(record: Record, given: str | None) -> str | None:
    """The file of aims: the one given, else the dispute's own; None where there is none."""
    if given is not None:
        return given
    own = Path(record.folder) / AIMS
    return str(own) if own.is_file() else None


def simulate(
    dispute: str,
    setup: Setup,
    *,
    days: int = 180,
    runs: int = 200,
    seed: int = 0,
    shown: int = 0,
    forecast: str | None = None,
    progress: Progress = lambda words: None,
) -> dict[str, Any]:
    """Plays of a dispute from a day on: how they ended, and one of them told.

    Args:
        shown: number of the run that is told.
        forecast: id of a forecast with more than one reading; plays are run on from each of them too.

    Raises:
        InvalidOption: no days, no runs, or a run that is not among them.
    """
    require_seed(seed)
    for value, flag, most in ((days, "--days", 3650), (runs, "--runs", 100_000)):
        if not 1 <= value <= most:
            raise InvalidOption(f"{value}", where=flag, why=f"from 1 to {most}", instead="180")
    if not 0 <= shown < runs:
        raise InvalidOption(f"{shown}", where="--run", why=f"runs are 0 to {runs - 1}", instead="0")
    record = load_record(dispute)
    game = game_of(record, setup, progress)
    ended, told = _plays(game, game.start, days, runs, seed, shown)
    readings = [] if forecast is None else _readings(record, game, setup, forecast, days, runs, seed)
    return envelope(
        "talks-simulate",
        _query(game, setup) | {"days": days, "runs": runs, "seed": seed, "run": shown, "forecast": forecast},
        {
            "what_it_is": WHAT_IT_IS,
            "n": runs,
            "ended_share": shares([standing.value for standing in Standing], ended),
            "told": as_data(game, told),
            "forecast": None if forecast is None else {"id": forecast, "readings": readings},
            "start": _start(game),
        },
        provenance=_provenance(record),
    )


def _plays(
    game: Game, start: TalksState, days: int, runs: int, seed: int, shown: int
) -> tuple[list[str], Transcript]:
    """How plays from a state ended, and one of them."""
    sides = {side: negotiator(game.negotiators[side]) for side in game.sides}
    ended, told = [], None
    for run in range(runs):
        transcript = play(game, sides, seed, run, days, start=start)
        ended.append(transcript.why.value)
        if run == shown:
            told = transcript
    assert told is not None
    return ended, told


def _readings(
    record: Record, game: Game, setup: Setup, forecast: str, days: int, runs: int, seed: int
) -> list[dict[str, Any]]:
    """A forecast that can be read in more than one way, each way played: the move is made on the first day.

    Raises:
        InvalidOption: no such forecast was known, or talks.yaml does not say what its readings are as moves.
        IllegalMove: a reading that cannot be played from that day.
    """
    entry = record.get(forecast)
    moves = read_talks(record, setup.talks).forecasts.get(entry.id) if entry is not None else None
    known = as_known(record, game.known_by).get(forecast)
    if moves is None or known is None:
        raise InvalidOption(
            repr(forecast),
            where="--forecast",
            why="no forecast of that id was known on the day"
            if known is None
            else "its readings have no moves",
            instead="an assessment whose readings stand under `forecasts` in talks.yaml, and a day after it",
        )
    found = []
    for says, (side, line) in zip(known.readings, moves, strict=True):
        move = parse_move(game, game.start, side, line, forecast)
        assert isinstance(move, Move)
        state, _ = act(game, game.start, move, QUIET)
        ended, _ = _plays(game, state, days, runs, seed, 0)
        names = [standing.value for standing in Standing]
        found.append(
            {
                "says": says, "by": side, "move": written(move), "move_says": move_words(game, move),
                "ended_share": shares(names, ended),
            }
        )  # fmt: skip
    return found


def _query(game: Game, setup: Setup) -> dict[str, Any]:
    return {
        "dispute": game.dispute,
        "from": setup.day.isoformat(),
        "known_by": game.known_by.isoformat(),
        "assume": setup.assume.value if setup.assume else None,
        "sides": dict(game.negotiators),
        "world": setup.world,
        "model": setup.model,
    }


def _provenance(record: Record) -> dict[str, Any]:
    return {"record_hash": record.digest}


def _start(game: Game) -> dict[str, Any]:
    """What a play starts from, for JSON: everything a reader may want to dispute."""
    state = game.start
    return {
        "levers": [
            {
                "id": lever.id, "side": lever.side, "instrument": lever.instrument, "title": lever.title,
                "level": state.levers[lever.id].level, "suspended": state.levers[lever.id].suspended,
                "clock": state.levers[lever.id].clock or None, "steps": list(lever.steps),
                "notice_days": lever.notice_days, "authority": lever.authority or None,
                "contested": lever.contested,
                "cost_percent_a_unit": {s: round(game.cost[s].get(lever.id, 0.0), 6) for s in game.sides},
            }
            for lever in game.levers.values()
        ],
        "clocks": [
            {
                "id": key, "kind": game.clocks[key].kind,
                "expires": {s: d.isoformat() for s, d in clock.expires.items()},
            }
            for key, clock in state.clocks.items()
        ],
        "channels": [
            {
                "id": key, "title": game.channels[key].title, "level": game.channels[key].level,
                "health": round(now.health, 3), "last": now.last.isoformat() if now.last else None,
                "meeting": now.meeting.isoformat() if now.meeting else None,
                "people": dict(game.channels[key].people),
            }
            for key, now in state.channels.items()
        ],
        "conditions": [
            {"id": key, "by": game.conditions[key].by, "kind": game.conditions[key].kind}
            for key in sorted(state.conditions)
        ],
        "packages": [
            {
                "key": p.key, "kind": p.kind, "options": dict(p.options),
                "worth_percent": {s: round(w, 6) for s, w in p.worth.items()},
                "ratified_share": {s: round(w, 4) for s, w in p.ratified.items()}, "rounds": p.rounds,
            }
            for p in game.packages.values()
        ],
        "types": {
            side: [{"name": t.name, "prior_share": t.prior} for t in kinds]
            for side, kinds in game.types.items()
        },
        "cost_growth": {
            side: [{"years": years, "factor": round(factor, 4)} for years, factor in points]
            for side, points in game.outside.items()
        },
        "hazards": {
            field.name: dict(value) if isinstance(value, Mapping) else value
            for field in fields(game.hazards)
            for value in (getattr(game.hazards, field.name),)
        },
        "partners": [
            {
                "id": p.id, "against": sorted(p.against), "rerouted_share": p.rerouted,
                "voice_share": p.voice, "retaliation_cost_percent": dict(p.costs),
                "gain_percent_a_unit": {lever: round(-cost, 6) for lever, cost in game.cost[p.id].items()},
            }
            for p in game.partners.values()
        ],
        "pledges": {side: dict(said) for side, said in state.pledges.items()},
        "appeals": {lever: day.isoformat() for lever, day in state.appeals.items()},
        "assumptions": dict(game.sources),
        "left_out": list(game.left_out),
    }  # fmt: skip


def red_team(
    dispute: str,
    setup: Setup,
    side: str,
    lines: Sequence[str],
    *,
    runs: int = 400,
    seed: int = 0,
    progress: Progress = lambda words: None,
) -> dict[str, Any]:
    """A memo on what the other side does after a move, or by itself where none is given.

    Args:
        lines: moves as people type them; see `talks.words`.

    Raises:
        InvalidOption: not a move; IllegalMove: one that the protocol does not allow on the day.
    """
    require_seed(seed)
    if not 20 <= runs <= 100_000:
        raise InvalidOption(f"{runs}", where="--runs", why="from 20 to 100000", instead="400")
    record = load_record(dispute)
    require_side(record, side)
    game = game_of(record, setup, progress, composes=True)
    moves: list[Move] = []
    for line in lines:
        move = parse_move(game, game.start, side, line)
        if not isinstance(move, Waiting):
            moves.append(move)
    view = as_known(record, game.known_by)
    found = memo(view, game, side, moves, runs=runs, seed=seed)
    return envelope(
        "talks-red-team",
        _query(game, setup) | {"as": side, "moves": [written(m) for m in moves], "runs": runs, "seed": seed},
        {"what_it_is": WHAT_IT_IS, **_memo(game, found)},
        provenance=_provenance(record),
    )


def require_seed(seed: int) -> None:
    """Refuse a seed that chance cannot be drawn from.

    Raises:
        InvalidOption: it is below zero.
    """
    if seed < 0:
        raise InvalidOption(f"{seed}", where="--seed", why="a whole number from 0", instead="0")


def require_side(record: Record, side: str) -> None:
    """Refuse a side that the dispute does not have.

    Raises:
        UnknownEconomy: naming the two.
    """
    if side not in record.settings.parties:
        raise UnknownEconomy(
            repr(side),
            where="--as",
            why="no side of this dispute",
            instead=f"one of {', '.join(record.settings.parties)}",
        )


def _memo(game: Game, found: Memo) -> dict[str, Any]:
    return {
        "side": found.side,
        "other": found.other,
        "n": found.runs,
        "moves": [{"move": written(move), "says": move_words(game, move)} for move in found.moves],
        "own_acts_like_it": found.like or None,
        "replies": [
            {
                "reply": reply.kind,
                "says": REPLIES[reply.kind],
                "odds_share": reply.odds,
                "without_move_share": reply.without,
                "median_days": reply.median_days,
                "most_often_with": thing(game, reply.example) or None,
                "precedents_n": reply.n,
                "followed_own_duties_n": reply.followed,
                "own_duties_n": reply.of,
                "followed_like_n": reply.like_followed,
                "like_n": reply.like_of,
                "precedents": list(reply.precedents),
            }
            for reply in found.replies
        ],
        "other_replies_share": found.rest,
    }
