"""Commands about odds kept score of: base-rates, track-record."""

from __future__ import annotations

from typing import Any

import click

from detente.cli.record import DISPUTE, JSON, KNOWN_BY, ON, print_json, query_days


@click.command(name="track-record")
@DISPUTE
@click.option("--from", "since", metavar="DAY", help="First decision day; default: as early as can be.")
@click.option("--to", metavar="DAY", help="Last decision day; default: the last day checked.")
@click.option("--questions", is_flag=True, help="Every question too, with the odds given and the answer.")
@click.option("--outlook", "with_outlook", is_flag=True, help="Run the outlook on every day too; minutes.")
@click.option("--csv", "csv_file", metavar="FILE", help="Write every question, answer and odds to this file.")
@JSON
def track_record(
    dispute: str,
    since: str | None,
    to: str | None,
    questions: bool,
    with_outlook: bool,
    csv_file: str | None,
    as_json: bool,
) -> None:
    """How good our odds were: a backtest with scores, intervals and calibration, and named analysts.

    Stands on each decision day knowing what was public by then, asks what the record later answers, and
    scores the odds of the base rate, of "nothing changes" and of our hazards; with --outlook those of the
    outlook too, on the questions that it speaks of.

    Example: detente track-record us-china --from 2025-01-01 --to 2025-12-31
    """
    from pathlib import Path

    from detente.analysis.track_record import outlook_backtest, scored_record, to_csv
    from detente.analysis.track_record_text import markdown
    from detente.cli.progress import Progress
    from detente.core.days import parse_day
    from detente.core.results import envelope, require_writable, write_together
    from detente.record.files import load_record
    from detente.talks.backtest import run_backtest
    from detente.talks.forecasters import BUILT_IN

    record = load_record(dispute)
    first = parse_day(since, where="--from") if since else None
    last = parse_day(to, where="--to") if to else None
    target = Path(csv_file) if csv_file else None
    if target is not None:
        require_writable(target)
    with Progress() as progress:

        def tell(done: int, n: int) -> None:
            progress(f"backtest: {done} of {n} questions")

        if with_outlook:
            scored = outlook_backtest(record, first, last, progress=tell)
        else:
            scored = run_backtest(record, BUILT_IN, first, last, progress=tell)
    if target is not None:
        write_together({target: to_csv(scored)})
    data = scored_record(record, scored, first, last, questions=questions)
    if as_json:
        query = {
            "dispute": dispute,
            "from": data["from"],
            "to": data["to"],
            "questions": questions,
            "outlook": with_outlook,
        }
        print_json(envelope("track-record", query, data, provenance={"record_hash": record.digest}))
    else:
        click.echo(markdown(data), nl=False)


@click.command(name="base-rates")
@DISPUTE
@ON
@KNOWN_BY
@click.option(
    "--weight",
    "weights",
    multiple=True,
    metavar="SOURCE=W",
    help="Another weight; also start= and half_lives=.",
)
@JSON
def base_rates(
    dispute: str, on: str | None, known_by: str | None, weights: tuple[str, ...], as_json: bool
) -> None:
    """What became of earlier cases: the priors of talks, with source, n, weight and what turns on it.

    Example: detente base-rates us-china --on 2025-06-05
    """
    from detente.core.results import envelope
    from detente.record.as_known import as_known
    from detente.record.files import load_record
    from detente.talks.priors import priors_from, sensitivity

    record = load_record(dispute)
    asof = query_days(record, on, known_by, None)
    day = min(asof.on, asof.known_by or asof.on)
    view = as_known(record, day)
    turned = _weights(weights)
    data = priors_from(view, day, weights=turned).as_dict()
    data["sensitivity"] = sensitivity(view, day)
    if as_json:
        query = {"dispute": dispute, "on": asof.on.isoformat(), "known_by": known_by, "weights": turned}
        cases = sorted(
            {c for q in data["quantities"] for e in q["evidence"] for c in e["cases"] if c in record.entries}
        )
        origin = {"record_hash": record.digest, "entries": cases}
        print_json(envelope("base-rates", query, data, provenance=origin))
    else:
        _print_base_rates(data)


def _weights(pairs: tuple[str, ...]) -> dict[str, float]:
    from detente.core.errors import InvalidOption

    found = {}
    for pair in pairs:
        name, sign, value = pair.partition("=")
        try:
            found[name.strip()] = float(value)
        except ValueError:
            sign = ""
        if not sign:
            raise InvalidOption(
                f"{pair!r}", where="--weight", why="not SOURCE=NUMBER", instead="drezner-threats=0.1"
            )
    return found


def _print_base_rates(data: dict[str, Any]) -> None:
    from detente.cli.terminal import heading, say, table

    heading(f"Base rates on {data['on']}", "  (n: the dispute's own cases; 80 percent intervals)")
    rows = [row for item in data["quantities"] for row in _rows(item)]
    table(["quantity", "outcome", "n", "weighted n", "percent, or days"], rows)
    say()
    heading("What the odds turn on", "  (a weight changed, one at a time; the largest moves)")
    table(
        ["quantity", "weight of", "set to", "percent", "moves, points"],
        [
            [
                move["quantity"], move["turned"], f"{move['weight']:g}", f"{100 * move['central_share']:.0f}",
                f"{move['move_points']:+.1f}",
            ]
            for move in data["sensitivity"][:12]
        ],
    )  # fmt: skip
    say()
    heading("Sources", "")
    seen = {e["id"]: e for q in data["quantities"] for e in q["evidence"] if e["id"] != "record"}
    for source in seen.values():
        words = f"{source['name']}. Stands for {source['stands_for']}."
        say(f"{source['id']} (weight {source['weight']:g}): {words}")


def _rows(item: dict[str, Any]) -> list[list[str]]:
    """A quantity as lines of the table; a length of which no case is known has none."""
    n = f"{item['n']:g}"
    if item["form"] == "share":
        return [
            [item["id"], outcome.replace("_", " "), n, f"{item['effective_n']:.1f}", _span(share)]
            for outcome, share in item["outcomes"].items()
        ]
    if item["form"] == "rate":
        low, high = item["interval_90_days_share"]
        span = _span({"mean_share": item["within_90_days_share"], "low_share": low, "high_share": high})
        return [[item["id"], "within 90 days", n, f"{item['events']:.1f}", span]]
    if item["median_days"] is None:
        return []
    low, high = item["quartile_days"]
    return [[item["id"], "days, quartiles", n, "", f"{item['median_days']:.0f} [{low:.0f}, {high:.0f}]"]]


def _span(share: dict[str, float]) -> str:
    low, high = 100 * share["low_share"], 100 * share["high_share"]
    return f"{100 * share['mean_share']:.0f} [{low:.0f}, {high:.0f}]"
