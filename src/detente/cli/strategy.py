"""Commands about strategy: optimal, nash, bargain."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from detente.cli.figure import FIGURE, require_figure
from detente.cli.record import ASSUME, JSON, KNOWN_BY, ON, print_json

OPTIONS = (
    click.option("--world", default="icio2022", show_default=True, help="A shipped world or a folder."),
    click.option("--model", default="input-output", show_default=True, help="Name of a model."),
    click.option("--revenue-use", default="rebated", show_default=True, help="Or: government."),
    click.option("--elasticities", help="A set of the world; default: its own."),
    click.option("--theta-scale", default=1.0, show_default=True, help="Factor on every trade elasticity."),
    click.option("--aims", metavar="FILE", help="What each side wants (YAML); default: real income."),
    click.option(
        "--grain",
        default="uniform",
        show_default=True,
        help="Duties: uniform, sector (on all partners alike), partner, partner-sector.",
    ),
    click.option("--against", metavar="LABELS", help="Partners whose goods duties fall on; default: all."),
    click.option("--sectors", metavar="LABELS", help="Goods sectors duties fall on; default: all."),
    click.option(
        "--group",
        "groups",
        multiple=True,
        metavar="NAME=LABELS",
        help="Partners charged alike, with --grain partner; the others are one more group. May repeat.",
    ),
    click.option("--export-taxes", is_flag=True, help="Sides set export taxes too."),
    click.option("--lowest", default=0.0, show_default=True, help="Lowest rate, percent."),
    click.option("--highest", default=1000.0, show_default=True, help="Highest rate, percent."),
    click.option("--time-limit", type=float, metavar="SECONDS", help="Then give the best so far (exit 3)."),
)


def game_options(closure: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """The options of every game; `closure` is the default one."""

    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        command = JSON(command)
        command = click.option(
            "--closure", default=closure, show_default=True, help="Or: balanced, fixed_to_world_income."
        )(command)
        for option in reversed(OPTIONS):
            command = option(command)
        return command

    return decorate


def _setting(options: dict[str, Any]) -> Any:
    from detente.analysis.games import Setting

    return Setting(
        world=options["world"],
        model=options["model"],
        closure=options["closure"],
        revenue_use=options["revenue_use"],
        elasticities=options["elasticities"],
        theta_scale=options["theta_scale"],
        aims=options["aims"],
        grain=options["grain"],
        against=_labels(options["against"]),
        sectors=_labels(options["sectors"]),
        groups=dict(_group(given) for given in options["groups"]),
        export_taxes=options["export_taxes"],
        lowest_percent=options["lowest"],
        highest_percent=options["highest"],
        time_limit_seconds=options["time_limit"],
        **{name: options.get(name) for name in ("dispute", "on", "known_by", "assume", "within_days")},
    )


def law_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Options that limit moves to the law of a day."""
    words = "Limit moves to the authorities of this dispute's record, over the duties in force."
    for option in (
        click.option(
            "--within", "within_days", type=int, metavar="DAYS", help="Authorities that take no longer."
        ),
        ASSUME,
        KNOWN_BY,
        ON,
        click.option("--dispute", metavar="DISPUTE", help=words),
    ):
        command = option(command)
    return command


def _group(given: str) -> tuple[str, tuple[str, ...]]:
    from detente.core.errors import InvalidOption

    name, _, labels = given.partition("=")
    members = _labels(labels) or ()
    if not name.strip() or not members:
        raise InvalidOption(
            repr(given), where="--group", why="not NAME=LABELS", instead="for example allies=CAN,MEX"
        )
    return name.strip(), members


def _labels(given: str | None) -> tuple[str, ...] | None:
    return None if given is None else tuple(part.strip() for part in given.split(",") if part.strip())


@click.command()
@click.argument("side")
@FIGURE
@click.option(
    "--lobby-from",
    metavar="FILE",
    help="Sector weights that fit observed duties best: a CSV file with sector,rate_percent.",
)
@law_options
@game_options("fixed_to_world_income")
def optimal(side: str, as_json: bool, figure: str | None, lobby_from: str | None, **options: Any) -> int:
    """The duties that serve one side best while all others keep theirs: a bound, not a forecast.

    Example: detente optimal USA --against CHN --grain partner-sector
    """
    from detente.analysis.games import optimal as answer_of
    from detente.cli.progress import Progress

    path, setting = require_figure(figure), _setting(options)
    with Progress() as progress:
        answer, status = answer_of(side, setting, progress, lobby_from=lobby_from)
        if path is not None:
            from detente.cli.figure import draw_curves

            draw_curves(path, (side, *(setting.against or ())), setting, answer, progress)
    if as_json:
        print_json(answer)
    else:
        from detente.cli.strategy_text import print_optimal

        print_optimal(answer["data"])
    return status


@click.command()
@click.argument("sides")
@click.option("--starts", default=3, show_default=True, help="Duties to start from.")
@click.option("--checks", default=20, show_default=True, help="Searches for each side's regret.")
@click.option("--first", metavar="SIDE", help="This side of two moves first, knowing the answer.")
@click.option("--answer", default="optimal", show_default=True, help="Or: none, reciprocal, proportional.")
@click.option("--factor", default=1.0, show_default=True, help="Of a proportional answer.")
@FIGURE
@click.option(
    "--picture",
    type=click.Choice(["curves", "ladder"]),
    default="curves",
    show_default=True,
    help="Of --figure: reaction curves, or the ladder of retaliation.",
)
@law_options
@game_options("balanced")
def nash(
    sides: str,
    starts: int,
    checks: int,
    first: str | None,
    answer: str,
    factor: float,
    figure: str | None,
    picture: str,
    as_json: bool,
    **options: Any,
) -> int:
    """A trade war: duties at which no side gains by changing its own. SIDES by comma, or all.

    Deficits are zero unless another closure is asked for.

    Example: detente nash USA,CHN --against USA,CHN; the world at war: detente nash all
    """
    from detente.analysis.games import nash as answer_of
    from detente.cli.progress import Progress

    path, setting = require_figure(figure), _setting(options)
    with Progress() as progress:
        found, status = answer_of(
            _labels(sides) or (),
            setting,
            starts=starts,
            checks=checks,
            first=first,
            answer=answer,
            factor=factor,
            progress=progress,
        )
        if path is not None:
            from detente.cli.figure import draw_curves, draw_ladder

            draw = draw_ladder if picture == "ladder" else draw_curves
            draw(path, _labels(sides) or (), setting, found, progress)
    if as_json:
        print_json(found)
    else:
        from detente.cli.strategy_text import print_first_move, print_nash

        (print_nash if first is None else print_first_move)(found["data"])
    return status


@click.command()
@click.argument("sides")
@click.option("--rule", default="egalitarian", show_default=True, help="Or: kalai-smorodinsky, nash.")
@click.option(
    "--outside",
    default="status-quo",
    show_default=True,
    help="Without a deal: or war, or lapse of the clocks (issues only).",
)
@click.option(
    "--red-line",
    "red_lines",
    multiple=True,
    metavar="SIDE=PERCENT",
    help="The least that a side's aim may come to. May repeat.",
)
@click.option("--frontier", default=0, show_default=True, help="Points of the frontier to add.")
@click.option("--dispute", metavar="DISPUTE", help="Bargain over the issues of this dispute's agenda.")
@click.option(
    "--over",
    type=click.Choice(["issues", "duties"]),
    help="Issues of the agenda (default with --dispute), or duties alone.",
)
@click.option(
    "--offer", "offers", multiple=True, metavar="ISSUE=OPTION", help="Judge this offer as well. May repeat."
)
@click.option(
    "--continuous",
    metavar="ISSUES",
    help="Also the deal in which these duties may stand at any rate, by comma.",
)
@FIGURE
@click.option("--durability", is_flag=True, help="What patience each side needs to keep it (issues only).")
@click.option("--agenda", metavar="FILE", help="Issues and options (YAML); default: the dispute's own.")
@ON
@KNOWN_BY
@ASSUME
@game_options("balanced")
@click.pass_context
def bargain(
    context: click.Context,
    sides: str,
    rule: str,
    outside: str,
    red_lines: tuple[str, ...],
    frontier: int,
    as_json: bool,
    over: str | None,
    **options: Any,
) -> int:
    """The deal that all sides would sign, by a bargaining rule. SIDES by comma.

    With --dispute over the issues of its agenda on a day: a term sheet. Else over the duties they set.

    Example: detente bargain USA,CHN --dispute us-china --on 2025-05-10

    Example: detente bargain USA,CHN --outside war --rule nash --against USA,CHN
    """
    if over == "issues" or (over is None and options["dispute"] is not None):
        from detente.cli.term_sheet import term_sheet
        from detente.core.errors import InvalidOption

        if options["dispute"] is None:
            raise InvalidOption("--over issues", where="--dispute", why="whose agenda?", instead="us-china")
        asked = context.get_parameter_source("closure") is not click.core.ParameterSource.DEFAULT
        options |= {"rule": rule, "outside": outside, "red_lines": dict(map(_red_line, red_lines))}
        return term_sheet(_labels(sides) or (), options, options["closure"] if asked else None, as_json)
    from detente.analysis.games import bargain as answer_of
    from detente.cli.progress import Progress
    from detente.cli.term_sheet import require_duties_only

    require_duties_only(options)
    with Progress() as progress:
        found, status = answer_of(
            _labels(sides) or (),
            _setting(options),
            rule=rule,
            outside=outside,
            red_lines=dict(_red_line(given) for given in red_lines),
            frontier=frontier,
            progress=progress,
        )
    if as_json:
        print_json(found)
    else:
        from detente.cli.strategy_text import print_bargain

        print_bargain(found["data"])
    return status


def _red_line(given: str) -> tuple[str, float]:
    from detente.core.errors import InvalidOption

    side, _, number = given.partition("=")
    try:
        return side.strip(), float(number)
    except ValueError:
        raise InvalidOption(
            repr(given), where="--red-line", why="not SIDE=PERCENT", instead="for example USA=-0.1"
        ) from None
