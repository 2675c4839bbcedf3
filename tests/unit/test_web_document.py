"""What was changed, as people say it in a note."""

from __future__ import annotations

import pytest

from detente.web.export.document import in_words

SECTORS = {"C26": "Electronics", "C29": "Motor vehicles"}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("import_duty", "USA", "CHN", "C26", 10, "points"), "Electronics: import duty +10 points"),
        (("import_duty", "EUN", "CHN", "all", -2.5, None), "European Union from China, all goods"),
        (("quantity_limit", "USA", "CHN", "C29", 0.5, "share"), "at most 50 percent of today's flow"),
        (("quantity_floor", "CHN", "USA", "all", 200_000, "usd_million"), "at least $ 200.0 bn a year"),
        (("exemption_share", "USA", ["CHN", "OTHERS"], ["C26", "C29"], 0.25, "share"), "China, all others"),
    ],
)
def test_changes_are_said_in_words(change, words):
    keys = ("instrument", "importer", "exporter", "scope", "value", "unit")
    said = in_words(dict(zip(keys, change, strict=True)), SECTORS)
    assert words in said
    assert "_" not in said
