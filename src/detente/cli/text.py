"""Answers about the record as text. Every number here is in the JSON of the same command."""

from __future__ import annotations

from datetime import date
from typing import Any

from detente.cli.terminal import heading, number, say, table

NOT_LAW = ("threatened", "investigated", "proposed", "announced", "agreed")
"""States of a measure that bind nobody yet."""


def direction_words(key: str) -> str:
    """`USA_on_CHN` as people say it."""
    from detente.core.places import name_of

    importer, exporter = key.split("_on_")
    return f"{name_of(importer)} on {name_of(exporter)}"


def added_words(duties: dict[str, Any], on: str, headline: dict[str, Any]) -> str:
    """The sentence that says what was added, and never what "the tariff is"."""
    if not headline["all_goods"]:
        return _listed_words(duties)
    added = duties["all_goods_additional_percent"]
    total = duties["trade_weighted_total_percent"]
    if on < headline["since"] and total is not None:
        return f"about {total:.1f} percent in all on later weights, rough before 2025 (docs/averages.md)"
    if added is None:
        branches = duties["branches"]
        lapsed = branches["lapsed"]["all_goods_additional_percent"]
        extended = branches["extended"]["all_goods_additional_percent"]
        return (
            f"state unknown: {duties['message']}; {number(lapsed)} points added by these layers if lapsed, "
            f"{number(extended)} if extended"
        )
    since = f"{date.fromisoformat(headline['since']):%-d %B %Y}"
    first = f"{added:g} points added by these layers on all goods since {since}, before exemptions"
    if duties["trade_weighted_total_percent"] is None:
        return f"{first}; averages unknown: {duties['message']}"
    return (
        f"{first}; trade-weighted {duties['trade_weighted_additional_points']:+.1f} points, "
        f"to {duties['trade_weighted_total_percent']:.1f} percent in all"
    )


def _listed_words(duties: dict[str, Any]) -> str:
    """What is said where no duty of the dispute is on all goods."""
    points, total = duties["trade_weighted_additional_points"], duties["trade_weighted_total_percent"]
    new = sum(layer["imposed_since_base"] for layer in duties["layers"])
    first = f"{new} extra dut{'y' if new == 1 else 'ies'} on listed goods, none on all goods"
    if total is None:
        return f"{first}; {duties['message'] or 'averages not known'}"
    return f"{first}; trade-weighted {points:+.1f} points, to {total:.1f} percent in all"


def print_status(data: dict[str, Any]) -> None:
    """`detente status` for a reader."""
    known = f", as known by {data['known_by']}" if data["known_by"] else ""
    assumed = f", assuming {data['assume']}" if data["assume"] else ""
    heading(data["title"], f"  on {data['on']}{known}{assumed}")
    say(f"record checked to {data['checked_to']}, {data['unverified_count']} entries unverified")
    if data["past_checked_days"]:
        heading(f"this day is {data['past_checked_days']} days past the last check of the record")
    for key, duties in data["duties"].items():
        say()
        heading(direction_words(key), f": {added_words(duties, data['on'], data['headline'])}")
        say(f"weights: {duties['weights']}")
        _print_layers(duties["layers"])
    if data["still_collected"]:
        say()
        heading("Void, still collected", "  (detente owed says what can be claimed back)")
        for item in data["still_collected"]:
            stops = f", to {item['stops'][:10]}" if item["stops"] else ""
            say(f"{item['title']}: {number(item['rate_percent'])} percent{stops}  {item['id']}")
    say()
    heading("Goods anyone can check", " (percent of customs value)")
    goods = []
    for item in data["line_items"]:
        parts = " + ".join(f"{line['authority']} {line['rate_percent']:g}" for line in item["lines"])
        goods.append((item["item"], item["hs"], number(item["total_percent"]), parts or item["message"]))
    table(("good", "HS", "in all", "made up of"), goods)
    _print_clocks(data["clocks"])
    _print_controls(data["controls"])
    _print_words(data)


def _print_layers(layers: list[dict[str, Any]]) -> None:
    rows = []
    for layer in sorted(layers, key=lambda item: not item["imposed_since_base"]):
        rate = layer["rate_percent"]
        if rate is None and layer["rate_percent_range"]:
            low, high = layer["rate_percent_range"]
            shown = f"{low:g}" if low == high else f"{low:g} to {high:g}"
        else:
            shown = number(rate)
        covered = layer["covered_trade_share"]
        share = "" if covered is None else f"{100 * covered:.1f}%"
        rows.append(
            (
                layer["authority"],
                shown,
                layer["scope"] if layer["all_goods"] else layer["title"],
                share,
                layer["from"][:10] if layer["from"] else "",
                layer["until"][:16] if layer["until"] else "",
                layer["state"].replace("_", " "),
            )
        )
    table(("authority", "percent", "goods", "share of trade", "from", "until", "state"), rows)


def _print_clocks(clocks: list[dict[str, Any]]) -> None:
    say()
    heading("Clocks")
    for clock in clocks:
        after = ", ".join(f"{direction_words(k)} {number(v)}" for k, v in clock["if_lapses"].items())
        days = f"{clock['days_left']} day{'' if clock['days_left'] == 1 else 's'}"
        say(f"{clock['expires']} ({days}): {clock['what']}")
        if clock["all_goods"]:
            say(f"  if nobody signs, points added on all goods: {after}")
            if clock["removed_not_suspended_points"]:
                say("  what was removed does not return")
        elif clock["consequence"]:
            say(f"  if nobody signs: {clock['consequence']}")
        for conflict in clock["conflicts"]:
            others = "; ".join(f"{r['value']} ({', '.join(r['sources'])})" for r in conflict["readings"])
            say(f"  others say: {others}")


def _print_controls(controls: list[dict[str, Any]]) -> None:
    say()
    heading("Controls and other measures")
    rows = [
        (
            c["imposing"],
            c["title"],
            c["state"].replace("_", " ") + (f" ({c['verb']})" if c["verb"] else ""),
            (c["from"] or "")[:10],
            (c["until"] or "")[:10],
        )
        for c in controls
    ]
    table(("by", "measure", "state", "from", "until"), rows)


def _print_words(data: dict[str, Any]) -> None:
    say()
    heading("Talks by level")
    rows = []
    for level, talks in data["talks_by_level"].items():
        last = talks["last"]
        rows.append((level, str(talks["count"]), last["date"] if last else "", last["title"] if last else ""))
    table(("level", "held", "last", "what"), rows)
    waiting = [c for c in data["claims"] if c["standing"] != "confirmed_by_other_side"]
    say()
    heading("Claims not settled", f" ({len(waiting)}; the ten newest)")
    for claim in waiting[:10]:
        say(f"{claim['date']}  {claim['by']}: {claim['title']}  [{claim['standing'].replace('_', ' ')}]")
        for denial in claim["denials"]:
            say(f"    against: {denial['by']}, {denial['date']}: {denial['says']}")


def print_decided(data: dict[str, Any]) -> None:
    """What changed in law beside measures: exemptions, what reaches back, rulings."""
    for row in data["exemptions"]:
        print_exemption(row)
    for row in data["backdated"]:
        print_backdated(row)
    for ruling in data["rulings"]:
        say(f"{ruling['date']}  ruling: {ruling['title']}")


def print_changed(data: dict[str, Any]) -> None:
    """`detente changed` for a reader."""
    heading(f"Changed after {data['since']}, to {data['on']}", f"; record checked to {data['checked_to']}")
    say()
    heading("Law")
    for move in data["law"]:
        if move["after"]["state"] not in NOT_LAW:
            _print_move(move)
    print_decided(data)
    announced = [move for move in data["law"] if move["after"]["state"] in NOT_LAW]
    quiet = not (data["rulings"] or data["exemptions"] or data["backdated"])
    if len(announced) == len(data["law"]) and quiet:
        say("none on record")
    if announced:
        say()
        heading("Announced or under way, not law")
        for move in announced:
            _print_move(move)
    if data["undecided"]:
        say()
        heading("Unknown")
        for move in data["undecided"]:
            say(f"{move['title']}: {move['message']}")
    say()
    heading("Agreements, talk and events")
    for event in [*data["agreements"], *data["talk"]]:
        say(f"{event['date']}  {event['kind'].replace('_', ' ')}: {event['title']}")
    if not data["agreements"] and not data["talk"]:
        say("none on record")


def print_exemption(row: dict[str, Any]) -> None:
    """Goods that were taken out of a duty, or are back under it."""
    words = {"begins": "exempt from", "ends": "exempt until", "reaches_back": "exempt, reaching back to"}
    day = row["until"] if row["change"] == "ends" else row["since"]
    goods = row["why"] or row["list"] or ", ".join(row["hs"])
    count = len(row["measures"])
    which = row["measures"][0] if count == 1 else f"{count} measures, {row['measures'][0]} among them"
    say(f"{row['known'][:10]}  {words[row['change']]} {day[:10]} under {which}: {goods}")


def print_backdated(row: dict[str, Any]) -> None:
    """A step that was published later than it took effect."""
    rate = f" at {row['rate_percent']:g} percent" if row["rate_percent"] is not None else ""
    state = row["state"].replace("_", " ")
    say(f"{row['known'][:10]}  {row['title']}: {state}{rate}, reaching back to {row['effective'][:10]}")


def print_move(move: dict[str, Any]) -> None:
    """A change of a measure, with the steps between where there are several."""
    before, after = standing_words(move["before"]), standing_words(move["after"])
    say(f"{move['effective'] or ''}  {move['title']}: {before} -> {after}")
    if len(move["steps"]) > 1:
        steps = ", ".join(
            f"{step['state'].replace('_', ' ')}"
            + (f" {step['rate_percent']:g}" if step["rate_percent"] is not None else "")
            + f" from {step['effective'][:10]}"
            for step in move["steps"]
        )
        say(f"    step by step: {steps}")


def _print_move(move: dict[str, Any]) -> None:
    print_move(move)
    if move["cause"]:
        say(f"    by {move['cause']}" + (f" ({move['verb']})" if move["verb"] else ""))


def standing_words(standing: dict[str, Any]) -> str:
    """A state with its rate, what is suspended, and its end."""
    words = standing["state"].replace("_", " ")
    if standing["rate_percent"] is not None:
        words += f" at {standing['rate_percent']:g} percent"
    if standing["suspended_points"]:
        words += f", {standing['suspended_points']:g} points suspended"
    if standing["until"]:
        words += f", until {standing['until'][:10]}"
    return words


def print_timeline(rows: list[dict[str, Any]]) -> None:
    """`detente timeline` for a reader."""
    for row in rows:
        say(f"{row['date']}  {row['kind'].replace('_', ' ')}: {row['title']}")


def print_check(data: dict[str, Any]) -> None:
    """`detente check` for a reader."""
    kinds = (f"{count} {kind.replace('_', ' ')}" for kind, count in sorted(data["by_kind"].items()))
    say(f"{data['entries']} entries: {', '.join(kinds)}")
    say(
        f"{data['two_or_more_origins']} with two or more independent origins, {data['one_origin']} with one, "
        f"{len(data['unverified'])} unverified, {data['conflicts_stored']} conflicts stored; "
        f"checked to {data['checked_to']}"
    )
    for problem in data["problems"]:
        say(f"{problem['where']}: {problem['rule']}: {problem['what']}")
    say("no problems" if not data["problems"] else f"{len(data['problems'])} problems")
