"""Intervals of the panel: every day of them is what the record says of that day."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from tests.support.dispute import TRUCE, duty, write_dispute

from detente.analysis.rates import rate_of
from detente.core.products import CodeIndex
from detente.record.asof import AsOf
from detente.record.files import load_record
from detente.record.panel import Duties
from detente.record.rates import finest_codes
from detente.schedules import schedule_of

EPOCH = date(1970, 1, 1)


def rows_of(duties, origin, first, last):
    found = duties.intervals(origin, first, last)
    return list(zip(found.line, found.first, found.end, found.stack, strict=True))


def test_intervals_cut_where_a_rate_changes_and_nowhere_else(tmp_path):
    entries = {
        "measure-reciprocal": TRUCE,
        "measure-steel": duty(
            "steel",
            """
  - {status: in_force, rate_percent: 25, announced: 2025-03-01, effective: 2025-03-12}
  - {status: in_force, rate_percent: 25, announced: 2025-06-01, effective: 2025-06-04}""",
            scope='{hs: ["7326"]}',
        ),
    }
    record = load_record(str(write_dispute(tmp_path / "d", entries)))
    duties = Duties(record, "USA", CodeIndex(("7326908688", "9503000073")))
    rows = rows_of(duties, "CHN", date(2025, 1, 1), date(2025, 12, 31))
    days = [
        [(EPOCH + timedelta(days=int(first))).isoformat() for line, first, _, _ in rows if line == wanted]
        for wanted in (0, 1)
    ]
    # The step of 4 June changes no rate, so it cuts nothing.
    assert days[0] == ["2025-01-01", "2025-03-12", "2025-04-10", "2025-05-14", "2025-08-12"]
    assert days[1] == ["2025-01-01", "2025-04-10", "2025-05-14", "2025-08-12"]
    last = [row for row in rows if row[0] == 0][-1]
    assert last[2] == -1
    # Past the expiry the truce's duty is unknown, the steel duty is not.
    assert dict(duties.stacks[int(last[3])]) == {"measure-reciprocal": None, "measure-steel": 25.0}
    assert np.isnan(duties.on("CHN", AsOf(date(2025, 9, 1)))[0][0])


@pytest.mark.parametrize("origin", ["CHN", "JPN", "DEU", "BRA"])
def test_the_panel_says_what_rate_says(origin):
    record = load_record("us-china")
    codes = tuple(schedule_of("USA").codes[40::700])
    duties = Duties(record, "USA", CodeIndex(codes))
    assert finest_codes(record, "USA")
    rows = rows_of(duties, origin, date(2018, 3, 1), date(2026, 12, 31))
    generator = np.random.default_rng(7)
    for line, first, end, key in (rows[n] for n in generator.choice(len(rows), 12, replace=False)):
        last = int(end) - 1 if end >= 0 else (date(2026, 12, 31) - EPOCH).days
        for day in {int(first), last}:
            asked = EPOCH + timedelta(days=day)
            answer = rate_of(record, "USA", origin, codes[line], AsOf(asked))
            paid = [row for row in answer["lines"] if row["authority"] != "MFN"]
            told = [part for part in duties.stacks[int(key)] if part[1] is not None]
            assert [row["entries"][0] for row in paid] == [measure for measure, _ in told]
            for row, (_, rate) in zip(paid, told, strict=True):
                assert row["rate_percent"] == pytest.approx(rate, abs=1e-4)
