"""Amounts with their unit, as `docs/gold-format.md` names them. What part an amount plays is `roles`' question.

A number stands with a sign before it or a unit after it; in a range or list ("10 to 15 percent", "from 1.7 million")
it borrows the unit of its neighbour. A number that borrows none is no amount.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from detente.reading.numerals import FIGURES, NUMERAL, SCALE, number, scaled
from detente.reading.roles import role_of, with_pairs

_CURRENCIES = {
    "$": "USD", "us$": "USD", "usd": "USD", "dollar": "USD", "cent": "USD", "€": "EUR", "eur": "EUR", "euro": "EUR",
    "£": "GBP", "gbp": "GBP", "pound": "GBP", "¥": "CNY", "cn¥": "CNY", "rmb": "CNY", "cny": "CNY", "yuan": "CNY", "renminbi": "CNY",
    "yen": "JPY", "jpy": "JPY", "mx$": "MXN", "peso": "MXN", "rouble": "RUB", "ruble": "RUB", "rub": "RUB", "₩": "KRW", "won": "KRW", "krw": "KRW",
    "franc": "CHF", "chf": "CHF", "reais": "BRL", "brl": "BRL", "r$": "BRL", "c$": "CAD", "ca$": "CAD", "cad": "CAD", "a$": "AUD", "au$": "AUD", "aud": "AUD",
    "₹": "INR", "inr": "INR", "rs": "INR", "rupee": "INR", "nt$": "TWD", "hk$": "HKD", "s$": "SGD", "nz$": "NZD", "rand": "ZAR", "lira": "TRY",
    "canadian dollar": "CAD", "australian dollar": "AUD", "aussie dollar": "AUD", "new zealand dollar": "NZD",
    "hong kong dollar": "HKD", "singapore dollar": "SGD", "taiwan dollar": "TWD", "nzd": "NZD", "hkd": "HKD", "sgd": "SGD",
}  # fmt: skip
_SIGN = r"(?:(?:US|CA|AU|MX|NT|HK|NZ|C|A|R|S)\$|CN¥|(?:USD|EUR|GBP|CAD|AUD|CHF|INR|RMB|CNY|JPY|KRW|RUB|BRL|NZD|HKD|SGD|Rs\.?)(?=[ \d])|[$€£¥₹₩])"
_MONEY = (
    r"(?:(?:US|U\.S\.|American|Canadian|Australian|Aussie|New Zealand|Hong Kong|Singapore|Taiwan) )?(?:dollars?|cents?|euros?(?!-)|pounds?(?! of\b)|yuan|renminbi|yen|rupees?"
    r"|won|roubles?|rubles?|pesos?|francs?|reais|rand|lira)|(?:USD|EUR|GBP|CAD|AUD|CHF|INR|RMB|CNY|JPY|KRW|RUB|NZD|HKD|SGD)"
)
_LENGTH = (
    r"(?:working |calendar |business |more |full |whole )?(?:days?|weeks?|months?|years?|hours?|minutes?)"
)
_WEIGHED = {
    "ton": "tonne", "tonne": "tonne", "t": "tonne", "kilogram": "kg", "kilo": "kg", "kg": "kg", "barrel": "barrel", "bushel": "bushel",
    "litre": "litre", "liter": "litre", "gallon": "gallon", "hectolitre": "hectolitre", "case": "case", "bale": "bale", "bag": "bag",
}  # fmt: skip
_WEIGHT = (
    r"(?:(?:metric|short|dry) )?(?:tonn?es?|tons?)|t\b|kilograms?|kilos?|kg|barrels?|bushels?|lit(?:re|er)s?|gallons?|cases?"
    r"|hectolit(?:re|er)s?|pounds of|cases of|bales|bags|board feet|cubic met(?:re|er)s|bottles|cartons"
)
_COUNTED = {
    "firm": "company companies firm firms entity entities exporter exporters importer importers supplier suppliers producer producers smelter smelters establishment establishments "
            "carmaker carmakers bank banks manufacturer manufacturers refinery refineries retailer retailers",
    "vessel": "vessel vessels ship ships tanker tankers carrier carriers freighter freighters barge barges trawlers",
    "person": "people worker workers job jobs official officials employee employees farmer farmers staff person persons student students passengers police porters machinists packers growers drivers miners soldiers inspectors pilots staffers",
    "head": "head cattle sheep pigs",
    "unit": "product products item items good goods line lines category categories chapter chapters plant plants aircraft jet jets plane planes vehicle vehicles "
            "car cars truck trucks lorry lorries unit units licence licences license licenses application applications investigation investigations "
            "dispute disputes complaint complaints container containers shipment shipments parcel parcels chemical chemicals mineral minerals metal metals earths app apps code codes "
            "factory factories farm farms visa visas permit permits tonnages pieces model models change changes condition conditions group groups proposal proposals proceeding proceedings request requests "
            "mill mills wagon wagons cargo cargoes tractor tractors consignment consignments mine mines post posts quarries visas members box boxes teu",
}  # fmt: skip
_PIECES = {word: unit for unit, words in _COUNTED.items() for word in words.split()}
_ADJECTIVE = (
    r"(?:(?!(?:of|to|and|or|in|on|for|from|by|with|the|an?|is|are|was|were|per|at|as|that|than|will|would|may|which|who|its|their"
    r"|percent|per cent|million|billion|years?|months?|weeks?|days?|hours?|minutes?)\b)[A-Za-z][\w’'-]*(?:\.[A-Z]\.)? ){0,3}?"
)
_UNIT = (
    r"percentage[- ]points?|%[- ]points?|basis[- ]points?|bps?\b|pp\b|(?:full )?points?(?! of (?:contact|view|entry|order))|of a (?:percentage )?point"
    rf"|%|per ?cent\b|percent\b|(?:{_MONEY})\b|(?:{_LENGTH})\b|(?:{_WEIGHT})\b|(?<= ){_ADJECTIVE}(?:{'|'.join(sorted(_PIECES, key=len, reverse=True))})\b"
)
_MENTION = re.compile(
    rf"(?<![\w.,])(?P<sign>{_SIGN})? ?(?P<n>(?:(?<=[$€£¥₹₩ ])|(?<![\w.,$€£¥₹₩])){NUMERAL})(?:(?:[ -]?(?P<scale>{SCALE}(?: and a half)?)|(?P<letter>[mbk]))\b)?"
    rf"(?:(?:[ -]|(?=[%]))(?P<unit>{_UNIT}))?",
    re.I,
)
_LABELLED = re.compile(
    r"\b(?:section|sections|article|articles|chapter|announcement|notice|no|list|annex|rule|schedule|paragraph|item|heading|headings|regulation|form|order|g|page|room"
    r"|flight|route|brent|csi|s&p|stoxx|ftse|cac|nikkei|phase|title|category|tranche|group|day|week|level|ch|art|sec|para|hs|code|codes|line|gate|covid|act|bill|resolution)\.? ?\(?$",
    re.I,
)
_MONTHS = r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)"
_IN_A_DATE = (
    re.compile(rf"\b{_MONTHS}\.? $"),
    re.compile(
        rf"(?:st|nd|rd|th)?,? (?:of )?{_MONTHS}\b(?! (?:be|have|not|yet|still|also|rise|fall|face)\b)"
    ),
)
_PER = re.compile(
    r"(?:(?: more)? (?:a|an|per|each)(?: (?:metric|net|gross|forty-foot|twenty-foot|40-foot|20-foot))?|/) ?"
    r"(?P<per>tonne|ton|year|month|week|day|barrel|kilo(?:gram)?|kg|bushel|lit(?:re|er)|vehicle|car|unit|head|box|container|teu|lorry|truck|vessel|ship)\b"
    r"(?! (?:earlier|ago|later|from now)| before\b(?:[,.;:]|$))|(?P<annually>,? (?:annually|yearly)\b)",
    re.I,
)
_JOINT = re.compile(
    rf"(?:,? (?:to|and|or|then) (?:an? |about |around |then |by |up to |even )?|, (?:then |and )?| ?[-–—] ?| against | versus | instead of | rather than )(?:{_SIGN} ?)?$",
    re.I,
)
_BORROWS_BACK = re.compile(
    r"\b(?:from|to|at|of|about|around|against|with|than|below|above|nearly|and|or|another|only) (?:(?:about|around|some|a|the|only|nearly) )*$",
    re.I,
)
_SAME_COUNT = re.compile(
    r"\b(?:list|number|total|count|tally|quota)\b[^.;]{0,30}\b(?:to|from|at) (?:(?:about|around|some) )?$",
    re.I,
)
_OF_A_WHOLE = re.compile(r" of (?:the|his|its|their|her|our|my|these|those) (?:\w+ )?$", re.I)
"""Between a part and its whole: "140 of his 600 machinists"."""
_RUNS_TO = re.compile(r" to (?:about |around |nearly |just )?")
_ENDS = re.compile(r"$|[,.;:)]| (?:from|on|in|by|for|as|and|under|this|next|last|a year|at)\b")
"""What may follow a bare number that ends a stretch: "from 20,000 tonnes to 80,000"."""
_OF_THEM = re.compile(r" of (?:them|these|those|the (?:firms|companies|entities|products|lines))\b", re.I)
_NO_LENGTH_AFTER = re.compile(
    r" ?(?:ago|away|earlier|later|old|before|after|from now|from the|past midnight|past noon|since|now)\b"
    r"|[- ](?:old|high|low|highs|lows|review|average|yields?|bonds?|notes?|Treasur\w+|veteran|peak|anniversary)\b"
)
_NO_LENGTH_BEFORE = re.compile(
    r"\b(?:lowest|highest|worst|best|biggest|largest|steepest|sharpest|weakest|strongest|first|most|least)\b[^,.;]{0,40}\b(?:in|for) (?:(?:about|nearly|almost|over|more than|some|at least) )*$"
    r"|\bthe (?:past|last|previous|final) $|\b(?:will|would|to|due|set|again|only)\b[^,;]{0,50} in $",
    re.I,
)
_ONE_LONG = re.compile(
    r"\b(?:(?:for|by|lasted|lasts?|within|over|another) (?:(?:about|nearly|almost|over|more than|another|just|up to|at least) )?)"
    r"(?P<n>an?|one|another) (?:full |whole )?(?P<unit>hour|day|week|month|year)\b(?!-| (?:ago|earlier|before|later|from)|[’']s\b)"
    r"|\b(?P<n2>an?|one)[ -](?P<unit2>hour|day|week|month|year)(?:[’']s|-long)? (?:delay|reprieve|pause|extension|notice|grace|suspension|postponement|truce|freeze|stay|grace period|standstill|moratorium)\b",
    re.I,
)
_JAPAN = re.compile(r"\b(?:Japan\w*|Tokyo|yen)\b")
_CHINA = re.compile(r"\b(?:China|Chinese|Beijing|yuan|RMB)\b")
_MOVED_BY = re.compile(
    r"\b(?:by|up|down|lost|gained|rose|fell|shed|added|climbed|off|dropped) (?:\w+ )?$", re.I
)
_PACKED = ("tonne", "kg", "litre", "gallon", "barrel")
_FULL_POINT = re.compile(
    r"\b(?:a|one) (?:full |whole )?(?:percentage )point\b|\ba (?:full|whole) point\b", re.I
)
_INDEX = re.compile(
    r"\b(?:index|Dow|S&P|Nasdaq|Hang Seng|Nikkei|DAX|FTSE|CSI|Kospi|Sensex|Stoxx|shares|stocks|benchmark)\b"
)
_FEW = 3
"""Up to this many spelled out ("the two countries", "one case") is a manner of speaking rather than a figure."""
_FEW_COUNT = re.compile(
    r"(?:ships?|vessels?|tankers?|jets|planes|aircraft|lines|containers|shipments|trucks|lorries|plants|factories|models|exporters|importers|suppliers|units|firms|companies|proposals|proceedings|requests|licences|licenses|products)$",
    re.I,
)
_DRINK = re.compile(
    r"\b(?:wines?|vintner|winer|beers?|brewer|spirits|whisk|champagne|cognac|brandy|liquor|rum|bottle)", re.I
)
_SHARED = re.compile(
    r"\b(?:the|these|those|both|all|its|his|her|their|our|other|my|each|every|any) (?:other )?$", re.I
)


@dataclass(frozen=True)
class Amount:
    """An amount where it is mentioned.

    Attributes:
        start, end: span in the text.
        value: in `unit`.
        unit: percent, points, index_points, an ISO currency, tonne, barrel, ..., minute to year, firm, person, vessel, unit.
        role: before, after, change, level, cap, floor, count, duration, volume, value or share.
    """

    start: int
    end: int
    value: float
    unit: str
    role: str = ""

    def as_dict(self) -> dict[str, object]:
        """The amount as the JSON has it."""
        return {
            "value": int(self.value) if self.value == int(self.value) else self.value,
            "unit": self.unit,
            "role": self.role,
        }


@dataclass(frozen=True)
class _Number:
    """A number as it stands, its unit once known, and what one of its words is in that unit (a cent: 0.01)."""

    start: int
    end: int
    value: float
    scale: str | None
    unit: str
    spelled: bool
    factor: float = 1.0


def find_amounts(text: str, start: int, end: int) -> list[Amount]:
    """The amounts in a span, in order, each with its role."""
    numbers = [
        _read(text, match)
        for match in _MENTION.finditer(text, start, end)
        if not _is_label(text, match, start)
    ]
    found = [
        Amount(n.start, n.end, scaled(n.value * n.factor, n.scale), n.unit)
        for n in _borrowed(text, numbers, start)
        if n.unit and _counts(text, n, start)
    ]
    for match in _FULL_POINT.finditer(text, start, end):
        found.append(Amount(match.start(), match.end(), 1.0, "points"))
    for match in _ONE_LONG.finditer(text, start, end):
        group = "" if match["n"] else "2"
        found.append(
            Amount(match.start(f"n{group}"), match.end(f"unit{group}"), 1.0, match[f"unit{group}"].lower())
        )
    found.sort(key=lambda a: a.start)
    roles = [role_of(text, a.start, a.end, start, end, a.unit) for a in found]
    roles = with_pairs(text, [(a.start, a.end, a.unit) for a in found], roles)
    return [replace(a, role=role) for a, role in zip(found, roles, strict=True)]


def _is_label(text: str, match: re.Match[str], start: int) -> bool:
    """Whether a number names something: a section, a day of a month, a year."""
    before = text[max(start, match.start() - 16) : match.start()]
    if match["sign"]:
        return False
    if _LABELLED.search(before) and not (
        before.lower().endswith(("list ", "day ")) and (match["unit"] or match["scale"])
    ):
        return True
    if match["unit"] is None and _IN_A_DATE[0].search(before):
        return True
    if _IN_A_DATE[1].match(text, match.end("n")):
        return True
    if re.search(
        r"\b(?:lists?|chapters?|articles?|annex(?:es)?|phases?|tables?) \w+ (?:to|and|or|-) $", before, re.I
    ):
        return True
    year = re.fullmatch(r"(?:19|20)\d\d", match["n"]) is not None
    if year and re.search(rf"\b{_MONTHS}\.?,? $", before):
        return True
    return year and (
        match["unit"] is None
        or re.search(r"\b(?:in|of|since|by|the|until|before|after|for|from) $", before) is not None
    )


def _read(text: str, match: re.Match[str]) -> _Number:
    """A number with the unit that stands at it, "" for none."""
    value, scale, words = number(match["n"]), match["scale"] or match["letter"], (match["unit"] or "").lower()
    end = match.end()
    spelled = not re.match(FIGURES, match["n"])
    if match["sign"]:
        unit = _CURRENCIES[match["sign"].lower().rstrip(".")]
        if match["sign"] == "¥" and len(_JAPAN.findall(text)) > len(_CHINA.findall(text)):
            unit = "JPY"
        end = (
            match.end("letter")
            if match["letter"]
            else match.end("scale")
            if match["scale"]
            else match.end("n")
        )
        if scale is None and (cents := re.match(r" (?:US )?cents?\b", text[end : end + 9])):
            end += cents.end()
            value /= 100
        per, end = _per(text, end)
        return _Number(match.start(), end, value, scale, unit + per, spelled)
    if scale in ("m", "b") and not words:
        return _Number(match.start(), end, value, scale, "", spelled)
    if not words:
        return _Number(match.start(), end, value, scale, "", spelled)
    unit, factor = _unit(words, text, match)
    if unit and not re.fullmatch(r"percent|points|index_points|day|week|month|year|hour|minute", unit):
        per, end = _per(text, end)
        unit += per
    return _Number(match.start(), end, value, scale, unit, spelled, factor)


def _unit(words: str, text: str, match: re.Match[str]) -> tuple[str, float]:
    """The unit that words name, and what one of them is in it."""
    if re.fullmatch(r"basis[- ]points?|bps?", words):
        return "points", 0.01
    if re.search(r"points?$|^pp$", words):
        if not re.search(r"percentage|%|pp", words) and not re.search(r"of a", words):
            around = text[max(0, match.start() - 120) : match.end() + 80]
            return ("index_points" if _INDEX.search(around) else "points"), 1.0
        return "points", 1.0
    if re.fullmatch(r"%|per ?cent", words):
        return "percent", 1.0
    if re.fullmatch(_MONEY, words, re.I):
        plain = re.sub(r"^(?:us|u\.s\.|american) ", "", words)
        plain = plain if plain in _CURRENCIES else plain.removesuffix("s")
        return _CURRENCIES.get(plain, "USD"), 0.01 if plain.endswith("cent") else 1.0
    last = words.split()[-1]
    if last in ("case", "cases") and not _DRINK.search(text[max(0, match.start() - 200) : match.end() + 200]):
        return "unit", 1.0  # at law
    if re.fullmatch(_LENGTH, words, re.I):
        return last.removesuffix("s"), 1.0
    if last == "of" or re.fullmatch(_WEIGHT, words, re.I):
        plain = words.removesuffix(" of").split()[-1].removesuffix("s")
        return _WEIGHED.get(plain, "unit"), 1.0
    return _PIECES[last], 1.0


def _per(text: str, at: int) -> tuple[str, int]:
    """What an amount is counted by ("a tonne", "a year", "per forty-foot box") as "/unit", and where that ends."""
    found = _PER.match(text, at)
    if found is None:
        return "", at
    if found["annually"]:
        return "/year", found.end()
    per = found["per"].lower()
    per = {"box": "unit", "container": "unit", "teu": "unit", "vehicle": "unit", "car": "unit", "lorry": "unit", "truck": "unit", "ship": "vessel",
           "kilo": "kg", "kilogram": "kg"}.get(per, _WEIGHED.get(per, per))  # fmt: skip
    return f"/{per}", found.end()


def _borrowed(text: str, numbers: list[_Number], start: int) -> list[_Number]:
    """The numbers with the units that ranges, lists and comparisons lend them."""
    result = list(numbers)
    for n in range(len(result) - 2, -1, -1):
        here, after = result[n], result[n + 1]
        if not after.unit or (here.unit and here.unit != after.unit.split("/")[0]):
            continue
        if (
            not here.unit
            and after.unit in ("firm", "person", "unit", "vessel")
            and _OF_A_WHOLE.fullmatch(text[here.end : after.start])
        ):
            result[n] = replace(here, unit=after.unit, spelled=False)
            continue
        if _JOINT.fullmatch(text[here.end : after.start]) and not (here.spelled and here.value <= 1):
            scale = here.scale or (after.scale if not here.unit and here.value <= after.value else None)
            result[n] = replace(
                here,
                unit=after.unit,
                scale=scale,
                spelled=here.spelled and after.spelled,
                factor=after.factor,
            )
    for n in range(len(result)):
        here = result[n]
        if here.unit:
            continue
        before = text[max(start, here.start - 60) : here.start]
        earlier = [r for r in result[:n] if r.unit]
        counts = [r for r in earlier if r.unit in ("firm", "unit", "person", "vessel")]
        if here.scale and len(here.scale) > 1:
            like = [r for r in earlier if r.scale]
            if (
                like
                and _BORROWS_BACK.search(before)
                and not re.match(
                    r" [a-z]", text[here.end : here.end + 2] if _counted_next(text, here.end) else ""
                )
            ):
                result[n] = replace(here, unit=like[-1].unit)
        elif (
            n
            and result[n - 1].unit
            and _RUNS_TO.fullmatch(text[result[n - 1].end : here.start])
            and _ENDS.match(text, here.end)
        ):
            result[n] = replace(here, unit=result[n - 1].unit, scale=here.scale or result[n - 1].scale)
        elif not here.spelled and (_SAME_COUNT.search(before) or _OF_THEM.match(text, here.end)):
            result[n] = replace(here, unit=counts[-1].unit if counts else "unit")
    return result


def _counted_next(text: str, at: int) -> bool:
    """Whether a thing that no list knows follows a bare number: "34 million widgets"."""
    return (
        re.match(
            r" (?!will|would|in|on|by|last|this|to|from|for|and|or|a|an|the|as|at|of|over|more|is|was|were|have|has)[a-z]+s\b",
            text[at : at + 20],
        )
        is not None
    )


def _counts(text: str, n: _Number, start: int) -> bool:
    """Whether a number with a unit is an amount, not an age, a date, or a manner of speaking."""
    before = text[max(start, n.start - 70) : n.start]
    unit = n.unit.split("/")[0]
    if unit in ("day", "week", "month", "year", "hour", "minute"):
        if re.search(r"\bfor (?:about |some |nearly |almost |over |more than )?$", before):
            return not re.match(r"-old\b", text[n.end : n.end + 4])  # "for ten days after a threat"
        return not (_NO_LENGTH_AFTER.match(text[n.end : n.end + 16]) or _NO_LENGTH_BEFORE.search(before))
    if n.factor < 1 and n.unit == "USD" and not _MOVED_BY.search(before):
        return False  # cents of a price, without what it is the price of
    if unit in _PACKED and text[n.start : n.end].count("-") and re.match(r"\S+-", text[n.start : n.end]):
        return False  # "a 20-litre can"
    if unit in ("points", "index_points") and n.spelled and "percentage" not in text[n.start : n.end].lower():
        return (
            re.search(
                r"\b(?:by|fell|rose|lost|gained|up|down|another|add|shed) (?:\w+ )?$|half an? $", before
            )
            is not None
            or n.value < 1
        )
    if unit in ("unit", "firm", "person", "vessel", "head") and n.spelled and n.value <= _FEW and not n.scale:
        return (
            n.value >= 2
            and _FEW_COUNT.search(text[n.start : n.end]) is not None
            and not _SHARED.search(before)
        )
    return not (n.spelled and n.value == 1 and not n.scale and len(unit) == 3 and "/" not in n.unit)
