"""Gradients of any outcome in all duties, costs and parameters, each by one adjoint solve.

At an equilibrium F(u, p) = 0. A scalar L(u, p) of it changes with p by

    dL/dp = L_p - l' F_p,    F_u' l = L_u'

so that one linear system with the transposed Jacobian gives the derivative in everything at once: all
N x N x J duties and every parameter. The products F_u' l and l' F_p come from reverse-mode differentiation
of the residual (JAX, double precision); the system is solved by preconditioned quasi-Newton steps, with
the transpose of the solver's own preconditioner, to a relative residual of 1e-10.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any

import jax
import jax.numpy as jnp
import numpy as np

from detente.core.errors import UnsolvableShock
from detente.economy.autodiff import as_tree, derivatives, numpy_tree
from detente.economy.certificate import NotSolved
from detente.economy.levers import Levers, Rules, applied
from detente.economy.models.base import Equilibrium, Linear
from detente.economy.outcome import FLOW, Outcome
from detente.economy.prepare import Prepared
from detente.economy.quasi_newton import Effort, quasi_newton_columns
from detente.economy.search import Layout, bordered, factored, find
from detente.economy.solve import joined, solve_prepared
from detente.policy import SectorPolicy

if TYPE_CHECKING:
    import xarray as xr

Objective = Callable[[Outcome], Any]
"""A scalar of an outcome, written with array methods or jax.numpy on `Outcome.values(...)`,
`real_household_income()`, `after` and `before`: the outcome it is given holds arrays being traced."""

ADJOINT_TOLERANCE = 1e-10
"""Largest residual of the adjoint system over its right-hand side."""

ADJOINT_STEPS = 40

DIFFERENCE_STEP = 1e-4
"""Step of the check by differences, in logs of gross rates."""

DIFFERENCE_TOLERANCE = 1e-5
"""Largest gap between gradient and central difference along a direction, over the sum of the absolute
terms of their product: their sum may nearly cancel."""


@dataclass(frozen=True)
class GradientCertificate:
    """What is known of a gradient.

    Attributes:
        adjoint_residual: largest residual of the adjoint system over its right-hand side.
        tolerance: largest allowed.
        iterations: steps of the adjoint solve.
        factor_reads: times the prepared factors were read.
        factorisations: made beyond the prepared one.
        difference_gap: gap to a central difference along a random direction of all duties and costs, as in
            `DIFFERENCE_TOLERANCE`; None where no check was asked for.
        seconds: wall time without the equilibrium itself and without the check.
    """

    adjoint_residual: float
    tolerance: float
    iterations: int
    factor_reads: int
    factorisations: int
    difference_gap: float | None
    seconds: float

    @property
    def checked(self) -> bool:
        """True where a central difference agreed."""
        return self.difference_gap is not None and self.difference_gap <= DIFFERENCE_TOLERANCE

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "adjoint_residual": self.adjoint_residual,
            "tolerance": self.tolerance,
            "iterations": self.iterations,
            "factor_reads": self.factor_reads,
            "factorisations": self.factorisations,
            "checked_against_differences": self.checked,
            "difference_gap": self.difference_gap,
            "seconds": self.seconds,
        }


@dataclass(frozen=True)
class Gradient:
    """Derivative of one scalar at one equilibrium.

    Attributes:
        outcome: the equilibrium.
        value: the scalar there.
        levers: derivative in each lever in force, [importer, exporter, sector]: per unit of the lever,
            so a duty's is per 1.00 (100 points) of duty. Where an applied duty is floored at zero it is
            the derivative upwards.
        parameters: name -> derivative in each array of the model's parameters, the baseline moving with
            it where it is solved from them; empty unless asked for. It means something along directions
            that keep the accounts: deficits sum to zero, cost shares to one.
        certificate: of the adjoint solve.
    """

    outcome: Outcome
    value: float
    levers: Levers
    parameters: dict[str, np.ndarray]
    certificate: GradientCertificate

    def __getitem__(self, lever: str) -> xr.DataArray:
        """A lever's derivative with its labels, for example "duty"."""
        import xarray as xr

        world = self.outcome.world
        coords = {
            "importer": list(world.economies),
            "exporter": list(world.economies),
            "sector": list(world.sectors),
        }
        return xr.DataArray(getattr(self.levers, lever), coords=coords, dims=FLOW, name=lever)


def measure(name: str, *labels: str) -> Objective:
    """The objective that is one number of a measure, for example ("real_income_percent", "USA")."""

    def value(outcome: Outcome) -> Any:
        return outcome.values(name)[outcome.where(name, *labels)]

    return value


def gradient(
    prepared: Prepared,
    policy: SectorPolicy,
    objective: Objective,
    *,
    outcome: Outcome | None = None,
    parameters: bool = False,
    check: bool = True,
) -> Gradient | NotSolved:
    """Solve under a policy and differentiate one scalar of the outcome there.

    Args:
        prepared: the world and its assumptions.
        policy: changes of duties and costs.
        objective: the scalar.
        outcome: the equilibrium under this policy where it is at hand already.
        parameters: also differentiate in the model's parameters (one more adjoint solve, for the baseline).
        check: compare with a central difference along a random direction (two more solves).

    Raises:
        UnsolvableShock: the adjoint system has no certified solution, or the check fails.
    """
    found = gradients(prepared, policy, [objective], outcome=outcome, parameters=parameters, check=check)
    return found if isinstance(found, NotSolved) else found[0]


def gradients(
    prepared: Prepared,
    policy: SectorPolicy,
    objectives: Sequence[Objective],
    *,
    outcome: Outcome | None = None,
    parameters: bool = False,
    check: bool = True,
) -> list[Gradient] | NotSolved:
    """The gradients of several scalars at one equilibrium, their adjoint systems solved side by side."""
    found = solve_prepared(prepared, policy) if outcome is None else outcome
    if isinstance(found, NotSolved):
        return found
    outcome = found
    began = time.perf_counter()
    levers, _, _ = applied(prepared.world, joined(prepared.world, policy))
    values, weights = zip(
        *(_weights(outcome, objective, baseline=parameters) for objective in objectives), strict=True
    )
    after = _Tangent(prepared, levers, outcome.binding, outcome.point, [weight[1] for weight in weights])
    slopes = [after.in_levers(column) for column in range(len(objectives))]
    in_parameters: list[dict[str, np.ndarray]] = [{} for _ in objectives]
    effort, residual = after.effort, after.residual
    if parameters:
        base = Levers.of_base(prepared.world)
        none = Rules(None, outcome.binding.cells.only(np.zeros(outcome.binding.cells.count, dtype=bool)))
        before = _Tangent(prepared, base, none, prepared.start, [weight[0] for weight in weights])
        for column in range(len(objectives)):
            then, now = before.in_parameters(column), after.in_parameters(column)
            in_parameters[column] = {name: now[name] + then[name] for name in now}
        residual = max(residual, before.residual)
        effort = Effort(*(getattr(effort, f.name) + getattr(before.effort, f.name) for f in fields(Effort)))
    seconds = time.perf_counter() - began
    gaps = _difference_gaps(prepared, levers, outcome, objectives, slopes, check)
    certificates = [
        GradientCertificate(
            residual,
            ADJOINT_TOLERANCE,
            effort.iterations,
            effort.reads,
            effort.factorisations,
            gap,
            seconds,
        )
        for gap in gaps
    ]
    return [
        Gradient(outcome, *parts) for parts in zip(values, slopes, in_parameters, certificates, strict=True)
    ]


class _Tangent:
    """One equilibrium and the multipliers of several scalars of it, given by their weights on quantities."""

    def __init__(
        self,
        prepared: Prepared,
        levers: Levers,
        rules: Rules,
        point: np.ndarray,
        weights: Sequence[Weights],
    ) -> None:
        self.prepared, self.levers, self.point = prepared, as_tree(levers), point
        self.parameters = as_tree(prepared.model.ruled(prepared.parameters, rules))
        n, j = prepared.world.flows.shape[1:]
        self.layout = Layout.of(prepared.model, n, j, rules.cells.count)
        self.products = derivatives(prepared.model, self.layout)
        # Handed over once: arrays of NumPy would be copied at every product.
        self.shocked = jax.device_put(as_tree(prepared.model.shocked(np, self.parameters, levers)))
        self.levers = jax.device_put(self.levers)
        self.effort, self.residual = Effort(), 0.0
        direct = [self.products.from_quantities(w, point, self.shocked, self.levers) for w in weights]
        self.direct = [part[1:] for part in direct]
        self.multipliers = self.solve(np.stack([np.asarray(part[0]) for part in direct], axis=1))

    def solve(self, right: np.ndarray) -> np.ndarray:
        """Multipliers l with J' l = right, column by column [size, columns]."""
        size = np.abs(right).max(axis=0)
        scale = np.where(size > 0, size, 1.0)
        wanted = right / scale

        def attempt(near: Linear) -> tuple[np.ndarray, float]:
            layout = self.layout
            found = quasi_newton_columns(
                np,
                lambda columns, _: (
                    np.asarray(self.products.transposed_columns(columns, self.point, self.shocked)) - wanted
                ),
                lambda columns: layout.stack(near.apply_transposed(layout.split(columns))),
                np.zeros_like(wanted),
                tolerance=ADJOINT_TOLERANCE,
                limit=ADJOINT_STEPS,
                effort=self.effort,
                longest_step=np.inf,
            )
            return found.points, float(found.norms.max(initial=0.0))

        shocked, blocks = numpy_tree(self.shocked), self.layout.split(self.point)
        best, self.residual = attempt(
            bordered(self.prepared.model, self.prepared.preconditioner, shocked, blocks)
        )
        if not self.residual <= ADJOINT_TOLERANCE:
            best, self.residual = attempt(self._fresh(shocked))
        if not self.residual <= ADJOINT_TOLERANCE:
            raise UnsolvableShock(
                "the gradient of this equilibrium",
                why=f"its adjoint system is solved only to {self.residual:.1e}: the equilibrium is close to "
                "one that duties move without bound",
                instead="a smaller shock, or another closure",
            )
        return best * scale

    def _fresh(self, shocked: Any) -> Linear:
        self.effort.factorisations += 1
        return factored(self.prepared.model, self.layout, shocked, self.point)

    def _terms(self, column: int) -> tuple[Any, ...]:
        multipliers = self.multipliers[:, column]
        return multipliers, self.point, self.parameters, self.shocked, self.levers, self.direct[column]

    def in_levers(self, column: int) -> Levers:
        """Derivative of one scalar in the levers, the equilibrium moving with them."""
        return numpy_tree(self.products.to_levers(*self._terms(column)))

    def in_parameters(self, column: int) -> dict[str, np.ndarray]:
        """Derivative of one scalar in the parameters, the equilibrium moving with them."""
        return _by_name(numpy_tree(self.products.to_parameters(*self._terms(column))))


def _by_name(tree: Any, prefix: str = "") -> dict[str, np.ndarray]:
    """Arrays of a dataclass tree by dotted name."""
    found: dict[str, np.ndarray] = {}
    for field in fields(tree):
        value = getattr(tree, field.name)
        if hasattr(value, "__dataclass_fields__"):
            found.update(_by_name(value, f"{prefix}{field.name}."))
        elif isinstance(value, np.ndarray):
            found[prefix + field.name] = value
    return found


Weights = dict[str, Any]
"""Derivative of a scalar in the quantities of an equilibrium that it is made of, by name."""


class _Reading:
    """An equilibrium that notes which of its quantities are read."""

    def __init__(self, state: Equilibrium) -> None:
        self._state = state
        self.names: list[str] = []

    def quantities(self) -> Weights:
        """What was read, by name."""
        return {name: getattr(self._state, name) for name in self.names}

    def __getattr__(self, name: str) -> Any:
        found = getattr(type(self._state), name, None)
        if isinstance(found, property):
            return found.__get__(self)
        value = getattr(self._state, name)
        if name not in self.names:
            self.names.append(name)
        return value


def _weights(
    outcome: Outcome, objective: Objective, *, baseline: bool
) -> tuple[float, tuple[Weights, Weights]]:
    """The objective's value, and its weights on the baseline (if asked for) and on the equilibrium."""
    before, after = _Reading(outcome.before), _Reading(outcome.after)
    # Differentiating in the quantities that are read alone spares megabytes of zeros.
    objective(replace(outcome, before=before, after=after))  # pyright: ignore[reportArgumentType]

    def scalar(before: Weights, after: Weights) -> Any:
        then = replace(outcome.before, **before) if before else outcome.before
        traced = replace(outcome, before=then, after=replace(outcome.after, **after))
        return jnp.asarray(objective(traced), dtype=float).reshape(())

    moving = before.quantities() if baseline else {}
    value, pull = jax.vjp(scalar, moving, after.quantities())
    return float(value), pull(jnp.ones(()))


def _difference_gaps(
    prepared: Prepared,
    levers: Levers,
    outcome: Outcome,
    objectives: Sequence[Objective],
    slopes: Sequence[Levers],
    check: bool,
) -> list[float | None]:
    """Gap of each gradient to a central difference along one random direction.

    Raises:
        UnsolvableShock: a gap is too large, or a point of the difference has no equilibrium.
    """
    if not check:
        return [None] * len(objectives)
    draw = np.random.default_rng(0)
    foreign = (1.0 - np.eye(len(prepared.world.economies)))[:, :, None]
    # In proportion to gross rates, the direction is as large in percent for a duty of 145% as for none.
    direction = jax.tree.map(
        lambda rate: (1 + rate) * foreign * draw.standard_normal(rate.shape), as_tree(levers)
    )
    ends: list[Outcome] = []
    for sign in (1, -1):
        there = jax.tree.map(lambda rate, d, s=sign: rate + s * DIFFERENCE_STEP * d, levers, direction)
        moved = _at(prepared, there, outcome)
        if moved is None:
            raise UnsolvableShock(
                "a gradient at the edge of what can be solved",
                why="next to this equilibrium there is none",
                instead="a smaller shock, or check=False",
            )
        ends.append(moved)
    gaps: list[float | None] = []
    for objective, slope in zip(objectives, slopes, strict=True):
        ahead, behind = (float(objective(end)) for end in ends)
        terms = jax.tree.leaves(jax.tree.map(lambda s, d: s * d, slope, direction))
        along, size = sum(t.sum() for t in terms), np.sqrt(sum((t**2).sum() for t in terms))
        gap = abs((ahead - behind) / (2 * DIFFERENCE_STEP) - along)
        gap = float(gap / size) if size > 0 else float(gap)
        gaps.append(gap)
        if not gap <= DIFFERENCE_TOLERANCE:
            raise UnsolvableShock(
                "a gradient that its check by differences does not confirm",
                why=f"they differ by {gap:.1e}: the outcome is not smooth here",
                instead="a nearby policy, off the kink",
            )
    return gaps


def _at(prepared: Prepared, levers: Levers, outcome: Outcome) -> Outcome | None:
    """The outcome with other levers in force nearby."""
    model, rules = prepared.model, outcome.binding
    n, j = prepared.world.flows.shape[1:]
    layout = Layout.of(model, n, j, rules.cells.count)
    shocked = model.shocked(np, model.ruled(prepared.parameters, rules), levers)
    found = find(
        model,
        layout,
        lambda _: shocked,
        outcome.point,
        bordered(model, prepared.preconditioner, shocked, layout.split(outcome.point)),
        levers=levers,
        tolerance=1e-13,
        accept=ADJOINT_TOLERANCE,
    )
    return None if found.equilibrium is None else replace(outcome, after=found.equilibrium, point=found.point)
