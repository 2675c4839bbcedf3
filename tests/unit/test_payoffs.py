"""What packages are worth: policies as the law would stack them, each distinct one solved once."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from detente.analysis.baseline import weights_for
from detente.economy.prepare import Prepared, prepare
from detente.economy.worlds import load_world
from detente.record.asof import AsOf
from detente.record.change import change_from_base
from detente.record.files import load_record
from detente.strategy.aims import real_income
from detente.strategy.kept import Kept
from detente.strategy.on_the_table import agenda_of
from detente.strategy.payoffs import Payoffs, changed_record, policy_of

AGENDA = """
issues:
  - id: us-duty
    title: US reciprocal duty
    options:
      - id: ten
        title: cut to 10
        steps:
          - {by: USA, does: cuts it, measure: DUTY, cut_to: 10, within_days: 4}
  - id: china-duty
    title: Chinese duty on all goods
    options:
      - id: ten
        title: cut to 10
        steps:
          - {by: CHN, does: cuts it, measure: measure-china-duty-all-us-goods, cut_to: 10, within_days: 2}
  - id: students
    title: visas
    options:
      - id: open
        title: given
        steps: [{by: USA, does: gives visas, within_days: 30}]
        worth:
          USA: {low: 1, central: 2, high: 4, unit: usd_billion, because: a test, assumed: true}
          CHN: {low: 0.01, central: 0.02, high: 0.03, unit: percent, because: a test, assumed: true}
""".replace("DUTY", "measure-us-ieepa-reciprocal-duty-china")


@pytest.fixture(scope="module")
def payoffs(tmp_path_factory: pytest.TempPathFactory) -> Payoffs:
    record = load_record("us-china")
    path = tmp_path_factory.mktemp("agenda") / "agenda.yaml"
    path.write_text(AGENDA, encoding="utf-8")
    agenda = agenda_of(record, AsOf(date(2025, 5, 10)), str(path))
    prepared = prepare("input-output", load_world("icio2022"))
    assert isinstance(prepared, Prepared)
    aims = [real_income(side) for side in agenda.sides]
    return Payoffs(record, agenda, prepared, aims, weights_for(record), kept=Kept(on_disk=False))


def test_geneva_as_a_package_is_the_law_that_followed(payoffs: Payoffs) -> None:
    record, agenda = payoffs.record, payoffs.agenda
    economies, weights = payoffs.prepared.world.economies, payoffs.weights
    geneva = agenda.package({"us-duty": "ten", "china-duty": "ten"})
    offered = policy_of(record, agenda, geneva, economies).on(weights).duty_change
    followed = change_from_base(record, AsOf(date(2025, 5, 14)), economies).on(weights).duty_change
    np.testing.assert_allclose(offered, followed, atol=1e-12)
    quo = policy_of(record, agenda, agenda.status_quo, economies).on(weights).duty_change
    assert np.abs(offered - quo).max() > 1
    # The record itself is untouched.
    assert changed_record(record, agenda.asof, []).entries == record.entries


def test_each_distinct_policy_is_solved_once_and_worths_add(payoffs: Payoffs) -> None:
    agenda = payoffs.agenda
    values = payoffs.of_all(agenda.allowed)
    assert values.shape == (8, 2)
    assert payoffs.about()["distinct_policies"] == 4
    assert payoffs.solved == 4
    both = payoffs.worth(agenda.package({"us-duty": "ten", "china-duty": "ten", "students": "open"}))
    row = next(n for n, r in enumerate(agenda.allowed) if r.tolist() == [1, 1, 1])
    assert both["CHN"].central == pytest.approx(values[row, 1], abs=1e-12)
    assert both["CHN"].high - both["CHN"].low == pytest.approx(0.02)
    income = payoffs.prepared.baseline.household_income[payoffs.prepared.world.economies.index("USA")]
    assert both["USA"].high - both["USA"].low == pytest.approx(100 * 3000 / income)
    gains = payoffs.gains(agenda.status_quo)
    assert gains["USA"].central == 0
    assert gains["CHN"].central == 0


def test_the_cache_serves_the_same_numbers_and_survives_a_broken_file(
    payoffs: Payoffs, tmp_path: Path
) -> None:
    numbers = payoffs.agenda.allowed
    first = Payoffs(payoffs.record, payoffs.agenda, payoffs.prepared, payoffs.aims, payoffs.weights,
                    kept=Kept(tmp_path))  # fmt: skip
    values = first.of_all(numbers)
    again = Payoffs(payoffs.record, payoffs.agenda, payoffs.prepared, payoffs.aims, payoffs.weights,
                    kept=Kept(tmp_path))  # fmt: skip
    assert np.array_equal(values, again.of_all(numbers))
    assert again.solved == 0
    (tmp_path / "payoffs.sqlite").write_bytes(b"not a database, " * 100)
    broken = Payoffs(payoffs.record, payoffs.agenda, payoffs.prepared, payoffs.aims, payoffs.weights,
                     kept=Kept(tmp_path))  # fmt: skip
    np.testing.assert_allclose(broken.of_all(numbers), values, atol=1e-9)


def test_policies_put_together_by_side_are_those_compiled_whole() -> None:
    record = load_record("us-china")
    agenda = agenda_of(record, AsOf(date(2025, 10, 29)))
    prepared = prepare("input-output", load_world("icio2022"))
    assert isinstance(prepared, Prepared)
    aims = [real_income(side) for side in agenda.sides]
    own = Payoffs(record, agenda, prepared, aims, weights_for(record), kept=Kept(on_disk=False))
    draw = np.random.default_rng(3)
    for row in agenda.allowed[draw.choice(len(agenda.allowed), 12, replace=False)]:
        package = agenda.at(row)
        whole = policy_of(record, agenda, package, prepared.world.economies).on(own.weights)
        parts = own.policy(package)
        for name in ("duty_change", "non_tariff_cost", "export_tax", "production_subsidy"):
            np.testing.assert_allclose(getattr(parts, name), getattr(whole, name), atol=1e-13)
        assert parts.quantities == whole.quantities
