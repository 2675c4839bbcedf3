"""Steps of the build on small examples: label maps, archives, balancing, margins, goods."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.core.errors import InvalidWorld, LabelMismatch, MissingData, UnknownName
from detente.economy.sources import labels
from detente.economy.sources.accounts import balanced_accounts, repair_value_added
from detente.economy.sources.archive import hash_arrays, npz_bytes
from detente.economy.sources.biproportional import balance
from detente.economy.sources.customs_basis import PUBLISHED_2022, to_customs_basis
from detente.economy.sources.goods import Concordance, sector_of_naics
from detente.economy.worlds import build_world

J = len(labels.SECTORS)


def test_a_label_without_a_place_is_an_error() -> None:
    with pytest.raises(LabelMismatch, match="C99"):
        labels.membership(["A", "C99"], ["X"], {"A": "X"}, what="sectors")
    with pytest.raises(LabelMismatch, match="Y"):
        labels.membership(["A"], ["X", "Y"], {"A": "X"}, what="sectors")


def test_label_maps_cover_every_sector() -> None:
    for mapping in (labels.FLOW_SECTORS, labels.SHARE_SECTORS):
        assert set(mapping.values()) == set(labels.SECTORS)
    assert len(labels.FLOW_SECTORS) == 28
    assert len(labels.SHARE_SECTORS) == 45
    assert set(labels.NAICS_SECTORS.values()) <= set(labels.SECTORS)
    assert len(labels.EU_MEMBERS) == 27


@pytest.mark.parametrize(
    ("naics", "sector"),
    [
        ("325412", "C21"),
        ("325180", "C20"),
        ("334413", "C26"),
        ("333314", "C26"),
        ("333611", "C28"),
        ("336111", "C29"),
        ("336411", "C30"),
        ("339112", "C31T33"),
        ("112511", "A03"),
        ("31131X", "C10T12"),
        ("212221", "B07_08"),
    ],
)
def test_naics_to_sector(naics: str, sector: str) -> None:
    assert labels.SECTORS[sector_of_naics(naics)] == sector


@pytest.mark.parametrize("naics", ["980000", "990000", "910000", "930000"])
def test_special_provisions_have_no_sector(naics: str) -> None:
    assert sector_of_naics(naics) == -1


def test_new_codes_take_the_majority_of_their_neighbours() -> None:
    table = Concordance({"8517130000": 16}, {"85171300": 16, "851713": 16}, {"280110": 10}, {"2801": 10})
    sector, steps = table.us(
        ["8517130000", "8517130001", "8517139999", "2801100000", "2801990000", "9801001000"]
    )
    assert sector.tolist() == [16, 16, 16, 10, 10, -1]
    assert steps[0] == "NAICS"
    assert steps[1] == "majority of HS8"
    assert steps[-1] == "chapters 98-99"
    assert table.by_gtap(["28011000", "98010010", "99999999"]).tolist() == [10, -1, -1]


def test_archives_are_the_same_bytes_every_time() -> None:
    arrays = {"b": np.arange(4), "a": np.array(["x", "y"])}
    assert npz_bytes(arrays) == npz_bytes(dict(reversed(arrays.items())))
    assert hash_arrays({"f": arrays}) != hash_arrays({"f": {**arrays, "b": np.arange(4) + 1}})


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=25, deadline=None)
def test_balancing_reaches_the_margins_and_keeps_zeros(seed: int) -> None:
    random = np.random.default_rng(seed)
    start = random.random((3, 5, 6)) + 0.01
    start[:, 0, 0] = 0.0
    truth = start * random.random((3, 5, 1)) * random.random((3, 1, 6))
    result = balance(start, truth.sum(axis=2), truth.sum(axis=1))
    assert np.abs(result.table.sum(axis=2) / truth.sum(axis=2) - 1).max() < 1e-12
    assert np.abs(result.table.sum(axis=1) / truth.sum(axis=1) - 1).max() < 1e-9
    assert not result.table[:, 0, 0].any()
    assert result.table == pytest.approx(truth, rel=1e-7)


def test_balancing_refuses_what_cannot_be() -> None:
    with pytest.raises(InvalidWorld, match="two different totals"):
        balance(np.ones((1, 2, 2)), np.array([[1.0, 1.0]]), np.array([[1.0, 2.0]]))
    with pytest.raises(InvalidWorld, match="negative"):
        balance(np.ones((1, 2, 2)), np.array([[1.0, -1.0]]), np.array([[0.0, 0.0]]))
    with pytest.raises(InvalidWorld, match="zeros"):
        balance(np.eye(2)[None], np.array([[1.0, 2.0]]), np.array([[2.0, 1.0]]), most=50)


def _economy(seed: int = 0, n: int = 3) -> tuple[np.ndarray, ...]:
    random = np.random.default_rng(seed)
    flows = random.random((n, n, J)) * 10
    flows[np.arange(n), np.arange(n)] += 200
    value_added = random.uniform(0.3, 0.6, (n, J))
    inputs = random.random((n, J, J))
    inputs *= ((1 - value_added) / inputs.sum(axis=1))[:, None, :]
    final = random.dirichlet(np.ones(J), n)
    return flows, value_added, inputs, final


def test_balanced_accounts_hold_output_and_value_added() -> None:
    flows, value_added, inputs, final = _economy()
    duty = np.full(flows.shape, 0.1)
    duty[np.arange(3), np.arange(3)] = 0
    result = balanced_accounts(("A", "B", "C"), labels.SECTORS, flows, duty, value_added, inputs, final)
    assert result.value_added_share == pytest.approx(value_added)
    output = flows.sum(axis=0)
    income = (value_added * output + (flows * duty).sum(axis=1)).sum(axis=1)
    income += flows.sum(axis=(1, 2)) - output.sum(axis=1)
    use = np.einsum("nkj,nj->nk", result.input_share, output) + result.final_share * income[:, None]
    assert use == pytest.approx((flows * (1 + duty)).sum(axis=1), rel=1e-11)


def test_empty_value_added_is_repaired_and_the_total_stays() -> None:
    flows, value_added, inputs, _ = _economy()
    value_added[1, 4] = 0.0
    inputs[1, :, 4] /= inputs[1, :, 4].sum()
    output = flows.sum(axis=0)
    output[2, 5] = 0.0
    fixed, fixed_inputs, repaired = repair_value_added(
        ("A", "B", "C"), labels.SECTORS, value_added, inputs, output
    )
    assert repaired == [("B", labels.SECTORS[4])]
    assert fixed[1, 4] > 0
    assert (fixed * output).sum(axis=1) == pytest.approx((value_added * output).sum(axis=1))
    assert fixed + fixed_inputs.sum(axis=1) == pytest.approx(np.ones((3, J)))


def test_margins_move_without_changing_totals_or_value_added() -> None:
    flows, value_added, inputs, _ = _economy(1, 2)
    flows *= 1e4
    for importer, exporter in ((0, 1), (1, 0)):
        published = PUBLISHED_2022[(("USA", "CHN")[importer], ("USA", "CHN")[exporter])]
        flows[importer, exporter] *= 0.9 * published.goods / flows[importer, exporter, :-1].sum()
        flows[importer, exporter, -1] = published.services + 0.5 * published.goods
    moved = to_customs_basis(("USA", "CHN"), flows, value_added, inputs, {})
    assert moved.flows[0, 1].sum() == pytest.approx(flows[0, 1].sum())
    assert moved.flows[0, 1, :-1].sum() == pytest.approx(PUBLISHED_2022[("USA", "CHN")].goods)
    assert moved.ratio == pytest.approx(np.ones_like(flows))
    before, after = flows.sum(axis=0), moved.flows.sum(axis=0)
    assert (moved.value_added_share * after) == pytest.approx(value_added * before)
    assert after[:, -1] == pytest.approx(before[:, -1])
    assert moved.value_added_share + moved.input_share.sum(axis=1) == pytest.approx(np.ones((2, J)))
    customs = np.arange(J, dtype=float)
    customs[-1] = 0.0
    shown = to_customs_basis(("USA", "CHN"), flows, value_added, inputs, {("USA", "CHN"): customs})
    goods = shown.flows[0, 1, :-1] * shown.ratio[0, 1, :-1]
    assert goods.sum() == pytest.approx(PUBLISHED_2022[("USA", "CHN")].goods)
    assert goods[1:] / goods[1] == pytest.approx(customs[1:-1])
    assert shown.ratio[0, 1, 0] == 1


def test_build_names_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(UnknownName, match="icio2022"):
        build_world("nowhere", tmp_path, tmp_path)
    with pytest.raises(MissingData, match="concordance"):
        build_world("icio2022", tmp_path, tmp_path)
