"""An outlook: thousands of plays from one day, read by date, and put through the economy.

It is a model's odds under stated assumptions: those of the game (who negotiates how, how often what happens),
of the record it starts from and of the economy. It is not what anybody at the table plans.

    outcomes     how talks stand by date: what last decided them; fractions of runs that sum to one
    contacts     the first official contact: when, at which level
    events       what came about at least once by a date
    tree         four paths: the truce holds, duties rise, a deal, decoupling by technology
    fans         quantiles over runs, by date, of duties, trade, prices and real income
    turns on     what moves the odds most, one thing at a time (`outlook_turns`)

Quantiles are values of runs, none is between two. Every policy that a run comes to on a day asked about is
solved once for each horizon, as it stands and as buyers act on it (`expectations`).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from detente.core.errors import InvalidOption
from detente.core.fingerprint import fingerprint
from detente.policy import SectorPolicy
from detente.talks import expectations
from detente.talks.game import LEVELS, Game
from detente.talks.outlook_economy import (
    HORIZONS,
    Answer,
    Answers,
    Setting,
    against,
)
from detente.talks.outlook_events import first_days, shares_by
from detente.talks.outlook_runs import (
    POLICY,
    STANDING,
    Runs,
    day_of,
    first_contacts,
    outcome_shares,
    report_days,
    values_on,
)
from detente.talks.outlook_states import CONTROLS, States
from detente.talks.outlook_sweep import Pool, Sweep, sweep
from detente.talks.state import Standing, levels_of

DECOUPLED = 0.5
"""Rise of a side's controls, in parts of a whole one, from which a path counts as decoupling."""

QUANTILES = (5, 25, 50, 75, 95)
PATHS = {
    "deal": "A deal, in whole or in part",
    "decoupling": "Decoupling by technology: controls tightened, no deal",
    "lapse": "Duties rise: a clock runs out or new ones come",
    "holds": "The truce holds: nothing rises, nothing is settled",
}
"""The four paths that analysts name, the first that applies."""

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Question:
    """What an outlook is asked.

    Attributes:
        game: as it stands on the first day.
        mix: side -> negotiators that a run draws from.
        seed, runs, days: of the sweep.
        setting: of the economy.
        tie_months: see `expectations`.
        horizons: of the fans that go through the economy.
        sourcing: whether they are also shown as buyers act on the odds.
        most_policies, least_runs: fans are read from so many of the first runs as come to about so many
            policies, and from no fewer than these.
    """

    game: Game
    mix: Mapping[str, Sequence[str]]
    seed: int
    runs: int
    days: int
    setting: Setting = field(default_factory=Setting)
    tie_months: float = expectations.TIE_MONTHS
    horizons: tuple[str, ...] = HORIZONS
    sourcing: bool = True
    most_policies: int = 80
    least_runs: int = 100

    def __post_init__(self) -> None:
        for value, flag in ((self.runs, "--runs"), (self.days, "--days")):
            if value < 1:
                raise InvalidOption(f"{value}", where=flag, why="it counts from 1", instead="180")
        if self.seed < 0:
            raise InvalidOption(
                f"{self.seed}", where="--seed", why="a seed is zero or more", instead="--seed 1"
            )

    @property
    def first_day(self) -> date:
        """The day stood on."""
        return self.game.start.day

    @property
    def work(self) -> Runs:
        """What workers do."""
        return Runs(self.game, self.mix, self.seed, self.days)

    def folder(self, root: Path) -> Path:
        """Where chunks of this very game, seed and length lie."""
        return root / fingerprint(self.work, program())[:32]


def program() -> str:
    """A hash of the code that plays: a chunk of another version is another question."""
    return fingerprint(
        *(path.read_text(encoding="utf-8") for path in sorted(Path(__file__).parent.rglob("*.py")))
    )


class Outlook:
    """The runs of a question and everything read from them.

    Args:
        question: what is asked.
        swept: its runs.
        states: policies of their labels.
        parties: the sides as economies of the world, in order.
        base_percent: importer -> average duty of the reference day, percent.
    """

    def __init__(
        self,
        question: Question,
        swept: Sweep,
        states: States,
        base_percent: Mapping[str, float | None],
    ) -> None:
        self.question, self.swept, self.states = question, swept, states
        self.base_percent = base_percent
        self.runs = swept.runs
        game = question.game
        self.marks = sorted({day for clock in game.start.clocks.values() for day in clock.expires.values()})
        self.days = report_days(question.first_day, question.days, self.marks)
        steps = range(0, question.days + 1, expectations.STEP_DAYS)
        marks = ((mark - question.first_day).days for mark in self.marks)
        self.fan_days = sorted({*steps, question.days, *(d for d in marks if 0 <= d <= question.days)})
        self._steps = [self.fan_days.index(day) for day in steps]

    @cached_property
    def standings(self) -> np.ndarray:
        """How talks stand [run, day shown]."""
        return values_on(self.swept.rows, STANDING, self.runs, self.days)

    @cached_property
    def labels(self) -> np.ndarray:
        """Labels of policies [run, day of fans]."""
        return values_on(self.swept.rows, POLICY, self.runs, self.fan_days).astype(str)

    @cached_property
    def _keys(self) -> tuple[tuple[str, ...], np.ndarray]:
        """Keys of policies in the order of their first use, and their numbers [run of fans, day of fans]."""
        number: dict[str, int] = {}
        known: dict[tuple[int, str], int] = {}
        days = [date.fromisoformat(day_of(self.question.first_day, offset)) for offset in self.fan_days]
        places: list[list[int]] = []
        for row in self.labels.tolist():
            if len(places) >= self.question.least_runs and len(number) >= self.question.most_policies:
                break
            mine = []
            for column, label in enumerate(row):
                if (column, label) not in known:
                    key = self.states.key_of(levels_of(label), days[column])
                    known[column, label] = number.setdefault(key, len(number))
                mine.append(known[column, label])
            places.append(mine)
        return tuple(number), np.array(places, dtype=np.int32)

    @property
    def keys(self) -> tuple[str, ...]:
        """Every policy that a run of the fans comes to on a day of theirs; that of the first day first."""
        return self._keys[0]

    @property
    def places(self) -> np.ndarray:
        """Number of the policy in `keys` [run of fans, day of fans]."""
        return self._keys[1]

    @property
    def fan_runs(self) -> int:
        """How many of the first runs the fans are read from."""
        return len(self.places)

    @cached_property
    def odds(self) -> expectations.Odds:
        """Odds of a step between policies, counted over the runs of the fans."""
        keys, places = self._keys
        stepped = places[:, self._steps]
        paths = [[keys[n] for n in row] for row in stepped.tolist()]
        # A policy seen between steps only is taken to stay: a path of one day names it.
        return expectations.transitions([*([key] for key in keys), *paths])

    def policies(self) -> dict[str, SectorPolicy]:
        """By key."""
        return {key: self.states.found[key].policy for key in self.keys}

    # What is read from the runs.

    def outcomes_by_date(self) -> list[dict[str, Any]]:
        """Share of runs by what last decided how talks stand; each row sums to one."""
        rows = []
        for offset, column, shares in zip(
            self.days, self.standings.T, outcome_shares(self.standings), strict=True
        ):
            rows.append(
                {
                    "date": day_of(self.question.first_day, offset),
                    **shares,
                    "of_which": {
                        "partial_deal": float(np.mean(column == Standing.PARTIAL_DEAL.value)),
                        "breakdown": float(np.mean(column == Standing.BREAKDOWN.value)),
                    },
                }
            )
        return rows

    def events_by_date(self) -> list[dict[str, Any]]:
        """Share of runs in which something came about at least once by a date, see `outlook_events`."""
        firsts = first_days(self.swept.rows, self.runs, self.question.game)
        return [
            {"date": day_of(self.question.first_day, offset), **shares}
            for offset, shares in zip(self.days, shares_by(firsts, self.days), strict=True)
        ]

    def next_contact(self) -> dict[str, Any]:
        """The first official contact: its level, by when, and by which level by when."""
        game = self.question.game
        official = {k: c for k, c in game.channels.items() if c.track == "official"}
        first = first_contacts(self.swept.rows, list(official))
        levels = [official[str(name)].level for name in first["value"]]
        day = first["day"].to_numpy()
        by_date = [
            {"date": day_of(self.question.first_day, d), "share": float((day <= d).sum() / self.runs)}
            for d in self.days
        ]
        by_level = {}
        for level in LEVELS:
            own = first_contacts(self.swept.rows, [k for k, c in official.items() if c.level == level])
            seen = own["day"].to_numpy()
            by_level[level] = [
                {"date": day_of(self.question.first_day, d), "share": float((seen <= d).sum() / self.runs)}
                for d in self.days
            ]
        counts = {level: levels.count(level) / self.runs for level in LEVELS}
        half = np.sort(day)[(self.runs - 1) // 2] if len(day) > (self.runs - 1) // 2 else None
        return {
            "level": counts,
            "none_share": 1 - len(first) / self.runs,
            "by": None if half is None else day_of(self.question.first_day, int(half)),
            "by_date": by_date,
            "by_level": by_level,
        }

    def _path_of(self, standing: str, label: str) -> str:
        if standing in (Standing.DEAL.value, Standing.PARTIAL_DEAL.value):
            return "deal"
        levels, start = levels_of(label), self.question.game.start.levers
        levers = self.question.game.levers
        # What was decided before the first day and only bites later is no step of this path.
        decided = {step.lever: step.level for step in self.question.game.start.pending}
        rises = {n: level - max(start[n].level, decided.get(n, 0.0)) for n, level in levels.items()}
        for side in self.question.game.sides:
            own = [r for n, r in rises.items() if levers[n].side == side and levers[n].instrument in CONTROLS]
            if sum(rise for rise in own if rise > 0) >= DECOUPLED:
                return "decoupling"
        duties = any(levers[name].on_trade and rise > 0 for name, rise in rises.items())
        return "lapse" if duties or standing == Standing.LAPSE.value else "holds"

    def paths_on(self, offset: int) -> np.ndarray:
        """Which of the four paths each run is on at the end of a day [run]."""
        standing = values_on(self.swept.rows, STANDING, self.runs, [offset])[:, 0].astype(str)
        label = values_on(self.swept.rows, POLICY, self.runs, [offset])[:, 0].astype(str)
        both, inverse = np.unique(np.stack([standing, label]), axis=1, return_inverse=True)
        names = np.array([self._path_of(*pair) for pair in both.T.tolist()])
        return names[inverse.reshape(-1)]

    def tree(self, answers: Answers | None) -> dict[str, Any]:
        """The four paths at the first clock (or half way) and at the end, with what each comes to."""
        inside = [(mark - self.question.first_day).days for mark in self.marks]
        first = next((d for d in inside if 0 < d < self.question.days), max(1, self.question.days // 2))
        early, late = self.paths_on(first), self.paths_on(self.question.days)
        branches = []
        for key, name in PATHS.items():
            mine = early == key
            if not mine.any():
                continue
            leads = [
                {
                    "path": other,
                    "share": float(np.mean(late[mine] == other)),
                    "n": int((late[mine] == other).sum()),
                }
                for other in PATHS
                if (late[mine] == other).any()
            ]
            branches.append({"path": key, "name": name, "share": float(mine.mean()), "leads_to": leads})
        ends = [
            {
                "path": key,
                "name": name,
                "share": float(np.mean(late == key)),
                "n": int((late == key).sum()),
                **self._on_path(late == key, answers),
            }
            for key, name in PATHS.items()
        ]
        return {
            "first_date": day_of(self.question.first_day, first),
            "at": "the first clock" if first in inside else "half way",
            "last_date": day_of(self.question.first_day, self.question.days),
            "branches": branches,
            "paths": ends,
        }

    def _on_path(self, mine: np.ndarray, answers: Answers | None) -> dict[str, Any]:
        """Median of what runs on a path end at."""
        mine = mine[: self.fan_runs]
        if not mine.any():
            return {"duty_percent": None, "real_income_percent": None, "trade_percent": None}
        last = self.places[mine, -1]
        found: dict[str, Any] = {
            "duty_percent": {importer: _middle(values[last]) for importer, values in self._duties().items()},
            "real_income_percent": None,
            "trade_percent": None,
        }
        if answers is not None:
            table = self._changes(answers.plain[self.question.horizons[-1]])
            found["real_income_percent"] = {
                party: _middle(table[party]["real_income_percent"][last])
                for party in self.question.game.sides
            }
            found["trade_percent"] = _middle(table[self.question.game.sides[0]]["trade_usd_million"][last])
        return found

    # What goes through the economy.

    def _duties(self) -> dict[str, np.ndarray]:
        """Importer -> average duty in all under each policy, percent [policy]."""
        return {
            importer: np.array(
                [
                    (self.base_percent[importer] or 0.0) + self.states.found[key].duty_points[importer]
                    for key in self.keys
                ]
            )
            for importer in self.question.game.sides
        }

    def _changes(
        self, answers: Mapping[str, Answer | str], reference: Answer | None = None
    ) -> dict[str, Any]:
        """Party -> measure -> percent change against the first policy [policy]; NaN where not solved."""
        first = reference or answers[self.keys[0]]
        measures = ("real_income_percent", "prices_percent", "imports_usd_million", "trade_usd_million")
        table = {p: {m: np.full(len(self.keys), np.nan) for m in measures} for p in self.question.game.sides}
        if isinstance(first, str):
            return table
        for place, key in enumerate(self.keys):
            answer = answers.get(key)
            if isinstance(answer, Answer):
                for party, numbers in against(answer, first).items():
                    for measure, number in numbers.items():
                        table[party][measure][place] = number
        return table

    def fans(self, answers: Answers | None) -> list[dict[str, Any]]:
        """Quantiles over runs by date; changes are against the policy of the first day, as it stands."""
        first, second = self.question.game.sides
        flows = ((first, second), (second, first))
        rows = [
            self._fan("duty_percent", f"{importer}_on_{exporter}", self._duties()[importer])
            for importer, exporter in flows
        ]
        if answers is None:
            return rows
        for horizon, plain in answers.plain.items():
            now = self._changes(plain)
            reference = plain[self.keys[0]]
            sourced = (
                self._changes(answers.sourced[horizon], reference)
                if horizon in answers.sourced and isinstance(reference, Answer)
                else None
            )
            for importer, exporter in flows:
                for acted, table in ((False, now), (True, sourced)):
                    if table is not None:
                        values = table[importer]["imports_usd_million"]
                        rows.append(
                            self._fan("imports_percent", f"{exporter}_to_{importer}", values, horizon, acted)
                        )
            for acted, table in ((False, now), (True, sourced)):
                if table is not None:
                    values = table[first]["trade_usd_million"]
                    rows.append(
                        self._fan("bilateral_trade_percent", f"{first}_{second}", values, horizon, acted)
                    )
            for quantity in ("prices_percent", "real_income_percent"):
                for party in (first, second):
                    rows.append(self._fan(quantity, party, now[party][quantity], horizon, False))
        return rows

    def _fan(
        self,
        quantity: str,
        of: str,
        values: np.ndarray,
        horizon: str | None = None,
        acted: bool | None = None,
    ) -> dict[str, Any]:
        """One fan.

        Args:
            values: by policy [policy]; NaN where it has no number.
        """
        spread = values[self.places]
        rows = []
        for offset, column in zip(self.fan_days, spread.T, strict=True):
            solved = column[np.isfinite(column)]
            row: dict[str, Any] = {"date": day_of(self.question.first_day, offset)}
            cuts = (
                np.percentile(solved, QUANTILES, method="inverted_cdf").tolist()
                if solved.size
                else [None] * len(QUANTILES)
            )
            row |= {f"p{q}": cut for q, cut in zip(QUANTILES, cuts, strict=True)}
            row["mean"] = float(solved.mean()) if solved.size else None
            row["without_number_share"] = float(1 - solved.size / len(column))
            rows.append(row)
        return {
            "quantity": quantity,
            "of": of,
            "horizon": horizon,
            "expectations": acted,
            "n": self.fan_runs,
            "by_date": rows,
        }


def _middle(values: np.ndarray) -> float | None:
    solved = values[np.isfinite(values)]
    return float(np.percentile(solved, 50, method="inverted_cdf")) if solved.size else None


def swept_runs(
    question: Question,
    pool: Pool,
    root: Path,
    *,
    until: float | None = None,
    progress: Progress = lambda _: None,
) -> Sweep:
    """The runs of a question: from finished chunks, and from the pool."""
    return sweep(question.work, question.runs, pool, question.folder(root), until=until, progress=progress)


def deadline(seconds: float | None) -> float | None:
    """The moment at which so many seconds are over."""
    return None if seconds is None else time.monotonic() + seconds
