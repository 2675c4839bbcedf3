"""The search for an equilibrium: quasi-Newton, then fresh factors, then the shock in stages."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np

from detente.economy.certificate import REMEDY, Certificate, Reason
from detente.economy.levers import Levers
from detente.economy.models.base import Equilibrium, Linear, Model, Unknowns
from detente.economy.models.licence_border import LICENCE, LicenceBorder
from detente.economy.quasi_newton import Effort, Iterate, quasi_newton

LIMIT = 60
"""Quasi-Newton steps in one attempt."""

FRESH_FACTORS = 4
"""Times the factors are taken anew at the best point before the shock is cut into stages."""

SMALLEST_STAGE = 1 / 64

MOST_FACTORISATIONS = 24
"""Factorisations after which a search gives up: seconds on a large world, where one takes a quarter."""


@dataclass(frozen=True)
class Layout:
    """How a model's unknown blocks are stacked into one vector.

    Attributes:
        shapes: block name -> shape, in order.
        size: length of the vector.
    """

    shapes: dict[str, tuple[int, ...]]
    size: int

    @classmethod
    def of(cls, model: Model, economies: int, sectors: int, rules: int = 0) -> Layout:
        """The layout of a model on a world of this size, with this many quantity rules that bind."""
        length = {"economy": economies, "sector": sectors, "rule": rules}
        shapes = {block.name: tuple(length[dim] for dim in block.dims) for block in model.blocks}
        shapes = {name: shape for name, shape in shapes.items() if np.prod(shape)}
        return cls(shapes, sum(int(np.prod(shape)) for shape in shapes.values()))

    def split(self, vector: Any) -> Unknowns:
        """Blocks by name, as views of the vector; further axes of it (directions) follow each block's own."""
        blocks, at = {}, 0
        for name, shape in self.shapes.items():
            size = int(np.prod(shape))
            blocks[name] = vector[at : at + size].reshape(shape + vector.shape[1:])
            at += size
        return blocks

    def stack(self, blocks: Unknowns, xp: ModuleType = np) -> Any:
        """One vector of the blocks, or one column a direction."""
        parts = (blocks[name].reshape(-1, *blocks[name].shape[len(s) :]) for name, s in self.shapes.items())
        return xp.concatenate(list(parts))


@dataclass(frozen=True)
class Found:
    """Where a search ended. `equilibrium` is None unless it is certified.

    Attributes:
        point: stacked unknowns.
        equilibrium: quantities there.
        certificate: what was proved.
        message: why there is no equilibrium, and what to do; empty where there is one.
    """

    point: np.ndarray
    equilibrium: Equilibrium | None
    certificate: Certificate
    message: str


class _Search:
    """One search: the attempts and what they cost."""

    def __init__(self, model: Model, layout: Layout, tolerance: float) -> None:
        self.model, self.layout, self.tolerance = model, layout, tolerance
        self.effort = Effort()
        self.stages = 0

    def attempt(self, parameters: Any, near: Linear, start: np.ndarray) -> Iterate:
        """Quasi-Newton from a point with a preconditioner."""
        model, layout = self.model, self.layout
        return quasi_newton(
            lambda z: layout.stack(model.residual(np, layout.split(z), parameters)),
            lambda r: layout.stack(near.apply(layout.split(r))),
            start,
            tolerance=self.tolerance,
            limit=LIMIT,
            effort=self.effort,
        )

    def fresh(self, parameters: Any, point: np.ndarray) -> Linear:
        """A preconditioner with factors taken at a point."""
        self.effort.factorisations += 1
        return factored(self.model, self.layout, parameters, point)

    def with_borders(self, parameters: Any, near: Linear, start: np.ndarray, accept: float) -> Iterate:
        """An attempt, with the border of licences, if any, taken anew at the best point while that helps.

        A licence price can rise a thousandfold on its way, and what it does changes with it; its border
        costs a few residuals, where factors cost a second on a large world.
        """
        best, helped = self.attempt(parameters, near, start), True
        while isinstance(near, LicenceBorder) and helped and accept < best.norm < np.inf:
            near = bordered(self.model, near.near, parameters, self.layout.split(best.point))
            best, helped = _better(best, self.attempt(parameters, near, best.point))
        return best

    def persist(self, parameters: Any, near: Linear, start: np.ndarray, accept: float) -> Iterate:
        """An attempt, with factors taken anew at the best point while that still helps."""
        best, helped = self.with_borders(parameters, near, start, accept), True
        for _ in range(FRESH_FACTORS):
            spent = self.effort.factorisations >= MOST_FACTORISATIONS
            if not helped or spent or not accept < best.norm < np.inf:
                break
            fresh = self.fresh(parameters, best.point)
            best, helped = _better(best, self.with_borders(parameters, fresh, best.point, accept))
        return best

    def in_stages(
        self, at: Callable[[float], Any], start: np.ndarray, accept: float
    ) -> tuple[Iterate, float]:
        """Approach the shock in stages of its log size; the last point reached and the part done."""
        done, stage = 0.0, 0.25
        here = Iterate(start, np.inf, finite=True)
        while done < 1 and stage >= SMALLEST_STAGE and self.effort.factorisations < MOST_FACTORISATIONS:
            target = min(1.0, done + stage)
            parameters = at(target)
            self.stages += 1
            there = self.persist(parameters, self.fresh(at(done), here.point), here.point, accept)
            if there.norm <= accept:
                done, here, stage = target, there, stage * 1.5
            else:
                stage /= 2
        return here, done


def _better(best: Iterate, now: Iterate) -> tuple[Iterate, bool]:
    """The better of two iterates, and whether the later one halved the residual."""
    return (now if now.norm < best.norm else best), now.norm < best.norm / 2


def factored(model: Model, layout: Layout, parameters: Any, point: np.ndarray) -> Linear:
    """A preconditioner with factors taken at a point; licences, where there are some, as a border."""
    blocks = layout.split(point)
    near = model.preconditioner(model.factor(parameters, blocks), parameters)
    return bordered(model, near, parameters, blocks)


def bordered(model: Model, near: Linear, parameters: Any, blocks: Unknowns) -> Linear:
    """The preconditioner with licence prices beside it, where the point has some."""
    return LicenceBorder(model, near, parameters, blocks) if LICENCE in blocks else near


def find(
    model: Model,
    layout: Layout,
    at: Callable[[float], Any],
    start: np.ndarray,
    near: Linear,
    *,
    levers: Levers,
    tolerance: float,
    accept: float,
) -> Found:
    """Find and certify the equilibrium of `at(1.0)`.

    Args:
        model: the system.
        layout: of its unknowns.
        at: parameters with a part of the shock in force, from 0 (none) to 1 (all), in logs.
        start: stacked unknowns to begin from; an equilibrium of `at(0.0)` where a shock is solved.
        near: a preconditioner taken near `start`.
        levers: in force at the solution.
        tolerance: residual that the search aims at.
        accept: residual up to which a result is certified.
    """
    began = time.perf_counter()
    search = _Search(model, layout, tolerance)
    with np.errstate(all="ignore"):
        parameters = at(1.0)
        best = search.persist(parameters, near, start, accept)
        done = 1.0
        if best.norm > accept:
            staged, done = search.in_stages(at, start, accept)
            best = staged if done == 1.0 else best
        found = _certify(search, parameters, best, levers, accept, time.perf_counter() - began)
    return found


def _certify(
    search: _Search, parameters: Any, best: Iterate, levers: Levers, accept: float, seconds: float
) -> Found:
    """Judge a point afresh: residual by block, the redundant equation, the trade balance of the flows."""
    model, blocks = search.model, search.layout.split(best.point)
    residual, walras = model.judged(blocks, parameters)
    equilibrium = model.equilibrium(np, blocks, parameters, levers)
    income = equilibrium.wages.sum()
    norms = {name: float(np.max(np.abs(value), initial=0.0)) for name, value in residual.items()}
    balance = float(np.abs(equilibrium.trade_gap).max() / income)
    worst = max(*norms.values(), walras, balance)
    if (equilibrium.household_income <= 0).any():
        reason = Reason.NEGATIVE_INCOME
    elif not np.isfinite(worst):
        reason = Reason.NOT_FINITE
    else:
        reason = Reason.CONVERGED if worst <= accept else Reason.NOT_CONVERGED
    effort = search.effort
    certificate = Certificate(
        reason,
        norms,
        walras,
        balance,
        accept,
        effort.iterations,
        effort.evaluations,
        effort.reads,
        effort.factorisations,
        search.stages,
        seconds,
    )
    if certificate.certified:
        return Found(best.point, equilibrium, certificate, "")
    message = f"{reason.value.replace('_', ' ')}, largest residual {worst:.1e}; {REMEDY[reason]}"
    return Found(best.point, None, certificate, message)
