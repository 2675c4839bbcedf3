"""What part an amount plays in an act: before, after, change, level, cap, floor, count, duration, volume, value, share.

Asked in this order: what moved and by how much, the words right before the number, then the unit itself.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_BACK = 140
"""How many characters before an amount are asked for its role."""
_TIMES = ("day", "week", "month", "year", "hour", "minute")
_RATES = ("percent", "points", "index_points")
_COUNTS = ("firm", "person", "unit", "vessel", "head")
_VOLUMES = (
    "tonne",
    "barrel",
    "bushel",
    "kg",
    "litre",
    "gallon",
    "hectolitre",
    "case",
    "bale",
    "bag",
    "pound",
)
_ABOUT = (
    r"(?:(?:a|an|the|its|their|about|around|some|nearly|almost|roughly|just|only|even|over|under|more than|less than|as much as|as high as|as low as|up|down|back"
    r"|between|minus|another|a further|at least|up to|current|present|previous|existing|earlier|planned|old|new|record|combined|total|flat|sharply|further|staggering|whopping|punitive) )*$"
)


def _ends(words: str) -> re.Pattern[str]:
    """A pattern for what stands right before an amount, hedges between them aside."""
    return re.compile(rf"\b(?:{words}) {_ABOUT}")


_MOVED = _ends(
    r"fell|fall|rose|rise|rises|falls|dropped|drops?|jump(?:ed|s)?|climb(?:ed|s)?|slid|gain(?:ed|s)?|lost|loses?|shed|declin(?:ed?|es)|surged?|plunged?|tumbled?|sank|slumped?|grew|grow|shrank"
    r"|soared|slipped|advanced|rallied|dipped|retreated|plummeted|contracted|edged (?:up|down|higher|lower)|falling|rising|(?:is|are|was|were|trad\w+|clos\w+|end\w+|finish\w+|open\w+) (?:up|down|off)"
    r"|eased|weakened|strengthened|firmed|rebounded|increased|decreased|expanded|shrunk|(?<!make )(?<!made )(?<!makes )(?<!making )up(?! (?:the|its|their)\b)|down|off|plus"
)
_RISE_OF = _ends(r"(?:rise|increase|drop|fall|decline|gain|reduction|jump|hike|growth|slump|surge|cut)s? of")
_LOWER = re.compile(
    r" (?:lower|higher|down|up|weaker|stronger|below|above|off|cheaper|dearer|more|less|fewer)\b(?! to)"
)
_ADDED = _ends(r"added|adds")
_NOT_ON_GOODS = re.compile(r"$|[.,;]| (?:in|to|this|last|at)\b| on (?:mon|tues|wednes|thurs|fri)day")
_TRADED_AT = _ends(r"(?:clos|trad|end|settl|finish|stand|stood|quot|pric|chang\w+ hands)\w* at")
_QUOTA = re.compile(r"\bquotas?\b[^.;]{0,60}$")
_FROM = _ends(r"from|in place of|instead of|had been")
_SPREAD = re.compile(r"\b(?:rang\w+|var\w+|anywhere|spread|run\w*|differ\w*) from (?:\w+ )?$")
_PUT_UP_TO = re.compile(
    r"\b(?:put|push|bring|brought|t(?:ake|ook|aking)|mov|rais|go(?:es|ing)?|went)\w*\b[^,;.]{0,40}(?<! of) (?:up|down|back) to (?:a |an |about )?$"
)
_CAP = _ends(
    r"(?<!added )(?<!adds )(?<!add )up to|at most|no more than|not (?:to )?exceed(?:ing)?|capped at|caps?(?: of| at)?|ceiling of|maximum(?: of)?|as much as|limit(?:ed|ing)?(?: of| to)?|quotas? of"
    r"|as high as|threshold of|within|under|not more than|a ceiling of"
)
_FLOOR = _ends(
    r"at least|no less than|minimum(?: of)?|not less than|floor of|no lower than|not below|minimum (?:import )?price of"
)
_BY = _ends(r"by")
_STEMS = (
    r"rais|increas|hik|lift|doubl|tripl|quadrupl|cut|lower|reduc|slash|drop|fall|ris|bring|mov|go|jump|climb|shrink|declin|trim|halv|expand|widen|adjust|chang|revis|step"
    r"|tak|put|push|extend|shav|par|scal|narrow|slip|surg|plung|tumbl|grow|ratchet|escalat"
)
_VERB_TO = re.compile(
    rf"\b(?:(?:{_STEMS})(?:e|s|es|ed|d|ped|med|ing|ping|ting|ming|n|en)?|fell|rose|brought|went|gone|took|slid|grew|shrank)\b"
    rf"(?:,? [\w.,’'%$€£&-]+){{0,16}}?,? to {_ABOUT}"
)
_A_DROP = re.compile(
    r"[- ](?:\w+ )?(?:drop|fall|rise|increase|cut|decline|jump|surge|plunge|reduction|hike|gain|slump|rally|discount)\b(?! (?:to|in) force)"
)

_GONE = re.compile(
    r" (?:is|are|was|were|has been|will be) (?:now )?(?:gone|scrapped|abolished|removed|dropped|lifted|repealed|eliminated)\b"
)
_CUT_THE = re.compile(
    r"\b(?:cut|lowered|raised|doubled|halved|hiked|reduced|slashed|cutting|lowering|raising) (?:its|the|a|their)\b[^,;]{0,40}\b(?:duty|tariff|rate|levy|duties|tariffs) of $"
)
_REMOVED = re.compile(
    r"\b(?:remov|repeal|scrap|abolish|eliminat|withdr|rescind|revok|replac|cancel|tak(?:e|es|en|ing) away|took away|(?:lift|end|drop|ceas)(?:s|ed|ing|ped|ping)? (?:the|its|their|his|a))\w*\b[^,;.]{0,50}$"
)


def role_of(text: str, start: int, end: int, first: int, last: int, unit: str) -> str:
    """The role of one amount by the words around it.

    Args:
        start, end: span of the amount; `first`, `last` that of the clause it may look at.
        unit: its unit.
    """
    before = text[max(first, start - _BACK) : start].lower()
    after = text[end : min(last, end + 30)].lower()
    rate = unit in _RATES
    priced = re.match(r"[A-Z]{3}(?:/(?!year|month|week|day)|$)", unit) is not None
    priced = priced and not re.search(r"(?:illion|bn|crore|lakh)\b", text[start:end])
    if (rate or priced) and (_MOVED.search(before) or _LOWER.match(after)):
        return "change"
    if rate and (_RISE_OF.search(before) or (_ADDED.search(before) and _NOT_ON_GOODS.match(after))):
        return "change"
    if unit in _TIMES:
        return "duration"
    counted = unit in _COUNTS
    if (
        _FROM.search(before)
        and not _SPREAD.search(before)
        and not (counted and not re.match(r" to \S*\d", after))
    ):
        return "before"
    if _PUT_UP_TO.search(before):
        return "after"
    if _CAP.search(before):
        return "cap"
    if _FLOOR.search(before):
        return "floor"
    if unit == "percent" and re.match(r" (?:of|share)\b(?! (?:duties|tariffs|levies))", after):
        return "share"
    if not counted and _BY.search(before):
        return "change"
    if _VERB_TO.search(before):
        return "after"
    if rate and (_GONE.match(after) or _CUT_THE.search(before) or _REMOVED.search(before)):
        return "before"
    if rate:
        moved = unit != "percent" or _A_DROP.match(after)
        return "change" if moved else "level"
    if re.match(r"[A-Z]{3}(?:/|$)", unit):
        return "level" if ("/" in unit and priced) or _TRADED_AT.search(before) else "value"
    volume = unit.split("/")[0] in _VOLUMES or unit.endswith("/year")
    if volume and _QUOTA.search(before):
        return "cap"
    return "volume" if volume else "count"


_INSTEAD = re.compile(
    r"\b(?:replacing|in place of|instead of|rather than|down from|up from)\b|^[^,;.]{0,40},? and not (?:the |at )?$|^,? not (?:the |at )?$"
)
_AGAIN = re.compile(r"^[^;.]{0,60}, (?:[\w&’'.-]+ ){0,3}$|\b(?:another|a further) $")
_ALIKE = re.compile(r",? and (?:[A-Z][\w&’'.-]* ?)+(?:by )?|,? and |, (?:[\w&’'.-]+ ){0,3}|,? (?:[a-z]+ )?")
_AND_TO = re.compile(r"(?:,| and|, and) (?:on |for )?[^,;.]{0,40}\bto ")
_RANGE = re.compile(r"(?: to |[ ]?[-–—] ?| or )(?:about |as much as |up to )?")


def with_pairs(text: str, spans: Sequence[tuple[int, int, str]], roles: Sequence[str]) -> list[str]:
    """The roles of a clause's amounts seen together: what follows a before is the after, a list shares its role.

    Args:
        spans: (start, end, unit) of each amount, in order.
    """
    result = list(roles)
    for n, (start, _, unit) in enumerate(spans):
        earlier = next((m for m in range(n - 1, -1, -1) if spans[m][2] == unit), None)
        if earlier is None or unit in _TIMES:
            continue
        begin, end, _ = spans[earlier]
        lead, between = text[max(0, begin - 24) : begin].lower(), text[end:start]
        result[earlier], result[n] = _pair(result[earlier], result[n], lead, between)
        if result[n] == "before" and result[earlier] == "after":  # "A would pay 2%, B 14%, in place of 92%"
            for m in range(earlier - 1, -1, -1):
                if (
                    spans[m][2] != unit
                    or result[m] != "level"
                    or re.search(r"[.;:]\s", text[spans[m][1] : start])
                ):
                    break
                result[m] = "after"
    return result


_PLAIN = ("level", "value", "volume", "count")


def _pair(first: str, second: str, lead: str, between: str) -> tuple[str, str]:
    """The roles of two amounts of one unit, with the words before and between them."""
    if len(between) < 60 and _INSTEAD.search(between) and first in (*_PLAIN, "after"):
        return "after", "before"
    if first == "before" and len(between) < 80 and re.search(r"\bto\b", between):
        return "before", "after"
    led = re.search(r"\bto (?:\w+ ){0,2}$", lead) or re.fullmatch(
        r",? (?:down |up )?from (?:a |an |the |about )?", between
    )
    if second == "before" and first in (*_PLAIN, "change") and led:
        return "after", "before"
    if second == "after" and _RANGE.fullmatch(between):
        return first, first
    if first == "change" and second == "level" and (_AGAIN.search(between) or _ALIKE.fullmatch(between)):
        return "change", "change"
    if first == "after" and second in _PLAIN and _AND_TO.fullmatch(between):
        return "after", "after"
    return first, second
