"""Quantity rules: which of them bind, by complementarity.

A limit binds at a licence price above zero or is slack at zero; a floor likewise with its subsidy. The set
of rules that bind is guessed, the equilibrium with those at their bounds is solved and certified, and rules
of the wrong sign are dropped or taken in until none is wrong.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from detente.economy.certificate import REMEDY, Certificate, Reason
from detente.economy.levers import Cells, Levers, Rules
from detente.economy.models.base import Licence
from detente.economy.prepare import Prepared
from detente.economy.search import Found, Layout, bordered, find


@dataclass(frozen=True)
class Ruled:
    """Where a search under quantity rules ended.

    Attributes:
        found: the equilibrium with the binding rules at their bounds, if there is one.
        binding: embargoes and the rules that bind.
        licences: what every rule does, slack ones included.
    """

    found: Found
    binding: Rules
    licences: tuple[Licence, ...] = ()


ROUNDS = 40
"""Changes of the binding set before it counts as cycling."""


def find_under_rules(prepared: Prepared, levers: Levers, rules: Rules, tolerance: float) -> Ruled:
    """The certified equilibrium of a prepared world under levers and quantity rules."""
    closed = _closed_off(prepared, rules)
    if closed:
        return Ruled(_refused(Reason.NO_SUPPLIER, closed, tolerance), rules)
    cells = rules.cells
    sign = np.where(cells.floor, -1.0, 1.0)
    binding = sign * (cells.quantity - cells.bound) > 0
    tried: set[bytes] = set()
    one_by_one = False
    began = time.perf_counter()
    for _ in range(ROUNDS):
        held = replace(rules, cells=cells.only(binding))
        found, licences = _find(prepared, levers, held, tolerance)
        if found.equilibrium is None:
            if one_by_one or binding.sum() < 2:
                return Ruled(found, held)
            # Not all of them can bind at once: begin again with none, the most broken first.
            one_by_one, binding = True, np.zeros_like(binding)
            tried.clear()
            continue
        if not cells.count:
            return Ruled(found, held)
        price, quantity = np.zeros(cells.count), _quantities(cells, found)
        price[binding] = [np.log1p(one.price_percent / 100) for one in licences]
        # How far each rule is from where it should stand: a price of the wrong sign, or a bound broken.
        wrong = np.where(binding, -sign * price, sign * np.log(quantity / cells.bound))
        worst = float(wrong.max(initial=0.0))
        if worst <= tolerance:
            residuals = {**found.certificate.residuals, "complementarity": max(0.0, worst)}
            seconds = time.perf_counter() - began
            certificate = replace(found.certificate, residuals=residuals, seconds=seconds)
            everything = _with_slack(licences, cells, binding, quantity)
            return Ruled(replace(found, certificate=certificate), held, everything)
        tried.add(binding.tobytes())
        flip = wrong > tolerance
        if one_by_one or (binding ^ flip).tobytes() in tried:
            flip = np.arange(cells.count) == int(wrong.argmax())
        binding = binding ^ flip
        if binding.tobytes() in tried:
            break
    words = "the quantity rules settle on no binding set"
    return Ruled(_refused(Reason.RULES_CYCLE, words, tolerance), rules)


def _find(
    prepared: Prepared, levers: Levers, rules: Rules, tolerance: float
) -> tuple[Found, tuple[Licence, ...]]:
    """The equilibrium with these rules at their bounds, and what they do there."""
    model, base, cells = prepared.model, Levers.of_base(prepared.world), rules.cells

    def at(part: float) -> Any:
        ruled = model.ruled(prepared.parameters, rules.part_of_the_way(part))
        return model.shocked(np, ruled, levers.part_of_the_way(base, part))

    layout, start, near = prepared.layout, prepared.start, prepared.preconditioner
    if cells.count:
        n, j = prepared.world.flows.shape[1:]
        layout = Layout.of(model, n, j, cells.count)
        start = np.concatenate([prepared.start, _first_prices(prepared, cells)])
        with np.errstate(all="ignore"):
            near = bordered(model, near, at(1.0), layout.split(start))
    found = find(model, layout, at, start, near, levers=levers, tolerance=tolerance, accept=tolerance)
    if found.equilibrium is None or not cells.count:
        return found, ()
    return found, model.licences(layout.split(found.point), at(1.0))


def _first_prices(prepared: Prepared, cells: Cells) -> np.ndarray:
    """Licence prices that would do if nothing but the flows themselves responded [K]."""
    theta = prepared.parameters.theta[cells.sector]
    mean = (cells.rule * (1 + theta)[:, None]).sum(axis=0) / cells.rule.sum(axis=0)
    return np.log(cells.quantity / cells.bound) / mean


def _quantities(cells: Cells, found: Found) -> np.ndarray:
    """Quantity under each rule, at baseline prices, customs basis [K]."""
    assert found.equilibrium is not None
    place = (cells.importer, cells.exporter, cells.sector)
    return (found.equilibrium.quantity[place] * cells.customs) @ cells.rule


def _with_slack(
    licences: tuple[Licence, ...], cells: Cells, binding: np.ndarray, quantity: np.ndarray
) -> tuple[Licence, ...]:
    """Every rule, slack ones at a price of zero."""
    bound = iter(licences)
    return tuple(
        next(bound)
        if binding[k]
        else Licence(label, False, 0.0, float(cells.bound[k]), float(quantity[k]), 0.0, cells.rent[k])
        for k, label in enumerate(cells.labels)
    )


def _closed_off(prepared: Prepared, rules: Rules) -> str:
    """What embargoes leave without a supplier, in words; empty where nothing is."""
    if rules.closed is None:
        return ""
    world = prepared.world
    shares = prepared.parameters.supplier_share.transpose(1, 2, 0)
    hit = (rules.closed > 0) & (shares > 0)
    # With an elasticity of substitution below one, no finite price makes buyers do without a supplier.
    lost = hit.any(axis=1) & (
        (prepared.parameters.theta < 0) | ~(shares * (rules.closed < 1) > 0).any(axis=1)
    )
    if not lost.any():
        return ""
    row, column = np.argwhere(lost)[0]
    return f"the embargo leaves {world.economies[row]} without {world.sectors[column]}"


def _refused(reason: Reason, words: str, tolerance: float) -> Found:
    certificate = Certificate(reason, {}, np.inf, np.inf, tolerance, 0, 0, 0, 0, 0, 0.0)
    return Found(np.zeros(0), None, certificate, f"{words}; {REMEDY[reason]}")
