"""Numbers in figures and in English words: one grammar for amounts and for dates."""

from __future__ import annotations

import re

_SMALL = {"zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
          "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18,
          "nineteen": 19}  # fmt: skip
_TENS = {
    "twenty": 20,
    "thirty": 30,
    "forty": 40,
    "fifty": 50,
    "sixty": 60,
    "seventy": 70,
    "eighty": 80,
    "ninety": 90,
}
SCALES = {"thousand": 1e3, "k": 1e3, "million": 1e6, "mn": 1e6, "m": 1e6, "billion": 1e9, "bn": 1e9, "b": 1e9,
          "trillion": 1e12, "tn": 1e12, "crore": 1e7, "lakh": 1e5}  # fmt: skip
SCALE = r"(?:thousand|million|billion|trillion|crore|lakh|mn|bn|tn)"
"""Scales as words; the single letters k, m, b stand only after figures."""

_UNDER_TEN = "|".join(list(_SMALL)[1:10])
_UNDER_HUNDRED = rf"(?:(?:{'|'.join(_TENS)})(?:[- ](?:{_UNDER_TEN}))?|{'|'.join(reversed(_SMALL))})"
WORDS = (
    rf"(?:(?:(?:an?|{_UNDER_HUNDRED}) hundred(?: (?:and )?{_UNDER_HUNDRED})?|{_UNDER_HUNDRED})(?: and a half)?"
    r"|half an?|(?:a|one|two|three) dozen|an?(?= (?:thousand|million|billion|trillion)\b))"
)
FIGURES = r"(?:\d{1,3}(?:,\d{2,3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
NUMERAL = rf"(?:{FIGURES}|\b{WORDS}\b)"


def number(words: str) -> float:
    """The value of a number in figures or words.

    Raises:
        ValueError: it is not a number.
    """
    plain = words.strip().lower().replace(",", "")
    if re.fullmatch(r"\d+(?:\.\d+)?", plain):
        return float(plain)
    plain, halves = re.subn(r" and a half$", "", plain)
    if re.fullmatch(r"half an?", plain):
        return 0.5
    total, read = (1, True) if plain in ("a", "an") else (0, False)
    for part in re.split(r"[- ]", plain):
        if part == "hundred" and total < 100:
            total, read = 100 * (total or 1), True
        elif part == "dozen":
            total, read = 12 * (total or 1), True
        elif part in _TENS or part in _SMALL:
            total, read = total + _TENS.get(part, _SMALL.get(part, 0)), True
        elif part not in ("a", "an", "and"):
            raise ValueError(f"{words!r} is not a number")
    if not read:
        raise ValueError(f"{words!r} is not a number")
    return total + 0.5 * halves


def scaled(value: float, scale: str | None) -> float:
    """A value times its scale, rounded to what was written: 16.6 billion is 16600000000."""
    return float(f"{value * SCALES[scale.lower()]:.12g}") if scale else value


_HELD = re.compile(rf"(?P<n>{NUMERAL})[ -]?(?P<scale>{SCALE}|[mbk](?=\b))?(?!\w)", re.I)
_HUNDREDTHS = re.compile(r"\bcents?\b|\bbasis points?\b|\bbps?\b", re.I)


def numbers_in(text: str) -> list[float]:
    """Every number a text holds, in figures or words, with and without its scale; where it counts cents, also as wholes."""
    found: list[float] = []
    for match in _HELD.finditer(text):
        value = number(match["n"])
        found.append(value)
        if match["scale"]:
            found.append(scaled(value, match["scale"]))
    if _HUNDREDTHS.search(text):
        found += [value / 100 for value in found]
    found += [1.0] if re.search(r"\b(?:an?|one|single)\b", text, re.I) else []
    return found
