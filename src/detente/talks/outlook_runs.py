"""Plays of the game as a table, and what the table says by date.

A run draws its negotiators, then is played (`run.play`). Of its transcript four things are kept: how talks
stand, which policy is in force, the contacts held, and whom it was played by. Its chance, the choice of
negotiators included, is spawned from (seed, run), so a run is the same alone or among ten thousand.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl

from detente.talks.game import Game
from detente.talks.run import Transcript, play
from detente.talks.sides.named import negotiator
from detente.talks.state import Standing

SCHEMA = {"run": pl.Int32, "day": pl.Int32, "what": pl.String, "value": pl.String}
"""Columns of a table of runs: the run, days since the first, what happened, and to what."""

QUESTION_DAYS = (30, 90)
"""Days after the first by which the track record asks (`questions.KINDS`)."""

STANDING, POLICY, CONTACT, SIDES = "standing", "policy", "contact", "sides"

OUTCOMES: tuple[str, ...] = ("deal", "extension", "lapse", "escalation", "none")
"""What can have decided how talks stand."""

OUTCOME_WORDS: dict[str, str] = {
    "deal": "a deal in whole or in part, still standing",
    "extension": "the truce extended, and nothing since",
    "lapse": "a truce run out: suspended duties are back",
    "escalation": "new or higher duties in force",
    "none": "no change: no deal, extension, lapse or new duty beyond what was decided before the first day",
}

OUTCOME_OF: dict[Standing, str] = {
    Standing.DEAL: "deal",
    Standing.PARTIAL_DEAL: "deal",
    Standing.EXTENSION: "extension",
    Standing.LAPSE: "lapse",
    Standing.ESCALATION: "escalation",
    Standing.BREAKDOWN: "none",
    Standing.NONE: "none",
}
"""A part of a deal is a deal; talks broken off change nothing in law by themselves."""


@dataclass(frozen=True)
class Runs:
    """A task for a worker: runs of one game, as a table.

    Attributes:
        game: what is played.
        mix: side -> names of negotiators, one of which is drawn for each run, all alike.
        seed: of the sweep.
        days: length of a run.
    """

    game: Game
    mix: Mapping[str, Sequence[str]]
    seed: int
    days: int

    def __call__(self, runs: range) -> pl.DataFrame:
        """Rows of some runs."""
        rows: list[tuple[int, int, str, str]] = []
        for run in runs:
            rows.extend(self._rows(run))
        return pl.DataFrame(rows, schema=SCHEMA, orient="row")

    def play(self, run: int) -> Transcript:
        """One run in full."""
        names = self.negotiators(run)
        sides = {side: negotiator(name) for side, name in names.items()}
        return play(self.game, sides, self.seed, run, self.days)

    def negotiators(self, run: int) -> dict[str, str]:
        """Side -> name of its negotiator in a run."""
        source = np.random.default_rng(np.random.SeedSequence(self.seed, spawn_key=(run, 1)))
        places = {side: int(source.integers(len(self.mix[side]))) for side in self.game.sides}
        return {side: self.mix[side][place] for side, place in places.items()}

    def _rows(self, run: int) -> list[tuple[int, int, str, str]]:
        transcript = self.play(run)
        first = self.game.start.day
        names = transcript.negotiators
        rows = [(run, 0, SIDES, ",".join(names[side] for side in self.game.sides))]
        standings = decided(transcript.standings)
        rows += [(run, (day - first).days, STANDING, str(word.value)) for day, word in standings]
        rows += [(run, (day - first).days, POLICY, label) for day, label in transcript.policies]
        rows += [(run, (day - first).days, CONTACT, channel) for day, channel in transcript.contacts()]
        return rows


def decided(standings: Sequence[tuple[date, Standing]]) -> list[tuple[date, Standing]]:
    """What has decided how talks stand, from each day on: a deal that is only extended stays a deal."""
    found: list[tuple[date, Standing]] = []
    for day, word in standings:
        kept = found[-1][1] if found else None
        if kept in (Standing.DEAL, Standing.PARTIAL_DEAL) and word in (
            Standing.EXTENSION,
            Standing.BREAKDOWN,
            Standing.NONE,
        ):
            continue
        found.append((day, word))
    return found


def report_days(first: date, days: int, marks: Sequence[date] = (), most: int = 30) -> list[int]:
    """Days since the first on which odds are given: the ends, weekly or rarer, ends of questions, marks."""
    step = 7 * max(1, -(-days // (7 * most)))
    wanted = {0, days, *range(step, days, step), *(end for end in QUESTION_DAYS if end <= days)}
    wanted |= {(mark - first).days for mark in marks}
    return sorted(day for day in wanted if 0 <= day <= days)


def values_on(table: pl.DataFrame, what: str, runs: int, days: Sequence[int]) -> np.ndarray:
    """The last value of a kind at the end of each day [run, day]; runs are 0 to `runs` - 1."""
    rows = table.filter(pl.col("what") == what).sort("run", "day", maintain_order=True)
    run, day = rows["run"].to_numpy(), rows["day"].to_numpy()
    values = rows["value"].to_numpy()
    span = int(max(day.max(initial=0), max(days))) + 2
    # Rows are in the order of (run, day): the last one at or before a day is found by bisection.
    at = run.astype(np.int64) * span + day
    wanted = np.arange(runs)[:, None] * span + np.asarray(days)[None, :]
    return values[np.searchsorted(at, wanted, side="right") - 1]


def outcome_shares(standings: np.ndarray) -> list[dict[str, float]]:
    """Share of runs in each outcome by day, exact fractions of their number.

    Args:
        standings: words of `Standing` [run, day].
    """
    runs = len(standings)
    words = {str(standing.value): outcome for standing, outcome in OUTCOME_OF.items()}
    found = []
    for column in standings.T:
        names, counts = np.unique(column, return_counts=True)
        shares = dict.fromkeys(OUTCOMES, 0)
        for name, count in zip(names, counts, strict=True):
            shares[words[str(name)]] += int(count)
        found.append({outcome: count / runs for outcome, count in shares.items()})
    return found


def first_contacts(table: pl.DataFrame, channels: Sequence[str]) -> pl.DataFrame:
    """The first contact of each run on one of some channels: columns run, day, value."""
    rows = table.filter((pl.col("what") == CONTACT) & pl.col("value").is_in(list(channels)))
    return rows.sort("run", "day", maintain_order=True).unique("run", keep="first", maintain_order=True)


def day_of(first: date, offset: int) -> str:
    """A day so many days after the first, as written."""
    return (first + timedelta(days=offset)).isoformat()
