"""Where every part of the world comes from, under which terms, and how it was changed."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from detente.economy.sources import base_duties, customs_china, customs_us, elasticities, goods, icio
from detente.economy.sources.customs_us import UsCustoms
from detente.economy.sources.elasticities import ElasticitySets

BASE_DAY = "2025-01-19"
ACCESSED = "2026-11-22"

SOURCES: tuple[dict[str, Any], ...] = (
    {
        "part": "flows, array duties, eight elasticity arrays",
        "file": icio.FLOWS_FILE,
        "from": "OECD Inter-Country Input-Output tables, 2023 edition, year 2022, as held by the public "
        "repository ahmadlp/tariffwar; duties there from Teti's global tariff database (about 2021)",
        "terms": "OECD: reuse with attribution. The repository carries no licence; the documented route for "
        "others is to rebuild from OECD's own file.",
    },
    {
        "part": "value-added, input and final shares",
        "file": icio.SHARES_FILE,
        "from": "OECD Inter-Country Input-Output tables, 2023 edition, year 2020, as held by the public "
        "repository matthew-murillo/trade_simulator",
        "terms": "OECD: reuse with attribution",
    },
    {
        "part": "US imports and calculated duty by HS10 and partner, 2024",
        "file": customs_us.FOLDER,
        "from": "US Census Bureau, via the public repository tradewartracker/trade-war-redux-2025",
        "terms": "public domain",
    },
    {
        "part": "Chinese rates on US goods and China's imports from the US by HS8",
        "file": customs_china.WORKBOOK,
        "from": "Bown, Jung, Zhang, Trump Has Gotten China to Lower its Tariffs. Just Toward Everyone Else. "
        "PIIE Trade and Investment Policy Watch, 12 June 2019",
        "terms": "cite",
    },
    {
        "part": "US most-favoured-nation rates 2025",
        "file": customs_us.MFN_FILE,
        "from": "USITC Harmonized Tariff Schedule 2025, via Budget-Lab-Yale/tariff-rate-tracker",
        "terms": "MIT; the schedule is public domain",
    },
    {
        "part": "HS10 to NAICS",
        "file": goods.NAICS_FILE,
        "from": "US Census Bureau concordance, via Budget-Lab-Yale/tariff-rate-tracker",
        "terms": "public domain",
    },
    {
        "part": "HS6 to GTAP",
        "file": goods.GTAP_FILE,
        "from": "GTAP concordance, via Budget-Lab-Yale/tariff-rate-tracker",
        "terms": "MIT; cite GTAP",
    },
    {
        "part": "default elasticities",
        "file": elasticities.FGO_FILE,
        "from": "Fontagne, Guimbard, Orefice 2022 (JIE 137:103593), authors' page, ICIO classification",
        "terms": "cite",
    },
    {
        "part": "fallback elasticities",
        "file": elasticities.FALLBACK_FILE,
        "from": "Ahmad and Schreiber 2024; Bachmann et al. 2024 via WIOD sectors",
        "terms": "cite",
    },
)

STEPS: tuple[str, ...] = (
    "labels: flows (81 x 28) and shares (77 x 45) to 77 economies x 23 sectors by explicit maps; AGO, "
    "ARE, COD and STP join ROW",
    "shares: 23 service sectors merged by gross output, solved from Y = alpha I + Gamma' Y with goods output "
    "given and scaled to the services output of 2022",
    "customs basis: margins of US-China trade moved from services into goods, both ways; the exporter's "
    "goods buy them from services at home, so services output and value added stay",
    "value added: shares of 0 with output become the world mean of the sector; the economy's other shares "
    "fall by one factor, so that its value added stays",
    "duties: rules in duty_rule, one per cell; services have none",
    "balancing: input and final shares moved by the least Kullback-Leibler change (biproportional scaling by "
    "economy); flows, gross output, value added by sector, duties and D = imports - exports held",
    "elasticities: theta = sigma - 1; merged sectors by cross-border trade of 2022; services one value",
    "weights: US imports of 2024 by HS10 and partner, China's imports from the US of 2017 by HS8; "
    "chapters 98-99 belong to no sector",
)

LIMITS: tuple[str, ...] = (
    "flows are of 2022, technology of 2020, duties of 19 January 2025",
    "bilateral totals hold, so US imports of goods from China reach 505 of the published 537 billion: "
    "less the services actually traded there is no more margin to move; customs_ratio carries the rest by "
    "sector for every figure shown, with the customs records of 2024 as composition",
    "other pairs stay at basic prices; customs_ratio is 1 there",
    "duties of importers other than the US (and China on US goods) are simple means of about 2021; wide "
    "exact repetition across C25-C28 shows coarse groups",
    "ROW has no duties of its own in the source: AGO, ARE, COD and STP stand for it outside the US rows",
    "Chinese duties on US goods: their mean over China's imports of 2017 is set to PIIE's level of "
    "January 2025 (21.2), which PIIE weights by exporters' sales to the world; over the flows of 2022 the "
    "mean is higher. PIIE's own series rose by 1.023 only from June 2019 to January 2025: scaled step for "
    "step the mean over imports of 2017 would be 16.0",
)


def provenance(
    report: dict[str, Any], sets: ElasticitySets, customs: UsCustoms, data_dir: Path
) -> dict[str, Any]:
    """The document that ships with the world."""
    return {
        "world": "icio2022",
        "world_hash": report["world_hash"],
        "base_day": BASE_DAY,
        "flow_year": 2022,
        "accessed": ACCESSED,
        "sources": [{**source, "sha256": _hash(data_dir / source["file"])} for source in SOURCES],
        "steps": list(STEPS),
        "limits": list(LIMITS),
        "duty_rules": {int(key): text for key, text in base_duties.RULES.items()},
        "china_on_usa": {
            "piie_june_2019_percent": base_duties.PIIE_JUNE_2019,
            "piie_january_2025_percent": base_duties.PIIE_JANUARY_2025,
            "piie_weights": "exporters' sales to the world",
            "our_weights": "China's imports from the US in 2017 by HS8 within sectors, flows of 2022 "
            "across them",
            "june_2019_percent_of_flows": report["duties"]["chn_on_usa_percent_of_flows_before_scale"],
            "june_2019_percent_of_imports_2017": report["duties"][
                "chn_on_usa_percent_of_imports_2017_before_scale"
            ],
            "scale_level_used": report["duties"]["chn_on_usa_scale"],
            "scale_step_alternative": round(base_duties.PIIE_JANUARY_2025 / base_duties.PIIE_JUNE_2019, 6),
        },
        "us_customs_files": {label: list(names) for label, names in sorted(customs.members.items())},
        "elasticities": {
            "default": elasticities.DEFAULT_SET,
            "concept": "theta = sigma - 1; tariff-exclusive values react with -(1 + theta)",
            "services_theta": elasticities.SERVICES_THETA,
            "winsor_limits": list(elasticities.WINSOR_LIMITS),
            "sets": sets.documentation,
        },
        "build": {key: value for key, value in report.items() if key != "world_hash"},
    }


def _hash(path: Path) -> str:
    """sha256 of a file, or of a folder's files in order of name."""
    digest = hashlib.sha256()
    for file in sorted(path.iterdir()) if path.is_dir() else [path]:
        digest.update(file.name.encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()
