"""Published results, computed again and compared cell by cell.

A case is a file of facts in `detente/cases`: citation, experiments, printed numbers, tolerance. Nothing is
tuned to a printed number; where ours differs, the cell says so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from detente.core.errors import MissingData, UnknownName
from detente.core.yaml12 import read_yaml
from detente.economy.reproductions import caliendo_parro, gegravity, ignatenko, lashkaripour, ossa
from detente.economy.reproductions.case import SHIPPED, Computed

Runner = Callable[[Mapping[str, Any], Path | None], Computed]

RUNNERS: Mapping[str, Runner] = {
    "caliendo-parro-2015": caliendo_parro.run,
    "gegravity": gegravity.run,
    "ignatenko-2025": ignatenko.run,
    "lashkaripour-2021": lashkaripour.run,
    "ossa-2014": ossa.run,
}


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


def about_case(case: str) -> dict[str, Any]:
    """A case without its numbers: name, title, citation, model, and the data it needs (none if shipped)."""
    facts = read_case(case)
    named = {key: facts[key] for key in ("case", "title", "citation", "model")}
    return {**named, "data": facts["data"]["get"], "data_shipped": "shipped" in facts["data"]}


def replicate_all(
    data_dir: Path, progress: Callable[[str], None] = lambda words: None
) -> list[dict[str, Any]]:
    """Every case that the folder holds data for; the others with `missing`, what they lack."""
    results = []
    for case in list_cases():
        progress(f"{case}: solving")
        try:
            results.append(replicate(case, data_dir))
        except MissingData as error:
            results.append({**about_case(case), "missing": error.what})
    return results


def replicate(case: str, data_dir: Path | None) -> dict[str, Any]:
    """Compute a case and compare it with what was published.

    Args:
        case: name of a shipped case.
        data_dir: folder of raw data; None will do for a case whose data ship.

    Returns:
        {case, title, citation, model, experiments, quantities, cells, summary, certificates}. A cell has id,
        which is experiment.region.quantity, and these three apart; unit, published, computed, difference,
        tolerance, reference, verdict (match, differs or not_published), note. `reference` is what a public
        reference program expects of itself, where known; it decides nothing. `closure` and `closures` repeat
        `experiment` and `experiments` under their older names.

    Raises:
        UnknownName: no such case.
        MissingData: the data are not in the folder.
    """
    facts = read_case(case)
    return compared(facts, RUNNERS[case](facts, data_dir))


def compared(facts: Mapping[str, Any], result: Computed) -> dict[str, Any]:
    """What was computed beside what was published, as `replicate` returns it.

    Args:
        facts: of the case: its citation, experiments, quantities, published numbers and tolerance.
        result: what was computed.
    """
    notes = {**facts.get("notes", {}), **result.notes}
    cells = [_cell(facts, notes, *key, computed) for key, computed in result.numbers.items()]
    verdicts = [cell["verdict"] for cell in cells]
    experiments = {name: rule["meaning"] for name, rule in facts["experiments"].items()}
    return {
        "case": facts["case"],
        "title": facts["title"],
        "citation": facts["citation"],
        "model": facts["model"],
        "experiments": experiments,
        "closures": experiments,
        "quantities": {name: about["meaning"] for name, about in facts["quantities"].items()},
        "notes": notes,
        "cells": cells,
        "summary": {verdict: verdicts.count(verdict) for verdict in ("match", "differs", "not_published")},
        "certificates": result.certificates,
    }


def _cell(
    facts: Mapping[str, Any],
    notes: Mapping[str, str],
    experiment: str,
    region: str,
    quantity: str,
    computed: float | None,
) -> dict[str, Any]:
    about, rule = facts["quantities"][quantity], facts["tolerance"]
    published = _stated(facts["published"], experiment, region, quantity)
    tolerance = about.get("tolerance")
    if tolerance is None:
        tolerance = about["last_digit"] * (rule["last_digits"] + rule["slack"])
    difference = None if published is None or computed is None else computed - published
    if published is None:
        verdict = "not_published"
    else:
        verdict = "match" if difference is not None and abs(difference) <= tolerance else "differs"
    return {
        "id": f"{experiment}.{region}.{quantity}",
        "experiment": experiment,
        "closure": experiment,
        "region": region,
        "quantity": quantity,
        "unit": about["unit"],
        "published": published,
        "computed": computed,
        "difference": difference,
        "tolerance": None if published is None else tolerance,
        "reference": _stated(facts.get("reference_program", {}), experiment, region, quantity),
        "verdict": verdict,
        "note": notes.get(f"{experiment}.{region}.{quantity}", notes.get(experiment)),
    }


def _stated(table: Mapping[str, Any], experiment: str, region: str, quantity: str) -> float | None:
    return table.get(experiment, {}).get(region, {}).get(quantity)
