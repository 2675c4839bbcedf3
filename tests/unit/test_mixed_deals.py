"""Free duties beside options: as good as any grid of rates, and certified by solved points."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from detente.analysis.bargains import Question, bargained
from detente.core.errors import InvalidAgenda
from detente.record.asof import AsOf
from detente.record.files import load_record
from detente.strategy.mixed_deals import mixed_deal

OPTION = """      - id: r{rate}
        title: cut to {rate}
        steps:
          - {{by: USA, does: cuts it, measure: DUTY, cut_to: {rate}, within_days: 9}}
"""

AGENDA = f"""
issues:
  - id: us-duty
    title: US duty over fentanyl
    options:
{"".join(OPTION.format(rate=rate) for rate in (16, 12, 8, 4, 0))}  - id: law
    title: a law
    options:
      - id: passed
        title: passed
        steps: [{{by: CHN, does: passes it, within_days: 90}}]
        worth:
          USA: {{low: 0.01, central: 0.02, high: 0.03, unit: percent, because: a test, assumed: true}}
          CHN: {{low: -0.03, central: -0.01, high: 0, unit: percent, because: a test, assumed: true}}
""".replace("DUTY", "measure-us-ieepa-fentanyl-duty-china")


@pytest.fixture(scope="module")
def agenda(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("mixed") / "agenda.yaml"
    path.write_text(AGENDA, encoding="utf-8")
    return str(path)


@pytest.mark.parametrize("rule", ["egalitarian", "nash", "kalai-smorodinsky"])
def test_a_free_rate_does_at_least_as_well_as_a_grid_of_them(agenda: str, rule: str) -> None:
    record = load_record("us-china")
    sheet = bargained(record, AsOf(date(2025, 6, 5)), Question(agenda=agenda, rule=rule))
    outside = sheet.outside["status-quo"]
    found = mixed_deal(sheet.payoffs, sheet.table, ["us-duty"], rule, outside)
    assert found is not None
    assert found.certified
    assert found.interpolation_error_percent < 1e-4
    mine, finite = np.array(list(found.gains.values())), np.array(list(sheet.bargain.gains.values()))
    if rule == "nash":
        assert mine.prod() >= finite.prod() - 1e-9
    elif rule == "egalitarian":
        assert mine.min() >= finite.min() - 1e-7
    # No point of the grid is better for both.
    assert not ((sheet.table.values - outside > mine + 1e-4).all(axis=1)).any()
    assert 0 <= found.rates_percent["us-duty"] <= 20


def test_only_an_issue_of_one_duty_has_a_free_rate(agenda: str) -> None:
    record = load_record("us-china")
    sheet = bargained(record, AsOf(date(2025, 6, 5)), Question(agenda=agenda))
    outside = sheet.outside["status-quo"]
    for names in (["law"], ["visas"], [], ["us-duty", "us-duty"]):
        with pytest.raises(InvalidAgenda):
            mixed_deal(sheet.payoffs, sheet.table, names, "egalitarian", outside)
