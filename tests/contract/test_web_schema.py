"""Whatever the API's own description allows is answered as it says: no crash, no other shape or status."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from tests.support.server import running
from tests.support.web import own_settings

schemathesis = pytest.importorskip("schemathesis")
from schemathesis.specs.openapi.checks import positive_data_acceptance  # noqa: E402

NOT_ASKED = ("/api/v1/published-estimates",)
"""No parameters, and a minute of work: its own test asks it."""
FEW = {
    "/api/v1/what-if/range": 2,
    "/api/v1/what-if/export.{kind}": 4,
    "/api/v1/inbox/readings": 3,
    "/api/v1/talks/turn": 3,
}
"""Paths where an example may take seconds -> how many are asked."""
PATIENCE_SECONDS = 90
"""A first range, of some twenty variants, may meet a machine at work on other tests."""
REAL = {
    "dispute": "mine",
    "on": "2021-06-01",
    "known_by": "2021-06-01",
    "since": "2020-06-01",
    "to": "2022-06-01",
    "party": "CHN",
    "hs": "220421",
    "importer": "CHN",
    "exporter": "AUS",
    "kind": "measure",
    "topic": "wine",
    "entry": "measure-china-barley-anti-dumping-australia",
    "s": ["start=today;c=import_duty:CHN:AUS:C10T12:5"],
}
"""What a description cannot say: names and days that a record has."""
READ = {
    "/healthz", "/api/v1/disputes", "/api/v1/jobs", "/api/v1/plays", "/api/v1/history", "/api/v1/what-if",
    "/api/v1/what-if/starts", "/api/v1/inbox/readings", "/api/v1/today", "/api/v1/status", "/api/v1/changed",
    "/api/v1/timeline", "/api/v1/claims", "/api/v1/commitments", "/api/v1/authorities", "/api/v1/rate",
    "/api/v1/entries", "/api/v1/entries/{entry}", "/api/v1/track-record", "/api/v1/deadlines",
    "/api/v1/deadlines.ics",
}  # fmt: skip
"""Paths that must answer any question whose names and days are real."""


@pytest.fixture(scope="module")
def description(tmp_path_factory):
    with running(own_settings(tmp_path_factory.mktemp("schema"), port=0, workers=0)) as address:
        yield schemathesis.openapi.from_url(f"{address}/openapi.json")


def asked(operation, examples, holds):
    """Call a check with examples of an operation."""
    chosen = settings(
        max_examples=examples, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
    )
    chosen(given(case=operation.as_strategy())(holds))()


@pytest.mark.slow
def test_the_api_keeps_to_its_description(description):
    checked = set()

    def keeps(case):
        case.call_and_validate(excluded_checks=[positive_data_acceptance], timeout=PATIENCE_SECONDS)

    for found in description.get_all_operations():
        operation = found.ok()
        if operation.path in NOT_ASKED:
            continue
        asked(operation, FEW.get(operation.path, 6), keeps)
        checked.add(operation.path)
    assert len(checked) > 35


@pytest.mark.slow
def test_any_question_about_what_is_there_is_answered(description):
    checked = set()

    def holds(case):
        for part in (case.query, case.path_parameters):
            for name in part or {}:
                if name in REAL and part[name] is not None:
                    part[name] = REAL[name]
        answer = case.call_and_validate(timeout=PATIENCE_SECONDS)
        assert answer.status_code == 200, (case.path, case.query, answer.text[:300])

    for found in description.get_all_operations():
        operation = found.ok()
        if operation.method.upper() == "GET" and operation.path in READ:
            asked(operation, 5, holds)
            checked.add(operation.path)
    assert checked == READ
