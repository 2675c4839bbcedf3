"""Days named in an article, resolved against its dateline, or left open. A date is never made up.

"Thursday" becomes a day only where the article's own day is known; "just weeks after" stays open, with no
candidate. What is open keeps its words, so that a person can settle it.
"""

from __future__ import annotations

import calendar
import re
from bisect import bisect_left
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from itertools import pairwise

from detente.reading.article import Article
from detente.reading.numerals import NUMERAL, number

MONTHS = {name.lower(): n for n, name in enumerate(calendar.month_name) if name}
MONTHS |= {name.lower(): n for n, name in enumerate(calendar.month_abbr) if name} | {"sept": 9}
WEEKDAYS = {name.lower(): n for n, name in enumerate(calendar.day_name)}


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
_NUMBER = rf"(?:{NUMERAL}|an?)"
_LEADS = r"in|since|until|till|from|by|of|during|throughout|before|after|through|as (?:recently|early|late|long ago) as"
_DATE = re.compile(
    rf"(?P<iso>\b\d{{4}}-\d{{2}}-\d{{2}}\b)"
    rf"|(?:\b(?P<weekday1>{_DAY}),? )?\b(?P<month1>{_MONTH}) (?P<day1>\d{{1,2}})(?:st|nd|rd|th)?\b(?!\d|%|:)(?:,? (?P<year1>(?:19|20)\d{{2}})\b)?"
    rf"|(?:\b(?P<weekday2>{_DAY}),? )?\b(?:the )?(?P<day2>\d{{1,2}})(?:st|nd|rd|th)? (?:of )?(?P<month2>{_MONTH})(?!\w)(?:,? (?P<year2>(?:19|20)\d{{2}})\b)?"
    rf"|\b(?:(?P<part>early|mid|late|end of|beginning of|the end of)[ -])?(?P<month3>{_MONTH})(?:,? (?:of )?(?P<year3>(?:19|20)\d{{2}}|last year|this year|next year))\b"
    rf"|(?:\b(?:{_LEADS}) )?(?P<bare>(?:\b(?:last|next|this|early|mid|late|the (?:start|end|beginning|middle) of)[ -])*(?P<month4>{_MONTH}))\b(?! \d|,? (?:of )?(?:(?:19|20)\d|(?:last|this|next) year))"
    rf"|\b(?:on|from|since|until|till|by|before|for|to) (?P<the>the (?P<nth>\d{{1,2}})(?:st|nd|rd|th))(?=[,.;:)]| (?:and|which|to|in|at|for|when|with|after|as|on|it|they|he|she|the)\b|\s*$)"
    rf"|\b(?:(?P<which>last|next|this|past|coming|the same|that same|same) )?(?P<weekday>{_DAY})\b(?P<part_of_day> (?:morning|evening|night|afternoon))?"
    rf"(?P<week> (?:last|next|this) week)?"
    rf"|\b(?P<near>yesterday|today|tomorrow|tonight|this (?:morning|afternoon|evening)|last night|overnight)\b"
    rf"|\b(?P<span>(?:earlier |later )?(?:this|last|next|the past|the previous|the following|the coming) (?:week(?:end)?|month|year|quarter|fortnight))\b"
    rf"|\b(?P<ago>(?:(?:about|around|nearly|some|more than|just|only) )?(?P<n1>{_NUMBER}) (?P<unit1>days?|weeks?|months?|years?) (?P<way>ago|earlier|later|before|after|from now))\b"
    rf"|\b(?P<in>in (?P<n2>{_NUMBER}) (?P<unit2>days|weeks|months)['’]?(?: time)?)(?! of\b)\b"
    rf"|\b(?P<loose>(?:just |only |a few |several |some |a couple of )?(?:days|weeks|months|hours) (?:after|before|ago|later|earlier)"
    rf"|(?:the|that) (?P<beside>same|next|following|previous) (?:day|morning|afternoon|evening|night)"
    rf"|in recent (?:days|weeks|months)|the (?:coming|past|next) (?:days|weeks|months)|the day before|earlier in the day)\b",
    re.I,
)
_HINT = re.compile(
    r"\d{4}-\d\d-|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|(?:mon|tues|wednes|thurs|fri|satur|sun)day|the \d|"
    r"yesterday|today|tomorrow|night|morning|afternoon|evening|week|month|year|quarter|days?\b|hours",
    re.I,
)
"""What every date holds: only around these is the slow pattern asked."""
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


@lru_cache(maxsize=4)
def _hints(text: str) -> list[int]:
    """Where a date may stand in a text."""
    return [hint.start() for hint in _HINT.finditer(text)]


def find_dates(
    text: str,
    start: int,
    end: int,
    published: date | None,
    year: int | None = None,
    *,
    present: bool = False,
) -> list[DateMention]:
    """The dates mentioned in a span; the day of a dateline is none of them.

    Args:
        published: the article's day; without it, relative words stay open.
        year: the year the article is about where it says one and has no day.
        present: the days stand with a verb in the present, which may tell what is to come.
    """
    return list(_found(text, start, end, published, year, present))


@lru_cache(maxsize=1024)
def _found(
    text: str, start: int, end: int, published: date | None, year: int | None, present: bool
) -> tuple[DateMention, ...]:
    """The dates of a span, looked for once: every clause of a sentence asks for them."""
    dateline = _DATELINE.match(text, start)
    begin = min(dateline.end("date"), end) if dateline else start
    found: list[DateMention] = []
    hints = _hints(text)
    hinted = bisect_left(hints, begin) < bisect_left(hints, end)
    for match in _DATE.finditer(text, begin, end) if hinted else ():
        named = match["month4"] or match["month1"] or match["month2"] or match["month3"] or ""
        if named[:1].islower() or (match["month4"] and match[0] == match["month4"]):
            continue  # "march", or "May" alone, which may be a name
        at = match.start("bare") if match["bare"] else match.start("the") if match["the"] else match.start()
        if match["in"] and _took(text, at, start):
            continue  # "passed 40,000 tonnes in four days" is a length
        forward = _looks_forward(text, match, at, start) or (present and _nearer_ahead(match, published))
        earlier = found[-1] if found else None
        if _counted_on(match):
            earlier = earlier or _last_day(text, start, published, year)
            candidates, resolved = _from_event(match, earlier)
        else:
            then = _told_year(text, at) if published else None
            candidates, resolved = _meaning(match, published, forward, year, then)
        found.append(
            DateMention(at, match.end(), text[at : match.end()], tuple(candidates), resolved, forward)
        )
    apposed = {
        n
        for n, (one, other) in enumerate(pairwise(found))
        if text[one.end : other.start] == ", " and _BESIDE.match(one.words)
    }
    return tuple(d for n, d in enumerate(found) if n not in apposed)


_BESIDE = re.compile(r"(?:the|that) (?:same|next|following|previous) \w+$", re.I)
"""What a day in apposition settles: "the next day, 21 November"."""


def _counted_on(match: re.Match[str]) -> bool:
    """Whether a date is counted from another one in the text: "two days later", "the next day"."""
    return bool(match["beside"]) or (match["way"] or "").lower() in ("earlier", "later", "before", "after")


_BACK_CHARACTERS = 500


def _last_day(text: str, start: int, published: date | None, year: int | None) -> DateMention | None:
    """The last date named before a point, in its paragraph or the one above."""
    paragraph = text.rfind("\n", 0, start) + 1
    above = text.rfind("\n", 0, len(text[:paragraph].rstrip())) + 1
    for begin in (paragraph, above):
        settled = [
            d
            for d in find_dates(text, max(begin, start - _BACK_CHARACTERS), start, published, year)
            if d.resolved
        ]
        if settled:
            return settled[-1]
    return None


def _from_event(match: re.Match[str], earlier: DateMention | None) -> tuple[list[str], str | None]:
    """A date counted on from the one named before it; days are counted, longer stretches stay open."""
    way = (match["way"] or match["beside"]).lower()
    if earlier is None or earlier.resolved is None or way in ("before", "after"):
        return [], None
    if len(earlier.resolved) == 7:
        return (
            ([earlier.resolved], earlier.resolved)
            if match["beside"] or match["unit1"].startswith("day")
            else ([], None)
        )
    if match["beside"]:
        steps = {"same": 0, "next": 1, "following": 1, "previous": -1}[way]
    elif match["unit1"].lower().startswith("day"):
        steps = int(_count(match["n1"])) * (1 if way == "later" else -1)
    else:
        return [], None
    day = (date.fromisoformat(earlier.resolved) + timedelta(days=steps)).isoformat()
    return [day], day


def _count(words: str) -> float:
    return 1.0 if words.lower() in ("a", "an") else number(words)


_YEAR = re.compile(
    r"\b(?:in|of|since|until|by|,|(?:January|February|March|April|May|June|July|August|September|October|November|December)) ((?:19|20)\d\d)\b"
)


def _told_year(text: str, at: int) -> int | None:
    """The year in which a paragraph's story has got to: the last one it names before a point."""
    begin = max(text.rfind("\n", 0, at) + 1, at - _BACK_CHARACTERS)
    named = _YEAR.findall(text, begin, at)
    return int(named[-1]) if named else None


_FORWARD = re.compile(
    r"\b(?:no later than|due|will|would|shall|could|(?-i:may)|might|next(?! day)|scheduled|set to|set for|slated|upcoming|plans?|planned|deadline|pencilled"
    r"|propos\w+ (?:an?|to)\b|invited|meets|arrives|begins|starts|resumes|opens|hosts|flies|travels|leaves|takes effect|take effect|comes? into force|closes"
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


def _nearer_ahead(match: re.Match[str], published: date | None) -> bool:
    """Whether a day named with a verb in the present is rather one to come: a weekday, or a date or month less far ahead than back."""
    if published is None or match["week"] or (match["which"] or "").lower() in ("last", "past"):
        return False
    for n in "12":
        if match[f"month{n}"] and not match[f"year{n}"]:
            days = [
                _day(published.year + y, _month(match[f"month{n}"]), int(match[f"day{n}"]))
                for y in (-1, 0, 1)
            ]
            return (
                min((d for d in days if d), key=lambda d: abs((d - published).days), default=published)
                > published
            )
    if match["month4"] and not match["bare"].lower().startswith(("last", "next")):
        return 0 < (_month(match["month4"]) - published.month) % 12 < _HALF_A_YEAR
    return bool(match["weekday"])


_HALF_A_YEAR = 6


def _took(text: str, at: int, start: int) -> bool:
    """Whether what stands before "in four days" has happened."""
    before = text[max(start, at - 70) : at]
    return _PAST.search(before) is not None and _FORWARD.search(before) is None


def _looks_forward(text: str, match: re.Match[str], at: int, start: int) -> bool:
    before = text[max(start, at - 70) : at]
    clause = re.split(r";|:(?!\d)| said | told |, (?:who|which|after)", before)[-1]
    if match["in"] or (not match["beside"] and match[0].lower().startswith(("next", "tomorrow", "later"))):
        return True
    if _FORWARD.search(clause) or re.search(
        r"\b(?:by|before|until|till|through) (?:the )?(?:end of )?$", before, re.I
    ):
        return True
    return bool(_STARTING.search(clause)) and not _PAST.search(clause)


def _meaning(
    match: re.Match[str], published: date | None, forward: bool, year: int | None, then: int | None
) -> tuple[list[str], str | None]:
    if match["iso"]:
        day = _day(*map(int, match["iso"].split("-")))
        return ([day.isoformat()], day.isoformat()) if day else ([], None)
    for n in "12":
        if match[f"month{n}"]:
            return _month_and_day(match, n, published, forward, year, then)
    if match["month3"]:
        return _month_of_year(match["year3"].lower(), _month(match["month3"]), published)
    if match["month4"]:
        return _bare_month(match, published, forward, year, then)
    if published is None:
        return [], None
    if match["weekday"]:
        return _weekday(match, published, forward)
    if match["nth"]:
        return _nth(int(match["nth"]), published, forward)
    return _relative(match, published)


_LONG_PAST_DAYS = 320
"""A past day without a year lies at most this far back; one still further takes the year to come."""
_RECENT_DAYS = 90


def _month_and_day(
    match: re.Match[str], n: str, published: date | None, forward: bool, year: int | None, then: int | None
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
    elif not forward and past and (published - past[-1]).days < _LONG_PAST_DAYS:
        chosen = past[-1]
        if then and then < published.year and (published - chosen).days > _RECENT_DAYS:
            chosen = _day(then, month, day) or chosen  # the paragraph tells of that year
    return [chosen.isoformat()], chosen.isoformat()


def _month_of_year(year: str, month: int, published: date | None) -> tuple[list[str], str | None]:
    """ "October 2024", "October last year"."""
    if not year.isdigit():
        if published is None:
            return [], None
        year = str(published.year + {"last": -1, "this": 0, "next": 1}[year.split()[0]])
    return [f"{year}-{month:02d}"], f"{year}-{month:02d}"


def _bare_month(
    match: re.Match[str], published: date | None, forward: bool, year: int | None, then: int | None
) -> tuple[list[str], str | None]:
    month = _month(match["month4"])
    if published is None:
        return ([f"{year}-{month:02d}"], None) if year else ([], None)
    past = published.year if month <= published.month else published.year - 1
    coming = published.year if month >= published.month else published.year + 1
    forward = (forward or match["bare"].lower().startswith("next")) and not match["bare"].lower().startswith(
        "last"
    )
    if not forward and then and then < past and (published.year - past) * 12 + published.month - month > 3:
        past = then
    chosen = f"{coming if forward else past}-{month:02d}"
    return [chosen], chosen


def _nth(day: int, published: date, forward: bool) -> tuple[list[str], str | None]:
    """ "the 10th": of this month, else of the last or next one."""
    step = 1 if forward else -1
    months = published.year * 12 + published.month - 1
    for shift in (0, step):
        found = _day((months + shift) // 12, (months + shift) % 12 + 1, day)
        if found is not None and (found >= published if forward else found <= published):
            return [found.isoformat()], found.isoformat()
    return [], None


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
    count = int(_count(words))
    unit = (match["unit1"] or match["unit2"]).lower().rstrip("s")
    way = (match["way"] or "in").lower()
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
