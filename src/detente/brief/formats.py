"""How numbers and days read on the page: true minus signs, `5 June 2025`, units kept apart."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

from detente.core.places import NAMES, name_of
from detente.talks.odds import in_words

MINUS = "\N{MINUS SIGN}"
_ISO_DAY = re.compile(r"\b(\d{4})-(\d{2})-(\d{2})\b")
_NUMBER_AFTER_HYPHEN = re.compile(r"(?<![\w.-])-(?=\d)")
_CODE = re.compile(r"\b[A-Z]{3}\b")


def day(text: str | None) -> str:
    """`2025-06-05 00:01 America/New_York` as `5 June 2025`, `2025-06` as `June 2025`."""
    if not text:
        return "no day on record"
    parts = text[:10].split("-")
    try:
        when = date(int(parts[0]), int(parts[1]), int(parts[2]) if len(parts) > 2 else 1)
    except (ValueError, IndexError):
        return text
    return f"{when.day} {when:%B %Y}" if len(parts) > 2 else f"{when:%B %Y}"


def moment(text: str | None) -> str:
    """A day with its hour and zone where the law names one: `12 August 2025, 12:01 Shanghai`."""
    words = day(text)
    rest = (text or "")[10:].split()
    if len(rest) == 2:
        words += f", {rest[0]} {rest[1].split('/')[-1].replace('_', ' ')}"
    elif rest:
        words += f", {rest[0]}"
    return words


def prose(text: object) -> str:
    """A sentence of the data as people write it: days in words, names for labels, true minus signs."""
    words = _ISO_DAY.sub(lambda m: day(m.group(0)), str(text)).replace(".; ", ". ")
    words = _CODE.sub(lambda m: name_of(m.group(0)) if m.group(0) in NAMES else m.group(0), words)
    return _NUMBER_AFTER_HYPHEN.sub(MINUS, words)


def plain_words(text: object) -> str:
    """`in_force` as `in force`."""
    return str(text).replace("_", " ")


def sentence(text: object) -> str:
    """The words with a capital in front."""
    words = prose(text)
    return words[:1].upper() + words[1:]


def fixed(value: float, digits: int) -> str:
    """A number with so many digits, thousands apart, and no sign on a zero."""
    words = f"{value:,.{digits}f}"
    if not any(c in "123456789" for c in words):
        words = words.lstrip("-")
    return words.replace("-", MINUS)


def signed(value: float, digits: int) -> str:
    """As `fixed`, with a plus before a gain."""
    words = fixed(value, digits)
    return f"+{words}" if value > 0 and any(c in "123456789" for c in words) else words


def short(value: float) -> str:
    """A rate without needless digits: 10, 7.5, 12.9."""
    return fixed(value, 2).rstrip("0").rstrip(".") if value % 1 else fixed(value, 0)


def dollars(value: float) -> str:
    """Whole dollars with the sign in front: -$178."""
    words = signed(value, 0)
    return f"{words[0]}${words[1:]}" if words[0] in f"+{MINUS}" else f"${words}"


FORMATS: dict[str, Callable[[float], str]] = {
    "rate": short,
    "level": lambda v: fixed(v, 1),
    "change": lambda v: signed(v, 2),
    "change1": lambda v: signed(v, 1),
    "spread": lambda v: fixed(v, 2),
    "share": lambda v: fixed(100 * v, 1),
    "dollars": dollars,
    "billions": lambda v: fixed(v / 1000, 1),
    "billions_change": lambda v: signed(v / 1000, 2),
    "millions_of": lambda v: fixed(v / 1e6, 1),
    "count": lambda v: fixed(v, 0),
    "year": lambda v: f"{v:.0f}",
    "worth": lambda v: signed(v, 3),
    "score": lambda v: fixed(v, 3),
    "odds": in_words,
    "points": lambda v: signed(v, 0),
    "cost": lambda v: fixed(v, 3),
    "tiny": lambda v: f"{v:.1e}".replace("-", MINUS) if v else "0",
}
"""Kinds of number on the page; every one is a rounding, or a change of unit, of a number in the JSON."""

DRIVERS = {
    "elasticities": "the set of trade elasticities",
    "theta scale": "how strongly trade answers prices (elasticities halved, quartered)",
    "closure": "the closure (deficits fixed, or balanced trade)",
    "revenue use": "the use of revenue (rebated, or spent by government)",
}
"""Factors of the range in words."""

FORECASTERS = {
    "base_rate": "Base rate",
    "nothing_changes": "Nothing changes",
    "hazards": "Our hazards",
    "outlook": "Our outlook",
}
"""Forecasters in words."""

BRANCHES = {
    "known": "",
    "lapsed": "If the duties whose time ran out have lapsed",
    "extended": "If the duties whose time ran out were extended",
}
"""Headings of the branches of a brief."""
