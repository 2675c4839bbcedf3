"""Lobby weights on sectors, calibrated to observed non-cooperative duties (Ossa 2014, AER 104:12, section
II).

Weights L_s, of mean one, are sought so that the cross-sector pattern of a side's best duties, t_s over
their mean, is nearest to that of observed ones, o_s over theirs:

    min over L   sum_s (t_s(L) / mean t - o_s / mean o)^2

The level is not fitted: the gap of the means is what the model leaves unexplained, and is reported. A
sector's best duty rises with its own weight, so each weight moves by the gap of its sector over that slope,
learnt from step to step.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from detente.core.errors import InvalidGame, MalformedFile, UnknownSector
from detente.economy.prepare import Prepared
from detente.strategy.aims import Aim, Term
from detente.strategy.arena import arena
from detente.strategy.choice import choice
from detente.strategy.nash import Progress, quiet
from detente.strategy.optimal import best_response

STEPS = 25
ENOUGH = 1e-4
"""Fall of the root mean square gap that counts as progress."""

FITTED = 1e-3
"""Root mean square gap of the patterns at which the search ends."""

SLOPE = 1.5
"""First guess of how much the pattern rises with a sector's own weight."""

COLUMNS = ("sector", "rate_percent")


@dataclass(frozen=True)
class LobbyWeights:
    """Weights and how well they do.

    Attributes:
        side: whose; weights: by sector, of mean one over the sectors fitted.
        observed_percent, fitted_percent: duties by sector, at their own levels.
        correlation: of the two patterns; None where one of them is flat.
        r_squared: 1 - squared gaps over squared deviations of the observed pattern; None likewise.
        level_gap_points: mean of the fitted less mean of the observed duties.
        evaluations: best responses found; certified: whether that of the weights given is.
    """

    side: str
    weights: Mapping[str, float]
    observed_percent: Mapping[str, float]
    fitted_percent: Mapping[str, float]
    correlation: float | None
    r_squared: float | None
    level_gap_points: float
    evaluations: int
    certified: bool

    @property
    def aim(self) -> Aim:
        """The aim of a government with these weights."""
        words = "weights that fit the pattern of observed non-cooperative duties best"
        return Aim(self.side, (Term("sector_income", because=words, sector_weights=self.weights),))

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            key: dict(value) if isinstance(value, Mapping) else value for key, value in vars(self).items()
        }


def read_duties(path: Path) -> dict[str, float]:
    """Observed duties by sector, percent, of a CSV file with the columns sector and rate_percent.

    Raises:
        MalformedFile: it cannot be read, lacks a column, names a sector twice or has a rate that is no rate.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.DictReader(stream)
            rows = [(reader.line_num, row) for row in reader]
            names = reader.fieldnames or []
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise MalformedFile(
            f"{path} cannot be read", where=str(path), why=str(getattr(error, "strerror", None) or error),
            instead=f"a UTF-8 CSV file with the columns {', '.join(COLUMNS)}",
        ) from None  # fmt: skip
    found: dict[str, float] = {}
    if not rows or set(COLUMNS) - set(names):
        raise MalformedFile(
            "no observed duties", where=f"{path}:1", why=f"it has {', '.join(names) or 'nothing'}",
            instead="sector,rate_percent, then C26,25",
        )  # fmt: skip
    for number, row in rows:
        sector, text = (row["sector"] or "").strip(), row["rate_percent"] or ""
        try:
            rate = float(text)
        except ValueError:
            rate = np.nan
        if not 0 <= rate < 1e6 or sector in found or not sector:
            raise MalformedFile(
                f"{sector or 'no sector'}: {text!r}", where=f"{path}:{number}",
                why="it stands twice" if sector in found else "a sector and a rate from zero up are needed",
                instead="one row a sector: C26,25",
            )  # fmt: skip
        found[sector] = rate
    return found


def calibrate(
    prepared: Prepared,
    side: str,
    observed_percent: Mapping[str, float],
    *,
    steps: int = STEPS,
    progress: Progress = quiet,
) -> LobbyWeights:
    """The lobby weights of a side that fit a pattern of duties best.

    Args:
        prepared: world and model.
        side: whose duties, on all partners alike.
        observed_percent: by sector; sectors left out keep weight one and take no part.
        steps: best responses at most.
        progress: told how far the fit is.

    Raises:
        UnknownSector: one that the world lacks.
        InvalidGame: no income belongs to sectors in the model; fewer than two sectors, services, or duties
            that are all zero.
    """
    world = prepared.world
    for sector in observed_percent:
        if sector not in world.sectors:
            raise UnknownSector(
                repr(sector), where="observed duties", why=f"not in world {world.name}",
                instead=f"one of {', '.join(world.sectors)}",
            )  # fmt: skip
    sectors = list(observed_percent)
    target = np.array([float(observed_percent[sector]) for sector in sectors])
    if len(sectors) < 2 or set(sectors) & set(world.services) or not target.any():
        raise InvalidGame(
            f"a pattern of {len(sectors)} duties", where="observed duties",
            why="a pattern needs two goods sectors or more, not all of them free of duty",
            instead="one row for each goods sector",
        )  # fmt: skip
    levers = choice(world, side, "sector", sectors=sectors)
    order = [levers.names.index(f"duty * {sector}") for sector in sectors]
    pattern = target / target.mean()
    weights, slope, rates = np.ones(len(sectors)), np.full(len(sectors), SLOPE), None
    before: tuple[np.ndarray, np.ndarray] | None = None
    best: tuple[float, np.ndarray, np.ndarray, bool] | None = None
    count, stale = 0, 0
    while count < steps and stale < 4 and (best is None or best[0] > FITTED):
        aim = Aim(side, (Term("sector_income", sector_weights=dict(zip(sectors, weights, strict=True))),))
        found = best_response(arena(prepared, [aim]), side, levers, rates=rates)
        count, rates = count + 1, found.rates
        fitted = 100 * np.expm1(found.entries[order])
        if not fitted.mean() > 0:
            raise InvalidGame(
                f"the duties of {side}", where="observed duties", why="its best ones are all zero here",
                instead="another model, or weights given",
            )  # fmt: skip
        gap = pattern - fitted / fitted.mean()
        miss = float(np.sqrt((gap**2).mean()))
        progress(f"lobby weights of {side}: step {count}, root mean square gap {miss:.3g}")
        stale = 0 if best is None or miss < best[0] - ENOUGH else stale + 1
        if best is None or miss < best[0]:
            best = (miss, weights.copy(), fitted, found.certificate.certified)
        if before is not None:
            moved, answered = weights - before[0], -(gap - before[1])
            seen = np.abs(moved) > 1e-6
            learnt = np.where(seen, answered / np.where(seen, moved, 1.0), slope)
            slope = np.clip(0.5 * slope + 0.5 * learnt, 0.3, 10.0)
        before = (weights.copy(), gap)
        # Weights below zero would reward a sector's loss.
        weights = np.maximum(0.0, weights + np.clip(gap / slope, -0.3, 0.3))
        weights = weights / weights.mean()
    assert best is not None
    return _result(side, sectors, target, best, count)


def _result(
    side: str,
    sectors: list[str],
    target: np.ndarray,
    best: tuple[float, np.ndarray, np.ndarray, bool],
    count: int,
) -> LobbyWeights:
    _, weights, fitted, certified = best
    one, other = target / target.mean(), fitted / fitted.mean()
    spread = float(((one - 1) ** 2).sum())
    flat = min(spread, float(((other - 1) ** 2).sum())) < 1e-12
    return LobbyWeights(
        side,
        dict(zip(sectors, map(float, weights), strict=True)),
        dict(zip(sectors, map(float, target), strict=True)),
        dict(zip(sectors, map(float, fitted), strict=True)),
        None if flat else float(np.corrcoef(one, other)[0, 1]),
        None if spread < 1e-12 else float(1 - ((one - other) ** 2).sum() / spread),
        float(fitted.mean() - target.mean()),
        count,
        certified,
    )


def with_weights(aim: Aim, fitted: LobbyWeights) -> Aim:
    """An aim with its sector weights, or its real income, replaced by fitted ones."""
    terms = [
        replace(term, kind="sector_income", sector_weights=fitted.weights)
        if term.kind in ("real_income", "sector_income")
        else term
        for term in aim.terms
    ]
    return replace(aim, terms=tuple(terms))
