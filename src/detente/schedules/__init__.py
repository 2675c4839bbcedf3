"""Customs schedules: the general (most-favoured-nation) duty of each line, and the trade on it.

United States: general rates of 2025 by HS8; imports and calculated duty of 2024 by HS10 and partner.
China: rates of January 2018 and June 2019 by HS8; imports from the United States of 2017.
No other importer's schedule is here. `usa.npz` is made by `detente.economy.sources.schedules`; the Chinese
rates and the plain US rates are those of the shipped world. Sources: docs/data.md.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import numpy as np

from detente.core.errors import InvalidOption, MissingData

HERE = Path(__file__).resolve().parent
WORLD = HERE.parent / "worlds" / "icio2022"
US_RATES_YEAR, US_TRADE_YEAR = 2025, 2024
CHINA_SECOND_RATES = date(2018, 7, 1)
"""From this day the Chinese rates of June 2019 are used: the cuts of July and November 2018 are in them."""

COLUMN_TWO = ("CUB", "PRK", "RUS", "BLR")
"""Origins that pay column 2 of the US schedule (general note 3(b)), Russia and Belarus since 9 April 2022."""
COLUMN_TWO_SINCE = {"RUS": date(2022, 4, 9), "BLR": date(2022, 4, 9)}


@dataclass(frozen=True)
class GeneralRate:
    """The general duty on one line.

    Attributes:
        percent: of customs value; None where it is not known.
        text: the rate as the schedule prints it, where it is not a plain percentage.
        estimated: the percentage is an equivalent: duty over value of 2024.
        why: what it is and of which year, or why it is not known.
        name: what the rate is called: MFN, or the agreement under which less is due.
        entries: ids of entries that hold it.
    """

    percent: float | None
    text: str
    estimated: bool
    why: str
    name: str = "MFN"
    entries: tuple[str, ...] = ()


@dataclass(frozen=True)
class Trade:
    """Imports by line from one partner, USD million: customs value and calculated duty [line]."""

    value: np.ndarray
    duty: np.ndarray


class Schedule:
    """The lines of an importer's schedule and the general duty on each.

    Attributes:
        importer: economy label.
        codes: lines, sorted: HS10 for the United States, HS8 for China. A US line without imports in 2024
            stands with two zeros after its eight digits.
        trade_codes: lines of the trade arrays, sorted; the US ones hold chapters 98 and 99.
        partners: labels with trade by line.
        about: which years, in words.
    """

    importer: str
    codes: tuple[str, ...]
    trade_codes: tuple[str, ...]
    partners: tuple[str, ...]
    about: str = ""

    def under(self, code: str) -> tuple[str, ...]:
        """Lines that a code stands for."""
        first = bisect_left(self.codes, code)
        last = bisect_left(self.codes, code + ":", first)
        return self.codes[first:last]

    def general(self, code: str, on: date) -> GeneralRate:
        """The general duty on a line on a day."""
        raise NotImplementedError

    def trade(self, partner: str) -> Trade:
        """Imports from a partner by line of `trade_codes`."""
        raise NotImplementedError

    def claimed_share(self, partner: str) -> np.ndarray:
        """Share of imports from a partner that claimed a preference, by line of `trade_codes`."""
        return np.zeros(len(self.trade_codes))

    def lines(self, code: str, *, where: str = "--hs", finer: tuple[str, ...] = ()) -> tuple[str, ...]:
        """Lines that a code stands for.

        Args:
            finer: codes of ten digits that lists of goods tell apart.

        Raises:
            InvalidOption: the schedule has no such code.
        """
        found = self.under(code)
        digits = len(self.codes[0])
        below = tuple(c for c in finer if len(c) == digits and c.startswith(code))
        if found or below:
            return tuple(sorted({*found, *below}))
        if len(code) == digits and self.under(code[: digits - 2]):
            return (code,)
        near = next((code[:n] for n in (8, 6, 4) if n < len(code) and self.under(code[:n])), "")
        rest = sorted({line[: len(near) + 2] for line in self.under(near)})[:8] if near else []
        raise InvalidOption(
            f"HS {code} is not in the schedule of {self.importer}",
            where=where,
            why=f"no line of {self.importer}'s schedule here ({self.about}) starts so",
            instead=f"one of {', '.join(rest)}" if rest else "a code of the present nomenclature",
        )


class UsSchedule(Schedule):
    """The Harmonized Tariff Schedule of the United States."""

    importer = "USA"
    about = f"general rates of {US_RATES_YEAR}, trade of {US_TRADE_YEAR}"

    def __init__(self) -> None:
        with np.load(HERE / "usa.npz") as archive:
            self.trade_codes = tuple(archive["codes"].astype("U10").tolist())
            self.partners = tuple(n.removeprefix("value_") for n in archive.files if n.startswith("value_"))
            text_codes = archive["text_codes"].astype("U8").tolist()
            columns = [archive[name].tolist() for name in ("text", "equivalent", "equivalent_value")]
            self._not_plain = dict(zip(text_codes, zip(*columns, strict=True), strict=True))
        with np.load(WORLD / "mfn_usa.npz") as archive:
            lines = archive["codes"].tolist()
            # Chapters 98 and 99 hold no goods of their own.
            rates = zip(lines, archive["rate"].astype(np.float64).tolist(), strict=True)
            self._rates = {code: rate for code, rate in rates if code < "98"}
        traded = {code[:8] for code in self.trade_codes}
        without = {f"{code}00" for code in self._rates if code not in traded}
        self.codes = tuple(sorted({c for c in self.trade_codes if c < "98"} | without))

    def general(self, code: str, on: date) -> GeneralRate:
        """The general duty on a line; the schedule of 2025 stands for every year."""
        line = code[:8]
        if line in self._not_plain:
            text, equivalent, value = self._not_plain[line]
            if not np.isfinite(equivalent):
                return GeneralRate(None, text, False, f"{text}: not ad valorem, and no imports to value it")
            why = (
                f"{text}: not ad valorem; duty over value of {US_TRADE_YEAR} on {value:.3g} million dollars"
                " from partners that pay the general rate"
            )
            return GeneralRate(round(100 * equivalent, 2), text, True, why)
        if line in self._rates:
            why = f"general rate, schedule of {US_RATES_YEAR}"
            return GeneralRate(round(100 * self._rates[line], 4), "", False, why)
        return GeneralRate(None, "", False, f"HS {line} is not in the schedule of {US_RATES_YEAR}")

    def trade(self, partner: str) -> Trade:
        """Imports of 2024 by line of `trade_codes`.

        Raises:
            MissingData: there is no file of this partner.
        """
        if partner not in self.partners:
            raise MissingData(
                f"no US imports by line from {partner}",
                where="schedules/usa.npz",
                why="the Census file of 2024 is here for 51 partners; the EU's stands for its members",
                instead=f"one of {', '.join(self.partners)}",
            )
        with np.load(HERE / "usa.npz") as archive:
            rows = archive[f"row_{partner}"]
            value, duty = (np.zeros(len(self.trade_codes)) for _ in range(2))
            value[rows], duty[rows] = archive[f"value_{partner}"], archive[f"duty_{partner}"]
        return Trade(value, duty)

    def claimed_share(self, partner: str) -> np.ndarray:
        """Share of 2024 imports that claimed the USMCA, by line of `trade_codes`; else zero."""
        with np.load(HERE / "usa.npz") as archive:
            if f"usmca_{partner}" not in archive.files:
                return super().claimed_share(partner)
            return archive[f"usmca_{partner}"].astype(np.float64)


class ChinaSchedule(Schedule):
    """China's tariff."""

    importer = "CHN"
    about = "rates of January 2018 and June 2019, nomenclature of 2017"

    def __init__(self) -> None:
        with np.load(WORLD / "hs_china.npz") as archive:
            self.codes = tuple(archive["codes"].astype("U8").tolist())
            self.trade_codes = self.codes
            self.partners = ("USA",)
            value = np.zeros(len(self.codes))
            value[archive["row_USA"]] = archive["value_USA"]
            self._value = value
            self._rates = {
                year: dict(zip(self.codes, archive[f"mfn_{year}"].astype(np.float64).tolist(), strict=True))
                for year in (2018, 2019)
            }

    def general(self, code: str, on: date) -> GeneralRate:
        """The rate on every origin; a line made since 2017 takes its subheading's where that is one rate."""
        year, words = (2018, "January 2018") if on < CHINA_SECOND_RATES else (2019, "June 2019")
        table = self._rates[year]
        rate, line = table.get(code[:8]), ""
        if rate is None:
            siblings = {round(table[c], 6) for c in self.under(code[:6])}
            if len(siblings) == 1:
                rate, line = siblings.pop(), f" of every line of HS {code[:6]}"
        if rate is None:
            return GeneralRate(None, "", False, f"HS {code} is not in the tariff of {words}")
        return GeneralRate(round(100 * rate, 4), "", False, f"most-favoured-nation rate{line}, {words}")

    def trade(self, partner: str) -> Trade:
        """Imports of 2017 from the United States; the duty paid is not known and stands as zero.

        Raises:
            MissingData: another partner.
        """
        if partner != "USA":
            raise MissingData(
                f"no Chinese imports by line from {partner}",
                where="worlds/icio2022/hs_china.npz",
                why="only imports from the United States are here",
                instead="USA",
            )
        return Trade(self._value, np.zeros(len(self.codes)))


SCHEDULES: Mapping[str, Callable[[], Schedule]] = {"USA": UsSchedule, "CHN": ChinaSchedule}
"""Importers whose schedules are here."""


@cache
def schedule_of(importer: str) -> Schedule | None:
    """The importer's schedule, or None where none is here."""
    return SCHEDULES[importer]() if importer in SCHEDULES else None
