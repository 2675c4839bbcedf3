"""One policy, many answers: what a result turns on, with the share of its variance by cause.

Every combination of the assumptions that are open to dispute is solved: model, set of elasticities, a factor
on all of them, closure, use of revenue, and, where standard errors are given, seeded draws from the sampling
distribution of the elasticities. All combinations weigh the same. Over such a design the variance of a result
divides exactly (analysis of variance; Sobol's indices of a finite design): with y over causes a, b, ...

    first-order share of a = Var_a( mean over the others of y given a ) / Var(y)

and what first-order shares leave of one is the interaction of causes, shown as the remainder. A combination
without a certified equilibrium has no numbers: the level of a cause that most of them share is left out of
the division until it is complete, and named.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import product
from typing import Any

import numpy as np

from detente.core.errors import InvalidOption, UnsolvableShock
from detente.economy.assumptions import Closure, RevenueUse, choose, trade_elasticities
from detente.economy.certificate import NotSolved
from detente.economy.models.base import Levers
from detente.economy.outcome import ECONOMY, MEASURES
from detente.economy.prepare import TOLERANCE, Prepared, prepare
from detente.economy.search import find
from detente.economy.solve import solve_prepared
from detente.economy.world import World
from detente.policy import SectorPolicy

CAUSES = ("model", "elasticities", "theta_scale", "sampling", "closure", "revenue_use")
"""Causes of spread, in the order of the axes of `Spread.values`."""

MOST_RUNS = 20_000

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Design:
    """The assumptions that are combined.

    Attributes:
        models: names of models.
        elasticities: sets of the world; None for all but winsorised variants of others.
        theta_scales: factors on every theta.
        closures, revenue_uses: names.
        standard_errors: set -> standard error of theta by sector [J]; a set without has none.
        draws: draws from the sampling distribution, log-normal with the estimate as its mean; 1 with no
            standard errors, where the estimate itself is used.
        seed: of the draws.
    """

    models: tuple[str, ...] = ("input-output",)
    elasticities: tuple[str, ...] | None = None
    theta_scales: tuple[float, ...] = (0.5, 1.0, 1.5)
    closures: tuple[str, ...] = tuple(rule.value for rule in Closure)
    revenue_uses: tuple[str, ...] = tuple(use.value for use in RevenueUse)
    standard_errors: Mapping[str, np.ndarray] = field(default_factory=dict)
    draws: int = 1
    seed: int = 0

    def levels(self, world: World) -> dict[str, tuple[Any, ...]]:
        """Levels of each cause on a world.

        Raises:
            InvalidOption: a cause without levels, draws without standard errors, standard errors that are
                not one a sector, or more runs than `MOST_RUNS`.
            UnknownName: of elasticities, closure or use of revenue.
        """
        names = self.elasticities
        if names is None:
            others = (n for n in world.elasticities if n != world.default_elasticities)
            names = (world.default_elasticities, *(n for n in others if not n.endswith("_winsorised")))
        for name in (*names, *self.standard_errors):
            trade_elasticities(world, name)
        for name, errors in self.standard_errors.items():
            values = np.asarray(errors)
            if values.shape != (len(world.sectors),) or not (np.isfinite(values) & (values >= 0)).all():
                _refuse(
                    f"standard errors of {name}",
                    "they must be one number of at least zero a sector",
                    f"{len(world.sectors)} numbers in the order of the world's sectors",
                )
        if (self.draws > 1) != bool(self.standard_errors):
            _refuse(
                f"{self.draws} draws with {len(self.standard_errors)} sets of standard errors",
                "draws are taken from standard errors",
                "both, or neither",
            )
        levels: dict[str, tuple[Any, ...]] = {
            "model": self.models,
            "elasticities": names,
            "theta_scale": self.theta_scales,
            "sampling": tuple(range(self.draws)),
            "closure": tuple(choose(Closure, name).value for name in self.closures),
            "revenue_use": tuple(choose(RevenueUse, name).value for name in self.revenue_uses),
        }
        for cause, values in levels.items():
            if not values or len(set(values)) != len(values):
                _refuse(f"{cause} {list(values)}", "a cause needs levels, each once", "at least one")
        runs = int(np.prod([len(values) for values in levels.values()]))
        if runs > MOST_RUNS:
            _refuse(f"{runs:,} combinations", f"at most {MOST_RUNS:,} are solved", "fewer levels or draws")
        return levels


@dataclass(frozen=True)
class Spread:
    """A measure by economy under every combination.

    Attributes:
        world: the world.
        measure: its name.
        levels: cause -> its levels, the axes of `values`.
        values: the measure [model, elasticities, theta_scale, sampling, closure, revenue_use, N]; NaN where
            there is no certified equilibrium.
        failures: combinations without one, with the reason.
        largest_residual: of all certified runs.
    """

    world: World
    measure: str
    levels: Mapping[str, tuple[Any, ...]]
    values: np.ndarray
    failures: tuple[tuple[dict[str, Any], str], ...]
    largest_residual: float

    @property
    def runs(self) -> int:
        """Combinations."""
        return int(np.prod(self.values.shape[:-1]))

    def of(self, economy: str) -> np.ndarray:
        """The measure of one economy under every combination; NaN where not certified."""
        return self.values[..., self.world.economies.index(economy)]

    def to_dict(self, economies: Iterable[str]) -> dict[str, Any]:
        """For JSON: interval and shares of variance by economy, and the order of those shown."""
        shown = list(economies)
        complete, left_out = complete_design(self.levels, self.values)
        return {
            "measure": self.measure,
            "runs": self.runs,
            "certified": self.runs - len(self.failures),
            "largest_residual": self.largest_residual,
            "levels": {cause: list(values) for cause, values in self.levels.items()},
            "left_out_of_shares": left_out,
            "economies": {
                label: {
                    **_interval(self.of(label)),
                    **_shares(complete[..., self.world.economies.index(label)]),
                }
                for label in shown
            },
            "order": [
                _order(a, b, self.of(a), self.of(b)) for n, a in enumerate(shown) for b in shown[n + 1 :]
            ],
            "failures": [{**combination, "reason": reason} for combination, reason in self.failures],
        }


def spread(
    world: World,
    policy: SectorPolicy,
    design: Design | None = None,
    *,
    measure: str = "real_income_percent",
    progress: Progress = lambda _: None,
) -> Spread:
    """Solve a policy under every combination of a design.

    Raises:
        InvalidOption: of the design, or a measure that is not by economy.
        UnknownName: of model, elasticities, closure or use of revenue.
        UnsolvableShock: no combination has a certified equilibrium.
    """
    plan = Design() if design is None else design
    if MEASURES.get(measure, ((),))[0] != ECONOMY:
        by_economy = ", ".join(name for name, (dims, _) in MEASURES.items() if dims == ECONOMY)
        _refuse(f"measure {measure!r}", "spread is told by economy", f"one of {by_economy}")
    levels = plan.levels(world)
    shape = tuple(len(levels[cause]) for cause in CAUSES)
    values = np.full((*shape, len(world.economies)), np.nan)
    failures: list[tuple[dict[str, Any], str]] = []
    largest, done = 0.0, 0
    drawn = np.random.default_rng(plan.seed).standard_normal((plan.draws, len(world.sectors)))
    for model, closure, use in product(*(range(len(levels[c])) for c in ("model", "closure", "revenue_use"))):
        prepared = prepare(
            levels["model"][model],
            world,
            closure=levels["closure"][closure],
            revenue_use=levels["revenue_use"][use],
        )
        for name, scale, draw in product(
            *(range(len(levels[c])) for c in ("elasticities", "theta_scale", "sampling"))
        ):
            place = (model, name, scale, draw, closure, use)
            done += 1
            if done % 20 == 1:
                progress(f"world economy: {done} of {values[..., 0].size} combinations")
            _, theta = trade_elasticities(world, levels["elasticities"][name], levels["theta_scale"][scale])
            errors = plan.standard_errors.get(levels["elasticities"][name])
            if errors is not None:
                theta = theta * _log_normal(
                    np.asarray(errors) * levels["theta_scale"][scale] / theta, drawn[draw]
                )
            result = prepared if isinstance(prepared, NotSolved) else with_theta(prepared, theta)
            result = result if isinstance(result, NotSolved) else solve_prepared(result, policy)
            if isinstance(result, NotSolved):
                combination = {c: levels[c][at] for c, at in zip(CAUSES, place, strict=True)}
                failures.append((combination, result.message))
                continue
            values[place] = result.values(measure)
            largest = max(largest, result.certificate.largest)
    if len(failures) == values[..., 0].size:
        raise UnsolvableShock(
            "no combination has a certified equilibrium", why=failures[0][1], instead="a smaller shock"
        )
    return Spread(world, measure, levels, values, tuple(failures), largest)


def _log_normal(relative_error: np.ndarray, drawn: np.ndarray) -> np.ndarray:
    """A factor of mean one whose standard deviation is the relative error."""
    variance = np.log1p(relative_error**2)
    return np.exp(np.sqrt(variance) * drawn - variance / 2)


def with_theta(prepared: Prepared, theta: np.ndarray) -> Prepared | NotSolved:
    """The prepared world with other elasticities: its factors stay, its baseline is found again.

    Args:
        prepared: the world; its factors only precondition, so they serve any elasticities.
        theta: by sector [J].
    """
    parameters = replace(prepared.parameters, theta=theta)
    levers = Levers.of_base(prepared.world)
    found = find(
        prepared.model,
        prepared.layout,
        lambda _: parameters,
        prepared.start,
        prepared.preconditioner,
        levers=levers,
        tolerance=TOLERANCE / 100,
        accept=TOLERANCE,
    )
    if found.equilibrium is None:
        return NotSolved(found.certificate.reason, found.message, found.certificate)
    return replace(
        prepared,
        elasticities="given",
        theta_scale=1.0,
        parameters=parameters,
        start=found.point,
        baseline=found.equilibrium,
        certificate=found.certificate,
    )


def variance_shares(values: np.ndarray) -> dict[str, float | None]:
    """First-order share of each cause in the variance of a complete design, and the interactions' share.

    Args:
        values: over the axes of `CAUSES`, all finite.

    Returns:
        cause -> share, and "interactions"; together one. None where nothing varies.
    """
    centred = values - values.mean()
    total = float((centred**2).mean())
    if total <= 1e-24 * max(float(np.abs(values).max()), 1e-300) ** 2:
        return dict.fromkeys((*CAUSES, "interactions"))
    axes = range(values.ndim)
    shares: dict[str, float | None] = {}
    for axis, cause in enumerate(CAUSES):
        effect = centred.mean(axis=tuple(other for other in axes if other != axis))
        shares[cause] = float((effect**2).mean()) / total if effect.size > 1 else 0.0
    shares["interactions"] = 1.0 - sum(share or 0.0 for share in shares.values())
    return shares


def complete_design(
    levels: Mapping[str, tuple[Any, ...]], values: np.ndarray
) -> tuple[np.ndarray, list[dict[str, Any]]]:
    """The largest part of a design, found level by level, in which every combination is certified.

    Returns:
        Its values, and the levels left out as {cause: level}.
    """
    left = {cause: list(levels[cause]) for cause in CAUSES}
    out: list[dict[str, Any]] = []
    while (missing := np.isnan(values[..., 0])).any():
        worst: tuple[float, int, int] = (-1.0, 0, 0)
        for axis, cause in enumerate(CAUSES):
            share = missing.mean(axis=tuple(other for other in range(missing.ndim) if other != axis))
            if len(left[cause]) > 1 and share.max() > worst[0]:
                worst = (float(share.max()), axis, int(share.argmax()))
        _, axis, index = worst
        out.append({CAUSES[axis]: left[CAUSES[axis]].pop(index)})
        values = np.delete(values, index, axis=axis)
    return values, out


def _interval(values: np.ndarray) -> dict[str, float]:
    known = values[np.isfinite(values)]
    low, middle, high = np.quantile(known, [0.05, 0.5, 0.95])
    return {
        "median": float(middle),
        "low_5": float(low),
        "high_95": float(high),
        "lowest": float(known.min()),
        "highest": float(known.max()),
    }


def _shares(values: np.ndarray) -> dict[str, Any]:
    shares = variance_shares(values)
    known = {cause: share for cause, share in shares.items() if share is not None and cause in CAUSES}
    largest = max(known, key=lambda cause: known[cause]) if known else None
    return {
        "variance_shares": {f"{cause}_share": share for cause, share in shares.items()},
        "largest_cause": largest,
    }


def _order(a: str, b: str, first: np.ndarray, second: np.ndarray) -> dict[str, Any]:
    """Whether one economy stands below the other in every certified combination."""
    known = np.isfinite(first) & np.isfinite(second)
    below = float((first < second)[known].mean())
    lower = a if below == 1.0 else b if below == 0.0 else None
    return {"pair": [a, b], "first_lower_share": below, "lower_in_all": lower}


def _refuse(what: str, why: str, instead: str) -> None:
    raise InvalidOption(what, why=why, instead=instead)
