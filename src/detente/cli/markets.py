"""Prices around the record's events: markets."""

from __future__ import annotations

from typing import Any

import click

from detente.cli.record import DISPUTE, JSON, ON, print_json


@click.command()
@DISPUTE
@click.argument("prices")
@click.option("--series", "series", multiple=True, metavar="NAME", help="A series to study; default: all.")
@click.option("--market", metavar="NAME", help="The series that stands for the market; makes a market model.")
@click.option(
    "--events", metavar="WORDS", help="Groups or ids by comma: duties,threats,deals,leaders,controls."
)
@click.option(
    "--window", default="0,1", show_default=True, metavar="A,B", help="Trading days around an event."
)
@click.option("--estimation", type=int, default=120, show_default=True, help="Trading days before it.")
@click.option("--gap", type=int, default=5, show_default=True, help="Trading days between the two.")
@click.option("--odds", metavar="FILE", help="Odds before and sensitivities: what a move says of the odds.")
@click.option("--move", metavar="ID", help="With --odds: the event whose move is read.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Of the placebo draws.")
@ON
@JSON
def markets(
    dispute: str,
    prices: str,
    series: tuple[str, ...],
    market: str | None,
    events: str | None,
    window: str,
    estimation: int,
    gap: int,
    odds: str | None,
    move: str | None,
    seed: int,
    on: str | None,
    as_json: bool,
) -> None:
    """An event study of prices around the record's events, and what a move says of the odds.

    PRICES is a CSV or Parquet file with the columns date, series, price, or the word synthetic: made-up
    prices with jumps planted at the record's events. Events whose windows overlap are one case.

    \b
    Example:
      detente markets us-china synthetic
      detente markets us-china prices.csv --market "S&P 500" --events deals,threats
    """
    from pathlib import Path

    from detente.analysis.markets import DEFAULT_GROUPS, odds_from_move
    from detente.analysis.markets import markets as run
    from detente.core.days import parse_day
    from detente.core.errors import InvalidOption
    from detente.core.results import envelope
    from detente.record.files import load_record
    from detente.talks.markets.implied import read_stated
    from detente.talks.markets.study import Design
    from detente.talks.markets.synthetic import MARKET

    if (odds is None) != (move is None):
        raise InvalidOption(
            "--odds and --move go together", where="--odds" if odds is None else "--move",
            why="a move is read with stated sensitivities", instead="--odds FILE --move ENTRY",
        )  # fmt: skip
    record = load_record(dispute)
    day = parse_day(record.settings.checked_to if on is None else on, where="--on")
    name = MARKET if prices == "synthetic" and market is None else market
    design = Design(_window(window), estimation, gap, "market" if name else "mean", name)
    wanted = tuple(w.strip() for w in events.split(",") if w.strip()) if events else DEFAULT_GROUPS
    stated = read_stated(Path(odds)) if odds else None
    found = run(record, prices, day, events=wanted, series=series, design=design, seed=seed)
    found["implied_odds"] = odds_from_move(found, move, stated) if stated and move else None
    if as_json:
        query = {
            "dispute": dispute, "prices": prices, "on": day.isoformat(), "events": list(wanted),
            "series": list(series), "market": name, "window": window, "estimation": estimation, "gap": gap,
            "odds": odds, "move": move, "seed": seed,
        }  # fmt: skip
        entries = sorted({entry for case in found["cases"] for entry in case["entries"]})
        origin = {"record_hash": record.digest, "entries": entries}
        print_json(envelope("markets", query, found, provenance=origin))
    else:
        _print(found)


def _window(text: str) -> tuple[int, int]:
    from detente.core.errors import InvalidOption

    try:
        first, last = (int(part) for part in text.split(","))
    except ValueError:
        raise InvalidOption(
            f"{text!r}", where="--window", why="not two whole numbers", instead="0,1"
        ) from None
    return first, last


def _print(found: dict[str, Any]) -> None:
    from detente.cli.terminal import heading, number, say, table

    design = found["design"]
    first, last = design["window_trading_days"]
    model = f"market model on {design['market']}" if design["market"] else "mean of the days before"
    heading(
        f"Prices around events to {found['on']}",
        f"  ({found['prices']}, {design['from']} to {design['to']}; trading days {first} to {last}; {model})",
    )
    if found["planted_percent"]:
        planted = ", ".join(f"{name} {value:+g}" for name, value in found["planted_percent"].items())
        say(f"Made-up prices. Planted, percent: {planted}.")
    say("90 percent intervals; p by placebo days; p adjusted for the number of rows (Holm).")
    table(
        ["events", "series", "cases", "mixed", "abnormal, percent", "p", "p adjusted", "p of any move"],
        [
            [
                row["group"], row["series"], str(row["n"]), str(row["mixed_n"]),
                _span(row), number(row["p_placebo"]), number(row["p_holm"]),
                number(row["p_placebo_unsigned"]),
            ]
            for row in found["groups"]
        ],
    )  # fmt: skip
    say()
    heading("Cases", "  (of the portfolio; mixed ones hold events of several groups)")
    table(
        ["from", "to", "events", "abnormal, percent", "se", "p"],
        [
            [case["from"], case["to"], ", ".join(case["entries"]), f"{case['car_percent']:+.2f}",
             f"{case['se_percent']:.2f}", f"{case['p_t']:g}"]
            for case in found["cases"]
        ],
    )  # fmt: skip
    if found["left_out"]:
        say(f"Left out: {len(found['left_out'])} events without a window or enough days before it.")
    if found["implied_odds"]:
        _print_odds(found["implied_odds"])
    for note in found["notes"]:
        say(note)


def _span(row: dict[str, Any]) -> str:
    if row["car_percent"] is None:
        return row["note"]
    if row["low_percent"] is None:
        return f"{row['car_percent']:+.2f} ({row['note']})"
    return f"{row['car_percent']:+.2f} [{row['low_percent']:+.2f}, {row['high_percent']:+.2f}]"


def _print_odds(found: dict[str, Any]) -> None:
    from detente.cli.terminal import heading, say, table

    say()
    heading(f"What the move at {found['entry']} says of the odds", f"  ({found['from']} to {found['to']})")
    if found["also_in_window"]:
        say(f"Also in its window: {', '.join(found['also_in_window'])}.")
    table(
        ["outcome", "before, percent", "after, percent", "90 percent range"],
        [
            [row["outcome"], f"{100 * row['before_share']:.0f}", str(row["shown_percent"]),
             f"{100 * row['low_share']:.0f} to {100 * row['high_share']:.0f}"]
            for row in found["outcomes"]
        ],
    )  # fmt: skip
    if found["outside_share"]:
        say(f"In {100 * found['outside_share']:.0f} percent of draws no odds between 0 and 100 would do.")
