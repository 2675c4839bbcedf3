"""The economic track record: duties from the record, certified solutions, facts untouched, misses shown."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from detente.analysis import ex_post as module
from detente.analysis.ex_post import MEASURES, Shock, duties_of, ex_post, read_facts
from detente.analysis.ex_post_text import markdown, page
from detente.economy.solve import solve
from detente.economy.sources.arrays import icio2017
from detente.record.files import load_record

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def record():
    return load_record("us-china")


@pytest.fixture(scope="module")
def answer(record, data_dir):
    return ex_post(record, data_dir)


def test_every_fact_has_a_measure_a_source_and_a_reason():
    facts = read_facts()
    assert [fact["id"] for fact in facts] == list(MEASURES)
    for fact in facts:
        assert fact["source"]
        assert fact["why"]
        assert fact["url"].startswith("https://")


def test_every_variant_is_certified(answer):
    assert answer["not_solved"] == []
    assert len(answer["certificates"]) == 2 * len(answer["variants"])
    assert all(c["certified"] and max(c["residuals"].values()) < 1e-10 for c in answer["certificates"])


def test_duties_are_those_of_the_record_on_the_day(record, data_dir):
    world = icio2017(data_dir)
    us, cn = world.economies.index("USA"), world.economies.index("CHN")
    early, late = (duties_of(record, world, date(2018, m, 1))[0].duty_change for m in (3, 12))
    assert not early.any()
    assert (late[us, cn, :22] >= 0).all()
    assert late[us, cn, :22].max() < 0.3
    assert not late[:, :, 22:].any()
    others = np.delete(np.delete(late, [us, cn], axis=0), [us, cn], axis=1)
    assert not others.any()


def test_signs_that_every_model_of_this_kind_has(answer):
    rows = {row["id"]: row for row in answer["rows"]}
    assert rows["others_exports_to_us_percent"]["low"] > 0
    assert rows["us_exports_targeted_percent"]["high"] < 0
    assert 0.9 < rows["pass_through"]["low"] <= rows["pass_through"]["high"] < 1.1
    long, short = (rows["us_exports_targeted_percent"]["variants"][v] for v in ("central", "after one year"))
    assert long < -26.3 < short


def test_the_line_formula_is_the_sector_formula_where_every_line_bears_the_same(record, data_dir):
    """With one duty on all lines of a sector, exports by line add up to the model's own sector flows."""
    world = icio2017(data_dir)
    policy, _ = duties_of(record, world, date(2019, 12, 31))
    us, cn = world.economies.index("USA"), world.economies.index("CHN")
    flat = np.zeros_like(policy.duty_change)
    flat[cn, us, :22] = 0.1
    outcome = solve(
        "input-output", world, type(policy)(world.economies, world.sectors, flat, np.zeros_like(flat))
    )
    before = outcome.before
    lines = (np.full(22, 10.0), before.flows[cn, us, :22], np.arange(22))
    theta = world.elasticities["file"]
    shock = Shock(outcome.world, theta, before, outcome.after, lines, {})
    model = outcome.after.flows[cn, us, :22].sum() / before.flows[cn, us, :22].sum()
    assert MEASURES["us_exports_targeted_percent"](shock) == pytest.approx(100 * (model - 1), abs=0.05)


def test_a_world_that_does_not_solve_leaves_no_number(record, data_dir, monkeypatch):
    class Failed:
        message = "stopped"

    monkeypatch.setattr(module, "NotSolved", Failed)
    monkeypatch.setattr(module, "solve", lambda **_: Failed())
    monkeypatch.setattr(module, "through_time", lambda *_, **__: ())
    found = ex_post(record, data_dir)
    assert all(row["ours"] is None and row["verdict"] == "not solved" for row in found["rows"])
    assert "not solved" in markdown(found)


@pytest.mark.slow
def test_the_page_is_what_the_command_says(data_dir):
    made = "python -m detente.analysis.ex_post_text docs/ex-post.md DATA"
    assert (ROOT / "docs" / "ex-post.md").read_text(encoding="utf-8") == page(data_dir), f"run {made}"
