"""Commands about talks: simulate, play, red-team."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click

from detente.cli.record import ASSUME, DISPUTE, JSON, KNOWN_BY, print_json

SETUP = (
    click.option("--sides", metavar="SIDE=NAME,...", help="Negotiators, e.g. USA=hardliner,CHN=bayesian."),
    KNOWN_BY,
    ASSUME,
    click.option("--talks", metavar="FILE", help="Channels, types and rates (YAML); default: the dispute's."),
    click.option("--agenda", metavar="FILE", help="Issues and options (YAML); default: the dispute's own."),
    click.option("--aims", metavar="FILE", help="What each side wants (YAML); default: the dispute's own."),
    click.option("--world", default="icio2022", show_default=True, help="A shipped world or a folder."),
    click.option("--model", default="input-output", show_default=True, help="Model of the payoffs."),
    click.option(
        "--seed", type=click.IntRange(0), default=0, show_default=True, help="Chance is drawn from it."
    ),
)


def setup_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options of every command of talks."""
    for option in reversed(SETUP):
        command = option(command)
    return command


@click.group()
def talks() -> None:
    """Talks played forward from a day of the record.

    Odds are shares of plays of a model under stated assumptions, not predictions. Nothing that became public
    after the day enters.
    """


def _setup(dispute: str, day: str | None, options: dict[str, Any]) -> Any:
    from detente.analysis.talks import Setup
    from detente.core.days import parse_day
    from detente.record.asof import Assume
    from detente.record.files import load_record

    record = load_record(dispute)
    known_by = options["known_by"]
    return Setup(
        parse_day(record.settings.checked_to if day is None else day, where="--from"),
        None if known_by is None else parse_day(known_by, where="--known-by"),
        Assume(options["assume"]) if options["assume"] else None,
        _sides(options["sides"]),
        options["talks"],
        options["agenda"],
        options["aims"],
        options["world"],
        options["model"],
    )


def _sides(given: str | None) -> dict[str, str] | None:
    from detente.core.errors import InvalidOption

    if given is None:
        return None
    found: dict[str, str] = {}
    for part in filter(None, (piece.strip() for piece in given.split(","))):
        side, sign, name = (piece.strip() for piece in part.partition("="))
        if not sign or not name or side in found:
            why = "a side given twice" if side in found else "not SIDE=NAME"
            raise InvalidOption(
                repr(part), where="--sides", why=why, instead="--sides USA=hardliner,CHN=bayesian"
            )
        found[side] = name
    return found


@talks.command()
@DISPUTE
@click.option("--from", "day", metavar="DAY", help="Stand at the end of it; default: the last day checked.")
@click.option("--days", default=180, show_default=True, help="Length of a play.")
@click.option("--runs", default=200, show_default=True, help="Number of plays.")
@click.option("--run", "shown", default=0, show_default=True, help="Which of them is told.")
@click.option("--forecast", metavar="ID", help="Play on from each reading of an ambiguous forecast too.")
@setup_options
@JSON
def simulate(
    dispute: str,
    day: str | None,
    days: int,
    runs: int,
    shown: int,
    forecast: str | None,
    seed: int,
    as_json: bool,
    **options: Any,
) -> None:
    """Play talks forward many times: how the plays ended, and one of them told day by day.

    Example: detente talks simulate us-china --from 2025-05-14 --days 180 --runs 200
    """
    from detente.analysis.talks import simulate as answer_of
    from detente.cli.progress import Progress

    setup = _setup(dispute, day, options)
    with Progress() as progress:
        answer = answer_of(
            dispute,
            setup,
            days=days,
            runs=runs,
            seed=seed,
            shown=shown,
            forecast=forecast,
            progress=progress,
        )
    if as_json:
        print_json(answer)
    else:
        from detente.cli.talks_text import print_simulation

        print_simulation(answer["query"], answer["data"])


@talks.command()
@DISPUTE
@click.option("--as", "side", metavar="SIDE", help="The side you play.")
@click.option("--from", "day", metavar="DAY", help="Stand at the end of it; default: the last day checked.")
@click.option("--days", default=180, show_default=True, help="Length of the play.")
@click.option("--script", metavar="FILE", help="Moves, one a line, in place of the keyboard; - is stdin.")
@click.option("--save", metavar="FILE", help="Write the play there when it ends or you leave.")
@click.option("--replay", metavar="FILE", help="Play a saved play again and check that it is the same.")
@setup_options
@JSON
def play(
    dispute: str,
    side: str | None,
    day: str | None,
    days: int,
    script: str | None,
    save: str | None,
    replay: str | None,
    seed: int,
    as_json: bool,
    **options: Any,
) -> None:
    """Play one side yourself; a negotiator plays the other.

    At the prompt `moves` lists what you may do by number, `state` shows where talks stand, `issues` what a
    package can be put together from, `weigh ISSUE=OPTION ...` what one is worth; `offer ISSUE=OPTION ...`
    offers it where ministers or leaders meet, `wait 10` passes the time, `quit` leaves. What a script or a
    person did is kept with --save.

    Example: detente talks play us-china --as USA --from 2025-05-14 --save mine.json
    """
    from detente.analysis.talks_play import Desk, played, replayed
    from detente.analysis.talks_play import save as save_play
    from detente.analysis.talks_seat import sit
    from detente.cli.progress import Progress
    from detente.cli.talks_text import Screen, print_told
    from detente.core.errors import InvalidOption
    from detente.core.results import envelope, require_writable

    if replay is not None:
        with Progress() as progress:
            found = replayed(Path(replay), dispute, progress)
    else:
        if side is None:
            raise InvalidOption("no side", where="--as", why="you play one of the two", instead="--as USA")
        if save is not None:
            require_writable(Path(save))
        screen = Screen(script is None and not as_json)
        from detente.talks.moves import Event

        events: list[Event] = []
        scripted = script is not None or not sys.stdin.isatty()
        desk = Desk(
            _lines(script, screen),
            screen.show,
            screen.tell,
            None if scripted else screen.complain,
            events,
            waits_at_end=scripted,
        )
        with Progress() as progress:
            setup = _setup(dispute, day, options)
            found = played(sit(dispute, setup, side, days=days, seed=seed, progress=progress), desk)
        if save is not None:
            save_play(Path(save), found)
            click.echo(f"saved in {save}", err=True)
        if found.error is not None:
            raise found.error
    data = found.document()
    if as_json:
        origin = {"record_hash": found.header["record_hash"]}
        print_json(envelope("talks-play", found.header, data, provenance=origin))
    else:
        print_told(data["transcript"])


def _lines(script: str | None, screen: Any) -> Iterator[tuple[str, str]]:
    """Lines of a file, of standard input, or of a person at the keyboard, with where they stand."""
    from detente.analysis.talks_play import script_lines
    from detente.core.errors import MalformedFile

    if script is None and sys.stdin.isatty():
        return screen.typed()
    if script in (None, "-"):
        return script_lines(sys.stdin.read(), "standard input")
    assert script is not None
    try:
        return script_lines(Path(script).read_text(encoding="utf-8"), Path(script).name)
    except (OSError, UnicodeDecodeError) as error:
        raise MalformedFile(
            script, where="--script", why=str(error), instead="a text file with one move a line"
        ) from None


@talks.command(name="red-team")
@DISPUTE
@click.option("--as", "side", required=True, metavar="SIDE", help="Whose move it is.")
@click.option("--on", "day", metavar="DAY", help="The day of the move; default: the last day checked.")
@click.option("--move", "moves", multiple=True, metavar="MOVE", help="As in `talks play`. May repeat.")
@click.option("--runs", default=400, show_default=True, help="Number of plays.")
@setup_options
@JSON
def red_team(
    dispute: str,
    side: str,
    day: str | None,
    moves: tuple[str, ...],
    runs: int,
    seed: int,
    as_json: bool,
    **options: Any,
) -> None:
    """The other side's three likeliest replies to a move, with odds and what it did before.

    Without --move: what it does next by itself.

    Example: detente talks red-team us-china --as USA --on 2025-06-05 --move "accuse"
    """
    from detente.analysis.talks import red_team as answer_of
    from detente.cli.progress import Progress

    setup = _setup(dispute, day, options)
    with Progress() as progress:
        answer = answer_of(dispute, setup, side, moves, runs=runs, seed=seed, progress=progress)
    if as_json:
        print_json(answer)
    else:
        from detente.cli.talks_text import print_memo

        print_memo(answer["query"], answer["data"])
