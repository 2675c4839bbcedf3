"""Merge economies and sectors of a world by label maps, keeping its accounts exact.

With A and S the 0-1 matrices of the maps, sums are taken of money and never of shares:

- flows X' = A A S X; inputs, value added and final use likewise, and shares from them.
- duties are averaged by value, so that revenue on every merged flow stays: t' = sum(t X) / sum(X).
- between economies that merge no border is left. What they paid each other in duties is booked with the
  value added of the selling sector, and the sale at its price with duty: absorption, use and income of
  the merged economy (value added + revenue + deficit) stay what they were.
- trade elasticities are averaged by cross-border trade; where a group trades with nobody, simply.

A world that balances balances after merging. Its response to a shock is that of another, coarser model.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from detente.core.errors import LabelMismatch
from detente.economy.identities import accounts
from detente.economy.world import World
from detente.policy import LineSet, Weights


def aggregate(
    world: World,
    *,
    economies: Mapping[str, str] | None = None,
    sectors: Mapping[str, str] | None = None,
    name: str | None = None,
) -> World:
    """A coarser world. Labels that a map does not name keep their own.

    Args:
        world: what to merge.
        economies, sectors: label -> label of its group; groups stand where their first member stood.
        name: of the result; default: the world's own, with " merged".

    Raises:
        LabelMismatch: a map names a label that the world does not have, or joins goods and services.
        InvalidWorld: accounts that cannot hold.
    """
    groups, place = _groups(world.economies, economies or {}, "economies")
    kinds, kind = _groups(world.sectors, sectors or {}, "sectors")
    services = _services(world, kinds, kind)
    books = accounts(world)
    a = _matrix(place, len(groups))
    s = _matrix(kind, len(kinds))

    def merge(array: np.ndarray) -> np.ndarray:
        return a @ np.tensordot(a, array @ s.T, axes=1)

    flows, paid = merge(world.flows), merge(world.flows * world.duty)
    own = np.arange(len(groups))
    inside = paid[own, own].copy()
    flows[own, own] += inside
    paid[own, own] = 0.0
    pairs = merge(np.ones_like(world.flows))
    duty = np.where(flows > 0, paid / np.where(flows > 0, flows, 1.0), merge(world.duty) / pairs)
    duty[own, own] = 0.0
    output = flows.sum(axis=0)
    earned = a @ (world.value_added_share * books.sales) @ s.T + inside
    inputs = _summed(a, s, books.input_share * books.sales[:, None, :])
    made = np.where(output > 0, output, 1.0)
    idle = output <= 0
    value_added_share = np.where(idle, _mean(a, s, world.value_added_share), earned / made)
    input_share = np.where(idle[:, None, :], _mean_inputs(a, s, books.input_share), inputs / made[:, None, :])
    final = a @ (books.final_share * books.income[:, None]) @ s.T
    customs = world.customs_ratio
    if customs is not None:
        basis = merge(world.flows)
        mean = merge(world.flows * customs) / np.where(basis > 0, basis, 1.0)
        customs = np.where(basis > 0, mean, merge(customs) / pairs)
    steps = [*world.provenance.get("steps", []), _described(world, economies, sectors)]
    households = {
        group: sum(world.households[label] for label in members)
        for group, members in _members(groups, world.economies, place).items()
        if all(label in world.households for label in members)
    }
    return replace(
        world,
        name=name or f"{world.name} merged",
        economies=groups,
        sectors=kinds,
        services=services,
        flows=flows,
        duty=duty,
        value_added_share=value_added_share,
        input_share=input_share,
        final_share=final / final.sum(axis=1, keepdims=True),
        elasticities={
            key: _theta(np.asarray(theta), world.flows, kind, len(kinds))
            for key, theta in world.elasticities.items()
        },
        customs_ratio=customs,
        households=households,
        critical_inputs={
            kinds[kind[world.sectors.index(label)]]: value
            for label, value in world.critical_inputs.items()
            if kind.count(kind[world.sectors.index(label)]) == 1
        },
        provenance={**world.provenance, "steps": steps},
    )


def aggregate_weights(
    weights: Weights, *, economies: Mapping[str, str] | None = None, sectors: Mapping[str, str] | None = None
) -> Weights:
    """HS weights of the merged world.

    Lines of an importer stay where it merges with nobody; lines of exporters that merge are added up.
    """
    groups, place = _groups(weights.economies, economies or {}, "economies")
    kinds, kind = _groups(weights.sectors, sectors or {}, "sectors")
    members = _members(groups, weights.economies, place)
    goods = tuple(sorted({kind[j] for j in weights.goods}))
    lines = {}
    for importer, old in weights.lines.items():
        group = (economies or {}).get(importer, importer)
        if members[group] == (importer,):
            lines[group] = _merged_lines(old, group, members, kind)
    return Weights(groups, kinds, goods, lines)


def _merged_lines(
    old: LineSet, importer: str, members: Mapping[str, tuple[str, ...]], kind: Sequence[int]
) -> LineSet:
    mapped = np.array([*kind, -1], dtype=np.int64)[old.sector]
    values: dict[str, np.ndarray] = {}
    proxy: dict[str, str] = {}
    known = {label for labels in members.values() for label in labels}
    for label in old.value_musd:
        if label not in known:
            values[label] = old.value_musd[label]
    for group, labels in members.items():
        own = [label for label in labels if label in old.value_musd]
        if own:
            values[group] = np.sum([old.value_musd[label] for label in own], axis=0)
        elif labels[0] in old.proxy:
            proxy[group] = old.proxy[labels[0]]
    return LineSet(importer, old.codes, mapped, values, old.year, old.basis, proxy)


def _groups(
    labels: tuple[str, ...], mapping: Mapping[str, str], what: str
) -> tuple[tuple[str, ...], list[int]]:
    """Labels of the groups, and the group of each label.

    Raises:
        LabelMismatch: the map names strangers.
    """
    strangers = sorted(set(mapping) - set(labels))
    if strangers:
        raise LabelMismatch(
            f"{what} {', '.join(strangers[:8])}",
            why="the world does not have them",
            instead=f"of {', '.join(labels[:8])}{', ...' if len(labels) > 8 else ''}",
        )
    names = [str(mapping.get(label, label)) for label in labels]
    groups = tuple(dict.fromkeys(names))
    return groups, [groups.index(label) for label in names]


def _members(
    groups: tuple[str, ...], labels: tuple[str, ...], place: Sequence[int]
) -> dict[str, tuple[str, ...]]:
    return {
        group: tuple(label for label, p in zip(labels, place, strict=True) if p == g)
        for g, group in enumerate(groups)
    }


def _services(world: World, kinds: tuple[str, ...], kind: Sequence[int]) -> tuple[str, ...]:
    found: list[str] = []
    for group, members in _members(kinds, world.sectors, kind).items():
        inside = [label in world.services for label in members]
        if any(inside) and not all(inside):
            raise LabelMismatch(
                f"{group}: {', '.join(members)}",
                why="duties fall on goods and not on services; one sector cannot be both",
                instead="groups of goods and groups of services",
            )
        if all(inside):
            found.append(group)
    return tuple(found)


def _matrix(place: Sequence[int], count: int) -> np.ndarray:
    matrix = np.zeros((count, len(place)))
    matrix[list(place), np.arange(len(place))] = 1.0
    return matrix


def _summed(a: np.ndarray, s: np.ndarray, inputs: np.ndarray) -> np.ndarray:
    """Money by economy, input and user, added up [group, kind, kind]."""
    return np.tensordot(a, s @ inputs @ s.T, axes=1)


def _mean(a: np.ndarray, s: np.ndarray, shares: np.ndarray) -> np.ndarray:
    """Simple means of shares, for groups that make nothing [group, kind]."""
    return (a @ shares @ s.T) / (a.sum(axis=1)[:, None] * s.sum(axis=1)[None, :])


def _mean_inputs(a: np.ndarray, s: np.ndarray, shares: np.ndarray) -> np.ndarray:
    return _summed(a, s, shares) / (a.sum(axis=1)[:, None, None] * s.sum(axis=1)[None, None, :])


def _theta(theta: np.ndarray, flows: np.ndarray, kind: Sequence[int], count: int) -> np.ndarray:
    own = np.arange(len(flows))
    trade = flows.sum(axis=(0, 1)) - flows[own, own].sum(axis=0)
    kinds = np.asarray(kind)
    traded = np.bincount(kinds, trade, count)
    by_trade = np.bincount(kinds, trade * theta, count) / np.where(traded > 0, traded, 1.0)
    return np.where(
        traded > 0, by_trade, np.bincount(kinds, theta, count) / np.bincount(kinds, minlength=count)
    )


def _described(world: World, economies: Mapping[str, str] | None, sectors: Mapping[str, str] | None) -> str:
    parts = []
    for what, mapping in (("economies", economies), ("sectors", sectors)):
        if mapping:
            groups: dict[str, list[str]] = {}
            for label, group in mapping.items():
                groups.setdefault(group, []).append(label)
            text = "; ".join(f"{group}: {' '.join(members)}" for group, members in groups.items())
            parts.append(f"{what} {text}")
    return f"merged from {world.name}: " + ("; ".join(parts) or "nothing")
