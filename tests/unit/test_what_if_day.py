"""What if from a day on record: against the day, against the base day, and over the variants."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from detente.analysis.baseline import weights_for
from detente.analysis.what_if_day import Question, range_on_day, starts, what_if_on_day
from detente.core.errors import InvalidOption, UnknownState
from detente.core.products import Scope
from detente.economy.solve import solve
from detente.economy.worlds import load_world
from detente.policy import Instrument, Policy, PolicyRow
from detente.record.asof import AsOf, Assume
from detente.record.change import change_from_base
from detente.record.files import load_record

DAY = AsOf(date(2025, 6, 5))
TEN = {"instrument": "import_duty", "importer": "USA", "exporter": "CHN", "scope": "C26", "value": 10.0}


@pytest.fixture(scope="module")
def record():
    return load_record("us-china")


def test_equals_compile_and_solve_by_hand(record):
    world = load_world("icio2022")
    table = change_from_base(record, DAY, world.economies)
    added = PolicyRow(
        Instrument.IMPORT_DUTY, "USA", "USA", "CHN", Scope.everything(), 10.0, sector_share={"C26": 1.0}
    )
    policy = (table + Policy((added,))).on(weights_for(record))
    by_hand = solve("input-output", world, policy)
    day = solve("input-output", world, table.on(weights_for(record)))
    data = what_if_on_day(Question(record, DAY), [TEN])["data"]
    ours = [data["economies"][label]["real_income_percent"] for label in world.economies]
    np.testing.assert_allclose(ours, by_hand.values("real_income_percent"), rtol=0, atol=1e-9)
    against = 100 * (
        (1 + by_hand.values("real_income_percent") / 100) / (1 + day.values("real_income_percent") / 100) - 1
    )
    ours = [data["against_day"]["economies"][label]["real_income_percent"] for label in world.economies]
    np.testing.assert_allclose(ours, against, rtol=0, atol=1e-9)


def test_nothing_changed_is_no_change_against_the_day(record):
    data = what_if_on_day(Question(record, DAY))["data"]
    values = [
        value
        for economy in data["against_day"]["economies"].values()
        for value in economy.values()
        if isinstance(value, float)
    ]
    assert values
    assert max(abs(v) for v in values) == 0.0
    assert data["flows"] == []
    for direction in data["duties"].values():
        assert direction["day_percent"] == direction["changed_percent"]


def test_the_base_day_is_where_everything_is_zero():
    data = what_if_on_day(Question())["data"]
    assert max(abs(e["real_income_percent"]) for e in data["economies"].values()) < 1e-9


def test_halving_what_was_added_is_half_of_the_duty(record):
    world = load_world("icio2022")
    half = [
        {"instrument": "exemption_share", "importer": a, "exporter": b, "value": 0.5}
        for a, b in (("USA", "CHN"), ("CHN", "USA"))
    ]
    data = what_if_on_day(Question(record, DAY), half)["data"]
    base = 100 * world.duty[world.economies.index("USA"), world.economies.index("CHN")]
    for sector, rates in data["duties"]["USA_on_CHN"]["sectors"].items():
        middle = (base[world.sectors.index(sector)] + rates["day_percent"]) / 2
        assert rates["changed_percent"] == pytest.approx(middle, abs=1e-9)


def test_starts_are_those_of_the_day(record):
    assert [s.key for s in starts(Question(record, DAY))][:3] == ["today", "lapse", "base"]
    lapse = what_if_on_day(Question(record, DAY, start="lapse"))["data"]
    assert lapse["duties"]["USA_on_CHN"]["changed_percent"] > lapse["duties"]["USA_on_CHN"]["day_percent"]
    with pytest.raises(InvalidOption):
        what_if_on_day(Question(record, DAY, start="peace"))


def test_past_an_expiry_a_branch_is_asked_for(record):
    late = date(2026, 11, 22)
    with pytest.raises(UnknownState):
        what_if_on_day(Question(record, AsOf(late)))
    assert what_if_on_day(Question(record, AsOf(late, assume=Assume.LAPSED)))["data"]["economies"]


def test_the_range_holds_the_central_number_and_names_models_that_fit(record):
    question = Question(record, DAY)
    central = what_if_on_day(question, [TEN])["data"]["against_day"]["economies"]
    spread = range_on_day(question, [TEN])["data"]
    for label, found in spread["economies"].items():
        reach = found["real_income_against_day_percent"]
        assert reach["low"] <= reach["central"] <= reach["high"]
        assert reach["central"] == pytest.approx(central[label]["real_income_percent"], abs=1e-12)
    assert {v["model"] for v in spread["variants"]} == {
        "input-output",
        "specific-factors",
        "armington",
        "krugman",
    }
    limit = {
        "instrument": "quantity_limit", "importer": "USA", "exporter": "CHN", "scope": "C26", "value": 0.1
    }  # fmt: skip
    models = {v["model"] for v in range_on_day(question, [limit])["data"]["variants"]}
    assert models == {"input-output", "specific-factors"}
