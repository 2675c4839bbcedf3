"""Which levers a side may set, how finely, and within what bounds.

A side's levers are one vector of logs of gross rates, log(1 + rate). Its own duties lie on the row of the
importer, its export taxes on the column of the exporter; each cell it may set belongs to one entry of the
vector, so that a uniform duty is one entry and duties by partner and sector are as many as there are cells.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from detente.core.errors import InvalidGame, InvalidOption, UnknownEconomy, UnknownSector
from detente.economy.world import World
from detente.policy import SectorPolicy

GRAINS = ("uniform", "sector", "partner", "partner-sector")
"""uniform: one rate; sector: one a sector on all partners alike (MFN); partner: one a partner;
partner-sector: one a partner and sector."""

DUTY, TAX = 0, 1
LEVERS = ("duty", "export_tax")

REST = "rest"
"""Group of the partners that are in no other."""

HIGHEST = 10.0
"""Rate up to which a lever is searched where nothing else is said: 1000 percent."""

AT_BOUND = 1e-9
"""A log rate this near to a bound stands at it."""


@dataclass(frozen=True)
class Choice:
    """The levers of one side.

    Attributes:
        side: label; row: its position.
        index: entry of each cell, -1 where the side may not set it [lever, partner, J].
        lower, upper: bounds of the entries, logs of gross rates [K].
        names: of the entries, "duty CHN C26", "export_tax * *" [K].
        free: False for an entry that a normalisation holds where it starts [K].
        notes: arrangements made, in words.
        over: logs of gross rates in force that the entries come on top of [lever, partner, J]; None where an
            entry is the whole rate.
        flows: at baseline, weights of the rates that are shown where they differ within an entry; None with
            `over`.
    """

    side: str
    row: int
    index: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    names: tuple[str, ...]
    free: np.ndarray
    notes: tuple[str, ...] = ()
    over: np.ndarray | None = None
    flows: np.ndarray | None = None

    @property
    def size(self) -> int:
        """Entries."""
        return len(self.names)

    def put(self, rates: np.ndarray, entries: np.ndarray) -> np.ndarray:
        """Logs of gross rates of everybody with this side's entries in their cells.

        Args:
            rates: [..., lever, importer, exporter, sector].
            entries: [..., K].
        """
        result = np.broadcast_to(rates, (*entries.shape[:-1], *rates.shape[-4:])).copy()
        for lever in (DUTY, TAX):
            index = self.index[lever]
            mask = index >= 0
            if mask.any():
                own = self._own(result, lever)
                own[..., mask] = entries[..., index[mask]]
                if self.over is not None:
                    own[..., mask] += self.over[lever][mask]
        return result

    def take(self, rates: np.ndarray) -> np.ndarray:
        """The side's entries of given rates: means of the cells of each, within the bounds [K]."""
        counts = self._sums(np.ones((2, *self.index.shape[1:])))
        stacked = np.stack([self._own(rates, lever) for lever in (DUTY, TAX)])
        if self.over is not None:
            stacked = stacked - self.over
        return np.clip(self._sums(stacked) / counts, self.lower, self.upper)

    def gathered(self, slopes: np.ndarray) -> np.ndarray:
        """Derivatives in the entries from derivatives in all cells [lever, importer, exporter, sector]."""
        return self.gathered_own(np.stack([self._own(slopes, lever) for lever in (DUTY, TAX)]))

    def gathered_own(self, cells: np.ndarray) -> np.ndarray:
        """Sums over the cells of each entry of numbers by own cell [lever, partner, J] -> [K]."""
        return self._sums(cells)

    def by_sector(self, cells: np.ndarray) -> np.ndarray:
        """Sums over the cells of each entry by sector, of numbers by own cell [lever, partner, J]: [K, J]."""
        mask = self.index >= 0
        sectors = self.index.shape[2]
        place = (self.index * sectors + np.arange(sectors))[mask]
        found = np.bincount(place, weights=cells[mask], minlength=self.size * sectors)
        return found.reshape(self.size, sectors)

    def _own(self, rates: np.ndarray, lever: int) -> np.ndarray:
        """A view of the side's cells of a lever [..., partner, J]."""
        return rates[..., lever, self.row, :, :] if lever == DUTY else rates[..., lever, :, self.row, :]

    def _sums(self, cells: np.ndarray) -> np.ndarray:
        mask = self.index >= 0
        return np.bincount(self.index[mask], weights=cells[mask], minlength=self.size)

    def at_bound(self, entries: np.ndarray) -> list[dict[str, Any]]:
        """Entries that stand at a bound, for JSON."""
        low, high = entries <= self.lower + AT_BOUND, entries >= self.upper - AT_BOUND
        return [
            {
                "lever": self.names[k],
                "bound": "lower" if low[k] else "upper",
                "rate_percent": self._percent(entries)[k],
            }
            for k in np.flatnonzero((low | high) & self.free)
        ]

    def rates_percent(self, entries: np.ndarray) -> dict[str, float]:
        """Rate of each entry in percent, by name: the whole duty, meaned by trade where it differs."""
        return dict(zip(self.names, self._percent(entries), strict=True))

    def _percent(self, entries: np.ndarray) -> list[float]:
        if self.over is None or self.flows is None:
            return [float(100 * np.expm1(entry)) for entry in entries]
        gross = self._sums(self.flows * np.exp(self.over)) / self._sums(self.flows)
        return [float(100 * (gross[k] * np.exp(entries[k]) - 1)) for k in range(self.size)]


def choice(
    world: World,
    side: str,
    grain: str = "partner-sector",
    *,
    partners: Sequence[str] | None = None,
    sectors: Sequence[str] | None = None,
    groups: Mapping[str, Sequence[str]] | None = None,
    export_taxes: bool = False,
    lowest: float = 0.0,
    highest: float = HIGHEST,
) -> Choice:
    """The levers of a side on a world.

    Args:
        world: its labels, flows and base duties.
        side: whose.
        grain: one of `GRAINS`.
        partners: on whom; all by default. A flow that does not exist has no lever.
        sectors: on what; all goods by default.
        groups: of partners that are charged alike, by name, where the grain tells partners apart; partners
            in none of them are one more group, `REST`.
        export_taxes: export taxes as well, as fine as the duties; one of them is held at zero, since the
            same rise of all duties and all export taxes changes no trade (Lerner).
        lowest, highest: bounds of the rates, fractions; export taxes may fall to a subsidy of half.

    Raises:
        UnknownEconomy, UnknownSector: a label that the world lacks.
        InvalidOption: grain, bounds.
        InvalidGame: nothing is left to set.
    """
    where = f"levers of {side}"
    if grain not in GRAINS:
        raise InvalidOption(
            f"grain {grain!r}", where=where, why="no such grain", instead=f"one of {', '.join(GRAINS)}"
        )
    if not (0 <= lowest <= highest < np.inf):
        raise InvalidOption(
            f"bounds {100 * lowest:g}% to {100 * highest:g}%",
            where=where,
            why="a duty lies at or above zero and the bounds must leave something between them",
            instead="for example 0 to 1000",
        )
    _require(world.economies, (side, *(partners or ())), where, UnknownEconomy)
    _require(world.sectors, sectors or (), where, UnknownSector)
    row = world.economies.index(side)
    goods = ~np.isin(world.sectors, world.services)
    chosen = goods if sectors is None else goods & np.isin(world.sectors, list(sectors))
    there = np.ones(len(world.economies), dtype=bool) if partners is None else np.isin(
        world.economies, list(partners)
    )  # fmt: skip
    there[row] = False
    builder = _Builder(world, grain, _group_of(world, grain, groups, where))
    flows = {DUTY: world.flows[row], TAX: world.flows[:, row]}
    for lever in (DUTY, TAX) if export_taxes else (DUTY,):
        builder.add(lever, there[:, None] & chosen[None, :] & (flows[lever] > 0), flows[lever])
    if not builder.names:
        raise InvalidGame(
            f"no lever for {side}",
            where=where,
            why="no duty falls on services, on domestic sales or where nothing is traded",
            instead="partners and goods sectors that it trades with",
        )
    lever = np.array(builder.lever)
    lower = np.where(lever == DUTY, np.log1p(lowest), np.log(0.5))
    upper = np.full(len(lever), np.log1p(highest))
    free, notes = np.ones(len(lever), dtype=bool), ()
    if export_taxes:
        held = int(np.argmax(np.where(lever == TAX, builder.traded, -1.0)))
        free[held] = False
        notes = (f"{builder.names[held]} is held at zero: one lever is redundant (Lerner)",)
    return Choice(side, row, builder.index, lower, upper, tuple(builder.names), free, notes)


class _Builder:
    """Entries of a choice, lever by lever."""

    def __init__(self, world: World, grain: str, group_of: Mapping[str, str]) -> None:
        n, j = len(world.economies), len(world.sectors)
        self.world, self.group_of = world, group_of
        self.by_partner, self.by_sector = "partner" in grain, grain in ("sector", "partner-sector")
        self.index = np.full((2, n, j), -1)
        self.names: list[str] = []
        self.places: dict[str, int] = {}
        self.lever: list[int] = []
        self.traded: list[float] = []

    def add(self, lever: int, cells: np.ndarray, flows: np.ndarray) -> None:
        """Entries for the cells of a mask [partner, J]."""
        for n, j in np.argwhere(cells):
            partner = self.group_of[self.world.economies[n]] if self.by_partner else "*"
            sector = self.world.sectors[j] if self.by_sector else "*"
            name = f"{LEVERS[lever]} {partner} {sector}"
            at = self.places.setdefault(name, len(self.names))
            if at == len(self.names):
                self.names.append(name)
                self.lever.append(lever)
                self.traded.append(0.0)
            self.index[lever, n, j] = at
            self.traded[at] += float(flows[n, j])


def _group_of(
    world: World, grain: str, groups: Mapping[str, Sequence[str]] | None, where: str
) -> dict[str, str]:
    """The group of each economy: itself where there are no groups."""
    if not groups:
        return {label: label for label in world.economies}
    if "partner" not in grain:
        raise InvalidOption(
            f"groups of partners with grain {grain!r}",
            where=where,
            why="it charges all partners alike",
            instead="grain partner or partner-sector",
        )
    found: dict[str, str] = {}
    for name, labels in groups.items():
        _require(world.economies, labels, where, UnknownEconomy)
        twice = [label for label in labels if label in found]
        if twice or not labels:
            raise InvalidOption(
                f"group {name!r}",
                where=where,
                why=f"{', '.join(twice)} in two groups" if twice else "nobody is in it",
                instead="groups with members, each economy in one at most",
            )
        found |= dict.fromkeys(labels, name)
    return {label: found.get(label, REST) for label in world.economies}


def _require(known: Sequence[str], given: Sequence[str], where: str, kind: Any) -> None:
    for label in given:
        if label not in known:
            raise kind(
                repr(label), where=where, why="not in this world", instead=f"one of {', '.join(known)}"
            )


def put_all(choices: Sequence[Choice], rates: np.ndarray, entries: np.ndarray) -> np.ndarray:
    """Rates of everybody with the entries of some sides, one side after the other, in their cells.

    Args:
        choices: of the sides.
        rates: logs of gross rates.
        entries: of all of them [..., K].
    """
    at = 0
    for one in choices:
        given = entries[..., at : at + one.size]
        if rates.ndim > 4:
            rates = np.stack([one.put(r, e) for r, e in zip(rates, given, strict=True)])
        else:
            rates = one.put(rates, given)
        at += one.size
    return rates


def rates_of(world: World, policy: SectorPolicy | None = None) -> np.ndarray:
    """Logs of gross rates in force under a policy, or on the base day [lever, importer, exporter, sector]."""
    duty, tax = world.duty, np.zeros_like(world.duty)
    if policy is not None:
        duty, tax = np.maximum(0.0, duty + policy.duty_change), policy.export_tax
    return np.log1p(np.stack([duty, tax]))


def policy_of(world: World, rates: np.ndarray) -> SectorPolicy:
    """The policy that puts rates in force, as changes on the world's base duties."""
    level = np.expm1(rates)
    change = level[DUTY] - world.duty
    change[np.abs(change) < 1e-15] = 0.0
    return SectorPolicy(world.economies, world.sectors, change, np.zeros_like(change), level[TAX])
