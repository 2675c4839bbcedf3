"""The hand-over between the record and the economy: a table of instruments in HS terms.

The record compiles a `Policy`; `Policy.on(weights)` aggregates it to the sectors of a world, with the
weights that the world ships. Rows add up, ad valorem on customs value; nothing is compounded.
"""

from detente.policy.rows import ALL, Instrument, PolicyRow, Rent, Unit
from detente.policy.sectors import QuantityRule, SectorPolicy
from detente.policy.table import Policy
from detente.policy.weights import LineSet, Weights

__all__ = [
    "ALL",
    "Instrument",
    "LineSet",
    "Policy",
    "PolicyRow",
    "QuantityRule",
    "Rent",
    "SectorPolicy",
    "Unit",
    "Weights",
]
