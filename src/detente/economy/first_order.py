"""First-order welfare terms of Caliendo and Parro (2015, equation 17 and Table 2).

Valued at the baseline's flows before duty, with x = new/old - 1. They are an approximation around the
baseline: the exact change of real income is another number, and for large shocks may have another sign.
"""

from __future__ import annotations

import numpy as np

from detente.economy.models.base import Equilibrium


def terms_of_trade_percent(before: Equilibrium, after: Equilibrium) -> np.ndarray:
    """Exports at the change of own costs less imports at the change of suppliers', over income [N].

    sum_{i != n, j} [E_inj x(c_nj) - M_nij x(c_ij)] / I_n, in percent.
    """
    cost = after.unit_cost / before.unit_cost - 1
    trade = abroad(before.flows)
    gain = (trade.sum(axis=0) * cost).sum(axis=1) - np.einsum("nij,ij->n", trade, cost)
    return 100 * gain / before.final_income


def volume_of_trade_percent(before: Equilibrium, after: Equilibrium) -> np.ndarray:
    """Duty-weighted change of real imports over income [N].

    sum_ij t_nij M_nij [x(M_nij) - x(c_ij)] / I_n, in percent; duties and flows of the baseline.
    """
    cost = after.unit_cost / before.unit_cost - 1
    change = after.flows - before.flows * (1 + cost[None])
    return 100 * (before.duty * change).sum(axis=(1, 2)) / before.final_income


def welfare_first_order_percent(before: Equilibrium, after: Equilibrium) -> np.ndarray:
    """Terms of trade plus volume of trade [N]."""
    return terms_of_trade_percent(before, after) + volume_of_trade_percent(before, after)


def abroad(flows: np.ndarray) -> np.ndarray:
    """Flows [importer, exporter, sector] without domestic sales."""
    return flows * (1.0 - np.eye(flows.shape[0]))[:, :, None]
