"""What the rules of `talks`, `measures` and `home` ask of a clause: its object, its subject, who does it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from detente.reading.actors import Actor
from detente.reading.clauses import Clause

NEAR = 95
"""How far the head of an object may stand from its verb, in characters."""
_NEXT_CLAUSE = re.compile(
    r"[,;:]? (?:after|before|while|because|as|when|since|in (?:response|retaliation|return)|following|which|who|unless|if)\b"
)
_OPENS = re.compile(
    r"\W*(?:After|Since|On|In|With|Despite|As|Within|By|From|Under|For|At|Following|Because of|Amid|When|While)\b"
)
_RELATIVE = re.compile(r"\b(?:that|which|who) ")


@dataclass(frozen=True)
class Event:
    """What a clause tells: the act, whether it lasts once done, and what may be unsure."""

    act: str
    lasting: bool = False
    unsure: tuple[str, ...] = ()
    modality: str = ""
    topic: str = ""


def object_of(clause: Clause) -> str:
    """The words in which the object stands: the rest up to the next clause, cut short."""
    words = clause.rest[:NEAR]
    cut = _NEXT_CLAUSE.search(words)
    return words[: cut.start()] if cut else words


def head_of(clause: Clause) -> str:
    """The last words of the subject before the verb, less what follows its first preposition or relative."""
    return _head(clause.front)


@lru_cache(maxsize=512)
def _head(words: str) -> str:
    if _OPENS.match(words) and ", " in words.strip(" ,"):
        words = words.strip(" ,").rsplit(", ", 1)[1] + " "
    cut = _RELATIVE.search(words)
    return words[: cut.start()] if cut and cut.start() > 3 else words


def is_official(clause: Clause) -> bool:
    """Whether a government, or someone who speaks for one, is the subject."""
    return any(a.official or a.kind in ("country", "pair") for a in clause.actors)


def passive_head(clause: Clause) -> str:
    """The subject of a passive, or of a verb by which things happen of themselves."""
    return (
        head_of(clause)
        if clause.verb.passive
        or clause.verb.lemma
        in (
            "take",
            "come",
            "enter",
            "go",
            "kick",
            "expire",
            "lapse",
            "remain",
            "stay",
            "apply",
            "resume",
            "begin",
            "start",
            "continue",
            "collapse",
            "stall",
            "end",
            "conclude",
            "break",
            "fall",
            "rise",
            "double",
            "drop",
        )
        else ""
    )


def whole_of(clause: Clause) -> str:
    """The words of a clause from its subject to its end."""
    assert clause.parsed is not None
    return clause.parsed.text[clause.subject[0] : clause.complement[1]]


def official_or_passive(clause: Clause) -> bool:
    """Whether a government does it, or the text does not say who."""
    if clause.verb.passive and by_another(clause):
        return False
    return (
        is_official(clause)
        or clause.verb.passive
        or any(a.kind == "institution" for a in clause.actors)
        or bool(
            re.search(
                (
                    r"\b(?:order|decree|notice|rule|decision|government|authorities|customs"
                    r"|ministry|commission|announcement|it|they|he)\b"
                ),
                clause.front,
                re.I,
            )
        )
    )


def by_another(clause: Clause) -> bool:
    """Whether a passive names an agent that is no government: "suspended by Ford"."""
    by = re.match(r"\s*(?:\w+ly )?by (?:the )?(?=[A-Z])", clause.rest)
    if by is None:
        return False
    agents = [a for a in clause.objects if a.start <= clause.verb.end + by.end() + 2]
    return not any(a.official or a.kind in ("country", "pair", "institution", "place") for a in agents)


def doers(clause: Clause) -> list[Actor]:
    """Who does what a clause tells: the subject, or who stands after "by" in a passive."""
    if clause.verb.passive:
        by = re.search(r"\bby (?:the |a |an )?", clause.rest)
        return [
            a
            for a in clause.objects
            if by and 0 <= a.start - (clause.verb.end + by.start()) <= by.end() - by.start() + 2
        ][:1]
    return [a for a in clause.actors if a.kind != "place"]
