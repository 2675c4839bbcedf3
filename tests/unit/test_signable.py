"""The short term sheet of a brief: shown where certified, with a reason where not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from detente.analysis import signable as module
from detente.analysis.signable import signable
from detente.record.asof import AsOf
from detente.record.files import load_record
from detente.record.folders import copy_dispute


def test_a_dispute_without_an_agenda_says_so(tmp_path: Path) -> None:
    folder = copy_dispute(str(tmp_path / "mine"), "china-australia")
    (folder / "agenda.yaml").unlink()
    found = signable(load_record(str(folder)), AsOf(date(2021, 6, 1)), "icio2022")
    assert found["deal"] is None
    assert "no agenda" in found["why"]


def test_what_is_not_certified_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    record, asof = load_record("us-china"), AsOf(date(2018, 12, 1))
    shown = signable(record, asof, "icio2022")["deal"]
    assert shown is not None
    assert shown["certificate"]["certified"]
    assert all(step["by_day"] > "2018-12-01" for term in shown["terms"] for step in term["steps"])
    whole = module.bargained

    def beaten(*arguments: object, **more: object) -> object:
        sheet = whole(*arguments, **more)  # pyright: ignore[reportArgumentType]
        return replace(sheet, bargain=replace(sheet.bargain, distance_percent=0.01))

    monkeypatch.setattr(module, "bargained", beaten)
    found = signable(record, asof, "icio2022")
    assert found["deal"] is None
    assert "not certified" in found["why"]


def test_no_entry_of_a_later_day_is_cited() -> None:
    record, asof = load_record("us-china"), AsOf(date(2018, 12, 1))
    deal = signable(record, asof, "icio2022")["deal"]
    cited = [name for term in deal["terms"] for name in term["entries"]]
    assert cited
    assert all((record.get(name).date or "") <= "2018-12-01" for name in cited)
