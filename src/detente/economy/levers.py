"""What stands between a seller's cost and a buyer's price: duties, taxes, costs, and quantity rules.

A flow's money goes

    buyer pays      G = S (1 + e) q (1 + t)
    seller gets     S            (covers the iceberg)
    export tax      S e          to the exporter's treasury; a subsidy is negative
    licence rent    to its owner, q - 1 of the value it is levied on
    import duty     t of customs value, to the importer's treasury

with q = exp(licence) the price of a licence where a quantity rule binds. Rent of licence holders abroad
is inside customs value, that of importers is not. Dissipated rent is an iceberg: it uses up the goods.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np

from detente.core.errors import InvalidPolicy
from detente.economy.world import World
from detente.policy import ALL, QuantityRule, Rent, SectorPolicy, Unit
from detente.policy.sectors import position

SMALLEST_BOUND = 1e-9
"""A bound below this share of the baseline quantity closes the flow."""


@dataclass(frozen=True)
class Cells:
    """The flows under quantity rules that may bind, one licence price a rule.

    Arrays over cells [C] and rules [K]; each flow is one cell, however many rules it stands under: their
    licence prices compound.

    Attributes:
        labels: of the rules [K].
        floor: True for floors [K].
        importer, exporter, sector: positions [C].
        rule: one where the cell stands under the rule [C, K].
        border: of these, one where the rent is inside customs value [C, K].
        inside: one where the rent is levied on top of the duty, by the buyer's side [C, K].
        lost: one where the rent is dissipated [C, K].
        to_exporter, to_importer: 1 where households of the cell's exporter, importer own the rent [K].
        to_treasury: one at the economy whose treasury does [K, N].
        customs: customs value over the model's flow [C].
        bound: quantity at baseline prices, customs basis [K].
        quantity: the same at the baseline [K].
        rent: owner, for people [K].
    """

    labels: tuple[str, ...]
    floor: np.ndarray
    importer: np.ndarray
    exporter: np.ndarray
    sector: np.ndarray
    rule: np.ndarray
    border: np.ndarray
    inside: np.ndarray
    lost: np.ndarray
    to_exporter: np.ndarray
    to_importer: np.ndarray
    to_treasury: np.ndarray
    customs: np.ndarray
    bound: np.ndarray
    quantity: np.ndarray
    rent: tuple[str, ...]

    @property
    def count(self) -> int:
        """Rules."""
        return len(self.labels)

    def only(self, kept: np.ndarray) -> Cells:
        """The rules of a mask [K], with their cells."""
        cells = self.rule[:, kept].any(axis=1)
        both = np.ix_(cells, kept)
        take = np.flatnonzero(kept)
        return Cells(
            tuple(self.labels[k] for k in take),
            self.floor[kept],
            self.importer[cells],
            self.exporter[cells],
            self.sector[cells],
            self.rule[both],
            self.border[both],
            self.inside[both],
            self.lost[both],
            self.to_exporter[kept],
            self.to_importer[kept],
            self.to_treasury[kept],
            self.customs[cells],
            self.bound[kept],
            self.quantity[kept],
            tuple(self.rent[k] for k in take),
        )


@dataclass(frozen=True)
class Levers:
    """What governments set, at its level in force; arrays are [importer, exporter, sector].

    Attributes:
        duty: applied ad valorem duties as fractions of customs value.
        cost: non-tariff costs, ad valorem, as fractions; 0 at the baseline.
        export_tax: ad valorem on the seller's price, as fractions; production subsidies are in it, on
            domestic sales too; 0 at the baseline.
    """

    duty: Any
    cost: Any
    export_tax: Any

    @classmethod
    def of(cls, duty: Any, cost: Any = None, export_tax: Any = None) -> Levers:
        """Duties, and costs and taxes where there are some."""
        none = 0.0 * duty
        return cls(duty, none if cost is None else cost, none if export_tax is None else export_tax)

    @classmethod
    def of_base(cls, world: World) -> Levers:
        """Those of the world's base day."""
        return cls.of(world.duty)

    def part_of_the_way(self, base: Levers, part: float) -> Levers:
        """Levers between `base` (part 0) and these (part 1), in equal steps of the logs of gross rates."""
        if part == 1.0:
            return self

        def between(old: np.ndarray, new: np.ndarray) -> np.ndarray:
            return (1 + old) * np.exp(part * (np.log1p(new) - np.log1p(old))) - 1

        return Levers(
            between(base.duty, self.duty),
            between(base.cost, self.cost),
            between(base.export_tax, self.export_tax),
        )


@dataclass(frozen=True)
class Rules:
    """Quantity rules in force.

    Attributes:
        closed: share of each flow shut out, 1 under an embargo [importer, exporter, sector]; None where
            there is no embargo.
        cells: flows whose rules bind.
    """

    closed: np.ndarray | None
    cells: Cells

    @property
    def any(self) -> bool:
        """Whether there is an embargo or a rule that binds."""
        return self.closed is not None or self.cells.count > 0

    def part_of_the_way(self, part: float) -> Rules:
        """Bounds between the baseline quantity (part 0) and these (part 1), in logs; embargoes thinned."""
        if part == 1.0:
            return self
        cells = self.cells
        bound = cells.quantity * np.exp(part * np.log(cells.bound / cells.quantity))
        closed = None if self.closed is None else part * self.closed
        return Rules(closed, replace(cells, bound=bound))


def applied(world: World, policy: SectorPolicy) -> tuple[Levers, Rules, tuple[str, ...]]:
    """What a policy puts in force, in the order of the world's labels, and what was arranged, in words.

    A duty never falls below zero, and none falls on services or on domestic sales.

    Raises:
        InvalidPolicy: a floor on a flow that does not exist, or beyond all that its sellers make.
        LabelMismatch: a rule on an economy or sector that the world lacks.
    """
    services = np.isin(world.sectors, world.services)
    duty = world.duty + policy.duty_change
    duty[:, :, services] = world.duty[:, :, services]
    notes: tuple[str, ...] = ()
    if duty.min() < 0:
        notes = ("duties that would fall below zero were set to zero",)
        np.maximum(0.0, duty, out=duty)
    if np.any(policy.duty_change[:, :, services]):
        notes += ("duty changes on services sectors were left out: no duty falls on services",)
    taxed = policy.export_tax
    if np.any(policy.production_subsidy):
        taxed = (1 + taxed) * (1 - policy.production_subsidy[None]) - 1
    rules, slack = _rules(world, policy.quantities)
    return Levers(duty, policy.non_tariff_cost, taxed), rules, notes + slack


class _Bound(NamedTuple):
    """One bound of a rule: flows it sums over, its size, and the baseline quantity, customs basis."""

    rule: QuantityRule
    label: str
    flows: np.ndarray
    bound: float
    quantity: float


def _rules(world: World, rules: tuple[QuantityRule, ...]) -> tuple[Rules, tuple[str, ...]]:
    """Embargoes as closed flows, the other rules as cells, and notes on rules about nothing."""
    if not rules:
        return Rules(None, _cells(world, [], world.flows)), ()
    ratio = np.ones_like(world.flows) if world.customs_ratio is None else world.customs_ratio
    basis = world.flows * ratio
    closed = np.zeros(world.flows.shape, dtype=bool)
    stated: list[_Bound] = []
    notes: list[str] = []
    for bound in (one for rule in rules for one in _bounds(world, rule, basis)):
        if bound.quantity > 0 and bound.bound <= SMALLEST_BOUND * bound.quantity:
            closed |= bound.flows & (not bound.rule.is_floor)
        elif bound.quantity > 0:
            stated.append(bound)
        elif bound.rule.is_floor and bound.bound > 0:
            raise InvalidPolicy(
                bound.label,
                where=", ".join(bound.rule.entries),
                why="the baseline has no such flow, and no subsidy makes one",
                instead="a floor on goods that are traded already",
            )
        else:
            notes.append(f"{bound.label}: there is no such flow")
    _require_within_reach(world, stated)
    still = [one._replace(flows=one.flows & ~closed & (world.flows > 0)) for one in stated]
    still = [one._replace(quantity=float(basis[one.flows].sum())) for one in still if one.flows.any()]
    shut = closed.astype(float) if closed.any() else None
    return Rules(shut, _cells(world, still, ratio)), tuple(notes)


def _require_within_reach(world: World, stated: list[_Bound]) -> None:
    """Refuse a floor beyond all that its sellers make, services too: a search would fail, and slowly."""
    made = world.flows.sum(axis=(0, 2))
    for one in stated:
        most = float(made[one.flows.any(axis=(0, 2))].sum())
        if one.rule.is_floor and one.bound > most:
            raise InvalidPolicy(
                f"{one.label}: at least USD {one.bound:,.0f} million",
                where=", ".join(one.rule.entries),
                why=f"{one.rule.exporter} makes USD {most:,.0f} million a year of all goods and services",
                instead="a smaller floor",
            )


def _bounds(world: World, rule: QuantityRule, basis: np.ndarray) -> list[_Bound]:
    """The bounds that a rule states: one a sector in shares, one in all in money."""
    own = np.arange(len(world.economies))
    flow = np.zeros(world.flows.shape[:2], dtype=bool)
    rows = slice(None) if rule.importer == ALL else position(world.economies, rule.importer)
    columns = slice(None) if rule.exporter == ALL else position(world.economies, rule.exporter)
    flow[rows, columns] = True
    flow[own, own] = False
    stated: list[_Bound] = []
    whole = np.zeros(world.flows.shape, dtype=bool)
    rest = total = 0.0
    for sector, share in rule.coverage.items():
        if share <= 0:
            continue
        mask = np.zeros(world.flows.shape, dtype=bool)
        mask[:, :, position(world.sectors, sector)] = flow
        quantity = float(basis[mask].sum())
        if rule.unit is Unit.SHARE:
            label = f"{rule.instrument.value} {rule.importer}:{rule.exporter}:{sector}"
            bound = (1 + share * (rule.value - 1)) * quantity
            stated.append(_Bound(rule, label, mask, bound, quantity))
        whole |= mask
        rest += (1 - share) * quantity
        total += quantity
    if rule.unit is Unit.USD_MILLION and whole.any():
        stated.append(_Bound(rule, rule.label, whole, rule.value + rest, total))
    return stated


def _cells(world: World, stated: list[_Bound], ratio: np.ndarray) -> Cells:
    under = np.zeros(world.flows.shape, dtype=bool)
    for one in stated:
        under |= one.flows
    where = np.argwhere(under)
    place = tuple(where.T)
    importers = where[:, 0]
    rule = np.zeros((len(where), len(stated)))
    border, inside, lost = np.zeros_like(rule), np.zeros_like(rule), np.zeros_like(rule)
    treasury = np.zeros((len(stated), len(world.economies)))
    for number, one in enumerate(stated):
        held = one.flows[place].astype(float)
        rule[:, number] = held
        if one.rule.rent is Rent.DISSIPATED:
            lost[:, number] = held
        elif one.rule.rent is Rent.LICENCE_HOLDERS:
            border[:, number] = held
        elif one.rule.rent is Rent.IMPORTER:
            inside[:, number] = held
        else:
            owner = position(world.economies, one.rule.controller)
            treasury[number, owner] = 1.0
            border[:, number] = held * (importers != owner)
            inside[:, number] = held * (importers == owner)
    owners = [one.rule.rent for one in stated]
    return Cells(
        tuple(one.label for one in stated),
        np.array([one.rule.is_floor for one in stated], dtype=bool),
        importers,
        where[:, 1],
        where[:, 2],
        rule,
        border,
        inside,
        lost,
        np.array([owner is Rent.LICENCE_HOLDERS for owner in owners], dtype=float),
        np.array([owner is Rent.IMPORTER for owner in owners], dtype=float),
        treasury,
        ratio[place],
        np.array([one.bound for one in stated]),
        np.array([one.quantity for one in stated]),
        tuple(owner.value for owner in owners),
    )
