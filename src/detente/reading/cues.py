"""What a sentence shows of the acts it may tell, as named cues: classes of words, who acts, who speaks, tense, figures, days.

A cue is a short name such as `bar` (a word of that class in `names/cues.yaml`), `by=official bar` (a clause with such
a subject and such a verb), `said=home` (a group at home speaks), `rule=measure` (the rules found a measure). `scorer`
weighs them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from pathlib import Path

from detente.core.yaml12 import read_yaml
from detente.reading.attribution import Frame, kind_of
from detente.reading.clauses import Clause, Parsed
from detente.reading.context import Context
from detente.reading.scheme import Act
from detente.reading.verbs import forms_of, known_forms

_CLASSES = Path(__file__).with_name("names") / "cues.yaml"
_WORD = re.compile(r"[^\W\d_][\w’'-]*|\d+")
_FIGURE = re.compile(r"\d")
_RATE = re.compile(r"%|\bper ?cent\b|\bpercentage points?\b")
_MONEY = re.compile(
    r"[$€£¥₹₩]\s?\d|\b\d[\d.,]*\s(?:million|billion|trillion|bn|m)\b|\b(?:dollars|euros|pounds|rupees|yuan)\b"
)
_DAY = re.compile(
    r"\b(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b|\b(?:today|yesterday|tomorrow|tonight|this morning|last (?:week|month|night|year)"
    r"|next (?:week|month|year))\b|\b(?:January|February|March|April|June|July|August|September|October|November|December)\b|\bMay \d|\d May\b",
    re.I,
)  # fmt: skip
_FIRST_PERSON = re.compile(r"\b(?:[Ww]e|[Oo]ur|[Uu]s|I|[Mm]y)\b")
_HE = re.compile(r"\b(?:[Hh]e|[Ss]he)\b")


@cache
def _classes() -> tuple[dict[str, tuple[str, ...]], dict[str, list[tuple[tuple[str, ...], str]]]]:
    """Word -> its classes, and first word -> phrases that begin with it, each with its class."""
    document, _ = read_yaml(_CLASSES, shown=_CLASSES.name)
    words: dict[str, set[str]] = {}
    phrases: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for name, kinds in document.items():
        for kind, listed in kinds.items():
            if kind == "phrases":
                for phrase in str(listed).split(","):
                    parts = tuple(_words(phrase))
                    if len(parts) == 1:
                        words.setdefault(parts[0], set()).add(name)
                    elif parts:
                        phrases.setdefault(parts[0], []).append((parts, name))
                continue
            for word in str(listed).split():
                for form in _forms(word, kind):
                    words.setdefault(form, set()).add(name)
    return {w: tuple(sorted(found)) for w, found in words.items()}, phrases


def _forms(word: str, kind: str) -> Iterable[str]:
    if kind == "verbs":
        return forms_of(word)
    if kind == "nouns":
        plural = (
            word[:-1] + "ies"
            if re.search(r"[^aeiou]y$", word)
            else word + ("es" if re.search(r"(?:s|x|ch|sh)$", word) else "s")
        )
        return word, plural
    return (word,)


def _words(text: str) -> list[str]:
    return [w.replace("’", "'").removesuffix("'s") for w in _WORD.findall(text.lower())]


@lru_cache(maxsize=1024)
def classes_in(text: str) -> frozenset[str]:
    """The classes of words and phrases that a text shows."""
    known, phrases = _classes()
    words = _words(text)
    found: set[str] = set()
    for n, word in enumerate(words):
        found.update(known.get(word, ()))
        for parts, name in phrases.get(word, ()):
            if tuple(words[n : n + len(parts)]) == parts:
                found.add(name)
    return frozenset(found)


def cues_of(
    parsed: Parsed, frames: list[Frame], carried: list[Frame], acts: list[Act], context: Context
) -> set[str]:
    """The cues of one sentence.

    Args:
        frames: of speech in the sentence.
        carried: frames whose speaker runs on from before.
        acts: what the rules found in it.
    """
    text = parsed.sentence.text
    found = set(classes_in(text))
    single = sorted(found)
    forms = known_forms()
    found.update(f"w:{forms[word][0] if word in forms else word.rstrip('s')}" for word in _words(text))
    found.update(f"rule={act.act}" for act in acts)
    if not acts:
        found.add("rule=none")
    if len(acts) > 1:
        found.add("rule=several")
    for frame in frames:
        found.add(f"said={frame.kind}")
        found.update(f"said={frame.kind} {name}" for name in _known_of(frame.lemma))
        inside = classes_in(parsed.text[frame.content[0] : frame.content[1]])
        found.update(f"said={frame.kind} of {name}" for name in inside)
    for frame in carried:
        found.add(f"carried={frame.kind}")
        found.update(f"carried={frame.kind} {name}" for name in single)
    for clause in parsed.clauses:
        found.update(_of_clause(clause))
    found.update(_shape(parsed, context))
    return found


def classes_of(lemma: str) -> frozenset[str]:
    """The classes of one word."""
    return frozenset(_known_of(lemma))


@cache
def _known_of(lemma: str) -> tuple[str, ...]:
    return _classes()[0].get(lemma, ())


SOME, MANY = 0.15, 0.4


def cues_of_text(sentences: list[set[str]]) -> set[str]:
    """What a whole text shows: the cues that some of its sentences share, and that many do; single words left out."""
    counts = Counter(
        cue
        for cues in sentences
        for cue in cues
        if not cue.startswith("w:") and (" " not in cue or cue.startswith("text "))
    )
    total = max(1, len(sentences))
    return {f"some {cue}" for cue, n in counts.items() if n / total >= SOME} | {
        f"many {cue}" for cue, n in counts.items() if n / total >= MANY
    }


def _of_clause(clause: Clause) -> Iterator[str]:
    who = _who(clause)
    verb = clause.verb
    objects = classes_in(clause.rest[:80])
    heads = classes_in(clause.front[-80:])
    for name in _known_of(verb.lemma):
        yield f"by={who} {name}"
        for noun in objects:
            if noun.endswith("_word"):
                yield f"{name} > {noun}"
        for noun in heads:
            if noun.endswith("_word"):
                yield f"{noun} {'<' if verb.passive else '>'} {name}"
    yield f"by={who}"
    if verb.modal:
        yield f"modal={verb.modal}"
    if verb.negated:
        yield "negated"
    if verb.perfect:
        yield "perfect"
    if verb.passive:
        yield "passive"
    if verb.form == "past":
        yield f"past by={who}"


def _who(clause: Clause) -> str:
    if not clause.actors:
        shown = classes_in(clause.front[-60:])
        for name in (
            "official_word",
            "court_word",
            "home_word",
            "expert_word",
            "firm_word",
            "duty_word",
            "curb_word",
            "talk_word",
            "market_word",
        ):
            if name in shown:
                return name
        return "other"
    actor = clause.actors[0]
    if actor.kind in ("country", "pair", "pronoun"):
        return actor.kind
    return kind_of(clause.actors)


def _shape(parsed: Parsed, context: Context) -> Iterator[str]:
    text = parsed.sentence.text
    if _FIGURE.search(text):
        yield "figure"
    if _RATE.search(text):
        yield "rate"
    if _MONEY.search(text):
        yield "money"
    if _DAY.search(text):
        yield "day"
    if parsed.quotes:
        yield "quote"
    if _FIRST_PERSON.search(text):
        yield "we"
        yield f"we voice={context.voice}"
    if _HE.search(text):
        yield "he"
    if text.rstrip('"”’)').endswith("?"):
        yield "question"
    if len(text) < 60:
        yield "short"
    elif len(text) > 220:
        yield "long"
    if not any(c.verb.finite for c in parsed.clauses):
        yield "no verb"
    countries = {a.country for a in parsed.actors if a.country}
    yield f"countries={min(2, len(countries))}"
    if any(a.official for a in parsed.actors):
        yield "official"
    yield f"voice={context.voice}"
    if context.relevant:
        yield "text relevant"
    yield f"text countries={min(3, len(context.counts))}"
    yield f"text trade={min(4, int(context.trade**0.5))}"
    density = 1000 * context.trade / max(200, len(context.text))
    yield f"text density={min(5, int(density))}"
