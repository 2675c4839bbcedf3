"""The shipped world: accounts, labels, duties, elasticities. No raw data needed."""

from __future__ import annotations

import numpy as np
import pytest

from detente.core.errors import InvalidWorld, MissingData, UnknownName
from detente.core.products import Scope
from detente.economy import worlds
from detente.economy.sources.base_duties import RULES
from detente.economy.sources.labels import EU_MEMBERS, SECTORS, SERVICES
from detente.economy.world import World
from detente.economy.world_check import accounts, check_world
from detente.policy import Instrument, Policy, PolicyRow, Weights


@pytest.fixture(scope="module")
def world() -> World:
    return worlds.load_world()


@pytest.fixture(scope="module")
def weights() -> Weights:
    return worlds.load_weights()


def test_every_check_passes(world: World, weights: Weights) -> None:
    report = check_world(world, weights)
    assert [check["name"] for check in report["checks"] if not check["ok"]] == []
    assert report["ok"]
    assert len(report["facts"]) >= 15


def test_accounts_hold_to_the_tenth_digit(world: World) -> None:
    book = accounts(world)
    use = np.einsum("nkj,nj->nk", world.input_share, book["output"])
    use += world.final_share * book["income"][:, None]
    assert np.abs(use / book["absorption"] - 1).max() < 1e-10
    assert np.abs(world.value_added_share + world.input_share.sum(axis=1) - 1).max() < 1e-12
    assert np.abs(world.final_share.sum(axis=1) - 1).max() < 1e-12
    assert abs(book["deficit"].sum()) < 1e-8 * np.abs(book["deficit"]).sum()


def test_labels(world: World, weights: Weights) -> None:
    assert len(world.economies) == len(set(world.economies)) == 77
    assert world.sectors == SECTORS
    assert len(set(world.sectors)) == 23
    assert world.services == (SERVICES,)
    assert {"USA", "CHN", "HKG", "TWN", "ROW", *EU_MEMBERS} <= set(world.economies)
    assert (weights.economies, weights.sectors) == (world.economies, world.sectors)
    assert set(worlds.sector_names()) == set(SECTORS)
    assert all(worlds.sector_names().values())


def test_duties_are_in_range_and_none_falls_on_services_or_at_home(world: World) -> None:
    assert world.duty.min() >= 0
    assert world.duty.max() <= 0.6
    assert not world.duty[:, :, world.sectors.index(SERVICES)].any()
    diagonal = np.arange(len(world.economies))
    assert not world.duty[diagonal, diagonal].any()
    assert np.isfinite(world.duty).all()


def test_the_european_union_is_one_customs_territory(world: World) -> None:
    members = [world.economies.index(label) for label in EU_MEMBERS]
    assert not world.duty[np.ix_(members, members)].any()
    usa, slovakia = world.economies.index("USA"), world.economies.index("SVK")
    rates = world.duty[usa][[n for n in members if n != slovakia]]
    assert np.ptp(rates, axis=0).max() == 0
    assert np.abs(world.duty[usa, slovakia] - rates[0]).max() > 0


def test_every_cell_names_the_rule_of_its_duty(world: World) -> None:
    with np.load(worlds.world_folder() / "world.npz") as archive:
        rule = archive["duty_rule"]
    assert set(np.unique(rule)) <= set(RULES)
    assert not world.duty[rule == 0].any()
    usa = world.economies.index("USA")
    assert not (rule[usa] == 1).any()
    assert set(world.provenance["duty_rules"]) == {str(key) for key in RULES}


def test_us_duties_on_china_are_what_was_collected(world: World) -> None:
    lines = worlds.load_us_lines_china().columns
    usa, china = world.economies.index("USA"), world.economies.index("CHN")
    for sector in ("C26", "C13T15", "C29"):
        inside = lines["sector"] == world.sectors.index(sector)
        collected = lines["duty_musd"][inside].sum() / lines["value_musd"][inside].sum()
        assert world.duty[usa, china, world.sectors.index(sector)] == pytest.approx(collected, abs=2e-6)
    assert lines["duty_musd"].sum() / lines["value_musd"].sum() == pytest.approx(0.1087, abs=5e-5)
    assert lines["value_musd"].sum() == pytest.approx(429_426, rel=1e-5)


def test_chinese_duties_on_the_us_average_piies_level(world: World, weights: Weights) -> None:
    usa, china = world.economies.index("USA"), world.economies.index("CHN")
    lines = weights.lines["CHN"]
    placed = lines.sector >= 0
    rate = np.where(placed, world.duty[china, usa][np.maximum(lines.sector, 0)], 0.0)
    assert 100 * np.average(rate, weights=lines.values("USA")) == pytest.approx(21.2, abs=0.001)
    scale = float(worlds.load_china_rates().about["scale_to_2025"])
    assert world.provenance["china_on_usa"]["scale_level_used"] == pytest.approx(scale, abs=1e-6)


def test_us_china_trade_stands_on_a_customs_basis(world: World) -> None:
    usa, china = world.economies.index("USA"), world.economies.index("CHN")
    assert world.customs_ratio is not None
    shown = (world.flows * world.customs_ratio)[:, :, :-1].sum(axis=2)
    assert shown[usa, china] == pytest.approx(536_754, rel=1e-6)
    assert shown[china, usa] == pytest.approx(153_800, rel=1e-6)
    elsewhere = np.ones_like(world.customs_ratio, dtype=bool)
    elsewhere[usa, china] = elsewhere[china, usa] = False
    assert (world.customs_ratio[elsewhere] == 1).all()


def test_elasticities(world: World) -> None:
    assert world.default_elasticities in world.elasticities
    eight = {"FGO", "CP", "BSY", "GYY", "Shap", "LL", "U4", "IS"}
    assert eight <= set(world.elasticities)
    services = world.sectors.index(SERVICES)
    for name, theta in world.elasticities.items():
        assert theta.shape == (23,)
        assert (theta > 0).all(), name
        assert theta[services] == 4
        stated = world.provenance["elasticities"]["sets"][name]
        assert stated["stated_as"]
        assert stated["conversion"]
    assert world.elasticities["CP"][world.sectors.index("C19")] == 64.85
    assert world.elasticities["CP_winsorised"].max() <= 20


def test_services_theta_can_be_varied() -> None:
    other = worlds.load_world(services_theta=8.0)
    assert all(theta[-1] == 8 for theta in other.elasticities.values())
    with pytest.raises(InvalidWorld):
        worlds.load_world(services_theta=0.0)


def test_households_have_sources(world: World) -> None:
    assert world.households["USA"] == 132_737_146
    assert set(world.households) <= set(world.economies)
    for label in world.households:
        assert world.provenance["households"][label]["source"]


def test_unknown_world() -> None:
    with pytest.raises(UnknownName, match="icio2022"):
        worlds.load_world("icio1066")
    with pytest.raises(UnknownName):
        worlds.load_weights("icio1066")


def test_files_are_small_and_hash_to_what_provenance_says(world: World) -> None:
    folder = worlds.world_folder()
    assert sum(path.stat().st_size for path in folder.iterdir()) < 5_000_000
    assert worlds.world_hash() == world.provenance["world_hash"]
    assert worlds.list_worlds() == ("icio2022",)


def test_arrays_cannot_be_written(world: World) -> None:
    with pytest.raises(ValueError, match="read-only"):
        world.flows[0, 0, 0] = 1.0


def test_weights_match_the_sectors(weights: Weights) -> None:
    for lines in weights.lines.values():
        assert list(lines.codes) == sorted(set(lines.codes))
        assert lines.sector.min() == -1
        assert set(np.unique(lines.sector)) - {-1} <= set(weights.goods)
        special = np.array([code[:2] in {"98", "99"} for code in lines.codes])
        assert (lines.sector[special] == -1).all()
    usa = weights.lines["USA"]
    assert len(usa.value_musd) == 39
    assert usa.values("CHN").sum() == pytest.approx(429_426, rel=1e-5)
    assert usa.values("CHN") is usa.values("CHN")
    assert "CHN" in usa.value_musd
    with pytest.raises(KeyError):
        usa.value_musd["XXX"]


def test_partners_without_a_file_have_a_proxy(weights: Weights) -> None:
    usa = weights.lines["USA"]
    covered = set(usa.value_musd) | set(usa.proxy)
    assert set(weights.economies) - {"USA"} <= covered
    assert usa.proxy["DEU"] == "EU"
    assert usa.proxy["KAZ"] == "ALL"
    assert "SVK" not in usa.proxy
    assert usa.values("DEU").sum() == usa.values("FRA").sum()
    with pytest.raises(MissingData):
        weights.lines["CHN"].values("DEU")


def test_a_duty_on_part_of_the_goods_is_weighted_by_lines(weights: Weights) -> None:
    phones = Policy(
        (PolicyRow(Instrument.IMPORT_DUTY, "USA", "USA", "CHN", Scope(include=frozenset({"8517"})), 25.0),)
    )
    change = phones.on(weights).duty_change
    usa, china = weights.economies.index("USA"), weights.economies.index("CHN")
    touched = np.flatnonzero(change[usa, china])
    assert [weights.sectors[j] for j in touched] == ["C26"]
    assert 0.05 < change[usa, china, touched[0]] < 0.25
    soy = Policy(
        (PolicyRow(Instrument.IMPORT_DUTY, "CHN", "CHN", "USA", Scope(include=frozenset({"1201"})), 10.0),)
    )
    change = soy.on(weights).duty_change[china, usa]
    assert [weights.sectors[j] for j in np.flatnonzero(change)] == ["A01_02"]
    assert change.max() > 0.05


def test_line_tables() -> None:
    mfn = worlds.load_mfn_usa()
    assert len(mfn.codes) == len(mfn.columns["rate"]) == 13_073
    assert np.isfinite(mfn.columns["rate"]).all()
    china = worlds.load_china_rates()
    soy = np.flatnonzero(np.char.startswith(china.codes, "12019010"))
    assert china.columns["mfn_2018"][soy] == pytest.approx(0.03)
    assert china.columns["on_usa_2019"][soy] == pytest.approx(0.28)
    assert (china.columns["on_usa_2019"] >= 0).all()
    for table in (mfn, china):
        assert set(table.columns) - {"sector"} <= set(table.about)


def test_loading_needs_no_table_library() -> None:
    import subprocess
    import sys

    code = (
        "import sys; from detente.economy import worlds; worlds.load_world(); worlds.load_weights();"
        "sys.exit(any(name in sys.modules for name in ('polars', 'pandas', 'openpyxl', 'scipy')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
