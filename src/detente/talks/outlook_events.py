"""Whether something happened at least once by a date, run by run: what the record's questions ask.

How talks stand says what last decided them; a question with a yes or a no asks whether a thing came about at
all, even if something else came after. Events are those of `talks.happened`, seen in a run:

    leader, minister, deputy   an official contact at the level or above
    signed                     a deal in whole or part, or an extension
    lapse                      a clock ran out and what it held came back
    new_duty                   a duty on the other side by name higher than the day before, by a lapse too, or
                               as was decided earlier
    new_control                a control or listing tightened beyond what it was before a suspension
    change                     signed, lapse or new_duty: what is in force on tariffs did not stay as it was
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import polars as pl

from detente.talks.game import LEVELS, Game
from detente.talks.happened import CONTROLS
from detente.talks.outlook_runs import CONTACT, POLICY, STANDING
from detente.talks.state import Standing, levels_of

A_RISE = 1e-4
"""Labels write levels to six digits: what differs by less is no rise."""
NEVER = np.iinfo(np.int32).max
CONTACT_LEVELS = ("leader", "minister", "deputy")
EVENTS = (*CONTACT_LEVELS, "signed", "lapse", "new_duty", "new_control", "change")
"""Names of the events, in the order in which they are given."""

_SIGNED = (Standing.DEAL, Standing.PARTIAL_DEAL, Standing.EXTENSION)


def first_days(rows: pl.DataFrame, runs: int, game: Game) -> dict[str, np.ndarray]:
    """Event -> days from the first on which it first came about [run]; `NEVER` where it did not.

    Args:
        rows: a table of runs 0 to `runs` - 1, see `outlook_runs`.
        game: what was played.
    """
    found = {}
    for level in CONTACT_LEVELS:
        enough = [k for k, c in game.channels.items() if c.track == "official" and _reaches(c.level, level)]
        found[level] = _first(rows.filter((pl.col("what") == CONTACT) & pl.col("value").is_in(enough)), runs)
    standings = rows.filter((pl.col("what") == STANDING) & (pl.col("day") > 0))
    found["signed"] = _first(standings.filter(pl.col("value").is_in([w.value for w in _SIGNED])), runs)
    found["lapse"] = _first(standings.filter(pl.col("value") == Standing.LAPSE.value), runs)
    steps = _steps(rows)
    for name, rises in (("new_duty", _duty_rises), ("new_control", _control_rises)):
        found[name] = _first(_where(steps, lambda old, new, rises=rises: rises(game, old, new)), runs)
    found["change"] = np.minimum.reduce([found["signed"], found["lapse"], found["new_duty"]])
    return {name: found[name] for name in EVENTS}


def shares_by(firsts: Mapping[str, np.ndarray], days: Sequence[int]) -> list[dict[str, float]]:
    """Event -> share of runs in which it came about by the end of each day."""
    return [{name: float(np.mean(first <= day)) for name, first in firsts.items()} for day in days]


def _reaches(level: str, least: str) -> bool:
    return LEVELS.index(level) >= LEVELS.index(least)


def _first(rows: pl.DataFrame, runs: int) -> np.ndarray:
    first = np.full(runs, NEVER, dtype=np.int32)
    np.minimum.at(first, rows["run"].to_numpy(), rows["day"].to_numpy())
    return first


def _steps(rows: pl.DataFrame) -> pl.DataFrame:
    """Every change of policy: run, day, label before and after."""
    labels = rows.filter(pl.col("what") == POLICY).sort("run", "day", maintain_order=True)
    return labels.with_columns(before=pl.col("value").shift(1).over("run")).filter(
        pl.col("before").is_not_null()
    )


def _where(steps: pl.DataFrame, wanted: Callable[[str, str], bool]) -> pl.DataFrame:
    """The changes between labels that are wanted; each pair of labels is looked at once."""
    pairs = steps.select("before", "value").unique()
    kept = [wanted(before, after) for before, after in pairs.iter_rows()]
    return steps.join(pairs.filter(pl.Series(kept, dtype=pl.Boolean)), on=["before", "value"], how="semi")


def _duty_rises(game: Game, before: str, after: str) -> bool:
    start, old, new = game.start.levers, levels_of(before), levels_of(after)
    return any(
        new.get(name, now.level) > old.get(name, now.level) + A_RISE
        for name, now in start.items()
        if game.levers[name].on_trade and game.levers[name].aimed
    )


def _control_rises(game: Game, before: str, after: str) -> bool:
    """What comes back after a suspension is no new control."""
    start, old, new = game.start.levers, levels_of(before), levels_of(after)
    return any(
        new.get(name, now.level) > max(old.get(name, now.level), now.level + now.suspended) + A_RISE
        for name, now in start.items()
        if game.levers[name].instrument in CONTROLS
    )
