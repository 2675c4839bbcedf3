"""How often things happen in plays of the talks, beside the priors of the day and what the record then holds.

    python benchmarks/talks_rates.py [--dispute us-china] [--runs 60] [--every 3]

From the first of every third month plays go on for half a year. A row is one kind of event: the share of
plays with it, the prior of the day (`talks.priors`), and whether it happened, averaged over the days.
Nothing is tuned on the last column: it is shown so that a game in which something never happens is seen.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from datetime import date, timedelta
from statistics import mean

from detente.analysis.talks import Setup, game_of
from detente.core.errors import DetenteError
from detente.record.as_known import as_known
from detente.record.files import load_record
from detente.talks.game import Game
from detente.talks.happened import contacts, deals, last_checked, new_controls, new_duties
from detente.talks.moves import Event, EventKind, MoveKind
from detente.talks.priors import Priors, priors_from
from detente.talks.questions import decision_days
from detente.talks.run import Transcript, play
from detente.talks.sides.named import negotiator
from detente.talks.state import Standing

SIGNED = (EventKind.SIGNED, EventKind.EXTENDED)
Row = tuple[str, int, str]
ROWS: tuple[Row, ...] = (
    ("deputies", 30, "contact_deputy"),
    ("ministers", 30, "contact_minister"),
    ("ministers", 90, "contact_minister"),
    ("leaders", 90, "contact_leader"),
    ("new duty", 90, ""),
    ("new control", 30, "new_control"),
    ("agreed on tariffs", 90, "deal"),
    ("agreed on tariffs", 180, "deal"),
    ("whole deal", 180, ""),
    ("lapsed", 180, ""),
    ("broken off", 180, ""),
)
REACHES = {
    "deputies": ("deputy", "minister", "leader"),
    "ministers": ("minister", "leader"),
    "leaders": ("leader",),
}


def in_play(game: Game, transcript: Transcript, what: str, days: int) -> bool:
    """Whether a play has it within so many days."""
    until = transcript.start + timedelta(days=days)
    if what == "whole deal":
        return transcript.why is Standing.DEAL and transcript.end <= until
    return any(event.day <= until and _is(game, event, what) for event in transcript.events)


def _is(game: Game, event: Event, what: str) -> bool:
    lever = game.levers.get(event.what)
    made = event.move.kind if event.move is not None else None
    if what in REACHES:
        channel = game.channels.get(event.what)
        met = event.kind is EventKind.MET and channel is not None and channel.track == "official"
        return met and channel.level in REACHES[what]
    return {
        "new duty": event.kind is EventKind.IN_FORCE and lever is not None and lever.on_trade,
        "new control": made is MoveKind.RESTRICT,
        "agreed on tariffs": event.kind in SIGNED,
        "lapsed": event.kind is EventKind.LAPSED and lever is not None and lever.on_trade,
        "broken off": made is MoveKind.WALK_OUT,
    }[what]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--dispute", default="us-china")
    parser.add_argument("--runs", type=int, default=60)
    parser.add_argument("--every", type=int, default=3)
    parser.add_argument("--on", nargs="*", default=[])
    asked = parser.parse_args()
    record = load_record(asked.dispute)
    last = last_checked(record)
    days = [date.fromisoformat(d) for d in asked.on] or decision_days(record, date(2018, 1, 1), last)[
        :: asked.every
    ]
    happened: dict[str, Callable[[], list]] = {
        "deputies": lambda: contacts(record, "deputy"), "ministers": lambda: contacts(record, "minister"),
        "leaders": lambda: contacts(record, "leader"), "new duty": lambda: new_duties(record),
        "new control": lambda: new_controls(record), "agreed on tariffs": lambda: deals(record),
    }  # fmt: skip
    events = {name: [e.day for e in found()] for name, found in happened.items()}
    shares: dict[Row, list[tuple[float, float | None, float | None]]] = {row: [] for row in ROWS}
    stood = 0
    for day in days:
        try:
            game = game_of(record, Setup(day))
        except DetenteError as error:
            print(f"{day}: {error.what}: {error.why}")
            continue
        stood += 1
        priors: Priors = priors_from(as_known(record, day), day)
        sides = {side: negotiator(game.negotiators[side]) for side in game.sides}
        plays = [play(game, sides, 0, run, 180) for run in range(asked.runs)]
        for row in ROWS:
            what, length, rate = row
            seen = mean(in_play(game, one, what, length) for one in plays)
            until = day + timedelta(days=length)
            real = (
                None
                if what not in events or until > last
                else float(any(day < d <= until for d in events[what]))
            )
            shares[row].append((seen, priors.rate(rate).within(length) if rate else None, real))
        if asked.on:
            print(day, {f"{r[0]} {r[1]}": round(shares[r][-1][0], 2) for r in ROWS})
    print(f"{asked.dispute}: {stood} days stood on, {asked.runs} plays each")
    print(f"{'within days':32}{'plays':>8}{'prior':>8}{'record':>8}")
    for (what, length, _), rows in shares.items():
        columns = [[r[n] for r in rows if r[n] is not None] for n in range(3)]
        print(f"{what:24}{length:8}" + "".join(f"{mean(c):8.0%}" if c else f"{'':8}" for c in columns))


if __name__ == "__main__":
    main()
