"""What a certified equilibrium means: changes by label, each with its unit in its name.

Percent changes are against the baseline of the closure. Money is USD million at unchanged world wage
income (the numeraire). Goods flows, duty bases and duty revenue shown are on a customs basis: the model's
basic-price flow times the world's customs ratio.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from detente.core.errors import UnknownEconomy, UnknownName
from detente.economy import first_order
from detente.economy.assumptions import ClosureRule, RevenueUse
from detente.economy.certificate import Certificate
from detente.economy.first_order import abroad
from detente.economy.levers import Rules
from detente.economy.models.base import Equilibrium, Licence
from detente.economy.world import World

if TYPE_CHECKING:
    import xarray as xr

ECONOMY = ("economy",)
CELL = ("economy", "sector")
PAIR = ("importer", "exporter")
FLOW = ("importer", "exporter", "sector")


@dataclass(frozen=True)
class Outcome:
    """A certified equilibrium beside its baseline. Made only by `solve`.

    Attributes:
        world: the world.
        model: its name.
        elasticities, theta_scale: the set of theta and the factor on it.
        closure, revenue_use: as solved.
        certificate: of this equilibrium.
        baseline_certificate: of the baseline it is measured against.
        baseline_moved_percent: largest change of a flow that the baseline took to balance.
        notes: arrangements made, in words.
        before, after: the two equilibria.
        point: stacked unknowns of the model at the second, for gradients.
        binding: embargoes and the quantity rules that bind there.
        licences: what every quantity rule does, slack ones included.
    """

    world: World
    model: str
    elasticities: str
    theta_scale: float
    closure: ClosureRule
    revenue_use: RevenueUse
    certificate: Certificate
    baseline_certificate: Certificate
    baseline_moved_percent: float
    notes: tuple[str, ...]
    before: Equilibrium
    after: Equilibrium
    point: np.ndarray
    binding: Rules
    licences: tuple[Licence, ...]

    @property
    def solved(self) -> bool:
        """Always True."""
        return True

    @property
    def names(self) -> tuple[str, ...]:
        """Names of every measure."""
        return tuple(MEASURES)

    def values(self, name: str) -> np.ndarray:
        """A measure as an array in the order of the world's labels; NaN where it is not defined.

        Raises:
            UnknownName: no such measure.
        """
        return self._measure(name)[1](self)

    def __getitem__(self, name: str) -> xr.DataArray:
        """A measure with its labels; see `names`."""
        import xarray as xr

        dims, _ = self._measure(name)
        coords = {dim: list(self._labels(dim)) for dim in dims}
        return xr.DataArray(self.values(name), coords=coords, dims=dims, name=name, attrs=self.assumptions)

    @cached_property
    def dataset(self) -> xr.Dataset:
        """Every measure, by label."""
        import xarray as xr

        return xr.Dataset({name: self[name] for name in MEASURES}, attrs=self.assumptions)

    @property
    def real_income(self) -> xr.DataArray:
        """Change of household real income in percent, by economy."""
        return self["real_income_percent"]

    @property
    def assumptions(self) -> dict[str, Any]:
        """Model, elasticities, closure, use of revenue, unit and numeraire."""
        return {
            "model": self.model,
            "world": self.world.name,
            "elasticities": self.elasticities,
            "theta_scale": self.theta_scale,
            "closure": self.closure.value,
            "revenue_use": self.revenue_use.value,
            "unit": self.world.unit,
            "numeraire": "world wage income",
        }

    def at(self, name: str, *labels: str) -> float | None:
        """One number of a measure by its labels; None where it is not defined.

        Raises:
            UnknownEconomy, UnknownName: a label or measure that is not there.
        """
        return _number(self.values(name)[self.where(name, *labels)])

    def where(self, name: str, *labels: str) -> tuple[int, ...]:
        """The place of one number in a measure's array by its labels.

        Raises:
            UnknownEconomy, UnknownName: a label or measure that is not there.
        """
        dims, _ = self._measure(name)
        return tuple(self._position(dim, label) for dim, label in zip(dims, labels, strict=True))

    def to_dict(
        self, economies: Iterable[str] | None = None, *, sectors: bool = False, pairs: bool = True
    ) -> dict[str, Any]:
        """For JSON: assumptions, certificates and measures by label; undefined numbers are None.

        Args:
            economies: labels to show; all by default.
            sectors: include the measures by economy and sector.
            pairs: include the measures by importer and exporter, among the economies shown.

        Raises:
            UnknownEconomy: a label the world does not have.
        """
        shown = list(self.world.economies if economies is None else economies)
        rows = [self._position("economy", label) for label in shown]
        result: dict[str, Any] = {
            **self.assumptions,
            "world_hash": self.world.provenance.get("world_hash"),
            "certificate": self.certificate.to_dict(),
            "baseline_certificate": self.baseline_certificate.to_dict(),
            "baseline_moved_percent": self.baseline_moved_percent,
            "notes": list(self.notes),
            "economies": {label: {} for label in shown},
        }
        for name, (dims, compute) in MEASURES.items():
            if dims == ECONOMY:
                values = compute(self)
                for row, label in zip(rows, shown, strict=True):
                    result["economies"][label][name] = _number(values[row])
            elif dims == CELL and sectors:
                values = compute(self)
                for row, label in zip(rows, shown, strict=True):
                    cells = zip(self.world.sectors, values[row], strict=True)
                    result["economies"][label][name] = {sector: _number(v) for sector, v in cells}
        if self.licences:
            result["licences"] = [asdict(licence) for licence in self.licences]
        if pairs:
            result["pairs"] = self._pairs(rows, shown)
        return result

    def _pairs(self, rows: list[int], shown: list[str]) -> list[dict[str, Any]]:
        """Measures by importer and exporter, one entry a pair."""
        values = {name: compute(self) for name, (dims, compute) in MEASURES.items() if dims == PAIR}
        return [
            {
                "importer": shown[a],
                "exporter": shown[b],
                **{name: _number(value[n, i]) for name, value in values.items()},
            }
            for a, n in enumerate(rows)
            for b, i in enumerate(rows)
            if n != i
        ]

    def _measure(self, name: str) -> tuple[tuple[str, ...], Callable[[Outcome], np.ndarray]]:
        if name not in MEASURES:
            raise UnknownName(
                f"measure {name!r}", why="no such measure", instead=f"one of {', '.join(MEASURES)}"
            )
        return MEASURES[name]

    def _labels(self, dim: str) -> tuple[str, ...]:
        return self.world.sectors if dim == "sector" else self.world.economies

    def _position(self, dim: str, label: str) -> int:
        labels = self._labels(dim)
        if label not in labels:
            raise UnknownEconomy(
                f"{label!r}",
                where=f"world {self.world.name}",
                why=f"not among its {'sectors' if dim == 'sector' else 'economies'}",
                instead=f"one of {', '.join(labels)}",
            )
        return labels.index(label)

    def customs_flows(self, equilibrium: Equilibrium) -> np.ndarray:
        """Flows on a customs basis in USD million [importer, exporter, sector]."""
        ratio = self.world.customs_ratio
        return equilibrium.flows if ratio is None else equilibrium.flows * ratio

    def goods_flows(self, equilibrium: Equilibrium) -> np.ndarray:
        """Customs flows between economies, goods sectors only, summed over sectors [importer, exporter]."""
        goods = ~np.isin(self.world.sectors, self.world.services)
        return abroad(self.customs_flows(equilibrium))[:, :, goods].sum(axis=2)

    def trade(self, equilibrium: Equilibrium) -> np.ndarray:
        """Flows between economies, goods and services, summed over sectors [importer, exporter].

        Totals are at the model's own prices: a customs basis moves margins from services to goods and
        leaves totals alone, so imports less exports is the deficit.
        """
        return abroad(equilibrium.flows).sum(axis=2)

    def revenue_a_month(self, equilibrium: Equilibrium) -> np.ndarray:
        """Duty revenue on a customs basis, USD million a month [N]."""
        return (self.customs_flows(equilibrium) * equilibrium.duty).sum(axis=(1, 2)) / 12

    def real_household_income(self) -> np.ndarray:
        """Household real income, new over baseline [N]."""
        nominal = self.after.household_income / self.before.household_income
        return nominal * self.before.consumer_prices / self.after.consumer_prices

    def households(self) -> np.ndarray:
        """Households by economy [N]; NaN where the world gives none."""
        return np.array([self.world.households.get(label, np.nan) for label in self.world.economies])


def _percent(new: np.ndarray, old: np.ndarray) -> np.ndarray:
    """Percent change; NaN where there was nothing. The arrays may be those of another namespace."""
    xp: Any = np if isinstance(old, np.ndarray) else old.__array_namespace__()
    return 100 * (new / xp.where(old == 0, np.nan, old) - 1)


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _real_wage(o: Outcome) -> np.ndarray:
    own_prices = o.after.consumer_prices / o.before.consumer_prices
    return _percent(o.after.wage / o.before.wage, own_prices)


def _prices_over_wages(o: Outcome) -> np.ndarray:
    own_prices = o.after.consumer_prices / o.before.consumer_prices
    return _percent(own_prices, o.after.wage / o.before.wage)


def _income_a_household(o: Outcome) -> np.ndarray:
    gain = o.before.household_income * (o.real_household_income() - 1)
    return 1e6 * gain / o.households()


def _employment(o: Outcome) -> np.ndarray:
    """Labour by sector: with one wage an economy, labour shares are value-added shares."""
    new = o.after.value_added / o.after.wages[:, None]
    return _percent(new, o.before.value_added / o.before.wages[:, None])


Measure = Callable[[Outcome], np.ndarray]

MEASURES: dict[str, tuple[tuple[str, ...], Measure]] = {
    "real_income_percent": (ECONOMY, lambda o: 100 * (o.real_household_income() - 1)),
    "real_income_usd_million": (
        ECONOMY,
        lambda o: o.before.household_income * (o.real_household_income() - 1),
    ),
    "real_income_usd_per_household": (ECONOMY, _income_a_household),
    "real_wage_percent": (ECONOMY, _real_wage),
    "wage_percent": (ECONOMY, lambda o: _percent(o.after.wage, o.before.wage)),
    "consumer_prices_percent": (
        ECONOMY,
        lambda o: _percent(o.after.consumer_prices, o.before.consumer_prices),
    ),
    "consumer_prices_relative_to_own_wages_percent": (ECONOMY, _prices_over_wages),
    "imports_usd_million": (ECONOMY, lambda o: o.trade(o.after).sum(axis=1)),
    "imports_before_usd_million": (ECONOMY, lambda o: o.trade(o.before).sum(axis=1)),
    "imports_percent": (
        ECONOMY,
        lambda o: _percent(o.trade(o.after).sum(axis=1), o.trade(o.before).sum(axis=1)),
    ),
    "exports_usd_million": (ECONOMY, lambda o: o.trade(o.after).sum(axis=0)),
    "exports_before_usd_million": (ECONOMY, lambda o: o.trade(o.before).sum(axis=0)),
    "exports_percent": (
        ECONOMY,
        lambda o: _percent(o.trade(o.after).sum(axis=0), o.trade(o.before).sum(axis=0)),
    ),
    "goods_imports_usd_million": (ECONOMY, lambda o: o.goods_flows(o.after).sum(axis=1)),
    "goods_imports_before_usd_million": (ECONOMY, lambda o: o.goods_flows(o.before).sum(axis=1)),
    "goods_exports_usd_million": (ECONOMY, lambda o: o.goods_flows(o.after).sum(axis=0)),
    "goods_exports_before_usd_million": (ECONOMY, lambda o: o.goods_flows(o.before).sum(axis=0)),
    "duty_revenue_usd_million_a_month": (ECONOMY, lambda o: o.revenue_a_month(o.after)),
    "duty_revenue_before_usd_million_a_month": (ECONOMY, lambda o: o.revenue_a_month(o.before)),
    "value_added_percent": (ECONOMY, lambda o: _percent(o.after.wages, o.before.wages)),
    "terms_of_trade_percent": (ECONOMY, lambda o: first_order.terms_of_trade_percent(o.before, o.after)),
    "volume_of_trade_percent": (ECONOMY, lambda o: first_order.volume_of_trade_percent(o.before, o.after)),
    "welfare_first_order_percent": (
        ECONOMY,
        lambda o: first_order.welfare_first_order_percent(o.before, o.after),
    ),
    "sector_value_added_percent": (CELL, lambda o: _percent(o.after.value_added, o.before.value_added)),
    "sector_sales_percent": (CELL, lambda o: _percent(o.after.sales, o.before.sales)),
    "sector_prices_percent": (CELL, lambda o: _percent(o.after.price, o.before.price)),
    "employment_percent": (CELL, _employment),
    "bilateral_goods_usd_million": (PAIR, lambda o: o.goods_flows(o.after)),
    "bilateral_goods_before_usd_million": (PAIR, lambda o: o.goods_flows(o.before)),
    "bilateral_goods_percent": (PAIR, lambda o: _percent(o.goods_flows(o.after), o.goods_flows(o.before))),
    "bilateral_goods_balance_usd_million": (
        PAIR,
        lambda o: o.goods_flows(o.after).T - o.goods_flows(o.after),
    ),
    "bilateral_goods_balance_before_usd_million": (
        PAIR,
        lambda o: o.goods_flows(o.before).T - o.goods_flows(o.before),
    ),
    "flows_usd_million": (FLOW, lambda o: o.customs_flows(o.after)),
    "flows_before_usd_million": (FLOW, lambda o: o.customs_flows(o.before)),
    "flows_percent": (FLOW, lambda o: _percent(o.customs_flows(o.after), o.customs_flows(o.before))),
}
"""Measure name -> its axes and how it is taken. Bilateral goods balance [n, i] is n's exports to i less
its imports from i."""
