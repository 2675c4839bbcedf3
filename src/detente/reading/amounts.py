"""Amounts with their unit and role, as `docs/gold-format.md` names them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

_UNITS_OF_TEN = {
    "twenty": 20,
    "thirty": 30,
    "forty": 40,
    "fifty": 50,
    "sixty": 60,
    "seventy": 70,
    "eighty": 80,
    "ninety": 90,
}
_SMALL = {
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
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
        ]
    )
}
_WORDS = "|".join([*sorted(_UNITS_OF_TEN, key=len, reverse=True), *sorted(_SMALL, key=len, reverse=True)])
_SPELLED = rf"(?:(?:{_WORDS})(?:[- ](?:{'|'.join(list(_SMALL)[1:10])}))?|(?:a|one|two|three|five) hundred)"
_NUMBER = rf"(?:\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?|\d+(?:\.\d+)?|(?:\b{_SPELLED}\b))"
_SCALE = r"(?:thousand|million|billion|trillion|mn|bn|tn|m|b|k)\b"
_SCALES = {
    "thousand": 1e3,
    "k": 1e3,
    "million": 1e6,
    "mn": 1e6,
    "m": 1e6,
    "billion": 1e9,
    "bn": 1e9,
    "b": 1e9,
    "trillion": 1e12,
    "tn": 1e12,
}
_CURRENCIES = {
    "US$": "USD", "$": "USD", "USD": "USD", "dollars": "USD", "dollar": "USD", "€": "EUR", "EUR": "EUR", "euros": "EUR", "euro": "EUR",
    "£": "GBP", "GBP": "GBP", "pounds": "GBP", "¥": "CNY", "RMB": "CNY", "CNY": "CNY", "yuan": "CNY", "renminbi": "CNY", "yen": "JPY", "JPY": "JPY",
    "MX$": "MXN", "pesos": "MXN", "peso": "MXN", "roubles": "RUB", "rubles": "RUB", "₩": "KRW", "francs": "CHF", "reais": "BRL",
    "C$": "CAD", "CAD": "CAD", "A$": "AUD", "AUD": "AUD", "₹": "INR", "INR": "INR", "rupees": "INR", "won": "KRW", "CHF": "CHF", "R$": "BRL",
}  # fmt: skip
_SIGN = r"(?:US\$ ?|MX\$|C\$|A\$|R\$ ?|USD ?|EUR ?|GBP ?|CAD ?|AUD ?|CHF ?|INR ?|RMB ?|CNY ?|JPY ?|[$€£¥₹₩])"
_MONEY_WORD = (
    r"(?:(?:US|U\.S\.|Canadian|Australian) )?(?:dollars?|euros?|pounds|yuan|renminbi|yen|rupees"
    r"|won|roubles|rubles|pesos|francs|reais)"
)
_COUNTED = (
    r"products?|items?|goods|companies|firms|entities|tariff lines?|lines?|categories"
    r"|chapters|plants?|exporters?|importers?|countries"
    r"|members?|jobs|workers|factories|farms|vessels?|ships?|aircraft|jets|planes|vehicles"
    r"|cars|units|licen[cs]es?|applications"
    r"|investigations?|cases?|rounds?|containers?|issues|points of contact|people|officials|votes"
)
_VOLUMES = (
    r"(?:metric )?tonn?es?|tons|bushels|barrels(?: a day| per day)?|litres|liters|gallons"
    r"|kilograms?|kilos?|kg|cubic met(?:er|re)s|board feet|hectolitres|cases of wine|bales|bags"
    r"|pounds of"
)
_TIMES = ("day", "week", "month", "year", "hour", "minute")
_PIECES = {
    "company": "firm", "firm": "firm", "entity": "firm", "exporter": "firm", "importer": "firm", "supplier": "firm", "mill": "firm", "producer": "firm",
    "vessel": "vessel", "ship": "vessel", "worker": "person", "people": "person", "official": "person", "job": "person", "head": "head",
    "ton": "tonne", "tonne": "tonne", "metric tonne": "tonne", "metric ton": "tonne", "kilogram": "kg", "kilo": "kg", "kg": "kg", "litre": "litre", "liter": "litre",
    "barrel": "barrel", "bushel": "bushel", "case": "case", "gallon": "gallon", "bale": "bale", "bag": "bag", "hectolitre": "hectolitre",
}  # fmt: skip
_AMOUNT = re.compile(
    rf"(?<![\w.,$€£¥-])(?P<low>(?=\d){_NUMBER})(?: ?(?:%|per ?cent|percent))?(?: ?[-–—] ?| to "
    rf"| and )(?P<high>{_NUMBER})[ -]?(?P<range_unit>%|per ?cent\b|percent\b(?!age))"
    rf"|(?P<sign>{_SIGN})(?P<money>{_NUMBER})[ -]?(?P<scale>{_SCALE})?"
    rf"|(?<![\w.,])(?P<n>{_NUMBER})(?:[ -]?(?P<n_scale>thousand|million|billion|trillion|mn|bn)\b)?[ -]?"
    rf"(?P<unit>percentage[- ]points?|%[- ]points?|basis points?|bps\b|pp\b|points?\b(?! of "
    rf"contact)|%|per ?cent\b|percent\b|{_MONEY_WORD}\b"
    rf"|(?:working |calendar |business )?days?\b|weeks?\b|months?\b|years?\b|hours?\b|minutes?\b|{_VOLUMES}\b"
    rf"|(?:(?:[a-z][\w-]*|US|U\.S\.|American|Chinese|European|Canadian|Indian) ){{0,2}}?(?:{_COUNTED})\b)",
    re.I,
)
_VERBS_UP_DOWN = (
    r"(?:rais|increas|hik|lift|doubl|tripl|cut|lower|reduc|slash|drop|fall|fell|ris|rose|bring"
    r"|brought|mov|went|go|jump|climb|shr|declin|trim|halv|expand|adjust|chang|revis|step)"
)


_LABELLED_NUMBER = re.compile(
    r"\b(?:section|article|chapter|announcement|notice|no|list|annex|rule|schedule|paragraph|item|heading|regulation|form|order|g|page|room|flight|route|brent|csi|s&p|stoxx|ftse)\.? ?$",
    re.I,
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
    role: str

    def as_dict(self) -> dict[str, object]:
        """The amount as the JSON has it."""
        return {
            "value": int(self.value) if self.value == int(self.value) else self.value,
            "unit": self.unit,
            "role": self.role,
        }


_ONE_LONG = re.compile(
    r"\b(?:for|by|lasted|within) (?:(?:about|nearly|almost|over|more than|another|just) )?(?P<n>an?|one) (?P<unit>hour|day|week|month|year)\b(?! ago)"
)


def number(words: str) -> float:
    """The value of a number in digits or words.

    Raises:
        ValueError: it is not a number.
    """
    plain = words.strip().lower().replace(",", "")
    if re.fullmatch(r"\d+(?:\.\d+)?", plain):
        return float(plain)
    if plain.endswith(" hundred"):
        return 100.0 * (1 if plain.startswith("a ") else _SMALL[plain.split()[0]])
    total = 0
    for part in re.split(r"[- ]", plain):
        if part not in _UNITS_OF_TEN and part not in _SMALL:
            raise ValueError(f"{words!r} is not a number")
        total += _UNITS_OF_TEN.get(part, _SMALL.get(part, 0))
    return float(total)


def find_amounts(text: str, start: int, end: int) -> list[Amount]:
    """The amounts in a span, in order."""
    found: list[Amount] = []
    for match in _AMOUNT.finditer(text, start, end):
        if _LABELLED_NUMBER.search(text[max(0, match.start() - 16) : match.start()]):
            continue
        try:
            found.extend(_read(text, match, start, end))
        except (ValueError, KeyError):
            continue
    for match in _ONE_LONG.finditer(text, start, end):
        found.append(Amount(match.start("n"), match.end(), 1.0, match["unit"], "duration"))
    return _with_pairs(text, sorted(found, key=lambda a: a.start))


def _read(text: str, match: re.Match[str], start: int, end: int) -> list[Amount]:
    if match["low"]:
        if (
            re.fullmatch(r"(?:19|20)\d\d", match["low"])
            and "%" not in text[match.start() : match.start("high")]
        ):
            start_at = match.start("high")
            role = _role(text, start_at, match.end(), start, end, "percent")
            return [Amount(start_at, match.end(), number(match["high"]), "percent", role)]
        low, high = number(match["low"]), number(match["high"])
        joint = text[match.end("low") : match.start("high")]
        before = text[max(start, match.start() - 30) : match.start()]
        if " to " in joint and re.search(r"\bfrom (?:a \w+ |an? |about |around |as much as )?$", before):
            return [
                Amount(match.start(), match.end("low"), low, "percent", "before"),
                Amount(match.start("high"), match.end(), high, "percent", "after"),
            ]
        if " and " in joint and not re.search(r"\bbetween $", before):
            role = _role(text, match.start(), match.end(), start, end, "percent")
            return [
                Amount(match.start(), match.end("low"), low, "percent", role),
                Amount(match.start("high"), match.end(), high, "percent", role),
            ]
        role = _role(text, match.start(), match.end(), start, end, "percent")
        return [
            Amount(match.start(), match.end("low"), low, "percent", role),
            Amount(match.start("high"), match.end(), high, "percent", role),
        ]
    if match["sign"]:
        currency = _CURRENCIES[
            match["sign"].strip().upper() if match["sign"].strip().isalpha() else match["sign"].strip()
        ]
        value, unit = _money(number(match["money"]), match["scale"], currency)
        unit += _per(text, match.end())
        return [
            Amount(
                match.start(),
                match.end(),
                value,
                unit,
                _role(text, match.start(), match.end(), start, end, unit),
            )
        ]
    return _plain(text, match, start, end)


def _plain(text: str, match: re.Match[str], start: int, end: int) -> list[Amount]:
    words, value = match["unit"].lower(), number(match["n"])
    scale = match["n_scale"]
    if re.fullmatch(r"percentage[- ]points?|%[- ]points?|pp|points?", words):
        unit = "index_points" if words in ("point", "points") and not _about_duty(text, match) else "points"
    elif re.fullmatch(r"basis points?|bps", words):
        unit = "basis_points"
    elif re.fullmatch(r"%|per ?cent", words):
        unit = "percent"
    elif re.search(_MONEY_WORD + "$", match["unit"], re.I):
        if scale is None and match["n"].isalpha() and match["n"].lower() in ("one", "a"):
            return []
        value, unit = _money(value, scale, _CURRENCIES[words.split()[-1]])
        unit += _per(text, match.end())
        scale = None
    elif re.search(r"(?:day|week|month|year|hour|minute)s?$", words):
        if re.match(
            r" ?(?:ago|earlier|later|old|before|after|from now|from the)\b|-old|[- ](?:high|low)\b",
            text[match.end() : match.end() + 14],
        ):
            return []  # a date or an age, not a length
        if re.match(r"(?:19|20)\d\d$", match["n"]):
            return []
        unit = words.split()[-1].rstrip("s")
    else:
        unit = _piece(words)
        if match["n"].isalpha() and number(match["n"]) <= 3 and unit not in ("tonne", "barrel", "bushel"):
            return []  # "the two countries", "one case": no figures
    period = re.match(
        r" (?:a|per|each) (day|year|month|week)\b|/(day|year|month)", text[match.end() : match.end() + 12]
    )
    if period and unit in ("tonne", "barrel", "unit", "bushel"):
        unit = f"{unit}/{period[1] or period[2]}"
    if scale:
        value *= _SCALES[scale.lower()]
    return [
        Amount(
            match.start(), match.end(), value, unit, _role(text, match.start(), match.end(), start, end, unit)
        )
    ]


def _about_duty(text: str, match: re.Match[str]) -> bool:
    around = text[max(0, match.start() - 120) : match.end() + 80]
    return bool(
        re.search(r"tariff|dut(?:y|ies)|levy|levies|rate|percentage", around, re.I)
    ) and not re.search(r"index|Dow|S&P|Nasdaq|Hang Seng|Nikkei|shares|stocks", around)


def _piece(words: str) -> str:
    """The unit of what is counted or weighed, singular."""
    last = re.sub(r"s$", "", re.sub(r"ies$", "y", words.split()[-1]))
    return _PIECES.get(last, _PIECES.get(words.split()[-1], "unit"))


def _per(text: str, at: int) -> str:
    """What a sum of money is counted by: "a tonne", "a year"."""
    found = re.match(
        r"(?: (?:a|per|each|an)|/) ?(tonne|ton|year|barrel|kg)\b|,? annually", text[at : at + 14]
    )
    if found is None:
        return ""
    return f"/{(found[1] or 'year').replace('ton', 'tonne') if found[1] == 'ton' else (found[1] or 'year')}"


def _money(value: float, scale: str | None, currency: str) -> tuple[float, str]:
    return value * (_SCALES[scale.lower()] if scale else 1.0), currency


_MOVED = re.compile(
    r"(?:fell|rose|dropped|jumped|climbed|slid|gained|lost|shed|declined|surged|plunged|tumbled|sank|slumped|grew|shrank|soared|slipped|advanced|rallied|dipped|retreated"
    r"|plummeted|contracted|edged (?:up|down|higher|lower)|falling|rising|(?:is|are|was|were) (?:up|down)|eased|weakened|strengthened|firmed|rebounded)"
    r" (?:(?:by|about|around|nearly|some|more than|roughly|as much as|another|almost|over|a further|up to|at least|just|only|sharply|further) )*$"
)


def _role(text: str, start: int, end: int, first: int, last: int, unit: str) -> str:
    """The role by the words around: what is before it in the clause, then the unit itself."""
    before = text[max(first, start - 90) : start].lower()
    after = text[end : min(last, end + 30)].lower()
    if unit in ("percent", "points", "index_points") and (
        _MOVED.search(before) or re.match(r" (?:lower|higher|down|up|weaker|stronger|below|above)\b", after)
    ):
        return "change"
    if re.search(
        (
            r"\bfrom (?:(?:a|an|about|around|the|its|current|previous|existing|staggering|nearly"
            r"|roughly|as much as|as high as|more than) )*$"
        ),
        before,
    ):
        return "before"
    if re.search(
        (
            r"\b(?:up to|at most|no more than|not (?:to )?exceed(?:ing)?|capped at|cap of|ceiling "
            r"of|maximum(?: of)?|as much as|limit(?:ed)?(?: of| to)|limited to|quota of|as high "
            r"as|threshold of|within|under)(?: (?:a|an|about))? $"
        ),
        before,
    ):
        return "duration" if unit in _TIMES else "cap"
    if (
        re.search(
            r"\b(?:at least|no less than|minimum(?: of)?|not less than|floor of) (?:(?:a|an) )?$", before
        )
        and unit not in _TIMES
    ):
        return "floor"
    if unit in _TIMES:
        return "duration"
    if unit == "percent" and re.match(r" (?:of|share)\b", after):
        return "share"
    if unit in ("percent", "points", "basis_points", "index_points"):
        if re.search(
            (
                r"\bby (?:(?:a|an|about|around|as much as|some|nearly|roughly|more than|another|a "
                r"further|up to|at least|almost) )*$"
            ),
            before,
        ):
            return "change"
        if re.search(
            (
                rf"{_VERBS_UP_DOWN}\w*(?: [\w.,’'%-]+){{0,9}}? to (?:(?:a|an|about|around|just"
                rf"|only|as much as|the|nearly|roughly|as high as|up) )*$"
            ),
            before,
        ):
            return "after"
        if (
            unit != "percent"
            or re.search(r"(?:additional|extra|further|another|more) (?:\w+ )?$", before)
            or re.match(
                r" (?:drop|fall|rise|increase|cut|decline|jump|surge|plunge|reduction|hike|gain)", after
            )
        ):
            return "change"
        if re.search(
            (
                r"(?:fell|rose|dropped|jumped|climbed|slid|gained|lost|shed|declined|surged"
                r"|plunged|tumbled|sank|slumped|grew|shrank|down|up|increased|decreased|soared"
                r"|slipped|advanced|added|rallied|edged (?:up|down|higher|lower)|falling|rising"
                r"|dipped|retreated|plummeted|contracted|expanded|shrunk|cut) (?:(?:about|around"
                r"|nearly|some|more than|roughly|as much as|another|almost|over|a further|sharply"
                r"|further|at least|just|only) )*$"
            ),
            before,
        ):
            return "change"
        return "level"
    if re.match(r"[A-Z]{3}$", unit):
        return "value"
    if unit.split("/")[0] in (
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
    ):
        return "volume"
    return "count"


def _with_pairs(text: str, found: list[Amount]) -> list[Amount]:
    """ "from 145% ... to 30%": what follows a before, in the same clause and unit, is the after."""
    result = list(found)
    for n, (first, second) in enumerate(pairwise(found)):
        between = text[first.end : second.start]
        if first.unit == second.unit == "percent" and len(between) < 60:
            if re.search(
                r"\b(?:replacing|instead of|rather than|down from|up from|not)\b", between
            ) and first.role in ("level", "after"):
                result[n] = Amount(first.start, first.end, first.value, first.unit, "after")
                result[n + 1] = Amount(second.start, second.end, second.value, second.unit, "before")
                continue
            if (
                re.fullmatch(r",? and (?:[A-Z][\w&’'.-]* ?)+(?:by )?|,? and ", between)
                and result[n].role == "change"
            ):
                result[n + 1] = Amount(second.start, second.end, second.value, second.unit, "change")
                continue
        if (
            first.role == "before"
            and first.unit == second.unit
            and re.search(r"\bto\b", between)
            and len(between) < 80
        ):
            result[n + 1] = Amount(second.start, second.end, second.value, second.unit, "after")
        elif (
            second.role == "before"
            and first.unit == second.unit
            and first.role in ("level", "after", "change")
        ) and (
            re.search(r"\bto (?:\w+ ){0,2}$", text[max(0, first.start - 20) : first.start])
            or re.fullmatch(r",? (?:down |up )?from (?:a |an |the |about )?", between)
        ):
            result[n] = Amount(first.start, first.end, first.value, first.unit, "after")
    return result


_BARE = re.compile(
    rf"(?P<n>{_NUMBER})[ -]?(?P<scale>thousand|million|billion|trillion|mn|bn|tn|m|b|k)?(?!\w)", re.I
)


def numbers_in(text: str) -> list[float]:
    """Every number a text holds, in figures or words, with and without its scale."""
    found: list[float] = []
    for match in _BARE.finditer(text):
        try:
            value = number(match["n"])
        except (ValueError, KeyError):
            continue
        found.append(value)
        if match["scale"]:
            found.append(value * _SCALES[match["scale"].lower()])
    found += [1.0] if re.search(r"\b(?:an?|one|single)\b", text, re.I) else []
    return found
