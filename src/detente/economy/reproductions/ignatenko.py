"""The Liberation Day experiments of Ignatenko et al. (2025): 194 economies, one sector, elastic labour."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from detente.core.errors import LabelMismatch, MalformedFile
from detente.economy.counterfactual import Baseline, at_baseline, best_rate
from detente.economy.models.base import Levers
from detente.economy.models.labour_supply import (
    LABOUR_SUPPLY,
    LabourEquilibrium,
    baseline_parameters,
    pass_through,
    welfare,
)
from detente.economy.reproductions.case import Computed, data_file
from detente.economy.search import Found

FLOWS, GDP, DUTIES, LABELS = "trade_cepii.csv", "gdp.csv", "tariffs.csv", "country_labels.csv"


@dataclass(frozen=True)
class LiberationDay:
    """The data of the case, economies in the order of the label file.

    Attributes:
        labels: ISO 3166 alpha-3.
        trade: flows between economies, thousand USD, zero at home [importer, exporter].
        gdp: thousand USD [N].
        announced: US duties announced, as fractions, by exporter [N].
    """

    labels: tuple[str, ...]
    trade: np.ndarray
    gdp: np.ndarray
    announced: np.ndarray

    @property
    def us(self) -> np.ndarray:
        """True for the United States [N]."""
        return np.array(self.labels) == "USA"

    @cached_property
    def destination_shares(self) -> np.ndarray:
        """nu by economy: one number for the United States, one for all others [N]."""
        rest, american = destination_shares(self.trade, self.gdp, self.us)
        return np.where(self.us, american, rest)

    @cached_property
    def home_sales(self) -> np.ndarray:
        """What spending leaves for home sales; never negative [N].

        Spending is GDP and a transfer that holds only here: later ones follow from all flows.
        """
        keep = 1 - self.destination_shares
        transfer = keep * (self.trade.sum(axis=1) - (keep[:, None] * self.trade).sum(axis=0))
        return np.maximum(0.0, self.gdp + transfer - self.trade.sum(axis=1))

    @property
    def flows(self) -> np.ndarray:
        """Trade with home sales [importer, exporter]."""
        return self.trade + np.diag(self.home_sales)


def destination_shares(trade: np.ndarray, gdp: np.ndarray, us: np.ndarray) -> tuple[float, float]:
    """nu of the rest and of the United States from the world in two blocs.

    The incomes that residents draw from sales at home and abroad must give 12% and 26%; spending depends
    on nu itself, so the two conditions are met by repetition.
    """
    blocs = np.stack([~us, us]).astype(float)
    between = blocs @ trade @ blocs.T
    income = blocs @ gdp
    nu = np.array([0.12, 0.26])
    for _ in range(500):
        spending = income + (1 - nu) * (between.sum(axis=1) - ((1 - nu)[:, None] * between).sum(axis=0))
        home = spending - np.array([between[0, 1], between[1, 0]])
        abroad = np.array([between[1, 0], between[0, 1]])
        part = home / (home + abroad)
        mixing = np.array([[part[0], 1 - part[0]], [1 - part[1], part[1]]])
        before, nu = nu, np.linalg.solve(mixing, np.array([0.12, 0.26]))
        if np.abs(nu - before).max() < 1e-15:
            break
    return float(nu[0]), float(nu[1])


class Variant:
    """One reading of the model: its baseline and what its results are weighed with."""

    def __init__(self, data: LiberationDay, options: Mapping[str, Any]) -> None:
        """Prepare a variant of the case file; an option left out has the main model's value."""
        eps, scale = float(options.get("trade_elasticity", 4.0)), 0.67 / 4.0
        labour_share = float(options.get("labour_share", 1.0))
        simple = options.get("simple", False)
        nu = np.zeros_like(data.gdp) if simple else data.destination_shares
        firm = float(options.get("firm_pass_through", 1.0))
        self.data = data
        self.pass_through = np.ones_like(nu) if simple else pass_through(nu, scale, firm)
        self.destination_share = nu
        self.flows = data.trade + np.diag(data.home_sales / labour_share)
        self.parameters = baseline_parameters(
            self.flows,
            np.zeros_like(self.flows),
            trade_elasticity=eps,
            supply_elasticity=0.5,
            scale_elasticity=scale,
            pass_through=self.pass_through,
            destination_share=nu,
            labour_share=labour_share,
            revenue=options.get("revenue", "income_tax_relief"),
            numeraire=options.get("numeraire", "prices"),
        )

    @cached_property
    def baseline(self) -> Baseline:
        """Factored and certified."""
        n = len(self.data.gdp)
        return at_baseline(LABOUR_SUPPLY, self.parameters, Levers.of(np.zeros((n, n, 1))))

    def levers(self, on_imports: Any, on_us_goods: Any) -> Levers:
        """US duties by exporter and duties of all others on US goods, fractions [N] or one number."""
        us = self.data.us
        foreign = ~us
        duty = np.outer(us, foreign) * np.broadcast_to(on_imports, us.shape)[None, :]
        duty = duty + np.outer(foreign, us) * np.broadcast_to(on_us_goods, us.shape)[:, None]
        return Levers.of(duty[:, :, None])

    @property
    def ustr(self) -> np.ndarray:
        """Announced US duties, at least 10% on everybody [N]."""
        return np.maximum(0.10, self.data.announced)

    def formula_rate(self, weight: str) -> float:
        """The closed-form US duty, with spending or income of the United States in its denominator."""
        us, nu, p = self.data.us, self.destination_share, self.parameters
        keep, exports = 1 - nu, self.flows[:, us][:, 0]
        share = exports / p.spending
        whole = (p.spending if weight == "spending" else p.labour_income)[us][0]
        sold = (keep * exports * (1 - share))[~us].sum()
        delta = sold / (keep[us][0] * (whole - exports[us][0]))
        return float(1 / ((1 + delta * p.trade_elasticity) * self.pass_through[us][0] - 1))

    def formula_retaliation(self) -> float:
        """The closed-form duty of all others on US goods, from the world in two blocs."""
        us, p = self.data.us, self.parameters
        keep = 1 - self.destination_share
        sold = self.flows[us][:, ~us].sum()
        inside = self.flows[~us][:, ~us].sum()
        delta = keep[us][0] * sold * (1 - sold / p.spending[us][0])
        delta = delta / (keep[~us][0] * (p.labour_income[~us].sum() - inside))
        return float(1 / ((1 + delta * p.trade_elasticity) * self.pass_through[~us][0] - 1))


def run(case: Mapping[str, Any], data_dir: Path | None) -> Computed:
    """Every row of every table, for all regions and quantities.

    Raises:
        MissingData, MalformedFile, LabelMismatch: of the data files.
    """
    data = read(case, data_dir)
    variants = {name: Variant(data, options or {}) for name, options in case["variants"].items()}
    weigh = {"spending": variants["main"].parameters.spending, "gdp": data.gdp}
    regions = _regions(case, data)
    result = Computed()
    for name, rule in case["experiments"].items():
        variant = variants[rule["variant"]]
        weights = weigh[rule.get("weights", "spending")]
        if "best" in rule:
            found, rates = _best(variant, rule["best"], weights)
        else:
            found, rates = _given(variant, rule, regions)
        result.certificates[name] = found.certificate.to_dict()
        if rule.get("world"):
            for quantity, number in world_totals(variant, found.equilibrium).items():
                result.numbers[name, "world", quantity] = number
            continue
        numbers = {} if found.equilibrium is None else quantities(variant, found.equilibrium)
        for region, member in regions.items():
            for quantity in rule.get("quantities", QUANTITIES):
                simple = quantity in rule.get("simple_mean", ())
                by = member * (1.0 if simple else weights)
                values = numbers.get(quantity)
                result.numbers[name, region, quantity] = (
                    None if values is None else float(by @ values / by.sum())
                )
        for region, rate in rates.items():
            result.numbers[name, region, "rate"] = 100 * rate
    return result


QUANTITIES = ("welfare", "deficit", "exports", "imports", "employment", "prices", "revenue")


def quantities(variant: Variant, after: Any) -> dict[str, np.ndarray]:
    """Every printed quantity of a `LabourEquilibrium` by economy, percent [N]."""
    before: LabourEquilibrium = variant.baseline.equilibrium
    gap = after.deficit - before.deficit
    return {
        "welfare": 100 * (welfare(variant.parameters, before, after) - 1),
        "deficit": 100 * gap / np.abs(before.deficit),
        "exports": 100 * (_abroad(after, 0) / _abroad(before, 0) - 1),
        "imports": 100 * (_abroad(after, 1) / _abroad(before, 1) - 1),
        "employment": 100 * (after.employment - 1),
        "prices": 100 * (after.consumer_prices - 1),
        "revenue": 100 * after.revenue / variant.parameters.spending,
    }


def world_totals(variant: Variant, after: Any) -> dict[str, float | None]:
    """Trade between economies, duties in, over world wage income; employment weighed with wages. Percent."""
    if after is None:
        return {"trade": None, "employment": None}
    before: LabourEquilibrium = variant.baseline.equilibrium

    def openness(state: LabourEquilibrium) -> float:
        paid = (state.flows * (1 + state.duty))[:, :, 0]
        return float((paid.sum() - np.trace(paid)) / state.wages.sum())

    employment = (after.employment @ before.wages) / before.wages.sum()
    return {
        "trade": 100 * (openness(after) / openness(before) - 1),
        "employment": 100 * float(employment - 1),
    }


def _abroad(state: LabourEquilibrium, axis: int) -> np.ndarray:
    """Exports (axis 0) or imports (axis 1) before duty over wage income [N]."""
    foreign = state.flows[:, :, 0] * (1 - np.eye(len(state.wages)))
    return foreign.sum(axis=axis) / state.wages


def _regions(case: Mapping[str, Any], data: LiberationDay) -> dict[str, np.ndarray]:
    """Members of each region, as masks."""
    labels = np.array(data.labels)
    known = set(data.labels)
    lacking = [label for label in case["eu_members"] if label not in known]
    if lacking:
        raise LabelMismatch(f"EU members {', '.join(lacking)}", why="not in the label file", instead=LABELS)
    eu = np.isin(labels, case["eu_members"])
    china = labels == "CHN"
    return {"USA": data.us, "CHN": china, "EU": eu, "nonUS": ~data.us, "RoW": ~(data.us | china | eu)}


def _given(
    variant: Variant, rule: Mapping[str, Any], regions: Mapping[str, np.ndarray]
) -> tuple[Found, dict[str, float]]:
    """The equilibrium under the duties of a row, and the rates that a formula gave, by region."""
    rates: dict[str, float] = {}
    given, back = rule["us"], rule.get("back", "none")
    imports: Any = 0.0
    if given == "ustr":
        imports = variant.ustr
    elif isinstance(given, Mapping):
        imports = np.full(len(variant.data.labels), float(given["others"]))
        for region in set(given) - {"others"}:
            imports[regions[region]] = float(given[region])
    else:
        imports = rates["USA"] = variant.formula_rate(given.removeprefix("formula_"))
    on_us_goods: Any = 0.0
    if back == "same":
        on_us_goods = imports
    elif back == "formula":
        on_us_goods = rates["nonUS"] = variant.formula_retaliation()
    elif back == "small_country":
        # The limit of the formula for buyers too small to move the terms of trade: delta and phi are one.
        on_us_goods = rates["nonUS"] = 1 / variant.parameters.trade_elasticity
    return variant.baseline.under(variant.levers(imports, on_us_goods)), rates


def _best(variant: Variant, side: str, weights: np.ndarray) -> tuple[Found, dict[str, float]]:
    """The model's own optimum: a uniform US duty for US welfare with no answer, or a uniform duty of all
    others on US goods for their mean welfare under the announced duties."""
    before, us = variant.baseline.equilibrium, variant.data.us
    by = us.astype(float) if side == "USA" else ~us * weights

    def value(after: LabourEquilibrium) -> Any:
        return (by * welfare(variant.parameters, before, after)).sum() / by.sum()

    def levers_at(rate: Any) -> Levers:
        return variant.levers(rate, 0.0) if side == "USA" else variant.levers(variant.ustr, rate)

    best = best_rate(variant.baseline, levers_at, value)
    return best.found, {side: best.rate}


def read(case: Mapping[str, Any], data_dir: Path | None) -> LiberationDay:
    """The data files of the case.

    Raises:
        MissingData: a file is not there.
        MalformedFile: a file that is not numbers, or of another length than the labels.
    """
    path = {name: data_file(case, data_dir, name) for name in (FLOWS, GDP, DUTIES, LABELS)}
    with path[LABELS].open(encoding="utf-8-sig", newline="") as stream:
        labels = tuple(row["iso3"] for row in csv.DictReader(stream))
    n = len(labels)
    exports = _numbers(path[FLOWS], (n, n))
    gdp, announced = (_numbers(path[name], (n, 1))[:, 0] for name in (GDP, DUTIES))
    trade = np.ascontiguousarray(exports.T)
    np.fill_diagonal(trade, 0.0)
    if "USA" not in labels:
        raise LabelMismatch("no USA in the label file", where=LABELS, instead="the file named in the case")
    return LiberationDay(labels, trade, gdp / 1e3, announced)


def _numbers(path: Path, shape: tuple[int, int]) -> np.ndarray:
    """A table of numbers under one line of names; blanks are zero."""
    with path.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.reader(stream))[1:]
    try:
        table = np.array([[float(cell or 0) for cell in row] for row in rows])
    except ValueError as error:
        raise MalformedFile(path.name, where=str(path), why=str(error), instead="numbers or blanks") from None
    if table.shape != shape:
        raise MalformedFile(
            f"{path.name} is {' x '.join(map(str, table.shape))}",
            where=str(path),
            why=f"{shape[0]} x {shape[1]} is needed, as many as {LABELS} has labels",
            instead="the file named in the case",
        )
    return table
