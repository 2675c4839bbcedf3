"""Answers as text for a terminal. Every number here is in the JSON of the same command."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.table import Table


def _console() -> Console:
    """A console as wide as the terminal; written to a file or a pipe, wide enough for every table."""
    console = Console(highlight=False)
    return console if console.is_terminal else Console(highlight=False, width=180)


def _number(value: float | None, unit: str = "") -> str:
    return "unknown" if value is None else f"{value:g}{unit}"


def _table(*columns: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def direction_words(key: str) -> str:
    """`USA_on_CHN` as people say it."""
    from detente.core.places import name_of

    importer, exporter = key.split("_on_")
    return f"{name_of(importer)} on {name_of(exporter)}"


def added_words(duties: dict[str, Any]) -> str:
    """The sentence that says what was added, and never what "the tariff is"."""
    added = duties["all_goods_additional_percent"]
    if added is None:
        branches = duties["branches"]
        lapsed = branches["lapsed"]["all_goods_additional_percent"]
        extended = branches["extended"]["all_goods_additional_percent"]
        return (
            f"state unknown: {duties['message']}; {_number(lapsed)} points added by these layers if lapsed, "
            f"{_number(extended)} if extended"
        )
    return (
        f"{added:g} points added by these layers on all goods since 20 January 2025, before exemptions; "
        f"trade-weighted {duties['trade_weighted_additional_points']:+.1f} points, "
        f"to {duties['trade_weighted_total_percent']:.1f} percent in all"
    )


def print_status(data: dict[str, Any]) -> None:
    """`detente status` for a reader."""
    console = _console()
    console.print(f"[bold]{data['title']}[/bold]  on {data['on']}" + _known(data))
    console.print(f"record checked to {data['checked_to']}, {data['unverified_count']} entries unverified")
    if data["past_checked_days"]:
        console.print(
            f"[bold]this day is {data['past_checked_days']} days past the last check of the record[/bold]"
        )
    for key, duties in data["duties"].items():
        console.print(f"\n[bold]{direction_words(key)}[/bold]: {added_words(duties)}")
        console.print(f"weights: {duties['weights']}")
        _print_layers(console, duties["layers"])
    console.print("\n[bold]Five goods anyone can check[/bold] (percent of customs value)")
    table = _table("good", "HS", "in all", "made up of")
    for item in data["line_items"]:
        parts = " + ".join(f"{line['authority']} {line['rate_percent']:g}" for line in item["lines"])
        table.add_row(item["item"], item["hs"], _number(item["total_percent"]), parts or item["message"])
    console.print(table)
    _print_clocks(console, data["clocks"])
    _print_controls(console, data["controls"])
    _print_words(console, data)


def _known(data: dict[str, Any]) -> str:
    known = f", as known by {data['known_by']}" if data["known_by"] else ""
    return known + (f", assuming {data['assume']}" if data["assume"] else "")


def _print_layers(console: Console, layers: list[dict[str, Any]]) -> None:
    table = _table("authority", "percent", "goods", "share of trade", "from", "until", "state")
    for layer in sorted(layers, key=lambda item: not item["imposed_since_base"]):
        rate = layer["rate_percent"]
        if rate is None and layer["rate_percent_range"]:
            shown = "{:g} to {:g}".format(*layer["rate_percent_range"])
        else:
            shown = _number(rate)
        share = f"{100 * layer['covered_trade_share']:.1f}%"
        table.add_row(
            layer["authority"],
            shown,
            layer["scope"],
            share,
            layer["from"] or "",
            layer["until"] or "",
            layer["state"],
        )
    console.print(table)


def _print_clocks(console: Console, clocks: list[dict[str, Any]]) -> None:
    console.print("\n[bold]Clocks[/bold]")
    for clock in clocks:
        after = ", ".join(f"{direction_words(k)} {_number(v)}" for k, v in clock["if_lapses"].items())
        console.print(f"{clock['expires']} ({clock['days_left']} days): {clock['what']}")
        if clock["kind"] == "duties":
            console.print(f"  if nobody signs, points added on all goods: {after}")
            if clock["removed_not_suspended_points"]:
                console.print("  what was removed does not return")
        elif clock["consequence"]:
            console.print(f"  if nobody signs: {clock['consequence']}")


def _print_controls(console: Console, controls: list[dict[str, Any]]) -> None:
    console.print("\n[bold]Controls and other measures[/bold]")
    table = _table("by", "measure", "state", "from", "until")
    for control in controls:
        table.add_row(
            control["imposing"],
            control["title"],
            control["state"],
            control["from"] or "",
            control["until"] or "",
        )
    console.print(table)


def _print_words(console: Console, data: dict[str, Any]) -> None:
    console.print("\n[bold]Talks by level[/bold]")
    table = _table("level", "held", "last", "what")
    for level, talks in data["talks_by_level"].items():
        last = talks["last"]
        table.add_row(level, str(talks["count"]), last["date"] if last else "", last["title"] if last else "")
    console.print(table)
    waiting = [c for c in data["claims"] if c["standing"] != "confirmed_by_other_side"]
    console.print(f"\n[bold]Claims not settled[/bold] ({len(waiting)}; the ten newest)")
    for claim in waiting[:10]:
        console.print(
            f"{claim['date']}  {claim['by']}: {claim['title']}  [{claim['standing'].replace('_', ' ')}]"
        )
        for denial in claim["denials"]:
            console.print(f"    against: {denial['by']}, {denial['date']}: {denial['says']}")


def print_changed(data: dict[str, Any]) -> None:
    """`detente changed` for a reader."""
    console = _console()
    console.print(
        f"[bold]Changed after {data['since']}, to {data['on']}[/bold]; record checked to {data['checked_to']}"
    )
    console.print("\n[bold]Law[/bold]")
    for move in data["law"]:
        console.print(
            f"{move['effective']}  {move['title']}: {_standing(move['before'])} -> {_standing(move['after'])}"
        )
        if move["cause"]:
            console.print(f"    by {move['cause']}" + (f" ({move['verb']})" if move["verb"] else ""))
    for ruling in data["rulings"]:
        console.print(f"{ruling['date']}  ruling: {ruling['title']}")
    if not data["law"] and not data["rulings"]:
        console.print("none on record")
    if data["undecided"]:
        console.print("\n[bold]Unknown[/bold]")
        for move in data["undecided"]:
            console.print(f"{move['title']}: {move['message']}")
    console.print("\n[bold]Agreements and talk[/bold]")
    for event in [*data["agreements"], *data["talk"]]:
        console.print(f"{event['date']}  {event['kind'].replace('_', ' ')}: {event['title']}")
    if not data["agreements"] and not data["talk"]:
        console.print("none on record")


def _standing(standing: dict[str, Any]) -> str:
    words = standing["state"].replace("_", " ")
    if standing["rate_percent"] is not None:
        words += f" at {standing['rate_percent']:g} percent"
    if standing["suspended_points"]:
        words += f", {standing['suspended_points']:g} points suspended"
    return words


def print_timeline(rows: list[dict[str, Any]]) -> None:
    """`detente timeline` for a reader."""
    console = _console()
    for row in rows:
        console.print(f"{row['date']}  {row['kind'].replace('_', ' ')}: {row['title']}")


def print_check(data: dict[str, Any]) -> None:
    """`detente check` for a reader."""
    console = _console()
    kinds = ", ".join(
        f"{number} {kind.replace('_', ' ')}" for kind, number in sorted(data["by_kind"].items())
    )
    console.print(f"{data['entries']} entries: {kinds}")
    console.print(
        f"{data['two_or_more_origins']} with two or more independent origins, {data['one_origin']} with one, "
        f"{len(data['unverified'])} unverified, {data['conflicts_stored']} conflicts stored; "
        f"checked to {data['checked_to']}"
    )
    for problem in data["problems"]:
        console.print(f"{problem['where']}: {problem['rule']}: {problem['what']}")
    console.print("no problems" if not data["problems"] else f"{len(data['problems'])} problems")


def print_what_if(data: dict[str, Any]) -> None:
    """`detente what-if` for a reader."""
    console = _console()
    console.print(
        f"{data['model']} on {data['world']}; elasticities {data['elasticities']} x {data['theta_scale']:g}; "
        f"closure {data['closure']}; revenue {data['revenue_use']}; {data['unit']}"
    )
    table = _table(
        "economy",
        "real income %",
        "USD a household",
        "real wage %",
        "exports %",
        "imports %",
        "duty, USD m a month",
    )
    for label, row in data["economies"].items():
        table.add_row(
            data["names"][label],
            *(
                "unknown" if row[name] is None else f"{row[name]:+,.{digits}f}"
                for name, digits in (
                    ("real_income_percent", 3),
                    ("real_income_usd_per_household", 0),
                    ("real_wage_percent", 3),
                    ("exports_percent", 2),
                    ("imports_percent", 2),
                    ("duty_revenue_usd_million_a_month", 0),
                )
            ),
        )
    console.print(table)
    certificate = data["certificate"]
    largest = max(v for v in certificate["residuals"].values() if v is not None)
    console.print(
        f"certified to {largest:.1e} in {certificate['residual_evaluations']} evaluations, "
        f"{1000 * certificate['seconds']:.0f} ms"
    )


def print_world_check(report: dict[str, Any]) -> None:
    """`detente world check` for a reader."""
    console = _console()
    table = _table("check", "", "value", "tolerance", "detail")
    for item in report["checks"]:
        value = item["value"]
        shown = f"{value:.3g}" if isinstance(value, int | float) else str(value)
        tolerance = item["tolerance"]
        limit = f"{tolerance:.3g}" if isinstance(tolerance, int | float) else str(tolerance or "")
        table.add_row(item["name"], "ok" if item["ok"] else "FAILS", shown, limit, str(item["detail"]))
    console.print(table)
    console.print("\n[bold]Facts to compare[/bold]")
    facts = _table("fact", "unit", "ours", "published", "difference %", "source")
    for fact in report["facts"]:
        difference = fact["difference_percent"]
        facts.add_row(
            fact["fact"],
            fact["unit"],
            f"{fact['ours']:,.4g}" if fact["ours"] is not None else "",
            f"{fact['published']:,.4g}" if fact["published"] is not None else "",
            "" if difference is None else f"{difference:+.1f}",
            str(fact["source"]),
        )
    console.print(facts)


def print_replication(result: dict[str, Any]) -> None:
    """`detente replicate` for a reader."""
    console = _console()
    table = _table("cell", "unit", "published", "computed", "difference", "verdict")
    for cell in result["cells"]:
        numbers = (
            "" if cell[name] is None else f"{cell[name]:.4f}"
            for name in ("published", "computed", "difference")
        )
        table.add_row(cell["id"], cell["unit"], *numbers, cell["verdict"].replace("_", " "))
    console.print(table)
    verdicts = [cell["verdict"] for cell in result["cells"]]
    console.print(", ".join(f"{verdicts.count(v)} {v.replace('_', ' ')}" for v in sorted(set(verdicts))))


def print_pairs(report: dict[str, Any]) -> None:
    """A report as name and value, one a line; long parts are counted."""
    console = _console()
    for name, value in report.items():
        long = isinstance(value, list | dict) and len(value) > 8
        console.print(f"{name}: {len(value)} items" if long else f"{name}: {value}")
