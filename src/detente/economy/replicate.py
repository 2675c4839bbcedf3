"""Published results, computed again and compared cell by cell.

A case is a file of facts in `detente/cases`: citation, experiment, printed numbers, tolerance. Nothing is
tuned to a printed number; where ours differs, the cell says so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from detente.core.errors import UnknownName
from detente.core.yaml12 import read_yaml
from detente.economy import caliendo_parro

SHIPPED = Path(__file__).resolve().parent.parent / "cases"

Numbers = dict[tuple[str, str, str], float | None]
Runner = Callable[[Mapping[str, Any], Path], tuple[Numbers, dict[str, Any]]]

RUNNERS: Mapping[str, Runner] = {"caliendo-parro-2015": caliendo_parro.run}


def list_cases() -> tuple[str, ...]:
    """Names of the shipped cases."""
    return tuple(sorted(RUNNERS))


def read_case(case: str) -> dict[str, Any]:
    """The facts of a case.

    Raises:
        UnknownName: no such case.
    """
    if case not in RUNNERS:
        raise UnknownName(
            f"case {case!r}", where="CASE", why="no such case", instead=f"one of {', '.join(list_cases())}"
        )
    document, _ = read_yaml(SHIPPED / f"{case}.yaml", shown=f"cases/{case}.yaml")
    return document


def replicate(case: str, data_dir: Path) -> dict[str, Any]:
    """Compute a case and compare it with what was published.

    Args:
        case: name of a shipped case.
        data_dir: folder of raw data.

    Returns:
        {case, title, citation, cells, summary, certificates}. A cell has id, closure, region, quantity,
        unit, published, computed, difference, tolerance, reference, verdict: match, differs, or
        not_published. `reference` is what a public reference program expects of itself, where known; it
        decides nothing.

    Raises:
        UnknownName: no such case.
        MissingData: the data are not in the folder.
    """
    facts = read_case(case)
    numbers, certificates = RUNNERS[case](facts, Path(data_dir))
    cells = [_cell(facts, *key, computed) for key, computed in numbers.items()]
    verdicts = [cell["verdict"] for cell in cells]
    return {
        "case": case,
        "title": facts["title"],
        "citation": facts["citation"],
        "closures": {name: rule["meaning"] for name, rule in facts["closures"].items()},
        "quantities": {name: about["meaning"] for name, about in facts["quantities"].items()},
        "cells": cells,
        "summary": {verdict: verdicts.count(verdict) for verdict in ("match", "differs", "not_published")},
        "certificates": certificates,
    }


def _cell(
    facts: Mapping[str, Any], closure: str, region: str, quantity: str, computed: float | None
) -> dict[str, Any]:
    about, rule = facts["quantities"][quantity], facts["tolerance"]
    published = _stated(facts["published"], closure, region, quantity)
    tolerance = about["last_digit"] * (rule["last_digits"] + rule["slack"])
    difference = None if published is None or computed is None else computed - published
    if published is None:
        verdict = "not_published"
    else:
        verdict = "match" if difference is not None and abs(difference) <= tolerance else "differs"
    return {
        "id": f"{closure}.{region}.{quantity}",
        "closure": closure,
        "region": region,
        "quantity": quantity,
        "unit": about["unit"],
        "published": published,
        "computed": computed,
        "difference": difference,
        "tolerance": None if published is None else tolerance,
        "reference": _stated(facts.get("reference_program", {}), closure, region, quantity),
        "verdict": verdict,
    }


def _stated(table: Mapping[str, Any], closure: str, region: str, quantity: str) -> float | None:
    return table.get(closure, {}).get(region, {}).get(quantity)
