"""`detente bargain --dispute`: the package both sides would sign on a day, as a term sheet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from detente.cli.terminal import heading, say, table


def term_sheet(sides: Sequence[str], options: Mapping[str, Any], closure: str | None, as_json: bool) -> int:
    """The command, from the options of `bargain`.

    Args:
        sides: as given; they must be the parties of the dispute.
        options: of the command line.
        closure: None where none was asked for.
    """
    from dataclasses import replace

    from detente.analysis.bargains import Question, bargained
    from detente.analysis.term_sheet import answered
    from detente.cli.figure import require_figure, write_figure
    from detente.cli.progress import Progress
    from detente.cli.record import print_json, query_days
    from detente.core.errors import InvalidGame
    from detente.record.checks import require_sound
    from detente.record.files import load_record

    record = load_record(options["dispute"])
    require_sound(record)
    if set(sides) != set(record.settings.parties):
        raise InvalidGame(
            f"sides {', '.join(sides)}",
            where="SIDES",
            why=f"the parties of {record.settings.name} are {' and '.join(record.settings.parties)}",
            instead=",".join(record.settings.parties),
        )
    asof = query_days(record, options["on"], options["known_by"], options["assume"])
    chosen: dict[str, Any] = {name: options[name] for name in (
        "agenda", "rule", "outside", "red_lines", "world", "model", "revenue_use", "elasticities",
        "theta_scale", "aims", "durability",
    )}  # fmt: skip
    if closure is not None:
        chosen["closure"] = closure
    question = Question(**chosen, offer=dict(map(_offered, options["offers"])) or None)
    question = replace(question, time_limit_seconds=options["time_limit"])
    names = [name.strip() for name in (options["continuous"] or "").split(",")]
    question = replace(question, continuous=tuple(name for name in names if name))
    path = require_figure(options["figure"])
    with Progress() as progress:
        sheet = bargained(record, asof, question, progress)
        answer = answered(sheet, question, progress)
    if path is not None:
        from detente.analysis.curves import frontier_picture
        from detente.brief.strategy_charts import frontier_chart

        offer = sheet.agenda.package(question.offer) if question.offer else None
        picture = frontier_picture(sheet, offer)
        write_figure(path, frontier_chart(picture), "frontier", picture, answer["query"])
    if as_json:
        print_json(answer)
    else:
        print_sheet(answer["data"])
    return 0 if sheet.in_time else 3


def require_duties_only(options: Mapping[str, Any]) -> None:
    """Refuse options that only a bargain over issues has.

    Raises:
        InvalidOption: naming the option.
    """
    from detente.core.errors import InvalidOption

    for name, flag in (
        ("offers", "--offer"),
        ("continuous", "--continuous"),
        ("durability", "--durability"),
        ("agenda", "--agenda"),
        ("figure", "--figure"),
    ):
        if options[name]:
            raise InvalidOption(
                flag, where=flag, why="it is of a bargain over issues", instead="--dispute us-china as well"
            )


def _offered(given: str) -> tuple[str, str]:
    from detente.core.errors import InvalidOption

    issue, sign, option = given.partition("=")
    if not sign:
        raise InvalidOption(
            repr(given), where="--offer", why="not ISSUE=OPTION", instead="for example us-fentanyl-duty=ten"
        )
    return issue.strip(), option.strip()


def print_sheet(data: Mapping[str, Any]) -> None:
    """The term sheet for a reader; every number is in the JSON."""
    say(
        f"{data['dispute']} on {data['on']}: {data['packages']} packages, "
        f"{data['packages_that_can_be_signed']} can be signed; {data['model']} on {data['world']}, "
        f"closure {data['closure']}"
    )
    heading(data["answer"])
    proof = data["certificate"]
    sheet = data["agreement"]
    if sheet is not None:
        _print_terms(sheet)
        _print_sides(sheet)
    outside = [
        (name, *(f"{worth:+.3f}" for worth in values["worth_percent"].values()))
        for name, values in data["outside_options"].items()
    ]
    sides = list(data["outside_options"]["status-quo"]["worth_percent"])
    heading("Without a deal")
    table(("", *(f"{side} %" for side in sides)), outside)
    heading("Red lines")
    rows = [
        (
            line["side"],
            "; ".join(f"{issue}: {', '.join(options)}" for issue, options in line["never"].items()),
            str(line["packages_excluded"]),
            line["entry"] or line["because"],
        )
        for line in data["red_lines"]
    ]
    if rows:
        table(("side", "never signs", "packages excluded", "ground"), rows)
    else:
        say("none bears on the options of the day")
    if "offer" in data:
        _print_offer(data["offer"])
    if "continuous" in data:
        _print_continuous(data["continuous"])
    if "durability" in data:
        _print_durability(data["durability"])
    if data["dropped"]:
        say(f"{len(data['dropped'])} options of the agenda change nothing on the day; --json says why")
    certified = "certified" if proof["certified"] else "NOT certified"
    if not proof["in_time"]:
        say("the time limit came before every package was valued: this is the best of those that were")
    distance = proof["distance_to_frontier_percent"]
    say(
        f"{certified}: {proof['method']}; distance to the frontier {distance:.1e}%; "
        f"{proof['distinct_policies']} equilibria, worst residual {proof['worst_residual']:.1e}"
    )
    if proof["lottery_gain_percent"] > 0:
        say(f"a lottery over two packages could add {proof['lottery_gain_percent']:.4f}%; none is offered")
    say("worths are percent of each side's aim in this model; a bargain is not a forecast")


def _print_terms(sheet: Mapping[str, Any]) -> None:
    rows = []
    for term in sheet["terms"]:
        worth = [_range(one) for one in term["worth_in_the_deal"].values()]
        for number, step in enumerate(term["steps"]):
            power = step["authority"]
            risk = f" (risk {power['litigation_risk']})" if power["litigation_risk"] else ""
            rows.append(
                (
                    f"{step['by']} {step['does']}",
                    f"{step['instrument'].replace('_', ' ')}: {power['title']}{risk}",
                    step["by_day"],
                    *(worth if number == 0 else ("", "")),
                )
            )
    sides = list(sheet["sides"])
    table(("who does what", "by which instrument", "by", *(f"to {side} %" for side in sides)), rows)


def _print_sides(sheet: Mapping[str, Any]) -> None:
    spread = sheet.get("spread")
    rows = [
        (
            side,
            f"{one['gain']['central_percent']:+.3f}",
            f"{spread['gain'][side]['low_percent']:+.3f} to {spread['gain'][side]['high_percent']:+.3f}"
            if spread
            else "-",
            f"{one['most_it_could_gain_percent']:+.3f}",
        )
        for side, one in sheet["sides"].items()
    ]
    heading("Over the outside option")
    table(("side", "gain %", "range", "most it could gain %"), rows)
    if spread:
        say(f"all gain in {spread['all_gain_in']} of {spread['variants']} sets of assumptions")


def _print_continuous(found: Mapping[str, Any]) -> None:
    heading("With these duties at any rate", f": {', '.join(found['issues'])}")
    if found["agreement"] is None:
        say("nothing beats the outside option for both")
        return
    for duty in found["agreement"]["duties"]:
        say(f"{duty['by']} {duty['does']}")
    package = found["agreement"]["package"]
    say(f"and {', '.join(f'{issue}: {option}' for issue, option in package.items()) or 'nothing else'}")
    gains = "; ".join(f"{side} {gain:+.3f}%" for side, gain in found["gain_percent"].items())
    word = "certified" if found["certified"] else "NOT certified"
    say(f"gains {gains}; {word}, distance to the frontier {found['distance_to_frontier_percent']:.1e}%")


def _print_offer(offer: Mapping[str, Any]) -> None:
    heading("The offer")
    gains = "; ".join(f"{side} {gain:+.3f}%" for side, gain in offer["gain_percent"].items())
    say(f"{', '.join(f'{k}: {v}' for k, v in offer['package'].items())}: {gains}")
    for why in offer["forbidden"]:
        say(f"cannot be signed: {why}")
    if offer["better_for_both"]:
        rest = {k: v for k, v in offer["better_for_both"].items() if offer["package"].get(k) != v}
        say(
            f"better for both by {offer['common_gain_left_percent']:.3f}%: with "
            + ", ".join(f"{k}: {v}" for k, v in rest.items())
        )


def _print_durability(found: Mapping[str, Any]) -> None:
    assumed = found["assumed"]
    for name, title in (
        ("deal", "How long the deal would last"),
        ("truce", "How long the truce in force would"),
    ):
        one = found[name]
        if one is None:
            continue
        heading(
            title, f": least weight of the next quarter against this one; punishment: {one['punishment']}"
        )
        days = [f"seen in {row['lag_days']} d" for row in next(iter(one["sides"].values()))["by_lag"]]
        rows = [
            (
                side,
                f"{stakes['temptation_percent']:+.3f}",
                *(_factor(row["with_alarms_and_returns"]) for row in stakes["by_lag"]),
                *(_factor(row) for row in stakes["with_a_clock"] if row["renewal_share"] in (0.9, 0.5)),
            )
            for side, stakes in one["sides"].items()
        ]
        clock = [f"{assumed['clock_days']} d clock, renewed {share}" for share in ("90%", "50%")]
        table(("side", "gain while unseen %", *days, *clock), rows)
        for stakes in one["sides"].values():
            say(stakes["breach"])
    if found["without_signature"] is not None:
        _print_unsigned(found["without_signature"])
    say(
        f"assumed: {assumed['false_alarms_a_year']:g} false alarms and {assumed['returns_a_year']:g} returns "
        "from punishment a year; with a clock a breach is seen in 30 days"
    )


def _print_unsigned(found: Mapping[str, Any]) -> None:
    heading("Without a signature", f": each alone on {', '.join(found['issues'])}")
    for one in found["equilibria"]:
        mixes = [
            "; ".join(n if weight > 1 - 1e-9 else f"{n} ({weight:.0%})" for n, weight in one[side].items())
            for side in ("first", "second")
        ]
        say(f"equilibrium: {mixes[0]} | {mixes[1]}")
    if not found["equilibria"] or found["ties"]:
        say("ties between plans: more equilibria may exist")


def _factor(needed: Mapping[str, Any]) -> str:
    factor = needed["factor_per_quarter"]
    return "never" if factor is None else "any" if factor < 5e-4 else f"{factor:.3f}"


def _range(one: Mapping[str, float]) -> str:
    low, central, high = one["low_percent"], one["central_percent"], one["high_percent"]
    return f"{central:+.3f}" if high - low < 5e-4 else f"{central:+.3f} ({low:+.3f} to {high:+.3f})"
