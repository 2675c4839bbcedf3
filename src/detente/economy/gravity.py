"""Gravity frames simulated as gegravity does: the same inputs, the same results, by the one solver.

gegravity (Herman 2021, MIT licence) takes a frame of trade, output, expenditure and covariates of trade
costs, coefficients, an elasticity and a reference importer; an experiment is the same frame with covariates
changed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from detente.core.errors import LabelMismatch, UnsolvableShock
from detente.economy.assumptions import Closure, RevenueUse
from detente.economy.counterfactual import Baseline, at_baseline
from detente.economy.identities import accounts
from detente.economy.models.base import Levers
from detente.economy.models.structural_gravity import StructuralGravity
from detente.economy.sources.gravity import GravityColumns, gravity_world, read_gravity


@dataclass(frozen=True)
class GravitySimulation:
    """One experiment.

    Attributes:
        economies: labels.
        results: measure -> percent change by economy [N].
        certificate: of the solve, as a JSON object.
    """

    economies: tuple[str, ...]
    results: Mapping[str, np.ndarray]
    certificate: Mapping[str, Any]


class GravityModel:
    """A baseline fitted to a gravity frame.

    Args:
        frame: pandas or polars DataFrame, a mapping of columns, or the path of a csv; a row for every pair.
        costs: covariate -> coefficient, the log of trade costs to the power 1 - sigma.
        sigma: elasticity of substitution.
        reference: importer whose price index is the numeraire.
        columns: names of the columns.
        year: which year; needed where the frame has several.

    Raises:
        InvalidWorld, MissingData, InvalidOption: of the frame, sigma or the reference.
    """

    def __init__(
        self,
        frame: Any,
        *,
        costs: Mapping[str, float],
        sigma: float,
        reference: str,
        columns: GravityColumns | None = None,
        year: int | str | None = None,
    ) -> None:
        self.costs, self.columns, self.year = dict(costs), columns, year
        self.world, self.report = gravity_world(frame, sigma=sigma, columns=columns, year=year, costs=costs)
        self._log_cost = self._log_costs(frame)
        model = StructuralGravity(reference)
        theta = np.array([sigma - 1.0])
        parameters = model.parameters(
            accounts(self.world), theta, RevenueUse.REBATED, Closure.FIXED_TO_WORLD_INCOME
        )
        self.baseline: Baseline = at_baseline(model, parameters, Levers.of_base(self.world))

    def levers(self, frame: Any) -> Levers:
        """Trade costs of a frame against the baseline's, as non-tariff costs.

        Raises:
            LabelMismatch: the frame has other economies.
        """
        change = (self._log_costs(frame) - self._log_cost) / -self.baseline.parameters.theta
        return Levers.of(self.world.duty, np.expm1(change)[:, :, None])

    def simulate(self, frame: Any) -> GravitySimulation:
        """The experiment of a frame with changed covariates; trade, output and expenditure stay.

        Raises:
            UnsolvableShock: no certified solution.
        """
        found = self.baseline.under(self.levers(frame))
        if found.equilibrium is None:
            raise UnsolvableShock(
                "the experiment", why=found.message, instead="smaller changes of trade costs"
            )
        results = gegravity_results(self.baseline, found.equilibrium)
        return GravitySimulation(self.world.economies, results, found.certificate.to_dict())

    def _log_costs(self, frame: Any) -> np.ndarray:
        read = read_gravity(frame, columns=self.columns, year=self.year, covariates=tuple(self.costs))
        if read.economies != self.world.economies:
            lacking = sorted(set(self.world.economies) ^ set(read.economies))
            raise LabelMismatch(
                f"economies of the experiment: {', '.join(lacking)}",
                why="baseline and experiment have the same",
                instead="a copy of the baseline's frame with covariates changed",
            )
        return np.sum([beta * read.covariates[name] for name, beta in self.costs.items()], axis=0)


def gegravity_results(baseline: Baseline, after: Any) -> dict[str, np.ndarray]:
    """Country results by gegravity's definitions, percent [N].

    GDP is output over the own price index. Trade is at new output and expenditure,
    E'_j Y'_i / sum Y' times resistances, as gegravity reports it; its rows and columns need not add up.
    """
    p = baseline.parameters
    output = after.wage * p.output
    scale = after.wage[:, None] * after.wage * p.output.sum() / output.sum()
    trade, before = after.flows[:, :, 0] * scale, p.flows
    abroad = 1 - np.eye(len(output))
    ratios = {
        "gdp": after.wage / after.consumer_prices,
        "terms_of_trade": after.wage / after.consumer_prices,
        "factory_gate_price": after.wage,
        "outward_resistance": 1 / after.wage,
        "inward_resistance": after.consumer_prices,
        "output": after.wage,
        "expenditure": after.wage,
        "foreign_exports": (trade * abroad).sum(axis=0) / (before * abroad).sum(axis=0),
        "foreign_imports": (trade * abroad).sum(axis=1) / (before * abroad).sum(axis=1),
        "intranational_trade": np.diag(trade) / np.diag(before),
    }
    return {name: 100 * (ratio - 1) for name, ratio in ratios.items()}
