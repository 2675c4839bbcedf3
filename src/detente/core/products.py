"""Goods by Harmonised System code, and sets of them.

A code is a string of 2, 4, 6, 8 or 10 digits without dots. A set of goods is declared by prefixes:
`8517` holds every code that starts with it. A code shorter than the prefixes that decide about it is
neither inside nor outside; `Scope.cover` then says "in part".
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache

import numpy as np

from detente.core.errors import InvalidOption

HS_DIGITS = (2, 4, 6, 8, 10)


class Cover(StrEnum):
    """Whether a set of goods holds a code."""

    YES = "yes"
    NO = "no"
    PART = "part"


def normalise_hs(code: str, *, where: str = "--hs") -> str:
    """The digits of an HS code; dots and blanks are dropped.

    Raises:
        InvalidOption: not 2, 4, 6, 8 or 10 digits.
    """
    digits = code.replace(".", "").replace(" ", "").strip()
    if not digits.isascii() or not digits.isdigit() or len(digits) not in HS_DIGITS:
        raise InvalidOption(
            f"{code!r} is not an HS code",
            where=where,
            why="an HS code has 2, 4, 6, 8 or 10 digits",
            instead="write it as 8517.13.0000 or 8517130000",
        )
    return digits


@dataclass(frozen=True)
class Scope:
    """A set of goods: what is included, less what is exempt.

    Attributes:
        all_goods: every good is included; `include` is then empty.
        include: HS prefixes that are included.
        exempt: HS prefixes taken out again; they win over `include`.
    """

    all_goods: bool = False
    include: frozenset[str] = field(default_factory=frozenset)
    exempt: frozenset[str] = field(default_factory=frozenset)

    @classmethod
    def everything(cls, exempt: Iterable[str] = ()) -> Scope:
        """All goods less the exempt prefixes."""
        return cls(all_goods=True, exempt=frozenset(exempt))

    def less(self, exempt: Iterable[str]) -> Scope:
        """The same goods with more of them taken out."""
        return Scope(self.all_goods, self.include, self.exempt | frozenset(exempt))

    def cover(self, code: str) -> Cover:
        """Whether a code is inside, outside, or too short to tell."""
        included = Cover.YES if self.all_goods else _held(code, self.include)
        if included is Cover.NO:
            return Cover.NO
        taken_out = _held(code, self.exempt)
        if taken_out is Cover.YES:
            return Cover.NO
        if taken_out is Cover.PART or included is Cover.PART:
            return Cover.PART
        return Cover.YES

    def mask(self, codes: tuple[str, ...]) -> np.ndarray:
        """Membership of each code as an array of bool [code].

        A code shorter than the prefixes under it (a line of 8 digits, a list of 10) counts as in
        when any finer prefix of it is listed in `include`, and as exempt only when wholly exempt.
        """
        inside = (
            np.ones(len(codes), dtype=bool) if self.all_goods else _mask(codes, self.include, partly=True)
        )
        if self.exempt:
            inside &= ~_mask(codes, self.exempt, partly=False)
        return inside


def _held(code: str, prefixes: frozenset[str]) -> Cover:
    for digits in HS_DIGITS:
        if digits <= len(code) and code[:digits] in prefixes:
            return Cover.YES
    if len(code) < 10 and any(prefix.startswith(code) for prefix in prefixes):
        return Cover.PART
    return Cover.NO


@lru_cache(maxsize=256)
def _mask(codes: tuple[str, ...], prefixes: frozenset[str], *, partly: bool) -> np.ndarray:
    held = np.zeros(len(codes), dtype=bool)
    lengths = sorted({len(prefix) for prefix in prefixes})
    for position, code in enumerate(codes):
        for length in lengths:
            if length > len(code):
                break
            if code[:length] in prefixes:
                held[position] = True
                break
    if partly:
        shortened = {prefix[: len(code)] for code in codes[:1] for prefix in prefixes if len(prefix) > len(code)}
        if shortened:
            held |= np.fromiter((code in shortened for code in codes), dtype=bool, count=len(codes))
    held.flags.writeable = False
    return held
