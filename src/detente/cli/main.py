"""The command `detente`: one group, commands loaded when called, errors in one shape."""

from __future__ import annotations

import importlib
import os
import sys
from typing import Any

import click

from detente import __version__
from detente.core.errors import DetenteError, InvalidOption

COMMANDS = {
    "brief": ("detente.cli.brief", "Write the brief on a dispute: one HTML page and its JSON twin."),
    "status": ("detente.cli.record", "What is in force on a day, both ways, with clocks and claims."),
    "changed": ("detente.cli.record", "What changed since a day, law apart from talk."),
    "diff": ("detente.cli.law", "What differs between two days, why, and which of it is law."),
    "timeline": ("detente.cli.record", "Every event of a dispute, oldest first."),
    "owed": ("detente.cli.law", "What was owed, what was collected, what can be claimed back, by day."),
    "authorities": ("detente.cli.law", "What each government may use: cap, notice, duration, risk."),
    "claims": ("detente.cli.claims", "Who says what, what stands against it, and what happened later."),
    "commitments": ("detente.cli.law", "Who promised what by when, what was done, who says who broke it."),
    "first-since": ("detente.cli.claims", "When something last happened, and the time before that."),
    "analogues": ("detente.cli.claims", "What followed the last times something happened, with n."),
    "base-rates": ("detente.cli.track_record", "What became of earlier cases: priors with n and weight."),
    "track-record": ("detente.cli.track_record", "How good our odds were: a backtest, scored."),
    "rate": ("detente.cli.rates", "The duties on a good on a day: each that is paid and each that is not."),
    "portfolio": ("detente.cli.rates", "The duty bill of a list of goods: today, in scenarios, and refunds."),
    "average": ("detente.cli.rates", "The average duty after each legal change, by name of its weights."),
    "panel": ("detente.cli.panel", "All duties by line, partner and time, as files in the cache."),
    "check": ("detente.cli.record", "Check a record: sourced, spans sane, links resolve, nothing twice."),
    "new": ("detente.cli.keep", "Make a dispute folder of your own, from nothing or as a copy."),
    "add": ("detente.cli.keep", "Add an entry to a dispute folder of your own."),
    "edit": ("detente.cli.keep", "Change fields of an entry; comments stay."),
    "schema": ("detente.cli.keep", "JSON Schema of entries, for editors."),
    "export": ("detente.cli.keep", "Write a record as CSV, Parquet, JSON, or its deadlines as iCalendar."),
    "read": ("detente.cli.reading", "Turn articles into proposals for the record."),
    "review": ("detente.cli.reading", "Accept, edit or reject proposals, one key each."),
    "grade": ("detente.cli.reading", "Grade the reader against a gold folder."),
    "serve": ("detente.cli.serve", "Open the workbench in a browser: look, ask, compare."),
    "what-if": ("detente.cli.economy", "Put a change of duties through the world economy."),
    "horizon": (
        "detente.cli.economy",
        "A policy after one year and ten: who serves, who gains output.",
    ),
    "spread": ("detente.cli.sensitivity", "How far an answer moves with what is assumed, and what moves it."),
    "exposure": ("detente.cli.sensitivity", "Who depends on whom: at the margin, and where trade ends."),
    "leverage": ("detente.cli.leverage", "Who holds what over whom on a day, and who has the upper hand."),
    "optimal": ("detente.cli.strategy", "The duties that serve one side best, others' given."),
    "nash": ("detente.cli.strategy", "A trade war: duties that no side gains by changing."),
    "bargain": ("detente.cli.strategy", "The deal that all sides would sign, by a bargaining rule."),
    "talks": ("detente.cli.talks", "Talks played forward: simulate, play a side, red-team a move."),
    "outlook": ("detente.cli.outlook", "Odds from a day on: a deal, an extension, a lapse, an escalation."),
    "world": ("detente.cli.world", "Worlds: list, show, check, build, fetch, load, merge, split, update."),
    "markets": ("detente.cli.markets", "Prices around the record's events, and odds from a move."),
    "ex-post": ("detente.cli.ex_post", "The duties of 2018-19 beside what was measured afterwards."),
    "replicate": ("detente.cli.economy", "Reproduce a published table and compare cell by cell."),
}

OUTPUT_CUT = 141
"""Exit status when whoever read the output has left: what a shell reports of a tool that SIGPIPE ended."""


class LazyGroup(click.Group):
    """A group that knows its commands by name and loads one only when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names of the commands, in the order of the help."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, loaded now."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(COMMANDS[cmd_name][0])
        return getattr(module, cmd_name.replace("-", "_"))

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands, without loading any."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, words) for name, (_, words) in COMMANDS.items()])


@click.group(
    cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(__version__, prog_name="detente")
def cli() -> None:
    """A laboratory for trade wars and trade talks.

    A dispute's news becomes a dated record, the record becomes policy, policy goes through a world
    economy, and you get a brief you can put your name to. Every command takes --json.
    """


def run(argv: list[str] | None = None) -> None:
    """Entry point: runs a command and leaves with its exit status.

    0 answered, 1 our bug, 2 bad input, 3 time limit, 130 stopped by hand, 141 the reader of the output left.
    """
    arguments = list(sys.argv[1:] if argv is None else argv)
    try:
        status = _run(arguments)
    except BrokenPipeError:
        status = OUTPUT_CUT
    if status == OUTPUT_CUT:
        # Python flushes standard output once more on its way out, and there is nobody to read it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(status)


def _run(arguments: list[str]) -> int:
    as_json = "--json" in arguments
    stdout = sys.stdout
    try:
        _require_values(arguments)
        result = cli.main(args=arguments, prog_name="detente", standalone_mode=False)
        return result if isinstance(result, int) else 0
    except click.exceptions.Abort:
        return 130
    except click.ClickException as error:
        _usage(error, as_json)
        return 2
    except DetenteError as error:
        # What was raised far from the command line knows no flag; the command is the least that is said.
        error.where = error.where or _command_of(arguments)
        error.instead = error.instead or f"see `{_command_of(arguments)} --help`"
        _report(error.as_dict(), error.text(), as_json)
        return error.exit_status
    except SystemExit:
        # Click leaves so when the output is cut, `detente ... | head`, with another stdout in its place;
        # a server that cannot start leaves so too.
        if sys.stdout is stdout:
            raise
        return OUTPUT_CUT
    except Exception as error:
        _bug(error, as_json)
        return 1


def _require_values(arguments: list[str]) -> None:
    """Refuse an empty argument: most often a shell variable that is not set, and never a name or a day."""
    for before, given in zip(["", *arguments], arguments, strict=False):
        flag, sign, value = given.partition("=")
        if given == "" or (flag.startswith("--") and sign and not value):
            where = flag or (before if before.startswith("-") else _command_of(arguments))
            raise InvalidOption(
                "an empty value", where=where, why="it names nothing", instead="a value, or leave it out"
            )


def _command_of(arguments: list[str]) -> str:
    """The command as called, `detente world merge`, without its options."""
    if not arguments or arguments[0] not in COMMANDS:
        return "detente"
    command = cli.get_command(click.Context(cli), arguments[0])
    inner = isinstance(command, click.Group) and arguments[1:2] and arguments[1] in command.commands
    return " ".join(("detente", *arguments[: 2 if inner else 1]))


def _usage(error: click.ClickException, as_json: bool) -> None:
    context = getattr(error, "ctx", None)
    command = context.command_path if context else "detente"
    flag = next((name for name in getattr(getattr(error, "param", None), "opts", ()) if name[:1] == "-"), "")
    where = f"{command} {flag}".strip()
    instead = f"see `{command} --help`"
    words = error.format_message()
    _report(
        {
            "code": "invalid_option",
            "what": words,
            "where": where,
            "why": "not understood",
            "instead": instead,
        },
        f"{where}: {words}\n  instead: {instead}",
        as_json,
    )


def _bug(error: Exception, as_json: bool) -> None:
    import traceback

    where = traceback.extract_tb(error.__traceback__)[-1]
    words = {
        "code": "internal_error",
        "what": f"{type(error).__name__}: {error}",
        "where": f"{where.name}, line {where.lineno}",
        "why": "this is a fault in detente, not in what you gave",
        "instead": "please report it with the command you ran",
    }
    _report(
        words, "".join(traceback.format_exception(error)) + f"{words['why']}; {words['instead']}", as_json
    )


def _report(parts: dict[str, Any], text: str, as_json: bool) -> None:
    if as_json:
        import json

        click.echo(json.dumps({"error": parts}, ensure_ascii=False, indent=2))
    else:
        click.echo(f"error: {text}", err=True)
