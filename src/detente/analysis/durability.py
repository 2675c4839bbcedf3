"""Whether a deal or the truce in force would last: what breaking it brings, and the patience needed."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from detente.analysis.bargains import Sheet
from detente.core.errors import InvalidGame
from detente.policy import Policy
from detente.record.change import change_from_base, lapsed_asof
from detente.strategy.agenda import Package, Step
from detente.strategy.durability import Stakes, Terms, needed_patience, renewal_needed
from detente.strategy.finite_games import MOST, agenda_game, degenerate, equilibria
from detente.strategy.payoffs import policy_after

LAGS_DAYS = (1, 30, 90, 180)
"""Until a breach is seen: a duty at once, a licence held back in a quarter, purchases in half a year."""

ALARMS_A_YEAR, RETURNS_A_YEAR = 0.5, 3.0
"""A dispute over no breach every two years; four months until a punishment is talked out of. Assumed."""

CLOCK_DAYS = 90
RENEWALS = (1.0, 0.9, 0.75, 0.5, 0.0)
YEAR = 365.25
SUBSETS = 6
"""Steps up to which every way of breaking a deal is tried; beyond, each alone and all that pay alone."""


@dataclass(frozen=True)
class Breach:
    """How a side would break what was agreed.

    Attributes:
        what: in words.
        worth: its aim while it is not seen, percent.
    """

    what: str
    worth: float


def durability_of(sheet: Sheet, package: Package | None) -> dict[str, Any]:
    """The patience that the deal, and the truce in force, ask of each side, for JSON."""
    found: dict[str, Any] = {
        "assumed": {
            "lags_days": list(LAGS_DAYS),
            "false_alarms_a_year": ALARMS_A_YEAR,
            "returns_a_year": RETURNS_A_YEAR,
            "clock_days": CLOCK_DAYS,
        },
        "deal": None,
        "truce": None,
        "without_signature": None if package is None else unsigned(sheet, package),
    }
    if package is not None:
        punished = sheet.outside[sheet.used]
        kept = np.array([one.central for one in sheet.payoffs.worth(package).values()])
        breaches = [_of_deal(sheet, package, at) for at in range(len(sheet.agenda.sides))]
        found["deal"] = {
            "punishment": sheet.used,
            "sides": _sides(sheet, kept, breaches, punished),
        }
    if "lapse" in sheet.outside:
        quo = sheet.outside["status-quo"]
        breaches = [_of_truce(sheet, at) for at in range(len(sheet.agenda.sides))]
        found["truce"] = {
            "punishment": "lapse",
            "sides": _sides(sheet, quo, breaches, sheet.outside["lapse"]),
        }
    return found


def unsigned(sheet: Sheet, package: Package) -> dict[str, Any] | None:
    """What each would do by itself on the deal's issues that take one side alone; None where there are none.

    Duties come first; issues are left out and named where a side would have more plans than can be searched.
    """
    agenda = sheet.agenda
    room = dict.fromkeys(agenda.sides, MOST)
    taken, left = [], []
    for issue, _ in sorted(agenda.options_of(package), key=lambda pair: not pair[1].economic):
        actors = {step.by for one in issue.options[1:] for step in one.steps}
        if len(actors) > 1:
            continue
        side = next(iter(actors))
        if len(issue.options) > room[side]:
            left.append(issue.id)
            continue
        room[side] //= len(issue.options)
        taken.append(issue.id)
    try:
        game = agenda_game(sheet.payoffs, taken)
    except InvalidGame:
        return None
    found = equilibria(game)
    return {
        "issues": taken,
        "left_out": left,
        "strategies": [len(game.rows), len(game.columns)],
        "equilibria": [one.to_dict(game) for one in found],
        "unique": len(found) == 1 and not degenerate(game),
        "ties": degenerate(game),
    }


def _sides(
    sheet: Sheet, kept: np.ndarray, breaches: Sequence[Breach], punished: np.ndarray
) -> dict[str, Any]:
    return {
        side: _side(
            Stakes(float(kept[at]), breaches[at].worth, float(punished[at])),
            breaches[at],
            sheet.payoffs.aims[at].patience,
        )
        for at, side in enumerate(sheet.agenda.sides)
    }


def _side(stakes: Stakes, breach: Breach, patience: Any) -> dict[str, Any]:
    """What one side needs, by lag, with and without alarms and returns, and with a clock."""
    own = None if patience is None else patience.factor()
    lags = []
    for days in LAGS_DAYS:
        grim = needed_patience(stakes, Terms(days / YEAR))
        real = needed_patience(stakes, Terms(days / YEAR, ALARMS_A_YEAR, RETURNS_A_YEAR))
        lags.append(
            {
                "lag_days": days,
                "grim": grim.to_dict(),
                "with_alarms_and_returns": real.to_dict(),
                "keeps": None if own is None else real.holds_for(own),
            }
        )
    clock = Terms(30 / YEAR, ALARMS_A_YEAR, RETURNS_A_YEAR, CLOCK_DAYS / YEAR)
    rate = None if own is None else -4 * float(np.log(own))
    return {
        "keep_percent": stakes.keep,
        "breach_percent": stakes.breach,
        "punished_percent": stakes.punished,
        "temptation_percent": stakes.temptation,
        "breach": breach.what,
        "patience": None if patience is None else patience.to_dict(),
        "by_lag": lags,
        "with_a_clock": [{"renewal_share": share, **_clocked(stakes, clock, share)} for share in RENEWALS],
        "renewal_needed_share": None if rate is None else renewal_needed(stakes, clock, rate),
    }


def _clocked(stakes: Stakes, clock: Terms, share: float) -> dict[str, Any]:
    from dataclasses import replace

    return needed_patience(stakes, replace(clock, renewal_share=share)).to_dict()


def _of_truce(sheet: Sheet, at: int) -> Breach:
    """The side lets its own clocks lapse while the other keeps its duties suspended."""
    payoffs, agenda = sheet.payoffs, sheet.agenda
    side, economies = agenda.sides[at], payoffs.prepared.world.economies
    lapsed = lapsed_asof(payoffs.record, agenda.asof)
    assert lapsed is not None
    after = change_from_base(payoffs.record, lapsed, economies)
    today = change_from_base(payoffs.record, agenda.asof, economies)
    rows = [row for row in after.rows if row.importer == side]
    rows += [row for row in today.rows if row.importer != side]
    worth = float(payoffs.of_policy(Policy(tuple(rows)))[at])
    return Breach(f"{side} restores what it suspended", worth)


def _of_deal(sheet: Sheet, package: Package, at: int) -> Breach:
    """The side leaves undone those of its own steps that pay it most to leave undone.

    A step that both take together (two steps by two sides under one option) has one worth beside the economy
    and is taken as kept.
    """
    agenda, payoffs = sheet.agenda, sheet.payoffs
    side = agenda.sides[at]
    own = [
        (issue.id, option)
        for issue, option in agenda.options_of(package)
        if {step.by for step in option.steps} == {side}
    ]
    whole = payoffs.worth(package)[side].central

    def worth(undone: Sequence[str]) -> float:
        steps: list[Step] = []
        beside = 0.0
        for issue, option in agenda.options_of(package):
            if issue.id in undone:
                continue
            beside += payoffs.own(option, side).central
            steps += [step for step in option.steps if step.economic]
        policy = policy_after(payoffs.record, agenda.asof, steps, payoffs.prepared.world.economies)
        return float(payoffs.of_policy(policy)[at]) + beside

    names = [name for name, _ in own]
    if len(names) <= SUBSETS:
        tried = [list(c) for k in range(1, len(names) + 1) for c in itertools.combinations(names, k)]
    else:
        alone = {name: worth([name]) for name in names}
        tried = [[name] for name in names] + [[name for name in names if alone[name] > whole]]
    best = max(((worth(undone), undone) for undone in tried if undone), default=(whole, []))
    titles: Mapping[str, str] = {issue.id: issue.title for issue in agenda.issues}
    words = ", ".join(titles[name] for name in best[1]) or "nothing of its own to leave undone"
    return Breach(f"{side} leaves undone: {words}", best[0])
