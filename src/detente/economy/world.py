"""Baseline accounts of a world economy: flows, duties, shares, elasticities, each with its labels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np


@dataclass(frozen=True)
class World:
    """A balanced baseline. Axes are always [importer, exporter, sector]; N economies, J sectors.

    Attributes:
        name: for example "icio2022".
        economies: labels, ISO 3166 alpha-3, "ROW" for the rest.
        sectors: labels.
        services: labels of the sectors on which no duty falls.
        flows: trade before duty, in `unit`, domestic sales on the diagonal [N, N, J].
        duty: ad valorem duties of the base day as fractions [N, N, J].
        value_added_share: value added over gross output [N, J].
        input_share: spending of user j on input k over gross output of j [N, k, j];
            value_added_share + input_share.sum over k is 1.
        final_share: share of each sector in final spending [N, J]; rows sum to 1.
        elasticities: name of the set -> theta, the trade elasticity (sigma - 1) [J].
        default_elasticities: name of the set used unless another is asked for.
        unit: "USD million" for flows.
        base_day: ISO day of the duties.
        flow_year: year of the flows.
        customs_ratio: customs value over the basic-price flow [N, N, J] or None (1 everywhere).
        households: number of households by economy label, where a source gives it.
        critical_inputs: sector label -> elasticity of substitution between that input and everything
            else in the cost of the sectors that use it; below one, a small input can be missed badly.
            Sectors not named enter every cost as Cobb-Douglas.
        provenance: where every part comes from, licence, how it was changed.
    """

    name: str
    economies: tuple[str, ...]
    sectors: tuple[str, ...]
    services: tuple[str, ...]
    flows: np.ndarray
    duty: np.ndarray
    value_added_share: np.ndarray
    input_share: np.ndarray
    final_share: np.ndarray
    elasticities: Mapping[str, np.ndarray]
    default_elasticities: str
    unit: str = "USD million"
    base_day: str = ""
    flow_year: int = 0
    customs_ratio: np.ndarray | None = None
    households: Mapping[str, float] = field(default_factory=dict)
    critical_inputs: Mapping[str, float] = field(default_factory=dict)
    provenance: Mapping[str, Any] = field(default_factory=dict)
