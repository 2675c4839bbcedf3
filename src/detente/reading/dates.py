"""Days named in an article, resolved against its dateline, or left open. A date is never made up.

"Thursday" becomes a day only where the article's own day is known; "just weeks after" stays open, with no
candidate. What is open keeps its words, so that a person can settle it.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass, replace
from datetime import date, timedelta

from detente.reading.article import Article

MONTHS = {name.lower(): n for n, name in enumerate(calendar.month_name) if name}
MONTHS |= {name.lower(): n for n, name in enumerate(calendar.month_abbr) if name} | {"sept": 9}
WEEKDAYS = {name.lower(): n for n, name in enumerate(calendar.day_name)}
NUMBERS = {
    word: n
    for n, word in enumerate(
        [
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
        ]
    )
}
NUMBERS |= {"a": 1, "an": 1, "fourteen": 14, "fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40, "forty-five": 45,
            "sixty": 60, "ninety": 90, "hundred": 100}  # fmt: skip


@dataclass(frozen=True)
class DateMention:
    """A date where it is mentioned.

    Attributes:
        start, end: span in the text.
        words: the expression.
        candidates: days or months it may mean, ISO; empty where the text gives no hold.
        resolved: the one it means; None while open.
        forward: it is a limit or a plan ("by 9 July", "next week") rather than when something happened.
    """

    start: int
    end: int
    words: str
    candidates: tuple[str, ...]
    resolved: str | None
    forward: bool = False

    def as_dict(self) -> dict[str, object]:
        """The date as the JSON has it."""
        return {"words": self.words, "candidates": list(self.candidates), "resolved": self.resolved}


_MONTH = (
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December"
    r"|Jan\.?|Feb\.?|Mar\.?|Apr\.?|Jun\.?|Jul\.?|Aug\.?|Sept?\.?|Oct\.?|Nov\.?|Dec\.?)"
)
_DAY = r"(?:Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)"
_NUMBER = r"(?:\d{1,3}|" + "|".join(sorted(NUMBERS, key=len, reverse=True)) + ")"
_DATE = re.compile(
    rf"(?P<iso>\b\d{{4}}-\d{{2}}-\d{{2}}\b)"
    rf"|(?:\b(?P<weekday1>{_DAY}),? )?\b(?P<month1>{_MONTH}) (?P<day1>\d{{1,2}})(?:st|nd|rd"
    rf"|th)?\b(?!\d|%|:)(?:,? (?P<year1>(?:19|20)\d{{2}})\b)?"
    rf"|(?:\b(?P<weekday2>{_DAY}),? )?\b(?:the )?(?P<day2>\d{{1,2}})(?:st|nd|rd|th)? (?:of "
    rf")?(?P<month2>{_MONTH})(?!\w)(?:,? (?P<year2>(?:19|20)\d{{2}})\b)?"
    rf"|\b(?:(?P<part>early|mid|late|end of|beginning of|the end of)[ "
    rf"-])?(?P<month3>{_MONTH})(?:,? (?:of )?(?P<year3>(?:19|20)\d{{2}}))\b"
    rf"|\b(?:(?:in|since|until|from|by|last|next|this|of|during|throughout|early|mid|late)[ "
    rf"-])+(?P<month4>{_MONTH})\b(?! \d)"
    rf"|\b(?:(?P<which>last|next|this|past|coming|the same|that same|same) "
    rf")?(?P<weekday>{_DAY})\b(?P<part_of_day> (?:morning|evening|night|afternoon))?(?P<week> "
    rf"(?:last|next) week)?"
    rf"|\b(?P<near>yesterday|today|tomorrow|tonight|this (?:morning|afternoon|evening)|last "
    rf"night|overnight)\b"
    rf"|\b(?P<span>(?:earlier |later )?(?:this|last|next|the past|the previous|the following"
    rf"|the coming) (?:week(?:end)?|month|year|quarter|fortnight))\b"
    rf"|\b(?P<ago>(?:(?:about|around|nearly|some|more than|just|only) )?(?P<n1>{_NUMBER}) "
    rf"(?P<unit1>days?|weeks?|months?|years?) (?P<way>ago|earlier|later|before|after|from "
    rf"now))\b"
    rf"|\b(?P<in>in (?P<n2>{_NUMBER}) (?P<unit2>days|weeks|months)['’]?(?: time)?)(?! of\b)\b"
    rf"|\b(?P<loose>(?:just |only |a few |several |some |a couple of )?(?:days|weeks|months"
    rf"|hours) (?:after|before|ago|later|earlier)|the (?:same|next|following|previous) day"
    rf"|(?:a|one) (?:day|week|month) (?:after|before|later|earlier)|in recent (?:days|weeks"
    rf"|months)|the (?:coming|past|next) (?:days|weeks|months)|the day before|earlier in the "
    rf"day)\b",
    re.I,
)
_DATELINE = re.compile(
    rf"^\W{{0,3}}(?P<place>[A-Z][A-Z .,/’'\-]{{2,40}}?|[A-Z][\w.]+(?: [A-Z][\w.]+)?(?:, "
    rf"[A-Z][\w.]+)?)[,:]? (?:\((?P<agency>[A-Z][\w ]+)\)[,:]? ?[—–-]* ?)?"
    rf"(?P<date>(?:{_MONTH} \d{{1,2}}(?:,? \d{{4}})?|\d{{1,2}} {_MONTH}(?:,? \d{{4}})?))(?: "
    rf"\((?P<agency2>[A-Z][\w ]+)\))? ?[—–:-]",
    re.M,
)
_LABELLED = re.compile(
    (
        r"^\W{0,3}(?:published|posted|updated|date[d]?|issued|released|filed|as of)\b(?: (?:on"
        r"|at))?\W{1,4}(?P<date>.{4,40}?)$"
    ),
    re.I | re.M,
)
_ALONE = re.compile(
    (
        rf"^\W*(?:{_DAY},? )?(?P<date>\d{{4}}-\d{{2}}-\d{{2}}|{_MONTH} \d{{1,2}},? \d{{4}}"
        rf"|\d{{1,2}} {_MONTH},? \d{{4}})\W*(?:[|·•].{{0,40}})?$"
    ),
    re.M,
)
HEAD_CHARACTERS = 700


def with_dateline(article: Article, given: date | None) -> Article:
    """The article with its day: as given, else as the page says, else from its dateline."""
    if given is not None:
        return replace(article, published=given, published_by="given")
    if article.published is not None:
        return article
    head = article.text[:HEAD_CHARACTERS]
    for pattern in (_DATELINE, _LABELLED, _ALONE):
        for found in pattern.finditer(head):
            day = _absolute(found["date"])
            if day is not None:
                return replace(article, published=day, published_by="dateline")
    return article


def _absolute(words: str) -> date | None:
    """A day written with its year."""
    found = _DATE.search(words)
    if found is None:
        return None
    if found["iso"]:
        return _day(*map(int, found["iso"].split("-")))
    for n in "12":
        if found[f"month{n}"] and found[f"year{n}"]:
            return _day(int(found[f"year{n}"]), _month(found[f"month{n}"]), int(found[f"day{n}"]))
    return None


def _month(words: str) -> int:
    return MONTHS[words.lower().rstrip(".")]


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def find_dates(
    text: str, start: int, end: int, published: date | None, year: int | None = None
) -> list[DateMention]:
    """The dates mentioned in a span.

    Args:
        published: the article's day; without it, relative words stay open.
        year: the year the article is about where it says one and has no day.
    """
    found = []
    for match in _DATE.finditer(text, start, end):
        if match["month4"] and match["month4"] == "may":
            continue
        if (match["month4"] or match["month1"] or match["month2"] or match["month3"] or "")[:1].islower():
            continue
        forward = _looks_forward(text, match, start)
        candidates, resolved = _meaning(match, published, forward, year)
        found.append(DateMention(match.start(), match.end(), match[0], tuple(candidates), resolved, forward))
    return found


_FORWARD = re.compile(
    r"\b(?:no later than|due|will|would|shall|next|scheduled|set to|set for|slated|upcoming|plans?|planned|deadline|pencilled"
    r"|to (?:meet|begin|start|resume|hold|take|come|enter|fly|visit)|is to|are to|expires?|expiring)\b",
    re.I,
)
_STARTING = re.compile(
    r"\b(?:from|effective|starting|beginning|as of|takes? effect|comes? into force|enters? into force|taking effect)\b",
    re.I,
)
_PAST = re.compile(
    r"\b(?:came|took|entered|went|kicked|began|rose|fell|has|have|had|was|were|did|cut|put|since|\w{3,}ed)\b",
    re.I,
)


def _looks_forward(text: str, match: re.Match[str], start: int) -> bool:
    before = text[max(start, match.start() - 70) : match.start()]
    clause = re.split(r"[;:]| said | told |, (?:who|which|after)", before)[-1]
    if match[0].lower().startswith(("next", "tomorrow", "in ")) and not re.match(
        r"in [a-z]+$", match[0].lower()
    ):
        return True
    if _FORWARD.search(clause) or re.search(
        r"\b(?:by|before|until|till|through) (?:the )?(?:end of )?$", before, re.I
    ):
        return True
    return bool(_STARTING.search(clause)) and not _PAST.search(clause)


def _meaning(
    match: re.Match[str], published: date | None, forward: bool, year: int | None
) -> tuple[list[str], str | None]:
    if match["iso"]:
        day = _day(*map(int, match["iso"].split("-")))
        return ([day.isoformat()], day.isoformat()) if day else ([], None)
    for n in "12":
        if match[f"month{n}"]:
            return _month_and_day(match, n, published, forward, year)
    if match["month3"]:
        month = f"{match['year3']}-{_month(match['month3']):02d}"
        return [month], month
    if match["month4"]:
        return _bare_month(_month(match["month4"]), published, forward, year)
    if published is None:
        return [], None
    if match["weekday"]:
        return _weekday(match, published, forward)
    return _relative(match, published)


def _month_and_day(
    match: re.Match[str], n: str, published: date | None, forward: bool, year: int | None
) -> tuple[list[str], str | None]:
    month, day = _month(match[f"month{n}"]), int(match[f"day{n}"])
    if match[f"year{n}"]:
        found = _day(int(match[f"year{n}"]), month, day)
        return ([found.isoformat()], found.isoformat()) if found else ([], None)
    if published is None:
        found = _day(year, month, day) if year else None
        return ([found.isoformat()], None) if found else ([], None)
    near = [d for y in (-1, 0, 1) if (d := _day(published.year + y, month, day))]
    if not near:
        return [], None
    past = [d for d in near if d <= published]
    coming = [d for d in near if d >= published]
    chosen = min(near, key=lambda d: abs((d - published).days))
    if forward and coming and (coming[0] - published).days < 300:
        chosen = coming[0]
    elif not forward and past and (published - past[-1]).days < 200:
        chosen = past[-1]
    return [chosen.isoformat()], chosen.isoformat()


def _bare_month(
    month: int, published: date | None, forward: bool, year: int | None
) -> tuple[list[str], str | None]:
    if published is None:
        return ([f"{year}-{month:02d}"], None) if year else ([], None)
    past = published.year if month <= published.month else published.year - 1
    coming = published.year if month >= published.month else published.year + 1
    chosen = f"{coming if forward else past}-{month:02d}"
    return [chosen], chosen


def _weekday(match: re.Match[str], published: date, forward: bool) -> tuple[list[str], str | None]:
    wanted = WEEKDAYS[match["weekday"].lower()]
    back = (published.weekday() - wanted) % 7
    ahead = (wanted - published.weekday()) % 7
    which = (match["which"] or "").lower()
    week = (match["week"] or "").lower()
    if which in ("the same", "that same", "same"):
        return [(published - timedelta(days=back)).isoformat()], (
            published - timedelta(days=back)
        ).isoformat()
    if "last" in week or "next" in week:
        monday = published - timedelta(days=published.weekday()) + timedelta(days=-7 if "last" in week else 7)
        day = monday + timedelta(days=wanted)
    elif which in ("last", "past"):
        day = published - timedelta(days=back or 7)
    elif which == "next":
        first = published + timedelta(days=ahead or 7)
        later = first + timedelta(days=7)
        # "next Friday" said on a Monday may mean this week's or the one after.
        if first.isocalendar()[1] == published.isocalendar()[1]:
            return [first.isoformat(), later.isoformat()], None
        day = first
    elif which == "coming" or forward:
        day = published + timedelta(days=ahead)
    else:
        day = published - timedelta(days=back)
    return [day.isoformat()], day.isoformat()


def _relative(match: re.Match[str], published: date) -> tuple[list[str], str | None]:
    near = (match["near"] or "").lower()
    if near:
        if near in ("yesterday", "last night"):
            day = published - timedelta(days=1)
        elif near == "tomorrow":
            day = published + timedelta(days=1)
        elif near == "overnight":
            return [(published - timedelta(days=1)).isoformat(), published.isoformat()], None
        else:
            day = published
        return [day.isoformat()], day.isoformat()
    if match["ago"] or match["in"]:
        return _counted(match, published)
    if match["span"]:
        return _span(match["span"].lower(), published)
    return [], None


def _counted(match: re.Match[str], published: date) -> tuple[list[str], str | None]:
    words = match["n1"] or match["n2"]
    count = int(words) if words.isdigit() else NUMBERS[words.lower()]
    unit = (match["unit1"] or match["unit2"]).lower().rstrip("s")
    way = (match["way"] or "in").lower()
    if way in ("earlier", "later", "before", "after"):
        return [], None  # counted from another event, not from the dateline
    sign = -1 if way == "ago" else 1
    if unit == "day":
        day = (published + timedelta(days=sign * count)).isoformat()
        loose = re.match(r"(?:about|around|nearly|some|more than)", match[0], re.I)
        return [day], None if loose else day
    if unit == "week":
        return [(published + timedelta(weeks=sign * count)).isoformat()], None
    months = published.year * 12 + published.month - 1 + sign * count * (12 if unit == "year" else 1)
    return [f"{months // 12}-{months % 12 + 1:02d}"], None


def _span(words: str, published: date) -> tuple[list[str], str | None]:
    step = (
        -1
        if re.search(r"last|past|previous", words)
        else 1
        if re.search(r"next|following|coming", words)
        else 0
    )
    if words.endswith("month"):
        months = published.year * 12 + published.month - 1 + step
        month = f"{months // 12}-{months % 12 + 1:02d}"
        return [month], month
    if words.endswith(("week", "weekend")):
        monday = published - timedelta(days=published.weekday()) + timedelta(weeks=step)
        days = [monday + timedelta(days=n) for n in ((5, 6) if words.endswith("weekend") else range(7))]
        if step == 0 and not words.startswith("later"):
            days = [d for d in days if d <= published] or days
        return [d.isoformat() for d in days], None
    return [], None
