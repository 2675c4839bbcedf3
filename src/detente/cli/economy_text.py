"""Answers about the economy as text. Every number here is in the JSON of the same command."""

from __future__ import annotations

from typing import Any

from detente.cli.terminal import heading, say, table

WHAT_IF_COLUMNS = (
    ("real income %", "real_income_percent", 3),
    ("USD a household", "real_income_usd_per_household", 0),
    ("real wage %", "real_wage_percent", 3),
    ("exports %", "exports_percent", 2),
    ("imports %", "imports_percent", 2),
    ("duty paid, USD m a month", "duty_revenue_usd_million_a_month", 0),
)


LICENCE_COLUMNS = (
    "rule",
    "binds",
    "licence price %",
    "quantity, USD m",
    "rent, USD m a year",
    "owner or payer",
)


def print_what_if(data: dict[str, Any]) -> None:
    """`detente what-if` for a reader."""
    say(
        f"{data['model']} on {data['world']}; elasticities {data['elasticities']} x {data['theta_scale']:g}; "
        f"closure {data['closure']}; revenue {data['revenue_use']}; {data['unit']}"
    )
    rows = [
        (
            data["names"][label],
            *(_cell(row[name], name, digits) for _, name, digits in WHAT_IF_COLUMNS),
        )
        for label, row in data["economies"].items()
    ]
    table(("economy", *(title for title, _, _ in WHAT_IF_COLUMNS)), rows)
    if data.get("licences"):
        heading("Quantity rules")
        columns = (
            "rule",
            "binds",
            "licence price %",
            "quantity, USD m",
            "rent, USD m a year",
            "owner or payer",
        )
        table(columns, [_licence(licence) for licence in data["licences"]])
    if data.get("decomposition"):
        _print_parts(data)
    for note in data["notes"]:
        say(f"note: {note}")
    certificate = data["certificate"]
    largest = max(v for v in certificate["residuals"].values() if v is not None)
    say(
        f"certified to {largest:.1e} in {certificate['residual_evaluations']} evaluations, "
        f"{1000 * certificate['seconds']:.0f} ms"
    )


def _licence(licence: dict[str, Any]) -> tuple[str, ...]:
    return (
        licence["rule"],
        "yes" if licence["binds"] else "no",
        f"{licence['price_percent']:+,.1f}",
        f"{licence['quantity_usd_million']:,.0f}",
        f"{licence['rent_usd_million']:+,.0f}",
        licence["rent"],
    )


def _print_parts(data: dict[str, Any]) -> None:
    """Where the change of real income comes from, in points of it."""
    economies = data["decomposition"]["economies"]
    names = list(next(iter(economies.values())))
    titles = [name.removesuffix("_points").removesuffix("_percent").replace("_", " ") for name in names]
    rows = [
        (data["names"][label], *(f"{row[name]:+.3f}" for name in names[:-1]), f"{row[names[-1]]:+.0e}")
        for label, row in economies.items()
    ]
    say()
    table(("points of real income", *titles), rows)


def _cell(value: float | None, name: str, digits: int) -> str:
    """A change with its sign; a level without."""
    if value is None:
        return "unknown"
    return f"{value:,.{digits}f}" if name.startswith("duty_revenue") else f"{value:+,.{digits}f}"


def _shown(value: Any) -> str:
    if value is None:
        return ""
    return f"{value:,.4g}" if isinstance(value, int | float) and not isinstance(value, bool) else str(value)


def print_world_check(report: dict[str, Any]) -> None:
    """`detente world check` for a reader."""
    rows = [
        (
            c["name"],
            "ok" if c["ok"] else "FAILS",
            _shown(c["value"]),
            _shown(c["tolerance"]),
            str(c["detail"]),
        )
        for c in report["checks"]
    ]
    table(("check", "", "value", "tolerance", "detail"), rows)
    say()
    heading("Facts to compare")
    facts = []
    for fact in report["facts"]:
        difference = fact["difference_percent"]
        gap = "" if difference is None else f"{difference:+.1f}"
        facts.append(
            (
                fact["fact"],
                fact["unit"],
                _shown(fact["ours"]),
                _shown(fact["published"]),
                gap,
                str(fact["source"]),
            )
        )
    table(("fact", "unit", "ours", "published", "difference %", "source"), facts)


def print_replication(result: dict[str, Any]) -> None:
    """`detente replicate` for a reader."""
    rows = []
    for cell in result["cells"]:
        values = (
            "" if cell[n] is None else f"{cell[n]:.4f}" for n in ("published", "computed", "difference")
        )
        rows.append((cell["id"], cell["unit"], *values, cell["verdict"].replace("_", " ")))
    table(("cell", "unit", "published", "computed", "difference", "verdict"), rows)
    verdicts = [cell["verdict"] for cell in result["cells"]]
    say(", ".join(f"{verdicts.count(v)} {v.replace('_', ' ')}" for v in sorted(set(verdicts))))
    compared = {cell["experiment"] for cell in result["cells"] if cell["published"] is not None}
    left = sorted({cell["experiment"] for cell in result["cells"]} - compared)
    if left:
        say(f"no published number to compare with: {', '.join(left).replace('_', ' ')}")
    for experiment, note in result["notes"].items():
        say(f"{experiment}: {note}")


def print_cases(cases: list[dict[str, Any]]) -> None:
    """`detente replicate` without a case: one line each."""
    rows = []
    for case in cases:
        counts = case.get("summary") or {}
        state = ", ".join(f"{n} {verdict.replace('_', ' ')}" for verdict, n in counts.items() if n)
        rows.append((case["case"], case["title"], case["citation"], state or case.get("missing", "not run")))
    table(("case", "what", "from", "cells"), rows)


def print_report(report: dict[str, Any]) -> None:
    """A report as name and value, one a line; long parts are counted."""
    for name, value in report.items():
        long = isinstance(value, list | dict) and len(value) > 8
        say(f"{name}: {len(value)} items" if long else f"{name}: {value}")
