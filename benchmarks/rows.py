"""The table: one function a block of rows."""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmarks import peers
from benchmarks.measure import Row, cpu_ms, median_ms, residual_ms
from benchmarks.worlds import caliendo_parro, dearer, gravity, liberation_day, random_wars, war
from detente.economy.balance import rebalance
from detente.economy.batch import solve_many
from detente.economy.certificate import NotSolved
from detente.economy.outcome import Outcome
from detente.economy.prepare import Prepared, forget, prepare
from detente.economy.solve import applied, solve_prepared
from detente.economy.world import World
from detente.economy.worlds import load_world
from detente.policy import SectorPolicy

MODEL = "input-output"


def ready(world: World, closure: str = "fixed_to_world_income") -> Prepared:
    """A prepared world, or an end to the run."""
    prepared = prepare(MODEL, world, closure=closure)
    if isinstance(prepared, NotSolved):
        raise SystemExit(prepared.message)
    return prepared


def solved(prepared: Prepared, policy: SectorPolicy) -> Outcome:
    """A certified outcome, or an end to the run."""
    outcome = solve_prepared(prepared, policy)
    if isinstance(outcome, NotSolved):
        raise SystemExit(outcome.message)
    return outcome


def solve_row(
    name: str,
    prepared: Prepared,
    policy: SectorPolicy,
    bar: float | None = None,
    peer: tuple[float | None, str] = (None, ""),
) -> Row:
    """One single solve, warm, preparation apart."""
    proof = solved(prepared, policy).certificate
    ours = median_ms(lambda: solve_prepared(prepared, policy))
    used = cpu_ms(lambda: solve_prepared(prepared, policy))
    residuals = ours / residual_ms(prepared)
    return Row(name, ours, "ms", bar, proof.evaluations, proof.factor_reads, used, residuals, *peer)


def single_solves(data: Path | None, *, beside: bool, long: bool) -> Iterator[Row]:
    """Single solves; `beside` runs gegravity too, `long` also at 190 economies."""
    if data is not None:
        world, policy = caliendo_parro(data)
        name = "31 x 40 with inputs, NAFTA"
        yield solve_row(name, ready(world, "balanced"), policy, 15, peers.recorded("cp2015 (R and C++)"))
        yield against_textbook(name, rebalance(world, closure="balanced")[0], policy)
        yield liberation_row(data)
    world, _ = gravity(190)
    peer = gravity_peer(190, beside=beside and long)
    yield solve_row("190 x 1, gravity", ready(world), dearer(world), 20, peer)
    world, _ = gravity(30)
    peer = gravity_peer(30, beside=beside)
    yield solve_row("30 x 1, gravity", ready(world), dearer(world), None, peer)
    world = load_world()
    prepared = ready(world)
    yield solve_row("77 x 23 with inputs, 145% / 125%", prepared, war(world), 40)
    yield against_textbook("77 x 23 with inputs, 145% / 125%", world, war(world))
    yield solve_row("77 x 23 with inputs, 30% / 10%", prepared, war(world, 0.3, 0.1))
    yield solve_row("77 x 23 with inputs, 10,000% both ways", prepared, war(world, 100.0, 100.0))


def gravity_peer(economies: int, *, beside: bool) -> tuple[float, str]:
    """gegravity in this run, or its recorded figure where it is not asked for or cannot be installed."""
    if beside:
        try:
            return peers.gegravity(economies)
        except RuntimeError as error:
            print(f"gegravity did not run: {error}", file=sys.stderr)
    return peers.recorded(f"gegravity 0.3, N = {economies}")


def liberation_row(data: Path) -> Row:
    """The announced duties of 2 April 2025 in the one-sector model with labour supply."""
    variant = liberation_day(data)
    baseline, levers = variant.baseline, variant.levers(variant.ustr, 0.0)
    proof = baseline.under(levers).certificate
    if not proof.certified:
        raise SystemExit(proof.reason)
    ours = median_ms(lambda: baseline.under(levers))
    blocks = baseline.layout.split(np.array(baseline.found.point))
    one = median_ms(lambda: baseline.model.residual(np, blocks, baseline.parameters), 25)
    peer = peers.recorded("liberation-day-replication (Python)")
    return Row(
        "194 x 1 with labour supply, announced duties",
        ours,
        "ms",
        8,
        proof.evaluations,
        proof.factor_reads,
        cpu_ms(lambda: baseline.under(levers)),
        ours / one,
        *peer,
    )


def against_textbook(name: str, world: World, policy: SectorPolicy) -> Row:
    """The textbook's iteration to 1e-7 and ours to 1e-10, in this run, and how far apart they end."""
    prepared = ready(world)
    outcome = solved(prepared, policy)
    theirs = peers.textbook(world, applied(world, policy)[0].duty)
    gap = 100 * np.abs(theirs.real_income - outcome.real_household_income()).max()
    return Row(
        f"{name}, beside the textbook's iteration",
        median_ms(lambda: solve_prepared(prepared, policy)),
        "ms",
        peer=theirs.milliseconds,
        peer_name=f"damped iteration, {theirs.rounds} rounds to {theirs.excess:.0e}, this run",
        note=f"answers at most {gap:.0e} points apart",
    )


def preparation() -> Iterator[Row]:
    """What a world costs once."""
    world = load_world()

    def anew() -> None:
        forget()
        ready(world)

    yield Row("77 x 23: prepare a world, once", median_ms(anew, 3), "ms")


def gradients() -> Iterator[Row]:
    """A gradient in all duties and costs, over the time of a solve in the same run."""
    from detente.economy.adjoint import Gradient, gradient, measure

    world = load_world()
    prepared, policy = ready(world), war(world)
    outcome, objective = solved(prepared, policy), measure("real_income_percent", "USA")
    result = gradient(prepared, policy, objective, outcome=outcome)
    assert isinstance(result, Gradient)
    took = median_ms(lambda: gradient(prepared, policy, objective, outcome=outcome, check=False), 15)
    solve = median_ms(lambda: solve_prepared(prepared, policy), 15)
    proof = result.certificate
    used = cpu_ms(lambda: gradient(prepared, policy, objective, outcome=outcome, check=False), 15)
    used_by_solve = cpu_ms(lambda: solve_prepared(prepared, policy), 15)
    note = f"{took:.0f} ms against {solve:.0f}; adjoint residual {proof.adjoint_residual:.0e}; "
    note += f"gap to central differences {proof.difference_gap:.0e}"
    yield Row(
        f"77 x 23: gradient in {2 * world.duty.size:,} duties and costs",
        took / solve,
        "solves",
        2,
        factor_reads=proof.factor_reads,
        cpu=used / used_by_solve,
        residuals=took / residual_ms(prepared),
        note=note,
    )


def batches(count: int) -> Iterator[Row]:
    """Many policies on one factorisation, their time, and the memory of the whole run."""
    world = load_world()
    prepared = ready(world)
    began, used = time.perf_counter(), time.process_time()
    results = solve_many(
        prepared,
        random_wars(world, count),
        lambda o: (o.values("real_income_percent"), o.certificate.largest),
    )
    took, used = time.perf_counter() - began, time.process_time() - used
    whole = [result for result in results if not isinstance(result, NotSolved)]
    note = f"{len(whole)} of {count} certified, largest residual {max(r[1] for r in whole):.0e}"
    name = f"77 x 23: {count:,} random duty vectors"
    yield Row(name, took, "s", count / 100, cpu=used, residuals=1e3 * took / residual_ms(prepared), note=note)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    yield Row("memory at its highest in this run", peak, "GB", 4)


def cold_start() -> Iterator[Row]:
    """A fresh process from the shell to its first answer."""
    command = [sys.executable, "-m", "detente", "what-if", "--duty", "USA:CHN=30", "--json"]
    seconds = []
    for _ in range(3):
        began = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        seconds.append(time.perf_counter() - began)
    yield Row("cold start to the first answer (detente what-if)", max(seconds), "s", 6)
