"""Trade elasticities as theta = sigma - 1, one set at a time, each with what its source states.

Theta is the elasticity of trade shares to trade costs; the elasticity of tariff-exclusive values to the
tariff factor is -(1 + theta). Fontagne, Guimbard and Orefice (2022) say so of their own numbers: with
FOB values sigma is the negative of the tariff elasticity, and the trade elasticity they publish is
epsilon = 1 - sigma = 1 + beta; so theta = -epsilon with no further shift.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from detente.economy.sources import labels
from detente.economy.sources.icio import Flows, raw_file

FGO_FILE = "elasticities/fontagne_icio_trade_elast.csv"
FALLBACK_FILE = "elasticities/ahmad_schreiber_2024_services_and_wiod_fallback.csv"
DEFAULT_SET = "FGO_ICIO"

# One value for services in every set: six of the eight arrays hold 4 (Simonovska and Waugh 2014), services
# have no tariffs to estimate from, and a set's own services value (FGO 8.35) would make sets differ where
# they do not measure.
SERVICES_THETA = 4.0
WINSOR_LIMITS = (1.0, 20.0)

CONCEPTS: dict[str, dict[str, str]] = {
    "FGO": {
        "source": "Fontagne, Guimbard, Orefice 2022 (JIE 137:103593), Table 8, 19 TiVA 2016 sectors",
        "stated_as": "trade elasticity epsilon = 1 - sigma; the array holds -epsilon",
        "conversion": "theta = array",
        "flags": "C20 and C21 share one chemicals estimate (10.56; 8.11 and 8.54 in the ICIO file); "
        "B05-B09 one mining estimate; services 8.35 replaced",
    },
    "CP": {
        "source": "Caliendo and Parro 2015 (REStud 82:1), Table 1, 99% sample",
        "stated_as": "theta, dispersion of productivity",
        "conversion": "theta = array",
        "flags": "C19 64.85 is an outlier; C29 and C30 1.115 here but 8.22 in the authors' own NAFTA run; "
        "use CP_winsorised for policy",
    },
    "BSY": {
        "source": "Bagwell, Staiger, Yurukoglu 2021 (Econometrica 89:4), Table II, 49 SITC sectors",
        "stated_as": "theta, Frechet shape",
        "conversion": "theta = array",
        "flags": "mean of SITC sectors by the array's own concordance",
    },
    "GYY": {
        "source": "Giri, Yi, Yilmazkuday 2021 (JIE 129), Table 2, SMM-PPML",
        "stated_as": "theta, Frechet shape",
        "conversion": "theta = array",
        "flags": "manufacturing only: agriculture, mining, C19, C26 and C28 are the fallback 4",
    },
    "Shap": {
        "source": "Shapiro 2016 (AEJ: Economic Policy 8:4), Table 2, Panel B, column 4",
        "stated_as": "theta, trade elasticity to shipping cost, IV",
        "conversion": "theta = array",
        "flags": "C25-C28 in coarse groups (10.84 and 12.94)",
    },
    "LL": {
        "source": "Lashkaripour and Lugovskyy 2023 (AER 113:10), Table 3",
        "stated_as": "sigma - 1",
        "conversion": "theta = array",
        "flags": "C19 0.636 is below 1: optimal duties on it are above 150 %; C26 and C27 1.235; use "
        "LL_winsorised",
    },
    "U4": {
        "source": "Simonovska and Waugh 2014 (JIE 92:1), one value",
        "stated_as": "theta",
        "conversion": "theta = array",
        "flags": "",
    },
    "IS": {
        "source": "triple differences in the manner of Caliendo and Parro on the tables of 2011-2022, by the "
        "repository that holds the flows",
        "stated_as": "theta as that repository uses it; the estimate is on basic-price values before "
        "tariff, so read strictly it is sigma and theta would be one less",
        "conversion": "theta = array, as used there",
        "flags": "C26-C31T33 are the fallback 4; less one, C10T12 would be 0.29; on the 16-sector world "
        "of 2014 the published results need services at 10, not the file's 5",
    },
    "FGO_ICIO": {
        "source": "Fontagne, Guimbard, Orefice 2022, data set at ICIO sectors from the authors' page",
        "stated_as": "trade elasticity epsilon = 1 - sigma, stored negative",
        "conversion": "theta = -epsilon; A02 8.11, B05 and B09 15.72 filled from the fallback file "
        "(Bachmann et al. via WIOD sectors, approximate)",
        "flags": "no estimate for A02, B05, B09",
    },
    "CP_winsorised": {
        "source": "CP",
        "stated_as": "theta",
        "conversion": "CP held between 1 and 20",
        "flags": "a variant, not an estimate",
    },
    "LL_winsorised": {
        "source": "LL",
        "stated_as": "theta",
        "conversion": "LL held between 1 and 20",
        "flags": "a variant, not an estimate",
    },
}


@dataclass(frozen=True)
class ElasticitySets:
    """Sets at the world's sectors.

    Attributes:
        theta: name -> theta [J]; unusable sets are left out.
        documentation: name -> source, stated_as, conversion, flags, usable, why.
    """

    theta: dict[str, np.ndarray]
    documentation: dict[str, dict[str, str | bool]]


def read_elasticities(data_dir: Path, flows: Flows) -> ElasticitySets:
    """All sets, merged sectors averaged by cross-border trade of 2022."""
    sets = dict(flows.elasticity_sets)
    sets["FGO_ICIO"] = _fgo_icio(data_dir, flows)
    weights = labels.membership(flows.sub_sectors, labels.SECTORS, labels.FLOW_SECTORS, what="elasticities")
    weights = weights * flows.sub_value
    weights /= weights.sum(axis=1, keepdims=True)
    services = labels.SECTORS.index(labels.SERVICES)
    theta: dict[str, np.ndarray] = {}
    for name, values in sets.items():
        theta[name] = weights @ np.where(np.isnan(values), 0.0, values)
        theta[name][services] = SERVICES_THETA
    for name in ("CP", "LL"):
        theta[f"{name}_winsorised"] = np.clip(theta[name], *WINSOR_LIMITS)
    documentation: dict[str, dict[str, str | bool]] = {}
    for name in list(theta):
        bad = [labels.SECTORS[j] for j in np.flatnonzero(~(theta[name] > 0))]
        usable = not bad
        why = "" if usable else f"theta is missing or not positive in {', '.join(bad)}"
        documentation[name] = {**CONCEPTS[name], "usable": usable, "why": why}
        theta[name] = np.round(theta[name], 6)
        if not usable:
            del theta[name]
    return ElasticitySets(theta, documentation)


def _fgo_icio(data_dir: Path, flows: Flows) -> np.ndarray:
    """Theta at the source sectors from the authors' ICIO file, gaps from the fallback [source sector]."""
    values = {row["icio2025"]: row["epsilon_icio"] for row in _rows(raw_file(data_dir, FGO_FILE))}
    fallback = {row["icio_sector"]: row["trade_elast"] for row in _rows(raw_file(data_dir, FALLBACK_FILE))}
    theta = np.full(len(flows.sub_sectors), np.nan)
    for column, code in enumerate(flows.sub_sectors):
        stated = values.get(code, "NA")
        if stated not in {"NA", ""}:
            theta[column] = -float(stated)
        elif code in fallback:
            theta[column] = float(fallback[code])
        elif labels.FLOW_SECTORS[code] == labels.SERVICES:
            theta[column] = SERVICES_THETA
    return theta


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))
