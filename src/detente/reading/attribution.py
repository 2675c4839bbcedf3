"""Who says what a sentence tells: frames of speech, their speakers, and how far they reach.

"X said that ...", "..., X told reporters", "according to X", a speaker's label in a transcript, and a
quotation that runs on from the sentence before. Frames nest: "Bloomberg reported that officials said".
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from detente.reading.actors import Actor
from detente.reading.clauses import Clause, Parsed
from detente.reading.lexicon import (
    ACCUSE,
    CLAIM,
    DEMAND,
    DENY,
    EXPERTS,
    FIRMS,
    HOME,
    REJECT,
    SAY,
    STANCE,
    THINK,
    THREATEN,
)

SPEECH = SAY | THINK | CLAIM | DENY
SPEAKING = STANCE | SPEECH | ACCUSE | DEMAND | REJECT | THREATEN


@dataclass
class Frame:
    """One act of speech.

    Attributes:
        speakers: who speaks, as named.
        lemma: the verb of saying; "according" and "label" for the other forms.
        at: span of the words that attribute.
        content: span of what is said.
        clause: the clause of the verb, if there is one.
        kind: official, expert, media, firm, home or unknown.
    """

    speakers: list[Actor]
    lemma: str
    at: tuple[int, int]
    content: tuple[int, int]
    clause: Clause | None = None
    kind: str = "unknown"

    def covers(self, at: int) -> bool:
        """Whether a point lies in what is said."""
        return self.content[0] <= at < self.content[1] and not self.at[0] <= at < self.at[1]


def kind_of(actors: list[Actor]) -> str:
    """Whose voice it is: a government's, an expert's, the media's, a firm's, a group's at home, or not told."""
    for actor in actors:
        words = f"{actor.name} {actor.role}"
        if actor.kind == "media":
            return "media"
        if re.search(
            (
                r"\b(?:analyst|economist|strategist|professor|fellow|researcher|scholar|academic"
                r"|expert|observer|watcher|former|lawyer)s?\b"
            ),
            words,
            re.I,
        ):
            return "expert"
        if actor.official and actor.kind != "group":
            return "official"
        if actor.kind == "company" or re.search(r"\b(?:CEO|chief executive|manager)\b", words):
            return "firm"
        if actor.kind == "group" or actor.kind == "institution" or actor.kind == "person":
            if HOME.search(words) and not actor.official:
                return "home"
            if EXPERTS.search(words):
                return "expert"
            if FIRMS.search(words):
                return "firm"
            if actor.official:
                return "official"
    return "unknown"


_LABEL = re.compile(
    r"^\s*(?P<name>(?:THE )?[A-Z][A-Z .’'\-]{2,40}|Q|A|[A-Z][a-z]+ [A-Z][a-z]+|(?:The "
    r")?(?:President|Minister|Chair|Secretary|Speaker|Spokes\w+)|Mr [A-Z]\w+|Ms "
    r"[A-Z]\w+)\s?(?:\([^)]{1,40}\))?:\s"
)


def label_of(paragraph: str) -> re.Match[str] | None:
    """The speaker's label at the head of a paragraph of a transcript."""
    return _LABEL.match(paragraph)


def frames_of(parsed: Parsed) -> list[Frame]:
    """The frames of a sentence, outermost first."""
    found = [frame for clause in parsed.clauses if (frame := _spoken(parsed, clause)) is not None]
    found += _according(parsed)
    for last in [f for f in found if f.content[0] == parsed.sentence.start and f.content[1] <= f.at[0] + 1]:
        for frame in found:
            if frame is not last and frame.at[0] < last.at[0] and frame.content[1] > last.at[0]:
                frame.content = (frame.content[0], last.content[1])
    return sorted(found, key=lambda f: (f.content[0] - f.content[1], f.content[0]))


def _spoken(parsed: Parsed, clause: Clause) -> Frame | None:
    lemma = clause.verb.lemma
    if (
        lemma not in SPEAKING
        or lemma in ("require", "respond")
        or (clause.verb.infinitive and clause.governor is None)
    ):
        return None
    if clause.verb.infinitive and clause.governor is not None and clause.governor.verb.lemma in DEMAND:
        return None
    if clause.verb.passive:
        return _passive(parsed, clause)
    follows = parsed.text[clause.verb.end : parsed.sentence.end]
    if lemma == "maintain" and not re.match(r"\s*(?:that\b|[“\"])", follows):
        return None
    if lemma == "point" and not re.match(r"\s*(?:out|to)\b", follows):
        return None
    if lemma == "charge" and not re.match(r"\s*(?:that\b|[A-Z][\w ]+ with\b)", follows):
        return None
    speakers, at = clause.actors, (clause.subject[0], clause.verb.end)
    before = parsed.text[parsed.sentence.start : clause.verb.start].rstrip()
    inverted = lemma in SAY | THINK and re.search(r"[,”\"’]$", before) is not None
    if inverted:
        followed = [a for a in parsed.actors if clause.verb.end <= a.start <= clause.verb.end + 40]
        if followed:
            head = followed[0]
            return Frame(
                [head],
                lemma,
                (clause.verb.start, _role_end(parsed, head)),
                (parsed.sentence.start, clause.verb.start),
                clause,
                kind_of([head]),
            )
    if not speakers:
        speakers = _unknown(parsed, clause)
        if not speakers:
            return None
    content = (clause.verb.end, parsed.sentence.end)
    if lemma in SPEECH and clause.verb.finite and _postposed(parsed, clause, speakers):
        content = (
            parsed.sentence.start,
            max(parsed.sentence.start, min(clause.subject[0], speakers[0].start)),
        )
    else:
        content = (clause.verb.end, _reach(parsed, clause))
    return Frame(speakers, lemma, at, content, clause, kind_of(speakers))


def _passive(parsed: Parsed, clause: Clause) -> Frame | None:
    """ "... was denied by X": only with a speaker."""
    by = re.search(r"^\s*(?:\w+ly )?by ", clause.rest)
    speakers = [a for a in clause.objects if by and a.start <= clause.verb.end + by.end() + 4]
    if not speakers:
        return None
    return Frame(
        speakers[:1],
        clause.verb.lemma,
        (clause.verb.start, speakers[0].end),
        clause.subject,
        clause,
        kind_of(speakers[:1]),
    )


def _role_end(parsed: Parsed, actor: Actor) -> int:
    comma = parsed.text.find(",", actor.end, parsed.sentence.end)
    return parsed.sentence.end if comma < 0 else comma


def _postposed(parsed: Parsed, clause: Clause, speakers: list[Actor]) -> bool:
    """Whether the saying follows what is said: ", X told reporters"."""
    start = min(clause.subject[0], speakers[0].start) if speakers else clause.subject[0]
    start = max(start, parsed.sentence.start)
    before = parsed.text[parsed.sentence.start : start].rstrip()
    if not before or not re.search(r"[,”\"’]$", before):
        return False
    finite = [c for c in parsed.clauses if c.verb.finite and c.verb.end <= start]
    if not finite and not re.search(r"[”\"]$", before):
        return False
    opening = re.match(
        (
            r"\W*(?:after|while|when|if|as|although|though|because|since|before|until|unless"
            r"|despite|once|but|and yet)\b"
        ),
        before,
        re.I,
    )
    if opening and before.count(",") <= 1 and not re.search(r"[”\"]$", before):
        return False
    after = parsed.text[clause.verb.end : parsed.sentence.end]
    return not re.match(r"\s*(?:\w+ ){0,3}?that\b", after)


def _reach(parsed: Parsed, clause: Clause) -> int:
    """How far what is said reaches: to the next saying by another in the same sentence, or the end."""
    opening = r"\W*(?:while|although|though|as|after|when|even as|whereas)\b"
    if re.match(opening, parsed.text[parsed.sentence.start : clause.verb.start], re.I):
        for other in parsed.clauses:
            if (
                other.verb.start > clause.verb.end
                and other.verb.lemma in SPEAKING
                and other.actors
                and other.verb.finite
            ):
                comma = parsed.text.rfind(",", clause.verb.end, other.actors[0].start)
                if comma > 0:
                    return comma
    for other in parsed.clauses:
        if other.verb.start <= clause.verb.end or not other.verb.finite or other.governor is not None:
            continue
        joined = re.search(
            r"(?:[,;]\s*(?:but|while|and|whereas)|\band|\bbut|;)\s*[^,;]{0,60}$",
            parsed.text[clause.verb.end : other.verb.start],
        )
        if joined is None:
            continue
        same = other.actors and clause.actors and other.actors[0].name == clause.actors[0].name
        narrator = re.match(r"(?:,|;)\s*(?:but|while|whereas)", joined[0]) and not parsed.quoted(
            other.verb.start
        )
        if (
            (other.verb.lemma in SPEAKING and other.actors)
            or narrator
            or (same and other.subject[0] <= clause.verb.start)
        ):
            return clause.verb.end + joined.start()
    return parsed.sentence.end


def _unknown(parsed: Parsed, clause: Clause) -> list[Actor]:
    """A speaker whom no list knows: a capitalised name in the subject ("Alder expects")."""
    words = parsed.text[clause.subject[0] : clause.verb.start]
    found = re.search(r"(?:[A-Z][\w&.’'-]+(?: (?:and |& |of )?)?)+$", words.strip())
    if found is None or re.match(
        r"(?:The|A|It|They|He|She|This|That|But|And|We|I|There|What|Who|In|On|As|One|Some|Many)\s*$", found[0]
    ):
        we = re.search(r"\b(?:we|I)\b", words, re.I)
        if we:
            at = clause.subject[0] + we.start()
            return [Actor(at, at + len(we[0]), we[0], "", "", "unknown")]
        return []
    at = clause.subject[0] + len(words) - len(words.lstrip()) + found.start()
    return [Actor(at, at + len(found[0].rstrip()), found[0].strip(), "", "", "unknown")]


_ACCORDING = re.compile(
    (
        r"\b(?:according to|in the (?:words|view|opinion) of|citing|quoting|as reported by|as "
        r"told to)\b(?! plan| schedule| the rules| the law)"
    ),
    re.I,
)

_SOURCES = re.compile(
    r"\b(?:people|persons?|sources?|officials?|diplomats?|executives?|ministers?|lawmakers?|documents?|data|figures|letters?|memos?|reports?|[A-Z]\w+)\b"
)
"""What may be cited as a source; a reason may be cited as well ("citing the need to ...")."""


def _according(parsed: Parsed) -> list[Frame]:
    found = []
    for match in _ACCORDING.finditer(parsed.text, parsed.sentence.start, parsed.sentence.end):
        actors = [a for a in parsed.actors if match.end() <= a.start <= match.end() + 30][:1]
        end = actors[0].end if actors else match.end()
        if not actors:
            words = re.match(
                r"\s*((?:(?:the|a|an|two|three|people|sources|[A-Z][\w&.’'-]+)\s?)(?:[\w&.’'-]+ ?){0,7})",
                parsed.text[match.end() : parsed.sentence.end],
            )
            if words is None or (match[0].lower() in ("citing", "quoting") and not _SOURCES.search(words[1])):
                continue
            end = match.end() + words.end()
            actors = [Actor(match.end() + words.start(1), end, words[1].strip(), "", "", "unknown")]
        found.append(
            Frame(
                actors,
                "according",
                (match.start(), end),
                (parsed.sentence.start, parsed.sentence.end),
                None,
                kind_of(actors),
            )
        )
    return found
