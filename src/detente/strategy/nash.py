"""Trade war: duties at which no side gains by changing its own, others' given.

Every start is followed by best responses in turn. What they settle on is an equilibrium only by its
certificate: for each side, the regret, what it could still gain, is searched for from many other duties of
its own and coordinate by coordinate without slopes. A war is a bound on what can happen, never a forecast.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from detente.core.errors import InvalidGame, UnsolvableShock
from detente.economy.assumptions import is_balanced
from detente.economy.outcome import Outcome
from detente.strategy.arena import Arena, require_bounded
from detente.strategy.certify import REGRET_TOLERANCE, SETTLED_ENOUGH, STARTS, Regret, regret
from detente.strategy.choice import DUTY, Choice, rates_of
from detente.strategy.implied import implied
from detente.strategy.optimal import outcome_at
from detente.strategy.settle import Player, Progress, quiet, reach
from detente.strategy.steps import NONE, Steps

AUTARKIC = 0.01
"""Trade between two sides below this part of the baseline's makes an equilibrium autarkic."""

SHUT = "prohibitive duties"
"""Name of the start with every duty at its upper bound."""

SAME = 1e-4
"""Rates nearer than this, in logs of gross rates weighted by trade, are one equilibrium."""


@dataclass(frozen=True)
class War:
    """One equilibrium of the game.

    Attributes:
        rates: logs of gross rates of everybody [lever, importer, exporter, sector].
        entries: of each side, by label.
        aims_percent: of each side there, by label.
        rounds: of best responses.
        regrets: of each side, by label.
        autarkic: pairs of sides that trade less than 1% of the baseline with each other.
        found_from: starts that led here.
        outcome: the certified equilibrium of the economy.
    """

    rates: np.ndarray
    entries: dict[str, np.ndarray]
    aims_percent: dict[str, float]
    rounds: int
    regrets: dict[str, Regret]
    autarkic: tuple[tuple[str, str], ...]
    found_from: tuple[str, ...]
    outcome: Outcome

    @property
    def certified(self) -> bool:
        """True where no side's regret exceeds the tolerance."""
        return _all_certified(self.regrets)


@dataclass(frozen=True)
class Game:
    """All equilibria found.

    Attributes:
        choices: levers of each side.
        wars: trading ones first, then by the sum of aims.
        starts: labels of the starts, and of those that did not settle.
        unsettled: starts whose best responses did not settle.
        in_time: False where the time limit cut the search short.
        evaluations: equilibria solved with slopes, by the search and by the certificate.
        balanced: whether deficits are zero.
        seconds: wall time.
    """

    choices: tuple[Choice, ...]
    wars: tuple[War, ...]
    starts: tuple[str, ...]
    unsettled: tuple[str, ...]
    in_time: bool
    evaluations: int
    balanced: bool
    seconds: float

    @property
    def war(self) -> War | None:
        """The one trading equilibrium; None where there is none, or more than one."""
        trading = [one for one in self.wars if not one.autarkic]
        return trading[0] if len(trading) == 1 else None

    @property
    def certified(self) -> bool:
        """True where there is an equilibrium and all are certified."""
        return bool(self.wars) and all(one.certified for one in self.wars)

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "sides": [one.side for one in self.choices],
            "balanced": self.balanced,
            "equilibria": [self._one(war) for war in self.wars],
            "unique_trading_equilibrium": self.war is not None,
            "starts": list(self.starts),
            "starts_unsettled": list(self.unsettled),
            "notes": [note for one in self.choices for note in one.notes],
            "certified": self.certified,
            "in_time": self.in_time,
            "evaluations": self.evaluations,
            "seconds": self.seconds,
        }

    def _one(self, war: War) -> dict[str, Any]:
        return {
            "label": "autarkic equilibrium" if war.autarkic else "trading equilibrium",
            "autarkic_pairs": [list(pair) for pair in war.autarkic],
            "found_from": list(war.found_from),
            "rounds": war.rounds,
            "certified": war.certified,
            "outcome_certificate": war.outcome.certificate.to_dict(),
            "sides": {
                one.side: {
                    "aim_percent": war.aims_percent[one.side],
                    "rates_percent": one.rates_percent(war.entries[one.side]),
                    "at_bound": one.at_bound(war.entries[one.side]),
                    "regret": war.regrets[one.side].to_dict() if one.side in war.regrets else None,
                }
                for one in self.choices
            },
        }


def nash(
    arena: Arena,
    choices: Sequence[Choice],
    *,
    starts: int = 3,
    checks: int = STARTS,
    rates: np.ndarray | None = None,
    deadline: float = np.inf,
    progress: Progress = quiet,
    seed: int = 0,
    steps: Steps = NONE,
) -> Game:
    """Equilibria of the game in which each side sets its levers, from several starts.

    Args:
        arena: the sides' aims.
        choices: the levers of each side, in the same order.
        starts: duties to start from: those in force, none, then random ones up to 200%.
        checks: other duties of its own from which each side's regret is searched, at least 20 to certify.
        rates: in force at the start, logs of gross rates; by default those of the base day.
        deadline: `time.monotonic()` at which the best so far is given.
        progress: called with words.
        seed: of random starts.
        steps: finished steps of this very game, from which a search that was cut off goes on.

    Raises:
        InvalidGame: fewer than two sides, a side without levers, a problem without a bound.
        UnsolvableShock: no start has a certified equilibrium.
    """
    began = time.perf_counter()
    sides = [one.side for one in choices]
    if len(sides) < 2 or sides != [aim.side for aim in arena.aims]:
        raise InvalidGame(
            f"a war of {', '.join(sides) or 'nobody'}",
            where="SIDES",
            why="a war needs two sides or more, each with an aim and levers",
            instead="for example USA,CHN; one side alone has a best response",
        )
    require_bounded(arena.prepared, choices)
    rates = rates_of(arena.prepared.world) if rates is None else rates
    players = [Player(arena, place, one) for place, one in enumerate(choices)]
    named = _starts(choices, rates, starts, seed)
    led, unsettled, evaluations = reach(arena, players, named, deadline, progress, steps)
    reached = [_Reached([one.start], one.rates, one.rounds, one.settled) for one in led]
    if not reached:
        raise UnsolvableShock(
            "a war from any start",
            why="no start has a certified equilibrium",
            instead="lower bounds on duties, or the balanced closure",
        )
    shut = _shut(choices, rates)
    if time.monotonic() <= deadline and _stands(arena, players, shut, deadline):
        reached.append(_Reached([SHUT], shut, 0, True))
    # Only what differs is searched for regret, and what a better response moves may fall together again.
    checked = [
        _checked(arena, players, one, checks, deadline, progress, steps, f"equilibrium-{number}")
        for number, one in enumerate(_grouped(reached, arena))
    ]
    evaluations += sum(one.evaluations for one in checked)
    # Shut borders were a guess; without a certificate they are no finding.
    checked = [one for one in checked if one.names != [SHUT] or _all_certified(one.regrets)]
    wars = [_war(arena, players, one) for one in _grouped(checked, arena)]
    wars.sort(key=lambda one: (bool(one.autarkic), -sum(one.aims_percent.values())))
    return Game(
        tuple(choices),
        tuple(wars),
        tuple(name for name, _ in named),
        tuple(unsettled),
        time.monotonic() <= deadline,
        evaluations,
        is_balanced(arena.prepared.closure),
        time.perf_counter() - began,
    )


def _all_certified(regrets: Mapping[str, Regret]) -> bool:
    return bool(regrets) and all(one.certified for one in regrets.values())


def _shut(choices: Sequence[Choice], rates: np.ndarray) -> np.ndarray:
    """Every duty at its upper bound: where nobody buys, no duty of one's own brings trade back, so that
    this may be an equilibrium beside those with trade."""
    for one in choices:
        duties = one.free & np.isin(np.arange(one.size), one.index[DUTY])
        rates = one.put(rates, np.where(duties, one.upper, one.take(rates)))
    return rates


def _stands(arena: Arena, players: Sequence[Player], rates: np.ndarray, deadline: float) -> bool:
    """Whether no side gains by going back to no duties or on from there."""
    before = arena.values(rates[None])[0]
    if not np.isfinite(before).all():
        return False
    for player in players:
        one = player.choice
        none = np.where(one.free, np.clip(0.0, one.lower, one.upper), one.take(rates))
        found = implied(
            arena, rates, [player.place], [one], none[None], tolerance=SETTLED_ENOUGH, deadline=deadline
        )
        if not found.in_time or found.values[0, 0] > before[player.place] + REGRET_TOLERANCE:
            return False
    return True


RESUMED = 8
"""Times the best responses are resumed from a side's better duties before the regret stands."""


@dataclass
class _Reached:
    """Where the starts named led, and each side's regret there once searched."""

    names: list[str]
    rates: np.ndarray
    rounds: int
    settled: bool
    regrets: dict[str, Regret] = field(default_factory=dict)
    evaluations: int = 0


def _checked(
    arena: Arena,
    players: Sequence[Player],
    reached: _Reached,
    checks: int,
    deadline: float,
    progress: Progress,
    steps: Steps,
    step: str,
) -> _Reached:
    """Regrets at what was reached; best responses are resumed where a side finds duties that serve it better.

    A best response found by slopes may be the best only near by: an aim need not be concave in duties.
    """
    rates, rounds, count = reached.rates, reached.rounds, 0
    regrets: dict[str, Regret] = {}
    for turn in range(RESUMED if reached.settled else 0):
        regrets = {}
        for player in players:
            side = player.choice.side
            name = f"{step}-{turn}-{side}"
            kept = steps.get(name)
            if kept is not None:
                found = Regret.of_arrays(kept)
            else:
                progress(f"war: regret of {side}")
                found = regret(arena, player.place, player.choice, rates, checks=checks, deadline=deadline)
                if found.in_time:
                    steps.put(name, vars(found))
            regrets[side] = found
            count += found.evaluations
            if found.percent > REGRET_TOLERANCE and found.in_time:
                rates, player.curvature = player.choice.put(rates, found.better), None
                break
        else:
            break
        led, _, more = reach(
            arena, players, [("better duties", rates)], deadline, progress, steps, f"{step}-{turn}-better"
        )
        count += more
        if not led or not led[0].settled:
            return _Reached(reached.names, rates, rounds, False, evaluations=count)
        rates, rounds = led[0].rates, rounds + led[0].rounds
    return _Reached(reached.names, rates, rounds, reached.settled, regrets, count)


def _starts(
    choices: Sequence[Choice], rates: np.ndarray, count: int, seed: int
) -> list[tuple[str, np.ndarray]]:
    draw = np.random.default_rng(seed)
    found = [("duties in force", rates)]
    none = rates
    for one in choices:
        none = one.put(none, np.where(one.free, np.clip(0.0, one.lower, one.upper), one.take(none)))
    found.append(("no duties", none))
    for number in range(1, max(0, count - 2) + 1):
        random = rates
        for one in choices:
            high = np.minimum(one.upper, np.log(3.0))
            entries = one.lower + (high - one.lower) * draw.random(one.size)
            random = one.put(random, np.where(one.free, entries, one.take(random)))
        found.append((f"random duties {number}", random))
    return found[:count]


def _grouped(reached: Sequence[_Reached], arena: Arena) -> list[_Reached]:
    """Equilibria that differ, each with the starts that led to it.

    Rates on flows that are next to nothing do not tell equilibria apart.
    """
    groups: list[_Reached] = []
    flows = arena.prepared.baseline.flows
    weight = np.stack([np.minimum(1.0, flows / (1e-7 * flows.sum()))] * 2)
    for one in reached:
        for other in groups:
            if float((np.abs(one.rates - other.rates) * weight).max()) <= SAME:
                other.names.extend(one.names)
                break
        else:
            groups.append(one)
    return groups


def _war(arena: Arena, players: Sequence[Player], reached: _Reached) -> War:
    outcome = outcome_at(arena.prepared, reached.rates)
    values = arena.values(reached.rates[None])[0]
    return War(
        reached.rates,
        {player.choice.side: player.choice.take(reached.rates) for player in players},
        {player.choice.side: float(values[player.place]) for player in players},
        reached.rounds,
        reached.regrets,
        autarkic_pairs(outcome, [player.choice.side for player in players]),
        tuple(reached.names),
        outcome,
    )


def autarkic_pairs(outcome: Outcome, sides: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Pairs of sides whose trade with each other is under 1% of the baseline's."""
    now, then = outcome.goods_flows(outcome.after), outcome.goods_flows(outcome.before)
    place = {side: outcome.world.economies.index(side) for side in sides}
    pairs = [(a, b) for at, a in enumerate(sides) for b in sides[at + 1 :]]

    def both(flows: np.ndarray, a: str, b: str) -> float:
        return float(flows[place[a], place[b]] + flows[place[b], place[a]])

    return tuple(
        (a, b) for a, b in pairs if both(then, a, b) > 0 and both(now, a, b) < AUTARKIC * both(then, a, b)
    )
