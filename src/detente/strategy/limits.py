"""Moves that law allows on a day: bounds on a side's duties over those in force, each from an authority.

An entry of the levers is then the rise of the duty-inclusive price over the duties in force, so that a
uniform move adds to goods that already pay different duties. Upwards, every authority that may be used adds
its room: its cap less what it carries already; one without a cap leaves the bound of the search. Downwards
a government may take back its own added duties, down to what the goods paid without any measure of the
record.

    lower = max over cells of log (1 + floor) / (1 + in force),   upper = min of log (1 + in force + room) /
    (1 + in force)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from detente.core.errors import InvalidGame
from detente.economy.world import World
from detente.record.asof import AsOf
from detente.record.authorities import Power, powers_on
from detente.record.entries import Instrument, Usable
from detente.record.files import Record
from detente.strategy.authorities import Step, in_use_percent, step_of
from detente.strategy.choice import DUTY, TAX, Choice


@dataclass(frozen=True)
class DutyLaw:
    """What a side may add to its duties on a day.

    Attributes:
        side: whose law.
        steps: authorities that may be used, the soonest to bite first.
        closed: authorities for duties that open nothing here, with the reason.
    """

    side: str
    steps: tuple[Step, ...]
    closed: dict[str, str]

    @property
    def room_points(self) -> float:
        """Points that may be added in all; infinite where an authority has no cap."""
        if any(step.room_points is None for step in self.steps):
            return np.inf
        return float(sum(step.room_points or 0.0 for step in self.steps))

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        room = self.room_points
        return {
            "side": self.side,
            "room_points": None if np.isinf(room) else room,
            "capped": bool(np.isfinite(room)),
            "steps": [step.to_dict() for step in self.steps],
            "closed": dict(self.closed),
        }


def duty_law(
    record: Record,
    asof: AsOf,
    side: str,
    partners: Sequence[str],
    *,
    alike: bool,
    by_sector: bool,
    within_days: int | None = None,
) -> DutyLaw:
    """The authorities by which a side may raise duties on partners on a day.

    Args:
        partners: on whom.
        alike: whether all partners of the world are charged alike.
        by_sector: whether sectors are charged apart; an authority over one group of goods opens nothing else.
        within_days: leave out authorities that take longer from opening to effect.

    Raises:
        InvalidGame: the record has no authority of the side to lay duties.
    """
    powers = [
        power
        for power in powers_on(record, asof, side)
        if Instrument.IMPORT_DUTY in power.authority.instruments
    ]
    if not powers:
        raise InvalidGame(
            f"moves of {side}",
            where="--dispute",
            why=f"the record {record.settings.name} has no authority of {side} to lay duties",
            instead="sides with authorities on record; without --dispute the rates are a bound only",
        )
    steps, closed = [], {}
    for power in powers:
        reason = _closed(power, alike, by_sector)
        step = step_of(power, partners[0])
        if not reason and within_days is not None and step.days > within_days:
            reason = f"it takes {step.days} days from opening to effect"
        if reason:
            closed[power.authority.id] = reason
            continue
        cap = power.authority.cap_percent
        used = max(in_use_percent(power, partner) for partner in partners)
        steps.append(step if cap is None else replace(step, room_points=max(0.0, cap - used)))
    steps.sort(key=lambda step: (step.days, step.authority))
    return DutyLaw(side, tuple(steps), closed)


def _closed(power: Power, alike: bool, by_sector: bool) -> str:
    entry = power.authority
    if power.usable is Usable.NO:
        return power.stretch.why if power.stretch else "not yet in force"
    if entry.against == "firms":
        return "it binds single firms"
    if entry.against == "all_partners" and not alike:
        return "it must treat all partners alike"
    if entry.reach == "one_product":
        return "it reaches one product a case"
    if entry.reach == "group_of_goods" and not by_sector:
        return "it reaches one group of goods a case, not all"
    return ""


def limited(
    one: Choice, world: World, in_force: np.ndarray, floor: np.ndarray, law: DutyLaw, highest: float
) -> Choice:
    """The levers of a side within its law, over duties in force.

    Args:
        one: its levers, duties alone.
        world: flows.
        in_force: duties on the day, fractions [N, N, J].
        floor: duties without any measure of the record [N, N, J].
        law: of the side.
        highest: largest duty searched, a fraction.

    Raises:
        InvalidGame: export taxes, or nothing is left to set.
    """
    if (one.index[TAX] >= 0).any():
        raise InvalidGame(
            f"export taxes of {one.side}",
            where="--export-taxes",
            why="the record's authorities limit duties; none is on record for export taxes",
            instead="duties alone, or no --dispute",
        )
    mask = one.index[DUTY] >= 0
    place = one.index[DUTY][mask]
    now, least = 1 + in_force[one.row][mask], 1 + np.minimum(floor, in_force)[one.row][mask]
    most = np.minimum(now + law.room_points / 100, 1 + max(highest, 0.0))
    lower, upper = np.full(one.size, -np.inf), np.full(one.size, np.inf)
    np.maximum.at(lower, place, np.log(least / now))
    np.minimum.at(upper, place, np.maximum(0.0, np.log(most / now)))
    if (upper - lower <= 0).all():
        raise InvalidGame(
            f"no move for {one.side}",
            where="--dispute, --on",
            why="no authority of the day lets it raise these duties, and it has none to take back: "
            + "; ".join(f"{name}: {why}" for name, why in law.closed.items()),
            instead="another day, more time (--within) or finer duties (--grain); else no --dispute",
        )
    over = np.zeros(one.index.shape)
    over[DUTY] = np.log1p(in_force[one.row])
    flows = np.zeros(one.index.shape)
    flows[DUTY] = world.flows[one.row]
    return replace(one, lower=np.minimum(lower, 0.0), upper=upper, over=over, flows=flows)
