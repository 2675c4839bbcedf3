"""Thousands of policies on one prepared world, sharing its factors.

Policies are searched side by side, in chunks that bound memory: the preconditioner works on a matrix with
one column a policy, which is where a search spends its time. Each policy has its own certificate. One that
does not converge side by side is solved again by itself, with fresh factors and continuation; one that has
no certified equilibrium then is a `NotSolved` in its place, and the others stand.

The same steps run over JAX arrays, on an accelerator where JAX has one: residuals by `vmap`, and the
preconditioner as one dense matrix, since matrix products are what such machines do well.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import islice
from typing import Any, TypeVar

import numpy as np

from detente.core.errors import InvalidOption
from detente.economy.certificate import NotSolved
from detente.economy.levers import Levers, applied
from detente.economy.outcome import Outcome
from detente.economy.prepare import TOLERANCE, Prepared
from detente.economy.quasi_newton import Effort, Iterates, quasi_newton_columns
from detente.economy.rules import Ruled
from detente.economy.search import find
from detente.economy.solve import joined, outcome_of, solve_prepared
from detente.policy import SectorPolicy

CHUNK = 32
"""Policies side by side: at 77 x 23 about 200 MB of shares and steps."""

STEPS = 24
"""Steps side by side, after which a policy is solved by itself."""

BACKENDS = ("numpy", "jax")

T = TypeVar("T")


def whole(outcome: Outcome) -> Outcome:
    """The outcome itself: a megabyte or two each at 77 x 23, so take less where there are thousands."""
    return outcome


def solve_many(
    prepared: Prepared,
    policies: Iterable[SectorPolicy],
    take: Callable[[Outcome], T] = whole,
    *,
    backend: str = "numpy",
    chunk: int = CHUNK,
) -> list[T | NotSolved]:
    """What `take` makes of the outcome of each policy, in their order.

    Args:
        prepared: the world and its assumptions.
        policies: changes of duties and costs; read a chunk at a time.
        take: what to keep of an outcome; called once for each certified one.
        backend: "numpy", or "jax" for the accelerator that JAX finds (its processor code otherwise).
        chunk: policies side by side.

    Returns:
        For each policy what was taken, or the reason there is nothing to take.

    Raises:
        InvalidOption: backend, chunk.
        LabelMismatch, InvalidPolicy: a policy that could not be solved by itself either.
    """
    if backend not in BACKENDS:
        raise InvalidOption(f"backend {backend!r}", why="no such backend", instead=" or ".join(BACKENDS))
    if chunk < 1:
        raise InvalidOption(f"chunk {chunk}", why="policies stand at least one by one", instead="1 or more")
    search = _jax_search(prepared) if backend == "jax" else _numpy_search
    results: list[T | NotSolved] = []
    for part in _chunks(iter(policies), chunk):
        for outcome in _solve_chunk(prepared, part, search):
            results.append(outcome if isinstance(outcome, NotSolved) else take(outcome))
    return results


Search = Callable[[Prepared, list[Levers], list[Any], Effort], Iterates]


def _chunks(policies: Iterator[SectorPolicy], size: int) -> Iterator[list[SectorPolicy]]:
    while part := list(islice(policies, size)):
        yield part


def _solve_chunk(
    prepared: Prepared, policies: list[SectorPolicy], search: Search
) -> Iterator[Outcome | NotSolved]:
    """Outcomes of one chunk, made one at a time."""
    began = time.perf_counter()
    policies = [joined(prepared.world, policy) for policy in policies]
    forces = [applied(prepared.world, policy) for policy in policies]
    levers = [force[0] for force in forces]
    model, effort = prepared.model, Effort()
    with np.errstate(all="ignore"):
        shocked = [model.shocked(np, prepared.parameters, lever) for lever in levers]
        iterates = search(prepared, levers, shocked, effort)
        points = np.asarray(iterates.points)
    each = (time.perf_counter() - began) / len(policies)
    for column, policy in enumerate(policies):
        rules = forces[column][1]
        # Which rules bind is each element's own question, as is a search that needs stages.
        if rules.any or not iterates.norms[column] <= TOLERANCE:
            yield solve_prepared(prepared, policy)
            continue
        found = find(
            model,
            prepared.layout,
            lambda _, parameters=shocked[column]: parameters,
            np.ascontiguousarray(points[:, column]),
            prepared.preconditioner,
            levers=levers[column],
            tolerance=TOLERANCE,
            accept=TOLERANCE,
        )
        proof = found.certificate
        steps = int(iterates.steps[column]) + proof.iterations
        certificate = replace(
            proof,
            iterations=steps,
            evaluations=steps + 1,
            factor_reads=steps,
            seconds=each + proof.seconds,
        )
        found = replace(found, certificate=certificate)
        yield outcome_of(prepared, Ruled(found, rules), forces[column][-1])


def _numpy_search(prepared: Prepared, levers: list[Levers], shocked: list[Any], effort: Effort) -> Iterates:
    model, layout, near = prepared.model, prepared.layout, prepared.preconditioner

    def residual(points: np.ndarray, searched: np.ndarray) -> np.ndarray:
        values = np.zeros_like(points)
        for column in np.flatnonzero(searched):
            point = layout.split(np.ascontiguousarray(points[:, column]))
            values[:, column] = layout.stack(model.residual(np, point, shocked[column]))
        return values

    return quasi_newton_columns(
        np,
        residual,
        lambda values: layout.stack(near.apply(layout.split(values))),
        np.repeat(prepared.start[:, None], len(levers), axis=1),
        tolerance=TOLERANCE,
        limit=STEPS,
        effort=effort,
    )


def _jax_search(prepared: Prepared) -> Search:
    """The search over JAX arrays, its preconditioner made dense and put on the device once."""
    import jax
    import jax.numpy as jnp

    from detente.economy.autodiff import as_tree, derivatives

    layout = prepared.layout
    products = derivatives(prepared.model, layout)
    identity = layout.split(np.eye(layout.size, dtype=np.float32))
    inverse = jnp.asarray(layout.stack(prepared.preconditioner.apply(identity)), dtype=jnp.float32)
    multiply = jax.jit(lambda matrix, values: (matrix @ values.astype(matrix.dtype)).astype(values.dtype))
    parameters = as_tree(prepared.parameters)

    def search(prepared: Prepared, levers: list[Levers], shocked: list[Any], effort: Effort) -> Iterates:
        stacked = jax.tree.map(lambda *parts: jnp.stack(parts), *(as_tree(lever) for lever in levers))
        together = products.shocked_columns(parameters, stacked)
        return quasi_newton_columns(
            jnp,
            lambda points, _: products.residual_columns(points, together),
            lambda values: multiply(inverse, values),
            jnp.repeat(jnp.asarray(prepared.start)[:, None], len(levers), axis=1),
            tolerance=TOLERANCE,
            limit=STEPS,
            effort=effort,
        )

    return search
