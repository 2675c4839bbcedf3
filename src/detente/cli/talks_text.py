"""Talks in words for the terminal: a simulation, a play told, a memo, the screen of a person who plays."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import Any

import click

from detente.core.errors import DetenteError
from detente.core.places import name_of
from detente.talks.board import board, choices, issues, put_together
from detente.talks.moves import Event
from detente.talks.odds import in_words as _odds
from detente.talks.sides.view import View
from detente.talks.state import Standing
from detente.talks.story import WHY, level_words, sentence, thing
from detente.talks.words import package_key

WIDTH = 100
TIED = "\u00a0"
"""A blank at which no line breaks; shown as any other."""
CLOCK = {"hard": "the law ends it", "soft": "in words", "extendable": "may be extended"}
"""Kinds of clock, in words."""
LISTED = 30
"""Packages that are listed one by one."""


def print_simulation(query: dict[str, Any], data: dict[str, Any]) -> None:
    """How plays ended, and one of them."""
    sides = ", ".join(f"{name_of(s)} {n}" for s, n in query["sides"].items())
    click.echo(f"{query['dispute']} from {query['from']}, {query['days']} days, {data['n']} plays: {sides}")
    click.echo(f"These are {data['what_it_is']}.")
    click.echo()
    for standing, share in data["ended_share"].items():
        if share:
            click.echo(f"  {share:5.0%}  {WHY[Standing(standing)]}")
    click.echo()
    if data["forecast"] is not None:
        for reading in data["forecast"]["readings"]:
            _paragraph("", f"If it means “{reading['says']}”: {reading['move_says']}")
            for standing, share in reading["ended_share"].items():
                if share:
                    click.echo(f"  {share:5.0%}  {WHY[Standing(standing)]}")
        click.echo()
    types = ", ".join(f"{name_of(s['side'])} {s['type']}" for s in data["told"]["sides"])
    click.echo(f"Play {query['run']} ({types}):")
    print_told(data["told"])


def print_told(told: dict[str, Any]) -> None:
    """A play as a story."""
    last = ""
    for event in told["events"]:
        if not event["says"]:
            continue
        day = event["day"] if event["day"] != last else ""
        last = event["day"]
        lines = textwrap.wrap(event["says"], WIDTH - 14) or [""]
        click.echo(f"  {day:10}  {lines[0]}")
        for line in lines[1:]:
            click.echo(f"  {'':10}  {line}")
    click.echo()
    click.echo(told["ended"]["says"])


def print_memo(query: dict[str, Any], data: dict[str, Any]) -> None:
    """The other side's likeliest replies."""
    side, other = name_of(data["side"]), name_of(data["other"])
    if data["moves"]:
        click.echo(f"{query['from']}: if {side} does this:")
        for move in data["moves"]:
            _paragraph("  ", move["says"])
        click.echo(f"{other}'s likeliest replies within 30 days, and how likely each is without it.")
    else:
        click.echo(f"{query['from']}: {side} does nothing new.")
        click.echo(f"What {other} likeliest does within 30 days.")
    click.echo(f"These are {data['what_it_is']} ({data['n']} plays).")
    for number, reply in enumerate(data["replies"], start=1):
        click.echo()
        odds = _odds(reply["odds_share"])
        if reply["without_move_share"] is not None:
            odds += f" (without it {_odds(reply['without_move_share'])})"
        click.echo(f"{number}. {_capital(reply['says'])}: {odds}{_when(reply['median_days'])}")
        if reply["most_often_with"]:
            _paragraph("   ", f"Most often with: {reply['most_often_with']}.")
        if reply["reply"] == "silent":
            continue
        _paragraph("   ", _on_record(data, reply, other))
        for entry in reply["precedents"]:
            _paragraph(f"     {entry['day']}  ", f"{entry['title']} [{entry['id']}]")
    click.echo()
    rest = data["other_replies_share"]
    click.echo(f"Anything else: {_odds(rest)}." if rest else "No play had any other reply.")


def _when(days: int | None) -> str:
    if days is None:
        return ""
    if days == 0:
        return ", at once"
    return f", after {days} day{'s' if days > 1 else ''} (median)"


def _on_record(data: dict[str, Any], reply: dict[str, Any], other: str) -> str:
    """How often the other side did the like, and after how many of the first side's acts like the move."""
    if not reply["precedents_n"]:
        return f"On record: {other} has not done so."
    times = "once" if reply["precedents_n"] == 1 else f"{reply['precedents_n']} times"
    words = f"On record: {times}"
    if data["own_acts_like_it"] and reply["like_n"]:
        words += (
            f"; within 30 days of {reply['followed_like_n']} of {reply['like_n']} days with "
            f"{data['own_acts_like_it']} of {name_of(data['side'])}"
        )
    return words + "."


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _paragraph(head: str, text: str) -> None:
    lines = textwrap.wrap(text, WIDTH - len(head), break_on_hyphens=False) or [""]
    click.echo(f"{head}{lines[0]}")
    for line in lines[1:]:
        click.echo(f"{' ' * len(head)}{line}")


class Screen:
    """What a person sees; words about the play go to standard error, so that output stays clean.

    Args:
        shown: whether anything is shown at all.
    """

    def __init__(self, shown: bool) -> None:
        self.shown = shown
        self.view: View | None = None
        self.at_the_table = False

    def show(self, view: View, news: list[Event], at_the_table: bool) -> None:
        """What happened since the last question."""
        self.view, self.at_the_table = view, at_the_table
        if not self.shown:
            return
        for event in news:
            words = sentence(view.game, event)
            if words:
                click.echo(f"  {event.day}  {words}", err=True)
        place = " at the table" if at_the_table else ""
        left = view.days_left
        clock = f", {left} days to the clock" if left is not None else ""
        click.echo(f"{view.state.day} {name_of(view.side)}{place}{clock} > ", nl=False, err=True)

    def complain(self, error: DetenteError) -> None:
        """An error; the same question comes again."""
        click.echo(f"error: {error.text()}", err=True)

    def typed(self) -> Iterator[tuple[str, str]]:
        """Lines from the keyboard."""
        while True:
            try:
                line = input()
            except EOFError:
                return
            yield "your move", line

    def tell(self, line: str, view: View) -> None:
        """Answers a question that is no move."""
        word, _, rest = line.partition(" ")
        if word == "weigh":
            print_package(put_together(view, package_key(view.game, rest.strip(), "weigh")), view)
        else:
            {"state": print_state, "issues": print_issues, "moves": print_moves, "help": print_help}[
                word.lower()
            ](view)


def print_help(view: View) -> None:
    """What can be typed."""
    _say("  moves   what you may do, by number; type the number, or the move itself")
    _say("  issues  what a package can be put together from")
    _say("  weigh ISSUE=OPTION ...   what a package is worth, before it is offered")
    _say("  state   where talks stand")
    _say("  wait [DAYS]   until something happens, or so many days; quit")


def print_moves(view: View) -> None:
    """Moves by number, in words; those on one lever together, those on packages cut short."""
    levers: dict[str, list[str]] = {}
    offers = 0
    for one in choices(view):
        about, package = one["about"], one["package"]
        if about in view.game.levers:
            how = one["move"].replace(f" {about}", "")
            levers.setdefault(about, []).append(f"{one['number']}. {how}".replace(" ", TIED))
            continue
        offers += package is not None
        if package is not None and offers > LISTED:
            continue
        number = "" if one["number"] is None else f"{one['number']}."
        worth = "" if package is None or package["kind"] == "extension" else f" [{_worth(package)}]"
        _wrapped(f"  {number:>4} ", f"{one['says']}{worth}")
    if offers > LISTED:
        _say(f"       and {offers - LISTED} more packages; any of `issues` can be put together")
    for lever, options in levers.items():
        now = level_words(view.game.levers[lever], view.state.levers[lever].level)
        _wrapped("  ", f"{view.game.levers[lever].title} ({now}):")
        _wrapped("       ", "   ".join(options))


def print_issues(view: View) -> None:
    """Issues and their options, with the labels to type."""
    for issue in issues(view.game, view.state):
        _say(f"  {issue['issue']}: {issue['title']}{' (settled)' if issue['settled'] else ''}")
        for option in issue["options"]:
            if not option["steps"]:
                continue
            never = "".join(f"; {name_of(n['side'])} never signs it" for n in option["never_signed_by"])
            steps = "; ".join(f"{name_of(s['by'])} {s['does']}" for s in option["steps"])
            _wrapped(f"    ={option['option']}  ", f"{option['title']} ({steps}){never}")


def print_package(package: dict[str, Any], view: View) -> None:
    """A package before it is offered."""
    _wrapped("  ", package["says"])
    _say(f"  {_worth(package)}")
    _say(f"  text: {package['rounds_needed']} rounds needed, {package['rounds_held']} held")
    if package["refused"]:
        _wrapped("  cannot be signed: ", package["refused"])


def _worth(package: dict[str, Any]) -> str:
    """What a package is worth to each side and its chance at home, in words."""
    return "; ".join(
        f"{side} {package['gain_percent'][side]:+.3f}% a year, passes at home {_odds(share)}"
        for side, share in package["passes_home_share"].items()
    )


def _say(text: str) -> None:
    click.echo(text, err=True)


def _wrapped(head: str, text: str) -> None:
    lines = textwrap.wrap(text, WIDTH - len(head), break_on_hyphens=False) or [""]
    lines = [line.replace(TIED, " ") for line in lines]
    _say(f"{head}{lines[0]}")
    for line in lines[1:]:
        _say(f"{' ' * len(head)}{line}")


def _suspended(lever: dict[str, Any]) -> str:
    if not lever["suspended"]:
        return ""
    if lever["is_duty"]:
        return f", {lever['suspended']:g} points more suspended"
    return " in force, suspended"


def print_state(view: View) -> None:
    """Where talks stand, for a person."""
    now = board(view)
    _say(f"  {now['day']}: {now['standing']['says']}")
    for lever in now["levers"]:
        _wrapped("  ", f"{name_of(lever['side'])}: {lever['title']}: {lever['says']}{_suspended(lever)}")
    for clock in now["clocks"]:
        ends = ", ".join(f"{name_of(side)} {day}" for side, day in clock["ends"].items())
        _say(f"  {thing(view.game, clock['clock'])} ({CLOCK[clock['kind']]}): {ends}")
    for pledge in now["pledges"]:
        _say(f"  {name_of(pledge['by'])} has pledged {pledge['days']} days more on {pledge['clock']}")
    for channel in now["channels"]:
        asked = ""
        if channel["asked_by"]:
            asked = f", {name_of(channel['asked_by'])} asks for {channel['asked_day']}"
        meets = f", meets {channel['meets']}" if channel["meets"] else ""
        _say(f"  {channel['title']}: health {channel['health_share']:.0%}{meets}{asked}")
    for offer in now["offers"]:
        how = " by a deniable word" if offer["deniable"] else ""
        _wrapped("  ", f"{name_of(offer['by'])} offers{how}: {offer['says']} [{_worth(offer)}]")
    if now["agreed"]:
        _wrapped("  ", f"agreed in principle: {now['agreed']['says']}")
    for threat in now["threats"]:
        _wrapped(
            "  ", f"{name_of(threat['by'])} threatens {threat['title']}, {threat['says']}, by {threat['due']}"
        )
    for condition in now["conditions"]:
        _wrapped("  ", f"condition of {name_of(condition['by'])}: {condition['says']}")
    for appeal in now["appeals"]:
        _wrapped("  ", f"before the last court until {appeal['last_word']}: {appeal['title']}")
    for partner in now["partners"]:
        _say(
            f"  {partner['name']} {partner['stance']} ({partner['gain_percent']:+.3f}% of its income a year)"
        )
