"""The worlds and shocks that are measured."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from detente.economy.replicate import read_case
from detente.economy.reproductions.caliendo_parro import nafta
from detente.economy.reproductions.ignatenko import Variant, read
from detente.economy.world import World
from detente.policy import SectorPolicy


def caliendo_parro(data: Path) -> tuple[World, SectorPolicy]:
    """Their 31 x 40 world of 1993 and the tariffs of NAFTA."""
    return nafta(read_case("caliendo-parro-2015"), data)


def liberation_day(data: Path) -> Variant:
    """Ignatenko and others' main model of 194 economies, and with it its announced duties."""
    case = read_case("ignatenko-2025")
    return Variant(read(case, data), case["variants"]["main"])


def war(world: World, there: float = 1.45, back: float = 1.25) -> SectorPolicy:
    """Duties between the United States and China, or between the first two economies."""
    pair = ("USA", "CHN") if "USA" in world.economies else world.economies[:2]
    change = {(pair[0], pair[1]): there, (pair[1], pair[0]): back}
    return SectorPolicy.duties(world.economies, world.sectors, change)


def dearer(world: World) -> SectorPolicy:
    """A cost of 30% between the first two economies, as in the gravity peers' experiments."""
    policy = SectorPolicy.none(world.economies, world.sectors)
    policy.non_tariff_cost[0, 1] = 0.3
    return policy


def random_wars(world: World, count: int, seed: int = 0) -> Iterator[SectorPolicy]:
    """Duties up to 150% between the United States and China, another one in every sector."""
    draw = np.random.default_rng(seed)
    here, there = world.economies.index("USA"), world.economies.index("CHN")
    for _ in range(count):
        policy = SectorPolicy.none(world.economies, world.sectors)
        policy.duty_change[here, there] = draw.uniform(0, 1.5, len(world.sectors))
        policy.duty_change[there, here] = draw.uniform(0, 1.5, len(world.sectors))
        yield policy


def gravity(economies: int, seed: int = 0, sigma: float = 5.0) -> tuple[World, np.ndarray]:
    """A one-sector world that a gravity equation fits exactly, and its log distances [importer, exporter].

    Trade costs to the power 1 - sigma are 1 / distance, with a home advantage of e^2; output and spending
    are equal, so trade follows from the multilateral resistances that clear both.
    """
    draw = np.random.default_rng(seed)
    place = draw.random((economies, 2))
    apart = np.linalg.norm(place[:, None] - place[None], axis=2)
    log_distance = np.log(1 + 10 * apart)
    ease = np.exp(-log_distance + 2.0 * np.eye(economies))
    size = 1e5 * np.exp(draw.standard_normal(economies))
    buyers = sellers = np.ones(economies)
    for _ in range(2000):
        buyers = size / (ease @ sellers)
        sellers = size / (ease.T @ buyers)
    names = tuple(f"C{index:03d}" for index in range(economies))
    world = World(
        name=f"gravity-{economies}",
        economies=names,
        sectors=("goods",),
        services=(),
        flows=(buyers[:, None] * ease * sellers[None])[:, :, None],
        duty=np.zeros((economies, economies, 1)),
        value_added_share=np.ones((economies, 1)),
        input_share=np.zeros((economies, 1, 1)),
        final_share=np.ones((economies, 1)),
        elasticities={"one": np.array([sigma - 1])},
        default_elasticities="one",
    )
    return world, log_distance
