"""Time, steps and memory of the solver: prepare once, then duties of several sizes between two economies.

    python benchmarks/solve.py                     the shipped world, every elasticity set's default
    python benchmarks/solve.py --synthetic 37x23   a made-up world of that size

Set OPENBLAS_NUM_THREADS to the cores that are really free: on busy machines one thread is faster.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import time

from detente.economy.certificate import NotSolved
from detente.economy.prepare import forget, prepare
from detente.economy.solve import solve
from detente.economy.synthetic import synthetic_world
from detente.economy.world import World
from detente.economy.worlds import load_world
from detente.policy import SectorPolicy

SHOCKS = ((0.10, 0.10), (0.30, 0.10), (1.45, 1.25), (10.0, 10.0))


def main() -> None:
    """Print one table for a world."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--synthetic", metavar="NxJ", help="size of a made-up world")
    parser.add_argument("--repeat", type=int, default=7, help="solves of each kind")
    options = parser.parse_args()
    if options.synthetic:
        economies, sectors = (int(part) for part in options.synthetic.split("x"))
        world, pair = synthetic_world(economies, sectors), ("E00", "E01")
    else:
        world, pair = load_world(), ("USA", "CHN")
    economies, sectors = len(world.economies), len(world.sectors)
    print(f"{world.name}: {economies} x {sectors}, {economies * (1 + 2 * sectors)} unknowns")
    for closure in ("fixed_to_world_income", "balanced"):
        measure(world, pair, closure, options.repeat)
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


def measure(world: World, pair: tuple[str, str], closure: str, repeat: int) -> None:
    """Time preparation, a second variant, and solves under one closure."""
    first = []
    for _ in range(3):
        forget()
        began = time.perf_counter()
        prepare("input-output", world, closure=closure)
        first.append(time.perf_counter() - began)
    began = time.perf_counter()
    prepare("input-output", world, closure=closure, theta_scale=0.75)
    variant = time.perf_counter() - began
    print(f"{closure}: prepare {1e3 * statistics.median(first):.0f} ms, another theta {1e3 * variant:.0f} ms")
    home, foreign = pair
    for there, back in SHOCKS:
        change = {(home, foreign): there, (foreign, home): back}
        policy = SectorPolicy.duties(world.economies, world.sectors, change)
        seconds = []
        for _ in range(repeat):
            began = time.perf_counter()
            outcome = solve("input-output", world, policy, closure=closure)
            seconds.append(time.perf_counter() - began)
        if isinstance(outcome, NotSolved):
            print(f"  {100 * there:6.0f}% / {100 * back:.0f}%  {outcome.message}")
            continue
        proof = outcome.certificate
        print(
            f"  {100 * there:6.0f}% / {100 * back:<5.0f}%  {1e3 * statistics.median(seconds):5.0f} ms"
            f"  {proof.evaluations} evaluations  {proof.factor_reads} factor reads  residual "
            f"{proof.largest:.0e}"
            f"  {home} {outcome.at('real_income_percent', home):+.3f}%"
            f"  {foreign} {outcome.at('real_income_percent', foreign):+.3f}%"
        )


if __name__ == "__main__":
    main()
