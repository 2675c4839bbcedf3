"""From basic prices to customs values on the US-China pair.

The tables value goods at the factory gate and book trade and transport margins as services; a duty falls on
the customs value. On this pair the margins move from services into goods before balancing: goods flows
rise by one factor, the pair's services fall by the same amount, and the exporter's goods sectors buy the
margin from services at home. Bilateral totals, value added by sector and the output of services stay;
gross output of the exporter's goods rises by the margin.

What the margins cannot explain stays as a ratio by sector, customs value over the flow, for every figure that
is shown: for US imports from China the published total of 2022 in the composition of the customs records of
2024, for US exports to China one number.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from detente.economy.sources import labels


@dataclass(frozen=True)
class PublishedPair:
    """Published trade of one direction in 2022, USD million.

    Attributes:
        goods: customs basis.
        services: balance-of-payments basis; the pair's services are not brought below it.
        source: where the numbers stand.
    """

    goods: float
    services: float
    source: str


PUBLISHED_2022: dict[tuple[str, str], PublishedPair] = {
    ("USA", "CHN"): PublishedPair(
        536_754.0,
        26_700.0,
        "goods: US Department of Commerce, first annual release for 2022 (536.754 billion; revised later to "
        "536.3), as reported at opportimes.com and worldtrademonth.com; services: USTR country page "
        "(562.9 billion of goods and services less goods), from memory, not seen again",
    ),
    ("CHN", "USA"): PublishedPair(
        153_800.0,
        41_500.0,
        "goods: US Department of Commerce, first annual release for 2022 (153.8 billion), as reported at "
        "worldtrademonth.com and China Briefing; services: USTR country page (195.5 billion of goods and "
        "services less goods), from memory, not seen again",
    ),
}


@dataclass(frozen=True)
class CustomsBasis:
    """Flows with the pair on customs values.

    Attributes:
        flows: USD million [N, N, J].
        value_added_share, input_share: with the exporter's margins booked as inputs of goods.
        ratio: published customs value over the flow, 1 where nothing is published [N, N, J].
        report: one row per direction.
    """

    flows: np.ndarray
    value_added_share: np.ndarray
    input_share: np.ndarray
    ratio: np.ndarray
    report: list[dict[str, float | str]]


def to_customs_basis(
    economies: tuple[str, ...],
    flows: np.ndarray,
    value_added_share: np.ndarray,
    input_share: np.ndarray,
    composition: dict[tuple[str, str], np.ndarray],
) -> CustomsBasis:
    """Move margins out of services on the published pairs.

    Args:
        economies: labels [N].
        flows: basic prices, USD million [N, N, J].
        value_added_share: [N, J].
        input_share: [N, k, j].
        composition: (importer, exporter) -> customs values by sector, any year [J]; a pair without one
            gets one ratio for all goods.
    """
    flows, value_added_share, input_share = flows.copy(), value_added_share.copy(), input_share.copy()
    ratio = np.ones_like(flows)
    goods = np.arange(len(labels.SECTORS)) != labels.SECTORS.index(labels.SERVICES)
    services = labels.SECTORS.index(labels.SERVICES)
    report: list[dict[str, float | str]] = []
    for (importer, exporter), published in PUBLISHED_2022.items():
        n, i = economies.index(importer), economies.index(exporter)
        before_goods, before_services = flows[n, i, goods].sum(), flows[n, i, services]
        wanted = published.goods - before_goods
        moved = min(wanted, before_services - published.services)
        output = flows[:, i, :].sum(axis=0)
        margin = np.where(goods, flows[n, i] / before_goods * moved, 0.0)
        flows[n, i] += margin
        flows[n, i, services] -= moved
        # Home services sell to the home goods sectors what they sold abroad before.
        flows[i, i, services] += moved
        new_output = output + margin
        scale = np.where(new_output > 0, output / np.where(new_output > 0, new_output, 1.0), 1.0)
        value_added_share[i] *= scale
        input_share[i] *= scale[None, :]
        input_share[i, services] += np.where(
            new_output > 0, margin / np.where(new_output > 0, new_output, 1), 0
        )
        after = flows[n, i, goods].sum()
        ratio[n, i, goods] = _ratio(
            published.goods, flows[n, i, goods], composition.get((importer, exporter)), goods
        )
        report.append(
            {
                "importer": importer,
                "exporter": exporter,
                "goods_basic_musd": round(float(before_goods), 1),
                "services_basic_musd": round(float(before_services), 1),
                "margin_moved_musd": round(float(moved), 1),
                "goods_factor": round(float(after / before_goods), 6),
                "goods_in_world_musd": round(float(after), 1),
                "services_in_world_musd": round(float(flows[n, i, services]), 1),
                "goods_published_musd": published.goods,
                "services_published_musd": published.services,
                "ratio_published_to_world": round(float(published.goods / after), 6),
                "source": published.source,
            }
        )
    return CustomsBasis(flows, value_added_share, input_share, ratio, report)


def _ratio(
    published: float, flow: np.ndarray, composition: np.ndarray | None, goods: np.ndarray
) -> np.ndarray:
    """Customs value over the flow by goods sector, adding up to the published total.

    Mining support is in no customs record and keeps its flow.
    """
    if composition is None:
        return np.full(flow.shape, published / flow.sum())
    customs = composition[goods]
    recorded = (customs > 0) & (flow > 0)
    scale = (published - flow[~recorded].sum()) / customs[recorded].sum()
    return np.where(recorded, customs * scale / np.where(recorded, flow, 1.0), 1.0)


def sector_table(
    basic: np.ndarray, in_world: np.ndarray, ratio: np.ndarray, customs_2024: np.ndarray
) -> dict[str, dict[str, float]]:
    """US imports from China by sector on each basis, for the record, USD million.

    Args:
        basic: flows at basic prices [J].
        in_world: flows of the world [J].
        ratio: customs value over the world's flow [J].
        customs_2024: customs values of 2024 [J].
    """
    return {
        sector: {
            "basic_2022_musd": round(float(basic[j]), 1),
            "world_2022_musd": round(float(in_world[j]), 1),
            "customs_2024_musd": round(float(customs_2024[j]), 1),
            "customs_over_basic": round(float(in_world[j] * ratio[j] / basic[j]), 3),
        }
        for j, sector in enumerate(labels.SECTORS)
        if sector != labels.SERVICES
    }
