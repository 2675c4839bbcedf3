"""Which sector of the world an HS code belongs to.

US codes of ten digits go through the Census concordance to NAICS, then to sectors; codes of 2024 that
the concordance lacks take the majority of their HS8, then HS6 neighbours, then GTAP's concordance by
HS6. Chinese codes go through GTAP's concordance, which gives one sector to each HS6. Chapters 98 and 99
(special provisions) belong to no sector. The HS-ISIC table by equal weights is not used: 91 % of US
imports from China fall into codes that it maps to several divisions.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from detente.economy.sources import labels
from detente.economy.sources.icio import raw_file

NAICS_FILE = "concordance/hs10_naics_crosswalk.csv"
GTAP_FILE = "concordance/hs6_gtap_crosswalk.csv"
NO_SECTOR = -1


@dataclass(frozen=True)
class Concordance:
    """HS to sectors.

    Attributes:
        by_hs10: US code of ten digits -> sector index, from the concordance itself.
        by_prefix: HS8 and HS6 -> majority sector of the US codes under it.
        by_hs6: HS6 -> sector index from GTAP's concordance.
        by_hs4: HS4 -> majority sector of GTAP's concordance.
    """

    by_hs10: Mapping[str, int]
    by_prefix: Mapping[str, int]
    by_hs6: Mapping[str, int]
    by_hs4: Mapping[str, int]

    def us(self, codes: Iterable[str]) -> tuple[np.ndarray, list[str]]:
        """Sector of each US code, and by which step it was found.

        Returns:
            sector index, -1 where there is none [code]; the step of each code.
        """
        found = [self._us_one(code) for code in codes]
        return np.array([sector for sector, _ in found], dtype=np.int8), [step for _, step in found]

    def _us_one(self, code: str) -> tuple[int, str]:
        if code[:2] in {"98", "99"}:
            return NO_SECTOR, "chapters 98-99"
        for table, key, step in (
            (self.by_hs10, code, "NAICS"),
            (self.by_prefix, code[:8], "majority of HS8"),
            (self.by_prefix, code[:6], "majority of HS6"),
            (self.by_hs6, code[:6], "GTAP by HS6"),
            (self.by_hs4, code[:4], "GTAP by HS4"),
        ):
            if key in table:
                return table[key], step
        return NO_SECTOR, "no mapping"

    def by_gtap(self, codes: Iterable[str]) -> np.ndarray:
        """Sector of each code through its HS6 [code]; -1 where there is none."""
        return np.array(
            [
                NO_SECTOR
                if code[:2] in {"98", "99"}
                else self.by_hs6.get(code[:6], self.by_hs4.get(code[:4], NO_SECTOR))
                for code in codes
            ],
            dtype=np.int8,
        )


def sector_of_naics(naics: str) -> int:
    """Sector index of a NAICS code by its longest prefix; -1 where it is not a good of one sector."""
    for length in range(len(naics), 2, -1):
        sector = labels.NAICS_SECTORS.get(naics[:length])
        if sector is not None:
            return labels.SECTORS.index(sector)
    return NO_SECTOR


def read_concordance(data_dir: Path) -> Concordance:
    """The two concordances, with majorities by prefix."""
    naics = pl.read_csv(raw_file(data_dir, NAICS_FILE), infer_schema_length=0)
    by_hs10 = {code: sector_of_naics(target) for code, target in naics.select("hs10", "naics").rows()}
    by_hs10 = {code: sector for code, sector in by_hs10.items() if sector != NO_SECTOR}
    services = labels.SECTORS.index(labels.SERVICES)
    gtap = pl.read_csv(raw_file(data_dir, GTAP_FILE), infer_schema_length=0)
    by_hs6: dict[str, int] = {}
    for code, target in gtap.select("hs6_code", "gtap_code").rows():
        sector = labels.SECTORS.index(labels.GTAP_SECTORS[target.upper()])
        by_hs6[code] = NO_SECTOR if sector == services else sector
    return Concordance(by_hs10, _majority(by_hs10, (8, 6)), by_hs6, _majority(by_hs6, (4,)))


def _majority(table: Mapping[str, int], lengths: tuple[int, ...]) -> dict[str, int]:
    """The most frequent sector under each prefix; ties go to the lower index, so that runs agree."""
    counts: dict[str, Counter[int]] = defaultdict(Counter)
    for code, sector in table.items():
        for length in lengths:
            counts[code[:length]][sector] += 1
    return {
        prefix: min(counter, key=lambda sector: (-counter[sector], sector))
        for prefix, counter in counts.items()
    }
