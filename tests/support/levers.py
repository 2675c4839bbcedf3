"""A small world with two sides that hold levers over each other, for tests."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from detente.economy.synthetic import synthetic_world
from detente.economy.world import World
from detente.policy import SectorPolicy, Weights
from detente.strategy.armed import Armed
from detente.strategy.bench import Bench
from detente.strategy.levers_file import LeverFile, read_levers

RANGE = "low: {0}, central: {1}, high: {2}, unit: {3}, because: made up, assumed: true"


def span(low: float, central: float, high: float, unit: str) -> str:
    """A range of the file, in YAML."""
    return "{" + RANGE.format(low, central, high, unit) + "}"


def lever(name: str, holder: str, target: str, body: str) -> str:
    """A lever of the file with what every lever has."""
    return f"""
  - id: {name}
    holder: {holder}
    target: {target}
    name: The lever {name}
    group: test
    because: made up
    stocks_weeks: {span(0, 4, 8, "weeks")}
    legal: none needed
    notice_weeks: {span(0, 2, 4, "weeks")}
{body}"""


def duty(name: str, holder: str, target: str, points: float = 20) -> str:
    """A duty on everything the target sells to the holder."""
    return lever(
        name,
        holder,
        target,
        f"    moves: [{{instrument: import_duty, importer: {holder}, exporter: {target}}}]\n"
        f"    full: {span(points / 2, points, 2 * points, 'points')}",
    )


def withheld(
    name: str, holder: str, target: str, sector: str, share: float = 0.5, rent: str = "importer"
) -> str:
    """Goods of one sector withheld."""
    return lever(
        name,
        holder,
        target,
        "    moves: [{instrument: quantity_limit, "
        f"importer: {target}, exporter: {holder}, sectors: [{sector}], rent: {rent}}}]\n"
        f"    full: {span(share / 2, share, min(0.9, 1.5 * share), 'share_withheld')}\n"
        f"    substitutes_share: {span(0, 0.2, 0.4, 'share')}",
    )


def stated(name: str, holder: str, target: str, cost: float, own: float) -> str:
    """A lever whose costs are stated, USD billion."""
    return lever(
        name,
        holder,
        target,
        f"    cost_to_target: {span(cost / 2, cost, 2 * cost, 'usd_billion')}\n"
        f"    cost_to_holder: {span(own / 2, own, 2 * own, 'usd_billion')}",
    )


def write(folder: Path, *levers: str) -> LeverFile:
    """A file of levers in a folder, read."""
    folder.mkdir(exist_ok=True)
    (folder / "levers.yaml").write_text("levers:" + "".join(levers), encoding="utf-8")
    return read_levers(folder)


def small_world(*, critical: bool = True) -> World:
    """Three economies, three sectors; one input is critical."""
    world = synthetic_world(3, 4, 2, zero_flows=0.0)
    return replace(world, critical_inputs={"S01": 0.3}) if critical else world


def bench(world: World, model: str = "input-output", *, base: SectorPolicy | None = None) -> Bench:
    """A bench on a small world with nothing else in force."""
    goods = tuple(j for j, sector in enumerate(world.sectors) if sector not in world.services)
    weights = Weights(world.economies, world.sectors, goods, {})
    today = base or SectorPolicy.none(world.economies, world.sectors)
    ranges = {part: {"low": 0.2, "central": eta, "high": 0.6} for part, eta in world.critical_inputs.items()}
    return Bench(world, weights, today, model, ranges, dict.fromkeys(ranges, "E00"))


def armed(file: LeverFile) -> list[Armed]:
    """The levers of a file with their step in law as stated."""
    return [Armed(one, None, None) for one in file.levers]
