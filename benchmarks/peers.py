"""Other programs for the same work: recorded figures, one run beside ours, and the textbook's iteration.

A recorded figure is a median on a machine of the kind these benchmarks were written on (two shared cores)
and is marked as recorded. `textbook` is the nested iteration that most programs use, written here, so that
every run has a measured comparison. gegravity is installed in a folder of its own, since it needs an older
pandas than other tools here.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import venv
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.worlds import gravity
from detente.core.caches import cache_folder
from detente.economy.identities import Accounts, accounts
from detente.economy.world import World

RECORDED = {
    "cp2015 (R and C++)": 1500.0,
    "liberation-day-replication (Python)": 670.0,
    "gegravity 0.3, N = 30": 870.0,
    "gegravity 0.3, N = 190": 40_000.0,
}
"""Milliseconds: paulofelipe/cp2015 on 31 x 40 with inputs, about 790 damped iterations to 1e-7;
JoeLoera/liberation-day-replication at 194 economies, to 2.8e-6 of income; gegravity build and simulate."""


PUBLISHED = {
    "Ossa (2014), Nash duties": 96 * 60.0,
    "Ossa (2014), cooperative duties": 50 * 3600.0,
    "Ossa (2014) in Octave, best MFN duties": 40.7,
    "Ossa (2014) in Octave, best duties by partner": 135.0,
}
"""Seconds: as quoted in Lashkaripour (2021, table 3) for the paper's programs; and of the same programs
measured in Octave for the United States on a machine of the kind these benchmarks were written on."""


def recorded(name: str) -> tuple[float, str]:
    """Figure and label of a peer measured before."""
    return RECORDED[name], f"{name}, recorded"


@dataclass(frozen=True)
class Iterated:
    """Where the textbook's iteration ended.

    Attributes:
        real_income: household real income, new over baseline [N].
        excess: largest relative gap of labour demand.
        rounds: of the outer loop.
        milliseconds: wall time.
    """

    real_income: np.ndarray
    excess: float
    rounds: int
    milliseconds: float


def textbook(
    world: World, duty: np.ndarray, *, tolerance: float = 1e-7, damping: float = 0.3, limit: int = 5000
) -> Iterated:
    """Caliendo and Parro's algorithm: guess wages; iterate prices; iterate spending; move wages a part of
    the way to what clears labour markets. Deficits are fixed to world income, revenue is rebated."""
    began = time.perf_counter()
    books, theta = accounts(world), world.elasticities[world.default_elasticities]
    kappa = (1 + duty) / (1 + world.duty)
    wage = np.ones(len(world.economies))
    price, spending, income = np.ones_like(books.spending), books.spending, books.income
    rounds, gap = 0, np.inf
    while gap > tolerance and rounds < limit:
        rounds += 1
        share, price = _prices(books, kappa, theta, wage, price, tolerance / 10)
        for _ in range(500):
            flows = share * spending[:, None, :] / (1 + duty)
            sales, revenue = flows.sum(axis=0), (flows * duty).sum(axis=(1, 2))
            income = wage * books.value_added + revenue + books.deficit
            new = np.einsum("nkj,nj->nk", books.input_share, sales) + books.final_share * income[:, None]
            moved, spending = np.abs(new - spending).max() / spending.max(), new
            if moved < tolerance / 10:
                break
        excess = (books.value_added_share * sales).sum(axis=1) / (wage * books.value_added) - 1
        gap = float(np.abs(excess).max())
        wage = wage * (1 + damping * excess)
        wage = wage * books.value_added.sum() / (wage * books.value_added).sum()
    index = np.exp((books.final_share * np.log(price)).sum(axis=1))
    return Iterated(income / books.income / index, gap, rounds, 1e3 * (time.perf_counter() - began))


def _prices(
    books: Accounts,
    kappa: np.ndarray,
    theta: np.ndarray,
    wage: np.ndarray,
    price: np.ndarray,
    tolerance: float,
) -> tuple[np.ndarray, np.ndarray]:
    """Shares and prices at given wages, by repetition."""
    pulled = reach = np.ones(())
    for _ in range(500):
        log_cost = books.value_added_share * np.log(wage)[:, None]
        log_cost = log_cost + np.einsum("nkj,nk->nj", books.input_share, np.log(price))
        pulled = books.supplier_share * (kappa * np.exp(log_cost)[None]) ** -theta
        reach = pulled.sum(axis=1)
        new = reach ** (-1 / theta)
        moved, price = np.abs(new / price - 1).max(), new
        if moved < tolerance:
            break
    return pulled / reach[:, None, :], price


GEGRAVITY = """
import json, sys, time, warnings
warnings.filterwarnings("ignore")
import pandas as pd, gegravity as ge
frame = pd.read_csv(sys.argv[1])
frame["year"] = frame["year"].astype(str)
costs = pd.DataFrame([("lndist", -1.0, 0.1), ("home", 2.0, 0.1)], columns=["var", "beta", "stderr"])
began = time.perf_counter()
base = ge.BaselineData(frame, trade_var_name="trade", expend_var_name="E", output_var_name="Y")
values = ge.CostCoeffs(costs, identifier_col="var", coeff_col="beta", stderr_col="stderr")
model = ge.OneSectorGE(base, year="2020", reference_importer="C000", sigma=5, quiet=True,
                       cost_variables=["lndist", "home"], cost_coeff_values=values)
model.build_baseline(omr_rescale=1)
shock = model.baseline_data.copy()
pair = (shock.importer == "C000") & (shock.exporter == "C001")
shock.loc[pair, "lndist"] += 4 * 0.26236426446749106
model.define_experiment(shock)
model.simulate()
took = 1e3 * (time.perf_counter() - began)
print(json.dumps({"milliseconds": took}))
"""
"""A cost of 30% is 0.262 in logs; distance enters costs with the exponent 1 / (sigma - 1)."""


def gegravity(economies: int) -> tuple[float, str]:
    """Build and simulate one experiment with gegravity, in an environment of its own made on first use.

    Raises:
        RuntimeError: it could not be installed or did not run.
    """
    folder = cache_folder() / "peers" / "gegravity"
    python = folder / ("Scripts" if os.name == "nt" else "bin") / "python"
    if not (folder / "installed").exists():
        print("installing gegravity beside; this takes a minute or two", file=sys.stderr)
        venv.create(folder, with_pip=True)
        _run([str(python), "-m", "pip", "install", "--quiet", "gegravity==0.3", "pandas<3"])
        (folder / "installed").touch()
    world, log_distance = gravity(economies)
    table = folder / f"gravity-{economies}.csv"
    _write_frame(table, world, log_distance)
    answer = json.loads(_run([str(python), "-c", GEGRAVITY, str(table)]).splitlines()[-1])
    return answer["milliseconds"], f"gegravity 0.3, N = {economies}, this run"


def _run(command: list[str]) -> str:
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(done.stderr.strip()[-400:])
    return done.stdout


def _write_frame(path: Path, world: World, log_distance: np.ndarray) -> None:
    """The world as the frame of a gravity regression."""
    flows = world.flows[:, :, 0]
    lines = ["exporter,importer,year,trade,Y,E,lndist,home"]
    for i, exporter in enumerate(world.economies):
        for n, importer in enumerate(world.economies):
            figures = (flows[n, i], flows[:, i].sum(), flows[n].sum(), log_distance[n, i], float(n == i))
            lines.append(f"{exporter},{importer},2020," + ",".join(f"{figure:.12g}" for figure in figures))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
