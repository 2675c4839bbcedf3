"""Stacks of duties on random lines and days: sums, agreement with the policy, short codes as sets."""

from __future__ import annotations

from datetime import date
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.analysis.rates import rate_of
from detente.core.products import CodeIndex
from detente.record.asof import AsOf, Assume
from detente.record.compile import compile_policy
from detente.record.files import load_record
from detente.schedules import schedule_of

US_PARTNERS = ("CHN", "JPN", "DEU", "VNM", "HKG", "BRA")
FLOWS = st.sampled_from([("CHN", "USA"), *(("USA", partner) for partner in US_PARTNERS)])
DAYS = st.dates(date(2018, 2, 1), date(2027, 6, 30))
SAMPLES = settings(max_examples=60, deadline=None)


@cache
def record():
    return load_record("us-china")


def line_of(importer, position):
    codes = schedule_of(importer).codes
    return codes[int(position * (len(codes) - 1))]


POSITIONS = st.floats(0, 1)


@SAMPLES
@given(FLOWS, POSITIONS, DAYS, st.sampled_from(list(Assume)))
def test_a_stack_is_the_sum_of_its_lines_and_agrees_with_the_policy(flow, position, day, assume):
    importer, exporter = flow
    code = line_of(importer, position)
    asof = AsOf(day, assume=assume)
    answer = rate_of(record(), importer, exporter, code, asof)
    added = sum(line["rate_percent"] for line in answer["lines"] if line["authority"] != "MFN")
    assert all(line["rate_percent"] >= 0 for line in answer["lines"])
    if answer["total_percent"] is not None:
        whole = sum(line["rate_percent"] for line in answer["lines"])
        assert answer["total_percent"] == pytest.approx(whole, abs=1e-3)
    index = CodeIndex((code,))
    rows = compile_policy(record(), asof, flow).between(importer, exporter).rows
    assert added == pytest.approx(sum(row.value * index.mask(row.scope)[0] for row in rows), abs=1e-6)


@SAMPLES
@given(FLOWS, POSITIONS, DAYS, st.sampled_from([4, 6, 8]))
def test_a_short_code_is_the_set_of_the_stacks_of_its_lines(flow, position, day, digits):
    importer, exporter = flow
    asof = AsOf(day, assume=Assume.EXTENDED)
    short = line_of(importer, position)[:digits]
    answer = rate_of(record(), importer, exporter, short, asof)
    told = {}
    for stack in answer["stacks"]:
        for code in stack["codes"]:
            assert code not in told
            told[code] = [(line["authority"], line["rate_percent"]) for line in stack["lines"]]
    assert set(told) >= set(schedule_of(importer).under(short))
    for code in sorted(told)[:: max(1, len(told) // 4)]:
        alone = rate_of(record(), importer, exporter, code, asof)
        assert told[code] == [(line["authority"], line["rate_percent"]) for line in alone["lines"]]
    stacks = [tuple(map(tuple, lines)) for lines in told.values()]
    assert len(set(stacks)) <= len(answer["stacks"])
    assert (answer["total_percent"] is None) == (len(answer["stacks"]) > 1 or answer["state"] != "known")


@SAMPLES
@given(POSITIONS, DAYS)
def test_members_of_the_european_union_pay_the_same(position, day):
    code = line_of("USA", position)
    asof = AsOf(day, assume=Assume.EXTENDED)
    first, second = (rate_of(record(), "USA", member, code, asof)["lines"] for member in ("FRA", "POL"))
    assert first == second
