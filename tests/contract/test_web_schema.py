"""Whatever the API's own description allows is answered as it says: no crash, no other shape or status."""

from __future__ import annotations

import re

import pytest
from hypothesis import HealthCheck, given, settings
from tests.support.server import running
from tests.support.web import own_settings

schemathesis = pytest.importorskip("schemathesis")
from schemathesis.specs.openapi.checks import positive_data_acceptance  # noqa: E402

# A description cannot say which names and days a record has, so data that it allows may be refused with 422.

SLOW = ("range", "published-estimates", "export", "portfolio", "readings$")
"""Paths of seconds a call; other tests ask them."""


@pytest.fixture(scope="module")
def description(tmp_path_factory):
    with running(own_settings(tmp_path_factory.mktemp("schema"), port=0, workers=0)) as address:
        yield schemathesis.openapi.from_url(f"{address}/openapi.json")


@pytest.mark.slow
def test_the_api_keeps_to_its_description(description):
    checked = 0
    for found in description.get_all_operations():
        operation = found.ok()
        if re.search("|".join(SLOW), operation.path):
            continue

        @settings(max_examples=8, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
        @given(case=operation.as_strategy())
        def holds(case):
            case.call_and_validate(excluded_checks=[positive_data_acceptance])

        holds()
        checked += 1
    assert checked > 20
