"""The sides of an act where its own clause leaves them out: whose minister, whose goods, which two leaders.

An article about two sides names them once and then says "the ministry" or "the two leaders". What is filled in
is a country the article names, under the words it uses; where the article is about more than two, nothing is.
"""

from __future__ import annotations

import re
from dataclasses import replace

from detente.reading.actors import Actor
from detente.reading.context import Context, countries_in
from detente.reading.scheme import Act

_AIMED = frozenset(["measure", "suspension", "threat", "demand", "accusation", "denial"])
_GOVERNMENTS = frozenset(
    [
        "measure",
        "suspension",
        "threat",
        "demand",
        "accusation",
        "denial",
        "claim",
        "position",
        "red_line",
        "precondition",
        "talk",
        "agreement",
        "ruling",
    ]
)


def complete(act: Act, context: Context) -> None:
    """Fill in the countries and the other side of an act, as far as the article settles them."""
    _pairs(act, context)
    _of_the_other(act)
    two = context.sides[:2] if _about_two(context) else []
    for number, actor in enumerate(act.by):
        if (
            not actor.country
            and act.act in _GOVERNMENTS
            and actor.kind not in ("company", "group", "unknown", "media")
        ):
            act.by[number] = replace(actor, country=_whose(actor, act, context, two))
    label = act.by[0].country if act.by else ""
    if act.act in _AIMED:
        if not act.on and label in two:
            other = context.named(_other(label, two), act.extent[0])
            act.on = [other] if other else []
        if not act.by and act.on and act.on[0].country in two and act.act in ("measure", "suspension"):
            doer = context.named(_other(act.on[0].country, two), act.extent[0])
            act.by = [doer] if doer else []
        act.on = [a for a in act.on if not label or a.country != label]
    if act.act == "domestic_pressure" and act.by and not act.by[0].country:
        act.by[0] = replace(act.by[0], country=_home(act, context))


def _about_two(context: Context) -> bool:
    """Whether two sides carry the article: any third is named clearly less often."""
    counts = context.counts
    return len(context.sides) >= 2 and (
        len(context.sides) == 2 or counts[context.sides[1]] > counts[context.sides[2]]
    )


def _other(label: str, two: list[str]) -> str:
    return two[1] if two[0] == label else two[0]


def _pairs(act: Act, context: Context) -> None:
    """ "The two leaders" are one of each side."""
    if not _about_two(context):
        return
    for actors in (act.by, act.with_):
        for number, actor in enumerate(actors):
            if actor.kind == "pair" and not actor.country:
                actors[number] = replace(actor, country=context.sides[0])
                second = replace(actor, country=context.sides[1])
                (act.with_ if act.act == "talk" else actors).append(second)
                if act.act == "talk":
                    act.with_ = [second]
                return


def _of_the_other(act: Act) -> None:
    """ "The deputy secretary of the American side" is one actor, not two."""
    if len(act.with_) == 2 and not act.with_[0].country and act.with_[1].kind == "country":
        act.with_ = [replace(act.with_[0], country=act.with_[1].country)]


def _whose(actor: Actor, act: Act, context: Context, two: list[str]) -> str:
    """The country of an official whom the text does not place."""
    near = _nearby(actor, context)
    if near:
        return near
    for other in (*act.on, *act.with_):
        if other.country in two:
            return _other(other.country, two)
    return context.home


def _nearby(actor: Actor, context: Context) -> str:
    """A country that stands right before the office, or right after it: "in Delhi", "of Brazil"."""
    after = re.match(r"(?:[\w ,]{0,12})?\b(?:in|of) (?:the )?", context.text[actor.end : actor.end + 24])
    if after:
        found = countries_in(context.text, actor.end, actor.end + 40)
        if found and found[0].start <= actor.end + after.end() + 1:
            return found[0].country
    before = countries_in(context.text, max(0, actor.start - 30), actor.start + len(actor.name))
    inside = [a for a in before if a.start >= actor.start - 12]
    return inside[-1].country if inside else ""


def _home(act: Act, context: Context) -> str:
    """Whose government is pressed: the one named in the act, else none."""
    found = countries_in(context.text, *act.extent)
    return found[0].country if len({a.country for a in found}) == 1 else ""
