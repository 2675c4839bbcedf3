"""The economic track record: the duties of 2018-19 through the economy, against what was measured after.

Duties come from the record, weighted with the HS lines that ship. On `icio2017` (raw data, never shipped)
they are added to the duties before the war. On a shipped world, whose base day lies after the war, they are
taken off and the effect is read backwards: from without to with. Nothing is fitted to the facts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from detente.analysis.baseline import weights_of
from detente.core.days import parse_day
from detente.core.yaml12 import read_yaml
from detente.economy.certificate import NotSolved
from detente.economy.horizon import through_time
from detente.economy.models.base import Equilibrium
from detente.economy.outcome import Outcome
from detente.economy.reproductions.case import SHIPPED
from detente.economy.solve import solve
from detente.economy.sources.arrays import icio2017
from detente.economy.world import World
from detente.economy.worlds import DEFAULT_WORLD, load_world
from detente.policy import SectorPolicy
from detente.record.asof import AsOf
from detente.record.compile import compile_policy
from detente.record.files import Record

US, CN = "USA", "CHN"
FACTS = SHIPPED / "ex-post" / "facts.yaml"
VARIANTS: dict[str, dict[str, Any]] = {
    "central": {"model": "input-output"},
    "elasticities halved": {"model": "input-output", "theta_scale": 0.5},
    "factors partly tied": {"model": "specific-factors"},
    "balanced trade": {"model": "input-output", "closure": "balanced"},
}
YEARS = (1.0, 10.0)
Progress = Callable[[str], None]


@dataclass(frozen=True)
class Shock:
    """An equilibrium without and one with the duties of a day, on one world.

    Attributes:
        world: with the elasticities of the variant.
        theta: of the variant [sector].
        without, with_duties: the two equilibria.
        targeted: Chinese duty added in percent [HS line of the shipped weights], value of each line, sector.
        certificate: of the second solution.
    """

    world: World
    theta: np.ndarray
    without: Equilibrium
    with_duties: Equilibrium
    targeted: tuple[np.ndarray, np.ndarray, np.ndarray]
    certificate: dict[str, Any]

    def at(self, label: str) -> int:
        """Where an economy stands."""
        return self.world.economies.index(label)

    @property
    def goods(self) -> np.ndarray:
        """True for goods sectors [J]."""
        return ~np.isin(self.world.sectors, self.world.services)


def read_facts() -> list[dict[str, Any]]:
    """The measured facts, in the order of their file."""
    document, _ = read_yaml(FACTS, shown="cases/ex-post/facts.yaml")
    return document["facts"]


def ex_post(record: Record, data_dir: Path | None, progress: Progress = lambda _: None) -> dict[str, Any]:
    """Each fact beside ours: central, by variant, low and high, and why they differ.

    Args:
        record: whose duties of 2018-19 are put through.
        data_dir: the raw data folder, for `icio2017`; None takes the shipped world.

    Returns:
        world, flow_year, read_backwards, variants, rows (id, fact, theirs, unit, ours, variants, low, high,
        verdict, why, source), not_solved, certificates.
    """
    world = load_world(DEFAULT_WORLD) if data_dir is None else icio2017(data_dir)
    backwards = data_dir is None
    facts = read_facts()
    shocks: dict[tuple[str, str], Shock] = {}
    failed = []
    for day in sorted({fact["duties_on"] for fact in facts}):
        for name, solved in _variants(record, world, parse_day(day), backwards, progress):
            if isinstance(solved, str):
                failed.append({"variant": name, "duties_on": day, "message": solved})
            else:
                shocks[day, name] = solved
    return {
        "world": world.name,
        "flow_year": world.flow_year,
        "read_backwards": backwards,
        "variants": [*VARIANTS, *(_year_name(y) for y in YEARS)],
        "rows": [_row(fact, shocks) for fact in facts],
        "not_solved": failed,
        "certificates": [
            {"duties_on": day, "variant": name} | shock.certificate for (day, name), shock in shocks.items()
        ],
    }


def duties_of(record: Record, world: World, on: date) -> tuple[SectorPolicy, Any]:
    """Duties between the two that the record has on a day, on a world's sectors; and the same by HS line.

    A world whose goods sectors are the shipped world's in their order takes its weights; labels are the
    world's own.

    Raises:
        LabelMismatch: the world's goods sectors are not as many as the shipped world's.
    """
    weights = weights_of()
    lines = compile_policy(record, AsOf(on), weights.economies, among=(US, CN))
    shipped = lines.on(weights)
    goods = [s for s in world.sectors if s not in world.services]
    places = {
        (importer, exporter): dict(
            zip(goods, _pair(shipped, importer, exporter)[list(weights.goods)].tolist(), strict=True)
        )
        for importer, exporter in ((US, CN), (CN, US))
    }
    return SectorPolicy.duties(world.economies, world.sectors, places), lines


def _pair(policy: SectorPolicy, importer: str, exporter: str) -> np.ndarray:
    return policy.duty_change[policy.economies.index(importer), policy.economies.index(exporter)]


def _variants(
    record: Record, world: World, on: date, backwards: bool, progress: Progress
) -> Iterable[tuple[str, Shock | str]]:
    added, lines = duties_of(record, world, on)
    policy = _negative(added) if backwards else added
    table = weights_of().between(CN, US)
    targeted = (lines.rate_by_line(table, US), table.values(US), table.sector)
    for name, options in VARIANTS.items():
        progress(f"duties of {on}, {name}: solving")
        outcome = solve(world=world, policy=policy, **options)
        yield name, _shock(outcome, backwards, targeted)
    for year in through_time(world, policy, YEARS, progress=progress):
        yield _year_name(year.years), _shock(year.outcome, backwards, targeted)


def _negative(policy: SectorPolicy) -> SectorPolicy:
    return SectorPolicy(policy.economies, policy.sectors, -policy.duty_change, policy.non_tariff_cost)


def _year_name(years: float) -> str:
    return "after one year" if years == 1 else f"after {years:g} years"


def _shock(
    outcome: Outcome | NotSolved, backwards: bool, targeted: tuple[np.ndarray, np.ndarray, np.ndarray]
) -> Shock | str:
    if isinstance(outcome, NotSolved):
        return outcome.message
    pair = (outcome.after, outcome.before) if backwards else (outcome.before, outcome.after)
    theta = np.asarray(outcome.world.elasticities[outcome.elasticities], float) * outcome.theta_scale
    return Shock(outcome.world, theta, *pair, targeted, outcome.certificate.to_dict())


def _row(fact: dict[str, Any], shocks: dict[tuple[str, str], Shock]) -> dict[str, Any]:
    ours = {
        name: MEASURES[fact["id"]](shock) for (day, name), shock in shocks.items() if day == fact["duties_on"]
    }
    central = ours.get("central")
    low, high = (min(ours.values()), max(ours.values())) if ours else (None, None)
    return {
        "id": fact["id"],
        "fact": fact["fact"],
        "duties_on": fact["duties_on"],
        "theirs": fact["theirs"] if isinstance(fact["theirs"], int | float) else None,
        "theirs_words": str(fact["theirs"]),
        "unit": fact["unit"],
        "ours": central,
        "variants": ours,
        "low": low,
        "high": high,
        "verdict": _verdict(fact, central, low, high),
        "why": fact["why"],
        "set_by_us": fact.get("set_by_us"),
        "source": fact["source"],
        "url": fact["url"],
    }


def _verdict(fact: dict[str, Any], central: float | None, low: float | None, high: float | None) -> str:
    """In words: whether the fact lies in our range, and whether the sign is right."""
    if central is None or low is None or high is None:
        return "not solved"
    theirs = 1.0 if fact["theirs"] == "up" else float(fact["theirs"])
    if fact["theirs"] != "up" and low <= theirs <= high:
        return "inside our range"
    if low * theirs > 0 and high * theirs > 0:
        return "same sign" if fact["theirs"] == "up" else "same sign, outside our range"
    return "sign turns on the variant" if low * high < 0 else "opposite sign"


def _duty_rise(importer: str, exporter: str) -> Callable[[Shock], float]:
    def rise(s: Shock) -> float:
        n, i = s.at(importer), s.at(exporter)
        flows = s.without.flows[n, i] * s.goods
        return float(100 * ((s.with_duties.duty - s.without.duty)[n, i] * flows).sum() / flows.sum())

    return rise


def _border_price(s: Shock, importer: int, exporter: int) -> np.ndarray:
    """Log change of the price before duty by sector [J]; 0 where nothing is traded."""
    flows = s.without.flows[importer, exporter], s.with_duties.flows[importer, exporter]
    quantity = s.without.quantity[importer, exporter], s.with_duties.quantity[importer, exporter]
    traded = (quantity[0] > 0) & (quantity[1] > 0) & s.goods
    ratio = np.ones(len(s.world.sectors))
    ratio[traded] = flows[1][traded] / quantity[1][traded] * quantity[0][traded] / flows[0][traded]
    return np.log(ratio)


def _pass_through(s: Shock) -> float:
    """1 + (rise of Chinese prices before duty over other exporters') / (rise of 1 + duty), in logs."""
    us, cn = s.at(US), s.at(CN)
    others = [k for k in range(len(s.world.economies)) if k not in (us, cn)]
    weights = np.stack([s.without.flows[us, k] for k in others])
    prices = np.stack([_border_price(s, us, k) for k in others])
    elsewhere = (weights * prices).sum(axis=0) / np.maximum(weights.sum(axis=0), 1e-12)
    duty = np.log((1 + s.with_duties.duty[us, cn]) / (1 + s.without.duty[us, cn])) * s.goods
    flow = s.without.flows[us, cn] * (duty > 0)
    fall = _border_price(s, us, cn) - elsewhere
    return float(1 + (flow * fall).sum() / (flow * duty).sum())


def _buyers_loss(s: Shock) -> float:
    us, cn = s.at(US), s.at(CN)
    duty = (s.with_duties.duty - s.without.duty)[us, cn]
    ratio = 1.0 if s.world.customs_ratio is None else s.world.customs_ratio[us, cn]
    return float(100 * (duty * s.without.flows[us, cn] * ratio).sum() / s.without.value_added[us].sum())


def _real_income(s: Shock) -> float:
    us = s.at(US)
    income = s.with_duties.household_income[us] / s.without.household_income[us]
    return float(100 * (income * s.without.consumer_prices[us] / s.with_duties.consumer_prices[us] - 1))


def _targeted_exports(s: Shock) -> float:
    """Value before duty of US exports to China on lines under new duties, percent.

    Lines of a sector share its theta, its suppliers' shares and prices, and keep their part of its spending:
    x = u^-theta / (share u^-theta + the others) / (1 + duty), u the American price with the line's duty.
    """
    n, i = s.at(CN), s.at(US)
    rate, value, sector = s.targeted
    kept = (rate > 0) & (sector >= 0)
    rate, value, sector = rate[kept] / 100, value[kept], sector[kept]
    base = s.without.duty[n, i][sector]
    factor = (1 + base + rate) / (1 + base)
    theta = s.theta[sector]
    shares = s.without.paid[n] / np.maximum(s.without.spending[n], 1e-12)
    price = np.stack([_border_price(s, n, k) if k != n else _home_price(s, n) for k in range(len(shares))])
    elsewhere = np.delete(shares, i, axis=0)[:, sector], np.delete(price, i, axis=0)[:, sector]
    others = (elsewhere[0] * np.exp(-theta * elsewhere[1])).sum(axis=0)
    own = (np.exp(price[i][sector]) * factor) ** -theta
    spending = (s.with_duties.spending[n] / np.maximum(s.without.spending[n], 1e-12))[sector]
    change = own / (shares[i][sector] * own + others) / factor * spending
    return float(100 * ((value * change).sum() / value.sum() - 1))


def _home_price(s: Shock, n: int) -> np.ndarray:
    return np.log(s.with_duties.unit_cost[n] / s.without.unit_cost[n])


def _exports(sellers: str, buyers: Callable[[Shock], list[int]]) -> Callable[[Shock], float]:
    def change(s: Shock) -> float:
        us, cn = s.at(US), s.at(CN)
        from_ = [us] if sellers == "us" else [k for k in range(len(s.world.economies)) if k not in (us, cn)]
        totals = []
        for state in (s.without, s.with_duties):
            flows = state.flows[:, :, s.goods].sum(axis=2)
            totals.append(sum(flows[n, i] for n in buyers(s) for i in from_ if n != i))
        return float(100 * (totals[1] / totals[0] - 1))

    return change


def _elasticity(s: Shock) -> float:
    """Change of US imports from China before duty over that of one plus the duty, in logs, by trade."""
    us, cn = s.at(US), s.at(CN)
    duty = np.log((1 + s.with_duties.duty[us, cn]) / (1 + s.without.duty[us, cn])) * s.goods
    before, after = s.without.flows[us, cn] * s.goods, s.with_duties.flows[us, cn] * s.goods
    traded = (before > 0) & (after > 0)
    change = np.log(after[traded] / before[traded])
    weight, duty = before[traded], duty[traded]
    middle = (weight * duty).sum() / weight.sum()
    slope = (weight * (duty - middle) * change).sum() / (weight * (duty - middle) ** 2).sum()
    return float(slope)


MEASURES: dict[str, Callable[[Shock], float]] = {
    "us_duty_rise_points": _duty_rise(US, CN),
    "cn_duty_rise_points": _duty_rise(CN, US),
    "pass_through": _pass_through,
    "buyers_loss_percent_of_gdp": _buyers_loss,
    "us_real_income_percent": _real_income,
    "us_exports_targeted_percent": _targeted_exports,
    "us_exports_to_others_percent": _exports(
        "us", lambda s: [k for k in range(len(s.world.economies)) if k not in (s.at(US), s.at(CN))]
    ),
    "others_exports_percent": _exports("others", lambda s: list(range(len(s.world.economies)))),
    "others_exports_to_us_percent": _exports("others", lambda s: [s.at(US)]),
    "others_exports_to_rest_percent": _exports(
        "others", lambda s: [k for k in range(len(s.world.economies)) if k not in (s.at(US), s.at(CN))]
    ),
    "us_trade_elasticity": _elasticity,
}
"""How each fact is taken from an equilibrium without and one with the duties."""
