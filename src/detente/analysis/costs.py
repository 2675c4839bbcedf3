"""What each what-if costs and whom, over models' spread: elasticities, closure, use of revenue."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from detente.economy.assumptions import Closure, RevenueUse
from detente.economy.certificate import NotSolved
from detente.economy.models.registry import model_named
from detente.economy.outcome import Outcome
from detente.economy.solve import solve
from detente.economy.world import World
from detente.policy import SectorPolicy

MODEL = "input-output"
MODELS_OF_SECTORS = ("specific-factors", "armington", "krugman")
"""Other models that run on worlds of many sectors with their deficits."""
Progress = Callable[[str], None]


@dataclass(frozen=True)
class Variant:
    """One set of assumptions.

    Attributes:
        factor: what it changes against the central one: elasticities, theta scale, closure, revenue use,
            model.
        elasticities, theta_scale, closure, revenue_use, model: as `solve` takes them.
    """

    factor: str
    elasticities: str
    theta_scale: float = 1.0
    closure: Closure = Closure.FIXED_TO_WORLD_INCOME
    revenue_use: RevenueUse = RevenueUse.REBATED
    model: str = MODEL

    @property
    def label(self) -> str:
        """The variant in words."""
        scale = "" if self.theta_scale == 1 else f" x {self.theta_scale:g}"
        closure = "balanced trade" if self.closure is Closure.BALANCED else "deficits fixed to world income"
        revenue = "rebated" if self.revenue_use is RevenueUse.REBATED else "spent by government"
        model = "" if self.model == MODEL else f"model {self.model}; "
        return f"{model}elasticities {self.elasticities}{scale}; {closure}; revenue {revenue}"

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "factor": self.factor,
            "label": self.label,
            "elasticities": self.elasticities,
            "theta_scale": self.theta_scale,
            "closure": self.closure.value,
            "revenue_use": self.revenue_use.value,
            "model": self.model,
        }


def variants(world: World) -> list[Variant]:
    """The central assumptions first; then every set of elasticities, as it is and quartered; the central set
    halved; the other closure; the other use of revenue.

    Sets and quartering are crossed, because a low set quartered reaches further than either alone. Sets
    made by winsorising another are left out: they are named variants, not evidence of their own.
    """
    central = Variant("central", world.default_elasticities)
    names = [central.elasticities, *(n for n in world.elasticities if n != central.elasticities)]
    pairs = [(name, scale) for scale in (1.0, 0.25) for name in names if not name.endswith("_winsorised")]
    pairs.append((central.elasticities, 0.5))
    return [
        *(
            replace(central, elasticities=name, theta_scale=scale, factor=_factor(central, name, scale))
            for name, scale in pairs
        ),
        replace(central, factor="closure", closure=Closure.BALANCED),
        replace(central, factor="revenue use", revenue_use=RevenueUse.GOVERNMENT),
    ]


def other_models(world: World, policies: Iterable[SectorPolicy]) -> list[Variant]:
    """The central assumptions in every other model of goods that takes all of the policies' instruments."""
    asked = set()
    for policy in policies:
        asked |= {"taxes"} if policy.export_tax.any() or policy.production_subsidy.any() else set()
        asked |= {"rules"} if policy.quantities else set()
    central = Variant("model", world.default_elasticities)
    return [
        replace(central, model=name)
        for name in MODELS_OF_SECTORS
        if asked <= set(model_named(name).instruments)
    ]


def _factor(central: Variant, name: str, scale: float) -> str:
    if name == central.elasticities:
        return "central" if scale == 1 else "theta scale"
    return "elasticities" if scale == 1 else "elasticities and theta scale"


@dataclass(frozen=True)
class Run:
    """Outcomes of every scenario under every variant.

    Attributes:
        world: the baseline.
        variants: the assumptions, central first.
        outcomes: scenario key -> outcome or reason, in the order of `variants`.
    """

    world: World
    variants: list[Variant]
    outcomes: dict[str, list[Outcome | NotSolved]]

    def central(self, key: str) -> Outcome | NotSolved:
        """The outcome under the central assumptions."""
        return self.outcomes[key][0]

    def real_income(self, key: str) -> np.ndarray:
        """Change of real income against the base day, percent [variant, economy]; NaN where not solved."""
        rows = [
            o.values("real_income_percent")
            if isinstance(o, Outcome)
            else np.full(len(self.world.economies), np.nan)
            for o in self.outcomes[key]
        ]
        return np.array(rows)


def run(
    world: World,
    policies: dict[str, SectorPolicy],
    chosen: Iterable[Variant] | None = None,
    progress: Progress = lambda _: None,
) -> Run:
    """Solve every policy under every variant; one that does not solve leaves a reason, not a number.

    Policies that are the same to the last digit are solved once.
    """
    assumptions = list(chosen if chosen is not None else variants(world))
    first_of: dict[bytes, str] = {}
    same_as = {key: first_of.setdefault(policy.digest, key) for key, policy in policies.items()}
    solved: dict[str, list[Outcome | NotSolved]] = {key: [] for key in same_as.values()}
    for number, variant in enumerate(assumptions, start=1):
        progress(f"world economy: {number} of {len(assumptions)}, {variant.label}")
        for key, outcomes in solved.items():
            outcomes.append(
                solve(
                    variant.model,
                    world,
                    policies[key],
                    closure=variant.closure,
                    revenue_use=variant.revenue_use,
                    elasticities=variant.elasticities,
                    theta_scale=variant.theta_scale,
                )
            )
    return Run(world, assumptions, {key: solved[first] for key, first in same_as.items()})


def spread(values: np.ndarray) -> dict[str, float | None]:
    """Central (first), low and high of a row over variants; None where nothing solved."""
    solved = values[np.isfinite(values)]
    return {
        "central": _number(values[0]),
        "low": _number(solved.min()) if solved.size else None,
        "high": _number(solved.max()) if solved.size else None,
    }


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def against(values: np.ndarray, reference: np.ndarray) -> np.ndarray:
    """Percent changes from the base day restated as changes from a reference scenario."""
    return 100 * ((1 + values / 100) / (1 + reference / 100) - 1)


def largest_driver(result: Run, values: np.ndarray) -> dict[str, Any] | None:
    """The factor whose values move a number most, with the spread it makes in points.

    Args:
        values: one number per variant.
    """
    widths: dict[str, float] = {}
    single = {v.factor for v in result.variants} - {"central", "elasticities and theta scale"}
    for factor in sorted(single):
        own = [0, *(n for n, v in enumerate(result.variants) if v.factor == factor)]
        solved = values[own][np.isfinite(values[own])]
        if solved.size:
            widths[factor] = float(solved.max() - solved.min())
    if not widths:
        return None
    factor = max(widths, key=lambda name: widths[name])
    return {"factor": factor, "spread_points": widths[factor], "by_factor_points": widths}


def who_is_hurt_more(result: Run, key: str, parties: tuple[str, str]) -> dict[str, Any]:
    """Which party loses more in percent of real income, said only where it holds in every variant.

    Returns:
        holds, sentence, and, where it does not hold, what it turns on.
    """
    return hurt_more(result, result.real_income(key), parties)


def hurt_more(result: Run, incomes: np.ndarray, parties: tuple[str, str]) -> dict[str, Any]:
    """As `who_is_hurt_more`, on changes of real income [variant, economy] against any reference."""
    from detente.core.places import the

    first, second = (result.world.economies.index(p) for p in parties)
    gap = incomes[:, first] - incomes[:, second]
    solved = np.isfinite(gap)
    names = [the(p) for p in parties]
    if not solved.any() or np.allclose(gap[solved], 0, atol=1e-9):
        return {
            "holds": False,
            "sentence": "No difference to rank.",
            "turns_on": None,
            "variants": int(solved.sum()),
        }
    if (gap[solved] < 0).all() or (gap[solved] > 0).all():
        loser, other = (names[0], names[1]) if gap[solved][0] < 0 else (names[1], names[0])
        sentence = (
            f"{_capital(loser)} loses more than {other} in percent of real income in all "
            f"{int(solved.sum())} variants (gap {abs(gap[solved]).min():.2f} to "
            f"{abs(gap[solved]).max():.2f} points)."
        )
        return {"holds": True, "sentence": sentence, "turns_on": None, "variants": int(solved.sum())}
    odd = [
        v.label
        for v, g, ok in zip(result.variants, gap, solved, strict=True)
        if ok and (g < 0) != (gap[0] < 0)
    ]
    loser = names[0] if gap[0] < 0 else names[1]
    sentence = (
        f"Not settled: {loser} loses more under the central assumptions, and the order turns in "
        f"{len(odd)} of {int(solved.sum())} variants."
    )
    return {"holds": False, "sentence": sentence, "turns_on": odd, "variants": int(solved.sum())}


def _capital(words: str) -> str:
    return words[0].upper() + words[1:]


def party_costs(result: Run, key: str, today: str | None, party: str) -> dict[str, Any]:
    """One party's numbers in one scenario: central, low and high over the variants."""
    n = result.world.economies.index(party)
    income = result.real_income(key)[:, n]
    numbers: dict[str, Any] = {
        "real_income_percent": spread(income),
        "driver": largest_driver(result, income),
    }
    if today is not None:
        numbers["real_income_against_today_percent"] = spread(
            against(income, result.real_income(today)[:, n])
        )
    for name in (
        "real_income_usd_per_household",
        "real_wage_percent",
        "consumer_prices_relative_to_own_wages_percent",
        "duty_revenue_usd_million_a_month",
        "goods_imports_usd_million",
        "goods_exports_usd_million",
    ):
        values = [o.values(name)[n] if isinstance(o, Outcome) else np.nan for o in result.outcomes[key]]
        numbers[name] = spread(np.array(values))
    return numbers


def scenario_numbers(result: Run, key: str, parties: tuple[str, str], today: str | None) -> dict[str, Any]:
    """Everything the brief shows of one scenario; no number at all where the central one did not solve."""
    central = result.central(key)
    failed = [
        {"variant": v.label, "reason": o.reason.value, "message": o.message}
        for v, o in zip(result.variants, result.outcomes[key], strict=True)
        if isinstance(o, NotSolved)
    ]
    if isinstance(central, NotSolved):
        return {"solved": False, "message": central.message, "not_solved": failed}
    first, second = parties
    bilateral = {
        f"{exporter}_to_{importer}": {
            "before_usd_million": central.at("bilateral_goods_before_usd_million", importer, exporter),
            "after_usd_million": central.at("bilateral_goods_usd_million", importer, exporter),
            "percent": central.at("bilateral_goods_percent", importer, exporter),
        }
        for importer, exporter in (parties, parties[::-1])
    }
    balance = {
        "before_usd_million": central.at("bilateral_goods_balance_before_usd_million", first, second),
        "after_usd_million": central.at("bilateral_goods_balance_usd_million", first, second),
    }
    return {
        "solved": True,
        "not_solved": failed,
        "parties": {party: party_costs(result, key, today, party) for party in parties},
        "bilateral_goods": bilateral,
        f"balance_of_{first}_with_{second}": balance,
        "who_is_hurt_more": who_is_hurt_more(result, key, parties),
        "economies": economy_table(result, key),
        "sectors": {party: sector_table(result, central, party) for party in parties},
        "variants": [
            {
                **v.as_dict(),
                **(
                    {
                        "real_income_percent": {p: o.at("real_income_percent", p) for p in parties},
                        "certificate": o.certificate.to_dict(),
                    }
                    if isinstance(o, Outcome)
                    else {"real_income_percent": None, "certificate": o.certificate.to_dict()}
                ),
            }
            for v, o in zip(result.variants, result.outcomes[key], strict=True)
        ],
        "assumptions": central.assumptions,
        "certificate": central.certificate.to_dict(),
    }


def economy_table(result: Run, key: str) -> list[dict[str, Any]]:
    """Every economy: real income with its range, exports, the worst first."""
    from detente.core.places import name_of

    central = result.central(key)
    if isinstance(central, NotSolved):
        return []
    incomes = result.real_income(key)
    columns = {
        name: central.values(name)
        for name in (
            "real_income_usd_million",
            "goods_exports_before_usd_million",
            "goods_exports_usd_million",
        )
    }
    rows = [
        {
            "economy": label,
            "name": name_of(label),
            "real_income_percent": spread(incomes[:, n]),
            "sign_holds": bool(np.all(incomes[:, n] > 0) or np.all(incomes[:, n] < 0)),
            **{name: _number(values[n]) for name, values in columns.items()},
        }
        for n, label in enumerate(result.world.economies)
    ]
    return sorted(rows, key=lambda row: row["real_income_percent"]["central"])


def sector_table(result: Run, central: Outcome, party: str) -> list[dict[str, Any]]:
    """One party's sectors: value added and employment, percent, under the central assumptions."""
    n = result.world.economies.index(party)
    names = {"sector_value_added_percent", "employment_percent"}
    values = {name: central.values(name)[n] for name in names}
    sales = central.before.sales[n]
    return [
        {
            "sector": sector,
            "value_added_percent": _number(values["sector_value_added_percent"][j]),
            "employment_percent": _number(values["employment_percent"][j]),
            "sales_before_usd_million": _number(sales[j]),
        }
        for j, sector in enumerate(result.world.sectors)
    ]
