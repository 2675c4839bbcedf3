"""Durability of a package from the economy: breaches are policies of their own, found again by hand."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from detente.analysis.bargains import Question, bargained
from detente.analysis.durability import durability_of
from detente.record.asof import AsOf
from detente.record.files import load_record
from detente.strategy.payoffs import policy_after

AGENDA = """
issues:
  - id: us-duty
    title: US duty over fentanyl
    options:
      - id: none
        title: ended
        steps:
          - {by: USA, does: ends it, measure: measure-us-ieepa-fentanyl-duty-china, end: true, within_days: 9}
  - id: law
    title: a law
    options:
      - id: passed
        title: passed
        steps: [{by: CHN, does: passes it, within_days: 90}]
        worth:
          USA: {low: 0.1, central: 0.2, high: 0.3, unit: percent, because: a test, assumed: true}
          CHN: {low: -0.1, central: -0.002, high: 0, unit: percent, because: a test, assumed: true}
"""


def test_what_a_breach_brings_and_the_patience_it_asks_for(tmp_path: Path) -> None:
    path = tmp_path / "agenda.yaml"
    path.write_text(AGENDA, encoding="utf-8")
    record = load_record("us-china")
    sheet = bargained(record, AsOf(date(2025, 6, 5)), Question(agenda=str(path), rule="nash"))
    package = sheet.bargain.package
    assert package is not None
    assert sheet.agenda.chosen(package) == {"us-duty": "none", "law": "passed"}
    found = durability_of(sheet, package)
    china = found["deal"]["sides"]["CHN"]
    # China alone gains by not passing its law, exactly what the law costs it.
    assert china["temptation_percent"] == pytest.approx(0.002, abs=1e-9)
    assert "a law" in china["breach"]
    # The US would put its duty back: found again as a policy of nothing but what China does.
    america = found["deal"]["sides"]["USA"]
    again = sheet.payoffs.of_policy(
        policy_after(record, sheet.agenda.asof, [], sheet.payoffs.prepared.world.economies)
    )
    assert america["breach_percent"] == pytest.approx(float(again[0]) + 0.2, abs=1e-9)
    # Longer unseen, more patience; and a truce in force that lapses is reported beside the deal.
    factors = [row["grim"]["factor_per_quarter"] for row in china["by_lag"]]
    assert factors == sorted(factors)
    assert factors[-1] > 0
    assert found["truce"]["punishment"] == "lapse"


def test_a_time_limit_leaves_what_was_valued_by_then_uncertified() -> None:
    record, asof = load_record("us-china"), AsOf(date(2025, 5, 10))
    sheet = bargained(record, asof, Question(time_limit_seconds=1e-9))
    assert not sheet.in_time
    assert len(sheet.table.values) < len(sheet.agenda.allowed)
