"""The world against its raw data and against published figures."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from detente.economy import worlds
from detente.economy.sources.customs_us import read_us_customs
from detente.economy.sources.goods import read_concordance
from detente.economy.sources.icio import read_flows, read_shares
from detente.economy.world_check import check_world

FILES = ("world.npz", "hs_usa.npz", "hs_china.npz", "mfn_usa.npz", "provenance.yaml", "moved_shares.csv")


@pytest.mark.data
@pytest.mark.slow
def test_a_rebuild_gives_the_shipped_bytes(data_dir: Path, tmp_path: Path) -> None:
    report = worlds.build_world("icio2022", data_dir, tmp_path)
    for name in FILES:
        assert (tmp_path / name).read_bytes() == (worlds.world_folder() / name).read_bytes(), name
    assert report["world_hash"] == worlds.world_hash()
    assert report["balancing"]["residual"] < 1e-12
    assert all(abs(change) < 0.5 for change in report["balancing"]["gdp_change_percent_worst"].values())


@pytest.mark.data
def test_us_customs_records_are_carried_over(data_dir: Path) -> None:
    customs = read_us_customs(data_dir, read_concordance(data_dir))
    china = customs.duty["CHN"].sum() / customs.value["CHN"].sum()
    assert 100 * china == pytest.approx(10.8660, abs=1e-4)
    lines = worlds.load_weights().lines["USA"]
    assert lines.codes == customs.codes
    for partner in ("CHN", "EU", "MEX", "SVK", "ROW", "ALL"):
        assert lines.values(partner) == pytest.approx(customs.value[partner], rel=1e-6)
    placed = customs.placed_by_step()
    assert placed["NAICS"] + placed["majority of HS8"] > 0.95
    assert placed.get("no mapping", 0.0) < 0.001


@pytest.mark.data
def test_only_the_us_china_pair_left_basic_prices(data_dir: Path) -> None:
    world = worlds.load_world()
    raw = read_flows(data_dir, read_shares(data_dir).economies)
    assert raw.economies == world.economies
    usa, china = world.economies.index("USA"), world.economies.index("CHN")
    changed = np.abs(world.flows / np.where(raw.value > 0, raw.value, 1.0) - 1) > 1e-6
    changed &= raw.value > 0
    changed[usa, china] = changed[china, usa] = False
    services = world.sectors.index("SERV")
    changed[usa, usa, services] = changed[china, china, services] = False
    assert not changed.any()
    assert world.flows[usa, china].sum() == pytest.approx(raw.value[usa, china].sum(), rel=1e-6)
    deficit = raw.value.sum(axis=(1, 2)) - raw.value.sum(axis=(0, 2))
    assert world.flows.sum(axis=(1, 2)) - world.flows.sum(axis=(0, 2)) == pytest.approx(
        deficit, rel=1e-4, abs=1.0
    )


def test_published_figures() -> None:
    report = check_world(worlds.load_world(), worlds.load_weights())
    gaps = {row["fact"]: row["difference_percent"] for row in report["facts"]}
    assert all("accessed 2026-11-22" in row["source"] for row in report["facts"])
    for name, gap in gaps.items():
        if name.startswith("GDP of"):
            assert abs(gap) < 7, name
    assert abs(gaps["US goods imports from China 2022, customs basis"]) < 0.1
    assert abs(gaps["US goods exports to China 2022, customs basis"]) < 0.1
    assert abs(gaps["US duty collected on China 2024 over customs value"]) < 0.1
    assert abs(gaps["Customs revenue of the United States"]) < 20


def test_imports_less_exports_is_the_deficit() -> None:
    """Under balanced trade every economy's totals balance, before and after, whatever basis goods are on."""
    from detente.analysis.what_if import what_if

    rows = what_if({"duty": ("USA:CHN=30",)}, closure="balanced", show="all")["data"]["economies"]
    for when in ("", "_before"):
        gaps = [r[f"imports{when}_usd_million"] - r[f"exports{when}_usd_million"] for r in rows.values()]
        assert max(map(abs, gaps)) < 1e-2
