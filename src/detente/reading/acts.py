"""The acts of an article: what each sentence tells and says, put together, the same event told twice made one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from copy import copy
from dataclasses import replace

from detente.reading.actors import Actor
from detente.reading.attribution import Frame, frames_of, kind_of, label_of
from detente.reading.belonging import with_rest_of_sentence
from detente.reading.clauses import Clause, Parsed, parse
from detente.reading.compose import said_act, told_act
from detente.reading.context import Context
from detente.reading.cues import cues_of
from detente.reading.dollars import dollar_of, in_dollars
from detente.reading.events import event_of
from detente.reading.merging import merged
from detente.reading.passages import Sentence
from detente.reading.scheme import Act
from detente.reading.scorer import ReadSentence, Weights, weighed
from detente.reading.sides import complete
from detente.reading.statements import statement_of
from detente.reading.when import Stamps, with_days

_SKIP = re.compile(r"\b[Ss]uppose\b|\bIf I were\b|\b[Ii]magine\b|^\s*(?:Q|Question)\s?[:.]|\?[\"”’')]*\s*$")
_HISTORY_YEARS = 12


def acts_of(context: Context, sentences: list[Sentence], table: Weights | None = None) -> list[Act]:
    """The acts that an article's sentences report, in order: those that the rules find, and those that the scorer adds.

    Args:
        table: weights for the scorer; the shipped ones where left out.
    """
    stamps = Stamps(context)
    found = weighed(list(read_sentences(context, sentences, stamps)), context, table)
    stamps.give_notice_day(found)
    dollar = dollar_of(context)
    for act in found:
        complete(act, context)
        act.amounts = in_dollars(act.amounts, dollar, context.text)
    return merged(found)


def read_sentences(context: Context, sentences: list[Sentence], stamps: Stamps) -> Iterator[ReadSentence]:
    """What the rules find in each sentence that may report an act."""
    carried: list[Frame] = []
    before: tuple[int, list[Frame]] = (-1, [])
    label: tuple[int, Frame | None] = (-1, None)
    for sentence in sentences:
        stamps.see(sentence)
        if sentence.heading:
            carried = []
            continue
        parsed = parse(context.text, sentence, context.finder)
        label = _label(sentence, parsed, label)
        frames = [_voiced(frame, context, label[1]) for frame in frames_of(parsed)]
        carried = _carried(parsed, frames, carried, label, sentence)
        if _SKIP.search(sentence.text) or _old(sentence.text, context):
            continue
        acts = _acts_in(parsed, frames or carried, context)
        running = [] if frames else carried
        speaking = before[1] if before[0] == sentence.paragraph else []
        cues = cues_of(parsed, frames, running, acts, context)
        yield ReadSentence(parsed, frames, running, speaking, copy(stamps), acts, cues)
        if frames:
            carried = frames
            before = (sentence.paragraph, frames)


def _label(sentence: Sentence, parsed: Parsed, before: tuple[int, Frame | None]) -> tuple[int, Frame | None]:
    """A transcript's speaker label holds for its paragraph."""
    if sentence.paragraph == before[0]:
        return before
    match = label_of(sentence.text)
    if match is None:
        return sentence.paragraph, None
    start = sentence.start + match.start("name")
    actor = Actor(start, start + len(match["name"]), match["name"], "", "", "person")
    named = [a for a in parsed.actors if a.start <= actor.end and a.end > actor.start and a.kind == "person"]
    official = re.search(
        (
            r"president|minister|secretary|chair|speaker|spokes|premier|representative|ambassador"
            r"|commissioner|moderator|senator"
        ),
        match["name"],
        re.I,
    )
    if named:
        actor = named[0]
    kind = kind_of([actor]) if named else ("official" if official else "unknown")
    return sentence.paragraph, Frame(
        [actor], "label", (start, start + len(match[0])), (start + len(match[0]), sentence.end), None, kind
    )


def _voiced(frame: Frame, context: Context, label: Frame | None) -> Frame:
    """ "We" and "I" speak for the label of a transcript, else for the house that publishes."""
    if (
        frame.speakers
        and frame.speakers[0].name.lower() in ("we", "i", "the company", "the group")
        and frame.kind == "unknown"
    ):
        kind = label.kind if label is not None and label.kind != "unknown" else context.voice
        return replace(frame, kind=kind)
    return frame


def _carried(
    parsed: Parsed,
    frames: list[Frame],
    carried: list[Frame],
    label: tuple[int, Frame | None],
    sentence: Sentence,
) -> list[Frame]:
    """A sentence without a saying of its own keeps the label's speaker, or the one whose quotation runs on."""
    if label[1] is not None and label[1].speakers:
        begin = sentence.start if label[1].at[0] < sentence.start else label[1].at[1]
        return [replace(label[1], content=(begin, sentence.end))]
    whole_quote = (
        parsed.quotes
        and parsed.quotes[0][0] <= sentence.start + 1
        and parsed.quotes[-1][1] >= sentence.end - 1
    )
    if not frames and carried and whole_quote:
        return [replace(carried[0], content=(sentence.start, sentence.end), clause=None)]
    return []


def _old(words: str, context: Context) -> bool:
    """History from long before the dispute in hand."""
    years = [int(y) for y in re.findall(r"\b(?:in|of) (1[89]\d\d|20[0-4]\d)\b", words)]
    now = context.published.year if context.published else context.year
    return bool(years and now and max(years) < now - _HISTORY_YEARS)


def _acts_in(parsed: Parsed, frames: list[Frame], context: Context) -> list[Act]:
    found: list[tuple[Act, Frame | None]] = []
    told: dict[int, str] = {}
    for clause in parsed.clauses:
        _own_voice(clause, context, frames)
        event = event_of(clause, context)
        if event is None:
            continue
        over = [f for f in frames if f.covers(clause.verb.at)]
        act = told_act(parsed, clause, event, over, context)
        if act is None:
            continue
        inner = over[-1] if over else None
        found.append((act, inner))
        if inner is not None:
            told.setdefault(id(inner), act.act)
    said: list[Act] = []
    for frame in frames:
        outer = [f for f in frames if f is not frame and f.covers(frame.at[0])]
        if _told_of_other(frame, outer):
            continue
        statement = statement_of(frame, parsed, context, told=told.get(id(frame)))
        if statement is None:
            continue
        said.append(said_act(parsed, frame, statement, outer, context))
    with_days(parsed, found, said, context)
    kept = [act for act, inner in found if not _swallowed(act, inner, said, context)]
    if len(said) > 1:
        said = _innermost(said)
    return with_rest_of_sentence(parsed, _apart(kept) + said)


def _told_of_other(frame: Frame, outer: list[Frame]) -> bool:
    """What the other side asked or said, as one side tells it, stays that side's claim."""
    here = frame.speakers[0].country if frame.speakers else ""
    over = [
        f.speakers[0].country for f in outer if f.kind == "official" and f.speakers and f.lemma != "label"
    ]
    return bool(here and over and over[-1] and over[-1] != here)


def _own_voice(clause: Clause, context: Context, frames: list[Frame]) -> None:
    """In a government's own words "we" is the government."""
    if clause.actors or not re.search(
        r"\b(?:[Ww]e|I|[Mm]y services|[Oo]ur (?:side|government|ministry|services))\b", clause.front
    ):
        return
    spoken = [f for f in frames if f.lemma == "label" and f.covers(clause.verb.at)]
    if spoken and spoken[0].kind == "official":
        clause.actors = spoken[0].speakers[:1]
    elif context.voice == "official":
        clause.actors = [Actor(clause.verb.start, clause.verb.start, "we", "government", "", "institution")]


def _swallowed(act: Act, inner: Frame | None, said: list[Act], context: Context) -> bool:
    """A statement takes in what its words tell: a threat its measure, a judgement whatever it foresees."""
    if inner is None:
        return False
    over = [s for s in said if s.by and inner.speakers and s.by[0].name == inner.speakers[0].name]
    if inner.kind == "expert" and act.act != "company_move":
        return True
    return any(
        s.act
        in (
            "threat",
            "claim",
            "denial",
            "demand",
            "precondition",
            "red_line",
            "accusation",
            "position",
            "assessment",
            "domestic_pressure",
        )
        for s in over
    )


def _innermost(said: list[Act]) -> list[Act]:
    """Of two statements by the same speaker in one sentence with the same act, one is enough."""
    kept: list[Act] = []
    for act in said:
        twin = next((k for k in kept if k.act == act.act and _who(k) == _who(act)), None)
        if twin is None:
            kept.append(act)
    return kept


def _who(act: Act) -> str:
    return act.by[0].country or act.by[0].name if act.by else ""


def _apart(found: list[Act]) -> list[Act]:
    """One act an event: two verbs of one sentence that tell the same act by the same side are one."""
    kept: list[Act] = []
    for act in found:
        twin = next((k for k in kept if k.act == act.act and _same_here(k, act)), None)
        if twin is None:
            kept.append(act)
        elif not twin.amounts:
            twin.amounts = act.amounts
    orders = [
        a
        for a in kept
        if a.act == "measure" and a.topic in ("sign", "issue", "publish", "order", "announce", "decide")
    ]
    if any(a.act == "suspension" for a in kept):
        kept = [a for a in kept if a not in orders]
    return kept


def _same_here(one: Act, other: Act) -> bool:
    if one.act in ("market_move", "ruling", "talk", "agreement"):
        return one.act != "talk" or one.modality == other.modality
    inside = one.extent[0] <= other.extent[0] and other.extent[1] <= one.extent[1]
    if inside:
        return True
    if one.act not in ("measure", "suspension", "company_move", "threat", "domestic_pressure"):
        return False
    doers_differ = one.by and other.by and _who(one) != _who(other)
    told_apart = (one.amounts and other.amounts) or one.modality != other.modality
    return not doers_differ and not told_apart
