"""Base duties of 19 January 2025: the duties that came with the flows, with what is unusable replaced.

Every cell carries the number of the rule that set it, so that a reader can tell a customs record from a
simple mean of 2021 and from a gap.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from detente.economy.sources import labels
from detente.economy.sources.customs_china import ChineseDuties
from detente.economy.sources.customs_us import UsCustoms, us_proxies

FOOD = "C10T12"
FOOD_LIMIT = 0.5

# PIIE's averages of Chinese duties on US goods, percent, weighted by exporters' sales to the world.
PIIE_JUNE_2019 = 20.723729
PIIE_JANUARY_2025 = 21.2

RULES: dict[int, str] = {
    0: "none: home sales, services, or a good that no customs line falls into",
    1: "array: Teti's global tariff database, about 2021, simple means over lines, without the duties that "
    "the US and China added from 2018",
    2: "US customs 2024: calculated duty over customs value by HS10, partner's own file",
    3: "US customs 2024, file of the European Union for a member",
    4: "US customs 2024, pooled over the 14 economies of ROW that have a file",
    5: "US customs 2024, all partners but China: the partner sold nothing in the sector",
    6: "array, the US on a partner without a customs file",
    7: "US customs 2024, all partners but China: the array was above 0.5 (food: means over tobacco and "
    "quota peaks) and the partner has no customs file",
    8: "Bown-Jung-Zhang June 2019 by HS8, weighted by China's imports from the US of 2017; one scale, so "
    "that the mean over those imports is PIIE's level of January 2025",
    9: "median of the other importers' duties on the exporter in the sector: the array was above 0.5 in "
    "food (means over alcohol and tobacco)",
    10: "array, ROW: its members AGO, ARE, COD and STP stand for all of it; the array has 0 for ROW itself, "
    "which is missing and not duty-free",
}


@dataclass(frozen=True)
class BaseDuties:
    """Duties and where each comes from.

    Attributes:
        duty: fractions [N, N, J].
        rule: key of `RULES` [N, N, J].
        china_scale: factor on the Chinese duties of June 2019.
        china_average_2017: their mean before it, weighted by imports of 2017 by HS8, fraction.
        china_average_flows: their mean before it, weighted by the world's flows by sector, fraction.
    """

    duty: np.ndarray
    rule: np.ndarray
    china_scale: float
    china_average_2017: float
    china_average_flows: float


def base_duties(
    economies: tuple[str, ...],
    array_duty: np.ndarray,
    customs: UsCustoms,
    chinese: ChineseDuties,
    flows: np.ndarray,
) -> BaseDuties:
    """Assemble the duties of the base day.

    Args:
        economies: labels [N].
        array_duty: the duties that came with the flows [N, N, J].
        customs: US imports and calculated duty.
        chinese: China's duties on US goods.
        flows: of the world, on customs values for the US and China [N, N, J].
    """
    duty = array_duty.copy()
    rule = np.ones(duty.shape, dtype=np.uint8)
    food = labels.SECTORS.index(FOOD)
    rest = economies.index(labels.REST)
    rule[rest], rule[:, rest] = 10, 10
    # Food above the limit: other importers' median on the same exporter, the importer's own rule apart.
    accepted = np.where(duty[:, :, food] <= FOOD_LIMIT, duty[:, :, food], np.nan)
    np.fill_diagonal(accepted, np.nan)
    accepted[rest] = np.nan
    median = np.nanmedian(np.where(np.isnan(accepted).all(axis=0), 0.0, accepted), axis=0)
    high = duty[:, :, food] > FOOD_LIMIT
    duty[:, :, food] = np.where(high, median[None, :], duty[:, :, food])
    rule[:, :, food] = np.where(high, 9, rule[:, :, food])
    _us_rows(economies, array_duty, customs, duty, rule)
    china, usa = economies.index("CHN"), economies.index("USA")
    by_sector = chinese.by_sector(chinese.on_us_2019)
    in_flows = float(np.average(by_sector[:-1], weights=flows[china, usa, :-1]))
    in_imports = chinese.average(chinese.on_us_2019)
    scale = PIIE_JANUARY_2025 / 100 / in_imports
    with_lines = np.isin(np.arange(len(labels.SECTORS)), chinese.sector[chinese.sector >= 0])
    duty[china, usa] = np.where(with_lines, by_sector * scale, 0.0)
    rule[china, usa] = np.where(with_lines, 8, 0)
    diagonal = np.arange(len(economies))
    duty[diagonal, diagonal] = 0.0
    rule[diagonal, diagonal] = 0
    services = labels.SECTORS.index(labels.SERVICES)
    duty[:, :, services] = 0.0
    rule[:, :, services] = 0
    return BaseDuties(np.round(duty, 6), rule, scale, in_imports, in_flows)


def _us_rows(
    economies: tuple[str, ...], array_duty: np.ndarray, customs: UsCustoms, duty: np.ndarray, rule: np.ndarray
) -> None:
    """Replace the US rows in place: collected duty over customs value."""
    usa = economies.index("USA")
    world_value, world_duty = customs.by_sector("ALL")
    china_value, china_duty = customs.by_sector("CHN")
    others = _ratio(world_duty - china_duty, world_value - china_value)
    proxies = us_proxies(economies, customs)
    services = labels.SECTORS.index(labels.SERVICES)
    with_lines = np.isin(np.arange(len(labels.SECTORS)), customs.sector[customs.sector >= 0])
    with_lines[services] = False
    for i, label in enumerate(economies):
        if label == "USA":
            continue
        partner = proxies.get(label, label)
        if partner == "ALL":
            high = array_duty[usa, i] > FOOD_LIMIT
            duty[usa, i] = np.where(high, others, array_duty[usa, i])
            rule[usa, i] = np.where(high, 7, 6)
        else:
            value, collected = customs.by_sector(partner)
            own = {"EU": 3, labels.REST: 4}.get(partner, 2)
            duty[usa, i] = np.where(value > 0, _ratio(collected, value), others)
            rule[usa, i] = np.where(value > 0, own, 5)
        duty[usa, i] = np.where(with_lines, duty[usa, i], 0.0)
        rule[usa, i] = np.where(with_lines, rule[usa, i], 0)


def _ratio(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    return np.where(whole > 0, part / np.where(whole > 0, whole, 1.0), 0.0)
