"""Transcripts as JSON: what was played, so that the same record, seed and moves give the same bytes again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from detente.core.days import parse_day
from detente.core.errors import MalformedFile
from detente.talks.game import Game
from detente.talks.moves import Move, MoveKind
from detente.talks.run import Transcript
from detente.talks.sides.person import Turn
from detente.talks.story import ending, sentence
from detente.talks.words import written

SCHEMA = "detente/talks-transcript/1"


def as_data(game: Game, transcript: Transcript) -> dict[str, Any]:
    """A play for JSON: its sides, every event with its sentence, what was in force, and why it ended."""
    return {
        "dispute": game.dispute,
        "from": transcript.start.isoformat(),
        "to": transcript.end.isoformat(),
        "known_by": game.known_by.isoformat(),
        "seed": transcript.seed,
        "run": transcript.run,
        "sides": [
            {"side": side, "negotiator": transcript.negotiators[side], "type": transcript.types[side]}
            for side in game.sides
        ],
        "events": [
            {
                "day": event.day.isoformat(),
                "kind": event.move.kind.value if event.move is not None else event.kind.value,
                "by": event.by,
                "what": event.what,
                "move": written(event.move) if event.move is not None else None,
                "says": sentence(game, event),
            }
            for event in transcript.events
        ],
        "policies": [{"since": day.isoformat(), "policy": label} for day, label in transcript.policies],
        "standings": [{"since": day.isoformat(), "standing": s.value} for day, s in transcript.standings],
        "ended": {"why": transcript.why.value, "says": ending(game, transcript)},
    }


def turns_data(turns: Mapping[Turn, tuple[Move, ...]]) -> list[dict[str, Any]]:
    """A person's turns for JSON."""
    return [
        {
            "day": day,
            "where": where,
            "round": number,
            "moves": [
                {
                    "kind": move.kind.value, "what": move.what, "package": move.package, "level": move.level,
                    "day": move.day.isoformat() if move.day else None, "days": move.days, "words": move.words,
                }
                for move in moves
            ],
        }
        for (day, where, number), moves in sorted(turns.items())
    ]  # fmt: skip


def turns_of(given: Any, side: str, shown: str) -> dict[Turn, tuple[Move, ...]]:
    """A person's turns from JSON.

    Raises:
        MalformedFile: not turns.
    """
    found = {}
    try:
        for turn in given:
            moves = tuple(
                Move(
                    MoveKind(one["kind"]), side, one["what"], one["package"], float(one["level"]),
                    parse_day(one["day"]) if one["day"] else None, int(one["days"]), one["words"],
                )
                for one in turn["moves"]
            )  # fmt: skip
            found[(turn["day"], turn["where"], int(turn["round"]))] = moves
    except (KeyError, TypeError, ValueError) as error:
        raise MalformedFile(
            "turns", where=shown, why=f"not those of a saved play: {error}", instead="a file made with --save"
        ) from None
    return found


def read_saved(path: Path) -> dict[str, Any]:
    """A saved play.

    Raises:
        MalformedFile: not there, not JSON, or of another schema.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise MalformedFile(
            str(path),
            where="--replay",
            why=str(error),
            instead="a file made with `detente talks play --save`",
        ) from None
    if not isinstance(document, dict) or document.get("schema") != SCHEMA:
        raise MalformedFile(
            str(path), where="--replay", why=f"not of schema {SCHEMA}", instead="a file made with --save"
        )
    return document
