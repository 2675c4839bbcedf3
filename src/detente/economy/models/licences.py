"""What licence prices do to the flows under quantity rules, beyond the matrices of the system.

Of a flow's licence price q, the rules whose rent is inside customs value make up q_b, those levied on the
buyer's side q_i, dissipated ones q_l; q = q_b q_i q_l. Sellers receive S = G / [(1 + t)(1 + e) q_b q_i],
customs value is S (1 + e) q_b, rents are S (1 + e)(q_b - 1) and S (1 + e) q_b (1 + t)(q_i - 1), and goods
that arrive are S / (c kappa q_l). Where rules share a flow, its rent is divided in proportion to log prices.
"""

from __future__ import annotations

from types import ModuleType
from typing import Any, NamedTuple

from detente.economy.levers import Cells
from detente.economy.models.base import scattered


class Licensed(NamedTuple):
    """Money of the cells under quantity rules [C], and their quantity.

    Attributes:
        buyer, seller, customs, duty, export_tax: with the licence less without it, at a given suppliers' sum.
        border_rent, inside_rent: what the licences earn, by rule [C, K].
        quantity: that arrives, at baseline prices, in the model's unit.
        lost: share of the goods that dissipated rents use up, negative.
    """

    buyer: Any
    seller: Any
    customs: Any
    duty: Any
    export_tax: Any
    border_rent: Any
    inside_rent: Any
    quantity: Any
    lost: Any

    @property
    def rent(self) -> Any:
        """Rent by rule [C, K]."""
        return self.border_rent + self.inside_rent


def licensed(
    xp: ModuleType,
    cells: Cells,
    gross: Any,
    theta: Any,
    licence: Any,
    *,
    buyer: Any,
    seller: Any,
    cost: Any,
) -> Licensed:
    """What licences change in the cells.

    Args:
        xp: array namespace.
        cells: flows and rules.
        gross: 1 + t, 1 + e and 1 + cost of the cells [3, C].
        theta: of the cells' sectors [C].
        licence: log prices [K].
        buyer, seller: what is paid and received without licences, at the suppliers' sum with them [C].
        cost: log unit cost of the cells' sellers [C].
    """
    duty_gross, tax_gross, cost_gross = gross
    log_price = xp.matmul(cells.rule, licence)
    at_border, on_top = xp.matmul(cells.border, licence), xp.matmul(cells.inside, licence)
    received = seller * xp.exp(-theta * log_price - at_border - on_top)
    worth = received * tax_gross
    customs = worth * xp.exp(at_border)
    border = (worth * _growth(xp, at_border))[:, None] * cells.border * licence
    inside = (customs * duty_gross * _growth(xp, on_top))[:, None] * cells.inside * licence
    wasted = -xp.matmul(cells.lost, licence)
    more = customs - seller * tax_gross
    return Licensed(
        buyer * xp.expm1(-theta * log_price),
        received - seller,
        more,
        (duty_gross - 1) * more,
        (tax_gross - 1) * (received - seller),
        border,
        inside,
        received * xp.exp(wasted - cost) / cost_gross,
        xp.expm1(wasted),
    )


def _growth(xp: ModuleType, log_price: Any) -> Any:
    """(exp(x) - 1) / x, one at zero."""
    small = xp.abs(log_price) < 1e-8
    return xp.where(small, 1 + log_price / 2, xp.expm1(log_price) / xp.where(small, 1.0, log_price))


def to_households(xp: ModuleType, cells: Cells, rent: Any, economies: int) -> Any:
    """Rents of households, from rents by rule [C, K] to [N]."""
    nothing = xp.zeros(economies)
    owned = scattered(xp, nothing, cells.exporter, xp.matmul(rent, cells.to_exporter))
    return scattered(xp, owned, cells.importer, xp.matmul(rent, cells.to_importer))


def to_treasuries(xp: ModuleType, cells: Cells, rent: Any) -> Any:
    """Rents of treasuries, from rents by rule [C, K] to [N]."""
    return xp.matmul(xp.sum(rent, axis=0), cells.to_treasury)


def from_abroad(xp: ModuleType, cells: Cells, border_rent: Any) -> Any:
    """Rents received on others' exports less those in own exports that others own [N].

    What licence holders in the exporting economy earn is in its exports already.
    """
    others = border_rent * (1 - cells.to_exporter)
    received = to_treasuries(xp, cells, others)
    return scattered(xp, received, cells.exporter, -xp.sum(others, axis=1))
