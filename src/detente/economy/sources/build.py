"""Build the shipped files of a world from the raw data; the same bytes on every run."""

from __future__ import annotations

import csv
import hashlib
import io
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from detente.core.errors import UnknownName
from detente.core.results import write_together
from detente.economy.sources import icio, labels
from detente.economy.sources.accounts import Accounts, balanced_accounts, moved_shares
from detente.economy.sources.archive import hash_arrays, npz_bytes
from detente.economy.sources.arrays import ARRAY_WORLDS
from detente.economy.sources.base_duties import BaseDuties, base_duties
from detente.economy.sources.customs_basis import CustomsBasis, sector_table, to_customs_basis
from detente.economy.sources.customs_china import ChineseDuties, read_chinese_duties
from detente.economy.sources.customs_us import UsCustoms, read_us_customs, read_us_mfn, us_proxies
from detente.economy.sources.elasticities import ElasticitySets, read_elasticities
from detente.economy.sources.goods import read_concordance
from detente.economy.sources.provenance import provenance

BUILDABLE = ("icio2022",)


def build_world(name: str, data_dir: Path, out_dir: Path) -> dict[str, Any]:
    """Write the files of a world.

    Args:
        name: "icio2022".
        data_dir: folder of the raw data; the world's documentation lists what must be in it.
        out_dir: folder for the files; hand-kept ones there (households, facts) are left alone.

    Returns:
        The report: balancing, duties, customs basis, HS placement, sizes and the world's hash.

    Raises:
        UnknownName: no such world can be built.
        MissingData: a raw file is not there.
        InvalidWorld: the accounts cannot be balanced.
    """
    if name not in BUILDABLE:
        raise UnknownName(
            f"no recipe for a world {name!r}",
            where="NAME",
            why=f"recipes exist for {', '.join((*BUILDABLE, *ARRAY_WORLDS))}",
            instead="one of these",
        )
    concordance = read_concordance(data_dir)
    customs = read_us_customs(data_dir, concordance)
    chinese = read_chinese_duties(data_dir, concordance)
    shares = icio.read_shares(data_dir)
    flows = icio.read_flows(data_dir, shares.economies)
    elasticities = read_elasticities(data_dir, flows)
    raw = flows.value
    output = raw.sum(axis=0)
    deficit = raw.sum(axis=(1, 2)) - raw.sum(axis=(0, 2))
    value_added, inputs, final = icio.merge_services(shares, output, deficit)
    composition = {("USA", "CHN"): customs.by_sector("CHN")[0]}
    basis = to_customs_basis(flows.economies, raw, value_added, inputs, composition)
    duties = base_duties(flows.economies, flows.array_duty, customs, chinese, basis.flows)
    # Single precision first: the accounts are then balanced on exactly the numbers that ship.
    duty, flow = duties.duty.astype(np.float32), basis.flows.astype(np.float32)
    accounts = balanced_accounts(
        flows.economies,
        labels.SECTORS,
        flow.astype(np.float64),
        duty.astype(np.float64),
        basis.value_added_share,
        basis.input_share,
        final,
    )
    files = {
        "world.npz": _world_arrays(flows.economies, flow, duty, duties, basis, accounts, elasticities),
        "hs_usa.npz": _us_lines(flows.economies, customs),
        "hs_china.npz": _china_lines(chinese, duties),
        "mfn_usa.npz": read_us_mfn(data_dir),
    }
    world_hash = hash_arrays(files)
    value_added_2022 = (value_added * output).sum(axis=1)
    gdp_change = (accounts.value_added_share * flow.sum(axis=0, dtype=np.float64)).sum(
        axis=1
    ) / value_added_2022 - 1
    moved = moved_shares(flows.economies, labels.SECTORS, accounts)
    report = {
        "world_hash": world_hash,
        **_report(flows.economies, accounts, duties, basis, customs, chinese, moved, gdp_change, raw),
    }
    document = provenance(report, elasticities, customs, data_dir)
    contents: dict[Path, str | bytes] = {out_dir / file: npz_bytes(arrays) for file, arrays in files.items()}
    contents[out_dir / "provenance.yaml"] = _yaml(document)
    contents[out_dir / "moved_shares.csv"] = _csv(moved)
    write_together(contents)
    report["files"] = {
        path.name: {
            "bytes": len(content),
            "sha256": hashlib.sha256(content if isinstance(content, bytes) else content.encode()).hexdigest(),
        }
        for path, content in sorted(contents.items())
    }
    return report


def _world_arrays(
    economies: tuple[str, ...],
    flow: np.ndarray,
    duty: np.ndarray,
    duties: BaseDuties,
    basis: CustomsBasis,
    accounts: Accounts,
    elasticities: ElasticitySets,
) -> dict[str, np.ndarray]:
    """The arrays of world.npz; flows and duties in single precision, shares in double."""
    arrays = {
        "economies": np.array(economies, dtype="U3"),
        "sectors": np.array(labels.SECTORS, dtype="U8"),
        "flows": flow,
        "duty": duty,
        "duty_rule": duties.rule,
        "customs_ratio": basis.ratio.astype(np.float32),
        "value_added_share": accounts.value_added_share,
        "input_share": accounts.input_share,
        "final_share": accounts.final_share,
    }
    arrays |= {f"theta_{name}": values for name, values in elasticities.theta.items()}
    return arrays


def _us_lines(economies: tuple[str, ...], customs: UsCustoms) -> dict[str, np.ndarray]:
    """US imports by HS10, sparse by partner: positions and values of the lines that are not zero."""
    proxies = us_proxies(economies, customs)
    arrays: dict[str, np.ndarray] = {
        "codes": np.array(customs.codes, dtype="S10"),
        "sector": customs.sector,
        "proxy_for": np.array(list(proxies), dtype="U3"),
        "proxy_by": np.array(list(proxies.values()), dtype="U3"),
    }
    for label, value in customs.value.items():
        rows = np.flatnonzero(value > 0)
        arrays[f"row_{label}"] = rows.astype(np.uint16)
        arrays[f"value_{label}"] = value[rows].astype(np.float32)
    arrays["duty_CHN"] = customs.duty["CHN"][arrays["row_CHN"]].astype(np.float32)
    return arrays


def _china_lines(chinese: ChineseDuties, duties: BaseDuties) -> dict[str, np.ndarray]:
    """China's imports from the US by HS8 of 2017, and its rates."""
    rows = np.flatnonzero(chinese.value > 0)
    return {
        "codes": np.array(chinese.codes, dtype="S8"),
        "sector": chinese.sector,
        "row_USA": rows.astype(np.uint16),
        "value_USA": chinese.value[rows].astype(np.float32),
        "mfn_2018": np.round(chinese.mfn_2018, 6).astype(np.float32),
        "mfn_2019": np.round(chinese.mfn_2019, 6).astype(np.float32),
        "on_usa_2019": np.round(chinese.on_us_2019, 6).astype(np.float32),
        "scale_to_2025": np.array([duties.china_scale]),
    }


def _report(
    economies: tuple[str, ...],
    accounts: Accounts,
    duties: BaseDuties,
    basis: CustomsBasis,
    customs: UsCustoms,
    chinese: ChineseDuties,
    moved: list[dict[str, str | float]],
    gdp_change: np.ndarray,
    flows: np.ndarray,
) -> dict[str, Any]:
    """Numbers of the build that a person checks."""
    usa, china = economies.index("USA"), economies.index("CHN")
    worst = np.argsort(-np.abs(gdp_change))[:5]
    spending = accounts.spending.sum()
    moved_spending = sum(float(row["spending_musd"]) for row in moved)

    def weighted(n: int, i: int) -> float:
        return round(float(100 * np.average(duties.duty[n, i, :-1], weights=basis.flows[n, i, :-1])), 3)

    return {
        "balancing": {
            "sweeps": accounts.iterations,
            "residual": float(f"{accounts.residual:.2g}"),
            "negative_cells_before": accounts.negative_cells,
            "negative_share_of_spending_before_percent": round(100 * accounts.negative_share, 2),
            "shares_moved_over_50_percent": len(moved),
            "spending_on_them_percent": round(float(100 * moved_spending / spending), 2),
            "largest": moved[:10],
            "gdp_change_percent_worst": {economies[n]: float(f"{100 * gdp_change[n]:.2g}") for n in worst},
            "repaired_value_added_shares": [f"{label} {sector}" for label, sector in accounts.repaired],
        },
        "customs_basis": basis.report,
        "usa_from_chn_by_sector": sector_table(
            flows[usa, china],
            basis.flows[usa, china],
            basis.ratio[usa, china],
            customs.by_sector("CHN")[0],
        ),
        "duties": {
            "usa_on_chn_percent_of_flows": weighted(usa, china),
            "usa_on_chn_percent_of_customs_value_2024": round(
                float(100 * customs.duty["CHN"].sum() / customs.value["CHN"].sum()), 4
            ),
            "chn_on_usa_percent_of_flows": weighted(china, usa),
            "chn_on_usa_percent_of_flows_before_scale": round(100 * duties.china_average_flows, 3),
            "chn_on_usa_percent_of_imports_2017_before_scale": round(100 * duties.china_average_2017, 3),
            "chn_on_usa_scale": round(duties.china_scale, 6),
            "chn_lines_unmatched_musd": round(chinese.unmatched_value, 1),
            "cells_by_rule": {int(r): int((duties.rule == r).sum()) for r in np.unique(duties.rule)},
            "highest_goods_duty_percent": round(float(100 * duties.duty.max()), 2),
        },
        "hs_placement_share_of_us_import_value": {
            step: round(share, 6) for step, share in customs.placed_by_step().items()
        },
    }


def _yaml(document: dict[str, Any]) -> str:
    return yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=110)


def _csv(rows: list[dict[str, str | float]]) -> str:
    stream = io.StringIO()
    if rows:
        writer = csv.DictWriter(stream, fieldnames=list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return stream.getvalue()
