"""JAX as a second array namespace for the models: double precision, and dataclasses of arrays as trees.

Imported only where a gradient or a batch on an accelerator is asked for: JAX takes over a second to load.
"""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from enum import Enum
from functools import lru_cache
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from detente.core.caches import cache_folder
from detente.economy.models.base import Levers, Model, Unknowns
from detente.economy.search import Layout

jax.config.update("jax_enable_x64", True)
# Compiling takes seconds and depends on nothing but the model and the size of the world.
jax.config.update("jax_compilation_cache_dir", str(cache_folder() / "compiled"))
jax.config.update("jax_persistent_cache_min_compile_time_secs", 0.05)
jax.config.update("jax_persistent_cache_min_entry_size_bytes", 0)

_KNOWN: set[type] = set()


def as_tree(value: Any) -> Any:
    """The value itself, its dataclasses made known to JAX: arrays are leaves, words and switches are not."""
    if is_dataclass(value) and not isinstance(value, type):
        names = [field.name for field in fields(value)]
        if type(value) not in _KNOWN:
            fixed = [name for name in names if _is_word(getattr(value, name))]
            kept = [name for name in names if name not in fixed]
            jax.tree_util.register_dataclass(type(value), data_fields=kept, meta_fields=fixed)
            _KNOWN.add(type(value))
        for name in names:
            as_tree(getattr(value, name))
    if isinstance(value, tuple):
        for part in value:
            as_tree(part)
    return value


def _is_word(value: Any) -> bool:
    if isinstance(value, tuple | frozenset):
        return all(_is_word(part) for part in value)
    return isinstance(value, str | bool | int | Enum)


def numbers_and_rest(tree: Any) -> tuple[Any, Any]:
    """The tree's floating-point arrays, and all else; each has None where the other has a leaf."""
    numbers = jax.tree.map(lambda leaf: leaf if _is_number(leaf) else None, tree)
    return numbers, jax.tree.map(lambda leaf: None if _is_number(leaf) else leaf, tree)


def joined(numbers: Any, rest: Any) -> Any:
    """What `numbers_and_rest` took apart."""
    return jax.tree.map(lambda a, b: b if a is None else a, numbers, rest, is_leaf=lambda leaf: leaf is None)


def _is_number(leaf: Any) -> bool:
    return jnp.issubdtype(jnp.result_type(leaf), jnp.floating)


class Derivatives:
    """Compiled products of a model's derivatives with vectors; one per model and size, see `derivatives`.

    Points, residuals and multipliers are stacked; `columns` ones carry a last axis, one column a vector.
    """

    def __init__(self, model: Model, layout: Layout) -> None:
        self.model, self.layout = model, layout
        self.shocked_columns = jax.jit(
            jax.vmap(lambda parameters, levers: model.shocked(jnp, parameters, levers), in_axes=(None, 0))
        )
        self.residual_columns = jax.jit(jax.vmap(self._residual, in_axes=(1, 0), out_axes=1))
        self.transposed_columns = jax.jit(self._transposed_columns)
        self.from_quantities = jax.jit(self._from_quantities)
        self.to_levers = jax.jit(self._to_levers)
        self.to_parameters = jax.jit(self._to_parameters)

    def _residual(self, point: Any, shocked: Any) -> Any:
        blocks: Unknowns = self.model.residual(jnp, self.layout.split(point), shocked)
        return self.layout.stack(blocks, jnp)

    def _transposed_columns(self, multipliers: Any, point: Any, shocked: Any) -> Any:
        """J' l for each column l, J the residual's Jacobian in the unknowns."""
        _, pull = jax.vjp(lambda z: self._residual(z, shocked), point)
        return jax.vmap(lambda column: pull(column)[0], in_axes=1, out_axes=1)(multipliers)

    def _from_quantities(self, weights: Any, point: Any, shocked: Any, levers: Levers) -> Any:
        """Weights on an equilibrium's quantities, by name, as weights on the point, shocked parameters and
        levers."""
        numbers, rest = numbers_and_rest(shocked)

        def quantities(z: Any, p: Any, v: Levers) -> dict[str, Any]:
            state = self.model.equilibrium(jnp, self.layout.split(z), joined(p, rest), v)
            return {name: getattr(state, name) for name in weights}

        _, pull = jax.vjp(quantities, point, numbers, levers)
        return pull(weights)

    def _moved(self, multipliers: Any, point: Any, shocked: Any, direct: Any) -> Any:
        """Weights on shocked parameters, those through the equilibrium condition taken off."""
        numbers, rest = numbers_and_rest(shocked)
        _, pull = jax.vjp(lambda p: self._residual(point, joined(p, rest)), numbers)
        return jax.tree.map(jnp.subtract, direct, pull(multipliers)[0])

    def _to_levers(
        self, multipliers: Any, point: Any, parameters: Any, shocked: Any, levers: Levers, direct: Any
    ) -> Levers:
        """The derivative in the levers, from `direct` (weights on shocked parameters and on levers)."""
        moved = self._moved(multipliers, point, shocked, direct[0])
        _, pull = jax.vjp(lambda v: numbers_and_rest(self.model.shocked(jnp, parameters, v))[0], levers)
        return jax.tree.map(jnp.add, direct[1], pull(moved)[0])

    def _to_parameters(
        self, multipliers: Any, point: Any, parameters: Any, shocked: Any, levers: Levers, direct: Any
    ) -> Any:
        """The derivative in the parameters before the shock, as `_to_levers`."""
        moved = self._moved(multipliers, point, shocked, direct[0])
        numbers, rest = numbers_and_rest(parameters)
        _, pull = jax.vjp(
            lambda p: numbers_and_rest(self.model.shocked(jnp, joined(p, rest), levers))[0], numbers
        )
        return pull(moved)[0]


@lru_cache(maxsize=16)
def _derivatives(model: Model, shapes: tuple[tuple[str, tuple[int, ...]], ...], size: int) -> Derivatives:
    return Derivatives(model, Layout(dict(shapes), size))


def derivatives(model: Model, layout: Layout) -> Derivatives:
    """The compiled products of a model at a size, kept so that they are compiled once."""
    return _derivatives(model, tuple(layout.shapes.items()), layout.size)


def numpy_tree(tree: Any) -> Any:
    """The tree with NumPy arrays."""
    return jax.tree.map(np.asarray, tree)
