"""Goods by Harmonised System code, and sets of them.

A code is a string of 2, 4, 6, 8 or 10 digits without dots. A set of goods is declared by prefixes:
`8517` holds every code that starts with it. A code shorter than the prefixes that decide about it is
neither inside nor outside; `Scope.cover` then says "in part".
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

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
    """A set of goods: what is included, less what is exempt, less other sets.

    Attributes:
        all_goods: every good is included; `include` is then empty.
        include: HS prefixes that are included.
        exempt: HS prefixes taken out again; they win over `include`.
        minus: whole scopes taken out, for duties that do not fall on the goods of another duty.
    """

    all_goods: bool = False
    include: frozenset[str] = field(default_factory=frozenset)
    exempt: frozenset[str] = field(default_factory=frozenset)
    minus: tuple[Scope, ...] = ()

    def __hash__(self) -> int:
        return self._hash

    @cached_property
    def _hash(self) -> int:
        return hash((self.all_goods, self.include, self.exempt, self.minus))

    @classmethod
    def everything(cls, exempt: Iterable[str] = ()) -> Scope:
        """All goods less the exempt prefixes."""
        return cls(all_goods=True, exempt=frozenset(exempt))

    @property
    def whole(self) -> bool:
        """Whether it is all goods with nothing taken out."""
        return self.all_goods and not self.exempt and not self.minus

    def less(self, others: Iterable[Scope]) -> Scope:
        """The same goods without those of other scopes."""
        return Scope(self.all_goods, self.include, self.exempt, (*self.minus, *others))

    def both(self, other: Scope) -> Scope:
        """The goods that lie in both sets."""
        exempt, minus = self.exempt | other.exempt, (*self.minus, *other.minus)
        if self.all_goods or other.all_goods:
            include = other.include if self.all_goods else self.include
            return Scope(self.all_goods and other.all_goods, include, exempt, minus)
        shared = {
            max(code, prefix, key=len)
            for narrow, wide in ((self.include, other.include), (other.include, self.include))
            for code in narrow
            for digits in HS_DIGITS
            if digits <= len(code) and (prefix := code[:digits]) in wide
        }
        return Scope(False, frozenset(shared), exempt, minus)

    @property
    def empty(self) -> bool:
        """Whether it holds nothing because nothing is included."""
        return not self.all_goods and not self.include

    def cover(self, code: str) -> Cover:
        """Whether a code is inside, outside, or too short to tell."""
        included = Cover.YES if self.all_goods else _held(code, self.include)
        if included is Cover.NO:
            return Cover.NO
        taken_out = {_held(code, self.exempt), *(other.cover(code) for other in self.minus)}
        if Cover.YES in taken_out:
            return Cover.NO
        if Cover.PART in taken_out or included is Cover.PART:
            return Cover.PART
        return Cover.YES


def _held(code: str, prefixes: frozenset[str]) -> Cover:
    if any(code[:digits] in prefixes for digits in HS_DIGITS if digits <= len(code)):
        return Cover.YES
    if len(code) < 10 and any(prefix.startswith(code) for prefix in prefixes):
        return Cover.PART
    return Cover.NO


class CodeIndex:
    """HS codes of a trade table, ready to be asked which of them a scope holds.

    Prefixes of each length are kept as integers, so that a scope of thousands of prefixes is one
    sorted search per length rather than a loop over codes.
    """

    def __init__(self, codes: Sequence[str]) -> None:
        self.codes = tuple(codes)
        self._length = np.fromiter(map(len, self.codes), dtype=np.int64, count=len(self.codes))
        number = np.array(self.codes, dtype="U10").astype(np.int64)
        # Codes of equal length are told apart by their numbers; a code shorter than a prefix gets none.
        self._by_length = {
            digits: np.where(self._length >= digits, number // 10 ** np.maximum(self._length - digits, 0), -1)
            for digits in HS_DIGITS
        }
        self._memo: dict[tuple[frozenset[str], bool], np.ndarray] = {}
        self._masks: dict[Scope, np.ndarray] = {}

    def mask(self, scope: Scope) -> np.ndarray:
        """Membership as bool [code].

        A code shorter than the prefixes under it (a line of 8 digits, a list of 10) counts as included
        when any of them is listed, and as exempt only when it is wholly exempt.
        """
        if scope not in self._masks:
            inside = (
                np.ones(len(self.codes), dtype=bool)
                if scope.all_goods
                else self._listed(scope.include, partly=True).copy()
            )
            if scope.exempt:
                inside &= ~self._listed(scope.exempt, partly=False)
            for other in scope.minus:
                inside &= ~self.mask(other)
            inside.flags.writeable = False
            self._masks[scope] = inside
        return self._masks[scope]

    def _listed(self, prefixes: frozenset[str], *, partly: bool) -> np.ndarray:
        key = (prefixes, partly)
        if key not in self._memo:
            self._memo[key] = self._search(prefixes, partly=partly)
        return self._memo[key]

    def _search(self, prefixes: frozenset[str], *, partly: bool) -> np.ndarray:
        by_length: dict[int, list[str]] = {}
        for prefix in prefixes:
            by_length.setdefault(len(prefix), []).append(prefix)
        held = np.zeros(len(self.codes), dtype=bool)
        for digits, listed in by_length.items():
            held |= np.isin(self._by_length[digits], _numbers(listed))
        if partly:
            for digits in HS_DIGITS:
                ends_here = self._length == digits
                finer = [p[:digits] for length, ps in by_length.items() if length > digits for p in ps]
                if finer and ends_here.any():
                    held |= ends_here & np.isin(self._by_length[digits], _numbers(finer))
        return held


def _numbers(prefixes: list[str]) -> np.ndarray:
    return np.unique(np.array(prefixes, dtype="U10").astype(np.int64))
