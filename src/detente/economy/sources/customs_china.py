"""China's duties on US goods by HS8 to June 2019, and the imports of 2017 that weight them.

From the workbook of Bown, Jung and Zhang (PIIE, 12 June 2019). The halving of February 2020, the
exclusions and the energy list of February 2025 stand in no file by HS8; the step from June 2019 to
January 2025 is one factor, from PIIE's own averages.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import openpyxl

from detente.core.errors import MalformedFile
from detente.economy.sources import labels
from detente.economy.sources.goods import Concordance
from detente.economy.sources.icio import raw_file

WORKBOOK = "tariffs_china/bown-jung-zhang-2019-06-12.xlsx"
YEAR = 2017
BASIS = "China's imports from the United States 2017 by HS8, ITC Trade Map via Bown, Jung and Zhang (2019)"

# Column heads of the sheet "China Tariff Rates" that change the rate on every origin; the others change
# the rate on US goods alone.
_MFN_HEADS = ("MFN Tariff Rates", "Change of MFN", "Change of temporary MFN")


@dataclass(frozen=True)
class ChineseDuties:
    """Chinese rates by HS8.

    Attributes:
        codes: HS8, sorted [line].
        sector: sector index, -1 for chapter 98 [line].
        mfn_2018: rate of 1 January 2018 on every origin, fractions [line].
        mfn_2019: the same on 1 June 2019 [line].
        on_us_2019: rate on US goods on 1 June 2019 [line].
        value: China's imports from the US in 2017, USD million [line].
        unmatched_value: imports of 2017 without a rate, USD million.
    """

    codes: tuple[str, ...]
    sector: np.ndarray
    mfn_2018: np.ndarray
    mfn_2019: np.ndarray
    on_us_2019: np.ndarray
    value: np.ndarray
    unmatched_value: float

    def average(self, rate: np.ndarray) -> float:
        """Mean of a rate weighted by China's imports from the US in 2017; chapter 98 enters free."""
        return float(np.average(np.where(self.sector >= 0, rate, 0.0), weights=self.value))

    def by_sector(self, rate: np.ndarray) -> np.ndarray:
        """Mean of a rate by sector, by imports of 2017; simple where nothing was imported [sector]."""
        result = np.zeros(len(labels.SECTORS))
        for sector in range(len(labels.SECTORS)):
            lines = self.sector == sector
            if lines.any():
                weights = self.value[lines]
                result[sector] = np.average(rate[lines], weights=weights if weights.sum() > 0 else None)
        return result


def read_chinese_duties(data_dir: Path, concordance: Concordance) -> ChineseDuties:
    """The workbook's rates, averaged from HS10 to HS8, joined with the imports by HS8.

    Raises:
        MalformedFile: the workbook has other sheets or columns.
    """
    path = raw_file(data_dir, WORKBOOK)
    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    try:
        rates = list(book["China Tariff Rates"].iter_rows(values_only=True))
        imports = list(book["Imports Value"].iter_rows(values_only=True))
    except KeyError as error:
        raise MalformedFile(str(error), where=path.name, why="the sheet is missing") from None
    finally:
        book.close()
    heads = [str(head or "") for head in rates[0]]
    every_origin = [i for i, head in enumerate(heads) if any(mark in head for mark in _MFN_HEADS)]
    steps = range(2, len(heads))
    sums: dict[str, list[np.ndarray]] = {}
    for row in rates[1:]:
        code = str(row[0] or "")
        if not code.isdigit() or row[2] is None:
            continue
        cells = np.array([_number(row[i]) for i in range(len(heads))])
        entry = np.array([cells[2], cells[every_origin].sum(), cells[list(steps)].sum()])
        sums.setdefault(code.zfill(10)[:8], []).append(entry / 100)
    value = {
        str(row[0]).zfill(8): _number(row[2]) / 1e3 for row in imports[1:] if str(row[0] or "").isdigit()
    }
    codes = tuple(sorted(sums))
    table = np.array([np.mean(sums[code], axis=0) for code in codes])
    return ChineseDuties(
        codes,
        concordance.by_gtap(codes),
        table[:, 0],
        table[:, 1],
        table[:, 2],
        np.array([value.get(code, 0.0) for code in codes]),
        float(sum(amount for code, amount in value.items() if code not in sums)),
    )


def _number(cell: object) -> float:
    return float(cell) if isinstance(cell, (int, float)) else 0.0
