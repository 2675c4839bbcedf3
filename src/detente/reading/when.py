"""Which of the days a text names is an act's own.

First the days in the act's own clause, then the one that opens its sentence, then one that trails it without a break. Where
none is left, a step that a side announces has the day of the announcement, and what stands under a day ("2 April. ...")
has that day. A limit ("by 9 July") is no day of an act, nor is what a figure is compared with ("the lowest since April").
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from detente.reading.attribution import Frame
from detente.reading.clauses import Clause, Parsed
from detente.reading.context import Context
from detente.reading.dates import DateMention, find_dates
from detente.reading.lexicon import word_set
from detente.reading.passages import Sentence
from detente.reading.scheme import Act
from detente.reading.verbs import Verb

_DEADLINE = re.compile(
    r"\b(?:by|before|until|till|through|deadline (?:of|on)|expir\w+(?: on)?|no later than|end(?:s|ing)? on|prior to|ahead of) (?:the )?(?:end of )?$",
    re.I,
)
_START = re.compile(
    r"\b(?:from|effective|starting|beginning|as of|as from|with effect from|since|force on|effect on|effect from|force from|on or after)"
    r" (?:[\d.:apm]+ (?:\w+ )?(?:on )?)?(?:midnight on |then on )?$",
    re.I,
)
_COMPARED = re.compile(
    r"\b(?:than in|than on|compared (?:with|to)|in the year to|from the year to) $"
    r"|\b(?:(?:low|high|weak|strong|big|bigg|small|larg|steep|sharp|fast|slow|long|deep|great)est|worst|best|first time|record)\b[^,.;]{0,40}\bsince $|\b(?:rise|fall|gain|drop|loss|level|high|low|close|week|day|month) since $",
    re.I,
)
BREAK = re.compile(
    r"[;:—]|\b(?:after|while|because|although|though|before|until|unless|if|but|when|compared|against)\b|, (?:and|as)\b"
    r"|\band (?:(?:[A-Z][\w’'.]+ ){1,3}(?:will|would|has|had|have|is|was|[a-z]+(?:ed|s)\b)|its?|he|she|they|says?|said|will|would|has|have|had|is|are|was|were\b)"
)
"""Where what a clause tells ends and another begins."""
_RELATIVE = re.compile(r"\b(?:which|who|that)\b")
_STARTS_AFTER = re.compile(r", (?:since|from|effective|starting|beginning|as of) (?:the )?$")
_SAID_NEAR = 60
"""How far from the words that attribute their day may stand, in characters."""
_RIGHT_AFTER = 10
"""A day within so many characters after the verb of saying ("said late on Friday he would") is the saying's."""
_ANNOUNCED = frozenset(["measure", "suspension", "agreement", "ruling"])


def dates_in(parsed: Parsed, context: Context, *, present: bool = False) -> list[DateMention]:
    """The days a sentence names that may be an act's own; `present` as `find_dates` has it."""
    sentence = parsed.sentence
    found = find_dates(
        context.text, sentence.start, sentence.end, context.published, context.year, present=present
    )
    return [
        d
        for d in found
        if not _COMPARED.search(context.text[max(parsed.sentence.start, d.start - 60) : d.start])
    ]


def day_of(parsed: Parsed, clause: Clause, extent: tuple[int, int], context: Context) -> DateMention | None:
    """The day in an act's own clause, or the one that opens its sentence."""
    verb = clause.verb
    dates = dates_in(parsed, context)
    if _in_present(verb):
        later = dates_in(parsed, context, present=True)
        dates = [d for d in dates if d.start < verb.start] + [d for d in later if d.start >= verb.start]
    own = [d for d in dates if extent[0] <= d.start and d.end <= extent[1]]
    own = [d for d in own if _beside(parsed, d, clause)] or own
    if not own:
        first = not any(c.verb.finite and c.verb.end <= verb.start for c in parsed.clauses)
        own = [d for d in dates if d.end <= extent[0] + 2 and (first or _opens(parsed, d, extent[0]))]
    return best(own, context)


_SAME_IN_PAST = word_set("cut put set hit let hurt shut quit spread cost read bid burst")


def _in_present(verb: Verb) -> bool:
    """Whether a verb stands in the simple present: "meets", "they meet"."""
    if (
        verb.modal
        or verb.infinitive
        or verb.perfect
        or verb.passive
        or verb.progressive
        or verb.lemma == "be"
    ):
        return False
    return verb.form == "s" or (verb.form == "base" and verb.lemma not in _SAME_IN_PAST)


def _beside(parsed: Parsed, day: DateMention, clause: Clause) -> bool:
    """Whether no clause of its own stands between a day and the verb: "signed on Monday an order that was due in May"."""
    start, end = sorted((day.start, day.end, clause.verb.start, clause.verb.end))[1:3]
    return not (_RELATIVE.search(parsed.text[start:end]) or BREAK.search(parsed.text[start:end]))


_OPENING = re.compile(
    r"\W*(?:effective|from|starting|beginning|as of|as from|with effect from|since|on|in)\b[^,;]*", re.I
)


def _opens(parsed: Parsed, day: DateMention, until: int) -> bool:
    """Whether a day stands right before a clause, or opens the sentence as its own phrase: "Effective 1 May, cars that are ..."."""
    text = parsed.text
    if re.fullmatch(r"[\s,]*(?:and |when )?", text[day.end : until]):
        return True
    return (
        _OPENING.fullmatch(text, parsed.sentence.start, day.start) is not None
        and text[day.end : day.end + 1] == ","
    )


def best(dates: Sequence[DateMention], context: Context) -> DateMention | None:
    """Of several days the one on which it starts, else the first that is settled; limits are none."""

    def _lead(date: DateMention) -> str:
        return context.text[max(0, date.start - 40) : date.start]

    left = [d for d in dates if not _DEADLINE.search(_lead(d))]
    started = [d for d in left if _START.search(_lead(d))]
    resolved = [d for d in left if d.resolved]
    return (started or resolved or left or [None])[0]


def words_from(text: str, frame: Frame) -> tuple[int, int]:
    """Span of the words said, less what stands between the verb and them: "said on Friday that"."""
    start, end = frame.content
    if frame.at[1] <= start + 1:
        opens = re.search(
            r"\bthat\b|[“\"]|\bto (?!the\b|an?\b|[A-Z])\w+|\bfor\b|\bof\b",
            text[start : min(end, start + 110)],
        )
        if opens:
            start += opens.start()
    return start, end


def day_said(frame: Frame, parsed: Parsed, said_from: int, context: Context) -> DateMention | None:
    """The day on which words were spoken: a day near the verb of saying, outside the words themselves."""
    near = [
        d
        for d in dates_in(parsed, context)
        if (d.start < said_from or d.start >= frame.content[1] or 0 <= d.start - frame.at[1] <= _RIGHT_AFTER)
        and d.start - frame.at[1] < _SAID_NEAR
        and frame.at[0] - d.end < 2 * _SAID_NEAR
        and not re.search(r"\badding\b", parsed.text[frame.at[1] : d.start])
        and not re.search(
            r"\b(?:since|from|until|till|by|before) (?:the )?$", parsed.text[max(0, d.start - 12) : d.start]
        )
    ]
    near.sort(key=lambda d: max(d.start - frame.at[1], frame.at[0] - d.end))
    return best(near[:1], context)


def with_days(
    parsed: Parsed, told: Sequence[tuple[Act, Frame | None]], said: Sequence[Act], context: Context
) -> None:
    """Give the acts of a sentence that have no day the one that trails them, or that of their announcement."""
    if all(act.date is not None for act, _ in told):
        return
    dates = dates_in(parsed, context)
    taken = {a.date.start for a in (*(a for a, _ in told), *said) if a.date is not None}
    for act, frame in told:
        if act.date is not None:
            continue
        trailing = [
            d
            for d in dates
            if d.start not in taken
            and act.extent[1] <= d.start
            and _follows(parsed.text[act.extent[1] - 1 : d.start])
            and not any(o is not act and act.extent[1] <= o.extent[0] <= d.start for o, _ in told)
        ]
        act.date = best(trailing, context)
        if act.date is None and frame is not None and act.act in _ANNOUNCED and _own_word(act, frame):
            act.date = day_said(frame, parsed, words_from(context.text, frame)[0], context)


def _follows(between: str) -> bool:
    """Whether a day after these words still belongs to what stands before them."""
    return not BREAK.search(between) and (
        not _RELATIVE.search(between) or _STARTS_AFTER.search(between) is not None
    )


def _own_word(act: Act, frame: Frame) -> bool:
    """Whether the one who says it is the one who does it."""
    if frame.kind != "official" or not frame.speakers:
        return False
    speaker = frame.speakers[0]
    return any(
        speaker.name == a.name or (speaker.country and speaker.country == a.country)
        for a in (*act.by, *act.with_)
    )


_LABEL = re.compile(r"\s*(?:[.:,]|[-–—]{1,2})(?:\s|$)")
_EFFECTIVE = re.compile(r"^\W*(?:DATES?|EFFECTIVE(?: DATE)?|APPLICABLE|Effective date)\b[^\n]*", re.M)


class Stamps:
    """The day that acts stand under: "2 April. Beijing puts ...", a heading that is a day, a notice's "DATES: Effective ..."."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.paragraph = -1
        self.heading: DateMention | None = None
        self.lead: DateMention | None = None

    def see(self, sentence: Sentence) -> None:
        """Take note of the next sentence or heading."""
        if sentence.paragraph == self.paragraph:
            return
        self.paragraph = sentence.paragraph
        context = self.context
        found = find_dates(context.text, sentence.start, sentence.end, context.published, context.year)
        first = found[0] if found and found[0].start - sentence.start <= 2 and found[0].resolved else None
        if sentence.heading:
            alone = first is not None and not re.search(r"\w", context.text[first.end : sentence.end])
            own = (
                context.published is not None
                and first is not None
                and first.resolved == context.published.isoformat()
            )
            self.heading = first if alone and not own else None
            self.lead = None
        else:
            self.lead = (
                first if first and _LABEL.match(context.text[first.end : sentence.end] + " ") else None
            )

    def give(self, acts: Sequence[Act]) -> None:
        """Date the acts of the sentence seen last that have no day of their own."""
        for act in acts:
            act.date = act.date or self.lead or self.heading

    def give_notice_day(self, acts: Sequence[Act]) -> None:
        """Date the measures of a notice that says when it takes effect."""
        label = _EFFECTIVE.search(self.context.text)
        if label is None:
            return
        found = find_dates(
            self.context.text, label.start(), label.end(), self.context.published, self.context.year
        )
        for act in acts:
            if act.act in ("measure", "suspension", "agreement") and act.date is None:
                act.date = best(found, self.context)
