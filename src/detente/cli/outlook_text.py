"""An outlook as text. Every number here is in the JSON of the same command; odds are rounded to 5 points."""

from __future__ import annotations

from datetime import date
from typing import Any

from detente.cli.terminal import heading, say, table
from detente.core.places import name_of
from detente.talks.odds import in_words, row_in_words

ROWS = 8
"""Dates shown of each table."""

HEADS = {
    "deal": "deal",
    "extension": "extension",
    "lapse": "lapse",
    "escalation": "new duties",
    "none": "no change",
}
HORIZON = {"first_year": "first year", "long_run": "long run"}
SHOWN = {
    "duty_percent": "average duty, percent",
    "imports_percent": "goods imports, percent change",
    "bilateral_trade_percent": "goods trade between them, percent change",
    "prices_percent": "consumer prices over wages, percent change",
    "real_income_percent": "real income, percent change",
}


def print_outlook(data: dict[str, Any]) -> None:
    """`detente outlook` for a reader."""
    say(f"{data['title']}: outlook from {data['from']} to {data['to']}, n = {data['runs']:,} runs")
    say(data["what_it_is"])
    if not data["complete"]:
        say(f"time limit reached: {data['runs']:,} of {data['runs_asked']:,} runs; this is the best so far")
    for clock in data["clocks"]:
        ends = ", ".join(f"{side} {day}" for side, day in clock["expires"].items())
        say(f"clock: {ends} ({clock['kind']})")
    for note in data["left_out"]:
        say(f"left out: {note}")
    _print_outcomes(data)
    _print_beside(data)
    _print_contact(data)
    _print_tree(data)
    _print_fans(data)
    _print_turns(data)
    solved = data["states_solved"]
    say(
        f"{solved['policies']} policies of the first {solved['runs_of_fans']} runs, {solved['equilibria']} "
        f"equilibria, {solved['certified']} certified; none interpolated"
    )


def _some(rows: list[Any], most: int = ROWS) -> list[Any]:
    """The first, the last and some between."""
    if len(rows) <= most:
        return rows
    places = sorted({round(n * (len(rows) - 1) / (most - 1)) for n in range(most)})
    return [rows[place] for place in places]


def _begin_middle_end(points: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The first point, the one nearest half of the time, and the last."""
    days = [date.fromisoformat(point["date"]) for point in points]
    half = days[0] + (days[-1] - days[0]) / 2
    middle = min(range(len(days)), key=lambda place: abs(days[place] - half))
    return [points[0], points[middle], points[-1]]


def _print_outcomes(data: dict[str, Any]) -> None:
    heading("How talks stand by date: what last decided it (odds to 5 points)")
    rows = []
    for row in _some(data["outcomes_by_date"]):
        odds = row_in_words({name: row[name] for name in HEADS})
        rows.append((row["date"], *(odds[name] for name in HEADS)))
    table(("by", *HEADS.values()), rows)
    for name, head in HEADS.items():
        say(f"  {head}: {data['outcome_words'][name].removeprefix(head + ': ')}")


def _print_beside(data: dict[str, Any]) -> None:
    heading("Will it happen? Beside how often it did before")
    rows = [
        (
            row["words"],
            row["until"],
            in_words(row["outlook_share"]),
            f"{row['yes_n']} of {row['n']}",
            in_words(row["hazards_share"]),
            "differs" if row["differs"] else "",
        )
        for row in data["beside_base_rates"]
    ]
    if not rows:
        say("no question of the track record closes in so few days")
        return
    table(("question", "until", "outlook", "before", "our hazards", ""), rows)
    say(
        "before: windows of the same length that began on a first of the month, or ends of truces; differs: "
        "the outlook lies outside the 90 percent range of that share. The base rate knows nothing of the day."
    )


def _print_contact(data: dict[str, Any]) -> None:
    contact = data["next_contact"]
    heading("Next official contact")
    levels = ", ".join(f"{level} {in_words(share)}" for level, share in contact["level"].items() if share > 0)
    when = f"even odds by {contact['by']}" if contact["by"] else "less likely than not in the time"
    say(
        f"{when}; the first is at the level of: {levels or 'none'}; "
        f"none in the time: {in_words(contact['none_share'])}"
    )
    if contact["topics"]:
        n = contact["topics"][0]["n"]
        topics = [f"{t['topic'].replace('_', ' ')} {in_words(t['share'])}" for t in contact["topics"]]
        say(f"topics of the {n} official talks on record by then: {', '.join(topics)}")


def _print_tree(data: dict[str, Any]) -> None:
    tree = data["tree"]
    heading(f"Four paths, by {tree['first_date']} ({tree['at']}) and by {tree['last_date']}")
    early = row_in_words({branch["path"]: branch["share"] for branch in tree["branches"]})
    for branch in tree["branches"]:
        say(f"{early[branch['path']]:>9}  {branch['name']}")
        then = row_in_words({leaf["path"]: leaf["share"] for leaf in branch["leads_to"]})
        for leaf in branch["leads_to"]:
            name = next(p["name"] for p in tree["paths"] if p["path"] == leaf["path"])
            say(f"             then {then[leaf['path']]} (n = {leaf['n']}): {name}")
    late = row_in_words({path["path"]: path["share"] for path in tree["paths"]})
    rows = []
    for path in tree["paths"]:
        duty, income = path["duty_percent"] or {}, path["real_income_percent"] or {}
        rows.append(
            (
                path["name"].partition(":")[0],
                late[path["path"]],
                str(path["n"]),
                *(_number(duty.get(side), 1) for side in data["parties"]),
                _number(path["trade_percent"], 0, signed=True),
                *(_number(income.get(side), 2, signed=True) for side in data["parties"]),
            )
        )
    heads = (
        *(f"duty {s} %" for s in data["parties"]),
        "trade %",
        *(f"income {s} %" for s in data["parties"]),
    )
    table(("at the end", "odds", "n", *heads), rows)


def _number(value: float | None, digits: int, *, signed: bool = False) -> str:
    # Adding zero turns a rounded -0.0 into 0.0.
    return "-" if value is None else f"{round(value, digits) + 0.0:{'+' if signed else ''}.{digits}f}"


def _print_fans(data: dict[str, Any]) -> None:
    # Buyers who act on the odds differ from the plain fan before the end, where both rest on what came true.
    heading("Fans: middle of the runs on three days, and the range of nine in ten at the end")
    if data["fans_without_economy_because"]:
        say(f"economy left out: {data['fans_without_economy_because']}")
    rows, days = [], []
    for fan in data["fans"]:
        shown = _begin_middle_end(fan["by_date"])
        last = shown[-1]
        if last["p50"] is None:
            continue
        days = [point["date"] for point in shown]
        digits = 2 if fan["quantity"] in ("prices_percent", "real_income_percent") else 1
        kind = HORIZON.get(fan["horizon"] or "", "")
        if fan["expectations"]:
            kind += ", buyers act on the odds"
        of = fan["of"].replace("_on_", " on ").replace("_to_", " to ").replace("_", " and ")
        rows.append(
            (
                SHOWN[fan["quantity"]],
                name_of(of) if len(of) == 3 else of,
                kind,
                *(_number(point["p50"], digits) for point in shown),
                f"{_number(last['p5'], digits)} to {_number(last['p95'], digits)}",
            )
        )
    if rows:
        table(("quantity", "of", "horizon", *days, "nine in ten"), rows)


def _print_turns(data: dict[str, Any]) -> None:
    if not data["varied_runs"]:
        return
    heading(f"What would change the odds most (points; the same {data['varied_runs']} runs with and without)")
    for title, rows in (("acts on the first day", data["triggers"][:6]), ("assumptions", data["turns_on"])):
        say(f"{title}:" if rows else f"{title}: none moves them")
        for row in rows:
            moved = ", ".join(
                f"{name} {change:+.0f}" for name, change in row["change_points"].items() if abs(change) >= 0.5
            )
            sure = "" if row["told_apart"] else " (within the error of the runs)"
            say(f"  {row['words']}: {moved or 'nothing'}{sure}")
