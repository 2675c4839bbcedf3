"""Whose dollar a bare "$" is: the American one, unless the text is at home where another dollar is money.

A text's own signs come first: where it writes "US$", its bare "$" is the dollar of its home; where it writes its
home's sign ("C$"), the bare one is American. Else an American side keeps the American dollar.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from detente.reading.amounts import Amount
from detente.reading.context import Context
from detente.reading.lexicon import word_set

_CODES = {"CAN": "CAD", "AUS": "AUD", "NZL": "NZD", "HKG": "HKD", "SGP": "SGD"}
_SIGNS = {
    "CAN": r"\bCA?\$|\bCAD\b|\bCanadian dollars?\b",
    "AUS": r"\bAU?\$|\bAUD\b|\bAustralian dollars?\b",
    "NZL": r"\bNZ\$|\bNZD\b|\bNew Zealand dollars?\b",
    "HKG": r"\bHK\$|\bHKD\b|\bHong Kong dollars?\b",
    "SGP": r"\bS\$|\bSGD\b|\bSingapore dollars?\b",
}
_AMERICAN = re.compile(r"\bUS ?\$|\bUSD\b|\b(?:US|U\.S\.|American) (?:dollars?|cents?)\b")
_CITIES = {
    "CAN": word_set("Toronto Montreal Vancouver Calgary Winnipeg Regina Saskatoon Edmonton Halifax"),
    "AUS": word_set("Sydney Melbourne Perth Brisbane Adelaide Hobart Darwin"),
    "NZL": word_set("Auckland Christchurch Dunedin Hamilton"),
}
_DATELINE = re.compile(r"\W{0,3}(?P<place>[A-Z]{4,20})\b")
_AGENCY = re.compile(r"\((?:Reuters|AP|AFP|Bloomberg|Xinhua|Dow Jones|Kyodo)\)")
"""Agencies that write for the world: their "$" is American wherever they write from."""
_HEAD_CHARACTERS = 200
_DOLLAR = re.compile(r"\$|\b(?:dollars?|cents?|USD)\b", re.I)


def dollar_of(context: Context) -> str:
    """The currency of a bare "$" in a text, as an ISO code."""
    home = _home(context)
    if not home or re.search(_SIGNS[home], context.text):
        return "USD"
    if _AMERICAN.search(context.text) or "USA" not in context.sides[:2]:
        return _CODES[home]
    return "USD"


def _home(context: Context) -> str:
    """The dollar country of the publisher or the dateline, else of all who have a say; "" for none."""
    if _AGENCY.search(context.text[:_HEAD_CHARACTERS]):
        return ""
    if context.home:
        return context.home if context.home in _CODES else ""
    dateline = _DATELINE.match(context.text)
    for words in (dateline["place"].title() if dateline else "", context.article.publisher):
        for country, cities in _CITIES.items():
            if cities & set(words.split()):
                return country
    people = {a.country for a in context.finder.within(0, len(context.text)) if a.kind == "person"} - {""}
    return next(iter(people)) if len(people) == 1 and people <= set(_CODES) else ""


def in_dollars(amounts: Sequence[Amount], dollar: str, text: str) -> list[Amount]:
    """Amounts with the dollars that the text leaves bare read as one currency.

    A number without a sign of its own ("$10 to 15 million") goes with the one it stands beside.
    """
    if dollar == "USD":
        return list(amounts)
    found: list[Amount] = []
    bare = True
    for amount in sorted(amounts, key=lambda a: a.start):
        words = text[amount.start : amount.end]
        if _DOLLAR.search(words):
            bare = not _AMERICAN.search(words)
        if bare and amount.unit.split("/")[0] == "USD":
            amount = replace(amount, unit=dollar + amount.unit.removeprefix("USD"))
        found.append(amount)
    return found
