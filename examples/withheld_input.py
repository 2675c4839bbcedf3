"""What withholding a small input costs, and what that turns on: rare-earth compounds out of China.

Prints real income in percent as China's exports shrink, in the long run and in the first year, with inputs
that can and that cannot be replaced. Takes about a minute.

    python examples/withheld_input.py
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from detente.economy.certificate import NotSolved
from detente.economy.horizon import Adjustment
from detente.economy.models import INPUT_OUTPUT, InputOutput
from detente.economy.solve import solve
from detente.economy.splits import apply_split
from detente.economy.world import World
from detente.economy.worlds import load_weights, load_world
from detente.policy import ALL, Instrument, QuantityRule, SectorPolicy

PART = "C20_RE"
LEFT = (0.9, 0.5, 0.2, 0.1)
SHOWN = ("USA", "DEU", "CHN")


def first_year(world: World) -> World:
    """The world with elasticities of the first year after a policy."""
    services = np.isin(world.sectors, world.services)
    theta = Adjustment().theta(1, world.elasticities[world.default_elasticities], services)
    sets: Mapping[str, np.ndarray] = {**world.elasticities, "first year": theta}
    return replace(world, elasticities=sets, default_elasticities="first year")


def row(name: str, model: InputOutput, world: World) -> None:
    """One line: licence price and real incomes for each share left."""
    cells = []
    for share in LEFT:
        rule = QuantityRule(Instrument.QUANTITY_LIMIT, "CHN", ALL, "CHN", {PART: 1.0}, share)
        policy = replace(SectorPolicy.none(world.economies, world.sectors), quantities=(rule,))
        outcome = solve(model, world, policy)
        if isinstance(outcome, NotSolved):
            cells.append(f"{outcome.reason.value:>28}")
            continue
        incomes = "/".join(f"{outcome.at('real_income_percent', label):+.3f}" for label in SHOWN)
        cells.append(f"{incomes:>28}")
    print(f"{name:44}" + "".join(cells))


def main() -> None:
    """The table."""
    world, weights = load_world("icio2022"), load_weights("icio2022")
    split, _, _ = apply_split(world, weights, "rare-earths")
    replaceable = replace(split, critical_inputs={})
    short = InputOutput(Adjustment().mobile_share(1))
    print(f"real income, percent, {'/'.join(SHOWN)}, by share of China's exports of {PART} left")
    print(f"{'':44}" + "".join(f"{share:>28}" for share in LEFT))
    row("long run, replaceable (Cobb-Douglas)", INPUT_OUTPUT, replaceable)
    row("long run, hard to replace (0.1)", INPUT_OUTPUT, split)
    row("first year, replaceable (Cobb-Douglas)", short, first_year(replaceable))
    row(
        "first year, hard to replace (0.5)",
        short,
        first_year(apply_split(world, weights, "rare-earths", elasticity=0.5)[0]),
    )
    row("first year, hard to replace (0.1)", short, first_year(split))


if __name__ == "__main__":
    main()
